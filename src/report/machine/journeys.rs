//! What the machine contract says of a journey.

use serde_json::{Map, Value, json};

use super::fields::{Figures, number};
use super::latency;
use super::places::{data_lost, seconds};
use crate::analysis::communication::JourneyCommunication;
use crate::analysis::failure::{
    Causes, EventImportance, HOURS_PER_MONTH, HOURS_PER_YEAR, JourneyAvailability, JourneyCutSets, worst_recovery,
};
use crate::analysis::user_location::UserLocation;
use crate::assessment::{Assessed, Ranges, allowed_unavailability};
use crate::model::System;

pub(super) fn journey(assessed: &Assessed<'_>, at: usize) -> Value {
    let Assessed { system, assessment, ranges, .. } = assessed;
    let (counted, times) = (&assessment.communication.journeys[at], &assessment.latency.journeys[at]);
    let journey = &system.journeys[at];
    let path = format!("journeys.{}", journey.id);
    let mut fields = Figures::new(path.clone(), ranges);
    fields.other("id", journey.id.as_str());
    fields.other("implied", journey.implied);
    let rate = journey.rate().map(crate::quantity::Rate::per_second);
    fields.optional("rate_per_s", rate);
    fields.other("failure", failure(assessed, at, &path));
    fields.other("communication", communication(&path, rate, counted, ranges));
    fields.other("latency", latency::latency(system, at, &path, times, by_location(assessed, at), ranges));
    fields.other("completion", latency::completion(&path, times, assessment.availability.completions[at], ranges));
    fields.into_value()
}

/// Returns the journey's times by the place of its users; null where their places are not stated.
fn by_location(assessed: &Assessed<'_>, at: usize) -> Value {
    let Assessed { system, assessment, .. } = assessed;
    let served = |place: &UserLocation| {
        let served = place.journeys.iter().find(|served| served.journey.index() == at)?;
        Some((system.location(place.location).id.clone(), served.times.as_ref().map_or(Value::Null, latency::short_times)))
    };
    let found: Map<String, Value> = assessment.user_locations.iter().filter_map(served).collect();
    if found.is_empty() { Value::Null } else { found.into() }
}

fn communication(path: &str, rate: Option<f64>, counted: &JourneyCommunication, ranges: &Ranges) -> Value {
    let mut fields = Figures::new(format!("{path}.communication"), ranges);
    fields.number("messages", counted.messages.first);
    fields.number("messages_with_retries", counted.messages.with_retries);
    fields.number("bytes", counted.bytes.first.bytes());
    fields.number("bytes_with_retries", counted.bytes.with_retries.bytes());
    let mut bytes = Figures::new(format!("{path}.communication.bytes_by_class"), ranges);
    for (class, value) in &counted.bytes_by_class {
        bytes.number(class.word(), value.bytes());
    }
    fields.other("bytes_by_class", bytes.into_value());
    let mut crossings = Figures::new(format!("{path}.communication.crossings"), ranges);
    for (class, value) in &counted.crossings {
        crossings.number(class.word(), *value);
    }
    fields.other("crossings", crossings.into_value());
    fields.number("network_messages", counted.network_messages());
    fields.number("network_bytes", counted.network_bytes().bytes());
    fields.number("network_round_trips", counted.network_round_trips);
    fields.number("serial_round_trips", counted.serial_round_trips);
    fields.other("depth", counted.depth);
    fields.other("fan_out", counted.fan_out);
    fields.number("team_crossings", counted.team_crossings.per_request);
    fields.number("replication_messages", counted.replication.messages.first);
    fields.number("sidecar_messages", counted.sidecars.messages.first);
    fields.optional("bytes_per_s", rate.map(|rate| rate * counted.bytes.first.bytes()));
    fields.other("growth", json!({ "class": counted.growth.class.word(), "formula": counted.growth.formula }));
    fields.into_value()
}

