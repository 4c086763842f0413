//! The full screen's front end: raw mode, the alternate screen, events. What keys do is decided in `survey::keyboard`, what is drawn in `draw`.

use std::io::{self, Stderr};
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

use super::draw::{Style, draw, has_room};
use super::{Ending, Session};
use crate::survey::keyboard::{Key, Press};

/// What is done with the news of a panic.
type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// Gives the terminal back, whatever happens.
struct Guard {
    is_screen: Arc<AtomicBool>,
    /// What the program does with a panic elsewhere.
    before: Arc<Hook>,
}

impl Guard {
    fn enter(is_screen: &Arc<AtomicBool>) -> Result<Self> {
        enable_raw_mode().context("cannot switch the terminal to single keys")?;
        is_screen.store(true, Ordering::SeqCst);
        let before: Arc<Hook> = Arc::from(std::panic::take_hook());
        std::panic::set_hook(restoring(Arc::clone(is_screen), restore, Arc::clone(&before)));
        let guard = Self { is_screen: Arc::clone(is_screen), before };
        execute!(io::stderr(), EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste).context("cannot draw on the terminal")?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        once(&self.is_screen, restore);
        // While it panics the hook cannot be changed, and nothing comes after it.
        if !std::thread::panicking() {
            let before = Arc::clone(&self.before);
            std::panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}

/// Makes a hook that gives the terminal back before the message of a panic, or it would be drawn on the screen that goes away.
fn restoring(is_screen: Arc<AtomicBool>, restore: fn(), before: Arc<Hook>) -> Box<Hook> {
    Box::new(move |info| {
        once(&is_screen, restore);
        before(info);
    })
}

/// Gives the terminal back if that has not been done yet: done again, it would put the cursor back over what was printed since.
pub(super) fn once(is_screen: &AtomicBool, restore: fn()) {
    if is_screen.swap(false, Ordering::SeqCst) {
        restore();
    }
}

/// Gives the terminal back.
pub(super) fn restore() {
    // Nothing can be done if the terminal is gone.
    let _ = execute!(io::stderr(), DisableBracketedPaste, LeaveAlternateScreen, ratatui::crossterm::cursor::Show);
    let _ = disable_raw_mode();
}

/// Walks through the survey until it ends or the person leaves.
pub(super) fn walk(session: &mut Session<'_>, color: bool, is_screen: &Arc<AtomicBool>) -> Result<Ending> {
    let _guard = Guard::enter(is_screen)?;
    // Not `Terminal::clear`: it asks for the cursor's place on standard output, which may be a file.
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stderr()))?;
    loop {
        let is_seen = redraw(&mut terminal, session, color)?;
        let keys: Vec<Key> = match event::read()? {
            Event::Key(pressed) if pressed.kind != KeyEventKind::Release => key(pressed).into_iter().collect(),
            // Pasted text is text: a newline in it must not answer anything.
            Event::Paste(text) if session.keyboard.is_field() || session.keyboard.prompt().is_some() => {
                text.chars().map(|letter| Key::Character(if letter.is_control() { ' ' } else { letter })).collect()
            }
            _ => Vec::new(),
        };
        for key in keys.into_iter().filter(|key| is_seen || leaves(*key)) {
            match session.keyboard.press(key) {
                Press::Drawn => {}
                Press::Changed(id) => {
                    if let Err(message) = session.save(id) {
                        session.keyboard.say(message);
                    }
                }
                Press::Quit => return Ok(Ending::Left),
                Press::Interrupted => return Ok(Ending::Interrupted),
                Press::Finished => return Ok(Ending::Finished),
            }
        }
    }
}

/// Draws the page; returns whether it could be shown.
fn redraw(terminal: &mut Terminal<CrosstermBackend<Stderr>>, session: &mut Session<'_>, color: bool) -> Result<bool> {
    let next_command = session.commands.next.clone();
    let drawn = terminal.draw(|frame| draw(frame, &mut session.keyboard, &next_command, Style { color }))?;
    Ok(has_room(drawn.area))
}

/// Says whether a key leaves every page, so that it acts also where no page can be shown.
const fn leaves(key: Key) -> bool {
    matches!(key, Key::Control('c' | 'q'))
}

fn key(pressed: KeyEvent) -> Option<Key> {
    let is_control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        KeyCode::Char(letter) if is_control => Key::Control(letter.to_ascii_lowercase()),
        KeyCode::Char(letter) => Key::Character(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Esc => Key::Escape,
        KeyCode::F(1) => Key::Help,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::{once, restoring};

    static RESTORED: AtomicUsize = AtomicUsize::new(0);

    fn restore() {
        RESTORED.fetch_add(1, Ordering::SeqCst);
    }

    /// The hook belongs to the whole process, so only what the thread of this test says is looked at.
    #[test]
    fn a_panic_gives_the_terminal_back_once_and_before_its_message() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let is_screen = Arc::new(AtomicBool::new(true));
        let (others, log) = (std::panic::take_hook(), Arc::clone(&said));
        let message = move |info: &std::panic::PanicHookInfo<'_>| {
            if info.payload_as_str() == Some("in the middle of a page") {
                log.lock().expect("nobody panics with it").push(RESTORED.load(Ordering::SeqCst));
            } else {
                others(info);
            }
        };
        std::panic::set_hook(restoring(Arc::clone(&is_screen), restore, Arc::new(message)));
        let panicked = std::thread::spawn(|| panic!("in the middle of a page")).join();
        drop(std::panic::take_hook());
        assert!(panicked.is_err());
        assert_eq!(*said.lock().expect("nobody panicked with it"), [1], "the terminal was back when the message came");
        once(&is_screen, restore);
        assert_eq!(RESTORED.load(Ordering::SeqCst), 1, "the guard behind the panic does it no second time");
    }
}
