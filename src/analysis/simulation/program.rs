//! The system as the simulation runs it: journeys as steps, links, stations; read off the same plan as the formulas.

use super::law::{self, Law};
use crate::analysis::communication::access;
use crate::analysis::latency::plan::{LinkPlan, Plan, Servers};
use crate::distribution::Wait;
use crate::model::{Call, CallTree, ComponentId, LinkId, NodeId, NodeKind, System};
use crate::quantity::Rate;
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;

/// Stands for "without a limit".
pub(super) const UNLIMITED: u64 = u64::MAX;

/// A system, ready to run.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Requests per second of each journey, in the order of the system's; 0 where no rate is stated.
    pub(super) rates: Vec<f64>,
    /// The step with which each journey begins.
    pub(super) roots: Vec<u32>,
    pub(super) steps: Vec<Step>,
    /// Children of steps, which name a part of this list.
    pub(super) children: Vec<u32>,
    pub(super) calls: Vec<CallStep>,
    pub(super) links: Vec<LinkStep>,
    pub(super) pools: Vec<Pool>,
    /// Groups of equal workers: one for each shard of each pool.
    pub(super) stations: Vec<Station>,
    /// A hop to a sidecar.
    pub(super) same_host: Law,
    /// How a breaker is set.
    pub(super) breaker: Breaker,
}

/// A step of a journey.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// One after another.
    Sequence(Children),
    /// All at once, until so many have answered.
    Parallel(Children, u32),
    /// One of them, by cumulated shares.
    Choice(Children, Vec<f64>),
    /// The first, and with the probability of a miss the second.
    Cached(Children, f64),
    /// A call or a message.
    Call(u32),
}

/// A part of [`Program::children`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Children {
    pub(super) first: u32,
    pub(super) end: u32,
}

impl Children {
    pub(super) const fn is_empty(self) -> bool {
        self.first == self.end
    }

    pub(super) fn indices(self) -> std::ops::Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// A call, a message, or the root's own work.
#[derive(Debug, Clone)]
pub(super) struct CallStep {
    pub(super) link: u32,
    pub(super) is_message: bool,
    pub(super) times: u64,
    pub(super) when: f64,
    /// The time of its bytes, on the wire and in being written and read, in seconds.
    pub(super) bytes: f64,
    pub(super) work: Law,
    /// Whether calls inside the process stand below it, whose work its worker does.
    pub(super) has_inside: bool,
    /// Whether the worker of the call around it does its work.
    pub(super) is_inside: bool,
    /// What its callee's copies make it wait for, where it writes.
    pub(super) copies: Option<Law>,
    /// Copies that are written along `=>`: calls of their own, and whether they are waited for.
    pub(super) targets: Vec<(u32, bool)>,
    /// What the callee calls in turn.
    pub(super) below: Children,
}

/// How calls of a link are made.
#[derive(Debug, Clone)]
pub(super) struct LinkStep {
    pub(super) round_trip: Law,
    /// In seconds; infinite without one.
    pub(super) timeout: f64,
    pub(super) retries: u64,
    pub(super) failed: f64,
    pub(super) wait: Option<Wait>,
    pub(super) budget: Option<f64>,
    pub(super) has_breaker: bool,
    /// In seconds.
    pub(super) hedge_after: Option<f64>,
    pub(super) width: u64,
    pub(super) to_every_shard: bool,
    pub(super) pool: Option<u32>,
    pub(super) sidecars: Vec<(u32, Law)>,
}

/// A pool: the stations of its shards.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) component: ComponentId,
    pub(super) is_leader: bool,
    pub(super) first: u32,
    /// Cumulated shares of its shards.
    pub(super) shares: Vec<f64>,
    /// The pool of leaders, and the share of visits that reach it.
    pub(super) leader: Option<(u32, f64)>,
}

/// Equal workers with one queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Station {
    pub(super) servers: u64,
    /// How many requests may be open here, those included that wait for others.
    pub(super) connections: u64,
}

