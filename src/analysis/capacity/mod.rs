//! How much load a system carries, what gives in first, and how much is left when a place is lost.
//!
//! The question: *by how much can all journeys grow together before a pool is full?* Every pool's utilization grows in proportion to the rates, so the mix of today can grow by
//! `1 ÷ the highest utilization`. Exact for the stated work and workers; latency rises long before that point.
//!
//! Retries after timeouts and hedges grow with the times, and so with the load: where they leave no equilibrium before the first pool is full, the growth ends there. It is searched
//! for by halves; what is left without a place is then taken to be less by the same share.
//!
//! Where `contention` or `coherence` is stated, replicas cost each other some: `X(N) = λ·N/(1 + σ·(N − 1) + κ·N·(N − 1))`, of what is left after a loss, too.
//!
//! Semantics, "Queueing": capacity after losing a domain uses the surviving replicas.

mod equal_power;
mod outlook;

use std::collections::BTreeMap;

pub use equal_power::{EqualPower, Machines, equal_power};
pub use outlook::{FullInMonths, MONTHS};

use crate::analysis::communication::{Access, access};
use crate::analysis::failure::needs;
use crate::analysis::latency::{Carried, Latency, StationLoad, speedup};
use crate::model::{ComponentId, LocationId, System};
use crate::quantity::Rate;
use crate::syntax::keys::journey;
use crate::syntax::vocabulary::LocationKind;

/// What a system carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// The most requests per second of all journeys in the mix of their mean rates; nothing while a fact is missing.
    pub max_rate: Option<Rate>,
    /// By how much the mean rates may grow before the first pool whose figures are known is full; an upper bound while others are not known.
    pub growth: Option<f64>,
    /// Whether every pool that is visited, and every journey's rate, is known.
    pub is_complete: bool,
    /// `max_rate` ÷ the rate at peak: below 1 the peak is not carried.
    pub headroom: Option<f64>,
    /// The pool that is full first.
    pub bottleneck: Option<ComponentId>,
    /// The pool of another component that is full next, once the first is widened.
    pub next_bottleneck: Option<ComponentId>,
    /// When each pool is full as the rates grow, the first one first; nothing where no journey states its `growth`.
    pub full_in_months: Vec<FullInMonths>,
    /// What is left after losing each place, by id; places whose loss takes no worker away are left out.
    pub after_losing: Vec<AfterLosing>,
}

/// What a system carries without a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AfterLosing {
    /// The place.
    pub location: LocationId,
    /// By how much the mean rates may grow; below 1 they are not carried any more, 0 where a visited component is gone, or has fewer replicas than it needs.
    pub growth: f64,
    /// The most requests per second of the mix; nothing while a fact is missing.
    pub max_rate: Option<Rate>,
    /// The pool that is full first, or gone.
    pub bottleneck: ComponentId,
}

/// Computes what a system carries.
pub fn capacity(system: &System, latency: &Latency) -> Capacity {
    let OfPools { visited, is_complete, busiest, rate } = &OfPools::of(system, latency);
    let at_peak: f64 =
        system.journeys.iter().filter_map(|one| one.facts.get(journey::PEAK).stated().or_else(|| one.rate())).map(Rate::per_second).sum();
    let by_pools = busiest.first().map(|(_, used)| 1.0 / used);
    let growth = growth(busiest, latency.carried);
    // What retries cost of the growth of the mean rates, they cost of the peak's, too.
    let retries_leave = match latency.carried {
        Carried::ByPools => Some(f64::INFINITY),
        Carried::ByRetries(growth) if at_peak > 0.0 => Some(growth * rate / at_peak),
        Carried::ByRetries(_) | Carried::Unknown => None,
    };
    let headroom = if *is_complete { peak_headroom(visited).filter(|_| at_peak > 0.0) } else { None };
    let headroom = headroom.zip(retries_leave).map(|(pools, retries)| pools.min(retries));
    Capacity {
        max_rate: max_rate(system, latency),
        growth,
        is_complete: *is_complete,
        headroom,
        bottleneck: busiest.first().map(|(id, _)| *id),
        next_bottleneck: busiest.get(1).map(|(id, _)| *id),
        full_in_months: outlook::outlook(system),
        after_losing: match (by_pools, growth) {
            (Some(by_pools), Some(growth)) => after_losing(system, visited, by_pools, growth / by_pools, *rate, *is_complete),
            (None, _) => after_losing(system, visited, f64::INFINITY, 1.0, *rate, *is_complete),
            (Some(_), None) => Vec::new(),
        },
    }
}

