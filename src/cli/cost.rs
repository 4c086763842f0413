//! `cost` and `calibrate`: why a bill differs from another, and how far the model is from what was billed.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::output::{Color, Look};
use super::{Outcome, diagnostics, disk, output};
use crate::analysis::communication::communication;
use crate::analysis::cost::{self, Rates};
use crate::model::{Model, System};
use crate::report::{costs, human};
use crate::source::Sources;

/// Arguments of `cost`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: CostCommand,
}

#[derive(Debug, clap::Subcommand)]
enum CostCommand {
    /// Say why a month's bill differs between two models: other use, other prices, another design
    Diff(DiffArguments),
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables for a terminal.
    Human,
    /// JSON for scripts.
    Json,
}

#[derive(Debug, clap::Args)]
struct DiffArguments {
    /// What to start from: a model directory (its base), or the file of an alternative
    base: PathBuf,
    /// What to compare with it
    head: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Arguments of `calibrate`.
#[derive(Debug, clap::Args)]
pub(super) struct CalibrateArguments {
    /// A model directory (its base), or the file of an alternative
    path: PathBuf,
    /// A bill in the FOCUS format (CSV)
    bill: PathBuf,
    /// The tag whose value is a component's id
    #[arg(long, default_value = "component")]
    tag: String,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    match &arguments.command {
        CostCommand::Diff(arguments) => diff(arguments, color),
    }
}

/// A model and the design of it that is meant.
struct Opened {
    model: Model,
    only: Option<String>,
}

impl Opened {
    fn system(&self) -> &System {
        self.model.alternatives.iter().find(|system| self.only.as_deref() == Some(&system.id)).unwrap_or(&self.model.base)
    }
}

fn open(path: &Path, color: Color) -> Result<Option<Opened>> {
    let target = disk::target(path)?;
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing was computed", color) {
        return Ok(None);
    }
    if let Some(id) = &target.alternative
        && !model.alternatives.iter().any(|system| system.id == *id)
    {
        bail!("`{}` is no alternative of its model", path.display());
    }
    Ok(Some(Opened { model, only: target.alternative }))
}

fn look(color: Color) -> human::Look {
    let look = Look::of(&std::io::stdout(), color);
    human::Look { color: look.color, width: look.width }
}

fn diff(arguments: &DiffArguments, color: Color) -> Result<Outcome> {
    let (Some(base), Some(head)) = (open(&arguments.base, color)?, open(&arguments.head, color)?) else { return Ok(Outcome::Invalid) };
    let (from, to) = (base.system(), head.system());
    let Some(effects) = cost::effects((from, &communication(from)), (to, &communication(to))) else {
        bail!("the two bills cannot be compared: both need a provider, and prices in one currency (`[cost] fx`)");
    };
    match arguments.format {
        Format::Human => output::print(&human::render_table(&costs::effects(&effects, [from, to]), look(color)))?,
        Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&costs::effects_value(&effects, [from, to]))?))?,
    }
    Ok(Outcome::Pass)
}

pub(super) fn calibrate(arguments: &CalibrateArguments, color: Color) -> Result<Outcome> {
    let Some(opened) = open(&arguments.path, color)? else { return Ok(Outcome::Invalid) };
    let system = opened.system();
    let text = disk::read_text_up_to(&arguments.bill, crate::pricing::MAX_BILL_BYTES)?;
    let mut sources = Sources::default();
    let file = sources.add(arguments.bill.display().to_string(), text);
    let (billed, found) = crate::pricing::read_bill(&sources, file, &arguments.tag);
    if !found.is_empty() {
        output::narrate(diagnostics::human(&sources, &found, Look::of(&std::io::stderr(), color)).trim_end());
        output::narrate(&format!("{}; nothing was computed", diagnostics::tally(&found)));
        return Ok(Outcome::Invalid);
    }
    let Some(currency) = billed.currency else { bail!("the bill `{}` has no rows", arguments.bill.display()) };
    let Some(modelled) = cost::bill(system, &communication(system), &Rates::of(system)) else {
        bail!("the model names no provider, so that there is nothing to compare the bill with");
    };
    let Some(factor) = cost::exchange_rate(system, currency, modelled.currency) else {
        let (from, to) = (currency.code(), modelled.currency.code());
        bail!("the bill is in {from} and the model in {to}; state what one {from} is worth in `[cost] fx`");
    };
    let calibration = costs::Calibration { system, modelled: &modelled, billed: &billed, factor: factor * billed.of_a_month() };
    match arguments.format {
        Format::Human => {
            let tables = costs::calibration(&calibration);
            let texts: Vec<String> = tables.iter().map(|table| human::render_table(table, look(color))).collect();
            output::print(&texts.join("\n"))?;
        }
        Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&costs::calibration_value(&calibration))?))?,
    }
    Ok(Outcome::Pass)
}
