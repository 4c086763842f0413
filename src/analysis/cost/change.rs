//! Why one bill differs from another: other use, other prices, another design.

use super::{Bill, Rates, bill};
use crate::analysis::communication::Communication;
use crate::model::System;
use crate::quantity::Exact;

/// The difference of two bills, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The bill that is left.
    pub from: Bill,
    /// The bill that is reached.
    pub to: Bill,
    /// Where the difference comes from; nothing where one of the bills on the way has no price for something that another has one for, or does not use: a price
    /// that is missing is no saving.
    pub parts: Option<Parts>,
}

/// The parts of a difference; they add up to it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The old design and the old prices at the new rates of journeys.
    pub usage: Exact,
    /// The old design at the new rates, with the new prices.
    pub price: Exact,
    /// The new design, at the new rates and prices.
    pub design: Exact,
}

/// Takes the difference of two bills apart: first the use changes, then the prices, then the design.
pub fn effects(base: (&System, &Communication), head: (&System, &Communication)) -> Option<Effects> {
    let from = bill(base.0, base.1, &Rates::of(base.0))?;
    let to = bill(head.0, head.1, &Rates::of(head.0))?;
    let rates = Rates::of(base.0).from_other(base.0, head.0);
    let used = bill(base.0, base.1, &rates)?;
    let mut repriced = base.0.clone();
    repriced.prices = head.0.prices.clone();
    let priced = bill(&repriced, base.1, &rates)?;
    if [&used, &priced, &to].iter().any(|bill| bill.currency != from.currency) {
        return None;
    }
    let likely = |bill: &Bill| bill.monthly.likely;
    let lacks = |system: &System, bill: &Bill| -> Vec<(String, &'static str, String)> {
        bill.unpriced.iter().map(|one| (one.subject.id(system).to_owned(), one.what, one.needs.clone())).collect()
    };
    let lacking = lacks(base.0, &from);
    let is_alike = lacks(base.0, &used) == lacking && lacks(base.0, &priced) == lacking && lacks(head.0, &to) == lacking;
    let parts = is_alike.then(|| Parts {
        usage: likely(&used) - likely(&from),
        price: likely(&priced) - likely(&used),
        design: likely(&to) - likely(&priced),
    });
    Some(Effects { from, to, parts })
}
