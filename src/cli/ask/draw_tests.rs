//! The screen on ratatui's test backend: what stands where, at several sizes and after a resize.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::draw::{Style, draw};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::{Questionnaire, SHOULD_YOU_DISTRIBUTE, read};
use crate::source::Sources;
use crate::survey::keyboard::{Key, Keyboard};
use crate::survey::{Opening, Scope, Survey};

fn questionnaire() -> Questionnaire {
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", SHOULD_YOU_DISTRIBUTE);
    read(&sources, file).0
}

fn keyboard(questionnaire: &Questionnaire, scope: Scope) -> Keyboard<'_> {
    let mut answers = Answers::new(questionnaire);
    answers.system = Some("models/shop".into());
    Keyboard::new(Survey::new(questionnaire, answers, Opening { scope, ..Opening::default() }))
}

fn press(keyboard: &mut Keyboard<'_>, keys: &str) {
    for letter in keys.chars() {
        keyboard.press(if letter == '\n' { Key::Enter } else { Key::Character(letter) });
    }
}

struct Screen {
    terminal: Terminal<TestBackend>,
    color: bool,
}

impl Screen {
    fn new(width: u16, height: u16) -> Self {
        Self { terminal: Terminal::new(TestBackend::new(width, height)).expect("a terminal in memory"), color: false }
    }

    fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
    }

    /// Draws, and returns the lines without the spaces at their ends.
    fn lines(&mut self, keyboard: &mut Keyboard<'_>) -> Vec<String> {
        let style = Style { color: self.color };
        self.terminal.draw(|frame| draw(frame, keyboard, "weighbridge report models/shop", style)).expect("drawing in memory");
        let buffer = self.terminal.backend().buffer();
        let row = |y: u16| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..buffer.area.height).map(row).collect()
    }
}

#[test]
fn a_question_on_80_by_24() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    let mut screen = Screen::new(80, 24);
    let start = screen.lines(&mut keyboard);
    assert_eq!(
        start[1..5].iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "Should you distribute?",
            "Questionnaire: should-you-distribute@1.0.0",
            "System: models/shop",
            "0 of 13 questions answered, 5 min left",
        ]
    );
    press(&mut keyboard, "\n2");
    press(&mut keyboard, "jj");
    assert_eq!(
        screen.lines(&mut keyboard)[..11],
        [
            "Failure 2/13   4 min left",
            "",
            "What does one hour of outage cost at the worst moment?",
            "",
            "  1. It annoys people",
            "  2. It costs a little",
            "> 3. It costs a lot",
            "  4. It threatens the business, or somebody's safety",
            "",
            "Copies and failover pay only where an outage hurts.",
            "",
        ]
    );
    let lines = screen.lines(&mut keyboard);
    assert_eq!(
        lines[22..],
        ["Enter answer  ? help  b back  s skip  q quit  n note  e evidence  c confidence", "u unknown  x n/a  r review  g go to",]
    );
    press(&mut keyboard, "b");
    assert_eq!(screen.lines(&mut keyboard)[5], "> 2. Across one country (current)");
}

#[test]
fn a_question_on_30_by_6_scrolls_to_the_cursor() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    let mut screen = Screen::new(30, 6);
    press(&mut keyboard, "\n");
    assert_eq!(
        screen.lines(&mut keyboard),
        [
            "Users and places 1/13  PgDn",
            "Are your users far apart, and",
            "do they feel the distance?",
            "> 1. All in one place",
            "  2. Across one country",
            "Enter answer  ? help  b back",
        ]
    );
    press(&mut keyboard, "jjjj");
    assert!(screen.lines(&mut keyboard).iter().any(|line| line == "> 5. Law pins their data to"), "{:#?}", screen.lines(&mut keyboard));
    press(&mut keyboard, "?");
    let help = screen.lines(&mut keyboard);
    assert!(!help.iter().any(|line| line.contains("Law pins")), "the help takes the room: {help:#?}");
    for _ in 0..3 {
        keyboard.press(Key::PageDown);
    }
    assert!(screen.lines(&mut keyboard).iter().any(|line| line.contains("It comes from")), "{:#?}", screen.lines(&mut keyboard));
}

#[test]
fn that_a_page_goes_on_is_said_at_every_width() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    press(&mut keyboard, "\n?");
    for (width, head) in [
        (80, "Users and places 1/13   5 min left  (PgDn for more)"),
        (40, "Users and places 1/13   5 min left  PgDn"),
        (20, "Users and plac  PgDn"),
    ] {
        assert_eq!(Screen::new(width, 16).lines(&mut keyboard)[0], head);
    }
}

