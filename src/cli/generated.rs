//! `completions` and `man`: what shells and manuals say of the arguments, made from the arguments themselves.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::CommandFactory;

use super::{Outcome, output};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArguments {
    /// The shell that reads them
    shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub(super) struct ManArguments {
    /// Write the page of every command into a directory, instead of the first one to standard output
    #[arg(long, value_name = "DIR")]
    all: Option<PathBuf>,
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "weighbridge", &mut text);
    output::print(&String::from_utf8(text).context("a shell's completions are text")?)?;
    Ok(Outcome::Pass)
}

pub(super) fn man(arguments: &ManArguments) -> Result<Outcome> {
    let command = super::Arguments::command();
    match &arguments.all {
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(command).render(&mut text).context("cannot write the manual's page")?;
            output::print(&String::from_utf8(text).context("a manual's page is text")?)?;
        }
        Some(directory) => {
            let refused = || format!("cannot write into the directory `{}`", directory.display());
            std::fs::create_dir_all(directory).with_context(refused)?;
            clap_mangen::generate_to(command, directory).with_context(refused)?;
            output::narrate(&format!("wrote a page per command into {}", directory.display()));
        }
    }
    Ok(Outcome::Pass)
}
