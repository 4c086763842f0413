//! `explain`: what one word means, for the terminal.

use super::words::{self, CALL_KEYS, GROUP_KEYS, InnerKey, Owner, StepKey};
use crate::diagnostic::{Code, nearest};
use crate::model::assumptions::{AS_OF, ASSUMPTION_SET, CONSTANTS, Constant};
use crate::syntax::keys::{Row, Shape, Table};
use crate::syntax::takes_measured;
use crate::syntax::vocabulary::VOCABULARIES;

/// Explains a key (`timeout`, `links.timeout`), a table (`components.deploy`), a fixed word (`zone`), a code of a diagnostic, a constant, or `assumptions`.
///
/// A word may be several of these; then all are explained. `None` when it is none.
pub fn explain(topic: &str) -> Option<String> {
    let topic = topic.trim();
    let topic = topic.strip_prefix("assumptions.").unwrap_or(topic);
    let path = plain(topic);
    // A path as messages and JSON name it has the id of an element, too.
    explained(topic, &path).or_else(|| without_id(&path).and_then(|path| explained(&path, &path)))
}

/// Explains a topic as it was asked for, and as a path without ids.
fn explained(topic: &str, path: &str) -> Option<String> {
    let mut parts = Vec::new();
    if topic == "assumptions" {
        parts.push(assumptions());
    }
    parts.extend(Table::ALL.iter().filter(|table| words::topic(**table) == path).map(|table| explain_table(*table)));
    parts.extend(keys().filter(|(table, row)| is_named(*table, row, path)).map(|(table, row)| explain_key(table, row)));
    let (before, name) = path.rsplit_once('.').unwrap_or(("", path));
    let steps = CALL_KEYS.iter().chain(GROUP_KEYS);
    parts.extend(steps.filter(|key| key.name == name && is_of_steps(before)).map(explain_step));
    parts.extend(words::inner_keys().filter(|key| key.name == name && is_inside(key, before)).map(|key| explain_inner(&key)));
    parts.extend(explain_word(topic));
    parts.extend(Code::from_name(topic).map(explain_code));
    parts.extend(CONSTANTS.iter().filter(|constant| constant.name == topic).map(explain_constant));
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// Says whether what stands before a key of steps is nothing, or a list of steps.
fn is_of_steps(before: &str) -> bool {
    matches!(before, "" | "steps" | "journeys.steps")
}

/// Says whether a key stands inside of what lies before its last point, or nothing does.
fn is_inside(key: &InnerKey, before: &str) -> bool {
    let is_key = |fits: &dyn Fn(&Row) -> bool| keys().any(|(table, row)| is_named(table, row, before) && fits(row));
    before.is_empty()
        || match key.owner {
            Owner::Keys(owners) => owners.contains(&before) || is_key(&|row| owners.contains(&row.name)),
            Owner::AnyValue => is_key(&|row| takes_measured(row.shape)),
            Owner::Tables => Table::ALL.iter().any(|table| words::topic(*table) == before && words::holds_ids(*table)),
            Owner::File => before == words::topic(Table::File),
        }
}

/// Drops the id of an element, the second part of a path that begins with a table of ids: `components.db.service-time` is `components.service-time`.
fn without_id(path: &str) -> Option<String> {
    let (table, rest) = path.split_once('.')?;
    let (_, rest) = rest.split_once('.')?;
    let is_table = Table::ALL.iter().any(|known| words::topic(*known) == table && words::holds_ids(*known));
    is_table.then(|| format!("{table}.{rest}"))
}

/// Finds the topic that a misspelt one probably meant.
pub fn suggest(topic: &str) -> Option<String> {
    let mut topics: Vec<String> = vec!["assumptions".to_owned()];
    topics.extend(Table::ALL.iter().map(|table| words::topic(*table)));
    topics.extend(keys().map(|(_, row)| row.name.to_owned()));
    topics.extend(CALL_KEYS.iter().chain(GROUP_KEYS).map(|key| key.name.to_owned()));
    topics.extend(words::inner_keys().map(|key| key.name.to_owned()));
    topics.extend(VOCABULARIES.iter().flat_map(|words| words.iter()).map(|(word, _)| (*word).to_owned()));
    topics.extend(Code::ALL.iter().map(|code| code.name().to_owned()));
    topics.extend(CONSTANTS.iter().map(|constant| constant.name.to_owned()));
    topics.extend(keys().map(|(table, row)| format!("{}.{}", words::topic(table), row.name)));
    nearest(&plain(topic.trim()), topics.iter().map(String::as_str)).map(str::to_owned)
}

fn keys() -> impl Iterator<Item = (Table, &'static Row)> {
    Table::ALL.iter().flat_map(|table| table.rows().iter().map(move |row| (*table, row)))
}

/// Says whether a key is asked for by its name, or by its table and its name: `components.deploy.often`, or `deploy.often`.
fn is_named(table: Table, row: &Row, path: &str) -> bool {
    let topic = words::topic(table);
    let is_of_table = |before: &str| before == topic || topic.strip_suffix(before).is_some_and(|outer| outer.ends_with('.'));
    path == row.name || path.rsplit_once('.').is_some_and(|(before, name)| name == row.name && is_of_table(before))
}

/// Drops brackets and the ids that a reader copies from a page: `[components.<id>]` is `components`.
fn plain(topic: &str) -> String {
    topic.trim_matches(['[', ']']).split('.').filter(|part| !part.contains(['<', '"'])).collect::<Vec<_>>().join(".")
}

fn explain_table(table: Table) -> String {
    let width = table.rows().iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut out = format!("{}{}\n  {}\n", place(table), if words::is_policy(table) { ", in policy.toml" } else { "" }, words::about(table));
    for row in table.rows() {
        out.push_str(&format!("  {:width$}  {}\n", row.name, row.doc));
    }
    out
}

fn place(table: Table) -> String {
    if table == Table::File { "The top of the file".to_owned() } else { words::header(table).to_owned() }
}

fn explain_key(table: Table, row: &Row) -> String {
    let file = if words::is_policy(table) { " of policy.toml" } else { "" };
    let mut out = format!("{}, in {}{file}\n  {}\n", row.name, words::header(table), row.doc);
    let mut line = |name: &str, text: &str| out.push_str(&format!("  {name:8} {text}\n"));
    line("takes", &words::form(row.shape));
    if let Some(units) = words::units(row.shape) {
        line("units", units);
    }
    let also = words::also(table, row);
    if !also.is_empty() {
        line("or", &also.join(", "));
    }
    line("example", &words::example(table, row));
    line("since", &format!("schema {}", row.since));
    out
}

fn explain_step(key: &StepKey) -> String {
    let StepKey { name, form, doc, example } = key;
    format!("{name}, in a step of a journey\n  {doc}\n  {:8} {form}\n  {:8} {example}\n", "takes", "example")
}

fn explain_inner(key: &InnerKey) -> String {
    let InnerKey { name, place, form, doc, example, .. } = key;
    format!("{name}, in {place}\n  {doc}\n  {:8} {form}\n  {:8} {example}\n", "takes", "example")
}

/// Explains a fixed word by each set of words that has it, with the keys that take it.
fn explain_word(word: &str) -> Vec<String> {
    let takes = |shape: Shape, words: &[(&str, &str)]| match shape {
        Shape::Symbol(own) | Shape::Symbols(own) => own.iter().eq(words.iter().map(|(word, _)| word)),
        _ => false,
    };
    let explained = VOCABULARIES.iter().filter_map(|words| {
        let (_, meaning) = words.iter().find(|(own, _)| *own == word)?;
        let keys: Vec<String> = keys()
            .filter(|(_, row)| takes(row.shape, words))
            .map(|(table, row)| format!("`{}` in {}", row.name, words::header(table)))
            .collect();
        (!keys.is_empty()).then(|| format!("{word}, a value of {}\n {meaning}\n", keys.join(", ")))
    });
    explained.collect()
}

fn explain_code(code: Code) -> String {
    format!("{}, {}\n  {}\n", code.name(), code.severity().word(), code.explanation())
}

fn explain_constant(constant: &Constant) -> String {
    format!(
        "{}, a constant of assumption set {ASSUMPTION_SET}\n  The {}.\n  {:8} {}\n  {:8} {}\n  {:8} [assumptions] {} = \"{}\"\n",
        constant.name, constant.doc, "value", constant.value, "source", constant.source, "override", constant.name, constant.value
    )
}

fn assumptions() -> String {
    let name = CONSTANTS.iter().map(|constant| constant.name.len()).max().unwrap_or(0);
    let value = CONSTANTS.iter().map(|constant| constant.value.len()).max().unwrap_or(0);
    let mut out = format!(
        "Assumption set {ASSUMPTION_SET}; sources last read on {AS_OF}.\nWhat a model does not state is taken from here, and listed as assumed. Override a constant by its name:\n\n  [assumptions]\n  same-zone = \"0.6ms\"\n\n"
    );
    for constant in CONSTANTS {
        out.push_str(&format!("  {:name$}  {:>value$}  {} ({})\n", constant.name, constant.value, constant.doc, constant.source));
    }
    out
}
