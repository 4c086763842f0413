//! What stores promise when cut off, and what each journey's reads, messages and writes really get.

use super::{MAX_ROWS, Section};
use crate::analysis::guarantee_price::Guarantee;
use crate::assessment::Assessed;
use crate::report::table::Table;
use crate::report::words::{milliseconds, minutes, per_second};
use crate::syntax::vocabulary::Vocabulary;

pub(super) fn stores(assessed: &Assessed<'_>) -> Section {
    let mut table = Table::new("Copies of data: when the network breaks, and otherwise", &["store", "PACELC", "because"]);
    for one in &assessed.assessment.guarantees.stores {
        let class = one.class.map_or("not evaluated", |class| class.word());
        table.row(vec![format!("`{}`", one.id), class.to_owned(), one.because.clone()]);
    }
    if !table.rows.is_empty() {
        table.note("P: if a partition, A answers or C refuses what could be wrong; E: else, L answers at once or C waits for copies.");
    }
    table.limit(MAX_ROWS, "stores");
    Section::new("stores", table)
}

pub(super) fn journeys(assessed: &Assessed<'_>) -> Section {
    let system = assessed.system;
    let mut table = Table::new(
        "What journeys get",
        &["journey", "reads need", "reads get", "a message may be lost", "may come twice", "writes together by"],
    );
    for (journey, one) in system.journeys.iter().zip(&assessed.assessment.guarantees.journeys) {
        let tells = |bit: Option<bool>| match bit {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not evaluated",
        };
        let needs: Vec<&str> = one.session.needs.iter().map(|need| need.word()).collect();
        let gets = match (one.session.reads.is_empty(), one.session.gets) {
            (true, _) => String::new(),
            (_, Some(got)) => got.word().to_owned(),
            (_, None) => "not evaluated".to_owned(),
        };
        let (lose, twice) = one.delivery.as_ref().map_or(("", ""), |found| (tells(found.may_lose), tells(found.may_duplicate)));
        let together = if one.atomicity.writes.is_empty() { "" } else { one.atomicity.pattern.word() };
        let row = vec![format!("`{}`", journey.id), needs.join(", "), gets, lose.to_owned(), twice.to_owned(), together.to_owned()];
        if row[2..].iter().any(|cell| !cell.is_empty()) {
            table.row(row);
        }
        if let Some((read, need)) = one.session.lost() {
            table.note(format!(
                "`{}` loses {} at `{}`: {}. Cheapest repair: {}.",
                journey.id,
                need.word(),
                system.link(read.link).id,
                read.because,
                read.repair
            ));
        }
        if let Some((_, why)) = one.delivery.as_ref().and_then(|found| found.lost_at.as_ref()) {
            table.note(format!("`{}` may lose a message at {why}.", journey.id));
        }
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "journeys");
    Section::new("guarantees", table)
}

pub(super) fn prices(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table =
        Table::new("What each guarantee costs", &["guarantee", "instead of", "journey", ">at p99", ">down a year", ">most requests"]);
    let signed = |more: f64, print: &dyn Fn(f64) -> String| match more {
        0.0 => String::new(),
        more if more < 0.0 => format!("−{}", print(-more)),
        more => format!("+{}", print(more)),
    };
    let mut for_free = Vec::new();
    for price in &assessment.guarantee_prices {
        let (is, weaker) = price.guarantee.words();
        let name = match price.guarantee {
            Guarantee::Acknowledged(id, ..) | Guarantee::Quorum(id) => format!("`{}`: {is}", system.component(id).id),
            Guarantee::SynchronousCopy(id) => format!("`{}`: {is}", system.link(id).id),
            Guarantee::Encryption => is.to_owned(),
        };
        let carried = price.max_rate.map_or(0.0, |(with, without)| with.per_second() - without.per_second());
        let carried = if carried.abs() < 1e-9 { String::new() } else { signed(carried, &per_second) };
        let mut touched = system.journeys.iter().zip(&price.journeys).filter(|(_, journey)| journey.differs()).peekable();
        if touched.peek().is_none() && carried.is_empty() {
            for_free.push(name);
            continue;
        }
        for (at, (journey, one)) in touched.enumerate() {
            let p99 = one.p99.map_or(0.0, |(with, without)| (with.seconds() - without.seconds()) * 1e3);
            let down = one.unavailability.map_or(0.0, |(with, without)| (with - without) * 8_760.0 * 60.0);
            table.row(vec![
                if at == 0 { name.clone() } else { String::new() },
                if at == 0 { weaker.to_owned() } else { String::new() },
                format!("`{}`", journey.id),
                signed(if p99.abs() < 1e-6 { 0.0 } else { p99 }, &milliseconds),
                signed(if down.abs() < 1e-6 { 0.0 } else { down }, &minutes),
                carried.clone(),
            ]);
        }
    }
    if !for_free.is_empty() {
        table.note(format!("Without a price in time, load or availability: {}.", for_free.join(", ")));
    }
    if !table.rows.is_empty() || !for_free.is_empty() {
        table.note("Everything is computed twice: as modelled, and with the next weaker guarantee. Of encryption, the p99 of a request that opens its connection.");
    }
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "guarantees and journeys");
    Section::new("guarantee-prices", table)
}
