//! Every point of the article that the tool grew from is found in it: `docs/article.md` says where, and is tried here name by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use weighbridge::hazard::find;
use weighbridge::questionnaire::{Questionnaire, SHOULD_YOU_DISTRIBUTE, read};
use weighbridge::reference::explain;
use weighbridge::source::Sources;

/// The columns of the page's tables.
const COLUMNS: [&str; 4] = ["asked", "stated", "found", "computed"];

/// The parts of the article that make a point of their own, in its order.
const PARTS: [&str; 15] = [
    "What are these distributed systems, after all?",
    "Mobile application example",
    "Microservices example",
    "Replicated / sharded monolith example",
    "Reliability improvements",
    "Serving your customers better",
    "Workload distribution",
    "Loose coupling",
    "Should you always go for a distributed system?",
    "Ease of making mistakes",
    "Difficulty of designing the system",
    "Costs",
    "New classes of problems",
    "Using a sledgehammer to crack a nut",
    "Can / Should they be avoided at all?",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A row of the page: what stands in backticks, by column.
struct Point {
    part: String,
    says: String,
    names: BTreeMap<&'static str, Vec<String>>,
}

fn points() -> Vec<Point> {
    let page = std::fs::read_to_string(root().join("docs/article.md")).expect("the page is text");
    let mut part = String::new();
    let mut points = Vec::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            part = heading.to_owned();
        }
        let Some(row) = line.strip_prefix("| ").filter(|row| !row.starts_with("the article") && !row.starts_with("---")) else { continue };
        let cells: Vec<&str> = row.trim_end_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), COLUMNS.len() + 1, "{line}");
        let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let names = COLUMNS.into_iter().zip(cells[1..].iter().map(|cell| quoted(cell))).collect();
        points.push(Point { part: part.clone(), says: cells[0].to_owned(), names });
    }
    points
}

fn questionnaire() -> Questionnaire {
    let mut sources = Sources::default();
    let file = sources.add("should-you-distribute.toml", SHOULD_YOU_DISTRIBUTE);
    read(&sources, file).0
}

/// The results of every shipped model.
fn results() -> Vec<Value> {
    let models = root().join("models");
    let mut directories: Vec<PathBuf> = models.read_dir().expect("models").map(|entry| entry.expect("an entry").path()).collect();
    directories.sort();
    let assess = |directory: &Path| {
        let output = Command::cargo_bin("weighbridge").expect("the program").args(["assess", "--format", "json"]).arg(directory).output();
        serde_json::from_slice(&output.expect("it runs").stdout).expect("results are JSON")
    };
    directories.iter().map(|directory| assess(directory)).collect()
}

/// Says whether a result holds something at a path; in a list, a name selects what has it as `id`, or is looked up in each element.
fn holds(value: &Value, path: &[&str]) -> bool {
    match (value, path) {
        (Value::Array(list), [name, rest @ ..]) => {
            list.iter().any(|one| if one["id"] == **name { holds(one, rest) } else { holds(one, path) })
        }
        (Value::Object(fields), [name, rest @ ..]) => fields.get(*name).is_some_and(|one| holds(one, rest)),
        (Value::Null, _) | (_, [_, ..]) => false,
        (Value::Array(list), []) => !list.is_empty(),
        (Value::Object(fields), []) => !fields.is_empty(),
        (Value::String(text), []) => !text.is_empty(),
        (Value::Bool(_) | Value::Number(_), []) => true,
    }
}

#[test]
fn every_name_on_the_page_leads_somewhere() {
    let questionnaire = questionnaire();
    let results = results();
    let mut lost = Vec::new();
    for point in points() {
        assert!(point.names.values().any(|names| !names.is_empty()), "nothing takes up: {}", point.says);
        for (column, names) in &point.names {
            for name in names {
                let leads = match *column {
                    "asked" => questionnaire.find_question(name).is_some(),
                    "stated" => explain(name).is_some(),
                    "found" => find(name).is_some(),
                    _ => {
                        let path: Vec<&str> = name.split('.').collect();
                        results.iter().any(|result| holds(result, &path))
                    }
                };
                if !leads {
                    lost.push(format!("{column} `{name}`, for “{}”", point.says));
                }
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn every_question_stands_under_the_part_that_it_comes_from() {
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for point in points() {
        asked.entry(point.part).or_default().extend(point.names["asked"].iter().cloned());
    }
    let questionnaire = questionnaire();
    let lost: Vec<String> = questionnaire
        .question_ids()
        .map(|id| questionnaire.question(id))
        .filter(|question| !asked.get(&question.article).is_some_and(|ids| ids.contains(&question.id)))
        .map(|question| format!("`{}` of “{}”", question.id, question.article))
        .collect();
    assert_eq!(lost, Vec::<String>::new());
}

#[test]
fn every_part_of_the_article_is_on_the_page_in_its_order() {
    let mut parts: Vec<String> = points().into_iter().map(|point| point.part).collect();
    parts.dedup();
    assert_eq!(parts, PARTS);
}
