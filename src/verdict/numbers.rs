//! At which number does the winner change? The nearest on each side of the answer.
//!
//! Between two critical numbers (break points of levels, numbers that conditions compare with, and where an answer begins or ceases to decide a level) every
//! score is linear in the number and no veto changes. There the winner wins on one stretch without a gap, so that its end is found by halving.

use crate::questionnaire::answers::Response;
use crate::questionnaire::condition::{Expression, Term};
use crate::questionnaire::{CandidateId, ForceId, Question, QuestionId, Ramp};

use super::engine::{Engine, Situation, State};

/// How many halvings find the end of a stretch: more than a floating-point number has digits.
const HALVINGS: usize = 80;

/// How far inside of a stretch it is looked at first, as a share of it.
const INSIDE: f64 = 1e-9;

/// How much further than the end of the stretch a printed number may lie, as a share of the way to it.
const ROUNDING: f64 = 0.01;

/// The most decimals of a printed number.
const DECIMALS: usize = 12;

/// Finds the nearest numbers below and above the answer that change the winner, with who wins then; nothing where no number is answered.
pub(super) fn nearest(
    engine: &Engine<'_>,
    situation: &Situation,
    shown: &[bool],
    id: QuestionId,
    winner: Option<CandidateId>,
) -> Vec<(f64, Option<CandidateId>)> {
    let State::Given(Response::Number(now)) = situation.states[id.0] else { return Vec::new() };
    let question = engine.questionnaire.question(id);
    let critical = critical(engine, situation, shown, id);
    let mut trial = situation.clone();
    let mut winner_at = |number: f64| {
        trial.replace(id, State::Given(Response::Number(number)));
        engine.weigh(&trial).winner
    };
    let above: Vec<f64> = critical.iter().copied().filter(|number| *number > now).collect();
    let below: Vec<f64> = critical.iter().rev().copied().filter(|number| *number < now).collect();
    let mut found = Vec::new();
    for way in [below, above] {
        let mut from = now;
        for to in way {
            let (near, far) = (from + (to - from) * INSIDE, to - (to - from) * INSIDE);
            let end = if winner_at(near) != winner {
                Some(from)
            } else if winner_at(far) != winner {
                Some(halved(near, far, |number| winner_at(number) == winner))
            } else if winner_at(to) != winner {
                // Only just there, or from there on: the next stretch would say so, but this number is nearer.
                found.push((to, winner_at(to)));
                break;
            } else {
                None
            };
            if let Some(end) = end {
                let number = rounded(question, now, end, to, &mut |number| winner_at(number) != winner);
                found.push((number, winner_at(number)));
                break;
            }
            from = to;
        }
    }
    found
}

/// Finds the end of a stretch on which something holds, from a number where it does and one where it does not; returns the first found where it does not.
fn halved(mut holds: f64, mut fails: f64, mut check: impl FnMut(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(holds, fails);
        if check(middle) { holds = middle } else { fails = middle }
    }
    fails
}

/// Finds the roundest number that is hardly further away than the end of the stretch, and flips: a whole one where the question counts whole ones.
fn rounded(question: &Question, now: f64, end: f64, limit: f64, flips: &mut impl FnMut(f64) -> bool) -> f64 {
    let counts = question.ramps.iter().flat_map(|ramp| &ramp.points).all(|(number, _)| number.fract() == 0.0) && now.fract() == 0.0;
    let up = end >= now && limit > now;
    let mut step = 1.0;
    for decimals in 0..=DECIMALS {
        let scaled = end / step;
        let number = if up { scaled.ceil() } else { scaled.floor() } * step;
        // A multiple of a decimal step is itself a decimal.
        let number = format!("{number:.DECIMALS$}").parse().unwrap_or(number);
        for number in [number, if up { number + step } else { number - step }] {
            let is_near = (number - end).abs() <= ROUNDING * (end - now).abs() || (decimals == 0 && counts);
            let is_within = if up { number > now && number <= limit } else { number < now && number >= limit };
            if is_near && is_within && flips(number) {
                return number;
            }
        }
        step /= 10.0;
    }
    if flips(end) { end } else { f64::midpoint(end, limit) }
}

/// Collects the critical numbers, rising, without the same twice; the question's own ends are among them.
fn critical(engine: &Engine<'_>, situation: &Situation, shown: &[bool], id: QuestionId) -> Vec<f64> {
    let questionnaire = engine.questionnaire;
    let question = questionnaire.question(id);
    let mut numbers: Vec<f64> = question.min.into_iter().chain(question.max).collect();
    for ramp in &question.ramps {
        numbers.extend(ramp.points.iter().map(|(number, _)| *number));
        for level in levels_beside(engine, situation, shown, id, ramp.force) {
            numbers.extend(crossings(ramp, level));
        }
    }
    let vetoes = questionnaire.vetoes.iter().map(|veto| &veto.when.expression);
    let shows = questionnaire.questions.iter().filter_map(|other| other.show_if.as_ref()).map(|condition| &condition.expression);
    let mut compared = Vec::new();
    vetoes.chain(shows).for_each(|expression| compared_with(expression, id, &mut compared));
    for term in compared {
        match term {
            Term::Number(number) => numbers.push(*number),
            Term::Question(other) => {
                if let State::Given(Response::Number(number)) = situation.states[other.0] {
                    numbers.push(number);
                }
            }
            Term::Model(name) => {
                let of_candidates = questionnaire.candidates.iter().flat_map(|candidate| engine.computed.of(&candidate.id));
                numbers.extend(of_candidates.filter_map(|facts| facts.get(name)));
            }
            Term::Option(_) => {}
        }
    }
    let is_allowed = |number: &f64| {
        number.is_finite() && question.min.is_none_or(|least| *number >= least) && question.max.is_none_or(|most| *number <= most)
    };
    numbers.retain(is_allowed);
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    numbers
}

