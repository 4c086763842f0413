//! Walks: what is asked, what a line means, what is printed at the end.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::place::{CORNER_SHOP, HEAD, Place, code, err, out, set_all};

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
fn the_model_speaks_beside_the_options_and_against_the_answer() {
    let place = Place::new();
    let shop = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/shop/system.toml")).expect("the shop");
    place.write("system.toml", &shop);
    let output = place.run(&["ask", "--only", "current-shape", "--ui", "line"], "dozens-of-services\nc\napp-and-database-apart\n\n");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("   (model says: "), "{}", err(&output));
    assert!(err(&output).contains("The model computes: ") && err(&output).contains("You answered "), "{}", err(&output));
    assert!(err(&output).contains("k keep   c change   n note"), "{}", err(&output));
    assert!(place.answers().contains("value = \"app-and-database-apart\""), "{}", place.answers());
    // A model with mistakes asks all the same.
    place.write("system.toml", "schema = 1\n[components]\napp = { kind = \"servise\" }\n");
    let output = place.run(&["ask", "--only", "current-shape", "--ui", "line"], "q\n");
    assert!(code(&output) == 0 && err(&output).contains("the model has mistakes"), "{}", err(&output));
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

/// `yes b | weighbridge ask` would never end.
#[test]
fn a_pipe_that_never_ends_is_left() {
    let place = Place::new();
    let output = place.run(&["ask", "--ui", "line"], &format!("1\n{}", "b\n".repeat(10_000)));
    assert_eq!(code(&output), 2);
    assert!(err(&output).ends_with("more than 10000 lines came through the pipe, and the walk has not ended; answers are saved\n"));
    assert!(place.answers().contains("value = \"one-place\""), "{}", place.answers());
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
fn a_named_question_is_asked_again() {
    let place = Place::new();
    assert_eq!(code(&place.run(&set_all(&["ask", "--no-input"]), "")), 0);
    let output = place.run(&["ask", "--only", "outage-hour,budget", "--ui", "line"], "costs-a-lot\nsome-slack\n\n");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("Failure 1/2") && err(&output).contains("Current answer: "), "{}", err(&output));
    assert!(
        place.answers().contains("value = \"costs-a-lot\"") && place.answers().contains("value = \"some-slack\""),
        "{}",
        place.answers()
    );
}

#[test]
fn what_is_not_asked_now_is_said_where_it_is_named() {
    let place = Place::new();
    let arguments = ["ask", "--ui", "off", "--set", "task-one-machine=yes", "--set", "divide=not-known", "--only", "split-key"];
    let output = place.run(&arguments, "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    for said in [
        "note: `divide` is not asked under the current answers: it is asked if task-one-machine != 'yes'; its answer is kept, and has no effect",
        "note: `split-key` is not asked under the current answers: it is asked if ",
    ] {
        // Nobody knows yet what `split-key` waits for, so it is asked.
        assert_eq!(err(&output).contains(said), said.contains("`divide`"), "{}", err(&output));
    }
    let more = ["ask", "--ui", "line", "--only", "split-key", "--set", "load-vs-machine=fits-easily", "--set", "users-where=one-place"];
    let output = place.run(&more, "");
    assert!(err(&output).contains("note: `split-key` is not asked under the current answers"), "{}", err(&output));
    assert!(err(&output).contains("it is passed over"), "{}", err(&output));
}

#[test]
fn a_walk_until_decided_ends_with_its_verdict() {
    let place = Place::new();
    let lines: String = CORNER_SHOP.iter().map(|setting| format!("{}\n", setting.split_once('=').expect("a setting").1)).collect();
    // The input ends where the walk does, at the review.
    let output = place.run(&["ask", "--until-decided", "--ui", "line", "--format", "json"], &lines);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let value: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(value["finished"], true, "{}", err(&output));
    assert_eq!(value["verdict"]["possible_winners"], serde_json::json!(["single-process"]));
    assert!(value["answered"].as_u64() < Some(13), "it ended before the thirteenth: {}", value["answered"]);
    let again = place.run(&["ask", "--until-decided", "--no-input"], "");
    assert_eq!(code(&again), 0, "nothing is missing once it is decided: {}", err(&again));
    assert!(out(&again).starts_with("Single process: "), "{}", out(&again));
    let other = place.run(&["ask", "--no-input"], "");
    assert_eq!(code(&other), 2, "all core questions are another matter");
}

#[test]
fn a_person_has_a_name() {
    let place = Place::new();
    for name in ["", "  "] {
        let output = place.run(&["ask", "--by", name, "--set", "budget=none"], "");
        assert_eq!(code(&output), 2, "{name:?}");
        assert!(err(&output).contains("nobody is named"), "{}", err(&output));
    }
    assert_eq!(place.files(), Vec::<String>::new());
}

/// A promise that the only design breaks is contradicted here as it is in the verdict.
#[test]
fn the_model_speaks_of_promises_where_it_decides_them() {
    let place = Place::new();
    let shop = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/shop/system.toml")).expect("the shop");
    place.write("system.toml", &shop);
    let answers = ["--set", "survive=a-region"];
    let verdict = place.run(&[&["verdict", ".", "--format", "json"][..], &answers].concat(), "");
    let contradicted = out(&verdict).contains("\"survive\"") && code(&verdict) != 2;
    assert!(contradicted, "{} {}", out(&verdict), err(&verdict));
    let output = place.run(&["ask", "--only", "survive", "--ui", "line"], "a-region\nk\nq\n");
    assert!(err(&output).contains("model says: `app/1` alone costs journey "), "{}", err(&output));
    assert!(
        err(&output).contains("The model computes: `app/1` alone costs journey ") && err(&output).contains("Keep the answer?"),
        "{}",
        err(&output)
    );
}
