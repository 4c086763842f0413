//! What puts a verdict into perspective: who else could win, the proposal, disagreement, published cases, and the doubt about the matrices.

use super::scores::who;
use super::{answered, label, signed, two, winner_label};
use crate::decision::{Judgement, joined};
use crate::quantity::{self, Probability, significant};
use crate::report::sections::Section;
use crate::report::table::Table;
use crate::verdict::{Detection, Kept};

/// Who could win once all open answers are given.
pub(super) fn possible(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    if decision.open.is_empty() {
        return None;
    }
    let mut table = Table::new("What open answers leave possible", &["open question", "its options move"]);
    for id in &decision.open {
        let question = judgement.questionnaire.question(*id);
        let forces: Vec<&str> = question.drives().iter().map(|force| judgement.questionnaire.force(*force).label.as_str()).collect();
        table.row(vec![format!("`{}`: {}", question.id, question.ask), joined(&forces, 4)]);
    }
    let winners: Vec<&str> = decision.possible_winners.candidates.iter().map(|one| label(judgement, *one)).collect();
    let exact =
        if decision.possible_winners.is_exact { "every completion was tried" } else { "a bound, which leaves no possible winner out" };
    table.note(format!("Possible winners: {} ({exact}).", if winners.is_empty() { "none".to_owned() } else { winners.join(", ") }));
    Some(Section::new("possible-winners", table))
}

/// What is wrong with what is proposed.
pub(super) fn proposal(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    let proposal = decision.proposal?;
    let name = label(judgement, proposal);
    let mut table = Table::new(format!("The proposal: {name}"), &["found", "why"]);
    for found in &decision.detections {
        let (what, why) = detection(judgement, found);
        table.row(vec![what.to_owned(), why]);
    }
    if table.rows.is_empty() {
        let words = if decision.decided() == Some(proposal) {
            "it is what the answers justify"
        } else {
            "it is neither too heavy nor too light for the answers"
        };
        table.note(format!("Nothing is found against it: {words}."));
    }
    Some(Section::new("proposal", table))
}

pub(in crate::report) fn detection(judgement: &Judgement, found: &Detection) -> (&'static str, String) {
    let questionnaire = &judgement.questionnaire;
    let winner = winner_label(judgement, judgement.verdict.decision.winner);
    let heavy = |gain: f64, price: f64, idle: f64| {
        let idle = quantity::percent(Probability::new(idle));
        if gain <= 0.0 {
            format!(
                "it costs {} more than {winner} and gives nothing more ({}); {idle} of what it gives is not needed",
                signed(price),
                signed(gain)
            )
        } else {
            format!(
                "it costs {} more than {winner} for {} more gain, {} times as much; {idle} of what it gives is not needed",
                signed(price),
                signed(gain),
                significant(price / gain, 2)
            )
        }
    };
    match found {
        Detection::Sledgehammer { gain, price, idle } => ("a sledgehammer to crack a nut", heavy(*gain, *price, *idle)),
        Detection::Heavy { gain, price, idle } => ("heavy", heavy(*gain, *price, *idle)),
        Detection::UnderEngineered { force, need, gives } => {
            ("under-engineered", format!("{}: the need is {}, it gives {}", questionnaire.force(*force).label, two(*need), two(*gives)))
        }
        Detection::VetoedByNeed { veto } => {
            let veto = &questionnaire.vetoes[*veto];
            ("a need strikes it", format!("{}: {}", veto.id, veto.because))
        }
        Detection::Overload { force, asks, ready, set_by } => {
            let force = questionnaire.force(*force);
            let answer =
                set_by.map(|id| format!("; set by `{}`: “{}”", questionnaire.question(id).id, answered(judgement, id))).unwrap_or_default();
            let step = if force.first_step.is_empty() {
                String::new()
            } else {
                format!(". First step: {}", force.first_step.trim_end_matches('.'))
            };
            ("overload", format!("it asks {} of {}, there is {}: raise that first{answer}{step}", two(*asks), force.label, two(*ready)))
        }
    }
}

/// What people who answered apart should talk about first.
pub(super) fn talk_first(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("Talk about this first", &["question", "whose own answer changes the winner", ">lead moves by"]);
    for one in &judgement.talk_first {
        let flips: Vec<String> = one.flips.iter().map(|(name, winner)| format!("{name}: {}", winner_label(judgement, *winner))).collect();
        table.row(vec![judgement.questionnaire.question(one.question).ask.clone(), flips.join(" · "), two(one.score_spread)]);
    }
    (!table.rows.is_empty()).then(|| Section::new("talk-first", table))
}

