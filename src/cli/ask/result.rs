//! What `ask` prints when it is over.

use std::path::Path;

use serde_json::{Value, json};

use super::{Commands, Ending};
use crate::cli::disk::DiskFiles;
use crate::cli::weighing::judge_model;
use crate::decision::{Inputs, Prefer, judge};
use crate::model::{BASE_FILE, Model};
use crate::questionnaire::answers::{Answer, Response, Status};
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::report::machine;
use crate::survey::{Survey, is_open};

/// Returns the verdict in a few lines; of a walk that was left, how far it is.
pub(super) fn human(survey: &Survey<'_>, ending: Ending, path: &str, commands: &Commands) -> String {
    let progress = survey.progress();
    let is_over = ending == Ending::Finished || (progress.of > 0 && survey.open_core().is_empty());
    let mut lines = if is_over { survey.end_page(&commands.next) } else { Vec::new() };
    if !is_over {
        lines.push(format!("{} of {} questions answered; to go on: {}", progress.answered, progress.of, commands.resume));
    }
    let questionnaire = survey.questionnaire();
    let contradicted: Vec<String> = survey
        .answers()
        .iter()
        .filter(|(question, _)| survey.is_shown(*question) && survey.contradiction(*question).is_some())
        .map(|(question, _)| format!("`{}`", questionnaire.question(question).id))
        .collect();
    if is_over && !contradicted.is_empty() {
        lines.push(format!("The model contradicts what was answered to {}: the verdict says how.", contradicted.join(", ")));
    }
    if survey.answers().iter().next().is_some() {
        lines.push(format!("Answers: {path}"));
    }
    lines.join("\n") + "\n"
}

/// Lists the core questions that have no answer, each with its options.
pub(super) fn missing(survey: &Survey<'_>) -> String {
    let questionnaire = survey.questionnaire();
    let open = survey.open_core();
    let plural = if open.len() == 1 { " has" } else { "s have" };
    let mut text = format!("error: {} core question{plural} no answer", open.len());
    for id in open {
        let question = questionnaire.question(id);
        let options: Vec<&str> = question.options.iter().map(|option| option.id.as_str()).collect();
        let options = if options.is_empty() { "NUMBER".to_owned() } else { options.join("|") };
        text.push_str(&format!("\n  --set {}={options}", question.id));
    }
    text
}

/// Returns answers and verdict for scripts; `docs/schema/ask.schema.json` describes it.
pub(super) fn json(survey: &Survey<'_>, ending: Ending, path: &str, directory: &Path) -> Value {
    let questionnaire = survey.questionnaire();
    let progress = survey.progress();
    let id = |question: QuestionId| questionnaire.question(question).id.as_str();
    let answers: Vec<Value> = survey.answers().iter().map(|(question, answer)| answer_json(survey, question, answer)).collect();
    json!({
        "schema": 1,
        "tool": concat!("weighbridge ", env!("CARGO_PKG_VERSION")),
        "questionnaire": format!("{}@{}", questionnaire.id, questionnaire.version),
        "system": survey.answers().system,
        "answers_file": path,
        "finished": ending == Ending::Finished,
        "answered": progress.answered,
        "of": progress.of,
        "open_core": survey.open_core().into_iter().map(id).collect::<Vec<_>>(),
        "answers": answers,
        "verdict": verdict(survey, directory),
    })
}

/// Returns the verdict as every command writes it, with the designs of the model beside the answers where there is a sound one.
fn verdict(survey: &Survey<'_>, directory: &Path) -> Value {
    let inputs = Inputs {
        questionnaire: survey.questionnaire().clone(),
        answers: survey.answers().clone(),
        people: Vec::new(),
        prefer: Prefer::default(),
    };
    let directory = Some(directory).filter(|directory| directory.join(BASE_FILE).is_file());
    let model = directory.and_then(|directory| DiskFiles::open(directory).ok()).map(|files| Model::read(&files));
    match model.filter(|model| !model.has_errors()) {
        Some(model) => machine::verdict_part(&judge_model(inputs, &model), Some(&model.sources)),
        None => machine::verdict_part(&judge(inputs, &[]), None),
    }
}

fn answer_json(survey: &Survey<'_>, question: QuestionId, answer: &Answer) -> Value {
    let questionnaire = survey.questionnaire();
    let (state, value) = match &answer.status {
        Status::Given(response) => ("given", response_json(questionnaire, question, response)),
        Status::Unknown => ("unknown", Value::Null),
        Status::NotApplicable => ("n/a", Value::Null),
        Status::Later => ("later", Value::Null),
    };
    json!({
        "question": questionnaire.question(question).id,
        "state": state,
        "value": value,
        "reason": answer.reason,
        "confidence": answer.confidence.map(crate::questionnaire::answers::Confidence::word),
        "by": answer.by,
        "on": answer.on.map(|on| on.to_string()),
        "evidence": answer.evidence,
        "note": answer.note,
        "stale": answer.stale,
        "open": is_open(survey.answers(), question),
        "active": survey.is_shown(question),
        "model_computes": survey.contradiction(question).map(|fact| fact.computed.clone()),
    })
}

fn response_json(questionnaire: &Questionnaire, question: QuestionId, response: &Response) -> Value {
    let option = |at: usize| questionnaire.question(question).options.get(at).map(|option| option.id.clone());
    match response {
        Response::Option(at) => json!(option(*at)),
        Response::Options(chosen) => json!(chosen.iter().map(|at| option(*at)).collect::<Vec<_>>()),
        Response::Rows(rows) => {
            Value::Object(rows.iter().map(|(force, at)| (questionnaire.force(*force).id.clone(), json!(option(*at)))).collect())
        }
        Response::Number(number) => json!(number),
        Response::Text(text) => json!(text),
    }
}
