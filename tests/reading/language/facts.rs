//! Semantics, "Facts", "Units", "Ranges and differences", "Further keys".

use super::{AB, alternative, base, component_of, link_of, said};
use weighbridge::syntax::keys::{Table, component, link};

/// Semantics, "Facts": any optional key of a component, link, journey or entity takes `false`: stated absent. Every key of the tables is tried.
#[test]
fn every_optional_key_can_be_stated_absent() {
    let places: [(Table, &str); 4] = [
        (Table::Component, "[components.x]\nkind = \"service\"\n"),
        (Table::Link, "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links.\"a -> b\"]\n"),
        (
            Table::Journey,
            "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = {}\n[journeys.x]\nsteps = [\"a -> b\"]\n",
        ),
        (Table::Entity, "[entities.x]\n"),
    ];
    for (table, text) in places {
        for row in table.rows().iter().filter(|row| !["kind", "steps"].contains(&row.name)) {
            for (value, expected) in [("false", "absent"), ("\"unknown\"", "unknown")] {
                let system = base(&format!("{text}{} = {value}\n", row.name));
                let facts = match table {
                    Table::Component => &component_of(&system, "x").facts,
                    Table::Link => &link_of(&system, "a -> b").facts,
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
    let system = base(&format!(
        "{AB}c = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ retries = 0 }}\n\"a -> c\" = {{ retries = false }}\n\"b -> c\" = {{ retries = 2 }}\n\"c -> b\" = {{}}\n"
    ));
    let retries = |id: &str| said(&link_of(&system, id).facts, "retries");
    assert_eq!([retries("a -> b"), retries("a -> c"), retries("b -> c"), retries("c -> b")], ["absent", "absent", "2", "nothing"]);
    assert!(!link_of(&system, "c -> b").facts.get(link::RETRIES).is_known(), "what is not stated is unknown");
}

/// Semantics, "Facts": `"unknown"` resets a key and hides lower layers and defaults; `false` and `"unknown"` also of nested tables.
#[test]
fn unknown_hides_lower_layers_and_defaults() {
    let below = "[defaults.service]\nowner = \"core\"\n[teams]\ncore = {}\n[components]\na = { kind = \"service\", technology = \"rust\", deploy = { often = \"1/day\" } }\n";
    let above = "[components]\na = { technology = \"unknown\", owner = \"unknown\", deploy = { often = \"unknown\", stop = false } }\n";
    let system = alternative(below, above);
    let facts = &component_of(&system, "a").facts;
    assert_eq!([said(facts, "technology"), said(facts, "owner")], ["unknown", "unknown"]);
    let deploy = facts.table(component::DEPLOY).expect("deploy is a table");
    assert_eq!([said(deploy, "often"), said(deploy, "stop")], ["unknown", "absent"]);
}

/// Semantics, "Facts": `false` hides a default as well: it is stated.
#[test]
fn absent_hides_defaults() {
    let system =
        base(&format!("[defaults.\"->\"]\ntimeout = \"1s\"\n{AB}[links]\n\"a -> b\" = {{ timeout = false }}\n\"b -> a\" = {{}}\n"));
    assert_eq!(said(&link_of(&system, "a -> b").facts, "timeout"), "absent");
    assert_eq!(said(&link_of(&system, "b -> a").facts, "timeout"), "stated by default");
}

/// Semantics, "Facts": `[assumptions]` overrides any constant by name, quoted or dotted; a model may pin the set.
#[test]
fn assumptions_are_overridden_by_name() {
    let system = base(
        "[assumptions]\nset = \"2026.1\"\nsame-zone = \"0.6ms\"\ndatabase.availability = \"99.95%\"\n\"failed-call.region\" = { value = \"0.1%\", source = \"measured\" }\n",
    );
    assert_eq!(system.assumptions.value("same-zone"), 0.6e-3);
    assert_eq!(system.assumptions.value("database.availability"), 0.9995);
    assert_eq!(system.assumptions.value("failed-call.region"), 0.001);
    assert!(!system.assumptions.is_overridden("cross-zone"));
    assert_eq!(base("assumptions = \"2026.1\"\n").assumptions.value("same-zone"), 0.5e-3);
}

/// Semantics, "Units": a share or probability is a number 0..1 or a percentage string, the same everywhere.
#[test]
fn a_share_is_a_number_or_a_percentage() {
    for (text, expected) in [("0.4", 0.4), ("\"40%\"", 0.4), ("\"0.4\"", 0.4), ("1", 1.0), ("4e-1", 0.4), ("0", 0.0), ("0x1", 1.0)] {
        let system = base(&format!("[components]\na = {{ kind = \"service\", common-cause = {text} }}\n"));
        assert_eq!(
            component_of(&system, "a").facts.get(component::COMMON_CAUSE).stated().map(|share| share.value()),
            Some(expected),
            "{text}"
        );
    }
}

/// Semantics, "Ranges and differences": `"a..b"` has the likely value (a+b)/2, `"a..m..b"` states it; a measured value keeps its source.
#[test]
fn ranges_and_measured_values() {
    let system = base(&format!(
        "{AB}[links]\n\"a -> b\" = {{ payload = \"1..3KB\", response = \"1..2..9KB\", timeout = {{ value = \"100..300ms\", source = \"traces\", on = 2026-11-20 }} }}\n"
    ));
    let facts = &link_of(&system, "a -> b").facts;
    assert_eq!(facts.get(link::PAYLOAD).stated().map(|bytes| bytes.bytes()), Some(2_000.0));
    assert_eq!(facts.get(link::RESPONSE).stated().map(|bytes| bytes.bytes()), Some(2_000.0));
    assert_eq!(facts.get(link::TIMEOUT).stated().map(|time| time.seconds()), Some(0.2));
    let provenance = facts.entry_of(link::TIMEOUT).and_then(|entry| entry.provenance.as_ref()).expect("the value is measured");
    assert_eq!((provenance.source.as_str(), provenance.on.map(|on| on.to_string())), ("traces", Some("2026-11-20".into())));
}

/// Semantics, "Further keys": a contract as `"kind:file"`, `"kind:file@version"` (versioned is then yes) or a table.
#[test]
fn contracts() {
    let contract = |text: &str| {
        let system = base(&format!("{AB}[links]\n\"a -> b\" = {{ contract = {text} }}\n"));
        let contract = link_of(&system, "a -> b").facts.get(link::CONTRACT).stated().expect("stated");
        (contract.kind.unwrap_or_default(), contract.file.unwrap_or_default(), contract.versioned, contract.version)
    };
    assert_eq!(contract("\"openapi:o.yaml\""), ("openapi".into(), "o.yaml".into(), None, None));
    assert_eq!(contract("\"openapi:o.yaml@2\""), ("openapi".into(), "o.yaml".into(), Some(true), Some("2".into())));
    assert_eq!(
        contract("{ kind = \"proto\", file = \"o.proto\", versioned = false }"),
        ("proto".into(), "o.proto".into(), Some(false), None)
    );
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
