//! Copies that, once wrong, stay wrong.

use super::{Report, Run, Subject};
use crate::model::EntityId;
use crate::syntax::keys::entity;
use crate::syntax::link_key::Arrow;

pub(super) fn check(run: &mut Run<'_>) {
    let mut fed = vec![false; run.system.components.len()];
    for link in run.system.links.iter().filter(|link| link.arrow != Arrow::Call) {
        fed[link.to.index()] = true;
    }
    // A copy is fed directly, or by a program that gets messages and writes it.
    let mut by_messages = fed.clone();
    for link in run.system.links.iter().filter(|link| fed[link.from.index()]) {
        by_messages[link.to.index()] = true;
    }
    for (at, one) in run.system.entities.iter().enumerate() {
        let of = Subject::Entity(EntityId::at(at));
        let Some(copy) = one.copies.iter().find(|copy| by_messages[copy.index()]).copied() else { continue };
        if run.ask(of, entity::REBUILDABLE).is_absent() {
            let text = format!("a message that `{}` misses leaves its copy of `{}` wrong for ever", run.name(copy), one.id);
            let place = run.place(of, entity::REBUILDABLE);
            run.report(
                &[of],
                place,
                Report::new(text, "compare copies with the truth now and then, or make them again from it (`rebuildable = true`)"),
            );
        }
    }
}
