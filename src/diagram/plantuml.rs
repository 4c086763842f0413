//! A scene as PlantUML, in the part of the language that old and new versions draw alike.
//!
//! No `!theme` and no `!include`: the text is all that is needed, offline too. No `ortho` lines, whose labels float away, and no styles inside two-headed
//! arrows, which versions before 2021 refuse.

use std::fmt::Write as _;

use super::escape::PlantUmlText;
use super::inside::Inside;
use super::scene::{Edge, End, Face, Fill, Fragment, GroupId, Heads, Line, Mark, Moment, NodeId, Scene, SceneKind, Shape, Toward};
use super::text::Text;

/// The most characters of a row in a box.
const MAX_ROW_CHARS: usize = 32;

/// How a diagram is coloured. A theme only sets parameters; it never loads anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Boxes in light grey.
    #[default]
    Standard,
    /// Greys only, for print.
    Mono,
    /// Black lines on white.
    Plain,
}

/// Writes a scene as PlantUML.
pub fn plantuml(scene: &Scene) -> String {
    plantuml_with(scene, Theme::default())
}

/// Writes a scene as PlantUML with a theme.
pub fn plantuml_with(scene: &Scene, theme: Theme) -> String {
    let mut out = String::from("@startuml\n");
    match &scene.kind {
        SceneKind::Graph => {
            // The direction also keeps actors and databases alone from being taken for a sequence.
            out.push_str("top to bottom direction\n");
            write_parameters(&mut out, theme);
            write_title(&mut out, scene);
            write_boxes(&mut out, scene);
            for edge in &scene.edges {
                write_edge(&mut out, edge);
            }
        }
        SceneKind::Sequence(moments) => {
            write_parameters(&mut out, theme);
            write_title(&mut out, scene);
            out.push_str("hide footbox\nautonumber\n");
            write_participants(&mut out, scene);
            write_moments(&mut out, scene, moments);
        }
    }
    write_legend(&mut out, scene);
    out.push_str("@enduml\n");
    out
}

fn write_parameters(out: &mut String, theme: Theme) {
    out.push_str("skinparam backgroundColor white\nskinparam shadowing false\nskinparam linetype polyline\n");
    match theme {
        // The shades of new versions, in old ones too.
        Theme::Standard => {
            for box_in_a_row in ["participant", "actor", "collections", "database", "queue"] {
                let _ = writeln!(out, "skinparam {box_in_a_row}BackgroundColor #F1F1F1\nskinparam {box_in_a_row}BorderColor #181818");
            }
        }
        Theme::Mono => out.push_str("skinparam monochrome true\n"),
        Theme::Plain => {
            out.push_str("skinparam ArrowColor black\n");
            for shape in [
                Shape::Actor,
                Shape::Agent,
                Shape::Cloud,
                Shape::Collections,
                Shape::Component,
                Shape::Database,
                Shape::Frame,
                Shape::Node,
                Shape::Queue,
                Shape::Rectangle,
                Shape::Storage,
            ] {
                let _ = writeln!(out, "skinparam {0}BackgroundColor white\nskinparam {0}BorderColor black", shape.word());
            }
            out.push_str("skinparam participantBackgroundColor white\nskinparam participantBorderColor black\n");
        }
    }
}

fn write_title(out: &mut String, scene: &Scene) {
    // A block, because a title on one line must have a letter in it.
    let _ = writeln!(out, "title\n  {}\nend title", PlantUmlText::new(&scene.title));
}

fn write_legend(out: &mut String, scene: &Scene) {
    if scene.legend.is_empty() {
        return;
    }
    out.push_str("legend\n");
    for line in &scene.legend {
        let _ = writeln!(out, "  {}", PlantUmlText::new(line));
    }
    out.push_str("endlegend\n");
}

/// Writes frames and boxes nested. The frames still open are kept on a stack of its own, so no recursion depends on the model.
fn write_boxes(out: &mut String, scene: &Scene) {
    enum Task {
        Group(GroupId),
        Contents(Option<GroupId>),
        Close,
    }
    let inside = Inside::of(scene);
    let mut depth = 0;
    let mut open = vec![Task::Contents(None)];
    while let Some(task) = open.pop() {
        match task {
            Task::Group(id) => {
                let face = &scene.groups[id.index()].face;
                let _ = writeln!(out, "{}{} {} as {id}{} {{", indent(depth), face.shape.word(), quoted(face), style(face));
                depth += 1;
                open.push(Task::Close);
                open.push(Task::Contents(Some(id)));
            }
            Task::Contents(group) => {
                write_nodes(out, scene, inside.nodes(group), depth);
                open.extend(inside.groups(group).iter().rev().map(|id| Task::Group(*id)));
            }
            Task::Close => {
                depth -= 1;
                let _ = writeln!(out, "{}}}", indent(depth));
            }
        }
    }
}

/// Writes the boxes of one frame, those that stand together where the first of them stands.
fn write_nodes(out: &mut String, scene: &Scene, nodes: &[NodeId], depth: usize) {
    let row_of = |id: NodeId| scene.together.iter().find(|row| row.contains(&id));
    for id in nodes {
        match row_of(*id) {
            None => write_node(out, scene, *id, depth),
            Some(row) if row.first() == Some(id) => {
                let _ = writeln!(out, "{}together {{", indent(depth));
                for member in row {
                    write_node(out, scene, *member, depth + 1);
                }
                let _ = writeln!(out, "{}}}", indent(depth));
            }
            Some(_) => {}
        }
    }
}

fn write_node(out: &mut String, scene: &Scene, id: NodeId, depth: usize) {
    let face = &scene.nodes[id.index()].face;
    let _ = writeln!(out, "{}{} {} as {id}{}", indent(depth), face.shape.word(), quoted(face), style(face));
}

