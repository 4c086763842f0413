//! Mean times, failures and what callers hold, for given paces of components: one pass backward over each call tree, repeated while more callers fill up.

use std::collections::BTreeMap;

use crate::analysis::communication::access;
use crate::analysis::communication::walk::Flow;
use crate::analysis::failure::{fallback_link, softness, softness_of_cached};
use crate::analysis::latency::Latency;
use crate::analysis::latency::plan::{Plan, Service};
use crate::distribution::at_least_of;
use crate::model::{Call, ComponentId, Journey, NodeId, NodeKind};
use crate::queueing::{MAX_SERVERS, erlang_c};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;

/// The most callers that fill up one because of the other.
const MAX_CASCADE: usize = 50;

/// How slow a component is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pace {
    /// So many times.
    Slower(f64),
    /// It never answers.
    Hanging,
}

/// What becomes of requests, on average.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Fate {
    /// The mean time of those that are answered, in seconds.
    pub(super) time: f64,
    /// The share that fails.
    fails: f64,
    /// The share that is never answered.
    hangs: f64,
}

impl Fate {
    /// Returns the share that is not answered well.
    pub(super) fn lost(&self) -> f64 {
        1.0 - (1.0 - self.fails) * (1.0 - self.hangs)
    }

    /// One after the other.
    fn then(self, other: Self) -> Self {
        Self { time: self.time + other.time, fails: either(self.fails, other.fails), hangs: either(self.hangs, other.hangs) }
    }

    /// The other where this one fails.
    fn or_else(self, other: Self) -> Self {
        let other = other.with(self.fails);
        Self { time: self.time + other.time, fails: other.fails, hangs: either(self.hangs, other.hangs) }
    }

    /// With a probability.
    fn with(self, share: f64) -> Self {
        Self { time: self.time * share, fails: self.fails * share, hangs: self.hangs * share }
    }

    fn plus(self, other: Self) -> Self {
        Self { time: self.time + other.time, fails: self.fails + other.fails, hangs: self.hangs + other.hangs }
    }
}

fn either(a: f64, b: f64) -> f64 {
    1.0 - (1.0 - a) * (1.0 - b)
}

/// A system at some paces.
pub(super) struct Settled {
    /// Per journey.
    pub(super) journeys: Vec<Fate>,
    /// Components without a connection left, in the order in which they fill, with the seconds after which.
    pub(super) full: Vec<(ComponentId, f64)>,
}

/// Workers of a component under today's load.
#[derive(Debug, Clone, Copy, Default)]
struct Workers {
    utilization: f64,
    servers: u64,
    work: f64,
    scv: f64,
}

/// What all evaluations share.
pub(super) struct Network<'p, 's> {
    plan: &'p Plan<'s>,
    /// By component.
    workers: Vec<Workers>,
    /// By component: the connections of all its replicas, where stated.
    connections: Vec<Option<f64>>,
    /// By journey: how often each node runs per second.
    runs: Vec<Vec<f64>>,
}

/// What is slow.
struct State<'a> {
    paces: &'a [(ComponentId, Pace)],
    full: Vec<(ComponentId, f64)>,
}

impl State<'_> {
    fn pace(&self, component: ComponentId) -> Option<Pace> {
        self.paces.iter().find(|(slow, _)| *slow == component).map(|(_, pace)| *pace)
    }

    fn is_full(&self, component: ComponentId) -> bool {
        self.full.iter().any(|(full, _)| *full == component)
    }
}

/// What one component's callers make it hold.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    /// Connections on average, of requests that are answered.
    held: f64,
    /// Requests per second that are never let go.
    stuck: f64,
    /// Requests per second.
    arrivals: f64,
}

