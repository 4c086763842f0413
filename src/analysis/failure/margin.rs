//! Whether one more failure would stop more of a journey.
//!
//! Semantics, "Failure": *one failure away* if a further single event would raise the share of requests that fail. Expressions are monotone: more failures
//! never lose fewer requests. So an event that stops a journey on its own settles the question for all others, and where no event costs a journey anything on
//! its own, a second one does so only together with the first: by taking the last replicas of a shard that the first one touches, or by failing in the same
//! branch of the expression. Only such candidates are tried.

use std::collections::{BTreeMap, BTreeSet};

use super::draws::outcome;
use super::evaluation::Evaluation;
use super::events::{EffectId, number, replicas, spare, within};
use super::expression::{Consequence, GateId, Outcome, TOP};
use super::requirement::{Among, Fault, RequirementId, Shards};
use crate::model::ComponentId;

/// Shares of lost requests closer than this are equal: their sums are rounded.
const SAME: f64 = 1e-12;

/// What single events do on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exposure {
    /// None costs the journey anything.
    None,
    /// Some cost it a part of its requests.
    Part,
    /// Some stop it.
    Whole,
}

/// What is known beforehand of the events that may come second.
#[derive(Debug)]
pub(super) struct Margin<'e, 's> {
    evaluation: &'e Evaluation<'s>,
    /// Per journey.
    exposure: Vec<Exposure>,
    /// Events that violate a requirement on their own, by journey and branch.
    effective: Vec<(usize, GateId, EffectId)>,
    /// The components in each branch of each journey, the top left out.
    members: Vec<(usize, GateId, ComponentId)>,
    /// How many instances of each shard an event takes down, the most first: component, shard, that number from above, event.
    hits: Vec<(ComponentId, u32, std::cmp::Reverse<u32>, EffectId)>,
}

/// The shards that an event touches and of which a second one takes the last replicas.
#[derive(Debug, Default)]
struct Completing {
    shards: Vec<(RequirementId, u32)>,
    /// Whether one of these shards costs the journey requests whatever else is up.
    is_certain: bool,
}

/// One effect, as one journey sees it.
struct Situation {
    effect: EffectId,
    journey: usize,
    lost: f64,
    /// What the effect violates.
    faults: Vec<(GateId, Fault)>,
    /// The components with which it can interact; none if any can raise the loss.
    related: Option<Vec<ComponentId>>,
}

impl<'e, 's> Margin<'e, 's> {
    /// Prepares for the effects of all single events, each once, and what they violate on their own.
    pub(super) fn of(
        evaluation: &'e Evaluation<'s>,
        singles: &[EffectId],
        faults: &[Vec<(RequirementId, Fault)>],
        exposure: Vec<Exposure>,
    ) -> Self {
        let mut this = Self { evaluation, exposure, effective: Vec::new(), members: Vec::new(), hits: Vec::new() };
        if this.exposure.iter().all(|exposure| *exposure == Exposure::Whole) {
            return this;
        }
        let open: Vec<usize> = (0..this.exposure.len()).filter(|journey| this.exposure[*journey] != Exposure::Whole).collect();
        let mut is_open = vec![false; evaluation.requirements.len()];
        for journey in open {
            let expression = &evaluation.expressions[journey];
            for (requirement, gate) in &expression.leaves {
                let standing = &expression.standings[*gate as usize];
                if standing.is_hard {
                    is_open[requirement.index()] = true;
                    if standing.branch != TOP {
                        this.members.push((journey, standing.branch, evaluation.requirements.get(*requirement).component));
                    }
                }
            }
        }
        for effect in singles {
            for (requirement, _) in faults[effect.index()].iter().filter(|(requirement, _)| is_open[requirement.index()]) {
                for journey in evaluation.journeys(*requirement).filter(|journey| this.exposure[*journey] != Exposure::Whole) {
                    let branches = this.hard_branches(*requirement, journey).map(|branch| (journey, branch, *effect)).collect::<Vec<_>>();
                    this.effective.extend(branches);
                }
            }
            for component in evaluation.touched(*effect) {
                if evaluation.requirements.on(component).iter().any(|requirement| is_open[requirement.index()]) {
                    let hits = shards_of(evaluation, component, *effect)
                        .map(|(shard, hit)| (component, shard, std::cmp::Reverse(number(hit.len())), *effect));
                    this.hits.extend(hits);
                }
            }
        }
        this.members.sort_unstable();
        this.members.dedup();
        this.effective.sort_unstable();
        this.effective.dedup();
        this.hits.sort_unstable();
        this
    }

