//! `export`: a part of a model in a format of other tools.

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::output::Color;
use super::{ModelPath, Outcome, diagnostics, disk, output};
use crate::analysis::failure::open_psa;
use crate::diagnostic::nearest;
use crate::model::Model;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelPath,

    /// What to write
    #[arg(long, value_enum)]
    format: ExportFormat,

    /// The journey whose failure is written
    #[arg(long, value_name = "ID")]
    journey: String,

    /// The alternative; default the base, or the alternative whose file is named
    #[arg(long, value_name = "ID")]
    alternative: Option<String>,
}

/// The formats of other tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// The journey's fault tree in the Open-PSA model exchange format, which SCRAM reads.
    OpenPsa,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.model.path)?;
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing was written", color) {
        return Ok(Outcome::Invalid);
    }
    let wanted = arguments.alternative.as_deref().or(target.alternative.as_deref()).unwrap_or(&model.base.id);
    let Some(system) = model.systems().find(|system| system.id == wanted) else { bail!("the model has no alternative `{wanted}`") };
    let Some(journey) = system.journeys.iter().position(|journey| journey.id == arguments.journey) else {
        let near = nearest(&arguments.journey, system.journeys.iter().map(|journey| journey.id.as_str()));
        let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        bail!("`{wanted}` has no journey `{}`{help}", arguments.journey);
    };
    match arguments.format {
        ExportFormat::OpenPsa => output::print(&open_psa(system, journey))?,
    }
    Ok(Outcome::Pass)
}
