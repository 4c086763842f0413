//! What becomes of a design under other loads: in one pool, on other machines, through the day, as it grows.

use super::{MAX_ROWS, Section};
use crate::analysis::capacity::MONTHS;
use crate::analysis::classification::listed;
use crate::assessment::{Assessed, FirstMiss};
use crate::model::ComponentId;
use crate::quantity::{self, Duration, Probability};
use crate::report::table::Table;
use crate::report::words::percentage;

/// A division of which less than this share of a p99 comes is not shown.
const WORTH_SAYING: f64 = 0.01;

/// So rarely is never, for a reader.
const NEVER: f64 = 1e-9;

/// A median and a 99th percentile.
fn pair((p50, p99): (Duration, Duration)) -> String {
    format!("{}, {}", quantity::duration(p50), quantity::duration(p99))
}

pub(super) fn pooling(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new(
        "What dividing the workers costs, p50 and p99",
        &["journey", ">in one pool", ">divided, calls for free", ">as modelled", ">lost pooling at p99", ">calls at p99"],
    );
    let Some(pooling) = &assessment.latency.pooling else { return Section::new("pooling", table) };
    for ((journey, found), pooled) in system.journeys.iter().zip(&assessment.latency.journeys).zip(&pooling.journeys) {
        let (Some(times), Some(pooled)) = (&found.mean_load, pooled) else { continue };
        // Less than the grid of the times tells apart is none.
        let more = |from: Duration, to: Duration| match to.seconds() - from.seconds() {
            more if more.abs() < 1e-3 * times.p99.seconds() => "none".to_owned(),
            more if more < 0.0 => format!("−{}", quantity::duration(Duration::new(-more))),
            more => format!("+{}", quantity::duration(Duration::new(more))),
        };
        if (times.p99.seconds() - pooled.one_pool.1.seconds()).abs() < WORTH_SAYING * times.p99.seconds() {
            continue;
        }
        table.row(vec![
            format!("`{}`", journey.id),
            pair(pooled.one_pool),
            pair(pooled.divided),
            pair((times.p50, times.p99)),
            more(pooled.one_pool.1, pooled.divided.1),
            more(pooled.divided.1, times.p99),
        ]);
    }
    if !table.rows.is_empty() {
        table.note(format!(
            "The {} workers of all programs, in one queue ({} busy) or in {}; the same rates and the same work. Smaller pools wait longer: one is idle while another has a queue.",
            quantity::count(pooling.workers),
            percentage(pooling.utilization),
            quantity::count(pooling.queues)
        ));
    }
    table.limit(MAX_ROWS, "journeys");
    Section::new("pooling", table)
}

pub(super) fn machines(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new(
        "The same workers on few large or many small machines",
        &["machines", ">workers each", ">p99, one queue", ">p99, a queue each", ">peak without one", ">too few are up"],
    );
    let Some(found) = &assessed.assessment.equal_power else { return Section::new("machines", table) };
    for one in &found.choices {
        let time = |time: Option<Duration>| time.map_or_else(|| "overloaded".to_owned(), quantity::duration);
        let name = match one.count {
            1 => "1: scale up".to_owned(),
            count => quantity::count(count),
        };
        table.row(vec![
            if one.count == found.machines { format!("{name}, as modelled") } else { name },
            quantity::count(found.workers / one.count),
            time(one.one_queue_p99),
            time(one.own_queues_p99),
            if one.busy_without_one.is_finite() { format!("{} busy", percentage(one.busy_without_one)) } else { "nothing left".to_owned() },
            if one.too_few < NEVER { "never".to_owned() } else { quantity::percent(Probability::new(one.too_few)) },
        ]);
    }
    table.note(format!(
        "`{}`, whose workers are busiest: the {} workers of a shard divided evenly. A visit's wait and work at the mean rates; too few: less than the peak needs, each machine failing by itself as an instance does.",
        assessed.system.component(found.component).id,
        quantity::count(found.workers)
    ));
    Section::new("machines", table)
}

fn shown_busy(assessed: &Assessed<'_>, component: ComponentId, used: f64) -> String {
    format!("`{}` {}", assessed.system.component(component).id, percentage(used))
}

