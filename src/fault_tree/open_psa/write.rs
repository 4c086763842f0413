//! A formula as an Open-PSA file, for other tools to check.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::fault_tree::graph::{Formula, Graph, Kind};

/// A basic event as a file states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// Its id, in any letters.
    pub id: String,
    /// Its probability.
    pub probability: f64,
}

/// Writes a formula as a fault tree whose top gate is `top`; ids become labels, and names that the format allows.
///
/// Negations are pushed down to the events, so the tree of a formula without any shows none.
pub fn write(graph: &Graph, formula: Formula, events: &[Stated], title: &str) -> String {
    let names = names(events);
    let mut out = String::from("<?xml version=\"1.0\"?>\n<opsa-mef>\n");
    let _ = writeln!(out, "<define-fault-tree name=\"journey\">\n<label>{}</label>", escaped(title));
    let _ = writeln!(out, "<define-gate name=\"top\">{}</define-gate>", reference(graph, formula, &names));
    let mut used = BTreeSet::new();
    let mut seen = BTreeSet::from([formula]);
    let mut open = vec![formula];
    while let Some(formula) = open.pop() {
        let arguments: Vec<Formula> = graph.arguments(formula.node()).iter().map(|one| one.flip(formula.is_negated())).collect();
        let list: String = arguments.iter().map(|one| reference(graph, *one, &names)).collect();
        let (tag, count) = match graph.kind(formula.node()) {
            Kind::True => continue,
            Kind::Event(event) => {
                used.insert(event);
                continue;
            }
            Kind::And if formula.is_negated() => ("or", None),
            Kind::And => ("and", None),
            Kind::AtLeast(least) if formula.is_negated() => ("atleast", Some(arguments.len() - least as usize + 1)),
            Kind::AtLeast(least) => ("atleast", Some(least as usize)),
            // Of two, an odd number stays odd if both are negated; the negation is that of one of them.
            Kind::Xor => ("xor", None),
        };
        let least = count.map(|count| format!(" min=\"{count}\"")).unwrap_or_default();
        let body = match (graph.kind(formula.node()), formula.is_negated()) {
            (Kind::Xor, true) => format!("<not><xor>{list}</xor></not>"),
            _ => format!("<{tag}{least}>{list}</{tag}>"),
        };
        let _ = writeln!(out, "<define-gate name=\"{}\">{body}</define-gate>", gate(formula));
        open.extend(arguments.into_iter().filter(|one| seen.insert(*one)));
    }
    out.push_str("</define-fault-tree>\n<model-data>\n");
    for event in used {
        let Stated { id, probability } = &events[event as usize];
        let name = &names[event as usize];
        let _ = writeln!(
            out,
            "<define-basic-event name=\"{name}\"><label>{}</label><float value=\"{probability:e}\"/></define-basic-event>",
            escaped(id)
        );
    }
    out.push_str("</model-data>\n</opsa-mef>\n");
    out
}

fn gate(formula: Formula) -> String {
    format!("{}{}", if formula.is_negated() { "f" } else { "g" }, formula.node())
}

fn reference(graph: &Graph, formula: Formula, names: &[String]) -> String {
    match (graph.kind(formula.node()), formula.is_negated()) {
        (Kind::True, is_negated) => format!("<constant value=\"{}\"/>", !is_negated),
        (Kind::Event(event), false) => format!("<basic-event name=\"{}\"/>", names[event as usize]),
        (Kind::Event(event), true) => format!("<not><basic-event name=\"{}\"/></not>", names[event as usize]),
        (Kind::And | Kind::AtLeast(_) | Kind::Xor, _) => format!("<gate name=\"{}\"/>", gate(formula)),
    }
}

/// Returns a name for each event: letters, digits and single underscores between them, each name once.
fn names(events: &[Stated]) -> Vec<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(events.len());
    for event in events {
        let plain: String = event.id.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
        let plain = format!("e_{plain}");
        let count = taken.entry(plain.clone()).or_insert(0);
        *count += 1;
        names.push(if *count == 1 { plain } else { format!("{plain}__{count}") });
    }
    names
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
