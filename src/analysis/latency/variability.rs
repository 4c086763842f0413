//! How even the stream is that reaches each pool, when what pools pass on is not taken for a Poisson stream.
//!
//! The question: *how far would the times move if busy workers with even, or uneven, work shaped the streams behind them?* Streams from outside are Poisson; a pool's departures
//! depend on its arrivals and its work; the part that goes to another pool is a random split; what arrives there is the merger of all parts. Solved by repetition.
//!
//! Source: W. Whitt, The Queueing Network Analyzer, Bell System Technical Journal 62, 1983.

use std::collections::BTreeMap;

use super::plan::{Plan, Servers, Service};
use super::pools::{Attempts, PoolState};
use crate::analysis::communication::walk::Flow;
use crate::model::{NodeId, NodeKind};
use crate::queueing::{departures, merged, split};
use crate::syntax::link_key::Arrow;

/// The rounds of repetition: variations change by less than a hundredth long before.
const ROUNDS: usize = 30;

/// Returns the squared coefficient of variation of what arrives at each pool.
pub(super) fn variability(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts, pools: &[PoolState]) -> Vec<f64> {
    let streams = streams(plan, rates, attempts);
    let mut departing = vec![1.0; pools.len()];
    let mut arriving = vec![1.0; pools.len()];
    let leaves: Vec<f64> = (0..pools.len()).map(|at| streams[at].values().sum()).collect();
    for _ in 0..ROUNDS {
        for (at, pool) in plan.pools.iter().enumerate() {
            let Servers::Known { all, .. } = pool.servers else { continue };
            let Service::Known { time, is_exponential, .. } = &plan.services[pool.component.index()] else { continue };
            let utilization = pools[at].utilization().unwrap_or(0.0);
            let parts: Vec<(f64, f64)> = streams[at]
                .iter()
                .map(|(from, rate)| match from {
                    None => (*rate, 1.0),
                    Some(from) => (*rate, split(departing[*from], (rate / leaves[*from].max(*rate)).min(1.0))),
                })
                .collect();
            arriving[at] = merged(&parts, utilization);
            let service_scv = if *is_exponential { 1.0 } else { time.scv() };
            departing[at] = departures(arriving[at], service_scv, utilization, all);
        }
    }
    arriving
}

/// Returns, per pool, the visits per second by the pool that sends them; none stands for outside.
fn streams(plan: &Plan<'_>, rates: &[Option<f64>], attempts: &Attempts) -> Vec<BTreeMap<Option<usize>, f64>> {
    let mut streams = vec![BTreeMap::new(); plan.pools.len()];
    for ((journey, rate), attempts) in plan.system.journeys.iter().zip(rates).zip(attempts) {
        let Some(rate) = rate else { continue };
        let tree = &journey.calls;
        let runs = Flow::new(tree).executions(|at| attempts[at]);
        // By node: the pool that works for it, or for the call that it stands under; and of steps one after another the pool that was visited last, which sends on.
        let mut above: Vec<Option<usize>> = vec![None; tree.nodes.len()];
        for id in tree.ids().skip(1) {
            let node = tree.node(id);
            let sender = node.parent.and_then(|parent| above[parent.index()]);
            above[id.index()] = sender;
            if let NodeKind::Call(call) = &node.kind
                && let Some(pool) = plan.link(call.link).pool
            {
                if !plan.link(call.link).is_in_process {
                    *streams[pool].entry(sender).or_insert(0.0) += rate * runs[id.index()];
                }
                above[id.index()] = Some(pool);
                // What comes after it in a row comes from there; who sent a message goes on by itself.
                let waits = |at: NodeId| !matches!(&tree.node(at).kind, NodeKind::Call(call) if call.arrow == Arrow::Message);
                let mut around = node.parent.filter(|_| waits(id));
                while let Some(parent) = around.filter(|parent| is_in_a_row(&tree.node(*parent).kind)) {
                    above[parent.index()] = Some(pool);
                    around = tree.node(parent).parent.filter(|_| waits(parent));
                }
            }
        }
    }
    streams
}

/// Says whether the steps of a node are done one after another.
const fn is_in_a_row(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Root | NodeKind::Sequence | NodeKind::Call(_))
}
