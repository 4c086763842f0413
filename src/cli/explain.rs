//! `explain` and `schema`: what the tables of the language say.

use std::io::IsTerminal;

use anyhow::{Result, bail};

use super::ask::columns::wrap;
use super::output::{Color, Look};
use super::{Outcome, output};
use crate::hazard;
use crate::reference;
use crate::report::{human, protocols};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A key such as `timeout` or `components.replicas`, a word such as `zone`, a diagnostic code, a rule, `rules`, `assumptions` or `protocols`
    topic: String,
}

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArguments {
    /// The schema of `policy.toml` instead
    #[arg(long)]
    policy: bool,

    /// The schema of what `--format json` prints instead
    #[arg(long, conflicts_with = "policy")]
    result: bool,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    if arguments.topic.trim() == "protocols" {
        let look = Look::of(&std::io::stdout(), color);
        output::print(&human::render_table(&protocols(), human::Look { color: look.color, width: look.width }))?;
        return Ok(Outcome::Pass);
    }
    let parts: Vec<String> = reference::explain(&arguments.topic).into_iter().chain(hazard::explain(&arguments.topic)).collect();
    match (!parts.is_empty()).then(|| parts.join("\n")) {
        Some(text) => {
            let is_terminal = std::io::stdout().is_terminal();
            output::print(&if is_terminal { fitted(&text, Look::of(&std::io::stdout(), color).width) } else { text })?;
            Ok(Outcome::Pass)
        }
        None => match reference::suggest(&arguments.topic).or_else(|| hazard::suggest(&arguments.topic).map(str::to_owned)) {
            Some(near) => bail!("nothing is called `{}`; did you mean `{near}`?", arguments.topic),
            None => {
                bail!(
                    "nothing is called `{}`; it takes a key, a word such as `zone`, a diagnostic code, a rule, `rules`, `assumptions` or `protocols`",
                    arguments.topic
                )
            }
        },
    }
}

/// Breaks lines that are wider than the terminal, below where their text begins. What is to be pasted stays in one line.
fn fitted(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let label = line[indent..].find("  ").map(|end| indent + end);
        let hang = label.map_or(indent, |end| line.chars().count() - line[end..].trim_start().chars().count());
        let is_pasted = ["example ", "override "].iter().any(|label| line[indent..].starts_with(label)) || line.contains(" = ");
        let lines = if is_pasted { vec![line.to_owned()] } else { wrap(line, width, hang) };
        lines.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    }
    out
}

pub(super) fn schema(arguments: &SchemaArguments) -> Result<Outcome> {
    let schema = match (arguments.policy, arguments.result) {
        (true, _) => reference::policy_schema(),
        (_, true) => serde_json::from_str(crate::report::RESULT_SCHEMA)?,
        _ => reference::json_schema(),
    };
    output::print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(Outcome::Pass)
}

#[cfg(test)]
mod tests {
    use super::fitted;

    /// Further lines stand below the text; of a label that takes more than half of the width, at its middle.
    #[test]
    fn lines_fit_the_terminal_below_where_their_text_begins() {
        let text = "timeout, in [links]\n  How long the caller waits for it.\n  takes    a duration, or a range of them\n  example  steps = [\"app -> db\", { call = \"app -> db\", times = 3 }]\n  round-trip-tail.same-zone  4  p99 to p50\n";
        let narrow = [
            "timeout, in [links]",
            "  How long the caller waits",
            "  for it.",
            "  takes    a duration, or a",
            "           range of them",
            "  example  steps = [\"app -> db\", { call = \"app -> db\", times = 3 }]",
            "  round-trip-tail.same-zone",
            "              4  p99 to p50",
        ];
        assert_eq!(fitted(text, 28).lines().collect::<Vec<_>>(), narrow);
        assert_eq!(fitted(text, 80), text);
    }
}
