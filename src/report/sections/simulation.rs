//! What a simulation found, beside what was computed.

use super::{MAX_ROWS, Section};
use crate::analysis::latency::Times;
use crate::analysis::simulation::{Estimate, MAX_EVENTS, MAX_OPEN_STEPS, Simulation};
use crate::assessment::Assessed;
use crate::quantity::{self, Duration, count, significant};
use crate::report::table::Table;

/// How far a computed figure may lie outside the interval before it is said: what the grid of the formulas rounds.
const GRID_ERROR: f64 = 0.002;

pub(super) fn times(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Simulated and computed", &["journey", ">p50", ">computed", ">p99", ">computed", ">given up"]);
    let Some(found) = &assessed.simulation else { return Section::new("simulation", table) };
    let journeys = assessed.system.journeys.iter().zip(&found.journeys).zip(&assessed.assessment.latency.journeys);
    let mut outside = Vec::new();
    let mut compared = 0;
    for ((journey, simulated), computed) in journeys {
        let Some(simulated) = simulated else { continue };
        let times = computed.mean_load.as_ref();
        let figure = |times: Option<&Times>, figure: fn(&Times) -> Duration| times.map(figure);
        let mut row = vec![format!("`{}`", journey.id)];
        for (name, estimate, computed) in [
            ("p50", simulated.response.p50, figure(times, |times| times.p50)),
            ("p99", simulated.response.p99, figure(times, |times| times.p99)),
        ] {
            row.push(estimate.map_or_else(String::new, shown));
            row.push(match (estimate, computed) {
                (Some(estimate), Some(computed)) => {
                    compared += 1;
                    if !estimate.holds(computed, GRID_ERROR) {
                        outside.push(format!("{name} of `{}`", journey.id));
                    }
                    format!("{} ({})", quantity::duration(computed), off(computed, estimate))
                }
                (_, computed) => computed.map_or_else(String::new, quantity::duration),
            });
        }
        row.push(if simulated.given_up.value() > 0.0 { quantity::percent(simulated.given_up) } else { String::new() });
        table.row(row);
    }
    for sentence in notes(found, compared, &outside) {
        table.note(sentence);
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    Section::new("simulation", table)
}

/// A figure with half the width of its interval.
fn shown(estimate: Estimate) -> String {
    let value = quantity::duration(estimate.value);
    match estimate.interval {
        Some((_, high)) if estimate.value.seconds() > 0.0 => {
            let half = (high.seconds() - estimate.value.seconds()) / estimate.value.seconds();
            format!("{value} ± {} %", significant(half * 100.0, 2))
        }
        _ => value,
    }
}

fn off(computed: Duration, estimate: Estimate) -> String {
    let share = computed.seconds() / estimate.value.seconds() - 1.0;
    if !share.is_finite() || share.abs() < 5e-4 {
        return "the same".to_owned();
    }
    let sign = if share < 0.0 { '−' } else { '+' };
    format!("{sign}{} %", significant(share.abs() * 100.0, 2))
}

fn notes(found: &Simulation, compared: usize, outside: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if !outside.is_empty() {
        let shown: Vec<&str> = outside.iter().map(String::as_str).take(6).collect();
        let more = if outside.len() > shown.len() { format!(" and {} more", outside.len() - shown.len()) } else { String::new() };
        notes.push(format!(
            "The computed figure lies outside of the simulated interval for the {}{more}: go by the simulation there.",
            shown.join(", ")
        ));
    } else if compared == 0 {
        notes.push(
            "Nothing was compared: there were too few requests, or no computed figures. More `--requests` give percentiles.".to_owned(),
        );
    } else if found.unsteady == 0 {
        notes.push("Every computed figure lies within the simulated interval.".to_owned());
    }
    if found.unsteady > 0 {
        notes.push(format!(
            "{} of {} replications had no steady state: a tenth of the requests or more, or {} steps, were open when the last one came. Its times say how long it ran, not how long users wait.",
            found.unsteady,
            found.replications,
            count(MAX_OPEN_STEPS as u64)
        ));
    }
    if found.cut_off > 0 {
        notes.push(format!("{} of {} replications ended at the limit of {} events.", found.cut_off, found.replications, count(MAX_EVENTS)));
    }
    if found.is_stopped {
        notes.push("Stopped before its end; this is what there is.".to_owned());
    }
    notes.push(format!(
        "{} requests of all journeys at their mean rates in {} replications of their own random numbers, seed {}, after a fifth of each that is left out: {} events. Intervals of 95 % from what the replications differ; the same seed gives the same figures.",
        count(found.journeys.iter().flatten().map(|one| one.requests).sum()),
        found.replications,
        found.settings.seed,
        count(found.events)
    ));
    notes
}

pub(super) fn storms(assessed: &Assessed<'_>) -> Section {
    let mut table =
        Table::new("Pushed: does it get up again?", &["component", ">stands still", ">then full for", ">without retries", "recovers"]);
    let Some(found) = &assessed.simulation else { return Section::new("storms", table) };
    for storm in &found.storms {
        let (all, lasting) = (storm.recovered.len(), storm.lasting());
        let full = match storm.slowest() {
            _ if lasting > 0 => format!("over {}", quantity::duration(storm.watched)),
            Some(slowest) => quantity::duration(slowest),
            None => String::new(),
        };
        let recovers = match (all, lasting) {
            (0, _) => "not decided within the limit of events".to_owned(),
            (_, 0) => format!("yes, in {all} of {all} replications"),
            _ => format!("no, in {lasting} of {all} replications"),
        };
        table.row(vec![
            format!("`{}`", assessed.system.component(storm.component).id),
            quantity::duration(storm.stood_still),
            full,
            quantity::duration(storm.expected),
            recovers,
        ]);
    }
    if !table.rows.is_empty() {
        table.note("The workers of a component that retries could keep full begin nothing for twice the longest timeout of a retried link; how long is it full afterwards? Without retries what piled up is gone after that time · busy ÷ (1 − busy). What is full for ever is kept full by its callers: a `retry-budget` or a `circuit-breaker` ends it.");
    }
    Section::new("storms", table)
}
