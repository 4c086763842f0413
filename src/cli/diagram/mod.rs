//! `diagram`: the views of a model in the languages that teams read.

mod embed;
mod engine;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::output::Color;
use super::{ModelPath, Outcome, diagnostics, disk, output};
use crate::analysis::communication::communication;
use crate::analysis::cost::{self, Rates};
use crate::assessment::assess;
use crate::diagnostic::nearest;
use crate::diagram::{self, Matrix, Scene, Styled, View, diagrams, dot, label_costs, matrix, mermaid, plantuml_with, svg, url};
use crate::model::{BASE_ID, Model, System};
use crate::report::markdown::{fenced, matrix_table};
use crate::report::text::MarkdownText;
use crate::report::traffic_lost;

/// Arguments of `diagram`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelPath,

    /// What to draw: `deployment`, `context`, `failure`, `matrix`, `difference`, or `sequence:JOURNEY`
    #[arg(long, default_value = "deployment")]
    view: String,

    /// The alternative to draw; default the base, or the alternative whose file is named
    #[arg(long, value_name = "ID")]
    alternative: Option<String>,

    /// How to write the diagram
    #[arg(long, value_enum, default_value_t = DiagramFormat::Plantuml)]
    format: DiagramFormat,

    /// How to colour it, as PlantUML
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,

    /// Write on boxes and arrows, too: what each costs in a month (of the views `deployment` and `failure`)
    #[arg(long, value_enum, value_name = "WHAT")]
    label: Option<Label>,

    /// One picture of a view that has several, by its name
    #[arg(long, value_name = "NAME")]
    picture: Option<String>,

    /// Set it as a block of a document
    #[arg(long, value_enum, value_name = "KIND")]
    fence: Option<Fence>,

    /// Leave out `@startuml` and `@enduml`, for tools that add them
    #[arg(long)]
    bare: bool,

    /// Write it into a file, between the lines that hold `weighbridge:NAME:begin` and `weighbridge:NAME:end`
    #[arg(long, value_name = "FILE")]
    embed: Option<PathBuf>,

    /// Write nothing; exit with 1 if what `--embed` or `--all` would write is not there already
    #[arg(long)]
    check: bool,

    /// The PlantUML server of a URL; there is no default, because the URL carries the architecture to it
    #[arg(long, value_name = "URL")]
    server: Option<String>,

    /// Draw SVG with PlantUML instead of the built-in way: the command, run with `-tsvg -pipe` in PlantUML's sandbox; without one, `plantuml`
    #[arg(long, value_name = "COMMAND", num_args = 0..=1, require_equals = true, default_missing_value = "plantuml")]
    plantuml: Option<String>,

    /// Write every view of every alternative into a directory, a file per picture
    #[arg(long, value_name = "DIR", conflicts_with_all = ["view", "alternative", "server", "picture", "embed", "fence"])]
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

/// What is written on boxes and arrows besides their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Label {
    /// The likely cost of a month
    Cost,
}

/// The formats of diagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiagramFormat {
    /// PlantUML text
    Plantuml,
    /// A picture that needs nothing else
    Svg,
    /// Mermaid text, which GitHub and GitLab draw
    Mermaid,
    /// DOT text, for Graphviz
    Dot,
    /// A Markdown section with the picture as Mermaid
    Markdown,
    /// The address of the picture on a server
    Url,
}

impl DiagramFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Plantuml => "puml",
            Self::Svg => "svg",
            Self::Mermaid => "mmd",
            Self::Dot => "dot",
            Self::Markdown => "md",
            Self::Url => "url",
        }
    }
}

/// The block of a document that a diagram stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fence {
    /// Markdown, drawn by GitLab and many others
    Plantuml,
    /// Markdown, drawn by jekyll-spaceship
    #[value(name = "plantuml!")]
    PlantumlDrawn,
    /// Markdown, as some editors name it
    Puml,
    /// AsciiDoc
    Asciidoc,
    /// reStructuredText with sphinxcontrib-plantuml
    Rst,
    /// Markdown, drawn by GitHub; the diagram is written as Mermaid
    Mermaid,
}

impl Fence {
    /// Sets a text as a block.
    fn around(self, text: &str) -> String {
        match self {
            Self::Plantuml => format!("{}\n", fenced("plantuml", text)),
            Self::PlantumlDrawn => format!("{}\n", fenced("plantuml!", text)),
            Self::Puml => format!("{}\n", fenced("puml", text)),
            Self::Mermaid => format!("{}\n", fenced("mermaid", text)),
            // No line of a diagram is four hyphens: a run of them is escaped.
            Self::Asciidoc => format!("[plantuml]\n----\n{}\n----\n", text.trim_end()),
            Self::Rst => {
                let lines: Vec<String> =
                    text.lines().map(|line| if line.is_empty() { String::new() } else { format!("   {line}") }).collect();
                format!(".. uml::\n\n{}\n", lines.join("\n"))
            }
        }
    }
}

/// What is drawn.
enum Drawing {
    Scene(Box<Scene>),
    Matrix(Matrix),
}

