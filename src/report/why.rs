//! Why a figure is what it is: its formula, what it rests on and where that stands, what moves it most.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::figures::{formula, label, printer};
use super::machine;
use super::sections::Section;
use super::table::Table;
use super::text::harmless;
use super::view::View;
use super::words::{design, number, percentage};
use crate::analysis::latency::{State, Term};
use crate::assessment::{Assessment, Ranges};
use crate::model::System;
use crate::model::assumptions::ASSUMPTION_SET;
use crate::quantity::{self, Duration};
use crate::sensitivity::{Input, Origin, Sensitivity};
use crate::source::Sources;

/// How many inputs are called movers.
const MOVERS: usize = 3;

/// The times of a journey's answer, as their paths end.
const TIMES: [&str; 5] = ["mean_ms", "p50_ms", "p95_ms", "p99_ms", "p999_ms"];

/// The most inputs of a table.
const MAX_INPUTS: usize = 60;

/// Explains a figure; `again` is the command that does it again.
pub fn view(system: &System, sources: &Sources, ranges: &Ranges, found: &Sensitivity, again: String) -> View {
    let print = printer(&found.path);
    let of = design(&system.id);
    let range = ranges.get(&found.path).map(|(low, high)| format!(", within {} to {} over its ranged facts", print(*low), print(*high)));
    let (formula, page) = formula(&found.path);
    let stated: Vec<&Input> = found.inputs.iter().filter(|input| matches!(input.origin, Origin::Stated { .. })).collect();
    let assumed: Vec<&Input> = found.inputs.iter().filter(|input| matches!(input.origin, Origin::Assumed(_))).collect();
    let headline = format!("`{}`, {of}: {}{}.", found.path, print(found.value), range.unwrap_or_default());
    let lead = vec![
        format!("Formula: {formula}. More: docs/{page}.md."),
        format!(
            "It rests on {} and {}.",
            counted(stated.len(), "stated fact", "stated facts"),
            counted(assumed.len(), "assumed constant", "assumed constants")
        ),
    ];
    let terms = terms(system, found);
    let mut movers = Table::new("What moves it most", &["input", "moved", ">down", ">up"]);
    for input in found.inputs.iter().take(MOVERS) {
        let [down, up] = ends(input, print);
        movers.row(vec![format!("`{}`", input.path), input.moved.words().to_owned(), down, up]);
    }
    let mut facts = Table::new("Stated", &["fact", "value", "where", ">down", ">up"]);
    for input in &stated {
        let [down, up] = ends(input, print);
        let (text, place, source) = told(input, sources);
        facts.row(vec![format!("`{}`", input.path), with_source(text, source), place, down, up]);
    }
    facts.limit(MAX_INPUTS, "facts");
    let mut constants = Table::new("Assumed", &["constant", "value", "source", ">down", ">up"]);
    for input in &assumed {
        let [down, up] = ends(input, print);
        if let Origin::Assumed(constant) = input.origin {
            constants.row(vec![format!("`{}`", constant.name), constant.value.to_owned(), constant.source.to_owned(), down, up]);
        }
    }
    constants.limit(MAX_INPUTS, "constants");
    if let Some(last) = [&mut movers, &mut facts, &mut constants].into_iter().rev().find(|table| !table.rows.is_empty()) {
        last.note("Each input is moved alone: to the ends of its range, by one, or by 10 % (of an availability, the chance to be down). State a constant as `[assumptions]`, or the fact that it stands in for.");
        if !found.is_complete {
            last.note(format!("The search ended after {} systems; there may be more inputs.", crate::sensitivity::MAX_EVALUATIONS));
        }
    }
    let opening = [("terms", terms), ("movers", movers), ("stated", facts), ("assumed", constants)]
        .into_iter()
        .filter(|(_, table)| !table.rows.is_empty());
    View {
        title: format!("Why {}", label(&found.path)),
        headline,
        screen: None,
        lead,
        verdict: super::verdict::VerdictView::default(),
        opening: opening.map(|(id, table)| Section::new(id, table)).collect(),
        charts: Vec::new(),
        alternatives: Vec::new(),
        reproduce: vec![again],
        tool: machine::tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

/// What a time is put together from.
fn terms(system: &System, found: &Sensitivity) -> Table {
    let mut table = Table::new("What it consists of", &["call", ">calls", ">way", ">wait", ">work", ">share of p99"]);
    let takes_time = |term: &&Term| term.way.seconds() + term.work.seconds() > 0.0 || term.wait.is_none_or(|wait| wait.seconds() > 0.0);
    let is_p99 = found.path.ends_with(".p99_ms");
    for (term, count) in alike(found.terms.iter().filter(takes_time)) {
        table.row(vec![
            format!("`{}`", system.link(term.link).id),
            number(term.calls * count),
            quantity::duration(term.way),
            term.wait.map_or_else(|| "overloaded".to_owned(), quantity::duration),
            quantity::duration(term.work),
            term.share.filter(|_| is_p99).map_or_else(String::new, |share| percentage(share * count)),
        ]);
    }
    if !table.rows.is_empty() {
        table.note("Means of one call: under way (round trip, bytes, sidecars, waits for copies), waiting for a worker, at work. Calls in a row add up to the mean; of calls at the same time the slowest counts.");
    }
    table.drop_empty_columns();
    table.limit(MAX_INPUTS, "calls");
    table
}

/// Says why a figure that is asked for has no value: the time of a journey, or a cost.
pub fn without_value(system: &System, assessment: &Assessment, asked: &str) -> Option<String> {
    if asked.starts_with("cost.") && assessment.cost.is_none() {
        return Some(
            "it needs cost.provider and cost.region, or the provider and code of a location: nothing says whose prices apply".to_owned(),
        );
    }
    // The end of a path is enough.
    let (journey, figure) = asked.strip_prefix("journeys.").unwrap_or(asked).split_once(".latency.")?;
    if !TIMES.contains(&figure) {
        return None;
    }
    let at = system.journeys.iter().position(|one| one.id == journey)?;
    let found = &assessment.latency.journeys[at];
    if let State::Overloaded { component, utilization } = found.state {
        let busy = percentage(utilization);
        return Some(format!("`{}` is {busy} busy at the mean rates, so its queue grows without end", system.component(component).id));
    }
    let needs = assessment.latency.lacking(&[&format!("journeys.{journey}.latency"), "journeys.*.latency"]);
    let first = needs.first().filter(|_| found.mean_load.is_none())?;
    let more = if needs.len() > 1 { format!(" and {} more", needs.len() - 1) } else { String::new() };
    Some(format!("it needs {first}{more}"))
}

/// Puts calls together that nothing tells apart, such as the members of a wide step. Each with how many there are, in the order of the first ones.
fn alike<'t>(terms: impl Iterator<Item = &'t Term>) -> Vec<(Term, f64)> {
    let mut found: Vec<(Term, f64)> = Vec::new();
    let mut places: BTreeMap<[u64; 6], usize> = BTreeMap::new();
    for term in terms {
        // Of the share only so many digits as are shown: it is the same for all members, but for the last bits.
        let share = term.share.map_or(u64::MAX, |share| quantity::significant(share, 3).parse::<f64>().unwrap_or(share).to_bits());
        let [way, work] = [term.way, term.work].map(|time| time.seconds().to_bits());
        let wait = term.wait.map_or(u64::MAX, |wait| wait.seconds().to_bits());
        let place = *places.entry([term.link.index() as u64, term.calls.to_bits(), way, wait, work, share]).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, count)) => *count += 1.0,
            None => found.push((*term, 1.0)),
        }
    }
    found
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", if count == 0 { "no".to_owned() } else { count.to_string() }, if count == 1 { one } else { many })
}

