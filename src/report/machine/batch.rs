//! What the machine contract says of runs of work.

use serde_json::{Value, json};

use super::fields::number;
use super::latency::short_times;
use crate::analysis::batch::Batch;
use crate::model::System;

/// Returns what dividing each run brings.
pub(super) fn batches(system: &System, batches: &[Batch]) -> Vec<Value> {
    let optional = |value: Option<f64>| value.map_or(Value::Null, number);
    batches
        .iter()
        .map(|batch| {
            let counts: Vec<Value> = batch
                .counts
                .iter()
                .map(|one| {
                    json!({
                        "workers": one.workers,
                        "makespan_s": number(one.makespan.seconds()),
                        "finished_s": number(one.finished.seconds()),
                        "speed_up": number(one.speed_up),
                    })
                })
                .collect();
            json!({
                "journey": system.journeys[batch.journey.index()].id,
                "work_s": number(batch.work.seconds()),
                "makespan": batch.makespan.as_ref().map_or(Value::Null, short_times),
                "job": system.component(batch.workers).id,
                "workers": batch.count,
                "speed_up": optional(batch.speed_up),
                "straggler": number(batch.straggler),
                "lost_to_stragglers": optional(batch.lost_to_stragglers),
                "exchanged_bytes": number(batch.exchanged.bytes()),
                "backlog_per_s": number(batch.backlog.per_second()),
                "counts": counts,
                "best_workers": batch.best().map(|best| best.workers),
            })
        })
        .collect()
}
