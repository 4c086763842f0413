//! What a change does: why figures differ, what a gate makes of it, which models it touches. The program as CI runs it, with a real git.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

fn weighbridge(directory: &Path, arguments: &[&str]) -> Output {
    cargo_bin_cmd!("weighbridge").current_dir(directory).args(arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

/// A repository of two models below `models`, each a service that is up 99.9 % of the time.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().expect("a scratch directory"));
        repository.git(&["init", "--quiet"]);
        for name in ["one", "two"] {
            repository.write(&format!("models/{name}/system.toml"), &model("99.9%", "99.5%", ""));
        }
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = std::process::Command::new("git");
        command.current_dir(self.path()).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        assert!(command.output().expect("git runs").status.success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", "state"]);
    }

    /// Runs `check` on the first model against the last commit.
    fn ratchet(&self) -> (Option<i32>, String) {
        let output = weighbridge(self.path(), &["check", "--against", "HEAD", "models/one"]);
        (output.status.code(), text(&output.stdout))
    }
}

fn model(availability: &str, objective: &str, rest: &str) -> String {
    format!(
        "schema = 1\n[objectives]\navailability = \"{objective}\"\n[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", availability = \"{availability}\" }}\n\
         [links]\n\"user -> app\" = {{ timeout = \"1s\" }}\n[journeys.read]\nrate = \"10/s\"\nsteps = [\"user -> app\"]\n{rest}"
    )
}

/// Against a revision a gate fails by what the change made worse: not by what was missed before, and not by a stricter objective.
#[test]
fn gates_are_a_ratchet_against_a_revision() {
    let repository = Repository::new();
    let (code, shown) = repository.ratchet();
    assert_eq!(code, Some(0), "{shown}");
    repository.write("models/one/system.toml", &model("99.4%", "99.5%", ""));
    let (code, shown) = repository.ratchet();
    assert!(code == Some(1) && shown.contains("gate failed: system: availability of journey `read`"), "{shown}");
    repository.commit();
    let (code, shown) = repository.ratchet();
    assert!(code == Some(0) && shown.contains("gate missed, as before the change: system: availability"), "{shown}");
    let absolute = weighbridge(repository.path(), &["check", "models/one"]);
    assert_eq!(absolute.status.code(), Some(1), "without a base the gate is absolute");
    // A server is told the same.
    let junit = weighbridge(repository.path(), &["check", "--format", "junit", "--against", "HEAD", "models/one"]);
    assert!(junit.status.code() == Some(0) && text(&junit.stdout).contains("failures=\"0\""), "{}", text(&junit.stdout));
    repository.write("models/one/system.toml", &model("99.4%", "99.9%", ""));
    let (code, shown) = repository.ratchet();
    assert_eq!(code, Some(0), "a stricter objective alone: {shown}");
    // Also one that was met before, and that a rule speaks of; and a worse assumption.
    repository.write("models/one/system.toml", &model("99.6%", "99.5%", ""));
    repository.commit();
    repository.write("models/one/system.toml", &model("99.6%", "99.9%", ""));
    let (code, shown) = repository.ratchet();
    assert!(code == Some(0) && shown.contains("system: 0 new"), "{shown}");
    let assumed = |constant: &str| model("99.6%", "99.5%", constant).replace(", availability = \"99.6%\"", "");
    repository.write("models/one/system.toml", &assumed(""));
    repository.commit();
    repository.write("models/one/system.toml", &assumed("[assumptions]\n\"service.availability\" = \"99%\"\n"));
    let (code, shown) = repository.ratchet();
    assert!(code == Some(0) && shown.contains("system: 0 new"), "{shown}");
    repository.write("models/one/system.toml", &model("99.4%", "99.5%", ""));
    repository.commit();
    repository.write("models/one/system.toml", &model("99.3%", "99.5%", ""));
    let (code, shown) = repository.ratchet();
    assert!(code == Some(1) && shown.contains("gate failed"), "missed by more: {shown}");
    let unknown = weighbridge(repository.path(), &["check", "--against", "no-such", "models/one"]);
    assert!(unknown.status.code() == Some(2) && text(&unknown.stderr).contains("`no-such`"), "{}", text(&unknown.stderr));
    repository.write("models/new/system.toml", &model("99.4%", "99.5%", ""));
    let new = weighbridge(repository.path(), &["check", "--against", "HEAD", "models/new"]);
    assert!(new.status.code() == Some(1) && text(&new.stderr).contains("all of it is new"), "{}", text(&new.stderr));
}

/// A service that waits for others without a limit, and an objective that it misses.
fn waiting(of_a: &str, links: &str) -> String {
    format!(
        "schema = 1\n[objectives]\navailability = \"99.9%\"\n[components]\nuser = {{ kind = \"client\" }}\na = {{ kind = \"service\", availability = \"{of_a}\" }}\n\
         b = {{ kind = \"service\", availability = \"99.99%\" }}\nc = {{ kind = \"service\", availability = \"99.99%\" }}\n[links]\n\"user -> a\" = {{ timeout = \"9s\" }}\n{links}\n\
         [journeys.read]\nrate = \"10/s\"\nsteps = [\"user -> a\", \"a -> b\"]\n[journeys.unrated]\nsteps = [\"user -> a\"]\n"
    )
}

/// The state of each finding of a SARIF log, by its identity.
fn states(sarif: &Value) -> std::collections::BTreeMap<String, String> {
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    let word = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    results.iter().map(|one| (word(&one["partialFingerprints"]["weighbridge/v1"]), word(&one["baselineState"]))).collect()
}

/// What was there before is told apart from what a change brings, in the way of each format: SARIF has a word for it, annotations leave it out, and a report that a
/// server compares with another lists all.
#[test]
fn what_was_found_before_is_no_error_of_a_change() {
    let repository = Repository::new();
    let before = waiting("99.5%", "\"a -> b\" = { timeout = false }\n\"c -> b\" = { timeout = false }\n\"b -> c\" = { timeout = \"1s\" }");
    repository.write("models/one/system.toml", &before);
    repository.write("models/one/policy.toml", "schema = 1\n[gates]\nfail-on = \"note\"\n");
    repository.commit();
    let run = |format: &str, compared: &[&str]| {
        let output = weighbridge(repository.path(), &[&["check", "--format", format], compared, &["models/one"]].concat());
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let against = ["--against", "HEAD"];
    // Nothing has changed: nothing fails, and no line is annotated.
    let (code, shown, said) = run("github", &against);
    assert!(code == Some(0) && shown.is_empty(), "{shown}{said}");
    assert!(said.contains("models/one: as before the change, and not annotated: "), "{said}");
    let (code, shown, said) = run("human", &against);
    assert!(
        code == Some(0) && !said.contains("missing-timeout") && shown.contains("as before the change, and not shown again: "),
        "{shown}{said}"
    );
    assert!(shown.contains("gate missed, as before the change: system: availability of journey `read`"), "{shown}");
    let (code, shown, _) = run("junit", &against);
    assert!(
        code == Some(0) && shown.contains("failures=\"0\"") && shown.contains("<skipped message=\"missed, as before the change: "),
        "{shown}"
    );

    // `a` waits for one more, `c` has a limit now, and a link is in the clear; the gate is missed by more.
    let links = "\n\n\"a -> b\" = { timeout = false, encrypted = false }\n\"a -> c\" = { timeout = false }\n\"c -> b\" = { timeout = \"1s\" }\n\"b -> c\" = { timeout = \"1s\" }";
    repository.write("models/one/system.toml", &waiting("99.4%", links));
    let (code, sarif, _) = run("sarif", &against);
    assert_eq!(code, Some(1));
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let states = states(&sarif);
    for (id, state) in [
        ("plaintext-link:a", "new"),
        ("missing-timeout:a", "updated"),
        ("missing-timeout:c", "absent"),
        ("availability-not-met:journeys.read", "unchanged"),
        ("system:availability:journeys.read", "updated"),
    ] {
        assert_eq!(states.get(id).map(String::as_str), Some(state), "{id}: {states:#?}");
    }
    assert!(!states.values().any(|state| state == "none"), "each result has a state: {states:#?}");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    let of =
        |rule: &str, state: &str| results.iter().find(|one| one["ruleId"] == rule && one["baselineState"] == state).expect("it is there");
    assert_eq!(of("journey-without-rate", "unchanged")["level"], "warning");
    let absent = &of("missing-timeout", "absent")["locations"][0]["physicalLocation"];
    assert!(absent["artifactLocation"]["uri"].as_str().is_some_and(|uri| uri.ends_with("system.toml")) && absent.get("region").is_none());
    let (_, plain, _) = run("sarif", &[]);
    assert!(!plain.contains("baselineState"), "nothing is compared");

    let (_, annotated, _) = run("github", &against);
    for (code, is_new) in [
        ("plaintext-link", true),
        ("missing-timeout", true),
        ("gate", true),
        ("journey-without-rate", false),
        ("availability-not-met", false),
    ] {
        assert_eq!(annotated.contains(&format!("title={code}::")), is_new, "{code}: {annotated}");
    }
    let (_, shown, drawn) = run("human", &against);
    assert!(drawn.contains("[plaintext-link]") && !drawn.contains("[availability-not-met]"), "{shown}{drawn}");
    let (_, junit, _) = run("junit", &against);
    assert!(junit.contains("plaintext-link: ") && !junit.contains("availability-not-met: "), "{junit}");

    // GitLab compares two reports by the fingerprints: what an issue is called depends neither on what it is compared with nor on its figures.
    let fingerprints = |compared: &[&str]| -> std::collections::BTreeSet<String> {
        let issues: Value = serde_json::from_str(&run("codequality", compared).1).expect("JSON");
        let issues = issues.as_array().expect("a list");
        let found: std::collections::BTreeSet<String> =
            issues.iter().map(|one| one["fingerprint"].as_str().expect("text").to_owned()).collect();
        assert_eq!(found.len(), issues.len(), "each is unique: {issues:#?}");
        found
    };
    let now = fingerprints(&[]);
    assert_eq!(fingerprints(&against), now);
    repository.write("models/one/system.toml", &before);
    let then = fingerprints(&[]);
    assert_eq!(fingerprints(&against), then, "the missed gate is still in it");
    assert_eq!((now.difference(&then).count(), then.difference(&now).count()), (1, 1), "one issue is new, one is mended");

    // A baseline's file knows findings only: they are old, all else is new.
    let baseline = weighbridge(repository.path(), &["baseline", "create", "models/one", "--file", "baseline.toml"]);
    assert_eq!(baseline.status.code(), Some(0), "{}", text(&baseline.stderr));
    repository.write("models/one/system.toml", &waiting("99.5%", links));
    let (code, annotated, _) = run("github", &["--baseline", "baseline.toml"]);
    assert_eq!(code, Some(1));
    for (code, is_new) in [("plaintext-link", true), ("missing-timeout", true), ("gate", true), ("availability-not-met", false)] {
        assert_eq!(annotated.contains(&format!("title={code}::")), is_new, "{code}: {annotated}");
    }
}

/// Only what a change touched is looked at, and one text tells of all of it.
#[test]
fn a_change_is_told_model_by_model_in_one_text() {
    let repository = Repository::new();
    let run = |arguments: &[&str]| {
        let output = weighbridge(repository.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(run(&["check", "--changed-since", "HEAD", "models"]), "");
    repository.write("models/two/system.toml", &model("99.8%", "99.5%", ""));
    let checked = run(&["check", "--changed-since", "HEAD", "models"]);
    assert!(checked.contains("models/two") && !checked.contains("models/one"), "{checked}");
    let report = run(&["report", "--profile", "pr", "--changed-since", "HEAD", "models"]);
    assert!(report.starts_with("<!-- weighbridge -->\n# "), "{report}");
    let diff = run(&["diff", "--format", "markdown", "HEAD:models", "models"]);
    assert!(
        diff.starts_with("<!-- weighbridge -->\n")
            && diff.contains("the models say the same")
            && diff.contains("1 fact or element differs"),
        "{diff}"
    );
    assert_eq!(diff.matches("<!-- weighbridge -->").count(), 1);
    let only = run(&["diff", "--changed-since", "HEAD", "--format", "markdown", "HEAD:models", "models"]);
    assert!(!only.contains("the models say the same"), "{only}");
    // A file that git does not track yet is a change.
    repository.commit();
    repository.write("models/one/alternatives/other.toml", "schema = 1\nextends = \"../system.toml\"\n");
    assert!(run(&["check", "--changed-since", "HEAD", "models"]).contains("models/one"));
}

/// A pool that cannot keep up any more has no times, so an objective that was met is not evaluated; one whose facts are gone leaves figures out. Both are told: 100 requests a
/// second of 5 ms keep one worker 50 % busy, of 20 ms twice as many as there are.
#[test]
fn what_vanishes_is_told() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let write = |name: &str, work: &str| {
        let folder = scratch.path().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let text = format!(
            "schema = 1\n[objectives]\nlatency-p95 = \"400ms\"\n[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", concurrency = 1{work} }}\n\
             [links]\n\"user -> app\" = {{ timeout = \"1s\" }}\n[journeys.read]\nrate = \"100/s\"\nsteps = [\"user -> app\"]\n"
        );
        fs::write(folder.join("system.toml"), text).expect("a file");
    };
    write("before", ", service-time = \"5ms\"");
    write("overloaded", ", service-time = \"20ms\"");
    write("unstated", "");
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/result.schema.json")).expect("the schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for after in ["overloaded", "unstated"] {
        let value = json(&weighbridge(scratch.path(), &["diff", "--format", "json", "before", after]));
        assert!(validator.iter_errors(&value).next().is_none(), "{:?}", validator.iter_errors(&value).next());
        let change = &value["changes"][0];
        assert_eq!(change["gates"][0]["id"], "latency-p95", "{change}");
        assert_eq!(change["gates"][0]["from"], "pass");
        assert_ne!(change["gates"][0]["to"], "pass");
        let gone: Vec<&str> = change["one_sided"].as_array().expect("figures").iter().filter_map(|one| one["path"].as_str()).collect();
        assert!(gone.contains(&"journeys.read.latency.p95_ms"), "{gone:?}");
        let shown = text(&weighbridge(scratch.path(), &["diff", "before", after]).stdout);
        assert!(shown.contains("Objectives that are judged otherwise, today") && shown.contains("not computed"), "{shown}");
    }
}

/// The shares of every figure add up to its difference, which is the comparison's own, and nothing is shared out to what did not change.
#[test]
fn shares_add_up_to_the_difference() {
    let output =
        weighbridge(here(), &["compare", "--format", "json", "--why=downtime_minutes_per_year", "--why=network_bytes", "models/shop"]);
    let value = json(&output);
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/result.schema.json")).expect("the schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.iter_errors(&value).next().is_none(), "{:?}", validator.iter_errors(&value).next());
    for comparison in value["comparison"].as_array().expect("comparisons") {
        let why = &comparison["why"];
        let figures = why["figures"].as_array().expect("figures");
        assert!(figures.len() >= 4, "{comparison}");
        assert!(why["groups"].as_array().is_some_and(|groups| groups.len() <= 12));
        for figure in figures {
            let delta =
                comparison["deltas"].as_array().expect("deltas").iter().find(|delta| delta["path"] == figure["path"]).expect("a delta");
            let number = |value: &Value| value.as_f64().expect("a number");
            let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * (a.abs() + b.abs()), "{a} is not {b}: {figure}");
            close(number(&delta["from"]), number(&figure["from"]));
            close(number(&delta["to"]), number(&figure["to"]));
            let shares: f64 = figure["shares"].as_array().expect("shares").iter().map(|one| number(&one["share"])).sum();
            assert!((shares - (number(&figure["to"]) - number(&figure["from"]))).abs() <= 1e-9 * number(&figure["to"]).abs(), "{figure}");
        }
    }
    let unknown = weighbridge(here(), &["compare", "--why=p98_ms", "models/shop"]);
    assert!(unknown.status.code() == Some(2) && text(&unknown.stderr).contains("no figure `p98_ms`"), "{}", text(&unknown.stderr));
}

