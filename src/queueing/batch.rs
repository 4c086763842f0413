//! Arrivals of several at once.
//!
//! The question: *what do the members of a batch wait, and when is the last of them done, at a pool of equal servers?* Batches come as Poisson streams, each of one size; who comes alone is
//! a batch of one.
//!
//! ```text
//! λ·Σ_{j ≤ n} p(j)·P(X > n − j) = min(n + 1, c)·μ·p(n + 1)              what passes the level n upwards passes it downwards
//! n ≥ c found      wait of the first = first of c residuals ⊗ (S/c)^{*m} ⊗ Σ(1 − ρ)ρⁱ·R^{*i},  R the residual of a batch's work ÷ c,
//!                  P(m) ∝ λ·Σ_{j < c} p(j)·P(X > c + m − 1 − j)           a level above c is reached from below, or from there
//! n found, k come  the last begins when n + k − c have left; of the batch c − (c − b)·(1 − 1/c)^(k − b) are then at work, where b found a server at once
//! ```
//!
//! `X` is the size of a batch, `S` the service time, `μ = 1/E[S]`. Exact for one server with any work (M^X/G/1) and, but for the number at work, of which the mean is taken, for exponential work
//! (M^X/M/c). Else the approximation of M/G/c: the levels are those of exponential work.
//!
//! Sources: M. L. Chaudhry, J. G. C. Templeton, A First Course in Bulk Queues, 1983, 3.2 and 5.1; P. H. Brill, Level Crossing Methods in Stochastic Models, 2008, 3.2.

use super::{MAX_SERVERS, utilization};
use crate::distribution::{Distribution, Mixture, k_of_n, kth_of};
use crate::quantity::Rate;

/// The largest batch that is told apart.
pub const MAX_BATCH: u64 = 100_000;

/// The most powers of a time of which a mixture is made; more are taken for as many that are evenly spaced, with the same mean.
const MAX_POWERS: usize = 32;

/// The most numbers of departures that the last of a batch waits for which are told apart while some servers are free.
const MAX_WAITS: usize = 8;

/// The most servers of which the order of departures is worked out.
const MAX_ORDERED: u64 = 64;

/// A pool of equal servers, and what arrives at it.
#[derive(Debug, Clone, Copy)]
pub struct BatchStation<'a> {
    /// The sizes of batches, from 1 to [`MAX_BATCH`], and how many of each come per second.
    pub streams: &'a [(u64, f64)],
    /// Stretches waits: 1 for Poisson streams.
    pub arrival_scv: f64,
    /// How many servers.
    pub servers: u64,
    /// The service times.
    pub service: &'a Distribution,
    /// Whether they are exponential.
    pub is_exponential: bool,
}

/// A pool that can keep up with its batches.
#[derive(Debug, Clone)]
pub struct BatchQueue {
    servers: usize,
    /// `P(found ≤ n)` for `n` below the number of servers, after a leading 0.
    found: Vec<f64>,
    /// The wait of the first of a batch, where all servers are busy.
    first: Distribution,
    service: Distribution,
    residual: Distribution,
    /// The work of one, as if all servers worked on it together.
    interval: Distribution,
    /// 0 for constant work, 1 for exponential or more variable one.
    irregularity: f64,
    stretch: f64,
    /// Whether all of it is exact.
    pub is_exact: bool,
}

/// What the last of a batch may meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    /// How probable that is.
    pub probability: f64,
    /// How long it waits.
    pub wait: Distribution,
    /// How many of the batch are at work when it begins, it included.
    pub at_work: f64,
    /// Whether all of them begin at once: none has been at work when the last begins.
    pub begin_together: bool,
}

