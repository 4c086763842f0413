//! How soon a journey is back after a loss, and how much acknowledged data is gone.
//!
//! The question: *which recovery time and which recovery point does each loss leave?* One domain is lost and all else is up.
//!
//! - **Back after**: a journey that loses requests is back when what is lost is restored (its mean time to restore; of a component also the `restore` of a failed
//!   change). One that loses none is still gone while a leader in the domain is replaced: `failover-time` + (1 − `failover-success`) · MTTR.
//! - **Data**: a place takes the copies in it with it; a process that stops takes only what it does not keep (`durable = false`). An acknowledged write is safe where more
//!   copies had to have it than are gone, or where the leader is left; else the followers' `lag` is lost, and without any copy what came after the last
//!   backup (`every`), or after what `=>` links carried elsewhere (`lag`, that of one after another added up; nothing where they are sync).
//!
//! Assumed: backups lie outside what is lost; restoring them takes no longer than restoring the place. Which write a journey loses is asked of the stores that it writes.
//!
//! Semantics, "Failure" (restore time, failover), "Links" (`=>`, `replication`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::availability::{failover_hours, restore_hours};
use super::blast_radius::{Domain, DomainKind};
use super::evaluation::Evaluation;
use super::events::{EffectId, can_fail, replicas};
use crate::analysis::communication::access;
use crate::model::{Component, ComponentId, Host, JourneyId, LinkId, LocationId, System};
use crate::quantity::Duration;
use crate::syntax::keys::{backup, component, link, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, ReplicationAck, ReplicationMode, ReplicationStyle};

/// A time that may be longer than what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtWorst {
    /// The longest that is known; infinite where all is lost.
    pub known: Duration,
    /// Whether that is all: nothing is missing for it.
    pub is_complete: bool,
}

impl AtWorst {
    /// None at all.
    pub const NONE: Self = Self { known: Duration::new(0.0), is_complete: true };
    const UNKNOWN: Self = Self { known: Duration::new(0.0), is_complete: false };
    const ALL: Self = Self { known: Duration::new(f64::INFINITY), is_complete: true };

    const fn of(time: Duration) -> Self {
        Self { known: time, is_complete: true }
    }

    /// Says whether there is nothing to tell.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Returns the time, where all of it is known.
    pub fn time(self) -> Option<Duration> {
        self.is_complete.then_some(self.known)
    }

    /// Both happen: the longer one counts.
    fn and(self, other: Self) -> Self {
        let known = if other.known.seconds() > self.known.seconds() { other.known } else { self.known };
        Self { known, is_complete: self.is_complete && other.is_complete }
    }

    /// Either helps: the shorter one counts, and one that is known bounds one that is not.
    fn or(self, other: Self) -> Self {
        match (self.is_complete, other.is_complete) {
            (true, true) if other.known.seconds() < self.known.seconds() => other,
            (false, true) => other,
            _ => self,
        }
    }
}

/// What a loss leaves of one journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recovery {
    /// The journey.
    pub journey: JourneyId,
    /// How long until it is back.
    pub back_after: AtWorst,
    /// The time span of acknowledged writes of the journey that are lost.
    pub data_lost: AtWorst,
}

/// What a loss leaves of every journey, and of all stores.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recoveries {
    /// Journeys that are gone for a time, or lose data; by id.
    pub journeys: Vec<Recovery>,
    /// The store that loses most, and what it loses; none where no store loses anything.
    pub data: Option<(ComponentId, AtWorst)>,
}

impl Recoveries {
    /// Returns how long it takes until every journey is back.
    pub fn back_after(&self) -> AtWorst {
        self.journeys.iter().fold(AtWorst::NONE, |worst, one| worst.and(one.back_after))
    }

    /// Returns the most that any store loses.
    pub fn data_lost(&self) -> AtWorst {
        self.data.map_or(AtWorst::NONE, |(_, lost)| lost)
    }
}

/// What each store's journeys and copies are, asked once for all domains.
pub(super) struct Stores {
    /// The stores that each journey writes.
    written: Vec<BTreeSet<ComponentId>>,
    /// By what is copied from: the links that copy it.
    copies: BTreeMap<ComponentId, Vec<LinkId>>,
}

impl Stores {
    pub(super) fn of(system: &System) -> Self {
        let mut copies: BTreeMap<ComponentId, Vec<LinkId>> = BTreeMap::new();
        for id in system.link_ids().filter(|id| system.link(*id).arrow == Arrow::Replication) {
            copies.entry(system.carrier(system.link(id).from)).or_default().push(id);
        }
        let written = |journey: &crate::model::Journey| {
            let writes = journey.calls.calls().filter(|(_, call)| access(system, call).is_write());
            writes.map(|(_, call)| system.carrier(call.callee)).filter(|id| keeps(system.component(*id))).collect()
        };
        Self { written: system.journeys.iter().map(written).collect(), copies }
    }

