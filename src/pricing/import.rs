//! Price lists of others as a book: SkyPilot's catalogue of machines and OpenCost's price file, read by the names of their columns.

use std::collections::BTreeMap;

use super::rows::Rows;
use crate::diagnostic::Diagnostic;
use crate::quantity::{Currency, Exact};
use crate::source::{FileId, Sources};
use crate::syntax::toml_string;

/// The format of a price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFormat {
    /// `InstanceType`, `Region`, `Price`, `SpotPrice`: machines by the hour.
    SkyPilot,
    /// `Region`, `AssetClass`, `InstanceType`, `MarketPriceHourly`: machines and volumes by the hour.
    OpenCost,
}

/// A price list as a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The book as TOML.
    pub book: String,
    /// How many prices it has.
    pub prices: usize,
    /// How many rows had no price and were left out.
    pub without_price: usize,
    /// How many rows were of a kind that has no category here.
    pub foreign: usize,
}

/// What a list itself does not say.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The provider's id.
    pub provider: &'a str,
    /// The currency of its prices.
    pub currency: Currency,
    /// Where the list comes from.
    pub source: &'a str,
    /// The day on which it was seen.
    pub as_of: &'a str,
}

/// A price with what it buys.
struct Entry {
    price: Exact,
    lowest: Exact,
    unit: &'static str,
    spec: Option<String>,
}

/// Rows by region, category and sku.
type Entries = BTreeMap<(String, &'static str), BTreeMap<String, Entry>>;

/// Reads a price list and writes it as a book. Zones of a region are one; where their prices differ, the highest is kept and the range is noted.
pub fn import(sources: &Sources, file: FileId, format: ListFormat, about: About<'_>) -> (Imported, Vec<Diagnostic>) {
    let mut rows = Rows::of(sources, file);
    let mut entries = Entries::new();
    let (without_price, foreign) = match format {
        ListFormat::SkyPilot => sky_pilot(&mut rows, &mut entries),
        ListFormat::OpenCost => open_cost(&mut rows, &mut entries),
    };
    let prices = entries.values().map(BTreeMap::len).sum();
    let book = if rows.diagnostics.is_empty() { write(&entries, about) } else { String::new() };
    (Imported { book, prices, without_price, foreign }, rows.diagnostics)
}

fn add(entries: &mut Entries, region: &str, category: &'static str, sku: String, entry: Entry) {
    let group = entries.entry((region.to_owned(), category)).or_default();
    match group.get_mut(&sku) {
        Some(known) => {
            known.lowest = known.lowest.min(entry.lowest);
            known.price = known.price.max(entry.price);
        }
        None => drop(group.insert(sku, entry)),
    }
}

fn sky_pilot(rows: &mut Rows<'_>, entries: &mut Entries) -> (usize, usize) {
    let columns = (rows.column("InstanceType"), rows.column("Region"), rows.column("Price"));
    let spot = rows.optional("SpotPrice");
    let (processors, memory) = (rows.optional("vCPUs"), rows.optional("MemoryGiB"));
    let (Some(machine), Some(region), Some(price)) = columns else { return (0, 0) };
    let (mut without_price, mut foreign) = (0, 0);
    rows.each(|rows, row| {
        let (name, place) = (row.field(machine), row.field(region));
        if name.is_empty() || !is_part(place) {
            // A row of an accelerator alone names no machine.
            foreign += 1;
            return;
        }
        let spec = match (processors.map(|at| row.field(at)), memory.map(|at| row.field(at))) {
            (Some(processors), Some(memory)) if !processors.is_empty() && !memory.is_empty() => {
                let short = |number: &str| number.strip_suffix(".0").unwrap_or(number).to_owned();
                Some(format!("{} vCPU, {} GiB", short(processors), short(memory)))
            }
            _ => None,
        };
        match rows.amount(row, price, false) {
            Some(price) => {
                add(entries, place, "vm", name.to_owned(), Entry { price, lowest: price, unit: "instance-hour", spec: spec.clone() })
            }
            None => without_price += 1,
        }
        if let Some(price) = spot.and_then(|spot| rows.amount(row, spot, false)) {
            add(entries, place, "vm", format!("{name}@spot"), Entry { price, lowest: price, unit: "instance-hour", spec });
        }
    });
    (without_price, foreign)
}

fn open_cost(rows: &mut Rows<'_>, entries: &mut Entries) -> (usize, usize) {
    let columns = (rows.column("Region"), rows.column("AssetClass"), rows.column("InstanceType"), rows.column("MarketPriceHourly"));
    let (Some(region), Some(class), Some(machine), Some(price)) = columns else { return (0, 0) };
    let (mut without_price, mut foreign) = (0, 0);
    rows.each(|rows, row| {
        let (category, unit) = match row.field(class).to_ascii_lowercase().as_str() {
            "node" => ("vm", "instance-hour"),
            "pv" => ("block-storage", "GB-hour"),
            _ => {
                foreign += 1;
                return;
            }
        };
        let (name, place) = (row.field(machine), row.field(region));
        if name.is_empty() || !is_part(place) {
            foreign += 1;
            return;
        }
        match rows.amount(row, price, false) {
            Some(price) => add(entries, place, category, name.to_owned(), Entry { price, lowest: price, unit, spec: None }),
            None => without_price += 1,
        }
    });
    (without_price, foreign)
}

/// Says whether a text can be one part of a key.
fn is_part(text: &str) -> bool {
    !text.is_empty() && !text.contains('/') && !text.chars().any(char::is_control)
}

fn write(entries: &Entries, about: About<'_>) -> String {
    let mut out = format!("schema = 1\n\n[sources]\nlist = {}\n", toml_string(about.source));
    let currency = about.currency.code();
    for ((region, category), rows) in entries {
        out.push_str(&format!("\n[prices.{}]\n", toml_string(&format!("{}/{region}/{category}", about.provider))));
        for (sku, entry) in rows {
            out.push_str(&format!("{} = {{ price = \"{} {currency}\", per = \"{}\"", toml_string(sku), entry.price, entry.unit));
            if let Some(spec) = &entry.spec {
                out.push_str(&format!(", spec = {}", toml_string(spec)));
            }
            out.push_str(&format!(", as-of = {}, source = \"list\"", toml_string(about.as_of)));
            if entry.lowest != entry.price {
                out.push_str(&format!(", note = \"zones differ: {} to {}\"", entry.lowest, entry.price));
            }
            out.push_str(" }\n");
        }
    }
    out
}
