//! *When must this be decided again?* The answers whose change would change the winner, with what can be watched to notice it.

use crate::questionnaire::answers::{Answers, Response};
use crate::questionnaire::{CandidateId, QuestionId, Questionnaire};
use crate::verdict::{AnswerFlip, Change, Verdict, how_far};

/// An answer that would change the winner.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The question; more than one only where no single answer changes the winner.
    pub changes: Vec<(QuestionId, Vec<Response>)>,
    /// Who wins then; nobody if all are vetoed.
    pub winner: Option<CandidateId>,
    /// How far the nearest of these answers moves the levels.
    pub distance: f64,
}

/// Groups the answers that flip the verdict by question and winner, the nearest first, ties in asking order.
///
/// Where no single answer does, the smallest sets that lead to each other design take their place.
pub(super) fn triggers(questionnaire: &Questionnaire, answers: &Answers, verdict: &Verdict) -> Vec<Trigger> {
    let far = |changes: &[Change]| changes.iter().map(|change| how_far(questionnaire, answers, change)).sum::<f64>();
    let mut found: Vec<Trigger> = Vec::new();
    for AnswerFlip { changes, winner } in &verdict.decision.answer_flips {
        let [change] = changes.as_slice() else { continue };
        let distance = far(changes);
        let same = found.iter_mut().find(|one| one.winner == *winner && one.changes[0].0 == change.question);
        match same {
            Some(one) => {
                one.changes[0].1.push(change.to.clone());
                one.distance = one.distance.min(distance);
            }
            None => found.push(Trigger { changes: vec![(change.question, vec![change.to.clone()])], winner: *winner, distance }),
        }
    }
    if found.is_empty() {
        let paths = verdict.paths.iter().chain(&verdict.freeing).filter(|path| !path.changes.is_empty());
        found.extend(paths.map(|path| Trigger {
            changes: path.changes.iter().map(|change| (change.question, vec![change.to.clone()])).collect(),
            winner: Some(path.candidate),
            distance: far(&path.changes),
        }));
    }
    found.sort_by(|a, b| {
        let questions = |one: &Trigger| one.changes.iter().map(|(question, _)| *question).collect::<Vec<_>>();
        a.changes.len().cmp(&b.changes.len()).then(a.distance.total_cmp(&b.distance)).then_with(|| questions(a).cmp(&questions(b)))
    });
    found
}
