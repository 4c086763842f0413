//! Long chains of calls that each wait for the next.

use super::{Report, Run, Subject};
use crate::hazard::graphs::calls;
use crate::model::{Component, LinkId};
use crate::syntax::vocabulary::ComponentKind;
use petgraph::algo::tarjan_scc;
use petgraph::visit::EdgeRef;

/// The most names of a chain that its message shows.
const MAX_SHOWN: usize = 12;

/// A program or a function: a proxy passes on, and a store ends a chain.
const fn works(one: &Component) -> bool {
    one.is_program()
}

pub(super) fn check(run: &mut Run<'_>) {
    let max = run.parameter("max");
    let graph = calls(run.system);
    let parts = tarjan_scc(&graph);
    let mut part_of = vec![0; graph.node_count()];
    for (at, part) in parts.iter().enumerate() {
        part.iter().for_each(|node| part_of[node.index()] = at);
    }
    // A circle counts once. Parts come callees first, so each is known before its callers.
    let mut longest: Vec<(u32, Option<LinkId>)> = vec![(0, None); parts.len()];
    for (at, part) in parts.iter().enumerate() {
        let mut best: (u32, Option<LinkId>) = (0, None);
        let mut nodes = part.clone();
        nodes.sort_unstable();
        for edge in nodes.iter().flat_map(|node| graph.edges(*node)) {
            let to = part_of[edge.target().index()];
            if to == at || !run.is_remote(*edge.weight()) {
                continue;
            }
            let (from, target) = (run.system.component(graph[edge.source()]), run.system.component(graph[edge.target()]));
            let step = u32::from(works(from) && works(target));
            let length = longest[to].0 + step;
            if length > best.0 || (length == best.0 && best.1.is_some_and(|link| *edge.weight() < link)) {
                best = (length, Some(*edge.weight()));
            }
        }
        longest[at] = best;
    }
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        let node = petgraph::graph::NodeIndex::new(id.index());
        let is_entry = works(one) && {
            let mut callers = graph
                .edges_directed(node, petgraph::Direction::Incoming)
                .filter(|edge| part_of[edge.source().index()] != part_of[node.index()]);
            callers.all(|edge| {
                let from = run.system.component(graph[edge.source()]);
                from.is_caller() || from.kind == ComponentKind::Proxy
            })
        };
        let length = longest[part_of[id.index()]].0;
        if !is_entry || f64::from(length) <= max {
            continue;
        }
        let mut evidence = Vec::new();
        let mut path = vec![one.id.clone()];
        let mut at = part_of[id.index()];
        while let Some(link) = longest[at].1 {
            let to = run.system.carrier(run.system.link(link).to);
            if longest[at].0 == 0 {
                break;
            }
            evidence.push((Subject::Link(link), run.system.link(link).span));
            path.push(run.name(to).to_owned());
            at = part_of[to.index()];
        }
        // Both ends tell which chain it is; every step is in the evidence.
        if path.len() > MAX_SHOWN {
            let left_out = path.len() - MAX_SHOWN + 1;
            path.splice(MAX_SHOWN / 2..MAX_SHOWN / 2 + left_out, [format!("{left_out} others")]);
        }
        let text = format!("{length} calls in a row wait for each other: {}", path.join(" → "));
        run.report_with(&[Subject::Component(id)], evidence, Report::new(text, "shorten the chain, or let a part of it follow by message"));
    }
}
