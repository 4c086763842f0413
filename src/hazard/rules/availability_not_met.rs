//! Journeys that work less often than they must.

use super::{Report, Run, Subject};
use crate::model::{ComponentId, JourneyId};
use crate::quantity::{Probability, availability};
use crate::syntax::keys::{Table, component, journey, objectives};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::ComponentKind;
use std::collections::BTreeSet;

/// Returns what nobody states of the parts of a journey, so that a figure was assumed: how many there are, and how often one fails.
fn assumed(run: &Run<'_>, id: JourneyId) -> Vec<String> {
    let ends = run.system.journeys[id.index()].calls.calls().flat_map(|(_, call)| [call.caller, call.callee]);
    let parts: BTreeSet<ComponentId> = ends.map(|id| run.system.carrier(id)).collect();
    let mut assumed = Vec::new();
    for one in parts.into_iter().map(|id| run.system.component(id)).filter(|one| !one.is_caller() && one.kind != ComponentKind::Module) {
        if one.facts.get(component::REPLICAS).stated().is_none() {
            assumed.push(format!("components.{}.replicas = 1", one.id));
        }
        if one.facts.get(component::AVAILABILITY).stated().is_none() && one.facts.get(component::MTBF).stated().is_none() {
            assumed.push(format!("components.{}.availability", one.id));
        }
    }
    assumed
}

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
            let help = "need fewer parts for an answer, make the weakest redundant, or ask for less";
            let assumed = assumed(run, id);
            run.report(&[of], place, Report::new(text, help).assuming(&assumed));
        }
    }
}
