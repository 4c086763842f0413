//! Answers and questionnaires of other versions: nothing is lost, and nothing is written down to less than it was.

use weighbridge::diagnostic::{Code, Diagnostic, Severity};
use weighbridge::questionnaire::write_answers;

use crate::SMALL;
use crate::verdict_support::{load_with, read};

fn answers_of(version: &str, id: &str) -> String {
    format!("format = 1\nquestionnaire = \"small@{version}\"\n\n[answers.{id}]\nvalue = \"much\"\n")
}

fn errors(text: &str) -> Vec<Diagnostic> {
    load_with(&read(SMALL), text).1.into_iter().filter(|one| one.severity() == Severity::Error).collect()
}

#[test]
fn answers_to_a_newer_questionnaire_are_refused_by_an_older_one() {
    for newer in ["1.1.0", "2.0.0"] {
        let found = errors(&answers_of(newer, "load"));
        assert_eq!(found.len(), 1, "{newer}: {found:?}");
        assert!(found[0].message.contains(&format!("version {newer} of the questionnaire, which is newer than this one, 1.0.0")));
        assert!(found[0].help.as_ref().is_some_and(|help| help.contains("--questionnaire")), "{found:?}");
    }
}

#[test]
fn a_later_patch_keeps_its_version() {
    let questionnaire = read(SMALL);
    let text = answers_of("1.0.7", "load");
    let (answers, diagnostics) = load_with(&questionnaire, &text);
    assert_eq!(diagnostics, []);
    assert_eq!(write_answers(&text, &questionnaire, &answers).expect("TOML"), text);
}

#[test]
fn a_misspelt_answer_is_a_mistake_to_mend_and_stays_where_it_is() {
    let found = errors(&answers_of("1.0.0", "laod"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].code, found[0].help.as_deref()), (Code::UnknownQuestion, Some("did you mean `load`?")));
    // An earlier version may have asked it, and what is near to nothing is no misspelling: both are set aside, and kept.
    for (version, id) in [("0.9.0", "laod"), ("1.0.0", "colour")] {
        let text = answers_of(version, id);
        assert_eq!(errors(&text), [], "{version} {id}");
        let questionnaire = read(SMALL);
        let (answers, diagnostics) = load_with(&questionnaire, &text);
        assert!(diagnostics.iter().any(|one| one.code == Code::OutdatedAnswer), "{diagnostics:?}");
        let written = write_answers(&text, &questionnaire, &answers).expect("TOML");
        assert!(written.contains(&format!("[orphans.{id}]\nvalue = \"much\"\n")), "{written}");
    }
}
