//! `why`: what a figure rests on.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};

use super::output::{Color, Look};
use super::{Format, Outcome, diagnostics, disk, output};
use crate::assessment::{Evaluations, askable_figures, assess_to_ask, ranges};
use crate::attribution;
use crate::comparison::Comparison;
use crate::difference::{Change, changed_elements};
use crate::model::{BASE_ID, Model, System};
use crate::report::{attribution as shares, human, markdown, shell, why as report};
use crate::sensitivity::sensitivity;

/// Arguments of `why`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The path of a figure, as `compare --format json` and `report --format csv` print it: `journeys.order.latency.p99_ms`; its end is enough
    figure: String,

    /// A model directory, whose base is asked, or the file of an alternative
    #[arg(default_value = ".")]
    path: PathBuf,

    /// How to print what it rests on
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let target = disk::target(&arguments.path)?;
    let model = Model::read(&target.files);
    if diagnostics::refuses(&model, "nothing was computed", color) {
        return Ok(Outcome::Invalid);
    }
    let id = target.alternative.as_deref().unwrap_or(BASE_ID);
    let typed = arguments.path.display();
    let Some(system) = model.systems().find(|system| system.id == id) else { bail!("`{typed}` is no alternative of its model") };
    let path = find_figure(system, &arguments.figure)?;
    let found = sensitivity(system, &path).ok_or_else(|| anyhow!("`{typed}` has no figure `{path}`"))?;
    let ranges = ranges(&Evaluations::new(system));
    let again = format!("`weighbridge why {} {}` explains it again.", shell(&path), shell(&typed.to_string()));
    let text = match arguments.format {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&report::value(system, &model.sources, &ranges, &found))?),
        Format::Human => {
            let look = Look::of(&std::io::stdout(), color);
            human::render(
                &report::view(system, &model.sources, &ranges, &found, again),
                human::Look { color: look.color, width: look.width },
            )
        }
        Format::Markdown => markdown::render(&report::view(system, &model.sources, &ranges, &found, again), "difference.md.j2", &[])?,
    };
    output::print(&text)?;
    Ok(Outcome::Pass)
}

/// Finds the path of a figure by its end; several that fit are named.
fn find_figure(system: &System, asked: &str) -> Result<String> {
    let assessment = assess_to_ask(system);
    let all = askable_figures(system, &assessment);
    if all.0.contains_key(asked) {
        return Ok(asked.to_owned());
    }
    let fitting: Vec<&String> = all.0.keys().filter(|path| path.strip_suffix(asked).is_some_and(|rest| rest.ends_with('.'))).collect();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            if let Some(reason) = report::without_value(system, &assessment, asked) {
                bail!("`{asked}` has no value: {reason}");
            }
            // What JSON divides further is one figure here: `cost.monthly.likely`.
            let whole = all.0.keys().filter(|path| asked.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.')));
            let near =
                whole.map(String::as_str).next_back().or_else(|| crate::diagnostic::nearest(asked, all.0.keys().map(String::as_str)));
            let help = near
                .map_or_else(|| "`weighbridge report --format csv` lists the figures".to_owned(), |near| format!("did you mean `{near}`?"));
            bail!("there is no figure `{asked}`; {help}")
        }
        several => {
            let named: Vec<String> = several.iter().take(6).map(|path| format!("`{path}`")).collect();
            bail!("{} figures end as `{asked}`: {}{}", several.len(), named.join(", "), if several.len() > 6 { ", …" } else { "" })
        }
    }
}

/// The options of commands that say why figures differ.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WhyArguments {
    /// Share the difference of figures out among the changes of the model: the usual figures, or those whose path ends as is said, `--why=p99_ms`
    #[arg(long, value_name = "FIGURE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    why: Vec<String>,
}

impl WhyArguments {
    /// Says why the figures of two systems differ, where that is asked.
    pub(super) fn attribute(
        &self,
        [before, after]: [&System; 2],
        changes: &[Change],
        comparison: &Comparison,
    ) -> Result<Option<attribution::Attribution>> {
        if self.why.is_empty() {
            return Ok(None);
        }
        let asked: Vec<String> = self.why.iter().filter(|one| !one.is_empty()).cloned().collect();
        let wanted = shares::chosen(comparison, &asked).map_err(|(asked, near)| {
            let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            anyhow!("`{}` and what it is compared with have no figure `{asked}` in common{help}", comparison.id)
        })?;
        let mut progress = output::Progress::new(&format!("`{}`: sharing its differences out", comparison.id));
        Ok(Some(attribution::attribute(before, after, &changed_elements(changes), &wanted, &mut |done, all| progress.step(done, all))))
    }
}
