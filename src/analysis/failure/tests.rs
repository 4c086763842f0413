//! Cases computed by hand, each with the sentence of the semantics that it shows.

use proptest::prelude::*;

use super::{BlastRadius, blast_radius, survives, traffic_lost_by_shard};
use crate::model::testing::system;
use crate::model::{JourneyId, System};
use crate::syntax::vocabulary::Survive;

/// Says what the loss of a domain does: `journey: down | partly down .45 | degraded`, then `+` after journeys that are one failure away.
pub(super) fn row(system: &System, radius: &BlastRadius, id: &str) -> String {
    let domain = radius.domain(id).unwrap_or_else(|| panic!("`{id}` is a domain"));
    let is_in = |list: &[JourneyId], at: usize| list.iter().any(|journey| journey.index() == at);
    let words: Vec<String> = (0..system.journeys.len())
        .map(|at| {
            let state = if is_in(&domain.down, at) {
                "down".to_owned()
            } else if is_in(&domain.partly_down, at) {
                let lost = domain.lost.iter().find(|(journey, _)| journey.index() == at).map_or(0.0, |(_, lost)| lost.value());
                format!("partly down {}", (lost * 1e9).round() / 1e9)
            } else if is_in(&domain.degraded, at) {
                "degraded".to_owned()
            } else {
                "up".to_owned()
            };
            format!("{state}{}", if is_in(&domain.one_failure_away, at) { " +" } else { "" })
        })
        .collect();
    words.join(", ")
}

/// Lists the single points of a journey; partial ones with what they cost.
pub(super) fn points(system: &System, radius: &BlastRadius, journey: usize) -> Vec<String> {
    let shown = |lost: f64| if lost < 1.0 { format!(" {}", (lost * 1e9).round() / 1e9) } else { String::new() };
    radius.journeys[journey].single_points.iter().map(|point| format!("{}{}", point.event.id(system), shown(point.lost.value()))).collect()
}

/// Checks the rows and single points of a model whose first journey is meant.
fn check(text: &str, rows: &[(&str, &str)], single_points: &[&str]) {
    let system = system(text);
    let radius = blast_radius(&system);
    for (id, expected) in rows {
        assert_eq!(row(&system, &radius, id), *expected, "{id} in\n{text}");
    }
    assert_eq!(points(&system, &radius, 0), single_points, "{text}");
}

const PAIR: &str = r#"
    locations = { z1 = { kind = "zone" }, z2 = { kind = "zone" } }
    [components]
    u = { kind = "client" }
    a = { kind = "service", on = ["z1", "z2"], replicas = 2 }
    b = { kind = "service", on = "z1" }
    c = { kind = "service", on = "z2" }
    [links]
    "u -> a" = {}
    "a -> b, c" = {}
"#;

fn pair(steps: &str) -> String {
    format!("{PAIR}\n[journeys.j]\nrate = \"1/s\"\nsteps = [\"u -> a\", {steps}]")
}

