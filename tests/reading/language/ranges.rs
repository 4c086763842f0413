//! Semantics, "Ranges and differences": which keys are ranged.

use super::{AB, MESH, base};
use weighbridge::syntax::keys::{Shape, Table};

/// Semantics, "Ranges and differences": a range is accepted wherever a quantity is. A ranged value of every quantity key is visited exactly once, and
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
        (Table::Link, "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links.\"a => b\"]\n", "links.a => b"),
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
    check_visited(
        "[components.x]\nkind = \"service\"\nservice-time = { mean = \"1ms\", scv = \"1..3\" }\n",
        "components.x.service-time.scv",
    );
    check_visited(
        "[components.x]\nkind = \"service\"\nservice-time = { p50 = \"1..3ms\", p99 = \"9ms\" }\n",
        "components.x.service-time.p50",
    );
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
