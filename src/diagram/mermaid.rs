//! A scene as Mermaid, for pages that draw nothing else.
//!
//! Only what every version since 10 draws: `flowchart` with `subgraph`, and `sequenceDiagram`. No link, no HTML, no directive, no style that names a URL.

use std::fmt::{self, Write as _};

use super::inside::Inside;
use super::scene::{Edge, Face, Fill, Fragment, GroupId, Heads, Line, Mark, Moment, NodeId, Scene, SceneKind, Shape, Toward};
use super::text::Text;

/// A text as it stands in a Mermaid source: between quotes, or behind a colon.
///
/// Letters, digits and spaces stay; everything else is written as Mermaid's entity `#NN;`, which it decodes after it has parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MermaidText(String);

impl MermaidText {
    /// Escapes a text.
    pub fn new(text: &Text) -> Self {
        Self::escaped(text, |_, _| false)
    }

    /// Escapes a row of a label with several rows. Such a label is read as Markdown once its entities are letters: what would be a mark there gets a backslash.
    fn in_rows(text: &Text) -> Self {
        Self::escaped(text, |before, c| match c {
            '\\' | '*' | '_' | '~' | '`' | '[' | ']' | '<' | '>' | '#' | '+' | '!' | '|' => true,
            '-' => before.is_empty(),
            '.' => !before.is_empty() && before.chars().all(|c| c.is_ascii_digit()),
            _ => false,
        })
    }

    fn escaped(text: &Text, is_mark: impl Fn(&str, char) -> bool) -> Self {
        let mut out = String::with_capacity(text.as_str().len());
        let mut word = String::new();
        for (at, c) in text.as_str().char_indices() {
            if c.is_alphanumeric() {
                word.push(c);
                continue;
            }
            push_word(&mut out, &word);
            word.clear();
            if is_mark(&text.as_str()[..at], c) {
                let _ = write!(out, "#{};", '\\' as u32);
            }
            match c {
                ' ' | ',' => out.push(c),
                c => {
                    let _ = write!(out, "#{};", c as u32);
                }
            }
        }
        push_word(&mut out, &word);
        Self(out)
    }
}

/// Writes a word so that it is no keyword: `end` closes a frame wherever it stands in a sequence.
fn push_word(out: &mut String, word: &str) {
    const KEYWORDS: [&str; 12] = ["end", "alt", "else", "opt", "loop", "par", "and", "graph", "subgraph", "default", "style", "class"];
    let is_keyword = KEYWORDS.contains(&word.to_lowercase().as_str());
    // The editor's list markers: a number at the start of a label would be one, but only before a full stop, which is escaped.
    match (is_keyword, word.chars().next()) {
        (true, Some(first)) => {
            let _ = write!(out, "#{};{}", first as u32, &word[first.len_utf8()..]);
        }
        _ => out.push_str(word),
    }
}

impl fmt::Display for MermaidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes a scene as Mermaid.
pub fn mermaid(scene: &Scene) -> String {
    // The title stands in a comment: the front matter that draws it is YAML, which no version reads alike.
    match &scene.kind {
        SceneKind::Graph => graph(scene),
        SceneKind::Sequence(moments) => sequence(scene, moments),
    }
}

