//! `diff`: what a change of the model changed, between two directories or two git revisions.

use anyhow::{Result, bail};

use super::git::GitFiles;
use super::output::{Color, Look};
use super::{Format, Outcome, diagnostics, disk, output};
use crate::difference::difference;
use crate::model::{Files, Model};
use crate::report::{difference as report, human, markdown};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The model before: a directory, or `REVISION:DIRECTORY`, read through git
    before: String,

    /// The model after: a directory, or `REVISION:DIRECTORY`
    after: String,

    /// How to print what differs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Exit with 1 where anything differs
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let before = read(&arguments.before)?;
    let after = read(&arguments.after)?;
    for (name, model) in [(&arguments.before, &before), (&arguments.after, &after)] {
        if model.has_errors() {
            output::narrate(diagnostics::human(&model.sources, &model.diagnostics, Look::of(&std::io::stderr(), color)).trim_end());
            output::narrate(&format!("{name}: {}; nothing was compared", diagnostics::tally(&model.diagnostics)));
            return Ok(Outcome::Invalid);
        }
    }
    let found = difference(&before, &after);
    let text = match arguments.format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&report::value(&after, &found, &arguments.before))?),
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            let view = report::view(&after, &found, [&arguments.before, &arguments.after]);
            human::render(&view, human::Look { color: look.color, width: look.width })
        }
        Format::Markdown => {
            markdown::render(&report::view(&after, &found, [&arguments.before, &arguments.after]), "difference.md.j2", &[])?
        }
    };
    output::print(&text)?;
    let differs = found.iter().any(|one| one.kind.is_some() || !one.changes.is_empty());
    Ok(if differs && arguments.exit_code { Outcome::Fail } else { Outcome::Pass })
}

/// Reads a side: what is a directory is one, else what is before the first colon is a revision.
fn read(side: &str) -> Result<Model> {
    if std::path::Path::new(side).is_dir() {
        return Ok(Model::read(&disk::target(std::path::Path::new(side))?.files));
    }
    let Some((revision, directory)) = side.split_once(':') else {
        bail!("`{side}` is no directory; a revision is written `{side}:DIRECTORY`, such as `main:models/shop`");
    };
    let files = GitFiles::open(revision, directory)?;
    Ok(Model::read(&files as &dyn Files))
}
