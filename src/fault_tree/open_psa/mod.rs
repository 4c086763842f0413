//! Fault trees in the Open-PSA model exchange format.
//!
//! Read are fault trees with gates (`and`, `or`, `atleast`, `cardinality`, `not`, `xor`, `nand`, `nor`, `iff`, `imply`, nested at will), basic events, house
//! events, constants and parameters, in one file or several. What would change the numbers and is not read, such as groups of common causes, is refused; event
//! trees, rules and the like are left out and named.
//!
//! Source: S. Epstein, A. Rauzy, "Open-PSA Model Exchange Format", version 2.0d, 2008 to 2017.

mod expression;
mod formula;
mod write;

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

pub use write::{Stated, write};

use super::analysis::BasicEvent;
use super::graph::{Formula, Graph};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::{FileId, Sources, Span};

/// The most bytes of one file.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The most XML nodes of all files together.
pub const MAX_NODES: u32 = 8_000_000;

/// The most mistakes that are listed.
const MAX_DIAGNOSTICS: usize = 100;

/// The most names that a misspelt one is compared with.
const MAX_COMPARISONS: usize = 100_000;

/// What the files say.
#[derive(Debug)]
pub struct Model {
    /// All formulas.
    pub graph: Graph,
    /// The gates that stand in no other gate, in the order of the files.
    pub tops: Vec<Top>,
    /// The basic events, in the order in which the top gates meet them.
    pub events: Vec<NamedEvent>,
    /// How many gates are defined.
    pub gates: usize,
    /// Parts of the files that were left out, each kind once.
    pub left_out: Vec<String>,
}

/// A gate that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// The gate's name.
    pub name: String,
    /// What it says.
    pub formula: Formula,
}

/// A basic event and its name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedEvent {
    /// Its name.
    pub name: String,
    /// Its probability; Open-PSA states no failure rate apart.
    pub event: BasicEvent,
}

/// Reads files that together are one model. `gate` names the gate that is asked for; without it all that stand in no other gate are.
///
/// # Errors
///
/// Every mistake of all files, each at its place.
pub fn read(sources: &Sources, files: &[FileId], gate: Option<&str>) -> Result<Model, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut documents = Vec::new();
    let mut left = MAX_NODES;
    for file in files {
        let options = ParsingOptions { allow_dtd: false, nodes_limit: left, ..ParsingOptions::default() };
        match Document::parse_with_options(&sources.file(*file).text, options) {
            Ok(document) => {
                left = left.saturating_sub(u32::try_from(document.descendants().count()).unwrap_or(u32::MAX)).max(1);
                documents.push((*file, document));
            }
            Err(error) => diagnostics.push(malformed(sources, *file, &error)),
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let mut definitions = Definitions::default();
    for (file, document) in &documents {
        definitions.collect(*file, document.root_element());
    }
    if definitions.gates.is_empty() && !definitions.diagnostics.is_empty() {
        return Err(definitions.diagnostics);
    }
    let model = formula::Builder::new(&definitions).build(gate, files.first().copied());
    let Definitions { gates, left_out, diagnostics: mut found, .. } = definitions;
    match model {
        Ok((graph, tops, events)) if found.is_empty() => {
            Ok(Model { graph, tops, events, gates: gates.len(), left_out: left_out.into_keys().collect() })
        }
        Ok(_) => Err(found),
        Err(more) => {
            found.extend(more);
            crate::diagnostic::sort(&mut found);
            found.truncate(MAX_DIAGNOSTICS);
            Err(found)
        }
    }
}

fn malformed(sources: &Sources, file: FileId, error: &roxmltree::Error) -> Diagnostic {
    let text = &sources.file(file).text;
    let position = error.pos();
    let line: usize = text.split_inclusive('\n').take(position.row.saturating_sub(1) as usize).map(str::len).sum();
    let within = text[line..].char_indices().nth(position.col.saturating_sub(1) as usize).map_or(0, |(at, _)| at);
    let at = (line + within).min(text.len());
    let span = Span::new(file, at..at);
    match error {
        roxmltree::Error::DtdDetected => Diagnostic::new(Code::MalformedXml, span, "the file has a document type definition")
            .label("not read: its entities could expand without end")
            .help("delete `<!DOCTYPE …>`"),
        roxmltree::Error::NodesLimitReached => {
            Diagnostic::new(Code::MalformedXml, span, format!("the files have more than {MAX_NODES} XML nodes, which is the limit"))
        }
        other => {
            let words = other.to_string();
            let words = words.rsplit_once(" at ").map_or(words.as_str(), |(words, _)| words);
            Diagnostic::new(Code::MalformedXml, span, format!("the file is not XML: {words}"))
        }
    }
}

/// A definition and where it stands.
#[derive(Debug, Clone, Copy)]
struct Definition<'a> {
    file: FileId,
    node: Node<'a, 'a>,
}

