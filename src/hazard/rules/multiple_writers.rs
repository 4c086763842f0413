//! Concurrent writers without a rule for conflicts.

use super::{Report, Run, Subject};
use crate::model::{EntityId, JourneyId};
use crate::syntax::keys::{component, entity};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Isolation;

pub(super) fn check(run: &mut Run<'_>) {
    for (at, one) in run.system.entities.iter().enumerate() {
        let id = EntityId::at(at);
        let of = Subject::Entity(id);
        if one.writers.is_empty() || run.ask(of, entity::IMMUTABLE).holds() {
            continue;
        }
        let changed_in = changed_after_reading(run, id);
        if one.writers.len() < 2 && changed_in.is_none() {
            continue;
        }
        if !run.ask(of, entity::CONFLICT).is_absent() {
            continue;
        }
        let isolation = one.truth.map_or(Fact::Unknown, |store| run.component(store, component::ISOLATION));
        if one.writers.len() < 2
            && matches!(isolation, Fact::Stated(Isolation::Serializable | Isolation::Snapshot | Isolation::RepeatableRead))
        {
            continue;
        }
        let text = match (one.writers.len(), changed_in) {
            (2.., _) => format!("{} components write `{}`, and nothing resolves their conflicts", one.writers.len(), one.id),
            (_, journey) => format!(
                "`{}` is read, then written in `{}`, and nothing notices a change in between",
                one.id,
                journey.map_or("", |id| run.system.journeys[id.index()].id.as_str())
            ),
        };
        let place = run.place(of, entity::CONFLICT);
        run.report(
            &[of],
            place,
            Report::new(text, "let one component write, or state how conflicts are resolved: `conflict = \"lock\"` for versions or locks"),
        );
    }
}

/// Returns the first journey that reads an entity and writes it later.
fn changed_after_reading(run: &Run<'_>, id: EntityId) -> Option<JourneyId> {
    run.declared_journeys().into_iter().find(|journey| {
        let mut was_read = false;
        run.system.journeys[journey.index()].calls.calls().any(|(_, call)| {
            let writes = was_read && call.writes.contains(&id);
            was_read |= call.reads.contains(&id);
            writes
        })
    })
}
