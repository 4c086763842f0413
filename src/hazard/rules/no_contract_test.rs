//! Contracts between teams that nothing holds them to.

use super::{Confidence, Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.system.link_ids() {
        if run.crossed_teams(id).is_none() {
            continue;
        }
        let Fact::Stated(contract) = run.link(id, link::CONTRACT) else { continue };
        let untested = contract.tests == Some(false) || contract.tests.is_none() && run.link(id, link::CONTRACT_TESTED).is_absent();
        if untested && contract.registry != Some(true) && contract.compatible != Some(true) {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::CONTRACT, Subject::Component(run.system.link(id).to)), of, run.place(of, link::CONTRACT));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say(
            "links",
            links,
            "has a contract that no test and no registry holds both sides to",
            "have contracts that no test and no registry holds both sides to",
        );
        Report::new(text, "test both sides against the contract (`tests = true`), or check new versions in a registry (`registry = true`)")
            .confidence(Confidence::Medium)
    });
}
