//! The modelled designs as candidates: which of them no veto strikes, which meet every objective and keep every promise.

use super::counterparts::{Design, Scope, counterpart};
use super::facts::{self, Computed, Strike};
use crate::analysis::latency::State;
use crate::assessment::GateState;
use crate::quantity::significant;
use crate::questionnaire::answers::{Answers, Response, shown};
use crate::questionnaire::{CandidateId, QuestionId, Questionnaire};
use crate::syntax::vocabulary::Vocabulary;
use crate::verdict::{Decision, speaks_of_model};

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
    /// Whether somebody has decided for it.
    pub is_accepted: bool,
    /// Whether somebody has decided against it.
    pub is_rejected: bool,
    /// The style that its structure has.
    pub style: Option<&'static str>,
    /// The candidate that it stands for.
    pub candidate: Option<CandidateId>,
    /// The vetoes that strike it, by index: those of its candidate, and those that what is computed of this design calls for.
    pub vetoed_by: Vec<usize>,
    /// Of the latter, what is computed, in words.
    pub veto_shows: Vec<(usize, String)>,
    /// What it misses.
    pub misses: Vec<Miss>,
    /// How many objectives and promises it meets.
    pub n_met: usize,
    /// How many objectives, and promised numbers, are stated whose figure is not computed.
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

    /// Says whether it cannot carry its load.
    pub fn is_overloaded(&self) -> bool {
        self.misses.iter().any(|miss| miss.what == CAPACITY)
    }
}

/// Makes a row for each design, from what is computed of it.
pub(super) fn rows(
    questionnaire: &Questionnaire,
    answers: &Answers,
    decision: &Decision,
    designs: &[Design<'_>],
    computed: &[Computed],
) -> Vec<DesignRow> {
    let visible = shown(questionnaire, answers);
    let promises: Vec<(QuestionId, &Response)> = questionnaire
        .question_ids()
        .filter(|id| visible[id.0] && counterpart(questionnaire.question(*id)).is_some_and(|row| row.scope == Scope::Promised))
        .filter_map(|id| Some((id, answers.response(id)?)))
        .collect();
    let struck = |design: &Design<'_>, computed| {
        let candidate = design.assessment.classification.candidate.and_then(|word| questionnaire.find_candidate(word.word()))?;
        Some(facts::strikes(questionnaire, answers, candidate, computed))
    };
    let row = |(design, computed)| row(questionnaire, decision, &promises, design, struck(design, computed).unwrap_or_default());
    designs.iter().zip(computed).map(row).collect()
}

fn row(
    questionnaire: &Questionnaire,
    decision: &Decision,
    promises: &[(QuestionId, &Response)],
    design: &Design<'_>,
    struck: Vec<Strike>,
) -> DesignRow {
    let candidate = design.assessment.classification.candidate.and_then(|word| questionnaire.find_candidate(word.word()));
    let gates = &design.assessment.gates;
    let count = |state: GateState| gates.iter().filter(|gate| gate.state == state).count();
    let (mut n_met, mut n_not_evaluated) = (count(GateState::Pass), count(GateState::NotEvaluated));
    let failed = gates.iter().filter(|gate| gate.state == GateState::Fail);
    let mut misses: Vec<Miss> = failed
        .map(|gate| Miss {
            what: gate.id.to_owned(),
            journey: gate.journey.clone(),
            must: Must::Objective(gate.limit.clone()),
            is: gate.value.clone().unwrap_or_default(),
        })
        .collect();
    misses.extend(overload(design));
    for (id, response) in promises {
        let question = questionnaire.question(*id);
        let Some(row) = counterpart(question) else { continue };
        let Some(computed) = (row.compute)(design) else {
            n_not_evaluated += usize::from(matches!(response, Response::Number(_)));
            continue;
        };
        match row.fits(question, response, &computed) {
            // An objective of the same name has said it already, or a veto does.
            Some(false) if misses.iter().any(|miss| miss.what == question.id) || struck.iter().any(|one| one.questions.contains(id)) => {}
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
    // What the candidate is struck by through its other designs does not strike this one.
    let of_candidate = decision.vetoes.iter().filter(|strike| Some(strike.candidate) == candidate).map(|strike| strike.veto);
    let by_answers = of_candidate.filter(|veto| !speaks_of_model(&questionnaire.vetoes[*veto].when.expression));
    let mut vetoed_by: Vec<usize> = by_answers.chain(struck.iter().map(|one| one.veto)).collect();
    vetoed_by.sort_unstable();
    let score = candidate.and_then(|candidate| decision.score(candidate));
    DesignRow {
        id: design.system.id.clone(),
        name: design.system.name.clone(),
        is_base: design.system.is_base(),
        is_accepted: design.is_accepted(),
        is_rejected: design.is_rejected(),
        style: design.assessment.classification.style.as_ref().map(|found| found.style.word()),
        candidate,
        vetoed_by,
        veto_shows: struck.into_iter().map(|one| (one.veto, one.shows)).collect(),
        misses,
        n_met,
        n_not_evaluated,
        score: score.map(|score| score.score),
        asks: score.map(|score| score.asks),
    }
}

/// The load that a design must carry, and does not: a pool that a declared journey visits gets more work at the peak than it can do.
///
/// Nobody has to state it as an objective: what cannot keep up gives nothing that is computed of it.
pub(super) fn overload(design: &Design<'_>) -> Option<Miss> {
    let journeys = design.system.journeys.iter().zip(&design.assessment.latency.journeys).filter(|(one, _)| !one.implied);
    let overloaded = journeys.filter_map(|(journey, found)| {
        let (State::Overloaded { component, utilization }, when) = (match found.state {
            State::Overloaded { .. } => (found.state, "on the mean"),
            _ => (found.peak_state, "at the peak"),
        }) else {
            return None;
        };
        Some((utilization, component, when, journey))
    });
    // Of equals the first.
    let worst = overloaded.reduce(|worst, next| if next.0 > worst.0 { next } else { worst });
    worst.map(|(utilization, component, when, journey)| Miss {
        what: CAPACITY.to_owned(),
        journey: Some(journey.id.clone()),
        must: Must::Objective("at most 100 % busy".to_owned()),
        is: format!("`{}` {} % busy {when}", design.system.component(component).id, significant(utilization * 100.0, 4)),
    })
}

/// What an overloaded design misses.
const CAPACITY: &str = "capacity";
