//! How sure a verdict is, before doubt about single answers: it should survive other weights.

use crate::questionnaire::{CandidateId, GradeCap};

use super::engine::{Engine, Weighing};
use super::{Grade, WeightShare};

/// What each weight of the lattice is multiplied by.
const FACTORS: [f64; 2] = [0.5, 2.0];

/// The margin from which on a verdict can be clear.
pub const CLEAR_MARGIN: f64 = 0.25;

/// Counts how many weightings of the lattice keep the winner.
///
/// The lattice: one half or double on every single force, and on every pair of forces; with 13 forces 26 + 4 · 78 = 338 weightings.
pub(super) fn weight_share(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId) -> WeightShare {
    let count = engine.n_forces();
    let mut share = WeightShare { kept: 0, of: 0 };
    let mut coefficients = weighing.coefficients;
    let mut count_one = |coefficients: &_| {
        share.of += 1;
        share.kept += usize::from(engine.winner(&engine.scores(coefficients), weighing.struck) == Some(winner));
    };
    for first in 0..count {
        for factor in FACTORS {
            coefficients[first] = weighing.coefficients[first] * factor;
            count_one(&coefficients);
            for second in first + 1..count {
                for other in FACTORS {
                    coefficients[second] = weighing.coefficients[second] * other;
                    count_one(&coefficients);
                }
                coefficients[second] = weighing.coefficients[second];
            }
        }
        coefficients[first] = weighing.coefficients[first];
    }
    share
}

/// Grades a verdict from its margin, its share of the lattice, and the number of winners that open answers leave possible.
pub(super) fn grade(margin: Option<f64>, share: WeightShare, n_possible: usize, cap: Option<GradeCap>) -> Grade {
    if n_possible > 1 {
        return Grade::Undetermined;
    }
    // Whole numbers, so that nine tenths are nine tenths.
    let keeps = |percent: usize| share.kept * 100 >= share.of * percent;
    let grade = match margin {
        _ if !keeps(70) => Grade::Contested,
        Some(margin) if margin < CLEAR_MARGIN - super::engine::EPSILON => Grade::Leaning,
        _ if !keeps(90) => Grade::Leaning,
        Some(_) | None => Grade::Clear,
    };
    match cap {
        Some(GradeCap::Leaning) => grade.max(Grade::Leaning),
        Some(GradeCap::Contested) => grade.max(Grade::Contested),
        None => grade,
    }
}
