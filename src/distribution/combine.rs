//! Times one after another, at the same time, the k-th of several, one of several.

use super::Distribution;
use super::grid::POINTS;
use super::histogram::Histogram;
use crate::quantity::Duration;

/// The most different members of a group of which some answers suffice; more are taken for equal ones, each the mixture of all.
const MAX_DIFFERENT: usize = 256;

/// A sum of independent times that is built up member by member.
///
/// Sums of equally many members are added first: each addition widens a distribution a little (its variance by up to 1e-4 of the squared mean), and so the
/// widening of a long series stays that of its last few additions. It holds `log₂ n` distributions.
#[derive(Debug, Default)]
pub struct Series {
    /// Sums of `2^k` members.
    sums: Vec<Option<Distribution>>,
}

impl Series {
    /// Adds a time.
    pub fn add(&mut self, time: Distribution) {
        if time.is_zero() {
            return;
        }
        let mut carry = time;
        for sum in &mut self.sums {
            match sum.take() {
                Some(other) => carry = other.then(&carry),
                None => {
                    *sum = Some(carry);
                    return;
                }
            }
        }
        self.sums.push(Some(carry));
    }

    /// Returns the sum.
    pub fn total(self) -> Distribution {
        self.sums.into_iter().flatten().reduce(|a, b| a.then(&b)).unwrap_or_else(Distribution::zero)
    }
}

/// The most members of a choice that are kept apart while it is built up.
const MAX_MEMBERS: usize = 64;

/// A choice between times that is built up member by member; the shares must add up to 1.
#[derive(Debug, Default)]
pub struct Mixture {
    members: Vec<(f64, Distribution)>,
}

impl Mixture {
    /// Adds a member with its share.
    pub fn add(&mut self, share: f64, time: Distribution) {
        if share <= 0.0 {
            return;
        }
        self.members.push((share, time));
        if self.members.len() > MAX_MEMBERS {
            let shares = self.members.iter().map(|(share, _)| share).sum();
            let merged = std::mem::take(self).total();
            self.members.push((shares, merged));
        }
    }

    /// Returns the mixture; 0 without members.
    pub fn total(self) -> Distribution {
        let Some(constant) = self.members.iter().map(|(_, time)| time.constant).min_by(f64::total_cmp) else {
            return Distribution::zero();
        };
        let shares: f64 = self.members.iter().map(|(share, _)| share).sum();
        if let [(_, only)] = self.members.as_slice() {
            return only.clone();
        }
        let mut rest = Histogram::default();
        for (share, time) in &self.members {
            rest.add(&time.above(constant), share / shares);
        }
        rest.trim();
        Distribution::new(constant, rest)
    }
}

impl Distribution {
    /// Returns the distribution of this time and another one after it: the convolution.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        Self::new(self.constant + other.constant, self.rest.sum(&other.rest))
    }

    /// Returns the distribution of `times` such times one after another, by repeated doubling.
    #[must_use]
    pub fn repeated(&self, times: u64) -> Self {
        let (mut power, mut left) = (self.clone(), times);
        let mut sum: Option<Self> = None;
        while left > 0 {
            if left & 1 == 1 {
                sum = Some(sum.map_or_else(|| power.clone(), |sum| sum.then(&power)));
            }
            left >>= 1;
            if left > 0 {
                power = power.then(&power);
            }
        }
        sum.unwrap_or_else(Self::zero)
    }

    /// Returns the distribution of a time that passes with a probability, and else does not.
    #[must_use]
    pub fn with_probability(&self, probability: f64) -> Self {
        if probability >= 1.0 {
            return self.clone();
        }
        let mut mixture = Mixture::default();
        mixture.add(probability, self.clone());
        mixture.add(1.0 - probability, Self::zero());
        mixture.total()
    }

    /// Returns the distribution of the longest of `n` such times: `Fⁿ`.
    #[must_use]
    pub fn longest_of(&self, n: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "an exponent")]
        let exponent = n as f64;
        if n <= 1 {
            return self.clone();
        }
        self.mapped(|share| libm::pow(share, exponent))
    }

    /// Makes the distribution whose function is a function of this one's.
    fn mapped(&self, function: impl Fn(f64) -> f64) -> Self {
        let mut cumulated = self.rest.zero;
        let zero = function(cumulated.min(1.0));
        let mut sums: Vec<f64> = Vec::with_capacity(self.rest.masses.len());
        for mass in &self.rest.masses {
            cumulated += mass;
            sums.push(function(cumulated.min(1.0)));
        }
        if let Some(total) = sums.last_mut() {
            *total = 1.0;
        } else {
            return self.clone();
        }
        Self::new(self.constant, Histogram::of_cumulated(zero, self.rest.first, &sums))
    }
}

