//! What a verdict consists of.

use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, ForceId, QuestionId};

/// How sure a verdict is; the order is from surest to least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A margin of at least [`CLEAR_MARGIN`](super::CLEAR_MARGIN), kept by nine tenths of the weightings.
    Clear,
    /// Kept by seven tenths of the weightings.
    Leaning,
    /// Other weights give other verdicts.
    Contested,
    /// Open answers leave more than one winner possible, or every candidate is vetoed and nobody wins.
    Undetermined,
}

impl Grade {
    /// Returns the word that every format prints.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Leaning => "leaning",
            Self::Contested => "contested",
            Self::Undetermined => "undetermined",
        }
    }
}

/// How many weightings of the lattice keep the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightShare {
    /// Those that keep it.
    pub kept: usize,
    /// All.
    pub of: usize,
}

impl Decision {
    /// Returns a candidate's score.
    pub fn score(&self, candidate: CandidateId) -> Option<&Score> {
        self.scores.iter().find(|score| score.candidate == candidate)
    }

    /// Returns the winner, unless open answers leave another one possible: then nothing is decided.
    pub fn decided(&self) -> Option<CandidateId> {
        self.winner.filter(|_| self.grade != Grade::Undetermined)
    }
}

impl WeightShare {
    /// Returns the share, from 0 to 1; without a winner nothing is kept.
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.kept as f64 / self.of as f64 }
    }
}

/// The level of one force, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ForceLevel {
    /// The force.
    pub force: ForceId,
    /// Need or readiness, from 0 to 1; an open question counts with the middle of its interval.
    pub level: f64,
    /// The lowest that it can be, unsure answers widened.
    pub low: f64,
    /// The highest that it can be.
    pub high: f64,
    /// What it weighs.
    pub weight: f64,
    /// What the level is multiplied by because the need is one of later; 1 for one of today, and for a readiness.
    pub horizon: f64,
    /// The answer that keeps the need from being as high as others set it.
    pub bound: Option<Bound>,
    /// The questions that set it: all for a readiness, those with the highest level for a need.
    pub set_by: Vec<QuestionId>,
}

/// An answer that bounds a need from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The question.
    pub question: QuestionId,
    /// The highest level that its answer allows.
    pub at_most: f64,
    /// The level that the other answers set.
    pub without: f64,
}

/// One candidate's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The candidate.
    pub candidate: CandidateId,
    /// What it gives minus what it asks.
    pub score: f64,
    /// What it gives of what is needed.
    pub gain: f64,
    /// What it asks of what is lacking.
    pub price: f64,
    /// The sum of all that it asks, whatever the answers: how far it is from simple.
    pub asks: f64,
    /// The terms of the sum, by force.
    pub terms: Vec<f64>,
    /// The ends of the winner's lead over it, unsure answers widened; of itself, zero.
    pub behind: (f64, f64),
}

/// A veto that strikes a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// The candidate.
    pub candidate: CandidateId,
    /// The index of the veto.
    pub veto: usize,
}

/// One term of a difference of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The force.
    pub force: ForceId,
    /// What it adds to the lead; negative where the rival is better.
    pub term: f64,
}

/// Who could win once all open answers are given.
#[derive(Debug, Clone, PartialEq)]
pub struct PossibleWinners {
    /// The candidates, in the order of the questionnaire.
    pub candidates: Vec<CandidateId>,
    /// Whether every completion was tried; otherwise the list may be too long, and never too short.
    pub is_exact: bool,
}

/// Another answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The question.
    pub question: QuestionId,
    /// The other answer.
    pub to: Response,
}

/// Answers that would change the winner.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFlip {
    /// The answers.
    pub changes: Vec<Change>,
    /// Who wins then; nobody if all are vetoed.
    pub winner: Option<CandidateId>,
}

/// A factor on the weight of a force at which the winner changes.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFlip {
    /// The force.
    pub force: ForceId,
    /// The factor, from 0 to [`MAX_WEIGHT`](super::MAX_WEIGHT).
    pub factor: f64,
    /// Who is ahead beyond it.
    pub winner: CandidateId,
    /// Whether "beyond" is above the factor, or below it.
    pub is_above: bool,
}

/// What would have to be true for another design.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The design.
    pub candidate: CandidateId,
    /// The smallest set of answers that leads there; empty if none of up to [`MAX_CHANGES`](super::MAX_CHANGES) does.
    pub changes: Vec<Change>,
}

