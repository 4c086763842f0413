//! The decision record: MADR 4.0.0, filled from a judgement, and laid over a file that people have written in.
//!
//! The tool owns what stands between its marks, `<!-- weighbridge:NAME:begin -->` and `<!-- weighbridge:NAME:end -->` (in the front matter, comments of YAML); all else is
//! people's: [`refresh`] leaves it as it is, to the byte. Nothing here knows the day: it comes from the answers, or from the caller.

use std::ops::Range;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::machine::tool;
use super::markdown::{TemplateError, fill};
use super::text::MarkdownText;
use super::verdict::{advice_reason, candidate_words, label, miss_words, scores, signed, trigger_words, two};
use super::words::shell;
use crate::decision::{Judgement, Outcome, joined};
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
    /// The path that commands take.
    pub path: String,
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
        supersedes: particulars.supersedes.as_ref().map(|(number, file)| format!("[ADR-{number:04}]({file})")),
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
        let models: Vec<String> = judgement
            .designs
            .iter()
            .filter(|row| row.candidate == Some(score.candidate))
            .map(|row| if row.is_base { "today".to_owned() } else { format!("`{}`", row.id) })
            .collect();
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
    if judgement.advice.outcome != Outcome::VerdictOnly {
        lines.push(advice_reason(judgement));
    }
    lines
}

fn consequences(judgement: &Judgement) -> (Vec<String>, Vec<String>) {
    let decision = &judgement.verdict.decision;
    let Some(winner) = decision.winner else { return (Vec::new(), Vec::new()) };
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
    let path = shell(&particulars.path);
    let mut lines = vec![format!(
        "`weighbridge check {path}` in the pipeline fails when the model contradicts an answer, or when the base or the accepted alternative misses an objective."
    )];
    if let Some(at) = judgement.advice.recommended {
        let row = &judgement.designs[at];
        lines.push(format!(
            "{} meets {} objectives and promises as modelled; {} stated objectives are not computed.",
            if row.is_base { "The base".to_owned() } else { format!("`{}`", row.id) },
            row.n_met,
            row.n_not_evaluated
        ));
        if !row.is_base {
            lines.push(format!("To hold the design to them, give `{}` the status `accepted` in its own file.", row.id));
        }
    } else if let Some(at) = judgement.advice.nearest {
        let misses: Vec<String> = judgement.designs[at].misses.iter().map(|miss| miss_words(judgement, miss)).collect();
        lines.push(format!("Not confirmed yet: {}.", misses.join("; ")));
    }
    lines
}

fn more(judgement: &Judgement) -> Vec<String> {
    let given: Vec<_> = judgement.answers.iter().filter(|(id, _)| judgement.answers.response(*id).is_some()).collect();
    let count = |confidence: Option<Confidence>| given.iter().filter(|(_, answer)| answer.confidence == confidence).count();
    let mut lines = vec![format!(
        "Asked with the questionnaire {}@{}. Confidence: of {} answers {} are measured, {} estimated, {} guessed, {} do not say.",
        judgement.questionnaire.id,
        judgement.questionnaire.version,
        given.len(),
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
    if let Some(winner) = judgement.verdict.decision.winner {
        let share = judgement.verdict.base_rates.share(winner);
        let share = if share == 0.0 { "none".to_owned() } else { quantity::percent(Probability::new(share)) };
        lines.push(format!("Base rate: this verdict comes out for {share} of random answer sets."));
    }
    lines
}

fn revisit(judgement: &Judgement) -> Vec<String> {
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

/// Returns the SHA-256 of a text in hexadecimal digits, as `sha256sum` prints it.
fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A mistake in the marks of a record that people have edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkError {
    /// No mark of the tool is in the file: it is not a record of the tool's.
    None,
    /// A block begins, and does not end.
    Open(String),
    /// A block begins twice.
    Twice(String),
}

impl std::fmt::Display for MarkError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => write!(formatter, "it has no mark of this program"),
            Self::Open(name) => write!(formatter, "the mark `weighbridge:{name}:begin` has no `weighbridge:{name}:end` after it"),
            Self::Twice(name) => write!(formatter, "the mark `weighbridge:{name}:begin` stands there twice"),
        }
    }
}

/// Says whether a text is a record that this program has written.
pub fn is_record(existing: &str) -> bool {
    marks(existing).any(|mark| mark.is_begin && mark.name == "outcome")
}

