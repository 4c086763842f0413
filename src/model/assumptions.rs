//! The constants that stand in where a model says nothing: one table, each with its source and date, each to be overridden by name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::quantity::{Dimension, Ranged, parse_quantity};
use crate::source::Span;
use crate::syntax::keys::{Figure, Mark};

/// The version of this set; a model may pin it.
pub const ASSUMPTION_SET: &str = "2026.1";

/// The day on which the sources were last read.
pub const AS_OF: &str = "2026-11-01";

/// One constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    /// The name by which `[assumptions]` overrides it.
    pub name: &'static str,
    /// The value, as it would be written.
    pub value: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// What it is.
    pub doc: &'static str,
    /// Where it comes from; `assumed` where no source was found.
    pub source: &'static str,
}

/// The mark of a figure without a source.
const ASSUMED: &str = "assumed: no source found";
const RTT: &str = "evanjones.ca, network latencies 2021; EC2 measurements 2009 and 2014";
const REGION: &str = "cloudping matrix: us-east-1 to us-west-2 71.4 ms, to eu-west-1 66.6 ms";
const BETA: &str = "common-cause practice: .10 for identical hardware, software and environment";

const RETRY_BUDGET: &str = "Site Reliability Engineering, O'Reilly 2016, chapter 21: below 10 % of a client's requests";
const BREAKER: &str = "Resilience4j's defaults, as camel.apache.org documents them";

macro_rules! constants {
    ($($name:literal $value:literal $dimension:ident $doc:literal $source:expr;)*) => {
        /// All constants, by group.
        pub const CONSTANTS: &[Constant] =
            &[$(Constant { name: $name, value: $value, dimension: Dimension::$dimension, doc: $doc, source: $source },)*];
    };
}

