//! *What is a figure called, how is its number printed, and how is it computed?* By its path, the same wherever it is shown.

use super::words::{bytes, bytes_per_second, marked, milliseconds, minutes, number, per_second, percentage, share};
use crate::comparison::Delta;
use crate::quantity::{Exact, grouped};

/// A kind of figure.
struct Kind {
    /// The end of its paths.
    name: &'static str,
    /// What it is called.
    words: &'static str,
    print: fn(f64) -> String,
    /// How it is computed.
    formula: &'static str,
    /// The page that says more.
    page: &'static str,
}

const fn kind(name: &'static str, words: &'static str, print: fn(f64) -> String, formula: &'static str, page: &'static str) -> Kind {
    Kind { name, words, print, formula, page }
}

const TIMES: &str = "a point of the distribution of the time along the call tree: per call a round trip, transfer = bytes ÷ bandwidth, the wait for a worker and the service time; calls in a row add up, parallel ones take the slowest, timeouts and retries as stated";
const TREE: &str =
    "over the journey's call tree: T(step) = when · times · (1 + T(children)); a row of steps adds up, parallel steps take the largest";
const DEFINITION: &str = "Σ over the calls of the journey: times · when · what one call sends, first attempts only";

/// The kinds, by the ends of paths; the first that fits counts.
const KINDS: &[Kind] = &[
    kind("rate_per_s", "requests", per_second, "stated: the journey's `rate`", "language"),
    kind(
        "network_messages",
        "network messages",
        number,
        "Σ over the calls that leave a machine: times · when · 2 for a call, 1 for a message",
        "results",
    ),
    kind(
        "messages",
        "messages",
        number,
        "Σ over the calls of the journey: times · when · 2 for a call, 1 for a message; first attempts only",
        "results",
    ),
    kind(
        "messages_with_retries",
        "messages with retries",
        number,
        "messages · E[attempts], E[attempts] = (1 − p^(r+1)) ÷ (1 − p) with p the share of failed calls and r the retries",
        "results",
    ),
    kind(
        "network_bytes",
        "network bytes",
        bytes,
        "Σ over the calls that leave a machine: times · when · (payload + response + overhead) ÷ (1 − loss)",
        "results",
    ),
    kind(
        "bytes",
        "bytes",
        bytes,
        "Σ over the calls of the journey: times · when · (payload + response + overhead) ÷ (1 − loss)",
        "results",
    ),
    kind("bytes_with_retries", "bytes with retries", bytes, "bytes · E[attempts], E[attempts] = (1 − p^(r+1)) ÷ (1 − p)", "results"),
    kind("bytes_per_s", "bytes a second", bytes_per_second, "Σ over the journeys: rate · bytes of a request", "results"),
    kind("network_round_trips", "network round trips", number, TREE, "results"),
    kind("serial_round_trips", "round trips in a row", number, TREE, "results"),
    kind("depth", "depth of calls", number, "the longest chain of synchronous calls", "results"),
    kind("fan_out", "widest fan-out", number, "the most calls that one step starts at the same time", "results"),
    kind(
        "team_crossings",
        "calls between teams",
        number,
        "Σ over the calls between components of different owners: times · when",
        "results",
    ),
    kind("replication_messages", "messages of replication", number, "Σ over writing visits: what the store's replication sends", "results"),
    kind("sidecar_messages", "messages of sidecars", number, "2 for every call into or out of a component, per sidecar of it", "results"),
    kind("mean_ms", "mean time", milliseconds, TIMES, "latency"),
    kind("p50_ms", "p50", milliseconds, TIMES, "latency"),
    kind("p95_ms", "p95", milliseconds, TIMES, "latency"),
    kind("p99_ms", "p99", milliseconds, TIMES, "latency"),
    kind("p999_ms", "p99.9", milliseconds, TIMES, "latency"),
    kind(
        "utilization",
        "utilization",
        percentage,
        "ρ = λ · s ÷ c: requests a second with retries, times the service time, over the workers of the pool; with `contention` σ or `coherence` κ, s · (1 + σ(N − 1) + κN(N − 1)) on N replicas",
        "latency",
    ),
    kind(
        "max_rate_per_s",
        "most requests",
        per_second,
        "Σ rates ÷ the largest utilization of a pool: all journeys grow together until the first pool is full; N replicas with `contention` σ or `coherence` κ carry N ÷ (1 + σ(N − 1) + κN(N − 1)) times what one does",
        "latency",
    ),
    kind(
        "downtime_minutes_per_year",
        "down a year",
        minutes,
        "525,600 · U, where U is the probability that the journey's failure expression holds",
        "failure",
    ),
    kind(
        "incidents_per_year",
        "incidents a year",
        number,
        "8,760 · Σ Birnbaum importance · q ÷ MTTR (hours) over the events that can fail it",
        "failure",
    ),
    kind("mean_outage_minutes", "mean outage", minutes, "525,600 · U ÷ incidents a year", "failure"),
    kind(
        "unavailability_without_common_cause",
        "unavailability without common causes",
        share,
        "U with every replica failing on its own",
        "failure",
    ),
    kind(
        "naive_unavailability",
        "unavailability if nothing were shared",
        share,
        "1 − Π (1 − q) over the parts, as if each call had parts of its own",
        "failure",
    ),
    kind(
        "unavailability",
        "unavailability",
        share,
        "U = P(the journey's failure expression holds), exact, by a binary decision diagram over independent events; each fails q = MTTR ÷ (MTBF + MTTR) of the time",
        "failure",
    ),
    kind("traffic_lost", "traffic lost", share, "Σ rate · share of requests that fail ÷ Σ rate, with this down and all else up", "failure"),
    kind(
        "users_lost",
        "users lost",
        share,
        "Σ share of users · share of their requests that fail, with this down and all else up",
        "failure",
    ),
    kind("per_1000_requests", "1,000 requests cost", money, "1,000 · a month's bill ÷ the requests of a month of 730 h", "cost"),
    kind("least", "a month costs at least", money, "the bill with every pool at its fewest replicas", "cost"),
    kind("most", "a month costs at most", money, "the bill with every pool at its most replicas", "cost"),
    kind("monthly", "a month costs", money, "Σ over the lines of the bill: quantity of a month of 730 h · price, tier by tier", "cost"),
];

