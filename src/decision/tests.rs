//! What the model says of questions, on the smallest models that show it.

use super::{COUNTERPARTS, Design, Fits, Inputs, Judgement, Outcome, Prefer, Scope, judge};
use crate::assessment::assess;
use crate::model::testing::{model, system};
use crate::questionnaire::cases::{PUBLISHED_CASES, read_cases};
use crate::questionnaire::{Questionnaire, SHOULD_YOU_DISTRIBUTE, read};
use crate::source::Sources;

fn questionnaire() -> Questionnaire {
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
    read(&sources, file).0
}

/// The answers that fit what a model computes of a key, and the words for it; nothing where it computes nothing.
fn computed(key: &str, text: &str) -> Option<(Vec<&'static str>, String)> {
    let system = system(text);
    let assessment = assess(&system);
    let row = COUNTERPARTS.iter().find(|row| row.key == key).expect("a row");
    let computed = (row.compute)(&Design { system: &system, assessment: &assessment })?;
    match computed.fits {
        Fits::Options(options) => Some((options, computed.words)),
        other => panic!("{key} is a number: {other:?}"),
    }
}

fn fitting(key: &str, text: &str) -> Option<Vec<&'static str>> {
    computed(key, text).map(|(options, _)| options)
}

/// An application and its database on other machines, two journeys; `app` and `db` and more tables are to be filled in.
fn pair(app: &str, db: &str, more: &str) -> String {
    format!(
        "[locations]\na = {{ kind = \"zone\" }}\nb = {{ kind = \"zone\" }}\nc = {{ kind = \"zone\" }}\n\
         [components]\nuser = {{ kind = \"actor\" }}\napp = {{ kind = \"service\", {app} }}\ndb = {{ kind = \"database\", {db} }}\n\
         [links]\n\"user -> app\" = {{ protocol = \"https\" }}\n\"app -> db\" = {{ protocol = \"sql\" }}\n\
         [journeys.read]\nrate = \"10/s\"\nsteps = [\"user -> app\", \"app -> db\"]\n\
         [journeys.write]\nrate = \"1/s\"\nsteps = [\"user -> app\", {{ call = \"app -> db\", times = 3 }}]\n{more}"
    )
}

#[test]
fn the_shape_of_today_follows_the_classification() {
    let shape = |app: &str, db: &str| fitting("classification", &pair(app, db, "")).expect("places are stated");
    assert_eq!(shape("on = \"a\"", "on = \"b\""), ["app-and-database-apart", "nothing-yet"]);
    assert_eq!(shape("on = [\"a\", \"b\"], replicas = 2", "on = \"c\""), ["several-copies", "nothing-yet"]);
}

#[test]
fn teams_are_counted_by_what_they_own() {
    let owned = |app: &str, db: &str| {
        let teams = "[teams]\nt1 = { members = 4, oncall = true }\nt2 = { members = 5, oncall = false }\n";
        pair(&format!("on = \"a\"{app}"), &format!("on = \"b\"{db}"), teams)
    };
    assert_eq!(fitting("team-crossings", &owned("", "")), None, "nobody owns anything");
    let one = owned(", owner = \"t1\"", ", owner = \"t1\"");
    let two = owned(", owner = \"t1\"", ", owner = \"t2\"");
    assert_eq!(fitting("team-crossings", &one), Some(vec!["one-team"]));
    assert_eq!(fitting("team-crossings", &two), Some(vec!["2-3-teams-ok", "one-team"]), "two that need not wait");
    assert_eq!(fitting("owners-on-call", &one), Some(vec!["one-team", "each-owner"]));
    assert_eq!(fitting("owners-on-call", &two), Some(vec!["one-team"]));
    let system = system(&two);
    let assessment = assess(&system);
    let row = COUNTERPARTS.iter().find(|row| row.key == "owners").expect("a row");
    let found = (row.compute)(&Design { system: &system, assessment: &assessment }).expect("both state their members");
    assert_eq!(found.fits, Fits::About { value: 9.0, factor: 2.0 });
}

