//! Checks of the whole system: what a journey lacks or says twice, and what no journey uses.

use super::Lowering;
use crate::diagnostic::{Code, Diagnostic, Severity, has_errors};
use crate::model::system::System;
use crate::source::Span;
use crate::syntax::keys::journey;
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::ComponentKind;

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
                if !journey.facts.get(journey::RATE).is_known() && !self.is_mistaken(system, journey.span) {
                    self.report(
                        Diagnostic::new(Code::JourneyWithoutRate, journey.span, format!("the journey `{}` has no rate", journey.id))
                            .help("add `rate = \"50/s\"`; a range such as `\"10..100/s\"` says what is not known"),
                    );
                }
            }
        }
        for journey in &system.journeys {
            let facts = &journey.facts;
            let (rate, peak) = (facts.get(journey::RATE).stated(), facts.get(journey::PEAK).stated());
            let entries = facts.entry_of(journey::RATE).zip(facts.entry_of(journey::PEAK));
            if let (Some(rate), Some(peak), Some((of_rate, of_peak))) = (rate, peak, entries)
                && peak.per_second() < rate.per_second()
            {
                // Where an alternative states one of the two, that one is the change.
                let is_of_rate = of_rate.value.file > of_peak.value.file;
                let (label, other) = if is_of_rate { (of_rate, of_peak) } else { (of_peak, of_rate) };
                let message = format!("the peak of `{}` lies below its rate, which is the mean", journey.id);
                let diagnostic = Diagnostic::new(Code::PeakBelowRate, label.value, message)
                    .related(other.value, if is_of_rate { "the peak" } else { "the rate" })
                    .help("state the rate of the busiest hour as `peak`; or leave it out, if every hour is alike");
                self.report(diagnostic);
            }
        }
        // What could not be read might have been what uses a link.
        if self.is_whole && !has_errors(self.diagnostics) {
            self.check_reached(system);
        }
    }

    /// Says whether a mistake stands in a journey, or behind the last one of its file: what is missing may be what could not be read.
    fn is_mistaken(&self, system: &System, journey: Span) -> bool {
        let same_file = |span: &Span| span.file == journey.file && span.start > journey.start;
        let end = system.journeys.iter().map(|other| other.span).filter(same_file).map(|span| span.start).min().unwrap_or(u32::MAX);
        let is_inside = |span: Span| span.file == journey.file && (journey.start..end).contains(&span.start);
        self.diagnostics.iter().any(|one| one.severity() == Severity::Error && is_inside(one.label.span))
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
    }
}
