//! *A system taken apart into its elements, to be put together otherwise*: with a fact changed, or with some elements of another system.
//!
//! What is put together is lowered as a file would be. An element that another one names comes with it: a call needs its link, a link its ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::assumptions::{Assumptions, Override};
use super::layers::Merged;
use super::limits::Limits;
use super::lower;
use super::system::{ComponentId, System};
use crate::pricing::Catalogue;
use crate::source::Span;
use crate::syntax::keys::Table;
use crate::syntax::value::{CallForm, Copies, Facts, FallbackForm, ShardPlan, State, StepForm, Steps, Value, Word};
use crate::syntax::{Item, LinkEnds};

/// The path of the price books among the parts.
pub const PRICES: &str = "prices";

/// One part of a system.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A table that exists once.
    Single(Table, Facts),
    /// An element.
    Element(Table, Item),
    /// A constant that the model overrides.
    Assumption(&'static str, Override),
    /// The price books.
    Prices(Arc<Catalogue>),
}

impl Part {
    /// Returns what it states.
    pub const fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Single(_, facts) | Self::Element(_, Item { facts, .. }) => Some(facts),
            Self::Assumption(..) | Self::Prices(_) => None,
        }
    }

    /// Returns what it states, to change it.
    pub const fn facts_mut(&mut self) -> Option<&mut Facts> {
        match self {
            Self::Single(_, facts) | Self::Element(_, Item { facts, .. }) => Some(facts),
            Self::Assumption(..) | Self::Prices(_) => None,
        }
    }

    /// Returns the place where it is declared.
    pub fn place(&self) -> Option<Span> {
        match self {
            Self::Single(_, facts) => facts.entries().next().map(|(_, entry)| entry.key),
            Self::Element(_, item) => Some(item.id.span),
            Self::Assumption(_, stated) => Some(stated.span),
            Self::Prices(_) => None,
        }
    }
}

/// A system, taken apart: its parts by path, such as `components.db`, `links.a -> b`, `objectives`, `assumptions.internet`.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The system's id.
    id: String,
    /// The parts.
    pub parts: BTreeMap<String, Part>,
    /// What lowering does not see: each component's share of its unit's deploys, where that is not all of them.
    changes: BTreeMap<String, f64>,
}

impl Parts {
    /// Takes a system apart.
    pub fn of(system: &System) -> Self {
        let mut parts = BTreeMap::new();
        for (table, facts) in &system.singles {
            parts.insert(table.path().to_owned(), Part::Single(*table, facts.clone()));
        }
        let mut add = |name: &str, table: Table, id: &str, span: Span, facts: &Facts, ends: Option<LinkEnds>| {
            let id = Word { text: id.to_owned(), span };
            parts.insert(format!("{name}.{}", id.text), Part::Element(table, Item { id, facts: facts.clone(), ends }));
        };
        for one in &system.teams {
            add("teams", Table::Team, &one.id, one.span, &one.facts, None);
        }
        for one in &system.locations {
            add("locations", Table::Location, &one.id, one.span, &one.facts, None);
        }
        for one in &system.components {
            add("components", Table::Component, &one.id, one.span, &one.facts, None);
        }
        for one in &system.links {
            let word = |id: ComponentId| Word { text: system.component(id).id.clone(), span: one.span };
            let ends = LinkEnds { from: word(one.from), to: word(one.to), arrow: one.arrow, name: None };
            add("links", Table::Link, &one.id, one.span, &one.facts, Some(ends));
        }
        for one in system.journeys.iter().filter(|journey| !journey.implied) {
            add("journeys", Table::Journey, &one.id, one.span, &one.facts, None);
        }
        for one in &system.entities {
            add("entities", Table::Entity, &one.id, one.span, &one.facts, None);
        }
        for one in &system.shared_fates {
            add("shared-fate", Table::SharedFate, &one.id, one.span, &one.facts, None);
        }
        let span_of = |facts: &Facts| facts.entries().next().map(|(_, entry)| entry.key).unwrap_or_default();
        for (class, facts) in &system.network_classes {
            add("network", Table::Network, class.word(), span_of(facts), facts, None);
        }
        for ((a, b), facts) in &system.network_pairs {
            let span = span_of(facts);
            let word = |id| Word { text: system.location(id).id.clone(), span };
            let ends = LinkEnds { from: word(*a), to: word(*b), arrow: crate::syntax::link_key::Arrow::Call, name: None };
            add("network", Table::Network, &format!("{} <-> {}", ends.from.text, ends.to.text), span, facts, Some(ends));
        }
        for (path, facts) in &system.observed {
            add("observed", Table::Observed, path, span_of(facts), facts, None);
        }
        for (name, stated) in system.assumptions.overrides() {
            parts.insert(format!("assumptions.{name}"), Part::Assumption(name, stated.clone()));
        }
        parts.insert(PRICES.to_owned(), Part::Prices(Arc::clone(&system.prices)));
        let changes = system.components.iter().filter(|one| one.changes != 1.0).map(|one| (one.id.clone(), one.changes)).collect();
        Self { id: system.id.clone(), parts, changes }
    }

