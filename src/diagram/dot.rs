//! A scene as DOT, for Graphviz and what reads its language. A sequence has no layers, so it is written as a graph of numbered arrows.

use std::fmt::{self, Write as _};

use super::inside::Inside;
use super::scene::{Edge, End, Face, Fill, GroupId, Heads, Line, Mark, Moment, Scene, SceneKind, Shape, Toward};
use super::text::Text;

/// A text as it stands between double quotes in DOT.
///
/// `"` would end it, `\` would begin an escape such as `\N`, and `&` a character reference, which Graphviz decodes in every label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DotText(String);

impl DotText {
    /// Escapes a text.
    pub fn new(text: &Text) -> Self {
        let mut out = String::with_capacity(text.as_str().len());
        for c in text.as_str().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                c => out.push(c),
            }
        }
        Self(out)
    }
}

impl fmt::Display for DotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes a scene as DOT.
pub fn dot(scene: &Scene) -> String {
    enum Task {
        Group(GroupId),
        Contents(Option<GroupId>),
        Close,
    }
    let mut out = String::from(
        "digraph scene {\n  graph [compound=true, rankdir=TB, labelloc=t, fontname=\"Helvetica\", fontsize=14, nodesep=0.4, ranksep=0.6]\n  node [shape=box, style=filled, fillcolor=\"#f3f5f8\", color=\"#5b6672\", fontname=\"Helvetica\", fontsize=11]\n  edge [color=\"#5b6672\", fontname=\"Helvetica\", fontsize=9]\n",
    );
    let _ = write!(out, "  label=\"{}", DotText::new(&scene.title));
    for line in &scene.legend {
        let _ = write!(out, "\\n{}", DotText::new(line));
    }
    out.push_str("\"\n");
    let inside = Inside::of(scene);
    let mut depth = 1_usize;
    let mut open = vec![Task::Contents(None)];
    while let Some(task) = open.pop() {
        match task {
            Task::Group(id) => {
                let face = &scene.groups[id.index()].face;
                // Only a name that begins with `cluster` is drawn as a frame; an arrow to it ends at a point inside.
                let _ = writeln!(out, "{}subgraph cluster_{id} {{", indent(depth));
                depth += 1;
                let _ = writeln!(out, "{}label=\"{}\"; style=\"{}\"; color=\"#8b96a2\"", indent(depth), words(face), frame_style(face));
                let _ = writeln!(
                    out,
                    "{}{id} [shape=point, width=0.06, label=\"\"{}]",
                    indent(depth),
                    if is_end(scene, id) { "" } else { ", style=invis" }
                );
                open.push(Task::Close);
                open.push(Task::Contents(Some(id)));
            }
            Task::Contents(group) => {
                for id in inside.nodes(group) {
                    let face = &scene.nodes[id.index()].face;
                    let _ = writeln!(out, "{}{id} [label=\"{}\", {}]", indent(depth), words(face), style(face));
                }
                open.extend(inside.groups(group).iter().rev().map(|id| Task::Group(*id)));
            }
            Task::Close => {
                depth -= 1;
                let _ = writeln!(out, "{}}}", indent(depth));
            }
        }
    }
    let numbers = numbers(scene);
    for (edge, number) in scene.edges.iter().zip(numbers) {
        write_edge(&mut out, edge, number);
    }
    out.push_str("}\n");
    out
}

fn is_end(scene: &Scene, id: GroupId) -> bool {
    scene.edges.iter().any(|edge| edge.from == End::Group(id) || edge.to == End::Group(id))
}

/// The place of each arrow in a sequence.
fn numbers(scene: &Scene) -> Vec<Option<usize>> {
    let mut numbers = vec![None; scene.edges.len()];
    if let SceneKind::Sequence(moments) = &scene.kind {
        let arrows = moments.iter().filter_map(|moment| if let Moment::Arrow(at) = moment { Some(*at) } else { None });
        for (number, at) in arrows.enumerate() {
            numbers[at] = Some(number + 1);
        }
    }
    numbers
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(20))
}

