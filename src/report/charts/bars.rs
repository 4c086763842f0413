//! Bars: the cost of each design by category, what sways the bill, at which weights the verdict changes.

use super::{Chart, TINTS, WIDTH, label, line, marks, name, rect, shortened};
use crate::analysis::cost::Category;
use crate::assessment::Assessed;
use crate::decision::Judgement;
use crate::diagram::text_width;
use crate::quantity::{Exact, significant};
use crate::report::table::Table;
use crate::verdict::MAX_WEIGHT;

const BAR: f64 = 24.0;
const ROW: f64 = 38.0;
const TOP: f64 = 14.0;
const RIGHT: f64 = 92.0;
const AXIS: f64 = 34.0;
/// The room for names on the left.
const NAMES: f64 = 150.0;
/// The most bars of a tornado.
const MAX_BARS: usize = 12;

/// The bill of each design, stacked by category.
pub(super) fn cost_stack(assessed: &[Assessed<'_>]) -> Option<Chart> {
    let currency = assessed.iter().find_map(|one| Some(one.assessment.cost.as_ref()?.bill.currency))?;
    let bills: Vec<(String, &crate::analysis::cost::Bill)> = assessed
        .iter()
        .filter_map(|one| Some((name(one), &one.assessment.cost.as_ref()?.bill)))
        .filter(|(_, bill)| bill.currency == currency)
        .collect();
    let categories: Vec<Category> = Category::ALL
        .iter()
        .copied()
        .filter(|category| bills.iter().any(|(_, bill)| bill.categories.get(category).is_some_and(|sum| !sum.is_zero())))
        .collect();
    if categories.is_empty() {
        return None;
    }
    let largest = bills.iter().map(|(_, bill)| bill.monthly.likely.approximate()).fold(0.0, f64::max);
    let costs = marks(largest);
    let x = |cost: f64| NAMES + (WIDTH - RIGHT - NAMES) * cost / costs[costs.len() - 1];
    let bottom = TOP + bills.len() as f64 * ROW;
    let mut body = String::new();
    for mark in &costs {
        body.push_str(&line("grid", [x(*mark), TOP - 6.0, x(*mark), bottom]));
        body.push_str(&label(x(*mark), bottom + 16.0, "middle", "wb-small", &Exact::measured(*mark).grouped(0)));
    }
    let mut heads = vec!["design".to_owned()];
    heads.extend(categories.iter().map(|category| format!(">{}", category.title())));
    heads.push(format!(">total, {}", currency.code()));
    let mut table = Table::new("", &heads.iter().map(String::as_str).collect::<Vec<_>>());
    let mut described = Vec::new();
    for (row, (design, bill)) in bills.iter().enumerate() {
        let y = TOP + row as f64 * ROW;
        body.push_str(&label(NAMES - 8.0, y + 17.0, "end", "wb-name", &shortened(design, 13.0, NAMES - 12.0)));
        let mut from = 0.0;
        let mut cells = vec![design.clone()];
        for (at, category) in categories.iter().enumerate() {
            let sum = bill.categories.get(category).copied().unwrap_or_default();
            cells.push(sum.grouped_cents());
            let to = from + sum.approximate().max(0.0);
            if to > from {
                body.push_str(&rect(&format!("c{}", at % TINTS), x(from), y, x(to) - x(from), BAR));
                // The number of the legend, so that a colour is never all that tells.
                if x(to) - x(from) > 14.0 {
                    body.push_str(&label((x(from) + x(to)) / 2.0, y + 16.0, "middle", "on", &(at + 1).to_string()));
                }
            }
            from = to;
        }
        let bound = crate::report::words::at_least(bill);
        let total = format!("{bound}{}", bill.monthly.likely.grouped(0));
        body.push_str(&label(x(from) + 6.0, y + 17.0, "start", "", &total));
        described.push(format!("{design}: {total} {}", currency.code()));
        cells.push(format!("{bound}{}", bill.monthly.likely.grouped_cents()));
        table.row(cells);
    }
    let mut legend_x = 8.0;
    let mut legend_y = bottom + AXIS + 8.0;
    for (at, category) in categories.iter().enumerate() {
        let words = format!("{} {}", at + 1, category.title());
        let width = 22.0 + text_width(&words, 11.0, false) + 12.0;
        if legend_x + width > WIDTH {
            (legend_x, legend_y) = (8.0, legend_y + 18.0);
        }
        body.push_str(&rect(&format!("c{}", at % TINTS), legend_x, legend_y - 10.0, 14.0, 12.0));
        body.push_str(&label(legend_x + 20.0, legend_y, "start", "wb-small", &words));
        legend_x += width;
    }
    Some(Chart {
        title: format!("What a month costs, in {}", currency.code()),
        description: format!("A bar per design, its parts by category. {}.", described.join("; ")),
        table,
        height: legend_y + 12.0,
        body,
    })
}

/// How far each ranged fact sways the bill, most first.
pub(super) fn tornado(assessed: &Assessed<'_>) -> Option<Chart> {
    let cost = assessed.assessment.cost.as_ref()?;
    let (currency, likely) = (cost.bill.currency.code(), cost.bill.monthly.likely);
    let shown: Vec<_> = cost.tornado.iter().take(MAX_BARS).collect();
    if shown.is_empty() {
        return None;
    }
    let values = || shown.iter().flat_map(|sway| [sway.low.approximate(), sway.high.approximate()]).chain([likely.approximate()]);
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let (left, right) = (250.0, WIDTH - 70.0);
    let x = |value: f64| {
        if most > least { left + 60.0 + (right - left - 60.0) * (value - least) / (most - least) } else { (left + right) / 2.0 }
    };
    let bottom = TOP + shown.len() as f64 * ROW;
    let mut body = line("axis", [x(likely.approximate()), TOP - 8.0, x(likely.approximate()), bottom]);
    body.push_str(&label(
        x(likely.approximate()),
        bottom + 16.0,
        "middle",
        "wb-small",
        &format!("likely: {} {currency}", likely.grouped(0)),
    ));
    let mut table = Table::new("", &["input", ">at its low end", ">at its high end"]);
    let mut described = Vec::new();
    for (row, sway) in shown.iter().enumerate() {
        let y = TOP + row as f64 * ROW;
        let (low, high) = (sway.low.approximate(), sway.high.approximate());
        let (from, to) = (low.min(high), low.max(high));
        body.push_str(&label(left - 10.0, y + 16.0, "end", "wb-small", &shortened(&sway.input, 11.0, left - 14.0)));
        body.push_str(&rect("c0", x(from), y, (x(to) - x(from)).max(1.0), BAR));
        let (at_from, at_to) = if low <= high { (sway.low, sway.high) } else { (sway.high, sway.low) };
        body.push_str(&label(x(from) - 5.0, y + 16.0, "end", "wb-small", &at_from.grouped(0)));
        body.push_str(&label(x(to) + 5.0, y + 16.0, "start", "wb-small", &at_to.grouped(0)));
        table.row(vec![format!("`{}`", sway.input), sway.low.grouped_cents(), sway.high.grouped_cents()]);
        described.push(format!("{}: {} to {}", sway.input, sway.low.grouped(0), sway.high.grouped(0)));
    }
    Some(Chart {
        title: format!("What sways the bill, {currency} a month"),
        description: format!("The bill at both ends of each ranged fact, alone. {}.", described.join("; ")),
        table,
        height: bottom + 28.0,
        body,
    })
}

/// The factors on single weights at which another candidate wins.
pub(super) fn weight_flips(judgement: &Judgement) -> Option<Chart> {
    let decision = &judgement.verdict.decision;
    decision.winner?;
    if decision.weight_flips.is_empty() {
        return None;
    }
    let (left, right) = (230.0, WIDTH - 20.0);
    let x = |factor: f64| left + (right - left) * factor.min(MAX_WEIGHT) / MAX_WEIGHT;
    let bottom = TOP + 12.0 + decision.weight_flips.len() as f64 * ROW;
    let mut body = line("axis", [x(1.0), TOP, x(1.0), bottom]);
    body.push_str(&label(x(1.0), TOP - 3.0, "middle", "wb-small", "as it is: 1"));
    for mark in [0.0, MAX_WEIGHT] {
        body.push_str(&label(
            x(mark),
            bottom + 16.0,
            if mark == 0.0 { "start" } else { "end" },
            "wb-small",
            &format!("× {}", significant(mark, 2)),
        ));
    }
    let mut table = Table::new("", &["force", "if it weighed", "wins"]);
    let mut described = Vec::new();
    for (row, flip) in decision.weight_flips.iter().enumerate() {
        let y = TOP + 12.0 + row as f64 * ROW;
        let force = &judgement.questionnaire.force(flip.force).label;
        let winner = &judgement.questionnaire.candidate(flip.winner).label;
        body.push_str(&label(left - 10.0, y + 16.0, "end", "wb-small", &shortened(force, 11.0, left - 14.0)));
        body.push_str(&rect("c7", left, y, right - left, BAR));
        let (from, to) = if flip.is_above { (x(flip.factor), right) } else { (left, x(flip.factor)) };
        body.push_str(&rect("c2", from, y, to - from, BAR));
        let words = format!("× {}: {winner}", significant(flip.factor, 3));
        let width = text_width(&words, 11.0, false);
        let start = if from + 5.0 + width < right { from + 5.0 } else { (right - width - 5.0).max(left + 3.0) };
        body.push_str(&label(start, y + 16.0, "start", "on", &words));
        let than = if flip.is_above { "more than" } else { "less than" };
        table.row(vec![force.clone(), format!("{than} {} times as much", significant(flip.factor, 3)), winner.clone()]);
        described.push(format!("{force} {than} {} times: {winner}", significant(flip.factor, 3)));
    }
    Some(Chart {
        title: "Weights at which the verdict changes".to_owned(),
        description: format!(
            "Each force's weight from 0 to {} times its own; marked is where another candidate wins. {}.",
            significant(MAX_WEIGHT, 2),
            described.join("; ")
        ),
        table,
        height: bottom + 26.0,
        body,
    })
}
