//! How far to trust this: what is missing, and what was assumed.

use std::collections::BTreeMap;

use super::{MAX_ROWS, Section};
use crate::analysis::classification::listed;
use crate::assessment::Assessment;
use crate::report::table::Table;

pub(super) fn missing(assessment: &Assessment) -> Section {
    let mut table = Table::new("Not computed", &["figure", "needs"]);
    for one in &assessment.missing {
        table.row(vec![format!("`{}`", one.field), format!("`{}`", one.needs)]);
    }
    table.limit(MAX_ROWS, "figures");
    Section::new("missing", table)
}

/// The assumed facts, grouped: one row per constant, with the elements that it stands in for.
pub(super) fn assumed(assessment: &Assessment) -> Section {
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
    Section::new("assumed", table)
}
