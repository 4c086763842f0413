//! The program as a user meets it: streams, exit codes, bad input.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;

fn weighbridge() -> Command {
    let mut command = cargo_bin_cmd!("weighbridge");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program is not killed")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn sound_models_pass() {
    for path in ["models", "models/shop", "models/shop/system.toml", "models/shop/alternatives/sharded.toml"] {
        weighbridge().args(["check", path]).assert().code(0);
    }
}

#[test]
fn usage_errors_and_missing_paths_exit_with_2() {
    for arguments in [
        vec![],
        vec!["nonsense"],
        vec!["check"],
        vec!["check", "no/such/place"],
        vec!["assess", "no/such/place"],
        vec!["explain", "timeuot"],
        vec!["check", "src"],
    ] {
        let output = weighbridge().args(&arguments).output().expect("it runs");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", text(&output.stdout));
        assert!(!output.stderr.is_empty());
    }
    let output = weighbridge().args(["explain", "timeuot"]).output().expect("it runs");
    assert!(text(&output.stderr).contains("did you mean `timeout`?"), "{}", text(&output.stderr));
}

#[test]
fn help_and_version_are_results() {
    for flag in ["--help", "--version"] {
        let output = weighbridge().arg(flag).output().expect("it runs");
        assert_eq!(code(&output), 0);
        let expected = if flag == "--help" { "Weigh" } else { "weighbridge " };
        assert!(text(&output.stdout).starts_with(expected), "{}", text(&output.stdout));
    }
}

#[test]
fn mistakes_exit_with_2_and_go_to_standard_error() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::write(scratch.path().join("system.toml"), "schema = 1\n[components]\napp = { kind = \"servise\" }\n").expect("a file");
    for command in ["check", "assess", "compare", "report", "show", "diagram"] {
        let output = weighbridge().arg(command).arg(scratch.path()).output().expect("it runs");
        assert_eq!(code(&output), 2, "{command}");
        assert!(text(&output.stderr).contains("unknown-value"), "{command}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("write `service`"), "{command}: {}", text(&output.stderr));
    }
}

#[test]
fn mistakes_are_also_json_sarif_and_github_commands() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::write(scratch.path().join("system.toml"), "schema = 1\n[components]\napp = { kind = \"servise\" }\n").expect("a file");
    let run = |format: &str| {
        let output = weighbridge().args(["check", "--format", format]).arg(scratch.path()).output().expect("it runs");
        assert_eq!(code(&output), 2);
        text(&output.stdout)
    };
    let json: serde_json::Value = serde_json::from_str(&run("json")).expect("JSON");
    assert_eq!(json["diagnostics"][0]["code"], "unknown-value");
    assert_eq!(json["diagnostics"][0]["line"], 3);
    assert_eq!(json["diagnostics"][0]["column"], 16);
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-value");
    assert_eq!(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 3);
    assert!(run("github").starts_with("::error file="));
}

/// What stands in the place of a file that may be left out was meant to be read: passing over it in silence would be a wrong result.
#[test]
fn a_directory_or_a_broken_link_in_the_place_of_a_file_is_an_error() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model = scratch.path().join("models/shop");
    std::fs::create_dir_all(model.join("answers")).expect("directories");
    std::fs::write(model.join("system.toml"), "schema = 1\n[components]\na = { kind = \"service\" }\n").expect("a model");
    let refused = |place: &std::path::Path, command: &str, words: &str| {
        let output = weighbridge().arg(command).arg(&model).assert().code(2);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert_eq!(stderr, format!("error: cannot read `{}`: it {words}\n", place.display()), "{command}");
    };
    let places = ["models/weighbridge.toml", "models/shop/answers.toml", "models/shop/questionnaire.toml", "models/shop/answers/ana.toml"];
    for place in places.map(|place| scratch.path().join(place)) {
        weighbridge().arg("check").arg(&model).assert().success();
        std::fs::create_dir(&place).expect("a directory");
        // The workspace is found above the real place of a model.
        let shown = if place.ends_with("weighbridge.toml") { place.canonicalize().expect("it is there") } else { place.clone() };
        refused(&shown, "check", "is no regular file");
        refused(&shown, "verdict", "is no regular file");
        std::fs::remove_dir(&place).expect("it goes");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("nowhere.toml", &place).expect("a link");
            let shown = shown.parent().expect("a directory").join(place.file_name().expect("a name"));
            refused(&shown, "check", "is a link that leads nowhere");
            std::fs::remove_file(&place).expect("it goes");
        }
    }
    weighbridge().args(["check", "/dev/null"]).assert().code(2).stderr("error: cannot read `/dev/null`: it is no regular file\n");
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("weighbridge"))
        .args(["report", "models/shop"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
}

#[test]
fn init_writes_a_model_that_passes_and_overwrites_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model = scratch.path().join("first");
    weighbridge().arg("init").arg(&model).assert().code(0);
    weighbridge().arg("check").arg(&model).assert().code(0);
    weighbridge().arg("fmt").arg("--check").arg(&model).assert().code(0);
    weighbridge().arg("report").arg(&model).assert().code(0);
    let before = fs::read_to_string(model.join("system.toml")).expect("the file");
    weighbridge().arg("init").arg(&model).assert().code(2);
    assert_eq!(before, fs::read_to_string(model.join("system.toml")).expect("the file"));
}

