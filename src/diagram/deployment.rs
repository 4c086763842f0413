//! What runs where, and what talks to what.
//!
//! A component stands in its grouping (`in`), else in the innermost location around all its instances. The outlines are those of the article's pictures:
//! cluster → cloud, namespace → frame, node and proxy → node, client and sidecar → agent, copies → collections, external systems (whose copies nobody here
//! counts) → collections. Stores keep their outline whatever their number.
//!
//! Arrows, too, are the article's. Dashed: between processes. Solid: a call inside one process, or use by a person (without a head). Two heads: an answer that
//! matters to a caller from outside or behind a proxy; where the arrow has words that name the request, the answer is an arrow of its own. Dotted: copies.

use std::collections::{BTreeMap, BTreeSet};

use super::places::{Places, shape};
use super::policy;
use super::scene::{Edge, End, Face, Fill, GroupId, Heads, Line, NodeId, Scene, Shape, Toward};
use super::text::Text;
use crate::model::{Component, ComponentId, LinkId, LocationId, System};
use crate::syntax::keys::{component, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::{ComponentKind, Lifecycle, LocationKind, Route, Vocabulary as _};

/// What one deployment picture shows.
pub(super) struct Part<'a> {
    /// The components that are drawn in full; of a component's modules all or none.
    pub(super) members: &'a BTreeSet<ComponentId>,
    /// The links that are drawn.
    pub(super) links: &'a [LinkId],
    /// The boxes for other ends of those links: each with the components it stands for, and a name for it.
    pub(super) neighbours: &'a [(Vec<ComponentId>, Face)],
    /// Whether machines on which nothing is drawn are shown.
    pub(super) with_machines: bool,
    /// Whether each shard has a box of its own.
    pub(super) with_shards: bool,
}

/// Draws components in their places.
pub(super) fn draw(system: &System, places: &Places<'_>, title: &str, part: &Part<'_>) -> Scene {
    let mut drawing = Drawing {
        system,
        places,
        part,
        scene: Scene::new(title),
        two_sided: BTreeSet::new(),
        groups: BTreeMap::new(),
        sides: BTreeMap::new(),
        ends: BTreeMap::new(),
        modules: BTreeMap::new(),
    };
    drawing.frames();
    drawing.boxes();
    drawing.rows();
    drawing.arrows();
    drawing.put_machines_below();
    drawing.explain();
    drawing.scene
}

struct Drawing<'a> {
    system: &'a System,
    places: &'a Places<'a>,
    part: &'a Part<'a>,
    scene: Scene,
    /// Clusters that are shown from two sides: their resources, and the machines below.
    two_sided: BTreeSet<LocationId>,
    groups: BTreeMap<LocationId, GroupId>,
    sides: BTreeMap<LocationId, (GroupId, GroupId)>,
    /// The boxes of each component: one per shard.
    ends: BTreeMap<ComponentId, Vec<End>>,
    modules: BTreeMap<ComponentId, Vec<ComponentId>>,
}

impl<'a> Drawing<'a> {
    // Frames

    fn frames(&mut self) {
        for id in self.part.members {
            let one = self.system.component(*id);
            if let (ComponentKind::Module, Some(of)) = (one.kind, one.of) {
                self.modules.entry(of).or_default().push(*id);
            }
        }
        let mut drawn: BTreeSet<LocationId> =
            self.part.members.iter().filter_map(|id| self.places.container(*id)).flat_map(|at| self.system.around(at)).collect();
        if self.part.with_machines {
            let machines: Vec<LocationId> = self.system.location_ids().filter(|at| self.system.location(*at).is_machine()).collect();
            let clusters_with = |places: &mut dyn Iterator<Item = LocationId>| -> BTreeSet<LocationId> {
                places.filter_map(|at| self.cluster(at)).collect()
            };
            let with_machines = clusters_with(&mut machines.iter().copied());
            let with_namespaces =
                clusters_with(&mut drawn.iter().copied().filter(|at| self.system.location(*at).kind == LocationKind::Namespace));
            self.two_sided = with_machines.intersection(&with_namespaces).copied().collect();
            drawn.extend(machines.into_iter().filter(|at| self.cluster(*at).is_some_and(|cluster| self.two_sided.contains(&cluster))));
        }
        let lonely = self.lonely(&drawn);
        for at in &drawn {
            let mut path: Vec<LocationId> = self.system.around(*at).collect();
            path.reverse();
            for at in path {
                if !lonely.contains_key(&at) && !self.is_flattened(at) && !self.groups.contains_key(&at) {
                    self.frame(at);
                }
            }
        }
        for (at, only) in lonely {
            self.machine(at, only);
        }
    }

