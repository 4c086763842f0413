//! Random formulas against the sum over all states, and against another engine.

use biodivine_lib_bdd::{Bdd, BddVariable, BddVariableSet};

use super::random::{Dice, Tree};
use crate::fault_tree::to_order::sets_to_order;
use crate::fault_tree::{BasicEvent, Exceeded, Formula, Graph, Limits, Solved, analyse, bounds};

/// The probability that exactly the events of a set happen.
fn weight(state: u64, probabilities: &[f64]) -> f64 {
    probabilities.iter().enumerate().map(|(event, q)| if state >> event & 1 == 1 { *q } else { 1.0 - q }).product()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs().max(1e-3)
}

/// P, Birnbaum importance, frequency and the minimal cut sets are those of all 2ⁿ states.
#[test]
fn random_formulas_equal_the_sum_over_all_states() {
    for seed in 1..=1_500 {
        let mut dice = Dice::new(seed);
        let events = 2 + dice.below(7);
        let depth = 1 + dice.below(4);
        let tree = Tree::random(&mut dice, events, depth, seed % 2 == 0, &mut Vec::new());
        let basic: Vec<BasicEvent> = (0..events)
            .map(|_| {
                let probability = dice.probability();
                // Down a share q of the time and repaired once an hour: fails q ÷ (1 − q) times per hour of working.
                BasicEvent { probability, rate_per_hour: Some(probability / (1.0 - probability)) }
            })
            .collect();
        let probabilities: Vec<f64> = basic.iter().map(|event| event.probability).collect();
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let found = analyse(&graph, top, &basic, Limits::default()).expect("a small formula");

        let states = 0..1_u64 << events;
        let holds: Vec<bool> = states.clone().map(|state| tree.holds(state)).collect();
        let expected: f64 = states.clone().filter(|state| holds[*state as usize]).map(|state| weight(state, &probabilities)).sum();
        assert!(near(found.probability, expected), "seed {seed}: P {} instead of {expected}: {tree:?}", found.probability);

        let mut frequency = 0.0;
        for event in 0..events {
            let bit = 1_u64 << event;
            let (mut birnbaum, mut critical) = (0.0, 0.0);
            for state in states.clone().filter(|state| state & bit == 0) {
                let others = weight(state, &probabilities) / (1.0 - probabilities[event]);
                let change = f64::from(i8::from(holds[(state | bit) as usize]) - i8::from(holds[state as usize]));
                birnbaum += others * change;
                critical += others * change.abs();
            }
            frequency += critical * probabilities[event];
            let known = found.importances.iter().find(|importance| importance.event as usize == event);
            let q = probabilities[event];
            match known {
                None => assert!(near(birnbaum, 0.0), "seed {seed}: event {event} matters: {tree:?}"),
                Some(known) => {
                    assert!((known.birnbaum - birnbaum).abs() < 1e-12, "seed {seed}: Birnbaum {} instead of {birnbaum}", known.birnbaum);
                    if expected > 1e-6 {
                        let (with, without) = (expected + (1.0 - q) * birnbaum, expected - q * birnbaum);
                        assert!((known.raw - with / expected).abs() < 1e-9, "seed {seed}");
                        assert!((known.fussell_vesely - (expected - without) / expected).abs() < 1e-9, "seed {seed}");
                        assert!((known.diagnostic - q * with / expected).abs() < 1e-9, "seed {seed}");
                        if without > 1e-9 {
                            assert!(
                                (known.rrw - expected / without).abs() < 1e-6 * known.rrw,
                                "seed {seed}: {} {}",
                                known.rrw,
                                expected / without
                            );
                        }
                    }
                }
            }
        }
        // An event that fails q times per hour changes the formula in the states in which it is critical.
        match found.frequency_per_hour {
            Some(found) => assert!(near(found, frequency), "seed {seed}: frequency {found} instead of {frequency}"),
            None => assert!(seed % 2 == 1, "seed {seed}: nothing is negated in {tree:?}"),
        }

        let minimal: Vec<u64> = states
            .clone()
            .filter(|state| holds[*state as usize])
            .filter(|state| !states.clone().any(|inner| inner != *state && inner & state == inner && holds[inner as usize]))
            .collect();
        let cut_sets = found.cut_sets.expect("few cut sets");
        let mut by_order = vec![0_u32; events + 1];
        for set in &minimal {
            by_order[set.count_ones() as usize] += 1;
        }
        while by_order.last() == Some(&0) {
            by_order.pop();
        }
        let counted: Vec<String> = cut_sets.by_order.iter().map(ToString::to_string).collect();
        assert_eq!(counted, by_order.iter().map(ToString::to_string).collect::<Vec<_>>(), "seed {seed}: {tree:?}");
        let most = 1 + dice.below(5);
        for (largest, most) in [(usize::MAX, usize::MAX), (2, usize::MAX), (usize::MAX, most)] {
            let listed = cut_sets.most_probable(&probabilities, largest, most);
            let mut expected: Vec<(f64, u64)> = minimal
                .iter()
                .filter(|set| set.count_ones() as usize <= largest)
                .map(|set| ((0..events).filter(|event| set >> event & 1 == 1).map(|event| probabilities[event]).product(), *set))
                .collect();
            expected.sort_by(|a, b| b.0.total_cmp(&a.0));
            expected.truncate(most);
            assert_eq!(listed.len(), expected.len(), "seed {seed}");
            for (set, (probability, _)) in listed.iter().zip(&expected) {
                assert!(near(set.probability, *probability), "seed {seed}: {} instead of {probability}", set.probability);
                let bits = set.events.iter().fold(0, |bits, event| bits | 1_u64 << event);
                assert!(minimal.contains(&bits), "seed {seed}: {:?} is no minimal cut set", set.events);
            }
        }
    }
}

