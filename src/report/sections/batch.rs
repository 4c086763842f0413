//! What dividing a run over workers brings, and with how many of them it is finished first.

use super::{MAX_ROWS, Section};
use crate::analysis::batch::MAX_WORKERS;
use crate::assessment::Assessed;
use crate::quantity::{self, Probability, significant};
use crate::report::table::Table;
use crate::report::words::{bytes, per_second, share};

pub(super) fn runs(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new(
        "Runs of work",
        &[
            "run",
            ">work",
            ">workers",
            ">takes",
            ">p95",
            ">speed-up",
            ">lost to the slowest",
            ">exchanged",
            ">not done",
            ">finished first with",
        ],
    );
    for batch in &assessment.batches {
        let times = batch.makespan.as_ref();
        table.row(vec![
            format!("`{}`", system.journeys[batch.journey.index()].id),
            quantity::duration(batch.work),
            quantity::count(batch.count),
            times.map_or_else(String::new, |times| quantity::duration(times.mean)),
            times.map_or_else(String::new, |times| quantity::duration(times.p95)),
            batch.speed_up.filter(|_| batch.count > 1).map_or_else(String::new, |times| format!("{} times", significant(times, 3))),
            batch.lost_to_stragglers.filter(|_| batch.count > 1).map_or_else(String::new, |lost| share(lost.min(1.0))),
            if batch.exchanged.bytes() > 0.0 { bytes(batch.exchanged.bytes()) } else { String::new() },
            if batch.backlog.per_second() > 0.0 { per_second(batch.backlog.per_second()) } else { String::new() },
            batch.best().map_or_else(String::new, |best| {
                let more = if best.workers >= MAX_WORKERS { " or more" } else { "" };
                format!("{}{more}", quantity::count(u64::from(best.workers)))
            }),
        ]);
        if let (Some(speed_up), true) = (batch.speed_up, batch.count > 1) {
            #[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
            let efficiency = Probability::new((speed_up / batch.count as f64).min(1.0));
            table.note(format!(
                "`{}`: each of the {} `{}` is worth {} of one alone; the slowest of them takes {} times as long as the average.",
                system.journeys[batch.journey.index()].id,
                quantity::count(batch.count),
                system.component(batch.workers).id,
                quantity::percent(efficiency),
                significant(batch.straggler, 3)
            ));
        }
    }
    if !table.rows.is_empty() {
        table.note("Work: what one worker of the same speed needs for all of it, without a network; speed-up = work ÷ the mean time of a run that is alone. Not done: runs that come while others still queue up.");
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "runs");
    Section::new("runs", table)
}

pub(super) fn counts(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table =
        Table::new("A run with other numbers of workers", &["run", ">workers", ">takes", ">finished after", ">speed-up", ">each is worth"]);
    for batch in &assessment.batches {
        let best = batch.best().map(|best| best.workers);
        for one in &batch.counts {
            let marks = [(u64::from(one.workers) == batch.count, "as modelled"), (Some(one.workers) == best, "first")];
            let marks: Vec<&str> = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
            let mark = if marks.is_empty() { String::new() } else { format!(", {}", marks.join(", ")) };
            table.row(vec![
                format!("`{}`{mark}", system.journeys[batch.journey.index()].id),
                quantity::count(u64::from(one.workers)),
                quantity::duration(one.makespan),
                quantity::duration(one.finished),
                format!("{} times", significant(one.speed_up, 3)),
                quantity::percent(Probability::new((one.speed_up / f64::from(one.workers)).min(1.0))),
            ]);
        }
    }
    if !table.rows.is_empty() {
        table.note("The same work in as many parts, messages as large as they are, the run alone on the system. Finished after: takes ÷ availability with so many workers, because a run stands still while one that it needs is down.");
    }
    table.limit(MAX_ROWS, "numbers of workers");
    Section::new("run-counts", table)
}
