//! How many replicas it takes to carry the peak.
//!
//! The question: *is a spare replica a spare at the peak, too?* Where load, work and workers are known, a component whose survivors cannot carry the peak is down:
//!
//! `needs = max(stated or usual, ⌈peak demand ÷ what one replica carries⌉)`, at most all replicas,
//!
//! with peak demand = Σ peak rates · visits · attempts of all journeys at once, and concurrency ÷ service time carried by one replica. Of a shard, the busiest one
//! counts. A leader that does all the work is not relieved by followers: its needs stay.
//!
//! Semantics, "Failure" (peak demand).

use std::borrow::Cow;

use super::blast_radius::{Domain, DomainKind};
use super::evaluation::Evaluation;
use super::events::{EffectId, number, replicas};
use crate::analysis::latency::{Scaling, peak_utilizations};
use crate::model::{ComponentId, JourneyId, System};
use crate::syntax::keys::component;
use crate::syntax::value::Symbols;
use crate::syntax::vocabulary::{ComponentKind, NeededFor};

/// What a share of a replica may be short by rounding.
const ROUNDING: f64 = 1e-9;

/// A component that needs more replicas at the peak than it would for its data or by its own words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Raised {
    /// The component.
    pub component: ComponentId,
    /// The replicas of a shard.
    pub replicas: u32,
    /// How many of them are needed without a look at the load.
    pub needs: u32,
    /// How many carry the peak; more than there are where the peak is not carried at all.
    pub to_carry: u32,
    /// How busy the replicas of the busiest shard are at the peak, all of them up.
    pub utilization: f64,
}

/// Returns the components whose needs the load raises, by id.
pub(super) fn raised(system: &System) -> Vec<Raised> {
    let may_rise = |id: ComponentId| {
        let one = system.component(id);
        let is_loaded =
            one.facts.get(component::CONCURRENCY).stated().is_some() && one.facts.get(component::SERVICE_TIME).stated().is_some();
        let is_own = !matches!(one.kind, ComponentKind::External | ComponentKind::Actor | ComponentKind::Client);
        is_own && is_loaded && number(replicas(one)) > one.needs
    };
    if !system.component_ids().any(may_rise) {
        return Vec::new();
    }
    let mut raised: Vec<Raised> = Vec::new();
    for (component, utilization) in peak_utilizations(system) {
        if !may_rise(component) {
            continue;
        }
        let one = system.component(component);
        let replicas = number(replicas(one));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number that is no less than 0; what is larger than a u32 becomes its largest"
        )]
        let mut to_carry = (utilization * f64::from(replicas) - ROUNDING).ceil().max(0.0) as u32;
        // Where replicas cost each other some, fewer are each faster.
        if let Some(law) = Scaling::of(system, component).filter(|_| to_carry <= replicas) {
            let wanted = utilization * law.speedup(replicas) - ROUNDING;
            to_carry = (1..=replicas).find(|few| law.speedup(*few) >= wanted).unwrap_or(replicas);
        }
        if to_carry > one.needs {
            raised.push(Raised { component, replicas, needs: one.needs, to_carry, utilization });
        }
    }
    raised.sort_by_key(|one| one.component);
    raised
}

/// Returns the system in which every component needs what carries its load.
pub(super) fn carrying<'s>(system: &'s System, raised: &[Raised]) -> Cow<'s, System> {
    if raised.is_empty() {
        return Cow::Borrowed(system);
    }
    let mut carrying = system.clone();
    for one in raised {
        carrying.components[one.component.index()].needs = one.to_carry.min(one.replicas);
    }
    Cow::Owned(carrying)
}

/// A loss after which what runs is enough by its own needs, but not for the peak: something must start before the journeys are whole again.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    /// The id of what is lost.
    pub domain: String,
    /// The component that is short.
    pub component: ComponentId,
    /// How many replicas of the worst shard are left.
    pub left: u32,
    /// How many carry the peak.
    pub to_carry: u32,
    /// Journeys that need it.
    pub journeys: Vec<JourneyId>,
    /// What starts or scales (`needed-for`), and whether any of it outlives the loss.
    pub starters: Vec<(ComponentId, bool)>,
}

/// Finds what must start after the loss of a place: a design that needs none of it is statically stable.
///
/// Source: B. Weiss, M. Furr, "Static stability using Availability Zones", Amazon Builders' Library.
pub(super) fn shortfalls(evaluation: &Evaluation<'_>, raised: &[Raised], domain: &Domain, effect: EffectId) -> Vec<Shortfall> {
    if !matches!(domain.kind, DomainKind::Location(_) | DomainKind::Host(_)) {
        return Vec::new();
    }
    let system = evaluation.system;
    let left_of = |id: ComponentId| {
        let (range, each) = (evaluation.effects.instances.range(id), replicas(system.component(id)).max(1));
        let down: Vec<usize> = evaluation.effects.within(effect, &range).iter().map(|at| (at - range.start) as usize).collect();
        let most = down.chunk_by(|a, b| a / each == b / each).map(<[usize]>::len).max().unwrap_or(0);
        number(each - most)
    };
    let starters = || {
        let starts = |id: &ComponentId| {
            let stated = system.component(*id).facts.get(component::NEEDED_FOR).stated();
            stated.is_some_and(|Symbols(list)| list.iter().any(|one| matches!(one, NeededFor::Starting | NeededFor::Scaling)))
        };
        let outlives = |id: ComponentId| left_of(id) >= system.component(id).needs.max(1);
        system.component_ids().filter(starts).map(|id| (id, outlives(id))).collect()
    };
    let mut found = Vec::new();
    for one in raised {
        let left = left_of(one.component);
        if left < one.replicas && left >= one.needs && left < one.to_carry {
            let journeys = (0..system.journeys.len()).filter(|at| evaluation.is_hard(one.component, *at)).map(JourneyId::at).collect();
            found.push(Shortfall {
                domain: domain.id.clone(),
                component: one.component,
                left,
                to_carry: one.to_carry,
                journeys,
                starters: starters(),
            });
        }
    }
    found
}
