//! The verdict in sentences: a headline, and the lines below it.

use super::{label, signed, winner_label};
use crate::decision::{Advice, DesignRow, Judgement, Miss, Must, Outcome, Trigger, Watch, joined};
use crate::diagnostic::Severity;
use crate::quantity::{self, Probability, significant};
use crate::questionnaire::CandidateId;
use crate::report::words::distinct;
use crate::verdict::{Grade, MAX_CHANGES};

/// From this share of random answer sets on, a verdict is the usual one.
const USUAL: f64 = 0.5;

/// The answer in a sentence or two. What the model contradicts, and what somebody has accepted otherwise, is said with it.
pub(in crate::report) fn headline(judgement: &Judgement) -> String {
    let mut said = vec![answer(judgement)];
    said.extend(contradicted(judgement));
    said.extend(accepted_otherwise(judgement));
    said.join(" ")
}

/// The answer in one sentence.
fn answer(judgement: &Judgement) -> String {
    let decision = &judgement.verdict.decision;
    let Advice { outcome, recommended, nearest, winner_fails_as, .. } = &judgement.advice;
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
    let row = |at: usize| &judgement.designs[at];
    let outcome = if judgement.designs.is_empty() { &Outcome::VerdictOnly } else { outcome };
    if let [first, ..] = winner_fails_as.as_slice() {
        let lacks = lacks(judgement, row(*first));
        return format!("The answers justify {words} ({grade}), but {} {}.", named(row(*first)), joined(&lacks, 4));
    }
    let as_what = modelled_as(judgement);
    match (outcome, recommended, nearest) {
        (Outcome::Stay, Some(at), _) if row(*at).candidate == Some(winner) => {
            format!("Stay: {words} is what the answers justify ({grade}), and today's design holds.")
        }
        (Outcome::Stay, Some(_), _) => {
            format!("Stay: today's design is the simplest that holds; the answers favour {words} ({grade}){as_what}.")
        }
        (Outcome::Move, Some(at), _) if row(*at).candidate == Some(winner) => {
            format!("Move to {}: {words} is what the answers justify ({grade}), and this design holds.", named(row(*at)))
        }
        (Outcome::Move, Some(at), _) => {
            format!("Move to {}: it is the simplest design that holds; the answers favour {words} ({grade}){as_what}.", named(row(*at)))
        }
        (Outcome::ModelFirst, _, Some(at)) if row(*at).holds() => format!(
            "Model {words} first: it is what the answers justify ({grade}), nobody has modelled it, and {}, which holds, asks for more than it.",
            named(row(*at))
        ),
        (Outcome::ModelFirst, ..) => {
            format!("Model {words} first: it is what the answers justify ({grade}), nobody has modelled it, and no modelled design holds.")
        }
        (Outcome::NoneHolds, _, Some(at)) => {
            format!("None of the modelled designs holds; the answers justify {words} ({grade}){as_what}. Nearest is {}.", named(row(*at)))
        }
        (Outcome::NoneHolds, ..) => {
            format!("None of the modelled designs stands for a candidate; the answers justify {words} ({grade}){as_what}.")
        }
        (Outcome::VerdictOnly | Outcome::Undecided | Outcome::Stay | Outcome::Move, ..) => format!("{words}: {grade}."),
    }
}

/// What strikes a design, and what it misses, as verbs: `is struck by V2`, `misses survive and change-stop`.
fn lacks(judgement: &Judgement, row: &DesignRow) -> Vec<String> {
    let vetoes: Vec<&str> = row.vetoed_by.iter().map(|at| judgement.questionnaire.vetoes[*at].id.as_str()).collect();
    let misses = distinct(row.misses.iter().map(|miss| miss.what.as_str()));
    let mut lacks = Vec::new();
    if !vetoes.is_empty() {
        lacks.push(format!("is struck by {}", joined(&vetoes, 4)));
    }
    if !misses.is_empty() {
        lacks.push(format!("misses {}", joined(&misses, 4)));
    }
    lacks
}

