//! Keys to actions: what the full screen's front end does, without a screen.
//!
//! On a page with options, letters are commands. In a field letters are text, so commands move to control keys; Ctrl-H is Backspace on many terminals,
//! so help is F1, or `?` in an empty field.

use super::field::Field;
use super::{Action, Effect, Page, Survey};
use crate::questionnaire::answers::{Response, Status, parse_text};
use crate::questionnaire::{ForceId, Kind, QuestionId};

/// How many lines a page up or down scrolls: few, so that small screens skip none.
const PAGE: isize = 3;

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Character(char),
    /// A character with Ctrl.
    Control(char),
    /// Enter.
    Enter,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// The key before the cursor.
    Backspace,
    /// The key behind the cursor.
    Delete,
    /// Escape.
    Escape,
    /// F1.
    Help,
}

/// What the front end has to do after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Draw again.
    Drawn,
    /// Save, then draw again.
    Changed(QuestionId),
    /// Leave; all answers are saved.
    Quit,
    /// Leave, interrupted.
    Interrupted,
    /// Leave; the walk is over.
    Finished,
}

/// What a line of text is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The note of the question.
    Note,
    /// A link that shows the answer.
    Evidence,
    /// Why the question does not apply.
    Reason,
    /// Where to go.
    Jump,
}

impl Purpose {
    /// Returns what the front end asks.
    pub const fn prompt(self) -> &'static str {
        match self {
            Self::Note => "Note (empty takes it away):",
            Self::Evidence => "Evidence, a link or a file (the same again takes it away):",
            Self::Reason => "Why does it not apply?",
            Self::Jump => "Go to which question? Its number, or its id:",
        }
    }

    /// Turns the typed text into an action.
    ///
    /// # Errors
    /// When the text names no question.
    pub fn action(self, survey: &Survey<'_>, text: &str) -> Result<Action, String> {
        Ok(match self {
            Self::Note => Action::Note(text.to_owned()),
            Self::Evidence => Action::Evidence(text.to_owned()),
            Self::Reason => Action::NotApplicable(text.to_owned()),
            Self::Jump => Action::Jump(survey.find(text)?),
        })
    }
}

/// A survey under a keyboard: the cursor, what is chosen and typed but not yet answered, and what was last said.
#[derive(Debug, Clone)]
pub struct Keyboard<'q> {
    survey: Survey<'q>,
    form: Form,
    prompt: Option<(Purpose, Field)>,
    is_help_shown: bool,
    message: Option<String>,
    scroll: isize,
}

/// What is prepared on a page, and is no answer yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    /// The option, or the need, at which the cursor is.
    pub cursor: usize,
    /// The options that are chosen, the first first.
    pub chosen: Vec<usize>,
    /// The option of each need.
    pub rows: Vec<(ForceId, Option<usize>)>,
    /// What is typed.
    pub field: Field,
    /// Whether the cursor was moved, or an option chosen.
    pub is_touched: bool,
}

impl<'q> Keyboard<'q> {
    /// Puts a survey under a keyboard.
    pub fn new(survey: Survey<'q>) -> Self {
        let form = form(&survey);
        Self { survey, form, prompt: None, is_help_shown: false, message: None, scroll: 0 }
    }