/// Returns what happens where batches arrive; nothing where the pool cannot keep up.
pub fn batch_queue(station: &BatchStation<'_>) -> Option<BatchQueue> {
    let visits: f64 = station.streams.iter().map(|(size, rate)| *size as f64 * rate).sum();
    let busy = utilization(Rate::new(visits), station.servers, station.service.mean());
    if busy >= 1.0 || busy.is_nan() {
        return None;
    }
    let servers = station.servers.clamp(1, MAX_SERVERS);
    let scv = if station.is_exponential { 1.0 } else { station.service.scv() };
    let stretch = (station.arrival_scv + scv) / (1.0 + scv);
    let interval = station.service.scaled(1.0 / servers as f64);
    let residual = if station.is_exponential { station.service.clone() } else { station.service.residual() };
    let next = if servers == 1 { residual.clone() } else { k_of_n(&residual, 1, servers) };
    let (found, above) = levels(station.streams, visits, busy, servers as usize);
    let batches: f64 = station.streams.iter().map(|(_, rate)| rate).sum();
    let first = if batches > 0.0 {
        let mut work = Mixture::default();
        for (size, rate) in station.streams {
            work.add(rate / batches, interval.repeated(*size));
        }
        next.then(&powers(&interval, &above)).then(&work.total().residual().geometric_sum(busy)).scaled(stretch)
    } else {
        Distribution::zero()
    };
    Some(BatchQueue {
        servers: servers as usize,
        found,
        first,
        service: station.service.clone(),
        residual,
        interval,
        irregularity: scv.min(1.0),
        stretch,
        is_exact: station.arrival_scv == 1.0 && (servers == 1 || station.is_exponential) && station.servers <= MAX_SERVERS,
    })
}

/// Returns the cumulated probabilities of the levels below the number of servers, after a 0, and the relative ones of levels above that are reached from below it.
fn levels(streams: &[(u64, f64)], visits: f64, busy: f64, servers: usize) -> (Vec<f64>, Vec<f64>) {
    if visits <= 0.0 {
        return (vec![1.0; servers + 1], vec![1.0]);
    }
    // λ/μ of each stream, and the size up to which it lifts.
    let per_visit = busy * servers as f64 / visits;
    let lifts: Vec<(usize, f64)> =
        streams.iter().map(|(size, rate)| (usize::try_from(*size).unwrap_or(usize::MAX), rate * per_visit)).collect();
    // The sum of the probabilities of up to `n − 1` that are in reach of a batch that ends above a level.
    let mut sums = vec![0.0, 1.0];
    for n in 1..servers {
        let up: f64 = lifts.iter().map(|(size, load)| load * (sums[n] - sums[n.saturating_sub(*size)])).sum();
        let next = sums[n] + up / n as f64;
        sums.push(next);
        if next > 1e200 {
            sums.iter_mut().for_each(|sum| *sum /= next);
        }
    }
    let largest = lifts.iter().map(|(size, _)| *size).max().unwrap_or(1);
    let below = sums[servers];
    let above: Vec<f64> = (0..largest)
        .map(|m| {
            let in_reach = lifts.iter().filter(|(size, _)| *size > m);
            let up: f64 = in_reach.map(|(size, load)| load * (below - sums[(servers + m).saturating_sub(*size)])).sum();
            up / servers as f64
        })
        .collect();
    // From above, each level is reached again with the probability of the utilization.
    let all = below + above.iter().sum::<f64>() / (1.0 - busy);
    sums.iter_mut().for_each(|sum| *sum /= all);
    (sums, above)
}

/// Returns the mixture of a time once, twice, … one after another, and of none of it, with weights.
fn powers(time: &Distribution, weights: &[f64]) -> Distribution {
    let gap = weights.len().saturating_sub(1).div_ceil(MAX_POWERS).max(1);
    let mut nodes = vec![0.0; weights.len().saturating_sub(1).div_ceil(gap) + 1];
    for (at, weight) in weights.iter().enumerate() {
        let part = (at % gap) as f64 / gap as f64;
        nodes[at / gap] += weight * (1.0 - part);
        if part > 0.0 {
            nodes[at / gap + 1] += weight * part;
        }
    }
    let step = time.repeated(gap as u64);
    let (mut sum, mut mass) = (Distribution::zero(), 0.0);
    for weight in nodes.into_iter().rev() {
        let mut mixture = Mixture::default();
        mixture.add(mass, sum.then(&step));
        mixture.add(weight, Distribution::zero());
        mass += weight;
        sum = mixture.total();
    }
    sum
}

impl BatchQueue {
    /// Returns the probability that all servers are busy when a batch comes.
    pub fn probability_of_waiting(&self) -> f64 {
        (1.0 - self.found[self.servers]).max(0.0)
    }

    /// Returns what who comes alone waits.
    pub fn waiting(&self) -> Distribution {
        self.first.with_probability(self.probability_of_waiting())
    }