    /// Returns the journeys that are one failure away while an effect lasts; `outcome` is what it does to each journey on its own.
    pub(super) fn one_failure_away(
        &self,
        effect: EffectId,
        faults: &[(RequirementId, Fault)],
        outcome: impl Fn(usize) -> Outcome,
    ) -> Vec<usize> {
        let completing = self.completing(effect);
        let is_away = |journey: usize| {
            let lost = outcome(journey).lost;
            match self.exposure[journey] {
                _ if lost >= 1.0 => false,
                Exposure::Whole => true,
                Exposure::Part if lost <= 0.0 => true,
                Exposure::None | Exposure::Part => self.can_rise(effect, journey, lost, faults, completing.get(&journey)),
            }
        };
        (0..self.exposure.len()).filter(|journey| is_away(*journey)).collect()
    }

    fn can_rise(
        &self,
        effect: EffectId,
        journey: usize,
        lost: f64,
        faults: &[(RequirementId, Fault)],
        completing: Option<&Completing>,
    ) -> bool {
        if lost <= 0.0 && completing.is_some_and(|completing| completing.is_certain) {
            return true;
        }
        let shards = completing.map_or(&[][..], |completing| &completing.shards);
        let mut candidates: BTreeSet<EffectId> =
            shards.iter().flat_map(|(requirement, shard)| self.second_events(*requirement, *shard, effect)).collect();
        let mut situation = Situation { effect, journey, lost, faults: Vec::new(), related: None };
        let mut branches = BTreeSet::new();
        for (requirement, fault) in faults {
            situation.faults.extend(self.evaluation.gates(*requirement, journey).iter().map(|(_, gate)| (*gate, fault.clone())));
            branches.extend(self.hard_branches(*requirement, journey));
        }
        if lost > 0.0 {
            candidates.extend(self.in_branches(&self.effective, journey, None));
        } else {
            candidates.extend(branches.iter().flat_map(|branch| self.in_branches(&self.effective, journey, Some(*branch))));
        }
        if candidates.is_empty() {
            return false;
        }
        if lost <= 0.0 {
            situation.related = self.related(effect, journey);
        }
        candidates.into_iter().any(|second| self.rises(&situation, second))
    }

    /// Returns the components in the branches that an effect touches; none where it touches the top, in which everything interacts.
    fn related(&self, effect: EffectId, journey: usize) -> Option<Vec<ComponentId>> {
        let requirements = self.evaluation.touched(effect).flat_map(|component| self.evaluation.requirements.on(component));
        let branches: BTreeSet<GateId> = requirements.flat_map(|requirement| self.hard_branches(*requirement, journey)).collect();
        let related = || {
            branches.iter().flat_map(|branch| self.in_branches(&self.members, journey, Some(*branch))).collect::<BTreeSet<ComponentId>>()
        };
        (!branches.contains(&TOP)).then(|| related().into_iter().collect())
    }

    /// Finds, for each journey, the shards of which an effect leaves so few replicas that a second event can take the last.
    fn completing(&self, effect: EffectId) -> BTreeMap<usize, Completing> {
        let mut found: BTreeMap<usize, Completing> = BTreeMap::new();
        if self.hits.is_empty() {
            return found;
        }
        for component in self.evaluation.touched(effect) {
            for requirement in self.evaluation.requirements.on(component) {
                for (shard, _) in shards_of(self.evaluation, component, effect) {
                    if self.second_events(*requirement, shard, effect).next().is_none() {
                        continue;
                    }
                    for journey in
                        self.evaluation.journeys(*requirement).filter(|journey| self.hard_branches(*requirement, *journey).next().is_some())
                    {
                        let completing = found.entry(journey).or_default();
                        completing.is_certain |= self.costs_requests(*requirement, journey, shard);
                        completing.shards.push((*requirement, shard));
                    }
                }
            }
        }
        found
    }

    /// Returns the events that take the last replicas of a shard while an effect lasts.
    fn second_events(&self, requirement: RequirementId, shard: u32, effect: EffectId) -> impl Iterator<Item = EffectId> {
        let evaluation = self.evaluation;
        let required = *evaluation.requirements.get(requirement);
        let range = hit_range(evaluation, required.component, shard);
        let hit = evaluation.effects.within(effect, &range);
        let (missing, shard) = match (required.among, required.shards) {
            // A leader is one instance: an event that takes it needs no other.
            (Among::Leader, _) => (0, Some(shard)),
            // It takes all shards: whatever touches another one may be the last.
            (Among::Replicas(_), Shards::Any) => (1, None),
            // A shard that is down already cannot go down once more.
            (Among::Replicas(needs), Shards::Every | Shards::Drawn(_)) => {
                ((spare(evaluation.system.component(required.component), needs) + 1).saturating_sub(number(hit.len())), Some(shard))
            }
        };
        let large =
            self.hits_on(required.component, shard).take_while(move |(count, _)| missing > 0 && (shard.is_none() || *count >= missing));
        let is_enough = move |second: &EffectId| {
            let more = evaluation.effects.within(*second, &range).iter().filter(|instance| hit.binary_search(instance).is_err());
            shard.is_none() || number(more.count()) >= missing
        };
        large.map(|(_, second)| second).filter(is_enough)
    }

