//! The ways up through a journey's gates, prepared so that a failure deep inside need not climb them gate by gate.
//!
//! A gate that hears of one member only passes on a share of the loss, all of it, or none, and says whether it goes on degraded. Such steps compose, so the
//! stretch between two gates at which failures meet is one step, found in logarithmic time: an event that touches k gates of a journey costs `O(k log n)`
//! however deep they lie.

use super::events::number;
use super::expression::{Gate, GateId, GateKind, Outcome, Report, TOP};

/// No gate: the step is not on the way.
const NONE: GateId = GateId::MAX;

/// What is known of each gate's way up.
#[derive(Debug)]
pub(super) struct Paths {
    parent: Vec<GateId>,
    /// How many gates are above.
    depth: Vec<u32>,
    /// A gate further up: those of all gates together make every ancestor reachable in a logarithmic number of steps.
    jump: Vec<GateId>,
    /// The place in a walk that meets every gate before what is inside it.
    place: Vec<u32>,
    /// The product of the shares on the whole way up, where nothing is held back.
    share: Vec<f64>,
    /// The nearest gate, itself included, whose failure alone does not fail its parent.
    held: Vec<GateId>,
    /// The nearest gate, itself included, of which the parent has no use while everything else is up.
    unused: Vec<GateId>,
}

/// What a gate's parent makes of it while nothing else in the parent fails.
struct Step {
    share: f64,
    is_held: bool,
    is_unused: bool,
}

impl Step {
    fn of(gate: &Gate, parent: GateKind) -> Self {
        let through = |share: f64| Self { share, is_held: false, is_unused: false };
        let held = |is_unused: bool| Self { share: 1.0, is_held: true, is_unused };
        match parent {
            GateKind::Series | GateKind::Choice => through(gate.weight),
            GateKind::FirstOf { members: 1 } => through(1.0),
            GateKind::Soft => held(false),
            GateKind::FirstOf { .. } | GateKind::Cached { .. } if gate.slot == 0 => held(false),
            GateKind::FirstOf { .. } => held(true),
            GateKind::Cached { hit } if hit < 1.0 => through(1.0 - hit),
            GateKind::Cached { .. } => held(true),
            GateKind::Vote { quorum, members } if quorum == members => through(1.0),
            GateKind::Vote { .. } => held(false),
        }
    }
}

impl Paths {
    pub(super) fn of(gates: &[Gate]) -> Self {
        let count = gates.len();
        let none = vec![NONE; count];
        let mut this = Self {
            parent: gates.iter().map(|gate| gate.parent).collect(),
            depth: vec![0; count],
            jump: vec![TOP; count],
            place: vec![0; count],
            share: vec![1.0; count],
            held: none.clone(),
            unused: none,
        };
        let mut size = vec![1; count];
        for (at, gate) in gates.iter().enumerate().skip(1).rev() {
            size[gate.parent as usize] += size[at];
        }
        let mut next = vec![1; count];
        for (at, gate) in gates.iter().enumerate().skip(1) {
            let (id, parent) = (number(at), gate.parent as usize);
            this.depth[at] = this.depth[parent] + 1;
            let jump = this.jump[parent];
            let (near, far) =
                (this.depth[parent] - this.depth[jump as usize], this.depth[jump as usize] - this.depth[this.jump[jump as usize] as usize]);
            this.jump[at] = if near == far && near > 0 { this.jump[jump as usize] } else { gate.parent };
            this.place[at] = next[parent];
            next[parent] += size[at];
            next[at] = this.place[at] + 1;
            let step = Step::of(gate, gates[parent].kind);
            this.share[at] = this.share[parent] * step.share;
            this.held[at] = if step.is_held { id } else { this.held[parent] };
            this.unused[at] = if step.is_unused { id } else { this.unused[parent] };
        }
        this
    }

    /// Returns the gates at which failures meet: the given ones and those at which their ways join, each before what is inside it; with each the nearest of them
    /// around it, by its number in the list.
    pub(super) fn junctions(&self, gates: impl Iterator<Item = GateId>) -> Vec<(GateId, usize)> {
        let mut found: Vec<GateId> = std::iter::once(TOP).chain(gates).collect();
        found.sort_unstable_by_key(|gate| self.place[*gate as usize]);
        found.dedup();
        let meets: Vec<GateId> = found.windows(2).map(|pair| self.meet(pair[0], pair[1])).collect();
        found.extend(meets);
        found.sort_unstable_by_key(|gate| self.place[*gate as usize]);
        found.dedup();
        let mut open: Vec<usize> = Vec::new();
        let mut junctions: Vec<(GateId, usize)> = Vec::with_capacity(found.len());
        for (at, gate) in found.into_iter().enumerate() {
            while open.last().is_some_and(|above| !self.is_inside(gate, junctions[*above].0)) {
                open.pop();
            }
            junctions.push((gate, open.last().copied().unwrap_or(0)));
            open.push(at);
        }
        junctions
    }

    /// Finds a gate among junctions.
    pub(super) fn find(&self, junctions: &[(GateId, usize)], gate: GateId) -> Option<usize> {
        junctions.binary_search_by_key(&self.place[gate as usize], |(junction, _)| self.place[*junction as usize]).ok()
    }

