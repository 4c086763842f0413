//! `answers`: check what was answered, merge what several people said, bring a file up to date.

mod words;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Subcommand;

use super::answers_file::{self, ANSWERS_FILE, Lock, Locking};
use super::model_says::model_says;
use super::output::{self, Color};
use super::{Outcome, ask, disk, questionnaire};
use crate::diagnostic::{Code, has_errors};
use crate::quantity::{Date, Dimension, parse_quantity};
use crate::questionnaire::answers::{Answers, Status};
use crate::questionnaire::{MaxAge, Naming, Questionnaire, merge_with, upkeep, write_answers};
use crate::report::shell;
use crate::report::text::harmless;
use words::Words;

/// Arguments of `answers`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fail if answers are out of date, called measured without evidence, or too old
    Check(CheckArguments),
    /// Write the medians of several people's answers, and what to talk about first
    Merge(MergeArguments),
    /// Write answers anew for the questionnaire's version; nothing is deleted
    Upgrade(UpgradeArguments),
}

#[derive(Debug, clap::Args)]
struct CheckArguments {
    /// Model directories, or answers files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    questionnaire: questionnaire::Choice,

    /// How old an answer may be, such as 180d; every age if absent
    #[arg(long, value_name = "TIME", value_parser = days)]
    max_age: Option<i64>,

    /// The day to count back from, if it is not today (in UTC)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = ask::date)]
    today: Option<Date>,
}

#[derive(Debug, clap::Args)]
struct MergeArguments {
    /// The model directory
    #[arg(value_name = "MODEL_DIR")]
    directory: PathBuf,

    /// The people's files; all of MODEL_DIR/answers/*.toml if absent
    files: Vec<PathBuf>,

    #[command(flatten)]
    questionnaire: questionnaire::Choice,

    /// The round of a Delphi survey; from the second on, nobody is named, neither here nor in answers.toml
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    round: u32,

    /// Take the medians also where people have settled an answer together since
    #[arg(long)]
    overwrite: bool,
}

#[derive(Debug, clap::Args)]
struct UpgradeArguments {
    /// A model directory, or an answers file
    path: PathBuf,

    #[command(flatten)]
    questionnaire: questionnaire::Choice,

    /// Write nothing; fail if there is something to write
    #[arg(long)]
    check: bool,
}

fn days(text: &str) -> Result<i64, String> {
    let parsed = parse_quantity(text, Dimension::Duration).map_err(|_| format!("`{text}` is no time; write it as in 180d"))?;
    let days = parsed.likely / 86_400.0;
    if parsed.is_range() || days.fract() != 0.0 || days > 1e6 {
        return Err(format!("`{text}` is no whole number of days up to 1000000"));
    }
    Ok(days as i64)
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    match &arguments.command {
        Command::Check(arguments) => check(arguments, color),
        Command::Merge(arguments) => run_merge(arguments, color),
        Command::Upgrade(arguments) => upgrade(arguments, color),
    }
}

/// Returns the answers file of an argument, which must exist.
fn file(path: &Path) -> Result<PathBuf> {
    let file = if path.is_dir() { path.join(ANSWERS_FILE) } else { path.to_owned() };
    if !file.is_file() {
        bail!("there are no answers at `{}`; `weighbridge ask` writes them", file.display());
    }
    Ok(file)
}

/// Reads answers and shows what is wrong with them; nothing is returned where there are errors.
fn read(path: &Path, questionnaire: &Questionnaire, color: Color) -> Result<Option<answers_file::Found>> {
    let read = answers_file::read(path, questionnaire)?;
    if !read.diagnostics.is_empty() {
        questionnaire::narrate(&read.sources, &read.diagnostics, color);
        output::narrate("");
    }
    Ok((!has_errors(&read.diagnostics)).then_some(read))
}