#[test]
fn what_it_outlives_is_the_largest_kind_that_costs_nothing() {
    let kept = |app: &str, db: &str| fitting("single-points", &pair(app, db, "")).expect("journeys are declared");
    assert_eq!(kept("on = \"a\"", "on = \"b\""), [""; 0], "one copy does not outlive its process");
    let three = "replicas = 3, on = [\"a\", \"b\", \"c\"]";
    let store = format!("{three}, replication = {{ style = \"single-leader\", ack = \"quorum\", failover = \"automatic\" }}");
    assert_eq!(kept(three, &store), ["a-process", "a-host", "a-zone", "a-region"], "no region is stated that could fail");
    assert_eq!(kept("replicas = 2, on = \"a\"", &store), ["a-process", "a-host"], "both copies are in one zone");
}

#[test]
fn lost_data_follows_replication_and_backup() {
    let kept = |db: &str| fitting("replication", &pair("on = \"a\"", db, ""));
    let replicated =
        |ack: &str| format!("on = [\"a\", \"b\", \"c\"], replicas = 3, replication = {{ style = \"single-leader\", ack = \"{ack}\" }}");
    assert_eq!(kept(&replicated("quorum")), Some(vec!["none", "seconds", "minutes", "a-day"]));
    assert_eq!(kept(&replicated("async")), Some(vec!["seconds", "minutes", "a-day"]));
    assert_eq!(kept("on = \"b\", backup = { every = \"5min\" }"), Some(vec!["minutes", "a-day"]));
    assert_eq!(kept("on = \"b\", backup = { every = \"1d\" }"), Some(vec!["a-day"]));
    assert_eq!(kept("on = \"b\", backup = { every = \"7d\" }"), Some(vec![]));
    assert_eq!(kept("on = \"b\", backup = false"), Some(vec![]));
    assert_eq!(kept("on = \"b\""), None, "nothing is stated");
}

#[test]
fn a_deployment_that_stops_the_only_copy_stops_the_system() {
    let fits = |app: &str| fitting("rolling", &pair(app, "on = \"c\"", ""));
    let stopping = Some(vec!["weekly-short-window", "nightly-window"]);
    assert_eq!(fits("on = \"a\", deploy = { stop = \"2min\" }"), stopping);
    assert_eq!(fits("on = \"a\""), stopping, "one copy cannot be replaced without a stop");
    let all = Some(vec!["many-times-a-day-never-stop", "never-stop", "weekly-short-window", "nightly-window"]);
    assert_eq!(fits("on = [\"a\", \"b\"], replicas = 2, deploy = { strategy = \"rolling\", stop = \"0s\" }"), all);
    assert_eq!(fits("on = [\"a\", \"b\"], replicas = 2"), None, "how it is deployed is not stated");
}

#[test]
fn parts_and_data_of_several_programs_are_noticed() {
    let two = "[components]\nuser = { kind = \"actor\" }\na = { kind = \"service\" }\nb = { kind = \"service\" }\ndb = { kind = \"database\" }\n\
               [links]\n\"user -> a\" = { protocol = \"https\" }\n\"user -> b\" = { protocol = \"https\" }\n\"a -> db\" = { protocol = \"sql\" }\n";
    let journeys = "[journeys]\none = { rate = \"1/s\", steps = [\"user -> a\"] }\ntwo = { rate = \"1/s\", steps = [\"user -> b\"] }\n";
    assert_eq!(fitting("shared-data", &format!("{two}{journeys}")), None);
    assert_eq!(
        fitting("shared-data", &format!("{two}\"b -> db\" = {{ protocol = \"sql\" }}\n{journeys}")),
        Some(vec!["sometimes", "always"])
    );
    assert_eq!(fitting("partial-failure", &format!("{two}{journeys}")), Some(vec!["must", "nice", "all-or-nothing-is-fine"]));
    assert_eq!(fitting("partial-failure", &pair("on = \"a\"", "on = \"b\"", "")), Some(vec!["all-or-nothing-is-fine", "nice"]));
}

