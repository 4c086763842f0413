//! Puts several people's answers together: the median of each question, and how far they are apart.

use super::answers::{Answer, Answers, Response, Status};
use super::definition::{Kind, Question, QuestionId, Questionnaire};

/// The most people for whom the spread is the distance of the extremes; among more it is the interquartile range, so that one voice does not decide it.
const FEW: usize = 4;

/// Several people's answers as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The median answers.
    pub answers: Answers,
    /// How far people are apart, question by question, widest first, ties in asking order.
    pub spreads: Vec<Spread>,
    /// Where people chose otherwise and no levels say how far apart that is: several choices, needs, texts. In asking order.
    pub choices: Vec<Choices>,
    /// What people have settled together since they answered apart, and the merge leaves as it is; in asking order.
    pub settled: Vec<Settled>,
}

/// How far people are apart in one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The question.
    pub question: QuestionId,
    /// Distance of the extremes (up to four people) or interquartile range, in levels.
    pub spread: f64,
    /// Who gave which answer, in the order of the people.
    pub voices: Vec<(String, Response)>,
}

/// What people chose in one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// The question.
    pub question: QuestionId,
    /// Who gave which answer, in the order of the people.
    pub voices: Vec<(String, Response)>,
}

/// An answer that was settled together.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The question.
    pub question: QuestionId,
    /// What the people's own answers come to.
    pub median: Answer,
}

/// Whether a merge says who said what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Names stand under answers and before notes.
    Named,
    /// Nobody is named, as in the later rounds of a Delphi survey.
    Nameless,
}

/// Merges the answers of several people, in the order given.
///
/// The value of a question is the median of those who answered it; of two middle ones the lower in the questionnaire's order. Whoever said `unknown` or `n/a`
/// is heard only if nobody answered: then the more frequent of the two counts, and `unknown` if they are equal. A choice of several keeps what more than half
/// of the people chose; of ranked choices those first that most chose, then those that they ranked higher.
pub fn merge(questionnaire: &Questionnaire, people: &[(String, Answers)]) -> Merged {
    merge_with(questionnaire, people, Naming::Named)
}

/// Merges the answers of several people as [`merge`] does, and names them or not.
pub fn merge_with(questionnaire: &Questionnaire, people: &[(String, Answers)], naming: Naming) -> Merged {
    let answers = Answers::new(questionnaire);
    let mut merged = Merged { answers, spreads: Vec::new(), choices: Vec::new(), settled: Vec::new() };
    merged.answers.system = people.iter().find_map(|(_, answers)| answers.system.clone());
    for id in questionnaire.question_ids() {
        let question = questionnaire.question(id);
        let said: Vec<(&String, &Answer)> =
            people.iter().filter_map(|(name, answers)| answers.get(id).map(|answer| (name, answer))).collect();
        let voices: Vec<(String, Response)> = said
            .iter()
            .filter_map(|(name, answer)| match &answer.status {
                Status::Given(response) => Some(((*name).clone(), response.clone())),
                Status::Unknown | Status::NotApplicable | Status::Later => None,
            })
            .collect();
        let status = if voices.is_empty() { without_an_answer(&said) } else { Some(Status::Given(median(question, &voices))) };
        let Some(status) = status else { continue };
        merged.answers.set(id, together(status, &said, naming));
        let levels: Vec<f64> = voices.iter().filter_map(|(_, response)| level(question, response)).collect();
        if let Some(spread) = spread(levels) {
            merged.answers.spread.push((id, spread));
            merged.spreads.push(Spread { question: id, spread, voices });
        } else if voices.iter().any(|(_, response)| *response != voices[0].1) {
            merged.choices.push(Choices { question: id, voices });
        }
    }
    merged.spreads.sort_by(|a, b| b.spread.total_cmp(&a.spread).then(a.question.cmp(&b.question)));
    merged
}

impl Merged {
    /// Lays the merge over the answers that people have together: what nobody answered apart stays, and what was settled together stays unless it is to be
    /// overwritten.
    pub fn lay_over(&mut self, existing: &Answers, overwrites: bool) {
        for (id, answer) in existing.iter() {
            let is_settled = !answer.merged && answer.status != Status::Later;
            match self.answers.get(id) {
                Some(_) if overwrites || !is_settled => continue,
                Some(median) => self.settled.push(Settled { question: id, median: median.clone() }),
                None => {}
            }
            self.answers.set(id, answer.clone());
            self.spreads.retain(|one| one.question != id);
            self.choices.retain(|one| one.question != id);
            self.answers.spread.retain(|(other, _)| *other != id);
            self.answers.spread.extend(existing.spread.iter().filter(|(other, _)| *other == id));
        }
        self.answers.spread.sort_by_key(|(id, _)| *id);
        self.answers.system = existing.system.clone().or_else(|| self.answers.system.take());
        self.answers.unreadable.clone_from(&existing.unreadable);
    }
}

/// Says what counts where nobody answered: the more frequent of `unknown` and `n/a`, `unknown` if they are equal; else that all have put it off.
fn without_an_answer(said: &[(&String, &Answer)]) -> Option<Status> {
    let count = |status: &Status| said.iter().filter(|(_, answer)| answer.status == *status).count();
    let (unknown, not_applicable) = (count(&Status::Unknown), count(&Status::NotApplicable));
    match (unknown, not_applicable) {
        (0, 0) => (!said.is_empty()).then_some(Status::Later),
        _ if unknown >= not_applicable => Some(Status::Unknown),
        _ => Some(Status::NotApplicable),
    }
}

