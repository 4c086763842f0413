//! `show`: the merged model of each alternative.

use anyhow::{Result, bail};

use super::output::Color;
use super::{ModelPath, Outcome, diagnostics, disk, output};
use crate::model::Model;
use crate::report::{show, text};

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelPath,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.model.path)?;
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing is shown", color) {
        return Ok(Outcome::Invalid);
    }
    let mut out = String::new();
    let mut found = false;
    for system in model.systems().filter(|system| target.alternative.as_ref().is_none_or(|wanted| *wanted == system.id)) {
        if found {
            out.push('\n');
        }
        found = true;
        out.push_str(&show::show(&model, system));
    }
    if !found {
        bail!("the model has no alternative `{}`", target.alternative.unwrap_or_default());
    }
    output::print(&text::harmless(&out))?;
    Ok(Outcome::Pass)
}
