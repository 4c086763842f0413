//! What is wrong with a questionnaire beyond what reading it finds: forces nobody drives, questions nobody is asked, candidates that never win.
//!
//! All of it is said at once, beside the mistakes of reading: what such a mistake could have caused is left out, for the mistake is said already.

use super::answers::Response;
use super::condition::{Condition, Context, Truth};
use super::definition::{CandidateId, Kind, LONGEST_CORE, Question, QuestionId, Questionnaire};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The most combinations of answers that are tried for one condition.
const MAX_COMBINATIONS: usize = 100_000;

/// Checks a questionnaire; `mistakes` are those that reading it found.
///
/// Whether a candidate can win is for `verdict::never_wins` to say; `never_wins` lists those that do not, each with the candidate that is always ahead if
/// there is one. It is asked only where [`is_weighable`] says so.
pub fn lint(questionnaire: &Questionnaire, mistakes: &[Diagnostic], never_wins: &[(CandidateId, Option<CandidateId>)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    undriven_forces(questionnaire, mistakes, &mut found);
    for (candidate, ahead) in never_wins {
        let candidate = questionnaire.candidate(*candidate);
        let message = match ahead {
            Some(ahead) => format!("`{}` never wins: `{}` is ahead whatever is answered", candidate.id, questionnaire.candidate(*ahead).id),
            None => format!("`{}` never wins: no answers were found that make it", candidate.id),
        };
        found.push(Diagnostic::new(Code::DominatedCandidate, candidate.span, message));
    }
    unreachable_questions(questionnaire, mistakes, &mut found);
    let is_core_read = !mistakes.iter().any(|one| lies_in(one.label.span, questionnaire.core_span));
    if questionnaire.core.is_empty() && is_core_read {
        let message = format!("there are no core questions, and should be 1 to {LONGEST_CORE}");
        found.push(Diagnostic::new(Code::CoreLength, questionnaire.core_span, message));
    }
    crate::diagnostic::sort(&mut found);
    found
}

/// Says whether the mistakes of reading leave all that is weighed as it was meant: levels, cells, conditions and vetoes.
pub fn is_weighable(mistakes: &[Diagnostic]) -> bool {
    mistakes.iter().all(|one| matches!(one.code, Code::UnknownFormat | Code::CollidingIds | Code::MissingTranslation))
}

fn lies_in(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Says whether a mistake can have taken a question, an option or a part of one away.
fn takes_parts_away(code: Code) -> bool {
    matches!(
        code,
        Code::TomlSyntax
            | Code::DuplicateKey
            | Code::MissingKey
            | Code::MalformedId
            | Code::WrongType
            | Code::UnknownKey
            | Code::LimitExceeded
    )
}

fn undriven_forces(questionnaire: &Questionnaire, mistakes: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    if mistakes.iter().any(|one| takes_parts_away(one.code) || one.code == Code::OutOfBounds) {
        return;
    }
    let driven: Vec<_> = questionnaire.questions.iter().flat_map(Question::drives).collect();
    // A misspelt force is one that somebody meant to drive: the help names the nearest.
    let is_meant = |id: &str| {
        let named = format!("`{id}`");
        mistakes.iter().filter(|one| one.code == Code::UnknownForce).any(|one| one.help.as_ref().is_none_or(|help| help.contains(&named)))
    };
    for id in questionnaire.force_ids().filter(|id| !driven.contains(id)) {
        let force = questionnaire.force(id);
        if !is_meant(&force.id) {
            let message = format!("no question sets a level of the force `{}`", force.id);
            found
                .push(Diagnostic::new(Code::UndrivenForce, force.span, message).help("add a `level` to an option, or take the force away"));
        }
    }
}

fn unreachable_questions(questionnaire: &Questionnaire, mistakes: &[Diagnostic], found: &mut Vec<Diagnostic>) {
    if mistakes.iter().any(|one| takes_parts_away(one.code)) {
        return;
    }
    for question in &questionnaire.questions {
        if let Some(condition) = &question.show_if
            && is_never_asked(questionnaire, condition)
        {
            let message = format!("`{}` is never asked: its condition cannot hold", question.id);
            found.push(Diagnostic::new(Code::UnreachableQuestion, condition.span, message));
        }
    }
}

/// Tries all answers to the questions that a condition speaks of, and of those that their conditions speak of.
///
/// A question is asked unless its condition is surely false. That nobody has answered yet, or answers `unknown`, makes any condition unknown; so what counts
/// is whether it can hold, or stay unknown although all that is asked is answered: because a question that it speaks of is hidden, or because the model
/// has a say. Where there are more combinations than [`MAX_COMBINATIONS`], nothing is claimed.
fn is_never_asked(questionnaire: &Questionnaire, condition: &Condition) -> bool {
    let asked = spoken_of(questionnaire, condition);
    let Some(slots) = answers_to_try(questionnaire, condition, &asked) else { return false };
    let count = slots.iter().try_fold(1_usize, |count, slot| count.checked_mul(slot.len()).filter(|count| *count <= MAX_COMBINATIONS));
    let Some(count) = count else { return false };
    (0..count).all(|number| {
        let mut rest = number;
        let mut trial = Trial(Vec::new());
        let mut is_complete = true;
        for (id, slot) in asked.iter().zip(&slots) {
            let answer = &slot[rest % slot.len()];
            rest /= slot.len();
            let show_if = questionnaire.question(*id).show_if.as_ref();
            let is_hidden = show_if.is_some_and(|other| other.expression.evaluate(&trial) == Truth::False);
            is_complete &= is_hidden || answer.is_some();
            trial.0.push((*id, answer.as_ref().filter(|_| !is_hidden)));
        }
        match condition.expression.evaluate(&trial) {
            Truth::True => false,
            Truth::Unknown => !is_complete,
            Truth::False => true,
        }
    })
}

/// Returns the questions that a condition speaks of, directly or through their conditions, each after those that it depends on.
fn spoken_of(questionnaire: &Questionnaire, condition: &Condition) -> Vec<QuestionId> {
    let mut asked: Vec<QuestionId> = Vec::new();
    let mut open = condition.expression.questions();
    while let Some(id) = open.pop() {
        if !asked.contains(&id) {
            asked.push(id);
            open.extend(questionnaire.question(id).show_if.iter().flat_map(|other| other.expression.questions()));
        }
    }
    asked.sort_by_key(|id| questionnaire.visiting_order.iter().position(|other| other == id));
    asked
}

/// Returns, for each question, no answer and every answer that conditions can tell apart; nothing if these are too many.
fn answers_to_try(questionnaire: &Questionnaire, condition: &Condition, asked: &[QuestionId]) -> Option<Vec<Vec<Option<Response>>>> {
    let numbers: Vec<&Question> = asked.iter().map(|id| questionnaire.question(*id)).filter(|one| one.kind == Kind::Number).collect();
    let mut named: Vec<f64> = numbers.iter().flat_map(|question| [question.min, question.max]).flatten().collect();
    let conditions = asked.iter().filter_map(|id| questionnaire.question(*id).show_if.as_ref()).chain([condition]);
    conditions.for_each(|condition| condition.expression.for_each_number(&mut |number| named.push(number)));
    let line = told_apart(named, numbers.len());
    asked
        .iter()
        .map(|id| {
            let question = questionnaire.question(*id);
            let options = (0..question.options.len()).map(Response::Option);
            let mut answers: Vec<Response> = Vec::new();
            match question.kind {
                Kind::Choice | Kind::YesNo => answers.extend(options),
                Kind::Multi => answers.extend(choices(question)?.into_iter().map(Response::Options)),
                Kind::Number => {
                    let (low, high) = (question.min.unwrap_or(f64::MIN), question.max.unwrap_or(f64::MAX));
                    answers.extend(options);
                    answers.extend(line.iter().filter(|number| (low..=high).contains(*number)).map(|number| Response::Number(*number)));
                }
                Kind::Text => answers.push(Response::Text(String::new())),
                Kind::Scale => answers.push(Response::Rows(Vec::new())),
            }
            Some(std::iter::once(None).chain(answers.into_iter().map(Some)).collect())
        })
        .collect()
}

/// Returns numbers among which some questions have every order that they can have, to each other and to the numbers that are named: these, and as many
/// others as there are questions below, between and above them.
fn told_apart(mut named: Vec<f64>, n_questions: usize) -> Vec<f64> {
    named.sort_by(f64::total_cmp);
    named.dedup();
    let (first, last) = (named.first().copied().unwrap_or(0.0), named.last().copied().unwrap_or(0.0));
    let beyond = |from: f64, sign: f64| (1..=n_questions).map(move |step| from + sign * step as f64 * from.abs().max(1.0));
    let between = named.windows(2).flat_map(|pair| {
        let (low, high) = (pair[0], pair[1]);
        (1..=n_questions).map(move |step| low + (high - low) * step as f64 / (n_questions + 1) as f64)
    });
    let mut line: Vec<f64> = between.chain(beyond(first, -1.0)).chain(beyond(last, 1.0)).collect();
    line.extend(named.iter().copied());
    line.sort_by(f64::total_cmp);
    line.dedup();
    line
}

/// Returns all sets of options that can be chosen together; nothing if there are more than [`MAX_COMBINATIONS`].
fn choices(question: &Question) -> Option<Vec<Vec<usize>>> {
    let most = question.at_most.unwrap_or(usize::MAX);
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for option in 0..question.options.len() {
        let with: Vec<Vec<usize>> =
            all.iter().filter(|chosen| chosen.len() < most).map(|chosen| [chosen.as_slice(), &[option]].concat()).collect();
        all.extend(with);
        if all.len() > MAX_COMBINATIONS {
            return None;
        }
    }
    Some(all)
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
