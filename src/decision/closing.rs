//! The closing questions of the article on distributed systems, answered from what was answered and computed.
//!
//! Each is a row: the article's question, and a function that answers it. What all of them serve, whether distribution can be avoided, is answered beside them.
//! A questionnaire without the forces that they need answers none.

use super::advice::{Advice, Outcome};
use super::designs::DesignRow;
use super::joined;
use crate::quantity::significant;
use crate::questionnaire::answers::{Answers, Response, Status};
use crate::questionnaire::{CandidateId, ForceId, ForceKind, QuestionId, Questionnaire};
use crate::verdict::{Detection, ForceLevel, Verdict};

/// A closing question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The question's name.
    pub name: &'static str,
    /// The question.
    pub asks: &'static str,
    /// The answer, in sentences.
    pub answer: String,
}

/// The names of the eight questions, in the article's order.
pub const CLOSING_QUESTIONS: &[(&str, &str)] = &[
    ("benefits", "Which benefits are expected?"),
    ("know-how", "Is the know-how there?"),
    ("trade-offs", "Which trade-offs can be afforded?"),
    ("start small", "Can it start small?"),
    ("architecture", "Which architecture fits, and are microservices needed?"),
    ("processes", "Are communication and processes good enough?"),
    ("tools", "Are the tools at hand?"),
    ("finances", "Can it be afforded?"),
];

/// From this level on a need is a benefit that is expected.
const STRONG_NEED: f64 = 0.5;

/// How many of the largest prices are named.
const PRICES: usize = 3;

/// What the answers are made of.
struct Known<'a> {
    questionnaire: &'a Questionnaire,
    answers: &'a Answers,
    verdict: &'a Verdict,
    designs: &'a [DesignRow],
    advice: &'a Advice,
    given: &'a [Vec<Option<String>>],
}

/// The closing questions, and what they serve.
pub(super) struct Answered {
    /// Whether distribution can be avoided.
    pub(super) avoidable: Option<String>,
    /// The eight questions.
    pub(super) closing: Vec<Closing>,
}

