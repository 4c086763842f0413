//! `verdict`: which design the answers justify, how surely, what would flip it, and what the model says about it.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::output::{Color, Look};
use super::weighing::{WeighingArguments, judge_model, read_weighing, unanswered};
use super::{Format, Outcome, assess, diagnostics, disk, output};
use crate::decision::{Judgement, judge};
use crate::diagnostic::has_errors;
use crate::model::{BASE_FILE, Model};
use crate::report::view::verdict_view;
use crate::report::{brief, human, machine, markdown, shell};
use crate::source::Sources;

/// Arguments of `verdict`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A model directory with its answers.toml; default the current directory, or no model where --answers or --set is given
    #[arg(value_name = "MODEL_DIR")]
    path: Option<PathBuf>,

    #[command(flatten)]
    weighing: WeighingArguments,

    /// Fail and list the core questions that nobody has answered, instead of counting them as open
    #[arg(long)]
    no_input: bool,

    /// Print everything behind the verdict, not one screen of it; Markdown and JSON always do
    #[arg(long)]
    full: bool,

    /// How to print the verdict
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Templates of your own for Markdown; each replaces the built-in one of its name
    #[arg(long, value_name = "DIR")]
    template_dir: Option<PathBuf>,
}

/// A verdict with what it is printed with.
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) model: Option<Model>,
    /// The directory of model and answers.
    pub(super) directory: Option<PathBuf>,
    /// The system's name.
    pub(super) title: String,
    /// The files of questionnaire and answers.
    given: Vec<(String, String)>,
    /// What was stated for this run alone.
    settings: Vec<String>,
}

impl Judged {
    /// Returns what the verdict rests on, to be fingerprinted: the answers file by file, and the model's files one after another by path.
    pub(super) fn inputs(&self) -> Vec<(String, String)> {
        // Named as seen from the directory, however that was typed.
        let name =
            |path: &str| self.directory.as_ref().map_or_else(|| path.to_owned(), |directory| disk::seen_from(directory, Path::new(path)));
        let mut inputs: Vec<(String, String)> = self.given.iter().map(|(path, text)| (format!("`{}`", name(path)), text.clone())).collect();
        if !self.settings.is_empty() {
            inputs.push((format!("the settings of the run (`--set {}`)", self.settings.join(" --set ")), self.settings.join("\n")));
        }
        if let Some(model) = &self.model {
            let files = model.sources.ids().map(|id| model.sources.file(id));
            let mut files: Vec<(String, &str)> = files
                .filter(|file| !self.given.iter().any(|(given, _)| *given == file.path))
                .map(|file| (name(&file.path), file.text.as_str()))
                .collect();
            files.sort_unstable();
            let text: String = files.iter().map(|(_, text)| *text).collect();
            inputs.push((format!("the model's {} files, one after another by path", files.len()), text));
        }
        inputs
    }
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(judged) = judged(arguments.path.as_deref(), &arguments.weighing, arguments.no_input, color)? else {
        return Ok(Outcome::Invalid);
    };
    let Judged { judgement, model, title, .. } = &judged;
    let sources = model.as_ref().map(|model| &model.sources);
    let view = || verdict_view(title, judgement, sources, again(arguments));
    output::print(&match arguments.format {
        Format::Json => {
            let value = match model {
                Some(model) => machine::value(model, None, Some(judgement), None),
                None => machine::verdict_alone(title, judgement),
            };
            format!("{}\n", serde_json::to_string_pretty(&value)?)
        }
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            let look = human::Look { color: look.color, width: look.width };
            if arguments.full {
                human::render(&view(), look)
            } else {
                brief::render(&brief::brief(title, judgement, next(arguments, judgement)), look)
            }
        }
        Format::Markdown => {
            let overrides = arguments.template_dir.as_ref().map_or_else(|| Ok(Vec::new()), assess::own_templates)?;
            markdown::render(&view(), "verdict.md.j2", &overrides)?
        }
    })?;
    Ok(Outcome::Pass)
}

