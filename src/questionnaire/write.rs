//! Writes answers: one table per answer, fixed order of keys, strings on one line; what stands in the file already keeps its order and its comments.

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::answers::{Answer, Answers, Response, Status};
use super::definition::{Question, QuestionId, Questionnaire};
use super::migrate::find_question;
use crate::syntax::toml_string;

/// The keys of an answer, in the order in which they are written.
const KEYS: &[&str] = &["value", "skip", "reason", "confidence", "by", "on", "evidence", "note", "stale", "merged"];

/// The step between two tables' positions, so that new ones find room between them.
const STEP: isize = 1_024;

/// Writes answers into the text of their file (empty for a new one).
///
/// An answer that did not change keeps its bytes; a new one stands before the first that is asked later; an answer to a question that does not exist any
/// more moves to `[orphans]`; an answer that could not be read stays as it is.
///
/// # Errors
/// When the text is not TOML: a broken file is never overwritten. The message says where it breaks.
pub fn write_answers(existing: &str, questionnaire: &Questionnaire, answers: &Answers) -> Result<String, String> {
    let mut document: DocumentMut = existing.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let root = document.as_table_mut();
    spread_positions(root);
    put(root, "format", Some(Value::from(1)));
    // A later patch has other words and the same ids: the version is never written down to an earlier one.
    put(root, "questionnaire", Some(one_line(&format!("{}@{}", questionnaire.id, questionnaire.version.max(answers.version)))));
    if let Some(system) = &answers.system {
        put(root, "system", Some(one_line(system)));
    }
    migrate(root, questionnaire)?;
    let table = subtable(root, "answers")?;
    for id in questionnaire.question_ids() {
        let question = questionnaire.question(id);
        match answers.get(id) {
            Some(answer) => write_answer(table, id, question, answer, questionnaire),
            None if answers.unreadable.contains(&id) => {}
            None => {
                table.remove(&question.id);
            }
        }
    }
    write_spread(root, questionnaire, answers)?;
    Ok(document.to_string())
}

/// Multiplies the positions of all tables.
fn spread_positions(root: &mut Table) {
    let mut open = vec![root];
    while let Some(table) = open.pop() {
        if let Some(position) = table.position() {
            table.set_position(Some(position.saturating_mul(STEP)));
        }
        for (_, item) in table.iter_mut() {
            match item {
                Item::Table(inner) => open.push(inner),
                Item::ArrayOfTables(tables) => open.extend(tables.iter_mut()),
                Item::None | Item::Value(_) => {}
            }
        }
    }
}

/// Returns a table of the root, made if it is absent.
fn subtable<'a>(root: &'a mut Table, key: &str) -> Result<&'a mut dyn TableLike, String> {
    if !root.contains_key(key) {
        let mut table = Table::new();
        table.set_implicit(true);
        root.insert(key, Item::Table(table));
    }
    root.get_mut(key).and_then(Item::as_table_like_mut).ok_or_else(|| format!("`{key}` is not a table"))
}

/// Renames former ids, and moves the answers to unknown questions to `[orphans]`.
fn migrate(root: &mut Table, questionnaire: &Questionnaire) -> Result<(), String> {
    let answers = subtable(root, "answers")?;
    let old: Vec<String> = answers.iter().map(|(key, _)| key.to_owned()).filter(|key| questionnaire.find_question(key).is_none()).collect();
    let mut orphans = Vec::new();
    for key in old {
        // A comment above `old = { … }` belongs to its key.
        let decor = answers.key(&key).map(|key| key.leaf_decor().clone());
        let Some(item) = answers.remove(&key) else { continue };
        match find_question(questionnaire, &key).map(|(id, _)| questionnaire.question(id).id.as_str()) {
            Some(id) if !answers.contains_key(id) => insert(answers, id, item, decor),
            _ => orphans.push((key, item, decor)),
        }
    }
    if orphans.is_empty() {
        return Ok(());
    }
    let table = subtable(root, "orphans")?;
    for (key, mut item, decor) in orphans {
        if let Item::Table(moved) = &mut item {
            moved.set_position(Some(isize::MAX));
        }
        // Two answers of one id over the years: the later gets a number, for nothing is deleted.
        let free =
            (1..).map(|number| if number == 1 { key.clone() } else { format!("{key}-{number}") }).find(|name| !table.contains_key(name));
        if let Some(name) = free {
            insert(table, &name, item, decor);
        }
    }
    Ok(())
}

/// Inserts an item under a key that has what stood around its former one.
fn insert(table: &mut dyn TableLike, key: &str, item: Item, decor: Option<Decor>) {
    table.insert(key, item);
    if let (Some(mut key), Some(decor)) = (table.key_mut(key), decor) {
        *key.leaf_decor_mut() = decor;
    }
}

