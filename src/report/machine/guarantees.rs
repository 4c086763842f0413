//! What stores, reads, messages and writes guarantee, as JSON.

use serde_json::{Value, json};

use super::fields::number;
use crate::analysis::guarantee::Guarantees;
use crate::analysis::guarantee_price::GuaranteePrice;
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

/// Returns what each guarantee costs: with it, and with the next weaker.
pub(super) fn prices(system: &System, prices: &[GuaranteePrice]) -> Vec<Value> {
    let pair =
        |pair: Option<(f64, f64)>| pair.map_or(Value::Null, |(with, without)| json!({ "with": number(with), "weaker": number(without) }));
    prices
        .iter()
        .map(|price| {
            let (is, weaker) = price.guarantee.words();
            let touched = system.journeys.iter().zip(&price.journeys).filter(|(_, one)| one.differs());
            let journeys: Vec<Value> = touched
                .map(|(journey, one)| {
                    json!({
                        "id": journey.id,
                        "p99_ms": pair(one.p99.map(|(with, without)| (with.seconds() * 1e3, without.seconds() * 1e3))),
                        "unavailability": pair(one.unavailability),
                    })
                })
                .collect();
            json!({
                "path": price.guarantee.path(system),
                "guarantee": is,
                "weaker": weaker,
                "journeys": journeys,
                "max_rate_per_s": pair(price.max_rate.map(|(with, without)| (with.per_second(), without.per_second()))),
            })
        })
        .collect()
}
