//! *Which objectives are stated, and is each reached?*

use crate::analysis::capacity::Capacity;
use crate::analysis::failure::{Availability, BlastRadius, survives};
use crate::analysis::latency::{Latency, State as Keeps, Times};
use crate::model::{Journey, System};
use crate::quantity::{self, Duration, Probability, Rate};
use crate::source::Span;
use crate::syntax::keys::{Key, KeyType, Table, journey, objectives};
use crate::syntax::value::{Facts, State, Symbols, Value};
use crate::syntax::vocabulary::{Consistency, Survive, Vocabulary};

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

    /// Returns the place that states it: the journey's own key, else the system's.
    pub fn place(&self, system: &System) -> Option<Span> {
        let of = |facts: &Facts| {
            let rows = facts.table.rows();
            facts.entries().find(|(index, _)| rows[usize::from(*index)].name == self.id).map(|(_, entry)| entry.key)
        };
        let journey = self.journey.as_ref().and_then(|id| system.journeys.iter().find(|journey| journey.id == *id));
        journey.and_then(|journey| of(&journey.facts)).or_else(|| system.single(Table::Objectives).and_then(of))
    }
}

/// Says whether an objective is stated, so that a check need not compute what no gate asks for.
pub fn has_gates(system: &System) -> bool {
    let of_system = system.single(Table::Objectives).is_some_and(|facts| facts.entries().next().is_some());
    // A journey's own objectives have the names of the system's.
    let names = Table::Objectives.rows();
    let is_objective =
        |facts: &Facts| facts.entries().any(|(index, _)| names.iter().any(|row| row.name == facts.table.rows()[index as usize].name));
    of_system || super::spending::has_gates(system) || system.journeys.iter().any(|journey| is_objective(&journey.facts))
}

/// Returns the share of time that the objective allows a declared journey to be down; its own wins.
pub fn allowed_unavailability(system: &System, one: &Journey) -> Option<f64> {
    if one.implied {
        return None;
    }
    let own = one.facts.get(journey::AVAILABILITY);
    let stated = if own.is_known() { own.stated() } else { system.single(Table::Objectives)?.get(objectives::AVAILABILITY).stated() };
    stated.map(|availability| 1.0 - availability.value())
}

/// The results that objectives are held against.
#[derive(Clone, Copy)]
pub(super) struct Results<'a> {
    pub(super) blast_radius: &'a BlastRadius,
    pub(super) availability: &'a Availability,
    pub(super) latency: &'a Latency,
    pub(super) capacity: &'a Capacity,
}