/// An amount of money, without its currency.
fn money(value: f64) -> String {
    let exact = Exact::measured(value);
    if value != 0.0 && value.abs() < 1.0 { exact.rounded(6).plain() } else { exact.grouped_cents() }
}

fn find(path: &str) -> Option<&'static Kind> {
    let name = path.rsplit('.').next().unwrap_or(path);
    KINDS.iter().find(|kind| kind.name == name)
}

/// Says in words what a figure's path names.
pub(super) fn label(path: &str) -> String {
    let words = |name: &str| find(name).map_or_else(|| name.replace('_', " "), |kind| kind.words.to_owned());
    let (rest, name) = path.rsplit_once('.').unwrap_or(("", path));
    match rest.split_once('.') {
        Some(("domains", id)) => format!("{} down: {}", marked(id), words(name)),
        Some(("links", id)) => format!("{}: {}", marked(id), words(name)),
        Some(("cost", "categories")) => format!("a month costs: {name}"),
        Some(("capacity", stations)) => {
            let station = stations.strip_prefix("stations.").unwrap_or(stations);
            format!("{}: {}", marked(station), words(name))
        }
        Some(("journeys", rest)) => {
            if let Some(journey) = rest.strip_suffix(".completion.latency") {
                return format!("{} completed: {}", marked(journey), words(name));
            }
            for (part, before) in [(".communication.crossings", "messages "), (".communication.bytes_by_class", "bytes ")] {
                if let Some(journey) = rest.strip_suffix(part) {
                    return format!("{}: {before}{name}", marked(journey));
                }
            }
            let journey = [".communication", ".latency", ".failure"].iter().find_map(|part| rest.strip_suffix(part)).unwrap_or(rest);
            format!("{}: {}", marked(journey), words(name))
        }
        _ => words(name),
    }
}

