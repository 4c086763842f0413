//! What it costs to have several small pools of workers instead of one large one.
//!
//! The question: *how much of what a split adds is lost pooling, and how much are the calls over the network?* The same workers in smaller pools let requests wait longer: one
//! pool is idle while another has a queue. Three times are compared, at the same rates, with the same workers and the same work:
//!
//! | | |
//! | --- | --- |
//! | one pool | all workers of all programs that serve requests (services, functions; all shards) serve one queue; a request waits once, then one worker does the work of all its calls of programs |
//! | divided | each program waits for its own workers, but calls between programs cost nothing |
//! | as modelled | these calls also cost their round trips, bytes, sidecars, timeouts |
//!
//! divided − one pool is lost pooling; as modelled − divided is what the calls cost. What stands before and behind the programs is the same in all three. Work that follows
//! messages loads the one pool by itself; retries between programs are left out of the first two. Steps at the same time stay so.

use std::rc::Rc;

use super::plan::{LinkPlan, Plan, Servers, Service};
use super::pools::PoolState;
use super::walk::Loaded;
use super::{JourneyLatency, UnderLoad};
use crate::analysis::communication::walk::Flow;
use crate::distribution::{Distribution, Mixture};
use crate::model::{ComponentId, Journey, LinkId, NodeKind, System};
use crate::quantity::{Duration, Rate};
use crate::queueing::{Station, queue};
use crate::syntax::vocabulary::ComponentKind;

/// All programs as one pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooling {
    /// The workers of all programs together.
    pub workers: u64,
    /// The queues in which requests wait for them as modelled.
    pub queues: u64,
    /// The busy share of the workers as one pool.
    pub utilization: f64,
    /// Per journey; none where it has no times, or visits no program.
    pub journeys: Vec<Option<Pooled>>,
}

/// A journey's times, median and 99th percentile, with less lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// In one pool.
    pub one_pool: (Duration, Duration),
    /// In the pools that there are, calls between programs free of charge.
    pub divided: (Duration, Duration),
}

/// Computes the times in one pool; nothing where programs have one queue, or of one of them workers or work are not known.
pub(super) fn pooling(plan: &Plan<'_>, rates: &[Option<f64>], mean: &UnderLoad, found: &[JourneyLatency]) -> Option<Pooling> {
    let system = plan.system;
    let (mut workers, mut queues) = (0_u64, 0_u64);
    let is_pooled: Vec<bool> =
        plan.pools.iter().zip(&mean.pools).map(|(pool, state)| is_program(system, pool.component) && is_visited(state)).collect();
    for (pool, _) in plan.pools.iter().zip(&is_pooled).filter(|(_, is_pooled)| **is_pooled) {
        let (Servers::Known { all, .. }, Service::Known { .. }) = (pool.servers, &plan.services[pool.component.index()]) else {
            return None;
        };
        let shards: u64 = pool.groups.iter().map(|group| group.shards.len() as u64).sum();
        queues += shards;
        workers = workers.saturating_add(all.saturating_mul(shards));
    }
    if queues < 2 {
        return None;
    }
    let mut divided = plan.clone();
    divided.change_links(|system, id, link| {
        if is_between_programs(system, id) {
            link.cost_nothing();
        }
    });
    let works: Vec<Distribution> = {
        let alone = work_alone(plan);
        let loaded = Loaded::new(&alone, &mean.pools, None);
        system.journeys.iter().map(|journey| loaded.walk(&one_after_another(plan, journey)).response).collect()
    };
    let (waiting, utilization) = wait(plan, rates, &works, workers)?;
    let pools: Vec<PoolState> = mean
        .pools
        .iter()
        .zip(&is_pooled)
        .map(|(state, is_pooled)| if *is_pooled { state.waits(&waiting) } else { state.clone() })
        .collect();
    let mut one = divided.clone();
    one.change_links(|system, id, link| {
        if is_between_programs(system, id) {
            link.pool = None;
        }
    });
    let (one, divided) = (Loaded::new(&one, &pools, None), Loaded::new(&divided, &mean.pools, None));
    let figures = |loaded: &Loaded<'_, '_>, journey: &Journey| {
        let time = loaded.walk(journey).response;
        (time.percentile(0.5), time.percentile(0.99))
    };
    let journeys = system.journeys.iter().zip(found).zip(&works).map(|((journey, found), work)| {
        let is_open = found.mean_load.is_some() && !work.is_zero();
        is_open.then(|| Pooled { one_pool: figures(&one, journey), divided: figures(&divided, journey) })
    });
    Some(Pooling { workers, queues, utilization, journeys: journeys.collect() })
}

