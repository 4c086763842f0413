//! The survey as a state machine: any keys, any lines, any order.

mod verdict_support;

use proptest::prelude::*;
use verdict_support::{load, questionnaire, read};
use weighbridge::diagnostic::{Severity, has_errors};
use weighbridge::quantity::Date;
use weighbridge::questionnaire::answers::{Answers, Confidence, Response, Status};
use weighbridge::questionnaire::{Kind, QuestionId, Questionnaire, RELEASE_OFTEN, write_answers};
use weighbridge::survey::facts::{Agreement, ModelFact};
use weighbridge::survey::keyboard::{Key, Keyboard, Press};
use weighbridge::survey::pages::MAX_END_LINES;
use weighbridge::survey::typed::{Typed, understand};
use weighbridge::survey::{Action, Effect, Opening, Page, Scope, Signature, Survey};

const DAY: Date = Date { year: 2026, month: 11, day: 20 };

fn opening(scope: Scope) -> Opening {
    Opening { scope, signature: Signature { by: vec!["architecture".into()], on: Some(DAY) }, ..Opening::default() }
}

fn survey(questionnaire: &Questionnaire, scope: Scope) -> Survey<'_> {
    Survey::new(questionnaire, Answers::new(questionnaire), opening(scope))
}

fn id(questionnaire: &Questionnaire, name: &str) -> QuestionId {
    questionnaire.find_question(name).expect("the question exists")
}

fn apply(survey: &mut Survey<'_>, action: Action) -> Effect {
    survey.apply(action).expect("the action fits")
}

/// What stands in the file is TOML without mistakes, and says what the survey holds.
fn saved(text: &str, survey: &Survey<'_>) -> String {
    let written = write_answers(text, survey.questionnaire(), survey.answers()).expect("sound TOML is written");
    let mut sources = weighbridge::source::Sources::default();
    let file = sources.add("answers.toml", written.clone());
    let (read, diagnostics) = weighbridge::questionnaire::read_answers(&sources, file, survey.questionnaire());
    assert!(!has_errors(&diagnostics), "{written}\n{diagnostics:?}");
    assert!(diagnostics.iter().all(|one| one.severity() != Severity::Warning), "{written}\n{diagnostics:?}");
    assert_eq!(read.iter().collect::<Vec<_>>(), survey.answers().iter().collect::<Vec<_>>(), "{written}");
    written
}

fn any_key() -> impl Strategy<Value = Key> {
    let commands = prop::sample::select("bsnecuxrgqkj? 0123456789".chars().collect::<Vec<_>>());
    let controls = prop::sample::select("bsnetuxrgq".chars().collect::<Vec<_>>());
    let others = vec![
        Key::Enter,
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::PageUp,
        Key::PageDown,
        Key::Backspace,
        Key::Delete,
        Key::Escape,
        Key::Help,
    ];
    prop_oneof![
        6 => commands.prop_map(Key::Character),
        4 => Just(Key::Enter),
        2 => prop::sample::select(others),
        1 => controls.prop_map(Key::Control),
        1 => any::<char>().prop_map(Key::Character),
        1 => any::<char>().prop_map(Key::Control),
    ]
}

fn any_scope(questionnaire: &Questionnaire) -> impl Strategy<Value = Scope> + use<> {
    let only: Vec<QuestionId> = questionnaire.question_ids().collect();
    prop_oneof![
        1 => Just(Scope::Quick),
        4 => Just(Scope::Full),
        1 => Just(Scope::Unanswered),
        1 => Just(Scope::Review),
        1 => Just(Scope::UntilDecided),
        1 => prop::sample::subsequence(only.clone(), 0..only.len()).prop_shuffle().prop_map(Scope::Only),
    ]
}

/// Computed facts about every question that has something to compare.
fn facts(questionnaire: &Questionnaire) -> Vec<ModelFact> {
    let fact = |question: QuestionId| {
        let agrees = match questionnaire.question(question).kind {
            Kind::Choice | Kind::YesNo => Agreement::Options { fitting: vec![0], known: vec![0, 1] },
            Kind::Number => Agreement::Between(10.0, 20.0),
            Kind::Multi | Kind::Scale | Kind::Text => return None,
        };
        Some(ModelFact { question, computed: "something else".into(), agrees })
    };
    questionnaire.question_ids().filter_map(fact).collect()
}

