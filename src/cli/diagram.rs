//! `diagram`: one view of a model as PlantUML.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::output::{Color, Look};
use super::{ModelPath, Outcome, diagnostics, disk, output};
use crate::assessment::assess;
use crate::diagnostic::nearest;
use crate::diagram::{self, View, diagrams, plantuml_with, url};
use crate::model::{Model, System};
use crate::report::traffic_lost;

/// Arguments of `diagram`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelPath,

    /// What to draw: `deployment`, `context`, `failure`, or `sequence:JOURNEY`
    #[arg(long, default_value = "deployment")]
    view: String,

    /// The alternative to draw; default the base, or the alternative whose file is named
    #[arg(long, value_name = "ID")]
    alternative: Option<String>,

    /// How to write the diagram
    #[arg(long, value_enum, default_value_t = DiagramFormat::Plantuml)]
    format: DiagramFormat,

    /// How to colour it
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,

    /// The PlantUML server of a URL; there is no default, because the URL carries the architecture to it
    #[arg(long, value_name = "URL")]
    server: Option<String>,

    /// Write every view of every alternative into a directory, a file per picture
    #[arg(long, value_name = "DIR", conflicts_with_all = ["view", "format", "alternative", "server"])]
    all: Option<PathBuf>,
}

/// How diagrams are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Theme {
    /// Boxes in light grey, failures in warm colours
    #[default]
    Standard,
    /// Greys only, for print
    Mono,
    /// Black lines on white
    Plain,
}

impl From<Theme> for diagram::Theme {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Standard => Self::Standard,
            Theme::Mono => Self::Mono,
            Theme::Plain => Self::Plain,
        }
    }
}

/// The formats of diagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiagramFormat {
    /// PlantUML text.
    Plantuml,
    /// The address of the picture on a server.
    Url,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.model.path)?;
    let model = Model::read(&target.files);
    if model.has_errors() {
        output::narrate(diagnostics::human(&model.sources, &model.diagnostics, Look::of(&std::io::stderr(), color)).trim_end());
        return Ok(Outcome::Invalid);
    }
    if let Some(directory) = &arguments.all {
        return all(&model, directory, arguments.theme.into());
    }
    let id = arguments.alternative.as_deref().or(target.alternative.as_deref()).unwrap_or("system");
    let Some(system) = model.systems().find(|system| system.id == id) else {
        let near = nearest(id, model.systems().map(|system| system.id.as_str()))
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        bail!("the model has no alternative `{id}`{near}");
    };
    let mut out = String::new();
    for (_, text) in drawn(system, &arguments.view, arguments.theme.into())? {
        match (arguments.format, &arguments.server) {
            (DiagramFormat::Plantuml, _) => out.push_str(&text),
            (DiagramFormat::Url, Some(server)) => out.push_str(&format!("{}\n", url(server, &text)?)),
            (DiagramFormat::Url, None) => {
                bail!("`--format url` needs `--server`: there is no default, because the URL carries the architecture to it")
            }
        }
    }
    output::print(&out)?;
    Ok(Outcome::Pass)
}

/// Draws a view by its name; several pictures where one would be too large.
fn drawn(system: &System, view: &str, theme: diagram::Theme) -> Result<Vec<(String, String)>> {
    let lost;
    let view = match view.split_once(':') {
        None if view == "deployment" => View::Deployment,
        None if view == "context" => View::Context,
        None if view == "failure" => {
            lost = traffic_lost(system, &assess(system).blast_radius);
            View::Failure(&lost)
        }
        Some(("sequence", journey)) => match system.find_journey(journey) {
            Some(id) => View::Sequence(id),
            None => {
                let near = nearest(journey, system.journeys.iter().map(|journey| journey.id.as_str()))
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                bail!("`{}` has no journey `{journey}`{near}", system.id);
            }
        },
        _ => bail!("there is no view `{view}`; views are deployment, context, failure and sequence:JOURNEY"),
    };
    Ok(diagrams(system, view).into_iter().map(|named| (named.name, plantuml_with(&named.scene, theme))).collect())
}

/// Writes every view of every alternative: `ID-VIEW.puml`.
fn all(model: &Model, directory: &std::path::Path, theme: diagram::Theme) -> Result<Outcome> {
    std::fs::create_dir_all(directory).map_err(|error| anyhow::anyhow!("cannot make the directory `{}`: {error}", directory.display()))?;
    let mut written = String::new();
    for system in model.systems() {
        let mut views = vec!["deployment".to_owned(), "context".to_owned(), "failure".to_owned()];
        views.extend(system.journeys.iter().map(|journey| format!("sequence:{}", journey.id)));
        for view in views {
            for (name, text) in drawn(system, &view, theme)? {
                let file = directory.join(format!("{}-{name}.puml", system.id));
                disk::write_atomically(&file, &text)?;
                written.push_str(&format!("{}\n", file.display()));
            }
        }
    }
    output::print(&written)?;
    Ok(Outcome::Pass)
}
