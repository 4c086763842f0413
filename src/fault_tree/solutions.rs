//! The minimal cut sets of a compiled formula: how many of each order, and the most probable ones.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use num_bigint::BigUint;

use super::bdd::Exceeded;
use super::compiled::{Compiled, Part, Shape, Top};
use super::conditioned::Conditioned;
use super::count::{Count, Sizes};
use super::diagram::{Arenas, Diagram, diagram};
use super::graph::number;
use super::modules::Leaf;
use super::zdd::{EMPTY, UNIT, Zdd, ZddNode, minimal_solutions};

/// The most nodes that the families of counting gates may take when sets are listed.
const MAX_COUNTING_NODES: usize = 1 << 22;

/// A part that is told apart by states mostly has more sets than any diagram holds: a small part of the budget shows whether it is an exception.
const SMALL_PART: usize = 8;
const MAX_OF_SMALL_PART: usize = 1 << 23;

/// The most numbers that the counts of one formula may take (128 MiB); above it, only orders up to one of [`SMALLER_ORDERS`] are counted.
const MAX_COUNTED: usize = 1 << 24;

/// The largest orders that are tried where not all can be counted.
const SMALLER_ORDERS: [usize; 4] = [256, 32, 4, 1];

/// The most states that listing cut sets may create (some 100 MB): enough for any list where the bound is exact, so only an order limit may need more.
const MAX_STATES: u32 = 1 << 20;

/// The binary digits of a bound that are not compared. Products of the same factors differ in the last ones by the order of multiplication; with these left out, a
/// relative difference below 1e-9 is none.
const IGNORED_DIGITS: u32 = 22;

/// The minimal cut sets of every part.
#[derive(Debug)]
pub(super) struct Solutions {
    parts: Vec<Family>,
    top: Top,
}

/// The minimal solutions of one part, over its leaves.
#[derive(Debug)]
struct Family {
    leaves: Vec<Leaf>,
    shape: Sets,
}

#[derive(Debug)]
enum Sets {
    /// All sets of so many leaves.
    Choose(usize),
    /// A family at the levels of a diagram; leaves are in the order of the levels.
    Listed { nodes: Vec<ZddNode>, root: u32 },
}

/// Finds the minimal cut sets; `budget` is how many operations any one part may take.
pub(super) fn solutions(compiled: &Compiled, budget: usize) -> Result<Solutions, Exceeded> {
    let mut parts = Vec::with_capacity(compiled.parts.len());
    for part in &compiled.parts {
        parts.push(match &part.shape {
            Shape::Count(count) => Family { leaves: part.leaves.clone(), shape: Sets::Choose(*count) },
            Shape::Diagram(diagram) => family(part, diagram, budget)?,
            // Cut sets need the diagram that probabilities do without.
            Shape::States(states) | Shape::Large(states) => {
                let Conditioned { unit, signs, is_negated, .. } = states;
                let few = (budget / SMALL_PART).min(MAX_OF_SMALL_PART);
                family(part, &diagram(&mut Arenas::default(), unit, signs, *is_negated, few)?, few)?
            }
        });
    }
    if compiled.top == (Top::LastPart { is_negated: true }) {
        // The formula holds while nothing fails: the empty set is its only minimal solution.
        return Ok(Solutions { parts: Vec::new(), top: Top::Constant(true) });
    }
    Ok(Solutions { parts, top: compiled.top })
}

fn family(part: &Part, diagram: &Diagram, budget: usize) -> Result<Family, Exceeded> {
    let (Zdd { nodes, .. }, root) = minimal_solutions(diagram, budget)?;
    let leaves = diagram.leaves.iter().map(|leaf| part.leaves[*leaf as usize]).collect();
    Ok(Family { leaves, shape: compacted(&nodes, root) })
}

