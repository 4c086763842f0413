//! Markdown by templates. Templates get finished strings and lay them out: no arithmetic, no rounding, and an undefined name is an error.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use super::sections::Section;
use super::table::{Align, Table};
use super::text::MarkdownText;
use super::view::{AlternativeView, DiagramView, View};
use crate::diagram::{Matrix, mermaid, plantuml};

/// The embedded templates, by file name; a user's own directory replaces them one by one.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("report.md.j2", include_str!("../../templates/report.md.j2")),
    ("alternative.md.j2", include_str!("../../templates/alternative.md.j2")),
    ("table.md.j2", include_str!("../../templates/table.md.j2")),
    ("difference.md.j2", include_str!("../../templates/difference.md.j2")),
    ("comparison.md.j2", include_str!("../../templates/comparison.md.j2")),
    ("verdict.md.j2", include_str!("../../templates/verdict.md.j2")),
    ("adr.md.j2", include_str!("../../templates/adr.md.j2")),
];

/// A template that could not be read or filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The template's file name.
    pub template: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.template, self.message),
            None => write!(formatter, "{}: {}", self.template, self.message),
        }
    }
}

impl std::error::Error for TemplateError {}

/// Fills a template (`report.md.j2`, `comparison.md.j2`) with a view. `overrides` are a user's own templates by file name.
///
/// # Errors
/// When a template is malformed or names what does not exist.
pub fn render(view: &View, template: &str, overrides: &[(String, String)]) -> Result<String, TemplateError> {
    render_with(view, template, overrides, false)
}

/// Fills a template; pictures are Mermaid where the place draws that.
pub(super) fn render_with(view: &View, template: &str, overrides: &[(String, String)], as_mermaid: bool) -> Result<String, TemplateError> {
    fill(&Escaped::of(view, as_mermaid), template, overrides)
}

/// Fills a template with values whose every string is escaped already.
pub(super) fn fill(view: &impl Serialize, template: &str, overrides: &[(String, String)]) -> Result<String, TemplateError> {
    let failed = |error: minijinja::Error| failure(template, &error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build().map_err(failed)?);
    for (name, text) in TEMPLATES {
        let own = overrides.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str());
        environment.add_template(name, own.unwrap_or(text)).map_err(failed)?;
    }
    for (name, text) in overrides {
        if !TEMPLATES.iter().any(|(known, _)| known == name) {
            environment.add_template(name, text).map_err(failed)?;
        }
    }
    let rendered =
        environment.get_template(template).and_then(|template| template.render(minijinja::value::Serde(view))).map_err(failed)?;
    Ok(tidy(&rendered))
}

/// Blames the innermost template: an error inside an included one arrives wrapped.
fn failure(template: &str, error: &minijinja::Error) -> TemplateError {
    let mut innermost = error;
    while let Some(source) = std::error::Error::source(innermost).and_then(|source| source.downcast_ref::<minijinja::Error>()) {
        innermost = source;
    }
    TemplateError {
        template: innermost.name().unwrap_or(template).to_owned(),
        line: innermost.line(),
        message: innermost.detail().map_or_else(|| innermost.kind().to_string(), |detail| format!("{}: {detail}", innermost.kind())),
    }
}

/// Ends with one newline, and leaves at most one empty line between blocks outside of fences.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut empty, mut fence) = (0, None::<String>);
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|letter| *letter == '`').collect();
        match &fence {
            Some(open) if ticks.len() >= open.len() && line.len() == ticks.len() => fence = None,
            None if ticks.len() >= 3 => fence = Some(ticks),
            _ => {}
        }
        let line = if fence.is_none() { line.trim_end() } else { line };
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 || fence.is_some() {
            out.push_str(line);
            out.push('\n');
        }
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out.trim_start_matches('\n').to_owned()
}

/// The view with every string escaped, as the templates see it.
#[derive(Debug, Serialize)]
struct Escaped {
    title: String,
    headline: String,
    screen: Option<EscapedScreen>,
    lead: Vec<String>,
    verdict: EscapedVerdict,
    tool: String,
    assumption_set: String,
    opening: Vec<MarkdownTable>,
    alternatives: Vec<EscapedAlternative>,
    reproduce: Vec<String>,
}

#[derive(Debug, Serialize)]
struct EscapedScreen {
    table: MarkdownTable,
    points: Vec<EscapedPoint>,
}

