//! The verdict as a user meets it: `verdict`, the report that opens with it, and the check that fails where the model contradicts an answer.

mod verdict_support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use verdict_support::shop::{Shop, code, json, run, text};
use verdict_support::{cases, fixture, questionnaire, winner_by_hand, with};
use weighbridge::questionnaire::answers::{Answers, Response};
use weighbridge::questionnaire::{CandidateId, Questionnaire};

/// The errors of a result against the committed schema.
fn schema_errors(value: &Value) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/result.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The ids of a list of objects.
fn ids<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().expect("a list").iter().map(|one| one[key].as_str().expect("an id")).collect()
}

/// The worked verdicts with their grades, and sums that add up; and every flip that the command prints flips, and none is missing: held against the method
/// written down anew, over all single answers and all pairs.
#[test]
fn the_twelve_worked_verdicts_and_all_their_flips_come_out_of_the_command() {
    let expected: toml::Table = fixture("expected.toml").parse().expect("expected.toml is TOML");
    let questionnaire = questionnaire();
    for case in cases(&questionnaire) {
        let value = json(&["verdict", "--answers", &format!("tests/fixtures/verdicts/{}.answers.toml", case.id)]);
        assert_eq!(schema_errors(&value), Vec::<String>::new(), "{}", case.id);
        let verdict = &value["verdict"];
        let expected = &expected[case.id.as_str()];
        let fits = expected["verdicts"].as_array().expect("verdicts").iter().any(|one| one.as_str() == verdict["winner"].as_str());
        assert!(fits, "{}: {}", case.id, verdict["winner"]);
        assert_eq!(verdict["grade"].as_str(), expected["grade"].as_str(), "{}", case.id);
        assert_eq!(verdict["outcome"], "verdict-only");
        // The terms of the lead add up to the margin, and each score is the sum of its terms.
        let number = |value: &Value| value.as_f64().expect("a number");
        let sum: f64 = verdict["because"].as_array().expect("terms").iter().map(|one| number(&one["term"])).sum();
        assert!((sum - number(&verdict["margin"])).abs() < 1e-9, "{}", case.id);
        for score in verdict["scores"].as_array().expect("scores") {
            let sum: f64 = score["terms"].as_object().expect("terms").values().map(number).sum();
            assert!((sum - number(&score["score"])).abs() < 1e-9, "{}", case.id);
        }
        let printed: BTreeSet<(String, String)> = verdict["flips"]
            .as_array()
            .expect("flips")
            .iter()
            .map(|flip| {
                let changes = flip["changes"].as_array().expect("changes").iter();
                let word = |value: &Value| value.as_str().expect("a word").to_owned();
                let words: Vec<String> = changes.map(|change| format!("{}={}", word(&change["question"]), word(&change["to"]))).collect();
                (words.join(" "), flip["winner"].to_string())
            })
            .collect();
        assert_eq!(printed, flips_by_hand(&questionnaire, &case.answers), "{}", case.id);
    }
}

/// All single answers to core questions that change the winner, and all pairs neither of which does alone, with who wins then.
fn flips_by_hand(questionnaire: &Questionnaire, answers: &Answers) -> BTreeSet<(String, String)> {
    let name = |winner: Option<CandidateId>| {
        winner.map_or(Value::Null, |winner| Value::from(questionnaire.candidate(winner).id.as_str())).to_string()
    };
    let now = winner_by_hand(questionnaire, answers);
    let mut found = BTreeSet::new();
    let mut calm = Vec::new();
    for id in &questionnaire.core {
        for option in 0..questionnaire.question(*id).options.len() {
            let response = Response::Option(option);
            if answers.response(*id) == Some(&response) {
                continue;
            }
            let words = format!("{}={}", questionnaire.question(*id).id, questionnaire.question(*id).options[option].id);
            let changed = with(answers, *id, &response);
            let after = winner_by_hand(questionnaire, &changed);
            if after == now {
                calm.push((*id, words, response, changed));
            } else {
                found.insert((words, name(after)));
            }
        }
    }
    for (at, (first, one, _, changed)) in calm.iter().enumerate() {
        for (second, other, response, _) in calm[at + 1..].iter().filter(|(second, ..)| second != first) {
            let after = winner_by_hand(questionnaire, &with(changed, *second, response));
            if after != now {
                found.insert((format!("{one} {other}"), name(after)));
            }
        }
    }
    found
}

