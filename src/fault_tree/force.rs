//! Orders pulled together: what stands in one gate comes to stand near it.
//!
//! Leaves and gates lie on a line. In each round every gate pulls itself and its arguments to their common center, and each of them takes the mean of where it is pulled. Kept is
//! the order with the smallest span, the sum over the gates of how far their leaves lie apart. Where a part shares much, its diagram is two to three times smaller then than in the
//! order that was pulled together, and far smaller where that is bad.
//!
//! Source: F. Aloul, I. Markov, K. Sakallah, "FORCE: a fast and easy-to-implement variable-ordering heuristic", Great Lakes Symposium on VLSI, 2003.

use super::graph::number;
use super::modules::Unit;

/// The most rounds, and how many may pass without a smaller span.
const ROUNDS: usize = 20;
const PATIENCE: usize = 6;

/// Returns for each leaf its place in the order that is pulled together from another one.
pub(super) fn pulled_together(unit: &Unit, place: &[u32]) -> Vec<u32> {
    let leaves = unit.leaves.len();
    let mut at: Vec<f64> = place.iter().map(|level| f64::from(*level)).collect();
    for gate in &unit.gates {
        let sum: f64 = gate.arguments.iter().map(|(argument, _)| at[*argument as usize]).sum();
        at.push(sum / f64::from(number(gate.arguments.len().max(1))));
    }
    let mut line: Vec<u32> = (0..number(at.len())).collect();
    let (mut best, mut smallest, mut since) = (place.to_vec(), span(unit, place), 0);
    let mut pulls = vec![(0.0, 0.0); at.len()];
    for _ in 0..ROUNDS {
        pulls.fill((0.0, 0.0));
        for (gate, own) in unit.gates.iter().zip(leaves..) {
            let pulled = || gate.arguments.iter().map(|(argument, _)| *argument as usize).chain([own]);
            let center = pulled().map(|one| at[one]).sum::<f64>() / f64::from(number(gate.arguments.len() + 1));
            for one in pulled() {
                pulls[one].0 += center;
                pulls[one].1 += 1.0;
            }
        }
        for (at, (sum, count)) in at.iter_mut().zip(&pulls) {
            if *count > 0.0 {
                *at = sum / count;
            }
        }
        line.sort_unstable_by(|a, b| at[*a as usize].total_cmp(&at[*b as usize]).then(a.cmp(b)));
        let mut next = vec![0; leaves];
        let mut level = 0;
        for (one, now) in line.iter().zip(0_u32..) {
            at[*one as usize] = f64::from(now);
            if let Some(place) = next.get_mut(*one as usize) {
                *place = level;
                level += 1;
            }
        }
        let now = span(unit, &next);
        since += 1;
        if now < smallest {
            (best, smallest, since) = (next, now, 0);
        } else if since > PATIENCE {
            break;
        }
    }
    best
}

/// The sum over the gates of how far the first and the last of their leaves lie apart.
fn span(unit: &Unit, place: &[u32]) -> u64 {
    let mut ends: Vec<(u32, u32)> = place.iter().map(|level| (*level, *level)).collect();
    let mut sum = 0;
    for gate in &unit.gates {
        let of = |(argument, _): &(u32, bool)| ends[*argument as usize];
        let first = gate.arguments.iter().map(of).map(|(first, _)| first).min().unwrap_or(0);
        let last = gate.arguments.iter().map(of).map(|(_, last)| last).max().unwrap_or(0);
        sum += u64::from(last - first);
        ends.push((first, last));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::graph::Kind;
    use super::super::modules::{Leaf, Unit, UnitGate};
    use super::{pulled_together, span};

    /// Four gates over two leaves each that lie as far apart as can be, under one: beside each other they span one place each, and the gate above them all eight.
    #[test]
    fn what_stands_in_one_gate_comes_to_stand_together() {
        let gate = |arguments: &[u32]| UnitGate { kind: Kind::And, arguments: arguments.iter().map(|one| (*one, false)).collect() };
        let pairs = (0..4).map(|at| gate(&[at, at + 4]));
        let unit = Unit { leaves: (0..8).map(Leaf::Event).collect(), gates: pairs.chain([gate(&[8, 9, 10, 11])]).collect() };
        let stated: Vec<u32> = (0..8).collect();
        assert_eq!(span(&unit, &stated), 4 * 4 + 7);
        let found = pulled_together(&unit, &stated);
        assert_eq!(span(&unit, &found), 4 + 7, "{found:?}");
        let mut places = found;
        places.sort_unstable();
        assert_eq!(places, stated);
    }
}
