//! Outboxes that nobody empties.

use super::{Report, Run, Subject};
use crate::syntax::keys::{link, outbox};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Relay;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.publications() {
        let of = Subject::Link(id);
        if !matches!(run.link(id, link::OUTBOX), Fact::Stated(_)) {
            continue;
        }
        let relay = run.nested(of, link::OUTBOX, outbox::RELAY);
        if relay.is_absent() || relay == Fact::Stated(Relay::None) {
            let text = format!("nothing sends what `{}` leaves in its outbox", run.system.link(id).id);
            let place = run.place(of, link::OUTBOX);
            run.report(&[of], place, Report::new(text, "state a `relay` that polls the table, or reads the database's log (`cdc`)"));
        }
    }
}
