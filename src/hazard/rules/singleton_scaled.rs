//! Singletons of which there are several.

use super::{Report, Run, Subject};
use crate::syntax::keys::component;
use crate::syntax::value::{Fact, ReplicaBound};

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if !one.facts.get(component::SINGLETON).is_known() || !run.component(id, component::SINGLETON).holds() {
            continue;
        }
        let Fact::Stated(count) = run.component(id, component::REPLICAS) else { continue };
        let most = match count.max {
            ReplicaBound::At(max) => max.max(count.usual),
            ReplicaBound::Unbounded => u64::MAX,
            ReplicaBound::Unstated => count.usual,
        };
        if most > 1 && run.component(id, component::LEADER_ELECTION).is_absent() {
            let of = Subject::Component(id);
            let text = format!(
                "only one instance of `{}` may work at a time, and there can be {}",
                one.id,
                if most == u64::MAX { "any number".to_owned() } else { most.to_string() }
            );
            let place = run.place(of, component::REPLICAS);
            run.report(&[of], place, Report::new(text, "run one replica, or let the instances elect one (`leader-election = true`)"));
        }
    }
}
