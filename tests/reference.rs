//! The generated pages and schemas are current, complete, and agree with the files that the repository ships.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value as Json, json};
use weighbridge::diagnostic::{Severity, has_errors, one_line};
use weighbridge::hazard::markdown_rules;
use weighbridge::model::{FileError, Files, Model};
use weighbridge::reference::{json_schema, markdown_assumptions, markdown_diagnostics, markdown_keys, policy_schema, workspace_schema};
use weighbridge::source::Sources;
use weighbridge::syntax::keys::Table;
use weighbridge::syntax::value::{Facts, LayerId, State, Value};
use weighbridge::syntax::{Document, DocumentKind, read};

/// The directories whose files the language's own tests may rely on.
const MODELS: &[&str] = &["models", "tests/fixtures/language"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns all TOML files of a directory with their paths below the repository, sorted.
fn toml_files(directory: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(directory)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().expect("a directory of the repository").map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path.strip_prefix(root()).expect("below the repository").to_string_lossy().replace('\\', "/"));
        }
    }
    found.sort();
    found
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// What a file of a model is; price books are none.
fn kind_of(path: &str) -> Option<DocumentKind> {
    Some(match path {
        _ if path.contains("/prices/") || path.ends_with("/answers.toml") => return None,
        _ if path.ends_with("/weighbridge.toml") => DocumentKind::Workspace,
        _ if path.ends_with("/policy.toml") => DocumentKind::Policy,
        _ if path.ends_with("/imported.toml") => DocumentKind::Imported,
        _ if path.contains("/parts/") => DocumentKind::Part,
        _ if path.contains("/alternatives/") => DocumentKind::Alternative,
        _ => DocumentKind::Base,
    })
}

fn shipped() -> impl Iterator<Item = (String, DocumentKind)> {
    MODELS.iter().flat_map(|directory| toml_files(directory)).filter_map(|path| kind_of(&path).map(|kind| (path, kind)))
}

// --- Generated files are current --------------------------------------------------------------------------------------------------------

fn check_current(path: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        let path = root().join(path);
        std::fs::create_dir_all(path.parent().expect("a file in a directory")).expect("the directory of a generated file");
        std::fs::write(path, expected).expect("a generated file");
        return;
    }
    let committed = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    assert!(committed.replace("\r\n", "\n") == expected, "{path} is stale; run: UPDATE=1 cargo test --test reference");
}

fn printed(schema: &Json) -> String {
    serde_json::to_string_pretty(schema).expect("a JSON value prints") + "\n"
}

#[test]
fn the_reference_pages_are_current() {
    check_current("docs/reference/keys.md", &markdown_keys());
    check_current("docs/reference/diagnostics.md", &markdown_diagnostics());
    check_current("docs/reference/assumptions.md", &markdown_assumptions());
    check_current("docs/reference/rules.md", &markdown_rules());
}

#[test]
fn the_schemas_are_current() {
    check_current("docs/schema/model.schema.json", &printed(&json_schema()));
    check_current("docs/schema/policy.schema.json", &printed(&policy_schema()));
    check_current("docs/schema/workspace.schema.json", &printed(&workspace_schema()));
}

// --- Every key is described and used ----------------------------------------------------------------------------------------------------

#[test]
fn every_key_stands_on_the_page() {
    let page = markdown_keys();
    for table in Table::ALL {
        for row in table.rows() {
            assert!(page.contains(&format!("| `{}` | ", row.name)) && page.contains(row.doc), "{} of {}", row.name, table.path());
        }
    }
}

/// Collects the keys that some facts state, those of nested tables included.
fn collect(facts: &Facts, used: &mut BTreeSet<(Table, u16)>) {
    for (index, entry) in facts.entries() {
        used.insert((facts.table, index));
        match &entry.state {
            State::Stated(Value::Table(inner)) => collect(inner, used),
            State::Stated(Value::Allowances(allowances)) => allowances.0.iter().for_each(|(_, inner)| collect(inner, used)),
            State::Stated(_) | State::Absent | State::Unknown => {}
        }
    }
}

fn collect_document(document: &Document, used: &mut BTreeSet<(Table, u16)>) {
    document.singles.values().for_each(|facts| collect(facts, used));
    document.items.values().flat_map(|items| items.values()).for_each(|item| collect(&item.facts, used));
    document.defaults.values().for_each(|facts| collect(facts, used));
}

#[test]
fn every_key_is_used_by_a_model() {
    let mut used = BTreeSet::new();
    for (path, kind) in shipped() {
        let mut sources = Sources::default();
        let file = sources.add(path.clone(), text_of(&path));
        let (document, diagnostics) = read(&sources, file, kind, LayerId(0));
        let errors: Vec<String> =
            diagnostics.iter().filter(|one| one.severity() == Severity::Error).map(|one| one_line(&sources, one)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        collect_document(&document, &mut used);
    }
    let unused: Vec<String> = Table::ALL
        .iter()
        .flat_map(|table| (0_u16..).zip(table.rows()).map(move |(index, row)| (*table, index, row.name)))
        .filter(|(table, index, _)| !used.contains(&(*table, *index)))
        .map(|(table, _, name)| format!("{}: {name}", table.path()))
        .collect();
    assert!(unused.is_empty(), "no file below {MODELS:?} uses {unused:#?}");
}

// --- The schemas take what is right and refuse what is wrong ----------------------------------------------------------------------------

/// Turns TOML into the JSON that an editor validates.
fn to_json(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(datetime) => json!(datetime.to_string()),
        toml::Value::Array(members) => members.into_iter().map(to_json).collect(),
        toml::Value::Table(table) => Json::Object(table.into_iter().map(|(key, value)| (key, to_json(value))).collect()),
    }
}

