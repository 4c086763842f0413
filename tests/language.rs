//! What the language says: every rule of the semantics that reading decides, from "Facts" to "Journeys".
//!
//! A test is a model and what is expected of it, written as text by one of the functions below.

mod in_memory;

use std::fmt::Write as _;

use in_memory::{InMemory, shown};
use weighbridge::diagnostic::has_errors;
use weighbridge::model::{CallTree, Model, NodeId, NodeKind, System};
use weighbridge::syntax::keys::{Shape, Table, component, cost, entity, file, journey, link, system as system_key};
use weighbridge::syntax::value::{Facts, State, Value};

// --- how the tests look at a model ------------------------------------------------------------------------------------------------------

/// Reads a model without errors; `schema = 1` stands first in every file.
#[track_caller]
fn model(files: &[(&str, &str)]) -> Model {
    let files: Vec<(&str, String)> = files.iter().map(|(path, text)| (*path, format!("schema = 1\n{text}"))).collect();
    let model = Model::read(&InMemory::new(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>()));
    let all: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{all:#?}");
    model
}

#[track_caller]
fn base(text: &str) -> System {
    model(&[("system.toml", text)]).base
}

/// Reads a base and one alternative, and returns the alternative.
#[track_caller]
fn alternative(base: &str, alternative: &str) -> System {
    let alternative = format!("extends = \"../system.toml\"\n{alternative}");
    model(&[("system.toml", base), ("alternatives/a.toml", &alternative)]).alternatives.remove(0)
}

fn component<'s>(system: &'s System, id: &str) -> &'s weighbridge::model::Component {
    system.component(system.find_component(id).unwrap_or_else(|| panic!("`{id}` is a component")))
}

fn link<'s>(system: &'s System, id: &str) -> &'s weighbridge::model::Link {
    system.link(system.find_link(id).unwrap_or_else(|| panic!("`{id}` is a link")))
}

/// Writes what a key says: `stated`, `absent`, `unknown` (said to be) or `nothing`; and whether a default said it.
fn said(facts: &Facts, key: &str) -> String {
    let index = facts.table.find(key).unwrap_or_else(|| panic!("`{key}` is a key of {}", facts.table.path()));
    let Some(entry) = facts.entry(index) else { return "nothing".into() };
    let word = match &entry.state {
        State::Stated(Value::Text(word)) => word.text.clone(),
        State::Stated(Value::Count(count)) => count.to_string(),
        State::Stated(_) => "stated".into(),
        State::Absent => "absent".into(),
        State::Unknown => "unknown".into(),
    };
    if entry.is_default { format!("{word} by default") } else { word }
}

/// Writes where a component's instances are: `eu-a eu-b`, or `-` where that is unknown. Shards are separated by `|`.
fn places(system: &System, id: &str) -> String {
    let component = component(system, id);
    let shards = (0..component.shards.len()).map(|shard| {
        let hosts = component.shard_instances(shard).iter().map(|instance| instance.host.map_or("-".into(), |host| system.host_event(host)));
        hosts.collect::<Vec<_>>().join(" ")
    });
    shards.collect::<Vec<_>>().join(" | ")
}

/// Writes a journey's tree: one node per line, indented by depth.
fn tree(system: &System, id: &str) -> String {
    let journey = &system.journeys[system.find_journey(id).unwrap_or_else(|| panic!("`{id}` is a journey")).index()];
    let mut out = format!("{}\n", system.component(journey.calls.root).id);
    write_below(system, &journey.calls, CallTree::root_node(), 1, &mut out);
    out
}

fn write_below(system: &System, calls: &CallTree, node: NodeId, depth: usize, out: &mut String) {
    for child in &calls.node(node).children {
        let text = match &calls.node(*child).kind {
            NodeKind::Root => "root".into(),
            NodeKind::Call(call) => {
                let mut text = system.link(call.link).id.clone();
                if call.times != 1 {
                    let _ = write!(text, " x{}", call.times);
                }
                if call.when.likely != 1.0 {
                    let _ = write!(text, " when {}", call.when.likely);
                }
                text
            }
            NodeKind::Sequence => "in order".into(),
            NodeKind::Parallel { quorum } => format!("parallel {quorum}"),
            NodeKind::Choice { shares } => format!("choice {shares:?}"),
            NodeKind::FirstOf { switch } => format!("first of, switch {:?}", switch.map(|range| range.likely)),
            NodeKind::Cached { hit } => format!("hit {}", hit.likely),
        };
        let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
        write_below(system, calls, *child, depth + 1, out);
    }
}

fn lines(text: &[&str]) -> String {
    text.iter().fold(String::new(), |out, line| out + line + "\n")
}

const AB: &str = "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n";

// --- facts ------------------------------------------------------------------------------------------------------------------------------

