//! A file as lines: comments and blank lines kept, every value taken apart only as far as the layout needs.
//!
//! The lines come from the parser's events, not from its tree: so the order of the file, and each comment's place in it, need no reconstruction.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};
use toml_parser::{ErrorSink, ParseError, Source};

use super::value::measure;

/// One line of a file, or of a list or table in brackets; an entry may print as several.
#[derive(Debug, Clone)]
pub(super) enum Line {
    /// An empty line.
    Blank,
    /// A comment on a line of its own, `#` included.
    Comment(String),
    /// `[a.b]` or `[[a.b]]`.
    Header(Header),
    /// `key = value`, or a list's member, which has no key.
    Entry(Entry),
}

/// The header of a table.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// The parts of the key, quotes included.
    pub(super) path: Vec<String>,
    /// Whether it is `[[…]]`.
    pub(super) is_array: bool,
    /// The comment behind it.
    pub(super) comment: Option<String>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The parts of the key, quotes included; none for a member of a list.
    pub(super) key: Vec<String>,
    /// The value.
    pub(super) value: Node,
    /// The comment behind it.
    pub(super) comment: Option<String>,
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Node {
    /// What needs no layout, as TOML 1.0 writes it.
    Scalar(String),
    /// A list.
    Array(Block),
    /// An inline table.
    Table(Block),
}

/// Lines in brackets, or a whole file.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// The lines.
    pub(super) lines: Vec<Line>,
    /// Whether the author wrote it over several lines.
    pub(super) is_broken: bool,
    /// Whether it holds a comment, at any depth.
    pub(super) has_comments: bool,
    /// Whether it prints as several lines even where there is room.
    pub(super) is_several_lines: bool,
    /// The columns that it takes on one line.
    pub(super) width: usize,
}

/// Reads the lines of a text that the parser takes without a mistake.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let tokens = Source::new(text).lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    let mut ignored: Option<ParseError> = None;
    toml_parser::parser::parse_document(&tokens, &mut events, &mut ignored as &mut dyn ErrorSink);

    let mut builder = Builder { text, open: vec![Frame::default()], header: None };
    for event in &events {
        builder.event(event);
    }
    builder.open.swap_remove(0).block.lines
}

/// What is open while the events go by: the file, and the brackets inside of it.
#[derive(Default)]
struct Frame {
    block: Block,
    /// The key whose value comes next.
    key: Vec<String>,
    /// Line ends since the last line.
    newlines: usize,
}

impl Frame {
    fn push(&mut self, line: Line) {
        self.block.lines.push(line);
        self.newlines = 0;
    }

    /// Takes a comment: behind the last line while that has not ended, else as a line of its own.
    fn comment(&mut self, text: String) {
        if self.newlines == 0
            && let Some(Line::Entry(Entry { comment: comment @ None, .. }) | Line::Header(Header { comment: comment @ None, .. })) =
                self.block.lines.last_mut()
        {
            *comment = Some(text);
            return;
        }
        self.push(Line::Comment(text));
    }

    fn newline(&mut self) {
        self.block.is_broken = true;
        self.newlines += 1;
        if self.newlines == 2 {
            self.block.lines.push(Line::Blank);
        }
    }
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Frame>,
    header: Option<Header>,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event) {
        let range = event.span().start()..event.span().end();
        let raw = self.text.get(range).unwrap_or("");
        match event.kind() {
            EventKind::StdTableOpen => self.header = Some(Header { path: Vec::new(), is_array: false, comment: None }),
            EventKind::ArrayTableOpen => self.header = Some(Header { path: Vec::new(), is_array: true, comment: None }),
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                if let Some(header) = self.header.take() {
                    self.frame().push(Line::Header(header));
                }
            }
            EventKind::SimpleKey => {
                let part = scalar(raw, event.encoding());
                match &mut self.header {
                    Some(header) => header.path.push(part),
                    None => self.frame().key.push(part),
                }
            }
            EventKind::Scalar => {
                let value = Node::Scalar(scalar(raw, event.encoding()));
                self.value(value);
            }
            EventKind::ArrayOpen | EventKind::InlineTableOpen => self.open.push(Frame::default()),
            EventKind::ArrayClose => self.close(true),
            EventKind::InlineTableClose => self.close(false),
            EventKind::Comment => self.frame().comment(raw.trim_end().to_owned()),
            EventKind::Newline => self.frame().newline(),
            EventKind::KeySep | EventKind::KeyValSep | EventKind::ValueSep | EventKind::Whitespace | EventKind::Error => {}
        }
    }

    fn frame(&mut self) -> &mut Frame {
        self.open.last_mut().expect("the file's own frame is never closed")
    }

    fn value(&mut self, value: Node) {
        let frame = self.frame();
        let key = std::mem::take(&mut frame.key);
        frame.push(Line::Entry(Entry { key, value, comment: None }));
    }

    fn close(&mut self, is_array: bool) {
        if self.open.len() > 1
            && let Some(Frame { mut block, .. }) = self.open.pop()
        {
            measure(&mut block, is_array);
            self.value(if is_array { Node::Array(block) } else { Node::Table(block) });
        }
    }
}

/// Writes a scalar or a key as TOML 1.0 does.
fn scalar(raw: &str, encoding: Option<Encoding>) -> String {
    match encoding {
        Some(Encoding::BasicString | Encoding::MlBasicString) => older_escapes(raw),
        Some(Encoding::LiteralString | Encoding::MlLiteralString) => raw.to_owned(),
        None => with_seconds(raw),
    }
}

/// Replaces `\e` and `\xHH` by the escapes that TOML 1.0 has.
fn older_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter == '\\' {
            match letters.next() {
                Some('e') => out.push_str("u001B"),
                Some('x') => out.push_str("u00"),
                Some(other) => out.push(other),
                None => {}
            }
        }
    }
    out
}

/// Adds the seconds to a time without them. The first colon of a date or time stands behind the hour.
fn with_seconds(raw: &str) -> String {
    let is_minutes =
        |at: usize| raw.as_bytes().get(at..at + 3).is_some_and(|part| part[0] == b':' && part[1..].iter().all(u8::is_ascii_digit));
    match raw.find(':') {
        Some(colon) if is_minutes(colon) && raw.as_bytes().get(colon + 3) != Some(&b':') => {
            format!("{}:00{}", &raw[..colon + 3], &raw[colon + 3..])
        }
        _ => raw.to_owned(),
    }
}
