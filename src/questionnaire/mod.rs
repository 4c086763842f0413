//! Questions, conditions and answers. The question answered here: *what is asked, of whom, and what did they say?*
//!
//! A questionnaire is **data**: a TOML file with forces, candidates, questions and vetoes, embedded ([`SHOULD_YOU_DISTRIBUTE`]) and replaceable by a user's
//! own. Reading never stops at the first mistake; after it every reference is an index and nothing is checked again. What an answer set means is decided
//! in the module `verdict`; nothing here scores, and nothing here sees a terminal or a file.

pub mod answers;
pub mod cases;
pub mod condition;
mod definition;
mod known;
mod lint;
mod merge;
mod migrate;
mod read;
mod translate;
mod upkeep;
mod write;

pub use definition::{
    Candidate, CandidateId, Choice, Force, ForceId, ForceKind, GradeCap, Kind, LONGEST_CORE, MAX_CANDIDATES, MAX_CONDITIONS, MAX_FORCES,
    MAX_LEVELS, MAX_OPTIONS, MAX_QUESTIONS, MAX_SEARCH, MAX_SEARCHED, MAX_VETOES, Modular, Question, QuestionId, Questionnaire, Ramp,
    Sample, Section, Version, Veto,
};
pub use known::{MODEL_FACTS, MODEL_RESULTS};
pub use lint::{is_weighable, lint};
pub use merge::{Choices, Merged, Naming, Settled, Spread, merge, merge_with};
pub use migrate::read_answers;
pub use read::read;
pub use translate::translate;
pub use upkeep::{MaxAge, Upkeep, upkeep};
pub use write::write_answers;

use crate::diagnostic::Code;

/// The questionnaire that comes with the program.
pub const SHOULD_YOU_DISTRIBUTE: &str = include_str!("../../questionnaires/should-you-distribute.toml");

/// A small second questionnaire: the example of a user's own.
pub const RELEASE_OFTEN: &str = include_str!("../../questionnaires/release-often.toml");

/// The codes that only questionnaires and answers have.
pub const CODES: &[Code] = &[
    Code::UnknownFormat,
    Code::UnknownForce,
    Code::UnknownCandidate,
    Code::UnknownQuestion,
    Code::UnknownOption,
    Code::UnknownFact,
    Code::MalformedCondition,
    Code::CyclicQuestions,
    Code::OutOfBounds,
    Code::OptionWithoutLevel,
    Code::IncompleteCandidate,
    Code::CollidingIds,
    Code::UndrivenForce,
    Code::DominatedCandidate,
    Code::UnreachableQuestion,
    Code::CoreLength,
    Code::MissingTranslation,
    Code::OutdatedAnswer,
];
