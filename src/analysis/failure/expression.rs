//! The failure expression of a journey: a tree of gates over requirements.
//!
//! Semantics, "Journeys" and "Failure". Calls that are plainly required fail what they stand in, so all of them stand in one series gate; a gate of its own has
//! only what bends this: a condition, an optional step, a fallback, a group. A chain of 30,000 required calls is one gate, and nothing here recurses.

use std::collections::BTreeMap;

use super::events::number;
use super::paths::Paths;
use super::requirement::{RequirementId, Requirements};
use crate::distribution::at_least_of;
use crate::model::{Call, CallTree, ComponentId, Fallback, Journey, JourneyId, NodeId, NodeKind, System};
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{State, Value};

/// Names a gate of an expression; 0 is the journey itself.
pub(super) type GateId = u32;

/// The gate that fails with the journey.
pub(super) const TOP: GateId = 0;

/// What decides whether a gate fails. A gate fails its parent by the parent's kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum GateKind {
    /// Anything in it fails it.
    Series,
    /// Nothing in it fails it: the caller goes on, degraded.
    Soft,
    /// All members fail it; degraded while the first is down.
    FirstOf {
        /// How many.
        members: u32,
    },
    /// The call, then, on a miss or while the call fails, what stands in for it.
    Cached {
        /// The share of hits.
        hit: f64,
    },
    /// Fewer than `quorum` working members fail it.
    Vote {
        /// How many must work.
        quorum: u32,
        /// How many there are.
        members: u32,
    },
    /// One of its members runs.
    Choice,
}

/// A gate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    /// The gate that it stands in; it has a smaller number. The top stands in itself.
    pub(super) parent: GateId,
    /// Its number among the parent's members, where they differ.
    pub(super) slot: u32,
    /// The share of its parent's runs in which it runs.
    pub(super) weight: f64,
    /// What decides whether it fails.
    pub(super) kind: GateKind,
}

/// What a failure directly inside a gate does while everything else is up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Consequence {
    /// That share of requests fails.
    Lost(f64),
    /// Requests are answered, with a soft step or fallback in use.
    Degraded,
    /// Nothing: something else does the work.
    Nothing,
}

/// What is known of a gate beforehand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// What a failure directly inside it does on its own.
    pub(super) alone: Consequence,
    /// Whether a failure inside it can ever, with others, make requests fail.
    pub(super) is_hard: bool,
    /// The gate below the top through which it reaches it; the top for itself.
    pub(super) branch: GateId,
}

/// The failure expression of one journey.
#[derive(Debug)]
pub(super) struct Expression {
    /// The gates, each after the one that it stands in.
    pub(super) gates: Vec<Gate>,
    paths: Paths,
    /// For each gate, what is known of it beforehand.
    pub(super) standings: Vec<Standing>,
    /// Which requirement stands in which gate, each pair once.
    pub(super) leaves: Vec<(RequirementId, GateId)>,
    /// How long the switch from the first member of a group to the next one takes, where that is stated.
    pub(super) switches: BTreeMap<GateId, Switch>,
    /// Gates that stand for one step in several places: what is drawn for one is drawn for all with the same coin.
    pub(super) coins: BTreeMap<GateId, Coin>,
}

/// What a step draws: whether it happens, or which branch runs; of a cached step, whether it misses.
pub(super) type Coin = (NodeId, Drawn);

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Drawn {
    /// Whether the step happens.
    Happens,
    /// Which branch runs.
    Branch,
    /// Whether the cache misses.
    Miss,
}

/// The switch of a group whose members are tried in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Switch {
    /// The journey.
    pub(super) journey: JourneyId,
    /// Which of the journey's switches it is, from 1.
    pub(super) number: u32,
    /// How long it takes, in hours.
    pub(super) hours: f64,
}

/// What an expression comes to while some of its requirements fail.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Outcome {
    /// The share of requests that fail.
    pub(super) lost: f64,
    /// Whether a soft step or a fallback is in use for some requests.
    pub(super) is_degraded: bool,
}

impl Expression {
    pub(super) fn of(system: &System, journey: &Journey, requirements: &mut Requirements) -> Self {
        Self::of_part(system, journey, Part::Response, requirements)
    }

