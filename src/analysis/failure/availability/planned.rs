//! How long each journey is down because somebody planned it: deploys that stop a part, maintenance windows.
//!
//! Semantics, "Failure" (changes): planned downtime stands beside the unavailability, never in it: `often · stop` of every unit without which requests fail, by
//! the share that fails, plus the journey's window. Zero is known of a unit only where it rolls, is checked and drains; what is not known makes the sum unknown.

use std::collections::BTreeMap;

use super::super::events::can_fail;
use super::super::expression::{Consequence, Expression};
use super::super::requirement::Requirements;
use super::HOURS_PER_YEAR;
use crate::model::{ComponentId, Journey, System};
use crate::quantity::Duration;
use crate::syntax::keys::{component, deploy, journey};
use crate::syntax::value::{Fact, OrTrue, State};
use crate::syntax::vocabulary::{ComponentKind, DeployStrategy};

/// Planned downtime of one journey.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// The minutes a year that are known.
    pub known_minutes_per_year: f64,
    /// The components of which nobody says how their deploys stop them.
    pub unknown: Vec<ComponentId>,
    /// Whether the journey has a maintenance window of which nobody says how long it is.
    pub has_open_window: bool,
}

impl Planned {
    /// Returns the minutes a year, where all of them are known.
    pub fn minutes_per_year(&self) -> Option<f64> {
        (self.unknown.is_empty() && !self.has_open_window).then_some(self.known_minutes_per_year)
    }
}

/// Adds up the planned downtime of a journey. Units stop one after another, so their stops add up.
pub(super) fn planned(system: &System, one: &Journey, requirements: &Requirements, expression: &Expression) -> Planned {
    let mut lost: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for (requirement, gate) in &expression.leaves {
        if let Consequence::Lost(share) = expression.standings[*gate as usize].alone {
            let share_of = lost.entry(requirements.get(*requirement).component).or_default();
            *share_of = share_of.max(share);
        }
    }
    let mut planned = Planned::default();
    for (id, share) in lost.into_iter().filter(|(id, _)| is_deployed(system, *id)) {
        match hours_per_year(system, id) {
            Some(hours) => planned.known_minutes_per_year += hours * 60.0 * share,
            None => planned.unknown.push(id),
        }
    }
    match one.facts.get(journey::WINDOW) {
        Fact::Stated(OrTrue::Value(window)) => planned.known_minutes_per_year += window.seconds() / 60.0 * 12.0,
        Fact::Stated(OrTrue::True(_)) => planned.has_open_window = true,
        Fact::Absent | Fact::Unknown => {}
    }
    planned
}

/// Says whether the system's own people replace it: not what others run, nor what is a part of another.
fn is_deployed(system: &System, id: ComponentId) -> bool {
    let one = system.component(id);
    can_fail(one) && !matches!(one.kind, ComponentKind::External | ComponentKind::Platform)
}

/// How many hours a year the deploys of a component stop it; none where that is not said.
fn hours_per_year(system: &System, id: ComponentId) -> Option<f64> {
    let one = system.component(id);
    let facts = match one.facts.get(component::DEPLOY) {
        // Stated that it is never deployed.
        Fact::Absent => return Some(0.0),
        Fact::Stated(_) | Fact::Unknown => one.facts.table(component::DEPLOY)?,
    };
    let rolls =
        matches!(facts.get(deploy::STRATEGY).stated(), Some(DeployStrategy::Rolling | DeployStrategy::BlueGreen | DeployStrategy::Canary));
    let is_stated = |key| matches!(one.facts.entry(key).map(|entry| &entry.state), Some(State::Stated(_)));
    let is_seamless = rolls && is_stated(component::HEALTH_CHECK.index) && is_stated(component::DRAIN.index);
    let often = || Some(facts.get(deploy::OFTEN).stated()?.per_second() * 3_600.0 * HOURS_PER_YEAR * one.changes);
    match facts.get(deploy::STOP).stated().map(Duration::seconds) {
        _ if is_seamless => Some(0.0),
        Some(stop) if stop > 0.0 => Some(often()? * stop / 3_600.0),
        _ => None,
    }
}
