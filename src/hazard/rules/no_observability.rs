//! Requests that nobody can follow.

use super::{Groups, Report, Run, Subject, say};
use crate::model::ComponentId;
use crate::syntax::keys::component;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let mut asked: BTreeSet<ComponentId> = BTreeSet::new();
    for id in run.declared_journeys() {
        let programs: BTreeSet<ComponentId> = run.system.journeys[id.index()]
            .calls
            .calls()
            .flat_map(|(_, call)| [call.caller, call.callee])
            .map(|id| run.system.carrier(id))
            .filter(|id| run.system.component(*id).is_program())
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a journey's programs are few")]
        if programs.len() as f64 >= run.parameter("programs") {
            asked.extend(programs);
        }
    }
    let mut groups = Groups::default();
    for id in asked {
        if run.component(id, component::TRACE).is_absent() {
            let of = Subject::Component(id);
            groups.add(run.cause(of, component::TRACE, of), of, run.place(of, component::TRACE));
        }
    }
    run.report_groups(groups, |_, list| {
        let text = say("programs", list, "does not pass on which request it works for", "do not pass on which request they work for");
        Report::new(text, "pass on a trace id with every call and message, and log it: `trace = \"w3c\"`")
    });
}
