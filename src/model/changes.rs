//! Who deploys what, once an alternative has cut a deploy unit into parts: *a split neither invents nor loses changes*.
//!
//! Semantics, "Failure" (changes): `changes` is a module's share of its unit's changes, modules without it share the rest equally. A component of an alternative
//! that has the id of a base module and no `deploy` of its own takes the base unit's `deploy` with that share of its deploys; the unit keeps what is left of its own.

use std::collections::BTreeMap;

use super::{ComponentId, System};
use crate::quantity::Probability;
use crate::syntax::keys::component;
use crate::syntax::vocabulary::ComponentKind;

/// Gives an alternative's components the deploys of the base modules that they were, and takes these from the units that the modules were cut from.
pub(super) fn split(base: &System, alternative: &mut System) {
    let mut moved: BTreeMap<ComponentId, f64> = BTreeMap::new();
    for (module, (unit, share)) in shares(base) {
        let Some(own) = alternative.find_component(&base.component(module).id) else { continue };
        if alternative.component(own).kind == ComponentKind::Module {
            continue;
        }
        *moved.entry(unit).or_default() += share;
        let component = &mut alternative.components[own.index()];
        if component.facts.entry_of(component::DEPLOY).is_none()
            && let Some(entry) = base.component(unit).facts.entry_of(component::DEPLOY)
            && component.facts.insert(component::DEPLOY.index, entry.clone()).is_ok()
        {
            component.changes = share;
        }
    }
    for (unit, share) in moved {
        let Some(own) = alternative.find_component(&base.component(unit).id) else { continue };
        let stated = |system: &System, id: ComponentId| system.component(id).facts.entry_of(component::DEPLOY).cloned();
        // What the alternative states anew is already what is left.
        if stated(alternative, own) == stated(base, unit) {
            alternative.components[own.index()].changes = (1.0 - share).max(0.0);
        }
    }
}

/// Returns the unit of each module, and its share of the unit's changes.
fn shares(base: &System) -> BTreeMap<ComponentId, (ComponentId, f64)> {
    let mut modules: BTreeMap<ComponentId, Vec<(ComponentId, Option<f64>)>> = BTreeMap::new();
    for id in base.component_ids().filter(|id| base.component(*id).kind == ComponentKind::Module) {
        let stated = base.component(id).facts.get(component::CHANGES).stated().map(Probability::value);
        modules.entry(base.carrier(id)).or_default().push((id, stated));
    }
    let mut shares = BTreeMap::new();
    for (unit, modules) in modules {
        let stated: f64 = modules.iter().filter_map(|(_, share)| *share).sum();
        let silent = modules.iter().filter(|(_, share)| share.is_none()).count();
        let rest = (1.0 - stated).max(0.0) / silent.max(1) as f64;
        shares.extend(modules.into_iter().map(|(id, share)| (id, (unit, share.unwrap_or(rest)))));
    }
    shares
}
