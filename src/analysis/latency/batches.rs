//! Calls of one request that reach a pool at the same time: they wait for each other.
//!
//! The question: *what does a step at the same time take whose members queue at the same workers?* A member that is called last waits for those before it; who comes alone finds
//! whole batches before it. Seen as batches are calls that a parallel step begins with, copies of a call to all replicas, and several messages in a row, each of one component without shards.
//!
//! All members are there once the last has begun ([`Last`]): it has all of its work before it, those still at work beside it the rest of theirs, the others nothing but what follows their work.
//! Their ways over the network are part of what follows, so that they arrive at once.
//!
//! Left out: members that first do something else, that happen with a probability, or that are called several times in a row; their first calls come alone then.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::plan::{LinkPlan, Plan, Servers, Service};
use super::pools::{Attempts, runs};
use crate::distribution::{Distribution, Mixture, Retry, longest};
use crate::model::{CallTree, NodeId, NodeKind};
use crate::queueing::{BatchQueue, Last, MAX_BATCH};
use crate::syntax::link_key::Arrow;

/// The most members that are told apart.
const MAX_DIFFERENT: usize = 16;

/// The most workers of a pool at which batches are told apart. What each of a batch meets takes the longer to work out the more of them there are, and with many it matters
/// least: whoever comes waits seldom.
const MAX_WORKERS: u64 = 64;

/// Batches per second, by size.
pub(super) type Streams = BTreeMap<u64, f64>;

/// Calls that reach one pool at the same time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Batch {
    /// The parallel step; the call itself where it goes to all replicas, or is a message that is sent several times.
    pub(super) at: NodeId,
    pub(super) pool: usize,
    pub(super) size: u64,
    /// The calls with which members of a parallel step begin.
    pub(super) members: Vec<NodeId>,
    /// Whether the step takes as long as the last of them, and they are tried alike: it is computed as one.
    pub(super) is_joined: bool,
}

/// The batches of a journey.
#[derive(Debug, Clone, Default)]
pub(super) struct Batches {
    all: Vec<Batch>,
    /// By call: its batch.
    by_call: BTreeMap<NodeId, usize>,
    /// By parallel step: those that are computed as one.
    joined: BTreeMap<NodeId, Vec<usize>>,
}

impl Batches {
    /// Finds the batches of a journey.
    pub(super) fn of(plan: &Plan<'_>, tree: &CallTree) -> Self {
        let mut batches = Self::default();
        for id in tree.ids() {
            match &tree.node(id).kind {
                NodeKind::Parallel { quorum } => {
                    let members = &tree.node(id).children;
                    batches.add_members(plan, tree, id, *quorum as usize >= members.len());
                }
                NodeKind::Call(call) => {
                    let link = plan.link(call.link);
                    let size = if call.arrow == Arrow::Message { call.times } else { link.width };
                    if let Some(pool) = queue_of(plan, link).filter(|_| size > 1 && size <= MAX_BATCH) {
                        let is_joined = link.hedge_after.is_none();
                        batches.add(Batch { at: id, pool, size, members: Vec::new(), is_joined });
                    }
                }
                _ => {}
            }
        }
        batches
    }

    fn add_members(&mut self, plan: &Plan<'_>, tree: &CallTree, at: NodeId, waits_for_all: bool) {
        let mut by_pool: BTreeMap<usize, Vec<(NodeId, &LinkPlan)>> = BTreeMap::new();
        for member in &tree.node(at).children {
            // A member is a list of steps.
            let begins = match &tree.node(*member).kind {
                NodeKind::Sequence => tree.node(*member).children.first(),
                _ => Some(member),
            };
            let Some((begins, NodeKind::Call(call))) = begins.map(|begins| (*begins, &tree.node(*begins).kind)) else { continue };
            let link = plan.link(call.link);
            let is_one_call = call.arrow == Arrow::Call && call.times == 1 && link.width == 1 && call.when.likely >= 1.0;
            if let Some(pool) = queue_of(plan, link).filter(|_| is_one_call) {
                by_pool.entry(pool).or_default().push((begins, link));
            }
        }
        for (pool, members) in by_pool {
            let size = members.len() as u64;
            if size > 1 && size <= MAX_BATCH {
                let are_alike = members.windows(2).all(|pair| pair[0].1.retry() == pair[1].1.retry());
                let is_hedged = members.iter().any(|(_, link)| link.hedge_after.is_some());
                let members = members.into_iter().map(|(member, _)| member).collect();
                self.add(Batch { at, pool, size, members, is_joined: waits_for_all && are_alike && !is_hedged });
            }
        }
    }

    fn add(&mut self, batch: Batch) {
        let index = self.all.len();
        if batch.members.is_empty() {
            self.by_call.insert(batch.at, index);
        }
        for member in &batch.members {
            self.by_call.insert(*member, index);
        }
        if batch.is_joined && !batch.members.is_empty() {
            self.joined.entry(batch.at).or_default().push(index);
        }
        self.all.push(batch);
    }

    /// Returns the batch that a call is a member of, or that it sends.
    pub(super) fn of_call(&self, call: NodeId) -> Option<&Batch> {
        self.by_call.get(&call).map(|index| &self.all[*index])
    }

