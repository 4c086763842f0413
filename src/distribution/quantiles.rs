//! A distribution to draw from: its quantiles, found by bisection.

use super::Distribution;
use crate::quantity::Duration;

/// The quantiles of a distribution, cumulated once.
#[derive(Debug, Clone)]
pub struct Quantiles {
    constant: f64,
    mean: f64,
    /// For each point with mass: the share up to its upper border, and its borders above the constant.
    points: Vec<(f64, f64, f64)>,
    /// The share at the constant itself.
    zero: f64,
}

impl Distribution {
    /// Returns its quantiles, to look up many.
    pub fn quantiles(&self) -> Quantiles {
        let total = self.rest.total();
        let mut cumulated = self.rest.zero;
        let mut points = Vec::new();
        for (at, mass) in self.rest.masses.iter().enumerate() {
            if *mass > 0.0 {
                cumulated += mass;
                points.push((cumulated / total, self.rest.between(at, 0.0), self.rest.between(at, 1.0)));
            }
        }
        Quantiles { constant: self.constant, mean: self.mean().seconds(), points, zero: self.rest.zero / total }
    }
}

impl Quantiles {
    /// Returns the time that a share of all cases does not exceed, as [`Distribution::percentile`] does.
    pub fn at(&self, share: f64) -> Duration {
        if share <= self.zero || self.points.is_empty() {
            return Duration::new(self.constant);
        }
        let at = self.points.partition_point(|(upto, _, _)| *upto < share).min(self.points.len() - 1);
        let below = at.checked_sub(1).map_or(self.zero, |before| self.points[before].0);
        let (upto, low, high) = self.points[at];
        let part = if upto > below { ((share - below) / (upto - below)).clamp(0.0, 1.0) } else { 1.0 };
        Duration::new(self.constant + low + (high - low) * part)
    }

    /// Returns the mean.
    pub const fn mean(&self) -> Duration {
        Duration::new(self.mean)
    }

    /// Returns the only time that it takes, where there is only one.
    pub fn only(&self) -> Option<Duration> {
        self.points.is_empty().then(|| Duration::new(self.constant))
    }
}

#[cfg(test)]
mod tests {
    use super::Distribution;
    use crate::quantity::Duration;

    #[test]
    fn quantiles_are_the_percentiles() {
        let time = Distribution::exponential(Duration::new(0.01)).then(&Distribution::constant(Duration::new(0.002)));
        let quantiles = time.quantiles();
        for share in [0.001, 0.3, 0.5, 0.99, 0.999, 1.0] {
            let (found, expected) = (quantiles.at(share).seconds(), time.percentile(share).seconds());
            assert!((found / expected - 1.0).abs() < 1e-9, "{share}: {found}, not {expected}");
        }
        assert_eq!(Distribution::constant(Duration::new(0.5)).quantiles().only(), Some(Duration::new(0.5)));
    }
}
