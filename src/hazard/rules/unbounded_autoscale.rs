//! Growth without an end.

use super::{Report, Run, Subject};
use crate::diagnostic::Severity;
use crate::syntax::keys::component;
use crate::syntax::value::{Fact, ReplicaBound};

pub(super) fn check(run: &mut Run<'_>) {
    let times = run.parameter("times");
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if !one.facts.get(component::AUTOSCALE).is_known() {
            continue;
        }
        let Fact::Stated(_) = run.component(id, component::AUTOSCALE) else { continue };
        let Fact::Stated(count) = run.component(id, component::REPLICAS) else { continue };
        if !run.component(id, component::BUDGET_CAP).is_absent() {
            continue;
        }
        let of = Subject::Component(id);
        let place = run.place(of, component::REPLICAS);
        let help = "bound the replicas (`replicas = { min = 2, usual = 3, max = 12 }`) and cap the spending (`budget-cap`)";
        #[expect(clippy::cast_precision_loss, reason = "replicas are far fewer than 2^52")]
        match count.max {
            ReplicaBound::Unbounded => {
                run.report(&[of], place, Report::new(format!("`{}` grows without a bound and without a cap on spending", one.id), help))
            }
            ReplicaBound::At(max) if max as f64 > times * count.usual.max(1) as f64 => {
                let text = format!("`{}` grows to {max} replicas, usually {}, without a cap on spending", one.id, count.usual);
                run.report(&[of], place, Report::new(text, help).severity(Severity::Warning));
            }
            ReplicaBound::At(_) => {}
            ReplicaBound::Unstated => run.needs("replicas.max", of),
        }
    }
}
