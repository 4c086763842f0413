//! The bill when everything grows to its cap, or what has none: a bug that calls in a loop, a success that nobody planned.

use std::collections::BTreeMap;

use super::bill::rates_into;
use super::demand::{Rates, limit, most_carried};
use super::items::Scale;
use super::outlook::MAX_SEARCHED_LINKS;
use super::people::monthly;
use super::{Bill, Outlook, Subject, bill::bill as make_bill};
use crate::analysis::communication::{Communication, communication};
use crate::model::{ComponentId, End, RangedKey, System};
use crate::pricing::HOURS_PER_MONTH;
use crate::quantity::Exact;
use crate::syntax::keys::{Figure, Mark, Table, component, cost_budget, link, objectives};
use crate::syntax::value::{Facts, ReplicaBound};

/// How many times its peak a journey without a cap is thought to run, for the hours until the budget is gone.
pub(super) const RUNAWAY_FACTOR: u64 = 10;

/// The most journeys among which the dearest of each cap is searched: each makes a bill.
const MAX_SEARCHED_JOURNEYS: usize = 200;

/// The bill with everything at its cap.
#[derive(Debug, Clone, PartialEq)]
pub struct Runaway {
    /// The most that a month can cost, at the dear ends of the stated ranges; nothing where something has no cap.
    pub bound: Option<Exact>,
    /// What has no cap, by path.
    pub uncapped: Vec<String>,
    /// What keeps the bound from being known: the caps on spending whose amount the model does not state in a currency that can be told in the bill's, by path,
    /// and the prices that are missing only where everything is at its cap.
    pub unstated: Vec<String>,
    /// The first cap on the path of each journey that has one.
    pub caps: Vec<CappedJourney>,
    /// What one more million requests cost, in the stated mix.
    pub per_million: Option<Exact>,
    /// The hours until the monthly budget is gone when every journey without a cap runs at ten times its peak; nothing without a budget, or with a bound.
    pub hours_until_budget: Option<Exact>,
}

/// A journey and what stops its growth first.
#[derive(Debug, Clone, PartialEq)]
pub struct CappedJourney {
    /// The journey's id.
    pub journey: String,
    /// What stops it, by path.
    pub cap: String,
    /// The requests per second that it lets through.
    pub rate: f64,
}

/// Computes the bound: every journey at the first cap of its path, every component at the most instances that it may have. Journeys that share a cap share what
/// it lets through as is dearest, and every range is at the end that makes the bill dear.
pub(super) fn runaway(system: &System, communication: &Communication, rates: &Rates, stated: &Bill, outlook: Outlook) -> Runaway {
    let (mut uncapped, mut caps) = (Vec::new(), Vec::new());
    for (at, journey) in system.journeys.iter().enumerate() {
        let found = rates.get(at).and_then(|_| first_cap(system, communication, at));
        match found {
            Some((cap, rate)) => caps.push(CappedJourney { journey: journey.id.clone(), cap, rate }),
            None if rates.get(at).is_some() => uncapped.push(format!("journeys.{}", journey.id)),
            None => {}
        }
    }
    let (mut unstated, mut budgets) = (Vec::new(), Vec::new());
    for id in system.component_ids().filter(|id| !system.component(*id).is_caller()) {
        let one = system.component(id);
        let bound = one.facts.get(component::REPLICAS).stated().map_or(ReplicaBound::Unstated, |count| count.max);
        let is_scaled = one.facts.get(component::AUTOSCALE).stated().is_some();
        let is_free = bound == ReplicaBound::Unbounded || bound == ReplicaBound::Unstated && is_scaled;
        if is_free {
            match budget_cap(system, &one.facts, stated) {
                None => uncapped.push(format!("components.{}.replicas.max", one.id)),
                Some(None) => unstated.push(format!("components.{}.budget-cap", one.id)),
                Some(Some(amount)) => budgets.push((id, amount)),
            }
        }
    }
    let is_explained = outlook == Outlook::Computed;
    let is_held = || system.limits_of_spending().is_some_and(|facts| facts.get(cost_budget::MAX_RUNAWAY).stated().is_some());
    let mut bound = None;
    if uncapped.is_empty() && unstated.is_empty() && (is_explained || is_held()) {
        let dearest = dearest(system, communication, &budgets);
        if stated.is_complete() {
            unstated.extend(dearest.needs);
        }
        bound = Some(dearest.amount.max(stated.monthly.high)).filter(|_| unstated.is_empty());
    }
    let per_million = is_explained.then(|| per_million(system, communication, rates, stated)).flatten();
    let hours_until_budget =
        (is_explained && !uncapped.is_empty()).then(|| hours_until_budget(system, communication, rates, &caps)).flatten();
    Runaway { bound, uncapped, unstated, caps, per_million, hours_until_budget }
}

