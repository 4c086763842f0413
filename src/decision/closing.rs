//! The closing questions of the article on distributed systems, answered from what was answered and computed.
//!
//! Each is a row: the article's question, and a function that answers it. A row whose forces the questionnaire does not have is left out.

use super::designs::{Advice, DesignRow, Outcome};
use super::joined;
use crate::quantity::significant;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::{CandidateId, ForceId, ForceKind, Questionnaire};
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

/// The names of the questions, in the article's order.
pub const CLOSING_QUESTIONS: &[(&str, &str)] = &[
    ("avoid", "Can it be avoided?"),
    ("benefits", "Which benefits are expected?"),
    ("know-how", "Is the know-how there?"),
    ("trade-offs", "Which trade-offs can be afforded?"),
    ("start small", "Can it start small?"),
    ("architecture", "Which architecture fits, and are microservices needed?"),
    ("processes", "Are communication and processes good enough?"),
    ("tools", "Are the tools at hand?"),
    ("finances", "Can it be afforded?"),
];

/// What the answers are made of.
struct Known<'a> {
    questionnaire: &'a Questionnaire,
    answers: &'a Answers,
    verdict: &'a Verdict,
    designs: &'a [DesignRow],
    advice: &'a Advice,
    given: &'a [Vec<Option<String>>],
}

