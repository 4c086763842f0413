//! What a month uses: rates, visits, bytes, instance-hours. Measured figures are floats here; money begins where they enter [`Exact::measured`].

use petgraph::Direction;
use petgraph::graph::NodeIndex;

use crate::analysis::communication::Communication;
use crate::model::{ComponentId, Host, Instance, System};
use crate::pricing::SECONDS_PER_MONTH;
use crate::quantity::{Exact, Ranged};
use crate::syntax::keys::{autoscale, component, journey};
use crate::syntax::value::{Facts, OrTrue, ReplicaBound};
use crate::syntax::vocabulary::ComponentKind;

/// The hours of the day over which scaling is averaged.
const HOURS: u32 = 24;

/// The mean and the peak rate of each journey, per second; nothing where no rate is stated.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates(Vec<Option<(f64, f64)>>);

impl Rates {
    /// Returns the stated rates.
    pub fn of(system: &System) -> Self {
        let rate = |journey: &crate::model::Journey| {
            let mean = journey.rate()?.per_second();
            let peak = journey.facts.get(journey::PEAK).stated().map_or(mean, crate::quantity::Rate::per_second);
            Some((mean, peak.max(mean)))
        };
        Self(system.journeys.iter().map(rate).collect())
    }

    /// Returns the rates that another system states for the journeys of this one, by id; those that it lacks stay.
    #[must_use]
    pub fn from_other(&self, system: &System, other: &System) -> Self {
        let others = Self::of(other);
        let of = |at: usize| match other.find_journey(&system.journeys[at].id) {
            Some(id) => others.0[id.index()],
            None => self.0[at],
        };
        Self((0..self.0.len()).map(of).collect())
    }

    /// Returns all rates, multiplied.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|rate| rate.map(|(mean, peak)| (mean * factor, peak * factor))).collect())
    }

    /// Returns the rates at which every journey runs steadily at what `rate` says, given its mean and its peak.
    #[must_use]
    pub fn steadily(&self, rate: impl Fn(usize, f64, f64) -> f64) -> Self {
        Self(self.0.iter().enumerate().map(|(at, one)| one.map(|(mean, peak)| (rate(at, mean, peak), rate(at, mean, peak)))).collect())
    }

    /// Returns the rates of a journey.
    pub fn get(&self, journey: usize) -> Option<(f64, f64)> {
        self.0[journey]
    }

    /// Returns the requests per second of all journeys.
    pub fn total(&self) -> f64 {
        self.0.iter().flatten().map(|(mean, _)| mean).sum()
    }

    /// Returns the requests of a month.
    pub fn requests_per_month(&self) -> Exact {
        Exact::measured(self.total()) * Exact::whole(SECONDS_PER_MONTH)
    }
}

/// What journeys use at their rates.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    /// Per component: visits per second at the mean and at the peak rates, retries included.
    pub(super) visits: Vec<(f64, f64)>,
    /// Per link: bytes per second of requests and of responses, retries included; calls per second.
    pub(super) links: Vec<Option<LinkDemand>>,
    /// Per component: bytes per second between its copies.
    pub(super) copies: Vec<f64>,
}

/// What runs along a link per second.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LinkDemand {
    pub(super) calls: f64,
    pub(super) requests: f64,
    pub(super) responses: f64,
}

impl Demand {
    /// Adds up what all journeys with a rate use.
    pub(super) fn of(system: &System, communication: &Communication, rates: &Rates) -> Self {
        let components = system.components.len();
        let mut demand =
            Self { visits: vec![(0.0, 0.0); components], links: vec![None; system.links.len()], copies: vec![0.0; components] };
        for (at, counted) in communication.journeys.iter().enumerate() {
            let Some((mean, peak)) = rates.get(at) else { continue };
            for one in &counted.visits {
                let visits = &mut demand.visits[one.component.index()];
                visits.0 += mean * one.visits.with_retries;
                visits.1 += peak * one.visits.with_retries;
            }
            for one in &counted.links {
                let link = demand.links[one.link.index()].get_or_insert_default();
                link.calls += mean * one.calls.with_retries;
                link.requests += mean * one.requests.with_retries.bytes();
                link.responses += mean * one.responses.with_retries.bytes();
            }
            for one in &counted.copies {
                demand.copies[one.component.index()] += mean * one.bytes.with_retries.bytes();
            }
        }
        demand
    }
}

