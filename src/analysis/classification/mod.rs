//! *Is this system distributed, by which of the article's characteristics, and what style is it?*
//!
//! Semantics, "Is it distributed". Every answer names its witness: the link, the machine, the journey that makes it so.

mod style;

#[cfg(test)]
mod tests;

pub use style::{Style, StyleMatch};

use std::collections::BTreeSet;

use crate::analysis::failure::BlastRadius;
use crate::model::{Component, ComponentId, Link, System};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Candidate, ComponentKind};

/// How far a system is distributed, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distributed {
    /// No link crosses a network.
    None,
    /// Only links of actors, clients and externals do.
    Edge,
    /// One program, once, with stores, queues or caches on other machines.
    DataStore,
    /// One program, in several replicas or shards.
    Replicated,
    /// Several programs joined over the network.
    Full,
    /// The place of a component would decide, and is not stated.
    Unknown,
}

impl Distributed {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Edge => "edge",
            Self::DataStore => "data-store",
            Self::Replicated => "replicated",
            Self::Full => "full",
            Self::Unknown => "unknown",
        }
    }

    /// Returns the answer as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::None => "Not distributed: no link crosses a network.",
            Self::Edge => "Distributed at its edge only: the users' side talks to it over the network.",
            Self::DataStore => "Distributed by its data store: one program, with its data on another machine.",
            Self::Replicated => "Distributed by copies: one program runs several times.",
            Self::Full => "Fully distributed: several programs work together over the network.",
            Self::Unknown => "Cannot tell: the place of a component would decide.",
        }
    }
}

/// One of the article's five characteristics of a distributed system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Characteristic {
    /// The stable id.
    pub id: &'static str,
    /// The characteristic, in a few words.
    pub title: &'static str,
    /// Whether it holds; unknown where a place decides.
    pub holds: Option<bool>,
    /// What shows it, or what would decide it.
    pub witness: String,
}

/// What a system is.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// How far it is distributed.
    pub distributed: Distributed,
    /// The recognized style; none where no style's conditions all hold.
    pub style: Option<StyleMatch>,
    /// The next best style, with the condition that fails.
    pub runner_up: Option<StyleMatch>,
    /// The candidate of the verdict that it stands for.
    pub candidate: Option<Candidate>,
    /// The five characteristics.
    pub characteristics: Vec<Characteristic>,
    /// Why, in sentences.
    pub because: Vec<String>,
    /// The components whose places would decide an unknown answer.
    pub needs_place_of: Vec<String>,
}

impl Classification {
    /// Nothing is declared yet: nothing is claimed either.
    fn of_nothing() -> Self {
        Self {
            distributed: Distributed::Unknown,
            style: None,
            runner_up: None,
            candidate: None,
            characteristics: Vec::new(),
            because: vec!["Nothing can be told: no component is declared.".into()],
            needs_place_of: Vec::new(),
        }
    }
}

/// Classifies a system.
pub fn classification(system: &System, blast_radius: &BlastRadius) -> Classification {
    if system.components.is_empty() {
        return Classification::of_nothing();
    }
    let network = Network::of(system);
    let certain = network.distributed(system, |link| link.certain);
    let possible = network.distributed(system, |link| link.possible);
    let distributed = if certain == possible { certain } else { Distributed::Unknown };
    let needs_place_of = if distributed == Distributed::Unknown { network.undecided(system) } else { Vec::new() };
    let (style, runner_up) = style::recognize(system, &network);
    let candidate = match system.candidate {
        Fact::Stated(candidate) => Some(candidate),
        _ => style.as_ref().and_then(|found| found.style.candidate()),
    };
    let mut because = vec![distributed.sentence().to_owned()];
    because.extend(network.witness(system, distributed));
    if let Some(found) = &style {
        because.push(format!("Style {}: {}.", found.style.word(), found.holding.join(", ")));
    }
    if let Some(next) = &runner_up {
        because.push(match next.failing.as_slice() {
            [] => format!("Runner-up {}: its conditions hold, too, but it asks less.", next.style.word()),
            failing => format!("Runner-up {}: {}.", next.style.word(), failing.join(", ")),
        });
    }
    if let Fact::Stated(candidate) = system.candidate
        && style.as_ref().and_then(|found| found.style.candidate()) != Some(candidate)
    {
        because.push("The candidate is the one that the alternative states, not the one of the style.".into());
    }
    Classification {
        distributed,
        style,
        runner_up,
        candidate,
        characteristics: characteristics(system, &network, blast_radius),
        because,
        needs_place_of,
    }
}

