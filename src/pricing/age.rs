//! How old is a price? Only whoever names a day is told: the program knows no clock.

use crate::quantity::Date;

/// Returns the days from when a price was seen to a day, at least: a month or a year that is all that is known counts from its last day. Nothing where the source
/// has no day, and 0 where the day lies before.
pub fn age(as_of: &str, today: Date) -> Option<i64> {
    let mut parts = as_of.split('-');
    let year: u16 = parts.next()?.parse().ok()?;
    let month: Option<u8> = parts.next().and_then(|part| part.parse().ok());
    let day: Option<u8> = parts.next().and_then(|part| part.parse().ok());
    let seen = match (month, day) {
        (Some(month), Some(day)) => Date { year, month, day }.epoch_day(),
        (Some(month), None) if month < 12 => Date { year, month: month + 1, day: 1 }.epoch_day() - 1,
        _ => Date { year, month: 12, day: 31 }.epoch_day(),
    };
    Some((today.epoch_day() - seen).max(0))
}

/// Says whether the day on which a price was seen is later than a day; of a month or a year that is all that is known, its first day.
pub(super) fn is_ahead(as_of: &str, today: Date) -> bool {
    let mut parts = as_of.split('-');
    let Some(year) = parts.next().and_then(|part| part.parse().ok()) else { return false };
    let mut next = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let first = Date { year, month: next(), day: next() };
    first.epoch_day() > today.epoch_day()
}

#[cfg(test)]
mod tests {
    use super::{age, is_ahead};
    use crate::quantity::Date;

    #[test]
    fn a_price_is_as_old_as_its_day_says_at_least() {
        let of = |as_of: &str| age(as_of, Date { year: 2026, month: 3, day: 1 });
        // February 2024 has 29 days, and 2026 is no leap year.
        assert_eq!(of("2026-02-28"), Some(1));
        assert_eq!(of("2026-02"), Some(1));
        assert_eq!(of("2025"), Some(31 + 28 + 1));
        assert_eq!(of("2024-02"), Some(1 + 365 + 365));
        assert_eq!(of("2026-03-02"), Some(0));
        assert_eq!(of("unknown"), None);
        let ahead = |as_of: &str| is_ahead(as_of, Date { year: 2026, month: 3, day: 1 });
        assert_eq!(["2026-03-02", "2026-04", "2027"].map(ahead), [true; 3]);
        assert_eq!(["2026-03-01", "2026-03", "2026", "unknown"].map(ahead), [false; 4]);
    }
}
