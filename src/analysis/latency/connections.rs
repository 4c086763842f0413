//! Connections: places that a request holds at a component from acceptance to the answer, whatever it waits for meanwhile.
//!
//! The question: *how long does a request wait for a connection, and how many requests pass when all are taken?* A component with `K` connections is a closed network of `K` places:
//! its own workers, the stations of all that it calls, and the time under way. That network is reduced to one station ([`crate::queueing::throughput`]); components with connections
//! of their own inside it are reduced first.
//!
//! Exact for exponential work and calls one after another of one kind of request. Approximate, and flagged: a station inside that also works for others is slower by their share;
//! different requests are taken in their mean; steps at the same time are taken one after another; times keep their form and are scaled to the mean that the reduction gives.
//! Of more than 2,000 connections only bounds are known: their number ÷ the time that each is held, and the slowest station inside.
//! Left out: connections of sharded components and of single leaders.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::plan::{Plan, Servers};
use super::pools::{Attempts, PoolState, runs};
use crate::analysis::communication::access;
use crate::distribution::Distribution;
use crate::model::{Call, CallTree, ComponentId, NodeId, NodeKind};
use crate::quantity::{Duration, Rate};
use crate::queueing::{Inside, MAX_PLACES, many_places, places, throughput, throughput_of_many};
use crate::syntax::keys::component;
use crate::syntax::link_key::Arrow;

/// The connections of a pool under its load.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// The wait for one; nothing where more comes than passes with all of them taken.
    pub(super) waiting: Option<Rc<Distribution>>,
    /// What comes ÷ what passes with all of them taken.
    pub(super) utilization: f64,
    /// The mean time between acceptance and answer, in seconds, if connections had no limit, and as it is.
    pub(super) unlimited: f64,
    pub(super) limited: f64,
}

impl Held {
    /// Returns what a call takes that takes `time` without a limit.
    pub(super) fn held(&self, time: &Distribution) -> Distribution {
        let mean = time.mean().seconds();
        let factor = if mean > 0.0 { ((mean - self.unlimited + self.limited) / mean).clamp(0.0, 1.0) } else { 1.0 };
        let scaled = if factor < 1.0 - 1e-9 { time.scaled(factor) } else { time.clone() };
        self.waiting.as_ref().map_or_else(|| scaled.clone(), |waiting| waiting.then(&scaled))
    }
}

/// What requests need inside a component, per visit.
#[derive(Debug, Clone, Default)]
struct Needs {
    /// Visits per second.
    rate: f64,
    /// Seconds under way, or at stations without a queue.
    delay: f64,
    /// By pool: seconds of work, and visits.
    work: BTreeMap<usize, (f64, f64)>,
    /// By pool with connections of its own: visits.
    nested: BTreeMap<usize, f64>,
}

/// Says whether any pool has a limit of connections that is worked out.
pub(super) fn are_limited(plan: &Plan<'_>) -> bool {
    (0..plan.pools.len()).any(|at| is_worked_out(plan, at))
}

/// Says whether the connections of a pool's component count in its times.
pub(super) fn is_worked_out(plan: &Plan<'_>, at: usize) -> bool {
    limit(plan, at).is_some()
}

/// Works out the connections of all pools.
pub(super) fn hold(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts, pools: &mut [PoolState]) {
    let limits: Vec<Option<u64>> = (0..plan.pools.len()).map(|at| limit(plan, at)).collect();
    if limits.iter().all(Option::is_none) {
        return;
    }
    let needs = needs(plan, rates, attempts, &limits);
    let mut reduced: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    // What nests deepest comes first; components that call each other in a circle are left as they are.
    for _ in 0..limits.len() {
        let is_ready = |at: &usize| {
            limits[*at].is_some() && !reduced.contains_key(at) && needs[*at].nested.keys().all(|inner| reduced.contains_key(inner))
        };
        let Some(at) = (0..limits.len()).find(is_ready) else { break };
        let (inside, limit) = (inside(plan, &needs, pools, &reduced, at), limits[at].unwrap_or(1));
        let passes = if limit > MAX_PLACES { throughput_of_many(&inside, limit) } else { throughput(&inside, limit) };
        pools[at].held = held(&needs[at], pools, &passes, limit);
        reduced.insert(at, passes);
    }
}

