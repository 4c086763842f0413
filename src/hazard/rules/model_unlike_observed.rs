//! Figures that the model computes far from what was measured.

use super::{Report, Run, Subject};
use crate::source::Span;
use crate::syntax::keys::Table;

pub(super) fn check(run: &mut Run<'_>) {
    let (times, downtime_times) = (run.parameter("times"), run.parameter("downtime-times"));
    let Some(observed) = &run.inputs.figures.observed else {
        if !run.system.observed.is_empty() {
            run.needs("the computed figures beside the measured ones", Subject::System);
        }
        return;
    };
    for one in observed {
        let (measured, computed, limit) = if one.is_availability {
            (1.0 - one.measured, 1.0 - one.computed, downtime_times)
        } else {
            (one.measured, one.computed, times)
        };
        let ratio = computed / measured;
        if !ratio.is_finite() || (1.0 / limit..=limit).contains(&ratio) {
            continue;
        }
        let (element, key) = one.path.rsplit_once('.').unwrap_or((&one.path, ""));
        let subject = match element.split_once('.') {
            Some(("components", id)) => run.system.find_component(id).map(Subject::Component),
            Some(("journeys", id)) => run.system.find_journey(id).map(Subject::Journey),
            _ => None,
        };
        let subject = subject.unwrap_or(Subject::System);
        let place = place(run, element, key).unwrap_or_else(|| run.span(subject));
        let text = format!("`{}` was measured as {}, and is computed as {}", one.path, one.shown.0, one.shown.1);
        let help = if one.is_explained {
            "the work that follows from the measured utilization explains it: state it as `service-time` (the report names it)"
        } else {
            "mend the fact that is wrong before anything is decided with it: the report's first table shows which figures agree"
        };
        run.report(&[subject], place, Report::new(text, help));
    }
}

/// Returns the place of the measured value.
fn place(run: &Run<'_>, element: &str, key: &str) -> Option<Span> {
    let facts = run.system.observed.get(element)?;
    Some(facts.entry(Table::Observed.find(key)?)?.value)
}
