//! Reads a questionnaire's TOML. Reading never stops at the first mistake.

mod limit;
mod order;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic};
use crate::questionnaire::condition::{self, Asked, Condition, RESERVED, Vocabulary};
use crate::questionnaire::definition::{
    Candidate, CandidateId, Choice, Force, ForceId, ForceKind, GradeCap, Kind, MAX_CANDIDATES, MAX_FORCES, MAX_OPTIONS, MAX_QUESTIONS,
    MAX_VETOES, Modular, Question, Questionnaire, Ramp, Sample, Section, Version, Veto,
};
use crate::questionnaire::known::MODEL_RESULTS;
use crate::source::{FileId, Sources, Span};
use crate::syntax::fields::{Fields, Report, Word, checked_id, entries, number, parse, within};

/// The most random answer sets of a base rate.
const MAX_SAMPLE: f64 = 100_000.0;

/// The most break points of a number.
const MAX_BREAKS: usize = 64;

/// Reads a questionnaire; what could not be read is left out and reported.
pub fn read(sources: &Sources, file: FileId) -> (Questionnaire, Vec<Diagnostic>) {
    let text = &sources.file(file).text;
    let mut report = Report { file, diagnostics: Vec::new() };
    let root = parse(text, &mut report);
    let start = report.span(0..text.lines().next().map_or(0, str::len));
    let mut fields = Fields::new(root.get_ref(), start, "the questionnaire");
    check_format(&mut fields, &mut report);
    let mut questionnaire = Questionnaire {
        id: fields.id(&mut report).map(|word| word.text).unwrap_or_default(),
        version: version(&mut fields, &mut report),
        locale: fields.text("locale", &mut report).unwrap_or_else(|| "en".to_owned()),
        title: fields.text("title", &mut report).unwrap_or_default(),
        floor: fields.number_within("floor", 0.0, 1.0, &mut report).unwrap_or(0.0),
        forces: Vec::new(),
        candidates: Vec::new(),
        sections: Vec::new(),
        questions: Vec::new(),
        vetoes: Vec::new(),
        core: Vec::new(),
        core_span: start,
        visiting_order: Vec::new(),
        sample: Sample { size: 20_000, given: None, given_label: String::new() },
    };
    if let Some((table, _)) = fields.table("forces", &mut report) {
        questionnaire.forces = forces(table, &mut report);
    }
    if let Some((table, _)) = fields.table("candidates", &mut report) {
        questionnaire.candidates = candidates(table, &questionnaire.forces, &mut report);
    }
    for (table, span) in fields.tables("section", &mut report) {
        let mut fields = Fields::new(table, span, "a section");
        let (id, title) = (fields.id(&mut report), fields.text("title", &mut report));
        fields.finish(&mut report);
        questionnaire.sections.extend(id.map(|id| Section { title: title.unwrap_or_else(|| id.text.clone()), id: id.text, span: id.span }));
    }
    let conditions = questions(&mut fields, &mut questionnaire, &mut report);
    let asked = |one: &Question| Asked {
        id: one.id.clone(),
        kind: one.kind,
        options: one.options.iter().map(|option| option.id.clone()).collect(),
    };
    let asked: Vec<Asked> = questionnaire.questions.iter().map(asked).collect();
    let vocabulary = Vocabulary { questions: &asked };
    for (question, text) in questionnaire.questions.iter_mut().zip(conditions) {
        question.show_if = text.and_then(|word| condition::parse(&word.text, word.span, &vocabulary, &mut report.diagnostics));
    }
    for (table, span) in fields.tables("veto", &mut report) {
        if questionnaire.vetoes.len() == MAX_VETOES {
            too_many(&mut report, span, "vetoes", MAX_VETOES);
            break;
        }
        questionnaire.vetoes.extend(veto(table, span, &questionnaire.candidates, &vocabulary, &mut report));
    }
    core(&mut fields, &mut questionnaire, &mut report);
    if let Some((table, span)) = fields.table("sample", &mut report) {
        questionnaire.sample = sample(table, span, &vocabulary, &mut report);
    }
    fields.finish(&mut report);
    limit::report_too_much_to_search(&questionnaire, &mut report);
    limit::report_too_much_to_weigh(&questionnaire, &mut report);
    report_collisions(&questionnaire, &mut report);
    order::order(&mut questionnaire, &mut report);
    let mut diagnostics = report.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    (questionnaire, diagnostics)
}

