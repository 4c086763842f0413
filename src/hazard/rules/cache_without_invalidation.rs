//! Cached copies that are never renewed.

use std::collections::BTreeMap;

use super::{Report, Run, Subject};
use crate::model::{ComponentId, EntityId, LinkId};
use crate::syntax::keys::{component, entity, link};
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn check(run: &mut Run<'_>) {
    let mut links: BTreeMap<ComponentId, Vec<LinkId>> = BTreeMap::new();
    for id in run.system.link_ids() {
        links.entry(run.system.link(id).to).or_default().push(id);
    }
    for (at, one) in run.system.entities.iter().enumerate() {
        let of = Subject::Entity(EntityId::at(at));
        for store in &one.copies {
            if run.system.component(*store).kind != ComponentKind::Cache || run.ask(of, entity::IMMUTABLE).holds() {
                continue;
            }
            let into = links.get(store).map_or(&[][..], Vec::as_slice);
            let expires = run.component(*store, component::TTL);
            // The store or every link into it states that nothing expires.
            let of_links = |id: &LinkId| run.system.link(*id).facts.get(link::TTL).is_absent();
            let never = expires.is_absent() || !expires.is_known() && !into.is_empty() && into.iter().all(of_links);
            if !never {
                continue;
            }
            let mut stated_absent = into.is_empty();
            let mut renewed = false;
            for id in into {
                let fact = run.link(*id, link::INVALIDATE);
                stated_absent |= fact.is_absent();
                renewed |= fact.holds() || matches!(run.system.link(*id).facts.get(link::TTL), crate::syntax::value::Fact::Stated(_));
            }
            if stated_absent && !renewed {
                let text = format!("the copy of `{}` in `{}` is never renewed", one.id, run.name(*store));
                let place = run.place(Subject::Component(*store), component::TTL);
                run.report(
                    &[of, Subject::Component(*store)],
                    place,
                    Report::new(
                        text,
                        "let it expire (`ttl`), or remove it when the truth changes (`invalidate = true` on the writer's link)",
                    ),
                );
            }
        }
    }
}
