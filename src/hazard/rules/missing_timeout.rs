//! Calls without a timeout.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.remote_calls() {
        if run.link(id, link::TIMEOUT).is_absent() {
            let of = Subject::Link(id);
            let caller = Subject::Component(run.system.link(id).from);
            groups.add(run.cause(of, link::TIMEOUT, caller), of, run.place(of, link::TIMEOUT));
        }
    }
    run.report_groups(groups, |_, links| {
        Report::new(say("calls", links, "has no timeout", "have no timeout"), "add a `timeout` below the caller's own deadline")
    });
}
