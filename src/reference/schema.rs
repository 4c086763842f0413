//! JSON Schemas for editors: what a model file, a policy and a workspace may hold, with the key table's words as descriptions.
//!
//! They say less than `check`: a schema knows no ids of other tables, no layers and no sums. What a schema refuses, `check` refuses too.

use serde_json::{Map, Value, json};

use super::words::{self, CALL_KEYS, GROUP_KEYS, StepKey};
use crate::model::DistanceClass;
use crate::model::assumptions::{CONSTANTS, Constant};
use crate::quantity::Dimension;
use crate::syntax::keys::{Row, Shape, Table};
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};
use crate::syntax::{ITEM_TABLES, SINGLE_TABLES, takes_measured};

/// An id.
const ID: &str = "[a-z][a-z0-9-]*";
/// The number of a quantity.
const NUMBER: &str = r"\+?[0-9]+(\.[0-9]+)?";

/// Returns the schema of `system.toml`, of its parts, of `imported.toml` and of an alternative.
pub fn json_schema() -> Value {
    let mut properties = model_tables();
    for row in Table::File.rows() {
        properties.insert(row.name.to_owned(), key(Table::File, row));
    }
    let mut schema = document("weighbridge: a file of a model", properties, &["schema"]);
    schema["dependentRequired"] = json!({ "alternative": ["extends"] });
    schema
}

/// Returns the schema of `weighbridge.toml`, which several models share.
pub fn workspace_schema() -> Value {
    let shared = ["locations", "teams", "defaults", "cost", "assumptions", "network"];
    let mut properties: Map<String, Value> = model_tables().into_iter().filter(|(name, _)| shared.contains(&name.as_str())).collect();
    properties.insert("schema".to_owned(), version());
    properties.insert("policy".to_owned(), object(policy_tables(), "The policy of all models below."));
    document("weighbridge: what several models share", properties, &["schema"])
}

/// Returns the schema of `policy.toml`.
pub fn policy_schema() -> Value {
    let mut properties = policy_tables();
    properties.insert("schema".to_owned(), version());
    document("weighbridge: the policy of a model", properties, &[])
}

/// Makes a whole schema: the properties, and the definitions that they need.
fn document(title: &str, properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut all = definitions();
    let root = object(properties, "");
    let mut needed: Vec<String> = Vec::new();
    references(&root, &mut needed);
    let mut at = 0;
    while let Some(name) = needed.get(at).cloned() {
        if let Some(definition) = all.get(&name) {
            references(definition, &mut needed);
        }
        at += 1;
    }
    all.retain(|name, _| needed.contains(name));
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": root["properties"],
        "additionalProperties": false,
        "$defs": all,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// Collects the names of the definitions that a schema refers to, each once.
fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
                    Some(name) if key == "$ref" && !found.iter().any(|known| known == name) => found.push(name.to_owned()),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn version() -> Value {
    json!({ "const": 1, "description": "The version of the language." })
}

fn object(properties: Map<String, Value>, description: &str) -> Value {
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !description.is_empty() {
        object["description"] = json!(description);
    }
    object
}

/// The tables of a model file, `[defaults]`, `[observed]` and `[assumptions]` included.
fn model_tables() -> Map<String, Value> {
    let mut properties = Map::new();
    for (name, table) in SINGLE_TABLES {
        properties.insert((*name).to_owned(), reference(&words::topic(*table)));
    }
    for (name, table) in ITEM_TABLES {
        properties.insert((*name).to_owned(), items(*table));
    }
    let mut defaults = Map::new();
    for kind in ComponentKind::WORDS {
        defaults.insert((*kind).to_owned(), reference("components"));
    }
    for arrow in ["->", "~>", "=>"] {
        defaults.insert(arrow.to_owned(), reference("links"));
    }
    properties.insert(
        "defaults".to_owned(),
        object(defaults, "Keys for all components of a kind, or all links of an arrow; what an item states itself wins."),
    );
    let observed = |name: &str| json!({ "type": "object", "patternProperties": { format!("^{ID}$"): reference("observed") }, "additionalProperties": false, "description": name });
    properties.insert(
        "observed".to_owned(),
        json!({
            "type": "object",
            "description": words::about(Table::Observed),
            "properties": { "system": reference("observed"), "components": observed("By component."), "journeys": observed("By journey.") },
            "additionalProperties": false,
        }),
    );
    properties.insert("assumptions".to_owned(), assumptions());
    properties
}

/// A table of elements by id or by arrow.
fn items(table: Table) -> Value {
    let item = reference(&words::topic(table));
    let about = words::about(table);
    let removed =
        |what: &str| json!({ "remove": words_schema(format!("What lies below this alternative and is no longer there: {what}.")) });
    match table {
        Table::Link => json!({
            "type": "object",
            "description": about,
            "properties": removed("keys of links"),
            "patternProperties": { link_pattern(): item },
            "additionalProperties": false,
        }),
        Table::Network => {
            let classes: Vec<&str> = DistanceClass::ALL.iter().map(|class| class.word()).chain(["cross-region"]).collect();
            json!({
                "type": "object",
                "description": about,
                "patternProperties": { format!("^({ID} <-> {ID}|{})$", classes.join("|")): item },
                "additionalProperties": false,
            })
        }
        _ => json!({
            "type": "object",
            "description": about,
            "properties": removed("ids"),
            "patternProperties": { format!("^(?!(remove|system)$){ID}$"): item },
            "additionalProperties": false,
        }),
    }
}

/// The pattern of a link's key.
fn link_pattern() -> String {
    format!("^{ID} (->|~>|=>|<->) {ID}( *, *{ID})*( #{ID})?$")
}

fn policy_tables() -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert("gates".to_owned(), reference("policy.gates"));
    properties.insert(
        "rules".to_owned(),
        json!({ "type": "object", "description": "The settings of rules, by rule.", "additionalProperties": reference("policy.rules") }),
    );
    properties.insert("allow".to_owned(), json!({ "type": "object", "description": "Accepted findings, by an id of your own.", "additionalProperties": reference("policy.allow") }));
    properties.insert("forbid".to_owned(), words_schema("Rules whose findings nobody may accept.".to_owned()));
    properties
}

