//! Whether a journey outlives the failures that it must outlive.

use super::blast_radius::BlastRadius;
use super::events::Event;
use crate::model::System;
use crate::syntax::vocabulary::{LocationKind, Survive};

/// Says which single event of a kind, or of a smaller one, makes a journey lose traffic: the one that costs most, the first by id among equals.
///
/// A process is a replica; node adds node, rack, device and edge; zone adds zone and data centre; region adds region; a partition is a cut between two zones or
/// regions. `Some(None)` passes; `None` is not evaluated: more cuts than are examined. Semantics, "Failure".
pub fn survives(system: &System, blast_radius: &BlastRadius, journey: usize, kind: Survive) -> Option<Option<String>> {
    if kind == Survive::Partition {
        let partitions = &blast_radius.partitions;
        let worst = partitions.cuts.iter().find(|cut| cut.costs(journey));
        // What was not examined may cost it traffic.
        return (worst.is_some() || partitions.unexamined == 0).then(|| worst.map(|cut| cut.id(system)));
    }
    let mut worst: Option<(f64, Event)> = None;
    for point in &blast_radius.journeys.get(journey)?.single_points {
        let counts = size(system, point.event).is_some_and(|size| size <= kind);
        if counts && worst.is_none_or(|(lost, _)| point.lost.value() > lost) {
            worst = Some((point.lost.value(), point.event));
        }
    }
    Some(worst.map(|(_, event)| event.id(system)))
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