fn words(face: &Face) -> String {
    face.escaped_words("\\n", |text| DotText::new(text).to_string())
}

const fn fill(face: &Face) -> &'static str {
    match face.fill {
        Fill::Plain => "#f3f5f8",
        Fill::Neighbour => "#ffffff",
        Fill::Harmless => "#e3f1e3",
        Fill::Light => "#fff6d6",
        Fill::Medium => "#ffdfa8",
        Fill::Heavy => "#f9b48f",
        Fill::Total => "#f08e84",
        Fill::Marked(Mark::Added) => "#d9f0de",
        Fill::Marked(Mark::Removed) => "#f8d9d6",
        Fill::Marked(Mark::Changed) => "#fff0c2",
    }
}

fn frame_style(face: &Face) -> String {
    match face.fill {
        Fill::Plain => "rounded".to_owned(),
        _ => format!("rounded,filled\"; fillcolor=\"{}", fill(face)),
    }
}

fn style(face: &Face) -> String {
    let shape = match face.shape {
        Shape::Actor => "oval",
        Shape::Agent | Shape::Cloud => "box, style=\"filled,rounded\"",
        Shape::Collections => "box, peripheries=2",
        Shape::Component => "component",
        Shape::Database => "cylinder",
        Shape::Queue => "cds",
        Shape::Node => "box3d",
        Shape::Storage => "folder",
        Shape::Frame | Shape::Rectangle => "box",
    };
    let dashed = if matches!(face.fill, Fill::Neighbour | Fill::Marked(Mark::Removed)) { ", style=\"filled,dashed\"" } else { "" };
    format!("shape={shape}, fillcolor=\"{}\"{dashed}", fill(face))
}

fn write_edge(out: &mut String, edge: &Edge, number: Option<usize>) {
    let mut attributes: Vec<String> = Vec::new();
    let label = edge.label.as_ref().map(|label| DotText::new(label).to_string());
    let label = match (number, label) {
        (Some(number), Some(label)) => Some(format!("{number}: {label}")),
        (Some(number), None) => Some(number.to_string()),
        (None, label) => label,
    };
    if let Some(label) = label {
        attributes.push(format!("label=\"{label}\""));
    }
    match edge.heads {
        Heads::None => attributes.push("dir=none".to_owned()),
        Heads::End => {}
        Heads::Both => attributes.push("dir=both".to_owned()),
    }
    match (edge.is_hidden, edge.line) {
        (true, _) => attributes.push("style=invis".to_owned()),
        (_, Line::Solid) => {}
        (_, Line::Dashed) => attributes.push("style=dashed".to_owned()),
        (_, Line::Dotted) => attributes.push("style=dotted".to_owned()),
    }
    match edge.mark {
        Some(Mark::Added) => attributes.push("color=\"#1d6b34\"".to_owned()),
        Some(Mark::Removed) => attributes.push("color=\"#b22222\"".to_owned()),
        _ if edge.is_failed => attributes.push("color=\"#b22222\"".to_owned()),
        _ => {}
    }
    if edge.is_message {
        attributes.push("arrowhead=vee".to_owned());
    }
    if edge.toward == Toward::Right || edge.toward == Toward::Above {
        attributes.push("constraint=false".to_owned());
    }
    let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    let _ = writeln!(out, "  {} -> {}{attributes}", edge.from, edge.to);
}

#[cfg(test)]
mod tests {
    use super::DotText;
    use crate::diagram::text::Text;

    #[test]
    fn quotes_escapes_and_references_are_no_syntax() {
        let escaped = |raw: &str| DotText::new(&Text::new(raw)).to_string();
        assert_eq!(escaped("a\"b"), "a\\\"b");
        assert_eq!(escaped("a\\N"), "a\\\\N");
        assert_eq!(escaped("&amp; <b>"), "&amp;amp; &lt;b&gt;");
        assert_eq!(escaped("日本 x"), "日本 x");
    }
}
