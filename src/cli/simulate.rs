//! `--simulate`: runs the event simulation, says how far it is, and stops when a person asks for it.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};

use crate::analysis::simulation::{self, DEFAULT_REQUESTS, DEFAULT_SEED, MAX_REQUESTS, Progress, Settings};
use crate::assessment::Assessed;

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

/// Simulates what was assessed, where that was asked for; on Ctrl-C what was found until then stands.
pub(super) fn simulate(assessed: &mut [Assessed<'_>], arguments: &SimulateArguments) -> Result<()> {
    if !arguments.simulate {
        return Ok(());
    }
    let is_stopped = stopped_by_a_person()?;
    let bar = Bar { is_shown: std::io::stderr().is_terminal() };
    let settings = Settings { requests: arguments.requests, seed: arguments.seed };
    for one in assessed {
        if is_stopped.load(Ordering::SeqCst) {
            break;
        }
        let id = &one.system.id;
        one.simulation = simulation::simulate(one.system, &one.assessment.latency, settings, &mut |progress| {
            bar.show(id, progress);
            !is_stopped.load(Ordering::SeqCst)
        });
    }
    bar.clear();
    Ok(())
}

/// Returns what the first Ctrl-C sets; a second one ends the process as usual.
fn stopped_by_a_person() -> Result<Arc<AtomicBool>> {
    // A report of several models comes here once for each, and a process has one handler.
    static STOPPED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(stopped) = STOPPED.get() {
        return Ok(Arc::clone(stopped));
    }
    let stopped = Arc::clone(STOPPED.get_or_init(Arc::default));
    let stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(super::INTERRUPTED));
        }
    })
    .context("cannot watch for interruptions")?;
    Ok(stopped)
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
