//! Checks of the whole system: what no journey uses.

use petgraph::graph::NodeIndex;

use super::Lowering;
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::model::calls::Fallback;
use crate::model::system::{ComponentId, System};
use crate::source::Span;
use crate::syntax::keys::{component, journey, link};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Lifecycle};

impl Lowering<'_> {
    pub(super) fn check_whole(&mut self, system: &System, declared: bool, blame: Span) {
        if system.components.is_empty() && self.is_whole && !has_errors(self.diagnostics) {
            self.report(
                Diagnostic::new(Code::EmptyModel, blame, format!("`{}` declares no component", system.id))
                    .help("start with `[components]` and the links between them; `weighbridge init DIR` writes an example"),
            );
        }
        if declared {
            for journey in &system.journeys {
                if !journey.facts.get(journey::RATE).is_known() {
                    self.report(
                        Diagnostic::new(Code::JourneyWithoutRate, journey.span, format!("the journey `{}` has no rate", journey.id))
                            .help("add `rate = \"50/s\"`; a range such as `\"10..100/s\"` says what is not known"),
                    );
                }
            }
        }
        // What could not be read might have been what reaches a component or uses a link.
        if self.is_whole && !has_errors(self.diagnostics) {
            self.check_reached(system);
        }
    }

    fn check_reached(&mut self, system: &System) {
        let mut reached = vec![false; system.components.len()];
        let mut used = vec![false; system.links.len()];
        let implied = system.journeys.iter().any(|journey| journey.implied);
        for journey in &system.journeys {
            reached[journey.calls.root.index()] = true;
            for (_, call) in journey.calls.calls() {
                used[call.link.index()] = true;
                reached[call.caller.index()] = true;
                reached[call.callee.index()] = true;
                if let Some(Fallback::Component(other)) = call.fallback {
                    reached[other.index()] = true;
                }
            }
        }
        for (at, link) in system.links.iter().enumerate() {
            let from_queue = system.component(link.from).kind == ComponentKind::Queue && link.arrow == Arrow::Message;
            if from_queue && !used[at] && !implied && reached[link.from.index()] {
                self.report(
                    Diagnostic::new(Code::UnusedConsumption, link.span, format!("no journey uses `{}`", link.id))
                        .help("add the link to the steps of the journey that sends the message"),
                );
            }
        }
        self.spread_reach(system, &mut reached, implied);
        for (at, component) in system.components.iter().enumerate() {
            let exempt =
                matches!(component.kind, ComponentKind::Platform | ComponentKind::Actor | ComponentKind::Sidecar | ComponentKind::Module)
                    || matches!(component.facts.get(component::LIFECYCLE), Fact::Stated(Lifecycle::Planned | Lifecycle::Deprecated));
            if !reached[at] && !exempt && !system.journeys.is_empty() {
                self.report(
                    Diagnostic::new(Code::UnreachableComponent, component.span, format!("no journey reaches `{}`", component.id))
                        .help("add a step that uses it, or state `lifecycle = \"planned\"`"),
                );
            }
        }
    }

    /// What a reached component stands on, copies to, starts with or falls back to is reached too; an implied journey also reaches along messages.
    fn spread_reach(&self, system: &System, reached: &mut [bool], implied: bool) {
        let mut open: Vec<usize> = (0..reached.len()).filter(|at| reached[*at]).collect();
        while let Some(at) = open.pop() {
            let component = &system.components[at];
            let mut next: Vec<ComponentId> = component.of.into_iter().chain(component.hosted_on).collect();
            next.extend(self.resolve_components(component.facts.words(component::STARTUP_NEEDS)));
            for edge in system.graph.edges(NodeIndex::new(at)) {
                let link = system.link(*edge.weight());
                if link.arrow == Arrow::Replication || implied {
                    next.push(link.to);
                }
                if let Some(id) = link.facts.text(link::FALLBACK) {
                    next.extend(self.ids.components.get(id).copied());
                }
            }
            for id in next {
                if !std::mem::replace(&mut reached[id.index()], true) {
                    open.push(id.index());
                }
            }
        }
    }
}
