//! Consumers that look for data which follows behind their message.

use super::{Report, Run, Subject};
use crate::model::{EntityId, NodeKind};
use crate::quantity::duration;
use crate::syntax::link_key::Arrow;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let tree = &run.system.journeys[id.index()].calls;
        let off = tree.asynchronous();
        let mut written: BTreeSet<EntityId> = BTreeSet::new();
        for (node, call) in tree.calls() {
            if !off[node.index()] {
                written.extend(call.writes.iter().copied());
                continue;
            }
            if !matches!(tree.node(node).kind, NodeKind::Call(_)) || call.arrow != Arrow::Call {
                continue;
            }
            for entity in call.reads.iter().filter(|entity| written.contains(entity)) {
                let session = &run.inputs.guarantees.journeys[id.index()].session;
                let Some(read) = session.reads.iter().find(|read| read.entity == *entity && read.span == call.span) else { continue };
                let is_behind = read.got.is_some_and(|got| !got.read_your_writes);
                if is_behind {
                    let lag = read.lag.map_or_else(String::new, |lag| format!(" by up to {}", duration(lag)));
                    let text = format!(
                        "`{}` is told of `{}` by message, and looks it up in `{}`, which is behind{lag}",
                        run.name(call.caller),
                        run.system.entities[entity.index()].id,
                        run.name(call.callee)
                    );
                    run.report_with(
                        &[Subject::Journey(id), Subject::Link(call.link)],
                        vec![(Subject::Link(call.link), call.span)],
                        Report::new(text, "carry the data in the message, or its version, and wait for it; or read the truth"),
                    );
                }
            }
        }
    }
}
