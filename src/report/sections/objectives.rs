//! The objectives, and whether they are reached.

use std::collections::BTreeMap;

use super::{MAX_ROWS, Section};
use crate::assessment::{Assessment, GateState};
use crate::report::table::Table;

pub(super) fn gates(assessment: &Assessment) -> Section {
    let mut table = Table::new("Objectives", &["objective", "journey", "limit", "figure", "state"]);
    let mut not_evaluated: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for gate in &assessment.gates {
        if gate.state == GateState::NotEvaluated {
            let limits = not_evaluated.entry(gate.id).or_default();
            if !limits.contains(&gate.limit.as_str()) {
                limits.push(&gate.limit);
            }
            continue;
        }
        table.row(vec![
            gate.id.to_owned(),
            gate.journey.as_ref().map(|id| format!("`{id}`")).unwrap_or_default(),
            gate.limit.clone(),
            gate.value.clone().unwrap_or_default(),
            gate.state.word().to_owned(),
        ]);
    }
    if !not_evaluated.is_empty() {
        let list: Vec<String> = not_evaluated.iter().map(|(id, limits)| format!("{id} ({})", limits.join("; "))).collect();
        table.note(format!("Stated, but not computed by this release: {}.", list.join(", ")));
    }
    table.limit(MAX_ROWS, "objectives");
    Section::new("objectives", table)
}