    /// Returns what any member of a batch waits.
    pub fn member(&self, size: u64) -> Distribution {
        let members = usize::try_from(size.clamp(1, MAX_BATCH)).unwrap_or(1);
        let mut waiting = Mixture::default();
        let each = 1.0 / members as f64;
        let busy = self.first.then(&powers(&self.interval, &vec![each; members]));
        waiting.add(self.probability_of_waiting(), busy);
        // With n found, member i waits for n + i − c departures.
        let departures: Vec<f64> = (1..members)
            .map(|wait| {
                let least = (self.servers + wait).saturating_sub(members);
                each * (self.found[self.servers] - self.found[least.min(self.servers)])
            })
            .collect();
        let late: f64 = departures.iter().sum();
        if late > 0.0 {
            let least = (self.servers + 1).saturating_sub(members);
            let found = (least..self.servers).map(|n| (self.found[n + 1] - self.found[n]) * (members + n - self.servers) as f64 * n as f64);
            let found = (found.sum::<f64>() * each / late) as usize;
            waiting.add(late, self.next_leaves(found).then(&powers(&self.interval, &departures)).scaled(self.stretch));
        }
        waiting.add(1.0 - late - self.probability_of_waiting(), Distribution::zero());
        waiting.total()
    }

    /// Returns what the last of a batch may meet.
    pub fn last(&self, size: u64) -> Vec<Last> {
        let members = usize::try_from(size.clamp(1, MAX_BATCH)).unwrap_or(1);
        let all_free = self.found[(self.servers + 1).saturating_sub(members)];
        let mut met = vec![Last { probability: all_free, wait: Distribution::zero(), at_work: members as f64, begin_together: true }];
        // Some servers are free: from the first to the last number of departures to wait for.
        let (first, last) = (members.saturating_sub(self.servers).max(1), members - 1);
        if first <= last {
            let gap = (last - first).div_ceil(MAX_WAITS - 1).max(1);
            for (node, probability) in self.evenly(members, first, last, gap) {
                let departures = first + node * gap;
                let found = (self.servers + departures).saturating_sub(members).min(self.servers - 1);
                met.push(Last {
                    probability,
                    wait: self.departures(departures, found).scaled(self.stretch),
                    at_work: self.at_work(members, self.servers - found),
                    begin_together: false,
                });
            }
        }
        met.push(Last {
            probability: self.probability_of_waiting(),
            wait: self.first.then(&self.interval.repeated(members as u64 - 1)),
            at_work: self.at_work(members, 0),
            begin_together: false,
        });
        met.retain(|met| met.probability > 0.0);
        met
    }

    /// Returns the probabilities of waiting for departures, on nodes that are evenly spaced, with the same mean.
    fn evenly(&self, members: usize, first: usize, last: usize, gap: usize) -> Vec<(usize, f64)> {
        let mut nodes = vec![0.0; (last - first).div_ceil(gap) + 1];
        for departures in first..=last {
            let found = self.servers + departures - members;
            let probability = self.found[found + 1] - self.found[found];
            let part = ((departures - first) % gap) as f64 / gap as f64;
            nodes[(departures - first) / gap] += probability * (1.0 - part);
            if part > 0.0 {
                nodes[(departures - first) / gap + 1] += probability * part;
            }
        }
        nodes.into_iter().enumerate().collect()
    }

    /// Returns the mean number of a batch that are at work when its last one begins, where so many begin at once: each departure is that of any server.
    fn at_work(&self, members: usize, at_once: usize) -> f64 {
        let (servers, members) = (self.servers as f64, members as f64);
        let at_once = (at_once as f64).min(members);
        let left = (servers - at_once) * libm::pow(1.0 - 1.0 / servers, members - at_once);
        let at_random = (servers - left).clamp(1.0, members);
        // Constant work is done in the order in which it began.
        self.irregularity * at_random + (1.0 - self.irregularity) * servers.min(members)
    }

    /// Returns the time until so many have left a pool in which so many were at work, and all other servers begin.
    ///
    /// Irregular work leaves at an even pace; constant work in rounds, each server once.
    fn departures(&self, departures: usize, found: usize) -> Distribution {
        let mut time = Mixture::default();
        let is_ordered = self.irregularity < 1.0 && self.servers as u64 <= MAX_ORDERED;
        let paced = self.next_leaves(found).then(&self.interval.repeated(departures as u64 - 1));
        time.add(if is_ordered { self.irregularity } else { 1.0 }, paced);
        if is_ordered {
            let (rounds, rest) = ((departures - 1) / self.servers, (departures - 1) % self.servers + 1);
            time.add(1.0 - self.irregularity, self.leaves(found, rest as u64).then(&self.service.repeated(rounds as u64)));
        }
        time.total()
    }

