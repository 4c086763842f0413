//! Saving: after every answer, beside other terminals, when interrupted, when it fails.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::place::{CORNER_SHOP, HEAD, Place, Waiting, code, err};

#[test]
fn comments_and_answers_of_others_survive() {
    let place = Place::new();
    let before = "# Ours.\nformat = 1 # one\nquestionnaire = \"should-you-distribute@1.0.0\"\n\n[answers.outage-hour]\n# Black Friday.\nvalue = \"costs-a-lot\" # 41k EUR\n";
    place.write("answers.toml", before);
    let output = place.run(&["ask", "--set", "users-where=one-place", "--ui", "off", "--today", "2026-11-20"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = place.answers();
    for kept in ["# Ours.\n", "format = 1 # one\n", "# Black Friday.\n", "value = \"costs-a-lot\" # 41k EUR\n"] {
        assert!(text.contains(kept), "{text}");
    }
    assert!(text.contains("[answers.users-where]\nvalue = \"one-place\"\non = 2026-11-20\n"), "{text}");
}

#[test]
fn a_broken_file_is_never_overwritten() {
    let broken = [
        ("format = 1\n[answers.outage-hour\nvalue = 1\n", "toml-syntax"),
        ("format = 7\nquestionnaire = \"should-you-distribute@1.0.0\"\n", "unknown-format"),
        ("format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n[answers.outage-hour]\nvalue = \"cost-a-lot\"\n", "unknown-option"),
        ("format = 1\nquestionnaire = \"another@1.0.0\"\n", "belong to the questionnaire `another`"),
    ];
    for (text, found) in broken {
        let place = Place::new();
        place.write("answers.toml", text);
        for arguments in [&["ask"][..], &["ask", "--set", "budget=none"], &["answers", "upgrade", "."], &["answers", "check", "."]] {
            let output = place.run(arguments, "1\n1\n1\n");
            assert_eq!(code(&output), 2, "{arguments:?}: {text}: {}", err(&output));
            assert!(err(&output).contains(found) && err(&output).contains("answers.toml:"), "{}", err(&output));
            assert_eq!((place.answers().as_str(), place.files().len()), (text, 1), "{arguments:?}");
        }
    }
}

#[test]
fn a_path_that_cannot_be_written_is_refused_before_anything_is_asked() {
    let place = Place::new();
    place.write("file", "");
    fs::create_dir(place.path("folder")).expect("a directory");
    for path in ["no/such/folder/a.toml", "file/a.toml", "folder"] {
        let output = place.run(&["ask", "--answers", path], "1\n1\n");
        assert_eq!(code(&output), 2, "{path}: {}", err(&output));
        assert!(err(&output).starts_with("error: cannot "), "{path}: {}", err(&output));
        assert!(!err(&output).contains("1/13"), "{path}: {}", err(&output));
    }
    let output = place.run(&["ask", "no-such-directory"], "");
    assert!(code(&output) == 2 && err(&output).contains("there is no directory `no-such-directory`"), "{}", err(&output));
    assert_eq!(place.files(), ["file", "folder"]);
}

#[test]
fn a_second_terminal_may_read_and_not_write() {
    let place = Place::new();
    let mut first = Waiting::start(&place, &["ask"]);
    first.until("1/13");
    first.say("1");
    first.until("2/13");
    let before = place.answers();
    let process = format!("another terminal (process {})", first.child.id());
    let second = place.run(&["ask"], "2\nq\n");
    assert_eq!(code(&second), 0);
    assert!(err(&second).contains(&format!("Read only: {process}")), "{}", err(&second));
    assert!(err(&second).contains("nothing can be changed"), "{}", err(&second));
    for arguments in [&["ask", "--set", "budget=none"][..], &["ask", "--defaults", "unknown"], &["answers", "upgrade", "."]] {
        let output = place.run(arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(err(&output).contains(&process), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(place.answers(), before);
    assert_eq!(code(&place.run(&["ask", "--ui", "off"], "")), 0, "looking is free");
    assert_eq!(first.end(), 0);
    assert_eq!(place.files(), ["answers.toml"]);
    assert_eq!(code(&place.run(&["ask", "--set", "budget=none"], "")), 0);
}

#[test]
fn the_lock_of_a_dead_process_is_taken_over() {
    let place = Place::new();
    place.write(".answers.toml.lock", "4194304");
    let output = place.run(&["ask"], "1\nq\n");
    assert_eq!(code(&output), 0);
    assert!(!err(&output).contains("Read only"), "{}", err(&output));
    assert_eq!(place.files(), ["answers.toml"]);
}

#[test]
fn what_others_write_meanwhile_is_kept() {
    let place = Place::new();
    let mut first = Waiting::start(&place, &["ask"]);
    first.until("1/13");
    first.say("1");
    first.until("2/13");
    // An editor, or a checkout: it asks for no lock.
    let edited = format!("# Edited.\n{}\n[answers.budget]\nvalue = \"tight\"\n", place.answers());
    place.write("answers.toml", &edited);
    first.say("2");
    first.until("3/13");
    let text = place.answers();
    assert!(text.contains("# Edited.") && text.contains("[answers.budget]\nvalue = \"tight\""), "{text}");
    assert!(text.contains("value = \"one-place\"") && text.contains("value = \"costs-little\""), "{text}");
    // Broken meanwhile: left alone, and the answer is given back at the end.
    place.write("answers.toml", "broken [");
    first.say("1");
    let said = first.until("4/13");
    assert!(said.contains("NOT SAVED: ") && said.contains("it is not overwritten"), "{said}");
    assert_eq!(first.end(), 2);
    assert_eq!(place.answers(), "broken [");
}

#[cfg(unix)]
#[test]
fn an_interruption_at_each_question_leaves_a_valid_file() {
    for answered in 0..CORNER_SHOP.len() {
        let place = Place::new();
        let mut run = Waiting::start(&place, &["ask"]);
        for at in 0..answered {
            run.until(&format!("{}/13", at + 1));
            run.say("1");
        }
        run.until(&format!("{}/13", answered + 1));
        run.interrupted();
        if answered > 0 {
            assert_eq!(place.answers().matches("[answers.").count(), answered);
            assert_eq!(code(&place.run(&["answers", "check", "."], "")), 0);
        }
        assert!(place.files().iter().all(|name| name == "answers.toml"), "{:?}", place.files());
    }
}

#[cfg(unix)]
#[test]
fn a_write_that_fails_part_way_loses_nothing() {
    let place = Place::new();
    let first = place.run(&["ask", "--ui", "line"], "1\nq\n");
    assert_eq!(code(&first), 0);
    let before = place.answers();
    // One block of 1,024 bytes may be written; the note does not fit.
    let note = "x".repeat(1_500);
    let program = assert_cmd::cargo::cargo_bin!("weighbridge").display().to_string();
    let script = "ulimit -f 1; exec \"$0\" ask --ui line --today 2026-11-20";
    let mut command = Command::new("bash");
    command.args(["-c", script, &program]).current_dir(place.directory.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("bash is there");
    child.stdin.take().expect("piped").write_all(format!("n {note}\n3\nq\n").as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert!(err(&output).contains("NOT SAVED: cannot write `./answers.toml`"), "{}", err(&output));
    let given_back = format!(
        "[answers.outage-hour]
value = \"costs-a-lot\"
on = 2026-11-20
note = \"{note}\"
"
    );
    assert!(err(&output).contains(&given_back), "{}", err(&output));
    assert_eq!(place.answers(), before, "the old file is whole");
    assert_eq!(place.files(), ["answers.toml"]);
}

#[cfg(unix)]
#[test]
fn an_interruption_gives_back_what_could_not_be_saved() {
    let place = Place::new();
    let mut run = Waiting::start(&place, &["ask", "--ui", "line", "--today", "2026-11-20"]);
    run.until("1/13");
    run.say("1");
    run.until("2/13");
    place.write("answers.toml", "broken [");
    run.say("2");
    run.until("3/13");
    let said = run.interrupted();
    assert!(said.contains("[answers.outage-hour]\nvalue = \"costs-little\"\non = 2026-11-20\n"), "{said}");
    assert!(!said.contains("[answers.users-where]"), "that one was saved before: {said}");
    assert!(!said.contains("what was answered is saved"), "{said}");
    assert_eq!(place.answers(), "broken [");
}

#[cfg(unix)]
#[test]
fn a_link_to_the_answers_has_the_same_lock() {
    let place = Place::new();
    place.write("answers.toml", HEAD);
    std::os::unix::fs::symlink("answers.toml", place.path("link.toml")).expect("a link");
    let mut first = Waiting::start(&place, &["ask", "--ui", "line"]);
    first.until("1/13");
    let second = place.run(&["ask", "--ui", "line", "--answers", "link.toml"], "1\nq\n");
    assert!(err(&second).contains("Read only: another terminal"), "{}", err(&second));
    assert_eq!(place.answers(), HEAD);
    assert_eq!(first.end(), 0);
    let third = place.run(&["ask", "--ui", "line", "--answers", "link.toml"], "1\nq\n");
    assert_eq!(code(&third), 0, "{}", err(&third));
    assert!(place.answers().contains("[answers.users-where]") && place.path("link.toml").is_symlink());
}

#[test]
fn a_file_that_vanishes_is_written_again_whole() {
    let place = Place::new();
    let before = format!("# Ours.\n{HEAD}\n[answers.budget]\nvalue = \"tight\" # this year\n");
    for meanwhile in ["gone", "empty"] {
        place.write("answers.toml", &before);
        let mut run = Waiting::start(&place, &["ask", "--today", "2026-11-20"]);
        run.until("1/13");
        run.say("1");
        run.until("2/13");
        match meanwhile {
            "gone" => fs::remove_file(place.path("answers.toml")).expect("it is there"),
            _ => fs::write(place.path("answers.toml"), "").expect("it is there"),
        }
        run.say("2");
        run.until("3/13");
        assert_eq!(run.end(), 0, "{meanwhile}");
        let text = place.answers();
        for kept in ["# Ours.\n", "value = \"tight\" # this year\n", "value = \"one-place\"", "value = \"costs-little\""] {
            assert!(text.contains(kept), "{meanwhile}: {kept} is not in {text}");
        }
    }
}

/// A walk that fails on the way: here its input is a directory, which cannot be read.
#[cfg(unix)]
#[test]
fn a_walk_that_fails_leaves_no_lock() {
    let place = Place::new();
    let directory = fs::File::open(place.directory.path()).expect("a directory can be opened");
    let output = place.command(&["ask", "--ui", "line"]).stdin(directory).output().expect("it runs");
    assert_eq!(code(&output), 2, "{}", err(&output));
    assert_eq!(place.files(), Vec::<String>::new());
}

/// A device has no end, and a pipe nobody may ever write to: neither is read, for answers are written back to where they come from.
#[cfg(unix)]
#[test]
fn answers_are_read_from_files_alone() {
    let place = Place::new();
    for arguments in [&["ask", "--answers", "/dev/zero"][..], &["ask", "--ui", "off", "--answers", "/dev/null"]] {
        let output = place.run(arguments, "1\n");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(err(&output).contains(": it is no regular file"), "{arguments:?}: {}", err(&output));
    }
    // What is only read may be a device, and is read as far as the limit.
    for arguments in [&["verdict", "--answers", "/dev/zero"][..], &["questionnaire", "lint", "/dev/zero"]] {
        let output = place.run(arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(err(&output).contains("which is the limit (8 MiB)"), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(place.files(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn an_interruption_before_the_first_answer_claims_no_file() {
    let place = Place::new();
    let mut run = Waiting::start(&place, &["ask", "--ui", "line"]);
    run.until("1/13");
    let said = run.interrupted();
    assert!(said.contains("interrupted; nothing was answered, nothing is saved"), "{said}");
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn answers_of_a_newer_questionnaire_are_not_written_down() {
    let place = Place::new();
    let newer = "format = 1\nquestionnaire = \"should-you-distribute@1.9.0\"\n\n[answers.outage-hour]\nvalue = \"annoying\"\n\n[answers.outag-hour]\nvalue = \"x\"\n";
    place.write("answers.toml", newer);
    for arguments in [&["ask", "--set", "budget=none"][..], &["answers", "upgrade", "."], &["verdict", "."]] {
        let output = place.run(arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("which is newer"), "{arguments:?}: {}", err(&output));
    }
    assert_eq!(place.answers(), newer);
    // Of the same version, an id that is nearly one is a mistake to mend where it stands.
    let misspelt = newer.replace("1.9.0", "1.0.0");
    place.write("answers.toml", &misspelt);
    let output = place.run(&["ask", "--set", "budget=none"], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("no question has the id `outag-hour`") && err(&output).contains("did you mean `outage-hour`?"));
    assert_eq!(place.answers(), misspelt);
}
