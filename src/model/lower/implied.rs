//! The journeys of a model that declares none.
//!
//! Semantics, "Journeys": one per actor, client or external with an outgoing link and none incoming from another of them; every reachable call once, depth
//! first, by id.

use petgraph::Direction;
use petgraph::graph::NodeIndex;

use super::Lowering;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::calls::{Call, CallTree, NodeKind};
use crate::model::limits::MAX_CALLS_OF_ALL;
use crate::model::system::{ComponentId, Journey, LinkId, System};
use crate::quantity::Ranged;
use crate::source::Span;
use crate::syntax::keys::Table;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Facts;

impl Lowering<'_> {
    /// Makes the implied journeys, sorted by id.
    pub(super) fn implied_journeys(&mut self, system: &System, blame: Span) -> Vec<Journey> {
        let outgoing = outgoing_calls(system);
        let mut journeys = Vec::new();
        for root in system.component_ids().filter(|id| is_root(system, *id)) {
            let Some(calls) = implied_calls(system, root, &outgoing, self.limits.calls) else {
                let message =
                    format!("the implied journeys of the base and its alternatives have more than {MAX_CALLS_OF_ALL} calls together");
                self.report(Diagnostic::new(Code::LimitExceeded, blame, message).help("declare the journeys that matter"));
                break;
            };
            self.limits.calls -= calls.nodes.len();
            let component = system.component(root);
            journeys.push(Journey {
                id: format!("implied-{}", component.id),
                implied: true,
                calls,
                facts: Facts::new(Table::Journey),
                span: component.span,
            });
        }
        journeys.sort_by(|a, b| a.id.cmp(&b.id));
        journeys
    }
}

fn is_root(system: &System, id: ComponentId) -> bool {
    let node = NodeIndex::new(id.index());
    let mut callers = system.graph.neighbors_directed(node, Direction::Incoming);
    system.component(id).is_caller()
        && system.graph.edges(node).next().is_some()
        && !callers.any(|from| system.components[from.index()].is_caller())
}

/// Returns the calls that leave each component, by id.
fn outgoing_calls(system: &System) -> Vec<Vec<LinkId>> {
    let mut outgoing: Vec<Vec<LinkId>> = vec![Vec::new(); system.components.len()];
    for id in system.link_ids() {
        let link = system.link(id);
        if link.arrow == Arrow::Call && !system.is_beside(link.from, link.to) {
            outgoing[link.from.index()].push(id);
        }
    }
    outgoing
}

/// Walks every reachable call once; nothing where there are more nodes than `limit`.
fn implied_calls(system: &System, root: ComponentId, outgoing: &[Vec<LinkId>], limit: usize) -> Option<CallTree> {
    let mut tree = CallTree::new(root);
    let mut seen = vec![false; system.links.len()];
    // An explicit stack of (node, component, next outgoing link), so that a long chain does not exhaust the program's own.
    let mut stack = vec![(CallTree::root_node(), root, 0_usize)];
    while let Some((node, component, next)) = stack.pop() {
        let Some(link) = outgoing[component.index()].get(next).copied() else { continue };
        stack.push((node, component, next + 1));
        if std::mem::replace(&mut seen[link.index()], true) {
            continue;
        }
        let child = tree.add(node, NodeKind::Call(Box::new(plain_call(system, link))));
        if tree.nodes.len() > limit {
            return None;
        }
        stack.push((child, system.link(link).to, 0));
    }
    Some(tree)
}

fn plain_call(system: &System, link: LinkId) -> Call {
    let ends = system.link(link);
    Call {
        link,
        caller: ends.from,
        callee: ends.to,
        arrow: ends.arrow,
        times: 1,
        when: Ranged::exactly(1.0),
        payload: None,
        response: None,
        required: None,
        fallback: None,
        reads: Vec::new(),
        writes: Vec::new(),
        operation: None,
        pivot: None,
        refusable: None,
        span: ends.span,
    }
}
