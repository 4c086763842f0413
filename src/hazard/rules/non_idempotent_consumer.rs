//! Consumers that a repeated message harms.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Acknowledge, Effect};

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.consumptions() {
        if run.link(id, link::ACK) != Fact::Stated(Acknowledge::After) {
            continue;
        }
        if !matches!(run.link_effect(id), Fact::Stated(Effect::Write | Effect::Irreversible)) {
            continue;
        }
        if run.link(id, link::DEDUP).is_absent() && run.link(id, link::IDEMPOTENT).is_absent() {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::DEDUP, Subject::Component(run.system.link(id).to)), of, run.place(of, link::DEDUP));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("consumptions", links, "writes again when a message comes twice", "write again when a message comes twice");
        Report::new(text, "remember what was processed (`dedup = \"message-id\"`), or make repeats harmless (`idempotent`)")
    });
}
