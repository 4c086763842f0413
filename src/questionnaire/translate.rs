//! Lays translated texts over a questionnaire: `[text] "outage-hour.ask" = "…"`. Ids are never translated, and a missing text falls back.

use super::definition::Questionnaire;
use super::read::check_format;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Sources};
use crate::syntax::fields::{Fields, Report, entries, parse, word};

/// Replaces the texts that a translation has, and notes the ones that it lacks.
pub fn translate(questionnaire: &mut Questionnaire, sources: &Sources, file: FileId) -> Vec<Diagnostic> {
    let text = &sources.file(file).text;
    let mut report = Report { file, diagnostics: Vec::new() };
    let root = parse(text, &mut report);
    let start = report.span(0..text.lines().next().map_or(0, str::len));
    let mut fields = Fields::new(root.get_ref(), start, "the translation");
    check_format(&mut fields, &mut report);
    if let Some(locale) = fields.text("locale", &mut report) {
        questionnaire.locale = locale;
    }
    let mut translated = Vec::new();
    if let Some((table, _)) = fields.table("text", &mut report) {
        for (key, value) in entries(table, &report) {
            translated.extend(word(value, &key.text, &mut report).map(|text| (key, text.text)));
        }
    }
    fields.finish(&mut report);
    translated.sort_by(|a, b| a.0.text.cmp(&b.0.text));
    let mut used = vec![false; translated.len()];
    for (name, place) in texts(questionnaire) {
        match translated.binary_search_by(|(key, _)| key.text.as_str().cmp(&name)) {
            Ok(at) => {
                used[at] = true;
                place.clone_from(&translated[at].1);
            }
            Err(_) if place.is_empty() => {}
            Err(_) => report.push(Diagnostic::new(Code::MissingTranslation, start, format!("no text `{name}`"))),
        }
    }
    for ((key, _), _) in translated.iter().zip(used).filter(|(_, used)| !used) {
        report.push(Diagnostic::new(Code::UnknownKey, key.span, format!("the questionnaire has no text `{}`", key.text)));
    }
    let mut diagnostics = report.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    diagnostics
}

/// Returns every text of a questionnaire with its name.
fn texts(questionnaire: &mut Questionnaire) -> Vec<(String, &mut String)> {
    let mut texts = vec![("title".to_owned(), &mut questionnaire.title)];
    for force in &mut questionnaire.forces {
        texts.push((format!("{}.label", force.id), &mut force.label));
        texts.push((format!("{}.first-step", force.id), &mut force.first_step));
    }
    texts.extend(questionnaire.candidates.iter_mut().map(|one| (format!("{}.label", one.id), &mut one.label)));
    texts.extend(questionnaire.sections.iter_mut().map(|section| (format!("{}.title", section.id), &mut section.title)));
    for question in &mut questionnaire.questions {
        texts.push((format!("{}.ask", question.id), &mut question.ask));
        texts.push((format!("{}.why", question.id), &mut question.why));
        texts.push((format!("{}.help", question.id), &mut question.help));
        texts.push((format!("{}.watch", question.id), &mut question.watch));
        for option in &mut question.options {
            texts.push((format!("{}.{}", question.id, option.id), &mut option.label));
            texts.extend(option.finding.as_mut().map(|finding| (format!("{}.{}.finding", question.id, option.id), finding)));
        }
    }
    for veto in &mut questionnaire.vetoes {
        texts.push((format!("{}.because", veto.id), &mut veto.because));
        texts.push((format!("{}.lift", veto.id), &mut veto.lift));
    }
    texts
}
