//! One walk through a questionnaire. The question answered here: *which page comes next, and what does each action do to the answers?*
//!
//! A pure state machine: no terminal, no file, no clock. A front end shows the page ([`pages`]), turns keys ([`keyboard`]) or typed lines ([`typed`]) into
//! [`Action`]s, and saves whenever [`Survey::apply`] says that an answer changed. Whatever the order of actions, the answers stay writable, and
//! [`Action::Back`] returns to the page before.
//!
//! The verdict is no part of a question's page until the review, unless the walk is live: whoever sees the leader answers towards it.

pub mod facts;
pub mod field;
pub mod keyboard;
pub mod pages;
pub mod typed;
mod walk;
mod words;

use std::cell::OnceCell;
use std::collections::BTreeSet;

pub use walk::{Progress, Scope, is_open};
pub use words::{answer_words, reason_words, sentence};

use facts::ModelFact;
use walk::Walk;

use crate::quantity::Date;
use crate::questionnaire::answers::{Answer, Answers, Confidence, Response, Status, checked, parse_setting, shown};
use crate::questionnaire::{QuestionId, Questionnaire};
use crate::verdict::{ComputedFacts, Decision, decide};

/// The most pages that `back` remembers.
const MAX_HISTORY: usize = 1_000;

/// The longest note, reason or link, in bytes.
pub const MAX_REMARK: usize = 4_096;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// What this is about, how far it is, how long it will take.
    Start,
    /// A question.
    Question {
        /// Which one.
        id: QuestionId,
        /// Whether the review comes next, because it sent here.
        returns_to_review: bool,
    },
    /// All answers, the leader and the grade.
    Review,
    /// The verdict.
    End,
}

/// What a person can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Go on.
    Next,
    /// Answer the question of the page, and go on.
    Answer(Response),
    /// Say that nobody knows, and go on.
    Unknown,
    /// Say why the question does not apply, and go on.
    NotApplicable(String),
    /// Put the question off, and go on; an answer that is there stays.
    Skip,
    /// Return to the page before.
    Back,
    /// Go to a question.
    Jump(QuestionId),
    /// Go to the review.
    Review,
    /// Write the note of the question, or take it away with an empty one.
    Note(String),
    /// Add a link or a file that shows the answer, or take it away if it is there.
    Evidence(String),
    /// Say how sure the answer is.
    Confidence(Option<Confidence>),
    /// Go to the next confidence: none, measured, estimate, guess.
    NextConfidence,
    /// Answer again, after the model contradicted.
    Reconsider,
}

/// What an action did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The answers are as before.
    Kept,
    /// The answer to this question changed, and is to be saved.
    Changed(QuestionId),
    /// The walk is over.
    Finished,
}

/// Who answers, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// The names; nobody is named if empty.
    pub by: Vec<String>,
    /// The day.
    pub on: Option<Date>,
}

/// What a survey begins with.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What is asked.
    pub scope: Scope,
    /// Who answers.
    pub signature: Signature,
    /// What the model computes about questions.
    pub facts: Vec<ModelFact>,
    /// What the model computes about candidates.
    pub computed: ComputedFacts,
    /// Whether the leader is shown from the start.
    pub is_live: bool,
    /// Why nothing can be changed.
    pub read_only: Option<String>,
}

/// The state of a walk.
#[derive(Debug, Clone)]
pub struct Survey<'q> {
    questionnaire: &'q Questionnaire,
    answers: Answers,
    shown: Vec<bool>,
    walk: Walk,
    page: Page,
    history: Vec<Page>,
    contradicted: Option<QuestionId>,
    touched: BTreeSet<QuestionId>,
    /// The question of the page, where its confidence was stated on this visit: it is that of the answer to come.
    sure_of: Option<QuestionId>,
    opening: Opening,
    /// The decision by the answers as they are; every change of an answer empties it.
    decision: OnceCell<Decision>,
}

impl<'q> Survey<'q> {
    /// Begins a walk.
    pub fn new(questionnaire: &'q Questionnaire, answers: Answers, opening: Opening) -> Self {
        Self {
            shown: shown(questionnaire, &answers),
            walk: Walk::new(questionnaire, &answers, opening.scope.clone()),
            page: Page::Start,
            history: Vec::new(),
            contradicted: None,
            touched: BTreeSet::new(),
            sure_of: None,
            questionnaire,
            answers,
            opening,
            decision: OnceCell::new(),
        }
    }

