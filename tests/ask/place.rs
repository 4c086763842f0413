//! A scratch directory, the program run in it, and what it said.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

/// The answers of a corner shop, to the thirteen core questions in asking order.
pub(crate) const CORNER_SHOP: [&str; 13] = [
    "users-where=one-place",
    "outage-hour=costs-little",
    "change-stop=nightly-window",
    "load-vs-machine=fits-easily",
    "teams-blocked=one-team",
    "task-one-machine=yes",
    "parts-differ=alike",
    "experience=none",
    "boundaries=rough",
    "platform=by-hand",
    "budget=tight",
    "stale-data=seconds-somewhere",
    "step-data=moderate",
];

pub(crate) struct Place {
    pub(crate) directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a scratch directory") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn answers(&self) -> String {
        fs::read_to_string(self.path("answers.toml")).expect("the answers file")
    }

    /// The names of all files, hidden ones included.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).expect("the directory");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("weighbridge"));
        command.args(arguments).current_dir(self.directory.path()).env_remove("CI").env_remove("ACCESSIBLE").env("TERM", "xterm");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().expect("it starts");
        // Who exits before reading all is no failure of the test.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("the program is not killed")
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

pub(crate) fn set_all<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let mut all = arguments.to_vec();
    for setting in CORNER_SHOP {
        all.extend(["--set", setting]);
    }
    all
}

/// A process that waits for its next line, and what it has said so far.
pub(crate) struct Waiting {
    pub(crate) child: Child,
    pub(crate) stderr: ChildStderr,
}

impl Waiting {
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = place.command(arguments).spawn().expect("it starts");
        let stderr = child.stderr.take().expect("piped");
        Self { child, stderr }
    }

    /// Interrupts it, as Ctrl-C does; returns what it said from there on.
    pub(crate) fn interrupted(mut self) -> String {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill is there").success());
        // Waiting would close the input, and that is another way to end.
        let _input = self.child.stdin.take();
        assert_eq!(self.child.wait().expect("it ends").code(), Some(130));
        let mut said = String::new();
        std::io::Read::read_to_string(&mut self.stderr, &mut said).expect("readable");
        said
    }

    /// Reads until it asks for the question of this place.
    pub(crate) fn until(&mut self, words: &str) -> String {
        use std::io::Read;
        let mut said = Vec::new();
        let mut byte = [0];
        while !(String::from_utf8_lossy(&said).contains(words) && said.ends_with(b"\n> ")) {
            assert_eq!(self.stderr.read(&mut byte).expect("readable"), 1, "it ended: {}", String::from_utf8_lossy(&said));
            said.push(byte[0]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().expect("piped"), "{line}").expect("it listens");
    }

    pub(crate) fn end(mut self) -> i32 {
        drop(self.child.stdin.take());
        drop(self.stderr);
        self.child.wait().expect("it ends").code().expect("it is not killed")
    }
}

/// How a file of answers begins.
pub(crate) const HEAD: &str = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n";