pub(super) fn day(assessed: &Assessed<'_>) -> Section {
    /// Every third hour: the wave's ends, its middle, and what lies between.
    const EVERY: usize = 3;
    const MOST_JOURNEYS: usize = 4;
    let Assessed { system, assessment, .. } = assessed;
    let shown: Vec<usize> = (0..system.journeys.len()).take(MOST_JOURNEYS).collect();
    let mut heads = vec!["hour".to_owned(), ">requests".to_owned(), "busiest".to_owned()];
    heads.extend(shown.iter().map(|at| format!(">{}: p50, p99", system.journeys[*at].id)));
    let mut table = Table::new("Through the day", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    for hour in assessment.latency.day.iter().step_by(EVERY) {
        let busiest =
            |(component, used): (ComponentId, f64)| if used > 0.0 { shown_busy(assessed, component, used) } else { String::new() };
        let mut row = vec![hour.hour.to_string(), quantity::rate(hour.rate), hour.busiest.map_or_else(String::new, busiest)];
        row.extend(shown.iter().map(|at| hour.journeys[*at].map_or_else(|| "not computed".to_owned(), pair)));
        table.row(row);
    }
    if !table.rows.is_empty() {
        table
            .note("max(0, rate + (peak − rate) · sin(2π · hour ÷ 24)): hour 0 is when the load is at its mean and rises, hour 6 the peak.");
    }
    Section::new("day", table)
}

/// What growth breaks first, in words.
fn first_miss(assessed: &Assessed<'_>) -> Vec<String> {
    match &assessed.assessment.first_miss {
        FirstMiss::NotAsked => Vec::new(),
        FirstMiss::None => vec![format!("Every objective that holds today still does in {MONTHS} months.")],
        FirstMiss::In(missed) => {
            let gates = missed.gates.iter().map(|gate| {
                let of = gate.journey.as_ref().map_or_else(String::new, |journey| format!(" of `{journey}`"));
                let value = gate.value.as_ref().map_or_else(String::new, |value| format!(": {value}"));
                format!("{}{of}{value} (limit {})", gate.id, gate.limit)
            });
            let mut because = Vec::new();
            if let Some((component, then, today)) = missed.busiest.filter(|_| missed.dearer.is_none()) {
                because.push(format!("{} busy, today {}", shown_busy(assessed, component, then), percentage(today)));
            }
            if let Some(category) = missed.dearer {
                because.push(format!("what grows most of the bill is {category}"));
            }
            let because = if because.is_empty() { String::new() } else { format!("; {}", because.join(", ")) };
            let when = if missed.month == 0 { "already today".to_owned() } else { format!("in month {}", missed.month) };
            vec![format!("The first objective is missed {when}: {}{because}.", gates.collect::<Vec<_>>().join("; "))]
        }
    }
}

/// The month of the first missed objective and what is missed, for a cell.
pub(super) fn first_miss_in_short(missed: &FirstMiss) -> String {
    match missed {
        FirstMiss::NotAsked => "nothing grows".to_owned(),
        FirstMiss::None => format!("none in {MONTHS} months"),
        FirstMiss::In(missed) => {
            let gate = missed.gates.first().map_or("", |gate| gate.id);
            if missed.month == 0 { format!("today: {gate}") } else { format!("month {}: {gate}", missed.month) }
        }
    }
}

pub(super) fn outlook(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new("How long the workers last as the rates grow", &["component", ">busy at peak today", ">full in month"]);
    let mut lasting = Vec::new();
    for one in &assessment.capacity.full_in_months {
        let id = &system.component(one.component).id;
        let leader = if one.is_leader { ", leader" } else { "" };
        match one.month {
            Some(month) => {
                let month = if month == 0 { "already today".to_owned() } else { month.to_string() };
                let by_retries = if one.by_retries { ", by retries" } else { "" };
                table.row(vec![format!("`{id}`{leader}"), percentage(one.today), format!("{month}{by_retries}")]);
            }
            None => lasting.push(id.as_str()),
        }
    }
    if !lasting.is_empty() {
        table.note(format!("Not full within {} months: {}.", MONTHS, listed(&lasting, 6)));
    }
    for sentence in first_miss(assessed) {
        table.note(sentence);
    }
    if !assessment.capacity.full_in_months.is_empty() {
        table.note("Σ over the journeys of their peak load today · (1 + `growth`)^month; replicas stay as many as they are. Waits get long before that.");
    }
    table.limit(MAX_ROWS, "components");
    Section::new("outlook", table)
}
