//! Boxes in layers: an arrow leads down where it can, and passes between boxes.
//!
//! The layers are those of Sugiyama, as dagre finds them. An arrow to a frame ends at a port: a small box of its own inside, because layers know no arrows of
//! frames.

use std::collections::BTreeMap;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

use super::{Area, Layout, MARGIN, Point, SMALL_ROW, Way, is_drawn, label_width, leave, size_of, title_size};
use crate::diagram::scene::{End, GroupId, Scene, Toward};

/// The most boxes that are put into layers; the time grows with their square and more.
const MAX_BOXES: usize = 150;

/// The most arrows that are put into layers.
const MAX_EDGES: usize = 300;

/// The most frames in frames: each doubles the layers around it.
const MAX_FRAMES_DEEP: usize = 8;

/// The size of a port.
const PORT: f64 = 10.0;

/// The room below the title of a frame with one row.
const LAYER_GAP: f64 = 66.0;

/// Places a scene in layers; none where it is too large for them.
pub(super) fn place(scene: &Scene) -> Option<Layout> {
    if scene.nodes.len() + scene.groups.len() > MAX_BOXES || scene.edges.len() > MAX_EDGES || depth(scene) > MAX_FRAMES_DEEP {
        return None;
    }
    let ports: Vec<bool> = (0..scene.groups.len()).map(|at| is_end(scene, at)).collect();
    let mut graph = boxes(scene, &ports);
    let name = |end: End| match end {
        End::Group(id) => format!("p{}", id.index()),
        End::Node(id) => format!("n{}", id.index()),
    };
    for (at, edge) in scene.edges.iter().enumerate() {
        if edge.is_hidden && edge.toward == Toward::Right {
            continue;
        }
        let (mut from, mut to) = (name(edge.from), name(edge.to));
        if edge.toward == Toward::Above {
            std::mem::swap(&mut from, &mut to);
        }
        let mut label = EdgeLabel { labelpos: dagre::layout::types::LabelPos::Center, ..EdgeLabel::default() };
        if let Some(text) = edge.label.as_ref().filter(|_| is_drawn(edge)) {
            (label.width, label.height) = (label_width(text) + 8.0, SMALL_ROW + 2.0);
        }
        graph.set_edge(from, to, Some(label), Some(&format!("e{at}")));
    }
    let options = LayoutOptions {
        nodesep: 34.0,
        edgesep: 16.0,
        ranksep: LAYER_GAP,
        marginx: MARGIN,
        marginy: MARGIN,
        tie_keep_first: true,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    read(scene, &graph, &ports)
}

/// How many frames are around the innermost box.
fn depth(scene: &Scene) -> usize {
    let mut depth = vec![1; scene.groups.len()];
    for at in 0..depth.len() {
        depth[at] = scene.groups[at].parent.map_or(1, |parent| depth[parent.index()] + 1);
    }
    depth.into_iter().max().unwrap_or(0)
}

fn is_end(scene: &Scene, group: usize) -> bool {
    let end = End::Group(GroupId::at(group));
    scene.edges.iter().any(|edge| edge.from == end || edge.to == end)
}

/// Declares frames, ports and boxes. A frame is as wide as its title because a box inside is.
fn boxes(scene: &Scene, ports: &[bool]) -> Graph<NodeLabel, EdgeLabel> {
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    let mut at_least: BTreeMap<usize, f64> = BTreeMap::new();
    let mut holds: Vec<bool> = ports.to_vec();
    for (at, group) in scene.groups.iter().enumerate() {
        if let Some(parent) = group.parent {
            holds[parent.index()] = true;
        }
        // The first box in the frame, however deep.
        if let Some(first) = scene.nodes.iter().position(|node| stands_in(scene, node.group, at)) {
            holds[at] = true;
            let width = at_least.entry(first).or_default();
            *width = width.max(title_size(&group.face).0 - 2.0 * PORT);
        }
    }
    for (at, group) in scene.groups.iter().enumerate() {
        let (width, height) = if holds[at] { (0.0, 0.0) } else { size_of(&group.face) };
        graph.set_node(format!("g{at}"), Some(NodeLabel { width, height, ..NodeLabel::default() }));
        if ports[at] {
            graph.set_node(format!("p{at}"), Some(NodeLabel { width: PORT, height: PORT, ..NodeLabel::default() }));
            graph.set_parent(&format!("p{at}"), Some(&format!("g{at}")));
        }
        if let Some(parent) = group.parent {
            graph.set_parent(&format!("g{at}"), Some(&format!("g{}", parent.index())));
        }
    }
    for (at, node) in scene.nodes.iter().enumerate() {
        let (width, height) = size_of(&node.face);
        let width = width.max(at_least.get(&at).copied().unwrap_or(0.0));
        graph.set_node(format!("n{at}"), Some(NodeLabel { width, height, ..NodeLabel::default() }));
        if let Some(group) = node.group {
            graph.set_parent(&format!("n{at}"), Some(&format!("g{}", group.index())));
        }
    }
    graph
}

fn stands_in(scene: &Scene, mut inner: Option<GroupId>, outer: usize) -> bool {
    while let Some(group) = inner {
        if group.index() == outer {
            return true;
        }
        inner = scene.groups[group.index()].parent;
    }
    false
}

/// Reads the places; none where one is no number.
fn read(scene: &Scene, graph: &Graph<NodeLabel, EdgeLabel>, ports: &[bool]) -> Option<Layout> {
    let area = |name: &str| -> Option<Area> {
        let node = graph.node(name)?;
        let (x, y) = (node.x?, node.y?);
        let area = Area { x: x - node.width / 2.0, y: y - node.height / 2.0, width: node.width, height: node.height };
        [area.x, area.y, area.width, area.height].iter().all(|value| value.is_finite()).then_some(area)
    };
    let groups: Vec<Area> = (0..scene.groups.len()).map(|at| area(&format!("g{at}"))).collect::<Option<_>>()?;
    let nodes: Vec<Area> = (0..scene.nodes.len()).map(|at| area(&format!("n{at}"))).collect::<Option<_>>()?;
    let port_areas: Vec<Option<Area>> =
        ports.iter().enumerate().map(|(at, is_port)| is_port.then(|| area(&format!("p{at}"))).flatten()).collect();
    let end = |end: End| match end {
        End::Node(id) => Some(nodes[id.index()]),
        End::Group(id) => port_areas[id.index()],
    };
    let mut edges = Vec::with_capacity(scene.edges.len());
    for (at, edge) in scene.edges.iter().enumerate() {
        if !is_drawn(edge) {
            edges.push(None);
            continue;
        }
        let name = format!("e{at}");
        let find = |a: &str, b: &str| graph.edge(a, b, Some(&name)).cloned();
        let ids = |end: End| match end {
            End::Group(id) => format!("p{}", id.index()),
            End::Node(id) => format!("n{}", id.index()),
        };
        let (from, to) = (ids(edge.from), ids(edge.to));
        let is_turned = edge.toward == Toward::Above;
        let found = if is_turned { find(&to, &from) } else { find(&from, &to) }?;
        let mut points: Vec<Point> = found.points.iter().map(|point| Point { x: point.x, y: point.y }).collect();
        if is_turned {
            points.reverse();
        }
        if points.len() < 2 || points.iter().any(|point| !point.x.is_finite() || !point.y.is_finite()) {
            return None;
        }
        if edge.from != edge.to {
            // The ends touch the boxes, straight from the next point.
            let last = points.len() - 1;
            points[0] = leave(&end(edge.from)?, points[1]);
            points[last] = leave(&end(edge.to)?, points[last - 1]);
        }
        let middle = points[points.len() / 2];
        let label = edge.label.as_ref().map(|_| match (found.x, found.y) {
            (Some(x), Some(y)) if x.is_finite() && y.is_finite() => Point { x, y },
            _ => middle,
        });
        edges.push(Some(Way { points, label }));
    }
    let mut layout = Layout {
        groups,
        ports: port_areas.into_iter().map(|area| area.map(|area| area.center())).collect(),
        nodes,
        edges,
        ..Layout::default()
    };
    fit(scene, &mut layout);
    Some(layout)
}

/// Makes room for the titles of frames, and moves everything so that the picture begins at its margin.
fn fit(scene: &Scene, layout: &mut Layout) {
    // Inner frames first: an outer one grows with them.
    for at in (0..scene.groups.len()).rev() {
        let title = title_size(&scene.groups[at].face);
        let (mut top, mut left, mut right, mut bottom) =
            (layout.groups[at].y, layout.groups[at].x, layout.groups[at].right(), layout.groups[at].bottom());
        let inside =
            (0..scene.nodes.len()).filter(|node| scene.nodes[*node].group == Some(GroupId::at(at))).map(|node| layout.nodes[node]).chain(
                (0..scene.groups.len())
                    .filter(|group| scene.groups[*group].parent == Some(GroupId::at(at)))
                    .map(|group| layout.groups[group]),
            );
        for area in inside {
            top = top.min(area.y - title.1);
            left = left.min(area.x - 8.0);
            right = right.max(area.right() + 8.0);
            bottom = bottom.max(area.bottom() + 8.0);
        }
        right = right.max(left + title.0);
        layout.groups[at] = Area { x: left, y: top, width: right - left, height: bottom - top };
    }
    let areas = || layout.groups.iter().chain(&layout.nodes);
    let points = || layout.edges.iter().flatten().flat_map(|way| &way.points);
    let labels = || {
        scene.edges.iter().zip(&layout.edges).filter_map(|(edge, way)| {
            let half = label_width(edge.label.as_ref()?) / 2.0;
            way.as_ref()?.label.map(|at| (at.x - half, at.x + half))
        })
    };
    let min = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let max = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
    let left = min(&mut areas().map(|area| area.x).chain(points().map(|point| point.x)).chain(labels().map(|(left, _)| left)));
    let top = min(&mut areas().map(|area| area.y).chain(points().map(|point| point.y)));
    let right = max(&mut areas().map(Area::right).chain(points().map(|point| point.x)).chain(labels().map(|(_, right)| right)));
    let bottom = max(&mut areas().map(Area::bottom).chain(points().map(|point| point.y)));
    if !(left.is_finite() && top.is_finite() && right.is_finite() && bottom.is_finite()) {
        (layout.width, layout.height) = (2.0 * MARGIN, 2.0 * MARGIN);
        return;
    }
    let (dx, dy) = (MARGIN - left, MARGIN - top);
    for area in layout.groups.iter_mut().chain(&mut layout.nodes) {
        area.x += dx;
        area.y += dy;
    }
    for point in layout
        .edges
        .iter_mut()
        .flatten()
        .flat_map(|way| way.points.iter_mut().chain(&mut way.label))
        .chain(layout.ports.iter_mut().flatten())
    {
        point.x += dx;
        point.y += dy;
    }
    (layout.width, layout.height) = (right - left + 2.0 * MARGIN, bottom - top + 2.0 * MARGIN);
}
