//! How often each thing fails by itself, and for how long: as stated, or as assumed for its kind.
//!
//! Semantics, "Failure": `q = MTTR ÷ (MTBF + MTTR)`, MTBF being up time; given only an availability A, `q = 1 − A` and the kind's MTTR.

use std::collections::BTreeMap;

use super::super::network::Connection;
use crate::analysis::communication::Assumed;
use crate::model::assumptions::{self, Assumptions};
use crate::model::{Component, ComponentId, LocationId, SharedFateId, System};
use crate::quantity::{Duration, Probability};
use crate::syntax::keys::{Key, component, deploy, location, network, replication, shared_fate, team};
use crate::syntax::value::{Fact, Facts, OrTrue};
use crate::syntax::vocabulary::{ComponentKind, Failover, OnCall, Vocabulary};

/// The mean wait for a person where nobody can be woken: a whole week with five days of 8 working hours; 0 inside them, 20 h on average outside.
const WAIT_FOR_BUSINESS_HOURS: f64 = 15.2;

/// How likely something is to be down, and how long it stays so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likelihood {
    /// The share of time in which it is down.
    pub(super) unavailability: f64,
    /// The mean time to restore, in hours.
    pub(super) hours: f64,
}

impl Likelihood {
    /// Something that does not happen by itself.
    pub(super) const NEVER: Self = Self { unavailability: 0.0, hours: 0.0 };

    /// Something that happens so often per hour and lasts so many hours.
    fn of_frequency(per_hour: f64, hours: f64) -> Self {
        Self { unavailability: (per_hour * hours).min(1.0), hours }
    }

    /// The same, a share of it.
    pub(super) fn part(self, share: f64) -> Self {
        Self { unavailability: self.unavailability * share, hours: self.hours }
    }
}

/// What was asked of the model on the way.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Facts by path, and whether each is known.
    pub(super) facts: BTreeMap<String, bool>,
    /// What was assumed, by path.
    pub(super) assumed: BTreeMap<String, Assumed>,
    /// Figures that are missing, by the path of the fact.
    pub(super) missing: BTreeMap<String, String>,
}

impl Asked {
    fn assume(&mut self, constants: &Assumptions, path: String, name: &str) -> f64 {
        if let Some(constant) = assumptions::CONSTANTS.iter().find(|constant| constant.name == name)
            && !constants.is_overridden(name)
        {
            let assumed = Assumed { path: path.clone(), value: constant.value.to_owned(), source: constant.source.to_owned() };
            self.assumed.insert(path, assumed);
        }
        constants.value(name)
    }
}

/// The keys by which an element states its figures.
struct Stated {
    availability: Fact<Probability>,
    mtbf: Fact<Duration>,
    mttr: Fact<Duration>,
}

impl Stated {
    fn of(facts: &Facts, availability: Key<Probability>, mtbf: Key<Duration>, mttr: Key<Duration>) -> Self {
        Self { availability: facts.get(availability), mtbf: facts.get(mtbf), mttr: facts.get(mttr) }
    }

    /// Combines what is stated with what is assumed of a kind; `restore` is asked only where no time to restore is stated.
    fn likelihood(self, path: &str, kind: &str, constants: &Assumptions, restore: Option<f64>, asked: &mut Asked) -> Likelihood {
        let hours = |duration: Duration| duration.seconds() / 3_600.0;
        let (mtbf, mttr) = (self.mtbf.stated().map(hours), self.mttr.stated().map(hours));
        let availability = self.availability.stated().map(Probability::value);
        asked.facts.insert(format!("{path}.availability"), availability.is_some() || mtbf.is_some());
        // Both a mean up time and an availability say how long a failure lasts.
        if let (Some(mtbf), Some(availability), None) = (mtbf, availability, mttr)
            && availability > 0.0
        {
            return Likelihood { unavailability: 1.0 - availability, hours: mtbf * (1.0 - availability) / availability };
        }
        let mttr = mttr.or(restore).unwrap_or_else(|| asked.assume(constants, format!("{path}.mttr"), &format!("{kind}.mttr")) / 3_600.0);
        let unavailability = match (mtbf, availability) {
            (Some(mtbf), _) if mtbf + mttr > 0.0 => mttr / (mtbf + mttr),
            (_, Some(availability)) => 1.0 - availability,
            _ => 1.0 - asked.assume(constants, format!("{path}.availability"), &format!("{kind}.availability")),
        };
        Likelihood { unavailability, hours: mttr }
    }
}

/// The failures of one instance of a component, its host's left out.
pub(super) fn of_component(system: &System, id: ComponentId, asked: &mut Asked) -> Likelihood {
    let one = system.component(id);
    let path = format!("components.{}", one.id);
    let restore = restore_hours(system, one, asked);
    Stated::of(&one.facts, component::AVAILABILITY, component::MTBF, component::MTTR).likelihood(
        &path,
        one.kind.word(),
        &system.assumptions,
        restore,
        asked,
    )
}

