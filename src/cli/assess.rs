//! `assess`, `compare`, `report`: a model's figures for people, for documents, for scripts.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::output::{Color, Look};
use super::simulate::{SimulateArguments, simulations};
use super::weighing::{WeighingArguments, judge_model, read_weighing};
use super::{Format, ModelPath, Outcome, diagnostics, disk, output};
use crate::assessment::Simulations;
use crate::decision::Judgement;
use crate::model::Model;
use crate::report::profile::{self, Profile};
use crate::report::view::{Asked, Pictures, View, view};
use crate::report::{csv, html, human, machine, markdown};

/// Arguments of `assess` and `compare`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelPath,

    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Templates of your own for Markdown; each replaces the built-in one of its name
    #[arg(long, value_name = "DIR")]
    template_dir: Option<PathBuf>,

    #[command(flatten)]
    simulate: SimulateArguments,
}

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArguments {
    #[command(flatten)]
    model: ModelPath,

    /// How to print the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
    format: ReportFormat,

    /// How much of it, as Markdown: what a pull request's comment or a job's summary holds, or all
    #[arg(long, value_enum, default_value_t)]
    profile: ReportProfile,

    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Templates of your own; each replaces the built-in one of its name
    #[arg(long, value_name = "DIR")]
    template_dir: Option<PathBuf>,

    #[command(flatten)]
    simulate: SimulateArguments,
}

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// Tables for a terminal
    Human,
    /// Markdown, with diagrams
    Markdown,
    /// One page with pictures that needs nothing else
    Html,
    /// The machine contract
    Json,
    /// Every figure with its range, for a spreadsheet
    Csv,
}

/// Where a report is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ReportProfile {
    /// A comment of a pull request: below 60,000 characters, diagrams as Mermaid
    Pr,
    /// A job's summary: below 1,000,000 bytes, diagrams as Mermaid
    Summary,
    /// A file: everything, diagrams as PlantUML
    #[default]
    Full,
}

impl ReportProfile {
    const fn profile(self) -> Profile {
        match self {
            Self::Pr => Profile::PullRequest,
            Self::Summary => Profile::Summary,
            Self::Full => Profile::Full,
        }
    }
}

/// A model that can be assessed, with what was asked of it.
struct Opened {
    model: Model,
    only: Option<String>,
    /// The verdict on its answers, where there are any.
    judgement: Option<Judgement>,
    /// The path as it was typed, for the line that says how to reproduce.
    typed: String,
    /// What was simulated.
    simulations: Simulations,
}

impl Opened {
    fn asked(&self, pictures: Pictures) -> Asked<'_> {
        Asked {
            only: self.only.as_deref(),
            pictures,
            path: &self.typed,
            judgement: self.judgement.as_ref(),
            simulations: &self.simulations,
        }
    }
}

/// Reads a model with its answers; a model with mistakes is shown them, and nothing else.
fn open(target: disk::Target, format: Format, color: Color, simulate: &SimulateArguments) -> Result<Option<Opened>> {
    let mut model = Model::read(&target.files);
    let weighing = read_weighing(Some(target.files.directory()), &WeighingArguments::default(), &mut model.sources)?;
    model.diagnostics.extend(weighing.diagnostics);
    let (_, mistakes) = crate::hazard::read_policy(&model, None);
    model.diagnostics.extend(mistakes);
    crate::diagnostic::sort(&mut model.diagnostics);
    let typed = target.files.directory().display().to_string();
    if model.has_errors() {
        output::narrate(diagnostics::human(&model.sources, &model.diagnostics, Look::of(&std::io::stderr(), color)).trim_end());
        output::narrate(&format!("{}; nothing was computed", diagnostics::tally(&model.diagnostics)));
        if format == Format::Json {
            // Scripts get the shape also then: the mistakes, and no alternative.
            output::print(&format!("{}\n", serde_json::to_string_pretty(&machine::value(&model, None, None, None))?))?;
        }
        return Ok(None);
    }
    match target.alternative {
        Some(id) if !model.alternatives.iter().any(|system| system.id == id) => bail!("`{typed}` has no alternative `{id}`"),
        only => {
            let judgement = weighing.inputs.map(|inputs| judge_model(inputs, &model));
            let simulations = simulations(&model, only.as_deref(), simulate)?;
            Ok(Some(Opened { model, only, judgement, typed, simulations }))
        }
    }
}

