//! What the latency of every journey is made of, read off the model once: links, service times, pools.

use std::collections::{BTreeMap, BTreeSet};

use super::network::{self, Network};
use super::scaling::Scaling;
use super::walk::Steady;
use crate::distribution::{Distribution, Wait};
use crate::model::{Call, Component, ComponentId, LinkId, System};
use crate::quantity::{Bytes, Duration, Probability};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, OrTrue, ServiceTime};
use crate::syntax::vocabulary::{Backoff, ComponentKind, ReadsFrom, ReplicationMode, Route};

/// The most shards of different load that are told apart; more are taken in as many groups of nearly equal load.
pub(in crate::analysis) const MAX_SHARD_GROUPS: usize = 64;

/// Protocols whose messages are text that each side writes and reads: their bytes take processor time.
const TEXT_PROTOCOLS: &[&str] = &["http", "https", "rest", "json", "graphql"];

/// The plan of a system.
#[derive(Clone)]
pub(in crate::analysis) struct Plan<'s> {
    pub(in crate::analysis) system: &'s System,
    links: Vec<Option<LinkPlan>>,
    /// By component.
    pub(in crate::analysis) services: Vec<Service>,
    /// By component: what a write waits for its own copies.
    pub(in crate::analysis) copies: Vec<Option<Distribution>>,
    /// By component: the links along which its writes are copied, and whether a writer waits.
    pub(in crate::analysis) targets: Vec<Vec<(LinkId, bool)>>,
    pub(in crate::analysis) pools: Vec<Pool>,
    /// By component: the pool of all its replicas.
    pool_of: Vec<Option<usize>>,
    /// A hop to a sidecar.
    pub(in crate::analysis) same_host: Distribution,
    /// What the walks of this plan have found that no load moves.
    pub(super) steady: Steady,
}

/// How long one visit works.
#[derive(Debug, Clone)]
pub(in crate::analysis) enum Service {
    /// Not stated.
    Missing,
    /// Nothing that is waited for: who uses the system, or no work of its own.
    None,
    /// Stated, or assumed for a sidecar.
    Known {
        time: Distribution,
        /// The mean as it is stated: the grid's is off by a share of 1e-9.
        mean: Duration,
        is_exponential: bool,
    },
}

impl Service {
    /// Returns the work where replicas cost each other some.
    fn slowed(self, scaling: Option<Scaling>) -> Self {
        match (self, scaling) {
            (Self::Known { time, mean, is_exponential }, Some(scaling)) => {
                let slowdown = scaling.slowdown(scaling.replicas);
                Self::Known { time: time.scaled(slowdown), mean: Duration::new(mean.seconds() * slowdown), is_exponential }
            }
            (service, _) => service,
        }
    }
}

/// What a call of a link takes and how it is tried.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct LinkPlan {
    /// Whether it is a person's use of a client: no latency.
    pub(in crate::analysis) is_use: bool,
    /// Whether it stays inside a process: the callee's work is done by the caller's worker.
    pub(in crate::analysis) is_in_process: bool,
    pub(in crate::analysis) round_trip: Distribution,
    seconds_per_byte: f64,
    text_seconds_per_byte: f64,
    payload: f64,
    response: f64,
    overhead: f64,
    pub(in crate::analysis) sidecars: Vec<ComponentId>,
    pub(in crate::analysis) timeout: Option<Duration>,
    pub(in crate::analysis) retries: u64,
    pub(in crate::analysis) failed: f64,
    pub(in crate::analysis) wait: Option<Wait>,
    /// The most retries per attempt on average, where they are limited.
    pub(in crate::analysis) budget: Option<f64>,
    /// The most attempts per call when all of them fail.
    pub(in crate::analysis) most_attempts: f64,
    pub(in crate::analysis) hedge_after: Option<Duration>,
    /// How many callees one call goes to at once, and whether these are all shards.
    pub(in crate::analysis) width: u64,
    pub(in crate::analysis) to_every_shard: bool,
    /// The pool that works for the callee; none for who uses the system.
    pub(in crate::analysis) pool: Option<usize>,
}

