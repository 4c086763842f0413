//! How large a questionnaire may be: each limit is named where it is exceeded, and what it allows ends.

use weighbridge::diagnostic::{Code, Diagnostic};
use weighbridge::questionnaire::answers::Answers;
use weighbridge::questionnaire::{LONGEST_CORE, MAX_SEARCH};
use weighbridge::verdict::{BaseRates, ComputedFacts, verdict};

use crate::SMALL;
use crate::verdict_support::read_with;

/// [`SMALL`] with a core of so many questions of so many options each, whose levels go from 0 to 1.
fn with_core(questions: usize, options: usize) -> String {
    let mut text = SMALL.to_owned();
    let ids: Vec<String> = (0..questions).map(|at| format!("\"q{at}\"")).collect();
    text = text.replace("core = [\"load\", \"skill\"]", &format!("core = [{}]", ids.join(", ")));
    for at in 0..questions {
        let force = if at % 2 == 0 { "scale" } else { "ops" };
        let options: Vec<String> =
            (0..options).map(|one| format!("{{ id = \"o{one}\", level = {{ {force} = {} }} }}", one as f64 / options as f64)).collect();
        text.push_str(&format!(
            "\n[[question]]\nid = \"q{at}\"\nsection = \"all\"\nkind = \"choice\"\nask = \"?\"\noption = [{}]\n",
            options.join(", ")
        ));
    }
    text
}

fn exceeded(text: &str) -> Vec<Diagnostic> {
    read_with(text).1.into_iter().filter(|one| one.code == Code::LimitExceeded).collect()
}

#[test]
fn a_core_that_is_too_long_is_an_error_that_names_the_limit() {
    assert_eq!(exceeded(&with_core(LONGEST_CORE, 3)), []);
    let found = exceeded(&with_core(LONGEST_CORE + 1, 3));
    assert!(found.len() == 1 && found[0].message.contains("21 core questions; the limit is 20"), "{found:?}");
}

/// Of 12 questions with 8 options, 7 others each: 12·7 + 66·49 + 220·343 + 495·2401 = 1,267,273 sets, for each of two candidates. Of 16 questions:
/// 16·7 + 120·49 + 560·343 + 1820·2401 = 4,567,892, twice.
#[test]
fn a_core_that_cannot_be_searched_is_an_error_that_names_the_limit() {
    assert_eq!(exceeded(&with_core(12, 8)), []);
    let found = exceeded(&with_core(16, 8));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("9135784 sets of up to 4 other core answers") && found[0].message.contains(&MAX_SEARCH.to_string()));
}

/// The largest core that is read is searched to the end, whatever is answered.
#[test]
fn what_is_read_comes_to_a_verdict() {
    let (questionnaire, diagnostics) = read_with(&with_core(12, 8));
    assert_eq!(diagnostics, []);
    let answers = Answers::new(&questionnaire);
    let rates = BaseRates { wins: vec![0; 2], of: 0 };
    let verdict = verdict(&questionnaire, &answers, &ComputedFacts::default(), &[], &rates);
    assert!(verdict.decision.winner.is_some());
}

/// What each weighing looks at has limits over the whole file. [`SMALL`] sets 4 levels, so 127 · 64 + 60 more are the most.
#[test]
fn levels_and_conditions_have_limits_together() {
    let option = |at: usize| format!("{{ id = \"o{at}\", level = {{ scale = 0.5 }} }}");
    let question = |at: usize, options: usize| {
        let options: Vec<String> = (0..options).map(option).collect();
        format!("\n[[question]]\nid = \"q{at}\"\nsection = \"all\"\nkind = \"choice\"\nask = \"?\"\noption = [{}]\n", options.join(", "))
    };
    let levels: String = (0..127).map(|at| question(at, 64)).collect();
    assert_eq!(exceeded(&format!("{SMALL}{levels}{}", question(127, 60))), []);
    let found = exceeded(&format!("{SMALL}{levels}{}", question(127, 61)));
    assert!(found.len() == 1 && found[0].message.contains("at most 8192 levels"), "{found:?}");
    let veto = |at: usize, bytes: usize| {
        let condition = format!("skill == 'no'{}", " ".repeat(bytes - 13));
        format!("\n[[veto]]\nid = \"W{at}\"\nwhen = \"{condition}\"\ncandidates = [\"many\"]\nbecause = \"b\"\nlift = \"l\"\n")
    };
    // `load == 'much'` has 14 bytes, `skill == 'no'` 13.
    let rest = 16_384 - 27 - 3 * 4_096;
    let conditions: String = (0..3).map(|at| veto(at, 4_096)).collect();
    assert_eq!(exceeded(&format!("{SMALL}{conditions}{}", veto(3, rest))), []);
    let found = exceeded(&format!("{SMALL}{conditions}{}", veto(3, rest + 1)));
    assert!(found.len() == 1 && found[0].message.contains("at most 16384 bytes together"), "{found:?}");
}

#[test]
fn vetoes_and_break_points_have_limits_too() {
    let veto = "\n[[veto]]\nid = \"W0\"\nwhen = \"skill == 'no'\"\ncandidates = [\"many\"]\nbecause = \"b\"\nlift = \"l\"\n";
    let vetoes = |count: usize| (0..count).map(|at| veto.replace("W0", &format!("W{at}"))).collect::<String>();
    assert_eq!(exceeded(&format!("{SMALL}{}", vetoes(127))), []);
    let found = exceeded(&format!("{SMALL}{}", vetoes(128)));
    assert!(found.len() == 1 && found[0].message.contains("at most 128 vetoes"), "{found:?}");
    let breaks = |count: usize| {
        let points: Vec<String> = (0..count).map(|at| format!("[{at}, 0.5]")).collect();
        SMALL.replace("breaks = [[1, 0.1], [3, 0.9]]", &format!("breaks = [{}]", points.join(", ")))
    };
    assert_eq!(exceeded(&breaks(64)), []);
    let found = exceeded(&breaks(65));
    assert!(found.len() == 1 && found[0].message.contains("at most 64 break points"), "{found:?}");
}