/// The dearest bill that the caps let through.
struct Dearest {
    amount: Exact,
    /// What would price the rest of it.
    needs: Vec<String>,
}

/// Returns the dearest of: the likely values; every range at the end that raises the bill; and the same with short service times and few calls at a cap, which
/// let more requests through it.
fn dearest(system: &System, communication: &Communication, budgets: &[(ComponentId, Exact)]) -> Dearest {
    let keys = system.ranged_keys();
    let dear = |key: &RangedKey| if key.mark(Figure::Cost) == Mark::Lowers { End::Low } else { End::High };
    let moves_caps = |key: &RangedKey| key.path.ends_with(".service-time") || key.path.contains(".steps[");
    let more_through = |key: &RangedKey| if moves_caps(key) { End::Low } else { dear(key) };
    let mut chosen: Vec<System> = Vec::new();
    if !keys.is_empty() {
        chosen.push(system.at(dear));
    }
    if keys.iter().any(moves_caps) {
        chosen.push(system.at(more_through));
    }
    let mut best = dearest_mix(system, communication, budgets);
    for chosen in &chosen {
        let found = dearest_mix(chosen, &self::communication(chosen), budgets);
        if found.amount > best.amount {
            best = found;
        }
    }
    best
}

/// Returns the bill at the dearest mix: of the journeys that share a cap one takes all of it. Lines are linear in the mix, or fall with it, so that no other mix
/// of one tier is dearer. Where there are too many to try, each is counted as if the whole cap were its own, which is dearer than any mix.
fn dearest_mix(system: &System, communication: &Communication, budgets: &[(ComponentId, Exact)]) -> Dearest {
    let rates = Rates::of(system);
    let capped: BTreeMap<usize, (String, f64)> = (0..system.journeys.len())
        .filter(|at| rates.get(*at).is_some())
        .filter_map(|at| Some((at, first_cap(system, communication, at)?)))
        .collect();
    let mut by_cap: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (cap, _)) in &capped {
        by_cap.entry(cap).or_default().push(*at);
    }
    let at_most = |mix: &[f64]| {
        let most = make_bill(system, communication, &rates.steadily(|at, _, _| mix[at]), Scale::Most);
        let amount = most.monthly.high + beyond_replicas(&most, budgets);
        Dearest { amount, needs: most.unpriced.into_iter().map(|one| one.needs).collect() }
    };
    let whole = |at: usize| capped.get(&at).map_or(0.0, |(_, rate)| *rate);
    let mut mix: Vec<f64> = (0..system.journeys.len()).map(whole).collect();
    let is_searched = capped.len() <= MAX_SEARCHED_JOURNEYS && system.links.len() <= MAX_SEARCHED_LINKS;
    let mut best = at_most(&mix);
    if !is_searched {
        return best;
    }
    for members in by_cap.values().filter(|members| members.len() > 1) {
        let alone = |taking: usize, mix: &[f64]| {
            let mut mix = mix.to_vec();
            members.iter().filter(|at| **at != taking).for_each(|at| mix[*at] = 0.0);
            mix
        };
        let tried = members.iter().map(|taking| (alone(*taking, &mix), *taking));
        let found = tried.map(|(mix, _)| (at_most(&mix), mix)).reduce(|best, one| if one.0.amount > best.0.amount { one } else { best });
        if let Some((amount, chosen)) = found {
            (best, mix) = (amount, chosen);
        }
    }
    best
}

