//! The same workers on a few large machines or on many small ones.
//!
//! The question: *scale up or scale out?* Of the pool whose workers are busiest, all workers of one shard are put on one machine, on two, on as many as divide them evenly. Where one queue
//! serves all machines, nothing about waiting changes; where each machine has its own, as behind a balancer that draws one, requests wait in front of a busy machine while
//! another is idle. What is lost with one machine, and how often enough of them are up, goes the other way.
//!
//! | figure | formula |
//! | --- | --- |
//! | one queue | wait + work of a visit with all `c` workers |
//! | own queues | the same with `c/m` workers and the `m`-th part of the visits |
//! | busy without one | peak utilization · `m/(m − 1)` |
//! | too few | `P(fewer than ⌈m · peak utilization⌉ of m are up)`, each by itself with the component's own availability |
//!
//! One machine with all of them is scaling up. Equal workers are equal power: that a larger machine costs more than its share, or works faster, is not known here.

use crate::analysis::failure::instance_unavailability;
use crate::analysis::latency::plan::{Plan, Service};
use crate::analysis::latency::{Latency, StationLoad};
use crate::distribution::at_least;
use crate::model::{ComponentId, System};
use crate::quantity::{Duration, Rate};
use crate::queueing::{Station, queue};

/// The most numbers of machines that are compared.
const MAX_CHOICES: usize = 8;

/// The most workers that are divided.
const MAX_WORKERS: u64 = 10_000;

/// A pool on different machines.
#[derive(Debug, Clone, PartialEq)]
pub struct EqualPower {
    /// The component.
    pub component: ComponentId,
    /// The workers of its busiest shard.
    pub workers: u64,
    /// The machines that there are.
    pub machines: u64,
    /// By number of machines, rising; the first is one machine with all workers.
    pub choices: Vec<Machines>,
}

/// The workers on one number of machines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machines {
    /// The machines.
    pub count: u64,
    /// The 99th percentile of a visit, one queue for all of them; none where they cannot keep up.
    pub one_queue_p99: Option<Duration>,
    /// The same where each has its own queue.
    pub own_queues_p99: Option<Duration>,
    /// How busy the others are at the peak when one is lost; infinite without others.
    pub busy_without_one: f64,
    /// How much of the time fewer are up than the peak needs.
    pub too_few: f64,
}

/// Compares machines for the pool whose workers are busiest, leaders of stores not meant; nothing where it has one worker, its work is not known, or its
/// replicas cost each other some.
pub fn equal_power(system: &System, latency: &Latency) -> Option<EqualPower> {
    let used = |station: &StationLoad| station.utilization().unwrap_or(0.0);
    let pools = latency.stations.iter().filter(|station| !station.is_leader && used(station) > 0.0);
    let station = pools.max_by(|a, b| used(a).total_cmp(&used(b)).then(b.component.cmp(&a.component)))?;
    let (workers, per_replica) = (station.servers?, station.per_replica?);
    let shard = station.shards.first()?;
    // Where replicas cost each other some, the same workers on other machines are not of equal power.
    if !(2..=MAX_WORKERS).contains(&workers) || station.scaling.is_some() {
        return None;
    }
    let plan = Plan::new(system);
    let Service::Known { time, is_exponential, .. } = &plan.services[station.component.index()] else { return None };
    let p99 = |machines: u64| {
        #[expect(clippy::cast_precision_loss, reason = "at most 10,000 workers")]
        let arrivals = Rate::new(shard.arrivals.per_second() / machines as f64);
        let station = Station { arrivals, arrival_scv: 1.0, servers: workers / machines, service: time, is_exponential: *is_exponential };
        Some(queue(&station)?.waiting.then(time).percentile(0.99))
    };
    let peak = shard.peak_utilization.or(shard.utilization)?;
    let down = instance_unavailability(system, station.component);
    let one_queue_p99 = p99(1);
    let choices = counts(workers, workers / per_replica).into_iter().map(|count| Machines {
        count,
        one_queue_p99,
        own_queues_p99: p99(count),
        busy_without_one: if count > 1 { peak * count as f64 / (count - 1) as f64 } else { f64::INFINITY },
        too_few: too_few(count, peak, down),
    });
    Some(EqualPower { component: station.component, workers, machines: workers / per_replica, choices: choices.collect() })
}

