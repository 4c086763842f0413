//! A journey's expression as one formula: with the chances of its conditions, choices and draws, or with all their variants at once.

use std::collections::{BTreeMap, BTreeSet};

use super::super::events::number;
use super::super::expression::{Coin, Expression, GateKind};
use super::super::requirement::{DrawId, RequirementId, Requirements, Shards};
use super::structure::{Calling, Question, Structure};
use crate::fault_tree::Formula;
use crate::model::{ComponentId, System};

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

/// A way in which a request can go: the shards that are drawn, and from where components call that must be followed together.
#[derive(Debug, Clone, Default)]
struct Variant {
    drawn: Vec<(DrawId, usize)>,
    origins: BTreeMap<Calling, usize>,
}

/// Returns the formula of which the minimal solutions are the journey's minimal cut sets: those of all variants, each once. None if there are too many
/// combinations of shards, and of places from which components call.
pub(super) fn of_all_variants(structure: &mut Structure<'_>, requirements: &Requirements, expression: &Expression) -> Option<Formula> {
    let draws: BTreeSet<DrawId> =
        expression.leaves.iter().flat_map(|(requirement, _)| requirements.draws_of(structure.system, *requirement)).collect();
    let mut variants = vec![Variant::default()];
    for draw in draws {
        let shares = requirements.shares(draw);
        let shards: Vec<usize> = (0..shares.len()).filter(|shard| shares[*shard] > 0.0).collect();
        variants = extended(&variants, |_| shards.len(), |variant, at| variant.drawn.push((draw, shards[at])))?;
    }
    for caller in entangled(structure.system, requirements, expression) {
        let calling = |variant: &Variant| -> Calling {
            let drawn = requirements.draw_of(caller).and_then(|draw| variant.drawn.iter().find(|(other, _)| *other == draw));
            (caller, drawn.map(|(_, shard)| number(*shard)))
        };
        let counts: BTreeMap<Calling, usize> = variants
            .iter()
            .map(calling)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|calling| (calling, structure.origins(calling).len()))
            .collect();
        variants = extended(
            &variants,
            |variant| counts[&calling(variant)],
            |variant, at| {
                let calling = calling(variant);
                variant.origins.insert(calling, at);
            },
        )?;
    }
    structure.question = Question::Variants;
    let mut any: Vec<Formula> = Vec::with_capacity(variants.len());
    for Variant { drawn, origins } in variants {
        structure.calling_from = origins;
        any.push(formula(structure, requirements, expression, Ways::Any(&drawn), &mut Draws::new()));
    }
    structure.calling_from.clear();
    structure.question = Question::Chance;
    Some(structure.graph.or(&any))
}

/// Returns all variants with one more choice made; none if they are too many.
fn extended(variants: &[Variant], choices: impl Fn(&Variant) -> usize, choose: impl Fn(&mut Variant, usize)) -> Option<Vec<Variant>> {
    let count: usize = variants.iter().map(&choices).fold(0, usize::saturating_add);
    let more = |variant: &Variant| {
        (0..choices(variant))
            .map(|at| {
                let mut variant = variant.clone();
                choose(&mut variant, at);
                variant
            })
            .collect::<Vec<_>>()
    };
    (count <= MAX_COMBINATIONS).then(|| variants.iter().flat_map(more).collect())
}

/// Returns the components from which several calls over connections come that may only fail together: in a group, or on all shards. Of calls that each fail the journey alone,
/// each place from which they come is a variant of its own.
fn entangled(system: &System, requirements: &Requirements, expression: &Expression) -> Vec<ComponentId> {
    // Whether a gate stands in one whose members are told apart.
    let mut is_bent: Vec<bool> = Vec::with_capacity(expression.gates.len());
    for gate in &expression.gates {
        let above = is_bent.get(gate.parent as usize).copied().unwrap_or(false);
        is_bent.push(above || matches!(gate.kind, GateKind::FirstOf { .. } | GateKind::Cached { .. } | GateKind::Vote { .. }));
    }
    let mut of_caller: BTreeMap<ComponentId, (usize, bool)> = BTreeMap::new();
    for (requirement, gate) in &expression.leaves {
        let requirement = requirements.get(*requirement);
        if let (Some(link), true) = (requirement.over, expression.standings[*gate as usize].is_hard) {
            let (calls, is_entangled) = of_caller.entry(system.carrier(system.link(link).from)).or_default();
            *calls += if requirement.shards == Shards::Any { 2 } else { 1 };
            *is_entangled |= is_bent[*gate as usize] || requirement.shards == Shards::Any;
        }
    }
    of_caller.into_iter().filter(|(_, (calls, is_entangled))| *calls > 1 && *is_entangled).map(|(caller, _)| caller).collect()
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

/// Returns what a coin shows: drawn anew, or as it was drawn for another gate of the same step.
fn drawn_once(coins: &mut BTreeMap<Coin, Vec<Formula>>, coin: Option<Coin>, draw: impl FnOnce() -> Vec<Formula>) -> Vec<Formula> {
    match coin {
        Some(coin) => coins.entry(coin).or_insert_with(draw).clone(),
        None => draw(),
    }
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
    let mut coins: BTreeMap<Coin, Vec<Formula>> = BTreeMap::new();
    for at in (0..count).rev() {
        let gate = expression.gates[at];
        let by_slot: BTreeMap<u32, Formula> = members[at].iter().map(|(slot, _, fails)| (*slot, *fails)).collect();
        let slot = |wanted: u32| by_slot.get(&wanted).copied().unwrap_or(Formula::FALSE);
        let coin = expression.coins.get(&number(at)).copied();
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
                    Ways::Chances => drawn_once(&mut coins, coin, || vec![structure.chance(1.0 - hit)])[0],
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
                        let shares: Vec<f64> = shares.into_iter().chain([if rest > 1e-9 { rest } else { 0.0 }]).collect();
                        let picks = drawn_once(&mut coins, coin, || one_of(structure, &shares));
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
            let happens = drawn_once(&mut coins, coin, || vec![structure.chance(gate.weight)])[0];
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
