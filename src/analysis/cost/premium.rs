//! Why a design costs more than today, line by line: the two bills laid side by side. The lines add up to the difference of the totals exactly.

use std::collections::BTreeMap;

use super::{Bill, Category};
use crate::model::System;
use crate::quantity::Exact;

/// How a computed difference of two bills stands to the true one: what has no price costs something on its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Everything that both use has a price.
    Exact,
    /// The true difference is this, or more.
    AtLeast,
    /// The true difference is this, or less.
    AtMost,
    /// Both lack prices: the true difference may be either.
    Open,
}

impl Bound {
    /// Returns how the computed `own − base` stands to the true one.
    pub fn of(base: &Bill, own: &Bill) -> Self {
        match (base.is_complete(), own.is_complete()) {
            (true, true) => Self::Exact,
            (true, false) => Self::AtLeast,
            (false, true) => Self::AtMost,
            (false, false) => Self::Open,
        }
    }
}

/// What two bills say of one thing that is paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PremiumLine {
    /// What kind of cost it is.
    pub category: Category,
    /// The id of what causes it.
    pub subject: String,
    /// What of the subject is paid for.
    pub what: &'static str,
    /// What it costs today; nothing where today has no such line.
    pub base: Option<Exact>,
    /// What it costs in the design; nothing where the design has no such line.
    pub own: Option<Exact>,
}

impl PremiumLine {
    /// Returns what it adds: `own − base`.
    pub fn amount(&self) -> Exact {
        self.own.unwrap_or_default() - self.base.unwrap_or_default()
    }
}

/// Lays the bill of a design beside that of today: by category, then the largest difference first, then by id. Lines that cost the same are left out. Nothing
/// where the bills are in two currencies.
pub fn premium(base: (&System, &Bill), own: (&System, &Bill)) -> Option<Vec<PremiumLine>> {
    if base.1.currency != own.1.currency {
        return None;
    }
    let mut rows: BTreeMap<(Category, &str, &'static str), [Option<Exact>; 2]> = BTreeMap::new();
    for (side, (system, bill)) in [base, own].into_iter().enumerate() {
        for line in &bill.lines {
            let sum = &mut rows.entry((line.category, line.subject.id(system), line.what)).or_default()[side];
            *sum = Some(sum.unwrap_or_default() + line.amount.likely);
        }
    }
    let mut lines: Vec<PremiumLine> = rows
        .into_iter()
        .map(|((category, subject, what), [base, own])| PremiumLine { category, subject: subject.to_owned(), what, base, own })
        .filter(|line| !line.amount().is_zero())
        .collect();
    // The sort is stable: what differs alike stays by id.
    lines.sort_by_key(|line| (line.category, std::cmp::Reverse(line.amount().magnitude())));
    Some(lines)
}
