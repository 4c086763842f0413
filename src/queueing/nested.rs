//! Stations inside a limited number of places: who is inside holds a place until all of it is done.
//!
//! The question: *how long does an arrival wait for one of `K` places, when whoever has one queues inside at several stations?* A worker or a connection that is held while its
//! request waits for others. The inside is a closed network; seen from outside it is one station whose speed depends on how many are inside (Norton's theorem for queueing
//! networks), and that is exact where each station inside serves exponential work or is a mere delay.
//!
//! ```text
//! T(n) = G(n − 1)/G(n),  G = f₁ ∗ f₂ ∗ …,  fᵢ(n) = Π_{j ≤ n} Dᵢ/αᵢ(j)         throughput with n inside (Buzen's convolution)
//! αᵢ(j) = min(j, cᵢ) for c servers, j for a delay, Tᵢ(j)·Dᵢ for a nested limit
//! P(n) ∝ Π_{j ≤ n} λ/T(min(j, K))                                            how many are inside or wait (birth and death)
//! P(W > t) = P(n ≥ K)·e^{−(T(K) − λ)·t}                                       the wait for a place
//! ```
//!
//! Sources: K. M. Chandy, U. Herzog, L. Woo, Parametric Analysis of Queuing Networks, IBM Journal of Research and Development 19, 1975; J. P. Buzen, Computational Algorithms for Closed
//! Queueing Networks with Exponential Servers, Communications of the ACM 16, 1973; S. S. Lavenberg, Computer Performance Modeling Handbook, 1983, 3.5.

use crate::distribution::{Distribution, Mixture};
use crate::quantity::{Duration, Rate};

/// The most places that are told apart: more are taken for no limit.
pub const MAX_PLACES: u64 = 2_000;

/// A station inside, with the seconds that one who passes through needs of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Inside {
    /// A delay in which nobody waits for others.
    Delay(f64),
    /// Equal servers.
    Servers {
        /// How many.
        servers: u64,
        /// Work of one who passes through.
        demand: f64,
    },
    /// Another limited part, passed through so many times.
    Limited {
        /// How often.
        visits: f64,
        /// Its throughput by how many are inside, from 1 up; the last one holds for all that are more.
        throughput: Vec<f64>,
    },
}

/// The wait for a place, and the time in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// The rate of arrivals ÷ what passes with all places taken: below 1.
    pub utilization: f64,
    /// The probability that an arrival waits for a place.
    pub probability_of_waiting: f64,
    /// How long an arrival waits for a place, those included that do not.
    pub waiting: Distribution,
    /// The mean time in a place.
    pub inside: Duration,
}

/// Returns the throughput of what is inside, by how many there are, from 1 to `places`.
///
/// In logarithms: the constants of a large network leave every range of numbers. `O(stations · places²)`.
pub fn throughput(inside: &[Inside], places: u64) -> Vec<f64> {
    let places = usize::try_from(places.clamp(1, MAX_PLACES)).unwrap_or(1);
    let mut constants = vec![f64::NEG_INFINITY; places + 1];
    constants[0] = 0.0;
    for station in inside {
        let own = logarithms(station, places);
        if own[1] == f64::NEG_INFINITY {
            continue;
        }
        constants = (0..=places).map(|n| sum_of_exponentials(&constants[..=n], &own[..=n])).collect();
    }
    (1..=places).map(|n| libm::exp(constants[n - 1] - constants[n])).collect()
}

/// Returns `ln f(n)` of a station, from 0 to `places`.
fn logarithms(station: &Inside, places: usize) -> Vec<f64> {
    let mut own = Vec::with_capacity(places + 1);
    own.push(0.0);
    let mut sum = 0.0;
    for n in 1..=places {
        let speed_over_demand = match station {
            Inside::Delay(seconds) => n as f64 / seconds,
            Inside::Servers { servers, demand } => (n as u64).min((*servers).max(1)) as f64 / demand,
            Inside::Limited { visits, throughput } => {
                throughput.get(n - 1).or(throughput.last()).copied().unwrap_or(f64::INFINITY) / visits
            }
        };
        sum -= libm::log(speed_over_demand);
        own.push(sum);
    }
    own
}

/// Returns `ln Σ e^(a[i] + b[n − i])`.
fn sum_of_exponentials(a: &[f64], b: &[f64]) -> f64 {
    let terms = || a.iter().zip(b.iter().rev()).map(|(a, b)| a + b);
    let most = terms().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + libm::log(terms().map(|term| libm::exp(term - most)).sum())
}

