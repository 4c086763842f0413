//! Cases counted by hand, one sentence of the semantics each.

use std::collections::BTreeMap;

use super::{
    Access, Attempted, Communication, DistanceClass, JourneyCommunication, Limit, LinkUse, Visits, access, communication, expected_attempts,
};
use crate::model::System;
use crate::model::testing::system;
use crate::quantity::Bytes;

const PLACES: &str = "[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\nzc = { kind = \"zone\", in = \"r\" }\n";

/// Reads a model of services `a` to `e`, a database `db` and a client `user`, all calls between them known.
fn services(steps: &str) -> System {
    system(&format!(
        "{PLACES}[defaults.service]\non = \"za\"\n[components]\nuser = {{ kind = \"client\" }}\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\n\
         c = {{ kind = \"service\" }}\nd = {{ kind = \"service\" }}\ne = {{ kind = \"service\" }}\ndb = {{ kind = \"database\", on = \"zb\" }}\n\
         [links]\n\"user -> a\" = {{ payload = \"100B\", response = \"1KB\" }}\n\"a -> b, c, d, e, db\" = {{ payload = \"10B\", response = \"20B\" }}\n\
         \"b -> c, d, e, db\" = {{}}\n\"c -> d\" = {{}}\n\"a ~> e\" = {{ payload = \"7B\" }}\n\"e -> d\" = {{}}\n\
         [journeys.j]\nsteps = [{steps}]\n"
    ))
}

fn only(system: &System) -> JourneyCommunication {
    communication(system).journeys.remove(0)
}

fn counted(steps: &str) -> JourneyCommunication {
    only(&services(steps))
}

fn round_trips(steps: &str) -> f64 {
    counted(steps).serial_round_trips
}

fn visits<'c>(system: &System, counted: &'c JourneyCommunication, id: &str) -> &'c Visits {
    counted.visits.iter().find(|one| system.component(one.component).id == id).expect("the component is visited")
}

fn link_use<'c>(system: &System, counted: &'c JourneyCommunication, id: &str) -> &'c LinkUse {
    counted.links.iter().find(|one| system.link(one.link).id == id).expect("the link is used")
}

fn by_word(crossings: &BTreeMap<DistanceClass, f64>) -> Vec<(&'static str, f64)> {
    crossings.iter().map(|(class, messages)| (class.word(), *messages)).collect()
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "{a} is not {b}");
}

