//! The same model as an event simulation: a check of the formulas, and an answer where they end.
//!
//! The question: *do the computed percentiles hold, and does the system get up again after it was pushed?* Requests come at random, queue, are worked on, call others, are
//! cut off, tried again and hedged, one by one. Nothing is computed from distributions of sums here: times are drawn from the laws that the model states.
//!
//! ```text
//! program    journeys, links, stations, read off the plan of the formulas
//! engine     clock; events: what is to come; visit: one callee at work; guard: budgets and breakers
//! law        how a time is drawn; random: the generator
//! statistics percentiles and intervals over replications
//! storm      a vulnerable pool stands still for a while: does it recover?
//! ```
//!
//! Each of [`REPLICATIONS`] replications starts empty with random numbers of its own, runs a fifth of its length unobserved, and is observed until all requests of
//! the rest are answered. The seed is stated, so a run repeats to the byte, on every machine.
//!
//! It differs from the formulas where these are approximate: streams between pools are what they are; a fan-out arrives at once; the copies of a store that answer reads are
//! not the leader; work inside a process is done by one worker in one go; `connections` are held until the answer; breakers open and close; budgets run out.
//! It shares with them what the model does not say: ideal balancing over replicas, a caller that goes on without an answer that it gave up.

mod engine;
mod events;
mod frame;
mod guard;
mod law;
mod program;
mod random;
mod statistics;
mod storm;
mod visit;

#[cfg(test)]
mod tests;

pub use engine::MAX_OPEN_STEPS;
pub use statistics::Estimate;
pub use storm::{STORM_REPLICATIONS, Storm};

use self::engine::{End, Engine, Found, Span};
use self::program::Program;
use self::random::Random;
use self::statistics::Times;
use super::latency::Latency;
use crate::model::{ComponentId, System};
use crate::quantity::Probability;

/// The replications of a run.
pub const REPLICATIONS: u32 = 10;

/// The requests that are observed, where nothing else is asked for.
pub const DEFAULT_REQUESTS: u64 = 200_000;

/// The most requests that may be asked for.
pub const MAX_REQUESTS: u64 = 10_000_000;

/// The seed, where no other is asked for.
pub const DEFAULT_SEED: u64 = 1;

/// The most events of one replication; what would take more ends there, and says so.
pub const MAX_EVENTS: u64 = 20_000_000;

/// The part of a replication's time that is not observed.
const WARM_UP: f64 = 0.2;

/// From this share of requests on that are still open when the last one comes, a replication had no steady state.
const OPEN_SHARE: f64 = 0.1;

/// What is asked of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How many requests are observed, of all journeys and replications together.
    pub requests: u64,
    /// What decides the random numbers.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { requests: DEFAULT_REQUESTS, seed: DEFAULT_SEED }
    }
}

/// What a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// What was asked.
    pub settings: Settings,
    /// The replications that ran.
    pub replications: u32,
    /// Those of them that had no steady state: a tenth of the requests or more were open when the last one came, or more than [`MAX_OPEN_STEPS`] steps.
    pub unsteady: u32,
    /// Those of them that ended at [`MAX_EVENTS`].
    pub cut_off: u32,
    /// The events handled.
    pub events: u64,
    /// Per journey, in the order of the system's; none without a rate or a request.
    pub journeys: Vec<Option<SimulatedJourney>>,
    /// The busy share of each pool's busiest shard, by component.
    pub stations: Vec<SimulatedStation>,
    /// What becomes of vulnerable pools after they stood still.
    pub storms: Vec<Storm>,
    /// Whether somebody stopped it before its end.
    pub is_stopped: bool,
}

/// A journey, simulated at its mean rate.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedJourney {
    /// The requests observed.
    pub requests: u64,
    /// The time until the answer.
    pub response: SimulatedTimes,
    /// The time until the last message is worked off; none without messages.
    pub completion: Option<SimulatedTimes>,
    /// The share of requests of which a call ended without an answer in time.
    pub given_up: Probability,
}

/// The figures of a time. A percentile is missing where fewer than ten times lie beyond it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedTimes {
    /// The mean.
    pub mean: Estimate,
    /// The median.
    pub p50: Option<Estimate>,
    /// The 95th percentile.
    pub p95: Option<Estimate>,
    /// The 99th percentile.
    pub p99: Option<Estimate>,
    /// The 99.9th percentile.
    pub p999: Option<Estimate>,
}

/// A pool, simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedStation {
    /// The component.
    pub component: ComponentId,
    /// Whether it is the leaders of a component.
    pub is_leader: bool,
    /// The busy share of the workers of its busiest shard.
    pub utilization: f64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Replications that are done, those of storms included.
    pub done: u32,
    /// All of them.
    pub all: u32,
}

