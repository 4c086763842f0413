//! How much of a report there is room for. The question: *where does it end up, and how much does that place hold?*
//!
//! Comments on a pull request end at 65,536 characters and a job's summary at 1,024 KiB; above, the place shows nothing at all. So a report that is too long
//! loses whole parts, the least needed first, and says which; no table and no fence is cut.

use super::markdown::{TemplateError, render_with};
use super::view::View;

/// The most characters of a comment; the platform's limit is 65,536, and CI puts a marker and a greeting around.
pub const MAX_COMMENT_CHARS: usize = 60_000;

/// The most bytes of a job's summary; the platform's limit is 1,048,576.
pub const MAX_SUMMARY_BYTES: usize = 1_000_000;

/// Where a report is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// In a comment of a pull request.
    PullRequest,
    /// In the summary of a job.
    Summary,
    /// In a file.
    Full,
}

impl Profile {
    /// The language of pictures: the platforms that have comments and summaries draw Mermaid.
    const fn draws_mermaid(self) -> bool {
        matches!(self, Self::PullRequest | Self::Summary)
    }

    /// Says whether the place holds a text, of so many that share it.
    fn holds(self, text: &str, of: usize) -> bool {
        match self {
            Self::PullRequest => text.chars().count() < MAX_COMMENT_CHARS / of.max(1),
            Self::Summary => text.len() < MAX_SUMMARY_BYTES / of.max(1),
            Self::Full => true,
        }
    }
}

/// A part of a report by what it is called, and how it is left out.
type Part = (&'static str, fn(&mut View));

/// What is left out, in order.
const PARTS: &[Part] = &[
    ("the pictures of single groups", |view| diagrams(view, |name| !name.contains("-group-"))),
    ("the pictures of journeys", |view| diagrams(view, |name| !name.starts_with("sequence-"))),
    ("the pictures of failures", |view| diagrams(view, |name| !name.starts_with("failure"))),
    ("what figures rest on", |view| view.alternatives.iter_mut().for_each(|one| one.trust.clear())),
    ("all pictures", |view| diagrams(view, |_| false)),
    ("the rows of the alternatives' tables after the fifth", |view| {
        view.alternatives.iter_mut().flat_map(|one| &mut one.sections).for_each(|section| section.table.limit(5, "rows"));
    }),
    ("the tables of the alternatives, but their gates", |view| {
        view.alternatives.iter_mut().for_each(|one| one.sections.retain(|section| section.id == "objectives"));
    }),
    ("the tables of the verdict", |view| view.verdict.sections.clear()),
    ("the alternatives one by one", |view| view.alternatives.clear()),
    ("the rows of tables after the tenth", |view| view.opening.iter_mut().for_each(|section| section.table.limit(10, "rows"))),
    ("the tables of the alternatives side by side", |view| view.opening.clear()),
];

fn diagrams(view: &mut View, keep: fn(&str) -> bool) {
    view.alternatives.iter_mut().for_each(|one| one.diagrams.retain(|diagram| keep(&diagram.name)));
}

/// The line by which CI finds the comment that it wrote before; no reader sees it.
pub const MARKER: &str = "<!-- weighbridge -->";

/// Fills a template with as much of a view as the place holds, of `n_models` that share it.
///
/// # Errors
/// When a template is malformed or names what does not exist.
pub fn render(
    view: &View,
    profile: Profile,
    n_models: usize,
    template: &str,
    overrides: &[(String, String)],
) -> Result<String, TemplateError> {
    let mut view = view.clone();
    let mut left_out: Vec<&'static str> = Vec::new();
    let mut parts = PARTS.iter();
    if profile == Profile::PullRequest {
        // Nobody opens thirty pictures in a comment.
        parts.by_ref().take(2).for_each(|part| leave_out(part, &mut view, &mut left_out));
    }
    loop {
        let mut shown = view.clone();
        if !left_out.is_empty() {
            shown
                .reproduce
                .push(format!("Left out, because there is no room for it here: {}. `--profile full` has it.", left_out.join("; ")));
        }
        let text = render_with(&shown, template, overrides, profile.draws_mermaid())?;
        if profile.holds(&text, n_models) {
            return Ok(text);
        }
        let Some(part) = parts.next() else { return Ok(text) };
        leave_out(part, &mut view, &mut left_out);
    }
}

/// Leaves a part out, and names it where it was there.
fn leave_out((words, leave_out): &Part, view: &mut View, left_out: &mut Vec<&'static str>) {
    let before = view.clone();
    leave_out(view);
    if *view != before {
        left_out.push(words);
    }
}
