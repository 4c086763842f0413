//! What a write makes travel between copies.
//!
//! The question: *which visits write, how many messages does a write send to the other copies, how far do they go, and does the writer wait?*
//! Semantics, "Links": `replicas` with `replication` need no `=>`.

use std::collections::BTreeMap;

use super::protocols;
use crate::model::{Call, Component, ComponentId, DistanceClass, DistanceMix, Host, Instance, LocationId, System};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Effect, ReplicationAck, ReplicationStyle};

/// What a visit does to the data of its callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It only reads.
    Reads,
    /// It writes.
    Writes,
    /// It is not said; into a store that counts as writing.
    AssumedWrites,
    /// It is not said or stated absent, and nothing is assumed.
    Unstated,
}

impl Access {
    /// Says whether the visit counts as writing.
    pub const fn is_write(self) -> bool {
        matches!(self, Self::Writes | Self::AssumedWrites)
    }
}

/// Returns what a step's visits do.
///
/// What the step says (`writes`, then `reads`) is nearer than what its link says (`effect`). Semantics, "Links": a step of unknown effect into a database,
/// queue, storage or cache counts as writing, assumed.
pub fn access(system: &System, call: &Call) -> Access {
    if !call.writes.is_empty() {
        return Access::Writes;
    }
    if !call.reads.is_empty() {
        return Access::Reads;
    }
    match system.link(call.link).facts.get(link::EFFECT) {
        Fact::Stated(Effect::Read) => Access::Reads,
        Fact::Stated(Effect::Write | Effect::Irreversible) => Access::Writes,
        Fact::Unknown if system.component(call.callee).is_store() => Access::AssumedWrites,
        Fact::Unknown | Fact::Absent => Access::Unstated,
    }
}

/// How the copies of one shard are kept alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copying {
    /// Who takes the writes; a leader where it is not stated.
    pub(super) style: ReplicationStyle,
    /// The copies of one shard.
    pub(super) copies: u32,
    /// Whether a writer waits one round trip for other copies.
    pub(super) waits: bool,
    /// Whether that had to be assumed, because `ack` is not stated.
    pub(super) assumed_ack: bool,
}

impl Copying {
    /// Reads how a component copies; nothing without a stated `replication`.
    ///
    /// Waits: async and one for nothing; quorum for the majority's round trip; all for the slowest follower's. Where `ack` is not stated, a
    /// `write-quorum` above 1 waits too, and else nothing does, assumed.
    pub(super) fn of(component: &Component) -> Option<Self> {
        let facts = component.facts.table(component::REPLICATION)?;
        let style = facts.get(replication::STYLE).or(ReplicationStyle::SingleLeader);
        let copies = component.replicas;
        let acknowledged = match facts.get(replication::ACK) {
            Fact::Stated(ReplicationAck::Quorum | ReplicationAck::All) => true,
            Fact::Stated(ReplicationAck::One | ReplicationAck::Async) | Fact::Absent => false,
            Fact::Unknown => facts.get(replication::WRITE_QUORUM).or(1) > 1,
        };
        let assumed_ack = !facts.get(replication::ACK).is_known() && !facts.get(replication::WRITE_QUORUM).is_known();
        Some(Self { style, copies, waits: acknowledged && copies > 1, assumed_ack })
    }

    /// Returns the messages of one write among a number of copies: `2(n−1)` under a leader, `2n` without one.
    pub(super) fn messages(self, copies: u64) -> u64 {
        match self.style {
            ReplicationStyle::SingleLeader | ReplicationStyle::MultiLeader => protocols::leader_replication(copies).messages,
            ReplicationStyle::Leaderless => protocols::quorum(copies, copies).messages,
        }
    }
}

/// Returns how far the messages between the copies of a component travel, its shards weighed by `weight`.
///
/// Under one leader they travel between a shard's first replica and the others; under several leaders between any two replicas, equally likely; without a
/// leader any replica coordinates and asks all, itself included, over no network.
pub(super) fn copies_mix(system: &System, id: ComponentId, copying: Copying, weight: impl Fn(usize) -> f64) -> DistanceMix {
    let component = system.component(id);
    let mut mix = DistanceMix::default();
    if component.instances.is_empty() {
        return mix;
    }
    for shard in 0..component.shards.len() {
        let all = component.shard_instances(shard);
        let (from, to, oneself) = match copying.style {
            ReplicationStyle::SingleLeader => (&all[..1], &all[1..], Oneself::Apart),
            ReplicationStyle::MultiLeader => (all, all, Oneself::Skipped),
            ReplicationStyle::Leaderless => (all, all, Oneself::Local),
        };
        add_pairs(system, from, to, oneself, weight(shard), &mut mix);
    }
    mix
}