/// Semantics, "Facts": any optional key of a component, link, journey or entity takes `false`: stated absent. Every key of the tables is tried.
#[test]
fn every_optional_key_can_be_stated_absent() {
    let places: [(Table, &str); 4] = [
        (Table::Component, "[components.x]\nkind = \"service\"\n"),
        (Table::Link, "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links.\"a -> b\"]\n"),
        (Table::Journey, "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = {}\n[journeys.x]\nsteps = [\"a -> b\"]\n"),
        (Table::Entity, "[entities.x]\n"),
    ];
    for (table, text) in places {
        for row in table.rows().iter().filter(|row| !["kind", "steps"].contains(&row.name)) {
            for (value, expected) in [("false", "absent"), ("\"unknown\"", "unknown")] {
                let system = base(&format!("{text}{} = {value}\n", row.name));
                let facts = match table {
                    Table::Component => &component(&system, "x").facts,
                    Table::Link => &link(&system, "a -> b").facts,
                    Table::Journey => &system.journeys[0].facts,
                    _ => &system.entities[0].facts,
                };
                assert_eq!(said(facts, row.name), expected, "{} {} = {value}", table.path(), row.name);
            }
        }
    }
}

/// Semantics, "Facts": absent is unknown, `retries = 0` and `false` are the same.
#[test]
fn no_retries_is_stated_in_two_ways() {
    let system = base(&format!("{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ retries = 0 }}\n\"a -> c\" = {{ retries = false }}\n\"b -> c\" = {{ retries = 2 }}\n\"c -> b\" = {{}}\n"));
    let retries = |id: &str| said(&link(&system, id).facts, "retries");
    assert_eq!([retries("a -> b"), retries("a -> c"), retries("b -> c"), retries("c -> b")], ["absent", "absent", "2", "nothing"]);
    assert!(!link(&system, "c -> b").facts.get(link::RETRIES).is_known(), "what is not stated is unknown");
}

/// Semantics, "Facts": `"unknown"` resets a key and hides lower layers and defaults; `false` and `"unknown"` also of nested tables.
#[test]
fn unknown_hides_lower_layers_and_defaults() {
    let below = "[defaults.service]\nowner = \"core\"\n[teams]\ncore = {}\n[components]\na = { kind = \"service\", technology = \"rust\", deploy = { often = \"1/day\" } }\n";
    let above = "[components]\na = { technology = \"unknown\", owner = \"unknown\", deploy = { often = \"unknown\", stop = false } }\n";
    let system = alternative(below, above);
    let facts = &component(&system, "a").facts;
    assert_eq!([said(facts, "technology"), said(facts, "owner")], ["unknown", "unknown"]);
    let deploy = facts.table(component::DEPLOY).expect("deploy is a table");
    assert_eq!([said(deploy, "often"), said(deploy, "stop")], ["unknown", "absent"]);
}

/// Semantics, "Facts": `false` hides a default as well: it is stated.
#[test]
fn absent_hides_defaults() {
    let system = base(&format!("[defaults.\"->\"]\ntimeout = \"1s\"\n{AB}[links]\n\"a -> b\" = {{ timeout = false }}\n\"b -> a\" = {{}}\n"));
    assert_eq!(said(&link(&system, "a -> b").facts, "timeout"), "absent");
    assert_eq!(said(&link(&system, "b -> a").facts, "timeout"), "stated by default");
}

/// Semantics, "Facts": `[assumptions]` overrides any constant by name, quoted or dotted; a model may pin the set.
#[test]
fn assumptions_are_overridden_by_name() {
    let system = base("[assumptions]\nset = \"2026.1\"\nsame-zone = \"0.6ms\"\ndatabase.availability = \"99.95%\"\n\"failed-call.region\" = { value = \"0.1%\", source = \"measured\" }\n");
    assert_eq!(system.assumptions.value("same-zone"), 0.6e-3);
    assert_eq!(system.assumptions.value("database.availability"), 0.9995);
    assert_eq!(system.assumptions.value("failed-call.region"), 0.001);
    assert!(!system.assumptions.is_overridden("cross-zone"));
    assert_eq!(base("assumptions = \"2026.1\"\n").assumptions.value("same-zone"), 0.5e-3);
}

// --- units, ranges ----------------------------------------------------------------------------------------------------------------------

/// Semantics, "Units": a share or probability is a number 0..1 or a percentage string, the same everywhere.
#[test]
fn a_share_is_a_number_or_a_percentage() {
    for (text, expected) in [("0.4", 0.4), ("\"40%\"", 0.4), ("\"0.4\"", 0.4), ("1", 1.0), ("4e-1", 0.4), ("0", 0.0), ("0x1", 1.0)] {
        let system = base(&format!("[components]\na = {{ kind = \"service\", common-cause = {text} }}\n"));
        assert_eq!(component(&system, "a").facts.get(component::COMMON_CAUSE).stated().map(|share| share.value()), Some(expected), "{text}");
    }
}