/// Whether a link crosses the network.
#[derive(Debug, Clone, Copy)]
struct Crossing {
    /// Whether it does for certain.
    certain: bool,
    /// Whether it may, as far as the stated places tell.
    possible: bool,
}

/// The links of a system as far as they cross the network.
pub(crate) struct Network {
    crossings: Vec<Crossing>,
}

impl Network {
    fn of(system: &System) -> Self {
        let crossings = system
            .link_ids()
            .map(|id| {
                let mix = system.distance_mix(id);
                let link = system.link(id);
                let is_use = is_use(system, link);
                let crosses = mix.crosses_network() && !is_use;
                let ends = [link.from, link.to].map(|end| system.component(system.carrier(end)));
                // Without `on` each replica is on a machine of its own, in an unknown place; two single instances may still turn out to share one.
                let unplaced = mix.shares.contains_key(&crate::model::DistanceClass::Unplaced);
                let single = ends.iter().all(|end| end.instances.len() <= 1);
                Crossing { certain: crosses && !(unplaced && single), possible: crosses }
            })
            .collect();
        Self { crossings }
    }

    /// Says whether a link crosses the network for certain.
    pub(crate) fn crosses(&self, link: usize) -> bool {
        self.crossings[link].certain
    }

    /// Returns the highest class that holds, over the links that `counts` takes as crossing.
    fn distributed(&self, system: &System, counts: impl Fn(&Crossing) -> bool) -> Distributed {
        let mut edge = false;
        let mut inner = false;
        let mut groups = Groups::new(system.components.len());
        for (at, link) in system.links.iter().enumerate() {
            if !counts(&self.crossings[at]) {
                continue;
            }
            if system.component(link.from).is_caller() || system.component(link.to).is_caller() {
                edge = true;
            } else {
                inner = true;
                groups.join(system.carrier(link.from).index(), system.carrier(link.to).index());
            }
        }
        let programs = programs(system);
        let roots: BTreeSet<usize> = programs.iter().map(|id| groups.root(id.index())).collect();
        if roots.len() < programs.len() {
            return Distributed::Full;
        }
        if programs.iter().any(|id| machines(system, *id) >= 2) {
            return Distributed::Replicated;
        }
        match (inner, edge) {
            (true, _) => Distributed::DataStore,
            (false, true) => Distributed::Edge,
            (false, false) => Distributed::None,
        }
    }

    /// Names the components without a place that would decide.
    fn undecided(&self, system: &System) -> Vec<String> {
        let mut names = BTreeSet::new();
        for (at, link) in system.links.iter().enumerate() {
            let crossing = self.crossings[at];
            if crossing.certain == crossing.possible {
                continue;
            }
            for end in [link.from, link.to] {
                let component = system.component(system.carrier(end));
                if component.instances.iter().any(|instance| instance.host.is_none()) && !component.is_caller() {
                    names.insert(component.id.clone());
                }
            }
        }
        names.into_iter().collect()
    }

    /// Says what makes the answer so.
    fn witness(&self, system: &System, distributed: Distributed) -> Option<String> {
        let crossing = |inner: bool| {
            system.links.iter().enumerate().find(|(at, link)| {
                let outer = system.component(link.from).is_caller() || system.component(link.to).is_caller();
                self.crossings[*at].certain && outer != inner
            })
        };
        match distributed {
            Distributed::None => None,
            Distributed::Edge => crossing(false).map(|(_, link)| format!("`{}` crosses the network.", link.id)),
            Distributed::DataStore => crossing(true).map(|(_, link)| format!("`{}` crosses the network; one program runs once.", link.id)),
            Distributed::Replicated => programs(system).into_iter().find(|id| machines(system, *id) >= 2).map(|id| {
                let component = system.component(id);
                format!("`{}` runs on {} machines.", component.id, machines(system, id))
            }),
            Distributed::Full => {
                let names: Vec<&str> = programs(system).into_iter().map(|id| system.component(id).id.as_str()).collect();
                Some(format!("{} programs: {}.", names.len(), listed(&names, 6)))
            }
            Distributed::Unknown => {
                let names = self.undecided(system);
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                Some(format!("State `on` of {}.", listed(&names, 6)))
            }
        }
    }
}

