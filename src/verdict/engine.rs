//! The sum: from answers to coefficients, from coefficients to scores, from scores and vetoes to a winner.

use crate::questionnaire::answers::{Answers, Response, Status};
use crate::questionnaire::condition::{Context, Expression, Term, Truth};
use crate::questionnaire::{CandidateId, ForceId, ForceKind, Kind, MAX_CANDIDATES, MAX_FORCES, QuestionId, Questionnaire};

use super::{ComputedFacts, Facts};

/// Scores that are no further apart are equal: sums of two-digit decimals differ by more, or by rounding only.
pub(super) const EPSILON: f64 = 1e-9;

/// A value for each force; what lies beyond the questionnaire's forces is zero.
pub(super) type ByForce = [f64; MAX_FORCES];

/// A set of candidates, as bits.
pub(super) type Mask = u32;

/// Returns the bit of a candidate.
pub(super) const fn bit(candidate: CandidateId) -> Mask {
    1 << candidate.0
}

/// How a question stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// It has no effect.
    Silent,
    /// It counts as the interval of its options: `unknown`, or a core question without an answer.
    Open,
    /// It has an answer.
    Given(Response),
}

/// How all questions stand.
#[derive(Debug, Clone)]
pub(super) struct Situation {
    pub(super) states: Vec<State>,
    /// By how much each answer's level is widened, for intervals only.
    pub(super) widths: Vec<f64>,
}

impl Situation {
    pub(super) fn of(questionnaire: &Questionnaire, answers: &Answers) -> Self {
        let state = |id: QuestionId| match answers.get(id).map(|answer| &answer.status) {
            Some(Status::Given(response)) => State::Given(response.clone()),
            Some(Status::Unknown) => State::Open,
            Some(Status::NotApplicable) => State::Silent,
            Some(Status::Later) | None if questionnaire.must_be_answered(id) => State::Open,
            Some(Status::Later) | None => State::Silent,
        };
        let width = |id: QuestionId| answers.get(id).and_then(|answer| answer.confidence).map_or(0.0, |confidence| confidence.width());
        Self { states: questionnaire.question_ids().map(state).collect(), widths: questionnaire.question_ids().map(width).collect() }
    }

    /// Makes the situation in which nothing is answered and nothing counts.
    pub(super) fn silent(questionnaire: &Questionnaire) -> Self {
        let count = questionnaire.questions.len();
        Self { states: vec![State::Silent; count], widths: vec![0.0; count] }
    }

    /// Replaces a question's state, and returns the old one.
    pub(super) fn replace(&mut self, question: QuestionId, state: State) -> State {
        std::mem::replace(&mut self.states[question.0], state)
    }
}

/// A situation as conditions see it.
pub(super) struct View<'a> {
    pub(super) situation: &'a Situation,
    pub(super) shown: &'a [bool],
    pub(super) facts: Option<&'a Facts>,
}

impl Context for View<'_> {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        match &self.situation.states[question.0] {
            State::Given(response) if self.shown[question.0] => Some(response),
            _ => None,
        }
    }

    fn fact(&self, name: &str) -> Option<f64> {
        self.facts.and_then(|facts| facts.get(name)).copied()
    }
}

/// What one situation comes to.
#[derive(Debug, Clone)]
pub(super) struct Weighing {
    /// What one unit of a cell counts, by force: positive for needs, negative for readiness.
    pub(super) coefficients: ByForce,
    /// The scores.
    pub(super) scores: [f64; MAX_CANDIDATES],
    /// Who is vetoed.
    pub(super) struck: Mask,
    /// Who wins.
    pub(super) winner: Option<CandidateId>,
}

/// Levels, weights, horizons and floor of one situation.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    pub(super) level: ByForce,
    pub(super) weight: ByForce,
    /// What a need counts because it is one of today, or of later; already in its level.
    pub(super) horizon: ByForce,
    pub(super) floor: f64,
}

