//! `--simulate`: runs the event simulation, says how far it is, and stops when a person asks for it.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use crate::analysis::latency::{Depth, latency};
use crate::analysis::simulation::{DEFAULT_REQUESTS, DEFAULT_SEED, MAX_REQUESTS, Progress, Settings, simulate};
use crate::assessment::Simulations;
use crate::model::Model;

/// What is asked of a simulation.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct SimulateArguments {
    /// Run the model as an event simulation too, and show it beside the computed times
    #[arg(long)]
    simulate: bool,

    /// How many requests it observes, of all journeys together
    #[arg(long, requires = "simulate", value_name = "N", default_value_t = DEFAULT_REQUESTS, value_parser = clap::value_parser!(u64).range(1..=MAX_REQUESTS))]
    requests: u64,

    /// What decides its random numbers: the same seed gives the same figures
    #[arg(long, requires = "simulate", value_name = "N", default_value_t = DEFAULT_SEED)]
    seed: u64,
}

/// Simulates the base and all alternatives, or the base and one; nothing where it was not asked for.
pub(super) fn simulations(model: &Model, only: Option<&str>, arguments: &SimulateArguments) -> Result<Simulations> {
    let mut found = Simulations::new();
    if !arguments.simulate {
        return Ok(found);
    }
    let is_stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&is_stopped);
    // A second one ends the process as usual.
    ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(super::INTERRUPTED));
        }
    })
    .context("cannot watch for interruptions")?;
    let bar = Bar { is_shown: std::io::stderr().is_terminal() };
    let settings = Settings { requests: arguments.requests, seed: arguments.seed };
    for system in model.systems().filter(|system| system.is_base() || only.is_none_or(|id| system.id == id)) {
        if is_stopped.load(Ordering::SeqCst) {
            break;
        }
        let computed = latency(system, Depth::Judged);
        let simulation = simulate(system, &computed, settings, &mut |progress| {
            bar.show(&system.id, progress);
            !is_stopped.load(Ordering::SeqCst)
        });
        found.extend(simulation.map(|simulation| (system.id.clone(), simulation)));
    }
    bar.clear();
    Ok(found)
}

/// A line on the terminal that says how far it is.
struct Bar {
    is_shown: bool,
}

impl Bar {
    const WIDTH: u32 = 20;

    fn show(&self, id: &str, progress: Progress) {
        if self.is_shown {
            let filled = Self::WIDTH * progress.done / progress.all.max(1);
            let bar: String = (0..Self::WIDTH).map(|at| if at < filled { '#' } else { '.' }).collect();
            let id: String = crate::report::text::harmless(id).chars().take(30).collect();
            // Nobody is left to tell when standard error is closed.
            let _ = write!(std::io::stderr(), "\r\x1b[Ksimulating {id} [{bar}] {} of {}", progress.done, progress.all);
            let _ = std::io::stderr().flush();
        }
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
            let _ = std::io::stderr().flush();
        }
    }
}
