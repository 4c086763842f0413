//! Quantities as types: one type per dimension, one way to read each, one way to print each.
//!
//! A value is stored in its base unit (seconds, per second, bytes, bytes per second, a share of one). Small numbers are kept: an unavailability is
//! stored, an availability only printed, because `1 − 1e-18` is `1`.

mod exact;
mod money;
mod parse;
mod print;

pub use exact::Exact;
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

impl Date {
    /// Reads `2026-11-20`; a day that no month has is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-').map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then_some(part));
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let is_padded = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
        let date = Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        (is_padded && Self::of_epoch_day(date.epoch_day()) == date).then_some(date)
    }

    /// Returns the number of days since 1970-01-01.
    ///
    /// Counts years from March, so that the leap day is the last of its year: `365·y + ⌊y/4⌋ − ⌊y/100⌋ + ⌊y/400⌋`, and `⌊(153·m + 2)/5⌋` days before month
    /// `m` after March. Source: proleptic Gregorian calendar, ISO 8601.
    pub fn epoch_day(self) -> i64 {
        let (month, before_march) = (i64::from(self.month), i64::from(self.month <= 2));
        let year = i64::from(self.year) - before_march;
        let month_from_march = month - 3 + 12 * before_march;
        let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        days + (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1 - 719_468
    }

    /// Returns the day that is so many days after 1970-01-01, from year 0 to 9999.
    pub fn of_epoch_day(day: i64) -> Self {
        // A year that is not too late; the loop settles it.
        let mut year = (1970 + day.div_euclid(if day < 0 { 365 } else { 366 })).clamp(0, 9_999);
        let start = |year: i64| Self { year: u16::try_from(year).unwrap_or(0), month: 1, day: 1 }.epoch_day();
        while year < 9_999 && start(year + 1) <= day {
            year += 1;
        }
        let year = u16::try_from(year).unwrap_or(0);
        let month = (1..=12).rev().find(|month| Self { year, month: *month, day: 1 }.epoch_day() <= day).unwrap_or(1);
        let first = Self { year, month, day: 1 }.epoch_day();
        Self { year, month, day: u8::try_from((day - first + 1).clamp(1, 31)).unwrap_or(1) }
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_count_as_in_the_calendar() {
        // Known: 2000-03-01 is day 11,017 (30 years of 365 days, 7 leap days, 31 + 29 days).
        assert_eq!(Date { year: 2000, month: 3, day: 1 }.epoch_day(), 30 * 365 + 7 + 31 + 29);
        assert_eq!(Date::of_epoch_day(0), Date { year: 1970, month: 1, day: 1 });
        assert_eq!(Date::parse("2024-02-29").map(Date::epoch_day).map(|day| Date::of_epoch_day(day + 1)), Date::parse("2024-03-01"));
        for text in ["2023-02-29", "2026-13-01", "2026-00-10", "2026-1-10", "26-01-10", "2026-01-10-1", "+026-01-01", ""] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("0004-02-29").map(Date::epoch_day).map(Date::of_epoch_day), Date::parse("0004-02-29"));
        let mut day = Date { year: 1969, month: 12, day: 28 }.epoch_day();
        while day < 60_000 {
            assert_eq!(Date::of_epoch_day(day).epoch_day(), day);
            day += 1;
        }
    }
}
