//! Parts of which few leaves stand in several places: told apart by the states of these leaves, everything else is independent.
//!
//! `P(f) = Σ over the states s of the shared leaves of P(s) · P(f | s)`, and given s every gate's arguments are independent of each other, so that chances are passed upwards
//! from gate to gate; k-of-n by the Poisson-binomial recurrence, of very many with an interval ([`super::tail`]). With z shared leaves that is `O(2^z · n · k)`, where a decision diagram of k-of-n over shared zones is
//! far larger. Where 2^z states are too many, the most probable ones are looked at, and the weight of the others is the width of an interval.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::associated;
use super::chance::Chance;
use super::graph::{Kind, number};
use super::modules::Unit;
use super::tail::{self, Counting};

/// The most cells of the tables of all states together, so that states are told apart by counting and not by a diagram.
const MAX_CELLS: usize = 1 << 23;

/// From so many cells on, a diagram of the counting gates of a part would be large.
const MANY_CELLS: usize = 1 << 9;

/// A part, with the leaves that stand in several places.
#[derive(Debug, Clone)]
pub(super) struct Conditioned {
    pub(super) unit: Unit,
    /// Which leaves are negated.
    pub(super) signs: Vec<bool>,
    /// Whether the whole is.
    pub(super) is_negated: bool,
    /// The leaves that stand in several places, or below a gate that does.
    shared: Vec<u32>,
}

impl Conditioned {
    pub(super) fn of(unit: Unit, signs: Vec<bool>, is_negated: bool) -> Self {
        let shared = shared(&unit);
        Self { unit, signs, is_negated, shared }
    }

    /// Says whether a part is better told apart than built as a diagram: it counts over much, and shares few leaves.
    pub(super) fn suits(unit: &Unit) -> bool {
        let is_counting = |kind: Kind| matches!(kind, Kind::AtLeast(_));
        let counted: usize =
            unit.gates.iter().filter(|gate| is_counting(gate.kind)).map(|gate| cells(gate.kind, gate.arguments.len())).sum();
        if counted < MANY_CELLS {
            return false;
        }
        let states = u32::try_from(shared(unit).len()).ok().and_then(|shared| 1_usize.checked_shl(shared)).unwrap_or(usize::MAX);
        states.saturating_mul(work(unit, None)) <= MAX_CELLS
    }

    /// Computes the chance of the part.
    pub(super) fn chance(&self, leaves: &[Chance]) -> Chance {
        let mut sum = Chance { fails: 0.0, works: 0.0 };
        self.over_states(leaves, |weight, leaves| {
            let (gates, _) = self.gates(leaves, None);
            let top = self.top(&gates);
            sum.fails += weight * top.fails;
            sum.works += weight * top.works;
        });
        sum
    }

    /// Computes the Birnbaum importance of each leaf: that of a shared one from the states in which it holds and those in which it does not, that of another one in each
    /// state from the gates above it.
    pub(super) fn slopes(&self, leaves: &[Chance]) -> Vec<f64> {
        let mut slopes = vec![0.0; leaves.len()];
        self.over_states(leaves, |weight, given| {
            let (gates, _) = self.gates(given, None);
            let top = self.top(&gates);
            for leaf in &self.shared {
                let (own, now) = (leaves[*leaf as usize], given[*leaf as usize]);
                // The weight of the state of all others; a leaf that is certain has only states of weight zero on the other side.
                let part = if now.fails > 0.5 { own.fails } else { own.works };
                if part > 0.0 {
                    let of_others = weight / part;
                    slopes[*leaf as usize] += if now.fails > 0.5 { of_others * top.fails } else { -of_others * top.fails };
                }
            }
            self.add_slopes(&gates, given, weight, &mut slopes);
        });
        for leaf in &self.shared {
            let own = leaves[*leaf as usize];
            if own.fails <= 0.0 || own.works <= 0.0 {
                // Of a leaf that is certain only one side was met.
                let mut both = leaves.to_vec();
                both[*leaf as usize] = Chance::CERTAIN;
                let with = self.chance(&both).fails;
                both[*leaf as usize] = Chance::NEVER;
                slopes[*leaf as usize] = with - self.chance(&both).fails;
            }
        }
        slopes
    }