    /// Semantics, "Journeys": the completion is what follows the `~>` steps. It fails if, for any of them, the callee or anything required below it is down; the
    /// synchronous part and the sender are not repeated. None without such a step.
    ///
    /// Each message is a failure of its own, whatever would go on without its sender; it is sent where all calls on the way to it happen while they answer.
    pub(super) fn of_completion(system: &System, journey: &Journey, requirements: &mut Requirements) -> Option<Self> {
        let has_messages = journey.calls.calls().any(|(_, call)| call.arrow == Arrow::Message);
        has_messages.then(|| Self::of_part(system, journey, Part::Completion, requirements))
    }

    fn of_part(system: &System, journey: &Journey, part: Part, requirements: &mut Requirements) -> Self {
        let mut builder = Builder {
            system,
            requirements,
            tree: &journey.calls,
            part,
            gates: Vec::new(),
            leaves: Vec::new(),
            switches: Vec::new(),
            coins: BTreeMap::new(),
        };
        builder.build();
        let Builder { gates, mut leaves, switches, coins, .. } = builder;
        leaves.sort_unstable();
        leaves.dedup();
        let mut this = Self { leaves, coins, ..Self::over(gates) };
        if let Some(journey) = system.find_journey(&journey.id) {
            let numbered = switches.into_iter().zip(1..);
            this.switches = numbered.map(|((gate, hours), number)| (gate, Switch { journey, number, hours })).collect();
        }
        this
    }

    /// Prepares a tree of gates without requirements.
    pub(super) fn over(gates: Vec<Gate>) -> Self {
        let paths = Paths::of(&gates);
        let standings = standings(&gates, &paths);
        Self { gates, paths, standings, leaves: Vec::new(), switches: BTreeMap::new(), coins: BTreeMap::new() }
    }

    /// Computes what faults come to for requests that fall into fixed shards: `failed` has gates with the probability of a failure in each.
    ///
    /// Conditions and choices of different gates are independent. Only gates at which failures meet are visited.
    pub(super) fn settle(&self, failed: &[(GateId, f64)]) -> Outcome {
        if let [(gate, fail)] = failed {
            return match self.standings[*gate as usize].alone {
                Consequence::Lost(share) => Outcome { lost: share * fail, is_degraded: false },
                Consequence::Degraded => Outcome { lost: 0.0, is_degraded: *fail > 0.0 },
                Consequence::Nothing => Outcome::default(),
            };
        }
        let junctions = self.paths.junctions(failed.iter().map(|(gate, _)| *gate));
        let mut reports: Vec<Vec<Report>> = vec![Vec::new(); junctions.len()];
        for (gate, fail) in failed {
            if let Some(at) = self.paths.find(&junctions, *gate) {
                reports[at].push(Report { slot: None, fail: *fail, is_degraded: false });
            }
        }
        let mut outcome = Outcome::default();
        for (at, (gate, around)) in junctions.iter().enumerate().rev() {
            outcome = self.gates[*gate as usize].kind.combine(&reports[at]);
            if *gate != TOP && outcome != Outcome::default() {
                reports[*around].push(self.paths.report(&self.gates, *gate, junctions[*around].0, outcome));
            }
        }
        outcome
    }
}

/// What a gate hears from something in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Report {
    /// The member that it comes from; none from a requirement.
    pub(super) slot: Option<u32>,
    /// The probability that it runs and fails.
    pub(super) fail: f64,
    /// Whether it runs degraded for some requests.
    pub(super) is_degraded: bool,
}

