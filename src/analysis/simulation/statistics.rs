//! What replications say together: percentiles, and how far they can be trusted.

use crate::quantity::Duration;

/// The fewest times beyond a percentile, in all replications together, for which it is given.
const MIN_BEYOND: f64 = 10.0;

/// Student's t for a two-sided interval of 95 %, by degrees of freedom from 1.
///
/// Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
    2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// A figure of the simulation and its interval of 95 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure over all replications.
    pub value: Duration,
    /// The interval: `value ± t·s/√n`, with the standard deviation `s` of the `n` replications' own figures. None where there are fewer than two.
    pub interval: Option<(Duration, Duration)>,
}

impl Estimate {
    /// Says whether a computed figure lies within the interval, widened by a share of the figure.
    pub fn holds(&self, computed: Duration, tolerance: f64) -> bool {
        let (low, high) = self.interval.unwrap_or((self.value, self.value));
        let wider = tolerance * self.value.seconds();
        (low.seconds() - wider..=high.seconds() + wider).contains(&computed.seconds())
    }
}

/// The times of one journey: by replication, each sorted, and together.
pub(super) struct Times {
    replications: Vec<Vec<f64>>,
    all: Vec<f64>,
}

impl Times {
    pub(super) fn new(mut replications: Vec<Vec<f64>>) -> Self {
        for times in &mut replications {
            times.sort_unstable_by(f64::total_cmp);
        }
        replications.retain(|times| !times.is_empty());
        let mut all = replications.concat();
        all.sort_by(f64::total_cmp);
        Self { replications, all }
    }

    pub(super) fn count(&self) -> u64 {
        self.all.len() as u64
    }

    pub(super) fn mean(&self) -> Option<Estimate> {
        (!self.all.is_empty()).then(|| self.estimate(mean))
    }

    /// Returns a percentile; none where too few times lie beyond it.
    pub(super) fn percentile(&self, share: f64) -> Option<Estimate> {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let beyond = self.all.len() as f64 * (1.0 - share);
        (beyond >= MIN_BEYOND).then(|| self.estimate(|times| percentile(times, share)))
    }

    fn estimate(&self, figure: impl Fn(&[f64]) -> f64) -> Estimate {
        let value = figure(&self.all);
        let each: Vec<f64> = self.replications.iter().map(|times| figure(times)).collect();
        let interval = half_width(&each).map(|half| (Duration::new((value - half).max(0.0)), Duration::new(value + half)));
        Estimate { value: Duration::new(value), interval }
    }
}

/// Returns half the width of the interval of 95 % of a mean; none of fewer than two figures.
#[expect(clippy::cast_precision_loss, reason = "a few replications")]
pub(super) fn half_width(each: &[f64]) -> Option<f64> {
    let count = each.len();
    if count < 2 {
        return None;
    }
    let middle = mean(each);
    let variance = each.iter().map(|one| (one - middle) * (one - middle)).sum::<f64>() / (count - 1) as f64;
    Some(STUDENT[(count - 2).min(STUDENT.len() - 1)] * libm::sqrt(variance / count as f64))
}

#[expect(clippy::cast_precision_loss, reason = "a count of requests")]
fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len().max(1) as f64
}

/// Returns the smallest of sorted times that a share of them does not exceed.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = libm::ceil(sorted.len() as f64 * share) as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{Times, half_width};

    /// Four figures of mean 5 and standard deviation 2.582: `3.182 · 2.582/2`.
    #[test]
    fn the_interval_of_a_mean() {
        let half = half_width(&[2.0, 4.0, 6.0, 8.0]).expect("there are four");
        assert!((half - 4.108).abs() < 1e-3, "{half}");
        assert_eq!(half_width(&[1.0]), None);
    }

    #[test]
    fn percentiles_are_order_statistics() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let times = Times::new(vec![hundred.clone(), hundred]);
        assert_eq!(times.percentile(0.9).map(|found| found.value.seconds()), Some(90.0));
        assert_eq!(times.percentile(0.99), None);
        assert_eq!(times.mean().map(|found| found.value.seconds()), Some(50.5));
    }
}
