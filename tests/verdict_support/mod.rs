//! What the tests of questionnaire and verdict share. `winner_by_hand` is the definition written down anew, and knows nothing of the engine.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(unreachable_pub, reason = "shared between test binaries")]

pub mod shop;

use std::path::Path;

use weighbridge::diagnostic::{Diagnostic, Severity};
use weighbridge::questionnaire::answers::{Answer, Answers, Confidence, Response, Status, shown};
use weighbridge::questionnaire::cases::{Case, PUBLISHED_CASES, read_cases};
use weighbridge::questionnaire::condition::{Context, Truth};
use weighbridge::questionnaire::{CandidateId, ForceKind, Kind, QuestionId, Questionnaire, SHOULD_YOU_DISTRIBUTE, read_answers};
use weighbridge::source::Sources;
use weighbridge::verdict::SplitMix64;

/// Reads a questionnaire with its diagnostics.
pub fn read_with(text: &str) -> (Questionnaire, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", text);
    weighbridge::questionnaire::read(&sources, file)
}

/// Reads a questionnaire without mistakes.
pub fn read(text: &str) -> Questionnaire {
    let (questionnaire, diagnostics) = read_with(text);
    assert_eq!(diagnostics, []);
    questionnaire
}

/// The questionnaire of the program.
pub fn questionnaire() -> Questionnaire {
    read(SHOULD_YOU_DISTRIBUTE)
}

/// Reads answers with their diagnostics.
pub fn load_with(questionnaire: &Questionnaire, text: &str) -> (Answers, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let file = sources.add("answers.toml", text);
    read_answers(&sources, file, questionnaire)
}

/// Reads answers without errors.
pub fn load(questionnaire: &Questionnaire, text: &str) -> Answers {
    let (answers, diagnostics) = load_with(questionnaire, text);
    assert!(diagnostics.iter().all(|one| one.severity() != Severity::Error), "{diagnostics:?}");
    answers
}

/// The published cases.
pub fn cases(questionnaire: &Questionnaire) -> Vec<Case> {
    let mut sources = Sources::default();
    let file = sources.add("cases.toml", PUBLISHED_CASES);
    let (cases, diagnostics) = read_cases(&sources, file, questionnaire);
    assert_eq!(diagnostics, []);
    assert_eq!(cases.len(), 12);
    cases
}

/// Reads a file of `tests/fixtures/verdicts`.
pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/verdicts").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns answers with one more.
pub fn with(answers: &Answers, id: QuestionId, response: &Response) -> Answers {
    let mut answers = answers.clone();
    answers.set(id, Answer::new(Status::Given(response.clone())));
    answers
}

/// Draws answers: to the core questions alone, or to all, with unknown, skipped and unsure ones among them.
pub fn random_answers(questionnaire: &Questionnaire, seed: u64, wild: bool) -> Answers {
    let mut random = SplitMix64::new(seed);
    let mut answers = Answers::new(questionnaire);
    for id in questionnaire.question_ids().filter(|id| wild || questionnaire.core.contains(id)) {
        let question = questionnaire.question(id);
        if wild && random.below(3) == 0 {
            continue;
        }
        let response = match question.kind {
            Kind::Choice | Kind::YesNo => Response::Option(random.below(question.options.len())),
            Kind::Multi => Response::Options(
                (0..question.options.len()).filter(|_| random.below(3) == 0).take(question.at_most.unwrap_or(9)).collect(),
            ),
            Kind::Number => Response::Number(random.below(100) as f64 + 1.0),
            Kind::Text => Response::Text("text".to_owned()),
            Kind::Scale => {
                let needs = questionnaire.force_ids().filter(|id| questionnaire.force(*id).kind == ForceKind::Need);
                Response::Rows(needs.map(|force| (force, random.below(question.options.len()))).collect())
            }
        };
        let status = match random.below(if wild { 8 } else { 1 }) {
            6 => Status::Unknown,
            7 => Status::NotApplicable,
            _ => Status::Given(response),
        };
        let confidence = wild.then(|| Confidence::ALL[random.below(3)]);
        answers.set(id, Answer { confidence, ..Answer::new(status) });
    }
    answers
}