/// What is printed as a flip can be pasted, and flips.
#[test]
fn a_printed_flip_flips_when_it_is_tried() {
    let shop = Shop::new();
    let verdict = shop.verdict(&[]);
    let flips = verdict["flips"].as_array().expect("flips");
    assert!(flips.len() >= 3, "{flips:?}");
    for flip in flips {
        let mut arguments = Vec::new();
        for change in flip["changes"].as_array().expect("changes") {
            arguments.push(format!("--set={}={}", change["question"].as_str().expect("an id"), change["to"].as_str().expect("an option")));
        }
        let after = shop.verdict(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(after["winner"], flip["winner"], "{arguments:?}");
        assert_ne!(after["winner"], verdict["winner"]);
    }
    // The triggers are the same answers, grouped.
    let triggers: usize = verdict["revisit_when"]
        .as_array()
        .expect("triggers")
        .iter()
        .map(|one| one["changes"][0]["any_of"].as_array().expect("answers").len())
        .sum();
    let singles = flips.iter().filter(|flip| flip["changes"].as_array().expect("changes").len() == 1).count();
    assert_eq!(triggers, singles);
    assert!(verdict["revisit_when"][0]["changes"][0]["watch"].as_str().is_some_and(|watch| !watch.is_empty()));
}

#[test]
fn the_shop_is_told_what_to_do_and_why() {
    let value = json(&["verdict", "models/shop"]);
    assert_eq!(schema_errors(&value), Vec::<String>::new());
    let verdict = &value["verdict"];
    assert_eq!(verdict["winner"], "replicated-monolith");
    assert_eq!(verdict["outcome"], "move");
    assert_eq!(verdict["recommended"]["id"], "replicated");
    assert_eq!(verdict["contradictions"], serde_json::json!([]));
    assert_eq!(ids(&verdict["alternatives"], "id"), ["system", "microservices", "replicated", "sharded"]);
    let base = &verdict["alternatives"][0];
    assert_eq!((&base["candidate"], &base["vetoed_by"]), (&"single-process".into(), &serde_json::json!(["V2"])));
    assert_eq!(ids(&base["gates_missed"], "id"), ["survive", "change-stop"]);
    assert!(ids(&verdict["detectors"], "id").contains(&"sledgehammer"), "the proposal is a sledgehammer");
    let closing = ["benefits", "know-how", "trade-offs", "start small", "architecture", "processes", "tools", "finances"];
    assert_eq!(ids(&verdict["closing_questions"], "id"), closing, "the eight of the article");
    assert!(
        verdict["avoidable"].as_str().is_some_and(|answer| answer.starts_with("No: Single process is vetoed.")),
        "{}",
        verdict["avoidable"]
    );
    let answer = |at: usize| verdict["closing_questions"][at]["answer"].as_str().expect("an answer");
    assert!(
        answer(1).starts_with("Yes, for Replicated monolith: it asks 0.25, and there is 0.25 of 1, as answered “Some have read about it”."),
        "{}",
        answer(1)
    );
    assert!(answer(1).contains("not for Sharded monolith (0.5), Coarse services (3 to 10) (0.5), Microservices (0.9)"), "{}", answer(1));
    assert!(answer(7).contains(" Computed: today: "), "the bill is computed: {}", answer(7));
    // The simplest by what its candidate asks: 0.25 + 0.2 + 0.25 + 0.15 + 0.15 + 0.25.
    assert!((verdict["alternatives"][2]["asks"].as_f64().expect("a number") - 1.25).abs() < 1e-9);

    let report = run(&["report", "models/shop"]);
    let report = text(&report.stdout);
    for words in [
        "**Move to `replicated`: Replicated monolith is what the answers justify (clear), and this design holds.**",
        "## The verdict",
        "### Needs and readiness",
        "### Scores",
        "### What would change the verdict, and how to notice it",
        "The model contradicts no answer.",
        "### The closing questions",
    ] {
        assert!(report.contains(words), "the report lacks `{words}`");
    }
    let without = text(&run(&["report", "models/mobile"]).stdout);
    assert!(without.contains("`weighbridge ask models/mobile`") && !without.contains("## The verdict"));
}

#[test]
fn every_format_follows_from_the_same_verdict() {
    for format in ["human", "markdown"] {
        let output = run(&["verdict", "models/shop", "--full", "--format", format]);
        assert_eq!(code(&output), 0);
        let shown = text(&output.stdout);
        for words in ["Move to", "Why Replicated monolith, and not Sharded monolith", "a sledgehammer to crack a nut", "Stack Overflow"] {
            assert!(shown.contains(words), "{format} lacks `{words}`");
        }
        assert!(format == "human" || shown.contains("Pairs of answers that change it"));
    }
    for command in ["assess", "check", "report"] {
        let value = json(&[command, "models/shop"]);
        assert_eq!(value["verdict"]["winner"], "replicated-monolith", "{command}");
        assert_eq!(schema_errors(&value), Vec::<String>::new(), "{command}");
    }
}

/// An answer that the base contradicts fails the check, with both values and the place; the policy decides what counts.
#[test]
fn the_model_contradicts_an_answer() {
    let shop = Shop::new();
    shop.edit("answers.toml", "value = \"app-and-database-apart\"", "value = \"dozens-of-services\"");
    shop.edit("answers.toml", "value = \"one-team\"", "value = \"over-10-teams-blocked\"");
    let output = run(&["check", shop.path()]);
    assert_eq!(code(&output), 1, "{}", text(&output.stdout));
    let said = text(&output.stdout);
    assert!(said.contains("`current-shape` is answered `dozens-of-services`, but distributed by its data store"), "{said}");
    assert!(said.contains("`teams-blocked` is answered `over-10-teams-blocked`, but 1 team owns parts of it: `core`"), "{said}");

    let verdict = shop.verdict(&[]);
    let found = &verdict["contradictions"];
    assert_eq!(ids(found, "question"), ["current-shape", "teams-blocked"]);
    assert_eq!(ids(found, "severity"), ["error", "error"]);
    assert_eq!(found[0]["fitting"], "app-and-database-apart");
    let place = &found[1]["places"][0];
    assert!(place["file"].as_str().is_some_and(|file| file.ends_with("system.toml")), "{place}");
    let line = usize::try_from(place["line"].as_u64().expect("a line")).expect("a small number");
    let model = fs::read_to_string(shop.file("system.toml")).expect("the model");
    assert!(model.lines().nth(line - 1).is_some_and(|line| line.starts_with("core = ")), "line {line}");
    let level = |verdict: &Value| {
        let forces = verdict["forces"].as_array().expect("forces");
        forces.iter().find(|force| force["id"] == "autonomy").map(|force| force["level"].as_f64().expect("a level")).expect("autonomy")
    };
    // Fourteen people bound the need at 0.32 = 0.25 + (0.6 − 0.25) · 4 / 20, whatever was answered.
    assert!((level(&verdict) - 0.32).abs() < 1e-9, "{}", level(&verdict));

    let headline = "The model contradicts 2 answers: `current-shape` and `teams-blocked`.";
    assert!(verdict["headline"].as_str().is_some_and(|words| words.ends_with(headline)), "{}", verdict["headline"]);

    let by_model = shop.verdict(&["--prefer", "model"]);
    assert_eq!(ids(&by_model["contradictions"], "severity"), ["warning", "warning"]);
    assert_eq!(ids(&by_model["contradictions"], "counts"), ["model", "model"]);
    assert!(!by_model["headline"].as_str().is_some_and(|words| words.contains("contradicts")), "settled: {}", by_model["headline"]);
    let weighed =
        by_model["answers"].as_array().expect("answers").iter().find(|one| one["question"] == "teams-blocked").expect("an answer");
    assert_eq!(
        (&weighed["value"], &weighed["by"]),
        (&"one-team".into(), &serde_json::json!(["the model"])),
        "nobody of the people says so"
    );
    assert!((level(&by_model) - 0.05).abs() < 1e-9, "one team");
    let settled = run(&["check", shop.path(), "--prefer", "model"]);
    assert_eq!(code(&settled), 0);
    assert!(text(&settled.stdout).contains("  warning: system: contradiction: `"), "{}", text(&settled.stdout));

    let open = shop.verdict(&["--prefer", "ask"]);
    assert!(open["open"].as_array().expect("a list").contains(&"teams-blocked".into()), "{}", open["open"]);
    assert_eq!(code(&run(&["check", shop.path(), "--prefer", "ask"])), 1);
    let report = text(&run(&["report", shop.path()]).stdout);
    assert!(report.contains("### The model contradicts the answers"), "{report}");
}

/// Called microservices, and one program with copies by its structure.
#[test]
fn a_label_is_held_against_the_structure() {
    let shop = Shop::new();
    shop.edit("alternatives/replicated.toml", "status  = \"proposed\"", "status  = \"proposed\"\ncandidate = \"microservices\"");
    let verdict = shop.verdict(&[]);
    let found = &verdict["contradictions"];
    assert_eq!(ids(found, "alternative"), ["replicated", "sharded"], "what extends it carries the label, too");
    assert_eq!(ids(found, "question"), ["proposal", "proposal"]);
    assert_eq!((&found[0]["alternative"], &found[0]["scope"]), (&"replicated".into(), &"proposal".into()));
    assert!(found[0]["computed"].as_str().is_some_and(|words| words.contains("replicated-monolith")));
    assert_eq!(code(&run(&["check", shop.path()])), 1);
}

/// A promise is held against every design; the accepted one must keep it.
#[test]
fn a_broken_promise_is_missed_and_contradicts_the_accepted_design() {
    let shop = Shop::new();
    shop.edit("answers.toml", "value = \"a-zone\"", "value = \"a-region\"");
    let verdict = shop.verdict(&[]);
    assert_eq!(verdict["outcome"], "none-holds");
    assert_eq!(verdict["recommended"]["id"], Value::Null);
    assert_eq!(verdict["recommended"]["nearest"], "replicated", "the simplest of those that miss one thing");
    assert_eq!(ids(&verdict["recommended"]["misses"], "id"), ["survive"]);
    assert_eq!(verdict["recommended"]["winner_fails_as"], serde_json::json!(["replicated"]));
    let headline = verdict["headline"].as_str().expect("a headline");
    assert_eq!(headline, "The answers justify Replicated monolith (clear), but `replicated` misses survive.");
    assert_eq!(code(&run(&["check", shop.path()])), 0, "nobody has decided for a design that breaks it");
    shop.edit("alternatives/replicated.toml", "\"proposed\"", "\"accepted\"");
    assert_eq!(ids(&shop.verdict(&[])["contradictions"], "scope"), ["promise"]);
    assert_eq!(code(&run(&["check", shop.path()])), 1);
}

#[test]
fn a_winner_that_nobody_modelled_is_named() {
    let shop = Shop::new();
    fs::remove_file(shop.file("alternatives/replicated.toml")).expect("a file");
    fs::remove_file(shop.file("alternatives/sharded.toml")).expect("a file");
    let verdict = shop.verdict(&[]);
    assert_eq!(verdict["winner"], "replicated-monolith");
    assert_eq!(verdict["recommended"]["winner_is_not_modelled"], true);
    // Microservices hold, as no veto strikes them and they miss nothing; but to move there would be a sledgehammer.
    assert_eq!((&verdict["outcome"], &verdict["recommended"]["id"]), (&"model-first".into(), &Value::Null));
    assert_eq!((&verdict["recommended"]["nearest"], &verdict["recommended"]["misses"]), (&"microservices".into(), &serde_json::json!([])));
    let headline = "Model Replicated monolith first: it is what the answers justify (clear), nobody has modelled it, and `microservices`, which holds, asks for more than it.";
    assert_eq!(verdict["headline"], headline);
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    let record = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the record");
    assert!(!record.contains("the status `accepted`"), "nothing is advised to be accepted: {record}");
    assert!(record.contains("add `alternatives/replicated-monolith.toml`"), "{record}");
}

/// Modelled and decided against is not the same as not modelled.
#[test]
fn a_winner_that_was_rejected_is_modelled() {
    let shop = Shop::new();
    fs::remove_file(shop.file("alternatives/sharded.toml")).expect("a file");
    shop.edit("alternatives/replicated.toml", "\"proposed\"", "\"rejected\"");
    let verdict = shop.verdict(&[]);
    assert_eq!(verdict["recommended"]["winner_is_not_modelled"], false);
    assert_eq!(verdict["recommended"]["winner_rejected_as"], serde_json::json!(["replicated"]));
    let headline = verdict["headline"].as_str().expect("a headline");
    assert!(headline.contains("modelled as `replicated`, which was rejected"), "{headline}");
    // It is what holds among what is left, and the answers speak against it.
    assert_eq!(verdict["recommended"]["id"], "microservices");
    assert_eq!(ids(&verdict["recommended"]["against"], "id")[0], "sledgehammer");
    assert!(verdict["recommended"]["reason"].as_str().is_some_and(|reason| reason.contains("a sledgehammer to crack a nut")));
}

/// An accepted design that is not the recommended one is named where everybody looks.
#[test]
fn a_design_that_was_accepted_otherwise_is_in_the_headline() {
    let shop = Shop::new();
    shop.edit("alternatives/microservices.toml", "\"proposed\"", "\"accepted\"");
    let verdict = shop.verdict(&[]);
    assert_eq!(verdict["recommended"]["accepted_otherwise"], serde_json::json!(["microservices"]));
    let headline = verdict["headline"].as_str().expect("a headline");
    assert!(headline.starts_with("Move to `replicated`") && headline.ends_with("Accepted, though, is `microservices`."), "{headline}");
    shop.edit("alternatives/microservices.toml", "\"accepted\"", "\"proposed\"");
    shop.edit("alternatives/replicated.toml", "\"proposed\"", "\"accepted\"");
    let headline = shop.verdict(&[])["headline"].take();
    assert!(headline.as_str().is_some_and(|words| words.ends_with("and this design holds.")), "{headline}");
}

/// While open questions can change the winner nothing is recommended, nothing follows, and nothing is usual.
#[test]
fn nothing_follows_from_what_is_not_decided() {
    let shop = Shop::new();
    let open = ["--set=change-stop=unknown", "--set=survive=unknown", "--set=platform=unknown", "--set=experience=unknown"];
    let verdict = shop.verdict(&open);
    assert_eq!((&verdict["grade"], &verdict["outcome"]), (&"undetermined".into(), &"undecided".into()));
    assert_eq!((&verdict["recommended"]["id"], &verdict["recommended"]["nearest"]), (&Value::Null, &Value::Null));
    assert_eq!((&verdict["base_rate"], &verdict["avoidable"]), (&Value::Null, &Value::Null));
    for more in [&[][..], &["--full"]] {
        let shown = text(&run(&[&["verdict", shop.path()], &open[..], more].concat()).stdout).replace('\n', " ");
        assert!(shown.contains("Not decided: "), "{shown}");
        for words in ["random answer sets", "would be another verdict", "Verdict on the answers", " wins ", "Recommended: replicated"] {
            assert!(!shown.contains(words), "`{words}`: {shown}");
        }
    }
    assert_eq!(code(&run(&[&["adr", shop.path()], &open[..]].concat())), 0);
    let record = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the record");
    assert!(record.contains("<!-- weighbridge:consequences:begin -->\n<!-- weighbridge:consequences:end -->"), "{record}");
    assert!(record.contains("* the open questions are answered.") && !record.contains("Base rate"), "{record}");
}

/// Fourteen people bound the need that ten teams state: 0.25 + (0.6 − 0.25) · 4 ÷ 20.
#[test]
fn the_answer_that_bounds_a_need_is_shown() {
    let shop = Shop::new();
    shop.edit("answers.toml", "value = \"one-team\"", "value = \"4-10-teams-queueing\"");
    let verdict = shop.verdict(&[]);
    let autonomy = verdict["forces"].as_array().expect("forces").iter().find(|force| force["id"] == "autonomy").expect("autonomy");
    assert_eq!(autonomy["bound"], serde_json::json!({ "question": "engineers", "at_most": 0.32, "without": 0.6 }));
    let report = text(&run(&["report", shop.path()]).stdout);
    assert!(report.contains("bounded to 0.32 instead of 0.60 by How many people change this code? “14 people”"), "{report}");
    assert!(report.contains("and no more than an answer that bounds it allows"));
}

/// One screen by default, with what a decision needs; everything under `--full`.
#[test]
fn the_verdict_is_one_screen() {
    let shop = Shop::new();
    let screen = |more: &[&str]| text(&run(&[&["verdict", shop.path()], more].concat()).stdout);
    let first = screen(&[]);
    for words in [
        "Move to replicated",
        "clear; +0.57 ahead of",
        "Because, against",
        "would flip it",
        "Vetoes",
        "To lift it:",
        "Against the proposal",
        "weighbridge adr",
        "--full",
    ] {
        assert!(first.contains(words), "the screen lacks `{words}`: {first}");
    }
    assert!(screen(&["--full"]).lines().count() > 200, "the rest is not lost");
    shop.edit("answers.toml", "value = \"app-and-database-apart\"", "value = \"dozens-of-services\"");
    shop.edit("answers.toml", "value = \"one-team\"", "value = \"over-10-teams-blocked\"");
    shop.edit("answers.toml", "value = \"a-zone\"", "value = \"a-region\"");
    let second = screen(&["--set=budget-month=1", "--set=latency-budget=1"]);
    assert!(second.contains("The model contradicts"), "{second}");
    for shown in [first, second] {
        assert!(shown.lines().count() <= 40, "{} lines: {shown}", shown.lines().count());
    }
}

/// The ceiling and the time that an action may take are held against each design, and the words say which figure it is.
#[test]
fn a_design_that_costs_or_takes_too_much_is_struck() {
    let shop = Shop::new();
    let verdict = shop.verdict(&["--set=budget-month=1", "--set=latency-budget=1"]);
    for design in verdict["alternatives"].as_array().expect("designs") {
        let vetoes = ids(&design["veto_shows"], "veto");
        assert_eq!(vetoes, ["V8", "V9"], "{design}");
        let shown: Vec<&str> = ids(&design["veto_shows"], "computed");
        assert!(
            shown[0].starts_with("nineteen of twenty times journey `") && shown[0].contains("which has the strictest objective of time"),
            "{}",
            shown[0]
        );
        assert!(shown[1].starts_with("a month costs "), "{}", shown[1]);
    }
    let generous = shop.verdict(&["--set=budget-month=1000000000", "--set=latency-budget=3600000"]);
    assert_eq!(generous["recommended"]["id"], "replicated");
}

/// An answer that nobody is asked for says nothing, and that is said.
#[test]
fn a_setting_without_effect_is_named() {
    let output = run(&["verdict", "models/shop", "--set", "work-kind=people-waiting-for-pages", "--set", "backlog=weeks"]);
    assert_eq!(code(&output), 0);
    let said = text(&output.stderr);
    assert!(said.contains("warning: `--set backlog=weeks` has no effect: `backlog` is asked only where `"), "{said}");
    assert!(text(&run(&["verdict", "models/shop", "--set", "budget=tight"]).stderr).is_empty());
}

/// Sums of two-digit decimals are written with what they are, and not with the noise of adding them.
/// The base deploys twenty times a month; the alternative states 8, 6 and 4 for three of the four modules, and the fourth keeps its tenth of the twenty.
#[test]
fn a_split_neither_adds_nor_removes_deployments() {
    let shop = Shop::new();
    let full = text(&run(&["verdict", shop.path(), "--full", "--format", "markdown"]).stdout);
    assert_eq!(full.matches("20 deployments a month, 3 teams on call").count(), 2, "in the table, and in words: {full}");
    assert!(full.contains("4 min stopped per month"), "two deploys of two minutes: {full}");
}

#[test]
fn figures_have_no_noise() {
    let output = run(&["verdict", "models/shop", "--format", "json"]);
    let shown = text(&output.stdout);
    let verdict = shown.split("\"verdict\"").nth(1).expect("the verdict");
    let noisy: Vec<&str> = verdict.split(|letter: char| !letter.is_ascii_digit() && letter != '.').filter(|word| word.len() > 15).collect();
    assert_eq!(noisy, Vec::<&str>::new());
}

#[test]
fn staying_says_when_to_decide_again() {
    let shop = Shop::new();
    fs::remove_file(shop.file("answers.toml")).expect("a file");
    let corner = "tests/fixtures/verdicts/corner-shop.answers.toml";
    let verdict = json(&["verdict", shop.path(), "--answers", corner])["verdict"].take();
    assert_eq!((&verdict["outcome"], &verdict["recommended"]["id"]), (&"stay".into(), &"system".into()));
    let shown = text(&run(&["verdict", shop.path(), "--answers", corner, "--full"]).stdout);
    assert!(
        shown.starts_with("Shop\n────\nStay: Single process is what the answers justify (clear), and today's design holds."),
        "{shown}"
    );
    assert!(shown.replace('\n', " ").contains("Decide again when “"), "{shown}");
    assert!(shown.replace('\n', " ").contains("(watch "), "{shown}");
}

#[test]
fn mistakes_in_answers_are_shown_where_they_stand() {
    let shop = Shop::new();
    shop.edit("answers.toml", "value = \"one-team\"", "value = \"one-taem\"");
    for arguments in [vec!["verdict"], vec!["check"], vec!["report"], vec!["assess"], vec!["adr"]] {
        let output = run(&[arguments.as_slice(), &[shop.path()]].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains("answers.toml") && said.contains("one-team"), "{arguments:?}: {said}");
    }
    assert!(!shop.file("adr").exists());

    for (setting, hint) in [
        ("chnage-stop=never-stop", "did you mean `change-stop`?"),
        ("change-stop=never-stp", "did you mean `never-stop`?"),
        ("change-stop", "`question=option`"),
    ] {
        let output = run(&["verdict", "models/shop", "--set", setting]);
        assert_eq!(code(&output), 2);
        assert!(text(&output.stderr).contains(hint), "{}", text(&output.stderr));
    }
    let output = run(&["verdict", "models/mobile"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("weighbridge ask models/mobile"), "{}", text(&output.stderr));
}

#[test]
fn no_input_lists_what_nobody_has_answered() {
    let output = run(&["verdict", "--set", "budget=tight", "--no-input"]);
    assert_eq!(code(&output), 2);
    let said = text(&output.stderr);
    for id in ["users-where", "outage-hour", "step-data"] {
        assert!(said.contains(id), "{said}");
    }
    assert!(!said.contains("budget,") && !said.contains("load-shape"), "answered, or optional: {said}");
    assert_eq!(code(&run(&["verdict", "models/shop", "--no-input"])), 0);
    let open = json(&["verdict", "--set", "budget=tight"])["verdict"].take();
    assert_eq!(open["grade"], "undetermined");
    assert!(open["possible_winners"].as_array().expect("a list").len() > 1);
}

#[test]
fn people_who_are_apart_talk_first() {
    let shop = Shop::new();
    let together = fs::read_to_string(shop.file("answers.toml")).expect("the answers");
    fs::remove_file(shop.file("answers.toml")).expect("a file");
    fs::create_dir(shop.file("answers")).expect("a directory");
    fs::write(shop.file("answers/architecture.toml"), &together).expect("a file");
    fs::write(shop.file("answers/business.toml"), together.replace("\"never-stop\"", "\"nightly-window\"")).expect("a file");
    fs::write(shop.file("answers/care.toml"), &together).expect("a file");
    let verdict = shop.verdict(&[]);
    assert_eq!(verdict["winner"], "replicated-monolith", "the median of never, nightly and never is never");
    assert_eq!(ids(&verdict["disagreements"], "question"), ["change-stop"]);
    assert_eq!(verdict["disagreements"][0]["flips"], serde_json::json!([{ "by": "business", "winner": "single-process" }]));
    let shown = text(&run(&["verdict", shop.path()]).stdout);
    assert!(shown.contains("Talk about this first"), "{shown}");
}

/// A questionnaire of a user's own works the same: other forces, other candidates, no model row that knows them.
#[test]
fn a_questionnaire_of_ones_own_is_weighed_the_same() {
    let own = ["verdict", "--questionnaire", "questionnaires/release-often.toml"];
    let output = run(&[&own[..], &["--set", "nothing=x"]].concat());
    assert_eq!(code(&output), 2);
    let text_of = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/release-often.toml")).expect("a file");
    let table: toml::Table = text_of.parse().expect("TOML");
    let settings: Vec<String> = table["question"]
        .as_array()
        .expect("questions")
        .iter()
        .filter_map(|question| Some(format!("--set={}={}", question["id"].as_str()?, question.get("option")?[0]["id"].as_str()?)))
        .collect();
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let value = json(&[&own[..], &settings].concat());
    assert_eq!(schema_errors(&value), Vec::<String>::new());
    assert_eq!(value["verdict"]["scores"].as_array().expect("scores").len(), 3);
    assert_eq!(value["verdict"]["nearest_cases"], serde_json::json!([]));
    assert_eq!(value["verdict"]["closing_questions"], serde_json::json!([]));
    assert_eq!(code(&run(&[&own[..], &settings].concat())), 0);
}

/// What people write is shown, and obeyed by no terminal and no Markdown reader.
#[test]
fn words_of_people_stay_words() {
    let shop = Shop::new();
    shop.edit("answers.toml", "\"a-zone\"\nby = \"Architecture\"", "\"a-zone\"\nby = \"\\u001b[31mEve | <script> [x](y)\"");
    for arguments in [vec!["verdict"], vec!["verdict", "--format", "markdown"], vec!["report"]] {
        let shown = text(&run(&[arguments.as_slice(), &[shop.path()]].concat()).stdout);
        assert!(!shown.contains('\u{1b}'), "{arguments:?}");
        assert!(arguments.len() == 1 && arguments[0] == "verdict" || !shown.contains("<script>"), "{arguments:?}");
    }
    assert_eq!(code(&run(&["adr", shop.path()])), 0);
    let record = fs::read_to_string(shop.file("adr/0001-architecture-of-shop.md")).expect("the record");
    assert!(!record.contains('\u{1b}') && record.contains("\\<script\\>"), "{record}");
}

/// Answers to an older questionnaire are weighed, and named.
#[test]
fn stale_answers_are_named() {
    let shop = Shop::new();
    shop.edit("answers.toml", "should-you-distribute@1.", "should-you-distribute@0.");
    let screen = text(&run(&["verdict", shop.path()]).stdout);
    assert!(screen.contains("the questionnaire has changed since current-shape, proposal,"), "{screen}");
    assert!(screen.lines().count() <= 40, "{screen}");
    let whole = text(&run(&["verdict", shop.path(), "--full"]).stdout);
    assert!(whole.contains("Answers to look at again"), "{whole}");
    assert!(shop.verdict(&[])["answers"].as_array().expect("answers").iter().all(|answer| answer["stale"] == true));
}
