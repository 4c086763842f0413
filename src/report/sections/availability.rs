//! How much of the time each journey fails, what brings it about, and what to mend first.

use super::{MAX_ROWS, Section};
use crate::analysis::classification::listed;
use crate::analysis::failure::{Basic, Causes, HOURS_PER_MONTH, HOURS_PER_YEAR, JourneyAvailability};
use crate::assessment::{Assessed, allowed_unavailability};
use crate::model::Journey;
use crate::quantity::{self, Duration, Probability, significant};
use crate::report::table::Table;
use crate::report::words::{marked, minutes, ranged, ranged_complement, share};

/// The most cut sets, and events, that are shown of a journey.
const MAX_OF_A_JOURNEY: usize = 5;

/// A year in seconds.
const YEAR: f64 = 31_536_000.0;

fn journeys_with<'a>(assessed: &'a Assessed<'_>) -> impl Iterator<Item = (&'a Journey, Option<&'a JourneyAvailability>)> {
    let journeys = assessed.system.journeys.iter().zip(&assessed.assessment.availability.journeys);
    journeys.map(|(journey, found)| (journey, found.as_ref()))
}

fn found<'a>(assessed: &'a Assessed<'_>) -> impl Iterator<Item = (&'a Journey, &'a JourneyAvailability)> {
    journeys_with(assessed).filter_map(|(journey, found)| Some((journey, found?)))
}

pub(super) fn journeys(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, ranges, .. } = assessed;
    let mut table = Table::new(
        "How available each journey is",
        &[
            "journey",
            ">availability",
            ">down a year",
            ">incidents a year",
            ">mean outage",
            ">allowed",
            ">if nothing were shared",
            ">without common cause",
        ],
    );
    let time = |seconds: f64| quantity::duration(Duration::new(seconds));
    let availability = |q: f64| quantity::availability(Probability::new(q));
    for (journey, found) in found(assessed) {
        let path = format!("journeys.{}.failure", journey.id);
        table.row(vec![
            format!("`{}`", journey.id),
            ranged_complement(ranges, &format!("{path}.unavailability"), found.unavailability, availability),
            ranged(ranges, &format!("{path}.downtime_minutes_per_year"), found.downtime_minutes_per_year(), minutes),
            significant(found.incidents_per_year, 3),
            found.mean_outage_minutes.map_or_else(String::new, |minutes| time(minutes * 60.0)),
            allowed_unavailability(system, journey).map_or_else(String::new, |allowed| time(allowed * YEAR)),
            found
                .naive_unavailability
                .map_or_else(String::new, |naive| ranged_complement(ranges, &format!("{path}.naive_unavailability"), naive, availability)),
            ranged_complement(ranges, &format!("{path}.unavailability_without_common_cause"), found.without_common_cause, availability),
        ]);
    }
    for (journey, bounds) in system.journeys.iter().zip(&assessed.assessment.availability.bounds) {
        if let Some(bounds) = bounds {
            let (low, high) = (availability(bounds.high), availability(bounds.low));
            let mut row = vec![
                format!("`{}`", journey.id),
                format!("{low} to {high}"),
                format!("{} to {}", time(bounds.low * YEAR), time(bounds.high * YEAR)),
            ];
            row.resize(table.columns.len(), String::new());
            table.row(row);
            table.note(format!("`{}`: an interval that surely contains the figure; its decision diagram exceeds the limits.", journey.id));
        }
    }
    table.drop_empty_columns();
    if !table.rows.is_empty() {
        table.note("The share of requests that are answered in the long run, exact for independent events: what journeys share counts once. Down a year = unavailability · 8,760 h; mean outage = unavailability ÷ incidents. \"If nothing were shared\" multiplies the availabilities of the parts, each with its own copy of what it stands on.");
    }
    table.limit(MAX_ROWS, "journeys");
    Section::new("availability", table)
}

pub(super) fn causes(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("What its downtime comes from", &["journey", ">failed changes", ">instances", ">places", ">network"]);
    for (journey, found) in found(assessed).filter(|(_, found)| found.unavailability > 0.0) {
        let Causes { changes, instances, places, network } = found.causes;
        let cell = |part: f64| if part > 0.0 { share(part.min(1.0)) } else { String::new() };
        table.row(vec![format!("`{}`", journey.id), cell(changes), cell(instances), cell(places), cell(network)]);
    }
    table.drop_empty_columns();
    if !table.rows.is_empty() {
        table.note("A cause's share = Σ Birnbaum · q of its events ÷ that of all. Instances: own failures, common causes, failovers, switches, shared fates; places: locations and hosts.");
    }
    table.limit(MAX_ROWS, "journeys");
    Section::new("downtime-by-cause", table)
}

pub(super) fn planned(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Down on purpose", &["journey", ">planned a year", "not known of"]);
    for (journey, planned) in assessed.system.journeys.iter().zip(&assessed.assessment.availability.planned) {
        let unknown: Vec<&str> = planned.unknown.iter().map(|id| assessed.system.component(*id).id.as_str()).collect();
        let known = minutes(planned.known_minutes_per_year);
        let time = match planned.minutes_per_year() {
            Some(all) if all > 0.0 => known,
            Some(_) => "none".to_owned(),
            None if planned.known_minutes_per_year > 0.0 => format!("≥ {known}"),
            // Nobody says anything of deploys: no row.
            None => continue,
        };
        table.row(vec![format!("`{}`", journey.id), time, listed(&unknown, 4)]);
    }
    if !table.rows.is_empty() {
        table.note("Σ deploys a year · `stop`, of every unit without which requests fail, plus the journey's `window`; beside the availability, never in it. Not known: state `deploy.stop`, or a strategy other than recreate with `health-check` and `drain`.");
    }
    table.limit(MAX_ROWS, "journeys");
    table.drop_empty_columns();
    Section::new("planned-downtime", table)
}

