//! *Everything that is computed about one alternative.*
//!
//! [`Assessment`] has a field per analysis and no `Default`; the report takes it apart in full, so a new analysis does not compile until it is run and shown.

mod evaluations;
mod figures;
mod first_miss;
mod gates;
#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod mark_tests;
mod observed;
mod ratchet;
mod spending;

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::batch::{Batch, batches};
use crate::analysis::capacity::{Capacity, EqualPower, busy_after_loss, capacity, equal_power};
use crate::analysis::classification::{Classification, classification};
use crate::analysis::communication::{Assumed, Communication, communication};
use crate::analysis::cost::{Cost, Outlook, cost};
use crate::analysis::failure::{Availability, BlastRadius, Detail, JourneyAvailability, availability, blast_radius};
use crate::analysis::guarantee::{Guarantees, guarantees};
use crate::analysis::guarantee_price::{GuaranteePrice, guarantee_prices};
use crate::analysis::latency::{Depth, Lack, Latency, MAX_EXPLAINED_CALLS, latency, within};
use crate::analysis::simulation::Simulation;
use crate::analysis::slowness::{Slowness, slowness};
use crate::analysis::user_location::{UserLocation, user_locations};
use crate::diagnostic::Diagnostic;
use crate::hazard::{self, Answers, Hazards, Inputs, Policy, Settings};
use crate::model::{Model, System};
use crate::parallel;
use crate::quantity::{Date, Probability};
use crate::syntax::keys::Figure;

pub use evaluations::{BATCH, Evaluations};
pub use figures::{Figures, Ranges, askable_figures, figures, figures_of, ranges};
pub use first_miss::{FirstMiss, Missed};
pub use gates::{Gate, GateState, allowed_unavailability, has_gates_of_time};
pub use observed::{Fit, Observation, Observed, Unit};
pub use ratchet::{Against, against, at_common_inputs};
pub use spending::judge_increases;

/// All results of one alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// What its journeys send.
    pub communication: Communication,
    /// What a failing place stops.
    pub blast_radius: BlastRadius,
    /// How available each journey is, and what brings its failures about.
    pub availability: Availability,
    /// What it is.
    pub classification: Classification,
    /// What its stores, messages and writes guarantee.
    pub guarantees: Guarantees,
    /// How long its journeys take.
    pub latency: Latency,
    /// How much it carries.
    pub capacity: Capacity,
    /// What slow components stop; nothing where times are only judged.
    pub slowness: Slowness,
    /// What users get where they are; nothing where times are only judged, as of the next four.
    pub user_locations: Vec<UserLocation>,
    /// What dividing its runs over workers brings.
    pub batches: Vec<Batch>,
    /// What each guarantee costs against the next weaker.
    pub guarantee_prices: Vec<GuaranteePrice>,
    /// The pool whose workers are busiest, on few large or many small machines.
    pub equal_power: Option<EqualPower>,
    /// When growth breaks the first objective.
    pub first_miss: FirstMiss,
    /// What a month costs; nothing where no provider is named.
    pub cost: Option<Cost>,
    /// What was measured, beside what is modelled; of the base, where figures are judged.
    pub observed: Observed,
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
    /// The numbers at other inputs.
    pub evaluations: Evaluations<'a>,
    /// What the rules found, as the policy judges it.
    pub hazards: Hazards,
    /// What a simulation of it found, where one was asked for.
    pub simulation: Option<Simulation>,
    /// The day as of which it is judged, where one was named: it tells the age of prices.
    pub today: Option<Date>,
}

impl<'a> Assessed<'a> {
    /// Runs every analysis, at the likely inputs and at the ends of the ranges.
    pub fn of(system: &'a System) -> Self {
        let assessment = assess(system);
        let hazards = hazards(system, None, &assessment, &Settings::default(), None);
        Self::with(system, assessment, hazards)
    }

    fn with(system: &'a System, assessment: Assessment, hazards: Hazards) -> Self {
        let figures = figures(system, &assessment);
        let evaluations = Evaluations::new(system);
        let ranges = ranges(&evaluations);
        let mut assessed =
            Self { system, assessment, figures, ranges, evaluations, hazards: Hazards::default(), simulation: None, today: None };
        assessed.take(hazards);
        assessed
    }

