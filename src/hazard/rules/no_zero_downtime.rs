//! Deploys that stop what may not stop.

use super::{Report, Run, Subject};
use crate::model::ComponentId;
use crate::syntax::keys::{component, deploy, journey};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::DeployStrategy;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    let mut needed: BTreeMap<ComponentId, String> = BTreeMap::new();
    for id in run.declared_journeys() {
        if !run.journey(id, journey::WINDOW).is_absent() {
            continue;
        }
        let own = &run.system.journeys[id.index()];
        let off = own.calls.asynchronous();
        let parts: BTreeSet<ComponentId> = own
            .calls
            .calls()
            .filter(|(node, call)| call.arrow == Arrow::Call && !off[node.index()] && call.required != Some(false))
            .filter(|(_, call)| !run.system.link(call.link).facts.get(crate::syntax::keys::link::REQUIRED).is_absent())
            .map(|(_, call)| run.system.carrier(call.callee))
            .collect();
        for part in parts {
            needed.entry(part).or_insert_with(|| own.id.clone());
        }
    }
    for (id, journey) in needed {
        let one = run.system.component(id);
        if one.is_caller() || one.is_store() {
            continue;
        }
        let of = Subject::Component(id);
        let why = if run.nested(of, component::DEPLOY, deploy::STRATEGY) == Fact::Stated(DeployStrategy::Recreate) {
            ("each deploy stops it", run.place(of, component::DEPLOY))
        } else if run.replicas(id) == Some(1) {
            ("it runs once", run.place(of, component::REPLICAS))
        } else {
            continue;
        };
        let text = format!("`{journey}` allows no maintenance window, but needs `{}`, and {}", one.id, why.0);
        run.report(
            &[of],
            why.1,
            Report::new(
                text,
                "run two replicas or more, and replace them one by one (`deploy = { strategy = \"rolling\" }`), or state a `window`",
            ),
        );
    }
}
