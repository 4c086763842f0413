//! The time of one journey, from its call tree: parents stand before their children, so one pass backward over the nodes replaces recursion.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use super::batches::{Batch, BatchState, Batches, Member, Members};
use super::plan::{LinkPlan, Plan, Service};
use super::pools::PoolState;
use super::{GivenUp, Part};
use crate::analysis::communication::access;
use crate::distribution::{Attempted, Distribution, Mixture, Retry, Series, kth_of, maximum};
use crate::model::{Call, CallTree, ComponentId, Journey, Node, NodeId, NodeKind};
use crate::quantity::Duration;
use crate::syntax::link_key::Arrow;

/// The most members of a group that are kept apart; those of a group that waits for all are merged beyond that.
const MAX_MEMBERS: usize = 64;

/// The share of attempts that the timeout ends from which their retries matter.
const FEW_TIMED_OUT: f64 = 1e-4;

/// The share of attempts that fail from which a circuit breaker that opens at half of twenty opens now and then.
const MANY_FAILED: f64 = 0.05;

/// A system under a load: what every walk of its journeys shares.
pub(super) struct Loaded<'p, 's> {
    pub(super) plan: &'p Plan<'s>,
    pub(super) pools: &'p [PoolState],
    /// The part of which every time is stretched by one step of the grid.
    stretched: Option<Part>,
    /// The call whose own time is stretched by one step of the grid, while that is asked.
    longer: Cell<Option<NodeId>>,
    /// A call's own time, without what its callee waits for, and the size of its batch.
    own: RefCell<BTreeMap<(OwnKey, u64), Rc<Distribution>>>,
}

/// What decides a call's own time: link, bytes, whether it writes, whether it waits for the answer, how much of its work is counted.
type OwnKey = (usize, u64, u64, bool, bool, Work);

/// By what decides them: the parts of calls' own times that no load moves, work and network and bytes. Loads are tried by the dozen, and share these.
///
/// A copy starts empty, because a plan is copied to be changed.
#[derive(Default)]
pub(in crate::analysis) struct Steady(Mutex<BTreeMap<OwnKey, Arc<Distribution>>>);

impl Steady {
    /// Returns what is known of a key, or makes it: the same on whichever thread.
    fn get_or_make(&self, key: OwnKey, make: impl FnOnce() -> Distribution) -> Arc<Distribution> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Arc::clone(found);
        }
        let made = Arc::new(make());
        known().insert(key, Arc::clone(&made));
        made
    }
}

impl Clone for Steady {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// What a walk finds.
#[derive(Debug, Clone)]
pub(super) struct Walked {
    /// The time until the answer.
    pub(super) response: Distribution,
    /// The time until the last asynchronous leaf; none without messages.
    pub(super) completion: Option<Distribution>,
    /// By node: attempts sent per call, hedged ones included.
    pub(super) attempts: Vec<f64>,
    /// The calls of one link of which most end without an answer in time, if attempts are alike, and where they are.
    pub(super) given_up: Option<(NodeId, GivenUp)>,
    /// The calls, or the parallel steps, so many of whose attempts the timeout ends that what meets their retries matters.
    pub(super) timed_out: Vec<NodeId>,
    /// The calls so many of whose attempts fail, by themselves or by the timeout, that a circuit breaker opens now and then.
    pub(super) failing: Vec<NodeId>,
    /// Whether calls need more attempts than are followed.
    pub(super) is_cut: bool,
    /// What a naive reader would add up: the 99th percentiles of all calls one after another.
    pub(super) summed_p99: f64,
}

/// The batches of a journey, and what is known of their members: by parallel step and pool.
struct Together {
    batches: Batches,
    members: BTreeMap<(NodeId, usize), Members>,
    /// The call that was just looked at, where it begins a member.
    begun: Option<Member>,
    /// The members of parallel steps that are part of a batch.
    is_joined: BTreeSet<NodeId>,
}

impl Together {
    fn of(plan: &Plan<'_>, tree: &CallTree) -> Self {
        Self { batches: Batches::of(plan, tree), members: BTreeMap::new(), begun: None, is_joined: BTreeSet::new() }
    }