fn words_schema(description: String) -> Value {
    json!({ "description": description, "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
}

/// The definitions: one per table of the language, one per dimension, and the steps.
fn definitions() -> Map<String, Value> {
    let mut all = Map::new();
    for table in Table::ALL {
        let properties = table.rows().iter().map(|row| (row.name.to_owned(), key(*table, row))).collect();
        let mut definition = object(properties, words::about(*table));
        if *table == Table::Allowance {
            definition["required"] = json!(["reason"]);
        }
        all.insert(words::topic(*table), definition);
    }
    for dimension in [Dimension::Duration, Dimension::Rate, Dimension::Bytes, Dimension::Bandwidth, Dimension::Share, Dimension::Number] {
        let name = dimension_name(dimension);
        all.insert(name.to_owned(), quantity(dimension));
        all.insert(measured_name(name), measured(reference(name)));
    }
    let amount = |unit: &str| json!({ "type": "string", "pattern": format!("^({NUMBER}( {unit})?\\.\\.){{0,2}}{NUMBER} {unit}$") });
    all.insert("money".to_owned(), amount("[A-Z]{3}"));
    all.insert("money-per-time".to_owned(), amount("[A-Z]{3}/(h|day|month|y|year)"));
    all.insert("step".to_owned(), step());
    all.insert("steps".to_owned(), json!({ "type": "array", "items": reference("step") }));
    all.insert("branches".to_owned(), json!({ "type": "array", "items": { "anyOf": [reference("step"), reference("steps")] } }));
    all
}

const fn dimension_name(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Duration => "duration",
        Dimension::Rate => "rate",
        Dimension::Bytes => "size",
        Dimension::Bandwidth => "size-per-time",
        Dimension::Share => "share",
        Dimension::Number => "number",
    }
}

/// A number with a unit, or a range; the unit may stand once, behind the last number.
fn quantity(dimension: Dimension) -> Value {
    const PERIOD: &str = "(s|min|h|day|month|y|year)";
    const SIZE: &str = "(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)";
    let unit = match dimension {
        Dimension::Duration => "(us|ms|s|min|h|d|y)".to_owned(),
        Dimension::Rate => format!("/{PERIOD}"),
        Dimension::Bytes => SIZE.to_owned(),
        Dimension::Bandwidth => format!("{SIZE}/{PERIOD}"),
        Dimension::Share => "%?".to_owned(),
        Dimension::Number => String::new(),
    };
    // A share without its unit is at most 1.
    let last = if dimension == Dimension::Share { format!("({NUMBER}%|0(\\.[0-9]+)?|1(\\.0+)?)") } else { format!("{NUMBER}{unit}") };
    let optional = if unit.is_empty() || unit.ends_with('?') { unit.clone() } else { format!("({unit})?") };
    let text = json!({ "type": "string", "pattern": format!("^({NUMBER}{optional}\\.\\.){{0,2}}{last}$") });
    match dimension {
        Dimension::Share => json!({ "anyOf": [text, { "type": "number", "minimum": 0, "maximum": 1 }] }),
        Dimension::Number => json!({ "anyOf": [text, { "type": "number", "minimum": 0 }] }),
        _ => text,
    }
}

/// One key of a table, with all that it takes.
fn key(table: Table, row: &Row) -> Value {
    let mut forms = forms(row);
    if takes_measured(row.shape) {
        forms.push(match row.shape {
            Shape::Quantity(dimension) => reference(&measured_name(dimension_name(dimension))),
            _ => measured(any_of(forms.clone())),
        });
    }
    let takes: Vec<Value> = [(words::takes_false(table, row), json!(false)), (words::takes_unknown(table, row), json!("unknown"))]
        .into_iter()
        .filter(|(takes, _)| *takes)
        .map(|(_, word)| word)
        .collect();
    if !takes.is_empty() {
        forms.push(json!({ "enum": takes }));
    }
    let mut schema = any_of(forms);
    schema["description"] = json!(row.doc);
    schema
}

fn measured_name(name: &str) -> String {
    format!("measured-{name}")
}

/// A value with its source.
fn measured(value: Value) -> Value {
    json!({
        "type": "object",
        "properties": { "value": value, "source": { "type": "string" }, "on": date() },
        "required": ["value"],
        "additionalProperties": false,
    })
}

fn any_of(mut forms: Vec<Value>) -> Value {
    if forms.len() == 1 { forms.remove(0) } else { json!({ "anyOf": forms }) }
}

fn date() -> Value {
    json!({ "type": "string", "format": "date" })
}

/// The forms of a key's own value.
fn forms(row: &Row) -> Vec<Value> {
    if row.name == "schema" { vec![json!({ "const": 1 })] } else { shape(row.shape) }
}

fn shape(shape: Shape) -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let id = || json!({ "type": "string", "pattern": format!("^{ID}$") });
    let one_or_list = |one: Value| vec![one.clone(), json!({ "type": "array", "items": one })];
    let record = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let flag = || json!({ "type": "boolean" });
    match shape {
        Shape::Flag => vec![json!({ "const": true })],
        Shape::OrTrue(inner) => std::iter::once(json!({ "const": true })).chain(self::shape(*inner)).collect(),
        Shape::Text => vec![text()],
        Shape::Currency => vec![json!({ "type": "string", "pattern": "^[A-Z]{3}$" })],
        Shape::Texts => one_or_list(text()),
        Shape::Count => vec![count()],
        Shape::Quantity(dimension) => vec![reference(dimension_name(dimension))],
        Shape::Money => vec![reference("money")],
        Shape::MoneyRate => vec![reference("money-per-time")],
        Shape::Date => vec![date()],
        Shape::Symbol(words) => vec![json!({ "enum": words })],
        Shape::Symbols(words) => one_or_list(json!({ "enum": words })),
        Shape::Reference(_) => vec![id()],
        Shape::References(_) => one_or_list(id()),
        Shape::Replicas => {
            let bound = json!({ "anyOf": [count(), { "const": false }] });
            vec![json!({ "type": "integer", "minimum": 1 }), record(json!({ "min": count(), "usual": count(), "max": bound }), &[])]
        }
        Shape::Shards => {
            let own = record(json!({ "share": reference("share"), "on": any_of(one_or_list(id())) }), &["share"]);
            vec![
                json!({ "type": "integer", "minimum": 1 }),
                json!({ "type": "object", "minProperties": 1, "additionalProperties": { "anyOf": [reference("share"), own] } }),
            ]
        }
        Shape::ServiceTime => {
            let duration = || reference("duration");
            vec![
                duration(),
                record(json!({ "mean": duration(), "scv": reference("number") }), &["mean"]),
                record(json!({ "p50": duration(), "p99": duration() }), &["p50", "p99"]),
            ]
        }
        Shape::Table(table) => vec![reference(&words::topic(table))],
        Shape::Contract => {
            let named = || json!({ "anyOf": [flag(), text()] });
            let properties =
                json!({ "kind": text(), "file": text(), "versioned": flag(), "compatible": flag(), "registry": named(), "tests": named() });
            vec![json!({ "type": "string", "pattern": "^[^:]+:.+$" }), record(properties, &[])]
        }
        Shape::Copies => {
            let lag = json!({ "anyOf": [reference("duration"), { "const": "unknown" }] });
            vec![
                json!({ "type": "object", "patternProperties": { format!("^{ID}$"): lag }, "additionalProperties": false }),
                json!({ "type": "array", "items": id() }),
            ]
        }
        Shape::Allowances => vec![json!({ "type": "object", "additionalProperties": reference(&words::topic(Table::Allowance)) })],
        Shape::CurrencyRates => {
            let stated = record(json!({ "value": reference("money"), "source": text(), "on": date() }), &["value"]);
            vec![
                json!({ "type": "object", "patternProperties": { "^[A-Z]{3}$": { "anyOf": [reference("money"), stated] } }, "additionalProperties": false }),
            ]
        }
        Shape::Steps => vec![reference("steps")],
        Shape::Any => vec![json!({ "type": "object", "additionalProperties": true })],
    }
}

