//! What the machine contract says of a design under other loads and on other machines.

use serde_json::{Map, Value, json};

use super::fields::number;
use super::gate;
use crate::analysis::capacity::EqualPower;
use crate::analysis::latency::{HourLoad, Pooling};
use crate::assessment::{FirstMiss, Missed};
use crate::model::System;
use crate::quantity::Duration;

fn pair((p50, p99): (Duration, Duration)) -> Value {
    json!({ "p50_ms": number(p50.seconds() * 1e3), "p99_ms": number(p99.seconds() * 1e3) })
}

fn by_journey(system: &System, values: impl Iterator<Item = Value>) -> Map<String, Value> {
    system.journeys.iter().map(|journey| journey.id.clone()).zip(values).collect()
}

/// Returns the load and the times of each hour of a day.
pub(super) fn day(system: &System, day: &[HourLoad]) -> Vec<Value> {
    day.iter()
        .map(|hour| {
            let busiest = hour.busiest.map(|(id, used)| json!({ "id": system.component(id).id, "utilization": number(used) }));
            let journeys = by_journey(system, hour.journeys.iter().map(|times| times.map_or(Value::Null, pair)));
            json!({ "hour": hour.hour, "rate_per_s": number(hour.rate.per_second()), "busiest": busiest, "journeys": journeys })
        })
        .collect()
}

/// Returns the times with all programs' workers in one pool; null where they are one.
pub(super) fn pooling(system: &System, pooling: Option<&Pooling>) -> Value {
    pooling.map_or(Value::Null, |found| {
        let journeys = found.journeys.iter().map(|pooled| {
            pooled.map_or(Value::Null, |pooled| json!({ "one_pool": pair(pooled.one_pool), "divided": pair(pooled.divided) }))
        });
        json!({
            "workers": found.workers,
            "queues": found.queues,
            "utilization": number(found.utilization),
            "journeys": by_journey(system, journeys),
        })
    })
}

/// Returns the pool that is full first on other machines; null where it has one worker, or is not known.
pub(super) fn equal_power(system: &System, found: Option<&EqualPower>) -> Value {
    found.map_or(Value::Null, |found| {
        let ms = |time: Option<Duration>| time.map_or(Value::Null, |time| number(time.seconds() * 1e3));
        let choices: Vec<Value> = found
            .choices
            .iter()
            .map(|one| {
                json!({
                    "machines": one.count,
                    "one_queue_p99_ms": ms(one.one_queue_p99),
                    "own_queues_p99_ms": ms(one.own_queues_p99),
                    "peak_without_one": if one.busy_without_one.is_finite() { number(one.busy_without_one) } else { Value::Null },
                    "too_few": number(one.too_few),
                })
            })
            .collect();
        json!({ "component": system.component(found.component).id, "workers": found.workers, "machines": found.machines, "choices": choices })
    })
}

/// Returns when growth breaks the first objective; null where nothing was asked.
pub(super) fn first_miss(system: &System, found: &FirstMiss) -> Value {
    match found {
        FirstMiss::NotAsked => Value::Null,
        FirstMiss::None => json!({ "month": null, "gates": [], "busiest": null, "dearer": null }),
        FirstMiss::In(Missed { month, gates, busiest, dearer }) => {
            let busiest = busiest.map(|(id, then, today)| {
                json!({ "id": system.component(id).id, "utilization": number(then), "utilization_today": number(today) })
            });
            json!({ "month": month, "gates": gates.iter().map(gate).collect::<Vec<_>>(), "busiest": busiest, "dearer": dearer })
        }
    }
}
