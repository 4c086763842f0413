//! Sagas with a step that cannot be taken back too early.

use super::{Report, Run, Subject};
use crate::syntax::keys::{journey, saga};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Effect;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let of = Subject::Journey(id);
        if run.system.journeys[id.index()].facts.table(journey::SAGA).is_none() {
            continue;
        }
        let name = &run.system.journeys[id.index()].id;
        let tree = &run.system.journeys[id.index()].calls;
        let mut done: Option<(&str, bool)> = None;
        let mut wrote_first: Option<&str> = None;
        for (_, call) in tree.calls().filter(|(_, call)| call.arrow == Arrow::Call) {
            let link = &run.system.link(call.link).id;
            if call.refusable == Some(true) {
                if let Some((earlier, is_pivot)) = done {
                    let why = if is_pivot { "is the point of no return" } else { "cannot be undone" };
                    let text = format!("`{earlier}` of `{name}` {why}, and `{link}` after it may still refuse");
                    run.report_with(
                        &[of, Subject::Link(call.link)],
                        vec![(Subject::Link(call.link), call.span)],
                        Report::new(text, "put what may refuse before what cannot be undone"),
                    );
                    break;
                }
                if let Some(first) = wrote_first
                    && run.nested(of, journey::SAGA, saga::COMPENSATIONS).is_absent()
                {
                    let text = format!("`{link}` of `{name}` may refuse, and nothing undoes `{first}` before it");
                    run.report_with(
                        &[of, Subject::Link(call.link)],
                        vec![(Subject::Link(call.link), call.span)],
                        Report::new(text, "state what undoes it in `compensations`"),
                    );
                    break;
                }
            }
            let effect = run.effect(call);
            if done.is_none() && (call.pivot == Some(true) || effect == Fact::Stated(Effect::Irreversible)) {
                done = Some((link, call.pivot == Some(true)));
            }
            if wrote_first.is_none() && effect == Fact::Stated(Effect::Write) && call.refusable != Some(true) {
                wrote_first = Some(link);
            }
        }
    }
}
