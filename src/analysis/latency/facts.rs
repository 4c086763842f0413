//! The facts that times rest on: what is missing, what had to be assumed, what was asked for.
//!
//! Semantics, "Facts", "Queueing": no `service-time`: latency null; no `concurrency`: no queueing and no capacity; both listed as missing.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_CALLS;
use super::network::{reads_a_quorum, round_trip_assumption, tail_assumption};
use super::plan::{Plan, Servers, Service, is_inside};
use crate::analysis::communication::{Asked, Assumed, access};
use crate::model::{Component, ComponentId, DistanceClass, assumptions};
use crate::quantity::{self, Dimension, parse_quantity};
use crate::syntax::keys::{component, journey, link, network};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, OrTrue};
use crate::syntax::vocabulary::ComponentKind;

/// A figure that a fact is missing for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// The figure.
    pub field: String,
    /// The fact.
    pub needs: String,
    /// Whether it is no fact that is missing: the model is beyond a limit, which `needs` names.
    pub is_limit: bool,
}

/// What a journey's times lack.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocked {
    /// Whether its answer has no time.
    pub(super) response: bool,
    /// Whether what follows its messages has none.
    pub(super) completion: bool,
    /// The components without a service time.
    components: BTreeSet<ComponentId>,
}

/// Finds what every journey lacks.
pub(super) fn blocked(plan: &Plan<'_>) -> Vec<Blocked> {
    let lacks = |id: ComponentId| matches!(plan.services[id.index()], Service::Missing);
    plan.system
        .journeys
        .iter()
        .map(|journey| {
            let off = journey.calls.asynchronous();
            let mut blocked = Blocked::default();
            let root = journey.calls.root;
            if !plan.system.component(root).is_caller() && lacks(root) {
                blocked.components.insert(root);
                blocked.response = true;
            }
            for (node, call) in journey.calls.calls() {
                let waits = plan.targets[call.callee.index()].iter().filter(|(_, waits)| *waits && access(plan.system, call).is_write());
                let targets = waits.map(|(target, _)| plan.system.link(*target).to);
                for id in std::iter::once(call.callee).chain(targets).filter(|id| lacks(*id)) {
                    blocked.components.insert(id);
                    *if off[node.index()] || call.arrow == Arrow::Message { &mut blocked.completion } else { &mut blocked.response } = true;
                }
            }
            blocked
        })
        .collect()
}

/// Returns what is missing, assumed and asked for, each distinct and sorted.
pub(super) fn facts(plan: &Plan<'_>, blocked: &[Blocked], calls: usize) -> (Vec<Lack>, Vec<Assumed>, Vec<Asked>) {
    let system = plan.system;
    let mut missing = BTreeSet::new();
    let mut asked = BTreeMap::new();
    let mut waiting: BTreeMap<ComponentId, Vec<usize>> = BTreeMap::new();
    for (at, blocked) in blocked.iter().enumerate() {
        for id in &blocked.components {
            waiting.entry(*id).or_default().push(at);
        }
    }
    for (id, journeys) in waiting {
        let field = match journeys.as_slice() {
            [only] => format!("journeys.{}.latency", system.journeys[*only].id),
            _ => "journeys.*.latency".to_owned(),
        };
        missing.insert(Lack { field, needs: format!("components.{}.service-time", system.component(id).id), is_limit: false });
    }
    for pool in &plan.pools {
        let component = system.component(pool.component);
        if pool.servers == Servers::Unknown {
            missing.insert(Lack {
                field: "capacity".to_owned(),
                needs: format!("components.{}.concurrency", component.id),
                is_limit: false,
            });
        }
    }
    for journey in system.journeys.iter().filter(|journey| journey.rate().is_none()) {
        let needs = format!("journeys.{}.{}", journey.id, journey::RATE.row().name);
        missing.insert(Lack { field: "capacity".to_owned(), needs, is_limit: false });
    }
    if calls > MAX_CALLS {
        let needs = super::within(MAX_CALLS, calls);
        missing.insert(Lack { field: "journeys.*.latency".to_owned(), needs, is_limit: true });
    }
    let mut visited = BTreeSet::new();
    for (_, call) in system.journeys.iter().flat_map(|journey| journey.calls.calls()) {
        visited.insert(call.callee);
    }
    for id in visited {
        let component = system.component(id);
        if is_asked(component) {
            let path = |name: &str| format!("components.{}.{name}", component.id);
            asked.insert(path("service-time"), component.facts.get(component::SERVICE_TIME).is_known());
            asked.insert(path("concurrency"), component.facts.get(component::CONCURRENCY).is_known());
        }
    }
    let asked = asked.into_iter().map(|(path, known)| Asked { path, known }).collect();
    (missing.into_iter().collect(), assumed(plan), asked)
}

