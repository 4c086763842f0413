//! What one bill says against another, in tables and as JSON: `cost diff` and `calibrate`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::table::Table;
use super::words::{at_least, bounded, marked};
use crate::analysis::cost::{Bill, Bound, Category, Effects, Parts, Subject};
use crate::model::System;
use crate::pricing::{Billed, BilledCategory};
use crate::quantity::{Currency, Exact};

/// Shows why the bill of a system differs from that of another.
pub fn effects(effects: &Effects, systems: [&System; 2]) -> Table {
    let Effects { from, to, parts } = effects;
    let mut table = Table::new(format!("Why a month's bill differs, in {}", from.currency.code()), &["", ">from", ">to", ">difference"]);
    let mut row = |name: &str, from: Option<Exact>, to: Option<Exact>, difference: Exact| {
        let cell = |amount: Option<Exact>| amount.map_or_else(String::new, Exact::grouped_cents);
        table.row(vec![name.to_owned(), cell(from), cell(to), signed(difference)]);
    };
    for category in Category::ALL {
        let of = |bill: &Bill| bill.categories.get(category).copied();
        if of(from).is_some() || of(to).is_some() {
            row(category.title(), of(from), of(to), of(to).unwrap_or_default() - of(from).unwrap_or_default());
        }
    }
    let total = |bill: &Bill| format!("{}{}", at_least(bill), bill.monthly.likely.grouped_cents());
    let difference = bounded(Bound::of(from, to), &signed(to.monthly.likely - from.monthly.likely));
    table.row(vec!["total".to_owned(), total(from), total(to), difference]);
    if let Some(Parts { usage, price, design }) = *parts {
        for (name, part) in [("of which usage", usage), ("of which prices", price), ("of which design", design)] {
            table.row(vec![name.to_owned(), String::new(), String::new(), signed(part)]);
        }
        table.note("Usage: the old design and prices at the new rates. Prices: then at the new prices. Design: then the new design.");
    }
    for (name, bill, system) in [("from", from, systems[0]), ("to", to, systems[1])] {
        for one in &bill.unpriced {
            table.note(format!(
                "Not in the total of `{name}`: {} {}, which needs {}.",
                marked(one.subject.id(system)),
                one.what,
                one.needs
            ));
        }
    }
    if parts.is_none() {
        table.note("The difference is not taken apart: what has no price on one side is no saving.");
    }
    table
}

/// The same as JSON.
pub fn effects_value(effects: &Effects, systems: [&System; 2]) -> Value {
    let Effects { from, to, parts } = effects;
    let of = |bill: &Bill, category: &Category| bill.categories.get(category).copied().unwrap_or_default();
    let unpriced = |bill: &Bill, system: &System| -> Vec<Value> {
        bill.unpriced.iter().map(|one| json!({ "subject": one.subject.id(system), "what": one.what, "needs": one.needs })).collect()
    };
    let categories: Map<String, Value> = Category::ALL
        .iter()
        .filter(|category| from.categories.contains_key(category) || to.categories.contains_key(category))
        .map(|category| {
            let (before, after) = (of(from, category), of(to, category));
            (category.word().to_owned(), json!({ "from": before.cents(), "to": after.cents(), "difference": (after - before).cents() }))
        })
        .collect();
    json!({
        "schema": 1,
        "currency": from.currency.code(),
        "complete": from.is_complete() && to.is_complete(),
        "from": from.monthly.likely.cents(),
        "to": to.monthly.likely.cents(),
        "difference": (to.monthly.likely - from.monthly.likely).cents(),
        "usage_effect": parts.map(|parts| parts.usage.cents()),
        "price_effect": parts.map(|parts| parts.price.cents()),
        "design_effect": parts.map(|parts| parts.design.cents()),
        "unpriced": { "from": unpriced(from, systems[0]), "to": unpriced(to, systems[1]) },
        "categories": categories,
    })
}

/// A model's bill beside what was billed.
#[derive(Debug)]
pub struct Calibration<'a> {
    /// The system.
    pub system: &'a System,
    /// Its bill.
    pub modelled: &'a Bill,
    /// What was billed.
    pub billed: &'a Billed,
    /// What turns an amount of the bill into one of the model: a month's part of it, in the model's currency.
    pub factor: Exact,
}

