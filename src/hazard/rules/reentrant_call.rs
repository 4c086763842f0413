//! Requests that come back to a component which waits for them.

use super::{Report, Run, Subject};
use crate::model::{Call, NodeKind};
use crate::syntax::link_key::Arrow;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let mut seen = BTreeSet::new();
    for journey in run.declared_journeys() {
        let tree = &run.system.journeys[journey.index()].calls;
        for (id, call) in tree.calls().filter(|(_, call)| call.arrow == Arrow::Call) {
            if !run.is_remote(call.link) {
                continue;
            }
            let target = run.system.carrier(call.callee);
            if run.system.component(target).is_store() {
                continue;
            }
            // Up the stack of calls that wait; a message ends it.
            let mut above = tree.node(id).parent;
            let mut reached: Option<&Call> = None;
            let mut left = run.system.carrier(call.caller) != target;
            while let Some(at) = above {
                if let NodeKind::Call(outer) = &tree.node(at).kind {
                    if outer.arrow == Arrow::Message {
                        break;
                    }
                    left |= run.system.carrier(outer.callee) != target;
                    if left && run.system.carrier(outer.callee) == target {
                        reached = Some(outer);
                        break;
                    }
                }
                above = tree.node(at).parent;
            }
            let is_root = left && reached.is_none() && above.is_none() && run.system.carrier(tree.root) == target;
            if (reached.is_some() || is_root) && seen.insert((target, call.link)) {
                let of = Subject::Link(call.link);
                let text = format!(
                    "`{}` calls `{}`, which waits for it in the same request of `{}`",
                    run.name(call.caller),
                    run.name(target),
                    run.system.journeys[journey.index()].id
                );
                let report = Report::new(text, "pass on what the callee needs with the call, or answer it by a message");
                run.report(&[of], call.span, report);
            }
        }
    }
}
