//! `verdict`: which design the answers justify, how surely, what would flip it, and what the model says about it.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::output::{Color, Look};
use super::weighing::{WeighingArguments, judge_model, read_weighing, unanswered};
use super::{Format, Outcome, assess, diagnostics, disk, output};
use crate::decision::{Judgement, judge};
use crate::diagnostic::has_errors;
use crate::model::{BASE_FILE, Model};
use crate::report::view::verdict_view;
use crate::report::{human, machine, markdown, shell};
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

    /// How to print the verdict
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Templates of your own for Markdown; each replaces the built-in one of its name
    #[arg(long, value_name = "DIR")]
    template_dir: Option<PathBuf>,
}

/// A verdict with what it is printed with.
struct Judged {
    judgement: Judgement,
    model: Option<Model>,
    /// The system's name.
    title: String,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(judged) = judged(arguments, color)? else { return Ok(Outcome::Invalid) };
    let Judged { judgement, model, title } = &judged;
    let sources = model.as_ref().map(|model| &model.sources);
    let view = verdict_view(title, judgement, sources, again(arguments));
    output::print(&match arguments.format {
        Format::Json => {
            let value = match model {
                Some(model) => machine::value(model, None, Some(judgement)),
                None => machine::verdict_alone(title, judgement),
            };
            format!("{}\n", serde_json::to_string_pretty(&value)?)
        }
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            human::render(&view, human::Look { color: look.color, width: look.width })
        }
        Format::Markdown => {
            let overrides = arguments.template_dir.as_ref().map_or_else(|| Ok(Vec::new()), assess::own_templates)?;
            markdown::render(&view, "verdict.md.j2", &overrides)?
        }
    })?;
    Ok(Outcome::Pass)
}

/// Reads model and answers, and judges them; nothing where a mistake was shown.
fn judged(arguments: &Arguments, color: Color) -> Result<Option<Judged>> {
    let is_alone = arguments.path.is_none() && !(arguments.weighing.answers.is_empty() && arguments.weighing.set.is_empty());
    let directory = match &arguments.path {
        _ if is_alone => None,
        Some(path) => Some(disk::target(path)?.files.directory().to_owned()),
        None => Some(PathBuf::from(".")),
    };
    let mut model = match &directory {
        Some(directory) if directory.join(BASE_FILE).is_file() => Some(Model::read(&disk::DiskFiles::open(directory)?)),
        _ => None,
    };
    let mut own = Sources::default();
    let weighing = read_weighing(directory.as_deref(), &arguments.weighing, model.as_mut().map_or(&mut own, |model| &mut model.sources))?;
    let mut found = model.as_mut().map(|model| std::mem::take(&mut model.diagnostics)).unwrap_or_default();
    found.extend(weighing.diagnostics);
    let sources = model.as_ref().map_or(&own, |model| &model.sources);
    if !found.is_empty() {
        crate::diagnostic::sort(&mut found);
        let shown: Vec<_> = found
            .iter()
            .filter(|one| has_errors(&found) || sources.file(one.label.span.file).path.ends_with("answers.toml"))
            .cloned()
            .collect();
        output::narrate(diagnostics::human(sources, &shown, Look::of(&std::io::stderr(), color)).trim_end());
    }
    if has_errors(&found) {
        output::narrate(&format!("{}; nothing was weighed", diagnostics::tally(&found)));
        return Ok(None);
    }
    if let Some(model) = &mut model {
        model.diagnostics = found;
    }
    let shown = directory.as_ref().map_or_else(|| "MODEL_DIR".to_owned(), |directory| directory.display().to_string());
    let Some(inputs) = weighing.inputs else {
        bail!(
            "nobody has answered in `{shown}`: `weighbridge ask {shown}` asks; `--answers FILE` and `--set question=option` state answers"
        );
    };
    let open = unanswered(&inputs);
    if arguments.no_input && !open.is_empty() {
        output::narrate(&format!(
            "error: not answered: {}; state them with `--set {}=…`, or run `weighbridge ask {shown}`",
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
    Ok(Some(Judged { judgement, model, title }))
}

/// The command that makes this verdict again.
fn again(arguments: &Arguments) -> Vec<String> {
    let mut command = "weighbridge verdict".to_owned();
    if let Some(path) = &arguments.path {
        command.push_str(&format!(" {}", shell(&path.display().to_string())));
    }
    for file in &arguments.weighing.answers {
        command.push_str(&format!(" --answers {}", shell(&file.display().to_string())));
    }
    for setting in &arguments.weighing.set {
        command.push_str(&format!(" --set {}", shell(setting)));
    }
    let mut lines = vec![format!("`{command} --format json` prints all figures of this verdict.")];
    if let Some(path) = &arguments.path {
        lines.push(format!("`weighbridge adr {}` writes it down as a decision record.", shell(&path.display().to_string())));
    }
    lines
}
