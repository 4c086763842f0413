//! `ask`: one survey, two front ends. Prompts go to standard error, the result to standard output.

pub(super) mod columns;
mod draw;
#[cfg(test)]
mod draw_tests;
mod interview;
mod line;
mod mode;
mod result;
mod screen;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;

use super::answers_file::{self, ANSWERS_FILE, Lock, Locking, Store, hold};
use super::model_says::{ModelSays, model_says};
use super::output::{self, Color, Look};
use super::{INTERRUPTED, Outcome, questionnaire};
use crate::diagnostic::has_errors;
use crate::quantity::Date;
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::report::shell;
use crate::report::text::harmless;
use crate::survey::keyboard::Keyboard;
use crate::survey::{Opening, Scope, Signature, Survey};

pub(super) use interview::{Interview, Interviewed, asks, interview};
pub(super) use mode::Ui;

use mode::FrontEnd;

/// Arguments of `ask`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The model directory that the answers are about; they are saved in its `answers.toml`
    #[arg(value_name = "MODEL_DIR", default_value = ".")]
    directory: PathBuf,

    #[command(flatten)]
    scope: ScopeArguments,

    /// Show the leader from the start; it tempts to answer towards it
    #[arg(long)]
    live: bool,

    /// How to ask: on the full screen, line by line, or not at all
    #[arg(long, value_enum, default_value_t = Ui::Auto)]
    ui: Ui,

    /// The answers file, if it is not MODEL_DIR/answers.toml
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// Answer a question before asking: an option, several with commas, a number, `unknown`, `n/a: reason` or `later`
    #[arg(long, value_name = "QUESTION=ANSWER")]
    set: Vec<String>,

    /// Ask nothing; fail and list the core questions that have no answer
    #[arg(long)]
    no_input: bool,

    /// Answer the core questions that have no answer in this way; asks nothing
    #[arg(long, value_enum, value_name = "ANSWER")]
    defaults: Option<Defaults>,

    #[command(flatten)]
    questionnaire: questionnaire::Choice,

    /// Who answers; several for a walk together
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: Vec<String>,

    /// The day that answers are dated with, if it is not today (in UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    today: Option<Date>,

    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Which questions are asked; the core questions if nothing is said.
#[derive(Debug, Clone, clap::Args)]
#[group(multiple = false)]
struct ScopeArguments {
    /// Ask the core questions (the default)
    #[arg(long)]
    quick: bool,

    /// Ask all questions
    #[arg(long)]
    full: bool,

    /// Ask what has no answer, was put off, or is stale
    #[arg(long)]
    unanswered: bool,

    /// Begin with the review of all answers
    #[arg(long)]
    review: bool,

    /// Ask these questions
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    only: Vec<String>,

    /// Ask core questions until one design is left that can win
    #[arg(long)]
    until_decided: bool,
}

/// What questions without an answer are answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Defaults {
    /// Nobody knows.
    Unknown,
}

/// The formats of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The verdict in a few lines.
    Human,
    /// Answers and verdict for scripts.
    Json,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// At its last page.
    Finished,
    /// Before, because the person left or the input ended.
    Left,
    /// By Ctrl-C.
    Interrupted,
}

/// A survey and the file that it saves into.
struct Session<'q> {
    keyboard: Keyboard<'q>,
    store: Store,
    commands: Commands,
    /// The model directory that the answers are about.
    directory: PathBuf,
}

/// What to type after this.
#[derive(Debug, Clone)]
struct Commands {
    /// To use the answers.
    next: String,
    /// To go on answering.
    resume: String,
}

impl Session<'_> {
    fn save(&mut self, changed: QuestionId) -> Result<(), String> {
        let saved = self.store.save(self.keyboard.survey_mut(), Some(changed));
        saved.map_err(|error| format!("NOT SAVED: {error:#}"))
    }
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| format!("`{text}` is no day; write it as in 2026-11-20"))
}

/// The longest name of a person, in bytes.
const MAX_NAME: usize = 200;

/// Checks the name of a person.
fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("nobody is named; leave `--by` out, or write a name".to_owned()),
        name if name.len() > MAX_NAME => Err(format!("a name of {} bytes; the limit is {MAX_NAME}", name.len())),
        name => Ok(name.to_owned()),
    }
}