/// How the winner is modelled, where no design of it can be taken.
fn modelled_as(judgement: &Judgement) -> String {
    let Advice { winner_is_not_modelled, winner_rejected_as, .. } = &judgement.advice;
    match winner_rejected_as.as_slice() {
        _ if *winner_is_not_modelled => ", which nobody has modelled".to_owned(),
        [] => String::new(),
        [one] => format!(", modelled as {}, which was rejected", named(&judgement.designs[*one])),
        several => {
            let names: Vec<String> = several.iter().map(|at| named(&judgement.designs[*at])).collect();
            format!(", modelled as {}, which were rejected", joined(&names, 4))
        }
    }
}

/// The answers that the model contradicts and that nobody has settled.
pub(in crate::report) fn contradicted(judgement: &Judgement) -> Option<String> {
    let open = judgement.contradictions.iter().filter(|one| one.severity() == Severity::Error);
    let questions = open.map(|one| judgement.questionnaire.question(one.question).id.as_str());
    let ids: Vec<String> = distinct(questions).into_iter().map(|id| format!("`{id}`")).collect();
    match ids.as_slice() {
        [] => None,
        [one] => Some(format!("The model contradicts the answer to {one}.")),
        several => Some(format!("The model contradicts {} answers: {}.", several.len(), joined(several, 4))),
    }
}

/// The designs that somebody has accepted although they are not what is recommended.
pub(in crate::report) fn accepted_otherwise(judgement: &Judgement) -> Option<String> {
    let accepted: Vec<String> = judgement.advice.accepted_otherwise.iter().map(|at| named(&judgement.designs[*at])).collect();
    match accepted.as_slice() {
        [] => None,
        [one] => Some(format!("Accepted, though, is {one}.")),
        several => Some(format!("Accepted, though, are {}.", joined(several, 4))),
    }
}

/// The lines below the headline: how sure, what is recommended and why, how usual, who settled contradictions.
pub(super) fn lines(judgement: &Judgement) -> Vec<String> {
    let decision = &judgement.verdict.decision;
    let mut lines = Vec::new();
    lines.extend(verdict_line(judgement));
    lines.extend(most_of_the_lead(judgement));
    if !judgement.designs.is_empty() {
        lines.push(advice_reason(judgement));
    }
    if decision.decided().is_some() {
        let lead = if judgement.advice.outcome == Outcome::Stay { "Decide again when" } else { "It would be another verdict if" };
        let first = judgement.triggers.first().map(|trigger| trigger_words(judgement, trigger));
        lines.push(first.map_or_else(
            || format!("No set of up to {MAX_CHANGES} other answers would make it another verdict."),
            |words| format!("{lead} {words}; all such answers are listed below."),
        ));
    }
    lines.extend(usual(judgement));
    lines.extend(open_questions(judgement));
    lines
}

/// The questions that must be answered before anything is decided.
pub(in crate::report) fn open_questions(judgement: &Judgement) -> Option<String> {
    let decision = &judgement.verdict.decision;
    if decision.grade != Grade::Undetermined || decision.open.is_empty() {
        return None;
    }
    let open: Vec<String> = decision.open.iter().map(|id| format!("`{}`", judgement.questionnaire.question(*id).id)).collect();
    Some(format!("Open: {}. An open question counts as the interval of its options.", joined(&open, 14)))
}

