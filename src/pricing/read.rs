//! Reads a price book. Reading never stops at the first mistake, and every mistake is shown at its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::book::{Catalogue, Confidence, Meters, Ownership, Price, Scale, Scope, Step};
use super::unit::{Unit, data_unit};
use crate::diagnostic::{Code, Diagnostic, MAX_DIAGNOSTICS};
use crate::quantity::{Currency, Exact, ParseError, parse_money};
use crate::source::{FileId, Sources, Span};
use crate::syntax::fields::{Fields, Report, Word, entries, parse, word};

/// The most prices of a book.
pub const MAX_PRICES: usize = 200_000;

/// The most tiers of a price.
pub const MAX_TIERS: usize = 32;

/// The longest key of a price, in bytes.
const MAX_KEY: usize = 256;

/// A price book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    /// The name that reports show.
    pub name: String,
    /// The rows, in the order of the file.
    pub prices: Vec<Arc<Price>>,
    /// By provider, where the bill finds what no component names.
    pub meters: BTreeMap<String, Meters>,
    /// Discounts on the books below.
    pub scales: Vec<Scale>,
}

/// The embedded books by name, which is that of the only provider whose prices they have.
const EMBEDDED: [(&str, &str); 5] = [
    ("aws", include_str!("../../prices/aws.toml")),
    ("azure", include_str!("../../prices/azure.toml")),
    ("datadog", include_str!("../../prices/datadog.toml")),
    ("gcp", include_str!("../../prices/gcp.toml")),
    ("hetzner", include_str!("../../prices/hetzner.toml")),
];

/// How a book's tables of prices begin; provider, region and category follow.
const PRICES: &str = "[prices.\"";

/// Returns the embedded book of a provider, whole. It is read once.
fn embedded_book(provider: &str) -> Option<&'static Book> {
    static BOOKS: [OnceLock<Book>; EMBEDDED.len()] = [const { OnceLock::new() }; EMBEDDED.len()];
    let at = EMBEDDED.iter().position(|(name, _)| *name == provider)?;
    let (name, text) = EMBEDDED[at];
    Some(BOOKS[at].get_or_init(|| read_embedded(name, text)))
}

/// Returns the embedded book of a provider without the prices of other regions, which take most of its reading: hardly a system is in more than one. Of a region that it does not
/// know, what is of no region. Each is read once.
pub(super) fn embedded_book_of(provider: &str, region: &str) -> Option<Arc<Book>> {
    static BOOKS: Mutex<BTreeMap<(&str, String), Arc<Book>>> = Mutex::new(BTreeMap::new());
    let (name, text) = EMBEDDED.into_iter().find(|(name, _)| *name == provider)?;
    let region = if is_embedded(provider, region) { region } else { "" };
    let mut books = BOOKS.lock().unwrap_or_else(PoisonError::into_inner);
    let book = books.entry((name, region.to_owned())).or_insert_with(|| Arc::new(read_embedded(name, &only_of(text, region))));
    Some(Arc::clone(book))
}

/// Leaves out the prices of other regions.
fn only_of(text: &str, region: &str) -> String {
    let mut is_wanted = true;
    let mut wanted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            is_wanted = line.strip_prefix(PRICES).is_none_or(|key| Price::place_of(key).1 == region);
        }
        if is_wanted {
            wanted.push_str(line);
        }
    }
    wanted
}

/// Says whether the embedded book of a provider has prices of a region.
pub(super) fn is_embedded(provider: &str, region: &str) -> bool {
    let place = format!("{PRICES}{provider}/{region}/");
    EMBEDDED.iter().any(|(name, text)| *name == provider && text.contains(&place))
}

fn read_embedded(name: &str, text: &str) -> Book {
    let mut sources = Sources::default();
    let file = sources.add(format!("prices/{name}.toml"), text);
    let mut book = read(&sources, file, name).0;
    // Its text is no file of the user's.
    book.prices.iter_mut().filter_map(Arc::get_mut).for_each(|price| price.span = None);
    book
}

/// Returns the names of the embedded books.
pub(super) fn embedded_names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.into_iter().map(|(name, _)| name)
}

/// Returns the embedded books, laid over each other.
pub fn embedded() -> Catalogue {
    let mut catalogue = Catalogue::default();
    embedded_names().filter_map(embedded_book).for_each(|book| catalogue.lay(book));
    catalogue
}

