//! The report as finished strings: everything that is shown, already rounded and worded.

use std::collections::BTreeMap;

use super::call_tree::call_tree;
use super::machine::tool;
use super::table::Table;
use crate::analysis::classification::{Distributed, listed};
use crate::analysis::failure::{BlastRadius, DomainKind};
use crate::assessment::{Assessment, GateState, Ranges, assess, ranges};
use crate::comparison::{Comparison, Delta, compare};
use crate::diagram::{self, View as Picture, diagrams};
use crate::model::assumptions::ASSUMPTION_SET;
use crate::model::{DistanceClass, Journey, JourneyId, Model, System};
use crate::quantity::{self, Bytes, Probability, significant};
use crate::syntax::keys::component;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};

/// The most rows of a table; the rest is counted below it.
const MAX_ROWS: usize = 40;

/// The most journeys that are drawn as sequences.
const MAX_SEQUENCES: usize = 12;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The system.
    pub title: String,
    /// The answer in one sentence.
    pub headline: String,
    /// The alternatives side by side; empty without alternatives.
    pub comparison: Vec<Table>,
    /// Each alternative.
    pub alternatives: Vec<AlternativeView>,
    /// The commands that make this report again.
    pub reproduce: Vec<String>,
    /// The tool and its version.
    pub tool: String,
    /// The set of assumptions.
    pub assumption_set: String,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct AlternativeView {
    /// The id.
    pub id: String,
    /// The name, with the status.
    pub heading: String,
    /// What it is, in the team's words.
    pub summary: Vec<String>,
    /// What it is, in ours, and why.
    pub because: Vec<String>,
    /// Objectives.
    pub gates: Table,
    /// The article's five characteristics.
    pub characteristics: Table,
    /// What each journey sends.
    pub journeys: Table,
    /// How far.
    pub crossings: Table,
    /// Bytes per second against bandwidth.
    pub traffic: Table,
    /// What stops a journey alone.
    pub single_points: Table,
    /// What each failing place costs.
    pub domains: Table,
    /// What could not be computed.
    pub missing: Table,
    /// What was assumed.
    pub assumed: Table,
    /// How much of what was asked is known.
    pub coverage: String,
    /// Pictures as PlantUML.
    pub diagrams: Vec<DiagramView>,
    /// Call trees, per journey.
    pub calls: Vec<CallsView>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct DiagramView {
    /// What it shows.
    pub title: String,
    /// The PlantUML text.
    pub text: String,
}

/// The calls of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct CallsView {
    /// The journey.
    pub journey: String,
    /// One line per call.
    pub lines: Vec<String>,
}

/// What a report includes besides figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// Diagrams and call trees.
    Included,
    /// Figures only.
    Left,
}

