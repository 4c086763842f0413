//! The invariants of ARCHITECTURE.md, read off the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(directory: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(directory).expect("the source tree is readable") {
        let path = entry.expect("a directory entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            found.insert(path, text);
        }
    }
}

fn all() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

/// The path of a file below `src`, with `/`.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("below src");
    relative.to_string_lossy().replace('\\', "/")
}

/// A file's code without its tests, comments and string literals' contents left in (they name no modules).
fn code(text: &str) -> String {
    // Tests stand at the end of a file, in `mod tests {`; a declaration `mod tests;` ends nothing.
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules of `lib.rs`, in their order; `analysis::x` stand at `analysis`.
fn order() -> Vec<String> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("lib.rs");
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

/// Every `crate::name` that the code mentions.
fn uses(code: &str) -> Vec<String> {
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with('$'))
        .map(|(at, found)| code[at + found.len()..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// Returns the uses that go against the order of the modules.
fn against_the_order(order: &[String], files: &BTreeMap<String, String>) -> Vec<String> {
    let place = |name: &str| order.iter().position(|module| module == name);
    let mut wrong = Vec::new();
    for (path, text) in files {
        let module = path.split(['/', '.']).next().expect("a path has a first part");
        let Some(own) = place(module) else { continue };
        for used in uses(&code(text)) {
            if place(&used).is_some_and(|used| used > own) {
                wrong.push(format!("{path} uses crate::{used}, which is declared below it"));
            }
        }
    }
    wrong
}

#[test]
fn a_module_uses_only_modules_declared_above_it() {
    let files: BTreeMap<String, String> = all().into_iter().map(|(path, text)| (room(&path), text)).collect();
    let order = order();
    assert!(order.len() > 8 && order.first().is_some_and(|first| first == "parallel"), "{order:?}");
    assert_eq!(against_the_order(&order, &files), Vec::<String>::new());
}

#[test]
fn the_order_test_notices_a_use_upwards() {
    let order = vec!["low".to_owned(), "high".to_owned()];
    let files = BTreeMap::from([
        ("low.rs".to_owned(), "use crate::high::X;\n".to_owned()),
        ("high/mod.rs".to_owned(), "use crate::low::Y;\n// crate::nothing\n".to_owned()),
    ]);
    assert_eq!(against_the_order(&order, &files), ["low.rs uses crate::high, which is declared below it"]);
}

/// What stands for the world: files, environment, clock, threads, streams.
const WORLD: &[&str] = &["fs", "env", "io", "net", "process", "time", "thread"];

/// Returns how a room's code reaches for the world.
fn sees_the_world(code: &str) -> Vec<String> {
    let mut found: Vec<String> = WORLD
        .iter()
        .map(|module| format!("std::{module}"))
        .chain(["println!", "print!(", "anyhow", "SystemTime", "Instant::now"].map(str::to_owned))
        // `std::format!` and `std::iter` begin alike: the word must end there.
        .filter(|word| {
            code.match_indices(word.as_str())
                .any(|(at, _)| !code[at + word.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
        })
        .collect();
    // `use std::{fs, …};` says the same in other words.
    for (at, open) in code.match_indices("std::{") {
        let group = code[at + open.len()..].split('}').next().unwrap_or_default();
        for name in group.split(',').map(|name| name.trim().split([':', ' ']).next().unwrap_or_default()) {
            if WORLD.contains(&name) {
                found.push(format!("std::{{{name}}}"));
            }
        }
    }
    found
}

#[test]
fn only_cli_sees_the_world() {
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let room = room(&path);
        // Tests of a room may read fixtures; the program may not.
        let is_test = ["tests.rs", "oracle.rs", "testing.rs"].iter().any(|end| room.ends_with(end)) || room.contains("/tests/");
        // Its threads share work, and nothing that is computed shows how many there were.
        let is_allowed = |word: &String| room == "parallel.rs" && word == "std::thread";
        if !(room.starts_with("cli/") || room == "main.rs" || is_test) {
            let seen = sees_the_world(&code(&text)).into_iter().filter(|word| !is_allowed(word));
            wrong.extend(seen.map(|word| format!("{room}: {word}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_world_test_notices_every_way_in() {
    assert_eq!(sees_the_world("let x = std::fs::read(p);"), ["std::fs"]);
    assert_eq!(sees_the_world("use std::{\n    collections::BTreeMap,\n    env::var,\n};"), ["std::{env}"]);
    assert_eq!(sees_the_world("std::iter::empty(); std::format!(\"\")"), Vec::<String>::new());
}

/// The rooms that may name a hash map, each only to look things up, never to go through it on the way to a result.
const LOOKS_UP_ONLY: &[&str] = &["model/calls.rs", "model/lower/mod.rs", "analysis/failure/events.rs"];

#[test]
fn no_result_is_made_in_hash_order() {
    // Whoever goes through a hash map prints in an order that changes from run to run. A line at a time cannot tell a look-up from a walk; a list can.
    let hashing: Vec<String> = all()
        .into_iter()
        .filter(|(_, text)| ["HashMap", "HashSet"].iter().any(|name| code(text).contains(name)))
        .map(|(path, _)| room(&path))
        .filter(|room| !LOOKS_UP_ONLY.contains(&room.as_str()))
        .collect();
    assert_eq!(hashing, Vec::<String>::new(), "use a BTreeMap or a sorted Vec");
}

#[test]
fn assessment_has_no_default_and_the_program_is_thin() {
    let files: BTreeMap<String, String> = all().into_iter().map(|(path, text)| (room(&path), text)).collect();
    let assessment = files.get("assessment/mod.rs").expect("the assessment is a room of its own");
    let derive = assessment[..assessment.find("pub struct Assessment {").expect("the struct")].rfind("#[derive").expect("its derive");
    assert!(!assessment[derive..].lines().next().expect("a line").contains("Default"));
    assert!(!assessment.contains("impl Default for Assessment"));
    assert!(files["main.rs"].lines().count() <= 30);
}

#[test]
fn templates_do_not_calculate() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut seen = 0;
    for entry in fs::read_dir(directory).expect("templates") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "j2") {
            seen += 1;
            let text = fs::read_to_string(&path).expect("a template is text");
            // In what is printed as in what is decided or set, and however it is spaced.
            let tags = [("{{", "}}"), ("{%", "%}")]
                .into_iter()
                .flat_map(|(open, close)| text.split(open).skip(1).filter_map(move |rest| rest.split(close).next()));
            for tag in tags {
                let code = without_strings(tag.trim_matches('-'));
                let filters = code.split('|').skip(1).filter_map(|filter| filter.split_whitespace().next());
                let is_counted = filters
                    .into_iter()
                    .any(|filter| ["round", "int", "float", "sum", "abs"].contains(&filter.split('(').next().unwrap_or(filter)));
                assert!(!is_counted && !code.contains(['+', '-', '*', '/', '%']), "{}: {tag}", path.display());
            }
        }
    }
    assert!(seen >= 4);
}

/// Takes what stands in quotes out.
fn without_strings(code: &str) -> String {
    let mut quote = None;
    let mut out = String::new();
    for letter in code.chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None => out.push(letter),
        }
    }
    out
}
