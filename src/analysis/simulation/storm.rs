//! A push: the workers of a vulnerable pool stand still for a while. Do they work off what piled up, or do the retries of those who wait keep them full?
//!
//! Without retries a pool of utilization `ρ` works off what came while it stood still for `d` in `d·ρ/(1 − ρ)`. A pool that is still full after several times that is
//! kept full by its callers: a metastable failure, which outlives its cause.
//!
//! Source: N. Bronson, A. Aghayev, A. Charapko, T. Zhu, Metastable Failures in Distributed Systems, HotOS 2021.

use super::engine::{End, Engine, Span, Stall};
use super::program::Program;
use super::random::Random;
use crate::analysis::latency::Latency;
use crate::model::ComponentId;
use crate::quantity::Duration;

/// The replications of a push.
pub const STORM_REPLICATIONS: u32 = 5;

/// The most pools that are pushed, the most vulnerable first.
const MAX_PUSHED: usize = 5;

/// The most events of one replication of a push.
const MAX_EVENTS: u64 = 10_000_000;

/// A pool is watched for this many times as long as it would take without retries, and so many times as long as it stood still.
const PATIENCE: (f64, f64) = (5.0, 10.0);

/// The longest that it is watched, as a multiple of how long it stood still.
const LONGEST: f64 = 60.0;

/// What became of a pool that stood still.
#[derive(Debug, Clone, PartialEq)]
pub struct Storm {
    /// The component.
    pub component: ComponentId,
    /// How long its workers began nothing: twice the longest timeout of a retried link, from 1 s to 60 s.
    pub stood_still: Duration,
    /// How long it would take to work off what came meanwhile, without retries.
    pub expected: Duration,
    /// How long it was watched.
    pub watched: Duration,
    /// By replication: when its queue was gone for the first time; none where that did not happen while it was watched.
    pub recovered: Vec<Option<Duration>>,
    /// The replications that ended at the limit of events, undecided; they are not among `recovered`.
    pub undecided: u32,
}

impl Storm {
    /// Returns in how many replications the pool did not recover.
    pub fn lasting(&self) -> usize {
        self.recovered.iter().filter(|one| one.is_none()).count()
    }

    /// Returns the longest time until it recovered.
    pub fn slowest(&self) -> Option<Duration> {
        self.recovered.iter().flatten().copied().max_by(|a, b| a.seconds().total_cmp(&b.seconds()))
    }
}

/// A pool to push.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pushed {
    component: ComponentId,
    pool: usize,
    utilization: f64,
}

/// Returns the pools that retries alone could keep full, the most vulnerable first.
pub(super) fn pushed(program: &Program, latency: &Latency) -> Vec<Pushed> {
    let mut vulnerable: Vec<_> = latency.stability.amplified.iter().filter(|one| one.is_vulnerable()).collect();
    vulnerable.sort_by(|a, b| b.utilization_while_retried.total_cmp(&a.utilization_while_retried).then(a.component.cmp(&b.component)));
    vulnerable
        .into_iter()
        .filter_map(|one| {
            // Of a store whose copies answer reads it is the leaders who take what is retried.
            let pools = program.pools.iter().enumerate().filter(|(_, pool)| pool.component == one.component);
            let (pool, _) = pools.max_by_key(|(_, pool)| pool.is_leader)?;
            Some(Pushed { component: one.component, pool, utilization: one.utilization })
        })
        .take(MAX_PUSHED)
        .collect()
}

/// Pushes a pool; none where somebody stopped it before the first replication was done.
pub(super) fn storm(program: &Program, seed: u64, pushed: Pushed, goes_on: &mut dyn FnMut(u32) -> bool) -> Option<Storm> {
    let timeouts = program.links.iter().filter(|link| link.retries > 0 && link.timeout.is_finite()).map(|link| link.timeout);
    let stood_still = timeouts.max_by(f64::total_cmp).map_or(10.0, |longest| (2.0 * longest).clamp(1.0, 60.0));
    let expected = stood_still * pushed.utilization / (1.0 - pushed.utilization);
    let watched = (PATIENCE.0 * expected + PATIENCE.1 * stood_still).min(LONGEST * stood_still);
    let from = 2.0 * stood_still;
    let stall = Stall { pool: pushed.pool, from, to: from + stood_still };
    let span = Span { warm_up: f64::INFINITY, end: stall.to + watched, max_events: MAX_EVENTS, stall: Some(stall) };
    let mut storm = Storm {
        component: pushed.component,
        stood_still: Duration::new(stood_still),
        expected: Duration::new(expected),
        watched: Duration::new(watched),
        recovered: Vec::new(),
        undecided: 0,
    };
    for replication in 0..STORM_REPLICATIONS {
        if !goes_on(replication) {
            break;
        }
        // Streams of their own, behind those of the replications without a push.
        let stream = super::REPLICATIONS + replication;
        let found = Engine::new(program, span, Random::stream(seed, stream)).run(&mut || goes_on(replication));
        if found.end == End::Stopped {
            break;
        }
        // What grew without end did not recover; what was cut off may have.
        let recovered = found.recovered.iter().copied().try_fold(0.0_f64, |latest, one| Some(latest.max(one?)));
        match recovered {
            Some(after) => storm.recovered.push(Some(Duration::new(after))),
            None if found.end == End::Events => storm.undecided += 1,
            None => storm.recovered.push(None),
        }
    }
    (!storm.recovered.is_empty() || storm.undecided > 0).then_some(storm)
}

/// Pushes a component that nothing calls vulnerable.
#[cfg(test)]
pub(super) fn pushed_anyway(system: &crate::model::System, id: &str, utilization: f64) -> Storm {
    let program = Program::new(system, &super::program::mean_rates(system));
    let component = system.find_component(id).expect("it is declared");
    let pool = program.pools.iter().position(|pool| pool.component == component).expect("it is called");
    storm(&program, 1, Pushed { component, pool, utilization }, &mut |_| true).expect("nobody stopped it")
}
