//! Reads quantities: a number, a unit, and optionally a range.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::{Currency, Money, MoneyRate, Period, Ranged};

/// What a quantity measures, and so which units it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Time, in seconds.
    Duration,
    /// Occurrences per second.
    Rate,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    Bandwidth,
    /// A share of one.
    Share,
    /// A bare number of at least 0.
    Number,
}

impl Dimension {
    /// Returns an example that the reader can copy.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Duration => "\"200ms\"",
            Self::Rate => "\"50/s\"",
            Self::Bytes => "\"4KB\"",
            Self::Bandwidth => "\"10MB/s\"",
            Self::Share => "\"99.95%\"",
            Self::Number => "1.5",
        }
    }

    /// Returns the units, for messages and the reference page.
    pub const fn units(self) -> &'static str {
        match self {
            Self::Duration => "us, ms, s, min, h, d, y",
            Self::Rate => "/s, /min, /h, /day, /month, /y",
            Self::Bytes => "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB",
            Self::Bandwidth => "a size per time, such as MB/s or GB/month",
            Self::Share => "% (or a number from 0 to 1)",
            Self::Number => "none",
        }
    }

    /// Returns how many base units one of `unit` is.
    fn factor(self, unit: &str) -> Option<f64> {
        match self {
            Self::Duration => duration_factor(unit),
            Self::Rate => period_seconds(unit.strip_prefix('/')?).map(|seconds| 1.0 / seconds),
            Self::Bytes => bytes_factor(unit),
            Self::Bandwidth => {
                let (size, period) = unit.split_once('/')?;
                Some(bytes_factor(size)? / period_seconds(period)?)
            }
            Self::Share => match unit {
                "%" => Some(0.01),
                "" => Some(1.0),
                _ => None,
            },
            Self::Number => unit.is_empty().then_some(1.0),
        }
    }
}

fn duration_factor(unit: &str) -> Option<f64> {
    Some(match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "y" => 8_760.0 * 3_600.0,
        _ => return None,
    })
}

/// A month is 730 hours, a year 8,760.
fn period_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        "day" => 86_400.0,
        "month" => 730.0 * 3_600.0,
        "y" | "year" => 8_760.0 * 3_600.0,
        _ => return None,
    })
}

fn bytes_factor(unit: &str) -> Option<f64> {
    const K: f64 = 1_024.0;
    Some(match unit {
        "B" => 1.0,
        "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" => K,
        "MiB" => K * K,
        "GiB" => K * K * K,
        "TiB" => K * K * K * K,
        _ => return None,
    })
}

/// Why a text is no quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// Not a number and a known unit; the words say what is wrong, the second field what to write.
    Malformed(String, Option<String>),
    /// The low end is above the high end, or the likely value outside of both.
    Reversed,
}

/// What a quantity's text says.
pub type Parsed<T> = Result<Ranged<T>, ParseError>;

/// Reads `"200ms"`, `"30..120/s"` or `"30..50..120/s"`.
///
/// The unit may stand once, behind the last number, or behind each. The likely value of a range of two is its middle.
///
/// # Errors
/// When the text is no number with a unit of this dimension, is negative, not finite, or runs backwards.
pub fn parse_quantity(text: &str, dimension: Dimension) -> Parsed<f64> {
    ranged(text, |part, default_unit| scalar(part, dimension, default_unit), |a, b| (a + b) / 2.0)
}

/// Reads `"12.50 EUR"`, also as a range.
///
/// # Errors
/// When the text is no amount with a space and a three-letter currency.
pub fn parse_money(text: &str) -> Parsed<Money> {
    ranged(
        text,
        |part, unit| {
            let (amount, unit) = amount_and_unit(part, unit)?;
            let currency = currency(part, unit)?;
            Ok((Money { amount, currency }, unit))
        },
        |a, b| Money { amount: a.amount / Decimal::TWO + b.amount / Decimal::TWO, currency: a.currency },
    )
    .and_then(|range| {
        let same = range.low.currency == range.high.currency && range.low.currency == range.likely.currency;
        if same { Ok(range) } else { Err(ParseError::Malformed("mixes currencies".into(), None)) }
    })
}