/// Replaces every block of an existing record with that of a fresh one; all else stays to the byte. A block that people took out stays out.
///
/// # Errors
/// When a block begins and does not end, or begins twice; then nothing can be replaced safely.
pub fn refresh(existing: &str, fresh: &str) -> Result<String, MarkError> {
    if !is_record(existing) {
        return Err(MarkError::None);
    }
    let windows = existing.contains("\r\n");
    let mut out = existing.to_owned();
    for name in names(fresh) {
        let Some(old) = block(&out, &name)? else { continue };
        let Some(new) = block(fresh, &name)? else { continue };
        let text = &fresh[new];
        let text = if windows { text.replace('\n', "\r\n") } else { text.to_owned() };
        out.replace_range(old, &text);
    }
    Ok(out)
}

/// The names of the blocks of a text, in their order.
fn names(text: &str) -> Vec<String> {
    marks(text).filter(|mark| mark.is_begin).map(|mark| mark.name.to_owned()).collect()
}

/// A line that begins or ends a block.
struct Mark<'a> {
    name: &'a str,
    is_begin: bool,
    line: Range<usize>,
}

/// Finds the marks of a text: comments that have their line for themselves. Prose that speaks of a mark is none.
fn marks(text: &str) -> impl Iterator<Item = Mark<'_>> {
    lines(text).filter_map(|line| {
        let words = text[line.clone()].trim();
        let comment = words.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).or_else(|| words.strip_prefix('#'))?;
        let (name, edge) = comment.trim().strip_prefix("weighbridge:")?.split_once(':')?;
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
        (is_name && matches!(edge, "begin" | "end")).then_some(Mark { name, is_begin: edge == "begin", line })
    })
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

/// Finds a block: what stands between the line of its first mark and the line of its second.
fn block(text: &str, name: &str) -> Result<Option<Range<usize>>, MarkError> {
    let mut found = marks(text).filter(|mark| mark.name == name).skip_while(|mark| !mark.is_begin);
    let Some(begin) = found.next() else { return Ok(None) };
    let rest: Vec<Mark<'_>> = found.collect();
    if rest.iter().any(|mark| mark.is_begin) {
        return Err(MarkError::Twice(name.to_owned()));
    }
    let end = rest.first().ok_or_else(|| MarkError::Open(name.to_owned()))?;
    Ok(Some(begin.line.end..end.line.start))
}

/// Returns the status of a record: that of its front matter, or the first line below `## Status`.
pub fn status(existing: &str) -> Option<&str> {
    status_place(existing).map(|place| existing[place.range()].trim_matches(['"', '\'']))
}

/// Returns a record with another status; none if it states none.
pub fn with_status(existing: &str, status: &str, link: &str) -> Option<String> {
    let place = status_place(existing)?;
    let words = match &place {
        StatusPlace::FrontMatter(range) => {
            let space = if existing[..range.start].ends_with(':') { " " } else { "" };
            format!("{space}{}", serde_json::Value::from(status))
        }
        StatusPlace::BelowHeading(_) => link.to_owned(),
    };
    let mut out = existing.to_owned();
    out.replace_range(place.range(), &words);
    Some(out)
}

/// Where the words of a status stand.
enum StatusPlace {
    /// Behind `status:`, without a comment after it.
    FrontMatter(Range<usize>),
    /// In the first line below `## Status`.
    BelowHeading(Range<usize>),
}

impl StatusPlace {
    fn range(&self) -> Range<usize> {
        let (Self::FrontMatter(range) | Self::BelowHeading(range)) = self;
        range.clone()
    }
}

/// Finds the words of the status.
fn status_place(existing: &str) -> Option<StatusPlace> {
    let mut in_front_matter = false;
    let mut below_heading = false;
    for (number, line) in lines(existing).enumerate() {
        let words = existing[line.clone()].trim_end();
        if words == "---" && (number == 0 || in_front_matter) {
            in_front_matter = number == 0;
            continue;
        }
        if in_front_matter && let Some(rest) = words.strip_prefix("status:") {
            let value = without_comment(rest);
            let start = line.start + "status:".len() + (value.len() - value.trim_start().len());
            return Some(StatusPlace::FrontMatter(start..start + value.trim().len()));
        }
        if below_heading && !words.is_empty() {
            // The next heading: the section is empty.
            return (!words.starts_with('#')).then(|| StatusPlace::BelowHeading(line.start..line.start + words.len()));
        }
        below_heading |= words.eq_ignore_ascii_case("## status");
    }
    None
}

