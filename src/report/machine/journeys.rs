//! What the machine contract says of a journey.

use serde_json::{Value, json};

use super::fields::{Figures, number};
use super::latency;
use crate::analysis::communication::JourneyCommunication;
use crate::analysis::failure::BlastRadius;
use crate::assessment::{Assessed, Ranges};
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
    fields.other("failure", failure(system, at, &assessment.blast_radius));
    fields.other("communication", communication(&path, rate, counted, ranges));
    fields.other("latency", latency::latency(system, &path, times, ranges));
    fields.other("completion", latency::completion(&path, times, ranges));
    fields.into_value()
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

fn failure(system: &System, at: usize, blast_radius: &BlastRadius) -> Value {
    let journey = &blast_radius.journeys[at];
    let points = &journey.single_points;
    json!({
        "unavailability": null,
        "interval": null,
        "exact": null,
        "downtime_minutes_per_year": null,
        "planned_downtime_minutes_per_year": null,
        "downtime_by_cause": null,
        "incidents_per_year": null,
        "mean_outage_minutes": null,
        "naive_unavailability": null,
        "single_points": points.iter().map(|point| point.event.id(system)).collect::<Vec<_>>(),
        "single_point_losses": points.iter().map(|point| json!({ "event": point.event.id(system), "lost": number(point.lost.value()) })).collect::<Vec<_>>(),
        "one_failure_away": journey.is_one_failure_away(),
        "cut_sets": null,
        "importance": null,
    })
}
