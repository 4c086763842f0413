//! Locks whose former holder still writes.

use super::{Report, Run, Subject};
use crate::syntax::keys::{component, replication};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Failover;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let of = Subject::Component(id);
        let one = run.system.component(id);
        let guarded = one.facts.words(component::LOCK_FOR).first().map(|word| word.text.clone());
        let fails_over = one
            .facts
            .table(component::REPLICATION)
            .is_some_and(|facts| facts.get(replication::FAILOVER) == Fact::Stated(Failover::Automatic));
        if guarded.is_none() && !fails_over {
            continue;
        }
        if run.nested(of, component::REPLICATION, replication::FENCING).is_absent() {
            let text = match guarded {
                Some(guarded) => format!("a paused holder of a lock of `{}` can still write to `{guarded}`", one.id),
                None => format!("a former leader of `{}` can still write after a failover", one.id),
            };
            let place = run.place(of, component::REPLICATION);
            run.report(
                &[of],
                place,
                Report::new(text, "let every write carry a number that grows with each holder, and refuse older ones: `fencing = true`"),
            );
        }
    }
}
