//! What was measured beside what is modelled, and what would make the model agree.

use super::{MAX_ROWS, Section};
use crate::assessment::{Assessed, Fit, Observation, Unit};
use crate::model::System;
use crate::quantity::{self, MoneyRate, Probability, Rate, significant};
use crate::report::table::Table;
use crate::report::words::{milliseconds, number, percentage};
use crate::syntax::keys::{component, observed};

/// From this difference on a stated work is said to be another.
const WORTH_SAYING: f64 = 0.05;

/// What is still off by so much with the fitted work has another cause.
const STILL_OFF: f64 = 0.2;

pub(super) fn modelled_and_measured(assessed: &Assessed<'_>) -> Section {
    let observed = &assessed.assessment.observed;
    let mut table = Table::new("Modelled and measured", &["figure", ">measured", ">modelled", ">off", ">fitted", ">still off"]);
    for row in &observed.rows {
        let print = |figure: f64| shown(assessed.system, row, figure);
        let off_by = |modelled: f64| if is_derived_from(assessed, row) { "derived from it".to_owned() } else { off(row, modelled) };
        table.row(vec![
            format!("`{}`", row.path),
            print(row.measured),
            row.modelled.map_or_else(|| "not computed".to_owned(), print),
            row.modelled.map_or_else(String::new, off_by),
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
    if observed.rows.iter().any(|row| is_derived_from(assessed, row)) {
        table.note(
            "A service time that was derived from a measured utilization gives that utilization back: that the two agree shows nothing.",
        );
    }
    table.note("Nothing here is fed into the model by itself; fitted is what it would say with the work that follows from measured utilizations. Off = modelled ÷ measured − 1; of availability, the ratio of the times in which it failed.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "figures");
    Section::new("observed", table)
}

/// Says whether the modelled figure was made from the measured one: the utilization of a component whose work was derived from it.
fn is_derived_from(assessed: &Assessed<'_>, row: &Observation) -> bool {
    let Some(id) = row.path.strip_prefix("components.").and_then(|path| path.strip_suffix(".utilization")) else { return false };
    let entry = assessed.system.find_component(id).and_then(|id| assessed.system.component(id).facts.entry_of(component::SERVICE_TIME));
    let source = entry.and_then(|entry| entry.provenance.as_ref()).map(|provenance| provenance.source.as_str());
    source.is_some_and(|source| source.contains("derived from utilization"))
}

/// What the model tells most differently from what was measured, in a sentence; none where nothing can be compared.
pub(in crate::report) fn largest_residual(assessed: &Assessed<'_>) -> Option<String> {
    let distance = |row: &Observation| {
        let (modelled, measured) = failing(row, row.modelled?);
        let times = modelled / measured;
        Some(times.max(1.0 / times)).filter(|times| times.is_finite())
    };
    let rows = assessed.assessment.observed.rows.iter().filter(|row| !is_derived_from(assessed, row));
    let compared: Vec<(f64, &Observation)> = rows.filter_map(|row| Some((distance(row)?, row))).collect();
    let (_, row) = compared.iter().reduce(|most, next| if next.0 > most.0 { next } else { most })?;
    let print = |figure: f64| shown(assessed.system, row, figure);
    let modelled = row.modelled?;
    let others = match compared.len() - 1 {
        0 => String::new(),
        others => format!("; {others} other figure{} no further off", if others == 1 { " is" } else { "s are" }),
    };
    Some(format!("`{}` is {} as measured, {} as modelled: {}{others}.", row.path, print(row.measured), print(modelled), off(row, modelled)))
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

fn shown(system: &System, row: &Observation, figure: f64) -> String {
    match row.unit {
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
        Unit::PerMonth => {
            let stated = system.observed.iter().find(|(path, _)| row.path.strip_suffix(".cost") == Some(path.as_str()));
            let cost: Option<MoneyRate> = stated.and_then(|(_, facts)| facts.get(observed::COST).stated());
            let currency = cost.map(|cost| format!(" {}", cost.money.currency.code())).unwrap_or_default();
            format!("{}{currency} a month", number(figure))
        }
    }
}

/// What is compared: of two availabilities only the times in which it failed can be told apart.
fn failing(row: &Observation, modelled: f64) -> (f64, f64) {
    if row.is_availability() { (1.0 - modelled, 1.0 - row.measured) } else { (modelled, row.measured) }
}

fn off(row: &Observation, modelled: f64) -> String {
    let (modelled, measured) = failing(row, modelled);
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
