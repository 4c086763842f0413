//! Where a figure is approximate, so that nobody takes it for more than it is.
//!
//! Most formulas take visits, attempts, and members of a step to be independent of each other. That holds where few of them wait: so most flags ask how often a visit waits at all
//! (Erlang's probability), which says the same of one worker that is 10 % busy as of sixteen that are 70 % busy. What each is off by was measured against the simulation:
//! `docs/latency.md` has the figures.

use std::collections::{BTreeMap, BTreeSet};

use super::batches::Batches;
use super::plan::{Plan, Pool, Servers, Service};
use super::pools::PoolState;
use super::{Flag, UnderLoad, connections};
use crate::model::{CallTree, ComponentId, Journey, NodeId, NodeKind};
use crate::queueing::{MAX_SERVERS, erlang_c};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;

/// The share of visits that wait from which who waited long once waits long again.
const OFTEN: f64 = 0.1;

/// The share of visits that wait from which the second copy of a hedged call waits behind the first.
const SELDOM: f64 = 0.05;

/// The utilization from which work far from exponential shapes what a pool passes on.
const BUSY: f64 = 0.5;

/// The share by which connections must shorten what waits inside before they are flagged.
const LEAST_HELD: f64 = 0.001;

/// The utilization from which calls at the same time into one pool wait for each other, though there is a worker for each.
const LIGHTLY_BUSY: f64 = 0.2;

/// So few workers let the second copy of a hedged call wait behind the first, however idle they are.
const FEW_WORKERS: u64 = 2;

/// The most steps around a call among which groups are looked for that it is a member of.
const MAX_GROUPS_AROUND: usize = 64;

/// Lists where a journey's figures are approximate, at the mean rates or at the peak.
pub(super) fn of_both(plan: &Plan<'_>, at: usize, mean: &UnderLoad, peak: Option<&UnderLoad>, visits: &[(usize, bool)]) -> Vec<Flag> {
    let mut flags = of_load(plan, at, mean, visits);
    if let Some(peak) = peak.filter(|peak| peak.walked[at].is_some()) {
        flags.extend(of_load(plan, at, peak, visits));
    }
    flags.into_iter().collect()
}

/// A journey under a load.
struct Looked<'a, 's> {
    plan: &'a Plan<'s>,
    load: &'a UnderLoad,
    tree: &'a CallTree,
    batches: Batches,
}

fn of_load(plan: &Plan<'_>, at: usize, load: &UnderLoad, visits: &[(usize, bool)]) -> BTreeSet<Flag> {
    let journey = &plan.system.journeys[at];
    let looked = Looked { plan, load, tree: &journey.calls, batches: Batches::of(plan, &journey.calls) };
    let mut flags = BTreeSet::new();
    for (at, _) in visits {
        let (pool, state) = (&plan.pools[*at], &load.pools[*at]);
        if pool.servers == Servers::Unknown {
            flags.insert(Flag::NoQueueing(pool.component));
        }
        if !state.is_exact {
            flags.insert(Flag::Interpolated(pool.component));
        }
        if state.held.as_ref().is_some_and(|held| held.limited < held.unlimited * (1.0 - LEAST_HELD)) {
            flags.insert(Flag::HeldConnections(pool.component));
        }
        let has_connections = plan.system.component(pool.component).facts.get(component::CONNECTIONS).stated().is_some();
        if has_connections && !connections::is_worked_out(plan, *at) {
            flags.insert(Flag::ConnectionsLeftOut(pool.component));
        }
    }
    let of_pools = |pools: BTreeSet<usize>, flag: fn(ComponentId) -> Flag| -> Vec<Flag> {
        pools.into_iter().map(|pool| flag(plan.pools[pool].component)).collect()
    };
    let walked = load.walked[at].as_ref();
    let often = |pools: BTreeSet<usize>| -> BTreeSet<usize> { pools.into_iter().filter(|pool| looked.waits(*pool) >= OFTEN).collect() };
    flags.extend(of_pools(looked.passes_on(), Flag::BusyChain));
    flags.extend(of_pools(often(looked.visited_again()), Flag::RepeatedVisits));
    flags.extend(of_pools(often(looked.visited_below(walked.map_or(&[], |walked| &walked.timed_out))), Flag::RetriedWaits));
    flags.extend(of_pools(often(looked.visited_in_quorums()), Flag::QuorumOfBusy));
    flags.extend(of_pools(looked.shared_queues(), Flag::SharedQueue));
    flags.extend(of_pools(looked.hedged(), Flag::HedgedQueue));
    flags.extend(looked.broken(walked.map_or(&[], |walked| &walked.failing)).into_iter().map(Flag::Breaker));
    flags.extend(connections::asked_again(plan, &journey.calls).into_iter().map(Flag::WaitsForItself));
    if plan.system.journeys.iter().any(|journey: &Journey| journey.rate().is_none()) {
        flags.insert(Flag::LoadIncomplete);
    }
    let has_groups = journey.calls.nodes.iter().any(|node| matches!(node.kind, NodeKind::Parallel { .. }));
    if has_groups || journey.calls.calls().any(|(_, call)| plan.link(call.link).width > 1) {
        flags.insert(Flag::FanOut);
    }
    if looked.has_hedged_tail() {
        flags.insert(Flag::HedgedTail);
    }
    if walked.is_some_and(|walked| walked.is_cut) {
        flags.insert(Flag::ManyAttempts);
    }
    flags
}