/// Detection, waiting for a person, repair; none where neither the first nor the last is stated.
fn restore_hours(system: &System, one: &Component, asked: &mut Asked) -> Option<f64> {
    let hours = |key: Key<Duration>| one.facts.get(key).stated().map(|duration| duration.seconds() / 3_600.0);
    let (detection, repair) = (hours(component::DETECTION), hours(component::REPAIR));
    if detection.is_none() && repair.is_none() || one.facts.get(component::MTTR).stated().is_some() {
        return None;
    }
    let on_call = one.owner.map_or(Fact::Unknown, |owner| system.team(owner).facts.get(team::ONCALL));
    let waiting = match on_call {
        Fact::Stated(OrTrue::Value(OnCall::BusinessHours)) | Fact::Absent => WAIT_FOR_BUSINESS_HOURS,
        Fact::Stated(OrTrue::True(_)) | Fact::Unknown => 0.0,
    };
    let path = format!("components.{}", one.id);
    let repair = repair
        .unwrap_or_else(|| asked.assume(&system.assumptions, format!("{path}.repair"), &format!("{}.mttr", one.kind.word())) / 3_600.0);
    Some(detection.unwrap_or(0.0) + waiting + repair)
}

/// The failures of a location itself, without those of what is around it.
pub(super) fn of_location(system: &System, id: LocationId, asked: &mut Asked) -> Likelihood {
    let one = system.location(id);
    Stated::of(&one.facts, location::AVAILABILITY, location::MTBF, location::MTTR).likelihood(
        &format!("locations.{}", one.id),
        one.kind.word(),
        &system.assumptions,
        None,
        asked,
    )
}

/// The failures of a connection of the network.
pub(super) fn of_connection(system: &System, connection: Connection, asked: &mut Asked) -> Likelihood {
    let Some((facts, path)) = connection.facts(system) else { return Likelihood::NEVER };
    let stated = Stated::of(facts, network::AVAILABILITY, network::MTBF, network::MTTR);
    stated.likelihood(&path, "network", &system.assumptions, None, asked)
}

/// The failures of a shared fate; none where no figure is stated.
pub(super) fn of_shared_fate(system: &System, id: SharedFateId, asked: &mut Asked) -> Option<Likelihood> {
    let one = &system.shared_fates[id.index()];
    let path = format!("shared-fate.{}", one.id);
    let stated = Stated::of(&one.facts, shared_fate::AVAILABILITY, shared_fate::MTBF, shared_fate::MTTR);
    if stated.availability.stated().is_none() && stated.mtbf.stated().is_none() {
        asked.facts.insert(format!("{path}.availability"), false);
        asked.missing.insert(format!("{path}.availability"), format!("{path}.availability"));
        return None;
    }
    // No kind says how long it lasts: as long as a service's failure.
    Some(stated.likelihood(&path, "service", &system.assumptions, None, asked))
}

/// The share of an instance's failures that hit all replicas at once.
pub(super) fn common_cause(system: &System, id: ComponentId, asked: &mut Asked) -> f64 {
    let one = system.component(id);
    if one.instances.len() < 2 {
        return 0.0;
    }
    let path = format!("components.{}.common-cause", one.id);
    let stated = one.facts.get(component::COMMON_CAUSE);
    asked.facts.insert(path.clone(), stated.is_known());
    match stated {
        Fact::Stated(share) => share.value(),
        Fact::Absent => 0.0,
        Fact::Unknown => match one.kind {
            ComponentKind::Service
            | ComponentKind::Job
            | ComponentKind::Function
            | ComponentKind::Proxy
            | ComponentKind::Database
            | ComponentKind::Cache
            | ComponentKind::Queue => {
                let name = if change(system, id).is_some() { "deployed".to_owned() } else { one.kind.word().to_owned() };
                asked.assume(&system.assumptions, path, &format!("{name}.common-cause"))
            }
            _ => 0.0,
        },
    }
}

/// The failed changes of a component's deploy unit, as far as they are its own, and the share of requests that each stops.
pub(super) fn change(system: &System, id: ComponentId) -> Option<(Likelihood, f64)> {
    let one = system.component(id);
    let facts = one.facts.table(component::DEPLOY)?;
    let often = facts.get(deploy::OFTEN).stated()?;
    let (failure, restore) = (facts.get(deploy::FAILURE).stated()?, facts.get(deploy::RESTORE).stated()?);
    let exposed = facts.get(deploy::EXPOSED).stated().map_or(1.0, Probability::value);
    let per_hour = often.per_second() * 3_600.0 * one.changes * failure.value();
    Some((Likelihood::of_frequency(per_hour, restore.seconds() / 3_600.0), exposed))
}

/// How long a failover of a component takes, in hours, where who starts it is stated: `failover-time + (1 − failover-success)·MTTR`.
pub(super) fn failover_hours(system: &System, id: ComponentId, mttr: f64, asked: &mut Asked) -> Option<f64> {
    let one = system.component(id);
    let facts = one.facts.table(component::REPLICATION)?;
    let by = facts.get(replication::FAILOVER).stated()?;
    let path = format!("components.{}.replication.failover-time", one.id);
    let stated = facts.get(replication::FAILOVER_TIME).stated().map(|time| time.seconds() / 3_600.0);
    asked.facts.insert(path.clone(), stated.is_some());
    let time = match (stated, by) {
        (Some(time), _) => time,
        (None, Failover::Automatic) => asked.assume(&system.assumptions, path, "failover-time") / 3_600.0,
        (None, Failover::Manual) => mttr,
    };
    let success = facts.get(replication::FAILOVER_SUCCESS).stated().map_or(1.0, Probability::value);
    Some(time + (1.0 - success) * mttr)
}

/// The failover itself: as often as it is needed, as long as it takes.
pub(super) fn failover(per_hour: f64, hours: f64) -> Likelihood {
    Likelihood::of_frequency(per_hour, hours)
}
