//! The facts that counting rests on: what it asked for, and what it had to assume.
//!
//! Semantics, "Facts": an engine reads absent as the documented default and lists it as assumed; coverage is known ÷ asked.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Figures;
use super::replication::{self, Access};
use crate::model::{Component, DistanceClass, LinkId, System, assumptions};
use crate::quantity::{Bytes, Probability, bytes, percent};
use crate::syntax::keys::{component, journey, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};

/// A fact that was not stated, and what stood in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumed {
    /// Where it would be stated, such as `links.app -> db.payload`.
    pub path: String,
    /// What was assumed, as it would be written.
    pub value: String,
    /// Where the value comes from.
    pub source: String,
}

/// A fact that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where it is, or would be, stated.
    pub path: String,
    /// Whether it is known: stated, or stated absent.
    pub known: bool,
}

const SEMANTICS: &str = "the documented default";

/// Returns the assumed and the asked facts of all journeys, each distinct and sorted by path.
///
/// What is passed inside a process is counted with assumed sizes, too, but not asked for: nobody measures the arguments of a function.
pub(super) fn facts(figures: &Figures<'_>) -> (Vec<Assumed>, Vec<Asked>) {
    let system = figures.system;
    let mut ledger = Ledger { constants: Constants::new(system), assumed: Vec::new(), asked: Vec::new() };
    let needs = needs(figures);
    for journey in &system.journeys {
        ledger.ask(format!("journeys.{}.{}", journey.id, journey::RATE.row().name), journey.facts.get(journey::RATE).is_known());
    }
    for (id, link) in figures.links() {
        if needs.links[id.index()].is_used && !link.is_use() {
            ledger.link(figures, id, needs.links[id.index()]);
        }
    }
    let retried =
        figures.links().filter(|(id, _)| needs.links[id.index()].is_used).flat_map(|(_, link)| link.failed_calls.iter().flatten());
    for class in retried.collect::<BTreeSet<_>>() {
        let (value, source) = ledger.constants.failed_calls[class].clone();
        ledger.assume(class.failed_call_assumption().to_owned(), value, source);
    }
    for (component, visited) in system.components.iter().zip(&needs.visited) {
        if *visited {
            ledger.placement(component);
        }
    }
    for id in system.component_ids().filter(|id| needs.written[id.index()]) {
        ledger.copies(figures, id);
    }
    ledger.finish()
}

/// What the steps of all journeys need of one link.
#[derive(Debug, Clone, Copy, Default)]
struct LinkNeeds {
    is_used: bool,
    payload: bool,
    response: bool,
    effect: bool,
    assumed_write: bool,
}

struct Needs {
    links: Vec<LinkNeeds>,
    visited: Vec<bool>,
    written: Vec<bool>,
}

fn needs(figures: &Figures<'_>) -> Needs {
    let system = figures.system;
    let mut needs = Needs {
        links: vec![LinkNeeds::default(); system.links.len()],
        visited: vec![false; system.components.len()],
        written: vec![false; system.components.len()],
    };
    for journey in &system.journeys {
        needs.visited[journey.calls.root.index()] = true;
        for (_, call) in journey.calls.calls() {
            let access = replication::access(system, call);
            let link = &mut needs.links[call.link.index()];
            link.is_used = true;
            link.payload |= call.payload.is_none();
            link.response |= call.response.is_none();
            link.effect |= system.component(call.callee).is_store() && call.reads.is_empty() && call.writes.is_empty();
            link.assumed_write |= access == Access::AssumedWrites;
            needs.visited[call.callee.index()] = true;
            if access.is_write() {
                needs.written[call.callee.index()] = true;
                for copy in &figures.write(call.callee).links {
                    let copy = &mut needs.links[copy.index()];
                    (copy.is_used, copy.payload) = (true, true);
                }
            }
        }
    }
    needs
}

/// The constants, printed once.
struct Constants {
    payload: (String, String),
    response: (String, String),
    failed_calls: BTreeMap<DistanceClass, (String, String)>,
}

impl Constants {
    fn new(system: &System) -> Self {
        let source = |name: &str| {
            if system.assumptions.is_overridden(name) {
                format!("`[assumptions]`, {name}")
            } else {
                assumptions::find(name).map_or_else(String::new, |constant| constant.source.to_owned())
            }
        };
        let size = |name: &str| (bytes(Bytes::new(system.assumptions.value(name))), source(name));
        let ratio = |class: DistanceClass| {
            let name = class.failed_call_assumption();
            (percent(Probability::new(system.assumptions.value(name))), source(name))
        };
        Self {
            payload: size("payload"),
            response: size("response"),
            failed_calls: DistanceClass::ALL.iter().map(|class| (*class, ratio(*class))).collect(),
        }
    }
}

