//! The answers that are open, guessed or stale: each option, and what is decided then.

use std::borrow::Cow;

use super::trial::Bench;
use super::{NextFact, Why};
use crate::assessment::Assessment;
use crate::decision::Inputs;
use crate::questionnaire::Kind;
use crate::questionnaire::answers::{Answer, Confidence, Response, Status, shown};

/// Tries each option of each core question that is not surely answered.
pub(super) fn open(bench: &Bench<'_>) -> Vec<NextFact> {
    let Some(inputs) = bench.question.inputs else { return Vec::new() };
    let visible = shown(&inputs.questionnaire, &inputs.answers);
    let assessments: Vec<Cow<'_, Assessment>> = bench.question.assessed.iter().map(|(_, one)| Cow::Borrowed(*one)).collect();
    let mut found = Vec::new();
    for id in inputs.questionnaire.question_ids().filter(|id| visible[id.0]) {
        let question = inputs.questionnaire.question(id);
        let answer = inputs.answers.get(id);
        let why = match answer.map(|answer| (&answer.status, answer.confidence, answer.stale)) {
            None | Some((Status::Later, ..)) if inputs.questionnaire.must_be_answered(id) => Why::Unknown,
            Some((Status::Unknown, ..)) => Why::Unknown,
            Some((Status::Given(_), Some(Confidence::Guess), _) | (Status::Given(_), _, true)) => Why::Guess,
            _ => continue,
        };
        if !matches!(question.kind, Kind::Choice | Kind::YesNo) {
            continue;
        }
        let mut effects = Vec::new();
        for option in 0..question.options.len() {
            let mut changed: Inputs = inputs.clone();
            changed.answers.set(id, Answer::new(Status::Given(Response::Option(option))));
            effects.extend(bench.effects(&bench.decided_by(&changed, &assessments)));
        }
        effects.sort();
        effects.dedup();
        if !effects.is_empty() {
            let ends = question.options.first().zip(question.options.last()).map(|(first, last)| (first.id.clone(), last.id.clone()));
            let read = format!("`weighbridge ask` asks it: {}", question.ask);
            found.push(NextFact { path: format!("answers.{}", question.id), why, ends, effects, read });
        }
    }
    found
}
