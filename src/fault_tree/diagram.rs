//! The finished decision diagram of a part: built under a budget, in the best of several orders.

use super::bdd::{Bdd, BddNode, Edge, Exceeded, FALSE, TRUE};
use super::chance::Chance;
use super::force::pulled_together;
use super::graph::Kind;
use super::modules::{Unit, UnitGate};
use super::order::{Rule, order};

/// A part whose diagram needs no more operations in the first order is built in it; looking for a better order costs more.
const SMALL: usize = 1 << 13;

/// So many operations per leaf and gate are few, too: a diagram that grows with its formula and no faster needs no better order.
const FEW_PER_NODE: usize = 64;

/// By how much the budget of the leader grows from round to round.
const GROWTH: usize = 8;

/// Which part of the leader's budget each other order has. Looking for a better one may only take a small part of the time; a much better one arrives in it.
const PART_OF_OTHERS: usize = 8;

/// Of a part in which at least one gate in so many counts, an order that is pulled together leads.
const COUNTING: usize = 4;

/// A decision diagram without anything that does not belong to it, arguments first.
#[derive(Debug)]
pub(super) struct Diagram {
    /// The leaf that is asked at each level.
    pub(super) leaves: Vec<u32>,
    /// Node 0 is the terminal; an edge is a node's number doubled, one more if it is negated.
    pub(super) nodes: Vec<BddNode>,
    pub(super) root: Edge,
}

/// Three arenas: of the first order, of the one that is pulled together, of those that are tried beside them; made when first used.
#[derive(Debug, Default)]
pub(super) struct Arenas {
    first: Option<Bdd>,
    pulled: Option<Bdd>,
    tried: Option<Bdd>,
}

/// Builds the diagram of a part, negated if asked to, within a budget of operations per order.
///
/// A part that is small in the first order is built in it. Of a larger one that order and one that is pulled together race, and go on where they stopped: the latter leads where
/// much is counted, the former elsewhere. As long as the leader does not arrive, its budget grows, and before that the other one, and further ones, get a small part of what it
/// had; the first one that arrives has won. How far one came says little: what it has built may be the easy part. Budgets count operations, never time, so the same diagram comes
/// out everywhere.
pub(super) fn diagram(arenas: &mut Arenas, unit: &Unit, signs: &[bool], is_negated: bool, budget: usize) -> Result<Diagram, Exceeded> {
    let task = Task { unit, signs, is_negated };
    let mut allowed = SMALL.max(FEW_PER_NODE * (unit.leaves.len() + unit.gates.len())).min(budget);
    let first_arena = arenas.first.get_or_insert_with(Bdd::new);
    let mut first = Building::start(first_arena, task, order(unit, Rule::FIRST));
    if first.advance(first_arena, task, allowed).is_ok() {
        return Ok(first.finished(first_arena, task));
    }
    let [of_pulled, of_others @ ..] = Rule::PULLED;
    let pulled_from = |rule| pulled_together(unit, &order(unit, rule));
    let mut others: Option<Vec<Vec<u32>>> = None;
    let pulled_arena = arenas.pulled.get_or_insert_with(Bdd::new);
    let pulled = Building::start(pulled_arena, task, pulled_from(of_pulled));
    let tried_arena = arenas.tried.get_or_insert_with(Bdd::new);
    let counting = unit.gates.iter().filter(|gate| matches!(gate.kind, Kind::AtLeast(_))).count();
    let mut racing = [(first, first_arena), (pulled, pulled_arena)];
    if COUNTING * counting >= unit.gates.len() {
        racing.swap(0, 1);
    }
    let [(leading, leader), (following, follower)] = &mut racing;
    loop {
        if leading.advance(leader, task, allowed).is_ok() {
            return Ok(leading.finished(leader, task));
        }
        if allowed >= budget {
            break;
        }
        if following.advance(follower, task, allowed / PART_OF_OTHERS).is_ok() {
            return Ok(following.finished(follower, task));
        }
        for place in others.get_or_insert_with(|| of_others.into_iter().map(pulled_from).collect()) {
            let mut trying = Building::start(tried_arena, task, place.clone());
            if trying.advance(tried_arena, task, allowed / PART_OF_OTHERS).is_ok() {
                return Ok(trying.finished(tried_arena, task));
            }
        }
        allowed = allowed.saturating_mul(GROWTH).min(budget);
    }
    // The other one may arrive where the leader does not.
    following.advance(follower, task, budget)?;
    Ok(following.finished(follower, task))
}

/// A part to be built: its gates, which of its leaves are negated, and whether it is.
#[derive(Debug, Clone, Copy)]
struct Task<'a> {
    unit: &'a Unit,
    signs: &'a [bool],
    is_negated: bool,
}

/// A part that is being built in one order, gate after gate.
#[derive(Debug)]
struct Building {
    place: Vec<u32>,
    /// The diagrams of the leaves, and of the gates so far.
    edges: Vec<Edge>,
    /// The lowest level in each.
    deepest: Vec<u32>,
}

impl Building {
    fn start(bdd: &mut Bdd, task: Task<'_>, place: Vec<u32>) -> Self {
        bdd.clear();
        let edges = place.iter().zip(task.signs).map(|(level, sign)| bdd.leaf(*level) ^ u32::from(*sign)).collect();
        Self { edges, deepest: place.clone(), place }
    }

    /// Returns how many gates are built.
    fn reached(&self) -> usize {
        self.edges.len() - self.place.len()
    }

    /// Builds further gates, until all are built or so many operations are done in the arena. The gate at which it stops is begun anew when it goes on; what was found
    /// out about it is remembered.
    fn advance(&mut self, bdd: &mut Bdd, task: Task<'_>, budget: usize) -> Result<(), Exceeded> {
        bdd.budget = budget;
        for gate in &task.unit.gates[self.reached()..] {
            let deepest = gate.arguments.iter().map(|(argument, _)| self.deepest[*argument as usize]).max().unwrap_or(0);
            let edge = gate_edge(bdd, gate, &self.edges, &self.deepest)?;
            self.edges.push(edge);
            self.deepest.push(deepest);
        }
        Ok(())
    }

    fn finished(&self, bdd: &Bdd, task: Task<'_>) -> Diagram {
        let root = self.edges.last().copied().unwrap_or(FALSE) ^ u32::from(task.is_negated);
        compacted(bdd.nodes(), root, &self.place)
    }
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
                    row[missing] = bdd.choose(edge, row[missing - 1], row[missing])?;
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
