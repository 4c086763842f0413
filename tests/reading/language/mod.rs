//! What the language says: every rule of the semantics that reading decides, from "Facts" to "Journeys".
//!
//! A test is a model and what is expected of it, written as text by one of the functions below.

mod facts;
mod journeys;
mod layers;
mod links;
mod placement;
mod ranges;

use std::fmt::Write as _;

use crate::in_memory::{InMemory, shown};
use weighbridge::diagnostic::has_errors;
use weighbridge::model::{CallTree, Model, NodeId, NodeKind, System};
use weighbridge::syntax::value::{Facts, State, Value};

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

fn component_of<'s>(system: &'s System, id: &str) -> &'s weighbridge::model::Component {
    system.component(system.find_component(id).unwrap_or_else(|| panic!("`{id}` is a component")))
}

fn link_of<'s>(system: &'s System, id: &str) -> &'s weighbridge::model::Link {
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
    let component = component_of(system, id);
    let shards = (0..component.shards.len()).map(|shard| {
        let hosts =
            component.shard_instances(shard).iter().map(|instance| instance.host.map_or("-".into(), |host| system.host_event(host)));
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

/// Two services.
const AB: &str = "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n";

/// A client, four services and a queue, all joined.
const MESH: &str = "[components]\nu = { kind = \"client\" }\na = { kind = \"service\" }\nb = { kind = \"service\" }\nc = { kind = \"service\" }\nd = { kind = \"service\" }\nq = { kind = \"queue\" }\n\
    [links]\n\"u -> a\" = {}\n\"a -> b, c, d\" = {}\n\"b -> c, d\" = {}\n\"c -> d\" = {}\n\"a ~> q\" = {}\n\"q ~> d\" = {}\n";

/// Two regions with their zones and machines.
const ZONES: &str = "[locations]\neu = { kind = \"region\" }\neu-a = { kind = \"zone\", in = \"eu\" }\neu-b = { kind = \"zone\", in = \"eu\" }\neu-c = { kind = \"zone\", in = \"eu\" }\nus = { kind = \"region\" }\nus-a = { kind = \"zone\", in = \"us\" }\n\
    pool = { kind = \"node\", count = 3, in = \"eu-a\" }\nn1 = { kind = \"node\", in = \"eu-a\" }\nn2 = { kind = \"node\", in = \"eu-a\" }\nn3 = { kind = \"node\", in = \"eu-b\" }\n";
