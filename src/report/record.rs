//! The decision record: MADR 4.0.0, filled from a judgement, and laid over a file that people have written in.
//!
//! The tool owns what stands between its marks, `<!-- weighbridge:NAME:begin -->` and `<!-- weighbridge:NAME:end -->` (in the front matter, comments of YAML); all else is
//! people's: [`refresh`] leaves it as it is, to the byte. Nothing here knows the day: it comes from the answers, or from the caller.

mod file;

pub use file::{MarkError, Refreshed, is_record, refresh, status, with_status};

use serde::Serialize;

use super::machine::tool;
use super::markdown::{TemplateError, fill};
use super::text::{MarkdownText, percent_encoded};
use super::verdict::{advice_reason, all_that_lacks, candidate_words, label, scores, sentences, signed, trigger_words, two};
use super::words::{design, shell};
use crate::decision::{Judgement, joined};
use crate::derivation::sha256;
use crate::model::assumptions::ASSUMPTION_SET;
use crate::quantity::{self, Date, Probability};
use crate::questionnaire::answers::Confidence;
use crate::questionnaire::{CandidateId, ForceId, ForceKind};
use crate::verdict::{ForceLevel, Grade, Score};

/// From this level on a need drives the decision.
const STRONG_NEED: f64 = 0.5;

/// Up to this level a readiness drives it.
const WEAK_READINESS: f64 = 0.35;

/// The smallest term that is listed.
const SMALLEST_TERM: f64 = 0.05;

/// How many terms stand behind "because".
const REASONS: usize = 3;

/// The most triggers that a record lists.
const MAX_TRIGGERS: usize = 10;

/// What a record says besides the judgement.
#[derive(Debug, Clone, Default)]
pub struct Particulars {
    /// The number in the directory.
    pub number: u32,
    /// The heading.
    pub title: String,
    /// The status of a new record.
    pub status: String,
    /// The day, where one is given; else the newest of the answers.
    pub date: Option<Date>,
    /// Who was asked.
    pub consulted: Vec<String>,
    /// Who was told.
    pub informed: Vec<String>,
    /// The record that this one replaces: its number and its file.
    pub supersedes: Option<(u32, String)>,
    /// The system, and what it is today.
    pub system: String,
    /// What the base is, in a sentence.
    pub today: Option<String>,
    /// The model directory as commands take it, wherever the record was written from.
    pub path: String,
    /// Whether it holds a model, so that `check` has something to check.
    pub has_model: bool,
    /// The arguments with which the answers were weighed, each behind a blank.
    pub arguments: String,
    /// What the record rests on: what, and the text that is fingerprinted.
    pub inputs: Vec<(String, String)>,
}

/// What the template sees: every text is escaped.
#[derive(Debug, Serialize)]
struct RecordView {
    number: u32,
    quoted_title: String,
    title: String,
    status: String,
    date: Option<String>,
    decision_makers: String,
    consulted: String,
    informed: String,
    supersedes: Option<String>,
    context: Vec<String>,
    drivers: Vec<String>,
    options: Vec<OptionView>,
    chosen: String,
    outcome: Vec<String>,
    good: Vec<String>,
    bad: Vec<String>,
    confirmation: Vec<String>,
    more: Vec<String>,
    revisit: Vec<String>,
    fingerprints: Vec<String>,
    tool: String,
    assumption_set: String,
}

#[derive(Debug, Serialize)]
struct OptionView {
    name: String,
    score: String,
    gives: String,
    costs: String,
    /// Which designs model it, in words.
    models: String,
    struck: Vec<String>,
    good: Vec<String>,
    bad: Vec<String>,
}

/// Writes a new record.
///
/// # Errors
/// When a template of the user's own is malformed.
pub fn record(judgement: &Judgement, particulars: &Particulars, overrides: &[(String, String)]) -> Result<String, TemplateError> {
    fill(&view(judgement, particulars), "adr.md.j2", overrides)
}

fn text(text: &str) -> String {
    MarkdownText::new(text).into_string()
}

fn texts(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().map(|line| text(&line)).collect()
}

