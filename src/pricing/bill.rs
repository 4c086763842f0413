//! A provider's bill in the FOCUS format: what was paid, what the list price would have been, and what each component was billed.
//!
//! Source: FinOps Open Cost and Usage Specification, columns `EffectiveCost`, `ListCost`, `BillingCurrency`, `ServiceCategory`, `Tags`, `ChargePeriodStart` and
//! `ChargePeriodEnd`.

use std::collections::BTreeMap;

use super::rows::{MAX_BYTES, Rows};
use crate::diagnostic::Diagnostic;
use crate::pricing::HOURS_PER_MONTH;
use crate::quantity::{Currency, Date, Exact};
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
    /// From when to when charges were made, in seconds since 1970; nothing where the bill does not say it.
    pub period: Option<(i64, i64)>,
}

impl Billed {
    /// Returns the hours that the bill covers, where it says it.
    pub fn hours(&self) -> Option<Exact> {
        let (start, end) = self.period?;
        Exact::whole(u64::try_from(end - start).ok()?).over(Exact::whole(3_600))
    }

    /// Returns what turns an amount of the bill into that of a month of 730 h; 1 where the bill does not say what it covers.
    pub fn of_a_month(&self) -> Exact {
        self.hours().and_then(|hours| Exact::whole(HOURS_PER_MONTH).over(hours)).unwrap_or(Exact::ONE)
    }
}

/// Reads a time such as `2026-10-01T00:00:00Z`, or a day, as seconds since 1970.
fn moment(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let mut parts = time.trim_end_matches('Z').split(':').map(|part| part.split('.').next()?.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let is_time = parts.next().is_none() && (0..=24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    is_time.then_some(Date::parse(day)?.epoch_day() * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Reads a bill; `tag` is the tag whose value is a component's id. Amounts may be negative: credits are.
pub fn read_bill(sources: &Sources, file: FileId, tag: &str) -> (Billed, Vec<Diagnostic>) {
    let mut rows = Rows::of(sources, file);
    let mut billed = Billed::default();
    let columns = (rows.column("EffectiveCost"), rows.column("ListCost"), rows.column("BillingCurrency"), rows.column("ServiceCategory"));
    let tags = rows.optional("Tags");
    let periods = rows.optional("ChargePeriodStart").zip(rows.optional("ChargePeriodEnd"));
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
        if let Some((start, end)) = periods {
            match (moment(row.field(start)), moment(row.field(end))) {
                (Some(start), Some(end)) if start < end => {
                    let (first, last) = billed.period.unwrap_or((start, end));
                    billed.period = Some((first.min(start), last.max(end)));
                }
                _ => {
                    let (start, end) = (row.field(start), row.field(end));
                    return rows
                        .wrong(row, format!("the charge period `{start}` to `{end}` is no span of time, such as `2026-10-01T00:00:00Z`"));
                }
            }
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
