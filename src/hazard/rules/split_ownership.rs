//! Deploy units of several teams.

use super::{Report, Run, Subject, ids};
use crate::model::{ComponentId, TeamId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    let mut units: BTreeMap<String, (BTreeSet<TeamId>, Vec<ComponentId>)> = BTreeMap::new();
    for id in run.system.component_ids() {
        let carrier = run.system.component(run.system.carrier(id));
        if !carrier.is_program() {
            continue;
        }
        let entry = units.entry(run.unit(id)).or_default();
        entry.0.extend(run.system.component(id).owner);
        entry.1.push(id);
    }
    for (unit, (owners, parts)) in units.into_iter().filter(|(_, (owners, _))| owners.len() > 1) {
        let names: Vec<String> = owners.iter().map(|team| run.system.team(*team).id.clone()).collect();
        let subjects: Vec<Subject> =
            parts.iter().map(|id| run.system.carrier(*id)).collect::<BTreeSet<_>>().into_iter().map(Subject::Component).collect();
        let evidence = parts.iter().map(|id| (Subject::Component(*id), run.system.component(*id).span)).collect();
        let text = format!("{} teams own parts of the deploy unit `{unit}`: {}", owners.len(), ids(&names));
        run.report_with(&subjects, evidence, Report::new(text, "give the unit to one team, or cut it where the teams are"));
    }
}
