//! The decision record as a user meets it: written once, brought up to date, superseded, and never in the way of what people write.

mod verdict_support;

use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use verdict_support::shop::{Shop, code, run, text};

#[test]
fn a_record_elsewhere_says_where_a_check_finds_it() {
    let shop = Shop::new();
    let elsewhere = shop.file("decisions");
    let directory = elsewhere.to_str().expect("a path of letters");
    assert_eq!(code(&run(&["adr", shop.path(), "--dir", directory])), 0);
    let record = fs::read_to_string(elsewhere.join("0001-architecture-of-shop.md")).expect("the record");
    assert!(record.contains("--dir ") && record.contains("decisions --check` fails"), "{record}");
    assert_eq!(code(&run(&["adr", shop.path(), "--dir", directory, "--check"])), 0);
}

#[test]
fn a_record_is_written_once_and_brought_up_to_date() {
    let shop = Shop::new();
    let record = shop.file("adr/0001-architecture-of-shop.md");
    let output = run(&["adr", shop.path()]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).ends_with("0001-architecture-of-shop.md\n"));
    let first = fs::read_to_string(&record).expect("the record");
    assert!(first.starts_with("---\nnumber: 1\ntitle: \"Architecture of Shop\"\nstatus: proposed\n"), "{first}");
    for part in [
        "date: 2026-11-20",
        "decision-makers: [\"Architecture\", \"Business\"]",
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "* ~~Single process~~",
        "## Decision Outcome",
        "Chosen option: “Replicated monolith”, because",
        "### Consequences",
        "### Confirmation",
        "## Pros and Cons of the Options",
        "### Microservices",
        "## More Information",
        "Revisit when:",
    ] {
        assert!(first.contains(part), "the record lacks `{part}`:\n{first}");
    }
    let name = shop.name();
    assert!(first.contains(&format!("`weighbridge check {name}` in the pipeline")), "{first}");
    assert!(first.contains(&format!("`weighbridge adr {name} --check` fails")), "{first}");
    assert!(!first.contains("&#8203;") && first.contains("`should-you-distribute@1."), "{first}");
    // Again, from elsewhere: nothing changes.
    let mut elsewhere = cargo_bin_cmd!("weighbridge");
    elsewhere.current_dir(shop.path()).args(["adr", "."]).assert().code(0);
    assert_eq!(fs::read_to_string(&record).expect("the record"), first);
    assert_eq!(code(&run(&["adr", shop.path(), "--check"])), 0);

    // People write, before, between and after the marks; then the answers change.
    let written = first
        .replace("# Architecture of Shop\n", "# How the shop shall run\n\nOur own words, and `weighbridge` in them.\n")
        .replace("## Considered Options\n", "We also thought of doing nothing.\n\n## Considered Options\n")
        + "\n## Signed\n\nAna, Business\n";
    fs::write(&record, &written).expect("a file");
    shop.edit("answers.toml", "value = \"never-stop\"", "value = \"nightly-window\"");
    shop.edit("answers.toml", "on = 2026-11-20", "on = 2026-12-01");
    assert_eq!(code(&run(&["adr", shop.path(), "--check"])), 1);
    assert_eq!(fs::read_to_string(&record).expect("the record"), written, "--check writes nothing");
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    let second = fs::read_to_string(&record).expect("the record");
    assert!(second.contains("Chosen option: “Single process”") && second.contains("date: 2026-12-01"), "{second}");
    let own = |text: &str| -> Vec<String> {
        let mut inside = false;
        let mut lines = Vec::new();
        for line in text.lines() {
            inside = if line.contains(":end") { false } else { inside };
            if !inside {
                lines.push(line.to_owned());
            }
            inside |= line.contains("weighbridge:") && line.contains(":begin");
        }
        lines
    };
    assert_eq!(own(&second), own(&written), "what people wrote");

    // An accepted record is history.
    let accepted = second.replace("status: proposed", "status: accepted");
    fs::write(&record, &accepted).expect("a file");
    assert_eq!(code(&run(&["adr", shop.path()])), 0, "nothing has changed");
    shop.edit("answers.toml", "value = \"nightly-window\"", "value = \"never-stop\"");
    let output = run(&["adr", shop.path()]);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stderr).contains("--supersedes 1"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&record).expect("the record"), accepted);

    // A new one replaces it: of the old one only the status changes.
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1", "--title", "Copies at last", "--today", "2027-01-02"])), 0);
    let old = fs::read_to_string(&record).expect("the old record");
    assert_eq!(old, accepted.replace("status: accepted", "status: \"superseded by ADR-0002\""));
    let new = fs::read_to_string(shop.file("adr/0002-copies-at-last.md")).expect("the new record");
    assert!(new.contains("Supersedes [ADR-0001](0001-architecture-of-shop.md).") && new.contains("date: 2027-01-02"), "{new}");
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1", "--today", "2027-01-02"])), 0, "again: the same record");
    assert_eq!(fs::read_dir(shop.file("adr")).expect("a directory").count(), 2);
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "7"])), 2);
}