#[test]
fn report_writes_a_file_whole_or_not_at_all() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let file = scratch.path().join("report.md");
    weighbridge().args(["report", "models/mobile", "-o"]).arg(&file).assert().code(0);
    assert!(fs::read_to_string(&file).expect("the report").starts_with("# "));
    let nowhere = scratch.path().join("no/such/folder/report.md");
    let output = weighbridge().args(["report", "models/mobile", "-o"]).arg(&nowhere).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("cannot write"));
}

#[cfg(unix)]
#[test]
fn a_written_file_keeps_its_kind_and_its_mode() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let real = scratch.path().join("real.md");
    let link = scratch.path().join("link.md");
    fs::write(&real, "old").expect("a file");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("a mode");
    symlink("real.md", &link).expect("a link");
    weighbridge().args(["report", "models/mobile", "-o"]).arg(&link).assert().code(0);
    assert!(link.symlink_metadata().expect("the link").file_type().is_symlink());
    assert!(fs::read_to_string(&real).expect("the report").starts_with("# "));
    assert_eq!(real.metadata().expect("the file").permissions().mode() & 0o777, 0o600);
    // A link to what is not there yet stays, too; and a name may be as long as the system allows.
    fs::remove_file(&real).expect("the file");
    weighbridge().args(["report", "models/mobile", "-o"]).arg(&link).assert().code(0);
    assert!(link.symlink_metadata().expect("the link").file_type().is_symlink() && real.is_file());
    let long = scratch.path().join(format!("{}.md", "n".repeat(250)));
    weighbridge().args(["report", "models/mobile", "-o"]).arg(&long).assert().code(0);
    let kept: Vec<_> = fs::read_dir(scratch.path()).expect("a directory").collect();
    assert_eq!(kept.len(), 3, "nothing temporary is left: {kept:?}");
    weighbridge().args(["report", "models/mobile", "-o", "/dev/null"]).assert().code(0);
    assert!(Path::new("/dev/null").metadata().expect("the device").file_type().is_char_device());
}

#[test]
fn templates_can_be_replaced_one_by_one_and_a_wrong_name_is_an_error() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::write(scratch.path().join("alternative.md.j2"), "ours: {{ alternative.id }}\n").expect("a template");
    let output = weighbridge().args(["report", "models/mobile", "--template-dir"]).arg(scratch.path()).output().expect("it runs");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("ours: system"));
    fs::write(scratch.path().join("alternative.md.j2"), "a\n{{ alternative.nonsense }}\n").expect("a template");
    let output = weighbridge().args(["report", "models/mobile", "--template-dir"]).arg(scratch.path()).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("alternative.md.j2:2"), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory_or_onto_itself_is_refused() {
    use std::os::unix::fs::symlink;
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model = scratch.path().join("model");
    fs::create_dir_all(model.join("parts")).expect("a directory");
    fs::write(scratch.path().join("secret.toml"), "schema = 1\n").expect("a file");
    fs::write(model.join("system.toml"), "schema = 1\ninclude = [\"parts/*.toml\"]\n[components]\na = { kind = \"service\" }\n")
        .expect("a file");
    symlink("../../secret.toml", model.join("parts/out.toml")).expect("a link");
    symlink("loop.toml", model.join("parts/loop.toml")).expect("a link");
    let output = weighbridge().arg("check").arg(&model).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("path-outside-model"), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("loop.toml"), "{}", text(&output.stderr));
}