impl Definition<'_> {
    /// The tag that opens the definition.
    fn span(self) -> Span {
        opening(self.file, self.node)
    }
}

/// Returns the place of the tag that opens an element.
fn opening(file: FileId, node: Node<'_, '_>) -> Span {
    let range = node.range();
    let end = node.first_child().map_or(range.end, |child| child.range().start);
    let text = &node.document().input_text()[range.start..end];
    Span::new(file, range.start..range.start + text.trim_end().len())
}

/// All definitions of all files, by name.
#[derive(Debug, Default)]
struct Definitions<'a> {
    /// Gates in the order of the files.
    gates: Vec<(&'a str, Definition<'a>)>,
    gate_of: BTreeMap<&'a str, usize>,
    basic_events: BTreeMap<&'a str, Definition<'a>>,
    house_events: BTreeMap<&'a str, Definition<'a>>,
    parameters: BTreeMap<&'a str, Definition<'a>>,
    left_out: BTreeMap<String, ()>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Definitions<'a> {
    fn collect(&mut self, file: FileId, root: Node<'a, 'a>) {
        if root.tag_name().name() != "opsa-mef" {
            let message = format!("the file starts with `{}`, not with `opsa-mef`", root.tag_name().name());
            self.wrong(Code::MalformedFaultTree, opening(file, root), message, "give an Open-PSA file");
            return;
        }
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let children: Vec<Node<'a, 'a>> = node.children().filter(Node::is_element).collect();
            for child in children.iter().rev() {
                if matches!(child.tag_name().name(), "define-fault-tree" | "define-component" | "model-data") {
                    open.push(*child);
                }
            }
            for child in children {
                self.define(Definition { file, node: child });
            }
        }
    }

    fn define(&mut self, definition: Definition<'a>) {
        let tag = definition.node.tag_name().name();
        let name = definition.node.attribute("name");
        if definition.node.attribute("role") == Some("private") {
            self.wrong(
                Code::MalformedFaultTree,
                definition.span(),
                "`role = \"private\"` is not read",
                "give every element a name of its own",
            );
        }
        let known = match (tag, name) {
            ("define-fault-tree" | "define-component" | "model-data" | "label" | "attributes", _) => return,
            ("define-gate" | "define-basic-event" | "define-house-event" | "define-parameter", None | Some("")) => {
                self.wrong(Code::MalformedFaultTree, definition.span(), format!("`{tag}` has no name"), "add `name = \"…\"`");
                return;
            }
            ("define-gate", Some(name)) => match self.gate_of.insert(name, self.gates.len()) {
                None => {
                    self.gates.push((name, definition));
                    None
                }
                Some(first) => {
                    self.gate_of.insert(name, first);
                    Some(self.gates[first].1)
                }
            },
            ("define-basic-event", Some(name)) => self.basic_events.insert(name, definition),
            ("define-house-event", Some(name)) => self.house_events.insert(name, definition),
            ("define-parameter", Some(name)) => self.parameters.insert(name, definition),
            ("define-CCF-group" | "define-substitution" | "define-extern-library" | "define-extern-function", _) => {
                let message = format!("`{tag}` is not read, and would change the numbers");
                self.wrong(Code::MalformedFaultTree, definition.span(), message, "state the events and gates that it stands for");
                return;
            }
            (other, _) if other.starts_with("define-") => {
                self.left_out.insert(other.to_owned(), ());
                return;
            }
            (other, _) => {
                let message = format!("`{other}` is no element of this place");
                self.wrong(Code::MalformedFaultTree, definition.span(), message, "take it out");
                return;
            }
        };
        if let (Some(first), Some(name)) = (known, name) {
            let diagnostic = Diagnostic::new(Code::MalformedFaultTree, definition.span(), format!("`{name}` is defined twice"));
            self.diagnostics.push(diagnostic.related(first.span(), "here too").help("keep one of the two"));
        }
    }

    fn wrong(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
        }
    }

    /// Returns the defined name that a misspelt one most probably means.
    fn nearest(&self, name: &str) -> Option<&'a str> {
        let mut names: Vec<&str> = self.gate_of.keys().chain(self.basic_events.keys()).chain(self.house_events.keys()).copied().collect();
        if names.len() > MAX_COMPARISONS {
            return None;
        }
        names.sort_unstable();
        nearest(name, names)
    }
}
