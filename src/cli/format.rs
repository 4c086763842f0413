//! `fmt`: rewrites model files in their one layout.

use std::path::PathBuf;

use anyhow::Result;

use super::{Outcome, disk, output};
use crate::syntax::format::format;

/// Arguments of `fmt`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Model directories, folders of them, or files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome> {
    let (mut changed, mut invalid) = (Vec::new(), false);
    for path in &arguments.paths {
        for file in disk::toml_files(path)? {
            let text = disk::read_text(&file)?;
            match format(&text) {
                Ok(formatted) if formatted == text => {}
                Ok(formatted) => {
                    if !arguments.check {
                        disk::write_atomically(&file, &formatted)?;
                    }
                    changed.push(file.display().to_string());
                }
                Err(error) => {
                    invalid = true;
                    output::narrate(&format!("error: {}: {error}; the file is left as it is", file.display()));
                }
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
