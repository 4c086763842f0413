//! The full screen's front end: raw mode, the alternate screen, events. What keys do is decided in `survey::keyboard`, what is drawn in `draw`.

use std::io::{self, Stderr};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

use super::draw::{Style, draw};
use super::{Ending, Session};
use crate::survey::keyboard::{Key, Press};

/// Gives the terminal back, whatever happens.
struct Guard<'a> {
    is_screen: &'a AtomicBool,
}

impl<'a> Guard<'a> {
    fn enter(is_screen: &'a AtomicBool) -> Result<Self> {
        let before = std::panic::take_hook();
        // Before the message of a panic, or it would be drawn on the screen that goes away.
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
        enable_raw_mode().context("cannot switch the terminal to single keys")?;
        is_screen.store(true, Ordering::SeqCst);
        let guard = Self { is_screen };
        execute!(io::stderr(), EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste).context("cannot draw on the terminal")?;
        Ok(guard)
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.is_screen.store(false, Ordering::SeqCst);
        restore();
        if !std::thread::panicking() {
            drop(std::panic::take_hook());
        }
    }
}

/// Gives the terminal back; harmless if it was given back before.
pub(super) fn restore() {
    // Nothing can be done if the terminal is gone.
    let _ = execute!(io::stderr(), DisableBracketedPaste, LeaveAlternateScreen, ratatui::crossterm::cursor::Show);
    let _ = disable_raw_mode();
}

/// Walks through the survey until it ends or the person leaves.
pub(super) fn walk(session: &mut Session<'_>, color: bool, is_screen: &AtomicBool) -> Result<Ending> {
    let _guard = Guard::enter(is_screen)?;
    // Not `Terminal::clear`: it asks for the cursor's place on standard output, which may be a file.
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stderr()))?;
    loop {
        redraw(&mut terminal, session, color)?;
        let keys = match event::read()? {
            Event::Key(pressed) if pressed.kind != KeyEventKind::Release => key(pressed).into_iter().collect(),
            // Pasted text is text: a newline in it must not answer anything.
            Event::Paste(text) if session.keyboard.is_field() || session.keyboard.prompt().is_some() => {
                text.chars().map(|letter| Key::Character(if letter.is_control() { ' ' } else { letter })).collect()
            }
            _ => Vec::new(),
        };
        for key in keys {
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

fn redraw(terminal: &mut Terminal<CrosstermBackend<Stderr>>, session: &mut Session<'_>, color: bool) -> Result<()> {
    let next_command = session.commands.next.clone();
    terminal.draw(|frame| draw(frame, &mut session.keyboard, &next_command, Style { color }))?;
    Ok(())
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