#[test]
fn a_record_with_broken_marks_is_left_alone() {
    let shop = Shop::new();
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    let record = shop.file("adr/0001-architecture-of-shop.md");
    let broken = fs::read_to_string(&record).expect("the record").replace("<!-- weighbridge:outcome:end -->\n", "");
    fs::write(&record, &broken).expect("a file");
    shop.edit("answers.toml", "value = \"never-stop\"", "value = \"nightly-window\"");
    let output = run(&["adr", shop.path()]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("weighbridge:outcome:end"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&record).expect("the record"), broken);
}

/// Writes the record of a published case, of which there are answers and no model; returns the directory and the record.
fn record_of_answers_alone() -> (tempfile::TempDir, String) {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let answers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/verdicts/monzo.answers.toml");
    fs::copy(answers, scratch.path().join("answers.toml")).expect("a copy");
    let path = scratch.path().to_str().expect("UTF-8");
    assert_eq!(code(&run(&["adr", path, "--title", "Monzo"])), 0);
    let record = fs::read_to_string(scratch.path().join("adr/0001-monzo.md")).expect("the record");
    (scratch, record)
}

/// Without a day in the answers there is no day: nothing looks at a clock.
#[test]
fn a_record_knows_no_clock() {
    let (_, record) = record_of_answers_alone();
    assert!(!record.contains("date:"), "{record}");
    assert!(record.contains("Chosen option: “Microservices”"), "{record}");
}

/// However the directory is typed, the record and its fingerprints are the same.
#[test]
fn a_record_does_not_depend_on_how_its_directory_is_typed() {
    let shop = Shop::new();
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    for typed in [format!("{}/", shop.path()), format!("{}/./", shop.path()), format!("{}/system.toml", shop.path())] {
        let output = run(&["adr", &typed, "--check"]);
        assert_eq!(code(&output), 0, "{typed}: {}", text(&output.stderr));
    }
    // Answers that are named as a file are those of the directory.
    let answers = format!("{}/answers.toml", shop.path());
    let named = run(&["adr", shop.path(), "--answers", &answers]);
    assert_eq!(code(&named), 0, "{}", text(&named.stderr));
    let record = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the record");
    assert!(record.contains("* SHA-256 of `answers.toml`: `"), "{record}");
}

/// In a repository commands are those that are typed at its top.
#[test]
fn a_record_in_a_repository_names_the_directory_from_its_top() {
    let shop = Shop::new();
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::create_dir_all(scratch.path().join(".git")).expect("a directory");
    fs::create_dir_all(scratch.path().join("designs")).expect("a directory");
    let inside = scratch.path().join("designs/our shop");
    fs::rename(shop.directory.path(), &inside).expect("a move");
    let mut command = cargo_bin_cmd!("weighbridge");
    command.current_dir(&inside).args(["adr", "."]).assert().code(0);
    let record = fs::read_to_string(inside.join("adr/0001-architecture-of-shop.md")).expect("the record");
    assert!(record.contains("`weighbridge check 'designs/our shop'` in the pipeline"), "{record}");
}

/// Where there is no model, nothing can be checked but the record itself.
#[test]
fn a_record_without_a_model_is_confirmed_by_itself() {
    let (scratch, record) = record_of_answers_alone();
    assert!(!record.contains("weighbridge check"), "{record}");
    assert!(record.contains(" --check` fails when this record no longer follows from the answers."), "{record}");
    assert_eq!(code(&run(&["adr", scratch.path().to_str().expect("UTF-8"), "--check"])), 0);
}

/// What an existing record does not take, and what people took out of it, is said.
#[test]
fn nothing_about_an_existing_record_is_ignored_in_silence() {
    let shop = Shop::new();
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    let record = shop.file("adr/0001-architecture-of-shop.md");
    let whole = fs::read_to_string(&record).expect("the record");
    let (before, rest) = whole.split_once("<!-- weighbridge:drivers:begin -->\n").expect("the drivers");
    let (_, after) = rest.split_once("<!-- weighbridge:drivers:end -->\n").expect("their end");
    fs::write(&record, format!("{before}{after}")).expect("a file");
    let output = run(&["adr", shop.path(), "--title", "Another", "--status", "accepted", "--consulted", "Care"]);
    assert_eq!(code(&output), 0);
    let said = text(&output.stderr);
    for words in [
        "--title is for new records",
        "--status is for new records",
        "--consulted is for new records",
        "has no marks of `weighbridge:drivers`",
    ] {
        assert!(said.contains(words), "`{words}`: {said}");
    }
    assert!(!fs::read_to_string(&record).expect("the record").contains("weighbridge:drivers"));
    assert!(!text(&run(&["adr", shop.path()]).stderr).contains("is for new records"));
}