/// Returns, per pool, how often a visit waits for a worker, by Erlang's formula; 0 where that is not known.
fn waits(plan: &Plan<'_>, pools: &[PoolState]) -> Vec<f64> {
    let of_pool = |(pool, state): (&Pool, &PoolState)| match (pool.servers, state.utilization()) {
        (Servers::Known { .. }, Some(used)) if used >= 1.0 => 1.0,
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000 workers")]
        (Servers::Known { all, .. }, Some(used)) => {
            let workers = all.clamp(1, MAX_SERVERS);
            erlang_c(used * workers as f64, workers)
        }
        _ => 0.0,
    };
    plan.pools.iter().zip(pools).map(of_pool).collect()
}

/// Says whether a pool shapes what it passes on: it is busy, and its work is far from exponential.
fn is_uneven(plan: &Plan<'_>, load: &UnderLoad, pool: usize) -> bool {
    let is_uneven = match &plan.services[plan.pools[pool].component.index()] {
        Service::Known { time, .. } => (time.scv() - 1.0).abs() > 0.5,
        Service::Missing | Service::None => false,
    };
    is_uneven && load.pools[pool].utilization().is_some_and(|used| used >= BUSY)
}

impl Looked<'_, '_> {
    /// Returns how often a visit of a pool waits for a worker.
    fn waits(&self, pool: usize) -> f64 {
        self.load.waits.get_or_init(|| waits(self.plan, &self.load.pools))[pool]
    }

    /// Returns the pool that a call visits; none where it stays inside the process.
    fn pool_of(&self, id: NodeId) -> Option<usize> {
        let NodeKind::Call(call) = &self.tree.node(id).kind else { return None };
        let link = self.plan.link(call.link);
        link.pool.filter(|_| !link.is_in_process)
    }

    /// Returns the uneven pools behind whose visits those of another one follow, where both let wait.
    fn passes_on(&self) -> BTreeSet<usize> {
        // By pool: its first visit and its last.
        let mut visits: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (at, pool) in self.tree.calls().filter_map(|(id, _)| self.pool_of(id)).enumerate() {
            visits.entry(pool).or_insert((at, at)).1 = at;
        }
        visits.retain(|pool, _| self.waits(*pool) >= OFTEN);
        let follows = |first: usize, pool: usize| visits.iter().any(|(other, (_, last))| *other != pool && *last > first);
        let passes_on = |(pool, (first, _)): (&usize, &(usize, usize))| {
            (is_uneven(self.plan, self.load, *pool) && follows(*first, *pool)).then_some(*pool)
        };
        visits.iter().filter_map(passes_on).collect()
    }

    /// Returns the pools that one request visits more than once for its answer; calls that come as one batch are one visit.
    fn visited_again(&self) -> BTreeSet<usize> {
        let (mut visited, mut again, mut met) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        // By node: whether it is off the response path, and whether it, or what it stands below, runs several times in a row.
        let off = self.tree.asynchronous();
        let mut repeats = vec![false; self.tree.nodes.len()];
        for id in self.tree.ids().skip(1) {
            let node = self.tree.node(id);
            let at = id.index();
            repeats[at] = node.parent.is_some_and(|parent| repeats[parent.index()]);
            let NodeKind::Call(call) = &node.kind else { continue };
            repeats[at] |= call.times > 1;
            let is_next_of_batch = self.batches.of_call(id).is_some_and(|batch| !met.insert((batch.at, batch.pool)));
            if let Some(pool) = self.pool_of(id).filter(|_| !off[at])
                && ((!is_next_of_batch && !visited.insert(pool)) || repeats[at])
            {
                again.insert(pool);
            }
        }
        again
    }

    /// Returns the pools in which calls wait that time out, or parallel steps of such calls, and are tried again: whoever comes back finds the queue that was too long a moment ago.
    fn visited_below(&self, timed_out: &[NodeId]) -> BTreeSet<usize> {
        let mut is_retried = vec![false; self.tree.nodes.len()];
        timed_out.iter().for_each(|id| is_retried[id.index()] = true);
        // Who waits for an answer does not wait for what follows a message.
        let off = self.tree.asynchronous();
        let mut met = BTreeSet::new();
        for id in self.tree.ids().filter(|id| !off[id.index()]) {
            is_retried[id.index()] |= self.tree.node(id).parent.is_some_and(|parent| is_retried[parent.index()]);
            met.extend(self.pool_of(id).filter(|_| is_retried[id.index()]));
        }
        met
    }