impl Levels {
    /// Makes the levels of no answer at all.
    pub(super) const fn none(floor: f64) -> Self {
        Self { level: [0.0; MAX_FORCES], weight: [1.0; MAX_FORCES], horizon: [1.0; MAX_FORCES], floor }
    }
}

/// A questionnaire, prepared for weighing many situations.
pub(super) struct Engine<'q> {
    pub(super) questionnaire: &'q Questionnaire,
    pub(super) computed: &'q ComputedFacts,
    /// The cells of each candidate.
    pub(super) cells: Vec<ByForce>,
    /// The sum of each candidate's asks: among equals the one that asks least wins.
    pub(super) asks: Vec<f64>,
    /// Which vetoes speak of computed facts.
    speaks_of_model: Vec<bool>,
    /// Whether each force is a need.
    pub(super) is_need: Vec<bool>,
    /// Whether any question has a condition.
    has_conditions: bool,
}

impl<'q> Engine<'q> {
    pub(super) fn new(questionnaire: &'q Questionnaire, computed: &'q ComputedFacts) -> Self {
        let is_need: Vec<bool> = questionnaire.forces.iter().map(|force| force.kind == ForceKind::Need).collect();
        let mut cells = Vec::new();
        let mut asks = Vec::new();
        for candidate in &questionnaire.candidates {
            let mut row = [0.0; MAX_FORCES];
            row[..candidate.cells.len()].copy_from_slice(&candidate.cells);
            asks.push(candidate.cells.iter().zip(&is_need).filter(|(_, need)| !**need).map(|(cell, _)| cell).sum());
            cells.push(row);
        }
        Self {
            questionnaire,
            computed,
            cells,
            asks,
            speaks_of_model: questionnaire.vetoes.iter().map(|veto| speaks_of_model(&veto.when.expression)).collect(),
            is_need,
            has_conditions: questionnaire.questions.iter().any(|question| question.show_if.is_some()),
        }
    }

    /// Returns how many forces there are.
    pub(super) fn n_forces(&self) -> usize {
        self.questionnaire.forces.len()
    }

    /// Says which questions are asked in a situation.
    pub(super) fn shown(&self, situation: &Situation) -> Vec<bool> {
        let mut shown = vec![true; situation.states.len()];
        if !self.has_conditions {
            return shown;
        }
        for id in &self.questionnaire.visiting_order {
            if let Some(condition) = &self.questionnaire.question(*id).show_if
                && situation.states[id.0] != State::Silent
            {
                let view = View { situation, shown: &shown, facts: None };
                let hidden = condition.expression.evaluate(&view) == Truth::False;
                shown[id.0] = !hidden;
            }
        }
        shown
    }

    /// Weighs a situation.
    pub(super) fn weigh(&self, situation: &Situation) -> Weighing {
        let shown = self.shown(situation);
        let coefficients = self.coefficients(&self.levels(situation, &shown));
        let struck = self.struck(situation, &shown);
        let scores = self.scores(&coefficients);
        Weighing { coefficients, scores, struck, winner: self.winner(&scores, struck) }
    }

    /// Computes levels and weights: the maximum over answers for a need, the mean for a readiness.
    pub(super) fn levels(&self, situation: &Situation, shown: &[bool]) -> Levels {
        let mut levels = Levels::none(self.questionnaire.floor);
        let mut count = [0.0; MAX_FORCES];
        let mut bound = [1.0_f64; MAX_FORCES];
        for (at, state) in situation.states.iter().enumerate() {
            if *state == State::Silent || !shown[at] {
                continue;
            }
            let id = QuestionId(at);
            let level = &mut levels.level;
            self.each_level(id, state, |force, low, high, is_bound| {
                let middle = f64::midpoint(low, high);
                if is_bound {
                    // An open bound could as well not bind.
                    bound[force.0] = bound[force.0].min(high);
                } else if self.is_need[force.0] {
                    level[force.0] = level[force.0].max(middle);
                } else {
                    level[force.0] += middle;
                    count[force.0] += 1.0;
                }
            });
            self.modify(id, state, &mut levels);
        }
        for force in 0..self.n_forces() {
            levels.level[force] = if self.is_need[force] {
                levels.level[force].min(bound[force]) * levels.horizon[force]
            } else if count[force] > 0.0 {
                levels.level[force] / count[force]
            } else {
                1.0
            };
        }
        levels
    }

