//! What people cost, only where it is declared, and never in the total: on-call and the work that calls make.

use std::collections::BTreeSet;

use super::bill::rates_into;
use crate::model::System;
use crate::pricing::{HOURS_PER_MONTH, SECONDS_PER_MONTH};
use crate::quantity::{Currency, Exact, MoneyRate, Period, Ranged};
use crate::syntax::keys::{Table, cost, people, team};
use crate::syntax::value::{Facts, OrTrue, Value};
use crate::syntax::vocabulary::OnCall;

/// The hours that an engineer works in a month: 40 a week, 52 weeks, less 30 days of leave and holidays, over 12 months.
pub(super) const WORKING_HOURS_PER_MONTH: u64 = 153;

/// What people cost in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// What being on call pays: stipend × people on the rotas.
    pub on_call: Option<Exact>,
    /// What calls cost in work: pages × hours × hourly.
    pub calls: Option<Exact>,
    /// What an hour of work costs.
    pub hourly: Option<Exact>,
    /// The teams that own something that runs: each needs a rota, or somebody else's.
    pub rotas_needed: Vec<String>,
    /// Those of them that nobody can call at any hour.
    pub without_rota: Vec<String>,
    /// How many people are in teams that can be called at any hour.
    pub people_on_call: u64,
}

impl People {
    /// Returns the sum of what is declared.
    pub fn total(&self) -> Exact {
        self.on_call.unwrap_or_default() + self.calls.unwrap_or_default()
    }

    /// Returns an amount as months of an engineer's work, where an hourly figure is declared.
    pub fn engineer_months(&self, amount: Exact) -> Option<Exact> {
        amount.over(self.hourly? * Exact::whole(WORKING_HOURS_PER_MONTH))
    }
}

/// Reads what people cost, in the bill's currency.
pub(super) fn people(system: &System, currency: Currency) -> Option<People> {
    let facts = system.single(Table::Cost)?.table(cost::PEOPLE)?;
    let rates = rates_into(system, currency);
    let per_month = |rate: MoneyRate| Some(monthly(rate) * *rates.get(&rate.money.currency)?);
    let hourly = facts.get(people::HOURLY).stated().and_then(|rate| {
        let month = per_month(rate)?;
        month.over(Exact::whole(HOURS_PER_MONTH))
    });
    let on_call = facts.get(people::STIPEND).stated().and_then(per_month).zip(facts.get(people::ROTA).stated());
    let owners: BTreeSet<_> =
        system.components.iter().filter(|component| !component.is_caller()).filter_map(|component| component.owner).collect();
    let is_on_call = |facts: &Facts| match facts.get(team::ONCALL).stated() {
        Some(OrTrue::True(_)) => true,
        Some(OrTrue::Value(OnCall::BusinessHours)) | None => false,
    };
    Some(People {
        on_call: on_call.map(|(stipend, people)| stipend * Exact::whole(people)),
        calls: calls(facts).zip(hourly).map(|(hours, hourly)| hours * hourly),
        hourly,
        rotas_needed: owners.iter().map(|team| system.team(*team).id.clone()).collect(),
        without_rota: owners
            .iter()
            .map(|team| system.team(*team))
            .filter(|team| !is_on_call(&team.facts))
            .map(|team| team.id.clone())
            .collect(),
        people_on_call: system
            .teams
            .iter()
            .filter(|team| is_on_call(&team.facts))
            .filter_map(|team| team.facts.get(team::MEMBERS).stated())
            .sum(),
    })
}

/// Returns the hours of work that calls make in a month.
fn calls(facts: &Facts) -> Option<Exact> {
    let (pages, hours) = (facts.get(people::PAGES).stated()?, facts.get(people::HOURS_PER_PAGE).stated()?);
    // A rate per month is stored per second: rounding takes the division back.
    let pages = (Exact::measured(pages.per_second()) * Exact::whole(SECONDS_PER_MONTH)).rounded(6);
    Some(pages * Exact::measured(hours.value()))
}

/// Returns what a rate is in a month of 730 hours.
pub fn monthly(rate: MoneyRate) -> Exact {
    let amount = Exact::new(rate.money.amount);
    match rate.period {
        Period::Hour => amount * Exact::whole(HOURS_PER_MONTH),
        Period::Day => (amount * Exact::whole(HOURS_PER_MONTH)).over(Exact::whole(24)).unwrap_or(amount),
        Period::Month => amount,
        Period::Year => amount.over(Exact::whole(12)).unwrap_or(amount),
    }
}

/// Reads what moving from the base costs, in the bill's currency.
pub(super) fn migration(system: &System, currency: Currency) -> Option<Ranged<Exact>> {
    let facts = system.single(Table::Cost)?;
    let Some(Value::Money(range)) = facts.value(cost::MIGRATION) else { return None };
    let factor = *rates_into(system, currency).get(&range.likely.currency)?;
    Some(range.map(|money| Exact::new(money.amount) * factor))
}
