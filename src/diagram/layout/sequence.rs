//! A sequence: participants side by side, as far apart as the words between them need, and one row per moment.

use super::{Area, Layout, MARGIN, Point, ROW, SMALL_ROW, Way, label_width, size_of, title_size};
use crate::diagram::scene::{End, Fragment, Moment, Scene};
use crate::diagram::text::Text;

/// The least room between two participants.
const GAP: f64 = 26.0;

/// The height of an arrow without words.
const STEP: f64 = 22.0;

/// The height of a frame's title.
const TITLE: f64 = 24.0;

/// How far a call of oneself leads to the right.
const LOOP: f64 = 30.0;

/// A frame around a part of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::diagram) struct Frame {
    pub(in crate::diagram) area: Area,
    pub(in crate::diagram) fragment: Fragment,
    pub(in crate::diagram) title: Text,
    /// Where its other parts begin, and their titles.
    pub(in crate::diagram) parts: Vec<(f64, Text)>,
}

/// Places a sequence.
pub(super) fn place(scene: &Scene, moments: &[Moment]) -> Layout {
    let sizes: Vec<(f64, f64)> = scene.nodes.iter().map(|node| size_of(&node.face)).collect();
    let group_title = scene.groups.iter().map(|group| title_size(&group.face).1).fold(0.0, f64::max);
    let tallest = sizes.iter().map(|size| size.1).fold(0.0, f64::max);
    let depth = depth(moments);
    let centers = centers(scene, &sizes, depth);
    let top = MARGIN + group_title + if scene.groups.is_empty() { 0.0 } else { 6.0 };
    let nodes: Vec<Area> = centers
        .iter()
        .zip(&sizes)
        .map(|(x, (width, height))| Area { x: x - width / 2.0, y: top + tallest - height, width: *width, height: *height })
        .collect();
    let right = nodes.iter().map(Area::right).fold(0.0, f64::max);
    let mut layout = Layout { nodes, ..Layout::default() };
    let bottom = tell(scene, moments, &centers, top + tallest + 14.0, right, depth, &mut layout);
    layout.lifelines_to = bottom;
    let inside =
        |at: usize| scene.nodes.iter().zip(&layout.nodes).filter(move |(node, _)| node.group.is_some_and(|group| group.index() == at));
    layout.groups = (0..scene.groups.len())
        .map(|at| {
            let left = inside(at).map(|(_, area)| area.x).fold(f64::INFINITY, f64::min) - 8.0;
            let end = inside(at).map(|(_, area)| area.right()).fold(0.0, f64::max) + 8.0;
            let left = if left.is_finite() { left } else { MARGIN };
            Area { x: left, y: MARGIN, width: (end - left).max(0.0), height: bottom + 8.0 - MARGIN }
        })
        .collect();
    layout.ports = vec![None; scene.groups.len()];
    let of_frames = layout.frames.iter().map(|frame| frame.area.right());
    let of_labels = scene.edges.iter().zip(&layout.edges).filter_map(|(edge, way)| {
        let at = way.as_ref()?.label?;
        Some(at.x + label_width(edge.label.as_ref()?) / 2.0)
    });
    let of_groups = layout.groups.iter().map(Area::right);
    layout.width = of_frames.chain(of_labels).chain(of_groups).fold(right, f64::max) + MARGIN;
    layout.height = bottom + 8.0 + MARGIN;
    layout
}

fn depth(moments: &[Moment]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for moment in moments {
        match moment {
            Moment::Open(..) => now += 1,
            Moment::Close => now = now.saturating_sub(1),
            Moment::Arrow(_) | Moment::Else(_) => {}
        }
        most = most.max(now);
    }
    most
}

fn index(end: End) -> usize {
    match end {
        End::Node(id) => id.index(),
        // A sequence has no arrows of frames.
        End::Group(_) => 0,
    }
}

/// Returns the middle of each participant: the words of every arrow fit between its ends.
fn centers(scene: &Scene, sizes: &[(f64, f64)], depth: usize) -> Vec<f64> {
    let mut centers: Vec<f64> = Vec::with_capacity(sizes.len());
    for (at, (width, _)) in sizes.iter().enumerate() {
        let half = width / 2.0;
        let is_new_group = at > 0 && scene.nodes[at].group != scene.nodes[at - 1].group;
        let mut x = match centers.last() {
            None => MARGIN + 10.0 + depth as f64 * 6.0 + half,
            Some(before) => before + sizes[at - 1].0 / 2.0 + half + GAP + if is_new_group { 18.0 } else { 0.0 },
        };
        for edge in &scene.edges {
            let (from, to) = (index(edge.from), index(edge.to));
            let words = edge.label.as_ref().map_or(0.0, label_width);
            if from == to && from + 1 == at {
                x = x.max(centers[from] + LOOP + words + 24.0);
            } else if from.max(to) == at && from != to {
                // A number stands before the words.
                x = x.max(centers[from.min(to)] + words + 46.0);
            }
        }
        centers.push(x);
    }
    centers
}

/// Places the moments from top to bottom, and returns where the last one ends.
fn tell(scene: &Scene, moments: &[Moment], centers: &[f64], start: f64, right: f64, depth: usize, layout: &mut Layout) -> f64 {
    let mut y = start;
    let mut open: Vec<Frame> = Vec::new();
    layout.edges = vec![None; scene.edges.len()];
    let frame_right = right + 8.0 + depth as f64 * 6.0;
    for moment in moments {
        match moment {
            Moment::Arrow(at) => {
                let edge = &scene.edges[*at];
                let (from, to) = (centers[index(edge.from)], centers[index(edge.to)]);
                let words = edge.label.as_ref().map_or(0.0, label_width) + 22.0;
                let way = if edge.from == edge.to {
                    let points = vec![
                        Point { x: from, y: y + ROW },
                        Point { x: from + LOOP, y: y + ROW },
                        Point { x: from + LOOP, y: y + ROW + 12.0 },
                        Point { x: from, y: y + ROW + 12.0 },
                    ];
                    let label = Some(Point { x: from + LOOP + 6.0 + words / 2.0, y: y + ROW + 6.0 });
                    y += ROW + 12.0 + 10.0;
                    Way { points, label }
                } else {
                    let label = Some(Point { x: (from + to) / 2.0, y: y + SMALL_ROW / 2.0 });
                    y += SMALL_ROW + 4.0;
                    let points = vec![Point { x: from, y }, Point { x: to, y }];
                    y += STEP - 10.0;
                    Way { points, label }
                };
                layout.edges[*at] = Some(way);
            }
            Moment::Open(fragment, title) => {
                let inset = open.len() as f64 * 6.0;
                let x = MARGIN / 2.0 + inset;
                let area = Area { x, y, width: frame_right - inset - x, height: 0.0 };
                open.push(Frame { area, fragment: *fragment, title: title.clone(), parts: Vec::new() });
                y += TITLE + 4.0;
            }
            Moment::Else(title) => {
                if let Some(frame) = open.last_mut() {
                    frame.parts.push((y, title.clone()));
                }
                y += TITLE;
            }
            Moment::Close => {
                if let Some(mut frame) = open.pop() {
                    frame.area.height = y + 2.0 - frame.area.y;
                    layout.frames.push(frame);
                }
                y += 10.0;
            }
        }
    }
    // Outer frames first: inner ones are drawn over them.
    layout.frames.reverse();
    y + 6.0
}