fn ends(input: &Input, print: fn(f64) -> String) -> [String; 2] {
    input.figures.map(|figure| figure.map_or_else(|| "none".to_owned(), print))
}

/// Returns the text of a stated input, its place, and its source.
fn told(input: &Input, sources: &Sources) -> (String, String, Option<String>) {
    match &input.origin {
        Origin::Stated { value, source, is_default } => {
            let position = sources.start(*value);
            let place = format!("{}:{}", sources.file(value.file).path, position.line);
            let text = sources.text(*value).split_whitespace().collect::<Vec<_>>().join(" ");
            (text, if *is_default { format!("{place} (default)") } else { place }, source.clone())
        }
        Origin::Assumed(constant) => (constant.value.to_owned(), String::new(), Some(constant.source.to_owned())),
    }
}

fn with_source(text: String, source: Option<String>) -> String {
    match source {
        Some(source) if !source.is_empty() => format!("{text} ({source})"),
        _ => text,
    }
}

fn term_value(system: &System, term: &Term) -> Value {
    let ms = |time: Duration| time.seconds() * 1e3;
    json!({
        "link": system.link(term.link).id,
        "calls": term.calls,
        "way_ms": ms(term.way),
        "wait_ms": term.wait.map(ms),
        "work_ms": ms(term.work),
        "share_of_p99": term.share,
    })
}

