//! `baseline`: findings that were there before, adopted to get started. The file only ever shrinks.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};

use super::check::found_in;
use super::{Outcome, disk, output};
use crate::hazard::{Baseline, Hazards};
use crate::report::shell;

/// Arguments of `baseline`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write a baseline of all findings that nobody accepted; refuses to replace one
    Create(Files),
    /// Take out of a baseline what is mended
    Prune(Files),
    /// Fail if a baseline has entries that are mended
    Check(Files),
}

#[derive(Debug, clap::Args)]
struct Files {
    /// A model directory
    path: PathBuf,

    /// The baseline
    #[arg(long, default_value = "baseline.toml", value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.action {
        Action::Create(files) => {
            if files.file.exists() {
                bail!("`{}` is there already: a baseline is pruned, never made anew over an old one", files.file.display());
            }
            let mut baseline = Baseline::default();
            for (id, hazards) in found(files)? {
                baseline.adopt(&id, &hazards);
            }
            disk::write_atomically(&files.file, &baseline.write())?;
            output::narrate(&format!("wrote {}", files.file.display()));
            Ok(Outcome::Pass)
        }
        Action::Prune(files) => {
            let (before, pruned) = pruned(files)?;
            if before != pruned {
                disk::write_atomically(&files.file, &pruned.write())?;
                output::narrate(&format!("wrote {}", files.file.display()));
            }
            Ok(Outcome::Pass)
        }
        Action::Check(files) => {
            let (before, pruned) = pruned(files)?;
            if before == pruned {
                return Ok(Outcome::Pass);
            }
            output::narrate(&format!(
                "`{}` has entries that are mended: weighbridge baseline prune {} --file {}",
                files.file.display(),
                shell(&files.path.display().to_string()),
                shell(&files.file.display().to_string())
            ));
            Ok(Outcome::Fail)
        }
    }
}

fn found(files: &Files) -> Result<BTreeMap<String, Hazards>> {
    Ok(found_in(&disk::target(&files.path)?.files, None)?.into_iter().collect())
}

fn pruned(files: &Files) -> Result<(Baseline, Baseline)> {
    let text = disk::read_text(&files.file)?;
    let before = Baseline::read(&text).map_err(|words| anyhow!("`{}` is no baseline: {words}", files.file.display()))?;
    let mut pruned = before.clone();
    pruned.prune(&found(files)?);
    Ok((before, pruned))
}