    /// Adds a member that begins with a call, and goes on with what is given and returned.
    fn add(&mut self, tree: &CallTree, call: NodeId, member: Member, after: Series) -> Series {
        let mut after_it = Series::default();
        let Some(batch) = self.batches.of_call(call) else { return after };
        let members = self.members.entry((batch.at, batch.pool)).or_default();
        match tree.node(call).parent.filter(|parent| *parent != batch.at) {
            Some(sequence) => {
                let after = after.total();
                members.add(member.then(&after));
                after_it.add(after);
                self.is_joined.insert(sequence);
            }
            None => {
                members.add(member);
                self.is_joined.insert(call);
            }
        }
        after_it
    }
}

/// How much of a callee's own work is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Whole,
    /// What is left of it at any moment, without a wait.
    Rest,
    /// What follows it.
    Done,
    /// All of it, without a wait.
    Begun,
}

/// The wait that a call's own time counts.
#[derive(Debug, Clone, Copy)]
enum Queued<'a> {
    /// That of who comes alone.
    Alone,
    /// That of any member of a batch of a size.
    InBatch(u64),
    /// That of one shard.
    At(&'a Rc<Distribution>),
}

/// What the children of a node have come to so far; they are met from the last to the first.
#[derive(Default)]
struct Pending {
    series: Series,
    /// Members of a group with how many such there are, the last first.
    members: Vec<(Distribution, u64)>,
    mixture: Mixture,
    /// From the start of the earliest child so far until all messages behind it are worked off.
    completion: Option<Distribution>,
    completions: Mixture,
    summed: f64,
}

/// The time of the answer, the time until all messages are worked off, and the sum of the 99th percentiles.
type Times = (Distribution, Option<Distribution>, f64);

impl<'p, 's> Loaded<'p, 's> {
    pub(super) fn new(plan: &'p Plan<'s>, pools: &'p [PoolState], stretched: Option<Part>) -> Self {
        Self { plan, pools, stretched, longer: Cell::new(None), own: RefCell::default() }
    }

    /// Walks a journey in which one call's own time is stretched.
    pub(super) fn walk_with_longer(&self, journey: &Journey, call: NodeId) -> Walked {
        self.longer.set(Some(call));
        let walked = self.walk(journey);
        self.longer.set(None);
        walked
    }

    fn lengthened(&self, id: NodeId, own: Rc<Distribution>) -> Rc<Distribution> {
        if self.longer.get() == Some(id) { Rc::new(own.stretched()) } else { own }
    }

    /// Walks a journey.
    pub(super) fn walk(&self, journey: &Journey) -> Walked {
        self.walk_where(journey, |_| true)
    }

    /// Walks a journey only as far as the load depends on how long its calls take: returns, by node, the attempts sent per call.
    pub(super) fn attempts(&self, journey: &Journey) -> Vec<f64> {
        let tree = &journey.calls;
        let mut feeds_back = vec![false; tree.nodes.len()];
        for id in tree.ids() {
            let node = tree.node(id);
            feeds_back[id.index()] = node.parent.is_some_and(|parent| feeds_back[parent.index()])
                || matches!(&node.kind, NodeKind::Call(call) if self.plan.link(call.link).feeds_back());
        }
        self.walk_where(journey, |id| feeds_back[id.index()]).attempts
    }

