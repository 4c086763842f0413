//! The first ten minutes: a first model from an interview, alternatives derived from it, what to measure next, and when to decide again.

mod derive;
mod init;
mod next_facts;
mod newcomer;
mod revisit;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// An empty directory, and the program run in it.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a scratch directory"))
    }

    /// A copy of an example model without its alternatives.
    pub(crate) fn with_base_of(model: &str) -> Self {
        let place = Self::new();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(model), &place.path("m"));
        let _ = fs::remove_dir_all(place.path("m/alternatives"));
        place
    }

    /// A copy of an example model.
    pub(crate) fn with_model(model: &str) -> Self {
        let place = Self::new();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(model), &place.path("m"));
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("weighbridge"));
        command.args(arguments).current_dir(self.0.path()).env_remove("CI").env_remove("ACCESSIBLE").env("TERM", "xterm");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // Who exits before reading all is no failure of the test.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, "")
    }

    /// Runs what must pass, and returns what it prints.
    pub(crate) fn passes(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}{}", out(&output), err(&output));
        out(&output)
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.passes(arguments)).expect("JSON")
    }
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("a copy");
        }
    }
}
