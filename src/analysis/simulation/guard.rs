//! What keeps a caller from calling: a retry budget, a circuit breaker.

use super::program::{Breaker, LinkStep};

/// The most retries that a budget saves up.
const MAX_SAVED: f64 = 100.0;

/// The calls that a breaker lets through to try, after it was open.
const TRIALS: u32 = 10;

/// The guards of one link.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    budget: Option<f64>,
    saved: f64,
    breaker: Option<BreakerState>,
}

#[derive(Debug, Clone)]
struct BreakerState {
    settings: Breaker,
    /// The last calls, the oldest where the next is written; whether each failed.
    window: Vec<bool>,
    next: usize,
    failures: u32,
    mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Closed,
    /// Until a time.
    Open(f64),
    /// Trying: calls let through, answers to them, failures among these.
    Half {
        sent: u32,
        ended: u32,
        failed: u32,
    },
}

impl Guard {
    pub(super) fn new(link: &LinkStep, settings: Breaker) -> Self {
        let breaker = link.has_breaker.then(|| BreakerState { settings, window: Vec::new(), next: 0, failures: 0, mode: Mode::Closed });
        Self { budget: link.budget, saved: MAX_SAVED, breaker }
    }

    /// Says whether an attempt may be sent, and counts it.
    pub(super) fn admits(&mut self, now: f64) -> bool {
        let is_admitted = self.passes_breaker(now);
        // What a breaker refuses is no attempt, and saves up no retry.
        if let Some(budget) = self.budget.filter(|_| is_admitted) {
            self.saved = (self.saved + budget).min(MAX_SAVED);
        }
        is_admitted
    }

    fn passes_breaker(&mut self, now: f64) -> bool {
        let Some(breaker) = &mut self.breaker else { return true };
        if let Mode::Open(until) = breaker.mode
            && now >= until
        {
            breaker.mode = Mode::Half { sent: 0, ended: 0, failed: 0 };
        }
        match &mut breaker.mode {
            Mode::Closed => true,
            Mode::Half { sent, .. } if *sent < TRIALS => {
                *sent += 1;
                true
            }
            Mode::Open(_) | Mode::Half { .. } => false,
        }
    }

    /// Says whether a retry is left, and takes it.
    pub(super) fn may_retry(&mut self) -> bool {
        if self.budget.is_none() {
            return true;
        }
        if self.saved < 1.0 {
            return false;
        }
        self.saved -= 1.0;
        true
    }

    /// An attempt was answered.
    pub(super) fn answered(&mut self, now: f64) {
        self.ended(now, false);
    }

    /// An attempt failed or was not answered in time.
    pub(super) fn failed(&mut self, now: f64) {
        self.ended(now, true);
    }

    fn ended(&mut self, now: f64, has_failed: bool) {
        let Some(breaker) = &mut self.breaker else { return };
        let Breaker { threshold, window, open } = breaker.settings;
        match &mut breaker.mode {
            // An answer to a call that was sent before it opened.
            Mode::Open(_) => {}
            Mode::Half { ended, failed, .. } => {
                *ended += 1;
                *failed += u32::from(has_failed);
                if *ended >= TRIALS {
                    let fails = f64::from(*failed) >= threshold * f64::from(*ended);
                    breaker.mode = if fails { Mode::Open(now + open) } else { Mode::Closed };
                    breaker.window.clear();
                    (breaker.next, breaker.failures) = (0, 0);
                }
            }
            Mode::Closed => {
                if breaker.window.len() < window as usize {
                    breaker.window.push(has_failed);
                } else {
                    breaker.failures -= u32::from(breaker.window[breaker.next]);
                    breaker.window[breaker.next] = has_failed;
                    breaker.next = (breaker.next + 1) % breaker.window.len();
                }
                breaker.failures += u32::from(has_failed);
                let is_full = breaker.window.len() >= window as usize;
                if is_full && f64::from(breaker.failures) >= threshold * f64::from(window) {
                    breaker.mode = Mode::Open(now + open);
                    breaker.window.clear();
                    (breaker.next, breaker.failures) = (0, 0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BreakerState, Guard, Mode};
    use crate::analysis::simulation::program::Breaker;

    /// Half of ten calls fail: it opens for a minute, lets ten through to try, and closes when these are answered.
    #[test]
    fn a_breaker_opens_tries_and_closes() {
        let settings = Breaker { threshold: 0.5, window: 10, open: 60.0 };
        let breaker = BreakerState { settings, window: Vec::new(), next: 0, failures: 0, mode: Mode::Closed };
        let mut guard = Guard { budget: None, saved: 0.0, breaker: Some(breaker) };
        for call in 0..10 {
            assert!(guard.admits(0.0));
            if call % 2 == 0 { guard.failed(0.0) } else { guard.answered(0.0) }
        }
        assert!(!guard.admits(1.0) && !guard.admits(59.9));
        assert_eq!((0..20).filter(|_| guard.admits(60.0)).count(), 10);
        (0..10).for_each(|_| guard.answered(60.1));
        assert!(guard.admits(60.2));
    }

    /// A budget of a tenth: after what was saved up, one retry for ten attempts.
    #[test]
    fn a_budget_is_a_share_of_the_attempts() {
        let mut guard = Guard { budget: Some(0.1), saved: 0.0, breaker: None };
        let retried = (0..1_000).filter(|_| guard.admits(0.0) && guard.may_retry()).count();
        assert!((98..=100).contains(&retried), "{retried}");
    }
}