fn any_keys_keep_a_valid_file(questionnaire: &Questionnaire, scope: Scope, with_facts: bool, keys: &[Key]) {
    let facts = if with_facts { facts(questionnaire) } else { Vec::new() };
    let mut keyboard = Keyboard::new(Survey::new(questionnaire, Answers::new(questionnaire), Opening { facts, ..opening(scope) }));
    let mut text = String::new();
    for key in keys {
        let before = keyboard.survey().answers().clone();
        match keyboard.press(*key) {
            Press::Changed(_) => text = saved(&text, keyboard.survey()),
            Press::Drawn | Press::Quit | Press::Interrupted | Press::Finished => {
                assert_eq!(&before, keyboard.survey().answers(), "what changed is reported as changed: {key:?}");
            }
        }
        let survey = keyboard.survey();
        match survey.page() {
            Page::Start => drop(survey.start_page()),
            Page::Question { id, .. } => {
                let page = survey.question_page(id);
                assert!(keyboard.form().cursor < page.options.len().max(page.rows.len()).max(1));
            }
            // The verdict is computed there; the other tests look at it.
            Page::Review | Page::End => {}
        }
        let progress = survey.progress();
        assert!(progress.answered <= progress.of && progress.of == survey.reachable().count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_keep_the_file_valid(
        (scope, keys) in (any_scope(&questionnaire()), prop::collection::vec(any_key(), 0..120)),
        with_facts in any::<bool>(),
    ) {
        any_keys_keep_a_valid_file(&questionnaire(), scope, with_facts, &keys);
    }

    #[test]
    fn any_keys_keep_the_file_of_ones_own_questionnaire_valid(keys in prop::collection::vec(any_key(), 0..200)) {
        any_keys_keep_a_valid_file(&read(RELEASE_OFTEN), Scope::Full, true, &keys);
    }

    #[test]
    fn back_restores_the_page_and_its_answer(keys in prop::collection::vec(any_key(), 0..60), last in any_key()) {
        let questionnaire = questionnaire();
        let mut keyboard = Keyboard::new(survey(&questionnaire, Scope::Full));
        for key in keys {
            keyboard.press(key);
        }
        keyboard.press(Key::Escape);
        let mut survey = keyboard.survey().clone();
        let (page, answers) = (survey.page(), survey.answers().clone());
        let mut forward = Keyboard::new(survey.clone());
        forward.press(last);
        let goes_back = matches!(last, Key::Left | Key::Backspace | Key::Character('b') | Key::Control('b'));
        if forward.survey().page() != page && !goes_back {
            survey = forward.survey().clone();
            let (moved, after) = (survey.page(), survey.answers().clone());
            survey.apply(Action::Back).expect("back never fails");
            prop_assert_eq!(survey.page(), page, "from {:?}", moved);
            prop_assert_eq!(survey.answers(), &after, "going back changes no answer");
            // What was prepared on the page is what was answered there.
            if let Some(question) = survey.question()
                && let Some(Response::Option(option)) = survey.answers().response(question)
            {
                prop_assert_eq!(Keyboard::new(survey.clone()).form().cursor, *option);
            }
        } else if !goes_back && forward.survey().answers() == &answers {
            prop_assert_eq!(forward.survey().page(), page);
        }
    }

    #[test]
    fn any_lines_keep_the_file_valid(lines in prop::collection::vec(
        prop_oneof!["[0-9]", "[bsnecuxrgqk?]", ":[a-z?]{0,3}", "[a-z]{1,2} [0-9a-z]{0,4}", "[0-9, -]{0,12}", "\\PC{0,10}", "unknown|n/a|later|none"],
        0..60,
    )) {
        let questionnaire = questionnaire();
        let mut survey = survey(&questionnaire, Scope::Full);
        let mut text = String::new();
        let mut pending = None;
        for line in lines {
            let typed = match pending.take() {
                Some(purpose) => weighbridge::survey::keyboard::Purpose::action(purpose, &survey, &line).map(Typed::Action),
                None => understand(&survey, &line),
            };
            match typed {
                Ok(Typed::Ask(purpose)) => pending = Some(purpose),
                Ok(Typed::Action(action)) => {
                    let before = survey.answers().clone();
                    match survey.apply(action) {
                        Ok(Effect::Changed(_)) => text = saved(&text, &survey),
                        _ => prop_assert_eq!(&before, survey.answers()),
                    }
                }
                Ok(Typed::Help | Typed::Quit) | Err(_) => {}
            }
        }
    }
}

#[test]
fn a_walk_asks_the_core_in_order_and_ends_with_the_verdict() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Quick);
    let core: Vec<QuestionId> = questionnaire.quick_walk().collect();
    assert_eq!(core.len(), 13);
    assert_eq!((survey.progress().answered, survey.progress().of, survey.progress().minutes_left()), (0, 13, 5));
    apply(&mut survey, Action::Next);
    for (at, question) in core.iter().enumerate() {
        assert_eq!(survey.question(), Some(*question));
        let place = survey.question_page(*question).place;
        assert!(place.contains(&format!(" {}/13   ", at + 1)), "{place}");
        apply(&mut survey, Action::Answer(Response::Option(0)));
    }
    assert_eq!(survey.page(), Page::Review);
    assert_eq!(survey.progress().minutes_left(), 0);
    assert!(survey.open_core().is_empty());
    apply(&mut survey, Action::Next);
    assert_eq!(survey.page(), Page::End);
    assert_eq!(apply(&mut survey, Action::Next), Effect::Finished);
}

