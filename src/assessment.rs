//! *Everything that is computed about one alternative.*
//!
//! [`Assessment`] has a field per analysis and no `Default`; the report takes it apart in full, so a new analysis does not compile until it is run and shown.

use std::collections::BTreeMap;

use crate::analysis::classification::{Classification, classification};
use crate::analysis::communication::{Assumed, Communication, communication};
use crate::analysis::failure::{BlastRadius, blast_radius, survives};
use crate::model::{DistanceClass, End, MAX_UNMARKED_RANGES, RangedKey, System};
use crate::quantity::{self, Duration, Rate};
use crate::source::Span;
use crate::syntax::keys::{Figure, Key, KeyType, Mark, Table, journey, objectives};
use crate::syntax::value::{Fact, State, Symbols, Value};
use crate::syntax::vocabulary::{Consistency, Survive, Vocabulary};

/// All results of one alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// What its journeys send.
    pub communication: Communication,
    /// What a failing place stops.
    pub blast_radius: BlastRadius,
    /// What it is.
    pub classification: Classification,
    /// What it must reach, and whether it does.
    pub gates: Vec<Gate>,
    /// What is missing for a figure.
    pub missing: Vec<Missing>,
    /// What was assumed, over all analyses, by path.
    pub assumed: Vec<Assumed>,
    /// Known ÷ asked, over the facts that an analysis asked for; none if none was asked.
    pub coverage: Option<f64>,
}

/// Runs every analysis.
pub fn assess(system: &System) -> Assessment {
    let communication = communication(system);
    let blast_radius = blast_radius(system);
    let classification = classification(system, &blast_radius);
    let gates = gates(system, &blast_radius);
    let missing = missing(&communication, &classification);
    // Distinct (element, key) pairs, over all analyses.
    let asked: BTreeMap<&str, bool> = communication.asked.iter().map(|asked| (asked.path.as_str(), asked.known)).collect();
    let known = asked.values().filter(|known| **known).count();
    let coverage = (!asked.is_empty()).then(|| known as f64 / asked.len() as f64);
    let assumed = assumed(system, &communication, &blast_radius);
    Assessment { communication, blast_radius, classification, gates, missing, assumed, coverage }
}

/// A figure that a fact is missing for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The figure.
    pub field: String,
    /// The fact.
    pub needs: String,
}

fn missing(communication: &Communication, classification: &Classification) -> Vec<Missing> {
    let mut missing: Vec<Missing> = communication
        .without_rate
        .iter()
        .map(|id| Missing { field: format!("journeys.{id}.communication.bytes_per_s"), needs: format!("journeys.{id}.rate") })
        .collect();
    missing.extend(
        classification
            .needs_place_of
            .iter()
            .map(|id| Missing { field: "classification.distributed".into(), needs: format!("components.{id}.on") }),
    );
    missing
}

fn assumed(system: &System, communication: &Communication, blast_radius: &BlastRadius) -> Vec<Assumed> {
    let mut assumed = communication.assumed.clone();
    assumed.extend(blast_radius.assumed_failover.iter().map(|id| Assumed {
        path: format!("components.{}.replication.failover", system.component(*id).id),
        value: "a follower takes over".into(),
        source: "assumed: not stated".into(),
    }));
    assumed.sort_by(|a, b| a.path.cmp(&b.path));
    assumed
}

/// The state of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateState {
    /// Reached.
    Pass,
    /// Missed.
    Fail,
    /// The figure is not computed; shown, never failed.
    NotEvaluated,
}

impl GateState {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotEvaluated => "not-evaluated",
        }
    }
}

/// An objective and whether it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The objective's key.
    pub id: &'static str,
    /// The journey that it holds for.
    pub journey: Option<String>,
    /// The limit, as it is stated.
    pub limit: String,
    /// The figure, in words; none where it is not computed.
    pub value: Option<String>,
    /// Whether it is reached.
    pub state: GateState,
}

impl Gate {
    /// Returns the gate as a sentence.
    pub fn sentence(&self) -> String {
        let journey = self.journey.as_ref().map(|id| format!(" of journey `{id}`")).unwrap_or_default();
        let value = self.value.as_deref().unwrap_or("not evaluated");
        format!("{}{journey} must be {}: {value}", self.id, self.limit)
    }
}

