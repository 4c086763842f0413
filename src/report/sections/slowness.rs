//! What a slow component stops, beside what a dead one stops.

use super::{MAX_ROWS, Section};
use crate::analysis::classification::listed;
use crate::analysis::slowness::{Consequence, FACTORS, Slow};
use crate::assessment::Assessed;
use crate::quantity::{self, Duration};
use crate::report::table::Table;
use crate::report::words::share;

pub(super) fn slow(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let slowness = &assessment.slowness;
    let heads: Vec<String> = FACTORS.iter().map(|factor| format!("{factor} times slower")).collect();
    let mut table =
        Table::new("Slow or dead: requests that are lost", &["component", ">dead", &heads[0], &heads[1], ">hanging", "full first, after"]);
    let mut rows: Vec<&Slow> = slowness.components.iter().collect();
    let most = |slow: &Slow| slow.hanging.lost.value();
    rows.sort_by(|a, b| {
        b.is_worse_than_dead().cmp(&a.is_worse_than_dead()).then(most(b).total_cmp(&most(a))).then(a.component.cmp(&b.component))
    });
    for slow in rows {
        let mut row = vec![format!("`{}`", system.component(slow.component).id), share(slow.dead.value())];
        row.extend(slow.slower.iter().map(|found| found.as_ref().map_or_else(String::new, |found| slower(assessed, found))));
        row.push(share(slow.hanging.lost.value()));
        row.push(slow.hanging.full.first().map_or_else(String::new, |(component, after)| {
            format!("`{}`, {}", system.component(*component).id, quantity::duration(*after))
        }));
        table.row(row);
    }
    if table.rows.is_empty() {
        return Section::new("slow", table);
    }
    let worse: Vec<&str> =
        slowness.components.iter().filter(|one| one.is_worse_than_dead()).map(|one| system.component(one.component).id.as_str()).collect();
    if !worse.is_empty() {
        table.note(format!(
            "Hanging stops more than dead: {}. Who waits holds a connection; a `timeout` with few retries, a `circuit-breaker` or more `connections` lets it go in time.",
            listed(&worse, 6)
        ));
    }
    let unknown: Vec<&str> = slowness.without_connections.iter().map(|id| system.component(*id).id.as_str()).collect();
    if !unknown.is_empty() {
        table.note(format!("Callers that do not state `connections` are taken to have enough: {}.", listed(&unknown, 6)));
    }
    table.note("Mean times at the mean rates. A caller holds rate · time to the answer connections; full, it stalls in turn. A call that takes longer than its timeout is lost unless it is not required or has a fallback.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "components");
    Section::new("slow", table)
}

/// What is lost, or else by how much the slowest journey that is still answered gets slower.
fn slower(assessed: &Assessed<'_>, found: &Consequence) -> String {
    if found.lost.value() > 1e-9 {
        return format!("{} lost", share(found.lost.value()));
    }
    found.slowest.map_or_else(
        || "the same".to_owned(),
        |(journey, now, before)| {
            let more = quantity::duration(Duration::new(now.seconds() - before.seconds()));
            format!("`{}` +{more}", assessed.system.journeys[journey.index()].id)
        },
    )
}