    /// Returns the innermost cluster around a location that is no cluster itself.
    fn cluster(&self, at: LocationId) -> Option<LocationId> {
        self.system.around(at).skip(1).find(|at| self.system.location(*at).kind == LocationKind::Cluster)
    }

    /// Says whether a location inside a two-sided cluster has no frame: a reader sees it as a line in the machine's box.
    fn is_flattened(&self, at: LocationId) -> bool {
        let kind = self.system.location(at).kind;
        !matches!(kind, LocationKind::Namespace | LocationKind::Node | LocationKind::Device | LocationKind::Cluster)
            && self.cluster(at).is_some_and(|cluster| self.two_sided.contains(&cluster))
    }

    /// Finds machines that are drawn as one box: nothing runs there, or one program that the machine stands for.
    fn lonely(&self, drawn: &BTreeSet<LocationId>) -> BTreeMap<LocationId, Option<ComponentId>> {
        let mut inside: BTreeMap<LocationId, Vec<ComponentId>> = BTreeMap::new();
        for id in self.part.members {
            if let Some(at) = self.places.container(*id) {
                inside.entry(at).or_default().push(*id);
            }
        }
        let with_frames: BTreeSet<LocationId> = drawn.iter().filter_map(|at| self.system.location(*at).parent).collect();
        let machines = drawn.iter().filter(|at| self.system.location(**at).is_machine() && !with_frames.contains(at));
        machines
            .filter_map(|at| match inside.get(at).map(Vec::as_slice) {
                None => Some((*at, None)),
                Some([only]) => {
                    let one = self.system.component(*only);
                    ((one.is_program() || one.kind == ComponentKind::Platform) && !self.has_shards(one)).then_some((*at, Some(*only)))
                }
                Some(_) => None,
            })
            .collect()
    }

    /// Returns the frame that a location or what stands in it belongs to.
    fn home(&self, at: Option<LocationId>) -> Option<GroupId> {
        let mut machine = false;
        for at in self.system.around(at?) {
            if let Some((resources, nodes)) = self.sides.get(&at) {
                return Some(if machine { *nodes } else { *resources });
            }
            if let Some(group) = self.groups.get(&at) {
                return Some(*group);
            }
            machine |= self.system.location(at).is_machine();
        }
        None
    }

    /// Returns the frame around a location.
    fn frame_around(&self, at: LocationId) -> Option<GroupId> {
        let parent = self.system.location(at).parent?;
        let is_machine = self.system.location(at).is_machine();
        match self.system.around(parent).find(|at| !self.is_flattened(*at)) {
            Some(cluster) if is_machine && self.sides.contains_key(&cluster) => self.sides.get(&cluster).map(|(_, nodes)| *nodes),
            _ => self.home(Some(parent)),
        }
    }

    fn frame(&mut self, at: LocationId) {
        let location = self.system.location(at);
        let mut face = self.place_face(at, shape(location.kind, self.cluster(at).is_some()));
        if location.is_machine() {
            self.describe_machine(at, &mut face);
        }
        let parent = self.frame_around(at);
        let group = self.scene.add_group(face, parent);
        self.groups.insert(at, group);
        if self.two_sided.contains(&at) {
            let resources = self.scene.add_group(Face::new("Resources", Shape::Frame), Some(group));
            let nodes = self.scene.add_group(Face::new("Nodes", Shape::Frame), Some(group));
            self.sides.insert(at, (resources, nodes));
        }
    }

    fn place_face(&self, at: LocationId, shape: Shape) -> Face {
        let mut face = Face::new(&self.places.title(at), shape);
        face.locations.push(self.system.location(at).id.clone());
        face
    }

