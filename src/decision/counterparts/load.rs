//! What the model says about how much is carried: the load beside one machine, what moves between steps, which machines there are, and what ends growth.
//!
//! A bound contradicts only what lies surely beyond it. Where the model does not state what a result needs, there is no result.

use std::collections::BTreeSet;

use super::today::{declared, parts, spans};
use super::{Computed, Design, Fits, plural};
use crate::analysis::classification::listed;
use crate::analysis::latency::StationLoad;
use crate::decision::joined;
use crate::model::{Call, Component, ComponentId, System};
use crate::quantity::{self, Bytes, significant};
use crate::source::Span;
use crate::syntax::keys::{component, link, location};
use crate::syntax::value::{Fact, ReplicaBound};
use crate::syntax::vocabulary::{ComponentKind, Exposure};

/// The answers to how the peak load compares with one machine.
pub(super) const LOADS: &[&str] = &["fits-easily", "fits-with-care", "few-machines", "tens-of-machines", "hundreds"];

/// How many replicas are busy at the peak: Σ busy share of the workers × replicas, over all pools.
///
/// One good machine carries what one of these replicas carries, or more, so the sum bounds the machines from above: a small answer always fits, and only one
/// beyond the bound contradicts.
pub(super) fn load(design: &Design<'_>) -> Option<Computed> {
    let stations = &design.assessment.latency.stations;
    let visited = || stations.iter().filter(|station| station.shards.iter().any(|shard| shard.peak_arrivals.per_second() > 0.0));
    let mut busy: Vec<(f64, ComponentId)> =
        visited().map(|station| Some((busy_replicas(station)?, station.component))).collect::<Option<_>>()?;
    busy.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let sum: f64 = busy.iter().map(|(replicas, _)| replicas).sum();
    if busy.is_empty() || sum <= 0.0 {
        return None;
    }
    // A machine more than full is two.
    let bounds = [0.5, 1.0, 9.0, 99.0, f64::INFINITY];
    let most = bounds.iter().position(|bound| sum <= *bound)?;
    let fitting = LOADS[..=most].iter().rev().copied().collect();
    let name = |(replicas, id): &(f64, ComponentId)| format!("`{}` {}", design.system.component(*id).id, significant(*replicas, 2));
    let names: Vec<String> = busy.iter().map(name).collect();
    let words = format!("the peak keeps at most {} replicas busy: {}", significant(sum, 2), joined(&names, 4));
    let places: Vec<ComponentId> = busy.iter().map(|(_, id)| *id).collect();
    Some(Computed { words, fits: Fits::Options(fitting), places: spans(design.system, &places) })
}

/// The replicas' worth of work in a pool at the peak; none where its workers or its work are not stated.
#[expect(clippy::cast_precision_loss, reason = "workers and shards are far fewer than 2^52")]
fn busy_replicas(station: &StationLoad) -> Option<f64> {
    let replicas = station.servers? as f64 / station.per_replica.filter(|one| *one > 0)? as f64;
    station.shards.iter().map(|shard| Some(shard.peak_utilization? * replicas * shard.shards.len() as f64)).sum()
}

/// The answers to how long jobs wait for their turn.
pub(super) const WAITS: &[&str] = &["no"];

/// Which jobs get more work at the peak than they can do: what waits then is not nothing.
pub(super) fn backlog(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let is_full = |station: &&StationLoad| {
        system.component(station.component).kind == ComponentKind::Job && station.peak_utilization().is_some_and(|used| used >= 1.0)
    };
    let full: Vec<ComponentId> = design.assessment.latency.stations.iter().filter(is_full).map(|station| station.component).collect();
    let names: Vec<&str> = full.iter().map(|id| system.component(*id).id.as_str()).collect();
    (!names.is_empty()).then(|| Computed {
        words: format!("at the peak more work arrives than is done at {}: {}", plural(names.len(), "job"), listed(&names, 3)),
        fits: Fits::Options(vec!["hours", "days", "weeks"]),
        places: spans(system, &full),
    })
}

/// The answers to how much moves between the steps.
pub(super) const AMOUNTS: &[&str] = &["huge-or-chatty", "moderate", "small-async-ok"];

/// From here on a step is neither small nor moderate: a second of a tenth of a gigabit link is 12 MB, and twelve such steps fill it.
const HUGE_BYTES: f64 = 1e6;

/// From this number of calls in a row on, a step is a constant back and forth.
const CHATTY: u64 = 50;

/// Up to here a step is small: it fits a few packets.
const SMALL_BYTES: f64 = 10_000.0;