/// `why` names formula, facts with their lines, constants with their sources; its end is enough for a path, but only one figure may have it.
#[test]
fn a_figure_says_what_it_rests_on() {
    let value = json(&weighbridge(here(), &["why", "--format", "json", "order.failure.unavailability", "models/shop"]));
    assert_eq!(value["path"], "journeys.order.failure.unavailability");
    let system = fs::read_to_string(here().join("models/shop/system.toml")).expect("the model");
    let inputs = value["inputs"].as_array().expect("inputs");
    let failed = inputs.iter().find(|input| input["key"] == "components.app.deploy.failure").expect("deploys fail");
    assert_eq!(failed["file"], "models/shop/system.toml");
    let line = system.lines().nth(failed["line"].as_u64().expect("a line") as usize - 1).expect("the line");
    assert!(line.contains("failure") && line.contains(failed["value"].as_str().expect("a value").trim_matches('"')), "{line}");
    assert!(inputs.iter().any(|input| input["origin"] == "assumed" && input["source"].as_str().is_some_and(|source| !source.is_empty())));
    let swing = |input: &Value| {
        let off =
            |key: &str| input[key].as_f64().map_or(f64::INFINITY, |figure| (figure - value["value"].as_f64().expect("a value")).abs());
        off("figure_down").max(off("figure_up"))
    };
    assert!(inputs.windows(2).all(|pair| swing(&pair[0]) >= swing(&pair[1])), "the strongest stands first");
    let several = weighbridge(here(), &["why", "p99_ms", "models/shop"]);
    assert!(several.status.code() == Some(2) && text(&several.stderr).contains("2 figures end as `p99_ms`"), "{}", text(&several.stderr));
    let unknown = weighbridge(here(), &["why", "journeys.order.latency.p99_m", "models/shop"]);
    assert!(text(&unknown.stderr).contains("did you mean `journeys.order.latency.p99_ms`?"), "{}", text(&unknown.stderr));
    // Of a journey that has no times it says why: 500 requests of 10 ms a second are five times what one worker does.
    let full = tempfile::tempdir().expect("a directory");
    let model = "schema = 1\n[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\", concurrency = 1, service-time = \"10ms\" }\n\
                 [links]\n\"user -> app\" = {}\n[journeys.ask]\nrate = \"500/s\"\nsteps = [\"user -> app\"]\n";
    let why_not = |model: &str| {
        fs::write(full.path().join("system.toml"), model).expect("written");
        let whole = text(&weighbridge(full.path(), &["why", "journeys.ask.latency.p99_ms"]).stderr);
        let end = text(&weighbridge(full.path(), &["why", "ask.latency.p99_ms"]).stderr);
        assert_eq!(whole.replace("journeys.", ""), end.replace("journeys.", ""));
        whole
    };
    assert!(why_not(model).contains("`app` is 500 % busy at the mean rates"), "{}", why_not(model));
    let without = model.replace(", service-time = \"10ms\"", "");
    let cost = text(&weighbridge(full.path(), &["why", "cost.monthly"]).stderr);
    assert!(cost.contains("has no value: it needs cost.provider and cost.region"), "{cost}");
    let likely = text(&weighbridge(here(), &["why", "cost.monthly.likely", "models/shop"]).stderr);
    assert!(likely.contains("did you mean `cost.monthly`?"), "{likely}");
    assert!(why_not(&without).contains("has no value: it needs components.app.service-time"), "{}", why_not(&without));
    // A time is put together from its calls: the way, the wait and the work of each.
    let time = json(&weighbridge(here(), &["why", "--format", "json", "browse.latency.p99_ms", "models/shop"]));
    let terms = time["terms"].as_array().expect("terms");
    let of = |link: &str| terms.iter().find(|term| term["link"] == link).unwrap_or_else(|| panic!("no term of {link}: {terms:?}"));
    assert!(["way_ms", "wait_ms", "work_ms"].iter().all(|part| of("app -> db")[*part].as_f64().is_some_and(|ms| ms > 0.0)), "{terms:?}");
    assert_eq!(value["terms"], serde_json::json!([]));
    let shown = text(&weighbridge(here(), &["why", "browse.latency.p99_ms", "models/shop"]).stdout);
    assert!(shown.contains("What it consists of") && shown.contains("app -> db"), "{shown}");
    for format in ["human", "markdown"] {
        let shown = text(&weighbridge(here(), &["why", "--format", format, "cost.monthly", "models/shop"]).stdout);
        for expected in ["Σ over the lines of the bill", "What moves it most", "models/shop/system.toml:"] {
            assert!(shown.contains(expected), "{format}: {shown}");
        }
    }
}

