//! Whole distributions of times, and what becomes of them in a system: one after another, at the same time, the first few of many, cut off and tried again.
//!
//! The question: *how long does it take, and how long at worst, when it consists of parts of which only the distributions are known?* Percentiles cannot be added:
//! the 99th percentile of a sum lies far below the sum of the 99th percentiles, and that of a maximum above the largest. So the parts are kept whole.
//!
//! A distribution is a constant and a histogram whose points are 2 % apart, from 1 ns to 32,000 years. Its error:
//!
//! | | |
//! | --- | --- |
//! | mean | exact, but for rounding and a share of 1e-12 at the upper end: masses between two points are split so that the mean stays |
//! | p50 to p99.9 of what varies | below .1 % against closed forms (exponential, Erlang, maxima, order statistics, M/M/c, M/G/1) |
//! | a constant | exact alone and in sums; where it meets other times in a maximum, a choice or a timeout it is spread over two points, 2 % apart (percentiles within 3.5 %) |
//! | far below the median | what makes up less than 1e-4 is merged; no percentile below the first is meant to be read |
//!
//! Parts are taken to be independent. Nothing here is random: the same input gives the same bits on every platform (`libm`, sums in a fixed order).
//! Memory is bounded by the grid (19 KB for one distribution), time by `O(35·m)` for a sum of `m` points and by the named limits of repetitions.

mod attempts;
mod combine;
mod grid;
mod histogram;
mod make;
mod quantiles;

#[cfg(test)]
mod tests;

pub use attempts::{Attempted, MAX_ATTEMPTS, Retry, Wait};
pub use combine::{Mixture, Series, at_least, at_least_of, k_of_n, kth_of, longest, maximum};
pub use quantiles::Quantiles;

use histogram::Histogram;

use crate::quantity::Duration;

/// A distribution of a time that is at least 0.
#[derive(Clone, PartialEq)]
pub struct Distribution {
    /// A constant that is part of it, in seconds.
    constant: f64,
    /// The rest: total mass 1.
    rest: Histogram,
}

impl Distribution {
    fn new(constant: f64, rest: Histogram) -> Self {
        if rest.masses.is_empty() {
            return Self { constant, rest: Histogram::at_zero(1.0) };
        }
        Self { constant, rest }
    }

    /// Returns the mean.
    pub fn mean(&self) -> Duration {
        Duration::new(self.constant + self.rest.first_moment())
    }

    /// Returns the squared coefficient of variation: variance ÷ mean²; 0 where the mean is 0.
    pub fn scv(&self) -> f64 {
        let (first, mean) = (self.rest.first_moment(), self.mean().seconds());
        if mean > 0.0 { (self.rest.second_moment() - first * first).max(0.0) / (mean * mean) } else { 0.0 }
    }

    /// Returns the time that a share of all cases does not exceed.
    ///
    /// Between two borders of the grid the cumulated mass is taken to be linear.
    pub fn percentile(&self, share: f64) -> Duration {
        let wanted = share * self.rest.total();
        let mut cumulated = self.rest.zero;
        if cumulated >= wanted || self.rest.masses.is_empty() {
            return Duration::new(self.constant);
        }
        for (at, mass) in self.rest.masses.iter().enumerate() {
            if cumulated + mass >= wanted && *mass > 0.0 {
                return Duration::new(self.constant + self.rest.between(at, (wanted - cumulated) / mass));
            }
            cumulated += mass;
        }
        Duration::new(self.constant + self.rest.between(self.rest.masses.len() - 1, 1.0))
    }

    /// Returns the share of cases that take at most a time.
    pub fn share_within(&self, time: Duration) -> f64 {
        let rest = time.seconds() - self.constant;
        if rest < 0.0 { 0.0 } else { (self.rest.share_below(rest) / self.rest.total()).clamp(0.0, 1.0) }
    }

    /// Returns the share of cases that take longer than a time, precise where it is small.
    pub fn share_beyond(&self, time: Duration) -> f64 {
        let rest = time.seconds() - self.constant;
        if rest < 0.0 { 1.0 } else { (self.rest.mass_above(rest) / self.rest.total()).clamp(0.0, 1.0) }
    }

    /// Returns points of the distribution function: times and the shares within them, at most `points` of them, from the .1 to the 99.9 percentile.
    pub fn curve(&self, points: u32) -> Vec<(Duration, f64)> {
        let last = f64::from(points.max(2) - 1);
        let share = |at: u32| 0.001 + 0.998 * f64::from(at) / last;
        (0..points).map(|at| (self.percentile(share(at)), share(at))).collect()
    }

    /// Returns the distribution of times multiplied by a factor.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self::new(self.constant * factor.max(0.0), self.rest.scaled(factor))
    }

    /// Returns the distribution of times that are longer by [`Self::stretch`], which the grid holds without loss.
    #[must_use]
    pub fn stretched(&self) -> Self {
        Self::new(self.constant * Self::stretch(), self.rest.one_step_up())
    }

    /// Returns the factor of [`Self::stretched`]: one step of the grid.
    pub fn stretch() -> f64 {
        histogram::ratio()
    }

    /// Says whether it is 0 in all cases.
    pub fn is_zero(&self) -> bool {
        self.constant == 0.0 && self.rest.masses.is_empty()
    }

    /// Returns the histogram of what it is above a smaller constant.
    fn above(&self, constant: f64) -> Histogram {
        self.rest.later(self.constant - constant)
    }
}

impl std::fmt::Debug for Distribution {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mean, p99) = (self.mean().seconds(), self.percentile(0.99).seconds());
        write!(formatter, "Distribution {{ constant: {}, mean: {mean}, p99: {p99}, points: {} }}", self.constant, self.rest.masses.len())
    }
}

impl Histogram {
    /// Returns the time at a share of one mass: linear between the borders of its point.
    fn between(&self, at: usize, share: f64) -> f64 {
        let point = self.first + at;
        let low = if point == 0 { 0.0 } else { grid::border(point - 1) };
        low + (grid::border(point) - low) * share.clamp(0.0, 1.0)
    }

    /// Returns the share of the mass at a point that lies at or below a time.
    fn part_below(&self, at: usize, seconds: f64) -> f64 {
        let (low, high) = (self.between(at, 0.0), self.between(at, 1.0));
        ((seconds - low) / (high - low)).clamp(0.0, 1.0)
    }

    fn share_below(&self, seconds: f64) -> f64 {
        let masses = self.masses.iter().enumerate();
        self.zero + masses.map(|(at, mass)| mass * self.part_below(at, seconds)).sum::<f64>()
    }

    fn mass_above(&self, seconds: f64) -> f64 {
        self.masses.iter().enumerate().rev().map(|(at, mass)| mass * (1.0 - self.part_below(at, seconds))).sum()
    }
}