impl LinkPlan {
    /// Returns the time on the wire that the sizes of a call cost, and the processor time of writing and reading them.
    pub(in crate::analysis) fn time_of_bytes(&self, call: &Call) -> (Duration, Duration) {
        let request = call.payload.map_or(self.payload, |range| range.likely);
        let response = call.response.map_or(self.response, |range| range.likely);
        let overhead = if call.arrow == Arrow::Call { 2.0 * self.overhead } else { self.overhead };
        let content = request + response;
        (Duration::new((content + overhead) * self.seconds_per_byte), Duration::new(content * self.text_seconds_per_byte))
    }

    /// Returns the processor time of writing and reading a byte; 0 where messages are not text.
    pub(in crate::analysis) const fn time_of_text(&self) -> f64 {
        self.text_seconds_per_byte
    }

    /// Lets its bytes take no time.
    pub(super) const fn without_bytes(&mut self) {
        (self.seconds_per_byte, self.text_seconds_per_byte) = (0.0, 0.0);
    }

    /// Returns how many times a call is sent at most while nothing answers in time: every attempt, and each once more where it is hedged.
    pub(super) const fn most_sent(&self, attempts: f64) -> f64 {
        if self.hedge_after.is_some() { 2.0 * attempts } else { attempts }
    }

    /// Says whether the load depends on how long its calls take.
    pub(in crate::analysis) fn feeds_back(&self) -> bool {
        (self.timeout.is_some() && self.retries > 0) || self.hedge_after.is_some()
    }
}

/// Workers that serve one queue, in each shard.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Pool {
    pub(in crate::analysis) component: ComponentId,
    /// Whether only the leader of each shard works.
    pub(in crate::analysis) is_leader: bool,
    pub(in crate::analysis) servers: Servers,
    /// Shards of equal load.
    pub(in crate::analysis) groups: Vec<ShardGroup>,
    /// For the pool of all copies of a component with one leader: the pool of the leader, and the part of the reads that reach the leader.
    pub(in crate::analysis) shares_leader: Option<(usize, f64)>,
}

/// Shards that carry the same load.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct ShardGroup {
    /// The share of one of them.
    pub(in crate::analysis) share: f64,
    /// Their indices.
    pub(in crate::analysis) shards: Vec<usize>,
}

/// How many requests a pool works on at once, in each shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::analysis) enum Servers {
    /// Not stated: no queueing, no capacity.
    Unknown,
    /// Stated absent, or each user's own: no queue.
    Unlimited,
    /// So many, and how many of them one replica has.
    Known { all: u64, per_replica: u64 },
}

impl<'s> Plan<'s> {
    pub(in crate::analysis) fn new(system: &'s System) -> Self {
        Self::over(system, Some(&Network::new(system)))
    }

    /// The plan without the time that a message is under way, which takes longest to make: for what asks for loads alone.
    pub(in crate::analysis) fn of_loads(system: &'s System) -> Self {
        Self::over(system, None)
    }

    fn over(system: &'s System, network: Option<&Network<'_>>) -> Self {
        let mut plan = Self {
            system,
            links: vec![None; system.links.len()],
            services: system.component_ids().map(|id| service(system, system.component(id)).slowed(Scaling::of(system, id))).collect(),
            copies: vec![None; system.components.len()],
            targets: vec![Vec::new(); system.components.len()],
            pools: Vec::new(),
            pool_of: vec![None; system.components.len()],
            same_host: network.map_or_else(Distribution::zero, Network::same_host),
            steady: Steady::default(),
        };
        let mut written = BTreeSet::new();
        let mut used = BTreeSet::new();
        for (_, call) in system.journeys.iter().flat_map(|journey| journey.calls.calls()) {
            used.insert(call.link);
            if crate::analysis::communication::access(system, call).is_write() {
                written.insert(call.callee);
            }
        }
        for id in system.link_ids().filter(|id| system.link(*id).arrow == Arrow::Replication) {
            let link = system.link(id);
            if written.contains(&link.from) {
                used.insert(id);
                let waits = link.facts.get(link::MODE).stated() == Some(ReplicationMode::Sync);
                plan.targets[link.from.index()].push((id, waits));
            }
        }
        for id in written {
            plan.copies[id.index()] = network.and_then(|network| network.wait_for_copies(id));
        }
        let mut sidecars: BTreeMap<ComponentId, Vec<ComponentId>> = BTreeMap::new();
        for id in system.component_ids() {
            let component = system.component(id);
            if let (ComponentKind::Sidecar, Some(host)) = (component.kind, component.of) {
                sidecars.entry(host).or_default().push(id);
            }
        }
        let mut pools = Pools { system, pools: Vec::new(), by_key: BTreeMap::new() };
        for id in used {
            let link = link_plan(system, network, id, &sidecars, &mut pools);
            for sidecar in &link.sidecars {
                pools.all_of(*sidecar);
            }
            plan.links[id.index()] = Some(link);
        }
        for ((id, _), pool) in pools.by_key.into_iter().filter(|((_, is_leader), _)| !is_leader) {
            plan.pool_of[id.index()] = Some(pool);
        }
        plan.pools = pools.pools;
        plan
    }