fn bdd_of(tree: &Tree, variables: &BddVariableSet, names: &[BddVariable]) -> Bdd {
    let all = |arguments: &[Tree]| arguments.iter().map(|one| bdd_of(one, variables, names)).collect::<Vec<_>>();
    match tree {
        Tree::Constant(true) => variables.mk_true(),
        Tree::Constant(false) => variables.mk_false(),
        Tree::Event(event) => variables.mk_var(names[*event as usize]),
        Tree::Not(one) => bdd_of(one, variables, names).not(),
        Tree::And(arguments) => all(arguments).iter().fold(variables.mk_true(), |sum, one| sum.and(one)),
        Tree::Or(arguments) => all(arguments).iter().fold(variables.mk_false(), |sum, one| sum.or(one)),
        Tree::Xor(arguments) => all(arguments).iter().fold(variables.mk_false(), |sum, one| sum.xor(one)),
        Tree::AtLeast(count, arguments) => {
            let mut row = vec![variables.mk_false(); count + 1];
            row[0] = variables.mk_true();
            for one in all(arguments) {
                for missing in (1..row.len()).rev() {
                    row[missing] = one.and(&row[missing - 1]).or(&row[missing]);
                }
            }
            row.swap_remove(*count)
        }
        Tree::Shared(one) => bdd_of(one, variables, names),
    }
}

/// Weighs the paths of the other engine's diagram.
fn probability(bdd: &Bdd, probabilities: &[f64]) -> f64 {
    let mut chances: Vec<f64> = Vec::new();
    for pointer in bdd.pointers() {
        chances.push(if pointer.is_zero() {
            0.0
        } else if pointer.is_one() {
            1.0
        } else {
            let q = probabilities[bdd.var_of(pointer).to_index()];
            q * chances[bdd.high_link_of(pointer).to_index()] + (1.0 - q) * chances[bdd.low_link_of(pointer).to_index()]
        });
    }
    chances.last().copied().expect("a diagram has a terminal")
}

/// P is that of `biodivine-lib-bdd` on formulas of up to 40 events.
#[test]
fn random_formulas_equal_another_engine() {
    for seed in 1..=300 {
        let mut dice = Dice::new(seed * 7_919);
        let events = 10 + dice.below(31);
        let tree = Tree::random(&mut dice, events, 6, seed % 3 == 0, &mut Vec::new());
        let probabilities: Vec<f64> = (0..events).map(|_| dice.probability()).collect();
        let variables = BddVariableSet::new_anonymous(u16::try_from(events).expect("few events"));
        let expected = probability(&bdd_of(&tree, &variables, &variables.variables()), &probabilities);
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let found = Solved::of(&graph, top, Limits::default()).expect("a small formula").probability(&probabilities);
        assert!(near(found, expected), "seed {seed}: P {found} instead of {expected}");
    }
}