/// When a circuit breaker opens and closes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Breaker {
    /// The share of failures at which it opens.
    pub(super) threshold: f64,
    /// Over so many calls.
    pub(super) window: u32,
    /// For so many seconds.
    pub(super) open: f64,
}

impl Program {
    pub(super) fn new(system: &System, rates: &[Option<f64>]) -> Self {
        let plan = Plan::new(system);
        let value = |name: &str| system.assumptions.value(name);
        let mut program = Self {
            rates: rates.iter().map(|rate| rate.filter(|rate| rate.is_finite() && *rate > 0.0).unwrap_or(0.0)).collect(),
            roots: Vec::new(),
            steps: Vec::new(),
            children: Vec::new(),
            calls: Vec::new(),
            links: Vec::new(),
            pools: Vec::new(),
            stations: Vec::new(),
            same_host: Law::of_distribution(&plan.same_host),
            breaker: Breaker {
                threshold: value("breaker.threshold"),
                window: breaker_window(value("breaker.window")),
                open: value("breaker.open"),
            },
        };
        let laws = law::services(system, &plan.services);
        program.make_pools(&plan);
        let link_at = program.make_links(&plan, &laws);
        let compiler = Compiler { plan: &plan, laws: &laws, link_at: &link_at };
        for journey in &system.journeys {
            let root = compiler.journey(&mut program, &journey.calls);
            program.roots.push(root);
        }
        program
    }

    fn make_pools(&mut self, plan: &Plan<'_>) {
        for pool in &plan.pools {
            let first = index(self.stations.len());
            let system = plan.system;
            let owner = system.component(pool.component);
            let (mut servers, per_replica) = match pool.servers {
                Servers::Known { all, per_replica } => (all, per_replica),
                Servers::Unknown | Servers::Unlimited => (UNLIMITED, 0),
            };
            // The leader takes its part of the reads itself: the others are a station of their own.
            if pool.shares_leader.is_some_and(|(_, part)| part > 0.0) && servers != UNLIMITED {
                servers = servers.saturating_sub(per_replica).max(1);
            }
            let replicas = if pool.is_leader { 1 } else { u64::from(owner.replicas.max(1)) };
            let connections =
                owner.facts.get(component::CONNECTIONS).stated().map_or(UNLIMITED, |each| each.max(1).saturating_mul(replicas));
            let mut total = 0.0;
            let shares = owner
                .shards
                .iter()
                .map(|shard| {
                    total += shard.share;
                    total
                })
                .collect();
            self.stations.extend(std::iter::repeat_n(Station { servers, connections }, owner.shards.len()));
            let leader = pool.shares_leader.filter(|(_, part)| *part > 0.0).map(|(leader, part)| (index(leader), part));
            self.pools.push(Pool { component: pool.component, is_leader: pool.is_leader, first, shares, leader });
        }
    }

    /// Makes the links that are used; returns where each is.
    fn make_links(&mut self, plan: &Plan<'_>, laws: &[Law]) -> Vec<Option<u32>> {
        let mut link_at = vec![None; plan.system.links.len()];
        for (id, planned) in plan.links() {
            link_at[id.index()] = Some(index(self.links.len()));
            self.links.push(link_step(plan, laws, id, planned));
        }
        link_at
    }

    /// Makes a step that runs another so many times in a row, with a probability: below a call of no time, to nobody.
    fn repeated(&mut self, step: Step, (times, when): (u64, f64), is_inside: bool) -> Step {
        self.steps.push(step);
        let below = self.take(std::iter::once(index(self.steps.len() - 1)));
        self.links.push(LinkStep::without_network(None));
        let link = index(self.links.len() - 1);
        self.calls.push(CallStep { times, when, is_inside, below, ..CallStep::plain(link, Law::Constant(0.0)) });
        Step::Call(index(self.calls.len() - 1))
    }

    fn take(&mut self, children: impl Iterator<Item = u32>) -> Children {
        let first = index(self.children.len());
        self.children.extend(children);
        Children { first, end: index(self.children.len()) }
    }
}

