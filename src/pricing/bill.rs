//! A provider's bill in the FOCUS format: what was paid, what the list price would have been, and what each component was billed.
//!
//! Source: FinOps Open Cost and Usage Specification, columns `EffectiveCost`, `ListCost`, `BillingCurrency`, `ServiceCategory`, `Tags`.

use std::collections::BTreeMap;

use super::rows::{MAX_BYTES, Rows};
use crate::diagnostic::Diagnostic;
use crate::quantity::{Currency, Exact};
use crate::source::{FileId, Sources};

/// The largest bill that is read.
pub const MAX_BILL_BYTES: usize = MAX_BYTES;

/// What was billed for one category of services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BilledCategory {
    /// What was paid, discounts and commitments included.
    pub effective: Exact,
    /// What the list price would have been.
    pub list: Exact,
}

impl BilledCategory {
    /// Returns what is paid for one unit of list price: `effective ÷ list`.
    pub fn factor(&self) -> Option<Exact> {
        self.effective.over(self.list).filter(|_| !self.list.is_negative())
    }

    fn add(&mut self, effective: Exact, list: Exact) {
        self.effective = self.effective + effective;
        self.list = self.list + list;
    }
}

/// A bill, added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Billed {
    /// The currency; nothing where no row was read.
    pub currency: Option<Currency>,
    /// By service category.
    pub categories: BTreeMap<String, BilledCategory>,
    /// By the value of the tag that names components.
    pub components: BTreeMap<String, BilledCategory>,
    /// What has no such tag.
    pub untagged: BilledCategory,
    /// How many rows were read.
    pub rows: usize,
}

/// Reads a bill; `tag` is the tag whose value is a component's id. Amounts may be negative: credits are.
pub fn read_bill(sources: &Sources, file: FileId, tag: &str) -> (Billed, Vec<Diagnostic>) {
    let mut rows = Rows::of(sources, file);
    let mut billed = Billed::default();
    let columns = (rows.column("EffectiveCost"), rows.column("ListCost"), rows.column("BillingCurrency"), rows.column("ServiceCategory"));
    let tags = rows.optional("Tags");
    let (Some(effective), Some(list), Some(currency), Some(category)) = columns else { return (billed, rows.diagnostics) };
    rows.each(|rows, row| {
        let code = row.field(currency);
        let Some(own) = Currency::from_code(code).filter(Currency::is_listed) else {
            return rows.wrong(row, format!("`BillingCurrency` is `{code}`, which is no currency"));
        };
        if *billed.currency.get_or_insert(own) != own {
            let first = billed.currency.unwrap_or(own);
            return rows.wrong(row, format!("the bill is in {}, and this row in {}", first.code(), own.code()));
        }
        let component = match tags.map(|at| row.field(at)).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(serde_json::Value::Object(tags)) => tags.get(tag).and_then(|value| value.as_str()).map(str::to_owned),
                _ => return rows.wrong(row, "`Tags` is no JSON object".to_owned()),
            },
        };
        let amounts = (rows.amount(row, effective, true), rows.amount(row, list, true));
        let (effective, list) = (amounts.0.unwrap_or(Exact::ZERO), amounts.1.unwrap_or(Exact::ZERO));
        billed.categories.entry(row.field(category).to_owned()).or_default().add(effective, list);
        match component {
            Some(id) => billed.components.entry(id).or_default().add(effective, list),
            None => billed.untagged.add(effective, list),
        }
        billed.rows += 1;
    });
    (billed, rows.diagnostics)
}
