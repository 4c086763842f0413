//! Distance classes, and the share of calls of each class between two placed components.
//!
//! Semantics, "Counting".

use std::collections::BTreeMap;

use super::system::{Component, ComponentId, Host, Instance, LinkId, LocationId, System};
use crate::syntax::keys::link;
use crate::syntax::vocabulary::{LocationKind, Route};

/// How far a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DistanceClass {
    /// Inside a process.
    InProcess,
    /// On one machine.
    SameHost,
    /// Inside a zone.
    SameZone,
    /// Between zones of a region.
    CrossZone,
    /// Between near regions; only by an override.
    CrossRegionNear,
    /// Between regions of a continent.
    CrossRegionContinental,
    /// Between continents.
    CrossRegionIntercontinental,
    /// Over the internet.
    Internet,
    /// Unknown: an end has no place; figures of the same zone are assumed.
    Unplaced,
}

impl DistanceClass {
    /// All classes, nearest first.
    pub const ALL: &'static [Self] = &[
        Self::InProcess,
        Self::SameHost,
        Self::SameZone,
        Self::CrossZone,
        Self::CrossRegionNear,
        Self::CrossRegionContinental,
        Self::CrossRegionIntercontinental,
        Self::Internet,
        Self::Unplaced,
    ];

    /// Returns the word that files and results use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InProcess => "in-process",
            Self::SameHost => "same-host",
            Self::SameZone => "same-zone",
            Self::CrossZone => "cross-zone",
            Self::CrossRegionNear => "cross-region-near",
            Self::CrossRegionContinental => "cross-region-continental",
            Self::CrossRegionIntercontinental => "cross-region-intercontinental",
            Self::Internet => "internet",
            Self::Unplaced => "unplaced",
        }
    }

    /// Finds a class by its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.word() == word)
    }

    /// Says whether messages of this class cross a network.
    pub const fn crosses_network(self) -> bool {
        !matches!(self, Self::InProcess | Self::SameHost)
    }

    /// Returns the name of the assumed share of failed calls.
    pub const fn failed_call_assumption(self) -> &'static str {
        match self {
            Self::InProcess => "failed-call.in-process",
            Self::SameHost => "failed-call.same-host",
            Self::SameZone | Self::Unplaced => "failed-call.same-zone",
            Self::CrossZone => "failed-call.cross-zone",
            Self::CrossRegionNear | Self::CrossRegionContinental | Self::CrossRegionIntercontinental => "failed-call.region",
            Self::Internet => "failed-call.internet",
        }
    }
}

/// The share of a link's messages per distance class, and whether a share was assumed for want of a zone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DistanceMix {
    /// Shares that add up to 1.
    pub shares: BTreeMap<DistanceClass, f64>,
    /// Whether `cross-zone` was assumed because a zone is not stated.
    pub assumed_cross_zone: bool,
    /// The part of the shares that travels between two locations of which `[network]` speaks, the smaller id first.
    pub pairs: BTreeMap<((LocationId, LocationId), DistanceClass), f64>,
}

impl DistanceMix {
    fn only(class: DistanceClass) -> Self {
        Self { shares: BTreeMap::from([(class, 1.0)]), ..Self::default() }
    }

    pub(crate) fn add(&mut self, class: DistanceClass, share: f64) {
        if share > 0.0 {
            *self.shares.entry(class).or_insert(0.0) += share;
        }
    }

    /// Says whether any message crosses a network.
    pub fn crosses_network(&self) -> bool {
        self.shares.iter().any(|(class, share)| class.crosses_network() && *share > 0.0)
    }

    /// Returns the sum over classes of share times a figure of the class.
    pub fn mean(&self, figure: impl Fn(DistanceClass) -> f64) -> f64 {
        self.shares.iter().map(|(class, share)| share * figure(*class)).sum()
    }
}

/// Where an instance is, as far as distance is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    zone: Option<LocationId>,
    region: Option<LocationId>,
    provider: Option<LocationId>,
}

const ZONES: &[LocationKind] = &[LocationKind::Zone, LocationKind::Datacenter];

impl System {
    fn place(&self, location: LocationId) -> Place {
        Place {
            zone: self.enclosing(location, ZONES),
            region: self.enclosing(location, &[LocationKind::Region]),
            provider: self.enclosing(location, &[LocationKind::Provider]),
        }
    }