    /// Walks the nodes of a journey that are wanted, and with each all below it.
    fn walk_where(&self, journey: &Journey, is_wanted: impl Fn(NodeId) -> bool) -> Walked {
        let tree = &journey.calls;
        let mut pending: Vec<Option<Box<Pending>>> = tree.nodes.iter().map(|_| None).collect();
        let mut walked = Walked {
            response: Distribution::zero(),
            completion: None,
            attempts: vec![1.0; tree.nodes.len()],
            given_up: None,
            timed_out: Vec::new(),
            failing: Vec::new(),
            is_cut: false,
            summed_p99: 0.0,
        };
        let positions = tree.positions();
        let mut together = Together::of(self.plan, tree);
        for id in tree.ids().rev().filter(|id| is_wanted(*id)) {
            let node = tree.node(id);
            let below = pending[id.index()].take().map_or_else(Pending::default, |below| *below);
            let summed = below.summed;
            let (response, completion, summed) = match &node.kind {
                NodeKind::Call(call) => {
                    let one = self.call(id, call, below, &mut together, &mut walked);
                    // A cached step is repeated, and happens or not, with what follows its misses.
                    if tree.is_in_cached(node) { one } else { repeated(call, one) }
                }
                NodeKind::Root => {
                    let (response, completion, _) = self.root(tree.root, below);
                    (response, completion, summed)
                }
                _ => {
                    let mut below = below;
                    for batch in together.batches.joined_at(id) {
                        let members = together.members.remove(&(id, batch.pool));
                        below.members.extend(members.map(|members| {
                            let (time, is_retried) = self.joined(tree, batch, &members);
                            walked.timed_out.extend(is_retried.then_some(id));
                            (time, 1)
                        }));
                    }
                    let one = group(node, below);
                    match tree.cached_call(node) {
                        Some(call) => repeated(call, one),
                        None => one,
                    }
                }
            };
            let Some(parent) = node.parent else {
                (walked.response, walked.completion, walked.summed_p99) = (response, completion, summed);
                break;
            };
            let begun = together.begun.take();
            if !is_wanted(parent) {
                continue;
            }
            let parents = pending[parent.index()].get_or_insert_default();
            if let Some(member) = begun {
                parents.series = together.add(tree, id, member, std::mem::take(&mut parents.series));
            }
            // The answer of a member is that of its batch, which the step takes in.
            let response = if together.is_joined.contains(&id) { Distribution::zero() } else { response };
            parents.take_in(tree, parent, positions[id.index()], response, completion, summed);
        }
        walked
    }

    /// The root's own work counts where it is a program: a job's run is the journey.
    fn root(&self, root: ComponentId, below: Pending) -> Times {
        let mut own = Series::default();
        if !self.plan.system.component(root).is_caller() {
            own.add(self.service(root));
            if let Some(pool) = self.plan.pool_of(self.plan.system.carrier(root)) {
                own.add(self.waiting(pool));
            }
        }
        let own = own.total();
        let Pending { mut series, completion, .. } = below;
        series.add(own.clone());
        (series.total(), completion.map(|completion| own.then(&completion)), 0.0)
    }

    /// Returns the times of one of a call's repetitions, of one that happens; of messages those of all.
    fn call(&self, id: NodeId, call: &Call, below: Pending, together: &mut Together, walked: &mut Walked) -> Times {
        let link = self.plan.link(call.link);
        let Pending { series, completion: behind, summed, .. } = below;
        let below = series.total();
        if call.arrow == Arrow::Message {
            let work = behind.map_or_else(|| below.clone(), |behind| maximum(&below, &behind));
            // Several messages in a row are worked off side by side: the last one ends it.
            let completion = match together.batches.of_call(id) {
                Some(batch) if self.state_of(batch).is_some() => {
                    self.all_at_once(batch, &Members::alike(self.member(id, call, link, false, &work), batch.size))
                }
                _ => self.own(call, link, false, Queued::Alone).then(&work).longest_of(call.times),
            };
            return (Distribution::zero(), Some(completion), 0.0);
        }
        let batch = together.batches.of_call(id).filter(|batch| self.state_of(batch).is_some());
        let queue = batch.map_or(Queued::Alone, |batch| Queued::InBatch(batch.size));
        let own = self.lengthened(id, self.own(call, link, true, queue));
        let completion = behind.map(|behind| self.own(call, link, false, queue).then(&behind));
        let one = match batch {
            Some(batch) if link.width > 1 && batch.is_joined => {
                self.all_at_once(batch, &Members::alike(self.member(id, call, link, true, &below), batch.size))
            }
            _ if link.width > 1 => self.to_all(id, call, link, &below),
            _ => own.then(&below),
        };
        let begins_member = batch.is_some_and(|batch| batch.is_joined && !batch.members.is_empty());
        together.begun = begins_member.then(|| self.member(id, call, link, true, &below));
        let held = link.pool.filter(|_| !link.is_in_process).and_then(|pool| self.pools[pool].held.as_ref());
        let one = held.map_or(one.clone(), |held| held.held(&one));
        let retry = link.retry();
        let (one, extra) = match link.hedge_after {
            Some(delay) => one.hedged(delay),
            None => (one, 0.0),
        };
        let (time, attempts) = if link.timeout.is_some() || (link.retries > 0 && link.failed > 0.0) {
            let attempted = one.attempted(&retry);
            walked.is_cut |= attempted.is_cut;
            let given_up = GivenUp { share: attempted.given_up, if_alike: attempted.failed };
            if attempted.timed_out > 0.0 && walked.given_up.is_none_or(|(_, most)| given_up.is_more_than(&most)) {
                walked.given_up = Some((id, given_up));
            }
            walked.timed_out.extend(is_retried(&retry, &attempted).then_some(id));
            walked.failing.extend((attempted.failed >= MANY_FAILED).then_some(id));
            (attempted.time, attempted.attempts)
        } else {
            (one, 1.0)
        };
        walked.attempts[id.index()] = attempts * (1.0 + extra);
        (time, completion, own.percentile(0.99).seconds() + summed)
    }

