//! The sum, laid open: scores, the terms that decide, vetoes, needs and readiness with who said so, and every term of every candidate.

use super::sentences::named;
use super::{answered, label, signed, two};
use crate::decision::{Judgement, joined};
use crate::questionnaire::answers::Answer;
use crate::questionnaire::{ForceKind, QuestionId};
use crate::report::sections::Section;
use crate::report::table::Table;
use crate::report::words::distinct;
use crate::verdict::{Bound, ForceLevel};

/// Every candidate with its score, the highest first.
pub(super) fn scores(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    let mut table = Table::new("Scores", &[">rank", "candidate", ">score", ">gives", ">costs", ">behind", "struck by"]);
    for (at, score) in decision.scores.iter().enumerate() {
        let vetoes: Vec<&str> = decision
            .vetoes
            .iter()
            .filter(|strike| strike.candidate == score.candidate)
            .map(|strike| judgement.questionnaire.vetoes[strike.veto].id.as_str())
            .collect();
        let (low, high) = score.behind;
        let behind = match decision.winner {
            None => String::new(),
            Some(winner) if winner == score.candidate && decision.decided().is_none() => "ahead".to_owned(),
            Some(winner) if winner == score.candidate => "wins".to_owned(),
            Some(_) if (high - low).abs() < 0.005 => two(low),
            Some(_) => format!("{} to {}", two(low), two(high)),
        };
        table.row(vec![
            (at + 1).to_string(),
            label(judgement, score.candidate).to_owned(),
            signed(score.score),
            two(score.gain),
            two(score.price),
            behind,
            vetoes.join(", "),
        ]);
    }
    table.drop_empty_columns();
    table.note(format!(
        "score = Σ weight · need · gives − Σ weight · (1 − readiness + {}) · asks; a candidate that a veto strikes cannot win.",
        two(decision.floor)
    ));
    table.note("Behind: the ends of the winner's lead, every unsure answer widened by 0.1 (estimate) or 0.2 (guess).");
    Some(Section::new("scores", table))
}

/// The smallest term that is shown.
const SMALLEST_TERM: f64 = 0.005;

/// The terms of the lead over the runner-up, each with its factors.
pub(super) fn because(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    let (winner, rival) = decision.winner.zip(decision.runner_up)?;
    let questionnaire = &judgement.questionnaire;
    let title = format!("Why {}, and not {}", label(judgement, winner), label(judgement, rival));
    let mut table = Table::new(title, &["force", "weight · level · difference", ">term"]);
    for reason in decision.because.iter().filter(|reason| reason.term.abs() >= SMALLEST_TERM) {
        let level = decision.forces.iter().find(|level| level.force == reason.force)?;
        let (ours, theirs) = (questionnaire.candidate(winner).cells[reason.force.0], questionnaire.candidate(rival).cells[reason.force.0]);
        let formula = match questionnaire.force(reason.force).kind {
            ForceKind::Need => format!("{} · {} · ({} − {})", two(level.weight), two(level.level), two(ours), two(theirs)),
            ForceKind::Ready => {
                format!("−{} · (1 − {} + {}) · ({} − {})", two(level.weight), two(level.level), two(decision.floor), two(ours), two(theirs))
            }
        };
        table.row(vec![questionnaire.force(reason.force).label.clone(), formula, signed(reason.term)]);
    }
    let left_out = decision.because.len() - table.rows.len();
    let left_out = if left_out > 0 { format!(" {left_out} below {SMALLEST_TERM} are left out.") } else { String::new() };
    table.note(format!("The terms of all forces add up to the margin of {}.{left_out}", signed(decision.margin?)));
    Some(Section::new("because", table))
}

/// Whom a veto strikes: candidates, and designs of a candidate that is not struck as a whole.
pub(in crate::report) fn struck_by(judgement: &Judgement, veto: usize) -> Vec<String> {
    let strikes: Vec<_> = judgement.verdict.decision.vetoes.iter().filter(|strike| strike.veto == veto).collect();
    let designs = judgement.designs.iter().filter(|row| row.veto_shows.iter().any(|(at, _)| *at == veto));
    let alone = designs.filter(|row| strikes.iter().all(|strike| Some(strike.candidate) != row.candidate));
    let candidates = strikes.iter().map(|strike| label(judgement, strike.candidate).to_owned());
    candidates.chain(alone.map(named)).collect()
}

