//! Binary decision diagrams while they are built: an arena with a unique table and negated edges.
//!
//! Source: R. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE Transactions on Computers C-35(8), 1986; K. Brace, R. Rudell, R. Bryant,
//! "Efficient implementation of a BDD package", DAC 1990 (negated edges, one cache of results).

use super::hash::{Memo, Table, of_node};

/// An edge: the node's number doubled, one more if it is negated.
pub(super) type Edge = u32;

pub(super) const TRUE: Edge = 0;
pub(super) const FALSE: Edge = 1;

/// The level of the terminal, below all others.
const BOTTOM: u32 = u32::MAX;

/// A question at a level: which edge to follow if the leaf holds, and which if not. The first is never negated.
#[derive(Debug, Clone, Copy)]
pub(super) struct BddNode {
    pub(super) level: u32,
    pub(super) high: Edge,
    pub(super) low: Edge,
}

/// No diagram was found within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded;

/// An operation that waits for its results.
#[derive(Debug)]
struct Frame {
    level: u32,
    f: Edge,
    g: Edge,
    low: (Edge, Edge),
    high: Option<Edge>,
    is_negated: bool,
}

/// A choice that waits for its results.
#[derive(Debug)]
struct Choice {
    level: u32,
    key: [Edge; 3],
    low: [Edge; 3],
    high: Option<Edge>,
    is_negated: bool,
}

/// What a choice needs: a result, or two more choices, the first of which is this.
enum BegunChoice {
    Done(Edge),
    Open([Edge; 3]),
}

/// What an operation needs: a result, or two more operations.
enum Begun {
    Done(Edge),
    Open(Edge, Edge),
}

/// An arena of diagrams in one order.
#[derive(Debug)]
pub(super) struct Bdd {
    nodes: Vec<BddNode>,
    unique: Table,
    memo: Memo<2>,
    frames: Vec<Frame>,
    /// The results of [`Bdd::choose`].
    chosen: Memo<3>,
    choices: Vec<Choice>,
    n_chosen: usize,
    /// Operations done; the same on every machine, so it is what budgets count.
    steps: usize,
    /// The most operations.
    pub(super) budget: usize,
}

