//! From merged facts to a validated [`System`]: references, placement, journeys, and the checks that need more than one fact.
//!
//! Lowering never stops at the first mistake. An element whose `kind` is missing, or that could not be read, is left out, and what refers to it is not called
//! unknown.

mod checks;
mod components;
mod hosts;
mod implied;
mod journeys;
mod links;
mod locations;
mod others;
mod references;

pub(super) use journeys::canonical_step;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::graph::{DiGraph, NodeIndex};

use super::assumptions::Assumptions;
use super::layers::Merged;
use super::limits::{Limits, MAX_ELEMENTS_OF_ALL};
use super::system::{ComponentId, EntityId, LinkId, LocationId, System, Team, TeamId, schema_span, system_name};
use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS, Severity};
use crate::pricing::Prices;
use crate::source::Span;
use crate::syntax::keys::{Table, alternative, component, location, system};
use crate::syntax::value::{Entry, Fact, Facts, State};
use crate::syntax::{Item, MAX_ELEMENTS, Unread};

/// Lowers the merged facts of one alternative. `blame` is the place for what has no better one.
pub(super) fn lower(id: &str, merged: Merged, blame: Span, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) -> System {
    let mut lowering = Lowering {
        unread: merged.unread.clone(),
        is_whole: merged.is_whole,
        diagnostics,
        limits,
        ids: Ids::default(),
        refused: Vec::new(),
        removed: merged.removed.clone(),
        still_named: BTreeMap::new(),
    };
    lowering.run(id, merged, blame)
}

/// Ids by their text.
#[derive(Default)]
struct Ids {
    components: HashMap<String, ComponentId>,
    locations: HashMap<String, LocationId>,
    teams: HashMap<String, TeamId>,
    links: HashMap<String, LinkId>,
    entities: HashMap<String, EntityId>,
}

struct Lowering<'d> {
    unread: Unread,
    /// Whether all files were read without an error.
    is_whole: bool,
    diagnostics: &'d mut Vec<Diagnostic>,
    limits: &'d mut Limits,
    ids: Ids,
    /// What elements state that are left out: their references are checked all the same.
    refused: Vec<Facts>,
    /// What an alternative removes, with the place that says so.
    removed: BTreeMap<String, Span>,
    /// What is removed and named all the same: by the place that removes it, with the first place that names it.
    still_named: BTreeMap<Span, BTreeMap<String, Span>>,
}

type Items = BTreeMap<String, Item>;