    /// Returns what a batch meets; nothing where its pool cannot keep up, or lets in no more than it has connections.
    fn state_of(&self, batch: &Batch) -> Option<&BatchState> {
        let pool = &self.pools[batch.pool];
        pool.batches.get(&batch.size).filter(|_| pool.held.is_none()).map(Rc::as_ref)
    }

    /// Returns what a member of a batch takes without its wait.
    fn member(&self, id: NodeId, call: &Call, link: &LinkPlan, waits_for_answer: bool, below: &Distribution) -> Member {
        let with = |work: Work| self.lengthened(id, self.own_part(call, link, waits_for_answer, Queued::Alone, work)).then(below);
        // Who is still at work began with the batch: of irregular work that says little about how long it goes on.
        let is_regular = match &self.plan.services[call.callee.index()] {
            Service::Known { time, is_exponential, .. } => !is_exponential && time.scv() < 1.0,
            Service::Missing | Service::None => false,
        };
        Member { whole: with(Work::Begun), rest: is_regular.then(|| with(Work::Rest)), behind: with(Work::Done) }
    }

    /// Returns the time until all members of a batch have answered, each attempted once.
    fn all_at_once(&self, batch: &Batch, members: &Members) -> Distribution {
        let Some(state) = self.state_of(batch) else { return Distribution::zero() };
        // A call that is looked at takes longer with its part of the wait: that of one member.
        let is_longer = self.longer.get().is_some_and(|longer| longer == batch.at || batch.members.contains(&longer));
        let wait = |wait: &Distribution| {
            let wait = self.part(Part::Queue, wait);
            if !is_longer {
                return wait;
            }
            let mut mixture = Mixture::default();
            #[expect(clippy::cast_precision_loss, reason = "a size of at most 100,000")]
            let share = 1.0 / batch.members.len().max(1) as f64;
            mixture.add(share, wait.stretched());
            mixture.add(1.0 - share, wait);
            mixture.total()
        };
        members.all(state, wait)
    }

    /// Returns the time of the members of a parallel step that are one batch, with all attempts: all of them are tried again where one has to be; and whether what meets
    /// the retries matters.
    fn joined(&self, tree: &CallTree, batch: &Batch, members: &Members) -> (Distribution, bool) {
        let time = self.all_at_once(batch, members);
        let Some(NodeKind::Call(call)) = batch.members.first().map(|first| &tree.node(*first).kind) else { return (time, false) };
        let mut retry = self.plan.link(call.link).retry();
        #[expect(clippy::cast_precision_loss, reason = "a size of at most 100,000")]
        let all_answer = libm::pow(1.0 - retry.failed, batch.size as f64);
        retry.failed = 1.0 - all_answer;
        if retry.timeout.is_none() && retry.failed <= 0.0 {
            return (time, false);
        }
        let attempted = time.attempted(&retry);
        let is_retried = is_retried(&retry, &attempted);
        (attempted.time, is_retried)
    }

