//! *When does a growing load, or growing data, break the first promise, and what breaks it?*
//!
//! The journeys' rates grow by their `growth` a month, stored data by its component's; replicas stay as many as they are. The objectives are judged again at later months
//! until one that holds today is missed. What is missed once is taken to stay missed: the first month is found by halving.

use super::{Assessment, Gate, GateState, assess_to_judge};
use crate::analysis::capacity::MONTHS;
use crate::model::{ComponentId, System};

/// How long the objectives hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum FirstMiss {
    /// Nothing grows, no objective can be judged today, or the system is too large to be varied.
    #[default]
    NotAsked,
    /// All that hold today still do after [`MONTHS`].
    None,
    /// Some are missed first in this month.
    In(Missed),
}

/// The first objectives that growth breaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// The month: 0 is today, the next one is 1.
    pub month: u32,
    /// The objectives that are missed in it.
    pub gates: Vec<Gate>,
    /// The busiest pool at the rates by which the objectives are judged, and how busy it is then and today.
    pub busiest: Option<(ComponentId, f64, f64)>,
    /// The part of the bill that grew most, where an objective of money is missed.
    pub dearer: Option<&'static str>,
}

/// Returns when growth breaks the first objective.
pub(super) fn first_miss(system: &System, today: &Assessment) -> FirstMiss {
    let holds: Vec<&Gate> = today.gates.iter().filter(|gate| gate.state == GateState::Pass).collect();
    if !system.grows() || !system.can_be_varied() {
        return FirstMiss::NotAsked;
    }
    let missed: Vec<Gate> = today.gates.iter().filter(|gate| gate.state == GateState::Fail).cloned().collect();
    if !missed.is_empty() {
        return FirstMiss::In(Missed { month: 0, gates: missed, busiest: busiest(today, today), dearer: None });
    }
    if holds.is_empty() {
        return FirstMiss::NotAsked;
    }
    let is_missed = |gate: &Gate| {
        gate.state == GateState::Fail
            && holds.iter().any(|held| held.id == gate.id && held.journey == gate.journey && held.limit == gate.limit)
    };
    let at = |month: u32| assess_to_judge(&system.grown(month));
    let breaks = |then: &Assessment| then.gates.iter().any(is_missed);
    let (mut kept, mut broken, mut then) = (0, MONTHS, at(MONTHS));
    if !breaks(&then) {
        return FirstMiss::None;
    }
    while broken - kept > 1 {
        let month = kept.midpoint(broken);
        let found = at(month);
        if breaks(&found) { (broken, then) = (month, found) } else { kept = month }
    }
    let gates: Vec<Gate> = then.gates.iter().filter(|gate| is_missed(gate)).cloned().collect();
    let is_money = gates.iter().any(|gate| matches!(gate.id, "budget" | "per-1000" | "max-runaway"));
    FirstMiss::In(Missed { month: broken, busiest: busiest(today, &then), dearer: dearer(today, &then).filter(|_| is_money), gates })
}

fn busiest(today: &Assessment, then: &Assessment) -> Option<(ComponentId, f64, f64)> {
    let used = then.latency.stations.iter().enumerate().filter_map(|(at, station)| Some((at, station.component, station.utilization()?)));
    let (at, component, most) = used.max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.cmp(&a.0)))?;
    Some((component, most, today.latency.stations.get(at).and_then(|station| station.utilization()).unwrap_or(0.0)))
}

/// Returns the category of the bill that grew most.
fn dearer(today: &Assessment, then: &Assessment) -> Option<&'static str> {
    let (before, after) = (&today.cost.as_ref()?.bill.categories, &then.cost.as_ref()?.bill.categories);
    let more = after.iter().map(|(category, amount)| (*amount - before.get(category).copied().unwrap_or_default(), category));
    more.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, category)| category.word())
}

#[cfg(test)]
mod tests {
    use super::{FirstMiss, Missed};
    use crate::assessment::assess;
    use crate::model::System;
    use crate::model::testing::system;

    /// One exponential worker of 10 ms at 50/s, which grows by 5 % a month; its p99 is 10 ms · ln 100 ÷ (1 − ρ) = 92.1 ms today.
    fn growing(objective: &str, journey: &str) -> System {
        system(&format!(
            "[objectives]\n{objective}\n[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", concurrency = 1, service-time = \"10ms\" }}\n\
             [links]\n\"user -> app\" = {{ protocol = \"tcp\", retries = 0, round-trip = \"1us\" }}\n[journeys.j]\nrate = \"50/s\"\n{journey}\nsteps = [\"user -> app\"]\n"
        ))
    }