    /// Takes what the rules found, and counts the distinct facts that analyses and rules asked for.
    fn take(&mut self, hazards: Hazards) {
        self.assessment.coverage = self.assessment.coverage_with(&hazards);
        self.hazards = hazards;
    }
}

/// Assesses the base and all alternatives of a model, or the base and one, and judges alternatives against the base, findings by the model's policy and
/// by what people answered. `today` is the day on which acceptances of findings end; without it none does.
pub fn assess_all<'a>(model: &'a Model, only: Option<&str>, today: Option<Date>, answers: Option<&Answers>) -> Vec<Assessed<'a>> {
    let (policy, _) = hazard::read_policy(model, today);
    let chosen = model.systems().filter(|system| system.is_base() || only.is_none_or(|id| system.id == id));
    let chosen: Vec<&System> = chosen.collect();
    let found = parallel::map(&chosen, |system| {
        let assessment = assess(system);
        let (hazards, _) = judged(model, system, &assessment, &policy, answers);
        (assessment, hazards)
    });
    let with = |(system, (assessment, hazards))| Assessed { today, ..Assessed::with(system, assessment, hazards) };
    let mut assessed: Vec<Assessed<'a>> = chosen.into_iter().zip(found).map(with).collect();
    judge_increases(assessed.iter_mut().map(|one| (one.system, &mut one.assessment)), policy.max_increase);
    assessed
}

/// Judges the findings of systems that are assessed already once more, now by what people answered.
pub fn judge_by_answers(model: &Model, assessed: &mut [Assessed<'_>], today: Option<Date>, answers: &Answers) {
    let (policy, _) = hazard::read_policy(model, today);
    for one in assessed {
        let (hazards, _) = judged(model, one.system, &one.assessment, &policy, Some(answers));
        one.take(hazards);
    }
}

/// Returns the findings of an alternative as the policy judges them, and what its acceptances say wrong.
pub fn judged(
    model: &Model,
    system: &System,
    assessment: &Assessment,
    policy: &Policy,
    answers: Option<&Answers>,
) -> (Hazards, Vec<Diagnostic>) {
    let base = (!system.is_base()).then_some(&model.base);
    policy.judge(system, hazards(system, base, assessment, &policy.settings, answers))
}

fn hazards(system: &System, base: Option<&System>, assessment: &Assessment, settings: &Settings, answers: Option<&Answers>) -> Hazards {
    let journeys = &assessment.availability.journeys;
    let figures = hazard::Figures {
        unavailability: Some(journeys.iter().map(|one| one.as_ref().map(|found| found.unavailability)).collect()),
        stations: Some(stations(system, assessment)),
        answers: answers.cloned(),
        observed: assessment.is_compared().then(|| observed::for_rules(&assessment.observed)),
    };
    let inputs = Inputs {
        system,
        base,
        blast_radius: Some(&assessment.blast_radius),
        classification: Some(&assessment.classification),
        guarantees: &assessment.guarantees,
        figures: &figures,
    };
    let others = distinct(&assessment.communication, &assessment.latency, &assessment.availability).into_keys().collect::<BTreeSet<_>>();
    hazard::lint(&inputs, settings, &others)
}

impl Assessment {
    /// Returns known ÷ asked over the distinct facts that analyses and rules asked for; nothing where none was.
    pub fn coverage_with(&self, hazards: &Hazards) -> Option<f64> {
        let (known, asked) = hazards.coverage();
        let own = distinct(&self.communication, &self.latency, &self.availability);
        let (known, asked) = (known + own.values().filter(|known| **known).count(), asked + own.len());
        (asked > 0).then(|| known as f64 / asked as f64)
    }

    /// Says whether what was measured stands beside something.
    fn is_compared(&self) -> bool {
        self.observed.rows.iter().any(|row| row.modelled.is_some())
    }
}

/// Returns the load of each component at the peak: that of its busiest shard.
fn stations(system: &System, assessment: &Assessment) -> Vec<Option<hazard::Station>> {
    let mut stations: Vec<Option<hazard::Station>> = vec![None; system.components.len()];
    let after_loss = busy_after_loss(system, &assessment.latency);
    for load in assessment.latency.stations.iter().filter(|load| load.is_known) {
        let busiest = load.shards.iter().filter_map(|shard| shard.peak_utilization).max_by(f64::total_cmp);
        let entry = &mut stations[load.component.index()];
        if let Some(utilization) = busiest.filter(|busy| entry.is_none_or(|other| *busy > other.utilization)) {
            *entry = Some(hazard::Station { utilization, after_loss: after_loss[load.component.index()] });
        }
    }
    stations
}

/// Returns the distinct facts that analyses asked for, and whether each is known.
fn distinct<'a>(communication: &'a Communication, latency: &'a Latency, availability: &'a Availability) -> BTreeMap<&'a str, bool> {
    let asked = communication.asked.iter().chain(&latency.asked).map(|asked| (asked.path.as_str(), asked.known));
    asked.chain(availability.asked.iter().map(|(path, known)| (path.as_str(), *known))).collect()
}

