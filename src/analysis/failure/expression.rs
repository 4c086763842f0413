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
            is_counted: vec![part == Part::Response; journey.calls.nodes.len()],
            gates: Vec::new(),
            leaves: Vec::new(),
            switches: Vec::new(),
        };
        builder.build();
        let Builder { gates, mut leaves, switches, .. } = builder;
        leaves.sort_unstable();
        leaves.dedup();
        let mut this = Self { leaves, ..Self::over(gates) };
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
        Self { gates, paths, standings, leaves: Vec::new(), switches: BTreeMap::new() }
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
                Outcome { lost, is_degraded: first.is_degraded || first.lost > 0.0 }
            }
            Self::Cached { hit } => {
                let (call, otherwise) = (member(0), member(1));
                let runs = call.lost + (1.0 - call.lost) * (1.0 - hit);
                Outcome {
                    lost: runs * otherwise.lost,
                    is_degraded: call.is_degraded || call.lost > 0.0 || runs > 0.0 && otherwise.is_degraded,
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
    /// For each node, whether its failure counts: of the completion only what is a message, or behind one.
    is_counted: Vec<bool>,
    gates: Vec<Gate>,
    leaves: Vec<(RequirementId, GateId)>,
    /// Groups with a switch, and its hours.
    switches: Vec<(GateId, f64)>,
}

impl Builder<'_> {
    fn build(&mut self) {
        let top = self.gate(Gate { parent: TOP, slot: 0, weight: 1.0, kind: GateKind::Series });
        if self.part == Part::Response {
            let root = self.requirements.of_root(self.system, self.tree.root);
            self.require(top, root);
        }
        // For each node the gate in which its children stand; none for what never runs.
        let mut inner: Vec<Option<GateId>> = vec![None; self.tree.nodes.len()];
        inner[CallTree::root_node().index()] = Some(top);
        let slots = self.tree.positions();
        for id in self.tree.ids().skip(1) {
            let Some((parent, outer)) = self.tree.node(id).parent.and_then(|parent| Some((parent, inner[parent.index()]?))) else {
                continue;
            };
            let (group, slot) = (self.tree.node(parent), number(slots[id.index()]));
            if self.part == Part::Completion {
                let is_message = matches!(&self.tree.node(id).kind, NodeKind::Call(call) if call.arrow == Arrow::Message);
                self.is_counted[id.index()] = is_message || self.is_counted[parent.index()];
            }
            let outer = match &group.kind {
                // As far as nothing counts yet, only what runs matters: the first of a group, and what a miss leads to.
                NodeKind::FirstOf { .. } if !self.is_counted[parent.index()] && slot > 0 => continue,
                NodeKind::Cached { hit } if !self.is_counted[parent.index()] && slot > 0 && hit.likely < 1.0 => {
                    self.series(outer, 0, 1.0 - hit.likely)
                }
                NodeKind::Cached { .. } if !self.is_counted[parent.index()] && slot > 0 => continue,
                NodeKind::Parallel { .. } | NodeKind::FirstOf { .. } | NodeKind::Cached { .. } if !self.is_counted[parent.index()] => outer,
                NodeKind::Root | NodeKind::Call(_) | NodeKind::Sequence => outer,
                NodeKind::Choice { shares } => match shares.get(slot as usize).copied().unwrap_or(0.0) {
                    share if share > 0.0 => self.series(outer, slot, share),
                    _ => continue,
                },
                NodeKind::Parallel { quorum } if *quorum as usize >= group.children.len() => outer,
                NodeKind::Parallel { .. } | NodeKind::FirstOf { .. } | NodeKind::Cached { .. } => self.series(outer, slot, 1.0),
            };
            inner[id.index()] = self.inside(id, outer);
        }
    }

    /// Returns the gate in which the children of a node stand.
    fn inside(&mut self, id: NodeId, outer: GateId) -> Option<GateId> {
        let node = self.tree.node(id);
        match &node.kind {
            NodeKind::Root | NodeKind::Sequence => Some(outer),
            NodeKind::Parallel { .. } | NodeKind::FirstOf { .. } | NodeKind::Cached { .. } if !self.is_counted[id.index()] => Some(outer),
            NodeKind::Call(call) if !self.is_counted[id.index()] => match call.when.likely {
                never if never <= 0.0 => None,
                always if always >= 1.0 => Some(outer),
                sometimes => Some(self.series(outer, 0, sometimes)),
            },
            NodeKind::Call(call) => {
                let gate = if self.tree.is_in_cached(node) { outer } else { self.wrapped(call, outer, softness(self.system, call))? };
                let required = self.requirements.of_call(self.system, call);
                self.require(gate, required);
                Some(gate)
            }
            NodeKind::Parallel { quorum } => Some(match number(node.children.len()) {
                members if *quorum >= members => outer,
                members => self.group(outer, GateKind::Vote { quorum: *quorum, members }),
            }),
            NodeKind::Choice { .. } => Some(self.group(outer, GateKind::Choice)),
            NodeKind::FirstOf { switch } => {
                let group = self.group(outer, GateKind::FirstOf { members: number(node.children.len()) });
                self.switches.extend(switch.map(|switch| (group, switch.likely / 3_600.0)));
                Some(group)
            }
            NodeKind::Cached { hit } => {
                let outer = self.tree.cached_call(node).map_or(Some(outer), |call| self.wrapped(call, outer, softness_of_cached(call)))?;
                Some(self.group(outer, GateKind::Cached { hit: hit.likely }))
            }
        }
    }

    /// Puts what bends a call's failure around it; nothing comes back for a call that never happens.
    fn wrapped(&mut self, call: &Call, outer: GateId, (is_soft, other): (bool, Option<ComponentId>)) -> Option<GateId> {
        let mut gate = outer;
        if call.when.likely <= 0.0 {
            return None;
        }
        if call.when.likely < 1.0 {
            gate = self.series(gate, 0, call.when.likely);
        }
        if is_soft || call.arrow == Arrow::Message && self.part == Part::Response {
            gate = self.group(gate, GateKind::Soft);
        }
        if let Some(other) = other {
            let group = self.group(gate, GateKind::FirstOf { members: 2 });
            gate = self.series(group, 0, 1.0);
            let second = self.series(group, 1, 1.0);
            let required = self.requirements.of_fallback(self.system, call, other);
            self.require(second, required);
        }
        Some(gate)
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
