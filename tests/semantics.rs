//! The semantics are one page, and code and tests cite it by section: no citation leads nowhere, and no section is without a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sections() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/semantics.md")).expect("the page is text");
    page.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect()
}

/// All files of a directory whose names end so.
fn files(directory: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in directory.read_dir().expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files(&entry, ends, found);
        } else if ends.iter().any(|end| entry.to_string_lossy().ends_with(end)) {
            found.push(entry);
        }
    }
}

/// The sections that a text cites: the quoted names behind `Semantics,` or `Semantics of the model language,`, one or several.
fn cited(text: &str) -> Vec<String> {
    let mut cited = Vec::new();
    for (at, _) in text.match_indices("emantics") {
        let rest = text[at + "emantics".len()..].trim_start_matches(" of the model language");
        let Some(mut rest) = rest.strip_prefix(", ").filter(|rest| rest.starts_with('"')) else { continue };
        while let Some((name, after)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            cited.push(name.to_owned());
            rest = after.strip_prefix(", ").or_else(|| after.strip_prefix(" and ")).unwrap_or("");
        }
    }
    cited
}

#[test]
fn citations_are_read_one_by_one() {
    assert_eq!(
        cited("/// Semantics, \"Links\" and \"Further keys\": x\n(semantics, \"Ids, layers\"). The semantics."),
        ["Links", "Further keys", "Ids, layers"]
    );
    assert_eq!(cited("- Semantics of the model language, \"Failure\" and \"Queueing\"."), ["Failure", "Queueing"]);
    assert_eq!(cited("//! Semantics, \"Facts\", \"Units\", \"Gates\"."), ["Facts", "Units", "Gates"]);
}

#[test]
fn every_citation_names_a_section_and_every_section_is_tested() {
    let sections = sections();
    assert!(sections.len() > 10, "{sections:?}");
    let mut found = Vec::new();
    for directory in ["src", "tests", "benches"] {
        files(&root().join(directory), &[".rs", ".md"], &mut found);
    }
    let mut by_tests: BTreeMap<String, usize> = BTreeMap::new();
    let mut lost = Vec::new();
    for path in found.iter().filter(|path| !path.ends_with("tests/semantics.rs")) {
        let text = std::fs::read_to_string(path).expect("a source file is text");
        let relative = path.strip_prefix(root()).expect("below the repository").to_string_lossy().replace('\\', "/");
        lost.extend(cited(&text).into_iter().filter(|name| !sections.contains(name)).map(|name| format!("{relative}: \"{name}\"")));
        let is_test = relative.starts_with("tests/") || relative.contains("tests.rs") || relative.contains("/tests/");
        // Tests of a file that has other code stand at its end.
        let tests = if is_test { text.as_str() } else { text.split_once("#[cfg(test)]\nmod tests {").map_or("", |(_, tests)| tests) };
        for name in cited(tests) {
            *by_tests.entry(name).or_default() += 1;
        }
    }
    assert_eq!(lost, Vec::<String>::new());
    let untested: Vec<&String> = sections.iter().filter(|name| !by_tests.contains_key(*name)).collect();
    assert_eq!(untested, Vec::<&String>::new());
}