/// Keeps only the nodes that the root reaches.
fn compacted(nodes: &[ZddNode], root: u32) -> Sets {
    let mut new = vec![u32::MAX; root as usize + 1];
    new[root as usize] = 0;
    for at in (2..new.len()).rev() {
        if new[at] == 0 {
            new[nodes[at].high as usize] = 0;
            new[nodes[at].low as usize] = 0;
        }
    }
    let mut kept = vec![nodes[0], nodes[1]];
    let renamed = |new: &[u32], node: u32| if node <= UNIT { node } else { new[node as usize] };
    for at in 2..new.len() {
        if new[at] == 0 {
            let ZddNode { level, high, low } = nodes[at];
            new[at] = number(kept.len());
            kept.push(ZddNode { level, high: renamed(&new, high), low: renamed(&new, low) });
        }
    }
    Sets::Listed { nodes: kept, root: renamed(&new, root) }
}

impl Solutions {
    /// Returns how many minimal cut sets there are of each order, from zero on, and the largest order that was counted; no larger one than wanted.
    pub(super) fn counts(&self, largest: usize) -> (Vec<BigUint>, usize) {
        match self.top {
            Top::Constant(true) => return (vec![BigUint::from(1_u32)], largest),
            Top::Constant(false) => return (Vec::new(), largest),
            Top::LastPart { .. } => {}
        }
        for largest in std::iter::once(largest).chain(SMALLER_ORDERS.into_iter().filter(|order| *order < largest)) {
            let counted = match self.sizes::<u64>(largest) {
                Err(Uncounted::TooLarge) => self.sizes::<BigUint>(largest).map(Sizes::by_size),
                other => other.map(Sizes::by_size),
            };
            if let Ok(by_size) = counted {
                return (by_size, largest);
            }
        }
        (Vec::new(), 0)
    }

    fn sizes<C: Count>(&self, largest: usize) -> Result<Sizes<C>, Uncounted> {
        let mut of_parts: Vec<Sizes<C>> = Vec::with_capacity(self.parts.len());
        let mut counted = 0;
        let mut kept = |sizes: Sizes<C>| {
            counted += sizes.len();
            if counted > MAX_COUNTED { Err(Uncounted::TooMany) } else { Ok(sizes) }
        };
        for part in &self.parts {
            let leaf = |leaf: &Leaf| match leaf {
                Leaf::Event(_) => Sizes::single(1),
                Leaf::Part(inner) => of_parts[*inner as usize].clone(),
            };
            let sizes = match &part.shape {
                Sets::Choose(count) => {
                    let mut row = vec![Sizes::none(); count + 1];
                    row[0] = Sizes::single(0);
                    for (at, one) in part.leaves.iter().enumerate() {
                        let one = leaf(one);
                        // Fewer than so many chosen here cannot become enough.
                        let least = (count + at + 1).saturating_sub(part.leaves.len()).max(1);
                        for chosen in (least..=(at + 1).min(*count)).rev() {
                            let with = row[chosen - 1].times(&one, largest).ok_or(Uncounted::TooLarge)?;
                            row[chosen] = kept(row[chosen].plus(&with).ok_or(Uncounted::TooLarge)?)?;
                        }
                    }
                    row.swap_remove(*count)
                }
                Sets::Listed { nodes, root } => {
                    let mut sizes: Vec<Sizes<C>> = vec![Sizes::none(), Sizes::single(0)];
                    for node in &nodes[2..] {
                        let of = leaf(&part.leaves[node.level as usize]);
                        let with = sizes[node.high as usize].times(&of, largest).ok_or(Uncounted::TooLarge)?;
                        sizes.push(kept(with.plus(&sizes[node.low as usize]).ok_or(Uncounted::TooLarge)?)?);
                    }
                    sizes.swap_remove(*root as usize)
                }
            };
            of_parts.push(sizes);
        }
        Ok(of_parts.pop().unwrap_or_else(Sizes::none))
    }

