//! `fmt`: one layout for all files of a model. The question answered here: *how would this file look if the team had one hand?*
//!
//! The rules, all of them decided by the file alone:
//!
//! - Order, comments and blank lines are the author's; of several blank lines one stays. Lines end with `\n`, without blanks before it.
//! - In a run of entries without a blank line or a header between, the `=` stand in one column, unless the longest key is more than
//!   `MAX_SPREAD` columns longer than the shortest. Comments behind neighbouring entries stand in one column by the same rule.
//! - A list that the author broke has one member per line, and so has one that would reach beyond `MAX_WIDTH` columns.
//! - What TOML 1.1 brought is written as TOML 1.0 has it. An inline table over several lines becomes one line; if that is too long, or if there are comments
//!   in it, a table with a header behind the entries of its own table. Where no header can stand, its comments go above it.
//!
//! The text means the same afterwards, and formatting it again changes nothing.

mod tree;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use self::tree::{Block, Entry, Header, Line, Node};
use self::value::{MAX_WIDTH, key, print, width};
use super::link_key;
use super::toml_text;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, Sources, Span};

/// The most columns by which the lines of one run may differ and still be aligned.
const MAX_SPREAD: usize = 40;

/// Why a file was left alone: it is not TOML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    diagnostics: Vec<Diagnostic>,
}

impl FormatError {
    /// Returns the mistakes, placed in the file whose text was formatted.
    pub fn diagnostics(mut self, file: FileId) -> Vec<Diagnostic> {
        let place = |span: &mut Span| span.file = file;
        for diagnostic in &mut self.diagnostics {
            place(&mut diagnostic.label.span);
            if let Some(related) = &mut diagnostic.related {
                place(&mut related.span);
            }
        }
        self.diagnostics
    }
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let messages: Vec<&str> = self.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        formatter.write_str(&messages.join("; "))
    }
}

impl std::error::Error for FormatError {}

/// Rewrites a file's text in the one layout.
///
/// # Errors
/// When the text is not TOML; nothing is guessed then.
pub fn format(text: &str) -> Result<String, FormatError> {
    let file = Sources::default().add("", "");
    let mut diagnostics = Vec::new();
    toml_text::parse(file, text, &toml_text::prepare(text), &mut diagnostics);
    diagnostics.retain(|diagnostic| diagnostic.severity() == Severity::Error);
    if !diagnostics.is_empty() {
        return Err(FormatError { diagnostics });
    }
    let mut lines = with_headers(tree::lines(text));
    respace_link_keys(&mut lines);
    Ok(layout(&lines))
}

/// Turns inline tables that need more than a line into tables with a header.
fn with_headers(lines: Vec<Line>) -> Vec<Line> {
    let mut out = Vec::new();
    let mut section = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for line in lines {
        if let Line::Header(header) = &line {
            lift_tables(&path, std::mem::take(&mut section), &mut out);
            path.clone_from(&header.path);
            out.push(line);
        } else {
            section.push(line);
        }
    }
    lift_tables(&path, section, &mut out);
    out
}

/// Writes the lines of one table, and behind its last entry those of its entries that get a header of their own.
fn lift_tables(path: &[String], lines: Vec<Line>, out: &mut Vec<Line>) {
    let last = lines.iter().rposition(|line| matches!(line, Line::Entry(_))).map_or(0, |at| at + 1);
    let mut lines = lines;
    let tail = lines.split_off(last);
    let mut lifted: Vec<(Vec<Line>, Header, Vec<Line>)> = Vec::new();
    for line in lines {
        match line {
            Line::Entry(Entry { key, value: Node::Table(block), comment }) if needs_header(&key, &block) => {
                // The comments right above it go along.
                let own = out.iter().rposition(|line| !matches!(line, Line::Comment(_))).map_or(0, |at| at + 1);
                let comments = out.split_off(own);
                let path = path.iter().cloned().chain(key).collect();
                lifted.push((comments, Header { path, is_array: false, comment }, block.lines));
            }
            line => out.push(line),
        }
    }
    let any = !lifted.is_empty();
    for (comments, header, lines) in lifted {
        let path = header.path.clone();
        out.push(Line::Blank);
        out.extend(comments);
        out.push(Line::Header(header));
        lift_tables(&path, lines, out);
    }
    if any && !tail.is_empty() {
        out.push(Line::Blank);
    }
    out.extend(tail);
}

/// Says whether an inline table gets a header: it fills several lines, and one would be too long or would lose its comments.
///
/// A dotted key stays: its first part may be continued by other entries, and then no header may name it.
fn needs_header(name: &[String], block: &Block) -> bool {
    let fits = !block.is_several_lines && width(&key(name)) + 3 + block.width <= MAX_WIDTH;
    block.is_broken && name.len() == 1 && (block.has_comments || !fits)
}