/// Returns the texts of the embedded books, by name.
#[cfg(test)]
pub(super) const fn embedded_texts() -> &'static [(&'static str, &'static str)] {
    &EMBEDDED
}

/// Reads a book; what could not be read is left out and reported.
pub fn read(sources: &Sources, file: FileId, name: &str) -> (Book, Vec<Diagnostic>) {
    let text = &sources.file(file).text;
    let mut report = Report { file, diagnostics: Vec::new() };
    let root = parse(text, &mut report);
    let start = report.span(0..text.lines().next().map_or(0, str::len));
    let mut fields = Fields::new(root.get_ref(), start, "a price book");
    check_schema(&mut fields, &mut report);
    let mut book = Book { name: fields.text("name", &mut report).unwrap_or_else(|| name.to_owned()), ..Book::default() };
    let gigabyte = gigabyte(&mut fields, &mut report);
    let named = named_sources(&mut fields, &mut report);
    for (table, span) in fields.tables("scale", &mut report) {
        book.scales.extend(scale(table, span, &mut report));
    }
    if let Some((table, _)) = fields.table("meters", &mut report) {
        for (provider, value) in entries(table, &report) {
            if let Some((table, span)) = table_of(&provider, value, &mut report) {
                let meters = meters(table, span, &mut report);
                book.meters.insert(provider.text, meters);
            }
        }
    }
    if let Some((table, _)) = fields.table("prices", &mut report) {
        let context = Context { gigabyte, sources: &named, book: book.name.clone() };
        for (group, value) in entries(table, &report) {
            if let Some((rows, _)) = table_of(&group, value, &mut report) {
                read_group(&group, rows, &context, &mut book.prices, &mut report);
            }
        }
    }
    fields.finish(&mut report);
    let mut diagnostics = report.diagnostics;
    crate::diagnostic::sort(&mut diagnostics);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    (book, diagnostics)
}

/// What the rows of a book share.
struct Context<'a> {
    gigabyte: Exact,
    sources: &'a BTreeMap<String, String>,
    book: String,
}

/// A book of a team's own need not say its version; a version that is said must be known.
fn check_schema(fields: &mut Fields<'_, '_>, report: &mut Report) {
    if let Some(value) = fields.take("schema")
        && fields.number("schema", report) != Some(1.0)
    {
        let message = "the version of this price book is not known";
        report.push(Diagnostic::new(Code::UnknownSchema, report.span(value.span()), message).help("write `schema = 1`"));
    }
}

fn gigabyte(fields: &mut Fields<'_, '_>, report: &mut Report) -> Exact {
    let gibi = Exact::whole(1 << 30);
    match fields.word("gigabyte", report) {
        None => gibi,
        Some(word) => match word.text.as_str() {
            "GiB" => gibi,
            "GB" => Exact::whole(1_000_000_000),
            _ => {
                report.unknown(Code::UnknownValue, &word, format!("`gigabyte` does not know `{}`", word.text), ["GiB", "GB"]);
                gibi
            }
        },
    }
}

fn named_sources(fields: &mut Fields<'_, '_>, report: &mut Report) -> BTreeMap<String, String> {
    let Some((table, _)) = fields.table("sources", report) else { return BTreeMap::new() };
    entries(table, report).into_iter().filter_map(|(key, value)| Some((key.text.clone(), word(value, &key.text, report)?.text))).collect()
}

fn table_of<'t, 'a>(key: &Word, value: &'t Spanned<DeValue<'a>>, report: &mut Report) -> Option<(&'t DeTable<'a>, Span)> {
    if let DeValue::Table(table) = value.get_ref() {
        return Some((table, key.span));
    }
    report.wrong_type(report.span(value.span()), &key.text, "a table", value.get_ref());
    None
}

fn scale(table: &DeTable<'_>, span: Span, report: &mut Report) -> Option<Scale> {
    let mut fields = Fields::new(table, span, "a scale");
    let pattern = fields.required("match", report);
    let factor = fields.required("factor", report);
    let reason = fields.required("reason", report);
    fields.finish(report);
    let (pattern, factor, reason) = (pattern?, factor?, reason?);
    if pattern.text.split('/').count() < 4 {
        let message = format!("`{}` matches no key: a key has four parts", pattern.text);
        report.push(Diagnostic::new(Code::UnknownValue, pattern.span, message).help("write it as `aws/*/vm/*`"));
        return None;
    }
    let value = positive_number(&factor, "factor", report)?;
    Some(Scale { pattern: pattern.text, factor: value, reason: reason.text })
}

