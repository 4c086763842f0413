//! The guarantee that a journey's reads really get, against the one that it needs.
//!
//! A journey gets what its weakest read gets. A read of the truth depends on which copies answer; a read of another component's copy lags behind. Sources:
//! Terry and others, "Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994; jepsen.io/consistency.

use crate::model::{Component, ComponentId, EntityId, Journey, LinkId, System};
use crate::quantity::{Duration, duration};
use crate::source::Span;
use crate::syntax::keys::{Table, component, entity, journey, link, objectives, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, Symbols, Value};
use crate::syntax::vocabulary::{Consistency, ReadsFrom, ReplicationAck, ReplicationMode, ReplicationStyle};

/// What a reader sees; each implies those behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Got {
    /// As if there were one copy.
    pub linearizable: bool,
    /// A user's own writes.
    pub read_your_writes: bool,
    /// Never an older state than before.
    pub monotonic: bool,
}

impl Got {
    const ALL: Self = Self { linearizable: true, read_your_writes: true, monotonic: true };
    const SESSION: Self = Self { linearizable: false, ..Self::ALL };
    const MONOTONIC: Self = Self { linearizable: false, read_your_writes: false, monotonic: true };
    const EVENTUAL: Self = Self { linearizable: false, read_your_writes: false, monotonic: false };

    /// Says whether a need is met.
    pub const fn meets(self, need: Consistency) -> bool {
        match need {
            Consistency::Linearizable => self.linearizable,
            Consistency::ReadYourWrites => self.read_your_writes,
            Consistency::Monotonic => self.monotonic,
            Consistency::Eventual => true,
        }
    }

    /// Returns the strongest word that holds.
    pub const fn word(self) -> &'static str {
        match self {
            Self { linearizable: true, .. } => "linearizable",
            Self { read_your_writes: true, monotonic: true, .. } => "read-your-writes, monotonic",
            Self { read_your_writes: true, .. } => "read-your-writes",
            Self { monotonic: true, .. } => "monotonic",
            Self { .. } => "eventual",
        }
    }
}

/// One read of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What is read.
    pub entity: EntityId,
    /// The link along which.
    pub link: LinkId,
    /// Where.
    pub store: ComponentId,
    /// What it gets; none where a fact is missing.
    pub got: Option<Got>,
    /// Why, or what is missing.
    pub because: String,
    /// The cheapest way to more.
    pub repair: &'static str,
    /// How far the copy is behind, where that is stated.
    pub lag: Option<Duration>,
    /// The step.
    pub span: Span,
}

/// What a journey needs and gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What it needs, its own or the system's.
    pub needs: Vec<Consistency>,
    /// What its weakest read gets; none where it reads no entity, or a fact is missing.
    pub gets: Option<Got>,
    /// Its reads, in order.
    pub reads: Vec<Read>,
}

impl Session {
    /// Returns the first read that loses a need, and the need.
    pub fn lost(&self) -> Option<(&Read, Consistency)> {
        self.needs.iter().find_map(|need| Some((self.reads.iter().find(|read| read.got.is_some_and(|got| !got.meets(*need)))?, *need)))
    }
}

/// Returns what a journey needs and gets.
pub fn session(system: &System, one: &Journey) -> Session {
    let own = one.facts.get(journey::CONSISTENCY);
    let needs = match own {
        Fact::Unknown => system.single(Table::Objectives).map_or(Fact::Unknown, |facts| facts.get(objectives::CONSISTENCY)),
        stated => stated,
    };
    let needs = if let Fact::Stated(Symbols(list)) = needs { list } else { Vec::new() };
    let reads: Vec<Read> = one
        .calls
        .calls()
        .flat_map(|(_, call)| call.reads.iter().map(move |entity| (call, *entity)))
        .map(|(call, entity)| {
            let (got, because, repair) = read(system, call.callee, call.caller, call.link, entity);
            Read {
                entity,
                link: call.link,
                store: call.callee,
                got,
                because,
                repair,
                lag: lag(system, entity, call.callee),
                span: call.span,
            }
        })
        .collect();
    let gets = reads.iter().map(|read| read.got).reduce(|a, b| {
        let (a, b) = (a?, b?);
        Some(Got {
            linearizable: a.linearizable && b.linearizable,
            read_your_writes: a.read_your_writes && b.read_your_writes,
            monotonic: a.monotonic && b.monotonic,
        })
    });
    Session { needs, gets: gets.flatten(), reads }
}

