//! How long each journey takes, as whole distributions, under the load of all journeys together.
//!
//! The question: *what do users wait, half of them and the slowest hundredth, where does that time go, and does the system stay stable under its own retries?*
//!
//! ```text
//! plan       links, service times, pools                       once per system
//! batches    calls that reach a pool at the same time
//! pools      rates × visits × attempts → waiting times         once per load
//! connections  places that are held while a callee waits for others
//! walk       the call tree → the time of a journey             once per journey and load
//! explain    which parts and which steps a slow request consists of
//! loads      the same at other loads, and through the day
//! pooling    the same with all programs' workers in one pool
//! variability  how even the streams are behind busy workers
//! stability  what retries make of a slow callee
//! scaling    how much less than N times one replica N replicas carry
//! terms      what each call of an answer takes
//! facts      what is missing, assumed, asked for
//! flags      where a figure is approximate
//! ```
//!
//! A call takes: the network's round trip, its bytes, its sidecars, the wait for a worker of the callee, the callee's work, the wait of a write for its copies, then all that
//! the callee calls in turn; cut off by its timeout, tried again, hedged. Parts are independent; a pool sees a Poisson stream of all its visits. Retries raise the
//! load, the load the times, the times the retries: computed until nothing moves.
//!
//! What it does not know: caches that warm up, garbage collection, a slow disk, a network that is full.
//!
//! Semantics, "Links", "Journeys", "Counting", "Queueing".

mod batches;
mod connections;
mod explain;
mod facts;
mod flags;
mod loads;
mod network;
pub(in crate::analysis) mod plan;
mod pooling;
mod pools;
mod results;
mod scaling;
mod stability;
mod terms;
mod variability;
mod walk;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use facts::Lack;
pub use loads::{HourLoad, LoadPoint};
pub use pooling::{Pooled, Pooling};
pub use results::{Flag, GivenUp, JourneyLatency, Latency, Part, ShardLoad, State, StationLoad, Tail, Times};
pub use scaling::{Scaling, speedup};
pub use stability::{Amplified, Remedy, Stability};
pub use terms::{Term, terms};

use self::plan::{Plan, Servers, Service};
use self::pools::{Attempts, PoolState, arrivals, first_attempts, pool_states};
use self::walk::{Loaded, Walked};
use crate::model::{ComponentId, Journey, NodeKind, System};
use crate::quantity::{self, Duration, Rate};
use crate::syntax::keys::journey;

/// The most calls that all journeys together may have; beyond it no latency is computed, and the report says so.
pub const MAX_CALLS: usize = 20_000;

/// The most rounds in which load and times are brought to agree; what still moves then has no equilibrium.
pub const MAX_ROUNDS: usize = 40;

/// The largest relative change of a rate of attempts that counts as standing still.
const STANDS_STILL: f64 = 1e-6;

/// The most calls of all journeys together for which times at other loads are computed.
pub const MAX_CURVE_CALLS: usize = 300;

/// The part of what the pools carry at which retries and hedges are looked at: where there is an equilibrium, the pools alone are taken to limit the load.
pub const NEARLY_FULL: f64 = 0.98;

/// How often the load is halved up to which there is an equilibrium: to a share of 2⁻¹².
const HALVES: u32 = 12;

/// The most calls of all journeys together for which the parts of slow requests are told apart, and bands are computed.
pub const MAX_EXPLAINED_CALLS: usize = 4_000;

/// What is explained of each journey besides its percentiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The load of the pools only: what ranges of capacity need.
    Load,
    /// Percentiles at the mean rates too: what ranges of times need.
    Figures,
    /// The load of the pools at the peak rates, and at the mean as far as something was measured: what findings need.
    Findings,
    /// Percentiles at the mean rates, and the load at the peak: what gates and findings need.
    Judged,
    /// Everything.
    Explained,
}