/// Returns how far the messages between the copies of a component travel, its shards weighed by their share of the load; nothing where it keeps no copies.
pub fn copies_distance(system: &System, id: ComponentId) -> Option<DistanceMix> {
    let component = system.component(id);
    let copying = Copying::of(component)?;
    Some(copies_mix(system, id, copying, |shard| component.shards[shard].share))
}

/// What becomes of the pairs of an instance with itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Oneself {
    /// The two pools have no instance in common.
    Apart,
    /// They are left out.
    Skipped,
    /// They stay on one machine.
    Local,
}

/// A pool counted by place, and by machine and place where machines can be shared.
#[derive(Default)]
struct Census {
    places: BTreeMap<Option<LocationId>, u64>,
    machines: BTreeMap<Host, BTreeMap<LocationId, u64>>,
    /// Instances on a machine that is theirs alone, by place.
    alone: BTreeMap<Option<LocationId>, u64>,
}

impl Census {
    fn of(system: &System, pool: &[Instance]) -> Self {
        let mut census = Self::default();
        for instance in pool {
            let place = instance.host.map(|host| host.location);
            *census.places.entry(place).or_insert(0) += 1;
            match instance.host.and_then(|host| Some((system.machine(host)?, host.location))) {
                Some((machine, location)) => *census.machines.entry(machine).or_default().entry(location).or_insert(0) += 1,
                None => *census.alone.entry(place).or_insert(0) += 1,
            }
        }
        census
    }
}

/// Adds the classes of all pairs between two pools, counted in whole numbers: time grows with the number of places, not of replicas squared.
#[expect(clippy::cast_precision_loss, reason = "a shard has at most 10,000 replicas: 1e8 pairs")]
fn add_pairs(system: &System, from: &[Instance], to: &[Instance], oneself: Oneself, weight: f64, mix: &mut DistanceMix) {
    let own = if oneself == Oneself::Skipped { from.len() } else { 0 };
    let pairs = (from.len() * to.len() - own) as f64;
    if pairs == 0.0 {
        return;
    }
    let (callers, callees) = (Census::of(system, from), Census::of(system, to));
    let mut together: BTreeMap<(LocationId, LocationId), u64> = BTreeMap::new();
    for (machine, here) in &callers.machines {
        for (a, x) in here {
            for (b, y) in callees.machines.get(machine).into_iter().flatten() {
                *together.entry((*a, *b)).or_insert(0) += x * y;
            }
        }
    }
    let on_shared_machines: u64 = callers.machines.values().flat_map(BTreeMap::values).sum();
    let alone: u64 = callers.alone.values().sum();
    let same_machine: u64 = together.values().sum::<u64>() + if oneself == Oneself::Local { alone } else { 0 };
    let left_out = if oneself == Oneself::Skipped { on_shared_machines } else { 0 };
    mix.add(DistanceClass::SameHost, weight * (same_machine - left_out) as f64 / pairs);
    for (a, x) in &callers.places {
        for (b, y) in &callees.places {
            let with_oneself = if oneself != Oneself::Apart && a == b { callers.alone.get(a).copied().unwrap_or(0) } else { 0 };
            let (Some(from), Some(to)) = (a, b) else {
                mix.add(DistanceClass::Unplaced, weight * (x * y - with_oneself) as f64 / pairs);
                continue;
            };
            let apart = x * y - with_oneself - together.get(&(*from, *to)).copied().unwrap_or(0);
            if apart > 0 {
                let share = weight * apart as f64 / pairs;
                let (class, assumed) = system.class_between(*from, *to);
                mix.add(class, share);
                mix.assumed_cross_zone |= assumed;
                if let Some(pair) = system.network_pair(*from, *to) {
                    *mix.pairs.entry((pair, class)).or_insert(0.0) += share;
                }
            }
        }
    }
}
