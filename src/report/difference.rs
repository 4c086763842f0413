//! What a change of the model changed: as tables for people, as the machine contract's `changes`.

use serde_json::{Value, json};

use super::figures::{label, printer};
use super::machine;
use super::sections::{Section, differences, is_shown};
use super::table::Table;
use super::view::View;
use super::words::{design, shell};
use crate::assessment::{Gate, GateState};
use crate::comparison::Comparison;
use crate::difference::{Change, ChangeKind, Difference, GateChange};
use crate::model::Model;
use crate::model::assumptions::ASSUMPTION_SET;

/// The most changes that are shown of one alternative.
const MAX_CHANGES: usize = 60;

/// Makes the view of a difference; the names say what was compared with what.
pub fn view(after: &Model, found: &[Difference], [before_name, after_name]: [&str; 2]) -> View {
    let mut opening = Vec::new();
    for one in found {
        if let Some(table) = changes(one) {
            opening.push(Section::new("changes", table));
        }
    }
    opening.extend(found.iter().filter_map(gates).map(|table| Section::new("gates", table)));
    let comparisons: Vec<Comparison> = found.iter().filter_map(|one| named(one, after)).collect();
    // A column per alternative needs one value before the change for all, and every alternative has its own: a table each.
    opening.extend(comparisons.iter().map(|one| differences(std::slice::from_ref(one), "before")).filter(|one| !one.table.rows.is_empty()));
    opening.extend(found.iter().filter_map(one_sided).map(|table| Section::new("one-sided", table)));
    let asked = found.iter().filter_map(|one| Some((one, one.why.as_ref()?)));
    opening.extend(asked.map(|(one, why)| super::attribution::section(why, &design(&one.id), "before")));
    View {
        title: after.base.system_name.clone(),
        headline: headline(found, before_name, after_name),
        screen: None,
        lead: Vec::new(),
        verdict: super::verdict::VerdictView::default(),
        opening,
        charts: Vec::new(),
        alternatives: Vec::new(),
        reproduce: vec![format!("`weighbridge diff {} {}` makes this comparison.", shell(before_name), shell(after_name))],
        tool: machine::tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

/// The base is called by the word that people use for it.
fn named(one: &Difference, after: &Model) -> Option<Comparison> {
    let mut figures = one.figures.clone()?;
    figures.id = if one.id == after.base.id { "today".into() } else { one.id.clone() };
    Some(figures)
}

/// What changed, in one sentence.
fn headline(found: &[Difference], before: &str, after: &str) -> String {
    let changes: usize = found.iter().map(|one| one.changes.len()).sum();
    let came = found.iter().filter(|one| one.kind == Some(ChangeKind::Added)).count();
    let gone = found.iter().filter(|one| one.kind == Some(ChangeKind::Removed)).count();
    let counted = |count: usize, one: &str, many: &str| (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }));
    let figures = found.iter().filter_map(|one| one.figures.as_ref()).flat_map(|one| &one.deltas);
    let moved = figures.filter(|delta| delta.from.total_cmp(&delta.to).is_ne()).count();
    let states = |wanted: fn(Option<GateState>) -> bool| {
        let gates = found.iter().flat_map(|one| &one.gates);
        gates.filter(|gate| wanted(gate.to.as_ref().map(|gate| gate.state))).count()
    };
    let missed = states(|state| state == Some(GateState::Fail));
    let met = states(|state| state == Some(GateState::Pass));
    let not_judged = states(|state| state == Some(GateState::NotEvaluated));
    let parts: Vec<String> = [
        counted(missed, "objective is missed now", "objectives are missed now"),
        counted(not_judged, "objective is not evaluated any more", "objectives are not evaluated any more"),
        counted(met, "objective is met now", "objectives are met now"),
        counted(changes, "fact or element differs", "facts or elements differ"),
        counted(came, "alternative is new", "alternatives are new"),
        counted(gone, "alternative is gone", "alternatives are gone"),
        counted(moved, "figure moves", "figures move"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        return format!("From {before} to {after}: the models say the same.");
    }
    format!("From {before} to {after}: {}.", parts.join(", "))
}

/// The objectives that are judged otherwise, each with its figure.
fn gates(one: &Difference) -> Option<Table> {
    let mut table =
        Table::new(format!("Objectives that are judged otherwise, {}", design(&one.id)), &["objective", "journey", "limit", "was", "is"]);
    let judged = |gate: &Option<Gate>| {
        gate.as_ref().map_or_else(String::new, |gate| match &gate.value {
            Some(value) => format!("{}: {value}", gate.state.word()),
            None => gate.state.word().to_owned(),
        })
    };
    for change in &one.gates {
        let limit = change.to.as_ref().or(change.from.as_ref()).map_or_else(String::new, |gate| gate.limit.clone());
        let journey = change.journey.as_ref().map(|id| format!("`{id}`")).unwrap_or_default();
        table.row(vec![change.id.to_owned(), journey, limit, judged(&change.from), judged(&change.to)]);
    }
    table.drop_empty_columns();
    (!table.rows.is_empty()).then_some(table)
}

/// The figures that people are shown elsewhere, and that only one side has.
fn one_sided(one: &Difference) -> Option<Table> {
    let mut table = Table::new(format!("Figures that only one side has, {}", design(&one.id)), &["", ">before", ">now"]);
    for figure in one.one_sided.iter().filter(|figure| is_shown(&figure.path)) {
        let value = printer(&figure.path)(figure.value);
        let none = "not computed".to_owned();
        let [before, now] = if figure.kind == ChangeKind::Removed { [value, none] } else { [none, value] };
        table.row(vec![label(&figure.path), before, now]);
    }
    table.limit(MAX_CHANGES, "figures");
    if table.rows.is_empty() {
        return None;
    }
    table.note(
        "A figure is not computed where a fact is missing, and a time not where a pool cannot keep up: the report of that side says which.",
    );
    Some(table)
}

fn changes(one: &Difference) -> Option<Table> {
    let mut table =
        Table::new(format!("What the model says otherwise, {}", design(&one.id)), &["element", "key", "change", "from", "to", "place"]);
    match one.kind {
        Some(kind) => table.note(format!("The alternative is {}.", if kind == ChangeKind::Added { "new" } else { "gone" })),
        None if one.changes.is_empty() => return None,
        None => {}
    }
    for change in &one.changes {
        table.row(vec![
            format!("`{}`", change.element),
            change.key.clone().unwrap_or_default(),
            change.kind.word().to_owned(),
            change.from.as_deref().map(short).unwrap_or_default(),
            change.to.as_deref().map(short).unwrap_or_default(),
            place(&change.place).to_owned(),
        ]);
    }
    table.drop_empty_columns();
    table.limit(MAX_CHANGES, "changes");
    Some(table)
}

/// Shortens a place to the file's name and the line: the directories are in the title, and JSON has them all.
fn place(place: &str) -> &str {
    let line = place.rsplit_once(':').map_or(place, |(line, _)| line);
    // `alternatives/x.toml` needs its folder, `system.toml` none.
    let cut = line.rfind("/alternatives/").or_else(|| line.rfind("/parts/")).or_else(|| line.rfind('/'));
    cut.map_or(line, |at| &line[at + 1..])
}

/// The most characters of a value in a table; the steps of a journey may have thousands.
const MAX_VALUE: usize = 60;

fn short(text: &str) -> String {
    if text.chars().count() <= MAX_VALUE {
        return text.to_owned();
    }
    text.chars().take(MAX_VALUE).chain(['…']).collect()
}

/// Returns the results of the model as it is now, with what changed beside them.
pub fn value(after: &Model, found: &[Difference], before_name: &str) -> Value {
    let mut value = machine::value(after, None, None, None);
    let comparison: Vec<Value> = found
        .iter()
        .filter_map(|one| Some((one, one.figures.as_ref()?)))
        .map(|(difference, figures)| {
            let mut one = machine::comparison(figures);
            one["against"] = before_name.into();
            if let Some(why) = &difference.why {
                one["why"] = super::attribution::value(why);
            }
            one
        })
        .collect();
    value["comparison"] = comparison.into();
    value["changes"] = found
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "alternative": one.kind.map(ChangeKind::word),
                "changes": one.changes.iter().map(change).collect::<Vec<_>>(),
                "gates": one.gates.iter().map(gate).collect::<Vec<_>>(),
                "one_sided": one.one_sided.iter().map(|one| json!({ "path": one.path, "change": one.kind.word(), "value": one.value })).collect::<Vec<_>>(),
            })
        })
        .collect();
    value
}

fn gate(one: &GateChange) -> Value {
    let state = |gate: &Option<Gate>| gate.as_ref().map(|gate| gate.state.word());
    let value = |gate: &Option<Gate>| gate.as_ref().and_then(|gate| gate.value.clone());
    json!({
        "id": one.id, "journey": one.journey, "from": state(&one.from), "to": state(&one.to),
        "from_value": value(&one.from), "to_value": value(&one.to),
    })
}

fn change(one: &Change) -> Value {
    json!({ "element": one.element, "key": one.key, "change": one.kind.word(), "from": one.from, "to": one.to, "place": one.place })
}