type Judged = (Option<Got>, String, &'static str);

fn read(system: &System, store: ComponentId, caller: ComponentId, along: LinkId, id: EntityId) -> Judged {
    let one = &system.entities[id.index()];
    let name = &system.component(store).id;
    if one.facts.get(entity::IMMUTABLE).holds() {
        return (Some(Got::ALL), format!("`{}` never changes", one.id), "");
    }
    if one.truth == Some(store) {
        let sticky =
            system.component(caller).facts.get(component::STICKY).holds() || system.component(store).facts.get(component::STICKY).holds();
        return of_truth(system.component(store), sticky);
    }
    if !one.copies.contains(&store) {
        return (None, format!("needs to know whether `{name}` is the truth of `{}` or a copy (`truth`, `copies`)", one.id), "");
    }
    let fed: Vec<_> = system.links.iter().filter(|link| link.to == store && link.arrow == Arrow::Replication).collect();
    if fed.iter().any(|link| link.facts.get(link::MODE) == Fact::Stated(ReplicationMode::Sync)) {
        return (Some(Got::SESSION), format!("`{name}` has every write before it is acknowledged"), "read the truth");
    }
    let _ = along;
    let behind = lag(system, id, store).map_or_else(String::new, |lag| format!(", by up to {}", duration(lag)));
    (
        Some(Got::EVENTUAL),
        format!("`{name}` is a copy that follows behind{behind}"),
        "read the truth after a write, or let the copy be written with it (`mode = \"sync\"`)",
    )
}

/// Judges a read of the source of truth.
fn of_truth(one: &Component, sticky: bool) -> Judged {
    let name = &one.id;
    if one.replicas <= 1 {
        return (Some(Got::ALL), format!("`{name}` is the only copy"), "");
    }
    let Some(facts) = one.facts.table(component::REPLICATION) else { return (None, format!("needs `replication` of `{name}`"), "") };
    match facts.get(replication::STYLE) {
        Fact::Stated(ReplicationStyle::SingleLeader) => match one.facts.get(component::READS_FROM) {
            Fact::Stated(ReadsFrom::Leader) => (Some(Got::ALL), format!("the leader of `{name}` answers"), ""),
            Fact::Stated(ReadsFrom::Quorum) => (Some(Got::SESSION), format!("a quorum of `{name}` answers"), "read from the leader"),
            Fact::Stated(ReadsFrom::Any | ReadsFrom::Follower) => match facts.get(replication::ACK) {
                Fact::Stated(ReplicationAck::All) => (
                    Some(Got::SESSION),
                    format!("every copy of `{name}` has a write before it is acknowledged"),
                    "read from the leader (`reads-from = \"leader\"`)",
                ),
                Fact::Unknown => (None, format!("needs `replication.ack` of `{name}`"), ""),
                _ if sticky => (
                    Some(Got::MONOTONIC),
                    format!("one follower of `{name}` answers a user, and it may be behind"),
                    "read from the leader after a write (`reads-from = \"leader\"`)",
                ),
                _ => (
                    Some(Got::EVENTUAL),
                    format!("any follower of `{name}` answers, and each may be behind by another time"),
                    "read from the leader after a write (`reads-from = \"leader\"`)",
                ),
            },
            Fact::Unknown | Fact::Absent => (None, format!("needs `reads-from` of `{name}`"), ""),
        },
        Fact::Stated(ReplicationStyle::Leaderless) => match (facts.get(replication::READ_QUORUM), facts.get(replication::WRITE_QUORUM)) {
            (Fact::Stated(r), Fact::Stated(w)) if r + w > u64::from(one.replicas) => (
                Some(Got::SESSION),
                format!("{r} read and {w} written of {} copies of `{name}` overlap", one.replicas),
                "use a store with a leader or a consensus for this data",
            ),
            (Fact::Stated(r), Fact::Stated(w)) => (
                Some(Got::EVENTUAL),
                format!("{r} read and {w} written of {} copies of `{name}` need not overlap", one.replicas),
                "read and write more than half together (`read-quorum` + `write-quorum` > replicas)",
            ),
            _ => (None, format!("needs `replication.read-quorum` and `write-quorum` of `{name}`"), ""),
        },
        Fact::Stated(ReplicationStyle::MultiLeader) => {
            let got = if sticky { Got::SESSION } else { Got::EVENTUAL };
            (Some(got), format!("each leader of `{name}` answers with what it has"), "route a user to the same leader (`sticky = true`)")
        }
        Fact::Unknown | Fact::Absent => (None, format!("needs `replication.style` of `{name}`"), ""),
    }
}

/// Returns how far a copy is behind the truth: as the entity states it, else the sum of the lags along the shortest chain of `=>` links from the truth.
fn lag(system: &System, id: EntityId, store: ComponentId) -> Option<Duration> {
    let one = &system.entities[id.index()];
    if let Some(Value::Copies(copies)) = one.facts.value(entity::COPIES)
        && let Some((_, Some(lag))) = copies.0.iter().find(|(word, _)| word.text == system.component(store).id)
    {
        return Some(Duration::new(lag.likely));
    }
    let truth = one.truth?;
    // Backwards from the copy: each copy has one source in a model that makes sense; a circle ends the walk.
    let (mut at, mut sum, mut steps) = (store, 0.0, 0);
    while at != truth {
        let link = system.links.iter().find(|link| link.to == at && link.arrow == Arrow::Replication)?;
        sum += link.facts.get(link::LAG).stated()?.seconds();
        at = link.from;
        steps += 1;
        if steps > system.links.len() {
            return None;
        }
    }
    (steps > 0).then(|| Duration::new(sum))
}