/// Computes the most requests that all journeys together may send, and nothing else.
pub fn max_rate(system: &System, latency: &Latency) -> Option<Rate> {
    let OfPools { is_complete, busiest, rate, .. } = OfPools::of(system, latency);
    growth(&busiest, latency.carried).filter(|_| is_complete).map(|growth| Rate::new(rate * growth))
}

/// Returns by how much the mean rates may grow; none where no pool is known, or where retries end it nobody knows where.
fn growth(busiest: &[(ComponentId, f64)], carried: Carried) -> Option<f64> {
    let by_pools = 1.0 / busiest.first()?.1;
    match carried {
        Carried::ByPools => Some(by_pools),
        Carried::ByRetries(growth) => Some(growth),
        Carried::Unknown => None,
    }
}

/// What the visited pools carry at the mean rates.
struct OfPools<'l> {
    visited: Vec<&'l StationLoad>,
    /// Whether every visited pool and every rate is known.
    is_complete: bool,
    /// The busiest pool of each component, busiest first.
    busiest: Vec<(ComponentId, f64)>,
    /// The rates of all journeys.
    rate: f64,
}

impl<'l> OfPools<'l> {
    fn of(system: &System, latency: &'l Latency) -> Self {
        let visited: Vec<&StationLoad> =
            latency.stations.iter().filter(|station| station.shards.iter().any(|shard| shard.arrivals.per_second() > 0.0)).collect();
        let is_complete =
            !visited.is_empty() && visited.iter().all(|station| station.is_known) && system.journeys.iter().all(|one| one.rate().is_some());
        let mut by_component: BTreeMap<ComponentId, f64> = BTreeMap::new();
        for station in &visited {
            if let Some(used) = station.used() {
                let most = by_component.entry(station.component).or_insert(0.0);
                *most = most.max(used);
            }
        }
        let mut busiest: Vec<(ComponentId, f64)> = by_component.into_iter().filter(|(_, used)| *used > 0.0).collect();
        busiest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let rate = system.journeys.iter().filter_map(|journey| journey.rate()).map(Rate::per_second).sum();
        Self { visited, is_complete, busiest, rate }
    }
}

/// `1 ÷ the highest utilization at the peak rates`.
fn peak_headroom(visited: &[&StationLoad]) -> Option<f64> {
    let most = visited.iter().filter_map(|station| station.peak_used()).max_by(f64::total_cmp)?;
    (most > 0.0).then(|| 1.0 / most)
}

/// Returns, per component, how busy it would be at the peak after the loss of the worst single place that leaves some of it, regions and providers not meant; none where its
/// load or its place is not known, or where no place takes a part of it.
pub fn busy_after_loss(system: &System, latency: &Latency) -> Vec<Option<f64>> {
    let mut worst: Vec<Option<f64>> = vec![None; system.components.len()];
    // A lost leader is replaced: the load of its shard stays what it is.
    for station in latency.stations.iter().filter(|station| station.is_known && !station.is_leader) {
        let component = system.component(station.component);
        for load in &station.shards {
            let Some(used) = load.peak_utilization else { continue };
            for shard in &load.shards {
                let instances = component.shard_instances(*shard);
                let mut lost: BTreeMap<LocationId, usize> = BTreeMap::new();
                for location in instances.iter().filter_map(|instance| instance.host).flat_map(|host| system.around(host.location)) {
                    *lost.entry(location).or_insert(0) += 1;
                }
                let is_single = |location: LocationId| {
                    let location = system.location(location);
                    location.is_failure_domain()
                        && location.count == 1
                        && !matches!(location.kind, LocationKind::Region | LocationKind::Provider)
                };
                for (_, lost) in lost.into_iter().filter(|(location, lost)| *lost < instances.len() && is_single(*location)) {
                    let carries = |replicas: usize| speedup(station.scaling, u32::try_from(replicas).unwrap_or(u32::MAX));
                    let after = used * carries(instances.len()) / carries(instances.len() - lost);
                    let entry = &mut worst[station.component.index()];
                    *entry = Some(entry.map_or(after, |most| most.max(after)));
                }
            }
        }
    }
    worst
}