/// The interval of a formula contains its probability, however little work is allowed, and closes when enough is.
#[test]
fn bounds_contain_the_probability() {
    for seed in 1..=200 {
        let mut dice = Dice::new(seed * 15_485_863);
        let tree = Tree::random(&mut dice, 14, 5, seed % 2 == 0, &mut Vec::new());
        let probabilities: Vec<f64> = (0..14).map(|_| dice.probability()).collect();
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let exact = Solved::of(&graph, top, Limits::default()).expect("a small formula").probability(&probabilities);
        for operations in [0, 1 << 13, 1 << 15, 1 << 24] {
            let found = bounds(&graph, top, &probabilities, operations);
            assert!(found.low <= exact + 1e-12 && exact <= found.high + 1e-12, "seed {seed}: {exact} is not within {found:?}");
            if operations == 1 << 24 {
                assert!(found.high - found.low < 1e-12, "seed {seed}: {found:?}");
            }
        }
    }
}

/// Twenty services with three replicas each at random on a pool of 14 nodes: far too large for the limits of one case. The interval contains what the other
/// engine finds, and is narrow, since most of the time hardly any node is down.
#[test]
fn bounds_of_a_shared_pool_are_narrow() {
    let mut dice = Dice::new(42);
    let (nodes, services) = (14, 20);
    let mut services_down = Vec::new();
    let events = nodes + 3 * services;
    for service in 0..services {
        let replicas = (0..3).map(|replica| {
            let event = |event: usize| Tree::Event(u32::try_from(event).expect("few"));
            Tree::Or(vec![event(nodes + 3 * service + replica), event(dice.below(nodes))])
        });
        services_down.push(Tree::And(replicas.collect()));
    }
    let tree = Tree::Or(services_down);
    let probabilities: Vec<f64> = (0..events).map(|event| if event < nodes { 0.001 } else { 0.01 }).collect();
    let variables = BddVariableSet::new_anonymous(u16::try_from(events).expect("few events"));
    let expected = probability(&bdd_of(&tree, &variables, &variables.variables()), &probabilities);
    let mut graph = Graph::new();
    let top: Formula = tree.formula(&mut graph);
    let found = bounds(&graph, top, &probabilities, 1 << 22);
    assert!(found.low <= expected + 1e-15 && expected <= found.high + 1e-15, "{expected} is not within {found:?}");
    assert!(found.high - found.low < 1e-4, "{found:?}");
}

/// An order in which a diagram is built changes nothing but its size: a race that starts with no budget arrives at the same numbers.
#[test]
fn every_order_gives_the_same_numbers() {
    for seed in 1..=60 {
        let mut dice = Dice::new(seed * 104_729);
        let tree = Tree::random(&mut dice, 16, 5, seed % 2 == 0, &mut Vec::new());
        let probabilities: Vec<f64> = (0..16).map(|_| dice.probability()).collect();
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let expected = Solved::of(&graph, top, Limits::default()).expect("a small formula");
        let least = (4..20)
            .map(|bits| Limits { diagram: 1 << bits, ..Limits::default() })
            .find_map(|limits| Solved::of(&graph, top, limits).ok())
            .expect("some budget suffices");
        assert!(near(least.probability(&probabilities), expected.probability(&probabilities)), "seed {seed}");
        let counts = |solved: &Solved| solved.cut_sets().expect("few").by_order;
        assert_eq!(counts(&least), counts(&expected), "seed {seed}");
    }
}

/// The sets up to an order are the minimal ones among all sets of events that make the formula hold while no other event happens, with negations and without.
#[test]
fn cut_sets_to_an_order_equal_those_of_all_states() {
    for seed in 1..=600 {
        let mut dice = Dice::new(seed * 32_452_843);
        let events = 2 + dice.below(9);
        let depth = 1 + dice.below(4);
        let tree = Tree::random(&mut dice, events, depth, seed % 3 == 0, &mut Vec::new());
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        let holds: Vec<u64> = (0..1_u64 << events).filter(|state| tree.holds(*state)).collect();
        for largest in 0..=4 {
            let mut expected: Vec<Vec<u32>> = holds
                .iter()
                .filter(|state| state.count_ones() as usize <= largest)
                .filter(|state| !holds.iter().any(|inner| inner != *state && *inner & **state == *inner))
                .map(|state| (0..64).filter(|event| state >> event & 1 == 1).collect())
                .collect();
            expected.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            let found = sets_to_order(&graph, top, largest, 1 << 24).expect("few sets");
            assert_eq!(found.sets, expected, "seed {seed}, to order {largest}: {tree:?}");
            assert_eq!(found.by_order.iter().sum::<usize>(), expected.len(), "seed {seed}");
        }
        if top != Formula::TRUE && top != Formula::FALSE {
            assert_eq!(sets_to_order(&graph, top, 2, 0), Err(Exceeded), "seed {seed}");
        }
    }
}

