//! Reads answers, and carries them over from earlier versions of the questionnaire. Nothing is deleted: what has no question any more stays in the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::answers::{Answer, Answers, Confidence, Response, Status, checked_choices, checked_number};
use super::definition::{Kind, Question, QuestionId, Questionnaire, Version};
use super::read::check_format;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::quantity::Date;
use crate::source::{FileId, Sources};
use crate::syntax::fields::{Fields, Report, Word, entries, number, parse, word};
use crate::syntax::type_name;

/// Reads an answers file.
///
/// An exact id is kept; a former id of a question or an option is renamed; an unknown question is left for `[orphans]`; after a major change of the
/// questionnaire every answer is stale. Each of these is a warning, so that `upgrade` can be asked for. Answers to a newer questionnaire are an error: who
/// knows only the older one would write them down to it. So is an id that is nearly that of a question, where no other version explains it.
pub fn read_answers(sources: &Sources, file: FileId, questionnaire: &Questionnaire) -> (Answers, Vec<Diagnostic>) {
    let text = &sources.file(file).text;
    let mut report = Report { file, diagnostics: Vec::new() };
    let root = parse(text, &mut report);
    let start = report.span(0..text.lines().next().map_or(0, str::len));
    let mut fields = Fields::new(root.get_ref(), start, "the answers file");
    check_format(&mut fields, &mut report);
    let mut answers = Answers::new(questionnaire);
    let age = check_version(&mut fields, questionnaire, &mut answers, &mut report);
    answers.system = fields.text("system", &mut report);
    if let Some((table, _)) = fields.table("spread", &mut report) {
        for (key, value) in entries(table, &report) {
            answers.spread.extend(questionnaire.find_question(&key.text).zip(number(value.get_ref())));
        }
    }
    fields.take("orphans");
    if let Some((table, _)) = fields.table("answers", &mut report).filter(|_| age != Age::Newer) {
        for (key, value) in entries(table, &report) {
            answer(&key, value, questionnaire, age, &mut answers, &mut report);
        }
    }
    fields.finish(&mut report);
    let mut diagnostics = report.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    (answers, diagnostics)
}

/// How the answers' version and the questionnaire's differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    /// The questionnaire is older than the answers: what it does not know says nothing of them.
    Newer,
    /// Only words differ.
    Same,
    /// Ids may have come, gone or changed their names.
    Other,
    /// Ids may mean something else.
    Old,
}

/// Compares the version that the answers were given to with that of the questionnaire.
fn check_version(fields: &mut Fields<'_, '_>, questionnaire: &Questionnaire, answers: &mut Answers, report: &mut Report) -> Age {
    let Some(word) = fields.required("questionnaire", report) else { return Age::Other };
    let (id, version) = word.text.split_once('@').unwrap_or((&word.text, ""));
    if id != questionnaire.id {
        let message = format!("the answers belong to the questionnaire `{id}`, not to `{}`", questionnaire.id);
        report.push(Diagnostic::new(Code::UnknownValue, word.span, message));
        return Age::Other;
    }
    let Some(version) = Version::parse(version) else {
        let message = format!("`{}` names no version", word.text);
        let help = format!("write `{}@{}`", questionnaire.id, questionnaire.version);
        report.push(Diagnostic::new(Code::UnknownValue, word.span, message).help(help));
        return Age::Other;
    };
    answers.version = version;
    let own = questionnaire.version;
    if (version.major, version.minor) > (own.major, own.minor) {
        let message = format!("the answers were given to version {version} of the questionnaire, which is newer than this one, {own}");
        report.push(
            Diagnostic::new(Code::UnknownValue, word.span, message)
                .help(format!("name the newer questionnaire with `--questionnaire FILE`, or take a weighbridge that has {version}")),
        );
        return Age::Newer;
    }
    if version.major != own.major {
        let message = format!("the answers were given to version {version}, and {own} means other things by some of its ids");
        report.push(
            Diagnostic::new(Code::OutdatedAnswer, word.span, message)
                .help("run `weighbridge answers upgrade`, then `weighbridge ask --unanswered` for what is marked stale"),
        );
        return Age::Old;
    }
    if version.minor == own.minor { Age::Same } else { Age::Other }
}

