//! The system as one box, and who is around it.

use std::collections::{BTreeMap, BTreeSet};

use super::deployment::{face_of, words};
use super::policy::{self, counted};
use super::scene::{Edge, End, Face, Heads, Line, Scene, Shape};
use super::text::Text;
use crate::model::{ComponentId, LinkId, System};
use crate::syntax::vocabulary::{ComponentKind, Vocabulary as _};

/// Draws the system as one box.
pub(super) fn draw(system: &System, title: &str) -> Scene {
    let mut scene = Scene::new(title);
    let around: Vec<ComponentId> = system.component_ids().filter(|id| system.component(*id).is_caller()).collect();
    let mut ends: BTreeMap<ComponentId, End> = BTreeMap::new();
    if around.len() < policy::MAX_COMPONENTS {
        for id in &around {
            ends.insert(*id, End::Node(scene.add_node(face_of(system.component(*id)), None)));
        }
    } else {
        for kind in [ComponentKind::Actor, ComponentKind::Client, ComponentKind::External] {
            let of_kind: Vec<ComponentId> = around.iter().copied().filter(|id| system.component(*id).kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let mut face = Face::new(&counted(of_kind.len(), kind.word()), Shape::Collections);
            face.components.extend(of_kind.iter().map(|id| system.component(*id).id.clone()));
            let end = End::Node(scene.add_node(face, None));
            ends.extend(of_kind.into_iter().map(|id| (id, end)));
        }
    }
    let (mut inside, mut crossing): (Vec<LinkId>, Vec<LinkId>) = (Vec::new(), Vec::new());
    for id in system.link_ids() {
        let link = system.link(id);
        let is_inside = !ends.contains_key(&link.from) && !ends.contains_key(&link.to);
        if is_inside { inside.push(id) } else { crossing.push(id) }
    }
    let members: Vec<ComponentId> = system.component_ids().filter(|id| !ends.contains_key(id)).collect();
    let mut face = Face::new(&system.system_name, Shape::Rectangle);
    face.line(&format!("{}, {} inside", counted(members.len(), "component"), counted(inside.len(), "link")));
    face.components.extend(members.iter().map(|id| system.component(*id).id.clone()));
    face.locations.extend(system.locations.iter().map(|location| location.id.clone()));
    face.links.extend(inside.iter().map(|id| system.link(*id).id.clone()));
    let whole = End::Node(scene.add_node(face, None));
    scene.edges = arrows(system, &crossing, |id| ends.get(&id).copied().unwrap_or(whole));
    scene
}

/// Draws one arrow for all links from one box to another.
fn arrows(system: &System, links: &[LinkId], end: impl Fn(ComponentId) -> End) -> Vec<Edge> {
    let mut by_ends: BTreeMap<(End, End, bool), Vec<LinkId>> = BTreeMap::new();
    for id in links {
        let link = system.link(*id);
        let is_use = system.component(link.from).kind == ComponentKind::Actor && system.component(link.to).kind == ComponentKind::Client;
        by_ends.entry((end(link.from), end(link.to), is_use)).or_default().push(*id);
    }
    let arrow = |((from, to, is_use), links): ((End, End, bool), Vec<LinkId>)| {
        let mut edge = Edge::new(from, to);
        if is_use {
            (edge.heads, edge.line) = (Heads::None, Line::Solid);
        }
        let texts: BTreeSet<Option<Text>> = links.iter().map(|id| words(system, *id)).collect();
        edge.label = match texts.into_iter().collect::<Vec<_>>().as_slice() {
            [only] if links.len() == 1 => only.clone(),
            _ if links.len() > 1 => Some(Text::new(&counted(links.len(), "link"))),
            _ => None,
        };
        edge.links = links.iter().map(|id| system.link(*id).id.clone()).collect();
        edge
    };
    by_ends.into_iter().map(arrow).collect()
}
