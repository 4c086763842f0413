//! Tests of the engine; each rule's page is its own test.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    Answers, Confidence, Figures, HEADINGS, Hazards, Inputs, RULES, Settings, Station, examples, lint, read_policy, section, summary,
};
use crate::analysis::classification::classification;
use crate::analysis::failure::blast_radius;
use crate::analysis::guarantee::guarantees;
use crate::diagnostic::{has_errors, one_line};
use crate::model::testing::model;
use crate::model::{Model, System};
use crate::quantity::Date;
use crate::questionnaire::{SHOULD_YOU_DISTRIBUTE, read, read_answers};
use crate::source::Sources;
use crate::syntax::keys::{component, journey, observed};
use crate::syntax::value::{Fact, ServiceTime};

/// Lints a system with the results of the analyses that rules read.
fn hazards_of(model: &Model, system: &System) -> Hazards {
    let blast_radius = blast_radius(system);
    let classification = classification(system, &blast_radius);
    let guarantees = guarantees(system);
    let figures = figures_by_hand(model, system);
    let inputs = Inputs {
        system,
        base: (!system.is_base()).then_some(&model.base),
        blast_radius: Some(&blast_radius),
        classification: Some(&classification),
        guarantees: &guarantees,
        figures: &figures,
    };
    lint(&inputs, &Settings::default(), &BTreeSet::new())
}

/// Computes the figures of small examples the plain way: each component once on its own, every call once per request.
fn figures_by_hand(model: &Model, system: &System) -> Figures {
    let visits = |id: usize| {
        let of = |journey: &crate::model::Journey| {
            let calls = journey.calls.calls().filter(|(_, call)| call.callee.index() == id).count();
            let rate = journey.facts.get(journey::PEAK).stated().or(journey.rate()).map_or(0.0, |rate| rate.per_second());
            u32::try_from(calls).map_or(0.0, f64::from) * rate
        };
        system.journeys.iter().map(of).sum::<f64>()
    };
    let station = |(id, one): (usize, &crate::model::Component)| {
        let Fact::Stated(ServiceTime::Mean(time)) = one.facts.get(component::SERVICE_TIME) else { return None };
        let workers = u32::try_from(one.facts.get(component::CONCURRENCY).stated()?).ok()?;
        let utilization = visits(id) * time.likely.seconds() / f64::from(workers * one.replicas);
        Some(Station { utilization, after_loss: None })
    };
    let works = |one: &crate::model::Journey| {
        let mut parts: Vec<_> = one.calls.calls().map(|(_, call)| call.callee).collect();
        parts.sort_unstable();
        parts.dedup();
        let shares: Option<Vec<f64>> =
            parts.iter().map(|id| system.component(*id).facts.get(component::AVAILABILITY).stated().map(|share| share.value())).collect();
        shares.map(|shares| 1.0 - shares.iter().product::<f64>())
    };
    let unavailability: Vec<Option<f64>> = system.journeys.iter().map(works).collect();
    let observed = |(path, facts): (&String, &crate::syntax::value::Facts)| {
        let at = system.find_journey(path.strip_prefix("journeys.")?)?.index();
        let (measured, computed) = (facts.get(observed::AVAILABILITY).stated()?.value(), 1.0 - unavailability[at]?);
        let words = |share: f64| crate::quantity::availability(crate::quantity::Probability::new(1.0 - share));
        Some(super::Observed {
            path: format!("{path}.availability"),
            measured,
            computed,
            shown: (words(measured), words(computed)),
            is_availability: true,
            is_explained: false,
        })
    };
    Figures {
        observed: Some(system.observed.iter().filter_map(observed).collect()),
        stations: Some(system.components.iter().enumerate().map(station).collect()),
        answers: answers_of(model),
        unavailability: Some(unavailability),
    }
}

/// What `answers.toml` of an example says.
const ANSWERS: &str = "answers.toml";

fn answers_of(model: &Model) -> Option<Answers> {
    let text = &model.sources.file(model.sources.ids().find(|id| model.sources.file(*id).path == ANSWERS)?).text;
    let mut sources = Sources::default();
    let file = sources.add("should-you-distribute.toml", SHOULD_YOU_DISTRIBUTE);
    let (questionnaire, _) = read(&sources, file);
    let file = sources.add(ANSWERS, text.clone());
    let (answers, diagnostics) = read_answers(&sources, file, &questionnaire);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Some(Answers::of(&questionnaire, &answers))
}