/// What is wrong with a proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Detection {
    /// It costs more than the winner and gives nothing more, or at least twice the gain while half of what it gives is not needed.
    Sledgehammer {
        /// What it gives more than the winner.
        gain: f64,
        /// What it costs more.
        price: f64,
        /// The share of what it gives that nobody needs.
        idle: f64,
    },
    /// It costs at least twice what it gives more than the winner.
    Heavy {
        /// What it gives more than the winner.
        gain: f64,
        /// What it costs more.
        price: f64,
        /// The share of what it gives that nobody needs.
        idle: f64,
    },
    /// It stays far behind a strong need.
    UnderEngineered {
        /// The need.
        force: ForceId,
        /// Its level.
        need: f64,
        /// What the proposal gives.
        gives: f64,
    },
    /// A veto that stands for a need strikes it.
    VetoedByNeed {
        /// The index of the veto.
        veto: usize,
    },
    /// It asks for far more readiness than there is.
    Overload {
        /// The readiness.
        force: ForceId,
        /// What the proposal asks.
        asks: f64,
        /// What there is.
        ready: f64,
        /// The question with the lowest answer.
        set_by: Option<QuestionId>,
    },
}

/// How many perturbed matrices keep the winner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// How far cells were moved.
    pub radius: f64,
    /// Those that keep it.
    pub kept: usize,
    /// All.
    pub of: usize,
}

/// A cell whose small change changes the winner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellFlip {
    /// The candidate whose cell it is.
    pub candidate: CandidateId,
    /// The force.
    pub force: ForceId,
    /// By how much it was moved.
    pub by: f64,
    /// Who wins then.
    pub winner: CandidateId,
}

/// What a verdict owes to the exact numbers of the matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixRobustness {
    /// One cell moved at a time, each up and down.
    pub one_cell: Vec<Kept>,
    /// All cells moved together, each by an own random amount; a fixed sample.
    pub all_cells: Vec<Kept>,
    /// The single cells that change the winner.
    pub flips: Vec<CellFlip>,
    /// No error up to this size, in however many cells, changes the winner.
    pub safe_radius: Option<f64>,
}

/// How often each candidate wins for random answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseRates {
    /// Wins by candidate.
    pub wins: Vec<usize>,
    /// Answer sets.
    pub of: usize,
}

impl BaseRates {
    /// Returns a candidate's share, from 0 to 1.
    pub fn share(&self, candidate: CandidateId) -> f64 {
        if self.of == 0 { 0.0 } else { self.wins[candidate.0] as f64 / self.of as f64 }
    }
}

/// A published case with near answers.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestCase {
    /// The index of the case.
    pub case: usize,
    /// The mean distance of levels.
    pub distance: f64,
    /// The core questions that the case answers otherwise, with its answers.
    pub differing: Vec<(QuestionId, Response)>,
}

/// The decision itself: who wins, why, how surely, and which answers and weights would flip it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Who wins; nobody if all are vetoed.
    pub winner: Option<CandidateId>,
    /// Whether the winner should be modular inside.
    pub modular: bool,
    /// How sure that is.
    pub grade: Grade,
    /// The answer that kept the grade from being better.
    pub grade_capped_by: Option<QuestionId>,
    /// The best other candidate that no veto strikes.
    pub runner_up: Option<CandidateId>,
    /// The winner's lead over it.
    pub margin: Option<f64>,
    /// How many weightings keep the winner.
    pub weight_share: WeightShare,
    /// Who could win once all open answers are given.
    pub possible_winners: PossibleWinners,
    /// The core questions without an answer and those answered `unknown`.
    pub open: Vec<QuestionId>,
    /// What counts against a candidate even at full readiness: the questionnaire's floor, or a higher one that an answer sets.
    pub floor: f64,
    /// Every force's level.
    pub forces: Vec<ForceLevel>,
    /// Every candidate's score, the highest first, ties in the order of the questionnaire.
    pub scores: Vec<Score>,
    /// Every veto that strikes.
    pub vetoes: Vec<Strike>,
    /// The terms of the lead over the runner-up, the largest first; their sum is the margin.
    pub because: Vec<Reason>,
    /// Single answers that would change the winner.
    pub answer_flips: Vec<AnswerFlip>,
    /// Pairs of answers that would, neither of which does alone.
    pub pair_flips: Vec<AnswerFlip>,
    /// Weights at which the winner changes.
    pub weight_flips: Vec<WeightFlip>,
    /// What was proposed.
    pub proposal: Option<CandidateId>,
    /// What is wrong with it.
    pub detections: Vec<Detection>,
    /// Answers that are findings by themselves: question and option.
    pub findings: Vec<(QuestionId, usize)>,
}

/// A decision with everything that puts it into perspective.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// What would have to be true for each other design.
    pub paths: Vec<Path>,
    /// If all candidates are vetoed: the smallest set of answers that frees one.
    pub freeing: Option<Path>,
    /// What the verdict owes to the matrices.
    pub robustness: Option<MatrixRobustness>,
    /// How often each verdict comes out for random answers.
    pub base_rates: BaseRates,
    /// The published cases with the nearest answers.
    pub nearest_cases: Vec<NearestCase>,
}
