//! Why one bill differs from another: other use, other prices, another design.

use super::{Bill, Rates, bill};
use crate::analysis::communication::Communication;
use crate::model::System;
use crate::quantity::Exact;

/// The difference of two bills, taken apart; the parts add up to it exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The bill that is left.
    pub from: Bill,
    /// The bill that is reached.
    pub to: Bill,
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
    Some(Effects {
        usage: likely(&used) - likely(&from),
        price: likely(&priced) - likely(&used),
        design: likely(&to) - likely(&priced),
        from,
        to,
    })
}