/// A drawing and its name.
struct Named {
    name: String,
    drawing: Drawing,
}

/// How to write.
#[derive(Clone, Copy)]
struct Manner<'a> {
    format: DiagramFormat,
    theme: diagram::Theme,
    is_bare: bool,
    fence: Option<Fence>,
    server: Option<&'a str>,
    /// The command that draws SVG.
    engine: Option<&'a str>,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.model.path)?;
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing was drawn", color) {
        return Ok(Outcome::Invalid);
    }
    let manner = manner(arguments)?;
    if let Some(directory) = &arguments.all {
        return all(&model, directory, manner, arguments.label, arguments.check);
    }
    let id = arguments.alternative.as_deref().or(target.alternative.as_deref()).unwrap_or(BASE_ID);
    let Some(system) = model.systems().find(|system| system.id == id) else {
        let near = nearest(id, model.systems().map(|system| system.id.as_str()))
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        bail!("the model has no alternative `{id}`{near}");
    };
    let mut drawings = drawn(&model, system, &arguments.view, arguments.label)?;
    if let Some(name) = &arguments.picture {
        let names: Vec<String> = drawings.iter().map(|one| one.name.clone()).collect();
        drawings.retain(|one| one.name == *name);
        if drawings.is_empty() {
            bail!("this view has no picture `{name}`; it has {}", names.join(", "));
        }
    }
    if let Some(file) = &arguments.embed {
        let texts: Vec<(String, String)> =
            drawings.iter().map(|one| Ok((one.name.clone(), embedded(one, manner)?))).collect::<Result<_>>()?;
        return embed::embed(file, &texts, arguments.check);
    }
    if arguments.check {
        bail!("`--check` goes with `--embed FILE` or `--all DIR`: it compares what is there with what would be written");
    }
    if manner.format == DiagramFormat::Svg && drawings.len() > 1 {
        let names: Vec<&str> = drawings[1..].iter().map(|one| one.name.as_str()).collect();
        output::narrate(&format!(
            "this is `{}`; the view has {} more pictures: `--all DIR` writes them all, `--picture NAME` one of {}",
            drawings[0].name,
            names.len(),
            names.join(", ")
        ));
        drawings.truncate(1);
    }
    let texts: Vec<String> = drawings.iter().map(|one| written(&one.drawing, manner)).collect::<Result<_>>()?;
    output::print(&texts.join(if manner.fence.is_some() || manner.format == DiagramFormat::Markdown { "\n" } else { "" }))?;
    Ok(Outcome::Pass)
}

/// Settles what options say together.
fn manner(arguments: &Arguments) -> Result<Manner<'_>> {
    let format = match (arguments.fence, arguments.format) {
        (Some(Fence::Mermaid), DiagramFormat::Plantuml | DiagramFormat::Mermaid) => DiagramFormat::Mermaid,
        (Some(fence), DiagramFormat::Plantuml) if fence != Fence::Mermaid => DiagramFormat::Plantuml,
        (Some(_), _) => bail!("`--fence` is for PlantUML and Mermaid: leave `--format` out"),
        (None, format) => format,
    };
    if arguments.bare && format != DiagramFormat::Plantuml {
        bail!("`--bare` is for PlantUML, which alone has `@startuml`");
    }
    if arguments.all.is_some() && format == DiagramFormat::Url {
        bail!("`--all` writes pictures, not addresses");
    }
    if arguments.plantuml.is_some() && format != DiagramFormat::Svg {
        bail!("`--plantuml` draws pictures: it goes with `--format svg`");
    }
    Ok(Manner {
        format,
        theme: arguments.theme.into(),
        is_bare: arguments.bare,
        fence: arguments.fence,
        server: arguments.server.as_deref(),
        engine: arguments.plantuml.as_deref(),
    })
}

/// Draws a view by its name; several pictures where one would be too large.
fn drawn(model: &Model, system: &System, view: &str, label: Option<Label>) -> Result<Vec<Named>> {
    let lost;
    if label.is_some() && !has_labels(view) {
        bail!("`--label` writes on the views deployment and failure; `{view}` has no boxes that something is paid for");
    }
    let view = match view.split_once(':') {
        None if view == "deployment" => View::Deployment,
        None if view == "context" => View::Context,
        None if view == "matrix" => return Ok(vec![Named { name: "matrix".to_owned(), drawing: Drawing::Matrix(matrix(system)) }]),
        None if view == "difference" => {
            if system.is_base() {
                let ids: Vec<&str> = model.alternatives.iter().map(|system| system.id.as_str()).collect();
                let help = if ids.is_empty() {
                    "the model has none".to_owned()
                } else {
                    format!("name one: `--alternative {}`", ids.join("` or `--alternative "))
                };
                bail!("a difference is between today and an alternative; {help}");
            }
            View::Difference(&model.base)
        }
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
        _ => bail!("there is no view `{view}`; views are deployment, context, failure, matrix, difference and sequence:JOURNEY"),
    };
    let mut scenes = diagrams(system, view);
    if label == Some(Label::Cost) {
        match cost::bill(system, &communication(system), &Rates::of(system)) {
            Some(bill) => label_costs(&mut scenes, system, &bill),
            None => bail!("`{}` names no provider, so that nothing has a price", system.id),
        }
    }
    Ok(scenes.into_iter().map(|named| Named { name: named.name, drawing: Drawing::Scene(Box::new(named.scene)) }).collect())
}

