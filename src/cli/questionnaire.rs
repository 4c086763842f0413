//! `questionnaire`: check and show the questions; and the way from an argument to a questionnaire, for all commands that need one.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use super::output::{Color, Look};
use super::{Outcome, diagnostics, disk, output};
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::questionnaire::{Kind, Question, Questionnaire, SHOULD_YOU_DISTRIBUTE, is_weighable, lint, read, translate};
use crate::report::text::harmless;
use crate::source::Sources;
use crate::verdict::{base_rates, never_wins};

/// The questionnaire of a model's own.
const QUESTIONNAIRE_FILE: &str = "questionnaire.toml";

/// Arguments of `questionnaire`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what is wrong with a questionnaire, and how often each candidate wins for random answers
    Lint(LintArguments),
    /// Print the questions with their options and levels, or the whole file to start one's own from
    Show(ShowArguments),
}

#[derive(Debug, clap::Args)]
struct LintArguments {
    /// A questionnaire of your own; the built-in one if absent
    file: Option<PathBuf>,

    /// Texts in another language, whose gaps are listed
    #[arg(long, value_name = "FILE")]
    translation: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ShowArguments {
    /// A questionnaire of your own; the built-in one if absent
    file: Option<PathBuf>,

    /// How to print it
    #[arg(long, value_enum, default_value_t = ShowFormat::Human)]
    format: ShowFormat,
}

/// The formats of `questionnaire show`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShowFormat {
    /// For reading.
    Human,
    /// The file itself.
    Toml,
}

/// Which questionnaire a command works with.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Choice {
    /// A questionnaire of your own instead of MODEL_DIR/questionnaire.toml or the built-in one, "Should you distribute?"
    #[arg(long, value_name = "FILE")]
    pub(super) questionnaire: Option<PathBuf>,
}

/// A questionnaire with what reading it found.
struct Opened {
    sources: Sources,
    questionnaire: Questionnaire,
    diagnostics: Vec<Diagnostic>,
}

fn open(file: Option<&Path>) -> Result<Opened> {
    let mut sources = Sources::default();
    let id = match file {
        Some(path) => sources.add(harmless(&path.display().to_string()), disk::read_text(path)?),
        None => sources.add("should-you-distribute.toml", SHOULD_YOU_DISTRIBUTE),
    };
    let (questionnaire, diagnostics) = read(&sources, id);
    Ok(Opened { sources, questionnaire, diagnostics })
}

/// Reads the questionnaire that was chosen, or that of a model directory, or the built-in one; one with mistakes is shown them, and nothing is returned.
pub(super) fn opened(choice: &Choice, directory: Option<&Path>, color: Color) -> Result<Option<Questionnaire>> {
    let opened = open(questionnaire_file(directory, choice.questionnaire.as_deref())?.as_deref())?;
    if !has_errors(&opened.diagnostics) {
        return Ok(Some(opened.questionnaire));
    }
    narrate(&opened.sources, &opened.diagnostics, color);
    Ok(None)
}

/// Finds the questionnaire that was chosen, or that of a model directory; none means the built-in one.
pub(super) fn questionnaire_file(directory: Option<&Path>, chosen: Option<&Path>) -> Result<Option<PathBuf>> {
    match (chosen, directory) {
        (Some(path), _) => Ok(Some(path.to_owned())),
        (None, Some(directory)) => disk::there(directory.join(QUESTIONNAIRE_FILE)),
        (None, None) => Ok(None),
    }
}

/// Shows diagnostics on standard error.
pub(super) fn narrate(sources: &Sources, found: &[Diagnostic], color: Color) {
    output::narrate(diagnostics::human(sources, found, Look::of(&std::io::stderr(), color)).trim_end_matches('\n'));
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    match &arguments.command {
        Command::Lint(arguments) => run_lint(arguments, color),
        Command::Show(arguments) => show(arguments, color),
    }
}

