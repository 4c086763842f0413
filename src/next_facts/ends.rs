//! Between which ends does a fact plausibly lie that nobody has stated, and where is it usually read?
//!
//! Judgement, stated openly: factors and bounds are wide on purpose, so that what is called harmless is. Where a source has seen a spread, the spread is the range.

use crate::quantity::{Dimension, Ranged};

/// Which end makes a design better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Better {
    /// The low one: times, sizes, loads.
    Low,
    /// The high one: availabilities, workers.
    High,
}

/// What is known of a key.
pub(super) struct Row {
    /// The key, or the name of a constant; of a group of constants the first word with its dot.
    key: &'static str,
    spread: Spread,
    pub(super) better: Better,
    /// Where such a figure is usually read.
    pub(super) read: &'static str,
}

/// The ends.
#[derive(Clone, Copy)]
enum Spread {
    /// The value divided and multiplied by factors.
    Factors(f64, f64),
    /// What is missing to one, multiplied and divided by a factor.
    Complement(f64),
    /// These bounds, in base units, and what the value is.
    Between(f64, f64),
}

use Better::{High, Low};
use Spread::{Between, Complement, Factors};

macro_rules! rows {
    ($($key:literal $spread:expr, $better:ident, $read:literal;)*) => {
        const ROWS: &[Row] = &[$(Row { key: $key, spread: $spread, better: $better, read: $read },)*];
    };
}

rows! {
    "availability" Complement(10.0), High, "the incident log: hours down in the last year ÷ 8,760";
    "mtbf" Factors(4.0, 4.0), High, "the incident log: days between two failures";
    "mttr" Factors(4.0, 4.0), Low, "the incident log: from the failure to service restored, the mean";
    "detection" Factors(4.0, 4.0), Low, "the incident log: from the failure to the alarm";
    "repair" Factors(4.0, 4.0), Low, "the incident log: from the first look to service restored";
    "common-cause" Factors(10.0, 4.0), Low, "the incident log: failures that hit all copies ÷ all failures";
    "failover-time" Factors(6.0, 10.0), Low, "the last failover, or the next drill";
    "service-time" Between(0.001, 0.1), Low, "a trace of one request, or processors busy ÷ requests a second";
    "concurrency" Between(1.0, 64.0), High, "the configuration: worker threads or processes; cores, where the work is computing";
    "connections" Between(1.0, 1_000.0), High, "the configuration of the server or of its pool";
    "rate" Between(0.1, 1_000.0), Low, "the load balancer's dashboard, or the access log's lines over a day";
    "peak" Between(0.1, 10_000.0), Low, "the busiest hour on the load balancer's dashboard";
    "payload" Factors(10.0, 10.0), Low, "the access log's bytes received, or a trace";
    "response" Factors(10.0, 10.0), Low, "the access log's bytes sent, or a trace";
    "data" Between(1e9, 1e12), Low, "the store's own statistics, or the volume's use";
    "timeout" Factors(4.0, 4.0), Low, "the client's configuration";
    "lag" Factors(10.0, 10.0), Low, "the store's replication lag, on its dashboard";
    "hit" Complement(3.0), High, "the cache's hits ÷ lookups";
    "same-host" Between(5e-6, 1e-3), Low, "ping, or a round trip in a load test";
    "same-zone" Between(0.26e-3, 1.1e-3), Low, "ping between two machines of the zone";
    "cross-zone" Between(0.25e-3, 3.4e-3), Low, "ping between machines of two zones";
    "cross-region-near" Factors(2.0, 3.0), Low, "the provider's latency matrix, or ping";
    "cross-region-continental" Factors(2.0, 3.0), Low, "the provider's latency matrix, or ping";
    "cross-region-intercontinental" Factors(2.0, 3.2), Low, "the provider's latency matrix, or ping";
    "internet" Between(0.03, 0.408), Low, "real-user monitoring: round trip by country";
    "round-trip-tail." Factors(2.0, 2.0), Low, "ping: the slowest of a hundred ÷ the median";
    "json." Factors(2.0, 50.0), Low, "a profile of the service";
    "backoff.first" Factors(4.0, 4.0), Low, "the client's configuration";
    "failed-call." Factors(10.0, 10.0), Low, "the client's error rate on its dashboard";
    "packet-loss." Factors(10.0, 10.0), Low, "ping -c 1000, or the kernel's retransmission counters";
    "sidecar.service-time" Between(60e-6, 2.65e-3), Low, "the mesh's own metrics";
}

/// What stands for every other key.
const OTHER: Row = Row { key: "", spread: Factors(3.0, 3.0), better: Low, read: "whoever runs it, or a measurement" };

/// How far what somebody guessed may be off, either way.
pub(super) const GUESS: f64 = 3.0;

/// How far an estimate, or a figure that has aged, may be off, either way.
pub(super) const ESTIMATE: f64 = 1.5;

