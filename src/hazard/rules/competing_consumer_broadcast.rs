//! Replicas that each need an event, of which only one gets it.

use super::{Report, Run, Subject};
use crate::syntax::keys::{component, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::SessionState;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.consumptions() {
        let consumer = run.system.link(id).to;
        if run.component(consumer, component::SESSION_STATE) != Fact::Stated(SessionState::Local) {
            continue;
        }
        let Some(2..) = run.replicas(consumer) else { continue };
        if matches!(run.link(id, link::GROUP), Fact::Stated(group) if group != "per-instance") {
            let of = Subject::Link(id);
            let text = format!(
                "one replica of `{}` gets each message of `{}`, and the state of the others is not told",
                run.name(consumer),
                run.system.link(id).id
            );
            let place = run.place(of, link::GROUP);
            run.report(&[of], place, Report::new(text, "give each replica a subscription of its own: `group = \"per-instance\"`"));
        }
    }
}
