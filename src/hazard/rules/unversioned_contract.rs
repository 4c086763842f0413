//! Calls between teams whose contract has no versions.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    let mut groups = Groups::default();
    for id in run.system.link_ids() {
        if run.crossed_teams(id).is_none() {
            continue;
        }
        let unversioned = match run.link(id, link::CONTRACT) {
            Fact::Absent => true,
            Fact::Stated(contract) => contract.versioned == Some(false),
            Fact::Unknown => false,
        };
        if unversioned {
            let of = Subject::Link(id);
            groups.add(run.cause(of, link::CONTRACT, Subject::Component(run.system.link(id).to)), of, run.place(of, link::CONTRACT));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("links", links, "joins two teams without a versioned contract", "join two teams without a versioned contract");
        Report::new(text, "agree on a contract with versions: `contract = \"openapi:orders.yaml@1\"`")
    });
}
