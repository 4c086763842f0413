//! From answers to a verdict. The question answered here: *which architecture do these needs and this readiness justify, how surely, and what would flip it?*
//!
//! A linear, explainable sum:
//!
//! ```text
//! need_f   = max over answers of level · horizon          ready_g = mean of levels, 1 without any
//! score(a) = Σ_f w_f · need_f · gives[a][f]  −  Σ_g w_g · (1 − ready_g + floor) · asks[a][g]
//! winner   = the highest score that no veto strikes; of equals the one that asks least
//! ```
//!
//! Everything else follows from linearity: each candidate's lead over another is a sum of terms (the "because" list), each term is monotone in one level
//! (so intervals are exact), and a weight's break-even is one division. Sums run in index order, samples are fixed: the same answers give the same verdict
//! everywhere. The matrices are judgement; [`Verdict::robustness`] says what the verdict owes to them.

mod assemble;
mod cases;
mod detectors;
mod disagreement;
mod engine;
mod flips;
mod grade;
mod interval;
mod numbers;
mod paths;
mod results;
mod sample;

use std::collections::BTreeMap;

pub use cases::nearest_cases;
pub use disagreement::{TalkFirst, talk_first};
pub use flips::MAX_WEIGHT;
pub use grade::CLEAR_MARGIN;
pub use paths::MAX_CHANGES;
pub use results::{
    AnswerFlip, BaseRates, Bound, CellFlip, Change, Decision, Detection, ForceLevel, Grade, Kept, MatrixRobustness, NearestCase, Path,
    PossibleWinners, Reason, Score, Strike, Verdict, WeightFlip, WeightShare,
};
pub use sample::{SplitMix64, base_rates, never_wins};

use assemble::decide_with;
use engine::{Engine, Situation};

use crate::questionnaire::answers::Answers;
use crate::questionnaire::cases::Case;
use crate::questionnaire::condition::Expression;
use crate::questionnaire::{CandidateId, Questionnaire};

/// The facts about one design, by the name after `model.` in conditions.
pub type Facts = BTreeMap<String, f64>;

/// What a model computes: by candidate, the facts about each design that is modelled for it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComputedFacts(BTreeMap<String, Vec<Facts>>);

impl ComputedFacts {
    /// Takes the facts about one more design of a candidate.
    pub fn add(&mut self, candidate: impl Into<String>, facts: Facts) {
        self.0.entry(candidate.into()).or_default().push(facts);
    }

    /// Returns the facts about each design of a candidate; none where nobody has modelled it.
    pub fn of(&self, candidate: &str) -> &[Facts] {
        self.0.get(candidate).map_or(&[], Vec::as_slice)
    }
}

/// Says whether a condition speaks of what a model computes; its nesting is bounded by the parser.
pub fn speaks_of_model(expression: &Expression) -> bool {
    engine::speaks_of_model(expression)
}

/// Computes the whole verdict; `base_rates` are those of the questionnaire, which hold for all answers to it.
pub fn verdict(
    questionnaire: &Questionnaire,
    answers: &Answers,
    computed: &ComputedFacts,
    cases: &[Case],
    base_rates: &BaseRates,
) -> Verdict {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    let decision = decide_with(&engine, &situation, &shown, &weighing);
    Verdict {
        paths: if weighing.winner.is_some() { paths::paths(&engine, &situation, &shown, &weighing) } else { Vec::new() },
        freeing: if weighing.winner.is_none() { paths::freeing(&engine, &situation, &shown, &weighing) } else { None },
        robustness: weighing.winner.map(|winner| sample::robustness(&engine, &weighing, winner)),
        base_rates: base_rates.clone(),
        nearest_cases: nearest_cases(questionnaire, answers, cases),
        decision,
    }
}

/// Computes the decision alone: scores, vetoes, grade, and what flips it.
pub fn decide(questionnaire: &Questionnaire, answers: &Answers, computed: &ComputedFacts) -> Decision {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    decide_with(&engine, &situation, &shown, &weighing)
}

/// Returns the candidate that [`decide`] finds, without what explains it: no flips are looked for. Nothing where the answers do not decide.
pub fn decided(questionnaire: &Questionnaire, answers: &Answers, computed: &ComputedFacts) -> Option<CandidateId> {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    assemble::decided(&engine, &situation, &engine.shown(&situation), &engine.weigh(&situation))
}

/// Holds a proposal against the answers: too much, too little, or more than its owners can carry.
pub fn detect(questionnaire: &Questionnaire, answers: &Answers, computed: &ComputedFacts, proposal: CandidateId) -> Vec<Detection> {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    let levels = engine.levels(&situation, &shown);
    detectors::detect(&engine, &situation, &shown, &levels, &weighing, proposal, weighing.winner)
}

/// Says how far another answer moves the levels of its question, as the sum over forces.
pub fn how_far(questionnaire: &Questionnaire, answers: &Answers, change: &Change) -> f64 {
    let computed = ComputedFacts::default();
    let engine = Engine::new(questionnaire, &computed);
    let situation = Situation::of(questionnaire, answers);
    flips::distance(&engine, &situation.states[change.question.0], change.question, &change.to)
}
