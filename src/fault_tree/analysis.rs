//! A fault tree, asked for everything.

use num_bigint::BigUint;

use super::bdd::Exceeded;
use super::compiled::{Compiled, compile};
use super::graph::{Formula, Graph};
use super::solutions::{CutSet, Solutions, solutions};
use super::to_order::{SetsToOrder, sets_to_order};

/// The order up to which cut sets are found where all of them are too many.
pub const ORDER_WHERE_TOO_MANY: usize = 2;

/// A basic event: something that is down or up by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BasicEvent {
    /// The probability that it is down.
    pub probability: f64,
    /// How often it fails per hour while it is up; unknown for an event that has a probability only.
    pub rate_per_hour: Option<f64>,
}

/// How much work an analysis may do. Work is counted in operations, so that the outcome is the same on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most operations on decision diagrams, per module and order.
    pub diagram: usize,
    /// The most operations on families of cut sets, per module.
    pub cut_sets: usize,
    /// The largest order of cut sets that is counted.
    pub largest_order: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { diagram: 1 << 24, cut_sets: 1 << 28, largest_order: usize::MAX }
    }
}

impl Limits {
    /// Returns how many operations may be done where cut sets are found one by one.
    pub const fn one_by_one(self) -> usize {
        self.cut_sets / 4
    }
}

/// A formula that is solved: ready to be asked for probabilities, whatever its events' probabilities are.
#[derive(Debug)]
pub struct Solved {
    compiled: Compiled,
    limits: Limits,
}

/// How much an event matters for the top event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Importance {
    /// The event's number.
    pub event: u32,
    /// `P(top | event) − P(top | no event)`.
    pub birnbaum: f64,
    /// The part of the top event's probability that goes away if the event never happens, `(P − P(top | no event)) ÷ P`. The criticality importance
    /// `Birnbaum · q ÷ P` is the same number.
    pub fussell_vesely: f64,
    /// The probability that the event has happened when the top event has, `q · P(top | event) ÷ P`.
    pub diagnostic: f64,
    /// Risk achievement worth: how many times more probable the top event is once the event has happened, `P(top | event) ÷ P`.
    pub raw: f64,
    /// Risk reduction worth: how many times less probable it is if the event never happens, `P ÷ P(top | no event)`; infinite where nothing else brings it about.
    pub rrw: f64,
}

/// The minimal cut sets of a top event.
#[derive(Debug)]
pub struct CutSets {
    found: Found,
    /// How many there are of each order, from zero on.
    pub by_order: Vec<BigUint>,
    /// The largest order that was counted; `usize::MAX` if all were.
    pub counted_to: usize,
}

#[derive(Debug)]
enum Found {
    /// All of them, as families.
    All(Solutions),
    /// Those up to an order, one by one.
    ToOrder(SetsToOrder),
}

/// All results.
#[derive(Debug)]
pub struct Analysis {
    /// The probability of the top event.
    pub probability: f64,
    /// For each event that the top event depends on, how much it matters; by event.
    pub importances: Vec<Importance>,
    /// How often the top event happens per hour; unknown if the rate of an event that matters is, or if an event stands in the formula negated.
    pub frequency_per_hour: Option<f64>,
    /// The minimal cut sets: all, or those up to order [`ORDER_WHERE_TOO_MANY`] if there were too many steps to find all; none if even these took too many.
    pub cut_sets: Option<CutSets>,
}

/// Analyses a formula over events.
///
/// # Errors
///
/// [`Exceeded`] if no order of events fits the limits.
pub fn analyse(graph: &Graph, top: Formula, events: &[BasicEvent], limits: Limits) -> Result<Analysis, Exceeded> {
    let solved = Solved::of(graph, top, limits)?;
    let probabilities: Vec<f64> = events.iter().map(|event| event.probability).collect();
    let (probability, importances) = solved.importances(&probabilities);
    let frequency_per_hour = solved.frequency(events);
    let cut_sets = solved.cut_sets().or_else(|Exceeded| cut_sets_to_order(graph, top, ORDER_WHERE_TOO_MANY, limits.one_by_one())).ok();
    Ok(Analysis { probability, importances, frequency_per_hour, cut_sets })
}

/// Finds the minimal cut sets of an order up to `largest`, without a diagram: also of a formula whose diagram is too large, and with negations.
///
/// # Errors
///
/// [`Exceeded`] if that takes more than so many operations.
pub fn cut_sets_to_order(graph: &Graph, top: Formula, largest: usize, operations: usize) -> Result<CutSets, Exceeded> {
    let found = sets_to_order(graph, top, largest, operations)?;
    let by_order = found.by_order.iter().map(|count| BigUint::from(*count)).collect();
    Ok(CutSets { found: Found::ToOrder(found), by_order, counted_to: largest })
}

