//! What people answered, as far as rules hold it against a design: too much, too little, or too early?
//!
//! The sums are the verdict's; here they are only put in words, candidate by candidate, so that a rule asks for the candidate that a design stands for.

use std::collections::BTreeMap;

use crate::quantity::{Probability, percent, significant};
use crate::questionnaire::answers::{Answers as Given, Response};
use crate::questionnaire::{CandidateId, Questionnaire};
use crate::syntax::vocabulary::{Candidate, Vocabulary};
use crate::verdict::{ComputedFacts, Detection, decided, detect};

/// What the answers say of designs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// Whether undoing the decision would be a rewrite; unknown where nobody said.
    pub irreversible: Option<bool>,
    /// Whether every need of which somebody said when it comes lies more than a year ahead; unknown where nobody said.
    pub is_early: Option<bool>,
    /// What is wrong with each candidate; none while the answers do not decide.
    fits: Option<BTreeMap<String, Fit>>,
}

/// What the answers hold against one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fit {
    /// Why it is a sledgehammer for what is needed.
    pub too_much: Option<String>,
    /// The needs that it cannot meet.
    pub too_little: Vec<String>,
}

impl Answers {
    /// Takes from answers what rules read.
    pub fn of(questionnaire: &Questionnaire, answers: &Given) -> Self {
        let option = |id: &str| {
            let question = questionnaire.find_question(id)?;
            match answers.response(question)? {
                Response::Option(option) => Some(questionnaire.question(question).options[*option].id.as_str()),
                _ => None,
            }
        };
        let horizons = questionnaire.find_question("needs-now").and_then(|question| match answers.response(question)? {
            Response::Rows(rows) if !rows.is_empty() => {
                Some(rows.iter().all(|(_, option)| questionnaire.question(question).options[*option].id == "later"))
            }
            _ => None,
        });
        Self { irreversible: option("undo").map(|option| option == "a-rewrite"), is_early: horizons, fits: fits(questionnaire, answers) }
    }

    /// Returns what the answers hold against a candidate; nothing while they do not decide, or where the questionnaire does not know it.
    pub fn fit(&self, candidate: Candidate) -> Option<&Fit> {
        self.fits.as_ref()?.get(candidate.word())
    }
}

/// Holds every candidate against the answers.
fn fits(questionnaire: &Questionnaire, answers: &Given) -> Option<BTreeMap<String, Fit>> {
    // What single designs compute strikes candidates in the verdict; a need is a matter of the answers alone.
    let computed = ComputedFacts::default();
    let winner = decided(questionnaire, answers, &computed)?;
    let fit = |candidate: CandidateId| {
        let found = detect(questionnaire, answers, &computed, candidate);
        let too_much = found.iter().find_map(|one| too_much(questionnaire, winner, one));
        (questionnaire.candidate(candidate).id.clone(), Fit { too_much, too_little: too_little(questionnaire, &found) })
    };
    Some(questionnaire.candidate_ids().map(fit).collect())
}

fn too_much(questionnaire: &Questionnaire, winner: CandidateId, found: &Detection) -> Option<String> {
    let Detection::Sledgehammer { gain, price, idle } = found else { return None };
    let winner = &questionnaire.candidate(winner).label;
    let gives = if *gain > 0.0 { format!("gives {} more", significant(*gain, 2)) } else { "gives nothing more".to_owned() };
    let idle = format!("{} of what it gives nobody needs", percent(Probability::new(*idle)));
    Some(format!("next to “{winner}” it {gives} of what is needed, asks {} more of what is lacking, and {idle}", significant(*price, 2)))
}

fn too_little(questionnaire: &Questionnaire, found: &[Detection]) -> Vec<String> {
    let words = found.iter().filter_map(|one| match one {
        Detection::UnderEngineered { force, need, gives } => Some(format!(
            "“{}” is needed at {} of 1, and it gives {}",
            questionnaire.force(*force).label,
            significant(*need, 2),
            significant(*gives, 2)
        )),
        Detection::VetoedByNeed { veto } => Some(questionnaire.vetoes[*veto].because.clone()),
        Detection::Sledgehammer { .. } | Detection::Heavy { .. } | Detection::Overload { .. } => None,
    });
    words.collect()
}
