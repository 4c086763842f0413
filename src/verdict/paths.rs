//! What would have to be true: the smallest sets of answers that lead to each other design, or that free a design if all are vetoed.

use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, Kind, MAX_SEARCHED, QuestionId};

use super::engine::{EPSILON, Engine, Situation, State, Weighing, bit};
use super::interval::{interval, openness};
use super::{Change, Path, flips};

/// The most answers that are changed together.
pub const MAX_CHANGES: usize = MAX_SEARCHED;

/// Finds for each other candidate the smallest set of core answers that makes it win; of equally small ones that which moves the levels least.
pub(super) fn paths(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Vec<Path> {
    let search = Search::new(engine, situation, shown, weighing);
    let others = engine.questionnaire.candidate_ids().filter(|candidate| Some(*candidate) != weighing.winner);
    others.map(|candidate| Path { candidate, changes: search.smallest(Some(candidate)) }).collect()
}

/// Finds the smallest set of core answers after which some candidate is free again.
pub(super) fn freeing(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Option<Path> {
    let changes = Search::new(engine, situation, shown, weighing).smallest(None);
    let mut after = situation.clone();
    changes.iter().for_each(|change| drop(flips::apply(&mut after, change)));
    engine.weigh(&after).winner.map(|candidate| Path { candidate, changes })
}

/// One core question in the search.
struct Slot {
    question: QuestionId,
    /// Its other answers, with how far each moves the levels.
    others: Vec<(Response, f64)>,
    /// The forces that it drives, or that an answered question drives which it can show or hide, as bits.
    forces: u32,
    /// The vetoes that depend on it in the same way, as bits over the first 128 vetoes.
    vetoes: u128,
}

struct Search<'e, 'q> {
    engine: &'e Engine<'q>,
    situation: &'e Situation,
    weighing: &'e Weighing,
    slots: Vec<Slot>,
    /// By force: the ends of the coefficient when all core answers are free.
    ends: (Vec<f64>, Vec<f64>),
    /// By candidate: the vetoes that list it, and those that strike it now.
    listed: Vec<u128>,
    striking: Vec<u128>,
    /// Whether a change can show or hide an answer that weighs others, and so move what no level does.
    is_dynamic: bool,
}

/// Which answered questions each question can show or hide.
struct Dependents {
    /// By answered question: the questions on which it depends, directly or through others.
    on: Vec<(QuestionId, Vec<QuestionId>)>,
    /// Whether one of them changes weights, horizons or the floor.
    weigh: bool,
}

impl Dependents {
    fn of(engine: &Engine<'_>, situation: &Situation) -> Self {
        let questionnaire = engine.questionnaire;
        let mut above: Vec<Vec<QuestionId>> = vec![Vec::new(); questionnaire.questions.len()];
        for id in &questionnaire.visiting_order {
            if let Some(condition) = &questionnaire.question(*id).show_if {
                let named = condition.expression.questions();
                let mut all: Vec<QuestionId> =
                    named.iter().flat_map(|named| above[named.0].iter().copied()).chain(named.iter().copied()).collect();
                all.sort_unstable();
                all.dedup();
                above[id.0] = all;
            }
        }
        let counts = |id: &QuestionId| situation.states[id.0] != State::Silent && !above[id.0].is_empty();
        let on: Vec<_> = questionnaire.question_ids().filter(counts).map(|id| (id, above[id.0].clone())).collect();
        let weighs = |id: &QuestionId| {
            let question = questionnaire.question(*id);
            question.weight.is_some() || question.kind == Kind::Scale || question.options.iter().any(|option| option.floor.is_some())
        };
        Self { weigh: on.iter().any(|(id, _)| weighs(id)), on }
    }

    /// Returns a question, and the answered questions that it can show or hide.
    fn moved_by(&self, question: QuestionId) -> Vec<QuestionId> {
        let dependents = self.on.iter().filter(|(_, above)| above.contains(&question)).map(|(id, _)| *id);
        std::iter::once(question).chain(dependents).collect()
    }
}

impl<'e, 'q> Search<'e, 'q> {
    fn new(engine: &'e Engine<'q>, situation: &'e Situation, shown: &'e [bool], weighing: &'e Weighing) -> Self {
        let questionnaire = engine.questionnaire;
        let vetoes = &questionnaire.vetoes;
        let dependents = Dependents::of(engine, situation);
        let is_dynamic = vetoes.len() > 128 || dependents.weigh;
        let mut slots: Vec<Slot> = Vec::new();
        for change in flips::changes(engine, situation, shown) {
            let far = flips::distance(engine, &situation.states[change.question.0], change.question, &change.to);
            match slots.last_mut().filter(|slot| slot.question == change.question) {
                Some(slot) => slot.others.push((change.to, far)),
                None => {
                    let moved = dependents.moved_by(change.question);
                    let forces = moved.iter().flat_map(|id| questionnaire.question(*id).drives());
                    slots.push(Slot {
                        question: change.question,
                        others: vec![(change.to, far)],
                        forces: forces.fold(0, |mask, force| mask | 1 << force.0),
                        vetoes: mask(vetoes.len(), |at| vetoes[at].when.expression.questions().iter().any(|id| moved.contains(id))),
                    });
                }
            }
        }
        let mut free = situation.clone();
        for slot in &slots {
            free.replace(slot.question, State::Open);
        }
        let all_shown = engine.shown(&free);
        let ends = interval(engine, &free, &all_shown, &openness(engine, &free, &all_shown), false);
        let struck: Vec<u32> = (0..vetoes.len()).map(|at| engine.struck_by(at, situation, shown)).collect();
        let ids = || questionnaire.candidate_ids();
        let listed = ids().map(|candidate| mask(vetoes.len(), |at| vetoes[at].candidates.contains(&candidate))).collect();
        let striking = ids().map(|candidate| mask(vetoes.len(), |at| struck[at] & bit(candidate) != 0)).collect();
        Self { engine, situation, weighing, slots, ends: (ends.low.to_vec(), ends.high.to_vec()), listed, striking, is_dynamic }
    }

    /// Searches by size; empty if no set of up to [`MAX_CHANGES`] answers does it.
    fn smallest(&self, goal: Option<CandidateId>) -> Vec<Change> {
        for size in 1..=MAX_CHANGES.min(self.slots.len()) {
            let mut best: Option<(f64, Vec<Change>)> = None;
            let mut chosen: Vec<usize> = (0..size).collect();
            loop {
                if self.is_promising(&chosen, goal) {
                    self.try_all(&chosen, goal, &mut best);
                }
                if !next_subset(&mut chosen, self.slots.len()) {
                    break;
                }
            }
            if let Some((_, changes)) = best {
                return changes;
            }
        }
        Vec::new()
    }

    /// Says whether some answers to these questions could reach the goal, by what cannot be exceeded.
    ///
    /// Every veto that strikes the goal now must depend on one of them; and against each rival that no veto depending on them lists, the forces that they
    /// drive must be able to make up what is missing.
    fn is_promising(&self, chosen: &[usize], goal: Option<CandidateId>) -> bool {
        let Some(goal) = goal else { return true };
        if self.is_dynamic {
            return true;
        }
        let (forces, vetoes) =
            chosen.iter().fold((0, 0), |(forces, vetoes), at| (forces | self.slots[*at].forces, vetoes | self.slots[*at].vetoes));
        if self.striking[goal.0] & !vetoes != 0 {
            return false;
        }
        let rivals = self.engine.questionnaire.candidate_ids();
        rivals.filter(|rival| *rival != goal && self.striking[rival.0] == 0 && self.listed[rival.0] & vetoes == 0).all(|rival| {
            let mut ahead = self.weighing.scores[goal.0] - self.weighing.scores[rival.0];
            for force in (0..self.engine.n_forces()).filter(|force| forces & (1 << force) != 0) {
                let cell = self.engine.cells[goal.0][force] - self.engine.cells[rival.0][force];
                let best = (cell * self.ends.0[force]).max(cell * self.ends.1[force]);
                ahead += best - cell * self.weighing.coefficients[force];
            }
            ahead >= -EPSILON
        })
    }

    /// Tries all answers to some questions, in order, and keeps the nearest that reaches the goal.
    fn try_all(&self, chosen: &[usize], goal: Option<CandidateId>, best: &mut Option<(f64, Vec<Change>)>) {
        let mut situation = self.situation.clone();
        let mut place = vec![0; chosen.len()];
        for (at, slot) in chosen.iter().enumerate() {
            situation.replace(self.slots[*slot].question, State::Given(self.slots[*slot].others[place[at]].0.clone()));
        }
        loop {
            let far: f64 = chosen.iter().zip(&place).map(|(slot, other)| self.slots[*slot].others[*other].1).sum();
            if best.as_ref().is_none_or(|(found, _)| far < found - EPSILON) {
                let winner = self.engine.weigh(&situation).winner;
                if winner.is_some() && (goal.is_none() || winner == goal) {
                    let changes = chosen.iter().zip(&place).map(|(slot, other)| Change {
                        question: self.slots[*slot].question,
                        to: self.slots[*slot].others[*other].0.clone(),
                    });
                    *best = Some((far, changes.collect()));
                }
            }
            // The last question turns fastest, like the last digit of a counter.
            let Some(at) = (0..chosen.len()).rev().find(|at| place[*at] + 1 < self.slots[chosen[*at]].others.len()) else { return };
            place[at] += 1;
            place[at + 1..].fill(0);
            for position in at..chosen.len() {
                let slot = &self.slots[chosen[position]];
                situation.replace(slot.question, State::Given(slot.others[place[position]].0.clone()));
            }
        }
    }
}

/// Makes bits of the vetoes for which something holds.
fn mask(count: usize, holds: impl Fn(usize) -> bool) -> u128 {
    (0..count.min(128)).filter(|at| holds(*at)).fold(0, |mask, at| mask | 1 << at)
}

/// Goes to the next subset of the same size in lexical order.
fn next_subset(chosen: &mut [usize], count: usize) -> bool {
    let size = chosen.len();
    let Some(at) = (0..size).rev().find(|at| chosen[*at] < count - size + at) else { return false };
    chosen[at] += 1;
    for next in at + 1..size {
        chosen[next] = chosen[next - 1] + 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::Search;
    use crate::questionnaire::cases::{PUBLISHED_CASES, read_cases};
    use crate::questionnaire::{SHOULD_YOU_DISTRIBUTE, read};
    use crate::source::Sources;
    use crate::verdict::ComputedFacts;
    use crate::verdict::engine::{Engine, Situation};

    /// The bound only skips what cannot succeed: without it the same smallest sets are found.
    #[test]
    fn the_bound_loses_no_path() {
        let mut sources = Sources::default();
        let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
        let (questionnaire, _) = read(&sources, file);
        let file = sources.add("cases.toml", PUBLISHED_CASES);
        let (cases, _) = read_cases(&sources, file, &questionnaire);
        let computed = ComputedFacts::default();
        let engine = Engine::new(&questionnaire, &computed);
        // The exhaustive search is slow where nothing is found, so one case and the designs within reach of it: as it is, and with answers to questions that
        // `teams-blocked` and `stale-data` show or hide.
        let case = cases.iter().find(|case| case.id == "three-hundred-engineers").expect("a published case");
        let mut more = case.answers.clone();
        for setting in ["across-owners=money-or-safety", "order-time=legally", "contracts=word-of-mouth"] {
            more.set_from_text(&questionnaire, setting).expect("an option");
        }
        for answers in [&case.answers, &more] {
            let situation = Situation::of(&questionnaire, answers);
            let (shown, weighing) = (engine.shown(&situation), engine.weigh(&situation));
            let search = Search::new(&engine, &situation, &shown, &weighing);
            let exhaustive = Search { is_dynamic: true, ..Search::new(&engine, &situation, &shown, &weighing) };
            for candidate in questionnaire.candidate_ids().filter(|candidate| Some(*candidate) != weighing.winner) {
                let found = search.smallest(Some(candidate));
                if (1..=3).contains(&found.len()) || cfg!(not(debug_assertions)) {
                    assert_eq!(found, exhaustive.smallest(Some(candidate)), "{}: {candidate:?}", case.id);
                }
            }
        }
    }
}
