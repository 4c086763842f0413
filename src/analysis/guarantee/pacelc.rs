//! The PACELC class of each store with copies, and of each replication link: if there is a partition, availability or consistency; else, latency or
//! consistency.
//!
//! Source: Abadi, "Consistency Tradeoffs in Modern Distributed Database System Design", IEEE Computer 45(2), 2012. The class follows from how copies are kept
//! and read, as it is stated, not from the name of a product: sources disagree on products, and products are configured.

use crate::model::{Component, System};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Failover, ReadsFrom, ReplicationAck, ReplicationMode, ReplicationStyle, Vocabulary};

/// A PACELC class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pacelc {
    /// Consistent when cut off, consistent otherwise.
    PcEc,
    /// Consistent when cut off, fast otherwise.
    PcEl,
    /// Available when cut off, consistent otherwise.
    PaEc,
    /// Available when cut off, fast otherwise.
    PaEl,
}

impl Pacelc {
    /// Returns the usual name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::PcEc => "PC/EC",
            Self::PcEl => "PC/EL",
            Self::PaEc => "PA/EC",
            Self::PaEl => "PA/EL",
        }
    }
}

/// What a store, or a replication link, does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreGuarantee {
    /// The component, or the link's key.
    pub id: String,
    /// The class; none where a fact is missing.
    pub class: Option<Pacelc>,
    /// Why, or what is missing.
    pub because: String,
}

/// Classifies every store with copies and every replication link.
pub fn pacelc(system: &System) -> Vec<StoreGuarantee> {
    let stores =
        system.components.iter().filter(|one| one.is_store() && one.replicas > 1 && one.facts.table(component::REPLICATION).is_some());
    let mut list: Vec<StoreGuarantee> = stores.map(store).collect();
    for one in system.links.iter().filter(|one| one.arrow == Arrow::Replication) {
        let (class, because) = match one.facts.get(link::MODE) {
            Fact::Stated(ReplicationMode::Sync) => (Some(Pacelc::PcEc), "a write waits for the copy, and fails without it"),
            Fact::Stated(ReplicationMode::Async) | Fact::Absent => (Some(Pacelc::PaEl), "a write does not wait for the copy"),
            Fact::Unknown => (None, "needs `mode`"),
        };
        list.push(StoreGuarantee { id: one.id.clone(), class, because: because.to_owned() });
    }
    list.sort_by(|a, b| a.id.cmp(&b.id));
    list
}

/// Classifies a store.
///
/// Single leader: a quorum or all acknowledge, and reads ask the leader or a quorum: PC/EC; followers answer: PC/EL. One copy acknowledges: EL; when the
/// leader is cut off, a person decides (PC/EL), or a follower takes over and acknowledged writes may be lost (PA/EL). Leaderless with read-quorum +
/// write-quorum > copies: PC/EC, else PA/EL. Several leaders: PA/EL.
fn store(one: &Component) -> StoreGuarantee {
    let id = one.id.clone();
    let unknown = |needs: &str| StoreGuarantee { id: one.id.clone(), class: None, because: format!("needs `{needs}`") };
    let Some(facts) = one.facts.table(component::REPLICATION) else { return unknown("replication") };
    let Fact::Stated(style) = facts.get(replication::STYLE) else { return unknown("replication.style") };
    // Consumers of a queue take from its leader.
    let reads = match one.facts.get(component::READS_FROM) {
        Fact::Unknown if one.kind == ComponentKind::Queue => Fact::Stated(ReadsFrom::Leader),
        reads => reads,
    };
    let (class, because) = match style {
        ReplicationStyle::MultiLeader => (Pacelc::PaEl, "each leader takes writes when it is cut off from the others".to_owned()),
        ReplicationStyle::Leaderless => match (facts.get(replication::READ_QUORUM), facts.get(replication::WRITE_QUORUM)) {
            (Fact::Stated(r), Fact::Stated(w)) if r + w > u64::from(one.replicas) => {
                (Pacelc::PcEc, format!("{r} read and {w} written of {} copies overlap; fewer do not answer", one.replicas))
            }
            (Fact::Stated(r), Fact::Stated(w)) => {
                (Pacelc::PaEl, format!("{r} read and {w} written of {} copies need not overlap", one.replicas))
            }
            (Fact::Stated(_), _) => return unknown("replication.write-quorum"),
            _ => return unknown("replication.read-quorum"),
        },
        ReplicationStyle::SingleLeader => {
            let Fact::Stated(ack) = facts.get(replication::ACK) else { return unknown("replication.ack") };
            let waits = matches!(ack, ReplicationAck::Quorum | ReplicationAck::All);
            match (waits, reads, facts.get(replication::FAILOVER)) {
                (true, Fact::Unknown, _) => return unknown("reads-from"),
                (true, Fact::Stated(ReadsFrom::Any | ReadsFrom::Follower), _) => {
                    (Pacelc::PcEl, format!("a write waits for {}, and followers answer reads", ack.word()))
                }
                (true, ..) => (Pacelc::PcEc, format!("a write waits for {}, and the leader answers reads", ack.word())),
                (false, Fact::Stated(ReadsFrom::Any | ReadsFrom::Follower), _) => {
                    (Pacelc::PaEl, "a write waits for nobody, and followers answer reads, cut off or not".to_owned())
                }
                (false, _, Fact::Stated(Failover::Automatic)) => {
                    (Pacelc::PaEl, "a write waits for nobody, and a follower takes over: what it has not got is lost".to_owned())
                }
                (false, _, Fact::Stated(Failover::Manual) | Fact::Absent) => {
                    (Pacelc::PcEl, "a write waits for nobody, and no follower takes over by itself".to_owned())
                }
                (false, _, Fact::Unknown) => return unknown("replication.failover"),
            }
        }
    };
    StoreGuarantee { id, class: Some(class), because }
}
