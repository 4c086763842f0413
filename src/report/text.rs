//! What a name may do in a terminal and in Markdown: nothing.

/// Says whether a character commands a terminal, or turns or hides text.
pub fn is_harmful(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Writes harmful characters as their code points in angle brackets; newlines stay.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != '\n' && is_harmful(letter) {
            out.push_str(&format!("<U+{:04X}>", letter as u32));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Writes a path as a relative URI reference.
pub fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Takes the backticks around words of the model out, and makes the rest harmless, for a terminal.
pub fn plain(text: &str) -> String {
    harmless(&text.replace('`', "").replace('\n', " "))
}

/// A text that Markdown shows as it is: no markup, no link, no mention, no cell border.
///
/// A pair of backticks around letters, digits and `-_./:#<>=~,+?@' ` stays a code span: that is how this program marks ids, links and commands, and none of these
/// characters can end the span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownText(String);

impl MarkdownText {
    /// Escapes a text.
    pub fn new(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 8);
        let mut rest = text;
        while let Some(at) = rest.find('`') {
            escape(&rest[..at], &mut out);
            let inner = &rest[at + 1..];
            match inner.find('`') {
                Some(end) if end > 0 && inner[..end].chars().all(is_code) => {
                    out.push('`');
                    out.push_str(&inner[..end]);
                    out.push('`');
                    rest = &inner[end + 1..];
                }
                _ => {
                    out.push_str("\\`");
                    rest = inner;
                }
            }
        }
        escape(rest, &mut out);
        Self(out)
    }

    /// Returns the escaped text.
    pub fn into_string(self) -> String {
        self.0
    }
}

fn is_code(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_./:#<>=~,+?@' ".contains(letter)
}

fn escape(text: &str, out: &mut String) {
    for (at, letter) in text.char_indices() {
        let is_behind_www = || at >= 3 && text.as_bytes()[at - 3..at].eq_ignore_ascii_case(b"www");
        let link = text[at..].starts_with("://") || letter == '.' && is_behind_www();
        match letter {
            '\n' | '\r' | '\t' => out.push(' '),
            letter if is_harmful(letter) => out.push_str(&format!("\\<U+{:04X}\\>", letter as u32)),
            // An entity shows the character, but starts no link and no mention.
            letter if link => out.push_str(&format!("&#{};", letter as u32)),
            '@' => out.push_str("@&#8203;"),
            '\\' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '!' | '$' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            // At the start of a line these would be a list, a rule or a heading.
            '+' | '-' | '=' if at == 0 && text[1..].chars().next().is_none_or(|next| next == ' ' || next == letter) => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
}

/// Follows a document of Markdown line by line through its fenced blocks: what stands in one is an example.
#[derive(Debug, Default)]
pub struct Fences {
    /// The letter of the fence that is open, and how many of them.
    open: Option<(char, usize)>,
}

impl Fences {
    /// Takes the next line, and says whether it stands in a fenced block or is a fence itself.
    pub fn holds(&mut self, line: &str) -> bool {
        let words = line.trim_start_matches(' ');
        // Four blanks make a block of code of their own.
        let letter = words.chars().next().filter(|letter| matches!(letter, '`' | '~') && line.len() - words.len() < 4);
        let length = letter.map_or(0, |letter| words.chars().take_while(|one| *one == letter).count());
        let rest = words[length..].trim();
        match (self.open, letter) {
            (None, Some(letter)) if length >= 3 && !(letter == '`' && rest.contains('`')) => {
                self.open = Some((letter, length));
                true
            }
            (Some((open, least)), Some(letter)) if letter == open && length >= least && rest.is_empty() => {
                self.open = None;
                true
            }
            (open, _) => open.is_some(),
        }
    }
}

/// Breaks a text at blanks so that no line is longer than the width, where its words allow it.
pub fn wrap(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Fences, MarkdownText, harmless, plain};

    fn escaped(text: &str) -> String {
        MarkdownText::new(text).into_string()
    }

    #[test]
    fn ids_stay_code_and_names_stay_text() {
        assert_eq!(escaped("`app -> db` is down"), "`app -> db` is down");
        assert_eq!(escaped("a|b"), "a\\|b");
        assert_eq!(escaped("<script>"), "\\<script\\>");
        assert_eq!(escaped("`<img src=x onerror=alert(1)>`"), "\\`\\<img src=x onerror=alert(1)\\>\\`");
        assert_eq!(escaped("see https://evil.example @team"), "see https&#58;//evil.example @&#8203;team");
        assert_eq!(escaped("[x](y)"), "\\[x\\](y)");
        assert_eq!(escaped("a\nb"), "a b");
        assert_eq!(escaped("```"), "\\`\\`\\`");
    }

    #[test]
    fn a_terminal_obeys_nothing() {
        assert_eq!(harmless("a\u{1b}[31m\nb"), "a<U+001B>[31m\nb");
        assert_eq!(plain("`db`\n\u{202E}"), "db <U+202E>");
    }

    /// CommonMark 0.31, "Fenced code blocks".
    #[test]
    fn fences_hold_what_is_between_them() {
        let held = |text: &str| {
            let mut fences = Fences::default();
            text.lines().map(|line| if fences.holds(line) { 'x' } else { '.' }).collect::<String>()
        };
        assert_eq!(held("a\n```text\nb\n```\nc"), ".xxx.");
        assert_eq!(held("~~~~\n```\n~~~\n~~~~~\nc"), "xxxx.", "only a fence of its kind, as long, ends a block");
        assert_eq!(held("```a`\nb\n    ```\nc"), "....", "code in a line, and a block by its blanks");
        assert_eq!(held("```\n``` b\nc"), "xxx");
    }

    /// A link is no link in any place of a long text, which takes time by its length alone.
    #[test]
    fn a_long_text_is_escaped_in_little_time() {
        let text = "WWW.x ".repeat(200_000);
        assert_eq!(escaped(&text).len(), text.len() + 200_000 * ("&#46;".len() - 1));
    }

    #[test]
    fn text_is_wrapped_at_blanks() {
        assert_eq!(super::wrap("aa bb cc", 5), "aa bb\ncc");
    }
}