/// Finds the question of an id, a former id included; the flag says that it was a former one.
pub(super) fn find_question(questionnaire: &Questionnaire, id: &str) -> Option<(QuestionId, bool)> {
    if let Some(found) = questionnaire.find_question(id) {
        return Some((found, false));
    }
    let found = questionnaire.questions.iter().position(|question| question.formerly.iter().any(|old| old == id));
    found.map(|at| (QuestionId(at), true))
}

fn answer(key: &Word, value: &Spanned<DeValue<'_>>, questionnaire: &Questionnaire, age: Age, answers: &mut Answers, report: &mut Report) {
    let Some((id, is_renamed)) = find_question(questionnaire, &key.text) else {
        let near = nearest(&key.text, questionnaire.questions.iter().map(|question| question.id.as_str()));
        let hint = near.map(|id| format!("did you mean `{id}`?"));
        let unknown = format!("no question has the id `{}`", key.text);
        report.push(match hint {
            Some(hint) if age == Age::Same => Diagnostic::new(Code::UnknownQuestion, key.span, unknown).help(hint),
            hint => {
                Diagnostic::new(Code::OutdatedAnswer, key.span, format!("{unknown}; the answer is kept under `[orphans]`")).maybe_help(hint)
            }
        });
        return;
    };
    let question = questionnaire.question(id);
    if is_renamed {
        report.push(Diagnostic::new(Code::OutdatedAnswer, key.span, format!("`{}` is called `{}` now", key.text, question.id)));
        if answers.get(id).is_some() || answers.unreadable.contains(&id) {
            return;
        }
    }
    let DeValue::Table(table) = value.get_ref() else {
        report.wrong_type(report.span(value.span()), &key.text, "a table with `value` or `skip`", value.get_ref());
        answers.unreadable.push(id);
        return;
    };
    match details(key, table, question, questionnaire, report) {
        None => answers.unreadable.push(id),
        Some(mut answer) => {
            answer.stale |= age == Age::Old;
            answers.set(id, answer);
        }
    }
}

fn details(key: &Word, table: &DeTable<'_>, question: &Question, questionnaire: &Questionnaire, report: &mut Report) -> Option<Answer> {
    let mut fields = Fields::new(table, key.span, format!("the answer `{}`", key.text));
    let value = fields.take("value");
    let skip = fields.word("skip", report);
    let status = match (value, skip) {
        (Some(value), None) => status(value, question, questionnaire, report),
        (None, Some(word)) => match word.text.as_str() {
            "n/a" => Some(Status::NotApplicable),
            "later" => Some(Status::Later),
            _ => {
                report.unknown(Code::UnknownValue, &word, format!("`skip` does not know `{}`", word.text), ["n/a", "later"]);
                None
            }
        },
        (Some(_), Some(word)) => {
            report.push(Diagnostic::new(Code::ContradictoryFacts, word.span, "an answer has a `value`, or is skipped, not both"));
            None
        }
        (None, None) => {
            fields.missing("value", report);
            None
        }
    };
    let confidence = fields.word("confidence", report).and_then(|word| {
        let found = Confidence::ALL.iter().copied().find(|confidence| confidence.word() == word.text);
        if found.is_none() {
            let known = Confidence::ALL.iter().map(|confidence| confidence.word());
            report.unknown(Code::UnknownValue, &word, format!("`confidence` does not know `{}`", word.text), known);
        }
        found
    });
    let by = one_or_many(&mut fields, "by", report);
    let on = fields.take("on").and_then(|value| {
        let date = date(value.get_ref());
        if date.is_none() {
            report.wrong_type(report.span(value.span()), "on", "a date such as `2026-11-20`", value.get_ref());
        }
        date
    });
    let answer = Answer {
        status: Status::Unknown,
        confidence,
        reason: fields.text("reason", report),
        by,
        on,
        evidence: one_or_many(&mut fields, "evidence", report),
        note: fields.text("note", report),
        stale: fields.boolean("stale", report).unwrap_or(false),
        merged: fields.boolean("merged", report).unwrap_or(false),
    };
    fields.finish(report);
    status.map(|status| Answer { status, ..answer })
}