/// Runs every analysis.
pub fn assess(system: &System) -> Assessment {
    assess_to(system, Depth::Explained, Detail::Explained)
}

/// Runs every analysis as far as gates and findings need it: without what explains a time, which takes most of the time.
pub fn assess_to_judge(system: &System) -> Assessment {
    assess_to(system, Depth::Judged, Detail::Judged)
}

/// Runs every analysis as far as figures need it of which can be asked what they rest on.
pub fn assess_to_ask(system: &System) -> Assessment {
    assess_to(system, Depth::Judged, Detail::Figures)
}

/// Runs every analysis as far as findings need it. Gates that times decide ([`has_gates_of_time`]) are not evaluated: it is for systems that have none, or that no gate judges.
pub fn assess_to_find(system: &System) -> Assessment {
    assess_to(system, Depth::Findings, Detail::Judged)
}

/// Judges an alternative's bill against the base's, as [`assess_all`] does; the policy, too, may bound what it costs more.
pub fn judge_increase(system: &System, base: &Assessment, own: &mut Assessment, most: Option<Probability>) {
    own.gates.extend(spending::increase_over(system, base.cost.as_ref(), own.cost.as_ref(), most));
}

/// Runs again what moves some figures, as far as gates need it, and keeps the rest of what was found before: for the same system at other ends of its ranges.
pub fn assess_again(system: &System, before: &Assessment, moved: &BTreeSet<Figure>) -> Assessment {
    let moves = |figures: &[Figure]| figures.iter().any(|figure| moved.contains(figure));
    let mut again = before.clone();
    if moves(&[Figure::Messages, Figure::Bytes, Figure::Traffic]) {
        again.communication = communication(system);
    }
    // How long a place is down is a matter of its failure and of its radius.
    if moves(&[Figure::TrafficLost, Figure::Unavailability]) {
        again.blast_radius = blast_radius(system);
    }
    if moves(&[Figure::Unavailability]) {
        again.availability = availability(system, Detail::Judged);
    }
    if moves(&[Figure::Latency, Figure::Utilization, Figure::Capacity]) {
        again.latency = latency(system, Depth::Judged);
        again.capacity = capacity(system, &again.latency);
    }
    if moves(&[Figure::Cost, Figure::Traffic, Figure::Messages]) {
        again.cost = cost(system, &again.communication, Outlook::LeftOut);
    }
    let Assessment { blast_radius, availability, latency, capacity, guarantees, .. } = &again;
    let results = gates::Results { blast_radius, availability, latency, capacity, guarantees };
    again.gates = all_gates(system, &results, again.cost.as_ref());
    again
}

fn all_gates(system: &System, results: &gates::Results<'_>, cost: Option<&Cost>) -> Vec<Gate> {
    let mut gates = gates::gates(system, results);
    gates.extend(spending::gates(system, cost));
    gates
}

