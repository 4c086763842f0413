//! The program as a user runs it, and a copy of the example shop.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

/// The program, run from the repository.
pub fn weighbridge() -> Command {
    let mut command = cargo_bin_cmd!("weighbridge");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Runs it.
pub fn run(arguments: &[&str]) -> Output {
    weighbridge().args(arguments).output().expect("it runs")
}

/// Its exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().expect("the program is not killed")
}

/// What it printed.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command that prints a result, and returns it.
pub fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A copy of the shop that a test may change.
pub struct Shop {
    pub directory: tempfile::TempDir,
}

impl Shop {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a scratch directory");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/shop");
        fs::create_dir(directory.path().join("alternatives")).expect("a directory");
        fs::create_dir(directory.path().join("prices")).expect("a directory");
        for file in [
            "system.toml",
            "answers.toml",
            "alternatives/microservices.toml",
            "alternatives/replicated.toml",
            "alternatives/sharded.toml",
            "prices/assumed.toml",
        ] {
            fs::copy(from.join(file), directory.path().join(file)).expect("a copy");
        }
        Self { directory }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The name of its directory.
    pub fn name(&self) -> String {
        self.directory.path().file_name().expect("a directory").to_string_lossy().into_owned()
    }

    pub fn path(&self) -> &str {
        self.directory.path().to_str().expect("a scratch path is UTF-8")
    }

    /// Replaces words in a file; they must be there.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(file)).expect("a file");
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(self.file(file), text.replacen(from, to, 1)).expect("a file");
    }

    pub fn verdict(&self, more: &[&str]) -> Value {
        json(&[&["verdict", self.path()], more].concat())["verdict"].take()
    }
}