/// A part that is told apart by the states of its shared leaves has the same chance and the same slopes as its diagram, whatever its leaves' chances, certain ones included.
#[test]
fn states_of_shared_leaves_say_what_diagrams_say() {
    use crate::fault_tree::chance::Chance;
    use crate::fault_tree::conditioned::Conditioned;
    use crate::fault_tree::diagram::{Arenas, diagram};
    use crate::fault_tree::modules::parts;
    let mut told_apart = 0;
    for seed in 1..=300 {
        let mut dice = Dice::new(seed * 49_979_687);
        let tree = Tree::random(&mut dice, 12, 5, seed % 2 == 0, &mut Vec::new());
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        if top == Formula::TRUE || top == Formula::FALSE {
            continue;
        }
        for unit in parts(&graph, top).units {
            let signs: Vec<bool> = unit.leaves.iter().map(|_| dice.below(4) == 0).collect();
            let leaves: Vec<Chance> = unit
                .leaves
                .iter()
                .map(|_| match dice.below(12) {
                    0 => Chance::CERTAIN,
                    1 => Chance::NEVER,
                    _ => Chance::of(dice.probability()),
                })
                .collect();
            let is_negated = dice.below(2) == 0;
            let built = diagram(&mut Arenas::default(), &unit, &signs, is_negated, 1 << 22).expect("a small part");
            let chances = built.chances(&leaves);
            let (expected, slopes) = (built.chance(&chances), built.slopes(&leaves, &chances));
            let states = Conditioned::of(unit, signs, is_negated);
            let found = states.chance(&leaves);
            assert!(
                near(found.fails, expected.fails) && near(found.works, expected.works),
                "seed {seed}: {found:?} instead of {expected:?}"
            );
            for (found, expected) in states.slopes(&leaves).iter().zip(slopes) {
                assert!((found - expected).abs() < 1e-12, "seed {seed}: {found} instead of {expected}");
            }
            for mut operations in [0, 1 << 8, 1 << 12, 1 << 24] {
                let [low, high] = states.bounds(&leaves, &mut operations);
                assert!(
                    low.fails <= expected.fails + 1e-12 && expected.fails <= high.fails + 1e-12,
                    "seed {seed}: {expected:?} in {low:?} {high:?}"
                );
            }
            told_apart += 1;
        }
    }
    assert!(told_apart > 200, "{told_apart}");
}

