//! What dividing a task over workers brings.
//!
//! The question: *how long does a run take, how much faster is it than one worker alone, what is lost to the slowest worker and to messages, how many workers are worth
//! having, and do runs queue up?* A batch journey is one whose answer waits for the work of a `job`.
//!
//! | figure | formula |
//! | --- | --- |
//! | work | `Σ visits · members · mean work` of all programs: what one worker of the same speed needs for all of it, without a network |
//! | speed-up | work ÷ mean makespan; efficiency = speed-up ÷ workers |
//! | straggler | mean of the slowest of `n` ÷ mean of one, of their work alone; lost to them = `Σ visits · (slowest − one)` ÷ makespan |
//! | makespan of `m` workers | the same work in `m` parts: each part's work is `n/m` times as long, its messages stay as they are; alone on the system |
//! | finished after | that makespan ÷ availability with `m` workers: a run stands still while what it needs is down, and loses nothing |
//! | best number | of the numbers that are tried, the one with the shortest time until finished; of a divided call all members are replicas of one job |
//! | backlog | runs that come and are not done: `rate · (1 − 1/ρ)` of the busiest pool on the way, where `ρ` is 1 or more |
//!
//! The more workers, the more often one of them is down: where a run needs all of them, there is a number beyond which it takes longer.
//! The lost work since a checkpoint is not counted, nor messages that get smaller with the parts.
//!
//! Source of the speed-up and its limits: G. M. Amdahl, Validity of the single processor approach to achieving large scale computing capabilities, AFIPS 30, 1967.

use super::communication::Communication;
use super::communication::walk::Flow;
use super::failure::{Detail, availability};
use super::latency::plan::{Plan, Service};
use super::latency::{Depth, Latency, Times, latency};
use crate::model::{ComponentId, Journey, JourneyId, System};
use crate::quantity::{Bytes, Duration, Rate};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::ComponentKind;

/// The most workers that are tried.
pub const MAX_WORKERS: u32 = 4_096;

/// How much less a run is asked for when it is looked at alone: no queue is left.
const ALONE: f64 = 1e-9;

/// A journey that is a run of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The journey.
    pub journey: JourneyId,
    /// What one worker of the same speed needs for all of it.
    pub work: Duration,
    /// How long a run takes at the stated rates, waiting for other runs included; none where a pool cannot keep up or a fact is missing.
    pub makespan: Option<Times>,
    /// The job over which most of the work is divided.
    pub workers: ComponentId,
    /// How many of it work at the same time.
    pub count: u64,
    /// Work ÷ makespan of a run that is alone.
    pub speed_up: Option<f64>,
    /// How much longer the slowest worker takes than one does on average; 1 where it is not divided.
    pub straggler: f64,
    /// The share of the makespan that is spent waiting for the slowest worker after the average one is done.
    pub lost_to_stragglers: Option<f64>,
    /// What travels over the network during a run.
    pub exchanged: Bytes,
    /// Runs that come in a second and are not done; 0 where all are.
    pub backlog: Rate,
    /// Other numbers of workers, rising; nothing where the work is not divided.
    pub counts: Vec<Count>,
}

/// A run with another number of workers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// The workers.
    pub workers: u32,
    /// The mean time of a run that is alone while everything works.
    pub makespan: Duration,
    /// The same with the time in which it stands still.
    pub finished: Duration,
    /// Work ÷ makespan.
    pub speed_up: f64,
}

impl Batch {
    /// Returns the number of workers with which a run is finished first.
    pub fn best(&self) -> Option<&Count> {
        self.counts.iter().reduce(|best, one| if one.finished.seconds() < best.finished.seconds() { one } else { best })
    }
}

/// Returns the batch journeys of a system; nothing of one that is too large to be varied.
pub fn batches(system: &System, communication: &Communication, latency: &Latency) -> Vec<Batch> {
    if !system.can_be_varied() {
        return Vec::new();
    }
    let plan = Plan::new(system);
    system.journey_ids().filter_map(|id| batch(&plan, id, communication, latency)).collect()
}

/// A call of a job, as a run makes it.
struct Divided {
    job: ComponentId,
    width: u64,
    /// How often it is called in a run, by all that call it.
    visits: f64,
    /// How often a run waits for it, one after another.
    rounds: f64,
}

impl Divided {
    #[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
    fn work(&self, plan: &Plan<'_>) -> f64 {
        self.visits * self.width as f64 * plan.work(self.job)
    }
}

