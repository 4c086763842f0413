//! What would change the verdict: other answers, other weights.

use super::{MAX_FLIPS, answered, label, two, winner_label};
use crate::decision::Judgement;
use crate::quantity::significant;
use crate::report::sections::Section;
use crate::report::table::Table;
use crate::verdict::{AnswerFlip, Change, MAX_CHANGES, MAX_WEIGHT, how_far};

/// Single answers that change the winner, with what to watch; or, where none does, the smallest sets that do.
pub(super) fn triggers(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("What would change the verdict, and how to notice it", &["question", "now", "if it were", "wins", "watch"]);
    for trigger in &judgement.triggers {
        let each = |cell: &dyn Fn(usize) -> String| (0..trigger.changes.len()).map(cell).collect::<Vec<_>>().join(" · ");
        let question = |at: usize| judgement.questionnaire.question(trigger.changes[at].0);
        table.row(vec![
            each(&|at| question(at).ask.clone()),
            each(&|at| answered(judgement, trigger.changes[at].0)),
            each(&|at| {
                let words = trigger.changes[at].1.iter().map(|one| one.words(&judgement.questionnaire, trigger.changes[at].0));
                words.collect::<Vec<_>>().join(" / ")
            }),
            winner_label(judgement, trigger.winner),
            each(&|at| question(at).watch.clone()),
        ]);
    }
    table.drop_empty_columns();
    let singles = &judgement.verdict.decision.answer_flips;
    if singles.is_empty() {
        table.note("No other answer to a single core question changes the winner.");
    } else {
        table.note("Each of these answers alone changes the winner, all others kept; the nearest first. No other single answer to a core question does.");
        table.note(format!("To try one: add `--set {}`.", setting(judgement, &singles[0].changes[0])));
    }
    table.limit(MAX_FLIPS, "answers");
    Some(Section::new("flips", table))
}

fn setting(judgement: &Judgement, change: &Change) -> String {
    format!("{}={}", judgement.questionnaire.question(change.question).id, change.to.setting(&judgement.questionnaire, change.question))
}

/// The most pairs that are shown.
const MAX_PAIRS: usize = 8;

/// Pairs of answers that change the winner together, the nearest first.
pub(super) fn pairs(judgement: &Judgement) -> Option<Section> {
    let mut pairs: Vec<(f64, &AnswerFlip)> = judgement
        .verdict
        .decision
        .pair_flips
        .iter()
        .map(|pair| (pair.changes.iter().map(|change| how_far(&judgement.questionnaire, &judgement.weighed, change)).sum(), pair))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    // A stable sort: of equally near ones the first in asking order stays first.
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut table = Table::new("Pairs of answers that change it, neither of which does alone", &["one answer", "and the other", "wins"]);
    for (_, pair) in pairs.iter().take(MAX_PAIRS) {
        let cell = |change: &Change| {
            let asked = judgement.questionnaire.question(change.question);
            format!("`{}`: {}", asked.id, change.to.words(&judgement.questionnaire, change.question))
        };
        let [one, other] = pair.changes.as_slice() else { continue };
        table.row(vec![cell(one), cell(other), winner_label(judgement, pair.winner)]);
    }
    if pairs.len() > MAX_PAIRS {
        table.note(format!("The nearest {MAX_PAIRS} of {}; all are in `--format json`.", pairs.len()));
    }
    Some(Section::new("pair-flips", table))
}

/// What would have to be true for each other design, or to free one where all are vetoed.
pub(super) fn paths(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("What would have to be true for each other design", &["design", ">answers", "which"]);
    for path in judgement.verdict.paths.iter().chain(&judgement.verdict.freeing) {
        let changes: Vec<String> = path
            .changes
            .iter()
            .map(|change| {
                let asked = judgement.questionnaire.question(change.question);
                format!(
                    "{} “{}” instead of “{}”",
                    asked.ask,
                    change.to.words(&judgement.questionnaire, change.question),
                    answered(judgement, change.question)
                )
            })
            .collect();
        let (number, which) = match changes.len() {
            0 => (format!("> {MAX_CHANGES}"), format!("no {MAX_CHANGES} other answers lead there")),
            number => (number.to_string(), changes.join(" · ")),
        };
        table.row(vec![label(judgement, path.candidate).to_owned(), number, which]);
    }
    (!table.rows.is_empty()).then(|| Section::new("paths", table))
}

/// The factors on single weights at which the winner changes.
pub(super) fn weights(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    decision.winner?;
    let mut table = Table::new("Weights at which it changes", &["force", "if it weighed", "wins"]);
    for flip in &decision.weight_flips {
        let than = if flip.is_above { "more than" } else { "less than" };
        table.row(vec![
            judgement.questionnaire.force(flip.force).label.clone(),
            format!("{than} {} times as much", significant(flip.factor, 3)),
            label(judgement, flip.winner).to_owned(),
        ]);
    }
    if table.rows.is_empty() {
        table.note(format!("No single weight between 0 and {} times its own changes the winner.", two(MAX_WEIGHT)));
    }
    Some(Section::new("weight-flips", table))
}
