//! What people answered, resolved against a questionnaire: which option, how sure, who said so, when, and by what evidence.

use super::condition::Context;
use super::definition::{ForceId, Kind, QuestionId, Questionnaire, Version};
use crate::diagnostic::nearest;
use crate::quantity::{Date, Dimension, parse_quantity};

/// The answers to one questionnaire.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// The path of the system that the answers are about.
    pub system: Option<String>,
    /// The version of the questionnaire that they were given to.
    pub version: Version,
    /// The answer to each question, by its index.
    given: Vec<Option<Answer>>,
    /// How far several people are apart, by question.
    pub spread: Vec<(QuestionId, f64)>,
    /// Questions whose answer could not be read: writing leaves it in the file as it is.
    pub unreadable: Vec<QuestionId>,
}

impl Answers {
    /// Makes a set without answers.
    pub fn new(questionnaire: &Questionnaire) -> Self {
        Self { version: questionnaire.version, given: vec![None; questionnaire.questions.len()], ..Self::default() }
    }

    /// Returns the answer to a question.
    pub fn get(&self, question: QuestionId) -> Option<&Answer> {
        self.given.get(question.0).and_then(Option::as_ref)
    }

    /// Takes an answer in.
    pub fn set(&mut self, question: QuestionId, answer: Answer) {
        if self.given.len() <= question.0 {
            self.given.resize(question.0 + 1, None);
        }
        self.given[question.0] = Some(answer);
        self.unreadable.retain(|other| *other != question);
    }

    /// Takes an answer back.
    pub fn clear(&mut self, question: QuestionId) {
        if let Some(answer) = self.given.get_mut(question.0) {
            *answer = None;
        }
    }

    /// Returns all answers in asking order.
    pub fn iter(&self) -> impl Iterator<Item = (QuestionId, &Answer)> {
        self.given.iter().enumerate().filter_map(|(at, answer)| answer.as_ref().map(|answer| (QuestionId(at), answer)))
    }

    /// Returns the answer that counts in conditions and scores.
    pub fn response(&self, question: QuestionId) -> Option<&Response> {
        match self.get(question).map(|answer| &answer.status) {
            Some(Status::Given(response)) => Some(response),
            _ => None,
        }
    }

    /// Takes `question=value` in, as `--set` states it.
    ///
    /// # Errors
    /// When there is no such question or option; the message names the nearest.
    pub fn set_from_text(&mut self, questionnaire: &Questionnaire, setting: &str) -> Result<QuestionId, String> {
        let Some((id, value)) = setting.split_once('=') else { return Err(format!("`{setting}` is not of the form `question=option`")) };
        let Some(question) = questionnaire.find_question(id.trim()) else {
            let hint = nearest(id.trim(), questionnaire.questions.iter().map(|question| question.id.as_str()));
            return Err(format!("no question has the id `{}`{}", id.trim(), did_you_mean(hint)));
        };
        let (status, reason) = parse_setting(questionnaire, question, value.trim())?;
        self.set(question, Answer { reason, ..Answer::new(status) });
        Ok(question)
    }
}

/// Reads a value as `--set` states it: as [`parse_text`] does, and `n/a` with its reason, `n/a: reason`.
///
/// # Errors
/// When the value does not fit the question; the message names the nearest option.
pub fn parse_setting(questionnaire: &Questionnaire, question: QuestionId, value: &str) -> Result<(Status, Option<String>), String> {
    let reason =
        value.strip_prefix("n/a").filter(|rest| rest.starts_with([':', ' '])).map(|rest| rest.trim_start_matches([':', ' ']).trim());
    match reason {
        Some(reason) => Ok((Status::NotApplicable, Some(reason.to_owned()).filter(|reason| !reason.is_empty()))),
        None => Ok((parse_text(questionnaire, question, value)?, None)),
    }
}

