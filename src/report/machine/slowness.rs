//! What the machine contract says of slow components.

use serde_json::{Value, json};

use super::fields::number;
use crate::analysis::slowness::{Consequence, FACTORS, Slowness};
use crate::model::System;

/// Returns what each slow component does, and of whom it is not known whether it fills up.
pub(super) fn slowness(system: &System, slowness: &Slowness) -> Value {
    let id = |component| system.component(component).id.as_str();
    let components: Vec<Value> = slowness
        .components
        .iter()
        .map(|slow| {
            let slower: Vec<Value> = FACTORS
                .iter()
                .zip(&slow.slower)
                .map(|(factor, found)| {
                    json!({ "factor": number(*factor), "consequence": found.as_ref().map_or(Value::Null, |found| consequence(system, found)) })
                })
                .collect();
            json!({
                "id": id(slow.component),
                "dead_traffic_lost": number(slow.dead.value()),
                "slower": slower,
                "hanging": consequence(system, &slow.hanging),
            })
        })
        .collect();
    json!({
        "components": components,
        "without_connections": slowness.without_connections.iter().map(|component| id(*component)).collect::<Vec<_>>(),
    })
}

fn consequence(system: &System, found: &Consequence) -> Value {
    json!({
        "traffic_lost": number(found.lost.value()),
        "journeys": found.journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect::<Vec<_>>(),
        "full": found
            .full
            .iter()
            .map(|(component, after)| json!({ "id": system.component(*component).id, "after_s": number(after.seconds()) }))
            .collect::<Vec<_>>(),
        "slowest": found.slowest.map(|(id, now, before)| {
            json!({
                "journey": system.journeys[id.index()].id,
                "mean_ms": number(now.seconds() * 1e3),
                "today_ms": number(before.seconds() * 1e3),
            })
        }),
    })
}
