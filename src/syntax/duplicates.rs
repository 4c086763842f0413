//! The places of all keys of a file, to show where a duplicate key stands first.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_parser::ErrorSink;
use toml_parser::decoder::Encoding;
use toml_parser::lexer::Token;
use toml_parser::parser::EventReceiver;

/// The keys of a file as a tree of names; made only when the parser found a duplicate.
pub(super) struct Keys<'t> {
    text: &'t str,
    /// Each name below its parent, with its number and its first place. Number 0 is the top of the file.
    names: BTreeMap<(u32, &'t str), (u32, Range<usize>)>,
    /// Keys that stand again, by where they start.
    again: BTreeMap<usize, Again>,
    header: u32,
    header_again: bool,
    pending: Vec<Range<usize>>,
    open: Vec<Open>,
    count: u32,
}

/// A key that stands again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// Where it stands first.
    pub(super) first: Range<usize>,
    /// Whether the table around it stands again too, so that it is no mistake of its own.
    pub(super) follows: bool,
}

/// What the event stream is inside of.
enum Open {
    /// The value of a key.
    Value(u32),
    /// An array.
    Array,
    /// An inline table.
    Table(u32),
}

impl<'t> Keys<'t> {
    /// Reads all keys.
    pub(super) fn of(text: &'t str, tokens: &[Token]) -> Self {
        let mut keys = Self {
            text,
            names: BTreeMap::new(),
            again: BTreeMap::new(),
            header: 0,
            header_again: false,
            pending: Vec::new(),
            open: Vec::new(),
            count: 0,
        };
        toml_parser::parser::parse_document(tokens, &mut keys, &mut ());
        keys
    }

    /// Returns where the key stands first that stands again at `start`.
    pub(super) fn again(&self, start: usize) -> Option<&Again> {
        self.again.get(&start)
    }

    fn number(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    /// Takes the pending keys in below `parent`; returns the last one's number, and whether all of them were there.
    fn note(&mut self, parent: u32) -> (u32, bool) {
        let (mut at, mut all) = (parent, true);
        for range in std::mem::take(&mut self.pending) {
            let name = self.text.get(range.clone()).unwrap_or("");
            let bare = name.trim_matches(['"', '\'']);
            if let Some((number, first)) = self.names.get(&(at, bare)) {
                self.again.insert(range.start, Again { first: first.clone(), follows: self.header_again });
                at = *number;
            } else {
                let number = self.number();
                self.names.insert((at, bare), (number, range));
                (at, all) = (number, false);
            }
        }
        (at, all)
    }

    fn end_value(&mut self) {
        if matches!(self.open.last(), Some(Open::Value(_))) {
            self.open.pop();
        }
    }
}

impl EventReceiver for Keys<'_> {
    fn std_table_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.pending.clear();
        self.open.clear();
        self.header_again = false;
    }

    fn std_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        (self.header, self.header_again) = self.note(0);
    }

    fn array_table_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.pending.clear();
        self.open.clear();
        self.header_again = false;
    }

    fn array_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        // Each entry of an array of tables is a table of its own.
        self.note(0);
        self.header = self.number();
    }

    fn simple_key(&mut self, span: toml_parser::Span, _: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.pending.push(span.start()..span.end());
    }

    fn key_val_sep(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        let parent = match self.open.last() {
            Some(Open::Table(number)) => *number,
            _ => self.header,
        };
        let (number, _) = self.note(parent);
        self.open.push(Open::Value(number));
    }

    fn scalar(&mut self, _: toml_parser::Span, _: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.end_value();
    }

    fn array_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Array);
        true
    }

    fn array_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.open.pop();
        self.end_value();
    }

    fn inline_table_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        let number = match self.open.last() {
            Some(Open::Value(number)) => *number,
            _ => self.number(),
        };
        self.open.push(Open::Table(number));
        true
    }

    fn inline_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.open.pop();
        self.end_value();
    }
}