struct Ledger {
    constants: Constants,
    assumed: Vec<Assumed>,
    asked: Vec<Asked>,
}

impl Ledger {
    fn ask(&mut self, path: String, known: bool) {
        self.asked.push(Asked { path, known });
    }

    fn assume(&mut self, path: String, value: impl Into<String>, source: impl Into<String>) {
        self.assumed.push(Assumed { path, value: value.into(), source: source.into() });
    }

    /// Notes what the count asked of a link between two processes; of one inside a process only what it assumed.
    fn link(&mut self, figures: &Figures<'_>, id: LinkId, needs: LinkNeeds) {
        let system = figures.system;
        let (link, own) = (system.link(id), figures.link(id));
        let path = |name: &str| format!("links.{}.{name}", link.id);
        let is_asked = own.travel.classes.iter().any(|(class, _, _)| *class != DistanceClass::InProcess);
        if needs.effect {
            let known = link.facts.get(link::EFFECT).is_known();
            self.ask(path(link::EFFECT.row().name), known);
            if needs.assumed_write {
                self.assume(path(link::EFFECT.row().name), "write", "a step of unknown effect into a store counts as writing");
            }
        }
        let fact = |ledger: &mut Self, name: &str, known: bool, value: String, source: String| {
            if is_asked {
                ledger.ask(path(name), known);
            }
            if !known {
                ledger.assume(path(name), value, source);
            }
        };
        if needs.payload {
            let (value, source) = self.constants.payload.clone();
            fact(self, link::PAYLOAD.row().name, link.facts.get(link::PAYLOAD).is_known(), value, source);
        }
        if needs.response && link.arrow == Arrow::Call {
            let (value, source) = self.constants.response.clone();
            fact(self, link::RESPONSE.row().name, link.facts.get(link::RESPONSE).is_known(), value, source);
        }
        if link.arrow != Arrow::Replication && is_asked {
            fact(self, link::RETRIES.row().name, link.facts.get(link::RETRIES).is_known(), "0".into(), SEMANTICS.into());
        }
        self.route(figures, id);
        if own.assumed_cross_zone {
            self.assume(format!("links.{}", link.id), DistanceClass::CrossZone.word(), "an end has no stated zone");
        }
    }

    /// The route decides figures only where the callee has several instances.
    fn route(&mut self, figures: &Figures<'_>, id: LinkId) {
        let system = figures.system;
        let link = system.link(id);
        let callee = system.component(link.to);
        if callee.instances.len() > 1 && !link.facts.get(link::ROUTE).is_known() && callee.kind != ComponentKind::Sidecar {
            self.assume(format!("links.{}.{}", link.id, link::ROUTE.row().name), system.route(id).word(), SEMANTICS);
        }
    }

    /// A module or sidecar is where its component is; who calls from outside is beyond the internet unless placed.
    fn placement(&mut self, component: &Component) {
        if matches!(component.kind, ComponentKind::Module | ComponentKind::Sidecar) {
            return;
        }
        let placed = component.instances.iter().all(|instance| instance.host.is_some());
        let known = placed || component.is_caller() || component.facts.get(component::ON).is_known();
        self.ask(format!("components.{}.{}", component.id, component::ON.row().name), known);
    }

    fn copies(&mut self, figures: &Figures<'_>, id: crate::model::ComponentId) {
        let component = figures.system.component(id);
        let Some(copies) = &figures.write(id).copies else { return };
        let path = |key: &str| format!("components.{}.{key}", component.id);
        if !component.facts.get(component::REPLICAS).is_known() {
            self.assume(path("replicas"), "1", SEMANTICS);
        }
        if component.replication_style().is_none() {
            self.assume(path("replication.style"), copies.copying.style.word(), "`replication` without a style is counted with a leader");
        }
        if copies.copying.assumed_ack && component.replicas > 1 {
            self.assume(path("replication.ack"), "one", "without an acknowledgement a writer waits for no copy");
        }
        if copies.assumed_cross_zone {
            self.assume(format!("components.{}", component.id), DistanceClass::CrossZone.word(), "a copy has no stated zone");
        }
    }

    /// Sorts by path and leaves each path once. The elements come sorted, which makes sorting their paths cheap.
    fn finish(mut self) -> (Vec<Assumed>, Vec<Asked>) {
        self.assumed.sort_by(|a, b| a.path.cmp(&b.path));
        self.assumed.dedup_by(|a, b| a.path == b.path);
        self.asked.sort_by(|a, b| a.path.cmp(&b.path));
        self.asked.dedup_by(|a, b| a.path == b.path);
        (self.assumed, self.asked)
    }
}