/// Computes what is left without each place. Each instance is looked at once, with the places around it.
///
/// The leader of a shard is replaced by a survivor, whoever is promoted; the pool of a shard shrinks to its survivors. Fewer than the component needs carry nothing.
///
/// `whole` is the growth that the pools carry while nothing is lost, `retried` the share of it that retries leave.
fn after_losing(system: &System, visited: &[&StationLoad], whole: f64, retried: f64, rate: f64, is_complete: bool) -> Vec<AfterLosing> {
    let mut worst: BTreeMap<LocationId, (f64, ComponentId)> = BTreeMap::new();
    let mut is_only_read = vec![true; system.components.len()];
    for (_, call) in system.journeys.iter().flat_map(|journey| journey.calls.calls()) {
        is_only_read[system.carrier(call.callee).index()] &= access(system, call) == Access::Reads;
    }
    for station in visited {
        let component = system.component(station.component);
        let needed = u64::from(needs(component, is_only_read[station.component.index()]));
        let mut lost: Vec<BTreeMap<LocationId, u64>> = vec![BTreeMap::new(); component.shards.len()];
        for instance in &component.instances {
            for location in instance.host.into_iter().flat_map(|host| system.around(host.location)) {
                *lost[instance.shard as usize].entry(location).or_insert(0) += 1;
            }
        }
        for load in &station.shards {
            for shard in &load.shards {
                let all = component.shard_instances(*shard).len() as u64;
                for (location, lost) in &lost[*shard] {
                    let left = all - lost;
                    let carries = |replicas: u64| speedup(station.scaling, u32::try_from(replicas).unwrap_or(u32::MAX));
                    let growth = match load.utilization {
                        _ if left < needed.max(1) => 0.0,
                        Some(used) if used > 0.0 && station.is_leader => 1.0 / used,
                        Some(used) if used > 0.0 => carries(left) / carries(all) / used,
                        _ => f64::INFINITY,
                    };
                    let entry = worst.entry(*location).or_insert((f64::INFINITY, station.component));
                    if growth < entry.0 {
                        *entry = (growth, station.component);
                    }
                }
            }
        }
    }
    worst
        .into_iter()
        .filter(|(location, _)| system.location(*location).is_failure_domain())
        .filter_map(|(location, (affected, bottleneck))| {
            if !affected.is_finite() || affected >= whole {
                // The place holds no worker that limits anything: what limits the whole still does.
                return None;
            }
            let affected = affected * retried;
            let max_rate = (is_complete || affected == 0.0).then(|| Rate::new(rate * affected));
            Some(AfterLosing { location, growth: affected, max_rate, bottleneck })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{busy_after_loss, capacity};
    use crate::analysis::latency::{Depth, latency};
    use crate::model::testing::system;

    const SHOP: &str = "[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\n\
        [components]\nuser = { kind = \"client\" }\n\
        app = { kind = \"service\", on = [\"za\", \"zb\"], replicas = 4, concurrency = 10, service-time = \"20ms\" }\n\
        db = { kind = \"database\", on = \"za\", concurrency = 8, service-time = \"5ms\" }\n\
        [links]\n\"user -> app\" = {}\n\"app -> db\" = {}\n";

    /// 100/s: app 100·.020/40 = .05; db 3·100·.005/8 = .1875. So 533.3/s; then app at 2,000/s.
    #[test]
    fn the_fullest_pool_limits_the_mix() {
        let system = system(&format!(
            "{SHOP}[journeys.j]\nrate = \"100/s\"\npeak = \"200/s\"\nsteps = [\"user -> app\", {{ call = \"app -> db\", times = 3 }}]\n"
        ));
        let found = capacity(&system, &latency(&system, Depth::Explained));
        assert!((found.max_rate.expect("all is stated").per_second() - 533.333).abs() < 0.01);
        assert!((found.headroom.expect("all is stated") - 2.6667).abs() < 0.001);
        let id = |found: Option<crate::model::ComponentId>| found.map(|id| system.component(id).id.clone());
        assert_eq!(id(found.bottleneck).as_deref(), Some("db"));
        assert_eq!(id(found.next_bottleneck).as_deref(), Some("app"));
        // Zone za holds the only db; zone zb half of the app, which still does not limit.
        let lost: Vec<(&str, f64)> = found.after_losing.iter().map(|one| (system.location(one.location).id.as_str(), one.growth)).collect();
        assert_eq!(lost, [("r", 0.0), ("za", 0.0)]);
    }

    /// The app is 200·.020/40 = 10 % busy at the peak on two zones; half of it has twice as much. All of the db is in one zone.
    #[test]
    fn what_is_left_of_a_place_carries_the_rest() {
        let system = system(&format!("{SHOP}[journeys.j]\nrate = \"100/s\"\npeak = \"200/s\"\nsteps = [\"user -> app\", \"app -> db\"]\n"));
        let found = busy_after_loss(&system, &latency(&system, Depth::Findings));
        let of = |id: &str| found[system.find_component(id).expect("declared").index()];
        assert!((of("app").expect("on two zones") - 0.2).abs() < 1e-3);
        assert_eq!(of("db"), None);
    }

    /// One worker of exponential 10 ms, calls cut off after 100 ms and tried once more: at `x` arrivals the time is exponential with `1/(100 − x)`, so `x = λ·(1 + e^(−(100 − x)/10))`,
    /// which has a solution up to λ = max of `x ÷ (1 + e^((x − 100)/10))` = 70.47 at x = 80.5, whatever comes today.
    #[test]
    fn retries_end_the_growth_before_the_pool_is_full() {
        for rate in [10.0, 60.0, 90.0] {
            let system = system(&format!(
                "[components]\nuser = {{ kind = \"actor\" }}\na = {{ kind = \"service\", service-time = \"10ms\", concurrency = 1 }}\n\
                 [links]\n\"user -> a\" = {{ protocol = \"in-process\", timeout = \"100ms\", retries = 1 }}\n\
                 [assumptions]\n\"failed-call.same-zone\" = \"0%\"\n[journeys.j]\nrate = \"{rate}/s\"\nsteps = [\"user -> a\"]\n"
            ));
            let (most, at) = (1..1_000_u32)
                .map(|tenth| {
                    let x = f64::from(tenth) / 10.0;
                    (x / (1.0 + libm::exp((x - 100.0) / 10.0)), x)
                })
                .fold((0.0, 0.0), |best: (f64, f64), next| if next.0 > best.0 { next } else { best });
            assert!((most - 70.5).abs() < 0.1, "{most} at {at}");
            let found = capacity(&system, &latency(&system, Depth::Judged));
            let carried = found.max_rate.expect("all is stated").per_second();
            assert!((carried / most - 1.0).abs() < 0.01, "{carried}, not {most}, of {rate}");
        }
    }

    /// Two of three copies acknowledge, and two stand in the zone that is lost: one left answers nobody, though it has a worker. Of the other zone two are left, and carry two thirds.
    #[test]
    fn fewer_than_a_quorum_carry_nothing() {
        let system = system(
            "[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\n\
             [components]\nuser = { kind = \"client\" }\ndb = { kind = \"database\", on = [\"za\", \"zb\"], replicas = 3, needs = 2, concurrency = 1, service-time = \"10ms\" }\n\
             [links]\n\"user -> db\" = {}\n[journeys.j]\nrate = \"100/s\"\nsteps = [\"user -> db\"]\n",
        );
        let found = capacity(&system, &latency(&system, Depth::Explained));
        let growth =
            |id: &str| found.after_losing.iter().find(|one| system.location(one.location).id == id).expect("it holds workers").growth;
        assert_eq!(growth("za"), 0.0);
        assert!((growth("zb") - 2.0).abs() < 1e-9, "{}", growth("zb"));
    }

    #[test]
    fn what_is_not_stated_leaves_an_upper_bound() {
        let text = SHOP.replace("concurrency = 8, ", "");
        let system = system(&format!("{text}[journeys.j]\nrate = \"100/s\"\nsteps = [\"user -> app\", \"app -> db\"]\n"));
        let found = capacity(&system, &latency(&system, Depth::Explained));
        assert_eq!(found.max_rate, None);
        assert!((found.growth.expect("the app is known") - 20.0).abs() < 1e-4);
    }
}
