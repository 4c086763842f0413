//! Items × prices = a bill in one currency. No float takes part.

use std::collections::BTreeMap;

use super::demand::{self, Demand};
use super::items::{Item, Scale, items};
use super::{Bill, Category, Line, Rates, Subject, Unpriced};
use crate::analysis::communication::Communication;
use crate::model::System;
use crate::pricing::{Dimension, Options, Price, Scope, cost};
use crate::quantity::{Currency, Exact, Ranged};
use crate::syntax::keys::{Table, cost as keys, system as system_keys};
use crate::syntax::value::CurrencyRates;

/// Makes the bill of a system.
pub(super) fn bill(system: &System, communication: &Communication, rates: &Rates, scale: Scale) -> Bill {
    let demand = Demand::of(system, communication, rates);
    let mut found = items(system, &demand, scale);
    found.gateways();
    let (items, mut unpriced) = (found.items, found.unpriced);
    let exchange = Exchange::of(system, &items);
    let options = Options { free_tiers: free_tiers(system), high_availability: false };
    let amounts = amounts(&items, options);
    let mut lines = Vec::with_capacity(items.len());
    for (item, amount) in items.into_iter().zip(amounts) {
        let Item { subject, category, what, price, quantity, basis } = item;
        if amount.is_beyond_the_book {
            unpriced.push(Unpriced {
                subject,
                what,
                needs: format!("a price of `{}` beyond {} {}", price.key, price.until.unwrap_or_default().grouped(6), price.unit.text),
            });
        }
        match exchange.factor(price.currency) {
            None => {
                let needs = format!(
                    "cost.fx.{}: what one {} is worth in {}",
                    price.currency.code(),
                    price.currency.code(),
                    exchange.currency.code()
                );
                unpriced.push(Unpriced { subject, what, needs });
            }
            Some(factor) => {
                lines.push(Line { subject, category, what, quantity, amount: amount.amount.map(|amount| amount * factor), basis, price })
            }
        }
    }
    let monthly = Ranged {
        low: lines.iter().map(|line| line.amount.low).sum(),
        likely: lines.iter().map(|line| line.amount.likely).sum(),
        high: lines.iter().map(|line| line.amount.high).sum(),
    };
    let mut categories: BTreeMap<Category, Exact> = BTreeMap::new();
    for line in &lines {
        let sum = categories.entry(line.category).or_default();
        *sum = *sum + line.amount.likely;
    }
    Bill { currency: exchange.currency, lines, unpriced, monthly, categories }
}

fn free_tiers(system: &System) -> bool {
    system.single(Table::Cost).is_some_and(|facts| facts.get(keys::FREE_TIERS).holds())
}

/// What an item costs, in its price's currency.
#[derive(Debug, Clone, Copy)]
struct Amount {
    amount: Ranged<Exact>,
    is_beyond_the_book: bool,
}

/// Prices items. Where a price has tiers, the quantities of its scope are added up first, and each item pays its share of the sum: splitting a quantity over
/// items changes nothing.
fn amounts(items: &[Item], options: Options) -> Vec<Amount> {
    let mut pools: BTreeMap<(Scope, String), Vec<usize>> = BTreeMap::new();
    let mut amounts: Vec<Option<Amount>> = vec![None; items.len()];
    for (at, item) in items.iter().enumerate() {
        let price = &*item.price;
        if price.steps.len() == 1 && price.until.is_none() && price.most.is_none() {
            let each = price.steps[0].price;
            amounts[at] = Some(Amount { amount: item.quantity.map(|quantity| quantity * each), is_beyond_the_book: false });
        } else {
            pools.entry(pool_of(price, item.subject, at)).or_default().push(at);
        }
    }
    for members in pools.into_values() {
        pool(items, &members, options, &mut amounts);
    }
    amounts.into_iter().map(|amount| amount.unwrap_or(Amount { amount: Ranged::exactly(Exact::ZERO), is_beyond_the_book: false })).collect()
}

/// Returns what is added up together: over an account the same sku of all regions.
fn pool_of(price: &Price, subject: Subject, at: usize) -> (Scope, String) {
    let [provider, _, category, sku] = price.parts();
    match price.scope {
        Scope::Account => (Scope::Account, format!("{provider}/{category}/{sku}")),
        Scope::Region => (Scope::Region, price.key.clone()),
        Scope::Resource => {
            (Scope::Resource, format!("{} {subject:?} {}", price.key, if price.unit.dimension == Dimension::Hours { 0 } else { at }))
        }
    }
}

