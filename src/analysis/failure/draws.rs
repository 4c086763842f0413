//! What faults come to where shards are drawn: requests of one combination of shards fail alike.
//!
//! Semantics, "Links" (different shard keys draw independently) and "Failure" (a sharded journey is weighted by share).

use std::collections::BTreeMap;

use super::events::number;
use super::expression::{Expression, GateId, Outcome, TOP, any_of, whole};
use super::requirement::{DrawId, Fault, Requirements};

/// The most combinations of shards for which gates that share draws are settled together.
///
/// Shards that fail alike are one, so two or three draws make a handful. Beyond the limit each further draw is taken as independent at every call.
const MAX_COMBINATIONS: usize = 1 << 14;

/// Computes what faults of a journey's requirements come to: each gate with the fault in it.
///
/// Draws are independent of each other; requests of one combination of shards settle together. Branches of the top that share no draw settle apart, so the
/// combinations of one branch do not multiply those of another.
pub(super) fn outcome(expression: &Expression, requirements: &Requirements, faults: &[(GateId, &Fault)]) -> Outcome {
    if faults.iter().any(|(gate, fault)| *gate == TOP && **fault == Fault::Whole) {
        return Outcome { lost: 1.0, is_degraded: false };
    }
    let mut groups = Groups::default();
    for (gate, fault) in faults {
        groups.add(expression.standings[*gate as usize].branch, *gate, fault);
    }
    let outcomes: Vec<Outcome> = groups.take().iter().map(|group| settle_group(expression, requirements, group)).collect();
    Outcome { lost: any_of(outcomes.iter().map(|outcome| outcome.lost)), is_degraded: outcomes.iter().any(|outcome| outcome.is_degraded) }
}

type Faults<'f> = Vec<(GateId, &'f Fault)>;

/// Faults that must be settled together: of one branch of the top, or of branches that share a draw.
#[derive(Default)]
struct Groups<'f> {
    faults: Vec<Option<Faults<'f>>>,
    /// The group of a branch, and of a draw; a group may have moved on.
    of_branch: BTreeMap<GateId, usize>,
    of_draw: BTreeMap<DrawId, usize>,
    moved: Vec<usize>,
}

impl<'f> Groups<'f> {
    fn add(&mut self, branch: GateId, gate: GateId, fault: &'f Fault) {
        let draw = if let Fault::Shards(draw, _) = fault { Some(*draw) } else { None };
        // Faults directly in the top fail requests by themselves: only their draw joins them to others.
        let by_branch = if branch == TOP { None } else { self.of_branch.get(&branch).copied() };
        let by_draw = draw.and_then(|draw| self.of_draw.get(&draw).copied());
        let group = match (by_branch.map(|group| self.now(group)), by_draw.map(|group| self.now(group))) {
            (Some(a), Some(b)) => self.join(a, b),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => {
                self.faults.push(Some(Vec::new()));
                self.moved.push(self.faults.len() - 1);
                self.faults.len() - 1
            }
        };
        if branch != TOP {
            self.of_branch.insert(branch, group);
        }
        if let Some(draw) = draw {
            self.of_draw.insert(draw, group);
        }
        if let Some(faults) = &mut self.faults[group] {
            faults.push((gate, fault));
        }
    }

    fn now(&mut self, group: usize) -> usize {
        let mut at = group;
        while self.moved[at] != at {
            self.moved[at] = self.moved[self.moved[at]];
            at = self.moved[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) -> usize {
        if a == b {
            return a;
        }
        let size = |group: &Option<Faults<'f>>| group.as_ref().map_or(0, Vec::len);
        let (into, from) = if size(&self.faults[a]) >= size(&self.faults[b]) { (a, b) } else { (b, a) };
        let moved = self.faults[from].take().unwrap_or_default();
        if let Some(faults) = &mut self.faults[into] {
            faults.extend(moved);
        }
        self.moved[from] = into;
        into
    }

    fn take(self) -> Vec<Faults<'f>> {
        self.faults.into_iter().flatten().collect()
    }
}

fn settle_group(expression: &Expression, requirements: &Requirements, group: &Faults<'_>) -> Outcome {
    if let Some(lost) = lost_at_top(requirements, group) {
        return Outcome { lost, is_degraded: false };
    }
    let mut combinations = vec![(1.0, Vec::new())];
    let mut draws: Vec<DrawId> =
        group.iter().filter_map(|(_, fault)| if let Fault::Shards(draw, _) = fault { Some(*draw) } else { None }).collect();
    draws.sort_unstable();
    draws.dedup();
    let mut independent = Vec::new();
    for draw in draws {
        let alike = alike(requirements.shares(draw), draw, group);
        if combinations.len() * alike.len() > MAX_COMBINATIONS {
            independent.push(draw);
            continue;
        }
        combinations = combinations
            .iter()
            .flat_map(|(share, chosen): &(f64, Vec<(DrawId, u32)>)| {
                alike.iter().map(move |(more, shard)| (share * more, chosen.iter().copied().chain([(draw, *shard)]).collect()))
            })
            .collect();
    }
    let mut all = Outcome::default();
    let mut failed: Vec<(GateId, f64)> = Vec::with_capacity(group.len());
    for (share, chosen) in &combinations {
        failed.clear();
        failed.extend(group.iter().filter_map(|(gate, fault)| {
            let fails = match fault {
                Fault::Whole => 1.0,
                Fault::Shards(draw, shards) if independent.contains(draw) => {
                    whole(shards.iter().map(|shard| requirements.shares(*draw)[*shard as usize]).sum())
                }
                Fault::Shards(draw, shards) => match chosen.binary_search_by_key(draw, |(draw, _)| *draw) {
                    Ok(at) if shards.binary_search(&chosen[at].1).is_ok() => 1.0,
                    _ => 0.0,
                },
            };
            (fails > 0.0).then_some((*gate, fails))
        }));
        failed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        failed.dedup();
        let outcome = expression.settle(&failed);
        all.lost += share * outcome.lost;
        all.is_degraded |= outcome.is_degraded && outcome.lost < 1.0;
    }
    all.lost = whole(all.lost);
    all
}

/// Requests that fall into any of the shards that fail directly in the top fail; such a group has one draw.
fn lost_at_top(requirements: &Requirements, group: &Faults<'_>) -> Option<f64> {
    let mut failed = Vec::new();
    for (gate, fault) in group {
        match fault {
            Fault::Shards(draw, shards) if *gate == TOP => failed.extend(shards.iter().map(|shard| (*draw, *shard))),
            _ => return None,
        }
    }
    failed.sort_unstable();
    failed.dedup();
    Some(whole(failed.iter().map(|(draw, shard)| requirements.shares(*draw)[*shard as usize]).sum()))
}

/// Returns one shard for each set of shards that fail alike in a group, with the share of all of the set.
fn alike(shares: &[f64], draw: DrawId, group: &Faults<'_>) -> Vec<(f64, u32)> {
    let mut faults_of: Vec<Vec<u32>> = vec![Vec::new(); shares.len()];
    for (at, (_, fault)) in group.iter().enumerate() {
        if let Fault::Shards(of, shards) = fault
            && *of == draw
        {
            for shard in shards {
                faults_of[*shard as usize].push(number(at));
            }
        }
    }
    let mut alike: BTreeMap<&[u32], (f64, u32)> = BTreeMap::new();
    for (shard, faults) in faults_of.iter().enumerate().filter(|(shard, _)| shares[*shard] > 0.0) {
        alike.entry(faults).or_insert((0.0, number(shard))).0 += shares[shard];
    }
    alike.into_values().collect()
}