fn document(text: &str) -> Json {
    to_json(toml::Value::Table(toml::from_str(text).expect(text)))
}

fn validator(schema: &Json) -> Validator {
    jsonschema::meta::validate(schema).expect("a schema by the rules of JSON Schema");
    jsonschema::validator_for(schema).expect("a schema")
}

fn problems(validator: &Validator, instance: &Json) -> Vec<String> {
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schemas_take_every_shipped_file() {
    let (model, policy, workspace) = (validator(&json_schema()), validator(&policy_schema()), validator(&workspace_schema()));
    for (path, kind) in shipped() {
        let schema = match kind {
            DocumentKind::Policy => &policy,
            DocumentKind::Workspace => &workspace,
            DocumentKind::Base | DocumentKind::Part | DocumentKind::Imported | DocumentKind::Alternative => &model,
        };
        let found = problems(schema, &document(&text_of(&path)));
        assert!(found.is_empty(), "{path}: {found:#?}");
    }
}

/// Mistakes of a model file, each alone in a file that is right without it. Both the schema and the reader refuse them.
const MISTAKES: &[&str] = &[
    // Unknown keys and tables.
    "[components]\na = { kind = \"service\", replica = 2 }",
    "[component]\na = { kind = \"service\" }",
    "[system]\ntitle = \"Shop\"",
    "[components.a.deploy]\nfrequency = \"1/day\"",
    "[links]\n\"a -> b\" = { timout = \"1s\" }",
    "[observed.locations.eu]\nrate = \"1/s\"",
    "[defaults.servise]\nreplicas = 2",
    "[journeys.a]\nsteps = [{ call = \"a -> b\", time = 2 }]",
    "[journeys.a]\nsteps = [{ paralel = [\"a -> b\"] }]",
    // Wrong types.
    "[components]\na = { kind = \"service\", replicas = \"2\" }",
    "[components]\na = { kind = \"service\", replicas = 1.5 }",
    "[components]\na = { kind = 1 }",
    "[components]\na = \"service\"",
    "[components]\na = { kind = \"service\", on = 3 }",
    "[components]\na = { kind = \"service\", on = [\"eu\", 3] }",
    "[links]\n\"a -> b\" = { required = \"yes\" }",
    "[journeys.a]\nsteps = \"a -> b\"",
    "[journeys.a]\nsteps = [1]",
    "[alternative]\ndecided = 3",
    "[teams]\ncore = { members = -1 }",
    // Units and quantities.
    "[links]\n\"a -> b\" = { timeout = 200 }",
    "[links]\n\"a -> b\" = { timeout = \"200\" }",
    "[links]\n\"a -> b\" = { timeout = \"200 ms\" }",
    "[links]\n\"a -> b\" = { timeout = \"4KB\" }",
    "[links]\n\"a -> b\" = { timeout = \"-1s\" }",
    "[links]\n\"a -> b\" = { payload = \"4kb\" }",
    "[journeys.a]\nrate = \"50\"",
    "[journeys.a]\nrate = \"1..2..3..4/s\"",
    "[objectives]\navailability = 99.9",
    "[objectives]\navailability = \"99.9\"",
    "[objectives]\nbudget = \"2500EUR/month\"",
    "[objectives]\nbudget = \"2500 EUR\"",
    "[cost.budget]\nper-1000 = \"1 eur\"",
    "[components]\na = { kind = \"service\", service-time = { p50 = \"1ms\" } }",
    "[components]\na = { kind = \"service\", service-time = { mean = \"1ms\", scw = 1 } }",
    "[journeys.a]\nrate = { value = \"41\", source = \"prometheus\" }",
    "[journeys.a]\nrate = { value = \"41/s\", from = \"prometheus\" }",
    "[assumptions]\nsame-zone = \"0.6KB\"",
    // Words.
    "[components]\na = { kind = \"microservice\" }",
    "[objectives]\nsurvive = \"continent\"",
    "[objectives]\nconsistency = [\"eventual\", \"strong\"]",
    "[components]\na = { kind = \"database\", replication = { ack = \"majority\" } }",
    // Ids and arrows.
    "[components]\nOrders = { kind = \"service\" }",
    "[components]\nsystem = { kind = \"service\" }",
    "[components]\n\"a.b\" = { kind = \"service\" }",
    "[links]\n\"a->b\" = {}",
    "[links]\n\"a -> \" = {}",
    "[links]\n\"a -> B\" = {}",
    "[links]\n\"a b\" = {}",
    // Required keys, `false` and \"unknown\" where they say nothing.
    "[components]\na = { kind = false }",
    "[components]\na = { kind = \"unknown\" }",
    "[journeys.a]\nsteps = false",
    "[objectives]\nbudget = false",
    "[components]\na = { kind = \"service\", shards = { \"A-K\" = { on = \"eu\" } } }",
    "[journeys.a]\nsteps = [{ choice = [{ steps = [\"a -> b\"] }] }]",
    "[cost]\nfx = { USD = { source = \"bank\" } }",
    "[cost]\nfx = { usd = \"0.92 EUR\" }",
];

#[test]
fn the_schema_refuses_seeded_mistakes_as_the_reader_does() {
    let schema = validator(&json_schema());
    for mistake in MISTAKES {
        let (header, kind) = if mistake.contains("[alternative]") {
            ("schema = 1\nextends = \"../system.toml\"", DocumentKind::Alternative)
        } else {
            ("schema = 1", DocumentKind::Base)
        };
        let text = format!("{header}\n{mistake}\n");
        assert!(!schema.is_valid(&document(&text)), "the schema takes: {mistake}");
        let mut sources = Sources::default();
        let file = sources.add("system.toml", text);
        let is_assumption = mistake.contains("[assumptions]");
        assert!(is_assumption || has_errors(&read(&sources, file, kind, LayerId(0)).1), "the reader takes: {mistake}");
    }
}

#[test]
fn a_schema_asks_for_the_version_and_for_extends() {
    let schema = validator(&json_schema());
    assert!(schema.is_valid(&json!({ "schema": 1 })));
    assert!(!schema.is_valid(&json!({})));
    assert!(!schema.is_valid(&json!({ "schema": 2 })));
    assert!(!schema.is_valid(&json!({ "schema": 1, "alternative": { "name": "A" } })));
}

#[test]
fn the_policy_schema_refuses_seeded_mistakes() {
    let schema = validator(&policy_schema());
    assert!(schema.is_valid(&document("[gates]\nfail-on = \"warning\"\n")));
    for mistake in [
        "[gate]\nfail-on = \"error\"",
        "[gates]\nfail-on = \"fatal\"",
        "[gates]\nmax-increase = \"25\"",
        "[rules.x]\nlevel = \"note\"",
        "[allow.x]\nuntil = 7",
        "forbid = 1",
        "[components]\na = { kind = \"service\" }",
    ] {
        assert!(!schema.is_valid(&document(mistake)), "{mistake}");
    }
}

// --- The guide's examples can be read ---------------------------------------------------------------------------------------------------

/// A model directory in memory.
struct Directory(Vec<(String, String)>);

impl Files for Directory {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        self.0.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone().into_bytes()).ok_or(FileError::NotFound)
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, FileError> {
        let prefix = format!("{directory}/");
        Ok(self.0.iter().filter_map(|(path, _)| path.strip_prefix(&prefix)).filter(|name| !name.contains('/')).map(str::to_owned).collect())
    }

    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }

    fn workspace(&self) -> Option<String> {
        None
    }
}

