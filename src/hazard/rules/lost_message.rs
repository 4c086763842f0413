//! Messages that may be lost though they may not.

use super::{Report, Run, Subject};
use crate::syntax::keys::journey;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Delivery;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.declared_journeys() {
        let Some(found) = &run.inputs.guarantees.journeys[id.index()].delivery else { continue };
        if run.journey(id, journey::DELIVERY) != Fact::Stated(Delivery::AtLeastOnce) {
            continue;
        }
        let of = Subject::Journey(id);
        match (found.may_lose, &found.lost_at) {
            (Some(true), Some((span, why))) => {
                let text = format!("`{}` needs every message, and one may be lost at {why}", run.system.journeys[id.index()].id);
                let help = "write the message with the data (`outbox` with a `relay`), wait for the broker (`confirm`), keep it (`durable`), acknowledge after the work";
                run.report(&[of], *span, Report::new(text, help));
            }
            (None, _) => {
                for need in &found.needs {
                    run.needs(need, of);
                }
            }
            _ => {}
        }
    }
}
