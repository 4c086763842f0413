//! Price books in tables and as JSON: what `prices` prints.

use serde_json::{Value, json};

use super::table::Table;
use crate::pricing::{Change, Cost, Finding, Ownership, Price, Standby, age};
use crate::quantity::{Date, Exact};

/// Lists prices.
pub fn list(prices: &[&Price]) -> Table {
    let mut table = Table::new("Prices", &["key", ">price", "per", "seen", "confidence"]);
    for price in prices {
        table.row(vec![marked(&price.key), steps(price), price.unit.text.clone(), price.as_of.clone(), price.confidence.word().to_owned()]);
    }
    if prices.is_empty() {
        table.note("No price has such a key.");
    }
    table
}

/// Shows everything that is known of a price; its age where a day is named.
pub fn show(price: &Price, today: Option<Date>) -> Table {
    let mut table = Table::new(price.key.clone(), &["fact", "value"]);
    let mut row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            table.row(vec![name.to_owned(), value]);
        }
    };
    let code = price.currency.code();
    row("what", price.spec.clone());
    row("per", Some(price.unit.text.clone()));
    for (at, step) in price.steps.iter().enumerate() {
        let name = if price.steps.len() == 1 { "price".to_owned() } else { format!("from {}", step.from.grouped(6)) };
        row(&name, Some(format!("{} {code}", step.price)));
        if at + 1 == price.steps.len() {
            row("no price known beyond", price.until.map(|until| until.grouped(6)));
            row("billed up to", price.most.map(|most| most.grouped(6)));
        }
    }
    if let Some(owned) = &price.owned {
        for (name, value) in owned_parts(owned, code) {
            row(name, Some(value));
        }
    }
    row("with a standby", price.high_availability.map(|standby| format!("{standby} {code}")));
    row("quantities are added up over", Some(format!("the {}", price.scope.word())));
    row("seen", Some(format!("{}{}", price.as_of, aged(&price.as_of, today))));
    row("source", Some(price.source.clone()));
    row("confirmed by", price.confirmed.clone());
    row("confidence", Some(price.confidence.word().to_owned()));
    row("note", price.note.clone());
    row("book", Some(price.book.clone()));
    for scaled in &price.scaled {
        row("scaled", Some(format!("× {}: {}", scaled.factor, scaled.reason)));
    }
    table
}

/// Returns how old a price is, as words behind the day on which it was seen; nothing where nobody names a day.
pub(super) fn aged(as_of: &str, today: Option<Date>) -> String {
    let Some(today) = today else { return String::new() };
    match age(as_of, today) {
        Some(days) => format!(", {} days before {today}", crate::quantity::grouped(&days.to_string())),
        None => format!(", of no known age on {today}"),
    }
}

/// Returns what the price of own hardware is made of, in words with their formulas.
fn owned_parts(owned: &Ownership, code: &str) -> Vec<(&'static str, String)> {
    let Ownership { purchase, years, watts, electricity, rack, hands } = owned;
    let written_off =
        format!("{} {code} ÷ (12 · {}) = {}", purchase.grouped_cents(), years.grouped(2), owned.written_off().grouped_cents());
    let energy = format!(
        "{} W · 730 h ÷ 1,000 = {} kWh, · {electricity} {code} = {}",
        watts.grouped(2),
        owned.kilowatt_hours().grouped(2),
        owned.energy().grouped_cents()
    );
    vec![
        ("of which purchase", written_off),
        ("of which electricity", energy),
        ("of which rack", rack.grouped_cents()),
        ("of which hands", hands.grouped_cents()),
    ]
}

/// Shows what a quantity costs, tier by tier; with what a standby does to it, where one was asked for.
pub fn quote(price: &Price, quantity: Exact, cost: &Cost, with_standby: bool) -> Table {
    let unit = &price.unit.text;
    let mut table = Table::new(
        format!("{} {} of {}", quantity.grouped(9), price.unit.noun, marked(&price.key)),
        &["tier", ">quantity", ">price", ">amount"],
    );
    let code = price.currency.code();
    for step in &cost.steps {
        let tier = match step.to {
            _ if price.steps.len() == 1 => "all".to_owned(),
            Some(to) => format!("{} to {}", step.from.grouped(6), to.grouped(6)),
            None => format!("from {}", step.from.grouped(6)),
        };
        let amount = format!("{} {code}", step.amount.grouped_cents());
        table.row(vec![tier, format!("{} {unit}", step.quantity.grouped(9)), format!("{} {code}", step.price), amount]);
    }
    let sign = if cost.unpriced.is_zero() { "" } else { "≥ " };
    table.row(vec!["total".to_owned(), String::new(), String::new(), format!("{sign}{} {code}", cost.amount.grouped_cents())]);
    if !cost.unpriced.is_zero() {
        table.note(format!("{} {unit} more have no known price.", cost.unpriced.grouped(6)));
    }
    if !cost.capped.is_zero() {
        table.note(format!("{} {unit} more are not billed.", cost.capped.grouped(6)));
    }
    if with_standby {
        table.note(match Standby::of(price) {
            Standby::Stated => "With a standby in another zone, at the price that the book states for it.",
            Standby::Doubled => "With a standby in another zone: no source says what it costs, and twice the price is taken.",
            Standby::Included => "The price is one with a standby already.",
            Standby::None => "A standby changes nothing here: this is not kept twice.",
        });
    }
    table.note(format!(
        "Each line is rounded half up, the total from unrounded lines. Seen {}, {}: {}.",
        price.as_of,
        price.confidence.word(),
        price.source
    ));
    table
}

