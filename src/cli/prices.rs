//! `prices`: what things cost, where the prices come from, and what a quantity costs.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::output::{Color, Look};
use super::{Outcome, diagnostics, disk, output};
use crate::diagnostic::{has_errors, nearest};
use crate::pricing::{self, About, Book, Catalogue, ListFormat, Options, Price};
use crate::quantity::{Currency, Date};
use crate::report::{human, prices};
use crate::source::Sources;

/// The width of a list that goes to no terminal: room for the longest key and what stands beside it.
const WIDEST: usize = 400;

/// Arguments of `prices`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: PricesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PricesCommand {
    /// List prices by key
    List(ListArguments),
    /// Show everything that is known of one price
    Show(ShowArguments),
    /// Price a quantity, tier by tier
    Quote(QuoteArguments),
    /// Say what looks wrong in a price book
    Lint(LintArguments),
    /// Say what differs between two price books
    Diff(DiffArguments),
    /// Turn another tool's price list (CSV) into a price book
    Import(ImportArguments),
}

/// The formats of `prices`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables for a terminal.
    Human,
    /// JSON for scripts.
    Json,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// A price book of your own, laid over the embedded ones; may be given several times
    #[arg(long = "book", value_name = "FILE")]
    books: Vec<PathBuf>,

    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, clap::Args)]
struct ListArguments {
    /// Words that the keys hold, such as `eu-central-1/vm`; all of them
    words: Vec<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct ShowArguments {
    /// The key: provider/region/category/sku
    key: String,

    /// The day from which the age of the price is counted, such as 2026-11-20; without it no age is told
    #[arg(long, value_name = "DATE", value_parser = super::ask::date)]
    today: Option<Date>,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct QuoteArguments {
    /// The key: provider/region/category/sku
    key: String,
    /// How much: a number of what the price counts (hours, gigabytes, requests), or an amount of data such as `2.5TB`
    quantity: String,
    /// Count tiers that cost nothing; without it the first paid tier starts at 0
    #[arg(long)]
    free_tiers: bool,
    /// With a standby in another zone: the book's price for it, else twice the price
    #[arg(long)]
    high_availability: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct LintArguments {
    /// Price books
    #[arg(required = true)]
    books: Vec<PathBuf>,

    /// The day from which the age of prices is counted, such as 2026-11-20; without it no age is told
    #[arg(long, value_name = "DATE", value_parser = super::ask::date)]
    today: Option<Date>,
}

#[derive(Debug, clap::Args)]
struct DiffArguments {
    /// The book to start from
    from: PathBuf,
    /// The book to compare with it
    to: PathBuf,
}

/// The formats of price lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Import {
    /// SkyPilot's catalogue of machines.
    Skypilot,
    /// OpenCost's price file.
    Opencost,
}

#[derive(Debug, clap::Args)]
struct ImportArguments {
    /// Whose list it is
    #[arg(value_enum)]
    list: Import,
    /// The CSV file
    file: PathBuf,
    /// The provider's id, the first part of the keys
    #[arg(long)]
    provider: String,
    /// The currency of the prices
    #[arg(long, default_value = "USD")]
    currency: String,
    /// The day on which the list was made, such as `2026-11-01`
    #[arg(long, value_name = "DAY", default_value = "unknown")]
    as_of: String,
    /// Where the list comes from; default the file's name
    #[arg(long)]
    source: Option<String>,
    /// Write to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, color: Color) -> Result<Outcome> {
    match &arguments.command {
        PricesCommand::List(arguments) => list(arguments, color),
        PricesCommand::Show(arguments) => show(arguments, color),
        PricesCommand::Quote(arguments) => quote(arguments, color),
        PricesCommand::Lint(arguments) => lint(arguments, color),
        PricesCommand::Diff(arguments) => diff(arguments, color),
        PricesCommand::Import(arguments) => import(arguments, color),
    }
}

fn look(color: Color) -> human::Look {
    let look = Look::of(&std::io::stdout(), color);
    human::Look { color: look.color, width: look.width }
}

/// Reads a book; its mistakes are shown, and it is none then.
fn read_book(path: &Path, color: Color) -> Result<Option<Book>> {
    let text = disk::read_text(path)?;
    let mut sources = Sources::default();
    let file = sources.add(path.display().to_string(), text);
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let (book, found) = pricing::read(&sources, file, &name);
    if !found.is_empty() {
        output::narrate(diagnostics::human(&sources, &found, Look::of(&std::io::stderr(), color)).trim_end());
        output::narrate(&diagnostics::tally(&found));
    }
    Ok((!has_errors(&found)).then_some(book))
}

/// Lays books over the embedded ones.
fn catalogue(books: &[PathBuf], color: Color) -> Result<Option<Catalogue>> {
    let mut catalogue = pricing::embedded();
    for path in books {
        let Some(book) = read_book(path, color)? else { return Ok(None) };
        catalogue.lay(&book);
    }
    Ok(Some(catalogue))
}

fn find<'a>(catalogue: &'a Catalogue, key: &str) -> Result<&'a Price> {
    if let Some(price) = catalogue.find(key) {
        return Ok(price);
    }
    match nearest(key, catalogue.prices().map(|price| price.key.as_str())) {
        Some(near) => bail!("no price has the key `{key}`; did you mean `{near}`?"),
        None => bail!("no price has the key `{key}`; `weighbridge prices list WORDS` lists those that hold the words"),
    }
}

