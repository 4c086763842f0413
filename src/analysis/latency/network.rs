//! How long a message is under way: round trips by placement, and the waits of a write for its copies.
//!
//! A round trip is lognormal through its median and its 99th percentile; over several distances it is the mixture by their shares. Semantics, "Links", "Counting".

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::distribution::{Distribution, Mixture, kth_of};
use crate::model::{Component, ComponentId, DistanceClass, Host, LinkId, LocationId, System};
use crate::quantity::{Duration, Probability};
use crate::syntax::keys::{component, link, network, replication};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ReadsFrom, ReplicationAck, ReplicationStyle};

/// The most different places of one shard's copies that may coordinate a write; those beyond are taken to be like the first.
const MAX_COORDINATORS: usize = 64;

/// The constants of the network, read once.
pub(super) struct Network<'s> {
    system: &'s System,
    /// By class: median and the ratio of the 99th percentile to it.
    assumed: Vec<(f64, f64)>,
    /// Round trips that were made already, by median and ratio.
    made: RefCell<BTreeMap<(u64, u64), Distribution>>,
}

/// The name of a class's assumed round trip; none inside a process.
pub(super) const fn round_trip_assumption(class: DistanceClass) -> Option<&'static str> {
    match class {
        DistanceClass::InProcess => None,
        DistanceClass::Unplaced => Some(DistanceClass::SameZone.word()),
        _ => Some(class.word()),
    }
}

/// The name of a class's assumed ratio of the 99th percentile to the median; none inside a process.
pub(super) const fn tail_assumption(class: DistanceClass) -> Option<&'static str> {
    match class {
        DistanceClass::InProcess => None,
        DistanceClass::SameHost => Some("round-trip-tail.same-host"),
        DistanceClass::SameZone | DistanceClass::Unplaced => Some("round-trip-tail.same-zone"),
        DistanceClass::CrossZone => Some("round-trip-tail.cross-zone"),
        DistanceClass::CrossRegionNear | DistanceClass::CrossRegionContinental | DistanceClass::CrossRegionIntercontinental => {
            Some("round-trip-tail.region")
        }
        DistanceClass::Internet => Some("round-trip-tail.internet"),
    }
}

