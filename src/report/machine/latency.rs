//! What the machine contract says of times and capacity.

use serde_json::{Map, Value, json};

use super::fields::{Figures, number};
use super::growth;
use crate::analysis::capacity::Capacity;
use crate::analysis::latency::{JourneyLatency, Latency, State, Times};
use crate::assessment::Ranges;
use crate::model::{NodeKind, System};

/// Returns a journey's times; null where a fact is missing.
pub(super) fn latency(system: &System, at: usize, path: &str, found: &JourneyLatency, by_location: Value, ranges: &Ranges) -> Value {
    let is_overloaded = matches!(found.state, State::Overloaded { .. });
    if found.mean_load.is_none() && !is_overloaded {
        return Value::Null;
    }
    let journey = &system.journeys[at];
    let mut fields = percentiles(&format!("{path}.latency"), found.mean_load.as_ref(), ranges);
    fields.other("peak", found.peak_load.as_ref().map_or(Value::Null, |times| percentiles("", Some(times), &Ranges::new()).into_value()));
    fields.other("band", found.band_p99.map_or(Value::Null, |(low, high)| json!({ "p99_ms": [ms(low.seconds()), ms(high.seconds())] })));
    fields.other("by_location", by_location);
    fields.other("state", found.state.word());
    fields.other("peak_state", found.peak_state.word());
    fields.other("limited_by", limited_by(system, found));
    let flags: Vec<Value> = found
        .flags
        .iter()
        .map(|flag| json!({ "id": flag.word(), "component": flag.component().map(|id| system.component(id).id.as_str()) }))
        .collect();
    fields.other("flags", flags);
    fields.other("cdf", found.mean_load.as_ref().map_or(Value::Null, curve));
    let tail = found.tail.map(|tail| {
        json!({
            "service": number(tail.service),
            "queue": number(tail.queue),
            "network": number(tail.network),
            "serialization": number(tail.serialization),
            "retry": number(tail.retry),
        })
    });
    fields.other("tail", tail.unwrap_or(Value::Null));
    let steps = found.steps.iter().filter_map(|(node, share)| {
        let journey = journey.calls.node(*node);
        if let NodeKind::Call(call) = &journey.kind {
            Some(json!({ "link": system.link(call.link).id, "share": number(*share) }))
        } else {
            None
        }
    });
    fields.other("steps", steps.collect::<Vec<Value>>());
    let first = found.first_request.map(|(p50, p99)| json!({ "p50_ms": ms(p50.seconds()), "p99_ms": ms(p99.seconds()) }));
    fields.other("first_request", first.unwrap_or(Value::Null));
    fields.other("summed_p99_ms", found.summed_p99.map_or(Value::Null, |time| ms(time.seconds())));
    let given_up = found.given_up.map(|(link, given_up)| {
        json!({ "link": system.link(link).id, "share": number(given_up.share), "share_if_attempts_are_alike": number(given_up.if_alike) })
    });
    fields.other("given_up", given_up.unwrap_or(Value::Null));
    fields.into_value()
}

/// Returns what is known of what follows a journey's messages; null without messages.
pub(super) fn completion(path: &str, found: &JourneyLatency, unavailability: Option<f64>, ranges: &Ranges) -> Value {
    let latency = found.completion.as_ref().map(|times| {
        let mut fields = percentiles(&format!("{path}.completion.latency"), Some(times), ranges);
        fields.other("cdf", curve(times));
        fields.into_value()
    });
    let failure = unavailability.map(|unavailability| {
        let mut fields = Figures::new(format!("{path}.completion.failure"), ranges);
        fields.number("unavailability", unavailability);
        fields.into_value()
    });
    if latency.is_none() && failure.is_none() {
        return Value::Null;
    }
    json!({ "failure": failure, "latency": latency })
}

fn percentiles<'r>(path: &str, times: Option<&Times>, ranges: &'r Ranges) -> Figures<'r> {
    let mut fields = Figures::new(path.to_owned(), ranges);
    let in_ms = |figure: fn(&Times) -> crate::quantity::Duration| times.map(|times| figure(times).seconds() * 1e3);
    fields.optional("mean_ms", in_ms(|times| times.mean));
    fields.optional("p50_ms", in_ms(|times| times.p50));
    fields.optional("p95_ms", in_ms(|times| times.p95));
    fields.optional("p99_ms", in_ms(|times| times.p99));
    fields.optional("p999_ms", in_ms(|times| times.p999));
    fields
}

/// Returns mean, median, 95th and 99th percentile.
pub(super) fn short_times(times: &Times) -> Value {
    json!({ "mean_ms": ms(times.mean.seconds()), "p50_ms": ms(times.p50.seconds()), "p95_ms": ms(times.p95.seconds()), "p99_ms": ms(times.p99.seconds()) })
}

