//! What becomes of a call that is tried again when it fails: does it succeed, and how often is it carried out?
//!
//! The question: *what do retries do to the callee's side effects?* Who hears nothing cannot tell a lost request from a lost answer. With `f` the share of attempts that fail and both ways alike,
//! a way fails with `q = 1 − √(1 − f)`. Of at most `A` attempts, each independent:
//!
//! | | |
//! | --- | --- |
//! | `E[attempts]` | `(1 − f^A)/(1 − f)` |
//! | fails after all | `f^A`; at most `f`, where what makes one attempt fail makes all fail |
//! | `E[executions]` | `(1 − q)·E[attempts]` |
//! | carried out twice or more | `1 − P(never) − P(once)`, `P(never) = q^A`, `P(once) = (1 − q)·(1 − q^A) + A·(1 − q)·q^A` |
//! | reported as failed, though carried out | `f^A − q^A` |

use super::expected_attempts;

/// A call that is tried until it succeeds or has no attempt left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtLeastOnce {
    /// How many attempts are sent on average.
    pub attempts: f64,
    /// The share that fails after all attempts: if each fails independently, and if all fail for one cause.
    pub failed: (f64, f64),
    /// How often the callee carries it out on average.
    pub executions: f64,
    /// The probability that it is carried out twice or more.
    pub executed_again: f64,
    /// The probability that the caller hears of a failure though it was carried out.
    pub failed_but_executed: f64,
}

/// Computes what retries make of a share of failed attempts.
#[expect(clippy::cast_precision_loss, reason = "an exponent; exact below 2^53 retries")]
pub(super) fn at_least_once(failed: f64, retries: u64) -> AtLeastOnce {
    let most = retries as f64 + 1.0;
    let attempts = expected_attempts(failed, retries);
    // 1 − √(1 − f), without losing the digits of a small share.
    let lost = failed / (1.0 + libm::sqrt(1.0 - failed));
    let (all_fail, never) = (libm::pow(failed, most), libm::pow(lost, most));
    let once = (1.0 - lost) * (1.0 - never) + most * (1.0 - lost) * never;
    AtLeastOnce {
        attempts,
        failed: (all_fail, failed),
        executions: (1.0 - lost) * attempts,
        executed_again: if retries == 0 { 0.0 } else { (1.0 - never - once).max(0.0) },
        failed_but_executed: (all_fail - never).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::at_least_once;

    /// The worked example: a loss of .01 each way and 3 attempts succeed with .99999212, are carried out 1.01009305 times, and twice or more with .00999702. Each of the 27 courses is gone
    /// through by itself below.
    #[test]
    fn one_in_a_hundred_is_lost_each_way() {
        let lost = 0.01_f64;
        let found = at_least_once(1.0 - (1.0 - lost) * (1.0 - lost), 2);
        assert!((1.0 - found.failed.0 - 0.999_992_12).abs() < 5e-9, "{found:?}");
        assert!((found.executions - 1.010_093_05).abs() < 5e-9, "{found:?}");
        assert!((found.executed_again - 0.009_997_02).abs() < 5e-9, "{found:?}");
        // An attempt: the request is lost, the answer is lost, it succeeds.
        let chances = [lost, (1.0 - lost) * lost, (1.0 - lost) * (1.0 - lost)];
        let (mut executions, mut again, mut failed_but_executed) = (0.0, 0.0, 0.0);
        for course in 0..27_usize {
            let (mut chance, mut times, mut succeeded) = (1.0, 0, false);
            for attempt in [course % 3, course / 3 % 3, course / 9] {
                chance *= chances[attempt];
                if !succeeded {
                    times += u32::from(attempt > 0);
                    succeeded = attempt == 2;
                }
            }
            executions += chance * f64::from(times);
            again += if times > 1 { chance } else { 0.0 };
            failed_but_executed += if times > 0 && !succeeded { chance } else { 0.0 };
        }
        assert!((found.executions - executions).abs() < 1e-12 && (found.executed_again - again).abs() < 1e-12);
        assert!((found.failed_but_executed - failed_but_executed).abs() < 1e-12);
    }

    #[test]
    fn what_never_fails_is_carried_out_once_and_what_always_fails_never_succeeds() {
        let sure = at_least_once(0.0, 5);
        assert_eq!((sure.attempts, sure.failed, sure.executions, sure.executed_again), (1.0, (0.0, 0.0), 1.0, 0.0));
        let hopeless = at_least_once(1.0, 2);
        assert_eq!((hopeless.attempts, hopeless.failed, hopeless.executions), (3.0, (1.0, 1.0), 0.0));
        let once = at_least_once(0.2, 0);
        assert_eq!((once.attempts, once.executed_again, once.failed), (1.0, 0.0, (0.2, 0.2)));
    }
}
