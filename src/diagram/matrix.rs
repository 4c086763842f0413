//! Who depends on whom, as a table of numbers: what a picture of boxes cannot show any more. A row depends on a column; the number counts links.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::places::Places;
use super::policy::{self, counted};
use super::svg::{Styled, SvgText, number, open};
use super::text::Text;
use crate::model::{ComponentId, System};

/// The most rows of one matrix; above, components stand together as in the overview, and above that the groups with the fewest links do.
const MAX_ROWS: usize = 40;

/// The size of a cell.
const CELL: f64 = 22.0;

/// Who depends on whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The line above it.
    pub title: Text,
    /// What the rows and columns stand for: components, or groups of them.
    pub names: Vec<Text>,
    /// How many links lead from a row to a column.
    pub links: BTreeMap<(usize, usize), usize>,
    /// Lines below it.
    pub legend: Vec<Text>,
}

/// Counts the links of a system: between components, or between groups where there are more components than rows. Where there are more groups than rows, too, those
/// with the most links have a row each, and the last row stands for all others.
pub fn matrix(system: &System) -> Matrix {
    let places = Places::new(system);
    let mut row_of = vec![0; system.components.len()];
    let (names, mut legend) = if system.components.len() <= MAX_ROWS {
        row_of.iter_mut().enumerate().for_each(|(at, row)| *row = at);
        (system.components.iter().map(|one| Text::new(one.display_name())).collect(), Vec::new())
    } else {
        let divisions = policy::divide(system, &places);
        for (at, division) in divisions.iter().enumerate() {
            for id in &division.members {
                row_of[id.index()] = at;
            }
        }
        let kept = busiest(system, &row_of, divisions.len());
        let row_of_group: Vec<usize> = (0..divisions.len()).map(|at| kept.binary_search(&at).unwrap_or(kept.len())).collect();
        row_of.iter_mut().for_each(|row| *row = row_of_group[*row]);
        let components = |groups: &mut dyn Iterator<Item = usize>| counted(groups.map(|at| divisions[at].members.len()).sum(), "component");
        let name = |at: &usize| Text::new(&format!("{} ({})", divisions[*at].label, components(&mut std::iter::once(*at))));
        let mut names: Vec<Text> = kept.iter().map(name).collect();
        let words = format!("{} in {}", counted(system.components.len(), "component"), counted(divisions.len(), "group"));
        let mut legend = vec![Text::new(&words)];
        let n_others = divisions.len() - kept.len();
        if n_others > 0 {
            let others = components(&mut (0..divisions.len()).filter(|at| kept.binary_search(at).is_err()));
            names.push(Text::new(&format!("the other {} ({others})", counted(n_others, "group"))));
            legend.push(Text::new(&format!("the {} with the most links have a row each, the others the last one", kept.len())));
        }
        (names, legend)
    };
    let mut links: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let row = |id: ComponentId| row_of[id.index()];
    for link in &system.links {
        *links.entry((row(link.from), row(link.to))).or_default() += 1;
    }
    legend.push(Text::new("a row depends on a column; the number counts links"));
    let title = Text::new(&super::title(system, "who depends on whom"));
    Matrix { title, names, links, legend }
}

/// Chooses the groups that have a row of their own, in their order: those that the most links lead to, from and through.
fn busiest(system: &System, group_of: &[usize], n_groups: usize) -> Vec<usize> {
    let mut n_links = vec![0_usize; n_groups];
    for link in &system.links {
        let (from, to) = (group_of[link.from.index()], group_of[link.to.index()]);
        n_links[from] += 1;
        n_links[to] += usize::from(from != to);
    }
    let mut groups: Vec<usize> = (0..n_groups).collect();
    groups.sort_by_key(|at| (std::cmp::Reverse(n_links[*at]), *at));
    groups.truncate(MAX_ROWS);
    groups.sort_unstable();
    groups
}

impl Matrix {
    /// Returns the table as rows of cells: a number and a name, then a column per row.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let cell = |row: usize, column: usize| self.links.get(&(row, column)).map(ToString::to_string).unwrap_or_default();
        (0..self.names.len())
            .map(|row| {
                let mut cells = vec![format!("{}", row + 1), self.names[row].to_string()];
                cells.extend((0..self.names.len()).map(|column| cell(row, column)));
                cells
            })
            .collect()
    }

    /// Writes the table as SVG; a column has the number of its row.
    pub fn svg(&self, styled: Styled) -> String {
        let widest = self.names.iter().map(super::layout::label_width).fold(60.0, f64::max) + 44.0;
        let count = self.names.len() as f64;
        let (left, top) = (16.0 + widest, 62.0);
        let width = (left + count * CELL + 16.0).max(super::layout::label_width(&self.title) * 1.5 + 32.0);
        let height = top + count * CELL + 16.0 + self.legend.len() as f64 * 14.0;
        let all: usize = self.links.values().sum();
        let mut out = open(width, height, &self.title, &format!("{} rows and columns, {all} links", self.names.len()), styled);
        let _ = writeln!(out, r#"<text class="wb-heading" x="16" y="24">{}</text>"#, SvgText::new(&self.title));
        for (at, name) in self.names.iter().enumerate() {
            let y = top + at as f64 * CELL;
            let _ = writeln!(
                out,
                r#"<text class="wb-small" x="36" y="{0}" text-anchor="end">{1}</text><text class="wb-small" x="44" y="{0}">{2}</text><text class="wb-small" x="{3}" y="{4}" text-anchor="middle">{1}</text>"#,
                number(y + 15.0),
                at + 1,
                SvgText::new(name),
                number(left + (at as f64 + 0.5) * CELL),
                number(top - 6.0),
            );
            let _ = writeln!(
                out,
                r#"<rect class="wb-frame" x="{}" y="{}" width="{}" height="{CELL}"/><rect class="wb-box" x="{}" y="{}" width="{CELL}" height="{CELL}"/>"#,
                number(left),
                number(y),
                number(count * CELL),
                number(left + at as f64 * CELL),
                number(y)
            );
        }
        let most = self.links.values().copied().max().unwrap_or(1);
        for ((row, column), links) in &self.links {
            // Four steps of the same colours as the failure picture; the number says it too.
            let step = (links * 4).div_ceil(most).clamp(1, 4);
            let (x, y) = (left + *column as f64 * CELL, top + *row as f64 * CELL);
            let _ = writeln!(
                out,
                r#"<rect class="wb-box wb-f{step}" x="{}" y="{}" width="{CELL}" height="{CELL}"/><text class="wb-small wb-name" x="{}" y="{}" text-anchor="middle">{links}</text>"#,
                number(x),
                number(y),
                number(x + CELL / 2.0),
                number(y + 15.0)
            );
        }
        for (at, line) in self.legend.iter().enumerate() {
            let y = top + count * CELL + 20.0 + at as f64 * 14.0;
            let _ = writeln!(out, r#"<text class="wb-small" x="16" y="{}">{}</text>"#, number(y), SvgText::new(line));
        }
        out.push_str("</svg>\n");
        out
    }
}
