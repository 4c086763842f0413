//! `init`: whatever is answered, the model passes; nothing is made up, and nothing is overwritten.

use super::{Place, err, out};

/// All answers that a person gives who knows the system, and nothing beyond.
const SHOP: &[&str] = &[
    "name=Corner shop",
    "provider=aws",
    "region=eu-central-1",
    "copies=1",
    "machine=m7g.large",
    "stores=database,cache,queue,files,partner",
    "data-place=another-machine",
    "data-size=40",
    "requests=1500000",
    "requests-per=day",
    "peak=2",
    "store-calls=6",
    "utilization=30",
    "workers=8",
    "p50=80",
    "p99=900",
    "availability=99.8",
    "bill=640",
    "currency=EUR",
    "teams=3",
    "people=14",
    "on-call=business-hours",
    "parts=Orders, Catalogue, Öffentliche API, orders",
    "promise=98",
    "limit=500",
    "budget=2000",
];

fn settings(all: &[&'static str]) -> Vec<&'static str> {
    all.iter().flat_map(|one| ["--set", *one]).collect()
}

fn init(place: &Place, all: &[&'static str]) -> String {
    let mut arguments = vec!["init", "m", "--no-input"];
    arguments.extend(settings(all));
    place.passes(&arguments)
}

#[test]
fn every_prefix_and_every_single_answer_gives_a_model_that_passes() {
    let mut sets: Vec<Vec<&str>> = SHOP.iter().map(|one| vec![*one]).collect();
    sets.extend([0, 7, 12, 20, SHOP.len()].map(|count| SHOP[..count].to_vec()));
    // An answer without the one that its question waits for counts for nothing.
    sets.push(vec!["copies=3", "stores=database", "data-place=same-machine", "parts=a,b"]);
    sets.push(vec!["provider=own", "copies=1", "stores=database", "data-place=same-machine", "data-size=0", "requests=0"]);
    sets.push(vec!["provider=gcp", "stores=none", "teams=1", "on-call=nobody", "people=1"]);
    for set in sets {
        let place = Place::new();
        init(&place, &set);
        let check = place.run(&["check", "m"]);
        assert_eq!(check.status.code(), Some(0), "{set:?}: {}{}\n{}", out(&check), err(&check), place.read("m/system.toml"));
        place.passes(&["fmt", "--check", "m"]);
        place.passes(&["report", "m", "--format", "json"]);
    }
}

/// The law of the blank interview: the file has no figure at all, and the report computes none that a stated fact would be needed for.
#[test]
fn a_skipped_interview_makes_nothing_up() {
    let place = Place::new();
    let listed = init(&place, &[]);
    assert_eq!(listed, "m/system.toml\nm/alternatives/replicated.toml\n");
    let text = place.read("m/system.toml");
    let stated: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    assert_eq!(stated.replace("schema = 1", "").matches(|letter: char| letter.is_ascii_digit()).count(), 0, "{text}");
    let result = place.json(&["report", "m", "--format", "json"]);
    let base = &result["alternatives"][0];
    let journey = &base["journeys"][0];
    for nothing in [
        &journey["rate_per_s"],
        &journey["latency"]["p99_ms"],
        &base["capacity"]["max_rate_per_s"],
        &base["cost"],
        &result["observed"],
        &result["verdict"],
    ] {
        assert!(nothing.is_null(), "{nothing}");
    }
    assert_eq!(base["gates"].as_array().map(Vec::len), Some(0));
    // Users are elsewhere; whether anything else is, nobody said.
    assert_eq!(base["classification"]["distributed"], "edge");
    assert_eq!(result["next_facts"]["settled"], false);
    let missing: Vec<&str> = base["missing"].as_array().expect("a list").iter().filter_map(|one| one["needs"].as_str()).collect();
    assert!(missing.contains(&"components.app.service-time") && missing.contains(&"journeys.use.rate"), "{missing:?}");
    // Every figure that is computed says what it assumes.
    assert!(base["assumed"].as_array().is_some_and(|list| !list.is_empty()));
    let report = place.passes(&["report", "m"]);
    assert!(report.contains("not evaluated") || report.contains("not computed"), "{report}");
}

#[test]
fn answers_become_facts_with_their_units() {
    let place = Place::new();
    let listed = init(&place, SHOP);
    assert_eq!(listed, "m/system.toml\nm/alternatives/replicated.toml\nm/alternatives/services.toml\n");
    let base = place.passes(&["show", "m"]);
    for fact in [
        "name = \"Corner shop\"",
        "rate = \"1500000/day\"",
        "peak = \"3000000/day\"",
        "availability = \"98%\"",
        "latency-p95 = \"500ms\"",
        "budget = \"2000 EUR/month\"",
        "code = \"eu-central-1\"",
        "data = \"40GB\"",
        "cost = \"640 EUR/month\"",
        "p99 = \"900ms\"",
        "utilization = \"30%\"",
    ] {
        assert!(base.contains(fact), "{fact}:\n{base}");
    }
    // 0.30 · 1 copy · 8 workers ÷ (1,500,000 ÷ 86,400 a second) = 138.24 ms.
    assert!(base.contains("138ms"), "{base}");
    // 14 people in three teams of whole people.
    let members: u32 = base
        .lines()
        .filter_map(|line| line.strip_prefix("members = "))
        .take(3)
        .map(|line| line.split_whitespace().next().expect("a number").parse::<u32>().expect("a number"))
        .sum();
    assert_eq!(members, 14);
    for id in ["[components.orders]", "[components.catalogue]", "[components.ffentliche-api]", "[components.orders-2]"] {
        assert!(base.contains(id), "{id}:\n{base}");
    }
    assert!(base.contains("name = \"Öffentliche API\""), "{base}");
}

#[test]
fn a_guess_is_written_as_one() {
    let place = Place::new();
    place.write(
        "m/interview.toml",
        "format = 1\nquestionnaire = \"first-model@1.0.0\"\n\n[answers.requests]\nvalue = 100\nconfidence = \"guess\"\n",
    );
    place.passes(&["init", "m", "--no-input"]);
    assert!(place.read("m/system.toml").contains("{ value = \"100/s\", source = \"a guess\" }"), "{}", place.read("m/system.toml"));
}

#[test]
fn nothing_is_overwritten() {
    let place = Place::new();
    place.write("m/system.toml", "schema = 1\n");
    let output = place.run(&["init", "m"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("exists already; nothing was written"));
    assert_eq!(place.read("m/system.toml"), "schema = 1\n");
    let other = Place::new();
    other.write("m/alternatives/services.toml", "mine");
    assert_eq!(other.run(&["init", "m"]).status.code(), Some(2));
    assert!(!other.path("m/system.toml").exists());
    // What else is in the directory stays.
    let third = Place::new();
    third.write("m/notes.md", "ours");
    init(&third, &[]);
    assert_eq!(third.read("m/notes.md"), "ours");
}

#[test]
fn bad_settings_are_refused_before_anything_is_written() {
    for (setting, words) in [
        ("nmae=Shop", "did you mean `name`?"),
        ("provider=awz", "aws"),
        ("copies=many", "takes a number"),
        ("copies=0", "1"),
        ("copies=1.5", "a whole number"),
        ("workers=2.5", "a whole number"),
        ("people=2.5", "a whole number"),
        ("availability=101", "100"),
        ("name", "question=option"),
    ] {
        let place = Place::new();
        let output = place.run(&["init", "m", "--set", setting]);
        assert_eq!(output.status.code(), Some(2), "{setting}");
        assert!(err(&output).contains(words), "{setting}: {}", err(&output));
        assert!(!place.path("m").exists(), "{setting}");
    }
}

#[test]
fn hostile_answers_are_text() {
    let hostile = ["\"]\n[components.x]\nkind = \"client\"", "\u{1b}[31m", "'''", "\\", "a\u{202e}b", "${HOME}", "= { }"];
    for text in hostile {
        let place = Place::new();
        let name = format!("name={text}");
        let parts = format!("parts={text}, two");
        let output = place.run(&[
            "init",
            "m",
            "--no-input",
            "--set",
            &name,
            "--set",
            &parts,
            "--set",
            "provider=aws",
            "--set",
            &format!("region={text}"),
        ]);
        assert_eq!(output.status.code(), Some(0), "{text:?}: {}", err(&output));
        let check = place.run(&["check", "m"]);
        assert_eq!(check.status.code(), Some(0), "{text:?}: {}{}", out(&check), err(&check));
    }
}

#[test]
fn the_interview_can_be_left_and_gone_on_with() {
    let place = Place::new();
    let output = place.run_with(&["init", "m", "--ui", "line"], "Corner shop\n1\nq\n:q\n");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("to go on: weighbridge init m"), "{}", err(&output));
    assert!(!place.path("m/system.toml").exists());
    assert!(place.read("m/interview.toml").contains("Corner shop"));
    // The rest is set; the walk goes on where it was left.
    let output = place.run_with(&["init", "m", "--ui", "line", "--set", "copies=2"], &(":s\n".repeat(22) + "\n\n\n"));
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(place.read("m/system.toml").contains("Corner shop"));
    assert!(!place.path("m/interview.toml").exists(), "all of it stands in the model");
}

#[test]
fn nobody_is_found_to_have_made_a_directory_for_nothing() {
    let place = Place::new();
    let output = place.run_with(&["init", "m", "--ui", "line"], ":q\n");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(!place.path("m").exists());
}

/// What somebody was not sure of stays so, in whatever form the model has it, and in what follows from it.
#[test]
fn an_unsure_answer_is_an_unsure_fact() {
    let place = Place::new();
    let answer = |id: &str, value: &str| format!("[answers.{id}]\nvalue = {value}\nconfidence = \"guess\"\n");
    let sure = |id: &str, value: &str| format!("[answers.{id}]\nvalue = {value}\n");
    let answers = [
        answer("copies", "2"),
        answer("workers", "4"),
        sure("requests", "100"),
        sure("requests-per", "\"second\""),
        sure("utilization", "50"),
    ];
    place.write("m/interview.toml", &format!("format = 1\nquestionnaire = \"first-model@1.1.0\"\n{}", answers.concat()));
    place.passes(&["init", "m", "--no-input"]);
    let text = place.read("m/system.toml");
    // 0.5 · 2 copies · 4 workers ÷ 100 a second.
    for fact in [
        "{ value = 2, source = \"a guess\" }",
        "{ value = 4, source = \"a guess\" }",
        "{ value = \"40ms\", source = \"a guess: derived from utilization\" }",
    ] {
        assert!(text.contains(fact), "{fact}: {text}");
    }
}

/// Three people are not sixty-four teams of equal size: no team of nobody is made up.
#[test]
fn more_teams_than_people_have_no_members() {
    let place = Place::new();
    init(&place, &["teams=64", "people=3"]);
    assert!(!place.read("m/system.toml").contains("members"), "{}", place.read("m/system.toml"));
}

/// What is answered on the command line is saved like what is typed, whoever leaves at once.
#[test]
fn what_is_said_to_be_saved_is() {
    let place = Place::new();
    let output = place.run_with(&["init", "m", "--ui", "line", "--set", "name=G", "--set", "copies=1"], "");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("all answers are saved in m/interview.toml"), "{}", err(&output));
    let saved = place.read("m/interview.toml");
    assert!(saved.contains("[answers.name]") && saved.contains("[answers.copies]"), "{saved}");
}

/// A figure behind which nothing stands that was stated is marked, and no difference between two of them is called sure.
#[test]
fn the_first_table_of_a_blank_model_marks_what_is_assumed() {
    let place = Place::new();
    init(&place, &[]);
    let first = |place: &Place| {
        let report = place.passes(&["report", "m", "--format", "markdown"]);
        let row = report.lines().find(|line| line.starts_with("| down a year")).expect("the row").replace('\\', "");
        (row, report)
    };
    let (row, report) = first(&place);
    assert!(row.matches('~').count() == 2 && !row.contains('!'), "{row}");
    assert!(report.contains("nobody stated how often anything fails"), "{report}");
    assert!(!report.lines().any(|line| line.starts_with("| calls between teams |")), "nobody owns anything");
    let text = place.read("m/system.toml");
    assert_eq!(text.matches("kind = \"service\"").count(), 1, "{text}");
    place.write("m/system.toml", &text.replace("kind = \"service\"", "kind = \"service\"\navailability = \"99%\""));
    let (row, report) = first(&place);
    assert!(!row.contains('~') && !report.contains("nobody stated how often"), "{row}");
}

/// A ceiling is in the model's currency: a bill in another is not held against it, and the first screen says what is missing.
#[test]
fn a_ceiling_is_not_held_against_a_bill_in_another_currency() {
    let place = Place::new();
    init(&place, SHOP);
    assert!(place.read("m/system.toml").contains("# fx = { USD = "), "{}", place.read("m/system.toml"));
    let verdict = place.json(&["verdict", "m", "--set", "budget-month=1", "--format", "json"])["verdict"].clone();
    for design in verdict["alternatives"].as_array().expect("designs") {
        assert_eq!(design["veto_shows"].as_array().map(Vec::len), Some(0), "{design}");
    }
    let report = place.passes(&["report", "m"]);
    assert!(report.contains("budget needs `fx` of"), "{report}");
    // The utilization that a service time was derived from is no witness for it.
    assert!(report.contains("derived from it") && report.contains("Observed"), "{report}");
}