#[derive(Debug, Serialize)]
struct EscapedPoint {
    label: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct EscapedVerdict {
    lines: Vec<String>,
    sections: Vec<MarkdownTable>,
}

#[derive(Debug, Serialize)]
struct EscapedAlternative {
    id: String,
    heading: String,
    summary: Vec<String>,
    because: Vec<String>,
    sections: Vec<MarkdownTable>,
    trust: Vec<MarkdownTable>,
    coverage: String,
    diagrams: Vec<EscapedDiagram>,
    /// Who depends on whom, where no picture shows every arrow; with its heading.
    matrix: Option<String>,
}

#[derive(Debug, Serialize)]
struct EscapedDiagram {
    title: String,
    /// The whole fenced block; the fence is longer than any inside.
    block: String,
}

/// A table with the line that separates head and body.
#[derive(Debug, Serialize)]
struct MarkdownTable {
    /// What a template finds the section by.
    id: &'static str,
    title: String,
    heads: Vec<String>,
    rules: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Escaped {
    fn of(view: &View, as_mermaid: bool) -> Self {
        let text = |text: &str| MarkdownText::new(text).into_string();
        Self {
            title: text(&view.title),
            headline: text(&view.headline),
            screen: view.screen.as_ref().map(|screen| EscapedScreen {
                table: table("screen", &screen.table),
                points: screen.points.iter().map(|point| EscapedPoint { label: text(point.label), text: text(&point.text) }).collect(),
            }),
            lead: view.lead.iter().map(|line| text(line)).collect(),
            verdict: EscapedVerdict {
                lines: view.verdict.lines.iter().map(|line| text(line)).collect(),
                sections: view.verdict.sections.iter().map(section).collect(),
            },
            tool: text(&view.tool),
            assumption_set: text(&view.assumption_set),
            opening: view.opening.iter().map(section).collect(),
            alternatives: view.alternatives.iter().map(|one| alternative(one, as_mermaid)).collect(),
            reproduce: view.reproduce.iter().map(|line| text(line)).collect(),
        }
    }
}

fn alternative(view: &AlternativeView, as_mermaid: bool) -> EscapedAlternative {
    let text = |text: &str| MarkdownText::new(text).into_string();
    EscapedAlternative {
        id: view.id.clone(),
        heading: text(&view.heading),
        summary: view.summary.iter().map(|line| text(line)).collect(),
        because: view.because.iter().map(|line| text(line)).collect(),
        sections: view.sections.iter().map(section).collect(),
        trust: view.trust.iter().map(section).collect(),
        coverage: text(&view.coverage),
        diagrams: view.diagrams.iter().map(|one| diagram(one, as_mermaid)).collect(),
        matrix: view.matrix.as_ref().filter(|_| view.is_divided()).map(|matrix| matrix_table(matrix, 4)),
    }
}

fn diagram(view: &DiagramView, as_mermaid: bool) -> EscapedDiagram {
    let block = if as_mermaid { fenced("mermaid", &mermaid(&view.scene)) } else { fenced("plantuml", &plantuml(&view.scene)) };
    EscapedDiagram { title: MarkdownText::new(&view.title).into_string(), block }
}

/// Puts a text into a fence that is longer than any run of backticks in it.
pub fn fenced(language: &str, text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for letter in text.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// Writes a dependency matrix as a section with a table, under a heading of a level; a column has the number of its row.
pub fn matrix_table(matrix: &Matrix, level: usize) -> String {
    let text = |text: &str| MarkdownText::new(text).into_string();
    let numbers: Vec<String> = (1..=matrix.names.len()).map(|number| number.to_string()).collect();
    let mut out = format!(
        "{} {}\n\n| | depends on → | {} |\n| --: | --- |{}\n",
        "#".repeat(level),
        text(matrix.title.as_str()),
        numbers.join(" | "),
        " --: |".repeat(numbers.len())
    );
    for row in matrix.rows() {
        let cells: Vec<String> = row.iter().map(|cell| text(cell)).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out.push('\n');
    for line in &matrix.legend {
        out.push_str(&format!("- {}\n", text(line.as_str())));
    }
    out
}

fn section(section: &Section) -> MarkdownTable {
    table(section.id, &section.table)
}

fn table(id: &'static str, table: &Table) -> MarkdownTable {
    let escaped = table.map(&|text| MarkdownText::new(text).into_string());
    MarkdownTable {
        id,
        title: escaped.title,
        heads: escaped.columns.iter().map(|column| column.head.clone()).collect(),
        rules: escaped.columns.iter().map(|column| if column.align == Align::Right { "--:" } else { "---" }).collect(),
        rows: escaped.rows,
        notes: escaped.notes,
    }
}

#[cfg(test)]
mod tests {
    use super::{fenced, tidy};

    #[test]
    fn a_fence_is_longer_than_any_inside() {
        assert_eq!(fenced("plantuml", "a"), "```plantuml\na\n```");
        assert_eq!(fenced("x", "a ```` b"), "`````x\na ```` b\n`````");
    }

    #[test]
    fn empty_lines_are_folded_outside_of_fences() {
        assert_eq!(tidy("\n\na\n\n\n\nb \n```x\n\n\n\n```\n\n"), "a\n\nb\n```x\n\n\n\n```\n");
    }
}
