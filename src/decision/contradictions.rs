//! Where the model computes otherwise than it was answered, and which side counts then.

use super::counterparts::{Computed, Counterpart, Design, Scope, counterpart};
use crate::diagnostic::Severity;
use crate::questionnaire::answers::{Answer, Answers, Response, Status, shown};
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::source::Span;
use crate::syntax::vocabulary::Vocabulary;

/// Which side counts where the model contradicts an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefer {
    /// What the model computes: it replaces an answer about the system as it is, where it can name the one that fits; a promise stays what it is.
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

/// Which side was weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// What the model computes.
    Model,
    /// What was answered.
    Answer,
    /// Neither: the question is open.
    Neither,
}

impl Counts {
    /// Returns the word of the machine contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Answer => "answer",
            Self::Neither => "neither",
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
    /// The policy.
    pub prefer: Prefer,
    /// Which side was weighed: by the policy, and only an answer about the system as it is can give way.
    pub counts: Counts,
    /// The places in the model that decide it.
    pub places: Vec<Span>,
}

impl Contradiction {
    /// Returns how bad it is: an error, unless the model's side was weighed instead of the answer.
    pub fn severity(&self) -> Severity {
        match self.counts {
            Counts::Model => Severity::Warning,
            Counts::Answer | Counts::Neither => Severity::Error,
        }
    }
}

/// Finds every contradiction, in asking order, and returns the answers that are weighed.
///
/// Today's facts are those of the base. A promise contradicts where it is decided: at the accepted alternative, or at the base where no other is left to choose;
/// elsewhere a design that breaks a promise misses it, and is not recommended. A label contradicts at the alternative that carries it.
pub fn contradictions(
    questionnaire: &Questionnaire,
    answers: &Answers,
    designs: &[Design<'_>],
    prefer: Prefer,
) -> (Vec<Contradiction>, Answers) {
    let visible = shown(questionnaire, answers);
    // What somebody has decided against is no choice any more.
    let n_choices = designs.iter().filter(|design| !design.is_rejected()).count();
    let mut weighed = answers.clone();
    let mut found = Vec::new();
    for id in questionnaire.question_ids().filter(|id| visible[id.0]) {
        let question = questionnaire.question(id);
        let (Some(row), Some(response)) = (counterpart(question), answers.response(id)) else { continue };
        for design in designs.iter().filter(|design| decides(row, questionnaire, id, response, design, n_choices)) {
            let Some(computed) = (row.compute)(design) else { continue };
            if row.fits(question, response, &computed) != Some(false) {
                continue;
            }
            let one = contradiction(row, questionnaire, id, response, design, computed, prefer);
            settle(&mut weighed, &one);
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
    n_choices: usize,
) -> bool {
    let system = design.system;
    match row.scope {
        Scope::Today => system.is_base(),
        Scope::Promised => design.is_accepted() || system.is_base() && n_choices <= 1,
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
    let fitting = row.response(questionnaire.question(id), &computed);
    Contradiction {
        question: id,
        answered: response.clone(),
        counts: match (row.scope, prefer) {
            (Scope::Today, Prefer::Model) if fitting.is_some() => Counts::Model,
            (Scope::Today, Prefer::Ask) => Counts::Neither,
            (Scope::Today | Scope::Promised | Scope::Proposed, _) => Counts::Answer,
        },
        fitting,
        computed: computed.words,
        design: design.system.id.clone(),
        scope: row.scope,
        prefer,
        places: computed.places,
    }
}

/// Who gives the answers that the model replaces.
pub const THE_MODEL: &str = "the model";

/// Applies the policy to what is weighed: nobody but the model says what the model says.
fn settle(weighed: &mut Answers, one: &Contradiction) {
    match (one.counts, &one.fitting) {
        (Counts::Answer, _) | (Counts::Model, None) => {}
        (Counts::Model, Some(fitting)) => {
            let said =
                Answer { by: vec![THE_MODEL.to_owned()], note: Some(one.computed.clone()), ..Answer::new(Status::Given(fitting.clone())) };
            weighed.set(one.question, said);
        }
        (Counts::Neither, _) => {
            if let Some(answer) = weighed.get(one.question) {
                let answer = Answer { status: Status::Unknown, ..answer.clone() };
                weighed.set(one.question, answer);
            }
        }
    }
}