impl GateKind {
    pub(super) fn combine(self, reports: &[Report]) -> Outcome {
        let any_degraded = reports.iter().any(|report| report.is_degraded);
        let member = |slot: u32| {
            reports
                .iter()
                .find(|report| report.slot == Some(slot))
                .map_or(Outcome::default(), |report| Outcome { lost: report.fail, is_degraded: report.is_degraded })
        };
        match self {
            Self::Series => {
                // Of what fails in the end, nothing is in use.
                let lost = any_of(reports.iter().map(|report| report.fail));
                Outcome { lost, is_degraded: any_degraded && lost < 1.0 }
            }
            Self::Soft => Outcome { lost: 0.0, is_degraded: any_degraded || reports.iter().any(|report| report.fail > 0.0) },
            Self::Choice => Outcome { lost: whole(reports.iter().map(|report| report.fail).sum()), is_degraded: any_degraded },
            Self::FirstOf { members } => {
                let first = member(0);
                let lost = if reports.len() == members as usize { reports.iter().map(|report| report.fail).product() } else { 0.0 };
                // Where all others fail for certain, none of them is in use.
                let others = reports.iter().filter(|report| report.slot != Some(0));
                let others_fail =
                    others.clone().count() + 1 == members as usize && others.map(|report| report.fail).product::<f64>() >= 1.0;
                Outcome { lost, is_degraded: first.is_degraded || first.lost > 0.0 && !others_fail }
            }
            Self::Cached { hit } => {
                let (call, otherwise) = (member(0), member(1));
                let runs = call.lost + (1.0 - call.lost) * (1.0 - hit);
                Outcome {
                    lost: runs * otherwise.lost,
                    is_degraded: call.is_degraded || call.lost > 0.0 && otherwise.lost < 1.0 || runs > 0.0 && otherwise.is_degraded,
                }
            }
            Self::Vote { quorum, members } => {
                let lost = at_least_of(reports.iter().map(|report| (report.fail, 1)), u64::from(members - quorum) + 1);
                Outcome { lost: whole(lost), is_degraded: any_degraded }
            }
        }
    }
}

/// Computes the probability that at least one of independent things happens; a small sum stays exact.
pub(super) fn any_of(shares: impl Iterator<Item = f64>) -> f64 {
    whole(shares.fold(0.0, |any, share| any + share * (1.0 - any)))
}

/// Shares that the model lets add up to 1 within 1e-9 add up to 1.
pub(super) fn whole(share: f64) -> f64 {
    if share >= 1.0 - 1e-9 { 1.0 } else { share }
}

fn standings(gates: &[Gate], paths: &Paths) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::with_capacity(gates.len());
    for (at, gate) in gates.iter().enumerate() {
        let id = number(at);
        let is_soft = gate.kind == GateKind::Soft;
        let inside = if is_soft { Outcome { lost: 0.0, is_degraded: true } } else { Outcome { lost: 1.0, is_degraded: false } };
        let standing = if id == TOP {
            Standing { alone: Consequence::Lost(1.0), is_hard: true, branch: TOP }
        } else {
            let (parent, heard) = (standings[gate.parent as usize], paths.report(gates, id, TOP, inside));
            Standing {
                alone: match heard {
                    Report { fail, .. } if fail > 0.0 => Consequence::Lost(fail),
                    Report { is_degraded: true, .. } => Consequence::Degraded,
                    Report { .. } => Consequence::Nothing,
                },
                is_hard: parent.is_hard && !is_soft,
                branch: if gate.parent == TOP { id } else { parent.branch },
            }
        };
        standings.push(standing);
    }
    standings
}

/// Says whether the caller goes on without an answer, and which other component answers instead; what a step says wins over its link, key by key.
pub(in crate::analysis) fn softness(system: &System, call: &Call) -> (bool, Option<ComponentId>) {
    let facts = &system.link(call.link).facts;
    let required = call.required.unwrap_or_else(|| !facts.get(link::REQUIRED).is_absent());
    let of_link = || match facts.entry_of(link::FALLBACK).map(|entry| &entry.state) {
        Some(State::Stated(Value::True)) => Fallback::Answer,
        _ => facts.text(link::FALLBACK).and_then(|id| system.find_component(id)).map_or(Fallback::None, Fallback::Component),
    };
    match call.fallback.unwrap_or_else(of_link) {
        Fallback::None => (!required, None),
        // A step that insists on the call has no use for an answer without one.
        Fallback::Answer => (call.fallback.is_some() || call.required != Some(true), None),
        Fallback::Component(other) => (!required, Some(other)),
    }
}

/// The same of a cached step with all that follows its misses: only what the step itself says. What its link says is of the call to the cache alone, whose failure is a miss.
pub(in crate::analysis) fn softness_of_cached(call: &Call) -> (bool, Option<ComponentId>) {
    let is_soft = call.required == Some(false);
    match call.fallback {
        None | Some(Fallback::None) => (is_soft, None),
        Some(Fallback::Answer) => (true, None),
        Some(Fallback::Component(other)) => (is_soft, Some(other)),
    }
}