impl<'p, 's> Network<'p, 's> {
    pub(super) fn new(plan: &'p Plan<'s>, latency: &Latency) -> Self {
        let system = plan.system;
        let mut workers = vec![Workers::default(); system.components.len()];
        for (workers, service) in workers.iter_mut().zip(&plan.services) {
            if let Service::Known { time, mean, is_exponential } = service {
                workers.work = mean.seconds();
                workers.scv = if *is_exponential { 1.0 } else { time.scv() };
            }
        }
        for station in &latency.stations {
            let workers = &mut workers[station.component.index()];
            if let (Some(utilization), Some(servers)) = (station.utilization(), station.servers)
                && utilization > workers.utilization
            {
                (workers.utilization, workers.servers) = (utilization, servers);
            }
        }
        let connections = system
            .components
            .iter()
            .map(|one| {
                let each = one.facts.get(component::CONNECTIONS).stated()?;
                #[expect(clippy::cast_precision_loss, reason = "a count of connections")]
                Some(each as f64 * f64::from(one.replicas.max(1)) * one.shards.len() as f64)
            })
            .collect();
        let runs = system
            .journeys
            .iter()
            .map(|journey| {
                let rate = journey.rate().map_or(0.0, |rate| rate.per_second());
                Flow::new(&journey.calls).executions(|_| 1.0).into_iter().map(|runs| runs * rate).collect()
            })
            .collect();
        Self { plan, workers, connections, runs }
    }

    pub(super) fn has_work(&self, component: ComponentId) -> bool {
        self.workers[component.index()].work > 0.0
    }

    pub(super) fn without_connections(&self) -> Vec<ComponentId> {
        super::waiting(self.plan).into_iter().filter(|id| self.connections[id.index()].is_none()).collect()
    }

    /// Returns what becomes of every journey, and who fills up.
    pub(super) fn settle(&self, paces: &[(ComponentId, Pace)]) -> Settled {
        let mut state = State { paces, full: Vec::new() };
        let mut now = 0.0;
        loop {
            let mut held = BTreeMap::new();
            let journeys = (0..self.plan.system.journeys.len()).map(|at| self.walk(at, &state, &mut held)).collect();
            let next = self.first_to_fill(&held, &state);
            let Some((component, after)) = next.filter(|_| state.full.len() < MAX_CASCADE) else {
                return Settled { journeys, full: state.full };
            };
            now += after;
            state.full.push((component, now));
        }
    }

    /// Finds the component that runs out of connections first, and after how long.
    fn first_to_fill(&self, held: &BTreeMap<ComponentId, Held>, state: &State<'_>) -> Option<(ComponentId, f64)> {
        let filling = held.iter().filter_map(|(component, held)| {
            let limit = self.connections[component.index()].filter(|_| !state.is_full(*component) && state.pace(*component).is_none())?;
            let after = if held.stuck > 0.0 {
                (limit - held.held).max(0.0) / held.stuck
            } else if held.held >= limit {
                // Until the first of them is let go, every arrival adds one.
                limit / held.arrivals
            } else {
                return None;
            };
            Some((*component, after))
        });
        filling.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
    }

    /// Returns the mean wait for a worker and the mean work; none where it never comes to an end.
    fn visit(&self, component: ComponentId, state: &State<'_>) -> Option<f64> {
        if state.is_full(component) {
            return None;
        }
        let Workers { utilization, servers, work, scv } = self.workers[component.index()];
        let factor = match state.pace(component) {
            Some(Pace::Hanging) => return None,
            Some(Pace::Slower(factor)) => factor,
            None => 1.0,
        };
        let (utilization, work) = (utilization * factor, work * factor);
        if utilization >= 1.0 {
            return None;
        }
        if servers == 0 || utilization <= 0.0 {
            return Some(work);
        }
        let servers = servers.min(MAX_SERVERS);
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000 servers")]
        let count = servers as f64;
        let waiting = erlang_c(utilization * count, servers) * work / (count * (1.0 - utilization)) * (1.0 + scv) / 2.0;
        Some(waiting + work)
    }