/// Semantics, "Ranges and differences": `"a..b"` has the likely value (a+b)/2, `"a..m..b"` states it; a measured value keeps its source.
#[test]
fn ranges_and_measured_values() {
    let system = base(&format!("{AB}[links]\n\"a -> b\" = {{ payload = \"1..3KB\", response = \"1..2..9KB\", timeout = {{ value = \"100..300ms\", source = \"traces\", on = 2026-11-20 }} }}\n"));
    let facts = &link(&system, "a -> b").facts;
    assert_eq!(facts.get(link::PAYLOAD).stated().map(|bytes| bytes.bytes()), Some(2_000.0));
    assert_eq!(facts.get(link::RESPONSE).stated().map(|bytes| bytes.bytes()), Some(2_000.0));
    assert_eq!(facts.get(link::TIMEOUT).stated().map(|time| time.seconds()), Some(0.2));
    let provenance = facts.entry_of(link::TIMEOUT).and_then(|entry| entry.provenance.as_ref()).expect("the value is measured");
    assert_eq!((provenance.source.as_str(), provenance.on.map(|on| on.to_string())), ("traces", Some("2026-11-20".into())));
}

// --- ids, layers ------------------------------------------------------------------------------------------------------------------------

/// Semantics, "Ids, layers": teams, journeys and entities have spaces of their own.
#[test]
fn ids_are_unique_within_their_space_only() {
    base("[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[teams]\na = {}\n[entities]\na = {}\n[links]\n\"a -> b\" = {}\n[journeys]\na = { steps = [\"a -> b\"] }\n");
}

/// Semantics, "Ids, layers": an alternative's id is its file's stem, the base is `system`; order everywhere: the base, then by id.
#[test]
fn alternatives_are_named_by_their_files() {
    let extends = "extends = \"../system.toml\"\n";
    let model = model(&[("system.toml", ""), ("alternatives/b-2.toml", extends), ("alternatives/a.toml", "extends = \"b-2.toml\"\n"), ("alternatives/notes.md", "")]);
    assert_eq!(model.systems().map(|system| system.id.as_str()).collect::<Vec<_>>(), ["system", "a", "b-2"]);
}

/// Semantics, "Ids, layers": event ids: `db/1`, in a shard `db/A-K/1`, a pool's host `pool/3`.
#[test]
fn events_are_named_by_ids() {
    let system = base("[locations]\npool = { kind = \"node\", count = 3 }\nhall = { kind = \"node\" }\n[components]\ndb = { kind = \"database\", replicas = 2, shards = { A-K = 0.5, L-Z = 0.5 }, on = \"pool\" }\napp = { kind = \"service\", on = \"hall\" }\n");
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
            .map(|(at, (path, text))| (*path, if at <= top { text.clone() } else { text.split("[teams.t]").next().unwrap_or("").to_owned() }))
            .collect();
        let model = model(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>());
        let high = model.alternatives.iter().find(|system| system.id == "high").expect("the alternative is there");
        assert_eq!(said(&high.teams[0].facts, "summary"), ["workspace", "imported", "part", "system", "low", "high"][top]);
    }
}

/// Semantics, "Ids, layers": each layer first expands list targets and `<->`.
#[test]
fn targets_are_expanded_before_layers_merge() {
    let below = format!("{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b, c\" = {{ label = \"both\", protocol = \"http\" }}\n\"b <-> c\" = {{ label = \"ways\" }}\n");
    let system = alternative(&below, "[links]\n\"a -> c\" = { label = \"one\" }\n\"c -> b\" = { label = \"back\" }\n");
    let labels: Vec<(String, String)> = system.links.iter().map(|link| (link.id.clone(), said(&link.facts, "label"))).collect();
    let expected = [("a -> b", "both"), ("a -> c", "one"), ("b -> c", "ways"), ("c -> b", "back")];
    assert_eq!(labels, expected.map(|(id, label)| (id.to_owned(), label.to_owned())));
    assert_eq!(said(&link(&system, "a -> c").facts, "protocol"), "http", "keys that the upper layer does not state stay");
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
    let facts = &component(&system, "a").facts;
    let replicas = facts.get(component::REPLICAS).stated().expect("stated");
    assert_eq!((replicas.min, replicas.usual), (None, 4));
    assert_eq!(component(&system, "a").shards.iter().map(|shard| shard.name.as_str()).collect::<Vec<_>>(), ["z"]);
    assert!(matches!(facts.get(component::SERVICE_TIME).stated(), Some(weighbridge::syntax::value::ServiceTime::Percentiles { .. })));
    assert_eq!(facts.words(component::TAGS).iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["three"], "arrays replace");
    assert!(facts.entry_of(component::DATA).is_some_and(|entry| entry.provenance.is_none()), "a measured value is replaced with its source");
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
    let technology = |id: &str| said(&component(&system, id).facts, "technology");
    assert_eq!([technology("a"), technology("b"), technology("c")], ["rust", "go by default", "go by default"]);
    assert_eq!(said(&component(&system, "b").facts, "engine"), "low by default", "defaults of several layers merge");
    let deploy = component(&system, "a").facts.table(component::DEPLOY).expect("a table");
    assert_eq!([said(deploy, "stop"), said(deploy, "often")], ["stated", "stated by default"], "defaults fill nested tables");
}