    /// Returns a component's share of its unit's deploys.
    pub fn share_of_changes(&self, component: &str) -> f64 {
        self.changes.get(component).copied().unwrap_or(1.0)
    }

    /// Puts the system together; nothing where its parts do not fit.
    pub fn together(&self) -> Option<System> {
        let mut merged = Merged { is_whole: true, ..Merged::default() };
        let mut overrides = BTreeMap::new();
        let mut prices = None;
        for part in self.parts.values() {
            match part {
                Part::Single(table, facts) => drop(merged.singles.insert(*table, facts.clone())),
                Part::Element(table, item) => drop(merged.items.entry(*table).or_default().insert(item.id.text.clone(), item.clone())),
                Part::Assumption(name, stated) => drop(overrides.insert(*name, stated.clone())),
                Part::Prices(catalogue) => prices = Some(Arc::clone(catalogue)),
            }
        }
        let mut found = Vec::new();
        let blame = lower::blame(&merged.singles, Span::default());
        let mut system = lower::lower(&self.id, merged, blame, &mut Limits::new(), &mut found);
        if crate::diagnostic::has_errors(&found) {
            return None;
        }
        system.assumptions = Assumptions::new(overrides);
        if let Some(prices) = prices {
            system.prices = prices;
        }
        for component in &mut system.components {
            component.changes = self.share_of_changes(&component.id);
        }
        Some(system)
    }
}

/// The systems between two: each part as the one or as the other has it.
#[derive(Debug)]
pub struct Between {
    before: Parts,
    after: Parts,
    /// The paths of both, in order, and which of them each one names, as it was and as it is.
    names: Vec<(String, [Vec<usize>; 2])>,
}

/// Which side a part is taken from; none where the system between does not have it.
pub type Choice = Option<Side>;

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// As it was.
    Before,
    /// As it is.
    After,
}