/// Answers every question whose forces the questionnaire has.
pub(super) fn answer(
    questionnaire: &Questionnaire,
    answers: &Answers,
    verdict: &Verdict,
    designs: &[DesignRow],
    advice: &Advice,
    given: &[Vec<Option<String>>],
) -> Vec<Closing> {
    let known = Known { questionnaire, answers, verdict, designs, advice, given };
    let rows: &[fn(&Known<'_>) -> Option<String>] =
        &[avoid, benefits, knowhow, trade_offs, start_small, architecture, processes, tools, finances];
    if ["knowhow", "design", "money", "ops"].iter().any(|id| questionnaire.find_force(id).is_none()) {
        return Vec::new();
    }
    CLOSING_QUESTIONS.iter().zip(rows).filter_map(|((name, asks), row)| Some(Closing { name, asks, answer: row(&known)? })).collect()
}

impl Known<'_> {
    fn level(&self, id: &str) -> Option<&ForceLevel> {
        let force = self.questionnaire.find_force(id)?;
        self.verdict.decision.forces.iter().find(|level| level.force == force)
    }

    fn label(&self, candidate: CandidateId) -> &str {
        &self.questionnaire.candidate(candidate).label
    }

    fn winner(&self) -> Option<CandidateId> {
        self.verdict.decision.winner
    }

    /// The words of an answer, where one is given.
    fn said(&self, id: &str) -> Option<String> {
        let question = self.questionnaire.find_question(id)?;
        Some(self.answers.response(question)?.words(self.questionnaire, question))
    }

    /// How ready one is for what the winner asks, in a sentence.
    fn readiness(&self, id: &str) -> Option<String> {
        let level = self.level(id)?;
        let winner = self.winner()?;
        let asked = self.questionnaire.candidate(winner).cells[level.force.0];
        let said: Vec<String> = level
            .set_by
            .iter()
            .filter_map(|question| self.said(&self.questionnaire.question(*question).id))
            .map(|said| format!("“{said}”"))
            .collect();
        let basis = if said.is_empty() { "nothing was answered".to_owned() } else { format!("answered {}", joined(&said, 3)) };
        let enough = if level.set_by.is_empty() {
            "Not known"
        } else if level.level >= asked {
            "Yes"
        } else {
            "Not yet"
        };
        let step = &self.questionnaire.force(level.force).first_step;
        let step = if enough == "Not yet" && !step.is_empty() { format!(" First step: {step}") } else { String::new() };
        Some(format!(
            "{enough}: {basis}, which is {} of 1; {} asks {}.{step}",
            significant(level.level, 2),
            self.label(winner),
            significant(asked, 2)
        ))
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

fn avoid(known: &Known<'_>) -> Option<String> {
    let winner = known.winner()?;
    let simplest = known
        .questionnaire
        .candidate_ids()
        .min_by(|a, b| super::designs::asks(known.questionnaire, *a).total_cmp(&super::designs::asks(known.questionnaire, *b)))?;
    let label = known.label(simplest);
    let vetoes: Vec<&str> = known
        .verdict
        .decision
        .vetoes
        .iter()
        .filter(|strike| strike.candidate == simplest)
        .map(|strike| known.questionnaire.vetoes[strike.veto].because.as_str())
        .collect();
    Some(match vetoes.as_slice() {
        _ if winner == simplest => format!("Yes: {label} wins."),
        [because, ..] => format!("No: {label} is vetoed. {because}"),
        [] => {
            let behind = known.verdict.decision.scores.iter().find(|score| score.candidate == simplest);
            let behind = behind
                .zip(known.verdict.decision.scores.iter().find(|score| score.candidate == winner))
                .map(|(it, best)| best.score - it.score);
            format!(
                "It could: nothing vetoes {label}, which is {} behind {}.",
                behind.map_or_else(|| "somewhat".into(), |behind| significant(behind, 2)),
                known.label(winner)
            )
        }
    })
}

fn benefits(known: &Known<'_>) -> Option<String> {
    let winner = known.winner()?;
    let strong: Vec<String> = known
        .needs()
        .into_iter()
        .filter(|(_, level)| *level >= 0.5)
        .map(|(force, level)| {
            let gives = known.questionnaire.candidate(winner).cells[force.0];
            format!(
                "{} (need {}, {} gives {})",
                known.questionnaire.force(force).label,
                significant(level, 2),
                known.label(winner),
                significant(gives, 2)
            )
        })
        .collect();
    let words: Vec<&str> = strong.iter().map(String::as_str).collect();
    Some(if words.is_empty() { "None of weight: no need reaches 0.5 of 1.".to_owned() } else { format!("{}.", words.join("; ")) })
}

fn knowhow(known: &Known<'_>) -> Option<String> {
    known.readiness("knowhow")
}

fn trade_offs(known: &Known<'_>) -> Option<String> {
    let parts: Vec<String> =
        [("give-up", "given up for the rest"), ("stale-data", "old data may be seen"), ("split-choice", "while copies cannot talk")]
            .iter()
            .filter_map(|(id, words)| Some(format!("{words}: “{}”", known.said(id)?)))
            .collect();
    let computed = known.computed("consistency").unwrap_or_default();
    Some(if parts.is_empty() {
        format!("Not answered: `give-up`, `stale-data`, `split-choice`.{computed}")
    } else {
        format!("{}.{computed}", capitalized(&parts.join("; ")))
    })
}

fn start_small(known: &Known<'_>) -> Option<String> {
    let winner = known.winner()?;
    let mut parts: Vec<String> = [("first-slice", "a first step that pays by itself"), ("undo", "to undo it would take")]
        .iter()
        .filter_map(|(id, words)| Some(format!("{words}: “{}”", known.said(id)?)))
        .collect();
    if parts.is_empty() {
        parts.push("not answered: `first-slice`, `undo`".into());
    }
    let way = match known.designs.first().and_then(|base| base.candidate) {
        Some(today) if today == winner => format!(" Today is {} already.", known.label(today)),
        Some(today) => {
            let far = super::designs::asks(known.questionnaire, winner) - super::designs::asks(known.questionnaire, today);
            format!(" The way from {} to {} asks {} more.", known.label(today), known.label(winner), significant(far, 2))
        }
        None => String::new(),
    };
    Some(format!("{}.{way}", capitalized(&parts.join("; "))))
}

fn architecture(known: &Known<'_>) -> Option<String> {
    let decision = &known.verdict.decision;
    let winner = known.winner()?;
    let mut answer =
        format!("{}{}: {}.", known.label(winner), if decision.modular { ", modular inside" } else { "" }, decision.grade.word());
    if let Some(micro) = known.questionnaire.find_candidate("microservices").filter(|micro| *micro != winner) {
        let vetoes: Vec<&str> = decision
            .vetoes
            .iter()
            .filter(|strike| strike.candidate == micro)
            .map(|strike| known.questionnaire.vetoes[strike.veto].id.as_str())
            .collect();
        let behind = decision
            .scores
            .iter()
            .find(|score| score.candidate == micro)
            .zip(decision.scores.iter().find(|score| score.candidate == winner));
        let behind = behind.map(|(it, best)| best.score - it.score);
        answer.push_str(&match (vetoes.as_slice(), behind) {
            ([], Some(behind)) if behind >= 0.0 => format!(" Microservices are not needed: they are {} behind.", significant(behind, 2)),
            ([], _) => String::new(),
            (vetoes, _) => format!(" Microservices are vetoed ({}).", vetoes.join(", ")),
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
        _ => {}
    }
    Some(answer)
}

fn processes(known: &Known<'_>) -> Option<String> {
    let mut answer = known.readiness("design")?;
    let parts: Vec<String> = [
        ("teams-blocked", "teams that must ship alone"),
        ("decide-speed", "a decision between teams takes"),
        ("release-time", "from merged to live"),
    ]
    .iter()
    .filter_map(|(id, words)| Some(format!("{words}: “{}”", known.said(id)?)))
    .collect();
    if !parts.is_empty() {
        answer.push_str(&format!(" {}.", capitalized(&parts.join("; "))));
    }
    answer.push_str(&known.computed("autonomy").unwrap_or_default());
    Some(answer)
}

fn tools(known: &Known<'_>) -> Option<String> {
    known.readiness("ops")
}

fn finances(known: &Known<'_>) -> Option<String> {
    Some(format!("{}{}", known.readiness("money")?, known.computed("money").unwrap_or_default()))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