impl Calibration<'_> {
    /// Returns, by component, what is modelled and what was billed; transfer belongs to the sender's link and to nobody here.
    fn components(&self) -> BTreeMap<&str, (Option<Exact>, Option<BilledCategory>)> {
        let mut rows: BTreeMap<&str, (Option<Exact>, Option<BilledCategory>)> = BTreeMap::new();
        for line in &self.modelled.lines {
            if matches!(line.subject, Subject::Component(_)) {
                let sum = &mut rows.entry(line.subject.id(self.system)).or_default().0;
                *sum = Some(sum.unwrap_or_default() + line.amount.likely);
            }
        }
        for (id, billed) in &self.billed.components {
            rows.entry(id).or_default().1 = Some(*billed);
        }
        rows
    }

    fn foreign(&self) -> Vec<&str> {
        self.billed.components.keys().map(String::as_str).filter(|id| self.system.find_component(id).is_none()).collect()
    }
}

/// Shows what was paid against the list price, and what was billed against the model.
pub fn calibration(calibration: &Calibration<'_>) -> Vec<Table> {
    let Calibration { modelled, billed, factor, .. } = calibration;
    let code = billed.currency.as_ref().map_or("", Currency::code);
    let mut discounts = Table::new(format!("Paid against the list price, in {code}"), &["service category", ">list", ">paid", ">factor"]);
    for (name, sum) in &billed.categories {
        let factor = sum.factor().map_or_else(|| "no list price".to_owned(), |factor| factor.grouped(4));
        discounts.row(vec![name.clone(), sum.list.grouped_cents(), sum.effective.grouped_cents(), factor]);
    }
    discounts.note("A factor belongs into a price book of yours: `[[scale]]` with `match`, `factor` and `reason`.");
    let own = modelled.currency.code();
    let mut components =
        Table::new(format!("Modelled against billed, in {own}"), &["component", ">modelled", ">billed", ">billed ÷ modelled"]);
    for (id, (model, bill)) in calibration.components() {
        let paid = bill.map(|bill| bill.effective * *factor);
        let ratio = model.zip(paid).and_then(|(model, paid)| paid.over(model));
        let cell = |amount: Option<Exact>| amount.map_or_else(String::new, Exact::grouped_cents);
        components.row(vec![marked(id), cell(model), cell(paid), ratio.map_or_else(String::new, |ratio| ratio.grouped(2))]);
    }
    let foreign = calibration.foreign();
    if !foreign.is_empty() {
        components
            .note(format!("The model has no such component: {}.", foreign.iter().map(|id| marked(id)).collect::<Vec<_>>().join(", ")));
    }
    if !billed.untagged.effective.is_zero() {
        components.note(format!("{} {code} have no such tag.", billed.untagged.effective.grouped_cents()));
    }
    components.note(match billed.hours() {
        Some(hours) => format!("The bill covers {} h; what was billed is shown for a month of 730 h, as it is modelled.", hours.grouped(1)),
        None => "The bill says no charge periods, and is taken for one month.".to_owned(),
    });
    components.note("Only what a component runs, keeps and logs; transfer is billed to nobody's tag.");
    vec![discounts, components]
}

/// The same as JSON.
pub fn calibration_value(calibration: &Calibration<'_>) -> Value {
    let Calibration { modelled, billed, factor, .. } = calibration;
    let categories: Map<String, Value> = billed
        .categories
        .iter()
        .map(|(name, sum)| {
            let value = json!({ "list": sum.list.cents(), "effective": sum.effective.cents(), "factor": sum.factor().map(|factor| factor.rounded(6).plain()) });
            (name.clone(), value)
        })
        .collect();
    let components: Map<String, Value> = calibration
        .components()
        .into_iter()
        .map(|(id, (model, bill))| {
            let value = json!({ "modelled": model.map(Exact::cents), "billed": bill.map(|bill| (bill.effective * *factor).cents()) });
            (id.to_owned(), value)
        })
        .collect();
    json!({
        "schema": 1,
        "currency": modelled.currency.code(),
        "bill_currency": billed.currency.as_ref().map(Currency::code),
        "rows": billed.rows,
        "covered_hours": billed.hours().map(|hours| hours.rounded(3).plain()),
        "categories": categories,
        "components": components,
        "foreign": calibration.foreign(),
        "untagged": (billed.untagged.effective * *factor).cents(),
    })
}

fn signed(amount: Exact) -> String {
    if amount.is_negative() || amount.is_zero() { amount.grouped_cents() } else { format!("+{}", amount.grouped_cents()) }
}
