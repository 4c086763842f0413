//! How many sets there are of each size: polynomials whose coefficients are whole numbers of any length.

use num_bigint::BigUint;

/// A number of sets.
pub(super) trait Count: Clone + Sized {
    fn one() -> Self;
    fn is_zero(&self) -> bool;
    fn zero() -> Self;
    /// Nothing if the sum is too large for the type.
    fn plus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
    fn into_big(self) -> BigUint;
}

impl Count for u64 {
    fn one() -> Self {
        1
    }
    fn zero() -> Self {
        0
    }
    fn is_zero(&self) -> bool {
        *self == 0
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        self.checked_mul(*other)
    }
    fn into_big(self) -> BigUint {
        BigUint::from(self)
    }
}

impl Count for BigUint {
    fn one() -> Self {
        Self::from(1_u32)
    }
    fn zero() -> Self {
        Self::ZERO
    }
    fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }
    fn into_big(self) -> BigUint {
        self
    }
}

/// Numbers of sets by size, from the smallest size on; sizes above the largest wanted one are left out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sizes<C> {
    /// The size that the first number is about.
    smallest: usize,
    numbers: Vec<C>,
}

impl<C: Count> Sizes<C> {
    /// No set.
    pub(super) fn none() -> Self {
        Self { smallest: 0, numbers: Vec::new() }
    }

    /// One set of that size.
    pub(super) fn single(size: usize) -> Self {
        Self { smallest: size, numbers: vec![C::one()] }
    }

    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        if self.numbers.is_empty() || other.numbers.is_empty() {
            return Some(if self.numbers.is_empty() { other.clone() } else { self.clone() });
        }
        let (low, high) = if self.smallest <= other.smallest { (self, other) } else { (other, self) };
        let mut numbers = low.numbers.clone();
        let shift = high.smallest - low.smallest;
        numbers.resize(numbers.len().max(shift + high.numbers.len()), C::zero());
        for (at, number) in high.numbers.iter().enumerate() {
            numbers[shift + at] = numbers[shift + at].plus(number)?;
        }
        Some(Self { smallest: low.smallest, numbers })
    }

    /// Returns how many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The sets that have one of each; no larger ones than `largest`.
    pub(super) fn times(&self, other: &Self, largest: usize) -> Option<Self> {
        let smallest = self.smallest + other.smallest;
        if self.numbers.is_empty() || other.numbers.is_empty() || smallest > largest {
            return Some(Self::none());
        }
        let len = (self.numbers.len() + other.numbers.len() - 1).min(largest - smallest + 1);
        let mut numbers = vec![C::zero(); len];
        for (i, a) in self.numbers.iter().enumerate().take(len).filter(|(_, a)| !a.is_zero()) {
            for (j, b) in other.numbers.iter().enumerate().take(len - i) {
                numbers[i + j] = numbers[i + j].plus(&a.times(b)?)?;
            }
        }
        Some(Self { smallest, numbers })
    }

    /// Returns how many sets there are of each size, from zero on.
    pub(super) fn by_size(self) -> Vec<BigUint> {
        let mut list = vec![BigUint::ZERO; self.smallest];
        list.extend(self.numbers.into_iter().map(Count::into_big));
        while list.last().is_some_and(Count::is_zero) {
            list.pop();
        }
        list
    }
}
