//! From gates that refer to each other to formulas. Nothing recurses, however deep gates are nested.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::expression::Expressions;
use super::{BasicEvent, Definitions, NamedEvent, Top, opening};
use crate::diagnostic::{Code, Diagnostic};
use crate::fault_tree::graph::{Formula, Graph, number};
use crate::source::{FileId, Span};

/// Builds the formulas of all gates.
#[derive(Debug)]
pub(super) struct Builder<'d, 'a> {
    definitions: &'d Definitions<'a>,
    expressions: Expressions<'d, 'a>,
    graph: Graph,
    events: Vec<NamedEvent>,
    event_of: BTreeMap<&'a str, Formula>,
    /// What each gate says, as far as it is known.
    gates: Vec<Progress>,
    /// Whether a gate stands in another one.
    is_used: Vec<bool>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    New,
    Open,
    Done(Formula),
}

/// What is to be done next.
enum Task<'a> {
    /// Read an element of a formula.
    Read(FileId, Node<'a, 'a>),
    /// Combine the last results as an element says.
    Combine(FileId, Node<'a, 'a>, usize),
    /// The last result is what the gate says.
    Finish(usize),
}

type Built = (Graph, Vec<Top>, Vec<NamedEvent>);

impl<'d, 'a> Builder<'d, 'a> {
    pub(super) fn new(definitions: &'d Definitions<'a>) -> Self {
        Self {
            definitions,
            expressions: Expressions::new(definitions),
            graph: Graph::new(),
            events: Vec::new(),
            event_of: BTreeMap::new(),
            gates: vec![Progress::New; definitions.gates.len()],
            is_used: vec![false; definitions.gates.len()],
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn build(mut self, gate: Option<&str>, first: Option<FileId>) -> Result<Built, Vec<Diagnostic>> {
        let start = first.map(|file| Span::new(file, 0..0));
        self.mark_used();
        let mut tops: Vec<usize> = (0..self.gates.len()).filter(|at| !self.is_used[*at]).collect();
        if let Some(name) = gate {
            match self.definitions.gate_of.get(name) {
                Some(at) => tops = vec![*at],
                None => self.refuse(
                    start,
                    format!("no gate is called `{name}`"),
                    self.definitions.nearest(name).map(|near| format!("did you mean `{near}`?")),
                ),
            }
        }
        // The top gates first: events are numbered in the order in which they meet them.
        for at in tops.iter().copied().chain(0..self.gates.len()) {
            self.gate(at);
        }
        if tops.is_empty() && self.diagnostics.is_empty() {
            self.refuse(start, "the files define no gate".to_owned(), Some("add `<define-fault-tree>` with a `<define-gate>`".to_owned()));
        }
        if !self.diagnostics.is_empty() {
            return Err(self.diagnostics);
        }
        let named = |at: usize| match self.gates[at] {
            Progress::Done(formula) => Some(Top { name: self.definitions.gates[at].0.to_owned(), formula }),
            Progress::New | Progress::Open => None,
        };
        let tops = tops.into_iter().filter_map(named).collect();
        Ok((self.graph, tops, self.events))
    }

    fn refuse(&mut self, span: Option<Span>, message: String, help: Option<String>) {
        self.diagnostics.extend(span.map(|span| Diagnostic::new(Code::UndefinedEvent, span, message).maybe_help(help)));
    }

    /// Marks the gates to which another one refers.
    fn mark_used(&mut self) {
        for (_, definition) in &self.definitions.gates {
            for node in definition.node.descendants().filter(|node| matches!(node.tag_name().name(), "gate" | "event")) {
                if let Some(at) = node.attribute("name").and_then(|name| self.definitions.gate_of.get(name)) {
                    self.is_used[*at] = true;
                }
            }
        }
    }

    /// Builds a gate and all that it refers to.
    fn gate(&mut self, at: usize) {
        let mut values: Vec<Formula> = Vec::new();
        let mut tasks: Vec<Task<'a>> = Vec::new();
        self.enter(at, &mut tasks);
        while let Some(task) = tasks.pop() {
            match task {
                Task::Read(file, node) => match self.read(file, node, &mut tasks) {
                    Ok(Some(formula)) => values.push(formula),
                    Ok(None) => {}
                    Err(diagnostic) => {
                        if self.diagnostics.len() < super::MAX_DIAGNOSTICS {
                            self.diagnostics.push(*diagnostic);
                        }
                        values.push(Formula::FALSE);
                    }
                },
                Task::Combine(file, node, count) => {
                    let arguments = values.split_off(values.len().saturating_sub(count));
                    match combine(&mut self.graph, file, node, &arguments) {
                        Ok(formula) => values.push(formula),
                        Err(diagnostic) => {
                            if self.diagnostics.len() < super::MAX_DIAGNOSTICS {
                                self.diagnostics.push(*diagnostic);
                            }
                            values.push(Formula::FALSE);
                        }
                    }
                }
                Task::Finish(gate) => self.gates[gate] = Progress::Done(values.last().copied().unwrap_or(Formula::FALSE)),
            }
        }
    }

    fn enter(&mut self, at: usize, tasks: &mut Vec<Task<'a>>) {
        if self.gates[at] != Progress::New {
            return;
        }
        self.gates[at] = Progress::Open;
        let (name, definition) = &self.definitions.gates[at];
        let mut elements = elements(definition.node);
        tasks.push(Task::Finish(at));
        match (elements.next(), elements.next()) {
            (Some(formula), None) => tasks.push(Task::Read(definition.file, formula)),
            (None, _) => self.diagnostics.push(
                Diagnostic::new(Code::MalformedFaultTree, definition.span(), format!("the gate `{name}` has no formula"))
                    .help("put a formula into it: `<or>…</or>`"),
            ),
            (Some(_), Some(second)) => self.diagnostics.push(
                Diagnostic::new(Code::MalformedFaultTree, opening(definition.file, second), format!("the gate `{name}` has two formulas"))
                    .help("put both into one: `<or>…</or>`"),
            ),
        }
    }

    /// Reads an element; a formula comes back if it is known at once.
    fn read(&mut self, file: FileId, node: Node<'a, 'a>, tasks: &mut Vec<Task<'a>>) -> Result<Option<Formula>, Box<Diagnostic>> {
        let tag = node.tag_name().name();
        let name = node.attribute("name").unwrap_or_default();
        let definitions = self.definitions;
        match tag {
            "and" | "or" | "not" | "xor" | "nand" | "nor" | "atleast" | "cardinality" | "iff" | "imply" => {
                let arguments: Vec<Node<'a, 'a>> = elements(node).collect();
                tasks.push(Task::Combine(file, node, arguments.len()));
                tasks.extend(arguments.into_iter().rev().map(|argument| Task::Read(file, argument)));
                Ok(None)
            }
            "constant" => match node.attribute("value") {
                Some("true") => Ok(Some(Formula::TRUE)),
                Some("false") => Ok(Some(Formula::FALSE)),
                other => Err(Box::new(Diagnostic::new(
                    Code::MalformedFaultTree,
                    opening(file, node),
                    format!("a constant is `true` or `false`, not `{}`", other.unwrap_or_default()),
                ))),
            },
            "gate" | "event" if definitions.gate_of.contains_key(name) => {
                let at = definitions.gate_of[name];
                match self.gates[at] {
                    Progress::Done(formula) => Ok(Some(formula)),
                    Progress::Open => Err(Box::new(
                        Diagnostic::new(Code::CyclicGates, opening(file, node), format!("the gate `{name}` stands in itself"))
                            .related(definitions.gates[at].1.span(), "defined here")
                            .help("break the circle: a gate is made of what does not depend on it"),
                    )),
                    Progress::New => {
                        self.enter(at, tasks);
                        Ok(None)
                    }
                }
            }
            "basic-event" | "event" if definitions.basic_events.contains_key(name) => self.basic_event(node).map(Some),
            "house-event" | "event" if definitions.house_events.contains_key(name) => {
                let value = elements(definitions.house_events[name].node).next().and_then(|constant| constant.attribute("value"));
                Ok(Some(if value == Some("true") { Formula::TRUE } else { Formula::FALSE }))
            }
            "gate" | "event" | "basic-event" | "house-event" => {
                let what = if tag == "event" { "event or gate" } else { tag };
                Err(Box::new(
                    Diagnostic::new(Code::UndefinedEvent, opening(file, node), format!("no {what} is called `{name}`"))
                        .label("not defined in the given files")
                        .maybe_help(definitions.nearest(name).filter(|near| *near != name).map(|near| format!("did you mean `{near}`?"))),
                ))
            }
            other => Err(Box::new(
                Diagnostic::new(Code::MalformedFaultTree, opening(file, node), format!("`{other}` is no formula that is read")).help(
                    "use `and`, `or`, `not`, `xor`, `nand`, `nor`, `atleast`, `cardinality`, `iff`, `imply`, or name a gate or an event",
                ),
            )),
        }
    }

    fn basic_event(&mut self, node: Node<'a, 'a>) -> Result<Formula, Box<Diagnostic>> {
        let name = node.attribute("name").unwrap_or_default();
        if let Some(known) = self.event_of.get(name) {
            return Ok(*known);
        }
        let definition = self.definitions.basic_events[name];
        let formula = self.graph.event(number(self.events.len()));
        self.event_of.insert(name, formula);
        self.events.push(NamedEvent { name: name.to_owned(), event: BasicEvent { probability: 0.0, rate_per_hour: None } });
        let value = self.expressions.of_definition(definition.file, definition.node, 0)?;
        let wrong = |message: String| Diagnostic::new(Code::MalformedFaultTree, definition.span(), message);
        match value {
            None => Err(Box::new(wrong(format!("the basic event `{name}` has no probability")).help("add `<float value=\"0.01\"/>`"))),
            Some(value) if !(0.0..=1.0).contains(&value) => Err(Box::new(
                wrong(format!("the probability of `{name}` is {value}")).label("not from 0 to 1").help("give a number from 0 to 1"),
            )),
            Some(probability) => {
                if let Some(last) = self.events.last_mut() {
                    last.event.probability = probability;
                }
                Ok(formula)
            }
        }
    }
}

/// Returns the elements of a formula or definition, without its words.
fn elements<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(|child| child.is_element() && !matches!(child.tag_name().name(), "label" | "attributes"))
}

fn combine(graph: &mut Graph, file: FileId, node: Node<'_, '_>, arguments: &[Formula]) -> Result<Formula, Box<Diagnostic>> {
    let tag = node.tag_name().name();
    let wrong = |message: String| Diagnostic::new(Code::MalformedFaultTree, opening(file, node), message);
    let bound = |key: &str| -> Result<usize, Box<Diagnostic>> {
        let text = node.attribute(key).unwrap_or_default();
        text.trim()
            .parse()
            .map_err(|_| Box::new(wrong(format!("`{tag}` needs `{key}`, a whole number")).help(format!("write `{key} = \"2\"`"))))
    };
    Ok(match (tag, arguments) {
        (_, []) => return Err(Box::new(wrong(format!("`{tag}` has no arguments")))),
        ("and", all) => graph.and(all),
        ("or", all) => graph.or(all),
        ("nand", all) => !graph.and(all),
        ("nor", all) => !graph.or(all),
        ("not", [one]) => !*one,
        ("xor", [a, b]) => graph.xor(&[*a, *b]),
        ("iff", [a, b]) => !graph.xor(&[*a, *b]),
        ("imply", [a, b]) => graph.or(&[!*a, *b]),
        ("atleast", all) => {
            let least = bound("min")?;
            if least > all.len() {
                return Err(Box::new(wrong(format!("`atleast` asks for {least} of {} arguments", all.len()))));
            }
            graph.at_least(least, all)
        }
        ("cardinality", all) => {
            let (least, most) = (bound("min")?, bound("max")?);
            if least > most || most > all.len() {
                return Err(Box::new(wrong(format!("`cardinality` asks for {least} to {most} of {} arguments", all.len()))));
            }
            let (low, high) = (graph.at_least(least, all), graph.at_least(most + 1, all));
            graph.and(&[low, !high])
        }
        (tag, all) => return Err(Box::new(wrong(format!("`{tag}` does not take {} arguments", all.len())))),
    })
}
