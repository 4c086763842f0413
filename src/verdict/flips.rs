//! What would have to be answered, or weighed, differently for another verdict.

use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, ForceId, QuestionId};

use super::engine::{EPSILON, Engine, Situation, State, Weighing, bit};
use super::{AnswerFlip, Change, WeightFlip, numbers};

/// The most that a weight is multiplied by.
pub const MAX_WEIGHT: f64 = 4.0;

/// Every other answer that each core question could have.
pub(super) fn changes(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Vec<Change> {
    let mut changes = Vec::new();
    for id in engine.questionnaire.core.iter().copied().filter(|id| shown[id.0]) {
        for response in engine.alternatives(id) {
            let is_current = matches!(&situation.states[id.0], State::Given(current) if *current == response);
            if !is_current {
                changes.push(Change { question: id, to: response });
            }
        }
    }
    changes
}

/// Applies a change, and returns what was there before.
pub(super) fn apply(situation: &mut Situation, change: &Change) -> State {
    situation.replace(change.question, State::Given(change.to.clone()))
}

/// Finds every single answer that would change the winner, and every pair neither of whose members does so alone.
///
/// Of a number the nearest one on each side is a single flip; pairs try its break points.
pub(super) fn answer_flips(
    engine: &Engine<'_>,
    situation: &Situation,
    shown: &[bool],
    winner: Option<CandidateId>,
) -> (Vec<AnswerFlip>, Vec<AnswerFlip>) {
    let changes = changes(engine, situation, shown);
    let mut situation = situation.clone();
    let mut singles = Vec::new();
    let mut calm = Vec::new();
    let mut last_number = None;
    for change in changes {
        let is_number =
            matches!((&situation.states[change.question.0], &change.to), (State::Given(Response::Number(_)), Response::Number(_)));
        if is_number && last_number != Some(change.question) {
            last_number = Some(change.question);
            let nearest = numbers::nearest(engine, &situation, shown, change.question, winner);
            singles.extend(nearest.into_iter().map(|(number, winner)| AnswerFlip {
                changes: vec![Change { question: change.question, to: Response::Number(number) }],
                winner,
            }));
        }
        let before = apply(&mut situation, &change);
        let after = engine.weigh(&situation).winner;
        situation.replace(change.question, before);
        if after == winner {
            calm.push(change);
        } else if !is_number {
            singles.push(AnswerFlip { changes: vec![change], winner: after });
        }
    }
    let mut pairs = Vec::new();
    for (at, first) in calm.iter().enumerate() {
        let before = apply(&mut situation, first);
        for second in calm[at + 1..].iter().filter(|second| second.question != first.question) {
            let kept = apply(&mut situation, second);
            let after = engine.weigh(&situation).winner;
            situation.replace(second.question, kept);
            if after != winner {
                pairs.push(AnswerFlip { changes: vec![first.clone(), second.clone()], winner: after });
            }
        }
        situation.replace(first.question, before);
    }
    (singles, pairs)
}

/// Finds, for each force, the nearest factors on its weight, below and above 1, at which the winner changes.
///
/// `m* = 1 − (score(w) − score(b)) / d` with `d` the force's term of the difference; of all rivals the one whose `m*` is nearest to 1 takes over first.
pub(super) fn weight_flips(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId) -> Vec<WeightFlip> {
    let mut flips = Vec::new();
    for force in 0..engine.n_forces() {
        let mut below: Option<WeightFlip> = None;
        let mut above: Option<WeightFlip> = None;
        let rivals = engine.questionnaire.candidate_ids().filter(|rival| *rival != winner && weighing.struck & bit(*rival) == 0);
        for rival in rivals {
            let term = weighing.coefficients[force] * (engine.cells[winner.0][force] - engine.cells[rival.0][force]);
            if term.abs() <= EPSILON {
                continue;
            }
            let factor = 1.0 - (weighing.scores[winner.0] - weighing.scores[rival.0]) / term;
            if !(0.0..=MAX_WEIGHT).contains(&factor) {
                continue;
            }
            let nearest = if term > 0.0 { &mut below } else { &mut above };
            if nearest.as_ref().is_none_or(|found| (factor - 1.0).abs() < (found.factor - 1.0).abs()) {
                *nearest = Some(WeightFlip { force: ForceId(force), factor, winner: rival, is_above: term < 0.0 });
            }
        }
        flips.extend(below);
        flips.extend(above);
    }
    flips
}

/// Says how far a change moves the levels of its question, as the sum over forces.
pub(super) fn distance(engine: &Engine<'_>, from: &State, question: QuestionId, to: &Response) -> f64 {
    let mut levels = vec![0.0; engine.n_forces()];
    engine.each_level(question, from, |force, low, high, _| levels[force.0] -= f64::midpoint(low, high));
    engine.each_level(question, &State::Given(to.clone()), |force, low, high, _| levels[force.0] += f64::midpoint(low, high));
    levels.iter().map(|level| level.abs()).sum()
}