    /// Returns the questionnaire.
    pub fn questionnaire(&self) -> &'q Questionnaire {
        self.questionnaire
    }

    /// Returns the answers.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Gives the answers away.
    pub fn into_answers(self) -> Answers {
        self.answers
    }

    /// Says whether answers are weighed: a questionnaire without candidates only asks.
    pub fn weighs(&self) -> bool {
        !self.questionnaire.candidates.is_empty()
    }

    /// Returns the page.
    pub fn page(&self) -> Page {
        self.page
    }

    /// Returns the question of the page.
    pub fn question(&self) -> Option<QuestionId> {
        match self.page {
            Page::Question { id, .. } => Some(id),
            Page::Start | Page::Review | Page::End => None,
        }
    }

    /// Says why nothing can be changed, if so.
    pub fn read_only(&self) -> Option<&str> {
        self.opening.read_only.as_deref()
    }

    /// Says whether the leader is shown on the pages of questions.
    pub fn is_live(&self) -> bool {
        self.opening.is_live
    }

    /// Says whether a question is asked under the current answers.
    pub fn is_shown(&self, question: QuestionId) -> bool {
        self.shown[question.0]
    }

    /// Says whether an answer was changed in this walk.
    pub fn is_touched(&self, question: QuestionId) -> bool {
        self.touched.contains(&question)
    }

    /// Returns the questions of the walk that are asked under the current answers.
    pub fn reachable(&self) -> impl Iterator<Item = QuestionId> {
        self.walk.order.iter().copied().filter(|id| self.is_shown(*id))
    }

    /// Returns how far the walk is.
    pub fn progress(&self) -> Progress {
        let answered = self.reachable().filter(|id| !is_open(&self.answers, *id)).count();
        Progress { answered, of: self.reachable().count() }
    }

    /// Returns the core questions that the decision waits for.
    pub fn open_core(&self) -> Vec<QuestionId> {
        self.questionnaire.quick_walk().filter(|id| self.is_shown(*id) && is_open(&self.answers, *id)).collect()
    }

    /// Decides by the answers so far. What is drawn again without a change of an answer is not decided again.
    pub fn decision(&self) -> &Decision {
        self.decision.get_or_init(|| decide(self.questionnaire, &self.answers, &self.opening.computed))
    }

    /// Returns what the model computes about a question.
    pub fn facts(&self, question: QuestionId) -> impl Iterator<Item = &ModelFact> {
        self.opening.facts.iter().filter(move |fact| fact.question == question)
    }

    /// Returns the option that the model would choose, if there is one.
    pub fn by_model(&self, question: QuestionId) -> Option<usize> {
        self.facts(question).find_map(ModelFact::option)
    }

    /// Returns the fact that contradicts the answer to a question.
    pub fn contradiction(&self, question: QuestionId) -> Option<&ModelFact> {
        let response = self.answers.response(question)?;
        self.facts(question).find(|fact| fact.contradicts(response))
    }

    /// Says whether the page still shows its question because the model has just contradicted the answer.
    pub fn is_contradicted(&self) -> bool {
        self.contradicted.is_some() && self.contradicted == self.question()
    }

    /// Takes an answer over that somebody else has saved meanwhile; what was changed in this walk stays.
    pub fn adopt(&mut self, question: QuestionId, answer: Option<&Answer>) {
        if self.is_touched(question) {
            return;
        }
        match answer {
            Some(answer) => self.answers.set(question, answer.clone()),
            None => self.answers.clear(question),
        }
        self.answers_changed();
    }

    /// Takes `question=value` in, as `--set` states it, whether the question is asked now or not. `n/a` gives its reason: `question=n/a: reason`.
    ///
    /// # Errors
    /// When there is no such question or option; the message names the nearest.
    pub fn set_from_text(&mut self, setting: &str) -> Result<Effect, String> {
        let Some((id, value)) = setting.split_once('=') else { return Err(format!("`{setting}` is not of the form `question=option`")) };
        let (id, value) = (self.find(id)?, value.trim());
        let (status, reason) = parse_setting(self.questionnaire, id, value)?;
        if status != Status::NotApplicable {
            return self.settle(id, status, None);
        }
        let name = &self.questionnaire.question(id).id;
        let reason =
            remark(reason.as_deref().unwrap_or(""))?.ok_or_else(|| format!("say why `{name}` does not apply: `{name}=n/a: reason`"))?;
        self.settle(id, status, Some(reason))
    }

    /// Answers every core question that waits for an answer with `unknown`.
    ///
    /// # Errors
    /// When nothing can be changed.
    pub fn open_core_is_unknown(&mut self) -> Result<Vec<QuestionId>, String> {
        let mut changed = Vec::new();
        // An answer can bring further questions up.
        while let Some(id) = self.open_core().first().copied() {
            self.settle(id, Status::Unknown, None)?;
            changed.push(id);
        }
        Ok(changed)
    }

    /// Does what a person wants.
    ///
    /// # Errors
    /// When the action does not fit the page or the question; nothing has changed then, and the message says what would fit.
    pub fn apply(&mut self, action: Action) -> Result<Effect, String> {
        let was_contradicted = self.contradicted.take();
        match action {
            Action::Next => Ok(self.next()),
            Action::Back => {
                self.back();
                Ok(Effect::Kept)
            }
            Action::Review => {
                self.go(Page::Review);
                Ok(Effect::Kept)
            }
            Action::Jump(id) if self.is_shown(id) => {
                let returns_to_review = self.page == Page::Review;
                self.go(Page::Question { id, returns_to_review });
                Ok(Effect::Kept)
            }
            Action::Jump(id) => Err(format!("`{}` is not asked under the current answers", self.questionnaire.question(id).id)),
            Action::Reconsider => Ok(Effect::Kept),
            Action::Answer(response) => {
                let id = self.asked()?;
                let response = checked(self.questionnaire, id, response)?;
                let effect = self.settle(id, Status::Given(response), None)?;
                if self.contradiction(id).is_some() {
                    self.contradicted = Some(id);
                } else {
                    self.next();
                }
                Ok(effect)
            }
            Action::Unknown => {
                let id = self.asked()?;
                let effect = self.settle(id, Status::Unknown, None)?;
                self.next();
                Ok(effect)
            }
            Action::NotApplicable(reason) => {
                let id = self.asked()?;
                let reason = remark(&reason)?.ok_or("say why the question does not apply")?;
                let effect = self.settle(id, Status::NotApplicable, Some(reason))?;
                self.next();
                Ok(effect)
            }
            Action::Skip => {
                let id = self.asked()?;
                let effect = if self.answers.get(id).is_none() && self.read_only().is_none() {
                    self.settle(id, Status::Later, None)?
                } else {
                    Effect::Kept
                };
                self.next();
                Ok(effect)
            }
            Action::Note(text) => self.annotate(was_contradicted, |answer| {
                answer.note = remark(&text)?;
                Ok(())
            }),
            Action::Evidence(text) => self.annotate(was_contradicted, |answer| {
                if let Some(link) = remark(&text)? {
                    match answer.evidence.iter().position(|known| *known == link) {
                        Some(at) => drop(answer.evidence.remove(at)),
                        None => answer.evidence.push(link),
                    }
                }
                Ok(())
            }),
            Action::Confidence(confidence) => {
                let effect = self.annotate(was_contradicted, |answer| {
                    answer.confidence = confidence;
                    Ok(())
                })?;
                self.sure_of = self.question();
                Ok(effect)
            }
            Action::NextConfidence => {
                let known = self.question().and_then(|id| self.answers.get(id)?.confidence);
                let place = known.and_then(|known| Confidence::ALL.iter().position(|one| *one == known));
                let next = Confidence::ALL.get(place.map_or(0, |place| place + 1)).copied();
                self.contradicted = was_contradicted;
                self.apply(Action::Confidence(next))
            }
        }
    }

    /// Returns the question of the page, or says that there is none.
    fn asked(&self) -> Result<QuestionId, String> {
        self.question().ok_or_else(|| "this page asks nothing; go to a question first".to_owned())
    }

    fn writable(&self) -> Result<(), String> {
        self.read_only().map_or(Ok(()), |why| Err(format!("nothing can be changed: {why}")))
    }

    /// Writes a status and signs it; what was remarked about the question stays.
    fn settle(&mut self, id: QuestionId, status: Status, reason: Option<String>) -> Result<Effect, String> {
        self.writable()?;
        let before = self.answers.get(id).cloned();
        let mut answer = before.clone().unwrap_or_else(|| Answer::new(status.clone()));
        answer.status = status;
        answer.reason = reason;
        // Whoever confirms an answer without a name leaves it to those who gave it; a new answer is nobody's but the signer's.
        let is_confirmed = before.as_ref().is_some_and(|before| before.status == answer.status);
        if !(is_confirmed && self.opening.signature.by.is_empty()) {
            answer.by.clone_from(&self.opening.signature.by);
        }
        // How sure one was of the old answer says nothing of the new one.
        let is_changed = before.as_ref().is_some_and(|before| before.status != answer.status && before.status != Status::Later);
        if is_changed && self.sure_of != Some(id) {
            answer.confidence = None;
        }
        answer.on = self.opening.signature.on.or(answer.on);
        answer.stale = false;
        answer.merged = false;
        // Whoever answers anew has talked about it.
        let apart = self.answers.spread.len();
        self.answers.spread.retain(|(other, _)| *other != id);
        if before.as_ref() == Some(&answer) && apart == self.answers.spread.len() {
            return Ok(Effect::Kept);
        }
        Ok(self.keep(id, answer))
    }

    /// Changes what is remarked about the question of the page; a question without an answer is put off, with the remark.
    fn annotate(
        &mut self,
        contradicted: Option<QuestionId>,
        change: impl FnOnce(&mut Answer) -> Result<(), String>,
    ) -> Result<Effect, String> {
        let id = self.asked()?;
        self.writable()?;
        let before = self.answers.get(id);
        let mut answer = before.cloned().unwrap_or_else(|| Answer::new(Status::Later));
        let unchanged = answer.clone();
        change(&mut answer)?;
        // What people have worked on together is theirs: no merge replaces it.
        answer.merged &= answer == unchanged;
        self.contradicted = contradicted;
        Ok(if answer == unchanged { Effect::Kept } else { self.keep(id, answer) })
    }

    fn keep(&mut self, id: QuestionId, answer: Answer) -> Effect {
        self.answers.set(id, answer);
        self.touched.insert(id);
        self.answers_changed();
        Effect::Changed(id)
    }

    /// Brings up to date what follows from the answers.
    fn answers_changed(&mut self) {
        self.shown = shown(self.questionnaire, &self.answers);
        self.decision.take();
    }

    fn next(&mut self) -> Effect {
        match self.page {
            Page::Start if self.walk.starts_with_review => self.go(Page::Review),
            Page::Start => self.go_to_first_open(),
            Page::Question { returns_to_review: true, .. } => self.go(Page::Review),
            Page::Question { id, .. } => self.go_on_from(id),
            Page::Review => self.go(Page::End),
            Page::End => return Effect::Finished,
        }
        Effect::Kept
    }

    /// Goes to the first question that waits for an answer; of questions that were named, to the first.
    fn go_to_first_open(&mut self) {
        let open = self.reachable().find(|id| self.walk.asks_again || is_open(&self.answers, *id));
        self.go(match open {
            Some(id) if !self.is_decided() => Page::Question { id, returns_to_review: false },
            _ => Page::Review,
        });
    }

    fn go_on_from(&mut self, id: QuestionId) {
        let Some(place) = self.walk.order.iter().position(|other| *other == id) else { return self.go_to_first_open() };
        let later = self.walk.order[place + 1..].iter().copied().find(|id| self.is_shown(*id));
        self.go(match later {
            Some(id) if !self.is_decided() => Page::Question { id, returns_to_review: false },
            _ => Page::Review,
        });
    }

    /// Says whether there is a verdict to show: every core question has an answer, or the walk was to end with the decision, and that is taken.
    pub fn is_over(&self) -> bool {
        self.is_decided() || (self.open_core().is_empty() && (self.progress().of > 0 || self.answers.iter().next().is_some()))
    }

    /// Says whether a walk that ends with the decision is over.
    fn is_decided(&self) -> bool {
        self.walk.stops_when_decided && self.decision().possible_winners.candidates.len() <= 1
    }

    fn go(&mut self, page: Page) {
        if page == self.page {
            return;
        }
        if self.history.len() == MAX_HISTORY {
            self.history.remove(0);
        }
        self.history.push(self.page);
        self.show(page);
    }

    fn show(&mut self, page: Page) {
        self.page = page;
        self.sure_of = None;
    }

    /// Returns to the page before; questions that are hidden by now are passed over.
    fn back(&mut self) {
        while let Some(page) = self.history.pop() {
            let is_hidden = matches!(page, Page::Question { id, .. } if !self.is_shown(id));
            if !is_hidden && page != self.page {
                self.show(page);
                return;
            }
        }
    }
}

/// Trims a remark; an empty one is none.
fn remark(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.len() > MAX_REMARK {
        return Err(format!("that is longer than {MAX_REMARK} bytes; keep it short, and link to the rest"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
