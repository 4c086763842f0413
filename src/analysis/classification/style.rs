//! *Which architectural style is this, and what keeps it from being the next one?*
//!
//! Each style is a list of conditions; the first style whose conditions all hold is the system's, the best of the others is the runner-up with what it lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::{Network, programs};
use crate::model::{ComponentId, System};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::{Candidate, ComponentKind, Effect};

/// An architectural style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Mostly functions that a platform starts.
    Functions,
    /// Mostly jobs that divide a task.
    Batch,
    /// Units that speak by messages.
    EventDriven,
    /// One unit, with data and load split.
    ShardedMonolith,
    /// One unit, in several equal copies.
    ReplicatedMonolith,
    /// One unit, once, with clients or a store over the network.
    ClientServer,
    /// One unit, once, nothing over the network but its callers.
    SingleProcess,
    /// One main unit and workers behind a queue.
    ModularMonolith,
    /// Several units that cannot live without each other.
    DistributedMonolith,
    /// Peers that call each other.
    PeerToPeer,
    /// Several units around one.
    Hub,
    /// Many units with data of their own.
    Microservices,
    /// A few units.
    CoarseServices,
}

impl Style {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::Batch => "batch",
            Self::EventDriven => "event-driven",
            Self::ShardedMonolith => "sharded-monolith",
            Self::ReplicatedMonolith => "replicated-monolith",
            Self::ClientServer => "client-server",
            Self::SingleProcess => "single-process",
            Self::ModularMonolith => "modular-monolith",
            Self::DistributedMonolith => "distributed-monolith",
            Self::PeerToPeer => "peer-to-peer",
            Self::Hub => "hub",
            Self::Microservices => "microservices",
            Self::CoarseServices => "coarse-services",
        }
    }

    /// Returns the candidate that the style stands for (semantics, "Is it distributed").
    pub const fn candidate(self) -> Option<Candidate> {
        match self {
            Self::SingleProcess | Self::ClientServer | Self::ModularMonolith => Some(Candidate::SingleProcess),
            Self::ReplicatedMonolith => Some(Candidate::ReplicatedMonolith),
            Self::ShardedMonolith => Some(Candidate::ShardedMonolith),
            Self::CoarseServices => Some(Candidate::CoarseServices),
            Self::Microservices => Some(Candidate::Microservices),
            Self::EventDriven | Self::Functions => Some(Candidate::Serverless),
            Self::Batch => Some(Candidate::Batch),
            Self::DistributedMonolith | Self::Hub | Self::PeerToPeer => None,
        }
    }
}

/// A style with the conditions that hold and those that do not.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleMatch {
    /// The style.
    pub style: Style,
    /// The conditions that hold.
    pub holding: Vec<String>,
    /// The conditions that do not.
    pub failing: Vec<String>,
}

/// What the conditions are about.
struct Shape {
    /// Deploy units with their programs.
    units: BTreeMap<String, Vec<ComponentId>>,
    instances: usize,
    /// Whether somebody says how often the programs run.
    is_count_stated: bool,
    shards: usize,
    functions: usize,
    jobs: usize,
    programs: usize,
    has_clients: bool,
    networked_store: bool,
    stores: usize,
    stores_of_one_unit: usize,
    stores_written_by_several: Vec<String>,
    calls_between_units: usize,
    messages_between_units: usize,
    has_synchronous_cycle: bool,
    broad_journeys: usize,
    journeys: usize,
    separate_release: Option<bool>,
    workers_only_by_message: bool,
    mutual_calls: usize,
    hub: Option<String>,
}

/// Returns the style of a system and the runner-up.
pub(super) fn recognize(system: &System, network: &Network) -> (Option<StyleMatch>, Option<StyleMatch>) {
    let shape = Shape::of(system, network);
    if shape.programs == 0 {
        return (None, None);
    }
    let mut matches: Vec<StyleMatch> = conditions(&shape)
        .into_iter()
        .map(|(style, conditions)| {
            let (holding, failing): (Vec<_>, Vec<_>) = conditions.into_iter().partition(|(holds, ..)| *holds);
            StyleMatch {
                style,
                holding: holding.into_iter().map(|(_, yes, _)| yes).collect(),
                failing: failing.into_iter().map(|(.., no)| no).collect(),
            }
        })
        .collect();
    let first = matches.iter().position(|found| found.failing.is_empty()).map(|at| matches.remove(at));
    // The best of the others: the largest share of holding conditions, then the fewest failing, then the order of the styles.
    let share = |found: &StyleMatch| (found.holding.len() * 1_000) / (found.holding.len() + found.failing.len());
    let runner_up =
        matches.into_iter().max_by(|a, b| share(a).cmp(&share(b)).then(b.failing.len().cmp(&a.failing.len())).then(b.style.cmp(&a.style)));
    (first, runner_up)
}

