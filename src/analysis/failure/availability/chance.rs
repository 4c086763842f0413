//! How probably a journey keeps an objective over a month or a year: a mean says nothing of one month.
//!
//! A journey is up and down in turns. With up times and outages that are exponential, the down time in a period T stays within an allowance a if and only if the
//! outages that begin during T − a of up time last no longer than a together: `P = Σₙ Poisson(n; λ·(T − a)) · Erlangₙ(a ÷ m)`, λ being the failures per hour of up
//! time and m the mean outage.
//!
//! Assumed: the journey is up when the period begins; where a part of the requests fails, the time counts by that part, as if outages were whole and rarer.
//! Source: L. Takács, "On certain sojourn time problems in the theory of stochastic processes", Acta Mathematica Academiae Scientiarum Hungaricae 8, 1957.

use super::{HOURS_PER_YEAR, JourneyAvailability};

/// The most outages in a period for which the sum is computed.
const MAX_OUTAGES: f64 = 100_000.0;

/// Hours of a month.
pub const HOURS_PER_MONTH: f64 = HOURS_PER_YEAR / 12.0;

impl JourneyAvailability {
    /// Computes the probability that a journey is down for no more than a share of a period; none where outages are too many to be summed.
    pub fn chance_within(&self, allowed_share: f64, period_hours: f64) -> Option<f64> {
        let Some(outage) = self.mean_outage_minutes.map(|minutes| minutes / 60.0) else { return Some(1.0) };
        let failures = self.incidents_per_year / HOURS_PER_YEAR / (1.0 - self.unavailability);
        within(failures, outage, allowed_share * period_hours, period_hours)
    }
}

/// Computes the probability that what fails so often per hour of up time, for so many hours on average, is down for no more than `allowed` hours of a period.
fn within(failures_per_hour: f64, outage: f64, allowed: f64, period: f64) -> Option<f64> {
    if allowed >= period {
        return Some(1.0);
    }
    let expected = failures_per_hour * (period - allowed);
    if !expected.is_finite() || expected > MAX_OUTAGES {
        return None;
    }
    let budget = allowed / outage;
    let last = expected + 12.0 * libm::sqrt(expected) + 60.0;
    // By logarithms: neither term fits a float for many outages.
    let (mut ln_outages, mut ln_steps) = (-expected, -budget);
    let (mut kept, mut exceeded, mut n) = (0.0, 0.0, 0.0);
    while n <= last {
        // The Erlang distribution of n outages: one minus the probability of fewer than n steps of a Poisson process.
        kept += libm::exp(ln_outages) * f64::max(1.0 - exceeded, 0.0);
        exceeded += libm::exp(ln_steps);
        n += 1.0;
        ln_outages += libm::log(expected) - libm::log(n);
        ln_steps += libm::log(budget) - libm::log(n);
    }
    Some(f64::clamp(kept, 0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::within;

    fn near(found: Option<f64>, expected: f64) {
        let found = found.expect("few outages");
        assert!((found - expected).abs() <= 1e-9, "{found} instead of {expected}");
    }

    /// With no allowance the period must be without a failure: e^(−λT). With all of it, nothing can go wrong.
    #[test]
    fn the_ends() {
        near(within(0.001, 1.0, 0.0, 730.0), libm::exp(-0.73));
        near(within(0.001, 1.0, 730.0, 730.0), 1.0);
        near(within(0.0, 1.0, 1.0, 730.0), 1.0);
    }

    /// By hand: λ = 1 per hour of up time, outages of an hour on average, T = 2, a = 1. `Σₙ e⁻¹/n! · (1 − e⁻¹·Σ_{k<n} 1/k!)`, the first terms of which are
    /// e⁻¹ · 1, e⁻¹ · (1 − e⁻¹), e⁻¹/2 · (1 − 2e⁻¹), e⁻¹/6 · (1 − 2.5e⁻¹), …
    #[test]
    fn a_sum_by_hand() {
        let e = libm::exp(-1.0);
        let (mut sum, mut factorial, mut below) = (0.0, 1.0, 0.0);
        for n in 0..20 {
            if n > 0 {
                factorial *= f64::from(n);
            }
            sum += e / factorial * (1.0 - e * below);
            below += 1.0 / factorial;
        }
        near(within(1.0, 1.0, 1.0, 2.0), sum);
    }

    /// More time allowed, or rarer or shorter outages, never make it less probable; many outages make it sure by the law of large numbers.
    #[test]
    fn it_is_monotone_and_settles() {
        let mut before = 0.0;
        for allowed in 0..50 {
            let now = within(0.01, 2.0, f64::from(allowed), 730.0).expect("few outages");
            assert!(now >= before - 1e-12, "{now} after {before}");
            before = now;
        }
        assert!(within(0.01, 1.0, 5.0, 730.0) > within(0.02, 1.0, 5.0, 730.0));
        assert!(within(0.01, 1.0, 5.0, 730.0) > within(0.01, 2.0, 5.0, 730.0));
        // A mean of 9.9 % down against allowances of 9 and 11 %.
        near(within(0.11, 1.0, 0.09 * 800_000.0, 800_000.0), 0.0);
        near(within(0.11, 1.0, 0.11 * 800_000.0, 800_000.0), 1.0);
        assert_eq!(within(1.0, 1.0, 1.0, 1e9), None);
    }

    /// Against a simulation in steps: a chain that fails with λ·h and is restored with h/m in each step, its distribution carried forward exactly.
    #[test]
    fn it_equals_a_chain_of_small_steps() {
        let (failures, outage, allowed, period) = (0.2, 1.0, 2.0, 10.0);
        let step = 1e-3;
        let (steps, budget) = (10_000, 2_000);
        // By the number of steps down so far: the probability of being up, and down.
        let mut up = vec![0.0; budget + 2];
        let mut down = vec![0.0; budget + 2];
        up[0] = 1.0;
        for _ in 0..steps {
            let (mut next_up, mut next_down) = (vec![0.0; budget + 2], vec![0.0; budget + 2]);
            for spent in 0..=budget {
                next_up[spent] += up[spent] * (1.0 - failures * step);
                next_down[spent] += up[spent] * failures * step;
                next_up[spent + 1] += down[spent] * step / outage;
                next_down[spent + 1] += down[spent] * (1.0 - step / outage);
            }
            (up, down) = (next_up, next_down);
        }
        let chain: f64 = up[..=budget].iter().chain(&down[..=budget]).sum();
        let found = within(failures, outage, allowed, period).expect("few outages");
        assert!((found - chain).abs() < 1e-3, "{found} instead of {chain}");
    }
}
