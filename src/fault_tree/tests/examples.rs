//! Worked examples: fractions by hand, known sums, and formulas of any depth and length.

use num_bigint::BigUint;

use crate::fault_tree::{Analysis, BasicEvent, Formula, Graph, Importance, Limits, Solved, analyse, bounds};

const H: f64 = 0.01;
const K: f64 = 0.001;

fn solve(probabilities: &[f64], build: impl FnOnce(&mut Graph, &[Formula]) -> Formula) -> Analysis {
    let mut graph = Graph::new();
    let events: Vec<Formula> = (0..probabilities.len()).map(|event| graph.event(u32::try_from(event).expect("few"))).collect();
    let top = build(&mut graph, &events);
    let basic: Vec<BasicEvent> = probabilities.iter().map(|q| BasicEvent { probability: *q, rate_per_hour: None }).collect();
    analyse(&graph, top, &basic, Limits::default()).expect("within the limits")
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} instead of {expected}");
}

fn counts(analysis: &Analysis) -> Vec<String> {
    analysis.cut_sets.as_ref().expect("found").by_order.iter().map(ToString::to_string).collect()
}

/// A service of unavailability 1/100 that needs a database of 1/100: U = 1 − (99/100)² = 199/10000.
#[test]
fn a_service_and_its_database() {
    let found = solve(&[H, H], |graph, e| graph.or(e));
    near(found.probability, 199.0 / 10_000.0);
    assert_eq!(counts(&found), ["0", "2"]);
    let Importance { birnbaum, fussell_vesely, diagnostic, raw, rrw, .. } = found.importances[0];
    near(birnbaum, 99.0 / 100.0);
    near(fussell_vesely, 99.0 / 199.0);
    near(raw, 10_000.0 / 199.0);
    near(rrw, 199.0 / 100.0);
    near(diagnostic, 100.0 / 199.0);
}

/// Two replicas of 1/100 in one zone of 1/1000: U = k + (1 − k)·h² = 10999/10⁷.
#[test]
fn two_replicas_in_one_zone() {
    let found = solve(&[K, H, H], |graph, e| {
        let instances = [graph.or(&[e[0], e[1]]), graph.or(&[e[0], e[2]])];
        graph.and(&instances)
    });
    near(found.probability, 10_999.0 / 10_000_000.0);
    assert_eq!(counts(&found), ["0", "1", "1"]);
    near(found.importances[0].fussell_vesely, 9_999.0 / 10_999.0);
}

/// Two of three, two of them in one zone: the zone is a single point.
#[test]
fn a_quorum_that_hides_a_single_point() {
    // Events: z1, z2, r1, r2, r3.
    let found = solve(&[K, K, H, H, H], |graph, e| {
        let instances = [graph.or(&[e[0], e[2]]), graph.or(&[e[0], e[3]]), graph.or(&[e[1], e[4]])];
        graph.at_least(2, &instances)
    });
    near(found.probability, 658_642_199.0 / 500_000_000_000.0);
    assert_eq!(counts(&found), ["0", "1", "5"]);
    let top = found.cut_sets.as_ref().expect("found").most_probable(&[K, K, H, H, H], 1, 10);
    assert_eq!(top.iter().map(|set| set.events.clone()).collect::<Vec<_>>(), [[0]]);
}

/// One of two with a common cause of a tenth of each one's failures.
#[test]
fn a_common_cause() {
    let (common, own) = (0.1 * H, 0.9 * H);
    let found = solve(&[common, own, own], |graph, e| {
        let both = graph.and(&e[1..]);
        graph.or(&[e[0], both])
    });
    near(found.probability, 1_080_919.0 / 1e9);
    assert_eq!(counts(&found), ["0", "1", "1"]);
}

/// A majority of five: 10 triples.
#[test]
fn a_majority_of_five() {
    let found = solve(&[H; 5], |graph, e| graph.at_least(3, e));
    near(found.probability, 49_253.0 / 5e9);
    assert_eq!(counts(&found), ["0", "0", "0", "10"]);
}

