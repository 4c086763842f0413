//! Reads the tables of a file that are no lists of elements: defaults, observations, assumptions, policy.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::document::{AssumptionForm, DocumentKind, Item};
use super::keys::{Table, allowance};
use super::link_key::Arrow;
use super::read::{Reader, in_order};
use super::vocabulary::{ComponentKind, Vocabulary};
use crate::diagnostic::{Code, Diagnostic, nearest};

impl Reader<'_> {
    pub(super) fn defaults(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let Some(inner) = self.table("defaults", key, value) else { return };
        for (key, value) in in_order(inner) {
            let name: &str = key.get_ref();
            let table = if ComponentKind::WORDS.contains(&name) {
                Table::Component
            } else if [Arrow::Call, Arrow::Message, Arrow::Replication].iter().any(|arrow| arrow.symbol() == name) {
                Table::Link
            } else {
                let known = ComponentKind::WORDS.iter().copied().chain(["->", "~>", "=>"]);
                let diagnostic = Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("`[defaults]` has no entry `{name}`"))
                    .label("neither a kind of component nor an arrow")
                    .maybe_help(nearest(name, known).map(|near| format!("an entry with a similar name exists: `{near}`")));
                self.report(diagnostic);
                continue;
            };
            if let Some(inner) = self.table(name, key, value) {
                let facts = self.facts(table, inner);
                self.document.defaults.insert(name.to_owned(), facts);
            }
        }
    }

    /// `[observed.system]`, `[observed.components.<id>]`, `[observed.journeys.<id>]`.
    pub(super) fn observed(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let Some(inner) = self.table("observed", key, value) else { return };
        for (key, value) in in_order(inner) {
            let name: &str = key.get_ref();
            match name {
                "system" => {
                    if let Some(table) = self.table(name, key, value) {
                        let facts = self.facts(Table::Observed, table);
                        let item = Item { id: self.word("system", key.span()), facts, ends: None };
                        self.add(Table::Observed, item);
                    }
                }
                "components" | "journeys" => {
                    let Some(table) = self.table(name, key, value) else { continue };
                    for (key, value) in in_order(table) {
                        let id: &str = key.get_ref();
                        if let Some(table) = self.table(id, key, value) {
                            let facts = self.facts(Table::Observed, table);
                            let item = Item { id: self.word(&format!("{name}.{id}"), key.span()), facts, ends: None };
                            self.add(Table::Observed, item);
                        }
                    }
                }
                _ => {
                    let diagnostic = Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("`[observed]` has no entry `{name}`"))
                        .help("observed facts are of `system`, of `components.<id>` or of `journeys.<id>`");
                    self.report(diagnostic);
                }
            }
        }
    }

    pub(super) fn assumptions(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        if let DeValue::String(set) = value.get_ref() {
            self.document.assumption_set = Some(self.word(set, value.span()));
            return;
        }
        let Some(inner) = self.table("assumptions", key, value) else { return };
        self.assumption_table(inner, "");
    }

    fn assumption_table(&mut self, inner: &DeTable<'_>, prefix: &str) {
        for (key, value) in in_order(inner) {
            let name = format!("{prefix}{}", key.get_ref());
            if name == "set"
                && let DeValue::String(set) = value.get_ref()
            {
                self.document.assumption_set = Some(self.word(set, value.span()));
                continue;
            }
            let text = match value.get_ref() {
                DeValue::String(text) => text.clone().into_owned(),
                DeValue::Integer(number) => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                DeValue::Table(inner) if !inner.contains_key("value") => {
                    self.assumption_table(inner, &format!("{name}."));
                    continue;
                }
                DeValue::Table(inner) => match inner.get("value").map(Spanned::get_ref) {
                    Some(DeValue::String(text)) => text.clone().into_owned(),
                    Some(DeValue::Integer(number)) => number.as_str().to_owned(),
                    Some(DeValue::Float(number)) => number.as_str().to_owned(),
                    _ => {
                        self.wrong_type(&name, value, "a quantity");
                        continue;
                    }
                },
                _ => {
                    self.wrong_type(&name, value, "a quantity");
                    continue;
                }
            };
            let form = AssumptionForm { key: self.key_span(key), value: self.word(&text, value.span()), layer: self.layer };
            self.document.assumptions.insert(name, form);
        }
    }

    pub(super) fn policy(&mut self, root: &DeTable<'_>) {
        for (key, value) in in_order(root) {
            let name: &str = key.get_ref();
            match name {
                "schema" if self.document.kind == DocumentKind::Policy => {
                    if let Some(version) = self.count("schema", value) {
                        self.check_version(version, self.span(value.span()));
                    }
                }
                "gates" => {
                    if let Some(inner) = self.table(name, key, value) {
                        let facts = self.facts(Table::Gates, inner);
                        self.document.singles.insert(Table::Gates, facts);
                    }
                }
                "rules" | "allow" => {
                    let table = if name == "rules" { Table::Rule } else { Table::Allowance };
                    let Some(inner) = self.table(name, key, value) else { continue };
                    for (key, value) in in_order(inner) {
                        let id: &str = key.get_ref();
                        self.item(table, id, key, value, None);
                        if table == Table::Allowance {
                            self.check_allowance(id, key);
                        }
                    }
                }
                "forbid" => self.document.forbid = self.words("forbid", value).unwrap_or_default(),
                _ => {
                    let diagnostic = Diagnostic::new(Code::UnknownKey, self.key_span(key), format!("no key `{name}` exists in a policy"))
                        .maybe_help(
                            nearest(name, ["gates", "rules", "allow", "forbid"])
                                .map(|near| format!("a key with a similar name exists: `{near}`")),
                        );
                    self.report(diagnostic);
                }
            }
        }
    }

    /// An allowance of a policy says which rule it speaks of, and why.
    fn check_allowance(&mut self, id: &str, key: &Spanned<DeString<'_>>) {
        let Some(item) = self.document.items.get(&Table::Allowance).and_then(|items| items.get(id)) else { return };
        let facts = item.facts.clone();
        self.check_reason(&facts, id, self.key_span(key));
        if facts.entry_of(allowance::RULE).is_none() {
            let diagnostic =
                Diagnostic::new(Code::UnusedAllow, self.key_span(key), format!("`{id}` allows no rule")).help("add `rule = \"…\"`");
            self.report(diagnostic);
        }
    }
}
