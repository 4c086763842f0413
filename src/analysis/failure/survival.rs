//! Whether a journey outlives the failures that it must outlive.

use super::blast_radius::BlastRadius;
use super::events::Event;
use crate::model::System;
use crate::syntax::vocabulary::{LocationKind, Survive};

/// What a journey does not outlive, of single events of a kind, or of a smaller one.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// The event that costs most, the first by id among equals; none where it outlives all.
    pub worst: Option<String>,
    /// How many cost it traffic.
    pub events: usize,
    /// The shares of requests that each of them costs, added up: more events, and worse ones, make more. Of a cut that stops a part of the requests, a half.
    pub lost: f64,
}

/// Says which single events of a kind, or of a smaller one, make a journey lose traffic.
///
/// A process is a replica; node adds node, rack, device and edge; zone adds zone and data centre; region adds region; a partition is a cut between two zones or
/// regions. None is not evaluated: more cuts than are examined, and none of the others costs traffic. Semantics, "Failure".
pub fn survives(system: &System, blast_radius: &BlastRadius, journey: usize, kind: Survive) -> Option<Survival> {
    if kind == Survive::Partition {
        let partitions = &blast_radius.partitions;
        let cuts: Vec<_> = partitions.cuts.iter().filter(|cut| cut.costs(journey)).collect();
        let worst = cuts.first().map(|cut| cut.id(system));
        let lost = cuts.iter().map(|cut| if cut.down.iter().any(|id| id.index() == journey) { 1.0 } else { 0.5 }).sum();
        // What was not examined may cost it traffic.
        return (worst.is_some() || partitions.unexamined == 0).then_some(Survival { worst, events: cuts.len(), lost });
    }
    let mut worst: Option<(f64, Event)> = None;
    let (mut events, mut all) = (0, 0.0);
    for point in &blast_radius.journeys.get(journey)?.single_points {
        if size(system, point.event).is_none_or(|size| size > kind) {
            continue;
        }
        let lost = point.lost.value();
        events += 1;
        all += lost;
        if worst.is_none_or(|(most, _)| lost > most) {
            worst = Some((lost, point.event));
        }
    }
    Some(Survival { worst: worst.map(|(_, event)| event.id(system)), events, lost: all })
}

/// Returns the smallest kind of failure that an event is one of; a cluster, a provider and a shared fate are of none.
fn size(system: &System, event: Event) -> Option<Survive> {
    match event.location_kind(system) {
        None => matches!(event, Event::Instance(..)).then_some(Survive::Process),
        Some(LocationKind::Node | LocationKind::Rack | LocationKind::Device | LocationKind::Edge) => Some(Survive::Node),
        Some(LocationKind::Zone | LocationKind::Datacenter) => Some(Survive::Zone),
        Some(LocationKind::Region) => Some(Survive::Region),
        Some(LocationKind::Provider | LocationKind::Cluster | LocationKind::Namespace) => None,
    }
}
