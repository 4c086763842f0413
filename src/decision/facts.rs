//! The computed facts that conditions of a questionnaire can name as `model.<name>`: of each design, with the words that say where a number comes from.

use super::counterparts::{Design, critical_path, declared};
use crate::analysis::communication::JourneyCommunication;
use crate::analysis::cost::Cost;
use crate::quantity::significant;
use crate::questionnaire::answers::{Answers, Response, shown};
use crate::questionnaire::condition::{Context, Expression, Term};
use crate::questionnaire::{CandidateId, QuestionId, Questionnaire};
use crate::syntax::keys::{Table, system};
use crate::verdict::{ComputedFacts, Decision, Facts, decide, speaks_of_model};

/// A fact, and what it is in words.
type Found = (f64, String);

/// A computed fact; to add one, add a row, and its name to the questionnaire's `MODEL_FACTS`.
struct ModelFact {
    name: &'static str,
    compute: fn(&Design<'_>) -> Option<Found>,
}

/// The facts that vetoes can speak of.
const FACTS: &[ModelFact] = &[
    ModelFact { name: "remote-calls", compute: |design| largest(design, "remote calls", |one| one.network_messages() / 2.0) },
    ModelFact { name: "network-round-trips", compute: |design| largest(design, "network round trips", |one| one.network_round_trips) },
    ModelFact { name: "chain-depth", compute: |design| largest(design, "calls in a chain", |one| one.depth as f64) },
    ModelFact { name: "single-points", compute: single_points },
    ModelFact { name: "critical-path-ms", compute: critical_path_ms },
    ModelFact { name: "monthly-cost-low", compute: monthly_cost_low },
];

/// The largest figure over the declared journeys; of equals the first.
fn largest(design: &Design<'_>, what: &str, figure: impl Fn(&JourneyCommunication) -> f64) -> Option<Found> {
    let counted = design.system.journeys.iter().zip(&design.assessment.communication.journeys).filter(|(one, _)| !one.implied);
    first_largest(counted.map(|(journey, counted)| (figure(counted), journey.id.as_str())))
        .map(|(value, journey)| (value, format!("journey `{journey}` makes {} {what}", significant(value, 3))))
}

fn single_points(design: &Design<'_>) -> Option<Found> {
    let exposed = design.system.journeys.iter().zip(&design.assessment.blast_radius.journeys).filter(|(one, _)| !one.implied);
    first_largest(exposed.map(|(journey, exposed)| (exposed.single_points.len() as f64, journey.id.as_str())))
        .map(|(value, journey)| (value, format!("journey `{journey}` has {} single points of failure", significant(value, 3))))
}

fn first_largest<'a>(figures: impl Iterator<Item = (f64, &'a str)>) -> Option<(f64, &'a str)> {
    figures.fold(None, |found, next| if found.is_some_and(|(value, _)| value >= next.0) { found } else { Some(next) })
}

/// The time of the journey that stands for a typical action (see [`critical_path`]).
fn critical_path_ms(design: &Design<'_>) -> Option<Found> {
    declared(design.system).next()?;
    critical_path(design).map(|path| (path.seconds * 1_000.0, path.words))
}

/// The low end of a month's bill: with all scaling at its lower bound. What has no price is not in it, so the bill is no lower.
/// A ceiling is in the currency of the model; a bill in another is not held against it.
fn monthly_cost_low(design: &Design<'_>) -> Option<Found> {
    let bill = &bill_of(design)?.bill;
    let low = bill.monthly.low;
    let at_least = if bill.is_complete() { "" } else { "at least " };
    Some((low.approximate(), format!("a month costs {at_least}{} {} at the low end", low.grouped_cents(), bill.currency.code())))
}

/// The bill of a design, where it is in the currency that the model states, which ceilings are in, too.
pub(super) fn bill_of<'a>(design: &Design<'a>) -> Option<&'a Cost> {
    let cost = design.assessment.cost.as_ref()?;
    let stated = design.system.single(Table::System).and_then(|facts| facts.text(system::CURRENCY));
    stated.is_none_or(|code| code == cost.bill.currency.code()).then_some(cost)
}