constants! {
    "same-host" "12us" Duration "round trip on one machine (p99 42 us)" "measured, 1 KB echo; evanjones.ca, network latencies 2021";
    "same-zone" "0.5ms" Duration "round trip inside a zone; .26 to 1.1 ms seen" RTT;
    "cross-zone" "1ms" Duration "round trip between zones of a region; .25 to 3.4 ms seen" "xkyle.com, region and zone latency; EC2 2014: 1.33 to 2.11 ms";
    "cross-region-near" "15ms" Duration "round trip between near regions; only by an override" REGION;
    "cross-region-continental" "70ms" Duration "round trip between regions of a continent" REGION;
    "cross-region-intercontinental" "150ms" Duration "round trip between continents; up to 485 ms seen" REGION;
    "internet" "60ms" Duration "round trip from a user to a region; 52 to 408 ms seen" "awsping README";
    "round-trip-tail.same-host" "3.5" Number "99th percentile of a round trip on one machine, as a multiple of the median" "measured, 1 KB echo: 42 us to 12 us";
    "round-trip-tail.same-zone" "4" Number "the same inside a zone" ASSUMED;
    "round-trip-tail.cross-zone" "3" Number "the same between zones of a region" ASSUMED;
    "round-trip-tail.region" "1.3" Number "the same between regions" ASSUMED;
    "round-trip-tail.internet" "3" Number "the same over the internet" ASSUMED;
    "json.write" "2us" Duration "work of writing 1 KB of JSON; managed runtimes take 2 to 50 times as long" ASSUMED;
    "json.read" "5us" Duration "work of reading 1 KB of JSON; managed runtimes take 2 to 50 times as long" "assumed; the benchmarks of serde_json_borrow 0.4.5 measured 7 us for flat objects";
    "backoff.first" "100ms" Duration "the pause before the first retry, where a backoff is stated" ASSUMED;
    "retry-budget" "10%" Share "the share of retries that `retry-budget = true` allows; 20 % and 10 a second in Finagle" RETRY_BUDGET;
    "breaker.threshold" "50%" Share "the share of failed calls at which a circuit breaker opens; simulation only" BREAKER;
    "breaker.window" "100" Number "the calls over which that share is taken" BREAKER;
    "breaker.open" "60s" Duration "how long it stays open before ten calls are let through to try" BREAKER;
    "failed-call.in-process" "0%" Share "share of failed calls inside a process" ASSUMED;
    "failed-call.same-host" "0%" Share "share of failed calls on one machine" ASSUMED;
    "failed-call.same-zone" "0.1%" Share "share of failed calls inside a zone" ASSUMED;
    "failed-call.cross-zone" "0.1%" Share "share of failed calls between zones" ASSUMED;
    "failed-call.region" "0.1%" Share "share of failed calls between regions" ASSUMED;
    "failed-call.internet" "1%" Share "share of failed calls over the internet" ASSUMED;
    "packet-loss.inside" "0.001%" Share "share of lost packets inside a provider's network" ASSUMED;
    "packet-loss.internet" "0.1%" Share "share of lost packets over the internet" ASSUMED;
    "payload" "1.5KB" Bytes "size of a request or message (median; p99 196 KB)" "RPC characterization study, SOSP 2023";
    "response" "1.5KB" Bytes "size of a reply (median; p99 563 KB)" "RPC characterization study, SOSP 2023";
    "sidecar.service-time" "200us" Duration "work of a sidecar per request" "istio.io, performance and scalability";
    "failover-time" "60s" Duration "an automatic failover" ASSUMED;
    "service.availability" "99.9%" Share "one instance of a service" ASSUMED;
    "service.mttr" "30min" Duration "time to restore a service's instance" ASSUMED;
    "job.availability" "99.9%" Share "one instance of a job" ASSUMED;
    "job.mttr" "30min" Duration "time to restore a job's instance" ASSUMED;
    "function.availability" "99.9%" Share "one instance of a function" ASSUMED;
    "function.mttr" "30min" Duration "time to restore a function" ASSUMED;
    "sidecar.availability" "99.9%" Share "one instance of a sidecar" ASSUMED;
    "sidecar.mttr" "30min" Duration "time to restore a sidecar" ASSUMED;
    "platform.availability" "99.9%" Share "a platform" ASSUMED;
    "platform.mttr" "30min" Duration "time to restore a platform" ASSUMED;
    "proxy.availability" "99.95%" Share "one instance of a proxy" ASSUMED;
    "proxy.mttr" "15min" Duration "time to restore a proxy's instance" ASSUMED;
    "database.availability" "99.9%" Share "one instance of a database" ASSUMED;
    "database.mttr" "1h" Duration "time to restore a database's instance" ASSUMED;
    "queue.availability" "99.9%" Share "one instance of a queue" ASSUMED;
    "queue.mttr" "1h" Duration "time to restore a queue's instance" ASSUMED;
    "cache.availability" "99.9%" Share "one instance of a cache" ASSUMED;
    "cache.mttr" "15min" Duration "time to restore a cache's instance" ASSUMED;
    "storage.availability" "99.99%" Share "storage" ASSUMED;
    "storage.mttr" "1h" Duration "time to restore storage" ASSUMED;
    "cdn.availability" "99.99%" Share "a content delivery network" ASSUMED;
    "cdn.mttr" "1h" Duration "time to restore a content delivery network" ASSUMED;
    "external.availability" "99.9%" Share "a system that others run" ASSUMED;
    "external.mttr" "1h" Duration "time until others restore their system" ASSUMED;
    "node.availability" "99.9%" Share "one machine" ASSUMED;
    "node.mttr" "1h" Duration "time to replace a machine" ASSUMED;
    "device.availability" "99.9%" Share "one device" ASSUMED;
    "device.mttr" "1h" Duration "time to replace a device" ASSUMED;
    "edge.availability" "99.9%" Share "one point of presence" ASSUMED;
    "edge.mttr" "1h" Duration "time to restore a point of presence" ASSUMED;
    "rack.availability" "99.99%" Share "one rack" ASSUMED;
    "rack.mttr" "1h" Duration "time to restore a rack" ASSUMED;
    "cluster.availability" "99.99%" Share "one cluster as such" ASSUMED;
    "cluster.mttr" "1h" Duration "time to restore a cluster" ASSUMED;
    "zone.availability" "99.99%" Share "one zone" ASSUMED;
    "zone.mttr" "2h" Duration "time to restore a zone" ASSUMED;
    "datacenter.availability" "99.99%" Share "one data centre" ASSUMED;
    "datacenter.mttr" "2h" Duration "time to restore a data centre" ASSUMED;
    "region.availability" "99.995%" Share "one region as such" ASSUMED;
    "network.mttr" "1h" Duration "time to restore a connection" ASSUMED;
    "region.mttr" "4h" Duration "time to restore a region" ASSUMED;
    "provider.availability" "99.999%" Share "one provider as such" ASSUMED;
    "provider.mttr" "4h" Duration "time to restore a provider" ASSUMED;
    "service.common-cause" "10%" Share "share of a service's failures that hit all replicas" BETA;
    "job.common-cause" "10%" Share "share of a job's failures that hit all replicas" BETA;
    "function.common-cause" "10%" Share "share of a function's failures that hit all replicas" BETA;
    "proxy.common-cause" "10%" Share "share of a proxy's failures that hit all replicas" BETA;
    "database.common-cause" "10%" Share "share of a database's failures that hit all replicas" BETA;
    "cache.common-cause" "10%" Share "share of a cache's failures that hit all replicas" BETA;
    "queue.common-cause" "10%" Share "share of a queue's failures that hit all replicas" BETA;
    "deployed.common-cause" "5%" Share "the same where the deploys are stated on their own" BETA;
}