    /// Applies what an answer says about weights, horizons and the floor.
    pub(super) fn modify(&self, id: QuestionId, state: &State, levels: &mut Levels) {
        let question = self.questionnaire.question(id);
        let State::Given(response) = state else { return };
        let chosen: &[usize] = match response {
            Response::Option(option) => std::slice::from_ref(option),
            Response::Options(options) => options,
            Response::Rows(rows) => {
                for (force, option) in rows {
                    if let Some(factor) = question.options[*option].horizon
                        && self.is_need[force.0]
                    {
                        levels.horizon[force.0] *= factor;
                    }
                }
                return;
            }
            Response::Number(_) | Response::Text(_) => return,
        };
        for option in chosen.iter().map(|option| &question.options[*option]) {
            if let Some(factor) = question.weight {
                option.weighs.iter().for_each(|force| levels.weight[force.0] *= factor);
            }
            if let Some(floor) = option.floor {
                levels.floor = levels.floor.max(floor);
            }
        }
    }

    /// Calls `visit` with the force, the low and the high level, and whether it is a bound, for everything that a question's state sets.
    pub(super) fn each_level(&self, id: QuestionId, state: &State, mut visit: impl FnMut(ForceId, f64, f64, bool)) {
        let question = self.questionnaire.question(id);
        match state {
            State::Silent => {}
            State::Given(Response::Option(option)) => {
                question.options[*option].levels.iter().for_each(|(force, level)| visit(*force, *level, *level, false));
            }
            State::Given(Response::Options(chosen)) => {
                for force in question.drives() {
                    let levels = chosen.iter().filter_map(|option| level_of(&question.options[*option].levels, force));
                    let (highest, count) = levels.fold((f64::MIN, 0), |(highest, count), level| (level.max(highest), count + 1));
                    if count > 0 {
                        let level = (highest + question.each_further * f64::from(count - 1)).min(1.0);
                        visit(force, level, level, false);
                    }
                }
            }
            State::Given(Response::Number(number)) => {
                for ramp in &question.ramps {
                    let level = ramp.level(*number);
                    visit(ramp.force, level, level, ramp.is_bound);
                }
            }
            State::Given(Response::Rows(_) | Response::Text(_)) => {}
            State::Open => {
                for force in question.drives() {
                    let levels = question.options.iter().filter_map(|option| level_of(&option.levels, force));
                    let (mut low, mut high, count) =
                        levels.fold((f64::MAX, f64::MIN, 0), |(low, high, count), level| (level.min(low), level.max(high), count + 1));
                    if question.kind == Kind::Multi && count > 0 {
                        high = (high + question.each_further * f64::from(count - 1)).min(1.0);
                    }
                    for ramp in question.ramps.iter().filter(|ramp| ramp.force == force && !ramp.is_bound) {
                        ramp.points.iter().for_each(|(_, level)| (low, high) = (low.min(*level), high.max(*level)));
                    }
                    if low <= high {
                        visit(force, low, high, false);
                    }
                }
                for ramp in question.ramps.iter().filter(|ramp| ramp.is_bound) {
                    let lowest = ramp.points.iter().map(|(_, level)| *level).fold(1.0, f64::min);
                    visit(ramp.force, lowest, 2.0 - lowest, true);
                }
            }
        }
    }

    /// Computes what one unit of each force's cells counts.
    pub(super) fn coefficients(&self, levels: &Levels) -> ByForce {
        let mut coefficients = [0.0; MAX_FORCES];
        for (force, coefficient) in coefficients.iter_mut().enumerate().take(self.n_forces()) {
            *coefficient = if self.is_need[force] {
                levels.weight[force] * levels.level[force]
            } else {
                -(levels.weight[force] * (1.0 - levels.level[force] + levels.floor))
            };
        }
        coefficients
    }