/// Writes link keys with the usual spaces: `"a -> b,c"` becomes `"a -> b, c"`.
///
/// Two keys that would become one stay as they are; so does a malformed one, which is for `check` to report.
fn respace_link_keys(lines: &mut [Line]) {
    let mut spellings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for_link_keys(lines, |raw| {
        if let Some(canonical) = canonical(raw) {
            spellings.entry(canonical).or_default().insert(raw.clone());
        }
    });
    for_link_keys(lines, |raw| {
        if let Some(canonical) = canonical(raw)
            && spellings.get(&canonical).is_some_and(|spellings| spellings.len() == 1)
        {
            *raw = canonical;
        }
    });
}

/// Visits the keys of `[links]`, quotes included.
fn for_link_keys(lines: &mut [Line], mut visit: impl FnMut(&mut String)) {
    // How many parts of a key stand before the link's: none in `[links]`, one at the top of the file.
    let mut before = Some(1);
    for line in lines {
        match line {
            Line::Header(header) => {
                let is_links = header.path.first().is_some_and(|part| part == "links");
                before = (is_links && header.path.len() == 1).then_some(0);
                if is_links && let Some(raw) = header.path.get_mut(1) {
                    visit(raw);
                }
            }
            Line::Entry(entry) => {
                let is_links = before == Some(0) || before == Some(1) && entry.key[0] == "links";
                if is_links && let Some(raw) = before.and_then(|before| entry.key.get_mut(before)) {
                    visit(raw);
                }
            }
            Line::Blank | Line::Comment(_) => {}
        }
    }
}

/// Returns the usual spelling of a link's key, quotes included; none for what is no link's key or has escapes.
fn canonical(raw: &str) -> Option<String> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains('\\'))?;
    let parsed = link_key::parse(inner).ok()?;
    let arrow = if parsed.both_ways { "<->" } else { parsed.arrow.symbol() };
    let targets: Vec<&str> = parsed.to.iter().map(|part| part.text.as_str()).collect();
    let name = parsed.name.map_or_else(String::new, |name| format!(" #{name}"));
    Some(format!("\"{} {arrow} {}{name}\"", parsed.from.text, targets.join(", ")))
}

/// Prints all lines.
fn layout(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut rest = lines;
    while let Some(line) = rest.first() {
        let taken = match line {
            Line::Blank => {
                if !out.is_empty() && rest.iter().any(|line| !matches!(line, Line::Blank)) {
                    out.push('\n');
                }
                rest.iter().take_while(|line| matches!(line, Line::Blank)).count()
            }
            Line::Header(header) => {
                let (open, close) = if header.is_array { ("[[", "]]") } else { ("[", "]") };
                let comment = header.comment.as_ref().map_or_else(String::new, |comment| format!("  {comment}"));
                out.push_str(&format!("{open}{}{close}{comment}\n", key(&header.path)));
                1
            }
            Line::Comment(_) | Line::Entry(_) => {
                let run = rest.iter().take_while(|line| matches!(line, Line::Comment(_) | Line::Entry(_))).count();
                for line in run_of_entries(&rest[..run]) {
                    out.push_str(&line);
                    out.push('\n');
                }
                run
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// Prints entries, and comments between them, that no blank line parts.
fn run_of_entries(lines: &[Line]) -> Vec<String> {
    let keys: Vec<usize> =
        lines.iter().filter_map(|line| if let Line::Entry(entry) = line { Some(key(&entry.key).chars().count()) } else { None }).collect();
    let column = common_column(&keys).unwrap_or(0);
    let mut out: Vec<String> = Vec::new();
    // The printed lines that have a comment behind them.
    let mut commented: Vec<(usize, &String)> = Vec::new();
    for line in lines {
        match line {
            Line::Comment(text) => out.push(text.clone()),
            Line::Entry(entry) => {
                let name = format!("{:<column$} = ", key(&entry.key));
                let mut above = Vec::new();
                let text = print(&entry.value, 0, name.chars().count(), &mut above);
                out.extend(above);
                commented.extend(entry.comment.iter().map(|comment| (out.len(), comment)));
                out.push(name + &text);
            }
            Line::Blank | Line::Header(_) => {}
        }
    }
    let is_one_line: Vec<bool> = out.iter().map(|line| !line.contains('\n')).collect();
    for neighbours in commented.chunk_by(|(one, _), (next, _)| one + 1 == *next && is_one_line[*one] && is_one_line[*next]) {
        let widths: Vec<usize> = neighbours.iter().map(|(at, _)| width(&out[*at])).collect();
        let column = common_column(&widths);
        for ((at, comment), width) in neighbours.iter().zip(widths) {
            let gap = column.map_or(0, |column| column - width) + 2;
            out[*at] = format!("{}{}{comment}", out[*at], " ".repeat(gap));
        }
    }
    out
}

/// Returns the column in which texts of some widths are aligned, unless they are too different.
fn common_column(widths: &[usize]) -> Option<usize> {
    let (least, most) = (widths.iter().min()?, widths.iter().max()?);
    (most - least <= MAX_SPREAD).then_some(*most)
}

#[cfg(test)]
#[path = "format/tests.rs"]
mod tests;