fn positive_number(word: &Word, key: &str, report: &mut Report) -> Option<Exact> {
    let found = Exact::parse(&word.text).filter(|value| !value.is_zero());
    if found.is_none() {
        let message = format!("`{key}` is `{}`, and takes a positive decimal number", word.text);
        report.push(
            Diagnostic::new(Code::MalformedQuantity, word.span, message).help("write digits and at most one point, such as `\"0.92\"`"),
        );
    }
    found
}

fn meters(table: &DeTable<'_>, span: Span, report: &mut Report) -> Meters {
    let mut fields = Fields::new(table, span, "the meters of a provider");
    let mut meters = Meters::default();
    for name in Meters::USES {
        if fields.take(name).is_some() {
            let skus = fields.words(name, report);
            meters.skus.insert((*name).to_owned(), skus.into_iter().map(|word| word.text).collect());
        }
    }
    if let Some(value) = fields.take("cross-zone-ends") {
        meters.cross_zone_ends = match value.get_ref() {
            DeValue::Integer(whole) if matches!(whole.as_str(), "1" | "2") => whole.as_str().parse().unwrap_or(1),
            _ => {
                report.push(Diagnostic::new(Code::UnknownValue, report.span(value.span()), "`cross-zone-ends` is 1 or 2"));
                1
            }
        };
    }
    fields.finish(report);
    meters
}

/// Reads the rows of one `provider/region/category`.
fn read_group(group: &Word, rows: &DeTable<'_>, context: &Context<'_>, prices: &mut Vec<Arc<Price>>, report: &mut Report) {
    let parts: Vec<&str> = group.text.split('/').collect();
    if parts.len() != 3 || parts.iter().any(|part| part.is_empty()) {
        let message = format!("`{}` is no group of prices", group.text);
        report.push(
            Diagnostic::new(Code::MalformedId, group.span, message)
                .help("write `[prices.\"provider/region/category\"]`, such as `aws/us-east-1/vm`"),
        );
        return;
    }
    for (sku, value) in entries(rows, report) {
        if prices.len() >= MAX_PRICES || report.diagnostics.len() > MAX_DIAGNOSTICS {
            let message = format!("a price book has at most {MAX_PRICES} prices");
            if prices.len() >= MAX_PRICES {
                report.push(Diagnostic::new(Code::LimitExceeded, sku.span, message));
            }
            return;
        }
        let key = format!("{}/{}", group.text, sku.text);
        if sku.text.is_empty() || key.len() > MAX_KEY || sku.text.chars().any(char::is_control) {
            let message = format!("`{}` is no sku: it has 1 to {MAX_KEY} bytes, with its group, and no control characters", sku.text);
            report.push(Diagnostic::new(Code::MalformedId, sku.span, message));
            continue;
        }
        if let Some((row, _)) = table_of(&sku, value, report) {
            prices.extend(read_price(key, row, sku.span, context, report).map(Arc::new));
        }
    }
}

fn read_price(key: String, row: &DeTable<'_>, span: Span, context: &Context<'_>, report: &mut Report) -> Option<Price> {
    let mut fields = Fields::new(row, span, format!("the price `{key}`"));
    let found_before = report.diagnostics.len();
    let priced = prices_of(&mut fields, report);
    let unit = if priced.as_ref().is_some_and(|priced| priced.owned.is_some()) {
        Unit::read("month", context.gigabyte)
    } else {
        fields.required("per", report).and_then(|word| {
            let unit = Unit::read(&word.text, context.gigabyte);
            if unit.is_none() {
                let message = format!("`per` does not know the unit `{}`", word.text);
                let help = "write hours, months or seconds of something (`instance-hour`), data (`GB`, `GiB`, `GB-month`) or counts (`1M-requests`)";
                report.push(Diagnostic::new(Code::UnknownValue, word.span, message).help(help));
            }
            unit
        })
    };
    let limit = |name: &'static str, fields: &mut Fields<'_, '_>, report: &mut Report| {
        fields.word(name, report).and_then(|word| positive_number(&word, name, report))
    };
    let (until, most) = (limit("until", &mut fields, report), limit("most", &mut fields, report));
    let high_availability = fields.word("high-availability", report).and_then(|word| money(&word, "high-availability", report));
    let scope = symbol("scope", Scope::WORDS, &mut fields, report).unwrap_or(Scope::Resource);
    let confidence = symbol("confidence", Confidence::WORDS, &mut fields, report).unwrap_or(Confidence::Sourced);
    let as_of = fields.required("as-of", report).and_then(|word| day(word, report));
    let source = fields.required("source", report).map(|word| resolve(word.text, context));
    let confirmed = fields.text("confirmed", report).map(|text| resolve(text, context));
    let (spec, note) = (fields.text("spec", report), fields.text("note", report));
    fields.finish(report);
    let (priced, unit) = (priced?, unit?);
    if let Some((_, currency)) = high_availability
        && currency != priced.currency
    {
        let message = format!("the price `{key}` mixes {} and {}", priced.currency.code(), currency.code());
        report.push(Diagnostic::new(Code::ContradictoryFacts, span, message));
    }
    if report.diagnostics.len() > found_before {
        return None;
    }
    Some(Price {
        key,
        unit,
        currency: priced.currency,
        steps: priced.steps,
        until,
        most,
        high_availability: high_availability.map(|(price, _)| price),
        owned: priced.owned,
        scope,
        spec,
        as_of: as_of?,
        source: source?,
        confirmed,
        confidence,
        note,
        book: context.book.clone(),
        scaled: Vec::new(),
        span: Some(span),
    })
}

