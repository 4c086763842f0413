//! Prints values: a list on one line or one member per line, an inline table always on one.

use super::tree::{Block, Entry, Line, Node};

/// The column behind which a list is broken into lines.
pub(super) const MAX_WIDTH: usize = 120;

/// How much further in the members of a broken list stand.
const INDENT: usize = 2;

/// Prints a value that begins in `column` of a line with that `indent`. Comments for which it has no place go to `above`.
///
/// Calls nest as deeply as the brackets do, which the parser limits.
pub(super) fn print(node: &Node, indent: usize, column: usize, above: &mut Vec<String>) -> String {
    match node {
        Node::Scalar(text) => text.clone(),
        Node::Table(block) => table(block, indent, false, above),
        Node::Array(block) => {
            let is_wide = flat_width(node).is_some_and(|width| column + width > MAX_WIDTH);
            array(block, indent, is_wide || is_several_lines(node))
        }
    }
}

/// Joins the parts of a key.
pub(super) fn key(parts: &[String]) -> String {
    parts.join(".")
}

/// Counts the columns of a text's longest line.
pub(super) fn width(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Says whether a value holds a comment, at any depth.
pub(super) fn has_comments(node: &Node) -> bool {
    matches!(node, Node::Array(block) | Node::Table(block) if block.has_comments)
}

/// Says whether a value prints as several lines even where there is room: a list that the author broke or that holds a comment.
pub(super) fn is_several_lines(node: &Node) -> bool {
    matches!(node, Node::Array(block) | Node::Table(block) if block.is_several_lines)
}

/// Returns the columns that a value takes on one line, if it prints on one.
pub(super) fn flat_width(node: &Node) -> Option<usize> {
    match node {
        Node::Scalar(text) => Some(width(text)),
        Node::Array(block) | Node::Table(block) => (!block.is_several_lines).then_some(block.width),
    }
}

/// Measures a list or table whose lines are complete, so that no level of nesting is measured again for the levels around it.
pub(super) fn measure(block: &mut Block, is_array: bool) {
    let is_line = |line: &Line| !matches!(line, Line::Blank);
    block.has_comments = block.lines.iter().any(|line| match line {
        Line::Comment(_) => true,
        Line::Entry(entry) => entry.comment.is_some() || has_comments(&entry.value),
        Line::Blank | Line::Header(_) => false,
    });
    let is_broken = is_array && (block.is_broken && block.lines.iter().any(is_line) || block.has_comments);
    block.is_several_lines = is_broken || entries(block).any(|entry| is_several_lines(&entry.value));
    let widths = entries(block).map(|entry| {
        let name = if is_array { 0 } else { width(&key(&entry.key)) + 3 };
        name + flat_width(&entry.value).unwrap_or(0) + 2
    });
    // `[a, b]` has a separator less than members and two brackets; a table has blanks inside its brackets.
    let inside: usize = widths.sum();
    block.width = if is_array || inside == 0 { inside.max(2) } else { inside + 2 };
}

/// Prints a value on one line, without its comments.
fn flat(node: &Node) -> String {
    let mut ignored = Vec::new();
    match node {
        Node::Scalar(text) => text.clone(),
        Node::Array(block) => array(block, 0, false),
        Node::Table(block) => table(block, 0, false, &mut ignored),
    }
}

fn entries(block: &Block) -> impl Iterator<Item = &Entry> {
    block.lines.iter().filter_map(|line| if let Line::Entry(entry) = line { Some(entry) } else { None })
}

/// Prints a list; one that is not broken holds no comment.
fn array(block: &Block, indent: usize, is_broken: bool) -> String {
    if !is_broken {
        let members: Vec<String> = entries(block).map(|entry| flat(&entry.value)).collect();
        return format!("[{}]", members.join(", "));
    }
    let inner = indent + INDENT;
    let margin = " ".repeat(inner);
    let mut lines: Vec<String> = vec!["[".to_owned()];
    let mut is_blank_due = false;
    for line in &block.lines {
        let mut comments = Vec::new();
        let text = match line {
            Line::Header(_) => continue,
            Line::Blank => {
                is_blank_due = lines.len() > 1;
                continue;
            }
            Line::Comment(text) => format!("{margin}{text}"),
            Line::Entry(entry) => {
                let text = member(&entry.value, inner, &mut comments);
                let behind = entry.comment.as_ref().map_or_else(String::new, |comment| format!("  {comment}"));
                format!("{margin}{text},{behind}")
            }
        };
        if std::mem::take(&mut is_blank_due) {
            lines.push(String::new());
        }
        lines.extend(comments.iter().map(|comment| format!("{margin}{comment}")));
        lines.push(text);
    }
    lines.push(" ".repeat(indent) + "]");
    lines.join("\n")
}

/// Prints a member of a broken list. A step that is too long for its line breaks the lists of steps inside of it.
fn member(node: &Node, indent: usize, above: &mut Vec<String>) -> String {
    match node {
        Node::Table(block) => {
            let is_wide = flat_width(node).is_some_and(|width| indent + width + 1 > MAX_WIDTH);
            table(block, indent, is_wide, above)
        }
        // One column for the comma.
        _ => print(node, indent, indent + 1, above),
    }
}

fn table(block: &Block, indent: usize, is_wide: bool, above: &mut Vec<String>) -> String {
    let mut pairs = Vec::new();
    for line in &block.lines {
        match line {
            Line::Comment(text) => above.push(text.clone()),
            Line::Blank | Line::Header(_) => {}
            Line::Entry(entry) => {
                let value = match &entry.value {
                    Node::Scalar(text) => text.clone(),
                    Node::Table(inner) => table(inner, indent, is_wide, above),
                    node @ Node::Array(inner) => {
                        let holds_groups = entries(inner).any(|entry| !matches!(entry.value, Node::Scalar(_)));
                        array(inner, indent, is_several_lines(node) || is_wide && holds_groups)
                    }
                };
                pairs.push(format!("{} = {value}", key(&entry.key)));
                above.extend(entry.comment.clone());
            }
        }
    }
    if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
}