/// Returns the spending at which a component stops growing, in the bill's currency: nothing where there is no such cap, an inner nothing where its amount is
/// not known.
fn budget_cap(system: &System, facts: &Facts, stated: &Bill) -> Option<Option<Exact>> {
    let cap = facts.get(component::BUDGET_CAP).stated()?;
    let in_currency =
        |rate: crate::quantity::MoneyRate| Some(monthly(rate) * *rates_into(system, stated.currency).get(&rate.money.currency)?);
    Some(cap.value().and_then(in_currency))
}

/// Returns what components without a bound of replicas may spend up to their caps, beyond what the bill has of them.
fn beyond_replicas(most: &Bill, budgets: &[(ComponentId, Exact)]) -> Exact {
    let spent = |id: ComponentId| -> Exact {
        most.lines.iter().filter(|line| line.subject == Subject::Component(id)).map(|line| line.amount.high).sum()
    };
    budgets.iter().map(|(id, cap)| (*cap - spent(*id)).max(Exact::ZERO)).sum()
}

/// Finds the first cap on a journey's path, in the order of its calls, and the requests that it lets through: a rate limit of a link or of a component, or the
/// most that a component's replicas carry where their `max` is stated.
fn first_cap(system: &System, communication: &Communication, at: usize) -> Option<(String, f64)> {
    let counted = &communication.journeys[at];
    for (_, call) in system.journeys[at].calls.calls() {
        let calls = counted.links.iter().find(|used| used.link == call.link).map_or(1.0, |used| used.calls.first);
        let visits = counted.visits.iter().find(|used| used.component == call.callee).map_or(1.0, |used| used.visits.first);
        let (link, callee) = (system.link(call.link), system.component(call.callee));
        let of_link = limit(&link.facts, link::RATE_LIMIT).map(|rate| (format!("links.{}.rate-limit", link.id), rate, calls));
        let of_callee =
            || limit(&callee.facts, component::RATE_LIMIT).map(|rate| (format!("components.{}.rate-limit", callee.id), rate, visits));
        let of_replicas = || most_carried(system, call.callee).map(|rate| (format!("components.{}.replicas.max", callee.id), rate, visits));
        if let Some((cap, rate, per_request)) = of_link.or_else(of_callee).or_else(of_replicas)
            && per_request > 0.0
        {
            return Some((cap, rate / per_request));
        }
    }
    None
}

/// Splits the rate of a cap among the journeys that it stops, in the mix of their peaks: for what is not a bound.
fn shared_rates(rates: &Rates, caps: &[CappedJourney], system: &System) -> Vec<Option<f64>> {
    let peak = |id: &str| system.find_journey(id).and_then(|id| rates.get(id.index())).map_or(0.0, |(_, peak)| peak);
    let mut shared = vec![None; system.journeys.len()];
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for one in caps {
        *totals.entry(one.cap.as_str()).or_insert(0.0) += peak(&one.journey);
    }
    for one in caps {
        let total = totals[one.cap.as_str()];
        let part = if total > 0.0 { peak(&one.journey) / total } else { 0.0 };
        if let Some(id) = system.find_journey(&one.journey) {
            shared[id.index()] = Some(one.rate * part);
        }
    }
    shared
}

/// Returns what a million more requests cost: the difference between twice the load and the load.
fn per_million(system: &System, communication: &Communication, rates: &Rates, stated: &Bill) -> Option<Exact> {
    let doubled = make_bill(system, communication, &rates.times(2.0), Scale::Running);
    let difference = doubled.monthly.likely - stated.monthly.likely;
    (difference * Exact::whole(1_000_000)).over(rates.requests_per_month())
}

fn hours_until_budget(system: &System, communication: &Communication, rates: &Rates, caps: &[CappedJourney]) -> Option<Exact> {
    let shared = shared_rates(rates, caps, system);
    let budget = system.single(Table::Objectives)?.get(objectives::BUDGET).stated()?;
    let running = rates.steadily(|at, _, peak| shared[at].unwrap_or(peak * RUNAWAY_FACTOR as f64));
    let bill = make_bill(system, communication, &running, Scale::Running);
    let factor = *rates_into(system, bill.currency).get(&budget.money.currency)?;
    (monthly(budget) * factor * Exact::whole(HOURS_PER_MONTH)).over(bill.monthly.likely)
}
