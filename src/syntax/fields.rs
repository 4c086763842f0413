//! Takes a TOML table apart key by key, and reports what is missing, mistyped or unknown.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{FileId, Span};
use crate::syntax::type_name;

/// A string and its place, quotes included.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// Where mistakes of one file are collected.
pub(crate) struct Report {
    pub(crate) file: FileId,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    pub(crate) fn wrong_type(&mut self, span: Span, key: &str, expected: &str, found: &DeValue<'_>) {
        self.push(Diagnostic::new(Code::WrongType, span, format!("`{key}` takes {expected}, not {}", type_name(found))));
    }

    /// Reports a word that names nothing, with the nearest that does.
    pub(crate) fn unknown<'a>(&mut self, code: Code, word: &Word, message: String, known: impl IntoIterator<Item = &'a str>) {
        let help = nearest(&word.text, known).map(|id| format!("did you mean `{id}`?"));
        self.push(Diagnostic::new(code, word.span, message).maybe_help(help));
    }
}

/// Parses a file and reports its syntax errors.
pub(crate) fn parse<'a>(text: &'a str, report: &mut Report) -> Spanned<DeTable<'a>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(super::MAX_SYNTAX_ERRORS) {
        let range = error.span().unwrap_or(0..0);
        let range = range.start.min(text.len())..range.end.min(text.len());
        let code = if error.message().starts_with("duplicate key") { Code::DuplicateKey } else { Code::TomlSyntax };
        report.push(Diagnostic::new(code, report.span(range), error.message()));
    }
    root
}

/// Returns the entries of a table in the order of the file.
pub(crate) fn entries<'t, 'a>(table: &'t DeTable<'a>, report: &Report) -> Vec<(Word, &'t Spanned<DeValue<'a>>)> {
    let mut entries: Vec<_> =
        table.iter().map(|(key, value)| (Word { text: key.get_ref().to_string(), span: report.span(key.span()) }, value)).collect();
    entries.sort_by_key(|(key, _)| key.span);
    entries
}

/// The keys of one table; what is never taken is unknown.
pub(crate) struct Fields<'t, 'a> {
    table: &'t DeTable<'a>,
    /// The place to blame for what is missing.
    pub(crate) span: Span,
    /// What the table is, for messages.
    what: String,
    taken: BTreeSet<&'static str>,
}

impl<'t, 'a> Fields<'t, 'a> {
    pub(crate) fn new(table: &'t DeTable<'a>, span: Span, what: impl Into<String>) -> Self {
        Self { table, span, what: what.into(), taken: BTreeSet::new() }
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'a>>> {
        self.taken.insert(key);
        self.table.get(key)
    }

    pub(crate) fn missing(&self, key: &str, report: &mut Report) {
        report.push(Diagnostic::new(Code::MissingKey, self.span, format!("{} has no `{key}`", self.what)));
    }

    pub(crate) fn word(&mut self, key: &'static str, report: &mut Report) -> Option<Word> {
        let value = self.take(key)?;
        word(value, key, report)
    }

    pub(crate) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<String> {
        self.word(key, report).map(|word| word.text)
    }

    pub(crate) fn required(&mut self, key: &'static str, report: &mut Report) -> Option<Word> {
        if self.take(key).is_none() {
            self.missing(key, report);
        }
        self.word(key, report)
    }

    /// Takes a required id: a lower-case letter, then lower-case letters, digits and hyphens (and capitals, for the ids of vetoes).
    pub(crate) fn id(&mut self, report: &mut Report) -> Option<Word> {
        let word = self.required("id", report)?;
        checked_id(word, report)
    }

    pub(crate) fn number(&mut self, key: &'static str, report: &mut Report) -> Option<f64> {
        let value = self.take(key)?;
        let found = number(value.get_ref());
        if found.is_none() {
            report.wrong_type(report.span(value.span()), key, "a number", value.get_ref());
        }
        found
    }

    pub(crate) fn number_within(&mut self, key: &'static str, low: f64, high: f64, report: &mut Report) -> Option<f64> {
        let span = self.take(key).map(|value| report.span(value.span()))?;
        let found = self.number(key, report)?;
        within(found, low, high, key, span, report)
    }