    fn missed(system: &System) -> Missed {
        match assess(system).first_miss {
            FirstMiss::In(missed) => missed,
            other => panic!("{other:?}"),
        }
    }

    /// 200 ms = 46.05 ÷ (1 − ρ) at ρ = .76974; .5 · 1.05^m reaches that in month 9 (1.05^8 = 1.4775, 1.05^9 = 1.5513: .7757).
    #[test]
    fn the_month_in_which_waits_grow_beyond_the_limit() {
        let system = growing("latency-p99 = \"200ms\"", "growth = \"5%\"");
        let missed = missed(&system);
        assert_eq!(missed.month, 9);
        assert_eq!(missed.gates.iter().map(|gate| gate.id).collect::<Vec<_>>(), ["latency-p99"]);
        let (component, then, today) = missed.busiest.expect("one pool");
        assert_eq!(system.component(component).id, "app");
        assert!((then - 0.7757).abs() < 1e-3 && (today - 0.5).abs() < 1e-3, "{then} {today}");
    }

    /// Without a limit that waiting meets, the pool is full in month 15: 1.05^14 = 1.9799, 1.05^15 = 2.0789.
    #[test]
    fn a_full_pool_misses_every_limit() {
        let missed = missed(&growing("latency-p50 = \"1h\"", "growth = \"5%\""));
        assert_eq!(missed.month, 15);
        assert!(missed.gates[0].value.as_deref().is_some_and(|value| value.starts_with("overloaded")), "{:?}", missed.gates);
    }

    /// Everything that is computed again and again, on a model without measure: it ends, and no figure is no number.
    #[test]
    fn absurd_inputs_are_bounded() {
        let system = system(
            "[objectives]\nlatency-p99 = \"1000h\"\navailability = \"1%\"\n[locations]\nr = { kind = \"region\" }\nq = { kind = \"region\" }\nn = { kind = \"node\", in = \"r\", count = 1000 }\n\
             [components]\nuser = { kind = \"client\", on = [\"r\", \"q\"] }\n\
             job = { kind = \"job\", on = \"n\", replicas = 1000, needs = 1000, concurrency = 1000000, connections = 1000000, service-time = \"1000h\" }\n\
             db = { kind = \"database\", on = [\"r\", \"q\"], replicas = 100, shards = 30, concurrency = 1, connections = 1, service-time = \"0us\", data = \"1TB\", growth = \"1000TB/s\", replication = { style = \"leaderless\", read-quorum = 100, write-quorum = 100 } }\n\
             [links]\n\"user -> job\" = { route = \"all\", timeout = \"1us\", retries = 1000000, hedge-after = \"1us\", encrypted = \"tls\" }\n\"job -> db\" = { route = \"all\" }\n\
             [journeys.j]\nrate = \"1/month\"\npeak = \"1000000/s\"\ngrowth = 1\nsteps = [{ call = \"user -> job\", times = 1000000 }, { call = \"job -> db\", times = 1000000 }]\n",
        );
        assert!(system.can_be_varied());
        let found = assess(&system);
        let prices = found.guarantee_prices.iter().flat_map(|price| &price.journeys);
        let figures = prices.filter_map(|price| price.p99).flat_map(|(with, weaker)| [with.seconds(), weaker.seconds()]);
        let runs = found.batches.iter().flat_map(|batch| [batch.work.seconds(), batch.straggler, batch.backlog.per_second()]);
        let hours = found.latency.day.iter().map(|hour| hour.rate.per_second());
        assert!(figures.chain(runs).chain(hours).all(f64::is_finite));
    }

    #[test]
    fn what_does_not_grow_or_holds_for_ten_years_is_said() {
        assert_eq!(assess(&growing("latency-p99 = \"200ms\"", "")).first_miss, FirstMiss::NotAsked);
        assert_eq!(assess(&growing("latency-p99 = \"200ms\"", "growth = \"0.1%\"")).first_miss, FirstMiss::None);
        assert_eq!(missed(&growing("latency-p99 = \"1ms\"", "growth = \"5%\"")).month, 0);
    }
}
