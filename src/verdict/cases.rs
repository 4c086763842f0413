//! The published cases whose answers are nearest.

use crate::questionnaire::answers::{Answers, Response};
use crate::questionnaire::cases::Case;
use crate::questionnaire::{QuestionId, Questionnaire};

use super::NearestCase;

/// How many cases are shown.
const SHOWN: usize = 2;

/// Finds the nearest cases: the mean distance of levels over the core questions that both sides answered; ties by the order of the cases.
pub fn nearest_cases(questionnaire: &Questionnaire, answers: &Answers, cases: &[Case]) -> Vec<NearestCase> {
    let mut found: Vec<NearestCase> =
        cases.iter().enumerate().filter_map(|(at, case)| compared(questionnaire, answers, at, case)).collect();
    found.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.case.cmp(&b.case)));
    found.truncate(SHOWN);
    found
}

fn compared(questionnaire: &Questionnaire, answers: &Answers, at: usize, case: &Case) -> Option<NearestCase> {
    let (mut sum, mut count) = (0.0, 0.0);
    let mut differing = Vec::new();
    for id in &questionnaire.core {
        let (Some(mine), Some(theirs)) = (answers.response(*id), case.answers.response(*id)) else { continue };
        if let (Some(one), Some(other)) = (level(questionnaire, *id, mine), level(questionnaire, *id, theirs)) {
            sum += (one - other).abs();
            count += 1.0;
        }
        if mine != theirs {
            differing.push((*id, theirs.clone()));
        }
    }
    (count > 0.0).then(|| NearestCase { case: at, distance: sum / count, differing })
}

/// Returns an answer's level on the first force of its question.
fn level(questionnaire: &Questionnaire, id: QuestionId, response: &Response) -> Option<f64> {
    let question = questionnaire.question(id);
    match response {
        Response::Option(option) => question.options[*option].levels.first().map(|(_, level)| *level),
        Response::Number(number) => question.ramps.first().map(|ramp| ramp.level(*number)),
        Response::Options(_) | Response::Rows(_) | Response::Text(_) => None,
    }
}