fn graph(scene: &Scene) -> String {
    enum Task {
        Group(GroupId),
        Contents(Option<GroupId>),
        Close,
    }
    let mut out = String::from("flowchart TB\n");
    let inside = Inside::of(scene);
    let mut depth = 1_usize;
    let mut open = vec![Task::Contents(None)];
    while let Some(task) = open.pop() {
        match task {
            Task::Group(id) => {
                let face = &scene.groups[id.index()].face;
                let _ = writeln!(out, "{}subgraph {id}[\"{}\"]", indent(depth), words(face));
                depth += 1;
                open.push(Task::Close);
                open.push(Task::Contents(Some(id)));
            }
            Task::Contents(group) => {
                for id in inside.nodes(group) {
                    let face = &scene.nodes[id.index()].face;
                    let (left, right) = brackets(face.shape);
                    let _ = writeln!(out, "{}{id}{left}\"{}\"{right}", indent(depth), words(face));
                }
                open.extend(inside.groups(group).iter().rev().map(|id| Task::Group(*id)));
            }
            Task::Close => {
                depth -= 1;
                let _ = writeln!(out, "{}end", indent(depth));
            }
        }
    }
    let mut styles = Vec::new();
    let drawn = scene.edges.iter().filter(|edge| !(edge.is_hidden && edge.toward == Toward::Right));
    for (count, edge) in drawn.enumerate() {
        write_edge(&mut out, edge);
        match edge.mark {
            Some(Mark::Added) => styles.push(format!("  linkStyle {count} stroke:#1d6b34\n")),
            Some(Mark::Removed) => styles.push(format!("  linkStyle {count} stroke:#b22222\n")),
            _ if edge.is_failed => styles.push(format!("  linkStyle {count} stroke:#b22222\n")),
            _ => {}
        }
    }
    if !scene.legend.is_empty() {
        let lines: Vec<String> = scene.legend.iter().map(|line| MermaidText::new(line).to_string()).collect();
        let _ = writeln!(out, "  legend[\"{}\"]\n  style legend fill:#ffffff00,stroke-dasharray:2 3", lines.join("<br/>"));
    }
    for style in styles {
        out.push_str(&style);
    }
    for (face, id) in scene.groups.iter().map(|group| &group.face).zip(GroupId::first(scene.groups.len())) {
        write_fill(&mut out, face, &id);
    }
    for (face, id) in scene.nodes.iter().map(|node| &node.face).zip(NodeId::first(scene.nodes.len())) {
        write_fill(&mut out, face, &id);
    }
    out
}

fn write_fill(out: &mut String, face: &Face, id: &impl fmt::Display) {
    let style = match face.fill {
        Fill::Plain => return,
        Fill::Neighbour => "fill:#ffffff,stroke-dasharray:4 3,color:#444444",
        Fill::Harmless => "fill:#e3f1e3,color:#111111",
        Fill::Light => "fill:#fff6d6,color:#111111",
        Fill::Medium => "fill:#ffdfa8,color:#111111",
        Fill::Heavy => "fill:#f9b48f,color:#111111",
        Fill::Total => "fill:#f08e84,color:#111111",
        Fill::Marked(Mark::Added) => "fill:#d9f0de,color:#111111",
        Fill::Marked(Mark::Removed) => "fill:#f8d9d6,color:#111111,stroke-dasharray:4 3",
        Fill::Marked(Mark::Changed) => "fill:#fff0c2,color:#111111",
    };
    let _ = writeln!(out, "  style {id} {style}");
}

fn words(face: &Face) -> String {
    let escape = if face.lines.is_empty() { MermaidText::new } else { MermaidText::in_rows };
    face.escaped_words("<br/>", |text| escape(text).to_string())
}

const fn brackets(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Actor => ("((", "))"),
        Shape::Agent => ("(", ")"),
        Shape::Cloud | Shape::Storage => ("([", "])"),
        Shape::Collections => ("[[", "]]"),
        Shape::Database => ("[(", ")]"),
        Shape::Queue => ("[/", "/]"),
        Shape::Component | Shape::Frame | Shape::Rectangle => ("[", "]"),
        Shape::Node => ("{{", "}}"),
    }
}

fn write_edge(out: &mut String, edge: &Edge) {
    if edge.is_hidden {
        let _ = writeln!(out, "  {} ~~~ {}", edge.from, edge.to);
        return;
    }
    let arrow = match (edge.heads, edge.line) {
        (Heads::None, Line::Solid) => "---",
        (Heads::None, _) => "-.-",
        (Heads::End, Line::Solid) => "-->",
        (Heads::End, _) => "-.->",
        (Heads::Both, Line::Solid) => "<-->",
        (Heads::Both, _) => "<-.->",
    };
    let label = edge.label.as_ref().map_or_else(String::new, |label| format!("|\"{}\"|", MermaidText::new(label)));
    let _ = writeln!(out, "  {} {arrow}{label} {}", edge.from, edge.to);
}

