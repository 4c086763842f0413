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
        let link = text[at..].starts_with("://") || at >= 3 && letter == '.' && text[..at].to_ascii_lowercase().ends_with("www");
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
    use super::{MarkdownText, harmless, plain};

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

    #[test]
    fn text_is_wrapped_at_blanks() {
        assert_eq!(super::wrap("aa bb cc", 5), "aa bb\ncc");
    }
}
