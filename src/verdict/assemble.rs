//! One decision, put together from what each part of the method finds.

use super::engine::{EPSILON, Engine, Levels, Situation, State, Weighing, bit};
use super::{Bound, Decision, ForceLevel, Grade, PossibleWinners, Reason, Score, Strike, WeightShare};
use super::{detectors, flips, grade, interval};
use crate::questionnaire::answers::Response;
use crate::questionnaire::{CandidateId, ForceId, GradeCap, QuestionId};

/// How surely the best candidate is the best: against whom, by how much, and what is open.
struct Standing {
    runner_up: Option<CandidateId>,
    margin: Option<f64>,
    openness: interval::Openness,
    possible_winners: PossibleWinners,
    weight_share: WeightShare,
    grade: Grade,
    grade_capped_by: Option<QuestionId>,
}

impl Standing {
    fn of(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Self {
        let winner = weighing.winner;
        let runner_up = winner.and_then(|winner| engine.rival(weighing, winner));
        let margin = winner.zip(runner_up).map(|(winner, rival)| weighing.scores[winner.0] - weighing.scores[rival.0]);
        let openness = interval::openness(engine, situation, shown);
        let open_ends = interval::interval(engine, situation, shown, &openness, false);
        let possible_winners = interval::possible_winners(engine, situation, shown, &openness, &open_ends);
        let weight_share = winner.map_or(WeightShare { kept: 0, of: 0 }, |winner| grade::weight_share(engine, weighing, winner));
        let cap = grade_cap(engine, situation, shown);
        let n_possible = possible_winners.candidates.len();
        let graded = |cap| if winner.is_some() { grade::grade(margin, weight_share, n_possible, cap) } else { Grade::Undetermined };
        let (free, grade) = (graded(None), graded(cap.map(|(cap, _)| cap)));
        let grade_capped_by = cap.map(|(_, question)| question).filter(|_| grade != free);
        Self { runner_up, margin, openness, possible_winners, weight_share, grade, grade_capped_by }
    }
}

/// Returns the winner of a situation that is weighed already; nothing where the answers do not decide.
pub(super) fn decided(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Option<CandidateId> {
    weighing.winner.filter(|_| Standing::of(engine, situation, shown, weighing).grade != Grade::Undetermined)
}

/// Decides a situation that is weighed already.
pub(super) fn decide_with(engine: &Engine<'_>, situation: &Situation, shown: &[bool], weighing: &Weighing) -> Decision {
    let winner = weighing.winner;
    let Standing { runner_up, margin, openness, possible_winners, weight_share, grade, grade_capped_by } =
        Standing::of(engine, situation, shown, weighing);
    let levels = engine.levels(situation, shown);
    let ends = interval::interval(engine, situation, shown, &openness, true);
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
        floor: levels.floor,
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
                asks: engine.asks[candidate.0],
                behind: winner.map_or((0.0, 0.0), |winner| interval::difference(engine, ends, winner, candidate)),
                terms,
            }
        })
        .collect();
    scores.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.candidate.cmp(&b.candidate)));
    scores
}

fn force_levels(engine: &Engine<'_>, situation: &Situation, shown: &[bool], levels: &Levels, ends: &interval::Interval) -> Vec<ForceLevel> {
    let mut set_by: Vec<Vec<(f64, QuestionId)>> = vec![Vec::new(); engine.n_forces()];
    let mut bounds: Vec<Option<(f64, QuestionId)>> = vec![None; engine.n_forces()];
    for (at, state) in situation.states.iter().enumerate().filter(|(at, _)| shown[*at]) {
        engine.each_level(QuestionId(at), state, |force, low, high, is_bound| {
            if !is_bound {
                set_by[force.0].push((f64::midpoint(low, high), QuestionId(at)));
            } else if bounds[force.0].is_none_or(|(least, _)| high < least) {
                bounds[force.0] = Some((high, QuestionId(at)));
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
            horizon: levels.horizon[force.0],
            bound: bounds[force.0]
                .filter(|(at_most, _)| engine.is_need[force.0] && *at_most < highest - EPSILON)
                .map(|(at_most, question)| Bound { question, at_most, without: highest }),
            set_by: set_by[force.0].iter().filter(|(level, _)| counts(*level)).map(|(_, question)| *question).collect(),
        }
    };
    engine.questionnaire.force_ids().map(force_level).collect()
}
