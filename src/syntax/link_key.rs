//! Link keys: `"gateway -> orders, catalogue #reports"`.

use std::collections::BTreeSet;
use std::ops::Range;

/// What travels along a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arrow {
    /// `->`: a synchronous call.
    Call,
    /// `~>`: an asynchronous message.
    Message,
    /// `=>`: replication or copy.
    Replication,
}

impl Arrow {
    /// Returns the two characters.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Call => "->",
            Self::Message => "~>",
            Self::Replication => "=>",
        }
    }
}

/// A part of a key and its bytes within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Its bytes in the key.
    pub range: Range<usize>,
}

/// A link key taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkKey {
    /// The left end.
    pub from: Part,
    /// The right ends.
    pub to: Vec<Part>,
    /// The arrow.
    pub arrow: Arrow,
    /// Whether the arrow was `<->`.
    pub both_ways: bool,
    /// The name behind `#`.
    pub name: Option<String>,
}

/// What is wrong with a key, and with which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkKeyError {
    /// The words after the key in the message.
    pub message: String,
    /// The bytes.
    pub range: Range<usize>,
    /// What to write.
    pub help: Option<String>,
}

/// Says whether a text is an id: `[a-z][a-z0-9-]*`.
pub fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Proposes an id for a text that is none.
pub fn suggest_id(text: &str) -> Option<String> {
    let mut id = String::new();
    for (at, letter) in text.trim().chars().take(64).enumerate() {
        if letter.is_ascii_uppercase() && at > 0 && !id.ends_with('-') && text.chars().any(|c| c.is_ascii_lowercase()) {
            id.push('-');
        }
        let lower = letter.to_ascii_lowercase();
        if lower.is_ascii_lowercase() || lower.is_ascii_digit() {
            id.push(lower);
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    let id = id.trim_matches('-').to_owned();
    is_id(&id).then_some(id)
}

/// Returns the one way to write a link: `a -> b` or `a -> b #name`.
pub fn canonical(from: &str, arrow: Arrow, to: &str, name: Option<&str>) -> String {
    let symbol = arrow.symbol();
    name.map_or_else(|| format!("{from} {symbol} {to}"), |name| format!("{from} {symbol} {to} #{name}"))
}

/// Takes a key apart.
///
/// # Errors
/// When the key is not `FROM ARROW TO[, TO]…[ #NAME]` with ids at its ends.
pub fn parse(key: &str) -> Result<LinkKey, LinkKeyError> {
    const ARROWS: [(&str, Arrow, bool); 4] =
        [("<->", Arrow::Call, true), ("->", Arrow::Call, false), ("~>", Arrow::Message, false), ("=>", Arrow::Replication, false)];
    let whole = 0..key.len();
    let found =
        ARROWS.iter().filter_map(|(text, arrow, both)| key.find(text).map(|at| (at, *text, *arrow, *both))).min_by_key(|(at, ..)| *at);
    let Some((at, text, arrow, both_ways)) = found else {
        return Err(LinkKeyError { message: "has no arrow".into(), range: whole, help: Some("write it as `caller -> callee`".into()) });
    };
    let (left, right) = (&key[..at], &key[at + text.len()..]);
    if let Some((_, second, ..)) =
        ARROWS.iter().filter_map(|(text, arrow, both)| right.find(text).map(|at| (at, *text, *arrow, *both))).min_by_key(|(at, ..)| *at)
    {
        let start = at + text.len() + right.find(second).unwrap_or(0);
        return Err(LinkKeyError {
            message: "has two arrows".into(),
            range: start..start + second.len(),
            help: Some("write one link per pair".into()),
        });
    }
    if !left.ends_with(' ') || !right.starts_with(' ') || left.ends_with("  ") || right.starts_with("  ") {
        let tight = format!("{} {text} {}", left.trim(), right.trim());
        return Err(LinkKeyError {
            message: "needs one space on both sides of its arrow".into(),
            range: at..at + text.len(),
            help: Some(format!("write `\"{tight}\"`")),
        });
    }
    let (targets, name) = match right.split_once(" #") {
        Some((targets, name)) if is_id(name) => (targets, Some(name.to_owned())),
        Some((targets, name)) => {
            let start = at + text.len() + targets.len() + 2;
            return Err(LinkKeyError {
                message: format!("has the malformed name `{name}`"),
                range: start..start + name.len(),
                help: suggest_id(name).map(|id| format!("write `#{id}`")),
            });
        }
        None => (right, None),
    };
    let mut to = Vec::new();
    let mut offset = at + text.len();
    for piece in targets.split(',') {
        to.push(end(piece, offset)?);
        offset += piece.len() + 1;
    }
    let mut seen = BTreeSet::new();
    if let Some(again) = to.iter().find(|part| !seen.insert(part.text.as_str())) {
        return Err(LinkKeyError { message: format!("names `{}` twice", again.text), range: again.range.clone(), help: None });
    }
    Ok(LinkKey { from: end(left, 0)?, to, arrow, both_ways, name })
}

fn end(piece: &str, offset: usize) -> Result<Part, LinkKeyError> {
    let start = offset + piece.len() - piece.trim_start().len();
    let text = piece.trim();
    let range = start..start + text.len();
    if is_id(text) {
        return Ok(Part { text: text.to_owned(), range });
    }
    let message = if text.is_empty() { "has an empty end".to_owned() } else { format!("has the malformed id `{text}`") };
    let range = if text.is_empty() { offset..offset + piece.len() } else { range };
    Err(LinkKeyError { message, range, help: suggest_id(text).map(|id| format!("write `{id}`")) })
}

#[cfg(test)]
mod tests {
    use super::{Arrow, is_id, parse, suggest_id};

    #[test]
    fn ids() {
        assert!(is_id("a") && is_id("a-1") && is_id("orders-db"));
        assert!(!is_id("") && !is_id("1a") && !is_id("A") && !is_id("a.b") && !is_id("ä") && !is_id("a_b"));
        assert_eq!(suggest_id("OrdersDb").as_deref(), Some("orders-db"));
        assert_eq!(suggest_id("orders_db ").as_deref(), Some("orders-db"));
        assert_eq!(suggest_id("日本"), None);
    }

    #[test]
    fn keys_are_taken_apart_with_their_places() {
        let key = parse("gateway -> orders, catalogue #reports").expect("a key");
        assert_eq!((key.from.text.as_str(), key.arrow, key.name.as_deref()), ("gateway", Arrow::Call, Some("reports")));
        assert_eq!(
            key.to.iter().map(|part| (part.text.as_str(), part.range.clone())).collect::<Vec<_>>(),
            [("orders", 11..17), ("catalogue", 19..28)]
        );
        assert!(parse("a <-> b").expect("a key").both_ways);
        assert_eq!(parse("a ~> b").expect("a key").arrow, Arrow::Message);
        assert_eq!(parse("a => b").expect("a key").arrow, Arrow::Replication);
    }

    #[test]
    fn malformed_keys_say_where() {
        assert_eq!(parse("a->b").expect_err("tight").range, 1..3);
        assert_eq!(parse("a -> ").expect_err("empty").range, 4..5);
        assert_eq!(parse("a -> B").expect_err("upper").range, 5..6);
        assert_eq!(parse("a b").expect_err("no arrow").range, 0..3);
        assert_eq!(parse("a -> b -> c").expect_err("two").range, 7..9);
        assert!(parse("a -> b, b").is_err());
        assert!(parse("a -> b #").is_err());
        assert!(parse("").is_err());
    }
}
