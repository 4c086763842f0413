//! What arrives at every pool, and how long it waits there.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::batches::{BatchState, Streams};
use super::connections::Held;
use super::plan::{Plan, Pool, Servers, Service, ShardGroup};
use crate::analysis::communication::access;
use crate::analysis::communication::walk::Flow;
use crate::distribution::{Distribution, Mixture};
use crate::model::{CallTree, Journey};
use crate::quantity::{Duration, Rate};
use crate::queueing::{BatchStation, Queue, Station, batch_queue, queue, utilization};
use crate::syntax::link_key::Arrow;

/// Visits per second, and the work that they bring.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Arrivals {
    /// Visits that go to one shard, by its share; per second, over all shards.
    shared: f64,
    /// Visits that go to every shard; per second, at each.
    each: f64,
    /// Seconds of work per second that come with visits but do not queue by themselves: calls inside the process. By share.
    inside: f64,
}

impl Arrivals {
    /// Returns the visits per second at one shard of a group, and the seconds of work inside that they bring.
    fn at_one_of(&self, group: &ShardGroup) -> (f64, f64) {
        (self.shared * group.share + self.each, self.inside * group.share)
    }
}

/// How often each call of each journey is attempted, for each time that it is made.
pub(super) type Attempts = Vec<Vec<f64>>;

/// The attempts per call that failed calls alone cause, before anything is known of timeouts.
pub(super) fn first_attempts(plan: &Plan<'_>) -> Attempts {
    plan.system
        .journeys
        .iter()
        .map(|journey| {
            let mut attempts = vec![1.0; journey.calls.nodes.len()];
            for (node, call) in journey.calls.calls() {
                let link = plan.link(call.link);
                attempts[node.index()] = crate::analysis::communication::expected_attempts(link.failed, link.retries);
            }
            attempts
        })
        .collect()
}

/// The most attempts per call, second copies of hedged ones included: what a callee must bear while every attempt fails.
pub(super) fn most_attempts(plan: &Plan<'_>) -> Attempts {
    plan.system
        .journeys
        .iter()
        .map(|journey| {
            let mut attempts = vec![1.0; journey.calls.nodes.len()];
            for (node, call) in journey.calls.calls() {
                let link = plan.link(call.link);
                attempts[node.index()] = link.most_sent(link.most_attempts);
            }
            attempts
        })
        .collect()
}

/// Sums what arrives at every pool when each journey comes at a rate; journeys without one bring nothing.
///
/// `λ = Σ rate · visits · attempts`, every call multiplied by its own attempts and those of all calls above it.
pub(super) fn arrivals(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts) -> Vec<Arrivals> {
    let mut arrivals = vec![Arrivals::default(); plan.pools.len()];
    for ((journey, rate), attempts) in plan.system.journeys.iter().zip(rates).zip(attempts) {
        if let Some(rate) = rate {
            add_journey(plan, journey, *rate, attempts, &mut arrivals);
        }
    }
    share_leaders(plan, &mut arrivals);
    arrivals
}

/// Adds what one journey brings.
pub(super) fn add_journey(plan: &Plan<'_>, journey: &Journey, rate: f64, attempts: &[f64], arrivals: &mut [Arrivals]) {
    let tree = &journey.calls;
    let runs = runs(plan, tree, attempts);
    for (node, call) in tree.calls() {
        let link = plan.link(call.link);
        let rate = rate * runs[node.index()];
        if let Some(pool) = link.pool {
            let to = &mut arrivals[pool];
            if link.is_in_process {
                to.inside += rate * plan.work(call.callee);
            } else if link.to_every_shard {
                #[expect(clippy::cast_precision_loss, reason = "a component has at most 10,000 shards")]
                let shards = plan.system.component(call.callee).shards.len() as f64;
                to.each += rate / shards;
            } else {
                to.shared += rate;
            }
            // A module that is called from outside brings its own work, not that of the component in which it lives.
            let carrier = plan.system.carrier(call.callee);
            if !link.is_in_process && carrier != call.callee {
                to.inside += rate * (plan.work(call.callee) - plan.work(carrier));
            }
        }
        for sidecar in &link.sidecars {
            if let Some(pool) = plan.pool_of(*sidecar) {
                arrivals[pool].shared += rate;
            }
        }
        if access(plan.system, call).is_write() {
            for (target, _) in &plan.targets[call.callee.index()] {
                if let Some(pool) = plan.link(*target).pool {
                    arrivals[pool].shared += rate;
                }
            }
        }
    }
    let root = plan.system.component(tree.root);
    if !root.is_caller()
        && let Some(pool) = plan.pool_of(plan.system.carrier(tree.root))
    {
        arrivals[pool].shared += rate;
    }
}

/// Returns how often each node runs per request: every attempt of a call, to each callee that it goes to.
pub(super) fn runs(plan: &Plan<'_>, tree: &CallTree, attempts: &[f64]) -> Vec<f64> {
    let mut factors = attempts.to_vec();
    for (node, call) in tree.calls() {
        #[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
        let width = plan.link(call.link).width as f64;
        factors[node.index()] *= width;
    }
    Flow::new(tree).executions(|at| factors[at])
}

