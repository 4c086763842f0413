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
    /// One of some options.
    Options {
        /// Those that agree, the nearest first.
        fitting: Vec<usize>,
        /// Those that the model knows anything about; the others neither agree nor contradict.
        known: Vec<usize>,
    },
    /// A number between these bounds, both included; a bound may be infinite.
    Between(f64, f64),
}

impl ModelFact {
    /// Says whether an answer contradicts the fact; what cannot be compared does not.
    pub fn contradicts(&self, response: &Response) -> bool {
        match (&self.agrees, response) {
            (Agreement::Options { fitting, known }, Response::Option(chosen)) => known.contains(chosen) && !fitting.contains(chosen),
            (Agreement::Options { fitting, known }, Response::Options(chosen)) => {
                chosen.iter().any(|option| known.contains(option) && !fitting.contains(option))
            }
            (Agreement::Between(low, high), Response::Number(number)) => !(low..=high).contains(&number),
            (Agreement::Options { .. } | Agreement::Between(..), _) => false,
        }
    }

    /// Returns the option that the model would choose, if there is one.
    pub fn option(&self) -> Option<usize> {
        match &self.agrees {
            Agreement::Options { fitting, .. } => fitting.first().copied(),
            Agreement::Between(..) => None,
        }
    }
}
