//! Several people's answers: medians, spreads, and who is heard.

use weighbridge::questionnaire::answers::{Answer, Answers, Confidence, Response, Status};
use weighbridge::questionnaire::{Naming, Questionnaire, merge, merge_with, write_answers};
use weighbridge::verdict::{ComputedFacts, talk_first};

use crate::verdict_support::{self, load, questionnaire};

fn person(questionnaire: &Questionnaire, name: &str, settings: &[&str]) -> (String, Answers) {
    let mut answers = Answers::new(questionnaire);
    for setting in settings {
        answers.set_from_text(questionnaire, setting).expect("valid");
    }
    (name.to_owned(), answers)
}

/// Three people: 0.1, 0.3, 0.95 of reliability have the median 0.3 and the spread 0.85. Five: interquartile range.
#[test]
fn people_are_merged_by_the_median() {
    let questionnaire = questionnaire();
    let person = |name: &str, settings: &[&str]| person(&questionnaire, name, settings);
    let people = [
        person("architecture", &["outage-hour=annoying", "latency-budget=100", "budget=unknown"]),
        person("business", &["outage-hour=threatens-business-or-safety", "latency-budget=200"]),
        person("care", &["outage-hour=costs-little", "users-where=n/a"]),
    ];
    let merged = merge(&questionnaire, &people);
    let find = |id: &str| questionnaire.find_question(id).expect("a question");
    assert_eq!(merged.answers.response(find("outage-hour")), Some(&Response::Option(1)));
    assert_eq!(merged.answers.response(find("latency-budget")), Some(&Response::Number(150.0)));
    assert_eq!(merged.answers.get(find("budget")).map(|answer| &answer.status), Some(&Status::Unknown));
    assert_eq!(merged.answers.get(find("outage-hour")).expect("merged").by, ["architecture", "business", "care"]);
    assert!((merged.spreads[0].spread - 0.85).abs() < 1e-12 && merged.spreads[0].question == find("outage-hour"));
    let written = write_answers("", &questionnaire, &merged.answers).expect("TOML");
    assert!(written.ends_with("\n[spread]\noutage-hour = 0.85\n"), "{written}");
    assert_eq!(load(&questionnaire, &written).spread, [(find("outage-hour"), 0.85)]);
    // Two of three promise nothing: the one number is not in their middle.
    let target = |option: &str| person(option, &[&format!("availability-target={option}")]).1;
    let of = |people: &[&str]| {
        let people: Vec<_> = people.iter().enumerate().map(|(at, option)| (at.to_string(), target(option))).collect();
        merge(&questionnaire, &people).answers.response(find("availability-target")).cloned()
    };
    assert_eq!(of(&["none", "99.9", "none"]), Some(Response::Option(0)));
    assert_eq!(of(&["99", "99.5", "none"]), Some(Response::Number(99.25)));
    // Levels 0.1 0.1 0.3 0.65 0.95: quartiles 0.1 and 0.65.
    let five = ["annoying", "annoying", "costs-little", "costs-a-lot", "threatens-business-or-safety"];
    let five: Vec<_> = five.iter().map(|option| person(option, &[&format!("outage-hour={option}")])).collect();
    assert!((merge(&questionnaire, &five).spreads[0].spread - 0.55).abs() < 1e-12);
}

/// Whoever says that the small internal tool must never stop takes the single process out.
#[test]
fn who_would_flip_the_verdict_talks_first() {
    let questionnaire = questionnaire();
    let base = verdict_support::load(&questionnaire, &verdict_support::fixture("veterans-small-tool.answers.toml"));
    let mut other = base.clone();
    other.set_from_text(&questionnaire, "change-stop=never-stop").expect("valid");
    other.set_from_text(&questionnaire, "budget=some-slack").expect("valid");
    let merged =
        merge(&questionnaire, &[("architecture".to_owned(), base.clone()), ("business".to_owned(), base), ("care".to_owned(), other)]);
    let talks = talk_first(&questionnaire, &merged, &ComputedFacts::default());
    assert_eq!(talks.len(), 1, "{talks:?}");
    assert_eq!(questionnaire.question(talks[0].question).id, "change-stop");
    assert_eq!(talks[0].flips, [("care".to_owned(), questionnaire.find_candidate("replicated-monolith"))]);
}

/// Two of three do not name `scale`, so it is not kept; `reach` is ranked first by one and second by the other, `reliability` last.
#[test]
fn several_choices_keep_what_more_than_half_chose() {
    let questionnaire = questionnaire();
    let top = questionnaire.find_question("top-three").expect("a question");
    let of = |lists: &[&str]| {
        let people: Vec<_> =
            lists.iter().enumerate().map(|(at, list)| person(&questionnaire, &at.to_string(), &[&format!("top-three={list}")])).collect();
        let merged = merge(&questionnaire, &people);
        assert_eq!(merged.choices.len(), usize::from(lists.iter().any(|list| *list != lists[0])), "{lists:?}");
        match merged.answers.response(top) {
            Some(response) => response.setting(&questionnaire, top),
            None => "nothing".to_owned(),
        }
    };
    assert_eq!(of(&["scale,reach,reliability", "reach,autonomy,reliability", "reliability,reach,money"]), "reach,reliability");
    assert_eq!(of(&["scale,reach", "reach,autonomy"]), "reach", "two people who name four things have not named four together");
    assert_eq!(of(&["scale", "reach"]), "none");
    assert_eq!(of(&["scale,reach", "scale,reach"]), "scale,reach");
}

