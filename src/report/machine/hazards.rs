//! Findings as JSON: the accepted ones stay, with who accepted them and why.

use serde_json::{Value, json};

use crate::hazard::{Acceptance, Hazards};
use crate::source::Sources;

pub(super) fn findings(sources: &Sources, hazards: &Hazards) -> Vec<Value> {
    let list = hazards.findings.iter().map(|finding| {
        let start = sources.start(finding.span);
        let evidence: Vec<Value> = finding
            .evidence
            .iter()
            .map(|one| json!({ "subject": one.id, "file": sources.file(one.span.file).path, "line": sources.start(one.span).line }))
            .collect();
        json!({
            "id": finding.id(),
            "rule": finding.rule.name(),
            "severity": finding.severity.word(),
            "confidence": finding.confidence.word(),
            "subjects": finding.subjects,
            "message": finding.message,
            "help": finding.help,
            "file": sources.file(finding.span.file).path,
            "line": start.line,
            "column": start.column,
            "evidence": evidence,
            "allowed": finding.allowed.as_ref().map(allowed),
        })
    });
    list.collect()
}

fn allowed(acceptance: &Acceptance) -> Value {
    let Acceptance { reason, owner, until, by } = acceptance;
    json!({ "reason": reason, "owner": owner, "until": until, "by": by })
}

pub(super) fn not_evaluated(hazards: &Hazards) -> Vec<Value> {
    hazards.not_evaluated.iter().map(|one| json!({ "rule": one.rule, "needs": one.needs, "count": one.count, "of": one.of })).collect()
}
