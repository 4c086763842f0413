//! `assess`, `compare`, `report`: a model's figures for people, for documents, for scripts.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;

use super::git::Since;
use super::output::{Color, Look};
use super::simulate::{SimulateArguments, simulate};
use super::weighing::{WeighingArguments, read_weighing};
use super::why::WhyArguments;
use super::{DayArgument, Format, ModelPath, Outcome, diagnostics, disk, output};
use crate::assessment::{Assessed, Assessment, assess_all, judge_by_answers};
use crate::attribution::Attribution;
use crate::comparison::compare as compare_systems;
use crate::decision::{Design, Inputs, Judgement, judge};
use crate::difference::changes;
use crate::model::{Model, Setting, System};
use crate::next_facts::{NextFacts, Question, next_facts};
use crate::quantity::Date;
use crate::report;
use crate::report::profile::{self, Profile, Room};
use crate::report::view::{Pictures, View, view_of};
use crate::report::{csv, html, human, machine, markdown};
use crate::what_if::{UnknownDomain, WhatIf, what_if};

/// Arguments of `assess`.
#[derive(Debug, clap::Args)]
pub(super) struct AssessArguments {
    #[command(flatten)]
    common: Arguments,

    /// Ask what is left while this place or part is down: a location, a host, a component, a shared fate; may be repeated
    #[arg(long, value_name = "ID")]
    down: Vec<String>,

    #[command(flatten)]
    simulate: SimulateArguments,

    /// Change a fact for this run, `components.db.replicas=3`, and show what differs; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = Setting::parse)]
    set: Vec<Setting>,
}

/// Arguments of `compare`.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArguments {
    #[command(flatten)]
    common: Arguments,

    #[command(flatten)]
    why: WhyArguments,
}

/// Arguments that `assess` and `compare` have.
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
    day: DayArgument,
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

    /// Do not search for what to measure next
    #[arg(long)]
    no_next_facts: bool,

    #[command(flatten)]
    simulate: SimulateArguments,

    #[command(flatten)]
    since: Since,

    #[command(flatten)]
    day: DayArgument,
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
struct Found {
    model: Model,
    only: Option<String>,
    today: Option<Date>,
    /// What to judge, where there are answers.
    inputs: Option<Inputs>,
    /// The path as it was typed, for the line that says how to reproduce.
    typed: String,
    /// Where the model was read from, to be read again with facts changed.
    files: disk::DiskFiles,
}

/// A model that is assessed, once for all that is said about it.
struct Opened<'m> {
    model: &'m Model,
    /// What is shown: the base, and the alternatives or the one that was named.
    assessed: Vec<Assessed<'m>>,
    /// The verdict on its answers, where there are any.
    judgement: Option<Judgement>,
    /// What would be, where that was asked.
    asked: Option<WhatIf>,
    /// What to measure next, where that was searched for.
    next: Option<NextFacts>,
    /// Why alternatives differ from the base, by their ids, where that was asked.
    shared_out: Vec<(String, Attribution)>,
    typed: &'m str,
}

/// A model as it was found.
enum Outlook {
    /// It can be assessed.
    Sound(Box<Found>),
    /// It has mistakes, which were shown; its path, and what scripts get of it: the mistakes, and no alternative.
    Broken { typed: String, value: serde_json::Value },
}

/// Reads a model with its answers; a model with mistakes is shown them, and nothing else.
fn find(target: disk::Target, day: DayArgument, format: Format, color: Color) -> Result<Option<Found>> {
    find_with(target, day, &[], format, color)
}

/// Reads a model with some facts changed.
fn find_with(target: disk::Target, day: DayArgument, changed: &[Setting], format: Format, color: Color) -> Result<Option<Found>> {
    match look_at(target, day, changed, color)? {
        Outlook::Sound(found) => Ok(Some(*found)),
        Outlook::Broken { value, .. } => {
            if format == Format::Json {
                output::print(&format!("{}\n", serde_json::to_string_pretty(&value)?))?;
            }
            Ok(None)
        }
    }
}

fn look_at(target: disk::Target, DayArgument { today }: DayArgument, changed: &[Setting], color: Color) -> Result<Outlook> {
    let mut model = Model::read_with(&target.files, changed);
    let weighing = read_weighing(Some(target.files.directory()), &WeighingArguments::default(), &mut model.sources)?;
    model.diagnostics.extend(weighing.diagnostics);
    let (_, mistakes) = crate::hazard::read_policy(&model, today);
    model.diagnostics.extend(mistakes);
    crate::diagnostic::sort(&mut model.diagnostics);
    let typed = target.files.directory().display().to_string();
    if diagnostics::refuses(&model, "nothing was computed", color) {
        return Ok(Outlook::Broken { typed, value: machine::value(&model, None, None, None) });
    }
    match target.alternative {
        Some(id) if !model.alternatives.iter().any(|system| system.id == id) => bail!("`{typed}` has no alternative `{id}`"),
        only => Ok(Outlook::Sound(Box::new(Found { model, only, today, inputs: weighing.inputs, typed, files: target.files }))),
    }
}

