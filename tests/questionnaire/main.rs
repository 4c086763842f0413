//! Questionnaires and answers as files: what is read, what is refused, what is kept.

mod limits;
mod lint;
mod merge;
#[path = "../verdict_support/mod.rs"]
mod verdict_support;
mod versions;

use proptest::prelude::*;
use verdict_support::{load, load_with, questionnaire, random_answers, read, read_with};
use weighbridge::diagnostic::{Code, Diagnostic};
use weighbridge::questionnaire::answers::{Answer, Answers, Confidence, Response, Status, shown};
use weighbridge::questionnaire::condition::{Context, Truth};
use weighbridge::questionnaire::{
    CODES, QuestionId, Questionnaire, RELEASE_OFTEN, SHOULD_YOU_DISTRIBUTE, is_weighable, lint, translate, write_answers,
};
use weighbridge::source::Sources;
use weighbridge::verdict::{ComputedFacts, decide, never_wins};

/// A questionnaire without mistakes, as small as it can be.
const SMALL: &str = r#"format = 1
id = "small"
version = "1.0.0"
core = ["load", "skill"]

[forces.scale]
kind = "need"

[forces.ops]
kind = "ready"

[candidates.one]
gives = { scale = 0.2 }
asks = { ops = 0.1 }

[candidates.many]
gives = { scale = 0.9 }
asks = { ops = 0.6 }

[[section]]
id = "all"

[[question]]
id = "load"
section = "all"
kind = "choice"
ask = "How much?"
option = [{ id = "little", level = { scale = 0.0 } }, { id = "much", level = { scale = 1.0 } }]

[[question]]
id = "skill"
section = "all"
kind = "yes-no"
ask = "Skilled?"
option = [{ id = "no", level = { ops = 0.1 } }, { id = "yes", level = { ops = 0.9 } }]

[[question]]
id = "peak"
section = "all"
kind = "number"
ask = "How high?"
show_if = "load == 'much'"
min = 0
drives = "scale"
breaks = [[1, 0.1], [3, 0.9]]

[[veto]]
id = "V1"
when = "skill == 'no'"
candidates = ["many"]
because = "b"
lift = "l"
"#;

/// Reads and lints, as `questionnaire lint` does.
fn all_diagnostics(text: &str) -> Vec<Diagnostic> {
    let (questionnaire, mut diagnostics) = read_with(text);
    let never_wins = if is_weighable(&diagnostics) { never_wins(&questionnaire) } else { Vec::new() };
    diagnostics.extend(lint(&questionnaire, &diagnostics, &never_wins));
    diagnostics
}

fn one_lines(text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut sources = Sources::default();
    sources.add("q.toml", text);
    diagnostics.iter().map(|one| weighbridge::diagnostic::one_line(&sources, one)).collect()
}

