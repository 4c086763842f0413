//! Fixed random samples: how often each verdict comes out at all, and what it owes to the exact numbers of the matrices.

use crate::questionnaire::answers::Response;
use crate::questionnaire::condition::Expression;
use crate::questionnaire::{CandidateId, ForceId, QuestionId, Questionnaire};

use super::engine::{EPSILON, Engine, Situation, State, View, Weighing, bit};
use super::{BaseRates, CellFlip, ComputedFacts, Kept, MatrixRobustness};

/// The seed of every sample: the same numbers on every machine and in every run.
const SEED: u64 = 0x5DEE_CE66_D1CE_B00C;

/// How many answer sets may be drawn for one that counts.
const DRAWS_PER_SAMPLE: usize = 64;

/// How many times all cells are perturbed together.
const PERTURBATIONS: usize = 500;

/// By how much cells are perturbed.
const RADII: [f64; 2] = [0.05, 0.1];

/// SplitMix64: a small generator whose whole state is one number.
///
/// `state += 0x9E3779B97F4A7C15`, then two xor-multiply rounds over it.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014, figure 17 with the constants of variant 13.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts from a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next 64 bits.
    pub const fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Returns an index below `count`, by multiplication; the bias is below `count / 2⁶⁴`.
    pub const fn below(&mut self, count: usize) -> usize {
        ((self.next_bits() as u128 * count as u128) >> 64) as usize
    }

    /// Returns a number from −1 to 1, from the upper 53 bits.
    pub const fn signed(&mut self) -> f64 {
        (self.next_bits() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Counts how often each candidate wins for random answers to the core questions.
///
/// Each core question is answered by one of its options, all equally likely; sets that do not meet the sample's condition are drawn again.
pub fn base_rates(questionnaire: &Questionnaire) -> BaseRates {
    let computed = ComputedFacts::default();
    let engine = Engine::new(questionnaire, &computed);
    let given = questionnaire.sample.given.as_ref().map(|given| &given.expression);
    count_winners(&engine, questionnaire.sample.size, given)
}

/// Counts the winners of random answers that meet a condition.
pub(super) fn count_winners(engine: &Engine<'_>, size: usize, given: Option<&Expression>) -> BaseRates {
    let questionnaire = engine.questionnaire;
    // Most draws are refused: what nothing can hide need not be looked up for them.
    let can_hide = |id: &QuestionId| questionnaire.question(*id).show_if.is_some();
    let hides = given.is_some_and(|given| given.questions().iter().any(can_hide));
    let all_shown = vec![true; questionnaire.questions.len()];
    let slots: Vec<(QuestionId, Vec<Response>)> =
        questionnaire.core.iter().map(|id| (*id, engine.alternatives(*id))).filter(|(_, answers)| !answers.is_empty()).collect();
    let mut rates = BaseRates { wins: vec![0; questionnaire.candidates.len()], of: 0 };
    let mut random = SplitMix64::new(SEED);
    let mut situation = Situation::silent(questionnaire);
    for _ in 0..size.saturating_mul(DRAWS_PER_SAMPLE) {
        if rates.of == size {
            break;
        }
        for (id, answers) in &slots {
            situation.replace(*id, State::Given(answers[random.below(answers.len())].clone()));
        }
        let own = hides.then(|| engine.shown(&situation));
        let view = View { situation: &situation, shown: own.as_ref().unwrap_or(&all_shown), facts: None };
        if given.is_none_or(|given| given.evaluate(&view).is_true()) {
            rates.of += 1;
            if let Some(winner) = engine.weigh(&situation).winner {
                rates.wins[winner.0] += 1;
            }
        }
    }
    rates
}

/// Finds out what the winner owes to the exact numbers of the matrices, which are judgement.
pub(super) fn robustness(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId) -> MatrixRobustness {
    let mut robustness = MatrixRobustness { one_cell: Vec::new(), all_cells: Vec::new(), flips: Vec::new(), safe_radius: None };
    for radius in RADII {
        robustness.one_cell.push(one_cell(engine, weighing, winner, radius, &mut robustness.flips));
        robustness.all_cells.push(all_cells(engine, weighing, winner, radius));
    }
    // If every cell of the winner is too high and every cell of a rival too low by r, the lead shrinks by 2 · r · Σ|coefficient|.
    let reach: f64 = 2.0 * weighing.coefficients[..engine.n_forces()].iter().map(|coefficient| coefficient.abs()).sum::<f64>();
    let lead = engine.rival(weighing, winner).map(|rival| weighing.scores[winner.0] - weighing.scores[rival.0]);
    robustness.safe_radius = lead.filter(|_| reach > 0.0).map(|lead| lead / reach);
    robustness
}

/// Changes one cell at a time, up and down.
fn one_cell(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId, radius: f64, flips: &mut Vec<CellFlip>) -> Kept {
    let mut kept = Kept { radius, kept: 0, of: 0 };
    for candidate in engine.questionnaire.candidate_ids() {
        for force in 0..engine.n_forces() {
            for by in [-radius, radius] {
                let cell = engine.cells[candidate.0][force];
                let change = (cell + by).clamp(0.0, 1.0) - cell;
                let mut scores = weighing.scores;
                scores[candidate.0] += weighing.coefficients[force] * change;
                let after = engine.winner(&scores, weighing.struck);
                kept.of += 1;
                if after == Some(winner) {
                    kept.kept += 1;
                } else if let Some(after) = after {
                    flips.push(CellFlip { candidate, force: ForceId(force), by, winner: after });
                }
            }
        }
    }
    kept
}

/// Changes all cells at once, each by an independent amount up to the radius.
fn all_cells(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId, radius: f64) -> Kept {
    let mut random = SplitMix64::new(SEED);
    let mut kept = Kept { radius, kept: 0, of: PERTURBATIONS };
    for _ in 0..PERTURBATIONS {
        let mut scores = weighing.scores;
        for candidate in engine.questionnaire.candidate_ids() {
            let is_struck = weighing.struck & bit(candidate) != 0;
            for force in 0..engine.n_forces() {
                let cell = engine.cells[candidate.0][force];
                let change = (cell + radius * random.signed()).clamp(0.0, 1.0) - cell;
                if !is_struck {
                    scores[candidate.0] += weighing.coefficients[force] * change;
                }
            }
        }
        kept.kept += usize::from(engine.winner(&scores, weighing.struck) == Some(winner));
    }
    kept
}

/// Says for which candidates some answers are known that make them win, and which are surely behind another whatever is answered.
pub fn never_wins(questionnaire: &Questionnaire) -> Vec<(CandidateId, Option<CandidateId>)> {
    let computed = ComputedFacts::default();
    let engine = Engine::new(questionnaire, &computed);
    let rates = count_winners(&engine, 20_000, None);
    let mut open = Situation::silent(questionnaire);
    questionnaire.question_ids().for_each(|id| drop(open.replace(id, State::Open)));
    let shown = engine.shown(&open);
    let openness = super::interval::openness(&engine, &open, &shown);
    let ends = super::interval::interval(&engine, &open, &shown, &openness, false);
    let listed = |candidate: CandidateId| questionnaire.vetoes.iter().any(|veto| veto.candidates.contains(&candidate));
    let ids = || questionnaire.candidate_ids();
    ids()
        .filter(|candidate| rates.wins[candidate.0] == 0)
        .map(|candidate| {
            let ahead = ids().find(|other| {
                *other != candidate && !listed(*other) && super::interval::difference(&engine, &ends, candidate, *other).1 < -EPSILON
            });
            (candidate, ahead)
        })
        .filter(|(candidate, ahead)| ahead.is_some() || !climbs(&engine, *candidate))
        .collect()
}

/// Climbs from several random answer sets, one core answer at a time, towards a win of the candidate.
fn climbs(engine: &Engine<'_>, candidate: CandidateId) -> bool {
    let questionnaire = engine.questionnaire;
    let slots: Vec<(QuestionId, Vec<Response>)> = questionnaire
        .question_ids()
        .map(|id| (id, engine.alternatives(id)))
        .filter(|(id, answers)| {
            !answers.is_empty() && (questionnaire.core.contains(id) || !questionnaire.question(*id).drives().is_empty())
        })
        .collect();
    let lead = |situation: &Situation| {
        let weighing = engine.weigh(situation);
        let is_struck = weighing.struck & bit(candidate) != 0;
        let rival = engine.rival(&weighing, candidate).map_or(f64::MIN, |rival| weighing.scores[rival.0]);
        weighing.scores[candidate.0] - rival - if is_struck { 100.0 } else { 0.0 }
    };
    let mut random = SplitMix64::new(SEED);
    for _ in 0..32 {
        let mut situation = Situation::silent(questionnaire);
        for (id, answers) in &slots {
            situation.replace(*id, State::Given(answers[random.below(answers.len())].clone()));
        }
        let mut best = lead(&situation);
        loop {
            let before = best;
            for (id, answers) in &slots {
                for answer in answers {
                    let old = situation.replace(*id, State::Given(answer.clone()));
                    let now = lead(&situation);
                    if now > best + EPSILON {
                        best = now
                    } else {
                        situation.replace(*id, old);
                    }
                }
            }
            if engine.weigh(&situation).winner == Some(candidate) {
                return true;
            }
            if best <= before + EPSILON {
                break;
            }
        }
    }
    false
}
