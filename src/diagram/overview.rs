//! A system that is too large for one picture: an overview with a box per group, and a picture per group with its neighbours around it.

use std::collections::{BTreeMap, BTreeSet};

use super::deployment::{self, Part};
use super::places::Places;
use super::policy::{self, Division, counted};
use super::scene::{Edge, End, Face, Heads, Line, NodeId, Scene, Shape};
use super::text::Text;
use crate::model::{ComponentId, LinkId, System};

/// The signs of hubs, the largest first.
const BADGES: [&str; policy::MAX_HUBS] = ["①", "②"];

/// A divided system.
pub(super) struct Overview<'a> {
    system: &'a System,
    places: &'a Places<'a>,
    pub(super) divisions: Vec<Division>,
    /// The division of each component.
    division_of: Vec<usize>,
    /// The links with an end in each division.
    links_of: Vec<Vec<LinkId>>,
}

impl<'a> Overview<'a> {
    /// Divides a system.
    pub(super) fn new(system: &'a System, places: &'a Places<'a>) -> Self {
        let divisions = policy::divide(system, places);
        let mut division_of = vec![0; system.components.len()];
        for (at, division) in divisions.iter().enumerate() {
            for id in &division.members {
                division_of[id.index()] = at;
            }
        }
        let mut links_of = vec![Vec::new(); divisions.len()];
        for id in system.link_ids() {
            let link = system.link(id);
            let (from, to) = (division_of[link.from.index()], division_of[link.to.index()]);
            links_of[from].push(id);
            if from != to {
                links_of[to].push(id);
            }
        }
        Self { system, places, divisions, division_of, links_of }
    }

    fn ends(&self, id: LinkId) -> (usize, usize) {
        let link = self.system.link(id);
        (self.division_of[link.from.index()], self.division_of[link.to.index()])
    }

    /// Draws a box per group. Arrows of the largest hubs are badges, the others are counted.
    pub(super) fn scene(&self, title: &str) -> Scene {
        let mut scene = Scene::new(title);
        let hubs = self.hubs();
        let mut between: BTreeMap<(usize, usize), [Vec<LinkId>; 2]> = BTreeMap::new();
        let mut badged: BTreeMap<(usize, usize), Vec<LinkId>> = BTreeMap::new();
        let mut inside: Vec<Vec<LinkId>> = vec![Vec::new(); self.divisions.len()];
        for id in self.system.link_ids() {
            let (from, to) = self.ends(id);
            let link = self.system.link(id);
            let hub = hubs.iter().position(|hub| *hub == link.from || *hub == link.to);
            if from == to {
                inside[from].push(id);
            } else if let Some(hub) = hub {
                let other = if hubs[hub] == link.from { to } else { from };
                badged.entry((other, hub)).or_default().push(id);
            } else {
                let way = usize::from(from > to);
                between.entry((from.min(to), from.max(to))).or_default()[way].push(id);
            }
        }
        let left_out = leave_out(&mut between);
        let mut unseen: Vec<Vec<LinkId>> = vec![Vec::new(); self.divisions.len()];
        for id in &left_out {
            unseen[self.ends(*id).0].push(*id);
        }
        for (at, division) in self.divisions.iter().enumerate() {
            let face = self.face(at, division, &hubs, &inside[at], &badged, &unseen[at]);
            scene.add_node(face, None);
        }
        for ((a, b), [there, back]) in between {
            scene.edges.push(self.arrow(a, b, &there, &back));
        }
        self.explain(&mut scene, &hubs, &badged, left_out.len());
        scene
    }

    /// Finds the components that are linked to the most other groups.
    fn hubs(&self) -> Vec<ComponentId> {
        let mut others: BTreeMap<ComponentId, BTreeSet<usize>> = BTreeMap::new();
        for id in self.system.link_ids() {
            let link = self.system.link(id);
            let (from, to) = self.ends(id);
            if from != to {
                others.entry(link.from).or_default().insert(to);
                others.entry(link.to).or_default().insert(from);
            }
        }
        let mut hubs: Vec<(usize, ComponentId)> = others
            .into_iter()
            .map(|(id, groups)| (groups.len(), id))
            .filter(|(n_groups, _)| *n_groups >= policy::MIN_GROUPS_OF_HUB)
            .collect();
        hubs.sort_by_key(|(n_groups, id)| (std::cmp::Reverse(*n_groups), *id));
        hubs.into_iter().take(policy::MAX_HUBS).map(|(_, id)| id).collect()
    }

    fn face(
        &self,
        at: usize,
        division: &Division,
        hubs: &[ComponentId],
        inside: &[LinkId],
        badged: &BTreeMap<(usize, usize), Vec<LinkId>>,
        unseen: &[LinkId],
    ) -> Face {
        let mut face = self.summary(at, &division.members);
        face.line(&format!("{}, {} inside", counted(division.members.len(), "component"), counted(inside.len(), "link")));
        face.line(&policy::kinds(self.system, &division.members));
        face.links.extend(self.keys(inside));
        for (hub, id) in hubs.iter().enumerate() {
            if self.division_of[id.index()] == at {
                face.line(&format!("{} {}", BADGES[hub], self.system.component(*id).display_name()));
            }
            if let Some(links) = badged.get(&(at, hub)) {
                face.badges.push(Text::new(BADGES[hub]));
                face.links.extend(self.keys(links));
            }
        }
        if !unseen.is_empty() {
            face.line(&format!("{} not drawn", counted(unseen.len(), "outgoing link")));
            face.links.extend(self.keys(unseen));
        }
        face
    }

