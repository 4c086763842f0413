//! Quantities as types: one type per dimension, one way to read each, one way to print each.
//!
//! A value is stored in its base unit (seconds, per second, bytes, bytes per second, a share of one). Small numbers are kept: an unavailability is
//! stored, an availability only printed, because `1 − 1e-18` is `1`.

mod money;
mod parse;
mod print;

pub use money::{Currency, Money, MoneyRate, Period};
pub use parse::{Dimension, ParseError, Parsed, parse_money, parse_money_rate, parse_quantity};
pub use print::{availability, bytes, count, duration, grouped, percent, rate, significant};

/// A low, a likely and a high value; all three are equal where no range was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranged<T> {
    /// The low end.
    pub low: T,
    /// The likely value: the one that single figures are computed at.
    pub likely: T,
    /// The high end.
    pub high: T,
}

impl<T: Copy + PartialEq> Ranged<T> {
    /// Makes a value without a range.
    pub const fn exactly(value: T) -> Self {
        Self { low: value, likely: value, high: value }
    }

    /// Says whether the ends differ.
    pub fn is_range(&self) -> bool {
        self.low != self.high
    }

    /// Applies `convert` to all three values.
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Ranged<U> {
        Ranged { low: convert(self.low), likely: convert(self.likely), high: convert(self.high) }
    }
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $getter:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("Makes a value from a number of ", $unit, ".")]
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            #[doc = concat!("Returns the number of ", $unit, ".")]
            pub const fn $getter(self) -> f64 {
                self.0
            }
        }
    };
}

quantity!(
    /// A length of time.
    Duration, seconds, "seconds"
);
quantity!(
    /// How often something happens.
    Rate, per_second, "occurrences per second"
);
quantity!(
    /// An amount of data.
    Bytes, bytes, "bytes"
);
quantity!(
    /// An amount of data per time.
    Bandwidth, bytes_per_second, "bytes per second"
);
quantity!(
    /// A probability or a share, from 0 to 1.
    Probability, value, "parts of one"
);
quantity!(
    /// A bare number.
    Number, value, "ones"
);

/// A calendar day, as TOML's local date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