/// Returns the explanation in the machine contract's form.
pub fn value(system: &System, sources: &Sources, ranges: &Ranges, found: &Sensitivity) -> Value {
    let (formula, page) = formula(&found.path);
    let inputs: Vec<Value> = found
        .inputs
        .iter()
        .map(|input| {
            let (text, place, source) = told(input, sources);
            let line = match &input.origin {
                Origin::Stated { value, .. } => Value::from(sources.start(*value).line),
                Origin::Assumed(_) => Value::Null,
            };
            let file = match &input.origin {
                Origin::Stated { value, .. } => Value::from(harmless(&sources.file(value.file).path)),
                Origin::Assumed(_) => Value::Null,
            };
            json!({
                "key": input.path,
                "origin": if place.is_empty() { "assumed" } else { "stated" },
                "value": text,
                "file": file,
                "line": line,
                "source": source,
                "moved": input.moved.words(),
                "figure_down": input.figures[0],
                "figure_up": input.figures[1],
            })
        })
        .collect();
    json!({
        "schema": machine::SCHEMA,
        "tool": machine::tool(),
        "system": system.system_name,
        "alternative": system.id,
        "path": found.path,
        "value": found.value,
        "range": ranges.get(&found.path).map(|(low, high)| json!([low, high])),
        "formula": formula,
        "page": format!("docs/{page}.md"),
        "terms": found.terms.iter().map(|term| term_value(system, term)).collect::<Vec<Value>>(),
        "inputs": inputs,
        "complete": found.is_complete,
    })
}

#[cfg(test)]
mod tests {
    use super::terms;
    use crate::model::testing::system;
    use crate::sensitivity::sensitivity;

    /// Twenty equal members of a step are one line of twenty calls, with the share of all of them; a mean shows no share of the p99.
    #[test]
    fn equal_members_are_one_line() {
        let member = "\"app -> db\", ".repeat(20);
        let system = system(&format!(
            "[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", concurrency = 8, service-time = \"1ms\" }}\n\
             db = {{ kind = \"database\", concurrency = 64, service-time = \"5ms\" }}\n[links]\n\"user -> app\" = {{}}\n\"app -> db\" = {{ effect = \"read\" }}\n\
             [journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> app\", {{ parallel = [{member}] }}]\n"
        ));
        let rows = |path: &str| {
            let found = sensitivity(&system, path).expect("a figure");
            let each: f64 = found.terms.iter().skip(1).filter_map(|term| term.share).sum();
            (terms(&system, &found), each)
        };
        let (table, share) = rows("journeys.j.latency.p99_ms");
        assert_eq!(table.rows.len(), 2, "{:?}", table.rows);
        assert_eq!(table.rows[1][..2], ["`app -> db`", "20"]);
        let shown: f64 = table.rows[1].last().and_then(|cell| cell.trim_end_matches(" %").parse().ok()).expect("a share");
        assert!((shown / 100.0 / share - 1.0).abs() < 0.02, "{shown} of {share}");
        let (table, _) = rows("journeys.j.latency.mean_ms");
        assert!(table.columns.iter().all(|column| !column.head.contains("share")), "{:?}", table.columns);
    }
}
