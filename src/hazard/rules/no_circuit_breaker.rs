//! Shared or foreign callees without a breaker in front.

use super::{Confidence, Groups, Report, Run, Subject, say};
use crate::diagnostic::Severity;
use crate::syntax::keys::link;
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn check(run: &mut Run<'_>) {
    let calls = run.remote_calls();
    let mut callers = vec![0_usize; run.system.components.len()];
    for id in &calls {
        callers[run.system.link(*id).to.index()] += 1;
    }
    let mut groups = Groups::default();
    let mut hangs = Vec::new();
    for id in calls {
        let one = run.system.link(id);
        let is_external = run.system.component(one.to).kind == ComponentKind::External;
        if run.system.component(one.from).is_caller() || (!is_external && callers[one.to.index()] < 2) {
            continue;
        }
        if !run.link(id, link::REQUIRED).holds() {
            continue;
        }
        if run.link(id, link::CIRCUIT_BREAKER).is_absent()
            && !run.link(id, link::BULKHEAD).is_known() | run.link(id, link::BULKHEAD).is_absent()
        {
            let of = Subject::Link(id);
            if run.link(id, link::TIMEOUT).is_absent() {
                hangs.push(one.id.clone());
            }
            groups.add(run.cause(of, link::CIRCUIT_BREAKER, Subject::Component(one.to)), of, run.place(of, link::CIRCUIT_BREAKER));
        }
    }
    run.report_groups(groups, |_, links| {
        let text = say("calls", links, "has no circuit breaker", "have no circuit breaker");
        let report = Report::new(
            text,
            "stop calling while the callee fails (`circuit-breaker = true`), or give the calls a pool of their own (`bulkhead`)",
        )
        .confidence(Confidence::Low);
        // Without a timeout, too, nothing ends what hangs.
        if links.iter().any(|one| hangs.contains(one)) { report.severity(Severity::Warning) } else { report }
    });
}