pub(super) fn assess(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(opened) = open(disk::target(&arguments.model.path)?, arguments.format, color, &arguments.simulate)? else {
        return Ok(Outcome::Invalid);
    };
    let text = rendered(&opened, arguments.format, "report.md.j2", Pictures::Left, arguments.template_dir.as_ref(), color, human::render)?;
    output::print(&text)?;
    Ok(Outcome::Pass)
}

pub(super) fn compare(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(opened) = open(disk::target(&arguments.model.path)?, arguments.format, color, &arguments.simulate)? else {
        return Ok(Outcome::Invalid);
    };
    let text = rendered(
        &opened,
        arguments.format,
        "comparison.md.j2",
        Pictures::Left,
        arguments.template_dir.as_ref(),
        color,
        human::render_comparison,
    )?;
    output::print(&text)?;
    Ok(Outcome::Pass)
}

pub(super) fn report(arguments: &ReportArguments, color: Color) -> Result<Outcome> {
    // A workspace, or any folder of models, is reported model by model.
    let format = match arguments.format {
        ReportFormat::Human => Format::Human,
        ReportFormat::Markdown | ReportFormat::Html | ReportFormat::Csv => Format::Markdown,
        ReportFormat::Json => Format::Json,
    };
    let targets = disk::targets(&arguments.model.path)?;
    if arguments.format == ReportFormat::Html && targets.len() > 1 {
        bail!("`{}` holds {} models, and a page shows one: name one of them", arguments.model.path.display(), targets.len());
    }
    let mut texts = Vec::new();
    for target in targets {
        let Some(opened) = open(target, format, color, &arguments.simulate)? else { return Ok(Outcome::Invalid) };
        let only = opened.only.as_deref();
        let with_pictures = || view(&opened.model, &opened.asked(Pictures::Included));
        match (arguments.format, arguments.profile) {
            (ReportFormat::Html, _) => {
                texts.push(html::render(&with_pictures()));
                continue;
            }
            (ReportFormat::Csv, _) => {
                let text = csv::render(&opened.model, only);
                // One head for all models.
                texts.push(if texts.is_empty() {
                    text
                } else {
                    text.split_once('\n').map(|(_, rows)| rows.to_owned()).unwrap_or_default()
                });
                continue;
            }
            (ReportFormat::Markdown, wanted @ (ReportProfile::Pr | ReportProfile::Summary)) => {
                let overrides = arguments.template_dir.as_ref().map_or_else(|| Ok(Vec::new()), own_templates)?;
                texts.push(profile::render(&with_pictures(), wanted.profile(), "report.md.j2", &overrides)?);
                continue;
            }
            _ => {}
        }
        texts.push(rendered(&opened, format, "report.md.j2", Pictures::Included, arguments.template_dir.as_ref(), color, human::render)?);
    }
    let text = match (arguments.format, texts.as_slice()) {
        (ReportFormat::Json, [_, _, ..]) => format!("[\n{}]\n", texts.join(",\n")),
        (ReportFormat::Csv, _) => texts.concat(),
        _ => texts.join("\n"),
    };
    match &arguments.output {
        Some(file) => {
            disk::write_atomically(file, &text)?;
            output::narrate(&format!("wrote {}", file.display()));
        }
        None => output::print(&text)?,
    }
    Ok(Outcome::Pass)
}

fn rendered(
    opened: &Opened,
    format: Format,
    template: &str,
    pictures: Pictures,
    templates: Option<&PathBuf>,
    color: Color,
    human: fn(&View, human::Look) -> String,
) -> Result<String> {
    let only = opened.only.as_deref();
    let judgement = opened.judgement.as_ref();
    Ok(match format {
        Format::Json => {
            format!("{}\n", serde_json::to_string_pretty(&machine::value_with(&opened.model, only, judgement, None, &opened.simulations))?)
        }
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            let view = view(&opened.model, &opened.asked(Pictures::Left));
            human(&view, human::Look { color: look.color, width: look.width })
        }
        Format::Markdown => {
            let overrides = templates.map_or_else(|| Ok(Vec::new()), own_templates)?;
            markdown::render(&view(&opened.model, &opened.asked(pictures)), template, &overrides)?
        }
    })
}

/// Reads the templates (`*.j2`) of a directory.
pub(super) fn own_templates(directory: &PathBuf) -> Result<Vec<(String, String)>> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(directory)
        .with_context(|| format!("cannot list the directory `{}`", directory.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "j2"))
        .collect();
    names.sort_unstable();
    names
        .into_iter()
        .map(|path| Ok((path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(), disk::read_text(&path)?)))
        .collect()
}