/// Judges every objective, per declared journey; a journey's own wins (semantics, "Gates").
fn gates(system: &System, blast_radius: &BlastRadius) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (at, own) in system.journeys.iter().enumerate().filter(|(_, journey)| !journey.implied) {
        let stated = |of_journey: u16, of_system: u16| {
            let own = own.facts.entry(of_journey);
            let entry = own.or_else(|| system.single(Table::Objectives).and_then(|facts| facts.entry(of_system)))?;
            match &entry.state {
                State::Stated(value) => Some(value.clone()),
                _ => None,
            }
        };
        if let Some(survive) = stated(journey::SURVIVE.index, objectives::SURVIVE.index).as_ref().and_then(Survive::from_value) {
            gates.push(survive_gate(system, blast_radius, at, survive));
        }
        for (id, of_journey, of_system, print) in NOT_COMPUTED_YET {
            if let Some(value) = stated(of_journey.0, of_system.0) {
                gates.push(Gate {
                    id,
                    journey: Some(own.id.clone()),
                    limit: limit(*print, &value),
                    value: None,
                    state: GateState::NotEvaluated,
                });
            }
        }
    }
    if let Some(Fact::Stated(budget)) = system.single(Table::Objectives).map(|facts| facts.get(objectives::BUDGET)) {
        gates.push(Gate { id: "budget", journey: None, limit: budget.to_string(), value: None, state: GateState::NotEvaluated });
    }
    gates
}

/// The index of a key, whatever its type.
#[derive(Clone, Copy)]
struct Index(u16);

impl Index {
    const fn of<T>(key: Key<T>) -> Self {
        Self(key.index)
    }
}

/// How a limit is printed.
#[derive(Clone, Copy)]
enum Print {
    Availability,
    Duration,
    Rate,
    Words,
}

/// Objectives whose figures this release does not compute: shown as not evaluated.
const NOT_COMPUTED_YET: &[(&str, Index, Index, Print)] = &[
    ("availability", Index::of(journey::AVAILABILITY), Index::of(objectives::AVAILABILITY), Print::Availability),
    ("latency-p50", Index::of(journey::LATENCY_P50), Index::of(objectives::LATENCY_P50), Print::Duration),
    ("latency-p95", Index::of(journey::LATENCY_P95), Index::of(objectives::LATENCY_P95), Print::Duration),
    ("latency-p99", Index::of(journey::LATENCY_P99), Index::of(objectives::LATENCY_P99), Print::Duration),
    ("throughput", Index::of(journey::THROUGHPUT), Index::of(objectives::THROUGHPUT), Print::Rate),
    ("rpo", Index::of(journey::RPO), Index::of(objectives::RPO), Print::Duration),
    ("rto", Index::of(journey::RTO), Index::of(objectives::RTO), Print::Duration),
    ("consistency", Index::of(journey::CONSISTENCY), Index::of(objectives::CONSISTENCY), Print::Words),
];

fn survive_gate(system: &System, blast_radius: &BlastRadius, at: usize, survive: Survive) -> Gate {
    let journey = &system.journeys[at];
    let (state, value) = match survives(system, blast_radius, at, survive) {
        None => (GateState::NotEvaluated, None),
        Some(None) => (GateState::Pass, Some("no single event costs it traffic".to_owned())),
        Some(Some(event)) => (GateState::Fail, Some(format!("`{event}` alone costs it traffic"))),
    };
    Gate { id: "survive", journey: Some(journey.id.clone()), limit: survive.word().to_owned(), value, state }
}

/// Prints a stated limit.
fn limit(print: Print, value: &Value) -> String {
    match (print, value) {
        (Print::Availability, Value::Quantity(range)) => format!("{} %", quantity::significant(range.likely * 100.0, 12)),
        (Print::Duration, Value::Quantity(range)) => quantity::duration(Duration::new(range.likely)),
        (Print::Rate, Value::Quantity(range)) => quantity::rate(Rate::new(range.likely)),
        _ => Symbols::<Consistency>::from_value(value)
            .map(|symbols| symbols.0.iter().map(|symbol| symbol.word()).collect::<Vec<_>>().join(", "))
            .unwrap_or_default(),
    }
}

/// The numeric figures of an assessment by path, each with the kind by which ranged keys move it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures(pub BTreeMap<String, (Figure, f64)>);

