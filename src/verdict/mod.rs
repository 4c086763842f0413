//! From answers to a verdict. The question answered here: *which architecture do these needs and this readiness justify, how surely, and what would flip it?*
//!
//! A linear, explainable sum:
//!
//! ```text
//! need_f   = max over answers of level · horizon          ready_g = mean of levels, 1 without any
//! score(a) = Σ_f w_f · need_f · gives[a][f]  −  Σ_g w_g · (1 − ready_g + floor) · asks[a][g]
//! winner   = the highest score that no veto strikes; of equals the one that asks least
//! ```
//!
//! Everything else follows from linearity: each candidate's lead over another is a sum of terms (the "because" list), each term is monotone in one level
//! (so intervals are exact), and a weight's break-even is one division. Sums run in index order, samples are fixed: the same answers give the same verdict
//! everywhere. The matrices are judgement; [`Verdict::robustness`] says what the verdict owes to them.

mod cases;
mod detectors;
mod disagreement;
mod engine;
mod flips;
mod grade;
mod interval;
mod paths;
mod sample;

use std::collections::BTreeMap;

pub use cases::nearest_cases;
pub use disagreement::{TalkFirst, talk_first};
pub use flips::MAX_WEIGHT;
pub use grade::CLEAR_MARGIN;
pub use paths::MAX_CHANGES;

pub use sample::{SplitMix64, base_rates, never_wins};

use engine::{EPSILON, Engine, Situation, State, Weighing, bit};

use crate::questionnaire::answers::{Answers, Response};
use crate::questionnaire::cases::Case;
use crate::questionnaire::{CandidateId, ForceId, GradeCap, QuestionId, Questionnaire};

/// What a model computes, by candidate and by the name after `model.` in conditions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComputedFacts(BTreeMap<String, BTreeMap<String, f64>>);

impl ComputedFacts {
    /// Takes a fact about the alternative that is modelled for a candidate.
    pub fn set(&mut self, candidate: impl Into<String>, fact: impl Into<String>, value: f64) {
        self.0.entry(candidate.into()).or_default().insert(fact.into(), value);
    }

    /// Returns the facts about a candidate, if it is modelled.
    pub fn of(&self, candidate: &str) -> Option<&BTreeMap<String, f64>> {
        self.0.get(candidate)
    }
}

/// How sure a verdict is; the order is from surest to least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// A margin of at least [`CLEAR_MARGIN`], kept by nine tenths of the weightings.
    Clear,
    /// Kept by seven tenths of the weightings.
    Leaning,
    /// Other weights give other verdicts.
    Contested,
    /// Open answers leave more than one winner possible, or every candidate is vetoed and nobody wins.
    Undetermined,
}

impl Grade {
    /// Returns the word that every format prints.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Leaning => "leaning",
            Self::Contested => "contested",
            Self::Undetermined => "undetermined",
        }
    }
}

/// How many weightings of the lattice keep the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightShare {
    /// Those that keep it.
    pub kept: usize,
    /// All.
    pub of: usize,
}

impl WeightShare {
    /// Returns the share, from 0 to 1; without a winner nothing is kept.
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.kept as f64 / self.of as f64 }
    }
}

/// The level of one force, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ForceLevel {
    /// The force.
    pub force: ForceId,
    /// Need or readiness, from 0 to 1; an open question counts with the middle of its interval.
    pub level: f64,
    /// The lowest that it can be, unsure answers widened.
    pub low: f64,
    /// The highest that it can be.
    pub high: f64,
    /// What it weighs.
    pub weight: f64,
    /// The questions that set it: all for a readiness, those with the highest level for a need.
    pub set_by: Vec<QuestionId>,
}

/// One candidate's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The candidate.
    pub candidate: CandidateId,
    /// What it gives minus what it asks.
    pub score: f64,
    /// What it gives of what is needed.
    pub gain: f64,
    /// What it asks of what is lacking.
    pub price: f64,
    /// The terms of the sum, by force.
    pub terms: Vec<f64>,
    /// The ends of the winner's lead over it, unsure answers widened; of itself, zero.
    pub behind: (f64, f64),
}

