//! The only copy of something, where a restart loses it.

use super::{Report, Run, Subject};
use crate::model::EntityId;
use crate::syntax::keys::{component, entity};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::EntityValue;

pub(super) fn check(run: &mut Run<'_>) {
    for (at, one) in run.system.entities.iter().enumerate() {
        let of = Subject::Entity(EntityId::at(at));
        let Some(store) = one.truth else {
            continue;
        };
        let Fact::Stated(value @ (EntityValue::Business | EntityValue::Personal | EntityValue::Money)) = run.ask(of, entity::VALUE) else {
            continue;
        };
        let is_volatile = run.component(store, component::DURABLE).is_absent();
        let has_no_backup = run.component(store, component::BACKUP).is_absent();
        if !is_volatile && !has_no_backup {
            continue;
        }
        let name = run.name(store);
        let (text, key_place) = if is_volatile {
            (
                format!("a restart of `{name}` loses `{}`, of which it is the source", one.id),
                run.place(Subject::Component(store), component::DURABLE),
            )
        } else {
            (format!("`{name}` is the source of `{}` and has no backup", one.id), run.place(Subject::Component(store), component::BACKUP))
        };
        let _ = value;
        let help = "keep it in a durable store with tested backups, or state `value = \"disposable\"`";
        run.report_with(&[of], vec![(Subject::Component(store), key_place)], Report::new(text, help));
    }
}