fn failure(assessed: &Assessed<'_>, at: usize, path: &str) -> Value {
    let Assessed { system, assessment, ranges, .. } = assessed;
    let journey = &assessment.blast_radius.journeys[at];
    let found = assessment.availability.journeys[at].as_ref();
    let points = &journey.single_points;
    let mut fields = Figures::new(format!("{path}.failure"), ranges);
    fields.optional("unavailability", found.map(|found| found.unavailability));
    let bounds = assessment.availability.bounds[at].as_ref();
    let interval = found.map(|found| (found.unavailability, found.unavailability)).or(bounds.map(|bounds| (bounds.low, bounds.high)));
    fields.other("interval", interval.map_or(Value::Null, |(low, high)| json!([number(low), number(high)])));
    fields.other("exact", interval.map_or(Value::Null, |_| Value::Bool(found.is_some())));
    fields.optional("downtime_minutes_per_year", found.map(JourneyAvailability::downtime_minutes_per_year));
    let planned = &assessment.availability.planned[at];
    fields.optional("planned_downtime_minutes_per_year", planned.minutes_per_year());
    fields.number("planned_downtime_known_minutes_per_year", planned.known_minutes_per_year);
    let unknown = planned.unknown.iter().map(|id| Value::from(system.component(*id).id.as_str()));
    fields.other("planned_downtime_unknown_of", unknown.collect::<Vec<_>>());
    fields.other(
        "downtime_by_cause",
        found.map_or(Value::Null, |found| {
            let Causes { changes, instances, places, network } = found.causes;
            json!({ "changes": changes, "instances": instances, "places": places, "network": network })
        }),
    );
    fields.optional("incidents_per_year", found.map(|found| found.incidents_per_year));
    fields.optional("mean_outage_minutes", found.and_then(|found| found.mean_outage_minutes));
    let allowed = allowed_unavailability(system, &system.journeys[at]);
    let kept = |hours: f64| found.and_then(|found| found.chance_within(allowed?, hours)).map_or(Value::Null, number);
    fields
        .other("objective_kept", allowed.map_or(Value::Null, |_| json!({ "month": kept(HOURS_PER_MONTH), "year": kept(HOURS_PER_YEAR) })));
    let [back, data] = worst_recovery(system, &assessment.blast_radius.domains, at);
    fields.other("rto_s", seconds(back.0));
    fields.other("rto_by", back.1.map_or(Value::Null, Value::from));
    fields.other("rpo_s", seconds(data.0));
    fields.other("rpo_by", data.1.map_or(Value::Null, Value::from));
    fields.other("data_lost", data_lost(data.0));
    fields.optional("naive_unavailability", found.and_then(|found| found.naive_unavailability));
    fields.optional("unavailability_without_common_cause", found.map(|found| found.without_common_cause));
    fields.other("single_points", points.iter().map(|point| Value::from(point.event.id(system))).collect::<Vec<Value>>());
    let losses = points.iter().map(|point| json!({ "event": point.event.id(system), "lost": number(point.lost.value()) }));
    fields.other("single_point_losses", losses.collect::<Vec<Value>>());
    fields.other("one_failure_away", journey.is_one_failure_away());
    let exact = found.and_then(|found| Some((found.cut_sets.as_ref()?, Some(found.unavailability))));
    let cut_sets = exact.or_else(|| Some((bounds?.cut_sets.as_ref()?, None))).map(|(sets, whole)| cut_sets(system, whole, sets));
    fields.other("cut_sets", cut_sets.unwrap_or(Value::Null));
    fields.other("importance", found.map_or(Value::Null, |found| importance(system, found)));
    fields.into_value()
}

fn cut_sets(system: &System, unavailability: Option<f64>, sets: &JourneyCutSets) -> Value {
    let by_order: Map<String, Value> =
        sets.by_order.iter().map(|(order, count)| (order.to_string(), Value::from(count.as_str()))).collect();
    let top: Vec<Value> = sets
        .top
        .iter()
        .map(|set| {
            json!({
                "events": set.events.iter().map(|event| event.id(system)).collect::<Vec<_>>(),
                "probability": number(set.probability),
                "share": unavailability.filter(|whole| *whole > 0.0).map_or(Value::Null, |whole| number((set.probability / whole).min(1.0))),
            })
        })
        .collect();
    json!({ "count": sets.count, "counted_to_order": sets.counted_to, "by_order": by_order, "top": top })
}

fn importance(system: &System, found: &JourneyAvailability) -> Value {
    let one = |one: &EventImportance| {
        json!({
            "event": one.event.id(system),
            "unavailability": number(one.unavailability),
            "birnbaum": number(one.birnbaum),
            "fussell_vesely": number(one.fussell_vesely),
            "raw": number(one.raw),
            "rrw": number(one.rrw),
        })
    };
    found.importance.iter().map(one).collect::<Vec<_>>().into()
}
