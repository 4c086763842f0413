//! The charts of the page: pictures of figures that a table holds as well. A chart knows no analysis' types beyond what it draws; colours have words beside them.

mod bars;
mod curves;
mod heat;
mod names;
mod scatter;

use super::html::HtmlText;
use super::table::Table;
use crate::assessment::Assessed;
use crate::decision::Judgement;
use crate::diagram::text_width;

/// The style of charts, below that of pictures: tints on which ink is readable, light, dark and on paper.
pub const CHART_STYLE: &str = "\
.wb-chart{--c0:#cfe0f7;--c1:#d5ecd8;--c2:#fbe3b0;--c3:#f6cfd0;--c4:#e2d6f3;--c5:#c9eaea;--c6:#e9dfcf;--c7:#dfe3e8;--l0:#0b57d0;--l1:#1d6b34;--l2:#9a5b00;--l3:#b3261e;--l4:#6a3fb5}\
@media (prefers-color-scheme:dark){.wb-chart{--c0:#24446f;--c1:#1f4a2c;--c2:#594316;--c3:#5f2b2c;--c4:#45336b;--c5:#1c4d4d;--c6:#4a3f2d;--c7:#3a434d;--l0:#8ab4f8;--l1:#8fd6a2;--l2:#f2bf6b;--l3:#ff9a90;--l4:#c7a8f5}}\
@media print{.wb-chart{--c0:#ffffff;--c1:#f2f2f2;--c2:#e4e4e4;--c3:#d6d6d6;--c4:#c8c8c8;--c5:#f8f8f8;--c6:#ececec;--c7:#dedede;--l0:#000;--l1:#000;--l2:#000;--l3:#000;--l4:#000}}\
.wb-chart rect{stroke:var(--wb-edge);stroke-width:.7}.wb-chart .axis{stroke:var(--wb-line);fill:none}.wb-chart .grid{stroke:var(--wb-edge);stroke-width:.4;opacity:.6}\
.wb-chart .limit{stroke:var(--wb-bad);stroke-width:1.4;stroke-dasharray:6 4}.wb-chart .wb-limit{fill:var(--wb-bad);font-size:11px}\
.wb-chart .on{fill:var(--wb-ink);font-size:11px}.wb-chart .dot{fill:var(--l0);stroke:var(--wb-ground);stroke-width:1.5}\
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}.c6{fill:var(--c6)}.c7{fill:var(--c7)}\
.curve{fill:none;stroke-width:2}.l0{stroke:var(--l0)}.l1{stroke:var(--l1);stroke-dasharray:7 3}.l2{stroke:var(--l2);stroke-dasharray:2 3}.l3{stroke:var(--l3);stroke-dasharray:9 3 2 3}.l4{stroke:var(--l4);stroke-dasharray:4 4}\
.chart svg{width:100%;min-width:34rem;max-width:44rem;height:auto}.chart{margin:1.4rem 0}.chart details{margin-top:.2rem}.chart summary{font-weight:400;font-size:.9rem}\
";

/// How many tints and how many lines there are; further ones begin again.
const TINTS: usize = 8;
const LINES: usize = 5;

/// The width of every chart, in its own units.
const WIDTH: f64 = 680.0;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What one sees in it, for who cannot.
    pub description: String,
    /// What it is drawn from.
    pub table: Table,
    height: f64,
    body: String,
}

impl Chart {
    /// Draws the chart; `number` is its own on the page.
    pub fn svg(&self, number: usize) -> String {
        format!(
            "<svg class=\"wb wb-chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"c{number}t c{number}d\">\n<title id=\"c{number}t\">{}</title>\n<desc id=\"c{number}d\">{}</desc>\n{}</svg>\n",
            at(self.height),
            text(&self.title),
            text(&self.description),
            self.body
        )
    }
}

/// Draws the charts that compare the designs.
pub fn of_all(assessed: &[Assessed<'_>], judgement: Option<&Judgement>) -> Vec<Chart> {
    let drawn = [
        scatter::availability_against_cost(assessed),
        bars::cost_stack(assessed),
        curves::latencies(assessed),
        judgement.and_then(bars::weight_flips),
    ];
    drawn.into_iter().flatten().collect()
}

/// Draws the charts of one design.
pub fn of_one(assessed: &Assessed<'_>) -> Vec<Chart> {
    [heat::failures(assessed), bars::tornado(assessed)].into_iter().flatten().collect()
}

/// What a design is called.
fn name(one: &Assessed<'_>) -> String {
    if one.system.is_base() { "today".to_owned() } else { one.system.id.clone() }
}

/// Escapes a text for SVG.
fn text(words: &str) -> HtmlText {
    HtmlText::attribute(words)
}

/// A coordinate: one decimal.
fn at(value: f64) -> String {
    let rounded = format!("{value:.1}");
    rounded.strip_suffix(".0").map_or(rounded.clone(), str::to_owned)
}

/// Writes a text; `anchor` is `start`, `middle` or `end`.
fn label(x: f64, y: f64, anchor: &str, class: &str, words: &str) -> String {
    format!("<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" class=\"{class}\">{}</text>\n", at(x), at(y), text(words))
}

fn line(class: &str, [x1, y1, x2, y2]: [f64; 4]) -> String {
    format!("<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", at(x1), at(y1), at(x2), at(y2))
}

fn rect(class: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    format!("<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", at(x), at(y), at(width.max(0.0)), at(height))
}

/// Shortens a text to a width.
fn shortened(words: &str, size: f64, room: f64) -> String {
    if text_width(words, size, true) <= room {
        return words.to_owned();
    }
    let mut kept = String::new();
    for letter in words.chars() {
        kept.push(letter);
        if text_width(&kept, size, true) + size > room {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

/// Chooses the marks of an axis from 0: steps of 1, 2 or 5 times a power of ten, at most six, the last at or above the largest value.
fn marks(largest: f64) -> Vec<f64> {
    if !largest.is_finite() || largest <= 0.0 {
        return vec![0.0, 1.0];
    }
    let mut power = 1.0;
    while largest / power > 10.0 {
        power *= 10.0;
    }
    while largest / power < 1.0 {
        power /= 10.0;
    }
    let step = [0.2, 0.5, 1.0, 2.0].into_iter().map(|part| part * power).find(|step| largest / step <= 6.0).unwrap_or(2.0 * power);
    let mut marks = vec![0.0];
    while marks[marks.len() - 1] < largest {
        marks.push(marks.len() as f64 * step);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::{marks, shortened};

    #[test]
    fn marks_are_round_and_reach_the_largest_value() {
        assert_eq!(marks(21.9), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0]);
        assert_eq!(marks(3000.0), [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0]);
        assert_eq!(marks(1.0), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(marks(0.0), [0.0, 1.0]);
        for value in [0.003, 0.7, 7.0, 99.0, 1e6, 1.3e9] {
            let marks = marks(value);
            assert!(marks.len() <= 8 && marks[marks.len() - 1] >= value, "{value}: {marks:?}");
        }
    }

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("abc", 10.0, 100.0), "abc");
        // A letter is taken as 6.3 wide, the sign for the rest as 10.
        assert_eq!(shortened("abcdeabcde", 10.0, 30.0), "abc…");
    }
}
