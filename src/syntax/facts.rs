//! Reads the keys of one table into facts.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::keys::{Shape, Table};
use super::read::{Reader, in_order};
use super::toml_text::type_name;
use super::value::{Entry, Facts, Provenance, State, Value};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::quantity::Date;

impl Reader<'_> {
    /// Reads the keys of a table.
    pub(super) fn facts(&mut self, table: Table, inner: &DeTable<'_>) -> Facts {
        let mut facts = Facts::new(table);
        for (key, value) in in_order(inner) {
            let name: &str = key.get_ref();
            match table.find(name) {
                Some(index) => self.fact(&mut facts, index, key, value),
                None => {
                    // The key that was meant counts as unread, so that it is not called missing.
                    if let Some(index) = self.unknown_key(table, key)
                        && !inner.contains_key(table.rows()[index as usize].name)
                    {
                        let _ = facts.insert(index, self.entry(State::Unknown, key, value));
                    }
                }
            }
        }
        facts
    }

    /// Reports an unknown key; returns the key that was probably meant.
    fn unknown_key(&mut self, table: Table, key: &Spanned<DeString<'_>>) -> Option<u16> {
        if self.is_full() {
            return None;
        }
        let name: &str = key.get_ref();
        let meant = nearest(name, table.rows().iter().map(|row| row.name));
        let near = meant.map(|near| format!("a key with a similar name exists: `{near}`"));
        let elsewhere = || {
            let owners: Vec<&str> = Table::ALL
                .iter()
                .filter(|other| **other != table && other.find(name).is_some())
                .map(|other| other.path())
                .take(3)
                .collect();
            if !owners.is_empty() {
                return Some(format!("`{name}` is a key of {}", owners.join(", ")));
            }
            let all = Table::ALL.iter().flat_map(|other| other.rows().iter().map(|row| (row.name, other.path())));
            let near = nearest(name, all.clone().map(|(name, _)| name))?;
            let (_, owner) = all.into_iter().find(|(own, _)| *own == near)?;
            Some(format!("a similar name is a key of {owner}: `{near}`"))
        };
        let help = near.or_else(elsewhere).unwrap_or_else(|| "free keys belong into `meta = { … }`".into());
        let diagnostic = Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("no key `{name}` exists in `{}`", table.path()))
            .label("not a key of this table")
            .help(help);
        self.report(diagnostic);
        meant.and_then(|name| table.find(name))
    }

    fn entry(&self, state: State, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Entry {
        Entry { state, key: self.key_span(key), value: self.span(value.span()), layer: self.layer, is_default: false, provenance: None }
    }

    /// Reads one key into `facts`.
    pub(super) fn fact(&mut self, facts: &mut Facts, index: u16, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let row = &facts.table.rows()[index as usize];
        let mut provenance = None;
        let mut inner = value;
        if let DeValue::Table(table) = value.get_ref()
            && let Some(measured) = table.get("value")
            && takes_measured(row.shape)
        {
            provenance = self.provenance(table);
            inner = measured;
        }
        let is_optional = is_optional(row.name);
        let state = match inner.get_ref() {
            DeValue::Boolean(false) if is_optional && (facts.table.takes_absent() || accepts_false(row.shape)) => Some(State::Absent),
            DeValue::String(text) if text == "unknown" && is_optional && facts.table != Table::File => Some(State::Unknown),
            _ => self.value(row.name, row.shape, inner).map(|value| match value {
                // Semantics, "Facts": `retries = 0` and `false` are the same.
                Value::Count(0) if facts.table == Table::Link && row.name == "retries" => State::Absent,
                value => State::Stated(value),
            }),
        };
        // A value that was refused is unknown, not missing: its mistake is reported already.
        let mut entry = self.entry(state.unwrap_or(State::Unknown), key, value);
        entry.provenance = provenance.map(Box::new);
        // TOML itself has no key twice in one table.
        let _ = facts.insert(index, entry);
    }

    /// Reads `source` and `on` of a measured value.
    pub(super) fn provenance(&mut self, table: &DeTable<'_>) -> Option<Provenance> {
        let mut provenance = Provenance { source: String::new(), on: None };
        for (key, value) in in_order(table) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("value", _) => {}
                ("source", DeValue::String(source)) => provenance.source = source.clone().into_owned(),
                ("on", DeValue::Datetime(_)) => provenance.on = self.date("on", value),
                ("source", _) => self.wrong_type("source", value, "a string"),
                ("on", _) => self.wrong_type("on", value, "a date such as 2026-11-20"),
                (name, _) => {
                    let diagnostic =
                        Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("no key `{name}` exists in a measured value"))
                            .help("a measured value is `{ value = …, source = \"…\", on = 2026-11-20 }`");
                    self.report(diagnostic);
                }
            }
        }
        Some(provenance)
    }

    /// Reads a date.
    pub(super) fn date(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Date> {
        if let DeValue::Datetime(datetime) = value.get_ref()
            && let (Some(date), None) = (datetime.date, datetime.time)
        {
            return Some(Date { year: date.year, month: date.month, day: date.day });
        }
        self.wrong_type(name, value, "a date such as 2026-11-20");
        None
    }

    /// Reports a value of the wrong type.
    pub(super) fn wrong_type(&mut self, name: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let diagnostic = Diagnostic::new(
            Code::WrongType,
            self.span(value.span()),
            format!("`{name}` takes {wanted}, not {}", type_name(value.get_ref())),
        );
        self.report(diagnostic);
    }
}