impl CallStep {
    /// Makes a call that happens once, takes a work and calls nobody.
    const fn plain(link: u32, work: Law) -> Self {
        Self {
            link,
            is_message: false,
            times: 1,
            when: 1.0,
            bytes: 0.0,
            work,
            has_inside: false,
            is_inside: false,
            copies: None,
            targets: Vec::new(),
            below: Children { first: 0, end: 0 },
        }
    }
}

impl LinkStep {
    /// Makes what stands for a link where there is no network: a program starts its own journey, or steps are repeated.
    const fn without_network(pool: Option<u32>) -> Self {
        Self {
            round_trip: Law::Constant(0.0),
            timeout: f64::INFINITY,
            retries: 0,
            failed: 0.0,
            wait: None,
            budget: None,
            has_breaker: false,
            hedge_after: None,
            width: 1,
            to_every_shard: false,
            pool,
            sidecars: Vec::new(),
        }
    }
}

fn link_step(plan: &Plan<'_>, laws: &[Law], id: LinkId, planned: &LinkPlan) -> LinkStep {
    LinkStep {
        round_trip: if planned.is_use { Law::Constant(0.0) } else { Law::of_distribution(&planned.round_trip) },
        timeout: planned.timeout.map_or(f64::INFINITY, |timeout| timeout.seconds()),
        retries: planned.retries,
        failed: if planned.retries > 0 { planned.failed } else { 0.0 },
        wait: planned.wait,
        budget: planned.budget,
        has_breaker: plan.system.link(id).facts.get(link::CIRCUIT_BREAKER).holds(),
        hedge_after: planned.hedge_after.map(|delay| delay.seconds().max(0.0)),
        width: planned.width.max(1),
        to_every_shard: planned.to_every_shard,
        pool: planned.pool.map(index),
        sidecars: planned
            .sidecars
            .iter()
            .filter_map(|sidecar| Some((index(plan.pool_of(*sidecar)?), laws[sidecar.index()].clone())))
            .collect(),
    }
}

/// Turns call trees into steps.
struct Compiler<'a, 's> {
    plan: &'a Plan<'s>,
    laws: &'a [Law],
    link_at: &'a [Option<u32>],
}

impl Compiler<'_, '_> {
    /// Makes the steps of a journey, children before parents; returns the first to run.
    fn journey(&self, program: &mut Program, tree: &CallTree) -> u32 {
        let absorbs = self.absorbs(tree);
        let mut step_of: Vec<u32> = vec![0; tree.nodes.len()];
        // Whether a call stands inside the process below a node, without a call over the network between.
        let mut has_inside = vec![false; tree.nodes.len()];
        for id in tree.ids().rev() {
            let node = tree.node(id);
            let is_inside = |child: &NodeId| has_inside[child.index()];
            let inside_below = node.children.iter().any(is_inside);
            let children = program.take(node.children.iter().map(|child| step_of[child.index()]));
            let step = match &node.kind {
                NodeKind::Root => {
                    step_of[id.index()] = self.root(program, tree, children, inside_below);
                    break;
                }
                NodeKind::Sequence => Step::Sequence(children),
                NodeKind::Parallel { quorum } => Step::Parallel(children, (*quorum).min(children.end - children.first)),
                NodeKind::Choice { shares } => {
                    let mut sum = 0.0;
                    let cumulated = shares.iter().map(|share| {
                        sum += share;
                        sum
                    });
                    Step::Choice(children, cumulated.collect())
                }
                // Later ones are tried when the first is down; nothing is down here.
                NodeKind::FirstOf { .. } => Step::Sequence(Children { end: children.first + 1, ..children }),
                NodeKind::Cached { hit } => {
                    let one = Step::Cached(children, 1.0 - hit.likely);
                    // It is repeated, and happens or not, with what follows its misses.
                    match tree.cached_call(node).filter(|call| call.times != 1 || call.when.likely < 1.0) {
                        Some(call) => program.repeated(one, (call.times, call.when.likely), absorbs[id.index()]),
                        None => one,
                    }
                }
                NodeKind::Call(call) => {
                    let runs = if tree.is_in_cached(node) { (1, 1.0) } else { (call.times, call.when.likely) };
                    self.call(program, call, runs, children, (absorbs[id.index()], inside_below))
                }
            };
            has_inside[id.index()] = match &node.kind {
                NodeKind::Call(call) => absorbs[id.index()] && self.plan.link(call.link).is_in_process && call.arrow == Arrow::Call,
                _ => inside_below,
            };
            program.steps.push(step);
            step_of[id.index()] = index(program.steps.len() - 1);
        }
        step_of[0]
    }

