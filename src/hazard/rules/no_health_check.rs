//! Replicas that get requests after they failed.

use super::{Groups, Report, Run, Subject, say};
use crate::syntax::keys::component;
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn check(run: &mut Run<'_>) {
    let system = run.system;
    let mut called = vec![false; system.components.len()];
    for link in system.links.iter().filter(|link| link.arrow == Arrow::Call) {
        called[system.carrier(link.to).index()] = true;
    }
    let mut groups = Groups::default();
    for id in system.component_ids().filter(|id| called[id.index()]) {
        let one = system.component(id);
        if !(matches!(one.kind, ComponentKind::Service | ComponentKind::Proxy)) || !matches!(run.replicas(id), Some(2..)) {
            continue;
        }
        if run.component(id, component::HEALTH_CHECK).is_absent() {
            let of = Subject::Component(id);
            groups.add(run.cause(of, component::HEALTH_CHECK, of), of, run.place(of, component::HEALTH_CHECK));
        }
    }
    run.report_groups(groups, |_, list| {
        let text =
            say("components", list, "goes on getting requests on a replica that failed", "go on getting requests on replicas that failed");
        Report::new(text, "state what tells that a replica works: `health-check = \"/ready\"`")
    });
}
