//! *Does the model say what was measured, and which fact would make it say so?*
//!
//! `[observed]` is fact about the base, never an input: each measured figure stands beside the modelled one. Where a component's utilization was measured, its work follows from
//! it: `service time = utilization · workers ÷ visits per second`, with the measured rate, or the modelled one where none was measured. The times of journeys are then computed
//! again with all such work; what is still off is no question of service times.
//!
//! Semantics, "Further keys".

use super::Assessment;
use crate::analysis::cost::monthly;
use crate::analysis::latency::{StationLoad, Times, times_with_work};
use crate::model::{ComponentId, System};
use crate::quantity::{Duration, Exact, MoneyRate, Rate};
use crate::syntax::keys::observed;
use crate::syntax::value::Facts;

/// What was measured, beside what is modelled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// Each measured figure, by path.
    pub rows: Vec<Observation>,
    /// The work that follows from measured utilizations, by component.
    pub fits: Vec<Fit>,
}

/// A measured figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Where it stands, such as `journeys.order.p99`.
    pub path: String,
    /// What it measures.
    pub unit: Unit,
    /// What was measured.
    pub measured: f64,
    /// What the model says; none where it says nothing.
    pub modelled: Option<f64>,
    /// What it would say with the fitted work; none where that changes nothing.
    pub after_fit: Option<f64>,
}

/// What a measured figure measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Per second.
    PerSecond,
    /// A share, of workers or of time.
    Share,
    /// Milliseconds.
    Milliseconds,
    /// Per year.
    PerYear,
    /// Money a month, in the model's currency.
    PerMonth,
}

impl Unit {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PerSecond => "per-second",
            Self::Share => "share",
            Self::Milliseconds => "ms",
            Self::PerYear => "per-year",
            Self::PerMonth => "per-month",
        }
    }
}

/// The work of a component by what was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The component.
    pub component: ComponentId,
    /// The mean work of a visit that the model states.
    pub stated: Option<Duration>,
    /// The same by what was measured.
    pub fitted: Duration,
    /// The measured utilization.
    pub utilization: f64,
    /// The workers of all its shards.
    pub workers: f64,
    /// Visits per second.
    pub rate: Rate,
    /// Whether that rate was measured.
    pub is_rate_measured: bool,
}

impl Observation {
    /// Returns a figure in words.
    pub fn shown(&self, figure: f64) -> String {
        use crate::quantity;
        match self.unit {
            Unit::PerSecond => quantity::rate(Rate::new(figure)),
            Unit::Share if figure > 0.9 && figure <= 1.0 => quantity::availability(quantity::Probability::new(1.0 - figure)),
            Unit::Share if figure > 1.0 => format!("{} times", quantity::significant(figure, 3)),
            Unit::Share => quantity::percent(quantity::Probability::new(figure)),
            Unit::Milliseconds => quantity::duration(Duration::new(figure / 1e3)),
            Unit::PerYear => format!("{} a year", quantity::significant(figure, 3)),
            Unit::PerMonth => format!("{} a month", quantity::significant(figure, 4)),
        }
    }

    /// Says whether it is a share of time.
    pub fn is_availability(&self) -> bool {
        self.path.ends_with(".availability")
    }
}

/// From this difference on the fitted work does not explain what was measured.
const STILL_OFF: f64 = 0.2;

/// Returns what rules compare.
pub(super) fn for_rules(observed: &Observed) -> Vec<crate::hazard::Observed> {
    let compared = |row: &Observation| {
        let computed = row.modelled?;
        Some(crate::hazard::Observed {
            path: row.path.clone(),
            measured: row.measured,
            computed,
            shown: (row.shown(row.measured), row.shown(computed)),
            is_availability: row.is_availability(),
            is_explained: row.after_fit.is_some_and(|after| row.measured > 0.0 && (after / row.measured - 1.0).abs() <= STILL_OFF),
        })
    };
    observed.rows.iter().filter_map(compared).collect()
}

