//! Decisions that are hard to undo, taken before they must be.

use super::{Confidence, Report, Run, Subject};

pub(super) fn check(run: &mut Run<'_>) {
    // Only a change is a decision that can wait.
    if run.system.is_base() {
        return;
    }
    let answers = run.inputs.figures.answers.as_ref();
    let (Some(irreversible), Some(is_early)) = (answers.and_then(|one| one.irreversible), answers.and_then(|one| one.is_early)) else {
        run.needs("answers: whether the decision can be undone (`undo`), and when its reasons arrive (`needs-now`)", Subject::System);
        return;
    };
    if irreversible && is_early {
        let text = format!("`{}` is hard to undo, and its reasons lie more than a year ahead", run.system.id);
        run.report(
            &[Subject::System],
            run.blame(),
            Report::new(text, "keep the choice open, and decide when a reason is near").confidence(Confidence::Low),
        );
    }
}
