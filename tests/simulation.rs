//! `--simulate`, as a user runs it.

use assert_cmd::Command;
use serde_json::Value;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/online-boutique");

fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::cargo_bin("weighbridge").expect("it is built").args(arguments).output().expect("it runs");
    (
        output.status.success(),
        String::from_utf8(output.stdout).expect("it prints text"),
        String::from_utf8(output.stderr).expect("it prints text"),
    )
}

fn simulated(seed: &str) -> Value {
    let (ok, out, err) = run(&["assess", MODEL, "--simulate", "--requests", "5000", "--seed", seed, "--format", "json"]);
    assert!(ok, "{err}");
    serde_json::from_str(&out).expect("it is JSON")
}

/// What it prints is in the committed shape, says its seed, and repeats.
#[test]
fn results_are_in_the_schema_and_repeat() {
    let found = simulated("7");
    let schema = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/result.schema.json")).expect("it is committed");
    let schema: Value = serde_json::from_str(&schema).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let errors: Vec<String> = validator.iter_errors(&found).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for alternative in found["alternatives"].as_array().expect("there are alternatives") {
        let simulation = &alternative["simulation"];
        assert_eq!((simulation["seed"].as_u64(), simulation["replications"].as_u64()), (Some(7), Some(10)));
        assert!(simulation["journeys"]["place-order"]["latency"]["p50"]["computed_off"].as_f64().is_some_and(|off| off.abs() < 0.1));
    }
    assert_eq!(found, simulated("7"));
    assert_ne!(found["alternatives"][0]["simulation"]["journeys"], simulated("8")["alternatives"][0]["simulation"]["journeys"]);
}

/// Nothing is simulated unless it is asked for, and then there is nothing on standard error where that is no terminal.
#[test]
fn it_runs_only_when_asked_for() {
    let (ok, out, _) = run(&["assess", MODEL]);
    assert!(ok && !out.contains("Simulated"));
    let (ok, out, err) = run(&["assess", MODEL, "--simulate", "--requests", "2000"]);
    assert!(ok && err.is_empty(), "{err}");
    assert!(out.contains("Simulated and computed") && out.contains("seed 1"), "{out}");
    for wrong in [
        &["assess", MODEL, "--seed", "1"][..],
        &["assess", MODEL, "--simulate", "--requests", "0"],
        &["assess", MODEL, "--simulate", "--requests", "99999999"],
    ] {
        assert!(!run(wrong).0, "{wrong:?}");
    }
}

/// The first Ctrl-C prints what there is, and says that it is not all.
#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_it_found() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command as Process, Stdio};
    use std::time::Duration;

    let program = assert_cmd::cargo::cargo_bin("weighbridge");
    // A busy machine may need longer until the program listens: an interruption that comes before ends it, and is tried again later.
    for wait in [1, 2, 4, 8, 16] {
        let arguments = ["assess", MODEL, "--simulate", "--requests", "10000000", "--format", "json"];
        let child = Process::new(&program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_secs(wait));
        let sent = Process::new("kill").args(["-INT", &child.id().to_string()]).status().expect("`kill` is everywhere").success();
        let output = child.wait_with_output().expect("it ends");
        if output.status.signal().is_some() {
            continue;
        }
        assert!(sent && output.status.success(), "{output:?}");
        let found: Value = serde_json::from_slice(&output.stdout).expect("what there is, is whole");
        assert_eq!(found["alternatives"][0]["simulation"]["stopped"].as_bool(), Some(true));
        return;
    }
    panic!("it was ended by every interruption");
}