/// The first screen of every model: 24 lines of 80 columns in a terminal, with the rows that a director asks for.
#[test]
fn a_report_opens_with_one_screen() {
    for name in ["shop", "kubernetes", "mobile", "online-boutique", "simulation"] {
        let report = text(&weighbridge(here(), &["report", "--format", "human", &format!("models/{name}")]).stdout);
        let screen: Vec<&str> = report.lines().take_while(|line| !line.is_empty()).collect();
        assert!(screen.len() <= 24, "{name}: {} lines\n{}", screen.len(), screen.join("\n"));
        let shown = screen.join("\n");
        for expected in ["down a year", "p9", "Trust: ", "Next: "] {
            assert!(shown.contains(expected), "{name} lacks {expected}:\n{shown}");
        }
        let markdown = text(&weighbridge(here(), &["report", &format!("models/{name}")]).stdout);
        let first: Vec<&str> = markdown.lines().take_while(|line| !line.starts_with("## ")).collect();
        assert!(first.len() <= 40, "{name}: {} lines\n{}", first.len(), first.join("\n"));
    }
    let shop = text(&weighbridge(here(), &["report", "--format", "human", "models/shop"]).stdout);
    for expected in
        ["EUR a month", "p95", "calls between teams", "zone or node lost", "highest rate", "Why: ", "Flips: ", "Contradictions: ", "✓", "!"]
    {
        assert!(shop.lines().take(24).any(|line| line.contains(expected)), "{expected}:\n{shop}");
    }
}