/// Holds what was measured against an assessment of the base; nothing of an alternative.
pub(super) fn observe(system: &System, assessment: &Assessment) -> Observed {
    if !system.is_base() || system.observed.is_empty() {
        return Observed::default();
    }
    let fits = fits(system, assessment);
    let factors: Vec<(ComponentId, f64)> = fits
        .iter()
        .filter_map(|fit| Some((fit.component, fit.fitted.seconds() / fit.stated.filter(|stated| stated.seconds() > 0.0)?.seconds())))
        .filter(|(_, factor)| (factor - 1.0).abs() > 1e-9)
        .collect();
    let refitted = if factors.is_empty() { Vec::new() } else { times_with_work(system, &factors) };
    let mut rows = Vec::new();
    for (path, facts) in &system.observed {
        match path.split_once('.') {
            Some(("components", id)) => of_component(system, assessment, path, id, facts, &fits, &mut rows),
            Some(("journeys", id)) => of_journey(system, assessment, path, id, facts, &refitted, &mut rows),
            _ => of_system(system, assessment, path, facts, &mut rows),
        }
    }
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Observed { rows, fits }
}

/// Returns the work that follows from measured utilizations.
fn fits(system: &System, assessment: &Assessment) -> Vec<Fit> {
    let mut fits = Vec::new();
    for (path, facts) in &system.observed {
        let Some(component) = path.strip_prefix("components.").and_then(|id| system.find_component(id)) else { continue };
        let Some(utilization) = facts.get(observed::UTILIZATION).stated().map(|share| share.value()) else { continue };
        let Some(station) = station(assessment, component) else { continue };
        let Some(workers) = workers(station) else { continue };
        let measured = facts.get(observed::RATE).stated().map(Rate::per_second);
        let rate = measured.unwrap_or_else(|| visits(station));
        if rate > 0.0 && utilization > 0.0 {
            fits.push(Fit {
                component,
                stated: station.service,
                fitted: Duration::new(utilization * workers / rate),
                utilization,
                workers,
                rate: Rate::new(rate),
                is_rate_measured: measured.is_some(),
            });
        }
    }
    fits.sort_by_key(|fit| fit.component);
    fits
}

/// Returns the pool of all replicas of a component, or of its leaders where only these work.
fn station(assessment: &Assessment, component: ComponentId) -> Option<&StationLoad> {
    assessment.latency.stations.iter().find(|station| station.component == component)
}