    /// Adds what tells a machine from others of its name, and the places around it that have no frame.
    fn describe_machine(&self, at: LocationId, face: &mut Face) {
        let mut words: Vec<&str> = Vec::new();
        if self.places.is_name_shared(at) {
            words.push(&self.system.location(at).id);
        }
        for around in self.system.around(at).skip(1).take_while(|at| self.is_flattened(*at)) {
            words.push(self.places.name(around));
        }
        if !words.is_empty() {
            face.line(&words.join(", "));
        }
    }

    /// Draws a machine as one box, together with the one program that runs on it.
    fn machine(&mut self, at: LocationId, only: Option<ComponentId>) {
        let mut face = self.place_face(at, Shape::Node);
        if let Some(id) = only {
            let one = self.system.component(id);
            face.line(&counted_name(one));
            face.components.push(one.id.clone());
        }
        self.describe_machine(at, &mut face);
        let parent = self.frame_around(at);
        let node = self.scene.add_node(face, parent);
        if let Some(id) = only {
            self.ends.insert(id, vec![End::Node(node)]);
        }
    }

    // Boxes

    fn has_shards(&self, one: &Component) -> bool {
        self.part.with_shards && one.kind != ComponentKind::Sidecar && one.is_sharded() && one.shards.len() <= policy::MAX_SHARD_BOXES
    }

    fn boxes(&mut self) {
        let members: Vec<ComponentId> = self.part.members.iter().copied().collect();
        for id in &members {
            let one = self.system.component(*id);
            if self.ends.contains_key(id) || (one.kind == ComponentKind::Module && self.part.members.contains(&self.system.carrier(*id))) {
                continue;
            }
            let home = self.home(self.places.container(*id));
            let ends = if self.has_shards(one) {
                self.shard_boxes(*id, home)
            } else if let Some(modules) = self.modules.get(id).cloned() {
                self.module_boxes(*id, &modules, home)
            } else {
                vec![End::Node(self.scene.add_node(self.component_face(*id), home))]
            };
            self.ends.insert(*id, ends);
        }
        for (stands_for, face) in self.part.neighbours {
            let mut face = face.clone();
            face.fill = Fill::Neighbour;
            let end = End::Node(self.scene.add_node(face, None));
            for id in stands_for {
                self.ends.insert(*id, vec![end]);
            }
        }
    }

    fn component_face(&self, id: ComponentId) -> Face {
        let mut face = face_of(self.system.component(id));
        if let Some(line) = self.places.line(id) {
            face.line(&line);
        }
        face
    }

    /// Draws a component as a frame around its modules.
    fn module_boxes(&mut self, id: ComponentId, modules: &[ComponentId], home: Option<GroupId>) -> Vec<End> {
        let mut face = self.component_face(id);
        face.shape = Shape::Rectangle;
        let group = self.scene.add_group(face, home);
        for module in modules {
            let node = self.scene.add_node(face_of(self.system.component(*module)), Some(group));
            self.ends.insert(*module, vec![End::Node(node)]);
        }
        vec![End::Group(group)]
    }

    /// Draws a box for each shard, side by side. Every shard has all modules, so their number stands in each box.
    fn shard_boxes(&mut self, id: ComponentId, home: Option<GroupId>) -> Vec<End> {
        let one = self.system.component(id);
        let modules = self.modules.get(&id).cloned().unwrap_or_default();
        let inner: Vec<String> = self
            .part
            .links
            .iter()
            .map(|link| self.system.link(*link))
            .filter(|link| {
                !modules.is_empty() && link.from != link.to && self.system.carrier(link.from) == id && self.system.carrier(link.to) == id
            })
            .map(|link| link.id.clone())
            .collect();
        let key = one.facts.text(component::SHARD_KEY).unwrap_or("shard");
        let mut row: Vec<NodeId> = Vec::new();
        for shard in &one.shards {
            let mut face = Face::new(&copies(one), shape_of(one));
            if face.shape == Shape::Component {
                face.shape = Shape::Collections;
            }
            face.components.push(one.id.clone());
            face.shard = Some(format!("{}/{}", one.id, shard.name));
            face.line(&format!("{key} {}", shard.name));
            if !modules.is_empty() {
                face.line(&format!("{}, {} inside", policy::counted(modules.len(), "module"), policy::counted(inner.len(), "link")));
                face.components.extend(modules.iter().map(|module| self.system.component(*module).id.clone()));
                face.links.clone_from(&inner);
            }
            if let Some(line) = self.places.line(id) {
                face.line(&line);
            }
            row.push(self.scene.add_node(face, home));
        }
        let ends: Vec<End> = row.iter().map(|node| End::Node(*node)).collect();
        self.row(&ends);
        for module in modules {
            self.ends.insert(module, ends.clone());
        }
        if row.len() > 1 {
            self.scene.together.push(row);
        }
        ends
    }

