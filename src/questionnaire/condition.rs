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
//! Options compare in the order in which the questionnaire lists them, so `users-where < 'one-country'` reads as it looks. A question of several choices
//! *equals* an option, or is *in* a list, if one of its choices is. An open answer makes a comparison unknown, and unknown is carried on as in Kleene's logic:
//! `unknown and false` is false, `unknown or true` is true.

use super::answers::Response;
use super::definition::QuestionId;
use super::known::MODEL_FACTS;
use crate::diagnostic::{Code, Diagnostic, nearest};
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

/// What the parser knows about the questions: their ids, and the ids of their options.
pub(super) struct Vocabulary<'a> {
    /// Question ids with the ids of their options, by index.
    pub(super) questions: &'a [(String, Vec<String>)],
}

/// Parses a condition; `span` is that of the quoted string.
pub(super) fn parse(text: &str, span: Span, vocabulary: &Vocabulary<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Condition> {
    let whole = |message: String| Diagnostic::new(Code::MalformedCondition, span, message);
    if text.len() > MAX_LENGTH {
        diagnostics.push(whole(format!("the condition is longer than {MAX_LENGTH} bytes")));
        return None;
    }
    let mut parser = Parser { text, span, tokens: tokenize(text), at: 0, depth: 0, vocabulary };
    let parsed = parser.any().and_then(|expression| match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.unexpected("`and`, `or`, or the end of the condition")),
    });
    match parsed {
        Ok(expression) => Some(Condition { text: text.to_owned(), span, expression }),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Number(f64),
    Sign(&'a str),
    /// A byte that begins nothing.
    Stray,
}

/// Cuts a text into tokens with their byte ranges.
fn tokenize(text: &str) -> Vec<(Token<'_>, std::ops::Range<usize>)> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let run = |from: usize, keep: fn(u8) -> bool| from + bytes[from..].iter().take_while(|byte| keep(**byte)).count();
        let start = at;
        let token = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                at = run(at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
                Token::Word(&text[start..at])
            }
            b'0'..=b'9' => {
                at = run(at, |byte| byte.is_ascii_digit() || byte == b'.');
                text[start..at].parse().map_or(Token::Stray, Token::Number)
            }
            quote @ (b'\'' | b'"') => {
                let end = bytes[at + 1..].iter().position(|byte| *byte == quote).map(|length| at + 1 + length);
                at = end.map_or(bytes.len(), |end| end + 1);
                end.map_or(Token::Stray, |end| Token::Quoted(&text[start + 1..end]))
            }
            _ => {
                let two = text.get(at..at + 2).filter(|two| ["==", "!=", "<=", ">=", "&&", "||"].contains(two));
                let one = text[at..].chars().next().map_or(1, char::len_utf8);
                at += two.map_or(one, str::len);
                match &text[start..at] {
                    sign @ ("==" | "!=" | "<=" | "<" | "(" | ")" | "[" | "]" | "," | ">" | ">=" | "&&" | "||" | "!" | "=") => {
                        Token::Sign(sign)
                    }
                    _ => Token::Stray,
                }
            }
        };
        tokens.push((token, start..at));
    }
    tokens
}

struct Parser<'a> {
    text: &'a str,
    span: Span,
    tokens: Vec<(Token<'a>, std::ops::Range<usize>)>,
    at: usize,
    depth: usize,
    vocabulary: &'a Vocabulary<'a>,
}

