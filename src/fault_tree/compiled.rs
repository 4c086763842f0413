//! A formula taken apart and solved: part by part, small parts by a formula, the others by a decision diagram.

use super::bdd::Exceeded;
use super::chance::Chance;
use super::conditioned::Conditioned;
use super::diagram::{Arenas, Diagram, diagram};
use super::graph::{Formula, Graph, Kind};
use super::modules::{Leaf, Unit, UnitGate, parts};
use super::rewrite::simplified;

/// The most cells of the table from which the importances of one counting gate are read (128 MiB).
const MAX_COUNTING_CELLS: usize = 1 << 24;

/// A formula, ready to be asked for probabilities and cut sets.
///
/// Every part is stated so that it does not hold while no event happens.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) parts: Vec<Part>,
    pub(super) top: Top,
    /// Whether no event stands in the formula negated, so that no further event can ever make it false.
    pub(super) is_coherent: bool,
}

/// What the whole formula is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    Constant(bool),
    /// The last part, or its negation.
    LastPart {
        is_negated: bool,
    },
}

/// A module.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) leaves: Vec<Leaf>,
    pub(super) shape: Shape,
}

/// How a part depends on its leaves.
#[derive(Debug)]
pub(super) enum Shape {
    /// It holds if at least so many leaves do: one for any, all for all.
    Count(usize),
    Diagram(Diagram),
    /// It counts over few shared leaves, and is told apart by their states.
    States(Conditioned),
    /// Its diagram exceeds the budget; only bounds are known of it.
    Large(Conditioned),
}

impl Shape {
    /// Computes the chance of a part from those of its leaves.
    pub(super) fn chance(&self, leaves: &[Chance]) -> Chance {
        match self {
            Self::Count(count) => count_chance(*count, leaves),
            Self::Diagram(diagram) => diagram.chance(&diagram.chances(leaves)),
            Self::States(states) | Self::Large(states) => states.chance(leaves),
        }
    }
}

/// Compiles a formula; `budget` is how many operations any one diagram may take in any one order.
pub(super) fn compile(graph: &Graph, root: Formula, budget: usize) -> Result<Compiled, Exceeded> {
    let mut exceeded = false;
    let (parts, top, is_coherent) = parts_of(graph, root, budget, &mut |_| {
        exceeded = true;
        None
    });
    if exceeded { Err(Exceeded) } else { Ok(Compiled { parts, top, is_coherent }) }
}

/// Takes a formula apart; a part whose diagram exceeds the budget is kept as it is. Says whether no event stands in the formula negated.
pub(super) fn taken_apart(graph: &Graph, root: Formula, budget: usize) -> (Vec<Part>, Top, bool) {
    parts_of(graph, root, budget, &mut |large| Some(Shape::Large(large)))
}

/// Solves part after part, until what is to be done with one that is too large says to stop.
fn parts_of(
    graph: &Graph,
    root: Formula,
    budget: usize,
    too_large: &mut dyn FnMut(Conditioned) -> Option<Shape>,
) -> (Vec<Part>, Top, bool) {
    let (simple, root) = simplified(graph, root);
    let graph = simple.graph();
    if root.is_constant() {
        return (Vec::new(), Top::Constant(root == Formula::TRUE), true);
    }
    let is_coherent = is_coherent(graph, root);
    let found = parts(graph, root);
    let mut arenas = Arenas::default();
    let mut is_flipped: Vec<bool> = Vec::with_capacity(found.units.len());
    let mut solved = Vec::with_capacity(found.units.len());
    for unit in found.units {
        let signs: Vec<bool> = unit.leaves.iter().map(|leaf| matches!(leaf, Leaf::Part(part) if is_flipped[*part as usize])).collect();
        let leaves = unit.leaves.clone();
        let (shape, flip) = match shape(&mut arenas, unit, signs, budget) {
            (Ok(shape), flip) => (shape, flip),
            (Err(large), flip) => match too_large(large) {
                Some(shape) => (shape, flip),
                None => return (solved, Top::Constant(false), is_coherent),
            },
        };
        is_flipped.push(flip);
        solved.push(Part { leaves, shape });
    }
    let is_negated = found.is_negated != is_flipped.last().copied().unwrap_or(false);
    (solved, Top::LastPart { is_negated }, is_coherent)
}

