//! Whose findings they are: the open ones by the team that answers for what they are about.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX_ROWS, Section};
use crate::assessment::Assessed;
use crate::diagnostic::Severity;
use crate::hazard::{Finding, Subject};
use crate::model::{System, TeamId};
use crate::report::table::Table;

/// The most rules that are named of a team.
const MAX_RULES: usize = 4;

/// One team's findings.
#[derive(Default)]
struct Counted<'a> {
    by_severity: BTreeMap<Severity, usize>,
    rules: BTreeSet<&'a str>,
}

/// Counts the open findings by owner; nothing where one owner, or nobody, has all of them.
pub(super) fn findings(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Findings by owner", &["owner", ">errors", ">warnings", ">notes", "rules"]);
    let mut owners: BTreeMap<Option<TeamId>, Counted<'_>> = BTreeMap::new();
    for finding in assessed.hazards.open() {
        for owner in owners_of(assessed.system, finding) {
            let counted = owners.entry(owner).or_default();
            *counted.by_severity.entry(finding.severity).or_default() += 1;
            counted.rules.insert(finding.rule.name());
        }
    }
    if owners.len() < 2 {
        return Section::new("findings-by-owner", table);
    }
    // Teams by their ids; what nobody answers for stands last.
    for (owner, counted) in owners.iter().filter(|(owner, _)| owner.is_some()).chain(owners.iter().filter(|(owner, _)| owner.is_none())) {
        let count = |severity| counted.by_severity.get(&severity).map_or_else(String::new, ToString::to_string);
        let mut rules: Vec<String> = counted.rules.iter().take(MAX_RULES).map(|rule| format!("`{rule}`")).collect();
        if counted.rules.len() > MAX_RULES {
            rules.push(format!("{} more", counted.rules.len() - MAX_RULES));
        }
        table.row(vec![
            owner.map_or_else(|| "nobody".to_owned(), |id| format!("`{}`", assessed.system.team(id).id)),
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Note),
            rules.join(", "),
        ]);
    }
    table.drop_empty_columns();
    table.note("A finding on elements of several teams counts for each of them.");
    table.limit(MAX_ROWS, "owners");
    Section::new("findings-by-owner", table)
}

/// The teams that answer for the places of a finding: a link's is that of its caller, else of what it calls.
fn owners_of(system: &System, finding: &Finding) -> BTreeSet<Option<TeamId>> {
    let owner = |subject: Subject| match subject {
        Subject::Component(id) => system.component(id).owner,
        Subject::Link(id) => system.component(system.link(id).from).owner.or(system.component(system.link(id).to).owner),
        Subject::Entity(id) => system.entities[id.index()].truth.and_then(|truth| system.component(truth).owner),
        Subject::Team(id) => Some(id),
        Subject::System | Subject::Default(_) | Subject::Journey(_) | Subject::Location(_) | Subject::SharedFate(_) => None,
    };
    let found: BTreeSet<Option<TeamId>> = finding.evidence.iter().map(|place| owner(place.subject)).collect();
    // What nobody answers for says nothing beside what somebody does.
    if found.len() > 1 { found.into_iter().filter(Option::is_some).collect() } else { found }
}
