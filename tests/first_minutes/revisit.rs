//! `revisit`: silent while what was decided on holds, and exit code 1 once it does not.

use super::{Place, err, out};

/// A shop that stays with its one process: every answer says so.
const STAY: &[&str] = &[
    "users-where=one-country",
    "outage-hour=costs-a-lot",
    "change-stop=weekly-short-window",
    "load-vs-machine=fits-with-care",
    "teams-blocked=2-3-teams-ok",
    "task-one-machine=yes",
    "parts-differ=alike",
    "experience=some-read",
    "boundaries=rough",
    "platform=scripts-some-ci",
    "budget=tight",
    "stale-data=seconds-somewhere",
    "step-data=moderate",
];

fn model(rate: &str) -> String {
    format!(
        "schema = 1\n[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", service-time = \"10ms\", concurrency = 4 }}\n[links]\n\"user -> app\" = {{}}\n\
         [journeys.use]\nrate = \"{rate}\"\nsteps = [\"user -> app\"]\n"
    )
}

fn answered(place: &Place) {
    let mut arguments = vec!["ask", "m", "--no-input", "--today", "2026-11-01"];
    STAY.iter().for_each(|one| arguments.extend(["--set", one]));
    place.passes(&arguments);
}

/// 4 workers of 10 ms carry 400 a second: 240/s fits with care, 20,000/s takes tens of machines.
#[test]
fn a_load_that_outgrows_the_machine_comes_true() {
    let place = Place::new();
    place.write("m/system.toml", &model("240/s"));
    answered(&place);
    let quiet = place.run(&["revisit", "m"]);
    assert_eq!(quiet.status.code(), Some(0), "{}{}", out(&quiet), err(&quiet));
    assert!(out(&quiet).contains("Nothing has come true"), "{}", out(&quiet));
    let watched = place.json(&["revisit", "m", "--format", "json"]);
    assert_eq!(watched["decide_again"], false);
    let load = watched["triggers"]
        .as_array()
        .expect("triggers")
        .iter()
        .any(|one| one["questions"].as_array().expect("questions").iter().any(|one| one["question"] == "load-vs-machine"));
    place.write("m/system.toml", &model("20000/s"));
    let grown = place.run(&["revisit", "m", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&grown)).expect("JSON");
    if load {
        assert_eq!(grown.status.code(), Some(1), "{value}");
        assert_eq!(value["decide_again"], true);
        assert!(value["triggers"].as_array().expect("triggers").iter().any(|one| one["state"] == "come-true"), "{value}");
    } else {
        panic!("no trigger waits for the load: {watched}");
    }
}

#[test]
fn an_accepted_design_that_is_recommended_no_longer_is_decided_again() {
    let place = Place::new();
    place.write("m/system.toml", &model("240/s"));
    answered(&place);
    place.passes(&["derive", "m", "--as", "replicated"]);
    let path = "m/alternatives/replicated.toml";
    place.write(path, &place.read(path).replace("\"proposed\"", "\"accepted\""));
    let output = place.run(&["revisit", "m"]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("`replicated` is accepted, and `system` is recommended by now"), "{}", out(&output));
}

#[test]
fn without_answers_or_a_model_there_is_nothing_to_revisit() {
    let place = Place::new();
    place.write("m/system.toml", &model("240/s"));
    let output = place.run(&["revisit", "m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("nobody has answered"), "{}", err(&output));
}
