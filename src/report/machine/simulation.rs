//! What the machine contract says of a simulation.

use serde_json::{Map, Value, json};

use super::fields::number;
use crate::analysis::latency::Times;
use crate::analysis::simulation::{Estimate, SimulatedTimes, Storm};
use crate::assessment::Assessed;
use crate::model::System;
use crate::quantity::Duration;

/// Returns what a simulation found beside what was computed; null where none was asked for.
pub(super) fn simulation(assessed: &Assessed<'_>) -> Value {
    let Some(found) = &assessed.simulation else { return Value::Null };
    let system = assessed.system;
    let journeys: Map<String, Value> = system
        .journeys
        .iter()
        .zip(&found.journeys)
        .zip(&assessed.assessment.latency.journeys)
        .map(|((journey, simulated), computed)| {
            let value = simulated.as_ref().map_or(Value::Null, |simulated| {
                json!({
                    "requests": simulated.requests,
                    "latency": times(&simulated.response, computed.mean_load.as_ref()),
                    "completion": simulated.completion.as_ref().map_or(Value::Null, |simulated| times(simulated, computed.completion.as_ref())),
                    "given_up": number(simulated.given_up.value()),
                })
            });
            (journey.id.clone(), value)
        })
        .collect();
    let stations: Vec<Value> = found
        .stations
        .iter()
        .map(|one| {
            let id =
                assessed.assessment.latency.stations.iter().find(|load| load.component == one.component && load.is_leader == one.is_leader);
            let id = id.map_or_else(|| system.component(one.component).id.clone(), |load| load.id(system));
            json!({ "id": id, "utilization": number(one.utilization) })
        })
        .collect();
    json!({
        "seed": found.settings.seed,
        "requests": found.settings.requests,
        "replications": found.replications,
        "unsteady": found.unsteady,
        "cut_off": found.cut_off,
        "stopped": found.is_stopped,
        "events": found.events,
        "journeys": journeys,
        "stations": stations,
        "storms": found.storms.iter().map(|one| storm(system, one)).collect::<Vec<_>>(),
    })
}

fn times(simulated: &SimulatedTimes, computed: Option<&Times>) -> Value {
    let one = |estimate: Option<Estimate>, computed: Option<Duration>| {
        estimate.map_or(Value::Null, |estimate| {
            let off =
                computed.filter(|_| estimate.value.seconds() > 0.0).map(|computed| computed.seconds() / estimate.value.seconds() - 1.0);
            json!({
                "ms": ms(estimate.value),
                "interval_ms": estimate.interval.map(|(low, high)| json!([ms(low), ms(high)])),
                "computed_ms": computed.map(ms),
                "computed_off": off.map(number),
            })
        })
    };
    json!({
        "mean": one(Some(simulated.mean), computed.map(|times| times.mean)),
        "p50": one(simulated.p50, computed.map(|times| times.p50)),
        "p95": one(simulated.p95, computed.map(|times| times.p95)),
        "p99": one(simulated.p99, computed.map(|times| times.p99)),
        "p999": one(simulated.p999, computed.map(|times| times.p999)),
    })
}

fn storm(system: &System, storm: &Storm) -> Value {
    json!({
        "component": system.component(storm.component).id,
        "stood_still_s": number(storm.stood_still.seconds()),
        "expected_s": number(storm.expected.seconds()),
        "watched_s": number(storm.watched.seconds()),
        "recovered_s": storm.recovered.iter().map(|one| one.map(|after| number(after.seconds()))).collect::<Vec<_>>(),
        "lasting": storm.lasting(),
        "undecided": storm.undecided,
    })
}

fn ms(time: Duration) -> Value {
    number(time.seconds() * 1e3)
}
