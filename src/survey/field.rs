//! One line of text that is being typed.

/// The most characters of a line. It is far above what any answer may have, so that too long a text is refused as a whole, with words, and not cut.
const MAX_LETTERS: usize = 1 << 16;

/// A text with a cursor between its characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    letters: Vec<char>,
    cursor: usize,
}

impl Field {
    /// Makes a field with the cursor behind a text.
    pub fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().filter(|letter| !letter.is_control()).collect();
        Self { cursor: letters.len(), letters }
    }

    /// Returns the text.
    pub fn text(&self) -> String {
        self.letters.iter().collect()
    }

    /// Returns the text before the cursor.
    pub fn before_cursor(&self) -> String {
        self.letters[..self.cursor].iter().collect()
    }

    /// Says whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Types a character; control characters and what exceeds the most letters of a line are left out.
    pub fn insert(&mut self, letter: char) {
        if !letter.is_control() && self.letters.len() < MAX_LETTERS {
            self.letters.insert(self.cursor, letter);
            self.cursor += 1;
        }
    }

    /// Takes the character before the cursor away.
    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.letters.remove(self.cursor);
        }
    }

    /// Takes the character behind the cursor away.
    pub fn delete(&mut self) {
        if self.cursor < self.letters.len() {
            self.letters.remove(self.cursor);
        }
    }

    /// Moves the cursor by some characters; it stays in the text.
    pub fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.letters.len());
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn text_is_edited_at_the_cursor() {
        let mut field = Field::new("grün");
        field.step(-1);
        field.backspace();
        field.insert('u');
        assert_eq!((field.text().as_str(), field.before_cursor().as_str()), ("grun", "gru"));
        field.delete();
        field.delete();
        field.step(-99);
        field.backspace();
        field.insert('\u{1b}');
        assert_eq!((field.text().as_str(), field.before_cursor().as_str()), ("gru", ""));
    }
}