/// Semantics, "Counting": a call is 2 messages, a message 1; a message's response is 0.
#[test]
fn a_call_is_two_messages_and_a_message_one() {
    let counted = counted(r#""user -> a", "a -> b", "a ~> e""#);
    assert_eq!(counted.messages.first, 5.0);
    // 100 + 1,000; 10 + 20; 7.
    assert_eq!(counted.bytes.first.bytes(), 1_137.0);
    assert_eq!(by_word(&counted.crossings), [("same-zone", 3.0), ("internet", 2.0)]);
    assert_eq!(counted.network_messages(), 5.0);
    assert_eq!(counted.network_bytes().bytes(), 1_137.0);
}

/// Semantics, "Journeys": `times = n` is n calls in a row, visits of the subtree × n; `when = p`: the subtree happens with probability p.
#[test]
fn times_and_when_multiply_the_subtree() {
    let system = services(r#""user -> a", { call = "a -> b", times = 3, when = 0.5 }, { call = "b -> c", times = 4 }"#);
    let counted = only(&system);
    assert_eq!(visits(&system, &counted, "b").visits.first, 1.5);
    assert_eq!(visits(&system, &counted, "c").visits.first, 6.0);
    assert_eq!(visits(&system, &counted, "user").visits.first, 1.0);
    assert_eq!(counted.messages.first, 2.0 * (1.0 + 1.5 + 6.0));
    // T = 1 + 0.5 · 3 · (1 + 4).
    assert_eq!(counted.serial_round_trips, 8.5);
}

/// Semantics, "Counting": sequence adds, parallel takes the largest, `quorum = k` the k-th smallest.
#[test]
fn round_trips_of_sequences_and_parallel_steps() {
    assert_eq!(round_trips(r#""user -> a", "a -> b", "a -> c""#), 3.0);
    // Members wait 1, 3 and 2.
    let members = r#"["a -> b"], ["a -> c", { call = "c -> d", times = 2 }], ["a -> d", "a -> e"]"#;
    assert_eq!(round_trips(&format!(r#""user -> a", {{ parallel = [{members}] }}"#)), 1.0 + 3.0);
    assert_eq!(round_trips(&format!(r#""user -> a", {{ parallel = [{members}], quorum = 1 }}"#)), 1.0 + 1.0);
    assert_eq!(round_trips(&format!(r#""user -> a", {{ parallel = [{members}], quorum = 2 }}"#)), 1.0 + 2.0);
    // All are sent and counted: 1 + 1 + 3 + 2 calls.
    let counted = counted(&format!(r#""user -> a", {{ parallel = [{members}], quorum = 2 }}"#));
    assert_eq!((counted.messages.first, counted.fan_out, counted.depth), (14.0, 3, 3));
}

/// Semantics, "Journeys": a choice is exclusive; `else` runs on a miss; `first-of` sends the messages of the first.
#[test]
fn branches_weigh_by_how_often_they_run() {
    let choice =
        counted(r#""user -> a", { choice = [ { share = 0.75, steps = ["a -> b"] }, { share = 0.25, steps = ["a -> c", "c -> d"] } ] }"#);
    assert_eq!(choice.messages.first, 2.0 + 0.75 * 2.0 + 0.25 * 4.0);
    assert_eq!(choice.serial_round_trips, 1.0 + 0.75 + 0.25 * 2.0);
    assert_eq!(choice.depth, 3);
    let cached = counted(r#""user -> a", { call = "a -> b", hit = 0.75, else = [{ call = "a -> db", times = 2, reads = [] }] }"#);
    assert_eq!(cached.messages.first, 2.0 + 2.0 + 0.25 * 4.0);
    assert_eq!(cached.serial_round_trips, 1.0 + 1.0 + 0.25 * 2.0);
    // A lookup that happens for half of the requests, twice for each of them, misses 0.5 · 2 · 0.25 times.
    let seldom =
        counted(r#""user -> a", { call = "a -> b", when = 0.5, times = 2, hit = 0.75, else = [{ call = "a -> db", reads = [] }] }"#);
    assert_eq!(seldom.messages.first, 2.0 + 2.0 + 0.25 * 2.0);
    assert_eq!(seldom.serial_round_trips, 1.0 + 1.0 + 0.25);
    let first = counted(r#""user -> a", { first-of = ["a -> b", ["a -> c", "c -> d"]], switch = "30s" }"#);
    assert_eq!((first.messages.first, first.serial_round_trips, first.depth), (4.0, 2.0, 2));
}

/// Semantics, "Journeys": a `~>` step and all below it is off the response path: messages and bytes, but no latency. Depth counts synchronous calls.
#[test]
fn what_follows_a_message_is_counted_but_not_waited_for() {
    let counted = counted(r#""user -> a", "a ~> e", { call = "e -> d", times = 5 }"#);
    assert_eq!((counted.messages.first, counted.serial_round_trips, counted.depth), (2.0 + 1.0 + 10.0, 1.0, 1));
}

/// Semantics, "Journeys": a link from an actor to a client is use: no messages, bytes, latency.
#[test]
fn a_person_uses_a_client_free_of_charge() {
    let system = system(&format!(
        "{PLACES}[components]\np = {{ kind = \"actor\" }}\napp = {{ kind = \"client\" }}\ns = {{ kind = \"service\", on = \"za\" }}\n\
         [links]\n\"p -> app\" = {{}}\n\"app -> s\" = {{ payload = \"1KB\", response = \"1KB\" }}\n\
         [journeys.j]\nsteps = [{{ call = \"p -> app\", times = 3 }}, \"app -> s\"]\n"
    ));
    let all = communication(&system);
    let counted = &all.journeys[0];
    assert_eq!((counted.messages.first, counted.bytes.first.bytes(), counted.serial_round_trips, counted.depth), (6.0, 6_000.0, 3.0, 1));
    assert_eq!(visits(&system, counted, "app").visits.first, 3.0);
    assert!(all.asked.iter().all(|asked| !asked.path.starts_with("links.p -> app")));
}

/// Semantics, "Counting": E[attempts] = (1−p^(r+1))/(1−p); it multiplies the load of the call and its subtree.
#[test]
fn retries_multiply_the_call_and_its_subtree() {
    assert_eq!(expected_attempts(0.5, 0), 1.0);
    assert_eq!(expected_attempts(0.5, 1), 1.5);
    assert_eq!(expected_attempts(0.5, 2), 1.75);
    assert_eq!(expected_attempts(1.0, 3), 4.0);
    assert_eq!(expected_attempts(0.0, 3), 1.0);
    let system = system(&format!(
        "[assumptions]\n\"failed-call.same-zone\" = \"50%\"\n{PLACES}[components]\na = {{ kind = \"service\", on = \"za\" }}\n\
         b = {{ kind = \"service\", on = \"za\" }}\nc = {{ kind = \"service\", on = \"za\" }}\n\
         [links]\n\"a -> b\" = {{ retries = 2 }}\n\"b -> c\" = {{ retries = 1 }}\n[journeys.j]\nsteps = [\"a -> b\", {{ call = \"b -> c\", times = 2 }}]\n"
    ));
    let counted = only(&system);
    // b: 1.75 attempts; c: 1.75 · 2 · 1.5.
    assert_eq!(counted.messages, Attempted { first: 6.0, with_retries: 2.0 * 1.75 + 2.0 * 5.25 });
    assert_eq!(visits(&system, &counted, "c").visits, Attempted { first: 2.0, with_retries: 5.25 });
    assert_eq!(link_use(&system, &counted, "b -> c").calls.with_retries, 5.25);
    // 3 KB a call, assumed.
    assert_eq!(counted.bytes.with_retries.bytes(), 3_000.0 * 7.0);
}

/// Semantics, "Counting": overhead 0 unless stated; lost bytes are sent again; `payload` absent is assumed, `false` is nothing; a step overrides.
#[test]
fn sizes_overhead_and_loss() {
    let model = |link: &str, step: &str| {
        only(&system(&format!(
            "{PLACES}[components]\na = {{ kind = \"service\", on = \"za\" }}\nb = {{ kind = \"service\", on = \"zb\" }}\n[links]\n\"a -> b\" = {{ {link} }}\n\
             [journeys.j]\nsteps = [{{ call = \"a -> b\"{step} }}]\n[network]\n\"za <-> zb\" = {{ loss = \"50%\" }}\ncross-zone = {{ loss = \"75%\" }}\n"
        )))
        .bytes
        .first
    };
    assert_eq!(model("loss = \"0%\"", ""), Bytes::new(3_000.0));
    assert_eq!(model("loss = \"0%\", payload = false", ""), Bytes::new(1_500.0));
    assert_eq!(model("loss = \"0%\", payload = \"1KB\", response = false, overhead = \"10B\"", ""), Bytes::new(1_020.0));
    assert_eq!(model("loss = \"0%\", payload = \"1KB\", response = \"2KB\"", ", payload = \"5B\", response = \"6B\""), Bytes::new(11.0));
    assert_eq!(model("loss = \"20%\", payload = \"1KB\", response = \"1KB\"", ""), Bytes::new(2_500.0));
    // The link says nothing: the two places do, and are nearer than their class.
    assert_eq!(model("payload = \"1KB\", response = \"1KB\"", ""), Bytes::new(4_000.0));
}

/// Semantics, "Counting": the distance of replicas spread over zones; bytes by class; a class's loss concerns its share only.
#[test]
fn loss_of_a_class_concerns_its_share() {
    let counted = only(&system(&format!(
        "{PLACES}[components]\na = {{ kind = \"service\", on = \"za\" }}\nb = {{ kind = \"service\", replicas = 2, on = [\"za\", \"zb\"] }}\n\
         [links]\n\"a -> b\" = {{ payload = \"1KB\", response = \"1KB\" }}\n[journeys.j]\nsteps = [\"a -> b\"]\n[network]\ncross-zone = {{ loss = \"50%\" }}\n"
    )));
    assert_eq!(by_word(&counted.crossings), [("same-zone", 1.0), ("cross-zone", 1.0)]);
    let bytes: Vec<f64> = counted.bytes_by_class.values().map(|bytes| bytes.bytes()).collect();
    assert_eq!(bytes, [1_000.0, 2_000.0]);
    assert_eq!(counted.bytes.first.bytes(), 3_000.0);
}

/// Semantics, "Links": every call into or out of x adds 2 same-host messages per sidecar of the link's bytes; a message passes once.
#[test]
fn sidecars_add_their_hops() {
    let system = system(&format!(
        "{PLACES}[components]\na = {{ kind = \"service\", on = \"za\" }}\nb = {{ kind = \"service\", on = \"za\" }}\nq = {{ kind = \"queue\", on = \"za\" }}\n\
         sa = {{ kind = \"sidecar\", of = \"a\" }}\nsb = {{ kind = \"sidecar\", of = \"b\" }}\nsb2 = {{ kind = \"sidecar\", of = \"b\" }}\nm = {{ kind = \"module\", of = \"a\" }}\n\
         [links]\n\"a -> b\" = {{ payload = \"10B\", response = \"20B\" }}\n\"a ~> q\" = {{ payload = \"5B\" }}\n\"a -> m\" = {{ payload = \"1B\", response = \"1B\" }}\n\
         [journeys.j]\nsteps = [{{ call = \"a -> b\", times = 2 }}, \"a ~> q\", \"a -> m\"]\n"
    ));
    let counted = only(&system);
    // Calls: 2 · (2 + 3 sidecars · 2); message: 1 + 1; the module's call stays inside the process.
    assert_eq!(counted.messages.first, 16.0 + 2.0 + 2.0);
    assert_eq!(counted.sidecars.messages.first, 12.0 + 1.0);
    assert_eq!(counted.sidecars.bytes.first.bytes(), 2.0 * 3.0 * 30.0 + 5.0);
    assert_eq!(by_word(&counted.crossings), [("in-process", 2.0), ("same-host", 13.0), ("same-zone", 5.0)]);
    assert_eq!(visits(&system, &counted, "sa").visits.first, 3.0);
    assert_eq!(visits(&system, &counted, "sb2").visits.first, 2.0);
    assert_eq!(counted.serial_round_trips, 3.0);
    assert_eq!(counted.network_round_trips, 2.0);
}

fn store(database: &str, link: &str, step: &str, more: &str) -> System {
    system(&format!(
        "{PLACES}[entities]\nx = {{}}\n[components]\napp = {{ kind = \"service\", on = \"za\" }}\ndb = {{ kind = \"database\", on = [\"za\", \"zb\", \"zc\"]{database} }}\n\
         copy = {{ kind = \"database\", on = \"zb\" }}\nindex = {{ kind = \"cache\", on = \"za\" }}\n\
         [links]\n\"app -> db\" = {{ payload = \"100B\", response = \"1B\"{link} }}\n{more}\n[journeys.j]\nsteps = [{{ call = \"app -> db\"{step} }}]\n"
    ))
}

/// Semantics, "Links": a writing visit sends 2(n−1) messages of its payload (leader styles) or 2n (leaderless) and waits: async, one → nothing; quorum → the
/// majority's; all → the slowest follower's round trip.
#[test]
fn copies_of_a_write() {
    let counted = |style: &str, ack: &str| {
        only(&store(
            &format!(", replicas = 3, replication = {{ style = \"{style}\", ack = \"{ack}\" }}"),
            "",
            ", writes = \"x\", times = 2",
            "",
        ))
    };
    for (ack, waits) in [("async", 0.0), ("one", 0.0), ("quorum", 1.0), ("all", 1.0)] {
        let leader = counted("single-leader", ack);
        assert_eq!(leader.messages.first, 2.0 * (2.0 + 4.0));
        assert_eq!(leader.replication.messages.first, 8.0);
        assert_eq!(leader.replication.bytes.first.bytes(), 800.0);
        // The leader is in za, as the caller; the followers are in zb and zc.
        assert_eq!(by_word(&leader.crossings), [("same-zone", 4.0), ("cross-zone", 8.0)]);
        assert_eq!(leader.serial_round_trips, 2.0 * (1.0 + waits));
        assert_eq!(counted("multi-leader", ack).messages.first, 12.0);
        let leaderless = counted("leaderless", ack);
        assert_eq!(leaderless.messages.first, 2.0 * (2.0 + 6.0));
        assert_eq!(leaderless.serial_round_trips, 2.0 * (1.0 + waits));
        // A third of what the coordinator sends stays with itself.
        close(leaderless.crossings[&DistanceClass::SameHost], 4.0);
    }
}

/// Semantics, "Links": who writes. A step of unknown effect into a database, queue, storage or cache counts as writing, assumed.
#[test]
fn writing_visits() {
    let kept = ", replicas = 3, replication = { style = \"single-leader\", ack = \"one\" }";
    for (link, step, expected) in [
        ("", "", Access::AssumedWrites),
        ("", ", reads = \"x\"", Access::Reads),
        ("", ", reads = \"x\", writes = \"x\"", Access::Writes),
        (", effect = \"read\"", "", Access::Reads),
        (", effect = \"write\"", "", Access::Writes),
        (", effect = \"irreversible\"", "", Access::Writes),
        (", effect = false", "", Access::Unstated),
        // The step is nearer than the link.
        (", effect = \"read\"", ", writes = \"x\"", Access::Writes),
        (", effect = \"write\"", ", reads = \"x\"", Access::Reads),
    ] {
        let system = store(kept, link, step, "");
        let (_, call) = system.journeys[0].calls.calls().next().expect("one step");
        assert_eq!(access(&system, call), expected, "{link}{step}");
        let all = communication(&system);
        assert_eq!(all.journeys[0].messages.first, if expected.is_write() { 6.0 } else { 2.0 });
        assert_eq!(visits(&system, &all.journeys[0], "db").writes.first, if expected.is_write() { 1.0 } else { 0.0 });
        assert_eq!(all.assumed.iter().any(|one| one.path == "links.app -> db.effect"), expected == Access::AssumedWrites);
    }
}

/// Semantics, "Links": each writing visit to the source of `=>` sends one message of its payload along it; `mode = "sync"` waits for the target.
#[test]
fn replication_links() {
    let more = "\"db => copy\" = { payload = \"40B\" }\n\"db => index\" = {}";
    let read = only(&store("", "", ", reads = \"x\"", more));
    assert_eq!(read.messages.first, 2.0);
    let system = store("", "", ", writes = \"x\", times = 3", more);
    let written = only(&system);
    assert_eq!((written.messages.first, written.serial_round_trips), (3.0 * 4.0, 3.0));
    assert_eq!(written.replication.bytes.first.bytes(), 3.0 * (40.0 + 1_500.0));
    assert_eq!(link_use(&system, &written, "db => copy").calls.first, 3.0);
    let sync = "\"db => copy\" = { mode = \"sync\" }\n\"db => index\" = { mode = \"sync\" }";
    assert_eq!(only(&store("", "", ", writes = \"x\", times = 3", sync)).serial_round_trips, 6.0);
}

/// Semantics, "Links": all = one parallel call per shard (per replica if unsharded); within a shard of a single-leader component the leader is called.
#[test]
fn a_call_to_all() {
    let all = ", route = \"all\", effect = \"read\"";
    let counted = |database: &str| {
        let counted = only(&store(database, all, "", ""));
        (counted.messages.first, counted.fan_out, counted.serial_round_trips)
    };
    assert_eq!(counted(", replicas = 3"), (6.0, 3, 1.0));
    assert_eq!(counted(", shards = 4, replicas = 3"), (8.0, 4, 1.0));
    assert_eq!(counted(", replicas = 3, replication = { style = \"single-leader\", ack = \"one\" }"), (2.0, 1, 1.0));
    assert_eq!(counted(", shards = 2, replicas = 3, replication = { style = \"single-leader\", ack = \"one\" }"), (4.0, 2, 1.0));
}

/// Calls between components of different known owners, per request, and the distinct links.
#[test]
fn team_crossings() {
    let counted = only(&system(&format!(
        "{PLACES}[teams]\nt = {{}}\nu = {{}}\n[components]\na = {{ kind = \"service\", owner = \"t\" }}\nb = {{ kind = \"service\", owner = \"u\" }}\n\
         c = {{ kind = \"service\", owner = \"t\" }}\nd = {{ kind = \"service\" }}\n[links]\n\"a -> b, c, d\" = {{}}\n\"b -> c\" = {{}}\n\
         [journeys.j]\nsteps = [{{ call = \"a -> b\", times = 3 }}, \"b -> c\", \"a -> c\", \"a -> d\", \"a -> b\"]\n"
    )));
    // a -> b 3 + 1 times, b -> c below the first 3; a -> c is one team, d's owner is unknown.
    assert_eq!((counted.team_crossings.per_request, counted.team_crossings.links), (7.0, 2));
}

fn bandwidths(all: &Communication) -> Vec<(Limit, f64, f64, f64)> {
    all.bandwidth.iter().map(|one| (one.limit, one.mean.bytes_per_second(), one.utilization, one.peak_utilization)).collect()
}

/// Bytes per second against the link's, the class's, the pair's and the hosts' bandwidth.
#[test]
fn traffic_against_bandwidth() {
    let system = system(
        "[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\n\
         na = { kind = \"node\", in = \"za\", bandwidth = \"1KB/s\" }\nnb = { kind = \"node\", in = \"zb\", count = 2, bandwidth = \"2KB/s\" }\n\
         [components]\na = { kind = \"service\", on = \"na\" }\nb = { kind = \"service\", on = \"nb\", replicas = 2 }\nc = { kind = \"service\", on = \"na\" }\n\
         [links]\n\"a -> b\" = { payload = \"100B\", response = \"300B\", retries = 0, bandwidth = \"8KB/s\" }\n\
         \"a -> c\" = { payload = \"1KB\", response = \"1KB\", retries = 0 }\n\"b -> c\" = { payload = \"10B\", response = \"10B\", retries = 0 }\n\
         [journeys.i]\nrate = \"5/s\"\nsteps = [\"a -> b\", \"a -> c\"]\n[journeys.j]\nrate = \"1/s\"\npeak = \"11/s\"\nsteps = [\"b -> c\"]\n\
         [journeys.k]\nsteps = [\"a -> c\"]\n\
         [network]\n\"za <-> zb\" = { bandwidth = \"4KB/s\" }\nsame-host = { bandwidth = \"20KB/s\" }\n",
    );
    let all = communication(&system);
    let (link, host) = (|id: &str| system.find_link(id).expect("a link"), |id: &str| system.find_location(id).expect("a location"));
    assert_eq!(
        bandwidths(&all),
        [
            (Limit::Link(link("a -> b")), 2_000.0, 0.25, 0.25),
            (Limit::Class(link("a -> c"), DistanceClass::SameHost), 10_000.0, 0.5, 0.5),
            // a -> b 5 · 400, b -> c 20, at peak 220.
            (Limit::Pair(host("za"), host("zb")), 2_020.0, 0.505, 0.555),
            // na: requests of a 5 · 100, replies of c to b 10; what a and c say to each other stays on the machine.
            (Limit::Location(host("na")), 510.0, 0.51, 0.61),
            // Each of two hosts: half of the replies 5 · 300 and of the requests 10.
            (Limit::Location(host("nb")), 755.0, 0.3775, 0.4025),
        ]
    );
    let load = all.links.iter().find(|one| one.link == link("b -> c")).expect("the link is used");
    assert_eq!((load.mean.calls.first.per_second(), load.peak.calls.first.per_second(), load.is_complete), (1.0, 11.0, true));
    assert!(!all.links.iter().find(|one| one.link == link("a -> c")).expect("the link is used").is_complete);
    assert_eq!(all.without_rate, ["k"]);
}

/// Semantics, "Facts": absent is the documented default and listed as assumed; known ÷ asked over distinct pairs.
#[test]
fn facts_asked_for_and_assumed() {
    let system = system(
        "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\" }\nm = { kind = \"module\", of = \"a\" }\ndb = { kind = \"database\" }\n\
         [links]\n\"user -> a\" = { payload = \"1KB\", response = false, retries = \"unknown\" }\n\"a -> m\" = {}\n\"a -> db\" = { retries = 2 }\n\
         [journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> a\", \"a -> m\", \"a -> db\", { call = \"a -> db\", payload = \"1B\" }]\n",
    );
    let all = communication(&system);
    let asked: Vec<(&str, bool)> = all.asked.iter().map(|one| (one.path.as_str(), one.known)).collect();
    assert_eq!(
        asked,
        [
            ("components.a.on", false),
            ("components.db.on", false),
            ("components.user.on", true),
            ("journeys.j.rate", true),
            ("links.a -> db.effect", false),
            ("links.a -> db.payload", false),
            ("links.a -> db.response", false),
            ("links.a -> db.retries", true),
            ("links.user -> a.payload", true),
            ("links.user -> a.response", true),
            ("links.user -> a.retries", false),
        ]
    );
    let assumed: Vec<(&str, &str)> = all.assumed.iter().map(|one| (one.path.as_str(), one.value.as_str())).collect();
    assert_eq!(
        assumed,
        [
            ("failed-call.same-zone", "0.1 %"),
            ("links.a -> db.effect", "write"),
            ("links.a -> db.payload", "1.5 KB"),
            ("links.a -> db.response", "1.5 KB"),
            ("links.a -> m.payload", "1.5 KB"),
            ("links.a -> m.response", "1.5 KB"),
            ("links.user -> a.retries", "0"),
        ]
    );
}