/// The first option everywhere is the corner shop: one place, an outage annoys, a nightly window, everything fits, one team, nobody with experience.
#[test]
fn the_last_page_says_the_verdict_in_twelve_lines() {
    let questionnaire = questionnaire();
    let answers = load(&questionnaire, &verdict_support::fixture("corner-shop.answers.toml"));
    let survey = Survey::new(&questionnaire, answers, opening(Scope::Quick));
    let lines = survey.end_page("weighbridge report models/shop");
    assert!(lines.len() <= MAX_END_LINES, "{lines:#?}");
    assert_eq!(lines[0], "Single process: clear.", "{lines:#?}");
    assert_eq!(lines.last().map(String::as_str), Some("Next: weighbridge report models/shop"));
    let reasons = lines.iter().filter(|line| line.starts_with("  +")).count();
    assert!((1..=3).contains(&reasons), "{lines:#?}");
    let flips = lines.iter().filter(|line| line.contains(" -> ")).count();
    assert_eq!(flips, 3, "{lines:#?}");
}

#[test]
fn every_worked_case_has_its_last_page_in_twelve_lines() {
    let questionnaire = questionnaire();
    for case in verdict_support::cases(&questionnaire) {
        let survey = Survey::new(&questionnaire, case.answers, opening(Scope::Quick));
        let lines = survey.end_page("next");
        assert!(lines.len() <= MAX_END_LINES, "{}: {lines:#?}", case.id);
    }
}

#[test]
fn progress_counts_what_is_reachable_and_hidden_answers_stay_inactive() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Full);
    let (fit, cut) = (id(&questionnaire, "task-one-machine"), id(&questionnaire, "divide"));
    let of = survey.progress().of;
    survey.set_from_text("divide=independent-pieces").expect("an option");
    apply(&mut survey, Action::Jump(fit));
    apply(&mut survey, Action::Answer(Response::Option(questionnaire.question(fit).find_option("yes").expect("an option"))));
    assert!(!survey.is_shown(cut));
    assert_eq!(survey.progress().of, of - 1, "the hidden question drops out");
    assert!(survey.answers().get(cut).is_some(), "its answer is kept");
    let row = survey.review_page().rows.into_iter().find(|row| row.id == "divide").expect("it is listed");
    assert!(row.effect.starts_with("inactive"), "{row:?}");
    assert!(survey.apply(Action::Jump(cut)).is_err());
    apply(&mut survey, Action::Jump(fit));
    apply(&mut survey, Action::Answer(Response::Option(questionnaire.question(fit).find_option("no-memory-or-time").expect("an option"))));
    assert!(survey.is_shown(cut));
    assert_eq!(survey.progress().of, of);
}

