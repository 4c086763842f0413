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

/// The times of one journey: by replication, and together.
pub(super) struct Times {
    replications: Vec<Sample>,
    all: Sample,
}

/// Times, with what is told of them.
struct Sample {
    count: usize,
    mean: f64,
    /// The percentiles of [`SHARES`].
    percentiles: [f64; SHARES.len()],
}

/// The percentiles that are told, the smallest first.
const SHARES: [f64; 4] = [0.5, 0.95, 0.99, 0.999];

impl Sample {
    /// Takes the order statistics out without sorting: each is looked for among what is larger than the one before.
    fn of(times: &mut [f64]) -> Self {
        let mean = mean(times);
        let mut from = 0;
        let percentiles = SHARES.map(|share| {
            let place = place(times.len(), share);
            if from < times.len() {
                times[from..].select_nth_unstable_by(place - from, f64::total_cmp);
            }
            from = place;
            times.get(place).copied().unwrap_or(0.0)
        });
        Self { count: times.len(), mean, percentiles }
    }
}

impl Times {
    pub(super) fn new(mut replications: Vec<Vec<f64>>) -> Self {
        replications.retain(|times| !times.is_empty());
        let all = Sample::of(&mut replications.concat());
        Self { replications: replications.iter_mut().map(|times| Sample::of(times)).collect(), all }
    }

    pub(super) fn count(&self) -> u64 {
        self.all.count as u64
    }

    pub(super) fn mean(&self) -> Option<Estimate> {
        (self.all.count > 0).then(|| self.estimate(|sample| sample.mean))
    }

    /// Returns the percentiles of [`SHARES`]; none where too few times lie beyond it.
    pub(super) fn percentiles(&self) -> [Option<Estimate>; SHARES.len()] {
        std::array::from_fn(|at| {
            #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
            let beyond = self.all.count as f64 * (1.0 - SHARES[at]);
            (beyond >= MIN_BEYOND).then(|| self.estimate(|sample| sample.percentiles[at]))
        })
    }

    fn estimate(&self, figure: impl Fn(&Sample) -> f64) -> Estimate {
        let value = figure(&self.all);
        let each: Vec<f64> = self.replications.iter().map(figure).collect();
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

/// Returns the place, among sorted times, of the smallest that a share of them does not exceed.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
fn place(count: usize, share: f64) -> usize {
    (libm::ceil(count as f64 * share) as usize).saturating_sub(1)
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
        let percentiles = times.percentiles().map(|found| found.map(|found| found.value.seconds()));
        assert_eq!(percentiles, [Some(50.0), Some(95.0), None, None]);
        // Twenty thousand, out of order: 7 and 20,000 have no common divisor.
        let many: Vec<f64> = (0..20_000_u32).map(|at| f64::from(at * 7 % 20_000 + 1)).collect();
        let percentiles = Times::new(vec![many]).percentiles().map(|found| found.map(|found| found.value.seconds()));
        assert_eq!(percentiles, [Some(10_000.0), Some(19_000.0), Some(19_800.0), Some(19_980.0)]);
        assert_eq!(times.mean().map(|found| found.value.seconds()), Some(50.5));
    }
}
