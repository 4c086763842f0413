//! Is a proposal too much, too little, or more than its owners can carry?

use crate::questionnaire::{CandidateId, QuestionId};

use super::Detection;
use super::engine::{ByForce, Engine, Levels, Situation, State, Weighing, bit};

/// From this price per gain on a proposal is heavy.
const HEAVY: f64 = 2.0;

/// From this idle share on a heavy proposal is a sledgehammer.
const IDLE: f64 = 0.5;

/// From this level on a need must be met, up to [`GAP`].
const STRONG_NEED: f64 = 0.6;

/// How far a proposal may stay behind a strong need.
const GAP: f64 = 0.5;

/// How far a proposal may ask for more than there is.
const OVERLOAD: f64 = 0.4;

/// Holds a proposal against the winner and against the answers.
///
/// Gain and price are differences to the winner, so the winner itself is neither heavy nor a sledgehammer.
pub(super) fn detect(
    engine: &Engine<'_>,
    situation: &Situation,
    shown: &[bool],
    levels: &Levels,
    weighing: &Weighing,
    proposal: CandidateId,
    winner: Option<CandidateId>,
) -> Vec<Detection> {
    let mut found = Vec::new();
    if let Some(winner) = winner.filter(|winner| *winner != proposal) {
        let (gain, price) = gain_and_price(engine, &weighing.coefficients, proposal, winner);
        let idle = idle(engine, levels, proposal);
        let is_heavy = price > 0.0 && (gain <= 0.0 || price / gain >= HEAVY);
        if is_heavy && (gain <= 0.0 || idle >= IDLE) {
            found.push(Detection::Sledgehammer { gain, price, idle });
        } else if is_heavy {
            found.push(Detection::Heavy { gain, price, idle });
        }
    }
    for force in engine.questionnaire.force_ids() {
        let (level, cell) = (levels.level[force.0], engine.cells[proposal.0][force.0]);
        if engine.is_need[force.0] {
            if level >= STRONG_NEED - 1e-9 && level - cell >= GAP - 1e-9 {
                found.push(Detection::UnderEngineered { force, need: level, gives: cell });
            }
        } else if cell - level >= OVERLOAD - 1e-9 {
            found.push(Detection::Overload { force, asks: cell, ready: level, set_by: lowest_answer(engine, situation, shown, force) });
        }
    }
    for (at, veto) in engine.questionnaire.vetoes.iter().enumerate() {
        if veto.from_need && engine.struck_by(at, situation, shown) & bit(proposal) != 0 {
            found.push(Detection::VetoedByNeed { veto: at });
        }
    }
    found
}

/// Computes what a proposal gives more than another, and what it costs more.
pub(super) fn gain_and_price(engine: &Engine<'_>, coefficients: &ByForce, proposal: CandidateId, other: CandidateId) -> (f64, f64) {
    let (mut gain, mut price) = (0.0, 0.0);
    for (force, coefficient) in coefficients.iter().enumerate().take(engine.n_forces()) {
        let term = coefficient * (engine.cells[proposal.0][force] - engine.cells[other.0][force]);
        if engine.is_need[force] { gain += term } else { price -= term }
    }
    (gain, price)
}

/// Computes which share of what a proposal gives nobody needs.
fn idle(engine: &Engine<'_>, levels: &Levels, proposal: CandidateId) -> f64 {
    let (mut unused, mut given) = (0.0, 0.0);
    for force in (0..engine.n_forces()).filter(|force| engine.is_need[*force]) {
        let cell = engine.cells[proposal.0][force];
        unused += (cell - levels.level[force]).max(0.0);
        given += cell;
    }
    if given > 0.0 { unused / given } else { 0.0 }
}

/// Finds the question whose answer set the lowest level of a readiness.
fn lowest_answer(engine: &Engine<'_>, situation: &Situation, shown: &[bool], force: crate::questionnaire::ForceId) -> Option<QuestionId> {
    let mut lowest: Option<(f64, QuestionId)> = None;
    for (at, state) in situation.states.iter().enumerate().filter(|(at, state)| shown[*at] && **state != State::Silent) {
        engine.each_level(QuestionId(at), state, |set, low, _, _| {
            if set == force && lowest.is_none_or(|(found, _)| low < found) {
                lowest = Some((low, QuestionId(at)));
            }
        });
    }
    lowest.map(|(_, question)| question)
}