    /// Bounds the chance of the part: looks at the most probable states of its shared leaves until so many operations are done, and at what its gates say although they share leaves.
    pub(super) fn bounds(&self, leaves: &[Chance], operations: &mut usize) -> [Chance; 2] {
        // The more probable side of each leaf, and by which factor the other side is less probable.
        let mut odds: Vec<(f64, u32, bool)> = Vec::with_capacity(self.shared.len());
        let mut most = 1.0;
        for leaf in &self.shared {
            let Chance { fails, works } = leaves[*leaf as usize];
            most *= fails.max(works);
            let other = fails.min(works);
            if other > 0.0 {
                odds.push((other / fails.max(works), *leaf, fails > works));
            }
        }
        odds.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut given = leaves.to_vec();
        for leaf in &self.shared {
            let Chance { fails, works } = leaves[*leaf as usize];
            given[*leaf as usize] = if fails > works { Chance::CERTAIN } else { Chance::NEVER };
        }
        // As exactly as one state allows.
        let ways = [None, Some(Counting::Windowed), Some(Counting::Bounded)];
        let of_way = |way: Option<Counting>| work(&self.unit, way).max(1);
        let counting = ways.into_iter().find(|way| of_way(*way) <= *operations).unwrap_or(Some(Counting::Bounded));
        let cost = of_way(counting);
        let mut open = BinaryHeap::from([Subset { weight: most, turned: Vec::new() }]);
        let (mut holds, mut fails, mut seen, mut off) = (0.0, 0.0, 0.0, 0.0);
        let mut is_complete = true;
        while let Some(Subset { weight, turned }) = open.pop() {
            let Some(left) = operations.checked_sub(cost) else {
                is_complete = false;
                break;
            };
            *operations = left;
            for at in &turned {
                let (_, leaf, is_down) = odds[*at as usize];
                given[leaf as usize] = if is_down { Chance::NEVER } else { Chance::CERTAIN };
            }
            let (gates, of_gates) = self.gates(&given, counting);
            let top = self.top(&gates);
            holds += weight * top.fails;
            fails += weight * top.works;
            seen += weight;
            off += weight * of_gates;
            for at in &turned {
                let (_, leaf, is_down) = odds[*at as usize];
                given[leaf as usize] = if is_down { Chance::CERTAIN } else { Chance::NEVER };
            }
            // Every set of turned leaves comes from one other: with the next leaf too, or with the next one instead of its last.
            let next = turned.last().map_or(0, |last| last + 1);
            if (next as usize) < odds.len() {
                let with: Vec<u32> = turned.iter().copied().chain([next]).collect();
                if let Some(last) = turned.last() {
                    let instead: Vec<u32> = turned[..turned.len() - 1].iter().copied().chain([next]).collect();
                    open.push(Subset { weight: weight / odds[*last as usize].0 * odds[next as usize].0, turned: instead });
                }
                open.push(Subset { weight: weight * odds[next as usize].0, turned: with });
            }
        }
        let rest = if is_complete { 0.0 } else { (1.0 - seen).max(f64::EPSILON) };
        // What the counts leave open may go either way, too.
        let (least, most) = (|chance: f64| (chance - off).max(0.0), |chance: f64| (chance + rest + off).min(1.0));
        let [low, high] = [Chance { fails: least(holds), works: most(fails) }, Chance { fails: most(holds), works: least(fails) }];
        if is_complete {
            return [low, high];
        }
        let [mut least, mut most] = associated::bounds(&self.unit, &self.signs, leaves);
        if self.is_negated {
            (least, most) = (most.not(), least.not());
        }
        // Both hold.
        [if least.fails > low.fails { least } else { low }, if most.fails < high.fails { most } else { high }]
    }

    /// Calls something with every state of the shared leaves: its weight, and the chances of all leaves in it.
    fn over_states(&self, leaves: &[Chance], mut call: impl FnMut(f64, &[Chance])) {
        let mut given = leaves.to_vec();
        for state in 0..1_u64 << self.shared.len() {
            let mut weight = 1.0;
            for (at, leaf) in self.shared.iter().enumerate() {
                let (is_down, own) = (state >> at & 1 == 1, leaves[*leaf as usize]);
                weight *= if is_down { own.fails } else { own.works };
                given[*leaf as usize] = if is_down { Chance::CERTAIN } else { Chance::NEVER };
            }
            if weight > 0.0 {
                call(weight, &given);
            }
        }
    }

    fn top(&self, gates: &[Chance]) -> Chance {
        let top = gates.last().copied().unwrap_or(Chance::NEVER);
        if self.is_negated { top.not() } else { top }
    }

    /// The chance of an argument: a leaf's or a gate's, negated where it stands negated.
    fn argument(&self, (at, is_negated): (u32, bool), leaves: &[Chance], gates: &[Chance]) -> Chance {
        let (chance, sign) = match leaves.get(at as usize) {
            Some(leaf) => (*leaf, self.signs[at as usize]),
            None => (gates[at as usize - leaves.len()], false),
        };
        if is_negated != sign { chance.not() } else { chance }
    }

    /// Computes the chances of all gates whose arguments are independent, and by how much that of the last one can be off: it moves no faster than all gates together.
    fn gates(&self, leaves: &[Chance], counting: Option<Counting>) -> (Vec<Chance>, f64) {
        let mut gates: Vec<Chance> = Vec::with_capacity(self.unit.gates.len());
        let mut scratch = Vec::new();
        let mut off = 0.0;
        for gate in &self.unit.gates {
            let arguments = gate.arguments.iter().map(|argument| self.argument(*argument, leaves, &gates));
            let chance = match gate.kind {
                Kind::True => Chance::CERTAIN,
                Kind::Event(_) => Chance::NEVER,
                Kind::And => arguments.fold(Chance::CERTAIN, Chance::and),
                Kind::Xor => arguments.fold(Chance::NEVER, Chance::xor),
                Kind::AtLeast(count) => {
                    scratch.clear();
                    scratch.extend(arguments);
                    let (chance, of_gate) = undecided(count as usize, &mut scratch, counting);
                    off += of_gate;
                    chance
                }
            };
            gates.push(chance);
        }
        (gates, off)
    }

