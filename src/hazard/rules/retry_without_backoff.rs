//! Retries that all come at once.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Backoff;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.remote_calls() {
        let Fact::Stated(1..) = run.link(id, link::RETRIES) else { continue };
        let backoff = run.link(id, link::BACKOFF);
        let waits = !matches!(backoff, Fact::Absent | Fact::Stated(Backoff::None));
        let spreads = !run.link(id, link::JITTER).is_absent();
        if !waits || !spreads {
            let of = Subject::Link(id);
            let place = if waits { run.place(of, link::JITTER) } else { run.place(of, link::BACKOFF) };
            groups.add(run.cause(of, link::RETRIES, Subject::Component(run.system.link(id).from)), of, place);
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("calls", links, "retries without a growing, random wait", "retry without a growing, random wait");
        Report::new(text, "add `backoff = \"exponential\"` and `jitter = true`")
    });
}