#[test]
fn the_verdict_is_hidden_until_the_review_unless_the_walk_is_live() {
    let questionnaire = questionnaire();
    let mut quiet = survey(&questionnaire, Scope::Quick);
    apply(&mut quiet, Action::Next);
    let page = quiet.question_page(quiet.question().expect("a question"));
    assert_eq!(page.leader, None);
    let labels: Vec<&str> = questionnaire.candidates.iter().map(|candidate| candidate.label.as_str()).collect();
    assert!(labels.iter().all(|label| !format!("{page:?}").contains(label)));
    let mut live = Survey::new(&questionnaire, Answers::new(&questionnaire), Opening { is_live: true, ..opening(Scope::Quick) });
    apply(&mut live, Action::Next);
    let leader = live.question_page(live.question().expect("a question")).leader.expect("a leader");
    assert!(leader.starts_with("Undetermined: "), "{leader}");
    apply(&mut quiet, Action::Review);
    assert_eq!(quiet.review_page().verdict, [leader]);
}

#[test]
fn a_walk_until_decided_asks_no_more_than_it_needs() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::UntilDecided);
    apply(&mut survey, Action::Next);
    let answers = load(&questionnaire, &verdict_support::fixture("corner-shop.answers.toml"));
    let mut asked = 0;
    while let Some(question) = survey.question() {
        assert!(survey.decision().possible_winners.candidates.len() > 1, "a question is asked only while it matters");
        let response = answers.response(question).expect("the case answers the core").clone();
        apply(&mut survey, Action::Answer(response));
        asked += 1;
    }
    assert_eq!(survey.page(), Page::Review);
    assert!((1..=13).contains(&asked));
    assert!(asked == 13 || survey.decision().possible_winners.candidates.len() == 1);
}

#[test]
fn resuming_goes_to_the_first_open_question() {
    let questionnaire = questionnaire();
    let mut first = survey(&questionnaire, Scope::Quick);
    apply(&mut first, Action::Next);
    apply(&mut first, Action::Answer(Response::Option(1)));
    apply(&mut first, Action::Skip);
    apply(&mut first, Action::Unknown);
    let text = saved("", &first);
    let core: Vec<QuestionId> = questionnaire.quick_walk().collect();
    let mut second = Survey::new(&questionnaire, load(&questionnaire, &text), opening(Scope::Quick));
    apply(&mut second, Action::Next);
    assert_eq!(second.question(), Some(core[1]), "what was put off is open; `unknown` is an answer");
    let mut third = Survey::new(&questionnaire, load(&questionnaire, &text), opening(Scope::Unanswered));
    apply(&mut third, Action::Next);
    assert!(third.reachable().all(|question| question != core[0] && question != core[2]));
    let mut review = Survey::new(&questionnaire, load(&questionnaire, &text), opening(Scope::Review));
    apply(&mut review, Action::Next);
    assert_eq!(review.page(), Page::Review);
    let only = Scope::Only(vec![core[4], core[1], core[4]]);
    let mut only = Survey::new(&questionnaire, load(&questionnaire, &text), opening(only));
    assert_eq!(only.reachable().collect::<Vec<_>>(), [core[4], core[1]]);
    apply(&mut only, Action::Next);
    assert_eq!(only.question(), Some(core[4]));
    // Whoever names a question wants to see it, also with its answer.
    let named = Scope::Only(vec![core[0], core[4]]);
    let mut named = Survey::new(&questionnaire, load(&questionnaire, &text), opening(named));
    apply(&mut named, Action::Next);
    assert_eq!(named.question(), Some(core[0]));
    apply(&mut named, Action::Next);
    assert_eq!(named.question(), Some(core[4]));
}

