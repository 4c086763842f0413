//! A record as a file that people have written in: the marks between which the program writes, and the status.

use std::ops::Range;

use crate::report::text::Fences;

/// A mistake in the marks of a record that people have edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkError {
    /// No mark of the tool is in the file: it is not a record of the tool's.
    None,
    /// A block begins, and does not end.
    Open(String),
    /// A block begins twice.
    Twice(String),
}

impl std::fmt::Display for MarkError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => write!(formatter, "it has no mark of this program"),
            Self::Open(name) => write!(formatter, "the mark `weighbridge:{name}:begin` has no `weighbridge:{name}:end` after it"),
            Self::Twice(name) => write!(formatter, "the mark `weighbridge:{name}:begin` stands there twice"),
        }
    }
}

/// Says whether a text is a record that this program has written.
pub fn is_record(existing: &str) -> bool {
    marks(existing).any(|mark| mark.is_begin && mark.name == "outcome")
}

/// An existing record that has been brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Its text.
    pub text: String,
    /// The blocks that people took out: they stay out.
    pub left_out: Vec<String>,
}

/// Says whether the marks of a record end with the two characters of Windows; how people end the lines of their own prose is their affair.
fn ends_blocks_as_windows(existing: &str) -> bool {
    existing.lines().zip(existing.split_inclusive('\n')).any(|(line, whole)| line.ends_with(":begin -->") && whole.ends_with("\r\n"))
}

/// Replaces every block of an existing record with that of a fresh one; all else stays to the byte. A block that people took out stays out.
///
/// # Errors
/// When a block begins and does not end, or begins twice; then nothing can be replaced safely.
pub fn refresh(existing: &str, fresh: &str) -> Result<Refreshed, MarkError> {
    if !is_record(existing) {
        return Err(MarkError::None);
    }
    let windows = ends_blocks_as_windows(existing);
    let mut refreshed = Refreshed { text: existing.to_owned(), left_out: Vec::new() };
    for name in names(fresh) {
        let Some(new) = block(fresh, &name)? else { continue };
        let Some(old) = block(&refreshed.text, &name)? else {
            refreshed.left_out.push(name);
            continue;
        };
        let text = &fresh[new];
        let text = if windows { text.replace('\n', "\r\n") } else { text.to_owned() };
        refreshed.text.replace_range(old, &text);
    }
    Ok(refreshed)
}

/// The names of the blocks of a text, in their order.
fn names(text: &str) -> Vec<String> {
    marks(text).filter(|mark| mark.is_begin).map(|mark| mark.name.to_owned()).collect()
}

/// A line that begins or ends a block.
struct Mark<'a> {
    name: &'a str,
    is_begin: bool,
    line: Range<usize>,
}

/// Finds the marks of a text: comments that have their line for themselves. Prose that speaks of a mark is none, and neither is one
/// that a fenced block shows.
fn marks(text: &str) -> impl Iterator<Item = Mark<'_>> {
    let mut fences = Fences::default();
    lines(text).filter(move |line| !fences.holds(text[line.clone()].trim_end())).filter_map(|line| {
        let words = text[line.clone()].trim();
        let comment = words.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).or_else(|| words.strip_prefix('#'))?;
        let (name, edge) = comment.trim().strip_prefix("weighbridge:")?.split_once(':')?;
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
        (is_name && matches!(edge, "begin" | "end")).then_some(Mark { name, is_begin: edge == "begin", line })
    })
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

/// Finds a block: what stands between the line of its first mark and the line of its second.
fn block(text: &str, name: &str) -> Result<Option<Range<usize>>, MarkError> {
    let mut found = marks(text).filter(|mark| mark.name == name).skip_while(|mark| !mark.is_begin);
    let Some(begin) = found.next() else { return Ok(None) };
    let rest: Vec<Mark<'_>> = found.collect();
    if rest.iter().any(|mark| mark.is_begin) {
        return Err(MarkError::Twice(name.to_owned()));
    }
    let end = rest.first().ok_or_else(|| MarkError::Open(name.to_owned()))?;
    Ok(Some(begin.line.end..end.line.start))
}

