//! Components that no journey reaches.

use petgraph::graph::NodeIndex;

use super::{Report, Run, Subject};
use crate::model::{ComponentId, Fallback};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Lifecycle};

pub(super) fn check(run: &mut Run<'_>) {
    let system = run.system;
    if system.journeys.is_empty() {
        return;
    }
    let implied = system.journeys.iter().any(|journey| journey.implied);
    let reached = reached(run, implied);
    for id in system.component_ids().filter(|id| !reached[id.index()]) {
        let one = system.component(id);
        let exempt = matches!(one.kind, ComponentKind::Platform | ComponentKind::Actor | ComponentKind::Sidecar | ComponentKind::Module)
            || matches!(one.facts.get(component::LIFECYCLE), Fact::Stated(Lifecycle::Planned | Lifecycle::Deprecated));
        if !exempt {
            let of = Subject::Component(id);
            let help = "add a step that uses it, or state `lifecycle = \"planned\"`";
            run.report(&[of], run.span(of), Report::new(format!("no journey reaches `{}`", one.id), help));
        }
    }
}

/// What steps use is reached, and what that stands on, copies to, starts with or falls back to; an implied journey also reaches along messages.
fn reached(run: &Run<'_>, implied: bool) -> Vec<bool> {
    let system = run.system;
    let mut reached = vec![false; system.components.len()];
    let mut open: Vec<ComponentId> = Vec::new();
    for journey in &system.journeys {
        open.push(journey.calls.root);
        for (_, call) in journey.calls.calls() {
            open.extend([call.caller, call.callee]);
            if let Some(Fallback::Component(other)) = call.fallback {
                open.push(other);
            }
        }
    }
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut reached[id.index()], true) {
            continue;
        }
        let one = system.component(id);
        open.extend(one.of.into_iter().chain(one.hosted_on));
        open.extend(one.facts.words(component::STARTUP_NEEDS).iter().filter_map(|word| system.find_component(&word.text)));
        for edge in system.graph.edges(NodeIndex::new(id.index())) {
            let one = system.link(*edge.weight());
            if one.arrow == Arrow::Replication || implied {
                open.push(one.to);
            }
            open.extend(one.facts.text(link::FALLBACK).and_then(|name| system.find_component(name)));
        }
    }
    reached
}
