//! What one price buys: an hour of an instance, a gigabyte, a million requests.

use crate::quantity::Exact;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Hours of something that stands there.
    Hours,
    /// Months of something that stands there.
    Months,
    /// Seconds of something that works.
    Seconds,
    /// An amount of data that moves.
    Data,
    /// An amount of data that is kept for a month.
    DataMonths,
    /// Things that are counted.
    Count,
}

/// The unit of a price, such as `instance-hour`, `GB-month` or `1M-requests`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The unit as the book writes it.
    pub text: String,
    /// How many things one unit is: a million for `1M-requests`.
    pub multiple: Exact,
    /// What is counted, without the multiple.
    pub noun: String,
    /// What it measures.
    pub dimension: Dimension,
    /// The bytes of one unit of data, where it is data or data over time.
    pub bytes: Option<Exact>,
}

/// The things that are counted, where no time and no data is.
const COUNTED: &[&str] = &["requests", "events", "ops", "messages", "WRU", "RRU"];

impl Unit {
    /// Reads a unit; `gigabyte` is the number of bytes that the book calls a GB.
    pub fn read(text: &str, gigabyte: Exact) -> Option<Self> {
        let (multiple, noun) = match text.split_once('-') {
            Some(("1M", noun)) => (Exact::whole(1_000_000), noun),
            Some(("1k", noun)) => (Exact::whole(1_000), noun),
            _ => (Exact::ONE, text),
        };
        let (of, time) = noun.rsplit_once('-').map_or(("", noun), |(of, time)| (of, time));
        let is_word = |word: &str| word.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        if !is_word(noun) {
            return None;
        }
        let bytes = data_unit(if of.is_empty() { noun } else { of }, gigabyte);
        let dimension = match time {
            "hour" => Dimension::Hours,
            "month" if bytes.is_some() => Dimension::DataMonths,
            "month" => Dimension::Months,
            "second" => Dimension::Seconds,
            _ if bytes.is_some() && of.is_empty() => Dimension::Data,
            _ if COUNTED.contains(&noun) => Dimension::Count,
            _ => return None,
        };
        Some(Self { text: text.to_owned(), multiple, noun: noun.to_owned(), dimension, bytes })
    }

    /// Returns how many units so many counted things are.
    pub fn units_of(&self, things: Exact) -> Exact {
        things.over(self.multiple).unwrap_or(things)
    }

    /// Returns how many units so many bytes are; nothing where the unit measures no data.
    pub fn units_of_bytes(&self, bytes: Exact) -> Option<Exact> {
        bytes.over(self.bytes?)
    }
}

/// Returns the bytes of a unit of data; `GB` and `TB` are what the provider calls so.
pub fn data_unit(name: &str, gigabyte: Exact) -> Option<Exact> {
    let kibi = Exact::whole(1_024);
    let mebi = kibi * kibi;
    Some(match name {
        "GB" => gigabyte,
        "TB" if gigabyte == mebi * kibi => mebi * mebi,
        "TB" => Exact::whole(1_000) * gigabyte,
        "GiB" => mebi * kibi,
        "TiB" => mebi * mebi,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Dimension, Unit};
    use crate::quantity::Exact;

    fn unit(text: &str) -> Option<Unit> {
        Unit::read(text, Exact::whole(1 << 30))
    }

    #[test]
    fn a_unit_says_what_it_measures() {
        for (text, dimension) in [
            ("instance-hour", Dimension::Hours),
            ("hour", Dimension::Hours),
            ("endpoint-AZ-hour", Dimension::Hours),
            ("month", Dimension::Months),
            ("host-month", Dimension::Months),
            ("GB-month", Dimension::DataMonths),
            ("GB-second", Dimension::Seconds),
            ("GiB", Dimension::Data),
            ("1M-requests", Dimension::Count),
            ("1k-requests", Dimension::Count),
        ] {
            assert_eq!(unit(text).map(|unit| unit.dimension), Some(dimension), "{text}");
        }
        for text in ["", "instance", "GB-", "-hour!", "1G-requests", "requests-hours", "hour "] {
            assert!(unit(text).is_none(), "{text}");
        }
    }

    #[test]
    fn units_are_counted_in_their_multiples() {
        let million = unit("1M-requests").expect("a unit");
        assert_eq!(million.units_of(Exact::whole(2_500_000)).plain(), "2.5");
        let gigabyte = unit("GB").expect("a unit");
        assert_eq!(gigabyte.units_of_bytes(Exact::whole(3 << 30)), Some(Exact::whole(3)));
        assert_eq!(unit("instance-hour").expect("a unit").units_of_bytes(Exact::ONE), None);
    }
}