fn list(arguments: &ListArguments, color: Color) -> Result<Outcome> {
    let Some(catalogue) = catalogue(&arguments.common.books, color)? else { return Ok(Outcome::Invalid) };
    let words: Vec<String> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let holds = |price: &&Price| words.iter().all(|word| price.key.to_lowercase().contains(word));
    let found: Vec<&Price> = catalogue.prices().filter(holds).collect();
    match arguments.common.format {
        Format::Human => {
            let mut look = look(color);
            if !std::io::stdout().is_terminal() {
                // What is piped is copied: no key is broken.
                look.width = WIDEST;
            }
            output::print(&human::render_table(&prices::list(&found), look))?;
        }
        Format::Json => {
            let values: Vec<_> = found.into_iter().map(prices::price_value).collect();
            output::print(&format!("{}\n", serde_json::to_string_pretty(&values)?))?;
        }
    }
    Ok(Outcome::Pass)
}

fn show(arguments: &ShowArguments, color: Color) -> Result<Outcome> {
    let Some(catalogue) = catalogue(&arguments.common.books, color)? else { return Ok(Outcome::Invalid) };
    let price = find(&catalogue, &arguments.key)?;
    match arguments.common.format {
        Format::Human => output::print(&human::render_table(&prices::show(price, arguments.today), look(color)))?,
        Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&prices::price_value(price))?))?,
    }
    Ok(Outcome::Pass)
}

fn quote(arguments: &QuoteArguments, color: Color) -> Result<Outcome> {
    let Some(catalogue) = catalogue(&arguments.common.books, color)? else { return Ok(Outcome::Invalid) };
    let price = find(&catalogue, &arguments.key)?;
    let Some(quantity) = pricing::quantity(&arguments.quantity, &price.unit) else {
        let unit = &price.unit;
        bail!(
            "`{}` is no quantity; write a number of `{}`{}",
            arguments.quantity,
            unit.noun,
            if unit.bytes.is_some() { ", or an amount of data such as `2.5TB`" } else { "" }
        );
    };
    let options = Options { free_tiers: arguments.free_tiers, high_availability: arguments.high_availability };
    let cost = pricing::cost(price, price.unit.units_of(quantity), options);
    match arguments.common.format {
        Format::Human => {
            output::print(&human::render_table(&prices::quote(price, quantity, &cost, arguments.high_availability), look(color)))?
        }
        Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(&prices::quote_value(price, quantity, &cost))?))?,
    }
    Ok(Outcome::Pass)
}

fn lint(arguments: &LintArguments, color: Color) -> Result<Outcome> {
    let mut found = Vec::new();
    let mut below = pricing::embedded();
    for path in &arguments.books {
        let Some(book) = read_book(path, color)? else { return Ok(Outcome::Invalid) };
        found.extend(pricing::lint(&book, &below, arguments.today));
        below.lay(&book);
    }
    output::print(&human::render_table(&prices::findings(&found), look(color)))?;
    Ok(Outcome::Pass)
}

fn diff(arguments: &DiffArguments, color: Color) -> Result<Outcome> {
    let (Some(from), Some(to)) = (read_book(&arguments.from, color)?, read_book(&arguments.to, color)?) else {
        return Ok(Outcome::Invalid);
    };
    output::print(&human::render_table(&prices::changes(&pricing::diff(&from, &to)), look(color)))?;
    Ok(Outcome::Pass)
}

/// Counts things in words.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn import(arguments: &ImportArguments, color: Color) -> Result<Outcome> {
    let currency = Currency::from_code(&arguments.currency).filter(Currency::is_listed);
    let Some(currency) = currency else { bail!("`{}` is no currency; write its ISO 4217 code, such as `USD`", arguments.currency) };
    if !crate::syntax::link_key::is_id(&arguments.provider) {
        bail!("`{}` is no provider's id: a lower-case letter, then lower-case letters, digits and hyphens", arguments.provider);
    }
    let text = disk::read_text_up_to(&arguments.file, pricing::MAX_BILL_BYTES)?;
    let mut sources = Sources::default();
    let file = sources.add(arguments.file.display().to_string(), text);
    let name = arguments.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let format = match arguments.list {
        Import::Skypilot => ListFormat::SkyPilot,
        Import::Opencost => ListFormat::OpenCost,
    };
    let source = arguments.source.as_deref().unwrap_or(&name);
    let about = About { provider: &arguments.provider, currency, source, as_of: &arguments.as_of };
    let (imported, found) = pricing::import(&sources, file, format, about);
    if !found.is_empty() {
        output::narrate(diagnostics::human(&sources, &found, Look::of(&std::io::stderr(), color)).trim_end());
        output::narrate(&format!("{}; nothing was written", diagnostics::tally(&found)));
        return Ok(Outcome::Invalid);
    }
    if imported.prices == 0 {
        let (path, left) = (arguments.file.display(), imported.without_price);
        let (left, foreign) = (counted(left, "row"), counted(imported.foreign, "row"));
        bail!("`{path}` has no price: {left} without a price, {foreign} of other kinds; nothing was written");
    }
    if imported.book.len() > crate::syntax::MAX_FILE_BYTES {
        bail!(
            "the book would have {} bytes, the limit of a price book is {} (8 MiB); leave regions out of the list",
            imported.book.len(),
            crate::syntax::MAX_FILE_BYTES
        );
    }
    // What is written can be read again: a day that is none would refuse every row.
    let mut written = Sources::default();
    let book = written.add("the book", imported.book.as_str());
    let (_, mistakes) = pricing::read(&written, book, &name);
    if let Some(mistake) = mistakes.first() {
        bail!("the list cannot be written as a book: {}", mistake.message);
    }
    match &arguments.output {
        Some(file) => disk::write_atomically(file, &imported.book).with_context(|| format!("cannot write `{}`", file.display()))?,
        None => output::print(&imported.book)?,
    }
    output::narrate(&format!(
        "{}; left out: {} without a price, {} of other kinds",
        counted(imported.prices, "price"),
        counted(imported.without_price, "row"),
        counted(imported.foreign, "row")
    ));
    Ok(Outcome::Pass)
}