/// Returns the status of a record: that of its front matter, or the first line below `## Status`.
pub fn status(existing: &str) -> Option<&str> {
    status_place(existing).map(|place| existing[place.range()].trim_matches(['"', '\'']))
}

/// Returns a record with another status; none if it states none.
pub fn with_status(existing: &str, status: &str, link: &str) -> Option<String> {
    let place = status_place(existing)?;
    let words = match &place {
        StatusPlace::FrontMatter(range) => {
            let space = if existing[..range.start].ends_with(':') { " " } else { "" };
            format!("{space}{}", serde_json::Value::from(status))
        }
        StatusPlace::BelowHeading(_) => link.to_owned(),
    };
    let mut out = existing.to_owned();
    out.replace_range(place.range(), &words);
    Some(out)
}

/// Where the words of a status stand.
enum StatusPlace {
    /// Behind `status:`, without a comment after it.
    FrontMatter(Range<usize>),
    /// In the first line below `## Status`.
    BelowHeading(Range<usize>),
}

impl StatusPlace {
    fn range(&self) -> Range<usize> {
        let (Self::FrontMatter(range) | Self::BelowHeading(range)) = self;
        range.clone()
    }
}

/// Finds the words of the status.
fn status_place(existing: &str) -> Option<StatusPlace> {
    let mut in_front_matter = false;
    let mut below_heading = false;
    for (number, line) in lines(existing).enumerate() {
        let words = existing[line.clone()].trim_end();
        if words == "---" && (number == 0 || in_front_matter) {
            in_front_matter = number == 0;
            continue;
        }
        if in_front_matter && let Some(rest) = words.strip_prefix("status:") {
            let value = without_comment(rest);
            let start = line.start + "status:".len() + (value.len() - value.trim_start().len());
            return Some(StatusPlace::FrontMatter(start..start + value.trim().len()));
        }
        if below_heading && !words.is_empty() {
            // The next heading: the section is empty.
            return (!words.starts_with('#')).then(|| StatusPlace::BelowHeading(line.start..line.start + words.len()));
        }
        below_heading |= words.eq_ignore_ascii_case("## status");
    }
    None
}

