//! What the model computes about questions and candidates: shown beside the options, held against the answers, weighed by the verdict.

use std::path::Path;

use anyhow::Result;

use super::{disk, output};
use crate::assessment::{Assessment, assess_to_judge};
use crate::decision::{Computed, Counterpart, Design, Fits, Prefer, Scope, computed_facts, contradictions, counterpart};
use crate::model::{BASE_FILE, Model, System};
use crate::questionnaire::answers::{Answer, Answers, Response, Status};
use crate::questionnaire::{Kind, QuestionId, Questionnaire};
use crate::survey::facts::{Agreement, ModelFact};
use crate::verdict::ComputedFacts;

/// What a model says.
#[derive(Debug, Default)]
pub(super) struct ModelSays {
    /// About questions.
    pub(super) facts: Vec<ModelFact>,
    /// About candidates.
    pub(super) computed: ComputedFacts,
}

/// Computes what the model of a directory says. A directory without a model says nothing; a model with mistakes is mended first.
pub(super) fn model_says(directory: &Path, questionnaire: &Questionnaire) -> Result<ModelSays> {
    if !directory.join(BASE_FILE).is_file() {
        return Ok(ModelSays::default());
    }
    let model = Model::read(&disk::target(directory)?.files);
    if model.has_errors() {
        output::narrate("the model has mistakes (`weighbridge check` lists them); what it says is left out");
        return Ok(ModelSays::default());
    }
    let assessed: Vec<(&System, Assessment)> = model.systems().map(|system| (system, assess_to_judge(system))).collect();
    let designs: Vec<Design<'_>> = assessed.iter().map(|(system, assessment)| Design { system, assessment }).collect();
    let facts = questionnaire.question_ids().flat_map(|id| facts_about(questionnaire, id, &designs)).collect();
    Ok(ModelSays { facts, computed: computed_facts(&designs) })
}

/// Answers about the system as it is are held against the base. A promise, or a label, is held against the designs that decide about it, by the rule of the
/// verdict: so that nobody is contradicted here who is not contradicted there.
fn facts_about(questionnaire: &Questionnaire, id: QuestionId, designs: &[Design<'_>]) -> Vec<ModelFact> {
    let Some(row) = counterpart(questionnaire.question(id)) else { return Vec::new() };
    if row.scope != Scope::Today {
        return broken(questionnaire, id, designs);
    }
    let today = designs.iter().find(|design| design.system.is_base());
    today.and_then(|today| Some(fact(questionnaire, id, row, (row.compute)(today)?))).into_iter().collect()
}

fn fact(questionnaire: &Questionnaire, id: QuestionId, row: &Counterpart, computed: Computed) -> ModelFact {
    let places = |ids: &[&str]| ids.iter().filter_map(|option| questionnaire.question(id).find_option(option)).collect();
    let agrees = match &computed.fits {
        Fits::Options(fitting) => Agreement::Options { fitting: places(fitting), known: places(row.knows) },
        Fits::AtMost(most) => Agreement::Between(f64::NEG_INFINITY, *most),
        Fits::AtLeast(least) => Agreement::Between(*least, f64::INFINITY),
        Fits::About { value, factor } => Agreement::Between(value / factor, value * factor),
    };
    ModelFact { question: id, computed: computed.words, agrees }
}

/// Finds the options that a design would break, each with what is computed of it.
fn broken(questionnaire: &Questionnaire, id: QuestionId, designs: &[Design<'_>]) -> Vec<ModelFact> {
    let question = questionnaire.question(id);
    let mut found: Vec<ModelFact> = Vec::new();
    for option in 0..question.options.len() {
        let response = if question.kind == Kind::Multi { Response::Options(vec![option]) } else { Response::Option(option) };
        let mut answers = Answers::new(questionnaire);
        answers.set(id, Answer::new(Status::Given(response)));
        for one in contradictions(questionnaire, &answers, designs, Prefer::Answers).0 {
            let computed = if designs.iter().any(|design| design.system.is_base() && design.system.id == one.design) {
                one.computed
            } else {
                format!("of `{}`: {}", one.design, one.computed)
            };
            match found.iter_mut().find(|fact| fact.computed == computed) {
                Some(ModelFact { agrees: Agreement::Options { known, .. }, .. }) => known.push(option),
                _ => found.push(ModelFact {
                    question: id,
                    computed,
                    agrees: Agreement::Options { fitting: Vec::new(), known: vec![option] },
                }),
            }
        }
    }
    found
}