#[test]
fn how_sure_one_was_of_the_old_answer_says_nothing_of_the_new_one() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Quick);
    apply(&mut survey, Action::Next);
    let question = survey.question().expect("a question");
    let confidence = |survey: &Survey<'_>| survey.answers().get(question).and_then(|answer| answer.confidence);
    apply(&mut survey, Action::Confidence(Some(Confidence::Measured)));
    apply(&mut survey, Action::Answer(Response::Option(0)));
    assert_eq!(confidence(&survey), Some(Confidence::Measured), "stated before the first answer, it is that answer's");
    apply(&mut survey, Action::Back);
    apply(&mut survey, Action::Answer(Response::Option(0)));
    assert_eq!(confidence(&survey), Some(Confidence::Measured), "the same answer is as sure as before");
    apply(&mut survey, Action::Back);
    apply(&mut survey, Action::Answer(Response::Option(1)));
    assert_eq!(confidence(&survey), None);
    apply(&mut survey, Action::Back);
    apply(&mut survey, Action::Confidence(Some(Confidence::Guess)));
    apply(&mut survey, Action::Answer(Response::Option(2)));
    assert_eq!(confidence(&survey), Some(Confidence::Guess), "stated on this page, it is that of the answer to come");
    apply(&mut survey, Action::Back);
    apply(&mut survey, Action::Unknown);
    assert_eq!(confidence(&survey), None);
}

#[test]
fn remarks_stay_with_the_question_whatever_is_answered() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Quick);
    apply(&mut survey, Action::Next);
    let question = survey.question().expect("a question");
    apply(&mut survey, Action::Note(" from the log ".into()));
    assert_eq!(survey.answers().get(question).map(|answer| &answer.status), Some(&Status::Later), "a remark is no answer");
    apply(&mut survey, Action::Evidence("a.md".into()));
    apply(&mut survey, Action::Evidence("b.md".into()));
    apply(&mut survey, Action::Evidence("a.md".into()));
    apply(&mut survey, Action::NextConfidence);
    apply(&mut survey, Action::Answer(Response::Option(2)));
    let answer = survey.answers().get(question).expect("an answer");
    assert_eq!((answer.note.as_deref(), answer.confidence), (Some("from the log"), Some(Confidence::Measured)));
    assert_eq!(
        (answer.evidence.as_slice(), answer.by.as_slice()),
        (["b.md".to_owned()].as_slice(), ["architecture".to_owned()].as_slice())
    );
    assert_eq!(answer.on, Some(DAY));
    apply(&mut survey, Action::Back);
    assert_eq!(apply(&mut survey, Action::Answer(Response::Option(2))), Effect::Kept, "the same answer on the same day changes nothing");
    apply(&mut survey, Action::Back);
    assert!(survey.apply(Action::NotApplicable("  ".into())).is_err(), "`n/a` needs a reason");
    assert!(survey.apply(Action::Note("x".repeat(5_000))).is_err());
    apply(&mut survey, Action::NotApplicable("no users yet".into()));
    let answer = survey.answers().get(question).expect("an answer");
    assert_eq!(
        (&answer.status, answer.reason.as_deref(), answer.note.as_deref()),
        (&Status::NotApplicable, Some("no users yet"), Some("from the log"))
    );
}

#[test]
fn the_model_contradicts_and_never_blocks() {
    let questionnaire = questionnaire();
    let question = id(&questionnaire, "load-vs-machine");
    let fact = ModelFact {
        question,
        computed: "a few machines, 3.2 at peak".into(),
        agrees: Agreement::Options { fitting: vec![2], known: vec![0, 1, 2, 3] },
    };
    let begin = || {
        let facts = vec![fact.clone()];
        let mut survey = Survey::new(&questionnaire, Answers::new(&questionnaire), Opening { facts, ..opening(Scope::Quick) });
        apply(&mut survey, Action::Jump(question));
        Keyboard::new(survey)
    };
    let mut keyboard = begin();
    assert_eq!(keyboard.form().cursor, 2, "the cursor begins at what the model says");
    assert_eq!(keyboard.survey().question_page(question).options[2].marks, ["(model says: a few machines, 3.2 at peak)"]);
    assert_eq!(keyboard.press(Key::Character('1')), Press::Changed(question));
    assert!(keyboard.survey().is_contradicted());
    let said = keyboard.survey().question_page(question).contradiction.expect("both values");
    assert!(said.contains("a few machines, 3.2 at peak") && said.contains(&questionnaire.question(question).options[0].label), "{said}");
    keyboard.press(Key::Character('k'));
    assert_ne!(keyboard.survey().question(), Some(question));
    let mut keyboard = begin();
    keyboard.press(Key::Character('5'));
    assert!(!keyboard.survey().is_contradicted(), "of what the model does not know it says nothing");
    let mut keyboard = begin();
    keyboard.press(Key::Character('1'));
    keyboard.press(Key::Character('c'));
    assert!(!keyboard.survey().is_contradicted() && keyboard.survey().question() == Some(question));
    keyboard.press(Key::Character('3'));
    assert_ne!(keyboard.survey().question(), Some(question), "what agrees goes on at once");
}

