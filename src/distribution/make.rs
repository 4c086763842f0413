//! Distributions from what is known of a time: a constant, a mean, a mean and a variation, two percentiles, measured percentiles.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Distribution;
use super::grid::{POINTS, floor, tables};
use super::histogram::Histogram;
use crate::quantity::Duration;

/// The standard normal distribution's 99th percentile.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

/// What is shorter on average is taken for a constant: the grid begins at 1 ns.
const SHORTEST: f64 = 2e-8;

/// The longest time that is kept: longer ones are taken for it.
const LONGEST: f64 = 1e12;

/// The most distributions that a thread keeps of those it made.
const MAX_KEPT: usize = 512;

/// A law and its parameters, by their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Law {
    Exponential(u64),
    Gamma(u64, u64),
    Lognormal(u64, u64),
}

thread_local! {
    /// What was made already: ranges and comparisons evaluate a model many times, and few of its times change in between. What is made again is the same to the
    /// bit, so no result shows what was kept.
    static KEPT: RefCell<BTreeMap<Law, Distribution>> = const { RefCell::new(BTreeMap::new()) };
}

/// Returns the distribution of a law, made where it is not kept.
fn kept(law: Law, make: impl FnOnce() -> Distribution) -> Distribution {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.entry(law).or_insert_with(make).clone()
    })
}

/// The most standard deviations of a logarithm that are kept at either end: beyond lie shares below 1e-15.
const LOGNORMAL_REACH: f64 = 8.0;

impl Distribution {
    /// Makes a time that is always 0.
    pub fn zero() -> Self {
        Self::constant(Duration::new(0.0))
    }

    /// Makes a time that is always the same.
    pub fn constant(time: Duration) -> Self {
        Self::new(sane(time.seconds()), Histogram::at_zero(1.0))
    }

    /// Makes the exponential distribution of a mean: `F(x) = 1 − e^(−x/mean)`.
    pub fn exponential(mean: Duration) -> Self {
        let mean = sane(mean.seconds());
        if mean < SHORTEST {
            return Self::constant(Duration::new(mean));
        }
        kept(Law::Exponential(mean.to_bits()), || Self::of_function(mean * 1e-5, mean * 40.0, |x| -libm::expm1(-x / mean)))
    }

    /// Makes the gamma distribution of a mean and a squared coefficient of variation; with `scv = 1/k` it is the Erlang distribution of `k` phases.
    ///
    /// `F(x) = P(1/scv, x/(mean·scv))`, the regularized incomplete gamma function. A variation below 1e-6 is a constant; it is at most 100.
    pub fn gamma(mean: Duration, scv: f64) -> Self {
        let mean = sane(mean.seconds());
        if scv < 1e-6 || mean < SHORTEST || scv.is_nan() {
            return Self::constant(Duration::new(mean));
        }
        let scv = scv.min(100.0);
        let shape = 1.0 / scv;
        // 40 standard deviations, or means, lie beyond all that is kept.
        let high = mean * (1.0 + 40.0 * scv.max(libm::sqrt(scv)));
        let low = mean * if shape > 4.0 { 1e-3 } else { 1e-7 };
        kept(Law::Gamma(mean.to_bits(), scv.to_bits()), || Self::of_function(low, high, |x| gamma_p(shape, x / (mean * scv))))
    }

    /// Makes the lognormal distribution through two percentiles: `σ = ln(p99/p50)/2.3263`.
    ///
    /// A 99th percentile at or below the median makes a constant.
    pub fn lognormal(p50: Duration, p99: Duration) -> Self {
        let (p50, p99) = (sane(p50.seconds()), sane(p99.seconds()));
        if p50 < SHORTEST || p99 <= p50 {
            return Self::constant(Duration::new(p50));
        }
        Self::of_logarithm(libm::log(p50), libm::log(p99 / p50) / NORMAL_P99)
    }