fn is_program(system: &System, id: ComponentId) -> bool {
    matches!(system.component(system.carrier(id)).kind, ComponentKind::Service | ComponentKind::Function)
}

fn is_between_programs(system: &System, id: LinkId) -> bool {
    let link = system.link(id);
    is_program(system, link.from) && is_program(system, link.to)
}

fn is_visited(state: &PoolState) -> bool {
    state.groups.iter().any(|group| group.arrivals > 0.0)
}

impl LinkPlan {
    /// Makes its calls calls inside a process, which still wait for a worker of the callee.
    fn cost_nothing(&mut self) {
        self.round_trip = Distribution::zero();
        self.without_bytes();
        self.sidecars = Vec::new();
        (self.timeout, self.hedge_after, self.wait, self.budget) = (None, None, None, None);
        (self.retries, self.failed) = (0, 0.0);
    }
}

impl PoolState {
    /// Returns the pool with another wait.
    fn waits(&self, waiting: &Rc<Distribution>) -> Self {
        let mut other = self.clone();
        other.waiting = Some(Rc::clone(waiting));
        other.batches.clear();
        for group in &mut other.groups {
            group.waiting = Some(Rc::clone(waiting));
        }
        other
    }
}

/// Returns the plan in which only the work of programs takes time.
fn work_alone<'s>(plan: &Plan<'s>) -> Plan<'s> {
    let mut alone = plan.clone();
    alone.change_links(|_, _, link| {
        link.cost_nothing();
        (link.pool, link.width) = (None, 1);
    });
    for id in plan.system.component_ids().filter(|id| !is_program(plan.system, *id)) {
        alone.services[id.index()] = Service::None;
    }
    alone.copies.fill(None);
    alone.targets.fill(Vec::new());
    alone
}

/// Returns a journey whose steps at the same time come one after another: one worker does them all.
fn one_after_another(plan: &Plan<'_>, journey: &Journey) -> Journey {
    let mut journey = journey.clone();
    for node in &mut journey.calls.nodes {
        match &mut node.kind {
            NodeKind::Parallel { .. } => node.kind = NodeKind::Sequence,
            NodeKind::Call(call) => call.times = call.times.saturating_mul(plan.link(call.link).width),
            _ => {}
        }
    }
    journey
}

/// Returns the wait for one of all workers, and how busy they are; nothing where they cannot keep up.
fn wait(plan: &Plan<'_>, rates: &[Option<f64>], works: &[Distribution], workers: u64) -> Option<(Rc<Distribution>, f64)> {
    let mut streams: Vec<(f64, Distribution)> = Vec::new();
    for ((journey, rate), work) in plan.system.journeys.iter().zip(rates).zip(works) {
        let Some(rate) = *rate else { continue };
        if !work.is_zero() {
            streams.push((rate, work.clone()));
        }
        let off = journey.calls.asynchronous();
        let runs = Flow::new(&journey.calls).executions(|_| 1.0);
        for (node, call) in journey.calls.calls().filter(|(node, call)| off[node.index()] && is_program(plan.system, call.callee)) {
            if let Service::Known { time, .. } = &plan.services[call.callee.index()] {
                streams.push((rate * runs[node.index()], time.clone()));
            }
        }
    }
    let all: f64 = streams.iter().map(|(rate, _)| rate).sum();
    if all <= 0.0 {
        return None;
    }
    let mut service = Mixture::default();
    for (rate, work) in streams {
        service.add(rate / all, work);
    }
    let service = service.total();
    let found = queue(&Station { arrivals: Rate::new(all), arrival_scv: 1.0, servers: workers, service: &service, is_exponential: false })?;
    Some((Rc::new(found.waiting), found.utilization))
}
