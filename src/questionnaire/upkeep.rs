//! What answers need from time to time: evidence for what is called measured, and a second look at what is old.

use super::answers::{Answers, Confidence, Status};
use super::definition::{QuestionId, Questionnaire};
use crate::quantity::Date;

/// How old an answer may be, seen from a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge {
    /// The most days.
    pub days: i64,
    /// The day to count back from.
    pub today: Date,
}

/// Why an answer needs to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// The questionnaire has changed its meaning since.
    Stale,
    /// It is called measured, and nothing shows it.
    NoEvidence,
    /// It says no day, so nobody knows how old it is.
    NoDay,
    /// It is so many days old.
    Old(i64),
    /// It says a day that is still to come.
    FromTheFuture,
}

impl Upkeep {
    /// Says what is wrong and what to do.
    pub fn sentence(self, id: &str, max_age: Option<MaxAge>) -> String {
        match self {
            Self::Stale => format!("`{id}` is stale: the questionnaire has changed since; answer it again"),
            Self::NoEvidence => format!("`{id}` is called measured, and has no evidence; add a link, or call it an estimate"),
            Self::NoDay => format!("`{id}` says no day (`on = …`), so its age is not known; answer it again"),
            Self::Old(days) => {
                let most = max_age.map_or(0, |age| age.days);
                format!("`{id}` is {days} days old, the limit is {most}; answer it again")
            }
            Self::FromTheFuture => format!("`{id}` was answered on a day that is still to come; mend `on`"),
        }
    }
}

/// Lists what the answers need, in asking order; questions that were put off need nothing.
pub fn upkeep(questionnaire: &Questionnaire, answers: &Answers, max_age: Option<MaxAge>) -> Vec<(QuestionId, Upkeep)> {
    let mut found = Vec::new();
    for id in questionnaire.question_ids() {
        let Some(answer) = answers.get(id).filter(|answer| answer.status != Status::Later) else { continue };
        if answer.stale {
            found.push((id, Upkeep::Stale));
        }
        if answer.confidence == Some(Confidence::Measured) && answer.evidence.is_empty() {
            found.push((id, Upkeep::NoEvidence));
        }
        if let Some(MaxAge { days, today }) = max_age {
            match answer.on.map(|on| today.epoch_day() - on.epoch_day()) {
                None => found.push((id, Upkeep::NoDay)),
                Some(age) if age < 0 => found.push((id, Upkeep::FromTheFuture)),
                Some(age) if age > days => found.push((id, Upkeep::Old(age))),
                Some(_) => {}
            }
        }
    }
    found
}
