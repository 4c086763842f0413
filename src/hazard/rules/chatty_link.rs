//! Links that one request uses again and again.

use super::{Groups, Report, Run, Subject};
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use std::collections::BTreeMap;

pub(super) fn check(run: &mut Run<'_>) {
    let limit = run.parameter("calls");
    let mut groups = Groups::default();
    let mut most: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for journey in run.declared_journeys() {
        let own = &run.system.journeys[journey.index()];
        for (_, call) in own.calls.calls().filter(|(_, call)| call.arrow == Arrow::Call) {
            #[expect(clippy::cast_precision_loss, reason = "a step is limited to 1e6 calls in a row")]
            let few = (call.times as f64) < limit;
            if few || !run.is_remote(call.link) || run.link(call.link, link::BATCHED).holds() {
                continue;
            }
            let of = Subject::Link(call.link);
            groups.add(of, of, call.span);
            let entry = most.entry(run.system.link(call.link).id.clone()).or_insert((0, String::new()));
            if call.times > entry.0 {
                *entry = (call.times, own.id.clone());
            }
        }
    }
    run.report_groups(groups, |_, links| {
        let (times, journey) = most.get(&links[0]).cloned().unwrap_or_default();
        let text = format!("a request of `{journey}` uses `{}` {times} times in a row", links[0]);
        Report::new(text, "ask for several things in one call, and state `batched = true`")
    });
}
