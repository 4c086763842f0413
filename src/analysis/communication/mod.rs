//! How many messages a request sends, how large they are, and how far they travel.
//!
//! The question: *what does each journey put on the wire, over which network, and how does that grow?* Everything here is a count, exact for the model as it is
//! stated; time is the business of the latency analysis. Counts are expectations (`when`, shares and hit rates weigh them), exact where they are whole
//! numbers below 2^53. What would exceed the largest finite number stays there: no count is infinite, and none is undefined.
//!
//! ```text
//! figures       what one call of a link sends, and what one write sends to copies      once per system
//! walk          how often each call runs, round trips, depth, fan-out                  passes over a call tree
//! count         figures × walk = the totals of a journey
//! growth        the same messages again with a count doubled, and doubled again
//! bandwidth     the totals × rates, against what networks carry
//! facts         what had to be assumed, and what was asked for
//! ```
//!
//! Semantics, "Links", "Journeys", "Counting".

mod at_least_once;
mod bandwidth;
mod count;
mod facts;
mod figures;
mod growth;
pub mod protocols;
mod replication;
pub(in crate::analysis) mod walk;

#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use at_least_once::AtLeastOnce;
pub use bandwidth::{BandwidthUse, Limit, LinkLoad, Load};
pub use facts::{Asked, Assumed};
pub use figures::{Dimension, Driver, expected_attempts};
pub use growth::{Growth, GrowthClass};
pub use replication::{Access, access, copies_distance};

use crate::model::{ComponentId, DistanceClass, LinkId, System};
use crate::quantity::Bytes;

/// What a system's journeys send.
#[derive(Debug, Clone, PartialEq)]
pub struct Communication {
    /// Per journey, in the order of the system's journeys.
    pub journeys: Vec<JourneyCommunication>,
    /// Per link that any journey uses, by id: calls and bytes per second over all journeys.
    pub links: Vec<LinkLoad>,
    /// Traffic against every stated bandwidth: links, classes, pairs of locations, locations, each by id.
    pub bandwidth: Vec<BandwidthUse>,
    /// The journeys without a rate: figures per second leave them out.
    pub without_rate: Vec<String>,
    /// The facts that were assumed, by path.
    pub assumed: Vec<Assumed>,
    /// The facts that were asked for, by path.
    pub asked: Vec<Asked>,
}

/// A figure of first attempts, and the same with the retries that failed calls cause.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Attempted<T> {
    /// First attempts only.
    pub first: T,
    /// With retries: every call and all below it multiplied by its expected attempts.
    pub with_retries: T,
}

/// What one request of a journey sends.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyCommunication {
    /// Messages of all classes: two per call, one per message, with those of copies and sidecars.
    pub messages: Attempted<f64>,
    /// Bytes of all classes.
    pub bytes: Attempted<Bytes>,
    /// Messages per distance class, first attempts; classes without any are left out.
    pub crossings: BTreeMap<DistanceClass, f64>,
    /// Bytes per distance class, first attempts; classes without any are left out.
    pub bytes_by_class: BTreeMap<DistanceClass, Bytes>,
    /// Round trips one after another until the answer, calls inside a process and on one machine included.
    pub serial_round_trips: f64,
    /// The part of them that crosses a network: each round trip weighed by its share of network messages.
    pub network_round_trips: f64,
    /// The longest chain of calls that each wait for the next.
    pub depth: u64,
    /// The widest parallel step, or the most shards or replicas called at once; else 1.
    pub fan_out: u64,
    /// Calls and messages between components of different known owners.
    pub team_crossings: TeamCrossings,
    /// The part of messages and bytes between copies: `=>` links and `replication`.
    pub replication: Part,
    /// The part of messages and bytes between components and their sidecars.
    pub sidecars: Part,
    /// Per visited component, by id.
    pub visits: Vec<Visits>,
    /// Per used link, by id.
    pub links: Vec<LinkUse>,
    /// Per component that sends writes to its own copies, by id.
    pub copies: Vec<CopyUse>,
    /// How messages grow with the replicas or shards that drive them most.
    pub growth: Growth,
}

impl JourneyCommunication {
    /// Returns the messages that cross a network, first attempts.
    pub fn network_messages(&self) -> f64 {
        let crossing = self.crossings.iter().filter(|(class, _)| class.crosses_network());
        finite(crossing.map(|(_, messages)| messages).sum())
    }

    /// Returns the bytes that cross a network, first attempts.
    pub fn network_bytes(&self) -> Bytes {
        let crossing = self.bytes_by_class.iter().filter(|(class, _)| class.crosses_network());
        Bytes::new(finite(crossing.map(|(_, bytes)| bytes.bytes()).sum()))
    }
}

/// Calls and messages between teams.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TeamCrossings {
    /// Calls and messages per request (a call is one), first attempts.
    pub per_request: f64,
    /// The distinct links.
    pub links: usize,
}

/// A part of a journey's messages and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Part {
    /// The messages.
    pub messages: Attempted<f64>,
    /// The bytes.
    pub bytes: Attempted<Bytes>,
}

/// How often a request visits a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visits {
    /// The component; the root is visited once, a sidecar by every call that passes it.
    pub component: ComponentId,
    /// All visits, all shards and replicas together.
    pub visits: Attempted<f64>,
    /// Those that write.
    pub writes: Attempted<f64>,
}

/// What a request sends along a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkUse {
    /// The link.
    pub link: LinkId,
    /// Calls, messages or copies.
    pub calls: Attempted<f64>,
    /// The bytes from the left end to the right, overhead and what is lost and sent again included.
    pub requests: Attempted<Bytes>,
    /// The bytes of the replies.
    pub responses: Attempted<Bytes>,
}

/// What the copies of a component send each other for a request's writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CopyUse {
    /// The component.
    pub component: ComponentId,
    /// The messages.
    pub messages: Attempted<f64>,
    /// The bytes.
    pub bytes: Attempted<Bytes>,
}

/// Counts what every journey of a system sends.
pub fn communication(system: &System) -> Communication {
    let figures = figures::Figures::new(system);
    let journeys: Vec<JourneyCommunication> = system.journeys.iter().map(|journey| count::journey(&figures, journey)).collect();
    let (links, bandwidth) = bandwidth::bandwidth(&figures, &journeys);
    let without_rate = system.journeys.iter().filter(|journey| journey.rate().is_none()).map(|journey| journey.id.clone()).collect();
    let (assumed, asked) = facts::facts(&figures);
    Communication { journeys, links, bandwidth, without_rate, assumed, asked }
}

/// Keeps a count finite.
const fn finite(count: f64) -> f64 {
    count.min(f64::MAX)
}

impl Attempted<f64> {
    /// Multiplies both figures.
    fn times(self, factor: f64) -> Self {
        Self { first: finite(self.first * factor), with_retries: finite(self.with_retries * factor) }
    }

    /// Multiplies the figure with retries by the attempts of one more call.
    fn retried(self, attempts: f64) -> Self {
        Self { with_retries: finite(self.with_retries * attempts), ..self }
    }

    fn add(&mut self, other: Self) {
        self.first = finite(self.first + other.first);
        self.with_retries = finite(self.with_retries + other.with_retries);
    }

    fn bytes(self) -> Attempted<Bytes> {
        Attempted { first: Bytes::new(self.first), with_retries: Bytes::new(self.with_retries) }
    }
}
