//! Families of sets as zero-suppressed decision diagrams, and the minimal solutions of a decision diagram.
//!
//! Source: S. Minato, "Zero-suppressed BDDs for set manipulation in combinatorial problems", DAC 1993; A. Rauzy, "New algorithms for fault trees analysis",
//! Reliability Engineering and System Safety 40(3), 1993 (`without`), and "Mathematical foundations of minimal cutsets", IEEE Transactions on Reliability
//! 50(4), 2001 (what a minimal solution is where negations occur: a smallest set of events that makes the formula hold while no other event happens).

use super::bdd::{Edge, Exceeded, TRUE};
use super::diagram::Diagram;
use super::graph::number;
use super::hash::{Memo, Table, of_node};

/// The family without any set.
pub(super) const EMPTY: u32 = 0;
/// The family of the empty set.
pub(super) const UNIT: u32 = 1;

/// The most nodes of the families of one part (some 1.5 GB).
const MAX_NODES: usize = 1 << 25;

/// Sets with the leaf of a level, without it, and sets that lack it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ZddNode {
    pub(super) level: u32,
    pub(super) high: u32,
    pub(super) low: u32,
}

/// An arena of families of sets in one order of the leaves.
#[derive(Debug)]
pub(super) struct Zdd {
    pub(super) nodes: Vec<ZddNode>,
    unique: Table,
    memo: Memo<2>,
    frames: Vec<Frame>,
    steps: usize,
    budget: usize,
}

/// A difference that waits for its parts.
#[derive(Debug)]
struct Frame {
    a: u32,
    b: u32,
    level: u32,
    low: (u32, u32),
    /// What is taken out of the first result, after which it is the high part.
    then: Option<u32>,
    high: Option<u32>,
}

enum Begun {
    Done(u32),
    Open(u32, u32),
}

impl Zdd {
    pub(super) fn new(budget: usize) -> Self {
        let terminal = ZddNode { level: u32::MAX, high: EMPTY, low: EMPTY };
        Self { nodes: vec![terminal, terminal], unique: Table::new(), memo: Memo::new(), frames: Vec::new(), steps: 0, budget }
    }

    #[inline]
    pub(super) fn make(&mut self, level: u32, high: u32, low: u32) -> u32 {
        if high == EMPTY {
            return low;
        }
        let hash = of_node(level, high, low);
        let nodes = &self.nodes;
        let found = self.unique.find(hash, |node| {
            let node = &nodes[node as usize];
            node.level == level && node.high == high && node.low == low
        });
        found.unwrap_or_else(|| {
            let node = number(self.nodes.len());
            self.nodes.push(ZddNode { level, high, low });
            self.unique.insert(hash, node);
            self.memo.fit(self.nodes.len());
            node
        })
    }

    /// Returns the sets of one family that include no set of another. Both have no set that includes another one of the same family.
    pub(super) fn without(&mut self, a: u32, b: u32) -> Result<u32, Exceeded> {
        let base = self.frames.len();
        let mut begun = self.begin(a, b);
        loop {
            let result = match begun {
                Begun::Open(a, b) => {
                    begun = self.begin(a, b);
                    continue;
                }
                Begun::Done(result) => result,
            };
            if self.frames.len() == base {
                return Ok(result);
            }
            let Some(frame) = self.frames.last_mut() else { return Ok(result) };
            begun = match (frame.then.take(), frame.high) {
                (Some(more), _) => Begun::Open(result, more),
                (None, None) => {
                    frame.high = Some(result);
                    Begun::Open(frame.low.0, frame.low.1)
                }
                (None, Some(high)) => {
                    let Frame { a, b, level, .. } = *frame;
                    self.frames.pop();
                    let made = self.make(level, high, result);
                    self.memo.set([a, b], made);
                    Begun::Done(made)
                }
            };
            if self.steps > self.budget || self.nodes.len() > MAX_NODES {
                self.frames.truncate(base);
                return Err(Exceeded);
            }
        }
    }

    #[inline]
    fn begin(&mut self, a: u32, b: u32) -> Begun {
        let (a, mut b) = (a, b);
        if a == EMPTY || b == UNIT || a == b {
            return Begun::Done(EMPTY);
        }
        if b == EMPTY || a == UNIT {
            return Begun::Done(a);
        }
        let of_a = self.nodes[a as usize];
        // Sets of b with a leaf that no set of a has are included in none.
        while self.nodes[b as usize].level < of_a.level {
            b = self.nodes[b as usize].low;
        }
        if b == EMPTY {
            return Begun::Done(a);
        }
        if b == UNIT || a == b {
            return Begun::Done(EMPTY);
        }
        if let Some(known) = self.memo.get([a, b]) {
            return Begun::Done(known);
        }
        self.steps += 1;
        let of_b = self.nodes[b as usize];
        if of_a.level < of_b.level {
            self.frames.push(Frame { a, b, level: of_a.level, low: (of_a.low, b), then: None, high: None });
            return Begun::Open(of_a.high, b);
        }
        self.frames.push(Frame { a, b, level: of_a.level, low: (of_a.low, of_b.low), then: Some(of_b.low), high: None });
        Begun::Open(of_a.high, of_b.high)
    }
}

/// Returns the minimal solutions of a diagram, at the levels of the diagram.
///
/// `minimal(x ? high : low) = {x} · (minimal(high) without minimal(low)) ∪ minimal(low)`.
pub(super) fn minimal_solutions(diagram: &Diagram, budget: usize) -> Result<(Zdd, u32), Exceeded> {
    let count = diagram.nodes.len();
    let mut is_wanted = vec![[false; 2]; count];
    let mark = |is_wanted: &mut Vec<[bool; 2]>, edge: Edge| is_wanted[(edge >> 1) as usize][(edge & 1) as usize] = true;
    mark(&mut is_wanted, diagram.root);
    for at in (1..count).rev() {
        let node = diagram.nodes[at];
        for sign in 0..2_u32 {
            if is_wanted[at][sign as usize] {
                mark(&mut is_wanted, node.high ^ sign);
                mark(&mut is_wanted, node.low ^ sign);
            }
        }
    }
    let mut zdd = Zdd::new(budget);
    let mut solutions = vec![[EMPTY; 2]; count];
    solutions[(TRUE >> 1) as usize] = [UNIT, EMPTY];
    let of = |solutions: &[[u32; 2]], edge: Edge| solutions[(edge >> 1) as usize][(edge & 1) as usize];
    for at in 1..count {
        let node = diagram.nodes[at];
        for sign in 0..2_u32 {
            if is_wanted[at][sign as usize] {
                let (high, low) = (of(&solutions, node.high ^ sign), of(&solutions, node.low ^ sign));
                let own = zdd.without(high, low)?;
                solutions[at][sign as usize] = zdd.make(node.level, own, low);
            }
        }
    }
    let root = of(&solutions, diagram.root);
    Ok((zdd, root))
}