/// Says how a figure is computed, and which page says more.
pub(super) fn formula(path: &str) -> (&'static str, &'static str) {
    match find(path) {
        Some(kind) => (kind.formula, kind.page),
        None if path.starts_with("cost.") => {
            ("Σ over the lines of this category: quantity of a month of 730 h · price, tier by tier", "cost")
        }
        None => (DEFINITION, "results"),
    }
}

/// Says whether a figure is a share of one, whose differences are points.
pub(super) fn is_share(path: &str) -> bool {
    matches!(
        path.rsplit('.').next(),
        Some("traffic_lost" | "users_lost" | "unavailability" | "naive_unavailability" | "unavailability_without_common_cause")
    )
}

/// Returns how a figure is printed.
pub(super) fn printer(path: &str) -> fn(f64) -> String {
    match find(path) {
        Some(kind) => kind.print,
        None if path.contains(".bytes_by_class.") => bytes,
        None if path.starts_with("cost.") => money,
        None => number,
    }
}

/// Returns how a difference of a figure is printed.
pub(super) fn difference_printer(path: &str) -> fn(f64) -> String {
    if is_share(path) { points } else { printer(path) }
}

/// Prints a difference of two shares, which is no share of either.
fn points(value: f64) -> String {
    let text = share(value);
    text.strip_suffix(" %").map_or_else(|| text.clone(), |number| format!("{number} points"))
}

/// Prints a difference with its sign.
pub(super) fn signed(value: f64, print: fn(f64) -> String) -> String {
    let text = if value == 0.0 { "0".to_owned() } else { print(value.abs()) };
    if value > 0.0 {
        format!("+{text}")
    } else if value < 0.0 {
        format!("−{text}")
    } else {
        text
    }
}

/// Prints the difference of two systems with its range.
pub(super) fn difference(delta: &Delta, print: fn(f64) -> String) -> String {
    let likely = || signed(delta.to - delta.from, print);
    match delta.difference_range {
        // What has no price is only more on its side.
        None if delta.at_least == [true, false] => format!("≤ {}", likely()),
        None if delta.at_least == [false, true] => format!("≥ {}", likely()),
        None if delta.at_least == [true, true] => likely(),
        Some((low, high)) if signed(low, print) != signed(high, print) => format!("{} to {}", signed(low, print), signed(high, print)),
        Some((low, _)) => signed(low, print),
        None => format!("{}, range not known", likely()),
    }
}

/// Prints a part of a whole as a percentage, for shares that may be negative or above one.
pub(super) fn part_of(part: f64, whole: f64) -> String {
    let percent = 100.0 * part / whole;
    let text = grouped(&format!("{:.0}", percent.abs()));
    format!("{}{text} %", if percent <= -0.5 { "−" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::{KINDS, label, printer};

    #[test]
    fn figures_are_called_what_readers_call_them() {
        assert_eq!(label("journeys.order.latency.p99_ms"), "`order`: p99");
        assert_eq!(label("journeys.order.completion.latency.p99_ms"), "`order` completed: p99");
        assert_eq!(label("journeys.a.communication.crossings.cross-zone"), "`a`: messages cross-zone");
        assert_eq!(label("domains.eu-a.traffic_lost"), "`eu-a` down: traffic lost");
        assert_eq!(label("links.a -> b.bytes_per_s"), "`a -> b`: bytes a second");
        assert_eq!(label("capacity.max_rate_per_s"), "most requests");
        assert_eq!(label("capacity.stations.db.utilization"), "`db`: utilization");
        assert_eq!(label("cost.monthly"), "a month costs");
        assert_eq!(label("cost.categories.compute"), "a month costs: compute");
        assert_eq!(printer("cost.monthly")(1234.5), "1,234.50");
        assert_eq!(printer("journeys.a.latency.p99_ms")(1500.0), "1.5 s");
    }

    #[test]
    fn every_kind_is_reached() {
        for (at, kind) in KINDS.iter().enumerate() {
            assert_eq!(KINDS.iter().position(|other| other.name == kind.name), Some(at), "{}", kind.name);
        }
    }
}