#[test]
fn a_name_commands_no_terminal() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model = "schema = 1\n[system]\nname = \"\\u001B[31mred\\u202Eevil\"\n[components]\na = { kind = \"client\", name = \"\\u001B]0;title\\u0007\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = { timeout = \"1s\" }\n";
    fs::write(scratch.path().join("system.toml"), model).expect("a file");
    for command in ["check", "assess", "compare", "report", "show", "diagram"] {
        let output = weighbridge().arg(command).arg(scratch.path()).output().expect("it runs");
        assert_eq!(code(&output), 0, "{command}: {}", text(&output.stderr));
        let all = text(&output.stdout) + &text(&output.stderr);
        assert!(!all.contains('\u{1b}') && !all.contains('\u{202E}') && !all.contains('\u{7}'), "{command}");
    }
}

#[test]
fn a_huge_file_and_deep_nesting_are_refused_quickly() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let file = scratch.path().join("system.toml");
    let large = fs::File::create(&file).expect("a file");
    large.set_len(100 * 1024 * 1024).expect("a sparse file of 100 MiB");
    let output = weighbridge().arg("check").arg(scratch.path()).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("the limit is 8388608"), "{}", text(&output.stderr));
    fs::write(&file, format!("schema = 1\nx = {}", "[".repeat(20_000))).expect("a file");
    let output = weighbridge().arg("check").arg(scratch.path()).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("limit-exceeded"), "{}", text(&output.stderr));
}

#[test]
fn every_result_follows_the_committed_schema() {
    let schema: serde_json::Value = serde_json::from_str(
        &fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/result.schema.json")).expect("the schema"),
    )
    .expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for model in ["mobile", "kubernetes", "shop", "simulation", "online-boutique"] {
        for command in ["check", "assess", "compare", "report"] {
            let output = weighbridge().args([command, "--format", "json", &format!("models/{model}")]).output().expect("it runs");
            assert_eq!(code(&output), 0, "{}", text(&output.stderr));
            let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{command} {model}: {errors:#?}");
        }
    }
    let asked = assessed(two_zones().path(), &["--down", "z1", "--set", "components.api.availability=97%..99%"]);
    let errors: Vec<String> = validator.iter_errors(&asked).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "what if: {errors:#?}");
}

/// A model of two services in two zones, of which a zone may be lost.
const TWO_ZONES: &str = r#"schema = 1
[system]
name = "Two zones"
[locations]
z1 = { kind = "zone", availability = "99%" }
z2 = { kind = "zone", availability = "99%" }
[components]
user = { kind = "client" }
api = { kind = "service", on = ["z1", "z2"], replicas = 2, availability = "98%..99%", common-cause = false }
[links]
"user -> api" = {}
[journeys]
read = { rate = "1/s", steps = ["user -> api"] }
"#;

fn two_zones() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().expect("a directory");
    fs::write(scratch.path().join("system.toml"), TWO_ZONES).expect("a file");
    scratch
}

fn assessed(path: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = weighbridge().args(["assess", "--format", "json"]).args(arguments).arg(path).output().expect("it runs");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn near(found: &serde_json::Value, expected: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found - expected).abs() <= 1e-9 * expected, "{found} instead of {expected}");
}

/// q of an instance with its zone is 1 − .985 · .99 = .02485; of both .02485²; with one zone gone .02485 is left.
#[test]
fn a_place_may_be_down_for_one_run() {
    let scratch = two_zones();
    let json = assessed(scratch.path(), &["--down", "z1"]);
    let (what_if, q) = (&json["what_if"]["alternatives"][0], 1.0 - 0.985 * 0.99);
    let journey = &what_if["journeys"][0];
    assert_eq!((&what_if["down"][0], &journey["state"]), (&"z1".into(), &"up".into()));
    near(&journey["unavailability"], q * q);
    near(&journey["unavailability_while_down"], q);
    assert_eq!(journey["next"].as_array().map(Vec::len), Some(2), "the other instance, and its zone: {journey}");
    near(&json["alternatives"][0]["domains"][2]["unavailability_while_down"]["read"], q);
    assert_eq!(json["alternatives"][0]["domains"][2]["id"], "z1");
    // Nothing is left without both.
    let both = assessed(scratch.path(), &["--down", "z1", "--down", "z2"]);
    let journey = &both["what_if"]["alternatives"][0]["journeys"][0];
    assert_eq!((&journey["state"], &journey["unavailability_while_down"]), (&"down".into(), &1.into()));
    let human = text(&weighbridge().args(["assess", "--down", "z1"]).arg(scratch.path()).output().expect("it runs").stdout);
    assert!(human.contains("While z1 is down") && human.contains("97.5 %"), "{human}");
    let output = weighbridge().args(["assess", "--down", "z3"]).arg(scratch.path()).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("did you mean `z1`?"), "{}", text(&output.stderr));
}