/// Takes a candidate out of a questionnaire.
pub fn without(questionnaire: &Questionnaire, gone: usize) -> Questionnaire {
    let mut smaller = questionnaire.clone();
    smaller.candidates.remove(gone);
    let moved = |id: CandidateId| (id.0 != gone).then(|| CandidateId(id.0 - usize::from(id.0 > gone)));
    for veto in &mut smaller.vetoes {
        veto.candidates = veto.candidates.iter().copied().filter_map(moved).collect();
    }
    for option in smaller.questions.iter_mut().flat_map(|question| &mut question.options) {
        option.candidate = option.candidate.and_then(moved);
    }
    smaller
}

/// Lists the candidates of a questionnaire backwards.
pub fn backwards(questionnaire: &Questionnaire) -> Questionnaire {
    let mut turned = questionnaire.clone();
    turned.candidates.reverse();
    let last = turned.candidates.len() - 1;
    let moved = |id: CandidateId| CandidateId(last - id.0);
    turned.vetoes.iter_mut().flat_map(|veto| &mut veto.candidates).for_each(|id| *id = moved(*id));
    let options = turned.questions.iter_mut().flat_map(|question| &mut question.options);
    options.for_each(|option| option.candidate = option.candidate.map(moved));
    turned
}

struct Plain<'a>(&'a Answers, Vec<bool>);

impl Context for Plain<'_> {
    fn response(&self, question: QuestionId) -> Option<&Response> {
        self.0.response(question).filter(|_| self.1[question.0])
    }

    fn fact(&self, _: &str) -> Option<f64> {
        None
    }
}

/// The method for answers that are single options: the sum, the vetoes, and the winner, straight from the definition.
pub fn winner_by_hand(questionnaire: &Questionnaire, answers: &Answers) -> Option<CandidateId> {
    let plain = Plain(answers, shown(questionnaire, answers));
    let levels_of = |force| -> Vec<f64> {
        let chosen = questionnaire.question_ids().filter_map(|id| match plain.response(id) {
            Some(Response::Option(option)) => Some(&questionnaire.question(id).options[*option]),
            _ => None,
        });
        chosen.flat_map(|option| option.levels.iter().filter(move |(set, _)| *set == force).map(|(_, level)| *level)).collect()
    };
    let score = |candidate: CandidateId| -> f64 {
        let terms = questionnaire.force_ids().map(|force| {
            let (cell, levels) = (questionnaire.candidate(candidate).cells[force.0], levels_of(force));
            match questionnaire.force(force).kind {
                ForceKind::Need => levels.iter().copied().fold(0.0, f64::max) * cell,
                ForceKind::Ready => {
                    let ready = if levels.is_empty() { 1.0 } else { levels.iter().sum::<f64>() / levels.len() as f64 };
                    -(1.0 - ready + questionnaire.floor) * cell
                }
            }
        });
        terms.sum()
    };
    let is_struck = |candidate: CandidateId| {
        questionnaire.vetoes.iter().any(|veto| veto.candidates.contains(&candidate) && veto.when.expression.evaluate(&plain) == Truth::True)
    };
    let asks = |candidate: CandidateId| -> f64 {
        let ready = questionnaire.force_ids().filter(|force| questionnaire.force(*force).kind == ForceKind::Ready);
        ready.map(|force| questionnaire.candidate(candidate).cells[force.0]).sum()
    };
    let mut free: Vec<(CandidateId, f64)> =
        questionnaire.candidate_ids().filter(|candidate| !is_struck(*candidate)).map(|candidate| (candidate, score(candidate))).collect();
    let highest = free.iter().map(|(_, score)| *score).fold(f64::MIN, f64::max);
    free.retain(|(_, score)| *score >= highest - 1e-9);
    free.into_iter().map(|(candidate, _)| candidate).min_by(|a, b| asks(*a).total_cmp(&asks(*b)))
}