/// Semantics, "Ids, layers": the kind of the merged model decides which defaults apply, also where an alternative changes it.
#[test]
fn defaults_follow_the_merged_kind() {
    let below = "[defaults.service]\nengine = \"s\"\n[defaults.job]\nengine = \"j\"\n[components]\na = { kind = \"service\" }\n";
    assert_eq!(said(&component(&alternative(below, "[components]\na = { kind = \"job\" }\n"), "a").facts, "engine"), "j by default");
}

/// Semantics, "Ids, layers": `remove` is carried out first, so removing and declaring an id replaces it; a component takes its links along.
#[test]
fn removing_and_declaring_replaces() {
    let below = format!("{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ timeout = \"1s\" }}\n\"b -> c\" = {{}}\n\"a -> c\" = {{}}\n");
    let system = alternative(&below, "[components]\nremove = [\"b\"]\nb = { kind = \"job\" }\n[links]\n\"a -> b\" = { label = \"new\" }\n");
    assert_eq!(system.links.iter().map(|link| link.id.as_str()).collect::<Vec<_>>(), ["a -> b", "a -> c"]);
    assert_eq!([said(&link(&system, "a -> b").facts, "timeout"), said(&link(&system, "a -> b").facts, "label")], ["nothing", "new"]);
    assert_eq!(component(&system, "b").kind, weighbridge::syntax::vocabulary::ComponentKind::Job);
}

/// Semantics, "Ids, layers": `remove` works in every table of ids.
#[test]
fn remove_works_in_every_table() {
    let below = format!(
        "[teams]\nt = {{}}\n[locations]\nl = {{ kind = \"zone\" }}\n{AB}[links]\n\"a -> b\" = {{}}\n\"a -> b #second\" = {{}}\n[entities]\ne = {{}}\n[shared-fate]\nf = {{ of = \"a\" }}\n[journeys]\nj = {{ steps = [\"a -> b\"] }}\nk = {{ steps = [\"a -> b\"] }}\n"
    );
    let above = "[teams]\nremove = [\"t\"]\n[locations]\nremove = [\"l\"]\n[links]\nremove = [\"a -> b #second\"]\n[entities]\nremove = \"e\"\n[shared-fate]\nremove = [\"f\"]\n[journeys]\nremove = [\"k\"]\n";
    let system = alternative(&below, above);
    assert_eq!((system.teams.len(), system.locations.len(), system.links.len(), system.entities.len(), system.shared_fates.len(), system.journeys.len()), (0, 0, 1, 0, 0, 1));
}

/// Semantics, "Ids, layers": a removed component leaves `of`, `copies`, `writers`, `startup-needs`.
#[test]
fn a_removed_component_leaves_every_list() {
    let below = format!(
        "{AB}c = {{ kind = \"service\", startup-needs = [\"a\", \"b\"] }}\nm = {{ kind = \"module\", of = \"b\" }}\n[entities]\ne = {{ truth = \"a\", copies = {{ b = \"1s\", c = \"1s\" }}, writers = [\"b\", \"c\"] }}\n[shared-fate]\nf = {{ of = [\"a\", \"b\"] }}\n"
    );
    let system = alternative(&below, "[components]\nremove = [\"b\"]\n");
    let id = |id| system.find_component(id).expect("the component is there");
    assert_eq!(component(&system, "c").facts.words(component::STARTUP_NEEDS).len(), 1);
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
    let orders = component(&system, "orders");
    assert_eq!((orders.of, orders.replicas, orders.instances.len()), (None, 2, 2));
    assert_eq!(said(&orders.facts, "changes"), "stated", "the share of the base's changes is kept");
}

// --- placement --------------------------------------------------------------------------------------------------------------------------

const ZONES: &str = "[locations]\neu = { kind = \"region\" }\neu-a = { kind = \"zone\", in = \"eu\" }\neu-b = { kind = \"zone\", in = \"eu\" }\neu-c = { kind = \"zone\", in = \"eu\" }\nus = { kind = \"region\" }\nus-a = { kind = \"zone\", in = \"us\" }\n\
    pool = { kind = \"node\", count = 3, in = \"eu-a\" }\nn1 = { kind = \"node\", in = \"eu-a\" }\nn2 = { kind = \"node\", in = \"eu-a\" }\nn3 = { kind = \"node\", in = \"eu-b\" }\n";

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
    assert_eq!(placed("on = [\"eu-a\", \"eu-b\", \"eu-c\"], replicas = 2, shards = { b = 0.5, a = 0.3, c = 0.2 }"), "eu-a eu-b | eu-b eu-c | eu-c eu-a");
    assert_eq!(placed("on = [\"eu-a\", \"eu-b\"], shards = 3"), "eu-a | eu-b | eu-a");
    assert_eq!(placed("on = \"eu\", spread = \"zone\", replicas = 3, shards = 2"), "eu-a eu-b eu-c | eu-b eu-c eu-a");
}

