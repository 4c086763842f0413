//! Reads conditions: text to tokens, tokens to an [`Expression`] whose comparisons can hold.

use super::{Comparison, Condition, Expression, MAX_DEPTH, MAX_LENGTH, Term};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::questionnaire::definition::{Kind, QuestionId};
use crate::questionnaire::known::MODEL_FACTS;
use crate::source::Span;

/// The words that mean something by themselves: no question can have them as its id.
pub(in crate::questionnaire) const RESERVED: &[&str] = &["and", "or", "not", "in"];

/// What the parser knows about the questions, by index.
pub(in crate::questionnaire) struct Vocabulary<'a> {
    pub(in crate::questionnaire) questions: &'a [Asked],
}

/// One question, as conditions can speak of it.
pub(in crate::questionnaire) struct Asked {
    pub(in crate::questionnaire) id: String,
    pub(in crate::questionnaire) kind: Kind,
    /// The ids of its options.
    pub(in crate::questionnaire) options: Vec<String>,
}

/// Parses a condition; `span` is that of the quoted string.
pub(in crate::questionnaire) fn parse(
    text: &str,
    span: Span,
    vocabulary: &Vocabulary<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Condition> {
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
            // An id may begin with a digit; what reads as a number is none.
            b'0'..=b'9' => {
                at = run(at, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
                text[start..at].parse().map_or(Token::Word(&text[start..at]), Token::Number)
            }
            b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                at = run(at + 1, |byte| byte.is_ascii_digit() || byte == b'.');
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
        let Some(index) = self.vocabulary.questions.iter().position(|asked| asked.id == word) else {
            let mut error = self.error(Code::UnknownQuestion, self.at, format!("no question has the id `{word}`"));
            error.help = nearest(word, self.vocabulary.questions.iter().map(|asked| asked.id.as_str()))
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
        self.fit(&left, comparison, &right, left_at)?;
        Ok(Expression::Compare { left, comparison, right })
    }

    /// Returns a question whose answers can be compared.
    fn comparable(&self, question: QuestionId, at: usize) -> Parsed<&'a Asked> {
        let asked = &self.vocabulary.questions[question.0];
        match asked.kind {
            Kind::Choice | Kind::YesNo | Kind::Multi | Kind::Number => Ok(asked),
            Kind::Scale | Kind::Text => {
                let message = format!("the answers to `{}` (of kind `{}`) cannot be compared", asked.id, asked.kind.word());
                let mut error = self.error(Code::MalformedCondition, at, message);
                error.help = Some(format!("ask whether there is one: `answered({})`", asked.id));
                Err(error)
            }
        }
    }

    /// Checks that both sides have something to compare: a comparison of unlike things would never hold, and nobody would know why.
    fn fit(&self, left: &Term, comparison: Comparison, right: &Term, at: usize) -> Parsed<()> {
        let is_ordered = matches!(comparison, Comparison::Less | Comparison::AtMost);
        let refused = |message: String| Err(self.error(Code::MalformedCondition, at, message));
        match (left, right) {
            (Term::Question(question), Term::Option(_)) | (Term::Option(_), Term::Question(question)) => {
                let asked = self.comparable(*question, at)?;
                if is_ordered && asked.kind == Kind::Number {
                    return refused(format!("the words of the number `{}` have no order; `==` and `!=` fit them", asked.id));
                }
                Ok(())
            }
            (Term::Question(left), Term::Question(right)) => {
                let (left, right) = (self.comparable(*left, at)?, self.comparable(*right, at)?);
                match (left.kind == Kind::Number, right.kind == Kind::Number) {
                    (true, true) => Ok(()),
                    (false, false) if left.options == right.options => Ok(()),
                    (false, false) => refused(format!("`{}` and `{}` have different options, which cannot be compared", left.id, right.id)),
                    (true, false) | (false, true) => refused(format!("of `{}` and `{}` only one is a number", left.id, right.id)),
                }
            }
            (Term::Question(question), Term::Number(_) | Term::Model(_)) | (Term::Number(_) | Term::Model(_), Term::Question(question)) => {
                let asked = self.comparable(*question, at)?;
                if asked.kind == Kind::Number {
                    return Ok(());
                }
                let mut error =
                    self.error(Code::MalformedCondition, at, format!("the options of `{}` are compared with a number", asked.id));
                error.help = asked.options.first().map(|option| format!("write an option in quotes: `{} == '{option}'`", asked.id));
                Err(error)
            }
            (Term::Model(_), Term::Number(_) | Term::Model(_)) | (Term::Number(_), Term::Model(_)) => Ok(()),
            (Term::Number(_), Term::Number(_)) => refused("two numbers are compared, and no question".to_owned()),
            (Term::Option(_), _) | (_, Term::Option(_)) => refused("two options are compared, and no question".to_owned()),
        }
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
        let Asked { id, options, .. } = self.comparable(*question, at)?;
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
