//! The times at other loads than the stated ones: as all journeys grow together, and through the day.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use super::{StationLoad, UnderLoad, Wanted, facts, overloaded, pools, under_load};
use crate::distribution::Distribution;
use crate::model::ComponentId;
use crate::parallel;
use crate::quantity::{Duration, Rate};

/// The hours of a day.
const HOURS: u32 = 24;

/// The times at one load.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadPoint {
    /// The mean rates multiplied by this.
    pub growth: f64,
    /// The highest utilization of a pool.
    pub utilization: f64,
    /// Per journey: mean and 99th percentile; none where it has no times.
    pub journeys: Vec<Option<(Duration, Duration)>>,
}

/// The load and the times in one hour of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct HourLoad {
    /// The hour, from 0 to 23, counted from when the load is at its mean and rises.
    pub hour: u32,
    /// Requests of all journeys.
    pub rate: Rate,
    /// The busiest pool, and the busy share of its workers.
    pub busiest: Option<(ComponentId, f64)>,
    /// Per journey: median and 99th percentile; none where it has no times.
    pub journeys: Vec<Option<(Duration, Duration)>>,
}

/// Computes the times at ten loads, evenly spaced up to 95 % of what the known pools carry.
pub(super) fn load_curve(plan: &Plan<'_>, rates: &[Option<f64>], stations: &[StationLoad], blocked: &[facts::Blocked]) -> Vec<LoadPoint> {
    let most = stations.iter().filter_map(StationLoad::used).max_by(f64::total_cmp).filter(|used| *used > 0.0);
    let Some(most) = most.filter(|_| blocked.iter().any(|journey| !journey.response)) else { return Vec::new() };
    let steps: Vec<u32> = (1..=10).collect();
    parallel::map(&steps, |step| {
        let utilization = 0.095 * f64::from(*step);
        let growth = utilization / most;
        let rates: Vec<Option<f64>> = rates.iter().map(|rate| rate.map(|rate| rate * growth)).collect();
        let load = under_load(plan, &rates, Wanted::Times);
        let times = times(plan, &load, blocked, |time| (time.mean(), time.percentile(0.99)));
        LoadPoint { growth, utilization, journeys: times }
    })
}

/// Computes the load and the times of each hour of a day, `λ(h) = rate + (peak − rate)·sin(2πh/24)`, never below 0; nothing where no journey states a `peak`.
///
/// Each hour is taken to last long enough for its load to settle. Semantics, "Cost": the same day as the bill's.
pub(super) fn day(plan: &Plan<'_>, mean: &[Option<f64>], peak: &[Option<f64>], blocked: &[facts::Blocked]) -> Vec<HourLoad> {
    if mean == peak || blocked.iter().all(|journey| journey.response) {
        return Vec::new();
    }
    let height = |hour: u32| {
        let height = libm::sin(f64::from(hour) * std::f64::consts::PI / 12.0);
        // A sine's twin differs in its last digits.
        libm::round(height * 1e9) / 1e9 + 0.0
    };
    // The wave meets each height twice a day.
    let heights: BTreeSet<u64> = (0..HOURS).map(|hour| height(hour).to_bits()).collect();
    let heights: Vec<u64> = heights.into_iter().collect();
    let loads = parallel::map(&heights, |height| hour_load(plan, mean, peak, blocked, f64::from_bits(*height)));
    let met: BTreeMap<u64, HourLoad> = heights.into_iter().zip(loads).collect();
    (0..HOURS).map(|hour| HourLoad { hour, ..met[&height(hour).to_bits()].clone() }).collect()
}

fn hour_load(plan: &Plan<'_>, mean: &[Option<f64>], peak: &[Option<f64>], blocked: &[facts::Blocked], height: f64) -> HourLoad {
    let rates: Vec<Option<f64>> =
        mean.iter().zip(peak).map(|(mean, peak)| mean.map(|mean| (mean + (peak.unwrap_or(mean) - mean) * height).max(0.0))).collect();
    let load = under_load(plan, &rates, Wanted::Times);
    let used = load.pools.iter().zip(&plan.pools).filter_map(|(state, pool)| Some((pool.component, state.used()?)));
    HourLoad {
        hour: 0,
        rate: Rate::new(rates.iter().flatten().sum()),
        busiest: used.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))),
        journeys: times(plan, &load, blocked, |time| (time.percentile(0.5), time.percentile(0.99))),
    }
}

/// Returns two figures of each journey's time under a load; none where it has no times.
fn times(
    plan: &Plan<'_>,
    load: &UnderLoad,
    blocked: &[facts::Blocked],
    figures: impl Fn(&Distribution) -> (Duration, Duration),
) -> Vec<Option<(Duration, Duration)>> {
    let journeys = load.walked.iter().enumerate().map(|(at, walked)| {
        let visits = pools::visits(plan, &plan.system.journeys[at]);
        let is_open = load.is_settled && !blocked[at].response && overloaded(plan, load, &visits, true).is_none();
        walked.as_ref().filter(|_| is_open).map(|walked| figures(&walked.response))
    });
    journeys.collect()
}