/// Semantics, "Placement": a shard may have hosts of its own; shard names are free text.
#[test]
fn a_shard_may_have_hosts_of_its_own() {
    assert_eq!(placed("on = \"eu-c\", replicas = 2, shards = { \"A – K\" = { share = 0.5, on = [\"eu-b\", \"eu-a\"] }, \"L to Z\" = \"50%\" }"), "eu-b eu-a | eu-c eu-c");
}

/// Semantics, "Placement": `count` shards are equal, and their names sort as their numbers do.
#[test]
fn equal_shards_are_numbered() {
    let system = base("[components]\nx = { kind = \"database\", shards = 12 }\n");
    let shards = &component(&system, "x").shards;
    assert_eq!((shards[0].name.as_str(), shards[1].name.as_str(), shards[11].name.as_str(), shards[3].share), ("01", "02", "12", 1.0 / 12.0));
}

/// Semantics, "Placement": a client on several locations is split by their `share-of-users`.
#[test]
fn a_client_is_split_by_users() {
    let split = |shares: [&str; 2]| -> Vec<f64> {
        let system = base(&format!("[locations]\neu = {{ kind = \"region\"{} }}\nus = {{ kind = \"region\"{} }}\n[components]\nu = {{ kind = \"client\", on = [\"eu\", \"us\"] }}\n", shares[0], shares[1]));
        component(&system, "u").instances.iter().map(|instance| instance.weight).collect()
    };
    assert_eq!(split([", share-of-users = 0.6", ", share-of-users = 0.2"]), [0.75, 0.25]);
    assert_eq!(split(["", ""]), [0.5, 0.5]);
}

// --- links ------------------------------------------------------------------------------------------------------------------------------

/// Semantics, "Links": `"a <-> b"` is `"a -> b"` and `"b -> a"` with the same keys.
#[test]
fn both_ways_are_two_calls() {
    let system = base(&format!("{AB}[links]\n\"a <-> b #chat\" = {{ label = \"x\" }}\n"));
    assert_eq!(system.links.iter().map(|link| (link.id.as_str(), said(&link.facts, "label"))).collect::<Vec<_>>(), [("a -> b #chat", "x".into()), ("b -> a #chat", "x".into())]);
}

/// Semantics, "Links": a sidecar has exactly its host's replicas, shards and places.
#[test]
fn a_sidecar_is_beside_every_instance() {
    let system = base(&format!("{ZONES}[components]\nx = {{ kind = \"service\", replicas = 2, needs = 2, shards = 2, on = [\"eu-a\", \"eu-b\"] }}\ns = {{ kind = \"sidecar\", of = \"x\" }}\n[links]\n\"x -> s\" = {{}}\n"));
    assert_eq!(places(&system, "s"), places(&system, "x"));
    assert_eq!((component(&system, "s").needs, component(&system, "s").shards.len()), (2, 2));
    let link = link(&system, "x -> s");
    assert!(system.is_beside(link.from, link.to));
}

/// Semantics, "Links": a module has no placement of its own.
#[test]
fn a_module_has_no_instances() {
    let system = base("[components]\napp = { kind = \"service\", replicas = 3 }\nm = { kind = \"module\", of = \"app\" }\n");
    assert_eq!((component(&system, "m").instances.len(), component(&system, "app").instances.len()), (0, 3));
    assert_eq!(system.carrier(system.find_component("m").expect("m is there")), system.find_component("app").expect("app is there"));
}

/// Semantics, "Links": the default of `route`.
#[test]
fn routes_by_default() {
    let route = |caller: &str, callee: &str, keys: &str| -> String {
        let system = base(&format!("[components]\na = {{ kind = \"service\", {caller} }}\nb = {{ kind = \"database\", {callee} }}\n[links]\n\"a -> b\" = {{ {keys} }}\n"));
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
    assert_eq!((system.network_pairs.len(), said(facts, "round-trip")), (1, "stated".into()), "both orders are one entry that merges over layers");
    assert_eq!(facts.get(weighbridge::syntax::keys::network::LOSS).stated().map(|loss| loss.value()), Some(0.02));
    let bandwidth = |class: &str| {
        let class = weighbridge::model::DistanceClass::from_word(class).expect("a class");
        system.network_classes[&class].get(weighbridge::syntax::keys::network::BANDWIDTH).stated().map(|rate| rate.bytes_per_second())
    };
    assert_eq!(["cross-region-near", "cross-region-continental", "cross-region-intercontinental"].map(bandwidth), [Some(2e9), Some(1e9), Some(1e9)]);
}

// --- failure: needs ---------------------------------------------------------------------------------------------------------------------

/// Semantics, "Failure", needs: given wins; a majority for `quorum`, n for `all`, the larger quorum or a majority for leaderless, else 1.
#[test]
fn needs_follow_from_replication() {
    let needs = |keys: &str| component(&base(&format!("[components]\nx = {{ kind = \"database\", replicas = 5, {keys} }}\n")), "x").needs;
    assert_eq!(needs(""), 1);
    assert_eq!(needs("needs = 2"), 2);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"quorum\" }"), 3);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"all\" }"), 5);
    assert_eq!(needs("replication = { style = \"single-leader\", ack = \"one\" }"), 1);
    assert_eq!(needs("replication = { style = \"leaderless\", read-quorum = 2, write-quorum = 4 }"), 4);
    assert_eq!(needs("replication = { style = \"leaderless\" }"), 3);
    assert_eq!(needs("needs = 2, replication = { style = \"leaderless\", write-quorum = 4 }"), 2);
    let range = base("[components]\nx = { kind = \"service\", replicas = { min = 2, usual = 3, max = false } }\n");
    assert_eq!(component(&range, "x").replicas, 3, "of {{min, usual, max}}, usual");
}