/// Two in parallel, 999 h up and 1 h down: U = 10⁻⁶, 1/500000 outages per hour, half an hour each.
#[test]
fn frequency_and_mean_outage_of_two_in_parallel() {
    let event = BasicEvent { probability: 1.0 / 1_000.0, rate_per_hour: Some(1.0 / 999.0) };
    let mut graph = Graph::new();
    let events = [graph.event(0), graph.event(1)];
    let top = graph.and(&events);
    let found = analyse(&graph, top, &[event, event], Limits::default()).expect("small");
    near(found.probability, 1e-6);
    let frequency = found.frequency_per_hour.expect("rates are known");
    near(frequency, 1.0 / 500_000.0);
    near(8_760.0 * frequency, 0.017_52);
    near(found.probability / frequency, 0.5);
}

/// C(100, 51) sets, counted without listing one; P by the binomial sum.
#[test]
fn fifty_one_of_a_hundred() {
    let found = solve(&[0.1; 100], |graph, e| graph.at_least(51, e));
    let expected = (1..=51_u32).fold(BigUint::from(1_u32), |all, at| all * (101 - at - (101 - 100) + 1) / at);
    assert_eq!(found.cut_sets.as_ref().expect("found").count(), expected);
    assert_eq!(expected.to_string(), "98913082887808032681188722800");
    let mut sum = 0.0;
    for failed in 51..=100 {
        let mut term = 1.0;
        for at in 0..failed {
            term *= f64::from(100 - at) / f64::from(failed - at) * 0.1;
        }
        for _ in failed..100 {
            term *= 0.9;
        }
        sum += term;
    }
    assert!((found.probability - sum).abs() < 1e-12 * sum);
    near(found.importances[7].fussell_vesely, found.importances[99].fussell_vesely);
}

/// Probabilities far below the last digit of 1 keep all their digits.
#[test]
fn what_is_tiny_stays_exact() {
    let found = solve(&[1e-9; 4], |graph, e| {
        let left = graph.or(&e[..2]);
        let right = graph.or(&e[1..3]);
        let all = graph.and(&[left, right, e[3]]);
        let none = graph.and(&[e[0], !e[3]]);
        graph.and(&[all, !none])
    });
    // e3 · (e1 + e0·e2): 10⁻⁹ · (10⁻⁹ + 10⁻¹⁸ − 10⁻²⁷)
    near(found.probability, 1e-9 * (1e-9 + 1e-18 - 1e-27));
    let either = solve(&[1e-30, 1e-30], |graph, e| graph.xor(e));
    near(either.probability, 2e-30);
}

#[test]
fn constants_are_answers() {
    let never = solve(&[H], |graph, e| graph.and(&[e[0], !e[0]]));
    assert_eq!((never.probability, counts(&never)), (0.0, vec![]));
    let always = solve(&[H], |graph, e| graph.or(&[e[0], !e[0]]));
    assert_eq!((always.probability, counts(&always)), (1.0, vec!["1".to_owned()]));
    assert!(always.importances.is_empty());
    let not = solve(&[H], |_, e| !e[0]);
    near(not.probability, 0.99);
    assert_eq!(counts(&not), ["1"], "it holds while nothing happens");
}

/// A chain of 200,000 gates, each around the one before: nothing recurses.
#[test]
fn depth_is_bounded_by_memory_alone() {
    let count = 200_000;
    let found = solve(&vec![1e-6; count], |graph, e| {
        e.iter().enumerate().skip(1).fold(
            e[0],
            |inner, (at, event)| {
                if at % 2 == 0 { graph.and(&[inner, *event]) } else { graph.or(&[inner, *event]) }
            },
        )
    });
    // Each pair of gates: p' = (p + q − p·q)·q, the last an "or".
    let mut expected = 1e-6;
    for at in 1..count {
        expected = if at % 2 == 0 { expected * 1e-6 } else { expected + 1e-6 - expected * 1e-6 };
    }
    near(found.probability, expected);
}

