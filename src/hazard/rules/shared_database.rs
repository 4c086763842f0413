//! Databases of several deploy units.

use super::{Confidence, Report, Run, Subject};
use crate::diagnostic::Severity;
use crate::model::LinkId;
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Effect};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    let system = run.system;
    let mut users: BTreeMap<_, Vec<LinkId>> = BTreeMap::new();
    for id in system.link_ids() {
        let one = system.link(id);
        let is_store = matches!(system.component(one.to).kind, ComponentKind::Database | ComponentKind::Storage);
        if one.arrow == Arrow::Call && is_store && system.component(system.carrier(one.from)).is_program() {
            users.entry(one.to).or_default().push(id);
        }
    }
    for (store, links) in users {
        let units: BTreeSet<String> = links.iter().map(|id| run.unit(system.link(*id).from)).collect();
        if units.len() < 2 {
            continue;
        }
        let (mut writing, mut owners, mut unknown) = (BTreeSet::new(), BTreeSet::new(), false);
        for id in &links {
            let writes = match effect(run, *id) {
                Fact::Stated(effect) => effect != Effect::Read,
                Fact::Absent | Fact::Unknown => {
                    unknown = true;
                    true
                }
            };
            if writes {
                writing.insert(run.unit(system.link(*id).from));
                owners.extend(run.owner(system.carrier(system.link(*id).from)));
            }
        }
        let names: Vec<String> = units.iter().cloned().collect();
        let text = format!("{} deploy units use `{}`: {}", units.len(), run.name(store), super::ids(&names));
        let severity = match (writing.len(), owners.len()) {
            (0 | 1, _) => Severity::Note,
            (_, 2..) if !unknown => Severity::Error,
            _ => Severity::Warning,
        };
        let evidence = links.iter().map(|id| (Subject::Link(*id), system.link(*id).span)).collect();
        let report = Report::new(text, "give the data to one of them, and let the others ask it or keep a copy")
            .severity(severity)
            .confidence(if unknown { Confidence::Medium } else { Confidence::High });
        run.report_with(&[Subject::Component(store)], evidence, report);
    }
}

/// Returns what a link does: what its steps say, else the link.
fn effect(run: &mut Run<'_>, id: LinkId) -> Fact<Effect> {
    let steps: Vec<bool> = run
        .system
        .journeys
        .iter()
        .flat_map(|one| one.calls.calls())
        .filter(|(_, call)| call.link == id && !(call.reads.is_empty() && call.writes.is_empty()))
        .map(|(_, call)| !call.writes.is_empty())
        .collect();
    match (steps.is_empty(), steps.contains(&true)) {
        (false, true) => Fact::Stated(Effect::Write),
        (false, false) => Fact::Stated(Effect::Read),
        _ => run.link(id, link::EFFECT),
    }
}