impl Found {
    /// Assesses the model and judges its answers. A verdict looks at all designs, also where one is shown.
    fn open(&self) -> Opened<'_> {
        let only = self.only.as_deref();
        let _busy = output::Busy::new(&format!("weighing `{}`", self.typed));
        let mut assessed = assess_all(&self.model, only.filter(|_| self.inputs.is_none()), self.today, None);
        let judgement = self.inputs.clone().map(|inputs| {
            let designs: Vec<Design<'_>> = assessed.iter().map(|one| Design { system: one.system, assessment: &one.assessment }).collect();
            judge(inputs, &designs)
        });
        if let Some(judgement) = &judgement {
            judge_by_answers(&self.model, &mut assessed, self.today, &judgement.for_rules());
        }
        assessed.retain(|one| one.system.is_base() || only.is_none_or(|id| one.system.id == id));
        Opened { model: &self.model, assessed, judgement, asked: None, next: None, shared_out: Vec::new(), typed: &self.typed }
    }
}

impl Opened<'_> {
    /// Searches for what to measure next; of the designs that are shown.
    fn search(&mut self, found: &Found, with_tornadoes: bool) {
        let _busy = output::Busy::new(&format!("searching what to measure next in `{}`", self.typed));
        let assessed: Vec<(&System, &Assessment)> = self.assessed.iter().map(|one| (one.system, &one.assessment)).collect();
        let read = |settings: &[Setting]| Model::read_with(&found.files, settings);
        let question = Question { model: self.model, assessed: &assessed, inputs: found.inputs.as_ref(), read: &read, with_tornadoes };
        self.next = Some(next_facts(&question));
    }

    fn view(&self, pictures: Pictures) -> View {
        let mut view = view_of(self.model, &self.assessed, pictures, self.typed, self.judgement.as_ref());
        if let Some(next) = &self.next {
            view.take_next_facts(next);
        }
        // What was asked comes first.
        view.opening.splice(0..0, self.asked.iter().flat_map(|asked| report::what_if::sections(self.model, asked)));
        view.opening.extend(self.shared_out.iter().map(|(id, found)| report::attribution::section(found, &format!("`{id}`"), "today")));
        view
    }

    fn value(&self) -> serde_json::Value {
        let mut value = machine::value_of(self.model, &self.assessed, self.judgement.as_ref());
        if let Some(asked) = &self.asked {
            value["what_if"] = report::what_if::value(self.model, asked);
        }
        if let Some(next) = &self.next {
            value["next_facts"] = report::next_facts::value(next);
        }
        for (id, found) in &self.shared_out {
            let comparison = value["comparison"].as_array_mut().and_then(|all| all.iter_mut().find(|one| one["id"] == id.as_str()));
            if let Some(comparison) = comparison {
                comparison["why"] = report::attribution::value(found);
            }
        }
        value
    }
}

pub(super) fn assess(arguments: &AssessArguments, color: Color) -> Result<Outcome> {
    let AssessArguments { common, down, set, simulate: wanted } = arguments;
    let Some(found) = find_with(disk::target(&common.model.path)?, common.day, set, common.format, color)? else {
        return Ok(Outcome::Invalid);
    };
    let mut opened = found.open();
    simulate(&mut opened.assessed, wanted)?;
    if !down.is_empty() || !set.is_empty() {
        opened.asked = Some(asked(&found, common, down, set)?);
    }
    let text = rendered(&opened, common.format, "report.md.j2", Pictures::Left, common.template_dir.as_ref(), color, human::render)?;
    output::print(&text)?;
    Ok(Outcome::Pass)
}

/// Asks what would be; the model as its files state it is read again where facts are changed.
fn asked(found: &Found, common: &Arguments, down: &[String], set: &[Setting]) -> Result<WhatIf> {
    let only = found.only.as_deref();
    let asked = if set.is_empty() {
        what_if(&found.model, &found.model, only, down, set)
    } else {
        what_if(&Model::read(&disk::target(&common.model.path)?.files), &found.model, only, down, set)
    };
    asked.map_err(|UnknownDomain { id, near }| {
        let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        anyhow!("`{}` has no location, host, component or shared fate `{id}` that can be down{help}", found.typed)
    })
}

pub(super) fn compare(arguments: &CompareArguments, color: Color) -> Result<Outcome> {
    let CompareArguments { common, why } = arguments;
    let Some(found) = find(disk::target(&common.model.path)?, common.day, common.format, color)? else { return Ok(Outcome::Invalid) };
    let mut opened = found.open();
    opened.shared_out = shared_out(&opened, why)?;
    let text = rendered(
        &opened,
        common.format,
        "comparison.md.j2",
        Pictures::Left,
        common.template_dir.as_ref(),
        color,
        human::render_comparison,
    )?;
    output::print(&text)?;
    Ok(Outcome::Pass)
}

