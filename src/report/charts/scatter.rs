//! Availability against cost: a point per design, a line per objective.

use super::{Chart, WIDTH, at, label, line, marks, name, text, width_of};
use crate::assessment::{Assessed, allowed_unavailability};
use crate::quantity::{Exact, significant};
use crate::report::table::Table;
use crate::report::words::minutes;
use crate::syntax::keys::{Table as Keys, objectives};

const HOURS_PER_YEAR: f64 = 8_760.0;
const HEIGHT: f64 = 340.0;
/// The room of the axes' words.
const LEFT: f64 = 62.0;
const TOP: f64 = 20.0;
const RIGHT: f64 = 24.0;
const BOTTOM: f64 = 52.0;
/// The height of a label: two closer than that, side by side, are moved apart.
const LABEL: f64 = 15.0;

/// A design with a bill and an availability.
struct Point {
    name: String,
    cost: f64,
    hours: f64,
}

/// Draws the chart; nothing with fewer than two designs that have a bill in one currency and an availability.
pub(super) fn availability_against_cost(assessed: &[Assessed<'_>]) -> Option<Chart> {
    let currency = assessed.iter().find_map(|one| Some(one.assessment.cost.as_ref()?.bill.currency))?;
    let points: Vec<Point> = assessed
        .iter()
        .filter_map(|one| {
            let cost = one.assessment.cost.as_ref().filter(|cost| cost.bill.currency == currency)?;
            let worst = one.assessment.availability.journeys.iter().flatten().map(|found| found.unavailability).max_by(f64::total_cmp)?;
            Some(Point { name: name(one), cost: cost.bill.monthly.likely.approximate(), hours: worst * HOURS_PER_YEAR })
        })
        .collect();
    if points.len() < 2 {
        return None;
    }
    let base = assessed.first()?.system;
    // The strictest journey decides.
    let allowed = base
        .journeys
        .iter()
        .filter_map(|journey| allowed_unavailability(base, journey))
        .min_by(f64::total_cmp)
        .map(|allowed| allowed * HOURS_PER_YEAR);
    let budget = base
        .single(Keys::Objectives)
        .and_then(|facts| facts.get(objectives::BUDGET).stated())
        .filter(|limit| limit.money.currency == currency)
        .map(|limit| crate::analysis::cost::monthly(limit).approximate());
    let largest = |values: &mut dyn Iterator<Item = f64>, limit: Option<f64>| values.chain(limit).fold(0.0, f64::max);
    let costs = marks(largest(&mut points.iter().map(|point| point.cost), budget));
    let hours = marks(largest(&mut points.iter().map(|point| point.hours), allowed));
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let x = |cost: f64| LEFT + (right - LEFT) * cost / costs[costs.len() - 1];
    let y = |hour: f64| bottom - (bottom - TOP) * hour / hours[hours.len() - 1];
    let mut body = String::new();
    for mark in &costs {
        body.push_str(&line("grid", [x(*mark), TOP, x(*mark), bottom]));
        body.push_str(&label(x(*mark), bottom + 16.0, "middle", "wb-small", &Exact::measured(*mark).grouped(0)));
    }
    for mark in &hours {
        body.push_str(&line("grid", [LEFT, y(*mark), right, y(*mark)]));
        body.push_str(&label(LEFT - 8.0, y(*mark) + 4.0, "end", "wb-small", &format!("{} h", significant(*mark, 3))));
    }
    body.push_str(&label((LEFT + right) / 2.0, HEIGHT - 12.0, "middle", "wb-small", &format!("{} a month →", currency.code())));
    body.push_str(&label(LEFT, TOP - 7.0, "start", "wb-small", "hours down a year, worst journey ↑"));
    if let Some(allowed) = allowed {
        body.push_str(&line("limit", [LEFT, y(allowed), right, y(allowed)]));
        body.push_str(&label(right, y(allowed) - 5.0, "end", "wb-limit", &format!("objective: {} h", significant(allowed, 3))));
    }
    if let Some(budget) = budget {
        body.push_str(&line("limit", [x(budget), TOP, x(budget), bottom]));
        body.push_str(&label(x(budget) - 5.0, bottom - 6.0, "end", "wb-limit", "budget"));
    }
    body.push_str(&dots(&points, &x, &y));
    let mut table = Table::new("", &["design", &format!(">{} a month", currency.code()), ">down a year"]);
    for point in &points {
        table.row(vec![point.name.clone(), Exact::measured(point.cost).grouped(2), minutes(point.hours * 60.0)]);
    }
    let described: Vec<String> = points
        .iter()
        .map(|point| {
            format!("{}: {} {} and {}", point.name, Exact::measured(point.cost).grouped(0), currency.code(), minutes(point.hours * 60.0))
        })
        .collect();
    Some(Chart {
        title: "Availability against cost".to_owned(),
        description: format!("Cost of a month and time down a year of each design; low and left is better. {}.", described.join("; ")),
        table,
        height: HEIGHT,
        body,
    })
}

/// Draws the points, each with its name beside it; names that would cover each other are moved down.
fn dots(points: &[Point], x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64) -> String {
    let mut order: Vec<&Point> = points.iter().collect();
    order.sort_by(|a, b| y(a.hours).total_cmp(&y(b.hours)).then(a.name.cmp(&b.name)));
    let mut out = String::new();
    let mut taken: Vec<[f64; 3]> = Vec::new();
    for point in order {
        let (px, py) = (x(point.cost), y(point.hours));
        let width = width_of(&point.name, 13.0);
        let is_left = px + 10.0 + width > WIDTH - RIGHT;
        let start = if is_left { px - 10.0 - width } else { px + 10.0 };
        let mut label_y = py + 4.0;
        while taken.iter().any(|[from, to, other]| start < *to && start + width > *from && (label_y - other).abs() < LABEL) {
            label_y += LABEL;
        }
        taken.push([start, start + width, label_y]);
        if (label_y - py - 4.0).abs() > 1.0 {
            out.push_str(&line("grid", [px, py, if is_left { px - 8.0 } else { px + 8.0 }, label_y - 4.0]));
        }
        out.push_str(&format!("<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"6\"/>\n", at(px), at(py)));
        out.push_str(&format!("<text class=\"wb-name\" x=\"{}\" y=\"{}\">{}</text>\n", at(start), at(label_y), text(&point.name)));
    }
    out
}
