//! Whether retries, once something is slow, keep it slow.
//!
//! The question: *if every attempt fails for a while, do the retries alone bring more than the callee can work off?* Then a short trigger is enough, and the load of
//! retries keeps the system down after the trigger is gone: a metastable failure.
//!
//! `utilization while retried = Σ rate · visits · Π most attempts · work ÷ workers` over the calls above each visit: attempts multiply from layer to layer, three layers of three
//! attempts are 27. In simulations of 84 systems, 0 of 36 with less than 1 collapsed, and 20 of 48 with 1 or more although a healthy equilibrium existed.
//! The same holds where requests wait for each other's connections: a component that is called again below itself keeps up on average, and stands still once requests that wait for a
//! second connection hold all of them (deadlock).
//!
//! A retry budget or a circuit breaker lowers the most attempts of its layer. A hedged call is sent twice once its callee is slow: twice the attempts.

use std::collections::BTreeSet;

use super::State;
use super::connections::asked_again;
use super::plan::Plan;
use super::pools::{Attempts, arrivals, first_attempts, most_attempts, utilizations};
use crate::model::{ComponentId, LinkId, NodeKind};

/// The most links whose change is tried as a remedy.
const MAX_REMEDIES: usize = 40;

/// What retries make of the pools.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stability {
    /// Pools whose load retries can multiply, by component.
    pub amplified: Vec<Amplified>,
    /// The single change that makes all of them safe, where one does.
    pub remedy: Option<Remedy>,
    /// Components that requests ask for a connection while they hold one of it, by id. Enough of them at once hold all, and then nothing moves until a timeout.
    pub wait_for_themselves: Vec<ComponentId>,
    /// Per pool of the plan: utilization while every attempt fails.
    pools: Vec<Option<f64>>,
}

/// A pool under the retries of failing calls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amplified {
    /// The component.
    pub component: ComponentId,
    /// How many visits one becomes while every attempt fails.
    pub amplification: f64,
    /// The busy share of its workers as it is.
    pub utilization: f64,
    /// The same while every attempt fails; 1 or more does not recover by itself.
    pub utilization_while_retried: f64,
}

impl Amplified {
    /// Says whether retries alone would keep the pool full.
    pub const fn is_vulnerable(&self) -> bool {
        self.utilization < 1.0 && self.utilization_while_retried >= 1.0
    }
}

/// A change that makes retries safe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remedy {
    /// The link.
    pub link: LinkId,
    /// The retry budget that it needs.
    pub retry_budget: f64,
}

impl Stability {
    /// Returns the state of a journey whose pools keep up.
    pub(super) fn of_journey(&self, plan: &Plan<'_>, visits: &[(usize, bool)]) -> State {
        let visited = |id: &&ComponentId| visits.iter().any(|(pool, answers)| *answers && plan.pools[*pool].component == **id);
        if let Some(component) = self.wait_for_themselves.iter().find(visited) {
            return State::WaitsForItself { component: *component };
        }
        let worst = visits.iter().filter(|(_, answers)| *answers).filter_map(|(pool, _)| Some((*pool, self.pools[*pool]?)));
        match worst.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) {
            Some((pool, utilization)) if utilization >= 1.0 => State::Vulnerable { component: plan.pools[pool].component, utilization },
            _ => State::Safe,
        }
    }
}

/// Judges the retries of a system at some rates.
pub(super) fn stability(plan: &Plan<'_>, rates: &[Option<f64>]) -> Stability {
    let under = |attempts: &Attempts| utilizations(plan, &arrivals(plan, rates, attempts));
    let usual = under(&first_attempts(plan));
    let most = most_attempts(plan);
    let retried = under(&most);
    let mut amplified: Vec<Amplified> = plan
        .pools
        .iter()
        .zip(usual.iter().zip(&retried))
        .filter_map(|(pool, ((utilization, rate), (retried, retried_rate)))| {
            let amplification = if *rate > 0.0 { retried_rate / rate } else { 1.0 };
            let found = Amplified {
                component: pool.component,
                amplification,
                utilization: (*utilization)?,
                utilization_while_retried: (*retried)?,
            };
            (amplification > 1.001).then_some(found)
        })
        .collect();
    amplified.sort_by(|a, b| a.component.cmp(&b.component).then(b.utilization_while_retried.total_cmp(&a.utilization_while_retried)));
    amplified.dedup_by_key(|one| one.component);
    let remedy = if amplified.iter().any(Amplified::is_vulnerable) { remedy(plan, rates, &most) } else { None };
    // Only what retries multiply can be vulnerable.
    let pools = usual
        .iter()
        .zip(&retried)
        .map(|((usual, _), (retried, _))| retried.filter(|retried| usual.is_some_and(|usual| usual < 1.0 && *retried > usual * 1.001)))
        .collect();
    let wait_for_themselves: BTreeSet<ComponentId> =
        plan.system.journeys.iter().flat_map(|journey| asked_again(plan, &journey.calls)).collect();
    Stability { amplified, remedy, wait_for_themselves: wait_for_themselves.into_iter().collect(), pools }
}

/// Finds the first link, by id, whose retry budget of a tenth makes every pool safe.
fn remedy(plan: &Plan<'_>, rates: &[Option<f64>], most: &Attempts) -> Option<Remedy> {
    const BUDGET: f64 = 0.1;
    let retried = plan.links().filter(|(_, link)| link.most_attempts > 1.0 + BUDGET).map(|(id, _)| id).take(MAX_REMEDIES);
    for changed in retried {
        let mut attempts = most.clone();
        for (journey, attempts) in plan.system.journeys.iter().zip(&mut attempts) {
            for id in journey.calls.ids() {
                if let NodeKind::Call(call) = &journey.calls.node(id).kind
                    && call.link == changed
                {
                    attempts[id.index()] = plan.link(changed).most_sent(1.0 + BUDGET);
                }
            }
        }
        let arrivals = arrivals(plan, rates, &attempts);
        let is_safe = utilizations(plan, &arrivals).iter().all(|(used, _)| used.is_none_or(|used| used < 1.0));
        if is_safe {
            return Some(Remedy { link: changed, retry_budget: BUDGET });
        }
    }
    None
}
