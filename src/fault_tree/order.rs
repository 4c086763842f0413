//! Orders in which a part's leaves are asked.
//!
//! The order decides over the size of a diagram more than anything else, and no rule finds the best one; so a few are tried one after another. Every rule walks the gates depth
//! first and differs in which argument it enters first; for large parts, what it finds is pulled together ([`super::force`]).

use super::modules::Unit;

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The heaviest argument first: the part weighs one, and every gate hands its weight on in equal shares.
    Weight,
    /// The argument with the most uses first, then the smallest.
    Uses,
    /// The smallest argument first.
    Size,
}

impl Rule {
    /// The one that is best for small parts.
    pub(super) const FIRST: Self = Self::Weight;

    /// Those from which orders of large parts are pulled together, the most often successful first.
    pub(super) const PULLED: [Self; 3] = [Self::Size, Self::Uses, Self::Weight];
}

/// Returns for each leaf of a part its place in the order.
pub(super) fn order(unit: &Unit, rule: Rule) -> Vec<u32> {
    let leaves = unit.leaves.len();
    let keys = keys(unit, rule);
    let mut place = vec![u32::MAX; leaves];
    let mut is_seen = vec![false; leaves + unit.gates.len()];
    let mut next = 0;
    let mut open: Vec<u32> = vec![super::graph::number(leaves + unit.gates.len() - 1)];
    let mut sorted = Vec::new();
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut is_seen[node as usize], true) {
            continue;
        }
        if (node as usize) < leaves {
            place[node as usize] = next;
            next += 1;
            continue;
        }
        sorted.clear();
        sorted.extend(unit.gates[node as usize - leaves].arguments.iter().map(|(argument, _)| *argument));
        sorted.sort_by_key(|argument| keys[*argument as usize]);
        // What is pushed last is entered first.
        open.extend(sorted.iter().rev());
    }
    place
}

/// Returns for each leaf and gate what a rule sorts by.
fn keys(unit: &Unit, rule: Rule) -> Vec<(i64, i64)> {
    let leaves = unit.leaves.len();
    let mut uses = vec![0_i64; leaves + unit.gates.len()];
    let mut size = vec![1_i64; leaves + unit.gates.len()];
    for (at, gate) in unit.gates.iter().enumerate() {
        let mut sum = 0_i64;
        for (argument, _) in &gate.arguments {
            uses[*argument as usize] += 1;
            sum = sum.saturating_add(size[*argument as usize]);
        }
        size[leaves + at] = sum;
    }
    let of = |at: usize| -> (i64, i64) {
        let place = i64::try_from(at).unwrap_or(i64::MAX);
        match rule {
            Rule::Uses => (-uses[at], size[at]),
            Rule::Size => (size[at], place),
            Rule::Weight => (0, place),
        }
    };
    if rule == Rule::Weight {
        let weight = weights(unit);
        return (0..leaves + unit.gates.len()).map(|at| (-weight[at], 0)).collect();
    }
    (0..leaves + unit.gates.len()).map(of).collect()
}

/// Gives the part the weight of one, and every gate's weight in equal shares to its arguments; in millionths of millionths.
fn weights(unit: &Unit) -> Vec<i64> {
    const WHOLE: i64 = 1_000_000_000_000;
    let leaves = unit.leaves.len();
    let mut weight = vec![0_i64; leaves + unit.gates.len()];
    if let Some(top) = weight.last_mut() {
        *top = WHOLE;
    }
    for (at, gate) in unit.gates.iter().enumerate().rev() {
        let share = weight[leaves + at] / i64::try_from(gate.arguments.len().max(1)).unwrap_or(i64::MAX);
        for (argument, _) in &gate.arguments {
            weight[*argument as usize] = weight[*argument as usize].saturating_add(share);
        }
    }
    weight
}