    /// Returns the survey.
    pub fn survey(&self) -> &Survey<'q> {
        &self.survey
    }

    /// Returns the survey, to take over what others have saved.
    pub fn survey_mut(&mut self) -> &mut Survey<'q> {
        &mut self.survey
    }

    /// Gives the survey away.
    pub fn into_survey(self) -> Survey<'q> {
        self.survey
    }

    /// Returns what is prepared.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Returns the line of text that is asked for.
    pub fn prompt(&self) -> Option<(Purpose, &Field)> {
        self.prompt.as_ref().map(|(purpose, field)| (*purpose, field))
    }

    /// Says whether the help is shown.
    pub fn is_help_shown(&self) -> bool {
        self.is_help_shown
    }

    /// Returns what was last refused or reported.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Says something on the page.
    pub fn say(&mut self, message: impl Into<String>) {
        self.message = Some(message.into());
    }

    /// Returns the first line to show of a page of which `hidden` lines do not fit: `shown`, where the cursor is seen, moved by what was scrolled.
    pub fn first_line(&mut self, shown: usize, hidden: usize) -> usize {
        let shown = shown.min(hidden);
        let first = shown.saturating_add_signed(self.scroll).min(hidden);
        // What was scrolled beyond the ends need not be scrolled back.
        self.scroll = first.cast_signed() - shown.cast_signed();
        first
    }

    /// Says whether letters are text on this page.
    pub fn is_field(&self) -> bool {
        self.kind().is_some_and(|kind| matches!(kind, Kind::Number | Kind::Text)) && !self.survey.is_contradicted()
    }

    fn kind(&self) -> Option<Kind> {
        self.survey.question().map(|id| self.survey.questionnaire().question(id).kind)
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Press {
        self.message = None;
        if key == Key::Control('c') {
            return Press::Interrupted;
        }
        if self.prompt.is_some() {
            return self.press_in_prompt(key);
        }
        match key {
            Key::PageUp => self.scroll = self.scroll.saturating_sub(PAGE),
            Key::PageDown => self.scroll = self.scroll.saturating_add(PAGE),
            _ if self.survey.is_contradicted() => return self.press_when_contradicted(key),
            _ if self.is_field() => return self.press_in_field(key),
            _ => return self.press_on_page(key),
        }
        Press::Drawn
    }

    fn press_in_prompt(&mut self, key: Key) -> Press {
        let Some((purpose, field)) = &mut self.prompt else { return Press::Drawn };
        match key {
            Key::Enter => {
                let action = purpose.action(&self.survey, &field.text());
                match action {
                    Ok(action) => {
                        let press = self.apply(action);
                        // What was refused stays to be mended: it is typed by nobody twice.
                        if self.message.is_none() {
                            self.prompt = None;
                        }
                        return press;
                    }
                    Err(message) => self.message = Some(message),
                }
            }
            Key::Control('q') => return Press::Quit,
            Key::Escape => self.prompt = None,
            other => edit(field, other),
        }
        Press::Drawn
    }

    fn press_when_contradicted(&mut self, key: Key) -> Press {
        match key {
            Key::Character('c') => self.apply(Action::Reconsider),
            Key::Character('n') => self.open(Purpose::Note),
            Key::Enter | Key::Right | Key::Character('k' | 's') => self.apply(Action::Next),
            Key::Character('q') | Key::Control('q') => Press::Quit,
            Key::Left | Key::Backspace | Key::Character('b') => self.apply(Action::Back),
            Key::Help | Key::Character('?') => self.toggle_help(),
            Key::Up | Key::Down | Key::Character('j' | ' ' | 'e' | 'u' | 'x' | 'r' | 'g' | '0'..='9') => {
                // Whoever goes on as ever has seen the remark, and changes the answer.
                self.apply(Action::Reconsider);
                self.form = form(&self.survey);
                if self.is_field() { self.press_in_field(key) } else { self.press_on_page(key) }
            }
            _ => Press::Drawn,
        }
    }

    fn press_in_field(&mut self, key: Key) -> Press {
        match key {
            Key::Control(letter) => self.command(letter),
            Key::Help => self.toggle_help(),
            Key::Character('?') | Key::Backspace | Key::Left | Key::Right if self.form.field.is_empty() => match key {
                Key::Character(_) => self.toggle_help(),
                Key::Right => self.apply(Action::Skip),
                _ => self.apply(Action::Back),
            },
            Key::Enter => self.answer_typed(),
            other => {
                edit(&mut self.form.field, other);
                Press::Drawn
            }
        }
    }

    fn answer_typed(&mut self) -> Press {
        let text = self.form.field.text();
        let Some(id) = self.survey.question() else { return Press::Drawn };
        if text.trim().is_empty() {
            return self.apply(Action::Next);
        }
        match parse_text(self.survey.questionnaire(), id, text.trim()) {
            Ok(Status::Given(response)) => self.apply(Action::Answer(response)),
            Ok(Status::Unknown) => self.apply(Action::Unknown),
            Ok(Status::Later) => self.apply(Action::Skip),
            Ok(Status::NotApplicable) => self.open(Purpose::Reason),
            Err(message) => {
                self.message = Some(message);
                Press::Drawn
            }
        }
    }

    fn press_on_page(&mut self, key: Key) -> Press {
        match key {
            Key::Help | Key::Character('?') => self.toggle_help(),
            Key::Left | Key::Backspace => self.apply(Action::Back),
            Key::Right if self.survey.question().is_some() => self.apply(Action::Skip),
            Key::Right => self.apply(Action::Next),
            Key::Up | Key::Character('k') => self.step(-1),
            Key::Down | Key::Character('j') => self.step(1),
            Key::Character(digit @ '0'..='9') => self.digit(digit),
            Key::Character(' ') => self.toggle(),
            Key::Enter => self.enter(),
            Key::Character('c') if self.survey.question().is_some() => self.apply(Action::NextConfidence),
            Key::Character(letter @ ('b' | 's' | 'n' | 'e' | 'u' | 'x' | 'r' | 'g' | 'q')) => self.command(letter),
            Key::Control('q') => Press::Quit,
            Key::Character(_) | Key::Control(_) | Key::PageUp | Key::PageDown | Key::Delete | Key::Escape => Press::Drawn,
        }
    }

    /// The commands that have the same letter on a page and, with Ctrl, in a field.
    fn command(&mut self, letter: char) -> Press {
        match letter {
            'b' => self.apply(Action::Back),
            's' => self.apply(Action::Skip),
            'n' => self.open(Purpose::Note),
            'e' => self.open(Purpose::Evidence),
            't' => self.apply(Action::NextConfidence),
            'u' => self.apply(Action::Unknown),
            'x' => self.open(Purpose::Reason),
            'r' => self.apply(Action::Review),
            'g' => self.open(Purpose::Jump),
            'q' => Press::Quit,
            _ => Press::Drawn,
        }
    }

    fn toggle_help(&mut self) -> Press {
        self.is_help_shown = !self.is_help_shown;
        self.scroll = 0;
        Press::Drawn
    }

    fn open(&mut self, purpose: Purpose) -> Press {
        let question = self.survey.question();
        if question.is_none() && purpose != Purpose::Jump {
            self.message = Some("this page asks nothing; go to a question first".to_owned());
            return Press::Drawn;
        }
        let note = question.and_then(|id| self.survey.answers().get(id)?.note.clone()).filter(|_| purpose == Purpose::Note);
        self.prompt = Some((purpose, Field::new(note.as_deref().unwrap_or(""))));
        Press::Drawn
    }

    fn step(&mut self, by: isize) -> Press {
        let Some(id) = self.survey.question() else {
            self.scroll = self.scroll.saturating_add(by);
            return Press::Drawn;
        };
        let question = self.survey.questionnaire().question(id);
        let last = if question.kind == Kind::Scale { self.form.rows.len() } else { question.options.len() }.saturating_sub(1);
        self.form.is_touched = true;
        self.form.cursor = self.form.cursor.saturating_add_signed(by).min(last);
        self.scroll = 0;
        Press::Drawn
    }

    fn digit(&mut self, digit: char) -> Press {
        let Some(number) = digit.to_digit(10).map(|number| number as usize) else { return Press::Drawn };
        match self.kind() {
            None if self.survey.page() == Page::Review => {
                self.prompt = Some((Purpose::Jump, Field::new(&digit.to_string())));
                Press::Drawn
            }
            None => Press::Drawn,
            Some(_) if number == 0 => Press::Drawn,
            Some(Kind::Choice | Kind::YesNo) => self.apply(Action::Answer(Response::Option(number - 1))),
            Some(_) => self.choose(number - 1),
        }
    }

    /// Chooses an option, or takes the choice back; for a need, goes on to the next need.
    fn choose(&mut self, option: usize) -> Press {
        let Some(id) = self.survey.question() else { return Press::Drawn };
        let question = self.survey.questionnaire().question(id);
        let count = question.options.len();
        self.form.is_touched = true;
        match question.kind {
            Kind::Choice | Kind::YesNo => self.form.cursor = option.min(count.saturating_sub(1)),
            Kind::Multi => match self.form.chosen.iter().position(|one| *one == option) {
                Some(at) => drop(self.form.chosen.remove(at)),
                None if question.at_most.is_some_and(|most| self.form.chosen.len() >= most) => {
                    let most = self.form.chosen.len();
                    self.message = Some(format!("at most {most}; take one back first"));
                }
                None if option < count => self.form.chosen.push(option),
                None => {}
            },
            Kind::Scale if option < count => {
                if let Some((_, row)) = self.form.rows.get_mut(self.form.cursor) {
                    *row = Some(option);
                    return self.step(1);
                }
            }
            Kind::Scale | Kind::Number | Kind::Text => {}
        }
        Press::Drawn
    }

    /// Chooses what the cursor is at, or takes it back; for a need, goes to its next option, and behind the last to none.
    fn toggle(&mut self) -> Press {
        let Some(id) = self.survey.question() else { return Press::Drawn };
        let question = self.survey.questionnaire().question(id);
        if question.kind != Kind::Scale {
            return self.choose(self.form.cursor);
        }
        if let Some((_, row)) = self.form.rows.get_mut(self.form.cursor) {
            let next = row.map_or(0, |at| at + 1);
            *row = (next < question.options.len()).then_some(next);
        }
        Press::Drawn
    }

    fn enter(&mut self) -> Press {
        // `unknown` and `n/a` are answers: passing by makes no option of them.
        let status = self.survey.question().and_then(|id| Some(&self.survey.answers().get(id)?.status));
        if !self.form.is_touched && matches!(status, Some(Status::Unknown | Status::NotApplicable)) {
            return self.apply(Action::Next);
        }
        let response = match self.kind() {
            None | Some(Kind::Number | Kind::Text) => return self.apply(Action::Next),
            Some(Kind::Choice | Kind::YesNo) => Response::Option(self.form.cursor),
            Some(Kind::Multi) => Response::Options(self.form.chosen.clone()),
            Some(Kind::Scale) => {
                let rows: Vec<_> = self.form.rows.iter().filter_map(|(force, option)| Some((*force, (*option)?))).collect();
                if rows.is_empty() {
                    return self.apply(Action::Next);
                }
                Response::Rows(rows)
            }
        };
        self.apply(Action::Answer(response))
    }

    /// Does an action; the form is made anew unless the page stays and was only remarked upon.
    fn apply(&mut self, action: Action) -> Press {
        let page = self.survey.page();
        match self.survey.apply(action) {
            Ok(effect) => {
                if page != self.survey.page() {
                    self.form = form(&self.survey);
                    self.is_help_shown = false;
                    self.scroll = 0;
                }
                match effect {
                    Effect::Kept => Press::Drawn,
                    Effect::Changed(id) => Press::Changed(id),
                    Effect::Finished => Press::Finished,
                }
            }
            Err(message) => {
                self.message = Some(message);
                Press::Drawn
            }
        }
    }
}

