//! *What does each store promise when the network breaks, what does each journey really get, and can its messages be lost or come twice?*
//!
//! ```text
//! pacelc      per store and replication link: availability or consistency when cut off, latency or consistency otherwise
//! session     per journey: the guarantee of its reads against the one it needs, the first read that loses it, the cheapest repair
//! delivery    per journey: whether its messages may be lost, may come twice, hop by hop
//! atomicity   per journey: what keeps its several writes together
//! ```
//!
//! Everything is read off stated facts. What is not stated is unknown, never guessed from the name of a product.

mod atomicity;
mod delivery;
mod pacelc;
mod session;

#[cfg(test)]
mod tests;

pub use atomicity::{Atomicity, Pattern, Write, atomicity};
pub use delivery::{Delivered, delivery};
pub use pacelc::{Pacelc, StoreGuarantee, pacelc};
pub use session::{Got, Read, Session, session};

use crate::model::System;

/// What a system guarantees.
#[derive(Debug, Clone, PartialEq)]
pub struct Guarantees {
    /// Per store with copies and per replication link, by id.
    pub stores: Vec<StoreGuarantee>,
    /// Per journey, in the system's order.
    pub journeys: Vec<JourneyGuarantee>,
}

/// What a journey gets.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyGuarantee {
    /// What its reads see.
    pub session: Session,
    /// What happens to its messages; none where it sends none.
    pub delivery: Option<Delivered>,
    /// What keeps its writes together.
    pub atomicity: Atomicity,
}

/// Reads what a system guarantees off its facts.
pub fn guarantees(system: &System) -> Guarantees {
    let journeys = system
        .journeys
        .iter()
        .map(|journey| JourneyGuarantee {
            session: session(system, journey),
            delivery: delivery(system, journey),
            atomicity: atomicity(system, journey),
        })
        .collect();
    Guarantees { stores: pacelc(system), journeys }
}
