//! Streams: results to standard output, narration to standard error, and nothing that a terminal would obey.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The width of text that goes to no terminal.
const WIDTH_WITHOUT_TERMINAL: usize = 100;

/// How human output looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Whether to colour.
    pub(super) color: bool,
    /// How many columns there are.
    pub(super) width: usize,
}

impl Look {
    /// Decides how output to a stream looks. `COLUMNS` is not asked: a pipe's width is always the same.
    pub(super) fn of(stream: &impl IsTerminal, color: Color) -> Self {
        let terminal = stream.is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !dumb && !no_color,
        };
        let width = if terminal { terminal_width() } else { None }.unwrap_or(WIDTH_WITHOUT_TERMINAL);
        Self { color, width: width.max(20) }
    }
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Writes a result to standard output. A reader that went away is no error.
pub(super) fn print(text: &str) -> Result<()> {
    let mut stream = io::stdout().lock();
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Writes narration to standard error.
pub(super) fn narrate(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// How long a run is silent before it says how far it is.
const SILENT: Duration = Duration::from_secs(1);

/// Says on standard error how far a long run is: once a second, on one line, and only to a terminal.
pub(super) struct Progress {
    what: String,
    started: Instant,
    said: Option<Instant>,
}

impl Progress {
    /// Starts a run; what takes less than a second says nothing.
    pub(super) fn new(what: &str) -> Self {
        Self { what: crate::report::text::plain(what), started: Instant::now(), said: None }
    }

    /// Takes note of a step.
    pub(super) fn step(&mut self, done: usize, all: usize) {
        let since = self.said.unwrap_or(self.started).elapsed();
        if since < SILENT || !io::stderr().is_terminal() {
            return;
        }
        self.said = Some(Instant::now());
        let _ = write!(io::stderr().lock(), "\r\u{1b}[K{}: {} %", self.what, done * 100 / all.max(1));
    }
}

/// Says on standard error that something goes on, and for how long: once a second, on one line, and only to a terminal. For work of which nobody knows how much is left.
pub(super) struct Busy {
    over: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Busy {
    /// Starts; what takes less than a second says nothing.
    pub(super) fn new(what: &str) -> Self {
        if !io::stderr().is_terminal() {
            return Self { over: None };
        }
        let what = crate::report::text::plain(what);
        let (over, ends) = channel();
        let say = move || {
            let started = Instant::now();
            let mut has_said = false;
            while ends.recv_timeout(SILENT) == Err(RecvTimeoutError::Timeout) {
                has_said = true;
                let _ = write!(io::stderr().lock(), "\r\u{1b}[K{what}: {} s", started.elapsed().as_secs());
            }
            if has_said {
                let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
            }
        };
        // Without another thread, nothing is said.
        Self { over: std::thread::Builder::new().spawn(say).ok().map(|thread| (over, thread)) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some((over, thread)) = self.over.take() {
            drop(over);
            let _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.said.is_some() {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
