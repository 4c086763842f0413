//! The plain layout: what a frame holds stands in it row by row, and arrows are straight. For pictures that are too large or too nested for layers.

use super::{Area, Layout, MARGIN, Point, Way, is_drawn, leave, loop_at, size_of, title_size};
use crate::diagram::scene::{End, Scene};

/// The room between boxes.
const GAP: f64 = 36.0;

#[derive(Clone, Copy)]
enum Item {
    Group(usize),
    Node(usize),
}

/// Places a scene of any size in linear time.
pub(super) fn place(scene: &Scene) -> Layout {
    let mut layout = Layout {
        groups: vec![Area::default(); scene.groups.len()],
        nodes: vec![Area::default(); scene.nodes.len()],
        ports: vec![None; scene.groups.len()],
        ..Layout::default()
    };
    // The first list is what stands in no frame.
    let mut inside: Vec<Vec<Item>> = vec![Vec::new(); scene.groups.len() + 1];
    for (at, node) in scene.nodes.iter().enumerate() {
        inside[node.group.map_or(0, |group| group.index() + 1)].push(Item::Node(at));
        (layout.nodes[at].width, layout.nodes[at].height) = size_of(&node.face);
    }
    for (at, group) in scene.groups.iter().enumerate() {
        inside[group.parent.map_or(0, |group| group.index() + 1)].push(Item::Group(at));
    }
    // Frames come after those around them: backwards, what is inside has its size already.
    for at in (0..scene.groups.len()).rev() {
        let title = title_size(&scene.groups[at].face);
        let (width, height) = shelve(&mut layout, &inside[at + 1], title.1);
        (layout.groups[at].width, layout.groups[at].height) = (width.max(title.0), height);
    }
    let (width, height) = shelve(&mut layout, &inside[0], 0.0);
    for at in 0..scene.groups.len() {
        if let Some(parent) = scene.groups[at].parent {
            let around = layout.groups[parent.index()];
            layout.groups[at].x += around.x;
            layout.groups[at].y += around.y;
        }
    }
    for (at, node) in scene.nodes.iter().enumerate() {
        if let Some(parent) = node.group {
            let around = layout.groups[parent.index()];
            layout.nodes[at].x += around.x;
            layout.nodes[at].y += around.y;
        }
    }
    layout.edges = scene
        .edges
        .iter()
        .map(|edge| {
            is_drawn(edge).then(|| {
                let area = |end: End| match end {
                    End::Node(id) => layout.nodes[id.index()],
                    End::Group(id) => layout.groups[id.index()],
                };
                let (from, to) = (area(edge.from), area(edge.to));
                if edge.from == edge.to {
                    return loop_at(&from);
                }
                let points = vec![leave(&from, to.center()), leave(&to, from.center())];
                let middle = Point { x: (points[0].x + points[1].x) / 2.0, y: (points[0].y + points[1].y) / 2.0 };
                Way { points, label: edge.label.as_ref().map(|_| middle) }
            })
        })
        .collect();
    (layout.width, layout.height) = (width + MARGIN, height + MARGIN);
    layout
}

/// Puts items into rows so that all together are about as wide as high, and returns the size with the room around.
fn shelve(layout: &mut Layout, items: &[Item], top: f64) -> (f64, f64) {
    let size = |layout: &Layout, item: Item| match item {
        Item::Group(at) => layout.groups[at],
        Item::Node(at) => layout.nodes[at],
    };
    let total: f64 = items.iter().map(|item| size(layout, *item)).map(|area| (area.width + GAP) * (area.height + GAP)).sum();
    let widest = (total * 1.6).sqrt().max(200.0);
    let (mut x, mut y, mut row, mut right) = (GAP / 2.0, top + GAP / 2.0, 0.0_f64, 0.0_f64);
    for item in items {
        let area = size(layout, *item);
        if x > GAP / 2.0 && x + area.width > widest {
            (x, y, row) = (GAP / 2.0, y + row + GAP, 0.0);
        }
        let place = match *item {
            Item::Group(at) => &mut layout.groups[at],
            Item::Node(at) => &mut layout.nodes[at],
        };
        (place.x, place.y) = (x, y);
        x += area.width + GAP;
        row = row.max(area.height);
        right = right.max(x - GAP / 2.0);
    }
    (right.max(GAP), y + row + GAP / 2.0)
}
