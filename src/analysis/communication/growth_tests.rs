//! Growth counted by hand, and the worked systems: numbers in comments are computed from the models' files.

use super::{Communication, DistanceClass, JourneyCommunication, communication};
use crate::model::System;
use crate::model::testing::{model, system};

fn growth(text: &str) -> (String, String) {
    let growth = communication(&system(text)).journeys.remove(0).growth;
    (growth.class.word(), growth.formula)
}

const APP: &str = "[components]\napp = { kind = \"service\" }\n";

#[test]
fn nothing_grows_without_copies() {
    let (class, formula) = growth(&format!(
        "{APP}db = {{ kind = \"database\", replicas = 3 }}\n[links]\n\"app -> db\" = {{}}\n[journeys.j]\nsteps = [\"app -> db\"]\n"
    ));
    assert_eq!((class.as_str(), formula.as_str()), ("O(1)", "messages = 2"));
}

/// Leader replication costs 2(n−1) a write, leaderless 2n.
#[test]
fn writes_grow_with_the_copies() {
    let written = |style: &str, times: u32| {
        growth(&format!(
            "{APP}db = {{ kind = \"database\", replicas = 3, replication = {{ style = \"{style}\", ack = \"one\" }} }}\n\
             [links]\n\"app -> db\" = {{ effect = \"write\" }}\n[journeys.j]\nsteps = [{{ call = \"app -> db\", times = {times} }}]\n"
        ))
    };
    assert_eq!(written("single-leader", 1), ("O(n)".into(), "messages = 2 + 2(n−1) per write to `db`, n = its replicas".into()));
    assert_eq!(
        written("leaderless", 4),
        ("O(n)".into(), "messages = 8 + 2n per write to `db`, n = its replicas; 4 writes per request".into())
    );
}

/// The counts at n, 2n, 4n, 8n are those of models that state so many.
#[test]
fn a_scaled_count_is_the_count_of_a_larger_model() {
    let counted = |members: u64| {
        let text = format!(
            "{APP}db = {{ kind = \"database\", replicas = {members}, replication = {{ style = \"leaderless\", ack = \"one\" }} }}\n\
             [links]\n\"app -> db\" = {{ effect = \"write\", route = \"all\" }}\n[journeys.j]\nsteps = [{{ call = \"app -> db\", times = 3 }}]\n"
        );
        communication(&system(&text)).journeys.remove(0)
    };
    // 3 writes to each of n, each to n copies: 3n · (2 + 2n).
    let growth = counted(2).growth;
    assert_eq!((growth.class.word().as_str(), growth.formula.as_str()), ("O(n²)", "messages = 6n + 6n², n = replicas of `db`"));
    for (members, messages) in growth.samples {
        assert_eq!(messages, counted(members).messages.first);
    }
}

/// A call to all multiplies what is below; members that each call all members are a mesh.
#[test]
fn calls_to_all_grow_with_the_members() {
    let model = |members: &str, steps: &str| {
        growth(&format!(
            "{APP}member = {{ kind = \"service\", {members} }}\nrelay = {{ kind = \"service\" }}\n\
             [links]\n\"app -> member\" = {{ route = \"all\" }}\n\"member -> relay\" = {{}}\n\"relay -> member\" = {{ route = \"all\" }}\n[journeys.j]\nsteps = [{steps}]\n"
        ))
    };
    assert_eq!(model("replicas = 5", "\"app -> member\""), ("O(n)".into(), "messages = 2n, n = replicas of `member`".into()));
    assert_eq!(model("shards = 5", "\"app -> member\""), ("O(n)".into(), "messages = 2n, n = shards of `member`".into()));
    // n calls, n calls to the relay, which calls all n: 2n + 2n + 2n².
    let mesh = model("replicas = 5", "\"app -> member\", \"member -> relay\", \"relay -> member\"");
    assert_eq!(mesh, ("O(n²)".into(), "messages = 4n + 2n², n = replicas of `member`".into()));
}

