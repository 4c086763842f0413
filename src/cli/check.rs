//! `check`: every mistake of every model, and the gates.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use super::disk::Target;
use super::output::{Color, Look};
use super::weighing::{PreferArgument, WeighingArguments, judge_model, read_weighing};
use super::{Outcome, diagnostics, disk, output};
use crate::assessment::{Assessment, GateState, assess, has_gates};
use crate::decision::{Contradiction, Judgement};
use crate::diagnostic::{Severity, has_errors};
use crate::model::{Model, System};
use crate::report::machine;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Model directories, folders of them, or files of alternatives
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to print what was found
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    format: CheckFormat,

    /// Which side counts where the model contradicts an answer in answers.toml
    #[arg(long, value_enum, default_value_t)]
    prefer: PreferArgument,

    /// Gates apply to every alternative, not only to the base and the accepted one
    #[arg(long)]
    gate_all: bool,
}

/// The formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// With source lines, for people.
    Human,
    /// The machine contract; an array of it for several models.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub workflow commands.
    Github,
}

/// One model, checked.
struct Checked {
    target: Target,
    model: Model,
    /// The gated systems with a failed gate, and the answers that the model contradicts, in words.
    failed: Vec<String>,
    /// The verdict on its answers, where there are any.
    judgement: Option<Judgement>,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let mut checked = Vec::new();
    for path in &arguments.paths {
        for target in disk::targets(path)? {
            let mut model = Model::read(&target.files);
            let wanted = WeighingArguments { prefer: arguments.prefer, ..WeighingArguments::default() };
            let weighing = read_weighing(Some(target.files.directory()), &wanted, &mut model.sources)?;
            model.diagnostics.extend(weighing.diagnostics);
            crate::diagnostic::sort(&mut model.diagnostics);
            if let Some(id) = &target.alternative
                && !model.has_errors()
                && !model.alternatives.iter().any(|system| system.id == *id)
            {
                bail!("`{}` is no alternative of its model", path.display());
            }
            let sound = !model.has_errors();
            let mut failed = if sound { failed_gates(&model, arguments.gate_all) } else { Vec::new() };
            let judgement = weighing.inputs.filter(|_| sound).map(|inputs| judge_model(inputs, &model));
            if let Some(judgement) = &judgement {
                failed.extend(contradicted(judgement));
            }
            checked.push(Checked { target, model, failed, judgement });
        }
    }
    print(arguments.format, &checked, color)?;
    if matches!(arguments.format, CheckFormat::Sarif | CheckFormat::Github) {
        // These formats place what they say in a file; a gate has no place, but must not fail without a word.
        for failed in checked.iter().flat_map(|one| &one.failed) {
            output::narrate(&crate::report::text::harmless(&format!("gate failed: {failed}")));
        }
    }
    let invalid = checked.iter().any(|one| has_errors(&one.model.diagnostics));
    let fails = checked.iter().any(|one| !one.failed.is_empty());
    Ok(if invalid {
        Outcome::Invalid
    } else if fails {
        Outcome::Fail
    } else {
        Outcome::Pass
    })
}

fn failed_gates(model: &Model, all: bool) -> Vec<String> {
    let gated = model.systems().filter(|system| (all || system.is_gated()) && has_gates(system));
    gated.flat_map(|system| failures(system, &assess(system))).collect()
}

/// The answers that the model contradicts, unless the policy has settled them.
fn contradicted(judgement: &Judgement) -> impl Iterator<Item = String> {
    let fails = judgement.contradictions.iter().filter(|one| one.severity() == Severity::Error);
    fails.map(|one: &Contradiction| {
        let id = &judgement.questionnaire.question(one.question).id;
        let answered = one.answered.setting(&judgement.questionnaire, one.question);
        format!("{}: contradiction: `{id}` is answered `{answered}`, but {}", one.design, one.computed)
    })
}

fn failures(system: &System, assessment: &Assessment) -> Vec<String> {
    let failed = assessment.gates.iter().filter(|gate| gate.state == GateState::Fail);
    failed.map(|gate| format!("{}: {}", system.id, gate.sentence())).collect()
}

fn print(format: CheckFormat, checked: &[Checked], color: Color) -> Result<()> {
    match format {
        CheckFormat::Human => {
            for one in checked {
                human(one, color)?;
            }
        }
        CheckFormat::Json => {
            let mut values: Vec<Value> =
                checked.iter().map(|one| machine::value(&one.model, one.target.alternative.as_deref(), one.judgement.as_ref())).collect();
            let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
            output::print(&format!("{}\n", serde_json::to_string_pretty(&value)?))?;
        }
        CheckFormat::Sarif => {
            let found: Vec<_> = checked.iter().map(|one| (&one.model.sources, one.model.diagnostics.as_slice())).collect();
            output::print(&format!("{}\n", serde_json::to_string_pretty(&diagnostics::sarif(&found))?))?;
        }
        CheckFormat::Github => {
            for one in checked {
                output::print(&diagnostics::github(&one.model.sources, &one.model.diagnostics))?;
            }
        }
    }
    Ok(())
}

/// Diagnostics go to standard error, the line that sums up to standard output.
fn human(one: &Checked, color: Color) -> Result<()> {
    let look = Look::of(&std::io::stderr(), color);
    if !one.model.diagnostics.is_empty() {
        output::narrate(diagnostics::human(&one.model.sources, &one.model.diagnostics, look).trim_end_matches('\n'));
        output::narrate("");
    }
    let alternatives = one.model.alternatives.len();
    let plural = if alternatives == 1 { "" } else { "s" };
    let mut line = format!("{}: {}", one.target.files.directory().display(), diagnostics::tally(&one.model.diagnostics));
    if !one.model.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error) {
        line.push_str(&format!(", {alternatives} alternative{plural}"));
    }
    line.push('\n');
    for failed in &one.failed {
        line.push_str(&format!("  gate failed: {failed}\n"));
    }
    output::print(&crate::report::text::harmless(&line))
}