/// Returns the day of the system's clock, in UTC.
pub(super) fn today() -> Date {
    #[expect(clippy::disallowed_methods, reason = "an answer is dated; no computed figure depends on it, and `--today` replaces it")]
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::of_epoch_day(i64::try_from(seconds / 86_400).unwrap_or(0))
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(questionnaire) = questionnaire::opened(&arguments.questionnaire, Some(&arguments.directory), color)? else {
        return Ok(Outcome::Invalid);
    };
    if !arguments.directory.is_dir() {
        bail!("there is no directory `{}`", arguments.directory.display());
    }
    let path = arguments.answers.clone().unwrap_or_else(|| arguments.directory.join(ANSWERS_FILE));
    let scope = scope(&questionnaire, &arguments.scope)?;
    let mut read = answers_file::read(&path, &questionnaire)?;
    if !read.diagnostics.is_empty() {
        questionnaire::narrate(&read.sources, &read.diagnostics, color);
        if has_errors(&read.diagnostics) {
            output::narrate(&format!("\n`{}` is left as it is; mend it, or name another file with --answers", path.display()));
            return Ok(Outcome::Invalid);
        }
        output::narrate("");
    }
    let is_asking = !arguments.no_input && arguments.defaults.is_none();
    let front_end = if is_asking { mode::front_end(arguments.ui)? } else { FrontEnd::Off };
    let is_changing = !arguments.set.is_empty() || arguments.defaults.is_some();
    let (lock, read_only) = if front_end == FrontEnd::Off && !is_changing { (None, None) } else { locked(&path, is_changing)? };
    if read.answers.system.is_none() && arguments.directory != Path::new(".") {
        read.answers.system = Some(arguments.directory.display().to_string());
    }
    let ModelSays { facts, computed } = model_says(&arguments.directory, &questionnaire)?;
    let opening = Opening {
        scope,
        signature: Signature { by: arguments.by.clone(), on: Some(arguments.today.unwrap_or_else(today)) },
        facts,
        computed,
        is_live: arguments.live,
        read_only,
    };
    let mut survey = Survey::new(&questionnaire, read.answers, opening);
    let mut store = Store::new(&path, &read.text);
    change(&mut survey, &mut store, arguments)?;
    let is_hidden = |id: &QuestionId| !survey.is_shown(*id);
    for id in asked_for(&survey, arguments).into_iter().filter(is_hidden) {
        output::narrate(&harmless(&inactive(&survey, id)));
    }
    if arguments.no_input && !survey.open_core().is_empty() && !survey.is_over() {
        output::narrate(&harmless(&result::missing(&survey)));
        return Ok(Outcome::Invalid);
    }
    let lock = Arc::new(Mutex::new(lock));
    let mut session =
        Session { keyboard: Keyboard::new(survey), store, commands: commands(arguments), directory: arguments.directory.clone() };
    let walked = walk(&mut session, front_end, &lock, color);
    let outcome = match walked {
        Ok(ending) => finish(&mut session, ending, arguments.format),
        // A terminal that went away takes no answer with it.
        Err(error) => save_or_give_back(&mut session).and(Err(error)),
    };
    // Also what failed leaves no lock behind.
    drop(hold(&lock).take());
    outcome
}

/// Walks through a survey on a front end, and saves every answer.
fn walk(session: &mut Session<'_>, front_end: FrontEnd, lock: &Arc<Mutex<Option<Lock>>>, color: Color) -> Result<Ending> {
    let is_screen = Arc::new(AtomicBool::new(false));
    match front_end {
        FrontEnd::Off => Ok(Ending::Left),
        FrontEnd::Line => {
            on_interruption(session, lock, &is_screen)?;
            line::walk(session)
        }
        FrontEnd::Screen => {
            on_interruption(session, lock, &is_screen)?;
            screen::walk(session, Look::of(&std::io::stderr(), color).color, &is_screen)
        }
    }
}

/// Returns the questions that the command line names, each once, in asking order.
fn asked_for(survey: &Survey<'_>, arguments: &Arguments) -> Vec<QuestionId> {
    let named = arguments.scope.only.iter().map(String::as_str);
    let set = arguments.set.iter().filter_map(|setting| setting.split_once('=')).map(|(id, _)| id);
    let mut found: Vec<QuestionId> = named.chain(set).filter_map(|id| survey.find(id).ok()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Says that a question counts for nothing now, and what it waits for.
fn inactive(survey: &Survey<'_>, id: QuestionId) -> String {
    let question = survey.questionnaire().question(id);
    let condition = question.show_if.as_ref().map(|condition| format!(": it is asked if {}", condition.text)).unwrap_or_default();
    let kept = if survey.answers().get(id).is_some() { "its answer is kept, and has no effect" } else { "it is passed over" };
    format!("note: `{}` is not asked under the current answers{condition}; {kept}", question.id)
}

/// Takes the answers of the command line in, and saves them at once.
fn change(survey: &mut Survey<'_>, store: &mut Store, arguments: &Arguments) -> Result<()> {
    for setting in &arguments.set {
        survey.set_from_text(setting).map_err(|message| anyhow!("--set {setting}: {message}"))?;
    }
    if arguments.defaults == Some(Defaults::Unknown) {
        survey.open_core_is_unknown().map_err(anyhow::Error::msg)?;
    }
    if survey.questionnaire().question_ids().any(|id| survey.is_touched(id)) {
        store.save(survey, None)?;
    }
    Ok(())
}

/// Tries once more to save what could not be saved so far; what still cannot be is printed, so that nothing is lost. Says whether all is saved.
fn save_or_give_back(session: &mut Session<'_>) -> Result<bool> {
    if session.store.is_saved() {
        return Ok(true);
    }
    let Err(error) = session.store.save(session.keyboard.survey_mut(), None) else { return Ok(true) };
    output::narrate(&harmless(&format!("error: {error:#}")));
    give_back(&hold(&session.store.given_back()));
    Ok(false)
}

/// Prints answers that are in no file.
fn give_back(tables: &str) {
    output::narrate("These answers are in no file yet; paste them where they belong:\n");
    output::narrate(&harmless(tables));
}

/// Prints the result.
fn finish(session: &mut Session<'_>, ending: Ending, format: Format) -> Result<Outcome> {
    let path = session.store.path().display().to_string();
    if !save_or_give_back(session)? {
        return Ok(if ending == Ending::Interrupted { Outcome::Interrupted } else { Outcome::Invalid });
    }
    let survey = session.keyboard.survey();
    if ending == Ending::Interrupted {
        output::narrate(&harmless(&interrupted(survey.answers().iter().next().is_none(), &path)));
        return Ok(Outcome::Interrupted);
    }
    // Whoever leaves when nothing is left to ask has finished.
    let ending = if survey.is_over() { Ending::Finished } else { ending };
    output::print(&harmless(&match format {
        Format::Human => result::human(survey, ending, &path, &session.commands),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&result::json(survey, ending, &path, &session.directory))?),
    }))?;
    Ok(Outcome::Pass)
}

