//! A law of coverage: whoever states a fact that was asked for never knows less than before. It may make rules ask for more.

use std::collections::BTreeMap;

use super::{Assessed, assess_all, distinct};
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