/// Reads `"2500 EUR/month"`, also as a range.
///
/// # Errors
/// When the text is no amount with a space, a three-letter currency and a period.
pub fn parse_money_rate(text: &str) -> Parsed<MoneyRate> {
    ranged(
        text,
        |part, unit| {
            let (amount, unit) = amount_and_unit(part, unit)?;
            let (code, period) = unit
                .split_once('/')
                .ok_or_else(|| ParseError::Malformed("has no period".into(), Some("write it as `\"2500 EUR/month\"`".into())))?;
            let period = match period {
                "h" => Period::Hour,
                "day" => Period::Day,
                "month" => Period::Month,
                "y" | "year" => Period::Year,
                _ => {
                    return Err(ParseError::Malformed(
                        format!("has an unknown period `{period}`"),
                        Some("periods are h, day, month, year".into()),
                    ));
                }
            };
            let currency = currency(part, code)?;
            Ok((MoneyRate { money: Money { amount, currency }, period }, unit))
        },
        |a, b| MoneyRate {
            money: Money { amount: a.money.amount / Decimal::TWO + b.money.amount / Decimal::TWO, currency: a.money.currency },
            period: a.period,
        },
    )
    .and_then(|range| {
        let unit = |rate: &MoneyRate| (rate.money.currency, rate.period);
        let same = unit(&range.low) == unit(&range.high) && unit(&range.low) == unit(&range.likely);
        if same { Ok(range) } else { Err(ParseError::Malformed("mixes currencies or periods".into(), None)) }
    })
}

/// Splits a range, reads its parts from the last to the first (so that a unit given once is known), and checks their order.
fn ranged<T: Copy + Orderable>(
    text: &str,
    read: impl for<'a> Fn(&'a str, Option<&'a str>) -> Result<(T, &'a str), ParseError>,
    middle: impl Fn(T, T) -> T,
) -> Parsed<T> {
    let parts: Vec<&str> = text.split("..").collect();
    if parts.len() > 3 {
        return Err(ParseError::Malformed("has more than three parts".into(), Some("write `low..high` or `low..likely..high`".into())));
    }
    let (last, unit) = read(parts[parts.len() - 1], None)?;
    let earlier = parts[..parts.len() - 1].iter().map(|part| Ok(read(part, Some(unit))?.0)).collect::<Result<Vec<T>, _>>()?;
    let range = match earlier.as_slice() {
        [] => Ranged { low: last, likely: last, high: last },
        [low] => Ranged { low: *low, likely: middle(*low, last), high: last },
        [low, likely] => Ranged { low: *low, likely: *likely, high: last },
        _ => unreachable!("a range has at most three parts"),
    };
    let rises = range.low.key() <= range.likely.key() && range.likely.key() <= range.high.key();
    if rises { Ok(range) } else { Err(ParseError::Reversed) }
}

/// The amount by which the ends of a range are ordered.
trait Orderable {
    type Key: PartialOrd;
    fn key(&self) -> Self::Key;
}

impl Orderable for f64 {
    type Key = f64;
    fn key(&self) -> f64 {
        *self
    }
}

impl Orderable for Money {
    type Key = Decimal;
    fn key(&self) -> Decimal {
        self.amount
    }
}

impl Orderable for MoneyRate {
    type Key = Decimal;
    fn key(&self) -> Decimal {
        self.money.amount
    }
}

fn scalar<'a>(text: &'a str, dimension: Dimension, default_unit: Option<&'a str>) -> Result<(f64, &'a str), ParseError> {
    let digits = number_length(text);
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(not_a_number(text, dimension));
    }
    if number.starts_with('-') {
        return Err(ParseError::Malformed("is negative".into(), None));
    }
    let unit = match (unit, default_unit) {
        ("", Some(default)) => default,
        _ => unit,
    };
    let bare = unit.trim();
    let Some(factor) = dimension.factor(bare) else {
        let message = if bare.is_empty() { "has no unit".to_owned() } else { format!("has the unknown unit `{bare}`") };
        return Err(ParseError::Malformed(message, Some(format!("units here are {}, as in {}", dimension.units(), dimension.example()))));
    };
    if bare.len() < unit.len() {
        return Err(ParseError::Malformed("has a space before its unit".into(), Some(format!("write `\"{number}{bare}\"`"))));
    }
    let value: f64 = number.parse().map_err(|_| not_a_number(text, dimension))?;
    // A percentage is divided, not multiplied: 99.95 / 100 is the double nearest to 0.9995, 99.95 × 0.01 is not always.
    let value = if unit == "%" { value / 100.0 } else { value * factor };
    if !value.is_finite() {
        return Err(ParseError::Malformed("is too large".into(), None));
    }
    if dimension == Dimension::Share && value > 1.0 {
        return Err(ParseError::Malformed("is above 1".into(), Some("a share is 0 to 1 or `0%` to `100%`".into())));
    }
    Ok((value, unit))
}

fn not_a_number(text: &str, dimension: Dimension) -> ParseError {
    let message = if text.is_empty() { "is empty" } else { "does not start with a number" };
    ParseError::Malformed(message.into(), Some(format!("write it like {}", dimension.example())))
}