fn limited_by(system: &System, found: &JourneyLatency) -> Value {
    match found.state {
        State::Safe => Value::Null,
        State::Vulnerable { component, utilization } | State::Overloaded { component, utilization } => {
            json!({ "component": system.component(component).id, "utilization": number(utilization) })
        }
        State::WaitsForItself { component } => {
            json!({ "component": system.component(component).id, "utilization": Value::Null })
        }
    }
}

fn curve(times: &Times) -> Value {
    times.curve.iter().map(|(time, share)| json!({ "ms": ms(time.seconds()), "share": number(*share) })).collect()
}

fn ms(seconds: f64) -> Value {
    number(seconds * 1e3)
}

/// Returns what the system carries; null where no pool's figures are known.
pub(super) fn capacity(system: &System, latency: &Latency, capacity: &Capacity, ranges: &Ranges) -> Value {
    let known: Vec<_> = latency.stations.iter().filter(|station| station.utilization().is_some()).collect();
    if known.is_empty() {
        return Value::Null;
    }
    let id = |id: Option<crate::model::ComponentId>| id.map(|id| system.component(id).id.clone());
    let mut fields = Figures::new("capacity".to_owned(), ranges);
    fields.optional("max_rate_per_s", capacity.max_rate.map(crate::quantity::Rate::per_second));
    fields.other("growth", capacity.growth.map_or(Value::Null, number));
    fields.other("complete", capacity.is_complete);
    fields.other("bottleneck", id(capacity.bottleneck));
    fields.other("next_bottleneck", id(capacity.next_bottleneck));
    fields.other("headroom", capacity.headroom.map_or(Value::Null, number));
    let stations: Vec<Value> = known
        .iter()
        .map(|station| {
            let name = station.id(system);
            let mut fields = Figures::new(format!("capacity.stations.{name}"), ranges);
            fields.other("id", name);
            fields.other("servers", station.servers);
            fields.optional("arrivals_per_s", station.shards.first().map(|shard| shard.arrivals.per_second()));
            fields.optional("utilization", station.utilization());
            fields.optional("peak_utilization", station.peak_utilization());
            let scaling = station.scaling.map(|law| {
                json!({
                    "contention": number(law.contention),
                    "coherence": number(law.coherence),
                    "replicas": law.replicas,
                    "speedup": number(law.speedup(law.replicas)),
                    "best_replicas": law.best(),
                })
            });
            fields.other("scaling", scaling.unwrap_or(Value::Null));
            fields.other("connections_used", station.connections.map_or(Value::Null, number));
            fields.into_value()
        })
        .collect();
    fields.other("stations", stations);
    let retried: Vec<Value> = latency
        .stability
        .amplified
        .iter()
        .map(|one| {
            json!({
                "id": system.component(one.component).id,
                "amplification": number(one.amplification),
                "utilization": number(one.utilization),
                "utilization_while_retried": number(one.utilization_while_retried),
                "vulnerable": one.is_vulnerable(),
            })
        })
        .collect();
    fields.other("retried", retried);
    let remedy = latency.stability.remedy.map(|one| json!({ "link": system.link(one.link).id, "retry_budget": number(one.retry_budget) }));
    fields.other("remedy", remedy.unwrap_or(Value::Null));
    let curve: Vec<Value> = latency
        .load_curve
        .iter()
        .map(|point| {
            let journeys: Map<String, Value> = system
                .journeys
                .iter()
                .zip(&point.journeys)
                .map(|(journey, times)| {
                    let times =
                        times.map_or(Value::Null, |(mean, p99)| json!({ "mean_ms": ms(mean.seconds()), "p99_ms": ms(p99.seconds()) }));
                    (journey.id.clone(), times)
                })
                .collect();
            json!({ "growth": number(point.growth), "utilization": number(point.utilization), "journeys": journeys })
        })
        .collect();
    fields.other("load_curve", curve);
    fields.other("day", growth::day(system, &latency.day));
    fields.other("pooling", growth::pooling(system, latency.pooling.as_ref()));
    let lost: Vec<Value> = capacity
        .after_losing
        .iter()
        .map(|lost| {
            json!({
                "id": system.location(lost.location).id,
                "growth": number(lost.growth),
                "max_rate_per_s": lost.max_rate.map_or(Value::Null, |rate| number(rate.per_second())),
                "bottleneck": system.component(lost.bottleneck).id,
            })
        })
        .collect();
    fields.other("after_losing", lost);
    let full: Vec<Value> = capacity
        .full_in_months
        .iter()
        .map(|one| json!({ "id": system.component(one.component).id, "leader": one.is_leader, "today": number(one.today), "month": one.month, "by_retries": one.by_retries }))
        .collect();
    fields.other("full_in_months", full);
    fields.into_value()
}
