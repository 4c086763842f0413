//! `ask`, `answers` and `questionnaire` as a user meets them: piped lines, saving, locks, bad input. The full screen is run by `tests/run terminal`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use serde_json::Value;

/// The answers of a corner shop, to the thirteen core questions in asking order.
const CORNER_SHOP: [&str; 13] = [
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

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a scratch directory") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, text).expect("a file");
        path
    }

    fn answers(&self) -> String {
        fs::read_to_string(self.path("answers.toml")).expect("the answers file")
    }

    /// The names of all files, hidden ones included.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).expect("the directory");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("weighbridge"));
        command.args(arguments).current_dir(self.directory.path()).env_remove("CI").env_remove("ACCESSIBLE").env("TERM", "xterm");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().expect("it starts");
        // Who exits before reading all is no failure of the test.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program is not killed")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn set_all<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let mut all = arguments.to_vec();
    for setting in CORNER_SHOP {
        all.extend(["--set", setting]);
    }
    all
}

#[test]
fn lines_through_a_pipe_answer_the_core_and_print_the_verdict() {
    let place = Place::new();
    let lines: String = CORNER_SHOP.iter().map(|setting| format!("{}\n", setting.split_once('=').expect("a setting").1)).collect();
    // An empty line behind the last answer ends the review.
    let output = place.run(&["ask", "--today", "2026-11-20"], &format!("{lines}\n"));
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("Single process: "), "{}", out(&output));
    assert!(out(&output).contains("Because:\n") && out(&output).contains("Next: weighbridge verdict ."), "{}", out(&output));
    assert!(out(&output).lines().count() <= 13, "twelve lines, and where the answers are: {}", out(&output));
    assert!(err(&output).contains("Failure 2/13   4 min left"), "{}", err(&output));
    for stream in [out(&output), err(&output)] {
        assert!(!stream.contains('\u{1b}'), "no colour, no cursor: {stream}");
    }
    assert_eq!(place.files(), ["answers.toml"], "no lock and no temporary file is left");
    let text = place.answers();
    assert!(text.starts_with("format = 1\nquestionnaire = \"should-you-distribute@"), "{text}");
    assert!(text.contains("[answers.outage-hour]\nvalue = \"costs-little\"\non = 2026-11-20\n"), "{text}");
    assert_eq!(text.matches("[answers.").count(), 13);
}

#[test]
fn what_is_answered_is_saved_and_the_next_run_goes_on_from_there() {
    let place = Place::new();
    let first = place.run(&["ask", "--today", "2026-11-20", "--by", "architecture", "--by", "business"], "3\ns\nu\nq\n");
    assert_eq!(code(&first), 0);
    assert_eq!(out(&first), "2 of 13 questions answered; to go on: weighbridge ask .\nAnswers: ./answers.toml\n");
    let text = place.answers();
    assert!(text.contains("by = [\"architecture\", \"business\"]"), "{text}");
    assert!(text.contains("[answers.outage-hour]\nskip = \"later\""), "{text}");
    assert!(text.contains("[answers.change-stop]\nvalue = \"unknown\""), "{text}");
    let second = place.run(&["ask"], "");
    assert!(err(&second).contains("What does one hour of outage cost"), "{}", err(&second));
    assert!(err(&second).contains("the input has ended"));
    assert_eq!(code(&second), 0);
    assert_eq!(place.answers(), text, "looking changes nothing");
}

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
fn json_has_its_documented_shape() {
    let schema = |name: &str| -> Value {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(name)).expect("a schema");
        serde_json::from_str(&text).expect("JSON")
    };
    // The verdict is that of every command.
    let registry = jsonschema::Registry::new()
        .add("json-schema:///result.schema.json", schema("result.schema.json"))
        .and_then(|registry| registry.prepare())
        .expect("a schema");
    let validator = jsonschema::options().with_registry(&registry).build(&schema("ask.schema.json")).expect("a schema");
    let place = Place::new();
    let mut runs = vec![place.run(&["ask", "--format", "json", "--ui", "off"], "")];
    let more = [
        "who-advises=fashion",
        "availability-target=99.9",
        "needs-now=reach:now,scale:later",
        "on-call=n/a: nothing runs at night",
        "divide=not-known",
    ];
    let mut arguments = set_all(&["ask", "--format", "json", "--no-input", "--today", "2026-11-20"]);
    more.iter().for_each(|setting| arguments.extend(["--set", setting]));
    runs.push(place.run(&arguments, ""));
    runs.push(place.run(&["ask", "--format", "json", "--ui", "line"], "n because\nc measured\nq\n"));
    for output in &runs {
        assert_eq!(code(output), 0, "{}", err(output));
        let value: Value = serde_json::from_str(&out(output)).expect("stdout is JSON and nothing else");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{value:#}");
    }
    let value: Value = serde_json::from_str(&out(&runs[1])).expect("JSON");
    assert_eq!(value["verdict"]["winner"], "single-process");
    assert_eq!(value["open_core"], serde_json::json!([]));
    let answer = |id: &str| value["answers"].as_array().expect("answers").iter().find(|answer| answer["question"] == id).expect(id).clone();
    assert_eq!(answer("needs-now")["value"], serde_json::json!({ "reach": "now", "scale": "later" }));
    assert_eq!((&answer("on-call")["state"], &answer("on-call")["reason"]), (&"n/a".into(), &"nothing runs at night".into()));
    assert_eq!(answer("divide")["active"], false, "the task fits one machine, so nobody asks how it could be cut");
}

