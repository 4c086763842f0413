//! Times the fault-tree engine on topologies that are generated here: clouds, pools of nodes that services share, and quorums over shared zones.
//!
//!     cargo bench --bench failure [-- cloud | pool | quorum]
//!
//! Prints, for each: basic events, seconds until P, all importances and the cut sets (or their counts to order two) are known, and the result. Peak memory is that of the
//! whole process so far, so run one kind alone to see its own.

#![expect(clippy::print_stdout, reason = "a person reads what this prints")]

use std::time::Instant;

use weighbridge::fault_tree::{Formula, Graph, Limits, Solved, bounds, cut_sets_to_order};

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |kind: &str| wanted.is_empty() || wanted.iter().any(|one| one == kind);
    if is_wanted("quorum") {
        for (needed, of, zones) in [(51, 100, 5), (101, 200, 5), (251, 500, 5)] {
            timed(&format!("{needed}-of-{of} over {zones} zones"), &quorum(needed, of, zones));
        }
    }
    if is_wanted("cloud") {
        for events in [1_000, 10_000, 100_000] {
            timed(&format!("cloud of {events}"), &cloud(events));
        }
    }
    if is_wanted("pool") {
        for nodes in [12, 24, 60] {
            timed(&format!("pool of {nodes} nodes"), &pool(nodes));
        }
    }
}

/// A top event over events with probabilities.
struct Tree {
    graph: Graph,
    top: Formula,
    probabilities: Vec<f64>,
}

impl Tree {
    fn new() -> Self {
        Self { graph: Graph::new(), top: Formula::FALSE, probabilities: Vec::new() }
    }

    fn event(&mut self, probability: f64) -> Formula {
        self.probabilities.push(probability);
        self.graph.event(u32::try_from(self.probabilities.len() - 1).expect("few events"))
    }
}

/// The most operations on diagrams: what the journeys of a system share.
const LIMITS: Limits = Limits { diagram: 1 << 19, cut_sets: 1 << 21, largest_order: usize::MAX };

fn timed(name: &str, tree: &Tree) {
    let start = Instant::now();
    let result = match Solved::of(&tree.graph, tree.top, LIMITS) {
        Ok(solved) => {
            let (probability, _) = solved.importances(&tree.probabilities);
            let seconds = start.elapsed().as_secs_f64();
            let found = solved.cut_sets().ok();
            let sets = found.as_ref().map_or_else(|| "not counted".to_owned(), |sets| sets.count().to_string());
            let sets = if sets.len() > 12 { format!("1e{}", sets.len() - 1) } else { sets };
            let before = Instant::now();
            let listed = found.map_or(0, |sets| sets.most_probable(&tree.probabilities, usize::MAX, 20).len());
            let listing = before.elapsed().as_secs_f64();
            format!("P {probability:.9e} and importances after {seconds:.4} s, {sets} cut sets, {listed} listed in {listing:.4} s")
        }
        Err(_) => {
            let tried = start.elapsed().as_secs_f64();
            let interval = bounds(&tree.graph, tree.top, &tree.probabilities, 1 << 27);
            let bounded = start.elapsed().as_secs_f64();
            let sets = cut_sets_to_order(&tree.graph, tree.top, 2, 1 << 25);
            let sets = sets.map_or_else(
                |_| "too many".to_owned(),
                |sets| sets.by_order.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            );
            format!(
                "P {:.9e} + {:.1e} (diagram given up after {tried:.3} s, interval {:.3} s), cut sets to order 2: {sets}",
                interval.low,
                interval.high - interval.low,
                bounded - tried
            )
        }
    };
    println!("{name:28} {:7} events {:9.4} s {:6} MB  {result}", tree.probabilities.len(), start.elapsed().as_secs_f64(), peak_memory());
}

/// Returns the peak memory of this process in MB, where the system tells.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Numbers that look random, the same in every run (xorshift64*, S. Vigna).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).expect("31 bits") % count
    }
}

/// A store of which a quorum must be up, its replicas round the zones of a region.
fn quorum(needed: usize, of: usize, zones: usize) -> Tree {
    let mut tree = Tree::new();
    let zones: Vec<Formula> = (0..zones).map(|_| tree.event(1e-4)).collect();
    let replicas: Vec<Formula> = (0..of)
        .map(|at| {
            let own = tree.event(1e-3 * (1.0 + at as f64 / of as f64));
            tree.graph.or(&[own, zones[at % zones.len()]])
        })
        .collect();
    tree.top = tree.graph.at_least(of - needed + 1, &replicas);
    tree
}

/// A journey through services that each have three replicas, one in each zone on machines of their own, a common cause and a failed change; every tenth has a database of
/// three of which two must be up, with a failover. Regions have their own users and services; the zones of a region are shared.
fn cloud(events: usize) -> Tree {
    let mut tree = Tree::new();
    let mut any = Vec::new();
    let mut number = 0;
    while tree.probabilities.len() < events {
        let region = tree.event(5e-5);
        let zones: Vec<Formula> = (0..3)
            .map(|_| {
                let own = tree.event(1e-4);
                tree.graph.or(&[own, region])
            })
            .collect();
        for _ in 0..40 {
            let common = tree.event(1e-4);
            let change = tree.event(1e-4);
            let instances: Vec<Formula> = zones
                .iter()
                .map(|zone| {
                    let (machine, own) = (tree.event(1e-3), tree.event(9e-4));
                    tree.graph.or(&[machine, own, *zone, common, change])
                })
                .collect();
            let down = tree.graph.at_least(if number % 10 == 0 { 2 } else { 3 }, &instances);
            any.push(down);
            if number % 10 == 0 {
                any.push(tree.event(1e-5));
            }
            number += 1;
        }
    }
    tree.top = tree.graph.or(&any);
    tree
}

/// Services with three replicas each at random on a pool of nodes that all of them share, as a scheduler without rules packs them: each node carries ten instances.
fn pool(nodes: usize) -> Tree {
    let mut tree = Tree::new();
    let mut dice = Dice(42);
    let machines: Vec<Formula> = (0..nodes).map(|_| tree.event(1e-3)).collect();
    let services = nodes * 10 / 3;
    let any: Vec<Formula> = (0..services)
        .map(|_| {
            let instances: Vec<Formula> = (0..3)
                .map(|_| {
                    let own = tree.event(1e-3);
                    tree.graph.or(&[own, machines[dice.below(nodes)]])
                })
                .collect();
            let (common, all) = (tree.event(1e-5), tree.graph.and(&instances));
            tree.graph.or(&[all, common])
        })
        .collect();
    tree.top = tree.graph.or(&any);
    tree
}