    /// Returns the machine of a host where two instances can share it.
    pub(crate) fn machine(&self, host: Host) -> Option<Host> {
        self.around(host.location).find(|at| self.location(*at).is_machine()).map(|location| {
            // A host inside a machine (a namespace of a node, say) stands on that machine.
            if location == host.location { host } else { Host { location, ordinal: 0 } }
        })
    }

    /// Returns the distance class of two places that are not on one machine.
    pub(crate) fn class_between(&self, from: LocationId, to: LocationId) -> (DistanceClass, bool) {
        let (a, b) = (self.place(from), self.place(to));
        let differ = |a: Option<LocationId>, b: Option<LocationId>| a.is_some() && b.is_some() && a != b;
        if differ(a.region, b.region) || differ(a.provider, b.provider) || self.providers_differ(from, to) {
            return (self.region_class(from, to), false);
        }
        if differ(a.zone, b.zone) {
            return (DistanceClass::CrossZone, false);
        }
        if a.zone.is_some() && a.zone == b.zone {
            return (DistanceClass::SameZone, false);
        }
        (DistanceClass::CrossZone, true)
    }

    /// Returns the innermost two locations around two places of which `[network]` speaks.
    pub(crate) fn network_pair(&self, from: LocationId, to: LocationId) -> Option<(LocationId, LocationId)> {
        if self.network_pairs.is_empty() {
            return None;
        }
        self.around(from)
            .flat_map(|a| self.around(to).map(move |b| (a.min(b), a.max(b))))
            .find(|pair| self.network_pairs.contains_key(pair))
    }

    fn providers_differ(&self, from: LocationId, to: LocationId) -> bool {
        let provider = |at: LocationId| self.location(at).provider.as_deref();
        matches!((provider(from), provider(to)), (Some(a), Some(b)) if a != b)
    }

    /// Equal code up to the first hyphen: continental; different: intercontinental; no code: continental.
    fn region_class(&self, from: LocationId, to: LocationId) -> DistanceClass {
        let area = |at: LocationId| self.location(at).code.as_deref().map(|code| code.split('-').next().unwrap_or(code).to_owned());
        match (area(from), area(to)) {
            (Some(a), Some(b)) if a != b => DistanceClass::CrossRegionIntercontinental,
            _ => DistanceClass::CrossRegionContinental,
        }
    }

    /// Returns how far the messages of a link travel, over all its routes.
    ///
    /// Caller and callee replicas weigh equally unless the route says otherwise. The share on one machine is `Σ x(m)·y(m)`, the rest is split by places:
    /// time is the product of the numbers of distinct locations of both ends, not of their replicas.
    pub fn distance_mix(&self, id: LinkId) -> DistanceMix {
        let link = self.link(id);
        match link.facts.text(link::PROTOCOL) {
            Some("in-process") => return DistanceMix::only(DistanceClass::InProcess),
            Some("loopback" | "unix") => return DistanceMix::only(DistanceClass::SameHost),
            _ => {}
        }
        let (from, to) = (self.carrier(link.from), self.carrier(link.to));
        if from == to {
            // Modules of one component, or a sidecar's host: see semantics, "Links".
            let in_process = self.component(link.from).instances.is_empty() || self.component(link.to).instances.is_empty();
            return DistanceMix::only(if in_process { DistanceClass::InProcess } else { DistanceClass::SameHost });
        }
        let (caller, callee) = (self.component(from), self.component(to));
        if self.is_beside(link.from, link.to) {
            return DistanceMix::only(DistanceClass::SameHost);
        }
        let unplaced = |component: &Component| component.instances.iter().all(|instance| instance.host.is_none());
        if [caller, callee].iter().any(|end| end.is_caller() && unplaced(end)) {
            return DistanceMix::only(DistanceClass::Internet);
        }
        if unplaced(caller) || unplaced(callee) {
            return DistanceMix::only(DistanceClass::Unplaced);
        }
        let mut mix = DistanceMix::default();
        for (from, to, weight) in self.routed(id, caller, callee) {
            self.mix_pools(&from, &to, weight, &mut mix);
        }
        mix
    }