// --- journeys ---------------------------------------------------------------------------------------------------------------------------

const MESH: &str = "[components]\nu = { kind = \"client\" }\na = { kind = \"service\" }\nb = { kind = \"service\" }\nc = { kind = \"service\" }\nd = { kind = \"service\" }\nq = { kind = \"queue\" }\n\
    [links]\n\"u -> a\" = {}\n\"a -> b, c, d\" = {}\n\"b -> c, d\" = {}\n\"c -> d\" = {}\n\"a ~> q\" = {}\n\"q ~> d\" = {}\n";

#[track_caller]
fn steps(steps: &str) -> String {
    tree(&base(&format!("{MESH}[journeys]\nj = {{ steps = [{steps}] }}\n")), "j")
}

/// Semantics, "Journeys": the caller of the first step is the root; each later step becomes the last child of the latest earlier step whose callee is its caller.
#[test]
fn a_step_hangs_below_the_latest_that_reaches_its_caller() {
    assert_eq!(
        steps("\"u -> a\", \"a -> b\", \"b -> c\", \"c -> d\", \"a -> c\", \"c -> d\""),
        lines(&["u", "  u -> a", "    a -> b", "      b -> c", "        c -> d", "    a -> c", "      c -> d"])
    );
}

/// Semantics, "Journeys": if there is none, of the root if the root is its caller. Each occurrence is a separate call.
#[test]
fn a_step_of_the_root_hangs_at_the_root() {
    assert_eq!(steps("\"a -> b\", \"b -> c\", \"a -> d\", \"a -> b\""), lines(&["a", "  a -> b", "    b -> c", "  a -> d", "  a -> b"]));
}

/// Semantics, "Journeys": `times` and `when` stand on a step.
#[test]
fn times_and_when() {
    assert_eq!(steps("{ call = \"u -> a\", times = 3 }, { call = \"a -> b\", when = 0.2 }"), lines(&["u", "  u -> a x3", "    a -> b when 0.2"]));
}

/// Semantics, "Journeys": when two parallel members reach a component, the later one gets the child.
#[test]
fn of_parallel_members_the_later_one_gets_the_child() {
    assert_eq!(
        steps("\"u -> a\", { parallel = [[\"a -> b\", \"b -> d\"], [\"a -> c\", \"c -> d\"], \"a -> d\"] }, \"b -> c\", \"c -> d\""),
        lines(&[
            "u", "  u -> a", "    parallel 3", "      in order", "        a -> b", "          b -> d", "          b -> c", "            c -> d", "      in order",
            "        a -> c", "          c -> d", "      in order", "        a -> d"
        ])
    );
    assert_eq!(
        steps("\"u -> a\", { parallel = [[\"a -> b\", \"b -> c\"], \"a -> c\"] }, \"c -> d\""),
        lines(&["u", "  u -> a", "    parallel 2", "      in order", "        a -> b", "          b -> c", "      in order", "        a -> c", "          c -> d"])
    );
}

/// Semantics, "Journeys": a list branch searches itself first, then what came before.
#[test]
fn a_branch_searches_itself_first() {
    assert_eq!(
        steps("\"a -> b\", \"b -> c\", { parallel = [[\"a -> c\", \"c -> d\"], [\"a -> d\", \"b -> d\"]] }"),
        lines(&[
            "a", "  a -> b", "    b -> c", "    b -> d", "  parallel 2", "    in order", "      a -> c", "        c -> d", "    in order", "      a -> d"
        ])
    );
}

/// Semantics, "Journeys": `quorum = k`, `choice`, `first-of` and a cached call with its `else`.
#[test]
fn groups() {
    assert_eq!(
        steps("{ parallel = [\"a -> b\", \"a -> c\", \"a -> d\"], quorum = 2 }"),
        lines(&["a", "  parallel 2", "    in order", "      a -> b", "    in order", "      a -> c", "    in order", "      a -> d"])
    );
    assert_eq!(
        steps("{ choice = [{ share = 0.9, steps = [\"a -> b\", \"b -> d\"] }, { share = \"10%\", steps = [] }] }"),
        lines(&["a", "  choice [0.9, 0.1]", "    in order", "      a -> b", "        b -> d", "    in order"])
    );
    assert_eq!(
        steps("{ first-of = [\"a -> b\", [\"a -> c\", \"c -> d\"]], switch = \"30s\" }"),
        lines(&["a", "  first of, switch Some(30.0)", "    in order", "      a -> b", "    in order", "      a -> c", "        c -> d"])
    );
    assert_eq!(
        steps("\"u -> a\", { call = \"a -> b\", hit = 0.9, else = [\"a -> c\", \"c -> d\"] }, \"b -> d\""),
        lines(&["u", "  u -> a", "    hit 0.9", "      a -> b", "        b -> d", "      in order", "        a -> c", "          c -> d"])
    );
}