/// Boxed, because the happy path should not carry a diagnostic's size.
type Parsed<T> = Result<T, Box<Diagnostic>>;

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn place(&self, at: usize) -> Span {
        let range = self.tokens.get(at).map_or(self.text.len()..self.text.len(), |(_, range)| range.clone());
        self.span.inside_quotes(range)
    }

    fn error(&self, code: Code, at: usize, message: String) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(code, self.place(at), message))
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let found =
            self.tokens.get(self.at).map_or("the end of the condition".to_owned(), |(_, range)| format!("`{}`", &self.text[range.clone()]));
        let mut error = self.error(Code::MalformedCondition, self.at, format!("expected {expected}, found {found}"));
        error.help = match self.peek() {
            Some(Token::Sign(">" | ">=")) => Some("swap the sides, and write `<` or `<=`".to_owned()),
            Some(Token::Sign("=")) => Some("write `==`".to_owned()),
            Some(Token::Sign("&&")) => Some("write `and`".to_owned()),
            Some(Token::Sign("||")) => Some("write `or`".to_owned()),
            Some(Token::Sign("!")) => Some("write `not`".to_owned()),
            _ => None,
        };
        error
    }

    fn takes(&mut self, wanted: &Token<'_>) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.takes(&Token::Sign(sign)) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn any(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.all()?];
        while self.takes(&Token::Word("or")) {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Parsed<Expression> {
        let mut parts = vec![self.negation()?];
        while self.takes(&Token::Word("and")) {
            parts.push(self.negation()?);
        }
        Ok(single_or(parts, Expression::All))
    }

    fn negation(&mut self) -> Parsed<Expression> {
        let mut is_negated = false;
        while self.takes(&Token::Word("not")) {
            is_negated = !is_negated;
        }
        let part = self.primary()?;
        Ok(if is_negated { Expression::Not(Box::new(part)) } else { part })
    }

    fn primary(&mut self) -> Parsed<Expression> {
        if self.takes(&Token::Sign("(")) {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(self.error(
                    Code::MalformedCondition,
                    self.at - 1,
                    format!("parentheses are nested more than {MAX_DEPTH} deep"),
                ));
            }
            let inner = self.any()?;
            self.expect(")")?;
            self.depth -= 1;
            return Ok(inner);
        }
        if self.peek() == Some(&Token::Word("answered"))
            && self.tokens.get(self.at + 1).is_some_and(|(token, _)| *token == Token::Sign("("))
        {
            self.at += 2;
            let question = self.question()?;
            self.expect(")")?;
            return Ok(Expression::Answered(question));
        }
        self.comparison()
    }

    fn question(&mut self) -> Parsed<QuestionId> {
        let Some(Token::Word(word)) = self.peek() else { return Err(self.unexpected("the id of a question")) };
        let word = *word;
        let Some(index) = self.vocabulary.questions.iter().position(|(id, _)| id == word) else {
            let mut error = self.error(Code::UnknownQuestion, self.at, format!("no question has the id `{word}`"));
            error.help = nearest(word, self.vocabulary.questions.iter().map(|(id, _)| id.as_str()))
                .map(|id| format!("a question with a similar id exists: `{id}`"));
            return Err(error);
        };
        self.at += 1;
        Ok(QuestionId(index))
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        let left_at = self.at;
        let left = self.side()?;
        let comparison = match self.peek() {
            Some(Token::Sign("==")) => Comparison::Equal,
            Some(Token::Sign("!=")) => Comparison::Different,
            Some(Token::Sign("<")) => Comparison::Less,
            Some(Token::Sign("<=")) => Comparison::AtMost,
            Some(Token::Word("in")) => return self.one_of(left),
            _ => return Err(self.unexpected("`==`, `!=`, `<`, `<=` or `in`")),
        };
        self.at += 1;
        let right_at = self.at;
        let right = self.side()?;
        let (left, right) = match (left, right) {
            (Side::Term(left), Side::Term(right)) => (left, right),
            (Side::Term(left), Side::Quoted(word)) => {
                let option = self.option(&left, word, right_at)?;
                (left, option)
            }
            (Side::Quoted(word), Side::Term(right)) => (self.option(&right, word, left_at)?, right),
            (Side::Quoted(_), Side::Quoted(_)) => {
                return Err(self.error(Code::MalformedCondition, left_at, "two options are compared, and no question".to_owned()));
            }
        };
        Ok(Expression::Compare { left, comparison, right })
    }

    fn one_of(&mut self, left: Side<'_>) -> Parsed<Expression> {
        let Side::Term(Term::Question(question)) = left else {
            return Err(self.unexpected("a comparison, as only a question can be `in` a list"));
        };
        self.at += 1;
        self.expect("[")?;
        let mut options = Vec::new();
        loop {
            let Some(Token::Quoted(word)) = self.peek() else { return Err(self.unexpected("an option in quotes")) };
            let word = *word;
            if let Term::Option(option) = self.option(&Term::Question(question), word, self.at)? {
                options.push(option);
            }
            self.at += 1;
            if !self.takes(&Token::Sign(",")) {
                break;
            }
        }
        self.expect("]")?;
        Ok(Expression::OneOf(question, options))
    }

    fn side(&mut self) -> Parsed<Side<'a>> {
        let side = match self.peek() {
            Some(Token::Number(number)) => Side::Term(Term::Number(*number)),
            Some(Token::Quoted(word)) => Side::Quoted(word),
            Some(Token::Word(word)) if word.starts_with("model.") => {
                let name = &word["model.".len()..];
                if !MODEL_FACTS.contains(&name) {
                    let mut error = self.error(Code::UnknownFact, self.at, format!("nothing is computed under the name `{name}`"));
                    error.help = nearest(name, MODEL_FACTS.iter().copied()).map(|name| format!("did you mean `model.{name}`?"));
                    return Err(error);
                }
                Side::Term(Term::Model(name.to_owned()))
            }
            Some(Token::Word("and" | "or" | "in")) => return Err(self.unexpected("a question, an option in quotes, or a number")),
            Some(Token::Word(_)) => return self.question().map(|question| Side::Term(Term::Question(question))),
            _ => return Err(self.unexpected("a question, an option in quotes, or a number")),
        };
        self.at += 1;
        Ok(side)
    }

    fn option(&self, other: &Term, word: &str, at: usize) -> Parsed<Term> {
        let Term::Question(question) = other else {
            return Err(self.error(Code::MalformedCondition, at, format!("the option `{word}` is not compared with a question")));
        };
        let (id, options) = &self.vocabulary.questions[question.0];
        let Some(option) = options.iter().position(|option| option == word) else {
            let mut error = self.error(Code::UnknownOption, at, format!("the question `{id}` has no option `{word}`"));
            error.help =
                nearest(word, options.iter().map(String::as_str)).map(|option| format!("an option with a similar id exists: `{option}`"));
            return Err(error);
        };
        Ok(Term::Option(option))
    }
}

enum Side<'a> {
    Term(Term),
    Quoted(&'a str),
}

fn single_or(mut parts: Vec<Expression>, wrap: fn(Vec<Expression>) -> Expression) -> Expression {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            wrap(parts)
        }
    }
}
