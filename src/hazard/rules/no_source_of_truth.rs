//! Copies of nothing.

use super::{Report, Run, Subject};
use crate::model::EntityId;
use crate::syntax::keys::{component, entity};
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn check(run: &mut Run<'_>) {
    for (at, one) in run.system.entities.iter().enumerate() {
        let of = Subject::Entity(EntityId::at(at));
        match one.truth {
            None => {
                if !one.copies.is_empty() && run.ask(of, entity::TRUTH).is_absent() {
                    let text = format!(
                        "`{}` has {}, and none of them is the truth",
                        one.id,
                        if one.copies.len() == 1 { "1 copy".to_owned() } else { format!("{} copies", one.copies.len()) }
                    );
                    let place = run.place(of, entity::TRUTH);
                    run.report(&[of], place, Report::new(text, "state which component holds the truth: `truth`"));
                }
            }
            Some(store) => {
                let is_cache = run.system.component(store).kind == ComponentKind::Cache;
                if (is_cache || run.component(store, component::DERIVED).holds()) && run.ask(of, entity::REBUILDABLE).is_absent() {
                    let text =
                        format!("the truth of `{}` is `{}`, which is made to forget, and nothing rebuilds it", one.id, run.name(store));
                    let place = run.place(of, entity::TRUTH);
                    run.report(
                        &[of],
                        place,
                        Report::new(text, "keep the truth in a store that lasts, or state how it is rebuilt (`rebuildable = true`)"),
                    );
                }
            }
        }
    }
}
