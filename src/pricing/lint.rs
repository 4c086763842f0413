//! What looks wrong in a book although it can be read.

use std::collections::BTreeMap;

use super::age::{age, is_ahead};
use super::book::{Catalogue, Price, matches};
use super::read::Book;
use crate::quantity::{Date, Exact};

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The price.
    pub key: String,
    /// What looks wrong, with the numbers.
    pub message: String,
}

/// The most by which the price of a machine may leave the line of its family, in percent.
const FAMILY_TOLERANCE_PERCENT: u64 = 15;

/// The most by which two sources of one price may differ, in percent.
const SOURCE_TOLERANCE_PERCENT: u64 = 2;

/// The days after which a price is old.
const OLD_DAYS: i64 = 365;

/// Returns what looks wrong: prices of nothing, a standby below 1.5 or above 3 times the price, a machine more than 15 % off the line of its family (twice the
/// size is twice the price), a price more than 2 % off what the books below say, a scale that no price below is scaled by, a row without a day, a row without a
/// source; and a row that was seen more than a year before `today`, or after it.
pub fn lint(book: &Book, below: &Catalogue, today: Option<Date>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = book.prices.iter().flat_map(|price| of_price(price, today)).collect();
    findings.extend(families(book));
    findings.extend(book.prices.iter().filter_map(|price| two_sources(price, below.find(&price.key)?)));
    let is_idle = |pattern: &str| !below.prices().any(|price| matches(pattern, &price.key));
    let idle = book.scales.iter().filter(|scale| is_idle(&scale.pattern));
    findings.extend(
        idle.map(|scale| Finding { key: scale.pattern.clone(), message: "the scale matches no price of the books below".to_owned() }),
    );
    findings.sort_by(|a, b| (&a.key, &a.message).cmp(&(&b.key, &b.message)));
    findings
}

/// Holds a price against what another book says of the same key.
fn two_sources(price: &Price, other: &Price) -> Option<Finding> {
    let (own, below) = (price.first_paid(), other.first_paid());
    if price.currency != other.currency || price.unit != other.unit || below.is_zero() {
        return None;
    }
    let apart = ((own - below).magnitude() * Exact::whole(100)).over(below)?;
    (apart > Exact::whole(SOURCE_TOLERANCE_PERCENT)).then(|| {
        let message = format!("it costs {own}, and {below} in `{}`: {} % apart; a discount is a `[[scale]]`", other.book, apart.grouped(1));
        Finding { key: price.key.clone(), message }
    })
}

fn of_price(price: &Price, today: Option<Date>) -> Vec<Finding> {
    let mut messages = Vec::new();
    let is_transfer = ["transfer", "egress"].contains(&price.parts()[2]);
    if price.steps.iter().all(|step| step.price.is_zero()) && !is_transfer {
        messages.push("it costs nothing".to_owned());
    }
    if let Some(ratio) = price.high_availability.and_then(|standby| standby.over(price.first_paid())) {
        let (low, high) = (Exact::whole(15), Exact::whole(30));
        let tenfold = ratio * Exact::whole(10);
        if tenfold < low || tenfold > high {
            messages.push(format!("a standby costs {} times the price, outside 1.5 to 3", ratio.rounded(2)));
        }
    }
    if price.as_of == "unknown" {
        messages.push("the day on which it was seen is not known".to_owned());
    }
    if today.is_some_and(|today| is_ahead(&price.as_of, today)) {
        messages.push(format!("it was seen {}, which is still to come", price.as_of));
    }
    if let Some(days) = today.and_then(|today| age(&price.as_of, today)).filter(|days| *days > OLD_DAYS) {
        messages.push(format!("it was seen {}, at least {days} days ago", price.as_of));
    }
    messages.into_iter().map(|message| Finding { key: price.key.clone(), message }).collect()
}

/// The sizes of a family, smallest first: each is twice the one before.
const SIZES: &[&str] = &["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"];

fn families(book: &Book) -> Vec<Finding> {
    let mut families: BTreeMap<(&str, &str), Vec<(usize, &Price)>> = BTreeMap::new();
    for price in book.prices.iter().filter(|price| price.steps.len() == 1 && !price.key.contains('@')) {
        let Some((family, size)) = price.key.rsplit_once('.') else { continue };
        if let Some(size) = SIZES.iter().position(|known| *known == size) {
            families.entry((family, price.unit.text.as_str())).or_default().push((size, price));
        }
    }
    let mut findings = Vec::new();
    for sizes in families.values_mut() {
        sizes.sort_by_key(|(size, price)| (*size, price.key.as_str()));
        for pair in sizes.windows(2) {
            let [(small, low), (large, high)] = pair else { continue };
            let doubled = (*small..*large).fold(low.first_paid(), |price, _| price * Exact::whole(2));
            let off = if doubled > high.first_paid() { doubled - high.first_paid() } else { high.first_paid() - doubled };
            if off * Exact::whole(100) > doubled * Exact::whole(FAMILY_TOLERANCE_PERCENT) {
                let message = format!("it costs {}, and from `{}` one expects {doubled}", high.first_paid(), low.parts()[3]);
                findings.push(Finding { key: high.key.clone(), message });
            }
        }
    }
    findings
}
