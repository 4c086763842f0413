//! Semantics, "Ids, layers".

use super::{AB, alternative, base, component_of, link_of, model, places, said};
use weighbridge::syntax::keys::{Table, component, cost, entity, file, system as system_key};

/// Semantics, "Ids, layers": teams, journeys and entities have spaces of their own.
#[test]
fn ids_are_unique_within_their_space_only() {
    base(
        "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[teams]\na = {}\n[entities]\na = {}\n[links]\n\"a -> b\" = {}\n[journeys]\na = { steps = [\"a -> b\"] }\n",
    );
}

/// Semantics, "Ids, layers": an alternative's id is its file's stem, the base is `system`; order everywhere: the base, then by id.
#[test]
fn alternatives_are_named_by_their_files() {
    let extends = "extends = \"../system.toml\"\n";
    let model = model(&[
        ("system.toml", ""),
        ("alternatives/b-2.toml", extends),
        ("alternatives/a.toml", "extends = \"b-2.toml\"\n"),
        ("alternatives/notes.md", ""),
    ]);
    assert_eq!(model.systems().map(|system| system.id.as_str()).collect::<Vec<_>>(), ["system", "a", "b-2"]);
}

/// Semantics, "Ids, layers": event ids: `db/1`, in a shard `db/A-K/1`, a pool's host `pool/3`.
#[test]
fn events_are_named_by_ids() {
    let system = base(
        "[locations]\npool = { kind = \"node\", count = 3 }\nhall = { kind = \"node\" }\n[components]\ndb = { kind = \"database\", replicas = 2, shards = { A-K = 0.5, L-Z = 0.5 }, on = \"pool\" }\napp = { kind = \"service\", on = \"hall\" }\n",
    );
    let db = system.find_component("db").expect("db is there");
    let events: Vec<String> = (0..4).map(|instance| system.instance_event(db, instance)).collect();
    assert_eq!(events, ["db/A-K/1", "db/A-K/2", "db/L-Z/1", "db/L-Z/2"]);
    assert_eq!(system.instance_event(system.find_component("app").expect("app is there"), 0), "app/1");
    assert_eq!((places(&system, "db"), places(&system, "app")), ("pool/1 pool/2 | pool/2 pool/3".into(), "hall".into()));
}

