//! The terminal's form of a report: tables that fit the width, and lists where a table would not be readable.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};

use super::screen;
use super::table::{Align, Table};
use super::text::{plain, wrap};
use super::view::{AlternativeView, View};

/// Below this width a table of more than two columns becomes a list.
const NARROWEST_TABLE: usize = 60;

/// The longest word that is kept whole at the cost of other columns.
const LONGEST_WORD: usize = 30;

/// Colours by meaning, never by colour alone: each has a word beside it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether to write escape sequences.
    pub color: bool,
    /// Columns.
    pub width: usize,
}

/// Renders the assessment of every alternative, and their comparison where there are several.
pub fn render(view: &View, look: Look) -> String {
    let mut out = String::new();
    heading(&mut out, &view.title, look);
    paragraph(&mut out, &view.headline, look);
    if let Some(screen) = &view.screen {
        let used = out.lines().count();
        out.push_str(&screen::render(screen, look, screen::MAX_LINES.saturating_sub(used)));
        out.push('\n');
    }
    for line in &view.lead {
        paragraph(&mut out, line, look);
    }
    // A verdict alone has said so in its title.
    if view.alternatives.is_empty() {
        view.verdict.lines.iter().for_each(|line| paragraph(&mut out, line, look));
    }
    for section in &view.opening {
        table(&mut out, &section.table, look);
    }
    if !view.alternatives.is_empty() && !view.verdict.lines.is_empty() {
        heading(&mut out, "The verdict", look);
        view.verdict.lines.iter().for_each(|line| paragraph(&mut out, line, look));
    }
    for section in &view.verdict.sections {
        table(&mut out, &section.table, look);
    }
    for alternative in &view.alternatives {
        render_alternative(&mut out, alternative, look);
    }
    for line in &view.reproduce {
        paragraph(&mut out, line, look);
    }
    out
}

/// Renders the comparison alone.
pub fn render_comparison(view: &View, look: Look) -> String {
    let mut out = String::new();
    heading(&mut out, &view.title, look);
    if view.opening.is_empty() {
        paragraph(&mut out, "There is nothing to compare: the model has no alternatives.", look);
    }
    for section in &view.opening {
        table(&mut out, &section.table, look);
    }
    out
}

/// Renders one table alone.
pub fn render_table(one: &Table, look: Look) -> String {
    let mut out = String::new();
    table(&mut out, one, look);
    out.trim_start_matches('\n').to_owned()
}

fn render_alternative(out: &mut String, alternative: &AlternativeView, look: Look) {
    heading(out, &alternative.heading, look);
    for sentence in alternative.summary.iter().chain(&alternative.because) {
        paragraph(out, sentence, look);
    }
    for section in alternative.sections.iter().chain(&alternative.trust) {
        table(out, &section.table, look);
    }
}

/// Renders a heading, sentences and tables.
pub(super) fn section(out: &mut String, title: &str, sentences: &[String], tables: &[Table], look: Look) {
    heading(out, title, look);
    for sentence in sentences {
        paragraph(out, sentence, look);
    }
    for one in tables {
        table(out, one, look);
    }
}

fn heading(out: &mut String, text: &str, look: Look) {
    let text = plain(text);
    if !out.is_empty() {
        out.push('\n');
    }
    let (start, end) = if look.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    out.push_str(&format!("{start}{}{end}\n", wrap(&text, look.width)));
    let underline = "─".repeat(text.chars().count().min(look.width));
    out.push_str(&format!("{underline}\n"));
}

fn paragraph(out: &mut String, text: &str, look: Look) {
    out.push_str(&wrap(&plain(text), look.width));
    out.push('\n');
}

fn table(out: &mut String, table: &Table, look: Look) {
    if table.rows.is_empty() && table.notes.is_empty() {
        return;
    }
    out.push('\n');
    if !table.title.is_empty() {
        let (start, end) = if look.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        out.push_str(&format!("{start}{}{end}\n", wrap(&plain(&table.title), look.width)));
    }
    if !table.rows.is_empty() {
        if look.width < NARROWEST_TABLE && table.columns.len() > 2 {
            out.push_str(&list(table, look.width));
        } else {
            out.push_str(&grid(table, look.width));
        }
    }
    for note in &table.notes {
        out.push_str(&wrap(&plain(note), look.width));
        out.push('\n');
    }
}

/// One rule below the heads; rows that wrap stay apart by their indentation.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

fn grid(table: &Table, width: usize) -> String {
    // A space stands between columns, which the arrangement does not count.
    let width = width.saturating_sub(table.columns.len().saturating_sub(1));
    let mut grid = comfy_table::Table::new();
    grid.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX));
    let align = |align: Align| if align == Align::Right { CellAlignment::Right } else { CellAlignment::Left };
    grid.set_header(table.columns.iter().map(|column| Cell::new(plain(&column.head)).set_alignment(align(column.align))));
    for row in &table.rows {
        grid.add_row(row.iter().zip(&table.columns).map(|(cell, column)| Cell::new(plain(cell)).set_alignment(align(column.align))));
    }
    keep_words_whole(&mut grid, table, width);
    let mut text = String::new();
    for line in grid.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Gives every column room for its longest word, where the width allows it for all; else at least the first, which names its row.
fn keep_words_whole(grid: &mut comfy_table::Table, table: &Table, width: usize) {
    let longest = |text: &str| plain(text).split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
    let whole: Vec<usize> = (0..table.columns.len())
        .map(|at| table.rows.iter().map(|row| longest(&row[at])).max().unwrap_or(0).max(longest(&table.columns[at].head)) + 2)
        .collect();
    // The longest words are cut where they would leave no room for the other columns.
    let needs = if whole.iter().sum::<usize>() <= width { whole } else { whole.iter().map(|need| (*need).min(LONGEST_WORD + 2)).collect() };
    let fits = needs.iter().sum::<usize>() <= width;
    for (at, need) in needs.iter().enumerate().take(if fits { needs.len() } else { 1 }) {
        if let Some(column) = grid.column_mut(at) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(*need).unwrap_or(u16::MAX))));
        }
    }
}

/// A list of the rows: the first cell as a head, the others as `head: cell`.
fn list(table: &Table, width: usize) -> String {
    let mut out = String::new();
    for row in &table.rows {
        let mut cells = row.iter().zip(&table.columns);
        if let Some((first, _)) = cells.next() {
            out.push_str(&wrap(&plain(first), width));
            out.push('\n');
        }
        for (cell, column) in cells.filter(|(cell, _)| !cell.is_empty()) {
            let text = wrap(&format!("{}: {}", plain(&column.head), plain(cell)), width.saturating_sub(2).max(10));
            for line in text.lines() {
                out.push_str(&format!("  {line}\n"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::list;
    use crate::report::table::Table;

    #[test]
    fn a_narrow_table_is_a_list() {
        let mut table = Table::new("", &["id", ">messages", ">bytes"]);
        table.row(vec!["order".into(), "14".into(), "2 KB".into()]);
        assert_eq!(list(&table, 40), "order\n  messages: 14\n  bytes: 2 KB\n");
    }
}
