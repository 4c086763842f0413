//! Semantics, "Is it distributed": each answer on the smallest system that has it, and on the article's systems.

use super::{Classification, Distributed, classification};
use crate::analysis::failure::blast_radius;
use crate::model::testing::{model, system};
use crate::syntax::vocabulary::Vocabulary;

/// Two machines, an application `a` on the first, and what is to be filled in.
fn classified(components: &str, links: &str) -> Classification {
    let system = system(&format!(
        "[locations]\nn = {{ kind = \"node\" }}\nm = {{ kind = \"node\" }}\n[components]\na = {{ kind = \"service\", on = \"n\" }}\n{components}\n[links]\n{links}\n"
    ));
    classification(&system, &blast_radius(&system))
}

fn distributed(components: &str, links: &str) -> Distributed {
    classified(components, links).distributed
}

#[test]
fn what_stays_on_one_machine_is_not_distributed() {
    assert_eq!(distributed("db = { kind = \"database\", on = \"n\" }", "\"a -> db\" = {}"), Distributed::None);
    assert_eq!(distributed("b = { kind = \"service\", on = \"n\" }", "\"a -> b\" = {}"), Distributed::None, "two programs, one machine");
}

#[test]
fn links_of_users_make_an_edge_alone() {
    assert_eq!(distributed("app = { kind = \"client\" }", "\"app -> a\" = {}"), Distributed::Edge);
    assert_eq!(distributed("bank = { kind = \"external\" }", "\"a -> bank\" = {}"), Distributed::Edge);
}

#[test]
fn data_on_another_machine_distributes_one_program() {
    assert_eq!(distributed("db = { kind = \"database\", on = \"m\" }", "\"a -> db\" = {}"), Distributed::DataStore);
    let twice = "db = { kind = \"database\", on = \"m\" }\nb = { kind = \"service\", on = [\"n\", \"m\"], replicas = 2 }";
    assert_eq!(distributed(twice, "\"b -> db\" = {}"), Distributed::Replicated, "its copies are on two machines");
}

/// Directly, through a queue, or through a store that both use.
#[test]
fn programs_that_are_joined_over_the_network_distribute_fully() {
    let b = "b = { kind = \"service\", on = \"m\" }";
    assert_eq!(distributed(b, "\"a -> b\" = {}"), Distributed::Full);
    let zone = "[locations.z]\nkind = \"zone\"\n";
    let apart = |kind: &str, links: &str| {
        let system = system(&format!(
            "{zone}[components]\na = {{ kind = \"service\", on = \"z\" }}\nb = {{ kind = \"service\", on = \"z\" }}\nx = {{ kind = \"{kind}\", on = \"z\" }}\n[links]\n{links}\n"
        ));
        classification(&system, &blast_radius(&system)).distributed
    };
    assert_eq!(apart("queue", "\"a ~> x\" = {}\n\"x ~> b\" = {}"), Distributed::Full, "through a queue");
    assert_eq!(apart("database", "\"a -> x\" = {}\n\"b -> x\" = {}"), Distributed::Full, "through a store");
}

#[test]
fn it_is_unknown_only_where_a_place_decides() {
    let open = classified("db = { kind = \"database\" }", "\"a -> db\" = {}");
    assert_eq!((open.distributed, open.needs_place_of), (Distributed::Unknown, vec!["db".to_owned()]));
    let decided = classified("b = { kind = \"service\", on = \"m\" }\nc = { kind = \"service\" }", "\"a -> b\" = {}\n\"b -> c\" = {}");
    assert_eq!((decided.distributed, decided.needs_place_of), (Distributed::Full, vec![]), "more than fully is nothing");
}