#[test]
fn in_a_field_letters_are_text() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Full);
    apply(&mut survey, Action::Jump(id(&questionnaire, "availability-target")));
    let question = survey.question().expect("a question");
    let mut keyboard = Keyboard::new(survey);
    let press = |keyboard: &mut Keyboard<'_>, text: &str| text.chars().map(|letter| keyboard.press(Key::Character(letter))).last();
    press(&mut keyboard, "?");
    assert!(keyboard.is_help_shown());
    press(&mut keyboard, "nine");
    keyboard.press(Key::Enter);
    assert!(keyboard.message().is_some_and(|message| message.contains("did you mean `none`?")), "{:?}", keyboard.message());
    (0..4).for_each(|_| assert_eq!(keyboard.press(Key::Backspace), Press::Drawn));
    press(&mut keyboard, "101");
    keyboard.press(Key::Enter);
    assert!(keyboard.message().is_some_and(|message| message.contains("between 0 and 100")), "{:?}", keyboard.message());
    (0..3).for_each(|_| assert_eq!(keyboard.press(Key::Backspace), Press::Drawn));
    press(&mut keyboard, "99.95 %");
    assert_eq!(keyboard.press(Key::Enter), Press::Changed(question));
    assert_eq!(keyboard.survey().answers().response(question), Some(&Response::Number(99.95)));
    keyboard.press(Key::Character('b'));
    assert_eq!(keyboard.survey().question(), Some(question));
    keyboard.press(Key::Control('n'));
    press(&mut keyboard, "bq");
    assert_eq!(keyboard.press(Key::Enter), Press::Changed(question));
    assert_eq!(keyboard.survey().answers().get(question).and_then(|answer| answer.note.as_deref()), Some("bq"));
    assert_eq!(keyboard.press(Key::Control('q')), Press::Quit);
}

#[test]
fn typed_lines_answer_each_kind() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Full);
    let mut say = |name: &str, line: &str| {
        apply(&mut survey, Action::Jump(id(&questionnaire, name)));
        match understand(&survey, line) {
            Ok(Typed::Action(Action::Answer(response))) => Ok(response),
            Ok(other) => Err(format!("{other:?}")),
            Err(message) => Err(message),
        }
    };
    assert_eq!(say("outage-hour", "3"), Ok(Response::Option(2)));
    assert_eq!(say("outage-hour", "costs-a-lot"), Ok(Response::Option(2)));
    assert_eq!(say("outage-hour", "5"), Err("there is no option 5; there are 1 to 4".into()));
    assert_eq!(
        say("outage-hour", "costs-alot"),
        Err("the question `outage-hour` has no option `costs-alot`; did you mean `costs-a-lot`?".into())
    );
    assert_eq!(say("who-advises", "1,3"), Ok(Response::Options(vec![0, 2])));
    assert_eq!(say("who-advises", "3 1"), Ok(Response::Options(vec![2, 0])));
    assert_eq!(say("who-advises", "none"), Ok(Response::Options(vec![])));
    assert_eq!(say("availability-target", "99.9"), Ok(Response::Number(99.9)));
    assert_eq!(say("engineers", "12 people"), Ok(Response::Number(12.0)));
    assert_eq!(say("engineers", "b"), Err("the question `engineers` takes a number (people), not `b`".into()));
    assert_eq!(say("engineers", ":b"), Err("Action(Back)".into()));
    assert_eq!(say("outage-hour", "b"), Err("Action(Back)".into()));
    assert_eq!(say("outage-hour", ":u"), Err("Action(Unknown)".into()));
    assert_eq!(say("outage-hour", "x no such hour"), Err("Action(NotApplicable(\"no such hour\"))".into()));
    assert_eq!(say("outage-hour", "n"), Err("Ask(Note)".into()));
    let Ok(Response::Rows(rows)) = say("needs-now", "1 - 3 1 1 2 -") else { panic!("seven needs") };
    assert_eq!(rows.iter().map(|(_, option)| *option).collect::<Vec<_>>(), [0, 2, 0, 0, 1]);
    assert!(say("needs-now", "1 2").is_err());
    // Hidden unless people wait for pages.
    survey.set_from_text("work-kind=people-waiting-for-pages").expect("an option");
    assert_eq!(survey.set_from_text("latency-budget=0.25s"), Ok(Effect::Changed(id(&questionnaire, "latency-budget"))));
    assert_eq!(survey.answers().response(id(&questionnaire, "latency-budget")), Some(&Response::Number(250.0)));
    survey.set_from_text("latency-budget=300 ms").expect("its own unit");
    assert_eq!(survey.answers().response(id(&questionnaire, "latency-budget")), Some(&Response::Number(300.0)));
    assert!(survey.set_from_text("latency-budget=n/a").is_err_and(|message| message.contains("n/a: reason")));
    survey.set_from_text("latency-budget=n/a: nobody waits").expect("a reason");
}