/// Says whether a view has boxes and arrows that something is paid for.
fn has_labels(view: &str) -> bool {
    matches!(view, "deployment" | "failure")
}

/// Writes a drawing.
fn written(drawing: &Drawing, manner: Manner<'_>) -> Result<String> {
    let text = match drawing {
        Drawing::Matrix(matrix) => match manner.format {
            DiagramFormat::Svg => matrix.svg(Styled::Itself),
            DiagramFormat::Markdown => matrix_table(matrix, 2),
            _ => bail!("the matrix is a table: `--format markdown` or `--format svg` writes it"),
        },
        Drawing::Scene(scene) => match manner.format {
            DiagramFormat::Svg => match manner.engine {
                Some(command) => engine::draw(command, &plantuml_with(scene, manner.theme))?,
                None => svg(scene, Styled::Itself),
            },
            DiagramFormat::Mermaid => mermaid(scene),
            DiagramFormat::Dot => dot(scene),
            DiagramFormat::Markdown => {
                let title = MarkdownText::new(scene.title.as_str()).into_string();
                let legend: String =
                    scene.legend.iter().map(|line| format!("- {}\n", MarkdownText::new(line.as_str()).into_string())).collect();
                let legend = if legend.is_empty() { legend } else { format!("\n{legend}") };
                format!("## {title}\n\n{}\n{legend}", fenced("mermaid", &mermaid(scene)))
            }
            DiagramFormat::Plantuml => {
                let text = plantuml_with(scene, manner.theme);
                if manner.is_bare {
                    text.lines().filter(|line| !line.starts_with('@')).map(|line| format!("{line}\n")).collect()
                } else {
                    text
                }
            }
            DiagramFormat::Url => match manner.server {
                Some(server) => format!("{}\n", url(server, &plantuml_with(scene, manner.theme))?),
                None => bail!("`--format url` needs `--server`: there is no default, because the URL carries the architecture to it"),
            },
        },
    };
    Ok(manner.fence.map_or(text.clone(), |fence| fence.around(&text)))
}

/// Writes a drawing as it stands in a document.
fn embedded(named: &Named, manner: Manner<'_>) -> Result<String> {
    let text = written(&named.drawing, manner)?;
    Ok(match (manner.fence, manner.format) {
        (Some(_), _) | (None, DiagramFormat::Markdown | DiagramFormat::Url) => text,
        (None, DiagramFormat::Plantuml) => Fence::Plantuml.around(&text),
        (None, DiagramFormat::Mermaid) => Fence::Mermaid.around(&text),
        (None, DiagramFormat::Dot) => format!("{}\n", fenced("dot", &text)),
        (None, DiagramFormat::Svg) => {
            bail!("a picture is a file of its own: write it with `--all DIR --format svg`, and name that file in the document")
        }
    })
}

/// Writes every view of every alternative: `ID-VIEW.puml`.
fn all(model: &Model, directory: &Path, manner: Manner<'_>, label: Option<Label>, only_check: bool) -> Result<Outcome> {
    if !only_check {
        std::fs::create_dir_all(directory)
            .map_err(|error| anyhow::anyhow!("cannot make the directory `{}`: {error}", directory.display()))?;
    }
    let (mut written_files, mut stale) = (String::new(), 0_usize);
    for system in model.systems() {
        let mut views = vec!["deployment".to_owned(), "context".to_owned(), "failure".to_owned()];
        if !system.is_base() {
            views.push("difference".to_owned());
        }
        if matches!(manner.format, DiagramFormat::Svg | DiagramFormat::Markdown) {
            views.push("matrix".to_owned());
        }
        views.extend(system.journeys.iter().map(|journey| format!("sequence:{}", journey.id)));
        for view in views {
            for one in drawn(model, system, &view, label.filter(|_| has_labels(&view)))? {
                let file = directory.join(format!("{}-{}.{}", system.id, one.name, manner.format.extension()));
                let text = written(&one.drawing, manner)?;
                let is_there = std::fs::read(&file).is_ok_and(|bytes| bytes == text.as_bytes());
                if only_check {
                    if !is_there {
                        stale += 1;
                        written_files.push_str(&format!("{}\n", file.display()));
                    }
                    continue;
                }
                disk::write_atomically(&file, &text)?;
                written_files.push_str(&format!("{}\n", file.display()));
            }
        }
    }
    output::print(&written_files)?;
    if stale > 0 {
        output::narrate(&format!("{stale} file(s) are not what the model draws; run `weighbridge diagram --all` without `--check`"));
        return Ok(Outcome::Fail);
    }
    Ok(Outcome::Pass)
}