/// Computes the time of every journey of a system.
pub fn latency(system: &System, depth: Depth) -> Latency {
    let plan = Plan::new(system);
    let calls = system.n_calls();
    // The load alone needs no times, but where timeouts and hedges make it depend on them.
    let feeds_back = plan.links().any(|(_, link)| link.feeds_back());
    let needs_times = !matches!(depth, Depth::Load | Depth::Findings) || feeds_back;
    let is_bounded = calls <= MAX_CALLS && needs_times;
    let mean_rates: Vec<Option<f64>> = system.journeys.iter().map(|journey| journey.rate().map(Rate::per_second)).collect();
    let peak_rates: Vec<Option<f64>> = system.journeys.iter().zip(&mean_rates).map(|(journey, mean)| peak(journey).or(*mean)).collect();
    let wanted = |has_times: bool| match (is_bounded, has_times) {
        (false, _) => Wanted::Pools,
        (true, false) => Wanted::Load,
        (true, true) => Wanted::Times,
    };
    let has_peak = peak_rates != mean_rates && depth >= Depth::Findings;
    let mean_wanted = match depth {
        // Findings hold the peak against what the workers carry, and the mean only against what was measured.
        Depth::Findings if has_peak && system.observed.is_empty() => Wanted::Pools,
        Depth::Load | Depth::Findings => wanted(false),
        Depth::Figures | Depth::Judged | Depth::Explained => wanted(true),
    };
    let mean = under_load(&plan, &mean_rates, mean_wanted);
    let at_peak = has_peak.then(|| under_load(&plan, &peak_rates, wanted(depth == Depth::Explained)));
    let carried = match depth {
        _ if !feeds_back || !is_bounded => Carried::ByPools,
        // No finding asks how far the load may grow, and it is searched for at a dozen loads.
        Depth::Findings => Carried::Unknown,
        _ => carried(&plan, &mean_rates, calls),
    };
    let stability = stability::stability(&plan, &mean_rates);
    let blocked = facts::blocked(&plan);
    let is_explained = depth == Depth::Explained && calls <= MAX_EXPLAINED_CALLS;
    // What the journeys share is worked out once for all of them.
    let stretched = is_explained.then(|| Part::ALL.map(|part| Loaded::new(&plan, &mean.pools, Some(part))));
    let is_walked_often = is_explained && explain::can_tell_steps_apart(system);
    let as_it_is = is_walked_often.then(|| Loaded::new(&plan, &mean.pools, None));
    let mut journeys: Vec<JourneyLatency> = (0..system.journeys.len())
        .map(|at| {
            let mut found = journey_latency(&plan, at, &mean, at_peak.as_ref(), &stability, &blocked[at], is_bounded);
            if let Some(stretched) = stretched.as_ref().filter(|_| found.mean_load.is_some()) {
                found.tail = explain::tail(&plan, at, stretched, &found);
            }
            if let Some(as_it_is) = as_it_is.as_ref().filter(|_| found.mean_load.is_some()) {
                found.steps = explain::steps(&plan, at, as_it_is, &found);
            }
            found
        })
        .collect();
    if is_explained && journeys.iter().any(explain::has_busy_chain) {
        let pools = explain::uneven_pools(&plan, &mean_rates, &mean);
        let uneven = Loaded::new(&plan, &pools, None);
        for (at, found) in journeys.iter_mut().enumerate().filter(|(_, found)| explain::has_busy_chain(found)) {
            found.band_p99 = explain::band(&plan, at, &uneven, found);
        }
    }
    let (missing, assumed, asked) = facts::facts(&plan, &blocked, calls);
    let stations = stations(&plan, &mean, at_peak.as_ref().unwrap_or(&mean));
    let is_small = depth == Depth::Explained && calls <= MAX_CURVE_CALLS;
    let load_curve = if is_small { loads::load_curve(&plan, &mean_rates, &stations, &blocked) } else { Vec::new() };
    let day = if is_small { loads::day(&plan, &mean_rates, &peak_rates, &blocked) } else { Vec::new() };
    let pooling = if is_small { pooling::pooling(&plan, &mean_rates, &mean, &journeys) } else { None };
    Latency { journeys, stations, stability, carried, load_curve, day, pooling, missing, assumed, asked }
}

/// What limits the growth of the load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Carried {
    /// The pool that is full first: nothing else takes more than [`NEARLY_FULL`] leaves.
    ByPools,
    /// Retries after timeouts, or hedges: so far may the mean rates grow before they leave no equilibrium.
    ByRetries(f64),
    /// They may limit it, but there are too many calls to find where, or nobody asked.
    Unknown,
}