/// A veto that strikes a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// The candidate.
    pub candidate: CandidateId,
    /// The index of the veto.
    pub veto: usize,
}

/// One term of a difference of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The force.
    pub force: ForceId,
    /// What it adds to the lead; negative where the rival is better.
    pub term: f64,
}

/// Who could win once all open answers are given.
#[derive(Debug, Clone, PartialEq)]
pub struct PossibleWinners {
    /// The candidates, in the order of the questionnaire.
    pub candidates: Vec<CandidateId>,
    /// Whether every completion was tried; otherwise the list may be too long, and never too short.
    pub is_exact: bool,
}

/// Another answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The question.
    pub question: QuestionId,
    /// The other answer.
    pub to: Response,
}

/// Answers that would change the winner.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerFlip {
    /// The answers.
    pub changes: Vec<Change>,
    /// Who wins then; nobody if all are vetoed.
    pub winner: Option<CandidateId>,
}

/// A factor on the weight of a force at which the winner changes.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightFlip {
    /// The force.
    pub force: ForceId,
    /// The factor, from 0 to [`MAX_WEIGHT`].
    pub factor: f64,
    /// Who is ahead beyond it.
    pub winner: CandidateId,
    /// Whether "beyond" is above the factor, or below it.
    pub is_above: bool,
}

/// What would have to be true for another design.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The design.
    pub candidate: CandidateId,
    /// The smallest set of answers that leads there; empty if none of up to [`MAX_CHANGES`] does.
    pub changes: Vec<Change>,
}

/// What is wrong with a proposal.
#[derive(Debug, Clone, PartialEq)]
pub enum Detection {
    /// It costs more than the winner and gives nothing more, or at least twice the gain while half of what it gives is not needed.
    Sledgehammer {
        /// What it gives more than the winner.
        gain: f64,
        /// What it costs more.
        price: f64,
        /// The share of what it gives that nobody needs.
        idle: f64,
    },
    /// It costs at least twice what it gives more than the winner.
    Heavy {
        /// What it gives more than the winner.
        gain: f64,
        /// What it costs more.
        price: f64,
        /// The share of what it gives that nobody needs.
        idle: f64,
    },
    /// It stays far behind a strong need.
    UnderEngineered {
        /// The need.
        force: ForceId,
        /// Its level.
        need: f64,
        /// What the proposal gives.
        gives: f64,
    },
    /// A veto that stands for a need strikes it.
    VetoedByNeed {
        /// The index of the veto.
        veto: usize,
    },
    /// It asks for far more readiness than there is.
    Overload {
        /// The readiness.
        force: ForceId,
        /// What the proposal asks.
        asks: f64,
        /// What there is.
        ready: f64,
        /// The question with the lowest answer.
        set_by: Option<QuestionId>,
    },
}

/// How many perturbed matrices keep the winner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// How far cells were moved.
    pub radius: f64,
    /// Those that keep it.
    pub kept: usize,
    /// All.
    pub of: usize,
}

/// A cell whose small change changes the winner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellFlip {
    /// The candidate whose cell it is.
    pub candidate: CandidateId,
    /// The force.
    pub force: ForceId,
    /// By how much it was moved.
    pub by: f64,
    /// Who wins then.
    pub winner: CandidateId,
}

/// What a verdict owes to the exact numbers of the matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixRobustness {
    /// One cell moved at a time, each up and down.
    pub one_cell: Vec<Kept>,
    /// All cells moved together, each by an own random amount; a fixed sample.
    pub all_cells: Vec<Kept>,
    /// The single cells that change the winner.
    pub flips: Vec<CellFlip>,
    /// No error up to this size, in however many cells, changes the winner.
    pub safe_radius: Option<f64>,
}

/// How often each candidate wins for random answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseRates {
    /// Wins by candidate.
    pub wins: Vec<usize>,
    /// Answer sets.
    pub of: usize,
}

