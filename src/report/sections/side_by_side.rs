//! The alternatives side by side, and what differs from today.

use std::collections::BTreeMap;

use super::growth::first_miss_in_short;
use super::{MAX_ROWS, Section};
use crate::analysis::classification::listed;
use crate::analysis::failure::BlastRadius;
use crate::analysis::latency::State;
use crate::assessment::{Assessed, Assessment, FirstMiss, GateState, Ranges};
use crate::comparison::{Comparison, Delta};
use crate::model::System;
use crate::quantity::{self, Probability};
use crate::report::figures::{difference, difference_printer, is_share, label, printer};
use crate::report::screen::is_single_place;
use crate::report::table::Table;
use crate::report::words::{bytes, minutes, number, per_second, ranged, share};

pub(super) fn side_by_side(assessed: &[Assessed<'_>]) -> Section {
    let mut heads = vec!["".to_owned()];
    heads.extend(assessed.iter().map(|Assessed { system, .. }| if system.is_base() { "today".to_owned() } else { system.id.clone() }));
    let mut table = Table::new("Side by side", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut row = |name: String, cell: &dyn Fn(&System, &Assessment, &Ranges) -> String| {
        let mut cells = vec![name];
        cells.extend(assessed.iter().map(|one| cell(one.system, &one.assessment, &one.ranges)));
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
    let journeys: Vec<&str> = assessed[0]
        .system
        .journeys
        .iter()
        .filter(|journey| !journey.implied)
        .map(|journey| journey.id.as_str())
        .take(MAX_ROWS / 8)
        .collect();
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
        row(format!("`{id}`: p50, p99"), &|system, assessment, _| {
            let Some(at) = system.journeys.iter().position(|journey| journey.id == id) else { return "no such journey".into() };
            let found = &assessment.latency.journeys[at];
            match (&found.mean_load, found.state) {
                (Some(times), _) => format!("{}, {}", quantity::duration(times.p50), quantity::duration(times.p99)),
                (None, State::Overloaded { component, .. }) => format!("`{}` overloaded", system.component(component).id),
                (None, _) => "not computed".into(),
            }
        });
        row(format!("`{id}`: down a year"), &|system, assessment, ranges| {
            let Some(at) = system.journeys.iter().position(|journey| journey.id == id) else { return "no such journey".into() };
            let found = assessment.availability.journeys[at].as_ref();
            let path = format!("journeys.{id}.failure.downtime_minutes_per_year");
            found.map_or_else(|| "not computed".into(), |found| ranged(ranges, &path, found.downtime_minutes_per_year(), minutes))
        });
        row(format!("`{id}`: single points"), &|system, assessment, _| {
            let Some(at) = system.journeys.iter().position(|journey| journey.id == id) else { return "no such journey".into() };
            let points = &assessment.blast_radius.journeys[at].single_points;
            let names: Vec<String> = points.iter().map(|point| point.event.id(system)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if names.is_empty() { "none".into() } else { format!("{}: {}", names.len(), listed(&names, 4)) }
        });
    }
    row("most requests".into(), &|_, assessment, ranges| {
        assessment
            .capacity
            .max_rate
            .map_or_else(|| "not computed".into(), |rate| ranged(ranges, "capacity.max_rate_per_s", rate.per_second(), per_second))
    });
    if assessed.iter().any(|one| one.assessment.first_miss != FirstMiss::NotAsked) {
        row("first missed as it grows".into(), &|_, assessment, _| first_miss_in_short(&assessment.first_miss));
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
    Section::new("side-by-side", table)
}

/// The location or host, no larger than a zone, whose failure costs most traffic.
fn worst_place(system: &System, blast_radius: &BlastRadius) -> String {
    let worst =
        blast_radius.domains.iter().filter(|domain| is_single_place(system, domain.kind)).fold(None::<(&str, f64)>, |worst, domain| {
            match worst {
                Some((_, most)) if most >= domain.traffic_lost => worst,
                _ => Some((&domain.id, domain.traffic_lost)),
            }
        });
    worst.map_or_else(
        || "no place stated".into(),
        |(id, lost)| if lost == 0.0 { "costs no traffic".into() } else { format!("`{id}` costs {}", share(lost)) },
    )
}

/// The figures whose differences people are shown; JSON has all.
const SHOWN: &[&str] = &[
    "network_messages",
    "network_bytes",
    "network_round_trips",
    "team_crossings",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "max_rate_per_s",
    "downtime_minutes_per_year",
    "traffic_lost",
    "users_lost",
    "monthly",
    "per_1000_requests",
];

/// Says whether people are shown a figure, and its differences.
pub(in crate::report) fn is_shown(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|name| SHOWN.contains(&name))
}

/// The figures that differ, an alternative a column.
pub(in crate::report) fn differences(comparisons: &[Comparison], base: &str) -> Section {
    let mut heads = vec!["".to_owned(), format!(">{base}")];
    heads.extend(comparisons.iter().map(|comparison| format!(">{}", comparison.id)));
    let mut table = Table::new(format!("Differences from {base}"), &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut rows: BTreeMap<&str, BTreeMap<&str, &Delta>> = BTreeMap::new();
    for comparison in comparisons {
        for delta in comparison.deltas.iter().filter(|delta| is_shown(&delta.path)) {
            if delta.from.total_cmp(&delta.to).is_ne() || delta.difference_range.is_some_and(|(low, high)| low != high) {
                rows.entry(&delta.path).or_default().insert(&comparison.id, delta);
            }
        }
    }
    let (mut has_points, mut lacks_prices) = (false, false);
    for (path, deltas) in rows {
        let (print, print_difference) = (printer(path), difference_printer(path));
        has_points |= is_share(path);
        lacks_prices |= deltas.values().any(|delta| delta.at_least != [false, false]);
        let today = deltas.values().next().map_or_else(String::new, |delta| {
            let bound = if delta.at_least[0] { "≥ " } else { "" };
            format!("{bound}{}", print(delta.from))
        });
        let mut cells = vec![label(path), today];
        cells.extend(comparisons.iter().map(|comparison| match deltas.get(comparison.id.as_str()) {
            Some(delta) if delta.sign_certain => difference(delta, print_difference),
            Some(delta) => format!("{} ?", difference(delta, print_difference)),
            None => "same".to_owned(),
        }));
        table.row(cells);
    }
    if table.rows.is_empty() {
        table.note("No counted figure differs.");
    } else {
        table.note("Both sides are evaluated at the same inputs, never subtracted as ranges. A `?` marks a difference whose sign depends on an input.");
        if lacks_prices {
            table.note("`≥`, `≤`: something on one side has no price, so that only one end of the difference is known.");
        }
        if has_points {
            table.note("Shares differ by percentage points.");
        }
    }
    table.limit(MAX_ROWS, "differences");
    Section::new("differences", table)
}
