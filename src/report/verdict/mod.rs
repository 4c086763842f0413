//! The verdict as finished strings: the line that decides, why, how surely, and what would change it.

mod designs;
mod flips;
pub(in crate::report) mod perspective;
pub(in crate::report) mod scores;
pub(in crate::report) mod sentences;

use super::sections::Section;
use crate::decision::Judgement;
use crate::questionnaire::{CandidateId, QuestionId};
use crate::source::Sources;

pub use sentences::watched_words;
pub(in crate::report) use sentences::{advice_reason, all_that_lacks, candidate_words, headline, trigger_words};

/// The most rows of a table of flips; the rest is counted below it.
const MAX_FLIPS: usize = 24;

/// The verdict's part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerdictView {
    /// The verdict and what to do, in sentences.
    pub lines: Vec<String>,
    /// Why, how surely, and what would change it; empty where nothing is answered.
    pub sections: Vec<Section>,
}

/// Makes the verdict's part; `sources` are the model's files, for the places of contradictions.
pub(super) fn view(judgement: &Judgement, sources: Option<&Sources>) -> VerdictView {
    let mut sections = Vec::new();
    sections.extend(designs::contradictions(judgement, sources));
    sections.extend(designs::designs(judgement));
    sections.extend(scores::scores(judgement));
    // While nothing is decided, there is nothing that could be justified or changed.
    let is_open = judgement.verdict.decision.winner.is_some() && judgement.verdict.decision.decided().is_none();
    if !is_open {
        sections.extend(scores::because(judgement));
    }
    sections.extend(scores::vetoes(judgement));
    sections.extend(scores::levels(judgement));
    sections.extend(scores::terms(judgement));
    sections.extend(designs::forces(judgement));
    if !is_open {
        sections.extend(flips::triggers(judgement));
        sections.extend(flips::pairs(judgement));
        sections.extend(flips::paths(judgement));
        sections.extend(flips::weights(judgement));
    }
    sections.extend(perspective::possible(judgement));
    sections.extend(perspective::proposal(judgement));
    sections.extend(perspective::talk_first(judgement));
    sections.extend(perspective::findings(judgement));
    sections.extend(perspective::stale(judgement));
    sections.extend(perspective::nearest_cases(judgement));
    if !is_open {
        sections.extend(perspective::robustness(judgement));
    }
    sections.extend(perspective::closing(judgement));
    VerdictView { lines: sentences::lines(judgement), sections }
}

/// A candidate's name.
pub(in crate::report) fn label(judgement: &Judgement, candidate: CandidateId) -> &str {
    &judgement.questionnaire.candidate(candidate).label
}

/// A candidate's name, or that none is left.
pub(in crate::report) fn winner_label(judgement: &Judgement, winner: Option<CandidateId>) -> String {
    winner.map_or_else(|| "none: all are vetoed".to_owned(), |winner| label(judgement, winner).to_owned())
}

/// The questions whose answers must be looked at again, because the questionnaire has changed since.
pub(in crate::report) fn stale(judgement: &Judgement) -> Vec<&str> {
    let stale = judgement.answers.iter().filter(|(_, answer)| answer.stale);
    stale.map(|(id, _)| judgement.questionnaire.question(id).id.as_str()).collect()
}

/// What was answered to a question, in its words.
pub(in crate::report) fn answered(judgement: &Judgement, question: QuestionId) -> String {
    use crate::questionnaire::answers::Status;
    match judgement.weighed.get(question).map(|answer| &answer.status) {
        Some(Status::Given(response)) => response.words(&judgement.questionnaire, question),
        Some(Status::Unknown) => "unknown".to_owned(),
        Some(Status::NotApplicable) => "does not apply".to_owned(),
        Some(Status::Later) | None => "not answered".to_owned(),
    }
}

/// A score or a term with its sign and two decimals; what rounds to zero has no sign.
pub(in crate::report) fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if text.ends_with("0.00") { "0.00".to_owned() } else { text.replace('-', "−") }
}

/// A level or cell from 0 to 1 with two decimals.
pub(in crate::report) fn two(value: f64) -> String {
    signed(value).trim_start_matches('+').to_owned()
}
