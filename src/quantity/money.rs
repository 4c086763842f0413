//! Money: decimal fixed point, never a float.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

/// A currency by its three-letter ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three upper-case letters.
    pub fn from_code(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// Says whether ISO 4217 lists it as a currency that is paid with.
    pub fn is_listed(&self) -> bool {
        let nth = |at: usize| &LISTED.as_bytes()[at * LISTED_STRIDE..][..3];
        let (mut low, mut high) = (0, LISTED.len().div_ceil(LISTED_STRIDE));
        while low < high {
            let middle = low.midpoint(high);
            match nth(middle).cmp(&self.0[..]) {
                Ordering::Equal => return true,
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    /// Returns the three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is three ASCII letters")
    }
}

/// From the start of one code to that of the next.
const LISTED_STRIDE: usize = 4;

/// The active currencies of ISO 4217, without funds, metals and test codes, in the order of their codes.
const LISTED: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// An amount of money in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The amount.
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.amount, self.currency.code())
    }
}

/// The time in which an amount of money is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month of 730 hours.
    Month,
    /// A year of 8,760 hours.
    Year,
}

impl Period {
    /// Returns the word after the slash.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hour => "h",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// Money per time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyRate {
    /// The amount per period.
    pub money: Money,
    /// The period.
    pub period: Period,
}

impl fmt::Display for MoneyRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.money, self.period.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finding a code by halving needs codes of three letters, a space after each, and their order.
    #[test]
    fn every_listed_currency_is_found_and_no_other() {
        let listed: Vec<&str> = LISTED.split(' ').collect();
        assert!(listed.is_sorted() && listed.iter().all(|code| code.len() + 1 == LISTED_STRIDE));
        for code in &listed {
            assert!(Currency::from_code(code).expect("three capitals").is_listed(), "{code}");
        }
        for code in ["AAA", "EUA", "EUS", "XTS", "ZZZ"] {
            assert!(!Currency::from_code(code).expect("three capitals").is_listed(), "{code}");
        }
    }
}