/// The length of a leading decimal number; `1e3` is read as `1` and the unit `e3`, because a unit follows at once.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let start = at;
    let mut point = false;
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' => {}
            b'.' if !point && at > start && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => point = true,
            _ => break,
        }
        at += 1;
    }
    if at == start { 0 } else { at }
}

fn amount_and_unit<'a>(text: &'a str, default_unit: Option<&'a str>) -> Result<(Decimal, &'a str), ParseError> {
    let help = || Some("write it as `\"12.50 EUR\"` or `\"2500 EUR/month\"`".to_owned());
    let digits = number_length(text);
    let (number, rest) = text.split_at(digits);
    if number.starts_with('-') {
        return Err(ParseError::Malformed("is negative".into(), None));
    }
    let amount = Decimal::from_str(number).map_err(|_| ParseError::Malformed("does not start with an amount".into(), help()))?;
    let unit = match (rest, default_unit) {
        ("", Some(default)) => default,
        _ => rest.strip_prefix(' ').ok_or_else(|| ParseError::Malformed("has no space before its currency".into(), help()))?,
    };
    Ok((amount, unit))
}

fn currency(text: &str, code: &str) -> Result<Currency, ParseError> {
    Currency::from_code(code).ok_or_else(|| {
        ParseError::Malformed(
            format!("has no three-letter currency but `{code}`"),
            Some(format!("write the ISO code in capitals, as in `\"{} EUR\"`", text.split(' ').next().unwrap_or("12.50"))),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Dimension, ParseError, parse_money, parse_money_rate, parse_quantity};

    fn likely(text: &str, dimension: Dimension) -> f64 {
        parse_quantity(text, dimension).expect(text).likely
    }

    /// Semantics, "Units": powers of 1,000 and 1,024; a month is 730 h, a year 8,760 h.
    #[test]
    fn units() {
        assert_eq!(likely("200ms", Dimension::Duration), 0.2);
        assert_eq!(likely("1y", Dimension::Duration), 31_536_000.0);
        assert_eq!(likely("4KB", Dimension::Bytes), 4_000.0);
        assert_eq!(likely("1.5KiB", Dimension::Bytes), 1_536.0);
        assert_eq!(likely("1TiB", Dimension::Bytes), 1_099_511_627_776.0);
        assert_eq!(likely("60/min", Dimension::Rate), 1.0);
        assert_eq!(likely("2628000/month", Dimension::Rate), 1.0);
        assert_eq!(likely("99.95%", Dimension::Share), 0.9995);
        assert_eq!(likely("0.3", Dimension::Share), 0.3);
        assert_eq!(likely("10MB/s", Dimension::Bandwidth), 1e7);
    }

    /// Semantics, "Ranges and differences": `a..b` has the likely value (a+b)/2, `a..m..b` states it.
    #[test]
    fn ranges() {
        let range = parse_quantity("30..120/s", Dimension::Rate).expect("a range");
        assert_eq!((range.low, range.likely, range.high), (30.0, 75.0, 120.0));
        let range = parse_quantity("10ms..20ms..1s", Dimension::Duration).expect("a range");
        assert_eq!((range.low, range.likely, range.high), (0.01, 0.02, 1.0));
        assert_eq!(parse_quantity("3..2s", Dimension::Duration), Err(ParseError::Reversed));
        assert_eq!(parse_quantity("1..5..3s", Dimension::Duration), Err(ParseError::Reversed));
    }

    #[test]
    fn malformed_quantities_are_refused() {
        for text in [
            "",
            "s",
            "-1s",
            "NaNs",
            "infs",
            "200",
            "200 ms",
            "200 sec",
            "1..2..3..4s",
            "1e400s",
            "..",
            "1..",
            "..2s",
            ".5s",
            "1.s",
            "1_000s",
        ] {
            assert!(parse_quantity(text, Dimension::Duration).is_err(), "{text}");
        }
        assert!(parse_quantity("101%", Dimension::Share).is_err());
        let huge = format!("{}y", "9".repeat(400));
        assert!(parse_quantity(&huge, Dimension::Duration).is_err());
    }

    #[test]
    fn money() {
        assert_eq!(parse_money("12.50 EUR").expect("money").likely.to_string(), "12.50 EUR");
        let rate = parse_money_rate("1000..2500 EUR/month").expect("money");
        assert_eq!(rate.likely.to_string(), "1750 EUR/month");
        for text in ["12.50EUR", "12.50 eur", "EUR", "-3 EUR", "3 EUR..2 EUR", "1 EUR..2 USD", "99999999999999999999999999999999 EUR"] {
            assert!(parse_money(text).is_err(), "{text}");
        }
        for text in ["12 EUR", "12 EUR/week", "12 EUR/h..13 EUR/day"] {
            assert!(parse_money_rate(text).is_err(), "{text}");
        }
    }
}
