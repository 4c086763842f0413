//! The objectives, and whether they are reached.

use std::collections::BTreeMap;

use super::{MAX_ROWS, Section};
use crate::assessment::{Assessment, GateState};
use crate::report::table::Table;

pub(super) fn gates(assessment: &Assessment) -> Section {
    let mut table = Table::new("Objectives", &["objective", "journey", "limit", "figure", "state"]);
    // By objective and what it lacks: the journeys of a system mostly lack the same.
    let mut not_evaluated: BTreeMap<(&str, &str, Option<String>), Vec<String>> = BTreeMap::new();
    for gate in &assessment.gates {
        if gate.state == GateState::NotEvaluated {
            let key = (gate.id, gate.limit.as_str(), gate.needs_sentence());
            not_evaluated.entry(key).or_default().extend(gate.journey.as_ref().map(|id| format!("`{id}`")));
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
    for ((id, limit, needs), journeys) in not_evaluated {
        let of = if journeys.is_empty() { String::new() } else { format!(" of {}", journeys.join(", ")) };
        let needs = needs.map(|needs| format!(": it needs {needs}")).unwrap_or_default();
        table.note(format!("Stated, but not evaluated: {id} ({limit}){of}{needs}."));
    }
    table.limit(MAX_ROWS, "objectives");
    Section::new("objectives", table)
}
