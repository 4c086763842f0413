//! What the model computes about questions: shown beside the options, and held against the answers.

use std::path::Path;

use anyhow::Result;

use crate::assessment::assess_to_judge;
use crate::cli::{disk, output};
use crate::decision::{Computed, Counterpart, Design, Fits, Scope, counterpart};
use crate::model::{BASE_FILE, Model};
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::survey::facts::{Agreement, ModelFact};

/// Computes the facts of the base, which answers about the system as it is are held against. A promise is not: it is the designs that must keep it.
///
/// A directory without a model has none; a model with mistakes is mended first.
pub(super) fn model_facts(directory: &Path, questionnaire: &Questionnaire) -> Result<Vec<ModelFact>> {
    if !directory.join(BASE_FILE).is_file() {
        return Ok(Vec::new());
    }
    let model = Model::read(&disk::target(directory)?.files);
    if model.has_errors() {
        output::narrate("the model has mistakes (`weighbridge check` lists them); it is asked without what the model says");
        return Ok(Vec::new());
    }
    let assessment = assess_to_judge(&model.base);
    let design = Design { system: &model.base, assessment: &assessment };
    let fact = |id: QuestionId| {
        let row = counterpart(questionnaire.question(id)).filter(|row| row.scope == Scope::Today)?;
        Some(fact(questionnaire, id, row, (row.compute)(&design)?))
    };
    Ok(questionnaire.question_ids().filter_map(fact).collect())
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
