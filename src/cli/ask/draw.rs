//! Draws the survey's page: where one is, the page, what was said, the keys. Meaning is never in colour alone.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style as TextStyle};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::columns::{pad, skip_columns, take_columns, width, wrap};
use super::mode::{MIN_HEIGHT, MIN_WIDTH};
use crate::questionnaire::Kind;
use crate::report::text::harmless;
use crate::survey::Page;
use crate::survey::field::Field;
use crate::survey::keyboard::{Form, Keyboard};
use crate::survey::pages::{QuestionPage, ReviewPage, StartPage};

/// The widest text, in columns; longer lines are hard to read.
const WIDEST: usize = 100;

/// The fewest columns for what an answer moves, in the table of the review.
const NARROWEST_EFFECT: usize = 16;

/// The fewest columns for an answer, in the table of the review; with fewer it is a list.
const NARROWEST_ANSWER: usize = 16;

/// How things look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Whether to colour.
    pub(super) color: bool,
}

impl Style {
    fn strong(self) -> TextStyle {
        TextStyle::default().add_modifier(Modifier::BOLD)
    }

    fn quiet(self) -> TextStyle {
        if self.color { TextStyle::default().fg(Color::DarkGray) } else { TextStyle::default() }
    }

    fn focus(self) -> TextStyle {
        if self.color { TextStyle::default().fg(Color::Cyan).add_modifier(Modifier::BOLD) } else { self.strong() }
    }

    fn warning(self) -> TextStyle {
        if self.color { TextStyle::default().fg(Color::Yellow) } else { self.strong() }
    }
}

/// From this height on, blank lines part the page.
const ROOMY: usize = 16;

/// What the first line says where the page goes on below.
const MORE: &str = "  (PgDn for more)";

/// The same on a narrow terminal.
const MORE_IN_BRIEF: &str = "  PgDn";

/// The lines of a page, and which of them must be seen.
#[derive(Default)]
struct Body {
    lines: Vec<Line<'static>>,
    /// The first and the last line of what the cursor is at.
    focus: (usize, usize),
    /// Where the terminal's cursor stands: line and column.
    cursor: Option<(usize, usize)>,
    width: usize,
    /// Whether blank lines part the page.
    is_roomy: bool,
}

impl Body {
    fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    fn part(&mut self) {
        if self.is_roomy {
            self.lines.push(Line::default());
        }
    }

    /// Adds a text behind a head of fixed width; further lines are indented by as much.
    fn cells(&mut self, head: &str, text: &str, style: TextStyle) {
        let indent = width(head);
        for (at, line) in wrap(text, self.width.saturating_sub(indent).max(1), 0).into_iter().enumerate() {
            let head = if at == 0 { harmless(head) } else { " ".repeat(indent) };
            self.lines.push(Line::from(Span::styled(format!("{head}{line}").trim_end().to_owned(), style)));
        }
    }