/// If the new record cannot be written, the next run writes it under the number that the old one names.
#[test]
fn superseding_heals_itself() {
    let shop = Shop::new();
    assert_eq!(code(&run(&["adr", shop.path(), "--status", "accepted"])), 0);
    // A directory stands where the new record goes.
    let taken = shop.file("adr/0002-copies.md");
    fs::create_dir_all(taken.join("in the way")).expect("a directory");
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1", "--title", "Copies"])), 2);
    fs::remove_dir_all(&taken).expect("a directory");
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1", "--title", "Copies"])), 0);
    let old = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the old record");
    assert!(old.contains("superseded by ADR-0002") && taken.is_file(), "{old}");
    assert_eq!(fs::read_dir(shop.file("adr")).expect("a directory").count(), 2);
}

/// Only the record that the old one names is brought up to date; whatever else there is stays as it is.
#[test]
fn superseding_touches_no_other_record() {
    let shop = Shop::new();
    assert_eq!(code(&run(&["adr", shop.path(), "--status", "rejected"])), 0);
    assert_eq!(code(&run(&["adr", shop.path(), "--title", "Another matter"])), 0);
    let other = shop.file("adr/0002-another-matter.md");
    let before = fs::read_to_string(&other).expect("the other record");
    shop.edit("answers.toml", "value = \"never-stop\"", "value = \"nightly-window\"");
    let output = run(&["adr", shop.path(), "--supersedes", "1", "--title", "Now [so](x) *much*"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&other).expect("the other record"), before);
    let old = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the old record");
    assert!(old.contains("status: \"superseded by ADR-0003\""), "{old}");
    assert!(shop.file("adr/0003-now-so-x-much.md").is_file());
    // Again: the successor, and no fourth record.
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1"])), 0);
    assert_eq!(fs::read_dir(shop.file("adr")).expect("a directory").count(), 3);
    // A successor that is over itself is not written to.
    let successor = shop.file("adr/0003-now-so-x-much.md");
    let over = fs::read_to_string(&successor).expect("the record").replace("status: proposed", "status: \"superseded by ADR-0002\"");
    fs::write(&successor, &over).expect("a file");
    let output = run(&["adr", shop.path(), "--supersedes", "1"]);
    assert!(code(&output) == 2 && text(&output.stderr).contains("superseded by 0003"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&successor).expect("the record"), over);
}

/// A title is text wherever it stands, and a file's name is one link.
#[test]
fn titles_and_names_are_no_markup() {
    let shop = Shop::new();
    fs::create_dir_all(shop.file("adr")).expect("a directory");
    let old = shop.file("adr/0001-old (first) [x].md");
    fs::write(&old, "# 1. Old\n\n## Status\n\nAccepted\n\n## Context\n").expect("a file");
    let output = run(&["adr", shop.path(), "--supersedes", "1", "--title", "A [link](javascript:x)"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let before = fs::read_to_string(&old).expect("the old record");
    assert!(before.contains("Superseded by [2. A \\[link\\](javascript:x)](0002-a-link-javascript-x.md)"), "{before}");
    let new = fs::read_to_string(shop.file("adr/0002-a-link-javascript-x.md")).expect("the new record");
    assert!(new.contains("[ADR-0001](0001-old%20%28first%29%20%5Bx%5D.md)"), "{new}");
    // The link is a status that leads to the new record.
    assert_eq!(code(&run(&["adr", shop.path(), "--supersedes", "1"])), 0);
    assert_eq!(fs::read_dir(shop.file("adr")).expect("a directory").count(), 2);
}

/// Outside of a repository the commands of a record are those that were typed from where it was written.
#[test]
fn a_record_outside_of_a_repository_names_commands_that_work() {
    let shop = Shop::new();
    let scratch = tempfile::tempdir().expect("a scratch directory");
    fs::rename(shop.directory.path(), scratch.path().join("corner-shop")).expect("a move");
    let run = |arguments: &[&str]| {
        let mut command = cargo_bin_cmd!("weighbridge");
        command.current_dir(scratch.path()).args(arguments).output().expect("it runs")
    };
    assert_eq!(code(&run(&["adr", "corner-shop", "--dir", "docs/adr"])), 0);
    let record = fs::read_to_string(scratch.path().join("docs/adr/0001-architecture-of-shop.md")).expect("the record");
    let typed = record.split("`weighbridge adr ").nth(1).and_then(|rest| rest.split('`').next()).expect("the command");
    assert_eq!(typed, "corner-shop --dir docs/adr --check");
    let again: Vec<&str> = ["adr"].into_iter().chain(typed.split(' ')).collect();
    assert_eq!(code(&run(&again)), 0, "{}", text(&run(&again).stderr));
}
