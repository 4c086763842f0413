//! Comma-separated rows by the names of their columns, with the place of each mistake.

use csv::{ReaderBuilder, StringRecord};

use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS, nearest};
use crate::quantity::Exact;
use crate::source::{FileId, Sources, Span};

/// The largest price list or bill that is read.
pub(super) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of a line that are marked as the place of a mistake.
const MAX_PLACE_BYTES: usize = 120;

/// The rows of a file, and what is wrong with them.
pub(super) struct Rows<'a> {
    text: &'a str,
    /// The bytes of a byte order mark before the text.
    mark: usize,
    file: FileId,
    names: Vec<String>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One row.
pub(super) struct Row<'r> {
    record: &'r StringRecord,
    /// Where the line stands.
    pub(super) span: Span,
}

impl Row<'_> {
    /// Returns a field without the blanks around it.
    pub(super) fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("").trim()
    }
}

impl<'a> Rows<'a> {
    /// Reads the names in the first line.
    pub(super) fn of(sources: &'a Sources, file: FileId) -> Self {
        let whole = &sources.file(file).text;
        let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        let mut rows = Self { text, mark: whole.len() - text.len(), file, names: Vec::new(), diagnostics: Vec::new() };
        if text.len() > MAX_BYTES {
            let message = format!("the file has {} bytes, the limit is {MAX_BYTES} (64 MiB)", text.len());
            rows.refuse(Code::LimitExceeded, rows.line(0), message);
            rows.text = "";
            return rows;
        }
        match rows.reader().headers() {
            Ok(names) => rows.names = names.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => rows.refuse(Code::MalformedRow, rows.line(0), format!("the first line cannot be read: {error}")),
        }
        rows
    }

    fn reader(&self) -> csv::Reader<&'a [u8]> {
        ReaderBuilder::new().flexible(true).from_reader(self.text.as_bytes())
    }

    /// Returns the place of the line that starts at a byte.
    fn line(&self, start: usize) -> Span {
        let start = start.min(self.text.len());
        let end = self.text.as_bytes()[start..].iter().position(|byte| *byte == b'\n').map_or(self.text.len(), |length| start + length);
        // A place is there to be found, not to be read in full.
        let end = (start..=end.min(start + MAX_PLACE_BYTES)).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(start);
        Span::new(self.file, start + self.mark..end.max(start) + self.mark)
    }

    fn refuse(&mut self, code: Code, span: Span, message: String) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(Diagnostic::new(code, span, message));
        }
    }

    /// Finds a column, where the file has it.
    pub(super) fn optional(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name)
    }

    /// Finds a column, and reports where it is missing or there twice.
    pub(super) fn column(&mut self, name: &str) -> Option<usize> {
        let found = self.optional(name);
        if self.names.iter().filter(|own| *own == name).count() > 1 {
            self.refuse(Code::MalformedRow, self.line(0), format!("the first line names the column `{name}` more than once"));
        }
        if found.is_none() && self.diagnostics.iter().all(|one| one.code == Code::MissingColumn) {
            let help = nearest(name, self.names.iter().map(String::as_str)).map(|near| format!("is `{near}` meant?"));
            let message = format!("the first line names no column `{name}`");
            let span = self.line(0);
            self.diagnostics.push(Diagnostic::new(Code::MissingColumn, span, message).maybe_help(help));
        }
        found
    }

    /// Visits every row that has as many fields as the first line.
    pub(super) fn each(&mut self, mut visit: impl FnMut(&mut Self, &Row<'_>)) {
        if self.diagnostics.iter().any(|one| one.severity() == crate::diagnostic::Severity::Error) {
            return;
        }
        let mut reader = self.reader();
        let mut record = StringRecord::new();
        loop {
            let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            match reader.read_record(&mut record) {
                Ok(false) => return,
                Ok(true) => {}
                Err(error) => {
                    let span = self.line(start);
                    self.refuse(Code::MalformedRow, span, format!("the row cannot be read: {error}"));
                    return;
                }
            }
            let start = record.position().map_or(start, |at| usize::try_from(at.byte()).unwrap_or(start));
            if record.len() == 1 && record.get(0).is_some_and(|only| only.trim().is_empty()) {
                continue;
            }
            let span = self.line(start);
            if record.len() != self.names.len() {
                let plural = if record.len() == 1 { "" } else { "s" };
                let message = format!("the row has {} field{plural}, the first line has {}", record.len(), self.names.len());
                self.refuse(Code::MalformedRow, span, message);
                let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(self.text.len());
                let quotes = self.text.as_bytes()[start.min(end)..end].iter().filter(|byte| **byte == b'"').count();
                if quotes % 2 == 1
                    && let Some(last) = self.diagnostics.last_mut()
                {
                    last.help = Some("a quote is not closed: what follows it, to the end of the file, is read as one field".to_owned());
                }
            } else {
                visit(self, &Row { record: &record, span });
            }
            if self.diagnostics.len() >= MAX_DIAGNOSTICS {
                return;
            }
        }
    }

    /// Reads a field as an amount; an empty one is none. `1e-05` is an amount, too.
    pub(super) fn amount(&mut self, row: &Row<'_>, column: usize, may_be_negative: bool) -> Option<Exact> {
        let text = row.field(column);
        if text.is_empty() {
            return None;
        }
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        // One sign is enough: what has two is no amount.
        let digits = if is_negative && digits.starts_with(['-', '+']) { "" } else { digits };
        let parsed = Exact::parse(digits).or_else(|| rust_decimal::Decimal::from_scientific(digits).ok().map(Exact::new));
        match parsed {
            Some(amount) if !is_negative => Some(amount),
            Some(amount) if may_be_negative || amount.is_zero() => Some(Exact::ZERO - amount),
            _ => {
                let why = if parsed.is_some() { "is negative" } else { "is no amount" };
                let message = format!("`{}` is `{text}`, which {why}", self.names[column]);
                self.refuse(Code::MalformedRow, row.span, message);
                None
            }
        }
    }

    /// Reports a field.
    pub(super) fn wrong(&mut self, row: &Row<'_>, message: String) {
        self.refuse(Code::MalformedRow, row.span, message);
    }
}