    fn next_leaves(&self, found: usize) -> Distribution {
        self.leaves(found, 1)
    }

    /// Returns when so many of those have left who are at work once a batch came that found some servers free and filled all.
    fn leaves(&self, found: usize, number: u64) -> Distribution {
        let (old, fresh) = (found as u64, (self.servers - found) as u64);
        if old == 0 || self.irregularity >= 1.0 && self.residual == self.service {
            return k_of_n(&self.service, number, old + fresh);
        }
        kth_of(&[(&self.residual, old), (&self.service, fresh)], number)
    }

    /// Returns how long the rest of a service takes that is under way.
    pub const fn residual(&self) -> &Distribution {
        &self.residual
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BatchQueue, BatchStation, batch_queue};
    use crate::distribution::{Distribution, Mixture, longest};
    use crate::quantity::Duration;
    use crate::queueing::erlang_c;

    fn queue(streams: &[(u64, f64)], servers: u64, service: &Distribution, is_exponential: bool) -> BatchQueue {
        let station = BatchStation { streams, arrival_scv: 1.0, servers, service, is_exponential };
        batch_queue(&station).expect("it keeps up")
    }

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!((found / expected - 1.0).abs() <= tolerance, "{found} is not {expected} to {tolerance}");
    }

    /// The time until the last of a batch is done, with nothing before and behind its work, in seconds.
    fn done(queue: &BatchQueue, size: u64, service: &Distribution) -> Distribution {
        let mut all = Mixture::default();
        for met in queue.last(size) {
            // Exponential work: what is under way takes as long as what begins.
            all.add(met.probability, met.wait.then(&longest(&[(service, met.at_work)])));
        }
        all.total()
    }

    /// M^X/M/1: mean time there `S·(E[X²] + E[X])/(2·E[X]·(1 − ρ))` (Chaudhry and Templeton 1983, 3.2). Pairs at 30/s, 10 ms: 10·(4 + 2)/(2·2·.4) = 37.5 ms; sizes 1 and 5 at 20/s and
    /// 10/s: E[X] = 7/3, E[X²] = 9, ρ = .7: 10·(34/3)/(14/3·.3) = 80.952 ms.
    #[test]
    fn batches_at_one_exponential_server() {
        let service = Distribution::exponential(Duration::new(0.01));
        let pairs = queue(&[(2, 30.0)], 1, &service, true);
        near(pairs.member(2).mean().seconds() + 0.01, 0.0375, 1e-4);
        // The first waits for the work that is there: ρ·R/(1 − ρ), R the residual of Erlang(2): 15 ms.
        near(pairs.waiting().mean().seconds(), 0.6 * 0.015 / 0.4, 1e-4);
        near(done(&pairs, 2, &service).mean().seconds(), 0.6 * 0.015 / 0.4 + 0.02, 1e-4);
        let mixed = queue(&[(1, 20.0), (5, 10.0)], 1, &service, true);
        let mean = (20.0 * mixed.waiting().mean().seconds() + 50.0 * mixed.member(5).mean().seconds()) / 70.0;
        near(mean + 0.01, 0.080_952_38, 1e-4);
    }

    /// M^X/D/1, pairs at 30/s of 10 ms: a batch is a customer of 20 ms: it waits .6·20/(2·.4) = 15 ms, its second one 25 ms.
    #[test]
    fn batches_at_one_constant_server() {
        let service = Distribution::constant(Duration::new(0.01));
        let pairs = queue(&[(2, 30.0)], 1, &service, false);
        near(pairs.waiting().mean().seconds(), 0.015, 1e-3);
        near(pairs.member(2).mean().seconds(), 0.020, 1e-3);
        let last: f64 = pairs.last(2).iter().map(|met| met.probability * met.wait.mean().seconds()).sum();
        near(last, 0.025, 1e-3);
        assert!(pairs.is_exact);
    }

    /// Batches of one are M/M/c.
    #[test]
    fn batches_of_one_are_no_batches() {
        let service = Distribution::exponential(Duration::new(0.0052));
        let single = queue(&[(1, 600.0)], 4, &service, true);
        near(single.probability_of_waiting(), erlang_c(3.12, 4), 1e-8);
        near(single.waiting().mean().seconds() + 0.0052, 0.008_514_5, 2e-4);
        near(done(&single, 1, &service).percentile(0.99).seconds(), 0.033_675, 1e-3);
    }

    /// Whatever comes how, as many servers are busy as there is work: Σ min(n, c)·p(n) = a. And by Little the mean number there is the mean time by the visits: both from the levels,
    /// here summed one by one far beyond the servers.
    #[test]
    fn levels_agree_with_a_sum_of_all_of_them() {
        let service = Distribution::exponential(Duration::new(0.01));
        let (streams, servers) = ([(1, 100.0), (4, 25.0), (7, 20.0)], 5_usize);
        let found = queue(&streams, servers as u64, &service, true);
        let mut p = vec![1.0_f64];
        for n in 0..3_000_usize {
            let up: f64 = streams.iter().map(|(size, rate)| rate * p[(n + 1).saturating_sub(*size as usize)..=n].iter().sum::<f64>()).sum();
            p.push(up * 0.01 / (n + 1).min(servers) as f64);
        }
        let all: f64 = p.iter().sum();
        let busy: f64 = p.iter().enumerate().map(|(n, p)| n.min(servers) as f64 * p / all).sum();
        near(busy, 3.4, 1e-9);
        let there: f64 = p.iter().enumerate().map(|(n, p)| n as f64 * p / all).sum();
        near(found.probability_of_waiting(), p[servers..].iter().sum::<f64>() / all, 1e-8);
        let waits =
            100.0 * found.waiting().mean().seconds() + 100.0 * found.member(4).mean().seconds() + 140.0 * found.member(7).mean().seconds();
        near(waits + 3.4, there, 2e-4);
    }

    /// Four into four idle servers are done with the slowest: 25/12 of the mean. Ten into four: six leave at 4/S, then the slowest of those of the batch that are left, which are all.
    #[test]
    fn a_batch_that_comes_into_idle_servers() {
        let service = Distribution::exponential(Duration::new(0.01));
        let idle = queue(&[(4, 1e-6), (10, 1e-6)], 4, &service, true);
        near(done(&idle, 4, &service).mean().seconds(), 0.01 * 25.0 / 12.0, 1e-3);
        near(done(&idle, 10, &service).mean().seconds(), 0.01 * (6.0 / 4.0 + 25.0 / 12.0), 1e-3);
        let constant = Distribution::constant(Duration::new(0.01));
        let idle = queue(&[(10, 1e-6)], 4, &constant, false);
        let wait: f64 = idle.last(10).iter().map(|met| met.probability * met.wait.mean().seconds()).sum();
        near(wait, 0.02, 1e-2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn more_servers_never_slow_a_batch(load in 0.05..0.9_f64, servers in 1_u64..20, size in 2_u64..12, scv in 0.25..2.0_f64) {
            let service = Distribution::gamma(Duration::new(0.01), scv);
            let rate = load * servers as f64 / 0.01 / (size + 1) as f64;
            let means = |servers: u64| {
                let queue = queue(&[(1, rate), (size, rate)], servers, &service, false);
                let last: f64 = queue.last(size).iter().map(|met| met.probability * met.wait.mean().seconds()).sum();
                let all: f64 = queue.last(size).iter().map(|met| met.probability).sum();
                assert!((all - 1.0).abs() < 1e-6, "{all}");
                [queue.waiting().mean().seconds(), queue.member(size).mean().seconds(), last]
            };
            let (few, more) = (means(servers), means(servers + 1));
            prop_assert!(few.iter().zip(&more).all(|(few, more)| *more <= few * 1.001 + 1e-9), "{few:?} {more:?}");
            // Who comes alone waits least, the last of a batch most.
            prop_assert!(few[0] <= few[1] * 1.001 + 1e-9 && few[1] <= few[2] * 1.001 + 1e-9, "{few:?}");
        }
    }

    #[test]
    fn batches_of_any_size_are_bounded() {
        let service = Distribution::exponential(Duration::new(0.01));
        let large = queue(&[(super::MAX_BATCH, 0.01), (1, 1_000.0)], 1_000_000_000, &service, true);
        assert!(large.waiting().mean().seconds() < 1e-3);
        let slow = queue(&[(super::MAX_BATCH, 1e-4)], 3, &service, true);
        // A batch alone: 100,000 of 10 ms for three servers.
        near(slow.last(super::MAX_BATCH).last().expect("one").wait.mean().seconds(), 333.3, 0.6);
        let full = BatchStation { streams: &[(10, 10.0)], arrival_scv: 1.0, servers: 1, service: &service, is_exponential: true };
        assert!(batch_queue(&full).is_none_or(|full| full.waiting().mean().seconds() > 1_000.0));
    }
}