/// Answers every question, where the questionnaire has their forces.
pub(super) fn answer(
    questionnaire: &Questionnaire,
    answers: &Answers,
    verdict: &Verdict,
    designs: &[DesignRow],
    advice: &Advice,
    given: &[Vec<Option<String>>],
) -> Answered {
    let known = Known { questionnaire, answers, verdict, designs, advice, given };
    let rows: &[fn(&Known<'_>) -> String] = &[benefits, knowhow, trade_offs, start_small, architecture, processes, tools, finances];
    if ["knowhow", "design", "money", "ops"].iter().any(|id| questionnaire.find_force(id).is_none()) {
        return Answered { avoidable: None, closing: Vec::new() };
    }
    let closing = CLOSING_QUESTIONS.iter().zip(rows).map(|((name, asks), row)| Closing { name, asks, answer: row(&known) });
    Answered { avoidable: avoid(&known), closing: closing.collect() }
}

impl Known<'_> {
    fn level(&self, id: &str) -> Option<&ForceLevel> {
        let force = self.questionnaire.find_force(id)?;
        self.verdict.decision.forces.iter().find(|level| level.force == force)
    }

    fn label(&self, candidate: CandidateId) -> &str {
        &self.questionnaire.candidate(candidate).label
    }

    fn cell(&self, candidate: CandidateId, force: ForceId) -> f64 {
        self.questionnaire.candidate(candidate).cells[force.0]
    }

    /// The winner; nobody while open answers leave another one possible.
    fn winner(&self) -> Option<CandidateId> {
        self.verdict.decision.decided()
    }

    /// The candidate that asks least.
    fn simplest(&self) -> Option<CandidateId> {
        let scores = &self.verdict.decision.scores;
        scores.iter().min_by(|a, b| a.asks.total_cmp(&b.asks).then(a.candidate.cmp(&b.candidate))).map(|score| score.candidate)
    }

    /// The words of an answer, where one is given.
    fn said(&self, id: &str) -> Option<String> {
        let question = self.questionnaire.find_question(id)?;
        Some(self.answers.response(question)?.words(self.questionnaire, question))
    }

    /// The id of the option that was chosen.
    fn chosen(&self, id: &str) -> Option<&str> {
        let question = self.questionnaire.find_question(id)?;
        match self.answers.response(question)? {
            Response::Option(option) => Some(&self.questionnaire.question(question).options[*option].id),
            _ => None,
        }
    }

    /// The answers that are given, each with its lead-in, joined as a sentence; none where none is.
    fn told(&self, parts: &[(&str, &str)]) -> Option<String> {
        let told: Vec<String> = parts.iter().filter_map(|(id, words)| Some(format!("{words}: “{}”", self.said(id)?))).collect();
        (!told.is_empty()).then(|| format!("{}.", capitalized(&told.join("; "))))
    }

    /// How ready one is: for the winner, and for which designs it would not do.
    fn readiness(&self, id: &str) -> String {
        let Some(level) = self.level(id) else { return "Not known.".to_owned() };
        let given = |id: &QuestionId| matches!(self.answers.get(*id).map(|answer| &answer.status), Some(Status::Given(_)));
        let said: Vec<String> = level
            .set_by
            .iter()
            .filter(|id| given(id))
            .filter_map(|question| self.said(&self.questionnaire.question(*question).id))
            .map(|said| format!("“{said}”"))
            .collect();
        if said.is_empty() {
            let asks: Vec<String> = self
                .questionnaire
                .quick_walk()
                .filter(|id| self.questionnaire.question(*id).drives().contains(&level.force))
                .map(|id| format!("`{}`", self.questionnaire.question(id).id))
                .collect();
            return format!("Not known: nobody has answered {}.", if asks.is_empty() { "it".to_owned() } else { joined(&asks, 4) });
        }
        let there = format!("there is {} of 1, as answered {}", significant(level.level, 2), joined(&said, 3));
        let is_enough = |candidate: CandidateId| self.cell(candidate, level.force) <= level.level + 1e-9;
        let words = |candidate: CandidateId| format!("{} ({})", self.label(candidate), significant(self.cell(candidate, level.force), 2));
        let winner = self.winner();
        let mut answer = match winner {
            Some(winner) if is_enough(winner) => {
                format!("Yes, for {}: it asks {}, and {there}.", self.label(winner), significant(self.cell(winner, level.force), 2))
            }
            Some(winner) => {
                format!("Not yet, for {}: it asks {}, and {there}.", self.label(winner), significant(self.cell(winner, level.force), 2))
            }
            None => format!("{}.", capitalized(&there)),
        };
        let others = || self.questionnaire.candidate_ids().filter(|candidate| Some(*candidate) != winner);
        let (enough, lacking): (Vec<CandidateId>, Vec<CandidateId>) = others().partition(|candidate| is_enough(*candidate));
        let list = |candidates: &[CandidateId]| joined(&candidates.iter().map(|one| words(*one)).collect::<Vec<_>>(), 7);
        answer.push_str(&match (enough.is_empty(), lacking.is_empty()) {
            (_, true) => " It would do for every other, too.".to_owned(),
            (true, false) => format!(" It would not do for {}.", list(&lacking)),
            (false, false) => format!(" It would do for {}; not for {}.", list(&enough), list(&lacking)),
        });
        let step = &self.questionnaire.force(level.force).first_step;
        if winner.is_some_and(|winner| !is_enough(winner)) && !step.is_empty() {
            answer.push_str(&format!(" First step: {step}"));
        }
        answer
    }

    /// What each design computes of a force: `today: …; microservices: …`.
    fn computed(&self, id: &str) -> Option<String> {
        let force = self.questionnaire.find_force(id)?;
        let cells = self.given.get(force.0)?;
        let parts: Vec<String> = self
            .designs
            .iter()
            .zip(cells)
            .filter_map(|(design, cell)| {
                Some(format!("{}: {}", if design.is_base { "today".to_owned() } else { format!("`{}`", design.id) }, cell.as_ref()?))
            })
            .collect();
        (!parts.is_empty()).then(|| format!(" Computed: {}.", parts.join("; ")))
    }

    fn needs(&self) -> Vec<(ForceId, f64)> {
        let is_need = |level: &&ForceLevel| self.questionnaire.force(level.force).kind == ForceKind::Need;
        let mut needs: Vec<(ForceId, f64)> =
            self.verdict.decision.forces.iter().filter(is_need).map(|level| (level.force, level.level)).collect();
        needs.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        needs
    }
}

/// The question behind all: the simplest design, if the answers justify it.
fn avoid(known: &Known<'_>) -> Option<String> {
    let winner = known.winner()?;
    let simplest = known.simplest()?;
    let label = known.label(simplest);
    let decision = &known.verdict.decision;
    let struck = decision.vetoes.iter().filter(|strike| strike.candidate == simplest);
    let vetoes: Vec<&str> = struck.map(|strike| known.questionnaire.vetoes[strike.veto].because.as_str()).collect();
    let behind = decision.score(winner).zip(decision.score(simplest)).map_or(0.0, |(best, it)| best.score - it.score);
    Some(match vetoes.as_slice() {
        _ if winner == simplest => format!("Yes: {label} is what the answers justify."),
        [because, ..] => format!("No: {label} is vetoed. {because}"),
        [] => format!("It could: nothing vetoes {label}, but it is {} behind {}.", significant(behind, 2), known.label(winner)),
    })
}

fn benefits(known: &Known<'_>) -> String {
    let strong: Vec<String> = known
        .needs()
        .into_iter()
        .filter(|(_, level)| *level >= STRONG_NEED)
        .map(|(force, level)| {
            let gives =
                |candidate: CandidateId| format!("{} gives {}", known.label(candidate), significant(known.cell(candidate, force), 2));
            let mut who: Vec<CandidateId> = known.winner().into_iter().chain(known.simplest()).collect();
            who.dedup();
            let gives: Vec<String> = who.into_iter().map(gives).collect();
            format!("that it {} (needed {}; {})", known.questionnaire.force(force).label, significant(level, 2), gives.join(", "))
        })
        .collect();
    let mut answer = if strong.is_empty() {
        "None of weight: no need reaches 0.5 of 1.".to_owned()
    } else {
        format!("{}.", capitalized(&strong.join("; ")))
    };
    if let Some(named) = known.said("top-three") {
        answer.push_str(&format!(" Named as those whose loss would hurt most: “{named}”."));
    }
    answer
}

fn knowhow(known: &Known<'_>) -> String {
    known.readiness("knowhow")
}

fn trade_offs(known: &Known<'_>) -> String {
    let mut answer = known
        .told(&[
            ("give-up", "given up for the rest"),
            ("stale-data", "where old data may be seen"),
            ("split-choice", "while copies cannot talk"),
        ])
        .unwrap_or_else(|| "Not answered: `give-up`, `stale-data`, `split-choice`.".to_owned());
    if let Some(winner) = known.winner().and_then(|winner| known.verdict.decision.score(winner)) {
        let mut prices: Vec<(ForceId, f64)> =
            known.questionnaire.force_ids().map(|force| (force, -winner.terms[force.0])).filter(|(_, price)| *price >= 0.005).collect();
        prices.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let most: Vec<String> = prices
            .iter()
            .take(PRICES)
            .map(|(force, price)| format!("{} ({})", known.questionnaire.force(*force).label, significant(*price, 2)))
            .collect();
        if !most.is_empty() {
            answer.push_str(&format!(" {} asks most where there is least: {}.", known.label(winner.candidate), joined(&most, PRICES)));
        }
    }
    answer + &known.computed("consistency").unwrap_or_default()
}

fn start_small(known: &Known<'_>) -> String {
    let lead = match known.chosen("first-slice") {
        Some("named-step") => "Yes: a small first step that pays by itself can be named.",
        Some("only-all-at-once") => "No, as answered: only all at once, which is a big bang.",
        _ => "Not known: `first-slice` is not answered.",
    };
    let undo = known.told(&[("undo", "to undo it within a year would take")]).map(|told| format!(" {told}")).unwrap_or_default();
    let way = match (known.designs.first().and_then(|base| base.candidate), known.winner()) {
        (Some(today), Some(winner)) if today == winner => format!(" Today is {} already.", known.label(today)),
        (Some(today), Some(winner)) => {
            let asks = |candidate| known.verdict.decision.score(candidate).map_or(0.0, |score| score.asks);
            let far = asks(winner) - asks(today);
            let (more, far) = if far < 0.0 { ("less", -far) } else { ("more", far) };
            format!(" From {} to {} asks {} {more} in all.", known.label(today), known.label(winner), significant(far, 2))
        }
        _ => String::new(),
    };
    format!("{lead}{undo}{way}")
}

fn architecture(known: &Known<'_>) -> String {
    let decision = &known.verdict.decision;
    let Some(winner) = known.winner() else {
        let possible: Vec<&str> = decision.possible_winners.candidates.iter().map(|one| known.label(*one)).collect();
        return if decision.winner.is_none() {
            "None: the answers veto every one.".to_owned()
        } else {
            format!("Not decided: {} can still win.", joined(&possible, 7))
        };
    };
    let mut answer =
        format!("{}{}: {}.", known.label(winner), if decision.modular { ", modular inside" } else { "" }, decision.grade.word());
    if let Some(micro) = known.questionnaire.find_candidate("microservices").filter(|micro| *micro != winner) {
        let struck = decision.vetoes.iter().filter(|strike| strike.candidate == micro);
        let vetoes: Vec<&str> = struck.map(|strike| known.questionnaire.vetoes[strike.veto].id.as_str()).collect();
        let behind = decision.score(winner).zip(decision.score(micro)).map_or(0.0, |(best, it)| best.score - it.score);
        answer.push_str(&match vetoes.as_slice() {
            [] => format!(" Microservices are not needed: they are {} behind.", significant(behind, 2)),
            vetoes => format!(" Microservices are vetoed ({}).", vetoes.join(", ")),
        });
    } else if known.questionnaire.candidate(winner).id == "microservices" {
        answer.push_str(" So yes, microservices are needed.");
    }
    if decision.detections.iter().any(|one| matches!(one, Detection::Sledgehammer { .. })) {
        answer.push_str(" What is proposed is a sledgehammer for this nut.");
    }
    match (known.advice.outcome, known.advice.recommended) {
        (Outcome::Stay, _) => answer.push_str(" Of the modelled designs, today's is the simplest that holds."),
        (Outcome::Move, Some(at)) => {
            answer.push_str(&format!(" Of the modelled designs, `{}` is the simplest that holds.", known.designs[at].id))
        }
        (Outcome::ModelFirst, _) => answer.push_str(" It is not modelled, so nothing is computed of it."),
        _ => {}
    }
    answer
}

fn processes(known: &Known<'_>) -> String {
    let mut answer = known.readiness("design");
    let told = known.told(&[
        ("teams-blocked", "teams that must ship alone"),
        ("decide-speed", "a decision between teams takes"),
        ("release-time", "from merged to live"),
    ]);
    if let Some(told) = told {
        answer.push_str(&format!(" {told}"));
    }
    answer + &known.computed("autonomy").unwrap_or_default()
}

fn tools(known: &Known<'_>) -> String {
    known.readiness("ops") + &known.computed("ops").unwrap_or_default()
}

fn finances(known: &Known<'_>) -> String {
    let ceiling = known.said("budget-month").map(|said| format!(" Ceiling: {said}.")).unwrap_or_default();
    format!("{}{ceiling}{}", known.readiness("money"), known.computed("money").unwrap_or_default())
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
