//! *Which objectives are stated, and is each reached?*

use crate::analysis::failure::{BlastRadius, survives};
use crate::model::System;
use crate::quantity::{self, Duration, Rate};
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

/// Judges every objective, per declared journey; a journey's own wins (semantics, "Gates").
pub(super) fn gates(system: &System, blast_radius: &BlastRadius) -> Vec<Gate> {
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
