//! Decisions that are hard to undo, taken before they must be.

use super::{Confidence, Report, Run, Subject};

pub(super) fn check(run: &mut Run<'_>) {
    // Only a change is a decision that can wait.
    if run.system.is_base() {
        return;
    }
    let Some(answers) = run.inputs.figures.answers else {
        run.needs("answers: whether the decision can be undone, and when its reason arrives", Subject::System);
        return;
    };
    if answers.irreversible == Some(true) && answers.is_early == Some(true) {
        let text = format!("`{}` is hard to undo, and its reason lies more than a year ahead", run.system.id);
        run.report(
            &[Subject::System],
            run.blame(),
            Report::new(text, "keep the choice open, and decide when the reason is near").confidence(Confidence::Low),
        );
    }
}
