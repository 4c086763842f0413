//! How much of a report there is room for. The question: *where does it end up, and how much does that place hold?*
//!
//! Comments on a pull request end at 65,536 characters and a job's summary at 1,024 KiB; above, the place shows nothing at all. So a report that is too long
//! loses whole parts, the least needed first, and says which; no table and no fence is cut. Several models share the room: what is left of one at last is a line.

use super::markdown::{TemplateError, render_with};
use super::text::MarkdownText;
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

    /// How much the place holds: characters of a comment, bytes of a summary.
    const fn room(self) -> usize {
        match self {
            Self::PullRequest => MAX_COMMENT_CHARS,
            Self::Summary => MAX_SUMMARY_BYTES,
            Self::Full => usize::MAX,
        }
    }

    /// How much of it a text takes.
    fn size(self, text: &str) -> usize {
        match self {
            Self::PullRequest => text.chars().count(),
            Self::Summary | Self::Full => text.len(),
        }
    }
}

/// A part of a report by what it is called, and how it is left out.
type Part = (&'static str, fn(&mut View));

/// What is left out, in order.
const PARTS: &[Part] = &[
    ("the pictures of single groups", |view| diagrams(view, |name| !name.contains("-group-"))),
    ("the pictures of journeys", |view| diagrams(view, |name| !name.starts_with("sequence-"))),
    ("who depends on whom", |view| view.alternatives.iter_mut().for_each(|one| one.matrix = None)),
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
    ("the first screen", |view| view.screen = None),
];

fn diagrams(view: &mut View, keep: fn(&str) -> bool) {
    view.alternatives.iter_mut().for_each(|one| one.diagrams.retain(|diagram| keep(&diagram.name)));
}

/// The line by which CI finds the comment that it wrote before; no reader sees it.
pub const MARKER: &str = "<!-- weighbridge -->";

/// What is kept for the marker and for the line that counts what has no room.
const RESERVE: usize = 200;

/// The most characters of the one line that is left of a model.
const MAX_LINE: usize = 300;

/// The room that several models share. What one does not need is left to those after it.
#[derive(Debug)]
pub struct Room {
    profile: Profile,
    left: usize,
    /// The models that are still to come.
    n_left: usize,
    /// The models that nothing is said of.
    n_without: usize,
    /// How to get what is left out.
    advice: &'static str,
}

impl Room {
    /// Makes the room of a place for so many models; `advice` says how to get what is left out.
    pub const fn new(profile: Profile, n_models: usize, advice: &'static str) -> Self {
        Self { profile, left: profile.room() - RESERVE, n_left: n_models, n_without: 0, advice }
    }

    /// Fills a template with as much of a model's view as there is room for: parts are left out, then all but one line, then that.
    ///
    /// # Errors
    /// When a template is malformed or names what does not exist.
    pub fn render(&mut self, view: &View, template: &str, overrides: &[(String, String)]) -> Result<Option<String>, TemplateError> {
        let share = self.left / self.n_left.max(1);
        match fitted(view, self.profile, share, self.advice, template, overrides)? {
            Some(text) => Ok(self.take(text)),
            None => {
                let line = format!("{} {}", shortened(&format!("{}: {}", view.title, view.headline)), self.advice);
                Ok(self.take(escaped(&line)))
            }
        }
    }

    /// Says one sentence about a model, where there is room for it.
    pub fn line(&mut self, sentence: &str) -> Option<String> {
        self.take(escaped(&shortened(sentence)))
    }

    fn take(&mut self, text: String) -> Option<String> {
        self.n_left = self.n_left.saturating_sub(1);
        // Texts are joined by a line break.
        let size = self.profile.size(&text) + 1;
        if size > self.left {
            self.n_without += 1;
            return None;
        }
        self.left -= size;
        Some(text)
    }

    /// Counts the models that nothing is said of.
    pub fn rest(&self) -> Option<String> {
        let models = if self.n_without == 1 { "model" } else { "models" };
        (self.n_without > 0).then(|| format!("{} more {models}, for which there is no room here: {}\n", self.n_without, self.advice))
    }
}

/// A line of Markdown.
fn escaped(line: &str) -> String {
    format!("{}\n", MarkdownText::new(line).into_string())
}

fn shortened(sentence: &str) -> String {
    match sentence.char_indices().nth(MAX_LINE) {
        Some((at, _)) => format!("{}…", &sentence[..at]),
        None => sentence.to_owned(),
    }
}

/// Fills a template with as much of a view as fits; nothing where even the least does not.
fn fitted(
    view: &View,
    profile: Profile,
    share: usize,
    advice: &str,
    template: &str,
    overrides: &[(String, String)],
) -> Result<Option<String>, TemplateError> {
    // No report is as short as that.
    if share < MAX_LINE {
        return Ok(None);
    }
    let mut view = view.clone();
    // Of what has a whole picture Markdown shows no matrix, so that it is none that is left out.
    view.alternatives.iter_mut().filter(|one| !one.is_divided()).for_each(|one| one.matrix = None);
    let mut left_out: Vec<&'static str> = Vec::new();
    let mut parts = PARTS.iter();
    if profile == Profile::PullRequest {
        // Nobody opens thirty pictures in a comment, or reads a table of forty columns.
        for part in parts.by_ref().take(3) {
            leave_out(part, &mut view, &mut left_out);
        }
    }
    loop {
        let mut shown = view.clone();
        if !left_out.is_empty() {
            shown.reproduce.push(format!("Left out, because there is no room for it here: {}. {advice}", left_out.join("; ")));
        }
        let text = render_with(&shown, template, overrides, profile.draws_mermaid())?;
        if profile.size(&text) < share {
            return Ok(Some(text));
        }
        // What is not there anyway makes nothing shorter.
        if !parts.by_ref().any(|part| leave_out(part, &mut view, &mut left_out)) {
            return Ok(None);
        }
    }
}

/// Leaves a part out, and names it where it was there; says whether it was.
fn leave_out((words, leave_out): &Part, view: &mut View, left_out: &mut Vec<&'static str>) -> bool {
    let before = view.clone();
    leave_out(view);
    let was_there = *view != before;
    if was_there {
        left_out.push(words);
    }
    was_there
}

#[cfg(test)]
mod tests {
    use super::{MARKER, MAX_COMMENT_CHARS, Profile, Room};
    use crate::report::verdict::VerdictView;
    use crate::report::view::View;
    use crate::report::{Section, Table};

    /// A report with a headline and a table of so many rows.
    fn view(title: &str, headline: &str, n_rows: usize) -> View {
        let mut table = Table::new("Figures", &["figure", "value"]);
        (0..n_rows).for_each(|row| table.row(vec![format!("row {row}"), "1".repeat(40)]));
        View {
            title: title.to_owned(),
            headline: headline.to_owned(),
            screen: None,
            lead: Vec::new(),
            verdict: VerdictView::default(),
            opening: vec![Section::new("figures", table)],
            charts: Vec::new(),
            alternatives: Vec::new(),
            reproduce: Vec::new(),
            tool: "weighbridge".to_owned(),
            assumption_set: "1".to_owned(),
        }
    }

    fn comment(n_models: usize, headline: &str) -> String {
        let mut room = Room::new(Profile::PullRequest, n_models, "`--full` has it.");
        let mut texts: Vec<String> = Vec::new();
        let n_rows = if n_models > 3 { 20 } else { 2_000 };
        for number in 0..n_models {
            let title = format!("Model {number}");
            texts.extend(room.render(&view(&title, headline, n_rows), "difference.md.j2", &[]).expect("the template is ours"));
        }
        texts.extend(room.rest());
        format!("{MARKER}\n{}", texts.join("\n"))
    }

    /// However many models there are and whatever they say, the comment holds them: in parts, in a line each, or counted.
    #[test]
    fn a_comment_holds_any_number_of_models() {
        for (n_models, headline) in [(1, 20), (1, 80_000), (3, 20), (3, 80_000), (100, 400), (100, 80_000), (2_000, 20), (2_000, 80_000)] {
            let text = comment(n_models, &"x ".repeat(headline / 2));
            assert!(text.chars().count() < MAX_COMMENT_CHARS, "{n_models} models, {headline}: {}", text.chars().count());
            let said = (0..n_models).take_while(|number| text.contains(&format!("Model {number}"))).count();
            let counted = text.rsplit_once('\n').map_or("", |(rest, _)| rest.lines().last().unwrap_or("")).split(" more ").next();
            let more = if said < n_models { counted.and_then(|count| count.parse::<usize>().ok()).unwrap_or(0) } else { 0 };
            assert_eq!(said + more, n_models, "{headline}: {text}");
            assert!(text.contains("`--full` has it."), "{n_models} {headline}");
        }
        // What one model does not need is there for the next.
        let mut room = Room::new(Profile::PullRequest, 2, "`--full` has it.");
        assert!(room.line("Nothing.").is_some());
        let text = room.render(&view("A", "B", 2_000), "difference.md.j2", &[]).expect("the template is ours").expect("there is room");
        assert!(text.chars().count() < MAX_COMMENT_CHARS, "{}", text.chars().count());
    }
}