/// Returns the distribution of the longer of two independent times: `F·G`.
pub fn maximum(a: &Distribution, b: &Distribution) -> Distribution {
    kth_of(&[(a, 1), (b, 1)], 2)
}

/// Returns the distribution of the k-th shortest of `n` independent times that are alike.
///
/// `P(X₍ₖ₎ ≤ x) = Σⱼ₌ₖⁿ C(n, j)·Fʲ·(1−F)ⁿ⁻ʲ`. Takes `O(n)` for each point, of the first one `1 − (1−F)ⁿ`.
pub fn k_of_n(time: &Distribution, k: u64, n: u64) -> Distribution {
    if k >= n {
        return time.longest_of(n);
    }
    if k == 1 {
        #[expect(clippy::cast_precision_loss, reason = "an exponent")]
        let n = n as f64;
        return time.mapped(|share| -libm::expm1(n * libm::log1p(-share)));
    }
    if k == 0 {
        return Distribution::zero();
    }
    time.mapped(|share| at_least(k, n, share))
}

/// Returns the probability of at least `k` successes in `n` independent trials that are alike, summed from the likelier side so that small results stay precise.
#[expect(clippy::cast_precision_loss, reason = "counts of replicas")]
pub fn at_least(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 || k <= n && p >= 1.0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    let term = |j: u64| {
        let choose = libm::lgamma(n as f64 + 1.0) - libm::lgamma(j as f64 + 1.0) - libm::lgamma((n - j) as f64 + 1.0);
        libm::exp(choose + j as f64 * libm::log(p) + (n - j) as f64 * libm::log1p(-p))
    };
    if (k as f64) > n as f64 * p { (k..=n).map(term).sum::<f64>().min(1.0) } else { (1.0 - (0..k).map(term).sum::<f64>()).max(0.0) }
}

/// Returns the distribution of the k-th shortest of independent times, each given with how many such there are.
///
/// All of them: the product of the functions. Fewer: the Poisson-binomial distribution at each point, `O(n·k)`; more than 256 members are taken for
/// equal ones, each the mixture of all (exact where they are equal).
pub fn kth_of(times: &[(&Distribution, u64)], k: u64) -> Distribution {
    let n: u64 = times.iter().map(|(_, count)| count).sum();
    let Some(constant) = times.iter().map(|(time, _)| time.constant).min_by(f64::total_cmp) else {
        return Distribution::zero();
    };
    if k == 0 || n == 0 {
        return Distribution::zero();
    }
    if let [(only, _)] = times {
        return k_of_n(only, k, n);
    }
    let many = usize::try_from(n).map_or(true, |n| n > MAX_DIFFERENT);
    if k < n && many {
        let mut mixture = Mixture::default();
        for (time, count) in times {
            #[expect(clippy::cast_precision_loss, reason = "counts of replicas")]
            mixture.add(*count as f64, (*time).clone());
        }
        return k_of_n(&mixture.total(), k, n);
    }
    if k >= n {
        #[expect(clippy::cast_precision_loss, reason = "an exponent")]
        return longest(&times.iter().map(|(time, count)| (*time, *count as f64)).collect::<Vec<_>>());
    }
    if k == 1 {
        #[expect(clippy::cast_precision_loss, reason = "an exponent")]
        return of_functions(constant, &times.iter().map(|(time, _)| *time).collect::<Vec<_>>(), |shares| {
            -libm::expm1(shares.zip(times).map(|(share, (_, count))| *count as f64 * libm::log1p(-share)).sum::<f64>())
        });
    }
    let counts: Vec<u64> = times.iter().map(|(_, count)| *count).collect();
    let times: Vec<&Distribution> = times.iter().map(|(time, _)| *time).collect();
    of_functions(constant, &times, |shares| at_least_of(shares.zip(counts.iter().copied()), k))
}

/// Returns the distribution of the longest of independent times, each given with how many such there are, which need not be whole: a mean number.
pub fn longest(times: &[(&Distribution, f64)]) -> Distribution {
    let Some(constant) = times.iter().map(|(time, _)| time.constant).min_by(f64::total_cmp) else {
        return Distribution::zero();
    };
    let parts: Vec<&Distribution> = times.iter().map(|(time, _)| *time).collect();
    of_functions(constant, &parts, |shares| shares.zip(times).map(|(share, (_, count))| libm::pow(share, *count)).product())
}