    fn walk(&self, at: usize, state: &State<'_>, held: &mut BTreeMap<ComponentId, Held>) -> Fate {
        let journey = &self.plan.system.journeys[at];
        let tree = &journey.calls;
        let mut fates = vec![Fate::default(); tree.nodes.len()];
        for id in tree.ids().rev() {
            fates[id.index()] = self.node(journey, id, &fates, &self.runs[at], state, held);
        }
        fates[0]
    }

    fn node(
        &self,
        journey: &Journey,
        id: NodeId,
        fates: &[Fate],
        runs: &[f64],
        state: &State<'_>,
        held: &mut BTreeMap<ComponentId, Held>,
    ) -> Fate {
        let node = journey.calls.node(id);
        let children = || node.children.iter().map(|child| fates[child.index()]);
        let in_turn = || children().fold(Fate::default(), Fate::then);
        match &node.kind {
            NodeKind::Root | NodeKind::Sequence => in_turn(),
            NodeKind::Call(call) => {
                let attempted = self.attempted(call, in_turn(), runs[id.index()], state, held);
                if journey.calls.is_in_cached(node) {
                    attempted
                } else {
                    self.bent(call, attempted, softness(self.plan.system, call), state)
                }
            }
            NodeKind::Choice { shares } => {
                shares.iter().zip(children()).fold(Fate::default(), |sum, (share, fate)| sum.plus(fate.with(*share)))
            }
            NodeKind::Parallel { quorum } => parallel(&children().collect::<Vec<_>>(), *quorum as usize),
            NodeKind::FirstOf { .. } => {
                let mut members = children();
                let first = members.next().unwrap_or_default();
                // The next is asked where the one before it failed; who never hears from it asks nobody.
                members.fold(first, Fate::or_else)
            }
            NodeKind::Cached { hit } => {
                let mut members = children();
                let (cache, miss) = (members.next().unwrap_or_default(), members.next().unwrap_or_default());
                let miss = miss.with(1.0 - hit.likely * (1.0 - cache.fails));
                let one = Fate { time: cache.time + miss.time, fails: miss.fails, hangs: either(cache.hangs, miss.hangs) };
                journey.calls.cached_call(node).map_or(one, |call| self.bent(call, one, softness_of_cached(call), state))
            }
        }
    }

    /// Returns what becomes of one call.
    fn attempted(&self, call: &Call, below: Fate, runs: f64, state: &State<'_>, held: &mut BTreeMap<ComponentId, Held>) -> Fate {
        let system = self.plan.system;
        let link = self.plan.link(call.link);
        let carrier = system.carrier(call.callee);
        let waits = call.arrow == Arrow::Call;
        let is_local = link.is_in_process || link.is_use;
        // Who uses the system has a device of its own; calls inside the process are work of the visit around them.
        let visit = if link.pool.is_none() || is_local { Some(self.workers[call.callee.index()].work) } else { self.visit(carrier, state) };
        if !is_local && link.pool.is_some() {
            let entry = held.entry(carrier).or_default();
            entry.arrivals += runs;
            entry.held += runs * (1.0 - below.hangs) * (visit.unwrap_or(0.0) + below.time);
            entry.stuck += runs * below.hangs;
        }
        if !waits {
            return Fate::default();
        }
        let (wire, processing) = link.time_of_bytes(call);
        let hops: f64 = link.sidecars.iter().map(|sidecar| self.plan.same_host.mean().seconds() + self.workers[sidecar.index()].work).sum();
        let copies = self.plan.copies[call.callee.index()].as_ref().filter(|_| access(system, call).is_write());
        let around = if is_local {
            0.0
        } else {
            link.round_trip.mean().seconds()
                + wire.seconds()
                + processing.seconds()
                + hops
                + copies.map_or(0.0, |copies| copies.mean().seconds())
        };
        let mut attempt = match visit {
            Some(visit) => Fate { time: around + visit + below.time, ..below },
            None => Fate { time: 0.0, fails: 0.0, hangs: 1.0 },
        };
        // What is never answered, or later than the caller waits, ends with its timeout; a breaker then refuses at once.
        if let Some(timeout) = link.timeout.map(|timeout| timeout.seconds()) {
            let is_late = attempt.time > timeout;
            let cut_off = if is_late { 1.0 } else { attempt.hangs };
            if cut_off > 0.0 {
                let is_open = system.link(call.link).facts.get(link::CIRCUIT_BREAKER).holds() && cut_off >= 0.5;
                let given_up = if is_open { 0.0 } else { link.most_attempts * timeout };
                let time = if is_late { given_up } else { attempt.time * (1.0 - cut_off) + given_up * cut_off };
                attempt = Fate { time, fails: either(attempt.fails, cut_off), hangs: 0.0 };
            }
        }
        attempt
    }

