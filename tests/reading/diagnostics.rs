//! Every diagnostic with the smallest model that gives it, at its exact place and with its exact words.
//!
//! `tests/diagnostics/<code>.txt` holds the cases of a code:
//!
//! ```text
//! === what the case shows
//! --- system.toml
//! schema = 1
//! --- expected
//! system.toml:1:1: error[…]: …
//! ```
//!
//! Files that are named for no code hold cases about several mistakes at once. With `UPDATE_EXPECTED=1` the expected texts are written anew, to be reviewed
//! like code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::in_memory::{InMemory, diagnostics};
use weighbridge::diagnostic::Code;

/// One model and what is wrong with it.
struct Case {
    name: String,
    files: Vec<(String, String)>,
    expected: String,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// Takes a file of cases apart.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.to_owned(), files: Vec::new(), expected: String::new() });
            open = None;
        } else if let Some(path) = line.strip_prefix("--- ") {
            open = Some(path.to_owned());
            if path != "expected" {
                cases.last_mut().expect("a file stands in a case").files.push((path.to_owned(), String::new()));
            }
        } else if let (Some(open), Some(case)) = (&open, cases.last_mut()) {
            let target = if open == "expected" { &mut case.expected } else { &mut case.files.last_mut().expect("a file is open").1 };
            target.push_str(line);
            target.push('\n');
        }
    }
    cases
}

fn written(cases: &[Case]) -> String {
    let mut text = String::new();
    for case in cases {
        let _ = writeln!(text, "=== {}", case.name);
        for (path, content) in &case.files {
            let _ = write!(text, "--- {path}\n{content}");
        }
        let _ = write!(text, "--- expected\n{}", case.expected);
    }
    text
}

fn found(case: &Case) -> String {
    let mut found = diagnostics(&InMemory(case.files.iter().map(bytes).collect()));
    if !found.is_empty() {
        found.push('\n');
    }
    found
}

/// Returns a file's path and bytes. `--- PATH bytes` says that `\xHH` stands for a byte.
fn bytes((path, text): &(String, String)) -> (String, Vec<u8>) {
    let Some(path) = path.strip_suffix(" bytes") else { return (path.clone(), text.clone().into_bytes()) };
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = after.strip_prefix(b"x").and_then(|digits| std::str::from_utf8(digits.get(..2)?).ok());
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *byte == b'\\') {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[3..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    (path.to_owned(), bytes)
}

fn case_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory()).expect("the cases are part of the repository");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the directory can be listed").path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_case_gives_exactly_its_diagnostics() {
    let mut failures = String::new();
    for path in case_files() {
        let text = std::fs::read_to_string(&path).expect("a file of cases is text");
        let mut cases = cases(&text);
        for case in &mut cases {
            let found = found(case);
            if found != case.expected {
                let _ = writeln!(failures, "{}: {}\nexpected:\n{}found:\n{found}", path.display(), case.name, case.expected);
                case.expected = found;
            }
        }
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&path, written(&cases)).expect("the cases can be written");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Codes of other files than models, whose cases lie with their tests.
const OF_QUESTIONNAIRES: &[&str] = &[
    "unknown-format",
    "unknown-force",
    "unknown-candidate",
    "unknown-question",
    "unknown-option",
    "malformed-condition",
    "cyclic-questions",
    "out-of-bounds",
    "option-without-level",
    "incomplete-candidate",
    "colliding-ids",
    "undriven-force",
    "dominated-candidate",
    "unreachable-question",
    "core-length",
    "missing-translation",
    "outdated-answer",
    "unknown-fact",
    // Codes of price books and bills, whose cases lie with `prices`.
    "tiers-out-of-order",
    "missing-column",
    "malformed-row",
];

/// Thousands of mistakes are no case to read: `hostile_input` makes them.
const OF_MANY_MISTAKES: &str = "unlisted-diagnostics";

/// Codes that fault trees give; they have their cases beside their reader.
const OF_FAULT_TREES: &[&str] = &["malformed-xml", "malformed-fault-tree", "undefined-event", "cyclic-gates"];

/// Codes that the policy and `allow` give, which are read with the rules; they have their cases beside them.
const OF_POLICIES: &[&str] = &["unknown-rule", "forbidden-allow", "expired-allow"];

/// The first case of a code is the smallest: it gives that diagnostic and no other.
#[test]
fn every_code_has_a_case_that_gives_it_alone() {
    let mut missing = Vec::new();
    let elsewhere = |name: &str| {
        OF_QUESTIONNAIRES.contains(&name) || OF_FAULT_TREES.contains(&name) || OF_POLICIES.contains(&name) || name == OF_MANY_MISTAKES
    };
    for code in Code::ALL.iter().filter(|code| !elsewhere(code.name())) {
        let text = std::fs::read_to_string(directory().join(format!("{}.txt", code.name()))).unwrap_or_default();
        let mark = format!("{}[{}]: ", code.severity().word(), code.name());
        let alone = cases(&text).first().is_some_and(|case| {
            let lines: Vec<&str> = case.expected.lines().filter(|line| !line.starts_with(' ')).collect();
            matches!(lines.as_slice(), [line] if line.contains(&mark))
        });
        if !alone {
            missing.push(code.name());
        }
    }
    assert!(missing.is_empty(), "codes without a case that gives them alone: {missing:?}");
}

/// A file that is named for a code has cases of that code only.
#[test]
fn every_case_stands_in_the_file_of_its_code() {
    for path in case_files() {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if Code::from_name(&name).is_none() {
            continue;
        }
        for case in cases(&std::fs::read_to_string(&path).expect("a file of cases is text")) {
            assert!(case.expected.contains(&format!("[{name}]")), "{name}.txt: {}", case.name);
        }
    }
}