/// Semantics, "Journeys": a `~>` step and all below it is off the response path.
#[test]
fn messages_and_what_follows_them_are_off_the_response_path() {
    let system = base(&format!("{MESH}[journeys]\nj = {{ steps = [\"u -> a\", \"a ~> q\", \"q ~> d\", \"a -> b\"] }}\n"));
    assert_eq!(tree(&system, "j"), lines(&["u", "  u -> a", "    a ~> q", "      q ~> d", "    a -> b"]));
    assert_eq!(system.journeys[0].calls.asynchronous(), [false, false, true, true, false]);
}

/// Semantics, "Journeys": no journey declared: one per actor, client or external with an outgoing link and none incoming from another of them; every reachable
/// `->` link once, depth first, by id.
#[test]
fn implied_journeys() {
    let text = format!("{MESH}[components.person]\nkind = \"actor\"\n[components.partner]\nkind = \"external\"\n[components.mute]\nkind = \"client\"\n[links.\"person -> u\"]\n[links.\"partner -> c\"]\n[links.\"d -> partner\"]\n");
    let system = base(&text);
    assert_eq!(system.journeys.iter().map(|journey| (journey.id.as_str(), journey.implied)).collect::<Vec<_>>(), [("implied-partner", true), ("implied-person", true)]);
    assert_eq!(tree(&system, "implied-partner"), lines(&["partner", "  partner -> c", "    c -> d", "      d -> partner"]));
    assert_eq!(
        tree(&system, "implied-person"),
        lines(&[
            "person", "  person -> u", "    u -> a", "      a -> b", "        b -> c", "          c -> d", "            d -> partner", "              partner -> c", "        b -> d",
            "      a -> c", "      a -> d"
        ])
    );
    assert!(system.journeys[0].rate().is_none(), "the rate of an implied journey is unknown");
}

/// Semantics, "Journeys": a declared journey leaves no implied one; `actor` says who starts it where the first step does not.
#[test]
fn a_declared_journey_leaves_no_implied_one() {
    let system = base(&format!("{MESH}[components.person]\nkind = \"actor\"\n[journeys]\nj = {{ actor = \"person\", steps = [\"u -> a\"] }}\n"));
    assert_eq!(system.journeys.iter().map(|journey| journey.id.as_str()).collect::<Vec<_>>(), ["j"]);
    assert_eq!(said(&system.journeys[0].facts, "actor"), "person");
    assert_eq!(tree(&system, "j"), lines(&["u", "  u -> a"]));
}

/// Semantics, "Journeys": wanted guarantees are `consistency`, one id or a list.
#[test]
fn consistency_is_one_or_several() {
    use weighbridge::syntax::vocabulary::Consistency;
    let system = base(&format!("[objectives]\nconsistency = \"eventual\"\n{MESH}[journeys]\nj = {{ consistency = [\"monotonic\", \"read-your-writes\"], steps = [\"u -> a\"] }}\n"));
    let journey = system.journeys[0].facts.get(journey::CONSISTENCY).stated().map(|symbols| symbols.0);
    assert_eq!(journey, Some(vec![Consistency::Monotonic, Consistency::ReadYourWrites]));
    let objectives = system.single(Table::Objectives).and_then(|facts| facts.get(weighbridge::syntax::keys::objectives::CONSISTENCY).stated());
    assert_eq!(objectives.map(|symbols| symbols.0), Some(vec![Consistency::Eventual]));
}

// --- further keys -----------------------------------------------------------------------------------------------------------------------

/// Semantics, "Further keys": a contract as `"kind:file"`, `"kind:file@version"` (versioned is then yes) or a table.
#[test]
fn contracts() {
    let contract = |text: &str| {
        let system = base(&format!("{AB}[links]\n\"a -> b\" = {{ contract = {text} }}\n"));
        let contract = link(&system, "a -> b").facts.get(link::CONTRACT).stated().expect("stated");
        (contract.kind.unwrap_or_default(), contract.file.unwrap_or_default(), contract.versioned, contract.version)
    };
    assert_eq!(contract("\"openapi:o.yaml\""), ("openapi".into(), "o.yaml".into(), None, None));
    assert_eq!(contract("\"openapi:o.yaml@2\""), ("openapi".into(), "o.yaml".into(), Some(true), Some("2".into())));
    assert_eq!(contract("{ kind = \"proto\", file = \"o.proto\", versioned = false }"), ("proto".into(), "o.proto".into(), Some(false), None));
}