#[test]
fn writes_of_several_parts_are_counted_by_writer() {
    let text = |writes: &str, value: &str| {
        format!(
            "[components]\nuser = {{ kind = \"actor\" }}\napp = {{ kind = \"service\" }}\ndb = {{ kind = \"database\" }}\nm = {{ kind = \"module\", of = \"app\" }}\nn = {{ kind = \"module\", of = \"app\" }}\n\
             [links]\n\"user -> app\" = {{ protocol = \"https\" }}\n\"app -> m, n\" = {{ protocol = \"in-process\" }}\n\"app -> db\" = {{ protocol = \"sql\" }}\n\
             [entities]\nx = {{ truth = \"db\", writers = \"m\" }}\ny = {{ truth = \"db\", writers = \"n\"{value} }}\n\
             [journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> app\", \"app -> m\", \"app -> n\", {{ call = \"app -> db\"{writes} }}]\n"
        )
    };
    let fits = |writes: &str, value: &str| fitting("dual-writes", &text(writes, value));
    assert_eq!(fits("", ""), None, "nothing says what is written");
    assert_eq!(fits(", writes = \"x\"", ""), Some(vec!["no", "a-few-retry-is-fine"]));
    assert_eq!(fits(", writes = [\"x\", \"y\"]", ""), Some(vec!["a-few-retry-is-fine", "many", "money-or-safety"]));
    assert_eq!(fits(", writes = [\"x\", \"y\"]", ", value = \"money\""), Some(vec!["money-or-safety", "many", "a-few-retry-is-fine"]));
}

#[test]
fn modules_in_a_circle_are_no_settled_lines() {
    let text = |back: &str| {
        format!(
            "[components]\nuser = {{ kind = \"actor\" }}\napp = {{ kind = \"service\" }}\nm = {{ kind = \"module\", of = \"app\" }}\nn = {{ kind = \"module\", of = \"app\" }}\n\
             [links]\n\"user -> app\" = {{ protocol = \"https\" }}\n\"app -> m\" = {{ protocol = \"in-process\" }}\n\"m -> n\" = {{ protocol = \"in-process\" }}\n{back}"
        )
    };
    assert_eq!(fitting("module-cycles", &text("")), None);
    assert_eq!(fitting("module-cycles", &text("\"n -> m\" = { protocol = \"in-process\" }\n")), Some(vec!["rough", "still-discovering"]));
}

/// 10/s × … no peak, a peak of twice, of eight and of a hundred times the mean.
#[test]
fn load_moves_as_peak_and_mean_say() {
    let fits = |peak: &str| {
        let text = pair("on = \"a\"", "on = \"b\"", "").replacen("rate = \"10/s\"", &format!("rate = \"10/s\"{peak}"), 1);
        fitting("replica-bounds", &text)
    };
    assert_eq!(fits(""), None);
    assert_eq!(fits("\npeak = \"11/s\""), Some(vec!["flat"]));
    assert_eq!(fits("\npeak = \"30/s\""), Some(vec!["daily-wave"]));
    assert_eq!(fits("\npeak = \"80/s\""), Some(vec!["spikes-10x"]));
    assert_eq!(fits("\npeak = \"1000/s\""), Some(vec!["unpredictable-100x"]));
}

/// `user -> app` and `app -> db` are calls over the network: 2 and 4 of them; the busier journey counts.
#[test]
fn remote_calls_are_those_of_the_busiest_journey() {
    let system = system(&pair("on = \"a\"", "on = \"b\"", ""));
    let assessment = assess(&system);
    let row = COUNTERPARTS.iter().find(|row| row.key == "remote-calls").expect("a row");
    let found = (row.compute)(&Design { system: &system, assessment: &assessment }).expect("journeys are declared");
    assert_eq!(found.fits, Fits::About { value: 2.0, factor: 2.0 });
}

