//! Boolean formulas: a graph in which every formula exists once.

use super::hash::{Table, mix};

/// A formula of a [`Graph`]: a node of it, as it is or negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Formula(u32);

impl Formula {
    /// The formula that always holds.
    pub const TRUE: Self = Self(0);
    /// The formula that never holds.
    pub const FALSE: Self = Self(1);

    pub(super) const fn of(node: u32, is_negated: bool) -> Self {
        Self(node << 1 | is_negated as u32)
    }

    pub(super) const fn node(self) -> usize {
        (self.0 >> 1) as usize
    }

    pub(super) const fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    pub(super) const fn is_constant(self) -> bool {
        self.0 <= 1
    }

    /// Negates the formula if asked to.
    pub(super) const fn flip(self, is_negated: bool) -> Self {
        Self(self.0 ^ is_negated as u32)
    }
}

impl std::ops::Not for Formula {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// What a node of a graph is. Or, nand and nor are negations of and.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    True,
    /// A basic event, by its number.
    Event(u32),
    /// All arguments hold.
    And,
    /// At least so many arguments hold; more than one, fewer than all.
    AtLeast(u32),
    /// Exactly one of two arguments holds.
    Xor,
}

impl Kind {
    const fn code(self) -> u64 {
        match self {
            Self::True => 0,
            Self::Event(event) => 1 | (event as u64) << 3,
            Self::And => 2,
            Self::AtLeast(count) => 3 | (count as u64) << 3,
            Self::Xor => 4,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    /// Its arguments, as a part of the graph's list.
    start: u32,
    end: u32,
}

/// Formulas over basic events; equal ones are one. An argument is always made before what it stands in.
#[derive(Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    arguments: Vec<Formula>,
    unique: Table,
    scratch: Vec<Formula>,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// Makes a graph that knows the constants only.
    pub fn new() -> Self {
        let truth = Node { kind: Kind::True, start: 0, end: 0 };
        Self { nodes: vec![truth], arguments: Vec::new(), unique: Table::new(), scratch: Vec::new() }
    }

    /// Makes a graph that knows the constants only, and has room for as much as another one.
    pub(super) fn as_large_as(other: &Self) -> Self {
        let mut this = Self { unique: Table::with_room(other.nodes.len()), ..Self::new() };
        this.nodes.reserve(other.nodes.len());
        this.arguments.reserve(other.arguments.len());
        this
    }

    /// Returns how many nodes there are, the constant included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Says whether there is nothing but the constants.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Returns the formula that holds when a basic event happens.
    pub fn event(&mut self, event: u32) -> Formula {
        self.intern(Kind::Event(event), &[])
    }

    /// Returns the formula that holds when all arguments do; without arguments, always.
    pub fn and(&mut self, arguments: &[Formula]) -> Formula {
        let mut list = std::mem::take(&mut self.scratch);
        list.clear();
        list.extend_from_slice(arguments);
        let formula = self.conjunction(&mut list);
        self.scratch = list;
        formula
    }

    /// Returns the formula that holds when any argument does; without arguments, never.
    pub fn or(&mut self, arguments: &[Formula]) -> Formula {
        let mut list = std::mem::take(&mut self.scratch);
        list.clear();
        list.extend(arguments.iter().map(|one| !*one));
        let formula = self.conjunction(&mut list);
        self.scratch = list;
        !formula
    }

    fn conjunction(&mut self, list: &mut Vec<Formula>) -> Formula {
        list.retain(|one| *one != Formula::TRUE);
        list.sort_unstable();
        list.dedup();
        if list.first() == Some(&Formula::FALSE) || list.windows(2).any(|pair| pair[0] == !pair[1]) {
            return Formula::FALSE;
        }
        match list.as_slice() {
            [] => Formula::TRUE,
            [one] => *one,
            many => self.intern(Kind::And, many),
        }
    }

    /// Returns the formula that holds when an odd number of arguments does: for two, exactly one.
    pub fn xor(&mut self, arguments: &[Formula]) -> Formula {
        arguments.iter().fold(Formula::FALSE, |all, one| self.xor_of_two(all, *one))
    }

    fn xor_of_two(&mut self, a: Formula, b: Formula) -> Formula {
        let is_negated = a.is_negated() != b.is_negated();
        // Without their signs: one order, one node.
        let (a, b) = (a.flip(a.is_negated()), b.flip(b.is_negated()));
        let (a, b) = (a.min(b), a.max(b));
        if a == b {
            return Formula::FALSE.flip(is_negated);
        }
        if a == Formula::TRUE {
            return (!b).flip(is_negated);
        }
        self.intern(Kind::Xor, &[a, b]).flip(is_negated)
    }

    /// Returns the formula that holds when at least so many arguments do, equal arguments counted one by one.
    pub fn at_least(&mut self, count: usize, arguments: &[Formula]) -> Formula {
        let mut list: Vec<Formula> = arguments.iter().copied().filter(|one| *one != Formula::FALSE).collect();
        let mut count = count;
        let always = list.iter().filter(|one| **one == Formula::TRUE).count();
        list.retain(|one| *one != Formula::TRUE);
        count = count.saturating_sub(always);
        list.sort_unstable();
        // Of a formula and its negation exactly one holds.
        let mut kept: Vec<Formula> = Vec::with_capacity(list.len());
        for one in list {
            if kept.last() == Some(&!one) {
                kept.pop();
                count = count.saturating_sub(1);
            } else {
                kept.push(one);
            }
        }
        if count == 0 {
            return Formula::TRUE;
        }
        if count > kept.len() {
            return Formula::FALSE;
        }
        if kept.windows(2).any(|pair| pair[0] == pair[1]) {
            return self.weighted(count, &kept);
        }
        match count {
            1 => self.or(&kept),
            all if all == kept.len() => self.and(&kept),
            _ => self.intern(Kind::AtLeast(number(count)), &kept),
        }
    }

    /// A threshold over a sorted list with repeated arguments: `f(i, c) = xᵢ · f(i + 1, c − wᵢ) + f(i + 1, c)`.
    fn weighted(&mut self, count: usize, list: &[Formula]) -> Formula {
        let groups: Vec<(Formula, usize)> = list.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        let mut row: Vec<Formula> = (0..=count).map(|missing| if missing == 0 { Formula::TRUE } else { Formula::FALSE }).collect();
        for (one, weight) in groups.iter().rev() {
            row = (0..=count)
                .map(|missing| {
                    let with = self.and(&[*one, row[missing.saturating_sub(*weight)]]);
                    self.or(&[with, row[missing]])
                })
                .collect();
        }
        row[count]
    }

    pub(super) fn kind(&self, node: usize) -> Kind {
        self.nodes[node].kind
    }

    pub(super) fn arguments(&self, node: usize) -> &[Formula] {
        let Node { start, end, .. } = self.nodes[node];
        &self.arguments[start as usize..end as usize]
    }

    /// Marks the nodes of which a formula consists.
    pub(super) fn reachable(&self, root: Formula) -> Vec<bool> {
        let mut is_used = vec![false; self.nodes.len()];
        is_used[root.node()] = true;
        for node in (0..=root.node()).rev() {
            if is_used[node] {
                for one in self.arguments(node) {
                    is_used[one.node()] = true;
                }
            }
        }
        is_used
    }

    /// Returns in how many places of a formula each node stands; the formula itself counts as one.
    pub(super) fn uses(&self, root: Formula) -> Vec<u32> {
        let mut uses = vec![0; self.nodes.len()];
        uses[root.node()] = 1;
        for node in (0..=root.node()).rev() {
            if uses[node] > 0 {
                for one in self.arguments(node) {
                    uses[one.node()] += 1;
                }
            }
        }
        uses
    }

    /// Makes a node; the arguments must be in their normal form.
    fn intern(&mut self, kind: Kind, arguments: &[Formula]) -> Formula {
        let hash = arguments.iter().fold(mix(kind.code()), |hash, one| mix(hash ^ u64::from(one.0)));
        let found = self.unique.find(hash, |node| self.kind(node as usize) == kind && self.arguments(node as usize) == arguments);
        let node = found.unwrap_or_else(|| {
            let start = number(self.arguments.len());
            self.arguments.extend_from_slice(arguments);
            let node = number(self.nodes.len());
            self.nodes.push(Node { kind, start, end: number(self.arguments.len()) });
            self.unique.insert(hash, node);
            node
        });
        Formula::of(node, false)
    }
}

/// Narrows an index.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("readers limit formulas far below 2^32 nodes")
}
