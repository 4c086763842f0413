//! The machine contract: results as JSON. The shape is documented in `docs/results.md` and committed as a JSON Schema.

use serde_json::{Map, Value, json};

use crate::analysis::classification::Classification;
use crate::analysis::communication::{Communication, JourneyCommunication};
use crate::analysis::failure::BlastRadius;
use crate::assessment::{Assessment, Gate, Ranges, assess, ranges};
use crate::comparison::{Comparison, compare};
use crate::diagnostic::Diagnostic;
use crate::model::assumptions::ASSUMPTION_SET;
use crate::model::{Model, System};
use crate::source::Sources;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::Vocabulary;

/// The version of the shape.
pub const SCHEMA: u64 = 1;

/// Returns the results of a model; of the base and one alternative where one is named.
pub fn value(model: &Model, only: Option<&str>) -> Value {
    let sound = !model.has_errors();
    let chosen = |system: &&System| sound && (system.is_base() || only.is_none_or(|id| system.id == id));
    let alternatives: Vec<Value> = model.systems().filter(chosen).map(|system| alternative(system, &assess(system))).collect();
    let comparison: Vec<Value> = model.alternatives.iter().filter(chosen).map(|system| comparison(&compare(&model.base, system))).collect();

    json!({
        "schema": SCHEMA,
        "tool": tool(),
        "assumption_set": ASSUMPTION_SET,
        "system": model.base.system_name,
        "diagnostics": model.diagnostics.iter().map(|one| diagnostic(&model.sources, one)).collect::<Vec<_>>(),
        "alternatives": alternatives,
        "comparison": comparison,
        "observed": null,
        "verdict": null,
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

fn alternative(system: &System, assessment: &Assessment) -> Value {
    // Taken apart in full: a new analysis does not compile until it is shown here.
    let Assessment { communication, blast_radius, classification, gates, missing, assumed, coverage } = assessment;
    let ranges = ranges(system);
    let journeys: Vec<Value> =
        (0..system.journeys.len()).map(|at| journey(system, at, &communication.journeys[at], blast_radius, &ranges)).collect();
    json!({
        "id": system.id,
        "name": system.name,
        "summary": system.summary,
        "status": if let Fact::Stated(status) = system.status { Value::from(status.word()) } else { Value::Null },
        "coverage": coverage,
        "classification": classified(classification),
        "journeys": journeys,
        "domains": domains(system, blast_radius, &ranges),
        "traffic_weights_equal": blast_radius.has_equal_weights,
        "links": links(system, communication, &ranges),
        "capacity": null,
        "cost": null,
        "gates": gates.iter().map(gate).collect::<Vec<_>>(),
        "missing": missing.iter().map(|one| json!({ "field": one.field, "needs": one.needs })).collect::<Vec<_>>(),
        "assumed": assumed.iter().map(|one| json!({ "key": one.path, "value": one.value, "source": one.source })).collect::<Vec<_>>(),
        "findings": [],
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

/// An object whose numbers get their range beside them.
struct Figures<'a> {
    fields: Map<String, Value>,
    path: String,
    ranges: &'a Ranges,
}

impl<'a> Figures<'a> {
    fn new(path: String, ranges: &'a Ranges) -> Self {
        Self { fields: Map::new(), path, ranges }
    }

    fn number(&mut self, name: &str, value: f64) {
        self.fields.insert(name.to_owned(), number(value));
        if let Some((low, high)) = self.ranges.get(&format!("{}.{name}", self.path)) {
            self.fields.insert(format!("{name}_range"), json!([number(*low), number(*high)]));
        }
    }

    fn optional(&mut self, name: &str, value: Option<f64>) {
        match value {
            Some(value) => self.number(name, value),
            None => self.other(name, Value::Null),
        }
    }

    fn other(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    fn into_value(self) -> Value {
        Value::Object(self.fields)
    }
}

/// Writes whole numbers without a fraction.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value == value.trunc() && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn journey(system: &System, at: usize, counted: &JourneyCommunication, blast_radius: &BlastRadius, ranges: &Ranges) -> Value {
    let journey = &system.journeys[at];
    let path = format!("journeys.{}", journey.id);
    let mut fields = Figures::new(path.clone(), ranges);
    fields.other("id", journey.id.as_str());
    fields.other("implied", journey.implied);
    let rate = journey.rate().map(crate::quantity::Rate::per_second);
    fields.optional("rate_per_s", rate);
    fields.other("failure", failure(system, at, blast_radius));
    fields.other("communication", communication(&path, rate, counted, ranges));
    fields.other("latency", Value::Null);
    fields.other("completion", Value::Null);
    fields.into_value()
}

fn communication(path: &str, rate: Option<f64>, counted: &JourneyCommunication, ranges: &Ranges) -> Value {
    let mut fields = Figures::new(format!("{path}.communication"), ranges);
    fields.number("messages", counted.messages.first);
    fields.number("messages_with_retries", counted.messages.with_retries);
    fields.number("bytes", counted.bytes.first.bytes());
    fields.number("bytes_with_retries", counted.bytes.with_retries.bytes());
    let mut bytes = Figures::new(format!("{path}.communication.bytes_by_class"), ranges);
    for (class, value) in &counted.bytes_by_class {
        bytes.number(class.word(), value.bytes());
    }
    fields.other("bytes_by_class", bytes.into_value());
    let mut crossings = Figures::new(format!("{path}.communication.crossings"), ranges);
    for (class, value) in &counted.crossings {
        crossings.number(class.word(), *value);
    }
    fields.other("crossings", crossings.into_value());
    fields.number("network_messages", counted.network_messages());
    fields.number("network_bytes", counted.network_bytes().bytes());
    fields.number("network_round_trips", counted.network_round_trips);
    fields.number("serial_round_trips", counted.serial_round_trips);
    fields.other("depth", counted.depth);
    fields.other("fan_out", counted.fan_out);
    fields.number("team_crossings", counted.team_crossings.per_request);
    fields.number("replication_messages", counted.replication.messages.first);
    fields.number("sidecar_messages", counted.sidecars.messages.first);
    fields.optional("bytes_per_s", rate.map(|rate| rate * counted.bytes.first.bytes()));
    fields.other("growth", json!({ "class": counted.growth.class.word(), "formula": counted.growth.formula }));
    fields.into_value()
}

fn failure(system: &System, at: usize, blast_radius: &BlastRadius) -> Value {
    let journey = &blast_radius.journeys[at];
    let points = &journey.single_points;
    json!({
        "unavailability": null,
        "interval": null,
        "exact": null,
        "downtime_minutes_per_year": null,
        "planned_downtime_minutes_per_year": null,
        "downtime_by_cause": null,
        "incidents_per_year": null,
        "mean_outage_minutes": null,
        "naive_unavailability": null,
        "single_points": points.iter().map(|point| point.event.id(system)).collect::<Vec<_>>(),
        "single_point_losses": points.iter().map(|point| json!({ "event": point.event.id(system), "lost": number(point.lost.value()) })).collect::<Vec<_>>(),
        "one_failure_away": journey.is_one_failure_away(),
        "cut_sets": null,
        "importance": null,
    })
}

fn domains(system: &System, blast_radius: &BlastRadius, ranges: &Ranges) -> Vec<Value> {
    let ids =
        |journeys: &[crate::model::JourneyId]| -> Value { journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect() };
    blast_radius
        .domains
        .iter()
        .map(|domain| {
            let mut fields = Figures::new(format!("domains.{}", domain.id), ranges);
            fields.other("id", domain.id.as_str());
            fields.other("kind", domain.kind.word(system));
            fields.other("alike", domain.alike);
            fields.other("journeys_down", ids(&domain.down));
            fields.other("journeys_partly_down", ids(&domain.partly_down));
            fields.other("journeys_degraded", ids(&domain.degraded));
            fields.other("journeys_one_failure_away", ids(&domain.one_failure_away));
            fields.number("traffic_lost", domain.traffic_lost);
            fields.optional("users_lost", domain.users_lost);
            fields.other("rpo_s", Value::Null);
            fields.other("rto_s", Value::Null);
            fields.into_value()
        })
        .collect()
}

fn links(system: &System, communication: &Communication, ranges: &Ranges) -> Vec<Value> {
    use crate::analysis::communication::Limit;
    communication
        .links
        .iter()
        .map(|load| {
            let link = system.link(load.link);
            let stated = communication.bandwidth.iter().find(|used| used.limit == Limit::Link(load.link));
            let mut fields = Figures::new(format!("links.{}", link.id), ranges);
            fields.other("id", link.id.as_str());
            fields.number("bytes_per_s", load.mean.bytes.first.bytes_per_second());
            fields.other("bandwidth_bytes_per_s", stated.map_or(Value::Null, |used| number(used.capacity.bytes_per_second())));
            fields.other("utilization", stated.map_or(Value::Null, |used| number(used.utilization)));
            fields.into_value()
        })
        .collect()
}

fn gate(gate: &Gate) -> Value {
    json!({ "id": gate.id, "journey": gate.journey, "limit": gate.limit, "value": gate.value, "state": gate.state.word() })
}

fn comparison(comparison: &Comparison) -> Value {
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
