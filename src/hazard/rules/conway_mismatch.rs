//! Journeys that need many teams.

use super::{Confidence, Report, Run, Subject, ids};
use crate::model::TeamId;
use crate::syntax::link_key::Arrow;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let tree = &run.system.journeys[id.index()].calls;
        let off = tree.asynchronous();
        let parts: BTreeSet<_> = tree
            .calls()
            .filter(|(node, call)| call.arrow == Arrow::Call && !off[node.index()])
            .map(|(_, call)| call.callee)
            .filter(|id| run.system.component(run.system.carrier(*id)).is_program())
            .collect();
        let teams: BTreeSet<TeamId> = parts.into_iter().filter_map(|part| run.owner(part)).collect();
        #[expect(clippy::cast_precision_loss, reason = "teams are few")]
        if teams.len() as f64 >= run.parameter("teams") {
            let names: Vec<String> = teams.iter().map(|team| run.system.team(*team).id.clone()).collect();
            let of = Subject::Journey(id);
            let text = format!(
                "a request of `{}` waits for the parts of {} teams: {}",
                run.system.journeys[id.index()].id,
                teams.len(),
                ids(&names)
            );
            run.report(
                &[of],
                run.span(of),
                Report::new(text, "let one team own what changes together, or cut along the journeys").confidence(Confidence::Low),
            );
        }
    }
}
