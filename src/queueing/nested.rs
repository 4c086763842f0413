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

use super::{MAX_SERVERS, erlang_c};
use crate::distribution::{Distribution, Mixture};
use crate::quantity::{Duration, Rate};

/// The most places that are told apart; of more see [`throughput_of_many`].
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
/// In logarithms: the constants of a large network leave every range of numbers. `O(stations · places · servers)`: from the number of servers on a station works at one speed, so that what
/// it adds follows from the place before. Infinite where nothing inside takes time.
pub fn throughput(inside: &[Inside], places: u64) -> Vec<f64> {
    let places = usize::try_from(places.clamp(1, MAX_PLACES)).unwrap_or(1);
    let mut constants: Option<Vec<f64>> = None;
    for station in inside {
        let own = logarithms(station, places);
        if own[1] == f64::NEG_INFINITY {
            continue;
        }
        constants = Some(constants.map_or_else(|| own.clone(), |before| convolution(&before, &own, steady_from(station))));
    }
    match constants {
        Some(constants) => (1..=places).map(|n| libm::exp(constants[n - 1] - constants[n])).collect(),
        None => vec![f64::INFINITY; places],
    }
}

/// Returns the throughput of what is inside more places than are told apart, as [`throughput`] does for as many as are: no more than the slowest station passes, and no more than
/// all places pass while nobody waits for others. The last one is that of all places.
///
/// Both are bounds; where one is far below the other, it is what passes. Source: J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9, 1961.
pub fn throughput_of_many(inside: &[Inside], places: u64) -> Vec<f64> {
    let (mut alone, mut slowest) = (0.0, f64::INFINITY);
    for station in inside {
        let (seconds, passes) = match station {
            Inside::Delay(seconds) => (*seconds, f64::INFINITY),
            Inside::Servers { servers, demand } => (*demand, (*servers).max(1) as f64 / demand),
            Inside::Limited { visits, throughput } => {
                (throughput.first().map_or(0.0, |one| visits / one), throughput.last().map_or(f64::INFINITY, |most| most / visits))
            }
        };
        alone += seconds;
        slowest = slowest.min(passes);
    }
    (1..=MAX_PLACES).chain([places]).map(|n| (n as f64 / alone).min(slowest)).collect()
}

/// Returns from how many inside on, less one, a station works at one speed: each further one multiplies its constant by the same.
fn steady_from(station: &Inside) -> usize {
    let at = match station {
        Inside::Delay(_) => return usize::MAX,
        Inside::Servers { servers, .. } => usize::try_from(*servers).unwrap_or(usize::MAX),
        Inside::Limited { throughput, .. } => throughput.len(),
    };
    at.saturating_sub(1)
}

/// Returns `ln Σ e^(a[n − i] + b[i])` for every `n`, where `b` grows by the same from `steady` on.
fn convolution(a: &[f64], b: &[f64], steady: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(a.len());
    let mut tail = f64::NEG_INFINITY;
    for n in 0..a.len() {
        if n < steady || steady + 1 >= b.len() {
            sums.push(sum_of_exponentials(&a[..=n], &b[..=n]));
            continue;
        }
        tail = sum_of_two(a[n - steady] + b[steady], tail + b[steady + 1] - b[steady]);
        sums.push(sum_of_two(sum_of_exponentials(&a[n - steady + 1..=n], &b[..steady]), tail));
    }
    sums
}

/// Returns `ln(eᵃ + eᵇ)`.
fn sum_of_two(a: f64, b: f64) -> f64 {
    let (less, more) = if a < b { (a, b) } else { (b, a) };
    if less == f64::NEG_INFINITY { more } else { more + libm::log1p(libm::exp(less - more)) }
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
    let waiting = waiting(probability_of_waiting, most - rate);
    Some(Places { utilization, probability_of_waiting, waiting, inside: Duration::new(inside / all / rate) })
}