/// Who uses the system has a device of its own, a sidecar's work has an assumed figure, and a module's is part of its component's.
const fn is_asked(component: &Component) -> bool {
    !matches!(component.kind, ComponentKind::Actor | ComponentKind::Client | ComponentKind::Sidecar | ComponentKind::Module)
}

fn assumed(plan: &Plan<'_>) -> Vec<Assumed> {
    let system = plan.system;
    let mut names: BTreeSet<&'static str> = BTreeSet::new();
    let mut others: BTreeMap<String, Assumed> = BTreeMap::new();
    for (id, planned) in plan.links() {
        let link = system.link(id);
        if planned.is_use {
            continue;
        }
        let states_round_trip = link.facts.get(link::ROUND_TRIP).is_known();
        for class in system.distance_mix(id).shares.keys() {
            let class_states = system.network_classes.get(class).is_some_and(|facts| facts.get(network::ROUND_TRIP).is_known());
            let is_stated = class_states || (states_round_trip && class.crosses_network());
            if !is_stated {
                names.extend(round_trip_assumption(*class));
            }
            names.extend(tail_assumption(*class));
        }
        if planned.time_of_text() > 0.0 {
            names.extend(["json.read", "json.write"]);
        }
        if planned.wait.is_some() && planned.retries > 0 {
            names.insert("backoff.first");
        }
        if planned.retries > 0 && matches!(link.facts.get(link::RETRY_BUDGET), Fact::Stated(OrTrue::True(_))) {
            names.insert("retry-budget");
        }
        for sidecar in &planned.sidecars {
            if !system.component(*sidecar).facts.get(component::SERVICE_TIME).is_known() {
                names.insert("sidecar.service-time");
            }
            names.extend(round_trip_assumption(DistanceClass::SameHost));
            names.extend(tail_assumption(DistanceClass::SameHost));
        }
    }
    for (_, call) in system.journeys.iter().flat_map(|journey| journey.calls.calls()) {
        let component = system.component(call.callee);
        if is_inside(system, component) {
            let path = format!("components.{}.service-time", component.id);
            let value = "0 s of its own".to_owned();
            others.insert(path.clone(), Assumed { path, value, source: "a module's work is part of its component's".to_owned() });
        }
    }
    for id in system.component_ids().filter(|id| plan.copies[id.index()].is_some()) {
        let component = system.component(id);
        if reads_a_quorum(component) {
            let path = format!("components.{}.reads-from", component.id);
            let value = "a read waits for one copy".to_owned();
            others.insert(path.clone(), Assumed { path, value, source: "the wait of a quorum read is not computed".to_owned() });
        }
    }
    let mut assumed: Vec<Assumed> = names.into_iter().map(|name| constant(plan, name)).collect();
    assumed.extend(others.into_values());
    assumed.sort_by(|a, b| a.path.cmp(&b.path));
    assumed
}

fn constant(plan: &Plan<'_>, name: &str) -> Assumed {
    let assumptions = &plan.system.assumptions;
    let value = assumptions.value(name);
    let found = assumptions::find(name);
    let dimension = found.map_or(Dimension::Number, |constant| constant.dimension);
    let shown = match dimension {
        Dimension::Duration => quantity::duration(quantity::Duration::new(value)),
        Dimension::Share => quantity::percent(quantity::Probability::new(value)),
        _ => quantity::significant(value, 3),
    };
    debug_assert!(found.is_none_or(|constant| parse_quantity(constant.value, constant.dimension).is_ok()), "the constants table is tested");
    let source = if assumptions.is_overridden(name) {
        format!("`[assumptions]`, {name}")
    } else {
        found.map_or_else(String::new, |constant| constant.source.to_owned())
    };
    Assumed { path: name.to_owned(), value: shown, source }
}
