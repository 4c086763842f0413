//! How large a core may be, and how much one weighing may cost: a verdict weighs very many other answers, and has to come to an end.

use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::condition::Condition;
use crate::questionnaire::definition::{Kind, LONGEST_CORE, MAX_CONDITIONS, MAX_LEVELS, MAX_SEARCH, MAX_SEARCHED, Question, Questionnaire};
use crate::syntax::fields::Report;

/// Reports a core with too many questions, or with too many answers to try together.
pub(super) fn report_too_much_to_search(questionnaire: &Questionnaire, report: &mut Report) {
    let count = questionnaire.core.len();
    let mut refuse = |message: String, help: &str| {
        report.push(Diagnostic::new(Code::LimitExceeded, questionnaire.core_span, message).help(help));
    };
    if count > LONGEST_CORE {
        let message = format!("there are {count} core questions; the limit is {LONGEST_CORE}, as everybody answers them in one go");
        return refuse(message, "take the less important ones out of `core`: `ask --full` still asks them");
    }
    let searched = searched(questionnaire);
    if searched > MAX_SEARCH {
        let message = format!(
            "a verdict would try {searched} sets of up to {MAX_SEARCHED} other core answers, over all candidates; the limit is {MAX_SEARCH}"
        );
        refuse(message, "take questions out of `core`, or give them fewer options");
    }
}

/// Reports more levels, or longer conditions, than a weighing can look at, where the limit is passed.
pub(super) fn report_too_much_to_weigh(questionnaire: &Questionnaire, report: &mut Report) {
    let mut levels = 0_usize;
    for option in questionnaire.questions.iter().flat_map(|question| &question.options) {
        levels += option.levels.len();
        if levels > MAX_LEVELS {
            let message = format!("the options of a questionnaire set at most {MAX_LEVELS} levels");
            report.push(Diagnostic::new(Code::LimitExceeded, option.span, message));
            break;
        }
    }
    let mut bytes = 0_usize;
    let asked = questionnaire.questions.iter().filter_map(|question| question.show_if.as_ref());
    let conditions = asked.chain(questionnaire.vetoes.iter().map(|veto| &veto.when)).chain(&questionnaire.sample.given);
    for Condition { text, span, .. } in conditions {
        bytes += text.len();
        if bytes > MAX_CONDITIONS {
            let message = format!("the conditions of a questionnaire have at most {MAX_CONDITIONS} bytes together");
            report.push(Diagnostic::new(Code::LimitExceeded, *span, message));
            break;
        }
    }
}

/// Counts the sets of up to [`MAX_SEARCHED`] other answers to different core questions, times the candidates.
///
/// With `n_i` other answers to question `i` there are `e_k(n)` sets of `k`, the elementary symmetric polynomial: `e_k ← e_k + e_{k−1} · n_i`.
fn searched(questionnaire: &Questionnaire) -> u64 {
    let mut sets = [0_u64; MAX_SEARCHED + 1];
    sets[0] = 1;
    for id in &questionnaire.core {
        let others = other_answers(questionnaire.question(*id));
        for size in (1..=MAX_SEARCHED).rev() {
            sets[size] = sets[size].saturating_add(sets[size - 1].saturating_mul(others));
        }
    }
    let all = sets[1..].iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    all.saturating_mul(questionnaire.candidates.len() as u64)
}

/// Counts the answers that a question could have instead of its own: options, or the break points of a number.
fn other_answers(question: &Question) -> u64 {
    let count = match question.kind {
        Kind::Choice | Kind::YesNo => question.options.len().saturating_sub(1),
        Kind::Number => question.ramps.first().map_or(0, |ramp| ramp.points.len()),
        Kind::Multi | Kind::Scale | Kind::Text => 0,
    };
    count as u64
}
