//! What a failing place stops: a row per failure domain, a column per journey.

use super::{Chart, WIDTH, label, rect, shortened};
use crate::analysis::failure::Domain;
use crate::assessment::Assessed;
use crate::model::JourneyId;
use crate::report::table::Table;
use crate::report::words::share;

/// The most rows and columns; those that cost most traffic, and the first journeys.
const MAX_DOMAINS: usize = 16;
const MAX_JOURNEYS: usize = 8;

const ROW: f64 = 26.0;
const TOP: f64 = 34.0;
const NAMES: f64 = 190.0;

/// Draws the map; nothing where no single domain costs a journey anything.
pub(super) fn failures(assessed: &Assessed<'_>) -> Option<Chart> {
    let journeys: Vec<JourneyId> = assessed.system.journey_ids().take(MAX_JOURNEYS).collect();
    let all = &assessed.assessment.blast_radius.domains;
    let mut domains: Vec<&Domain> =
        all.iter().filter(|domain| journeys.iter().any(|journey| state(domain, *journey) != State::Fine)).collect();
    domains.sort_by(|a, b| b.traffic_lost.total_cmp(&a.traffic_lost).then_with(|| a.id.cmp(&b.id)));
    domains.truncate(MAX_DOMAINS);
    if domains.is_empty() {
        return None;
    }
    let width = ((WIDTH - NAMES - 8.0) / journeys.len() as f64).min(160.0);
    let mut body = String::new();
    let mut heads = vec!["down".to_owned()];
    for (column, journey) in journeys.iter().enumerate() {
        let id = &assessed.system.journeys[journey.index()].id;
        heads.push(id.clone());
        body.push_str(&label(NAMES + (column as f64 + 0.5) * width, TOP - 12.0, "middle", "wb-name", &shortened(id, 13.0, width - 6.0)));
    }
    let mut table = Table::new("", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    for (row, domain) in domains.iter().enumerate() {
        let y = TOP + row as f64 * ROW;
        body.push_str(&label(NAMES - 8.0, y + 17.0, "end", "wb-small", &shortened(&domain.id, 11.0, NAMES - 12.0)));
        let mut cells = vec![format!("`{}`", domain.id)];
        for (column, journey) in journeys.iter().enumerate() {
            let state = state(domain, *journey);
            let x = NAMES + column as f64 * width;
            body.push_str(&rect(state.class(), x, y, width - 2.0, ROW - 2.0));
            if state != State::Fine {
                body.push_str(&label(x + width / 2.0 - 1.0, y + 16.0, "middle", "on", &shortened(&state.words(), 11.0, width - 6.0)));
            }
            cells.push(state.words());
        }
        table.row(cells);
    }
    let hidden = all.iter().filter(|domain| journeys.iter().any(|journey| state(domain, *journey) != State::Fine)).count() - domains.len();
    if hidden > 0 {
        table.note(format!("{hidden} more domains cost less."));
    }
    Some(Chart {
        title: "What a failure stops".to_owned(),
        description: "A row per place, component and shared fate that is down, a column per journey: the share of its requests that fail; the worst first. The table below says the same.".to_owned(),
        table,
        height: TOP + domains.len() as f64 * ROW + 6.0,
        body,
    })
}

/// What a failure does to a journey.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Fine,
    Degraded,
    Lost(f64),
}

impl State {
    const fn class(self) -> &'static str {
        match self {
            Self::Fine => "wb-f0",
            Self::Degraded => "wb-f1",
            Self::Lost(lost) if lost < 0.25 => "wb-f2",
            Self::Lost(lost) if lost < 0.999_999 => "wb-f3",
            Self::Lost(_) => "wb-f4",
        }
    }

    fn words(self) -> String {
        match self {
            Self::Fine => "goes on".to_owned(),
            Self::Degraded => "degraded".to_owned(),
            Self::Lost(lost) => format!("{} lost", share(lost)),
        }
    }
}

fn state(domain: &Domain, journey: JourneyId) -> State {
    let lost = domain.lost.iter().find(|(id, _)| *id == journey).map_or(0.0, |(_, lost)| lost.value());
    if lost > 0.0 {
        State::Lost(lost)
    } else if domain.degraded.contains(&journey) {
        State::Degraded
    } else {
        State::Fine
    }
}