/// Semantics, "Further keys": every table of ids has name, summary, tags, meta, allow, lifecycle. (A link's and a team's too; the network has no ids.)
#[test]
fn every_table_of_ids_has_the_common_keys() {
    for table in [Table::Team, Table::Location, Table::Component, Table::Link, Table::Journey, Table::Entity, Table::SharedFate] {
        for key in ["name", "summary", "tags", "meta", "allow", "lifecycle"] {
            assert!(table.find(key).is_some(), "{} has `{key}`", table.path());
        }
    }
}

/// Model, "Grammar decisions": a range is accepted wherever a quantity is. A ranged value of every quantity key is visited exactly once, and
/// [`System::at`] replaces it by the chosen end.
#[test]
fn every_ranged_key_is_visited_once() {
    let places: [(Table, &str, &str); 12] = [
        (Table::Objectives, "[objectives]\n", "objectives"),
        (Table::Cost, "[cost]\n", "cost"),
        (Table::CostBudget, "[cost.budget]\n", "cost.budget"),
        (Table::People, "[cost.people]\n", "cost.people"),
        (Table::Location, "[locations.x]\nkind = \"zone\"\n", "locations.x"),
        (Table::Component, "[components.x]\nkind = \"service\"\n", "components.x"),
        (Table::Replication, "[components.x]\nkind = \"service\"\n[components.x.replication]\n", "components.x.replication"),
        (Table::Deploy, "[components.x]\nkind = \"service\"\n[components.x.deploy]\n", "components.x.deploy"),
        (Table::Autoscale, "[components.x]\nkind = \"service\"\n[components.x.autoscale]\n", "components.x.autoscale"),
        (Table::Link, "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links.\"a -> b\"]\n", "links.a -> b"),
        (Table::SharedFate, "[components]\na = { kind = \"service\" }\n[shared-fate.x]\nof = \"a\"\n", "shared-fate.x"),
        (Table::Network, "[network.cross-zone]\n", "network.cross-zone"),
    ];
    for (table, text, path) in places {
        for row in table.rows() {
            let Some(value) = ranged_value(row.shape) else { continue };
            check_visited(&format!("{text}{} = {value}\n", row.name), &format!("{path}.{}", row.name));
        }
    }
    for row in Table::Journey.rows() {
        let Some(value) = ranged_value(row.shape) else { continue };
        check_visited(&format!("{MESH}[journeys.j]\nsteps = [\"u -> a\"]\n{} = {value}\n", row.name), &format!("journeys.j.{}", row.name));
    }
    for (step, path) in [
        ("{ call = \"u -> a\", when = \"10..30%\" }", "journeys.j.steps[1].when"),
        ("{ call = \"u -> a\", payload = \"1..3KB\" }", "journeys.j.steps[1].payload"),
        ("{ call = \"u -> a\", response = \"1..3KB\" }", "journeys.j.steps[1].response"),
        ("\"u -> a\", { call = \"a -> b\", hit = \"10..30%\", else = [\"a -> c\"] }", "journeys.j.steps[2].hit"),
        ("\"u -> a\", { first-of = [\"a -> b\", \"a -> c\"], switch = \"1..3s\" }", "journeys.j.steps[2].switch"),
    ] {
        check_visited(&format!("{MESH}[journeys.j]\nsteps = [{step}]\n"), path);
    }
    check_visited(&format!("{AB}[entities.e]\ntruth = \"a\"\ncopies = {{ b = \"1..3s\" }}\n"), "entities.e.copies.b");
    check_visited("[components.x]\nkind = \"service\"\nservice-time = { mean = \"1ms\", scv = \"1..3\" }\n", "components.x.service-time.scv");
    check_visited("[components.x]\nkind = \"service\"\nservice-time = { p50 = \"1..3ms\", p99 = \"9ms\" }\n", "components.x.service-time.p50");
    check_visited("[observed.system]\np50 = \"1..3ms\"\n", "observed.system.p50");
}

/// Returns a ranged value of a shape that is a quantity. Money has no figure with a range yet.
fn ranged_value(shape: Shape) -> Option<&'static str> {
    use weighbridge::quantity::Dimension;
    match shape {
        Shape::OrTrue(inner) => ranged_value(*inner),
        Shape::ServiceTime => Some("\"1..3ms\""),
        Shape::Quantity(dimension) => Some(match dimension {
            Dimension::Duration => "\"1..3s\"",
            Dimension::Rate => "\"1..3/s\"",
            Dimension::Bytes => "\"1..3KB\"",
            Dimension::Bandwidth => "\"1..3KB/s\"",
            Dimension::Share => "\"10..30%\"",
            Dimension::Number => "\"1..3\"",
        }),
        _ => None,
    }
}

#[track_caller]
fn check_visited(text: &str, path: &str) {
    use weighbridge::model::End;
    let system = base(text);
    let keys: Vec<String> = system.ranged_keys().into_iter().map(|key| key.path).collect();
    assert_eq!(keys, [path], "{text}");
    assert_eq!(system.at(|_| End::High).ranged_keys().len(), 0, "{text}: at one end nothing is a range");
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