/// A list of names as YAML's flow sequence; JSON strings are YAML strings.
fn yaml(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| serde_json::Value::from(name.as_str()).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

fn view(judgement: &Judgement, particulars: &Particulars) -> RecordView {
    let date = particulars.date.or_else(|| judgement.answers.iter().filter_map(|(_, answer)| answer.on).max());
    let (good, bad) = consequences(judgement);
    RecordView {
        number: particulars.number,
        quoted_title: serde_json::Value::from(particulars.title.as_str()).to_string(),
        title: text(&particulars.title),
        status: particulars.status.clone(),
        date: date.map(|date| date.to_string()),
        decision_makers: yaml(&respondents(judgement)),
        consulted: yaml(&particulars.consulted),
        informed: yaml(&particulars.informed),
        supersedes: particulars.supersedes.as_ref().map(|(number, file)| format!("[ADR-{number:04}]({})", percent_encoded(file))),
        context: texts(context(judgement, particulars)),
        drivers: texts(drivers(judgement)),
        options: options(judgement),
        chosen: text(&chosen(judgement)),
        outcome: texts(outcome(judgement)),
        good: texts(good),
        bad: texts(bad),
        confirmation: texts(confirmation(judgement, particulars)),
        more: texts(more(judgement)),
        revisit: texts(revisit(judgement)),
        fingerprints: texts(particulars.inputs.iter().map(|(what, text)| format!("SHA-256 of {what}: `{}`", sha256(text)))),
        tool: tool(),
        assumption_set: ASSUMPTION_SET.to_owned(),
    }
}

/// Who answered, in the order of the questions.
fn respondents(judgement: &Judgement) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in judgement.answers.iter().flat_map(|(_, answer)| &answer.by) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// The answer to a question of the program's questionnaire, where it is there and answered.
fn said(judgement: &Judgement, id: &str) -> Option<String> {
    let question = judgement.questionnaire.find_question(id)?;
    Some(judgement.answers.response(question)?.words(&judgement.questionnaire, question))
}

fn context(judgement: &Judgement, particulars: &Particulars) -> Vec<String> {
    let decision = &judgement.verdict.decision;
    let mut needs: Vec<&ForceLevel> =
        decision.forces.iter().filter(|level| judgement.questionnaire.force(level.force).kind == ForceKind::Need).collect();
    needs.sort_by(|a, b| b.level.total_cmp(&a.level).then(a.force.cmp(&b.force)));
    let needs: Vec<String> = needs
        .iter()
        .filter(|level| level.level > 0.0)
        .take(3)
        .map(|level| format!("{} ({})", judgement.questionnaire.force(level.force).label, two(level.level)))
        .collect();
    let mut lines = Vec::new();
    let today = particulars.today.as_ref().map(|today| format!(" Today: {today}")).unwrap_or_default();
    lines.push(format!("{}: {}{today}", particulars.system, judgement.questionnaire.title));
    if let Some(shape) = said(judgement, "current-shape") {
        lines.push(format!("How it runs today, as answered: {shape}."));
    }
    if let Some(proposal) = decision.proposal {
        lines.push(format!("On the table: {}.", label(judgement, proposal)));
    }
    if let Some(written) = said(judgement, "nfr-written") {
        lines.push(format!("Targets for load, availability, latency and cost that are written down: {written}."));
    }
    lines.push(if needs.is_empty() {
        "No need is answered.".to_owned()
    } else {
        format!("The biggest needs, from 0 to 1: {}.", joined(&needs, 3))
    });
    lines
}

fn drivers(judgement: &Judgement) -> Vec<String> {
    let drives = |level: &&ForceLevel| match judgement.questionnaire.force(level.force).kind {
        ForceKind::Need => level.level >= STRONG_NEED,
        ForceKind::Ready => level.level <= WEAK_READINESS,
    };
    let driver = |level: &ForceLevel| {
        let force = judgement.questionnaire.force(level.force);
        let answers: Vec<String> = level
            .set_by
            .iter()
            .map(|id| {
                let who = judgement.weighed.get(*id).map(scores::who).unwrap_or_else(|| "not answered".to_owned());
                format!("`{}`: “{}” ({who})", judgement.questionnaire.question(*id).id, super::verdict::answered(judgement, *id))
            })
            .collect();
        format!("{} {} of 1: {}. {}", force.kind.word(), two(level.level), force.label, answers.join("; "))
    };
    let found: Vec<String> = judgement.verdict.decision.forces.iter().filter(drives).map(driver).collect();
    if found.is_empty() {
        vec![format!("No need reaches {}, and no readiness is as low as {}.", two(STRONG_NEED), two(WEAK_READINESS))]
    } else {
        found
    }
}

fn options(judgement: &Judgement) -> Vec<OptionView> {
    let decision = &judgement.verdict.decision;
    let option = |score: &Score| {
        let struck = decision.vetoes.iter().filter(|strike| strike.candidate == score.candidate).map(|strike| {
            let veto = &judgement.questionnaire.vetoes[strike.veto];
            format!("{}: {}", veto.id, veto.because)
        });
        let models: Vec<String> =
            judgement.designs.iter().filter(|row| row.candidate == Some(score.candidate)).map(|row| design(&row.id)).collect();
        let (good, bad) = terms(judgement, score);
        OptionView {
            name: text(label(judgement, score.candidate)),
            score: signed(score.score),
            gives: two(score.gain),
            costs: two(score.price),
            models: if models.is_empty() { String::new() } else { text(&format!("; modelled by {}", joined(&models, 4))) },
            struck: texts(struck),
            good,
            bad,
        }
    };
    decision.scores.iter().map(option).collect()
}

/// The terms of one score that matter, the largest first.
fn terms(judgement: &Judgement, score: &Score) -> (Vec<String>, Vec<String>) {
    let mut all: Vec<(ForceId, f64)> = judgement.questionnaire.force_ids().map(|force| (force, score.terms[force.0])).collect();
    all.retain(|(_, term)| term.abs() >= SMALLEST_TERM);
    all.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    let cell = |force: ForceId| judgement.questionnaire.candidate(score.candidate).cells[force.0];
    let words = |(force, term): &(ForceId, f64)| {
        let verb = if *term > 0.0 { "it gives" } else { "it asks" };
        format!("{verb} {} of “{}”: {}", two(cell(*force)), judgement.questionnaire.force(*force).label, signed(*term))
    };
    let side = |positive: bool| texts(all.iter().filter(|(_, term)| (*term > 0.0) == positive).map(words));
    (side(true), side(false))
}

fn chosen(judgement: &Judgement) -> String {
    let decision = &judgement.verdict.decision;
    let Some(winner) = decision.winner else { return "none, because the answers veto every option.".to_owned() };
    if decision.grade == Grade::Undetermined {
        let possible: Vec<&str> = decision.possible_winners.candidates.iter().map(|one| label(judgement, *one)).collect();
        return format!("none yet, because open questions leave {} possible.", joined(&possible, 4));
    }
    let name = candidate_words(judgement, winner);
    let Some(rival) = decision.runner_up else { return format!("“{name}”, because every other option is vetoed.") };
    let reasons: Vec<String> = decision
        .because
        .iter()
        .take(REASONS)
        .filter(|reason| reason.term > 0.0)
        .map(|reason| difference(judgement, reason.force, winner, rival, reason.term))
        .collect();
    format!("“{name}”, because against {} {}.", label(judgement, rival), reasons.join("; "))
}

/// A term of a difference in words.
fn difference(judgement: &Judgement, force: ForceId, winner: CandidateId, rival: CandidateId, term: f64) -> String {
    let cell = |candidate: CandidateId| judgement.questionnaire.candidate(candidate).cells[force.0];
    let (ours, theirs) = (cell(winner), cell(rival));
    let force = judgement.questionnaire.force(force);
    let verb = match (force.kind, ours > theirs) {
        (ForceKind::Need, true) => "it gives more of",
        (ForceKind::Need, false) => "it gives less of",
        (ForceKind::Ready, true) => "it asks more of",
        (ForceKind::Ready, false) => "it asks less of",
    };
    format!("{verb} “{}” ({}, not {}): {}", force.label, two(ours), two(theirs), signed(term))
}

fn outcome(judgement: &Judgement) -> Vec<String> {
    let decision = &judgement.verdict.decision;
    let mut lines = Vec::new();
    if decision.winner.is_some() {
        let margin = decision.margin.map(|margin| format!("margin {}, ", signed(margin))).unwrap_or_default();
        lines.push(format!(
            "Grade: {} ({margin}{} of {} weightings keep it).",
            decision.grade.word(),
            decision.weight_share.kept,
            decision.weight_share.of
        ));
    }
    if !judgement.designs.is_empty() {
        lines.push(advice_reason(judgement));
    }
    lines.extend(sentences::contradicted(judgement));
    lines.extend(sentences::accepted_otherwise(judgement));
    lines.extend(sentences::open_questions(judgement));
    lines
}

fn consequences(judgement: &Judgement) -> (Vec<String>, Vec<String>) {
    let decision = &judgement.verdict.decision;
    // What follows from a decision, there is only once it is taken.
    let Some(winner) = decision.decided() else { return (Vec::new(), Vec::new()) };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    if let Some(rival) = decision.runner_up {
        for reason in decision.because.iter().filter(|reason| reason.term.abs() >= SMALLEST_TERM) {
            let words = difference(judgement, reason.force, winner, rival, reason.term);
            if reason.term > 0.0 { good.push(words) } else { bad.push(words) }
        }
    }
    let mut lacks: Vec<(f64, &ForceLevel)> = decision
        .forces
        .iter()
        .filter(|level| judgement.questionnaire.force(level.force).kind == ForceKind::Ready)
        .map(|level| (judgement.questionnaire.candidate(winner).cells[level.force.0] - level.level, level))
        .filter(|(lack, _)| *lack > 0.0)
        .collect();
    lacks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.force.cmp(&b.1.force)));
    for (_, level) in lacks {
        let force = judgement.questionnaire.force(level.force);
        let asks = judgement.questionnaire.candidate(winner).cells[level.force.0];
        let step = if force.first_step.is_empty() { String::new() } else { format!(" First step: {}", force.first_step) };
        bad.push(format!("it asks {} of “{}”, and there is {}.{step}", two(asks), force.label, two(level.level)));
    }
    (good, bad)
}

