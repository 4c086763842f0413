//! In which order conditions can be evaluated, and which of them turn in a circle.

use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::definition::{QuestionId, Questionnaire};
use crate::syntax::fields::Report;

/// Orders the questions so that each condition speaks of earlier ones, and takes the conditions of cycles away.
pub(super) fn order(questionnaire: &mut Questionnaire, report: &mut Report) {
    let count = questionnaire.questions.len();
    let waits_for: Vec<Vec<usize>> = questionnaire
        .questions
        .iter()
        .map(|question| {
            question.show_if.as_ref().map(|show_if| show_if.expression.questions().into_iter().map(|id| id.0).collect()).unwrap_or_default()
        })
        .collect();
    let mut placed = vec![false; count];
    let mut visiting_order = Vec::with_capacity(count);
    loop {
        let before = visiting_order.len();
        for at in 0..count {
            if !placed[at] && waits_for[at].iter().all(|other| placed[*other]) {
                placed[at] = true;
                visiting_order.push(QuestionId(at));
            }
        }
        if visiting_order.len() == before {
            break;
        }
    }
    // What is left waits for a cycle; who lies on one reaches itself among what is left.
    let left: Vec<usize> = (0..count).filter(|at| !placed[*at]).collect();
    for at in &left {
        if reaches_itself(*at, &waits_for, &placed) {
            let question = &mut questionnaire.questions[*at];
            let span = question.show_if.as_ref().map_or(question.span, |show_if| show_if.span);
            let message = format!("whether `{}` is asked depends on its own answer", question.id);
            report.push(Diagnostic::new(Code::CyclicQuestions, span, message).help("let conditions speak of earlier questions only"));
            question.show_if = None;
            visiting_order.push(QuestionId(*at));
            placed[*at] = true;
        }
    }
    let mut rest: Vec<usize> = left.into_iter().filter(|at| !placed[*at]).collect();
    while !rest.is_empty() {
        let before = rest.len();
        rest.retain(|at| {
            let ready = waits_for[*at].iter().all(|other| placed[*other]);
            if ready {
                placed[*at] = true;
                visiting_order.push(QuestionId(*at));
            }
            !ready
        });
        if rest.len() == before {
            break;
        }
    }
    questionnaire.visiting_order = visiting_order;
}

fn reaches_itself(start: usize, waits_for: &[Vec<usize>], placed: &[bool]) -> bool {
    let mut seen = vec![false; waits_for.len()];
    let mut open = waits_for[start].clone();
    while let Some(at) = open.pop() {
        if at == start {
            return true;
        }
        if !placed[at] && !std::mem::replace(&mut seen[at], true) {
            open.extend(&waits_for[at]);
        }
    }
    false
}
