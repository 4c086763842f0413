//! `fault-tree`: any Open-PSA fault tree, analysed by the engine that analyses models.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use super::output::{Color, Look};
use super::{Outcome, diagnostics, disk, output};
use crate::fault_tree::open_psa::{MAX_FILE_BYTES, read};
use crate::fault_tree::{BasicEvent, Exceeded, Limits, ORDER_WHERE_TOO_MANY, analyse, bounds, cut_sets_to_order};
use crate::report::fault_tree::{Analysed, Bounded, MAX_LISTED, human, json};
use crate::report::human;
use crate::source::Sources;

/// Arguments of `fault-tree`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files in the Open-PSA model exchange format that together are one model
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The gate to analyse [default: every gate that stands in no other gate]
    #[arg(long, value_name = "GATE")]
    top: Option<String>,

    /// List the minimal cut sets up to this order, the most probable first [default: the 10 most probable]
    #[arg(long, value_name = "N")]
    order: Option<usize>,

    /// How to print the analysis
    #[arg(long, value_enum, default_value_t = TreeFormat::Human)]
    format: TreeFormat,
}

/// The formats of `fault-tree`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TreeFormat {
    /// Tables for a terminal.
    Human,
    /// For scripts.
    Json,
}

/// The cut sets that are listed unless an order is asked for.
const LISTED: usize = 10;

/// The most operations on states of shared events where a diagram is too large.
const MAX_OPERATIONS_ON_STATES: usize = 1 << 28;

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let mut sources = Sources::default();
    let mut files = Vec::new();
    for path in &arguments.files {
        files.push(sources.add(path.display().to_string(), disk::read_text_up_to(path, MAX_FILE_BYTES)?));
    }
    let model = match read(&sources, &files, arguments.top.as_deref()) {
        Ok(model) => model,
        Err(found) => {
            output::narrate(diagnostics::human(&sources, &found, Look::of(&std::io::stderr(), color)).trim_end());
            output::narrate(&format!("{}; nothing was computed", diagnostics::tally(&found)));
            return Ok(Outcome::Invalid);
        }
    };
    let events: Vec<BasicEvent> = model.events.iter().map(|named| named.event).collect();
    let probabilities: Vec<f64> = events.iter().map(|event| event.probability).collect();
    let mut analysed = Vec::new();
    for top in &model.tops {
        let limits = Limits::default();
        let (largest, most) = arguments.order.map_or((usize::MAX, LISTED), |order| (order, MAX_LISTED));
        let to_order =
            || cut_sets_to_order(&model.graph, top.formula, arguments.order.unwrap_or(ORDER_WHERE_TOO_MANY), limits.one_by_one()).ok();
        let analysis = analyse(&model.graph, top.formula, &events, limits).map_err(|Exceeded| Bounded {
            interval: bounds(&model.graph, top.formula, &probabilities, MAX_OPERATIONS_ON_STATES),
            cut_sets: to_order(),
        });
        let mut one = Analysed { top, analysis, listed: Vec::new() };
        one.listed = one.cut_sets().map_or_else(Vec::new, |sets| sets.most_probable(&probabilities, largest, most));
        analysed.push(one);
    }
    match arguments.format {
        TreeFormat::Human => {
            let look = Look::of(&std::io::stdout(), color);
            output::print(&human(&model, &analysed, human::Look { color: look.color, width: look.width }))?;
        }
        TreeFormat::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&json(&model, &analysed))?))?,
    }
    Ok(Outcome::Pass)
}
