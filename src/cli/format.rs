//! `fmt`: rewrites model files in their one layout.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Outcome, disk, output};
use crate::report::text::harmless;
use crate::syntax::format::format;

/// Arguments of `fmt`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Model directories, folders of them, or files; of a model its own files are written, and its workspace's where that lies in the directory that is named
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let (files, unreadable) = files(&arguments.paths)?;
    let (mut changed, mut invalid) = (Vec::new(), !unreadable.is_empty());
    for words in unreadable {
        output::narrate(&format!("error: {}", harmless(&words)));
    }
    for file in files {
        match is_changed(&file, !arguments.check) {
            Ok(false) => {}
            Ok(true) => changed.push(file.display().to_string()),
            // What is wrong with one file is no reason to leave the others, or to say nothing of those that are written.
            Err(error) => {
                invalid = true;
                output::narrate(&format!("error: {}: {error:#}; the file is left as it is", file.display()));
            }
        }
    }
    for file in &changed {
        output::print(&format!("{file}\n"))?;
    }
    Ok(match (invalid, arguments.check && !changed.is_empty()) {
        (true, _) => Outcome::Invalid,
        (_, true) => {
            output::narrate(&format!("{} file(s) are not in their layout; run `weighbridge fmt` on them", changed.len()));
            Outcome::Fail
        }
        _ => Outcome::Pass,
    })
}

/// Returns the files that are meant, each once: those that are named, and the own files of every model in the directories that are named; and what of these
/// cannot be read, in words.
fn files(paths: &[PathBuf]) -> Result<(Vec<PathBuf>, Vec<String>)> {
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        for target in disk::targets(path)? {
            let own = disk::own_files(&target.files, path);
            found.extend(own.paths);
            unreadable.extend(own.unreadable);
        }
    }
    // A link and its target are one file, and models share a workspace's.
    found.retain(|file: &PathBuf| seen.insert(disk::real(file).unwrap_or_else(|| file.clone())));
    unreadable.sort_unstable();
    unreadable.dedup();
    Ok((found, unreadable))
}

/// Says whether a file is not in its layout, and writes it in it if that is wanted.
fn is_changed(file: &Path, writes: bool) -> Result<bool> {
    let text = disk::read_text(file)?;
    let formatted = format(&text).map_err(|error| anyhow::anyhow!("{error}"))?;
    let is_changed = formatted != text;
    if is_changed && writes {
        disk::write_atomically(file, &formatted)?;
    }
    Ok(is_changed)
}
