//! Programs and requests that need many others.

use super::{Report, Run, Subject};
use crate::model::ComponentId;
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::ComponentKind;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(run: &mut Run<'_>) {
    #[expect(clippy::cast_precision_loss, reason = "a model has far fewer than 2^52 components")]
    let above = |count: usize, limit: f64| count as f64 > limit;
    let system = run.system;
    let mut called: BTreeMap<ComponentId, BTreeMap<ComponentId, Vec<_>>> = BTreeMap::new();
    for id in run.remote_calls() {
        let (from, to) = (system.carrier(system.link(id).from), system.carrier(system.link(id).to));
        let counts = system.component(from).is_program()
            && (system.component(to).is_program() || system.component(to).kind == ComponentKind::External);
        if counts {
            called.entry(from).or_default().entry(to).or_default().push(id);
        }
    }
    for (from, targets) in called {
        if above(targets.len(), run.parameter("direct")) {
            let evidence = targets.values().flatten().map(|id| (Subject::Link(*id), system.link(*id).span)).collect();
            let text = format!("`{}` calls {} others", run.name(from), targets.len());
            run.report_with(
                &[Subject::Component(from)],
                evidence,
                Report::new(text, "gather what belongs together behind one call, or tell them by message"),
            );
        }
    }
    for journey in run.declared_journeys() {
        let tree = &system.journeys[journey.index()].calls;
        let off = tree.asynchronous();
        let needed: BTreeSet<ComponentId> = tree
            .calls()
            .filter(|(node, call)| call.arrow == Arrow::Call && !off[node.index()] && run.is_remote(call.link))
            .map(|(_, call)| system.carrier(call.callee))
            .filter(|id| system.component(*id).is_program())
            .collect();
        if above(needed.len(), run.parameter("journey")) {
            let of = Subject::Journey(journey);
            let text = format!("a request of `{}` waits for {} programs", system.journeys[journey.index()].id, needed.len());
            run.report(&[of], run.span(of), Report::new(text, "let what need not be answered follow by message"));
        }
    }
}
