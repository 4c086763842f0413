//! The command line: arguments, files, streams, exit codes. The only part of the program that sees the world.

mod answers_file;
mod diagnostics;
mod disk;
mod git;
mod model_says;
mod output;
mod side;

mod adr;
mod answers;
mod ask;
mod assess;
mod baseline;
mod check;
mod cost;
mod derive;
mod diagram;
mod diff;
mod explain;
mod export;
mod fault_tree;
mod format;
mod generated;
mod init;
mod questionnaire;
mod prices;
mod revisit;
mod show;
mod simulate;
mod templates;
mod verdict;
mod weighing;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use crate::quantity::Date;
use output::Color;

/// What a run ends with: see "Exit codes" in the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Pass,
    /// A gate failed, or something is stale.
    Fail,
    /// The input is invalid, or could not be read or written.
    Invalid,
    /// A person interrupted; what was answered is saved.
    Interrupted,
}

/// The exit code of an interrupted run: 128 and the number of the signal, as shells count.
const INTERRUPTED: u8 = 130;

/// Weigh an architecture before it goes on the road
#[derive(Debug, Parser)]
#[command(name = "weighbridge", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    /// When to colour what people read
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,

    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
PATH is a model directory (the base and all its alternatives) or one alternative's file (it, with the base for comparison).

Exit codes: 0 pass; 1 a gate failed, or a --check found something stale; 2 invalid input or usage, a file that cannot be read or written, a limit exceeded; 130 interrupted, with the answers saved.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Check models: every mistake of all files, the findings of the rules, the gates
    Check(check::Arguments),
    /// Adopt the findings of today, and fail on new ones only
    Baseline(baseline::Arguments),
    /// Rewrite model files in their one layout, keeping comments
    Fmt(format::Arguments),
    /// Explain a key, a diagnostic code, a rule, or the assumed constants
    Explain(explain::Arguments),
    /// Print the JSON Schema of model files, for editors
    Schema(explain::SchemaArguments),
    /// Print the merged model of each alternative, with the place of each fact, and the call trees
    Show(show::Arguments),
    /// Write a commented first model, from what you know of a system
    Init(init::Arguments),
    /// Derive an alternative from the base and its modules: replicated, sharded, as services, or on one machine
    Derive(derive::Arguments),
    /// Assess a model: what it is, what its journeys send, what a failing place stops
    Assess(assess::AssessArguments),
    /// Compare the alternatives with the base, at common inputs
    Compare(assess::CompareArguments),
    /// Compare two revisions of a model: what it says otherwise, and which figures move
    Diff(diff::Arguments),
    /// Explain a figure: its formula, the facts and assumptions that it rests on, what moves it most
    Why(why::Arguments),
    /// Write the report: alternatives side by side, figures, diagrams
    Report(assess::ReportArguments),
    /// Write a diagram: PlantUML, SVG, Mermaid, DOT, Markdown
    Diagram(diagram::Arguments),
    /// Write the built-in report templates as files, to change them
    Templates(templates::Arguments),
    /// Print the completions of a shell
    Completions(generated::CompletionsArguments),
    /// Print the manual's page, or write one per command
    Man(generated::ManArguments),
    /// Weigh the answers: which design they justify, how surely, what would flip it
    Verdict(verdict::Arguments),
    /// Say whether something has come true on which the decision was to be taken again; for pipelines
    Revisit(revisit::Arguments),
    /// Write the decision record, and bring it up to date without touching what people wrote
    Adr(adr::Arguments),
    /// Ask what the system needs and what its owners are ready for, and save the answers
    Ask(ask::Arguments),
    /// Check answers, merge those of several people, or bring them up to the questionnaire's version
    Answers(answers::Arguments),
    /// Check a questionnaire of your own, or show what is asked
    Questionnaire(questionnaire::Arguments),
    /// Write a part of a model in a format of other tools
    Export(export::Arguments),
    /// Analyse a fault tree in the Open-PSA model exchange format
    FaultTree(fault_tree::Arguments),
    /// List, show, check and compare prices, and price a quantity
    Prices(prices::Arguments),
    /// Say why a bill differs from another
    Cost(cost::Arguments),
    /// Compare a model's bill with what a provider billed
    Calibrate(cost::CalibrateArguments),
}