/// Cuts a comment of YAML off: a `#` behind a space, outside of quotes.
fn without_comment(value: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in value.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return &value[..at],
            (None, '"' | '\'') if value[..at].trim().is_empty() => quote = Some(letter),
            (Some(open), _) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{MarkError, refresh, sha256, status, with_status};

    #[test]
    fn only_what_stands_between_marks_is_replaced() {
        let old = "mine\n<!-- weighbridge:outcome:begin -->\nold\n<!-- weighbridge:outcome:end -->\nalso mine\n";
        let new = "x\n<!-- weighbridge:outcome:begin -->\nnew\nlines\n<!-- weighbridge:outcome:end -->\ny\n<!-- weighbridge:more:begin -->\n<!-- weighbridge:more:end -->\n";
        let expected = "mine\n<!-- weighbridge:outcome:begin -->\nnew\nlines\n<!-- weighbridge:outcome:end -->\nalso mine\n";
        assert_eq!(refresh(old, new).as_deref(), Ok(expected));
        assert_eq!(refresh(expected, new).as_deref(), Ok(expected));
        let windows = old.replace('\n', "\r\n");
        assert_eq!(refresh(&windows, new), Ok(expected.replace('\n', "\r\n")));
    }

    #[test]
    fn broken_marks_are_refused() {
        let open = "<!-- weighbridge:outcome:begin -->\nold\n";
        let fresh = "<!-- weighbridge:outcome:begin -->\nnew\n<!-- weighbridge:outcome:end -->\n";
        assert_eq!(refresh(open, fresh), Err(MarkError::Open("outcome".into())));
        assert_eq!(refresh("mine\n", fresh), Err(MarkError::None));
        assert_eq!(refresh(&format!("{fresh}{fresh}"), fresh), Err(MarkError::Twice("outcome".into())));
    }

    #[test]
    fn a_status_is_found_in_front_matter_and_below_its_heading() {
        let matter = "---\nstatus: proposed\ndate: 2026-01-01\n---\n# T\n";
        assert_eq!(status(matter), Some("proposed"));
        let after = with_status(matter, "superseded by ADR-0002", "unused").expect("a status");
        assert_eq!(after, "---\nstatus: \"superseded by ADR-0002\"\ndate: 2026-01-01\n---\n# T\n");
        let heading = "# 1. T\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n";
        assert_eq!(status(heading), Some("Accepted"));
        let after = with_status(heading, "unused", "Superseded by [2. U](0002-u.md)").expect("a status");
        assert_eq!(after, heading.replace("Accepted", "Superseded by [2. U](0002-u.md)"));
        assert_eq!(status("# T\n"), None);
    }

    /// A record that explains the tool is prose, not the tool's.
    #[test]
    fn prose_about_marks_is_no_mark() {
        let prose = "We keep `<!-- weighbridge:outcome:begin -->` as it is.\nweighbridge:outcome:begin\n";
        let fresh = "<!-- weighbridge:outcome:begin -->\nnew\n<!-- weighbridge:outcome:end -->\n";
        assert_eq!(refresh(prose, fresh), Err(MarkError::None));
        let inside =
            format!("<!-- weighbridge:outcome:begin -->\nold, up to weighbridge:outcome:end\n<!-- weighbridge:outcome:end -->\n{prose}");
        assert_eq!(refresh(&inside, fresh), Ok(format!("{fresh}{prose}")));
    }

    #[test]
    fn a_status_is_changed_where_it_stands_and_nothing_else() {
        let over = |text: &str| with_status(text, "superseded by ADR-0002", "Superseded by [2. U](0002-u.md)");
        let commented = "---\nstatus: accepted  # by the board\n---\n";
        assert_eq!(status(commented), Some("accepted"));
        assert_eq!(over(commented).as_deref(), Some("---\nstatus: \"superseded by ADR-0002\"  # by the board\n---\n"));
        assert_eq!(status("---\nstatus: \"accepted # 1\" # 2\n---\n"), Some("accepted # 1"));
        let bare = "---\nstatus:\n---\n";
        assert_eq!(over(bare).as_deref(), Some("---\nstatus: \"superseded by ADR-0002\"\n---\n"));
        // Front matter of somebody else's, and the status below its heading: there it is Markdown.
        let mixed = "---\ntitle: T\n---\n## Status\n\nAccepted\n";
        assert_eq!(over(mixed).as_deref(), Some("---\ntitle: T\n---\n## Status\n\nSuperseded by [2. U](0002-u.md)\n"));
        assert_eq!(over("## Status\n\n## Context\n"), None, "an empty section has no status, and the next heading stays");
    }

    /// FIPS 180-4, the example of one block.
    #[test]
    fn the_fingerprint_is_sha_256() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
