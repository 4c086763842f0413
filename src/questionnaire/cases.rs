//! Published cases: answers that are a reading of what teams told about their systems, with the verdicts that fit what they did.

use super::answers::{Answer, Answers, parse_text};
use super::definition::{CandidateId, Questionnaire};
use super::read::check_format;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Sources};
use crate::syntax::fields::{Fields, Report, checked_id, entries, parse, word};

/// The cases that come with the program's questionnaire.
pub const PUBLISHED_CASES: &str = include_str!("../../questionnaires/should-you-distribute.cases.toml");

/// One published case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its id.
    pub id: String,
    /// Its name in a sentence.
    pub name: String,
    /// The verdicts that fit.
    pub verdicts: Vec<CandidateId>,
    /// Its answers.
    pub answers: Answers,
}

/// Returns the published cases, where a questionnaire asks what they answer.
pub fn published_cases(questionnaire: &Questionnaire) -> Vec<Case> {
    let mut sources = Sources::default();
    let file = sources.add("should-you-distribute.cases.toml", PUBLISHED_CASES);
    let (cases, diagnostics) = read_cases(&sources, file, questionnaire);
    if diagnostics.is_empty() { cases } else { Vec::new() }
}

/// Reads a file of cases.
pub fn read_cases(sources: &Sources, file: FileId, questionnaire: &Questionnaire) -> (Vec<Case>, Vec<Diagnostic>) {
    let text = &sources.file(file).text;
    let mut report = Report { file, diagnostics: Vec::new() };
    let root = parse(text, &mut report);
    let start = report.span(0..text.lines().next().map_or(0, str::len));
    let mut fields = Fields::new(root.get_ref(), start, "the file of cases");
    check_format(&mut fields, &mut report);
    let mut cases = Vec::new();
    for (table, span) in fields.tables("case", &mut report) {
        let mut fields = Fields::new(table, span, "a case");
        let Some(id) = fields.id(&mut report).and_then(|id| checked_id(id, &mut report)) else { continue };
        let name = fields.text("name", &mut report).unwrap_or_else(|| id.text.clone());
        let mut verdicts = Vec::new();
        for word in fields.words("verdicts", &mut report) {
            match questionnaire.find_candidate(&word.text) {
                Some(candidate) => verdicts.push(candidate),
                None => {
                    let known = questionnaire.candidates.iter().map(|candidate| candidate.id.as_str());
                    report.unknown(Code::UnknownCandidate, &word, format!("no candidate has the id `{}`", word.text), known);
                }
            }
        }
        let mut answers = Answers::new(questionnaire);
        if let Some((table, _)) = fields.table("answers", &mut report) {
            for (key, value) in entries(table, &report) {
                let Some(value) = word(value, &key.text, &mut report) else { continue };
                let Some(question) = questionnaire.find_question(&key.text) else {
                    let known = questionnaire.questions.iter().map(|question| question.id.as_str());
                    report.unknown(Code::UnknownQuestion, &key, format!("no question has the id `{}`", key.text), known);
                    continue;
                };
                match parse_text(questionnaire, question, &value.text) {
                    Ok(status) => answers.set(question, Answer::new(status)),
                    Err(message) => report.push(Diagnostic::new(Code::UnknownOption, value.span, message)),
                }
            }
        }
        fields.finish(&mut report);
        cases.push(Case { id: id.text, name, verdicts, answers });
    }
    fields.finish(&mut report);
    let mut diagnostics = report.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    (cases, diagnostics)
}
