//! Exact decimal arithmetic for money and for what money is paid for.
//!
//! With real prices a float gives another cent in every fortieth product, so no float takes part: a measured figure enters through [`Exact::measured`] alone,
//! and leaves as text, or as a float for ranges and pictures only.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Sub};

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::print::grouped;

/// An exact decimal number of at most 28 digits. What would be larger stays at the largest; nothing panics and nothing is infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Exact(Decimal);

/// The decimals that a measured figure keeps: a millionth of a millionth of a gigabyte costs nobody a cent.
const MEASURED_DECIMALS: u32 = 15;

impl Exact {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// One.
    pub const ONE: Self = Self(Decimal::ONE);
    /// The largest number.
    pub const MAX: Self = Self(Decimal::MAX);

    /// Makes a number of a decimal.
    pub const fn new(value: Decimal) -> Self {
        Self(value)
    }

    /// Makes a whole number.
    pub fn whole(value: u64) -> Self {
        Self(Decimal::from(value))
    }

    /// Reads digits with at most one point, nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain =
            text.chars().all(|letter| letter.is_ascii_digit() || letter == '.') && text.starts_with(|c: char| c.is_ascii_digit());
        if is_plain && !text.ends_with('.') { text.parse().ok().map(Self) } else { None }
    }

    /// Takes a measured figure in, such as bytes per second: the only way from a float to a number that is paid for.
    ///
    /// What is no number counts as nothing; what is larger than the largest stays there.
    pub fn measured(figure: f64) -> Self {
        if figure.is_nan() {
            return Self::ZERO;
        }
        match Decimal::from_f64_retain(figure) {
            Some(value) => Self(value.round_dp(MEASURED_DECIMALS)),
            None if figure < 0.0 => Self(Decimal::MIN),
            None => Self(Decimal::MAX),
        }
    }

    /// Returns the decimal.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Returns the nearest float, for ranges, pictures and searches. Nothing that is printed as money is computed from it.
    pub fn approximate(self) -> f64 {
        self.0.to_f64().unwrap_or(f64::MAX)
    }

    /// Divides; nothing when the divisor is nothing.
    pub fn over(self, divisor: Self) -> Option<Self> {
        if divisor.0.is_zero() {
            return None;
        }
        Some(self.0.checked_div(divisor.0).map_or_else(|| saturated(self.0.is_sign_negative() != divisor.0.is_sign_negative()), Self))
    }

    /// Rounds half up (away from zero) to a number of decimals.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        Self(self.0.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
    }

    /// Returns the next whole number that is not smaller.
    #[must_use]
    pub fn ceiling(self) -> Self {
        Self(self.0.ceil())
    }

    /// Returns the number with two decimals, half up: how money is written for machines.
    pub fn cents(self) -> String {
        format!("{:.2}", self.rounded(2).0)
    }

    /// Returns the number without trailing zeros.
    pub fn plain(self) -> String {
        self.0.normalize().to_string()
    }

    /// Returns the number of money with two decimals, half up, and groups of three digits: how money is written for people.
    pub fn grouped_cents(self) -> String {
        group(&self.cents())
    }

    /// Returns the number rounded to a number of decimals, without trailing zeros, in groups of three digits: how quantities are written.
    pub fn grouped(self, decimals: u32) -> String {
        group(&self.rounded(decimals).plain())
    }

    /// Returns how far it is from nothing.
    #[must_use]
    pub fn magnitude(self) -> Self {
        Self(self.0.abs())
    }

    /// Says whether it is below nothing.
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// Says whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

fn saturated(is_negative: bool) -> Exact {
    Exact(if is_negative { Decimal::MIN } else { Decimal::MAX })
}

/// Puts a comma between groups of three digits before the point, and a true minus before what is owed.
fn group(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| grouped(text), |digits| format!("−{}", grouped(digits)))
}

impl Add for Exact {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.0.checked_add(other.0).map_or_else(|| saturated(self.is_negative()), Self)
    }
}

impl Sub for Exact {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.0.checked_sub(other.0).map_or_else(|| saturated(self.is_negative()), Self)
    }
}

impl Mul for Exact {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        self.0.checked_mul(other.0).map_or_else(|| saturated(self.is_negative() != other.is_negative()), Self)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.plain())
    }
}

#[cfg(test)]
mod tests {
    use super::Exact;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).expect("a number")
    }

    #[test]
    fn a_tie_is_rounded_up_and_zeros_are_kept_in_money() {
        assert_eq!(exact("16.425").cents(), "16.43");
        assert_eq!((Exact::ZERO - exact("16.425")).cents(), "-16.43");
        assert_eq!(exact("0.8").cents(), "0.80");
        assert_eq!(exact("1234567.5").grouped_cents(), "1,234,567.50");
        assert_eq!((Exact::ZERO - exact("1234.5")).grouped_cents(), "−1,234.50");
        assert_eq!(exact("57000.00").grouped(3), "57,000");
    }

    #[test]
    fn only_digits_and_one_point_are_a_number() {
        for text in ["", ".5", "5.", "-1", "1e3", "1,000", "+1", " 1", "1.2.3", "99999999999999999999999999999999"] {
            assert_eq!(Exact::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_too_large_stays_at_the_largest() {
        assert_eq!(Exact::MAX + Exact::ONE, Exact::MAX);
        assert_eq!(Exact::MAX * Exact::MAX, Exact::MAX);
        assert_eq!((Exact::ZERO - Exact::MAX) - Exact::MAX, Exact::ZERO - Exact::MAX);
        assert_eq!(Exact::measured(f64::INFINITY), Exact::MAX);
        assert_eq!(Exact::measured(f64::NAN), Exact::ZERO);
        assert_eq!(Exact::MAX.over(exact("0.0001")), Some(Exact::MAX));
        assert_eq!(Exact::ONE.over(Exact::ZERO), None);
    }

    #[test]
    fn a_measured_figure_is_taken_as_it_is() {
        // 50/s × 20 KiB × 2,628,000 s ÷ 2^30, exact in binary.
        assert_eq!(Exact::measured(50.0 * 20.0 * 2_628_000.0 / 1_048_576.0).plain(), "2506.256103515625");
    }
}
