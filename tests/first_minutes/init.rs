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
