//! Retries that buy what they overload.

use super::{Report, Run, Subject};
use crate::syntax::keys::{component, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.remote_calls() {
        let one = run.system.link(id);
        if !matches!(one.facts.get(link::RETRIES), Fact::Stated(1..)) {
            continue;
        }
        let callee = run.system.component(one.to);
        let pays = callee.kind == ComponentKind::Function || matches!(run.component(one.to, component::AUTOSCALE), Fact::Stated(_));
        if pays && run.component(one.to, component::BUDGET_CAP).is_absent() && run.link(id, link::RETRY_BUDGET).is_absent() {
            let of = Subject::Link(id);
            let text = format!(
                "when `{}` slows down, `{}` is retried, and `{}` grows with the retries, without a cap",
                callee.id, one.id, callee.id
            );
            let place = run.place(of, link::RETRIES);
            run.report(&[of], place, Report::new(text, "bound the share of retries (`retry-budget`), and cap the spending (`budget-cap`)"));
        }
    }
}