    /// Lists the most probable minimal cut sets of an order up to `largest`, at most `most` of them: by falling probability, then order, then events. Fewer are
    /// listed where that would create more than [`MAX_STATES`] states.
    ///
    /// Best first: a set that is half chosen is worth its probability so far times the best that the rest can become, which is known for every family
    /// beforehand, so the sets come out in their order and nothing else is looked at.
    pub(super) fn list(&self, probabilities: &[f64], largest: usize, most: usize) -> Vec<CutSet> {
        match self.top {
            Top::Constant(true) => return vec![CutSet { events: Vec::new(), probability: 1.0 }],
            Top::Constant(false) => return Vec::new(),
            Top::LastPart { .. } => {}
        }
        let Some(listed) = self.listed(probabilities) else { return Vec::new() };
        let Some(last) = listed.len().checked_sub(1) else { return Vec::new() };
        Search { listed: &listed, probabilities, largest, steps: Vec::new(), open: BinaryHeap::new(), rests: Vec::new() }.run(last, most)
    }

    /// Prepares every family for the search; nothing comes back if counting gates would become too large.
    fn listed(&self, probabilities: &[f64]) -> Option<Vec<ListedPart>> {
        let mut listed: Vec<ListedPart> = Vec::with_capacity(self.parts.len());
        let mut counting = 0;
        for part in &self.parts {
            let (nodes, root) = match &part.shape {
                Sets::Listed { nodes, root } => (nodes.clone(), *root),
                Sets::Choose(count) => {
                    counting += (part.leaves.len() - count + 1).saturating_mul(*count);
                    if counting > MAX_COUNTING_NODES {
                        return None;
                    }
                    chosen(*count, part.leaves.len())
                }
            };
            let mut best = vec![(0.0, usize::MAX); nodes.len()];
            best[UNIT as usize] = (1.0, 0);
            for at in 2..nodes.len() {
                let node = nodes[at];
                let (probability, order) = match part.leaves[node.level as usize] {
                    Leaf::Event(event) => (probabilities[event as usize], 1),
                    Leaf::Part(inner) => listed[inner as usize].best[listed[inner as usize].root as usize],
                };
                let (with, without) = (best[node.high as usize], best[node.low as usize]);
                best[at] = (f64::max(probability * with.0, without.0), order.saturating_add(with.1).min(without.1));
            }
            listed.push(ListedPart { leaves: part.leaves.clone(), nodes, root, best });
        }
        Some(listed)
    }
}

/// Returns all sets of `count` out of `of` leaves.
fn chosen(count: usize, of: usize) -> (Vec<ZddNode>, u32) {
    let mut zdd = Zdd::new(0);
    let mut row = vec![EMPTY; count + 1];
    row[0] = UNIT;
    for level in (0..of).rev() {
        for chosen in (1..row.len()).rev() {
            row[chosen] = zdd.make(number(level), row[chosen - 1], row[chosen]);
        }
    }
    let root = row[count];
    (zdd.nodes, root)
}

/// A minimal cut set.
#[derive(Debug, Clone, PartialEq)]
pub struct CutSet {
    /// Its events, in rising order.
    pub events: Vec<u32>,
    /// The probability that all of them happen.
    pub probability: f64,
}

/// A family whose best is known below every node: the largest probability and the smallest order.
#[derive(Debug)]
struct ListedPart {
    leaves: Vec<Leaf>,
    nodes: Vec<ZddNode>,
    root: u32,
    best: Vec<(f64, usize)>,
}

/// No choice yet, or no rest.
const NONE: u32 = u32::MAX;

/// Why sets were not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uncounted {
    /// A number is too large for its type.
    TooLarge,
    /// There are too many numbers.
    TooMany,
}

