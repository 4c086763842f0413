//! A text that a reader can see: no controls, no line breaks, nothing that turns the reading direction, and not too long.
//!
//! Names come from users and from imported files, and pictures are read where they were reviewed: a name must not look like another.
//! What a picture's own language makes of the rest (`<`, `%`, `[[`) is the business of each writer's own type.

use std::fmt;

/// The most characters of one text; a longer one ends in an ellipsis.
pub const MAX_TEXT_CHARS: usize = 80;

/// What stands where nothing would be seen.
const UNNAMED: &str = "(unnamed)";

/// One line of visible text, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// Makes the visible part of any text.
    pub fn new(raw: &str) -> Self {
        let visible: String = raw.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_visible(*c)).collect();
        let squeezed = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        if squeezed.is_empty() {
            return Self(UNNAMED.to_owned());
        }
        match squeezed.char_indices().nth(MAX_TEXT_CHARS) {
            None => Self(squeezed),
            Some(_) => {
                let kept: String = squeezed.chars().take(MAX_TEXT_CHARS - 1).collect();
                Self(format!("{}…", kept.trim_end()))
            }
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Says whether a character leaves a mark of its own. Joiners, direction marks, tags, fillers and noncharacters do not.
fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        && (c as u32) & 0xfffe != 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_TEXT_CHARS, Text, is_visible};

    #[test]
    fn what_cannot_be_seen_goes() {
        let shown = |raw: &str| Text::new(raw).as_str().to_owned();
        assert_eq!(shown("x\n!include /etc/passwd\n"), "x !include /etc/passwd");
        assert_eq!(shown("a\tb\rc\u{2028}d\u{85}e"), "a b c d e");
        assert_eq!(shown("\u{202e}evil\u{0}\u{200b}"), "evil");
        assert_eq!(shown(" \u{200b}\n"), "(unnamed)");
        assert_eq!(shown(""), "(unnamed)");
    }

    #[test]
    fn a_long_text_ends_in_an_ellipsis() {
        let text = Text::new(&"日".repeat(1_000));
        assert_eq!(text.as_str().chars().count(), MAX_TEXT_CHARS);
        assert!(text.as_str().ends_with('…'));
        assert_eq!(Text::new(&"日".repeat(MAX_TEXT_CHARS)).as_str(), "日".repeat(MAX_TEXT_CHARS));
    }

    proptest! {
        #[test]
        fn any_text_is_visible_and_short(raw in any::<String>()) {
            let text = Text::new(&raw);
            prop_assert!(!text.as_str().trim().is_empty());
            prop_assert!(text.as_str().chars().count() <= MAX_TEXT_CHARS);
            prop_assert!(text.as_str().chars().all(|c| is_visible(c) && (c == ' ' || !c.is_whitespace())));
            prop_assert_eq!(&Text::new(text.as_str()), &text, "reading a text again changes nothing");
        }
    }
}