/// The base that the designs below change: one copy, and a stop with each deployment.
fn base() -> String {
    format!("schema = 1\n{}", pair("on = \"a\"", "on = \"c\"", "")).replace("on = \"a\"", "on = \"a\", deploy = { stop = \"1min\" }")
}

/// Two copies that are replaced one after the other.
fn copies(status: &str, more: &str) -> String {
    format!(
        "schema = 1\nextends = \"../system.toml\"\n[alternative]\nname = \"Copies\"\nstatus = \"{status}\"\n\
         [components]\napp = {{ replicas = 2, on = [\"a\", \"b\"], deploy = {{ strategy = \"rolling\", stop = \"0s\" }} }}\n{more}"
    )
}

/// The same, called shards.
const SHARDS: &str = "schema = 1\nextends = \"../system.toml\"\n[alternative]\nname = \"Shards\"\ncandidate = \"sharded-monolith\"\n\
                      [components]\napp = { replicas = 2, on = [\"a\", \"b\"], deploy = { strategy = \"rolling\", stop = \"0s\" } }\n";

/// Judges the answers of the corner shop, but for some, with these designs.
fn judged(questionnaire: &Questionnaire, alternatives: &[(&str, &str)], settings: &[&str]) -> Judgement {
    let base = base();
    let paths: Vec<String> = alternatives.iter().map(|(id, _)| format!("alternatives/{id}.toml")).collect();
    let mut files = vec![("system.toml", base.as_str())];
    files.extend(paths.iter().zip(alternatives).map(|(path, (_, text))| (path.as_str(), *text)));
    let model = model(&files);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let assessed: Vec<_> = model.systems().map(|system| (system, assess(system))).collect();
    let designs: Vec<Design<'_>> = assessed.iter().map(|(system, assessment)| Design { system, assessment }).collect();
    let mut sources = Sources::default();
    let file = sources.add("cases.toml", PUBLISHED_CASES);
    let (cases, _) = read_cases(&sources, file, questionnaire);
    let mut answers = cases.into_iter().find(|case| case.id == "corner-shop").expect("a published case").answers;
    for setting in settings {
        answers.set_from_text(questionnaire, setting).expect("an option");
    }
    judge(Inputs { questionnaire: questionnaire.clone(), answers, people: Vec::new(), prefer: Prefer::Answers }, &designs)
}

fn advised(judgement: &Judgement) -> (Outcome, Option<&str>) {
    (judgement.advice.outcome, judgement.advice.recommended.map(|at| judgement.designs[at].id.as_str()))
}

/// Of two designs that hold the one whose candidate asks less is recommended, whatever the scores; a rejected one never is.
#[test]
fn the_simplest_design_that_holds_is_recommended() {
    let questionnaire = questionnaire();
    let advise = |status: &str, settings: &[&str]| {
        let judgement = judged(&questionnaire, &[("copies", &copies(status, "")), ("shards", SHARDS)], settings);
        let (outcome, id) = advised(&judgement);
        (outcome, id.map(str::to_owned))
    };
    let id = |id: &str| Some(id.to_owned());
    assert_eq!(advise("proposed", &["change-stop=never-stop"]), (Outcome::Move, id("copies")));
    assert_eq!(advise("rejected", &["change-stop=never-stop"]), (Outcome::Move, id("shards")));
    assert_eq!(advise("proposed", &[]), (Outcome::Stay, id("system")));
    assert_eq!(advise("proposed", &["change-stop=never-stop", "users-where=legal-residency"]), (Outcome::Move, id("shards")));
    assert_eq!(advise("rejected", &["change-stop=never-stop", "survive=a-zone"]), (Outcome::NoneHolds, None), "one database");
}