#[test]
fn a_resize_keeps_the_state_and_shows_the_cursor() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    let mut screen = Screen::new(80, 24);
    press(&mut keyboard, "\njjj");
    let wide = screen.lines(&mut keyboard);
    for (width, height) in [(30, 6), (20, 5), (200, 60), (41, 11)] {
        screen.resize(width, height);
        let lines = screen.lines(&mut keyboard);
        assert_eq!(lines.len(), usize::from(height));
        assert!(lines.iter().any(|line| line.starts_with("> 4. On")), "{width}x{height}: {lines:#?}");
    }
    screen.resize(10, 3);
    assert_eq!(screen.lines(&mut keyboard)[0], "too small;");
    screen.resize(80, 24);
    assert_eq!(screen.lines(&mut keyboard), wide, "nothing was lost");
}

#[test]
fn every_page_fits_every_size() {
    let questionnaire = questionnaire();
    for (width, height) in [(20, 5), (30, 6), (40, 12), (80, 24), (130, 50)] {
        let mut screen = Screen::new(width, height);
        let mut keyboard = keyboard(&questionnaire, Scope::Full);
        press(&mut keyboard, "\n");
        let mut pages = 0;
        while let Some(question) = keyboard.survey().question() {
            let mut lines = screen.lines(&mut keyboard);
            // On a low screen a long question gives way to its first option, and a page up shows it.
            for _ in 0..20 {
                keyboard.press(Key::PageUp);
            }
            lines.extend(screen.lines(&mut keyboard));
            let asked = &questionnaire.question(question).ask;
            let start: String = asked.chars().take_while(|letter| *letter != ' ').collect();
            assert!(lines.iter().any(|line| line.starts_with(&start)), "{width}x{height}: {asked}: {lines:#?}");
            keyboard.press(Key::Right);
            pages += 1;
        }
        assert!(pages > 30);
        assert!(screen.lines(&mut keyboard)[0].starts_with("Review"));
        keyboard.press(Key::Enter);
        assert!(screen.lines(&mut keyboard)[0].starts_with("Verdict"));
    }
}

#[test]
fn the_review_is_a_table_where_there_is_room() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    press(&mut keyboard, "\n3c\nr");
    keyboard.press(Key::Escape);
    let mut screen = Screen::new(80, 30);
    let lines = screen.lines(&mut keyboard);
    assert!(lines[1].starts_with("Undetermined: "), "{lines:#?}");
    let row = lines.iter().find(|line| line.contains("users-where")).expect("the first row");
    let columns: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!((columns[0], columns[1]), ("1", "users-where"), "{row}");
    assert_eq!(columns.last(), Some(&"reach 0.35"), "{row}");
    assert!(lines.iter().any(|line| line.starts_with("?  3  ")), "{lines:#?}");
    press(&mut keyboard, "3");
    assert!(keyboard.prompt().is_some(), "a number is the beginning of a jump");
    assert!(screen.lines(&mut keyboard).iter().any(|line| line == "> 3"));
    press(&mut keyboard, "\n");
    assert_eq!(keyboard.survey().question().map(|id| questionnaire.question(id).id.as_str()), Some("change-stop"));
    press(&mut keyboard, "1");
    assert!(screen.lines(&mut keyboard)[0].starts_with("Review"), "whoever came from the review returns to it");
}

#[test]
fn fields_show_what_is_typed_and_where() {
    let questionnaire = questionnaire();
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    let mut screen = Screen::new(40, 12);
    press(&mut keyboard, "\nn");
    press(&mut keyboard, &"wide 日本 ".repeat(20));
    let lines = screen.lines(&mut keyboard);
    assert_eq!(lines[9], "Note (empty takes it away):");
    assert!(lines[10].starts_with("> ") && lines[10].chars().count() <= 38, "{lines:#?}");
    let cursor = ratatui::backend::Backend::get_cursor_position(screen.terminal.backend_mut()).expect("a cursor");
    assert!(cursor.y == 10 && cursor.x < 40, "{cursor:?}");
}

#[test]
fn without_colour_there_is_none_and_the_markers_stay() {
    let questionnaire = questionnaire();
    let colors = |color: bool| {
        let mut keyboard = keyboard(&questionnaire, Scope::Quick);
        press(&mut keyboard, "\n");
        let mut screen = Screen { color, ..Screen::new(80, 24) };
        let lines = screen.lines(&mut keyboard);
        let cells = &screen.terminal.backend().buffer().content;
        (lines, cells.iter().any(|cell| cell.fg != ratatui::style::Color::Reset))
    };
    let ((plain, none), (colored, some)) = (colors(false), colors(true));
    assert_eq!(plain, colored, "the text is the same");
    assert!(!none && some);
}

#[test]
fn hostile_text_commands_nothing() {
    let text = SHOULD_YOU_DISTRIBUTE.replace("It annoys people", "It \\u001b[31mannoys\\u202E people");
    let mut sources = Sources::default();
    let file = sources.add("questionnaire.toml", text);
    let (questionnaire, _) = read(&sources, file);
    let mut keyboard = keyboard(&questionnaire, Scope::Quick);
    press(&mut keyboard, "\n1");
    let lines = Screen::new(80, 24).lines(&mut keyboard);
    assert!(lines.iter().any(|line| line.contains("It <U+001B>[31mannoys<U+202E> people")), "{lines:#?}");
}
