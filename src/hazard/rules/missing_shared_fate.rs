//! Redundancy without a word about what hits all replicas at once.

use super::{Confidence, Report, Run, Subject, ids};
use crate::syntax::keys::component;

pub(super) fn check(run: &mut Run<'_>) {
    let says =
        !run.system.shared_fates.is_empty() || run.system.components.iter().any(|one| one.facts.entry_of(component::DEPLOY).is_some());
    if says {
        return;
    }
    let several: Vec<_> =
        run.system.component_ids().filter(|id| !run.system.component(*id).is_caller() && matches!(run.replicas(*id), Some(2..))).collect();
    if several.is_empty() {
        return;
    }
    let names: Vec<String> = several.iter().map(|id| run.name(*id).to_owned()).collect();
    let evidence = several.iter().map(|id| (Subject::Component(*id), run.place(Subject::Component(*id), component::REPLICAS))).collect();
    let text = format!("nothing says what hits all replicas at once: {}", ids(&names));
    let help = "state how changes fail (`deploy`) and what is shared (`[shared-fate]`: configuration, certificates, name service)";
    run.report_with(&[Subject::System], evidence, Report::new(text, help).confidence(Confidence::Low));
}
