//! Messages whose sending may fail without anybody knowing.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::OnError;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.publications() {
        if run.link(id, link::ON_ERROR) == Fact::Stated(OnError::Ignore) {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::ON_ERROR, Subject::Component(run.system.link(id).from)), of, run.place(of, link::ON_ERROR));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("messages", links, "ignores errors of sending", "ignore errors of sending");
        Report::new(text, "raise the error, or write the message with the data and send it later (`outbox`)")
    });
}
