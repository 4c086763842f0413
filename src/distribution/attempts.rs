//! Calls that are cut off, tried again, or sent twice.

use super::grid::tables;
use super::histogram::Histogram;
use super::{Distribution, Mixture};
use crate::quantity::Duration;

/// The most attempts of one call that are followed; what would need more is taken to end with the last.
pub const MAX_ATTEMPTS: u64 = 64;

/// The share of calls of which no further attempt is followed.
const NEGLIGIBLE: f64 = 1e-12;

/// How long a caller pauses before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// The pause before the second attempt.
    pub first: Duration,
    /// By how much each later pause is longer: 1 for a fixed one, 2 for an exponential one.
    pub growth: f64,
    /// Whether each is drawn evenly between 0 and that.
    pub jitter: bool,
}

/// How a call is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// When the caller stops waiting for an attempt.
    pub timeout: Option<Duration>,
    /// The attempts after the first.
    pub retries: u64,
    /// The share of attempts that fail by themselves, noticed as fast as an answer comes.
    pub failed: f64,
    /// The pause before each attempt after the first.
    pub wait: Option<Wait>,
    /// The most retries per attempt on average, where they are limited.
    pub budget: Option<f64>,
}

/// A call with all its attempts.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempted {
    /// How long the caller waits, until the answer or until it gives up.
    pub time: Distribution,
    /// How many attempts are sent on average.
    pub attempts: f64,
    /// The share of calls that end without an answer.
    pub given_up: f64,
    /// The share of attempts that fail, by themselves or by the timeout: that of calls without an answer, if all attempts of one met the same.
    pub failed: f64,
    /// The share of attempts that the timeout ends.
    pub timed_out: f64,
    /// Whether more than [`MAX_ATTEMPTS`] are needed by a share of calls that counts.
    pub is_cut: bool,
}

impl Distribution {
    /// Returns a call whose attempts take this time each, independently.
    ///
    /// An attempt fails by itself with probability `p`, or because it takes longer than the timeout `T`. The time of the last attempt is `min(X, T)`; before it,
    /// with the part `S` that succeeds and the part `F` that fails: `Vₖ₊₁ = S + F ⊗ (pause ⊗ Vₖ)`.
    #[must_use]
    pub fn attempted(&self, retry: &Retry) -> Attempted {
        let limit = retry.timeout.map_or(f64::INFINITY, Duration::seconds) - self.constant;
        let (within, beyond) = self.rest.cut(limit);
        let never = limit <= 0.0;
        let timed_out = if never { 1.0 } else { beyond };
        let cut = |share: f64| if never { Histogram::at_zero(share) } else { Histogram::at(limit, share) };
        let failed = retry.failed.clamp(0.0, 1.0);
        // What the caller waits for in an attempt, below the constant part: never longer than the timeout.
        let constant = if never { retry.timeout.map_or(0.0, Duration::seconds).max(0.0) } else { self.constant };
        let (mut success, mut failure, mut last) = (Histogram::default(), Histogram::default(), Histogram::default());
        if !never {
            success.add(&within, 1.0 - failed);
            failure.add(&within, failed);
            last.add(&within, 1.0);
        }
        if timed_out > 0.0 {
            failure.add(&cut(timed_out), 1.0);
            last.add(&cut(timed_out), 1.0);
        }
        last.trim();
        let fails = failure.total();
        let last = Self::new(constant, last);
        let retries = retry.retries.min(MAX_ATTEMPTS - 1);
        // A budget lets only a part of the failures be followed by another attempt.
        let again = retry.budget.map_or(fails, |budget| fails.min(budget.max(0.0)));
        let mut attempts = 1.0;
        let mut reach = 1.0;
        let mut rounds = 0;
        while rounds < retries && reach * again > NEGLIGIBLE {
            reach *= again;
            attempts += reach;
            rounds += 1;
        }
        if rounds == 0 {
            return Attempted { time: last, attempts, given_up: fails, failed: fails, timed_out, is_cut: false };
        }
        failure.weigh(1.0 / fails);
        let failure = Self::new(constant, failure);
        let success_share = 1.0 - fails;
        let success = (success_share > 0.0).then(|| {
            success.weigh(1.0 / success_share);
            Self::new(constant, success)
        });
        let mut time = last;
        for round in (0..rounds).rev() {
            let pause = retry.wait.map_or_else(Self::zero, |wait| wait.pause(round));
            let mut mixture = Mixture::default();
            if let Some(success) = &success {
                mixture.add(success_share, success.clone());
            }
            mixture.add(fails - again, failure.clone());
            mixture.add(again, failure.then(&pause).then(&time));
            time = mixture.total();
        }
        let is_cut = retry.retries > retries && reach * again > NEGLIGIBLE;
        Attempted { time, attempts, given_up: fails - (attempts - 1.0) * (1.0 - fails), failed: fails, timed_out, is_cut }
    }

    /// Returns the time until the first of two calls answers, the second sent after a delay, and the share of calls that send it.
    ///
    /// `1 − (1 − F(x))·(1 − F(x − h))`, with both calls independent.
    #[must_use]
    pub fn hedged(&self, delay: Duration) -> (Self, f64) {
        let extra = self.share_beyond(delay);
        let second = Self::new(self.constant + delay.seconds().max(0.0), self.rest.clone());
        (minimum(self, &second), extra)
    }
}

impl Wait {
    fn pause(&self, round: u64) -> Distribution {
        #[expect(clippy::cast_precision_loss, reason = "at most 63 rounds")]
        let length = (self.first.seconds() * libm::pow(self.growth, round as f64)).min(1e9);
        if !self.jitter || length <= 0.0 {
            return Distribution::constant(Duration::new(length));
        }
        // Uniform on [0, length] is what is left of a constant 2·… looked at while it runs: the residual of a constant.
        Distribution::constant(Duration::new(length)).residual()
    }
}

/// Returns the distribution of the shorter of two independent times.
pub(super) fn minimum(a: &Distribution, b: &Distribution) -> Distribution {
    super::kth_of(&[(a, 1), (b, 1)], 1)
}

impl Histogram {
    /// Returns what lies within a limit, and the mass beyond it.
    fn cut(&self, limit: f64) -> (Self, f64) {
        if limit == f64::INFINITY {
            return (self.clone(), 0.0);
        }
        let beyond = self.mass_above(limit);
        if limit <= 0.0 || beyond <= 0.0 {
            return (self.clone(), beyond);
        }
        let mut within = Self { zero: self.zero, ..Self::default() };
        for (at, mass) in self.masses.iter().enumerate() {
            let part = mass * self.part_below(at, limit);
            if part > 0.0 {
                within.add_at(tables().points[self.first + at].min(limit), part);
            }
        }
        (within, beyond)
    }
}
