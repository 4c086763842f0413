//! A dependency that is slow instead of down: who waits, whose connections fill up, and what stops with them.
//!
//! The question: *does a component that answers late, or never, stop more than one that is dead?* A dead one refuses at once. A slow one keeps its callers waiting, and who waits
//! holds a connection; once a caller has none left, it stops for all its journeys, those included that never touch the slow one.
//!
//! Each component is looked at 3 times and 10 times as slow, and hanging. Its own workers are full when `factor · utilization` reaches 1; then, as when it hangs, a call to it ends with
//! its caller's timeout, attempt by attempt, or never. What a caller holds is `Σ rate · visits · time from acceptance to answer` (J. D. C. Little, A Proof for the Queuing Formula L = λW,
//! Operations Research 9, 1961); where that exceeds its `connections`, it accepts nothing more and stalls in turn, until nothing more fills.
//!
//! Computed with mean times at the mean rates: of steps at the same time the longest mean, waits by Erlang's formula and the variation of the work. A call whose mean exceeds its timeout
//! counts as cut off. A caller that states no `connections` never fills; it is listed.
//!
//! Semantics, "Queueing": `connections` is held from acceptance to reply, callees included.

mod walk;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::walk::{Network, Pace};
use super::failure::{BlastRadius, DomainKind};
use super::latency::plan::Plan;
use super::latency::{Latency, MAX_EXPLAINED_CALLS};
use crate::model::{ComponentId, JourneyId, NodeKind, System};
use crate::quantity::{Duration, Probability};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::ComponentKind;

/// How many times as slow a component is looked at, besides hanging.
pub const FACTORS: [f64; 2] = [3.0, 10.0];

/// The most components that are looked at, by id.
pub const MAX_COMPONENTS: usize = 500;

/// What slow components do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slowness {
    /// Each component that an answer waits for, by id.
    pub components: Vec<Slow>,
    /// Components that wait for others and do not state their `connections`, by id: whether they fill is not known.
    pub without_connections: Vec<ComponentId>,
}

/// A slow component.
#[derive(Debug, Clone, PartialEq)]
pub struct Slow {
    /// The component.
    pub component: ComponentId,
    /// The share of traffic that fails while it is dead.
    pub dead: Probability,
    /// What happens at each of [`FACTORS`]; none where its work is not stated.
    pub slower: Vec<Option<Consequence>>,
    /// What happens while it does not answer at all.
    pub hanging: Consequence,
}

/// What a slow component does.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Consequence {
    /// The share of traffic that fails or is never answered.
    pub lost: Probability,
    /// Journeys of which requests fail or are never answered, in the order of the system's.
    pub journeys: Vec<JourneyId>,
    /// Components that have no connection left, in the order in which they fill, and after how long.
    pub full: Vec<(ComponentId, Duration)>,
    /// The mean time of the slowest of the journeys that are answered, and what it is today.
    pub slowest: Option<(JourneyId, Duration, Duration)>,
}

impl Slow {
    /// Says whether hanging stops more than being dead.
    pub fn is_worse_than_dead(&self) -> bool {
        self.hanging.lost.value() > self.dead.value() + 1e-9
    }
}

/// Computes what slow components do; nothing where there are too many calls, or no journey has a rate.
pub fn slowness(system: &System, latency: &Latency, blast_radius: &BlastRadius) -> Slowness {
    let calls = system.n_calls();
    if calls > MAX_EXPLAINED_CALLS {
        return Slowness::default();
    }
    let plan = Plan::new(system);
    let network = Network::new(&plan, latency);
    let today = network.settle(&[]);
    let components = waited_for(&plan)
        .into_iter()
        .take(MAX_COMPONENTS)
        .map(|component| {
            let at = |pace| consequence(system, &network, component, pace, &today);
            let has_work = network.has_work(component);
            Slow {
                component,
                dead: dead(blast_radius, component),
                slower: FACTORS.iter().map(|factor| has_work.then(|| at(Pace::Slower(*factor)))).collect(),
                hanging: at(Pace::Hanging),
            }
        })
        .collect();
    Slowness { components, without_connections: network.without_connections() }
}

/// Returns the components that an answer waits for over a link, by id.
fn waited_for(plan: &Plan<'_>) -> BTreeSet<ComponentId> {
    let system = plan.system;
    let mut found = BTreeSet::new();
    for journey in &system.journeys {
        let off = journey.calls.asynchronous();
        for (node, call) in journey.calls.calls() {
            let carrier = system.carrier(call.callee);
            let is_user = matches!(system.component(carrier).kind, ComponentKind::Actor | ComponentKind::Client);
            if !off[node.index()] && call.arrow == Arrow::Call && !is_user && !plan.link(call.link).is_in_process {
                found.insert(carrier);
            }
        }
    }
    found
}

fn dead(blast_radius: &BlastRadius, component: ComponentId) -> Probability {
    let row = blast_radius.domains.iter().find(|domain| domain.kind == DomainKind::Component(component));
    Probability::new(row.map_or(0.0, |row| row.traffic_lost))
}

fn consequence(system: &System, network: &Network<'_, '_>, component: ComponentId, pace: Pace, today: &walk::Settled) -> Consequence {
    let found = network.settle(&[(component, pace)]);
    let weights = weights(system);
    let all: f64 = weights.iter().sum();
    let lost: f64 = found.journeys.iter().zip(&weights).map(|(journey, weight)| journey.lost() * weight).sum();
    let ids = || system.journey_ids().zip(&found.journeys);
    let answered = ids().zip(&today.journeys).filter(|((_, now), before)| now.lost() < 1e-9 && now.time > before.time * 1.001);
    let slowest = answered.max_by(|((a, x), _), ((b, y), _)| x.time.total_cmp(&y.time).then(b.cmp(a)));
    Consequence {
        lost: Probability::new(if all > 0.0 { lost / all } else { 0.0 }),
        journeys: ids().filter(|(_, journey)| journey.lost() > 1e-9).map(|(id, _)| id).collect(),
        full: found.full.iter().map(|(component, after)| (*component, Duration::new(*after))).collect(),
        slowest: slowest.map(|((id, now), before)| (id, Duration::new(now.time), Duration::new(before.time))),
    }
}

/// Returns how much each journey weighs: its rate; 1 where a rate is missing.
fn weights(system: &System) -> Vec<f64> {
    let rates: Option<Vec<f64>> = system.journeys.iter().map(|journey| Some(journey.rate()?.per_second())).collect();
    rates.unwrap_or_else(|| vec![1.0; system.journeys.len()])
}

/// Returns the components that make synchronous calls over the network inside some journey, callers from outside left out.
fn waiting(plan: &Plan<'_>) -> BTreeSet<ComponentId> {
    let system = plan.system;
    let mut found = BTreeSet::new();
    for journey in &system.journeys {
        for node in &journey.calls.nodes {
            if let NodeKind::Call(call) = &node.kind {
                let caller = system.carrier(call.caller);
                if call.arrow == Arrow::Call && !plan.link(call.link).is_in_process && !system.component(caller).is_caller() {
                    found.insert(caller);
                }
            }
        }
    }
    found
}