/// Reads a string, or a list of strings.
fn one_or_many(fields: &mut Fields<'_, '_>, key: &'static str, report: &mut Report) -> Vec<String> {
    match fields.take(key).map(Spanned::get_ref) {
        Some(DeValue::String(text)) => vec![text.to_string()],
        Some(_) => fields.words(key, report).into_iter().map(|word| word.text).collect(),
        None => Vec::new(),
    }
}

fn date(value: &DeValue<'_>) -> Option<Date> {
    let datetime = value.as_datetime()?;
    let date = datetime.date?;
    datetime.time.is_none().then_some(Date { year: date.year, month: date.month, day: date.day })
}

/// Reads the value of an answer.
fn status(value: &Spanned<DeValue<'_>>, question: &Question, questionnaire: &Questionnaire, report: &mut Report) -> Option<Status> {
    let span = report.span(value.span());
    if value.get_ref().as_str() == Some("unknown") {
        return Some(Status::Unknown);
    }
    let out_of_bounds = |message: String, report: &mut Report| report.push(Diagnostic::new(Code::OutOfBounds, span, message));
    let response = match (question.kind, value.get_ref()) {
        (Kind::Choice, DeValue::String(_)) | (Kind::YesNo, DeValue::String(_)) => Response::Option(option(value, question, report)?),
        (Kind::YesNo, DeValue::Boolean(yes)) => Response::Option(question.find_option(if *yes { "yes" } else { "no" })?),
        (Kind::Multi, DeValue::Array(array)) => {
            let chosen: Vec<Option<usize>> = array.iter().map(|one| option(one, question, report)).collect();
            match checked_choices(question, chosen.into_iter().collect::<Option<_>>()?) {
                Ok(chosen) => Response::Options(chosen),
                Err(message) => {
                    out_of_bounds(message, report);
                    return None;
                }
            }
        }
        (Kind::Scale, DeValue::Table(table)) => {
            let mut rows = Vec::new();
            for (key, one) in entries(table, report) {
                let Some(force) = questionnaire.find_force(&key.text) else {
                    let known = questionnaire.forces.iter().map(|force| force.id.as_str());
                    report.unknown(Code::UnknownForce, &key, format!("no need has the id `{}`", key.text), known);
                    return None;
                };
                rows.push((force, option(one, question, report)?));
            }
            rows.sort_unstable();
            Response::Rows(rows)
        }
        (Kind::Number, DeValue::Integer(_) | DeValue::Float(_)) => {
            match number(value.get_ref()).map(|number| checked_number(question, number)) {
                Some(Ok(number)) => Response::Number(number),
                Some(Err(message)) => {
                    out_of_bounds(message, report);
                    return None;
                }
                None => {
                    out_of_bounds(format!("the answer to `{}` is no finite decimal number", question.id), report);
                    return None;
                }
            }
        }
        (Kind::Number, DeValue::String(_)) if !question.options.is_empty() => Response::Option(option(value, question, report)?),
        (Kind::Text, DeValue::String(text)) => Response::Text(text.to_string()),
        (kind, other) => {
            let expected = match kind {
                Kind::Choice => "an option in quotes",
                Kind::YesNo => "`\"yes\"` or `\"no\"`",
                Kind::Multi => "a list of options",
                Kind::Scale => "a table of need and option",
                Kind::Number => "a number",
                Kind::Text => "a string",
            };
            let message = format!("the answer to `{}` is {expected}, not {}", question.id, type_name(other));
            report.push(Diagnostic::new(Code::WrongType, span, message));
            return None;
        }
    };
    Some(Status::Given(response))
}

/// Finds an option, a former id included.
fn option(value: &Spanned<DeValue<'_>>, question: &Question, report: &mut Report) -> Option<usize> {
    let word = word(value, "value", report)?;
    if let Some(found) = question.find_option(&word.text) {
        return Some(found);
    }
    if let Some(found) = question.options.iter().position(|option| option.formerly.contains(&word.text)) {
        let message = format!("the option `{}` is called `{}` now", word.text, question.options[found].id);
        report.push(Diagnostic::new(Code::OutdatedAnswer, word.span, message));
        return Some(found);
    }
    let message = format!("the question `{}` has no option `{}`", question.id, word.text);
    report.unknown(Code::UnknownOption, &word, message, question.options.iter().map(|option| option.id.as_str()));
    None
}
