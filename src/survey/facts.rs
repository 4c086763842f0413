//! What a model computes about questions: shown beside the options, and held against the answers.

use crate::questionnaire::QuestionId;
use crate::questionnaire::answers::Response;

/// One computed fact about one question.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFact {
    /// The question.
    pub question: QuestionId,
    /// What the model computes, in words: `99.2 %`, `a few machines, 3.2 at peak`.
    pub computed: String,
    /// Which answers agree with it.
    pub agrees: Agreement,
}

/// The answers that agree with a computed fact.
#[derive(Debug, Clone, PartialEq)]
pub enum Agreement {
    /// One of these options.
    Options(Vec<usize>),
    /// A number between these bounds.
    Between(f64, f64),
}

impl ModelFact {
    /// Says whether an answer contradicts the fact; what cannot be compared does not.
    pub fn contradicts(&self, response: &Response) -> bool {
        match (&self.agrees, response) {
            (Agreement::Options(agreeing), Response::Option(chosen)) => !agreeing.contains(chosen),
            (Agreement::Between(low, high), Response::Number(number)) => !(low..=high).contains(&number),
            (Agreement::Options(_) | Agreement::Between(..), _) => false,
        }
    }

    /// Returns the option that the model would choose, if there is one.
    pub fn option(&self) -> Option<usize> {
        match &self.agrees {
            Agreement::Options(agreeing) => agreeing.first().copied(),
            Agreement::Between(..) => None,
        }
    }
}