/// Each mistake alone, made by one replacement in [`SMALL`]: the code, what is replaced, by what, and a part of the message.
const MISTAKES: &[(Code, &str, &str, &str)] = &[
    (Code::UnknownFormat, "format = 1", "format = 2", "format 2 is not known"),
    (Code::UnknownForce, "level = { scale = 0.0 } }, {", "level = { scale = 0.0, scal = 0.1 } }, {", "no force has the id `scal`"),
    (Code::UnknownForce, "asks = { ops = 0.1 }", "asks = { ops = 0.1, scale = 0.1 }", "no readiness has the id `scale`"),
    (Code::UnknownCandidate, "candidates = [\"many\"]", "candidates = [\"manny\"]", "no candidate has the id `manny`"),
    (Code::UnknownQuestion, "\"load == 'much'\"", "\"lode == 'much'\"", "no question has the id `lode`"),
    (Code::UnknownQuestion, "when = \"skill == 'no'\"", "when = \"skil == 'no'\"", "no question has the id `skil`"),
    (Code::UnknownFact, "when = \"skill == 'no'\"", "when = \"model.remote-cals < 3\"", "nothing is computed under the name `remote-cals`"),
    (Code::UnknownFact, "min = 0", "min = 0\nmodel = \"remote-cals\"", "nothing is computed under the name `remote-cals`"),
    (Code::UnknownQuestion, "[\"load\", \"skill\"]", "[\"load\", \"skil\", \"skill\"]", "no question has the id `skil`"),
    (Code::UnknownOption, "\"load == 'much'\"", "\"load == 'mush'\"", "the question `load` has no option `mush`"),
    (Code::MalformedCondition, "\"load == 'much'\"", "\"load > 'little'\"", "found `>`"),
    (Code::MalformedCondition, "\"load == 'much'\"", "\"load == 'much' and\"", "found the end of the condition"),
    (Code::CyclicQuestions, "\"load == 'much'\"", "\"2 <= peak\"", "whether `peak` is asked depends on its own answer"),
    (Code::OutOfBounds, "gives = { scale = 0.9 }", "gives = { scale = 1.9 }", "`scale` is 1.9, and lies between 0 and 1"),
    (
        Code::OptionWithoutLevel,
        "{ id = \"little\", level = { scale = 0.0 } }",
        "{ id = \"little\" }",
        "the option `little` of `load` sets no level of `scale`",
    ),
    (Code::IncompleteCandidate, "gives = { scale = 0.9 }", "gives = {}", "the candidate `many` says nothing of `scale`"),
    (Code::CollidingIds, "id = \"skill\"\n", "id = \"skill\"\nformerly = [\"load\"]\n", "`load` is the id or former id of two questions"),
    (Code::CollidingIds, "{ id = \"much\",", "{ id = \"much\", formerly = [\"little\"],", "`little` is the id or former id of two options"),
    (
        Code::UndrivenForce,
        "[candidates.one]",
        "[forces.spare]\nkind = \"need\"\n\n[candidates.one]",
        "no question sets a level of the force `spare`",
    ),
    (
        Code::DominatedCandidate,
        "gives = { scale = 0.9 }",
        "gives = { scale = 0.2 }",
        "`many` never wins: `one` is ahead whatever is answered",
    ),
    (Code::UnreachableQuestion, "\"load == 'much'\"", "\"load == 'much' and load == 'little'\"", "`peak` is never asked"),
    (Code::CoreLength, "core = [\"load\", \"skill\"]", "core = []", "there are no core questions"),
    (Code::UnknownKey, "ask = \"How much?\"", "aks = \"How much?\"\nask = \"How much?\"", "the question `load` has no key `aks`"),
    (Code::MissingKey, "lift = \"l\"\n", "", "a veto has no `lift`"),
    (Code::WrongType, "min = 0", "min = \"0\"", "`min` takes a number, not a string"),
    (Code::UnknownValue, "kind = \"yes-no\"", "kind = \"yes\"", "`kind` does not know `yes`"),
    (Code::DuplicateKey, "min = 0", "min = 0\nmin = 0", "duplicate key"),
    (Code::MalformedId, "id = \"V1\"", "id = \"V 1\"", "`V 1` is no id"),
];

#[test]
fn every_mistake_of_a_questionnaire_is_found_alone() {
    assert_eq!(all_diagnostics(SMALL), []);
    for (code, from, to, message) in MISTAKES {
        assert_eq!(SMALL.matches(from).count(), 1, "{from}");
        // Both candidates say the new force; what is under test is that nobody drives it.
        let mut text = SMALL.replace(from, to);
        if *code == Code::UndrivenForce {
            text = text.replace("gives = { ", "gives = { spare = 0.5, ");
        }
        // A candidate that never wins needs no veto; a core that is empty leaves nothing to win by.
        let found: Vec<Diagnostic> = all_diagnostics(&text)
            .into_iter()
            .filter(|one| *code == Code::DominatedCandidate || one.code != Code::DominatedCandidate)
            .collect();
        let lines = one_lines(&text, &found);
        assert!(found.iter().any(|one| one.code == *code && one.message.contains(message)), "{code:?} {to}: {lines:?}");
        assert_eq!(found.len(), 1, "{code:?} {to}: {lines:?}");
    }
}

#[test]
fn every_code_of_questionnaires_has_a_case() {
    let elsewhere = [Code::MissingTranslation, Code::OutdatedAnswer];
    for code in CODES {
        assert!(elsewhere.contains(code) || MISTAKES.iter().any(|(covered, ..)| covered == code), "{code:?}");
    }
}

#[test]
fn a_misspelt_id_names_the_nearest_and_the_smallest_place() {
    let text = SMALL.replace("\"load == 'much'\"", "\"load == 'mush'\"");
    let diagnostics = all_diagnostics(&text);
    let mut sources = Sources::default();
    sources.add("q.toml", text.as_str());
    assert_eq!(sources.text(diagnostics[0].label.span), "'mush'");
    assert_eq!(diagnostics[0].help.as_deref(), Some("an option with a similar id exists: `much`"));
}