fn batch(plan: &Plan<'_>, id: JourneyId, communication: &Communication, latency: &Latency) -> Option<Batch> {
    let system = plan.system;
    let journey = &system.journeys[id.index()];
    let calls = programs(plan, journey);
    let work: f64 = calls.iter().map(|call| call.work(plan)).sum();
    let is_job = |call: &&Divided| system.component(call.job).kind == ComponentKind::Job;
    // The widest job first, then the one with most work.
    let most = calls
        .iter()
        .filter(is_job)
        .max_by(|a, b| a.width.cmp(&b.width).then(a.work(plan).total_cmp(&b.work(plan))).then(b.job.cmp(&a.job)))?;
    if work <= 0.0 {
        return None;
    }
    let (workers, count) = (most.job, most.width);
    let found = &latency.journeys[id.index()];
    let alone = alone(system, id);
    let straggler = |call: &Divided| match &plan.services[call.job.index()] {
        Service::Known { time, mean, .. } if call.width > 1 && mean.seconds() > 0.0 => {
            time.longest_of(call.width).mean().seconds() / mean.seconds()
        }
        _ => 1.0,
    };
    let waited: f64 = calls.iter().map(|call| call.rounds * plan.work(call.job) * (straggler(call) - 1.0)).sum();
    let busiest = latency.stations.iter().filter(|station| calls.iter().any(|call| call.job == station.component));
    let busiest = busiest.filter_map(|station| station.utilization()).fold(0.0, f64::max);
    let rate = journey.rate().map_or(0.0, Rate::per_second);
    Some(Batch {
        journey: id,
        work: Duration::new(work),
        makespan: found.mean_load.clone(),
        workers,
        count,
        speed_up: alone.map(|alone| work / alone),
        straggler: straggler(most),
        lost_to_stragglers: alone.map(|alone| waited / alone),
        exchanged: communication.journeys[id.index()].network_bytes(),
        backlog: Rate::new(if busiest > 1.0 { rate * (1.0 - 1.0 / busiest) } else { 0.0 }),
        counts: if count > 1 { counts(system, id, workers, work) } else { Vec::new() },
    })
}

/// Returns what programs do while a run waits for them.
fn programs(plan: &Plan<'_>, journey: &Journey) -> Vec<Divided> {
    let system = plan.system;
    let off = journey.calls.asynchronous();
    // What stands below a divided call is done by each of its members.
    let mut members = vec![1.0; journey.calls.nodes.len()];
    for (node, call) in journey.calls.calls() {
        #[expect(clippy::cast_precision_loss, reason = "a component has at most 100,000 instances")]
        let width = plan.link(call.link).width as f64;
        members[node.index()] = width;
    }
    let flow = Flow::new(&journey.calls);
    let (runs, rounds) = (flow.executions(|at| members[at]), flow.executions(|_| 1.0));
    let calls = journey.calls.calls().filter(|(node, call)| !off[node.index()] && call.arrow == Arrow::Call);
    calls
        .filter(|(_, call)| system.component(system.carrier(call.callee)).is_program())
        .map(|(node, call)| Divided {
            job: system.carrier(call.callee),
            width: plan.link(call.link).width,
            visits: runs[node.index()] / members[node.index()],
            rounds: rounds[node.index()],
        })
        .collect()
}

/// Returns the mean time of a run that is alone.
fn alone(system: &System, id: JourneyId) -> Option<f64> {
    let quiet = system.with_rates(|_| ALONE);
    Some(latency(&quiet, Depth::Figures).journeys[id.index()].mean_load.as_ref()?.mean.seconds())
}

/// Tries other numbers of workers: the number there is, and powers of two until a run takes longer twice.
fn counts(system: &System, id: JourneyId, workers: ComponentId, work: f64) -> Vec<Count> {
    let component = system.component(workers);
    let now = component.replicas.max(1);
    if component.is_sharded() {
        return Vec::new();
    }
    let mut tried: Vec<u32> = (0..32).map(|power| 1_u32 << power).take_while(|count| *count <= MAX_WORKERS).collect();
    tried.push(now);
    tried.sort_unstable();
    tried.dedup();
    // A timeout that fits today's parts would cut off larger ones.
    let patient = system.without_timeouts_of(workers);
    let mut found: Vec<Count> = Vec::new();
    for count in tried {
        let is_worse = |pair: &[Count]| pair[1].finished.seconds() > pair[0].finished.seconds();
        if count > now && found.len() >= 3 && found[found.len() - 3..].windows(2).all(is_worse) {
            break;
        }
        let other = patient.with_replicas(workers, count).with_work(workers, f64::from(now) / f64::from(count));
        let (Some(makespan), Some(fails)) = (alone(&other, id), fails(&other, id)) else { continue };
        if fails < 1.0 {
            let (makespan, finished) = (Duration::new(makespan), Duration::new(makespan / (1.0 - fails)));
            found.push(Count { workers: count, makespan, finished, speed_up: work / makespan.seconds() });
        }
    }
    found
}

fn fails(system: &System, id: JourneyId) -> Option<f64> {
    availability(system, Detail::Judged).journeys[id.index()].as_ref().map(|found| found.unavailability)
}

#[cfg(test)]
mod tests {
    use super::{Batch, batches};
    use crate::analysis::communication::communication;
    use crate::analysis::latency::{Depth, latency};
    use crate::model::System;
    use crate::model::testing::system;

    fn found(system: &System) -> Vec<Batch> {
        batches(system, &communication(system), &latency(system, Depth::Judged))
    }

