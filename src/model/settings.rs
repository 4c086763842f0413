//! Facts that are changed for one run, without touching a file: *what if the database had three replicas?*
//!
//! Settings are one more layer, above all others, of the base and of every alternative. They change what is declared; an element that none declares is a mistake,
//! and an alternative without the element stays as it is.

use std::collections::BTreeSet;

use toml::de::DeTable;

use super::layers::Merged;
use super::limits::Limits;
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::source::{Sources, Span};
use crate::syntax::keys::Table;
use crate::syntax::value::LayerId;
use crate::syntax::{Document, DocumentKind, ITEM_TABLES, SINGLE_TABLES, read, toml_string};

/// What the settings are called where a mistake in them is shown.
const NAME: &str = "--set";

/// One fact of a model, and the value that it takes for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The fact's path, as reports print it: `components.db.replicas`, `links.a -> b.timeout`.
    pub key: String,
    /// The value as it was typed: TOML, or a word or quantity without its quotes.
    pub value: String,
}

impl Setting {
    /// Reads `KEY=VALUE`.
    ///
    /// # Errors
    ///
    /// In words, where there is no `=`, the key names no table, or a letter would end the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        // The arrow `=>` of a link is no sign of equality.
        let equals = (0..text.len()).find(|at| text.as_bytes()[*at] == b'=' && text.as_bytes().get(at + 1) != Some(&b'>'));
        let Some(equals) = equals else { return Err("write KEY=VALUE, such as `components.db.replicas=3`".to_owned()) };
        let (key, value) = (text[..equals].trim(), text[equals + 1..].trim());
        if text.chars().any(char::is_control) {
            return Err("a setting is one line".to_owned());
        }
        let known = || ITEM_TABLES.iter().chain(SINGLE_TABLES).map(|(name, _)| *name).chain(["defaults", "assumptions"]);
        match key.split_once('.') {
            Some((table, rest)) if known().any(|name| name == table) && !rest.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            Some((table, _)) => {
                let near = crate::diagnostic::nearest(table, known());
                let help = near.map_or_else(
                    || format!("the tables are {}", known().collect::<Vec<_>>().join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                Err(format!("no table `{table}` exists; {help}"))
            }
            None => {
                let owners: Vec<&str> =
                    Table::ALL.iter().filter(|table| table.find(key).is_some()).map(|table| table.path()).take(3).collect();
                let help = if owners.is_empty() { String::new() } else { format!("; `{key}` is a key of {}", owners.join(", ")) };
                Err(format!("`{key}` is not the path of a fact, such as `components.db.replicas`{help}"))
            }
        }
    }

    /// Writes the setting as a line of a model file.
    fn line(&self) -> String {
        let key: Vec<String> = self.parts().iter().map(|part| if is_bare(part) { part.clone() } else { toml_string(part) }).collect();
        let verbatim = format!("value = {}", self.value);
        let is_toml = DeTable::parse(&verbatim).is_ok_and(|table| table.get_ref().len() == 1);
        format!("{} = {}", key.join("."), if is_toml { self.value.clone() } else { toml_string(&self.value) })
    }

    /// Takes the path apart: the table, the id of an element, the key, and keys of nested tables. The name of an assumption has dots of its own.
    fn parts(&self) -> Vec<String> {
        let (table, rest) = self.key.split_once('.').unwrap_or((&self.key, ""));
        let mut parts = vec![table.to_owned()];
        if let Some((id, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            parts.push(id.to_owned());
            parts.extend(rest.split('.').filter(|part| !part.is_empty()).map(str::to_owned));
        } else if table == "assumptions" {
            parts.push(rest.to_owned());
        } else {
            parts.extend(rest.split('.').map(|part| part.trim().to_owned()));
        }
        parts
    }
}

fn is_bare(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
}

/// The settings of one run, read.
#[derive(Debug, Default)]
pub(super) struct Settings {
    document: Option<Document>,
    /// The elements that a layer below has declared.
    found: BTreeSet<(Table, String)>,
}

impl Settings {
    /// Reads settings as a file of their own.
    pub(super) fn read(settings: &[Setting], layer: LayerId, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let lines: Vec<String> = settings.iter().map(Setting::line).collect();
        let file = sources.add(NAME, format!("schema = 1\n{}\n", lines.join("\n")));
        let (document, mistakes) = read(sources, file, DocumentKind::Base, layer);
        let is_sound = !has_errors(&mistakes);
        diagnostics.extend(mistakes);
        Self { document: is_sound.then_some(document), found: BTreeSet::new() }
    }

    /// Lays the settings over what the layers of one system say together.
    pub(super) fn lay(&mut self, merged: &mut Merged, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) {
        let Some(mut document) = self.document.clone() else { return };
        document.singles.remove(&Table::File);
        for (table, items) in &mut document.items {
            items.retain(|id, _| {
                // Two places have a network between them whether or not a figure of it is stated.
                let is_there = *table == Table::Network || merged.items.get(table).is_some_and(|known| known.contains_key(id));
                if is_there {
                    self.found.insert((*table, id.clone()));
                }
                is_there
            });
        }
        merged.lay(document, limits, diagnostics);
    }

    /// Reports the elements that neither the base nor an alternative declares.
    pub(super) fn report_unknown(&self, base: &super::System, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) {
        let Some(document) = &self.document else { return };
        for (table, items) in &document.items {
            let ids: Vec<&str> = match table {
                Table::Component => base.components.iter().map(|one| one.id.as_str()).collect(),
                Table::Location => base.locations.iter().map(|one| one.id.as_str()).collect(),
                Table::Link => base.links.iter().map(|one| one.id.as_str()).collect(),
                Table::Journey => base.journeys.iter().map(|one| one.id.as_str()).collect(),
                Table::Entity => base.entities.iter().map(|one| one.id.as_str()).collect(),
                Table::Team => base.teams.iter().map(|one| one.id.as_str()).collect(),
                Table::SharedFate => base.shared_fates.iter().map(|one| one.id.as_str()).collect(),
                _ => continue,
            };
            let (code, word) = match table {
                Table::Component => (Code::UnknownComponent, "component"),
                Table::Location => (Code::UnknownLocation, "location"),
                Table::Team => (Code::UnknownTeam, "team"),
                Table::Journey => (Code::UnknownJourney, "journey"),
                Table::Entity => (Code::UnknownEntity, "entity"),
                Table::Link => (Code::UnknownId, "link"),
                _ => (Code::UnknownId, "shared fate"),
            };
            for (id, item) in items.iter().filter(|(id, _)| !self.found.contains(&(*table, (*id).clone()))) {
                let near = limits.nearest(id, ids.iter().copied());
                let help = near.map(|near| format!("a {word} with a similar id exists: `{near}`"));
                let place: Span = item.id.span;
                diagnostics.push(
                    Diagnostic::new(code, place, format!("no {word} has the id `{id}`"))
                        .label("declared neither by the base nor by an alternative")
                        .maybe_help(help),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Setting;

    fn line(text: &str) -> String {
        Setting::parse(text).expect("a setting").line()
    }

    #[test]
    fn a_path_and_a_value_become_a_line_of_a_model_file() {
        assert_eq!(line("components.db.replicas=3"), "components.db.replicas = 3");
        assert_eq!(line("components.db.availability=99.9%"), "components.db.availability = \"99.9%\"");
        assert_eq!(line("components.db.availability = \"99.9%\""), "components.db.availability = \"99.9%\"");
        assert_eq!(line("links.a -> b.timeout=2s"), "links.\"a -> b\".timeout = \"2s\"");
        assert_eq!(line("links.\"a => b\".lag=5s"), "links.\"a => b\".lag = \"5s\"");
        assert_eq!(line("links.a => b.mode=sync"), "links.\"a => b\".mode = \"sync\"");
        assert_eq!(line("components.db.replication.failover=manual"), "components.db.replication.failover = \"manual\"");
        assert_eq!(line("components.db.shards={ A = 0.5, B = 0.5 }"), "components.db.shards = { A = 0.5, B = 0.5 }");
        assert_eq!(line("assumptions.database.availability=99.95%"), "assumptions.\"database.availability\" = \"99.95%\"");
        assert_eq!(line("components.db.on=[\"a\", \"b\"]"), "components.db.on = [\"a\", \"b\"]");
        assert_eq!(line("components.db.deploy=false"), "components.db.deploy = false");
    }

    #[test]
    fn what_is_no_setting_is_refused_in_words() {
        let error = |text: &str| Setting::parse(text).expect_err("no setting");
        assert_eq!(error("components.db.replicas"), "write KEY=VALUE, such as `components.db.replicas=3`");
        assert_eq!(error("component.db.replicas=3"), "no table `component` exists; did you mean `components`?");
        assert!(error("replicas=3").ends_with("`replicas` is a key of components.<id>"), "{}", error("replicas=3"));
        assert_eq!(error("components.db.name=a\nb"), "a setting is one line");
    }
}
