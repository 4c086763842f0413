//! Time that decides something, on machines that nobody synchronizes.

use super::{Report, Run, Subject};
use crate::model::{ComponentId, EntityId, LocationId};
use crate::syntax::keys::{entity, link, location};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Conflict, OrderBy};
use std::collections::BTreeMap;

pub(super) fn check(run: &mut Run<'_>) {
    let mut found: BTreeMap<LocationId, (Subject, String)> = BTreeMap::new();
    for id in run.system.link_ids() {
        if run.system.link(id).facts.get(link::ORDER_BY) == Fact::Stated(OrderBy::WallClock)
            && let Some(at) = unsynchronized(run, &run.stamped_by(id))
        {
            found.entry(at).or_insert((Subject::Link(id), run.system.link(id).id.clone()));
        }
    }
    for (at, one) in run.system.entities.iter().enumerate() {
        if one.writers.len() >= 2
            && one.facts.get(entity::CONFLICT) == Fact::Stated(Conflict::LastWrite)
            && let Some(place) = unsynchronized(run, &one.writers)
        {
            found.entry(place).or_insert((Subject::Entity(EntityId::at(at)), one.id.clone()));
        }
    }
    for (at, (by, name)) in found {
        let of = Subject::Location(at);
        let text = format!("the clocks in `{}` are not synchronized, and they decide the order of `{name}`", run.system.location(at).id);
        let place = run.place(of, location::CLOCK_SYNC);
        run.report_with(
            &[of],
            vec![(of, place), (by, run.span(by))],
            Report::new(text, "synchronize the clocks, and do not order by them: `order-by = \"sequence\"`"),
        );
    }
}

/// Returns a location around one of some components that states that clocks are not synchronized.
fn unsynchronized(run: &mut Run<'_>, of: &[ComponentId]) -> Option<LocationId> {
    for id in of {
        let hosts: Vec<LocationId> = run.system.component(*id).instances.iter().filter_map(|one| Some(one.host?.location)).collect();
        for host in hosts {
            // The innermost location that says anything about clocks is right.
            let around: Vec<LocationId> = run.system.around(host).collect();
            let stated = around.iter().find(|at| run.system.location(**at).facts.get(location::CLOCK_SYNC).is_known()).copied();
            let at = stated.unwrap_or(host);
            if run.ask(Subject::Location(at), location::CLOCK_SYNC).is_absent() {
                return Some(at);
            }
        }
    }
    None
}