    /// Returns a box for some components of a division.
    fn summary(&self, at: usize, members: &[ComponentId]) -> Face {
        let division = &self.divisions[at];
        let mut face = Face::new(&division.label, Shape::Rectangle);
        face.components.extend(members.iter().map(|id| self.system.component(*id).id.clone()));
        face.locations.extend(division.location.clone());
        face
    }

    fn keys<'s>(&'s self, links: &'s [LinkId]) -> impl Iterator<Item = String> + 's {
        links.iter().map(|id| self.system.link(*id).id.clone())
    }

    fn arrow(&self, a: usize, b: usize, there: &[LinkId], back: &[LinkId]) -> Edge {
        let (from, to) = if there.is_empty() { (b, a) } else { (a, b) };
        let mut edge = Edge::new(End::Node(NodeId::at(from)), End::Node(NodeId::at(to)));
        if !there.is_empty() && !back.is_empty() {
            edge.heads = Heads::Both;
        }
        edge.line = Line::Dashed;
        edge.links = self.keys(there).chain(self.keys(back)).collect();
        if edge.links.len() > 1 {
            edge.label = Some(Text::new(&edge.links.len().to_string()));
        }
        edge
    }

    fn explain(&self, scene: &mut Scene, hubs: &[ComponentId], badged: &BTreeMap<(usize, usize), Vec<LinkId>>, n_left_out: usize) {
        if scene.edges.iter().any(|edge| edge.label.is_some()) {
            scene.note("a number on an arrow: so many links between the two groups");
        }
        for (hub, id) in hubs.iter().enumerate() {
            let groups: Vec<usize> = badged.iter().filter(|((_, of), _)| *of == hub).map(|(_, links)| links.len()).collect();
            let (n_groups, n_links) = (groups.len(), groups.iter().sum());
            scene.note(&format!(
                "{}: linked to {} ({}, {})",
                BADGES[hub],
                self.system.component(*id).display_name(),
                counted(n_groups, "group"),
                counted(n_links, "link")
            ));
        }
        if self.divisions.len() > policy::MAX_GROUPS || n_left_out > 0 {
            let lost = if n_left_out > 0 { format!("; {} not drawn here", counted(n_left_out, "link")) } else { String::new() };
            scene.note(&format!("too large for arrows{lost}: read the dependency matrix (diagram --view matrix)"));
        }
    }

    /// Draws one group in full, and what it is linked to around it.
    pub(super) fn detail(&self, at: usize, title: &str) -> Scene {
        let members: BTreeSet<ComponentId> = self.divisions[at].members.iter().copied().collect();
        let links = &self.links_of[at];
        let mut outside: BTreeSet<ComponentId> = BTreeSet::new();
        for id in links {
            let link = self.system.link(*id);
            outside.extend([link.from, link.to].into_iter().filter(|end| !members.contains(end)));
        }
        let each = policy::fits(members.len() + outside.len(), links.len());
        let neighbours = if each { self.one_by_one(&outside) } else { self.by_division(&outside) };
        let mut scene = deployment::draw(
            self.system,
            self.places,
            title,
            &Part { members: &members, links, neighbours: &neighbours, with_machines: false, with_shards: false },
        );
        if scene.edges.len() > policy::MAX_GROUP_ARROWS {
            scene.note("many arrows: the dependency matrix (diagram --view matrix) is easier to read");
        }
        scene
    }

    fn one_by_one(&self, outside: &BTreeSet<ComponentId>) -> Vec<(Vec<ComponentId>, Face)> {
        let face = |id: &ComponentId| {
            let mut face = deployment::face_of(self.system.component(*id));
            face.line(&self.divisions[self.division_of[id.index()]].label);
            (vec![*id], face)
        };
        outside.iter().map(face).collect()
    }

    fn by_division(&self, outside: &BTreeSet<ComponentId>) -> Vec<(Vec<ComponentId>, Face)> {
        let mut parts: BTreeMap<usize, Vec<ComponentId>> = BTreeMap::new();
        for id in outside {
            parts.entry(self.division_of[id.index()]).or_default().push(*id);
        }
        let face = |(at, members): (usize, Vec<ComponentId>)| {
            let mut face = self.summary(at, &members);
            match members.as_slice() {
                [only] => face.line(self.system.component(*only).display_name()),
                _ => face.line(&counted(members.len(), "component")),
            }
            (members, face)
        };
        parts.into_iter().map(face).collect()
    }
}

/// Takes out the lightest pairs of groups where there are more than can be drawn, and returns their links.
fn leave_out(between: &mut BTreeMap<(usize, usize), [Vec<LinkId>; 2]>) -> BTreeSet<LinkId> {
    let mut pairs: Vec<(usize, (usize, usize))> = between.iter().map(|(pair, ways)| (ways.iter().map(Vec::len).sum(), *pair)).collect();
    pairs.sort_by_key(|(n_links, pair)| (std::cmp::Reverse(*n_links), *pair));
    let light = pairs.into_iter().skip(policy::MAX_GROUP_ARROWS).map(|(_, pair)| pair);
    light.filter_map(|pair| between.remove(&pair)).flatten().flatten().collect()
}