/// Reads a value as a person types it: an option, several separated by commas, a number, `unknown`, `n/a`, or `later`.
///
/// # Errors
/// When the value does not fit the question; the message names the nearest option.
pub fn parse_text(questionnaire: &Questionnaire, question: QuestionId, value: &str) -> Result<Status, String> {
    match value {
        "unknown" => return Ok(Status::Unknown),
        "n/a" => return Ok(Status::NotApplicable),
        "later" => return Ok(Status::Later),
        _ => {}
    }
    let asked = questionnaire.question(question);
    let option = |word: &str| {
        asked.find_option(word).ok_or_else(|| {
            let ids = || asked.options.iter().map(|option| option.id.as_str());
            let hint = match nearest(word, ids()) {
                // A word that resembles none may be a number or a label: whoever typed it needs the list.
                None if !asked.options.is_empty() => format!("; its options are {}", ids().collect::<Vec<_>>().join(", ")),
                near => did_you_mean(near),
            };
            format!("the question `{}` has no option `{word}`{hint}", asked.id)
        })
    };
    let response = match asked.kind {
        Kind::Choice | Kind::YesNo => Response::Option(option(value)?),
        Kind::Multi if value == "none" && asked.find_option("none").is_none() => Response::Options(Vec::new()),
        Kind::Multi => {
            let words = value.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
            Response::Options(checked_choices(asked, words.map(option).collect::<Result<_, _>>()?)?)
        }
        Kind::Scale => {
            let mut rows = Vec::new();
            for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                let Some((force, word)) = part.split_once(':') else { return Err(format!("`{part}` is not of the form `need:option`")) };
                let Some(force) = questionnaire.find_force(force.trim()) else {
                    return Err(format!("no need has the id `{}`", force.trim()));
                };
                rows.push((force, option(word.trim())?));
            }
            rows.sort_unstable();
            Response::Rows(rows)
        }
        Kind::Number => match (asked.find_option(value), number_with_unit(asked, value)) {
            (Some(option), _) => Response::Option(option),
            (None, Some(number)) => Response::Number(checked_number(asked, number)?),
            (None, None) if nearest(value, asked.options.iter().map(|option| option.id.as_str())).is_some() => {
                Response::Option(option(value)?)
            }
            (None, None) => {
                let unit = asked.unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default();
                let or: String = asked.options.iter().map(|option| format!(" or `{}`", option.id)).collect();
                return Err(format!("the question `{}` takes a number{unit}{or}, not `{value}`", asked.id));
            }
        },
        Kind::Text => Response::Text(value.to_owned()),
    };
    Ok(Status::Given(response))
}

/// Reads a number, with or without the unit of its question: `250`, `250 ms`; where that is a time, also `0.25s`.
fn number_with_unit(asked: &super::Question, value: &str) -> Option<f64> {
    let unit = asked.unit.as_deref().unwrap_or("");
    let bare = value.strip_suffix(unit).unwrap_or(value).trim_end();
    let milliseconds = || {
        let parsed = parse_quantity(value, Dimension::Duration).ok().filter(|_| unit == "ms")?;
        (!parsed.is_range()).then_some(parsed.likely * 1_000.0)
    };
    bare.parse().ok().or_else(milliseconds)
}

/// Checks that a response fits its question: its kind, options that exist, bounds, the number of choices.
///
/// # Errors
/// When it does not fit; the message says what would.
pub fn checked(questionnaire: &Questionnaire, question: QuestionId, response: Response) -> Result<Response, String> {
    let asked = questionnaire.question(question);
    let is_option = |option: &usize| *option < asked.options.len();
    match (asked.kind, response) {
        (Kind::Choice | Kind::YesNo | Kind::Number, Response::Option(option)) if is_option(&option) => Ok(Response::Option(option)),
        (Kind::Multi, Response::Options(chosen)) if chosen.iter().all(is_option) => checked_choices(asked, chosen).map(Response::Options),
        (Kind::Scale, Response::Rows(mut rows))
            if rows.iter().all(|(force, option)| force.0 < questionnaire.forces.len() && is_option(option)) =>
        {
            rows.sort_unstable();
            if rows.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(format!("a need of `{}` is answered twice", asked.id));
            }
            Ok(Response::Rows(rows))
        }
        (Kind::Number, Response::Number(number)) => checked_number(asked, number).map(Response::Number),
        (Kind::Text, Response::Text(text)) => Ok(Response::Text(text)),
        (Kind::Choice | Kind::YesNo | Kind::Multi | Kind::Scale, _) => {
            Err(format!("the question `{}` takes {}", asked.id, options_of(asked.options.len(), asked.kind)))
        }
        (Kind::Number, _) => Err(format!("the question `{}` takes a number", asked.id)),
        (Kind::Text, _) => Err(format!("the question `{}` takes text", asked.id)),
    }
}

fn options_of(count: usize, kind: Kind) -> String {
    match kind {
        Kind::Multi => format!("options from 1 to {count}"),
        Kind::Scale => format!("an option from 1 to {count} for each need"),
        Kind::Choice | Kind::YesNo | Kind::Number | Kind::Text => format!("an option from 1 to {count}"),
    }
}

/// Checks a number against the bounds of its question.
pub(super) fn checked_number(asked: &super::Question, number: f64) -> Result<f64, String> {
    let (low, high) = (asked.min.unwrap_or(f64::MIN), asked.max.unwrap_or(f64::MAX));
    let is_within = number.is_finite() && (low..=high).contains(&number);
    if is_within && asked.whole && number.fract() != 0.0 {
        return Err(format!("the answer to `{}` is a whole number, not {number}", asked.id));
    }
    if is_within {
        return Ok(number);
    }
    let bounds = match (asked.min, asked.max) {
        (Some(low), Some(high)) => format!("lies between {low} and {high}"),
        (Some(low), None) => format!("is at least {low}"),
        (None, Some(high)) => format!("is at most {high}"),
        (None, None) => "is finite".to_owned(),
    };
    Err(format!("the answer to `{}` {bounds}, not {number}", asked.id))
}

