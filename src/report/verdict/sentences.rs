//! The verdict in sentences: a headline, and the lines below it.

use super::{label, signed, winner_label};
use crate::decision::joined;
use crate::decision::{Advice, DesignRow, Judgement, Miss, Must, Outcome, Trigger};
use crate::quantity::{self, Probability, significant};
use crate::questionnaire::CandidateId;
use crate::verdict::Grade;

/// From this share of random answer sets on, a verdict is the usual one.
const USUAL: f64 = 0.5;

/// The answer in one sentence. What the model contradicts comes first.
pub(in crate::report) fn headline(judgement: &Judgement) -> String {
    let decision = &judgement.verdict.decision;
    let Advice { outcome, recommended, nearest, winner_is_not_modelled, winner_fails_as } = &judgement.advice;
    let Some(winner) = decision.winner else {
        return match &judgement.verdict.freeing {
            Some(path) => format!(
                "The answers veto every architecture; {} is free again after {}.",
                label(judgement, path.candidate),
                count(path.changes.len(), "other answer")
            ),
            None => "The answers veto every architecture.".to_owned(),
        };
    };
    let words = candidate_words(judgement, winner);
    if decision.grade == Grade::Undetermined {
        let possible: Vec<&str> = decision.possible_winners.candidates.iter().map(|one| label(judgement, *one)).collect();
        let open = count(decision.open.len(), "open question");
        return format!("Not decided: {} can still win; {open} must be answered first.", joined(&possible, 4));
    }
    let grade = decision.grade.word();
    if let [first, ..] = winner_fails_as.as_slice() {
        let row = &judgement.designs[*first];
        let misses: Vec<&str> = row.misses.iter().map(|miss| miss.what.as_str()).collect();
        return format!("The answers justify {words} ({grade}), but {} misses {}.", named(row), joined(&dedup(misses), 4));
    }
    let unmodelled = if *winner_is_not_modelled { ", which nobody has modelled" } else { "" };
    let row = |at: usize| &judgement.designs[at];
    match (outcome, recommended, nearest) {
        (Outcome::Stay, Some(at), _) if row(*at).candidate == Some(winner) => {
            format!("Stay: {words} is what the answers justify ({grade}), and today's design holds.")
        }
        (Outcome::Stay, Some(_), _) => {
            format!("Stay: today's design is the simplest that holds; the answers favour {words} ({grade}){unmodelled}.")
        }
        (Outcome::Move, Some(at), _) if row(*at).candidate == Some(winner) => {
            format!("Move to {}: {words} is what the answers justify ({grade}), and this design holds.", named(row(*at)))
        }
        (Outcome::Move, Some(at), _) => {
            format!("Move to {}: it is the simplest design that holds; the answers favour {words} ({grade}){unmodelled}.", named(row(*at)))
        }
        (Outcome::NoneHolds, _, Some(at)) => format!(
            "None of the modelled designs holds; the answers justify {words} ({grade}){unmodelled}. Nearest is {}.",
            named(row(*at))
        ),
        (Outcome::NoneHolds, ..) => {
            format!("None of the modelled designs stands for a candidate; the answers justify {words} ({grade}){unmodelled}.")
        }
        (Outcome::VerdictOnly | Outcome::Stay | Outcome::Move, ..) => format!("{words}: {grade}."),
    }
}

/// The lines below the headline: how sure, what is recommended and why, how usual, who settled contradictions.
pub(super) fn lines(judgement: &Judgement) -> Vec<String> {
    let decision = &judgement.verdict.decision;
    let mut lines = Vec::new();
    lines.extend(verdict_line(judgement));
    lines.extend(most_of_the_lead(judgement));
    if judgement.advice.outcome != Outcome::VerdictOnly {
        lines.push(advice_reason(judgement));
    }
    if decision.winner.is_some() {
        let lead = if judgement.advice.outcome == Outcome::Stay { "Decide again when" } else { "It would be another verdict if" };
        let first = judgement.triggers.first().map(|trigger| trigger_words(judgement, trigger));
        lines.push(first.map_or_else(
            || "No set of up to four other answers would make it another verdict.".to_owned(),
            |words| format!("{lead} {words}; all such answers are listed below."),
        ));
    }
    lines.extend(usual(judgement));
    if decision.grade == Grade::Undetermined {
        let open: Vec<String> = decision.open.iter().map(|id| format!("`{}`", judgement.questionnaire.question(*id).id)).collect();
        lines.push(format!("Open: {}. An open question counts as the interval of its options.", joined(&open, 14)));
    }
    lines
}

/// The verdict with its margin and how many weightings keep it.
fn verdict_line(judgement: &Judgement) -> Option<String> {
    let decision = &judgement.verdict.decision;
    let winner = decision.winner?;
    let mut line = format!("Verdict on the answers: {}, {}", candidate_words(judgement, winner), decision.grade.word());
    match (decision.runner_up, decision.margin) {
        (Some(rival), Some(margin)) => line.push_str(&format!("; {} ahead of {}", signed(margin), label(judgement, rival))),
        _ => line.push_str("; every other candidate is vetoed"),
    }
    let share = decision.weight_share;
    line.push_str(&format!("; {} of {} weightings keep it", share.kept, share.of));
    if let Some(question) = decision.grade_capped_by {
        line.push_str(&format!("; the answer to `{}` keeps the grade from being better", judgement.questionnaire.question(question).id));
    }
    line.push('.');
    Some(line)
}

