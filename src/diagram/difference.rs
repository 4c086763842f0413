//! What an alternative changes: its deployment picture, with what is new, gone and otherwise in colour and in words.
//!
//! Ids make two elements the same. A component says something else where its kind, its copies, its place or its machines differ; its other facts are for
//! tables. What is gone stands in a frame of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::deployment::{self, Part, face_of};
use super::places::Places;
use super::policy;
use super::scene::{Edge, End, Face, Fill, Heads, Mark, NodeId, Scene, Shape};
use crate::model::{ComponentId, LinkId, System};
use crate::syntax::vocabulary::Vocabulary as _;

/// Draws what became of a system.
pub(super) fn draw(before: &System, after: &System, title: &str) -> Scene {
    let (old_places, places) = (Places::new(before), Places::new(after));
    let old = by_id(before);
    let new = by_id(after);
    let mut marks: BTreeMap<&str, (Mark, String)> = BTreeMap::new();
    for (id, at) in &new {
        match old.get(id) {
            None => {
                marks.insert(id, (Mark::Added, "added".to_owned()));
            }
            Some(was) => {
                let said = (facts(before, &old_places, *was), facts(after, &places, *at));
                let parts: Vec<String> =
                    said.0.iter().zip(&said.1).filter(|(was, is)| was != is).map(|((name, was), _)| format!("{name} was {was}")).collect();
                if !parts.is_empty() {
                    marks.insert(id, (Mark::Changed, format!("changed: {}", parts.join(", "))));
                }
            }
        }
    }
    let gone: Vec<&str> = old.keys().filter(|id| !new.contains_key(*id)).copied().collect();
    let link_ids = |system: &System| -> BTreeSet<String> { system.links.iter().map(|link| link.id.clone()).collect() };
    let (old_links, new_links) = (link_ids(before), link_ids(after));
    let mut scene = deployment_of(after, &places, title, &marks, &old_links, gone.len());
    for face in scene.faces_mut() {
        let found: Vec<&(Mark, String)> = face.components.iter().filter_map(|id| marks.get(id.as_str())).collect();
        let [first, rest @ ..] = found.as_slice() else { continue };
        if face.components.len() == 1 {
            face.fill = Fill::Marked(first.0);
            face.line(&first.1);
        } else if rest.len() + 1 == face.components.len() && rest.iter().all(|mark| mark.0 == first.0) {
            face.fill = Fill::Marked(first.0);
            face.line(first.0.word());
        } else {
            face.fill = Fill::Marked(Mark::Changed);
            face.line(&format!("{} differ inside", policy::counted(found.len(), "component")));
        }
    }
    for edge in scene.edges.iter_mut().filter(|edge| !edge.links.is_empty()) {
        if edge.links.iter().all(|link| !old_links.contains(link)) {
            edge.mark = Some(Mark::Added);
        }
    }
    let ends = gone_boxes(before, &gone, &mut scene);
    gone_arrows(before, &new_links, &ends, &mut scene);
    scene.note("green: added; red, dashed: removed; yellow: changed, in words in the box");
    let (links_added, links_gone) = (new_links.difference(&old_links).count(), old_links.difference(&new_links).count());
    let count = |mark: Mark| marks.values().filter(|one| one.0 == mark).count();
    scene.note(&format!(
        "{} added, {} changed, {} removed; {} added, {} removed",
        policy::counted(count(Mark::Added), "component"),
        count(Mark::Changed),
        gone.len(),
        policy::counted(links_added, "link"),
        links_gone
    ));
    scene
}

fn by_id(system: &System) -> BTreeMap<&str, ComponentId> {
    system.component_ids().map(|id| (system.component(id).id.as_str(), id)).collect()
}

/// What the picture says of a component besides its name, by name.
fn facts(system: &System, places: &Places<'_>, id: ComponentId) -> Vec<(&'static str, String)> {
    let one = system.component(id);
    let container = places.container(id).map_or_else(|| "nowhere".to_owned(), |at| system.location(at).id.clone());
    let machines = one.instances.iter().filter_map(|instance| instance.host).map(|host| system.location(host.location).id.as_str());
    let machines: BTreeSet<&str> = machines.collect();
    let on = match machines.len() {
        0 => "no place".to_owned(),
        1..=3 => machines.into_iter().collect::<Vec<_>>().join(", "),
        many => format!("{many} places"),
    };
    let number = |number: u64| number.to_string();
    vec![
        ("kind", one.kind.word().to_owned()),
        ("copies", number(u64::from(one.replicas))),
        ("shards", number(one.shards.len() as u64)),
        ("frame", container),
        ("on", on),
    ]
}

