//! The one way to print each quantity. Output never depends on a locale.

use super::{Bytes, Duration, Probability, Rate};

/// Prints a number with at most `digits` significant digits, without trailing zeros and with thousands grouped.
///
/// The digits come from the standard library's exact decimal conversion, which is the same on every platform.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { "unlimited".into() };
    }
    let scientific = format!("{:.*e}", digits.saturating_sub(1), value);
    let exponent: i32 = scientific.split('e').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    if !(-6..15).contains(&exponent) {
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        return format!("{}e{exponent}", trim_zeros(mantissa));
    }
    let decimals = usize::try_from(i32::try_from(digits).unwrap_or(3) - 1 - exponent).unwrap_or(0);
    let rounded: f64 = scientific.parse().unwrap_or(value);
    grouped(trim_zeros(&format!("{rounded:.decimals$}")))
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Groups the digits before the point by thousands with commas.
pub fn grouped(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Prints a count, thousands grouped.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// Prints a duration in the largest unit that leaves a number of at least 1, with three significant digits.
pub fn duration(value: Duration) -> String {
    const UNITS: [(&str, f64); 7] =
        [("y", 31_536_000.0), ("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6)];
    scaled(value.seconds(), &UNITS, "s")
}

/// Prints an amount of data in powers of 1,000, with three significant digits.
pub fn bytes(value: Bytes) -> String {
    const UNITS: [(&str, f64); 6] = [("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("B", 1.0)];
    scaled(value.bytes(), &UNITS, "B")
}

fn scaled(value: f64, units: &[(&str, f64)], zero: &str) -> String {
    if value == 0.0 {
        return format!("0 {zero}");
    }
    // The allowance keeps 0.9999 KB from printing as `1,000 B`.
    let (unit, factor) = units.iter().find(|(_, factor)| value >= factor * 0.9995).unwrap_or(&units[units.len() - 1]);
    format!("{} {unit}", significant(value / factor, 3))
}

/// Prints a rate per second, hour, day or month: the shortest period that leaves a number of at least 0.1.
pub fn rate(value: Rate) -> String {
    const PERIODS: [(&str, f64); 5] = [("s", 1.0), ("min", 60.0), ("h", 3_600.0), ("day", 86_400.0), ("month", 2_628_000.0)];
    let value = value.per_second();
    if value == 0.0 {
        return "0/s".into();
    }
    let (period, seconds) = PERIODS.iter().find(|(_, seconds)| value * seconds >= 0.1).unwrap_or(&PERIODS[4]);
    format!("{}/{period}", significant(value * seconds, 3))
}

/// Prints a share as a percentage with three significant digits; what is below 100 % never prints as 100 %.
pub fn percent(value: Probability) -> String {
    let value = value.value();
    let text = significant(value * 100.0, 3);
    if text == "100" && value < 1.0 { format!("{} %", availability_digits(1.0 - value)) } else { format!("{text} %") }
}

/// Prints an availability from the stored unavailability: cut, never rounded up, two digits past the nines.
pub fn availability(unavailability: Probability) -> String {
    let q = unavailability.value();
    if q == 0.0 { "100 %".into() } else { format!("{} %", availability_digits(q)) }
}

fn availability_digits(q: f64) -> String {
    if q >= 1.0 {
        return "0".into();
    }
    // The loss, rounded up in its second significant digit, subtracted in decimal text so that no nine is lost.
    let scientific = format!("{q:.1e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut tenths: i64 = mantissa.replace('.', "").parse().unwrap_or(0);
    let stands_for = format!("{tenths}e{}", exponent - 1).parse::<f64>().unwrap_or(0.0);
    // A difference in the last bits is noise of the computation, not a lost nine.
    if stands_for < q * (1.0 - 1e-12) {
        tenths += 1;
    }
    // From here on in percent.
    let exponent = exponent + 2;
    let decimals = usize::try_from((1 - exponent).max(0)).unwrap_or(0).min(30);
    let scale = 10_i128.pow(u32::try_from(decimals).unwrap_or(0));
    let loss = if exponent > 1 { i128::from(tenths) * 10_i128.pow(u32::try_from(exponent - 1).unwrap_or(0)) } else { i128::from(tenths) };
    let left = 100 * scale - loss;
    let text = if decimals == 0 { left.to_string() } else { format!("{}.{:0decimals$}", left / scale, left % scale) };
    trim_zeros(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{availability, bytes, duration, percent, rate, significant};
    use crate::quantity::{Bytes, Duration, Probability, Rate};

    #[test]
    fn numbers() {
        assert_eq!(significant(0.1 + 0.2, 3), "0.3");
        assert_eq!(significant(1_234_567.0, 3), "1,230,000");
        assert_eq!(significant(999.6, 3), "1,000");
        assert_eq!(significant(1e-9, 3), "1e-9");
        assert_eq!(duration(Duration::new(0.0125)), "12.5 ms");
        assert_eq!(duration(Duration::new(0.99999)), "1 s");
        assert_eq!(bytes(Bytes::new(4_096.0)), "4.1 KB");
        assert_eq!(rate(Rate::new(0.5)), "0.5/s");
        assert_eq!(rate(Rate::new(1.0 / 86_400.0)), "1/day");
    }

    /// Style, "Quantities": a value below 100 % never prints as 100 %.
    #[test]
    fn nines_are_cut_not_rounded() {
        let shown = |q| availability(Probability::new(q));
        assert_eq!(shown(0.001), "99.9 %");
        assert_eq!(shown(0.00099999), "99.9 %");
        assert_eq!(shown(1e-18), "99.9999999999999999 %");
        assert_eq!(shown(0.0199), "98 %");
        assert_eq!(shown(0.00123456), "99.87 %");
        assert_eq!(shown(1.0 - 0.995), "99.5 %");
        assert_eq!(shown(0.5), "50 %");
        assert_eq!(shown(0.0), "100 %");
        assert_eq!(shown(1.0), "0 %");
        assert_eq!(percent(Probability::new(0.99999)), "99.999 %");
        assert_eq!(percent(Probability::new(0.45)), "45 %");
    }
}
