//! What the machine contract says of users in different places.

use serde_json::{Value, json};

use super::fields::number;
use super::latency::short_times;
use crate::analysis::user_location::{Served, UserLocation};
use crate::model::System;

/// Returns what users get in each place, and without the region that serves them.
pub(super) fn user_locations(system: &System, places: &[UserLocation]) -> Vec<Value> {
    places
        .iter()
        .map(|place| {
            json!({
                "client": system.component(place.client).id,
                "location": system.location(place.location).id,
                "share": number(place.share),
                "home": place.home.map(|home| system.location(home).id.as_str()),
                "journeys": place.journeys.iter().map(|one| served(system, one)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn served(system: &System, served: &Served) -> Value {
    let without = served.without_home.as_ref().map(|without| {
        let overloaded = without.overloaded.map(|(id, used)| json!({ "component": system.component(id).id, "utilization": number(used) }));
        json!({
            "lost": number(without.lost),
            "unavailability": without.unavailability.map_or(Value::Null, number),
            "latency": without.times.as_ref().map_or(Value::Null, short_times),
            "overloaded": overloaded,
        })
    });
    json!({
        "id": system.journeys[served.journey.index()].id,
        "latency": served.times.as_ref().map_or(Value::Null, short_times),
        "unavailability": served.unavailability.map_or(Value::Null, number),
        "without_home": without,
    })
}