impl<'s> Network<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        let value = |name: Option<&str>| name.map_or(0.0, |name| system.assumptions.value(name));
        let assumed = DistanceClass::ALL
            .iter()
            .map(|class| {
                let stated = system.network_classes.get(class).and_then(|facts| facts.get(network::ROUND_TRIP).stated());
                let median = stated.map_or_else(|| value(round_trip_assumption(*class)), Duration::seconds);
                (median, value(tail_assumption(*class)))
            })
            .collect();
        Self { system, assumed, made: RefCell::default() }
    }

    /// Returns the round trip of a class; between two locations of `[network]` where they are given, and where that states it.
    fn of_class(&self, class: DistanceClass, pair: Option<(LocationId, LocationId)>) -> Distribution {
        let stated = pair.and_then(|pair| self.system.network_pairs.get(&pair)?.get(network::ROUND_TRIP).stated());
        let (median, tail) = self.assumed[class as usize];
        self.lognormal(stated.map_or(median, Duration::seconds), tail)
    }

    fn lognormal(&self, median: f64, tail: f64) -> Distribution {
        let make = || Distribution::lognormal(Duration::new(median), Duration::new(median * tail));
        self.made.borrow_mut().entry((median.to_bits(), tail.to_bits())).or_insert_with(make).clone()
    }

    /// Returns the round trip of a link: what it states itself, else the mixture of its distances.
    pub(super) fn round_trip(&self, id: LinkId) -> Distribution {
        let mix = self.system.distance_mix(id);
        let stated = self.system.link(id).facts.get(link::ROUND_TRIP).stated().map(Duration::seconds);
        let mut mixture = Mixture::default();
        for (class, share) in &mix.shares {
            if let Some(median) = stated.filter(|_| class.crosses_network()) {
                let tail = self.assumed[*class as usize].1;
                mixture.add(*share, self.lognormal(median, tail));
                continue;
            }
            let mut left = *share;
            for ((pair, _), part) in mix.pairs.iter().filter(|((_, of), _)| of == class) {
                mixture.add(*part, self.of_class(*class, Some(*pair)));
                left -= part;
            }
            // What is left of a share whose parts were all taken out is rounding.
            if left > 1e-12 {
                mixture.add(left, self.of_class(*class, None));
            }
        }
        mixture.total()
    }

    /// Returns the seconds that a byte takes on a link; 0 where no bandwidth is stated.
    pub(super) fn seconds_per_byte(&self, id: LinkId) -> f64 {
        let per_byte = |bandwidth: f64| if bandwidth > 0.0 { 1.0 / bandwidth } else { 0.0 };
        if let Some(stated) = self.system.link(id).facts.get(link::BANDWIDTH).stated() {
            return per_byte(stated.bytes_per_second());
        }
        let mix = self.system.distance_mix(id);
        let stated = |class: &DistanceClass| self.system.network_classes.get(class)?.get(network::BANDWIDTH).stated();
        let mut seconds: f64 =
            mix.shares.iter().filter_map(|(class, share)| Some(share * per_byte(stated(class)?.bytes_per_second()))).sum();
        for ((pair, class), share) in &mix.pairs {
            if let Some(own) = self.system.network_pairs.get(pair).and_then(|facts| facts.get(network::BANDWIDTH).stated()) {
                let of_class = stated(class).map_or(0.0, |bandwidth| per_byte(bandwidth.bytes_per_second()));
                seconds += share * (per_byte(own.bytes_per_second()) - of_class);
            }
        }
        seconds.max(0.0)
    }

    /// Returns a round trip on one machine: a hop to a sidecar.
    pub(super) fn same_host(&self) -> Distribution {
        self.of_class(DistanceClass::SameHost, None)
    }

    /// Returns what a write waits for the component's own copies, shards weighed by their share; nothing where it does not wait.
    ///
    /// quorum: the round trip to the follower that completes the majority; all: the slowest follower's; without a leader: the `write-quorum`-th answer of all
    /// copies (the majority's where it is not stated). The copies answer independently.
    pub(super) fn wait_for_copies(&self, id: ComponentId) -> Option<Distribution> {
        let component = self.system.component(id);
        let waited = answers_waited_for(component)?;
        if component.instances.is_empty() {
            return None;
        }
        // Shards whose copies stand alike wait alike.
        let mut alike: BTreeMap<Vec<(Distance, u64)>, f64> = BTreeMap::new();
        for shard in 0..component.shards.len() {
            let coordinators = self.coordinators(component, shard, waited.has_leader);
            for (distances, part) in coordinators {
                *alike.entry(distances).or_insert(0.0) += part * component.shards[shard].share;
            }
        }
        let mut mixture = Mixture::default();
        for (distances, share) in alike {
            let times: Vec<(Distribution, u64)> =
                distances.iter().map(|((class, pair), count)| (self.of_class(*class, *pair), *count)).collect();
            let times: Vec<(&Distribution, u64)> = times.iter().map(|(time, count)| (time, *count)).collect();
            mixture.add(share, kth_of(&times, u64::from(waited.answers)));
        }
        Some(mixture.total())
    }

    /// Returns the distances from each possible coordinator of a shard's writes to its other copies, with the coordinator's share of the writes.
    fn coordinators(&self, component: &Component, shard: usize, has_leader: bool) -> Vec<(Vec<(Distance, u64)>, f64)> {
        let mut places: BTreeMap<(Option<Host>, Option<LocationId>), u64> = BTreeMap::new();
        let instances = component.shard_instances(shard);
        let place = |at: usize| {
            let host = instances[at].host;
            // Hosts matter only where two copies may share one; else their location tells the distance.
            (host.filter(|host| self.system.machine(*host).is_some()), host.map(|host| host.location))
        };
        for at in 0..instances.len() {
            *places.entry(place(at)).or_insert(0) += 1;
        }
        let from: Vec<(Option<Host>, Option<LocationId>)> =
            if has_leader { vec![place(0)] } else { places.keys().take(MAX_COORDINATORS).copied().collect() };
        let all: u64 = from.iter().map(|from| places[from]).sum();
        from.iter()
            .map(|from| {
                let mut distances: BTreeMap<Distance, u64> = BTreeMap::new();
                for (to, count) in &places {
                    let others = count - u64::from(to == from);
                    if others > 0 {
                        *distances.entry(self.distance(*from, *to)).or_insert(0) += others;
                    }
                }
                if !has_leader {
                    // Without a leader the coordinator is one of the copies: its own answer comes at once.
                    *distances.entry((DistanceClass::InProcess, None)).or_insert(0) += 1;
                }
                #[expect(clippy::cast_precision_loss, reason = "a shard has at most 10,000 replicas")]
                let share = if has_leader { 1.0 } else { places[from] as f64 / all as f64 };
                (distances.into_iter().collect(), share)
            })
            .collect()
    }

    fn distance(&self, from: (Option<Host>, Option<LocationId>), to: (Option<Host>, Option<LocationId>)) -> Distance {
        if let (Some(a), Some(b)) = (from.0, to.0)
            && self.system.machine(a).is_some()
            && self.system.machine(a) == self.system.machine(b)
        {
            return (DistanceClass::SameHost, None);
        }
        match (from.1, to.1) {
            (Some(a), Some(b)) => (self.system.class_between(a, b).0, self.system.network_pair(a, b)),
            _ => (DistanceClass::Unplaced, None),
        }
    }
}

/// How far two copies are apart.
type Distance = (DistanceClass, Option<(LocationId, LocationId)>);

/// How many copies must answer before a write is acknowledged.
struct Answers {
    answers: u32,
    has_leader: bool,
}

fn answers_waited_for(component: &Component) -> Option<Answers> {
    let facts = component.facts.table(component::REPLICATION)?;
    let copies = component.replicas;
    let quorum = facts.get(replication::WRITE_QUORUM).stated().map(|quorum| u32::try_from(quorum).unwrap_or(copies).min(copies));
    let has_leader = facts.get(replication::STYLE).or(ReplicationStyle::SingleLeader) != ReplicationStyle::Leaderless;
    let majority = copies / 2 + 1;
    let needed = match facts.get(replication::ACK) {
        Fact::Stated(ReplicationAck::All) => copies,
        Fact::Stated(ReplicationAck::Quorum) => quorum.unwrap_or(majority),
        Fact::Stated(ReplicationAck::One | ReplicationAck::Async) | Fact::Absent => 1,
        Fact::Unknown => quorum.unwrap_or(1),
    };
    if copies < 2 || needed < 2 {
        return None;
    }
    // The leader itself is one of those that have the write.
    Some(Answers { answers: if has_leader { needed - 1 } else { needed }, has_leader })
}

/// Says whether reads of a component wait for several copies.
pub(super) fn reads_a_quorum(component: &Component) -> bool {
    component.facts.get(component::READS_FROM).stated() == Some(ReadsFrom::Quorum)
}

/// Returns the mean of a share over the distances of a link.
pub(super) fn failed_calls(system: &System, id: LinkId) -> Probability {
    Probability::new(system.distance_mix(id).mean(|class| system.assumptions.value(class.failed_call_assumption())))
}
