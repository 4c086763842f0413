//! Typed lines to actions: what the plain front end does, line by line.
//!
//! Where options are asked for, a line is a number, an option's id, or a command of one letter, with or without `:` before it. Where a number or a text is
//! asked for, a line is the answer, and a command needs its `:`.

use super::keyboard::Purpose;
use super::{Action, Page, Survey};
use crate::questionnaire::answers::{Confidence, Response, Status, parse_text};
use crate::questionnaire::{Kind, Question, QuestionId};

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// Something to do.
    Action(Action),
    /// Something to do that needs another line.
    Ask(Purpose),
    /// Show the help.
    Help,
    /// Leave; all answers are saved.
    Quit,
}

/// Understands a line on the survey's page.
///
/// # Errors
/// When it is no answer and no command; the message says what would fit.
pub fn understand(survey: &Survey<'_>, line: &str) -> Result<Typed, String> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Typed::Action(Action::Next));
    }
    if survey.is_contradicted() {
        match line {
            "k" | ":k" => return Ok(Typed::Action(Action::Next)),
            "c" | ":c" => return Ok(Typed::Action(Action::Reconsider)),
            _ => {}
        }
    }
    match (survey.question(), line.strip_prefix(':')) {
        (_, Some(line)) => command(survey, line.trim_start()).unwrap_or_else(|| Err(unknown_command(line))),
        (Some(id), None) => answer_or_command(survey, id, line),
        (None, None) => on_other_page(survey, line),
    }
}

fn unknown_command(line: &str) -> String {
    format!("`:{line}` is no command; `:?` lists them")
}

fn on_other_page(survey: &Survey<'_>, line: &str) -> Result<Typed, String> {
    if survey.page() == Page::Review && line.parse::<usize>().is_ok() {
        return survey.find(line).map(|id| Typed::Action(Action::Jump(id)));
    }
    command(survey, line).unwrap_or_else(|| Err(format!("`{line}` is no command; an empty line goes on, `?` lists the commands")))
}

fn answer_or_command(survey: &Survey<'_>, id: QuestionId, line: &str) -> Result<Typed, String> {
    let questionnaire = survey.questionnaire();
    let question = questionnaire.question(id);
    let is_field = matches!(question.kind, Kind::Number | Kind::Text);
    if is_field && line == "?" {
        return Ok(Typed::Help);
    }
    if !is_field {
        if let Some(numbered) = numbered(survey, question, line) {
            return numbered.map(|response| Typed::Action(Action::Answer(response)));
        }
        let is_option = question.find_option(line).is_some();
        if !is_option && let Some(command) = command(survey, line) {
            return command;
        }
    }
    match parse_text(questionnaire, id, line)? {
        Status::Given(response) => Ok(Typed::Action(Action::Answer(response))),
        Status::Unknown => Ok(Typed::Action(Action::Unknown)),
        Status::NotApplicable => Ok(Typed::Ask(Purpose::Reason)),
        Status::Later => Ok(Typed::Action(Action::Skip)),
    }
}

/// Reads options by their numbers: `2`; of several `1,3` or `1 3`; for needs, in their order, `1 1 3 …`, `-` for none.
fn numbered(survey: &Survey<'_>, question: &Question, line: &str) -> Option<Result<Response, String>> {
    let words: Vec<&str> = line.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit()) || (question.kind == Kind::Scale && *word == "-");
    if words.is_empty() || !words.iter().all(is_number) {
        return None;
    }
    let count = question.options.len();
    let option = |word: &str| match word.parse::<usize>() {
        Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
        _ => Err(format!("there is no option {word}; there are 1 to {count}")),
    };
    Some(match question.kind {
        Kind::Multi => words.iter().map(|word| option(word)).collect::<Result<_, _>>().map(Response::Options),
        Kind::Scale => {
            let page = survey.question().map(|id| survey.question_page(id));
            let rows = page.map(|page| page.rows).unwrap_or_default();
            if words.len() != rows.len() {
                return Some(Err(format!("type {} numbers, one for each need, or `-` for none", rows.len())));
            }
            let chosen = rows.iter().zip(&words).filter(|(_, word)| **word != "-");
            chosen.map(|((force, _, _), word)| Ok((*force, option(word)?))).collect::<Result<_, _>>().map(Response::Rows)
        }
        Kind::Choice | Kind::YesNo => match words.as_slice() {
            [word] => option(word).map(Response::Option),
            _ => Err("one option, please".to_owned()),
        },
        Kind::Number | Kind::Text => return None,
    })
}

/// Reads a command: a letter or a word, and what it needs.
fn command(survey: &Survey<'_>, line: &str) -> Option<Result<Typed, String>> {
    let (word, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()));
    let with = |purpose: Purpose| {
        if rest.is_empty() { Ok(Typed::Ask(purpose)) } else { purpose.action(survey, rest).map(Typed::Action) }
    };
    let bare = |typed: Typed| if rest.is_empty() { Ok(typed) } else { Err(format!("`{word}` stands alone")) };
    Some(match word {
        "b" | "back" => bare(Typed::Action(Action::Back)),
        "s" | "skip" => bare(Typed::Action(Action::Skip)),
        "u" | "unknown" => bare(Typed::Action(Action::Unknown)),
        "r" | "review" => bare(Typed::Action(Action::Review)),
        "q" | "quit" => bare(Typed::Quit),
        "?" | "h" | "help" => bare(Typed::Help),
        "n" | "note" => with(Purpose::Note),
        "e" | "evidence" => with(Purpose::Evidence),
        "x" | "n/a" => with(Purpose::Reason),
        "g" | "go" => with(Purpose::Jump),
        "c" | "confidence" => match (rest, Confidence::ALL.iter().find(|one| one.word() == rest)) {
            ("", _) => Ok(Typed::Action(Action::NextConfidence)),
            ("none", _) => Ok(Typed::Action(Action::Confidence(None))),
            (_, Some(confidence)) => Ok(Typed::Action(Action::Confidence(Some(*confidence)))),
            (_, None) => Err(format!("`{rest}` is no confidence; there are measured, estimate, guess, none")),
        },
        _ => return None,
    })
}