/// What the largest and the most repeated step between parts of the system move; calls of users are none.
pub(super) fn amounts(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let steps: Vec<&Call> = declared(system)
        .flat_map(|journey| journey.calls.calls().map(|(_, call)| call))
        .filter(|call| [call.caller, call.callee].iter().all(|id| !system.component(*id).is_caller()))
        .collect();
    let sizes: Vec<Option<f64>> = steps.iter().map(|call| stated_bytes(system, call)).collect();
    let largest = sizes.iter().zip(&steps).filter_map(|(size, call)| Some(((*size)?, *call))).max_by(|a, b| a.0.total_cmp(&b.0));
    let busiest = steps.iter().max_by_key(|call| call.times)?;
    let id = |call: &Call| system.link(call.link).id.clone();
    if let Some((size, call)) = largest.filter(|(size, _)| *size >= HUGE_BYTES) {
        let words = format!("a step over `{}` moves {}", id(call), quantity::bytes(Bytes::new(size)));
        return Some(Computed { words, fits: Fits::Options(vec!["huge-or-chatty", "moderate"]), places: vec![call.span] });
    }
    if busiest.times >= CHATTY {
        let words = format!("`{}` is called {} times in a row", id(busiest), busiest.times);
        return Some(Computed { words, fits: Fits::Options(vec!["huge-or-chatty", "moderate"]), places: vec![busiest.span] });
    }
    // Small is only what is stated to be small.
    let (size, call) =
        largest.filter(|(size, _)| *size <= SMALL_BYTES && sizes.iter().all(Option::is_some) && busiest.times < CHATTY / 5)?;
    let words = format!("the largest step, over `{}`, moves {}", id(call), quantity::bytes(Bytes::new(size)));
    Some(Computed { words, fits: Fits::Options(vec!["small-async-ok", "moderate"]), places: vec![call.span] })
}

/// The request and the reply of a step, where both are stated; a message has no reply.
fn stated_bytes(system: &System, call: &Call) -> Option<f64> {
    let facts = &system.link(call.link).facts;
    let size = |own: Option<f64>, key| own.or_else(|| facts.get(key).stated().map(|bytes: Bytes| bytes.bytes()));
    let payload = size(call.payload.map(|own| own.likely), link::PAYLOAD)?;
    let response = size(call.response.map(|own| own.likely), link::RESPONSE);
    match call.arrow {
        crate::syntax::link_key::Arrow::Call => Some(payload + response?),
        _ => Some(payload + response.unwrap_or(0.0)),
    }
}

/// The answers to whether parts want different machines.
pub(super) const PROFILES: &[&str] = &["alike"];

/// Which types of machines the programs run on; one type says nothing of what they would want.
pub(super) fn profiles(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut machines = BTreeSet::new();
    let mut places = Vec::new();
    for id in parts(system, Component::is_program) {
        let one = system.component(id);
        let own = one.facts.text(component::MACHINE).map(str::to_owned);
        let hosts = one.instances.iter().filter_map(|instance| system.location(instance.host?.location).facts.text(location::MACHINE));
        let found: Vec<String> = own.map_or_else(|| hosts.map(str::to_owned).collect(), |own| vec![own]);
        if !found.is_empty() {
            places.push(one.span);
        }
        machines.extend(found);
    }
    let names: Vec<&str> = machines.iter().map(String::as_str).collect();
    let fitting = match names.len() {
        0 | 1 => return None,
        2 => vec!["one-odd-part", "several-profiles"],
        _ => vec!["several-profiles", "one-odd-part"],
    };
    let words = format!("programs run on {} types of machines: {}", names.len(), listed(&names, 4));
    Some(Computed { words, fits: Fits::Options(fitting), places })
}

/// The answers to what would stop a runaway bill; alerts are in no model.
pub(super) const STOPS: &[&str] = &["nothing", "caps", "rate-limits"];

/// What ends growth: caps on spending, limits of rates, bounds of replicas.
pub(super) fn bounds(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let (mut uncapped, mut unlimited, mut capped, mut limited) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for id in parts(system, |one| !one.is_caller()) {
        let facts = &system.component(id).facts;
        let grows = matches!(facts.get(component::AUTOSCALE), Fact::Stated(_)) || system.component(id).kind == ComponentKind::Function;
        let bound = facts.get(component::REPLICAS).stated().map_or(ReplicaBound::Unstated, |count| count.max);
        match facts.get(component::BUDGET_CAP) {
            Fact::Stated(_) => capped.push(id),
            Fact::Absent if grows => uncapped.push(id),
            Fact::Absent | Fact::Unknown => {}
        }
        let is_public = facts.get(component::EXPOSED) == Fact::Stated(Exposure::Public);
        match (facts.get(component::RATE_LIMIT), bound) {
            (Fact::Stated(_), _) => limited.push(id),
            (_, ReplicaBound::At(_)) if grows => limited.push(id),
            (Fact::Absent, ReplicaBound::Unbounded) if grows || is_public => unlimited.push(id),
            _ => {}
        }
    }
    let named = |ids: &[ComponentId], words: &str| {
        let names: Vec<&str> = ids.iter().map(|id| system.component(*id).id.as_str()).collect();
        (!names.is_empty()).then(|| format!("{words}: {}", listed(&names, 3)))
    };
    let said = [
        named(&uncapped, "grows without a cap on spending"),
        named(&unlimited, "grows without a bound and without a limit of rates"),
        named(&capped, "has a cap on spending"),
        named(&limited, "has a limit of rates, or a largest number of copies"),
    ];
    let words: Vec<String> = said.into_iter().flatten().collect();
    if words.is_empty() {
        return None;
    }
    let mut fitting = Vec::new();
    if capped.is_empty() && limited.is_empty() {
        fitting.push("nothing");
    }
    if uncapped.is_empty() {
        fitting.push("caps");
    }
    if unlimited.is_empty() {
        fitting.push("rate-limits");
    }
    let deciding: Vec<ComponentId> = [uncapped, unlimited, capped, limited].concat();
    let mut places: Vec<Span> = spans(system, &deciding);
    places.dedup();
    Some(Computed { words: words.join("; "), fits: Fits::Options(fitting), places })
}
