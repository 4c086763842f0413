//! Where a slow request spends its time: by part, by step; how far apart two ways to see its arrivals lie; and what the first request of a connection adds.

use super::plan::Plan;
use super::pools::{PoolState, arrivals, pool_states};
use super::walk::Loaded;
use super::{Flag, JourneyLatency, Tail, UnderLoad, batches, variability};
use crate::distribution::Distribution;
use crate::model::{CallTree, Journey, NodeId, NodeKind, System};
use crate::quantity::Duration;
use crate::syntax::keys::link;
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, Facts, OrTrue};

/// The most pairs of calls of one journey, over all journeys, for which the steps of slow requests are told apart: each step is one more walk.
const MAX_PAIRS_OF_CALLS: usize = 4_000;

/// Tells which parts slow requests consist of.
///
/// The share of a part in a percentile is `E[part | total = percentile] ÷ percentile`, which is the relative change of the percentile when the part's times are all
/// stretched a little; one step of the grid stretches them without rounding. What is left of 1 belongs to timeouts and pauses.
pub(super) fn tail(plan: &Plan<'_>, at: usize, stretched: &[Loaded<'_, '_>; 4], found: &JourneyLatency) -> Option<Tail> {
    let journey = &plan.system.journeys[at];
    let p99 = found.mean_load.as_ref()?.p99.seconds();
    if p99 <= 0.0 {
        return None;
    }
    let stretch = Distribution::stretch() - 1.0;
    let [service, queue, network, serialization] = std::array::from_fn(|part| {
        let longer = stretched[part].walk(journey).response.percentile(0.99).seconds();
        ((longer / p99 - 1.0) / stretch).max(0.0)
    });
    let retry = if journey.calls.calls().any(|(_, call)| plan.link(call.link).timeout.is_some() || plan.link(call.link).retries > 0) {
        // Stretching by a whole step errs by up to a hundredth: less than that is no retry.
        Some(1.0 - service - queue - network - serialization).filter(|rest| *rest > 0.01).unwrap_or(0.0)
    } else {
        0.0
    };
    let all = service + queue + network + serialization + retry;
    let part = |part: f64| if all > 0.0 { part / all } else { 0.0 };
    Some(Tail {
        service: part(service),
        queue: part(queue),
        network: part(network),
        serialization: part(serialization),
        retry: part(retry),
    })
}

/// Returns the pools under streams as uneven as busy workers make them.
pub(super) fn uneven_pools(plan: &Plan<'_>, rates: &[Option<f64>], mean: &UnderLoad) -> Vec<PoolState> {
    let scv = variability::variability(plan, rates, &mean.attempts, &mean.pools);
    let streams = batches::streams(plan, rates, &mean.attempts);
    pool_states(plan, &arrivals(plan, rates, &mean.attempts), &streams, &|pool| scv[pool])
}

/// Says whether a journey is flagged for what busy workers pass on.
pub(super) fn has_busy_chain(found: &JourneyLatency) -> bool {
    found.flags.iter().any(|flag| matches!(flag, Flag::BusyChain(_)))
}

/// Returns the 99th percentile between Poisson streams and those that busy workers pass on.
pub(super) fn band(plan: &Plan<'_>, at: usize, uneven: &Loaded<'_, '_>, found: &JourneyLatency) -> Option<(Duration, Duration)> {
    let p99 = found.mean_load.as_ref()?.p99;
    let other = uneven.walk(&plan.system.journeys[at]).response.percentile(0.99);
    let (low, high) = if other.seconds() < p99.seconds() { (other, p99) } else { (p99, other) };
    // A band that is no wider than the grid says nothing.
    (high.seconds() > low.seconds() * 1.01).then_some((low, high))
}

/// Says whether a system is small enough for a walk per step.
pub(super) fn can_tell_steps_apart(system: &System) -> bool {
    let pairs = |journey: &Journey| journey.calls.nodes.len().saturating_mul(journey.calls.nodes.len());
    system.journeys.iter().map(pairs).fold(0, usize::saturating_add) <= MAX_PAIRS_OF_CALLS
}

/// Returns the share of each call of a journey in its 99th percentile, what it calls in turn not included: the critical path's share.
///
/// As of a part: the relative change of the percentile when the call's own time is stretched a little. A call beside a slower one has no share; all shares together are
/// 1 but for timeouts and pauses.
pub(super) fn steps(plan: &Plan<'_>, at: usize, as_it_is: &Loaded<'_, '_>, found: &JourneyLatency) -> Vec<(NodeId, f64)> {
    let journey = &plan.system.journeys[at];
    let Some(p99) = found.mean_load.as_ref().map(|times| times.p99.seconds()).filter(|p99| *p99 > 0.0) else { return Vec::new() };
    let stretch = Distribution::stretch() - 1.0;
    let off = journey.calls.asynchronous();
    let calls = journey.calls.calls().filter(|(id, call)| !off[id.index()] && call.arrow == Arrow::Call);
    let shares = calls.map(|(id, _)| {
        let longer = as_it_is.walk_with_longer(journey, id).response.percentile(0.99).seconds();
        (id, ((longer / p99 - 1.0) / stretch).clamp(0.0, 1.0))
    });
    shares.collect()
}

/// Returns the median and the 99th percentile of a request that has to open the connection of its first call; none where that call opens none.
///
/// A connection takes one round trip (TCP), encrypting it one more (TLS 1.3) or two (TLS 1.2); QUIC takes one for both. Sources: RFC 9293, 3.5; RFC 8446, 2; RFC 5246, 7.3;
/// RFC 9000, 7.
pub(super) fn first_request(plan: &Plan<'_>, journey: &Journey, response: &Distribution) -> Option<(Duration, Duration)> {
    let first = first_call(plan, &journey.calls)?;
    let link = plan.link(first);
    let trips = set_up_trips(&plan.system.link(first).facts);
    if trips == 0 || link.round_trip.is_zero() || !plan.system.distance_mix(first).crosses_network() {
        return None;
    }
    let all = response.then(&link.round_trip.repeated(trips));
    Some((all.percentile(0.5), all.percentile(0.99)))
}

/// Returns the link of the first call that is no person's use of a client.
fn first_call(plan: &Plan<'_>, tree: &CallTree) -> Option<crate::model::LinkId> {
    let mut calls = tree.ids().filter_map(|id| match &tree.node(id).kind {
        NodeKind::Call(call) if call.arrow == Arrow::Call => Some(call.link),
        _ => None,
    });
    calls.find(|link| !plan.link(*link).is_use)
}

fn set_up_trips(facts: &Facts) -> u64 {
    let protocol = facts.text(link::PROTOCOL).unwrap_or("").to_ascii_lowercase();
    match protocol.as_str() {
        "in-process" | "unix" | "loopback" | "udp" => return 0,
        "quic" | "http3" | "h3" => return 1,
        _ => {}
    }
    let encrypting = match facts.get(link::ENCRYPTED) {
        Fact::Stated(OrTrue::Value(how)) if how.contains("1.2") => 2,
        Fact::Stated(_) => 1,
        Fact::Unknown if protocol == "https" => 1,
        Fact::Absent | Fact::Unknown => 0,
    };
    1 + encrypting
}
