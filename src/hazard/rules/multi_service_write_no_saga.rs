//! Writes of several services that nothing undoes.

use super::{Report, Run, Subject, ids};
use crate::analysis::guarantee::Pattern;
use crate::model::{Call, ComponentId, JourneyId, NodeKind};
use crate::syntax::keys::{journey, link, saga};
use std::collections::BTreeSet;

/// Returns the calls, by their ends, that a request needs: those below a call whose failure is accepted are accepted with it.
fn needed(run: &Run<'_>, id: JourneyId) -> BTreeSet<(ComponentId, ComponentId)> {
    let tree = &run.system.journeys[id.index()].calls;
    let is_accepted = |call: &Call| {
        let of_link = || run.system.link(call.link).facts.get(link::REQUIRED).is_absent();
        run.system.component(call.callee).is_program() && call.required.map_or_else(of_link, |required| !required)
    };
    let mut accepted = vec![false; tree.nodes.len()];
    let mut needed = BTreeSet::new();
    for id in tree.ids() {
        let node = tree.node(id);
        let call = if let NodeKind::Call(call) = &node.kind { Some(call) } else { None };
        accepted[id.index()] = node.parent.is_some_and(|parent| accepted[parent.index()]) || call.is_some_and(|call| is_accepted(call));
        if let Some(call) = call.filter(|_| !accepted[id.index()]) {
            needed.insert((call.caller, call.callee));
        }
    }
    needed
}

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let atomicity = &run.inputs.guarantees.journeys[id.index()].atomicity;
        // Who is responsible for each write: the program that writes the store, or the part that is called.
        let mut parts = BTreeSet::new();
        let mut evidence = Vec::new();
        let needed = needed(run, id);
        for write in atomicity.writes.iter().filter(|write| !write.is_message && needed.contains(&(write.caller, write.target))) {
            let is_store = run.system.component(write.target).is_store();
            let part = run.system.carrier(if is_store { write.caller } else { write.target });
            if parts.insert(part) {
                evidence.push((Subject::Link(write.link), write.span));
            }
        }
        if parts.len() < 2 || atomicity.pattern == Pattern::AcceptedPartial {
            continue;
        }
        let of = Subject::Journey(id);
        let saga = run.journey(id, journey::SAGA);
        let undone = !(saga.is_absent()
            || run.nested(of, journey::SAGA, saga::COMPENSATIONS).is_absent() && run.nested(of, journey::SAGA, saga::STYLE).is_absent());
        if !undone && saga.is_known() {
            let names: Vec<String> = parts.iter().map(|part| run.name(*part).to_owned()).collect();
            let text = format!(
                "`{}` writes in {} parts, and nothing undoes the earlier when a later one fails: {}",
                run.system.journeys[id.index()].id,
                parts.len(),
                ids(&names)
            );
            let help = "state what undoes each step (`saga = { style = \"orchestrated\", compensations = [\"refund\"] }`), or that half is acceptable (`partial-ok = true`)";
            run.report_with(&[of], evidence, Report::new(text, help));
        }
    }
}
