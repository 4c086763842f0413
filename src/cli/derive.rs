//! `derive`: an alternative from the base and its modules, that says only what differs.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;

use super::output::{self, Color, Look};
use super::{Outcome, diagnostics, disk};
use crate::assessment::assess_to_find;
use crate::derivation::{Authorship, Target, Wanted, authorship, derive, is_id};
use crate::diagnostic::has_errors;
use crate::model::{FileError, Files, Model};
use crate::report::shell;

/// Arguments of `derive`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The model directory
    path: PathBuf,

    /// What the alternative is to be
    #[arg(long = "as", value_enum, value_name = "DESIGN")]
    design: Design,

    /// Parts to split off that the base does not state as modules: --parts orders,payments
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    parts: Vec<String>,

    /// The alternative's id, if it is not that of the design
    #[arg(long, value_name = "ID")]
    name: Option<String>,
}

/// The designs on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Design {
    /// One copy of one program with its data on one machine
    Single,
    /// Copies of one program behind a proxy, and databases that fail over
    Replicated,
    /// One program and its databases, split by a key
    Sharded,
    /// The base's modules as services, each with data of its own
    Services,
}

impl Design {
    const fn target(self) -> Target {
        match self {
            Self::Single => Target::Single,
            Self::Replicated => Target::Replicated,
            Self::Sharded => Target::Sharded,
            Self::Services => Target::Services,
        }
    }
}

/// The folder of the alternatives.
pub(super) const ALTERNATIVES: &str = "alternatives";

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.path)?;
    if target.alternative.is_some() {
        bail!("`{}` is an alternative; name its model's directory: what is derived differs from the base", arguments.path.display());
    }
    let directory = target.files.directory().to_owned();
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing was derived", color) {
        return Ok(Outcome::Invalid);
    }
    let wanted = Wanted { target: arguments.design.target(), parts: arguments.parts.clone() };
    let name = arguments.name.clone().unwrap_or_else(|| wanted.target.word().to_owned());
    if !is_id(&name) {
        bail!("--name: `{name}` is no id: a small letter, then small letters, digits and hyphens; `system` and `remove` are taken");
    }
    let text = derive(&model, &wanted).map_err(|words| anyhow!("{words}"))?;
    let written = write(&target.files, &directory, &name, &wanted, &text)?;
    output::print(&format!("{}\n", written.display()))?;
    let shown = shell(&directory.display().to_string());
    output::narrate(&format!("Edit it, then run:\n  weighbridge check {shown}\n  weighbridge compare {shown}"));
    Ok(Outcome::Pass)
}

/// Writes an alternative that was derived, where no hand's work stands, after it was read and classified like any other.
pub(super) fn write(files: &dyn Files, directory: &Path, name: &str, wanted: &Wanted, text: &str) -> Result<PathBuf> {
    let relative = format!("{ALTERNATIVES}/{name}.toml");
    let path = directory.join(ALTERNATIVES).join(format!("{name}.toml"));
    if path.exists() {
        let ways = format!("write another file with `--name {name}-2`, or remove this one to have it derived anew");
        match authorship(&disk::read_text(&path)?) {
            Authorship::Derived => {}
            Authorship::Edited => bail!("`{}` was edited since it was derived, and is left as it is; {ways}", path.display()),
            Authorship::Hand => bail!("`{}` was written by hand, and is left as it is; {ways}", path.display()),
        }
    }
    let model = Model::read(&Overlaid { files, path: &relative, text });
    let found = model.alternatives.iter().find(|system| system.id == name);
    let (Some(found), false) = (found, has_errors(&model.diagnostics)) else {
        let shown = diagnostics::human(&model.sources, &model.diagnostics, Look { color: false, width: 100 });
        bail!("this base cannot be derived as {}; the draft has mistakes, and nothing was written:\n{shown}", wanted.target.word());
    };
    let classification = assess_to_find(found).classification;
    if !wanted.target.is_met_by(&classification) {
        output::narrate(&crate::report::text::harmless(&format!(
            "note: what was derived as {} is classified otherwise: {}",
            wanted.target.word(),
            classification.because.join(" ")
        )));
    }
    std::fs::create_dir_all(directory.join(ALTERNATIVES))?;
    disk::write_atomically(&path, text)?;
    Ok(path)
}

/// A model's files with one more, which is not there yet.
struct Overlaid<'a> {
    files: &'a dyn Files,
    path: &'a str,
    text: &'a str,
}

impl Files for Overlaid<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        if path == self.path { Ok(self.text.as_bytes().to_vec()) } else { self.files.read(path) }
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let mut names = self.files.list(directory)?;
        if let Some(name) = self.path.strip_prefix(directory).and_then(|rest| rest.strip_prefix('/')) {
            names.push(name.to_owned());
            names.sort_unstable();
            names.dedup();
        }
        Ok(names)
    }

    fn shown(&self, path: &str) -> String {
        self.files.shown(path)
    }

    fn workspace(&self) -> Option<String> {
        self.files.workspace()
    }
}