/// The largest terms of the lead over the runner-up.
fn most_of_the_lead(judgement: &Judgement) -> Option<String> {
    const SHOWN: usize = 3;
    let decision = &judgement.verdict.decision;
    let rival = decision.runner_up?;
    let ahead = decision.because.iter().filter(|reason| reason.term > 0.0).take(SHOWN);
    let terms: Vec<String> =
        ahead.map(|reason| format!("{} ({})", judgement.questionnaire.force(reason.force).label, signed(reason.term))).collect();
    (!terms.is_empty()).then(|| format!("Most of its lead over {}: {}.", label(judgement, rival), joined(&terms, SHOWN)))
}

/// A candidate with its adjective.
pub(in crate::report) fn candidate_words(judgement: &Judgement, candidate: CandidateId) -> String {
    let decision = &judgement.verdict.decision;
    let modular = if decision.modular && decision.winner == Some(candidate) { ", modular inside" } else { "" };
    format!("{}{modular}", label(judgement, candidate))
}

/// Why this design, or why none.
pub(in crate::report) fn advice_reason(judgement: &Judgement) -> String {
    let Advice { recommended, nearest, winner_is_not_modelled, .. } = &judgement.advice;
    let mut sentence = match (recommended, nearest) {
        (Some(at), _) => {
            let row = &judgement.designs[*at];
            let met = match row.n_met {
                0 => "misses nothing that is computed".to_owned(),
                met => format!(
                    "meets {}",
                    if met == 1 {
                        "the one objective or promise that is computed".to_owned()
                    } else {
                        format!("all {met} objectives and promises that are computed")
                    }
                ),
            };
            let open = if row.n_not_evaluated > 0 {
                format!(" ({} stated, but not computed)", count(row.n_not_evaluated, "further objective"))
            } else {
                String::new()
            };
            let asks = row.asks.map_or_else(String::new, |asks| format!(", and asks least of those that do ({})", significant(asks, 3)));
            format!("Recommended: {}; no veto strikes it, it {met}{open}{asks}.", named(row))
        }
        (None, Some(at)) => {
            let row = &judgement.designs[*at];
            let misses: Vec<String> = row.misses.iter().map(|miss| miss_words(judgement, miss)).collect();
            let vetoes: Vec<String> =
                row.vetoed_by.iter().map(|at| format!("veto {} strikes it", judgement.questionnaire.vetoes[*at].id)).collect();
            let all: Vec<&str> = vetoes.iter().chain(&misses).map(String::as_str).collect();
            format!("Recommended: none. Nearest is {}: {}.", named(row), all.join("; "))
        }
        (None, None) => "Recommended: none; no modelled design stands for a candidate.".to_owned(),
    };
    if *winner_is_not_modelled && let Some(winner) = judgement.verdict.decision.winner {
        sentence.push_str(&format!(" Nobody has modelled {}: add an alternative for it.", label(judgement, winner)));
    }
    sentence
}

/// What a design misses, by what.
pub(in crate::report) fn miss_words(judgement: &Judgement, miss: &Miss) -> String {
    let journey = miss.journey.as_ref().map(|id| format!(" of journey `{id}`")).unwrap_or_default();
    let must = match &miss.must {
        Must::Objective(limit) => format!("must be {limit}"),
        Must::Promise(question, response) => format!("is answered “{}”", response.words(&judgement.questionnaire, *question)),
    };
    format!("{}{journey} {must}, but {}", miss.what, miss.is)
}

/// What must happen for another decision, and how it can be noticed.
pub(in crate::report) fn trigger_words(judgement: &Judgement, trigger: &Trigger) -> String {
    let parts: Vec<String> = trigger
        .changes
        .iter()
        .map(|(question, responses)| {
            let asked = judgement.questionnaire.question(*question);
            let options: Vec<String> =
                responses.iter().map(|one| format!("“{}”", one.words(&judgement.questionnaire, *question))).collect();
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let watch = if asked.watch.is_empty() { String::new() } else { format!(" (watch {})", asked.watch) };
            format!("“{}” is answered {}{watch}", asked.ask, options.join(" or "))
        })
        .collect();
    format!(
        "{}: then {}",
        parts.join(" and "),
        match trigger.winner {
            Some(winner) => format!("{} leads", label(judgement, winner)),
            None => "every architecture is vetoed".to_owned(),
        }
    )
}

/// Says how usual the verdict is, so that nobody takes the usual one for an insight.
fn usual(judgement: &Judgement) -> Option<String> {
    let rates = &judgement.verdict.base_rates;
    let winner = judgement.verdict.decision.winner?;
    let share = rates.share(winner);
    if rates.of == 0 {
        return None;
    }
    let given = &judgement.questionnaire.sample.given_label;
    let given = if given.is_empty() { String::new() } else { format!(" (of those in which {given})") };
    let weight = if share >= USUAL {
        " It is the usual verdict: it says more about the questions than about you, unless the flips below are far away."
    } else {
        ""
    };
    Some(format!(
        "{} comes out for {} of {} random answer sets{given}.{weight}",
        winner_label(judgement, Some(winner)),
        if share == 0.0 { "none".to_owned() } else { quantity::percent(Probability::new(share)) },
        quantity::count(rates.of as u64)
    ))
}

fn named(row: &DesignRow) -> String {
    if row.is_base { "today's design".to_owned() } else { format!("`{}`", row.id) }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn dedup(mut words: Vec<&str>) -> Vec<&str> {
    words.dedup();
    words
}