#[test]
fn mistyped_settings_name_the_nearest_and_change_nothing() {
    let place = Place::new();
    for (setting, hint) in [
        ("outage-hour=cost-a-lot", "did you mean `costs-a-lot`?"),
        ("outag-hour=costs-a-lot", "did you mean `outage-hour`?"),
        ("availability-target=101", "between 0 and 100"),
        ("engineers=many", "takes a number (people)"),
        ("outage-hour", "`question=option`"),
        ("outage-hour=n/a", "n/a: reason"),
    ] {
        let output = place.run(&["ask", "--set", "users-where=one-place", "--set", setting], "");
        assert_eq!(code(&output), 2, "{setting}");
        assert!(err(&output).contains(hint), "{setting}: {}", err(&output));
        assert!(out(&output).is_empty());
        assert_eq!(place.files(), Vec::<String>::new(), "{setting}: all or nothing");
    }
    let output = place.run(&["ask", "--only", "outag-hour"], "");
    assert!(code(&output) == 2 && err(&output).contains("did you mean `outage-hour`?"), "{}", err(&output));
    let output = place.run(&["ask", "--quick", "--full"], "");
    assert_eq!(code(&output), 2, "one part of the questionnaire at a time");
}

#[test]
fn no_input_lists_what_is_missing() {
    let place = Place::new();
    let output = place.run(&["ask", "--no-input", "--set", "outage-hour=costs-a-lot"], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).starts_with("error: 12 core questions have no answer\n"), "{}", err(&output));
    assert!(err(&output).contains("  --set budget=none|tight|some-slack|not-the-constraint"), "{}", err(&output));
    assert!(!err(&output).contains("--set outage-hour="));
    let output = place.run(&set_all(&["ask", "--no-input"]), "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    let place = Place::new();
    let output = place.run(&["ask", "--no-input", "--defaults", "unknown"], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("Undetermined: "), "{}", out(&output));
    assert_eq!(place.answers().matches("value = \"unknown\"").count(), 13);
}

