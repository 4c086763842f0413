//! From broken TOML to TOML without its broken statements.
//!
//! A TOML parser that meets an unclosed bracket reads the rest of the file as its content, and every later line becomes a mistake of its own. This module
//! cuts a file into statements by its layout, blanks those that cannot be parsed (so that all other bytes keep their places), and reports one error for each.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::de::DeTable;
use toml_parser::decoder::Encoding;
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::parser::EventReceiver;
use toml_parser::{ErrorSink, ParseError, Source};

/// The most syntax errors that are shown of one file; behind them the rest of the file is not read.
pub const MAX_SYNTAX_ERRORS: usize = 20;

/// A statement that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The bytes that were blanked.
    pub(super) range: Range<usize>,
    /// The smallest bytes to blame.
    pub(super) place: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
}

/// A text whose broken statements are blanked.
#[derive(Debug)]
pub(super) struct Recovered<'a> {
    /// The text; as long as the original.
    pub(super) text: Cow<'a, str>,
    /// What was blanked, in the order of the file.
    pub(super) broken: Vec<Broken>,
    /// The headers of the tables that a broken statement stands in.
    pub(super) headers: Vec<Range<usize>>,
    /// Whether the rest of the file was given up.
    pub(super) gave_up: bool,
}

/// Blanks the statements that cannot be parsed.
///
/// Each error costs one pass over what follows it, so the time is that of [`MAX_SYNTAX_ERRORS`] passes at most.
pub(super) fn recover<'a>(text: &'a str, tokens: &[Token]) -> Recovered<'a> {
    let mut recovered = Recovered { text: Cow::Borrowed(text), broken: Vec::new(), headers: Vec::new(), gave_up: false };
    let (mut from, mut header) = (0, 0..0);
    let mut found = first_error(text, tokens);
    while let Some(error) = found {
        let start = from + error.statement;
        if error.header != (0..0) {
            header = from + error.header.start..from + error.header.end;
        }
        let broken = if recovered.broken.len() == MAX_SYNTAX_ERRORS {
            recovered.gave_up = true;
            Broken { range: start..text.len(), place: start..start, message: String::new() }
        } else {
            broken_statement(text, start, from + error.place.start, error.message)
        };
        if !is_header(&text[start..]) && header != (0..0) {
            recovered.headers.push(header.clone());
        }
        from = broken.range.end;
        if !recovered.gave_up {
            recovered.broken.push(broken.clone());
        }
        blank(recovered.text.to_mut(), &broken.range);
        let rest = &text[from..];
        found = if rest.is_empty() { None } else { first_error(rest, &Source::new(rest).lex().into_vec()) };
    }
    recovered
}

/// Overwrites bytes with blanks; line ends stay, so that lines keep their numbers.
fn blank(text: &mut String, range: &Range<usize>) {
    let blanks: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range.clone(), &blanks);
}

/// Finds the end of the statement that starts at `start`, and what is wrong with it when it is read alone.
fn broken_statement(text: &str, start: usize, place: usize, message: String) -> Broken {
    let is_header = is_header(&text[start..]);
    let indentation = indentation(&text[start..]);
    let mut end = line_end(text, start);
    while end < text.len() {
        let line = &text[end..line_end(text, end)];
        let begins = if is_header { self::is_header(line) } else { is_header_line(line) || is_key_line(line) };
        if begins && self::indentation(line) <= indentation {
            break;
        }
        end = line_end(text, end);
    }
    // A broken header loses the lines below it too, but only the header is to blame.
    let alone = if is_header { start..line_end(text, start) } else { start..end };
    let (_, errors) = DeTable::parse_recoverable(&text[alone.clone()]);
    // An unclosed string makes a list or a table look unclosed, so it is the better cause.
    let is_string = |message: &str| message.starts_with("invalid basic string") || message.starts_with("invalid literal string");
    let own = errors.iter().filter(|error| !error.message().starts_with("duplicate key"));
    match own.min_by_key(|error| !is_string(error.message())).and_then(|error| Some((error.span()?, error.message()))) {
        Some((span, message)) => {
            let place = start + span.start..start + span.end;
            Broken { range: start..end, message: reworded(message, text, &place), place }
        }
        // The statement is right when it is read alone; what was found in it stays the error.
        None => Broken { range: start..end.max(line_end(text, place)), place: place..place, message },
    }
}

/// Says in the words of a reader what the parser says in its own.
pub(super) fn reworded(message: &str, text: &str, place: &Range<usize>) -> String {
    let blamed = text.get(place.clone()).unwrap_or("");
    if message.starts_with("string values must be quoted") {
        return if blamed.is_empty() { "the key has no value".into() } else { "a string stands in quotes".into() };
    }
    if message.contains("string, expected `\"`") || message.contains("string, expected `'`") {
        return "the string is not closed".into();
    }
    if message.contains("string, expected non-") {
        return "a string holds a character that TOML does not allow there; write it as an escape such as `\\u0000`".into();
    }
    message.strip_suffix(", expected nothing").unwrap_or(message).replace('\n', " ")
}

/// Returns where the line that holds `at` ends, its newline included.
fn line_end(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |newline| at + newline + 1)
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Says whether a line opens a table, rightly or not: `[links]`, `[links` or `links]`.
fn is_header(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('[') || skip_key(line).is_some_and(|rest| rest.starts_with(']'))
}