/// Says whether no event stands in a formula negated.
fn is_coherent(graph: &Graph, root: Formula) -> bool {
    let mut is_used = vec![[false; 2]; graph.len()];
    is_used[root.node()][usize::from(root.is_negated())] = true;
    for node in (1..=root.node()).rev() {
        for sign in [false, true].into_iter().filter(|sign| is_used[node][usize::from(*sign)]).collect::<Vec<_>>() {
            match graph.kind(node) {
                Kind::Xor => return false,
                Kind::Event(_) if sign => return false,
                Kind::True | Kind::Event(_) | Kind::And | Kind::AtLeast(_) => {}
            }
            for one in graph.arguments(node) {
                is_used[one.node()][usize::from(one.is_negated() != sign)] = true;
            }
        }
    }
    true
}

/// Solves a part, if the budget allows it, and says whether it was negated to be false while nothing fails.
fn shape(arenas: &mut Arenas, unit: Unit, signs: Vec<bool>, budget: usize) -> (Result<Shape, Conditioned>, bool) {
    if let [gate] = unit.gates.as_slice()
        && let Some((count, is_flipped)) = counted(gate, &signs)
    {
        let all = gate.arguments.len();
        let is_small = count == 1 || count == all || all.saturating_mul(count) <= MAX_COUNTING_CELLS;
        if is_small {
            return (Ok(Shape::Count(count)), is_flipped);
        }
        // A diagram would be as large as the table.
        let flip = holds_at_rest(&unit, &signs);
        return (Err(Conditioned::of(unit, signs, flip)), flip);
    }
    let flip = holds_at_rest(&unit, &signs);
    if Conditioned::suits(&unit) {
        return (Ok(Shape::States(Conditioned::of(unit, signs, flip))), flip);
    }
    match diagram(arenas, &unit, &signs, flip, budget) {
        Ok(diagram) => (Ok(Shape::Diagram(diagram)), flip),
        Err(Exceeded) => (Err(Conditioned::of(unit, signs, flip)), flip),
    }
}

/// Returns how many of the leaves a gate counts, and whether it is the negation, if all its arguments have one sign.
fn counted(gate: &UnitGate, signs: &[bool]) -> Option<(usize, bool)> {
    let mut negated = gate.arguments.iter().map(|(leaf, is_negated)| *is_negated != signs[*leaf as usize]);
    let is_negated = negated.next()?;
    if negated.any(|other| other != is_negated) {
        return None;
    }
    let all = gate.arguments.len();
    let count = match gate.kind {
        Kind::And => all,
        Kind::AtLeast(count) => count as usize,
        Kind::Xor | Kind::True | Kind::Event(_) => return None,
    };
    // At least k of the negations hold unless more than n − k of the things themselves do.
    Some((if is_negated { all - count + 1 } else { count }, is_negated))
}

/// Says whether a part holds while none of its leaves does.
fn holds_at_rest(unit: &Unit, signs: &[bool]) -> bool {
    let mut holds = signs.to_vec();
    for gate in &unit.gates {
        let mut arguments = gate.arguments.iter().map(|(argument, is_negated)| holds[*argument as usize] != *is_negated);
        let value = match gate.kind {
            Kind::True => true,
            Kind::Event(_) => false,
            Kind::And => arguments.all(|one| one),
            Kind::AtLeast(count) => arguments.filter(|one| *one).count() >= count as usize,
            Kind::Xor => arguments.filter(|one| *one).count() % 2 == 1,
        };
        holds.push(value);
    }
    holds.last().copied().unwrap_or(false)
}

/// The chances of a compiled formula under given probabilities of its events.
#[derive(Debug)]
pub(super) struct Evaluated {
    parts: Vec<Chance>,
    /// The chances of the nodes of each part that is a diagram.
    nodes: Vec<Vec<Chance>>,
    pub(super) top: Chance,
}

impl Compiled {
    /// Returns the events on which the formula depends, part by part.
    pub(super) fn events(&self) -> impl Iterator<Item = u32> {
        let leaves = self.parts.iter().flat_map(|part| &part.leaves);
        leaves.filter_map(|leaf| if let Leaf::Event(event) = leaf { Some(*event) } else { None })
    }