/// `times` up to 1e6 per step, nested: counts stay finite and defined. A journey may be 30,000 calls deep.
#[test]
fn depth_and_size_without_limits() {
    use std::fmt::Write as _;
    let mut text = String::from(
        "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = { retries = 3 }\n\"b -> a\" = { loss = 1 }\n[journeys.j]\nrate = \"1/s\"\nsteps = [\n",
    );
    // All that a call may run for one request: twelve times ten in a row, and then once, as deep as it may be.
    for at in 0..10_000 {
        let (from, to) = if at % 2 == 0 { ("a", "b") } else { ("b", "a") };
        let times = if at < 12 { 10 } else { 1 };
        writeln!(text, "{{ call = \"{from} -> {to}\", times = {times} }},").expect("a string takes text");
    }
    let all = communication(&system(&(text + "]\n")));
    let counted = &all.journeys[0];
    assert_eq!(counted.depth, 10_000);
    // 10 + 10² + … + 10¹², then 9,988 times 10¹².
    let calls = 1_111_111_111_110.0 + 9_988.0e12;
    assert_eq!((counted.messages.first, counted.serial_round_trips), (2.0 * calls, calls));
    for figure in [counted.messages.with_retries, counted.bytes.first.bytes(), counted.bytes.with_retries.bytes()] {
        assert!(figure.is_finite() && figure >= calls, "{figure}");
    }
    assert!(all.links.iter().all(|one| one.peak.bytes.with_retries.bytes_per_second().is_finite()));
}

const SHOP: &str = include_str!("../../../models/shop/system.toml");
const REPLICATED: &str = include_str!("../../../models/shop/alternatives/replicated.toml");
const SHARDED: &str = include_str!("../../../models/shop/alternatives/sharded.toml");
const MICROSERVICES: &str = include_str!("../../../models/shop/alternatives/microservices.toml");

fn shop(alternative: Option<&str>) -> (System, Communication) {
    let model = model(&[
        ("system.toml", SHOP),
        ("alternatives/replicated.toml", REPLICATED),
        ("alternatives/sharded.toml", SHARDED),
        ("alternatives/microservices.toml", MICROSERVICES),
        ("prices/assumed.toml", include_str!("../../../models/shop/prices/assumed.toml")),
    ]);
    let system =
        alternative.map_or(model.base, |id| model.alternatives.into_iter().find(|one| one.id == id).expect("an alternative of the shop"));
    let counted = communication(&system);
    (system, counted)
}

fn journey<'c>(of: &'c (System, Communication), id: &str) -> &'c JourneyCommunication {
    &of.1.journeys[of.0.find_journey(id).expect("a journey of the shop").index()]
}

fn messages(counted: &JourneyCommunication, expected: &[(DistanceClass, f64)]) {
    assert_eq!(counted.crossings.keys().copied().collect::<Vec<_>>(), expected.iter().map(|(class, _)| *class).collect::<Vec<_>>());
    for (class, messages) in expected {
        assert!((counted.crossings[class] - messages).abs() < 1e-9, "{}: {} is not {messages}", class.word(), counted.crossings[class]);
    }
}

/// One process: external → app 2 messages (2 + 6 KB), 4 calls between modules (3 KB each, assumed), 6 calls of the database (1 + 3 KB).
#[test]
fn shop_base() {
    let shop = shop(None);
    let order = journey(&shop, "order");
    messages(order, &[(DistanceClass::InProcess, 8.0), (DistanceClass::SameZone, 12.0), (DistanceClass::Internet, 2.0)]);
    assert_eq!((order.messages.first, order.bytes.first.bytes()), (22.0, 44_000.0));
    assert_eq!((order.network_messages(), order.network_bytes().bytes()), (14.0, 32_000.0));
    // external → app 1; app → orders 1 + 3; the database 2 + 4. Over the network 1 + 6.
    assert_eq!((order.serial_round_trips, order.network_round_trips, order.depth, order.fan_out), (11.0, 7.0, 3, 1));
    assert_eq!(order.growth.formula, "messages = 22");
    let browse = journey(&shop, "browse");
    assert_eq!((browse.messages.first, browse.bytes.first.bytes(), browse.serial_round_trips), (10.0, 23_000.0, 5.0));
}