/// Draws all of it, or of a system that is too large only what differs with its neighbours.
fn deployment_of(
    system: &System,
    places: &Places<'_>,
    title: &str,
    marks: &BTreeMap<&str, (Mark, String)>,
    old_links: &BTreeSet<String>,
    n_gone: usize,
) -> Scene {
    let all: Vec<LinkId> = system.link_ids().collect();
    if policy::fits(system.components.len() + n_gone, all.len()) {
        let members: BTreeSet<ComponentId> = system.component_ids().collect();
        let part = Part { members: &members, links: &all, neighbours: &[], with_machines: false, with_shards: false };
        return deployment::draw(system, places, title, &part);
    }
    let is_new = |id: &LinkId| !old_links.contains(&system.link(*id).id);
    let differs: BTreeSet<ComponentId> = system
        .component_ids()
        .filter(|id| marks.contains_key(system.component(*id).id.as_str()))
        .chain(all.iter().filter(|id| is_new(id)).flat_map(|id| [system.link(*id).from, system.link(*id).to]))
        .map(|id| system.carrier(id))
        .collect();
    let mut members: BTreeSet<ComponentId> = differs.iter().copied().take(policy::MAX_COMPONENTS).collect();
    // Of a component's modules all or none.
    members.extend(
        system
            .component_ids()
            .filter(|id| differs.contains(&system.carrier(*id)) && members.contains(&system.carrier(*id)))
            .collect::<Vec<_>>(),
    );
    let links: Vec<LinkId> =
        all.into_iter().filter(|id| members.contains(&system.link(*id).from) && members.contains(&system.link(*id).to)).collect();
    let part = Part { members: &members, links: &links, neighbours: &[], with_machines: false, with_shards: false };
    let mut scene = deployment::draw(system, places, title, &part);
    scene.note(&format!(
        "only what differs is drawn: {} of {}",
        policy::counted(members.len(), "component"),
        policy::counted(system.components.len(), "component")
    ));
    scene
}

/// Draws what is gone, up to the number of boxes of one picture; the others are counted.
fn gone_boxes(before: &System, gone: &[&str], scene: &mut Scene) -> BTreeMap<ComponentId, NodeId> {
    let mut ends = BTreeMap::new();
    if gone.is_empty() {
        return ends;
    }
    let mut face = Face::new("Removed", Shape::Frame);
    let more = gone.len().saturating_sub(policy::MAX_COMPONENTS);
    if more > 0 {
        face.line(&format!("and {} more", policy::counted(more, "component")));
    }
    let frame = scene.add_group(face, None);
    for id in gone.iter().take(policy::MAX_COMPONENTS) {
        let Some(at) = before.find_component(id) else { continue };
        let mut face = face_of(before.component(at));
        face.fill = Fill::Marked(Mark::Removed);
        face.line("removed");
        ends.insert(at, scene.add_node(face, Some(frame)));
    }
    ends
}

/// Draws the links that are gone, where both ends have a box.
fn gone_arrows(before: &System, new_links: &BTreeSet<String>, gone: &BTreeMap<ComponentId, NodeId>, scene: &mut Scene) {
    let mut drawn: BTreeMap<String, End> = BTreeMap::new();
    let groups = scene.groups.iter().enumerate().map(|(at, group)| (End::Group(super::scene::GroupId::at(at)), &group.face));
    let nodes = scene.nodes.iter().enumerate().map(|(at, node)| (End::Node(NodeId::at(at)), &node.face));
    for (end, face) in nodes.chain(groups) {
        for id in &face.components {
            drawn.entry(id.clone()).or_insert(end);
        }
    }
    let end = |id: ComponentId| gone.get(&id).map(|id| End::Node(*id)).or_else(|| drawn.get(&before.component(id).id).copied());
    let mut arrows: BTreeMap<(End, End), Vec<String>> = BTreeMap::new();
    for link in before.links.iter().filter(|link| !new_links.contains(&link.id)) {
        if let (Some(from), Some(to)) = (end(link.from), end(link.to)) {
            arrows.entry((from, to)).or_default().push(link.id.clone());
        }
    }
    for ((from, to), links) in arrows.into_iter().take(policy::MAX_ARROWS) {
        let mut edge = Edge::new(from, to);
        edge.heads = Heads::End;
        edge.mark = Some(Mark::Removed);
        edge.label = Some(super::text::Text::new("removed"));
        edge.links = links;
        scene.edges.push(edge);
    }
}
