//! References: whether every id that a fact names is declared.

use super::Lowering;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::system::ComponentId;
use crate::source::Span;
use crate::syntax::keys::{Key, Shape, Space, Table};
use crate::syntax::value::{Copies, Facts, ShardPlan, State, Value, Word};

impl Lowering<'_> {
    /// Checks every reference of an element by the key table.
    pub(super) fn references(&mut self, table: Table, facts: &Facts) {
        for (index, entry) in facts.entries() {
            let State::Stated(value) = &entry.state else { continue };
            let shape = table.rows()[index as usize].shape;
            self.reference(shape, value);
        }
    }

    fn reference(&mut self, shape: Shape, value: &Value) {
        match (shape, value) {
            (Shape::OrTrue(inner), value) => self.reference(*inner, value),
            (Shape::Reference(space) | Shape::References(space), value) => {
                for word in value.words() {
                    self.check_reference(space, word);
                }
            }
            (Shape::Table(table), Value::Table(facts)) => self.references(table, facts),
            (Shape::Copies, Value::Copies(Copies(copies))) => {
                for (word, _) in copies {
                    self.check_reference(Space::Component, word);
                }
            }
            (Shape::Shards, Value::Shards(ShardPlan::Named(shards))) => {
                for word in shards.iter().filter_map(|shard| shard.on.as_ref()).flatten() {
                    self.check_reference(Space::Location, word);
                }
            }
            _ => {}
        }
    }

    /// Says whether an id is declared, and reports one that is neither declared nor unread.
    pub(super) fn check_reference(&mut self, space: Space, word: &Word) -> bool {
        let id = word.text.as_str();
        let (in_components, in_locations, in_teams) =
            (self.ids.components.contains_key(id), self.ids.locations.contains_key(id), self.ids.teams.contains_key(id));
        let (known, code, what) = match space {
            Space::Component => (in_components, Code::UnknownComponent, "component"),
            Space::Location => (in_locations, Code::UnknownLocation, "location"),
            Space::Team => (in_teams, Code::UnknownTeam, "team"),
            Space::ComponentOrLocation => (in_components || in_locations, Code::UnknownId, "component or location"),
        };
        if known || self.unread.contains(id) {
            return known;
        }
        if let Some(place) = self.removed.get(id) {
            self.still_named.entry(*place).or_default().entry(id.to_owned()).or_insert(word.span);
            return false;
        }
        let elsewhere =
            [("component", in_components), ("location", in_locations), ("team", in_teams)].into_iter().find(|(_, there)| *there);
        let help = match elsewhere {
            Some((other, _)) => Some(format!("`{id}` is a {other}")),
            None => self.similar(space, id).map(|near| format!("a {what} with a similar id exists: `{near}`")),
        };
        self.report(
            Diagnostic::new(code, word_inside(word), format!("no {what} has the id `{id}`"))
                .label("not declared in this model or in the layers below it")
                .maybe_help(help),
        );
        false
    }

    /// Reports what an alternative removes and still names: once, where it is removed.
    pub(super) fn removed_but_named(&mut self) {
        for (place, ids) in std::mem::take(&mut self.still_named) {
            let Some((first, named)) = ids.first_key_value() else { continue };
            let (more, are) = if ids.len() > 1 { (format!(" and {} more", ids.len() - 1), "are") } else { (String::new(), "is") };
            self.report(
                Diagnostic::new(Code::RemovedButUsed, place, format!("`{first}`{more} {are} removed, and still named"))
                    .label("removed here")
                    .related(*named, "named here")
                    .help("restate in this alternative what names it"),
            );
        }
    }

    /// Finds a declared id that is similar to one that is not.
    fn similar(&mut self, space: Space, id: &str) -> Option<String> {
        let (components, locations, teams) = (self.ids.components.keys(), self.ids.locations.keys(), self.ids.teams.keys());
        let mut candidates: Vec<&str> = match space {
            Space::Component => components.map(String::as_str).collect(),
            Space::Location => locations.map(String::as_str).collect(),
            Space::Team => teams.map(String::as_str).collect(),
            Space::ComponentOrLocation => components.chain(locations).map(String::as_str).collect(),
        };
        if !self.limits.may_compare(candidates.len()) {
            return None;
        }
        candidates.sort_unstable();
        crate::diagnostic::nearest(id, candidates).map(str::to_owned)
    }

    pub(super) fn resolve_component<T>(&self, facts: &Facts, key: Key<T>) -> Option<ComponentId> {
        facts.text(key).and_then(|id| self.ids.components.get(id).copied())
    }

    pub(super) fn resolve_components(&self, words: &[Word]) -> Vec<ComponentId> {
        words.iter().filter_map(|word| self.ids.components.get(&word.text).copied()).collect()
    }
}

/// Narrows the place of a word to what stands between its quotes, where it has any.
pub(super) fn word_inside(word: &Word) -> Span {
    if word.span.range().len() == word.text.len() + 2 { word.span.inside_quotes(0..word.text.len()) } else { word.span }
}
