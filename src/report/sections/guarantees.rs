//! What stores promise when cut off, and what each journey's reads, messages and writes really get.

use super::{MAX_ROWS, Section};
use crate::assessment::Assessed;
use crate::report::table::Table;
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