/// Judges every objective, per declared journey; a journey's own wins (semantics, "Gates").
pub(super) fn gates(system: &System, results: &Results<'_>) -> Vec<Gate> {
    let Results { blast_radius, availability, latency, capacity } = *results;
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
        if let Some(value) = stated(journey::AVAILABILITY.index, objectives::AVAILABILITY.index) {
            gates.push(availability_gate(system, availability, at, &value));
        }
        for (id, of_journey, of_system, percentile) in PERCENTILES {
            if let Some(Value::Quantity(most)) = stated(of_journey.0, of_system.0) {
                gates.push(latency_gate(system, latency, at, id, Duration::new(most.likely), *percentile));
            }
        }
        if let Some(Value::Quantity(least)) = stated(journey::THROUGHPUT.index, objectives::THROUGHPUT.index) {
            gates.push(throughput_gate(system, capacity, at, Rate::new(least.likely)));
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
    Words,
}

/// Objectives whose figures this release does not compute: shown as not evaluated.
const NOT_COMPUTED_YET: &[(&str, Index, Index, Print)] = &[
    ("rpo", Index::of(journey::RPO), Index::of(objectives::RPO), Print::Duration),
    ("rto", Index::of(journey::RTO), Index::of(objectives::RTO), Print::Duration),
    ("consistency", Index::of(journey::CONSISTENCY), Index::of(objectives::CONSISTENCY), Print::Words),
];

/// A percentile of a journey's times.
type Percentile = fn(&Times) -> Duration;

/// The objectives of time, with the figure that each holds for.
const PERCENTILES: &[(&str, Index, Index, Percentile)] = &[
    ("latency-p50", Index::of(journey::LATENCY_P50), Index::of(objectives::LATENCY_P50), |times| times.p50),
    ("latency-p95", Index::of(journey::LATENCY_P95), Index::of(objectives::LATENCY_P95), |times| times.p95),
    ("latency-p99", Index::of(journey::LATENCY_P99), Index::of(objectives::LATENCY_P99), |times| times.p99),
];

/// Judges a percentile at the mean rates. A journey whose pools cannot keep up misses every limit.
fn latency_gate(system: &System, latency: &Latency, at: usize, id: &'static str, most: Duration, percentile: Percentile) -> Gate {
    let found = &latency.journeys[at];
    let (state, value) = match (&found.mean_load, found.state) {
        (_, Keeps::Overloaded { component, utilization }) => {
            let used = quantity::significant(utilization * 100.0, 3);
            (GateState::Fail, Some(format!("overloaded: `{}` would be {used} % busy", system.component(component).id)))
        }
        (None, _) => (GateState::NotEvaluated, None),
        (Some(times), _) => {
            let time = percentile(times);
            let state = if time.seconds() <= most.seconds() { GateState::Pass } else { GateState::Fail };
            (state, Some(quantity::duration(time)))
        }
    };
    Gate { id, journey: Some(system.journeys[at].id.clone()), limit: quantity::duration(most), value, state }
}

/// Judges the rate that a journey reaches when all journeys grow together until the first pool is full.
///
/// While some pools are not known the rate is an upper bound: missing the limit is certain, reaching it is not.
fn throughput_gate(system: &System, capacity: &Capacity, at: usize, least: Rate) -> Gate {
    let journey = &system.journeys[at];
    let rate = capacity.growth.zip(journey.rate()).map(|(growth, rate)| rate.per_second() * growth);
    let (state, value) = match rate {
        Some(rate) if rate < least.per_second() => (GateState::Fail, Some(quantity::rate(Rate::new(rate)))),
        Some(rate) if capacity.is_complete => (GateState::Pass, Some(quantity::rate(Rate::new(rate)))),
        _ => (GateState::NotEvaluated, None),
    };
    Gate { id: "throughput", journey: Some(journey.id.clone()), limit: quantity::rate(least), value, state }
}

fn survive_gate(system: &System, blast_radius: &BlastRadius, at: usize, survive: Survive) -> Gate {
    let journey = &system.journeys[at];
    let (state, value) = match survives(system, blast_radius, at, survive) {
        None => (GateState::NotEvaluated, None),
        Some(None) if survive == Survive::Partition => (GateState::Pass, Some("no cut between two places costs it traffic".to_owned())),
        Some(None) => (GateState::Pass, Some("no single event costs it traffic".to_owned())),
        Some(Some(event)) => (GateState::Fail, Some(format!("`{event}` alone costs it traffic"))),
    };
    Gate { id: "survive", journey: Some(journey.id.clone()), limit: survive.word().to_owned(), value, state }
}

fn availability_gate(system: &System, availability: &Availability, at: usize, wanted: &Value) -> Gate {
    // Where only an interval is known, both ends must agree.
    let bounds = availability.bounds[at].map(|bounds| (bounds.low, bounds.high));
    let exact = availability.journeys[at].as_ref().map(|found| (found.unavailability, found.unavailability));
    let found = exact.or(bounds);
    let allowed = Probability::from_value(wanted).map(|wanted| 1.0 - wanted.value());
    let state = match (found, allowed) {
        // Both are sums of rounded figures: what differs in the last digits only is reached.
        (Some((_, high)), Some(allowed)) if high <= allowed + 1e-12 => GateState::Pass,
        (Some((low, _)), Some(allowed)) if low > allowed + 1e-12 => GateState::Fail,
        _ => GateState::NotEvaluated,
    };
    let print = |unavailability: f64| quantity::availability(Probability::new(unavailability));
    let value = found.map(|(low, high)| if low < high { format!("{} to {}", print(high), print(low)) } else { print(low) });
    Gate { id: "availability", journey: Some(system.journeys[at].id.clone()), limit: limit(Print::Availability, wanted), value, state }
}

/// Prints a stated limit.
fn limit(print: Print, value: &Value) -> String {
    match (print, value) {
        (Print::Availability, Value::Quantity(range)) => format!("{} %", quantity::significant(range.likely * 100.0, 12)),
        (Print::Duration, Value::Quantity(range)) => quantity::duration(Duration::new(range.likely)),
        _ => Symbols::<Consistency>::from_value(value)
            .map(|symbols| symbols.0.iter().map(|symbol| symbol.word()).collect::<Vec<_>>().join(", "))
            .unwrap_or_default(),
    }
}