/// One replica instead of two: q instead of q²; the range of its availability is that of both sides at common inputs.
#[test]
fn a_fact_may_be_another_for_one_run() {
    let scratch = two_zones();
    let before = fs::read_to_string(scratch.path().join("system.toml")).expect("a file");
    let json = assessed(scratch.path(), &["--set", "components.api.replicas=1"]);
    let changes = json["what_if"]["alternatives"][0]["changes"].as_array().expect("changes");
    let change = changes.iter().find(|change| change["path"] == "journeys.read.failure.unavailability").expect("it changes");
    let q = |availability: f64| 1.0 - availability * 0.99;
    let both = |availability: f64| q(availability) * q(availability);
    near(&change["from"], both(0.985));
    near(&change["to"], q(0.985));
    let range = &change["difference_range"];
    near(&range[0], q(0.99) - both(0.99));
    near(&range[1], q(0.98) - both(0.98));
    assert_eq!(change["sign_certain"], true);
    near(&json["alternatives"][0]["journeys"][0]["failure"]["unavailability"], q(0.985));
    let range = &json["alternatives"][0]["journeys"][0]["failure"]["unavailability_range"];
    near(&range[0], q(0.99));
    near(&range[1], q(0.98));
    assert_eq!(fs::read_to_string(scratch.path().join("system.toml")).expect("a file"), before);
    for (setting, expected) in [
        ("components.apo.replicas=1", "a component with a similar id exists: `api`"),
        ("components.api.replica=1", "a key with a similar name exists: `replicas`"),
        ("links.user -> apo.timeout=1s", "no link has the id `user -> apo`"),
        ("components.api.needs=5", "needs-exceeds-replicas"),
        ("component.api.replicas=1", "did you mean `components`?"),
    ] {
        let output = weighbridge().args(["assess", "--set", setting]).arg(scratch.path()).output().expect("it runs");
        assert_eq!(code(&output), 2, "{setting}");
        assert!(text(&output.stderr).contains(expected), "{setting}: {}", text(&output.stderr));
    }
}

/// Returns the findings of a model's base as `rule: subjects`, accepted ones included.
fn findings(path: &str) -> std::collections::BTreeSet<String> {
    let output = weighbridge().args(["check", "--format", "json", path]).output().expect("it runs");
    let json: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("JSON");
    let list = json["alternatives"][0]["findings"].as_array().expect("a list").clone();
    list.iter().map(|finding| finding["id"].as_str().expect("an identity").to_owned()).collect()
}

/// The facts were read in the code and the manifests of the system, before any rule was written.
#[test]
fn a_public_system_shows_its_hazards_and_no_others() {
    let found = findings("models/online-boutique");
    for expected in [
        "missing-timeout:defaults.->",
        "plaintext-link:user -> frontend",
        "plaintext-link:defaults.->",
        "unauthenticated-link:defaults.->",
        "volatile-source-of-truth:entities.cart",
        "multiple-writers:entities.cart",
        "multi-service-write-no-saga:journeys.place-order",
        "chatty-link:frontend -> currency",
        "single-point-of-failure:journeys.place-order",
        "no-rate-limit:frontend",
        "microservices-before-nfr:system",
    ] {
        assert!(found.contains(expected), "{expected} is not found: {found:#?}");
    }
    // Optional advertisements and recommendations, a logged failure of the mail, no circle, no shared database, no retries.
    for silent in [
        "hard-dependency-on-optional",
        "swallowed-send",
        "sync-cycle",
        "reentrant-call",
        "shared-database",
        "retry-",
        "timeout-inversion",
        "deep-sync-chain",
        "high-fan-out",
        "dual-write",
    ] {
        assert!(!found.iter().any(|id| id.starts_with(silent)), "{silent} is found: {found:#?}");
    }
}

