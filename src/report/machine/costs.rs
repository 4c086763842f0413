//! What the machine contract says of money: decimal strings, never floats.

use serde_json::{Map, Value, json};

use super::fields::number;
use crate::analysis::cost::{Bill, Category, Cost, Line, PremiumLine, Unpriced, premium as premium_lines};
use crate::assessment::{Assessed, Ranges};
use crate::model::System;
use crate::quantity::{Exact, Ranged};

/// The cost of one design; the premium where the base is known.
pub(super) fn cost(assessed: &Assessed<'_>, base: Option<&Assessed<'_>>) -> Value {
    let Some(cost) = &assessed.assessment.cost else { return Value::Null };
    let Cost { bill, requests, per_1000, runaway, growth, tornado, idle_share, people, migration, not_counted } = cost;
    let system = assessed.system;
    let (low, high) = money_range(bill, &assessed.ranges);
    json!({
        "currency": bill.currency.code(),
        "complete": bill.is_complete(),
        "monthly": { "low": low.cents(), "likely": bill.monthly.likely.cents(), "high": high.cents() },
        "requests_per_month": requests.map(|requests| requests.rounded(0).plain()),
        "per_1000_requests": per_1000.map(|amount| amount.rounded(6).plain()),
        "categories": bill.categories.iter().map(|(category, sum)| (category.word().to_owned(), Value::from(sum.cents()))).collect::<Map<_, _>>(),
        "premium": base.and_then(|base| Some(premium((base.system, &base.assessment.cost.as_ref()?.bill), (system, bill)))).unwrap_or(Value::Null),
        "lines": bill.lines.iter().map(|one| line(system, one)).collect::<Vec<_>>(),
        "drivers": bill.drivers(5).iter().map(|one| json!({ "subject": one.subject.id(system), "what": one.what, "amount": one.amount.likely.cents() })).collect::<Vec<_>>(),
        "unpriced": bill.unpriced.iter().map(|one| unpriced(system, one)).collect::<Vec<_>>(),
        "runaway": {
            "bound": runaway.bound.map(Exact::cents),
            "uncapped": runaway.uncapped,
            "unstated_caps": runaway.unstated,
            "caps": runaway.caps.iter().map(|one| json!({ "journey": one.journey, "cap": one.cap, "rate_per_s": number(one.rate) })).collect::<Vec<_>>(),
            "per_million_requests": runaway.per_million.map(Exact::cents),
            "hours_until_budget": runaway.hours_until_budget.map(|hours| hours.rounded(1).plain()),
        },
        "growth": growth.iter().map(|one| json!({ "load_factor": one.factor, "monthly": one.monthly.cents(), "per_1000_requests": one.per_1000.map(|amount| amount.rounded(6).plain()) })).collect::<Vec<_>>(),
        "tornado": tornado.iter().map(|sway| json!({ "input": sway.input, "low": sway.low.cents(), "high": sway.high.cents() })).collect::<Vec<_>>(),
        "idle_share": idle_share.map(|share| number(share.rounded(6).approximate())),
        "people": people.as_ref().map(|people| json!({
            "monthly": people.total().cents(),
            "on_call": people.on_call.map(Exact::cents),
            "calls": people.calls.map(Exact::cents),
            "rotas_needed": people.rotas_needed.len(),
            "teams_without_rota": people.without_rota,
            "people_on_call": people.people_on_call,
        })),
        "migration": migration.map(|range| json!({ "low": range.low.cents(), "likely": range.likely.cents(), "high": range.high.cents() })),
        "own_hardware_kwh": bill.kilowatt_hours().map(|used| used.rounded(6).plain()),
        "not_counted": not_counted,
        "books": system.prices.books(),
        "oldest_price": bill.oldest().map(|(day, key)| json!({
            "as_of": day,
            "key": key,
            "age_days": assessed.today.and_then(|today| crate::pricing::age(day, today)),
        })),
    })
}

/// Returns of each design but the first the loads at which it costs what each one before it costs.
pub(super) fn break_evens(assessed: &[Assessed<'_>]) -> Vec<Vec<Value>> {
    let designs: Vec<_> = assessed.iter().map(|one| (one.system, &one.assessment.communication)).collect();
    let mut found = vec![Vec::new(); assessed.len().saturating_sub(1)];
    for one in crate::analysis::cost::break_evens(&designs) {
        let rates: Vec<Value> = one.rates.iter().map(|rate| number(*rate)).collect();
        found[one.second - 1].push(json!({ "with": assessed[one.first].system.id, "rates_per_s": rates }));
    }
    found
}

/// Returns the ends of the total: over the stated ranges and the bounds of scaling.
pub(crate) fn money_range(bill: &Bill, ranges: &Ranges) -> (Exact, Exact) {
    let end = |path: &str| ranges.get(path).map(|(low, high)| (Exact::measured(*low).rounded(2), Exact::measured(*high).rounded(2)));
    let low = end("cost.monthly.least").map_or(bill.monthly.low, |(low, _)| low.min(bill.monthly.low));
    let high = end("cost.monthly.most").map_or(bill.monthly.high, |(_, high)| high.max(bill.monthly.high));
    (low, high)
}

/// The difference from the base by category, unrounded amounts subtracted.
fn premium(base: (&System, &Bill), own: (&System, &Bill)) -> Value {
    let Some(lines) = premium_lines(base, own) else { return Value::Null };
    let ((_, base), (_, own)) = (base, own);
    let of = |bill: &Bill, category: &Category| bill.categories.get(category).copied().unwrap_or_default();
    let by_category: Map<String, Value> = Category::ALL
        .iter()
        .filter(|category| base.categories.contains_key(category) || own.categories.contains_key(category))
        .map(|category| (category.word().to_owned(), Value::from((of(own, category) - of(base, category)).cents())))
        .collect();
    let line = |line: &PremiumLine| {
        json!({
            "category": line.category.word(),
            "subject": line.subject,
            "what": line.what,
            "base": line.base.map(Exact::cents),
            "own": line.own.map(Exact::cents),
            "difference": line.amount().cents(),
        })
    };
    let lines: Vec<Value> = lines.iter().map(line).collect();
    json!({ "monthly": (own.monthly.likely - base.monthly.likely).cents(), "by_category": by_category, "lines": lines })
}

fn line(system: &System, line: &Line) -> Value {
    let range = |range: Ranged<Exact>| if range.is_range() { json!([range.low.cents(), range.high.cents()]) } else { Value::Null };
    json!({
        "subject": line.subject.id(system),
        "category": line.category.word(),
        "what": line.what,
        "quantity": line.quantity.likely.rounded(9).plain(),
        "unit": line.price.unit.text,
        "price": line.price.first_paid().plain(),
        "price_currency": line.price.currency.code(),
        "amount": line.amount.likely.cents(),
        "amount_range": range(line.amount),
        "basis": line.basis.word(),
        "key": line.price.key,
        "as_of": line.price.as_of,
        "source": line.price.source,
        "confidence": line.price.confidence.word(),
    })
}

fn unpriced(system: &System, one: &Unpriced) -> Value {
    json!({ "subject": one.subject.id(system), "what": one.what, "needs": one.needs })
}