impl Solved {
    /// Solves a formula.
    ///
    /// # Errors
    ///
    /// [`Exceeded`] if no order of events fits the limits.
    pub fn of(graph: &Graph, top: Formula, limits: Limits) -> Result<Self, Exceeded> {
        Ok(Self { compiled: compile(graph, top, limits.diagram)?, limits })
    }

    /// Computes the probability of the formula; `probabilities` has one for each event.
    pub fn probability(&self, probabilities: &[f64]) -> f64 {
        self.compiled.evaluate(probabilities).top.fails
    }

    /// Computes the probability of the formula, and how much each event matters on which it depends.
    pub fn importances(&self, probabilities: &[f64]) -> (f64, Vec<Importance>) {
        let evaluated = self.compiled.evaluate(probabilities);
        let top = evaluated.top.fails;
        let slopes = self.compiled.slopes(probabilities, &evaluated);
        let mut importances: Vec<Importance> = self
            .compiled
            .events()
            .map(|event| {
                let q = probabilities[event as usize];
                let birnbaum = slopes[event as usize];
                let with = (top + (1.0 - q) * birnbaum).max(0.0);
                let without = remainder(top, q * birnbaum);
                Importance {
                    event,
                    birnbaum,
                    fussell_vesely: ratio(q * birnbaum, top),
                    diagnostic: ratio(q * with, top),
                    raw: ratio(with, top),
                    rrw: ratio(top, without),
                }
            })
            .collect();
        importances.sort_by_key(|importance| importance.event);
        (top, importances)
    }

    /// Computes how often the formula becomes true, per hour: `Σ Birnbaum · λ·(1 − q)` over its events. Unknown if the rate of an event that matters is, or if
    /// an event stands in the formula negated: then what happens can also end what it began.
    ///
    /// Source: W. Vesely, "A time-dependent methodology for fault tree evaluation", Nuclear Engineering and Design 13(2), 1970.
    pub fn frequency(&self, events: &[BasicEvent]) -> Option<f64> {
        if !self.compiled.is_coherent {
            return None;
        }
        let probabilities: Vec<f64> = events.iter().map(|event| event.probability).collect();
        let slopes = self.compiled.slopes(&probabilities, &self.compiled.evaluate(&probabilities));
        let mut used: Vec<u32> = self.compiled.events().collect();
        used.sort_unstable();
        let mut frequency = 0.0;
        for event in used {
            let (BasicEvent { probability, rate_per_hour }, slope) = (events[event as usize], slopes[event as usize]);
            if slope > 0.0 {
                frequency += slope * rate_per_hour? * (1.0 - probability);
            }
        }
        Some(frequency)
    }

    /// Says whether no event stands in the formula negated.
    pub fn is_coherent(&self) -> bool {
        self.compiled.is_coherent
    }

    /// Finds the minimal cut sets.
    ///
    /// # Errors
    ///
    /// [`Exceeded`] if they do not fit the limits.
    pub fn cut_sets(&self) -> Result<CutSets, Exceeded> {
        let solutions = solutions(&self.compiled, self.limits.cut_sets)?;
        let (by_order, counted_to) = solutions.counts(self.limits.largest_order);
        Ok(CutSets { found: Found::All(solutions), by_order, counted_to })
    }

    /// Returns how many modules there are, and how many nodes their diagrams have.
    pub fn size(&self) -> (usize, usize) {
        (self.compiled.parts.len(), self.compiled.nodes())
    }
}

impl CutSets {
    /// Returns how many there are, of the orders that were counted.
    pub fn count(&self) -> BigUint {
        self.by_order.iter().sum()
    }

    /// Lists the most probable ones of an order up to `largest`, at most `most`: by falling probability, then order, then events.
    pub fn most_probable(&self, probabilities: &[f64], largest: usize, most: usize) -> Vec<CutSet> {
        match &self.found {
            Found::All(solutions) => solutions.list(probabilities, largest, most),
            Found::ToOrder(sets) => sets.most_probable(probabilities, largest, most),
        }
    }
}

/// A difference that is zero where it is no more than rounding.
fn remainder(whole: f64, part: f64) -> f64 {
    let rest = whole - part;
    if rest.abs() <= 4.0 * f64::EPSILON * whole { 0.0 } else { rest.max(0.0) }
}

/// A ratio to nothing is infinite, and that of nothing to nothing is 1: nothing changes.
fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 {
        a / b
    } else if a > 0.0 {
        f64::INFINITY
    } else {
        0.0
    }
}