#[test]
fn findings_are_compared_with_another_state_and_with_a_baseline() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let write = |name: &str, links: &str| {
        let directory = scratch.path().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let model = format!("schema = 1\n[components]\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\n[links]\n{links}");
        fs::write(directory.join("system.toml"), model).expect("a file");
        fs::write(directory.join("policy.toml"), "schema = 1\n[gates]\nfail-on = \"warning\"\n").expect("a file");
        directory
    };
    let before = write("before", "\"a -> b\" = { timeout = false }\n");
    let after = write("after", "\n\n\"a -> b\" = { timeout = false, encrypted = false }\n");
    let run = |arguments: &[&std::ffi::OsStr]| weighbridge().arg("check").args(arguments).output().expect("it runs");
    assert_eq!(code(&run(&[before.as_os_str()])), 1, "a warning fails, as the policy says");
    let same = run(&["--against".as_ref(), before.as_os_str(), before.as_os_str()]);
    assert_eq!(code(&same), 0, "nothing is new: {}", text(&same.stdout));
    let compared = run(&["--against".as_ref(), before.as_os_str(), after.as_os_str()]);
    assert_eq!(code(&compared), 1);
    assert!(text(&compared.stdout).contains("system: 1 new, 0 fixed, 1 unchanged"), "{}", text(&compared.stdout));
    assert!(text(&compared.stdout).contains("new: plaintext-link:a (a -> b)"), "{}", text(&compared.stdout));
    let baseline = scratch.path().join("baseline.toml");
    let adopt = |action: &str, model: &Path| {
        weighbridge().args(["baseline", action]).arg(model).arg("--file").arg(&baseline).output().expect("it runs")
    };
    assert_eq!(code(&adopt("create", &before)), 0);
    assert_eq!(code(&adopt("create", &before)), 2, "a baseline is never made anew");
    assert_eq!(code(&run(&["--baseline".as_ref(), baseline.as_os_str(), before.as_os_str()])), 0);
    assert_eq!(code(&run(&["--baseline".as_ref(), baseline.as_os_str(), after.as_os_str()])), 1);
    let mended = write("mended", "\"a -> b\" = { timeout = \"1s\" }\n");
    assert_eq!(code(&adopt("check", &mended)), 1);
    assert_eq!(code(&adopt("prune", &mended)), 0);
    assert_eq!(code(&adopt("check", &mended)), 0);
}

/// A revision is read through git, all its files at once, from wherever the user stands; the workspace's file above it belongs to it.
#[test]
fn a_revision_is_read_through_git() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(scratch.path()).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        assert!(command.output().expect("git runs").status.success(), "{arguments:?}");
    };
    let write = |path: &str, text: &str| {
        let path = scratch.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    let base = |rate: &str| {
        format!(
            "schema = 1\n[components]\nuser = {{ kind = \"actor\" }}\napp = {{ kind = \"service\" }}\n[links]\n\"user -> app\" = {{ protocol = \"https\" }}\n\
             [journeys.read]\nrate = \"{rate}/s\"\nsteps = [\"user -> app\"]\n"
        )
    };
    write("models/shop/system.toml", &base("10"));
    // More than a pipe holds, so that who writes and who reads must take turns.
    for number in 0..300 {
        let padding = "# nothing to say here\n".repeat(20);
        write(
            &format!("models/shop/alternatives/a{number}.toml"),
            &format!("schema = 1\nextends = \"../system.toml\"\n{padding}[alternative]\nname = \"A\"\n"),
        );
    }
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "one"]);
    write("models/shop/system.toml", &base("20"));
    let diff = |below: &str, arguments: &[&str]| {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("weighbridge");
        let output =
            command.current_dir(scratch.path().join(below)).arg("diff").args(arguments).arg("--exit-code").output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, shown) = diff("", &["HEAD:models/shop", "models/shop"]);
    assert!(code == Some(1) && shown.contains("10/s") && shown.contains("20/s"), "{code:?} {shown}");
    let (code, shown) = diff("models", &["HEAD:shop", "HEAD:./shop/"]);
    assert_eq!(code, Some(0), "{shown}");
    let (code, shown) = diff("", &["HEAD:models/none", "models/shop"]);
    assert!(code == Some(2) && shown.contains("cannot list `HEAD:models/none`"), "{code:?} {shown}");
    write("weighbridge.toml", "schema = 1\nnonsense = true\n");
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "two"]);
    let (code, shown) = diff("models/shop", &["HEAD:.", "."]);
    assert!(code == Some(2) && shown.contains("weighbridge.toml"), "{code:?} {shown}");
}