/// Semantics, "Ids, layers": a workspace < imported < parts < system < alternative (following `extends`). Each layer's word wins over all before it.
#[test]
fn layers_win_in_their_order() {
    let say = |word: &str, kind: &str| format!("{kind}[teams.t]\nsummary = \"{word}\"\n");
    let layers = [
        ("../weighbridge.toml", say("workspace", "")),
        ("imported.toml", say("imported", "")),
        ("parts/p.toml", say("part", "")),
        ("system.toml", say("system", "include = [\"parts/*.toml\"]\n")),
        ("alternatives/low.toml", say("low", "extends = \"../system.toml\"\n")),
        ("alternatives/high.toml", say("high", "extends = \"low.toml\"\n")),
    ];
    for top in 0..layers.len() {
        let files: Vec<(&str, String)> = layers
            .iter()
            .enumerate()
            .map(|(at, (path, text))| {
                (*path, if at <= top { text.clone() } else { text.split("[teams.t]").next().unwrap_or("").to_owned() })
            })
            .collect();
        let model = model(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
        let high = model.alternatives.iter().find(|system| system.id == "high").expect("the alternative is there");
        assert_eq!(said(&high.teams[0].facts, "summary"), ["workspace", "imported", "part", "system", "low", "high"][top]);
    }
}

/// Semantics, "Ids, layers": each layer first expands list targets and `<->`.
#[test]
fn targets_are_expanded_before_layers_merge() {
    let below = format!(
        "{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b, c\" = {{ label = \"both\", protocol = \"http\" }}\n\"b <-> c\" = {{ label = \"ways\" }}\n"
    );
    let system = alternative(&below, "[links]\n\"a -> c\" = { label = \"one\" }\n\"c -> b\" = { label = \"back\" }\n");
    let labels: Vec<(String, String)> = system.links.iter().map(|link| (link.id.clone(), said(&link.facts, "label"))).collect();
    let expected = [("a -> b", "both"), ("a -> c", "one"), ("b -> c", "ways"), ("c -> b", "back")];
    assert_eq!(labels, expected.map(|(id, label)| (id.to_owned(), label.to_owned())));
    assert_eq!(said(&link_of(&system, "a -> c").facts, "protocol"), "http", "keys that the upper layer does not state stay");
}

/// Semantics, "Ids, layers": tables of ids or key names merge; value tables replace whole.
#[test]
fn value_tables_replace_whole_and_other_tables_merge() {
    let below = "[cost]\npeople = { rota = 6, pages = \"4/month\" }\nfx = { USD = \"0.92 EUR\", GBP = \"1.2 EUR\" }\nbudget = { max-increase = \"20%\", require-caps = true }\n\
        [components.a]\nkind = \"database\"\nreplicas = { min = 1, usual = 2, max = 5 }\nshards = { x = 0.5, y = 0.5 }\nservice-time = { mean = \"5ms\", scv = 2 }\ntags = [\"one\", \"two\"]\n\
        data = { value = \"1GB\", source = \"disk\" }\ndeploy = { often = \"1/day\", stop = \"1s\" }\n";
    let above = "[cost]\npeople = { hourly = \"70 EUR/h\" }\nfx = { CHF = \"1.05 EUR\" }\nbudget = { max-increase = \"30%\" }\n\
        [components.a]\nreplicas = { usual = 4 }\nshards = { z = 1 }\nservice-time = { p50 = \"1ms\", p99 = \"9ms\" }\ntags = [\"three\"]\ndata = \"2GB\"\ndeploy = { stop = \"2s\" }\n";
    let system = alternative(below, above);
    let facts = &component_of(&system, "a").facts;
    let replicas = facts.get(component::REPLICAS).stated().expect("stated");
    assert_eq!((replicas.min, replicas.usual), (None, 4));
    assert_eq!(component_of(&system, "a").shards.iter().map(|shard| shard.name.as_str()).collect::<Vec<_>>(), ["z"]);
    assert!(matches!(facts.get(component::SERVICE_TIME).stated(), Some(weighbridge::syntax::value::ServiceTime::Percentiles { .. })));
    assert_eq!(facts.words(component::TAGS).iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["three"], "arrays replace");
    assert!(
        facts.entry_of(component::DATA).is_some_and(|entry| entry.provenance.is_none()),
        "a measured value is replaced with its source"
    );
    let deploy = facts.table(component::DEPLOY).expect("a table");
    assert_eq!([said(deploy, "often"), said(deploy, "stop")], ["stated", "stated"], "tables of key names merge");
    let money = system.single(Table::Cost).expect("stated");
    let people = money.table(cost::PEOPLE).expect("stated");
    assert_eq!([said(people, "rota"), said(people, "hourly")], ["nothing", "stated"]);
    assert_eq!(money.get(cost::FX).stated().map(|rates| rates.0.len()), Some(1));
    assert_eq!(said(money.table(cost::BUDGET).expect("stated"), "require-caps"), "stated");
}

/// Semantics, "Ids, layers": `[defaults]` merge by layer and apply last: a key stated on an item in any layer beats a default of any layer.
#[test]
fn defaults_apply_last() {
    let below = "[defaults.service]\ntechnology = \"java\"\nengine = \"low\"\ndeploy = { often = \"1/day\" }\n[components]\na = { kind = \"service\", technology = \"rust\", deploy = { stop = \"1s\" } }\nb = { kind = \"service\" }\n";
    let above = "[defaults.service]\ntechnology = \"go\"\n[components]\nc = { kind = \"service\" }\n";
    let system = alternative(below, above);
    let technology = |id: &str| said(&component_of(&system, id).facts, "technology");
    assert_eq!([technology("a"), technology("b"), technology("c")], ["rust", "go by default", "go by default"]);
    assert_eq!(said(&component_of(&system, "b").facts, "engine"), "low by default", "defaults of several layers merge");
    let deploy = component_of(&system, "a").facts.table(component::DEPLOY).expect("a table");
    assert_eq!([said(deploy, "stop"), said(deploy, "often")], ["stated", "stated by default"], "defaults fill nested tables");
}

/// Semantics, "Ids, layers": the kind of the merged model decides which defaults apply, also where an alternative changes it.
#[test]
fn defaults_follow_the_merged_kind() {
    let below = "[defaults.service]\nengine = \"s\"\n[defaults.job]\nengine = \"j\"\n[components]\na = { kind = \"service\" }\n";
    assert_eq!(said(&component_of(&alternative(below, "[components]\na = { kind = \"job\" }\n"), "a").facts, "engine"), "j by default");
}

/// Semantics, "Ids, layers": `remove` is carried out first, so removing and declaring an id replaces it; a component takes its links along.
#[test]
fn removing_and_declaring_replaces() {
    let below =
        format!("{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ timeout = \"1s\" }}\n\"b -> c\" = {{}}\n\"a -> c\" = {{}}\n");
    let system = alternative(&below, "[components]\nremove = [\"b\"]\nb = { kind = \"job\" }\n[links]\n\"a -> b\" = { label = \"new\" }\n");
    assert_eq!(system.links.iter().map(|link| link.id.as_str()).collect::<Vec<_>>(), ["a -> b", "a -> c"]);
    assert_eq!([said(&link_of(&system, "a -> b").facts, "timeout"), said(&link_of(&system, "a -> b").facts, "label")], ["nothing", "new"]);
    assert_eq!(component_of(&system, "b").kind, weighbridge::syntax::vocabulary::ComponentKind::Job);
}

/// Semantics, "Ids, layers": `remove` works in every table of ids.
#[test]
fn remove_works_in_every_table() {
    let below = format!(
        "[teams]\nt = {{}}\n[locations]\nl = {{ kind = \"zone\" }}\n{AB}[links]\n\"a -> b\" = {{}}\n\"a -> b #second\" = {{}}\n[entities]\ne = {{}}\n[shared-fate]\nf = {{ of = \"a\" }}\n[journeys]\nj = {{ steps = [\"a -> b\"] }}\nk = {{ steps = [\"a -> b\"] }}\n"
    );
    let above = "[teams]\nremove = [\"t\"]\n[locations]\nremove = [\"l\"]\n[links]\nremove = [\"a -> b #second\"]\n[entities]\nremove = \"e\"\n[shared-fate]\nremove = [\"f\"]\n[journeys]\nremove = [\"k\"]\n";
    let system = alternative(&below, above);
    assert_eq!(
        (
            system.teams.len(),
            system.locations.len(),
            system.links.len(),
            system.entities.len(),
            system.shared_fates.len(),
            system.journeys.len()
        ),
        (0, 0, 1, 0, 0, 1)
    );
}

/// Semantics, "Ids, layers": a removed component leaves `of`, `copies`, `writers`, `startup-needs`.
#[test]
fn a_removed_component_leaves_every_list() {
    let below = format!(
        "{AB}c = {{ kind = \"service\", startup-needs = [\"a\", \"b\"] }}\nm = {{ kind = \"module\", of = \"b\" }}\n[entities]\ne = {{ truth = \"a\", copies = {{ b = \"1s\", c = \"1s\" }}, writers = [\"b\", \"c\"] }}\n[shared-fate]\nf = {{ of = [\"a\", \"b\"] }}\n"
    );
    let system = alternative(&below, "[components]\nremove = [\"b\"]\n");
    let id = |id| system.find_component(id).expect("the component is there");
    assert_eq!(component_of(&system, "c").facts.words(component::STARTUP_NEEDS).len(), 1);
    assert_eq!((system.entities[0].copies.clone(), system.entities[0].writers.clone()), (vec![id("c")], vec![id("c")]));
    assert_eq!(system.shared_fates[0].components, [id("a")]);
    assert!(system.find_component("m").is_none(), "a module goes with its component");
    assert_eq!(system.entities[0].facts.words(entity::WRITERS).len(), 1);
}

/// Semantics, "Ids, layers": a module of the base that an alternative declares anew as a service stays when its component is removed.
#[test]
fn a_module_becomes_a_service() {
    let below = "[components]\napp = { kind = \"service\" }\norders = { kind = \"module\", of = \"app\", changes = 0.7 }\n";
    let system = alternative(below, "[components]\nremove = [\"app\"]\norders = { kind = \"service\", replicas = 2 }\n");
    let orders = component_of(&system, "orders");
    assert_eq!((orders.of, orders.replicas, orders.instances.len()), (None, 2, 2));
    assert_eq!(said(&orders.facts, "changes"), "stated", "the share of the base's changes is kept");
}

/// A fact's layer and file can be shown: `show` names where each fact comes from.
#[test]
fn facts_know_their_layer() {
    let model = model(&[("system.toml", "include = [\"p.toml\"]\n[system]\nname = \"x\"\n"), ("p.toml", "[system]\nsummary = \"y\"\n")]);
    let facts = model.base.single(Table::System).expect("stated");
    let layer = |key: &str| {
        let entry = facts.table.find(key).and_then(|index| facts.entry(index)).expect("stated");
        model.layers[entry.layer.0 as usize].path.clone()
    };
    assert_eq!([layer("name"), layer("summary")], ["system.toml", "p.toml"]);
    assert_eq!((facts.text(system_key::NAME), facts.text(system_key::SUMMARY)), (Some("x"), Some("y")));
    assert!(model.base.single(Table::File).is_some_and(|facts| facts.entry_of(file::SCHEMA).is_some()));
}
