//! Whether one more failure would stop more of a journey.
//!
//! Semantics, "Failure": *one failure away* if a further single event would raise the share of requests that fail. Expressions are monotone: more failures
//! never lose fewer requests. So an event that stops a journey on its own settles the question for all others, and where no event costs a journey anything on
//! its own, a second one does so only together with the first: by taking the last replicas of a shard that the first one touches, or by failing in the same
//! branch of the expression. Only such candidates are tried.

use std::collections::BTreeSet;

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
        let touched = self.touched_journeys(effect);
        let is_away = |journey: usize| {
            let lost = outcome(journey).lost;
            match self.exposure[journey] {
                _ if lost >= 1.0 => false,
                Exposure::Whole => true,
                Exposure::Part if lost <= 0.0 => true,
                Exposure::None if !touched.contains(&journey) => false,
                Exposure::None | Exposure::Part => self.can_rise(effect, journey, lost, faults),
            }
        };
        (0..self.exposure.len()).filter(|journey| is_away(*journey)).collect()
    }

    fn touched_journeys(&self, effect: EffectId) -> BTreeSet<usize> {
        let mut journeys = BTreeSet::new();
        if self.exposure.iter().any(|exposure| *exposure == Exposure::None) {
            for component in self.evaluation.touched(effect) {
                for requirement in self.evaluation.requirements.on(component) {
                    journeys.extend(self.evaluation.journeys(*requirement));
                }
            }
        }
        journeys
    }

    fn can_rise(&self, effect: EffectId, journey: usize, lost: f64, faults: &[(RequirementId, Fault)]) -> bool {
        let Some((mut candidates, branches)) = self.completing(effect, journey, lost) else { return true };
        let mut situation = Situation { effect, journey, lost, faults: Vec::new(), related: None };
        let mut of_effect = BTreeSet::new();
        for (requirement, fault) in faults {
            situation.faults.extend(self.evaluation.gates(*requirement, journey).iter().map(|(_, gate)| (*gate, fault.clone())));
            of_effect.extend(self.hard_branches(*requirement, journey));
        }
        if lost > 0.0 {
            candidates.extend(self.in_branches(&self.effective, journey, None));
        } else {
            for branch in &of_effect {
                candidates.extend(self.in_branches(&self.effective, journey, Some(*branch)));
            }
            if !branches.contains(&TOP) {
                let related: BTreeSet<ComponentId> =
                    branches.union(&of_effect).flat_map(|branch| self.in_branches(&self.members, journey, Some(*branch))).collect();
                situation.related = Some(related.into_iter().collect());
            }
        }
        candidates.into_iter().any(|second| self.rises(&situation, second))
    }

    /// Finds events that take the last replicas of a shard which an effect touches, and the branches in which these replicas are needed.
    ///
    /// Nothing comes back if such an event costs the journey requests for certain.
    fn completing(&self, effect: EffectId, journey: usize, lost: f64) -> Option<(BTreeSet<EffectId>, BTreeSet<GateId>)> {
        let (mut found, mut branches) = (BTreeSet::new(), BTreeSet::new());
        for component in self.evaluation.touched(effect) {
            for requirement in self.evaluation.requirements.on(component) {
                let mut hard = self.hard_branches(*requirement, journey).peekable();
                if hard.peek().is_none() {
                    continue;
                }
                branches.extend(hard);
                let Some(completing) = self.completing_one(*requirement, effect, journey, lost) else { return None };
                found.extend(completing);
            }
        }
        Some((found, branches))
    }

    fn completing_one(&self, requirement: RequirementId, effect: EffectId, journey: usize, lost: f64) -> Option<Vec<EffectId>> {
        let (evaluation, mut found) = (self.evaluation, Vec::new());
        let required = *evaluation.requirements.get(requirement);
        let Among::Replicas(needs) = required.among else { return Some(found) };
        let component = required.component;
        if required.shards == Shards::Any {
            // It takes all shards: whatever touches another one may be the last.
            found.extend(self.hits_on(component, None).map(|(_, second)| second));
            return Some(found);
        }
        let spare = spare(evaluation.system.component(component), needs);
        for (shard, hit) in shards_of(evaluation, component, effect) {
            let is_certain = lost <= 0.0 && self.costs_requests(requirement, journey, shard);
            // A shard that is down already cannot go down once more.
            let Some(missing) = (spare + 1).checked_sub(number(hit.len())).filter(|missing| *missing > 0) else { continue };
            for (count, second) in self.hits_on(component, Some(shard)) {
                if count < missing {
                    break;
                }
                let range = hit_range(evaluation, component, shard);
                let more = evaluation.effects.within(second, &range).iter().filter(|instance| hit.binary_search(instance).is_err()).count();
                if number(more) >= missing {
                    if is_certain {
                        return None;
                    }
                    found.push(second);
                }
            }
        }
        Some(found)
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
