//! Each sentence of the tables as a small model.

use super::{Pacelc, Pattern, guarantees};
use crate::model::testing::system;
use crate::syntax::vocabulary::Consistency;

fn class(replication: &str) -> Option<Pacelc> {
    let system = system(&format!("[components]\ndb = {{ kind = \"database\", replicas = 3, {replication} }}\n"));
    guarantees(&system).stores[0].class
}

#[test]
fn the_class_follows_from_how_copies_are_kept_and_read() {
    let leader = |rest: &str, reads: &str| class(&format!("replication = {{ style = \"single-leader\", {rest} }}{reads}"));
    assert_eq!(leader("ack = \"quorum\"", ", reads-from = \"leader\""), Some(Pacelc::PcEc));
    assert_eq!(leader("ack = \"all\"", ", reads-from = \"follower\""), Some(Pacelc::PcEl));
    assert_eq!(leader("ack = \"async\", failover = \"manual\"", ", reads-from = \"leader\""), Some(Pacelc::PcEl));
    assert_eq!(leader("ack = \"async\", failover = \"automatic\"", ", reads-from = \"leader\""), Some(Pacelc::PaEl));
    assert_eq!(leader("ack = \"async\"", ", reads-from = \"any\""), Some(Pacelc::PaEl));
    assert_eq!(leader("ack = \"async\"", ""), None, "who takes over is not stated");
    assert_eq!(class("replication = { style = \"multi-leader\" }"), Some(Pacelc::PaEl));
    assert_eq!(class("replication = { style = \"leaderless\", read-quorum = 2, write-quorum = 2 }"), Some(Pacelc::PcEc));
    assert_eq!(class("replication = { style = \"leaderless\", read-quorum = 1, write-quorum = 1 }"), Some(Pacelc::PaEl));
    assert_eq!(class("replication = { ack = \"quorum\" }"), None);
}

#[test]
fn a_journey_gets_what_its_weakest_read_gets() {
    let steps = "steps = [{ call = \"shop -> db\", writes = \"order\" }, { call = \"shop -> db\", reads = \"order\" }]\n";
    let got = |db: &str, reads: &str| {
        let text = format!(
            "[components]\nshop = {{ kind = \"service\" }}\ndb = {{ kind = \"database\", {db} }}\ncopy = {{ kind = \"cache\" }}\n[links]\n\"shop -> db\" = {{}}\n\"shop -> copy\" = {{}}\n\
             [entities]\norder = {{ truth = \"db\", copies = {{ copy = \"2s\" }} }}\n[journeys.buy]\nconsistency = \"read-your-writes\"\n{reads}"
        );
        guarantees(&system(&text)).journeys.remove(0).session
    };
    assert_eq!(got("replicas = 1", steps).gets.map(|got| got.word()), Some("linearizable"));
    let followers = "replicas = 3, reads-from = \"any\", replication = { style = \"single-leader\", ack = \"async\" }";
    let session = got(followers, steps);
    assert_eq!(session.gets.map(|got| got.word()), Some("eventual"));
    assert_eq!(session.lost().map(|(_, need)| need), Some(Consistency::ReadYourWrites));
    assert!(session.lost().is_some_and(|(read, _)| read.repair.contains("leader")));
    let leader = "replicas = 3, reads-from = \"leader\", replication = { style = \"single-leader\", ack = \"async\" }";
    assert_eq!(got(leader, steps).lost(), None);
    let cached = "steps = [{ call = \"shop -> db\", writes = \"order\" }, { call = \"shop -> copy\", reads = \"order\" }]\n";
    let session = got("replicas = 1", cached);
    assert_eq!(session.gets.map(|got| got.word()), Some("eventual"));
    assert_eq!(session.reads[0].lag.map(crate::quantity::Duration::seconds), Some(2.0));
    let unknown = got("replicas = 3, replication = { style = \"single-leader\" }", steps);
    assert_eq!((unknown.gets, unknown.lost()), (None, None), "which copy answers is not stated");
}

