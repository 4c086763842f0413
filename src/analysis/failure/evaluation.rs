//! What an effect does to every journey that it reaches.
//!
//! Effects are looked up from instances to requirements to gates, so that a journey's expression is visited only where the effect touches it.

use std::collections::BTreeMap;

use super::draws::outcome;
use super::events::{EffectId, Effects, number};
use super::expression::{Expression, GateId, Outcome};
use super::requirement::{Fault, RequirementId, Requirements};
use crate::model::{ComponentId, System};

/// All journeys of a system, ready to be asked what an effect does to them.
#[derive(Debug)]
pub(super) struct Evaluation<'s> {
    pub(super) system: &'s System,
    pub(super) effects: Effects<'s>,
    pub(super) requirements: Requirements,
    /// Per journey.
    pub(super) expressions: Vec<Expression>,
    /// Per requirement: the journeys and gates in which it stands, sorted.
    leaves: Vec<Vec<(u32, GateId)>>,
}

impl<'s> Evaluation<'s> {
    pub(super) fn of(system: &'s System) -> Self {
        let mut requirements = Requirements::of(system);
        let expressions: Vec<Expression> =
            system.journeys.iter().map(|journey| Expression::of(system, journey, &mut requirements)).collect();
        let mut leaves = vec![Vec::new(); requirements.len()];
        for (journey, expression) in expressions.iter().enumerate() {
            for (requirement, gate) in &expression.leaves {
                leaves[requirement.index()].push((number(journey), *gate));
            }
        }
        Self { system, effects: Effects::of(system), requirements, expressions, leaves }
    }

    /// Returns the gates of a journey in which a requirement stands.
    pub(super) fn gates(&self, requirement: RequirementId, journey: usize) -> &[(u32, GateId)] {
        let (leaves, journey) = (&self.leaves[requirement.index()], number(journey));
        let from = leaves.partition_point(|(of, _)| *of < journey);
        let to = leaves.partition_point(|(of, _)| *of <= journey);
        &leaves[from..to]
    }

    /// Returns the journeys in which a requirement stands, each once.
    pub(super) fn journeys(&self, requirement: RequirementId) -> impl Iterator<Item = usize> {
        self.leaves[requirement.index()].chunk_by(|a, b| a.0 == b.0).map(|of_journey| of_journey[0].0 as usize)
    }

    /// Says whether a journey can fail by a component.
    pub(super) fn is_hard(&self, component: ComponentId, journey: usize) -> bool {
        self.requirements.on(component).iter().any(|requirement| {
            let gates = self.gates(*requirement, journey);
            gates.iter().any(|(_, gate)| self.expressions[journey].standings[*gate as usize].is_hard)
        })
    }

    /// Returns the components of which an effect takes down an instance.
    pub(super) fn touched(&self, effect: EffectId) -> impl Iterator<Item = ComponentId> {
        let mut rest = self.effects.instances_of(effect);
        std::iter::from_fn(move || {
            let component = self.effects.instances.component(*rest.first()?);
            let end = self.effects.instances.range(component).end;
            rest = &rest[rest.partition_point(|instance| *instance < end)..];
            Some(component)
        })
    }

    /// Returns the requirements on a component that some effects together violate.
    pub(super) fn faults<'a>(
        &'a self,
        component: ComponentId,
        effects: &'a [EffectId],
    ) -> impl Iterator<Item = (RequirementId, Fault)> + 'a {
        let on = self.requirements.on(component).iter();
        on.filter_map(|id| self.requirements.fault(self.system, &self.effects, *id, effects).map(|fault| (*id, fault)))
    }

    /// Returns what an effect does to each journey in which it violates a requirement, and which requirements these are.
    pub(super) fn consequences(&self, effect: EffectId) -> (Vec<(RequirementId, Fault)>, BTreeMap<usize, Outcome>) {
        let faults: Vec<(RequirementId, Fault)> =
            self.touched(effect).flat_map(|component| self.faults(component, std::slice::from_ref(&effect)).collect::<Vec<_>>()).collect();
        let mut failed: Vec<(u32, GateId, &Fault)> = Vec::new();
        for (requirement, fault) in &faults {
            failed.extend(self.leaves[requirement.index()].iter().map(|(journey, gate)| (*journey, *gate, fault)));
        }
        failed.sort_by_key(|(journey, gate, _)| (*journey, *gate));
        let outcomes = failed
            .chunk_by(|a, b| a.0 == b.0)
            .map(|of_journey| {
                let journey = of_journey[0].0 as usize;
                let faults: Vec<(GateId, &Fault)> = of_journey.iter().map(|(_, gate, fault)| (*gate, *fault)).collect();
                (journey, outcome(&self.expressions[journey], &self.requirements, &faults))
            })
            .collect();
        (faults, outcomes)
    }
}
