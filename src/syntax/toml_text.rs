//! From bytes to a spanned TOML tree: size, encoding, depth, syntax errors, duplicates with both places, and forms that TOML 1.0 lacks.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};
use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::duplicates::Keys;
use super::newer_toml::warn_about_newer_toml;
use super::recovery::{self, Recovered};
use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS};
use crate::source::{FileId, Span};

/// The largest file that is read.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The deepest nesting of arrays, tables and dotted keys that is read (the limit of the TOML parser, here for all of them together).
pub const MAX_NESTING: usize = 80;

/// The longest string that is read, in bytes.
pub const MAX_STRING_BYTES: usize = 64 * 1024;

/// Turns the bytes of a model's file into text.
///
/// # Errors
/// When the file is too large or no UTF-8; the message says where.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(format!("the file has {} bytes, the limit is {MAX_FILE_BYTES} (8 MiB)", bytes.len()));
    }
    decode_any(bytes)
}

/// Turns bytes into text, however many.
///
/// # Errors
/// When they are no UTF-8; the message says where.
pub fn decode_any(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("the file is no UTF-8 text: byte {} in line {line} begins no character", valid + 1)
    })
}

/// A file's text, cut into tokens and cleared of what cannot be parsed.
pub(super) struct Prepared<'a> {
    tokens: Vec<Token>,
    recovered: Recovered<'a>,
    /// What keeps the whole file from being read: the place, and why.
    refused: Option<(Range<usize>, String)>,
}

/// A file's tree, with what could not be read.
pub(super) struct Tree<'a> {
    /// The root table.
    pub(super) root: Spanned<DeTable<'a>>,
    /// Whether everything could be read.
    pub(super) is_whole: bool,
    /// Whether so much could not be read that anything may be declared in it.
    pub(super) is_lost: bool,
    /// Words that could be ids in what could not be read.
    pub(super) unread: BTreeSet<String>,
    /// Where single values or keys are wrong, rising.
    pub(super) wrong: Vec<usize>,
}

/// Clears a text of what cannot be parsed.
pub(super) fn prepare(text: &str) -> Prepared<'_> {
    let tokens = Source::new(text).lex().into_vec();
    let too_deep = recovery::nested_deeper(&tokens, MAX_NESTING)
        .map(|start| (start..start + 1, format!("arrays, tables or keys are nested more than {MAX_NESTING} deep")));
    let refused = too_deep.or_else(|| {
        let long = tokens.iter().find(|token| token.kind() != TokenKind::Comment && token.span().len() > MAX_STRING_BYTES)?;
        let (start, length) = (long.span().start(), long.span().len());
        Some((start..start + 1, format!("a string or key has {length} bytes, the limit is {MAX_STRING_BYTES} (64 KiB)")))
    });
    let recovered = if refused.is_some() { recovery::recover("", &[]) } else { recovery::recover(text, &tokens) };
    Prepared { recovered, tokens, refused }
}

/// Parses a prepared text.
pub(super) fn parse<'a>(file: FileId, text: &str, prepared: &'a Prepared<'_>, diagnostics: &mut Vec<Diagnostic>) -> Tree<'a> {
    let Prepared { tokens, recovered, refused } = prepared;
    let (root, errors) = DeTable::parse_recoverable(&recovered.text);
    let mut tree = Tree { root, is_whole: false, is_lost: recovered.gave_up, unread: BTreeSet::new(), wrong: Vec::new() };
    if let Some((place, message)) = refused {
        diagnostics.push(Diagnostic::new(Code::LimitExceeded, Span::new(file, clamp(place.clone(), text)), message.clone()));
        tree.is_lost = true;
        return tree;
    }
    for broken in &recovered.broken {
        diagnostics.push(Diagnostic::new(Code::TomlSyntax, Span::new(file, broken.place.clone()), broken.message.clone()));
        tree.unread.extend(words(text, &broken.range));
    }
    for header in &recovered.headers {
        tree.unread.extend(words(text, header));
    }
    report_errors(file, text, tokens, &errors, &mut tree, diagnostics);
    tree.is_whole = errors.is_empty() && recovered.broken.is_empty();
    if tree.is_whole {
        warn_about_newer_toml(file, text, tokens, diagnostics);
    }
    tree
}

/// Reports duplicate keys with both places, and wrong values and keys once each.
fn report_errors(file: FileId, text: &str, tokens: &[Token], errors: &[Error], tree: &mut Tree<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut errors: Vec<(Range<usize>, &str)> =
        errors.iter().map(|error| (clamp(error.span().unwrap_or(0..0), text), error.message())).collect();
    errors.sort_by_key(|(range, _)| range.start);
    errors.dedup();
    let is_duplicate = |message: &str| message.starts_with("duplicate key");
    let keys = errors.iter().any(|(_, message)| is_duplicate(message)).then(|| Keys::of(text, tokens));
    for (range, message) in errors {
        if diagnostics.len() >= MAX_DIAGNOSTICS {
            return;
        }
        if is_duplicate(message) {
            let again = keys.as_ref().and_then(|keys| keys.again(range.start));
            if again.is_some_and(|again| again.follows) {
                continue;
            }
            let name = text[range.clone()].trim_matches(['"', '\'']).to_owned();
            let mut diagnostic =
                Diagnostic::new(Code::DuplicateKey, Span::new(file, range), format!("`{name}` is set twice")).label("set again here");
            if let Some(again) = again {
                diagnostic = diagnostic.related(Span::new(file, again.first.clone()), "first set here");
            }
            diagnostics.push(diagnostic);
            continue;
        }
        // One wrong value can be refused at several of its characters.
        let follows = tree.wrong.last().is_some_and(|last| !text[*last..range.start].contains([',', '\n', ' ', '=']));
        tree.unread.extend(words(text, &word_around(text, range.start)));
        tree.wrong.push(range.start);
        if !follows {
            diagnostics.push(Diagnostic::new(Code::TomlSyntax, Span::new(file, range.clone()), recovery::reworded(message, text, &range)));
        }
    }
}

/// Keeps a range inside a text and on its characters.
fn clamp(range: Range<usize>, text: &str) -> Range<usize> {
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = floor(range.start);
    start..floor(range.end).max(start)
}

/// Returns the line's bytes around a place, from the last comma or equals sign to the next comma.
fn word_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind([',', '\n', '=', '[', '{']).map_or(0, |at| at + 1);
    let end = text[at..].find([',', '\n', ']', '}']).map_or(text.len(), |length| at + length);
    start..end
}

/// Returns the words that could be ids.
fn words(text: &str, range: &Range<usize>) -> impl Iterator<Item = String> {
    text.get(range.clone())
        .unwrap_or("")
        .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
        .filter(|word| super::link_key::is_id(word))
        .map(str::to_owned)
}

/// Names a TOML value's type in the words of the messages.
pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
