//! Closed forms, and laws over random distributions.

use proptest::prelude::*;

use super::{Distribution, Mixture, Retry, Series, k_of_n, kth_of, maximum};
use crate::quantity::Duration;

fn ms(milliseconds: f64) -> Duration {
    Duration::new(milliseconds * 1e-3)
}

fn exponential(mean: f64) -> Distribution {
    Distribution::exponential(ms(mean))
}

/// Checks a figure in milliseconds to a relative tolerance.
fn near(found: Duration, expected: f64, tolerance: f64) {
    let found = found.seconds() * 1e3;
    assert!((found / expected - 1.0).abs() <= tolerance, "{found} is not {expected} to {tolerance}");
}

fn mean_and_p99(time: &Distribution, mean: f64, p99: f64) {
    near(time.mean(), mean, 1e-5);
    near(time.percentile(0.99), p99, 1e-3);
}

/// `−10·ln(1 − p)` ms.
#[test]
fn exponential_percentiles() {
    let time = exponential(10.0);
    near(time.mean(), 10.0, 1e-6);
    assert!((time.scv() - 1.0).abs() < 5e-4);
    for (share, expected) in [(0.5, 6.931_471_8), (0.95, 29.957_322_7), (0.99, 46.051_701_9), (0.999, 69.077_552_8)] {
        near(time.percentile(share), expected, 4e-4);
        assert!((time.share_within(ms(expected)) - share).abs() < 2e-4);
        assert!((time.share_beyond(ms(expected)) / (1.0 - share) - 1.0).abs() < 3e-3);
    }
}

/// An Erlang distribution of 5 phases of 10 ms: the 99th percentile of a chi-squared variable of 10 degrees of freedom is 23.2093, half of it 11.6046.
#[test]
fn five_in_a_row() {
    let mut series = Series::default();
    (0..5).for_each(|_| series.add(exponential(10.0)));
    mean_and_p99(&series.total(), 50.0, 116.046);
    mean_and_p99(&exponential(10.0).repeated(5), 50.0, 116.046);
    mean_and_p99(&Distribution::gamma(ms(50.0), 0.2), 50.0, 116.046);
}

/// 100 at the same time: the mean is `10·H₁₀₀`, the 99th percentile `−10·ln(1 − .99^(1/100))`.
#[test]
fn the_longest_of_a_hundred() {
    let time = exponential(10.0).longest_of(100);
    near(time.mean(), 51.873_775, 5e-4);
    near(time.percentile(0.99), 92.053_6, 1e-3);
    near(k_of_n(&exponential(10.0), 100, 100).percentile(0.99), 92.053_6, 1e-3);
}

/// Two of three: the mean is `10·(1/3 + 1/2)`, the 99th percentile solves `3F² − 2F³ = .99`.
#[test]
fn two_of_three() {
    let time = exponential(10.0);
    mean_and_p99_loose(&k_of_n(&time, 2, 3), 8.333_333, 28.319);
    let (a, b) = (time.clone(), time);
    mean_and_p99_loose(&kth_of(&[(&a, 2), (&b, 1)], 2), 8.333_333, 28.319);
}

fn mean_and_p99_loose(time: &Distribution, mean: f64, p99: f64) {
    near(time.mean(), mean, 5e-4);
    near(time.percentile(0.99), p99, 1e-3);
}

/// A second call after 10 ms: extra calls `e⁻¹`; the mean is `10·(1 − e⁻¹) + e⁻¹·5`.
#[test]
fn hedging() {
    let (time, extra) = exponential(10.0).hedged(ms(10.0));
    near(time.mean(), 8.160_603, 1e-3);
    near(time.percentile(0.99), 28.026, 1e-3);
    assert!((extra - 0.367_879_4).abs() < 1e-4);
}

/// A timeout of 20 ms and one retry: with `q = e⁻²`, attempts `1 + q`, given up `q²`, mean `10·(1 − q)·(1 + q)`.
#[test]
fn a_timeout_and_a_retry() {
    let retry = Retry { timeout: Some(ms(20.0)), retries: 1, failed: 0.0, wait: None, budget: None };
    let call = exponential(10.0).attempted(&retry);
    let q = libm::exp(-2.0);
    assert!((call.attempts - 1.0 - q).abs() < 1e-4);
    assert!((call.given_up - q * q).abs() < 1e-4);
    assert!((call.timed_out - q).abs() < 1e-4);
    near(call.time.mean(), 10.0 * (1.0 - q) * (1.0 + q), 1e-3);
    // The caller never waits longer than two timeouts.
    assert!(call.time.percentile(1.0).seconds() <= 0.040 * GRID);
    // Before the timeout the first attempt alone answers.
    assert!((call.time.share_within(ms(10.0)) - (1.0 - libm::exp(-1.0))).abs() < 1e-3);
}

