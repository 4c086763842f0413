//! One clean model, and every hazard put into it: exactly that rule fires, and what its mutation declares beside it.

#[path = "reading/in_memory.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod in_memory;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use in_memory::{InMemory, shown};
use weighbridge::assessment::{assess_to_find, judged};
use weighbridge::diagnostic::has_errors;
use weighbridge::hazard::{Answers, RULES, read_policy};
use weighbridge::model::Model;
use weighbridge::questionnaire::{SHOULD_YOU_DISTRIBUTE, read, read_answers};
use weighbridge::source::Sources;

const ANSWERS_HEAD: &str = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n";

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hazards").join(name);
    std::fs::read_to_string(path).expect("the fixture is part of the repository")
}

/// Returns the identities of what is found in each system of a model.
fn identities(files: &InMemory) -> BTreeSet<String> {
    let model = Model::read(files);
    let mistakes: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{mistakes:#?}");
    let (policy, _) = read_policy(&model, None);
    let found = |system| judged(&model, system, &assess_to_find(system), &policy, None).0.findings;
    model.systems().flat_map(|system| found(system).into_iter().map(|one| format!("{}: {}", system.id, one.id()))).collect()
}

/// Splits a file into its tables, each with the lines before it that belong to it.
fn tables(text: &str) -> Vec<String> {
    let mut tables = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            tables.push(String::new());
        }
        tables.last_mut().expect("one is there").push_str(line);
    }
    tables
}

/// An identity is a rule and what it is about. Lines, the order of tables, line ends, and the files in which something stands are no part of it.
#[test]
fn findings_keep_their_identity_when_lines_move_and_files_are_split_or_renamed() {
    for name in ["shop", "online-boutique", "kubernetes", "mobile", "simulation"] {
        let stored = InMemory::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name));
        let expected = identities(&stored);
        let system = String::from_utf8(stored.0["system.toml"].clone()).expect("text");
        let with = |system: String, more: &[(&str, String)]| {
            let mut files = stored.clone();
            files.0.insert("system.toml".to_owned(), system.into_bytes());
            files.0.extend(more.iter().map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())));
            identities(&files)
        };
        assert_eq!(with(format!("# moved\n\n\n{system}"), &[]), expected, "{name}: moved");
        assert_eq!(with(system.replace('\n', "\r\n"), &[]), expected, "{name}: other line ends");
        let mut parts = tables(&system);
        let head = parts.remove(0);
        let reversed: String = parts.iter().rev().map(|table| format!("{}\n", table.trim_end())).collect();
        assert_eq!(with(format!("{head}{reversed}"), &[]), expected, "{name}: reversed");
        // Components in one file, links in another, whatever the files are called.
        let starts = |table: &str, of: &str| table.starts_with(&format!("[{of}]")) || table.starts_with(&format!("[{of}."));
        let pick = |of: &str| parts.iter().filter(|table| starts(table, of)).cloned().collect::<String>();
        let rest: String = parts.iter().filter(|table| !starts(table, "components") && !starts(table, "links")).cloned().collect();
        for file in ["parts/a.toml", "parts/deep/other-name.toml"] {
            let split = format!("{head}include = [\"{file}\", \"links.toml\"]\n{rest}");
            let files = [(file, format!("schema = 1\n{}", pick("components"))), ("links.toml", format!("schema = 1\n{}", pick("links")))];
            assert_eq!(with(split, &files), expected, "{name}: split");
        }
    }
}

/// Returns the rules that fire in each system of a model, by its id.
fn fired(files: &[(&str, &str)], answers: Option<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let model = Model::read(&InMemory::new(files));
    let mistakes: Vec<String> = model.diagnostics.iter().map(|one| shown(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{mistakes:#?}\n{}", files[files.len() - 1].1);
    let answers = answers.map(|text| {
        let mut sources = Sources::default();
        let file = sources.add("should-you-distribute.toml", SHOULD_YOU_DISTRIBUTE);
        let (questionnaire, _) = read(&sources, file);
        let file = sources.add("answers.toml", format!("{ANSWERS_HEAD}{text}"));
        let (answers, mistakes) = read_answers(&sources, file, &questionnaire);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        Answers::of(&questionnaire, &answers)
    });
    let (policy, _) = read_policy(&model, None);
    let rules = |system| {
        let (hazards, _) = judged(&model, system, &assess_to_find(system), &policy, answers.as_ref());
        hazards.findings.iter().map(|found| found.rule.name().to_owned()).collect()
    };
    model.systems().map(|system| (system.id.clone(), rules(system))).collect()
}

#[test]
fn the_clean_model_is_clean() {
    assert_eq!(fired(&[("system.toml", &fixture("system.toml"))], None), BTreeMap::from([("system".to_owned(), BTreeSet::new())]));
}

#[test]
fn each_hazard_put_into_a_clean_model_is_found_and_nothing_else() {
    let base = fixture("system.toml");
    let mutations: toml::Table = fixture("mutations.toml").parse().expect("TOML");
    let texts = |mutation: &toml::Value, key: &str| -> Vec<String> {
        let list = mutation.get(key).and_then(toml::Value::as_array);
        list.into_iter().flatten().map(|text| text.as_str().expect("a text").to_owned()).collect()
    };
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.name()).collect();
    assert_eq!(rules.len(), 74, "as docs/hazards.md says");
    assert_eq!(mutations.keys().map(String::as_str).collect::<BTreeSet<_>>(), rules, "a mutation for each rule");
    let mut wrong = Vec::new();
    for (rule, mutation) in &mutations {
        let dropped = texts(mutation, "drop");
        let kept: String =
            base.split_inclusive('\n').filter(|line| !dropped.iter().any(|start| line.starts_with(start.as_str()))).collect();
        let text = |key: &str| mutation.get(key).and_then(toml::Value::as_str);
        let mutated = format!("schema = 1\nextends = \"../system.toml\"\n{}", text("alternative").unwrap_or_default());
        // What was measured is about the system as it runs: that goes into the base.
        let of_base = text("base");
        let base = format!("{kept}{}", of_base.unwrap_or_default());
        let found = fired(&[("system.toml", &base), ("alternatives/mutated.toml", &mutated)], text("answers"));
        let at = if of_base.is_some() { "system" } else { "mutated" };
        let mut expected: BTreeSet<String> = texts(mutation, "companions").into_iter().collect();
        expected.insert(rule.clone());
        if found[at] != expected {
            wrong.push(format!("{rule}: expected {expected:?}, found {:?}", found[at]));
        }
        // What the base does not lose stays clean beside it.
        if dropped.is_empty() && of_base.is_none() && !found["system"].is_empty() {
            wrong.push(format!("{rule}: the base has {:?}", found["system"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