    /// Sums each candidate's score, in the order of the forces.
    pub(super) fn scores(&self, coefficients: &ByForce) -> [f64; MAX_CANDIDATES] {
        let mut scores = [0.0; MAX_CANDIDATES];
        let count = self.n_forces();
        for (score, cells) in scores.iter_mut().zip(&self.cells) {
            *score = cells[..count].iter().zip(&coefficients[..count]).map(|(cell, coefficient)| cell * coefficient).sum();
        }
        scores
    }

    /// Returns the candidates that a veto surely strikes.
    pub(super) fn struck(&self, situation: &Situation, shown: &[bool]) -> Mask {
        self.questionnaire.vetoes.iter().enumerate().fold(0, |struck, (at, _)| struck | self.struck_by(at, situation, shown))
    }

    /// Returns the candidates that one veto surely strikes.
    pub(super) fn struck_by(&self, veto: usize, situation: &Situation, shown: &[bool]) -> Mask {
        let rule = &self.questionnaire.vetoes[veto];
        if !self.speaks_of_model[veto] {
            let view = View { situation, shown, facts: None };
            let strikes = rule.when.expression.evaluate(&view).is_true();
            return if strikes { rule.candidates.iter().fold(0, |mask, candidate| mask | bit(*candidate)) } else { 0 };
        }
        rule.candidates.iter().fold(0, |mask, candidate| {
            // A candidate is more than one design of it: it is struck where every design that is modelled is.
            let designs = self.computed.of(&self.questionnaire.candidate(*candidate).id);
            let strikes = |facts| rule.when.expression.evaluate(&View { situation, shown, facts: Some(facts) }).is_true();
            if !designs.is_empty() && designs.iter().all(strikes) { mask | bit(*candidate) } else { mask }
        })
    }

    /// Finds the highest score that no veto strikes; of equals the one that asks least, then the first.
    pub(super) fn winner(&self, scores: &[f64; MAX_CANDIDATES], struck: Mask) -> Option<CandidateId> {
        let free = || self.questionnaire.candidate_ids().filter(|candidate| struck & bit(*candidate) == 0);
        let highest = free().map(|candidate| scores[candidate.0]).fold(f64::MIN, f64::max);
        free().filter(|candidate| scores[candidate.0] >= highest - EPSILON).min_by(|a, b| self.asks[a.0].total_cmp(&self.asks[b.0]))
    }

    /// Finds the best candidate beside one.
    pub(super) fn rival(&self, weighing: &Weighing, winner: CandidateId) -> Option<CandidateId> {
        self.winner(&weighing.scores, weighing.struck | bit(winner))
    }

    /// Returns all answers that a question could have instead, numbers at the break points of their levels, and the words that stand for none.
    pub(super) fn alternatives(&self, id: QuestionId) -> Vec<Response> {
        let question = self.questionnaire.question(id);
        match question.kind {
            Kind::Choice | Kind::YesNo => (0..question.options.len()).map(Response::Option).collect(),
            Kind::Number => question
                .ramps
                .first()
                .into_iter()
                .flat_map(|ramp| ramp.points.iter().map(|(number, _)| Response::Number(*number)))
                .chain((0..question.options.len()).map(Response::Option))
                .collect(),
            Kind::Multi | Kind::Scale | Kind::Text => Vec::new(),
        }
    }
}

fn level_of(levels: &[(ForceId, f64)], force: ForceId) -> Option<f64> {
    levels.iter().find(|(set, _)| *set == force).map(|(_, level)| *level)
}

/// Says whether a condition speaks of computed facts; nesting is bounded by the parser.
pub(super) fn speaks_of_model(expression: &Expression) -> bool {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().any(speaks_of_model),
        Expression::Not(part) => speaks_of_model(part),
        Expression::Answered(_) | Expression::OneOf(..) => false,
        Expression::Compare { left, right, .. } => [left, right].into_iter().any(|term| matches!(term, Term::Model(_))),
    }
}
