//! What is still certain of a formula whose diagram is too large: an interval that contains its probability.
//!
//! A part that is too large for a diagram is told apart by the states of the leaves that stand in several places, the most probable ones first ([`super::conditioned`]).
//! The states that are left when the budget ends may go either way: their weight is the width of the interval, unless what the gates say by themselves is narrower
//! ([`super::associated`]). Nothing is sampled, and what is done is limited by numbers of
//! operations, so the interval is rigorous, but for rounding, and the same on every machine.

use super::chance::Chance;
use super::compiled::{Shape, Top, taken_apart};
use super::conditioned::Conditioned;
use super::graph::{Formula, Graph};
use super::modules::Leaf;

/// The most operations on the diagram of one part; what takes more is told apart by states.
const OF_ONE_DIAGRAM: usize = 1 << 14;

/// An interval that contains a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// No less.
    pub low: f64,
    /// No more.
    pub high: f64,
}

/// Bounds the probability of a formula; `operations` is how much work all states together may take.
pub fn bounds(graph: &Graph, root: Formula, probabilities: &[f64], operations: usize) -> Interval {
    let (parts, top, is_coherent) = taken_apart(graph, root, OF_ONE_DIAGRAM);
    let mut left = operations;
    // The least and the most chance of each part, and by how much they can differ.
    let mut ends: Vec<[Chance; 2]> = Vec::with_capacity(parts.len());
    for part in &parts {
        let leaves = |end: usize| -> Vec<Chance> {
            let of = |leaf: &Leaf| match leaf {
                Leaf::Event(event) => Chance::of(probabilities[*event as usize]),
                Leaf::Part(inner) => ends[*inner as usize][end],
            };
            part.leaves.iter().map(of).collect()
        };
        let mut at = |leaves: Vec<Chance>| match &part.shape {
            Shape::Large(large) => Conditioned::bounds(large, &leaves, &mut left),
            small => [small.chance(&leaves); 2],
        };
        let is_exact = part
            .leaves
            .iter()
            .all(|leaf| matches!(leaf, Leaf::Event(_)) || matches!(leaf, Leaf::Part(inner) if is_point(ends[*inner as usize])));
        let both = match (is_exact, is_coherent) {
            (true, _) => at(leaves(0)),
            // Every part rises with each of its leaves.
            (false, true) => [at(leaves(0))[0], at(leaves(1))[1]],
            // It moves no faster than its leaves together.
            (false, false) => {
                let widths = part.leaves.iter().map(|leaf| if let Leaf::Part(inner) = leaf { width(ends[*inner as usize]) } else { 0.0 });
                widened(at(leaves(0)), widths.sum())
            }
        };
        ends.push(both);
    }
    let [low, high] = match (top, ends.last()) {
        (Top::Constant(true), _) => [Chance::CERTAIN; 2],
        (Top::Constant(false), _) | (_, None) => [Chance::NEVER; 2],
        (Top::LastPart { is_negated: false }, Some(ends)) => *ends,
        (Top::LastPart { is_negated: true }, Some([low, high])) => [high.not(), low.not()],
    };
    Interval { low: low.fails, high: high.fails.max(low.fails) }
}

fn is_point([low, high]: [Chance; 2]) -> bool {
    low == high
}

fn width([low, high]: [Chance; 2]) -> f64 {
    (high.fails - low.fails).max(low.works - high.works).max(0.0)
}

fn widened([low, high]: [Chance; 2], by: f64) -> [Chance; 2] {
    let least = Chance { fails: (low.fails - by).max(0.0), works: (low.works + by).min(1.0) };
    let most = Chance { fails: (high.fails + by).min(1.0), works: (high.works - by).max(0.0) };
    [least, most]
}