#[test]
fn the_questionnaires_that_are_shipped_have_no_mistakes() {
    for text in [SHOULD_YOU_DISTRIBUTE, RELEASE_OFTEN] {
        assert_eq!(one_lines(text, &all_diagnostics(text)), [] as [String; 0]);
    }
    let questionnaire = questionnaire();
    assert_eq!((questionnaire.questions.len(), questionnaire.core.len(), questionnaire.vetoes.len()), (51, 14, 9));
    for question in &questionnaire.questions {
        assert!(!question.why.is_empty() && !question.help.is_empty() && !question.article.is_empty(), "{}", question.id);
    }
}

#[test]
fn a_questionnaire_of_ones_own_gives_verdicts() {
    let questionnaire = read(RELEASE_OFTEN);
    let winner = |settings: &[&str]| {
        let mut answers = Answers::new(&questionnaire);
        for setting in settings {
            answers.set_from_text(&questionnaire, setting).expect("a valid setting");
        }
        let decision = decide(&questionnaire, &answers, &ComputedFacts::default());
        decision.winner.map(|winner| questionnaire.candidate(winner).id.clone())
    };
    // needs 1.0 and 0.1, unreadiness 0.1 + 0.1 = 0.2 and 0.05 + 0.1 = 0.15: on-merge 1.05 − 0.3075, weekly 0.61 − 0.115.
    assert_eq!(winner(&["waiting=hours", "mistakes=little", "tests=9", "rollback=yes"]).as_deref(), Some("on-merge"));
    assert_eq!(winner(&["waiting=hours", "mistakes=little", "tests=2", "rollback=yes"]).as_deref(), Some("weekly"), "vetoed: untested");
    assert_eq!(winner(&["waiting=months", "mistakes=lives", "tests=2", "rollback=no"]).as_deref(), Some("quarterly"));
}

struct Fixed(Answers);

impl Context for Fixed {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        self.0.response(question)
    }

    fn fact(&self, name: &str) -> Option<f64> {
        (name == "chain-depth").then_some(2.0)
    }
}

#[test]
fn conditions_follow_kleene() {
    let small = read(SMALL);
    let truth = |condition: &str, settings: &[&str]| {
        let text = SMALL.replace("skill == 'no'", condition);
        let questionnaire = read(&text);
        let mut answers = Answers::new(&small);
        for setting in settings {
            answers.set_from_text(&small, setting).expect("valid");
        }
        questionnaire.vetoes[0].when.expression.evaluate(&Fixed(answers))
    };
    use Truth::{False, True, Unknown};
    for (condition, settings, expected) in [
        ("load == 'much'", &[][..], Unknown),
        ("load == 'much'", &["load=much"], True),
        ("load != 'much'", &["load=much"], False),
        ("load == 'much' and skill == 'no'", &["load=little"], False),
        ("load == 'much' and skill == 'no'", &["load=much"], Unknown),
        ("load == 'much' or skill == 'no'", &["load=much"], True),
        ("not load == 'much'", &[], Unknown),
        ("not not load == 'much'", &["load=much"], True),
        ("load < 'much'", &["load=little"], True),
        ("load <= 'little'", &["load=much"], False),
        ("'much' <= load", &["load=much"], True),
        ("load in ['little', 'much']", &["load=much"], True),
        ("answered(load)", &[], False),
        ("answered(load)", &["load=little"], True),
        ("answered(load)", &["load=unknown"], False),
        ("peak < 3", &["peak=2.5"], True),
        ("3 <= peak", &["peak=2.5"], False),
        ("peak < model.chain-depth", &["peak=1"], True),
        ("peak < model.single-points", &["peak=1"], Unknown),
        ("load == 'much' or skill == 'no' and peak < 1", &["load=much", "peak=5"], True),
        ("(load == 'much' or skill == 'no') and peak < 1", &["load=much", "peak=5"], False),
        ("load == 'much'", &["load=n/a"], Unknown),
        ("-1.5 < peak", &["peak=0"], True),
        ("peak <= -1", &["peak=0"], False),
    ] {
        assert_eq!(truth(condition, settings), expected, "{condition} {settings:?}");
    }
}