/// Returns how many requests a pool holds at most; nothing where that has no limit, or none that is worked out.
fn limit(plan: &Plan<'_>, at: usize) -> Option<u64> {
    let pool = &plan.pools[at];
    let component = plan.system.component(pool.component);
    let each = component.facts.get(component::CONNECTIONS).stated()?;
    let all = each.max(1).saturating_mul(u64::from(component.replicas.max(1)));
    (!pool.is_leader && pool.shares_leader.is_none() && component.shards.len() == 1).then_some(all)
}

/// Returns the components with connections that a call asks for one of while a call around it holds another one.
///
/// Deadlock: once all are held by requests that wait for one, none is ever given back, but by a timeout. Source: E. G. Coffman, M. J. Elphick, A. Shoshani, System Deadlocks, ACM Computing
/// Surveys 3, 1971 (hold and wait, a circle of who waits for whom).
pub(super) fn asked_again(plan: &Plan<'_>, tree: &CallTree) -> BTreeSet<ComponentId> {
    let system = plan.system;
    let holds = |id: NodeId| match &tree.node(id).kind {
        NodeKind::Call(call) if !plan.link(call.link).is_in_process => {
            let carrier = system.carrier(call.callee);
            system.component(carrier).facts.get(component::CONNECTIONS).stated().map(|_| carrier)
        }
        _ => None,
    };
    let is_message = |id: NodeId| matches!(&tree.node(id).kind, NodeKind::Call(call) if call.arrow == Arrow::Message);
    let mut again = BTreeSet::new();
    // Nobody waits for a message: each begins anew.
    let mut begins = vec![CallTree::root_node()];
    while let Some(begin) = begins.pop() {
        let mut held: BTreeMap<ComponentId, u32> = BTreeMap::new();
        let mut open = vec![(begin, false)];
        while let Some((id, is_left)) = open.pop() {
            let own = holds(id);
            if is_left {
                own.into_iter().for_each(|own| *held.entry(own).or_default() -= 1);
                continue;
            }
            if let Some(own) = own {
                let count = held.entry(own).or_default();
                if *count > 0 {
                    again.insert(own);
                }
                *count += 1;
            }
            open.push((id, true));
            for child in &tree.node(id).children {
                if is_message(*child) { begins.push(*child) } else { open.push((*child, false)) }
            }
        }
    }
    again
}

fn needs(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts, limits: &[Option<u64>]) -> Vec<Needs> {
    let mut needs = vec![Needs::default(); plan.pools.len()];
    for ((journey, rate), attempts) in plan.system.journeys.iter().zip(rates).zip(attempts) {
        let Some(rate) = *rate else { continue };
        let tree = &journey.calls;
        let runs = runs(plan, tree, attempts);
        // By node: the pools whose connections are held around it, but for those that one of them holds inside.
        let mut around: Vec<Option<usize>> = vec![None; tree.nodes.len()];
        for id in tree.ids().skip(1) {
            let node = tree.node(id);
            let outer = node.parent.and_then(|parent| around[parent.index()]);
            around[id.index()] = outer;
            let NodeKind::Call(call) = &node.kind else { continue };
            let link = plan.link(call.link);
            let often = rate * runs[id.index()];
            if call.arrow != Arrow::Call {
                around[id.index()] = None;
            }
            let own = link.pool.filter(|pool| limits[*pool].is_some() && !link.is_in_process);
            if let Some(outer) = outer.filter(|_| call.arrow == Arrow::Call) {
                needs[outer].delay += often * under_way(plan, call);
                match own {
                    Some(pool) if pool != outer => *needs[outer].nested.entry(pool).or_default() += often,
                    _ => add_work(plan, call, often, &mut needs[outer]),
                }
            }
            if let Some(pool) = own {
                needs[pool].rate += often;
                needs[pool].delay += often * copies(plan, call);
                add_work(plan, call, often, &mut needs[pool]);
                if call.arrow == Arrow::Call {
                    around[id.index()] = Some(pool);
                }
            }
        }
    }
    for one in &mut needs {
        let rate = one.rate.max(f64::MIN_POSITIVE);
        one.delay /= rate;
        one.work.values_mut().for_each(|(work, visits)| (*work, *visits) = (*work / rate, *visits / rate));
        one.nested.values_mut().for_each(|visits| *visits /= rate);
    }
    needs
}

