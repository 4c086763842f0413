//! Figures in words: the one place where a number is rounded for people.

use std::collections::BTreeSet;

use crate::analysis::cost::{Bill, Bound};
use crate::assessment::Ranges;
use crate::model::BASE_ID;
use crate::quantity::{self, Bytes, Probability, significant};

/// Marks an id as a word of the model; a shard's name is free text and may hold the mark itself.
pub(super) fn marked(id: &str) -> String {
    if id.contains('`') { id.to_owned() } else { format!("`{id}`") }
}

/// A design as it is called in a sentence or a cell: the base is what runs today.
pub(super) fn design(id: &str) -> String {
    if id == BASE_ID { "today".to_owned() } else { format!("`{id}`") }
}

/// What stands before an amount of a bill that lacks prices.
pub(super) fn at_least(bill: &Bill) -> &'static str {
    if bill.is_complete() { "" } else { "≥ " }
}

/// Quotes a path for a shell, where that is needed; one that begins as an option does is named from `./`.
pub fn shell(path: &str) -> String {
    if path.starts_with('-') {
        return shell(&format!("./{path}"));
    }
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    if !path.is_empty() && path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// Keeps the first of equal words, in their order.
pub(super) fn distinct<T: Ord + Clone>(words: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    words.into_iter().filter(|word| seen.insert(word.clone())).collect()
}

pub(super) fn ranged(ranges: &Ranges, path: &str, value: f64, print: impl Fn(f64) -> String) -> String {
    between(ranges.get(path).copied(), value, print)
}

/// The same of a figure that is shown by its complement: what is least of the one is most of the other.
pub(super) fn ranged_complement(ranges: &Ranges, path: &str, value: f64, print: impl Fn(f64) -> String) -> String {
    between(ranges.get(path).map(|(low, high)| (*high, *low)), value, print)
}

fn between(range: Option<(f64, f64)>, value: f64, print: impl Fn(f64) -> String) -> String {
    match &range {
        Some((low, high)) => {
            let (low, likely, high) = (print(*low), print(value), print(*high));
            let unit = |text: &str| text.rsplit_once(' ').map(|(_, unit)| unit.to_owned());
            match low.rsplit_once(' ') {
                _ if low == high => likely,
                // One unit is said once.
                Some((number, _)) if unit(&low) == unit(&high) => format!("{likely} ({number} to {high})"),
                _ => format!("{likely} ({low} to {high})"),
            }
        }
        None => print(value),
    }
}

pub(super) fn number(value: f64) -> String {
    significant(value, 4)
}

pub(super) fn bytes(value: f64) -> String {
    quantity::bytes(Bytes::new(value))
}

pub(super) fn bytes_per_second(value: f64) -> String {
    format!("{}/s", bytes(value))
}

/// A time in milliseconds, in the unit that fits it.
pub(super) fn milliseconds(value: f64) -> String {
    quantity::duration(quantity::Duration::new(value * 1e-3))
}

/// A time in minutes, in the unit that fits it.
pub(super) fn minutes(value: f64) -> String {
    quantity::duration(quantity::Duration::new(value * 60.0))
}

/// How often something happens per second, over the period that fits it.
pub(super) fn per_second(value: f64) -> String {
    quantity::rate(quantity::Rate::new(value))
}

pub(super) fn share(value: f64) -> String {
    if value == 0.0 { "none".into() } else { quantity::percent(Probability::new(value)) }
}

/// A ratio that may exceed 1.
pub(super) fn percentage(value: f64) -> String {
    format!("{} %", significant(value * 100.0, 3))
}

/// Marks a difference by what is known of it.
pub(super) fn bounded(bound: Bound, difference: &str) -> String {
    match bound {
        Bound::Exact => difference.to_owned(),
        Bound::AtLeast => format!("≥ {difference}"),
        Bound::AtMost => format!("≤ {difference}"),
        Bound::Open => format!("{difference} ?"),
    }
}

#[cfg(test)]
mod tests {
    use super::{ranged, ranged_complement, shell};
    use crate::assessment::Ranges;

    /// What is pasted into a shell is one word, and no option.
    #[test]
    fn a_path_is_one_word_of_a_shell() {
        for (path, typed) in [
            ("models/shop", "models/shop"),
            ("our shop", "'our shop'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("-x", "./-x"),
            ("--file a", "'./--file a'"),
            ("$(rm x)", "'$(rm x)'"),
        ] {
            assert_eq!(shell(path), typed);
        }
    }

    /// A range is read from its smaller end, also where the complement is shown.
    #[test]
    fn ranges_stand_in_rising_order() {
        let ranges = Ranges::from([("u".to_owned(), (0.01, 0.03))]);
        assert_eq!(ranged(&ranges, "u", 0.02, |value| format!("{value} s")), "0.02 s (0.01 to 0.03 s)");
        assert_eq!(ranged_complement(&ranges, "u", 0.02, |value| format!("{} %", 100.0 - value * 100.0)), "98 % (97 to 99 %)");
    }
}
