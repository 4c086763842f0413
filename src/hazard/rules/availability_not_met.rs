//! Journeys that work less often than they must.

use super::{Report, Run, Subject};
use crate::quantity::{Probability, availability};
use crate::syntax::keys::{Table, journey, objectives};
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let own = &run.system.journeys[id.index()];
        let of = Subject::Journey(id);
        let wanted = match own.facts.get(journey::AVAILABILITY) {
            Fact::Unknown => run.system.single(Table::Objectives).map_or(Fact::Unknown, |facts| facts.get(objectives::AVAILABILITY)),
            stated => stated,
        };
        let Fact::Stated(wanted) = wanted else { continue };
        let Some(unavailability) = run.inputs.figures.unavailability.as_ref().and_then(|list| list[id.index()]) else {
            run.needs("the computed availability", of);
            continue;
        };
        if 1.0 - unavailability < wanted.value() {
            let text = format!(
                "`{}` must work {} of the time, and works {}",
                own.id,
                availability(Probability::new(1.0 - wanted.value())),
                availability(Probability::new(unavailability))
            );
            let place = run.place(of, journey::AVAILABILITY);
            run.report(&[of], place, Report::new(text, "need fewer parts for an answer, make the weakest redundant, or ask for less"));
        }
    }
}