fn add_work(plan: &Plan<'_>, call: &Call, often: f64, needs: &mut Needs) {
    let link = plan.link(call.link);
    let work = often * plan.work(call.callee);
    match link.pool.filter(|pool| matches!(plan.pools[*pool].servers, Servers::Known { .. })) {
        Some(pool) => {
            let entry = needs.work.entry(pool).or_default();
            entry.0 += work;
            entry.1 += if link.is_in_process { 0.0 } else { often };
        }
        None => needs.delay += work,
    }
}

/// Returns the seconds that a call is under way, waits for copies included.
pub(super) fn under_way(plan: &Plan<'_>, call: &Call) -> f64 {
    let link = plan.link(call.link);
    if link.is_use || link.is_in_process {
        return 0.0;
    }
    let (on_the_wire, processing) = link.time_of_bytes(call);
    let hops: f64 = link.sidecars.iter().map(|sidecar| plan.same_host.mean().seconds() + plan.work(*sidecar)).sum();
    link.round_trip.mean().seconds() + on_the_wire.seconds() + processing.seconds() + hops + copies(plan, call)
}

fn copies(plan: &Plan<'_>, call: &Call) -> f64 {
    let waits = access(plan.system, call).is_write();
    plan.copies[call.callee.index()].as_ref().filter(|_| waits).map_or(0.0, |copies| copies.mean().seconds())
}

/// Returns the stations inside a pool's connections.
fn inside(plan: &Plan<'_>, needs: &[Needs], pools: &[PoolState], reduced: &BTreeMap<usize, Vec<f64>>, at: usize) -> Vec<Inside> {
    let own = &needs[at];
    let mut found = vec![Inside::Delay(own.delay)];
    for (pool, (work, _)) in &own.work {
        let Servers::Known { all, .. } = plan.pools[*pool].servers else { continue };
        #[expect(clippy::cast_precision_loss, reason = "a number of workers")]
        let through = own.rate * work / all as f64;
        let others = (pools[*pool].utilization().unwrap_or(0.0) - through).clamp(0.0, 0.999);
        found.push(Inside::Servers { servers: all, demand: work / (1.0 - others) });
    }
    for (pool, visits) in &own.nested {
        let passes = &reduced[pool];
        let most = passes.last().copied().unwrap_or(f64::INFINITY);
        let others = ((needs[*pool].rate - own.rate * visits) / most).clamp(0.0, 0.999);
        found.push(Inside::Limited { visits: *visits, throughput: passes.iter().map(|speed| speed * (1.0 - others)).collect() });
    }
    found.retain(|station| !matches!(station, Inside::Delay(0.0) | Inside::Servers { demand: 0.0, .. }));
    found
}

fn held(needs: &Needs, pools: &[PoolState], passes: &[f64], limit: u64) -> Option<Held> {
    if needs.rate <= 0.0 || passes.last().is_none_or(|most| !most.is_finite()) {
        return None;
    }
    let wait = |pool: usize| pools[pool].waiting.as_ref().map_or(0.0, |waiting| waiting.mean().seconds());
    let stations: f64 = needs.work.iter().map(|(pool, (work, visits))| work + visits * wait(*pool)).sum();
    let nested = needs.nested.iter().map(|(pool, visits)| {
        let of = pools[*pool].held.as_ref();
        visits * of.map_or(0.0, |held| held.limited + held.waiting.as_ref().map_or(0.0, |waiting| waiting.mean().seconds()))
    });
    let unlimited = needs.delay + stations + nested.sum::<f64>();
    let most = passes.last().copied().unwrap_or(f64::INFINITY);
    let arrivals = Rate::new(needs.rate);
    let found = if limit > MAX_PLACES { many_places(arrivals, limit, most, Duration::new(unlimited)) } else { places(arrivals, passes) };
    Some(Held {
        utilization: needs.rate / most,
        limited: found.as_ref().map_or(unlimited, |found| found.inside.seconds().min(unlimited)),
        waiting: found.map(|found| Rc::new(found.waiting)),
        unlimited,
    })
}