    /// Returns the component whose process carries a component: a module's is that which it lives in.
    pub fn carrier(&self, id: ComponentId) -> ComponentId {
        let component = self.component(id);
        match component.of {
            Some(of) if component.kind == crate::syntax::vocabulary::ComponentKind::Module => self.carrier(of),
            _ => id,
        }
    }

    /// Says whether a link joins a sidecar and its host.
    pub fn is_beside(&self, a: ComponentId, b: ComponentId) -> bool {
        use crate::syntax::vocabulary::ComponentKind::Sidecar;
        let beside =
            |sidecar: ComponentId, host: ComponentId| self.component(sidecar).kind == Sidecar && self.component(sidecar).of == Some(host);
        beside(a, b) || beside(b, a)
    }

    /// Returns the pools of instances that talk to each other, with the share of the link's messages between them.
    fn routed(&self, id: LinkId, caller: &Component, callee: &Component) -> Vec<(Vec<Instance>, Vec<Instance>, f64)> {
        let leads = self.calls_leader(id);
        let target =
            |pool: &[Instance]| -> Vec<Instance> { pool.iter().filter(|instance| !leads || instance.replica == 0).copied().collect() };
        let shards = 0..callee.shards.len();
        match self.route(id) {
            Route::SameShard if caller.shards.len() == callee.shards.len() => shards
                .map(|index| (caller.shard_instances(index).to_vec(), target(callee.shard_instances(index)), callee.shards[index].share))
                .collect(),
            Route::ShardKey | Route::SameShard | Route::Leader if callee.is_sharded() => {
                // All callers reach all shards: one pool, in which each shard's instances share its share.
                let pool = shards.flat_map(|index| {
                    let mut pool = target(callee.shard_instances(index));
                    let total: f64 = pool.iter().map(|instance| instance.weight).sum();
                    for instance in &mut pool {
                        instance.weight *= callee.shards[index].share / total;
                    }
                    pool
                });
                vec![(caller.instances.clone(), pool.collect(), 1.0)]
            }
            Route::ZoneLocal => self.zone_local(&caller.instances, &callee.instances),
            _ => vec![(caller.instances.clone(), target(&callee.instances), 1.0)],
        }
    }

    /// Splits callers by zone: each calls the replicas in its zone, all if there is none. Who is in no zone, such as users of a region, calls those in its region.
    fn zone_local(&self, from: &[Instance], to: &[Instance]) -> Vec<(Vec<Instance>, Vec<Instance>, f64)> {
        let near = |instance: &Instance| {
            let location = instance.host?.location;
            self.enclosing(location, ZONES).or_else(|| self.enclosing(location, &[LocationKind::Region]))
        };
        let is_inside = |instance: &Instance, at| instance.host.is_some_and(|host| self.around(host.location).any(|around| around == at));
        let mut by_place: BTreeMap<Option<LocationId>, Vec<Instance>> = BTreeMap::new();
        for instance in from {
            by_place.entry(near(instance)).or_default().push(*instance);
        }
        let total: f64 = from.iter().map(|instance| instance.weight).sum();
        by_place
            .into_iter()
            .map(|(at, callers)| {
                let local: Vec<Instance> = to.iter().copied().filter(|instance| at.is_some_and(|at| is_inside(instance, at))).collect();
                let weight: f64 = callers.iter().map(|instance| instance.weight).sum();
                (callers, if local.is_empty() { to.to_vec() } else { local }, weight / total)
            })
            .collect()
    }

    /// Returns the instances of a pool that callers reach which keep their calls near, with their shares of these calls.
    pub(super) fn near(&self, from: &[Instance], to: &[Instance]) -> Vec<Instance> {
        let mut shares = vec![0.0; to.len()];
        for (_, local, weight) in self.zone_local(from, to) {
            let all: f64 = local.iter().map(|instance| instance.weight).sum();
            for instance in local {
                if let Some(at) = to.iter().position(|other| *other == instance) {
                    shares[at] += weight * instance.weight / all;
                }
            }
        }
        to.iter().zip(shares).filter(|(_, share)| *share > 0.0).map(|(instance, share)| Instance { weight: share, ..*instance }).collect()
    }