/// What strikes whom, why, and what lifts it.
pub(super) fn vetoes(judgement: &Judgement) -> Option<Section> {
    let mut table = Table::new("Vetoes", &["veto", "strikes", "because", "what lifts it"]);
    for (at, veto) in judgement.questionnaire.vetoes.iter().enumerate() {
        let struck = struck_by(judgement, at);
        if struck.is_empty() {
            continue;
        }
        let questions: Vec<String> = judgement
            .struck_because_of(at)
            .into_iter()
            .map(|id| format!("`{}`: “{}”", judgement.questionnaire.question(id).id, answered(judgement, id)))
            .collect();
        table.row(vec![veto.id.clone(), struck.join(", "), format!("{} ({})", veto.because, joined(&questions, 3)), veto.lift.clone()]);
    }
    if table.rows.is_empty() {
        table.note("None strikes.");
    }
    Some(Section::new("vetoes", table))
}

/// Needs and readiness: how much, by which answer, who said so, and how sure.
pub(super) fn levels(judgement: &Judgement) -> Option<Section> {
    let questionnaire = &judgement.questionnaire;
    let mut table = Table::new("Needs and readiness", &["force", ">level", "set by", "who said so, how sure"]);
    for level in &judgement.verdict.decision.forces {
        let force = questionnaire.force(level.force);
        let set_by: Vec<String> =
            level.set_by.iter().map(|id| format!("{} {}", questionnaire.question(*id).ask, quoted(judgement, *id))).collect();
        let mut set_by = match (set_by.as_slice(), force.kind) {
            ([], ForceKind::Need) => "nothing answered: no need".to_owned(),
            ([], ForceKind::Ready) => "nothing answered: full readiness".to_owned(),
            (all, _) => all.join(" · "),
        };
        if let Some(Bound { question, at_most, without }) = level.bound {
            let asked = &questionnaire.question(question).ask;
            set_by.push_str(&format!(
                " · bounded to {} instead of {} by {asked} {}",
                two(at_most),
                two(without),
                quoted(judgement, question)
            ));
        }
        if (level.horizon - 1.0).abs() > 1e-9 {
            set_by.push_str(&format!(" · of later: times {}", two(level.horizon)));
        }
        let answers = level.set_by.iter().copied().chain(level.bound.map(|bound| bound.question));
        let who: Vec<String> = answers.filter_map(|id| judgement.weighed.get(id)).map(who).collect();
        table.row(vec![format!("{}: {}", force.kind.word(), force.label), ranged(level), set_by, distinct(who).join(" · ")]);
    }
    let mut legend = "A need is the highest level that an answer sets".to_owned();
    let levels = &judgement.verdict.decision.forces;
    if levels.iter().any(|level| level.bound.is_some()) {
        legend.push_str(", and no more than an answer that bounds it allows");
    }
    if levels.iter().any(|level| (level.horizon - 1.0).abs() > 1e-9) {
        legend.push_str("; one of later counts less");
    }
    table.note(format!("{legend}. A readiness is the mean of its answers. From 0 to 1."));
    Some(Section::new("levels", table))
}

fn quoted(judgement: &Judgement, id: QuestionId) -> String {
    format!("“{}”", answered(judgement, id))
}

fn ranged(level: &ForceLevel) -> String {
    let weight = if (level.weight - 1.0).abs() < 1e-9 { String::new() } else { format!(", weight {}", two(level.weight)) };
    if (level.high - level.low).abs() < 0.005 {
        format!("{}{weight}", two(level.level))
    } else {
        format!("{} ({} to {}){weight}", two(level.level), two(level.low), two(level.high))
    }
}

/// Who gave an answer, when, and how sure: `architecture, 2026-11-20, measured`.
pub(in crate::report) fn who(answer: &Answer) -> String {
    let mut parts = answer.by.clone();
    parts.extend(answer.on.map(|day| day.to_string()));
    parts.extend(answer.confidence.map(|confidence| confidence.word().to_owned()));
    if !answer.evidence.is_empty() {
        parts.push(format!("evidence: {}", answer.evidence.join(", ")));
    }
    if parts.is_empty() { "not said".to_owned() } else { parts.join(", ") }
}

/// Every term of every candidate, in the order of the ranks.
pub(super) fn terms(judgement: &Judgement) -> Option<Section> {
    let decision = &judgement.verdict.decision;
    let ranks: Vec<String> = (1..=decision.scores.len()).map(|rank| format!(">{rank}")).collect();
    let mut heads = vec!["force"];
    heads.extend(ranks.iter().map(String::as_str));
    let mut table = Table::new("Every term of every score", &heads);
    for force in judgement.questionnaire.force_ids() {
        let mut cells = vec![judgement.questionnaire.force(force).id.clone()];
        cells.extend(decision.scores.iter().map(|score| signed(score.terms[force.0])));
        table.row(cells);
    }
    let mut sums = vec!["score".to_owned()];
    sums.extend(decision.scores.iter().map(|score| signed(score.score)));
    table.row(sums);
    table.note("The columns are the ranks of the table of scores.");
    Some(Section::new("terms", table))
}