/// A winner that nobody has modelled is modelled first, where what holds asks more; one that was rejected is modelled.
#[test]
fn what_nobody_has_modelled_is_modelled_before_more_is_recommended() {
    let questionnaire = questionnaire();
    let id = |judgement: &Judgement| judgement.verdict.decision.winner.map(|winner| questionnaire.candidate(winner).id.clone());
    let unmodelled = judged(&questionnaire, &[("shards", SHARDS)], &["change-stop=never-stop"]);
    assert_eq!(id(&unmodelled).as_deref(), Some("replicated-monolith"));
    assert_eq!(advised(&unmodelled), (Outcome::ModelFirst, None), "sharded asks 2.55, replicated 1.25");
    assert!(unmodelled.advice.winner_is_not_modelled && unmodelled.advice.winner_rejected_as.is_empty());
    assert_eq!(unmodelled.advice.nearest.map(|at| unmodelled.designs[at].id.as_str()), Some("shards"));

    let rejected = judged(&questionnaire, &[("copies", &copies("rejected", "")), ("shards", SHARDS)], &["change-stop=never-stop"]);
    assert!(!rejected.advice.winner_is_not_modelled);
    assert_eq!(rejected.advice.winner_rejected_as.iter().map(|at| rejected.designs[*at].id.as_str()).collect::<Vec<_>>(), ["copies"]);

    // Users everywhere at once: shards win, which nobody has modelled. Copies ask less and hold, so that a model of shards would change nothing.
    let simpler = judged(
        &questionnaire,
        &[("copies", &copies("proposed", ""))],
        &[
            "change-stop=never-stop",
            "users-where=several-continents-must-be-fast",
            "load-vs-machine=tens-of-machines",
            "experience=run-for-years",
            "boundaries=proven-years",
            "platform=cd-tracing-oncall",
            "budget=not-the-constraint",
            "stale-data=minutes-most",
        ],
    );
    assert_eq!(id(&simpler).as_deref(), Some("sharded-monolith"));
    assert_eq!(advised(&simpler), (Outcome::Move, Some("copies")));
}

/// While open answers leave more than one winner possible, nothing is recommended, however well a design holds.
#[test]
fn nothing_is_recommended_while_nothing_is_decided() {
    let questionnaire = questionnaire();
    let open = ["change-stop=unknown", "outage-hour=unknown", "load-vs-machine=unknown", "platform=unknown"];
    let judgement = judged(&questionnaire, &[("copies", &copies("proposed", ""))], &open);
    assert!(judgement.verdict.decision.possible_winners.candidates.len() > 1);
    assert_eq!(advised(&judgement), (Outcome::Undecided, None));
    assert_eq!((judgement.advice.nearest, &judgement.avoidable), (None, &None));
    let architecture = judgement.closing.iter().find(|one| one.name == "architecture").expect("an answer");
    assert!(architecture.answer.starts_with("Not decided: "), "{}", architecture.answer);
}

/// A veto on a computed fact strikes the design that shows it, and its candidate only where every design of it does.
#[test]
fn computed_facts_strike_designs() {
    let text = format!(
        "{SHOULD_YOU_DISTRIBUTE}\n[[veto]]\nid = \"X\"\nwhen = \"5 < model.remote-calls\"\ncandidates = [\"replicated-monolith\"]\nbecause = \"b\"\nlift = \"l\"\n"
    );
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", text);
    let (questionnaire, mistakes) = read(&sources, file);
    assert_eq!(mistakes, []);
    let chatty = copies("proposed", "[journeys.write]\nsteps = [\"user -> app\", { call = \"app -> db\", times = 9 }]\n");
    let own = questionnaire.vetoes.iter().position(|veto| veto.id == "X").expect("a veto");
    let judgement = judged(&questionnaire, &[("chatty", &chatty), ("copies", &copies("proposed", ""))], &["change-stop=never-stop"]);
    let row = |judgement: &Judgement, id: &str| judgement.designs.iter().find(|row| row.id == id).expect("a design").clone();
    assert_eq!(row(&judgement, "copies").vetoed_by, Vec::<usize>::new());
    assert_eq!(row(&judgement, "chatty").vetoed_by, [own]);
    // One call of the user, nine of the application.
    assert_eq!(row(&judgement, "chatty").veto_shows, [(own, "journey `write` makes 10 remote calls".to_owned())]);
    assert!(judgement.verdict.decision.vetoes.iter().all(|strike| strike.veto != own), "its candidate has a design that is not struck");
    assert_eq!(advised(&judgement), (Outcome::Move, Some("copies")));
    let alone = judged(&questionnaire, &[("chatty", &chatty), ("shards", SHARDS)], &["change-stop=never-stop"]);
    assert!(alone.verdict.decision.vetoes.iter().any(|strike| strike.veto == own));
}

