//! `init`: a commented first model that passes `check`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{Outcome, disk, output};
use crate::model::BASE_FILE;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The directory to write to; it is made if it does not exist
    directory: PathBuf,
}

/// The base of a first model.
const STARTER: &str = include_str!("../../templates/starter/system.toml");

/// Its first alternative.
const STARTER_ALTERNATIVE: &str = include_str!("../../templates/starter/alternatives/replicated.toml");

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let directory = &arguments.directory;
    let base = directory.join(BASE_FILE);
    let alternatives = directory.join("alternatives");
    let alternative = alternatives.join("replicated.toml");
    for path in [&base, &alternative] {
        if path.exists() {
            bail!("`{}` exists already; nothing was written", path.display());
        }
    }
    std::fs::create_dir_all(&alternatives).with_context(|| format!("cannot make the directory `{}`", alternatives.display()))?;
    disk::write_atomically(&base, STARTER)?;
    disk::write_atomically(&alternative, STARTER_ALTERNATIVE)?;
    output::print(&format!("{}\n{}\n", base.display(), alternative.display()))?;
    let shown = directory.display();
    output::narrate(&format!("Edit both, then run:\n  weighbridge check {shown}\n  weighbridge report {shown}"));
    Ok(Outcome::Pass)
}