/// A step: a link's key, a call with more to say, or a group.
fn step() -> Value {
    let link = || json!({ "type": "string", "pattern": format!("^{ID} (->|~>) {ID}( #{ID})?$") });
    let described = |keys: &[StepKey], required: &str| {
        let properties: Map<String, Value> = keys
            .iter()
            .map(|key| {
                let mut value = match key.name {
                    "call" => link(),
                    "times" | "quorum" => json!({ "type": "integer", "minimum": 1 }),
                    "when" | "hit" => json!({ "anyOf": [reference("share")] }),
                    "payload" | "response" => json!({ "anyOf": [reference("size")] }),
                    "switch" => json!({ "anyOf": [reference("duration")] }),
                    "else" => json!({ "anyOf": [reference("steps")] }),
                    "parallel" | "first-of" => json!({ "anyOf": [reference("branches")] }),
                    "choice" => json!({ "type": "array", "items": {
                        "type": "object",
                        "properties": { "share": reference("share"), "steps": reference("steps") },
                        "required": ["share"],
                        "additionalProperties": false,
                    } }),
                    "required" | "pivot" | "refusable" => json!({ "type": "boolean" }),
                    "fallback" => json!({ "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": format!("^{ID}$") }] }),
                    "operation" => json!({ "type": "string" }),
                    _ => any_of(shape(Shape::Texts)),
                };
                value["description"] = json!(key.doc);
                (key.name.to_owned(), value)
            })
            .collect();
        json!({ "type": "object", "properties": properties, "required": [required], "additionalProperties": false })
    };
    // Each group's own key, and the one beside it.
    let (parallel, choice, first_of) = (&GROUP_KEYS[..2], &GROUP_KEYS[2..3], &GROUP_KEYS[3..]);
    json!({ "anyOf": [link(), described(CALL_KEYS, "call"), described(parallel, "parallel"), described(choice, "choice"), described(first_of, "first-of")] })
}

/// `[assumptions]`: constants by name, with or without quotes around a dotted one, or the pinned version alone.
fn assumptions() -> Value {
    let mut properties = Map::new();
    properties.insert("set".to_owned(), json!({ "type": "string", "description": "The pinned version of the constants." }));
    for constant in CONSTANTS {
        properties.insert(constant.name.to_owned(), constant_schema(constant));
    }
    for constant in CONSTANTS {
        if let Some((group, name)) = constant.name.split_once('.') {
            let group = properties.entry(group.to_owned()).or_insert_with(|| object(Map::new(), "Constants of one group."));
            group["properties"][name] = constant_schema(constant);
        }
    }
    let table = object(properties, "");
    json!({
        "description": "Overrides constants by name; or, as a text at the top of the file, pins their version.",
        "anyOf": [{ "type": "string" }, table],
    })
}

fn constant_schema(constant: &Constant) -> Value {
    let name = dimension_name(constant.dimension);
    json!({ "description": format!("The {}: {}.", constant.doc, constant.value), "anyOf": [reference(name), reference(&measured_name(name))] })
}
