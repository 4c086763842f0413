//! Names are hostile until escaped: how PlantUML is kept from reading a text as anything but text.
//!
//! Inside labels PlantUML evaluates `%getenv("HOME")`, reads `[[…]]` as a link and `<img:/path>` as a file to embed. So nothing is listed that is dangerous; all
//! but what is known to be harmless becomes `<U+XXXX>`, which every version since 2017 draws as the character.

use std::fmt;

use super::text::Text;

/// A text as it stands in a PlantUML source: between quotes, behind a colon, or on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantUmlText(String);

impl PlantUmlText {
    /// Escapes a text.
    ///
    /// Letters, digits, spaces, `, : ; ? ( )` and single inner `- . _` stay. `<` before `U+`, `&` before `#` and `\` before `t` are split by a space, because
    /// what is decoded is read once more.
    pub fn new(text: &Text) -> Self {
        let chars: Vec<char> = split_references(text.as_str());
        let mut out = String::with_capacity(chars.len());
        let is_word = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric());
        for (at, c) in chars.iter().copied().enumerate() {
            let stays = match c {
                ' ' | ',' | '?' => true,
                // At the start of a line or a label they would be syntax.
                ':' | ';' | '(' | ')' => at > 0,
                '-' | '.' | '_' => at > 0 && is_word(at - 1) && is_word(at + 1),
                _ => c.is_alphanumeric(),
            };
            if stays {
                out.push(c);
            } else {
                out.push_str(&format!("<U+{:04X}>", c as u32));
            }
        }
        if is_keyword(&out) {
            // A line of a legend that reads `end legend` would end it.
            let first = chars[0];
            out = format!("<U+{:04X}>{}", first as u32, &out[first.len_utf8()..]);
        }
        Self(out)
    }
}

impl fmt::Display for PlantUmlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts a space where two characters would begin a reference to a character, or be one.
fn split_references(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        chars.push(c);
        if matches!((c, rest.peek()), ('<', Some('U' | 'u')) | ('&', Some('#')) | ('\\', Some('t'))) {
            chars.push(' ');
        }
    }
    chars
}

/// Says whether a text begins with a word that means something at the start of a line.
fn is_keyword(text: &str) -> bool {
    let word = text.split([' ', ':']).next().unwrap_or_default().to_lowercase();
    matches!(
        word.as_str(),
        "end" | "endlegend" | "endtitle" | "endheader" | "endfooter" | "endnote" | "else" | "skinparam" | "left" | "right" | "center"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PlantUmlText;
    use crate::diagram::text::Text;

    fn escaped(raw: &str) -> String {
        PlantUmlText::new(&Text::new(raw)).to_string()
    }

    /// Reads the references as PlantUML does.
    fn decoded(escaped: &str) -> String {
        let mut out = String::new();
        let mut rest = escaped;
        while let Some(at) = rest.find("<U+") {
            out.push_str(&rest[..at]);
            let (code, after) = rest[at + 3..].split_once('>').expect("a reference is closed");
            out.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a reference names a character"));
            rest = after;
        }
        out + rest
    }

    fn squeezed(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn names_that_read_well_stay() {
        assert_eq!(escaped("Orders, payments (EU): what? x-y a.b c_d"), "Orders, payments (EU): what? x-y a.b c_d");
        assert_eq!(escaped("日本語 サービス"), "日本語 サービス");
    }

    #[test]
    fn all_else_becomes_a_reference() {
        assert_eq!(escaped("%chr(64)enduml"), "<U+0025>chr(64)enduml");
        assert_eq!(escaped("a--b"), "a<U+002D><U+002D>b");
        assert_eq!(escaped("a\"b"), "a<U+0022>b");
        assert_eq!(escaped("<U+000A>"), "<U+003C> U<U+002B>000A<U+003E>");
        assert_eq!(escaped("a\\tb"), "a<U+005C> tb");
        assert_eq!(escaped("&#60;"), "<U+0026> <U+0023>60;");
        assert_eq!(escaped("end legend"), "<U+0065>nd legend");
    }

    proptest! {
        #[test]
        fn only_harmless_characters_are_written(raw in any::<String>()) {
            let escaped = escaped(&raw);
            let mut rest = escaped.as_str();
            let mut plain = String::new();
            while let Some(at) = rest.find("<U+") {
                plain.push_str(&rest[..at]);
                rest = rest[at..].split_once('>').expect("a reference is closed").1;
            }
            plain.push_str(rest);
            prop_assert!(plain.chars().all(|c| c.is_alphanumeric() || " ,:;?()-._".contains(c)), "{escaped}");
            for pair in ["--", "..", "__", "((", "\\"] {
                prop_assert!(pair == "((" || !escaped.contains(pair));
            }
        }

        #[test]
        fn a_reader_sees_the_text(raw in any::<String>()) {
            let text = Text::new(&raw);
            prop_assert_eq!(squeezed(&decoded(&escaped(&raw))), squeezed(text.as_str()));
        }

        #[test]
        fn no_reference_is_left_to_decode(raw in "[<&uU+#0-9a-fxX;>]{0,40}") {
            let seen = decoded(&escaped(&raw)).to_lowercase();
            prop_assert!(!seen.contains("<u+") && !seen.contains("&#"), "{seen}");
        }
    }
}