/// Says whether a line is `[key.key]` or `[[key]]` and nothing else.
fn is_header_line(line: &str) -> bool {
    let line = line.lines().next().unwrap_or("").trim();
    let Some(rest) = line.strip_prefix('[') else { return false };
    let rest = rest.strip_prefix('[').unwrap_or(rest);
    let Some(rest) = skip_key(rest) else { return false };
    let Some(rest) = rest.strip_prefix(']') else { return false };
    let rest = rest.strip_prefix(']').unwrap_or(rest).trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// Says whether a line starts with `key =` or `key.key =`.
fn is_key_line(line: &str) -> bool {
    skip_key(line.trim_start_matches([' ', '\t'])).is_some_and(|rest| rest.starts_with('='))
}

/// Skips a dotted key and the blanks around it.
fn skip_key(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let length = match rest.as_bytes().first()? {
            quote @ (b'"' | b'\'') => {
                let line = rest.lines().next()?;
                line[1..].bytes().position(|byte| byte == *quote)? + 2
            }
            _ => rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count(),
        };
        if length == 0 {
            return None;
        }
        rest = rest[length..].trim_start_matches([' ', '\t']);
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None => return Some(rest),
        }
    }
}

/// The first error of a text.
struct Found {
    /// Where the statement starts.
    statement: usize,
    /// The header of the table that the statement stands in; empty where that is the top of the text.
    header: Range<usize>,
    place: Range<usize>,
    message: String,
}

/// Parses a text and returns its first error of structure. A wrong value, such as an impossible date, is none.
fn first_error(text: &str, tokens: &[Token]) -> Option<Found> {
    let at = At { statement: Cell::new(0), header: RefCell::new(0..0) };
    let mut sink = First { at: &at, found: None };
    let mut receiver = Statements { at: &at, text, depth: 0, open: None };
    toml_parser::parser::parse_document(tokens, &mut receiver, &mut sink);
    sink.found
}

/// Where the parser is; shared by the receiver of events and that of errors.
struct At {
    statement: Cell<usize>,
    header: RefCell<Range<usize>>,
}

struct First<'a> {
    at: &'a At,
    found: Option<Found>,
}

impl ErrorSink for First<'_> {
    fn report_error(&mut self, error: ParseError) {
        if self.found.is_none() {
            let place = error.unexpected().map_or(0..0, |span| span.start()..span.end());
            self.found = Some(Found {
                statement: self.at.statement.get(),
                header: self.at.header.borrow().clone(),
                place,
                message: error.description().to_owned(),
            });
        }
    }
}

/// Follows the starts of statements.
struct Statements<'a> {
    at: &'a At,
    text: &'a str,
    depth: usize,
    open: Option<usize>,
}

impl EventReceiver for Statements<'_> {
    fn std_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.open = Some(span.start());
    }

    fn std_table_close(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        if let Some(start) = self.open.take() {
            *self.at.header.borrow_mut() = start..span.end();
        }
    }

    fn array_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.depth += 1;
        true
    }

    fn array_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn inline_table_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.depth += 1;
        true
    }

    fn inline_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn scalar(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        // The lexer ends an unclosed string of several lines at the end of the file; only decoding would tell.
        let closing = match encoding {
            Some(Encoding::MlBasicString) => "\"\"\"",
            Some(Encoding::MlLiteralString) => "'''",
            _ => return,
        };
        let raw = self.text.get(span.start()..span.end()).unwrap_or("");
        if raw.len() < 6 || !raw.ends_with(closing) {
            error.report_error(ParseError::new("unclosed string of several lines").with_unexpected(span));
        }
    }

    fn newline(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        if self.depth == 0 {
            self.at.statement.set(span.end());
        }
    }
}

/// Finds the first place that is nested deeper than `limit`: brackets, braces, dots of keys and of headers all count.
///
/// The depth of the tree bounds every recursion over it, so this is judged before a tree is made.
pub(super) fn nested_deeper(tokens: &[Token], limit: usize) -> Option<usize> {
    let (mut in_header, mut is_line_start, mut header, mut dots) = (false, true, 0, 0);
    let mut open: Vec<usize> = Vec::new();
    let mut inside = 0;
    for token in tokens {
        let starts_line = std::mem::take(&mut is_line_start);
        match token.kind() {
            TokenKind::LeftSquareBracket if open.is_empty() && (starts_line || in_header) => {
                (in_header, header, dots) = (true, 1, 0);
            }
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                open.push(1 + dots);
                inside += 1 + std::mem::take(&mut dots);
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket if !in_header => {
                inside -= open.pop().unwrap_or(0);
                dots = 0;
            }
            TokenKind::Dot if in_header => header += 1,
            TokenKind::Dot => dots += 1,
            TokenKind::Comma => dots = 0,
            TokenKind::Newline => {
                (in_header, dots) = (false, 0);
                is_line_start = open.is_empty();
            }
            TokenKind::Whitespace => is_line_start = starts_line,
            _ => {}
        }
        if header + inside + dots > limit {
            return Some(token.span().start());
        }
    }
    None
}