/// Joins what those people said about their answers who are heard: the least sure confidence, the newest day, all evidence, all reasons. What others remarked
/// about the question is kept.
fn together(status: Status, said: &[(&String, &Answer)], naming: Naming) -> Answer {
    let is_heard = |one: &Answer| std::mem::discriminant(&one.status) == std::mem::discriminant(&status);
    let heard: Vec<(&String, &Answer)> = said.iter().copied().filter(|(_, one)| is_heard(one)).collect();
    let mut answer = Answer::new(status.clone());
    answer.merged = true;
    answer.confidence = heard.iter().filter_map(|(_, one)| one.confidence).max();
    answer.on = heard.iter().filter_map(|(_, one)| one.on).max();
    answer.stale = heard.iter().any(|(_, one)| one.stale);
    let mut reasons: Vec<&str> = Vec::new();
    for (name, one) in &heard {
        reasons.extend(one.reason.as_deref().filter(|reason| !reasons.contains(reason)));
        let own = if one.by.is_empty() { std::slice::from_ref(*name) } else { one.by.as_slice() };
        let by = if naming == Naming::Named { own } else { &[] };
        for (list, items) in [(&mut answer.by, by), (&mut answer.evidence, one.evidence.as_slice())] {
            for item in items {
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
        }
    }
    answer.reason = (!reasons.is_empty()).then(|| reasons.join(" / "));
    let noted = said.iter().filter_map(|(name, one)| Some((name, one.note.as_ref()?)));
    let notes: Vec<String> = noted
        .map(|(name, note)| match naming {
            Naming::Named => format!("{name}: {note}"),
            Naming::Nameless => note.clone(),
        })
        .collect();
    answer.note = (!notes.is_empty()).then(|| notes.join(" / "));
    answer
}

/// Returns the lower middle of a sorted list that is not empty.
fn lower_middle<T: Clone>(sorted: &[T]) -> T {
    sorted[(sorted.len() - 1) / 2].clone()
}

fn median(question: &Question, voices: &[(String, Response)]) -> Response {
    let responses = || voices.iter().map(|(_, response)| response);
    let options = || -> Vec<usize> {
        responses().filter_map(|response| if let Response::Option(at) = response { Some(*at) } else { None }).collect()
    };
    match question.kind {
        Kind::Choice | Kind::YesNo | Kind::Text => {
            let mut options = options();
            options.sort_unstable();
            if options.is_empty() { voices[0].1.clone() } else { Response::Option(lower_middle(&options)) }
        }
        Kind::Number => {
            let mut numbers: Vec<f64> =
                responses().filter_map(|response| if let Response::Number(number) = response { Some(*number) } else { None }).collect();
            numbers.sort_by(f64::total_cmp);
            let mut words = options();
            words.sort_unstable();
            match numbers.len() {
                // Most people chose a word such as `none`: no number is in the middle of them.
                _ if 2 * words.len() > voices.len() => Response::Option(lower_middle(&words)),
                0 => voices[0].1.clone(),
                count if count % 2 == 1 => Response::Number(numbers[count / 2]),
                count => Response::Number(f64::midpoint(numbers[count / 2 - 1], numbers[count / 2])),
            }
        }
        Kind::Multi => {
            let lists: Vec<&[usize]> = responses()
                .filter_map(|response| if let Response::Options(list) = response { Some(list.as_slice()) } else { None })
                .collect();
            let count = |at: usize| lists.iter().filter(|list| list.contains(&at)).count();
            // The sum of ranks: among equally frequent choices their means compare as their sums do.
            let ranks = |at: usize| -> usize { lists.iter().filter_map(|list| list.iter().position(|one| *one == at)).sum() };
            let mut kept: Vec<usize> = (0..question.options.len()).filter(|at| 2 * count(*at) > lists.len()).collect();
            kept.sort_by_key(|at| (std::cmp::Reverse(count(*at)), ranks(*at), *at));
            kept.truncate(question.at_most.unwrap_or(usize::MAX));
            Response::Options(kept)
        }
        Kind::Scale => {
            let mut rows: Vec<_> =
                responses().flat_map(|response| if let Response::Rows(rows) = response { rows.as_slice() } else { &[] }).copied().collect();
            rows.sort_unstable();
            let medians = rows.chunk_by(|a, b| a.0 == b.0).map(lower_middle).collect();
            Response::Rows(medians)
        }
    }
}

/// Returns the level of an answer on the first force that the question drives.
fn level(question: &Question, response: &Response) -> Option<f64> {
    match response {
        Response::Option(at) => question.options[*at].levels.first().map(|(_, level)| *level),
        Response::Number(number) => question.ramps.first().map(|ramp| ramp.level(*number)),
        Response::Options(_) | Response::Rows(_) | Response::Text(_) => None,
    }
}

/// Returns the spread of at least two levels.
fn spread(mut levels: Vec<f64>) -> Option<f64> {
    levels.sort_by(f64::total_cmp);
    let (first, last) = (levels.first()?, levels.last()?);
    match levels.len() {
        1 => None,
        2..=FEW => Some(last - first),
        _ => Some(quantile(&levels, 0.75) - quantile(&levels, 0.25)),
    }
}

/// Interpolates linearly between the order statistics.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor();
    let at = below as usize;
    let next = (at + 1).min(sorted.len() - 1);
    sorted[at] + (sorted[next] - sorted[at]) * (place - below)
}