/// Returns a month's amount of what runs so much per second.
pub(super) fn per_month(per_second: f64) -> Exact {
    Exact::measured(per_second) * Exact::whole(SECONDS_PER_MONTH)
}

/// Returns a month's amount of a share of what runs so much per second.
pub(super) fn share_per_month(per_second: f64, share: f64) -> Exact {
    per_month(per_second * share)
}

/// How many instances of a component run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Instances {
    /// Over the day: the least, the mean, the most.
    pub(super) running: Ranged<Exact>,
    /// Whether nothing bounds them from above.
    pub(super) is_unbounded: bool,
    /// Whether they follow the load.
    pub(super) is_scaled: bool,
}

/// Returns how many instances run, all shards together.
///
/// With `autoscale`: `n(h) = clamp(⌈λ(h) ÷ (capacity · target)⌉, min, max)` in each hour of a day with `λ(h) = mean + (peak − mean) · sin(2πh/24)`, the mean over
/// the hours; the least and the most are the bounds. Without it: the usual number, between the stated bounds.
///
/// Semantics, "Cost".
pub(super) fn instances(system: &System, id: ComponentId, visits: (f64, f64)) -> Instances {
    let component = system.component(id);
    let shards = Exact::whole(component.shards.len() as u64);
    let usual = u64::from(component.replicas);
    let stated = component.facts.get(component::REPLICAS).stated();
    let (min, max) = stated.map_or((None, ReplicaBound::Unstated), |count| (count.min, count.max));
    let policy = scaling(component.facts.value(component::AUTOSCALE).and_then(|_| component.facts.table(component::AUTOSCALE)));
    let is_scaled = component.facts.get(component::AUTOSCALE).stated().is_some();
    let is_unbounded = max == ReplicaBound::Unbounded || is_scaled && max == ReplicaBound::Unstated;
    let low = min.unwrap_or(usual).min(usual);
    let most = match max {
        ReplicaBound::At(most) => Some(most.max(low)),
        ReplicaBound::Unstated | ReplicaBound::Unbounded => None,
    };
    let running = match policy {
        None => Ranged { low: Exact::whole(low), likely: Exact::whole(usual), high: Exact::whole(most.unwrap_or(usual).max(usual)) },
        Some(per_instance) => {
            let (mean, peak) = visits;
            let per_shard = component.shards.len() as f64;
            let (mut total, mut highest) = (0, low);
            for hour in 0..HOURS {
                let rate = mean + (peak - mean) * libm::sin(std::f64::consts::TAU * f64::from(hour) / f64::from(HOURS));
                // Rounding may not buy an instance.
                let needed = whole((rate.max(0.0) / per_shard / per_instance - 1e-9).ceil());
                let running = needed.max(low).min(most.unwrap_or(u64::MAX >> 16));
                total += running;
                highest = highest.max(running);
            }
            let mean = Exact::whole(total).over(Exact::whole(u64::from(HOURS))).unwrap_or_default();
            Ranged { low: Exact::whole(low), likely: mean, high: Exact::whole(most.unwrap_or(highest)) }
        }
    };
    Instances { running: running.map(|count| count * shards), is_unbounded, is_scaled }
}

/// Returns the visits per second that all instances of a component carry when as many run as its stated `max` allows: `max · shards · capacity`, with
/// `capacity = concurrency ÷ service time` where scaling does not state it; an instance of a function does one thing at a time. Nothing without a stated
/// `max`: a pool that nobody bounded on purpose is no cap.
pub(super) fn most_carried(system: &System, id: ComponentId) -> Option<f64> {
    let component = system.component(id);
    let ReplicaBound::At(most) = component.facts.get(component::REPLICAS).stated()?.max else { return None };
    let stated = component.facts.table(component::AUTOSCALE).and_then(|facts| facts.get(autoscale::CAPACITY).stated());
    let each = match stated {
        Some(capacity) => capacity.per_second(),
        None => {
            let alone = (component.kind == ComponentKind::Function).then_some(1);
            let concurrency = component.facts.get(component::CONCURRENCY).stated().or(alone)?;
            concurrency as f64 / mean_service_seconds(&component.facts)?
        }
    };
    Some(most as f64 * component.shards.len() as f64 * each).filter(|carried| *carried > 0.0 && carried.is_finite())
}