/// Lists the figures that have a range and a difference.
pub fn figures(system: &System, assessment: &Assessment) -> Figures {
    let mut figures = BTreeMap::new();
    for (journey, counted) in system.journeys.iter().zip(&assessment.communication.journeys) {
        let path = format!("journeys.{}", journey.id);
        if let Some(rate) = journey.rate() {
            figures.insert(format!("{path}.rate_per_s"), (Figure::Traffic, rate.per_second()));
            figures.insert(format!("{path}.communication.bytes_per_s"), (Figure::Traffic, rate.per_second() * counted.bytes.first.bytes()));
        }
        let mut add = |name: &str, figure: Figure, value: f64| figures.insert(format!("{path}.communication.{name}"), (figure, value));
        add("messages", Figure::Messages, counted.messages.first);
        add("messages_with_retries", Figure::Messages, counted.messages.with_retries);
        add("bytes", Figure::Bytes, counted.bytes.first.bytes());
        add("bytes_with_retries", Figure::Bytes, counted.bytes.with_retries.bytes());
        add("network_messages", Figure::Messages, counted.network_messages());
        add("network_bytes", Figure::Bytes, counted.network_bytes().bytes());
        add("network_round_trips", Figure::Messages, counted.network_round_trips);
        add("serial_round_trips", Figure::Messages, counted.serial_round_trips);
        add("depth", Figure::Messages, counted.depth as f64);
        add("fan_out", Figure::Messages, counted.fan_out as f64);
        add("team_crossings", Figure::Messages, counted.team_crossings.per_request);
        add("replication_messages", Figure::Messages, counted.replication.messages.first);
        add("sidecar_messages", Figure::Messages, counted.sidecars.messages.first);
        // A class without messages is a figure of 0: at another end of a range, or in another alternative, it may have some.
        for class in DistanceClass::ALL {
            add(&format!("crossings.{}", class.word()), Figure::Messages, counted.crossings.get(class).copied().unwrap_or(0.0));
            add(
                &format!("bytes_by_class.{}", class.word()),
                Figure::Bytes,
                counted.bytes_by_class.get(class).map_or(0.0, |bytes| bytes.bytes()),
            );
        }
    }
    for domain in &assessment.blast_radius.domains {
        let path = format!("domains.{}", domain.id);
        figures.insert(format!("{path}.traffic_lost"), (Figure::TrafficLost, domain.traffic_lost));
        if let Some(users) = domain.users_lost {
            figures.insert(format!("{path}.users_lost"), (Figure::TrafficLost, users));
        }
    }
    for load in &assessment.communication.links {
        let path = format!("links.{}", system.link(load.link).id);
        figures.insert(format!("{path}.bytes_per_s"), (Figure::Traffic, load.mean.bytes.first.bytes_per_second()));
    }
    Figures(figures)
}

/// The ranges of figures by path; a figure that does not move is left out.
pub type Ranges = BTreeMap<String, (f64, f64)>;

/// Computes the range of every figure: the smallest interval over evaluations with each ranged key at the end that lowers, or raises, the figure, and keys
/// without a known direction at both ends (semantics, "Ranges and differences").
///
/// At most `2 · 2^6` evaluations per kind of figure; above that a kind has no ranges.
pub fn ranges(system: &System) -> Ranges {
    let keys = system.ranged_keys();
    let mut ranges = Ranges::new();
    for figure in Figure::ALL {
        let mut open: Vec<(Span, &str)> = keys.iter().filter(|key| key.mark(*figure) == Mark::Either).map(RangedKey::identity).collect();
        open.sort_unstable();
        open.dedup();
        if keys.iter().all(|key| key.mark(*figure) == Mark::None) || open.len() > MAX_UNMARKED_RANGES {
            continue;
        }
        for corner in 0..1_usize << open.len() {
            for towards in [End::Low, End::High] {
                let chosen = system.at(|key: &RangedKey| match key.mark(*figure) {
                    Mark::None => End::Likely,
                    Mark::Raises => towards,
                    Mark::Lowers => {
                        if towards == End::Low {
                            End::High
                        } else {
                            End::Low
                        }
                    }
                    Mark::Either => {
                        let at = open.binary_search(&key.identity()).unwrap_or(0);
                        if corner >> at & 1 == 1 { End::High } else { End::Low }
                    }
                });
                for (path, (of, value)) in figures(&chosen, &assess(&chosen)).0 {
                    if of == *figure {
                        let range = ranges.entry(path).or_insert((value, value));
                        *range = (range.0.min(value), range.1.max(value));
                    }
                }
            }
        }
    }
    ranges.retain(|_, (low, high)| low != high);
    ranges
}
