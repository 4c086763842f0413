//! A journey's expression as one formula: with the chances of its conditions, choices and draws, or with all their variants at once.

use std::collections::BTreeMap;

use super::super::events::number;
use super::super::expression::{Expression, GateKind};
use super::super::requirement::{DrawId, RequirementId, Requirements, Shards};
use super::structure::{Question, Structure};
use crate::fault_tree::Formula;

/// The most combinations of shards over which cut sets are united.
const MAX_COMBINATIONS: usize = 1 << 10;

/// How conditions, choices and draws are taken.
#[derive(Debug, Clone, Copy)]
enum Ways<'a> {
    /// Each with its probability.
    Chances,
    /// All that can happen, with these shards drawn.
    Any(&'a [(DrawId, usize)]),
}

/// Draws that were made, by chance: which shard is drawn.
pub(super) type Draws = BTreeMap<DrawId, Vec<Formula>>;

/// Returns the formula of a journey's failure, over basic events and chances.
pub(super) fn with_chances(
    structure: &mut Structure<'_>,
    requirements: &Requirements,
    expression: &Expression,
    draws: &mut Draws,
) -> Formula {
    formula(structure, requirements, expression, Ways::Chances, draws)
}

/// Returns the formula of which the minimal solutions are the journey's minimal cut sets: those of all variants, each once. None if there are too many
/// combinations of shards.
pub(super) fn of_all_variants(structure: &mut Structure<'_>, requirements: &Requirements, expression: &Expression) -> Option<Formula> {
    let mut draws: Vec<DrawId> = expression
        .leaves
        .iter()
        .filter_map(|(requirement, _)| if let Shards::Drawn(draw) = requirements.get(*requirement).shards { Some(draw) } else { None })
        .collect();
    draws.sort_unstable();
    draws.dedup();
    let mut combinations: Vec<Vec<(DrawId, usize)>> = vec![Vec::new()];
    for draw in draws {
        let shares = requirements.shares(draw);
        let shards: Vec<usize> = (0..shares.len()).filter(|shard| shares[*shard] > 0.0).collect();
        if combinations.len() * shards.len() > MAX_COMBINATIONS {
            return None;
        }
        let more = |chosen: &Vec<(DrawId, usize)>| {
            shards.iter().map(|shard| chosen.iter().copied().chain([(draw, *shard)]).collect()).collect::<Vec<Vec<(DrawId, usize)>>>()
        };
        combinations = combinations.iter().flat_map(more).collect();
    }
    structure.question = Question::Variants;
    let any: Vec<Formula> =
        combinations.iter().map(|chosen| formula(structure, requirements, expression, Ways::Any(chosen), &mut Draws::new())).collect();
    structure.question = Question::Chance;
    Some(structure.graph.or(&any))
}

/// Returns the formula of a journey whose requirements fail independently of each other, each with its own probability: what a product of availabilities says.
pub(super) fn of_independent(structure: &mut Structure<'_>, expression: &Expression, fails: &BTreeMap<RequirementId, Formula>) -> Formula {
    combined(structure, expression, Ways::Chances, |_, id| fails.get(&id).copied().unwrap_or(Formula::FALSE))
}

fn formula(
    structure: &mut Structure<'_>,
    requirements: &Requirements,
    expression: &Expression,
    ways: Ways<'_>,
    draws: &mut Draws,
) -> Formula {
    combined(structure, expression, ways, |structure, id| {
        structure.requirement(requirements, id, &mut |structure, draw, shard| match ways {
            Ways::Any(chosen) => {
                if chosen.contains(&(draw, shard)) {
                    Formula::TRUE
                } else {
                    Formula::FALSE
                }
            }
            Ways::Chances => draws.entry(draw).or_insert_with(|| one_of(structure, requirements.shares(draw)))[shard],
        })
    })
}

/// Returns formulas of which exactly one holds, each with its share.
pub(super) fn one_of(structure: &mut Structure<'_>, shares: &[f64]) -> Vec<Formula> {
    let mut left = 1.0;
    let mut none_so_far = Formula::TRUE;
    let last = shares.iter().rposition(|share| *share > 0.0);
    shares
        .iter()
        .enumerate()
        .map(|(at, share)| {
            // The last one takes what the others left, so that shares that add up to 1 but for rounding leave nothing.
            let chance = if Some(at) == last { 1.0 } else { (share / left).min(1.0) };
            let chosen = if *share > 0.0 { structure.chance(chance) } else { Formula::FALSE };
            left = f64::max(left - share, f64::MIN_POSITIVE);
            let this = structure.graph.and(&[none_so_far, chosen]);
            none_so_far = structure.graph.and(&[none_so_far, !chosen]);
            this
        })
        .collect()
}