    /// Adds a text, broken between words; what is broken is indented by `hang`.
    fn text(&mut self, text: &str, hang: usize, style: TextStyle) {
        for line in wrap(text, self.width, hang) {
            self.lines.push(Line::from(Span::styled(line, style)));
        }
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    /// Adds a field with its cursor; of a long text the part around the cursor is shown.
    fn field(&mut self, field: &Field, style: TextStyle) {
        let room = self.width.saturating_sub(3).max(1);
        let before = width(&field.before_cursor());
        let shown: String = skip_columns(&field.text(), before.saturating_sub(room));
        self.cursor = Some((self.lines.len(), 2 + before.min(room)));
        self.focus = (self.lines.len(), self.lines.len());
        self.lines.push(Line::from(Span::styled(format!("> {}", take_columns(&shown, room)), style)));
    }
}

/// Says whether a page has room there; where it has none, nothing is to be answered unseen.
pub(super) fn has_room(area: Rect) -> bool {
    area.width >= MIN_WIDTH && area.height >= MIN_HEIGHT
}

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, keyboard: &mut Keyboard<'_>, next_command: &str, style: Style) {
    let area = frame.area();
    if !has_room(area) {
        // The window was made smaller; the state is safe, and ^Q quits also where letters are text.
        frame.render_widget(Paragraph::new("too small; ^Q quits"), area);
        return;
    }
    let columns = usize::from(area.width).min(WIDEST);
    let survey = keyboard.survey();
    let (head, mut body) = match survey.page() {
        Page::Start => ("weighbridge".to_owned(), start(&survey.start_page(), columns, style)),
        Page::Question { id, .. } => {
            let page = survey.question_page(id);
            let mut body = Body::new(columns);
            body.is_roomy = usize::from(area.height) >= ROOMY;
            question(&page, keyboard.form(), keyboard.is_help_shown(), style, &mut body);
            (page.place, body)
        }
        Page::Review => ("Review".to_owned(), review(&survey.review_page(), columns, style)),
        Page::End => (if survey.weighs() { "Verdict" } else { "Done" }.to_owned(), end(&survey.end_page(next_command), columns, style)),
    };
    let foot = foot(keyboard, columns, usize::from(area.height), style);
    let foot_height = foot.lines.len();
    let height = usize::from(area.height).saturating_sub(1 + foot_height);
    let hidden = body.lines.len().saturating_sub(height);
    let (focus_start, focus_end) = body.focus;
    let offset = keyboard.first_line((focus_end + 1).saturating_sub(height).min(focus_start), hidden);
    let head = harmless(&head);
    // Where there is no room for both, that there is more is the news.
    let more = match offset < hidden {
        false => "",
        true if width(&head) + width(MORE) <= columns => MORE,
        true => MORE_IN_BRIEF,
    };
    let head = format!("{}{more}", take_columns(&head, columns.saturating_sub(width(more))).trim_end());
    frame.render_widget(Paragraph::new(Line::from(Span::styled(head, style.strong()))), row(area, 0, 1));
    let visible: Vec<Line<'static>> = body.lines.drain(offset..(offset + height).min(body.lines.len())).collect();
    frame.render_widget(Paragraph::new(visible), row(area, 1, height));
    let foot_cursor = foot.cursor;
    frame.render_widget(Paragraph::new(foot.lines), row(area, 1 + height, foot_height));
    let cursor = match (foot_cursor, body.cursor) {
        (Some((line, column)), _) => Some((1 + height + line, column)),
        (None, Some((line, column))) if (offset..offset + height).contains(&line) => Some((1 + line - offset, column)),
        (None, _) => None,
    };
    if let Some((line, column)) = cursor {
        frame.set_cursor_position(Position::new(area.x + narrow(column).min(area.width - 1), area.y + narrow(line).min(area.height - 1)));
    }
}

fn row(area: Rect, from: usize, height: usize) -> Rect {
    Rect { x: area.x, y: area.y + narrow(from), width: area.width, height: narrow(height) }.intersection(area)
}