fn check(arguments: &CheckArguments, color: Color) -> Result<Outcome> {
    let max_age = arguments.max_age.map(|days| MaxAge { days, today: arguments.today.unwrap_or_else(ask::today) });
    let mut text = String::new();
    let mut outcome = Outcome::Pass;
    for path in &arguments.paths {
        let path = file(path)?;
        let Some(questionnaire) = questionnaire::opened(&arguments.questionnaire, answers_file::model_of(&path), color)? else {
            outcome = Outcome::Invalid;
            continue;
        };
        let Some(read) = read(&path, &questionnaire, color)? else {
            outcome = Outcome::Invalid;
            continue;
        };
        let mut due: Vec<String> = Vec::new();
        if read.diagnostics.iter().any(|one| one.code == Code::OutdatedAnswer) || read.answers.version < questionnaire.version {
            due.push(format!(
                "the answers are of version {}, the questionnaire of {}; run `weighbridge answers upgrade {}`",
                read.answers.version,
                questionnaire.version,
                shell(&path.display().to_string())
            ));
        }
        let found = upkeep(&questionnaire, &read.answers, max_age);
        due.extend(found.iter().map(|(id, upkeep)| upkeep.sentence(&questionnaire.question(*id).id, max_age)));
        let count = read.answers.iter().filter(|(_, answer)| answer.status != Status::Later).count();
        text.push_str(&format!(
            "{}: {count} answer{}, {}\n",
            path.display(),
            plural(count),
            if due.is_empty() { "nothing due".to_owned() } else { format!("{} due", due.len()) }
        ));
        due.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        if !due.is_empty() && outcome == Outcome::Pass {
            outcome = Outcome::Fail;
        }
    }
    output::print(&harmless(&text))?;
    Ok(outcome)
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Locks the answers for writing.
fn locked(path: &Path) -> Result<Option<Lock>> {
    match answers_file::lock(path)? {
        Locking::Ours(lock) => Ok(Some(lock)),
        Locking::Impossible => Ok(None),
        Locking::Taken(process) => {
            let process = process.map(|id| format!(" (process {id})")).unwrap_or_default();
            bail!("another terminal{process} has `{}` open", path.display())
        }
    }
}

fn upgrade(arguments: &UpgradeArguments, color: Color) -> Result<Outcome> {
    let path = file(&arguments.path)?;
    let Some(questionnaire) = questionnaire::opened(&arguments.questionnaire, answers_file::model_of(&path), color)? else {
        return Ok(Outcome::Invalid);
    };
    let _lock = if arguments.check { None } else { locked(&path)? };
    let Some(read) = read(&path, &questionnaire, color)? else { return Ok(Outcome::Invalid) };
    let text = write_answers(&read.text, &questionnaire, &read.answers).map_err(anyhow::Error::msg)?;
    let name = path.display();
    if text == read.text {
        output::print(&harmless(&format!("{name}: up to date\n")))?;
        return Ok(Outcome::Pass);
    }
    if arguments.check {
        output::print(&harmless(&format!("{name}: an upgrade to {}@{} is due\n", questionnaire.id, questionnaire.version)))?;
        return Ok(Outcome::Fail);
    }
    disk::write_atomically(&path, &text)?;
    let stale = read.answers.iter().filter(|(_, answer)| answer.stale).count();
    let mut line = format!("{name}: upgraded to {}@{}", questionnaire.id, questionnaire.version);
    if stale > 0 {
        line.push_str(&format!("; {stale} stale answer{}, for `weighbridge ask --unanswered`", plural(stale)));
    }
    output::print(&harmless(&format!("{line}\n")))?;
    Ok(Outcome::Pass)
}

fn run_merge(arguments: &MergeArguments, color: Color) -> Result<Outcome> {
    let Some(questionnaire) = questionnaire::opened(&arguments.questionnaire, Some(&arguments.directory), color)? else {
        return Ok(Outcome::Invalid);
    };
    let files = if arguments.files.is_empty() { people(&arguments.directory)? } else { arguments.files.clone() };
    answers_file::each_once(&files)?;
    let mut people: Vec<(String, Answers)> = Vec::new();
    for path in &files {
        let path = file(path)?;
        let Some(read) = read(&path, &questionnaire, color)? else { return Ok(Outcome::Invalid) };
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        people.push((name, read.answers));
    }
    let path = arguments.directory.join(ANSWERS_FILE);
    let _lock = locked(&path)?;
    let Some(existing) = read(&path, &questionnaire, color)? else { return Ok(Outcome::Invalid) };
    let naming = if arguments.round < 2 { Naming::Named } else { Naming::Nameless };
    let mut merged = merge_with(&questionnaire, &people, naming);
    merged.lay_over(&existing.answers, arguments.overwrite);
    let text = write_answers(&existing.text, &questionnaire, &merged.answers).map_err(anyhow::Error::msg)?;
    if text != existing.text {
        disk::write_atomically(&path, &text)?;
    }
    let computed = model_says(&arguments.directory, &questionnaire)?.computed;
    let words = Words { questionnaire: &questionnaire, merged: &merged, n_people: people.len(), path: &path, naming, computed: &computed };
    output::print(&harmless(&words.all()))?;
    Ok(Outcome::Pass)
}

/// Finds the files of people in a model directory, which must have some.
fn people(directory: &Path) -> Result<Vec<PathBuf>> {
    let found = answers_file::people(directory)?;
    if found.is_empty() {
        let folder = answers_file::people_directory(directory);
        let (typed, file) = (shell(&directory.display().to_string()), shell(&folder.join("NAME.toml").display().to_string()));
        bail!(
            "there are no people's answers in `{}`; each person answers with `weighbridge ask {typed} --answers {file}`",
            folder.display()
        );
    }
    Ok(found)
}
