//! Components that nobody answers for.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::component;

pub(super) fn check(run: &mut Run<'_>) {
    // Where no team is declared, nobody spoke of owners.
    if run.system.teams.is_empty() {
        return;
    }
    let mut groups = Groups::default();
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if one.is_caller() {
            continue;
        }
        if run.component(id, component::OWNER).is_absent() {
            let of = Subject::Component(id);
            groups.add(run.cause(of, component::OWNER, of), of, run.place(of, component::OWNER));
        }
    }
    run.report_groups(groups, |_, list| {
        Report::new(say("components", list, "has no owner", "have no owner"), "state the team that answers for it: `owner`")
    });
}