/// The same for more places than are told apart, of which all together pass `most`, each held for so long: they are servers of their own. Nothing where more comes than passes.
pub fn many_places(arrivals: Rate, places: u64, most: f64, inside: Duration) -> Option<Places> {
    let rate = arrivals.per_second();
    if rate >= most || rate.is_nan() || most.is_nan() {
        return None;
    }
    let servers = places.clamp(1, MAX_SERVERS);
    let utilization = (rate / most).max(0.0);
    let probability_of_waiting = erlang_c(utilization * servers as f64, servers);
    Some(Places { utilization, probability_of_waiting, waiting: waiting(probability_of_waiting, most - rate), inside })
}

/// Returns the wait of which a part has none, and the others an exponential one.
fn waiting(probability: f64, rate: f64) -> Distribution {
    let mut waiting = Mixture::default();
    waiting.add(1.0 - probability, Distribution::zero());
    waiting.add(probability, Distribution::exponential(Duration::new(1.0 / rate)));
    waiting.total()
}

#[cfg(test)]
mod tests {
    use super::{Inside, many_places, places, throughput, throughput_of_many};
    use crate::quantity::{Duration, Rate};
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

    /// Machines and repairmen: n inside one delay Z and three servers of D. `G(n) = Σᵢ f(i)·Z^(n−i)/(n−i)!`, `f(i) = Dⁱ/Π min(j, 3)`, summed here as it stands; and the same behind a
    /// second such station, whose own limit is reached earlier.
    #[test]
    fn stations_of_several_servers_are_summed_in_full() {
        let (delay, servers) = (0.03, 3_u64);
        let own = |demand: f64, n: usize| (1..=n).map(|j| demand / (j as f64).min(servers as f64)).product::<f64>();
        let waits = |n: usize| (1..=n).map(|j| delay / j as f64).product::<f64>();
        let together = |a: &dyn Fn(usize) -> f64, b: &dyn Fn(usize) -> f64, n: usize| (0..=n).map(|i| a(n - i) * b(i)).sum::<f64>();
        let one = |n: usize| together(&waits, &|i| own(0.01, i), n);
        let two = |n: usize| together(&one, &|i| own(0.02, i), n);
        let first = throughput(&[Inside::Delay(delay), Inside::Servers { servers, demand: 0.01 }], 20);
        let both = [Inside::Servers { servers, demand: 0.02 }, Inside::Delay(delay), Inside::Servers { servers, demand: 0.01 }];
        let both = throughput(&both, 20);
        for n in 1..=20 {
            assert!((first[n - 1] / (one(n - 1) / one(n)) - 1.0).abs() < 1e-10, "{n}: {}", first[n - 1]);
            assert!((both[n - 1] / (two(n - 1) / two(n)) - 1.0).abs() < 1e-10, "{n}: {}", both[n - 1]);
        }
    }

    /// What takes no time passes any number, alone and inside another limit.
    #[test]
    fn nothing_inside_holds_nobody_up() {
        let inner = throughput(&[], 5);
        assert_eq!(inner, [f64::INFINITY; 5]);
        let outer = throughput(&[Inside::Delay(0.1), Inside::Limited { visits: 1.0, throughput: inner }], 3);
        assert!((outer[2] - 30.0).abs() < 1e-9, "{outer:?}");
    }

    /// 3,000 places around a delay of 10 s pass 300/s, around a station of 100/s no more than that.
    #[test]
    fn many_places_are_bounded_by_their_number_and_by_the_slowest_station() {
        let delay = throughput_of_many(&[Inside::Delay(10.0)], 3_000);
        assert!((delay[1_999] - 200.0).abs() < 1e-9 && (delay.last().expect("one") - 300.0).abs() < 1e-9);
        let slow = throughput_of_many(&[Inside::Delay(10.0), Inside::Servers { servers: 1, demand: 0.01 }], 3_000);
        assert!((slow.last().expect("one") - 100.0).abs() < 1e-9);
        let found = many_places(Rate::new(270.0), 3_000, 300.0, Duration::new(10.0)).expect("it keeps up");
        assert!((found.utilization - 0.9).abs() < 1e-12);
        // As M/M/3000: who waits does so for 1/(300 − 270) s.
        assert!((found.probability_of_waiting - erlang_c(2_700.0, 3_000)).abs() < 1e-12);
        assert!(many_places(Rate::new(300.0), 3_000, 300.0, Duration::new(10.0)).is_none());
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
