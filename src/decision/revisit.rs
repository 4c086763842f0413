//! *Has something come true that was to be watched?* The triggers of a judgement, held against the model as it is now.
//!
//! A trigger has come true where, for each of its questions, the model computes one of the answers that it waits for, and no longer the one that was given. What no model computes
//! is for people to watch; so is what somebody promises or needs: a model says whether it is kept, not whether it is still wanted.

use super::counterparts::{Design, LOAD, Scope, counterpart};
use super::designs::overload;
use super::{Judgement, Trigger};
use crate::questionnaire::QuestionId;
use crate::questionnaire::answers::Response;

/// How far a trigger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// The model says so.
    ComeTrue,
    /// The model says otherwise.
    NotYet,
    /// The model says nothing of it: people watch it.
    ByPeople,
}

/// A trigger, and what is computed of its questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// Which of the judgement's triggers.
    pub trigger: usize,
    /// How far it is.
    pub state: Watched,
    /// What is computed of each of its questions, in words; none where nothing is.
    pub computed: Vec<(QuestionId, Option<String>)>,
}

/// Holds every trigger against the base, the system as it is.
pub fn watch(judgement: &Judgement, designs: &[Design<'_>]) -> Vec<Watch> {
    let base = designs.iter().find(|design| design.system.is_base());
    let watch = |(at, trigger): (usize, &Trigger)| {
        let each: Vec<(QuestionId, Option<String>, Watched)> =
            trigger.changes.iter().map(|(question, responses)| state(judgement, *question, responses, base)).collect();
        // All of them must come true; one that the model denies keeps the others waiting.
        let state = if each.iter().any(|(.., state)| *state == Watched::NotYet) {
            Watched::NotYet
        } else {
            each.iter().map(|(.., state)| *state).max().unwrap_or(Watched::ByPeople)
        };
        Watch { trigger: at, state, computed: each.into_iter().map(|(question, computed, _)| (question, computed)).collect() }
    };
    judgement.triggers.iter().enumerate().map(watch).collect()
}

fn state(judgement: &Judgement, id: QuestionId, wanted: &[Response], base: Option<&Design<'_>>) -> (QuestionId, Option<String>, Watched) {
    let question = judgement.questionnaire.question(id);
    let found = counterpart(question).filter(|row| row.scope == Scope::Today).and_then(|row| Some((row, (row.compute)(base?)?)));
    let Some((row, computed)) = found else { return (id, None, Watched::ByPeople) };
    let fits = |response: &Response| row.fits(question, response, &computed);
    let answered = judgement.weighed.response(id);
    // The load is bounded from above, so that a small answer always fits; where what runs today does not carry it, only a larger one does.
    let is_outgrown = row.key == LOAD && base.is_some_and(|base| overload(base).is_some());
    let fits = |response: &Response| match (answered, response) {
        (Some(Response::Option(answered)), Response::Option(wanted)) if is_outgrown => fits(response).map(|fits| fits && wanted > answered),
        _ => fits(response),
    };
    // An answer that still fits keeps standing, whatever else fits, too.
    let still = answered.and_then(&fits) == Some(true);
    let state = if still {
        Watched::NotYet
    } else if wanted.iter().any(|response| fits(response) == Some(true)) {
        Watched::ComeTrue
    } else if wanted.iter().all(|response| fits(response).is_none()) {
        Watched::ByPeople
    } else {
        Watched::NotYet
    };
    (id, Some(computed.words), state)
}
