//! Explanations and examples, against the reader itself.

use super::words::{self, CALL_KEYS, GROUP_KEYS};
use super::{explain, json_schema, suggest};
use crate::diagnostic::Code;
use crate::source::Sources;
use crate::syntax::keys::Table;
use crate::syntax::value::LayerId;
use crate::syntax::{DocumentKind, read};

/// Reads a text and returns the messages.
fn messages(text: &str, kind: DocumentKind) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("a.toml", text);
    read(&sources, file, kind, LayerId(0)).1.into_iter().map(|one| format!("{}: {}", one.code.name(), one.message)).collect()
}

/// The kind of file that a table stands in.
fn kind_of(table: Table) -> DocumentKind {
    match table {
        _ if words::is_policy(table) => DocumentKind::Policy,
        Table::Alternative => DocumentKind::Alternative,
        _ => DocumentKind::Base,
    }
}

fn in_table(table: Table, line: &str) -> String {
    let schema = if words::is_policy(table) { "" } else { "schema = 1\n" };
    // An accepted finding names its rule and its reason, whatever else it says.
    let companions: String = ["rule = \"missing-timeout\"\n", "reason = \"why\"\n"]
        .into_iter()
        .filter(|other| table == Table::Allowance && other.split(' ').next() != line.split(' ').next())
        .collect();
    format!("{schema}{}\n{companions}{line}\n", words::header(table))
}

#[test]
fn every_example_can_be_pasted() {
    for table in Table::ALL {
        for row in table.rows() {
            let example = words::example(*table, row);
            assert!(!example.contains('…'), "{} has no example of its own", row.name);
            let (text, kind) = match (table, row.name) {
                (Table::File, "schema") => ("schema = 1".to_owned(), DocumentKind::Base),
                (Table::File, "extends") => (format!("schema = 1\n{example}"), DocumentKind::Alternative),
                (Table::File, _) => (format!("schema = 1\n{example}"), DocumentKind::Base),
                _ => (in_table(*table, &example), kind_of(*table)),
            };
            assert_eq!(messages(&text, kind), [""; 0], "{text}");
        }
    }
}

/// Semantics, "Facts": what the page says about `false` and `"unknown"` is what the reader does.
#[test]
fn what_a_key_takes_besides_its_form_is_what_the_reader_takes() {
    for table in Table::ALL.iter().filter(|table| **table != Table::File) {
        for row in table.rows() {
            let is_read = |value: &str| messages(&in_table(*table, &format!("{} = {value}", row.name)), kind_of(*table)).is_empty();
            let place = format!("{}.{}", words::topic(*table), row.name);
            // Free keys and free texts take anything.
            if words::form(row.shape) != "a table with any keys" {
                assert_eq!(is_read("false"), words::takes_false(*table, row), "{place}");
            }
            if is_read("\"no such word\"") {
                continue;
            }
            assert_eq!(is_read("\"unknown\""), words::takes_unknown(*table, row), "{place}");
        }
    }
}

#[test]
fn every_step_key_is_known_to_the_reader() {
    let step = |key: &str| {
        let value = match key {
            "call" => return "{ call = \"a -> b\" }".to_owned(),
            "times" | "quorum" => "1",
            "when" => "0.5",
            "hit" => return "{ call = \"a -> b\", hit = 0.5, else = [\"a -> b\"] }".to_owned(),
            "payload" | "response" => "\"1KB\"",
            "else" => return step_with_else(),
            "required" | "fallback" | "pivot" | "refusable" => "true",
            "parallel" | "first-of" => return format!("{{ {key} = [\"a -> b\", [\"a -> b\"]] }}"),
            "choice" => return "{ choice = [{ share = 1, steps = [\"a -> b\"] }] }".to_owned(),
            "switch" => return "{ first-of = [\"a -> b\"], switch = \"1s\" }".to_owned(),
            _ => "\"order\"",
        };
        if key == "quorum" {
            format!("{{ parallel = [\"a -> b\"], quorum = {value} }}")
        } else {
            format!("{{ call = \"a -> b\", {key} = {value} }}")
        }
    };
    fn step_with_else() -> String {
        "{ call = \"a -> b\", else = [\"a -> b\"], hit = \"10%\" }".to_owned()
    }
    for key in CALL_KEYS.iter().chain(GROUP_KEYS) {
        for step in [step(key.name), key.example.to_owned()] {
            let text = format!("schema = 1\n[journeys.one]\nsteps = [{step}]\n");
            assert_eq!(messages(&text, DocumentKind::Base), [""; 0], "{text}");
        }
        assert!(key.example.contains(key.name) && explain(key.name).expect("a key").contains(key.example), "{}", key.name);
    }
    let unknown = messages("schema = 1\n[journeys.one]\nsteps = [{ call = \"a -> b\", xyz = 1 }]\n", DocumentKind::Base);
    assert_eq!(unknown.len(), 1, "{unknown:?}");
}

