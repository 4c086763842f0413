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

/// Merges the answers of several people, in the order given.
///
/// The value of a question is the median of those who answered it; of two middle ones the lower in the questionnaire's order. Whoever said `unknown` or `n/a`
/// is heard only if nobody answered. A choice of several keeps what at least half of the people chose.
pub fn merge(questionnaire: &Questionnaire, people: &[(String, Answers)]) -> Merged {
    let mut merged = Merged { answers: Answers::new(questionnaire), spreads: Vec::new() };
    merged.answers.system = people.iter().find_map(|(_, answers)| answers.system.clone());
    for id in questionnaire.question_ids() {
        let question = questionnaire.question(id);
        let voices: Vec<(String, Response)> =
            people.iter().filter_map(|(name, answers)| answers.response(id).map(|response| (name.clone(), response.clone()))).collect();
        let said: Vec<(&String, &Answer)> =
            people.iter().filter_map(|(name, answers)| answers.get(id).map(|answer| (name, answer))).collect();
        if said.is_empty() {
            continue;
        }
        let status = if voices.is_empty() { said[0].1.status.clone() } else { Status::Given(median(question, &voices)) };
        merged.answers.set(id, together(status, &said));
        let levels: Vec<f64> = voices.iter().filter_map(|(_, response)| level(question, response)).collect();
        if let Some(spread) = spread(levels) {
            merged.answers.spread.push((id, spread));
            merged.spreads.push(Spread { question: id, spread, voices });
        }
    }
    merged.spreads.sort_by(|a, b| b.spread.total_cmp(&a.spread).then(a.question.cmp(&b.question)));
    merged
}

/// Joins what people said about their answers: the least sure confidence, the newest day, all evidence.
fn together(status: Status, said: &[(&String, &Answer)]) -> Answer {
    let mut answer = Answer::new(status);
    answer.confidence = said.iter().filter_map(|(_, one)| one.confidence).max();
    answer.on = said.iter().filter_map(|(_, one)| one.on).max();
    answer.reason = said.iter().find_map(|(_, one)| one.reason.clone());
    answer.stale = said.iter().any(|(_, one)| one.stale);
    for (name, one) in said {
        let by = if one.by.is_empty() { std::slice::from_ref(*name) } else { one.by.as_slice() };
        for (list, items) in [(&mut answer.by, by), (&mut answer.evidence, one.evidence.as_slice())] {
            for item in items {
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
        }
    }
    let notes: Vec<String> = said.iter().filter_map(|(name, one)| one.note.as_ref().map(|note| format!("{name}: {note}"))).collect();
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
            let chosen =
                |at: usize| responses().filter(|response| matches!(response, Response::Options(list) if list.contains(&at))).count();
            let mut kept: Vec<usize> =
                (0..question.options.len()).filter(|at| 2 * chosen(*at) >= voices.len() && chosen(*at) > 0).collect();
            kept.sort_by_key(|at| (std::cmp::Reverse(chosen(*at)), *at));
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