/// A timeout below what is possible: every attempt times out, so the wait is exact.
#[test]
fn a_timeout_that_nothing_meets() {
    let retry = Retry { timeout: Some(ms(5.0)), retries: 2, failed: 0.0, wait: None, budget: None };
    let call = Distribution::constant(ms(10.0)).attempted(&retry);
    near(call.time.mean(), 15.0, 1e-12);
    assert_eq!((call.attempts, call.given_up, call.timed_out), (3.0, 1.0, 1.0));
}

/// Failures with probability .1 that take as long as answers, 3 attempts: `E[attempts] = 1.11`, given up `.001`, mean `10·1.11`.
#[test]
fn failures_are_tried_again() {
    let retry = Retry { timeout: None, retries: 2, failed: 0.1, wait: None, budget: None };
    let call = exponential(10.0).attempted(&retry);
    assert!((call.attempts - 1.11).abs() < 1e-12);
    assert!((call.given_up - 0.001).abs() < 1e-12);
    near(call.time.mean(), 11.1, 1e-6);
}

/// Every attempt fails, and a tenth of them may be tried again: 1.1 attempts and no more than a tenth more of the next.
#[test]
fn a_budget_limits_retries() {
    let retry = Retry { timeout: Some(ms(5.0)), retries: 1, failed: 0.0, wait: None, budget: Some(0.1) };
    let call = Distribution::constant(ms(10.0)).attempted(&retry);
    assert!((call.attempts - 1.1).abs() < 1e-12);
    near(call.time.mean(), 5.5, 1e-9);
    assert!((call.given_up - 1.0).abs() < 1e-12);
}

/// Constants stay exact in sums: 60 + 3 + 3 + 3 ms.
#[test]
fn constants_are_exact_in_sums() {
    let time = Distribution::constant(ms(60.0)).then(&Distribution::constant(ms(3.0)).repeated(3));
    near(time.percentile(0.5), 69.0, 1e-12);
    near(time.percentile(0.99), 69.0, 1e-12);
}

/// A lognormal time runs through the percentiles that made it; its mean is `p50·e^(σ²/2)`.
#[test]
fn lognormal_through_two_percentiles() {
    let time = Distribution::lognormal(ms(10.0), ms(40.0));
    let sigma = libm::log(4.0) / 2.326_347_874;
    near(time.percentile(0.5), 10.0, 1e-4);
    near(time.percentile(0.99), 40.0, 5e-4);
    near(time.mean(), 10.0 * libm::exp(sigma * sigma / 2.0), 1e-5);
    let same = Distribution::lognormal_of_mean(time.mean(), libm::exp(sigma * sigma) - 1.0);
    near(same.percentile(0.99), 40.0, 5e-4);
}

#[test]
fn measured_percentiles_are_met() {
    let measured = [(0.0, ms(1.0)), (0.5, ms(10.0)), (0.9, ms(20.0)), (0.99, ms(90.0)), (1.0, ms(200.0))];
    let time = Distribution::of_percentiles(&measured).expect("there are percentiles");
    for (share, expected) in &measured[1..4] {
        near(time.percentile(*share), expected.seconds() * 1e3, 1.2e-2);
    }
}

/// `E[R] = E[X²]/(2·E[X])`: an exponential time starts anew, of a constant half is left.
#[test]
fn residuals() {
    let rest = exponential(10.0).residual();
    near(rest.mean(), 10.0, 1e-3);
    near(rest.percentile(0.99), 46.051_7, 1e-3);
    let rest = Distribution::constant(ms(10.0)).residual();
    near(rest.mean(), 5.0, 2e-4);
    near(rest.percentile(0.5), 5.0, 1e-2);
}

/// A geometric number of exponential times, and none with probability .2, is exponential again above that: mean `10·.8/.2`.
#[test]
fn geometric_sums() {
    let sum = exponential(10.0).geometric_sum(0.8);
    near(sum.mean(), 40.0, 1e-5);
    assert!((sum.share_within(Duration::new(0.0)) - 0.2).abs() < 1e-3);
    // .8·e^(−x/50) = .01.
    near(sum.percentile(0.99), 50.0 * libm::log(80.0), 1e-3);
}

#[test]
fn times_beyond_the_grid_stay_finite() {
    let year = Distribution::exponential(Duration::new(31_536_000.0));
    let long = year.repeated(1_000_000);
    assert!(long.mean().seconds() <= 1.1e12 && long.mean().seconds() > 0.9e12);
    let short = Distribution::exponential(Duration::new(1e-12));
    assert!((short.mean().seconds() / 1e-12 - 1.0).abs() < 0.05, "{:?}", short.mean());
    for absurd in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
        assert!(Distribution::exponential(Duration::new(absurd)).percentile(0.99).seconds().is_finite());
        assert!(Distribution::lognormal(Duration::new(absurd), ms(1.0)).percentile(0.99).seconds().is_finite());
        assert!(Distribution::gamma(ms(1.0), absurd).percentile(0.99).seconds().is_finite());
    }
}