    // Rows

    /// Puts the machines of a two-sided cluster into rows.
    fn rows(&mut self) {
        for (_, nodes) in self.sides.values().copied().collect::<Vec<_>>() {
            let groups = self
                .scene
                .groups
                .iter()
                .enumerate()
                .filter(|(_, group)| group.parent == Some(nodes))
                .map(|(at, _)| End::Group(GroupId::at(at)));
            let boxes =
                self.scene.nodes.iter().enumerate().filter(|(_, node)| node.group == Some(nodes)).map(|(at, _)| End::Node(NodeId::at(at)));
            let ends: Vec<End> = boxes.chain(groups).collect();
            let rows: Vec<&[End]> = ends.chunks(policy::MAX_ROW).collect();
            for row in &rows {
                self.row(row);
            }
            for pair in rows.windows(2) {
                self.scene.edges.push(Edge::hidden(pair[0][0], pair[1][0], Toward::Below));
            }
        }
    }

    /// Puts the machines of a two-sided cluster below its resources: below each box from which no arrow leads on among them. An arrow from frame to frame
    /// would not do: the engine puts the two side by side.
    fn put_machines_below(&mut self) {
        for (resources, nodes) in self.sides.values().copied().collect::<Vec<_>>() {
            let Some(first) = self.scene.nodes.iter().position(|node| node.group == Some(nodes)) else { continue };
            let mut is_inside = vec![false; self.scene.groups.len()];
            for at in 0..is_inside.len() {
                let parent = self.scene.groups[at].parent;
                is_inside[at] = GroupId::at(at) == resources || parent.is_some_and(|parent| is_inside[parent.index()]);
            }
            let stands_inside =
                |end: End| matches!(end, End::Node(id) if self.scene.nodes[id.index()].group.is_some_and(|group| is_inside[group.index()]));
            let leads_on: BTreeSet<End> = self
                .scene
                .edges
                .iter()
                .filter(|edge| edge.toward == Toward::Below && stands_inside(edge.to))
                .map(|edge| edge.from)
                .collect();
            let all = (0..self.scene.nodes.len()).map(|at| End::Node(NodeId::at(at)));
            let last: Vec<End> = all.filter(|end| stands_inside(*end) && !leads_on.contains(end)).collect();
            self.scene.edges.extend(last.into_iter().map(|end| Edge::hidden(end, End::Node(NodeId::at(first)), Toward::Below)));
        }
    }

    fn row(&mut self, ends: &[End]) {
        for pair in ends.windows(2) {
            self.scene.edges.push(Edge::hidden(pair[0], pair[1], Toward::Right));
        }
    }

    // Arrows

    fn arrows(&mut self) {
        let mut there: BTreeMap<(ComponentId, ComponentId, Arrow, Option<Text>), LinkId> = BTreeMap::new();
        for id in self.part.links {
            let link = self.system.link(*id);
            there.insert((link.from, link.to, link.arrow, words(self.system, *id)), *id);
        }
        let mut done: BTreeSet<LinkId> = BTreeSet::new();
        for id in self.part.links {
            if !done.insert(*id) {
                continue;
            }
            let link = self.system.link(*id);
            let back = there
                .get(&(link.to, link.from, link.arrow, words(self.system, *id)))
                .copied()
                .filter(|back| *back != *id && done.insert(*back));
            self.arrow(*id, back);
        }
        self.lines_to_sidecars();
        self.merge_parallel();
    }

