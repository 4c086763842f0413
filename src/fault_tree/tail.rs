//! How probable it is that at least so many of very many independent things fail, where a table of all counts would be too large.
//!
//! For any `t > 1`, with `Z = Π (1 − pᵢ + pᵢ·t)` and P' the law in which the odds of every thing are t times as high,
//! `P(N ≥ k) = Z·t⁻ᵏ · Σ over j ≥ k of P'(N = j)·t^(k−j)` (exponential tilting), and so `P(N ≥ k) ≤ Z·t⁻ᵏ`. With the t for which about k things fail under P', its recurrence needs only the
//! counts near k: counts with next to no probability are cut off, and what they had is added to the interval. The tail is relatively exact then, however small it is.
//!
//! Source: H. Chernoff, "A measure of asymptotic efficiency for tests of a hypothesis based on the sum of observations", Annals of Mathematical Statistics 23(4), 1952.

use super::chance::Chance;
use super::graph::number;

/// The probability that is cut off, at most.
const CUT: f64 = 1e-17;

/// By how much odds are raised at most, and in which steps that is found.
const LARGEST_TILT: f64 = 1e150;
const BISECTIONS: usize = 48;

/// How the tail of a count is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// By the counts that matter.
    Windowed,
    /// By its bound alone.
    Bounded,
}

/// Returns how many operations it takes to count over so many things.
pub(super) fn work(counting: Counting, things: usize) -> usize {
    let each = match counting {
        // Cut off are counts more than about ten standard deviations away; one is at most √n ÷ 2.
        Counting::Windowed => 10 * things.isqrt() + 64,
        Counting::Bounded => 2 * BISECTIONS,
    };
    things.saturating_mul(each)
}

/// Bounds the chance that at least `count` of independent things fail: a chance, and by how much it can be off. None of them is certain.
pub(super) fn at_least(counting: Counting, count: usize, of: &[Chance]) -> (Chance, f64) {
    let mean: f64 = of.iter().map(|one| one.fails).sum();
    if float(count) > mean {
        let (fails, off) = upper_tail(counting, count, of);
        return (Chance { fails, works: 1.0 - fails }, off);
    }
    let flipped: Vec<Chance> = of.iter().map(|one| one.not()).collect();
    let (works, off) = upper_tail(counting, of.len() - count + 1, &flipped);
    (Chance { fails: 1.0 - works, works }, off)
}

/// The probability that more fail than on average, and by how much it can be off.
fn upper_tail(counting: Counting, count: usize, of: &[Chance]) -> (f64, f64) {
    let tilt = tilt(count, of);
    let mut bound = Scaled::ONE;
    for (at, one) in of.iter().enumerate() {
        bound.multiply(one.works + one.fails * tilt);
        if at < count {
            bound.multiply(1.0 / tilt);
        }
    }
    // Every cell is a sum of positive terms, so each step rounds relatively.
    let rounding = 8.0 * float(of.len()) * f64::EPSILON;
    match counting {
        Counting::Bounded => {
            let most = (bound.value() * (1.0 + rounding)).clamp(f64::MIN_POSITIVE, 1.0);
            (0.5 * most, 0.5 * most)
        }
        Counting::Windowed => {
            let (from, cells, cut) = tilted(tilt, of);
            let (mut sum, mut weight) = (0.0, 1.0);
            // Below the first count that is left, nothing was.
            for _ in count..from {
                weight /= tilt;
            }
            for cell in cells.iter().skip(count.saturating_sub(from)) {
                sum += weight * cell;
                weight /= tilt;
            }
            let tail = (bound.value() * sum).min(1.0);
            (tail, bound.value() * cut + tail * rounding + f64::MIN_POSITIVE)
        }
    }
}

