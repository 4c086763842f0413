//! What stores, reads, messages and writes guarantee, as JSON.

use serde_json::{Value, json};

use crate::analysis::guarantee::Guarantees;
use crate::model::System;
use crate::syntax::vocabulary::Vocabulary;

pub(super) fn stores(guarantees: &Guarantees) -> Vec<Value> {
    guarantees
        .stores
        .iter()
        .map(|one| json!({ "id": one.id, "pacelc": one.class.map(|class| class.word()), "because": one.because }))
        .collect()
}

pub(super) fn journeys(system: &System, guarantees: &Guarantees) -> Vec<Value> {
    let list = system.journeys.iter().zip(&guarantees.journeys).map(|(journey, one)| {
        let lost = one.session.lost();
        let needs: Vec<&str> = one.session.needs.iter().map(|need| need.word()).collect();
        json!({
            "journey": journey.id,
            "consistency": {
                "needs": needs,
                "gets": one.session.gets.map(|got| got.word()),
                "lost_at": lost.map(|(read, _)| system.link(read.link).id.clone()),
                "because": lost.map(|(read, _)| read.because.clone()),
                "repair": lost.map(|(read, _)| read.repair),
            },
            "delivery": one.delivery.as_ref().map(|found| json!({
                "may_lose": found.may_lose,
                "may_duplicate": found.may_duplicate,
                "lost_at": found.lost_at.as_ref().map(|(_, why)| why.clone()),
                "needs": found.needs,
            })),
            "atomicity": { "pattern": one.atomicity.pattern.word(), "writes": one.atomicity.writes.len(), "needs": one.atomicity.needs },
        })
    });
    list.collect()
}