/// What gates say of rare events that they share is right to the last digits, too: a chance of 1e-20 is not 0.
#[test]
fn rare_events_keep_their_bounds() {
    use crate::fault_tree::chance::Chance;
    use crate::fault_tree::conditioned::Conditioned;
    use crate::fault_tree::diagram::{Arenas, diagram};
    use crate::fault_tree::modules::parts;
    let mut looked_at = 0;
    for seed in 1..=300 {
        let mut dice = Dice::new(seed * 86_028_121);
        let tree = Tree::random(&mut dice, 10, 5, seed % 3 == 0, &mut Vec::new());
        let mut graph = Graph::new();
        let top = tree.formula(&mut graph);
        if top == Formula::TRUE || top == Formula::FALSE {
            continue;
        }
        for unit in parts(&graph, top).units {
            let signs = vec![false; unit.leaves.len()];
            let rare = |dice: &mut Dice| 1e-10 * (0.5 + dice.probability());
            let leaves: Vec<Chance> = unit
                .leaves
                .iter()
                .map(|_| if dice.below(4) == 0 { Chance::of(rare(&mut dice)).not() } else { Chance::of(rare(&mut dice)) })
                .collect();
            let built = diagram(&mut Arenas::default(), &unit, &signs, false, 1 << 22).expect("a small part");
            let expected = built.chance(&built.chances(&leaves));
            let [low, high] = Conditioned::of(unit, signs, false).bounds(&leaves, &mut 0);
            let context = format!("seed {seed}: {expected:?} in {low:?} {high:?}");
            assert!(low.fails <= expected.fails * (1.0 + 1e-9) && expected.fails <= high.fails * (1.0 + 1e-9), "{context}");
            assert!(high.works <= expected.works * (1.0 + 1e-9) && expected.works <= low.works * (1.0 + 1e-9), "{context}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 200, "{looked_at}");
}

/// Quorums of four in nine over 63 events: seven that share none, and 53 laid at random across them, far too many states to be told apart. All hold together more probably than if they were independent,
/// so that none holds at least with the product; and of the seven it is the product.
#[test]
fn overlapping_quorums_are_told_apart_to_a_factor() {
    const EVENTS: usize = 63;
    let mut dice = Dice::new(11);
    let mut sets: Vec<Vec<usize>> = (0..7).map(|part| (0..9).map(|at| part + 7 * at).collect()).collect();
    while sets.len() < 60 {
        let mut set: Vec<usize> = (0..9).map(|_| dice.below(EVENTS)).collect();
        set.sort_unstable();
        set.dedup();
        sets.extend((set.len() == 9).then_some(set));
    }
    let mut graph = Graph::new();
    let quorums: Vec<Formula> = sets
        .iter()
        .map(|set| {
            let events: Vec<Formula> = set.iter().map(|event| graph.event(u32::try_from(*event).expect("few"))).collect();
            graph.at_least(4, &events)
        })
        .collect();
    let top = graph.or(&quorums);
    let found = bounds(&graph, top, &[0.05; EVENTS], 1 << 16);
    let failed = |count: i32, ways: f64| ways * libm::pow(0.05, f64::from(count)) * libm::pow(0.95, f64::from(9 - count));
    let quorum = 1.0 - failed(0, 1.0) - failed(1, 9.0) - failed(2, 36.0) - failed(3, 84.0);
    let any_of = |independent: f64| 1.0 - libm::pow(1.0 - quorum, independent);
    assert!(found.high <= any_of(60.0) * (1.0 + 1e-9), "{found:?} instead of {}", any_of(60.0));
    assert!(found.low >= any_of(7.0) * (1.0 - 1e-9), "{found:?} instead of {}", any_of(7.0));
    // Drawn 200,000 times, about 1 in 30 holds.
    let mut holds = 0_u32;
    for _ in 0..200_000 {
        let down: Vec<bool> = (0..EVENTS).map(|_| dice.below(20) == 0).collect();
        holds += u32::from(sets.iter().any(|set| set.iter().filter(|event| down[**event]).count() >= 4));
    }
    let share = f64::from(holds) / 200_000.0;
    assert!(found.low < share && share < found.high, "{share} in {found:?}");
}

/// A quorum of 51 in 100 replicas over three zones: over the states of the zones, the number of replicas that fail of the others is binomial.
#[test]
fn a_large_quorum_over_zones_is_the_sum_over_their_states() {
    let (zone, own) = (0.05, 0.2);
    let mut graph = Graph::new();
    let replicas: Vec<Formula> = (0..100)
        .map(|at| {
            let (place, replica) = (graph.event(at % 3), graph.event(3 + at));
            graph.or(&[place, replica])
        })
        .collect();
    let top = graph.at_least(50, &replicas);
    // 34 replicas in the first zone, 33 in the others.
    let mut expected = 0.0;
    for state in 0..8_u32 {
        let gone: u32 = (0..3).filter(|at| state >> at & 1 == 1).map(|at| if at == 0 { 34 } else { 33 }).sum();
        let weight: f64 = (0..3).map(|at| if state >> at & 1 == 1 { zone } else { 1.0 - zone }).product();
        let left = 100 - gone;
        let mut binomial: f64 = (0..left).map(|_| 1.0 - own).product();
        for failed in 0..=left {
            if gone + failed >= 50 {
                expected += weight * binomial;
            }
            binomial *= f64::from(left - failed) / f64::from(failed + 1) * own / (1.0 - own);
        }
    }
    let probabilities: Vec<f64> = (0..103).map(|event| if event < 3 { zone } else { own }).collect();
    let solved = Solved::of(&graph, top, Limits::default()).expect("few shared events");
    assert_eq!(solved.size().1, 0, "no diagram");
    assert!(near(solved.probability(&probabilities), expected), "{} instead of {expected}", solved.probability(&probabilities));
}
