//! The sections of a report, a room per analysis: each turns results into tables of finished strings.
//!
//! A new analysis adds its file here, and its sections to the list where a reader looks for them.

mod availability;
mod batch;
mod classification;
mod communication;
mod cost;
mod failure;
mod growth;
mod guarantees;
mod hazards;
mod latency;
mod objectives;
mod observed;
mod owners;
mod side_by_side;
mod simulation;
mod slowness;
mod trust;
mod user_locations;

pub(in crate::report) use observed::largest_residual;
pub(in crate::report) use side_by_side::{differences, is_shown};

use super::table::Table;
use crate::assessment::{Assessed, Assessment};
use crate::comparison::Comparison;

/// The most rows of a table; the rest is counted below it.
const MAX_ROWS: usize = 40;

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What templates find it by.
    pub id: &'static str,
    /// What it shows; nothing is printed of a table without rows and notes.
    pub table: Table,
}

impl Section {
    pub(in crate::report) const fn new(id: &'static str, table: Table) -> Self {
        Self { id, table }
    }
}

/// Returns what opens the report: whether the model says what was measured, and the alternatives side by side.
pub(super) fn opening(assessed: &[Assessed<'_>], comparisons: &[Comparison]) -> Vec<Section> {
    let measured = assessed.first().map(observed::modelled_and_measured);
    if comparisons.is_empty() {
        return measured.into_iter().collect();
    }
    let side_by_side =
        [side_by_side::side_by_side(assessed), cost::side_by_side(assessed), side_by_side::differences(comparisons, "today")];
    measured.into_iter().chain(side_by_side).collect()
}

/// Returns what is shown of one alternative, and of what it adds to the base where it is not the base itself.
pub(super) fn of_alternative(assessed: &Assessed<'_>, base: Option<&Assessed<'_>>) -> Vec<Section> {
    // Taken apart in full: a new analysis does not compile until it is shown here.
    let Assessment {
        communication: _,
        blast_radius: _,
        availability: _,
        classification: _,
        guarantees: _,
        latency: _,
        capacity: _,
        slowness: _,
        user_locations: _,
        batches: _,
        guarantee_prices: _,
        equal_power: _,
        first_miss: _,
        cost: _,
        observed: _,
        gates: _,
        missing: _,
        assumed: _,
        coverage: _,
    } = &assessed.assessment;
    vec![
        objectives::gates(&assessed.assessment),
        classification::characteristics(&assessed.assessment),
        communication::journeys(assessed),
        communication::crossings(assessed),
        communication::traffic(assessed),
        availability::journeys(assessed),
        availability::kept(assessed),
        availability::causes(assessed),
        availability::planned(assessed),
        availability::cut_sets(assessed),
        availability::importance(assessed),
        latency::times(assessed),
        latency::tail(assessed),
        latency::steps(assessed),
        user_locations::users(assessed),
        batch::runs(assessed),
        batch::counts(assessed),
        latency::stations(assessed),
        growth::pooling(assessed),
        growth::machines(assessed),
        latency::after_losing(assessed),
        growth::day(assessed),
        growth::outlook(assessed),
        slowness::slow(assessed),
        simulation::times(assessed),
        simulation::storms(assessed),
        failure::single_points(assessed),
        failure::domains(assessed),
        failure::left(assessed),
        failure::recovery(assessed),
        failure::needs(assessed),
        failure::shortfalls(assessed),
        failure::partitions(assessed),
        guarantees::stores(assessed),
        guarantees::journeys(assessed),
        guarantees::prices(assessed),
        hazards::findings(assessed),
        owners::findings(assessed),
        hazards::accepted(assessed),
        cost::lines(assessed),
        cost::premium(assessed, base),
        cost::unpriced(assessed),
    ]
}

/// Returns what the figures of one alternative rest on.
pub(super) fn trust(assessed: &Assessed<'_>) -> Vec<Section> {
    vec![trust::missing(&assessed.assessment), hazards::not_evaluated(&assessed.hazards), trust::assumed(&assessed.assessment)]
}