#[test]
fn a_read_only_survey_changes_nothing() {
    let questionnaire = questionnaire();
    let why = Some("another terminal (process 7) has it open".to_owned());
    let mut survey = Survey::new(&questionnaire, Answers::new(&questionnaire), Opening { read_only: why, ..opening(Scope::Quick) });
    assert!(survey.start_page().lines.iter().any(|line| line.contains("process 7")));
    apply(&mut survey, Action::Next);
    for action in [Action::Answer(Response::Option(0)), Action::Unknown, Action::Note("x".into()), Action::NotApplicable("x".into())] {
        assert!(survey.apply(action).is_err_and(|message| message.contains("process 7")));
    }
    apply(&mut survey, Action::Skip);
    assert_eq!(survey.answers().iter().count(), 0);
}

#[test]
fn what_is_typed_and_refused_stays_in_its_line() {
    let questionnaire = questionnaire();
    let mut survey = survey(&questionnaire, Scope::Quick);
    apply(&mut survey, Action::Next);
    let mut keyboard = Keyboard::new(survey);
    keyboard.press(Key::Character('n'));
    // 3,000 letters of two bytes each fit the line, and exceed the bytes of a note.
    (0..3_000).for_each(|_| assert_eq!(keyboard.press(Key::Character('ü')), Press::Drawn));
    assert_eq!(keyboard.press(Key::Enter), Press::Drawn);
    assert!(keyboard.message().is_some_and(|message| message.contains("4096 bytes")), "{:?}", keyboard.message());
    let (_, field) = keyboard.prompt().expect("the line is still there, to be shortened");
    assert_eq!(field.text().chars().count(), 3_000);
    // What is pasted is refused as a whole, and never cut in silence.
    (0..2_000).for_each(|_| assert_eq!(keyboard.press(Key::Character('x')), Press::Drawn));
    keyboard.press(Key::Enter);
    assert!(keyboard.message().is_some_and(|message| message.contains("4096 bytes")), "{:?}", keyboard.message());
    assert_eq!(keyboard.prompt().map(|(_, field)| field.text().chars().count()), Some(5_000));
    keyboard.press(Key::Escape);
    keyboard.press(Key::Character('x'));
    keyboard.press(Key::Enter);
    assert!(keyboard.message().is_some() && keyboard.prompt().is_some(), "`n/a` still waits for its reason");
    assert_eq!(keyboard.press(Key::Control('q')), Press::Quit, "one can leave from everywhere");
}

#[test]
fn enter_keeps_what_was_said_instead_of_an_option() {
    let questionnaire = questionnaire();
    for action in [Action::Unknown, Action::NotApplicable("nobody pays".into())] {
        let mut survey = survey(&questionnaire, Scope::Quick);
        apply(&mut survey, Action::Next);
        let question = survey.question().expect("a question");
        apply(&mut survey, action);
        apply(&mut survey, Action::Back);
        let before = survey.answers().clone();
        let mut keyboard = Keyboard::new(survey);
        assert_eq!(keyboard.press(Key::Enter), Press::Drawn);
        assert_eq!(keyboard.survey().answers(), &before, "nobody chose the first option");
        assert_ne!(keyboard.survey().question(), Some(question), "Enter goes on");
        keyboard.press(Key::Character('b'));
        keyboard.press(Key::Down);
        assert_eq!(keyboard.press(Key::Enter), Press::Changed(question), "whoever moved the cursor has chosen");
        assert_eq!(keyboard.survey().answers().response(question), Some(&Response::Option(1)));
    }
}