    /// Returns the time until all shards, or all replicas, have answered, each with all that it waits for. Shards of different load are told apart.
    fn to_all(&self, id: NodeId, call: &Call, link: &LinkPlan, below: &Distribution) -> Distribution {
        let groups = link.pool.filter(|_| link.to_every_shard).map_or(&[][..], |pool| &self.pools[pool].groups);
        if groups.len() < 2 {
            return self.lengthened(id, self.own(call, link, true, Queued::Alone)).then(below).longest_of(link.width);
        }
        let shards = link.pool.map_or(&[][..], |pool| &self.plan.pools[pool].groups);
        let members: Vec<(Distribution, u64)> = groups
            .iter()
            .zip(shards)
            .map(|(group, shards)| {
                let queue = group.waiting.as_ref().map_or(Queued::Alone, Queued::At);
                (self.lengthened(id, self.own(call, link, true, queue)).then(below), shards.shards.len() as u64)
            })
            .collect();
        longest(&members)
    }

    /// Returns the time of one attempt without what the callee itself waits for: network, bytes, sidecars, queue (that of one shard where it is given), work,
    /// copies.
    fn own(&self, call: &Call, link: &LinkPlan, waits_for_answer: bool, queue: Queued<'_>) -> Rc<Distribution> {
        self.own_part(call, link, waits_for_answer, queue, Work::Whole)
    }

    fn own_part(&self, call: &Call, link: &LinkPlan, waits_for_answer: bool, queue: Queued<'_>, work: Work) -> Rc<Distribution> {
        let writes = access(self.plan.system, call).is_write();
        let bits = |size: Option<crate::quantity::Ranged<f64>>| size.map_or(u64::MAX, |size| size.likely.to_bits());
        let key = (call.link.index(), bits(call.payload), bits(call.response), writes, waits_for_answer, work);
        let batch = match queue {
            Queued::Alone => 1,
            Queued::InBatch(size) => size,
            Queued::At(_) => return Rc::new(self.make_own(call, link, key, queue)),
        };
        if let Some(own) = self.own.borrow().get(&(key, batch)) {
            return Rc::clone(own);
        }
        let own = Rc::new(self.make_own(call, link, key, queue));
        self.own.borrow_mut().insert((key, batch), Rc::clone(&own));
        own
    }

    fn make_own(&self, call: &Call, link: &LinkPlan, key: OwnKey, queue: Queued<'_>) -> Distribution {
        let steady = self.steady(call, link, key);
        if link.is_use {
            return steady.as_ref().clone();
        }
        let mut series = Series::default();
        let (.., writes, _, work) = key;
        if let Some(pool) = link.pool.filter(|_| !link.is_in_process && work == Work::Whole) {
            series.add(match queue {
                Queued::Alone => self.waiting(pool),
                Queued::InBatch(size) => {
                    self.pools[pool].batches.get(&size).map_or_else(|| self.waiting(pool), |batch| self.part(Part::Queue, &batch.member))
                }
                Queued::At(queue) => self.part(Part::Queue, queue),
            });
        }
        for pool in link.sidecars.iter().filter_map(|sidecar| self.plan.pool_of(*sidecar)) {
            series.add(self.waiting(pool));
        }
        if writes && let Some(copies) = self.wait_for_copies(call.callee) {
            series.add(copies);
        }
        steady.then(&series.total())
    }

    /// Returns the part of a call's own time that is the same under every load; what stretches it keeps it from being shared.
    fn steady(&self, call: &Call, link: &LinkPlan, key: OwnKey) -> Arc<Distribution> {
        let make = || self.make_steady(call, link, key);
        match self.stretched {
            None | Some(Part::Queue) => self.plan.steady.get_or_make(key, make),
            Some(Part::Service | Part::Network | Part::Serialization) => Arc::new(make()),
        }
    }

