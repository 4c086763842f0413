//! Source files, byte spans in them, and the way from a byte to a line and a column.
//!
//! Nothing here reads a disk: the text comes in through [`Sources::add`].

use std::ops::Range;
use std::sync::OnceLock;

/// Names one file of a [`Sources`] collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(u32);

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes the span of `range` in `file`; offsets beyond 4 GiB saturate (files are limited far below).
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: narrow(range.start), end: narrow(range.end) }
    }

    /// Returns the sub-span of the text inside a quoted string, `inner` counted from the first byte after the quote.
    ///
    /// A string with escapes has no such place; callers then keep the whole span.
    pub fn inside_quotes(self, inner: Range<usize>) -> Self {
        let start = self.start + 1 + u32::try_from(inner.start).unwrap_or(0);
        let end = self.start + 1 + u32::try_from(inner.end).unwrap_or(0);
        if end > self.end { self } else { Self { file: self.file, start, end } }
    }

    /// Returns the byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both counted from 1; a column counts Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file: the name to show and the text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as diagnostics show it: as the user reached it, with `/` between parts.
    pub path: String,
    /// The text.
    pub text: String,
    /// Counted when somebody first asks for a position: most files have nothing to say.
    index: OnceLock<Index>,
}

/// Where the lines and the characters of a text begin.
#[derive(Debug, Clone)]
struct Index {
    line_starts: Vec<u32>,
    /// How many characters begin before each block of [`BLOCK`] bytes, so that a column in a line of megabytes is found at once.
    characters: Vec<u32>,
}

/// The bytes between two counted places of a file.
const BLOCK: usize = 1_024;

/// Counts the characters that begin in some bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

impl Index {
    fn of(text: &str) -> Self {
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| narrow(at + 1)));
        let mut characters = vec![0];
        let mut seen = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            seen += count_characters(block);
            characters.push(narrow(seen));
        }
        Self { line_starts, characters }
    }
}

impl SourceFile {
    const fn new(path: String, text: String) -> Self {
        Self { path, text, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.text))
    }

    /// Returns how many characters begin before a byte offset.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        self.index().characters[block] as usize + count_characters(&self.text.as_bytes()[block * BLOCK..offset])
    }

    /// Returns the line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line_starts = &self.index().line_starts;
        let line = line_starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let start = line_starts.get(line).map_or(0, |start| *start as usize);
        // A byte order mark stands before the first column.
        let mark = usize::from(line == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.characters_before(offset) - self.characters_before(start) - mark;
        Position { line: line + 1, column: column + 1 }
    }

    /// Returns the text of a line (from 1) without its line end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.index().line_starts.get(line.wrapping_sub(1)).map_or(0, |start| *start as usize);
        self.text[start..].lines().next().unwrap_or("")
    }
}

/// All files of one run, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Takes a file in and returns its name.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile::new(path.into(), text.into()));
        FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files are ever read"))
    }

    /// Returns the file of an id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Returns the source text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Returns the position of a span's first byte.
    pub fn start(&self, span: Span) -> Position {
        self.file(span.file).position(span.start as usize)
    }

    /// Returns the position one past a span's last byte.
    pub fn end(&self, span: Span) -> Position {
        self.file(span.file).position(span.end as usize)
    }

    /// Returns `path:line:column` of a span's start.
    pub fn place(&self, span: Span) -> String {
        let position = self.start(span);
        format!("{}:{}:{}", self.file(span.file).path, position.line, position.column)
    }

    /// Returns all file ids, in the order in which the files were read.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Sources, Span};

    #[test]
    fn a_column_counts_characters_and_a_line_ends_at_its_newline() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "x = 1\nä = \"ö\"\n");
        let at = |offset| sources.file(file).position(offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(6), Position { line: 2, column: 1 });
        assert_eq!(at(8), Position { line: 2, column: 2 });
        assert_eq!(at(999), Position { line: 3, column: 1 });
        assert_eq!(sources.file(file).line(2), "ä = \"ö\"");
        assert_eq!(sources.text(Span::new(file, 0..1)), "x");
    }

    #[test]
    fn a_byte_order_mark_has_no_column() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "\u{feff}x = 1");
        assert_eq!(sources.file(file).position(3), Position { line: 1, column: 1 });
        assert_eq!(sources.file(file).position(0), Position { line: 1, column: 1 });
    }

    /// The blocks are an optimization: every offset has the column that counting from the start of its line gives.
    #[test]
    fn a_column_of_a_long_line_equals_counting() {
        let text = format!("{}\n{}", "aöb".repeat(2_000), "ü".repeat(3_000));
        let mut sources = Sources::default();
        let file = sources.add("a.toml", text.clone());
        for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            assert_eq!(sources.file(file).position(offset).column, text[start..offset].chars().count() + 1);
        }
    }
}