/// Simulates a system. `goes_on` is told how far it is, and says whether to go on; what was found until then is returned either way.
///
/// None where no journey has a rate: nothing would ever come.
pub fn simulate(system: &System, latency: &Latency, settings: Settings, goes_on: &mut dyn FnMut(Progress) -> bool) -> Option<Simulation> {
    let program = Program::new(system, &program::mean_rates(system));
    let rate: f64 = program.rates.iter().sum();
    if rate <= 0.0 || !rate.is_finite() {
        return None;
    }
    let pushed = storm::pushed(&program, latency);
    let all = REPLICATIONS + STORM_REPLICATIONS * u32::try_from(pushed.len()).unwrap_or(u32::MAX);
    let requests = settings.requests.clamp(1, MAX_REQUESTS);
    #[expect(clippy::cast_precision_loss, reason = "at most 10 million requests")]
    let observed = requests as f64 / f64::from(REPLICATIONS) / rate;
    let end = observed / (1.0 - WARM_UP);
    let span = Span { warm_up: end - observed, end, max_events: MAX_EVENTS, stall: None };
    let mut found: Vec<Found> = Vec::new();
    let mut is_stopped = false;
    for replication in 0..REPLICATIONS {
        if !goes_on(Progress { done: replication, all }) {
            is_stopped = true;
            break;
        }
        let progress = Progress { done: replication, all };
        let one = Engine::new(&program, span, Random::stream(settings.seed, replication)).run(&mut || goes_on(progress));
        if one.end == End::Stopped {
            is_stopped = true;
            break;
        }
        found.push(one);
    }
    let mut storms = Vec::new();
    let mut done = REPLICATIONS;
    for pushed in pushed {
        if is_stopped {
            break;
        }
        let storm = storm::storm(&program, settings.seed, pushed, &mut |replication| {
            let may = goes_on(Progress { done: done + replication, all });
            is_stopped |= !may;
            may
        });
        storms.extend(storm);
        done += STORM_REPLICATIONS;
    }
    Some(summary(&program, settings, &span, found, storms, is_stopped))
}

fn summary(program: &Program, settings: Settings, span: &Span, mut found: Vec<Found>, storms: Vec<Storm>, is_stopped: bool) -> Simulation {
    let count = |holds: fn(&Found) -> bool| u32::try_from(found.iter().filter(|one| holds(one)).count()).unwrap_or(u32::MAX);
    let (unsteady, cut_off) = (count(is_unsteady), count(|one| one.end == End::Events));
    let events = found.iter().map(|one| one.events).sum();
    let stations = stations(program, span, &found);
    let journeys = (0..program.rates.len())
        .map(|journey| {
            let given_up: u64 = found.iter().map(|one| one.given_up[journey]).sum();
            let mut taken = |times: fn(&mut Found) -> &mut Vec<Vec<f64>>| {
                Times::new(found.iter_mut().map(|one| std::mem::take(&mut times(one)[journey])).collect())
            };
            let responses = taken(|one| &mut one.responses);
            let completions = taken(|one| &mut one.completions);
            #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
            let share = given_up as f64 / responses.count().max(1) as f64;
            Some(SimulatedJourney {
                requests: responses.count(),
                response: times(&responses)?,
                completion: times(&completions),
                given_up: Probability::new(share),
            })
        })
        .collect();
    Simulation {
        settings,
        replications: u32::try_from(found.len()).unwrap_or(u32::MAX),
        unsteady,
        cut_off,
        events,
        journeys,
        stations,
        storms,
        is_stopped,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
fn is_unsteady(found: &Found) -> bool {
    found.end == End::OpenSteps || found.open_at_end as f64 >= OPEN_SHARE * found.counted.max(100) as f64
}

fn times(times: &Times) -> Option<SimulatedTimes> {
    let mean = times.mean()?;
    let [p50, p95, p99, p999] = times.percentiles();
    Some(SimulatedTimes { mean, p50, p95, p99, p999 })
}

/// Returns the busy share of each pool's busiest shard, over the replications that came to their end.
fn stations(program: &Program, span: &Span, found: &[Found]) -> Vec<SimulatedStation> {
    let complete: Vec<&Found> = found.iter().filter(|one| one.end == End::Complete).collect();
    if complete.is_empty() {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a few replications, at most 10 billion workers")]
    let busy = |station: usize| {
        let work: f64 = complete.iter().map(|one| one.work[station]).sum();
        work / (span.end - span.warm_up) / complete.len() as f64 / program.stations[station].servers as f64
    };
    let mut stations: Vec<SimulatedStation> = program
        .pools
        .iter()
        .filter(|pool| program.stations[pool.first as usize].servers != program::UNLIMITED)
        .filter_map(|pool| {
            let shards = pool.first as usize..pool.first as usize + pool.shares.len();
            let utilization = shards.map(busy).max_by(f64::total_cmp)?;
            Some(SimulatedStation { component: pool.component, is_leader: pool.is_leader, utilization })
        })
        .collect();
    stations.sort_by_key(|station| (station.component, station.is_leader));
    stations
}
