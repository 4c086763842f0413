//! Sessions in the memory of one of several replicas.

use super::{Report, Run, Subject};
use crate::syntax::keys::component;
use crate::syntax::value::{Fact, ReplicaBound};
use crate::syntax::vocabulary::SessionState;

pub(super) fn check(run: &mut Run<'_>) {
    for id in run.system.component_ids() {
        let one = run.system.component(id);
        if !one.is_program() || run.component(id, component::SESSION_STATE) != Fact::Stated(SessionState::Local) {
            continue;
        }
        let Fact::Stated(count) = run.component(id, component::REPLICAS) else { continue };
        let several = count.usual > 1 || matches!(count.max, ReplicaBound::Unbounded | ReplicaBound::At(2..));
        if several && run.component(id, component::STICKY).is_absent() {
            let of = Subject::Component(id);
            let text = format!("`{}` keeps sessions in memory, and the next request may reach another replica", one.id);
            let place = run.place(of, component::SESSION_STATE);
            run.report(
                &[of],
                place,
                Report::new(
                    text,
                    "keep sessions in a shared store (`session-state = \"shared\"`), or route a user to the same replica (`sticky = true`)",
                ),
            );
        }
    }
}