/// Finds out whether retries and hedges, which grow with the times and so with the load, end the growth before the first pool is full of first attempts.
///
/// There is an equilibrium up to some load, and none above it: it is searched for by halves.
fn carried(plan: &Plan<'_>, rates: &[Option<f64>], calls: usize) -> Carried {
    let used = pools::utilizations(plan, &arrivals(plan, rates, &first_attempts(plan)));
    let Some(used) = used.iter().filter_map(|(used, _)| *used).max_by(f64::total_cmp).filter(|used| *used > 0.0) else {
        return Carried::ByPools;
    };
    let keeps_up = |growth: f64| keeps_up(plan, &rates.iter().map(|rate| rate.map(|rate| rate * growth)).collect::<Vec<_>>());
    let (mut low, mut high) = (0.0, NEARLY_FULL / used);
    if keeps_up(high) {
        return Carried::ByPools;
    }
    if calls > MAX_CURVE_CALLS {
        return Carried::Unknown;
    }
    for _ in 0..HALVES {
        let middle = f64::midpoint(low, high);
        if keeps_up(middle) { low = middle } else { high = middle }
    }
    Carried::ByRetries(low)
}

/// Says whether there is an equilibrium at some rates, with all that timeouts and hedges add, and every pool keeps up.
fn keeps_up(plan: &Plan<'_>, rates: &[Option<f64>]) -> bool {
    let load = under_load(plan, rates, Wanted::Load);
    load.is_settled && load.pools.iter().all(|pool| pool.used().is_none_or(|used| used < 1.0))
}

/// Returns the first of some months, of 0 and up, in which retries after timeouts, or hedges, leave the peak rates no equilibrium, or a pool is full; each journey grows by its share a month.
/// None where no call depends on times, where they last longer, or where there are too many calls to look.
pub fn months_until_retries(system: &System, growth: &[f64], months: u32) -> Option<u32> {
    let plan = Plan::new(system);
    let calls = system.n_calls();
    if calls > MAX_CURVE_CALLS || !plan.links().any(|(_, link)| link.feeds_back()) {
        return None;
    }
    let ends = |month: u32| {
        let grown = system.journeys.iter().zip(growth).map(|(journey, growth)| {
            let rate = peak(journey).or_else(|| journey.rate().map(Rate::per_second));
            rate.map(|rate| rate * libm::pow(1.0 + growth, f64::from(month)))
        });
        !keeps_up(&plan, &grown.collect::<Vec<_>>())
    };
    // What does not keep up does not when there is more: halves find the first.
    let (mut low, mut high) = (0, months + 1);
    while low < high {
        let middle = u32::midpoint(low, high);
        if ends(middle) { high = middle } else { low = middle + 1 }
    }
    (low <= months).then_some(low)
}

/// The load of a pool's busiest shard at the peak, by the journeys that bring it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadByJourney {
    /// The component.
    pub component: ComponentId,
    /// Whether it is the leaders of a component.
    pub is_leader: bool,
    /// The busy share of its workers that each journey brings, in the order of the system's.
    pub journeys: Vec<f64>,
}

/// Returns, for each pool whose workers and work are known, what each journey brings at the peak rates, retries after failed calls included.
pub fn loads_by_journey(system: &System) -> Vec<LoadByJourney> {
    let plan = Plan::of_loads(system);
    let attempts = first_attempts(&plan);
    let mut loads: Vec<LoadByJourney> = plan
        .pools
        .iter()
        .map(|pool| LoadByJourney { component: pool.component, is_leader: pool.is_leader, journeys: Vec::new() })
        .collect();
    let mut is_known = vec![true; loads.len()];
    for (at, journey) in system.journeys.iter().enumerate() {
        let rate = peak(journey).or_else(|| journey.rate().map(Rate::per_second));
        let mut rates = vec![None; system.journeys.len()];
        rates[at] = rate;
        for (pool, (used, _)) in pools::utilizations(&plan, &arrivals(&plan, &rates, &attempts)).into_iter().enumerate() {
            is_known[pool] &= used.is_some();
            loads[pool].journeys.push(used.unwrap_or(0.0));
        }
    }
    let mut is_known = is_known.into_iter();
    loads.retain(|_| is_known.next().unwrap_or(false));
    loads
}

/// Returns how busy the busiest shard of each pool is at the peak rates, retries after failed calls included. Pools of leaders alone, and those whose workers or work
/// are not known, are left out.
pub fn peak_utilizations(system: &System) -> Vec<(ComponentId, f64)> {
    let plan = Plan::of_loads(system);
    let rate = |journey: &Journey| peak(journey).or_else(|| journey.rate().map(Rate::per_second));
    let rates: Vec<Option<f64>> = system.journeys.iter().map(rate).collect();
    let used = pools::utilizations(&plan, &arrivals(&plan, &rates, &first_attempts(&plan)));
    let pools = plan.pools.iter().zip(used).filter(|(pool, _)| !pool.is_leader);
    pools.filter_map(|(pool, (used, _))| Some((pool.component, used?))).collect()
}

