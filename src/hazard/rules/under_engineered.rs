//! Needs that one process, one place, or this kind of design cannot meet.

use super::{Confidence, Report, Run, Subject};
use crate::quantity::{Probability, availability};
use crate::syntax::keys::{Table, component, journey, objectives};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Vocabulary;

pub(super) fn check(run: &mut Run<'_>) {
    against_answers(run);
    for id in run.declared_journeys() {
        let own = &run.system.journeys[id.index()];
        let of_system = run.system.single(Table::Objectives).map_or(Fact::Unknown, |facts| facts.get(objectives::AVAILABILITY));
        let wanted = match run.system.journeys[id.index()].facts.get(journey::AVAILABILITY) {
            Fact::Unknown => of_system,
            stated => stated,
        };
        let Fact::Stated(wanted) = wanted else { continue };
        let off = own.calls.asynchronous();
        // One instance of one program carries it all: its own figure is a ceiling.
        let mut programs: Vec<_> = own
            .calls
            .calls()
            .filter(|(node, call)| call.arrow == Arrow::Call && !off[node.index()])
            .map(|(_, call)| run.system.carrier(call.callee))
            .filter(|id| run.system.component(*id).is_program())
            .collect();
        programs.sort_unstable();
        programs.dedup();
        let [only] = programs.as_slice() else { continue };
        if run.replicas(*only) != Some(1) {
            continue;
        }
        let one = run.system.component(*only);
        let stated = run.component(*only, component::AVAILABILITY).stated();
        let reached =
            stated.map_or_else(|| run.system.assumptions.value(&format!("{}.availability", one.kind.word())), |share| share.value());
        if wanted.value() > reached {
            let of = Subject::Component(*only);
            let text = format!(
                "`{}` must work {} of the time, and one instance of `{}` works {}",
                own.id,
                availability(Probability::new(1.0 - wanted.value())),
                one.id,
                availability(Probability::new(1.0 - reached))
            );
            let confidence = if stated.is_some() { Confidence::High } else { Confidence::Medium };
            let report = Report::new(text, "run several replicas in several places, or ask for less").confidence(confidence);
            run.report_with(
                &[of],
                vec![(of, run.place(of, component::REPLICAS)), (Subject::Journey(id), run.span(Subject::Journey(id)))],
                report,
            );
        }
    }
}

/// Holds the design's candidate against the needs that were answered.
fn against_answers(run: &mut Run<'_>) {
    let Some((candidate, fit)) = run.answered_against() else { return };
    if !fit.too_little.is_empty() {
        let text = format!("a {} cannot give what was answered: {}", candidate.word(), fit.too_little.join("; "));
        run.report(
            &[Subject::System],
            run.blame(),
            Report::new(text, "model a design that gives it and compare; or correct the answers, if the need is not that strong")
                .confidence(Confidence::Medium),
        );
    }
}
