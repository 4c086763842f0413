//! Which questions a walk asks, and in which order.

use crate::questionnaire::answers::{Answers, Status};
use crate::questionnaire::{QuestionId, Questionnaire};

/// How long a question takes, in seconds: the core of 13 in four to five minutes.
const SECONDS_PER_QUESTION: usize = 20;

/// What part of a questionnaire is walked through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// The core questions, without the optional ones.
    #[default]
    Quick,
    /// All questions.
    Full,
    /// Those without an answer, those put off, and those whose answer is stale.
    Unanswered,
    /// All questions, beginning with the review.
    Review,
    /// These, in this order, also those that are answered.
    Only(Vec<QuestionId>),
    /// The core questions, until open answers leave one winner.
    UntilDecided,
}

/// The questions of one walk, in asking order; those that are hidden under the current answers drop out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Walk {
    pub(super) order: Vec<QuestionId>,
    pub(super) stops_when_decided: bool,
    pub(super) starts_with_review: bool,
    /// Whether also what is answered is asked again: whoever names a question wants to see it.
    pub(super) asks_again: bool,
}

impl Walk {
    pub(super) fn new(questionnaire: &Questionnaire, answers: &Answers, scope: Scope) -> Self {
        let stops_when_decided = scope == Scope::UntilDecided;
        let starts_with_review = scope == Scope::Review;
        let asks_again = matches!(scope, Scope::Only(_));
        let order = match scope {
            Scope::Quick | Scope::UntilDecided => questionnaire.quick_walk().collect(),
            Scope::Full | Scope::Review => questionnaire.question_ids().collect(),
            Scope::Unanswered => questionnaire.question_ids().filter(|id| is_open(answers, *id)).collect(),
            Scope::Only(mut ids) => {
                let mut seen = Vec::new();
                ids.retain(|id| !seen.contains(id) && (seen.push(*id), true).1);
                ids
            }
        };
        Self { order, stops_when_decided, starts_with_review, asks_again }
    }
}

/// Says whether a question still waits for an answer: none was given, it was put off, or the questionnaire has changed its meaning since.
///
/// `unknown` and `n/a` are answers.
pub fn is_open(answers: &Answers, question: QuestionId) -> bool {
    answers.get(question).is_none_or(|answer| answer.stale || answer.status == Status::Later)
}

/// How far a walk is, over the questions that are reachable under the current answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Questions with an answer.
    pub answered: usize,
    /// All questions of the walk.
    pub of: usize,
}

impl Progress {
    /// Returns about how many minutes are left, rounded up.
    pub const fn minutes_left(self) -> usize {
        (self.of - self.answered).saturating_mul(SECONDS_PER_QUESTION).div_ceil(60)
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn thirteen_questions_take_four_to_five_minutes() {
        assert_eq!(Progress { answered: 0, of: 13 }.minutes_left(), 5);
        assert_eq!(Progress { answered: 12, of: 13 }.minutes_left(), 1);
        assert_eq!(Progress { answered: 13, of: 13 }.minutes_left(), 0);
    }
}
