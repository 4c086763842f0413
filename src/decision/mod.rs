//! The verdict and the model together. The question answered here: *do the answers and the modelled designs agree, which design should it be, and when must
//! the decision be taken again?*
//!
//! ```text
//! answers ─┐                       ┌─ contradictions   what the model computes otherwise than it was answered
//!          ├─ verdict ─ judgement ─┼─ designs          veto, missed objectives and promises, score; the simplest that holds
//! model ───┘                       ├─ by force         what is needed, and what each design gives of it
//!                                  └─ triggers         what to watch, and who wins when it happens
//! ```
//!
//! Answers about the system as it is are held against the base; a promise is held against every design.

mod closing;
mod contradictions;
mod counterparts;
mod designs;
mod forces;
mod triggers;

#[cfg(test)]
mod tests;

pub use closing::{CLOSING_QUESTIONS, Closing};
pub use contradictions::{Contradiction, Prefer, contradictions};
pub use counterparts::{COUNTERPARTS, Computed, Counterpart, Design, Fits, Scope, counterpart};
pub use designs::{Advice, DesignRow, Miss, Must, Outcome};
pub use forces::{GIVES, Gives};
pub use triggers::Trigger;

use crate::questionnaire::answers::{Answers, Response};
use crate::questionnaire::cases::Case;
use crate::questionnaire::condition::Context;
use crate::questionnaire::{QuestionId, Questionnaire, merge};
use crate::verdict::{ComputedFacts, TalkFirst, Verdict, base_rates, talk_first, verdict};

/// What a judgement is made from.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The questions.
    pub questionnaire: Questionnaire,
    /// What was answered.
    pub answers: Answers,
    /// Each person's own answers, by name; empty where people answered together.
    pub people: Vec<(String, Answers)>,
    /// Published cases to compare with.
    pub cases: Vec<Case>,
    /// Which side counts where model and answers differ.
    pub prefer: Prefer,
}

/// Everything that answers and model say together.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The questions.
    pub questionnaire: Questionnaire,
    /// What was answered.
    pub answers: Answers,
    /// What was weighed: the answers, with those replaced that the model overrules.
    pub weighed: Answers,
    /// Published cases.
    pub cases: Vec<Case>,
    /// The verdict on what was weighed.
    pub verdict: Verdict,
    /// What people should talk about first.
    pub talk_first: Vec<TalkFirst>,
    /// Where the model contradicts an answer.
    pub contradictions: Vec<Contradiction>,
    /// Every modelled design, the base first; empty without a model.
    pub designs: Vec<DesignRow>,
    /// Which design it should be.
    pub advice: Advice,
    /// What each design gives of each force, by force and design: the row of [`GIVES`] in words; none where nothing is computed.
    pub given: Vec<Vec<Option<String>>>,
    /// What would make it another decision.
    pub triggers: Vec<Trigger>,
    /// The article's closing questions, answered; empty where the questionnaire does not ask for what they need.
    pub closing: Vec<Closing>,
}

impl Judgement {
    /// Returns the questions whose answers make a veto strike: those without which it would not; where several do it alone, all of them.
    pub fn struck_because_of(&self, veto: usize) -> Vec<QuestionId> {
        let expression = &self.questionnaire.vetoes[veto].when.expression;
        let questions = expression.questions();
        let strikes_without =
            |left_out: &dyn Fn(QuestionId) -> bool| expression.evaluate(&Partly { answers: &self.weighed, left_out }).is_true();
        let needed: Vec<QuestionId> = questions.iter().copied().filter(|id| !strikes_without(&|other| other == *id)).collect();
        if !needed.is_empty() {
            return needed;
        }
        let alone: Vec<QuestionId> = questions.iter().copied().filter(|id| strikes_without(&|other| other != *id)).collect();
        if alone.is_empty() { questions } else { alone }
    }
}

