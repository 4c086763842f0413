//! Writes of several services that nothing undoes.

use super::{Report, Run, Subject, ids};
use crate::analysis::guarantee::Pattern;
use crate::syntax::keys::{journey, saga};
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let atomicity = &run.inputs.guarantees.journeys[id.index()].atomicity;
        // Who is responsible for each write: the program that writes the store, or the part that is called.
        let mut parts = BTreeSet::new();
        let mut evidence = Vec::new();
        for write in atomicity.writes.iter().filter(|write| !write.is_message) {
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
