//! Semantics, "Links".

use super::{AB, ZONES, alternative, base, component_of, link_of, places, said};

/// Semantics, "Links": `"a <-> b"` is `"a -> b"` and `"b -> a"` with the same keys.
#[test]
fn both_ways_are_two_calls() {
    let system = base(&format!("{AB}[links]\n\"a <-> b #chat\" = {{ label = \"x\" }}\n"));
    assert_eq!(
        system.links.iter().map(|link| (link.id.as_str(), said(&link.facts, "label"))).collect::<Vec<_>>(),
        [("a -> b #chat", "x".into()), ("b -> a #chat", "x".into())]
    );
}

/// Semantics, "Links": a sidecar has exactly its host's replicas, shards and places.
#[test]
fn a_sidecar_is_beside_every_instance() {
    let system = base(&format!(
        "{ZONES}[components]\nx = {{ kind = \"service\", replicas = 2, needs = 2, shards = 2, on = [\"eu-a\", \"eu-b\"] }}\ns = {{ kind = \"sidecar\", of = \"x\" }}\n[links]\n\"x -> s\" = {{}}\n"
    ));
    assert_eq!(places(&system, "s"), places(&system, "x"));
    assert_eq!((component_of(&system, "s").needs, component_of(&system, "s").shards.len()), (2, 2));
    let link = link_of(&system, "x -> s");
    assert!(system.is_beside(link.from, link.to));
}

/// Semantics, "Links": a module has no placement of its own.
#[test]
fn a_module_has_no_instances() {
    let system = base("[components]\napp = { kind = \"service\", replicas = 3 }\nm = { kind = \"module\", of = \"app\" }\n");
    assert_eq!((component_of(&system, "m").instances.len(), component_of(&system, "app").instances.len()), (0, 3));
    assert_eq!(system.carrier(system.find_component("m").expect("m is there")), system.find_component("app").expect("app is there"));
}

/// Semantics, "Links": the default of `route`.
#[test]
fn routes_by_default() {
    let route = |caller: &str, callee: &str, keys: &str| -> String {
        let system = base(&format!(
            "[components]\na = {{ kind = \"service\", {caller} }}\nb = {{ kind = \"database\", {callee} }}\n[links]\n\"a -> b\" = {{ {keys} }}\n"
        ));
        weighbridge::syntax::vocabulary::Vocabulary::word(system.route(system.find_link("a -> b").expect("the link is there"))).to_owned()
    };
    let shards = "shards = { x = 0.5, y = 0.5 }";
    let leader = "replicas = 3, replication = { style = \"single-leader\" }";
    assert_eq!(route("", "replicas = 3", ""), "any");
    assert_eq!(route("", shards, ""), "shard-key");
    assert_eq!(route("", leader, ""), "leader");
    assert_eq!(route("", &format!("{shards}, {leader}"), ""), "shard-key", "the leader within the shard");
    assert_eq!(route(shards, shards, ""), "shard-key", "equal names without a shard key on both ends");
    assert_eq!(route(&format!("{shards}, shard-key = \"id\""), &format!("{shards}, shard-key = \"id\""), ""), "same-shard");
    assert_eq!(route("", shards, "route = \"all\""), "all", "a stated route wins");
}

/// Semantics, "Links": `[network]` between two locations, in either order, or for a distance class.
#[test]
fn the_network_is_between_places_or_of_a_class() {
    let below = "[locations]\neu = { kind = \"region\" }\nus = { kind = \"region\" }\n[network]\n\"us <-> eu\" = { round-trip = \"90ms\", loss = \"1%\" }\ncross-region = { bandwidth = \"1GB/s\" }\ncross-region-near = { bandwidth = \"2GB/s\" }\n";
    let system = alternative(below, "[network]\n\"eu <-> us\" = { loss = \"2%\" }\n");
    let pair = (system.find_location("eu").expect("eu"), system.find_location("us").expect("us"));
    let facts = system.network_pairs.get(&pair).expect("the pair is there, the smaller id first");
    assert_eq!(
        (system.network_pairs.len(), said(facts, "round-trip")),
        (1, "stated".into()),
        "both orders are one entry that merges over layers"
    );
    assert_eq!(facts.get(weighbridge::syntax::keys::network::LOSS).stated().map(|loss| loss.value()), Some(0.02));
    let bandwidth = |class: &str| {
        let class = weighbridge::model::DistanceClass::from_word(class).expect("a class");
        system.network_classes[&class].get(weighbridge::syntax::keys::network::BANDWIDTH).stated().map(|rate| rate.bytes_per_second())
    };
    assert_eq!(
        ["cross-region-near", "cross-region-continental", "cross-region-intercontinental"].map(bandwidth),
        [Some(2e9), Some(1e9), Some(1e9)]
    );
}
