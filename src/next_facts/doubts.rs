//! Which facts might be otherwise: assumed, guessed, old, stated as a range; and those that are missing for a figure.

use std::collections::{BTreeMap, BTreeSet};

use super::ends::{ESTIMATE, GUESS, off_by, row, shown, text};
use super::{Doubt, Why};
use crate::assessment::Assessment;
use crate::model::{Model, System, assumptions};
use crate::quantity::{Date, Dimension, Duration, Ranged, parse_quantity};
use crate::syntax::keys::{Shape, Table};
use crate::syntax::value::{Facts, Provenance, ReplicaBound, ReplicaCount, ServiceTime, State, Value};

/// From this age on, against the newest dated fact of the model, a fact is old: a year.
pub(super) const OLD_DAYS: i64 = 365;

/// How the source of a guess, and of an estimate, begins.
const GUESSES: &[&str] = &["guess", "a guess", "guessed"];
const ESTIMATES: &[&str] = &["estimate", "an estimate", "estimated"];

/// The doubts about quantities.
pub(super) struct Doubts {
    /// All of them by path: each once, whichever designs have it.
    pub(super) all: Vec<Doubt>,
    /// The paths of each design's own, in the designs' order.
    pub(super) of_design: Vec<BTreeSet<String>>,
    /// What is no range, by path: the model is read again with each of its ends.
    pub(super) stepped: Vec<Stepped>,
}

/// A fact in doubt that no range can state: a count, or a pair of percentiles.
#[derive(Debug, Clone)]
pub(super) struct Stepped {
    pub(super) path: String,
    pub(super) why: Why,
    /// The ends, as they are set.
    pub(super) settings: [String; 2],
    /// The ends, for people.
    pub(super) ends: (String, String),
}

/// Lists the doubts about quantities.
pub(super) fn doubts(model: &Model, assessed: &[(&System, &Assessment)]) -> Doubts {
    let newest = model.systems().flat_map(every_fact).filter_map(|one| one.provenance?.on).max();
    let mut all: BTreeMap<String, Doubt> = BTreeMap::new();
    let mut stepped: BTreeMap<String, Stepped> = BTreeMap::new();
    let mut of_design = Vec::new();
    for (system, assessment) in assessed {
        let own = of(system, assessment, newest);
        of_design.push(own.iter().map(|doubt| doubt.path.clone()).collect());
        for doubt in own {
            all.entry(doubt.path.clone()).or_insert(doubt);
        }
    }
    for (system, _) in assessed {
        for Fact { path, provenance, says } in every_fact(system) {
            if let Some((why, factor)) = provenance.and_then(|provenance| doubted(provenance, newest))
                && let Some(one) = steps(&path, says, why, factor)
            {
                stepped.entry(path).or_insert(one);
            }
        }
    }
    Doubts { all: all.into_values().collect(), of_design, stepped: stepped.into_values().collect() }
}

/// Returns the ends of what is no range.
fn steps(path: &str, says: &Value, why: Why, factor: f64) -> Option<Stepped> {
    let (settings, ends) = match says {
        Value::Count(count) | Value::Replicas(ReplicaCount { min: None, usual: count, max: ReplicaBound::Unstated }) => {
            let ends = around(*count, factor).map(|end| end.to_string());
            (ends.clone(), ends.into())
        }
        Value::ServiceTime(ServiceTime::Percentiles { p50, p99 }) => {
            let at = |factor: f64| [p50, p99].map(|time| time.likely.seconds() * factor);
            let both = [at(1.0 / factor), at(factor)];
            let write = |seconds: f64| text(Ranged::exactly(seconds), Dimension::Duration);
            let settings = both.map(|[p50, p99]| format!("{{ p50 = \"{}\", p99 = \"{}\" }}", write(p50), write(p99)));
            (settings, both.map(|times| times.map(|time| shown(time, Dimension::Duration)).join(" and ")).into())
        }
        _ => return None,
    };
    (settings[0] != settings[1]).then(|| Stepped { path: path.to_owned(), why, settings, ends })
}