/// Returns the numbers of machines that divide the workers evenly: one, those that there are, and others between and beyond.
fn counts(workers: u64, machines: u64) -> Vec<u64> {
    let divisors: Vec<u64> = (1..=workers).filter(|count| workers.is_multiple_of(*count)).collect();
    let step = divisors.len().div_ceil(MAX_CHOICES - 2).max(1);
    let mut counts: Vec<u64> = divisors.iter().copied().step_by(step).chain([machines, workers]).collect();
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Returns the probability that fewer than the needed machines are up.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10,000 machines")]
fn too_few(machines: u64, peak: f64, down: f64) -> f64 {
    let needed = (libm::ceil(machines as f64 * peak - 1e-9) as u64).max(1);
    if needed > machines { 1.0 } else { at_least(machines - needed + 1, machines, down) }
}

#[cfg(test)]
mod tests {
    use super::{EqualPower, equal_power, too_few};
    use crate::analysis::latency::{Depth, latency};
    use crate::model::testing::system;

    /// Four workers of 10 ms, 320/s: 80 % busy.
    fn found(concurrency: u32, replicas: u32) -> EqualPower {
        let system = system(&format!(
            "[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", replicas = {replicas}, concurrency = {concurrency}, service-time = \"10ms\", availability = \"99%\" }}\n\
             [links]\n\"user -> app\" = {{}}\n[journeys.j]\nrate = \"320/s\"\nsteps = [\"user -> app\"]\n"
        ));
        equal_power(&system, &latency(&system, Depth::Judged)).expect("several workers")
    }

    /// Four M/M/1 queues at 80 %: p99 = 10 ms · ln 100 ÷ (1 − .8) = 230.26 ms; whoever divides the workers, the choice is the same.
    #[test]
    fn own_queues_wait_longer_and_more_machines_lose_less() {
        for found in [found(4, 1), found(1, 4), found(2, 2)] {
            let counts: Vec<u64> = found.choices.iter().map(|one| one.count).collect();
            assert_eq!(counts, [1, 2, 4]);
            let last = found.choices[2];
            let p99 = last.own_queues_p99.expect("it keeps up").seconds() * 1e3;
            assert!((p99 / 230.2585 - 1.0).abs() < 0.003, "{p99}");
            let [one, two, four] = [0, 1, 2].map(|at| found.choices[at].own_queues_p99.expect("it keeps up").seconds());
            assert!(one < two && two < four, "{one} {two} {four}");
            assert_eq!(found.choices[0].own_queues_p99, found.choices[0].one_queue_p99);
            assert!(found.choices[0].busy_without_one.is_infinite());
            assert!((last.busy_without_one - 0.8 * 4.0 / 3.0).abs() < 1e-3);
        }
    }

    /// A mean up time of 100 h and the 30 min that are assumed of a service: .5/100.5 of the time, not the assumed availability.
    #[test]
    fn a_mean_up_time_alone_says_how_often_an_instance_is_down() {
        let system = system(
            "[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\", concurrency = 2, service-time = \"10ms\", mtbf = \"100h\" }\n\
             [links]\n\"user -> app\" = {}\n[journeys.j]\nrate = \"10/s\"\nsteps = [\"user -> app\"]\n",
        );
        let found = equal_power(&system, &latency(&system, Depth::Judged)).expect("several workers");
        assert!((found.choices[0].too_few - 0.5 / 100.5).abs() < 1e-12, "{found:?}");
    }

    /// Of four at 1 % each: all needed 1 − .99⁴ = .03940399; three needed: 1 − .99⁴ − 4·.01·.99³ = .00059203.
    #[test]
    fn too_few_is_the_lower_end_of_a_binomial() {
        assert!((too_few(4, 0.8, 0.01) - 0.039_403_99).abs() < 1e-12);
        assert!((too_few(4, 0.75, 0.01) - 0.000_592_03).abs() < 1e-12);
        assert!((too_few(1, 0.8, 0.01) - 0.01).abs() < 1e-15);
        assert_eq!(too_few(4, 1.2, 0.01), 1.0);
        // At least 401 of 4,000 at 12 %, summed with 50 digits: .999962738341.
        assert!((too_few(4_000, 0.9, 0.12) - 0.999_962_738_341).abs() < 1e-9);
    }
}