    /// Returns how many nodes the diagrams have.
    pub(super) fn nodes(&self) -> usize {
        self.parts.iter().map(|part| if let Shape::Diagram(diagram) = &part.shape { diagram.nodes.len() } else { 0 }).sum()
    }

    /// Computes the chance of every part. `probabilities` has one for each event.
    pub(super) fn evaluate(&self, probabilities: &[f64]) -> Evaluated {
        let mut chances: Vec<Chance> = Vec::with_capacity(self.parts.len());
        let mut nodes = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let leaves = leaf_chances(part, probabilities, &chances);
            let (chance, of_nodes) = match &part.shape {
                Shape::Diagram(diagram) => {
                    let of_nodes = diagram.chances(&leaves);
                    (diagram.chance(&of_nodes), of_nodes)
                }
                other => (other.chance(&leaves), Vec::new()),
            };
            chances.push(chance);
            nodes.push(of_nodes);
        }
        let top = match (self.top, chances.last()) {
            (Top::Constant(true), _) => Chance::CERTAIN,
            (Top::Constant(false), _) | (_, None) => Chance::NEVER,
            (Top::LastPart { is_negated: true }, Some(last)) => last.not(),
            (Top::LastPart { is_negated: false }, Some(last)) => *last,
        };
        Evaluated { parts: chances, nodes, top }
    }

    /// Computes for each event its Birnbaum importance for the whole: `P(top | event) − P(top | no event)`. That of a part's leaf is the product of that of
    /// the leaf for the part and that of the part.
    pub(super) fn slopes(&self, probabilities: &[f64], evaluated: &Evaluated) -> Vec<f64> {
        let mut of_events = vec![0.0; probabilities.len()];
        let mut of_parts = vec![0.0; self.parts.len()];
        if let (Some(last), Top::LastPart { is_negated }) = (of_parts.last_mut(), self.top) {
            *last = if is_negated { -1.0 } else { 1.0 };
        }
        for (at, part) in self.parts.iter().enumerate().rev() {
            let leaves = leaf_chances(part, probabilities, &evaluated.parts);
            let inner = match &part.shape {
                Shape::Count(count) => count_slopes(*count, &leaves),
                Shape::Diagram(diagram) => diagram.slopes(&leaves, &evaluated.nodes[at]),
                Shape::States(states) | Shape::Large(states) => states.slopes(&leaves),
            };
            for (leaf, slope) in part.leaves.iter().zip(inner) {
                // A leaf stands in one part only.
                match leaf {
                    Leaf::Event(event) => of_events[*event as usize] = slope * of_parts[at],
                    Leaf::Part(inner) => of_parts[*inner as usize] = slope * of_parts[at],
                }
            }
        }
        of_events
    }
}

fn leaf_chances(part: &Part, probabilities: &[f64], chances: &[Chance]) -> Vec<Chance> {
    part.leaves
        .iter()
        .map(|leaf| match leaf {
            Leaf::Event(event) => Chance::of(probabilities[*event as usize]),
            Leaf::Part(inner) => chances[*inner as usize],
        })
        .collect()
}

fn count_chance(count: usize, leaves: &[Chance]) -> Chance {
    match count {
        1 => leaves.iter().fold(Chance::NEVER, |any, one| any.or(*one)),
        all if all == leaves.len() => leaves.iter().fold(Chance::CERTAIN, |all, one| all.and(*one)),
        count => Chance::at_least(count, leaves),
    }
}

/// A leaf decides where exactly one less than the wanted number of the others holds.
pub(super) fn count_slopes(count: usize, leaves: &[Chance]) -> Vec<f64> {
    if count == 1 || count == leaves.len() {
        let factor = |one: &Chance| if count == 1 { one.works } else { one.fails };
        let mut after = vec![1.0; leaves.len() + 1];
        for (at, leaf) in leaves.iter().enumerate().rev() {
            after[at] = after[at + 1] * factor(leaf);
        }
        let mut before = 1.0;
        let others = |(at, leaf): (usize, &Chance)| {
            let others = before * after[at + 1];
            before *= factor(leaf);
            others
        };
        return leaves.iter().enumerate().map(others).collect();
    }
    Chance::exactly_of_others(count - 1, leaves)
}
