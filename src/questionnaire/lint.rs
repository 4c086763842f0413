//! What is wrong with a questionnaire beyond what reading it finds: forces nobody drives, questions nobody is asked, candidates that never win.

use super::answers::Response;
use super::condition::{Condition, Context, Truth};
use super::definition::{Kind, Question, QuestionId, Questionnaire};
use crate::diagnostic::{Code, Diagnostic};

/// The most core questions that are answered in one go.
pub const LONGEST_CORE: usize = 20;

/// The most combinations of answers that are tried for one condition.
const MAX_COMBINATIONS: usize = 100_000;

/// Checks a questionnaire that was read without errors.
///
/// Whether a candidate can win is for `verdict::never_wins` to say; `never_wins` lists those that do not, each with the candidate that is always ahead if
/// there is one.
pub fn lint(questionnaire: &Questionnaire, never_wins: &[(super::CandidateId, Option<super::CandidateId>)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let driven: Vec<_> = questionnaire.questions.iter().flat_map(Question::drives).collect();
    for id in questionnaire.force_ids().filter(|id| !driven.contains(id)) {
        let force = questionnaire.force(id);
        let message = format!("no question sets a level of the force `{}`", force.id);
        found.push(Diagnostic::new(Code::UndrivenForce, force.span, message).help("add a `level` to an option, or take the force away"));
    }
    for (candidate, ahead) in never_wins {
        let candidate = questionnaire.candidate(*candidate);
        let message = match ahead {
            Some(ahead) => format!("`{}` never wins: `{}` is ahead whatever is answered", candidate.id, questionnaire.candidate(*ahead).id),
            None => format!("`{}` never wins: no answers were found that make it", candidate.id),
        };
        found.push(Diagnostic::new(Code::DominatedCandidate, candidate.span, message));
    }
    for question in &questionnaire.questions {
        if let Some(condition) = &question.show_if
            && is_never_true(questionnaire, condition)
        {
            let message = format!("`{}` is never asked: its condition cannot hold", question.id);
            found.push(Diagnostic::new(Code::UnreachableQuestion, condition.span, message));
        }
    }
    let length = questionnaire.core.len();
    if length == 0 || length > LONGEST_CORE {
        let message = format!("there are {length} core questions, and should be 1 to {LONGEST_CORE}");
        found.push(Diagnostic::new(Code::CoreLength, questionnaire.core_span, message));
    }
    crate::diagnostic::sort(&mut found);
    found
}

/// Tries all answers to the questions that a condition speaks of, and of those that their conditions speak of.
fn is_never_true(questionnaire: &Questionnaire, condition: &Condition) -> bool {
    let mut asked: Vec<QuestionId> = Vec::new();
    let mut open = condition.expression.questions();
    while let Some(id) = open.pop() {
        if !asked.contains(&id) {
            asked.push(id);
            open.extend(questionnaire.question(id).show_if.iter().flat_map(|other| other.expression.questions()));
        }
    }
    asked.sort_by_key(|id| questionnaire.visiting_order.iter().position(|other| other == id));
    let slots: Vec<Vec<Option<Response>>> = asked.iter().map(|id| answers_to_try(questionnaire.question(*id), condition)).collect();
    let count = slots.iter().try_fold(1_usize, |count, slot| count.checked_mul(slot.len()).filter(|count| *count <= MAX_COMBINATIONS));
    let Some(count) = count else { return false };
    (0..count).all(|number| {
        let mut rest = number;
        let mut trial = Trial(Vec::new());
        for (id, slot) in asked.iter().zip(&slots) {
            let answer = &slot[rest % slot.len()];
            rest /= slot.len();
            let hidden =
                questionnaire.question(*id).show_if.as_ref().is_some_and(|other| other.expression.evaluate(&trial) == Truth::False);
            trial.0.push((*id, answer.as_ref().filter(|_| !hidden)));
        }
        // A fact of the model can have any value.
        condition.expression.evaluate(&trial) == Truth::False
            || (condition.expression.evaluate(&trial) == Truth::Unknown && !condition.text.contains("model."))
    })
}

/// Returns no answer and every option; of several choices each alone; of numbers the ends and what the condition names.
fn answers_to_try(question: &Question, condition: &Condition) -> Vec<Option<Response>> {
    let options = 0..question.options.len();
    let mut answers = vec![None];
    match question.kind {
        Kind::Choice | Kind::YesNo => answers.extend(options.map(|option| Some(Response::Option(option)))),
        Kind::Multi => answers.extend(options.map(|option| Some(Response::Options(vec![option])))),
        Kind::Number => {
            let words = condition.text.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
            let named = words.filter_map(|word| word.parse::<f64>().ok()).flat_map(|number| [number - 1.0, number, number + 1.0]);
            let ends = [question.min.unwrap_or(-1e18), question.max.unwrap_or(1e18)];
            answers.extend(options.map(|option| Some(Response::Option(option))));
            answers.extend(
                named.chain(ends).filter(|number| (ends[0]..=ends[1]).contains(number)).map(|number| Some(Response::Number(number))),
            );
        }
        Kind::Text => answers.push(Some(Response::Text("x".to_owned()))),
        Kind::Scale => answers.push(Some(Response::Rows(Vec::new()))),
    }
    answers
}

struct Trial<'a>(Vec<(QuestionId, Option<&'a Response>)>);

impl Context for Trial<'_> {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        self.0.iter().find(|(id, _)| *id == question).and_then(|(_, response)| *response)
    }

    fn fact(&self, _: &str) -> Option<f64> {
        None
    }
}