/// Says where the answers are, if there are any.
fn interrupted(is_blank: bool, path: &str) -> String {
    if is_blank {
        "interrupted; nothing was answered, nothing is saved".to_owned()
    } else {
        format!("interrupted; all answers are saved in {path}")
    }
}

/// Locks the answers. Where somebody else has them open: an error if they are to be changed without asking, else they are read only.
fn locked(path: &Path, must_write: bool) -> Result<(Option<Lock>, Option<String>)> {
    match answers_file::lock(path)? {
        Locking::Ours(lock) => Ok((Some(lock), None)),
        Locking::Impossible => Ok((None, None)),
        Locking::Taken(process) => {
            let process = process.map(|id| format!(" (process {id})")).unwrap_or_default();
            let why = format!("another terminal{process} has `{}` open", path.display());
            if must_write {
                bail!("{why}");
            }
            Ok((None, Some(why)))
        }
    }
}

/// Leaves a whole file, a sane terminal and no lock when the process is interrupted or its terminal goes away.
///
/// On the full screen Ctrl-C is a key; this is for the line front end, for `kill`, and for a window that is closed.
fn on_interruption(session: &Session<'_>, lock: &Arc<Mutex<Option<Lock>>>, is_screen: &Arc<AtomicBool>) -> Result<()> {
    let (given_back, lock, is_screen) = (session.store.given_back(), Arc::clone(lock), Arc::clone(is_screen));
    let path = session.store.path().to_owned();
    ctrlc::set_handler(move || {
        let unsaved = hold(&given_back);
        screen::once(&is_screen, screen::restore);
        if unsaved.is_empty() {
            output::narrate(&harmless(&format!("\n{}", interrupted(!path.exists(), &path.display().to_string()))));
        } else {
            output::narrate("\ninterrupted");
            give_back(&unsaved);
        }
        drop(hold(&lock).take());
        std::process::exit(i32::from(INTERRUPTED));
    })
    .context("cannot watch for interruptions")
}

fn scope(questionnaire: &Questionnaire, arguments: &ScopeArguments) -> Result<Scope> {
    if !arguments.only.is_empty() {
        let find = |id: &String| {
            questionnaire.find_question(id.trim()).ok_or_else(|| {
                let hint = crate::diagnostic::nearest(id.trim(), questionnaire.questions.iter().map(|question| question.id.as_str()));
                let hint = hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default();
                anyhow!("--only: no question has the id `{}`{hint}", id.trim())
            })
        };
        return Ok(Scope::Only(arguments.only.iter().map(find).collect::<Result<_>>()?));
    }
    Ok(match arguments {
        ScopeArguments { full: true, .. } => Scope::Full,
        ScopeArguments { unanswered: true, .. } => Scope::Unanswered,
        ScopeArguments { review: true, .. } => Scope::Review,
        ScopeArguments { until_decided: true, .. } => Scope::UntilDecided,
        ScopeArguments { .. } => Scope::Quick,
    })
}

fn commands(arguments: &Arguments) -> Commands {
    let quoted = |path: &Path| shell(&path.display().to_string());
    let name = quoted(&arguments.directory);
    let answers = arguments.answers.as_deref().map(|path| format!(" --answers {}", quoted(path))).unwrap_or_default();
    let own = arguments.questionnaire.questionnaire.as_deref().map(|path| format!(" --questionnaire {}", quoted(path))).unwrap_or_default();
    // A report reads what is in the model's directory; a verdict takes any files.
    let is_model = arguments.directory.join(crate::model::BASE_FILE).is_file() && answers.is_empty() && own.is_empty();
    let next = if is_model { format!("weighbridge report {name}") } else { format!("weighbridge verdict {name}{answers}{own}") };
    Commands { next, resume: format!("weighbridge ask {name}{answers}{own}") }
}