/// Returns the whole numbers that a count may be off to; one is the least that works.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of workers and copies")]
fn around(count: u64, factor: f64) -> [u64; 2] {
    let of = |value: f64| (value.round() as u64).max(1);
    [of(count as f64 / factor), of(count as f64 * factor)]
}

/// Lists the doubts about one design; what it states as a range is no other doubt, too.
fn of(system: &System, assessment: &Assessment, newest: Option<Date>) -> Vec<Doubt> {
    let mut found: BTreeMap<String, Doubt> = BTreeMap::new();
    for key in system.ranged_keys() {
        let [low, high] = key.ends().map(f64::from_bits);
        let dimension = dimension_of(&key.path);
        let ends = dimension.map_or((low.to_string(), high.to_string()), |dimension| (shown(low, dimension), shown(high, dimension)));
        found.entry(key.path.clone()).or_insert_with(|| Doubt::new(key.path.clone(), Why::Range, ends, None));
    }
    for Fact { path, provenance, says } in every_fact(system) {
        let Some((why, factor)) = provenance.and_then(|provenance| doubted(provenance, newest)) else { continue };
        let Some((range, dimension)) = quantity(&path, says).filter(|(range, _)| !range.is_range()) else { continue };
        let mut doubt = of_range(path.clone(), why, off_by(factor, range.likely, &path, dimension), dimension);
        if let Value::ServiceTime(ServiceTime::Variation { scv, .. }) = says {
            let variation = text(*scv, Dimension::Number);
            doubt.setting = doubt.setting.map(|mean| format!("{{ mean = \"{mean}\", scv = {variation} }}"));
        }
        found.entry(path).or_insert(doubt);
    }
    for assumed in &assessment.assumed {
        let (path, dimension) = match assumptions::find(&assumed.path) {
            Some(constant) => (format!("assumptions.{}", constant.name), Some(constant.dimension)),
            None => (assumed.path.clone(), dimension_of_path(&assumed.path)),
        };
        let Some(dimension) = dimension else { continue };
        let Ok(now) = parse_quantity(&assumed.value.replace(' ', ""), dimension) else { continue };
        found
            .entry(path.clone())
            .or_insert_with(|| of_range(path.clone(), Why::Assumed, row(&path).around(now.likely, dimension), dimension));
    }
    found.into_values().collect()
}

fn of_range(path: String, why: Why, range: Ranged<f64>, dimension: Dimension) -> Doubt {
    let ends = (shown(range.low, dimension), shown(range.high, dimension));
    Doubt::new(path, why, ends, Some(text(range, dimension)))
}

/// Says whether somebody was not sure of a fact, and how far it may be off.
fn doubted(provenance: &Provenance, newest: Option<Date>) -> Option<(Why, f64)> {
    let source = provenance.source.trim().to_lowercase();
    let begins = |words: &[&str]| {
        words.iter().any(|word| {
            source == *word
                || source.starts_with(&format!("{word} "))
                || source.starts_with(&format!("{word},"))
                || source.starts_with(&format!("{word}:"))
        })
    };
    if begins(GUESSES) {
        return Some((Why::Guess, GUESS));
    }
    if begins(ESTIMATES) {
        return Some((Why::Estimate, ESTIMATE));
    }
    let days = newest?.epoch_day() - provenance.on?.epoch_day();
    (days > OLD_DAYS).then_some((Why::Old(days), ESTIMATE))
}

/// A stated fact: its path, its source, and what it says.
struct Fact<'a> {
    path: String,
    provenance: Option<&'a Provenance>,
    says: &'a Value,
}

/// Returns what a fact says, where it says one quantity: a service time is its mean.
fn quantity(path: &str, says: &Value) -> Option<(Ranged<f64>, Dimension)> {
    match says {
        Value::Quantity(range) => Some((*range, dimension_of(path)?)),
        Value::ServiceTime(ServiceTime::Mean(mean) | ServiceTime::Variation { mean, .. }) => {
            Some((mean.map(Duration::seconds), Dimension::Duration))
        }
        _ => None,
    }
}