    /// Returns the plan of a link that a journey uses, or along which its writes are copied.
    pub(in crate::analysis) fn link(&self, id: LinkId) -> &LinkPlan {
        self.links[id.index()].as_ref().expect("every link of a step and every copying link is planned")
    }

    /// Returns the links that are used.
    pub(in crate::analysis) fn links(&self) -> impl Iterator<Item = (LinkId, &LinkPlan)> {
        self.system.link_ids().zip(&self.links).filter_map(|(id, link)| Some((id, link.as_ref()?)))
    }

    /// Changes every link that is used.
    pub(super) fn change_links(&mut self, change: impl Fn(&System, LinkId, &mut LinkPlan)) {
        let system = self.system;
        for (id, link) in system.link_ids().zip(&mut self.links) {
            if let Some(link) = link {
                change(system, id, link);
            }
        }
    }

    /// Returns the pool of all replicas of a component.
    pub(in crate::analysis) fn pool_of(&self, component: ComponentId) -> Option<usize> {
        self.pool_of[component.index()]
    }

    /// Returns the mean work of one visit; 0 where it is not known.
    pub(in crate::analysis) fn work(&self, component: ComponentId) -> f64 {
        match &self.services[component.index()] {
            Service::Known { mean, .. } => mean.seconds(),
            Service::Missing | Service::None => 0.0,
        }
    }
}

/// Says whether a component is a module that states no work of its own inside a component that does: its work is part of that figure.
pub(in crate::analysis) fn is_inside(system: &System, component: &Component) -> bool {
    component.kind == ComponentKind::Module
        && !component.facts.get(component::SERVICE_TIME).is_known()
        && component.of.is_some_and(|of| system.component(system.carrier(of)).facts.get(component::SERVICE_TIME).is_known())
}

/// Reads a service time. A mean is exponential; a mean with a variation up to 1 is a gamma distribution, above 1 a lognormal one; two percentiles are
/// lognormal. A sidecar without one has the assumed one; who uses the system needs none, and a module's is part of its component's unless it states one.
fn service(system: &System, component: &Component) -> Service {
    let stated = match component.facts.get(component::SERVICE_TIME) {
        Fact::Stated(stated) => stated,
        Fact::Absent => return Service::None,
        _ if component.kind == ComponentKind::Sidecar => {
            ServiceTime::Mean(crate::quantity::Ranged::exactly(Duration::new(system.assumptions.value("sidecar.service-time"))))
        }
        _ if matches!(component.kind, ComponentKind::Actor | ComponentKind::Client) || is_inside(system, component) => {
            return Service::None;
        }
        _ => return Service::Missing,
    };
    let (time, is_exponential) = match stated {
        ServiceTime::Mean(mean) => (Distribution::exponential(mean.likely), true),
        ServiceTime::Variation { mean, scv } if scv.likely == 1.0 => (Distribution::exponential(mean.likely), true),
        ServiceTime::Variation { mean, scv } if scv.likely < 1.0 => (Distribution::gamma(mean.likely, scv.likely), false),
        ServiceTime::Variation { mean, scv } => (Distribution::lognormal_of_mean(mean.likely, scv.likely), false),
        ServiceTime::Percentiles { p50, p99 } => (Distribution::lognormal(p50.likely, p99.likely), false),
    };
    Service::Known { time, mean: stated.mean(), is_exponential }
}