/// Lists what looks wrong in a book.
pub fn findings(findings: &[Finding]) -> Table {
    let mut table = Table::new("What looks wrong", &["key", "why"]);
    for finding in findings {
        table.row(vec![marked(&finding.key), finding.message.clone()]);
    }
    if findings.is_empty() {
        table.note("Nothing looks wrong.");
    }
    table
}

/// Lists what differs between two books.
pub fn changes(changes: &[Change<'_>]) -> Table {
    let mut table = Table::new("What differs", &["key", ">from", ">to", ">difference"]);
    for change in changes {
        let cells = match change {
            Change::Added(price) => [marked(&price.key), String::new(), priced(price), "added".to_owned()],
            Change::Removed(price) => [marked(&price.key), priced(price), String::new(), "removed".to_owned()],
            Change::Changed(from, to) => [marked(&from.key), priced(from), priced(to), percent(from, to)],
        };
        table.row(cells.to_vec());
    }
    if changes.is_empty() {
        table.note("No price differs.");
    }
    table
}

/// A price as JSON.
pub fn price_value(price: &Price) -> Value {
    json!({
        "key": price.key,
        "unit": price.unit.text,
        "currency": price.currency.code(),
        "tiers": price.steps.iter().map(|step| json!({ "from": step.from.plain(), "price": step.price.plain() })).collect::<Vec<_>>(),
        "until": price.until.map(Exact::plain),
        "most": price.most.map(Exact::plain),
        "high_availability": price.high_availability.map(Exact::plain),
        "owned": price.owned.as_ref().map(|owned| json!({
            "written_off": owned.written_off().cents(),
            "kwh": owned.kilowatt_hours().plain(),
            "energy": owned.energy().cents(),
            "rack": owned.rack.cents(),
            "hands": owned.hands.cents(),
        })),
        "scope": price.scope.word(),
        "spec": price.spec,
        "as_of": price.as_of,
        "source": price.source,
        "confirmed": price.confirmed,
        "confidence": price.confidence.word(),
        "note": price.note,
        "book": price.book,
        "scaled": price.scaled.iter().map(|one| json!({ "factor": one.factor.plain(), "reason": one.reason })).collect::<Vec<_>>(),
    })
}

/// A quote as JSON.
pub fn quote_value(price: &Price, quantity: Exact, cost: &Cost) -> Value {
    let line = |step: &crate::pricing::CostStep| {
        json!({
            "from": step.from.plain(),
            "to": step.to.map(Exact::plain),
            "quantity": step.quantity.plain(),
            "price": step.price.plain(),
            "amount": step.amount.cents(),
        })
    };
    json!({
        "schema": 1,
        "key": price.key,
        "quantity": quantity.plain(),
        "of": price.unit.noun,
        "unit": price.unit.text,
        "currency": price.currency.code(),
        "lines": cost.steps.iter().map(line).collect::<Vec<_>>(),
        "total": cost.amount.cents(),
        "complete": cost.unpriced.is_zero(),
        "unpriced_quantity": cost.unpriced.plain(),
        "not_billed_quantity": cost.capped.plain(),
        "price": price_value(price),
    })
}

fn marked(key: &str) -> String {
    super::words::marked(key)
}

fn steps(price: &Price) -> String {
    let first = price.first_paid();
    let code = price.currency.code();
    if price.steps.len() > 1 { format!("{first} {code}, {} tiers", price.steps.len()) } else { format!("{first} {code}") }
}

fn priced(price: &Price) -> String {
    format!("{} per {}", steps(price), price.unit.text)
}

fn percent(from: &Price, to: &Price) -> String {
    let (before, after) = (from.first_paid(), to.first_paid());
    if from.currency != to.currency || from.unit != to.unit || before == after {
        return "billed in another way".to_owned();
    }
    ((after - before) * Exact::whole(100))
        .over(before)
        .map_or_else(|| "was free".to_owned(), |share| format!("{}{} %", if share.is_negative() { "" } else { "+" }, share.grouped(1)))
}
