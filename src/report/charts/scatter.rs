//! Availability against cost: a point per design, a line per objective.

use super::names::{Area, HEIGHT as NAME_HEIGHT, Named, place};
use super::{Chart, WIDTH, at, label, line, marks, name, shortened};
use crate::assessment::{Assessed, allowed_unavailability};
use crate::diagram::text_width;
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
/// The most room that the name of a design gets.
const NAME: f64 = 200.0;
/// The size of names, and of the words on limits.
const LETTERS: f64 = 13.0;
const SMALL_LETTERS: f64 = 11.0;

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
    let (mut there, mut lines) = (Vec::new(), Vec::new());
    if let Some(allowed) = allowed {
        let words = format!("objective: {} h", significant(allowed, 3));
        body.push_str(&line("limit", [LEFT, y(allowed), right, y(allowed)]));
        lines.push(Area::around(f64::midpoint(LEFT, right), y(allowed), right - LEFT, 2.0));
        there.push(words_before(right - 6.0, y(allowed) - 5.0, &words, &mut body));
    }
    if let Some(budget) = budget {
        // At the end of its line that is farther from the words of the objective.
        let is_below = allowed.is_none_or(|allowed| y(allowed) < f64::midpoint(TOP, bottom));
        let end = if is_below { bottom - 6.0 } else { TOP + 14.0 };
        body.push_str(&line("limit", [x(budget), TOP, x(budget), bottom]));
        lines.push(Area::around(x(budget), f64::midpoint(TOP, bottom), 2.0, bottom - TOP));
        there.push(words_before(x(budget) - 5.0, end, "budget", &mut body));
    }
    let unnamed = dots(&points, (&x, &y), [&there, &lines], &mut body);
    let mut table = Table::new("", &["design", &format!(">{} a month", currency.code()), ">down a year"]);
    for point in &points {
        table.row(vec![point.name.clone(), Exact::measured(point.cost).grouped(2), minutes(point.hours * 60.0)]);
    }
    if unnamed > 0 {
        table.note(format!("{unnamed} of the names have no room in the picture."));
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

/// Writes the words on a limit so that they end at a place, and returns what they cover.
fn words_before(right: f64, baseline: f64, words: &str, body: &mut String) -> Area {
    body.push_str(&label(right, baseline, "end", "wb-limit", words));
    Area { left: right - text_width(words, SMALL_LETTERS, false), top: baseline - SMALL_LETTERS, right, bottom: baseline + 3.0 }
}

/// Draws the points, each with its name; returns how many names there is no room for.
fn dots(points: &[Point], (x, y): (&dyn Fn(f64) -> f64, &dyn Fn(f64) -> f64), [there, lines]: [&[Area]; 2], body: &mut String) -> usize {
    let names: Vec<String> = points.iter().map(|point| shortened(&point.name, LETTERS, NAME)).collect();
    let named =
        |(point, name): (&Point, &String)| Named { x: x(point.cost), y: y(point.hours), width: text_width(name, LETTERS, true) + 4.0 };
    let named: Vec<Named> = points.iter().zip(&names).map(named).collect();
    let room = Area { left: LEFT, top: TOP, right: WIDTH - 4.0, bottom: HEIGHT - BOTTOM };
    let places = place(&named, there, lines, &room);
    for (point, place) in named.iter().zip(&places) {
        if let Some((to_x, to_y)) = place.as_ref().and_then(|place| place.line_to) {
            body.push_str(&line("axis", [point.x, point.y, to_x, to_y]));
        }
    }
    for ((point, place), name) in named.iter().zip(&places).zip(&names) {
        body.push_str(&format!("<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"6\"/>\n", at(point.x), at(point.y)));
        if let Some(place) = place {
            let (middle, baseline) = (f64::midpoint(place.area.left, place.area.right), place.area.bottom - NAME_HEIGHT * 0.27);
            body.push_str(&label(middle, baseline, "middle", "wb-name", name));
        }
    }
    places.iter().filter(|place| place.is_none()).count()
}
