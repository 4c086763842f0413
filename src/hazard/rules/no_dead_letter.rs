//! Messages that nobody can process, and that nobody puts aside.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Acknowledge;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.consumptions() {
        if run.link(id, link::ACK) != Fact::Stated(Acknowledge::After) {
            continue;
        }
        if run.link(id, link::DEAD_LETTER).is_absent() && run.link(id, link::MAX_ATTEMPTS).is_absent() {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::DEAD_LETTER, Subject::Component(run.system.link(id).to)), of, run.place(of, link::DEAD_LETTER));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say(
            "consumptions",
            links,
            "tries a message that cannot be processed for ever",
            "try a message that cannot be processed for ever",
        );
        Report::new(text, "state `max-attempts` and a `dead-letter` queue, and look into it")
    });
}