/// Eleven visits a second of a second each keep eleven workers busy, of which two copies have two: 550 %. Nobody states that as an objective, and nobody has to.
#[test]
fn a_design_that_does_not_carry_its_load_does_not_hold() {
    let questionnaire = questionnaire();
    let full = copies("proposed", "").replace("{ replicas = 2,", "{ service-time = \"1s\", concurrency = 1, replicas = 2,");
    let judgement = judged(&questionnaire, &[("copies", &full)], &["change-stop=never-stop"]);
    assert_eq!(advised(&judgement), (Outcome::NoneHolds, None));
    let row = judgement.designs.iter().find(|row| row.id == "copies").expect("a design");
    let [miss] = row.misses.as_slice() else { panic!("{:?}", row.misses) };
    assert_eq!((miss.what.as_str(), miss.is.as_str()), ("capacity", "`app` 550 % busy on the mean"));
    assert!(row.is_overloaded());
    let at_peak = full.replace("concurrency = 1", "concurrency = 11") + "[journeys.read]\npeak = \"30/s\"\n";
    let judgement = judged(&questionnaire, &[("copies", &at_peak)], &["change-stop=never-stop"]);
    let row = judgement.designs.iter().find(|row| row.id == "copies").expect("a design");
    // 30 + 1 visits a second of 22 workers.
    assert_eq!(row.misses.iter().map(|miss| miss.is.as_str()).collect::<Vec<_>>(), ["`app` 140.9 % busy at the peak"]);
}

/// Where figures strike every design that is modelled, they have not chosen one that is not and asks more: none holds, and the ceiling is what to look at.
#[test]
fn a_ceiling_recommends_nothing_larger() {
    let with_veto = |candidates: &str| {
        let text = format!(
            "{SHOULD_YOU_DISTRIBUTE}\n[[veto]]\nid = \"X\"\nwhen = \"0 < model.remote-calls\"\ncandidates = [{candidates}]\nbecause = \"b\"\nlift = \"l\"\n"
        );
        let mut sources = Sources::default();
        let file = sources.add("questionnaire.toml", text);
        read(&sources, file).0
    };
    let winner = |judgement: &Judgement| {
        judgement.verdict.decision.winner.map(|winner| judgement.questionnaire.candidate(winner).id.clone()).unwrap_or_default()
    };
    let both = with_veto("\"single-process\", \"replicated-monolith\"");
    let struck = judged(&both, &[("copies", &copies("proposed", ""))], &[]);
    assert_eq!(
        (winner(&struck).as_str(), advised(&struck)),
        ("single-process", (Outcome::NoneHolds, None)),
        "what the answers alone justify"
    );
    assert!(!struck.advice.winner_is_not_modelled && !struck.advice.winner_fails_as.is_empty());
    // What the answers justify and nobody has modelled is modelled first, whatever is struck beside it.
    let others = with_veto("\"single-process\", \"sharded-monolith\"");
    let open = judged(&others, &[("shards", SHARDS)], &["change-stop=never-stop"]);
    assert_eq!((winner(&open).as_str(), advised(&open)), ("replicated-monolith", (Outcome::ModelFirst, None)));
}

