//! What was measured beside what is modelled, and what would make the model agree.

use super::{MAX_ROWS, Section};
use crate::assessment::{Assessed, Fit, Observation, Unit};
use crate::quantity::{self, Probability, Rate, significant};
use crate::report::table::Table;
use crate::report::words::{milliseconds, number, percentage};

/// From this difference on a stated work is said to be another.
const WORTH_SAYING: f64 = 0.05;

/// What is still off by so much with the fitted work has another cause.
const STILL_OFF: f64 = 0.2;

pub(super) fn modelled_and_measured(assessed: &Assessed<'_>) -> Section {
    let observed = &assessed.assessment.observed;
    let mut table = Table::new("Modelled and measured", &["figure", ">measured", ">modelled", ">off", ">fitted", ">still off"]);
    for row in &observed.rows {
        let print = |figure: f64| shown(row.unit, figure);
        table.row(vec![
            format!("`{}`", row.path),
            print(row.measured),
            row.modelled.map_or_else(String::new, print),
            row.modelled.map_or_else(String::new, |modelled| off(row, modelled)),
            row.after_fit.map_or_else(String::new, print),
            row.after_fit.map_or_else(String::new, |after| off(row, after)),
        ]);
    }
    if table.rows.is_empty() {
        return Section::new("observed", table);
    }
    for fit in &observed.fits {
        if let Some(sentence) = advice(assessed, fit) {
            table.note(sentence);
        }
    }
    let lasting: Vec<&str> =
        observed.rows.iter().filter(|row| row.unit == Unit::Milliseconds && is_still_off(row)).map(|row| row.path.as_str()).collect();
    if !lasting.is_empty() {
        table.note(format!(
            "Service times do not explain {}: look at rates, payloads, round trips and at what times leave out (`docs/latency.md`).",
            crate::analysis::classification::listed(&lasting, 4)
        ));
    }
    table.note("What was measured is never fed into the model; fitted is what it would say with the work that follows from measured utilizations. Off = modelled ÷ measured − 1; of availability, the ratio of the times in which it failed.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "figures");
    Section::new("observed", table)
}

fn is_still_off(row: &Observation) -> bool {
    row.after_fit.or(row.modelled).is_some_and(|modelled| row.measured > 0.0 && (modelled / row.measured - 1.0).abs() > STILL_OFF)
}

fn advice(assessed: &Assessed<'_>, fit: &Fit) -> Option<String> {
    let id = &assessed.system.component(fit.component).id;
    let differs = |stated: quantity::Duration| (fit.fitted.seconds() / stated.seconds() - 1.0).abs() > WORTH_SAYING;
    let states = match fit.stated {
        Some(stated) if !differs(stated) => return None,
        Some(stated) => format!("the model states {}", quantity::duration(stated)),
        None => "the model states none".to_owned(),
    };
    let source = if fit.is_rate_measured { "measured" } else { "modelled" };
    Some(format!(
        "`{id}` works {} per visit by what was measured ({} of {} workers ÷ {} visits/s {source}); {states}: set `components.{id}.service-time`.",
        quantity::duration(fit.fitted),
        percentage(fit.utilization),
        number(fit.workers),
        number(fit.rate.per_second()),
    ))
}

fn shown(unit: Unit, figure: f64) -> String {
    match unit {
        Unit::PerSecond => quantity::rate(Rate::new(figure)),
        Unit::Share => {
            if figure > 0.9 {
                quantity::availability(Probability::new(1.0 - figure))
            } else {
                percentage(figure)
            }
        }
        Unit::Milliseconds => milliseconds(figure),
        Unit::PerYear => format!("{} a year", number(figure)),
        Unit::PerMonth => format!("{} a month", number(figure)),
    }
}

fn off(row: &Observation, modelled: f64) -> String {
    // Of two availabilities only the times in which it failed can be told apart.
    let (modelled, measured) =
        if row.path.ends_with(".availability") { (1.0 - modelled, 1.0 - row.measured) } else { (modelled, row.measured) };
    let share = modelled / measured - 1.0;
    if !share.is_finite() {
        return String::new();
    }
    if share.abs() < 5e-4 {
        return "the same".to_owned();
    }
    if share > 1.0 {
        return format!("{} times", significant(share + 1.0, 2));
    }
    format!("{}{} %", if share < 0.0 { '−' } else { '+' }, significant(share.abs() * 100.0, 2))
}
