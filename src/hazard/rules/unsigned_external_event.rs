//! Calls from outside that anyone could have sent, or sent again.

use super::{Report, Run, Subject};
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Effect};

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.link_ids() {
        let one = run.system.link(id);
        if run.system.component(one.from).kind != ComponentKind::External || one.arrow == Arrow::Replication {
            continue;
        }
        if one.arrow == Arrow::Call && !matches!(run.link_effect(id), Fact::Stated(Effect::Write | Effect::Irreversible)) {
            continue;
        }
        let signed = run.link(id, link::SIGNED);
        let protected = run.link(id, link::REPLAY_PROTECTION);
        let of = Subject::Link(id);
        let what = match (signed.is_absent(), protected.is_absent()) {
            (true, true) => "can be forged and repeated by anyone",
            (true, false) => "can be forged by anyone",
            (false, true) => "can be repeated by anyone who saw it",
            (false, false) => continue,
        };
        let place = if signed.is_absent() { run.place(of, link::SIGNED) } else { run.place(of, link::REPLAY_PROTECTION) };
        run.report(
            &[of],
            place,
            Report::new(
                format!("`{}` {what}", one.id),
                "check a signature over the content and a time or number: `signed = \"hmac\"`, `replay-protection = true`",
            ),
        );
    }
}