/// Lets reads of all copies load the leader, and the leader's writes load the pool of all copies.
fn share_leaders(plan: &Plan<'_>, arrivals: &mut [Arrivals]) {
    for (at, pool) in plan.pools.iter().enumerate() {
        if let Some((leader, part)) = pool.shares_leader {
            let (reads, writes) = (arrivals[at], arrivals[leader]);
            arrivals[leader].shared += reads.shared * part;
            arrivals[leader].each += reads.each * part;
            if part > 0.0 {
                arrivals[at].shared += writes.shared;
                arrivals[at].each += writes.each;
            }
        }
    }
}

/// A pool under its load.
#[derive(Debug, Clone)]
pub(super) struct PoolState {
    /// By group of shards.
    pub(super) groups: Vec<GroupState>,
    /// What a visit waits, whichever shard it goes to; nothing where a shard cannot keep up.
    pub(super) waiting: Option<Rc<Distribution>>,
    /// Whether every waiting time is exact for the assumptions.
    pub(super) is_exact: bool,
    /// Its connections; none without a limit.
    pub(super) held: Option<Held>,
    /// What batches meet, by their size; nothing where it cannot keep up.
    pub(super) batches: BTreeMap<u64, Rc<BatchState>>,
}

/// The shards of one load.
#[derive(Debug, Clone)]
pub(super) struct GroupState {
    /// Visits per second to one shard.
    pub(super) arrivals: f64,
    /// The busy share of its workers; none where their number is not known, or without a limit.
    pub(super) utilization: Option<f64>,
    /// What a visit waits; nothing where the shard cannot keep up.
    pub(super) waiting: Option<Rc<Distribution>>,
}

impl PoolState {
    /// Returns the highest utilization of its shards.
    pub(super) fn utilization(&self) -> Option<f64> {
        self.groups.iter().filter_map(|group| group.utilization).max_by(f64::total_cmp)
    }

    /// Returns the share of what it can pass that passes: of its workers or of its connections, whichever is more.
    pub(super) fn used(&self) -> Option<f64> {
        self.utilization().into_iter().chain(self.held.as_ref().map(|held| held.utilization)).max_by(f64::total_cmp)
    }
}

/// Computes how busy every pool is, and no waiting time.
pub(super) fn loads(plan: &Plan<'_>, arrivals: &[Arrivals]) -> Vec<PoolState> {
    let load = |(pool, arrivals): (&Pool, &Arrivals)| {
        let service = &plan.services[pool.component.index()];
        let groups = pool.groups.iter().map(|group| {
            let (rate, inside) = arrivals.at_one_of(group);
            GroupState { arrivals: rate, utilization: busy(service, pool.servers, rate, inside), waiting: None }
        });
        PoolState { groups: groups.collect(), waiting: None, is_exact: true, held: None, batches: BTreeMap::new() }
    };
    plan.pools.iter().zip(arrivals).map(load).collect()
}

/// Computes the waiting times of every pool, at which some visits come in batches. `variability` gives the variation of what arrives at a pool; 1 is a Poisson stream.
pub(super) fn pool_states(
    plan: &Plan<'_>,
    arrivals: &[Arrivals],
    streams: &[Streams],
    variability: &dyn Fn(usize) -> f64,
) -> Vec<PoolState> {
    let pools = plan.pools.iter().zip(arrivals).zip(streams).enumerate();
    pools.map(|(at, ((pool, arrivals), streams))| pool_state(plan, pool, *arrivals, streams, variability(at))).collect()
}

fn pool_state(plan: &Plan<'_>, pool: &Pool, arrivals: Arrivals, streams: &Streams, arrival_scv: f64) -> PoolState {
    let service = &plan.services[pool.component.index()];
    let mut waiting = Some(Mixture::default());
    let mut is_exact = true;
    let mut batches = BTreeMap::new();
    let mut cache: BTreeMap<(u64, u64), (Option<f64>, Option<Queue>)> = BTreeMap::new();
    let groups: Vec<GroupState> = pool
        .groups
        .iter()
        .map(|group| {
            let (rate, inside) = arrivals.at_one_of(group);
            let (used, queue) = cache
                .entry((rate.to_bits(), inside.to_bits()))
                .or_insert_with(|| group_queue(service, pool.servers, rate, inside, (streams, &mut batches), arrival_scv));
            let used = *used;
            let own = match (&queue, used) {
                (Some(queue), _) => Some(Rc::new(queue.waiting.clone())),
                (None, Some(_)) => None,
                (None, None) => Some(Rc::new(Distribution::zero())),
            };
            is_exact &= queue.as_ref().is_none_or(|queue| queue.is_exact);
            match (&mut waiting, &own) {
                (Some(mixture), Some(own)) => {
                    #[expect(clippy::cast_precision_loss, reason = "a component has at most 10,000 shards")]
                    mixture.add(group.share * group.shards.len() as f64, own.as_ref().clone());
                }
                _ => waiting = None,
            }
            GroupState { arrivals: rate, utilization: used, waiting: own }
        })
        .collect();
    PoolState { groups, waiting: waiting.map(|mixture| Rc::new(mixture.total())), is_exact, held: None, batches }
}

