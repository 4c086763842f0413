//! The pictures and call trees of a report.

use std::collections::BTreeMap;

use super::view::DiagramView;
use crate::analysis::failure::{BlastRadius, DomainKind, traffic_lost_by_shard};
use crate::diagram::policy::MAX_SHARD_BOXES;
use crate::diagram::{View as Picture, diagrams};
use crate::model::System;
use crate::syntax::vocabulary::ComponentKind;

/// The most journeys that are drawn as sequences.
pub(super) const MAX_SEQUENCES: usize = 12;

/// The share of traffic that is lost with each place, part or shard down, for the failure picture; a caller's own device costs one user only.
pub fn traffic_lost(system: &System, blast_radius: &BlastRadius) -> BTreeMap<String, f64> {
    use ComponentKind::{Actor, Client};
    let is_user = |kind: DomainKind| matches!(kind, DomainKind::Component(id) if matches!(system.component(id).kind, Actor | Client));
    let domains = blast_radius.domains.iter().filter(|domain| !is_user(domain.kind)).map(|domain| (domain.id.clone(), domain.traffic_lost));
    domains.chain(traffic_lost_by_shard(system, MAX_SHARD_BOXES)).collect()
}

pub(super) fn pictures_of(system: &System, blast_radius: &BlastRadius) -> Vec<DiagramView> {
    let lost = traffic_lost(system, blast_radius);
    let mut pictures = Vec::new();
    let mut add = |title: &str, view: Picture<'_>| {
        // What fails group by group is in the tables and, on the page, in a map; `diagram --view failure` draws it.
        let is_overview_enough = matches!(view, Picture::Failure(_));
        for named in diagrams(system, view).into_iter().filter(|named| !is_overview_enough || !named.name.contains("-group-")) {
            let title = if named.name.contains("-group-") { format!("{title} ({})", named.name) } else { title.to_owned() };
            pictures.push(DiagramView { title, name: named.name, scene: named.scene });
        }
    };
    add("What runs where", Picture::Deployment);
    add("What a failure costs", Picture::Failure(&lost));
    for journey in system.journey_ids().take(MAX_SEQUENCES) {
        add(&format!("Journey `{}`", system.journeys[journey.index()].id), Picture::Sequence(journey));
    }
    pictures
}