fn pool(items: &[Item], members: &[usize], options: Options, amounts: &mut [Option<Amount>]) {
    let at = |end: fn(&Ranged<Exact>) -> Exact| {
        let total: Exact = members.iter().map(|at| end(&items[*at].quantity)).sum();
        let shares: Vec<(Exact, bool)> = members
            .iter()
            .map(|at| {
                // Each region's own tiers, reached by the quantity of all.
                let whole = cost(&items[*at].price, total, options);
                let share = (whole.amount * end(&items[*at].quantity)).over(total).unwrap_or_default();
                (share, !whole.unpriced.is_zero())
            })
            .collect();
        shares
    };
    let (low, likely, high) = (at(|range| range.low), at(|range| range.likely), at(|range| range.high));
    for (index, member) in members.iter().enumerate() {
        let amount = Ranged { low: low[index].0, likely: likely[index].0, high: high[index].0 };
        amounts[*member] = Some(Amount { amount, is_beyond_the_book: likely[index].1 });
    }
}

/// Declared exchange rates into one currency.
pub(super) struct Exchange {
    pub(super) currency: Currency,
    rates: BTreeMap<Currency, Exact>,
}

impl Exchange {
    /// The bill is in the system's currency where every price can be told in it; else in the currency of most items, and a price in another is none.
    fn of(system: &System, items: &[Item]) -> Self {
        let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
        for item in items {
            *counts.entry(item.price.currency).or_insert(0) += 1;
        }
        let wanted = system.single(Table::System).and_then(|facts| facts.get(system_keys::CURRENCY).stated());
        if let Some(wanted) = wanted {
            let rates = rates_into(system, wanted);
            if counts.keys().all(|currency| rates.contains_key(currency)) {
                return Self { currency: wanted, rates };
            }
        }
        let most = counts.iter().max_by_key(|(currency, count)| (**count, std::cmp::Reverse(**currency))).map(|(currency, _)| *currency);
        let dollar = Currency::from_code("USD").expect("three capital letters");
        let currency = most.or(wanted).unwrap_or(dollar);
        Self { currency, rates: rates_into(system, currency) }
    }

    fn factor(&self, from: Currency) -> Option<Exact> {
        self.rates.get(&from).copied()
    }
}

/// Returns what one unit of each currency is worth in `wanted`, as far as `[cost] fx` says it.
pub(super) fn rates_into(system: &System, wanted: Currency) -> BTreeMap<Currency, Exact> {
    let mut rates = BTreeMap::from([(wanted, Exact::ONE)]);
    let stated = system.single(Table::Cost).and_then(|facts| facts.get(keys::FX).stated());
    for rate in stated.unwrap_or(CurrencyRates(Vec::new())).0 {
        let (Some(from), worth) = (Currency::from_code(&rate.currency.text), rate.value.likely) else { continue };
        if worth.currency == wanted {
            rates.insert(from, Exact::new(worth.amount));
        } else if from == wanted
            && let Some(inverse) = Exact::ONE.over(Exact::new(worth.amount))
        {
            rates.insert(worth.currency, inverse);
        }
    }
    rates
}

/// Returns the share of what is paid for instances that do nothing: `Σ amount · (1 − utilization) ÷ Σ amount`, over components whose utilization is known.
pub(super) fn idle_share(system: &System, communication: &Communication, rates: &Rates, bill: &Bill) -> Option<Exact> {
    let demand = Demand::of(system, communication, rates);
    let (mut idle, mut all) = (Exact::ZERO, Exact::ZERO);
    for line in &bill.lines {
        let Subject::Component(id) = line.subject else { continue };
        if !matches!(line.what, "instances" | "further instances") {
            continue;
        }
        let visits = demand.visits[id.index()];
        let running = demand::instances(system, id, visits).running.likely;
        if let Some(busy) = demand::utilization(system, id, visits.0, running) {
            idle = idle + line.amount.likely * (Exact::ONE - busy);
            all = all + line.amount.likely;
        }
    }
    idle.over(all)
}