impl Bdd {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![BddNode { level: BOTTOM, high: TRUE, low: TRUE }],
            unique: Table::new(),
            memo: Memo::new(),
            frames: Vec::new(),
            chosen: Memo::new(),
            choices: Vec::new(),
            n_chosen: 0,
            steps: 0,
            budget: 0,
        }
    }

    /// Forgets all diagrams.
    pub(super) fn clear(&mut self) {
        self.nodes.truncate(1);
        self.unique.clear();
        self.memo.clear();
        self.chosen.clear();
        self.n_chosen = 0;
        self.steps = 0;
    }

    pub(super) fn nodes(&self) -> &[BddNode] {
        &self.nodes
    }

    #[inline]
    pub(super) fn level(&self, edge: Edge) -> u32 {
        self.nodes[(edge >> 1) as usize].level
    }

    #[inline]
    fn make(&mut self, level: u32, high: Edge, low: Edge) -> Edge {
        if high == low {
            return high;
        }
        let is_negated = high & 1;
        let (high, low) = (high ^ is_negated, low ^ is_negated);
        let hash = of_node(level, high, low);
        let nodes = &self.nodes;
        let found = self.unique.find(hash, |node| {
            let node = &nodes[node as usize];
            node.level == level && node.high == high && node.low == low
        });
        let node = found.unwrap_or_else(|| {
            let node = super::graph::number(self.nodes.len());
            self.nodes.push(BddNode { level, high, low });
            self.unique.insert(hash, node);
            self.memo.fit(self.nodes.len());
            node
        });
        node << 1 | is_negated
    }

    /// Returns the diagram of one leaf.
    pub(super) fn leaf(&mut self, level: u32) -> Edge {
        self.make(level, TRUE, FALSE)
    }

    pub(super) fn or(&mut self, f: Edge, g: Edge) -> Result<Edge, Exceeded> {
        Ok(self.and(f ^ 1, g ^ 1)? ^ 1)
    }

    pub(super) fn and(&mut self, f: Edge, g: Edge) -> Result<Edge, Exceeded> {
        self.apply::<false>(f, g)
    }

    pub(super) fn xor(&mut self, f: Edge, g: Edge) -> Result<Edge, Exceeded> {
        self.apply::<true>(f, g)
    }

    /// Combines two diagrams level by level. The stack is a list, so depth is bounded by memory alone.
    fn apply<const IS_XOR: bool>(&mut self, f: Edge, g: Edge) -> Result<Edge, Exceeded> {
        let base = self.frames.len();
        let mut begun = self.begin::<IS_XOR>(f, g);
        loop {
            match begun {
                Begun::Open(f, g) => begun = self.begin::<IS_XOR>(f, g),
                Begun::Done(edge) => {
                    if self.frames.len() == base {
                        return Ok(edge);
                    }
                    let Some(frame) = self.frames.last_mut() else { return Ok(edge) };
                    match frame.high {
                        None => {
                            frame.high = Some(edge);
                            let (f, g) = frame.low;
                            begun = Begun::Open(f, g);
                        }
                        Some(high) => {
                            let Frame { level, f, g, is_negated, .. } = *frame;
                            self.frames.pop();
                            let made = self.make(level, high, edge);
                            self.memo.set([f, g], made);
                            begun = Begun::Done(made ^ u32::from(is_negated));
                        }
                    }
                    if self.steps > self.budget {
                        self.frames.truncate(base);
                        return Err(Exceeded);
                    }
                }
            }
        }
    }

    /// Settles what needs no look at the diagrams, or opens a frame. Results of "and" are kept by (smaller, larger) edge, those of "xor" the other way round.
    #[inline]
    fn begin<const IS_XOR: bool>(&mut self, f: Edge, g: Edge) -> Begun {
        let (mut f, mut g, mut is_negated) = (f, g, false);
        if IS_XOR {
            is_negated = (f ^ g) & 1 == 1;
            (f, g) = (f & !1, g & !1);
            let negated = u32::from(is_negated);
            if f == g {
                return Begun::Done(FALSE ^ negated);
            }
            if f == TRUE || g == TRUE {
                return Begun::Done((f.max(g) ^ 1) ^ negated);
            }
            (f, g) = (f.max(g), f.min(g));
        } else {
            if f == TRUE || f == g {
                return Begun::Done(g);
            }
            if g == TRUE {
                return Begun::Done(f);
            }
            if f == FALSE || g == FALSE || f ^ 1 == g {
                return Begun::Done(FALSE);
            }
            (f, g) = (f.min(g), f.max(g));
        }
        if let Some(known) = self.memo.get([f, g]) {
            return Begun::Done(known ^ u32::from(is_negated));
        }
        self.steps += 1;
        let (a, b) = (self.nodes[(f >> 1) as usize], self.nodes[(g >> 1) as usize]);
        let level = a.level.min(b.level);
        let of = |node: BddNode, edge: Edge| {
            if node.level == level { (node.high ^ edge & 1, node.low ^ edge & 1) } else { (edge, edge) }
        };
        let ((high_f, low_f), (high_g, low_g)) = (of(a, f), of(b, g));
        self.frames.push(Frame { level, f, g, low: (low_f, low_g), high: None, is_negated });
        Begun::Open(high_f, high_g)
    }

    /// Returns the diagram that is `g` where `f` holds and `h` where it does not: in one pass what two conjunctions and a disjunction take three for.
    pub(super) fn choose(&mut self, f: Edge, g: Edge, h: Edge) -> Result<Edge, Exceeded> {
        let base = self.choices.len();
        let mut begun = self.begin_choice([f, g, h])?;
        loop {
            let edge = match begun {
                BegunChoice::Open(next) => {
                    begun = self.begin_choice(next)?;
                    continue;
                }
                BegunChoice::Done(edge) => edge,
            };
            if self.choices.len() == base {
                return Ok(edge);
            }
            let Some(choice) = self.choices.last_mut() else { return Ok(edge) };
            begun = match choice.high {
                None => {
                    choice.high = Some(edge);
                    BegunChoice::Open(choice.low)
                }
                Some(high) => {
                    let Choice { level, key, is_negated, .. } = *choice;
                    self.choices.pop();
                    let made = self.make(level, high, edge);
                    self.n_chosen += 1;
                    self.chosen.fit(self.n_chosen);
                    self.chosen.set(key, made);
                    BegunChoice::Done(made ^ u32::from(is_negated))
                }
            };
            if self.steps > self.budget {
                self.choices.truncate(base);
                return Err(Exceeded);
            }
        }
    }

    /// Settles what needs no choice, or opens a frame. Of equal choices one is kept: neither the question nor the first answer is negated.
    fn begin_choice(&mut self, [f, g, h]: [Edge; 3]) -> Result<BegunChoice, Exceeded> {
        let (f, mut g, mut h) = if f & 1 == 1 { (f ^ 1, h, g) } else { (f, g, h) };
        if g & !1 == f {
            g = TRUE ^ (g & 1);
        }
        if h & !1 == f {
            h = FALSE ^ (h & 1);
        }
        let done = match (f, g, h) {
            (TRUE, _, _) => Some(g),
            _ if g == h => Some(g),
            (_, TRUE, _) => Some(self.or(f, h)?),
            (_, FALSE, _) => Some(self.and(f ^ 1, h)?),
            (_, _, FALSE) => Some(self.and(f, g)?),
            (_, _, TRUE) => Some(self.or(f ^ 1, g)?),
            _ if g ^ 1 == h => Some(self.xor(f, g)? ^ 1),
            _ => None,
        };
        if let Some(done) = done {
            return Ok(BegunChoice::Done(done));
        }
        let negated = g & 1;
        let key = [f, g ^ negated, h ^ negated];
        if let Some(known) = self.chosen.get(key) {
            return Ok(BegunChoice::Done(known ^ negated));
        }
        self.steps += 1;
        let nodes = key.map(|edge| self.nodes[(edge >> 1) as usize]);
        let level = nodes.iter().map(|node| node.level).min().unwrap_or(BOTTOM);
        let (mut high, mut low) = (key, key);
        for (at, node) in nodes.iter().enumerate() {
            if node.level == level {
                (high[at], low[at]) = (node.high ^ key[at] & 1, node.low ^ key[at] & 1);
            }
        }
        self.choices.push(Choice { level, key, low, high: None, is_negated: negated == 1 });
        Ok(BegunChoice::Open(high))
    }
}