    /// Computes what the loss of a domain leaves.
    pub(super) fn recoveries(&self, evaluation: &Evaluation<'_>, domain: &Domain, effect: EffectId) -> Recoveries {
        let system = evaluation.system;
        // A store of which no instance is down loses nothing.
        let lost: Vec<(ComponentId, AtWorst)> = evaluation
            .touched(effect)
            .filter(|id| keeps(system.component(*id)))
            .map(|store| (store, self.data_lost(evaluation, domain.kind, effect, store)))
            .filter(|(_, lost)| !lost.is_none())
            .collect();
        let data = lost.iter().copied().reduce(|worst, one| if more(one.1, worst.1) { one } else { worst });
        let restored = restore_hours(system, domain.kind).map_or(AtWorst::UNKNOWN, |hours| AtWorst::of(hours_long(hours)));
        let mut failovers: Vec<(ComponentId, Duration)> = Vec::new();
        for component in evaluation.touched(effect) {
            if let Some(hours) = failover_of(evaluation, effect, component) {
                failovers.push((component, hours_long(hours)));
            }
        }
        let journeys = (0..system.journeys.len()).map(|at| {
            let journey = JourneyId::at(at);
            let mut back_after = if domain.lost.iter().any(|(one, _)| *one == journey) { restored } else { AtWorst::NONE };
            for (component, time) in &failovers {
                if evaluation.is_hard(*component, at) {
                    back_after = back_after.and(AtWorst::of(*time));
                }
            }
            let own = lost.iter().filter(|(store, _)| self.written[at].contains(store));
            Recovery { journey, back_after, data_lost: own.fold(AtWorst::NONE, |worst, (_, lost)| worst.and(*lost)) }
        });
        Recoveries { journeys: journeys.filter(|one| !one.back_after.is_none() || !one.data_lost.is_none()).collect(), data }
    }

    /// Returns the time span of acknowledged writes to a store that are gone.
    fn data_lost(&self, evaluation: &Evaluation<'_>, domain: DomainKind, effect: EffectId, id: ComponentId) -> AtWorst {
        let component = evaluation.system.component(id);
        let (destroyed, each) = (destroyed(evaluation, domain, effect, id), replicas(component).max(1));
        destroyed.chunk_by(|a, b| a / each == b / each).fold(AtWorst::NONE, |worst, of_shard| {
            let has_leader = of_shard.first().is_some_and(|first| first % each == 0);
            worst.and(if of_shard.len() == each {
                self.nothing_left(evaluation, domain, effect, id)
            } else {
                some_left(component, of_shard.len(), has_leader)
            })
        })
    }

    /// No copy of a shard is left: what copies elsewhere and backups have.
    fn nothing_left(&self, evaluation: &Evaluation<'_>, domain: DomainKind, effect: EffectId, id: ComponentId) -> AtWorst {
        let system = evaluation.system;
        let mut best = match system.component(id).facts.get(component::BACKUP) {
            Fact::Absent => AtWorst::ALL,
            Fact::Unknown => AtWorst::UNKNOWN,
            Fact::Stated(_) => {
                let every = system.component(id).facts.table(component::BACKUP).and_then(|facts| facts.get(backup::EVERY).stated());
                every.map_or(AtWorst::UNKNOWN, AtWorst::of)
            }
        };
        for (target, behind) in self.behind(system, id) {
            if destroyed(evaluation, domain, effect, target).len() < system.component(target).instances.len() {
                best = best.or(AtWorst::of(behind));
            }
        }
        best
    }

    /// Returns where copies of a store are carried to, also by way of others, and by how long what arrived there is behind, where that is known. What a copy passed on
    /// outlives it.
    fn behind(&self, system: &System, id: ComponentId) -> BTreeMap<ComponentId, Duration> {
        let mut behind = BTreeMap::from([(id, Duration::new(0.0))]);
        // First in, first out: copies that lie behind many others are looked at as often as there are components, at most.
        let mut open = VecDeque::from([id]);
        while let Some(from) = open.pop_front() {
            for copy in self.copies.get(&from).into_iter().flatten().map(|link| system.link(*link)) {
                let lag = match (copy.facts.get(link::MODE).stated(), copy.facts.get(link::LAG).stated()) {
                    (Some(ReplicationMode::Sync), _) => Duration::new(0.0),
                    (_, Some(lag)) => lag,
                    (_, None) => continue,
                };
                let (target, after) = (system.carrier(copy.to), Duration::new(behind[&from].seconds() + lag.seconds()));
                if behind.get(&target).is_none_or(|known| after.seconds() < known.seconds()) {
                    behind.insert(target, after);
                    open.push_back(target);
                }
            }
        }
        behind.remove(&id);
        behind
    }
}

fn hours_long(hours: f64) -> Duration {
    Duration::new(hours * 3_600.0)
}

/// Says whether a loss is worse than another: longer, or as long and less surely all.
fn more(a: AtWorst, b: AtWorst) -> bool {
    match a.known.seconds().total_cmp(&b.known.seconds()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => !a.is_complete && b.is_complete,
        std::cmp::Ordering::Less => false,
    }
}