#[expect(clippy::cast_precision_loss, reason = "counts of shards and workers")]
fn workers(station: &StationLoad) -> Option<f64> {
    let shards: usize = station.shards.iter().map(|group| group.shards.len()).sum();
    Some(station.servers? as f64 * shards as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a count of shards")]
fn visits(station: &StationLoad) -> f64 {
    station.shards.iter().map(|group| group.arrivals.per_second() * group.shards.len() as f64).sum()
}

/// Returns the busy share of all workers of a component, whichever shard they work for.
#[expect(clippy::cast_precision_loss, reason = "a count of shards")]
fn utilization(station: &StationLoad) -> Option<f64> {
    let shards: usize = station.shards.iter().map(|group| group.shards.len()).sum();
    let all: Option<f64> = station.shards.iter().map(|group| Some(group.utilization? * group.shards.len() as f64)).sum();
    Some(all? / shards.max(1) as f64)
}

fn of_component(system: &System, assessment: &Assessment, path: &str, id: &str, facts: &Facts, fits: &[Fit], rows: &mut Vec<Observation>) {
    let component = system.find_component(id);
    let station = component.and_then(|component| station(assessment, component));
    let fit = fits.iter().find(|fit| Some(fit.component) == component);
    let used = station.and_then(utilization);
    // With the fitted work, the utilization is the measured one at the rate that was used.
    let after = fit.zip(station).map(|(fit, station)| fit.utilization * visits(station) / fit.rate.per_second());
    row(rows, path, "utilization", Unit::Share, facts.get(observed::UTILIZATION).stated().map(|share| share.value()), used, after);
    let modelled_rate = station.map(visits);
    row(rows, path, "rate", Unit::PerSecond, facts.get(observed::RATE).stated().map(Rate::per_second), modelled_rate, None);
    unmodelled(rows, path, facts, &["p50", "p99", "availability", "incidents", "cost"]);
}

fn of_journey(
    system: &System,
    assessment: &Assessment,
    path: &str,
    id: &str,
    facts: &Facts,
    refitted: &[Option<Times>],
    rows: &mut Vec<Observation>,
) {
    let Some(at) = system.journeys.iter().position(|journey| journey.id == id) else { return };
    let times = assessment.latency.journeys[at].mean_load.as_ref();
    let after = refitted.get(at).and_then(Option::as_ref);
    let in_ms = |time: Duration| time.seconds() * 1e3;
    for (name, key, figure) in
        [("p50", observed::P50, (|times: &Times| times.p50) as fn(&Times) -> Duration), ("p99", observed::P99, |times: &Times| times.p99)]
    {
        let measured = facts.get(key).stated().map(in_ms);
        row(rows, path, name, Unit::Milliseconds, measured, times.map(figure).map(in_ms), after.map(figure).map(in_ms));
    }
    let measured = facts.get(observed::RATE).stated().map(Rate::per_second);
    row(rows, path, "rate", Unit::PerSecond, measured, system.journeys[at].rate().map(Rate::per_second), None);
    let failure = assessment.availability.journeys[at].as_ref();
    let measured = facts.get(observed::AVAILABILITY).stated().map(|share| share.value());
    row(rows, path, "availability", Unit::Share, measured, failure.map(|found| 1.0 - found.unavailability), None);
    row(rows, path, "incidents", Unit::PerYear, incidents(facts), failure.map(|found| found.incidents_per_year), None);
    unmodelled(rows, path, facts, &["utilization", "cost"]);
}

fn of_system(system: &System, assessment: &Assessment, path: &str, facts: &Facts, rows: &mut Vec<Observation>) {
    let rates: f64 = system.journeys.iter().filter_map(|journey| journey.rate()).map(Rate::per_second).sum();
    row(rows, path, "rate", Unit::PerSecond, facts.get(observed::RATE).stated().map(Rate::per_second), Some(rates), None);
    let bill = assessment.cost.as_ref().map(|cost| &cost.bill);
    let measured: Option<MoneyRate> = facts.get(observed::COST).stated();
    // A bill in another currency is not compared.
    let modelled = bill.filter(|bill| measured.is_some_and(|cost| cost.money.currency == bill.currency)).map(|bill| bill.monthly.likely);
    row(rows, path, "cost", Unit::PerMonth, measured.map(|cost| monthly(cost).approximate()), modelled.map(Exact::approximate), None);
    unmodelled(rows, path, facts, &["utilization", "p50", "p99", "availability", "incidents"]);
}

fn incidents(facts: &Facts) -> Option<f64> {
    const SECONDS_OF_A_YEAR: f64 = 8_760.0 * 3_600.0;
    facts.get(observed::INCIDENTS).stated().map(|rate| rate.per_second() * SECONDS_OF_A_YEAR)
}

/// Adds what was measured and the model has no figure for.
fn unmodelled(rows: &mut Vec<Observation>, path: &str, facts: &Facts, names: &[&str]) {
    for name in names {
        let (unit, measured) = match *name {
            "utilization" => (Unit::Share, facts.get(observed::UTILIZATION).stated().map(|share| share.value())),
            "p50" => (Unit::Milliseconds, facts.get(observed::P50).stated().map(|time| time.seconds() * 1e3)),
            "p99" => (Unit::Milliseconds, facts.get(observed::P99).stated().map(|time| time.seconds() * 1e3)),
            "availability" => (Unit::Share, facts.get(observed::AVAILABILITY).stated().map(|share| share.value())),
            "incidents" => (Unit::PerYear, incidents(facts)),
            _ => (Unit::PerMonth, facts.get(observed::COST).stated().map(|cost| monthly(cost).approximate())),
        };
        row(rows, path, name, unit, measured, None, None);
    }
}

fn row(
    rows: &mut Vec<Observation>,
    path: &str,
    name: &str,
    unit: Unit,
    measured: Option<f64>,
    modelled: Option<f64>,
    after_fit: Option<f64>,
) {
    if let Some(measured) = measured {
        let after_fit = after_fit.filter(|after| modelled.is_none_or(|modelled| (after / modelled - 1.0).abs() > 1e-9));
        rows.push(Observation { path: format!("{path}.{name}"), unit, measured, modelled, after_fit });
    }
}

#[cfg(test)]
mod tests {
    use super::super::assess;
    use super::{Observation, Unit};
    use crate::model::testing::system;

    const APP: &str = "[assumptions]\nsame-host = \"0us\"\n[defaults.\"->\"]\nprotocol = \"unix\"\n[components]\nuser = { kind = \"client\" }\n\
        app = { kind = \"service\", concurrency = 1, service-time = \"5ms\" }\n[links]\n\"user -> app\" = {}\n[journeys.j]\nrate = \"80/s\"\nsteps = [\"user -> app\"]\n";

    fn find<'a>(rows: &'a [Observation], path: &str) -> &'a Observation {
        rows.iter().find(|row| row.path == path).expect("it was measured")
    }

    #[track_caller]
    fn near(found: Option<f64>, expected: f64) {
        let found = found.expect("it is modelled");
        assert!((found / expected - 1.0).abs() < 2e-3, "{found} is not {expected}");
    }

    /// 80 % busy at 80/s is 10 ms of work, not 5: M/M/1 then has a p50 of 34.657 ms and a p99 of 230.259 ms, where 5 ms give 8.333·ln 2 and 8.333·ln 100.
    #[test]
    fn work_follows_from_a_measured_utilization() {
        let system = system(&format!(
            "{APP}[observed.components.app]\nutilization = 0.8\np99 = \"1ms\"\n[observed.journeys.j]\np50 = \"34.657ms\"\np99 = \"240ms\"\nrate = \"80/s\"\n"
        ));
        let found = assess(&system).observed;
        let [fit] = found.fits.as_slice() else { panic!("{found:?}") };
        near(Some(fit.fitted.seconds()), 0.010);
        assert!(!fit.is_rate_measured);
        let p50 = find(&found.rows, "journeys.j.p50");
        near(p50.modelled, 5.776);
        near(p50.after_fit, 34.657);
        let p99 = find(&found.rows, "journeys.j.p99");
        near(p99.modelled, 38.376);
        near(p99.after_fit, 230.259);
        let used = find(&found.rows, "components.app.utilization");
        near(used.modelled, 0.4);
        near(used.after_fit, 0.8);
        // A component's own percentiles are not modelled, and a rate needs no fit.
        assert_eq!(find(&found.rows, "components.app.p99").modelled, None);
        assert_eq!(find(&found.rows, "journeys.j.rate").after_fit, None);
    }

    /// With a measured rate of 40 visits a second the same utilization is 20 ms of work, and 80/s cannot be carried.
    #[test]
    fn a_measured_rate_is_nearer_than_the_modelled_one() {
        let system =
            system(&format!("{APP}[observed.components.app]\nutilization = 0.8\nrate = \"40/s\"\n[observed.journeys.j]\np99 = \"1s\"\n"));
        let found = assess(&system).observed;
        near(Some(found.fits[0].fitted.seconds()), 0.020);
        assert!(found.fits[0].is_rate_measured);
        assert_eq!(find(&found.rows, "journeys.j.p99").after_fit, None);
        near(find(&found.rows, "components.app.rate").modelled, 80.0);
    }

    #[test]
    fn nothing_was_measured() {
        assert!(assess(&system(APP)).observed.rows.is_empty());
        assert_eq!(Unit::PerYear.word(), "per-year");
    }
}
