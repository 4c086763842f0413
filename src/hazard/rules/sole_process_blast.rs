//! Risky work in the process of critical work.

use super::{Report, Run, Subject};
use crate::model::ComponentId;
use crate::syntax::keys::{component, journey};
use crate::syntax::value::Facts;
use std::collections::BTreeSet;

/// Words by which a team marks what may crash or eat the memory of its process.
const RISKY: &[&str] = &["risky", "batch", "plugin", "experimental"];

pub(super) fn check(run: &mut Run<'_>) {
    let tagged = |facts: &Facts, index: u16| {
        facts.entry(index).is_some_and(|entry| matches!(&entry.state, crate::syntax::value::State::Stated(value) if value.words().iter().any(|word| RISKY.contains(&word.text.as_str()))))
    };
    let mut critical: BTreeSet<(ComponentId, usize)> = BTreeSet::new();
    let mut risky: Vec<(ComponentId, Subject)> = Vec::new();
    for id in run.declared_journeys() {
        let own = &run.system.journeys[id.index()];
        let parts: BTreeSet<ComponentId> = own
            .calls
            .calls()
            .map(|(_, call)| run.system.carrier(call.callee))
            .filter(|id| run.system.component(*id).is_program())
            .collect();
        let is_risky = tagged(&own.facts, journey::TAGS.index);
        if !is_risky && run.journey(id, journey::CRITICAL).holds() {
            critical.extend(parts.iter().map(|part| (*part, id.index())));
        }
        if is_risky {
            risky.extend(parts.iter().map(|part| (*part, Subject::Journey(id))));
        }
    }
    for id in run.system.component_ids() {
        let carrier = run.system.carrier(id);
        if carrier != id && tagged(&run.system.component(id).facts, component::TAGS.index) {
            risky.push((carrier, Subject::Component(id)));
        }
    }
    let mut seen = BTreeSet::new();
    for (process, what) in risky {
        let Some((_, at)) = critical.iter().find(|(id, _)| *id == process) else { continue };
        if seen.insert((process, what)) {
            let text = format!(
                "`{}` can take down `{}`, on which the critical `{}` depends",
                what.id(run.system),
                run.name(process),
                run.system.journeys[*at].id
            );
            let report = Report::new(text, "run the risky part as a process of its own; the rest may stay together");
            run.report_with(&[Subject::Component(process), what], vec![(what, run.span(what))], report);
        }
    }
}
