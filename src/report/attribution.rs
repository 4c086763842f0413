//! Why figures differ: the shares of the changes, as tables for people, as the `why` of the machine contract's comparisons.

use serde_json::{Value, json};

use super::figures::{difference_printer, label, part_of, printer, signed};
use super::sections::Section;
use super::table::Table;
use crate::attribution::{Attribution, Group, MAX_GROUPS, words};
use crate::comparison::Comparison;

/// The figures that are shared out where none is named, by the ends of their paths.
const USUAL: &[&str] = &["downtime_minutes_per_year", "p99_ms", "network_messages", "max_rate_per_s", "monthly"];

/// The most figures that are shared out at once.
pub const MAX_FIGURES: usize = 12;

/// The most elements that are named of a group.
const MAX_ELEMENTS: usize = 6;

/// Chooses the figures of a comparison that are shared out: those that end as is asked, else the usual ones; only those that differ.
///
/// # Errors
/// The nearest path, if a figure is asked for that the comparison does not have.
pub fn chosen(comparison: &Comparison, asked: &[String]) -> Result<Vec<String>, (String, Option<String>)> {
    let ends_as = |path: &str, end: &str| path == end || path.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
    let paths = || comparison.deltas.iter().map(|delta| delta.path.as_str());
    if let Some(unknown) = asked.iter().find(|asked| !paths().any(|path| ends_as(path, asked))) {
        let near = crate::diagnostic::nearest(unknown, paths()).map(str::to_owned);
        return Err((unknown.clone(), near));
    }
    let is_asked = |path: &str| {
        if asked.is_empty() {
            !path.contains(".completion.") && USUAL.iter().any(|end| ends_as(path, end))
        } else {
            asked.iter().any(|end| ends_as(path, end))
        }
    };
    let differing = comparison.deltas.iter().filter(|delta| delta.from.total_cmp(&delta.to).is_ne());
    Ok(differing.map(|delta| delta.path.clone()).filter(|path| is_asked(path)).take(MAX_FIGURES).collect())
}

/// Makes the table of an attribution: a row per group of changes, a column per figure would not fit; so a part per figure, the largest share first.
pub fn section(found: &Attribution, of: &str, against: &str) -> Section {
    let mut table = Table::new(format!("Why {of} differs from {against}"), &["figure", "change", ">adds", ">of the difference"]);
    for figure in &found.figures {
        let (print, difference) = (printer(&figure.path), difference_printer(&figure.path));
        let whole = figure.to - figure.from;
        table.row(vec![
            label(&figure.path),
            format!("{} to {}", print(figure.from), print(figure.to)),
            signed(whole, difference),
            String::new(),
        ]);
        match &figure.shares {
            Ok(shares) => {
                let mut order: Vec<usize> = (0..shares.len()).collect();
                order.sort_by(|a, b| shares[*b].abs().total_cmp(&shares[*a].abs()).then(a.cmp(b)));
                for at in order {
                    // Below a thousandth it is rounding, or nearly nothing.
                    if (shares[at] / whole).abs() >= 0.0005 {
                        table.row(vec![
                            String::new(),
                            words(&found.groups[at]),
                            signed(shares[at], difference),
                            part_of(shares[at], whole),
                        ]);
                    }
                }
            }
            Err(groups) => {
                let names: Vec<String> = groups.iter().map(|at| words(&found.groups[*at])).collect();
                let with =
                    if names.is_empty() { "without any change".to_owned() } else { format!("with only {} changed", names.join(", ")) };
                table.row(vec![
                    String::new(),
                    format!("cannot be shared out: {with} there is no such figure"),
                    String::new(),
                    String::new(),
                ]);
            }
        }
    }
    if table.rows.is_empty() {
        table.note("None of these figures differs.");
    } else {
        table.note("Shapley values: what a change adds, averaged over all orders in which the changes could have been made; exact, at likely values. They add up to the difference. What an element needs comes with it: a journey brings its new components.");
    }
    if found.groups.iter().any(Group::is_heap) {
        table.note(format!(
            "There are {} groups of changes, an element with its links each, and at most {MAX_GROUPS} can be told apart: those that move the figures least stand together with their neighbours.",
            found.changed
        ));
    }
    if let Some(group) = found.groups.iter().find(|group| group.is_rest()) {
        let named: Vec<String> = group.elements.iter().take(MAX_ELEMENTS).map(|path| format!("`{path}`")).collect();
        let more = if group.elements.len() > MAX_ELEMENTS { ", …" } else { "" };
        table.note(format!("The {}, which move the figures by themselves least or not at all: {}{more}.", group.name, named.join(", ")));
    }
    Section::new("why", table)
}

/// Returns an attribution in the machine contract's form.
pub fn value(found: &Attribution) -> Value {
    let name = |at: usize| found.groups[at].name.as_str();
    json!({
        "groups": found.groups.iter().map(|group| json!({ "id": group.name, "elements": group.elements })).collect::<Vec<_>>(),
        "changed_groups": found.changed,
        "figures": found.figures.iter().map(|figure| json!({
            "path": figure.path,
            "from": figure.from,
            "to": figure.to,
            "shares": figure.shares.as_ref().ok().map(|shares| {
                shares.iter().enumerate().map(|(at, share)| json!({ "group": name(at), "share": share })).collect::<Vec<_>>()
            }),
            "undefined_with": figure.shares.as_ref().err().map(|groups| groups.iter().map(|at| name(*at)).collect::<Vec<_>>()),
        })).collect::<Vec<_>>(),
    })
}
