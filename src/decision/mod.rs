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

mod advice;
mod closing;
mod contradictions;
mod counterparts;
mod designs;
mod facts;
mod forces;
mod revisit;
mod triggers;

#[cfg(test)]
mod tests;

pub use advice::{Advice, Outcome};
pub use closing::{CLOSING_QUESTIONS, Closing};
pub use contradictions::{Contradiction, Counts, Prefer, THE_MODEL, contradictions};
pub use counterparts::{COUNTERPARTS, Computed, Counterpart, Design, Fits, Scope, counterpart};
pub use designs::{DesignRow, Miss, Must};
pub use forces::{GIVES, Gives};
pub use revisit::{Watch, Watched, watch};
pub use triggers::Trigger;

use crate::questionnaire::answers::{Answers, Response};
use crate::questionnaire::cases::{Case, published_cases};
use crate::questionnaire::condition::Context;
use crate::questionnaire::{CandidateId, QuestionId, Questionnaire, merge};
use crate::verdict::{ComputedFacts, Detection, TalkFirst, Verdict, base_rates, detect, talk_first, verdict};

/// What a judgement is made from.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The questions.
    pub questionnaire: Questionnaire,
    /// What was answered.
    pub answers: Answers,
    /// Each person's own answers, by name; empty where people answered together.
    pub people: Vec<(String, Answers)>,
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
    /// What the answers say against the recommended design, where it is not the verdict's winner.
    pub against_recommended: Vec<Detection>,
    /// What each design gives of each force, by force and design: the row of [`GIVES`] in words; none where nothing is computed.
    pub given: Vec<Vec<Option<String>>>,
    /// What would make it another decision.
    pub triggers: Vec<Trigger>,
    /// Whether distribution can be avoided; none while that is not decided.
    pub avoidable: Option<String>,
    /// The article's closing questions, answered; empty where the questionnaire does not ask for what they need.
    pub closing: Vec<Closing>,
}

impl Judgement {
    /// Returns what the weighed answers say of designs, for the rules that hold needs against structure.
    pub fn for_rules(&self) -> crate::hazard::Answers {
        crate::hazard::Answers::of(&self.questionnaire, &self.weighed)
    }

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

/// Computes the facts of each candidate that vetoes can speak of, for whoever decides without a judgement.
pub fn computed_facts(designs: &[Design<'_>]) -> ComputedFacts {
    let of_designs: Vec<facts::Computed> = designs.iter().map(facts::Computed::of).collect();
    facts::by_candidate(designs, &of_designs)
}

/// Where designs stand, without what explains it: what a search over facts asks again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What to do.
    pub outcome: Outcome,
    /// The candidate that the answers justify.
    pub winner: Option<CandidateId>,
    /// The index of the recommended design; without one, of the nearest.
    pub recommended: Option<usize>,
    /// All designs by their indices: those that hold first, then those that lack least, then the simplest.
    pub order: Vec<usize>,
    /// What strikes each design, and what it misses.
    pub lacks: Vec<Vec<String>>,
}

/// Weighs answers and designs, and ranks the designs.
pub fn standing(inputs: &Inputs, designs: &[Design<'_>]) -> Standing {
    let Inputs { questionnaire, answers, prefer, .. } = inputs;
    let (_, weighed) = contradictions(questionnaire, answers, designs, *prefer);
    let of_designs: Vec<facts::Computed> = designs.iter().map(facts::Computed::of).collect();
    let (decision, _) = facts::decide_with(questionnaire, &weighed, designs, &of_designs);
    let rows = designs::rows(questionnaire, &weighed, &decision, designs, &of_designs);
    let advice = advice::advise(&decision, &rows);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| {
        let lacks = |at: usize| rows[at].misses.len() + rows[at].vetoed_by.len();
        let asks = |at: usize| rows[at].asks.unwrap_or(f64::MAX);
        rows[*b].holds().cmp(&rows[*a].holds()).then(lacks(*a).cmp(&lacks(*b))).then(asks(*a).total_cmp(&asks(*b))).then(a.cmp(b))
    });
    let lacks = |row: &DesignRow| {
        let vetoes = row.vetoed_by.iter().map(|at| questionnaire.vetoes[*at].id.clone());
        vetoes.chain(row.misses.iter().map(|miss| format!("{} {}", miss.what, miss.journey.as_deref().unwrap_or_default()))).collect()
    };
    Standing {
        outcome: advice.outcome,
        winner: decision.decided(),
        recommended: advice.recommended.or(advice.nearest),
        order,
        lacks: rows.iter().map(lacks).collect(),
    }
}

/// Judges answers, alone or with the designs of a model (the base first).
pub fn judge(inputs: Inputs, designs: &[Design<'_>]) -> Judgement {
    let Inputs { questionnaire, answers, people, prefer } = inputs;
    let cases = published_cases(&questionnaire);
    let (contradictions, weighed) = contradictions(&questionnaire, &answers, designs, prefer);
    let of_designs: Vec<facts::Computed> = designs.iter().map(facts::Computed::of).collect();
    let (_, computed) = facts::decide_with(&questionnaire, &weighed, designs, &of_designs);
    let verdict = verdict(&questionnaire, &weighed, &computed, &cases, &base_rates(&questionnaire));
    let rows = designs::rows(&questionnaire, &weighed, &verdict.decision, designs, &of_designs);
    let advice = advice::advise(&verdict.decision, &rows);
    let against_recommended = advice
        .recommended
        .and_then(|at| rows[at].candidate)
        .filter(|candidate| Some(*candidate) != verdict.decision.winner)
        .map(|candidate| detect(&questionnaire, &weighed, &computed, candidate))
        .unwrap_or_default();
    let given = forces::given(&questionnaire, designs);
    let triggers = triggers::triggers(&questionnaire, &weighed, &verdict);
    let mut together = merge(&questionnaire, &people);
    // What was settled since has been talked about.
    together.lay_over(&answers, false);
    let talk_first = if people.len() > 1 { talk_first(&questionnaire, &together, &computed) } else { Vec::new() };
    let closing::Answered { avoidable, closing } = closing::answer(&questionnaire, &weighed, &verdict, &rows, &advice, &given);
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
        against_recommended,
        given,
        triggers,
        avoidable,
        closing,
    }
}
