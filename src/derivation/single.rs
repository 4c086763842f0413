//! One copy of one program with its data on one machine.

use super::Titles;
use super::draft::{Draft, Key, Origin};
use super::merge::{Program, bridge, sidecars};
use crate::model::{Component, Location, System};
use crate::syntax::keys::{component, location};
use crate::syntax::vocabulary::{ComponentKind, LocationKind};

/// What several copies may say, and one may not.
const OF_SEVERAL: &[&str] =
    &["replication", "spread", "autoscale", "needs", "shards", "shard-key", "reads-from", "hosted-on", "leader-election"];

/// Gathers everything on one machine.
pub(super) fn gather(draft: &mut Draft<'_>, program: &Program) -> Result<Titles, String> {
    let base = draft.base;
    let like = base.component(base.find_component(&program.like).ok_or("the program is not in the base")?);
    if !program.is_merged && is_single(base, like) {
        return Err(format!("the base is that already: `{}` and its data are on one machine; nothing would differ", program.id));
    }
    let host = like.facts.words(component::ON).first().and_then(|word| base.find_location(&word.text)).map(|id| base.location(id));
    let machine = match host.filter(|host| is_machine(host)) {
        Some(host) => host.id.clone(),
        None => new_machine(draft, program, host),
    };
    let sidecars = sidecars(base, std::slice::from_ref(&program.id));
    let between = draft.of_kind(&[ComponentKind::Proxy, ComponentKind::Cdn]);
    for id in sidecars {
        draft.remove(&id);
    }
    for id in between {
        bridge(draft, &id);
    }
    let mut here = draft.of_kind(&[ComponentKind::Database, ComponentKind::Cache, ComponentKind::Queue, ComponentKind::Storage]);
    here.push(program.id.clone());
    for id in here {
        let stated = |name: &str| draft.stated(&id, name).is_some_and(|text| text != "false");
        let absent: Vec<&str> = OF_SEVERAL.iter().chain(&["machine"]).copied().filter(|name| stated(name)).collect();
        let has_copies = draft.stated(&id, "replicas").is_some() || (program.is_merged && id == program.id);
        let is_again = draft.components.get(&id).is_some_and(|part| part.origin != Origin::Base);
        if is_again && let Some(part) = draft.components.get_mut(&id) {
            part.keys.retain(|key| !OF_SEVERAL.contains(&key.name.as_str()) && key.name != "machine");
        }
        for name in absent {
            draft.set(&id, Key::new(name, "false"));
        }
        if has_copies {
            draft.set(&id, Key::new("replicas", "1"));
        }
        // Defaults of its kind speak of several.
        if is_again {
            draft.set(&id, Key::new("spread", "false"));
        }
        draft.set(&id, Key::word("on", &machine));
    }
    Ok(Titles { name: "One machine", summary: "One copy of one program, with its data on the same machine".to_owned() })
}

/// A machine of the program's type where the program stands; it is billed instead of the program.
fn new_machine(draft: &mut Draft<'_>, program: &Program, around: Option<&Location>) -> String {
    let id = draft.free_id("machine");
    let mut keys = vec![Key::word("kind", "node")];
    keys.extend(around.filter(|around| around.kind != LocationKind::Namespace).map(|around| Key::word("in", &around.id)));
    keys.extend(
        draft
            .stated(&program.like, "machine")
            .map(|text| Key::new("machine", text).because(format!("the one of `{}`; it carries the data, too", program.like))),
    );
    draft.locations.insert(id.clone(), keys);
    id
}

fn is_machine(host: &Location) -> bool {
    matches!(host.kind, LocationKind::Node | LocationKind::Device)
}

/// Says whether a program runs once on a machine that carries all its stores, too, with nothing between it and its users.
fn is_single(base: &System, program: &Component) -> bool {
    let host = |one: &Component| one.facts.words(component::ON).iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let place = host(program);
    let is_on_machine = matches!(place.as_slice(), [one] if base.find_location(one).is_some_and(|id| is_machine(base.location(id)) && base.location(id).facts.get(location::COUNT).stated().unwrap_or(1) == 1));
    let alone = base.components.iter().all(|one| !matches!(one.kind, ComponentKind::Proxy | ComponentKind::Cdn));
    program.instances.len() == 1
        && is_on_machine
        && alone
        && base.components.iter().filter(|one| one.is_store()).all(|one| host(one) == place)
}
