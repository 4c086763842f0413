//! The finished decision diagram of a part: built under a budget, in the best of several orders.

use super::bdd::{Bdd, BddNode, Edge, Exceeded, FALSE, TRUE};
use super::chance::Chance;
use super::graph::Kind;
use super::modules::{Unit, UnitGate};
use super::order::{Rule, order};

/// A part whose diagram needs no more operations in the first order is built in it; looking for a better order costs more.
const SMALL: usize = 1 << 14;

/// So many operations per leaf and gate are few, too: a diagram that grows with its formula and no faster needs no better order.
const FEW_PER_NODE: usize = 64;

/// A diagram with so many times fewer nodes than it took operations is taken as it is.
const MOSTLY_WORK: usize = 16;

/// By how much the budget of a race grows from round to round.
const GROWTH: usize = 4;

/// A decision diagram without anything that does not belong to it, arguments first.
#[derive(Debug)]
pub(super) struct Diagram {
    /// The leaf that is asked at each level.
    pub(super) leaves: Vec<u32>,
    /// Node 0 is the terminal; an edge is a node's number doubled, one more if it is negated.
    pub(super) nodes: Vec<BddNode>,
    pub(super) root: Edge,
}

/// Builds the diagram of a part, negated if asked to, within a budget of operations per order.
///
/// The rules of [`Rule`] race: each gets a budget, and as long as none arrives the budget grows, and the half of the rules that came least far leaves the
/// race. Once one has arrived the others of that round may use no more than the best so far. Budgets count operations, never time, so the same diagram comes
/// out everywhere.
pub(super) fn diagram(bdd: &mut Bdd, unit: &Unit, signs: &[bool], is_negated: bool, budget: usize) -> Result<Diagram, Exceeded> {
    let task = Task { unit, signs, is_negated };
    let mut allowed = SMALL.max(FEW_PER_NODE * (unit.leaves.len() + unit.gates.len())).min(budget);
    if let Ok(found) = task.attempt(bdd, Rule::ALL[0], allowed) {
        return Ok(found);
    }
    let mut rules = Rule::ALL.to_vec();
    while allowed < budget {
        allowed = allowed.saturating_mul(GROWTH).min(budget);
        let mut best: Option<(usize, Diagram)> = None;
        let mut reached = Vec::with_capacity(rules.len());
        for rule in rules {
            let limit = best.as_ref().map_or(allowed, |(steps, _)| *steps);
            match task.attempt(bdd, rule, limit) {
                // Most of the work made what is no part of the result: another order would not save it.
                Ok(found) if found.nodes.len().saturating_mul(MOSTLY_WORK) < bdd.steps => return Ok(found),
                Ok(found) if best.as_ref().is_none_or(|(_, known)| found.nodes.len() < known.nodes.len()) => {
                    best = Some((bdd.steps, found))
                }
                Ok(_) => {}
                Err(gates) => reached.push((std::cmp::Reverse(gates), rule)),
            }
        }
        if let Some((_, found)) = best {
            return Ok(found);
        }
        // A stable sort: of rules that came equally far the earlier one stays.
        reached.sort_by_key(|(gates, _)| *gates);
        reached.truncate(reached.len().div_ceil(2).max(2));
        rules = reached.into_iter().map(|(_, rule)| rule).collect();
    }
    Err(Exceeded)
}

/// A part to be built: its gates, which of its leaves are negated, and whether it is.
#[derive(Debug, Clone, Copy)]
struct Task<'a> {
    unit: &'a Unit,
    signs: &'a [bool],
    is_negated: bool,
}

impl Task<'_> {
    /// Builds the diagram in one order; where the budget ends it, the number of gates that were built.
    fn attempt(self, bdd: &mut Bdd, rule: Rule, budget: usize) -> Result<Diagram, usize> {
        let place = order(self.unit, rule);
        bdd.clear(budget);
        let root = built(bdd, self.unit, self.signs, &place)? ^ u32::from(self.is_negated);
        Ok(compacted(bdd.nodes(), root, &place))
    }
}

/// Builds the gates of a part one after another; where the budget ends it, the number of gates that were built.
fn built(bdd: &mut Bdd, unit: &Unit, signs: &[bool], place: &[u32]) -> Result<Edge, usize> {
    let mut edges: Vec<Edge> = place.iter().zip(signs).map(|(level, sign)| bdd.leaf(*level) ^ u32::from(*sign)).collect();
    // The lowest level in each.
    let mut deepest: Vec<u32> = place.to_vec();
    for (at, gate) in unit.gates.iter().enumerate() {
        deepest.push(gate.arguments.iter().map(|(argument, _)| deepest[*argument as usize]).max().unwrap_or(0));
        let edge = gate_edge(bdd, gate, &edges, &deepest).map_err(|Exceeded| at)?;
        edges.push(edge);
    }
    Ok(edges.last().copied().unwrap_or(FALSE))
}