/// Says whether a component keeps data that is not made again from elsewhere.
fn keeps(one: &Component) -> bool {
    let is_copy = one.facts.get(component::DERIVED).stated().is_some();
    match one.kind {
        ComponentKind::Database | ComponentKind::Queue | ComponentKind::Storage => !is_copy && !one.instances.is_empty(),
        ComponentKind::Cache => one.facts.get(component::SOURCE_OF_TRUTH).stated().is_some() && !one.instances.is_empty(),
        _ => false,
    }
}

/// Returns how long the failover of a component takes that a loss starts: it takes the leader of a shard, and not its followers.
fn failover_of(evaluation: &Evaluation<'_>, effect: EffectId, id: ComponentId) -> Option<f64> {
    let component = evaluation.system.component(id);
    if !can_fail(component) || component.replication_style() != Some(ReplicationStyle::SingleLeader) {
        return None;
    }
    let (range, each) = (evaluation.effects.instances.range(id), replicas(component));
    let down = evaluation.effects.within(effect, &range);
    let is_down = |at: usize| down.binary_search(&(range.start + u32::try_from(at).unwrap_or(u32::MAX))).is_ok();
    let starts = (0..component.shards.len()).any(|shard| {
        let first = shard * each;
        is_down(first) && (first + 1..first + each).any(|at| !is_down(at))
    });
    if starts { failover_hours(evaluation.system, id) } else { None }
}

/// Returns the instances of a component, by their index, whose data is gone.
fn destroyed(evaluation: &Evaluation<'_>, domain: DomainKind, effect: EffectId, id: ComponentId) -> Vec<usize> {
    let system = evaluation.system;
    let component = system.component(id);
    let range = evaluation.effects.instances.range(id);
    let forgets = component.facts.get(component::DURABLE).is_absent();
    let is_inside = |host: Host| match domain {
        DomainKind::Location(location) => stands_in(system, host, location),
        DomainKind::Host(lost) => {
            host == lost || lost.ordinal == 0 && host.location != lost.location && stands_in(system, host, lost.location)
        }
        DomainKind::SharedFate(fate) => {
            system.shared_fates[fate.index()].locations.iter().any(|location| stands_in(system, host, *location))
        }
        DomainKind::Component(_) => false,
    };
    let down = evaluation.effects.within(effect, &range).iter().map(|instance| (instance - range.start) as usize);
    down.filter(|at| forgets || component.instances[*at].host.is_some_and(is_inside)).collect()
}

fn stands_in(system: &System, host: Host, location: LocationId) -> bool {
    system.around(host.location).any(|around| around == location)
}

/// Some copies of a shard are left: does each acknowledged write stand in one of them?
fn some_left(component: &Component, gone: usize, leader_is_gone: bool) -> AtWorst {
    let Some(facts) = component.facts.table(component::REPLICATION) else { return AtWorst::UNKNOWN };
    let each = replicas(component);
    let quorum = facts.get(replication::WRITE_QUORUM).stated().and_then(|quorum| usize::try_from(quorum).ok());
    let holders = match facts.get(replication::ACK) {
        Fact::Stated(ReplicationAck::All) => Some(each),
        Fact::Stated(ReplicationAck::Quorum) => Some(quorum.unwrap_or(each / 2 + 1)),
        Fact::Stated(ReplicationAck::One | ReplicationAck::Async) | Fact::Absent => Some(1),
        Fact::Unknown => quorum,
    };
    let is_led = facts.get(replication::STYLE).stated() == Some(ReplicationStyle::SingleLeader);
    if holders.is_some_and(|holders| gone < holders) || is_led && !leader_is_gone {
        return AtWorst::NONE;
    }
    facts.get(replication::LAG).stated().map_or(AtWorst::UNKNOWN, AtWorst::of)
}

/// Returns the worst recovery that a single event leaves of a journey, of each time the event that brings it: how long until it is back, and what data it loses.
///
/// A component counts where something stops all of its replicas at once: it has one, or its failures have a common cause, or its changes fail.
pub fn worst_recovery(system: &System, domains: &[Domain], journey: usize) -> [(AtWorst, Option<String>); 2] {
    let mut worst = [(AtWorst::NONE, None), (AtWorst::NONE, None)];
    for domain in domains.iter().filter(|domain| is_single(system, domain.kind)) {
        let Some(one) = domain.recovery.journeys.iter().find(|one| one.journey.index() == journey) else { continue };
        for ((known, by), own) in worst.iter_mut().zip([one.back_after, one.data_lost]) {
            if own.known.seconds() > known.known.seconds() || by.is_none() && !own.is_none() {
                *by = Some(domain.id.clone());
            }
            *known = known.and(own);
        }
    }
    worst
}

/// Says whether one event takes the whole domain down.
fn is_single(system: &System, kind: DomainKind) -> bool {
    match kind {
        DomainKind::Location(location) => system.location(location).count <= 1,
        DomainKind::Host(_) | DomainKind::SharedFate(_) => true,
        DomainKind::Component(id) => super::availability::falls_as_a_whole(system, id),
    }
}