impl Between {
    /// Takes both systems apart.
    pub fn of(before: &System, after: &System) -> Self {
        let (before, after) = (Parts::of(before), Parts::of(after));
        let paths: Vec<String> = before.parts.keys().chain(after.parts.keys()).cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, path) in paths.iter().enumerate() {
            if let Some((_, id)) = path.split_once('.') {
                by_id.entry(id).or_default().push(at);
            }
        }
        let named = |part: Option<&Part>| {
            let mut named = BTreeSet::new();
            if let Some(part) = part {
                visit_names(part, &mut |id| named.extend(by_id.get(id).into_iter().flatten().copied()));
            }
            named.into_iter().collect::<Vec<usize>>()
        };
        let names = paths.iter().map(|path| (path.clone(), [named(before.parts.get(path)), named(after.parts.get(path))])).collect();
        Self { before, after, names }
    }

    /// Returns the sides, taken apart.
    pub const fn sides(&self) -> [&Parts; 2] {
        [&self.before, &self.after]
    }

    /// Chooses a side for every part, and adds what the chosen ones name: a mixture is told by what this returns.
    pub fn choose(&self, is_after: impl Fn(&str) -> bool) -> Vec<Choice> {
        let has = |side: Side, path: &str| match side {
            Side::Before => self.before.parts.contains_key(path),
            Side::After => self.after.parts.contains_key(path),
        };
        let mut chosen: Vec<Choice> = self
            .names
            .iter()
            .map(|(path, _)| {
                let side = if is_after(path) { Side::After } else { Side::Before };
                has(side, path).then_some(side)
            })
            .collect();
        let mut open: Vec<usize> = (0..chosen.len()).filter(|at| chosen[*at].is_some()).collect();
        while let Some(at) = open.pop() {
            let Some(side) = chosen[at] else { continue };
            for named in &self.names[at].1[side as usize] {
                if chosen[*named].is_none() {
                    // One side has it, and that is the one where it is.
                    chosen[*named] = Some(if has(Side::After, &self.names[*named].0) { Side::After } else { Side::Before });
                    open.push(*named);
                }
            }
        }
        chosen
    }

    /// Puts the system of a choice together; nothing where its parts do not fit.
    pub fn together(&self, chosen: &[Choice]) -> Option<System> {
        let mut parts = Parts { id: self.after.id.clone(), parts: BTreeMap::new(), changes: BTreeMap::new() };
        for ((path, _), choice) in self.names.iter().zip(chosen) {
            let Some(side) = choice else { continue };
            let from = match side {
                Side::Before => &self.before,
                Side::After => &self.after,
            };
            if let Some(part) = from.parts.get(path) {
                if let Some(component) = path.strip_prefix("components.")
                    && let Some(share) = from.changes.get(component)
                {
                    parts.changes.insert(component.to_owned(), *share);
                }
                parts.parts.insert(path.clone(), part.clone());
            }
        }
        parts.together()
    }
}

/// Visits every id that a part may name; a word that is no id does no harm.
fn visit_names(part: &Part, visit: &mut dyn FnMut(&str)) {
    if let Part::Element(_, Item { ends: Some(ends), .. }) = part {
        visit(&ends.from.text);
        visit(&ends.to.text);
    }
    if let Some(facts) = part.facts() {
        visit_facts(facts, visit);
    }
}

fn visit_facts(facts: &Facts, visit: &mut dyn FnMut(&str)) {
    for (_, entry) in facts.entries() {
        let State::Stated(value) = &entry.state else { continue };
        match value {
            Value::Text(_) | Value::Texts(_) => value.words().iter().for_each(|word| visit(&word.text)),
            Value::Table(inner) => visit_facts(inner, visit),
            Value::Copies(Copies(copies)) => copies.iter().for_each(|(word, _)| visit(&word.text)),
            Value::Shards(ShardPlan::Named(shards)) => {
                shards.iter().flat_map(|shard| shard.on.iter().flatten()).for_each(|word| visit(&word.text));
            }
            Value::Steps(Steps(steps)) => visit_steps(steps, visit),
            _ => {}
        }
    }
}

fn visit_steps(steps: &[StepForm], visit: &mut dyn FnMut(&str)) {
    for step in steps {
        match step {
            StepForm::Refused => {}
            StepForm::Call(call) => {
                let CallForm { link, otherwise, fallback, reads, writes, .. } = call.as_ref();
                visit(&lower::canonical_step(&link.text).unwrap_or_else(|| link.text.clone()));
                reads.iter().chain(writes).for_each(|word| visit(&word.text));
                if let Some(FallbackForm::Component(word)) = fallback {
                    visit(&word.text);
                }
                visit_steps(otherwise, visit);
            }
            StepForm::Parallel { members, .. } | StepForm::FirstOf { members, .. } => {
                members.iter().for_each(|member| visit_steps(member, visit));
            }
            StepForm::Choice { branches, .. } => branches.iter().for_each(|(_, steps)| visit_steps(steps, visit)),
        }
    }
}