/// Cuts a comment of YAML off: a `#` behind a space, outside of quotes.
fn without_comment(value: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in value.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return &value[..at],
            (None, '"' | '\'') if value[..at].trim().is_empty() => quote = Some(letter),
            (Some(open), _) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{MarkError, Refreshed, refresh, status, with_status};

    #[test]
    fn only_what_stands_between_marks_is_replaced() {
        let old = "mine\n<!-- weighbridge:outcome:begin -->\nold\n<!-- weighbridge:outcome:end -->\nalso mine\n";
        let new = "x\n<!-- weighbridge:outcome:begin -->\nnew\nlines\n<!-- weighbridge:outcome:end -->\ny\n<!-- weighbridge:more:begin -->\n<!-- weighbridge:more:end -->\n";
        let expected = "mine\n<!-- weighbridge:outcome:begin -->\nnew\nlines\n<!-- weighbridge:outcome:end -->\nalso mine\n";
        let refreshed = |text: &str| Ok(Refreshed { text: text.to_owned(), left_out: vec!["more".to_owned()] });
        assert_eq!(refresh(old, new), refreshed(expected));
        assert_eq!(refresh(expected, new), refreshed(expected));
        let windows = old.replace('\n', "\r\n");
        assert_eq!(refresh(&windows, new), refreshed(&expected.replace('\n', "\r\n")));
        // One line of people's own that ends otherwise changes no block.
        let mixed = |text: &str| text.replace("also mine\n", "also mine\r\n");
        assert_eq!(refresh(&mixed(old), new), refreshed(&mixed(expected)));
    }

    #[test]
    fn broken_marks_are_refused() {
        let open = "<!-- weighbridge:outcome:begin -->\nold\n";
        let fresh = "<!-- weighbridge:outcome:begin -->\nnew\n<!-- weighbridge:outcome:end -->\n";
        assert_eq!(refresh(open, fresh), Err(MarkError::Open("outcome".into())));
        assert_eq!(refresh("mine\n", fresh), Err(MarkError::None));
        assert_eq!(refresh(&format!("{fresh}{fresh}"), fresh), Err(MarkError::Twice("outcome".into())));
    }

    #[test]
    fn a_status_is_found_in_front_matter_and_below_its_heading() {
        let matter = "---\nstatus: proposed\ndate: 2026-01-01\n---\n# T\n";
        assert_eq!(status(matter), Some("proposed"));
        let after = with_status(matter, "superseded by ADR-0002", "unused").expect("a status");
        assert_eq!(after, "---\nstatus: \"superseded by ADR-0002\"\ndate: 2026-01-01\n---\n# T\n");
        let heading = "# 1. T\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n";
        assert_eq!(status(heading), Some("Accepted"));
        let after = with_status(heading, "unused", "Superseded by [2. U](0002-u.md)").expect("a status");
        assert_eq!(after, heading.replace("Accepted", "Superseded by [2. U](0002-u.md)"));
        assert_eq!(status("# T\n"), None);
    }

    /// A record that explains the tool is prose, not the tool's.
    #[test]
    fn prose_about_marks_is_no_mark() {
        let prose = "We keep `<!-- weighbridge:outcome:begin -->` as it is.\nweighbridge:outcome:begin\n";
        let fresh = "<!-- weighbridge:outcome:begin -->\nnew\n<!-- weighbridge:outcome:end -->\n";
        assert_eq!(refresh(prose, fresh), Err(MarkError::None));
        let fenced = format!("```markdown\n{fresh}```\n");
        assert_eq!(refresh(&fenced, fresh), Err(MarkError::None));
        let both = |own: &str| format!("{fenced}<!-- weighbridge:outcome:begin -->\n{own}\n<!-- weighbridge:outcome:end -->\n");
        assert_eq!(refresh(&both("old"), fresh), Ok(Refreshed { text: both("new"), left_out: Vec::new() }));
        let inside =
            format!("<!-- weighbridge:outcome:begin -->\nold, up to weighbridge:outcome:end\n<!-- weighbridge:outcome:end -->\n{prose}");
        assert_eq!(refresh(&inside, fresh), Ok(Refreshed { text: format!("{fresh}{prose}"), left_out: Vec::new() }));
    }

    #[test]
    fn a_status_is_changed_where_it_stands_and_nothing_else() {
        let over = |text: &str| with_status(text, "superseded by ADR-0002", "Superseded by [2. U](0002-u.md)");
        let commented = "---\nstatus: accepted  # by the board\n---\n";
        assert_eq!(status(commented), Some("accepted"));
        assert_eq!(over(commented).as_deref(), Some("---\nstatus: \"superseded by ADR-0002\"  # by the board\n---\n"));
        assert_eq!(status("---\nstatus: \"accepted # 1\" # 2\n---\n"), Some("accepted # 1"));
        let bare = "---\nstatus:\n---\n";
        assert_eq!(over(bare).as_deref(), Some("---\nstatus: \"superseded by ADR-0002\"\n---\n"));
        // Front matter of somebody else's, and the status below its heading: there it is Markdown.
        let mixed = "---\ntitle: T\n---\n## Status\n\nAccepted\n";
        assert_eq!(over(mixed).as_deref(), Some("---\ntitle: T\n---\n## Status\n\nSuperseded by [2. U](0002-u.md)\n"));
        assert_eq!(over("## Status\n\n## Context\n"), None, "an empty section has no status, and the next heading stays");
    }
}
