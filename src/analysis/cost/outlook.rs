//! The bill against the load, and the load at which two designs cost the same.

use std::collections::BTreeMap;

use super::{Rates, bill};
use crate::analysis::communication::{Communication, communication};
use crate::model::{End, System};
use crate::quantity::Exact;
use crate::source::Span;
use crate::syntax::keys::{Figure, Mark};

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

/// How far one ranged input sways the bill, all others at their likely values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sway {
    /// Where the input stands; the first place of an input of several elements.
    pub input: String,
    /// The bill at its low end.
    pub low: Exact,
    /// The bill at its high end.
    pub high: Exact,
}

/// The most ranged inputs whose sway is computed: each makes two bills.
const MAX_SWAYS: usize = 24;

/// Returns how far each ranged input sways the bill, most first; those that do not are left out. Nothing above 24 inputs or 5,000 links.
pub(super) fn tornado(system: &System, stated: Exact) -> Vec<Sway> {
    let mut inputs: BTreeMap<_, String> = BTreeMap::new();
    let keys = system.ranged_keys();
    for key in keys.iter().filter(|key| key.mark(Figure::Cost) != Mark::None) {
        inputs.entry(key.identity()).or_insert_with(|| key.path.clone());
    }
    if inputs.len() > MAX_SWAYS || system.links.len() > MAX_SEARCHED_LINKS {
        return Vec::new();
    }
    let at = |input: (Span, &str), end: End| {
        let chosen = system.at(|key| if key.identity() == input { end } else { End::Likely });
        bill(&chosen, &communication(&chosen), &Rates::of(&chosen)).map_or(stated, |bill| bill.monthly.likely)
    };
    let sways = inputs.into_iter().map(|(input, path)| Sway { input: path, low: at(input, End::Low), high: at(input, End::High) });
    let mut sways: Vec<Sway> = sways.filter(|sway| sway.low != sway.high).collect();
    let width = |sway: &Sway| (sway.high - sway.low).max(sway.low - sway.high);
    sways.sort_by(|a, b| width(b).cmp(&width(a)).then_with(|| a.input.cmp(&b.input)));
    sways
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
