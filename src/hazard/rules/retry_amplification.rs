//! Retries of several layers that multiply.

use super::{Report, Run, Subject};
use crate::model::NodeKind;
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;

pub(super) fn check(run: &mut Run<'_>) {
    let limit = run.parameter("limit");
    for journey in run.system.journey_ids() {
        let tree = &run.system.journeys[journey.index()].calls;
        // Per node: attempts of the chain above, how many of its layers retry, and the last one that does.
        let mut attempts = vec![(1.0_f64, 0_u32); tree.nodes.len()];
        let mut worst: Option<(f64, usize)> = None;
        for id in tree.ids().skip(1) {
            let above = tree.node(id).parent.map_or((1.0, 0), |parent| attempts[parent.index()]);
            attempts[id.index()] = above;
            let NodeKind::Call(call) = &tree.node(id).kind else { continue };
            if call.arrow != Arrow::Call {
                attempts[id.index()] = (1.0, 0);
                continue;
            }
            if !run.is_remote(call.link) {
                continue;
            }
            let Fact::Stated(retries) = run.link(call.link, link::RETRIES) else { continue };
            if matches!(run.link(call.link, link::RETRY_BUDGET), Fact::Stated(_)) {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "retries are few")]
            let own = retries as f64 + 1.0;
            attempts[id.index()] = (above.0 * own, above.1 + 1);
            let (product, layers) = attempts[id.index()];
            if layers >= 2 && product >= limit && worst.is_none_or(|(most, _)| product > most) {
                worst = Some((product, id.index()));
            }
        }
        if let Some((product, node)) = worst
            && let NodeKind::Call(call) = &tree.nodes[node].kind
        {
            let text = format!(
                "one request of `{}` can become {product} attempts of `{}`: {} layers retry",
                run.system.journeys[journey.index()].id,
                run.system.link(call.link).id,
                attempts[node].1
            );
            let place = run.place(Subject::Link(call.link), link::RETRIES);
            run.report_with(
                &[Subject::Journey(journey)],
                vec![(Subject::Link(call.link), place)],
                Report::new(text, "retry at one layer only, or bound the share of retries with `retry-budget`"),
            );
        }
    }
}