    /// A coordinator of 1 min, then 10 rounds of 8 workers, each round 6 min of work for each of them; no network worth mentioning.
    fn divided(scv: &str, rate: &str, more: &str) -> System {
        system(&format!(
            "[locations]\nz = {{ kind = \"zone\", availability = 1 }}\npool = {{ kind = \"node\", in = \"z\", count = 8, availability = 1 }}\n[network]\nsame-zone = {{ round-trip = \"1us\" }}\n\
             [components]\nuser = {{ kind = \"client\", on = \"z\" }}\n\
             boss = {{ kind = \"job\", on = \"z\", concurrency = 1, service-time = {{ mean = \"1min\", scv = 0 }}, availability = 1 }}\n\
             worker = {{ kind = \"job\", on = \"pool\", replicas = 8, needs = 8, concurrency = 1, service-time = {{ mean = \"6min\", scv = {scv} }}, common-cause = 0, {more} }}\n\
             [links]\n\"user -> boss\" = {{ protocol = \"unix\", retries = 0, timeout = false }}\n\"boss -> worker\" = {{ protocol = \"mpi\", route = \"all\", retries = 0, timeout = false, payload = \"1MB\", response = \"1MB\" }}\n\
             [journeys.run]\nrate = \"{rate}\"\nsteps = [\"user -> boss\", {{ call = \"boss -> worker\", times = 10 }}]\n"
        ))
    }

    /// Constant work: 1 min + 10 · 6 min = 61 min; alone 1 + 8 · 60 = 481 min, 7.885 times as long; nobody waits for a straggler.
    #[test]
    fn equal_workers_are_as_fast_as_amdahl_says() {
        let system = divided("0", "1/month", "availability = 1");
        let found = found(&system);
        let [run] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((system.component(run.workers).id.as_str(), run.count), ("worker", 8));
        assert!((run.work.seconds() - 481.0 * 60.0).abs() < 1e-6);
        let speed_up = run.speed_up.expect("all is stated");
        assert!((speed_up - 481.0 / 61.0).abs() < 0.02, "{speed_up}");
        assert!((run.straggler - 1.0).abs() < 1e-9 && run.lost_to_stragglers.expect("all is stated") < 1e-9);
        // 10 rounds, 8 workers, 1 MB there and back.
        assert!((run.exchanged.bytes() - 160e6).abs() < 1.0);
        assert!((run.backlog.per_second()).abs() < 1e-12);
        // 16 workers of half the work: 1 + 30 min; 1 worker: 481 min.
        let of = |workers| run.counts.iter().find(|one| one.workers == workers).expect("tried").makespan.seconds() / 60.0;
        assert!((of(16) - 31.0).abs() < 0.1 && (of(1) - 481.0).abs() < 1.0 && (of(8) - 61.0).abs() < 0.2);
        // Nothing fails: the more the better.
        assert_eq!(run.best().expect("tried").workers, super::MAX_WORKERS);
    }

    /// Exponential work: the slowest of 8 takes H₈ = 2.717857 times the mean. 10 · 6 · 1.717857 of 1 + 10 · 6 · 2.717857 minutes are waited for it.
    #[test]
    fn the_slowest_of_eight_holds_up_the_others() {
        let system = divided("1", "1/month", "availability = 1");
        let found = found(&system);
        let run = &found[0];
        assert!((run.straggler - 2.717_857).abs() < 0.003, "{}", run.straggler);
        let lost = run.lost_to_stragglers.expect("all is stated");
        assert!((lost - 103.0714 / 164.0714).abs() < 0.003, "{lost}");
    }

    /// Workers that are up half of the time, all of them needed: eight are up for 1/256 of it, two for a quarter.
    /// One: 481 · 2 min; two: 241 · 4; four: 121 · 16. One alone is finished first.
    #[test]
    fn too_many_workers_that_all_must_work_take_longer() {
        let system = divided("0", "1/month", "mtbf = \"1h\", mttr = \"1h\"");
        let found = found(&system);
        let run = &found[0];
        let best = run.best().expect("tried");
        assert_eq!(best.workers, 1, "{:?}", run.counts);
        assert!((best.finished.seconds() / 60.0 - 962.0).abs() < 3.0);
        let two = run.counts.iter().find(|one| one.workers == 2).expect("tried");
        assert!((two.finished.seconds() / 60.0 - 964.0).abs() < 3.0, "{two:?}");
    }

    /// 30 runs a day need 30 · 60 min of each worker, who has 24 h: 1.25. A fifth of the runs stays.
    #[test]
    fn what_is_not_done_queues_up() {
        let system = divided("0", "30/day", "availability = 1");
        let run = &found(&system)[0];
        assert!(run.makespan.is_none());
        assert!((run.backlog.per_second() * 86_400.0 - 6.0).abs() < 1e-6, "{:?}", run.backlog);
    }

    #[test]
    fn services_are_no_batch() {
        let text = "[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\", concurrency = 1, service-time = \"1ms\" }\n[links]\n\"user -> app\" = {}\n\
                    [journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> app\"]\n";
        assert!(found(&system(text)).is_empty());
    }
}