/// Lists names up to a number, and says how many more there are.
pub(crate) fn listed(names: &[&str], most: usize) -> String {
    let shown = names
        .iter()
        .take(most)
        .map(|name| if name.contains('`') { (*name).to_owned() } else { format!("`{name}`") })
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

/// A link from an actor to a client is use, no communication.
fn is_use(system: &System, link: &Link) -> bool {
    system.component(link.from).kind == ComponentKind::Actor && system.component(link.to).kind == ComponentKind::Client
}

/// Returns the programs: services, jobs and functions.
pub(crate) fn programs(system: &System) -> Vec<ComponentId> {
    system.component_ids().filter(|id| system.component(*id).is_program()).collect()
}

/// Counts the machines that a component's instances are on: one each, unless two name the same node or device.
fn machines(system: &System, id: ComponentId) -> usize {
    let component = system.component(id);
    let mut shared = BTreeSet::new();
    let mut own = 0;
    for instance in &component.instances {
        match instance.host.and_then(|host| system.machine(host)) {
            Some(machine) => {
                shared.insert(machine);
            }
            None => own += 1,
        }
    }
    own + shared.len()
}

/// Says whether a component runs as a process of its own.
fn is_process(component: &Component) -> bool {
    !matches!(component.kind, ComponentKind::Actor | ComponentKind::Module)
}

fn characteristics(system: &System, network: &Network, blast_radius: &BlastRadius) -> Vec<Characteristic> {
    let instances = || {
        system
            .component_ids()
            .filter(|id| is_process(system.component(*id)))
            .flat_map(|id| (0..system.component(id).instances.len()).map(move |at| (id, at)))
    };
    let process_count = instances().count();
    let processes: Vec<String> = instances().take(2).map(|(id, at)| system.instance_event(id, at)).collect();
    let machine_count = machine_count(system);
    let crossing = system.links.iter().enumerate().find(|(at, _)| network.crossings[*at].certain);
    let undecided = system.links.iter().enumerate().find(|(at, _)| network.crossings[*at].possible && !network.crossings[*at].certain);
    let journey_crossing = system.journeys.iter().find_map(|journey| {
        journey
            .calls
            .calls()
            .find(|(_, call)| network.crossings[call.link.index()].certain)
            .map(|(_, call)| format!("journey `{}` over `{}`", journey.id, system.link(call.link).id))
    });
    let survivor = blast_radius.partial_failure();
    let or_unknown = |found: Option<String>, none: &str| match (found, undecided) {
        (Some(witness), _) => (Some(true), witness),
        (None, Some((_, link))) => (None, format!("the places of the ends of `{}` would decide", link.id)),
        (None, None) => (Some(false), none.to_owned()),
    };
    let several_processes = process_count >= 2;
    let (exchange, exchange_witness) = or_unknown(crossing.map(|(_, link)| format!("`{}`", link.id)), "no link crosses a network");
    let (faults, faults_witness) = or_unknown(journey_crossing, "no journey crosses a network");
    vec![
        Characteristic {
            id: "several-processes",
            title: "several processes are involved",
            holds: Some(several_processes),
            witness: match processes.as_slice() {
                [] => "no process".into(),
                [one] => format!("`{one}` alone"),
                [a, b, ..] if process_count == 2 => format!("`{a}` and `{b}`"),
                [a, b, ..] => format!("`{a}`, `{b}` and {} more", process_count - 2),
            },
        },
        Characteristic {
            id: "several-machines",
            title: "several machines run them",
            holds: Some(machine_count >= 2),
            witness: if machine_count == 1 { "1 machine".into() } else { format!("{machine_count} machines") },
        },
        Characteristic { id: "network-exchange", title: "parts exchange data over a network", holds: exchange, witness: exchange_witness },
        Characteristic { id: "network-faults", title: "network errors can reach users", holds: faults, witness: faults_witness },
        Characteristic {
            id: "partial-failure",
            title: "processes fail one by one",
            holds: Some(several_processes && survivor.is_some()),
            witness: survivor.map_or_else(
                || if processes.is_empty() { "no process".into() } else { "every failing process stops all journeys".into() },
                |(event, journey)| format!("with `{event}` down, journey `{journey}` goes on"),
            ),
        },
    ]
}

fn machine_count(system: &System) -> usize {
    let mut shared = BTreeSet::new();
    let mut own = 0;
    for component in system.components.iter().filter(|component| is_process(component) && component.kind != ComponentKind::Sidecar) {
        for instance in &component.instances {
            match instance.host.and_then(|host| system.machine(host)) {
                Some(machine) => {
                    shared.insert(machine);
                }
                None => own += 1,
            }
        }
    }
    own + shared.len()
}

/// Disjoint sets with path halving.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