fn resolve(text: String, context: &Context<'_>) -> String {
    context.sources.get(&text).cloned().unwrap_or(text)
}

fn symbol<T: Copy>(key: &'static str, known: &[(&'static str, T)], fields: &mut Fields<'_, '_>, report: &mut Report) -> Option<T> {
    let word = fields.word(key, report)?;
    let found = known.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
    if found.is_none() {
        report.unknown(Code::UnknownValue, &word, format!("`{key}` does not know `{}`", word.text), known.iter().map(|(name, _)| *name));
    }
    found
}

/// A day, a month, a year, or `unknown`.
fn day(word: Word, report: &mut Report) -> Option<String> {
    let parts: Vec<&str> = word.text.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.chars().all(|letter| letter.is_ascii_digit());
    let within = |part: &str, most: u32| digits(part, 2) && part.parse::<u32>().is_ok_and(|value| (1..=most).contains(&value));
    let is_day = match parts.as_slice() {
        ["unknown"] => true,
        [year] => digits(year, 4),
        [year, month] => digits(year, 4) && within(month, 12),
        [year, month, day] => digits(year, 4) && within(month, 12) && within(day, 31),
        _ => false,
    };
    if !is_day {
        let message = format!("`as-of` is `{}`, and takes a day, a month, a year or `unknown`", word.text);
        report.push(Diagnostic::new(Code::UnknownValue, word.span, message).help("write it as `\"2026-11-01\"`"));
        return None;
    }
    Some(word.text)
}

/// What a row says of its price.
struct Priced {
    steps: Vec<Step>,
    currency: Currency,
    owned: Option<Ownership>,
}

fn prices_of(fields: &mut Fields<'_, '_>, report: &mut Report) -> Option<Priced> {
    let (has_price, has_tiers, is_owned) =
        (fields.take("price").is_some(), fields.take("tiers").is_some(), fields.take("purchase").is_some());
    let span = fields.span;
    if usize::from(has_price) + usize::from(has_tiers) + usize::from(is_owned) != 1 {
        let message = "a price has one of `price`, `tiers` and `purchase`";
        report.push(Diagnostic::new(Code::MissingKey, span, message).help("write `price = \"0.0816 USD\"`"));
        return None;
    }
    if is_owned {
        return owned(fields, report);
    }
    if has_price {
        let word = fields.word("price", report)?;
        let (price, currency) = money(&word, "price", report)?;
        return Some(Priced { steps: vec![Step { from: Exact::ZERO, price }], currency, owned: None });
    }
    let tables = fields.tables("tiers", report);
    if tables.is_empty() || tables.len() > MAX_TIERS {
        report.push(Diagnostic::new(Code::LimitExceeded, span, format!("a price has 1 to {MAX_TIERS} tiers")));
        return None;
    }
    let (mut steps, mut currencies) = (Vec::<Step>::new(), BTreeSet::new());
    for (table, span) in tables {
        let mut tier = Fields::new(table, span, "a tier");
        let (from, price) = (tier.required("from", report), tier.required("price", report));
        tier.finish(report);
        let (from, price) = (from?, price?);
        let Some(start) = Exact::parse(&from.text) else {
            let message = format!("`from` is `{}`, and takes a decimal number of units", from.text);
            report.push(Diagnostic::new(Code::MalformedQuantity, from.span, message));
            return None;
        };
        let is_first = steps.is_empty();
        if is_first && !start.is_zero() || steps.last().is_some_and(|last| last.from >= start) {
            let message = if is_first {
                "the first tier starts at 0".to_owned()
            } else {
                format!("a tier from {start} follows one from {}", steps[steps.len() - 1].from)
            };
            report.push(
                Diagnostic::new(Code::TiersOutOfOrder, from.span, message)
                    .help("let each tier start above the one before, the first at `\"0\"`"),
            );
            return None;
        }
        let (price, currency) = money(&price, "price", report)?;
        currencies.insert(currency);
        steps.push(Step { from: start, price });
    }
    if currencies.len() > 1 {
        report.push(Diagnostic::new(Code::ContradictoryFacts, span, "the tiers of a price have one currency"));
        return None;
    }
    currencies.pop_first().map(|currency| Priced { steps, currency, owned: None })
}

