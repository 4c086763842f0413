//! Forms that only TOML 1.1 allows.

use toml_parser::ErrorSink;
use toml_parser::decoder::Encoding;
use toml_parser::lexer::Token;
use toml_parser::parser::EventReceiver;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// Warns where a file uses what only TOML 1.1 allows.
pub(super) fn warn_about_newer_toml(file: FileId, text: &str, tokens: &[Token], diagnostics: &mut Vec<Diagnostic>) {
    let mut newer = Newer { text, stack: Vec::new(), found: Vec::new() };
    toml_parser::parser::parse_document(tokens, &mut newer, &mut ());
    for (range, what) in newer.found {
        diagnostics.push(
            Diagnostic::new(Code::TomlVersion, Span::new(file, range), format!("{what} is TOML 1.1"))
                .help("many editors read TOML 1.0 only; `weighbridge fmt` rewrites the file"),
        );
    }
}

struct Newer<'a> {
    text: &'a str,
    /// For each open bracket: whether it is an inline table, whether it was reported, and the last comma without a value behind it.
    stack: Vec<(bool, bool, Option<usize>)>,
    found: Vec<(std::ops::Range<usize>, &'static str)>,
}

impl Newer<'_> {
    fn value(&mut self) {
        if let Some((.., comma)) = self.stack.last_mut() {
            *comma = None;
        }
    }

    fn report(&mut self, range: std::ops::Range<usize>, what: &'static str) {
        if let Some((_, reported, _)) = self.stack.last_mut()
            && std::mem::replace(reported, true)
        {
            return;
        }
        self.found.push((range, what));
    }
}

impl EventReceiver for Newer<'_> {
    fn inline_table_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.value();
        self.stack.push((true, false, None));
        true
    }

    fn inline_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        if let Some((true, _, Some(comma))) = self.stack.last().copied() {
            self.report(comma..comma + 1, "a comma behind the last key of an inline table");
        }
        self.stack.pop();
    }

    fn array_open(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.value();
        self.stack.push((false, false, None));
        true
    }

    fn array_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.stack.pop();
    }

    fn simple_key(&mut self, _: toml_parser::Span, _: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.value();
    }

    fn value_sep(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        if let Some((.., comma)) = self.stack.last_mut() {
            *comma = Some(span.start());
        }
    }

    fn newline(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        if let Some((true, ..)) = self.stack.last() {
            self.report(span.start()..span.start() + 1, "an inline table over several lines");
        }
    }

    fn scalar(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.value();
        let raw = self.text.get(span.start()..span.end()).unwrap_or("");
        if matches!(encoding, Some(Encoding::BasicString | Encoding::MlBasicString)) {
            let mut letters = raw.char_indices().peekable();
            while let Some((at, letter)) = letters.next() {
                if letter == '\\' {
                    let escaped = letters.next();
                    if matches!(escaped, Some((_, 'e' | 'x'))) {
                        let start = span.start() + at;
                        self.found.push((start..start + 2, "the escape `\\e` or `\\x`"));
                    }
                }
            }
        }
    }
}
