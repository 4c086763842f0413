//! Waiting for a server: how long, how often, and how busy the servers are.
//!
//! The question: *what does an arrival wait at a pool of equal servers, as a whole distribution?* Nothing here knows of systems; a station is a rate, a number of servers
//! and a distribution of service times.
//!
//! | station | waiting time |
//! | --- | --- |
//! | M/M/c | exact: 0 with probability `1 − C(c, a)`, else exponential with mean `S/(c·(1 − ρ))` |
//! | M/G/1 | exact: the Pollaczek–Khinchine compound, a geometric number of residual service times |
//! | M/G/c | who waits, with probability `C(c, a)`, waits for the first of `c` residual service times, and then for a geometric number of residuals of `S/c`; exact for M/M/c and M/G/1 |
//! | more than 2,000 places | M/M/K with the time that one is held, and no more than the slowest station inside passes |
//! | K places around M/M/c stations and delays | exact by Norton's theorem: exponential with `1/(T(K) − λ)`, with the probability that all places are taken |
//! | batches | M^X/G/1 and M^X/M/c, exact; M^X/G/c as M/G/c |
//! | GI/G/c | that, stretched by `(ca² + cs²)/(1 + cs²)`: for the mean the Allen–Cunneen formula |
//!
//! `a = λ·S` is the offered load, `ρ = a/c` the utilization, `C` Erlang's probability of waiting, `cs²` and `ca²` the squared coefficients of variation of service and of arrivals.
//!
//! Sources: L. Kleinrock, Queueing Systems, volume 1, 1975, 3.5 and 5.7; A. O. Allen, Probability, Statistics, and Queueing Theory, 2nd edition, 1990, 5.3.5;
//! H. C. Tijms, M. H. van Hoorn, A. Federgruen, Approximations for the steady-state probabilities in the M/G/c queue, Advances in Applied Probability 13, 1981;
//! W. Whitt, The Queueing Network Analyzer, Bell System Technical Journal 62, 1983, equations 24, 38 and 39.

mod batch;
mod nested;
mod variability;

#[cfg(test)]
mod tests;

pub use batch::{BatchQueue, BatchStation, Last, MAX_BATCH, batch_queue};
pub use nested::{Inside, MAX_PLACES, Places, many_places, places, throughput, throughput_of_many};
pub use variability::{departures, merged, split};

use crate::distribution::{Distribution, Mixture, k_of_n};
use crate::quantity::{Duration, Rate};

/// The most servers that are told apart; a larger pool is taken for this many at the same utilization, which waits a little longer.
pub const MAX_SERVERS: u64 = 100_000;

/// A pool of equal servers and what arrives at it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station<'a> {
    /// How often something arrives.
    pub arrivals: Rate,
    /// The squared coefficient of variation of the times between arrivals: 1 for a Poisson stream.
    pub arrival_scv: f64,
    /// How many servers.
    pub servers: u64,
    /// The service times.
    pub service: &'a Distribution,
    /// Whether they are exponential, so that no residual has to be worked out.
    pub is_exponential: bool,
}

/// What happens at a station that can keep up.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The busy share of the servers, below 1.
    pub utilization: f64,
    /// The probability that an arrival waits.
    pub probability_of_waiting: f64,
    /// How long an arrival waits, those included that do not.
    pub waiting: Distribution,
    /// Whether the waiting time is exact for these assumptions.
    pub is_exact: bool,
}

/// Returns the busy share of a station's servers: `λ·E[S]/c`, 1 or more where it cannot keep up.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 servers")]
pub fn utilization(arrivals: Rate, servers: u64, mean_service: Duration) -> f64 {
    arrivals.per_second() * mean_service.seconds() / servers.max(1) as f64
}

/// Returns the waiting time at a station; nothing where its utilization is 1 or more.
pub fn queue(station: &Station<'_>) -> Option<Queue> {
    let utilization = utilization(station.arrivals, station.servers, station.service.mean());
    if utilization >= 1.0 || utilization.is_nan() {
        return None;
    }
    if utilization <= 0.0 {
        return Some(Queue { utilization: 0.0, probability_of_waiting: 0.0, waiting: Distribution::zero(), is_exact: true });
    }
    let servers = station.servers.clamp(1, MAX_SERVERS);
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000 servers")]
    let servers_as_number = servers as f64;
    let probability_of_waiting = erlang_c(utilization * servers_as_number, servers);
    let scv = if station.is_exponential { 1.0 } else { station.service.scv() };
    let stretch = (station.arrival_scv + scv) / (1.0 + scv);
    let waiting_of_those = if station.is_exponential {
        let mean = station.service.mean().seconds() / (servers_as_number * (1.0 - utilization));
        Distribution::exponential(Duration::new(mean * stretch))
    } else {
        // The first worker to be done is the first of all that are at work; those that queue before are worked off as if by one worker of c-fold speed.
        let residual = station.service.scaled(1.0 / servers_as_number).residual();
        let first = if servers == 1 { residual.clone() } else { k_of_n(&station.service.residual(), 1, servers) };
        first.then(&residual.geometric_sum(utilization)).scaled(stretch)
    };
    let mut waiting = Mixture::default();
    waiting.add(1.0 - probability_of_waiting, Distribution::zero());
    waiting.add(probability_of_waiting, waiting_of_those);
    Some(Queue {
        utilization,
        probability_of_waiting,
        waiting: waiting.total(),
        is_exact: station.arrival_scv == 1.0 && (servers == 1 || station.is_exponential) && station.servers <= MAX_SERVERS,
    })
}

/// Computes the probability that an arriving request must wait.
///
/// `C(c, a) = B/(1 − ρ·(1 − B))` with Erlang's loss probability `B(c, a)`, by the recurrence `B(0) = 1`, `B(k) = a·B(k−1)/(k + a·B(k−1))`, which never leaves 0..1. Holds
/// for Poisson arrivals and exponential service; needs `a < c`; `O(c)`.
///
/// Source: L. Kleinrock, Queueing Systems, volume 1, 1975, 3.5 and 3.6.
pub fn erlang_c(load: f64, servers: u64) -> f64 {
    let mut loss = 1.0;
    let mut at = 0.0;
    for _ in 0..servers {
        at += 1.0;
        loss = load * loss / (at + load * loss);
    }
    loss / (1.0 - load / at.max(1.0) * (1.0 - loss))
}