#[test]
fn a_question_is_hidden_only_if_its_condition_is_surely_false() {
    let small = read(SMALL);
    let peak = small.find_question("peak").expect("a question");
    let mut answers = Answers::new(&small);
    assert!(shown(&small, &answers)[peak.0]);
    answers.set_from_text(&small, "load=little").expect("valid");
    assert!(!shown(&small, &answers)[peak.0]);
    answers.set_from_text(&small, "peak=3").expect("valid");
    let decision = decide(&small, &answers, &ComputedFacts::default());
    assert_eq!(decision.forces[0].level, 0.0, "the answer of a hidden question does not count, and is kept");
    assert!(answers.get(peak).is_some());
}

#[test]
fn a_setting_with_a_typing_mistake_names_the_nearest() {
    let mut answers = Answers::new(&questionnaire());
    let mut refuse = |setting: &str| answers.set_from_text(&questionnaire(), setting).expect_err("a mistake");
    assert_eq!(refuse("outage-our=annoying"), "no question has the id `outage-our`; did you mean `outage-hour`?");
    assert_eq!(refuse("outage-hour=anoying"), "the question `outage-hour` has no option `anoying`; did you mean `annoying`?");
    assert_eq!(
        refuse("outage-hour=2"),
        "the question `outage-hour` has no option `2`; its options are annoying, costs-little, costs-a-lot, threatens-business-or-safety"
    );
    assert_eq!(refuse("top-three=reach,scale,ops,money"), "the question `top-three` takes at most 3 options, not 4");
    assert_eq!(refuse("availability-target=120"), "the answer to `availability-target` lies between 0 and 100, not 120");
    assert_eq!(refuse("nonsense"), "`nonsense` is not of the form `question=option`");
}

/// A file of answers with a comment of somebody's own.
const ANSWERS: &str = r#"# our answers
format = 1
questionnaire = "should-you-distribute@1.0.0"
system = "models/shop"

# asked on the phone
[answers.outage-hour]
value = "costs-a-lot"   # Black Friday
confidence = "measured"
by = "architecture"
on = 2026-11-20
evidence = ["https://wiki.example/outage-2026-03", "docs/incidents/17.md"]
note = "One hour on Black Friday was 41k EUR."

[answers.stale-data]
value = "unknown"

# the users sit in the warehouse
[answers.users-where]
skip = "n/a"
reason = "out-of-scope"
"#;

#[test]
fn answers_are_read_and_written_back_byte_for_byte() {
    let questionnaire = questionnaire();
    let (answers, diagnostics) = load_with(&questionnaire, ANSWERS);
    assert_eq!(diagnostics, []);
    let get = |id: &str| answers.get(questionnaire.find_question(id).expect("a question")).expect("an answer").clone();
    let outage = get("outage-hour");
    assert_eq!(
        (outage.status, outage.confidence, outage.by),
        (Status::Given(Response::Option(2)), Some(Confidence::Measured), vec!["architecture".to_owned()])
    );
    assert_eq!(outage.on.expect("a day").to_string(), "2026-11-20");
    assert_eq!((get("stale-data").status, get("users-where").status), (Status::Unknown, Status::NotApplicable));
    assert_eq!(write_answers(ANSWERS, &questionnaire, &answers).expect("TOML"), ANSWERS);
}

#[test]
fn one_changed_answer_is_one_hunk() {
    let questionnaire = questionnaire();
    let mut answers = load(&questionnaire, ANSWERS);
    answers.set_from_text(&questionnaire, "stale-data=never").expect("valid");
    let written = write_answers(ANSWERS, &questionnaire, &answers).expect("TOML");
    assert_eq!(written, ANSWERS.replace("value = \"unknown\"", "value = \"never\""));
    // A new answer stands before the first that is asked later; everything else keeps its bytes.
    answers.set_from_text(&questionnaire, "change-stop=never-stop").expect("valid");
    let more = write_answers(&written, &questionnaire, &answers).expect("TOML");
    let added = "\n[answers.change-stop]\nvalue = \"never-stop\"\n";
    assert_eq!(more.replacen(added, "", 1), written, "{more}");
    assert!(more.find("[answers.change-stop]") < more.find("[answers.stale-data]"), "{more}");
}

