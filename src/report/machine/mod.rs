//! The machine contract: results as JSON. The shape is documented in `docs/results.md` and committed as a JSON Schema.

mod batch;
mod costs;
mod fields;
mod growth;
mod guarantees;
mod hazards;
mod journeys;
mod latency;
mod observed;
mod places;
mod simulation;
mod slowness;
mod user_locations;
mod verdict;

pub(crate) use costs::money_range;
pub(in crate::report) use fields::number;
use serde_json::{Value, json};

use crate::analysis::classification::Classification;
use crate::assessment::{Assessed, Assessment, Gate, assess_all};
use crate::comparison::{Comparison, compare};
use crate::decision::Judgement;
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::assumptions::ASSUMPTION_SET;
use crate::quantity::Date;
use crate::source::Sources;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Vocabulary;

/// The version of the shape.
pub const SCHEMA: u64 = 1;

/// Returns the results of a model, with the verdict where it is judged; of the base and one alternative where one is named.
///
/// `today` is the day on which acceptances of findings end; without it none does.
pub fn value(model: &Model, only: Option<&str>, judgement: Option<&Judgement>, today: Option<Date>) -> Value {
    let answers = judgement.map(Judgement::for_rules);
    let assessed = if model.has_errors() { Vec::new() } else { assess_all(model, only, today, answers.as_ref()) };
    value_of(model, &assessed, judgement)
}

/// Returns the same of a model whose systems are assessed already, the base first.
pub fn value_of(model: &Model, assessed: &[Assessed<'_>], judgement: Option<&Judgement>) -> Value {
    let base = assessed.first();
    let alternatives: Vec<Value> =
        assessed.iter().map(|one| alternative(&model.sources, one, base.filter(|_| !one.system.is_base()))).collect();
    let mut comparison: Vec<Value> = assessed.iter().skip(1).map(|one| comparison(&compare(&assessed[0], one))).collect();
    for (one, crossings) in comparison.iter_mut().zip(costs::break_evens(assessed)) {
        one["break_even"] = Value::Array(crossings);
    }

    json!({
        "schema": SCHEMA,
        "tool": tool(),
        "assumption_set": ASSUMPTION_SET,
        "system": model.base.system_name,
        "diagnostics": model.diagnostics.iter().map(|one| diagnostic(&model.sources, one)).collect::<Vec<_>>(),
        "alternatives": alternatives,
        "comparison": comparison,
        "what_if": null,
        "observed": assessed.first().map_or(Value::Null, |base| observed::observed(base)),
        "verdict": judgement.map(|judgement| verdict::verdict(judgement, Some(&model.sources))),
        "next_facts": null,
    })
}

/// Returns the part of the result that is the verdict; `sources` are the model's files, for places.
pub fn verdict_part(judgement: &Judgement, sources: Option<&Sources>) -> Value {
    verdict::verdict(judgement, sources)
}

/// Returns the verdict on answers without a model, in the same shape; `system` is what it is about.
pub fn verdict_alone(system: &str, judgement: &Judgement) -> Value {
    json!({
        "schema": SCHEMA,
        "tool": tool(),
        "assumption_set": ASSUMPTION_SET,
        "system": system,
        "diagnostics": [],
        "alternatives": [],
        "comparison": [],
        "what_if": null,
        "observed": null,
        "verdict": verdict::verdict(judgement, None),
        "next_facts": null,
    })
}

/// Returns the tool's name and version.
pub fn tool() -> String {
    format!("weighbridge {}", env!("CARGO_PKG_VERSION"))
}

fn diagnostic(sources: &Sources, one: &Diagnostic) -> Value {
    let (start, end) = (sources.start(one.label.span), sources.end(one.label.span));
    json!({
        "code": one.code.name(),
        "severity": one.severity().word(),
        "message": one.message,
        "file": sources.file(one.label.span.file).path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "help": one.help,
    })
}

fn alternative(sources: &Sources, assessed: &Assessed<'_>, base: Option<&Assessed<'_>>) -> Value {
    let Assessed { system, assessment, ranges, hazards, .. } = assessed;
    // Taken apart in full: a new analysis does not compile until it is shown here.
    let Assessment {
        communication,
        blast_radius,
        availability: _,
        classification,
        guarantees,
        latency,
        capacity,
        slowness,
        user_locations,
        batches,
        guarantee_prices,
        equal_power,
        first_miss,
        cost: _,
        observed: _,
        gates,
        missing,
        assumed,
        coverage,
    } = assessment;
    let journeys: Vec<Value> = (0..system.journeys.len()).map(|at| journeys::journey(assessed, at)).collect();
    json!({
        "id": system.id,
        "name": system.name,
        "summary": system.summary,
        "status": if let Fact::Stated(status) = system.status { Value::from(status.word()) } else { Value::Null },
        "coverage": coverage,
        "classification": classified(classification),
        "journeys": journeys,
        "domains": places::domains(assessed),
        "partitions": places::partitions(system, &blast_radius.partitions),
        "needs_raised": places::needs_raised(system, blast_radius),
        "shortfalls": places::shortfalls(system, blast_radius),
        "traffic_weights_equal": blast_radius.has_equal_weights,
        "links": places::links(system, communication, ranges),
        "capacity": latency::capacity(system, latency, capacity, ranges),
        "slowness": slowness::slowness(system, slowness),
        "user_locations": user_locations::user_locations(system, user_locations),
        "batches": batch::batches(system, batches),
        "guarantee_prices": guarantees::prices(system, guarantee_prices),
        "equal_power": growth::equal_power(system, equal_power.as_ref()),
        "first_miss": growth::first_miss(system, first_miss),
        "simulation": simulation::simulation(assessed),
        "cost": costs::cost(assessed, base),
        "gates": gates.iter().map(gate).collect::<Vec<_>>(),
        "missing": missing.iter().map(|one| json!({ "field": one.field, "needs": one.needs })).collect::<Vec<_>>(),
        "assumed": assumed.iter().map(|one| json!({ "key": one.path, "value": one.value, "source": one.source })).collect::<Vec<_>>(),
        "stores": guarantees::stores(guarantees),
        "guarantees": guarantees::journeys(system, guarantees),
        "findings": hazards::findings(sources, hazards),
        "not_evaluated": hazards::not_evaluated(hazards),
    })
}

fn classified(classification: &Classification) -> Value {
    let Classification { distributed, style, runner_up, candidate, characteristics, because, needs_place_of: _ } = classification;
    json!({
        "distributed": distributed.word(),
        "style": style.as_ref().map(|found| found.style.word()),
        "runner_up": runner_up.as_ref().map(|found| json!({ "style": found.style.word(), "lacks": found.failing })),
        "candidate": candidate.map(Vocabulary::word),
        "characteristics": characteristics.iter().map(|one| json!({ "id": one.id, "holds": one.holds, "witness": one.witness })).collect::<Vec<_>>(),
        "because": because,
    })
}

fn gate(gate: &Gate) -> Value {
    json!({ "id": gate.id, "journey": gate.journey, "limit": gate.limit, "value": gate.value, "state": gate.state.word(), "needs": gate.needs })
}

pub(super) fn comparison(comparison: &Comparison) -> Value {
    let deltas: Vec<Value> = comparison
        .deltas
        .iter()
        .map(|delta| {
            json!({
                "path": delta.path,
                "from": number(delta.from),
                "to": number(delta.to),
                "difference_range": delta.difference_range.map(|(low, high)| json!([number(low), number(high)])),
                "sign_certain": delta.sign_certain,
            })
        })
        .collect();
    json!({ "id": comparison.id, "against": comparison.against, "deltas": deltas })
}
