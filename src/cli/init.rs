//! `init`: a first model from a short interview, with the alternatives that can be derived from it. Its files are sound, and overwrite nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::ask::{Interview, Interviewed, Ui, asks, interview};
use super::derive::{self, ALTERNATIVES};
use super::output::{self, Color, Look};
use super::{Outcome, diagnostics, disk};
use crate::derivation::{Target, Wanted};
use crate::diagnostic::has_errors;
use crate::model::{BASE_FILE, Model};
use crate::report::shell;
use crate::starter;
use crate::syntax::keys::Table;
use crate::syntax::vocabulary::ComponentKind;

/// Where the answers are kept while the interview lasts.
const INTERVIEW_FILE: &str = "interview.toml";

/// The alternatives that a first model gets, where they differ from it.
const DERIVED: &[Target] = &[Target::Replicated, Target::Services];

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The directory to write to; it is made if it does not exist
    #[arg(required_unless_present = "questions")]
    directory: Option<PathBuf>,

    /// List the questions of the interview with their options, and write nothing
    #[arg(long)]
    questions: bool,

    /// Answer a question of the interview: --set name=Shop --set provider=aws
    #[arg(long, value_name = "QUESTION=ANSWER")]
    set: Vec<String>,

    /// Ask nothing: what is not set is left out of the model
    #[arg(long)]
    no_input: bool,

    /// How to ask: on the full screen, line by line, or not at all; where standard input is no terminal, `auto` asks nothing
    #[arg(long, value_enum, default_value_t = Ui::Auto)]
    ui: Ui,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let questionnaire = starter::interview();
    let Some(directory) = arguments.directory.as_ref().filter(|_| !arguments.questions) else {
        output::print(&crate::report::text::harmless(&super::questionnaire::listed(&questionnaire)))?;
        return Ok(Outcome::Pass);
    };
    let base = directory.join(BASE_FILE);
    let derived = DERIVED.iter().map(|target| directory.join(ALTERNATIVES).join(format!("{}.toml", target.word())));
    for path in std::iter::once(base.clone()).chain(derived) {
        if path.exists() {
            bail!("`{}` exists already; nothing was written", path.display());
        }
    }
    let shown = shell(&directory.display().to_string());
    let ui = if arguments.no_input { Ui::Off } else { arguments.ui };
    let is_new = !directory.exists();
    if asks(ui)? {
        // Answers are saved from the first one on.
        std::fs::create_dir_all(directory).with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    }
    let file = directory.join(INTERVIEW_FILE);
    let wanted = Interview {
        questionnaire: &questionnaire,
        file: &file,
        settings: &arguments.set,
        ui,
        next: format!("weighbridge report {shown}"),
        resume: format!("weighbridge init {shown}"),
    };
    let interviewed = interview(&wanted, color);
    let answers = match interviewed {
        Ok(Interviewed::Over(answers)) => answers,
        other => {
            // Nobody finds a directory that was made for nothing.
            if is_new {
                drop(std::fs::remove_dir(directory));
            }
            return Ok(match other? {
                Interviewed::Over(_) | Interviewed::Left => Outcome::Pass,
                Interviewed::Interrupted => Outcome::Interrupted,
                Interviewed::Unsaved => Outcome::Invalid,
            });
        }
    };
    let text = starter::first_model(&questionnaire, &answers, &title(directory));
    let mut written = Vec::new();
    let notes = match write(directory, &text, &mut written) {
        Ok(notes) => notes,
        Err(error) => {
            // Half a model would keep the next `init` from writing a whole one.
            written.iter().for_each(|path| drop(std::fs::remove_file(path)));
            drop(std::fs::remove_dir(directory.join(ALTERNATIVES)));
            if is_new {
                drop(std::fs::remove_dir(directory));
            }
            return Err(error);
        }
    };
    // All of it stands in the model now.
    drop(std::fs::remove_file(&file));
    for path in &written {
        output::print(&format!("{}\n", path.display()))?;
    }
    if answers.iter().next().is_some() {
        notes.iter().for_each(|note| output::narrate(&crate::report::text::harmless(note)));
    }
    let them = if written.len() == 2 { "both" } else { "them" };
    output::narrate(&format!("Edit {them}, then run:\n  weighbridge check {shown}\n  weighbridge report {shown}"));
    Ok(Outcome::Pass)
}

/// Writes the model, lists what it wrote, and returns what there is to say.
fn write(directory: &Path, text: &str, written: &mut Vec<PathBuf>) -> Result<Vec<String>> {
    let shown = shell(&directory.display().to_string());
    std::fs::create_dir_all(directory.join(ALTERNATIVES))
        .with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    let base = directory.join(BASE_FILE);
    disk::write_atomically(&base, text)?;
    written.push(base);
    let mut notes = Vec::new();
    let files = disk::target(directory)?.files;
    for target in DERIVED {
        let wanted = Wanted { target: *target, parts: Vec::new() };
        let model = Model::read(&files);
        if has_errors(&model.diagnostics) {
            let said = diagnostics::human(&model.sources, &model.diagnostics, Look { color: false, width: 100 });
            bail!("these answers make no sound model; nothing is left of it:\n{said}");
        }
        if *target == Target::Services && model.base.single(Table::Objectives).is_none() && has_modules(&model) {
            notes.push(format!(
                "No alternative `services` yet: nothing says what the system must reach. State `[objectives]`, then `weighbridge derive {shown} --as services`."
            ));
            continue;
        }
        match crate::derivation::derive(&model, &wanted) {
            Ok(text) => written.push(derive::write(&files, directory, target.word(), &wanted, &text)?),
            // Copies that run already, or no part to split off: there is nothing to compare with yet.
            Err(words) => notes.push(format!("No alternative `{}`: {words}.", target.word())),
        }
    }
    Ok(notes)
}

fn has_modules(model: &Model) -> bool {
    model.base.components.iter().any(|one| one.kind == ComponentKind::Module)
}

/// Names a system by its directory: `my-system` is "My system".
fn title(directory: &Path) -> String {
    let real = directory.canonicalize().ok();
    let name = directory.file_name().or_else(|| real.as_ref()?.file_name()).map(|name| name.to_string_lossy().replace(['-', '_'], " "));
    let name = crate::report::text::harmless(name.as_deref().unwrap_or("My system"));
    let mut letters = name.chars();
    letters.next().map_or_else(|| "My system".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}