/// However a model is named and wherever one stands, it is the same one of the revision; and what git cannot do is no new model.
#[test]
fn a_revision_has_the_model_however_it_is_named() {
    let repository = Repository::new();
    repository.write("models/one/system.toml", &model("99.4%", "99.5%", ""));
    repository.commit();
    let absolute = repository.path().join("models/one");
    let absolute = absolute.to_str().expect("a path of letters");
    let elsewhere = tempfile::tempdir().expect("a scratch directory");
    let inside = repository.path().join("models");
    for (directory, named) in
        [(repository.path(), absolute), (elsewhere.path(), absolute), (inside.as_path(), "one"), (inside.as_path(), "../models/./one/")]
    {
        let output = weighbridge(directory, &["check", "--against", "HEAD", named]);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.code() == Some(0) && shown.contains("as before the change"), "{named}: {shown}");
        let output = weighbridge(directory, &["diff", &format!("HEAD:{named}"), named, "--exit-code"]);
        assert_eq!(output.status.code(), Some(0), "{named}: {}", text(&output.stderr));
    }
    // More than is read, in the revision alone: that is said, and nothing is new.
    for number in 0..1_001 {
        repository.write(&format!("models/one/more/x{number}.toml"), "");
    }
    repository.commit();
    fs::remove_dir_all(repository.path().join("models/one/more")).expect("the files");
    let output = weighbridge(repository.path(), &["check", "--against", "HEAD", "models/one"]);
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("more than 1000 files"), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("new"), "{}", text(&output.stderr));
}

