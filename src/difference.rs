//! *What did a change of the model change?* Two models, such as two revisions of one directory: elements and facts by id, and every figure at common inputs.
//!
//! Ids are what makes two elements the same, so moving a table to another file or reordering keys is no change. Of a fact the stated value counts, not how it
//! is written: `1s` is `1000ms`, and `["eu-a"]` stated once as a default and once on the element is the same fact.

use std::collections::{BTreeMap, BTreeSet};

use crate::assessment::{Assessed, Figures, Gate};
use crate::attribution::Attribution;
use crate::comparison::{Comparison, SameInput, compare_by};
use crate::model::assumptions::Override;
use crate::model::{BASE_ID, Model, Part, Parts, System};
use crate::source::{Sources, Span};
use crate::syntax::value::{Entry, Facts, State, Value};

/// What happened to an element or to one of its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl ChangeKind {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One change of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The element, such as `components.app` or `links.app -> db`.
    pub element: String,
    /// The key, such as `deploy.often`; none where the whole element came or went.
    pub key: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// The value before, as it was written.
    pub from: Option<String>,
    /// The value now, as it is written.
    pub to: Option<String>,
    /// Where it stands now, `file:line:column`; where it stood, if it is gone.
    pub place: String,
}

/// What changed in one alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The alternative.
    pub id: String,
    /// Whether only one of the models has it.
    pub kind: Option<ChangeKind>,
    /// What its model says otherwise.
    pub changes: Vec<Change>,
    /// What its figures say otherwise; none where only one of the models has the alternative.
    pub figures: Option<Comparison>,
    /// The figures that only one of the models has, by path: an overload has no times, a fact that is gone takes figures along.
    pub one_sided: Vec<OneSided>,
    /// The objectives that are judged otherwise, in their order.
    pub gates: Vec<GateChange>,
    /// Which changes the figures' differences come from, where that was asked.
    pub why: Option<Attribution>,
}

/// A figure that only one of the models has.
#[derive(Debug, Clone, PartialEq)]
pub struct OneSided {
    /// Its path.
    pub path: String,
    /// Whether it is new or gone.
    pub kind: ChangeKind,
    /// Its value where it is computed.
    pub value: f64,
}

/// An objective that is judged otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct GateChange {
    /// The objective's key.
    pub id: &'static str,
    /// The journey that it holds for.
    pub journey: Option<String>,
    /// How it was judged; none where it is new.
    pub from: Option<Gate>,
    /// How it is judged; none where it is gone.
    pub to: Option<Gate>,
}