/// Returns the TOML blocks of a page with the line on which each begins.
fn toml_blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match &mut open {
            None if line == "```toml" => open = Some((number, String::new())),
            None => {}
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    blocks
}

/// A block that starts with `schema = 1` is a whole file; one that extends another stands beside the base before it.
#[test]
fn the_examples_of_the_guide_are_read_without_a_mistake() {
    let mut tried = 0;
    for page in ["docs/language.md", "docs/README.md"] {
        let mut base = String::new();
        for (line, text) in
            toml_blocks(&text_of(page)).into_iter().filter(|(_, text)| text.starts_with("schema = 1") || text.starts_with("schema  = 1"))
        {
            let is_alternative = text.contains("\nextends");
            if !is_alternative {
                base.clone_from(&text);
            }
            let mut files = vec![("system.toml".to_owned(), base.clone())];
            if is_alternative {
                files.push(("alternatives/next.toml".to_owned(), text.clone()));
            }
            let model = Model::read(&Directory(files));
            let found: Vec<String> = model.diagnostics.iter().map(|one| one_line(&model.sources, one)).collect();
            assert!(found.is_empty(), "{page}:{line}: {found:#?}");
            assert_eq!(weighbridge::syntax::format::format(&text).expect("TOML"), text, "{page}:{line} is not in the layout of `fmt`");
            tried += 1;
        }
    }
    assert!(tried >= 8, "only {tried} examples were found");
}

/// A page that names a file of the repository names one that is there.
#[test]
fn the_links_between_pages_lead_somewhere() {
    for page in
        ["docs/README.md", "docs/language.md", "docs/reference/keys.md", "docs/reference/diagnostics.md", "docs/reference/assumptions.md"]
    {
        let text = text_of(page);
        let directory = Path::new(page).parent().expect("a page in a directory");
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let target = rest.split([')', '#']).next().unwrap_or("");
            assert!(
                target.is_empty() || target.contains("://") || root().join(directory).join(target).exists(),
                "{page} links to {target}"
            );
        }
    }
}