    fn arrow(&mut self, id: LinkId, back: Option<LinkId>) {
        let link = self.system.link(id);
        let (Some(from), Some(to)) = (self.ends.get(&link.from).cloned(), self.ends.get(&link.to).cloned()) else { return };
        if from == to {
            // Both ends are in one box, which says how many links it holds, or names a component that calls itself.
            if link.from == link.to {
                for end in from {
                    self.push(id, back, end, end);
                }
            }
            return;
        }
        if self.system.route(id) == Route::SameShard && from.len() == to.len() {
            for (from, to) in from.into_iter().zip(to) {
                self.push(id, back, from, to);
            }
            return;
        }
        for from in from {
            for to in &to {
                self.push(id, back, from, *to);
            }
        }
    }

    fn push(&mut self, id: LinkId, back: Option<LinkId>, from: End, to: End) {
        let link = self.system.link(id);
        let (caller, callee) = (self.system.component(link.from), self.system.component(link.to));
        let is_beside = self.system.is_beside(link.from, link.to);
        // A sidecar stands to the right of its host.
        let (from, to) = if is_beside && back.is_some() && caller.kind == ComponentKind::Sidecar { (to, from) } else { (from, to) };
        let mut edge = Edge::new(from, to);
        edge.label = words(self.system, id);
        edge.links = std::iter::once(id).chain(back).map(|id| self.system.link(id).id.clone()).collect();
        edge.is_message = link.arrow == Arrow::Message;
        edge.is_failed = link.facts.words(link::TAGS).iter().any(|tag| tag.text == "failed");
        if is_beside {
            edge.toward = Toward::Right;
        }
        if link.arrow == Arrow::Replication {
            edge.line = Line::Dotted;
        } else if link.facts.text(link::PROTOCOL) == Some("in-process") || self.system.carrier(link.from) == self.system.carrier(link.to) {
            edge.line = Line::Solid;
        } else if caller.kind == ComponentKind::Actor && callee.kind == ComponentKind::Client {
            edge.line = Line::Solid;
            edge.heads = Heads::None;
        }
        let is_answered = link.arrow == Arrow::Call
            && link.facts.get(link::RESPONSE).stated().is_some()
            && (caller.is_caller() || caller.kind == ComponentKind::Proxy)
            && !callee.is_store()
            && edge.heads == Heads::End;
        let mut answer = None;
        let is_two_way = back.is_some() && edge.heads == Heads::End;
        if is_two_way || (is_answered && edge.label.is_none()) {
            edge.heads = Heads::Both;
        } else if is_answered {
            let mut arrow = Edge::new(to, from);
            arrow.label = Some(Text::new("response"));
            arrow.toward = Toward::Above;
            arrow.links.clone_from(&edge.links);
            answer = Some(arrow);
        }
        self.scene.edges.push(edge);
        self.scene.edges.extend(answer);
    }

    /// Joins a sidecar to its host where no link does.
    fn lines_to_sidecars(&mut self) {
        let linked: BTreeSet<(ComponentId, ComponentId)> =
            self.part.links.iter().map(|id| self.system.link(*id)).flat_map(|link| [(link.from, link.to), (link.to, link.from)]).collect();
        for id in self.part.members {
            let one = self.system.component(*id);
            if one.kind != ComponentKind::Sidecar {
                continue;
            }
            let Some(host) = one.of.filter(|host| !linked.contains(&(*id, *host))) else { continue };
            let (Some(hosts), Some(own)) = (self.ends.get(&host).cloned(), self.ends.get(id).cloned()) else { continue };
            for (from, to) in hosts.into_iter().flat_map(|from| own.iter().map(move |to| (from, *to))) {
                let mut edge = Edge::new(from, to);
                (edge.heads, edge.line, edge.toward) = (Heads::None, Line::Solid, Toward::Right);
                self.scene.edges.push(edge);
            }
        }
    }

