//! What a failure stops.
//!
//! The question: *which single things stop which journeys, and how much of the traffic goes with them?* Exact for the model as it is stated, with the
//! dependence between parts: a shared zone, host or sidecar is one event, whatever stands on it.
//!
//! ```text
//! events        what can fail on its own, and which instances fall with it
//! carrying      how many replicas carry the peak
//! requirement   how many replicas of which shard a call needs
//! expression    a journey's calls as a tree of gates over requirements
//! paths         the ways up through the tree
//! draws         the tree's outcome where shards are drawn
//! evaluation    from an effect to the journeys that it reaches
//! network       which calls cross a connection that fails by itself
//! margin        whether one more failure would stop more
//! blast_radius  all of it, per domain and per journey
//! recovery      how soon journeys are back after a loss, and how much data is gone
//! partition     what a cut between two places stops
//! survival      the blast radius against what a journey must outlive
//! availability  how much of the time each journey fails, how often, and what brings it about
//! ```
//!
//! Semantics, "Placement", "Links", "Journeys", "Failure".

mod availability;
mod blast_radius;
mod carrying;
mod draws;
mod evaluation;
mod events;
mod expression;
mod margin;
mod network;
mod partition;
mod paths;
mod recovery;
mod requirement;
mod survival;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;

pub use availability::{
    Availability, Basic, Bounded, Causes, Detail, EventImportance, HOURS_PER_MONTH, HOURS_PER_YEAR, JourneyAvailability, JourneyCutSet,
    JourneyCutSets, Planned, availability, instance_unavailability, open_psa, while_down,
};
pub use blast_radius::{BlastRadius, Domain, DomainKind, Exposed, Loss, SinglePoint, blast_radius, losable, loss, traffic_lost_by_shard};
pub use carrying::{Raised, Shortfall};
pub use events::{Event, events};
pub(super) use expression::{softness, softness_of_cached};
pub use network::Connection;
pub use partition::{Cut, Partitions};
pub use recovery::{AtWorst, Recoveries, Recovery, worst_recovery};
pub(super) use requirement::{fallback_link, needs};
pub use survival::{Survival, survives};