    /// Adds the slopes of one state: those of the leaves that are not shared, from the top down.
    fn add_slopes(&self, gates: &[Chance], leaves: &[Chance], weight: f64, slopes: &mut [f64]) {
        let count = leaves.len();
        let mut of_gates = vec![0.0; gates.len()];
        if let Some(top) = of_gates.last_mut() {
            *top = if self.is_negated { -weight } else { weight };
        }
        for (at, gate) in self.unit.gates.iter().enumerate().rev() {
            let own = of_gates[at];
            if own == 0.0 {
                continue;
            }
            let arguments: Vec<Chance> = gate.arguments.iter().map(|argument| self.argument(*argument, leaves, gates)).collect();
            let inner = match gate.kind {
                Kind::And => super::compiled::count_slopes(arguments.len(), &arguments),
                Kind::AtLeast(count) => super::compiled::count_slopes(count as usize, &arguments),
                Kind::Xor => xor_slopes(&arguments),
                Kind::True | Kind::Event(_) => vec![0.0; arguments.len()],
            };
            for ((argument, is_negated), inner) in gate.arguments.iter().zip(inner) {
                let argument = *argument as usize;
                let sign = is_negated ^ self.signs.get(argument).copied().unwrap_or(false);
                let slope = if sign { -own * inner } else { own * inner };
                if argument >= count {
                    of_gates[argument - count] += slope;
                } else if self.shared.binary_search(&number(argument)).is_err() {
                    slopes[argument] += slope;
                }
            }
        }
    }
}

/// At least so many, and by how much that can be off; arguments that are certain are counted beforehand.
fn undecided(count: usize, arguments: &mut Vec<Chance>, counting: Option<Counting>) -> (Chance, f64) {
    let all = arguments.len();
    arguments.retain(|one| one.works > 0.0);
    let missing = count.saturating_sub(all - arguments.len());
    arguments.retain(|one| one.fails > 0.0);
    match counting {
        _ if missing == 0 => (Chance::CERTAIN, 0.0),
        _ if missing > arguments.len() => (Chance::NEVER, 0.0),
        Some(counting) if is_large(missing, arguments.len(), counting) => tail::at_least(counting, missing, arguments),
        _ => (Chance::at_least(missing, arguments), 0.0),
    }
}

/// Says whether a table of all counts takes more than another way to count.
fn is_large(count: usize, of: usize, counting: Counting) -> bool {
    of.saturating_mul(count) > tail::work(counting, of)
}

fn xor_slopes(arguments: &[Chance]) -> Vec<f64> {
    let factor = |one: &Chance| one.works - one.fails;
    (0..arguments.len())
        .map(|at| arguments.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, one)| factor(one)).product())
        .collect()
}

/// How many cells the table of a gate has that counts over so many arguments.
pub(super) const fn cells(kind: Kind, arguments: usize) -> usize {
    match kind {
        Kind::AtLeast(count) => arguments.saturating_mul(count as usize),
        Kind::True | Kind::Event(_) | Kind::And | Kind::Xor => arguments,
    }
}

/// How many operations one state takes.
fn work(unit: &Unit, counting: Option<Counting>) -> usize {
    let of_gate = |kind: Kind, arguments: usize| match (kind, counting) {
        (Kind::AtLeast(_), Some(counting)) => cells(kind, arguments).min(tail::work(counting, arguments)),
        _ => cells(kind, arguments),
    };
    unit.gates.iter().map(|gate| of_gate(gate.kind, gate.arguments.len())).fold(unit.leaves.len(), usize::saturating_add)
}

/// Returns the leaves that stand in several places, or below a gate that does; sorted.
fn shared(unit: &Unit) -> Vec<u32> {
    let leaves = unit.leaves.len();
    let mut uses = vec![0_u32; leaves + unit.gates.len()];
    for (argument, _) in unit.gates.iter().flat_map(|gate| &gate.arguments) {
        uses[*argument as usize] += 1;
    }
    let mut is_shared: Vec<bool> = uses.iter().map(|uses| *uses > 1).collect();
    for (at, gate) in unit.gates.iter().enumerate().rev() {
        if is_shared[leaves + at] {
            gate.arguments.iter().for_each(|(argument, _)| is_shared[*argument as usize] = true);
        }
    }
    (0..leaves).filter(|at| is_shared[*at]).map(number).collect()
}

/// Shared leaves that are turned to their less probable side, by their number in the order of odds.
struct Subset {
    weight: f64,
    turned: Vec<u32>,
}

impl PartialEq for Subset {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Subset {}

impl PartialOrd for Subset {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Subset {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then_with(|| other.turned.cmp(&self.turned))
    }
}