/// One person answers, one says that the question does not apply, one does not know: the answer is that of one person alone.
#[test]
fn only_those_are_quoted_whose_answer_counts() {
    let questionnaire = questionnaire();
    let budget = questionnaire.find_question("budget").expect("a question");
    let mut people =
        [person(&questionnaire, "architecture", &["budget=n/a: not ours"]), person(&questionnaire, "business", &["budget=tight"])];
    for (_, answers) in &mut people {
        let answer = answers.get(budget).expect("set").clone();
        let confidence = Some(if answer.status == Status::NotApplicable { Confidence::Guess } else { Confidence::Measured });
        answers.set(budget, Answer { confidence, note: Some("see the wiki".to_owned()), ..answer });
    }
    let merged = merge(&questionnaire, &people).answers.get(budget).expect("merged").clone();
    assert_eq!((merged.reason.as_deref(), merged.confidence), (None, Some(Confidence::Measured)));
    assert_eq!(merged.by, ["business"]);
    assert_eq!(merged.note.as_deref(), Some("architecture: see the wiki / business: see the wiki"), "a remark is about the question");
    let nameless = merge_with(&questionnaire, &people, Naming::Nameless).answers.get(budget).expect("merged").clone();
    assert_eq!((nameless.by.len(), nameless.note.as_deref()), (0, Some("see the wiki / see the wiki")));
    let without = |settings: &[&str]| {
        let people: Vec<_> = settings.iter().map(|setting| person(&questionnaire, setting, &[setting])).collect();
        let merged = merge(&questionnaire, &people).answers.get(budget).expect("merged").clone();
        (merged.status, merged.reason, merged.by)
    };
    let (status, reason, by) = without(&["budget=n/a: not ours", "budget=unknown", "budget=n/a: free"]);
    assert_eq!((status, reason.as_deref(), by.len()), (Status::NotApplicable, Some("not ours / free"), 2));
    let (status, reason, _) = without(&["budget=n/a: not ours", "budget=unknown"]);
    assert_eq!((status, reason), (Status::Unknown, None), "a doubt stays a doubt");
    assert_eq!(without(&["budget=later", "budget=n/a"]).0, Status::NotApplicable);
}

#[test]
fn what_was_settled_together_stays_until_it_is_overwritten() {
    let questionnaire = questionnaire();
    let find = |id: &str| questionnaire.find_question(id).expect("a question");
    let people = [
        person(&questionnaire, "architecture", &["outage-hour=annoying", "budget=none", "experience=none"]),
        person(&questionnaire, "business", &["outage-hour=threatens-business-or-safety", "budget=some-slack", "experience=none"]),
    ];
    let first = merge(&questionnaire, &people);
    // Settled: the outage. Merged, and left: the budget. Answered together alone: the undoing. Put off together: the experience.
    let text = write_answers("", &questionnaire, &first.answers).expect("TOML");
    let mut existing = load(&questionnaire, &text);
    assert_eq!(existing.get(find("budget")), first.answers.get(find("budget")), "the mark is kept in the file");
    for setting in ["outage-hour=costs-a-lot", "undo=days", "experience=later"] {
        existing.set_from_text(&questionnaire, setting).expect("valid");
    }
    existing.spread.retain(|(id, _)| *id != find("outage-hour"));
    let mut second = merge(&questionnaire, &people);
    second.lay_over(&existing, false);
    assert_eq!(second.answers.response(find("outage-hour")), Some(&Response::Option(2)));
    assert_eq!(second.answers.response(find("undo")), existing.response(find("undo")));
    assert_eq!(second.answers.response(find("budget")), first.answers.response(find("budget")));
    assert_eq!(second.answers.response(find("experience")), Some(&Response::Option(0)), "what was put off was not settled");
    let settled: Vec<_> = second.settled.iter().map(|one| (one.question, one.median.status.clone())).collect();
    assert_eq!(settled, [(find("outage-hour"), Status::Given(Response::Option(0)))]);
    assert!(second.spreads.iter().all(|one| one.question != find("outage-hour")), "what is settled was talked about");
    assert!(second.answers.spread.iter().all(|(id, _)| *id != find("outage-hour")) && second.answers.spread.len() == 2);
    let mut third = merge(&questionnaire, &people);
    third.lay_over(&existing, true);
    assert_eq!(third.answers.response(find("outage-hour")), Some(&Response::Option(0)));
    assert_eq!((third.settled.len(), third.answers.response(find("undo"))), (0, existing.response(find("undo"))));
}