/// Lists the figures that only one side has.
fn one_sided(before: &Figures, after: &Figures) -> Vec<OneSided> {
    let only = |own: &Figures, other: &Figures, kind: ChangeKind| -> Vec<OneSided> {
        let missing = own.0.iter().filter(|(path, _)| !other.0.contains_key(*path));
        missing.map(|(path, (_, value))| OneSided { path: path.clone(), kind, value: *value }).collect()
    };
    let mut found = only(before, after, ChangeKind::Removed);
    found.extend(only(after, before, ChangeKind::Added));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Lists the objectives whose state differs.
fn gate_changes(before: &[Gate], after: &[Gate]) -> Vec<GateChange> {
    let by_objective = |gates: &[Gate]| -> BTreeMap<(&'static str, Option<String>), Gate> {
        gates.iter().map(|gate| ((gate.id, gate.journey.clone()), gate.clone())).collect()
    };
    let (before, after) = (by_objective(before), by_objective(after));
    let all: BTreeSet<&(&'static str, Option<String>)> = before.keys().chain(after.keys()).collect();
    let change = |objective: &(&'static str, Option<String>)| GateChange {
        id: objective.0,
        journey: objective.1.clone(),
        from: before.get(objective).cloned(),
        to: after.get(objective).cloned(),
    };
    let state = |gate: &Option<Gate>| gate.as_ref().map(|gate| gate.state);
    all.into_iter().map(change).filter(|one| state(&one.from) != state(&one.to)).collect()
}

/// Compares two sound models, alternative by alternative, the base first.
pub fn difference(before: &Model, after: &Model) -> Vec<Difference> {
    let by_id = |model: &'_ Model| -> BTreeSet<String> { model.systems().map(|system| system.id.clone()).collect() };
    let mut ids: Vec<String> = by_id(before).union(&by_id(after)).cloned().collect();
    ids.sort_by_key(|id| (id != BASE_ID, id.clone()));
    let find = |model, id: &str| Model::systems(model).find(|system| system.id == id);
    ids.into_iter()
        .map(|id| match (find(before, &id), find(after, &id)) {
            (Some(old), Some(new)) => {
                let (was, is) = (Assessed::of(old), Assessed::of(new));
                Difference {
                    changes: changes((old, &before.sources), (new, &after.sources)),
                    figures: Some(compare_by(SameInput::Path, &was, &is)),
                    one_sided: one_sided(&was.figures, &is.figures),
                    gates: gate_changes(&was.assessment.gates, &is.assessment.gates),
                    id,
                    kind: None,
                    why: None,
                }
            }
            (old, _) => {
                let kind = if old.is_some() { ChangeKind::Removed } else { ChangeKind::Added };
                Difference { id, kind: Some(kind), changes: Vec::new(), figures: None, one_sided: Vec::new(), gates: Vec::new(), why: None }
            }
        })
        .collect()
}

/// Returns what is said of a sound model that has nothing to be compared with: every alternative of it came, or went.
pub fn whole(model: &Model, kind: ChangeKind) -> Vec<Difference> {
    let one = |system: &System| Difference {
        id: system.id.clone(),
        kind: Some(kind),
        changes: Vec::new(),
        figures: None,
        one_sided: Vec::new(),
        gates: Vec::new(),
        why: None,
    };
    model.systems().map(one).collect()
}

/// A stated value: how it is compared, how it is written, where.
struct Stated {
    meaning: String,
    text: String,
    place: Span,
}

/// Lists the facts of a part by key, nested tables key by key.
fn facts_of(part: &Part, sources: &Sources) -> BTreeMap<String, Stated> {
    let mut found = BTreeMap::new();
    if let Part::Assumption(_, Override { value, span }) = part {
        let meaning = format!("{:?}", (value.low, value.likely, value.high));
        found.insert("value".to_owned(), Stated { meaning, text: on_one_line(sources.text(*span)), place: *span });
    }
    let mut open: Vec<(String, &Facts)> = part.facts().map(|facts| (String::new(), facts)).into_iter().collect();
    while let Some((prefix, facts)) = open.pop() {
        for (index, entry) in facts.entries() {
            let name = format!("{prefix}{}", facts.table.rows()[index as usize].name);
            match &entry.state {
                State::Stated(Value::Table(inner)) => open.push((format!("{name}."), inner)),
                _ => {
                    let text = sources.text(entry.value);
                    found.insert(name, Stated { meaning: meaning(entry, text), text: on_one_line(text), place: entry.value });
                }
            }
        }
    }
    found
}

/// Says what a value means where it can be written in several ways, else how it is written but for its layout.
fn meaning(entry: &Entry, text: &str) -> String {
    match &entry.state {
        State::Absent => "false".into(),
        State::Unknown => "unknown".into(),
        State::Stated(Value::Quantity(range)) => format!("{:?}", (range.low, range.likely, range.high)),
        State::Stated(Value::Money(range)) => format!("{:?}", (range.low, range.likely, range.high)),
        State::Stated(Value::MoneyRate(range)) => format!("{:?}", (range.low, range.likely, range.high)),
        // One word or a list of one word are the same.
        State::Stated(value @ (Value::Text(_) | Value::Texts(_))) => {
            format!("{:?}", value.words().iter().map(|word| word.text.as_str()).collect::<Vec<_>>())
        }
        State::Stated(_) => without_layout(text),
    }
}

/// Folds blanks and line breaks, which mean nothing between the parts of a value.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Drops what lays a value out: blanks, line breaks and comments outside of strings, and a comma behind the last part.
fn without_layout(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '#' => while letters.next().is_some_and(|letter| letter != '\n') {},
            '"' | '\'' => {
                out.push(letter);
                let mut is_escaped = false;
                for inner in letters.by_ref() {
                    out.push(inner);
                    if inner == letter && !is_escaped {
                        break;
                    }
                    is_escaped = letter == '"' && inner == '\\' && !is_escaped;
                }
            }
            ']' | '}' => {
                if out.ends_with(',') {
                    out.pop();
                }
                out.push(letter);
            }
            blank if blank.is_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

/// Lists what two systems say otherwise: elements, facts, assumptions, price books.
pub fn changes((old, old_sources): (&System, &Sources), (new, new_sources): (&System, &Sources)) -> Vec<Change> {
    let (before, after) = (Parts::of(old).parts, Parts::of(new).parts);
    let mut changes = Vec::new();
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let place = |part: &Part, sources: &Sources| part.place().map(|span| sources.place(span)).unwrap_or_default();
    for path in paths {
        let whole = |kind, place| Change { element: path.clone(), key: None, kind, from: None, to: None, place };
        match (before.get(path), after.get(path)) {
            (Some(part), None) => changes.push(whole(ChangeKind::Removed, place(part, old_sources))),
            (None, Some(part)) => changes.push(whole(ChangeKind::Added, place(part, new_sources))),
            (Some(Part::Prices(old)), Some(Part::Prices(new))) => {
                if old != new {
                    changes.push(whole(ChangeKind::Changed, String::new()));
                }
            }
            (Some(old), Some(new)) => {
                changes_of_element(
                    path,
                    &facts_of(old, old_sources),
                    &facts_of(new, new_sources),
                    [old_sources, new_sources],
                    &mut changes,
                );
            }
            (None, None) => {}
        }
    }
    changes
}

/// Returns the paths of the elements that two systems describe otherwise.
pub fn changed_elements(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| change.element.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn changes_of_element(
    path: &str,
    before: &BTreeMap<String, Stated>,
    after: &BTreeMap<String, Stated>,
    [old_sources, new_sources]: [&Sources; 2],
    changes: &mut Vec<Change>,
) {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        let (kind, place) = match (old, new) {
            (Some(old), Some(new)) if old.meaning == new.meaning => continue,
            (Some(_), Some(new)) => (ChangeKind::Changed, new_sources.place(new.place)),
            (None, Some(new)) => (ChangeKind::Added, new_sources.place(new.place)),
            (Some(old), None) => (ChangeKind::Removed, old_sources.place(old.place)),
            (None, None) => continue,
        };
        let text = |stated: Option<&Stated>| stated.map(|stated| stated.text.clone());
        changes.push(Change { element: path.to_owned(), key: Some(key.clone()), kind, from: text(old), to: text(new), place });
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeKind, difference};
    use crate::model::testing::model;

    fn changed(before: &str, after: &str) -> Vec<(String, Option<String>, ChangeKind)> {
        let (before, after) = (model(&[("system.toml", before)]), model(&[("system.toml", after)]));
        let mut found = difference(&before, &after);
        assert_eq!(found.len(), 1);
        found.remove(0).changes.into_iter().map(|one| (one.element, one.key, one.kind)).collect()
    }

    const BEFORE: &str = "[components]\nu = { kind = \"client\" }\na = { kind = \"service\", startup = \"60s\", deploy = { often = \"1/day\" } }\n[links]\n\"u -> a\" = { payload = \"1KB\" }\n[journeys]\nj = { rate = \"1/s\", steps = [\"u -> a\"] }\n";

    #[test]
    fn what_is_written_otherwise_but_means_the_same_is_no_change() {
        let after = BEFORE.replace("\"60s\"", "\"1min\"").replace("[\"u -> a\"]", "[\n  \"u -> a\", # the first\n]");
        let after = after.replace("a = { kind", "a = {    kind").replace("\"1KB\"", "\"1000B\"");
        assert_eq!(changed(BEFORE, &after), []);
    }

    #[test]
    fn elements_come_and_go_by_id_and_facts_by_key() {
        let after = BEFORE
            .replace("often = \"1/day\"", "often = \"2/day\"")
            .replace("payload = \"1KB\"", "response = \"1KB\"")
            .replace("[links]\n", "db = { kind = \"database\" }\n[links]\n\"a -> db\" = {}\n");
        let change = |element: &str, key: Option<&str>, kind| (element.to_owned(), key.map(str::to_owned), kind);
        assert_eq!(
            changed(BEFORE, &after),
            [
                change("components.a", Some("deploy.often"), ChangeKind::Changed),
                change("components.db", None, ChangeKind::Added),
                change("links.a -> db", None, ChangeKind::Added),
                change("links.u -> a", Some("payload"), ChangeKind::Removed),
                change("links.u -> a", Some("response"), ChangeKind::Added),
            ]
        );
        assert_eq!(changed(&after, BEFORE).len(), 5);
    }

    /// A range that both sides state is one input: the difference is that of common inputs, not of two ranges.
    #[test]
    fn an_input_of_both_sides_is_one_input_wherever_it_stands() {
        let before = BEFORE.replace("\"1KB\"", "\"1KB..3KB\"");
        // The comment moves every place; the second call adds its own payload twice over.
        let after = format!("# a longer file\n{}", before.replace("[\"u -> a\"]", "[{ call = \"u -> a\", times = 2 }]"));
        let (before, after) = (model(&[("system.toml", &before)]), model(&[("system.toml", &after)]));
        let found = difference(&before, &after);
        let figures = found[0].figures.as_ref().expect("both sides have the base");
        let bytes = figures.deltas.iter().find(|delta| delta.path == "journeys.j.communication.bytes").expect("bytes differ");
        // One call carries 1 to 3 KB and a reply of 1.5 KB: that is what the second one adds.
        assert_eq!(bytes.difference_range, Some((2_500.0, 4_500.0)));
        assert!(bytes.sign_certain);
    }
}