impl Survey<'_> {
    /// Finds a question by its number on the review, by its number in the walk elsewhere, or by its id.
    ///
    /// # Errors
    /// When there is none; the message names the nearest id.
    pub fn find(&self, text: &str) -> Result<QuestionId, String> {
        let text = text.trim();
        if let Ok(number) = text.parse::<usize>() {
            let found = match self.page() {
                Page::Review => self.review_page().question(number),
                Page::Start | Page::Question { .. } | Page::End => number.checked_sub(1).and_then(|at| self.reachable().nth(at)),
            };
            return found.ok_or_else(|| format!("there is no question {number}"));
        }
        let questions = &self.questionnaire().questions;
        self.questionnaire().find_question(text).ok_or_else(|| {
            let nearest = crate::diagnostic::nearest(text, questions.iter().map(|question| question.id.as_str()));
            let hint = nearest.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            format!("no question has the id `{text}`{hint}")
        })
    }
}

/// Prepares the form of the page: what is answered is chosen; else the cursor is at what the model says.
fn form(survey: &Survey<'_>) -> Form {
    let Some(id) = survey.question() else { return Form::default() };
    let page = survey.question_page(id);
    let response = survey.answers().response(id);
    let cursor = match response {
        Some(Response::Option(option)) => *option,
        _ => survey.by_model(id).unwrap_or(0),
    };
    let typed = match (page.kind, response) {
        (Kind::Number, Some(Response::Number(number))) => number.to_string(),
        (Kind::Number, Some(Response::Option(option))) => {
            survey.questionnaire().question(id).options.get(*option).map(|option| option.id.clone()).unwrap_or_default()
        }
        (Kind::Text, Some(Response::Text(text))) => text.clone(),
        _ => String::new(),
    };
    Form {
        cursor: if page.kind == Kind::Scale { 0 } else { cursor },
        chosen: if let Some(Response::Options(chosen)) = response { chosen.clone() } else { Vec::new() },
        rows: page.rows.into_iter().map(|(force, _, option)| (force, option)).collect(),
        field: Field::new(&typed),
        is_touched: false,
    }
}

fn edit(field: &mut Field, key: Key) {
    match key {
        Key::Character(letter) => field.insert(letter),
        Key::Backspace => field.backspace(),
        Key::Delete => field.delete(),
        Key::Left => field.step(-1),
        Key::Right => field.step(1),
        _ => {}
    }
}
