//! What rules asked for, and what they did not get.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Subject;
use crate::model::System;
use crate::syntax::keys::Table;

/// How many elements a fact that is missing names.
const NAMED: usize = 3;

/// The key of an element: a table's row, inside another table for nested keys.
type AskedKey = (u8, Table, u16);

/// A fact that a rule did not get: the rule was not evaluated where it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEvaluated {
    /// The rule's name.
    pub rule: &'static str,
    /// What it needs, such as `timeout` or `replication.ack`, or a figure in words.
    pub needs: String,
    /// Of how many elements.
    pub count: usize,
    /// The first of them, by id.
    pub of: Vec<String>,
}

/// The facts that were asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Per key and element: the last rule that asked, from 1, and whether the fact is known.
    states: BTreeMap<AskedKey, Vec<(u16, bool)>>,
    missing: BTreeMap<(u16, String), (usize, Vec<String>)>,
}

/// Returns the number of the kind of an element, and its own.
fn place(subject: Subject) -> (u8, usize) {
    match subject {
        Subject::System | Subject::Default(_) => (0, 0),
        Subject::Component(id) => (1, id.index()),
        Subject::Link(id) => (2, id.index()),
        Subject::Journey(id) => (3, id.index()),
        Subject::Entity(id) => (4, id.index()),
        Subject::Team(id) => (5, id.index()),
        Subject::Location(id) => (6, id.index()),
        Subject::SharedFate(id) => (7, id.index()),
    }
}

impl Asked {
    /// Takes in that a rule asked for a fact; what the same rule asks twice counts once.
    pub(super) fn fact(
        &mut self,
        system: &System,
        rule: u16,
        subject: Subject,
        (table, key): (Table, u16),
        known: bool,
        name: &dyn Fn() -> String,
    ) {
        let (kind, at) = place(subject);
        let states = self.states.entry((kind, table, key)).or_default();
        if states.len() <= at {
            states.resize(at + 1, (0, false));
        }
        if states[at].0 == rule + 1 {
            return;
        }
        states[at] = (rule + 1, known);
        if !known {
            self.missing(rule, name(), 1, &|| subject.id(system));
        }
    }

    /// Takes in that a rule needs what is not there.
    pub(super) fn missing(&mut self, rule: u16, needs: String, count: usize, of: &dyn Fn() -> String) {
        let entry = self.missing.entry((rule, needs)).or_default();
        entry.0 += count;
        if entry.1.len() < NAMED {
            entry.1.push(of());
        }
    }

    /// Returns what was not evaluated, by rule and fact.
    pub(super) fn not_evaluated(&self, name: impl Fn(u16) -> &'static str) -> Vec<NotEvaluated> {
        let mut list: Vec<NotEvaluated> = self
            .missing
            .iter()
            .map(|((rule, needs), (count, of))| NotEvaluated { rule: name(*rule), needs: needs.clone(), count: *count, of: of.clone() })
            .collect();
        list.sort_by(|a, b| (a.rule, &a.needs).cmp(&(b.rule, &b.needs)));
        list
    }

    /// Returns known and asked, over the distinct facts that are not in `others`: paths that other analyses asked for.
    pub(super) fn coverage(&self, system: &System, others: &BTreeSet<&str>) -> (usize, usize) {
        let (mut known, mut asked) = (0, 0);
        for ((kind, table, key), states) in &self.states {
            let name = table.rows()[*key as usize].name;
            for (at, (_, is_known)) in states.iter().enumerate().filter(|(_, (rule, _))| *rule > 0) {
                // Other analyses ask of links, components and journeys, and of keys that are no part of another key.
                let path = match kind {
                    1 => Some(format!("components.{}.{name}", system.components[at].id)),
                    2 => Some(format!("links.{}.{name}", system.links[at].id)),
                    3 => Some(format!("journeys.{}.{name}", system.journeys[at].id)),
                    _ => None,
                };
                if path.is_some_and(|path| others.contains(path.as_str())) {
                    continue;
                }
                asked += 1;
                known += usize::from(*is_known);
            }
        }
        (known, asked)
    }
}
