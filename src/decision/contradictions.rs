//! Where the model computes otherwise than it was answered, and which side counts then.

use super::counterparts::{Computed, Counterpart, Design, Scope, counterpart};
use crate::diagnostic::Severity;
use crate::questionnaire::answers::{Answers, Response, Status, shown};
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::source::Span;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Status as DesignStatus, Vocabulary};

/// Which side counts where the model contradicts an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefer {
    /// What the model computes: it replaces an answer about the system as it is; a promise stays what it is.
    Model,
    /// What was answered.
    #[default]
    Answers,
    /// Neither: the question is open until somebody settles it.
    Ask,
}

impl Prefer {
    /// Returns the word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Answers => "answers",
            Self::Ask => "ask",
        }
    }
}

/// An answer that the model contradicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// The question.
    pub question: QuestionId,
    /// The answer.
    pub answered: Response,
    /// What the model computes, in words.
    pub computed: String,
    /// The answer that fits what is computed, where one does.
    pub fitting: Option<Response>,
    /// The design that shows it.
    pub design: String,
    /// Of which designs the question speaks.
    pub scope: Scope,
    /// Which side counts.
    pub prefer: Prefer,
    /// The places in the model that decide it.
    pub places: Vec<Span>,
}

impl Contradiction {
    /// Returns how bad it is: an error, unless the policy has settled it in favour of the model.
    pub fn severity(&self) -> Severity {
        match self.prefer {
            Prefer::Model if self.scope == Scope::Today => Severity::Warning,
            Prefer::Model | Prefer::Answers | Prefer::Ask => Severity::Error,
        }
    }
}

/// Finds every contradiction, in asking order, and returns the answers that are weighed.
///
/// Today's facts are those of the base. A promise contradicts where it is decided: at the accepted alternative, or at the base where it is the only design;
/// elsewhere a design that breaks a promise misses it, and is not recommended. A label contradicts at the alternative that carries it.
pub fn contradictions(
    questionnaire: &Questionnaire,
    answers: &Answers,
    designs: &[Design<'_>],
    prefer: Prefer,
) -> (Vec<Contradiction>, Answers) {
    let visible = shown(questionnaire, answers);
    let mut weighed = answers.clone();
    let mut found = Vec::new();
    for id in questionnaire.question_ids().filter(|id| visible[id.0]) {
        let question = questionnaire.question(id);
        let (Some(row), Some(response)) = (counterpart(question), answers.response(id)) else { continue };
        for design in designs.iter().filter(|design| decides(row, questionnaire, id, response, design, designs.len())) {
            let Some(computed) = (row.compute)(design) else { continue };
            if row.fits(question, response, &computed) != Some(false) {
                continue;
            }
            let one = contradiction(row, questionnaire, id, response, design, computed, prefer);
            if row.scope == Scope::Today {
                settle(&mut weighed, &one);
            }
            found.push(one);
        }
    }
    (found, weighed)
}

/// Says whether a design decides about an answer.
fn decides(
    row: &Counterpart,
    questionnaire: &Questionnaire,
    id: QuestionId,
    response: &Response,
    design: &Design<'_>,
    n_designs: usize,
) -> bool {
    let system = design.system;
    match row.scope {
        Scope::Today => system.is_base(),
        Scope::Promised => system.status == Fact::Stated(DesignStatus::Accepted) || system.is_base() && n_designs == 1,
        Scope::Proposed => {
            let Response::Option(option) = response else { return false };
            let named =
                questionnaire.question(id).options[*option].candidate.map(|candidate| questionnaire.candidate(candidate).id.as_str());
            let stated = system.candidate.stated().map(Vocabulary::word);
            !design.is_rejected() && named.is_some() && named == stated
        }
    }
}

fn contradiction(
    row: &Counterpart,
    questionnaire: &Questionnaire,
    id: QuestionId,
    response: &Response,
    design: &Design<'_>,
    computed: Computed,
    prefer: Prefer,
) -> Contradiction {
    Contradiction {
        question: id,
        answered: response.clone(),
        fitting: row.response(questionnaire.question(id), &computed),
        computed: computed.words,
        design: design.system.id.clone(),
        scope: row.scope,
        prefer,
        places: computed.places,
    }
}

/// Applies the policy to what is weighed. Who answered, and when, stays with the answer that the model replaces.
fn settle(weighed: &mut Answers, one: &Contradiction) {
    let status = match (one.prefer, &one.fitting) {
        (Prefer::Answers, _) | (Prefer::Model, None) => return,
        (Prefer::Model, Some(fitting)) => Status::Given(fitting.clone()),
        (Prefer::Ask, _) => Status::Unknown,
    };
    if let Some(answer) = weighed.get(one.question) {
        let mut answer = answer.clone();
        answer.status = status;
        weighed.set(one.question, answer);
    }
}
