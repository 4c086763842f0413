//! Components that call each other in a circle.

use super::{Confidence, Report, Run, Subject, ids};
use crate::diagnostic::Severity;

pub(super) fn check(run: &mut Run<'_>) {
    let declared = run.declared_journeys();
    for circle in run.call_cycles() {
        let names: Vec<String> = circle.iter().map(|id| run.name(run.system.carrier(run.system.link(*id).from)).to_owned()).collect();
        let subjects: Vec<Subject> = circle.iter().map(|id| Subject::Component(run.system.carrier(run.system.link(*id).from))).collect();
        let evidence = circle.iter().map(|id| (Subject::Link(*id), run.system.link(*id).span)).collect();
        let text = format!("these call each other in a circle: {}", ids(&names));
        let mut report = Report::new(text, "turn one of the calls into a message, or move what both need into one of them");
        // Where all the calls are used and no request goes round, deploys and capacity are coupled, but nothing waits for itself.
        let used = |link| declared.iter().any(|id| run.system.journeys[id.index()].calls.calls().any(|(_, call)| call.link == link));
        let goes_round = |journey: &crate::model::JourneyId| {
            let calls = &run.system.journeys[journey.index()].calls;
            circle.iter().all(|link| calls.calls().any(|(_, call)| call.link == *link))
        };
        if circle.iter().all(|id| used(*id)) && !declared.iter().any(goes_round) {
            report = report.severity(Severity::Note).confidence(Confidence::Medium);
        }
        run.report_with(&subjects, evidence, report);
    }
}