    fn make_steady(&self, call: &Call, link: &LinkPlan, (.., waits_for_answer, work): OwnKey) -> Distribution {
        let mut series = Series::default();
        match work {
            Work::Whole | Work::Begun => series.add(self.service(call.callee)),
            Work::Rest => series.add(self.service(call.callee).residual()),
            Work::Done => {}
        }
        if link.is_use {
            return series.total();
        }
        let (on_the_wire, processing) = link.time_of_bytes(call);
        // Who does not wait for an answer is done after half a round trip.
        let network = if waits_for_answer { link.round_trip.clone() } else { link.round_trip.scaled(0.5) };
        series.add(self.part(Part::Network, &network));
        series.add(self.part(Part::Network, &Distribution::constant(on_the_wire)));
        series.add(self.part(Part::Serialization, &Distribution::constant(processing)));
        for sidecar in &link.sidecars {
            series.add(self.part(Part::Network, &self.plan.same_host));
            series.add(self.service(*sidecar));
        }
        series.total()
    }

    /// Returns what a write waits for: its component's copies and the targets of its synchronous `=>` links, all at the same time.
    fn wait_for_copies(&self, id: ComponentId) -> Option<Distribution> {
        let own = self.plan.copies[id.index()].as_ref().map(|copies| self.part(Part::Network, copies));
        let targets = self.plan.targets[id.index()].iter().filter(|(_, waits)| *waits).map(|(target, _)| {
            let link = self.plan.link(*target);
            let mut series = Series::default();
            series.add(self.part(Part::Network, &link.round_trip));
            series.add(self.service(self.plan.system.link(*target).to));
            if let Some(pool) = link.pool {
                series.add(self.waiting(pool));
            }
            series.total()
        });
        own.into_iter().chain(targets).reduce(|a, b| maximum(&a, &b))
    }

    fn service(&self, id: ComponentId) -> Distribution {
        match &self.plan.services[id.index()] {
            Service::Known { time, .. } => self.part(Part::Service, time),
            Service::Missing | Service::None => Distribution::zero(),
        }
    }

    fn waiting(&self, pool: usize) -> Distribution {
        self.pools[pool].waiting.as_ref().map_or_else(Distribution::zero, |waiting| self.part(Part::Queue, waiting))
    }

    fn part(&self, part: Part, time: &Distribution) -> Distribution {
        if self.stretched == Some(part) { time.stretched() } else { time.clone() }
    }
}

/// Says whether the timeout ends so many attempts that are followed by another one that it matters what these meet.
fn is_retried(retry: &Retry, attempted: &Attempted) -> bool {
    retry.retries > 0 && attempted.timed_out >= FEW_TIMED_OUT
}

/// Returns the mean wait of a call for a worker, as one of its batch where it comes in one; none where its pool cannot keep up.
pub(super) fn mean_wait(plan: &Plan<'_>, pools: &[PoolState], tree: &CallTree, id: NodeId) -> Option<Duration> {
    let NodeKind::Call(call) = &tree.node(id).kind else { return None };
    let link = plan.link(call.link);
    let Some(pool) = link.pool.filter(|_| !link.is_in_process) else { return Some(Duration::new(0.0)) };
    let batches = Batches::of(plan, tree);
    let batch = batches.of_call(id).and_then(|batch| pools[batch.pool].batches.get(&batch.size)).map(|batch| &batch.member);
    let waiting = batch.or(pools[pool].waiting.as_ref())?;
    let place = pools[pool].held.as_ref().and_then(|held| held.waiting.as_ref()).map_or(0.0, |waiting| waiting.mean().seconds());
    Some(Duration::new(waiting.mean().seconds() + place))
}

