//! How available each journey is while something is down.
//!
//! The question: *what does the loss of a place or part leave of each journey, in the long run?* The blast radius says what a loss stops at once, with all else
//! up; this says how much of the time the journey fails while the loss lasts, and everything else fails as it does: what is left of the redundancy.
//!
//! `P(fails | i down) = U + (1 − qᵢ) · Birnbaumᵢ` for a single event; for several at once their probabilities are set to 1.
//!
//! Assumed: a loss changes nothing of the probabilities of the others; a failover that is under way has its long-run probability. Semantics, "Failure".

use std::collections::BTreeMap;

use super::super::blast_radius::{DomainKind, rows};
use super::super::events::{Event, can_fail};
use super::super::expression::Expression;
use super::super::requirement::Requirements;
use super::journey::{self, Draws};
use super::structure::{Basic, Question, Structure};
use crate::fault_tree::{Importance, Limits, Solved};
use crate::model::{Host, System};

/// The most nodes of decision diagrams that are visited for the losses of several events at once, over all journeys.
const MAX_VISITED: usize = 1 << 24;

/// Returns the events that are down while a domain is; of what is no part of failure expressions, none.
pub(super) fn events_of(system: &System, domain: DomainKind) -> Vec<Basic> {
    let hosts = |location| (0..system.location(location).count).map(move |ordinal| Basic::Single(Event::Host(Host { location, ordinal })));
    match domain {
        DomainKind::Location(location) if system.location(location).count > 1 => hosts(location).collect(),
        DomainKind::Location(location) => vec![Basic::Single(Event::Location(location))],
        DomainKind::Host(host) => vec![Basic::Single(Event::Host(host))],
        DomainKind::SharedFate(fate) => vec![Basic::Single(Event::SharedFate(fate))],
        DomainKind::Component(id) if !can_fail(system.component(id)) => Vec::new(),
        DomainKind::Component(id) => {
            (0..system.component(id).instances.len()).map(|instance| Basic::Single(Event::Instance(id, instance))).collect()
        }
    }
}

/// What each journey is asked for, and how much may still be visited.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    /// The number of each domain.
    pub(super) numbered: BTreeMap<DomainKind, usize>,
    domains: Vec<Vec<Basic>>,
    left: usize,
}

impl Conditions {
    pub(super) fn of(system: &System) -> Self {
        let all = rows(system);
        Self {
            domains: all.iter().map(|domain| events_of(system, *domain)).collect(),
            numbered: all.into_iter().enumerate().map(|(at, domain)| (domain, at)).collect(),
            left: MAX_VISITED,
        }
    }

    /// Computes a journey's unavailability while each domain is down, from its solved formula, its unavailability and its importances.
    pub(super) fn of_journey(
        &mut self,
        structure: &mut Structure<'_>,
        requirements: &Requirements,
        expression: &Expression,
        limits: Limits,
        (solved, unavailability, importances): (&Solved, f64, &[Importance]),
    ) -> Vec<Option<f64>> {
        if self.domains.is_empty() {
            return Vec::new();
        }
        if !structure.has_impossible {
            return self.ask(structure, solved, unavailability, importances);
        }
        // What never happens by itself is in no formula yet.
        structure.question = Question::Condition;
        let top = journey::with_chances(structure, requirements, expression, &mut Draws::new());
        structure.question = Question::Chance;
        match Solved::of(&structure.graph, top, limits) {
            Ok(solved) => {
                let (unavailability, importances) = solved.importances(&structure.probabilities);
                self.ask(structure, &solved, unavailability, &importances)
            }
            Err(_) => vec![None; self.domains.len()],
        }
    }

    fn ask(&mut self, structure: &Structure<'_>, solved: &Solved, unavailability: f64, importances: &[Importance]) -> Vec<Option<f64>> {
        let importance = |event: u32| importances.binary_search_by_key(&event, |one| one.event).ok().map(|at| &importances[at]);
        let (parts, nodes) = solved.size();
        let mut probabilities = structure.probabilities.clone();
        self.domains
            .iter()
            .map(|domain| {
                let mut events =
                    domain.iter().filter_map(|basic| structure.numbers.get(basic)).filter(|event| importance(**event).is_some());
                let Some(first) = events.next() else { return Some(unavailability) };
                let rest: Vec<u32> = events.copied().collect();
                if rest.is_empty() {
                    let birnbaum = importance(*first).map_or(0.0, |one| one.birnbaum);
                    return Some((unavailability + (1.0 - probabilities[*first as usize]) * birnbaum).clamp(0.0, 1.0));
                }
                self.left = self.left.checked_sub(parts + nodes)?;
                let down: Vec<u32> = std::iter::once(*first).chain(rest).collect();
                down.iter().for_each(|event| probabilities[*event as usize] = 1.0);
                let while_down = solved.probability(&probabilities);
                down.iter().for_each(|event| probabilities[*event as usize] = structure.probabilities[*event as usize]);
                Some(while_down.clamp(0.0, 1.0))
            })
            .collect()
    }
}