/// Says which number of calls a figure needs, where there are too many.
pub fn within(most: usize, calls: usize) -> String {
    let [most, calls] = [most, calls].map(|number| quantity::count(number as u64));
    format!("at most {most} calls in all journeys together; there are {calls}")
}

/// Computes the times of all journeys at the mean rates with the work of some components multiplied; none where a fact is missing or a pool cannot keep up.
pub fn times_with_work(system: &System, factors: &[(ComponentId, f64)]) -> Vec<Option<Times>> {
    let mut plan = Plan::new(system);
    for (component, factor) in factors {
        if let Service::Known { time, mean, .. } = &mut plan.services[component.index()] {
            (*time, *mean) = (time.scaled(*factor), Duration::new(mean.seconds() * factor));
        }
    }
    let calls = system.n_calls();
    let rates: Vec<Option<f64>> = system.journeys.iter().map(|journey| journey.rate().map(Rate::per_second)).collect();
    let load = under_load(&plan, &rates, if calls <= MAX_CALLS { Wanted::Times } else { Wanted::Pools });
    let blocked = facts::blocked(&plan);
    (0..system.journeys.len())
        .map(|at| {
            let walked = load.walked[at].as_ref()?;
            let visits = pools::visits(&plan, &system.journeys[at]);
            let is_open = load.is_settled && !blocked[at].response && overloaded(&plan, &load, &visits, true).is_none();
            is_open.then(|| Times::of(&walked.response))
        })
        .collect()
}

fn peak(journey: &Journey) -> Option<f64> {
    journey.facts.get(journey::PEAK).stated().map(Rate::per_second)
}

/// A system under one set of rates.
struct UnderLoad {
    attempts: Attempts,
    pools: Vec<PoolState>,
    walked: Vec<Option<Walked>>,
    /// Whether the attempts stopped moving.
    is_settled: bool,
    /// Per pool, how often a visit waits; worked out when a flag asks.
    waits: OnceLock<Vec<f64>>,
}

/// What is wanted of a system under a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    /// How busy pools are with what failed calls send again: no time is looked at.
    Pools,
    /// How busy they are, with what timeouts and hedges send.
    Load,
    /// What each visit waits, too.
    Waits,
    /// The times of all journeys, too.
    Times,
}

/// Brings load and times to agree: attempts from failed calls first, then with what the timeouts of the times found add, until nothing moves.
///
/// The attempts start at their least and only grow, so what is reached is the healthy equilibrium if there is one.
fn under_load(plan: &Plan<'_>, rates: &[Option<f64>], wanted: Wanted) -> UnderLoad {
    let journeys = &plan.system.journeys;
    let mut attempts = first_attempts(plan);
    let feeds_back = wanted != Wanted::Pools && plan.links().any(|(_, link)| link.feeds_back());
    // How long one waits takes most of the time, and how busy a pool is does not depend on it, but for its connections.
    let has_waits = wanted >= Wanted::Waits || feeds_back || connections::are_limited(plan);
    let mut round = 0;
    loop {
        let arrivals = arrivals(plan, rates, &attempts);
        let mut pools = if has_waits {
            pool_states(plan, &arrivals, &batches::streams(plan, rates, &attempts), &|_| 1.0)
        } else {
            pools::loads(plan, &arrivals)
        };
        connections::hold(plan, rates, &attempts, &mut pools);
        let loaded = Loaded::new(plan, &pools, None);
        round += 1;
        let moved = if feeds_back { raise(&mut attempts, journeys.iter().map(|journey| loaded.attempts(journey))) } else { 0.0 };
        let is_full = pools.iter().any(|pool| pool.used().is_some_and(|used| used >= 1.0));
        if moved <= STANDS_STILL || is_full || round >= MAX_ROUNDS {
            let is_settled = moved <= STANDS_STILL || is_full;
            let walked = journeys.iter().map(|journey| (wanted == Wanted::Times).then(|| loaded.walk(journey))).collect();
            return UnderLoad { attempts, pools, walked, is_settled, waits: OnceLock::new() };
        }
    }
}

/// Raises the attempts to what the walks found; returns the largest relative change.
fn raise(attempts: &mut Attempts, walked: impl Iterator<Item = Vec<f64>>) -> f64 {
    let mut moved = 0.0_f64;
    for (attempts, walked) in attempts.iter_mut().zip(walked) {
        for (old, new) in attempts.iter_mut().zip(&walked) {
            if *new > *old {
                moved = moved.max(new / *old - 1.0);
                *old = *new;
            }
        }
    }
    moved
}