    /// Returns what becomes of a step: what answers in the callee's place, all repetitions, and whether it happens.
    fn bent(&self, call: &Call, attempted: Fate, (is_soft, other): (bool, Option<ComponentId>), state: &State<'_>) -> Fate {
        if call.arrow == Arrow::Message {
            return attempted;
        }
        let mut one = attempted;
        if let Some(other) = other {
            one = one.or_else(self.fallback(call, other, state));
        }
        if is_soft {
            one.fails = 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
        let times = call.times as f64;
        let repeated = |share: f64| 1.0 - libm::pow(1.0 - share, times);
        Fate { time: one.time * times, fails: repeated(one.fails), hangs: repeated(one.hangs) }.with(call.when.likely)
    }

    /// Returns what becomes of a request that another component answers: it waits and works, or hangs until the caller's timeout of that link. What it adds to that component's
    /// load is left out.
    fn fallback(&self, call: &Call, other: ComponentId, state: &State<'_>) -> Fate {
        let system = self.plan.system;
        let carrier = system.carrier(other);
        if carrier == system.carrier(call.caller) {
            return Fate { time: self.workers[other.index()].work, ..Fate::default() };
        }
        let timeout = fallback_link(system, call, other).and_then(|id| system.link(id).facts.get(link::TIMEOUT).stated());
        let timeout = timeout.map(|timeout| timeout.seconds()).filter(|timeout| *timeout > 0.0);
        match (self.visit(carrier, state), timeout) {
            (Some(time), Some(timeout)) if time > timeout => Fate { time: timeout, fails: 1.0, hangs: 0.0 },
            (Some(time), _) => Fate { time, ..Fate::default() },
            (None, Some(timeout)) => Fate { time: timeout, fails: 1.0, hangs: 0.0 },
            (None, None) => Fate { hangs: 1.0, ..Fate::default() },
        }
    }
}

/// The `quorum`-th answer ends the wait. With fewer answers than that it fails, or is never over while some of them may still come.
fn parallel(members: &[Fate], quorum: usize) -> Fate {
    let quorum = quorum.min(members.len());
    let mut times: Vec<f64> = members.iter().map(|one| one.time).collect();
    times.sort_by(f64::total_cmp);
    let time = times.get(quorum.saturating_sub(1)).copied().unwrap_or(0.0);
    let too_many = (members.len() - quorum) as u64 + 1;
    let unanswered = at_least_of(members.iter().map(|one| (one.lost(), 1)), too_many);
    let failed = at_least_of(members.iter().map(|one| (one.fails, 1)), too_many);
    let hangs = if unanswered > failed { (unanswered - failed) / (1.0 - failed).max(1e-12) } else { 0.0 };
    Fate { time, fails: failed, hangs: hangs.min(1.0) }
}

/// Returns the share lost by two of three members that never answer with some probabilities.
#[cfg(test)]
pub(super) fn tests_only(hangs: &[f64]) -> f64 {
    let members: Vec<Fate> = hangs.iter().map(|hangs| Fate { hangs: *hangs, ..Fate::default() }).collect();
    parallel(&members, 2).lost()
}
