//! *Which objectives are stated, and is each reached?*

use crate::analysis::capacity::Capacity;
use crate::analysis::failure::{AtWorst, Availability, BlastRadius, Survival, survives, worst_recovery};
use crate::analysis::guarantee::Guarantees;
use crate::analysis::latency::{Latency, State as Keeps, Times};
use crate::model::{Journey, System};
use crate::quantity::{self, Duration, Probability, Rate};
use crate::source::Span;
use crate::syntax::keys::{Key, KeyType, Table, journey, objectives};
use crate::syntax::value::{Facts, State, Symbols, Value};
use crate::syntax::vocabulary::{Consistency, Survive, Vocabulary};

/// The state of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The objective's key.
    pub id: &'static str,
    /// The journey that it holds for.
    pub journey: Option<String>,
    /// The limit, as it is stated.
    pub limit: String,
    /// The figure, in words; none where it is not computed.
    pub value: Option<String>,
    /// The figure as a number of which more is worse; none where it is none, or is not computed.
    pub measured: Option<f64>,
    /// Whether it is reached.
    pub state: GateState,
    /// What is missing, where it is not evaluated: the path of a fact, or a sentence.
    pub needs: Vec<String>,
}

impl Gate {
    /// Returns the gate as a sentence.
    pub fn sentence(&self) -> String {
        let journey = self.journey.as_ref().map(|id| format!(" of journey `{id}`")).unwrap_or_default();
        let value = self.value.as_deref().unwrap_or("not evaluated");
        let needs = self.needs_sentence().map(|needs| format!("; it needs {needs}")).unwrap_or_default();
        format!("{}{journey} must be {}: {value}{needs}", self.id, self.limit)
    }

    /// Says whether it was missed, and is reached among these.
    pub fn is_mended(&self, now: &[Self]) -> bool {
        let is_reached = |one: &&Self| one.id == self.id && one.journey == self.journey && one.state == GateState::Pass;
        self.state == GateState::Fail && now.iter().any(|one| is_reached(&one))
    }

    /// Returns what is missing, the first of it and how much more.
    pub fn needs_sentence(&self) -> Option<String> {
        let first = self.needs.first()?;
        Some(match self.needs.len() - 1 {
            0 => first.clone(),
            more => format!("{first} and {more} more"),
        })
    }

    /// Returns the place that states it: the journey's own key, else the system's.
    pub fn place(&self, system: &System) -> Option<Span> {
        let of = |facts: &Facts| {
            let rows = facts.table.rows();
            facts.entries().find(|(index, _)| rows[usize::from(*index)].name == self.id).map(|(_, entry)| entry.key)
        };
        let journey = self.journey.as_ref().and_then(|id| system.journeys.iter().find(|journey| journey.id == *id));
        let of_cost = || system.limits_of_spending().and_then(of);
        journey.and_then(|journey| of(&journey.facts)).or_else(|| system.single(Table::Objectives).and_then(of)).or_else(of_cost)
    }
}

/// Says whether an objective is stated that times decide, which take longest to compute: a percentile, or a throughput, which retries after timeouts may end.
pub fn has_gates_of_time(system: &System) -> bool {
    let states = |facts: &Facts, index: Index| facts.entry(index.0).is_some_and(|entry| matches!(entry.state, State::Stated(_)));
    let throughput = (Index::of(journey::THROUGHPUT), Index::of(objectives::THROUGHPUT));
    let mut asked = PERCENTILES.iter().map(|(_, of_journey, of_system, _)| (*of_journey, *of_system)).chain([throughput]);
    asked.any(|(of_journey, of_system)| {
        system.single(Table::Objectives).is_some_and(|facts| states(facts, of_system))
            || system.journeys.iter().any(|one| states(&one.facts, of_journey))
    })
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
    pub(super) guarantees: &'a Guarantees,
}