    /// Says whether a shard that is down costs a journey requests whatever else is up.
    fn costs_requests(&self, requirement: RequirementId, journey: usize, shard: u32) -> bool {
        let is_drawn = match self.evaluation.requirements.get(requirement).shards {
            Shards::Every => true,
            Shards::Any => false,
            Shards::Drawn(draw) => self.evaluation.requirements.shares(draw)[shard as usize] > 0.0,
        };
        let standings = &self.evaluation.expressions[journey].standings;
        let mut gates = self.evaluation.gates(requirement, journey).iter();
        is_drawn && gates.any(|(_, gate)| matches!(standings[*gate as usize].alone, Consequence::Lost(share) if share > 0.0))
    }

    /// Says whether a second event raises what a first one costs.
    fn rises(&self, situation: &Situation, second: EffectId) -> bool {
        let evaluation = self.evaluation;
        let first = evaluation.effects.instances_of(situation.effect);
        if evaluation.effects.instances_of(second).iter().all(|instance| first.binary_search(instance).is_ok()) {
            return false;
        }
        let both = [situation.effect, second];
        let mut faults: Vec<(GateId, Fault)> = situation.faults.clone();
        let mut add = |component: ComponentId| {
            for (requirement, fault) in evaluation.faults(component, &both) {
                faults.extend(evaluation.gates(requirement, situation.journey).iter().map(|(_, gate)| (*gate, fault.clone())));
            }
        };
        match &situation.related {
            Some(related) if related.len() < evaluation.effects.instances_of(second).len() => related.iter().copied().for_each(&mut add),
            _ => evaluation.touched(second).for_each(&mut add),
        }
        let faults: Vec<(GateId, &Fault)> = faults.iter().map(|(gate, fault)| (*gate, fault)).collect();
        let lost = outcome(&evaluation.expressions[situation.journey], &evaluation.requirements, &faults).lost;
        if situation.lost > 0.0 { lost > situation.lost + SAME } else { lost > 0.0 }
    }

    /// Returns the branches of a journey in which a failing requirement can cost requests.
    fn hard_branches(&self, requirement: RequirementId, journey: usize) -> impl Iterator<Item = GateId> {
        let standings = &self.evaluation.expressions[journey].standings;
        let gates = self.evaluation.gates(requirement, journey).iter();
        gates.map(|(_, gate)| &standings[*gate as usize]).filter(|standing| standing.is_hard).map(|standing| standing.branch)
    }

    /// Returns what a sorted list has of a journey and of one or all of its branches.
    fn in_branches<T: Copy>(&self, list: &[(usize, GateId, T)], journey: usize, branch: Option<GateId>) -> Vec<T> {
        let (low, high) = branch.map_or((GateId::MIN, GateId::MAX), |branch| (branch, branch));
        let from = list.partition_point(|(of, at, _)| (*of, *at) < (journey, low));
        let to = list.partition_point(|(of, at, _)| (*of, *at) <= (journey, high));
        list[from..to].iter().map(|(_, _, item)| *item).collect()
    }

    /// Returns the single events that take down instances of one or all shards of a component; of one shard the largest first.
    fn hits_on(&self, component: ComponentId, shard: Option<u32>) -> impl Iterator<Item = (u32, EffectId)> {
        let (low, high) = shard.map_or((u32::MIN, u32::MAX), |shard| (shard, shard));
        let from = self.hits.partition_point(|(of, at, ..)| (*of, *at) < (component, low));
        let to = self.hits.partition_point(|(of, at, ..)| (*of, *at) <= (component, high));
        self.hits[from..to].iter().map(|(_, _, count, effect)| (count.0, *effect))
    }
}

/// Returns the instances of each shard of a component that an effect takes down, where there are any.
fn shards_of<'a>(evaluation: &'a Evaluation<'_>, component: ComponentId, effect: EffectId) -> impl Iterator<Item = (u32, &'a [u32])> {
    let range = evaluation.effects.instances.range(component);
    let each = number(replicas(evaluation.system.component(component))).max(1);
    let start = range.start;
    let hit = within(evaluation.effects.instances_of(effect), &range);
    hit.chunk_by(move |a, b| (a - start) / each == (b - start) / each).map(move |hit| ((hit[0] - start) / each, hit))
}

/// Returns the numbers of a shard's instances.
fn hit_range(evaluation: &Evaluation<'_>, component: ComponentId, shard: u32) -> std::ops::Range<u32> {
    let each = number(replicas(evaluation.system.component(component)));
    let start = evaluation.effects.instances.range(component).start + shard * each;
    start..start + each
}