fn sequence(scene: &Scene, moments: &[Moment]) -> String {
    let mut out = String::from("sequenceDiagram\n  autonumber\n");
    let mut open: Option<GroupId> = None;
    for (node, id) in scene.nodes.iter().zip(NodeId::first(scene.nodes.len())) {
        if node.group != open {
            if open.is_some() {
                out.push_str("  end\n");
            }
            if let Some(group) = node.group {
                // A colour first: without one, a first word that is a colour's name would be taken for it.
                let _ = writeln!(out, "  box transparent {}", MermaidText::new(&scene.groups[group.index()].face.label));
            }
            open = node.group;
        }
        let word = if node.face.shape == Shape::Actor { "actor" } else { "participant" };
        let _ = writeln!(out, "  {word} {id} as {}", words(&node.face));
    }
    if open.is_some() {
        out.push_str("  end\n");
    }
    let mut depth = 1_usize;
    // The frames that are open: what begins their next part differs.
    let mut fragments: Vec<Fragment> = Vec::new();
    for moment in moments {
        match moment {
            Moment::Arrow(at) => {
                let edge = &scene.edges[*at];
                let arrow = if edge.is_message { "-)" } else { "->>" };
                let label = edge.label.as_ref().map_or_else(|| "call".to_owned(), |label| MermaidText::new(label).to_string());
                let _ = writeln!(out, "{}{}{arrow}{}: {label}", indent(depth), edge.from, edge.to);
            }
            Moment::Open(fragment, title) => {
                let word = match fragment {
                    Fragment::Alternative => "alt",
                    Fragment::Optional => "opt",
                    Fragment::Parallel => "par",
                    Fragment::Loop => "loop",
                };
                let _ = writeln!(out, "{}{word} {}", indent(depth), MermaidText::new(title));
                fragments.push(*fragment);
                depth += 1;
            }
            Moment::Else(title) => {
                let word = if fragments.last() == Some(&Fragment::Parallel) { "and" } else { "else" };
                let _ = writeln!(out, "{}{word} {}", indent(depth.saturating_sub(1)), MermaidText::new(title));
            }
            Moment::Close => {
                fragments.pop();
                depth = depth.saturating_sub(1);
                let _ = writeln!(out, "{}end", indent(depth));
            }
        }
    }
    for (at, line) in scene.legend.iter().enumerate() {
        if let (0, Some(first), Some(last)) = (at, NodeId::first(scene.nodes.len()).next(), NodeId::first(scene.nodes.len()).last()) {
            let ends = if first == last { first.to_string() } else { format!("{first},{last}") };
            let _ = writeln!(out, "  Note over {ends}: {}", MermaidText::new(line));
        }
    }
    out
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(20))
}

#[cfg(test)]
mod tests {
    use super::MermaidText;
    use crate::diagram::text::Text;

    fn escaped(raw: &str) -> String {
        MermaidText::new(&Text::new(raw)).to_string()
    }

    #[test]
    fn nothing_but_letters_digits_and_blanks_is_left() {
        assert_eq!(escaped("Orders EU"), "Orders EU");
        assert_eq!(escaped("a\"]--x"), "a#34;#93;#45;#45;x");
        assert_eq!(escaped("%%{init: {}}%%"), "#37;#37;#123;init#58; #123;#125;#125;#37;#37;");
        assert_eq!(escaped("<img src=x>"), "#60;img src#61;x#62;");
        assert_eq!(escaped("#quot;"), "#35;quot#59;");
    }

    #[test]
    fn a_row_of_several_holds_no_markdown() {
        let row = |raw: &str| MermaidText::in_rows(&Text::new(raw)).to_string();
        assert_eq!(row("_x_ 2"), "#92;#95;x#92;#95; 2");
        assert_eq!(row("a-1. b"), "a#45;1#46; b");
        assert_eq!(row("1. a"), "1#92;#46; a");
        assert_eq!(row("- a"), "#92;#45; a");
    }

    #[test]
    fn no_word_is_a_keyword() {
        assert_eq!(escaped("the end"), "the #101;nd");
        assert_eq!(escaped("END"), "#69;ND");
        assert_eq!(escaped("vendor"), "vendor");
    }
}
