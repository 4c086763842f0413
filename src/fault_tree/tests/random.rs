//! Random formulas: the same in every run.

use crate::fault_tree::{Formula, Graph};

/// A sequence of numbers that look random (xorshift64*, S. Vigna).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).expect("31 bits") % count
    }

    /// A probability between 0 and 1, neither of them.
    pub(super) fn probability(&mut self) -> f64 {
        (self.below(998) + 1) as f64 / 1_000.0
    }
}

/// What a formula says, kept apart from the graph under test.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Constant(bool),
    Event(u32),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Xor(Vec<Tree>),
    AtLeast(usize, Vec<Tree>),
    /// A gate that several others use.
    Shared(std::rc::Rc<Tree>),
}

impl Tree {
    /// Makes a random tree; only gates that cannot be harmed by more failures if `is_coherent`.
    pub(super) fn random(dice: &mut Dice, events: usize, depth: usize, is_coherent: bool, shared: &mut Vec<std::rc::Rc<Self>>) -> Self {
        if depth == 0 || dice.below(6) == 0 {
            return match dice.below(40) {
                0 => Self::Constant(dice.below(2) == 0),
                _ => Self::Event(u32::try_from(dice.below(events)).expect("few events")),
            };
        }
        if !shared.is_empty() && dice.below(4) == 0 {
            return Self::Shared(shared[dice.below(shared.len())].clone());
        }
        let count = 2 + dice.below(3);
        let arguments: Vec<Self> = (0..count).map(|_| Self::random(dice, events, depth - 1, is_coherent, shared)).collect();
        let made = match dice.below(if is_coherent { 5 } else { 8 }) {
            0 | 1 => Self::And(arguments),
            2 | 3 => Self::Or(arguments),
            4 => Self::AtLeast(1 + dice.below(count), arguments),
            5 => Self::Xor(arguments),
            6 => Self::Not(Box::new(Self::And(arguments))),
            _ => Self::Not(Box::new(Self::Or(arguments))),
        };
        let made = std::rc::Rc::new(made);
        shared.push(made.clone());
        Self::Shared(made)
    }

    pub(super) fn formula(&self, graph: &mut Graph) -> Formula {
        let all = |graph: &mut Graph, arguments: &[Self]| arguments.iter().map(|one| one.formula(graph)).collect::<Vec<_>>();
        match self {
            Self::Constant(true) => Formula::TRUE,
            Self::Constant(false) => Formula::FALSE,
            Self::Event(event) => graph.event(*event),
            Self::Not(one) => !one.formula(graph),
            Self::And(arguments) => {
                let arguments = all(graph, arguments);
                graph.and(&arguments)
            }
            Self::Or(arguments) => {
                let arguments = all(graph, arguments);
                graph.or(&arguments)
            }
            Self::Xor(arguments) => {
                let arguments = all(graph, arguments);
                graph.xor(&arguments)
            }
            Self::AtLeast(count, arguments) => {
                let arguments = all(graph, arguments);
                graph.at_least(*count, &arguments)
            }
            Self::Shared(one) => one.formula(graph),
        }
    }

    /// Says whether the formula holds while exactly these events have happened.
    pub(super) fn holds(&self, happened: u64) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::Event(event) => happened >> event & 1 == 1,
            Self::Not(one) => !one.holds(happened),
            Self::And(arguments) => arguments.iter().all(|one| one.holds(happened)),
            Self::Or(arguments) => arguments.iter().any(|one| one.holds(happened)),
            Self::Xor(arguments) => arguments.iter().filter(|one| one.holds(happened)).count() % 2 == 1,
            Self::AtLeast(count, arguments) => arguments.iter().filter(|one| one.holds(happened)).count() >= *count,
            Self::Shared(one) => one.holds(happened),
        }
    }
}
