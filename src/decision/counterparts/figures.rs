//! What a design gives of the promises that are numbers: availability, time, money.

use super::today::declared;
use super::{Computed, Design, Fits};
use crate::analysis::latency::{State, Times};
use crate::decision::facts::bill_of;
use crate::model::Journey;
use crate::quantity::{self, Probability};
use crate::syntax::keys::{Table, journey, objectives};
use crate::syntax::value::{self, Value};

/// The availability of the journey that fails most.
pub(super) fn availability(design: &Design<'_>) -> Option<Computed> {
    let Design { system, assessment } = design;
    let mut worst: Option<(f64, &Journey)> = None;
    for (one, found) in system.journeys.iter().zip(&assessment.availability.journeys).filter(|(one, _)| !one.implied) {
        let unavailability = found.as_ref()?.unavailability;
        if worst.is_none_or(|(most, _)| unavailability > most) {
            worst = Some((unavailability, one));
        }
    }
    let (unavailability, journey) = worst?;
    Some(Computed {
        words: format!("journey `{}` is available {}", journey.id, quantity::availability(Probability::new(unavailability))),
        // Sums of rounded figures: what differs in the last digits only is kept.
        fits: Fits::AtMost(100.0 * (1.0 - unavailability) + 1e-10),
        places: vec![journey.span],
    })
}

/// The journey that stands for a typical action, and its time.
pub(in crate::decision) struct CriticalPath<'a> {
    journey: &'a Journey,
    /// The time within which nineteen of twenty actions are done.
    pub(in crate::decision) seconds: f64,
    /// The time in words, and why this journey.
    pub(in crate::decision) words: String,
}

/// Computes the time of a typical action, the 95th percentile at the mean rates: that of the journey with the strictest objective of time; without any, of the
/// busiest. Nothing where it is not computed; a journey whose pools cannot keep up has no end.
pub(in crate::decision) fn critical_path<'a>(design: &Design<'a>) -> Option<CriticalPath<'a>> {
    let system = design.system;
    let mut strictest: Option<(f64, usize)> = None;
    let mut busiest: Option<(f64, usize)> = None;
    for (at, one) in system.journeys.iter().enumerate().filter(|(_, one)| !one.implied) {
        if let Some(limit) = limit(design, one).filter(|limit| strictest.is_none_or(|(least, _)| *limit < least)) {
            strictest = Some((limit, at));
        }
        let rate = one.rate().map_or(0.0, |rate| rate.per_second());
        if busiest.is_none_or(|(most, _)| rate > most) {
            busiest = Some((rate, at));
        }
    }
    let (at, why) = match (strictest, busiest) {
        (Some((_, at)), _) => (at, "which has the strictest objective of time"),
        (None, Some((_, at))) => (at, "the busiest; none has an objective of time"),
        (None, None) => return None,
    };
    let journey = &system.journeys[at];
    let found = &design.assessment.latency.journeys[at];
    if let State::Overloaded { component, .. } = found.state {
        let words = format!("journey `{}`, {why}, has no end: `{}` is overloaded", journey.id, system.component(component).id);
        return Some(CriticalPath { journey, seconds: f64::INFINITY, words });
    }
    let Times { p95, .. } = found.mean_load.as_ref()?;
    let words = format!("nineteen of twenty times journey `{}`, {why}, takes up to {}", journey.id, quantity::duration(*p95));
    Some(CriticalPath { journey, seconds: p95.seconds(), words })
}

/// The strictest limit of time that a journey has, its own or the system's.
fn limit(design: &Design<'_>, one: &Journey) -> Option<f64> {
    let keys = [
        (journey::LATENCY_P50.index, objectives::LATENCY_P50.index),
        (journey::LATENCY_P95.index, objectives::LATENCY_P95.index),
        (journey::LATENCY_P99.index, objectives::LATENCY_P99.index),
    ];
    let stated = keys.iter().filter_map(|(own, of_system)| {
        let entry = one.facts.entry(*own).or_else(|| design.system.single(Table::Objectives).and_then(|facts| facts.entry(*of_system)))?;
        match &entry.state {
            value::State::Stated(Value::Quantity(limit)) => Some(limit.likely),
            _ => None,
        }
    });
    stated.reduce(f64::min)
}

/// How long a typical action takes.
pub(super) fn latency(design: &Design<'_>) -> Option<Computed> {
    declared(design.system).next()?;
    let path = critical_path(design)?;
    Some(Computed { fits: Fits::AtLeast(path.seconds * 1_000.0), words: path.words, places: vec![path.journey.span] })
}

/// What a month costs, at the low end: a ceiling below it is surely broken. Nothing where the bill is in another currency than the model.
pub(super) fn monthly_cost(design: &Design<'_>) -> Option<Computed> {
    let bill = &bill_of(design)?.bill;
    let words =
        format!("a month costs {} to {} {}", bill.monthly.low.grouped_cents(), bill.monthly.high.grouped_cents(), bill.currency.code());
    Some(Computed { words, fits: Fits::AtLeast(bill.monthly.low.approximate()), places: Vec::new() })
}
