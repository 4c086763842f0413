//! `revisit`: whether something has come true on which a decision was to be taken again. For pipelines: exit code 1 when it has.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::Outcome;
use super::output::{self, Color};
use super::verdict::judged;
use super::weighing::WeighingArguments;
use crate::assessment::{Assessment, assess_to_judge};
use crate::decision::{Design, Judgement, Outcome as Advised, Watch, Watched, watch};
use crate::model::System;
use crate::report::text::{harmless, wrap};
use crate::report::verdict::watched_words;

/// Arguments of `revisit`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A model directory with its answers
    path: PathBuf,

    #[command(flatten)]
    weighing: WeighingArguments,

    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Human,
    /// For scripts.
    Json,
}

/// The columns of what people read.
const WIDTH: usize = 100;

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(judged) = judged(Some(&arguments.path), &arguments.weighing, false, color)? else { return Ok(Outcome::Invalid) };
    let Some(model) = &judged.model else { bail!("`{}` has no model: triggers are held against one", arguments.path.display()) };
    let assessed: Vec<(&System, Assessment)> = model.systems().map(|system| (system, assess_to_judge(system))).collect();
    let designs: Vec<Design<'_>> = assessed.iter().map(|(system, assessment)| Design { system, assessment }).collect();
    let watches = watch(&judged.judgement, &designs);
    let changed = decided_otherwise(&judged.judgement);
    let has_come_true = changed.is_some() || watches.iter().any(|one| one.state == Watched::ComeTrue);
    output::print(&match arguments.format {
        Format::Human => human(&judged.judgement, &watches, changed.as_deref(), has_come_true),
        Format::Json => {
            format!("{}\n", serde_json::to_string_pretty(&value(&judged.judgement, &watches, changed.as_deref(), has_come_true))?)
        }
    })?;
    Ok(if has_come_true { Outcome::Fail } else { Outcome::Pass })
}

/// Says that a design is accepted although another one is recommended by now.
fn decided_otherwise(judgement: &Judgement) -> Option<String> {
    let Some(accepted) = judgement.designs.iter().find(|design| design.is_accepted) else {
        // Nobody has decided for another design, so what runs today stays, as long as it keeps up.
        let is_outgrown = judgement.designs.first().is_some_and(|base| base.is_base && base.is_overloaded());
        return is_outgrown.then(|| "Today's design does not carry its load: `weighbridge check` says what is too busy.".to_owned());
    };
    let advice = &judgement.advice;
    match advice.recommended {
        Some(at) if judgement.designs[at].id != accepted.id => {
            Some(format!("`{}` is accepted, and `{}` is recommended by now.", accepted.id, judgement.designs[at].id))
        }
        None if advice.outcome == Advised::NoneHolds => {
            Some(format!("`{}` is accepted, and holds no longer: `weighbridge verdict` says what it misses.", accepted.id))
        }
        _ => None,
    }
}

fn human(judgement: &Judgement, watches: &[Watch], changed: Option<&str>, has_come_true: bool) -> String {
    let mut lines = Vec::new();
    lines.extend(changed.map(str::to_owned));
    for (state, title) in [
        (Watched::ComeTrue, "Come true:"),
        (Watched::NotYet, "Not yet, as the model says:"),
        (Watched::ByPeople, "For people to watch; no model computes it:"),
    ] {
        let mut found = watches.iter().filter(|one| one.state == state).peekable();
        if found.peek().is_some() {
            lines.push(title.to_owned());
        }
        lines.extend(found.map(|one| format!("  {}", wrap(&watched_words(judgement, one), WIDTH - 4).replace('\n', "\n    "))));
    }
    lines.push(
        if has_come_true {
            "Decide again: `weighbridge verdict` shows where it stands, `weighbridge adr` writes it down."
        } else if watches.is_empty() {
            "Nothing was to be watched: no set of up to four other answers changes the verdict."
        } else {
            "Nothing has come true that the model can see; the decision stands."
        }
        .to_owned(),
    );
    harmless(&(lines.join("\n") + "\n"))
}

fn value(judgement: &Judgement, watches: &[Watch], changed: Option<&str>, has_come_true: bool) -> Value {
    let questionnaire = &judgement.questionnaire;
    let each = |one: &Watch| {
        let trigger = &judgement.triggers[one.trigger];
        let state = match one.state {
            Watched::ComeTrue => "come-true",
            Watched::NotYet => "not-yet",
            Watched::ByPeople => "by-people",
        };
        let questions: Vec<Value> = trigger
            .changes
            .iter()
            .zip(&one.computed)
            .map(|((id, responses), (_, computed))| {
                json!({
                    "question": questionnaire.question(*id).id,
                    "answers": responses.iter().map(|one| one.setting(questionnaire, *id)).collect::<Vec<_>>(),
                    "computed": computed,
                    "watch": questionnaire.question(*id).watch,
                })
            })
            .collect();
        json!({ "state": state, "questions": questions, "winner": trigger.winner.map(|id| questionnaire.candidate(id).id.clone()) })
    };
    json!({
        "schema": crate::report::machine::SCHEMA,
        "tool": crate::report::machine::tool(),
        "decide_again": has_come_true,
        "decided_otherwise": changed,
        "triggers": watches.iter().map(each).collect::<Vec<_>>(),
    })
}