/// From this number of units on they are released apart, although nobody says who owns them: no fewer than coarse services are (3 to 10).
const MANY: usize = 10;

/// A condition: whether it holds, how it reads when it does, and when it does not.
type Condition = (bool, String, String);

fn conditions(shape: &Shape) -> Vec<(Style, Vec<Condition>)> {
    let units = shape.units.len();
    let plural = |count: usize, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    let have_units = plural(units, "deploy unit");
    let unit_count = |holds: bool, wanted: &str| (holds, have_units.clone(), format!("it has {have_units}, not {wanted}"));
    let one_unit = || unit_count(units == 1, "1");
    let runs_once = if shape.is_count_stated { "it runs once" } else { "it runs once (assumed)" };
    let once = || (shape.instances == 1, runs_once.to_owned(), format!("it runs {} times", shape.instances));
    let unsharded = || (shape.shards == 1, "its load is not split".to_owned(), format!("its load is split into {} shards", shape.shards));
    let majority = |count: usize, what: &str| {
        let text = format!("{count} of {} programs are {what}", shape.programs);
        (count * 2 > shape.programs, text.clone(), text)
    };
    let between = shape.calls_between_units + shape.messages_between_units;
    let messages = format!("{} of {between} links between units are messages", shape.messages_between_units);
    let stores = format!("{} of {} stores belong to one unit", shape.stores_of_one_unit, shape.stores);
    let entangled = [
        (!shape.stores_written_by_several.is_empty(), "a store is written by several units"),
        (shape.has_synchronous_cycle, "units call each other in a circle"),
        (shape.journeys > 0 && shape.broad_journeys * 2 > shape.journeys, "most journeys need most units"),
    ];
    let signs: Vec<&str> = entangled.iter().filter(|(holds, _)| *holds).map(|(_, words)| *words).collect();
    let release = match shape.separate_release {
        Some(true) => (true, "units have teams or versioned contracts of their own".to_owned(), String::new()),
        Some(false) => (false, String::new(), "one team owns all units, and no contract between them is versioned".to_owned()),
        // Nobody's units are not many teams' units; so many of them are, whoever owns them.
        None => (units >= MANY, "who owns the units is not stated".to_owned(), "who owns the units is not stated".to_owned()),
    };
    vec![
        (Style::Functions, vec![majority(shape.functions, "functions")]),
        (Style::Batch, vec![majority(shape.jobs, "jobs")]),
        (
            Style::EventDriven,
            vec![
                unit_count(units >= 2, "2 or more"),
                (between > 0 && shape.messages_between_units * 2 >= between, messages.clone(), messages),
                (
                    shape.calls_between_units == 0,
                    "no unit calls another".into(),
                    format!("units call each other over {}", plural(shape.calls_between_units, "link")),
                ),
            ],
        ),
        (
            Style::ShardedMonolith,
            vec![one_unit(), (shape.shards > 1, format!("its load is split into {} shards", shape.shards), "its load is not split".into())],
        ),
        (
            Style::ReplicatedMonolith,
            vec![one_unit(), unsharded(), (shape.instances > 1, format!("it runs {} times", shape.instances), runs_once.into())],
        ),
        (
            Style::ClientServer,
            vec![
                one_unit(),
                once(),
                (
                    shape.has_clients || shape.networked_store,
                    if shape.networked_store {
                        "its store is on another machine".into()
                    } else {
                        "clients call it over the network".into()
                    },
                    "nothing reaches it or is reached over the network".into(),
                ),
            ],
        ),
        (
            Style::SingleProcess,
            vec![
                one_unit(),
                once(),
                (!shape.networked_store, "no store is on another machine".into(), "its store is on another machine".into()),
            ],
        ),
        (
            Style::ModularMonolith,
            vec![
                unit_count((2..=3).contains(&units), "2 or 3"),
                (shape.workers_only_by_message, "the others work behind a queue".into(), "the others are called, not sent messages".into()),
            ],
        ),
        (
            Style::DistributedMonolith,
            vec![
                unit_count(units >= 3, "3 or more"),
                (
                    signs.len() >= 2,
                    signs.join(" and "),
                    if signs.is_empty() { "units are not entangled".into() } else { format!("only {}", signs.join(" and ")) },
                ),
            ],
        ),
        (
            Style::PeerToPeer,
            vec![
                unit_count(units >= 2, "2 or more"),
                (
                    shape.mutual_calls > 0 && shape.mutual_calls * 2 >= shape.calls_between_units,
                    "most calls between units go both ways".into(),
                    "calls between units go one way".into(),
                ),
            ],
        ),
        (
            Style::Hub,
            vec![
                unit_count(units >= 4, "4 or more"),
                (
                    shape.hub.is_some(),
                    format!("most calls pass `{}`", shape.hub.as_deref().unwrap_or("")),
                    "no unit is in the middle of most calls".into(),
                ),
            ],
        ),
        (
            Style::Microservices,
            vec![
                unit_count(units >= 4, "4 or more"),
                (between > 0, format!("units are joined by {}", plural(between, "link")), "no unit calls or sends to another".into()),
                (shape.stores_of_one_unit * 5 >= shape.stores * 4, stores.clone(), format!("only {stores}")),
                release,
            ],
        ),
        (Style::CoarseServices, vec![unit_count((2..=12).contains(&units), "2 to 12")]),
    ]
}