/// What is said of keys inside of values is what the reader takes, and every word of an example that is a key is explained.
#[test]
fn every_key_inside_of_a_value_is_explained_by_what_can_be_pasted() {
    for key in words::inner_keys() {
        let kind = if key.name == "remove" { DocumentKind::Alternative } else { DocumentKind::Base };
        let text = format!("schema = 1\n{}{}\n", if key.name == "remove" { "extends = \"../system.toml\"\n" } else { "" }, key.example);
        assert_eq!(messages(&text, kind), [""; 0], "{text}");
        assert!(key.example.contains(key.name), "{}", key.example);
        let explained = explain(key.name).expect("a key");
        assert!(explained.contains(key.doc) && explained.contains(key.example), "{explained}");
    }
    let braces = |form: String| -> Vec<String> {
        let inner = form.split('{').skip(1).filter_map(|part| part.split('}').next().map(str::to_owned)).collect::<Vec<_>>().join(",");
        let words = inner.split([',', ' ', '…']).map(str::to_owned);
        words.filter(|word| !word.is_empty() && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())).collect()
    };
    let forms = Table::ALL.iter().flat_map(|table| table.rows()).map(|row| words::form(row.shape));
    for word in forms.flat_map(braces) {
        assert!(explain(&word).is_some(), "`{word}` stands in the form of a value, and nothing explains it");
    }
}

#[test]
fn a_key_is_explained_in_every_table_that_has_it() {
    let timeout = explain("timeout").expect("a key");
    assert!(
        timeout.contains("[links.\"app -> db\"]")
            && timeout.contains("us, ms, s, min, h, d, y")
            && timeout.contains("example  timeout = \"200ms\""),
        "{timeout}"
    );
    let rate = explain("rate").expect("a key");
    assert!(rate.contains("[journeys.order]") && rate.contains("[observed.components.app]"), "{rate}");
    let replicas = explain("components.replicas").expect("a key");
    assert!(replicas.contains("{ min, usual, max }"), "{replicas}");
    assert_eq!(explain("components.<id>.deploy.often"), explain("components.deploy.often"));
    // As messages, JSON and the model itself write it.
    assert_eq!(explain("components.db.service-time"), explain("components.service-time"));
    assert_eq!(explain("links.\"app -> db\".timeout"), explain("links.timeout"));
    assert_eq!(explain("components.app.replicas.usual"), explain("replicas.usual"));
    for inner in ["replicas.usual", "components.remove", "components.service-time.scv", "journeys.order.rate.source", "shards.share"] {
        assert!(explain(inner).is_some(), "{inner}");
    }
    assert_eq!(explain("deploy.often"), explain("components.deploy.often"));
    assert_eq!(explain("assumptions.same-zone"), explain("same-zone"));
    assert_eq!(explain("loy.often"), None);
    assert!(!explain("shards.share").expect("a key").contains("choice"));
    let none =
        ["timeout.scv", "timeout.remove", "nonsense.remove", "contract.file.defaults", "nonsense.steps.times", "links.a.nonsense.timeout"];
    for topic in none.into_iter().map(str::to_owned).chain(["a.".repeat(100_000) + "timeout"]) {
        assert_eq!(explain(&topic), None, "{topic}");
    }
    assert!(explain("links.timeout").is_some() && explain("steps.times").is_some() && explain("policy.gates.fail-on").is_some());
    assert_eq!(explain("journeys.timeout"), None);
}

#[test]
fn tables_codes_constants_and_the_assumptions_are_explained() {
    for table in Table::ALL {
        let text = explain(&words::topic(*table)).expect("a table");
        assert!(table.rows().iter().all(|row| text.contains(row.doc)), "{text}");
    }
    for code in Code::ALL {
        assert!(explain(code.name()).expect("a code").contains(code.explanation()));
    }
    let all = explain("assumptions").expect("the table");
    assert!(all.contains("2026.1") && all.contains("same-zone") && all.contains("assumed: no source found"), "{all}");
    assert!(explain("cross-zone").expect("a constant").contains("1ms"));
    assert_eq!(explain("no-such-topic"), None);
    assert_eq!(explain(""), None);
}

#[test]
fn a_misspelt_topic_gets_a_suggestion() {
    assert_eq!(suggest("timout").as_deref(), Some("timeout"));
    assert_eq!(suggest("unknown-componet").as_deref(), Some("unknown-component"));
    assert_eq!(suggest("links.timout").as_deref(), Some("links.timeout"));
    assert_eq!(suggest("assumption").as_deref(), Some("assumptions"));
    assert_eq!(suggest("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), None);
}

#[test]
fn a_schema_defines_what_it_refers_to() {
    let schema = json_schema().to_string();
    for (at, _) in schema.match_indices("#/$defs/") {
        let name: String = schema[at + 8..].chars().take_while(|letter| *letter != '"').collect();
        assert!(schema.contains(&format!("\"{name}\":{{")), "{name} is not defined");
    }
}
