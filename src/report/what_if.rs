//! What would be, if something were down or another fact held: as tables for people, as the machine contract's `what_if`.

use serde_json::{Value, json};

use super::machine;
use super::sections::{Section, differences};
use super::table::Table;
use super::words::{design, marked, share};
use crate::analysis::failure::Availability;
use crate::comparison::Comparison;
use crate::model::{Model, System};
use crate::quantity::{self, Probability};
use crate::what_if::{Alternative, Lost, WhatIf};

/// The most cut sets that are shown of a journey.
const MAX_NEXT: usize = 2;

/// Makes the sections that open a report.
pub fn sections(changed: &Model, found: &WhatIf) -> Vec<Section> {
    let mut sections = Vec::new();
    if !found.down.is_empty() {
        sections.push(Section::new("while-down", while_down(changed, found)));
    }
    if !found.set.is_empty() {
        let stated: Vec<String> = found.set.iter().map(|one| format!("{} = {}", marked(&one.key), one.value)).collect();
        let comparisons = found.alternatives.iter().filter_map(|one| Some((one, one.changes.as_ref()?)));
        for (one, changes) in comparisons {
            let named = Comparison { id: "with the change".to_owned(), ..changes.clone() };
            let mut section = differences(std::slice::from_ref(&named), "as stated");
            section.table.title = format!("What {} changes, {}", stated.join(", "), design(&one.id));
            section.id = "what-if";
            sections.push(section);
        }
    }
    sections
}

fn listed(ids: &[String]) -> String {
    ids.iter().map(|id| marked(id)).collect::<Vec<_>>().join(" and ")
}

fn while_down(changed: &Model, found: &WhatIf) -> Table {
    let are = if found.down.len() > 1 { "are" } else { "is" };
    let title = format!("While {} {are} down", listed(&found.down));
    let mut table = Table::new(title, &["design", "journey", "at once", ">available always", ">meanwhile", "stopped then by"]);
    for (one, system) in with_systems(changed, found) {
        let Some(lost) = &one.lost else {
            table.note(format!("{} has none of it, and goes on as it is.", design(&one.id)));
            continue;
        };
        if lost.down.len() < found.down.len() {
            table.note(format!("{} has {} only.", design(&one.id), listed(&lost.down)));
        }
        for (at, journey) in system.journeys.iter().enumerate() {
            let stops = next(system, lost, at).into_iter().take(MAX_NEXT).map(|(events, _)| listed(&events)).collect::<Vec<_>>();
            table.row(vec![
                design(&one.id),
                format!("`{}`", journey.id),
                at_once(lost, at),
                shown(&lost.always, at),
                shown(&lost.meanwhile, at),
                if is_stopped(lost, at) { String::new() } else { stops.join(", or ") },
            ]);
        }
    }
    table.note("At once: with all else up. Meanwhile: the share of requests that are answered while the loss lasts, everything else failing as it does; P(fails | down), exact for independent events. Stopped then by: the most probable smallest sets of events that finish it off.");
    table
}

fn with_systems<'a>(changed: &'a Model, found: &'a WhatIf) -> impl Iterator<Item = (&'a Alternative, &'a System)> {
    found.alternatives.iter().filter_map(|one| Some((one, changed.systems().find(|system| system.id == one.id)?)))
}

fn lost_of(lost: &Lost, journey: usize) -> f64 {
    lost.at_once.lost.iter().find(|(id, _)| id.index() == journey).map_or(0.0, |(_, lost)| lost.value())
}

fn is_stopped(lost: &Lost, journey: usize) -> bool {
    lost_of(lost, journey) >= 1.0
}

fn is_degraded(lost: &Lost, journey: usize) -> bool {
    lost.at_once.degraded.iter().any(|id| id.index() == journey)
}

fn at_once(lost: &Lost, journey: usize) -> String {
    match lost_of(lost, journey) {
        all if all >= 1.0 => "down".to_owned(),
        part if part > 0.0 => format!("{} of requests fail", share(part)),
        _ if is_degraded(lost, journey) => "degraded".to_owned(),
        _ => "goes on".to_owned(),
    }
}

fn interval(availability: &Availability, journey: usize) -> Option<(f64, f64)> {
    let exact = availability.journeys[journey].as_ref().map(|found| (found.unavailability, found.unavailability));
    exact.or(availability.bounds[journey].as_ref().map(|bounds| (bounds.low, bounds.high)))
}

fn shown(availability: &Availability, journey: usize) -> String {
    let print = |unavailability: f64| quantity::availability(Probability::new(unavailability));
    match interval(availability, journey) {
        Some((low, high)) if low < high => format!("{} to {}", print(high), print(low)),
        Some((low, _)) => print(low),
        None => "not computed".to_owned(),
    }
}

/// The most probable sets of events that stop a journey while the loss lasts, with their probabilities.
fn next(system: &System, lost: &Lost, journey: usize) -> Vec<(Vec<String>, f64)> {
    let sets = lost.meanwhile.journeys[journey].as_ref().and_then(|found| found.cut_sets.as_ref());
    let sets = sets.into_iter().flat_map(|sets| &sets.top).filter(|set| !set.events.is_empty());
    sets.map(|set| (set.events.iter().map(|event| event.id(system)).collect(), set.probability)).collect()
}

/// Makes `what_if` of the machine contract.
pub fn value(changed: &Model, found: &WhatIf) -> Value {
    let alternatives: Vec<Value> = with_systems(changed, found)
        .map(|(one, system)| {
            json!({
                "id": one.id,
                "down": one.lost.as_ref().map(|lost| lost.down.clone()),
                "traffic_lost": one.lost.as_ref().map(|lost| machine::number(lost.at_once.traffic_lost)),
                "users_lost": one.lost.as_ref().and_then(|lost| lost.at_once.users_lost).map(machine::number),
                "journeys": one.lost.as_ref().map(|lost| journeys(system, lost)),
                "changes": one.changes.as_ref().map(|changes| machine::comparison(changes)["deltas"].clone()),
            })
        })
        .collect();
    json!({
        "down": found.down,
        "set": found.set.iter().map(|one| json!({ "key": one.key, "value": one.value })).collect::<Vec<_>>(),
        "alternatives": alternatives,
    })
}

fn journeys(system: &System, lost: &Lost) -> Vec<Value> {
    let bounds = |availability: &Availability, at: usize| {
        interval(availability, at).map(|(low, high)| json!([machine::number(low), machine::number(high)]))
    };
    let exact =
        |availability: &Availability, at: usize| availability.journeys[at].as_ref().map(|found| machine::number(found.unavailability));
    system
        .journeys
        .iter()
        .enumerate()
        .map(|(at, journey)| {
            let state = match lost_of(lost, at) {
                all if all >= 1.0 => "down",
                part if part > 0.0 => "partly-down",
                _ if is_degraded(lost, at) => "degraded",
                _ => "up",
            };
            let next: Vec<Value> = next(system, lost, at)
                .into_iter()
                .map(|(events, probability)| json!({ "events": events, "probability": machine::number(probability) }))
                .collect();
            json!({
                "id": journey.id,
                "state": state,
                "lost": machine::number(lost_of(lost, at)),
                "unavailability": exact(&lost.always, at),
                "interval": bounds(&lost.always, at),
                "unavailability_while_down": exact(&lost.meanwhile, at),
                "interval_while_down": bounds(&lost.meanwhile, at),
                "next": next,
            })
        })
        .collect()
}
