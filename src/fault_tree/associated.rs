//! What a part's gates say of its chance although they share leaves: an interval, from the bottom up, each gate looked at once.
//!
//! Functions of independent leaves that all rise, or all fall, with them are associated: `P(all hold) ≥ Π P(one holds)`. No more hold together than those of any subset, and of
//! gates without a common leaf that chance is a product. What rises with some leaves and falls with others has the bounds that hold for anything, `max(0, 1 − Σ(1 − P)) ≤ P(all hold) ≤ min P`.
//!
//! It is wide where gates share much, and narrow for what is rare: many gates of which each seldom holds, with few leaves in common, are told apart to a factor where the states of
//! their leaves are far too many to be looked at.
//!
//! Sources: J. D. Esary, F. Proschan, D. W. Walkup, Association of Random Variables, with Applications, Annals of Mathematical Statistics 38, 1967; M. Fréchet, Généralisation du théorème
//! des probabilités totales, Fundamenta Mathematicae 25, 1935.

use super::chance::Chance;
use super::conditioned::cells;
use super::graph::Kind;
use super::modules::{Unit, UnitGate};

/// The most words of the sets of leaves of all gates together; a larger part is not looked at.
const MAX_WORDS: usize = 1 << 22;

/// The most operations on these sets and in counting; a part that takes more is not looked at.
const MAX_OPERATIONS: usize = 1 << 26;

/// What is known of a leaf or a gate.
#[derive(Debug, Clone)]
struct Known {
    /// The least and the most chance that it fails.
    low: Chance,
    high: Chance,
    /// Whether it rises with its leaves, or falls; none where that is not known.
    rises: Option<bool>,
}

impl Known {
    const fn exactly(chance: Chance) -> Self {
        Self { low: chance, high: chance, rises: Some(true) }
    }

    fn turned(self, is_negated: bool) -> Self {
        if !is_negated {
            return self;
        }
        Self { low: self.high.not(), high: self.low.not(), rises: self.rises.map(|rises| !rises) }
    }
}

/// The leaves below each leaf and gate, a bit for each.
struct Leaves {
    words: usize,
    bits: Vec<u64>,
}

impl Leaves {
    fn of(&self, at: usize) -> &[u64] {
        &self.bits[at * self.words..(at + 1) * self.words]
    }

    fn are_apart(&self, at: usize, from: &[u64]) -> bool {
        self.of(at).iter().zip(from).all(|(own, other)| own & other == 0)
    }
}

/// Bounds the chance of a part; `leaves` are the chances of its leaves, of which those with a sign stand for their contrary. Anything is possible of a part that is too large.
pub(super) fn bounds(unit: &Unit, signs: &[bool], leaves: &[Chance]) -> [Chance; 2] {
    let (count, all) = (leaves.len(), leaves.len() + unit.gates.len());
    let words = count.div_ceil(64);
    // Sets are joined once for each argument, and once more to find those that are apart; counting is done for both ends.
    let of_gate =
        |gate: &UnitGate| gate.arguments.len().saturating_mul(3 * words).saturating_add(2 * cells(gate.kind, gate.arguments.len()));
    let operations = unit.gates.iter().map(of_gate).fold(0, usize::saturating_add);
    if all.saturating_mul(words) > MAX_WORDS || operations > MAX_OPERATIONS {
        return [Chance::NEVER, Chance::CERTAIN];
    }
    let mut below = Leaves { words, bits: vec![0; all * words] };
    for at in 0..count {
        below.bits[at * words + at / 64] |= 1 << (at % 64);
    }
    let mut known: Vec<Known> = leaves.iter().zip(signs).map(|(leaf, sign)| Known::exactly(*leaf).turned(*sign)).collect();
    for (at, gate) in (count..).zip(&unit.gates) {
        let (before, own) = below.bits.split_at_mut(at * words);
        for (argument, _) in &gate.arguments {
            let argument = *argument as usize * words;
            own[..words].iter_mut().zip(&before[argument..argument + words]).for_each(|(own, other)| *own |= other);
        }
        let arguments: Vec<(usize, Known)> = gate
            .arguments
            .iter()
            .map(|(argument, is_negated)| (*argument as usize, known[*argument as usize].clone().turned(*is_negated)))
            .collect();
        known.push(match gate.kind {
            Kind::True => Known::exactly(Chance::CERTAIN),
            Kind::Event(_) => Known::exactly(Chance::NEVER),
            Kind::And => all_of(&arguments, &below),
            Kind::AtLeast(least) => at_least(least as usize, &arguments, &below),
            Kind::Xor => one_of(&arguments, &below),
        });
    }
    known.last().map_or([Chance::NEVER, Chance::CERTAIN], |top| [top.low, top.high])
}