fn run_lint(arguments: &LintArguments, color: Color) -> Result<Outcome> {
    let Opened { mut sources, mut questionnaire, mut diagnostics } = open(arguments.file.as_deref())?;
    // What breaks the file itself leaves nothing to say of what it says.
    let is_read = !diagnostics.iter().any(|one| one.code == Code::TomlSyntax);
    let is_weighed = is_weighable(&diagnostics);
    if is_read {
        let never_wins = if is_weighed { never_wins(&questionnaire) } else { Vec::new() };
        diagnostics.extend(lint(&questionnaire, &diagnostics, &never_wins));
    }
    if let Some(path) = &arguments.translation {
        let file = sources.add(harmless(&path.display().to_string()), disk::read_text(path)?);
        let found = translate(&mut questionnaire, &sources, file);
        // What the questionnaire lost by its own mistakes is no gap of the translation.
        diagnostics.extend(found.into_iter().filter(|one| is_weighed || !matches!(one.code, Code::MissingTranslation | Code::UnknownKey)));
    }
    crate::diagnostic::sort(&mut diagnostics);
    if !diagnostics.is_empty() {
        narrate(&sources, &diagnostics, color);
        output::narrate("");
    }
    let invalid = has_errors(&diagnostics);
    let mut text = format!("{}@{}: {}\n", questionnaire.id, questionnaire.version, diagnostics::tally(&diagnostics));
    if invalid {
        let unsaid = if is_weighed { "" } else { "; then also which candidates can never win" };
        text.push_str(&format!("how often each candidate wins is said when the mistakes are mended{unsaid}\n"));
    } else {
        text.push_str(&rates(&questionnaire));
    }
    output::print(&harmless(&text))?;
    Ok(if invalid { Outcome::Invalid } else { Outcome::Pass })
}

/// Says how often each candidate wins for random answers, the most frequent first, ties in the order of the file.
fn rates(questionnaire: &Questionnaire) -> String {
    let rates = base_rates(questionnaire);
    let given = &questionnaire.sample.given_label;
    let mut text = format!(
        "\nVerdicts of {} random answer sets{}:\n",
        rates.of,
        if given.is_empty() { String::new() } else { format!(" in which {given}") }
    );
    let mut candidates: Vec<_> = questionnaire.candidate_ids().collect();
    candidates.sort_by_key(|id| (std::cmp::Reverse(rates.wins[id.0]), *id));
    for id in candidates {
        text.push_str(&format!("  {:>5.1} %  {}\n", rates.share(id) * 100.0, questionnaire.candidate(id).id));
    }
    text
}

fn show(arguments: &ShowArguments, color: Color) -> Result<Outcome> {
    if arguments.format == ShowFormat::Toml {
        let text = match &arguments.file {
            Some(path) => disk::read_text(path)?,
            None => SHOULD_YOU_DISTRIBUTE.to_owned(),
        };
        output::print(&text)?;
        return Ok(Outcome::Pass);
    }
    let choice = Choice { questionnaire: arguments.file.clone() };
    let Some(questionnaire) = opened(&choice, None, color)? else { return Ok(Outcome::Invalid) };
    output::print(&harmless(&listed(&questionnaire)))?;
    Ok(Outcome::Pass)
}

/// Lists the questions with their options, section by section.
pub(super) fn listed(questionnaire: &Questionnaire) -> String {
    let mut text = format!("{} ({}@{})\n", questionnaire.title, questionnaire.id, questionnaire.version);
    for (at, section) in questionnaire.sections.iter().enumerate() {
        text.push_str(&format!("\n{}\n", section.title));
        for question in questionnaire.questions.iter().filter(|question| question.section == at) {
            let is_core = questionnaire.find_question(&question.id).is_some_and(|id| questionnaire.core.contains(&id));
            text.push_str(&shown(questionnaire, question, is_core));
        }
    }
    text
}

fn shown(questionnaire: &Questionnaire, question: &Question, is_core: bool) -> String {
    let core = if is_core { ", core" } else { "" };
    let mut text = format!("\n  {} ({}{core})\n    {}\n", question.id, question.kind.word(), question.ask);
    text.extend(question.show_if.iter().map(|condition| format!("    asked if {}\n", condition.text)));
    let level = |(force, level): &(crate::questionnaire::ForceId, f64)| format!("{} {level}", questionnaire.force(*force).id);
    for option in &question.options {
        let levels = option.levels.iter().map(level).collect::<Vec<_>>().join(", ");
        text.push_str(format!("    - {}: {}  {levels}", option.id, option.label).trim_end());
        text.push('\n');
    }
    for ramp in &question.ramps {
        let points: Vec<String> = ramp.points.iter().map(|(number, level)| format!("{number}: {level}")).collect();
        text.push_str(&format!("    {} by number: {}\n", questionnaire.force(ramp.force).id, points.join(", ")));
    }
    if question.kind == Kind::Number {
        text.extend(question.unit.iter().map(|unit| format!("    in {unit}\n")));
    }
    text
}
