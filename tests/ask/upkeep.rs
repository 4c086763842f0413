//! Files over the years: questionnaires of one's own, upgrades, evidence and age; what other commands make of the answers.

use std::fs;
use std::path::Path;

use crate::place::{HEAD, Place, code, err, out};

#[test]
fn a_questionnaire_of_ones_own_works_the_same() {
    let place = Place::new();
    let shown = place.run(&["questionnaire", "show", "--format", "toml"], "");
    assert!(out(&shown).contains("id = \"should-you-distribute\""));
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/release-often.toml")).expect("the example");
    place.write("own.toml", &own);
    let output = place.run(&["ask", "--questionnaire", "own.toml"], "hours\nmuch\n9\nyes\n\n");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("All questions 3/4"), "{}", err(&output));
    assert!(out(&output).starts_with("With every merge: "), "{}", out(&output));
    assert!(place.answers().contains("questionnaire = \"release-often@1.0.0\""));
    let other = place.run(&["ask"], "");
    assert!(code(&other) == 2 && err(&other).contains("belong to the questionnaire `release-often`"), "{}", err(&other));
    // Beside the answers it is the model's own, and nobody has to name it.
    fs::rename(place.path("own.toml"), place.path("questionnaire.toml")).expect("it moves");
    for arguments in [&["ask", "--ui", "off"][..], &["answers", "check", "."], &["answers", "upgrade", "."]] {
        let output = place.run(arguments, "");
        assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
    }
    fs::rename(place.path("questionnaire.toml"), place.path("own.toml")).expect("it moves");
    let shown = place.run(&["questionnaire", "show", "own.toml"], "");
    assert!(out(&shown).contains("tests (number, core)") && out(&shown).contains("asked if rollback == 'yes'"), "{}", out(&shown));
}

#[test]
fn lint_finds_mistakes_and_prints_the_base_rates() {
    let place = Place::new();
    let output = place.run(&["questionnaire", "lint"], "");
    assert_eq!(code(&output), 0);
    assert!(out(&output).starts_with("should-you-distribute@1.0.0: no mistakes\n"), "{}", out(&output));
    let first = out(&output).lines().nth(3).expect("a rate").to_owned();
    assert!(first.ends_with("%  replicated-monolith"), "{}", out(&output));
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/release-often.toml")).expect("the example");
    place.write("own.toml", &own.replace("level = { feedback = 0.1 }", "level = { fedback = 0.1 }"));
    let output = place.run(&["questionnaire", "lint", "own.toml"], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("own.toml:") && err(&output).contains("did you mean `feedback`?"), "{}", err(&output));
    let output = place.run(&["ask", "--questionnaire", "own.toml"], "");
    assert_eq!(code(&output), 2, "a questionnaire with mistakes asks nothing");
}

#[test]
fn old_answers_are_upgraded_and_nothing_is_deleted() {
    let place = Place::new();
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/release-often.toml")).expect("the example");
    let newer =
        own.replace("version = \"1.0.0\"", "version = \"2.0.0\"").replace("id = \"tests\"\n", "id = \"checks\"\nformerly = [\"tests\"]\n");
    let newer =
        newer.replace("\"waiting\", \"mistakes\", \"tests\"", "\"waiting\", \"mistakes\", \"checks\"").replace("tests < 3", "checks < 3");
    place.write("own.toml", &newer);
    let old = "format = 1\nquestionnaire = \"release-often@1.0.0\"\n\n[answers.tests]\nvalue = 7\n\n[answers.gone]\nvalue = \"x\"\n";
    place.write("answers.toml", old);
    let of = ["--questionnaire", "own.toml"];
    let check = place.run(&["answers", "check", ".", of[0], of[1]], "");
    assert_eq!(code(&check), 1, "{}", err(&check));
    assert!(out(&check).contains("run `weighbridge answers upgrade ./answers.toml`"), "{}", out(&check));
    assert!(err(&check).contains("run `weighbridge answers upgrade`"), "{}", err(&check));
    let due = place.run(&["answers", "upgrade", "answers.toml", "--check", of[0], of[1]], "");
    assert_eq!((code(&due), place.answers().as_str()), (1, old));
    let done = place.run(&["answers", "upgrade", ".", of[0], of[1]], "");
    assert_eq!(code(&done), 0, "{}", err(&done));
    assert!(out(&done).contains("upgraded to release-often@2.0.0; 1 stale answer"), "{}", out(&done));
    let text = place.answers();
    assert!(text.contains("[answers.checks]\nvalue = 7\nstale = true") && text.contains("[orphans.gone]\nvalue = \"x\""), "{text}");
    let again = place.run(&["answers", "upgrade", ".", of[0], of[1]], "");
    assert!(out(&again).contains("up to date"), "{}", out(&again));
    assert_eq!(place.answers(), text);
    let asked = place.run(&["ask", "--unanswered", of[0], of[1]], "");
    assert!(err(&asked).contains("0 of 5 questions answered"), "what is stale is asked again: {}", err(&asked));
}