/// Own hardware by the month.
fn owned(fields: &mut Fields<'_, '_>, report: &mut Report) -> Option<Priced> {
    let mut amount = |name: &'static str, is_required: bool, report: &mut Report| {
        let word = if is_required { fields.required(name, report) } else { fields.word(name, report) };
        (word.is_some(), word.and_then(|word| money(&word, name, report)))
    };
    let purchase = amount("purchase", true, report);
    let others = ["electricity", "rack", "hands"].map(|name| amount(name, false, report));
    let years = fields.required("years", report).and_then(|word| positive_number(&word, "years", report))?;
    let watts = fields.word("watts", report).map(|word| positive_number(&word, "watts", report));
    let (purchase, currency) = purchase.1?;
    let mut values = [Exact::ZERO; 3];
    for (value, (is_stated, found)) in values.iter_mut().zip(others) {
        match found {
            Some((amount, other)) if other == currency => *value = amount,
            Some(_) => {
                report.push(Diagnostic::new(Code::ContradictoryFacts, fields.span, "own hardware is priced in one currency"));
                return None;
            }
            None if is_stated => return None,
            None => {}
        }
    }
    let [electricity, rack, hands] = values;
    let watts = match watts {
        Some(None) => return None,
        Some(Some(watts)) => watts,
        None => Exact::ZERO,
    };
    let owned = Ownership { purchase, years, watts, electricity, rack, hands };
    Some(Priced { steps: vec![Step { from: Exact::ZERO, price: owned.monthly() }], currency, owned: Some(owned) })
}

/// Reads an amount with a currency that exists; prices have no ranges.
fn money(word: &Word, key: &str, report: &mut Report) -> Option<(Exact, Currency)> {
    let refuse = |report: &mut Report, message: String, help: &str| {
        report.push(Diagnostic::new(Code::MalformedQuantity, word.span, message).help(help));
        None
    };
    let help = "write it as `\"0.0816 USD\"`";
    match parse_money(&word.text) {
        Ok(range) if range.low.amount != range.high.amount => {
            refuse(report, format!("`{key}` is `{}`: a price has no range", word.text), help)
        }
        Ok(range) if !range.likely.currency.is_listed() => {
            let code = range.likely.currency;
            let message = format!("`{key}` has the unknown currency `{}`", code.code());
            report.push(
                Diagnostic::new(Code::UnknownValue, word.span, message)
                    .help("write the ISO 4217 code of a currency, such as `USD` or `EUR`"),
            );
            None
        }
        Ok(range) => Some((Exact::new(range.likely.amount), range.likely.currency)),
        Err(ParseError::Reversed) => refuse(report, format!("`{key}` is `{}`: a price has no range", word.text), help),
        Err(ParseError::Malformed(words, own_help)) => {
            refuse(report, format!("`{key}` is `{}` and {words}", word.text), own_help.as_deref().unwrap_or(help))
        }
    }
}

/// Returns the bytes of a unit as a user writes it beside a quantity, such as `2.5TB`.
pub(super) fn bytes_of(unit: &str) -> Option<Exact> {
    let thousand = Exact::whole(1_000);
    Some(match unit {
        "B" => Exact::ONE,
        "KB" => thousand,
        "MB" => thousand * thousand,
        "KiB" => Exact::whole(1_024),
        "MiB" => Exact::whole(1_024 * 1_024),
        _ => return data_unit(unit, thousand * thousand * thousand),
    })
}
