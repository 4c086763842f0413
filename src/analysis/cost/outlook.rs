//! The bill against the load, and the load at which two designs cost the same.

use std::collections::BTreeMap;

use super::{Bound, Rates, bill};
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

/// The halvings of a search within one doubling: a part in 2^30 of it.
const HALVINGS: usize = 30;

/// The most pairs of designs whose bills are searched for a crossing.
const MAX_PAIRS: usize = 15;

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

/// Where the bills of two designs cross.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// The index of the one, in the order of the designs.
    pub first: usize,
    /// The index of the other.
    pub second: usize,
    /// The loads at which both cost the same, in requests per second over all journeys of the first, rising.
    pub rates: Vec<f64>,
    /// Whether the second costs more than the first at the smallest load that was searched.
    pub is_dearer_at_first: bool,
}

/// Finds where the bills of every two designs cross, over the first 15 pairs, the base's first. A pair whose bills cannot be compared is left out: in two
/// currencies, or where something that one of them uses has no price.
pub fn break_evens(designs: &[Counted<'_>]) -> Vec<BreakEven> {
    let pairs = (0..designs.len()).flat_map(|first| (first + 1..designs.len()).map(move |second| (first, second)));
    pairs
        .take(MAX_PAIRS)
        .filter_map(|(first, second)| {
            let (is_dearer_at_first, rates) = crossings(designs[first], designs[second])?;
            Some(BreakEven { first, second, rates, is_dearer_at_first })
        })
        .collect()
}

/// Finds the lowest load, in requests per second over all journeys, at which two designs cost the same; nothing where one is cheaper at all searched loads, from
/// a 64th to 64 times the base's stated one, where their currencies differ or a price is missing, or above 5,000 links.
pub fn break_even(base: Counted<'_>, alternative: Counted<'_>) -> Option<f64> {
    crossings(base, alternative)?.1.first().copied()
}

/// Finds all loads at which the sign of the difference changes between two searched ones, and whether the alternative costs more at the smallest. The searched
/// loads are doublings of each other: bills that cross twice within one doubling are not seen. The search ends where a bill grows beyond what has a price: what
/// lies below still holds, but that the bills never cross is then not known.
fn crossings(base: Counted<'_>, alternative: Counted<'_>) -> Option<(bool, Vec<f64>)> {
    let (base_rates, own_rates) = (Rates::of(base.0), Rates::of(alternative.0));
    let total = base_rates.total();
    if total <= 0.0 || base.0.links.len().max(alternative.0.links.len()) > MAX_SEARCHED_LINKS {
        return None;
    }
    let difference = |factor: f64| {
        let from = bill(base.0, base.1, &base_rates.times(factor))?;
        let to = bill(alternative.0, alternative.1, &own_rates.times(factor))?;
        (from.currency == to.currency && Bound::of(&from, &to) == Bound::Exact).then(|| to.monthly.likely - from.monthly.likely)
    };
    let mut found = Vec::new();
    let (mut low, most) = SEARCHED;
    let mut at_low = difference(low)?;
    let is_dearer_at_first = at_low > Exact::ZERO;
    while low < most {
        let high = low * 2.0;
        let Some(at_high) = difference(high) else {
            return Some((is_dearer_at_first, found)).filter(|(_, found)| !found.is_empty());
        };
        // What is equal counts as not negative, so that each crossing is found once.
        if at_high.is_negative() != at_low.is_negative() {
            let (mut from, mut to) = (low, high);
            for _ in 0..HALVINGS {
                let middle = (from + to) / 2.0;
                if difference(middle)?.is_negative() == at_low.is_negative() { from = middle } else { to = middle }
            }
            found.push((from + to) / 2.0 * total);
        }
        (low, at_low) = (high, at_high);
    }
    Some((is_dearer_at_first, found))
}
