//! Where copies go: to the places that the base has beside the one that it uses, else to new ones like it.

use super::draft::{Draft, Key};
use crate::model::{Location, System};
use crate::syntax::keys::{component, location};
use crate::syntax::toml_string;
use crate::syntax::vocabulary::LocationKind;

/// Returns places for so many copies of a component of the base: none where it has no place, or where its place gives each copy a machine of its own in what may
/// be different parts (a cluster, a region).
pub(super) fn hosts(draft: &mut Draft<'_>, like: &str, copies: usize) -> Option<Vec<String>> {
    let base = draft.base;
    let component = base.component(base.find_component(like)?);
    let mut hosts: Vec<String> = component.facts.words(component::ON).iter().map(|word| word.text.clone()).collect();
    hosts.dedup();
    let first = base.location(base.find_location(hosts.first()?)?);
    match first.kind {
        LocationKind::Provider | LocationKind::Region | LocationKind::Cluster | LocationKind::Namespace => return None,
        LocationKind::Zone
        | LocationKind::Datacenter
        | LocationKind::Rack
        | LocationKind::Node
        | LocationKind::Edge
        | LocationKind::Device => {}
    }
    let machine = |place: &Location| place.facts.text(location::MACHINE).map(str::to_owned);
    let siblings =
        base.locations.iter().filter(|other| other.kind == first.kind && other.parent == first.parent && machine(other) == machine(first));
    for sibling in siblings {
        if hosts.len() < copies && !hosts.contains(&sibling.id) {
            hosts.push(sibling.id.clone());
        }
    }
    // What was added for another component serves this one, too.
    let added = added_like(draft, &first.id);
    hosts.extend(added.into_iter().take(copies.saturating_sub(hosts.len())));
    while hosts.len() < copies {
        let id = draft.free_id(&first.id);
        let keys = sibling_keys(base, first);
        draft.locations.insert(id.clone(), keys);
        hosts.push(id);
    }
    Some(hosts)
}

/// Returns the places that were added as siblings of a place.
fn added_like(draft: &Draft<'_>, id: &str) -> Vec<String> {
    let prefix = format!("{id}-");
    draft.locations.keys().filter(|other| other.strip_prefix(&prefix).is_some_and(|rest| rest.parse::<u32>().is_ok())).cloned().collect()
}

fn sibling_keys(base: &System, of: &Location) -> Vec<Key> {
    let kind = Key::word("kind", crate::syntax::vocabulary::Vocabulary::word(of.kind));
    let mut keys = vec![kind.because(format!("one more like `{}`, which fails alone", of.id))];
    keys.extend(of.parent.map(|parent| Key::word("in", &base.location(parent).id)));
    for (name, text) in [
        ("provider", of.facts.text(location::PROVIDER)),
        ("code", of.facts.text(location::CODE)),
        ("machine", of.facts.text(location::MACHINE)),
    ] {
        keys.extend(text.map(|text| Key::word(name, text)));
    }
    keys
}

/// Writes ids as a value: one, or a list.
pub(super) fn listed(ids: &[String]) -> String {
    let words: Vec<String> = ids.iter().map(|id| toml_string(id)).collect();
    if let [one] = words.as_slice() { one.clone() } else { format!("[{}]", words.join(", ")) }
}

/// Returns ids that begin with one of them, the others in their order behind it.
pub(super) fn beginning_with(ids: &[String], first: &str) -> Option<Vec<String>> {
    let at = ids.iter().position(|id| id == first)?;
    Some(ids[at..].iter().chain(&ids[..at]).cloned().collect())
}
