//! What `answers merge` says: what was settled, what to talk about first, where people are apart.

use std::path::Path;

use super::plural;
use crate::questionnaire::answers::{Answer, Response, Status};
use crate::questionnaire::{Merged, Naming, QuestionId, Questionnaire};
use crate::survey::answer_words;
use crate::verdict::{ComputedFacts, talk_first};

/// What is spoken of.
pub(super) struct Words<'a> {
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) merged: &'a Merged,
    pub(super) n_people: usize,
    pub(super) path: &'a Path,
    pub(super) naming: Naming,
    pub(super) computed: &'a ComputedFacts,
}

impl Words<'_> {
    /// Says everything.
    pub(super) fn all(&self) -> String {
        let count = self.merged.answers.iter().count();
        let head = format!("{}: {count} answer{} of {} people\n", self.path.display(), plural(count), self.n_people);
        [head, self.settled(), self.first(), self.apart(), self.otherwise()].concat()
    }

    fn id(&self, question: QuestionId) -> &str {
        &self.questionnaire.question(question).id
    }

    fn answer(&self, question: QuestionId, answer: Option<&Answer>) -> String {
        answer.map(|answer| answer_words(self.questionnaire, question, answer)).unwrap_or_default()
    }

    /// Says what the merge has left as it was settled together, where the people's own answers come to something else.
    fn settled(&self) -> String {
        let mut text = String::new();
        for one in &self.merged.settled {
            let answer = self.merged.answers.get(one.question);
            if answer.is_some_and(|answer| answer.status == one.median.status) {
                continue;
            }
            if text.is_empty() {
                text.push_str("\nKept as it was settled together; --overwrite takes the median instead:\n");
            }
            let (kept, median) = (self.answer(one.question, answer), self.answer(one.question, Some(&one.median)));
            text.push_str(&format!("  {}: {kept} (median {median})\n", self.id(one.question)));
        }
        text
    }

    /// Says what to talk about first: what would change the verdict, the widest first.
    fn first(&self) -> String {
        let mut text = String::new();
        for one in talk_first(self.questionnaire, self.merged, self.computed) {
            if text.is_empty() {
                text.push_str("\nTalk about this first; a person's own answer would change the verdict:\n");
            }
            text.push_str(&format!("  {} (moves the lead by {:.2})\n", self.id(one.question), one.score_spread));
            for (name, winner) in one.flips.iter().filter(|_| self.naming == Naming::Named) {
                let winner = winner.map_or("no design", |winner| self.questionnaire.candidate(winner).label.as_str());
                text.push_str(&format!("    as {name} answers: {winner}\n"));
            }
        }
        text
    }

    /// Says where people are apart, the widest first.
    fn apart(&self) -> String {
        let mut text = String::new();
        for spread in self.merged.spreads.iter().filter(|spread| spread.spread > 0.0) {
            if text.is_empty() {
                text.push_str("\nApart, the widest first (in levels from 0 to 1):\n");
            }
            let median = self.answer(spread.question, self.merged.answers.get(spread.question));
            text.push_str(&format!("  {:.2}  {}: median {median}\n", spread.spread, self.id(spread.question)));
            text.push_str(&self.voices(spread.question, &spread.voices));
        }
        text
    }

    /// Says where people chose otherwise, and no levels compare it.
    fn otherwise(&self) -> String {
        let mut text = String::new();
        for one in &self.merged.choices {
            if text.is_empty() {
                text.push_str("\nApart where no levels say how far:\n");
            }
            let kept = self.answer(one.question, self.merged.answers.get(one.question));
            text.push_str(&format!("  {}: together {kept}\n", self.id(one.question)));
            text.push_str(&self.voices(one.question, &one.voices));
        }
        text
    }

    fn voices(&self, question: QuestionId, voices: &[(String, Response)]) -> String {
        let said = |(name, response): &(String, Response)| {
            let answer = Answer::new(Status::Given(response.clone()));
            format!("        {name}: {}\n", answer_words(self.questionnaire, question, &answer))
        };
        voices.iter().filter(|_| self.naming == Naming::Named).map(said).collect()
    }
}