/// Checks `format = 1`.
pub(in crate::questionnaire) fn check_format(fields: &mut Fields<'_, '_>, report: &mut Report) {
    let span = fields.take("format").map_or(fields.span, |value| report.span(value.span()));
    match fields.number("format", report) {
        Some(1.0) => {}
        Some(other) => {
            report.push(Diagnostic::new(Code::UnknownFormat, span, format!("format {other} is not known")).help("write `format = 1`"))
        }
        None => {
            report.push(Diagnostic::new(Code::UnknownFormat, span, "the file has no `format`").help("begin the file with `format = 1`"))
        }
    }
}

fn version(fields: &mut Fields<'_, '_>, report: &mut Report) -> Version {
    let Some(word) = fields.required("version", report) else { return Version::default() };
    Version::parse(&word.text).unwrap_or_else(|| {
        report.push(
            Diagnostic::new(Code::UnknownValue, word.span, format!("`{}` is no version", word.text))
                .help("write three numbers, such as `1.0.0`"),
        );
        Version::default()
    })
}

/// Finds a word among the words of a closed list.
fn symbol<T: Copy>(word: &Word, key: &str, known: &[(&'static str, T)], report: &mut Report) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
    if found.is_none() {
        let message = format!("`{key}` does not know `{}`", word.text);
        report.unknown(Code::UnknownValue, word, message, known.iter().map(|(name, _)| *name));
    }
    found
}

fn too_many(report: &mut Report, span: Span, what: &str, limit: usize) {
    report.push(Diagnostic::new(Code::LimitExceeded, span, format!("a questionnaire has at most {limit} {what}")));
}

fn forces(table: &DeTable<'_>, report: &mut Report) -> Vec<Force> {
    let mut forces = Vec::new();
    for (key, value) in entries(table, report) {
        let DeValue::Table(table) = value.get_ref() else {
            report.wrong_type(key.span, &key.text, "a table", value.get_ref());
            continue;
        };
        let Some(key) = checked_id(key, report) else { continue };
        if forces.len() == MAX_FORCES {
            too_many(report, key.span, "forces", MAX_FORCES);
            break;
        }
        let mut fields = Fields::new(table, key.span, format!("the force `{}`", key.text));
        let kind = fields.required("kind", report).and_then(|word| {
            symbol(&word, "kind", &[(ForceKind::Need.word(), ForceKind::Need), (ForceKind::Ready.word(), ForceKind::Ready)], report)
        });
        let label = fields.text("label", report).unwrap_or_else(|| key.text.clone());
        let first_step = fields.text("first-step", report).unwrap_or_default();
        fields.finish(report);
        forces.extend(kind.map(|kind| Force { id: key.text, kind, label, first_step, span: key.span }));
    }
    forces
}

/// Finds a force by a word, and reports it if there is none.
fn force(word: &Word, forces: &[Force], wanted: Option<ForceKind>, report: &mut Report) -> Option<ForceId> {
    let known = || forces.iter().filter(|force| wanted.is_none_or(|kind| force.kind == kind)).map(|force| force.id.as_str());
    let found = forces.iter().position(|force| force.id == word.text && wanted.is_none_or(|kind| force.kind == kind));
    if found.is_none() {
        let what = wanted.map_or("force", |kind| if kind == ForceKind::Need { "need" } else { "readiness" });
        report.unknown(Code::UnknownForce, word, format!("no {what} has the id `{}`", word.text), known());
    }
    found.map(ForceId)
}

fn candidates(table: &DeTable<'_>, forces: &[Force], report: &mut Report) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (key, value) in entries(table, report) {
        let DeValue::Table(table) = value.get_ref() else {
            report.wrong_type(key.span, &key.text, "a table", value.get_ref());
            continue;
        };
        let Some(key) = checked_id(key, report) else { continue };
        if candidates.len() == MAX_CANDIDATES {
            too_many(report, key.span, "candidates", MAX_CANDIDATES);
            break;
        }
        let mut fields = Fields::new(table, key.span, format!("the candidate `{}`", key.text));
        let label = fields.text("label", report).unwrap_or_else(|| key.text.clone());
        let family = fields.text("family", report).unwrap_or_default();
        let mut cells: Vec<Option<f64>> = vec![None; forces.len()];
        for (name, kind) in [("gives", ForceKind::Need), ("asks", ForceKind::Ready)] {
            if let Some((table, _)) = fields.table(name, report) {
                for (at, level) in levels(table, forces, Some(kind), report) {
                    cells[at.0] = Some(level);
                }
            }
        }
        let missing: Vec<&str> = forces.iter().zip(&cells).filter(|(_, cell)| cell.is_none()).map(|(force, _)| force.id.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("the candidate `{}` says nothing of `{}`", key.text, missing.join("`, `"));
            report.push(Diagnostic::new(Code::IncompleteCandidate, key.span, message).help("add the forces to `gives` or `asks`"));
        }
        let modular = fields.table("modular-from", report).and_then(|(table, _)| {
            levels(table, forces, Some(ForceKind::Need), report)
                .first()
                .map(|(force, at_least)| Modular { force: *force, at_least: *at_least })
        });
        fields.finish(report);
        let cells = cells.into_iter().map(|cell| cell.unwrap_or(0.0)).collect();
        candidates.push(Candidate { id: key.text, label, family, cells, modular, span: key.span });
    }
    candidates
}

/// Reads `{ force = level, … }`.
fn levels(table: &DeTable<'_>, forces: &[Force], wanted: Option<ForceKind>, report: &mut Report) -> Vec<(ForceId, f64)> {
    let mut found = Vec::new();
    for (key, value) in entries(table, report) {
        let span = report.span(value.span());
        // A level that was refused still stands: that it is missing would be a second mistake of one cause.
        let level = match number(value.get_ref()) {
            None => {
                report.wrong_type(span, &key.text, "a number between 0 and 1", value.get_ref());
                0.0
            }
            Some(level) => within(level, 0.0, 1.0, &key.text, span, report).unwrap_or(0.0),
        };
        found.extend(force(&key, forces, wanted, report).map(|force| (force, level)));
    }
    found.sort_by_key(|(force, _)| *force);
    found
}

/// Reads the questions, and returns the texts of their conditions, which can speak of later questions.
fn questions(fields: &mut Fields<'_, '_>, questionnaire: &mut Questionnaire, report: &mut Report) -> Vec<Option<Word>> {
    let mut conditions = Vec::new();
    for (table, span) in fields.tables("question", report) {
        if questionnaire.questions.len() == MAX_QUESTIONS {
            too_many(report, span, "questions", MAX_QUESTIONS);
            break;
        }
        let mut fields = Fields::new(table, span, "a question");
        let Some(id) = fields.id(report) else { continue };
        report_unspeakable(&id, report);
        let mut fields = Fields::new(table, id.span, format!("the question `{}`", id.text));
        fields.take("id");
        let kinds: Vec<(&str, Kind)> = Kind::ALL.iter().map(|kind| (kind.word(), *kind)).collect();
        let kind = fields.required("kind", report).and_then(|word| symbol(&word, "kind", &kinds, report)).unwrap_or_else(|| meant(table));
        let section = section(&mut fields, questionnaire, report);
        let ask = fields.required("ask", report).map(|word| word.text).unwrap_or_default();
        let (options, misread) = options(&mut fields, kind, questionnaire, report);
        let question = Question {
            section,
            kind,
            ask,
            why: fields.text("why", report).unwrap_or_default(),
            help: fields.text("help", report).unwrap_or_default(),
            watch: fields.text("watch", report).unwrap_or_default(),
            article: fields.text("article", report).unwrap_or_default(),
            model: fields.word("model", report).and_then(|word| result(&word, report)),
            show_if: None,
            formerly: fields.words("formerly", report).into_iter().map(|word| word.text).collect(),
            optional: fields.boolean("optional", report).unwrap_or(false),
            ramps: ramps(&mut fields, &questionnaire.forces, report),
            min: fields.number("min", report),
            max: fields.number("max", report),
            whole: fields.boolean("whole", report).unwrap_or(false),
            unit: fields.text("unit", report),
            at_most: fields.number_within("at-most", 1.0, 64.0, report).map(|number| number as usize),
            each_further: fields.number_within("each-further", 0.0, 1.0, report).unwrap_or(0.0),
            weight: fields.number_within("weight", 0.0, 4.0, report),
            options,
            id: id.text,
            span: id.span,
        };
        if let (Some(min), Some(max)) = (question.min, question.max)
            && min > max
        {
            let message = format!("no number answers `{}`: `min` is {min}, and `max` {max}", question.id);
            report.push(Diagnostic::new(Code::OutOfBounds, question.span, message).help("exchange them, or leave one out"));
        }
        let condition = fields.word("show_if", report);
        fields.finish(report);
        report_missing_levels(&question, &misread, questionnaire, report);
        questionnaire.questions.push(question);
        conditions.push(condition);
    }
    conditions
}

/// Guesses the kind of a question that states none that is known: what follows from that mistake need not be said.
fn meant(table: &DeTable<'_>) -> Kind {
    let has = |keys: &[&str]| keys.iter().any(|key| table.get(*key).is_some());
    match (has(&["breaks", "min", "max", "unit"]), has(&["option"])) {
        (true, _) => Kind::Number,
        (false, true) => Kind::Choice,
        (false, false) => Kind::Text,
    }
}

/// An id of which conditions cannot speak: a word of theirs, or what reads as a number.
fn report_unspeakable(id: &Word, report: &mut Report) {
    if RESERVED.contains(&id.text.as_str()) || id.text.parse::<f64>().is_ok() {
        let message = format!("conditions cannot speak of a question with the id `{}`", id.text);
        report.push(
            Diagnostic::new(Code::MalformedId, id.span, message).help("take a word that is neither a number nor `and`, `or`, `not`, `in`"),
        );
    }
}

/// Checks the name of a computed result.
fn result(word: &Word, report: &mut Report) -> Option<String> {
    let is_known = MODEL_RESULTS.contains(&word.text.as_str());
    if !is_known {
        let message = format!("nothing is computed under the name `{}`", word.text);
        report.unknown(Code::UnknownFact, word, message, MODEL_RESULTS.iter().copied());
    }
    is_known.then(|| word.text.clone())
}

fn section(fields: &mut Fields<'_, '_>, questionnaire: &Questionnaire, report: &mut Report) -> usize {
    let Some(word) = fields.required("section", report) else { return 0 };
    let found = questionnaire.sections.iter().position(|section| section.id == word.text);
    if found.is_none() {
        let known = questionnaire.sections.iter().map(|section| section.id.as_str());
        report.unknown(Code::UnknownValue, &word, format!("no section has the id `{}`", word.text), known);
    }
    found.unwrap_or(0)
}

/// Reads `drives` or `bounds` with `breaks`.
fn ramps(fields: &mut Fields<'_, '_>, forces: &[Force], report: &mut Report) -> Vec<Ramp> {
    let driven = fields.word("drives", report);
    let bounded = fields.word("bounds", report);
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (at, value) in fields.array("breaks", report).into_iter().flatten().enumerate() {
        let span = report.span(value.span());
        if at == MAX_BREAKS {
            report.push(Diagnostic::new(Code::LimitExceeded, span, format!("a number has at most {MAX_BREAKS} break points")));
            break;
        }
        let pair: Vec<f64> = value.get_ref().as_array().into_iter().flatten().filter_map(|one| number(one.get_ref())).collect();
        match pair.as_slice() {
            [at, level] if (0.0..=1.0).contains(level) && points.last().is_none_or(|(last, _)| last < at) => points.push((*at, *level)),
            _ => report.push(
                Diagnostic::new(
                    Code::OutOfBounds,
                    span,
                    "a break point is `[number, level]`, the numbers rising, the level between 0 and 1",
                )
                .help("write for example `breaks = [[1, 0.9], [20, 0.1]]`"),
            ),
        }
    }
    let mut ramps = Vec::new();
    for (word, is_bound) in [(driven, false), (bounded, true)] {
        let Some(word) = word else { continue };
        if points.is_empty() {
            fields.missing("breaks", report);
        } else {
            let wanted = is_bound.then_some(ForceKind::Need);
            ramps.extend(force(&word, forces, wanted, report).map(|force| Ramp { force, points: points.clone(), is_bound }));
        }
    }
    ramps
}

/// Reads the options of a question; the second list says of which the levels were not all understood.
fn options(fields: &mut Fields<'_, '_>, kind: Kind, questionnaire: &Questionnaire, report: &mut Report) -> (Vec<Choice>, Vec<usize>) {
    let forces = &questionnaire.forces;
    let (mut options, mut misread): (Vec<Choice>, Vec<usize>) = (Vec::new(), Vec::new());
    for (table, span) in fields.tables("option", report) {
        if options.len() == MAX_OPTIONS {
            report.push(Diagnostic::new(Code::LimitExceeded, span, format!("a question has at most {MAX_OPTIONS} options")));
            break;
        }
        let mut fields = Fields::new(table, span, "an option");
        let Some(id) = fields.id(report) else { continue };
        let mut fields = Fields::new(table, id.span, format!("the option `{}`", id.text));
        fields.take("id");
        let candidate = fields.word("candidate", report).and_then(|word| candidate(&word, &questionnaire.candidates, report));
        let weighs = fields.words("weighs", report);
        let n_mistakes = report.diagnostics.len();
        let levels = fields.table("level", report).map(|(table, _)| levels(table, forces, None, report)).unwrap_or_default();
        if report.diagnostics.len() > n_mistakes {
            misread.push(options.len());
        }
        let caps = [("leaning", GradeCap::Leaning), ("contested", GradeCap::Contested)];
        options.push(Choice {
            label: fields.text("label", report).unwrap_or_else(|| id.text.clone()),
            levels,
            weighs: weighs.iter().filter_map(|word| force(word, forces, None, report)).collect(),
            horizon: fields.number_within("horizon", 0.0, 1.0, report),
            floor: fields.number_within("floor", 0.0, 1.0, report),
            grade_at_most: fields.word("grade-at-most", report).and_then(|word| symbol(&word, "grade-at-most", &caps, report)),
            candidate,
            finding: fields.text("finding", report),
            formerly: fields.words("formerly", report).into_iter().map(|word| word.text).collect(),
            id: id.text,
            span: id.span,
        });
        fields.finish(report);
    }
    let needed = matches!(kind, Kind::Choice | Kind::YesNo | Kind::Multi | Kind::Scale);
    if needed && options.is_empty() {
        fields.missing("option", report);
    }
    if kind == Kind::YesNo && !options.is_empty() && options.iter().map(|option| option.id.as_str()).ne(["no", "yes"]) {
        report.push(Diagnostic::new(
            Code::UnknownOption,
            fields.span,
            "a question of kind `yes-no` has the options `no` and `yes`, in this order",
        ));
    }
    (options, misread)
}

fn candidate(word: &Word, candidates: &[Candidate], report: &mut Report) -> Option<CandidateId> {
    let found = candidates.iter().position(|candidate| candidate.id == word.text);
    if found.is_none() {
        let known = candidates.iter().map(|candidate| candidate.id.as_str());
        report.unknown(Code::UnknownCandidate, word, format!("no candidate has the id `{}`", word.text), known);
    }
    found.map(CandidateId)
}

/// An option without a level, next to options with one, would look like no answer. Where a level was not understood, that is said already.
fn report_missing_levels(question: &Question, misread: &[usize], questionnaire: &Questionnaire, report: &mut Report) {
    if question.kind == Kind::Number {
        return;
    }
    let driven = question.drives();
    for (_, option) in question.options.iter().enumerate().filter(|(at, _)| !misread.contains(at)) {
        let missing: Vec<&str> = driven
            .iter()
            .filter(|force| option.levels.iter().all(|(set, _)| set != *force))
            .map(|force| questionnaire.force(*force).id.as_str())
            .collect();
        if !missing.is_empty() {
            let message = format!("the option `{}` of `{}` sets no level of `{}`", option.id, question.id, missing.join("`, `"));
            report.push(Diagnostic::new(Code::OptionWithoutLevel, option.span, message).label("other options of the question do"));
        }
    }
}

fn veto(table: &DeTable<'_>, span: Span, candidates: &[Candidate], vocabulary: &Vocabulary<'_>, report: &mut Report) -> Option<Veto> {
    let mut fields = Fields::new(table, span, "a veto");
    let id = fields.id(report);
    let when = fields.required("when", report);
    let struck = fields.words("candidates", report);
    let because = fields.required("because", report);
    let lift = fields.required("lift", report);
    let from_need = fields.boolean("need", report).unwrap_or(false);
    fields.finish(report);
    let mut struck: Vec<CandidateId> = struck.iter().filter_map(|word| candidate(word, candidates, report)).collect();
    struck.sort_unstable();
    struck.dedup();
    let when = when.and_then(|word| condition::parse(&word.text, word.span, vocabulary, &mut report.diagnostics))?;
    let id = id?;
    Some(Veto { id: id.text, when, candidates: struck, because: because?.text, lift: lift?.text, from_need, span: id.span })
}

fn core(fields: &mut Fields<'_, '_>, questionnaire: &mut Questionnaire, report: &mut Report) {
    if let Some(value) = fields.take("core") {
        questionnaire.core_span = report.span(value.span());
    }
    for word in fields.words("core", report) {
        match questionnaire.find_question(&word.text) {
            Some(id) if questionnaire.core.contains(&id) => {
                report.push(Diagnostic::new(Code::CollidingIds, word.span, format!("`{}` is listed twice", word.text)));
            }
            Some(id) => questionnaire.core.push(id),
            None => {
                let known = questionnaire.questions.iter().map(|question| question.id.as_str());
                report.unknown(Code::UnknownQuestion, &word, format!("no question has the id `{}`", word.text), known);
            }
        }
    }
}

fn sample(table: &DeTable<'_>, span: Span, vocabulary: &Vocabulary<'_>, report: &mut Report) -> Sample {
    let mut fields = Fields::new(table, span, "`sample`");
    let size = fields.number_within("size", 1.0, MAX_SAMPLE, report).unwrap_or(20_000.0) as usize;
    let given: Option<Condition> =
        fields.word("given", report).and_then(|word| condition::parse(&word.text, word.span, vocabulary, &mut report.diagnostics));
    let given_label = fields.text("given-label", report).unwrap_or_default();
    fields.finish(report);
    Sample { size, given, given_label }
}

/// Ids and former ids are unique: of sections, of questions, of vetoes, and of the options of each question.
fn report_collisions(questionnaire: &Questionnaire, report: &mut Report) {
    let questions = questionnaire.questions.iter();
    collide("section", questionnaire.sections.iter().map(|section| (section.id.as_str(), [].as_slice(), section.span)), report);
    collide("question", questions.clone().map(|question| (question.id.as_str(), question.formerly.as_slice(), question.span)), report);
    collide("veto", questionnaire.vetoes.iter().map(|veto| (veto.id.as_str(), [].as_slice(), veto.span)), report);
    for question in questions {
        let options = question.options.iter().map(|option| (option.id.as_str(), option.formerly.as_slice(), option.span));
        collide("option", options, report);
    }
}

fn collide<'a>(what: &str, elements: impl Iterator<Item = (&'a str, &'a [String], Span)>, report: &mut Report) {
    let mut names: Vec<(&str, bool, Span)> = Vec::new();
    for (id, formerly, span) in elements {
        names.push((id, false, span));
        names.extend(formerly.iter().map(|old| (old.as_str(), true, span)));
    }
    names.sort_by_key(|(name, _, span)| (*name, *span));
    for pair in names.windows(2) {
        let [(name, was_first, first), (other, was_second, second)] = pair else { continue };
        if name == other {
            let former = if *was_first || *was_second { "id or former id" } else { "id" };
            report.push(
                Diagnostic::new(Code::CollidingIds, *second, format!("`{name}` is the {former} of two {what}s"))
                    .related(*first, "the first"),
            );
        }
    }
}