/// By how much the odds are raised so that about `count` things fail on average.
fn tilt(count: usize, of: &[Chance]) -> f64 {
    let mean = |tilt: f64| of.iter().map(|one| one.fails * tilt / (one.works + one.fails * tilt)).sum::<f64>();
    let (mut low, mut high) = (1.0, 2.0);
    while mean(high) < float(count) && high < LARGEST_TILT {
        (low, high) = (high, high * high);
    }
    for _ in 0..BISECTIONS {
        let middle = f64::sqrt(low) * f64::sqrt(high);
        if mean(middle) < float(count) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The law of the count where odds are raised: the first count that is left, the probabilities from there on, and what was cut off.
fn tilted(tilt: f64, of: &[Chance]) -> (usize, Vec<f64>, f64) {
    // Each thing adds one count, so no more cells are cut off than there are things and counts.
    let least = CUT / (2.0 * float(of.len() + 1));
    let (mut from, mut cut) = (0, 0.0);
    let (mut cells, mut next) = (vec![1.0], Vec::new());
    for one in of {
        let all = one.works + one.fails * tilt;
        let (fails, works) = (one.fails * tilt / all, one.works / all);
        next.clear();
        next.push(cells[0] * works);
        next.extend(cells.windows(2).map(|pair| pair[0] * fails + pair[1] * works));
        next.push(cells[cells.len() - 1] * fails);
        let dropped = next.iter().take_while(|cell| **cell < least).count().min(next.len() - 1);
        cut += next[..dropped].iter().sum::<f64>();
        from += dropped;
        while next.len() > dropped + 1 && next[next.len() - 1] < least {
            cut += next.pop().unwrap_or(0.0);
        }
        std::mem::swap(&mut cells, &mut next);
        if dropped > 0 {
            cells.drain(..dropped);
        }
    }
    (from, cells, cut)
}

fn float(count: usize) -> f64 {
    f64::from(number(count))
}

/// A positive number of any size.
struct Scaled {
    mantissa: f64,
    /// Steps of 2²⁵⁶.
    steps: i32,
}

impl Scaled {
    const ONE: Self = Self { mantissa: 1.0, steps: 0 };
    /// 2²⁵⁶.
    const STEP: f64 = f64::from_bits((1023 + 256) << 52);

    fn multiply(&mut self, factor: f64) {
        self.mantissa *= factor;
        while self.mantissa >= Self::STEP {
            self.mantissa /= Self::STEP;
            self.steps += 1;
        }
        while self.mantissa < 1.0 / Self::STEP && self.mantissa > 0.0 {
            self.mantissa *= Self::STEP;
            self.steps -= 1;
        }
    }

    fn value(&self) -> f64 {
        let mut value = self.mantissa;
        for _ in 0..self.steps.unsigned_abs().min(8) {
            value = if self.steps > 0 { value * Self::STEP } else { value / Self::STEP };
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::{Chance, Counting, at_least};

    fn equal(things: usize, probability: f64) -> Vec<Chance> {
        vec![Chance::of(probability); things]
    }

    /// More than half of an odd number of coins show heads as often as not.
    #[test]
    fn half_of_all_ways_have_more_heads_than_tails() {
        for things in [1_001, 79_999] {
            let (found, off) = at_least(Counting::Windowed, things / 2 + 1, &equal(things, 0.5));
            assert!((found.fails - 0.5).abs() <= off && off < 1e-9, "{found:?} ± {off}");
        }
    }

    /// 30,000 of 80,000, which is what is expected at 3/8: Σ over j ≥ 30,000 of C(80,000, j)·3ʲ·5^(80,000 − j) ÷ 8^80,000, with whole numbers of 240,000 bits.
    #[test]
    fn as_many_as_are_expected_of_very_many() {
        let expected = 0.501_335_333_712_747_1;
        let (found, off) = at_least(Counting::Windowed, 30_000, &equal(80_000, 0.375));
        assert!((found.fails - expected).abs() <= off && off < 1e-9, "{found:?} ± {off}");
    }

    /// All 2¹⁰⁰ ways of a hundred coins, and those with at least so many heads, in whole numbers: tails are relatively exact, on both sides.
    #[test]
    fn tails_of_a_hundred_coins() {
        let mut ways = vec![BigUint::from(1_u32)];
        for _ in 0..100 {
            ways = (0..=ways.len())
                .map(|at| [at.checked_sub(1), Some(at)].into_iter().flatten().filter_map(|at| ways.get(at)).sum())
                .collect();
        }
        let all = (0..100).fold(1.0_f64, |all, _| all * 2.0);
        for count in 1..100 {
            let above: BigUint = ways[count..].iter().sum();
            let below: BigUint = ways[..count].iter().sum();
            let (above, below) = [above, below].map(|sum| sum.to_string().parse::<f64>().expect("digits") / all).into();
            let (found, off) = at_least(Counting::Windowed, count, &equal(100, 0.5));
            let smaller = f64::min(above, below);
            assert!(
                (found.fails.min(found.works) - smaller).abs() <= 1e-12 * smaller && off <= 1e-11 * smaller,
                "{count}: {found:?} ± {off}"
            );
        }
    }

    /// Unequal things: the recurrence over all counts.
    #[test]
    fn unequal_things_equal_the_table_of_all_counts() {
        let of: Vec<Chance> = (1..=900_u32).map(|at| Chance::of(f64::from(at * at % 881 + 1) / 2_000.0)).collect();
        for count in [1, 2, 30, 150, 180, 200, 230, 300, 600, 899] {
            let expected = Chance::at_least(count, &of);
            let (found, off) = at_least(Counting::Windowed, count, &of);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-11 * f64::min(expected.fails, expected.works) + 1e-12 * b + off;
            assert!(near(found.fails, expected.fails) && near(found.works, expected.works), "{count}: {found:?} ± {off}, not {expected:?}");
            // What is only bounded lies within the bounds.
            let (middle, off) = at_least(Counting::Bounded, count, &of);
            let [most, of_table] = [middle, expected].map(|chance| if expected.fails < 0.5 { chance.fails } else { chance.works });
            assert!((most - of_table).abs() <= off * (1.0 + 1e-12), "{count}: {middle:?} ± {off}, not {expected:?}");
        }
    }
}
