//! The calls of a journey as an indented tree, for reading.

use crate::model::{CallTree, Journey, NodeId, NodeKind, System};
use crate::quantity::{Probability, Ranged, percent};
use crate::syntax::link_key::Arrow;

/// The most nodes that are drawn of one journey.
const MAX_NODES: usize = 500;

/// Draws the call tree of a journey, one node a line, the root first.
pub fn call_tree(system: &System, journey: &Journey) -> Vec<String> {
    let tree = &journey.calls;
    let mut lines = vec![system.component(tree.root).id.clone()];
    // Depth first with an explicit stack: the node, and the prefix of its line's children.
    let mut stack: Vec<(NodeId, String, bool)> = children(tree, CallTree::root_node(), "");
    while let Some((id, prefix, last)) = stack.pop() {
        if lines.len() > MAX_NODES {
            lines.push(format!("… {} more", tree.nodes.len() - lines.len()));
            break;
        }
        let branch = if last { "└─ " } else { "├─ " };
        lines.push(format!("{prefix}{branch}{}", label(system, tree, id)));
        let inner = format!("{prefix}{}", if last { "   " } else { "│  " });
        stack.extend(children(tree, id, &inner));
    }
    lines
}

/// Returns the children of a node, the first on top of the stack.
fn children(tree: &CallTree, id: NodeId, prefix: &str) -> Vec<(NodeId, String, bool)> {
    let children = &tree.node(id).children;
    children.iter().enumerate().rev().map(|(at, child)| (*child, prefix.to_owned(), at + 1 == children.len())).collect()
}

fn label(system: &System, tree: &CallTree, id: NodeId) -> String {
    let share = |value: f64| percent(Probability::new(value));
    let ranged =
        |range: &Ranged<f64>| if range.is_range() { format!("{} to {}", share(range.low), share(range.high)) } else { share(range.likely) };
    match &tree.node(id).kind {
        NodeKind::Root => String::new(),
        NodeKind::Call(call) => {
            let mut text = system.link(call.link).id.clone();
            if call.times > 1 {
                text.push_str(&format!(" × {}", call.times));
            }
            if call.when.likely < 1.0 || call.when.is_range() {
                text.push_str(&format!(", in {} of cases", ranged(&call.when)));
            }
            if call.arrow == Arrow::Message {
                text.push_str(", off the response path");
            }
            text
        }
        NodeKind::Sequence => match tree.node(id).parent.map(|parent| (parent, &tree.node(parent).kind)) {
            Some((parent, NodeKind::Choice { shares })) => {
                let at = tree.node(parent).children.iter().position(|child| *child == id).unwrap_or(0);
                format!("{} of requests", share(shares.get(at).copied().unwrap_or(0.0)))
            }
            Some((_, NodeKind::Cached { .. })) => "on a miss, or when the callee is down".into(),
            _ => "one after another".into(),
        },
        NodeKind::Parallel { quorum } => {
            let members = tree.node(id).children.len();
            if *quorum as usize == members {
                format!("{members} at the same time")
            } else {
                format!("{members} at the same time, {quorum} answers suffice")
            }
        }
        NodeKind::Choice { .. } => "one of".into(),
        NodeKind::FirstOf { .. } => "the first that answers".into(),
        NodeKind::Cached { hit } => format!("cached, {} hits", ranged(hit)),
    }
}