    /// Draws several links between a member and one aggregated neighbour as one arrow with their number.
    fn merge_parallel(&mut self) {
        let is_aggregate = |end: End, scene: &Scene| scene.face(end).fill == Fill::Neighbour && scene.face(end).components.len() > 1;
        let mut merged: BTreeMap<(End, End), Edge> = BTreeMap::new();
        let mut kept = Vec::new();
        for edge in std::mem::take(&mut self.scene.edges) {
            if edge.is_hidden || !(is_aggregate(edge.from, &self.scene) || is_aggregate(edge.to, &self.scene)) {
                kept.push(edge);
                continue;
            }
            match merged.entry((edge.from, edge.to)) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(edge);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let one = entry.get_mut();
                    let known: BTreeSet<String> = one.links.iter().cloned().collect();
                    one.links.extend(edge.links.into_iter().filter(|link| !known.contains(link)));
                    one.label = Some(Text::new(&format!("{} links", one.links.len())));
                }
            }
        }
        self.scene.edges = kept;
        self.scene.edges.extend(merged.into_values());
    }

    /// Explains the lines that the picture has.
    fn explain(&mut self) {
        let edges = self.scene.edges.iter().filter(|edge| !edge.is_hidden);
        let (mut dashed, mut inside, mut dotted, mut failed) = (false, false, false, false);
        for edge in edges {
            dashed |= edge.line == Line::Dashed;
            inside |= edge.line == Line::Solid && edge.heads != Heads::None;
            dotted |= edge.line == Line::Dotted;
            failed |= edge.is_failed;
        }
        let neighbours = self.scene.faces().any(|face| face.fill == Fill::Neighbour);
        let lines = [
            (dashed && (inside || dotted), "dashed: between processes"),
            (inside, "solid: inside one process"),
            (dotted, "dotted: copies of data"),
            (failed, "red: fails"),
            (neighbours, "dashed box: drawn in full in another diagram"),
        ];
        for (_, line) in lines.into_iter().filter(|(is_there, _)| *is_there) {
            self.scene.note(line);
        }
    }
}

/// Returns the words on a link's arrow: its label, else the name that tells it from another link of the same two.
pub(super) fn words(system: &System, id: LinkId) -> Option<Text> {
    let link = system.link(id);
    let name = || link.id.split_once('#').map(|(_, name)| name);
    let label = link.facts.text(link::LABEL).or_else(name);
    match (label, link.arrow) {
        (Some(label), _) => Some(Text::new(label)),
        (None, Arrow::Replication) => Some(Text::new("copies")),
        (None, _) => None,
    }
}

/// Returns the box of a component without its place.
pub(super) fn face_of(one: &Component) -> Face {
    let mut face = Face::new(&counted_name(one), shape_of(one));
    face.components.push(one.id.clone());
    if let Some(stage) = one.facts.get(component::LIFECYCLE).stated()
        && stage != Lifecycle::Live
    {
        face.line(stage.word());
    }
    face
}

/// Returns the name with the number of copies, of shards too. A sidecar has as many as its host, which says so.
fn counted_name(one: &Component) -> String {
    if one.is_sharded() && one.kind != ComponentKind::Sidecar {
        format!("{}, {}", copies(one), policy::counted(one.shards.len(), "shard"))
    } else {
        copies(one)
    }
}

/// Returns the name with the number of replicas.
fn copies(one: &Component) -> String {
    let name = one.display_name();
    let is_counted = one.replicas > 1 && !matches!(one.kind, ComponentKind::Sidecar | ComponentKind::Module);
    if is_counted { format!("{name} x{}", one.replicas) } else { name.to_owned() }
}

/// Returns the outline of a component's box.
pub(super) fn shape_of(one: &Component) -> Shape {
    let is_copied = one.replicas > 1 || one.shards.len() > 1;
    match one.kind {
        ComponentKind::Actor => Shape::Actor,
        ComponentKind::Client | ComponentKind::Sidecar => Shape::Agent,
        ComponentKind::External => Shape::Collections,
        ComponentKind::Database | ComponentKind::Cache => Shape::Database,
        ComponentKind::Queue => Shape::Queue,
        ComponentKind::Storage => Shape::Storage,
        ComponentKind::Cdn => Shape::Cloud,
        ComponentKind::Proxy => Shape::Node,
        ComponentKind::Module => Shape::Component,
        ComponentKind::Service | ComponentKind::Job | ComponentKind::Function | ComponentKind::Platform if is_copied => Shape::Collections,
        ComponentKind::Service | ComponentKind::Job | ComponentKind::Function | ComponentKind::Platform => Shape::Component,
    }
}