/// What a workspace names belongs to every model below it, at every time; links inside the tree lead where they lead on the disk.
#[cfg(unix)]
#[test]
fn a_revision_is_read_with_the_books_of_its_workspace_and_through_links() {
    let repository = Repository::new();
    let book = |price: &str| {
        format!(
            "[prices.\"own/hall/vm\"]\na = {{ price = \"{price} EUR\", per = \"hour\", as-of = \"2026-01-01\", source = \"our contract\" }}\n"
        )
    };
    repository.write("models/weighbridge.toml", "schema = 1\n[cost]\nbooks = [\"prices/ours.toml\"]\n");
    repository.write("models/prices/real.toml", &book("1"));
    repository.write("models/one/designs/other.toml", "schema = 1\nextends = \"../system.toml\"\n[alternative]\nname = \"Other\"\n");
    std::os::unix::fs::symlink("real.toml", repository.path().join("models/prices/ours.toml")).expect("a link");
    std::os::unix::fs::symlink("designs", repository.path().join("models/one/alternatives")).expect("a link");
    repository.commit();
    let run = |arguments: &[&str]| weighbridge(repository.path(), arguments);
    let same = run(&["diff", "--exit-code", "HEAD:models/one", "models/one"]);
    assert_eq!(same.status.code(), Some(0), "{}{}", text(&same.stdout), text(&same.stderr));
    let checked = run(&["check", "--against", "HEAD", "models"]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).contains("other: 0 new"), "{}", text(&checked.stdout));
    // A revision with a mistake is called what the user calls it.
    repository.write("models/one/system.toml", "schema = 1\nnonsense = 1\n");
    repository.commit();
    repository.write("models/one/system.toml", &model("99.9%", "99.5%", ""));
    let broken = run(&["check", "--against", "HEAD", "models/one"]);
    let said = text(&broken.stderr);
    assert!(broken.status.code() == Some(2) && said.contains("`HEAD:models/one` has mistakes"), "{said}");
    assert!(!said.contains(std::env::temp_dir().join("weighbridge").to_str().expect("a path of letters")), "{said}");
}

