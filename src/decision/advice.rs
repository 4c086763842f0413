//! Which design it should be: the simplest that holds, unless the verdict's winner is simpler still and nobody has modelled it.

use super::designs::DesignRow;
use crate::questionnaire::CandidateId;
use crate::verdict::{Decision, Grade};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No model: the verdict stands alone.
    VerdictOnly,
    /// Open answers leave more than one winner possible: nothing is recommended.
    Undecided,
    /// What runs today holds; decide again when a trigger is observed.
    Stay,
    /// Another design holds.
    Move,
    /// Nobody has modelled the verdict's winner, and no modelled design that is as simple holds: it must be modelled before anything is decided.
    ModelFirst,
    /// No modelled design holds.
    NoneHolds,
}

impl Outcome {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VerdictOnly => "verdict-only",
            Self::Undecided => "undecided",
            Self::Stay => "stay",
            Self::Move => "move",
            Self::ModelFirst => "model-first",
            Self::NoneHolds => "none-holds",
        }
    }
}

/// Which design it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to do.
    pub outcome: Outcome,
    /// The index of the recommended design.
    pub recommended: Option<usize>,
    /// Without one: the index of the nearest; where the winner must be modelled first, of the simplest that holds meanwhile.
    pub nearest: Option<usize>,
    /// Whether nobody has modelled the verdict's winner.
    pub winner_is_not_modelled: bool,
    /// The designs of the winner, where all of them are rejected.
    pub winner_rejected_as: Vec<usize>,
    /// The designs of the winner that are not rejected, all of which miss something: then the model contradicts the verdict.
    pub winner_fails_as: Vec<usize>,
    /// The accepted designs that are not the recommended one, although one is.
    pub accepted_otherwise: Vec<usize>,
}

/// Recommends the simplest design that holds: the least sum of its candidate's asks, ties by id. Without one, the nearest is that with the fewest misses and
/// vetoes, then the simplest.
///
/// A winner that nobody has modelled could hold, too. If it asks less than the design that does, recommending that design would be recommending more than the
/// answers justify; then the winner must be modelled first.
pub(super) fn advise(decision: &Decision, rows: &[DesignRow]) -> Advice {
    // The rows stand in order, the base first; of equals the first is found.
    let simplest = |a: &usize, b: &usize| rows[*a].asks.unwrap_or(f64::MAX).total_cmp(&rows[*b].asks.unwrap_or(f64::MAX));
    let holding = (0..rows.len()).filter(|at| rows[*at].holds()).min_by(simplest);
    let eligible = (0..rows.len()).filter(|at| rows[*at].candidate.is_some() && !rows[*at].is_rejected);
    let lacks = |at: usize| rows[at].misses.len() + rows[at].vetoed_by.len();
    let nearest = eligible.min_by(|a, b| lacks(*a).cmp(&lacks(*b)).then_with(|| simplest(a, b)));
    let of_winner: Vec<usize> = (0..rows.len()).filter(|at| decision.winner.is_some() && rows[*at].candidate == decision.winner).collect();
    let (rejected, open): (Vec<usize>, Vec<usize>) = of_winner.iter().partition(|at| rows[**at].is_rejected);
    let winner_is_not_modelled = !rows.is_empty() && decision.winner.is_some() && of_winner.is_empty();
    let is_simpler = |winner: CandidateId, at: usize| {
        decision.score(winner).zip(rows[at].asks).is_some_and(|(score, asks)| score.asks < asks - ROUNDING)
    };
    let must_be_modelled =
        winner_is_not_modelled && decision.winner.is_some_and(|winner| holding.is_none_or(|holding| is_simpler(winner, holding)));
    let is_undecided = decision.winner.is_some() && decision.grade == Grade::Undetermined;
    let recommended = holding.filter(|_| !must_be_modelled && !is_undecided);
    Advice {
        outcome: match recommended {
            _ if is_undecided => Outcome::Undecided,
            _ if rows.is_empty() => Outcome::VerdictOnly,
            _ if must_be_modelled => Outcome::ModelFirst,
            Some(at) if rows[at].is_base => Outcome::Stay,
            Some(_) => Outcome::Move,
            None => Outcome::NoneHolds,
        },
        nearest: holding.or(nearest).filter(|_| recommended.is_none() && !is_undecided),
        winner_is_not_modelled,
        winner_rejected_as: if open.is_empty() { rejected } else { Vec::new() },
        winner_fails_as: if open.iter().any(|at| rows[*at].holds()) { Vec::new() } else { open },
        accepted_otherwise: (0..rows.len()).filter(|at| rows[*at].is_accepted && recommended != Some(*at)).collect(),
        recommended,
    }
}

/// Sums of two-digit decimals differ by more, or by rounding only.
const ROUNDING: f64 = 1e-9;
