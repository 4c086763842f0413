//! The bill against the load, and the load at which two designs cost the same.

use super::{Rates, bill};
use crate::analysis::communication::Communication;
use crate::model::System;
use crate::quantity::Exact;

/// The loads, as multiples of the stated one.
const FACTORS: &[u64] = &[1, 2, 5, 10];

/// The most links of a system whose break-even is searched: each step makes two bills.
pub(super) const MAX_SEARCHED_LINKS: usize = 5_000;

/// The largest and smallest multiple of the stated load between which a break-even is searched.
const SEARCHED: (f64, f64) = (1.0 / 64.0, 64.0);

/// The halvings of a search: a part in 2^40 of the interval.
const HALVINGS: usize = 40;

/// The bill at a multiple of the stated load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// The multiple.
    pub factor: u64,
    /// The expected bill of a month.
    pub monthly: Exact,
    /// The bill for 1,000 requests.
    pub per_1000: Option<Exact>,
}

/// Returns the bill at 1, 2, 5 and 10 times the stated load. Instances without `autoscale` stay as many as they are.
pub(super) fn growth(system: &System, communication: &Communication, rates: &Rates) -> Vec<Growth> {
    if system.links.len() > MAX_SEARCHED_LINKS {
        return Vec::new();
    }
    FACTORS
        .iter()
        .filter_map(|factor| {
            let rates = rates.times(*factor as f64);
            let monthly = bill(system, communication, &rates)?.monthly.likely;
            let per_1000 = (monthly * Exact::whole(1_000)).over(rates.requests_per_month());
            Some(Growth { factor: *factor, monthly, per_1000 })
        })
        .collect()
}

/// A system with what was counted of it.
pub type Counted<'a> = (&'a System, &'a Communication);

/// Finds the load, in requests per second over all journeys, at which two designs cost the same; nothing where one is cheaper at all searched loads, from a
/// 64th to 64 times the base's stated one, where their currencies differ, or above 5,000 links.
pub fn break_even(base: Counted<'_>, alternative: Counted<'_>) -> Option<f64> {
    let (base_rates, own_rates) = (Rates::of(base.0), Rates::of(alternative.0));
    let total = base_rates.total();
    if total <= 0.0 || base.0.links.len().max(alternative.0.links.len()) > MAX_SEARCHED_LINKS {
        return None;
    }
    let difference = |factor: f64| {
        let from = bill(base.0, base.1, &base_rates.times(factor))?;
        let to = bill(alternative.0, alternative.1, &own_rates.times(factor))?;
        (from.currency == to.currency).then(|| to.monthly.likely - from.monthly.likely)
    };
    let (mut low, mut high) = SEARCHED;
    let at_low = difference(low)?;
    if at_low.is_zero() || difference(high)?.is_negative() == at_low.is_negative() {
        return None;
    }
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if difference(middle)?.is_negative() == at_low.is_negative() { low = middle } else { high = middle }
    }
    Some((low + high) / 2.0 * total)
}
