//! Components whose single instance stops a journey.

use super::{Report, Run, Subject, ids};
use crate::analysis::failure::Event;
use crate::diagnostic::Severity;
use crate::model::ComponentId;
use crate::syntax::keys::{component, journey};
use crate::syntax::vocabulary::ComponentKind;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let Some(blast_radius) = run.inputs.blast_radius else {
        run.needs("the blast radius", Subject::System);
        return;
    };
    for id in run.declared_journeys() {
        // One instance of a component that states that there is only one.
        let parts: BTreeSet<ComponentId> = blast_radius.journeys[id.index()]
            .single_points
            .iter()
            .filter_map(|point| match point.event {
                Event::Instance(part, _) if run.system.component(part).kind != ComponentKind::External => Some(part),
                _ => None,
            })
            .collect();
        let alone: Vec<ComponentId> = parts.into_iter().filter(|part| run.replicas(*part) == Some(1)).collect();
        if alone.is_empty() {
            continue;
        }
        let met = run.inputs.figures.unavailability.as_ref().and_then(|list| list[id.index()]);
        if let (Some(unavailability), crate::syntax::value::Fact::Stated(wanted)) =
            (met, run.system.journeys[id.index()].facts.get(journey::AVAILABILITY))
            && 1.0 - unavailability >= wanted.value()
        {
            continue;
        }
        let names: Vec<String> = alone.iter().map(|part| run.name(*part).to_owned()).collect();
        let own = &run.system.journeys[id.index()];
        let text = match names.as_slice() {
            [only] => format!("`{}` stops when the one instance of `{only}` stops", own.id),
            _ => format!("`{}` stops when any of {} single instances stops: {}", own.id, names.len(), ids(&names)),
        };
        let evidence =
            alone.iter().map(|part| (Subject::Component(*part), run.place(Subject::Component(*part), component::REPLICAS))).collect();
        let mut report = Report::new(text, "run replicas in several places, or let the journey go on without it (`required = false`)");
        if run.journey(id, journey::CRITICAL).holds() {
            report = report.severity(Severity::Error);
        }
        run.report_with(&[Subject::Journey(id)], evidence, report);
    }
}
