//! What can be read off a call tree by itself: how often each call runs, what its answer waits for, how deep and how wide it is.
//!
//! Parents stand before their children, so one pass forward or one pass backward over the nodes replaces recursion: a journey may be 30,000 calls deep.

use super::finite;
use crate::model::{Call, CallTree, Node, NodeId, NodeKind};
use crate::syntax::link_key::Arrow;

/// How often each node of a tree runs for each run of the node that it stands in, read off once to be multiplied through many times.
pub(in crate::analysis) struct Flow {
    /// By node: its parent, and its runs for each of the parent's, but for what it is multiplied by at once.
    nodes: Vec<(usize, f64)>,
}

impl Flow {
    /// Reads a tree: a call runs `when · times` times, a branch by its share, what follows a miss `1 − hit` times for each of these, of calls that are tried in order the first,
    /// of a parallel step all members. Semantics, "Journeys".
    pub(in crate::analysis) fn new(tree: &CallTree) -> Self {
        let mut nodes = vec![(0, 1.0); tree.nodes.len()];
        for id in tree.ids() {
            let node = tree.node(id);
            for (at, child) in node.children.iter().enumerate() {
                nodes[child.index()] = (id.index(), share_of_child(tree, node, at) * runs(tree, *child));
            }
        }
        Self { nodes }
    }

    /// Returns how often each node runs per request, as an expectation, where a node multiplies by `width`.
    pub(in crate::analysis) fn executions(&self, width: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut runs = vec![1.0; self.nodes.len()];
        for (at, (parent, share)) in self.nodes.iter().enumerate().skip(1) {
            runs[at] = finite(finite(runs[*parent] * share) * width(at));
        }
        runs
    }
}

/// Returns how often a call runs for each run of what it stands in; 1 for a group.
fn runs(tree: &CallTree, id: NodeId) -> f64 {
    if let NodeKind::Call(call) = &tree.node(id).kind { call.when.likely * times(call) } else { 1.0 }
}

/// Returns how often a cached call misses: `(1 − hit)` of the times that it runs.
fn misses(tree: &CallTree, cached: &Node, hit: f64) -> f64 {
    tree.cached_call(cached).map_or(1.0, |call| call.when.likely * times(call)) * (1.0 - hit)
}

fn share_of_child(tree: &CallTree, node: &Node, at: usize) -> f64 {
    match &node.kind {
        NodeKind::Root | NodeKind::Call(_) | NodeKind::Sequence | NodeKind::Parallel { .. } => 1.0,
        NodeKind::Choice { shares } => shares[at],
        NodeKind::FirstOf { .. } => {
            if at == 0 {
                1.0
            } else {
                0.0
            }
        }
        NodeKind::Cached { hit } => {
            if at == 0 {
                1.0
            } else {
                misses(tree, node, hit.likely)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
fn times(call: &Call) -> f64 {
    call.times as f64
}

/// Returns the serial round trips of the answer.
///
/// `T(step) = when · times · (own + T(children))`; a sequence adds, parallel members take the largest, `quorum = k` the k-th smallest, a choice weighs by
/// share, a cached call adds what follows a miss `when · times · (1 − hit)` times, and of calls tried in order the first counts. A message and all below it is off the path.
/// `own` is a call's own round trips: 1, and those for which its copies make it wait. Semantics, "Counting".
pub(super) fn serial_round_trips(tree: &CallTree, own: impl Fn(&Call) -> f64) -> f64 {
    let mut waits = vec![0.0; tree.nodes.len()];
    for id in tree.ids().rev() {
        let node = tree.node(id);
        let mut children = node.children.iter().map(|child| waits[child.index()]);
        let wait = match &node.kind {
            NodeKind::Root | NodeKind::Sequence => children.sum(),
            NodeKind::Call(call) if call.arrow == Arrow::Message => 0.0,
            NodeKind::Call(call) => call.when.likely * times(call) * finite(own(call) + children.sum::<f64>()),
            NodeKind::Parallel { quorum } => {
                let mut members: Vec<f64> = children.collect();
                members.sort_by(f64::total_cmp);
                let last = members.len().min(*quorum as usize);
                members.get(last.saturating_sub(1)).copied().unwrap_or(0.0)
            }
            NodeKind::Choice { shares } => shares.iter().zip(children).map(|(share, wait)| share * wait).sum(),
            NodeKind::FirstOf { .. } => children.next().unwrap_or(0.0),
            NodeKind::Cached { hit } => {
                let call = children.next().unwrap_or(0.0);
                call + misses(tree, node, hit.likely) * children.next().unwrap_or(0.0)
            }
        };
        waits[id.index()] = finite(wait);
    }
    waits[CallTree::root_node().index()]
}

/// Returns the number of calls in the longest chain in which each waits for the next.
///
/// `counts` says whether a call is one: a person's use of a client is none. Branches that exclude each other are all looked at, later ones of calls that are
/// tried in order are not: they do not happen while the first is up.
pub(super) fn depth(tree: &CallTree, counts: impl Fn(&Call) -> bool) -> u64 {
    let mut depths = vec![0_u64; tree.nodes.len()];
    for id in tree.ids().rev() {
        let node = tree.node(id);
        let mut children = node.children.iter().map(|child| depths[child.index()]);
        depths[id.index()] = match &node.kind {
            NodeKind::Call(call) if call.arrow == Arrow::Message => 0,
            NodeKind::Call(call) => u64::from(counts(call)) + children.max().unwrap_or(0),
            NodeKind::FirstOf { .. } => children.next().unwrap_or(0),
            NodeKind::Root | NodeKind::Sequence | NodeKind::Parallel { .. } | NodeKind::Choice { .. } | NodeKind::Cached { .. } => {
                children.max().unwrap_or(0)
            }
        };
    }
    depths[CallTree::root_node().index()]
}

/// Returns the widest parallel step, or the widest call that goes to several shards or replicas at once; 1 without either.
///
/// Later ones of calls that are tried in order are left out, as in [`depth`].
pub(super) fn fan_out(tree: &CallTree, width: impl Fn(&Call) -> u64) -> u64 {
    let mut happens = vec![true; tree.nodes.len()];
    let mut widest = 1;
    for id in tree.ids() {
        let node = tree.node(id);
        for (at, child) in node.children.iter().enumerate() {
            happens[child.index()] = happens[id.index()] && !(at > 0 && matches!(node.kind, NodeKind::FirstOf { .. }));
        }
        if happens[id.index()] {
            widest = widest.max(match &node.kind {
                NodeKind::Parallel { .. } => node.children.len() as u64,
                NodeKind::Call(call) => width(call),
                _ => 1,
            });
        }
    }
    widest
}