impl Lowering<'_> {
    /// Takes a mistake in, unless there are too many already.
    fn report(&mut self, diagnostic: Diagnostic) {
        let most = if diagnostic.severity() == Severity::Error { 2 * MAX_DIAGNOSTICS } else { MAX_DIAGNOSTICS };
        if self.diagnostics.len() <= most {
            self.diagnostics.push(diagnostic);
        }
    }

    fn run(&mut self, id: &str, mut merged: Merged, blame: Span) -> System {
        let mut take = |table: Table| merged.items.remove(&table).unwrap_or_default();
        let (teams, locations, components) = (take(Table::Team), take(Table::Location), take(Table::Component));
        let (links, journeys, entities) = (take(Table::Link), take(Table::Journey), take(Table::Entity));
        let (fates, network, observed) = (take(Table::SharedFate), take(Table::Network), take(Table::Observed));
        let count = [&teams, &locations, &components, &links, &journeys, &entities, &fates].iter().map(|items| items.len()).sum::<usize>();
        if count > MAX_ELEMENTS || count > self.limits.elements {
            let message = if count > MAX_ELEMENTS {
                format!("the model has {count} elements, the limit is {MAX_ELEMENTS}")
            } else {
                format!("the base and its alternatives have more than {MAX_ELEMENTS_OF_ALL} elements together")
            };
            self.report(Diagnostic::new(Code::LimitExceeded, blame, message));
            return self.empty(id, merged.singles);
        }
        self.limits.elements -= count;
        self.unique(&components, &locations, &fates);

        let teams: Vec<Team> = teams.into_values().map(|item| Team { span: item.id.span, id: item.id.text, facts: item.facts }).collect();
        self.ids.teams = index(teams.iter().map(|team| team.id.as_str()), TeamId::at);
        let locations = self.kinds(locations, location::KIND.index, "location");
        self.ids.locations = index(locations.keys().map(String::as_str), LocationId::at);
        let locations = self.locations(locations);
        let components = self.kinds(components, component::KIND.index, "component");
        self.ids.components = index(components.keys().map(String::as_str), ComponentId::at);
        let assumptions = self.assumptions(&merged);
        let components = self.components(components, &locations);
        let links = self.links(links);
        let fates = self.shared_fates(fates);
        let entities = self.entities(entities);
        self.ids.entities = index(entities.iter().map(|entity| entity.id.as_str()), EntityId::at);
        for facts in merged.singles.values() {
            self.references(facts.table, facts);
        }
        for facts in std::mem::take(&mut self.refused) {
            self.references(facts.table, &facts);
        }

        let mut graph = DiGraph::with_capacity(components.len(), links.len());
        for at in 0..components.len() {
            graph.add_node(ComponentId::at(at));
        }
        for (at, link) in links.iter().enumerate() {
            graph.add_edge(NodeIndex::new(link.from.index()), NodeIndex::new(link.to.index()), LinkId::at(at));
        }
        let (network_classes, network_pairs) = self.network(network);
        let name = system_name(&merged.singles, id);
        let told = merged.singles.get(&Table::Alternative);
        let mut system = System {
            id: id.to_owned(),
            name: told
                .and_then(|facts| facts.text(alternative::NAME))
                .map_or_else(|| if id == crate::model::BASE_ID { name.clone() } else { id.to_owned() }, str::to_owned),
            system_name: name,
            summary: told
                .and_then(|facts| facts.text(alternative::SUMMARY))
                .or_else(|| {
                    merged.singles.get(&Table::System).filter(|_| id == crate::model::BASE_ID).and_then(|facts| facts.text(system::SUMMARY))
                })
                .map(str::to_owned),
            status: told.map_or(Fact::Unknown, |facts| facts.get(alternative::STATUS)),
            candidate: told.map_or(Fact::Unknown, |facts| facts.get(alternative::CANDIDATE)),
            singles: merged.singles,
            teams,
            locations,
            components,
            links,
            journeys: Vec::new(),
            entities,
            shared_fates: fates,
            network_classes,
            network_pairs,
            observed: BTreeMap::new(),
            assumptions,
            prices: Prices::default(),
            graph,
        };
        let declared: BTreeSet<String> = journeys.keys().cloned().collect();
        system.journeys = self.journeys(journeys, &system);
        if declared.is_empty() {
            system.journeys = self.implied_journeys(&system, blame);
        }
        self.observed(observed, &declared, &mut system);
        self.removed_but_named();
        self.check_whole(&system, !declared.is_empty(), blame);
        system
    }

    fn empty(&self, id: &str, singles: BTreeMap<Table, Facts>) -> System {
        System {
            id: id.to_owned(),
            system_name: system_name(&singles, id),
            name: id.to_owned(),
            summary: None,
            status: Fact::Unknown,
            candidate: Fact::Unknown,
            singles,
            teams: Vec::new(),
            locations: Vec::new(),
            components: Vec::new(),
            links: Vec::new(),
            journeys: Vec::new(),
            entities: Vec::new(),
            shared_fates: Vec::new(),
            network_classes: BTreeMap::new(),
            network_pairs: BTreeMap::new(),
            observed: BTreeMap::new(),
            assumptions: Assumptions::default(),
            prices: Prices::default(),
            graph: DiGraph::new(),
        }
    }

    /// An id is unique among components, locations and shared fates together.
    fn unique(&mut self, components: &Items, locations: &Items, fates: &Items) {
        let pairs: [(&Items, &str, &Items, &str); 3] = [
            (components, "component", locations, "location"),
            (components, "component", fates, "shared fate"),
            (locations, "location", fates, "shared fate"),
        ];
        for (a, a_name, b, b_name) in pairs {
            for (id, item) in b {
                if let Some(first) = a.get(id) {
                    self.report(
                        Diagnostic::new(Code::DuplicateId, item.id.span, format!("`{id}` is both a {a_name} and a {b_name}"))
                            .label(format!("declared as a {b_name} here"))
                            .related(first.id.span, format!("declared as a {a_name} here"))
                            .help("rename one of them: events are named by these ids"),
                    );
                }
            }
        }
    }

    /// Leaves out what does not say what it is.
    fn kinds(&mut self, items: Items, key: u16, what: &str) -> Items {
        let mut kept = Items::new();
        for (id, item) in items {
            match item.facts.entry(key).map(|entry| &entry.state) {
                Some(State::Stated(_)) => {
                    kept.insert(id, item);
                    continue;
                }
                // The kind was refused where it stands; what else it states is checked.
                Some(_) => self.refused.push(item.facts),
                None if self.unread.contains(&id) => {}
                None => {
                    let example = if what == "component" { "service" } else { "zone" };
                    self.report(
                        Diagnostic::new(Code::MissingKind, item.id.span, format!("the {what} `{id}` has no kind"))
                            .help(format!("add `kind = \"{example}\"`")),
                    );
                }
            }
            self.unread.insert(id);
        }
        kept
    }

    /// Reports two facts of one element that exclude each other, at the later one.
    fn contradiction(&mut self, a: &Entry, b: &Entry, message: &str, help: &str) {
        let (later, earlier) = if a.key > b.key { (a, b) } else { (b, a) };
        self.report(
            Diagnostic::new(Code::ContradictoryFacts, later.key, message)
                .label("this fact")
                .related(earlier.key, "excludes this one")
                .help(help),
        );
    }

    /// Availability and MTBF are two ways to state one figure.
    fn figures(&mut self, facts: &Facts, availability: u16, mtbf: u16) {
        if let (Some(a), Some(b)) = (stated(facts, availability), stated(facts, mtbf)) {
            self.contradiction(a, b, "`availability` and `mtbf` state the same figure twice", "keep one of them");
        }
    }
}

