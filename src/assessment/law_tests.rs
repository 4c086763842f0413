//! Laws of whole assessments. Of coverage: whoever states a fact that was asked for never knows less than before; it may make rules ask for more. Of depth: what is computed only as far as
//! somebody asks is what everything computed says.

use std::collections::BTreeMap;

use super::{
    Assessed, askable_figures, assess, assess_all, assess_to_ask, assess_to_find, assess_to_judge, distinct, figures, has_gates_of_time,
    hazards,
};
use crate::model::testing::MemoryFiles;
use crate::model::{Model, Setting};
use crate::quantity::Dimension;
use crate::syntax::keys::{Shape, Table};

const MODELS: [(&str, &[(&str, &str)]); 4] = [
    (
        "shop",
        &[
            ("system.toml", include_str!("../../models/shop/system.toml")),
            ("alternatives/replicated.toml", include_str!("../../models/shop/alternatives/replicated.toml")),
        ],
    ),
    ("kubernetes", &[("system.toml", include_str!("../../models/kubernetes/system.toml"))]),
    ("online-boutique", &[("system.toml", include_str!("../../models/online-boutique/system.toml"))]),
    (
        "blank",
        &[(
            "system.toml",
            "schema = 1\n[components]\nusers = { kind = \"client\" }\napp = { kind = \"service\" }\n[links]\n\"users -> app\" = {}\n[journeys.use]\nsteps = [\"users -> app\"]\n",
        )],
    ),
];

/// Any value that a key takes.
fn any_value(path: &str) -> Option<&'static str> {
    let (table, rest) = path.split_once('.')?;
    let table = match table {
        "components" => Table::Component,
        "links" => Table::Link,
        "locations" => Table::Location,
        "journeys" => Table::Journey,
        _ => return None,
    };
    let key = rest.split('.').nth(1).filter(|_| rest.split('.').count() == 2)?;
    Some(match table.rows()[usize::from(table.find(key)?)].shape {
        Shape::Flag | Shape::OrTrue(_) => "true",
        Shape::Count | Shape::Replicas => "2",
        Shape::Quantity(Dimension::Duration) | Shape::ServiceTime => "10ms",
        Shape::Quantity(Dimension::Rate) => "1/s",
        Shape::Quantity(Dimension::Bytes) => "1KB",
        Shape::Quantity(Dimension::Share) => "99%",
        Shape::Quantity(Dimension::Number) => "1",
        Shape::Symbol(words) => words[0],
        _ => return None,
    })
}

fn pairs(one: &Assessed<'_>) -> BTreeMap<String, bool> {
    let assessment = &one.assessment;
    let asked = distinct(&assessment.communication, &assessment.latency, &assessment.availability);
    asked.into_iter().map(|(path, known)| (path.to_owned(), known)).collect()
}

fn known(one: &Assessed<'_>) -> usize {
    pairs(one).values().filter(|known| **known).count()
}

/// Every objective of time, availability, rate and money, over what feeds back: timeouts that are tried again, and a bill at its caps.
const EVERY_OBJECTIVE: &str = r#"schema = 1
[objectives]
availability = "99.9%"
latency-p50 = "5ms"
latency-p99 = "20ms"
throughput = "60/s"
budget = "100 USD/month"
survive = "zone"
[cost]
provider = "aws"
region = "us-east-1"
budget = { max-runaway = "200 USD", per-1000 = "0.01 USD", require-caps = true }
[locations]
us = { kind = "region" }
us-a = { kind = "zone", in = "us" }
[components]
users = { kind = "client" }
app = { kind = "service", on = "us-a", machine = "m5.large", service-time = "4ms", concurrency = 4, replicas = { min = 1, usual = 2, max = 4 } }
db = { kind = "database", on = "us-a", machine = "m5.large", service-time = "10ms", concurrency = 1, replicas = 1 }
[links]
"users -> app" = {}
"app -> db" = { effect = "read", timeout = "60ms", retries = 2 }
[journeys]
read = { rate = "30/s", peak = "45/s", steps = ["users -> app", "app -> db"] }
both = { rate = "2/s", steps = ["users -> app", { parallel = ["app -> db", "app -> db"] }] }
"#;