impl Shape {
    fn of(system: &System, network: &Network) -> Self {
        let programs = programs(system);
        let unit_of = |id: ComponentId| {
            let component = system.component(id);
            component.facts.text(component::UNIT).unwrap_or(&component.id).to_owned()
        };
        let mut units: BTreeMap<String, Vec<ComponentId>> = BTreeMap::new();
        for id in &programs {
            units.entry(unit_of(*id)).or_default().push(*id);
        }
        let count = |kind: ComponentKind| programs.iter().filter(|id| system.component(**id).kind == kind).count();
        let is_program = |id: ComponentId| programs.binary_search(&id).is_ok();
        let mut users: BTreeMap<ComponentId, BTreeSet<String>> = BTreeMap::new();
        let mut writers: BTreeMap<ComponentId, BTreeSet<String>> = BTreeMap::new();
        let (mut calls, mut messages) = (BTreeSet::new(), BTreeSet::new());
        let (mut networked_store, mut has_clients, mut versioned) = (false, false, false);
        let mut queue_sources: BTreeMap<ComponentId, BTreeSet<String>> = BTreeMap::new();
        let mut queue_sinks: BTreeMap<ComponentId, BTreeSet<String>> = BTreeMap::new();
        for (at, link) in system.links.iter().enumerate() {
            let (from, to) = (system.carrier(link.from), system.carrier(link.to));
            let callee = system.component(to);
            if is_program(from) && callee.is_store() {
                if callee.kind != ComponentKind::Queue {
                    users.entry(to).or_default().insert(unit_of(from));
                    if link.facts.get(link::EFFECT).stated() != Some(Effect::Read) {
                        writers.entry(to).or_default().insert(unit_of(from));
                    }
                }
                networked_store |= network.crosses(at);
            }
            has_clients |= system.component(from).is_caller() && network.crosses(at);
            if callee.kind == ComponentKind::Queue && is_program(from) {
                queue_sources.entry(to).or_default().insert(unit_of(from));
            }
            if system.component(from).kind == ComponentKind::Queue && is_program(to) {
                queue_sinks.entry(from).or_default().insert(unit_of(to));
            }
            if is_program(from) && is_program(to) && unit_of(from) != unit_of(to) {
                let pair = (unit_of(from), unit_of(to));
                if link.arrow == Arrow::Message {
                    messages.insert(pair)
                } else {
                    calls.insert(pair)
                };
                versioned |= link.facts.get(link::CONTRACT).stated().is_some_and(|contract| contract.versioned == Some(true));
            }
        }
        for (queue, sources) in &queue_sources {
            for source in sources {
                for sink in queue_sinks.get(queue).into_iter().flatten().filter(|sink| *sink != source) {
                    messages.insert((source.clone(), sink.clone()));
                }
            }
        }
        let owners: BTreeSet<_> = programs.iter().filter_map(|id| system.component(*id).owner).collect();
        let owned = programs.iter().filter(|id| system.component(**id).owner.is_some()).count();
        let separate_release = if owners.len() >= 2 || versioned {
            Some(true)
        } else if owned == programs.len() {
            Some(false)
        } else {
            None
        };
        let stores: Vec<ComponentId> = users.keys().copied().collect();
        let called: BTreeSet<&String> = calls.iter().map(|(_, to)| to).collect();
        let sent: BTreeSet<&String> = messages.iter().map(|(_, to)| to).collect();
        let broad_journeys = system
            .journeys
            .iter()
            .filter(|journey| {
                let needed: BTreeSet<String> = journey
                    .calls
                    .calls()
                    .filter(|(_, call)| call.arrow == Arrow::Call)
                    .map(|(_, call)| system.carrier(call.callee))
                    .filter(|id| is_program(*id))
                    .map(unit_of)
                    .collect();
                needed.len() * 5 >= units.len() * 3
            })
            .count();
        Self {
            instances: programs.iter().map(|id| system.component(*id).instances.len()).sum(),
            is_count_stated: programs.iter().any(|id| system.component(*id).facts.get(component::REPLICAS).is_known()),
            shards: programs.iter().map(|id| system.component(*id).shards.len()).max().unwrap_or(1),
            functions: count(ComponentKind::Function),
            jobs: count(ComponentKind::Job),
            programs: programs.len(),
            has_clients,
            networked_store,
            stores: stores.len(),
            stores_of_one_unit: users.values().filter(|units| units.len() == 1).count(),
            stores_written_by_several: writers
                .iter()
                .filter(|(_, units)| units.len() > 1)
                .map(|(id, _)| system.component(*id).id.clone())
                .collect(),
            calls_between_units: calls.len(),
            messages_between_units: messages.len(),
            has_synchronous_cycle: has_cycle(&calls),
            broad_journeys,
            journeys: system.journeys.len(),
            separate_release,
            workers_only_by_message: sent.iter().any(|unit| !called.contains(*unit)) && called.is_empty(),
            mutual_calls: calls.iter().filter(|(a, b)| calls.contains(&(b.clone(), a.clone()))).count(),
            hub: hub(&calls, units.len()),
            units,
        }
    }
}

