//! The modelled designs as candidates: which of them no veto strikes, which meet every objective and keep every promise, and the simplest of those.

use super::counterparts::{Design, Scope, counterpart};
use crate::assessment::GateState;
use crate::questionnaire::answers::{Answers, Response, shown};
use crate::questionnaire::{CandidateId, ForceKind, QuestionId, Questionnaire};
use crate::syntax::vocabulary::Vocabulary;
use crate::verdict::Decision;

/// Something that a design must give, and does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// What: the objective's key, or the question that the promise answers.
    pub what: String,
    /// The journey that misses an objective.
    pub journey: Option<String>,
    /// What it must be: the limit, or the answer.
    pub must: Must,
    /// What it is.
    pub is: String,
}

/// Where a limit comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Must {
    /// An objective of the model, as it is stated.
    Objective(String),
    /// An answer.
    Promise(QuestionId, Response),
}

/// One modelled design.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignRow {
    /// Its id; `system` for the base.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is what runs today.
    pub is_base: bool,
    /// Whether somebody has decided against it.
    pub is_rejected: bool,
    /// The style that its structure has.
    pub style: Option<&'static str>,
    /// The candidate that it stands for.
    pub candidate: Option<CandidateId>,
    /// The vetoes that strike it, by index.
    pub vetoed_by: Vec<usize>,
    /// What it misses.
    pub misses: Vec<Miss>,
    /// How many objectives and promises it meets.
    pub n_met: usize,
    /// How many objectives are stated whose figure is not computed.
    pub n_not_evaluated: usize,
    /// Its candidate's score.
    pub score: Option<f64>,
    /// The sum of what its candidate asks: how far it is from simple.
    pub asks: Option<f64>,
}

impl DesignRow {
    /// Says whether it can be recommended.
    pub fn holds(&self) -> bool {
        self.candidate.is_some() && self.vetoed_by.is_empty() && self.misses.is_empty() && !self.is_rejected
    }
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No model: the verdict stands alone.
    VerdictOnly,
    /// What runs today holds; decide again when a trigger is observed.
    Stay,
    /// Another design holds.
    Move,
    /// No modelled design holds.
    NoneHolds,
}

impl Outcome {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VerdictOnly => "verdict-only",
            Self::Stay => "stay",
            Self::Move => "move",
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
    /// Without one: the index of the nearest.
    pub nearest: Option<usize>,
    /// Whether nobody has modelled the verdict's winner.
    pub winner_is_not_modelled: bool,
    /// The designs of the winner, all of which miss something: then the model contradicts the verdict.
    pub winner_fails_as: Vec<usize>,
}

/// Makes a row for each design.
pub(super) fn rows(questionnaire: &Questionnaire, answers: &Answers, decision: &Decision, designs: &[Design<'_>]) -> Vec<DesignRow> {
    let visible = shown(questionnaire, answers);
    let promises: Vec<(QuestionId, &Response)> = questionnaire
        .question_ids()
        .filter(|id| visible[id.0] && counterpart(questionnaire.question(*id)).is_some_and(|row| row.scope == Scope::Promised))
        .filter_map(|id| Some((id, answers.response(id)?)))
        .collect();
    designs.iter().map(|design| row(questionnaire, decision, &promises, design)).collect()
}

fn row(questionnaire: &Questionnaire, decision: &Decision, promises: &[(QuestionId, &Response)], design: &Design<'_>) -> DesignRow {
    let candidate = design.assessment.classification.candidate.and_then(|word| questionnaire.find_candidate(word.word()));
    let gates = &design.assessment.gates;
    let count = |state: GateState| gates.iter().filter(|gate| gate.state == state).count();
    let mut n_met = count(GateState::Pass);
    let failed = gates.iter().filter(|gate| gate.state == GateState::Fail);
    let mut misses: Vec<Miss> = failed
        .map(|gate| Miss {
            what: gate.id.to_owned(),
            journey: gate.journey.clone(),
            must: Must::Objective(gate.limit.clone()),
            is: gate.value.clone().unwrap_or_default(),
        })
        .collect();
    for (id, response) in promises {
        let question = questionnaire.question(*id);
        let Some(row) = counterpart(question) else { continue };
        let Some(computed) = (row.compute)(design) else { continue };
        match row.fits(question, response, &computed) {
            // An objective of the same name has said it already.
            Some(false) if misses.iter().any(|miss| miss.what == question.id) => {}
            Some(false) => misses.push(Miss {
                what: question.id.clone(),
                journey: None,
                must: Must::Promise(*id, Response::clone(response)),
                is: computed.words,
            }),
            Some(true) => n_met += 1,
            None => {}
        }
    }
    DesignRow {
        id: design.system.id.clone(),
        name: design.system.name.clone(),
        is_base: design.system.is_base(),
        is_rejected: design.is_rejected(),
        style: design.assessment.classification.style.as_ref().map(|found| found.style.word()),
        candidate,
        vetoed_by: decision.vetoes.iter().filter(|strike| Some(strike.candidate) == candidate).map(|strike| strike.veto).collect(),
        misses,
        n_met,
        n_not_evaluated: count(GateState::NotEvaluated),
        score: candidate.and_then(|candidate| decision.scores.iter().find(|score| score.candidate == candidate)).map(|score| score.score),
        asks: candidate.map(|candidate| asks(questionnaire, candidate)),
    }
}

/// Sums what a candidate asks.
pub(super) fn asks(questionnaire: &Questionnaire, candidate: CandidateId) -> f64 {
    let cells = &questionnaire.candidate(candidate).cells;
    questionnaire.force_ids().filter(|id| questionnaire.force(*id).kind == ForceKind::Ready).map(|id| cells[id.0]).sum()
}

/// Recommends the simplest design that holds: the least sum of its candidate's asks, ties by id. Without one, the nearest is that with the fewest misses and
/// vetoes, then the simplest.
pub(super) fn advise(decision: &Decision, rows: &[DesignRow]) -> Advice {
    // The rows stand in order, the base first; of equals the first is found.
    let simplest = |a: &usize, b: &usize| rows[*a].asks.unwrap_or(f64::MAX).total_cmp(&rows[*b].asks.unwrap_or(f64::MAX));
    let recommended = (0..rows.len()).filter(|at| rows[*at].holds()).min_by(simplest);
    let eligible = (0..rows.len()).filter(|at| rows[*at].candidate.is_some() && !rows[*at].is_rejected);
    let lacks = |at: usize| rows[at].misses.len() + rows[at].vetoed_by.len();
    let nearest = eligible.min_by(|a, b| lacks(*a).cmp(&lacks(*b)).then_with(|| simplest(a, b))).filter(|_| recommended.is_none());
    let of_winner: Vec<usize> = (0..rows.len())
        .filter(|at| decision.winner.is_some() && rows[*at].candidate == decision.winner && !rows[*at].is_rejected)
        .collect();
    Advice {
        outcome: match recommended {
            _ if rows.is_empty() => Outcome::VerdictOnly,
            Some(at) if rows[at].is_base => Outcome::Stay,
            Some(_) => Outcome::Move,
            None => Outcome::NoneHolds,
        },
        recommended,
        nearest,
        winner_is_not_modelled: !rows.is_empty() && decision.winner.is_some() && of_winner.is_empty(),
        winner_fails_as: if of_winner.iter().any(|at| rows[*at].misses.is_empty()) { Vec::new() } else { of_winner },
    }
}