#[test]
fn nothing_is_asked_where_ci_is_set() {
    let place = Place::new();
    let output = place.command(&["ask"]).env("CI", "true").output().expect("it runs");
    assert_eq!(code(&output), 0);
    assert_eq!(out(&output), "0 of 13 questions answered; to go on: weighbridge ask .\n");
    assert_eq!((err(&output).as_str(), place.files()), ("", vec![]));
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

/// A process that waits for its next line, and what it has said so far.
struct Waiting {
    child: Child,
    stderr: ChildStderr,
}

impl Waiting {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = place.command(arguments).spawn().expect("it starts");
        let stderr = child.stderr.take().expect("piped");
        Self { child, stderr }
    }

    /// Reads until it asks for the question of this place.
    fn until(&mut self, words: &str) -> String {
        use std::io::Read;
        let mut said = Vec::new();
        let mut byte = [0];
        while !(String::from_utf8_lossy(&said).contains(words) && said.ends_with(b"\n> ")) {
            assert_eq!(self.stderr.read(&mut byte).expect("readable"), 1, "it ended: {}", String::from_utf8_lossy(&said));
            said.push(byte[0]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().expect("piped"), "{line}").expect("it listens");
    }

    fn end(mut self) -> i32 {
        drop(self.child.stdin.take());
        drop(self.stderr);
        self.child.wait().expect("it ends").code().expect("it is not killed")
    }
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
        let process = run.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill is there").success());
        // Waiting would close the input, and that is another way to end.
        let _input = run.child.stdin.take();
        let status = run.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(130));
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
    // One block of 1,024 bytes may be written; the note does not fit. The signal is ignored, so the write itself fails.
    let note = "x".repeat(1_500);
    let program = assert_cmd::cargo::cargo_bin!("weighbridge").display().to_string();
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" ask --ui line --today 2026-11-20";
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
fn several_people_are_merged_and_told_what_to_talk_about() {
    let place = Place::new();
    place.write("system.toml", "schema = 1\n");
    let settings = set_all(&["ask", "--no-input", "--today", "2026-11-20"]);
    for (name, own) in [
        ("architecture", "outage-hour=annoying"),
        ("business", "outage-hour=costs-little"),
        ("care", "outage-hour=threatens-business-or-safety"),
    ] {
        fs::create_dir_all(place.path("answers")).expect("a directory");
        let file = format!("answers/{name}.toml");
        let output = place.run(&[settings.as_slice(), &["--answers", &file, "--set", own]].concat(), "");
        assert_eq!(code(&output), 0, "{}", err(&output));
    }
    place.write(
        "answers.toml",
        "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n\n[answers.undo]\nvalue = \"days\" # together\n",
    );
    let output = place.run(&["answers", "merge", "."], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    // The median of .1, .3 and .95 is .3; three people are as far apart as their extremes, .85. V2 strikes the single process for care alone.
    assert!(out(&output).contains("Talk about this first"), "{}", out(&output));
    assert!(out(&output).contains("  outage-hour (moves the lead by "), "{}", out(&output));
    assert!(out(&output).contains("    as care answers: Replicated monolith"), "{}", out(&output));
    assert!(out(&output).contains("  0.85  outage-hour: median It costs a little"), "{}", out(&output));
    let text = place.answers();
    assert!(text.contains("[answers.outage-hour]\nvalue = \"costs-little\"") && text.contains("[spread]\n"), "{text}");
    assert!(text.contains("outage-hour = 0.85"), "{text}");
    assert!(text.contains("[answers.undo]\nvalue = \"days\" # together"), "what was answered together stays: {text}");
    let second = place.run(&["answers", "merge", ".", "--round", "2"], "");
    assert!(out(&second).contains("0.85  outage-hour") && !out(&second).contains("care"), "{}", out(&second));
    assert_eq!(place.answers(), text, "merging again changes nothing");
    // Settling it together takes the spread away.
    let settled = place.run(&["ask", "--set", "outage-hour=costs-a-lot", "--ui", "off"], "");
    assert_eq!(code(&settled), 0, "{}", err(&settled));
    assert!(!place.answers().contains("outage-hour = 0.85"), "{}", place.answers());
    let fmt = place.run(&["fmt", "--check", "."], "");
    assert_eq!(code(&fmt), 0, "answers have a layout of their own: {}", err(&fmt));
}

#[test]
fn the_model_speaks_beside_the_options_and_against_the_answer() {
    let place = Place::new();
    let shop = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/shop/system.toml")).expect("the shop");
    place.write("system.toml", &shop);
    let output = place.run(&["ask", "--only", "current-shape", "--ui", "line"], "dozens-of-services\nc\napp-and-database-apart\n\n");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("   (model says: "), "{}", err(&output));
    assert!(err(&output).contains("The model computes ") && err(&output).contains("you answered "), "{}", err(&output));
    assert!(err(&output).contains("k keep   c change   n note"), "{}", err(&output));
    assert!(place.answers().contains("value = \"app-and-database-apart\""), "{}", place.answers());
    // A model with mistakes asks all the same.
    place.write("system.toml", "schema = 1\n[components]\napp = { kind = \"servise\" }\n");
    let output = place.run(&["ask", "--only", "current-shape", "--ui", "line"], "q\n");
    assert!(code(&output) == 0 && err(&output).contains("the model has mistakes"), "{}", err(&output));
}

const HEAD: &str = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n";

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
    let process = run.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill is there").success());
    // Waiting would close the input, and that is another way to end.
    let _input = run.child.stdin.take();
    assert_eq!(run.child.wait().expect("it ends").code(), Some(130));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut run.stderr, &mut said).expect("readable");
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
fn merge_and_verdict_hear_the_same_people_each_once() {
    let place = Place::new();
    let answer = format!("{HEAD}\n[answers.outage-hour]\nvalue = \"annoying\"\n");
    place.write("answers/architecture.toml", &answer);
    // Beside the people: a round that is over, and what an editor leaves behind.
    place.write("answers/round-1/architecture.toml", &answer);
    place.write("answers/.business.toml", "broken [");
    let verdict = place.run(&["verdict", "."], "");
    assert_eq!(code(&verdict), 0, "{}", err(&verdict));
    let merged = place.run(&["answers", "merge", "."], "");
    assert_eq!(code(&merged), 0, "{}", err(&merged));
    assert!(out(&merged).contains("1 answer of 1 people"), "{}", out(&merged));
    let twice = place.run(&["answers", "merge", ".", "answers/architecture.toml", "answers/../answers/architecture.toml"], "");
    assert_eq!(code(&twice), 2, "{}", out(&twice));
    assert!(err(&twice).contains("`answers/../answers/architecture.toml` is named twice"), "{}", err(&twice));
    let twice = place.run(&["verdict", "--answers", "answers/architecture.toml", "--answers", "answers/architecture.toml"], "");
    assert!(code(&twice) == 2 && err(&twice).contains("is named twice"), "{}", err(&twice));
    // The limit is one: what merges can also be weighed.
    for number in 0..100 {
        place.write(&format!("answers/person-{number:03}.toml"), &answer);
    }
    for arguments in [&["answers", "merge", "."][..], &["verdict", "."]] {
        let output = place.run(arguments, "");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(err(&output).contains("101 people answered; the limit is 100"), "{arguments:?}: {}", err(&output));
    }
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
fn commands_that_are_printed_can_be_pasted() {
    let place = Place::new();
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/release-often.toml")).expect("the example");
    place.write("my own.toml", &own);
    fs::create_dir(place.path("the shop")).expect("a directory");
    let output = place.run(&["ask", "the shop", "--ui", "off", "--answers", "a b.toml", "--questionnaire", "my own.toml"], "");
    let expected = "weighbridge ask 'the shop' --answers 'a b.toml' --questionnaire 'my own.toml'";
    assert!(out(&output).contains(expected), "{}", out(&output));
    let settings = ["--set", "waiting=hours", "--set", "mistakes=much", "--set", "tests=9", "--set", "rollback=yes"];
    let output = place
        .run(&[&["ask", "the shop", "--ui", "off", "--answers", "a b.toml", "--questionnaire", "my own.toml"][..], &settings].concat(), "");
    let expected = "Next: weighbridge verdict 'the shop' --answers 'a b.toml' --questionnaire 'my own.toml'";
    assert!(out(&output).contains(expected), "{}", out(&output));
    let arguments = ["verdict", "the shop", "--answers", "a b.toml", "--questionnaire", "my own.toml", "--prefer", "model"];
    let output = place.run(&[&arguments[..], &["--format", "markdown"]].concat(), "");
    let given = "'the shop' --answers 'a b.toml' --questionnaire 'my own.toml' --prefer model";
    assert_eq!(code(&output), 0, "{}", err(&output));
    // Markdown escapes what is no code; the quotes are none.
    let text = out(&output).replace(['\\', '`'], "");
    assert!(text.contains(&format!("weighbridge verdict {given} --format json")), "{text}");
    assert!(text.contains(&format!("weighbridge adr {given}")), "{text}");
}

#[test]
fn a_day_is_a_day_of_the_calendar() {
    let place = Place::new();
    place.write("answers.toml", &format!("{HEAD}\n[answers.outage-hour]\nvalue = \"annoying\"\n"));
    for command in [&["adr", "."][..], &["ask"], &["answers", "check", "."]] {
        let output = place.run(&[command, &["--today", "2026-02-30"]].concat(), "");
        assert_eq!(code(&output), 2, "{command:?}");
    }
    assert_eq!(place.files(), ["answers.toml"]);
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

#[test]
fn a_line_that_is_too_long_ends_nothing() {
    let place = Place::new();
    let output = place.run(&["ask", "--ui", "line"], &format!("1\nn {}\n2\nq\n", "x".repeat(70_000)));
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("a line has more than 65536 bytes"), "{}", err(&output));
    assert!(place.answers().contains("value = \"costs-little\""), "{}", place.answers());
    assert!(!place.answers().contains("xxx"), "what is left of the line is no answer");
}

#[test]
fn a_line_that_is_asked_for_is_asked_for_again() {
    let place = Place::new();
    let output = place.run(&["ask", "--ui", "line"], "x\n\nx\nnobody travels\ng\nbugdet\nbudget\n3\nq\n");
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = place.answers();
    assert!(text.contains("[answers.users-where]\nskip = \"n/a\"\nreason = \"nobody travels\""), "{text}\n{}", err(&output));
    assert!(text.contains("[answers.budget]\nvalue = \"some-slack\""), "{text}");
}
