//! What each page says, in finished strings; a front end only lays them out.

use super::Survey;
use super::walk::{Progress, is_open};
use super::words::{answer_words, effect_words, flip_words, lead, reason_words, response_words, sentence};
use crate::questionnaire::answers::{Answer, Response, Status};
use crate::questionnaire::{ForceId, ForceKind, Kind, Question, QuestionId, Questionnaire};
use crate::verdict::{AnswerFlip, Grade};

/// The most reasons, and the most flips, of the last page.
const MOST_OF_EACH: usize = 3;

/// The most lines of the last page.
pub const MAX_END_LINES: usize = 12;

/// The first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPage {
    /// What is asked.
    pub title: String,
    /// Facts about the walk, a line each.
    pub lines: Vec<String>,
}

/// The page of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionPage {
    /// Where one is: `Failure 3/13   2 min left`.
    pub place: String,
    /// The id, as `--set` and `jump` take it.
    pub id: String,
    /// The question.
    pub ask: String,
    /// Why it is asked, in one line.
    pub why: String,
    /// What sort of answer is wanted.
    pub kind: Kind,
    /// The options; none for text and most numbers.
    pub options: Vec<OptionLine>,
    /// The needs of a question of kind `scale`, each with its answer.
    pub rows: Vec<(ForceId, String, Option<usize>)>,
    /// What a field takes: `a number from 0 to 100 (%), or none`.
    pub takes: String,
    /// The answer that is there, in words.
    pub current: Option<String>,
    /// Confidence, evidence, note, and what is special about the answer.
    pub remarks: Vec<String>,
    /// What the model computes, where no option says so.
    pub model: Vec<String>,
    /// What the model says against the answer that was just given.
    pub contradiction: Option<String>,
    /// More help: what the question means, what its answer moves, where it comes from.
    pub help: Vec<String>,
    /// The leader so far, on a live walk.
    pub leader: Option<String>,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionLine {
    /// Its words.
    pub label: String,
    /// What stands behind it: `(current)`, `(model says: …)`.
    pub marks: Vec<String>,
}

/// One row of the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// The question.
    pub question: QuestionId,
    /// The number that one types to go there.
    pub number: usize,
    /// The question's id.
    pub id: String,
    /// The answer.
    pub answer: String,
    /// How sure it is.
    pub confidence: String,
    /// What it moves.
    pub effect: String,
    /// Whether it waits for an answer.
    pub is_open: bool,
}

/// The page of the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewPage {
    /// The leader and the grade, a line each.
    pub verdict: Vec<String>,
    /// All questions of the walk, then the others that are answered.
    pub rows: Vec<ReviewRow>,
}

impl ReviewPage {
    /// Finds the question of a number.
    pub fn question(&self, number: usize) -> Option<QuestionId> {
        self.rows.iter().find(|row| row.number == number).map(|row| row.question)
    }
}

