//! Answers and verdicts in words.

use crate::questionnaire::answers::{Answer, Response, Status};
use crate::questionnaire::{CandidateId, Question, QuestionId, Questionnaire};
use crate::verdict::{AnswerFlip, Change, Decision, Grade, Reason};

/// Returns an answer in the words of its options.
pub fn answer_words(questionnaire: &Questionnaire, question: QuestionId, answer: &Answer) -> String {
    let words = match &answer.status {
        Status::Given(response) => response_words(questionnaire, questionnaire.question(question), response),
        Status::Unknown => "unknown".to_owned(),
        Status::NotApplicable => match &answer.reason {
            Some(reason) => format!("does not apply: {reason}"),
            None => "does not apply".to_owned(),
        },
        Status::Later => "put off".to_owned(),
    };
    if answer.stale { format!("{words} (stale)") } else { words }
}

pub(super) fn response_words(questionnaire: &Questionnaire, question: &Question, response: &Response) -> String {
    let label = |option: usize| question.options.get(option).map_or("?", |option| option.label.as_str());
    match response {
        Response::Option(option) => label(*option).to_owned(),
        Response::Options(chosen) if chosen.is_empty() => "none".to_owned(),
        Response::Options(chosen) => chosen.iter().map(|option| label(*option)).collect::<Vec<_>>().join(", "),
        Response::Rows(rows) => {
            let row = |(force, option): &(_, usize)| format!("{}: {}", questionnaire.force(*force).id, label(*option));
            rows.iter().map(row).collect::<Vec<_>>().join(", ")
        }
        Response::Number(number) => match question.unit.as_deref() {
            Some("%") => format!("{number} %"),
            Some(unit) => format!("{number} {unit}"),
            None => number.to_string(),
        },
        Response::Text(text) => text.clone(),
    }
}

/// Returns what an answer moves: the levels that it sets, or that it leaves them open.
pub(super) fn effect_words(questionnaire: &Questionnaire, question: &Question, answer: Option<&Answer>) -> String {
    let levels = |option: usize| question.options.get(option).map_or(&[][..], |option| option.levels.as_slice());
    let named = |levels: &mut dyn Iterator<Item = (crate::questionnaire::ForceId, f64)>| {
        levels.map(|(force, level)| format!("{} {level:.2}", questionnaire.force(force).id)).collect::<Vec<_>>().join(", ")
    };
    match answer.map(|answer| &answer.status) {
        Some(Status::Given(Response::Option(option))) => named(&mut levels(*option).iter().copied()),
        Some(Status::Given(Response::Options(chosen))) => named(&mut chosen.iter().flat_map(|option| levels(*option).iter().copied())),
        Some(Status::Given(Response::Number(number))) => named(&mut question.ramps.iter().map(|ramp| (ramp.force, ramp.level(*number)))),
        Some(Status::Unknown) => {
            let open: Vec<&str> = question.drives().into_iter().map(|force| questionnaire.force(force).id.as_str()).collect();
            if open.is_empty() { String::new() } else { format!("{} open", open.join(", ")) }
        }
        Some(Status::Given(Response::Rows(_) | Response::Text(_)) | Status::NotApplicable | Status::Later) | None => String::new(),
    }
}

fn label(questionnaire: &Questionnaire, candidate: CandidateId) -> &str {
    &questionnaire.candidate(candidate).label
}

/// Says who wins and how surely, in one line.
pub fn sentence(questionnaire: &Questionnaire, decision: &Decision) -> String {
    let Some(winner) = decision.winner else { return "No design is left: a veto strikes each of them.".to_owned() };
    let modular = if decision.modular { ", modular inside" } else { "" };
    let name = label(questionnaire, winner);
    match decision.grade {
        Grade::Undetermined => {
            let count = decision.possible_winners.candidates.len();
            let open = decision.open.len();
            let plural = if open == 1 { "" } else { "s" };
            format!("Undetermined: {count} designs can still win ({open} open question{plural}); {name}{modular} leads.")
        }
        Grade::Clear | Grade::Leaning | Grade::Contested => format!("{name}{modular}: {}.", decision.grade.word()),
    }
}

/// Says how far the winner is ahead, and how many weightings keep it.
pub(super) fn lead(questionnaire: &Questionnaire, decision: &Decision) -> Option<String> {
    let (rival, margin) = decision.runner_up.zip(decision.margin)?;
    let share = decision.weight_share;
    Some(format!("Ahead of {} by {margin:.2}; {} of {} weightings keep it.", label(questionnaire, rival), share.kept, share.of))
}

/// Returns a term of the lead in words.
pub fn reason_words(questionnaire: &Questionnaire, reason: &Reason) -> String {
    format!("{:+.2}  {}", reason.term, questionnaire.force(reason.force).label)
}

/// Returns what would change the winner in words: `outage-hour: Annoying -> Single process`.
pub(super) fn flip_words(questionnaire: &Questionnaire, flip: &AnswerFlip) -> String {
    let change = |change: &Change| {
        let question = questionnaire.question(change.question);
        format!("{}: {}", question.id, response_words(questionnaire, question, &change.to))
    };
    let changes: Vec<String> = flip.changes.iter().map(change).collect();
    let winner = flip.winner.map_or("no design is left", |winner| label(questionnaire, winner));
    format!("{} -> {winner}", changes.join(", and "))
}
