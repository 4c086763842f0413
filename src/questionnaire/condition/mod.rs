//! The language of `show_if` and `when`: `==`, `!=`, `<`, `<=`, `in`, `and`, `or`, `not`, `answered()`.
//!
//! ```text
//! condition  = conjunction { "or" conjunction }
//! conjunction = negation { "and" negation }
//! negation   = { "not" } primary
//! primary    = "(" condition ")" | "answered" "(" question ")" | term ( "==" | "!=" | "<" | "<=" ) term | question "in" "[" value { "," value } "]"
//! term       = question | "model." fact | value            value = 'option' | number
//! ```
//!
//! Numbers may be negative. Options compare in the order in which the questionnaire lists them, so `users-where < 'one-country'` reads as it looks; with the
//! options of another question they compare only if both list the same ones. A question of several choices
//! *equals* an option, or is *in* a list, if one of its choices is. An open answer makes a comparison unknown, and unknown is carried on as in Kleene's logic:
//! `unknown and false` is false, `unknown or true` is true.

mod parse;

pub(super) use parse::{Asked, RESERVED, Vocabulary, parse};

use super::answers::Response;
use super::definition::QuestionId;
use crate::source::Span;

/// The deepest nesting of parentheses.
pub const MAX_DEPTH: usize = 32;

/// The longest condition, in bytes.
pub const MAX_LENGTH: usize = 4_096;

/// A condition with its text and place.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The text, as it was written.
    pub text: String,
    /// The place of the text, quotes included.
    pub span: Span,
    /// What it says.
    pub expression: Expression,
}

/// What a condition says.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// All hold.
    All(Vec<Expression>),
    /// One holds.
    Any(Vec<Expression>),
    /// It does not hold.
    Not(Box<Expression>),
    /// The question has an answer.
    Answered(QuestionId),
    /// The answer compares so with a value.
    Compare {
        /// The left side.
        left: Term,
        /// The comparison.
        comparison: Comparison,
        /// The right side.
        right: Term,
    },
    /// The answer is one of these options.
    OneOf(QuestionId, Vec<usize>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Different,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// The answer to a question.
    Question(QuestionId),
    /// An option, by its place among the question's options.
    Option(usize),
    /// A number.
    Number(f64),
    /// A computed fact of the model, by name.
    Model(String),
}

/// True, false, or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// Nobody knows.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    const fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// Says whether it surely holds.
    pub const fn is_true(self) -> bool {
        matches!(self, Self::True)
    }
}

/// What a condition is evaluated against.
pub trait Context {
    /// Returns the answer to a question, if it has one that counts.
    fn response(&self, question: QuestionId) -> Option<&Response>;

    /// Returns a computed fact, if the model has it.
    fn fact(&self, name: &str) -> Option<f64>;
}

impl Expression {
    /// Evaluates the condition.
    ///
    /// Nesting is bounded by [`MAX_DEPTH`], and so is the recursion.
    pub fn evaluate(&self, context: &impl Context) -> Truth {
        match self {
            Self::All(parts) => parts.iter().map(|part| part.evaluate(context)).min().unwrap_or(Truth::True),
            Self::Any(parts) => parts.iter().map(|part| part.evaluate(context)).max().unwrap_or(Truth::False),
            Self::Not(part) => match part.evaluate(context) {
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
                Truth::True => Truth::False,
            },
            Self::Answered(question) => Truth::of(context.response(*question).is_some()),
            Self::OneOf(question, options) => match context.response(*question) {
                Some(Response::Option(chosen)) => Truth::of(options.contains(chosen)),
                Some(Response::Options(chosen)) => Truth::of(chosen.iter().any(|one| options.contains(one))),
                _ => Truth::Unknown,
            },
            Self::Compare { left, comparison, right } => compare(left, *comparison, right, context),
        }
    }

    /// Calls `visit` with every question that the condition speaks of.
    pub fn for_each_question(&self, visit: &mut impl FnMut(QuestionId)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_question(visit)),
            Self::Not(part) => part.for_each_question(visit),
            Self::Answered(question) | Self::OneOf(question, _) => visit(*question),
            Self::Compare { left, right, .. } => {
                for term in [left, right] {
                    if let Term::Question(question) = term {
                        visit(*question);
                    }
                }
            }
        }
    }

    /// Calls `visit` with every number that the condition names.
    pub fn for_each_number(&self, visit: &mut impl FnMut(f64)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_number(visit)),
            Self::Not(part) => part.for_each_number(visit),
            Self::Answered(_) | Self::OneOf(..) => {}
            Self::Compare { left, right, .. } => {
                for term in [left, right] {
                    if let Term::Number(number) = term {
                        visit(*number);
                    }
                }
            }
        }
    }

    /// Calls `visit` with every question of which the condition asks whether it is answered.
    pub fn for_each_answered(&self, visit: &mut impl FnMut(QuestionId)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_answered(visit)),
            Self::Not(part) => part.for_each_answered(visit),
            Self::Answered(question) => visit(*question),
            Self::OneOf(..) | Self::Compare { .. } => {}
        }
    }

    /// Returns the questions that the condition speaks of, rising.
    pub fn questions(&self) -> Vec<QuestionId> {
        let mut found = Vec::new();
        self.for_each_question(&mut |question| found.push(question));
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The value of a term: a number, or the options that were chosen.
enum Value<'a> {
    Number(f64),
    Options(&'a [usize]),
}

fn value<'a>(term: &'a Term, context: &'a impl Context) -> Option<Value<'a>> {
    match term {
        Term::Number(number) => Some(Value::Number(*number)),
        Term::Option(option) => Some(Value::Options(std::slice::from_ref(option))),
        Term::Model(fact) => context.fact(fact).map(Value::Number),
        Term::Question(question) => match context.response(*question)? {
            Response::Option(option) => Some(Value::Options(std::slice::from_ref(option))),
            Response::Options(options) => Some(Value::Options(options)),
            Response::Number(number) => Some(Value::Number(*number)),
            Response::Rows(_) | Response::Text(_) => None,
        },
    }
}

fn compare(left: &Term, comparison: Comparison, right: &Term, context: &impl Context) -> Truth {
    let (Some(left), Some(right)) = (value(left, context), value(right, context)) else { return Truth::Unknown };
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Truth::of(match comparison {
            Comparison::Equal => left == right,
            Comparison::Different => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
        }),
        (Value::Options(left), Value::Options(right)) => {
            let any = |holds: fn(&usize, &usize) -> bool| left.iter().any(|one| right.iter().any(|other| holds(one, other)));
            Truth::of(match comparison {
                Comparison::Equal => any(|left, right| left == right),
                Comparison::Different => !any(|left, right| left == right),
                Comparison::Less => any(|left, right| left < right),
                Comparison::AtMost => any(|left, right| left <= right),
            })
        }
        // A number question that was answered by one of its words.
        (Value::Number(_), Value::Options(_)) | (Value::Options(_), Value::Number(_)) => match comparison {
            Comparison::Equal => Truth::False,
            Comparison::Different => Truth::True,
            Comparison::Less | Comparison::AtMost => Truth::Unknown,
        },
    }
}
