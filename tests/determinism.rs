//! Same input, same bytes: on every run, in any working directory, under any locale, time zone and width.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program and returns standard output; the run must give results: a missed gate is one.
fn output(arguments: &[&str], directory: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(cargo_bin!("weighbridge"));
    command.args(arguments).current_dir(directory).env_clear();
    for (name, value) in environment {
        command.env(name, value);
    }
    let output = command.output().expect("the program starts");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

const MODELS: &[&str] = &["mobile", "kubernetes", "shop", "simulation", "online-boutique"];

#[test]
fn the_environment_changes_no_byte() {
    let commands: &[&[&str]] =
        &[&["report"], &["assess"], &["assess", "--format", "json"], &["compare"], &["show"], &["check"], &["diagram"]];
    let environments: &[&[(&str, &str)]] = &[
        &[],
        &[("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("COLUMNS", "40"), ("LANG", "de_DE.UTF-8")],
        &[("TZ", "UTC"), ("LC_ALL", "C"), ("COLUMNS", "500"), ("NO_COLOR", "1"), ("TERM", "dumb")],
    ];
    for model in MODELS {
        let path = format!("models/{model}");
        for command in commands {
            let mut arguments = command.to_vec();
            arguments.push(&path);
            let first = output(&arguments, &root(), environments[0]);
            assert!(!first.is_empty());
            for environment in environments {
                assert_eq!(first, output(&arguments, &root(), environment), "{arguments:?} under {environment:?}");
            }
        }
    }
}

#[test]
fn the_environment_changes_no_byte_of_a_verdict() {
    let other: &[(&str, &str)] = &[("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("COLUMNS", "40"), ("TERM", "dumb")];
    for format in ["human", "markdown", "json"] {
        let arguments = ["verdict", "models/shop", "--format", format];
        assert_eq!(output(&arguments, &root(), &[]), output(&arguments, &root(), other), "{format}");
    }
}

/// Results name files as the user reached them; everything else is the same from anywhere.
#[test]
fn the_working_directory_changes_only_the_path_that_was_typed() {
    for model in MODELS {
        let typed = format!("models/{model}");
        let here = output(&["assess", "--format", "json", &typed], &root(), &[]);
        let inside = output(&["assess", "--format", "json", "."], &root().join(&typed), &[]);
        assert_eq!(here.replace(&format!("{typed}/"), ""), inside, "{model}");
    }
}

#[test]
fn the_order_of_declarations_and_the_split_into_files_change_no_byte() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let tables = [
        "[components]\napp = { kind = \"service\", replicas = 2 }\ndb = { kind = \"database\" }\nuser = { kind = \"client\" }\n",
        "[links]\n\"user -> app\" = { timeout = \"2s\" }\n\"app -> db\" = { payload = \"2KB\" }\n",
        "[journeys.use]\nrate = \"5..50/s\"\nsteps = [\"user -> app\", { call = \"app -> db\", times = 3 }]\n",
    ];
    let mut results = Vec::new();
    for (name, order) in [("a", [0, 1, 2]), ("b", [2, 1, 0])] {
        let directory = scratch.path().join(name);
        std::fs::create_dir_all(&directory).expect("a directory");
        let text = order.iter().fold("schema = 1\n".to_owned(), |text, at| text + tables[*at]);
        std::fs::write(directory.join("system.toml"), text).expect("a file");
        results.push(output(&["assess", "--format", "json", "."], &directory, &[]));
    }
    let directory = scratch.path().join("c");
    std::fs::create_dir_all(directory.join("parts")).expect("a directory");
    std::fs::write(directory.join("system.toml"), format!("schema = 1\ninclude = [\"parts/*.toml\"]\n{}", tables[2])).expect("a file");
    std::fs::write(directory.join("parts/one.toml"), format!("schema = 1\n{}", tables[1])).expect("a file");
    std::fs::write(directory.join("parts/two.toml"), format!("schema = 1\n{}", tables[0])).expect("a file");
    results.push(output(&["assess", "--format", "json", "."], &directory, &[]));
    let results: Vec<serde_json::Value> = results.iter().map(|text| without_places(text)).collect();
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

/// Drops where findings stand, which is all that may change when tables move, and orders them by what they are.
fn without_places(text: &str) -> serde_json::Value {
    let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    for alternative in value["alternatives"].as_array_mut().expect("alternatives") {
        let findings = alternative["findings"].as_array_mut().expect("findings");
        for finding in findings {
            finding["evidence"].as_array_mut().into_iter().flatten().for_each(drop_place);
            drop_place(finding);
        }
        let findings = alternative["findings"].as_array_mut().expect("findings");
        findings.sort_by_key(|finding| finding["id"].to_string());
    }
    value
}

fn drop_place(value: &mut serde_json::Value) {
    for key in ["file", "line", "column", "end_line", "end_column"] {
        value.as_object_mut().map(|object| object.remove(key));
    }
}
