//! Which front end asks.

use std::io::IsTerminal;

use anyhow::{Result, bail};
use clap::ValueEnum;

/// The narrowest terminal for the full screen.
pub(super) const MIN_WIDTH: u16 = 20;

/// The lowest terminal for the full screen.
pub(super) const MIN_HEIGHT: u16 = 5;

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Ui {
    /// The full screen on a terminal that can show it, else line by line; not at all where CI is set.
    Auto,
    /// The full screen.
    Screen,
    /// Plain lines, for pipes and screen readers.
    Line,
    /// Nothing is asked.
    Off,
}

/// What is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrontEnd {
    Screen,
    Line,
    Off,
}

/// What is known about the place where the program runs.
#[derive(Debug, Clone, Default)]
struct Surroundings {
    stdin_is_terminal: bool,
    stderr_is_terminal: bool,
    term: Option<String>,
    accessible: Option<String>,
    ci: Option<String>,
    size: Option<(u16, u16)>,
}

/// Chooses the front end.
pub(super) fn front_end(ui: Ui) -> Result<FrontEnd> {
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let surroundings = Surroundings {
        stdin_is_terminal: std::io::stdin().is_terminal(),
        stderr_is_terminal: std::io::stderr().is_terminal(),
        term: variable("TERM"),
        accessible: variable("ACCESSIBLE"),
        ci: variable("CI"),
        size: terminal_size::terminal_size_of(std::io::stderr()).map(|(width, height)| (width.0, height.0)),
    };
    choose(ui, &surroundings)
}

fn choose(ui: Ui, at: &Surroundings) -> Result<FrontEnd> {
    let is_terminal = at.stdin_is_terminal && at.stderr_is_terminal;
    let is_small = at.size.is_some_and(|(width, height)| width < MIN_WIDTH || height < MIN_HEIGHT);
    Ok(match ui {
        Ui::Off => FrontEnd::Off,
        Ui::Line => FrontEnd::Line,
        Ui::Screen if !is_terminal => bail!("--ui screen needs a terminal at standard input and standard error; --ui line does not"),
        Ui::Screen if is_small => FrontEnd::Line,
        Ui::Screen => FrontEnd::Screen,
        Ui::Auto if is_on(at.ci.as_deref()) => FrontEnd::Off,
        Ui::Auto if !is_terminal || is_small || is_on(at.accessible.as_deref()) => FrontEnd::Line,
        Ui::Auto if matches!(at.term.as_deref(), None | Some("" | "dumb")) => FrontEnd::Line,
        Ui::Auto => FrontEnd::Screen,
    })
}

/// Says whether a variable switches something on: it is there, and neither empty, `0` nor `false`.
fn is_on(value: Option<&str>) -> bool {
    !matches!(value, None | Some("" | "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::{FrontEnd, Surroundings, Ui, choose};

    fn terminal() -> Surroundings {
        let size = Some((80, 24));
        Surroundings { stdin_is_terminal: true, stderr_is_terminal: true, term: Some("xterm".into()), size, ..Surroundings::default() }
    }

    fn auto(change: impl FnOnce(&mut Surroundings)) -> FrontEnd {
        let mut at = terminal();
        change(&mut at);
        choose(Ui::Auto, &at).expect("auto always finds one")
    }

    #[test]
    fn a_terminal_gets_the_screen_and_everything_else_lines() {
        assert_eq!(auto(|_| {}), FrontEnd::Screen);
        assert_eq!(auto(|at| at.stdin_is_terminal = false), FrontEnd::Line);
        assert_eq!(auto(|at| at.stderr_is_terminal = false), FrontEnd::Line);
        assert_eq!(auto(|at| at.term = None), FrontEnd::Line);
        assert_eq!(auto(|at| at.term = Some("dumb".into())), FrontEnd::Line);
        assert_eq!(auto(|at| at.accessible = Some("1".into())), FrontEnd::Line);
        assert_eq!(auto(|at| at.accessible = Some("0".into())), FrontEnd::Screen);
        assert_eq!(auto(|at| at.accessible = Some("false".into())), FrontEnd::Screen);
        assert_eq!(auto(|at| at.size = Some((19, 24))), FrontEnd::Line);
        assert_eq!(auto(|at| at.size = Some((80, 4))), FrontEnd::Line);
        assert_eq!(auto(|at| at.size = Some((20, 5))), FrontEnd::Screen);
        assert_eq!(auto(|at| at.size = None), FrontEnd::Screen);
    }

    #[test]
    fn nobody_is_asked_in_a_pipeline() {
        assert_eq!(auto(|at| at.ci = Some("true".into())), FrontEnd::Off);
        assert_eq!(auto(|at| at.ci = Some(String::new())), FrontEnd::Screen);
        let at = Surroundings { ci: Some("true".into()), ..Surroundings::default() };
        assert_eq!(choose(Ui::Line, &at).expect("what is asked for wins"), FrontEnd::Line);
    }

    #[test]
    fn the_screen_needs_a_terminal() {
        assert!(choose(Ui::Screen, &Surroundings::default()).is_err());
        assert_eq!(choose(Ui::Screen, &Surroundings { size: Some((10, 24)), ..terminal() }).expect("a terminal"), FrontEnd::Line);
    }
}