    /// Adds the classes between two pools of instances.
    fn mix_pools(&self, from: &[Instance], to: &[Instance], weight: f64, mix: &mut DistanceMix) {
        let (from_places, from_machines) = self.spread_of(from);
        let (to_places, to_machines) = self.spread_of(to);
        let mut shared_by_place: BTreeMap<(LocationId, LocationId), f64> = BTreeMap::new();
        for (machine, here) in &from_machines {
            for (a, x) in here {
                for (b, y) in to_machines.get(machine).into_iter().flatten() {
                    mix.add(DistanceClass::SameHost, weight * x * y);
                    *shared_by_place.entry((*a, *b)).or_insert(0.0) += x * y;
                }
            }
        }
        for (a, x) in &from_places {
            for (b, y) in &to_places {
                let (Some(from), Some(to)) = (a, b) else {
                    mix.add(DistanceClass::Unplaced, weight * x * y);
                    continue;
                };
                let shared = shared_by_place.get(&(*from, *to)).copied().unwrap_or(0.0);
                let (class, assumed) = self.class_between(*from, *to);
                let share = x * y - shared;
                if share > 1e-15 {
                    mix.add(class, weight * share);
                    mix.assumed_cross_zone |= assumed;
                    if let Some(pair) = self.network_pair(*from, *to) {
                        *mix.pairs.entry((pair, class)).or_insert(0.0) += weight * share;
                    }
                }
            }
        }
    }

    /// Returns the shares of a pool's work by location, and by machine and location where machines can be shared.
    #[expect(clippy::type_complexity, reason = "two maps of shares, used by one caller")]
    fn spread_of(&self, pool: &[Instance]) -> (BTreeMap<Option<LocationId>, f64>, BTreeMap<Host, BTreeMap<LocationId, f64>>) {
        let total: f64 = pool.iter().map(|instance| instance.weight).sum();
        let (mut places, mut machines) = (BTreeMap::new(), BTreeMap::<Host, BTreeMap<LocationId, f64>>::new());
        for instance in pool {
            let share = instance.weight / total;
            *places.entry(instance.host.map(|host| host.location)).or_insert(0.0) += share;
            if let Some(host) = instance.host
                && let Some(machine) = self.machine(host)
            {
                *machines.entry(machine).or_default().entry(host.location).or_insert(0.0) += share;
            }
        }
        (places, machines)
    }

    /// Returns the stated route of a link, or its default (semantics, "Links").
    pub fn route(&self, id: LinkId) -> Route {
        let link = self.link(id);
        let (caller, callee) = (self.component(self.carrier(link.from)), self.component(link.to));
        if let Some(route) = link.facts.get(link::ROUTE).stated() {
            return route;
        }
        if callee.is_sharded() {
            let same_names =
                caller.is_sharded() && caller.shards.iter().map(|shard| &shard.name).eq(callee.shards.iter().map(|shard| &shard.name));
            let key = |component: &Component| component.facts.text(crate::syntax::keys::component::SHARD_KEY).map(str::to_owned);
            // Different keys draw independently, whatever their shards are called.
            let same_key = key(caller).is_some() && key(caller) == key(callee);
            return if same_names && same_key { Route::SameShard } else { Route::ShardKey };
        }
        if self.is_single_leader(link.to) { Route::Leader } else { Route::Any }
    }

    /// Says whether a component has one leader and followers.
    pub fn is_single_leader(&self, id: ComponentId) -> bool {
        self.component(id).replication_style() == Some(crate::syntax::vocabulary::ReplicationStyle::SingleLeader)
    }

    /// Says whether a link's calls reach the leader of a shard only.
    ///
    /// Within a shard of a single-leader component the leader is called, unless the route is `any` or `zone-local`, or reads go elsewhere.
    pub fn calls_leader(&self, id: LinkId) -> bool {
        use crate::syntax::vocabulary::{Effect, ReadsFrom};
        let link = self.link(id);
        if !self.is_single_leader(link.to) || matches!(self.route(id), Route::Any | Route::ZoneLocal) {
            return false;
        }
        let reads = link.facts.get(link::EFFECT).stated() == Some(Effect::Read);
        let reads_from = self.component(link.to).facts.get(crate::syntax::keys::component::READS_FROM).stated();
        !(reads && matches!(reads_from, Some(ReadsFrom::Any | ReadsFrom::Follower | ReadsFrom::Quorum)))
    }
}