/// A formula whose diagram is larger than the limits is refused after a bounded number of operations.
#[test]
fn limits_end_the_work() {
    let mut graph = Graph::new();
    let size = 24_u32;
    // The middle bit of a product needs exponentially many nodes in every order; permutations of a grid do as well.
    let rows: Vec<Formula> = (0..size)
        .map(|row| {
            let events: Vec<Formula> = (0..size).map(|column| graph.event(row * size + column)).collect();
            graph.xor(&events)
        })
        .collect();
    let columns: Vec<Formula> = (0..size)
        .map(|column| {
            let events: Vec<Formula> = (0..size).map(|row| graph.event(row * size + column)).collect();
            graph.xor(&events)
        })
        .collect();
    let all: Vec<Formula> = rows.into_iter().chain(columns).collect();
    let top = graph.and(&all);
    let basic = vec![BasicEvent { probability: 0.5, rate_per_hour: None }; (size * size) as usize];
    let limits = Limits { diagram: 1 << 16, ..Limits::default() };
    assert!(analyse(&graph, top, &basic, limits).is_err());
}

/// Ten of a hundred equal events: 17,310,309,456,440 sets that are worth the same, 1e-30. Twenty of them are found without looking at many.
#[test]
fn equal_replicas_are_listed() {
    let found = solve(&[K; 100], |graph, e| graph.at_least(10, e));
    assert_eq!(counts(&found)[10], "17310309456440");
    let top = found.cut_sets.as_ref().expect("found").most_probable(&[K; 100], usize::MAX, 20);
    assert_eq!(top.len(), 20);
    assert!(top.iter().all(|set| set.events.len() == 10 && (set.probability / 1e-30 - 1.0).abs() < 1e-9), "{top:?}");
    assert!(top.windows(2).all(|two| two[0].events < two[1].events), "{top:?}");
}

/// Thirty of sixty replicas, each down with itself or its machine, and a common cause: the single event first, then sets of thirty that are worth the same.
#[test]
fn equal_replicas_on_machines_are_listed() {
    let probabilities = [K; 121];
    let found = solve(&probabilities, |graph, e| {
        let replicas: Vec<Formula> = (0..60).map(|at| graph.or(&[e[2 * at], e[2 * at + 1]])).collect();
        let most = graph.at_least(30, &replicas);
        graph.or(&[most, e[120]])
    });
    let top = found.cut_sets.as_ref().expect("found").most_probable(&probabilities, usize::MAX, 20);
    assert_eq!(top.len(), 20);
    assert_eq!(top[0].events, [120]);
    assert!(top[1..].iter().all(|set| set.events.len() == 30), "{top:?}");
}

/// 30,000 of 80,000 events of 3/8 each, which is what is expected: Σ over j ≥ 30,000 of C(80,000, j)·3ʲ·5^(80,000 − j) ÷ 8^80,000, with whole numbers. A table of all counts would have
/// 2.4 thousand million cells; what is left is an interval, also where the gate stands below others and negated.
#[test]
fn a_quorum_of_very_many_has_a_narrow_interval() {
    let many = 80_000;
    let expected = 0.501_335_333_712_747_1;
    let mut graph = Graph::new();
    let events: Vec<Formula> = (0..many).map(|event| graph.event(event)).collect();
    let gate = graph.at_least(30_000, &events);
    let other = graph.event(many);
    let above = graph.or(&[gate, other]);
    let probabilities: Vec<f64> = (0..many).map(|_| 0.375).chain([0.25]).collect();
    let negated = 1.0 - (expected + (1.0 - expected) * 0.25);
    for (top, expected) in [(gate, expected), (!gate, 1.0 - expected), (!above, negated)] {
        assert!(Solved::of(&graph, top, Limits::default()).is_err());
        let found = bounds(&graph, top, &probabilities, 1 << 28);
        assert!(found.low <= expected && expected <= found.high && found.high - found.low < 1e-9, "{found:?} instead of {expected}");
    }
    // Where even the counts that matter are too many, their bound is left: 60,000 are next to impossible.
    let rare = graph.at_least(60_000, &events);
    let found = bounds(&graph, rare, &probabilities, 1 << 24);
    assert!(found.low == 0.0 && found.high < 1e-300, "{found:?}");
}
