//! `templates eject`: the built-in templates as files, to change.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;

use super::{Outcome, disk, output};
use crate::report::markdown::TEMPLATES;

/// Arguments of `templates`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the built-in templates into a directory; keep those that you change, and give it to `--template-dir`
    Eject {
        /// The directory, which is made where it is missing
        #[arg(value_name = "DIR")]
        directory: PathBuf,

        /// Overwrite files that differ
        #[arg(long)]
        force: bool,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let Command::Eject { directory, force } = &arguments.command;
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    let files: Vec<(PathBuf, &str)> = TEMPLATES.iter().map(|(name, text)| (directory.join(name), *text)).collect();
    let is_changed =
        |path: &PathBuf, text: &str| path.symlink_metadata().is_ok() && !std::fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes());
    let changed: Vec<String> =
        files.iter().filter(|(path, text)| is_changed(path, text)).map(|(path, _)| format!("`{}`", path.display())).collect();
    if !changed.is_empty() && !force {
        anyhow::bail!(
            "{} differ from the built-in ones and are left as they are; nothing is written (`--force` overwrites them)",
            changed.join(", ")
        );
    }
    for (path, text) in files {
        disk::write_atomically(&path, text)?;
        output::print(&format!("{}\n", path.display()))?;
    }
    Ok(Outcome::Pass)
}
