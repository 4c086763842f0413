//! A new user with only the README: from an empty folder to a report with a verdict, alternatives, pictures and the facts to look up next.

use super::{Place, err, out};

/// What such a person types into the interview, line by line: what they do not know they skip.
const TYPED: &str = "\
Corner shop
1
eu-central-1
1
m7g.large
1,5
2
:s
400000
4
3
5
15
4
:s
:s
99.8
:s
2
9
2
Orders, Catalogue, Payments
99
:s
2000
1

";

/// What the questionnaire asks, and nobody of them has to look up.
const ANSWERS: &str = "\
2
3
2
2
2
1
1
2
2
2
2
2
2

";

#[test]
fn from_an_empty_folder_to_a_report_that_says_what_to_look_up() {
    let place = Place::new();
    let init = place.run_with(&["init", "shop", "--ui", "line"], TYPED);
    assert_eq!(init.status.code(), Some(0), "{}", err(&init));
    assert_eq!(out(&init), "shop/system.toml\nshop/alternatives/replicated.toml\nshop/alternatives/services.toml\n", "{}", err(&init));

    let check = place.run(&["check", "shop"]);
    assert_eq!(check.status.code(), Some(0), "{}{}", out(&check), err(&check));

    let ask = place.run_with(&["ask", "shop", "--ui", "line"], ANSWERS);
    assert_eq!(ask.status.code(), Some(0), "{}", err(&ask));
    assert!(out(&ask).contains("Next: weighbridge report shop"), "{}{}", out(&ask), err(&ask));

    let report = place.passes(&["report", "shop"]);
    for part in ["Replicated monolith", "Services", "What to measure next", "```plantuml", "usually read from"] {
        assert!(report.contains(part), "{part}:\n{report}");
    }
    let result = place.json(&["report", "shop", "--format", "json"]);
    assert!(!result["verdict"]["winner"].is_null(), "{}", result["verdict"]);
    assert_eq!(result["alternatives"].as_array().map(Vec::len), Some(3));
    let next = &result["next_facts"];
    assert!(next["facts"].as_array().is_some_and(|facts| !facts.is_empty()), "{next}");
    // What was measured stands beside what is computed.
    let observed = result["observed"].as_array().expect("what was measured");
    assert!(observed.iter().any(|one| one["path"] == "journeys.use.availability" && !one["modelled"].is_null()), "{observed:?}");

    // The page for a meeting, and the record for the repository.
    place.passes(&["report", "shop", "--format", "html", "--output", "report.html"]);
    let page = place.read("report.html");
    assert!(page.contains("<svg") && page.contains("What to measure next"));
    place.passes(&["adr", "shop", "--dir", "adr", "--title", "Stay"]);
    assert!(place.read("adr/0001-stay.md").contains("status: proposed"));
}
