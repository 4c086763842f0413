//! Callers that give up before their callee does.

use super::{Report, Run, Subject};
use crate::model::{LinkId, NodeKind};
use crate::quantity::duration;
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let mut seen: BTreeSet<(LinkId, LinkId)> = BTreeSet::new();
    for journey in run.system.journey_ids() {
        let tree = &run.system.journeys[journey.index()].calls;
        for (node, inner) in tree.calls().filter(|(_, call)| call.arrow == Arrow::Call) {
            // The nearest call above: groups stand in between.
            let mut above = tree.node(node).parent;
            let outer = loop {
                let Some(id) = above else { break None };
                match &tree.node(id).kind {
                    NodeKind::Call(call) => break Some(call),
                    _ => above = tree.node(id).parent,
                }
            };
            if let Some(outer) = outer.filter(|outer| outer.arrow == Arrow::Call) {
                seen.insert((outer.link, inner.link));
            }
        }
    }
    for (outer, inner) in seen {
        if !run.is_remote(outer) || !run.is_remote(inner) {
            continue;
        }
        let (Fact::Stated(waits), Fact::Stated(each)) = (run.link(outer, link::TIMEOUT), run.link(inner, link::TIMEOUT)) else { continue };
        let retries = match run.link(inner, link::RETRIES) {
            Fact::Stated(retries) => retries,
            Fact::Absent => 0,
            Fact::Unknown => continue,
        };
        if run.link(outer, link::DEADLINE_PROPAGATED).holds() {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "retries are few")]
        let needed = each.seconds() * (retries as f64 + 1.0);
        // Of two equal times the outer one ends first: it began earlier.
        if waits.seconds() <= needed {
            let (a, b) = (&run.system.link(outer).id, &run.system.link(inner).id);
            let text = format!(
                "`{a}` gives up after {}, while `{b}` may go on for {}",
                duration(waits),
                duration(crate::quantity::Duration::new(needed))
            );
            let evidence = vec![(Subject::Link(outer), run.place(Subject::Link(outer), link::TIMEOUT))];
            let help =
                "give the outer call more time than all attempts of the inner one, or pass the deadline on (`deadline-propagated = true`)";
            run.report_with(&[Subject::Link(outer), Subject::Link(inner)], evidence, Report::new(text, help));
        }
    }
}