    /// Returns what a gate around another one hears of it, if nothing else on the way fails.
    pub(super) fn report(&self, gates: &[Gate], gate: GateId, around: GateId, outcome: Outcome) -> Report {
        let last = self.ancestor(gate, self.depth[around as usize] + 1);
        // What fails for certain has nothing in use.
        let mut is_degraded = outcome.is_degraded && outcome.lost < 1.0;
        let mut lost = outcome.lost;
        let held = self.held[gate as usize];
        if self.is_below(held, last) {
            // A group with a quorum goes on undisturbed; all others that hold a failure back go on degraded.
            let is_disturbed = !matches!(gates[gates[held as usize].parent as usize].kind, GateKind::Vote { .. });
            is_degraded |= is_disturbed && lost > 0.0;
            lost = 0.0;
        } else if self.share[last as usize] > 0.0 {
            lost *= self.share[gate as usize] / self.share[last as usize];
        }
        is_degraded &= !self.is_below(self.unused[gate as usize], last);
        let last = &gates[last as usize];
        Report { slot: Some(last.slot), fail: last.weight * lost, is_degraded: is_degraded && last.weight * lost < 1.0 }
    }

    /// Says whether a step on the way up is taken before a gate is reached.
    fn is_below(&self, step: GateId, gate: GateId) -> bool {
        step != NONE && self.depth[step as usize] > self.depth[gate as usize]
    }

    fn is_inside(&self, gate: GateId, around: GateId) -> bool {
        self.depth[gate as usize] >= self.depth[around as usize] && self.ancestor(gate, self.depth[around as usize]) == around
    }

    /// Returns the gate at a depth on the way up.
    fn ancestor(&self, gate: GateId, depth: u32) -> GateId {
        let mut at = gate;
        while self.depth[at as usize] > depth {
            let jump = self.jump[at as usize];
            at = if self.depth[jump as usize] >= depth { jump } else { self.parent[at as usize] };
        }
        at
    }

    /// Returns the innermost gate around two.
    fn meet(&self, a: GateId, b: GateId) -> GateId {
        let depth = self.depth[a as usize].min(self.depth[b as usize]);
        let (mut a, mut b) = (self.ancestor(a, depth), self.ancestor(b, depth));
        while a != b {
            let (x, y) = (self.jump[a as usize], self.jump[b as usize]);
            (a, b) = if x == y { (self.parent[a as usize], self.parent[b as usize]) } else { (x, y) };
        }
        a
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::expression::{Expression, Gate, GateKind, Outcome, Report, TOP};

    /// Climbs gate by gate.
    fn climb(gates: &[Gate], failed: &[(u32, f64)]) -> Outcome {
        let mut reports: Vec<Vec<Report>> = vec![Vec::new(); gates.len()];
        for (gate, fail) in failed {
            reports[*gate as usize].push(Report { slot: None, fail: *fail, is_degraded: false });
        }
        for at in (1..gates.len()).rev() {
            let outcome = gates[at].kind.combine(&reports[at]);
            if outcome != Outcome::default() {
                let heard = Report { slot: Some(gates[at].slot), fail: gates[at].weight * outcome.lost, is_degraded: outcome.is_degraded };
                reports[gates[at].parent as usize].push(heard);
            }
        }
        gates[TOP as usize].kind.combine(&reports[TOP as usize])
    }

    /// Groups hold series only, as a journey's calls make them.
    fn trees() -> impl Strategy<Value = (Vec<Gate>, Vec<(u32, f64)>)> {
        let bends = prop::collection::vec((any::<prop::sample::Index>(), 0..7_usize, prop::sample::select(vec![0.25, 0.5, 1.0])), 1..40);
        let failed = prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(vec![0.5, 1.0])), 1..8);
        (bends, failed).prop_map(|(bends, failed)| {
            let mut gates = vec![Gate { parent: TOP, slot: 0, weight: 1.0, kind: GateKind::Series }];
            // Where something can stand: series and soft gates.
            let mut open = vec![TOP];
            for (parent, kind, weight) in bends {
                let parent = *parent.get(&open);
                let id = u32::try_from(gates.len()).expect("a small tree");
                let (kind, members) = match kind {
                    0 => (GateKind::Series, 0),
                    1 => (GateKind::Soft, 0),
                    2 => (GateKind::FirstOf { members: 2 }, 2),
                    3 => (GateKind::FirstOf { members: 3 }, 3),
                    4 => (GateKind::Cached { hit: weight }, 2),
                    5 => (GateKind::Vote { quorum: 2, members: 3 }, 3),
                    _ => (GateKind::Choice, 2),
                };
                let is_series = kind == GateKind::Series;
                gates.push(Gate { parent, slot: 0, weight: if is_series { weight } else { 1.0 }, kind });
                if members == 0 {
                    open.push(id);
                }
                for slot in 0..members {
                    open.push(u32::try_from(gates.len()).expect("a small tree"));
                    gates.push(Gate { parent: id, slot, weight: if kind == GateKind::Choice { 0.5 } else { 1.0 }, kind: GateKind::Series });
                }
            }
            let failed: std::collections::BTreeMap<u32, f64> = failed.into_iter().map(|(at, fail)| (*at.get(&open), fail)).collect();
            (gates, failed.into_iter().collect())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Semantics, "Journeys": what is skipped on the way up changes nothing.
        #[test]
        fn stretches_of_the_way_up_equal_a_climb_gate_by_gate((gates, failed) in trees()) {
            let (expected, found) = (climb(&gates, &failed), Expression::over(gates).settle(&failed));
            prop_assert!((expected.lost - found.lost).abs() < 1e-12, "{expected:?} {found:?}");
            // What fails for certain is in no state to be degraded.
            prop_assert!(expected.lost >= 1.0 || expected.is_degraded == found.is_degraded, "{expected:?} {found:?}");
        }
    }
}