/// Which part of a journey an expression is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What the answer waits for.
    Response,
    /// What follows the messages.
    Completion,
}

struct Builder<'a> {
    system: &'a System,
    requirements: &'a mut Requirements,
    tree: &'a CallTree,
    part: Part,
    gates: Vec<Gate>,
    leaves: Vec<(RequirementId, GateId)>,
    /// Groups with a switch, and its hours.
    switches: Vec<(GateId, f64)>,
    coins: BTreeMap<GateId, Coin>,
}

/// The gates in which a step stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Where its failure counts; nowhere for what never runs, and for what a completion does not repeat.
    fails: Option<GateId>,
    /// In a completion, where the failure of a message that follows counts; nowhere where none is sent.
    runs: Option<GateId>,
}

impl Builder<'_> {
    fn build(&mut self) {
        let top = self.gate(Gate { parent: TOP, slot: 0, weight: 1.0, kind: GateKind::Series });
        let root = match self.part {
            Part::Response => {
                let root = self.requirements.of_root(self.system, self.tree.root);
                self.require(top, root);
                Place { fails: Some(top), runs: None }
            }
            Part::Completion => Place { fails: None, runs: Some(top) },
        };
        // For each node the gates in which its children stand.
        let mut inner: Vec<Place> = vec![Place { fails: None, runs: None }; self.tree.nodes.len()];
        inner[CallTree::root_node().index()] = root;
        let slots = self.tree.positions();
        for id in self.tree.ids().skip(1) {
            let Some(parent) = self.tree.node(id).parent else { continue };
            let (around, slot) = (inner[parent.index()], number(slots[id.index()]));
            let outer = Place {
                fails: around.fails.and_then(|gate| self.member(parent, slot, gate)),
                runs: around.runs.and_then(|gate| self.sent(parent, slot, gate)),
            };
            if outer.fails.is_some() || outer.runs.is_some() {
                inner[id.index()] = self.inside(id, outer);
            }
        }
    }

    /// Returns the gate of a member of a group, in which its failure counts.
    fn member(&mut self, group: NodeId, slot: u32, outer: GateId) -> Option<GateId> {
        let node = self.tree.node(group);
        match &node.kind {
            NodeKind::Root | NodeKind::Call(_) | NodeKind::Sequence => Some(outer),
            NodeKind::Choice { shares } => self.branch(shares, slot, outer),
            NodeKind::Parallel { quorum } if *quorum as usize >= node.children.len() => Some(outer),
            NodeKind::Parallel { .. } | NodeKind::FirstOf { .. } | NodeKind::Cached { .. } => Some(self.series(outer, slot, 1.0)),
        }
    }

    /// Returns the gate of what a member of a group sends; while all answer, only the first of several runs, and what a miss leads to.
    fn sent(&mut self, group: NodeId, slot: u32, outer: GateId) -> Option<GateId> {
        match &self.tree.node(group).kind {
            NodeKind::Root | NodeKind::Call(_) | NodeKind::Sequence | NodeKind::Parallel { .. } => Some(outer),
            NodeKind::Choice { shares } => self.branch(shares, slot, outer),
            NodeKind::FirstOf { .. } => (slot == 0).then_some(outer),
            NodeKind::Cached { .. } if slot == 0 => Some(outer),
            NodeKind::Cached { hit } => self.sometimes(outer, 1.0 - hit.likely, (group, Drawn::Miss)),
        }
    }

    fn branch(&mut self, shares: &[f64], slot: u32, outer: GateId) -> Option<GateId> {
        let share = shares.get(slot as usize).copied().unwrap_or(0.0);
        (share > 0.0).then(|| self.series(outer, slot, share))
    }

    /// Returns the gates in which the children of a node stand.
    fn inside(&mut self, id: NodeId, outer: Place) -> Place {
        let node = self.tree.node(id);
        match &node.kind {
            NodeKind::Root | NodeKind::Sequence => outer,
            NodeKind::Call(call) => {
                // A cached step draws for its call.
                let when = if self.tree.is_in_cached(node) { 1.0 } else { call.when.likely };
                let coin = (id, Drawn::Happens);
                let runs = outer.runs.and_then(|gate| self.sometimes(gate, when, coin));
                let is_message = call.arrow == Arrow::Message;
                let fails = match self.part {
                    Part::Completion if is_message => runs,
                    Part::Completion | Part::Response => outer.fails.and_then(|gate| self.sometimes(gate, when, coin)),
                };
                let fails = fails.map(|gate| {
                    let (is_soft, other) = if self.tree.is_in_cached(node) { (false, None) } else { softness(self.system, call) };
                    let gate = self.bent(call, gate, (is_soft || is_message && self.part == Part::Response, other));
                    let required = self.requirements.of_call(self.system, call);
                    self.require(gate, required);
                    gate
                });
                Place { fails, runs }
            }
            NodeKind::Parallel { quorum } => match number(node.children.len()) {
                members if *quorum >= members => outer,
                members => Place { fails: outer.fails.map(|gate| self.group(gate, GateKind::Vote { quorum: *quorum, members })), ..outer },
            },
            NodeKind::Choice { .. } => {
                let mut group = |gate| self.drawing(gate, GateKind::Choice, (id, Drawn::Branch));
                Place { fails: outer.fails.map(&mut group), runs: outer.runs.map(&mut group) }
            }
            NodeKind::FirstOf { switch } => {
                let fails = outer.fails.map(|gate| {
                    let group = self.group(gate, GateKind::FirstOf { members: number(node.children.len()) });
                    self.switches.extend(switch.map(|switch| (group, switch.likely / 3_600.0)));
                    group
                });
                Place { fails, ..outer }
            }
            NodeKind::Cached { hit } => {
                let call = self.tree.cached_call(node);
                let (when, coin) = (call.map_or(1.0, |call| call.when.likely), (id, Drawn::Happens));
                let fails = outer.fails.and_then(|gate| self.sometimes(gate, when, coin)).map(|gate| {
                    let gate = call.map_or(gate, |call| self.bent(call, gate, softness_of_cached(call)));
                    self.drawing(gate, GateKind::Cached { hit: hit.likely }, (id, Drawn::Miss))
                });
                Place { fails, runs: outer.runs.and_then(|gate| self.sometimes(gate, when, coin)) }
            }
        }
    }

    /// Returns the gate of what happens with a probability only; none for what never does.
    fn sometimes(&mut self, outer: GateId, probability: f64, coin: Coin) -> Option<GateId> {
        if probability <= 0.0 || probability >= 1.0 {
            return (probability > 0.0).then_some(outer);
        }
        let gate = self.series(outer, 0, probability);
        self.coins.insert(gate, coin);
        Some(gate)
    }

    /// Puts what bends a call's failure around it.
    fn bent(&mut self, call: &Call, outer: GateId, (is_soft, other): (bool, Option<ComponentId>)) -> GateId {
        let mut gate = outer;
        if is_soft {
            gate = self.group(gate, GateKind::Soft);
        }
        if let Some(other) = other {
            let group = self.group(gate, GateKind::FirstOf { members: 2 });
            gate = self.series(group, 0, 1.0);
            let second = self.series(group, 1, 1.0);
            let required = self.requirements.of_fallback(self.system, call, other);
            self.require(second, required);
        }
        gate
    }

    fn drawing(&mut self, parent: GateId, kind: GateKind, coin: Coin) -> GateId {
        let gate = self.group(parent, kind);
        self.coins.insert(gate, coin);
        gate
    }

    fn require(&mut self, gate: GateId, required: impl IntoIterator<Item = RequirementId>) {
        self.leaves.extend(required.into_iter().map(|requirement| (requirement, gate)));
    }

    fn series(&mut self, parent: GateId, slot: u32, weight: f64) -> GateId {
        self.gate(Gate { parent, slot, weight, kind: GateKind::Series })
    }

    fn group(&mut self, parent: GateId, kind: GateKind) -> GateId {
        self.gate(Gate { parent, slot: 0, weight: 1.0, kind })
    }

    fn gate(&mut self, gate: Gate) -> GateId {
        self.gates.push(gate);
        number(self.gates.len() - 1)
    }
}
