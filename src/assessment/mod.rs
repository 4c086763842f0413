//! *Everything that is computed about one alternative.*
//!
//! [`Assessment`] has a field per analysis and no `Default`; the report takes it apart in full, so a new analysis does not compile until it is run and shown.

mod figures;
mod gates;
mod spending;

use std::collections::BTreeMap;

use crate::analysis::classification::{Classification, classification};
use crate::analysis::communication::{Assumed, Communication, communication};
use crate::analysis::cost::{Cost, cost};
use crate::analysis::failure::{BlastRadius, blast_radius};
use crate::model::System;

pub use figures::{Figures, Ranges, figures, figures_of, ranges};
pub use gates::{Gate, GateState, has_gates};

/// All results of one alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// What its journeys send.
    pub communication: Communication,
    /// What a failing place stops.
    pub blast_radius: BlastRadius,
    /// What it is.
    pub classification: Classification,
    /// What a month costs; nothing where no provider is named.
    pub cost: Option<Cost>,
    /// What it must reach, and whether it does.
    pub gates: Vec<Gate>,
    /// What is missing for a figure.
    pub missing: Vec<Missing>,
    /// What was assumed, over all analyses, by path.
    pub assumed: Vec<Assumed>,
    /// Known ÷ asked, over the facts that an analysis asked for; none if none was asked.
    pub coverage: Option<f64>,
}

/// A system with all that is computed about it: what reports and comparisons are made of.
#[derive(Debug, Clone)]
pub struct Assessed<'a> {
    /// The system.
    pub system: &'a System,
    /// All results at the likely inputs.
    pub assessment: Assessment,
    /// The same as numbers by path.
    pub figures: Figures,
    /// The ranges of these numbers.
    pub ranges: Ranges,
}

impl<'a> Assessed<'a> {
    /// Runs every analysis, at the likely inputs and at the ends of the ranges.
    pub fn of(system: &'a System) -> Self {
        let assessment = assess(system);
        let figures = figures(system, &assessment);
        Self { system, assessment, figures, ranges: ranges(system) }
    }
}

/// Assesses designs of which the first is the base, and judges the others against it.
pub fn assess_all<'a>(systems: impl Iterator<Item = &'a System>) -> Vec<Assessed<'a>> {
    let mut assessed: Vec<Assessed<'a>> = systems.map(Assessed::of).collect();
    spending::judge_increases(&mut assessed);
    assessed
}

/// Runs every analysis.
pub fn assess(system: &System) -> Assessment {
    let communication = communication(system);
    let blast_radius = blast_radius(system);
    let classification = classification(system, &blast_radius);
    let cost = cost(system, &communication);
    let mut gates = gates::gates(system, &blast_radius);
    gates.extend(spending::gates(system, cost.as_ref()));
    let missing = missing(&communication, &classification);
    // Distinct (element, key) pairs, over all analyses.
    let asked: BTreeMap<&str, bool> = communication.asked.iter().map(|asked| (asked.path.as_str(), asked.known)).collect();
    let known = asked.values().filter(|known| **known).count();
    let coverage = (!asked.is_empty()).then(|| known as f64 / asked.len() as f64);
    let assumed = assumed(system, &communication, &blast_radius);
    Assessment { communication, blast_radius, classification, cost, gates, missing, assumed, coverage }
}

/// A figure that a fact is missing for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The figure.
    pub field: String,
    /// The fact.
    pub needs: String,
}

fn missing(communication: &Communication, classification: &Classification) -> Vec<Missing> {
    let mut missing: Vec<Missing> = communication
        .without_rate
        .iter()
        .map(|id| Missing { field: format!("journeys.{id}.communication.bytes_per_s"), needs: format!("journeys.{id}.rate") })
        .collect();
    missing.extend(
        classification
            .needs_place_of
            .iter()
            .map(|id| Missing { field: "classification.distributed".into(), needs: format!("components.{id}.on") }),
    );
    missing
}

fn assumed(system: &System, communication: &Communication, blast_radius: &BlastRadius) -> Vec<Assumed> {
    let mut assumed = communication.assumed.clone();
    assumed.extend(blast_radius.assumed_failover.iter().map(|id| Assumed {
        path: format!("components.{}.replication.failover", system.component(*id).id),
        value: "a follower takes over".into(),
        source: "assumed: not stated".into(),
    }));
    assumed.sort_by(|a, b| a.path.cmp(&b.path));
    assumed
}
