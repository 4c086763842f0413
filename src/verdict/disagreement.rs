//! What people who answered apart should talk about first.

use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, Merged, QuestionId, Questionnaire};

use super::ComputedFacts;
use super::engine::{Engine, Situation, State};

/// A question on which people are apart, and what that does.
#[derive(Debug, Clone, PartialEq)]
pub struct TalkFirst {
    /// The question.
    pub question: QuestionId,
    /// How far the winner's lead over the runner-up moves between the people's own answers.
    pub score_spread: f64,
    /// Whose own answer would change the winner, and to whom.
    pub flips: Vec<(String, Option<CandidateId>)>,
}

/// Lists the questions on which a person's own answer would change the verdict, the widest spread of scores first, ties in asking order.
pub fn talk_first(questionnaire: &Questionnaire, merged: &Merged, computed: &ComputedFacts) -> Vec<TalkFirst> {
    let engine = Engine::new(questionnaire, computed);
    let mut situation = Situation::of(questionnaire, &merged.answers);
    let together = engine.weigh(&situation);
    let Some(winner) = together.winner else { return Vec::new() };
    // One rival for all, or the distances could not be compared with each other.
    let rival = engine.rival(&together, winner);
    let mut found = Vec::new();
    for spread in &merged.spreads {
        let before = situation.states[spread.question.0].clone();
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        let mut flips = Vec::new();
        for (name, response) in &spread.voices {
            situation.replace(spread.question, State::Given(Response::clone(response)));
            let weighing = engine.weigh(&situation);
            if weighing.winner != Some(winner) {
                flips.push((name.clone(), weighing.winner));
            }
            if let Some(rival) = rival {
                let lead = weighing.scores[winner.0] - weighing.scores[rival.0];
                (low, high) = (low.min(lead), high.max(lead));
            }
        }
        situation.replace(spread.question, before);
        if !flips.is_empty() {
            found.push(TalkFirst { question: spread.question, score_spread: (high - low).max(0.0), flips });
        }
    }
    found.sort_by(|a, b| b.score_spread.total_cmp(&a.score_spread).then(a.question.cmp(&b.question)));
    found
}
