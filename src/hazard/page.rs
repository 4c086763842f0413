//! A rule's page: its explanation, its reference entry and its tests are one text.
//!
//! ```text
//! # missing-timeout
//!
//! One sentence: what is found.
//!
//! ## Why it matters
//! ## Fires            a model in TOML; a comment `# warning: …` stands on each line of a finding, with its words
//! ## Silent           a good design
//! ## How it is decided
//! ## Sources
//! ```
//!
//! Examples leave out `schema = 1`.

/// The headings of every page, in order.
pub const HEADINGS: &[&str] = &["Why it matters", "Fires", "Silent", "How it is decided", "Sources"];

/// Returns the rule's name: the page's title.
pub(super) fn title(page: &'static str) -> &'static str {
    page.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default()
}

/// Returns the sentence below the title.
pub fn summary(page: &'static str) -> &'static str {
    page.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default()
}

/// Returns the text below a heading; empty where there is no such heading.
pub fn section(page: &'static str, heading: &str) -> &'static str {
    let start = format!("\n## {heading}\n");
    let Some(at) = page.find(&start) else { return "" };
    let rest = &page[at + start.len()..];
    rest[..rest.find("\n## ").unwrap_or(rest.len())].trim()
}

/// Returns the TOML examples below a heading.
pub fn examples(page: &'static str, heading: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = section(page, heading);
    while let Some(at) = rest.find("```toml\n") {
        rest = &rest[at + "```toml\n".len()..];
        let end = rest.find("```").unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}