/// Reads model and answers, and judges them; nothing where a mistake was shown.
pub(super) fn judged(path: Option<&Path>, wanted: &WeighingArguments, no_input: bool, color: Color) -> Result<Option<Judged>> {
    let is_alone = path.is_none() && !(wanted.answers.is_empty() && wanted.set.is_empty());
    let directory = match path {
        _ if is_alone => None,
        Some(path) => Some(disk::target(path)?.files.directory().to_owned()),
        None => Some(PathBuf::from(".")),
    };
    let mut model = match &directory {
        Some(directory) if disk::there(directory.join(BASE_FILE))?.is_some() => Some(Model::read(&disk::DiskFiles::open(directory)?)),
        _ => None,
    };
    let mut own = Sources::default();
    let n_model_files = model.as_ref().map_or(0, |model| model.sources.ids().count());
    let weighing = read_weighing(directory.as_deref(), wanted, model.as_mut().map_or(&mut own, |model| &mut model.sources))?;
    let mut found = model.as_mut().map(|model| std::mem::take(&mut model.diagnostics)).unwrap_or_default();
    found.extend(weighing.diagnostics);
    let sources = model.as_ref().map_or(&own, |model| &model.sources);
    let given: Vec<(String, String)> =
        sources.ids().skip(n_model_files).map(|id| (sources.file(id).path.clone(), sources.file(id).text.clone())).collect();
    let is_given = |path: &str| given.iter().any(|(given, _)| given == path);
    if !found.is_empty() {
        crate::diagnostic::sort(&mut found);
        let shown: Vec<_> = found
            .iter()
            // What is wrong with a model without being an error is for `check`.
            .filter(|one| has_errors(&found) || is_given(&sources.file(one.label.span.file).path))
            .cloned()
            .collect();
        if !shown.is_empty() {
            output::narrate(diagnostics::human(sources, &shown, Look::of(&std::io::stderr(), color)).trim_end());
        }
    }
    if has_errors(&found) {
        output::narrate(&format!("{}; nothing was weighed", diagnostics::tally(&found)));
        return Ok(None);
    }
    if let Some(model) = &mut model {
        model.diagnostics = found;
    }
    let shown = directory.as_ref().map_or_else(|| "MODEL_DIR".to_owned(), |directory| directory.display().to_string());
    let typed = if directory.is_some() { shell(&shown) } else { shown.clone() };
    let Some(inputs) = weighing.inputs else {
        bail!(
            "nobody has answered in `{shown}`: `weighbridge ask {typed}` asks; `--answers FILE` and `--set question=option` state answers"
        );
    };
    let open = unanswered(&inputs);
    if no_input && !open.is_empty() {
        output::narrate(&format!(
            "error: not answered: {}; state them with `--set {}=…`, or run `weighbridge ask {typed}`",
            open.join(", "),
            open[0]
        ));
        return Ok(None);
    }
    let title = match (&model, &inputs.answers.system) {
        (Some(model), _) => model.base.system_name.clone(),
        (None, Some(system)) => system.clone(),
        (None, None) => inputs.questionnaire.title.clone(),
    };
    let judgement = match &model {
        Some(model) => judge_model(inputs, model),
        None => judge(inputs, &[]),
    };
    let settings = wanted.set.clone();
    Ok(Some(Judged { judgement, model, directory, title, given, settings }))
}

/// The commands that lead on from one screen.
fn next(arguments: &Arguments, judgement: &Judgement) -> Vec<String> {
    let path = arguments.path.as_ref().map(|path| format!(" {}", shell(&path.display().to_string()))).unwrap_or_default();
    let typed = arguments.weighing.typed();
    let mut lines = Vec::new();
    if arguments.path.is_some() {
        let asks = judgement.verdict.decision.winner.is_some() && judgement.verdict.decision.decided().is_none();
        lines.push(match &arguments.weighing.questionnaire {
            _ if !asks => format!("Next: `weighbridge adr{path}{typed}` writes it down as a decision record."),
            None => format!("Next: `weighbridge ask{path} --unanswered` asks what is open."),
            Some(file) => format!(
                "Next: `weighbridge ask{path} --unanswered --questionnaire {}` asks what is open.",
                shell(&file.display().to_string())
            ),
        });
    }
    lines.push(format!("All of it: `weighbridge verdict{path}{typed} --full`."));
    lines
}

/// The command that makes this verdict again.
fn again(arguments: &Arguments) -> Vec<String> {
    let path = arguments.path.as_ref().map(|path| format!(" {}", shell(&path.display().to_string()))).unwrap_or_default();
    let typed = arguments.weighing.typed();
    let mut lines = vec![format!("`weighbridge verdict{path}{typed} --format json` prints all figures of this verdict.")];
    if arguments.path.is_some() {
        lines.push(format!("`weighbridge adr{path}{typed}` writes it down as a decision record."));
    }
    lines
}
