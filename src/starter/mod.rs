//! *What does a first model say?* The base, from what a person answered in the interview of `init`; what was skipped is left out, so that it counts as unknown.
//!
//! No figure is made up: a number in the file was answered, or follows from answers by a formula that stands beside it. What the file assumes about structure is marked
//! `assumed` where it stands.

mod base;
mod parts;

pub use base::first_model;

use crate::questionnaire::{Questionnaire, read};
use crate::source::Sources;

/// The questions of the interview.
const QUESTIONS: &str = include_str!("../../questionnaires/first-model.toml");

/// Reads the questions of the interview.
pub fn interview() -> Questionnaire {
    let mut sources = Sources::default();
    let file = sources.add("first-model.toml", QUESTIONS);
    read(&sources, file).0
}
