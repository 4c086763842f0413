//! Names that people type, as ids.

use std::collections::BTreeSet;

/// The most parts that are taken from one answer.
pub(super) const MAX_PARTS: usize = crate::derivation::MAX_PARTS;

/// The longest id that is made of a name.
const LONGEST: usize = 40;

/// Turns `Orders, Stock keeping` into ids with the names as they were typed, each once; `taken` are ids that are used already.
pub(super) fn parts(typed: &str, taken: &[&str]) -> Vec<(String, String)> {
    let mut used: BTreeSet<String> = taken.iter().map(|id| (*id).to_owned()).collect();
    let mut found = Vec::new();
    for name in typed.split([',', ';', '\n']).map(str::trim).filter(|name| !name.is_empty()).take(MAX_PARTS) {
        let wanted = id(name);
        let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|id| !used.contains(id)).unwrap_or_else(|| wanted.clone());
        used.insert(free.clone());
        found.push((free, name.to_owned()));
    }
    found
}

/// Returns an id that a name reads as: small letters, digits and hyphens, a letter first.
pub(super) fn id(name: &str) -> String {
    let mut id = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            id.push(letter);
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
        if id.len() == LONGEST {
            break;
        }
    }
    let id = id.trim_matches('-');
    match id.chars().next() {
        None => "part".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("part-{id}"),
        Some(_) => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{id, parts};

    #[test]
    fn names_become_ids() {
        assert_eq!(id("Stock keeping"), "stock-keeping");
        assert_eq!(id("  R&D / Search "), "r-d-search");
        assert_eq!(id("Öl"), "l");
        assert_eq!(id("3D"), "part-3d");
        assert_eq!(id("日本"), "part");
        assert!(id(&"x".repeat(500)).len() <= 40);
    }

    #[test]
    fn no_two_parts_have_one_id_and_none_that_of_something_else() {
        let found = parts("orders, Orders; app,, remove", &["app", "remove"]);
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["orders", "orders-2", "app-2", "remove-2"]);
    }
}