#[test]
fn the_same_answer_again_keeps_its_names() {
    let questionnaire = questionnaire();
    let text = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n\n[answers.users-where]\nvalue = \"one-place\"\nby = [\"architecture\", \"business\"]\n";
    let nobody = || Opening { signature: Signature { by: Vec::new(), on: Some(DAY) }, ..opening(Scope::Quick) };
    let question = id(&questionnaire, "users-where");
    let names = |survey: &Survey<'_>| survey.answers().get(question).expect("an answer").by.clone();
    let mut survey = Survey::new(&questionnaire, load(&questionnaire, text), nobody());
    survey.set_from_text("users-where=one-place").expect("an option");
    assert_eq!(names(&survey), ["architecture", "business"], "who says nothing about names takes none away");
    assert_eq!(survey.answers().get(question).and_then(|answer| answer.on), Some(DAY), "and it was said anew today");
    survey.set_from_text("users-where=one-country").expect("an option");
    assert_eq!(names(&survey), Vec::<String>::new(), "they did not say this");
    let mut survey = Survey::new(&questionnaire, load(&questionnaire, text), opening(Scope::Quick));
    survey.set_from_text("users-where=one-place").expect("an option");
    assert_eq!(names(&survey), ["architecture"], "who names herself says it alone");
}

#[test]
fn after_a_contradiction_other_keys_do_what_they_always_do() {
    let questionnaire = questionnaire();
    let question = id(&questionnaire, "load-vs-machine");
    let agrees = Agreement::Options { fitting: vec![2], known: vec![0, 1, 2, 3] };
    let fact = ModelFact { question, computed: "a few machines".into(), agrees };
    let contradicted = || {
        let facts = vec![fact.clone()];
        let mut survey = Survey::new(&questionnaire, Answers::new(&questionnaire), Opening { facts, ..opening(Scope::Quick) });
        apply(&mut survey, Action::Jump(question));
        let mut keyboard = Keyboard::new(survey);
        keyboard.press(Key::Character('1'));
        assert!(keyboard.survey().is_contradicted());
        keyboard
    };
    let mut keyboard = contradicted();
    keyboard.press(Key::Down);
    assert_eq!((keyboard.survey().question(), keyboard.form().cursor), (Some(question), 1), "the cursor moves from what was answered");
    let mut keyboard = contradicted();
    assert_eq!(keyboard.press(Key::Character('3')), Press::Changed(question));
    assert_eq!(keyboard.survey().answers().response(question), Some(&Response::Option(2)));
    let mut keyboard = contradicted();
    assert_eq!(keyboard.press(Key::Character('u')), Press::Changed(question));
    let mut keyboard = contradicted();
    keyboard.press(Key::Character('z'));
    assert!(keyboard.survey().is_contradicted(), "a key without a meaning answers nothing");
    for key in [Key::Enter, Key::Character('k')] {
        let mut keyboard = contradicted();
        keyboard.press(key);
        assert_ne!(keyboard.survey().question(), Some(question));
    }
}

#[test]
fn the_decision_follows_every_change() {
    let questionnaire = questionnaire();
    let answers = load(&questionnaire, &verdict_support::fixture("corner-shop.answers.toml"));
    let mut survey = Survey::new(&questionnaire, answers, opening(Scope::Quick));
    let afresh = |survey: &Survey<'_>| weighbridge::verdict::decide(&questionnaire, survey.answers(), &Default::default());
    assert_eq!(survey.decision().clone(), afresh(&survey));
    survey.set_from_text("outage-hour=threatens-business-or-safety").expect("an option");
    assert_eq!(survey.decision().clone(), afresh(&survey));
    let question = id(&questionnaire, "teams-blocked");
    survey.adopt(question, None);
    assert_eq!(survey.decision().clone(), afresh(&survey));
}