impl Constant {
    /// Returns how a figure moves with the constant.
    pub fn mark(&self, figure: Figure) -> Mark {
        let group = self.name.split('.').next().unwrap_or(self.name);
        if figure == Figure::Unavailability {
            return match self.name.split('.').next_back().unwrap_or(self.name) {
                "availability" => Mark::Lowers,
                "failover-time" => Mark::Raises,
                // A longer repair is a rarer failure where the availability is given; a common cause spares what needs all its replicas.
                "mttr" | "common-cause" => Mark::Either,
                // More work at the peak leaves fewer replicas to spare.
                _ if matches!(group, "failed-call" | "sidecar") => Mark::Raises,
                _ => Mark::None,
            };
        }
        match (group, figure) {
            (_, Figure::Incidents) if self.mark(Figure::Unavailability) != Mark::None => Mark::Either,
            (_, Figure::CostPerRequest) => self.mark(Figure::Cost),
            ("payload" | "response" | "packet-loss", Figure::Bytes | Figure::Traffic | Figure::Cost)
            | ("failed-call", Figure::Messages | Figure::Bytes | Figure::Traffic | Figure::Cost)
            | ("payload" | "response" | "failed-call" | "round-trip-tail" | "json" | "sidecar" | "backoff", Figure::Latency)
            | ("same-host" | "same-zone" | "cross-zone" | "internet", Figure::Latency)
            | ("cross-region-near" | "cross-region-continental" | "cross-region-intercontinental", Figure::Latency)
            | ("failed-call" | "sidecar", Figure::Utilization | Figure::TrafficLost) => Mark::Raises,
            ("failed-call" | "sidecar", Figure::Capacity) => Mark::Lowers,
            _ => Mark::None,
        }
    }
}

/// A constant that a model overrides.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// The value in base units.
    pub value: Ranged<f64>,
    /// Where it stands.
    pub span: Span,
}

/// The constants of one alternative: the table's, with the model's overrides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assumptions {
    overrides: BTreeMap<&'static str, Override>,
}

impl Assumptions {
    /// Takes the overrides of a model, by the names of [`CONSTANTS`].
    pub(super) const fn new(overrides: BTreeMap<&'static str, Override>) -> Self {
        Self { overrides }
    }

    /// Returns a constant's likely value in base units (seconds, bytes, parts of one).
    ///
    /// The names are those of [`CONSTANTS`]; another name is a mistake in this program.
    pub fn value(&self, name: &str) -> f64 {
        self.overrides.get(name).map_or_else(
            || {
                let at = CONSTANTS.iter().position(|constant| constant.name == name);
                LIKELY[at.expect("assumptions are asked for by the names of the constants table")]
            },
            |stated| stated.value.likely,
        )
    }

    /// Says whether the model overrides a constant.
    pub fn is_overridden(&self, name: &str) -> bool {
        self.overrides.contains_key(name)
    }

    /// Returns what the model overrides, by name.
    pub fn overrides(&self) -> impl Iterator<Item = (&'static str, &Override)> {
        self.overrides.iter().map(|(name, stated)| (*name, stated))
    }

    pub(super) fn overrides_mut(&mut self) -> impl Iterator<Item = (&'static Constant, &mut Override)> {
        self.overrides.iter_mut().filter_map(|(name, stated)| Some((find(name)?, stated)))
    }
}

/// The likely values of the constants, in their order: they are asked for a thousand times, and read once.
static LIKELY: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let value = |constant: &Constant| parse_quantity(constant.value, constant.dimension).expect("the constants table is tested").likely;
    CONSTANTS.iter().map(value).collect()
});

/// Finds a constant by its name.
pub fn find(name: &str) -> Option<&'static Constant> {
    CONSTANTS.iter().find(|constant| constant.name == name)
}

#[cfg(test)]
mod tests {
    use super::CONSTANTS;
    use crate::quantity::parse_quantity;

    #[test]
    fn every_constant_parses_has_a_source_and_a_name_of_its_own() {
        let mut names: Vec<&str> = CONSTANTS.iter().map(|constant| constant.name).collect();
        for constant in CONSTANTS {
            assert!(parse_quantity(constant.value, constant.dimension).is_ok(), "{}", constant.name);
            assert!(!constant.source.is_empty() && !constant.doc.is_empty(), "{}", constant.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CONSTANTS.len());
    }
}
