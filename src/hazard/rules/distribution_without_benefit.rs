//! Units that exist for no stated reason, and designs that cost more than the answers have use for.

use super::{Confidence, Groups, Report, Run, Subject, say};
use crate::syntax::keys::component;
use crate::syntax::vocabulary::Vocabulary;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let programs: Vec<_> = run.programs().collect();
    let units: BTreeSet<String> = programs.iter().map(|(id, _)| run.unit(*id)).collect();
    if units.len() < 2 {
        return;
    }
    against_answers(run);
    let mut groups = Groups::default();
    for (id, one) in programs {
        let fact = run.component(id, component::BECAUSE);
        let is_empty = fact.is_known() && one.facts.words(component::BECAUSE).is_empty();
        if is_empty {
            let of = Subject::Component(id);
            groups.add(run.cause(of, component::BECAUSE, of), of, run.place(of, component::BECAUSE));
        }
    }
    run.report_groups(groups, |_, list| {
        let text =
            say("units", list, "is a deploy unit of its own for no stated reason", "are deploy units of their own for no stated reason");
        Report::new(
            text,
            "state the benefit (`because = [\"scale\"]`: reliability, scale, autonomy, latency, size), or merge it with its caller",
        )
    });
}

/// Holds the design's candidate against the answers, where there are any: a rule that is silent without them is not evaluated for their lack.
fn against_answers(run: &mut Run<'_>) {
    let Some((candidate, fit)) = run.answered_against() else { return };
    if let Some(why) = &fit.too_much {
        let text = format!("the answers do not ask for {}: {why}", candidate.word());
        run.report(
            &[Subject::System],
            run.blame(),
            Report::new(text, "model the simpler design and compare; or correct the answers, if a need is missing there")
                .confidence(Confidence::Medium),
        );
    }
}