/// The levels and bounds that the other answers set of a force.
fn levels_beside(engine: &Engine<'_>, situation: &Situation, shown: &[bool], id: QuestionId, force: ForceId) -> Vec<f64> {
    let mut levels = Vec::new();
    for (at, state) in situation.states.iter().enumerate().filter(|(at, _)| *at != id.0 && shown[*at]) {
        engine.each_level(QuestionId(at), state, |set, low, high, is_bound| {
            if set == force {
                levels.push(if is_bound { high } else { f64::midpoint(low, high) });
            }
        });
    }
    levels
}

/// The numbers at which a ramp reaches a level.
fn crossings(ramp: &Ramp, level: f64) -> impl Iterator<Item = f64> {
    ramp.points.windows(2).filter_map(move |pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let share = (level - y0) / (y1 - y0);
        (share > 0.0 && share < 1.0).then_some(x0 + (x1 - x0) * share)
    })
}

/// Collects what conditions compare a question with; their nesting is bounded by the parser.
fn compared_with<'e>(expression: &'e Expression, id: QuestionId, found: &mut Vec<&'e Term>) {
    match expression {
        Expression::All(parts) | Expression::Any(parts) => parts.iter().for_each(|part| compared_with(part, id, found)),
        Expression::Not(part) => compared_with(part, id, found),
        Expression::Answered(_) | Expression::OneOf(..) => {}
        Expression::Compare { left, right, .. } => match (left, right) {
            (Term::Question(question), other) | (other, Term::Question(question)) if *question == id => found.push(other),
            _ => {}
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::answers::{Answer, Response, Status};
    use crate::questionnaire::cases::{PUBLISHED_CASES, read_cases};
    use crate::questionnaire::{CandidateId, SHOULD_YOU_DISTRIBUTE, read};
    use crate::source::Sources;
    use crate::verdict::{ComputedFacts, decide};

    /// A number among the core questions that drives a need, bounds another, is compared with by a veto, and is held against every whole number.
    #[test]
    fn the_nearest_whole_numbers_are_those_that_a_search_finds() {
        let question = "\n[[question]]\nid = \"people\"\nsection = \"needs\"\nkind = \"number\"\nask = \"a?\"\nwhy = \"w\"\nmin = 0\nmax = 400\nunit = \"people\"\n\
                        drives = \"autonomy\"\nbreaks = [[1, 0.0], [10, 0.25], [30, 0.6], [300, 1.0]]\n\n\
                        [[veto]]\nid = \"X\"\nwhen = \"350 <= people\"\ncandidates = [\"microservices\"]\nbecause = \"b\"\nlift = \"l\"\n";
        let text = SHOULD_YOU_DISTRIBUTE.replacen("core = [", "core = [\n  \"people\",", 1);
        let first = text.find("[[section]]").and_then(|at| text[at..].split('"').nth(1)).expect("a section").to_owned();
        let text = text + &question.replace("\"needs\"", &format!("\"{first}\""));
        let mut sources = Sources::default();
        let file = sources.add("questionnaire.toml", text);
        let (questionnaire, mistakes) = read(&sources, file);
        assert_eq!(mistakes, []);
        let file = sources.add("cases.toml", PUBLISHED_CASES);
        let (cases, _) = read_cases(&sources, file, &questionnaire);
        let people = questionnaire.find_question("people").expect("a question");
        let teams = questionnaire.find_question("teams-blocked").expect("a question");
        let mut n_found = 0;
        for case in cases.iter().filter(|case| ["monzo", "uber-2016", "three-hundred-engineers"].contains(&case.id.as_str())) {
            let winner_at = |number: f64| -> Option<CandidateId> {
                let mut answers = case.answers.clone();
                answers.clear(teams);
                answers.set(people, Answer::new(Status::Given(Response::Number(number))));
                decide(&questionnaire, &answers, &ComputedFacts::default()).winner
            };
            let winners: Vec<Option<CandidateId>> = (0..=400).map(|number| winner_at(f64::from(number))).collect();
            for now in [1_usize, 12, 40, 120, 320, 360] {
                let mut answers = case.answers.clone();
                answers.clear(teams);
                answers.set(people, Answer::new(Status::Given(Response::Number(now as f64))));
                let flips = decide(&questionnaire, &answers, &ComputedFacts::default()).answer_flips;
                let found: Vec<_> = flips
                    .iter()
                    .filter(|flip| flip.changes[0].question == people)
                    .map(|flip| (flip.changes[0].to.clone(), flip.winner))
                    .collect();
                let below = (0..now).rev().find(|number| winners[*number] != winners[now]);
                let above = (now + 1..=400).find(|number| winners[*number] != winners[now]);
                let expected: Vec<_> = below.into_iter().chain(above).map(|at| (Response::Number(at as f64), winners[at])).collect();
                assert_eq!(found, expected, "{} from {now}", case.id);
                n_found += found.len();
            }
        }
        assert!(n_found > 6, "the numbers change some winners: {n_found}");
    }
}
