//! How much one picture may show: the one place where every view asks. The question: *can a reader still follow the arrows?*
//!
//! The limits were found by looking at pictures of 5, 20, 80 and 300 components. Above them a system is drawn as an overview (a box per group, arrows between
//! groups counted) and one picture per group.

use std::collections::BTreeMap;

use super::places::Places;
use crate::model::{ComponentId, System};
use crate::quantity;
use crate::syntax::vocabulary::Vocabulary as _;

/// The most components of one picture.
pub const MAX_COMPONENTS: usize = 30;

/// The most arrows of one picture.
pub const MAX_ARROWS: usize = 45;

/// The most groups of an overview; above, the dependency matrix shows all.
pub const MAX_GROUPS: usize = 40;

/// The most arrows of an overview; above, the dependency matrix shows all.
pub const MAX_GROUP_ARROWS: usize = 60;

/// The most boxes for the shards of one component.
pub const MAX_SHARD_BOXES: usize = 6;

/// The most boxes in a row.
pub const MAX_ROW: usize = 6;

/// How many hubs of an overview are shown by badges instead of arrows.
pub const MAX_HUBS: usize = 2;

/// A hub is linked to at least so many other groups.
pub const MIN_GROUPS_OF_HUB: usize = 4;

/// The most arrows of a sequence.
pub const MAX_MOMENTS: usize = 60;

/// The most participants of a sequence.
pub const MAX_PARTICIPANTS: usize = 20;

/// Says whether one picture can show all.
pub(super) const fn fits(components: usize, arrows: usize) -> bool {
    components <= MAX_COMPONENTS && arrows <= MAX_ARROWS
}

/// Prints a number of things.
pub(super) fn counted(number: usize, thing: &str) -> String {
    let number_of = quantity::count(number as u64);
    match thing.strip_suffix('y') {
        _ if number == 1 => format!("{number_of} {thing}"),
        Some(stem) => format!("{number_of} {stem}ies"),
        None => format!("{number_of} {thing}s"),
    }
}

/// A group of components with a picture of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    /// A part of the picture's name: made of ids.
    pub(super) key: String,
    /// The title.
    pub(super) label: String,
    /// The location that it stands for.
    pub(super) location: Option<String>,
    /// The components, by id.
    pub(super) members: Vec<ComponentId>,
}

/// Divides a system that is too large for one picture: by the place that a component is drawn in, what is still too large by its owner, and what is still too
/// large by the order of ids.
pub(super) fn divide(system: &System, places: &Places<'_>) -> Vec<Division> {
    let mut by_place: BTreeMap<(u8, usize), Division> = BTreeMap::new();
    for id in system.component_ids() {
        let (order, key, label, location) = match places.container(id) {
            Some(at) => {
                let location = &system.location(at).id;
                ((0, at.index()), location.clone(), places.title(at), Some(location.clone()))
            }
            None if system.component(id).is_caller() => ((1, 0), "callers".to_owned(), "Callers and other systems".to_owned(), None),
            None => ((2, 0), "unplaced".to_owned(), "Without a place".to_owned(), None),
        };
        by_place.entry(order).or_insert_with(|| Division { key, label, location, members: Vec::new() }).members.push(id);
    }
    let is_whole = by_place.len() == 1;
    let most = if is_whole { MAX_COMPONENTS / 2 } else { MAX_COMPONENTS };
    let mut divisions: Vec<Division> = Vec::new();
    for division in by_place.into_values() {
        if division.members.len() <= most {
            divisions.push(division);
            continue;
        }
        divisions.extend(by_owner(system, division).into_iter().flat_map(|part| by_order(part, most)));
    }
    tell_apart(&mut divisions);
    divisions
}

fn by_owner(system: &System, division: Division) -> Vec<Division> {
    let mut parts: BTreeMap<Option<usize>, Division> = BTreeMap::new();
    for id in &division.members {
        let owner = system.component(system.carrier(*id)).owner;
        parts
            .entry(owner.map(|owner| owner.index()))
            .or_insert_with(|| {
                let (key, label) = owner.map_or(("unowned".to_owned(), "without an owner".to_owned()), |owner| {
                    let team = system.team(owner);
                    (team.id.clone(), team.display_name().to_owned())
                });
                Division {
                    key: format!("{}-{key}", division.key),
                    label: format!("{}: {label}", division.label),
                    location: division.location.clone(),
                    members: Vec::new(),
                }
            })
            .members
            .push(*id);
    }
    if parts.len() == 1 { vec![division] } else { parts.into_values().collect() }
}

fn by_order(division: Division, most: usize) -> Vec<Division> {
    let n_parts = division.members.len().div_ceil(most);
    if n_parts <= 1 {
        return vec![division];
    }
    let per_part = division.members.len().div_ceil(n_parts);
    let part = |(at, members): (usize, &[ComponentId])| Division {
        key: format!("{}-part-{}", division.key, at + 1),
        label: format!("{}, {} of {n_parts}", division.label, at + 1),
        location: division.location.clone(),
        members: members.to_vec(),
    };
    division.members.chunks(per_part).enumerate().map(part).collect()
}

/// Gives equal keys a number: a location may be called as a group without a place is.
fn tell_apart(divisions: &mut [Division]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for division in divisions {
        let times = seen.entry(division.key.clone()).or_default();
        *times += 1;
        if *times > 1 {
            division.key = format!("{}--{times}", division.key);
        }
    }
}

/// Returns the kinds of some components with their numbers, the most frequent first.
pub(super) fn kinds(system: &System, members: &[ComponentId]) -> String {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for id in members {
        *numbers.entry(system.component(*id).kind.word()).or_default() += 1;
    }
    let mut numbers: Vec<(&str, usize)> = numbers.into_iter().collect();
    numbers.sort_by_key(|(kind, number)| (std::cmp::Reverse(*number), *kind));
    let rest: usize = numbers.iter().skip(3).map(|(_, number)| number).sum();
    let mut words: Vec<String> = numbers.iter().take(3).map(|(kind, number)| counted(*number, kind)).collect();
    if rest > 0 {
        words.push(format!("{rest} more"));
    }
    words.join(", ")
}