/// Makes the distribution whose function is a function of those of others; `constant` is the least of theirs.
fn of_functions(
    constant: f64,
    times: &[&Distribution],
    function: impl Fn(std::iter::Map<std::slice::Iter<'_, f64>, fn(&f64) -> f64>) -> f64,
) -> Distribution {
    let members: Vec<Histogram> = times.iter().map(|time| time.above(constant)).collect();
    let spread = members.iter().filter(|member| !member.masses.is_empty());
    let first = spread.clone().map(|member| member.first).min().unwrap_or(0);
    let end = spread.map(Histogram::end).max().unwrap_or(0).min(POINTS);
    let mut functions: Vec<f64> = members.iter().map(|member| member.zero).collect();
    let at_most_one: fn(&f64) -> f64 = |share| share.min(1.0);
    let zero = function(functions.iter().map(at_most_one));
    let mut cumulated: Vec<f64> = Vec::with_capacity(end.saturating_sub(first));
    for point in first..end {
        for (share, member) in functions.iter_mut().zip(&members) {
            *share += member.mass(point);
        }
        cumulated.push(function(functions.iter().map(at_most_one)));
    }
    if let Some(total) = cumulated.last_mut() {
        *total = 1.0;
    }
    Distribution::new(constant, Histogram::of_cumulated(zero, first, &cumulated))
}

/// Returns the probability that at least `k` of independent events happen, each given with its probability and how many such there are: the Poisson-binomial recurrence, `O(n·k)`.
pub fn at_least_of(events: impl Iterator<Item = (f64, u64)>, k: u64) -> f64 {
    // The probabilities of 0 … k−1 events; what reaches k is counted apart, so that a small sum stays precise.
    let mut counts = vec![0.0; usize::try_from(k).unwrap_or(usize::MAX)];
    let Some(last) = counts.len().checked_sub(1) else { return 1.0 };
    counts[0] = 1.0;
    let mut reached = 0.0;
    for (probability, count) in events {
        for _ in 0..count {
            reached += counts[last] * probability;
            for at in (1..=last).rev() {
                counts[at] = counts[at] * (1.0 - probability) + counts[at - 1] * probability;
            }
            counts[0] *= 1.0 - probability;
        }
    }
    reached.min(1.0)
}

impl Distribution {
    /// Returns the distribution of the rest of a time that is looked at while it runs: `P(R ≤ x) = ∫₀ˣ (1 − F(t)) dt ÷ mean`.
    #[must_use]
    pub fn residual(&self) -> Self {
        let whole = self.above(0.0);
        let mean = whole.first_moment();
        let end = whole.end().min(POINTS);
        if mean <= 0.0 || whole.masses.is_empty() {
            return Self::zero();
        }
        // Below the first mass the function is linear; three decades of it are enough, the rest is merged by its mean.
        let first = whole.first.saturating_sub(500);
        let points = &super::grid::tables().points;
        let (mut at, mut within, mut beyond) = (0, 0.0, whole.total() - whole.zero);
        let mut function = |x: f64| {
            while at < whole.masses.len() && points[whole.first + at] <= x {
                within += whole.masses[at] * points[whole.first + at];
                beyond -= whole.masses[at];
                at += 1;
            }
            (within + x * beyond.max(0.0)) / mean
        };
        let mut at_point = function(points[first]);
        let mut cumulated: Vec<f64> = (first..end)
            .map(|index| {
                let next = function(points[index + 1]);
                let middle = f64::midpoint(at_point, next);
                at_point = next;
                middle
            })
            .collect();
        if let Some(total) = cumulated.last_mut() {
            *total = 1.0;
        }
        Self::new(0.0, Histogram::of_cumulated(0.0, first, &cumulated))
    }

    /// Returns the distribution of a random number of such times one after another: `n` of them with probability `(1 − ratio)·ratioⁿ`.
    ///
    /// `Σₙ ρⁿX*ⁿ = Π_k (1 + ρ^(2ᵏ)·X*^(2ᵏ))`: as many doublings as it takes until `ρ^(2ᵏ)` is negligible, at most 40.
    #[must_use]
    pub fn geometric_sum(&self, ratio: f64) -> Self {
        let (mut power, mut share) = (self.clone(), ratio.clamp(0.0, 1.0));
        let mut sum = Self::zero();
        for _ in 0..40 {
            if share < 1e-13 {
                break;
            }
            let mut factor = Mixture::default();
            factor.add(1.0 / (1.0 + share), Self::zero());
            factor.add(share / (1.0 + share), power.clone());
            sum = sum.then(&factor.total());
            power = power.then(&power);
            share *= share;
        }
        sum
    }

    /// Returns the shortest possible time.
    pub const fn least(&self) -> Duration {
        Duration::new(self.constant)
    }
}