    pub(crate) fn boolean(&mut self, key: &'static str, report: &mut Report) -> Option<bool> {
        let value = self.take(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            report.wrong_type(report.span(value.span()), key, "true or false", value.get_ref());
        }
        found
    }

    pub(crate) fn array(&mut self, key: &'static str, report: &mut Report) -> Option<&'t DeArray<'a>> {
        let value = self.take(key)?;
        let found = value.get_ref().as_array();
        if found.is_none() {
            report.wrong_type(report.span(value.span()), key, "a list", value.get_ref());
        }
        found
    }

    pub(crate) fn words(&mut self, key: &'static str, report: &mut Report) -> Vec<Word> {
        let Some(array) = self.array(key, report) else { return Vec::new() };
        array.iter().filter_map(|value| word(value, key, report)).collect()
    }

    pub(crate) fn table(&mut self, key: &'static str, report: &mut Report) -> Option<(&'t DeTable<'a>, Span)> {
        let value = self.take(key)?;
        let span = report.span(value.span());
        match value.get_ref() {
            DeValue::Table(table) => Some((table, span)),
            other => {
                report.wrong_type(span, key, "a table", other);
                None
            }
        }
    }

    /// Takes a list of tables (`[[key]]`).
    pub(crate) fn tables(&mut self, key: &'static str, report: &mut Report) -> Vec<(&'t DeTable<'a>, Span)> {
        let mut found = Vec::new();
        for value in self.array(key, report).into_iter().flatten() {
            let span = report.span(value.span());
            match value.get_ref() {
                DeValue::Table(table) => found.push((table, span)),
                other => report.wrong_type(span, key, "tables", other),
            }
        }
        found
    }

    /// Reports the keys that nobody took.
    pub(crate) fn finish(self, report: &mut Report) {
        // Nearly always all are known, and to put them in order takes longer than to look.
        if self.table.keys().all(|key| self.taken.contains(key.get_ref().as_ref())) {
            return;
        }
        for (key, _) in entries(self.table, report) {
            if !self.taken.contains(key.text.as_str()) {
                let message = format!("{} has no key `{}`", self.what, key.text);
                report.unknown(Code::UnknownKey, &key, message, self.taken.iter().copied());
            }
        }
    }
}

/// Reads a string.
pub(crate) fn word(value: &Spanned<DeValue<'_>>, key: &str, report: &mut Report) -> Option<Word> {
    let span = report.span(value.span());
    match value.get_ref() {
        DeValue::String(text) => Some(Word { text: text.to_string(), span }),
        other => {
            report.wrong_type(span, key, "a string", other);
            if let (DeValue::Integer(_) | DeValue::Float(_), Some(last)) = (other, report.diagnostics.last_mut()) {
                last.help = Some("write the number in quotes, such as `\"0.09\"`".to_owned());
            }
            None
        }
    }
}

/// Checks that a word can be an id.
pub(crate) fn checked_id(word: Word, report: &mut Report) -> Option<Word> {
    let starts = word.text.chars().next().is_some_and(|first| first.is_ascii_alphanumeric());
    if starts && word.text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return Some(word);
    }
    let message = format!("`{}` is no id", word.text);
    report.push(Diagnostic::new(Code::MalformedId, word.span, message).help("use letters, digits and hyphens"));
    None
}

/// Reads a finite number.
pub(crate) fn number(value: &DeValue<'_>) -> Option<f64> {
    let found: f64 = match value {
        DeValue::Float(float) => float.as_str().parse().ok()?,
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok()?,
        _ => return None,
    };
    found.is_finite().then_some(found)
}

/// Reports a number that is out of bounds.
pub(crate) fn within(found: f64, low: f64, high: f64, key: &str, span: Span, report: &mut Report) -> Option<f64> {
    if (low..=high).contains(&found) {
        return Some(found);
    }
    report.push(Diagnostic::new(Code::OutOfBounds, span, format!("`{key}` is {found}, and lies between {low} and {high}")));
    None
}