fn confirmation(judgement: &Judgement, particulars: &Particulars) -> Vec<String> {
    let (path, arguments) = (shell(&particulars.path), &particulars.arguments);
    let mut lines = Vec::new();
    if particulars.has_model {
        lines.push(format!(
            "`weighbridge check {path}` in the pipeline fails when the model contradicts an answer, or when the base or the accepted alternative misses an objective."
        ));
    }
    lines.push(format!(
        "`weighbridge adr {path}{arguments} --check` fails when this record no longer follows from {}.",
        if particulars.has_model { "answers and model" } else { "the answers" }
    ));
    if let Some(at) = judgement.advice.recommended {
        let row = &judgement.designs[at];
        let open = match row.n_not_evaluated {
            0 => String::new(),
            open => format!("; {} stated, but not computed", counted(open, "objective")),
        };
        lines.push(format!(
            "{} meets {} as modelled{open}.",
            if row.is_base { "The base".to_owned() } else { format!("`{}`", row.id) },
            counted(row.n_met, "objective or promise"),
        ));
        if !row.is_base && !row.is_accepted {
            lines.push(format!("To hold the design to them, give `{}` the status `accepted` in its own file.", row.id));
        }
    } else if let Some(at) = judgement.advice.nearest {
        let lacks = all_that_lacks(judgement, &judgement.designs[at]);
        if !lacks.is_empty() {
            lines.push(format!("Not confirmed yet: {}.", lacks.join("; ")));
        }
    }
    lines
}

