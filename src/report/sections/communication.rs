//! What a request sends, how far, and whether the network carries it.

use super::{MAX_ROWS, Section};
use crate::assessment::Assessed;
use crate::model::DistanceClass;
use crate::quantity::significant;
use crate::report::table::Table;
use crate::report::words::{bytes, bytes_per_second, number, percentage, ranged};

pub(super) fn journeys(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, ranges, .. } = assessed;
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
    if system.journeys.is_empty() {
        return Section::new("journeys", table);
    }
    table.note("A call is 2 messages, a message 1; counts are expectations over `when`, shares and hit rates. Round trips are those one after another until the answer; depth is the longest chain of calls that wait for each other; team calls are those between components of different owners.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    Section::new("journeys", table)
}

pub(super) fn crossings(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, ranges, .. } = assessed;
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
    Section::new("crossings", table)
}

pub(super) fn traffic(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, ranges, .. } = assessed;
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
    Section::new("traffic", table)
}