    /// Says for every node whether a worker of the component in which it stands is at work for the call around it.
    fn absorbs(&self, tree: &CallTree) -> Vec<bool> {
        let mut absorbs = vec![false; tree.nodes.len()];
        let has_worker = !self.plan.system.component(tree.root).is_caller();
        for id in tree.ids().skip(1) {
            let above = tree.node(id).parent.map_or(CallTree::root_node(), |parent| parent);
            absorbs[id.index()] = match &tree.node(above).kind {
                NodeKind::Root => has_worker,
                NodeKind::Call(call) if self.plan.link(call.link).is_in_process && call.arrow == Arrow::Call => absorbs[above.index()],
                NodeKind::Call(_) => true,
                _ => absorbs[above.index()],
            };
        }
        absorbs
    }

    /// The root's own work counts where it is a program: a job's run is the journey.
    fn root(&self, program: &mut Program, tree: &CallTree, below: Children, has_inside: bool) -> u32 {
        let system = self.plan.system;
        if system.component(tree.root).is_caller() {
            program.steps.push(Step::Sequence(below));
            return index(program.steps.len() - 1);
        }
        program.links.push(LinkStep::without_network(self.plan.pool_of(system.carrier(tree.root)).map(index)));
        let link = index(program.links.len() - 1);
        program.calls.push(CallStep { has_inside, below, ..CallStep::plain(link, self.laws[tree.root.index()].clone()) });
        program.steps.push(Step::Call(index(program.calls.len() - 1)));
        index(program.steps.len() - 1)
    }

    fn call(
        &self,
        program: &mut Program,
        call: &Call,
        (times, when): (u64, f64),
        below: Children,
        (absorbed, has_inside): (bool, bool),
    ) -> Step {
        let planned = self.plan.link(call.link);
        let system = self.plan.system;
        let is_message = call.arrow == Arrow::Message;
        let is_inside = absorbed && planned.is_in_process && !is_message;
        let writes = access(system, call).is_write() && !planned.is_use;
        let (wire, processing) = planned.time_of_bytes(call);
        let mut targets = Vec::new();
        if writes {
            for (target, waits) in &self.plan.targets[call.callee.index()] {
                let link = self.link_at[target.index()].expect("links along which writes are copied are planned");
                program.calls.push(CallStep::plain(link, self.laws[system.link(*target).to.index()].clone()));
                targets.push((index(program.calls.len() - 1), *waits));
            }
        }
        program.calls.push(CallStep {
            link: self.link_at[call.link.index()].expect("links of steps are planned"),
            is_message,
            times,
            when,
            bytes: if planned.is_use { 0.0 } else { wire.seconds() + processing.seconds() },
            work: self.laws[call.callee.index()].clone(),
            has_inside,
            is_inside,
            copies: self.plan.copies[call.callee.index()].as_ref().filter(|_| writes).map(Law::of_distribution),
            targets,
            below,
        });
        Step::Call(index(program.calls.len() - 1))
    }
}

/// Returns the mean rates of the journeys.
pub(super) fn mean_rates(system: &System) -> Vec<Option<f64>> {
    system.journeys.iter().map(|journey| journey.rate().map(Rate::per_second)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1 to 10,000")]
fn breaker_window(calls: f64) -> u32 {
    calls.clamp(1.0, 10_000.0) as u32
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("a model has fewer than 2^32 steps, links and shards")
}