impl Survey<'_> {
    /// Returns the first page.
    pub fn start_page(&self) -> StartPage {
        let (questionnaire, progress) = (self.questionnaire(), self.progress());
        let mut lines = vec![format!("Questionnaire: {}@{}", questionnaire.id, questionnaire.version)];
        lines.extend(self.answers().system.iter().map(|system| format!("System: {system}")));
        lines.push(format!("{} of {} questions answered, {}", progress.answered, progress.of, minutes(progress)));
        lines.extend(self.read_only().map(|why| format!("Read only: {why}")));
        StartPage { title: questionnaire.title.clone(), lines }
    }

    /// Returns the page of a question.
    pub fn question_page(&self, id: QuestionId) -> QuestionPage {
        let questionnaire = self.questionnaire();
        let question = questionnaire.question(id);
        let answer = self.answers().get(id);
        let chosen = answer.and_then(|answer| if let Status::Given(response) = &answer.status { Some(response) } else { None });
        let options = question.options.iter().enumerate().map(|(at, option)| {
            let is_current = matches!(chosen, Some(Response::Option(one)) if *one == at);
            let rank = if let Some(Response::Options(list)) = chosen { list.iter().position(|one| *one == at) } else { None };
            let mut marks = Vec::new();
            if is_current || rank.is_some() {
                marks.push("(current)".to_owned());
            }
            marks.extend(self.facts(id).filter(|fact| fact.option() == Some(at)).map(|fact| format!("(model says: {})", fact.computed)));
            OptionLine { label: option.label.clone(), marks }
        });
        QuestionPage {
            place: self.place(id),
            id: question.id.clone(),
            ask: question.ask.clone(),
            why: question.why.clone(),
            kind: question.kind,
            options: options.collect(),
            rows: rows(questionnaire, question, chosen),
            takes: takes(question),
            current: answer.filter(|answer| answer.status != Status::Later).map(|answer| answer_words(questionnaire, id, answer)),
            remarks: remarks(answer),
            model: self.facts(id).filter(|fact| fact.option().is_none()).map(|fact| format!("model says: {}", fact.computed)).collect(),
            contradiction: self.contradiction(id).filter(|_| self.is_contradicted()).map(|fact| {
                let said = chosen.map(|response| response_words(questionnaire, question, response)).unwrap_or_default();
                format!("The model computes: {}. You answered {said}. Keep the answer?", fact.computed)
            }),
            help: help(questionnaire, question),
            leader: (self.is_live() && self.weighs()).then(|| sentence(questionnaire, self.decision())),
        }
    }

    fn place(&self, id: QuestionId) -> String {
        let question = self.questionnaire().question(id);
        let section = self.questionnaire().sections.get(question.section).map_or("", |section| section.title.as_str());
        let progress = self.progress();
        match self.reachable().position(|other| other == id) {
            Some(at) => format!("{section} {}/{}   {}", at + 1, progress.of, minutes(progress)),
            None => format!("{section}   {}", minutes(progress)),
        }
    }

    /// Returns the review.
    pub fn review_page(&self) -> ReviewPage {
        let questionnaire = self.questionnaire();
        // The walk first, so that a question's number is the same here as on its page.
        let walked: Vec<QuestionId> = self.reachable().collect();
        let others = questionnaire.question_ids().filter(|id| self.answers().get(*id).is_some() && !walked.contains(id));
        let listed = walked.iter().copied().chain(others);
        let row = |(at, id): (usize, QuestionId)| {
            let question = questionnaire.question(id);
            let answer = self.answers().get(id);
            let mut effect = effect_words(questionnaire, question, answer);
            if !self.is_shown(id) {
                effect = "inactive: not asked under the current answers".to_owned();
            } else if let Some(fact) = self.contradiction(id) {
                effect = format!("model says: {}", fact.computed);
            }
            ReviewRow {
                question: id,
                number: at + 1,
                id: question.id.clone(),
                answer: answer.map_or_else(|| "-".to_owned(), |answer| answer_words(questionnaire, id, answer)),
                confidence: answer.and_then(|answer| answer.confidence).map(|one| one.word().to_owned()).unwrap_or_default(),
                effect,
                is_open: self.is_shown(id) && is_open(self.answers(), id),
            }
        };
        if !self.weighs() {
            return ReviewPage { verdict: Vec::new(), rows: listed.enumerate().map(row).collect() };
        }
        let decision = self.decision();
        let mut verdict = vec![sentence(questionnaire, decision)];
        if decision.grade != Grade::Undetermined {
            verdict.extend(lead(questionnaire, decision));
        }
        ReviewPage { verdict, rows: listed.enumerate().map(row).collect() }
    }

    /// Returns the verdict in at most [`MAX_END_LINES`] lines: three reasons, three flips, and the next command. Where nothing is weighed, how far one came.
    pub fn end_page(&self, next_command: &str) -> Vec<String> {
        let questionnaire = self.questionnaire();
        if !self.weighs() {
            let progress = self.progress();
            let known = format!("{} of {} questions answered; what was skipped counts as unknown.", progress.answered, progress.of);
            return vec![known, format!("Next: {next_command}")];
        }
        let decision = self.decision();
        let mut lines = vec![sentence(questionnaire, decision)];
        lines.extend(lead(questionnaire, decision));
        let reasons: Vec<String> = decision
            .because
            .iter()
            .filter(|reason| reason.term > 0.0)
            .take(MOST_OF_EACH)
            .map(|reason| format!("  {}", reason_words(questionnaire, reason)))
            .collect();
        if !reasons.is_empty() {
            lines.push("Because:".to_owned());
            lines.extend(reasons);
        }
        let flips: Vec<&AnswerFlip> = decision.answer_flips.iter().chain(&decision.pair_flips).take(MOST_OF_EACH).collect();
        if !flips.is_empty() {
            lines.push("Another answer would change it:".to_owned());
            lines.extend(flips.into_iter().map(|flip| format!("  {}", flip_words(questionnaire, flip))));
        }
        lines.push(format!("Next: {next_command}"));
        lines
    }
}