fn link_plan(
    system: &System,
    network: Option<&Network<'_>>,
    id: LinkId,
    sidecars: &BTreeMap<ComponentId, Vec<ComponentId>>,
    pools: &mut Pools<'_>,
) -> LinkPlan {
    let link = system.link(id);
    let facts = &link.facts;
    let (from, to) = (system.component(link.from), system.component(link.to));
    let (caller, callee) = (system.carrier(link.from), system.carrier(link.to));
    let is_use = from.kind == ComponentKind::Actor && to.kind == ComponentKind::Client;
    let is_in_process = caller == callee;
    let bytes = |key, assumed: f64| match facts.get(key) {
        Fact::Stated(bytes) => Bytes::bytes(bytes),
        Fact::Absent => 0.0,
        Fact::Unknown => assumed,
    };
    let value = |name: &str| system.assumptions.value(name);
    let is_text = facts.text(link::PROTOCOL).is_some_and(|protocol| TEXT_PROTOCOLS.contains(&protocol.to_ascii_lowercase().as_str()));
    let retries = facts.get(link::RETRIES).or(0);
    let budget = retry_budget(system, facts.get(link::RETRY_BUDGET));
    let to_every_shard = system.route(id) == Route::All && link.arrow != Arrow::Replication && to.is_sharded();
    let to_every_replica =
        system.route(id) == Route::All && link.arrow != Arrow::Replication && !to.is_sharded() && !system.calls_leader(id);
    let has_pool = !matches!(system.component(callee).kind, ComponentKind::Actor | ComponentKind::Client);
    let passes = !is_in_process && link.arrow != Arrow::Replication;
    LinkPlan {
        is_use,
        is_in_process,
        round_trip: network.map_or_else(Distribution::zero, |network| network.round_trip(id)),
        seconds_per_byte: network.filter(|_| !is_use).map_or(0.0, |network| network.seconds_per_byte(id)),
        text_seconds_per_byte: if is_text { (value("json.write") + value("json.read")) / 1e3 } else { 0.0 },
        payload: bytes(link::PAYLOAD, value("payload")),
        response: bytes(link::RESPONSE, if link.arrow == Arrow::Call { value("response") } else { 0.0 }),
        overhead: bytes(link::OVERHEAD, 0.0),
        sidecars: if passes { [caller, callee].iter().flat_map(|end| sidecars.get(end)).flatten().copied().collect() } else { Vec::new() },
        timeout: facts.get(link::TIMEOUT).stated().filter(|timeout| timeout.seconds() > 0.0),
        retries,
        failed: network::failed_calls(system, id).value(),
        wait: pause(facts.get(link::BACKOFF).stated(), facts.get(link::JITTER).holds(), value("backoff.first")),
        budget,
        most_attempts: most_attempts(budget, facts.get(link::CIRCUIT_BREAKER).holds(), retries),
        hedge_after: facts.get(link::HEDGE_AFTER).stated(),
        width: if to_every_shard {
            to.shards.len() as u64
        } else if to_every_replica {
            u64::from(to.replicas)
        } else {
            1
        },
        to_every_shard,
        pool: has_pool.then(|| if system.calls_leader(id) { pools.leader_of(callee) } else { pools.all_of(callee) }),
    }
}

/// Returns the most retries per attempt, where a budget is stated; without a number a tenth.
///
/// Source: Site Reliability Engineering, O'Reilly 2016, chapter 21, "Handling Overload": a client retries while less than 10 % of its requests are retries. Finagle's
/// default is 20 % and 10 a second besides (finagle.github.io, "Retry Budgets", 2016).
fn retry_budget(system: &System, budget: Fact<OrTrue<Probability>>) -> Option<f64> {
    match budget {
        Fact::Stated(OrTrue::True(_)) => Some(system.assumptions.value("retry-budget")),
        Fact::Stated(OrTrue::Value(share)) => Some(share.value()),
        Fact::Absent | Fact::Unknown => None,
    }
}