/// Finds what is known of a fact, by its path.
pub(super) fn row(path: &str) -> &'static Row {
    let last = path.rsplit('.').next().unwrap_or(path);
    let name = path.strip_prefix("assumptions.").unwrap_or("");
    let is_it = |row: &&Row| if row.key.ends_with('.') { name.starts_with(row.key) } else { row.key == name };
    ROWS.iter().find(is_it).or_else(|| ROWS.iter().find(|row| row.key == last)).unwrap_or(&OTHER)
}

impl Row {
    /// Returns the range of a fact that is assumed to have a value.
    pub(super) fn around(&self, now: f64, dimension: Dimension) -> Ranged<f64> {
        spread(self.spread, now, dimension)
    }

    /// Returns the ends of a fact that nobody assumes a value of; none where no bounds are known.
    pub(super) fn bounds(&self) -> Option<(f64, f64)> {
        if let Between(low, high) = self.spread { Some((low, high)) } else { None }
    }
}

/// Returns the range of a fact that may be off by a factor.
pub(super) fn off_by(factor: f64, now: f64, path: &str, dimension: Dimension) -> Ranged<f64> {
    let spread_of = if row(path).key == "availability" { Complement(factor) } else { Factors(factor, factor) };
    spread(spread_of, now, dimension)
}

fn spread(of: Spread, now: f64, dimension: Dimension) -> Ranged<f64> {
    let (low, high) = match of {
        Factors(down, up) => (now / down, now * up),
        Complement(factor) => (1.0 - ((1.0 - now) * factor).min(1.0), 1.0 - (1.0 - now) / factor),
        Between(low, high) => (low.min(now), high.max(now)),
    };
    let high = if dimension == Dimension::Share { high.min(1.0) } else { high };
    Ranged { low, likely: now, high }
}

/// Writes a range as a model file has it: three points and one unit.
pub(super) fn text(range: Ranged<f64>, dimension: Dimension) -> String {
    let (factor, unit) = unit(dimension);
    if range.is_range() {
        format!("{}..{}..{}{unit}", digits(range.low * factor), digits(range.likely * factor), digits(range.high * factor))
    } else {
        format!("{}{unit}", digits(range.likely * factor))
    }
}

const fn unit(dimension: Dimension) -> (f64, &'static str) {
    match dimension {
        Dimension::Duration => (1_000.0, "ms"),
        Dimension::Rate => (1.0, "/s"),
        Dimension::Bytes => (1.0, "B"),
        Dimension::Bandwidth => (1.0, "B/s"),
        Dimension::Share => (100.0, "%"),
        Dimension::Number => (1.0, ""),
    }
}

/// Writes a number with as many digits as tell it from its neighbours, and no more: a factor of 100 adds none.
fn digits(value: f64) -> String {
    let text = format!("{value:.12}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Writes one end for people.
pub(super) fn shown(value: f64, dimension: Dimension) -> String {
    use crate::quantity::{self, Bytes, Duration, Probability, Rate};
    match dimension {
        Dimension::Duration => quantity::duration(Duration::new(value)),
        Dimension::Rate => quantity::rate(Rate::new(value)),
        Dimension::Bytes => quantity::bytes(Bytes::new(value)),
        Dimension::Bandwidth => format!("{}/s", quantity::bytes(Bytes::new(value))),
        Dimension::Share if value > 0.9 => quantity::availability(Probability::new(1.0 - value)),
        Dimension::Share => quantity::percent(Probability::new(value)),
        Dimension::Number => quantity::significant(value, 3),
    }
}

#[cfg(test)]
mod tests {
    use super::{GUESS, off_by, row, text};
    use crate::quantity::{Dimension, Ranged, parse_quantity};

    #[test]
    fn an_availability_is_spread_by_what_is_missing_to_one() {
        let range = row("components.db.availability").around(0.999, Dimension::Share);
        assert!((range.low - 0.99).abs() < 1e-12 && (range.high - 0.9999).abs() < 1e-12, "{range:?}");
        let guessed = off_by(GUESS, 0.999, "components.db.availability", Dimension::Share);
        assert!((guessed.low - 0.997).abs() < 1e-12, "{guessed:?}");
        assert!(row("components.db.availability").around(0.5, Dimension::Share).low >= 0.0);
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (value, dimension) in
            [(0.0000121, Dimension::Duration), (0.9995, Dimension::Share), (1_500.0, Dimension::Bytes), (0.03, Dimension::Rate)]
        {
            let range = Ranged { low: value / 3.0, likely: value, high: value * 1.0001 };
            let text = text(range, dimension);
            let read = parse_quantity(&text, dimension).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert!((read.likely / value - 1.0).abs() < 1e-6, "{text}");
        }
    }

    #[test]
    fn constants_are_found_by_name_and_by_group() {
        assert!(row("assumptions.json.read").read.contains("profile"));
        assert!(row("assumptions.internet").read.contains("real-user"));
        assert!(row("locations.eu.mttr").read.contains("incident"));
        assert!(row("links.a -> b.payload").read.contains("access log"));
        assert!(row("components.db.backlog").read.contains("whoever"));
    }
}