fn assess_to(system: &System, depth: Depth, detail: Detail) -> Assessment {
    let communication = communication(system);
    let blast_radius = blast_radius(system);
    let availability = availability(system, detail);
    let classification = classification(system, &blast_radius);
    let guarantees = guarantees(system);
    let latency = latency(system, depth);
    let capacity = capacity(system, &latency);
    let slowness = if depth == Depth::Explained { slowness(system, &latency, &blast_radius) } else { Slowness::default() };
    let outlook = if depth == Depth::Explained { Outlook::Computed } else { Outlook::LeftOut };
    let cost = cost(system, &communication, outlook);
    let results = gates::Results {
        blast_radius: &blast_radius,
        availability: &availability,
        latency: &latency,
        capacity: &capacity,
        guarantees: &guarantees,
    };
    let gates = all_gates(system, &results, cost.as_ref());
    let missing = missing(system, &communication, &availability, &classification, &latency, detail);
    // Distinct (element, key) pairs, over all analyses.
    let asked = distinct(&communication, &latency, &availability);
    let known = asked.values().filter(|known| **known).count();
    let coverage = (!asked.is_empty()).then(|| known as f64 / asked.len() as f64);
    let assumed = assumed(system, &communication, &blast_radius, &availability, &latency);
    let mut assessment = Assessment {
        communication,
        blast_radius,
        availability,
        classification,
        guarantees,
        latency,
        capacity,
        slowness,
        user_locations: Vec::new(),
        batches: Vec::new(),
        guarantee_prices: Vec::new(),
        equal_power: None,
        first_miss: FirstMiss::default(),
        cost,
        observed: Observed::default(),
        gates,
        missing,
        assumed,
        coverage,
    };
    assessment.observed = observed::observe(system, &assessment);
    // What asks for assessments of other systems itself is no part of these.
    if depth == Depth::Explained {
        assessment.user_locations = user_locations(system);
        assessment.batches = batches(system, &assessment.communication, &assessment.latency);
        assessment.guarantee_prices = guarantee_prices(system);
        assessment.equal_power = equal_power(system, &assessment.latency);
        assessment.first_miss = first_miss::first_miss(system, &assessment);
    }
    assessment
}

/// A figure that a fact is missing for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The figure.
    pub field: String,
    /// The fact.
    pub needs: String,
    /// Whether it is no fact that is missing: the model is beyond a limit, which `needs` names.
    pub is_limit: bool,
}

impl Missing {
    fn fact(field: String, needs: String) -> Self {
        Self { field, needs, is_limit: false }
    }

    fn limit(field: String, needs: String) -> Self {
        Self { field, needs, is_limit: true }
    }
}

fn missing(
    system: &System,
    communication: &Communication,
    availability: &Availability,
    classification: &Classification,
    latency: &Latency,
    detail: Detail,
) -> Vec<Missing> {
    let mut missing: Vec<Missing> = communication
        .without_rate
        .iter()
        .map(|id| Missing::fact(format!("journeys.{id}.communication.bytes_per_s"), format!("journeys.{id}.rate")))
        .collect();
    missing.extend(
        classification.needs_place_of.iter().map(|id| Missing::fact("classification.distributed".into(), format!("components.{id}.on"))),
    );
    // What has no figure is left out of every journey's.
    missing.extend(availability.missing.iter().map(|path| Missing::fact("journeys.failure.unavailability".into(), path.clone())));
    missing.extend(system.journeys.iter().zip(&availability.journeys).filter(|(_, found)| found.is_none()).map(|(journey, _)| {
        let needs = "a smaller expression: its decision diagram exceeds the limits";
        Missing::limit(format!("journeys.{}.failure.unavailability", journey.id), needs.into())
    }));
    let has_no_product = |found: &Option<JourneyAvailability>| found.as_ref().is_some_and(|found| found.naive_unavailability.is_none());
    missing.extend(
        system.journeys.iter().zip(&availability.journeys).filter(|(_, found)| detail == Detail::Explained && has_no_product(found)).map(
            |(journey, _)| {
                let needs = "a smaller expression: that of one of its parts alone exceeds the limits";
                Missing::limit(format!("journeys.{}.failure.naive_unavailability", journey.id), needs.into())
            },
        ),
    );
    missing.extend(latency.missing.iter().cloned().map(|Lack { field, needs, is_limit }| Missing { field, needs, is_limit }));
    let calls = system.n_calls();
    if calls > MAX_EXPLAINED_CALLS {
        missing.push(Missing::limit("slowness".to_owned(), within(MAX_EXPLAINED_CALLS, calls)));
    }
    missing
}

fn assumed(
    system: &System,
    communication: &Communication,
    blast_radius: &BlastRadius,
    availability: &Availability,
    latency: &Latency,
) -> Vec<Assumed> {
    let mut assumed = communication.assumed.clone();
    assumed.extend(availability.assumed.iter().cloned());
    assumed.extend(latency.assumed.iter().cloned());
    assumed.extend(blast_radius.assumed_failover.iter().map(|id| Assumed {
        path: format!("components.{}.replication.failover", system.component(*id).id),
        value: "a follower takes over".into(),
        source: "assumed: not stated".into(),
    }));
    assumed.sort_by(|a, b| a.path.cmp(&b.path));
    assumed
}