/// Says why the alternatives differ from the base, where that is asked; by the alternative's id.
fn shared_out(opened: &Opened<'_>, why: &WhyArguments) -> Result<Vec<(String, Attribution)>> {
    let Some((base, alternatives)) = opened.assessed.split_first() else { return Ok(Vec::new()) };
    let sources = &opened.model.sources;
    let mut found = Vec::new();
    for one in alternatives {
        let changes = changes((base.system, sources), (one.system, sources));
        let attributed = why.attribute([base.system, one.system], &changes, &compare_systems(base, one))?;
        found.extend(attributed.map(|attributed| (one.system.id.clone(), attributed)));
    }
    Ok(found)
}

pub(super) fn report(arguments: &ReportArguments, color: Color) -> Result<Outcome> {
    // A workspace, or any folder of models, is reported model by model.
    let format = match arguments.format {
        ReportFormat::Human => Format::Human,
        ReportFormat::Markdown | ReportFormat::Html | ReportFormat::Csv => Format::Markdown,
        ReportFormat::Json => Format::Json,
    };
    let targets = arguments.since.retain(disk::targets(&arguments.model.path)?)?;
    let n_models = targets.len();
    if n_models == 0 {
        output::narrate("no model has changed: there is nothing to report");
        return Ok(Outcome::Pass);
    }
    if arguments.format == ReportFormat::Html && targets.len() > 1 {
        bail!("`{}` holds {} models, and a page shows one: name one of them", arguments.model.path.display(), targets.len());
    }
    let overrides = arguments.template_dir.as_ref().map_or_else(|| Ok(Vec::new()), own_templates)?;
    let mut room = Room::new(arguments.profile.profile(), n_models, "`--profile full` has it.");
    let mut texts = Vec::new();
    let mut invalid = false;
    for target in targets {
        let found = match look_at(target, arguments.day, &[], color)? {
            Outlook::Sound(found) => found,
            // Its mistakes stand beside what is said of the others.
            Outlook::Broken { typed, value } => {
                invalid = true;
                match arguments.format {
                    ReportFormat::Json => texts.push(format!("{}\n", serde_json::to_string_pretty(&value)?)),
                    ReportFormat::Markdown if n_models > 1 => {
                        texts.extend(room.line(&format!("`{typed}` has mistakes: nothing was computed.")));
                    }
                    _ => {}
                }
                continue;
            }
        };
        let mut opened = found.open();
        simulate(&mut opened.assessed, &arguments.simulate)?;
        // Of one alternative there is no order and no recommendation to change.
        if arguments.format != ReportFormat::Csv && !arguments.no_next_facts && found.only.is_none() {
            // Text has no place for bars.
            opened.search(&found, matches!(arguments.format, ReportFormat::Json | ReportFormat::Html));
        }
        let with_pictures = || opened.view(Pictures::Included);
        match (arguments.format, arguments.profile) {
            (ReportFormat::Html, _) => {
                texts.push(html::render(&with_pictures()));
                continue;
            }
            (ReportFormat::Csv, _) => {
                let text = csv::render(&opened.assessed);
                // One head for all models.
                texts.push(if texts.is_empty() {
                    text
                } else {
                    text.split_once('\n').map(|(_, rows)| rows.to_owned()).unwrap_or_default()
                });
                continue;
            }
            (ReportFormat::Markdown, ReportProfile::Pr | ReportProfile::Summary) => {
                texts.extend(room.render(&with_pictures(), "report.md.j2", &overrides)?);
                continue;
            }
            _ => {}
        }
        texts.push(rendered(&opened, format, "report.md.j2", Pictures::Included, arguments.template_dir.as_ref(), color, human::render)?);
    }
    // A script gets mistakes, too; where there is nothing else to read, nothing is written.
    if texts.is_empty() && invalid {
        return Ok(Outcome::Invalid);
    }
    texts.extend(room.rest());
    let text = match (arguments.format, texts.as_slice()) {
        (ReportFormat::Json, _) if n_models > 1 => format!("[\n{}]\n", texts.join(",\n")),
        (ReportFormat::Csv, _) => texts.concat(),
        (ReportFormat::Markdown, _) if arguments.profile == ReportProfile::Pr => format!("{}\n{}", profile::MARKER, texts.join("\n")),
        _ => texts.join("\n"),
    };
    match &arguments.output {
        Some(file) => {
            disk::write_atomically(file, &text)?;
            output::narrate(&format!("wrote {}", file.display()));
        }
        None => output::print(&text)?,
    }
    Ok(if invalid { Outcome::Invalid } else { Outcome::Pass })
}

fn rendered(
    opened: &Opened<'_>,
    format: Format,
    template: &str,
    pictures: Pictures,
    templates: Option<&PathBuf>,
    color: Color,
    human: fn(&View, human::Look) -> String,
) -> Result<String> {
    Ok(match format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&opened.value())?),
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            human(&opened.view(Pictures::Left), human::Look { color: look.color, width: look.width })
        }
        Format::Markdown => {
            let overrides = templates.map_or_else(|| Ok(Vec::new()), own_templates)?;
            markdown::render(&opened.view(pictures), template, &overrides)?
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
