//! What the rules found, what is accepted, and what could not be judged for want of a fact.

use std::collections::BTreeMap;

use super::{MAX_ROWS, Section};
use crate::assessment::Assessed;
use crate::hazard::Hazards;
use crate::report::table::Table;

pub(super) fn findings(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Findings", &["severity", "rule", "finding", "what to do"]);
    for finding in assessed.hazards.open() {
        table.row(vec![
            finding.severity.word().to_owned(),
            format!("`{}`", finding.rule.name()),
            finding.message.clone(),
            finding.help.clone(),
        ]);
    }
    if !table.rows.is_empty() {
        table.note("`weighbridge explain RULE` says why a rule matters, shows a design on which it is silent, and names its sources.");
    }
    table.limit(MAX_ROWS, "findings");
    Section::new("findings", table)
}

pub(super) fn accepted(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Accepted risks", &["rule", "finding", "reason", "accepted by", "until"]);
    for (finding, acceptance) in assessed.hazards.accepted() {
        table.row(vec![
            format!("`{}`", finding.rule.name()),
            finding.message.clone(),
            acceptance.reason.clone(),
            acceptance.owner.clone().unwrap_or_default(),
            acceptance.until.clone().unwrap_or_default(),
        ]);
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "accepted risks");
    Section::new("accepted-risks", table)
}

/// The missing facts, those that most rules wait for first.
pub(super) fn not_evaluated(hazards: &Hazards) -> Section {
    let mut table = Table::new("Rules that were not evaluated, for want of a fact", &["fact", ">of", "rules", "such as"]);
    let mut facts: BTreeMap<&str, (usize, Vec<&str>, &[String])> = BTreeMap::new();
    for one in &hazards.not_evaluated {
        let entry = facts.entry(&one.needs).or_insert((0, Vec::new(), &one.of));
        entry.0 = entry.0.max(one.count);
        entry.1.push(one.rule);
    }
    let mut rows: Vec<_> = facts.into_iter().collect();
    rows.sort_by(|a, b| (b.1.1.len(), b.1.0, a.0).cmp(&(a.1.1.len(), a.1.0, b.0)));
    for (fact, (count, rules, of)) in rows {
        let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
        let example = of.first().map(|id| format!("`{id}`")).unwrap_or_default();
        table.row(vec![format!("`{fact}`"), count.to_string(), rules.join(", "), example]);
    }
    table.limit(15, "facts");
    Section::new("not-evaluated", table)
}
