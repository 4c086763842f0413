//! Several people: merged medians, and who is heard.

use std::fs;

use crate::place::{HEAD, Place, code, err, out, set_all};

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
    assert!(text.contains("by = [\"architecture\", \"business\", \"care\"]"), "{text}");
    assert_eq!(code(&place.run(&["answers", "merge", "."], "")), 0);
    assert_eq!(place.answers(), text, "merging again changes nothing");
    let second = place.run(&["answers", "merge", ".", "--round", "2"], "");
    assert!(out(&second).contains("0.85  outage-hour") && !out(&second).contains("care"), "{}", out(&second));
    assert!(!place.answers().contains("care"), "nobody is named in the file either: {}", place.answers());
    let zero = place.run(&["answers", "merge", ".", "--round", "0"], "");
    assert_eq!(code(&zero), 2, "the first round is 1");
    // Settling it together takes the spread away.
    let settled = place.run(&["ask", "--set", "outage-hour=costs-a-lot", "--ui", "off"], "");
    assert_eq!(code(&settled), 0, "{}", err(&settled));
    let together = place.answers();
    assert!(!together.contains("outage-hour = 0.85"), "{together}");
    // And no merge takes it back, unless that is asked for.
    let again = place.run(&["answers", "merge", ".", "--round", "2"], "");
    assert!(out(&again).contains("  outage-hour: It costs a lot (median It costs a little)"), "{}", out(&again));
    assert!(!out(&again).contains("Talk about this first"), "it has been talked about: {}", out(&again));
    assert_eq!(place.answers(), together);
    let again = place.run(&["answers", "merge", ".", "--overwrite"], "");
    assert!(!out(&again).contains("Kept") && place.answers().contains("outage-hour = 0.85"), "{}", out(&again));
    let fmt = place.run(&["fmt", "--check", "."], "");
    assert_eq!(code(&fmt), 0, "answers have a layout of their own: {}", err(&fmt));
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