/// Makes the report of a model; of the base and one alternative where one is named. `path` is what the user typed.
pub fn view(model: &Model, only: Option<&str>, pictures: Pictures, path: &str) -> View {
    let chosen: Vec<&System> = model.systems().filter(|system| system.is_base() || only.is_none_or(|id| system.id == id)).collect();
    let assessed: Vec<(&System, Assessment, Ranges)> = chosen.iter().map(|system| (*system, assess(system), ranges(system))).collect();
    let comparisons: Vec<Comparison> = chosen.iter().skip(1).map(|system| compare(&model.base, system)).collect();
    View {
        title: model.base.system_name.clone(),
        headline: headline(&assessed),
        comparison: if assessed.len() > 1 { vec![side_by_side(&assessed), differences(&comparisons)] } else { Vec::new() },
        alternatives: assessed.iter().map(|(system, assessment, ranges)| alternative(system, assessment, ranges, pictures)).collect(),
        reproduce: vec![format!(
            "`weighbridge report {0}` makes this report, `weighbridge assess --format json {0}` all its figures.",
            shell(path)
        )],
        tool: tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

/// The answer in one sentence: what the base is, and what each alternative makes of it.
fn headline(assessed: &[(&System, Assessment, Ranges)]) -> String {
    let word = |assessment: &Assessment| match assessment.classification.distributed {
        Distributed::None => "not distributed",
        Distributed::Edge => "distributed at its edge",
        Distributed::DataStore => "distributed by its data store",
        Distributed::Replicated => "distributed by copies",
        Distributed::Full => "fully distributed",
        Distributed::Unknown => "not decided by the places that it states",
    };
    let Some((base, first, _)) = assessed.first() else { return String::new() };
    let needed: Vec<&str> = first.classification.needs_place_of.iter().map(String::as_str).collect();
    let mut sentence = if first.classification.distributed == Distributed::Unknown {
        format!("Whether {} is distributed today cannot be told before `on` of {} is stated", base.system_name, listed(&needed, 4))
    } else {
        format!("{} is {} today", base.system_name, word(first))
    };
    let others: Vec<String> =
        assessed[1..].iter().map(|(system, assessment, _)| format!("`{}` is {}", system.id, word(assessment))).collect();
    match others.as_slice() {
        [] => {}
        [one] => sentence.push_str(&format!("; {one}")),
        [others @ .., last] => sentence.push_str(&format!("; {} and {last}", others.join(", "))),
    }
    format!("{sentence}.")
}

/// Marks an id as a word of the model; a shard's name is free text and may hold the mark itself.
fn marked(id: &str) -> String {
    if id.contains('`') { id.to_owned() } else { format!("`{id}`") }
}

/// Quotes a path for a shell, where that is needed.
fn shell(path: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    if !path.is_empty() && path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

// --- figures in words -----------------------------------------------------------------------------------------------------------------

fn ranged(ranges: &Ranges, path: &str, value: f64, print: impl Fn(f64) -> String) -> String {
    match ranges.get(path) {
        Some((low, high)) => {
            let (low, likely, high) = (print(*low), print(value), print(*high));
            let unit = |text: &str| text.rsplit_once(' ').map(|(_, unit)| unit.to_owned());
            match low.rsplit_once(' ') {
                _ if low == high => likely,
                // One unit is said once.
                Some((number, _)) if unit(&low) == unit(&high) => format!("{likely} ({number} to {high})"),
                _ => format!("{likely} ({low} to {high})"),
            }
        }
        None => print(value),
    }
}

fn number(value: f64) -> String {
    significant(value, 4)
}

fn bytes(value: f64) -> String {
    quantity::bytes(Bytes::new(value))
}

fn bytes_per_second(value: f64) -> String {
    format!("{}/s", bytes(value))
}

fn share(value: f64) -> String {
    if value == 0.0 { "none".into() } else { quantity::percent(Probability::new(value)) }
}

// --- the alternatives side by side ------------------------------------------------------------------------------------------------------

fn side_by_side(assessed: &[(&System, Assessment, Ranges)]) -> Table {
    let mut heads = vec!["".to_owned()];
    heads.extend(assessed.iter().map(|(system, ..)| if system.is_base() { "today".to_owned() } else { system.id.clone() }));
    let mut table = Table::new("Side by side", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut row = |name: String, cell: &dyn Fn(&System, &Assessment, &Ranges) -> String| {
        let mut cells = vec![name];
        cells.extend(assessed.iter().map(|(system, assessment, ranges)| cell(system, assessment, ranges)));
        table.row(cells);
    };
    row("distributed".into(), &|_, assessment, _| assessment.classification.distributed.word().to_owned());
    row("style".into(), &|_, assessment, _| {
        assessment.classification.style.as_ref().map_or_else(|| "none".into(), |found| found.style.word().to_owned())
    });
    row("programs and stores".into(), &|system, _, _| {
        let programs = system.components.iter().filter(|component| component.is_program()).count();
        let stores = system.components.iter().filter(|component| component.is_store()).count();
        format!("{programs} and {stores}")
    });
    let journeys: Vec<&str> =
        assessed[0].0.journeys.iter().filter(|journey| !journey.implied).map(|journey| journey.id.as_str()).take(MAX_ROWS / 8).collect();
    for id in journeys {
        let of = |system: &System,
                  assessment: &Assessment,
                  ranges: &Ranges,
                  name: &str,
                  print: &dyn Fn(f64) -> String,
                  value: &dyn Fn(&Assessment, usize) -> f64| {
            system.journeys.iter().position(|journey| journey.id == id).map_or_else(
                || "no such journey".to_owned(),
                |at| ranged(ranges, &format!("journeys.{id}.communication.{name}"), value(assessment, at), print),
            )
        };
        row(format!("`{id}`: network messages"), &|system, assessment, ranges| {
            of(system, assessment, ranges, "network_messages", &number, &|assessment, at| {
                assessment.communication.journeys[at].network_messages()
            })
        });
        row(format!("`{id}`: network bytes"), &|system, assessment, ranges| {
            of(system, assessment, ranges, "network_bytes", &bytes, &|assessment, at| {
                assessment.communication.journeys[at].network_bytes().bytes()
            })
        });
        row(format!("`{id}`: network round trips"), &|system, assessment, ranges| {
            of(system, assessment, ranges, "network_round_trips", &number, &|assessment, at| {
                assessment.communication.journeys[at].network_round_trips
            })
        });
        row(format!("`{id}`: calls between teams"), &|system, assessment, ranges| {
            of(system, assessment, ranges, "team_crossings", &number, &|assessment, at| {
                assessment.communication.journeys[at].team_crossings.per_request
            })
        });
        row(format!("`{id}`: single points"), &|system, assessment, _| {
            let Some(at) = system.journeys.iter().position(|journey| journey.id == id) else { return "no such journey".into() };
            let points = &assessment.blast_radius.journeys[at].single_points;
            let names: Vec<String> = points.iter().map(|point| point.event.id(system)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if names.is_empty() { "none".into() } else { format!("{}: {}", names.len(), listed(&names, 4)) }
        });
    }
    row("worst single zone or node".into(), &|system, assessment, _| worst_place(system, &assessment.blast_radius));
    row("objectives".into(), &|_, assessment, _| {
        let count = |state: GateState| assessment.gates.iter().filter(|gate| gate.state == state).count();
        let parts = [(count(GateState::Pass), "pass"), (count(GateState::Fail), "fail"), (count(GateState::NotEvaluated), "not evaluated")];
        let parts: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        if parts.is_empty() { "none stated".into() } else { parts.join(", ") }
    });
    row("coverage".into(), &|_, assessment, _| {
        assessment.coverage.map_or_else(|| "nothing asked".into(), |coverage| quantity::percent(Probability::new(coverage)))
    });
    table
}

/// The location or host, no larger than a zone, whose failure costs most traffic.
fn worst_place(system: &System, blast_radius: &BlastRadius) -> String {
    use crate::syntax::vocabulary::LocationKind::{Cluster, Provider, Region};
    let is_single = |kind: DomainKind| match kind {
        DomainKind::Location(location) => {
            let location = system.location(location);
            // All hosts of a pool at once are no single failure.
            location.count == 1 && !matches!(location.kind, Provider | Region | Cluster)
        }
        DomainKind::Host(_) => true,
        DomainKind::Component(_) | DomainKind::SharedFate(_) => false,
    };
    let worst =
        blast_radius.domains.iter().filter(|domain| is_single(domain.kind)).fold(None::<(&str, f64)>, |worst, domain| match worst {
            Some((_, most)) if most >= domain.traffic_lost => worst,
            _ => Some((&domain.id, domain.traffic_lost)),
        });
    worst.map_or_else(
        || "no place stated".into(),
        |(id, lost)| if lost == 0.0 { "costs no traffic".into() } else { format!("`{id}` costs {}", share(lost)) },
    )
}

/// The figures that differ, an alternative a column.
fn differences(comparisons: &[Comparison]) -> Table {
    let mut heads = vec!["".to_owned(), ">today".to_owned()];
    heads.extend(comparisons.iter().map(|comparison| format!(">{}", comparison.id)));
    let mut table = Table::new("Differences from today", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let shown = ["network_messages", "network_bytes", "network_round_trips", "team_crossings", "traffic_lost", "users_lost"];
    let mut rows: BTreeMap<&str, BTreeMap<&str, &Delta>> = BTreeMap::new();
    for comparison in comparisons {
        for delta in comparison.deltas.iter().filter(|delta| shown.contains(&delta.path.rsplit('.').next().unwrap_or(""))) {
            if delta.from.total_cmp(&delta.to).is_ne() || delta.difference_range.is_some_and(|(low, high)| low != high) {
                rows.entry(&delta.path).or_default().insert(&comparison.id, delta);
            }
        }
    }
    for (path, deltas) in rows {
        let print = printer(path);
        let today = deltas.values().next().map_or_else(String::new, |delta| print(delta.from));
        let mut cells = vec![label(path), today];
        cells.extend(comparisons.iter().map(|comparison| match deltas.get(comparison.id.as_str()) {
            Some(delta) if delta.sign_certain => difference(delta, print),
            Some(delta) => format!("{} ?", difference(delta, print)),
            None => "same".to_owned(),
        }));
        table.row(cells);
    }
    if table.rows.is_empty() {
        table.note("No counted figure differs.");
    } else {
        table.note("Both sides are evaluated at the same inputs, never subtracted as ranges. A `?` marks a difference whose sign depends on an input.");
    }
    table.limit(MAX_ROWS, "differences");
    table
}

/// Says in words what a figure's path names.
fn label(path: &str) -> String {
    let words = |name: &str| match name {
        "network_messages" => "network messages",
        "network_bytes" => "network bytes",
        "network_round_trips" => "network round trips",
        "team_crossings" => "calls between teams",
        "traffic_lost" => "traffic lost",
        "users_lost" => "users lost",
        _ => "figure",
    };
    let (rest, name) = path.rsplit_once('.').unwrap_or(("", path));
    match rest.split_once('.') {
        Some(("domains", id)) => format!("`{id}` down: {}", words(name)),
        Some(("journeys", rest)) => format!("`{}`: {}", rest.strip_suffix(".communication").unwrap_or(rest), words(name)),
        _ => format!("`{path}`"),
    }
}

fn printer(path: &str) -> fn(f64) -> String {
    match path.rsplit('.').next().unwrap_or("") {
        "bytes" | "bytes_with_retries" | "network_bytes" => bytes,
        "bytes_per_s" => bytes_per_second,
        "traffic_lost" | "users_lost" => share,
        _ => number,
    }
}

fn difference(delta: &Delta, print: fn(f64) -> String) -> String {
    let signed = |value: f64| {
        let text = if value == 0.0 { "0".to_owned() } else { print(value.abs()) };
        if value > 0.0 {
            format!("+{text}")
        } else if value < 0.0 {
            format!("−{text}")
        } else {
            text
        }
    };
    match delta.difference_range {
        Some((low, high)) if signed(low) != signed(high) => format!("{} to {}", signed(low), signed(high)),
        Some((low, _)) => signed(low),
        None => format!("{}, range not known", signed(delta.to - delta.from)),
    }
}

// --- one alternative --------------------------------------------------------------------------------------------------------------------

fn alternative(system: &System, assessment: &Assessment, ranges: &Ranges, pictures: Pictures) -> AlternativeView {
    // Taken apart in full: a new analysis does not compile until it is shown here.
    let Assessment { communication: _, blast_radius, classification, gates: _, missing: _, assumed: _, coverage } = assessment;
    let status = if let Fact::Stated(status) = system.status { format!(" ({})", status.word()) } else { String::new() };
    let heading = if system.is_base() { format!("{}: today", system.name) } else { format!("{}: `{}`{status}", system.name, system.id) };
    let coverage = coverage.map_or_else(
        || "No fact was asked for.".to_owned(),
        |coverage| {
            format!(
                "{} of the facts that the analyses asked for are stated; the rest is assumed as listed, or left out.",
                quantity::percent(Probability::new(coverage))
            )
        },
    );
    let drawn = pictures == Pictures::Included;
    AlternativeView {
        id: system.id.clone(),
        heading,
        summary: system.summary.clone().into_iter().collect(),
        because: classification.because.clone(),
        gates: gates(assessment),
        characteristics: characteristics(assessment),
        journeys: journeys(system, assessment, ranges),
        crossings: crossings(system, assessment, ranges),
        traffic: traffic(system, assessment, ranges),
        single_points: single_points(system, blast_radius),
        domains: domains(system, blast_radius, ranges),
        missing: missing(assessment),
        assumed: assumed(assessment),
        coverage,
        diagrams: if drawn { pictures_of(system, blast_radius) } else { Vec::new() },
        calls: if drawn {
            system
                .journeys
                .iter()
                .take(MAX_SEQUENCES)
                .map(|journey| CallsView { journey: journey.id.clone(), lines: call_tree(system, journey) })
                .collect()
        } else {
            Vec::new()
        },
    }
}

fn gates(assessment: &Assessment) -> Table {
    let mut table = Table::new("Objectives", &["objective", "journey", "limit", "figure", "state"]);
    let mut not_evaluated: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for gate in &assessment.gates {
        if gate.state == GateState::NotEvaluated {
            let limits = not_evaluated.entry(gate.id).or_default();
            if !limits.contains(&gate.limit.as_str()) {
                limits.push(&gate.limit);
            }
            continue;
        }
        table.row(vec![
            gate.id.to_owned(),
            gate.journey.as_ref().map(|id| format!("`{id}`")).unwrap_or_default(),
            gate.limit.clone(),
            gate.value.clone().unwrap_or_default(),
            gate.state.word().to_owned(),
        ]);
    }
    if !not_evaluated.is_empty() {
        let list: Vec<String> = not_evaluated.iter().map(|(id, limits)| format!("{id} ({})", limits.join("; "))).collect();
        table.note(format!("Stated, but not computed by this release: {}.", list.join(", ")));
    }
    table.limit(MAX_ROWS, "objectives");
    table
}

fn characteristics(assessment: &Assessment) -> Table {
    let mut table = Table::new("Is it distributed?", &["characteristic", "holds", "witness"]);
    for one in &assessment.classification.characteristics {
        let holds = match one.holds {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        table.row(vec![one.title.to_owned(), holds.to_owned(), one.witness.clone()]);
    }
    table
}

fn journeys(system: &System, assessment: &Assessment, ranges: &Ranges) -> Table {
    let mut table = Table::new(
        "What a request sends",
        &["journey", ">messages", ">bytes", ">bytes/s", ">round trips", ">depth", ">fan-out", ">team calls"],
    );
    for (journey, counted) in system.journeys.iter().zip(&assessment.communication.journeys) {
        let path = format!("journeys.{}.communication", journey.id);
        let rate = journey.rate().map(|rate| rate.per_second() * counted.bytes.first.bytes());
        table.row(vec![
            format!("`{}`", journey.id),
            ranged(ranges, &format!("{path}.messages"), counted.messages.first, number),
            ranged(ranges, &format!("{path}.bytes"), counted.bytes.first.bytes(), bytes),
            rate.map_or_else(|| "no rate".into(), |rate| ranged(ranges, &format!("{path}.bytes_per_s"), rate, bytes_per_second)),
            ranged(ranges, &format!("{path}.serial_round_trips"), counted.serial_round_trips, number),
            counted.depth.to_string(),
            counted.fan_out.to_string(),
            number(counted.team_crossings.per_request),
        ]);
    }
    for (journey, counted) in system.journeys.iter().zip(&assessment.communication.journeys).take(MAX_ROWS) {
        let mut parts = Vec::new();
        if counted.replication.messages.first > 0.0 {
            parts.push(format!("{} are between copies", number(counted.replication.messages.first)));
        }
        if counted.sidecars.messages.first > 0.0 {
            parts.push(format!("{} pass sidecars", number(counted.sidecars.messages.first)));
        }
        if counted.messages.with_retries > counted.messages.first {
            parts.push(format!("with retries it is {}", significant(counted.messages.with_retries, 6)));
        }
        parts.push(format!("growth {}: {}", counted.growth.class.word(), counted.growth.formula));
        table.note(format!("`{}`: {}.", journey.id, parts.join("; ")));
    }
    if system.journeys.iter().any(|journey| journey.implied) {
        table.note("No journey is declared: each caller's implied journey takes every reachable call once.");
    }
    table.note("A call is 2 messages, a message 1; counts are expectations over `when`, shares and hit rates. Round trips are those one after another until the answer; depth is the longest chain of calls that wait for each other; team calls are those between components of different owners.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    table
}

fn crossings(system: &System, assessment: &Assessment, ranges: &Ranges) -> Table {
    let counted = &assessment.communication.journeys;
    let classes: Vec<DistanceClass> =
        DistanceClass::ALL.iter().copied().filter(|class| counted.iter().any(|journey| journey.crossings.contains_key(class))).collect();
    let heads: Vec<String> =
        std::iter::once("journey".to_owned()).chain(classes.iter().map(|class| format!(">{}", class.word()))).collect();
    let mut table = Table::new("How far its messages travel", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    for (journey, counted) in system.journeys.iter().zip(counted) {
        let path = format!("journeys.{}.communication.crossings", journey.id);
        let mut cells = vec![format!("`{}`", journey.id)];
        cells.extend(classes.iter().map(|class| match counted.crossings.get(class) {
            Some(messages) => ranged(ranges, &format!("{path}.{}", class.word()), *messages, number),
            None => String::new(),
        }));
        table.row(cells);
    }
    if classes.contains(&DistanceClass::Unplaced) {
        table.note("Unplaced: an end has no `on`; figures of one zone are assumed.");
    }
    table.limit(MAX_ROWS, "journeys");
    table
}

fn traffic(system: &System, assessment: &Assessment, ranges: &Ranges) -> Table {
    use crate::analysis::communication::Limit;
    let mut table = Table::new("Traffic against bandwidth", &["where", ">bytes/s", ">carries", ">used", ">used at peak"]);
    for used in &assessment.communication.bandwidth {
        let (name, path) = match used.limit {
            Limit::Link(link) => (format!("`{}`", system.link(link).id), format!("links.{}.bytes_per_s", system.link(link).id)),
            Limit::Class(link, class) => (format!("`{}`, {}", system.link(link).id, class.word()), String::new()),
            Limit::Pair(a, b) => (format!("`{} <-> {}`", system.location(a).id, system.location(b).id), String::new()),
            Limit::Location(location) => (format!("a host of `{}`", system.location(location).id), String::new()),
        };
        table.row(vec![
            name,
            ranged(ranges, &path, used.mean.bytes_per_second(), bytes_per_second),
            bytes_per_second(used.capacity.bytes_per_second()),
            percentage(used.utilization),
            percentage(used.peak_utilization),
        ]);
    }
    table.limit(MAX_ROWS, "limits");
    table
}

/// A ratio that may exceed 1.
fn percentage(value: f64) -> String {
    format!("{} %", significant(value * 100.0, 3))
}

fn single_points(system: &System, blast_radius: &BlastRadius) -> Table {
    let mut table = Table::new("What alone costs a journey requests", &["journey", ">events", "which"]);
    for (journey, exposed) in system.journeys.iter().zip(&blast_radius.journeys) {
        let points: Vec<String> = exposed
            .single_points
            .iter()
            .take(MAX_ROWS)
            .map(|point| {
                let lost = point.lost.value();
                let part = if lost < 1.0 { format!(" ({} of requests)", share(lost)) } else { String::new() };
                format!("{}{part}", marked(&point.event.id(system)))
            })
            .collect();
        let more = exposed.single_points.len().saturating_sub(MAX_ROWS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let which = if points.is_empty() { "no single event".to_owned() } else { points.join(", ") + &more };
        table.row(vec![format!("`{}`", journey.id), exposed.single_points.len().to_string(), which]);
    }
    let offline = |journey: &Journey| system.component(journey.calls.root).facts.get(component::OFFLINE).is_known();
    if system.journeys.iter().any(offline) {
        table.note(
            "These are the journeys as they are online; a client that states `offline` is degraded, not down, in the table of places.",
        );
    }
    table.limit(MAX_ROWS, "journeys");
    table
}

fn domains(system: &System, blast_radius: &BlastRadius, ranges: &Ranges) -> Table {
    let mut table = Table::new(
        "What each failing place or part stops",
        &["down", "kind", "journeys down", "partly down", "degraded", "one failure away", ">traffic lost", ">users lost"],
    );
    let names = |journeys: &[JourneyId]| {
        let ids: Vec<&str> = journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect();
        listed(&ids, 3)
    };
    let always: Vec<&str> = system
        .journeys
        .iter()
        .zip(&blast_radius.journeys)
        .filter(|(_, exposed)| exposed.is_one_failure_away())
        .map(|(journey, _)| journey.id.as_str())
        .collect();
    let mut order: Vec<_> = blast_radius.domains.iter().collect();
    // Worst first, then by id.
    order.sort_by(|a, b| b.traffic_lost.total_cmp(&a.traffic_lost).then_with(|| a.id.cmp(&b.id)));
    let mut harmless = Vec::new();
    for domain in order {
        let caller = match domain.kind {
            DomainKind::Component(id) => Some(system.component(id).kind).filter(|_| system.component(id).is_caller()),
            _ => None,
        };
        if caller == Some(ComponentKind::Actor) {
            // People do not fail.
            continue;
        }
        let path = format!("domains.{}", domain.id);
        let newly: Vec<JourneyId> =
            domain.one_failure_away.iter().copied().filter(|id| !blast_radius.journeys[id.index()].is_one_failure_away()).collect();
        if domain.lost.is_empty() && domain.degraded.is_empty() && newly.is_empty() && !ranges.contains_key(&format!("{path}.traffic_lost"))
        {
            harmless.push(domain.id.as_str());
            continue;
        }
        let alike = if domain.alike > 1 { format!(", each of {}", domain.alike) } else { String::new() };
        table.row(vec![
            format!("`{}`{alike}", domain.id),
            match domain.kind {
                DomainKind::Location(location) if system.location(location).count > 1 => {
                    format!("{}, all {} hosts", domain.kind.word(system), system.location(location).count)
                }
                _ if caller == Some(ComponentKind::Client) => "client, one user's".into(),
                _ => domain.kind.word(system).to_owned(),
            },
            names(&domain.down),
            names(&domain.partly_down),
            names(&domain.degraded),
            names(&newly),
            if caller == Some(ComponentKind::Client) {
                "that user's".into()
            } else {
                ranged(ranges, &format!("{path}.traffic_lost"), domain.traffic_lost, share)
            },
            domain
                .users_lost
                .filter(|_| caller != Some(ComponentKind::Client))
                .map_or_else(String::new, |users| ranged(ranges, &format!("{path}.users_lost"), users, share)),
        ]);
    }
    table.drop_empty_columns();
    if !harmless.is_empty() {
        table.note(format!("Stops and degrades nothing: {}.", listed(&harmless, 12)));
    }
    if !always.is_empty() {
        table.note(format!("One failure away with nothing down: {}; not repeated in the table.", listed(&always, 6)));
    }
    if blast_radius.has_equal_weights {
        table.note("A journey has no rate, so journeys count alike in the traffic lost.");
    }
    if blast_radius.domains.iter().any(|domain| domain.users_lost.is_none()) {
        table.note("Users lost are left out where a journey or place does not state its `share-of-users`.");
    }
    table.note("One event down, all else up. A component's row has all its replicas down at once.");
    table.limit(MAX_ROWS, "places and parts");
    table
}

fn missing(assessment: &Assessment) -> Table {
    let mut table = Table::new("Not computed, for want of a fact", &["figure", "needs"]);
    for one in &assessment.missing {
        table.row(vec![format!("`{}`", one.field), format!("`{}`", one.needs)]);
    }
    table.limit(MAX_ROWS, "figures");
    table
}

/// The assumed facts, grouped: one row per constant, with the elements that it stands in for.
fn assumed(assessment: &Assessment) -> Table {
    let mut table = Table::new("Assumed", &["fact", "value", "of", "source"]);
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for one in &assessment.assumed {
        // `links.app -> db.payload` is a key of an element, `failed-call.cross-zone` a constant.
        let of_element = one.path.split_once('.').filter(|(table, _)| matches!(*table, "components" | "links" | "journeys" | "locations"));
        match of_element.and_then(|(_, rest)| rest.split_once('.')) {
            Some((element, key)) => groups.entry((key, &one.value, &one.source)).or_default().push(element),
            None => {
                groups.entry((&one.path, &one.value, &one.source)).or_default();
            }
        }
    }
    for ((key, value, source), elements) in groups {
        table.row(vec![format!("`{key}`"), value.to_owned(), listed(&elements, 4), source.to_owned()]);
    }
    table.limit(MAX_ROWS, "assumptions");
    table
}

/// The share of traffic that is lost with each place or part down, for the failure picture; a caller's own device costs one user only.
pub fn traffic_lost(system: &System, blast_radius: &BlastRadius) -> BTreeMap<String, f64> {
    use ComponentKind::{Actor, Client};
    let is_user = |kind: DomainKind| matches!(kind, DomainKind::Component(id) if matches!(system.component(id).kind, Actor | Client));
    blast_radius.domains.iter().filter(|domain| !is_user(domain.kind)).map(|domain| (domain.id.clone(), domain.traffic_lost)).collect()
}

fn pictures_of(system: &System, blast_radius: &BlastRadius) -> Vec<DiagramView> {
    let lost = traffic_lost(system, blast_radius);
    let mut pictures = Vec::new();
    let mut add = |title: &str, view: Picture<'_>| {
        for named in diagrams(system, view) {
            let title = if named.name.contains("-group-") { format!("{title} ({})", named.name) } else { title.to_owned() };
            pictures.push(DiagramView { title, text: diagram::plantuml(&named.scene) });
        }
    };
    add("What runs where", Picture::Deployment);
    add("What a failure costs", Picture::Failure(&lost));
    for journey in system.journey_ids().take(MAX_SEQUENCES) {
        add(&format!("Journey `{}`", system.journeys[journey.index()].id), Picture::Sequence(journey));
    }
    pictures
}