/// Returns the wait for a place; nothing where more comes than passes with all places taken.
pub fn places(arrivals: Rate, throughput: &[f64]) -> Option<Places> {
    let (rate, most) = (arrivals.per_second(), throughput.last().copied()?);
    if rate >= most || rate.is_nan() {
        return None;
    }
    if rate <= 0.0 {
        let inside = throughput.first().map_or(0.0, |one| 1.0 / one);
        return Some(Places {
            utilization: 0.0,
            probability_of_waiting: 0.0,
            waiting: Distribution::zero(),
            inside: Duration::new(inside),
        });
    }
    let utilization = rate / most;
    // P(n), relative to the likeliest so far: they are rescaled before they leave the range of numbers.
    let (mut weight, mut all, mut inside) = (1.0_f64, 1.0_f64, 0.0_f64);
    for (at, speed) in throughput.iter().enumerate() {
        weight *= rate / speed;
        if weight > 1e200 {
            (all, inside, weight) = (all / weight, inside / weight, 1.0);
        }
        all += weight;
        inside += (at + 1) as f64 * weight;
    }
    // Beyond the last place the weights fall by the utilization: Σ_{j ≥ 1} weight·ρʲ, all of them with every place taken.
    let beyond = weight * utilization / (1.0 - utilization);
    all += beyond;
    inside += throughput.len() as f64 * beyond;
    let probability_of_waiting = ((weight + beyond) / all).clamp(0.0, 1.0);
    let mut waiting = Mixture::default();
    waiting.add(1.0 - probability_of_waiting, Distribution::zero());
    waiting.add(probability_of_waiting, Distribution::exponential(Duration::new(1.0 / (most - rate))));
    Some(Places { utilization, probability_of_waiting, waiting: waiting.total(), inside: Duration::new(inside / all / rate) })
}

#[cfg(test)]
mod tests {
    use super::{Inside, places, throughput};
    use crate::quantity::Rate;
    use crate::queueing::erlang_c;

    /// Places without anything to wait for inside are servers: M/M/4 at 600/s of 5.2 ms waits with C = .560908, mean wait C/(c/S − λ).
    #[test]
    fn places_around_a_delay_are_servers() {
        let found = places(Rate::new(600.0), &throughput(&[Inside::Delay(0.0052)], 4)).expect("it keeps up");
        assert!((found.probability_of_waiting - 0.560_908).abs() < 1e-6, "{found:?}");
        assert!((found.probability_of_waiting - erlang_c(600.0 * 0.0052, 4)).abs() < 1e-12);
        assert!((found.waiting.mean().seconds() - 0.560_908 / (4.0 / 0.0052 - 600.0)).abs() < 1e-7);
        assert!((found.inside.seconds() - 0.0052).abs() < 1e-12);
    }

    /// With far more places than are ever taken nothing waits for one, and the time inside is that of M/M/1: S/(1 − ρ) = 50 ms.
    #[test]
    fn enough_places_are_no_limit() {
        let found = places(Rate::new(80.0), &throughput(&[Inside::Servers { servers: 1, demand: 0.01 }], 400)).expect("it keeps up");
        assert!(found.probability_of_waiting < 1e-12);
        assert!((found.inside.seconds() - 0.05).abs() < 1e-9, "{found:?}");
    }

    /// Two equal single servers with n inside pass n/(n + 1) of what one could (the closed balanced network: X(n) = n/(D·(n + M − 1))).
    #[test]
    fn a_balanced_network_passes_what_is_known() {
        let one = Inside::Servers { servers: 1, demand: 0.01 };
        for (at, found) in throughput(&[one.clone(), one.clone(), one], 50).iter().enumerate() {
            let n = (at + 1) as f64;
            assert!((found / (n / (0.01 * (n + 2.0))) - 1.0).abs() < 1e-10, "{n}: {found}");
        }
    }

    /// A limit inside a limit, taken apart or at once: one place around one server passes 1/(S + Z).
    #[test]
    fn a_nested_limit_is_a_station() {
        let inner = throughput(&[Inside::Servers { servers: 1, demand: 0.01 }, Inside::Delay(0.03)], 1);
        assert!((inner[0] - 25.0).abs() < 1e-9);
        let outer = throughput(&[Inside::Limited { visits: 2.0, throughput: inner }, Inside::Delay(0.02)], 1);
        assert!((outer[0] - 10.0).abs() < 1e-9, "two visits of 40 ms and 20 ms: {outer:?}");
    }

    #[test]
    fn more_than_passes_has_no_wait_and_large_limits_stay_finite() {
        let all = throughput(&[Inside::Delay(10.0), Inside::Servers { servers: 3, demand: 1e-6 }], 2_000);
        assert!((all[1_999] / 199.999_98 - 1.0).abs() < 1e-6, "{}", all[1_999]);
        assert!(places(Rate::new(200.0), &all).is_none());
        let found = places(Rate::new(150.0), &all).expect("it keeps up");
        assert!((found.inside.seconds() - 10.000_001).abs() < 1e-6 && found.probability_of_waiting < 1e-9, "{found:?}");
    }
}