/// Answers that are findings by themselves.
pub(super) fn findings(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("What some answers say by themselves", &["answer", "finding"]);
    for (id, option) in &judgement.verdict.decision.findings {
        let question = judgement.questionnaire.question(*id);
        let option = &question.options[*option];
        table.row(vec![format!("`{}`: {}", question.id, option.label), option.finding.clone().unwrap_or_default()]);
    }
    (!table.rows.is_empty()).then(|| Section::new("findings", table))
}

/// Answers that were given to an older questionnaire.
pub(super) fn stale(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("Answers to look at again", &["question", "answered", "who said so, how sure"]);
    for (id, answer) in judgement.answers.iter().filter(|(_, answer)| answer.stale) {
        let question = judgement.questionnaire.question(id);
        table.row(vec![format!("`{}`: {}", question.id, question.ask), answered(judgement, id), who(answer)]);
    }
    table.note("The questionnaire has changed since they were given; they are weighed as they stand.");
    (!table.rows.is_empty()).then(|| Section::new("stale-answers", table))
}

/// The most differing answers that are shown of a case.
const MAX_DIFFERENCES: usize = 6;

/// The published cases with the nearest answers.
pub(super) fn nearest_cases(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("The nearest published cases", &["case", "fits there", ">distance", "answered otherwise there"]);
    for near in &judgement.verdict.nearest_cases {
        let case = &judgement.cases[near.case];
        let fits: Vec<&str> = case.verdicts.iter().map(|candidate| label(judgement, *candidate)).collect();
        let differing: Vec<String> = near
            .differing
            .iter()
            .take(MAX_DIFFERENCES)
            .map(|(id, theirs)| {
                let question = judgement.questionnaire.question(*id);
                format!("`{}`: {} (here: {})", question.id, theirs.words(&judgement.questionnaire, *id), answered(judgement, *id))
            })
            .collect();
        let more = near.differing.len().saturating_sub(MAX_DIFFERENCES);
        let more = if more > 0 { format!(" · and {more} more") } else { String::new() };
        let differing = if differing.is_empty() { "nothing".to_owned() } else { differing.join(" · ") + &more };
        table.row(vec![case.name.clone(), fits.join(" or "), two(near.distance), differing]);
    }
    if table.rows.is_empty() {
        return None;
    }
    table.note("Distance: the mean difference of levels over the core questions that both sides answered. The answers are a reading of public accounts.");
    Some(Section::new("nearest-cases", table))
}

/// What the verdict owes to the exact numbers of the matrices.
pub(super) fn robustness(judgement: &Judgement) -> Option<Section> {
    let robustness = judgement.verdict.robustness.as_ref()?;
    let mut table = Table::new("How much it owes to the matrices", &["changed", "by up to", ">winner kept"]);
    let mut rows = |what: &str, all: &[Kept]| {
        for kept in all {
            table.row(vec![what.to_owned(), two(kept.radius), format!("{} of {}", kept.kept, kept.of)]);
        }
    };
    rows("one cell at a time, up and down", &robustness.one_cell);
    rows("all cells at once, at random (a fixed sample)", &robustness.all_cells);
    if let Some(radius) = robustness.safe_radius {
        table.note(format!("No error up to {} in any number of cells changes the winner.", significant(radius.max(0.0), 2)));
    }
    let flips: Vec<String> = robustness
        .flips
        .iter()
        .take(MAX_DIFFERENCES)
        .map(|flip| {
            let force = &judgement.questionnaire.force(flip.force).id;
            format!("{} of {} by {} ({} wins)", force, label(judgement, flip.candidate), signed(flip.by), label(judgement, flip.winner))
        })
        .collect();
    if !flips.is_empty() {
        let more = robustness.flips.len().saturating_sub(MAX_DIFFERENCES);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        table.note(format!("Single cells that change it: {}{more}.", flips.join("; ")));
    }
    table.note("The matrices of what each candidate gives and asks are judgement; they stand in the questionnaire and may be edited.");
    Some(Section::new("robustness", table))
}

/// The closing questions of the article, answered.
pub(super) fn closing(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("The closing questions", &["question", "answer"]);
    if let Some(avoidable) = &judgement.avoidable {
        table.note(format!("So, can it be avoided? {avoidable}"));
    }
    for one in &judgement.closing {
        table.row(vec![one.asks.to_owned(), one.answer.clone()]);
    }
    (!table.rows.is_empty()).then(|| Section::new("closing-questions", table))
}