/// Semantics, "Failure": down, and one failure away where a further single event would raise the loss.
#[test]
fn a_required_call_without_a_second_replica_is_a_single_point() {
    check(
        &pair(r#""a -> b", "b -> c""#).replace("\"a -> b, c\" = {}", "\"a -> b\" = {}\n\"b -> c\" = {}"),
        &[("a", "down"), ("b", "down"), ("c", "down"), ("u", "down"), ("z1", "down"), ("z2", "down")],
        &["b/1", "c/1", "z1", "z2"],
    );
}

/// Semantics, "Failure": fewer than `needs` replicas up is down; with all places spread, nothing alone stops the journey, and every second failure does.
#[test]
fn replicas_in_two_zones_survive_one_zone_and_are_then_one_failure_away() {
    let text = r#"
        locations = { z1 = { kind = "zone" }, z2 = { kind = "zone" } }
        components = { u = { kind = "client" }, a = { kind = "service", on = ["z1", "z2"], replicas = 2 } }
        links = { "u -> a" = {} }
        journeys = { j = { rate = "1/s", steps = ["u -> a"] } }
    "#;
    check(text, &[("z1", "up +"), ("z2", "up +"), ("a", "down"), ("u", "down")], &[]);
    check(&text.replace("replicas = 2", "replicas = 2, needs = 2"), &[("z1", "down"), ("a", "down")], &["a/1", "a/2", "z1", "z2"]);
}

/// Failure domains, "Worked examples": 2-of-3 with two replicas in one zone hides that zone as a single point.
#[test]
fn a_quorum_hides_a_zone_as_a_single_point() {
    check(
        r#"
        locations = { z1 = { kind = "zone" }, z2 = { kind = "zone" } }
        components = { u = { kind = "client" }, db = { kind = "database", on = ["z1", "z2", "z1"], replicas = 3, replication = { style = "single-leader", ack = "quorum", failover = "automatic" } } }
        links = { "u -> db" = { effect = "write" } }
        journeys = { j = { rate = "1/s", steps = ["u -> db"] } }
        "#,
        &[("z1", "down"), ("z2", "up +")],
        &["z1"],
    );
}

/// Semantics, "Failure": `needs` is n for `all`, 1 for a step that only reads.
#[test]
fn a_step_that_only_reads_needs_one_copy_where_all_acknowledge() {
    let text = |steps: &str| {
        format!(
            r#"
        locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
        components = {{ u = {{ kind = "client" }}, db = {{ kind = "database", on = ["z1", "z2"], replicas = 2, replication = {{ style = "multi-leader", ack = "all" }} }} }}
        links = {{ "u -> db" = {{}} }}
        entities = {{ e = {{ truth = "db" }} }}
        journeys = {{ j = {{ rate = "1/s", steps = [{steps}] }} }}
        "#
        )
    };
    check(&text(r#"{ call = "u -> db", reads = "e" }"#), &[("z1", "up +")], &[]);
    check(&text(r#"{ call = "u -> db", writes = "e" }"#), &[("z1", "down")], &["db/1", "db/2", "z1", "z2"]);
    // Unknown effect into a store counts as writing.
    check(&text(r#""u -> db""#), &[("z1", "down")], &["db/1", "db/2", "z1", "z2"]);
}

/// Semantics, "Links": `required = false` and `fallback = true` degrade; a step's word wins over its link's.
#[test]
fn an_optional_call_degrades() {
    check(&pair(r#"{ call = "a -> b", required = false }"#), &[("b", "degraded"), ("z1", "degraded +"), ("z2", "up +")], &[]);
    check(&pair(r#"{ call = "a -> b", fallback = true }"#), &[("b", "degraded"), ("z1", "degraded +")], &[]);
    let optional = pair(r#""a -> b""#).replace("\"a -> b, c\" = {}", "\"a -> b\" = { required = false }\n\"a -> c\" = {}");
    check(&optional, &[("b", "degraded")], &[]);
    let insists = optional.replace("steps = [\"u -> a\", \"a -> b\"]", "steps = [\"u -> a\", { call = \"a -> b\", required = true }]");
    check(&insists, &[("b", "down"), ("z2", "up +")], &["b/1", "z1"]);
    let answer =
        pair(r#"{ call = "a -> b", fallback = false }"#).replace("\"a -> b, c\" = {}", "\"a -> b\" = { fallback = true }\n\"a -> c\" = {}");
    check(&answer, &[("b", "down")], &["b/1", "z1"]);
}

/// Semantics, "Links": `fallback = "c"`: any of both, degraded while the first is down, failed when both are.
#[test]
fn a_fallback_component_takes_over() {
    let rows = [("b", "degraded +"), ("c", "up +"), ("z1", "degraded +"), ("z2", "up +")];
    check(&pair(r#"{ call = "a -> b", fallback = "c" }"#), &rows, &[]);
    // Both in one zone: the zone alone stops it.
    check(
        &pair(r#"{ call = "a -> b", fallback = "c" }"#).replace("on = \"z2\"", "on = \"z1\""),
        &[("z1", "down"), ("b", "degraded +")],
        &["z1"],
    );
}

/// Semantics, "Journeys": `first-of` fails when all are down; degraded while the first is.
#[test]
fn first_of_fails_when_all_are_down() {
    check(
        &pair(r#"{ first-of = ["a -> b", "a -> c"] }"#),
        &[("b", "degraded +"), ("c", "up +"), ("z1", "degraded +"), ("z2", "up +")],
        &[],
    );
}

/// Semantics, "Journeys": `{ parallel, quorum = k }`: fewer than k working members fail it; without a quorum all members are required.
#[test]
fn a_quorum_of_parallel_calls_outlives_one() {
    check(&pair(r#"{ parallel = ["a -> b", "a -> c"], quorum = 1 }"#), &[("b", "up +"), ("c", "up +"), ("z1", "up +")], &[]);
    check(&pair(r#"{ parallel = ["a -> b", "a -> c"] }"#), &[("b", "down"), ("c", "down")], &["b/1", "c/1", "z1", "z2"]);
}

/// Semantics, "Journeys": `choice` is exclusive, `when` an independent probability, `times` has no effect on failure.
#[test]
fn conditions_and_choices_weigh_the_loss() {
    let choice = r#"{ choice = [{ share = 0.9, steps = ["a -> b"] }, { share = 0.1, steps = ["a -> c"] }] }"#;
    check(
        &pair(choice),
        &[("b", "partly down 0.9 +"), ("c", "partly down 0.1 +"), ("z1", "partly down 0.9 +")],
        &["b/1 0.9", "c/1 0.1", "z1 0.9", "z2 0.1"],
    );
    check(
        &pair(r#"{ call = "a -> b", when = 0.2, times = 5 }"#),
        &[("b", "partly down 0.2"), ("z1", "partly down 0.2 +"), ("c", "up +")],
        &["b/1 0.2", "z1 0.2"],
    );
    // Two independent conditions: 1 − .8·.5 = .6, and the second component is one event for both.
    let both = r#"{ call = "a -> b", when = 0.2 }, { call = "a -> b", when = 0.5 }"#;
    check(&pair(both), &[("b", "partly down 0.6")], &["b/1 0.6", "z1 0.6"]);
    check(&pair(r#"{ call = "a -> b", when = 0 }"#), &[("b", "up")], &[]);
}

/// Semantics, "Journeys": `else` runs on a miss or when the callee is down.
#[test]
fn a_cache_that_is_down_leaves_the_work_to_what_stands_behind_it() {
    let cached = r#"{ call = "a -> b", hit = 0.9, else = ["a -> c"] }"#;
    check(
        &pair(cached),
        &[("b", "degraded +"), ("c", "partly down 0.1 +"), ("z1", "degraded +"), ("z2", "partly down 0.1 +")],
        &["c/1 0.1", "z2 0.1"],
    );
    // `when` is the whole step's.
    let rarely = r#"{ call = "a -> b", hit = 0.9, when = 0.5, else = ["a -> c"] }"#;
    check(&pair(rarely), &[("c", "partly down 0.05 +")], &["c/1 0.05", "z2 0.05"]);
    let always = r#"{ call = "a -> b", hit = 1, else = ["a -> c"] }"#;
    check(&pair(always), &[("b", "degraded +"), ("c", "up +")], &[]);
}

/// Semantics, "Journeys": a `~>` step and all below it is off the response path; an event that stops only the completion leaves the journey degraded.
#[test]
fn what_follows_a_message_only_degrades() {
    let text = r#"
        components = { u = { kind = "client" }, a = { kind = "service" }, q = { kind = "queue" }, w = { kind = "service" }, db = { kind = "database" } }
        [links]
        "u -> a" = {}
        "a ~> q" = {}
        "q ~> w" = {}
        "w -> db" = {}
        [journeys.j]
        rate = "1/s"
        steps = ["u -> a", "a ~> q", "q ~> w", "w -> db"]
    "#;
    check(text, &[("a", "down"), ("q", "degraded +"), ("w", "degraded +"), ("db", "degraded +")], &["a/1"]);
}

/// Semantics, "Failure": the first caller is part of the expression unless it is an actor, client or external; an external that is called is one.
#[test]
fn a_root_that_is_no_caller_can_fail() {
    let text = |kind: &str| {
        format!(
            "components = {{ a = {{ kind = \"{kind}\" }}, b = {{ kind = \"external\" }} }}\nlinks = {{ \"a -> b\" = {{}} }}\njourneys = {{ j = {{ rate = \"1/s\", steps = [\"a -> b\"] }} }}"
        )
    };
    check(&text("job"), &[("a", "down"), ("b", "down")], &["a/1", "b/1"]);
    check(&text("external"), &[("a", "down"), ("b", "down")], &["b/1"]);
}

/// Semantics, "Links": x's instance is down while its sidecar is, never the reverse.
#[test]
fn a_sidecar_takes_its_host_down() {
    let text = r#"
        locations = { z1 = { kind = "zone" }, z2 = { kind = "zone" } }
        components = { u = { kind = "client" }, x = { kind = "service", on = ["z1", "z2"], replicas = 2 }, s = { kind = "sidecar", of = "x" } }
        links = { "u -> x" = {} }
        journeys = { j = { rate = "1/s", steps = ["u -> x"] } }
    "#;
    check(text, &[("s", "down"), ("x", "down"), ("z1", "up +")], &[]);
    check(&text.replace("replicas = 2", "replicas = 1"), &[("s", "down"), ("z1", "down"), ("z2", "up +")], &["s/1", "x/1", "z1"]);
    // The component row of a host leaves its sidecar, and what else the sidecar serves, alone.
    let called = text
        .replace("links = { \"u -> x\" = {} }", "links = { \"u -> x\" = {}, \"u -> y\" = {} }")
        .replace("u = {", "y = { kind = \"sidecar\", of = \"x\" }, u = {");
    check(&called.replace("[\"u -> x\"]", "[\"u -> y\"]"), &[("x", "up"), ("y", "down"), ("z1", "up +")], &[]);
}

/// Semantics, "Links": `hosted-on = "p"`: an instance is down while p is. A platform stops a journey only through `hosted-on`, a step or a shared fate.
#[test]
fn what_is_hosted_on_a_platform_falls_with_it() {
    let text = r#"
        components = { u = { kind = "client" }, x = { kind = "service" }, p = { kind = "platform", replicas = 2 }, other = { kind = "platform", needed-for = "scaling" } }
        links = { "u -> x" = {} }
        journeys = { j = { rate = "1/s", steps = ["u -> x"] } }
    "#;
    check(text, &[("p", "up +"), ("x", "down"), ("other", "up +")], &["x/1"]);
    let hosted = text.replace("x = { kind = \"service\" }", "x = { kind = \"service\", hosted-on = \"p\" }");
    check(&hosted, &[("p", "down"), ("x", "down"), ("other", "up +")], &["x/1"]);
    check(&hosted.replace("replicas = 2", "replicas = 2, needs = 2"), &[("p", "down")], &["p/1", "p/2", "x/1"]);
    // Replicated above a platform of two: the second platform replica is the second failure.
    let replicated = hosted.replace("hosted-on", "replicas = 3, hosted-on").replace("x/1", "");
    check(&replicated, &[("p", "down"), ("other", "up")], &[]);
}

/// Semantics, "Further keys" (`needed-for`): what is needed for starting or scaling only leaves what runs alone.
#[test]
fn a_control_plane_that_is_not_needed_to_run_stops_nothing() {
    let of = |needed: &str| {
        format!(
            r#"
            components = {{ u = {{ kind = "client" }}, x = {{ kind = "service", hosted-on = "p" }}, p = {{ kind = "platform"{needed} }} }}
            links = {{ "u -> x" = {{}} }}
            journeys = {{ j = {{ rate = "1/s", steps = ["u -> x"] }} }}
            "#
        )
    };
    check(&of(""), &[("p", "down")], &["p/1", "x/1"]);
    check(&of(r#", needed-for = ["running", "starting"]"#), &[("p", "down")], &["p/1", "x/1"]);
    check(&of(r#", needed-for = ["starting", "scaling"]"#), &[("p", "up +")], &["x/1"]);
}

/// Semantics, "Failure": a component whose survivors cannot carry the peak is down. Two zones with two replicas each, of which the peak needs three: either zone stops
/// the journey. What carries it again has to be started.
#[test]
fn survivors_that_cannot_carry_the_peak_are_down() {
    let text = r#"
        locations = { z1 = { kind = "zone" }, z2 = { kind = "zone" } }
        [components]
        u = { kind = "client" }
        a = { kind = "service", on = ["z1", "z2"], replicas = 4, service-time = "100ms", concurrency = 1 }
        k = { kind = "platform", on = "z1", needed-for = "scaling" }
        [links]
        "u -> a" = {}
        [journeys.j]
        rate = "1/s"
        peak = "25/s"
        steps = ["u -> a"]
        [assumptions]
        "failed-call.internet" = "0%"
    "#;
    check(text, &[("z1", "down"), ("z2", "down"), ("a", "down")], &["z1", "z2"]);
    let with_load = system(text);
    let radius = blast_radius(&with_load);
    let [raised] = radius.raised.as_slice() else { panic!("{:?}", radius.raised) };
    assert_eq!((raised.replicas, raised.needs, raised.to_carry), (4, 1, 3));
    assert!((raised.utilization - 2.5 / 4.0).abs() < 1e-12);
    let short: Vec<(&str, u32, u32, Vec<bool>)> = radius
        .shortfalls
        .iter()
        .map(|one| (one.domain.as_str(), one.left, one.to_carry, one.starters.iter().map(|(_, is_up)| *is_up).collect()))
        .collect();
    assert_eq!(short, [("z1", 2, 3, vec![false]), ("z2", 2, 3, vec![true])]);
    // At 20 a second two carry it.
    check(&text.replace("25/s", "20/s"), &[("z1", "up +"), ("z2", "up +")], &[]);
    assert!(blast_radius(&system(&text.replace("25/s", "20/s"))).shortfalls.is_empty());
    // What the model says itself is no shortfall: it is down by its own words.
    assert!(blast_radius(&system(&text.replace("replicas = 4", "replicas = 4, needs = 3"))).raised.is_empty());
}

/// Semantics, "Failure": a shared fate downs every replica of every shard of what it names, components or locations.
#[test]
fn a_shared_fate_takes_all_that_it_names() {
    let text = r#"
        [locations]
        z1 = { kind = "zone" }
        z2 = { kind = "zone" }
        [components]
        u = { kind = "client" }
        a = { kind = "service", on = ["z1", "z2"], replicas = 2 }
        [links]
        "u -> a" = {}
        [shared-fate]
        push = { of = "a" }
        power = { of = ["z1", "z2"] }
        half = { of = "z1" }
        [journeys.j]
        rate = "1/s"
        steps = ["u -> a"]
    "#;
    check(text, &[("push", "down"), ("power", "down"), ("half", "up +"), ("z2", "up +")], &["power", "push"]);
}

/// Semantics, "Links": `=>` with `mode = "sync"` waits for and requires the target, for visits that write; a copy is a write to its target.
#[test]
fn a_write_requires_synchronous_copies() {
    let text = |mode: &str, steps: &str| {
        format!(
            r#"
        [components]
        u = {{ kind = "client" }}
        db = {{ kind = "database" }}
        copy = {{ kind = "database" }}
        far = {{ kind = "database" }}
        [links]
        "u -> db" = {{}}
        "db => copy" = {{ mode = "{mode}" }}
        "copy => far" = {{ mode = "sync" }}
        [entities]
        e = {{ truth = "db" }}
        [journeys.j]
        rate = "1/s"
        steps = [{steps}]
        "#
        )
    };
    let write = r#"{ call = "u -> db", writes = "e" }"#;
    check(&text("sync", write), &[("copy", "down"), ("far", "down")], &["copy/1", "db/1", "far/1"]);
    check(&text("async", write), &[("copy", "up +"), ("far", "up +")], &["db/1"]);
    check(&text("sync", r#"{ call = "u -> db", reads = "e" }"#), &[("copy", "up +")], &["db/1"]);
}

/// Semantics, "Links": shard-key calls one shard by share; equal shard names and keys are one draw per journey, different keys draw independently.
#[test]
fn shards_lose_their_share() {
    let text = |key: &str| {
        format!(
            r#"
        [components]
        u = {{ kind = "client" }}
        app = {{ kind = "service", shards = {{ A = 0.45, L = 0.30, S = 0.25 }}, shard-key = "country" }}
        db = {{ kind = "database", shards = {{ A = 0.45, L = 0.30, S = 0.25 }}, shard-key = "{key}" }}
        [links]
        "u -> app" = {{}}
        "app -> db" = {{}}
        [shared-fate]
        one = {{ of = "app" }}
        [journeys.j]
        rate = "1/s"
        steps = ["u -> app", "app -> db"]
        "#
        )
    };
    let single = ["app/A/1 0.45", "app/L/1 0.3", "app/S/1 0.25", "db/A/1 0.45", "db/L/1 0.3", "db/S/1 0.25", "one"];
    check(&text("country"), &[("app", "down"), ("one", "down")], &single);
    check(&text("customer"), &[("app", "down")], &single);
    // The loss of one shard costs its share of the requests, whatever the key of the other.
    let by_shard = traffic_lost_by_shard(&system(&text("customer")), 3);
    let expected = [("app/A", 0.45), ("app/L", 0.3), ("app/S", 0.25), ("db/A", 0.45), ("db/L", 0.3), ("db/S", 0.25)];
    assert_eq!(by_shard.keys().map(String::as_str).collect::<Vec<_>>(), expected.map(|(id, _)| id));
    for (id, lost) in expected {
        assert!((by_shard[id] - lost).abs() < 1e-12, "{id}: {}", by_shard[id]);
    }
    assert!(traffic_lost_by_shard(&system(&text("customer")), 2).is_empty(), "what has more shards is left out");
    // A rack with app/A and db/A: one draw loses .45, two draws 1 − .55·.55 = .6975.
    let racked = |key: &str| {
        let text = text(key)
            .replace("{ A = 0.45", "{ A = { share = 0.45, on = \"rack\" }")
            .replace("[components]", "[locations]\nrack = { kind = \"rack\" }\n[components]");
        text.replace("L = 0.30", "L = { share = 0.30 }").replace("S = 0.25", "S = { share = 0.25 }")
    };
    let radius = |key: &str| {
        let system = system(&racked(key));
        row(&system, &blast_radius(&system), "rack")
    };
    assert_eq!(radius("country"), "partly down 0.45 +");
    assert_eq!(radius("customer"), "partly down 0.6975 +");
}

/// Semantics, "Links": `all` requires every shard, of a callee that is not sharded every replica; `any` one replica.
#[test]
fn a_route_decides_how_many_are_needed() {
    let text = |callee: &str, route: &str| {
        format!(
            "components = {{ u = {{ kind = \"client\" }}, c = {{ kind = \"service\", {callee} }} }}\nlinks = {{ \"u -> c\" = {{ route = \"{route}\" }} }}\njourneys = {{ j = {{ rate = \"1/s\", steps = [\"u -> c\"] }} }}"
        )
    };
    check(&text("shards = 2", "all"), &[("c", "down")], &["c/1/1", "c/2/1"]);
    check(&text("shards = 2", "shard-key"), &[("c", "down")], &["c/1/1 0.5", "c/2/1 0.5"]);
    check(&text("shards = 2", "any"), &[("c", "down")], &[]);
    check(&text("replicas = 2", "all"), &[("c", "down")], &["c/1", "c/2"]);
    check(&text("replicas = 2", "any"), &[("c", "down")], &[]);
    check(&text("replicas = 2", "zone-local"), &[("c", "down")], &[]);
}

/// Semantics, "Failure": needs decide whether a single-leader shard works; `failover = false` states that nothing takes over from the leader.
#[test]
fn a_leader_is_needed_where_nothing_takes_over() {
    let text = |replication: &str| {
        format!(
            "components = {{ u = {{ kind = \"client\" }}, db = {{ kind = \"database\", replicas = 2, replication = {{ style = \"single-leader\"{replication} }} }} }}\nlinks = {{ \"u -> db\" = {{ effect = \"write\" }} }}\njourneys = {{ j = {{ rate = \"1/s\", steps = [\"u -> db\"] }} }}"
        )
    };
    check(&text(", failover = \"automatic\""), &[("db", "down")], &[]);
    check(&text(", failover = false"), &[("db", "down")], &["db/1"]);
    check(&text(""), &[("db", "down")], &[]);
    let assumed = |replication: &str| blast_radius(&system(&text(replication))).assumed_failover.len();
    assert_eq!((assumed(""), assumed(", failover = \"manual\""), assumed(", failover = false")), (1, 0, 0));
}

/// Semantics, "Ids, layers" and "Placement": a pool's hosts fail one by one; a namespace is none; what lies inside a location falls with it.
#[test]
fn hosts_of_a_pool_fail_one_by_one() {
    let text = r#"
        [locations]
        hall = { kind = "datacenter" }
        pool = { kind = "node", count = 3, in = "hall" }
        group = { kind = "namespace", in = "hall" }
        [components]
        u = { kind = "client" }
        a = { kind = "service", on = "pool", replicas = 2 }
        b = { kind = "service", on = "group", replicas = 2 }
        [links]
        "u -> a" = {}
        "a -> b" = {}
        [journeys.j]
        rate = "1/s"
        steps = ["u -> a", "a -> b"]
    "#;
    check(text, &[("pool", "down"), ("hall", "down"), ("pool/1", "up +")], &["hall"]);
    let system = system(text);
    let radius = blast_radius(&system);
    assert!(radius.domain("group").is_none(), "a namespace is no failure domain");
    let hosts: Vec<(&str, u32)> =
        radius.domains.iter().filter(|domain| domain.id.contains('/')).map(|domain| (domain.id.as_str(), domain.alike)).collect();
    assert_eq!(hosts, [("pool/1", 3)], "hosts whose loss does the same are one row");
}

/// Semantics, "Links": a module has no failure of its own; the process around it fails.
#[test]
fn modules_are_their_carrier() {
    let text = r#"
        components = { u = { kind = "client" }, app = { kind = "service" }, m = { kind = "module", of = "app" }, n = { kind = "module", of = "app" } }
        [links]
        "u -> m" = {}
        "m -> n" = {}
        [shared-fate]
        push = { of = "n" }
        [journeys.j]
        rate = "1/s"
        steps = ["u -> m", "m -> n"]
    "#;
    check(text, &[("app", "down"), ("push", "down")], &["app/1", "push"]);
    assert!(blast_radius(&system(text)).domain("m").is_none());
}

/// Semantics, "Failure" and "Journeys": one crashed app is down for its own journey; `offline` turns down into degraded, online single points remain.
#[test]
fn a_crashed_app_touches_one_user_and_an_offline_one_goes_on() {
    let text = r#"
        components = { user-a = { kind = "actor" }, user-b = { kind = "actor" }, app-a = { kind = "client", offline = "limited" }, app-b = { kind = "client" }, server = { kind = "service" } }
        links = { "user-a -> app-a" = {}, "user-b -> app-b" = {}, "app-a -> server" = {}, "app-b -> server" = {} }
        [journeys.a]
        rate = "1/s"
        share-of-users = 0.25
        steps = ["user-a -> app-a", "app-a -> server"]
        [journeys.b]
        rate = "3/s"
        share-of-users = 0.75
        steps = ["user-b -> app-b", "app-b -> server"]
    "#;
    let rows = [("app-a", "down, up +"), ("app-b", "up +, down"), ("user-b", "up +, down"), ("server", "degraded, down")];
    check(text, &rows, &["server/1"]);
    let system = system(text);
    let radius = blast_radius(&system);
    let domain = |id: &str| radius.domain(id).map(|domain| (domain.traffic_lost, domain.users_lost));
    assert_eq!(domain("app-b"), Some((0.75, Some(0.75))));
    assert_eq!(domain("app-a"), Some((0.25, Some(0.25))));
    assert_eq!(domain("server"), Some((0.75, Some(0.75))));
    assert_eq!(radius.partial_failure(), Some(("app-a/1".into(), "b".into())));
}

/// Semantics, "Failure": traffic is weighted by rate, equally where one is missing; users are unknown where a share is not stated.
#[test]
fn a_missing_rate_makes_weights_equal() {
    let text = r#"
        components = { u = { kind = "client" }, a = { kind = "service" }, b = { kind = "service" } }
        links = { "u -> a" = {}, "u -> b" = {} }
        journeys = { x = { rate = "9/s", steps = ["u -> a"] }, y = { steps = ["u -> b"] } }
    "#;
    let radius = blast_radius(&system(text));
    assert!(radius.has_equal_weights);
    assert_eq!(radius.domain("a").map(|domain| (domain.traffic_lost, domain.users_lost)), Some((0.5, None)));
    let radius = blast_radius(&system(&text.replace("y = {", "y = { rate = \"1/s\",")));
    assert!(!radius.has_equal_weights);
    assert_eq!(radius.domain("a").map(|domain| domain.traffic_lost), Some(0.9));
}

/// Semantics, "Placement": a client on several locations is split by their `share-of-users`.
#[test]
fn a_place_takes_the_clients_in_it() {
    let text = r#"
        locations = { eu = { kind = "region", share-of-users = 0.7 }, us = { kind = "region", share-of-users = 0.3 } }
        components = { u = { kind = "client", on = ["eu", "us"] }, a = { kind = "service", on = "eu" } }
        links = { "u -> a" = {} }
        journeys = { j = { rate = "1/s", steps = ["u -> a"] } }
    "#;
    check(text, &[("us", "partly down 0.3 +"), ("eu", "down"), ("u", "down")], &["a/1", "eu"]);
    assert_eq!(blast_radius(&system(text)).domain("us").and_then(|domain| domain.users_lost), Some(0.3));
}

/// Semantics, "Failure": `survive = K` passes when no single event of kind K or smaller makes the journey lose traffic.
#[test]
fn survival_looks_at_events_up_to_its_size() {
    let text = r#"
        locations = { r = { kind = "region" }, z = { kind = "zone", in = "r" }, n1 = { kind = "node", in = "z" }, n2 = { kind = "node", in = "z" } }
        components = { u = { kind = "client" }, a = { kind = "service", on = ["n1", "n2"], replicas = 2 } }
        links = { "u -> a" = {} }
        journeys = { j = { rate = "1/s", steps = ["u -> a"] } }
        shared-fate = { push = { of = "a" } }
    "#;
    let system = system(text);
    let radius = blast_radius(&system);
    let of = |kind| {
        let found = survives(&system, &radius, 0, kind).expect("all is examined");
        (found.worst, found.events, found.lost)
    };
    assert_eq!(of(Survive::Process), (None, 0, 0.0));
    assert_eq!(of(Survive::Node), (None, 0, 0.0));
    assert_eq!(of(Survive::Zone), (Some("z".into()), 1, 1.0));
    assert_eq!(of(Survive::Region), (Some("r".into()), 2, 2.0), "the first by id among equals");
    assert_eq!(of(Survive::Partition), (None, 0, 0.0), "there are no two places to cut");
    assert_eq!(points(&system, &radius, 0), ["push", "r", "z"]);
}

/// Semantics, "Failure": a clash of two failures in one branch is one failure away, in different branches it is not.
#[test]
fn failures_in_different_groups_do_not_add_up() {
    let text = r#"
        [components]
        u = { kind = "client" }
        a = { kind = "service", replicas = 2 }
        b = { kind = "service" }
        c = { kind = "service" }
        d = { kind = "service" }
        e = { kind = "service" }
        f = { kind = "service", replicas = 3 }
        [links]
        "u -> a" = {}
        "a -> b, c, d, e, f" = {}
        [journeys.j]
        rate = "1/s"
        steps = ["u -> a", { first-of = ["a -> b", "a -> c"] }, { parallel = ["a -> d", "a -> e", "a -> f"], quorum = 1 }]
    "#;
    // d and e down leave f; b down leaves c, and c is the second failure. Of a one replica is left to fail, of f two.
    check(text, &[("b", "degraded +"), ("c", "up +"), ("d", "up"), ("e", "up"), ("f", "up"), ("a", "down")], &[]);
}

/// No depth of a journey exhausts the stack: the 1,500th call of 3,000 is optional, so what stands before it stops the journey and what follows does not.
#[test]
fn a_deep_journey_is_no_deeper_than_a_short_one() {
    let count = 3_000;
    let components: String = (0..count).map(|at| format!("c{at} = {{ kind = \"service\" }}\n")).collect();
    let call = |at: usize| format!("\"c{} -> c{at}\" = {}\n", at - 1, if at == 1_500 { "{ required = false }" } else { "{}" });
    let links: String = (1..count).map(call).collect();
    let steps: Vec<String> = (1..count).map(|at| format!("\"c{} -> c{at}\"", at - 1)).collect();
    let system = system(&format!("[components]\n{components}[links]\n{links}[journeys.j]\nrate = \"1/s\"\nsteps = [{}]", steps.join(", ")));
    let radius = blast_radius(&system);
    assert_eq!(radius.journeys[0].single_points.len(), 1_500);
    assert_eq!(row(&system, &radius, "c1499"), "down");
    assert_eq!(row(&system, &radius, "c1500"), "degraded +");
    assert_eq!(row(&system, &radius, "c2999"), "degraded +");
}

proptest! {
    /// The order of declarations never matters (style, "Tests").
    #[test]
    fn the_order_of_declarations_does_not_matter(
        components in Just(COMPONENTS.to_vec()).prop_shuffle(), links in Just(LINKS.to_vec()).prop_shuffle(), rest in Just(REST.to_vec()).prop_shuffle(),
    ) {
        let text = |components: &[&str], links: &[&str], rest: &[&str]| {
            format!("[components]\n{}\n[links]\n{}\n{}", components.join("\n"), links.join("\n"), rest.join("\n"))
        };
        let declared = blast_radius(&system(&text(COMPONENTS, LINKS, REST)));
        prop_assert_eq!(declared, blast_radius(&system(&text(&components, &links, &rest))));
    }
}

const COMPONENTS: &[&str] = &[
    r#"u = { kind = "client" }"#,
    r#"a = { kind = "service", on = ["z1", "z2"], replicas = 2 }"#,
    r#"b = { kind = "service", on = "pool", replicas = 2, needs = 2 }"#,
    r#"c = { kind = "cache", on = "z2" }"#,
    r#"d = { kind = "database", on = ["z1", "z2"], shards = { A = 0.6, B = 0.4 }, shard-key = "k" }"#,
    r#"e = { kind = "database", on = ["z2", "z1"], shards = { A = 0.6, B = 0.4 } }"#,
    r#"s = { kind = "sidecar", of = "a" }"#,
];

const LINKS: &[&str] = &[
    r#""u -> a" = {}"#,
    r#""a -> b" = { required = false }"#,
    r#""a -> c" = {}"#,
    r#""a -> d" = {}"#,
    r#""a -> e" = {}"#,
    r#""a ~> b" = {}"#,
    r#""d => c" = { mode = "sync" }"#,
];

const REST: &[&str] = &[
    "[locations]\nz1 = { kind = \"zone\" }\npool = { kind = \"node\", count = 2, in = \"z1\" }\nz2 = { kind = \"zone\" }",
    "[shared-fate]\nf = { of = [\"c\", \"z1\"] }\ng = { of = \"e\" }",
    "[journeys.x]\nrate = \"2/s\"\nsteps = [\"u -> a\", \"a -> b\", { call = \"a -> c\", hit = 0.8, else = [\"a -> d\"] }]",
    "[journeys.y]\nrate = \"1/s\"\nsteps = [\"u -> a\", { call = \"a -> d\", when = 0.5 }, { call = \"a -> e\", when = 0.3 }, \"a ~> b\"]",
];

/// Says when a journey is back after a loss, and what data it loses: seconds, `all`, or `?` where not all is known.
fn recovered(system: &System, radius: &BlastRadius, id: &str) -> (String, String) {
    let told = |time: super::AtWorst| match time.time().map(crate::quantity::Duration::seconds) {
        Some(seconds) if seconds.is_infinite() => "all".to_owned(),
        Some(seconds) => format!("{}", (seconds * 1e6).round() / 1e6),
        None => "?".to_owned(),
    };
    let recovery = &radius.domain(id).unwrap_or_else(|| panic!("`{id}` is a domain of {}", system.id)).recovery;
    (told(recovery.back_after()), told(recovery.data_lost()))
}

/// A place takes the copies in it with it: what is lost is what no copy elsewhere has.
#[test]
fn data_is_lost_with_the_copies_that_have_it() {
    let of = |db: &str, id: &str| {
        let system = system(&format!(
            r#"
            locations = {{ z1 = {{ kind = "zone", mttr = "3h" }}, z2 = {{ kind = "zone" }}, z3 = {{ kind = "zone" }} }}
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service" }}, db = {{ kind = "database", {db} }} }}
            links = {{ "u -> a" = {{}}, "a -> db" = {{ effect = "write" }} }}
            journeys = {{ j = {{ steps = ["u -> a", "a -> db"] }} }}
            "#
        ));
        let radius = blast_radius(&system);
        let (back, data) = recovered(&system, &radius, id);
        format!("{back} {data}")
    };
    // One copy: down until the zone is back, and the data is that of the last backup, if any.
    assert_eq!(of(r#"on = "z1", backup = { every = "1h" }"#, "z1"), "10800 3600");
    assert_eq!(of(r#"on = "z1", backup = false"#, "z1"), "10800 all");
    assert_eq!(of(r#"on = "z1", backup = true"#, "z1"), "10800 ?");
    assert_eq!(of(r#"on = "z1""#, "z2"), "0 0");
    // The process alone keeps its data, unless it forgets it.
    assert_eq!(of(r#"on = "z1", backup = false, mttr = "20min""#, "db"), "1200 0");
    assert_eq!(of(r#"on = "z1", backup = false, mttr = "20min", durable = false"#, "db"), "1200 all");
    // A majority has each write: nothing is lost, and a failover takes 30 s, or with one in ten failing 30 s + .1 · 1 h.
    let quorum = r#"on = ["z1", "z2", "z3"], replicas = 3, replication = { style = "single-leader", ack = "quorum", failover = "automatic", failover-time = "30s" }"#;
    assert_eq!(of(quorum, "z1"), "30 0");
    assert_eq!(of(quorum, "z2"), "0 0");
    assert_eq!(of(&quorum.replace("\"30s\"", "\"30s\", failover-success = 0.9"), "z1"), "390 0");
    // The leader alone has the last ones: what the followers lag is lost, and nothing with a follower.
    let behind = r#"on = ["z1", "z2"], replicas = 2, replication = { style = "single-leader", ack = "one", failover = "automatic", failover-time = "30s", lag = "5s" }"#;
    assert_eq!(of(behind, "z1"), "30 5");
    assert_eq!(of(behind, "z2"), "0 0");
    assert_eq!(of(&behind.replace(", lag = \"5s\"", ""), "z1"), "30 ?");
    assert_eq!(of(&behind.replace("\"one\"", "\"all\""), "z1"), "10800 0");
}

/// What an `=>` link carries elsewhere is a copy, too: nothing is lost where writers wait for it, else what it lags.
#[test]
fn a_copy_elsewhere_saves_the_data() {
    let of = |copy: &str, on: &str| {
        let system = system(&format!(
            r#"
            locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
            components = {{ u = {{ kind = "client" }}, db = {{ kind = "database", on = "z1", backup = {{ every = "1d" }} }}, copy = {{ kind = "database", on = "{on}", derived = true }} }}
            links = {{ "u -> db" = {{ effect = "write" }}, "db => copy" = {{ {copy} }} }}
            journeys = {{ j = {{ steps = ["u -> db"] }} }}
            "#
        ));
        recovered(&system, &blast_radius(&system), "z1").1
    };
    assert_eq!(of(r#"mode = "sync""#, "z2"), "0");
    assert_eq!(of(r#"mode = "async", lag = "10s""#, "z2"), "10");
    assert_eq!(of(r#"mode = "async""#, "z2"), "86400");
    assert_eq!(of(r#"mode = "sync""#, "z1"), "86400");
}