fn minutes(progress: Progress) -> String {
    match progress.minutes_left() {
        0 => "done".to_owned(),
        left => format!("{left} min left"),
    }
}

fn rows(questionnaire: &Questionnaire, question: &Question, chosen: Option<&Response>) -> Vec<(ForceId, String, Option<usize>)> {
    if question.kind != Kind::Scale {
        return Vec::new();
    }
    let needs = questionnaire.force_ids().filter(|id| questionnaire.force(*id).kind == ForceKind::Need);
    let answered = |force: ForceId| match chosen {
        Some(Response::Rows(rows)) => rows.iter().find(|(other, _)| *other == force).map(|(_, option)| *option),
        _ => None,
    };
    needs.map(|force| (force, questionnaire.force(force).label.clone(), answered(force))).collect()
}

fn takes(question: &Question) -> String {
    let unit = question.unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let words: Vec<&str> = question.options.iter().map(|option| option.id.as_str()).collect();
    match question.kind {
        Kind::Choice | Kind::YesNo => "one option".to_owned(),
        Kind::Multi => match question.at_most {
            Some(most) => format!("up to {most} options, the most important first"),
            None => "any number of options".to_owned(),
        },
        Kind::Scale => "an option for each need".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Number => {
            let bounds = match (question.min, question.max) {
                (Some(low), Some(high)) => format!(" from {low} to {high}"),
                (Some(low), None) => format!(" from {low}"),
                (None, Some(high)) => format!(" up to {high}"),
                (None, None) => String::new(),
            };
            let or = if words.is_empty() { String::new() } else { format!(", or {}", words.join(", ")) };
            format!("a number{bounds}{unit}{or}")
        }
    }
}

fn remarks(answer: Option<&Answer>) -> Vec<String> {
    let Some(answer) = answer else { return Vec::new() };
    let mut remarks = Vec::new();
    if answer.stale {
        remarks.push("stale: the questionnaire has changed since; answer again".to_owned());
    }
    remarks.extend(answer.confidence.map(|confidence| format!("confidence: {}", confidence.word())));
    remarks.extend(answer.evidence.iter().map(|link| format!("evidence: {link}")));
    remarks.extend(answer.note.iter().map(|note| format!("note: {note}")));
    remarks
}

fn help(questionnaire: &Questionnaire, question: &Question) -> Vec<String> {
    let mut help = Vec::new();
    if !question.help.is_empty() {
        help.push(question.help.clone());
    }
    let moved: Vec<&str> = question.drives().into_iter().map(|force| questionnaire.force(force).label.as_str()).collect();
    if !moved.is_empty() {
        help.push(format!("It moves: {}.", moved.join("; ")));
    }
    if !question.article.is_empty() {
        help.push(format!("It comes from the article's part \"{}\".", question.article));
    }
    // Whoever asks for help is shown something.
    if help.is_empty() {
        help.push(question.why.clone());
    }
    help
}