fn indent(depth: usize) -> String {
    // Deeper frames are as readable without more of it.
    "  ".repeat(depth.min(20))
}

/// The words of a box between quotes: the name, its badges, and smaller lines.
fn quoted(face: &Face) -> String {
    let mut out = format!("\"{}", broken(&face.label).join("\\n"));
    for badge in &face.badges {
        let _ = write!(out, " {}", PlantUmlText::new(badge));
    }
    for line in face.lines.iter().flat_map(broken) {
        let _ = write!(out, "\\n<size:11>{line}</size>");
    }
    out.push('"');
    out
}

/// Breaks a text at spaces, so that no box is wider than it must be. (`skinparam wrapWidth` would draw every word by itself.)
fn broken(text: &Text) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut width = 0;
    for word in text.as_str().split(' ') {
        let length = word.chars().count();
        match rows.last_mut() {
            Some(row) if width + 1 + length <= MAX_ROW_CHARS => {
                row.push(' ');
                row.push_str(word);
                width += 1 + length;
            }
            _ => {
                rows.push(word.to_owned());
                width = length;
            }
        }
    }
    rows.iter().map(|row| PlantUmlText::new(&Text::new(row)).to_string()).collect()
}

fn style(face: &Face) -> &'static str {
    match face.fill {
        Fill::Plain => "",
        Fill::Neighbour => " #FFFFFF;line:777777;line.dashed;text:555555",
        Fill::Harmless => " #E3F1E3",
        Fill::Light => " #FFF6D6",
        Fill::Medium => " #FFDFA8",
        Fill::Heavy => " #F9B48F",
        Fill::Total => " #F08E84",
        Fill::Marked(Mark::Added) => " #D9F0DE",
        Fill::Marked(Mark::Removed) => " #F8D9D6",
        Fill::Marked(Mark::Changed) => " #FFF0C2",
    }
}

fn write_edge(out: &mut String, edge: &Edge) {
    let (from, to) = (edge.from, edge.to);
    let direction = match edge.toward {
        Toward::Below => "d",
        Toward::Above => "u",
        Toward::Right => "r",
    };
    let color = match edge.mark {
        Some(Mark::Added) => "#1D6B34",
        Some(Mark::Removed) => "#B22222",
        _ if edge.is_failed => "#B22222",
        _ => "",
    };
    let arrow = match (edge.is_hidden, edge.heads, edge.line) {
        (true, ..) => format!("-[hidden]{direction}-"),
        (false, Heads::Both, Line::Solid) => format!("<-{direction}->"),
        (false, Heads::Both, _) => format!("<.{direction}.>"),
        (false, heads, line) => {
            let comma = if color.is_empty() { "" } else { "," };
            let style = match line {
                Line::Solid if color.is_empty() => String::new(),
                Line::Solid => format!("[{color}]"),
                Line::Dashed => format!("[{color}{comma}dashed]"),
                Line::Dotted => format!("[{color}{comma}dotted]"),
            };
            let head = if heads == Heads::End { ">" } else { "" };
            format!("-{style}{direction}-{head}")
        }
    };
    let _ = writeln!(out, "{from} {arrow} {to}{}", label(edge.label.as_ref()));
}

fn label(label: Option<&Text>) -> String {
    label.map_or_else(String::new, |label| format!(" : {}", PlantUmlText::new(label)))
}

/// Writes the participants, those of one frame between `box` and `end box`.
fn write_participants(out: &mut String, scene: &Scene) {
    let mut open: Option<GroupId> = None;
    for (index, node) in scene.nodes.iter().enumerate() {
        if node.group != open {
            if open.is_some() {
                out.push_str("end box\n");
            }
            if let Some(group) = node.group {
                let face = &scene.groups[group.index()].face;
                let _ = writeln!(out, "box \"{}\" #F7F7F7", PlantUmlText::new(&face.label));
            }
            open = node.group;
        }
        let shape = match node.face.shape {
            Shape::Actor => "actor",
            Shape::Collections => "collections",
            Shape::Database => "database",
            Shape::Queue => "queue",
            Shape::Agent | Shape::Cloud | Shape::Component | Shape::Frame | Shape::Node | Shape::Rectangle | Shape::Storage => {
                "participant"
            }
        };
        let _ = writeln!(out, "{shape} {} as {}", quoted(&node.face), NodeId::at(index));
    }
    if open.is_some() {
        out.push_str("end box\n");
    }
}

fn write_moments(out: &mut String, scene: &Scene, moments: &[Moment]) {
    let mut depth = 0_usize;
    for moment in moments {
        match moment {
            Moment::Arrow(index) => {
                let edge = &scene.edges[*index];
                let (from, to): (End, End) = (edge.from, edge.to);
                let arrow = if edge.is_message { "->>" } else { "->" };
                let _ = writeln!(out, "{}{from} {arrow} {to}{}", indent(depth), label(edge.label.as_ref()));
            }
            Moment::Open(fragment, text) => {
                let word = match fragment {
                    Fragment::Alternative => "alt",
                    Fragment::Optional => "opt",
                    Fragment::Parallel => "par",
                    Fragment::Loop => "loop",
                };
                let _ = writeln!(out, "{}{word} {}", indent(depth), PlantUmlText::new(text));
                depth += 1;
            }
            Moment::Else(text) => {
                let _ = writeln!(out, "{}else {}", indent(depth.saturating_sub(1)), PlantUmlText::new(text));
            }
            Moment::Close => {
                depth = depth.saturating_sub(1);
                let _ = writeln!(out, "{}end", indent(depth));
            }
        }
    }
}
