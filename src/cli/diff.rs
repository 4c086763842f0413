//! `diff`: what a change of the model changed, between two directories or two git revisions.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::git::Since;
use super::output::{Color, Look};
use super::side::Side;
use super::why::WhyArguments;
use super::{Format, Outcome, diagnostics, disk, output};
use crate::difference::{self, ChangeKind};
use crate::model::Model;
use crate::report::profile::{self, Profile, Room};
use crate::report::text::harmless;
use crate::report::{difference as report, human, machine};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The model before: a directory, or `REVISION:DIRECTORY`, read through git; a folder of models where the other side is one
    before: String,

    /// The model after: a directory, or `REVISION:DIRECTORY`
    after: String,

    /// How to print what differs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    why: WhyArguments,

    #[command(flatten)]
    since: Since,

    /// Exit with 1 where anything differs
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let pairs = pairs(arguments)?;
    let mut texts = Vec::new();
    let mut values = Vec::new();
    let mut differs = false;
    let mut invalid = false;
    // A comment, or a summary, holds so much of all models together.
    let mut room = Room::new(Profile::PullRequest, pairs.len(), "`--format human` has it.");
    for Pair { sides, came_or_went } in &pairs {
        let mut models = Vec::new();
        for side in sides.iter().flatten() {
            let model = side.read()?;
            let name = side.name();
            if diagnostics::refuses(&model, &harmless(&format!("nothing was compared with `{name}`")), color) {
                invalid = true;
                // One of several is told beside the others.
                if pairs.len() > 1 {
                    let sentence = format!("`{name}` has mistakes: nothing was compared.");
                    texts.extend(told(arguments.format, &mut room, &sentence));
                    values.push(machine::value(&model, None, None, None));
                }
                break;
            }
            models.push(model);
        }
        if models.len() < sides.iter().flatten().count() {
            continue;
        }
        if let Some((kind, other)) = came_or_went {
            differs = true;
            for (side, model) in sides.iter().flatten().zip(&models) {
                let what = if *kind == ChangeKind::Added { "is new" } else { "is gone" };
                texts.extend(told(arguments.format, &mut room, &format!("`{}` {what}: there is no `{other}`.", side.name())));
                if arguments.format == Format::Json {
                    values.push(report::value(model, &difference::whole(model, *kind), other));
                }
            }
            continue;
        }
        let ([Some(before_side), Some(after_side)], [before, after]) = (sides, models.as_slice()) else { continue };
        let (before_name, after_name) = (&before_side.name(), &after_side.name());
        let mut found = difference::difference(before, after);
        for one in &mut found {
            let side = |model| Model::systems(model).find(|system| system.id == one.id);
            if let (Some(figures), Some(old), Some(new)) = (&one.figures, side(before), side(after)) {
                one.why = arguments.why.attribute([old, new], &one.changes, figures)?;
            }
        }
        differs |= found.iter().any(|one| one.kind.is_some() || !one.changes.is_empty());
        match arguments.format {
            Format::Json => values.push(report::value(after, &found, before_name)),
            Format::Human => {
                let look = Look::of(&std::io::stdout(), color);
                let view = report::view(after, &found, [before_name, after_name]);
                texts.push(human::render(&view, human::Look { color: look.color, width: look.width }));
            }
            Format::Markdown => {
                let view = report::view(after, &found, [before_name, after_name]);
                texts.extend(room.render(&view, "difference.md.j2", &[])?);
            }
        }
    }
    if invalid && pairs.len() == 1 {
        return Ok(Outcome::Invalid);
    }
    texts.extend(room.rest());
    let text = match (arguments.format, values.len()) {
        (Format::Json, 1) => format!("{}\n", serde_json::to_string_pretty(&values.remove(0))?),
        (Format::Json, _) => format!("{}\n", serde_json::to_string_pretty(&values)?),
        (Format::Markdown, _) => format!("{}\n{}", profile::MARKER, texts.join("\n")),
        (Format::Human, _) => texts.join("\n"),
    };
    output::print(&text)?;
    Ok(match (invalid, differs && arguments.exit_code) {
        (true, _) => Outcome::Invalid,
        (_, true) => Outcome::Fail,
        _ => Outcome::Pass,
    })
}

/// Says one sentence about a model where there is nothing else to say.
fn told(format: Format, room: &mut Room, sentence: &str) -> Option<String> {
    match format {
        Format::Markdown => room.line(sentence),
        Format::Human => Some(harmless(&format!("{sentence}\n"))),
        Format::Json => None,
    }
}

/// Two models that are compared, or one that has nothing to be compared with.
struct Pair {
    sides: [Option<Side>; 2],
    /// Whether the one model is new or gone, and what there is none of.
    came_or_went: Option<(ChangeKind, String)>,
}

/// Pairs the models of both sides by their places below them; what lies at a place of one side only is new, or gone.
fn pairs(arguments: &Arguments) -> Result<Vec<Pair>> {
    let [before, after] = [Side::of(&arguments.before)?, Side::of(&arguments.after)?];
    let [old, new] = [before.models()?, after.models()?];
    // Who names a place without any model has mistyped it; unless it is the very place of the other side, before there was one or after.
    for (side, models, other, others) in [(&before, &old, &after, &new), (&after, &new, &before, &old)] {
        if models.is_empty() && (others.is_empty() || !side.is_same_place(other)) {
            bail!("cannot list `{}`: there is no model", harmless(&side.name()));
        }
    }
    let touched = match &after {
        Side::Disk(directory) => arguments.since.changed()?.map(|changed| (directory, changed)),
        Side::Git { .. } => None,
    };
    let is_touched = |place: &PathBuf| match &touched {
        None => Ok(true),
        Some((directory, changed)) => {
            let directory = directory.join(place);
            let files = directory.is_dir().then(|| disk::DiskFiles::open(&directory)).transpose()?;
            let gone = disk::real(&directory).unwrap_or(directory);
            anyhow::Ok(changed.iter().any(|path| files.as_ref().is_some_and(|files| files.holds(path)) || path.starts_with(&gone)))
        }
    };
    let mut pairs = Vec::new();
    for place in old.union(&new) {
        if !is_touched(place)? {
            continue;
        }
        let [was, is] = [before.below(place), after.below(place)];
        let came_or_went = match (old.contains(place), new.contains(place)) {
            (true, true) => None,
            (true, false) => Some((ChangeKind::Removed, is.name())),
            (false, _) => Some((ChangeKind::Added, was.name())),
        };
        pairs.push(Pair { sides: [old.contains(place).then_some(was), new.contains(place).then_some(is)], came_or_went });
    }
    Ok(pairs)
}
