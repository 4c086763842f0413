//! Order that clocks of several machines decide.

use super::{Report, Run, Subject};
use crate::model::{ComponentId, EntityId};
use crate::syntax::keys::{entity, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Conflict, OrderBy};

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.link_ids() {
        // Few links order anything; only those are asked how.
        if !run.system.link(id).facts.get(link::ORDER_BY).is_known() || run.link(id, link::ORDER_BY) != Fact::Stated(OrderBy::WallClock) {
            continue;
        }
        let senders = run.stamped_by(id);
        if clocks(run, &senders) >= 2 {
            let of = Subject::Link(id);
            let text = format!("the clocks of several machines decide the order of `{}`", run.system.link(id).id);
            let place = run.place(of, link::ORDER_BY);
            run.report(
                &[of],
                place,
                Report::new(text, "order by a sequence of one writer, or by logical clocks: `order-by = \"sequence\"`"),
            );
        }
    }
    for (at, one) in run.system.entities.iter().enumerate() {
        let of = Subject::Entity(EntityId::at(at));
        if one.writers.is_empty() || run.ask(of, entity::CONFLICT) != Fact::Stated(Conflict::LastWrite) {
            continue;
        }
        if clocks(run, &one.writers) >= 2 {
            let text = format!("the clocks of several writers decide which change of `{}` is the last", one.id);
            let place = run.place(of, entity::CONFLICT);
            run.report(&[of], place, Report::new(text, "use versions, or merge changes: `conflict = \"merge\"` or `\"crdt\"`"));
        }
    }
}

/// Returns the number of stated copies of some components: each has a clock of its own.
fn clocks(run: &mut Run<'_>, of: &[ComponentId]) -> u32 {
    of.iter().map(|id| run.replicas(*id).unwrap_or(1)).sum()
}