fn journey_latency(
    plan: &Plan<'_>,
    at: usize,
    mean: &UnderLoad,
    at_peak: Option<&UnderLoad>,
    stability: &Stability,
    blocked: &facts::Blocked,
    is_bounded: bool,
) -> JourneyLatency {
    let journey = &plan.system.journeys[at];
    let visits = pools::visits(plan, journey);
    let state = |load: &UnderLoad, answers_only: bool| overloaded(plan, load, &visits, answers_only);
    let times = |load: &UnderLoad| {
        let walked = load.walked[at].as_ref()?;
        let is_open = is_bounded && load.is_settled && !blocked.response && state(load, true).is_none();
        is_open.then(|| Times::of(&walked.response))
    };
    let mean_load = times(mean);
    let walked = mean.walked[at].as_ref();
    let completion = walked.and_then(|walked| {
        let is_open = mean.is_settled && !blocked.response && !blocked.completion && state(mean, false).is_none();
        walked.completion.as_ref().filter(|_| is_open).map(Times::of)
    });
    let summed_p99 = mean_load.as_ref().and(walked).map(|walked| Duration::new(walked.summed_p99));
    let given_up = mean_load.as_ref().and(walked).and_then(|walked| {
        let (node, share) = walked.given_up?;
        match &journey.calls.node(node).kind {
            NodeKind::Call(call) => Some((call.link, share)),
            _ => None,
        }
    });
    let retried = || stability.of_journey(plan, &visits);
    JourneyLatency {
        peak_load: at_peak.and_then(times),
        completion,
        state: state(mean, true).unwrap_or_else(retried),
        peak_state: at_peak.map_or_else(|| state(mean, true), |peak| state(peak, true)).unwrap_or_else(retried),
        tail: None,
        steps: Vec::new(),
        first_request: mean_load.as_ref().and(walked).and_then(|walked| explain::first_request(plan, journey, &walked.response)),
        band_p99: None,
        summed_p99,
        given_up,
        flags: flags::of_both(plan, at, mean, at_peak, &visits),
        mean_load,
    }
}

/// Finds the pool on a journey's way that keeps up least, where one does not.
fn overloaded(plan: &Plan<'_>, load: &UnderLoad, visits: &[(usize, bool)], answers_only: bool) -> Option<State> {
    let full = visits.iter().filter(|(_, answers)| *answers || !answers_only).filter_map(|(pool, _)| {
        let used = load.pools[*pool].used()?;
        (used >= 1.0).then_some((plan.pools[*pool].component, used))
    });
    let (component, utilization) = full.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    Some(State::Overloaded { component, utilization })
}

fn stations(plan: &Plan<'_>, mean: &UnderLoad, peak: &UnderLoad) -> Vec<StationLoad> {
    let mut stations: Vec<StationLoad> = plan
        .pools
        .iter()
        .enumerate()
        .map(|(at, pool)| {
            let service = match &plan.services[pool.component.index()] {
                Service::Known { mean, .. } => Some(*mean),
                Service::Missing | Service::None => None,
            };
            let (servers, per_replica) = match pool.servers {
                Servers::Known { all, per_replica } => (Some(all), Some(per_replica)),
                Servers::Unknown | Servers::Unlimited => (None, None),
            };
            let shards =
                pool.groups.iter().zip(&mean.pools[at].groups).zip(&peak.pools[at].groups).map(|((group, mean), peak)| ShardLoad {
                    shards: group.shards.clone(),
                    arrivals: Rate::new(mean.arrivals),
                    peak_arrivals: Rate::new(peak.arrivals),
                    utilization: mean.utilization,
                    peak_utilization: peak.utilization,
                });
            StationLoad {
                component: pool.component,
                is_leader: pool.is_leader,
                has_readers: plan.pools.iter().any(|other| other.component == pool.component && !other.is_leader),
                servers,
                per_replica,
                service,
                scaling: scaling::Scaling::of(plan.system, pool.component).filter(|_| !pool.is_leader),
                is_known: pool.servers == Servers::Unlimited || (service.is_some() && servers.is_some()),
                connections: mean.pools[at].held.as_ref().map(|held| held.utilization),
                peak_connections: peak.pools[at].held.as_ref().map(|held| held.utilization),
                shards: shards.collect(),
            }
        })
        .collect();
    stations.sort_by_key(|station| (station.component, station.is_leader));
    stations
}
