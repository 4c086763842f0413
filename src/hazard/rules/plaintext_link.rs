//! Links that anyone on the way can read.

use super::{Groups, Report, Run, Subject, say};
use crate::diagnostic::Severity;
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Exposure;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.system.link_ids().filter(|id| run.is_remote(*id)).collect::<Vec<_>>() {
        if !run.link(id, link::ENCRYPTED).is_absent() {
            continue;
        }
        let of = Subject::Link(id);
        let place = run.place(of, link::ENCRYPTED);
        let caller = Subject::Component(run.system.link(id).from);
        if run.system.link(id).facts.get(link::TRUST) == Fact::Stated(Exposure::Public) {
            let text = format!("`{}` is public and not encrypted", run.system.link(id).id);
            let report = Report::new(text, "encrypt it: `encrypted = \"tls\"`").severity(Severity::Error);
            run.report(&[of], run.span(of), report);
        } else {
            groups.add(run.cause(of, link::ENCRYPTED, caller), of, place);
        }
    }
    run.report_groups(groups, |_, links| {
        Report::new(say("links", links, "is not encrypted", "are not encrypted"), "encrypt what crosses a network: `encrypted = \"mtls\"`")
    });
}
