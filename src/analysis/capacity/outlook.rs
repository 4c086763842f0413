//! Which pool is full when, as the rates grow month by month.
//!
//! The question: *how long do the workers last?* The load of a pool is linear in the rates, so `utilization(m) = Σ share of each journey today · (1 + growth)^m`, at the peak rates; the first
//! month in which it reaches 1. Retries after failed calls are part of it. What timeouts and hedges add grows with the times: the first month in which they leave no equilibrium is searched for by
//! halves, and ends what the pool carries that is busiest then.

use crate::analysis::latency::{LoadByJourney, loads_by_journey, months_until_retries};
use crate::model::{ComponentId, System};
use crate::syntax::keys::journey;

/// The months that are looked at.
pub const MONTHS: u32 = 120;

/// A pool that the growth fills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FullInMonths {
    /// The component.
    pub component: ComponentId,
    /// Whether it is the leaders of a component.
    pub is_leader: bool,
    /// The busy share of its busiest shard at the peak today.
    pub today: f64,
    /// The first month in which that is 1 or more, or in which retries fill it; 0 is today. None within [`MONTHS`].
    pub month: Option<u32>,
    /// Whether retries after timeouts, or hedges, fill it before its first attempts do.
    pub by_retries: bool,
}

/// Returns when each pool that grows is full, the first one first; nothing where no journey grows.
pub(super) fn outlook(system: &System) -> Vec<FullInMonths> {
    let growth: Vec<f64> =
        system.journeys.iter().map(|one| one.facts.get(journey::GROWTH).stated().map_or(0.0, |share| share.value())).collect();
    if growth.iter().all(|share| *share <= 0.0) {
        return Vec::new();
    }
    let busy = |pool: &LoadByJourney, month: u32| {
        pool.journeys.iter().zip(&growth).map(|(used, growth)| used * libm::pow(1.0 + growth, f64::from(month))).sum::<f64>()
    };
    let pools: Vec<LoadByJourney> = loads_by_journey(system)
        .into_iter()
        .filter(|pool| pool.journeys.iter().zip(&growth).any(|(used, growth)| *used > 0.0 && *growth > 0.0))
        .collect();
    let mut found: Vec<FullInMonths> = pools
        .iter()
        .map(|pool| {
            let month = (0..=MONTHS).find(|month| busy(pool, *month) >= 1.0);
            FullInMonths { component: pool.component, is_leader: pool.is_leader, today: busy(pool, 0), month, by_retries: false }
        })
        .collect();
    if let Some(month) = months_until_retries(system, &growth, MONTHS) {
        let busiest = found.iter_mut().zip(&pools).max_by(|(_, a), (_, b)| busy(a, month).total_cmp(&busy(b, month)));
        if let Some((pool, _)) = busiest.filter(|(pool, _)| pool.month.is_none_or(|full| month < full)) {
            (pool.month, pool.by_retries) = (Some(month), true);
        }
    }
    found.sort_by(|a, b| {
        let month = |one: &FullInMonths| one.month.unwrap_or(u32::MAX);
        month(a).cmp(&month(b)).then(b.today.total_cmp(&a.today)).then(a.component.cmp(&b.component)).then(a.is_leader.cmp(&b.is_leader))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::outlook;
    use crate::model::testing::system;

    const TEXT: &str = "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", concurrency = 10, service-time = \"10ms\" }\n\
        b = { kind = \"service\", concurrency = 10, service-time = \"10ms\" }\n[links]\n\"user -> a\" = {}\n\"a -> b\" = {}\n\
        [journeys.i]\nrate = \"100/s\"\npeak = \"400/s\"\ngrowth = \"10%\"\nsteps = [\"user -> a\"]\n[journeys.j]\nrate = \"200/s\"\nsteps = [\"user -> a\", \"a -> b\"]\n";

    /// Ten workers of 10 ms carry 1,000/s. a: 400·1.1^m + 200 ≥ 1,000 from 1.1^m ≥ 2 on, the 8th month (1.1⁷ = 1.949, 1.1⁸ = 2.144). b does not grow.
    #[test]
    fn a_pool_is_full_in_the_month_in_which_the_peak_reaches_it() {
        let system = system(TEXT);
        let found = outlook(&system);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(system.component(one.component).id, "a");
        assert_eq!(one.month, Some(8));
        assert!((one.today - 0.6).abs() < 1e-9);
    }

    /// One worker of exponential 10 ms, cut off after 100 ms and tried once more, has no equilibrium above 70.5/s (see the capacity's test): 10/s that grow by a tenth reach that in the 21st month
    /// (1.1²⁰ = 6.73, 1.1²¹ = 7.40), and the 100/s that fill the worker without a retry in the 25th (1.1²⁴ = 9.85).
    #[test]
    fn retries_fill_a_pool_earlier() {
        let text = |retries: u32| {
            format!(
                "[components]\nuser = {{ kind = \"actor\" }}\na = {{ kind = \"service\", service-time = \"10ms\", concurrency = 1 }}\n\
                 [links]\n\"user -> a\" = {{ protocol = \"in-process\", timeout = \"100ms\", retries = {retries} }}\n\
                 [assumptions]\n\"failed-call.same-zone\" = \"0%\"\n[journeys.j]\nrate = \"10/s\"\ngrowth = \"10%\"\nsteps = [\"user -> a\"]\n"
            )
        };
        let first = |retries: u32| outlook(&system(&text(retries)))[0];
        assert_eq!((first(1).month, first(1).by_retries), (Some(21), true));
        assert_eq!((first(0).month, first(0).by_retries), (Some(25), false));
    }

    #[test]
    fn without_growth_there_is_no_outlook_and_slow_growth_lasts() {
        assert!(outlook(&system(&TEXT.replace("growth = \"10%\"\n", ""))).is_empty());
        assert_eq!(outlook(&system(&TEXT.replace("10%", "0.1%")))[0].month, None);
    }
}
