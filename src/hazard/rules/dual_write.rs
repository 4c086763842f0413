//! Two writes of one component that a crash in between leaves different.

use super::{Report, Run, Subject, ids};
use crate::analysis::guarantee::Pattern;
use crate::model::ComponentId;
use crate::source::Span;
use crate::syntax::keys::{journey, link};
use crate::syntax::value::Fact;
use std::collections::BTreeMap;

/// The writes of one component, with their places, and the names of what they go to.
#[derive(Default)]
struct Written {
    evidence: Vec<(Subject, Span)>,
    targets: Vec<String>,
}

pub(super) fn check(run: &mut Run<'_>) {
    let mut found: BTreeMap<ComponentId, Written> = BTreeMap::new();
    for id in run.declared_journeys() {
        let atomicity = &run.inputs.guarantees.journeys[id.index()].atomicity;
        if matches!(atomicity.pattern, Pattern::OrchestratedSaga | Pattern::ChoreographedSaga | Pattern::AcceptedPartial) {
            continue;
        }
        let mut by_writer: BTreeMap<ComponentId, Vec<_>> = BTreeMap::new();
        for write in atomicity.writes.iter().filter(|write| run.system.component(write.target).is_store()) {
            by_writer.entry(run.system.carrier(write.caller)).or_default().push(*write);
        }
        for (writer, writes) in by_writer.into_iter().filter(|(_, writes)| writes.len() > 1) {
            let stores = writes.iter().filter(|write| !write.is_message).count();
            // A message is covered by an outbox; a second store only by what spans both.
            let uncovered = writes.iter().any(|write| write.is_message && run.link(write.link, link::OUTBOX).is_absent());
            let two_stores =
                stores > 1 && run.journey(id, journey::SAGA).is_absent() && run.journey(id, journey::PARTIAL_OK) != Fact::Stated(true);
            if (uncovered && stores > 0) || two_stores {
                let entry = found.entry(writer).or_default();
                entry.evidence.extend(writes.iter().map(|write| (Subject::Link(write.link), write.span)));
                entry.targets.extend(writes.iter().map(|write| run.name(write.target).to_owned()));
            }
        }
    }
    for (writer, Written { mut evidence, mut targets }) in found {
        targets.sort();
        targets.dedup();
        evidence.sort_unstable();
        evidence.dedup_by_key(|one| one.0);
        let text =
            format!("`{}` writes {} one after the other, and a stop in between leaves them different", run.name(writer), ids(&targets));
        let help = "write the message with the data (`outbox = { table = \"outbox\", relay = \"cdc\" }`), make one a copy of the other, or state a `saga`";
        run.report_with(&[Subject::Component(writer)], evidence, Report::new(text, help));
    }
}