/// Counts in words: `1 objective`, `3 objectives`, `2 objectives or promises`.
fn counted(count: usize, noun: &str) -> String {
    let plural: Vec<String> = noun.split(' ').map(|word| if word == "or" { word.to_owned() } else { format!("{word}s") }).collect();
    if count == 1 { format!("1 {noun}") } else { format!("{count} {}", plural.join(" ")) }
}

fn more(judgement: &Judgement) -> Vec<String> {
    let given: Vec<_> = judgement.answers.iter().filter(|(id, _)| judgement.answers.response(*id).is_some()).collect();
    let count = |confidence: Option<Confidence>| given.iter().filter(|(_, answer)| answer.confidence == confidence).count();
    let mut lines = vec![format!(
        "Asked with the questionnaire `{}@{}`. Confidence: of {} {} measured, {} estimated, {} guessed, and {} without a word on it.",
        judgement.questionnaire.id,
        judgement.questionnaire.version,
        counted(given.len(), "answer"),
        count(Some(Confidence::Measured)),
        count(Some(Confidence::Estimate)),
        count(Some(Confidence::Guess)),
        count(None)
    )];
    let apart: Vec<String> =
        judgement.talk_first.iter().map(|one| format!("`{}`", judgement.questionnaire.question(one.question).id)).collect();
    if !apart.is_empty() {
        lines.push(format!("Disagreement that would change the verdict: {}.", joined(&apart, 6)));
    }
    if !judgement.contradictions.is_empty() {
        let ids: Vec<String> = judgement
            .contradictions
            .iter()
            .map(|one| format!("`{}`: {}", judgement.questionnaire.question(one.question).id, one.computed))
            .collect();
        lines.push(format!("The model contradicts the answers: {}.", ids.join("; ")));
    }
    let stale: Vec<String> = super::verdict::stale(judgement).iter().map(|id| format!("`{id}`")).collect();
    if !stale.is_empty() {
        lines.push(format!("To be looked at again, because the questionnaire has changed since: {}.", joined(&stale, 6)));
    }
    if let Some(winner) = judgement.verdict.decision.decided() {
        let share = judgement.verdict.base_rates.share(winner);
        let share = if share == 0.0 { "none".to_owned() } else { quantity::percent(Probability::new(share)) };
        lines.push(format!("Base rate: this verdict comes out for {share} of random answer sets."));
    }
    lines
}

fn revisit(judgement: &Judgement) -> Vec<String> {
    let decision = &judgement.verdict.decision;
    if decision.winner.is_some() && decision.decided().is_none() {
        return vec!["the open questions are answered.".to_owned()];
    }
    let mut lines: Vec<String> = judgement.triggers.iter().take(MAX_TRIGGERS).map(|one| trigger_words(judgement, one)).collect();
    let more = judgement.triggers.len().saturating_sub(MAX_TRIGGERS);
    if more > 0 {
        lines.push(format!("{more} more: see `weighbridge verdict`."));
    }
    if lines.is_empty() {
        lines.push("No set of up to four other answers changes the verdict.".to_owned());
    }
    lines
}