/// Returns what one instance carries at the utilization that scaling keeps.
fn scaling(facts: Option<&Facts>) -> Option<f64> {
    let facts = facts?;
    let capacity = facts.get(autoscale::CAPACITY).stated()?.per_second();
    let target = facts.get(autoscale::TARGET).stated().map_or(1.0, |target| target.value());
    Some(capacity * target).filter(|carried| *carried > 0.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is not negative; what is too large stays at the largest"
)]
fn whole(number: f64) -> u64 {
    (number as u64).min(u64::MAX >> 16)
}

/// Returns the stated bytes of a key.
pub(super) fn stated_bytes(facts: &Facts, key: crate::syntax::keys::Key<crate::quantity::Bytes>) -> Option<Exact> {
    facts.get(key).stated().map(|bytes| Exact::measured(bytes.bytes()))
}

/// Returns the gigabyte-seconds of a month: visits × service time × memory, in bytes and seconds.
pub(super) fn byte_seconds(system: &System, id: ComponentId, visits: f64) -> Option<Exact> {
    let facts = &system.component(id).facts;
    let memory = facts.get(component::MEMORY).stated()?.bytes();
    Some(Exact::measured(memory) * per_month(visits * mean_service_seconds(facts)?))
}

fn mean_service_seconds(facts: &Facts) -> Option<f64> {
    Some(facts.get(component::SERVICE_TIME).stated()?.mean().seconds())
}

/// Returns how busy the instances are: `visits × service time ÷ (instances × concurrency)`, at most 1; nothing where a fact is missing.
pub(super) fn utilization(system: &System, id: ComponentId, visits: f64, running: Exact) -> Option<Exact> {
    let facts = &system.component(id).facts;
    let concurrency = facts.get(component::CONCURRENCY).stated()?;
    let busy = Exact::measured(visits * mean_service_seconds(facts)?);
    Some(busy.over(running * Exact::whole(concurrency))?.min(Exact::ONE))
}

/// Returns the bytes that a queue keeps: what arrives per second × how long it is kept.
pub(super) fn retained_bytes(system: &System, id: ComponentId, demand: &Demand) -> Option<Exact> {
    let kept = system.component(id).facts.get(component::TTL).stated()?.seconds();
    let incoming: f64 = links(system, id, Direction::Incoming, demand).map(|link| link.requests).sum();
    Some(Exact::measured(incoming * kept))
}

/// Returns the bytes that pass a component per second, both directions.
pub(super) fn passing_bytes(system: &System, id: ComponentId, demand: &Demand) -> Exact {
    let passing: f64 = links(system, id, Direction::Incoming, demand).map(|link| link.requests + link.responses).sum();
    per_month(passing)
}

/// Returns the calls and messages into and out of a component in a month.
pub(super) fn operations(system: &System, id: ComponentId, demand: &Demand) -> Exact {
    let calls = |direction| links(system, id, direction, demand).map(|link| link.calls).sum::<f64>();
    per_month(calls(Direction::Incoming) + calls(Direction::Outgoing))
}

/// Returns what runs along the links of a component, in the order of the links.
fn links<'a>(system: &'a System, id: ComponentId, direction: Direction, demand: &'a Demand) -> impl Iterator<Item = LinkDemand> + 'a {
    let mut ids: Vec<_> = system.graph.edges_directed(NodeIndex::new(id.index()), direction).map(|edge| *edge.weight()).collect();
    ids.sort_unstable();
    ids.into_iter().filter_map(|link| demand.links[link.index()])
}

/// Returns the rate limit that a fact states, per second.
pub(super) fn limit(facts: &Facts, key: crate::syntax::keys::Key<OrTrue<crate::quantity::Rate>>) -> Option<f64> {
    facts.get(key).stated()?.value().map(crate::quantity::Rate::per_second)
}

/// Where instances of a component run, by provider and region, with their share of its work.
pub(super) fn shares_by_place<P: Ord>(
    system: &System,
    id: ComponentId,
    place: impl Fn(&System, Option<Host>) -> Option<P>,
) -> Vec<(Option<P>, f64)> {
    let component = system.component(id);
    let mut shares: std::collections::BTreeMap<Option<P>, f64> = std::collections::BTreeMap::new();
    // An instance's weight is its share of its shard's work.
    let weight = |instance: &Instance| instance.weight * component.shards.get(instance.shard as usize).map_or(0.0, |shard| shard.share);
    let total: f64 = component.instances.iter().map(weight).sum();
    for instance in &component.instances {
        *shares.entry(place(system, instance.host)).or_insert(0.0) += if total > 0.0 { weight(instance) / total } else { 0.0 };
    }
    shares.into_iter().collect()
}