/// A model of one service that an actor calls; one answer less makes a mistake of it.
const SMALL: &str = "schema = 1\n[components]\nuser = { kind = \"actor\" }\napp = { kind = \"service\" }\n[links]\n\"user -> app\" = { timeout = \"1s\" }\n[journeys.read]\nrate = \"1/s\"\nsteps = [\"user -> app\"]\n";

/// Of several models each is told, whatever is wrong with another; and however deep they lie.
#[test]
fn one_broken_model_hides_no_other() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let folder = scratch.path().join("models");
    for (place, text) in [("a", SMALL), ("b", "schema = 1\nnonsense = 1\n"), ("c/d/e/f/g/h", SMALL)] {
        fs::create_dir_all(folder.join(place)).expect("a directory");
        fs::write(folder.join(place).join("system.toml"), text).expect("a file");
    }
    let file = scratch.path().join("all.json");
    let output = weighbridge().args(["report", "--format", "json", "-o"]).args([&file, &folder]).output().expect("it runs");
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    let all: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).expect("the file")).expect("JSON");
    let all = all.as_array().expect("a list of models");
    assert_eq!(all.iter().map(|one| one["alternatives"].as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [1, 0, 1]);
    assert!(all[1]["diagnostics"].as_array().is_some_and(|list| !list.is_empty()), "{}", all[1]);
    let report = weighbridge().args(["report", "--profile", "pr"]).arg(&folder).output().expect("it runs");
    assert_eq!(code(&report), 2);
    let shown = text(&report.stdout);
    assert!(shown.matches("## How to reproduce this").count() == 2 && shown.contains("has mistakes: nothing was computed"), "{shown}");
    // A model alone is told as ever: the mistakes, in the shape of a result.
    let alone = weighbridge().args(["report", "--format", "json"]).arg(folder.join("b")).output().expect("it runs");
    let value: serde_json::Value = serde_json::from_slice(&alone.stdout).expect("JSON");
    assert!(code(&alone) == 2 && value["alternatives"].as_array().is_some_and(Vec::is_empty), "{value}");
    let diff = weighbridge().args(["diff"]).args([&folder, &folder]).output().expect("it runs");
    assert_eq!(code(&diff), 2);
    // The lines of a terminal are broken where they end.
    let shown = text(&diff.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(shown.matches("the models say the same").count(), 2, "{shown}");
}

/// Of a directory the model's own files are written, and nothing that merely lies there.
#[test]
fn a_directory_is_formatted_by_its_models() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let write = |path: &str, bytes: &[u8]| {
        let path = scratch.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    };
    let loose = b"schema   =   1\n";
    let own = ["system.toml", "policy.toml", "imported.toml", "parts/more.toml", "alternatives/other.toml"];
    for path in own {
        let rest = match path {
            "system.toml" => "include   = [\"parts/*.toml\"]\n[components]\na   = { kind = \"service\" }\n",
            "alternatives/other.toml" => "extends   = \"../system.toml\"\n",
            _ => "",
        };
        write(&format!("repository/m/{path}"), &[&loose[..], rest.as_bytes()].concat());
    }
    write("repository/weighbridge.toml", loose);
    let foreign = ["repository/Cargo.toml", "repository/m/Cargo.toml", "repository/m/target/x.toml", "repository/m/answers.toml"];
    foreign.iter().for_each(|path| write(path, loose));
    let run = |arguments: &[&str]| {
        let mut command = cargo_bin_cmd!("weighbridge");
        command.current_dir(scratch.path()).arg("fmt").args(arguments).output().expect("it runs")
    };
    let read = |path: &str| fs::read(scratch.path().join(path)).expect("the file");
    let output = run(&["repository/m"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let mut listed: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    listed.sort();
    let mut expected: Vec<String> = own.iter().map(|path| format!("repository/m/{path}")).collect();
    expected.sort();
    assert_eq!(listed, expected);
    foreign.iter().chain(&["repository/weighbridge.toml"]).for_each(|path| assert_eq!(read(path), loose, "{path}"));
    // The workspace's file is one of the folder that holds it.
    assert_eq!(text(&run(&["repository"]).stdout), "repository/weighbridge.toml\n");
    assert_eq!(code(&run(&["--check", "repository"])), 0);
    // What cannot be read is said, and keeps nothing else from being written or listed.
    write("repository/m/alternatives/broken.toml", b"schema = 1\n# \xff\n");
    write("repository/m/alternatives/other.toml", b"schema   = 1\nextends = \"../system.toml\"\n");
    let output = run(&["repository/m"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("broken.toml"), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "repository/m/alternatives/other.toml\n");
}

/// Whatever the format, a check that fails says why.
#[test]
fn a_check_that_fails_says_so_in_every_format() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let model =
        "schema = 1\n[components]\na = { kind = \"service\" }\nb = { kind = \"service\" }\n[links]\n\"a -> b\" = { timeout = false }\n";
    fs::write(scratch.path().join("system.toml"), model).expect("a file");
    fs::write(scratch.path().join("policy.toml"), "schema = 1\n[gates]\nfail-on = \"warning\"\n").expect("a file");
    for format in ["human", "json", "sarif", "github", "junit", "codequality"] {
        let output = weighbridge().args(["check", "--format", format]).arg(scratch.path()).output().expect("it runs");
        assert_eq!(code(&output), 1, "{format}");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("missing-timeout"), "{format}: {said}");
        if format == "junit" {
            assert!(said.contains("<testcase classname=\"findings.system\" name=\"none fails\">\n      <failure "), "{said}");
            assert!(said.contains("failures=\"1\""), "{said}");
        }
    }
    // A contradiction has no place in any file, and fails as well.
    for format in ["human", "json", "sarif", "github", "junit", "codequality"] {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        fs::write(scratch.path().join("system.toml"), SMALL).expect("a file");
        let answers =
            "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n\n[answers.current-shape]\nvalue = \"dozens-of-services\"\n";
        fs::write(scratch.path().join("answers.toml"), answers).expect("a file");
        let output = weighbridge().args(["check", "--format", format]).arg(scratch.path()).output().expect("it runs");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(code(&output) == 1 && said.contains("current-shape"), "{format}: {said}");
    }
}

/// Models are compared with those at the same place, and no two with one.
#[test]
fn each_model_is_compared_with_its_own_before() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let hangs = |links: &str| {
        format!(
            "schema = 1\n[components]\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\n[links]\n\"a -> b\" = {{ {links} }}\n"
        )
    };
    let (bad, good) = (hangs("timeout = false"), hangs("timeout = \"1s\""));
    for (place, text) in [("old/one", &bad), ("old/two", &good), ("new/one", &bad), ("new/two", &bad), ("new/three", &good)] {
        let directory = scratch.path().join(place);
        fs::create_dir_all(&directory).expect("a directory");
        fs::write(directory.join("system.toml"), text).expect("a file");
        fs::write(directory.join("policy.toml"), "schema = 1\n[gates]\nfail-on = \"warning\"\n").expect("a file");
    }
    let check = |arguments: &[&str]| {
        let mut command = cargo_bin_cmd!("weighbridge");
        let output = command.current_dir(scratch.path()).arg("check").args(arguments).output().expect("it runs");
        (code(&output), text(&output.stdout), text(&output.stderr))
    };
    let (code, shown, said) = check(&["--against", "old", "new"]);
    assert_eq!(code, 1, "{shown}{said}");
    let lines: Vec<&str> = shown.lines().filter(|line| line.starts_with("  system: ")).collect();
    // In the order of their paths: one, two; three is new.
    assert_eq!(lines, ["  system: 0 new, 0 fixed, 1 unchanged", "  system: 1 new, 0 fixed, 0 unchanged"], "{shown}");
    assert!(said.contains("there is no model `old/three`: all of it is new"), "{said}");
    assert_eq!(check(&["--against", "old/one", "new/two"]).0, 0, "named one by one");
    let (code, _, said) = check(&["--against", "old/one", "new"]);
    assert!(code == 2 && said.contains("is one model, and several are checked"), "{code} {said}");
}