/// Joins words for a sentence, at most some: `a, b and 3 more`. Ids of the model are marked, words of people are not.
pub(crate) fn joined(words: &[impl AsRef<str>], most: usize) -> String {
    let mut shown: Vec<&str> = words.iter().take(most).map(AsRef::as_ref).collect();
    let more = match words.len().saturating_sub(most) {
        0 => None,
        more => Some(format!("{more} more")),
    };
    shown.extend(more.as_deref());
    match shown.as_slice() {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// The answers with some left out.
struct Partly<'a> {
    answers: &'a Answers,
    left_out: &'a dyn Fn(QuestionId) -> bool,
}

impl Context for Partly<'_> {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        self.answers.response(question).filter(|_| !(self.left_out)(question))
    }

    fn fact(&self, _: &str) -> Option<f64> {
        None
    }
}

/// Judges answers, alone or with the designs of a model (the base first).
pub fn judge(inputs: Inputs, designs: &[Design<'_>]) -> Judgement {
    let Inputs { questionnaire, answers, people, cases, prefer } = inputs;
    let (contradictions, weighed) = contradictions(&questionnaire, &answers, designs, prefer);
    let computed = facts(designs);
    let verdict = verdict(&questionnaire, &weighed, &computed, &cases, &base_rates(&questionnaire));
    let rows = designs::rows(&questionnaire, &weighed, &verdict.decision, designs);
    let advice = designs::advise(&verdict.decision, &rows);
    let given = forces::given(&questionnaire, designs);
    let triggers = triggers::triggers(&questionnaire, &weighed, &verdict);
    let mut together = merge(&questionnaire, &people);
    // What was settled since has been talked about.
    together.lay_over(&answers, false);
    let talk_first = if people.len() > 1 { talk_first(&questionnaire, &together, &computed) } else { Vec::new() };
    let closing = closing::answer(&questionnaire, &weighed, &verdict, &rows, &advice, &given);
    Judgement {
        questionnaire,
        answers,
        weighed,
        cases,
        verdict,
        talk_first,
        contradictions,
        designs: rows,
        advice,
        given,
        triggers,
        closing,
    }
}

/// A computed fact that conditions of a questionnaire can name as `model.<name>`.
struct ModelFact {
    name: &'static str,
    /// Whether the smaller value is the better one: of several designs of one candidate the best stands for it.
    smaller_is_better: bool,
    compute: fn(&Design<'_>) -> Option<f64>,
}

/// The facts that vetoes can speak of; to add one, add a row.
const FACTS: &[ModelFact] = &[
    ModelFact { name: "remote-calls", smaller_is_better: true, compute: |design| largest(design, |one| one.network_messages() / 2.0) },
    ModelFact { name: "network-round-trips", smaller_is_better: true, compute: |design| largest(design, |one| one.network_round_trips) },
    ModelFact { name: "chain-depth", smaller_is_better: true, compute: |design| largest(design, |one| one.depth as f64) },
    ModelFact {
        name: "single-points",
        smaller_is_better: true,
        compute: |design| {
            let declared = design.system.journeys.iter().zip(&design.assessment.blast_radius.journeys).filter(|(one, _)| !one.implied);
            declared.map(|(_, exposed)| exposed.single_points.len() as f64).reduce(f64::max)
        },
    },
];

/// The largest figure over the declared journeys.
fn largest(design: &Design<'_>, figure: impl Fn(&crate::analysis::communication::JourneyCommunication) -> f64) -> Option<f64> {
    let counted = design.system.journeys.iter().zip(&design.assessment.communication.journeys).filter(|(one, _)| !one.implied);
    counted.map(|(_, counted)| figure(counted)).reduce(f64::max)
}

/// Computes the facts of each candidate that vetoes can speak of, for whoever decides without a judgement.
pub fn computed_facts(designs: &[Design<'_>]) -> ComputedFacts {
    facts(designs)
}

/// Computes the facts of each candidate: of several designs of one candidate, the best value of each.
fn facts(designs: &[Design<'_>]) -> ComputedFacts {
    let mut facts = ComputedFacts::default();
    for design in designs.iter().filter(|design| !design.is_rejected()) {
        let Some(candidate) = design.assessment.classification.candidate else { continue };
        let candidate = crate::syntax::vocabulary::Vocabulary::word(candidate);
        for fact in FACTS {
            let Some(value) = (fact.compute)(design) else { continue };
            let known = facts.of(candidate).and_then(|known| known.get(fact.name)).copied();
            if known.is_none_or(|known| if fact.smaller_is_better { value < known } else { value > known }) {
                facts.set(candidate, fact.name, value);
            }
        }
    }
    facts
}