    /// Returns the batches of a parallel step that are computed as one.
    pub(super) fn joined_at(&self, at: NodeId) -> impl Iterator<Item = &Batch> {
        self.joined.get(&at).into_iter().flatten().map(|index| &self.all[*index])
    }
}

/// Returns the pool at which a call queues, where batches are told apart there: it has a limited number of workers, all for one queue.
fn queue_of(plan: &Plan<'_>, link: &LinkPlan) -> Option<usize> {
    let pool = link.pool.filter(|_| !link.is_in_process && !link.is_use && !link.to_every_shard)?;
    let one = &plan.pools[pool];
    let is_one_queue = one.groups.iter().map(|group| group.shards.len()).sum::<usize>() == 1;
    let is_known = matches!(one.servers, Servers::Known { all, .. } if all <= MAX_WORKERS)
        && matches!(plan.services[one.component.index()], Service::Known { .. });
    (is_one_queue && is_known).then_some(pool)
}

/// Sums the batches that reach every pool. What is sent again comes alone.
pub(super) fn streams(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts) -> Vec<Streams> {
    let mut streams = vec![Streams::new(); plan.pools.len()];
    for ((journey, rate), attempts) in plan.system.journeys.iter().zip(rates).zip(attempts) {
        let tree = &journey.calls;
        let batches = Batches::of(plan, tree);
        let Some(rate) = rate.filter(|_| !batches.all.is_empty()) else { continue };
        let runs = runs(plan, tree, attempts);
        for batch in &batches.all {
            let each = if batch.members.is_empty() { batch.size as f64 } else { 1.0 };
            *streams[batch.pool].entry(batch.size).or_default() += rate * runs[batch.at.index()] / each;
        }
    }
    streams
}

/// What batches of one size meet at a pool.
#[derive(Debug, Clone)]
pub(super) struct BatchState {
    /// What any member waits.
    pub(super) member: Rc<Distribution>,
    /// What the last member may meet.
    last: Vec<Last>,
}

impl BatchState {
    pub(super) fn of(queue: &BatchQueue, size: u64) -> Self {
        Self { member: Rc::new(queue.member(size)), last: queue.last(size) }
    }
}

/// What a member of a batch takes from when it is begun, or when the last one is, without a wait.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    /// All of its work, and all that follows.
    pub(super) whole: Distribution,
    /// The rest of work that is under way; none where that is as long as the whole.
    pub(super) rest: Option<Distribution>,
    /// What follows the work.
    pub(super) behind: Distribution,
}

/// The members of a batch, with how many are alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Members(Vec<(Member, u64)>);

impl Member {
    /// Returns it with what follows.
    pub(super) fn then(&self, after: &Distribution) -> Self {
        Self { whole: self.whole.then(after), rest: self.rest.as_ref().map(|rest| rest.then(after)), behind: self.behind.then(after) }
    }
}

impl Members {
    pub(super) fn alike(member: Member, count: u64) -> Self {
        Self(vec![(member, count)])
    }

    /// Adds a member. Many different ones become as many of their mean: that of the logarithms of their functions, so that the longest of all stays what it is.
    pub(super) fn add(&mut self, member: Member) {
        match self.0.last_mut() {
            Some((last, count)) if *last == member => *count += 1,
            _ => self.0.push((member, 1)),
        }
        if self.0.len() > MAX_DIFFERENT {
            let size = self.size();
            let mean = |part: fn(&Member) -> &Distribution| {
                let times: Vec<(&Distribution, f64)> =
                    self.0.iter().map(|(member, count)| (part(member), *count as f64 / size as f64)).collect();
                longest(&times)
            };
            let rest = self.0.iter().any(|(member, _)| member.rest.is_some());
            let rest = rest.then(|| mean(|member| member.rest.as_ref().unwrap_or(&member.whole)));
            *self = Self::alike(Member { whole: mean(|member| &member.whole), rest, behind: mean(|member| &member.behind) }, size);
        }
    }

    fn size(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Returns the time until all have answered; `wait` stretches what is waited for, where that is asked.
    pub(super) fn all(&self, state: &BatchState, wait: impl Fn(&Distribution) -> Distribution) -> Distribution {
        let size = self.size() as f64;
        let mut all = Mixture::default();
        for met in &state.last {
            let mut times: Vec<(&Distribution, f64)> = Vec::new();
            for (member, count) in &self.0 {
                let count = *count as f64;
                // Nobody knows which of them is the last: each is so for its share.
                let share = count / size;
                let (begun, left) = if met.begin_together { (count, 0.0) } else { (share, (size - met.at_work) * share) };
                let rest = count - begun - left;
                match &member.rest {
                    Some(time) if rest > 0.0 => times.extend([(&member.whole, begun), (time, rest)]),
                    _ => times.push((&member.whole, begun + rest)),
                }
                if left > 0.0 && !member.behind.is_zero() {
                    times.push((&member.behind, left));
                }
            }
            all.add(met.probability, wait(&met.wait).then(&longest(&times)));
        }
        all.total()
    }
}

impl LinkPlan {
    /// Returns how its calls are tried again.
    pub(super) fn retry(&self) -> Retry {
        Retry {
            timeout: self.timeout,
            retries: self.retries,
            failed: if self.retries > 0 { self.failed } else { 0.0 },
            wait: self.wait,
            budget: self.budget,
        }
    }
}