fn any_time() -> impl Strategy<Value = Distribution> {
    prop_oneof![
        (0.01..100.0_f64).prop_map(|mean| Distribution::constant(ms(mean))),
        (0.01..100.0_f64).prop_map(exponential),
        (0.01..100.0_f64, 0.05..4.0_f64).prop_map(|(mean, scv)| Distribution::gamma(ms(mean), scv)),
        (0.01..100.0_f64, 1.1..30.0_f64).prop_map(|(p50, ratio)| Distribution::lognormal(ms(p50), ms(p50 * ratio))),
    ]
}

/// What the grid may add or take: a constant that meets other times is spread over two points, 2 % apart, and half a point beyond each.
const GRID: f64 = 1.035;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn means_add_up(a in any_time(), b in any_time()) {
        let sum = a.then(&b).mean().seconds();
        let expected = a.mean().seconds() + b.mean().seconds();
        prop_assert!((sum / expected - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_longer_path_never_has_smaller_percentiles(a in any_time(), b in any_time(), share in 0.01..0.999_f64) {
        prop_assert!(a.then(&b).percentile(share).seconds() * GRID >= a.percentile(share).seconds());
        prop_assert!(maximum(&a, &b).percentile(share).seconds() * GRID >= a.percentile(share).seconds());
    }

    #[test]
    fn order_does_not_matter(a in any_time(), b in any_time(), share in 0.01..0.999_f64) {
        let (x, y) = (a.then(&b).percentile(share).seconds(), b.then(&a).percentile(share).seconds());
        prop_assert!((x / y - 1.0).abs() < 1e-9);
        let (x, y) = (maximum(&a, &b).percentile(share).seconds(), maximum(&b, &a).percentile(share).seconds());
        prop_assert!((x / y - 1.0).abs() < 1e-9);
    }

    #[test]
    fn equal_members_at_the_same_time_are_a_power(a in any_time(), n in 2_u64..20, time in 0.1..200.0_f64) {
        let together = kth_of(&[(&a, 1), (&a, n - 1)], n);
        let power = a.longest_of(n);
        prop_assert!((together.share_within(ms(time)) - power.share_within(ms(time))).abs() < 1e-9);
    }

    #[test]
    fn a_later_answer_is_never_earlier(a in any_time(), k in 1_u64..6, share in 0.01..0.999_f64) {
        let (earlier, later) = (k_of_n(&a, k, 7), k_of_n(&a, k + 1, 7));
        prop_assert!(later.percentile(share).seconds() * GRID >= earlier.percentile(share).seconds());
    }

    #[test]
    fn a_mixture_lies_between(a in any_time(), b in any_time(), share in 0.05..0.95_f64) {
        let mut mixture = Mixture::default();
        mixture.add(share, a.clone());
        mixture.add(1.0 - share, b.clone());
        let expected = share * a.mean().seconds() + (1.0 - share) * b.mean().seconds();
        prop_assert!((mixture.total().mean().seconds() / expected - 1.0).abs() < 1e-6);
    }
}

/// A constant of 1 ms, and in 9 of 100,000 cases a lognormal time with a median of 200 ms and a 99th percentile of 1 s above it: `σ = ln 5/2.3263 = .69184`, so its mean is
/// `200·e^(σ²/2) = 254.08` and its second moment `200²·e^(2σ²) = 104,188`; the variation is `(9e-5·104188 − .02287²)/1.02287² = 8.962`, and the share beyond 50 ms
/// `9e-5·(1 − Φ(ln(49/200)/σ)) = 9e-5·(1 − Φ(−2.0330)) = 8.811e-5`.
#[test]
fn a_rare_slow_branch_above_a_constant_is_kept() {
    let mut mixture = Mixture::default();
    mixture.add(1.0 - 9e-5, Distribution::constant(ms(1.0)));
    mixture.add(9e-5, Distribution::lognormal(ms(200.0), ms(1_000.0)).then(&Distribution::constant(ms(1.0))));
    let time = mixture.total().then(&Distribution::zero());
    near(time.mean(), 1.0 + 9e-5 * 254.08, 1e-5);
    assert!((time.scv() / 8.962 - 1.0).abs() < 2e-3, "{}", time.scv());
    assert!((time.share_beyond(ms(50.0)) / 8.811e-5 - 1.0).abs() < 2e-3, "{}", time.share_beyond(ms(50.0)));
}