impl Pending {
    /// Takes in the child number `at` of a parent.
    fn take_in(
        &mut self,
        tree: &CallTree,
        parent: NodeId,
        at: usize,
        response: Distribution,
        completion: Option<Distribution>,
        summed: f64,
    ) {
        match &tree.node(parent).kind {
            NodeKind::Root | NodeKind::Sequence | NodeKind::Call(_) => {
                let later = self.completion.take().map(|later| response.then(&later));
                self.completion = latest(completion, later);
                self.series.add(response);
                self.summed += summed;
            }
            NodeKind::Parallel { quorum } => {
                self.completion = latest(self.completion.take(), completion);
                self.summed = self.summed.max(summed);
                let waits_for_all = *quorum as usize >= tree.node(parent).children.len();
                match self.members.last_mut() {
                    _ if waits_for_all && response.is_zero() => {}
                    Some((last, count)) if *last == response => *count += 1,
                    _ => self.members.push((response, 1)),
                }
                if waits_for_all && self.members.len() > MAX_MEMBERS {
                    let all = longest(&self.members);
                    self.members = vec![(all, 1)];
                }
            }
            NodeKind::Choice { shares } => {
                if let Some(completion) = completion {
                    self.completions.add(shares[at], completion.clone());
                    // What is mixed below replaces it; it only says that there is one.
                    self.completion = Some(completion);
                }
                self.mixture.add(shares[at], response);
                self.summed = self.summed.max(summed);
            }
            // Only the first of several that are tried in order is called while all is well.
            NodeKind::FirstOf { .. } => {
                self.members = vec![(response, 1)];
                self.completion = completion;
                self.summed = summed;
            }
            NodeKind::Cached { .. } => {
                let later = self.completion.take().map(|later| response.then(&later));
                self.completion = latest(completion, later);
                self.members.push((response, 1));
                self.summed += summed;
            }
        }
    }
}

/// Returns the times of a call with all its repetitions, if it happens at all.
fn repeated(call: &Call, (time, completion, summed): Times) -> Times {
    if call.arrow == Arrow::Message {
        return (time, completion, summed);
    }
    let completion = completion.map(|completion| match call.times {
        0 | 1 => completion,
        times => time.repeated(times - 1).then(&completion),
    });
    let all = if call.times == 1 { time } else { time.repeated(call.times) };
    #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
    let summed = summed * call.times as f64;
    (all.with_probability(call.when.likely), completion, summed)
}

/// Returns the time of a group of steps.
fn group(node: &Node, below: Pending) -> Times {
    let Pending { series, members, mixture, completion, completions, summed } = below;
    match &node.kind {
        NodeKind::Root | NodeKind::Call(_) | NodeKind::Sequence => (series.total(), completion, summed),
        NodeKind::Parallel { quorum } => {
            let all: u64 = members.iter().map(|(_, count)| count).sum();
            let response = if *quorum as usize >= node.children.len() {
                longest(&members)
            } else {
                let members: Vec<(&Distribution, u64)> = members.iter().map(|(member, count)| (member, *count)).collect();
                kth_of(&members, u64::from(*quorum).min(all))
            };
            (response, completion, summed)
        }
        NodeKind::Choice { .. } => (mixture.total(), completion.map(|_| completions.total()), summed),
        NodeKind::FirstOf { .. } => (members.into_iter().next().map_or_else(Distribution::zero, |(member, _)| member), completion, summed),
        NodeKind::Cached { hit } => {
            // The last child came first: what runs after a miss, then the cache itself.
            let mut members = members.into_iter().rev().map(|(member, _)| member);
            let cache = members.next().unwrap_or_else(Distribution::zero);
            let miss = members.next().unwrap_or_else(Distribution::zero);
            (cache.then(&miss.with_probability(1.0 - hit.likely)), completion, summed)
        }
    }
}

fn longest(members: &[(Distribution, u64)]) -> Distribution {
    let all: u64 = members.iter().map(|(_, count)| count).sum();
    let members: Vec<(&Distribution, u64)> = members.iter().map(|(member, count)| (member, *count)).collect();
    kth_of(&members, all)
}

fn latest(a: Option<Distribution>, b: Option<Distribution>) -> Option<Distribution> {
    match (a, b) {
        (Some(a), Some(b)) => Some(maximum(&a, &b)),
        (a, b) => a.or(b),
    }
}
