//! What one bill says against another, in tables and as JSON: `cost diff` and `calibrate`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::table::Table;
use super::words::marked;
use crate::analysis::cost::{Bill, Category, Effects, Subject};
use crate::model::System;
use crate::pricing::{Billed, BilledCategory};
use crate::quantity::{Currency, Exact};

/// Shows why a bill differs from another.
pub fn effects(effects: &Effects) -> Table {
    let Effects { from, to, usage, price, design } = effects;
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
    row("total", Some(from.monthly.likely), Some(to.monthly.likely), to.monthly.likely - from.monthly.likely);
    row("of which usage", None, None, *usage);
    row("of which prices", None, None, *price);
    row("of which design", None, None, *design);
    table.note("Usage: the old design and prices at the new rates. Prices: then at the new prices. Design: then the new design.");
    if !from.is_complete() || !to.is_complete() {
        table.note("Something that is used has no known price, and is in neither total.");
    }
    table
}

/// The same as JSON.
pub fn effects_value(effects: &Effects) -> Value {
    let Effects { from, to, usage, price, design } = effects;
    let of = |bill: &Bill, category: &Category| bill.categories.get(category).copied().unwrap_or_default();
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
        "usage_effect": usage.cents(),
        "price_effect": price.cents(),
        "design_effect": design.cents(),
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
    /// What one unit of the bill's currency is worth in the model's.
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
        "categories": categories,
        "components": components,
        "foreign": calibration.foreign(),
        "untagged": (billed.untagged.effective * *factor).cents(),
    })
}

fn signed(amount: Exact) -> String {
    if amount.is_negative() || amount.is_zero() { amount.grouped_cents() } else { format!("+{}", amount.grouped_cents()) }
}