/// Two proxies in a and b, three applications in a, b, c, the database's leader in a with followers in b and c; quorum.
#[test]
fn shop_replicated() {
    let shop = shop(Some("replicated"));
    let order = journey(&shop, "order");
    // Proxy → app: a third in one zone. App → leader: a third. 4 writes of 2(3−1) messages, all to other zones.
    messages(
        order,
        &[
            (DistanceClass::InProcess, 8.0),
            (DistanceClass::SameZone, 2.0 / 3.0 + 4.0),
            (DistanceClass::CrossZone, 4.0 / 3.0 + 8.0 + 16.0),
            (DistanceClass::Internet, 2.0),
        ],
    );
    // 8 + 8 + 4·3 + 6·4 KB, and 16 messages of the writes' 1 KB.
    assert_eq!((order.messages.first, order.bytes.first.bytes()), (40.0, 68_000.0));
    // 1 + 1 + 4 + 2 reads + 4 writes that each wait for a majority.
    assert_eq!((order.serial_round_trips, order.depth), (16.0, 4));
    assert_eq!(order.growth.class.word(), "O(n)");
    assert_eq!(order.growth.formula, "messages = 24 + 2(n−1) per write to `db`, n = its replicas; 4 writes per request");
}

/// Each of three shards starts one zone further on: applications in ab, bc, ca, leaders in a, b, c; shares .45, .30, .25.
#[test]
fn shop_sharded() {
    let shop = shop(Some("sharded"));
    let order = journey(&shop, "order");
    // Proxies (a, b) → app: in one zone .45·.5 + .30·.25 + .25·.25 = .3625; app → its shard's leader: .5.
    messages(
        order,
        &[
            (DistanceClass::InProcess, 8.0),
            (DistanceClass::SameZone, 0.725 + 6.0),
            (DistanceClass::CrossZone, 1.275 + 6.0 + 16.0),
            (DistanceClass::Internet, 2.0),
        ],
    );
    assert_eq!((order.messages.first, order.bytes.first.bytes(), order.serial_round_trips), (40.0, 68_000.0, 16.0));
}

/// Every seam a call over the network; every database of three copies.
#[test]
fn shop_microservices() {
    let shop = shop(Some("microservices"));
    let order = journey(&shop, "order");
    // 10 calls: 2 · (1 + 1 + 1 + 2 + 1 + 1 + 2 + 1); 2 messages; 6 writes · 4: catalogue, payments, orders twice, the queue, shipping.
    assert_eq!((order.messages.first, order.replication.messages.first), (20.0 + 2.0 + 24.0, 24.0));
    // 8 + 8 + 3 + 2·4 + 3 + 2 + 2·4 + 1 + 1 + 2 KB, and 24 messages of 1 KB.
    assert_eq!(order.bytes.first.bytes(), 44_000.0 + 24_000.0);
    // 1 + 1 + (1 + 1 + 2) + (1 + 2) + 2·2; what follows the queue is not waited for.
    assert_eq!((order.serial_round_trips, order.depth), (13.0, 4));
    // gateway → orders → catalogue, payments, and to and from the queue.
    assert_eq!((order.team_crossings.per_request, order.team_crossings.links), (5.0, 5));
    assert_eq!(order.messages.with_retries, 46.0);
    let browse = journey(&shop, "browse");
    // The call behind the gateway is tried 1 + .001 times, and all below it.
    assert_eq!(browse.messages.first, 10.0);
    assert!((browse.messages.with_retries - (2.0 + 1.001 * 8.0)).abs() < 1e-9);
    assert!((browse.bytes.with_retries.bytes() - (8_000.0 + 1.001 * 19_000.0)).abs() < 1e-6);
}

/// 200 workers in lockstep, 1,000 rounds, 20 checkpoints each.
#[test]
fn simulation_divided() {
    let model = model(&[
        ("system.toml", include_str!("../../../models/simulation/system.toml")),
        ("alternatives/divided.toml", include_str!("../../../models/simulation/alternatives/divided.toml")),
    ]);
    let counted = communication(&model.alternatives[0]).journeys.remove(0);
    // 2 + 2·200·1,000 + (2 + 2)·200·20 + 2 + 2·200 + 2.
    assert_eq!((counted.messages.first, counted.fan_out, counted.depth), (416_406.0, 200, 3));
    // 1 + 1,000 + 20·(1 + 1) + 1 + 200 + 1.
    assert_eq!(counted.serial_round_trips, 1_243.0);
    assert_eq!(counted.growth.formula, "messages = 406 + 2,080n, n = replicas of `workers`");
}
