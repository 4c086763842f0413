//! The chance of something to fail, with the chance that it does not beside it.

/// How likely something is to fail and to work: two numbers that add up to 1, each exact, however small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chance {
    pub(super) fails: f64,
    pub(super) works: f64,
}

impl Chance {
    pub(super) const CERTAIN: Self = Self { fails: 1.0, works: 0.0 };
    pub(super) const NEVER: Self = Self { fails: 0.0, works: 1.0 };

    pub(super) const fn of(probability: f64) -> Self {
        Self { fails: probability, works: 1.0 - probability }
    }

    pub(super) const fn not(self) -> Self {
        Self { fails: self.works, works: self.fails }
    }

    /// Any of independent things fails.
    pub(super) fn or(self, other: Self) -> Self {
        Self { fails: self.fails + self.works * other.fails, works: self.works * other.works }
    }

    /// All of independent things fail.
    pub(super) fn and(self, other: Self) -> Self {
        self.not().or(other.not()).not()
    }

    /// Exactly one of two independent things fails.
    pub(super) fn xor(self, other: Self) -> Self {
        Self { fails: self.fails * other.works + self.works * other.fails, works: self.works * other.works + self.fails * other.fails }
    }

    /// At least so many of independent things fail: the Poisson-binomial recurrence, `O(n · count)`.
    pub(super) fn at_least(count: usize, of: &[Self]) -> Self {
        let mut exactly = vec![0.0; count];
        let Some(none) = exactly.first_mut() else { return Self::CERTAIN };
        *none = 1.0;
        let mut fails = 0.0;
        for one in of {
            fails += exactly[count - 1] * one.fails;
            for failed in (0..count).rev() {
                let one_more = if failed > 0 { exactly[failed - 1] * one.fails } else { 0.0 };
                exactly[failed] = exactly[failed] * one.works + one_more;
            }
        }
        Self { fails, works: exactly.iter().sum() }
    }

    /// Returns for each of independent things the chance that exactly `count` of the others fail.
    pub(super) fn exactly_of_others(count: usize, of: &[Self]) -> Vec<f64> {
        let width = count + 1;
        // `after[i]`: how many of the things from i on fail.
        let mut after = vec![0.0; width * (of.len() + 1)];
        after[width * of.len()] = 1.0;
        for (at, one) in of.iter().enumerate().rev() {
            let (this, next) = after[width * at..].split_at_mut(width);
            step(&next[..width], this, *one);
        }
        let mut before = vec![0.0; width];
        before[0] = 1.0;
        let mut row = before.clone();
        let mut found = Vec::with_capacity(of.len());
        for (at, one) in of.iter().enumerate() {
            let rest = &after[width * (at + 1)..width * (at + 2)];
            found.push((0..width).map(|failed| before[failed] * rest[count - failed]).sum());
            step(&before, &mut row, *one);
            std::mem::swap(&mut before, &mut row);
        }
        found
    }
}

/// Adds one thing to the chances of how many fail.
fn step(from: &[f64], into: &mut [f64], one: Chance) {
    for failed in 0..from.len() {
        let one_more = if failed > 0 { from[failed - 1] * one.fails } else { 0.0 };
        into[failed] = from[failed] * one.works + one_more;
    }
}