#[test]
fn check_fails_on_missing_evidence_and_on_age() {
    let place = Place::new();
    let head = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n";
    let check = |text: &str, arguments: &[&str]| {
        place.write("answers.toml", &format!("{head}{text}"));
        place.run(&[&["answers", "check", "."], arguments].concat(), "")
    };
    let measured = "[answers.budget]\nvalue = \"tight\"\nconfidence = \"measured\"\non = 2026-05-20\n";
    let output = check(measured, &[]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("`budget` is called measured, and has no evidence"), "{}", out(&output));
    let shown = format!("{measured}evidence = [\"a.md\"]\n");
    assert_eq!(code(&check(&shown, &[])), 0);
    // From 20 May to 16 November are 11 + 30 + 31 + 31 + 30 + 31 + 16 = 180 days.
    assert_eq!(code(&check(&shown, &["--max-age", "180d", "--today", "2026-11-16"])), 0);
    let output = check(&shown, &["--max-age", "180d", "--today", "2026-11-17"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("`budget` is 181 days old, the limit is 180"), "{}", out(&output));
    assert_eq!(code(&check(&shown, &["--max-age", "180d", "--today", "2026-05-19"])), 1, "a day to come is a mistake");
    assert_eq!(code(&check("[answers.budget]\nvalue = \"tight\"\n", &["--max-age", "1d", "--today", "2026-05-19"])), 1, "no day, no age");
    assert_eq!(code(&check("[answers.budget]\nskip = \"later\"\n", &["--max-age", "1d", "--today", "2026-05-19"])), 0);
    assert_eq!(code(&check(&shown, &["--max-age", "half a year"])), 2);
    assert_eq!(code(&check(&shown, &["--today", "2026-02-30"])), 2);
    assert_eq!(code(&place.run(&["answers", "check", "nowhere"], "")), 2);
}

#[test]
fn verdict_says_what_is_out_of_date_in_any_file_of_answers() {
    let place = Place::new();
    place.write("old.toml", &format!("{HEAD}\n[answers.outage-hour]\nvalue = \"annoying\"\n[answers.gone]\nvalue = \"x\"\n"));
    let output = place.run(&["verdict", "--answers", "old.toml"], "");
    assert_eq!(code(&output), 0);
    assert!(err(&output).contains("no question has the id `gone`"), "{}", err(&output));
    fs::create_dir(place.path("answers")).expect("a directory");
    fs::rename(place.path("old.toml"), place.path("answers/architecture.toml")).expect("it moves");
    let output = place.run(&["verdict", "."], "");
    assert_eq!(code(&output), 0);
    assert!(err(&output).contains("no question has the id `gone`"), "{}", err(&output));
}

#[test]
fn verdict_takes_the_settings_that_ask_takes() {
    let place = Place::new();
    let output = place.run(&["verdict", "--set", "on-call=n/a: nothing runs at night", "--set", "budget=tight"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
}

#[test]
fn blank_answers_are_none_for_every_command() {
    let place = Place::new();
    place.write("answers.toml", "\n");
    let output = place.run(&["verdict", "."], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("nobody has answered in `.`"), "{}", err(&output));
    let output = place.run(&["verdict", ".", "--set", "budget=tight"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
}

#[test]
fn an_accepted_record_is_not_rewritten_whatever_else_its_status_says() {
    for status in ["accepted  # by the board", "Accepted on 2026-11-21", "'accepted'"] {
        let place = Place::new();
        place.write("answers.toml", &format!("{HEAD}\n[answers.outage-hour]\nvalue = \"annoying\"\n"));
        assert_eq!(code(&place.run(&["adr", ".", "--title", "One"], "")), 0);
        let path = place.path("adr/0001-one.md");
        let decided = fs::read_to_string(&path).expect("the record").replace("status: proposed", &format!("status: {status}"));
        fs::write(&path, &decided).expect("the record");
        place.write("answers.toml", &format!("{HEAD}\n[answers.outage-hour]\nvalue = \"costs-a-lot\"\n"));
        let output = place.run(&["adr", "."], "");
        assert_eq!(code(&output), 1, "{status}: {}", err(&output));
        assert!(err(&output).contains("is accepted"), "{status}: {}", err(&output));
        assert_eq!(fs::read_to_string(&path).expect("the record"), decided, "{status}");
    }
}
