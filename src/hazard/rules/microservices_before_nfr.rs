//! Many services, and nobody said what they must reach.

use super::{Report, Run, Subject};
use crate::analysis::classification::Style;
use crate::syntax::keys::Table;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let Some(classification) = run.inputs.classification else {
        run.needs("the style", Subject::System);
        return;
    };
    let Some(style) = classification.style.as_ref().map(|found| found.style) else { return };
    let units: BTreeSet<String> = run.programs().map(|(id, _)| run.unit(id)).collect();
    #[expect(clippy::cast_precision_loss, reason = "units are few")]
    let few = (units.len() as f64) < run.parameter("units");
    if few || !matches!(style, Style::Microservices | Style::EventDriven) {
        return;
    }
    let has = |facts: Option<&crate::syntax::value::Facts>| facts.is_some_and(|facts| facts.entries().next().is_some());
    let names = Table::Objectives.rows();
    let of_journeys = run.system.journeys.iter().any(|one| {
        one.facts.entries().any(|(index, _)| names.iter().any(|row| row.name == one.facts.table.rows()[usize::from(index)].name))
    });
    if !has(run.system.single(Table::Objectives)) && !of_journeys {
        let text = format!("the style is {}, and no objective says what for", style.word());
        run.report(
            &[Subject::System],
            run.blame(),
            Report::new(text, "state what the system must reach in `[objectives]` first: availability, latency, throughput, budget"),
        );
    }
}