/// An answer that is written as a table of its own keeps its bytes, and its comments when it changes.
#[test]
fn an_answer_in_rows_keeps_its_comments() {
    let questionnaire = questionnaire();
    let text = "format = 1\nquestionnaire = \"should-you-distribute@1.0.0\"\n\n[answers.needs-now]\nby = \"business\"\n\n# settled in May\n[answers.needs-now.value]\n# next year\nscale = \"later\"\nreach = \"later\" # says Ana\n";
    let (mut answers, diagnostics) = load_with(&questionnaire, text);
    assert_eq!(diagnostics, []);
    assert_eq!(write_answers(text, &questionnaire, &answers).expect("TOML"), text);
    answers.set_from_text(&questionnaire, "needs-now=reach:now,scale:later").expect("valid");
    let written = write_answers(text, &questionnaire, &answers).expect("TOML");
    for kept in ["# settled in May", "# next year\nscale = \"later\"", "reach = \"now\" # says Ana"] {
        assert!(written.contains(kept), "{kept} is not in {written}");
    }
    let id = questionnaire.find_question("needs-now").expect("a question");
    assert_eq!(load(&questionnaire, &written).get(id), answers.get(id));
}

/// A comment above an answer on one line goes where the answer goes.
#[test]
fn a_renamed_answer_on_one_line_keeps_its_comment() {
    let questionnaire = read(&SMALL.replace("id = \"load\"\n", "id = \"load\"\nformerly = [\"weight\"]\n"));
    let old = "format = 1\nquestionnaire = \"small@1.0.0\"\n\n[answers]\n# heavy\nweight = { value = \"much\" } # we weighed it\n# of the sky\ncolour = { value = \"red\" }\n";
    let (answers, _) = load_with(&questionnaire, old);
    let written = write_answers(old, &questionnaire, &answers).expect("TOML");
    for kept in ["# heavy\nload = { value = \"much\"", "# we weighed it", "# of the sky\ncolour = { value = \"red\" }"] {
        assert!(written.contains(kept), "{kept} is not in {written}");
    }
}

#[test]
fn a_new_file_is_canonical() {
    let questionnaire = questionnaire();
    let mut answers = Answers::new(&questionnaire);
    for setting in [
        "stale-data=never",
        "outage-hour=annoying",
        "top-three=scale,reach",
        "needs-now=reach:later",
        "latency-budget=200",
        "engineers=n/a",
    ] {
        answers.set_from_text(&questionnaire, setting).expect("valid");
    }
    let outage = questionnaire.find_question("outage-hour").expect("a question");
    let note = Answer { note: Some("two\nlines, \"quoted\"".to_owned()), ..answers.get(outage).expect("an answer").clone() };
    answers.set(outage, note);
    let written = write_answers("", &questionnaire, &answers).expect("TOML");
    assert_eq!(
        written,
        r#"format = 1
questionnaire = "should-you-distribute@1.0.0"

[answers.latency-budget]
value = 200

[answers.outage-hour]
value = "annoying"
note = "two\nlines, \"quoted\""

[answers.engineers]
skip = "n/a"

[answers.stale-data]
value = "never"

[answers.top-three]
value = ["scale", "reach"]

[answers.needs-now]
value = { reach = "later" }
"#
    );
}

#[test]
fn answers_move_with_the_questionnaire_and_none_is_deleted() {
    let text = SMALL
        .replace("version = \"1.0.0\"", "version = \"2.0.0\"")
        .replace("id = \"load\"\n", "id = \"load\"\nformerly = [\"weight\"]\n")
        .replace("{ id = \"much\",", "{ id = \"much\", formerly = [\"lots\"],");
    let questionnaire = read(&text);
    let old = "format = 1\nquestionnaire = \"small@1.0.0\"\n\n# heavy\n[answers.weight]\nvalue = \"lots\"\n\n[answers.colour]\nvalue = \"red\" # kept\n\n[answers.skill]\nvalue = \"perhaps\"\n";
    let (answers, diagnostics) = load_with(&questionnaire, old);
    let codes: Vec<Code> = diagnostics.iter().map(|one| one.code).collect();
    // The major version, the renamed question, its renamed option, the orphan; and an option that never was.
    assert_eq!(codes.iter().filter(|code| **code == Code::OutdatedAnswer).count(), 4, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == Code::UnknownOption).count(), 1);
    let load = answers.get(QuestionId(0)).expect("carried over");
    assert_eq!((&load.status, load.stale), (&Status::Given(Response::Option(1)), true));
    let written = write_answers(old, &questionnaire, &answers).expect("TOML");
    for kept in [
        "# heavy",
        "[answers.load]\nvalue = \"much\"",
        "stale = true",
        "[orphans.colour]\nvalue = \"red\" # kept",
        "value = \"perhaps\"",
        "small@2.0.0",
    ] {
        assert!(written.contains(kept), "{kept} is not in {written}");
    }
    let (again, _) = load_with(&questionnaire, &written);
    assert_eq!(again.get(QuestionId(0)), answers.get(QuestionId(0)));
    assert_eq!(write_answers(&written, &questionnaire, &again).expect("TOML"), written, "upgrading twice changes nothing");
}