/// Returns the most attempts per call when every attempt fails: all retries, no more than the budget, and none behind an open breaker.
#[expect(clippy::cast_precision_loss, reason = "an expectation")]
fn most_attempts(budget: Option<f64>, has_breaker: bool, retries: u64) -> f64 {
    let retries = retries as f64;
    if has_breaker { 1.0 } else { 1.0 + budget.map_or(retries, |budget| budget.min(retries)) }
}

fn pause(backoff: Option<Backoff>, jitter: bool, first: f64) -> Option<Wait> {
    let growth = match backoff? {
        Backoff::None => return None,
        Backoff::Fixed => 1.0,
        Backoff::Exponential => 2.0,
    };
    Some(Wait { first: Duration::new(first), growth, jitter })
}

struct Pools<'s> {
    system: &'s System,
    pools: Vec<Pool>,
    by_key: BTreeMap<(ComponentId, bool), usize>,
}

impl Pools<'_> {
    /// Returns the pool of the leaders of a component.
    fn leader_of(&mut self, id: ComponentId) -> usize {
        self.pool(id, true)
    }

    /// Returns the pool of all replicas of a component; where it has one leader, that of the leader is made too, because reads that reach it load it.
    fn all_of(&mut self, id: ComponentId) -> usize {
        let at = self.pool(id, false);
        if self.system.is_single_leader(id) && self.pools[at].shares_leader.is_none() {
            let leader = self.pool(id, true);
            let replicas = f64::from(self.system.component(id).replicas.max(1));
            let reaches = if reads_followers(self.system.component(id)) { 0.0 } else { 1.0 / replicas };
            self.pools[at].shares_leader = Some((leader, reaches));
        }
        at
    }

    fn pool(&mut self, id: ComponentId, is_leader: bool) -> usize {
        if let Some(at) = self.by_key.get(&(id, is_leader)) {
            return *at;
        }
        let component = self.system.component(id);
        let replicas =
            if is_leader { 1 } else { u64::from(component.replicas) - u64::from(reads_followers(component) && component.replicas > 1) };
        let servers = match component.facts.get(component::CONCURRENCY) {
            Fact::Stated(per_replica) => {
                Servers::Known { all: per_replica.max(1).saturating_mul(replicas.max(1)), per_replica: per_replica.max(1) }
            }
            Fact::Absent => Servers::Unlimited,
            Fact::Unknown => Servers::Unknown,
        };
        self.pools.push(Pool { component: id, is_leader, servers, groups: groups(component), shares_leader: None });
        self.by_key.insert((id, is_leader), self.pools.len() - 1);
        self.pools.len() - 1
    }
}

fn reads_followers(component: &Component) -> bool {
    component.facts.get(component::READS_FROM).stated() == Some(ReadsFrom::Follower)
}

/// Puts shards of equal share together; where more than [`MAX_SHARD_GROUPS`] differ, neighbours in size.
fn groups(component: &Component) -> Vec<ShardGroup> {
    let mut by_share: Vec<(f64, usize)> = component.shards.iter().map(|shard| shard.share).zip(0..).collect();
    by_share.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut groups: Vec<ShardGroup> = Vec::new();
    for (share, shard) in by_share {
        match groups.last_mut() {
            Some(group) if (group.share - share).abs() <= 1e-9 => group.shards.push(shard),
            _ => groups.push(ShardGroup { share, shards: vec![shard] }),
        }
    }
    if groups.len() > MAX_SHARD_GROUPS {
        let per_group = groups.len().div_ceil(MAX_SHARD_GROUPS);
        groups = groups
            .chunks(per_group)
            .map(|chunk| {
                let shards: Vec<usize> = chunk.iter().flat_map(|group| group.shards.iter().copied()).collect();
                let load: f64 = shards.iter().map(|shard| component.shards[*shard].share).sum();
                ShardGroup { share: load / shards.len() as f64, shards }
            })
            .collect();
    }
    groups
}
