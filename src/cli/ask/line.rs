//! The line front end: numbered, plain, one question after another. For pipes, screen readers and dumb terminals.

use std::io::{BufRead, IsTerminal, Read};

use anyhow::{Result, bail};

use super::columns::wrap;
use super::{Ending, Session};
use crate::cli::output;
use crate::questionnaire::Kind;
use crate::report::text::harmless;
use crate::survey::keyboard::Purpose;
use crate::survey::pages::{QuestionPage, ReviewPage};
use crate::survey::typed::{Typed, understand};
use crate::survey::{Action, Effect, Page};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 65_536;

/// The most lines of a walk that come through a pipe: whoever writes `yes | weighbridge ask` would wait, and fill a log, for ever.
const MAX_PIPED_LINES: usize = 10_000;

const COMMANDS: &str = "  a number, or an option's id   answers; several as 1,3; none
  an empty line                 goes on, and keeps the answer that is there
  b back   s skip   r review   g go to (g 5, g outage-hour)   q save and quit
  n note   e evidence   c confidence (c measured)   u unknown   x not applicable (x REASON)
  where a number or a text is asked for, commands begin with a colon: :b";

/// Walks through the survey until it ends, the person leaves, or the input ends.
pub(super) fn walk(session: &mut Session<'_>) -> Result<Ending> {
    start(session);
    say("? lists the commands.");
    session.keyboard.survey_mut().apply(Action::Next).map_err(anyhow::Error::msg)?;
    let mut is_page_shown = false;
    let mut pending: Option<Purpose> = None;
    let mut n_piped = 0;
    loop {
        if !is_page_shown {
            show(session);
        }
        is_page_shown = true;
        prompt(pending.map_or(">", Purpose::prompt));
        let line = match read_line()? {
            Line::Read(line) => line,
            Line::TooLong => {
                say("");
                say(&format!("a line has more than {MAX_LINE} bytes; nothing is taken from it"));
                continue;
            }
            Line::End => {
                say("");
                say("the input has ended");
                return Ok(Ending::Left);
            }
        };
        if !std::io::stdin().is_terminal() {
            n_piped += 1;
            if n_piped > MAX_PIPED_LINES {
                bail!("more than {MAX_PIPED_LINES} lines came through the pipe, and the walk has not ended; answers are saved");
            }
            // What comes through a pipe is echoed by nobody else.
            say(&line);
        }
        let survey = session.keyboard.survey();
        // An empty line takes a note away; nothing else that is asked for can be empty.
        if line.trim().is_empty() && matches!(pending, Some(Purpose::Evidence | Purpose::Reason | Purpose::Jump)) {
            pending = None;
            continue;
        }
        let asked = pending.take();
        let typed = match asked {
            Some(purpose) => purpose.action(survey, &line).map(Typed::Action),
            None => understand(survey, &line),
        };
        let action = match typed {
            Ok(Typed::Action(action)) => action,
            Ok(Typed::Ask(purpose)) => {
                pending = Some(purpose);
                continue;
            }
            Ok(Typed::Help) => {
                help(session);
                continue;
            }
            Ok(Typed::Quit) => return Ok(Ending::Left),
            Err(message) => {
                say(&message);
                pending = asked;
                continue;
            }
        };
        match session.keyboard.survey_mut().apply(action) {
            Ok(Effect::Finished) => return Ok(Ending::Finished),
            Ok(effect) => {
                is_page_shown = false;
                if let Effect::Changed(id) = effect
                    && let Err(message) = session.save(id)
                {
                    say(&message);
                }
            }
            Err(message) => {
                say(&message);
                pending = asked.filter(|_| session.keyboard.survey().read_only().is_none());
            }
        }
        if session.keyboard.survey().page() == Page::End {
            return Ok(Ending::Finished);
        }
    }
}

/// What the input says.
enum Line {
    /// A line without its end.
    Read(String),
    /// A line of more than [`MAX_LINE`] bytes; it was passed over.
    TooLong,
    /// Nothing any more.
    End,
}

fn read_line() -> Result<Line> {
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(Line::End);
    }
    if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
        // The rest of the line is no answer to anything.
        input.skip_until(b'\n')?;
        return Ok(Line::TooLong);
    }
    Ok(Line::Read(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned()))
}

/// Says something; on a terminal, lines break between words.
fn say(text: &str) {
    let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0));
    for line in text.lines().chain(text.is_empty().then_some("")) {
        let indent = line.len() - line.trim_start().len();
        match columns {
            Some(columns) => wrap(line, columns, indent + 2).iter().for_each(|line| output::narrate(line)),
            None => output::narrate(&harmless(line)),
        }
    }
}

fn prompt(words: &str) {
    use std::io::Write;
    let mut stream = std::io::stderr().lock();
    // Nobody is left to ask when standard error is closed.
    let _ = write!(stream, "{words} ").and_then(|()| stream.flush());
}

fn show(session: &Session<'_>) {
    let survey = session.keyboard.survey();
    match survey.page() {
        Page::Start => start(session),
        Page::End => {}
        Page::Question { id, .. } => question(&survey.question_page(id)),
        Page::Review => review(&survey.review_page()),
    }
}

fn start(session: &Session<'_>) {
    let page = session.keyboard.survey().start_page();
    say(&page.title);
    page.lines.iter().for_each(|line| say(line));
}

fn question(page: &QuestionPage) {
    if let Some(contradiction) = &page.contradiction {
        say(contradiction);
        say("k keep   c change   n note");
        return;
    }
    say("");
    say(&page.place);
    say(&page.ask);
    if !matches!(page.kind, Kind::Number | Kind::Text) {
        for (at, option) in page.options.iter().enumerate() {
            let marks: String = option.marks.iter().map(|mark| format!("   {mark}")).collect();
            say(&format!("  {}. {}{marks}", at + 1, option.label));
        }
    }
    for (_, need, option) in &page.rows {
        let answer = option.and_then(|at| page.options.get(at)).map_or("-", |option| option.label.as_str());
        say(&format!("  {need}: {answer}"));
    }
    match page.kind {
        Kind::Choice | Kind::YesNo => {}
        Kind::Multi | Kind::Number | Kind::Text => say(&format!("  Answer: {}", page.takes)),
        Kind::Scale => say("  Answer: a number for each need, in this order, or `-` for none"),
    }
    say(&format!("Why: {}", page.why));
    page.current.iter().for_each(|current| say(&format!("Current answer: {current}")));
    page.remarks.iter().chain(&page.model).chain(&page.leader).for_each(|line| say(line));
}

fn review(page: &ReviewPage) {
    say("");
    say("Review");
    for row in &page.rows {
        let mark = if row.is_open { " (open)" } else { "" };
        let rest: String =
            [&row.confidence, &row.effect].into_iter().filter(|cell| !cell.is_empty()).map(|cell| format!("; {cell}")).collect();
        say(&format!("  {}. {}: {}{rest}{mark}", row.number, row.id, row.answer));
    }
    page.verdict.iter().for_each(|line| say(line));
    say("A number goes to its question; an empty line ends.");
}

fn help(session: &Session<'_>) {
    if let Some(id) = session.keyboard.survey().question() {
        session.keyboard.survey().question_page(id).help.iter().for_each(|line| say(line));
    }
    say(COMMANDS);
}