/// Returns the entry of a key that the element itself states, not `[defaults]`.
fn stated(facts: &Facts, index: u16) -> Option<&Entry> {
    facts.entry(index).filter(|entry| matches!(entry.state, State::Stated(_)) && !entry.is_default)
}

fn index<'a, Id>(ids: impl Iterator<Item = &'a str>, make: impl Fn(usize) -> Id) -> HashMap<String, Id> {
    ids.enumerate().map(|(at, id)| (id.to_owned(), make(at))).collect()
}

/// Finds the cycles of a graph in which each node has at most one successor; each starts at its smallest node.
fn cycles(next: &[Option<usize>]) -> Vec<Vec<usize>> {
    let mut state = vec![0_usize; next.len()];
    let mut found = Vec::new();
    for start in 0..next.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(node) = at {
            if state[node] == 2 {
                break;
            }
            if state[node] == 1 {
                if let Some(from) = path.iter().position(|step| *step == node) {
                    let mut cycle: Vec<usize> = path[from..].to_vec();
                    let least = cycle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(at, _)| at);
                    cycle.rotate_left(least);
                    found.push(cycle);
                }
                break;
            }
            state[node] = 1;
            path.push(node);
            at = next[node];
        }
        for node in path {
            state[node] = 2;
        }
    }
    found
}

/// Finds where a chain, in which each node has at most one successor and none comes back to itself, grows longer than `limit`.
///
/// Only the nodes whose own chain is one too long are returned: cutting there makes every longer chain short enough.
fn deeper_than(next: &[Option<usize>], limit: usize) -> Vec<usize> {
    let mut depth: Vec<Option<usize>> = vec![None; next.len()];
    let mut found = Vec::new();
    for start in 0..next.len() {
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(node) = at.filter(|node| depth[*node].is_none()) {
            path.push(node);
            at = next[node];
        }
        let mut below = at.and_then(|node| depth[node]);
        for node in path.into_iter().rev() {
            let own = below.map_or(0, |depth| depth + 1);
            let is_cut = own > limit;
            if is_cut {
                found.push(node);
            }
            below = Some(if is_cut { 0 } else { own });
            depth[node] = below;
        }
    }
    found
}

/// Returns the place of `schema`, or the given place.
pub(super) fn blame(singles: &BTreeMap<Table, Facts>, otherwise: Span) -> Span {
    schema_span(singles).unwrap_or(otherwise)
}