#[test]
fn a_broken_answers_file_is_never_overwritten() {
    let questionnaire = questionnaire();
    write_answers("format = 1\n[answers.outage-hour\nvalue = 1", &questionnaire, &Answers::new(&questionnaire)).expect_err("no TOML");
}

#[test]
fn translated_texts_replace_and_missing_ones_are_noted() {
    let mut questionnaire = read(SMALL);
    let mut sources = Sources::default();
    let file = sources.add("small.de.toml", "format = 1\nlocale = \"de\"\n[text]\n\"load.ask\" = \"Wie viel?\"\n\"load.aks\" = \"?\"\n");
    let diagnostics = translate(&mut questionnaire, &sources, file);
    assert_eq!((questionnaire.locale.as_str(), questionnaire.questions[0].ask.as_str()), ("de", "Wie viel?"));
    assert_eq!(questionnaire.questions[1].ask, "Skilled?", "a missing text falls back");
    assert!(diagnostics.iter().any(|one| one.code == Code::MissingTranslation && one.message == "no text `skill.ask`"));
    assert_eq!(diagnostics.iter().filter(|one| one.code == Code::UnknownKey).count(), 1);
}

/// Reads, lints and decides whatever comes; what matters is that it comes back.
fn survive(text: &str) {
    let (questionnaire, diagnostics) = read_with(text);
    drop(lint(&questionnaire, &diagnostics, &[]));
    let answers = Answers::new(&questionnaire);
    drop(decide(&questionnaire, &answers, &ComputedFacts::default()));
    drop(write_answers("", &questionnaire, &answers));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,200}") {
        survive(&text);
        load_with(&questionnaire_small(), &text);
        drop(write_answers(&text, &questionnaire_small(), &Answers::new(&questionnaire_small())));
    }

    #[test]
    fn no_condition_makes_the_parser_panic(condition in "[a-z'()\\[\\],<=! ]{0,80}|(load|not|and|or|in|'much'|\\(|\\)|==|<=|answered|peak|[0-9]| ){0,60}") {
        survive(&SMALL.replace("load == 'much'", &condition));
    }

    /// Cuts, doubles and swaps lines of a sound questionnaire.
    #[test]
    fn a_mutated_questionnaire_never_panics(edits in prop::collection::vec((0_usize..80, 0_usize..80, 0_u8..4, any::<char>()), 1..6)) {
        let mut lines: Vec<String> = SMALL.lines().map(str::to_owned).collect();
        for (at, other, edit, letter) in edits {
            let (at, other) = (at % lines.len(), other % lines.len());
            match edit {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other].clone()),
                2 => lines.swap(at, other),
                _ => lines[at].push(letter),
            }
            if lines.is_empty() { lines.push(String::new()); }
        }
        survive(&lines.join("\n"));
    }

    /// What is written is read back as it was, and writing it again changes nothing.
    #[test]
    fn answers_survive_a_round_trip(seed in any::<u64>()) {
        let questionnaire = questionnaire();
        let answers = random_answers(&questionnaire, seed, true);
        let written = write_answers("", &questionnaire, &answers).expect("TOML");
        let (again, diagnostics) = load_with(&questionnaire, &written);
        prop_assert_eq!(&diagnostics, &[]);
        prop_assert_eq!(&again, &answers);
        prop_assert_eq!(write_answers(&written, &questionnaire, &again).expect("TOML"), written);
    }

    /// Answers that come one by one, in any order, give the file that they give together.
    #[test]
    fn the_order_of_answering_leaves_no_trace(seed in any::<u64>()) {
        let questionnaire = questionnaire();
        let answers = random_answers(&questionnaire, seed, true);
        let mut order: Vec<QuestionId> = answers.iter().map(|(id, _)| id).collect();
        let mut random = weighbridge::verdict::SplitMix64::new(seed);
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        let mut some = Answers::new(&questionnaire);
        let mut text = String::new();
        for id in order {
            some.set(id, answers.get(id).expect("answered").clone());
            text = write_answers(&text, &questionnaire, &some).expect("TOML");
        }
        prop_assert_eq!(text, write_answers("", &questionnaire, &answers).expect("TOML"));
    }
}

fn questionnaire_small() -> Questionnaire {
    read(SMALL)
}
