//! Retries of what must not happen twice.

use super::{Report, Run, Subject};
use crate::syntax::keys::link;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Effect;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.remote_calls() {
        let Fact::Stated(1..) = run.link(id, link::RETRIES) else { continue };
        let Fact::Stated(effect @ (Effect::Write | Effect::Irreversible)) = run.link(id, link::EFFECT) else { continue };
        if run.link(id, link::IDEMPOTENT).is_absent() {
            let of = Subject::Link(id);
            let what = if effect == Effect::Irreversible { "does what cannot be undone" } else { "writes" };
            let text = format!("`{}` {what}, is retried, and repeating it is not harmless", run.system.link(id).id);
            let place = run.place(of, link::RETRIES);
            run.report(
                &[of],
                place,
                Report::new(text, "send a key that makes repeats harmless (`idempotent = \"order-id\"`), or do not retry"),
            );
        }
    }
}