/// Reads an example; its mistakes fail the test.
fn read_example(example: &str) -> Model {
    let model = take_apart(example);
    let shown: Vec<String> = model.diagnostics.iter().map(|one| one_line(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{shown:#?}\n{example}");
    model
}

/// Reads an example that may be no model: not every key takes `"unknown"`.
fn try_example(example: &str) -> Option<Model> {
    Some(take_apart(example)).filter(|model| !has_errors(&model.diagnostics))
}

/// Takes an example apart: `# --- PATH` starts another file; each file gets its `schema = 1`.
fn take_apart(example: &str) -> Model {
    let mut files = vec![("system.toml".to_owned(), "schema = 1\n".to_owned())];
    for line in example.lines() {
        if let Some(path) = line.strip_prefix("# --- ") {
            let head = if path == ANSWERS { "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n" } else { "schema = 1\n" };
            files.push((path.to_owned(), head.to_owned()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut model = model(&files);
    if let Some((path, text)) = files.iter().find(|(path, _)| *path == ANSWERS) {
        model.sources.add(*path, *text);
    }
    model
}

/// Returns `file:line severity: message` of a rule's findings in all alternatives, each once.
fn found(model: &Model, rule: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for system in model.systems() {
        for finding in hazards_of(model, system).findings.iter().filter(|finding| finding.rule.name() == rule) {
            let place = model.sources.start(finding.span);
            let file = &model.sources.file(finding.span.file).path;
            lines.insert(format!("{file}:{} {}: {}", place.line, finding.severity.word(), finding.message));
        }
    }
    lines
}

/// Returns the same as the comments of an example say.
fn expected(example: &str) -> BTreeSet<String> {
    let (mut file, mut number) = ("system.toml", 1);
    let mut lines = BTreeSet::new();
    for line in example.lines() {
        number += 1;
        if let Some(path) = line.strip_prefix("# --- ") {
            (file, number) = (path, 1);
        }
        for severity in ["error", "warning", "note"] {
            if let Some((_, text)) = line.split_once(&format!("# {severity}: ")) {
                // A comment that is the whole line speaks of the file, whose first line is `schema = 1`.
                let place = if line.starts_with('#') { 1 } else { number };
                lines.insert(format!("{file}:{place} {severity}: {text}"));
            }
        }
    }
    lines
}

#[test]
fn every_page_is_whole_and_its_examples_hold() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for rule in RULES {
        let name = rule.name();
        assert!(names.insert(name) && codes.insert(rule.code), "{name} or {} is there twice", rule.code);
        assert!(!summary(rule.page).is_empty() && summary(rule.page).ends_with('.'), "{name} has no summary");
        for heading in HEADINGS {
            assert!(!section(rule.page, heading).is_empty(), "{name} lacks `{heading}`");
        }
        let (fires, silent) = (examples(rule.page, "Fires"), examples(rule.page, "Silent"));
        assert!(!fires.is_empty() && !silent.is_empty(), "{name} lacks an example");
        for example in fires {
            let (expected, found) = (expected(example), found(&read_example(example), name));
            if expected != found || expected.is_empty() {
                wrong.push(format!("{name} fires:\n  expected {expected:#?}\n  found {found:#?}"));
            }
        }
        for example in silent {
            let found = found(&read_example(example), name);
            if !found.is_empty() {
                wrong.push(format!("{name} is not silent: {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What fires beside a rule on its own firing example, because it is true there, too.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("single-point-of-failure", &["missing-shared-fate"]),
    ("hidden-common-cause", &["missing-shared-fate"]),
    ("availability-not-met", &["single-point-of-failure"]),
    ("lost-message", &["dual-write"]),
    ("volatile-broker", &["lost-message"]),
    ("competing-consumer-broadcast", &["missing-shared-fate"]),
    ("stale-read-after-write", &["missing-shared-fate"]),
    ("staleness-budget", &["unreachable-component"]),
    ("pacelc-mismatch", &["missing-shared-fate"]),
    ("wall-clock-order", &["missing-shared-fate"]),
    ("even-quorum", &["missing-shared-fate"]),
    ("singleton-scaled", &["missing-shared-fate"]),
    ("reentrant-call", &["sync-cycle"]),
    ("unbounded-autoscale", &["missing-shared-fate"]),
    ("in-memory-state-scaled", &["missing-shared-fate"]),
    ("capacity-short", &["missing-shared-fate"]),
    ("no-zero-downtime", &["single-point-of-failure"]),
    ("no-health-check", &["missing-shared-fate"]),
    ("under-engineered", &["availability-not-met", "single-point-of-failure"]),
];

/// What fires on a silent example of a rule, because it is true there: an example shows one thing.
const BESIDE_SILENCE: &[(&str, &[&str])] = &[
    ("single-point-of-failure", &["missing-shared-fate"]),
    ("hidden-common-cause", &["missing-shared-fate"]),
    ("sole-process-blast", &["unreachable-component"]),
    ("competing-consumer-broadcast", &["missing-shared-fate"]),
    ("stale-read-after-write", &["missing-shared-fate"]),
    ("staleness-budget", &["unreachable-component"]),
    ("pacelc-mismatch", &["missing-shared-fate"]),
    ("wall-clock-order", &["missing-shared-fate"]),
    ("causal-gap", &["shared-database"]),
    ("even-quorum", &["missing-shared-fate"]),
    ("singleton-scaled", &["missing-shared-fate"]),
    ("reentrant-call", &["sync-cycle"]),
    ("unbounded-autoscale", &["missing-shared-fate"]),
    ("in-memory-state-scaled", &["missing-shared-fate"]),
    ("capacity-short", &["missing-shared-fate"]),
    ("no-health-check", &["missing-shared-fate"]),
    ("under-engineered", &["single-point-of-failure"]),
];

fn rules_of(model: &Model) -> BTreeSet<&'static str> {
    model
        .systems()
        .flat_map(|system| hazards_of(model, system).findings.iter().map(|finding| finding.rule.name()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn a_hazard_put_into_a_good_design_is_found_with_its_companions_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let declared = |table: &[(&str, &'static [&'static str])]| -> BTreeSet<&'static str> {
            table.iter().filter(|(name, _)| *name == rule.name()).flat_map(|(_, list)| list.iter().copied()).collect()
        };
        for (heading, table) in [("Fires", COMPANIONS), ("Silent", BESIDE_SILENCE)] {
            let mut others = BTreeSet::new();
            for example in examples(rule.page, heading) {
                others.extend(rules_of(&read_example(example)));
            }
            others.remove(rule.name());
            if others != declared(table) {
                wrong.push(format!("(\"{}\", &{others:?}), // {heading}", rule.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn identities(model: &Model) -> BTreeSet<String> {
    model
        .systems()
        .flat_map(|system| {
            hazards_of(model, system).findings.iter().map(|finding| format!("{}: {}", system.id, finding.id())).collect::<Vec<_>>()
        })
        .collect()
}

fn all_examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().flat_map(|rule| {
        ["Fires", "Silent"].into_iter().flat_map(|heading| examples(rule.page, heading)).map(|example| (rule.name(), example))
    })
}

/// Returns the lines of the base, and the rest.
fn base_of(example: &str) -> (&str, &str) {
    example.find("# --- ").map_or((example, ""), |at| example.split_at(at))
}

#[test]
fn order_place_and_files_change_nothing() {
    for (name, example) in all_examples() {
        let expected = identities(&read_example(example));
        let (base, rest) = base_of(example);
        // Tables in reverse order, with lines between them.
        let mut tables: Vec<String> = Vec::new();
        for line in base.lines() {
            if line.starts_with('[') || tables.is_empty() {
                tables.push(String::new());
            }
            if let Some(table) = tables.last_mut() {
                table.push_str(line);
                table.push('\n');
            }
        }
        tables.reverse();
        assert_eq!(identities(&read_example(&format!("{}{rest}", tables.join("\n\n")))), expected, "{name}: reordered");
        // All of it in a part.
        let split = format!("include = [\"parts/all.toml\"]\n# --- parts/all.toml\n{base}{rest}");
        if !base.contains("[system]") && !base.contains("[objectives]") && !base.contains("[network]") {
            assert_eq!(identities(&read_example(&split)), expected, "{name}: split");
        }
    }
}

/// Returns a text with every id of a model's components, locations, teams, journeys and entities renamed, so that their order stays.
fn renamed(example: &str, model: &Model) -> String {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for system in model.systems() {
        ids.extend(system.components.iter().map(|one| one.id.as_str()));
        ids.extend(system.locations.iter().map(|one| one.id.as_str()));
        ids.extend(system.teams.iter().map(|one| one.id.as_str()));
        ids.extend(system.journeys.iter().filter(|one| !one.implied).map(|one| one.id.as_str()));
        ids.extend(system.entities.iter().map(|one| one.id.as_str()));
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let (bytes, mut text, mut at) = (example.as_bytes(), String::new(), 0);
    while at < bytes.len() {
        let end = (at..bytes.len()).find(|end| !is_word(bytes[*end])).unwrap_or(bytes.len());
        if end == at {
            let next = example[at..].chars().next().map_or(1, char::len_utf8);
            text.push_str(&example[at..at + next]);
            at += next;
            continue;
        }
        let word = &example[at..end];
        text.push_str(word);
        if ids.contains(word) {
            text.push_str("-2");
        }
        at = end;
    }
    text
}

#[test]
fn names_change_nothing_but_names() {
    let mut compared = 0;
    for (name, example) in all_examples() {
        let model = read_example(example);
        let base = base_of(example).0;
        // Words that are ids and also keys or words of the language cannot be told apart in a text.
        let Some(other) = try_example(&renamed(base, &model)).filter(|_| base == example) else { continue };
        let counted = |model: &Model| {
            let mut rules: Vec<(&str, usize)> =
                hazards_of(model, &model.base).findings.iter().map(|one| (one.rule.name(), one.evidence.len())).collect();
            rules.sort_unstable();
            rules
        };
        assert_eq!(counted(&other), counted(&model), "{name}\n{example}");
        compared += 1;
    }
    assert!(compared > RULES.len(), "only {compared} examples could be renamed");
}

#[test]
fn what_is_added_elsewhere_changes_no_identity() {
    for (name, example) in all_examples() {
        let before = identities(&read_example(example));
        let more = "[components.zz-other]\nkind = \"service\"\n[components.zz-another]\nkind = \"database\"\n[links.\"zz-other -> zz-another\"]\ntimeout = false\n";
        let (base, rest) = base_of(example);
        let after = identities(&read_example(&format!("{base}\n{more}{rest}")));
        let changed: Vec<&String> = before.symmetric_difference(&after).filter(|id| !id.contains("zz-")).collect();
        // A system that is classified as a whole may become another style, and stand for another candidate.
        let of_whole = ["microservices-before-nfr", "distribution-without-benefit", "under-engineered"];
        assert!(changed.iter().all(|id| of_whole.iter().any(|rule| id.contains(rule))), "{name}: {changed:?}");
    }
}

/// Rules that compare a computed figure: where a fact is unknown they use the assumed one, and say so.
const COMPUTED: &[&str] = &["availability-not-met", "capacity-short"];

/// Writes a table as TOML: what stands at the top, then a table for each of the rest.
fn written(table: &toml::Table) -> String {
    fn inline(value: &toml::Value) -> String {
        // A JSON string is a basic string of TOML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match value {
            toml::Value::String(text) => quoted(text),
            toml::Value::Integer(whole) => whole.to_string(),
            toml::Value::Float(number) => format!("{number:?}"),
            toml::Value::Boolean(truth) => truth.to_string(),
            toml::Value::Datetime(date) => date.to_string(),
            toml::Value::Array(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(", ")),
            toml::Value::Table(table) => {
                let pairs: Vec<String> = table.iter().map(|(key, value)| format!("{} = {}", quoted(key), inline(value))).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }
    let (mut top, mut tables) = (String::new(), String::new());
    for (name, value) in table {
        match value {
            toml::Value::Table(items) => {
                tables.push_str(&format!("[{name}]\n"));
                items
                    .iter()
                    .for_each(|(id, item)| tables.push_str(&format!("{} = {}\n", serde_json::Value::from(id.as_str()), inline(item))));
            }
            other => top.push_str(&format!("{name} = {}\n", inline(other))),
        }
    }
    top + &tables
}

/// Returns the texts that a base becomes when one fact of it is unknown: each key of its elements and defaults, and each key inside those.
fn with_one_unknown(base: &str) -> Vec<String> {
    let table: toml::Table = base.parse().expect("an example is TOML");
    let unknown = || toml::Value::String("unknown".to_owned());
    let mut texts = Vec::new();
    for name in ["components", "links", "journeys", "entities", "defaults", "locations", "teams"] {
        let Some(items) = table.get(name).and_then(toml::Value::as_table) else { continue };
        for (id, item) in items {
            for (key, value) in item.as_table().into_iter().flatten() {
                let mut write = |inner: Option<&str>| {
                    let mut changed = table.clone();
                    let place = &mut changed[name][id.as_str()][key.as_str()];
                    match inner {
                        None => *place = unknown(),
                        Some(inner) => place[inner] = unknown(),
                    }
                    texts.push(written(&changed));
                };
                write(None);
                value.as_table().into_iter().flatten().for_each(|(inner, _)| write(Some(inner)));
            }
        }
    }
    texts
}

#[test]
fn a_fact_that_becomes_unknown_never_adds_an_error() {
    let errors = |model: &Model| -> BTreeSet<String> {
        let found = |system: &System| hazards_of(model, system).findings;
        model
            .systems()
            .flat_map(found)
            .filter(|finding| finding.severity == crate::diagnostic::Severity::Error && !COMPUTED.contains(&finding.rule.name()))
            .map(|finding| finding.id())
            .collect()
    };
    let (mut compared, mut wrong) = (0, BTreeSet::new());
    // Examples leave out the version.
    let clean: &'static str = include_str!("../../tests/fixtures/hazards/system.toml").split_once("schema = 1\n").expect("a version").1;
    for (name, example) in all_examples().chain([("the clean model", clean)]) {
        let before = errors(&read_example(example));
        let (base, rest) = base_of(example);
        for changed in with_one_unknown(base) {
            let Some(model) = try_example(&format!("{changed}{rest}")) else { continue };
            compared += 1;
            let added: Vec<String> = errors(&model).difference(&before).cloned().collect();
            if !added.is_empty() {
                wrong.insert(format!("{name}: {added:?}\n{changed}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(compared > 600, "only {compared} facts could be taken away");
}

#[test]
fn adding_a_timeout_never_adds_missing_timeout() {
    for (name, example) in all_examples() {
        let of = |model: &Model| identities(model).into_iter().filter(|id| id.contains("missing-timeout:")).collect::<BTreeSet<_>>();
        let before = of(&read_example(example));
        if let Some(model) = try_example(&example.replace("timeout = false", "timeout = \"1s\"")) {
            assert!(of(&model).is_subset(&before), "{name}");
        }
    }
}

#[test]
fn a_default_is_one_finding_and_its_places_are_listed() {
    let model = read_example(
        "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\nc = { kind = \"service\" }\n[defaults.\"->\"]\ntimeout = false\n[links]\n\"a -> b\" = {}\n\"b -> c\" = {}\n\"a -> c\" = { timeout = \"1s\" }\n",
    );
    let hazards = hazards_of(&model, &model.base);
    let found: Vec<_> = hazards.findings.iter().filter(|finding| finding.rule.name() == "missing-timeout").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id(), "missing-timeout:defaults.->");
    assert_eq!(found[0].evidence.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a -> b", "b -> c"]);
}

#[test]
fn what_is_missing_is_named_and_lowers_the_coverage() {
    let model = read_example("[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = {}\n");
    let hazards = hazards_of(&model, &model.base);
    assert!(hazards.findings.is_empty(), "nothing is stated, so nothing fires");
    let timeout = hazards.not_evaluated.iter().find(|one| one.rule == "missing-timeout").expect("it could not be evaluated");
    assert_eq!((timeout.needs.as_str(), timeout.count, timeout.of.as_slice()), ("timeout", 1, ["a -> b".to_owned()].as_slice()));
    let (known, asked) = hazards.coverage();
    assert!(known < asked);
}

#[test]
fn a_baseline_only_shrinks_and_knows_new_places() {
    use super::Baseline;
    let text = |more: &str| {
        format!(
            "[components]\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\nc = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ timeout = false }}\n{more}"
        )
    };
    let of = |text: &str| {
        let model = read_example(text);
        hazards_of(&model, &model.base)
    };
    let (before, now) = (of(&text("")), of(&text("\"a -> c\" = { timeout = false }\n")));
    let mut baseline = Baseline::default();
    baseline.adopt("system", &before);
    let read = Baseline::read(&baseline.write()).expect("what is written is read");
    assert_eq!(read, baseline);
    let difference = baseline.difference("system", &now);
    assert_eq!(difference.new["missing-timeout:a"], BTreeSet::from(["a -> c".to_owned()]), "a new place of an old cause is new");
    assert!(difference.unchanged.contains_key("missing-timeout:a"));
    let mended = of("[components]\na = { kind = \"service\" }\n");
    baseline.prune(&[("system".to_owned(), mended)].into());
    assert!(baseline.is_empty());
    assert!(Baseline::read("system = 3").is_err() && Baseline::read("schema = 3").is_err());
    assert!(Baseline::read("schema = 2\nfindings = 1").is_err());
}

/// Whatever an alternative is called, its findings are found again; also in a file that has its alternatives beside `schema`.
#[test]
fn a_baseline_knows_every_name() {
    use super::Baseline;
    let model =
        read_example("[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = { timeout = false }\n");
    let hazards = hazards_of(&model, &model.base);
    for id in ["schema", "findings", "system", "a-1", "inf", "true", "x.y", "\"", "\u{7f}", ""] {
        let mut baseline = Baseline::default();
        baseline.adopt(id, &hazards);
        let written = baseline.write();
        let read = Baseline::read(&written).unwrap_or_else(|error| panic!("{id}: {error}\n{written}"));
        assert_eq!(read, baseline, "{id}");
        assert!(!read.is_empty() && read.difference(id, &hazards).new.is_empty(), "{id}");
    }
    let older = Baseline::read("schema = 1\n[findings]\n\"missing-timeout:a\" = [\"a -> b\"]\n").expect("the first format");
    assert!(older.difference("findings", &hazards).unchanged.contains_key("missing-timeout:a"));
}

/// Reads a model with a policy, and judges the base as of a day.
fn judged(system: &str, policy: &str, today: Option<Date>) -> (Hazards, Vec<String>) {
    let model = model(&[("system.toml", &format!("schema = 1\n{system}")), ("policy.toml", &format!("schema = 1\n{policy}"))]);
    let shown: Vec<String> = model.diagnostics.iter().map(|one| one_line(&model.sources, one)).collect();
    assert!(!has_errors(&model.diagnostics), "{shown:#?}");
    let (policy, mut diagnostics) = read_policy(&model, today);
    let (hazards, late) = policy.judge(&model.base, hazards_of(&model, &model.base));
    diagnostics.extend(late);
    diagnostics.extend(policy.unmet_expectations([(&model.base, &hazards)]));
    (hazards, diagnostics.iter().map(|one| one.code.name().to_owned()).collect())
}

const HANGS: &str = "[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\nc = { kind = \"service\", tags = \"old\" }\n[links]\n\"a -> b\" = { timeout = false }\n\"a -> c\" = { timeout = false }\n";

fn open_places(hazards: &Hazards) -> Vec<String> {
    hazards.open().flat_map(|finding| finding.evidence.iter().map(|one| one.id.clone())).collect()
}

#[test]
fn an_acceptance_takes_its_places_out_and_stays_in_the_report() {
    let allow =
        |pattern: &str| format!("[allow.x]\nrule = \"missing-timeout\"\nwhere = \"{pattern}\"\nreason = \"old\"\nowner = \"core\"\n");
    for pattern in ["a -> c", "* -> c", "tag:old"] {
        let (hazards, mistakes) = judged(HANGS, &allow(pattern), None);
        assert_eq!(open_places(&hazards), ["a -> b"], "{pattern}");
        assert!(mistakes.is_empty());
        let (_, acceptance) = hazards.accepted().next().expect("it stays");
        assert_eq!(
            (acceptance.reason.as_str(), acceptance.owner.as_deref(), acceptance.by.as_str()),
            ("old", Some("core"), "policy.toml: allow.x")
        );
    }
    let (hazards, _) = judged(HANGS, &allow("kind:service"), None);
    assert!(open_places(&hazards).is_empty());
    let element = HANGS.replace(
        "\"a -> c\" = { timeout = false }",
        "\"a -> c\" = { timeout = false, allow = { missing-timeout = { reason = \"old\" } } }",
    );
    assert_eq!(open_places(&judged(&element, "", None).0), ["a -> b"]);
}

#[test]
fn what_is_forbidden_expired_or_expected_in_vain_is_told() {
    let allow = "[allow.x]\nrule = \"missing-timeout\"\nreason = \"old\"\nuntil = 2026-06-30\n";
    let day = |month, day| Some(Date { year: 2026, month, day });
    assert_eq!(open_places(&judged(HANGS, allow, None).0).len(), 0, "without a day nothing expires");
    assert_eq!(open_places(&judged(HANGS, allow, day(6, 30)).0).len(), 0, "the last day counts");
    let (hazards, mistakes) = judged(HANGS, allow, day(7, 1));
    assert_eq!((open_places(&hazards).len(), mistakes.first().map(String::as_str)), (2, Some("expired-allow")));
    let (hazards, mistakes) = judged(HANGS, &format!("forbid = [\"missing-timeout\"]\n{allow}"), None);
    assert_eq!((open_places(&hazards).len(), mistakes.first().map(String::as_str)), (2, Some("forbidden-allow")));
    let (_, mistakes) = judged(HANGS, "[allow.x]\nrule = \"chatty-link\"\nreason = \"x\"\nexpect = true\n", None);
    assert_eq!(mistakes, ["unused-allow"]);
    let (_, mistakes) = judged(HANGS, "[allow.x]\nrule = \"mising-timeout\"\nreason = \"x\"\n", None);
    assert_eq!(mistakes, ["unknown-rule"]);
}

#[test]
fn a_policy_sets_severities_and_parameters_and_turns_rules_off() {
    let (hazards, _) = judged(HANGS, "[rules.missing-timeout]\nseverity = \"error\"\n", None);
    assert!(hazards.open().all(|finding| finding.severity == crate::diagnostic::Severity::Error));
    let (_, mistakes) = judged(HANGS, "[rules.chatty-link]\nparameters = { many = 3 }\n", None);
    assert_eq!(mistakes, ["unknown-key"]);
}

#[test]
fn an_acceptance_says_why() {
    for why in ["", "reason = \"\"", "reason = \" \\t\"", "reason = \"-\"", "reason = false", "owner = \"core\""] {
        let element = HANGS.replace(
            "\"a -> c\" = { timeout = false }",
            &format!("\"a -> c\" = {{ timeout = false, allow = {{ missing-timeout = {{ {why} }} }} }}"),
        );
        let policy = format!("schema = 1\n[allow.x]\nrule = \"missing-timeout\"\n{why}\n");
        for (system, policy) in [(element.as_str(), "schema = 1\n"), (HANGS, policy.as_str())] {
            let model = model(&[("system.toml", &format!("schema = 1\n{system}")), ("policy.toml", policy)]);
            assert!(has_errors(&model.diagnostics), "{why}: {policy}");
        }
    }
}

/// A workspace forbids; the model below turns the rule off, makes it milder, or asks more of it before it fires.
#[test]
fn what_is_forbidden_is_not_got_around() {
    let around = |rule: &str, own: &str| {
        let workspace = format!("schema = 1\n[policy]\nforbid = [\"{rule}\"]\n");
        let policy = format!("schema = 1\n[rules.{rule}]\n{own}\n");
        let model = model(&[
            ("../weighbridge.toml", workspace.as_str()),
            ("system.toml", &format!("schema = 1\n{HANGS}")),
            ("policy.toml", &policy),
        ]);
        assert!(!has_errors(&model.diagnostics), "{:?}", model.diagnostics);
        let (policy, mistakes) = read_policy(&model, None);
        let (hazards, _) = policy.judge(&model.base, hazards_of(&model, &model.base));
        let open = hazards.open().filter(|one| one.rule.name() == rule && one.severity <= crate::diagnostic::Severity::Warning).count();
        (mistakes.iter().map(|one| one.code.name()).collect::<Vec<_>>(), open)
    };
    assert_eq!(around("missing-timeout", "off = true"), (vec!["forbidden-allow"], 1));
    assert_eq!(around("missing-timeout", "severity = \"note\""), (vec!["forbidden-allow"], 1));
    assert_eq!(around("missing-timeout", "severity = \"error\""), (vec![], 1), "worse is no way around");
    assert_eq!(around("chatty-link", "parameters = { calls = 1000 }").0, ["forbidden-allow"]);
}

/// An acceptance of the workspace and one of the model may have the same id, and stay two.
#[test]
fn acceptances_of_workspace_and_model_are_two() {
    let allow = |table: &str, place: &str, reason: &str| {
        format!("schema = 1\n[{table}.x]\nrule = \"missing-timeout\"\nwhere = \"{place}\"\nreason = \"{reason}\"\nexpect = true\n")
    };
    let accepted = |of_workspace: &str, of_model: &str| {
        let model = model(&[
            ("../weighbridge.toml", &allow("policy.allow", of_workspace, "ours")),
            ("system.toml", &format!("schema = 1\n{HANGS}")),
            ("policy.toml", &allow("allow", of_model, "its own")),
        ]);
        assert!(!has_errors(&model.diagnostics), "{:?}", model.diagnostics);
        let (policy, _) = read_policy(&model, None);
        let (hazards, _) = policy.judge(&model.base, hazards_of(&model, &model.base));
        let mut accepted: Vec<(String, Vec<String>, String)> = hazards
            .accepted()
            .map(|(finding, one)| (one.by.clone(), finding.evidence.iter().map(|place| place.id.clone()).collect(), one.reason.clone()))
            .collect();
        accepted.sort();
        let unmet: Vec<String> = policy.unmet_expectations([(&model.base, &hazards)]).into_iter().map(|one| one.message).collect();
        (accepted, unmet)
    };
    let one = |by: &str, place: &str, reason: &str| (by.to_owned(), vec![place.to_owned()], reason.to_owned());
    assert_eq!(
        accepted("a -> b", "a -> c"),
        (vec![one("policy.toml: allow.x", "a -> c", "its own"), one("weighbridge.toml: policy.allow.x", "a -> b", "ours")], Vec::new())
    );
    let (_, unmet) = accepted("c -> d", "a -> c");
    assert_eq!(unmet, ["`weighbridge.toml: policy.allow.x` expects `missing-timeout`, which was not found"]);
}

/// What one alternative mends, another still needs: the acceptance is unused only when none has the finding.
#[test]
fn an_expectation_is_unmet_only_where_no_design_has_the_finding() {
    let codes = |mended: &[&str]| {
        let element = HANGS.replace(
            "\"a -> c\" = { timeout = false }",
            "\"a -> c\" = { timeout = false, allow = { missing-timeout = { reason = \"old\", expect = true } } }",
        );
        let policy = "schema = 1\n[allow.only-there]\nrule = \"missing-timeout\"\nwhere = \"a -> b\"\nreason = \"old\"\nexpect = true\n";
        let alternative =
            "schema = 1\nextends = \"../system.toml\"\n[links]\n\"a -> b\" = { timeout = \"1s\" }\n\"a -> c\" = { timeout = \"1s\" }\n";
        let mut base = format!("schema = 1\n{element}");
        for link in mended {
            base = base.replace(&format!("\"{link}\" = {{ timeout = false"), &format!("\"{link}\" = {{ timeout = \"1s\""));
        }
        let model = model(&[("system.toml", &base), ("policy.toml", policy), ("alternatives/mended.toml", alternative)]);
        assert!(!has_errors(&model.diagnostics), "{:?}", model.diagnostics);
        let (policy, _) = read_policy(&model, None);
        let judged: Vec<(&System, Hazards)> =
            model.systems().map(|system| (system, policy.judge(system, hazards_of(&model, system)).0)).collect();
        let unmet = policy.unmet_expectations(judged.iter().map(|(system, hazards)| (*system, hazards)));
        unmet.iter().map(|one| one.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), Vec::<String>::new(), "the alternative mends both, the base needs them");
    assert_eq!(codes(&["a -> b"]), ["`policy.toml: allow.only-there` expects `missing-timeout`, which was not found"]);
    assert_eq!(codes(&["a -> c"]), ["`a -> c` expects `missing-timeout`, which was not found"]);
}

proptest! {
    /// No policy panics, whatever it says.
    #[test]
    fn any_policy_is_judged(text in "(?s).{0,120}", reason in "(?s).{0,40}", pattern in "(?s).{0,20}") {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let allow = format!("schema = 1\n[allow.x]\nrule = \"missing-timeout\"\nreason = {}\nwhere = {}\n", quoted(&reason), quoted(&pattern));
        for policy in [text, allow] {
            let model = model(&[("system.toml", &format!("schema = 1\n{HANGS}")), ("policy.toml", &policy)]);
            let (policy, _) = read_policy(&model, None);
            let _ = policy.judge(&model.base, hazards_of(&model, &model.base));
        }
    }
}

/// Computed rules use an assumed figure where a fact is not stated, and say so.
#[test]
fn a_finding_that_rests_on_an_assumed_figure_says_so() {
    let finding = |replicas: &str, rule: &str| {
        let model = read_example(&format!(
            "[components]\nuser = {{ kind = \"client\" }}\nweb = {{ kind = \"service\", availability = \"99%\", service-time = \"20ms\", concurrency = 1{replicas} }}\n\
             [links]\n\"user -> web\" = {{}}\n[journeys.buy]\nrate = \"45/s\"\navailability = \"99.9%\"\nsteps = [\"user -> web\"]\n"
        ));
        let found = hazards_of(&model, &model.base).findings.into_iter().find(|one| one.rule.name() == rule).expect("it fires");
        (found.confidence, found.message)
    };
    for rule in ["capacity-short", "availability-not-met"] {
        let (sure, stated) = finding(", replicas = 1", rule);
        assert_eq!((sure, stated.contains("assumed")), (Confidence::High, false), "{stated}");
        for unstated in ["", ", replicas = \"unknown\""] {
            let (sure, assumed) = finding(unstated, rule);
            assert_eq!((sure, assumed), (Confidence::Medium, format!("{stated}; assumed: `components.web.replicas = 1`")));
        }
    }
}

/// What each rule finds in a model of services `a` to `d`, a queue, a cache and a database.
fn in_small(links: &str, more: &str, rule: &str) -> Vec<String> {
    let model = read_example(&format!(
        "[components]\na = {{ kind = \"service\", replicas = 2 }}\nb = {{ kind = \"service\" }}\nc = {{ kind = \"service\" }}\nd = {{ kind = \"service\" }}\n\
         q = {{ kind = \"queue\" }}\nx = {{ kind = \"cache\" }}\ny = {{ kind = \"database\" }}\n[links]\n{links}\n{more}\n"
    ));
    let found = hazards_of(&model, &model.base).findings.into_iter().filter(|one| one.rule.name() == rule);
    found.map(|one| one.subjects.join("+")).collect()
}

#[test]
fn of_two_equal_timeouts_the_outer_one_ends_first() {
    let found = |outer: &str| {
        let links = format!("\"a -> b\" = {{ timeout = \"{outer}\" }}\n\"b -> c\" = {{ timeout = \"1s\", retries = 1 }}");
        in_small(&links, "[journeys.j]\nsteps = [\"a -> b\", \"b -> c\"]", "timeout-inversion")
    };
    assert_eq!((found("2s").len(), found("2001ms").len()), (1, 0));
}

#[test]
fn calls_in_a_row_are_counted_over_steps_and_loops() {
    let found = |steps: &str| in_small("\"a -> b\" = {}\n\"b -> c\" = {}", &format!("[journeys.j]\nsteps = [{steps}]"), "chatty-link");
    let listed = |count: usize| vec!["\"a -> b\""; count].join(", ");
    assert_eq!((found(&listed(4)), found(&listed(5))), (vec![], vec!["a -> b".to_owned()]));
    // 3 × 3 calls of the inner link, 3 of the outer.
    let looped =
        |outer: u32, inner: u32| found(&format!("{{ call = \"a -> b\", times = {outer} }}, {{ call = \"b -> c\", times = {inner} }}"));
    assert_eq!((looped(3, 3), looped(2, 2)), (vec!["b -> c".to_owned()], vec![]));
    // The inner link is called nine times because the outer one is.
    assert_eq!(looped(9, 1), ["a -> b"]);
    // One of several happens; members at the same time are no row.
    let branch = "{ share = 0.5, steps = [\"a -> b\", \"a -> b\", \"a -> b\"] }";
    assert_eq!(found(&format!("{{ choice = [{branch}, {branch}] }}")), Vec::<String>::new());
    assert_eq!(found(&format!("{{ parallel = [{}] }}", listed(6))), Vec::<String>::new());
}

#[test]
fn what_is_below_an_accepted_call_needs_no_saga() {
    let found = |required: &str| {
        let links = format!(
            "\"a -> b\" = {{ required = {required} }}\n\"b -> y\" = {{ effect = \"write\" }}\n\"a -> c\" = {{ effect = \"write\" }}"
        );
        in_small(&links, "[journeys.j]\nsaga = false\nsteps = [\"a -> b\", \"b -> y\", \"a -> c\"]", "multi-service-write-no-saga")
    };
    assert_eq!((found("true").len(), found("false").len()), (1, 0));
}

#[test]
fn the_clocks_of_whoever_feeds_a_queue_order_what_comes_out_of_it() {
    let found =
        |sender: &str| in_small(&format!("\"{sender} ~> q\" = {{}}\n\"q ~> d\" = {{ order-by = \"wall-clock\" }}"), "", "wall-clock-order");
    assert_eq!((found("a"), found("b")), (vec!["q ~> d".to_owned()], vec![]));
}

#[test]
fn a_link_that_states_no_time_to_live_states_that_a_copy_stays() {
    let found = |ttl: &str| {
        let entity = "[entities]\nprice = { truth = \"y\", copies = { x = \"1s\" } }";
        in_small(&format!("\"a -> x\" = {{ invalidate = false{ttl} }}"), entity, "cache-without-invalidation")
    };
    assert_eq!((found(", ttl = false").len(), found("").len(), found(", ttl = \"60s\"").len()), (1, 0, 0));
}
