//! A walk through a questionnaire whose answers become something else: what `init` asks. The same survey, front ends and saving as `ask` has.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};

use super::mode::{self, FrontEnd, Ui};
use super::{Commands, Ending, Session, interrupted, locked, save_or_give_back, walk};
use crate::cli::answers_file::{self, Store, hold};
use crate::cli::output::{self, Color};
use crate::diagnostic::has_errors;
use crate::questionnaire::Questionnaire;
use crate::questionnaire::answers::Answers;
use crate::report::text::harmless;
use crate::survey::keyboard::Keyboard;
use crate::survey::{Opening, Scope, Survey};

/// What is asked, and how.
pub(in crate::cli) struct Interview<'a> {
    /// The questions.
    pub(in crate::cli) questionnaire: &'a Questionnaire,
    /// Where answers are kept until the walk is over.
    pub(in crate::cli) file: &'a Path,
    /// `question=answer`, before anything is asked.
    pub(in crate::cli) settings: &'a [String],
    /// How to ask; `auto` asks nobody where standard input is no terminal.
    pub(in crate::cli) ui: Ui,
    /// What comes after it.
    pub(in crate::cli) next: String,
    /// How to go on with a walk that was left.
    pub(in crate::cli) resume: String,
}

/// How it ended.
pub(in crate::cli) enum Interviewed {
    /// All was asked that was to be.
    Over(Answers),
    /// The person left; what was answered is saved.
    Left,
    /// By Ctrl-C.
    Interrupted,
    /// The answers could not be saved, and were printed.
    Unsaved,
}

/// Says whether somebody will be asked.
pub(in crate::cli) fn asks(ui: Ui) -> Result<bool> {
    Ok(front_end(ui)? != FrontEnd::Off)
}

fn front_end(ui: Ui) -> Result<FrontEnd> {
    // Whoever pipes nothing in is not asked: a script that makes a model does not wait for answers.
    if ui == Ui::Auto && !std::io::stdin().is_terminal() { Ok(FrontEnd::Off) } else { mode::front_end(ui) }
}

/// Asks. Where nobody is asked the settings are the answers, and nothing is kept.
pub(in crate::cli) fn interview(wanted: &Interview<'_>, color: Color) -> Result<Interviewed> {
    let front_end = front_end(wanted.ui)?;
    let found = answers_file::read(wanted.file, wanted.questionnaire)?;
    if has_errors(&found.diagnostics) {
        crate::cli::questionnaire::narrate(&found.sources, &found.diagnostics, color);
        return Err(anyhow!("`{}` is left as it is; mend it or take it away", wanted.file.display()));
    }
    let asking = front_end != FrontEnd::Off;
    let (lock, read_only) = if asking { locked(wanted.file, true)? } else { (None, None) };
    let opening = Opening { scope: Scope::Quick, read_only, ..Opening::default() };
    let mut survey = Survey::new(wanted.questionnaire, found.answers, opening);
    let mut set = Vec::new();
    for setting in wanted.settings {
        survey.set_from_text(setting).map_err(|message| anyhow!("--set {setting}: {message}"))?;
        set.extend(setting.split_once('=').and_then(|(id, _)| survey.find(id).ok()));
    }
    if !asking {
        return Ok(Interviewed::Over(survey.into_answers()));
    }
    let lock = Arc::new(Mutex::new(lock));
    let commands = Commands { next: wanted.next.clone(), resume: wanted.resume.clone() };
    let directory = wanted.file.parent().map(Path::to_owned).unwrap_or_default();
    let mut session = Session { keyboard: Keyboard::new(survey), store: Store::new(wanted.file, &found.text), commands, directory };
    // What was answered on the command line is an answer, too, whoever leaves at once.
    for id in set {
        if let Err(message) = session.save(id) {
            output::narrate(&harmless(&message));
        }
    }
    let walked = walk(&mut session, front_end, &lock, color);
    let is_saved = save_or_give_back(&mut session);
    // Also what failed leaves no lock behind.
    drop(hold(&lock).take());
    let (ending, is_saved) = (walked?, is_saved?);
    let is_blank = session.keyboard.survey().answers().iter().next().is_none();
    Ok(match ending {
        Ending::Interrupted => {
            output::narrate(&harmless(&interrupted(is_blank, &wanted.file.display().to_string())));
            Interviewed::Interrupted
        }
        Ending::Finished => Interviewed::Over(session.keyboard.into_survey().into_answers()),
        Ending::Left if !is_saved => Interviewed::Unsaved,
        Ending::Left => {
            let kept = if is_blank { String::new() } else { format!("all answers are saved in {}; ", wanted.file.display()) };
            output::narrate(&harmless(&format!("{kept}no model is written yet; to go on: {}", wanted.resume)));
            Interviewed::Left
        }
    })
}