#[test]
fn what_one_hop_loses_is_lost_and_a_memory_clears_repeats() {
    let delivered = |send: &str, queue: &str, take: &str| {
        let text = format!(
            "[components]\nshop = {{ kind = \"service\" }}\nq = {{ kind = \"queue\", {queue} }}\nbill = {{ kind = \"service\" }}\n[links]\n\"shop ~> q\" = {{ {send} }}\n\"q ~> bill\" = {{ {take} }}\n\
             [journeys.buy]\nsteps = [\"shop ~> q\", \"q ~> bill\"]\n"
        );
        let found = guarantees(&system(&text)).journeys.remove(0).delivery.expect("it sends a message");
        (found.may_lose, found.may_duplicate)
    };
    let whole = "outbox = { table = \"o\", relay = \"cdc\" }";
    assert_eq!(delivered(whole, "durable = true", "ack = \"after\", dedup = true"), (Some(false), Some(false)));
    let forgets = "ack = \"after\", dedup = false, idempotent = false";
    assert_eq!(delivered(whole, "durable = true", forgets), (Some(false), Some(true)), "the relay itself may send twice");
    assert_eq!(delivered("confirm = true", "durable = true", "ack = \"after\", dedup = true"), (Some(false), Some(false)));
    assert_eq!(
        delivered("confirm = true", "durable = true", "ack = \"after\", dedup = false, idempotent = false"),
        (Some(false), Some(true))
    );
    assert_eq!(delivered("confirm = true", "durable = false", "ack = \"after\""), (Some(true), None));
    assert_eq!(delivered("confirm = false", "durable = true", "ack = \"after\", dedup = true"), (Some(true), Some(false)));
    assert_eq!(delivered("confirm = true", "durable = true", "ack = \"before\""), (Some(true), Some(false)));
    assert_eq!(delivered("", "", ""), (None, None), "nothing is stated");
}

#[test]
fn several_writes_are_kept_together_or_not() {
    let pattern = |journey: &str, publish: &str, steps: &str| {
        let text = format!(
            "[components]\nshop = {{ kind = \"service\" }}\ndb = {{ kind = \"database\" }}\nq = {{ kind = \"queue\" }}\npay = {{ kind = \"service\" }}\nship = {{ kind = \"service\" }}\n\
             [links]\n\"shop -> db\" = {{ effect = \"write\" }}\n\"shop ~> q\" = {{ {publish} }}\n\"shop -> pay\" = {{ effect = \"irreversible\" }}\n\"shop -> ship\" = {{ effect = \"write\" }}\n\
             [journeys.buy]\n{journey}\nsteps = [{steps}]\n"
        );
        guarantees(&system(&text)).journeys.remove(0).atomicity.pattern
    };
    assert_eq!(pattern("", "", "\"shop -> db\""), Pattern::SingleWrite);
    assert_eq!(pattern("", "outbox = { table = \"o\", relay = \"cdc\" }", "\"shop -> db\", \"shop ~> q\""), Pattern::TransactionalOutbox);
    assert_eq!(pattern("", "outbox = { table = \"o\", relay = \"none\" }", "\"shop -> db\", \"shop ~> q\""), Pattern::IncompleteOutbox);
    assert_eq!(pattern("", "outbox = false", "\"shop -> db\", \"shop ~> q\""), Pattern::Uncoordinated);
    assert_eq!(pattern("", "", "\"shop -> db\", \"shop ~> q\""), Pattern::Unknown);
    let two = "\"shop -> pay\", \"shop -> ship\"";
    assert_eq!(pattern("saga = false", "", two), Pattern::Uncoordinated);
    assert_eq!(pattern("saga = { style = \"orchestrated\", compensations = [\"refund\"] }", "", two), Pattern::OrchestratedSaga);
    assert_eq!(pattern("partial-ok = true", "", two), Pattern::AcceptedPartial);
    assert_eq!(pattern("", "", two), Pattern::Unknown);
}
