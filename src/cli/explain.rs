//! `explain` and `schema`: what the tables of the language say.

use anyhow::{Result, bail};

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
            output::print(&text)?;
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

pub(super) fn schema(arguments: &SchemaArguments) -> Result<Outcome> {
    let schema = match (arguments.policy, arguments.result) {
        (true, _) => reference::policy_schema(),
        (_, true) => serde_json::from_str(crate::report::RESULT_SCHEMA)?,
        _ => reference::json_schema(),
    };
    output::print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(Outcome::Pass)
}