impl BaseRates {
    /// Returns a candidate's share, from 0 to 1.
    pub fn share(&self, candidate: CandidateId) -> f64 {
        if self.of == 0 { 0.0 } else { self.wins[candidate.0] as f64 / self.of as f64 }
    }
}

/// A published case with near answers.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestCase {
    /// The index of the case.
    pub case: usize,
    /// The mean distance of levels.
    pub distance: f64,
    /// The core questions that the case answers otherwise, with its answers.
    pub differing: Vec<(QuestionId, Response)>,
}

/// The decision itself: who wins, why, how surely, and which answers and weights would flip it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Who wins; nobody if all are vetoed.
    pub winner: Option<CandidateId>,
    /// Whether the winner should be modular inside.
    pub modular: bool,
    /// How sure that is.
    pub grade: Grade,
    /// The answer that kept the grade from being better.
    pub grade_capped_by: Option<QuestionId>,
    /// The best other candidate that no veto strikes.
    pub runner_up: Option<CandidateId>,
    /// The winner's lead over it.
    pub margin: Option<f64>,
    /// How many weightings keep the winner.
    pub weight_share: WeightShare,
    /// Who could win once all open answers are given.
    pub possible_winners: PossibleWinners,
    /// The core questions without an answer and those answered `unknown`.
    pub open: Vec<QuestionId>,
    /// Every force's level.
    pub forces: Vec<ForceLevel>,
    /// Every candidate's score, the highest first, ties in the order of the questionnaire.
    pub scores: Vec<Score>,
    /// Every veto that strikes.
    pub vetoes: Vec<Strike>,
    /// The terms of the lead over the runner-up, the largest first; their sum is the margin.
    pub because: Vec<Reason>,
    /// Single answers that would change the winner.
    pub answer_flips: Vec<AnswerFlip>,
    /// Pairs of answers that would, neither of which does alone.
    pub pair_flips: Vec<AnswerFlip>,
    /// Weights at which the winner changes.
    pub weight_flips: Vec<WeightFlip>,
    /// What was proposed.
    pub proposal: Option<CandidateId>,
    /// What is wrong with it.
    pub detections: Vec<Detection>,
    /// Answers that are findings by themselves: question and option.
    pub findings: Vec<(QuestionId, usize)>,
}

/// A decision with everything that puts it into perspective.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// What would have to be true for each other design.
    pub paths: Vec<Path>,
    /// If all candidates are vetoed: the smallest set of answers that frees one.
    pub freeing: Option<Path>,
    /// What the verdict owes to the matrices.
    pub robustness: Option<MatrixRobustness>,
    /// How often each verdict comes out for random answers.
    pub base_rates: BaseRates,
    /// The published cases with the nearest answers.
    pub nearest_cases: Vec<NearestCase>,
}

/// Computes the whole verdict; `base_rates` are those of the questionnaire, which hold for all answers to it.
pub fn verdict(
    questionnaire: &Questionnaire,
    answers: &Answers,
    computed: &ComputedFacts,
    cases: &[Case],
    base_rates: &BaseRates,
) -> Verdict {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    let decision = decide_with(&engine, &situation, &shown, &weighing);
    Verdict {
        paths: if weighing.winner.is_some() { paths::paths(&engine, &situation, &shown, &weighing) } else { Vec::new() },
        freeing: if weighing.winner.is_none() { paths::freeing(&engine, &situation, &shown, &weighing) } else { None },
        robustness: weighing.winner.map(|winner| sample::robustness(&engine, &weighing, winner)),
        base_rates: base_rates.clone(),
        nearest_cases: nearest_cases(questionnaire, answers, cases),
        decision,
    }
}

/// Computes the decision alone: scores, vetoes, grade, and what flips it.
pub fn decide(questionnaire: &Questionnaire, answers: &Answers, computed: &ComputedFacts) -> Decision {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    decide_with(&engine, &situation, &shown, &weighing)
}

