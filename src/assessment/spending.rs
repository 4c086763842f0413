//! *Is each ceiling on money kept?*
//!
//! Semantics, "Gates": at mean rate and likely values; a gate on a figure that is not known is shown, never failed.

use super::{Assessment, Gate, GateState};
use crate::analysis::cost::{Bill, Cost, monthly};
use crate::model::System;
use crate::quantity::{Currency, Exact, Money, Probability, percent};
use crate::syntax::keys::{Table, cost_budget, objectives};

/// Judges the ceilings that need no other design.
pub(super) fn gates(system: &System, cost: Option<&Cost>) -> Vec<Gate> {
    let mut gates = Vec::new();
    if let Some(limit) = system.single(Table::Objectives).and_then(|facts| facts.get(objectives::BUDGET).stated()) {
        let found = cost.map(|cost| (cost.bill.monthly.likely, &cost.bill));
        gates.push(ceiling("budget", limit.to_string(), (monthly(limit), limit.money.currency), found, "/month"));
    }
    let Some(facts) = system.limits_of_spending() else { return gates };
    if let Some(Money { amount, currency }) = facts.get(cost_budget::PER_1000).stated() {
        let found = cost.and_then(|cost| Some((cost.per_1000?, &cost.bill)));
        gates.push(ceiling(
            "per-1000",
            Money { amount, currency }.to_string(),
            (Exact::new(amount), currency),
            found,
            " for 1,000 requests",
        ));
    }
    if facts.get(cost_budget::REQUIRE_CAPS).holds() {
        gates.push(caps(cost));
    }
    if let Some(Money { amount, currency }) = facts.get(cost_budget::MAX_RUNAWAY).stated() {
        let limit = Money { amount, currency }.to_string();
        // A cap of unknown amount is no bound, and no proof that there is none.
        let is_uncapped = cost.is_some_and(|cost| !cost.runaway.uncapped.is_empty());
        gates.push(match cost.map(|cost| cost.runaway.bound) {
            Some(None) if is_uncapped => Gate {
                id: "max-runaway",
                journey: None,
                limit,
                value: Some("unbounded".to_owned()),
                measured: Some(f64::INFINITY),
                state: GateState::Fail,
                needs: Vec::new(),
            },
            bound => {
                let found = bound.flatten().zip(cost.map(|cost| &cost.bill));
                let unstated = cost.map_or(&[][..], |cost| cost.runaway.unstated.as_slice());
                let gate = ceiling("max-runaway", limit, (Exact::new(amount), currency), found, "/month");
                if unstated.is_empty() { gate } else { Gate { needs: unstated.to_vec(), ..gate } }
            }
        });
    }
    gates
}

fn caps(cost: Option<&Cost>) -> Gate {
    let (value, state) = match cost.map(|cost| cost.runaway.uncapped.as_slice()) {
        None => (None, GateState::NotEvaluated),
        Some([]) => (Some("everything that grows has one".to_owned()), GateState::Pass),
        Some(uncapped) => {
            (Some(format!("no cap on {}", uncapped.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", "))), GateState::Fail)
        }
    };
    let needs = not_billed(state, cost.is_none());
    Gate { id: "require-caps", journey: None, limit: "stated".to_owned(), value, measured: None, state, needs }
}

/// Judges a ceiling. A bill that lacks prices is a lower bound: above the ceiling it fails, below it nothing is known.
fn ceiling(id: &'static str, limit: String, (most, currency): (Exact, Currency), found: Option<(Exact, &Bill)>, per: &str) -> Gate {
    let (value, state) = match found {
        Some((amount, bill)) if bill.currency == currency => {
            let sign = if bill.is_complete() { "" } else { "≥ " };
            let state = match (amount > most, bill.is_complete()) {
                (true, _) => GateState::Fail,
                (false, true) => GateState::Pass,
                (false, false) => GateState::NotEvaluated,
            };
            (Some(format!("{sign}{} {}{per}", amount.grouped_cents(), currency.code())), state)
        }
        _ => (None, GateState::NotEvaluated),
    };
    let needs = match (state, found) {
        (GateState::NotEvaluated, Some((_, bill))) if bill.currency != currency => {
            vec![format!("`fx` of [cost]: the bill is in {}, the limit in {}", bill.currency.code(), currency.code())]
        }
        _ => not_billed(state, found.is_none()),
    };
    let measured = found.map(|(amount, _)| amount.approximate());
    Gate { id, journey: None, limit, value, measured, state, needs }
}

/// Returns what a gate on money lacks that is not evaluated: a bill, or prices of what it lists.
fn not_billed(state: GateState, is_missing: bool) -> Vec<String> {
    match (state, is_missing) {
        (GateState::NotEvaluated, true) => vec!["`provider` of [cost], or of a location".into()],
        (GateState::NotEvaluated, false) => vec!["prices of what the bill lists without one".into()],
        _ => Vec::new(),
    }
}

/// Judges by how much each design costs more than the first. `most` is what the policy allows.
pub fn judge_increases<'a>(designs: impl IntoIterator<Item = (&'a System, &'a mut Assessment)>, most: Option<Probability>) {
    let mut designs = designs.into_iter();
    let Some((_, base)) = designs.next() else { return };
    for (system, own) in designs {
        own.gates.extend(increase_over(system, base.cost.as_ref(), own.cost.as_ref(), most));
    }
}

/// Judges the increase of an alternative's bill over that of the base, where it has a limit: its own or `most`, the smaller one.
pub(super) fn increase_over(system: &System, base: Option<&Cost>, own: Option<&Cost>, most: Option<Probability>) -> Option<Gate> {
    let stated = system.limits_of_spending().and_then(|facts| facts.get(cost_budget::MAX_INCREASE).stated());
    let most = stated.into_iter().chain(most).min_by(|a, b| a.value().total_cmp(&b.value()))?;
    Some(increase(most, base, own))
}

fn increase(most: Probability, base: Option<&Cost>, own: Option<&Cost>) -> Gate {
    let limit = format!("{} more than today", percent(most));
    let (value, state) = match (base.map(|cost| &cost.bill), own.map(|cost| &cost.bill)) {
        (Some(base), Some(own)) if base.currency == own.currency && base.is_complete() && own.is_complete() => {
            let more = (own.monthly.likely - base.monthly.likely).over(base.monthly.likely);
            match more {
                None => (None, GateState::NotEvaluated),
                Some(more) => {
                    let state = if more > Exact::measured(most.value()) { GateState::Fail } else { GateState::Pass };
                    (Some(format!("{} %", (more * Exact::whole(100)).grouped(1))), state)
                }
            }
        }
        _ => (None, GateState::NotEvaluated),
    };
    let needs = not_billed(state, base.is_none() || own.is_none());
    Gate { id: "max-increase", journey: None, limit, value, measured: None, state, needs }
}