/// Returns the utilization of one shard's workers and its queue: no utilization where it cannot be told, no queue where they cannot keep up.
///
/// Calls inside the process lengthen the work of the visits that bring them: their mean is added, the form of the distribution stays; where a visit has no work of its own, it
/// is taken to be exponential.
fn group_queue(
    service: &Service,
    servers: Servers,
    rate: f64,
    inside: f64,
    (streams, batches): (&Streams, &mut BTreeMap<u64, Rc<BatchState>>),
    arrival_scv: f64,
) -> (Option<f64>, Option<Queue>) {
    let (Servers::Known { all, .. }, Service::Known { time, mean, is_exponential }) = (servers, service) else {
        return (None, None);
    };
    let mean = mean.seconds();
    let used = busy(service, servers, rate, inside);
    let added = added(rate, inside);
    let (changed, is_exponential) = if mean <= 0.0 && added > 0.0 {
        // A worker without work of its own does that of the calls inside; of a sum nothing but the mean is known.
        (Some(Distribution::exponential(Duration::new(added))), true)
    } else if mean > 0.0 && added != 0.0 {
        (Some(time.scaled((1.0 + added / mean).max(0.0))), *is_exponential)
    } else {
        (None, *is_exponential)
    };
    let rate = Rate::new(rate);
    let time = changed.as_ref().unwrap_or(time);
    if streams.is_empty() {
        return (used, queue(&Station { arrivals: rate, arrival_scv, servers: all, service: time, is_exponential }));
    }
    #[expect(clippy::cast_precision_loss, reason = "a size of at most 100,000")]
    let in_batches: f64 = streams.iter().map(|(size, rate)| *size as f64 * rate).sum();
    let mut streams: Vec<(u64, f64)> = streams.iter().map(|(size, rate)| (*size, *rate)).collect();
    streams.insert(0, (1, (rate.per_second() - in_batches).max(0.0)));
    let station = BatchStation { streams: &streams, arrival_scv, servers: all, service: time, is_exponential };
    let found = batch_queue(&station).map(|found| {
        batches.extend(streams[1..].iter().map(|(size, _)| (*size, Rc::new(BatchState::of(&found, *size)))));
        Queue {
            utilization: used.expect("workers and work are known here"),
            probability_of_waiting: found.probability_of_waiting(),
            waiting: found.waiting(),
            is_exact: found.is_exact,
        }
    });
    (used, found)
}

/// Returns the busy share of one shard's workers; none where their number or their work is not known.
fn busy(service: &Service, servers: Servers, rate: f64, inside: f64) -> Option<f64> {
    let (Servers::Known { all, .. }, Service::Known { mean, .. }) = (servers, service) else { return None };
    Some(utilization(Rate::new(rate), all, Duration::new((mean.seconds() + added(rate, inside)).max(0.0))))
}

/// Returns the seconds that calls inside the process add to a visit.
fn added(rate: f64, inside: f64) -> f64 {
    if rate > 0.0 { inside / rate } else { 0.0 }
}

/// Returns, per pool, the utilization of its busiest shard (none where it cannot be told) and the visits per second there; no waiting times.
pub(super) fn utilizations(plan: &Plan<'_>, arrivals: &[Arrivals]) -> Vec<(Option<f64>, f64)> {
    plan.pools
        .iter()
        .zip(arrivals)
        .map(|(pool, arrivals)| {
            let share = pool.groups.iter().map(|group| group.share).max_by(f64::total_cmp).unwrap_or(0.0);
            let rate = arrivals.shared * share + arrivals.each;
            let (Servers::Known { all, .. }, Service::Known { mean, .. }) = (pool.servers, &plan.services[pool.component.index()]) else {
                return (None, rate);
            };
            let inside = utilization(Rate::new(arrivals.inside * share), all, Duration::new(1.0));
            (Some(utilization(Rate::new(rate), all, *mean) + inside), rate)
        })
        .collect()
}

/// Says whether a journey's answers, or what follows its messages, visit a pool.
pub(super) fn visits(plan: &Plan<'_>, journey: &Journey) -> Vec<(usize, bool)> {
    let off = journey.calls.asynchronous();
    let mut visits: BTreeMap<usize, bool> = BTreeMap::new();
    for (node, call) in journey.calls.calls() {
        let link = plan.link(call.link);
        let answers = !off[node.index()];
        let sidecars = link.sidecars.iter().filter_map(|sidecar| plan.pool_of(*sidecar));
        let copies = plan.targets[call.callee.index()].iter().filter(|(_, waits)| *waits && access(plan.system, call).is_write());
        let copies = copies.filter_map(|(target, _)| plan.link(*target).pool);
        for pool in link.pool.filter(|_| !link.is_in_process).into_iter().chain(sidecars).chain(copies) {
            *visits.entry(pool).or_insert(false) |= answers && call.arrow != Arrow::Message;
        }
    }
    visits.into_iter().collect()
}