/// Holds a proposal against the answers: too much, too little, or more than its owners can carry.
pub fn detect(questionnaire: &Questionnaire, answers: &Answers, computed: &ComputedFacts, proposal: CandidateId) -> Vec<Detection> {
    let engine = Engine::new(questionnaire, computed);
    let situation = Situation::of(questionnaire, answers);
    let shown = engine.shown(&situation);
    let weighing = engine.weigh(&situation);
    let levels = engine.levels(&situation, &shown);
    detectors::detect(&engine, &situation, &shown, &levels, &weighing, proposal, weighing.winner)
}

/// Says how far another answer moves the levels of its question, as the sum over forces.
pub fn how_far(questionnaire: &Questionnaire, answers: &Answers, change: &Change) -> f64 {
    let computed = ComputedFacts::default();
    let engine = Engine::new(questionnaire, &computed);
    let situation = Situation::of(questionnaire, answers);
    flips::distance(&engine, &situation.states[change.question.0], change.question, &change.to)
}

fn decide_with(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Decision {
    let winner = weighing.winner;
    let runner_up = winner.and_then(|winner| engine.rival(weighing, winner));
    let margin = winner.zip(runner_up).map(|(winner, rival)| weighing.scores[winner.0] - weighing.scores[rival.0]);
    let levels = engine.levels(situation, shown);
    let openness = interval::openness(engine, situation, shown);
    let open_ends = interval::interval(engine, situation, shown, &openness, false);
    let possible_winners = interval::possible_winners(engine, situation, shown, &openness, &open_ends);
    let ends = interval::interval(engine, situation, shown, &openness, true);
    let weight_share = winner.map_or(WeightShare { kept: 0, of: 0 }, |winner| grade::weight_share(engine, weighing, winner));
    let (grade, grade_capped_by) = {
        let cap = grade_cap(engine, situation, shown);
        let n_possible = possible_winners.candidates.len();
        let graded = |cap| if winner.is_some() { grade::grade(margin, weight_share, n_possible, cap) } else { Grade::Undetermined };
        let (free, capped) = (graded(None), graded(cap.map(|(cap, _)| cap)));
        (capped, cap.map(|(_, question)| question).filter(|_| capped != free))
    };
    let (answer_flips, pair_flips) = flips::answer_flips(engine, situation, shown, winner);
    let proposal = proposal(engine, situation, shown);
    Decision {
        winner,
        modular: winner.is_some_and(|winner| {
            let modular = engine.questionnaire.candidate(winner).modular;
            modular.is_some_and(|modular| levels.level[modular.force.0] >= modular.at_least - EPSILON)
        }),
        grade,
        grade_capped_by,
        runner_up,
        margin,
        weight_share,
        possible_winners,
        open: openness.open,
        forces: force_levels(engine, situation, shown, &levels, &ends),
        scores: scores(engine, weighing, winner, &ends),
        vetoes: strikes(engine, situation, shown),
        because: winner.zip(runner_up).map(|(winner, rival)| reasons(engine, weighing, winner, rival)).unwrap_or_default(),
        answer_flips,
        pair_flips,
        weight_flips: winner.map(|winner| flips::weight_flips(engine, weighing, winner)).unwrap_or_default(),
        proposal,
        detections: proposal
            .map(|proposal| detectors::detect(engine, situation, shown, &levels, weighing, proposal, winner))
            .unwrap_or_default(),
        findings: findings(engine, situation, shown),
    }
}

/// Calls `visit` with every option that a shown question's answer chose.
fn each_choice(engine: &Engine<'_>, situation: &Situation, shown: &[bool], mut visit: impl FnMut(QuestionId, usize)) {
    for (at, state) in situation.states.iter().enumerate().filter(|(at, _)| shown[*at]) {
        match state {
            State::Given(Response::Option(option)) => visit(QuestionId(at), *option),
            State::Given(Response::Options(options)) => options.iter().for_each(|option| visit(QuestionId(at), *option)),
            State::Given(Response::Rows(_) | Response::Number(_) | Response::Text(_)) | State::Open | State::Silent => {}
        }
    }
    debug_assert_eq!(situation.states.len(), engine.questionnaire.questions.len(), "a state for every question");
}

fn grade_cap(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Option<(GradeCap, QuestionId)> {
    let mut cap: Option<(GradeCap, QuestionId)> = None;
    each_choice(engine, situation, shown, |question, option| {
        if let Some(found) = engine.questionnaire.question(question).options[option].grade_at_most
            && cap.is_none_or(|(worst, _)| found > worst)
        {
            cap = Some((found, question));
        }
    });
    cap
}

fn proposal(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Option<CandidateId> {
    let mut found = None;
    each_choice(engine, situation, shown, |question, option| {
        found = found.or(engine.questionnaire.question(question).options[option].candidate);
    });
    found
}

fn findings(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Vec<(QuestionId, usize)> {
    let mut found = Vec::new();
    each_choice(engine, situation, shown, |question, option| {
        if engine.questionnaire.question(question).options[option].finding.is_some() {
            found.push((question, option));
        }
    });
    found
}

fn strikes(engine: &Engine<'_>, situation: &Situation, shown: &[bool]) -> Vec<Strike> {
    let mut strikes = Vec::new();
    for veto in 0..engine.questionnaire.vetoes.len() {
        let struck = engine.struck_by(veto, situation, shown);
        let candidates = engine.questionnaire.candidate_ids().filter(|candidate| struck & bit(*candidate) != 0);
        strikes.extend(candidates.map(|candidate| Strike { candidate, veto }));
    }
    strikes
}

fn reasons(engine: &Engine<'_>, weighing: &Weighing, winner: CandidateId, rival: CandidateId) -> Vec<Reason> {
    let term = |force: ForceId| weighing.coefficients[force.0] * (engine.cells[winner.0][force.0] - engine.cells[rival.0][force.0]);
    let mut reasons: Vec<Reason> = engine.questionnaire.force_ids().map(|force| Reason { force, term: term(force) }).collect();
    reasons.sort_by(|a, b| b.term.total_cmp(&a.term).then(a.force.cmp(&b.force)));
    reasons
}

fn scores(engine: &Engine<'_>, weighing: &Weighing, winner: Option<CandidateId>, ends: &interval::Interval) -> Vec<Score> {
    let mut scores: Vec<Score> = engine
        .questionnaire
        .candidate_ids()
        .map(|candidate| {
            let terms: Vec<f64> =
                (0..engine.n_forces()).map(|force| weighing.coefficients[force] * engine.cells[candidate.0][force]).collect();
            let sum =
                |need: bool| terms.iter().zip(&engine.is_need).filter(|(_, is_need)| **is_need == need).map(|(term, _)| term).sum::<f64>();
            Score {
                candidate,
                score: weighing.scores[candidate.0],
                gain: sum(true),
                price: -sum(false),
                behind: winner.map_or((0.0, 0.0), |winner| interval::difference(engine, ends, winner, candidate)),
                terms,
            }
        })
        .collect();
    scores.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.candidate.cmp(&b.candidate)));
    scores
}

fn force_levels(
    engine: &Engine<'_>,
    situation: &Situation,
    shown: &[bool],
    levels: &engine::Levels,
    ends: &interval::Interval,
) -> Vec<ForceLevel> {
    let mut set_by: Vec<Vec<(f64, QuestionId)>> = vec![Vec::new(); engine.n_forces()];
    for (at, state) in situation.states.iter().enumerate().filter(|(at, _)| shown[*at]) {
        engine.each_level(QuestionId(at), state, |force, low, high, is_bound| {
            if !is_bound {
                set_by[force.0].push((f64::midpoint(low, high), QuestionId(at)));
            }
        });
    }
    let force_level = |force: ForceId| {
        let highest = set_by[force.0].iter().map(|(level, _)| *level).fold(0.0, f64::max);
        let counts = |level: f64| !engine.is_need[force.0] || level >= highest - EPSILON;
        ForceLevel {
            force,
            level: levels.level[force.0],
            low: ends.low_level[force.0],
            high: ends.high_level[force.0],
            weight: levels.weight[force.0],
            set_by: set_by[force.0].iter().filter(|(level, _)| counts(*level)).map(|(_, question)| *question).collect(),
        }
    };
    engine.questionnaire.force_ids().map(force_level).collect()
}
