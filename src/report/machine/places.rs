//! What the machine contract says of failure domains and of links.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{Figures, number};
use crate::analysis::communication::{BandwidthUse, Communication, Limit};
use crate::analysis::failure::{AtWorst, BlastRadius, Partitions, Raised, Shortfall};
use crate::assessment::{Assessed, Assessment, Ranges};
use crate::model::{LinkId, System};
use crate::quantity::Duration;

pub(super) fn domains(assessed: &Assessed<'_>) -> Vec<Value> {
    let Assessed { system, assessment: Assessment { blast_radius, availability, .. }, ranges, .. } = assessed;
    let ids =
        |journeys: &[crate::model::JourneyId]| -> Value { journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect() };
    blast_radius
        .domains
        .iter()
        .map(|domain| {
            let mut fields = Figures::new(format!("domains.{}", domain.id), ranges);
            fields.other("id", domain.id.as_str());
            fields.other("kind", domain.kind.word(system));
            fields.other("alike", domain.alike);
            fields.other("journeys_down", ids(&domain.down));
            fields.other("journeys_partly_down", ids(&domain.partly_down));
            fields.other("journeys_degraded", ids(&domain.degraded));
            fields.other("journeys_one_failure_away", ids(&domain.one_failure_away));
            fields.number("traffic_lost", domain.traffic_lost);
            fields.optional("users_lost", domain.users_lost);
            let while_down = system.journeys.iter().zip(&availability.journeys).enumerate().filter_map(|(at, (journey, always))| {
                let (always, found) = (always.as_ref()?.unavailability, availability.while_down(domain.kind, at));
                // Most journeys need nothing of most places: those are left out.
                let matters = found.is_none_or(|found| (found - always).abs() > 1e-12 * always);
                matters.then(|| (journey.id.clone(), found.map_or(Value::Null, number)))
            });
            fields.other("unavailability_while_down", while_down.collect::<Map<String, Value>>());
            let (back, data) = (domain.recovery.back_after(), domain.recovery.data_lost());
            fields.other("rpo_s", seconds(data));
            fields.other("rto_s", seconds(back));
            fields.other("data_lost", data_lost(data));
            fields.other("data_lost_of", domain.recovery.data.map_or(Value::Null, |(id, _)| Value::from(system.component(id).id.as_str())));
            fields.into_value()
        })
        .collect()
}

/// Returns a time, where all of it is known and it has an end.
pub(super) fn seconds(time: AtWorst) -> Value {
    time.time().map(Duration::seconds).filter(|seconds| seconds.is_finite()).map_or(Value::Null, number)
}

/// Returns the word for how much of a store's data is gone.
pub(super) const fn data_lost(lost: AtWorst) -> &'static str {
    match lost {
        AtWorst { known, .. } if known.seconds().is_infinite() => "all",
        AtWorst { is_complete: false, .. } => "unknown",
        AtWorst { known, .. } if known.seconds() > 0.0 => "some",
        AtWorst { .. } => "none",
    }
}

/// What cuts between two places stop; how many were not examined.
pub(super) fn partitions(system: &System, partitions: &Partitions) -> Value {
    let ids =
        |journeys: &[crate::model::JourneyId]| -> Value { journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect() };
    let cuts: Vec<Value> = partitions
        .cuts
        .iter()
        .map(|cut| {
            json!({
                "id": cut.id(system),
                "journeys_down": ids(&cut.down),
                "journeys_partly_down": ids(&cut.partly_down),
                "journeys_stale": ids(&cut.stale),
                "journeys_conflicting": ids(&cut.conflicting),
            })
        })
        .collect();
    json!({ "cuts": cuts, "unexamined": partitions.unexamined })
}

/// What the peak needs more replicas of than the model says.
pub(super) fn needs_raised(system: &System, blast_radius: &BlastRadius) -> Vec<Value> {
    let one = |one: &Raised| {
        json!({
            "component": system.component(one.component).id,
            "replicas": one.replicas,
            "needs": one.needs,
            "to_carry": one.to_carry,
            "utilization": number(one.utilization),
        })
    };
    blast_radius.raised.iter().map(one).collect()
}

/// What must start after a loss before the peak is carried again.
pub(super) fn shortfalls(system: &System, blast_radius: &BlastRadius) -> Vec<Value> {
    let one = |one: &Shortfall| {
        let starters = one.starters.iter().map(|(id, outlives)| json!({ "component": system.component(*id).id, "outlives": outlives }));
        json!({
            "lost": one.domain,
            "component": system.component(one.component).id,
            "left": one.left,
            "to_carry": one.to_carry,
            "journeys": one.journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect::<Vec<_>>(),
            "started_by": starters.collect::<Vec<_>>(),
        })
    };
    blast_radius.shortfalls.iter().map(one).collect()
}

pub(super) fn links(system: &System, communication: &Communication, ranges: &Ranges) -> Vec<Value> {
    let stated: BTreeMap<LinkId, &BandwidthUse> = communication
        .bandwidth
        .iter()
        .filter_map(|used| if let Limit::Link(link) = used.limit { Some((link, used)) } else { None })
        .collect();
    communication
        .links
        .iter()
        .map(|load| {
            let link = system.link(load.link);
            let stated = stated.get(&load.link);
            let mut fields = Figures::new(format!("links.{}", link.id), ranges);
            fields.other("id", link.id.as_str());
            fields.number("bytes_per_s", load.mean.bytes.first.bytes_per_second());
            fields.other("bandwidth_bytes_per_s", stated.map_or(Value::Null, |used| number(used.capacity.bytes_per_second())));
            fields.other("utilization", stated.map_or(Value::Null, |used| number(used.utilization)));
            let tried = load.tried.map(|tried| {
                json!({
                    "attempts": number(tried.attempts),
                    "failed": [number(tried.failed.0), number(tried.failed.1)],
                    "executions": number(tried.executions),
                    "executed_again": number(tried.executed_again),
                    "failed_but_executed": number(tried.failed_but_executed),
                })
            });
            fields.other("tried", tried.unwrap_or(Value::Null));
            fields.into_value()
        })
        .collect()
}
