//! What differs between two books.

use super::book::Price;
use super::read::Book;
use std::collections::BTreeMap;

/// How a price differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'a> {
    /// Only the second book has it.
    Added(&'a Price),
    /// Only the first book has it.
    Removed(&'a Price),
    /// Both have it, and it costs something else, or is billed in another way.
    Changed(&'a Price, &'a Price),
}

/// Returns the differences, by key. A new date or source alone is none.
pub fn diff<'a>(from: &'a Book, to: &'a Book) -> Vec<Change<'a>> {
    let by_key =
        |book: &'a Book| -> BTreeMap<&'a str, &'a Price> { book.prices.iter().map(|price| (price.key.as_str(), &**price)).collect() };
    let (from, to) = (by_key(from), by_key(to));
    let mut changes: Vec<(&str, Change<'a>)> = Vec::new();
    for (key, price) in &from {
        match to.get(key) {
            None => changes.push((key, Change::Removed(price))),
            Some(other) if is_billed_alike(price, other) => {}
            Some(other) => changes.push((key, Change::Changed(price, other))),
        }
    }
    changes.extend(to.iter().filter(|(key, _)| !from.contains_key(*key)).map(|(key, price)| (*key, Change::Added(price))));
    changes.sort_by_key(|(key, _)| *key);
    changes.into_iter().map(|(_, change)| change).collect()
}

fn is_billed_alike(a: &Price, b: &Price) -> bool {
    let terms = |price: &Price| (price.currency, price.until, price.most, price.high_availability, price.scope);
    a.steps == b.steps && a.unit == b.unit && terms(a) == terms(b)
}