    /// Makes the lognormal distribution of a mean and a squared coefficient of variation: `σ² = ln(1 + scv)`.
    pub fn lognormal_of_mean(mean: Duration, scv: f64) -> Self {
        let mean = sane(mean.seconds());
        if mean < SHORTEST || scv <= 0.0 || scv.is_nan() {
            return Self::constant(Duration::new(mean));
        }
        let variance = libm::log1p(scv);
        Self::of_logarithm(libm::log(mean) - variance / 2.0, libm::sqrt(variance))
    }

    fn of_logarithm(mu: f64, sigma: f64) -> Self {
        let at = |deviations: f64| libm::exp(mu + sigma * deviations);
        kept(Law::Lognormal(mu.to_bits(), sigma.to_bits()), || {
            Self::of_function(at(-LOGNORMAL_REACH), at(LOGNORMAL_REACH), |x| {
                0.5 * libm::erfc(-(libm::log(x) - mu) / (sigma * std::f64::consts::SQRT_2))
            })
        })
    }

    /// Makes the distribution that runs through measured percentiles, each a share and a time; both must grow.
    ///
    /// Between two percentiles the logarithm of the time is linear in the share; below the first and above the last it stays. Where the distribution bends, the grid
    /// rounds the bend: its time may be 1 % off. Nothing without a percentile.
    pub fn of_percentiles(percentiles: &[(f64, Duration)]) -> Option<Self> {
        let (first, last) = (percentiles.first()?, percentiles.last()?);
        let time = |at: &(f64, Duration)| sane(at.1.seconds()).max(1e-9);
        Some(Self::of_function(time(first) * 0.9, time(last) * 1.1, |x| {
            if x < time(first) {
                return 0.0;
            }
            let above = percentiles.iter().position(|at| time(at) > x);
            let Some(above) = above.filter(|above| *above > 0) else { return 1.0 };
            let (low, high) = (&percentiles[above - 1], &percentiles[above]);
            low.0 + (high.0 - low.0) * libm::log(x / time(low)) / libm::log(time(high) / time(low))
        }))
    }

    /// Makes the distribution of a function `F(x)` that is 0 below `low` and 1 above `high`, but for what is negligible.
    ///
    /// The mass cumulated at a point is the mean of `F` up to the next point (Simpson's rule), which splits what lies between two points so that its
    /// mean stays.
    fn of_function(low: f64, high: f64, function: impl Fn(f64) -> f64) -> Self {
        if high <= 0.0 || high.is_nan() {
            return Self::zero();
        }
        let points = &tables().points;
        let first = floor(low).unwrap_or(0);
        let last = floor(high.min(LONGEST)).unwrap_or(0).min(POINTS - 1);
        let mut at_point = function(points[first]);
        let mut cumulated: Vec<f64> = (first..=last)
            .map(|index| {
                let (next, middle) = (function(points[index + 1]), function(f64::midpoint(points[index], points[index + 1])));
                let mean = (at_point + 4.0 * middle + next) / 6.0;
                at_point = next;
                mean
            })
            .collect();
        if let Some(total) = cumulated.last_mut() {
            *total = 1.0;
        }
        Self::new(0.0, Histogram::of_cumulated(0.0, first, &cumulated))
    }
}

/// Keeps a time between 0 and the longest.
const fn sane(seconds: f64) -> f64 {
    if seconds > 0.0 { seconds.min(LONGEST) } else { 0.0 }
}

/// Returns the regularized lower incomplete gamma function `P(a, x)`.
///
/// The series below `x = a + 1`, Lentz's continued fraction above. Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29 and 6.5.31.
fn gamma_p(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut at) = (1.0 / a, 1.0 / a, a);
        for _ in 0..20_000 {
            at += 1.0;
            term *= x / at;
            sum += term;
            if term < sum * 1e-16 {
                break;
            }
        }
        return (sum * front).clamp(0.0, 1.0);
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let mut fraction = d;
    for at in 1..20_000 {
        let at = f64::from(at);
        let an = -at * (at - a);
        b += 2.0;
        d = 1.0 / nonzero(an * d + b, tiny);
        c = nonzero(b + an / c, tiny);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (1.0 - front * fraction).clamp(0.0, 1.0)
}

fn nonzero(value: f64, tiny: f64) -> f64 {
    if value.abs() < tiny { tiny } else { value }
}