/// What is computed of one design.
#[derive(Debug, Clone, Default)]
pub(super) struct Computed {
    facts: Facts,
    words: Vec<(&'static str, String)>,
}

impl Computed {
    /// Computes every fact that a questionnaire's vetoes can speak of.
    pub(super) fn of(design: &Design<'_>) -> Self {
        let mut this = Self::default();
        for fact in FACTS {
            if let Some((value, words)) = (fact.compute)(design) {
                this.facts.insert(fact.name.to_owned(), value);
                this.words.push((fact.name, words));
            }
        }
        this
    }
}

/// Collects the facts by candidate; a rejected design speaks for nobody.
pub(super) fn by_candidate(designs: &[Design<'_>], computed: &[Computed]) -> ComputedFacts {
    let mut facts = ComputedFacts::default();
    for (design, computed) in designs.iter().zip(computed).filter(|(design, _)| !design.is_rejected()) {
        if let Some(candidate) = design.assessment.classification.candidate {
            facts.add(crate::syntax::vocabulary::Vocabulary::word(candidate), computed.facts.clone());
        }
    }
    facts
}

/// Decides by answers and figures, and returns the figures that count.
///
/// What is computed can strike a candidate that is modelled, and none that is not. Where it strikes all that are modelled, so that one wins of which nothing is known
/// but that it asks as much or more, the figures have chosen nothing: then the answers alone say what is justified, and no design holds.
pub(super) fn decide_with(
    questionnaire: &Questionnaire,
    answers: &Answers,
    designs: &[Design<'_>],
    computed: &[Computed],
) -> (Decision, ComputedFacts) {
    let facts = by_candidate(designs, computed);
    let decision = decide(questionnaire, answers, &facts);
    let modelled = |candidate: CandidateId| !facts.of(&questionnaire.candidate(candidate).id).is_empty();
    let is_struck = |candidate: CandidateId| decision.vetoes.iter().any(|strike| strike.candidate == candidate);
    let by_figures = |veto: usize| speaks_of_model(&questionnaire.vetoes[veto].when.expression);
    let is_left_over = decision.winner.is_some_and(|winner| !modelled(winner))
        && decision.vetoes.iter().any(|strike| modelled(strike.candidate) && by_figures(strike.veto))
        && questionnaire.candidate_ids().filter(|id| modelled(*id)).all(is_struck);
    if is_left_over {
        let none = ComputedFacts::default();
        let by_answers = decide(questionnaire, answers, &none);
        let asks = |decision: &Decision, candidate| decision.score(candidate).map(|score| score.asks);
        let asks_less = |winner, other| asks(&decision, winner) < asks(&by_answers, other);
        let is_simpler = decision.winner.zip(by_answers.winner).is_some_and(|(winner, other)| asks_less(winner, other));
        if !is_simpler {
            return (by_answers, none);
        }
    }
    (decision, facts)
}

/// A veto that strikes one design by what is computed of it.
pub(super) struct Strike {
    /// The index of the veto.
    pub(super) veto: usize,
    /// The facts that it speaks of, in words.
    pub(super) shows: String,
    /// The questions that it speaks of.
    pub(super) questions: Vec<QuestionId>,
}

/// Finds the vetoes that strike a design by what is computed of this design, whatever another design of its candidate gives.
pub(super) fn strikes(questionnaire: &Questionnaire, answers: &Answers, candidate: CandidateId, computed: &Computed) -> Vec<Strike> {
    let known = Known { answers, shown: shown(questionnaire, answers), facts: &computed.facts };
    let vetoes = questionnaire.vetoes.iter().enumerate();
    vetoes
        .filter(|(_, veto)| veto.candidates.contains(&candidate) && speaks_of_model(&veto.when.expression))
        .filter(|(_, veto)| veto.when.expression.evaluate(&known).is_true())
        .map(|(at, veto)| {
            let mut named = Vec::new();
            names(&veto.when.expression, &mut named);
            let words: Vec<&str> =
                computed.words.iter().filter(|(name, _)| named.contains(name)).map(|(_, words)| words.as_str()).collect();
            Strike { veto: at, shows: words.join(", "), questions: veto.when.expression.questions() }
        })
        .collect()
}

/// Collects the facts that a condition names; its nesting is bounded by the parser.
fn names<'a>(expression: &'a Expression, found: &mut Vec<&'a str>) {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().for_each(|part| names(part, found)),
        Expression::Not(part) => names(part, found),
        Expression::Answered(_) | Expression::OneOf(..) => {}
        Expression::Compare { left, right, .. } => {
            found.extend([left, right].into_iter().filter_map(|term| match term {
                Term::Model(name) => Some(name.as_str()),
                Term::Question(_) | Term::Option(_) | Term::Number(_) => None,
            }));
        }
    }
}

/// Answers and the facts about one design, as conditions see them.
struct Known<'a> {
    answers: &'a Answers,
    shown: Vec<bool>,
    facts: &'a Facts,
}

impl Context for Known<'_> {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        self.answers.response(question).filter(|_| self.shown[question.0])
    }

    fn fact(&self, name: &str) -> Option<f64> {
        self.facts.get(name).copied()
    }
}