/// A set that is half chosen.
#[derive(Debug, Clone, Copy)]
struct State {
    /// The most that it can become.
    bound: f64,
    probability: f64,
    order: usize,
    /// The smallest order that it can become.
    least: usize,
    /// Where the search stands.
    part: u32,
    node: u32,
    /// What is still to be gone through after this part, and what was chosen so far.
    rest: u32,
    step: u32,
    /// The number of the state, so that equal ones have an order.
    number: u32,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for State {}

impl PartialOrd for State {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for State {
    /// Of states that are worth the same, the one that is nearer to its end comes first, then the latest: equal replicas have sets without number that are worth the
    /// same, and each is finished before the next is begun.
    fn cmp(&self, other: &Self) -> Ordering {
        // Bounds are not negative, so their bits are in their order.
        let rounded = |bound: f64| bound.to_bits() >> IGNORED_DIGITS;
        let bound = rounded(self.bound).cmp(&rounded(other.bound));
        bound.then(other.least.cmp(&self.least)).then(self.order.cmp(&other.order)).then(self.number.cmp(&other.number))
    }
}

struct Search<'a> {
    listed: &'a [ListedPart],
    probabilities: &'a [f64],
    largest: usize,
    /// Chosen events, each with what was chosen before.
    steps: Vec<(u32, u32)>,
    /// Parts that wait, each at a node, with what waits after it, the best of all that waits, and its smallest order.
    rests: Vec<(u32, u32, u32, f64, usize)>,
    open: BinaryHeap<State>,
}

impl Search<'_> {
    fn run(mut self, last: usize, most: usize) -> Vec<CutSet> {
        let mut found = Vec::new();
        let mut created = 0;
        self.push(State {
            bound: 0.0,
            probability: 1.0,
            order: 0,
            least: 0,
            part: number(last),
            node: self.listed[last].root,
            rest: NONE,
            step: NONE,
            number: created,
        });
        while let Some(state) = self.open.pop() {
            if found.len() >= most || created >= MAX_STATES {
                break;
            }
            if state.node == UNIT {
                match state.rest {
                    NONE => found.push(self.set(state)),
                    rest => {
                        let (part, node, rest, ..) = self.rests[rest as usize];
                        created += 1;
                        self.push(State { part, node, rest, number: created, ..state });
                    }
                }
                continue;
            }
            let part = &self.listed[state.part as usize];
            let node = part.nodes[state.node as usize];
            created += 1;
            self.push(State { node: node.low, number: created, ..state });
            created += 1;
            let next = match part.leaves[node.level as usize] {
                Leaf::Event(event) => {
                    self.steps.push((event, state.step));
                    let probability = state.probability * self.probabilities[event as usize];
                    State { node: node.high, probability, order: state.order + 1, step: number(self.steps.len() - 1), ..state }
                }
                Leaf::Part(inner) => {
                    let (best, order) = part.best[node.high as usize];
                    let (more, orders) = self.after(state.rest);
                    self.rests.push((state.part, node.high, state.rest, best * more, order.saturating_add(orders)));
                    State { part: inner, node: self.listed[inner as usize].root, rest: number(self.rests.len() - 1), ..state }
                }
            };
            self.push(State { number: created, ..next });
        }
        found.sort_by(|a, b| {
            b.probability.total_cmp(&a.probability).then(a.events.len().cmp(&b.events.len())).then_with(|| a.events.cmp(&b.events))
        });
        found
    }

    /// What a rest can still become: its best probability and smallest order.
    fn after(&self, rest: u32) -> (f64, usize) {
        if rest == NONE { (1.0, 0) } else { (self.rests[rest as usize].3, self.rests[rest as usize].4) }
    }

    fn push(&mut self, state: State) {
        let (best, order) = self.listed[state.part as usize].best[state.node as usize];
        let (more, orders) = self.after(state.rest);
        let least = state.order.saturating_add(order).saturating_add(orders);
        if state.node != EMPTY && least <= self.largest {
            self.open.push(State { bound: state.probability * best * more, least, ..state });
        }
    }

    fn set(&self, state: State) -> CutSet {
        let mut events = Vec::with_capacity(state.order);
        let mut step = state.step;
        while step != NONE {
            let (event, before) = self.steps[step as usize];
            events.push(event);
            step = before;
        }
        events.sort_unstable();
        CutSet { events, probability: state.probability }
    }
}
