//! Messages that are acknowledged before they are processed.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Acknowledge, Effect};

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.consumptions() {
        let early = matches!(run.link(id, link::ACK), Fact::Stated(Acknowledge::Before | Acknowledge::Always));
        if early && matches!(run.link_effect(id), Fact::Stated(Effect::Write | Effect::Irreversible)) {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::ACK, Subject::Component(run.system.link(id).to)), of, run.place(of, link::ACK));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("consumptions", links, "acknowledges what may not get done", "acknowledge what may not get done");
        Report::new(text, "acknowledge after the work: `ack = \"after\"`")
    });
}
