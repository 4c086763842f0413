//! `adr`: writes the decision down, as a record that people may write in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::output::Color;
use super::verdict::{Judged, judged};
use super::weighing::WeighingArguments;
use super::{Outcome, ask, assess, disk, output};
use crate::decision::joined;
use crate::quantity::Date;
use crate::report::record::{Particulars, Refreshed, is_record, record, refresh, status, with_status};
use crate::report::shell;
use crate::report::text::{MarkdownText, percent_encoded};

/// The most files that a directory of records may have.
const MAX_RECORDS: usize = 9_999;

/// Arguments of `adr`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A model directory with its answers.toml
    #[arg(value_name = "MODEL_DIR")]
    path: PathBuf,

    #[command(flatten)]
    weighing: WeighingArguments,

    /// Where records are kept; default MODEL_DIR/adr
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// The heading of a new record; default "Architecture of SYSTEM"
    #[arg(long)]
    title: Option<String>,

    /// The status of a new record; default "proposed"
    #[arg(long, value_parser = ["proposed", "accepted", "rejected", "deprecated"])]
    status: Option<String>,

    /// Who was consulted; may be repeated; new records only
    #[arg(long, value_name = "NAME")]
    consulted: Vec<String>,

    /// Who was informed; may be repeated; new records only
    #[arg(long, value_name = "NAME")]
    informed: Vec<String>,

    /// Write a new record that replaces this one, and change that one's status
    #[arg(long, value_name = "NUMBER")]
    supersedes: Option<u32>,

    /// The day of the decision; default the newest day in the answers
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = ask::date)]
    today: Option<Date>,

    /// Write nothing; exit with 1 if a record would change
    #[arg(long)]
    check: bool,

    /// Templates of your own; `adr.md.j2` replaces the built-in one
    #[arg(long, value_name = "DIR")]
    template_dir: Option<PathBuf>,
}

/// A record in the directory.
struct Existing {
    number: u32,
    path: PathBuf,
    text: String,
}

impl Existing {
    fn file_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Says whether the decision that it holds has been replaced or dropped.
    fn is_over(&self) -> bool {
        ["superseded", "rejected", "deprecated"].iter().any(|word| self.is(word))
    }

    /// The number of the record that its status names as its successor: `superseded by ADR-0002`, or `Superseded by [2. Title](0002-title.md)`.
    fn superseded_by(&self) -> Option<u32> {
        const WORDS: &str = "superseded by";
        let words = status(&self.text)?;
        let rest =
            words.get(..WORDS.len()).filter(|begin| begin.eq_ignore_ascii_case(WORDS)).map(|begin| words[begin.len()..].trim_start())?;
        let digits = rest.trim_start_matches('[');
        let digits = digits.strip_prefix("ADR-").or_else(|| digits.strip_prefix("adr-")).unwrap_or(digits);
        digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    }

    fn is_accepted(&self) -> bool {
        self.is("accepted")
    }

    /// Says whether the status begins with a word; people write the day or the board behind it.
    fn is(&self, word: &str) -> bool {
        let words = status(&self.text).unwrap_or_default();
        words.split(|letter: char| !letter.is_alphanumeric()).next().is_some_and(|first| first.eq_ignore_ascii_case(word))
    }
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    let Some(judged) = judged(Some(&arguments.path), &arguments.weighing, false, color)? else { return Ok(Outcome::Invalid) };
    let directory = arguments.dir.clone().unwrap_or_else(|| judged.directory.clone().unwrap_or_default().join("adr"));
    let records = records(&directory)?;
    let replaced = match arguments.supersedes {
        Some(number) => Some(
            records
                .iter()
                .find(|one| one.number == number)
                .with_context(|| format!("`{}` has no record {number:04}", directory.display()))?,
        ),
        None => None,
    };
    let overrides = arguments.template_dir.as_ref().map_or_else(|| Ok(Vec::new()), assess::own_templates)?;
    let number = records.last().map_or(1, |one| one.number + 1);
    let particulars = particulars(arguments, &judged, number, replaced);
    let fresh = record(&judged.judgement, &particulars, &overrides)?;
    match current(&records, replaced)? {
        Some(one) => update(arguments, one, &fresh),
        None => create(arguments, &directory, replaced, &particulars, &fresh),
    }
}

/// The record to bring up to date: the newest of this program's that still holds; after `--supersedes`, the one that the old one names as its successor.
fn current<'a>(records: &'a [Existing], replaced: Option<&Existing>) -> Result<Option<&'a Existing>> {
    let Some(replaced) = replaced else { return Ok(records.iter().rev().find(|one| is_record(&one.text) && !one.is_over())) };
    // Whoever says which record takes its place decides it; one that was rejected or deprecated has none yet.
    let successor = replaced.superseded_by().and_then(|number| records.iter().find(|one| one.number == number));
    if let Some(successor) = successor.filter(|one| one.is_over()) {
        bail!(
            "record {:04} is superseded by {:04}, which does not hold any more either: supersede the newest that holds",
            replaced.number,
            successor.number
        );
    }
    Ok(successor)
}

