//! Circles and chains of calls: linear algorithms over the graph, without recursion.

use std::collections::VecDeque;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::model::{ComponentId, LinkId, System};
use crate::syntax::link_key::Arrow;

/// Returns of each strongly connected part of a graph a shortest circle through its first node, as edges; parts in the order of their first node.
pub(super) fn circles<E: Copy>(graph: &DiGraph<ComponentId, E>) -> Vec<Vec<E>> {
    let mut parts: Vec<Vec<NodeIndex>> = tarjan_scc(graph).into_iter().filter(|part| part.len() > 1).collect();
    let mut inside = vec![usize::MAX; graph.node_count()];
    for part in &mut parts {
        part.sort_unstable();
    }
    parts.sort_unstable();
    for (at, part) in parts.iter().enumerate() {
        part.iter().for_each(|node| inside[node.index()] = at);
    }
    let mut came: Vec<Option<(NodeIndex, E)>> = vec![None; graph.node_count()];
    parts.iter().enumerate().map(|(at, part)| circle(graph, part[0], |node| inside[node.index()] == at, &mut came)).collect()
}

/// Breadth first from a node back to itself, over the nodes of its part.
fn circle<E: Copy>(
    graph: &DiGraph<ComponentId, E>,
    start: NodeIndex,
    inside: impl Fn(NodeIndex) -> bool,
    came: &mut [Option<(NodeIndex, E)>],
) -> Vec<E> {
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        // petgraph gives the latest edge first; the smallest target makes the same circle whatever the order of links.
        let mut edges: Vec<_> =
            graph.edges(node).filter(|edge| inside(edge.target())).map(|edge| (edge.target(), edge.id(), *edge.weight())).collect();
        edges.sort_unstable_by_key(|(target, id, _)| (*target, *id));
        for (target, _, weight) in edges {
            if target == start {
                let mut path = vec![weight];
                let mut at = node;
                while at != start {
                    let Some((before, edge)) = came[at.index()] else { break };
                    path.push(edge);
                    at = before;
                }
                path.reverse();
                return path;
            }
            if came[target.index()].is_none() {
                came[target.index()] = Some((node, weight));
                open.push_back(target);
            }
        }
    }
    Vec::new()
}

/// Returns the circles of calls between the processes of a system: modules count as what they live in.
pub(super) fn call_cycles(system: &System) -> Vec<Vec<LinkId>> {
    circles(&calls(system))
}

/// Returns the graph of calls between processes; sidecars' own links and calls inside a process are left out.
pub(super) fn calls(system: &System) -> DiGraph<ComponentId, LinkId> {
    let mut graph = DiGraph::with_capacity(system.components.len(), system.links.len());
    for id in system.component_ids() {
        graph.add_node(id);
    }
    for id in system.link_ids() {
        let link = system.link(id);
        let (from, to) = (system.carrier(link.from), system.carrier(link.to));
        if link.arrow == Arrow::Call && from != to && !system.is_beside(link.from, link.to) {
            graph.add_edge(NodeIndex::new(from.index()), NodeIndex::new(to.index()), id);
        }
    }
    graph
}