/// The verdict with its margin and how many weightings keep it; while nothing is decided, who is ahead with the middle of what is open.
pub(in crate::report) fn verdict_line(judgement: &Judgement) -> Option<String> {
    let decision = &judgement.verdict.decision;
    let winner = decision.winner?;
    let lead = if decision.decided().is_some() { "Verdict on the answers" } else { "Ahead for now, with open questions half-way" };
    let mut line = format!("{lead}: {}, {}", candidate_words(judgement, winner), decision.grade.word());
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
    let Advice { outcome, recommended, nearest, winner_is_not_modelled, .. } = &judgement.advice;
    let winner = judgement.verdict.decision.winner;
    let mut sentence = match (recommended, nearest) {
        _ if *outcome == Outcome::Undecided => {
            return "Recommended: none; the open questions decide between designs.".to_owned();
        }
        (_, Some(at)) if *outcome == Outcome::ModelFirst && judgement.designs[*at].holds() => {
            let row = &judgement.designs[*at];
            let asks = |asks: Option<f64>| asks.map_or_else(|| "something".to_owned(), |asks| significant(asks, 3));
            let least = winner.and_then(|winner| judgement.verdict.decision.score(winner)).map(|score| score.asks);
            format!(
                "Recommended: none yet; {} holds, but asks {} where the verdict's winner asks {}.",
                named(row),
                asks(row.asks),
                asks(least)
            )
        }
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
                format!(" ({} stated, but not computed)", count(row.n_not_evaluated, "further limit"))
            } else {
                String::new()
            };
            let asks = row.asks.map_or_else(String::new, |asks| format!(", and asks least of those that do ({})", significant(asks, 3)));
            format!("Recommended: {}; no veto strikes it, it {met}{open}{asks}.", named(row))
        }
        (None, Some(at)) => {
            let row = &judgement.designs[*at];
            format!("Recommended: none. Nearest is {}: {}.", named(row), joined(&all_that_lacks(judgement, row), 8))
        }
        (None, None) => "Recommended: none; no modelled design stands for a candidate.".to_owned(),
    };
    if let Some(at) = recommended {
        for found in &judgement.against_recommended {
            let (what, why) = super::perspective::detection(judgement, found);
            sentence.push_str(&format!(" For these answers {} is {what}: {why}.", named(&judgement.designs[*at])));
        }
    }
    if *winner_is_not_modelled && let Some(winner) = winner {
        let candidate = judgement.questionnaire.candidate(winner);
        sentence.push_str(&format!(
            " Nobody has modelled {}: add `alternatives/{}.toml`, which says how the system would look then.",
            candidate.label, candidate.id
        ));
    }
    let rejected: Vec<&DesignRow> = judgement.advice.winner_rejected_as.iter().map(|at| &judgement.designs[*at]).collect();
    for row in rejected {
        let lacks = all_that_lacks(judgement, row);
        let lacks = if lacks.is_empty() { "it would hold".to_owned() } else { joined(&lacks, 4) };
        sentence.push_str(&format!(" {} stands for the verdict's winner, and was rejected; {lacks}.", sentence_start(&named(row))));
    }
    sentence
}

/// Every veto that strikes a design and everything that it misses, each as a clause.
pub(in crate::report) fn all_that_lacks(judgement: &Judgement, row: &DesignRow) -> Vec<String> {
    let shows = |veto: usize| row.veto_shows.iter().find(|(at, _)| *at == veto).map(|(_, words)| format!(": {words}")).unwrap_or_default();
    let vetoes = row.vetoed_by.iter().map(|at| format!("veto {} strikes it{}", judgement.questionnaire.vetoes[*at].id, shows(*at)));
    vetoes.chain(row.misses.iter().map(|miss| miss_words(judgement, miss))).collect()
}

fn sentence_start(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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

/// Returns a trigger that is watched, with what is computed of it.
pub fn watched_words(judgement: &Judgement, one: &Watch) -> String {
    let computed: Vec<&str> = one.computed.iter().filter_map(|(_, computed)| computed.as_deref()).collect();
    let computed = if computed.is_empty() { String::new() } else { format!(" Now: {}.", computed.join("; ")) };
    format!("{}.{computed}", trigger_words(judgement, &judgement.triggers[one.trigger]))
}

/// Says in one line how usual the verdict is.
pub(in crate::report) fn usual_in_short(judgement: &Judgement) -> Option<String> {
    let rates = &judgement.verdict.base_rates;
    let winner = judgement.verdict.decision.decided().filter(|_| rates.of > 0)?;
    let share = rates.share(winner);
    let percent = if share == 0.0 { "none".to_owned() } else { quantity::percent(Probability::new(share)) };
    let usual = if share >= USUAL { ": it is the usual verdict" } else { "" };
    Some(format!("Of random answer sets {percent} give this winner{usual}."))
}

/// Says how usual the verdict is, so that nobody takes the usual one for an insight.
fn usual(judgement: &Judgement) -> Option<String> {
    let rates = &judgement.verdict.base_rates;
    let winner = judgement.verdict.decision.decided()?;
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

/// A design in a sentence.
pub(in crate::report) fn named(row: &DesignRow) -> String {
    if row.is_base { "today's design".to_owned() } else { format!("`{}`", row.id) }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
