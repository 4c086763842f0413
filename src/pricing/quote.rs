//! What a quantity costs: the steps of its tiers, line by line.

use super::book::Price;
use super::read::bytes_of;
use super::unit::Unit;
use crate::quantity::Exact;

/// How a quantity is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Whether a first tier that costs nothing counts; without it the first paid tier starts at 0.
    pub free_tiers: bool,
    /// Whether a standby in another zone is priced: the fact where the book has one, else the double.
    pub high_availability: bool,
}

/// A part of a quantity within one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostStep {
    /// Where the tier starts.
    pub from: Exact,
    /// Where it ends; nothing for the last.
    pub to: Option<Exact>,
    /// How much of the quantity lies in it, in units.
    pub quantity: Exact,
    /// The price of one unit.
    pub price: Exact,
    /// Their product.
    pub amount: Exact,
}

/// What a quantity costs, in the price's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The tiers that the quantity reaches.
    pub steps: Vec<CostStep>,
    /// The sum of the unrounded amounts.
    pub amount: Exact,
    /// What no price is known for, in units.
    pub unpriced: Exact,
    /// What is used, but not billed, in units.
    pub capped: Exact,
}

/// Prices a quantity, in units of the price.
///
/// Each step's price holds for the part of the quantity within it: `Σ (min(q, end) − start)⁺ · price`. What exceeds `most` is not billed; what exceeds `until`
/// has no known price. A negative quantity is none.
pub fn cost(price: &Price, quantity: Exact, options: Options) -> Cost {
    let quantity = quantity.max(Exact::ZERO);
    let billed = price.most.map_or(quantity, |most| quantity.min(most));
    let priced = price.until.map_or(billed, |until| billed.min(until));
    let first_paid = if options.free_tiers { 0 } else { price.steps.iter().position(|step| !step.price.is_zero()).unwrap_or(0) };
    let tiers = &price.steps[first_paid..];
    let mut steps = Vec::new();
    for (at, tier) in tiers.iter().enumerate() {
        let from = if at == 0 { Exact::ZERO } else { tier.from };
        let to = tiers.get(at + 1).map(|next| next.from);
        let within = to.map_or(priced, |to| priced.min(to)) - from;
        if within.is_negative() || within.is_zero() && at > 0 {
            break;
        }
        let each = if options.high_availability { standby(price, tier.price) } else { tier.price };
        steps.push(CostStep { from, to, quantity: within, price: each, amount: within * each });
    }
    let amount = steps.iter().map(|step| step.amount).sum();
    Cost { steps, amount, unpriced: billed - priced, capped: quantity - billed }
}

/// Reads a quantity: a number of what the unit counts, or an amount of data such as `2.5TB` where it measures data.
pub fn quantity(text: &str, unit: &Unit) -> Option<Exact> {
    if let Some(number) = Exact::parse(text) {
        return Some(number);
    }
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let bytes = Exact::parse(digits)? * bytes_of(&text[digits.len()..])?;
    unit.units_of_bytes(bytes)
}

/// What a standby in another zone does to a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standby {
    /// The book says what it costs.
    Stated,
    /// No source says it: twice the price is taken.
    Doubled,
    /// The price is one with a standby.
    Included,
    /// There is none: backups and what moves are not kept twice.
    None,
}

impl Standby {
    /// Returns what a standby does to a price.
    pub fn of(price: &Price) -> Self {
        let [_, _, category, sku] = price.parts();
        let sku = sku.to_lowercase();
        let is_doubled =
            matches!(category, "vm" | "bare-metal" | "cache" | "broker" | "container" | "block-storage") || category.starts_with("db-");
        match price.high_availability {
            Some(_) => Self::Stated,
            None if category.ends_with("-ha") || sku.contains("multi-az") => Self::Included,
            None if is_doubled && !sku.contains("backup") => Self::Doubled,
            None => Self::None,
        }
    }
}

/// Returns a price with a standby: the book's fact, in the ratio of the step to the first paid one; else the double of what is kept twice.
fn standby(price: &Price, step: Exact) -> Exact {
    match (price.high_availability, price.first_paid()) {
        (Some(fact), first) if step == first => fact,
        (Some(fact), first) => (step * fact).over(first).unwrap_or(fact),
        (None, _) if Standby::of(price) == Standby::Doubled => step * Exact::whole(2),
        (None, _) => step,
    }
}