/// A model that came or went is a difference, in every format; a revision that git does not have is an error.
#[test]
fn a_model_that_came_or_went_is_a_difference() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.path().join("models/two")).expect("the model");
    repository.write("models/deep/er/three/system.toml", &model("99.9%", "99.5%", ""));
    let run = |arguments: &[&str]| {
        let output = weighbridge(repository.path(), arguments);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for format in ["human", "markdown"] {
        let (code, shown, said) = run(&["diff", "--exit-code", "--format", format, "HEAD:models", "models"]);
        assert_eq!(code, Some(1), "{said}");
        for expected in ["`models/deep/er/three` is new", "`HEAD:models/two` is gone", "the models say the same"] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
    }
    let (_, shown, said) = run(&["diff", "--format", "json", "HEAD:models", "models"]);
    let values: Value = serde_json::from_str(&shown).unwrap_or_else(|error| panic!("{error}: {said}"));
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/result.schema.json")).expect("the schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let values = values.as_array().expect("a list of models");
    for value in values {
        assert!(validator.is_valid(value), "{:?}", validator.iter_errors(value).next());
    }
    let kinds: Vec<&Value> = values.iter().map(|value| &value["changes"][0]["alternative"]).collect();
    assert_eq!(kinds, [&Value::from("added"), &Value::Null, &Value::from("removed")]);
    let (code, _, said) = run(&["diff", "HEAD~7:models", "models"]);
    assert!(code == Some(2) && said.contains("`HEAD~7`") && said.contains("shallow"), "{said}");
    let (code, _, said) = run(&["diff", "HEAD:modles", "models"]);
    assert!(code == Some(2) && said.contains("cannot list `HEAD:modles`"), "{said}");
    // The same place, before there was a model: the first pull request of a repository.
    let (code, shown, said) = run(&["diff", "--exit-code", "HEAD:models/deep/er/three", "models/deep/er/three"]);
    assert!(code == Some(1) && shown.contains("is new"), "{shown}{said}");
    // Only what was touched since: both are.
    let (_, shown, _) = run(&["diff", "--changed-since", "HEAD", "HEAD:models", "models"]);
    assert!(shown.contains("is new") && shown.contains("is gone") && !shown.contains("say the same"), "{shown}");
}
