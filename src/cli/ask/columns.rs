//! Text in columns: how wide it is, and where it is broken.

use ratatui::text::Span;

use crate::report::text::harmless;

/// Returns how many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// Fills a text up with spaces, or cuts it and ends it with two dots.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let text = if width(text) > columns { format!("{}..", take_columns(text, columns.saturating_sub(2))) } else { text.to_owned() };
    let room = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(room))
}

/// Returns as much of a text as fits.
pub(super) fn take_columns(text: &str, columns: usize) -> String {
    let mut taken = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += width(letter.encode_utf8(&mut [0; 4]));
        if used > columns {
            break;
        }
        taken.push(letter);
    }
    taken
}

/// Leaves the first columns of a text out.
pub(super) fn skip_columns(text: &str, columns: usize) -> String {
    let mut skipped = 0;
    let is_skipped = |letter: &char| {
        let is_skipped = skipped < columns;
        skipped += width(letter.encode_utf8(&mut [0; 4]));
        is_skipped
    };
    text.chars().skip_while(is_skipped).collect()
}

/// Breaks a text between words; a word that is longer than a line is broken anywhere. Further lines are indented by `hang`.
pub(in crate::cli) fn wrap(text: &str, columns: usize, hang: usize) -> Vec<String> {
    let (columns, hang) = (columns.max(1), hang.min(columns / 2));
    let text = harmless(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let gap = rest.len() - rest.trim_start_matches([' ', '\n']).len();
        let end = rest[gap..].find([' ', '\n']).map_or(rest.len(), |end| gap + end);
        let (space, word) = (&rest[..gap], &rest[gap..end]);
        rest = &rest[end..];
        let is_start = line.trim().is_empty();
        if !is_start && width(&line) + gap + width(word) > columns {
            lines.push(std::mem::replace(&mut line, " ".repeat(hang)));
        } else {
            line.push_str(&take_columns(&space.replace('\n', " "), columns / 2));
        }
        for letter in word.chars() {
            if width(&line) + width(letter.encode_utf8(&mut [0; 4])) > columns {
                lines.push(std::mem::replace(&mut line, " ".repeat(hang)));
            }
            line.push(letter);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_between_words_and_keep_their_spaces() {
        assert_eq!(wrap("  a b   s skip", 20, 4), ["  a b   s skip"]);
        assert_eq!(wrap("  one two three", 10, 4), ["  one two", "    three"]);
        assert_eq!(wrap("one   two", 6, 0), ["one", "two"]);
        assert_eq!(wrap("abcdefgh ij", 4, 1), ["abcd", " efg", " h", " ij"].map(str::to_owned));
        assert_eq!(wrap("日本語", 4, 0), ["日本", "語"]);
        assert_eq!(wrap("", 4, 0), [""]);
        assert_eq!(wrap("ab", 0, 9), ["a", "b"]);
    }
}
