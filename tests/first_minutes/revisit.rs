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

/// The model with users in some regions, by code and share.
fn model(users: &[(&str, &str)]) -> String {
    let places: String = users
        .iter()
        .map(|(code, share)| format!("{} = {{ kind = \"region\", code = \"{code}\", share-of-users = {share} }}\n", &code[..2]))
        .collect();
    format!(
        "schema = 1\n[locations]\n{places}[components]\nuser = {{ kind = \"client\" }}\napp = {{ kind = \"service\", service-time = \"10ms\", concurrency = 4 }}\n[links]\n\
         \"user -> app\" = {{}}\n[journeys.use]\nrate = \"20/s\"\nsteps = [\"user -> app\"]\n"
    )
}

const AT_HOME: &[(&str, &str)] = &[("eu-central-1", "1")];

fn answered(place: &Place) {
    let mut arguments = vec!["ask", "m", "--no-input", "--today", "2026-11-01"];
    STAY.iter().for_each(|one| arguments.extend(["--set", one]));
    place.passes(&arguments);
}

/// Who answered that all users are in one country decides again once half of them are on another continent.
#[test]
fn users_on_a_second_continent_come_true() {
    let place = Place::new();
    place.write("m/system.toml", &model(AT_HOME));
    answered(&place);
    let quiet = place.run(&["revisit", "m"]);
    assert_eq!(quiet.status.code(), Some(0), "{}{}", out(&quiet), err(&quiet));
    assert!(out(&quiet).contains("Nothing has come true"), "{}", out(&quiet));
    let watched = place.json(&["revisit", "m", "--format", "json"]);
    assert_eq!(watched["decide_again"], false);
    // What nobody computes is for people.
    assert!(out(&quiet).contains("For people to watch"), "{}", out(&quiet));

    place.write("m/system.toml", &model(&[("eu-central-1", "0.5"), ("us-east-1", "0.5")]));
    let grown = place.run(&["revisit", "m", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&out(&grown)).expect("JSON");
    assert_eq!(grown.status.code(), Some(1), "{value}");
    assert_eq!(value["decide_again"], true);
    let true_now: Vec<&serde_json::Value> =
        value["triggers"].as_array().expect("triggers").iter().filter(|one| one["state"] == "come-true").collect();
    assert!(!true_now.is_empty() && true_now.iter().all(|one| one["questions"][0]["question"] == "users-where"), "{value}");
    assert!(true_now[0]["questions"][0]["computed"].as_str().is_some_and(|text| text.contains("2 continents")), "{value}");
}

#[test]
fn an_accepted_design_that_is_recommended_no_longer_is_decided_again() {
    let place = Place::new();
    place.write("m/system.toml", &model(AT_HOME));
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
    place.write("m/system.toml", &model(AT_HOME));
    let output = place.run(&["revisit", "m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("nobody has answered"), "{}", err(&output));
}

/// 10 ms of four workers carry 400 a second: at 2,000 today's design is five times too full, and who stays with it decides again.
#[test]
fn a_design_that_does_not_carry_its_load_any_longer_is_decided_again() {
    let place = Place::new();
    place.write("m/system.toml", &model(AT_HOME));
    answered(&place);
    place.write("m/system.toml", &model(AT_HOME).replace("20/s", "2000/s"));
    let output = place.run(&["revisit", "m"]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("Today's design does not carry its load"), "{}", out(&output));
    let verdict = place.json(&["verdict", "m", "--format", "json"])["verdict"].clone();
    assert_eq!(verdict["outcome"], "none-holds", "{verdict}");
    let headline = verdict["headline"].as_str().expect("a headline");
    assert!(headline.contains("misses capacity") && !headline.contains("holds"), "{headline}");
    assert_eq!(verdict["alternatives"][0]["gates_missed"][0]["value"], "`app` 500 % busy on the mean");
}