/// Judges every objective, per declared journey; a journey's own wins (semantics, "Gates").
pub(super) fn gates(system: &System, results: &Results<'_>) -> Vec<Gate> {
    let Results { blast_radius, availability, latency, capacity, guarantees } = *results;
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
            gates.push(throughput_gate(system, latency, capacity, at, Rate::new(least.likely)));
        }
        if let Some(value) = stated(journey::CONSISTENCY.index, objectives::CONSISTENCY.index) {
            gates.push(consistency_gate(system, guarantees, at, limit(Print::Words, &value)));
        }
        let recovery = stated(journey::RTO.index, objectives::RTO.index).zip(Some("rto"));
        for (at_most, id) in recovery.into_iter().chain(stated(journey::RPO.index, objectives::RPO.index).zip(Some("rpo"))) {
            if let Value::Quantity(most) = at_most {
                gates.push(recovery_gate(system, blast_radius, at, id, Duration::new(most.likely)));
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
    Words,
}

/// A percentile of a journey's times.
type Percentile = fn(&Times) -> Duration;

/// What stands for the seconds of a journey that cannot keep up, times how busy its fullest pool would be: more than any time, and more the fuller it is.
const OVERLOADED: f64 = 1e15;

/// The objectives of time, with the figure that each holds for.
const PERCENTILES: &[(&str, Index, Index, Percentile)] = &[
    ("latency-p50", Index::of(journey::LATENCY_P50), Index::of(objectives::LATENCY_P50), |times| times.p50),
    ("latency-p95", Index::of(journey::LATENCY_P95), Index::of(objectives::LATENCY_P95), |times| times.p95),
    ("latency-p99", Index::of(journey::LATENCY_P99), Index::of(objectives::LATENCY_P99), |times| times.p99),
];

/// Judges a percentile at the mean rates. A journey whose pools cannot keep up misses every limit.
fn latency_gate(system: &System, latency: &Latency, at: usize, id: &'static str, most: Duration, percentile: Percentile) -> Gate {
    let found = &latency.journeys[at];
    let (state, value, measured) = match (&found.mean_load, found.state) {
        (_, Keeps::Overloaded { component, utilization }) => {
            let used = quantity::significant(utilization * 100.0, 3);
            let words = format!("overloaded: `{}` would be {used} % busy", system.component(component).id);
            (GateState::Fail, Some(words), Some(OVERLOADED * utilization))
        }
        (None, _) => (GateState::NotEvaluated, None, None),
        (Some(times), _) => {
            let time = percentile(times);
            let state = if time.seconds() <= most.seconds() { GateState::Pass } else { GateState::Fail };
            (state, Some(quantity::duration(time)), Some(time.seconds()))
        }
    };
    let journey = system.journeys[at].id.clone();
    let needs = match state {
        GateState::NotEvaluated => latency.lacking(&[&format!("journeys.{journey}.latency"), "journeys.*.latency"]),
        _ => Vec::new(),
    };
    Gate { id, journey: Some(journey), limit: quantity::duration(most), value, measured, state, needs }
}

/// Judges the rate that a journey reaches when all journeys grow together until the first pool is full.
///
/// While some pools are not known the rate is an upper bound: missing the limit is certain, reaching it is not.
fn throughput_gate(system: &System, latency: &Latency, capacity: &Capacity, at: usize, least: Rate) -> Gate {
    let journey = &system.journeys[at];
    let rate = capacity.growth.zip(journey.rate()).map(|(growth, rate)| rate.per_second() * growth);
    let (state, value) = match rate {
        Some(rate) if rate < least.per_second() => (GateState::Fail, Some(quantity::rate(Rate::new(rate)))),
        Some(rate) if capacity.is_complete => (GateState::Pass, Some(quantity::rate(Rate::new(rate)))),
        _ => (GateState::NotEvaluated, None),
    };
    let needs = match state {
        GateState::NotEvaluated => {
            let rate = journey.rate().is_none().then(|| format!("journeys.{}.rate", journey.id));
            rate.into_iter().chain(latency.lacking(&["capacity", "journeys.*.latency"])).collect()
        }
        _ => Vec::new(),
    };
    let measured = rate.map(|rate| -rate);
    Gate { id: "throughput", journey: Some(journey.id.clone()), limit: quantity::rate(least), value, measured, state, needs }
}

fn survive_gate(system: &System, blast_radius: &BlastRadius, at: usize, survive: Survive) -> Gate {
    let journey = &system.journeys[at];
    let survival = survives(system, blast_radius, at, survive);
    let (state, value) = match &survival {
        None => (GateState::NotEvaluated, None),
        Some(Survival { worst: None, .. }) => {
            let what = if survive == Survive::Partition { "cut between two places" } else { "single event" };
            (GateState::Pass, Some(format!("no {what} costs it traffic")))
        }
        Some(Survival { worst: Some(event), events, .. }) => {
            let others = match events.saturating_sub(1) {
                0 => String::new(),
                1 => ", and so does another one".to_owned(),
                others => format!(", and so does each of {others} others"),
            };
            (GateState::Fail, Some(format!("`{event}` alone costs it traffic{others}")))
        }
    };
    let measured = survival.map(|survival| survival.lost);
    let needs = match state {
        GateState::NotEvaluated if survive == Survive::Partition => vec!["fewer places: some cuts between them were not examined".into()],
        _ => Vec::new(),
    };
    Gate { id: "survive", journey: Some(journey.id.clone()), limit: survive.word().to_owned(), value, measured, state, needs }
}

/// Judges the worst that a single event leaves: the time until the journey is back (rto), or the time span of its writes that are lost (rpo).
fn recovery_gate(system: &System, blast_radius: &BlastRadius, at: usize, id: &'static str, most: Duration) -> Gate {
    let [back, data] = worst_recovery(system, &blast_radius.domains, at);
    let (worst, by) = if id == "rto" { back } else { data };
    let measured = Some(worst.known.seconds());
    let of = |words: String| by.as_ref().map_or_else(|| words.clone(), |by| format!("{words} once `{by}` is lost"));
    let (state, value) = match worst {
        AtWorst { known, .. } if known.seconds() > most.seconds() => {
            let words = if known.seconds().is_finite() { quantity::duration(known) } else { "all of it".to_owned() };
            (GateState::Fail, Some(of(words)))
        }
        // What is not known may be longer.
        AtWorst { is_complete: false, .. } => (GateState::NotEvaluated, None),
        AtWorst { known, .. } if known.seconds() > 0.0 => (GateState::Pass, Some(of(quantity::duration(known)))),
        AtWorst { .. } => (GateState::Pass, Some("no single event costs it any".to_owned())),
    };
    let needs = match (state, id) {
        (GateState::NotEvaluated, "rto") => vec!["the `mttr` of every shared fate that stops it".into()],
        (GateState::NotEvaluated, _) => {
            vec!["of every store that it writes: `replication.ack` and `replication.lag`, or `backup.every`".into()]
        }
        _ => Vec::new(),
    };
    Gate { id, journey: Some(system.journeys[at].id.clone()), limit: quantity::duration(most), value, measured, state, needs }
}

fn availability_gate(system: &System, availability: &Availability, at: usize, wanted: &Value) -> Gate {
    // Where only an interval is known, both ends must agree.
    let bounds = availability.bounds[at].as_ref().map(|bounds| (bounds.low, bounds.high));
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
    let needs = match state {
        GateState::NotEvaluated => vec!["a narrower interval: the decision diagram exceeds the limits".into()],
        _ => Vec::new(),
    };
    Gate {
        id: "availability",
        journey: Some(system.journeys[at].id.clone()),
        limit: limit(Print::Availability, wanted),
        value,
        measured: found.map(|(_, high)| high),
        state,
        needs,
    }
}

/// Judges whether a journey's weakest read gets every guarantee that it needs; without a read of an entity nothing is known.
fn consistency_gate(system: &System, guarantees: &Guarantees, at: usize, limit: String) -> Gate {
    let journey = system.journeys[at].id.clone();
    let session = &guarantees.journeys[at].session;
    let (state, value, needs) = match (session.lost(), session.gets) {
        (Some((read, _)), _) => {
            let got = read.got.map_or("less", |got| got.word());
            (GateState::Fail, Some(format!("{got}, at `{}`", system.link(read.link).id)), Vec::new())
        }
        (None, Some(got)) => (GateState::Pass, Some(got.word().to_owned()), Vec::new()),
        (None, None) if session.reads.is_empty() => {
            (GateState::NotEvaluated, None, vec![format!("a step of `{journey}` with `reads`, so that it is known what is read where")])
        }
        (None, None) => {
            let unknown = session.reads.iter().filter(|read| read.got.is_none());
            let needs = unknown.map(|read| format!("`{}`: {}", system.link(read.link).id, read.because)).collect();
            (GateState::NotEvaluated, None, needs)
        }
    };
    Gate { id: "consistency", journey: Some(journey), limit, value, measured: None, state, needs }
}

/// Prints a stated limit.
fn limit(print: Print, value: &Value) -> String {
    match (print, value) {
        (Print::Availability, Value::Quantity(range)) => format!("{} %", quantity::significant(range.likely * 100.0, 12)),
        _ => Symbols::<Consistency>::from_value(value)
            .map(|symbols| symbols.0.iter().map(|symbol| symbol.word()).collect::<Vec<_>>().join(", "))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    //! Semantics, "Gates": what is stated is held, what is not computed is not evaluated.

    use super::{Gate, GateState};
    use crate::assessment::assess_to_judge;
    use crate::model::testing::system;

    /// Returns the gate of an objective in a model of a shop that writes an order and reads it.
    fn gate(id: &str, objectives: &str, db: &str, journey: &str) -> Gate {
        let text = format!(
            "[objectives]\n{objectives}\n[components]\nuser = {{ kind = \"client\" }}\nshop = {{ kind = \"service\" }}\ndb = {{ kind = \"database\", {db} }}\n\
             [links]\n\"user -> shop\" = {{}}\n\"shop -> db\" = {{}}\n[entities]\norder = {{ truth = \"db\" }}\n[journeys.buy]\n{journey}\n"
        );
        let mut gates = assess_to_judge(&system(&text)).gates;
        gates.retain(|gate| gate.id == id);
        gates.pop().expect("the objective is stated")
    }

    const WRITES_AND_READS: &str =
        "steps = [\"user -> shop\", { call = \"shop -> db\", writes = \"order\" }, { call = \"shop -> db\", reads = \"order\" }]";

    #[test]
    fn consistency_holds_where_the_weakest_read_gets_what_is_needed() {
        let replicated = "replicas = 3, replication = { style = \"single-leader\", ack = \"async\" }";
        let judged = |reads_from: &str| {
            gate(
                "consistency",
                "consistency = \"read-your-writes\"",
                &format!("{replicated}, reads-from = \"{reads_from}\""),
                WRITES_AND_READS,
            )
        };
        let leader = judged("leader");
        assert_eq!((leader.state, leader.value.as_deref(), leader.needs.len()), (GateState::Pass, Some("linearizable"), 0));
        let follower = judged("any");
        assert_eq!((follower.state, follower.value.as_deref()), (GateState::Fail, Some("eventual, at `shop -> db`")));
    }

    #[test]
    fn what_is_not_evaluated_says_what_it_lacks() {
        let silent = "steps = [\"user -> shop\", \"shop -> db\"]";
        let consistency = gate("consistency", "consistency = \"linearizable\"", "replicas = 1", silent);
        assert_eq!(consistency.state, GateState::NotEvaluated);
        assert!(consistency.needs[0].contains("`reads`"), "{:?}", consistency.needs);
        let latency = gate("latency-p95", "latency-p95 = \"200ms\"", "replicas = 1", silent);
        assert_eq!(latency.needs, ["components.db.service-time", "components.shop.service-time"]);
        assert_eq!(latency.needs_sentence().as_deref(), Some("components.db.service-time and 1 more"));
        let throughput = gate("throughput", "throughput = \"10/s\"", "replicas = 1", silent);
        assert_eq!(throughput.needs[0], "journeys.buy.rate");
        let budget = gate("budget", "budget = \"100 EUR/month\"", "replicas = 1", silent);
        assert_eq!(budget.needs, ["`provider` of [cost], or of a location"]);
    }
}