/// Checks the number of choices, and that none is made twice.
pub(super) fn checked_choices(asked: &super::Question, chosen: Vec<usize>) -> Result<Vec<usize>, String> {
    let mut unique = chosen.clone();
    unique.sort_unstable();
    unique.dedup();
    if unique.len() < chosen.len() {
        return Err(format!("an option of `{}` is chosen twice", asked.id));
    }
    match asked.at_most {
        Some(limit) if chosen.len() > limit => {
            Err(format!("the question `{}` takes at most {limit} options, not {}", asked.id, chosen.len()))
        }
        _ => Ok(chosen),
    }
}

fn did_you_mean(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default()
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What was answered.
    pub status: Status,
    /// How sure the answer is.
    pub confidence: Option<Confidence>,
    /// Why the question was skipped.
    pub reason: Option<String>,
    /// Who answered.
    pub by: Vec<String>,
    /// On which day.
    pub on: Option<Date>,
    /// Links and files that show it.
    pub evidence: Vec<String>,
    /// A remark.
    pub note: Option<String>,
    /// Whether the questionnaire has changed so much that the answer must be looked at again.
    pub stale: bool,
    /// Whether it was put together from several people's own answers, and nobody has worked on it since: the next merge may replace it.
    pub merged: bool,
}

impl Answer {
    /// Makes an answer that says nothing about itself.
    pub fn new(status: Status) -> Self {
        Self {
            status,
            confidence: None,
            reason: None,
            by: Vec::new(),
            on: None,
            evidence: Vec::new(),
            note: None,
            stale: false,
            merged: false,
        }
    }

    /// Makes the answer of one option.
    pub fn of_option(option: usize) -> Self {
        Self::new(Status::Given(Response::Option(option)))
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// An answer.
    Given(Response),
    /// Asked, and not known: counts as the interval of all options.
    Unknown,
    /// The question does not apply: it is taken out.
    NotApplicable,
    /// To be answered later: as good as not asked.
    Later,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// One option.
    Option(usize),
    /// Several options, ranked.
    Options(Vec<usize>),
    /// An option for each need.
    Rows(Vec<(ForceId, usize)>),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
}

impl Response {
    /// Returns the answer in the words of its question: the labels of its options, or the number with its unit.
    pub fn words(&self, questionnaire: &Questionnaire, question: QuestionId) -> String {
        let asked = questionnaire.question(question);
        let label = |option: &usize| asked.options[*option].label.clone();
        match self {
            Self::Option(option) => label(option),
            Self::Options(options) if options.is_empty() => "none of them".to_owned(),
            Self::Options(options) => options.iter().map(label).collect::<Vec<_>>().join(", "),
            Self::Rows(rows) => {
                let row = |(force, option): &(ForceId, usize)| format!("{}: {}", questionnaire.force(*force).label, label(option));
                rows.iter().map(row).collect::<Vec<_>>().join(", ")
            }
            Self::Number(number) => {
                let unit = asked.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
                format!("{}{unit}", crate::quantity::significant(*number, 12))
            }
            Self::Text(text) => text.clone(),
        }
    }

    /// Returns the answer as `--set` takes it.
    pub fn setting(&self, questionnaire: &Questionnaire, question: QuestionId) -> String {
        let asked = questionnaire.question(question);
        let id = |option: &usize| asked.options[*option].id.clone();
        match self {
            Self::Option(option) => id(option),
            Self::Options(options) if options.is_empty() => "none".to_owned(),
            Self::Options(options) => options.iter().map(id).collect::<Vec<_>>().join(","),
            Self::Rows(rows) => rows
                .iter()
                .map(|(force, option)| format!("{}:{}", questionnaire.force(*force).id, id(option)))
                .collect::<Vec<_>>()
                .join(","),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How sure an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Measured.
    Measured,
    /// Estimated.
    Estimate,
    /// Guessed.
    Guess,
}

impl Confidence {
    /// All confidences, the surest first.
    pub const ALL: &'static [Self] = &[Self::Measured, Self::Estimate, Self::Guess];

    /// Returns the word of the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Estimate => "estimate",
            Self::Guess => "guess",
        }
    }

    /// Returns by how much it widens a level to both sides.
    pub const fn width(self) -> f64 {
        match self {
            Self::Measured => 0.0,
            Self::Estimate => 0.1,
            Self::Guess => 0.2,
        }
    }
}

/// Says which questions are asked under the current answers, by index; the answer to a hidden question counts as none.
///
/// A question is hidden only if its condition is surely false, so that an open answer hides nothing.
pub fn shown(questionnaire: &Questionnaire, answers: &Answers) -> Vec<bool> {
    struct Visible<'a>(&'a Answers, Vec<bool>);
    impl Context for Visible<'_> {
        fn response(&self, question: QuestionId) -> Option<&Response> {
            self.0.response(question).filter(|_| self.1[question.0])
        }
        fn fact(&self, _: &str) -> Option<f64> {
            None
        }
    }
    let mut visible = Visible(answers, vec![true; questionnaire.questions.len()]);
    for id in &questionnaire.visiting_order {
        if let Some(condition) = &questionnaire.question(*id).show_if {
            visible.1[id.0] = condition.expression.evaluate(&visible) != super::condition::Truth::False;
        }
    }
    visible.1
}