/// Builds one gate: from the argument that reaches deepest, so that each further one is put on top.
fn gate_edge(bdd: &mut Bdd, gate: &UnitGate, edges: &[Edge], deepest: &[u32]) -> Result<Edge, Exceeded> {
    let mut arguments: Vec<(u32, Edge)> = gate
        .arguments
        .iter()
        .map(|(argument, is_negated)| (deepest[*argument as usize], edges[*argument as usize] ^ u32::from(*is_negated)))
        .collect();
    arguments.sort_by(|a, b| b.0.cmp(&a.0).then(bdd.level(b.1).cmp(&bdd.level(a.1))));
    match gate.kind {
        Kind::And => arguments.iter().try_fold(TRUE, |all, (_, edge)| bdd.and(all, *edge)),
        Kind::Xor => arguments.iter().try_fold(FALSE, |all, (_, edge)| bdd.xor(all, *edge)),
        Kind::AtLeast(count) => {
            // `row[c]`: at least c of the arguments so far.
            let mut row = vec![FALSE; count as usize + 1];
            row[0] = TRUE;
            for (_, edge) in arguments {
                for missing in (1..row.len()).rev() {
                    let with = bdd.and(edge, row[missing - 1])?;
                    row[missing] = bdd.or(with, row[missing])?;
                }
            }
            Ok(row[count as usize])
        }
        Kind::True | Kind::Event(_) => Ok(TRUE),
    }
}

/// Keeps only what the root reaches. Nodes keep their order, so arguments still stand before what uses them.
fn compacted(nodes: &[BddNode], root: Edge, place: &[u32]) -> Diagram {
    let mut new = vec![u32::MAX; (root >> 1) as usize + 1];
    new[(root >> 1) as usize] = 0;
    for at in (1..new.len()).rev() {
        if new[at] == 0 {
            new[(nodes[at].high >> 1) as usize] = 0;
            new[(nodes[at].low >> 1) as usize] = 0;
        }
    }
    let mut kept = Vec::new();
    for at in 0..new.len() {
        if new[at] == 0 || at == 0 {
            let node = nodes[at];
            let edge = |edge: Edge| if edge <= 1 { edge } else { new[(edge >> 1) as usize] << 1 | edge & 1 };
            let moved = BddNode { level: node.level, high: edge(node.high), low: edge(node.low) };
            new[at] = super::graph::number(kept.len());
            kept.push(moved);
        }
    }
    let mut leaves = vec![0; place.len()];
    for (leaf, level) in place.iter().enumerate() {
        if let Some(at) = leaves.get_mut(*level as usize) {
            *at = super::graph::number(leaf);
        }
    }
    let root = if root <= 1 { root } else { new[(root >> 1) as usize] << 1 | root & 1 };
    Diagram { leaves, nodes: kept, root }
}

impl Diagram {
    /// Computes the chance of every node to hold, from the chances of the leaves.
    ///
    /// `P(node) = p·P(high) + (1 − p)·P(low)`, and the same for the chance that it does not hold, so that neither is a difference of large numbers.
    pub(super) fn chances(&self, leaves: &[Chance]) -> Vec<Chance> {
        let mut chances: Vec<Chance> = Vec::with_capacity(self.nodes.len());
        chances.push(Chance::CERTAIN);
        for node in &self.nodes[1..] {
            let leaf = leaves[self.leaves[node.level as usize] as usize];
            let (high, low) = (at(&chances, node.high), at(&chances, node.low));
            chances.push(Chance {
                fails: leaf.fails * high.fails + leaf.works * low.fails,
                works: leaf.fails * high.works + leaf.works * low.works,
            });
        }
        chances
    }

    /// Returns the chance of the whole diagram, from those of its nodes.
    pub(super) fn chance(&self, chances: &[Chance]) -> Chance {
        at(chances, self.root)
    }

    /// Computes the Birnbaum importance of each leaf for the whole, from the chances of the nodes.
    ///
    /// One sweep from the root: `Σ over the leaf's nodes of P(reaching the node)·(P(high) − P(low))`; what is reached over an odd number of negated edges
    /// counts the other way round.
    pub(super) fn slopes(&self, leaves: &[Chance], chances: &[Chance]) -> Vec<f64> {
        let mut reach = vec![0.0_f64; self.nodes.len()];
        reach[(self.root >> 1) as usize] = sign(self.root);
        let mut slopes = vec![0.0; self.leaves.len()];
        for index in (1..self.nodes.len()).rev() {
            let node = self.nodes[index];
            let of = self.leaves[node.level as usize] as usize;
            let (high, low) = (at(chances, node.high), at(chances, node.low));
            // The smaller of the two numbers is the exact one.
            let rise = if high.fails.max(low.fails) < 0.5 { high.fails - low.fails } else { low.works - high.works };
            slopes[of] += reach[index] * rise;
            reach[(node.high >> 1) as usize] += reach[index] * leaves[of].fails * sign(node.high);
            reach[(node.low >> 1) as usize] += reach[index] * leaves[of].works * sign(node.low);
        }
        slopes
    }
}

const fn sign(edge: Edge) -> f64 {
    if edge & 1 == 1 { -1.0 } else { 1.0 }
}

fn at(chances: &[Chance], edge: Edge) -> Chance {
    let chance = chances[(edge >> 1) as usize];
    if edge & 1 == 1 { chance.not() } else { chance }
}
