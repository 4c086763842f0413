//! Open doors in front of what grows.

use super::{Confidence, Report, Run, Subject};
use crate::diagnostic::Severity;
use crate::syntax::keys::component;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Exposure};

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if one.is_caller() || run.system.component(id).facts.get(component::EXPOSED) != Fact::Stated(Exposure::Public) {
            continue;
        }
        if !run.component(id, component::RATE_LIMIT).is_absent() {
            continue;
        }
        let of = Subject::Component(id);
        // A function is paid by use; so is what an autoscaler adds.
        let grows = one.kind == ComponentKind::Function || matches!(run.component(id, component::AUTOSCALE), Fact::Stated(_));
        let place = run.place(of, component::RATE_LIMIT);
        let report = if grows {
            Report::new(
                format!("anyone can make `{}` grow: it is public and has no rate limit", one.id),
                "limit the rate per caller (`rate-limit = \"100/s\"`), and cap the spending (`budget-cap`)",
            )
        } else {
            Report::new(
                format!("anyone can overload `{}`: it is public and has no rate limit", one.id),
                "limit the rate per caller: `rate-limit = \"100/s\"`",
            )
            .severity(Severity::Note)
            .confidence(Confidence::Medium)
        };
        run.report(&[of], place, report);
    }
}
