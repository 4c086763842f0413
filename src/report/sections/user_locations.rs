//! What users get where they are, and without the region that serves them.

use super::{MAX_ROWS, Section};
use crate::analysis::user_location::WithoutHome;
use crate::assessment::Assessed;
use crate::quantity::{self, Probability};
use crate::report::table::Table;
use crate::report::words::{minutes, percentage, share};

pub(super) fn users(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment, .. } = assessed;
    let mut table = Table::new(
        "What users get where they are",
        &["users in", "journey", ">p50", ">p99", ">down a year", "without", ">requests lost", ">p50 left", ">fails meanwhile"],
    );
    for place in &assessment.user_locations {
        for served in &place.journeys {
            let without = served.without_home.as_ref();
            let time = |time: Option<quantity::Duration>| time.map_or_else(String::new, quantity::duration);
            table.row(vec![
                format!("`{}`, {}", system.location(place.location).id, share(place.share)),
                format!("`{}`", system.journeys[served.journey.index()].id),
                time(served.times.as_ref().map(|times| times.p50)),
                time(served.times.as_ref().map(|times| times.p99)),
                served.unavailability.map_or_else(String::new, |fails| minutes(fails * MINUTES_OF_A_YEAR)),
                place.home.map_or_else(String::new, |home| format!("`{}`", system.location(home).id)),
                without.map_or_else(String::new, |without| share(without.lost)),
                without.map_or_else(String::new, |without| left(assessed, without)),
                without
                    .and_then(|without| without.unavailability)
                    .map_or_else(String::new, |fails| quantity::percent(Probability::new(fails))),
            ]);
        }
    }
    if table.rows.is_empty() {
        return Section::new("users", table);
    }
    table.note("As if all users of the client were there; the load of all places stays. Without: their home region is lost, what is left carries everything, users stay where they are; fails meanwhile: the share of requests while that lasts and all else fails as it does.");
    table.drop_empty_columns();
    table.limit(MAX_ROWS, "places and journeys");
    Section::new("users", table)
}

const MINUTES_OF_A_YEAR: f64 = 8_760.0 * 60.0;

fn left(assessed: &Assessed<'_>, without: &WithoutHome) -> String {
    if let Some((component, used)) = without.overloaded {
        return format!("`{}` {} busy", assessed.system.component(component).id, percentage(used));
    }
    without.times.as_ref().map_or_else(String::new, |times| quantity::duration(times.p50))
}