/// Says whether the calls between units hold a cycle.
fn has_cycle(calls: &BTreeSet<(String, String)>) -> bool {
    let names: Vec<&String> = calls.iter().flat_map(|(a, b)| [a, b]).collect::<BTreeSet<_>>().into_iter().collect();
    let at = |name: &String| names.binary_search(&name).unwrap_or(0);
    let mut graph = petgraph::graph::DiGraph::<(), ()>::with_capacity(names.len(), calls.len());
    let nodes: Vec<_> = names.iter().map(|_| graph.add_node(())).collect();
    for (a, b) in calls {
        graph.add_edge(nodes[at(a)], nodes[at(b)], ());
    }
    petgraph::algo::tarjan_scc(&graph).iter().any(|component| component.len() > 1)
}

/// Returns the unit through which more than 60 % of the calls between units pass, being both called and calling.
fn hub(calls: &BTreeSet<(String, String)>, units: usize) -> Option<String> {
    if units < 4 || calls.is_empty() {
        return None;
    }
    let mut degrees: BTreeMap<&String, (usize, usize)> = BTreeMap::new();
    for (a, b) in calls {
        degrees.entry(a).or_default().1 += 1;
        degrees.entry(b).or_default().0 += 1;
    }
    degrees
        .into_iter()
        .find(|(_, (called, calling))| *called >= 2 && *calling >= 2 && (called + calling) * 10 > calls.len() * 6)
        .map(|(unit, _)| unit.clone())
}