    /// Returns the pools of steps that wait for some of their members only.
    fn visited_in_quorums(&self) -> BTreeSet<usize> {
        let mut is_inside = vec![false; self.tree.nodes.len()];
        let mut met = BTreeSet::new();
        for id in self.tree.ids() {
            let node = self.tree.node(id);
            let is_of_some = matches!(node.kind, NodeKind::Parallel { quorum } if (quorum as usize) < node.children.len());
            is_inside[id.index()] = is_of_some || node.parent.is_some_and(|parent| is_inside[parent.index()]);
            met.extend(self.pool_of(id).filter(|_| is_inside[id.index()]));
        }
        met
    }

    /// Returns the pools of hedged calls in which the second copy waits behind the first.
    fn hedged(&self) -> BTreeSet<usize> {
        let hedged = self.tree.calls().filter(|(_, call)| self.plan.link(call.link).hedge_after.is_some());
        let is_few = |pool: usize| matches!(self.plan.pools[pool].servers, Servers::Known { all, .. } if all <= FEW_WORKERS);
        hedged.filter_map(|(id, _)| self.pool_of(id)).filter(|pool| is_few(*pool) || self.waits(*pool) >= SELDOM).collect()
    }

    fn has_hedged_tail(&self) -> bool {
        self.tree.calls().any(|(_, call)| {
            self.plan.link(call.link).hedge_after.is_some()
                && matches!(&self.plan.services[call.callee.index()], Service::Known { time, .. } if time.scv() > 1.5)
        })
    }

    /// Returns the callees behind a circuit breaker of whose calls so many fail that it opens now and then.
    fn broken(&self, failing: &[NodeId]) -> BTreeSet<ComponentId> {
        let has_breaker = |id: &NodeId| match &self.tree.node(*id).kind {
            NodeKind::Call(call) => {
                let is_guarded = self.plan.system.link(call.link).facts.get(link::CIRCUIT_BREAKER).holds();
                is_guarded.then_some(call.callee)
            }
            _ => None,
        };
        failing.iter().filter_map(has_breaker).collect()
    }

    /// Says whether so many calls at the same time wait for each other in a pool: there are fewer workers than calls, or the workers have other work.
    fn wait_together(&self, pool: usize, together: u64) -> bool {
        let Servers::Known { all, .. } = self.plan.pools[pool].servers else { return false };
        let is_busy = self.load.pools[pool].utilization().is_some_and(|used| used >= LIGHTLY_BUSY);
        together > 1 && (together > all || is_busy && together.saturating_mul(10) > all)
    }

    /// Returns the pools in which members of one parallel step, or the calls of all replicas, wait for each other in another way than as one batch whose last member ends the step; or
    /// in which a request's call waits behind its own messages.
    fn shared_queues(&self) -> BTreeSet<usize> {
        // Whether a call comes as one of the batch of a step; its own step where it goes to all replicas.
        let is_counted = |node: NodeId, pool: usize, step: NodeId| {
            let mut joined =
                self.batches.of_call(node).into_iter().filter(|batch| batch.is_joined && batch.pool == pool && batch.at == step);
            self.load.pools[pool].held.is_none() && joined.next().is_some()
        };
        // By step and pool: the members that visit it, and whether each of their visits is counted. A member that comes again meets the others of its batch once more.
        let mut visits: BTreeMap<(NodeId, usize), (BTreeSet<NodeId>, bool)> = BTreeMap::new();
        // By pool: the messages that were sent there before.
        let mut sent: BTreeMap<usize, u64> = BTreeMap::new();
        let mut shared = BTreeSet::new();
        let off = self.tree.asynchronous();
        for (node, call) in self.tree.calls() {
            let link = self.plan.link(call.link);
            let Some(pool) = self.pool_of(node) else { continue };
            if call.arrow == Arrow::Message {
                let sent = sent.entry(pool).or_default();
                *sent = sent.saturating_add(call.times);
            } else if !off[node.index()] && sent.get(&pool).is_some_and(|sent| self.wait_together(pool, sent.saturating_add(1))) {
                shared.insert(pool);
            }
            if link.width > 1 && !link.to_every_shard && self.wait_together(pool, link.width) && !is_counted(node, pool, node) {
                shared.insert(pool);
            }
            let mut at = node;
            for _ in 0..MAX_GROUPS_AROUND {
                let Some(parent) = self.tree.node(at).parent else { break };
                if matches!(self.tree.node(parent).kind, NodeKind::Parallel { .. }) {
                    let (members, are_counted) = visits.entry((parent, pool)).or_insert_with(|| (BTreeSet::new(), true));
                    members.insert(at);
                    *are_counted &= is_counted(node, pool, parent);
                }
                at = parent;
            }
        }
        visits.retain(|(_, pool), (members, are_counted)| !*are_counted && self.wait_together(*pool, members.len() as u64));
        shared.extend(visits.into_keys().map(|(_, pool)| pool));
        shared
    }
}