pub(super) fn kept(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new(
        "How probably the objective of availability is kept",
        &["journey", ">allowed a month", ">kept in a month", ">allowed a year", ">kept in a year"],
    );
    let chance = |found: &JourneyAvailability, allowed: f64, hours: f64| {
        match found.chance_within(allowed, hours) {
            // More digits than the model of outages has meaning.
            Some(chance) if chance > 0.9999 => "over 99.99 %".to_owned(),
            Some(chance) if chance < 0.0001 => "under 0.01 %".to_owned(),
            Some(chance) => quantity::percent(Probability::new(chance)),
            None => "not computed".to_owned(),
        }
    };
    for (journey, found) in found(assessed) {
        let Some(allowed) = allowed_unavailability(assessed.system, journey) else { continue };
        table.row(vec![
            format!("`{}`", journey.id),
            minutes(allowed * HOURS_PER_MONTH * 60.0),
            chance(found, allowed, HOURS_PER_MONTH),
            minutes(allowed * HOURS_PER_YEAR * 60.0),
            chance(found, allowed, HOURS_PER_YEAR),
        ]);
    }
    if !table.rows.is_empty() {
        table.note("P(down time in the period ≤ allowed), up times and outages exponential with the means above, up at its beginning: Σ Poisson(n; failures) · Erlang(n outages ≤ allowed). A mean that keeps the objective still misses it in some months.");
    }
    table.limit(MAX_ROWS, "journeys");
    Section::new("objective-kept", table)
}

pub(super) fn cut_sets(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new(
        "What brings each journey down, the most probable first",
        &["journey", "events that together suffice", ">together down", ">share of its downtime"],
    );
    let mut more = Vec::new();
    let availability = &assessed.assessment.availability;
    for (at, journey) in assessed.system.journeys.iter().enumerate() {
        let exact = availability.journeys[at].as_ref().and_then(|found| Some((found.cut_sets.as_ref()?, found.unavailability)));
        let bounded = || availability.bounds[at].as_ref().and_then(|bounds| Some((bounds.cut_sets.as_ref()?, 0.0)));
        let Some((sets, unavailability)) = exact.or_else(bounded) else { continue };
        for set in sets.top.iter().take(MAX_OF_A_JOURNEY) {
            let events: Vec<String> = set.events.iter().map(|event| marked(&event.id(assessed.system))).collect();
            let part = if unavailability > 0.0 { share((set.probability / unavailability).min(1.0)) } else { String::new() };
            table.row(vec![
                format!("`{}`", journey.id),
                events.join(" and "),
                quantity::duration(Duration::new(set.probability * YEAR)),
                part,
            ]);
        }
        if !sets.by_order.is_empty() {
            let orders: Vec<String> = sets
                .by_order
                .iter()
                .take(4)
                .map(|(order, count)| match order {
                    1 => format!("{} single", quantity::grouped(count)),
                    2 => format!("{} pairs", quantity::grouped(count)),
                    3 => format!("{} triples", quantity::grouped(count)),
                    order => format!("{} of {order}", quantity::grouped(count)),
                })
                .collect();
            let only = sets.counted_to.map_or_else(String::new, |order| format!(" (larger ones than of {order} are not counted)"));
            more.push(format!("`{}`: {}{only}", journey.id, orders.join(", ")));
        }
    }
    if !more.is_empty() {
        more.truncate(MAX_ROWS);
        table.note(format!("Minimal cut sets: {}.", more.join("; ")));
        table.note(
            "Together down = time a year in which all of them are down at once. Sets overlap, so shares may add up to more than 100 %.",
        );
    }
    table.limit(MAX_ROWS, "sets");
    Section::new("cut-sets", table)
}

pub(super) fn importance(assessed: &Assessed<'_>) -> Section {
    let mut table =
        Table::new("What to mend first", &["journey", "event", ">down a year", ">goes away without it", ">times worse while it lasts"]);
    for (journey, found) in found(assessed) {
        // Replicas that matter alike are one row.
        let mut rows: Vec<(Vec<Basic>, f64, f64, f64)> = Vec::new();
        for one in &found.importance {
            let alike = rows.iter().position(|(events, q, fussell_vesely, _)| {
                component(events[0]).is_some()
                    && component(events[0]) == component(one.event)
                    && near(*q, one.unavailability)
                    && near(*fussell_vesely, one.fussell_vesely)
            });
            match alike {
                Some(at) => rows[at].0.push(one.event),
                None if rows.len() > MAX_OF_A_JOURNEY => break,
                None => rows.push((vec![one.event], one.unavailability, one.fussell_vesely, one.raw)),
            }
        }
        for (events, q, fussell_vesely, raw) in rows.into_iter().take(MAX_OF_A_JOURNEY) {
            let id = marked(&events[0].id(assessed.system));
            let name = if events.len() > 1 { format!("{id}, each of {}", events.len()) } else { id };
            let down = quantity::duration(Duration::new(q * YEAR));
            table.row(vec![format!("`{}`", journey.id), name, down, share(fussell_vesely.min(1.0)), significant(raw, 3)]);
        }
    }
    if !table.rows.is_empty() {
        table.note("Goes away without it = Fussell-Vesely importance, (U - U if it never fails) ÷ U; times worse = risk achievement worth, U while it is down ÷ U.");
    }
    table.limit(MAX_ROWS, "events");
    Section::new("importance", table)
}

/// Returns the component of which an event is one of several alike.
fn component(event: Basic) -> Option<crate::model::ComponentId> {
    match event {
        Basic::Single(crate::analysis::failure::Event::Instance(id, _)) => Some(id),
        _ => None,
    }
}

/// Equal figures differ in the last bits.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}
