//! `diff`: what a change of the model changed, between two directories or two git revisions.

use std::path::Path;

use anyhow::{Result, bail};

use super::git::{GitFiles, Since};
use super::output::{Color, Look};
use super::why::WhyArguments;
use super::{Format, Outcome, diagnostics, disk, output};
use crate::difference::difference;
use crate::model::{BASE_FILE, Files, Model};
use crate::report::profile::{self, Profile};
use crate::report::{difference as report, human};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The model before: a directory, or `REVISION:DIRECTORY`, read through git; a folder of models where the other side is one
    before: String,

    /// The model after: a directory, or `REVISION:DIRECTORY`
    after: String,

    /// How to print what differs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    why: WhyArguments,

    #[command(flatten)]
    since: Since,

    /// Exit with 1 where anything differs
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let pairs = pairs(arguments)?;
    let mut texts = Vec::new();
    let mut values = Vec::new();
    let mut differs = false;
    for [before_name, after_name] in &pairs {
        let before = read(before_name)?;
        let after = read(after_name)?;
        for (name, model) in [(before_name, &before), (after_name, &after)] {
            if model.has_errors() {
                output::narrate(diagnostics::human(&model.sources, &model.diagnostics, Look::of(&std::io::stderr(), color)).trim_end());
                output::narrate(&format!("{name}: {}; nothing was compared", diagnostics::tally(&model.diagnostics)));
                return Ok(Outcome::Invalid);
            }
        }
        let mut found = difference(&before, &after);
        for one in &mut found {
            let side = |model| Model::systems(model).find(|system| system.id == one.id);
            if let (Some(figures), Some(old), Some(new)) = (&one.figures, side(&before), side(&after)) {
                one.why = arguments.why.attribute([old, new], &one.changes, figures)?;
            }
        }
        differs |= found.iter().any(|one| one.kind.is_some() || !one.changes.is_empty());
        match arguments.format {
            Format::Json => values.push(report::value(&after, &found, before_name)),
            Format::Human => {
                let look = Look::of(&std::io::stdout(), color);
                let view = report::view(&after, &found, [before_name, after_name]);
                texts.push(human::render(&view, human::Look { color: look.color, width: look.width }));
            }
            Format::Markdown => {
                let view = report::view(&after, &found, [before_name, after_name]);
                texts.push(profile::render(&view, Profile::PullRequest, pairs.len(), "difference.md.j2", &[])?);
            }
        }
    }
    let text = match (arguments.format, values.len()) {
        (Format::Json, 1) => format!("{}\n", serde_json::to_string_pretty(&values.remove(0))?),
        (Format::Json, _) => format!("{}\n", serde_json::to_string_pretty(&values)?),
        (Format::Markdown, _) => format!("{}\n{}", profile::MARKER, texts.join("\n")),
        (Format::Human, _) => texts.join("\n"),
    };
    output::print(&text)?;
    Ok(if differs && arguments.exit_code { Outcome::Fail } else { Outcome::Pass })
}

/// Pairs the models of both sides: two models are one pair; of two folders, those that lie at the same place in both.
fn pairs(arguments: &Arguments) -> Result<Vec<[String; 2]>> {
    let [before, after] = [&arguments.before, &arguments.after];
    let folder = Path::new(after);
    if !folder.is_dir() || folder.join(BASE_FILE).is_file() {
        return Ok(vec![[before.clone(), after.clone()]]);
    }
    let mut pairs = Vec::new();
    for target in arguments.since.retain(disk::targets(folder)?)? {
        let directory = target.files.directory().display().to_string();
        let below = target.files.directory().strip_prefix(folder).unwrap_or(Path::new("")).display().to_string();
        let other = format!("{}/{below}", before.trim_end_matches('/'));
        match read(&other) {
            Ok(_) => pairs.push([other, directory]),
            Err(_) => output::narrate(&crate::report::text::harmless(&format!("`{directory}` is new: there is no `{other}`"))),
        }
    }
    Ok(pairs)
}

/// Reads a side: what is a directory is one, else what is before the first colon is a revision.
fn read(side: &str) -> Result<Model> {
    if Path::new(side).is_dir() {
        return Ok(Model::read(&disk::target(Path::new(side))?.files));
    }
    let Some((revision, directory)) = side.split_once(':') else {
        bail!("`{side}` is no directory; a revision is written `{side}:DIRECTORY`, such as `main:models/shop`");
    };
    let files = GitFiles::open(revision, directory)?;
    Ok(Model::read(&files as &dyn Files))
}