/// Whether all rise, or all fall.
fn rises(arguments: &[(usize, Known)]) -> Option<bool> {
    let first = arguments.first()?.1.rises?;
    arguments.iter().all(|(_, one)| one.rises == Some(first)).then_some(first)
}

/// Returns those that share no leaf, by rank: as many as are found when each is taken that shares none with those before.
fn apart<'a>(arguments: &'a [(usize, Known)], below: &Leaves, rank: impl Fn(&Known) -> f64) -> Vec<&'a Known> {
    let mut order: Vec<&(usize, Known)> = arguments.iter().collect();
    order.sort_by(|a, b| rank(&a.1).total_cmp(&rank(&b.1)).then(a.0.cmp(&b.0)));
    let mut taken = vec![0; below.words];
    let mut found = Vec::new();
    for (at, one) in order {
        if below.are_apart(*at, &taken) {
            taken.iter_mut().zip(below.of(*at)).for_each(|(taken, own)| *taken |= own);
            found.push(one);
        }
    }
    found
}

fn all_of(arguments: &[(usize, Known)], below: &Leaves) -> Known {
    let rises = rises(arguments);
    // The least probable ones say most of what is the most that all hold.
    let apart = apart(arguments, below, |one| one.high.fails);
    let high = apart.iter().map(|one| one.high).fold(Chance::CERTAIN, Chance::and);
    let low = if rises.is_some() || apart.len() == arguments.len() {
        arguments.iter().map(|(_, one)| one.low).fold(Chance::CERTAIN, Chance::and)
    } else {
        // 1 − Σ(1 − P): of what may be nearly certain, or nearly impossible, no digit is lost.
        let mut lows: Vec<Chance> = arguments.iter().map(|(_, one)| one.low).collect();
        lows.sort_by(|a, b| a.fails.total_cmp(&b.fails));
        let least = lows.first().copied().unwrap_or(Chance::CERTAIN);
        let others: f64 = lows.iter().skip(1).map(|one| one.works).sum();
        Chance { fails: (least.fails - others).max(0.0), works: (least.works + others).min(1.0) }
    };
    Known { low, high, rises }
}

fn at_least(least: usize, arguments: &[(usize, Known)], below: &Leaves) -> Known {
    let rises = rises(arguments);
    // The most probable ones say most of what is the least that so many hold.
    let apart = apart(arguments, below, |one| -one.low.fails);
    let lows: Vec<Chance> = apart.iter().map(|one| one.low).collect();
    let mut low = Chance::at_least(least, &lows);
    if apart.len() == arguments.len() {
        let highs: Vec<Chance> = apart.iter().map(|one| one.high).collect();
        return Known { low, high: Chance::at_least(least, &highs), rises };
    }
    if rises.is_some() {
        let mut lows: Vec<Chance> = arguments.iter().map(|(_, one)| one.low).collect();
        lows.sort_by(|a, b| b.fails.total_cmp(&a.fails));
        let these = lows.iter().take(least).copied().fold(Chance::CERTAIN, Chance::and);
        low = if these.fails > low.fails { these } else { low };
    }
    // So many hold no more often than the mean number of those that hold allows (Markov).
    let mean: f64 = arguments.iter().map(|(_, one)| one.high.fails).sum();
    #[expect(clippy::cast_precision_loss, reason = "a number of arguments")]
    let high = Chance::of((mean / least as f64).min(1.0));
    Known { low, high, rises }
}

/// Exactly one of two: at the corners of what is known where they share no leaf, else what any two allow.
fn one_of(arguments: &[(usize, Known)], below: &Leaves) -> Known {
    let [(first, a), (second, b)] = arguments else {
        return Known { low: Chance::NEVER, high: Chance::CERTAIN, rises: None };
    };
    if below.are_apart(*first, below.of(*second)) {
        let corners = [a.low.xor(b.low), a.low.xor(b.high), a.high.xor(b.low), a.high.xor(b.high)];
        let (mut low, mut high) = (corners[0], corners[0]);
        for corner in corners {
            low = if corner.fails < low.fails { corner } else { low };
            high = if corner.fails > high.fails { corner } else { high };
        }
        return Known { low, high, rises: None };
    }
    // By how much one is more probable than the other: of two that are nearly certain, told by what is left to certainty.
    let more = |one: &Known, other: &Known| {
        let (fails, works) = (one.low.fails - other.high.fails, other.high.works - one.low.works);
        let more = if one.low.fails > 0.5 { works } else { fails };
        if more > 0.0 { Chance { fails: more, works: one.low.works + other.high.fails } } else { Chance::NEVER }
    };
    let (one, other) = (more(a, b), more(b, a));
    let low = if one.fails > other.fails { one } else { other };
    let most = (a.high.fails + b.high.fails).min(a.low.works + b.low.works).min(1.0);
    Known { low, high: Chance::of(most), rises: None }
}