/// The article's own words: the mobile application is distributed at its edge; the monolith in copies and in shards by its copies, "yet sometimes overlooked";
/// microservices fully.
#[test]
fn the_articles_systems_are_what_it_calls_them() {
    let shop = model(&[
        ("system.toml", include_str!("../../../models/shop/system.toml")),
        ("alternatives/replicated.toml", include_str!("../../../models/shop/alternatives/replicated.toml")),
        ("alternatives/sharded.toml", include_str!("../../../models/shop/alternatives/sharded.toml")),
        ("alternatives/microservices.toml", include_str!("../../../models/shop/alternatives/microservices.toml")),
    ]);
    let mobile = model(&[("system.toml", include_str!("../../../models/mobile/system.toml"))]);
    let kubernetes = model(&[("system.toml", include_str!("../../../models/kubernetes/system.toml"))]);
    let simulation = model(&[
        ("system.toml", include_str!("../../../models/simulation/system.toml")),
        ("alternatives/divided.toml", include_str!("../../../models/simulation/alternatives/divided.toml")),
    ]);
    let said: Vec<String> = [&mobile, &kubernetes, &shop, &simulation]
        .iter()
        .flat_map(|model| model.systems())
        .map(|system| {
            let found = classification(system, &blast_radius(system));
            let style = found.style.map_or("none", |found| found.style.word());
            format!("{}: {}, {style}, {}", system.id, found.distributed.word(), found.candidate.map_or("none", Vocabulary::word))
        })
        .collect();
    assert_eq!(
        said,
        [
            "system: edge, client-server, single-process",
            "system: full, microservices, microservices",
            "system: data-store, client-server, single-process",
            "microservices: full, microservices, microservices",
            "replicated: replicated, replicated-monolith, replicated-monolith",
            "sharded: replicated, sharded-monolith, sharded-monolith",
            "system: none, batch, batch",
            "divided: full, batch, batch",
        ]
    );
}

/// Four units of which nobody says who owns them are coarse services (3 to 10); two teams make microservices of them.
#[test]
fn units_that_nobody_owns_are_released_by_nobody() {
    let four = |owner: &str| {
        let one = |id: &str, owner: &str| format!("{id} = {{ kind = \"service\", on = \"m\"{owner} }}\n");
        let components: String = [one("b", ""), one("c", owner), one("d", owner)].concat();
        let teams = "[teams]\nt = {}\nu = {}\n";
        classified(
            &components.replacen("on = \"m\" }", &format!("on = \"m\"{} }}", owner.replace("\"t\"", "\"u\"")), 1),
            &format!("\"a -> b\" = {{}}\n\"a -> c\" = {{}}\n\"c -> d\" = {{}}\n{teams}"),
        )
    };
    let style = |found: Classification| found.style.map(|found| found.style.word());
    assert_eq!(style(four("")), Some("coarse-services"));
    assert_eq!(style(four(", owner = \"t\"")), Some("microservices"));
}

#[test]
fn a_count_that_nobody_stated_is_called_assumed() {
    let because = |keys: &str| {
        let system = system(&format!("[components]\na = {{ kind = \"service\"{keys} }}\n"));
        classification(&system, &blast_radius(&system)).because.join(" ")
    };
    assert!(because("").contains("it runs once (assumed)"), "{}", because(""));
    let stated = because(", replicas = 1");
    assert!(stated.contains("it runs once") && !stated.contains("assumed"), "{stated}");
}

/// Each of the article's five characteristics has its witness, or says that there is none.
#[test]
fn the_five_characteristics_are_witnessed() {
    let holds = |found: &Classification| found.characteristics.iter().map(|one| (one.id, one.holds)).collect::<Vec<_>>();
    let one = classified("", "");
    let ids = ["several-processes", "several-machines", "network-exchange", "network-faults", "partial-failure"];
    assert_eq!(holds(&one), ids.map(|id| (id, Some(false))), "one process on one machine");
    // A fault of the network needs somebody whose request crosses it.
    let used = "app = { kind = \"client\" }\ndb = { kind = \"database\", on = \"m\" }";
    let two = classified(used, "\"app -> a\" = {}\n\"a -> db\" = {}");
    assert_eq!(holds(&two)[..4], ids.map(|id| (id, Some(true)))[..4]);
    assert!(two.characteristics.iter().all(|one| !one.witness.is_empty()));
}