/// Lists the facts that have a source of their own.
fn every_fact(system: &System) -> Vec<Fact<'_>> {
    let mut found = Vec::new();
    for one in &system.components {
        collect_into(&format!("components.{}", one.id), &one.facts, &mut found);
    }
    for one in &system.links {
        collect_into(&format!("links.{}", one.id), &one.facts, &mut found);
    }
    for one in &system.locations {
        collect_into(&format!("locations.{}", one.id), &one.facts, &mut found);
    }
    for one in &system.journeys {
        collect_into(&format!("journeys.{}", one.id), &one.facts, &mut found);
    }
    found
}

fn collect_into<'a>(path: &str, facts: &'a Facts, found: &mut Vec<Fact<'a>>) {
    for (index, entry) in facts.entries() {
        let row = &facts.table.rows()[index as usize];
        let path = format!("{path}.{}", row.name);
        match &entry.state {
            State::Stated(Value::Table(inner)) => collect_into(&path, inner, found),
            State::Stated(says) => found.push(Fact { path, provenance: entry.provenance.as_deref(), says }),
            State::Absent | State::Unknown => {}
        }
    }
}

/// Returns what a path of the key table measures.
fn dimension_of_path(path: &str) -> Option<Dimension> {
    let (table, rest) = path.split_once('.')?;
    let mut table = match table {
        "components" => Table::Component,
        "links" => Table::Link,
        "locations" => Table::Location,
        "journeys" => Table::Journey,
        "shared-fate" => Table::SharedFate,
        _ => return None,
    };
    // The id of an element has no dot; keys of nested tables follow each other.
    let mut keys = rest.split('.').skip(1).peekable();
    while let Some(key) = keys.next() {
        match table.rows()[usize::from(table.find(key)?)].shape {
            Shape::Quantity(dimension) if keys.peek().is_none() => return Some(dimension),
            Shape::Table(inner) | Shape::OrTrue(&Shape::Table(inner)) => table = inner,
            _ => return None,
        }
    }
    None
}

fn dimension_of(path: &str) -> Option<Dimension> {
    if let Some(name) = path.strip_prefix("assumptions.") {
        return assumptions::find(name).map(|constant| constant.dimension);
    }
    if path.ends_with(".service-time") {
        return Some(Dimension::Duration);
    }
    dimension_of_path(path)
}

/// A fact that a figure lacks, with the ends of what it plausibly is, as they would be set.
pub(super) struct Lacking {
    pub(super) path: String,
    /// The figures that are not computed without it.
    pub(super) fields: BTreeSet<String>,
    /// The designs that lack it, by index.
    pub(super) designs: BTreeSet<usize>,
    /// The end that makes a design better, and the other; none where no bounds are known.
    pub(super) ends: Option<(String, String)>,
}

/// Lists what is missing for a figure, by path.
pub(super) fn lacking(assessed: &[(&System, &Assessment)]) -> Vec<Lacking> {
    let mut found: BTreeMap<&str, (BTreeSet<String>, BTreeSet<usize>)> = BTreeMap::new();
    for (at, (_, assessment)) in assessed.iter().enumerate() {
        for missing in &assessment.missing {
            let (fields, designs) = found.entry(&missing.needs).or_default();
            fields.insert(missing.field.clone());
            designs.insert(at);
        }
    }
    let is_path = |needs: &str| {
        ["components.", "journeys.", "links.", "locations."].iter().any(|table| needs.starts_with(table)) && !needs.contains(':')
    };
    found
        .into_iter()
        .filter(|(needs, _)| is_path(needs))
        .map(|(needs, (fields, designs))| {
            let row = row(needs);
            let is_count = needs.ends_with(".concurrency") || needs.ends_with(".connections");
            let dimension = if is_count {
                Some(Dimension::Number)
            } else if needs.ends_with(".service-time") {
                Some(Dimension::Duration)
            } else {
                dimension_of_path(needs)
            };
            let ends = row.bounds().zip(dimension).map(|((low, high), dimension)| {
                let write = |value: f64| text(Ranged::exactly(value), dimension);
                if row.better == super::ends::Better::Low { (write(low), write(high)) } else { (write(high), write(low)) }
            });
            Lacking { path: needs.to_owned(), fields, designs, ends }
        })
        .collect()
}