/// Lays two writings of one element in the same layer together; a key in both is a mistake that shows both places.
pub(crate) fn merge_same_layer(first: &mut Facts, second: Facts, diagnostics: &mut Vec<Diagnostic>) {
    let table = first.table;
    let mut nested = Vec::new();
    for (index, entry) in second.entries() {
        let both_tables = matches!(
            (first.entry(index).map(|entry| &entry.state), &entry.state),
            (Some(State::Stated(Value::Table(_))), State::Stated(Value::Table(_)))
        );
        if both_tables && !matches!(table.rows()[index as usize].shape, Shape::Table(inner) if inner.is_value()) {
            nested.push((index, entry.clone()));
        } else if let Err(place) = first.insert(index, entry.clone()) {
            let name = table.rows()[index as usize].name;
            diagnostics.push(
                Diagnostic::new(Code::DuplicateKey, entry.key, format!("`{name}` is set twice in one layer"))
                    .label("set again here")
                    .related(place, "first set here"),
            );
        }
    }
    for (index, entry) in nested {
        for (at, own) in first.entries_mut() {
            if at == index
                && let (State::Stated(Value::Table(own)), State::Stated(Value::Table(other))) = (&mut own.state, &entry.state)
            {
                merge_same_layer(own, other.clone(), diagnostics);
            }
        }
    }
}

/// Says whether a key may be stated absent or unknown.
pub(crate) fn is_optional(name: &str) -> bool {
    !matches!(name, "kind" | "schema" | "steps" | "extends")
}

/// Says whether `false` is a value of this shape wherever it stands.
pub(crate) fn accepts_false(shape: Shape) -> bool {
    matches!(shape, Shape::Flag | Shape::OrTrue(_))
}

/// Says whether a value of this shape may be a measured one.
pub(crate) fn takes_measured(shape: Shape) -> bool {
    match shape {
        Shape::OrTrue(inner) => takes_measured(*inner),
        Shape::Quantity(_)
        | Shape::Count
        | Shape::Money
        | Shape::MoneyRate
        | Shape::Replicas
        | Shape::ServiceTime
        | Shape::Flag
        | Shape::Text
        | Shape::Currency => true,
        _ => false,
    }
}

/// Writes a TOML basic string, on one line whatever is in it.
pub(crate) fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
