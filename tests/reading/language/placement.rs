//! Semantics, "Placement", and needs from "Failure".

use super::{ZONES, base, component_of, places};

#[track_caller]
fn placed(keys: &str) -> String {
    places(&base(&format!("{ZONES}[components]\nx = {{ kind = \"service\", {keys} }}\n")), "x")
}

/// Semantics, "Placement": replicas go round the hosts in their order; 5 replicas on 3 zones: 2, 2, 1.
#[test]
fn replicas_go_round_the_hosts() {
    assert_eq!(placed("on = [\"eu-a\", \"eu-b\", \"eu-c\"], replicas = 5"), "eu-a eu-b eu-c eu-a eu-b");
    assert_eq!(placed("on = [\"eu-c\", \"eu-a\"], replicas = 3"), "eu-c eu-a eu-c");
    assert_eq!(placed("on = \"eu\", replicas = 2"), "eu eu");
    assert_eq!(placed("replicas = 2"), "- -", "without `on` the place is unknown");
}

/// Semantics, "Placement": `count = n` is n hosts.
#[test]
fn a_location_of_several_hosts_is_as_many_entries() {
    assert_eq!(placed("on = [\"pool\", \"n1\"], replicas = 5"), "pool/1 pool/2 pool/3 n1 pool/1");
}

/// Semantics, "Placement": with `spread`, an entry that is neither a K nor inside one is replaced by the K's inside it, by id.
#[test]
fn spread_replaces_what_lies_around() {
    assert_eq!(placed("on = \"eu\", spread = \"zone\", replicas = 4"), "eu-a eu-b eu-c eu-a");
    assert_eq!(placed("on = [\"us\", \"eu\"], spread = \"zone\", replicas = 4"), "us-a eu-a eu-b eu-c");
    assert_eq!(placed("on = [\"eu\", \"us\"], spread = \"region\", replicas = 3"), "eu us eu");
    assert_eq!(placed("on = \"eu\", spread = \"node\", replicas = 7"), "n1 n2 n3 pool/1 pool/2 pool/3 n1");
}

/// Semantics, "Placement": replicas go round the K's in order of first appearance, then round the hosts in each.
#[test]
fn spread_goes_round_domains_then_hosts() {
    // The zones are eu-a (n1, n2) and eu-b (n3): n1, n3, then the second host of eu-a, then n3 again.
    assert_eq!(placed("on = [\"n1\", \"n2\", \"n3\"], spread = \"zone\", replicas = 4"), "n1 n3 n2 n3");
    // A pool of three hosts in one zone: each turn in that zone finds the next host.
    assert_eq!(placed("on = [\"n3\", \"pool\"], spread = \"zone\", replicas = 6"), "n3 pool/1 n3 pool/2 n3 pool/3");
    assert_eq!(placed("on = [\"eu-b\", \"us-a\"], spread = \"region\", replicas = 3"), "eu-b us-a eu-b");
}

/// Semantics, "Placement": one replica on one domain is legal.
#[test]
fn one_replica_needs_one_domain() {
    assert_eq!(placed("on = \"us\", spread = \"zone\""), "us-a");
}

/// Semantics, "Placement": shard number i (by name order, from 0) starts i hosts further on.
#[test]
fn shards_start_one_host_further_on() {
    assert_eq!(
        placed("on = [\"eu-a\", \"eu-b\", \"eu-c\"], replicas = 2, shards = { b = 0.5, a = 0.3, c = 0.2 }"),
        "eu-a eu-b | eu-b eu-c | eu-c eu-a"
    );
    assert_eq!(placed("on = [\"eu-a\", \"eu-b\"], shards = 3"), "eu-a | eu-b | eu-a");
    assert_eq!(placed("on = \"eu\", spread = \"zone\", replicas = 3, shards = 2"), "eu-a eu-b eu-c | eu-b eu-c eu-a");
}

/// Semantics, "Placement": a shard may have hosts of its own; shard names are free text.
#[test]
fn a_shard_may_have_hosts_of_its_own() {
    assert_eq!(
        placed("on = \"eu-c\", replicas = 2, shards = { \"A – K\" = { share = 0.5, on = [\"eu-b\", \"eu-a\"] }, \"L to Z\" = \"50%\" }"),
        "eu-b eu-a | eu-c eu-c"
    );
}

/// Semantics, "Placement": `count` shards are equal, and their names sort as their numbers do.
#[test]
fn equal_shards_are_numbered() {
    let system = base("[components]\nx = { kind = \"database\", shards = 12 }\n");
    let shards = &component_of(&system, "x").shards;
    assert_eq!(
        (shards[0].name.as_str(), shards[1].name.as_str(), shards[11].name.as_str(), shards[3].share),
        ("01", "02", "12", 1.0 / 12.0)
    );
}

/// Semantics, "Placement": a client on several locations is split by their `share-of-users`.
#[test]
fn a_client_is_split_by_users() {
    let split = |shares: [&str; 2]| -> Vec<f64> {
        let system = base(&format!(
            "[locations]\neu = {{ kind = \"region\"{} }}\nus = {{ kind = \"region\"{} }}\n[components]\nu = {{ kind = \"client\", on = [\"eu\", \"us\"] }}\n",
            shares[0], shares[1]
        ));
        component_of(&system, "u").instances.iter().map(|instance| instance.weight).collect()
    };
    assert_eq!(split([", share-of-users = 0.375", ", share-of-users = 0.125"]), [0.75, 0.25]);
    assert_eq!(split(["", ""]), [0.5, 0.5]);
}

/// Semantics, "Failure", needs: given wins; a majority for `quorum`, n for `all`, the larger quorum or a majority for leaderless, else 1.
#[test]
fn needs_follow_from_replication() {
    let needs =
        |keys: &str| component_of(&base(&format!("[components]\nx = {{ kind = \"database\", replicas = 5, {keys} }}\n")), "x").needs;
    assert_eq!(needs(""), 1);
    assert_eq!(needs("needs = 2"), 2);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"quorum\" }"), 3);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"all\" }"), 5);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"one\" }"), 1);
    assert_eq!(needs("replication = { style = \"leaderless\", read-quorum = 2, write-quorum = 4 }"), 4);
    assert_eq!(needs("replication = { style = \"leaderless\" }"), 3);
    assert_eq!(needs("needs = 2, replication = { style = \"leaderless\", write-quorum = 4 }"), 2);
    let range = base("[components]\nx = { kind = \"service\", replicas = { min = 2, usual = 3, max = false } }\n");
    assert_eq!(component_of(&range, "x").replicas, 3, "of {{min, usual, max}}, usual");
}