fn write_answer(answers: &mut dyn TableLike, id: QuestionId, question: &Question, answer: &Answer, questionnaire: &Questionnaire) {
    if answers.get(&question.id).is_none_or(|item| !item.is_table_like()) {
        let mut table = Table::new();
        table.set_position(position_for(answers, id, questionnaire));
        if let Some(position) = table.position()
            && position > 0
        {
            table.decor_mut().set_prefix("\n");
        }
        answers.insert(&question.id, Item::Table(table));
    }
    let Some(table) = answers.get_mut(&question.id).and_then(Item::as_table_like_mut) else { return };
    let text = |text: &Option<String>| text.as_deref().map(one_line);
    let (value, skip) = match &answer.status {
        Status::Given(response) => (Some(response_value(response, question, questionnaire)), None),
        Status::Unknown => (Some(one_line("unknown")), None),
        Status::NotApplicable => (None, Some(one_line("n/a"))),
        Status::Later => (None, Some(one_line("later"))),
    };
    put(table, "value", value);
    put(table, "skip", skip);
    put(table, "reason", text(&answer.reason));
    put(table, "confidence", answer.confidence.map(|confidence| one_line(confidence.word())));
    put(table, "by", one_or_many(&answer.by));
    put(table, "on", answer.on.and_then(|date| date.to_string().parse().ok()));
    put(table, "evidence", (!answer.evidence.is_empty()).then(|| list(answer.evidence.iter().map(|link| one_line(link)))));
    put(table, "note", text(&answer.note));
    put(table, "stale", answer.stale.then(|| Value::from(true)));
    put(table, "merged", answer.merged.then(|| Value::from(true)));
    let place = |key: &str| KEYS.iter().position(|known| *known == key).unwrap_or(KEYS.len());
    if let Some(Item::Table(table)) = answers.get_mut(&question.id) {
        table.sort_values_by(|a, _, b, _| place(a.get()).cmp(&place(b.get())));
    }
}

/// Returns a position before the first answer that is asked later, else behind the last.
fn position_for(answers: &dyn TableLike, id: QuestionId, questionnaire: &Questionnaire) -> Option<isize> {
    let placed = answers.iter().filter_map(|(key, item)| Some((questionnaire.find_question(key)?, item.as_table()?.position()?)));
    let (mut later, mut last) = (None::<isize>, 0);
    for (other, position) in placed {
        last = last.max(position);
        if other > id {
            later = Some(later.map_or(position, |found| found.min(position)));
        }
    }
    // Earlier questions come first in the loop, so each of them takes the place directly behind the ones before it.
    Some(later.map_or(last.saturating_add(1), |position| position.saturating_sub(i64_to_isize(questionnaire.questions.len() - id.0))))
}

fn i64_to_isize(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX)
}

/// Sets a key, unless it has this value already; takes it away if there is none.
fn put(table: &mut dyn TableLike, key: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(key);
        return;
    };
    match table.get_mut(key) {
        // A table is brought up to date key by key, however it is written: its comments and its order are people's.
        Some(old) if old.is_table_like() && value.is_inline_table() => {
            if let (Some(old), Value::InlineTable(new)) = (old.as_table_like_mut(), value) {
                let gone: Vec<String> = old.iter().map(|(key, _)| key.to_owned()).filter(|key| !new.contains_key(key)).collect();
                gone.iter().for_each(|key| drop(old.remove(key)));
                new.into_iter().for_each(|(key, value)| put(old, &key, Some(value)));
            }
        }
        Some(Item::Value(old)) => {
            if plain(old) != plain(&value) {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// A value's text without comments and spaces around it.
fn plain(value: &Value) -> String {
    let mut value = value.clone();
    value.decor_mut().clear();
    match &mut value {
        Value::String(text) => format!("{:?}", text.value()),
        Value::Integer(number) => format!("{}", *number.value() as f64),
        Value::Float(number) => format!("{}", number.value()),
        Value::Array(array) => array.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::InlineTable(table) => table.iter().map(|(key, one)| format!("{key}={}", plain(one))).collect::<Vec<_>>().join(","),
        other => other.to_string().trim().to_owned(),
    }
}

fn response_value(response: &Response, question: &Question, questionnaire: &Questionnaire) -> Value {
    let option = |at: usize| one_line(&question.options[at].id);
    match response {
        Response::Option(at) => option(*at),
        Response::Options(chosen) => list(chosen.iter().map(|at| option(*at))),
        Response::Rows(rows) => {
            let mut table = InlineTable::new();
            for (force, at) in rows {
                table.insert(&questionnaire.force(*force).id, option(*at));
            }
            Value::InlineTable(table)
        }
        // Beyond 2^53 a whole number has no exact integer in the file.
        Response::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(*number as i64),
        Response::Number(number) => Value::from(*number),
        Response::Text(text) => one_line(text),
    }
}

fn one_or_many(words: &[String]) -> Option<Value> {
    match words {
        [] => None,
        [one] => Some(one_line(one)),
        many => Some(list(many.iter().map(|word| one_line(word)))),
    }
}

fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::Array(values.collect::<Array>())
}

/// Writes a string on one line, whatever is in it.
fn one_line(text: &str) -> Value {
    toml_string(text).parse().unwrap_or_else(|_| Value::from(text))
}

fn write_spread(root: &mut Table, questionnaire: &Questionnaire, answers: &Answers) -> Result<(), String> {
    if answers.spread.is_empty() && !root.contains_key("spread") {
        return Ok(());
    }
    let is_new = !root.contains_key("spread");
    let table = subtable(root, "spread")?;
    let old: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for key in old {
        if !answers.spread.iter().any(|(id, _)| questionnaire.question(*id).id == key) {
            table.remove(&key);
        }
    }
    for (id, spread) in &answers.spread {
        put(table, &questionnaire.question(*id).id, Some(Value::from((spread * 1_000.0).round() / 1_000.0)));
    }
    if is_new && let Some(Item::Table(table)) = root.get_mut("spread") {
        table.set_implicit(false);
        table.set_position(Some(isize::MAX - 1));
        table.decor_mut().set_prefix("\n");
    }
    Ok(())
}
