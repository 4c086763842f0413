//! Links that one request uses again and again.

use super::{Groups, Report, Run, Subject};
use crate::model::{CallTree, LinkId, NodeKind};
use crate::source::Span;
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use std::collections::BTreeMap;

pub(super) fn check(run: &mut Run<'_>) {
    let limit = run.parameter("calls");
    let mut groups = Groups::default();
    let mut most: BTreeMap<String, (f64, String)> = BTreeMap::new();
    for journey in run.declared_journeys() {
        let own = &run.system.journeys[journey.index()];
        for (id, (count, span)) in counts(&own.calls, limit) {
            if !run.is_remote(id) || run.link(id, link::BATCHED).holds() {
                continue;
            }
            let of = Subject::Link(id);
            groups.add(of, of, span);
            let entry = most.entry(run.system.link(id).id.clone()).or_insert((0.0, String::new()));
            if count > entry.0 {
                *entry = (count, own.id.clone());
            }
        }
    }
    run.report_groups(groups, |_, links| {
        let (times, journey) = most.get(&links[0]).cloned().unwrap_or_default();
        let text = format!("a request of `{journey}` uses `{}` {times} times in a row", links[0]);
        Report::new(text, "ask for several things in one call, and state `batched = true`")
    });
}

/// Returns the links that one request calls at least `limit` times in a row, with the step that does most of it. Steps add up and loops multiply; of members at
/// the same time, or of which one is chosen, the one counts that calls most. A link that is called so often only because the call above it is, is not its own
/// cause.
fn counts(tree: &CallTree, limit: f64) -> BTreeMap<LinkId, (f64, Span)> {
    let mut below: Vec<BTreeMap<LinkId, f64>> = vec![BTreeMap::new(); tree.nodes.len()];
    for id in tree.ids().rev() {
        let node = tree.node(id);
        if let NodeKind::Call(call) = &node.kind {
            let own = &mut below[id.index()];
            if call.arrow == Arrow::Call {
                *own.entry(call.link).or_insert(0.0) += 1.0;
            }
            if call.times != 1 {
                #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
                own.values_mut().for_each(|count| *count *= call.times as f64);
            }
        }
        let Some(parent) = node.parent else { continue };
        let is_one_of = matches!(tree.node(parent).kind, NodeKind::Parallel { .. } | NodeKind::Choice { .. } | NodeKind::FirstOf { .. });
        let (mut less, mut more) = (std::mem::take(&mut below[id.index()]), std::mem::take(&mut below[parent.index()]));
        if less.len() > more.len() {
            std::mem::swap(&mut less, &mut more);
        }
        for (link, count) in less {
            let sum = more.entry(link).or_insert(0.0);
            *sum = if is_one_of { sum.max(count) } else { *sum + count };
        }
        below[parent.index()] = more;
    }
    let totals = std::mem::take(&mut below[CallTree::root_node().index()]);
    let is_many = |link: LinkId| totals.get(&link).copied().filter(|count| *count >= limit);
    let mut found: BTreeMap<LinkId, (f64, Span, u64)> = BTreeMap::new();
    for (id, call) in tree.calls().filter(|(_, call)| call.arrow == Arrow::Call) {
        let Some(count) = is_many(call.link) else { continue };
        let mut above = tree.node(id).parent;
        let caller = std::iter::from_fn(|| {
            let node = tree.node(above?);
            above = node.parent;
            Some(&node.kind)
        })
        .find_map(|kind| if let NodeKind::Call(call) = kind { Some(call.link) } else { None });
        if caller.and_then(is_many).is_some_and(|above| count <= above) {
            continue;
        }
        let entry = found.entry(call.link).or_insert((count, call.span, call.times));
        if call.times > entry.2 {
            *entry = (count, call.span, call.times);
        }
    }
    found.into_iter().map(|(link, (count, span, _))| (link, (count, span))).collect()
}