fn narrow(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn start(page: &StartPage, columns: usize, style: Style) -> Body {
    let mut body = Body::new(columns);
    body.text(&page.title, 0, style.strong());
    page.lines.iter().for_each(|line| body.text(line, 2, TextStyle::default()));
    body
}

fn question(page: &QuestionPage, form: &Form, is_help_shown: bool, style: Style, body: &mut Body) {
    body.part();
    body.text(&page.ask, 0, style.strong());
    body.part();
    if is_help_shown && !body.is_roomy {
        // There is no room for both; the same key brings the options back.
        page.help.iter().for_each(|line| body.text(line, 0, TextStyle::default()));
        return;
    }
    match page.kind {
        Kind::Choice | Kind::YesNo | Kind::Multi => options(page, form, style, body),
        Kind::Scale => needs(page, form, style, body),
        Kind::Number | Kind::Text => {
            body.field(&form.field, style.focus());
            body.text(&format!("  {}", page.takes), 2, style.quiet());
        }
    }
    body.part();
    let focus = body.focus;
    if let Some(contradiction) = &page.contradiction {
        body.text(contradiction, 0, style.warning());
        body.text("k keep   c change   n note", 0, TextStyle::default());
        let last = body.lines.len().saturating_sub(1);
        body.focus = (last, last);
    }
    if !page.why.is_empty() {
        body.text(&page.why, 0, style.quiet());
    }
    if page.kind == Kind::Multi {
        body.text(&format!("Choose {}.", page.takes), 0, style.quiet());
    }
    let is_listed = !page.options.is_empty() && !matches!(page.kind, Kind::Number);
    for line in page.current.iter().filter(|_| !is_listed || !page.options.iter().any(|option| !option.marks.is_empty())) {
        body.text(&format!("Current answer: {line}"), 2, TextStyle::default());
    }
    for line in page.remarks.iter().chain(&page.model) {
        body.text(line, 2, TextStyle::default());
    }
    if let Some(line) = &page.leader {
        body.text(&format!("So far: {line}"), 2, style.quiet());
    }
    if is_help_shown {
        body.blank();
        page.help.iter().for_each(|line| body.text(line, 0, TextStyle::default()));
        body.focus = focus;
    }
}

fn options(page: &QuestionPage, form: &Form, style: Style, body: &mut Body) {
    for (at, option) in page.options.iter().enumerate() {
        let is_here = form.cursor == at;
        let pointer = if is_here { ">" } else { " " };
        let rank = form.chosen.iter().position(|chosen| *chosen == at);
        let chosen = match (page.kind, rank) {
            (Kind::Multi, Some(rank)) if page.takes.starts_with("up to") => format!("[{}] ", rank + 1),
            (Kind::Multi, Some(_)) => "[x] ".to_owned(),
            (Kind::Multi, None) => "[ ] ".to_owned(),
            _ => String::new(),
        };
        let marks: String = option.marks.iter().map(|mark| format!(" {mark}")).collect();
        let text = format!("{pointer} {}. {chosen}{}{marks}", at + 1, option.label);
        let start = body.lines.len();
        body.text(&text, 5 + chosen.len(), if is_here { style.focus() } else { TextStyle::default() });
        if is_here {
            // At the first option the question above it is worth more than the option's last words.
            body.focus = (start, if at == 0 { start } else { body.lines.len() - 1 });
        }
    }
}

fn needs(page: &QuestionPage, form: &Form, style: Style, body: &mut Body) {
    let legend: Vec<String> = page.options.iter().enumerate().map(|(at, option)| format!("{} {}", at + 1, option.label)).collect();
    body.text(&legend.join("   "), 2, style.quiet());
    for (at, ((_, need, _), (_, option))) in page.rows.iter().zip(&form.rows).enumerate() {
        let is_here = form.cursor == at;
        let pointer = if is_here { ">" } else { " " };
        let answer = option.and_then(|option| page.options.get(option)).map_or("-", |option| option.label.as_str());
        let start = body.lines.len();
        body.text(&format!("{pointer} {need}: {answer}"), 4, if is_here { style.focus() } else { TextStyle::default() });
        if is_here {
            body.focus = (start, body.lines.len() - 1);
        }
    }
}

fn review(page: &ReviewPage, columns: usize, style: Style) -> Body {
    let mut body = Body::new(columns);
    page.verdict.iter().for_each(|line| body.text(line, 2, style.strong()));
    body.blank();
    let longest = |cells: &dyn Fn(usize) -> usize| (0..page.rows.len()).map(cells).max().unwrap_or(0);
    let id_width = longest(&|at| width(&page.rows[at].id));
    // Mark, number, confidence and the gaps between the columns take 20.
    let room = columns.saturating_sub(20 + id_width + NARROWEST_EFFECT);
    let answer_width = longest(&|at| width(&page.rows[at].answer)).min(room);
    let is_wide = room >= NARROWEST_ANSWER;
    for row in &page.rows {
        let mark = if row.is_open { "?" } else { " " };
        let number = format!("{mark}{:>3}", row.number);
        let text_style = if row.is_open { style.warning() } else { TextStyle::default() };
        if is_wide {
            let (id, answer) = (pad(&row.id, id_width), pad(&row.answer, answer_width));
            body.cells(&format!("{number}  {id}  {answer}  {}  ", pad(&row.confidence, 8)), &row.effect, text_style);
        } else {
            let rest: String =
                [&row.confidence, &row.effect].into_iter().filter(|cell| !cell.is_empty()).map(|cell| format!("; {cell}")).collect();
            body.cells(&format!("{number}  "), &format!("{}: {}{rest}", row.id, row.answer), text_style);
        }
    }
    if page.rows.iter().any(|row| row.is_open) {
        body.text("? waits for an answer", 0, style.quiet());
    }
    body
}

fn end(lines: &[String], columns: usize, style: Style) -> Body {
    let mut body = Body::new(columns);
    for (at, line) in lines.iter().enumerate() {
        body.text(line, 4, if at == 0 { style.strong() } else { TextStyle::default() });
    }
    body
}

/// What was said, or is asked for, and the keys.
fn foot(keyboard: &Keyboard<'_>, columns: usize, height: usize, style: Style) -> Body {
    let mut foot = Body::new(columns);
    // On a low screen the page needs the lines more than the keys do.
    let most = (height / 3).max(1);
    if let Some(message) = keyboard.message() {
        foot.text(message, 0, style.warning());
        foot.lines.truncate(most);
    }
    if let Some((purpose, field)) = keyboard.prompt() {
        let has_room = foot.lines.len() + 2 <= (height / 2).max(2);
        if has_room && foot.lines.is_empty() {
            foot.text(purpose.prompt(), 0, TextStyle::default());
            foot.lines.truncate(most);
        }
        foot.field(field, style.focus());
        if height > 8 {
            foot.text("Enter takes it   Esc leaves it", 0, style.quiet());
        }
        return foot;
    }
    if foot.lines.is_empty() || height > 8 {
        let most = if height >= ROOMY { 2 } else { 1 };
        for line in keys(keyboard_keys(keyboard), columns).into_iter().take(most) {
            foot.lines.push(Line::from(Span::styled(line, style.quiet())));
        }
    }
    foot
}

fn keyboard_keys(keyboard: &Keyboard<'_>) -> &'static [&'static str] {
    match keyboard.survey().page() {
        Page::Start => &["Enter begin", "r review", "q quit"],
        Page::Review if keyboard.survey().weighs() => &["Enter verdict", "number go to", "b back", "q quit"],
        Page::Review => &["Enter done", "number go to", "b back", "q quit"],
        Page::End => &["Enter done", "b back", "q quit"],
        Page::Question { .. } if keyboard.survey().is_contradicted() => &["k keep", "c change", "n note"],
        Page::Question { .. } if keyboard.is_field() => &[
            "Enter answer",
            "F1 help",
            "^B back",
            "^S skip",
            "^Q quit",
            "^N note",
            "^E evidence",
            "^T confidence",
            "^U unknown",
            "^X n/a",
            "^R review",
            "^G go to",
        ],
        Page::Question { .. } => &[
            "Enter answer",
            "? help",
            "b back",
            "s skip",
            "q quit",
            "n note",
            "e evidence",
            "c confidence",
            "u unknown",
            "x n/a",
            "r review",
            "g go to",
        ],
    }
}

/// Joins keys to lines, each key whole.
fn keys(keys: &[&str], columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for key in keys {
        let is_full = lines.last().is_some_and(|line| !line.is_empty() && line.len() + 2 + key.len() > columns);
        if is_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if line.is_empty() { "" } else { "  " });
            line.push_str(key);
        }
    }
    lines
}
