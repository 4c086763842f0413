//! How long users wait: the distribution of the slowest journey's times, a curve per design.

use super::{Chart, LINES, WIDTH, at, label, line, marks, name};
use crate::analysis::latency::Times;
use crate::assessment::Assessed;
use crate::quantity::duration;
use crate::report::table::Table;
use crate::report::words::milliseconds;

const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 46.0;
/// The most designs that are told apart.
const MAX_CURVES: usize = LINES;

/// Draws the curves of the journey that is slowest today, of the designs that have it.
pub(super) fn latencies(assessed: &[Assessed<'_>]) -> Option<Chart> {
    let base = assessed.first()?;
    let slowest = base.system.journeys.iter().zip(&base.assessment.latency.journeys).filter_map(|(journey, found)| {
        let times = found.mean_load.as_ref().filter(|times| !times.curve.is_empty())?;
        Some((journey.id.as_str(), times.p99.seconds()))
    });
    let (journey, _) = slowest.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let curves: Vec<(String, &Times)> = assessed
        .iter()
        .filter_map(|one| {
            let at = one.system.journeys.iter().position(|own| own.id == journey)?;
            Some((name(one), one.assessment.latency.journeys[at].mean_load.as_ref()?))
        })
        .take(MAX_CURVES)
        .collect();
    let longest = curves.iter().map(|(_, times)| times.p99.seconds() * 1_000.0).fold(0.0, f64::max) * 1.1;
    let times_ms = marks(longest);
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let last = times_ms[times_ms.len() - 1];
    let x = |ms: f64| LEFT + (right - LEFT) * ms.min(last) / last;
    let y = |share: f64| bottom - (bottom - TOP) * share;
    let mut body = String::new();
    for mark in &times_ms {
        body.push_str(&line("grid", [x(*mark), TOP, x(*mark), bottom]));
        body.push_str(&label(
            x(*mark),
            bottom + 16.0,
            "middle",
            "wb-small",
            &if *mark == 0.0 { "0".to_owned() } else { milliseconds(*mark) },
        ));
    }
    for (share, words) in [(0.0, "0 %"), (0.5, "50 %"), (0.99, "99 %"), (1.0, "")] {
        body.push_str(&line("grid", [LEFT, y(share), right, y(share)]));
        body.push_str(&label(LEFT - 6.0, y(share) + 4.0, "end", "wb-small", words));
    }
    body.push_str(&label((LEFT + right) / 2.0, HEIGHT - 10.0, "middle", "wb-small", "answered within →"));
    let mut table = Table::new("", &["design", ">p50", ">p95", ">p99", ">p99.9"]);
    let mut described = Vec::new();
    for (number, (design, times)) in curves.iter().enumerate() {
        let points: Vec<String> = times
            .curve
            .iter()
            .map(|(time, share)| (time.seconds() * 1_000.0, *share))
            .filter(|(_, share)| *share < 0.99)
            .chain([(times.p99.seconds() * 1_000.0, 0.99)])
            .filter(|(ms, _)| *ms <= last)
            .map(|(ms, share)| format!("{},{}", at(x(ms)), at(y(share))))
            .collect();
        body.push_str(&format!("<polyline class=\"curve l{}\" points=\"{}\"/>\n", number % LINES, points.join(" ")));
        let key_y = TOP + 14.0 + number as f64 * 22.0;
        body.push_str(&format!(
            "<line class=\"curve l{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n",
            number % LINES,
            at(right + 10.0),
            at(key_y - 4.0),
            at(right + 36.0),
            at(key_y - 4.0)
        ));
        body.push_str(&label(right + 42.0, key_y, "start", "wb-small", &super::shortened(design, 11.0, RIGHT - 46.0)));
        table.row(vec![design.clone(), duration(times.p50), duration(times.p95), duration(times.p99), duration(times.p999)]);
        described.push(format!("{design}: half within {}, 99 % within {}", duration(times.p50), duration(times.p99)));
    }
    Some(Chart {
        title: format!("How long users wait for {journey}"),
        description: format!("The share of requests that are answered within a time, at mean load. {}.", described.join("; ")),
        table,
        height: HEIGHT,
        body,
    })
}
