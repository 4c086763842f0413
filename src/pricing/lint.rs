//! What looks wrong in a book although it can be read.

use std::collections::BTreeMap;

use super::age::age;
use super::book::Price;
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

/// The days after which a price is old.
const OLD_DAYS: i64 = 365;

/// Returns what looks wrong: prices of nothing, a standby below 1.5 or above 3 times the price, a machine more than 15 % off the line of its family (twice the
/// size is twice the price), a row without a day, a row without a source; and a row that was seen more than a year before `today`.
pub fn lint(book: &Book, today: Option<Date>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = book.prices.iter().flat_map(|price| of_price(price, today)).collect();
    findings.extend(families(book));
    findings.sort_by(|a, b| (&a.key, &a.message).cmp(&(&b.key, &b.message)));
    findings
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
