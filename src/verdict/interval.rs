//! Between which ends everything lies that is not known: levels, differences of scores, and who could still win.

use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, ForceId, Kind, MAX_FORCES, Question, QuestionId};

use super::PossibleWinners;
use super::engine::{ByForce, EPSILON, Engine, Levels, Mask, Situation, State, View, bit};

/// Up to this many completions of the open answers are tried one by one.
const MAX_COMPLETIONS: usize = 4_000;

/// The ends of all levels and coefficients.
#[derive(Debug, Clone)]
pub(super) struct Interval {
    pub(super) low_level: ByForce,
    pub(super) high_level: ByForce,
    pub(super) low: ByForce,
    pub(super) high: ByForce,
}

/// What open answers leave undecided about the questionnaire itself.
pub(super) struct Openness {
    /// Questions that count as intervals.
    pub(super) open: Vec<QuestionId>,
    /// Questions that some completion shows and another hides.
    maybe: Vec<bool>,
}

/// Finds the open questions, and those whose showing depends on them.
pub(super) fn openness(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Openness {
    let mut unsettled = vec![false; shown.len()];
    let mut openness = Openness { open: Vec::new(), maybe: vec![false; shown.len()] };
    for id in &engine.questionnaire.visiting_order {
        let question = engine.questionnaire.question(*id);
        let depends =
            question.show_if.as_ref().is_some_and(|condition| condition.expression.questions().iter().any(|other| unsettled[other.0]));
        openness.maybe[id.0] = depends && situation.states[id.0] != State::Silent;
        let is_open = situation.states[id.0] == State::Open && (shown[id.0] || depends);
        unsettled[id.0] = is_open || openness.maybe[id.0];
        if is_open {
            openness.open.push(*id);
        }
    }
    openness.open.sort_unstable();
    openness
}

/// Computes the ends of each force's level and coefficient; `with_confidence` widens unsure answers.
///
/// Every term is monotone in its level, its weight, its horizon and the floor, so their ends are the ends of coefficients.
pub(super) fn interval(engine: &Engine<'_>, situation: &Situation, shown: &[bool], openness: &Openness, with_confidence: bool) -> Interval {
    let mut modifiers = Modifiers::none(engine);
    let mut found: Vec<Vec<(f64, f64, bool)>> = vec![Vec::new(); engine.n_forces()];
    let mut bounds = vec![(1.0_f64, 1.0_f64); engine.n_forces()];
    for (at, state) in situation.states.iter().enumerate() {
        if *state == State::Silent || !(shown[at] || openness.maybe[at]) {
            continue;
        }
        let (id, maybe) = (QuestionId(at), openness.maybe[at]);
        let width = if with_confidence && matches!(state, State::Given(_)) { situation.widths[at] } else { 0.0 };
        let question = engine.questionnaire.question(id);
        engine.each_level(id, state, |force, low, high, is_bound| {
            let (low, high) = ((low - width).max(0.0), (high + width).min(1.0));
            if is_bound {
                let (lowest, highest) = &mut bounds[force.0];
                *lowest = lowest.min(low);
                *highest = if maybe { *highest } else { highest.min(high) };
            } else {
                let says_nothing = *state == State::Open && can_say_nothing(question, force);
                found[force.0].push((low, high, maybe || says_nothing));
            }
        });
        modifiers.take(engine, id, state, maybe);
    }
    let mut ends =
        Interval { low_level: [0.0; MAX_FORCES], high_level: [0.0; MAX_FORCES], low: [0.0; MAX_FORCES], high: [0.0; MAX_FORCES] };
    for force in 0..engine.n_forces() {
        let (low, high) = if engine.is_need[force] {
            let certain = found[force].iter().filter(|(.., maybe)| !maybe).map(|(low, ..)| *low).fold(0.0, f64::max);
            let highest = found[force].iter().map(|(_, high, _)| *high).fold(0.0, f64::max);
            (certain.min(bounds[force].0) * modifiers.horizon.0[force], highest.min(bounds[force].1) * modifiers.horizon.1[force])
        } else {
            (mean_end(&found[force], |one| one.0), 1.0 - mean_end(&found[force], |one| 1.0 - one.1))
        };
        (ends.low_level[force], ends.high_level[force]) = (low, high);
    }
    // The least of a need is with the least weight; the worst of a readiness, which counts against a candidate, with the most weight and the highest floor.
    let (mut weight_at_low, mut weight_at_high) = modifiers.weight;
    for force in (0..engine.n_forces()).filter(|force| !engine.is_need[*force]) {
        std::mem::swap(&mut weight_at_low[force], &mut weight_at_high[force]);
    }
    ends.low = engine.coefficients(&Levels { level: ends.low_level, weight: weight_at_low, ..Levels::none(modifiers.floor.1) });
    ends.high = engine.coefficients(&Levels { level: ends.high_level, weight: weight_at_high, ..Levels::none(modifiers.floor.0) });
    ends
}

/// Says whether an open question has an answer that sets no level of a force: none of several choices, or a word in place of a number.
fn can_say_nothing(question: &Question, force: ForceId) -> bool {
    match question.kind {
        Kind::Multi => true,
        Kind::Number => question.options.iter().any(|option| option.levels.iter().all(|(set, _)| *set != force)),
        Kind::Choice | Kind::YesNo | Kind::Scale | Kind::Text => false,
    }
}

/// The ends of what answers multiply and raise: the low ones, and the high ones.
struct Modifiers {
    weight: (ByForce, ByForce),
    horizon: (ByForce, ByForce),
    floor: (f64, f64),
}

impl Modifiers {
    fn none(engine: &Engine<'_>) -> Self {
        let floor = engine.questionnaire.floor;
        let one = [1.0; MAX_FORCES];
        Self { weight: (one, one), horizon: (one, one), floor: (floor, floor) }
    }

    /// Takes what a question multiplies: exactly where it is answered, between no effect and its answer where it may be hidden, between all answers where
    /// it is open.
    fn take(&mut self, engine: &Engine<'_>, id: QuestionId, state: &State, maybe: bool) {
        let question = engine.questionnaire.question(id);
        match state {
            State::Silent => {}
            State::Given(_) => {
                let mut levels = Levels::none(engine.questionnaire.floor);
                engine.modify(id, state, &mut levels);
                for (force, (weight, horizon)) in levels.weight.into_iter().zip(levels.horizon).enumerate() {
                    multiply(&mut self.weight, force, weight, weight, maybe);
                    multiply(&mut self.horizon, force, horizon, horizon, maybe);
                }
                self.floor.0 = if maybe { self.floor.0 } else { self.floor.0.max(levels.floor) };
                self.floor.1 = self.floor.1.max(levels.floor);
            }
            State::Open => {
                for force in engine.questionnaire.force_ids() {
                    let naming = question.options.iter().filter(|option| option.weighs.contains(&force)).count();
                    if let Some(factor) = question.weight.filter(|_| naming > 0) {
                        // Several choices multiply; all options of a single choice may name the force, so that one does in any case.
                        let most = if question.kind == Kind::Multi { naming.min(question.at_most.unwrap_or(naming)) } else { 1 };
                        let all = (0..most).fold(1.0, |product, _| product * factor);
                        let is_sure = question.is_single_choice() && naming == question.options.len();
                        multiply(&mut self.weight, force.0, all, all, maybe || !is_sure);
                    }
                    if question.kind == Kind::Scale && engine.is_need[force.0] {
                        let factors = || question.options.iter().filter_map(|option| option.horizon);
                        let (low, high) = (factors().fold(1.0, f64::min), factors().fold(1.0, f64::max));
                        multiply(&mut self.horizon, force.0, low, high, true);
                    }
                }
                let floors = question.options.iter().filter_map(|option| option.floor);
                self.floor.1 = floors.fold(self.floor.1, f64::max);
                if question.is_single_choice() && !maybe {
                    let least = question.options.iter().map(|option| option.floor.unwrap_or(0.0)).fold(1.0, f64::min);
                    self.floor.0 = self.floor.0.max(least);
                }
            }
        }
    }
}

/// Multiplies both ends, or reaches from what is there to the product where the factor may not apply.
fn multiply(ends: &mut (ByForce, ByForce), force: usize, low: f64, high: f64, maybe: bool) {
    ends.0[force] *= if maybe { low.min(1.0) } else { low };
    ends.1[force] *= if maybe { high.max(1.0) } else { high };
}

/// Finds the least mean over all ways to leave out what is not certain to be asked; without any answer a readiness is 1.
fn mean_end(found: &[(f64, f64, bool)], end: impl Fn(&(f64, f64, bool)) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for one in found.iter().filter(|one| !one.2) {
        sum += end(one);
        count += 1.0;
    }
    let mut maybe: Vec<f64> = found.iter().filter(|one| one.2).map(&end).collect();
    maybe.sort_by(f64::total_cmp);
    // With nothing certain, no answer at all is one of the ways. Its end is 1 from below, and 0 of the mirrored level from above.
    let nothing = end(&(1.0, 1.0, true));
    if count == 0.0 {
        return maybe.first().map_or(nothing, |least| least.min(nothing));
    }
    for value in maybe {
        if value < sum / count {
            sum += value;
            count += 1.0;
        }
    }
    sum / count
}

/// Computes the ends of `score(a) − score(b)`.
pub(super) fn difference(engine: &Engine<'_>, ends: &Interval, a: CandidateId, b: CandidateId) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 0.0);
    for force in 0..engine.n_forces() {
        let cell = engine.cells[a.0][force] - engine.cells[b.0][force];
        let (one, other) = (cell * ends.low[force], cell * ends.high[force]);
        low += one.min(other);
        high += one.max(other);
    }
    (low, high)
}

/// Finds who could win once all open answers are given.
///
/// Few completions are tried one by one, which is exact. Many are bounded: a candidate is out if another, which no completion strikes, is ahead at the best
/// ends of all levels. That never leaves a possible winner out.
pub(super) fn possible_winners(
    engine: &Engine<'_>,
    situation: &Situation,
    shown: &[bool],
    openness: &Openness,
    ends: &Interval,
) -> PossibleWinners {
    let choices: Vec<(QuestionId, Vec<Response>)> =
        openness.open.iter().map(|id| (*id, engine.alternatives(*id))).filter(|(_, answers)| !answers.is_empty()).collect();
    let all_listed = openness.open.iter().all(|id| engine.questionnaire.question(*id).is_single_choice());
    let count =
        choices.iter().try_fold(1_usize, |count, (_, answers)| count.checked_mul(answers.len()).filter(|count| *count <= MAX_COMPLETIONS));
    let mask = match count {
        Some(count) if all_listed => completions(engine, situation, &choices, count),
        _ => bounded(engine, situation, shown, openness, ends),
    };
    PossibleWinners {
        candidates: engine.questionnaire.candidate_ids().filter(|candidate| mask & bit(*candidate) != 0).collect(),
        is_exact: count.is_some() && all_listed,
    }
}

fn completions(engine: &Engine<'_>, situation: &Situation, choices: &[(QuestionId, Vec<Response>)], count: usize) -> Mask {
    let mut situation = situation.clone();
    let mut mask = 0;
    for number in 0..count {
        let mut rest = number;
        for (id, answers) in choices {
            situation.replace(*id, State::Given(answers[rest % answers.len()].clone()));
            rest /= answers.len();
        }
        mask |= engine.weigh(&situation).winner.map_or(0, bit);
    }
    mask
}

fn bounded(engine: &Engine<'_>, situation: &Situation, shown: &[bool], openness: &Openness, ends: &Interval) -> Mask {
    let unsettled = |id: &QuestionId| openness.open.contains(id) || openness.maybe[id.0];
    let (mut surely, mut maybe) = (0, 0);
    for (at, veto) in engine.questionnaire.vetoes.iter().enumerate() {
        let speaks_of_open = veto.when.expression.questions().iter().any(unsettled);
        let strikes = engine.struck_by(at, situation, shown);
        if !speaks_of_open {
            surely |= strikes;
        } else {
            let view = View { situation, shown, facts: None };
            let is_false = veto.when.expression.evaluate(&view) == crate::questionnaire::condition::Truth::False;
            // An open question has no answer yet, and will have one.
            let mut asks_for_open = false;
            veto.when.expression.for_each_answered(&mut |id| asks_for_open |= unsettled(&id));
            let settled = !asks_for_open && veto.when.expression.questions().iter().all(|id| !openness.maybe[id.0]);
            if !(is_false && settled) {
                maybe |= veto.candidates.iter().fold(0, |mask, candidate| mask | bit(*candidate));
            }
        }
    }
    let ids = || engine.questionnaire.candidate_ids();
    ids()
        .filter(|a| surely & bit(*a) == 0)
        .filter(|a| ids().all(|b| b == *a || (surely | maybe) & bit(b) != 0 || difference(engine, ends, *a, b).1 >= -EPSILON))
        .fold(0, |mask, candidate| mask | bit(candidate))
}
