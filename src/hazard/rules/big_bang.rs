//! Alternatives that change everything at once.

use super::{Confidence, Report, Run, Subject};
use crate::model::System;
use crate::syntax::keys::component;
use std::collections::BTreeSet;

pub(super) fn check(run: &mut Run<'_>) {
    let Some(base) = run.inputs.base else { return };
    let before = units(base);
    let after = units(run.system);
    let new: Vec<&String> = after.difference(&before).collect();
    #[expect(clippy::cast_precision_loss, reason = "units are few")]
    if new.len() as f64 > run.parameter("units") {
        let gone = before.difference(&after).count();
        let names: Vec<String> = new.iter().map(|unit| (*unit).clone()).collect();
        let text = format!("{} new deploy units replace {gone} in one step: {}", new.len(), super::ids(&names));
        let report =
            Report::new(text, "write an alternative for each step, and let each run before the next").confidence(Confidence::Medium);
        run.report(&[Subject::System], run.blame(), report);
    }
}

/// Returns the deploy units of a system's programs.
fn units(system: &System) -> BTreeSet<String> {
    let programs = system.components.iter().filter(|one| one.is_program());
    programs.map(|one| one.facts.text(component::UNIT).unwrap_or(&one.id).to_owned()).collect()
}
