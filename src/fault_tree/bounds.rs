//! What is still certain of a formula whose diagram is too large: an interval that contains its probability.
//!
//! The events that stand in the most places are what makes a diagram large. So cases are told apart by them, the most probable case first, until what is left of
//! the formula is small enough to be solved. The cases that are left when the budget ends may go either way: their weight is the width of the interval.
//! Nothing is sampled, and every step is counted in operations, so the interval is rigorous and the same on every machine.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::compiled::compile;
use super::graph::{Formula, Graph, Kind};
use super::rewrite::{given, simplified};

/// The most operations on the diagram of one case.
const OF_ONE_CASE: usize = 1 << 12;

/// An interval that contains a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// No less.
    pub low: f64,
    /// No more.
    pub high: f64,
}

/// A case: what was decided has this probability, and this formula is left.
struct Case {
    weight: f64,
    number: usize,
    graph: Graph,
    left: Formula,
}

impl PartialEq for Case {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Case {}

impl PartialOrd for Case {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Case {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then(other.number.cmp(&self.number))
    }
}

/// Bounds the probability of a formula; `operations` is how much work all cases together may take.
pub fn bounds(graph: &Graph, root: Formula, probabilities: &[f64], operations: usize) -> Interval {
    let (graph, left) = simplified(graph, root);
    let mut open = BinaryHeap::from([Case { weight: 1.0, number: 0, graph, left }]);
    // What surely holds, and what surely does not.
    let (mut holds, mut fails) = (0.0, 0.0);
    let (mut spent, mut number) = (0, 0);
    while spent < operations {
        let Some(Case { weight, graph, left, .. }) = open.pop() else { break };
        spent += 8 * graph.len() + OF_ONE_CASE;
        if let Ok(solved) = compile(&graph, left, OF_ONE_CASE) {
            let chance = solved.evaluate(probabilities).top;
            holds += weight * chance.fails;
            fails += weight * chance.works;
            continue;
        }
        let Some(event) = most_used(&graph, left) else { continue };
        let probability = probabilities[event as usize];
        for (happens, share) in [(false, 1.0 - probability), (true, probability)] {
            if share > 0.0 {
                let (graph, left) = given(&graph, left, event, happens);
                number += 1;
                spent += 8 * graph.len();
                open.push(Case { weight: weight * share, number, graph, left });
            }
        }
    }
    if open.is_empty() { Interval { low: holds, high: holds } } else { Interval { low: holds, high: (1.0 - fails).max(holds) } }
}

/// Returns the event that stands in the most places, the first among equals.
fn most_used(graph: &Graph, root: Formula) -> Option<u32> {
    let uses = graph.uses(root);
    let events = (0..graph.len()).filter_map(|node| match graph.kind(node) {
        Kind::Event(event) if uses[node] > 0 => Some((uses[node], event)),
        _ => None,
    });
    events.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, event)| event)
}