/// A promise is held against the base where every alternative has been rejected: nothing else is left to choose.
#[test]
fn a_rejected_alternative_does_not_switch_the_promise_off() {
    let questionnaire = questionnaire();
    let broken = |alternatives: &[(&str, &str)]| -> Vec<(String, String)> {
        let judgement = judged(&questionnaire, alternatives, &["survive=a-zone"]);
        let found = judgement.contradictions.iter().filter(|one| one.scope == Scope::Promised);
        found.map(|one| (questionnaire.question(one.question).id.clone(), one.design.clone())).collect()
    };
    let base = [("survive".to_owned(), "system".to_owned())];
    assert_eq!(broken(&[]), base);
    assert_eq!(broken(&[("copies", &copies("rejected", ""))]), base);
    assert_eq!(broken(&[("copies", &copies("proposed", ""))]), [], "a choice is left");
    assert_eq!(broken(&[("copies", &copies("accepted", ""))]), [("survive".to_owned(), "copies".to_owned())]);
}

/// Visits per second × work, by hand: the application 11 × 10 ms = 0.11, the database 13 × its work.
#[test]
fn the_machines_are_bounded_by_the_replicas_that_the_peak_keeps_busy() {
    let load = |db: &str| computed("capacity", &pair("service-time = \"10ms\", concurrency = 1", db, ""));
    let (options, words) = load("service-time = \"20ms\", concurrency = 1").expect("workers and work are stated");
    assert_eq!((options, words.as_str()), (vec!["fits-easily"], "the peak keeps at most 0.37 replicas busy: `db` 0.26 and `app` 0.11"));
    let options = |db: &str| load(db).map(|(options, _)| options);
    assert_eq!(options("service-time = \"60ms\", concurrency = 1"), Some(vec!["fits-with-care", "fits-easily"]), "0.89");
    let thirteen = options("service-time = \"1s\", concurrency = 1, replicas = 4");
    assert_eq!(
        thirteen,
        Some(vec!["tens-of-machines", "few-machines", "fits-with-care", "fits-easily"]),
        "four replicas have work for thirteen"
    );
    assert_eq!(options("service-time = \"20ms\""), None, "nobody says how many requests the database works on at once");
}

#[test]
fn a_job_that_is_given_more_than_it_does_has_a_backlog() {
    let job = |work: &str| {
        fitting(
            "utilization",
            &format!(
                "[components]\ntimer = {{ kind = \"actor\" }}\nbill = {{ kind = \"job\", service-time = \"{work}\", concurrency = 1 }}\n\
                 [links]\n\"timer -> bill\" = {{}}\n[journeys.night]\nrate = \"2/min\"\nsteps = [\"timer -> bill\"]\n"
            ),
        )
    };
    assert_eq!(job("31s"), Some(vec!["hours", "days", "weeks"]));
    assert_eq!(job("29s"), None);
}

#[test]
fn steps_are_small_only_where_all_say_so() {
    let steps = |link: &str, times: u32| {
        let text = pair("on = \"a\"", "on = \"b\"", "");
        let text = text.replace("{ protocol = \"sql\" }", &format!("{{ protocol = \"sql\"{link} }}"));
        fitting("bytes", &text.replace("times = 3", &format!("times = {times}")))
    };
    assert_eq!(steps(", payload = \"1KB\", response = \"4KB\"", 3), Some(vec!["small-async-ok", "moderate"]));
    assert_eq!(steps(", payload = \"1KB\"", 3), None, "nobody says how large the reply is");
    assert_eq!(steps(", payload = \"1KB\", response = \"1MB\"", 3), Some(vec!["huge-or-chatty", "moderate"]));
    assert_eq!(steps("", 50), Some(vec!["huge-or-chatty", "moderate"]));
    assert_eq!(steps(", payload = \"1KB\", response = \"40KB\"", 3), None, "between small and huge");
}

#[test]
fn parts_on_several_types_of_machines_are_not_alike() {
    let on = |machine: &str| {
        let two = "[components.ml]\nkind = \"service\"\non = \"c\"\nmachine = \"gpu\"\n";
        fitting("profiles", &pair(&format!("on = \"a\"{machine}"), "on = \"b\"", two))
    };
    assert_eq!(on(", machine = \"small\""), Some(vec!["one-odd-part", "several-profiles"]));
    assert_eq!(on(", machine = \"gpu\""), None, "running alike is not wanting to");
    assert_eq!(on(""), None);
}