/// The formats of commands that assess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for a terminal.
    Human,
    /// Markdown.
    Markdown,
    /// The machine contract.
    Json,
}

/// The `PATH` of one model.
#[derive(Debug, Clone, clap::Args)]
struct ModelPath {
    /// A model directory, or the file of one of its alternatives
    path: PathBuf,
}

/// The day as of which something is judged: the program knows no clock.
#[derive(Debug, Clone, Copy, clap::Args)]
struct DayArgument {
    /// The day on which `until` of accepted findings is judged, and from which the age of prices is counted, such as 2026-11-20; without it nothing expires, and no age is told
    #[arg(long, value_name = "DATE", value_parser = ask::date)]
    today: Option<Date>,
}

/// Parses the arguments, runs the command and returns the exit code.
pub fn run() -> ExitCode {
    outlive_file_limits();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results; a usage error is not.
            let is_result = !error.use_stderr();
            return match error.print() {
                Err(broken) if broken.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(2),
                _ if is_result => ExitCode::SUCCESS,
                _ => ExitCode::from(2),
            };
        }
    };
    match dispatch(&arguments) {
        Ok(Outcome::Pass) => ExitCode::SUCCESS,
        Ok(Outcome::Fail) => ExitCode::from(1),
        Ok(Outcome::Invalid) => ExitCode::from(2),
        Ok(Outcome::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            output::narrate(&crate::report::text::harmless(&format!("error: {error:#}")));
            ExitCode::from(2)
        }
    }
}

/// A file that may not grow is an error of whoever writes it, as a full disk is. The signal that comes with it would end the program with the terminal raw and an
/// answer unsaved; where it cannot be caught that stays so.
#[cfg(unix)]
fn outlive_file_limits() {
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen);
}

#[cfg(not(unix))]
const fn outlive_file_limits() {}

fn dispatch(arguments: &Arguments) -> Result<Outcome> {
    let color = arguments.color;
    match &arguments.command {
        Command::Check(arguments) => check::run(arguments, color),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Fmt(arguments) => format::run(arguments),
        Command::Explain(arguments) => explain::run(arguments, color),
        Command::Schema(arguments) => explain::schema(arguments),
        Command::Show(arguments) => show::run(arguments, color),
        Command::Init(arguments) => init::run(arguments, color),
        Command::Derive(arguments) => derive::run(arguments, color),
        Command::Assess(arguments) => assess::assess(arguments, color),
        Command::Compare(arguments) => assess::compare(arguments, color),
        Command::Diff(arguments) => diff::run(arguments, color),
        Command::Why(arguments) => why::run(arguments, color),
        Command::Report(arguments) => assess::report(arguments, color),
        Command::Diagram(arguments) => diagram::run(arguments, color),
        Command::Templates(arguments) => templates::run(arguments),
        Command::Completions(arguments) => generated::completions(arguments),
        Command::Man(arguments) => generated::man(arguments),
        Command::Verdict(arguments) => verdict::run(arguments, color),
        Command::Revisit(arguments) => revisit::run(arguments, color),
        Command::Adr(arguments) => adr::run(arguments, color),
        Command::Ask(arguments) => ask::run(arguments, color),
        Command::Answers(arguments) => answers::run(arguments, color),
        Command::Questionnaire(arguments) => questionnaire::run(arguments, color),
        Command::Export(arguments) => export::run(arguments, color),
        Command::FaultTree(arguments) => fault_tree::run(arguments, color),
        Command::Prices(arguments) => prices::run(arguments, color),
        Command::Cost(arguments) => cost::run(arguments, color),
        Command::Calibrate(arguments) => cost::calibrate(arguments, color),
    }
}