/// Combines the gates of an expression from the innermost outwards.
fn combined<'s>(
    structure: &mut Structure<'s>,
    expression: &Expression,
    ways: Ways<'_>,
    mut leaf: impl FnMut(&mut Structure<'s>, RequirementId) -> Formula,
) -> Formula {
    let count = expression.gates.len();
    let mut direct: Vec<Vec<Formula>> = vec![Vec::new(); count];
    for (requirement, gate) in &expression.leaves {
        // Inside a soft gate nothing fails the journey.
        if expression.standings[*gate as usize].is_hard {
            let fails = leaf(structure, *requirement);
            direct[*gate as usize].push(fails);
        }
    }
    // The members of each gate that tells them apart, by slot; of a choice with their shares.
    let mut members: Vec<Vec<(u32, f64, Formula)>> = vec![Vec::new(); count];
    let mut result = Formula::FALSE;
    for at in (0..count).rev() {
        let gate = expression.gates[at];
        let by_slot: BTreeMap<u32, Formula> = members[at].iter().map(|(slot, _, fails)| (*slot, *fails)).collect();
        let slot = |wanted: u32| by_slot.get(&wanted).copied().unwrap_or(Formula::FALSE);
        let mut fails = match gate.kind {
            GateKind::Series => structure.graph.or(&direct[at]),
            GateKind::Soft => Formula::FALSE,
            GateKind::FirstOf { members } => {
                let all: Vec<Formula> = (0..members).map(slot).collect();
                let none = structure.graph.and(&all);
                match expression.switches.get(&number(at)) {
                    Some(switch) => {
                        let switching = structure.switch(*switch, slot(0));
                        structure.graph.or(&[none, switching])
                    }
                    None => none,
                }
            }
            GateKind::Cached { hit } => {
                let miss = match ways {
                    Ways::Chances => structure.chance(1.0 - hit),
                    Ways::Any(_) if hit < 1.0 => Formula::TRUE,
                    Ways::Any(_) => Formula::FALSE,
                };
                let runs = structure.graph.or(&[slot(0), miss]);
                structure.graph.and(&[runs, slot(1)])
            }
            GateKind::Vote { quorum, members } => {
                let all: Vec<Formula> = (0..members).map(slot).collect();
                structure.graph.at_least((members - quorum) as usize + 1, &all)
            }
            GateKind::Choice => {
                let mut chosen: Vec<(u32, f64, Formula)> = members[at].clone();
                chosen.sort_by_key(|(slot, ..)| *slot);
                let any: Vec<Formula> = match ways {
                    Ways::Any(_) => chosen.iter().map(|(.., fails)| *fails).collect(),
                    Ways::Chances => {
                        let shares: Vec<f64> = chosen.iter().map(|(_, share, _)| *share).collect();
                        let rest = 1.0 - shares.iter().sum::<f64>();
                        let picks =
                            one_of(structure, &shares.iter().copied().chain([if rest > 1e-9 { rest } else { 0.0 }]).collect::<Vec<_>>());
                        chosen.iter().zip(picks).map(|((.., fails), pick)| structure.graph.and(&[*fails, pick])).collect()
                    }
                };
                structure.graph.or(&any)
            }
        };
        if at == 0 {
            result = fails;
            break;
        }
        let parent = gate.parent as usize;
        let parent_kind = expression.gates[parent].kind;
        if gate.weight < 1.0
            && parent_kind != GateKind::Choice
            && fails != Formula::FALSE
            && let Ways::Chances = ways
        {
            let happens = structure.chance(gate.weight);
            fails = structure.graph.and(&[fails, happens]);
        }
        match parent_kind {
            GateKind::Series | GateKind::Soft => direct[parent].push(fails),
            GateKind::FirstOf { .. } | GateKind::Cached { .. } | GateKind::Vote { .. } | GateKind::Choice => {
                members[parent].push((gate.slot, gate.weight, fails));
            }
        }
    }
    result
}