/// `check` computes less than a report, and says the same of gates and findings.
#[test]
fn what_is_judged_is_what_the_whole_assessment_says() {
    let every_objective: (&str, &[(&str, &str)]) = ("every objective", &[("system.toml", EVERY_OBJECTIVE)]);
    let without_latency = EVERY_OBJECTIVE.replace("latency-p50 = \"5ms\"\nlatency-p99 = \"20ms\"\n", "");
    let without_time = without_latency.replace("throughput = \"60/s\"\n", "");
    assert!(without_time.len() < without_latency.len() && without_latency.len() < EVERY_OBJECTIVE.len());
    let (without_latency, without_time) = ([("system.toml", without_latency.as_str())], [("system.toml", without_time.as_str())]);
    let fewer: [(&str, &[(&str, &str)]); 2] = [("throughput alone", &without_latency), ("no objective of time", &without_time)];
    for (name, files) in MODELS.into_iter().chain([every_objective]).chain(fewer) {
        let model = Model::read(&MemoryFiles::new(files));
        assert!(!model.has_errors(), "{name}: {:?}", model.diagnostics);
        for system in model.systems() {
            let (whole, judged, found) = (assess(system), assess_to_judge(system), assess_to_find(system));
            assert_eq!(judged.gates, whole.gates, "{name} {}", system.id);
            assert!(!["every objective", "throughput alone"].contains(&name) || has_gates_of_time(system), "{name}");
            assert!(name != "no objective of time" || !has_gates_of_time(system), "{name}");
            if !has_gates_of_time(system) {
                assert_eq!(found.gates, whole.gates, "{name} {}", system.id);
            }
            let (asked, all) = (askable_figures(system, &assess_to_ask(system)), figures(system, &whole));
            assert!(all.0.keys().all(|path| asked.0.contains_key(path)), "{name} {}", system.id);
            assert!(name != every_objective.0 || whole.gates.len() >= 10, "{:?}", whole.gates);
            let base = (!system.is_base()).then_some(&model.base);
            let findings = |assessment| -> Vec<(String, String)> {
                let found = hazards(system, base, assessment, &super::Settings::default(), None);
                found.open().map(|one| (one.id(), one.message.clone())).collect()
            };
            let of_whole = findings(&whole);
            assert_eq!(findings(&judged), of_whole, "{name} {}", system.id);
            assert_eq!(findings(&found), of_whole, "{name} {}", system.id);
        }
    }
}

#[test]
fn stating_a_fact_never_lowers_what_is_known() {
    let mut stated = 0;
    for (name, files) in MODELS {
        let files = MemoryFiles::new(files);
        let model = Model::read(&files);
        assert!(!model.has_errors(), "{name}");
        let before = assess_all(&model, None, None, None);
        let unknown: Vec<String> =
            before.iter().flat_map(|one| pairs(one).into_iter().filter(|(_, known)| !known).map(|(path, _)| path)).collect();
        let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
        for path in unknown {
            let Some(value) = any_value(&path) else { continue };
            // A few elements of each key are enough to see how the key behaves.
            let count = by_key.entry(path.rsplit('.').next().unwrap_or_default().to_owned()).or_default();
            *count += 1;
            if *count > 3 {
                continue;
            }
            let changed = Model::read_with(&files, &[Setting { key: path.clone(), value: value.to_owned() }]);
            if changed.has_errors() {
                continue;
            }
            stated += 1;
            let after = assess_all(&changed, None, None, None);
            for (before, after) in before.iter().zip(&after) {
                let (was, is) = (pairs(before), pairs(after));
                let lost: Vec<&String> =
                    was.iter().filter(|(path, known)| **known && is.get(*path) == Some(&false)).map(|(path, _)| path).collect();
                assert!(lost.is_empty(), "{name}: {path} = {value} makes {lost:?} unknown");
                let all = |one: &Assessed<'_>| known(one) + one.hazards.coverage().0;
                assert!(
                    all(after) >= all(before),
                    "{name}: {path} = {value}: {} pairs were known to analyses and rules, and are {}",
                    all(before),
                    all(after)
                );
                // Over the pairs that were asked before.
                let of_before = was.keys().filter(|path| is.get(*path).copied().unwrap_or(true)).count();
                assert!(
                    of_before >= known(before),
                    "{name}: {path} = {value}: {of_before} of the pairs asked before are known, and were {}",
                    known(before)
                );
                if was.contains_key(&path) {
                    assert!(is.get(&path).copied().unwrap_or(true), "{name}: {path} = {value} is still not known");
                    assert!(of_before > known(before), "{name}: {path} = {value} adds nothing");
                }
            }
        }
    }
    assert!(stated >= 25, "only {stated} facts were stated");
}