fn update(arguments: &Arguments, one: &Existing, fresh: &str) -> Result<Outcome> {
    let shown = one.path.display();
    let Refreshed { text, left_out } =
        refresh(&one.text, fresh).map_err(|error| anyhow::anyhow!("cannot bring `{shown}` up to date: {error}"))?;
    for option in of_new_records(arguments) {
        output::narrate(&format!("{option} is for new records; {shown} keeps its own"));
    }
    if !left_out.is_empty() {
        let names: Vec<String> = left_out.iter().map(|name| format!("`weighbridge:{name}`")).collect();
        output::narrate(&format!("{shown} has no marks of {}: what stood between them stays out", joined(&names, 12)));
    }
    if text == one.text {
        output::narrate(&format!("{shown} is up to date"));
        return Ok(Outcome::Pass);
    }
    if one.is_accepted() || arguments.check {
        let why = if one.is_accepted() {
            format!("is accepted, and answers or model have changed since; `--supersedes {}` writes a new record", one.number)
        } else {
            "is not up to date".to_owned()
        };
        output::narrate(&format!("{shown} {why}"));
        return Ok(Outcome::Fail);
    }
    disk::write_atomically(&one.path, &text)?;
    output::print(&format!("{shown}\n"))?;
    Ok(Outcome::Pass)
}

/// The options that were given and that only a new record takes.
fn of_new_records(arguments: &Arguments) -> Vec<&'static str> {
    let given = [
        ("--title", arguments.title.is_some()),
        ("--status", arguments.status.is_some()),
        ("--consulted", !arguments.consulted.is_empty()),
        ("--informed", !arguments.informed.is_empty()),
    ];
    given.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option).collect()
}

fn create(arguments: &Arguments, directory: &Path, replaced: Option<&Existing>, particulars: &Particulars, fresh: &str) -> Result<Outcome> {
    let number = particulars.number;
    if number as usize > MAX_RECORDS {
        bail!("`{}` holds record {MAX_RECORDS}; there is no number left", directory.display());
    }
    let name = format!("{number:04}-{}.md", slug(&particulars.title));
    let path = directory.join(&name);
    if arguments.check {
        output::narrate(&format!("{} is not written yet", path.display()));
        return Ok(Outcome::Fail);
    }
    let over = replaced.map(|one| {
        let title = MarkdownText::new(&particulars.title).into_string();
        let link = format!("Superseded by [{number}. {title}]({})", percent_encoded(&name));
        with_status(&one.text, &format!("superseded by ADR-{number:04}"), &link)
            .with_context(|| format!("`{}` states no status that could be changed; nothing was written", one.path.display()))
    });
    let over = over.transpose()?;
    fs::create_dir_all(directory).with_context(|| format!("cannot make the directory `{}`", directory.display()))?;
    // The old one first: if the new one cannot be written, the next run writes it under the number that the old one names already.
    if let (Some(one), Some(text)) = (replaced, &over) {
        disk::write_atomically(&one.path, text)?;
        output::print(&format!("{}\n", one.path.display()))?;
    }
    disk::write_atomically(&path, fresh)?;
    output::print(&format!("{}\n", path.display()))?;
    Ok(Outcome::Pass)
}

/// Reads the records of a directory, by number: files `NNNN-title.md`.
fn records(directory: &Path) -> Result<Vec<Existing>> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list the directory `{}`", directory.display()))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let number = name.split_once('-').filter(|(digits, _)| digits.len() == 4).and_then(|(digits, _)| digits.parse().ok());
        if let Some(number) = number.filter(|_| name.ends_with(".md") && path.is_file()) {
            found.push((number, path));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(number, path)| Ok(Existing { number, text: disk::read_text(&path)?, path })).collect()
}

fn particulars(arguments: &Arguments, judged: &Judged, number: u32, replaced: Option<&Existing>) -> Particulars {
    let path = judged.directory.as_deref().map_or_else(String::new, disk::from_the_top);
    let today =
        judged.model.as_ref().map(|model| crate::assessment::assess_to_judge(&model.base).classification.distributed.sentence().to_owned());
    Particulars {
        number,
        title: arguments.title.clone().unwrap_or_else(|| format!("Architecture of {}", judged.title)),
        status: arguments.status.clone().unwrap_or_else(|| "proposed".to_owned()),
        date: arguments.today,
        consulted: arguments.consulted.clone(),
        informed: arguments.informed.clone(),
        supersedes: replaced.map(|one| (one.number, one.file_name())),
        system: judged.title.clone(),
        today,
        path,
        has_model: judged.model.is_some(),
        arguments: typed_again(arguments),
        inputs: judged.inputs(),
    }
}

/// The options with which a check finds this record again, as they are typed at the top of the repository.
fn typed_again(arguments: &Arguments) -> String {
    let directory = arguments.dir.as_ref().map(|directory| format!(" --dir {}", shell(&disk::from_the_top(directory))));
    arguments.weighing.typed_at_the_top() + &directory.unwrap_or_default()
}

/// A file name of a title: lower-case words joined by hyphens.
fn slug(title: &str) -> String {
    const LONGEST: usize = 60;
    let mut slug = String::new();
    for letter in deunicode::deunicode(title).chars().map(|letter| letter.to_ascii_lowercase()) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= LONGEST {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "architecture".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_title_becomes_a_file_name() {
        assert_eq!(slug("Architecture of Shop (2026)"), "architecture-of-shop-2026");
        assert_eq!(slug("Größe der Łódź-Straße"), "grosse-der-lodz-strasse");
        assert_eq!(slug("///"), "architecture");
    }
}