#[test]
fn what_ends_growth_is_stated_or_stated_absent() {
    let stops = |app: &str| fitting("autoscale-bounds", &pair(app, "on = \"b\"", ""));
    let grows = |rest: &str| stops(&format!("autoscale = {{ target = \"60%\" }}, replicas = {{ min = 1, usual = 2, max = {rest}"));
    assert_eq!(stops("on = \"a\""), None);
    assert_eq!(grows("false }, budget-cap = false, rate-limit = false"), Some(vec!["nothing"]));
    assert_eq!(grows("9 }, budget-cap = false"), Some(vec!["rate-limits"]), "a largest number of copies, and no cap");
    assert_eq!(grows("false }, budget-cap = \"900 EUR/month\", rate-limit = false"), Some(vec!["caps"]));
}

#[test]
fn a_program_that_loses_the_trace_speaks_against_traces() {
    let trace = |app: &str| fitting("depth-without-trace", &pair(app, "on = \"b\"", ""));
    assert_eq!(trace("trace = false"), Some(vec!["searchable-logs", "logs-by-hand", "debugger-on-one-box"]));
    assert_eq!((trace("trace = \"w3c\""), trace("on = \"a\"")), (None, None));
}

#[test]
fn stated_orders_speak_against_none() {
    let queue = |keys: &str| {
        let more = format!("[components.q]\nkind = \"queue\"\non = \"c\"\n[links.\"app ~> q\"]\n{keys}\n");
        fitting("several-writers", &pair("on = \"a\"", "on = \"b\"", &more))
    };
    assert_eq!(queue("ordering = \"key\""), Some(vec!["within-one-record", "across-records", "legally"]));
    assert_eq!(queue("ordering = \"total\""), Some(vec!["across-records", "within-one-record", "legally"]));
    assert_eq!(queue("ordering = \"none\""), None);
    let data = |conflict: &str| {
        let more = format!("[entities]\norder = {{ truth = \"db\", writers = [\"app\", \"user\"], conflict = \"{conflict}\" }}\n");
        fitting("several-writers", &pair("on = \"a\"", "on = \"b\"", &more))
    };
    assert_eq!((data("last-write").is_some(), data("merge")), (true, None));
}

#[test]
fn copies_that_are_cut_off_refuse_or_serve() {
    let db = |replication: &str| {
        fitting("consistency-modes", &pair("on = \"a\"", &format!("on = [\"a\", \"b\", \"c\"], replicas = 3, {replication}"), ""))
    };
    assert_eq!(
        db("replication = { style = \"single-leader\", ack = \"quorum\" }, reads-from = \"leader\""),
        Some(vec!["refuse", "per-operation", "never-thought"])
    );
    assert_eq!(fitting("consistency-modes", &pair("on = \"a\"", "on = \"b\"", "")), None, "there are no copies");
}

#[test]
fn a_shard_key_is_a_line_to_split_along() {
    let key = |key: &str| fitting("cross-shard-links", &pair("on = \"a\"", &format!("on = \"b\", shards = 2, shard-key = \"{key}\""), ""));
    assert_eq!(key("country-code"), Some(vec!["country", "tenant", "time", "other"]));
    assert_eq!(key("hash"), Some(vec!["other", "tenant", "country", "time"]));
    assert_eq!(fitting("cross-shard-links", &pair("on = \"a\"", "on = \"b\"", "")), None);
}

#[test]
fn a_partner_at_the_other_end_is_another_ones_machine() {
    let link = |trust: &str| {
        let more = format!("[components.bank]\nkind = \"external\"\n[links.\"app -> bank\"]\ntrust = \"{trust}\"\n");
        fitting("trust-zones", &pair("on = \"a\"", "on = \"b\"", &more))
    };
    assert_eq!(link("partner"), Some(vec!["outside-partners", "inside-too"]));
    assert_eq!(link("internal"), None);
}
