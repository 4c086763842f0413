//! Modules: parts of a formula that share no event with the rest, so that each can be solved alone.
//!
//! Source: Y. Dutuit, A. Rauzy, "A linear-time algorithm to find modules of fault trees", IEEE Transactions on Reliability 45(3), 1996.

use std::collections::BTreeMap;

use super::graph::{Formula, Graph, Kind, number};

/// A formula in parts, each before those that use it; the last is the formula itself.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) units: Vec<Unit>,
    /// Whether the formula is the negation of the last part.
    pub(super) is_negated: bool,
}

/// What a part stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    /// A basic event.
    Event(u32),
    /// An earlier part.
    Part(u32),
}

/// One part: gates over leaves that no other part has.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) leaves: Vec<Leaf>,
    /// Its gates, arguments first; the last one is the part.
    pub(super) gates: Vec<UnitGate>,
}

/// A gate of a part.
#[derive(Debug, Clone)]
pub(super) struct UnitGate {
    pub(super) kind: Kind,
    /// Leaves by their number, gates by the number of leaves more; and whether negated.
    pub(super) arguments: Vec<(u32, bool)>,
}

/// Takes a formula, which is not constant, apart into its modules.
pub(super) fn parts(graph: &Graph, root: Formula) -> Parts {
    let is_module = modules(graph, root);
    match separated(graph, root, &is_module) {
        None => parts_of(graph, root, &is_module),
        Some((graph, root)) => parts_of(&graph, root, &modules(&graph, root)),
    }
}

fn parts_of(graph: &Graph, root: Formula, is_module: &[bool]) -> Parts {
    let mut part_of = vec![u32::MAX; graph.len()];
    let mut local = vec![u32::MAX; graph.len()];
    let mut is_seen = vec![false; graph.len()];
    let mut units = Vec::new();
    for node in 1..=root.node() {
        if is_module[node] {
            units.push(unit(graph, node, is_module, &part_of, (&mut local, &mut is_seen)));
            part_of[node] = number(units.len() - 1);
        }
    }
    Parts { units, is_negated: root.is_negated() }
}

/// Collects the nodes of a module, sorted, down to its leaves: events and the modules inside it.
fn inner_nodes(graph: &Graph, module: usize, is_module: &[bool], is_seen: &mut [bool]) -> (Vec<usize>, Vec<usize>) {
    let (mut gates, mut leaves) = (vec![module], Vec::new());
    let mut next = 0;
    while next < gates.len() {
        for one in graph.arguments(gates[next]) {
            let node = one.node();
            if !std::mem::replace(&mut is_seen[node], true) {
                let is_leaf = is_module[node] || matches!(graph.kind(node), Kind::Event(_));
                if is_leaf { leaves.push(node) } else { gates.push(node) }
            }
        }
        next += 1;
    }
    for node in gates.iter().chain(&leaves) {
        is_seen[*node] = false;
    }
    gates.sort_unstable();
    leaves.sort_unstable();
    (gates, leaves)
}

/// Makes the unit of a module; numbers and marks of nodes are kept for all of them, so that each costs as much as its own nodes.
fn unit(graph: &Graph, module: usize, is_module: &[bool], part_of: &[u32], (local, is_seen): (&mut [u32], &mut [bool])) -> Unit {
    if let Kind::Event(event) = graph.kind(module) {
        return Unit { leaves: vec![Leaf::Event(event)], gates: vec![UnitGate { kind: Kind::And, arguments: vec![(0, false)] }] };
    }
    let (gates, leaves) = inner_nodes(graph, module, is_module, is_seen);
    for (at, node) in leaves.iter().chain(&gates).enumerate() {
        local[*node] = number(at);
    }
    Unit {
        leaves: leaves.iter().map(|node| leaf(graph, *node, part_of)).collect(),
        gates: gates
            .iter()
            .map(|node| UnitGate {
                kind: graph.kind(*node),
                arguments: graph.arguments(*node).iter().map(|one| (local[one.node()], one.is_negated())).collect(),
            })
            .collect(),
    }
}

fn leaf(graph: &Graph, node: usize, part_of: &[u32]) -> Leaf {
    match graph.kind(node) {
        Kind::Event(event) => Leaf::Event(event),
        _ => Leaf::Part(part_of[node]),
    }
}

/// Marks the gates that are modules, and the root.
fn modules(graph: &Graph, root: Formula) -> Vec<bool> {
    /// When a node is met first, left first, and met last, in a walk that enters every node once.
    #[derive(Clone, Copy, Default)]
    struct Dates {
        first: u32,
        left: u32,
        last: u32,
    }
    let mut dates = vec![Dates::default(); graph.len()];
    let mut clock = 1;
    dates[root.node()].first = clock;
    let mut open = vec![(root.node(), 0)];
    while let Some((node, next)) = open.last_mut() {
        clock += 1;
        match graph.arguments(*node).get(*next) {
            Some(one) => {
                *next += 1;
                let inner = &mut dates[one.node()];
                inner.last = clock;
                if inner.first == 0 {
                    inner.first = clock;
                    open.push((one.node(), 0));
                }
            }
            None => {
                dates[*node].left = clock;
                dates[*node].last = dates[*node].last.max(clock);
                open.pop();
            }
        }
    }
    let mut is_module = vec![false; graph.len()];
    // The first and last date of everything below a node.
    let mut below = vec![(u32::MAX, 0); graph.len()];
    for node in 1..=root.node() {
        if dates[node].first == 0 {
            continue;
        }
        let mut range = (u32::MAX, 0);
        for one in graph.arguments(node) {
            let (inner, deeper) = (dates[one.node()], below[one.node()]);
            range = (range.0.min(inner.first).min(deeper.0), range.1.max(inner.last).max(deeper.1));
        }
        below[node] = range;
        let is_gate = !matches!(graph.kind(node), Kind::Event(_) | Kind::True);
        is_module[node] = is_gate && range.0 > dates[node].first && range.1 < dates[node].left;
    }
    is_module[root.node()] = true;
    is_module
}

/// Puts arguments of a module that share events with each other, and with no other argument, into a gate of their own: a new module. None where all stays as it is.
fn separated(graph: &Graph, root: Formula, is_module: &[bool]) -> Option<(Graph, Formula)> {
    let is_used = graph.reachable(root);
    let mut owner = vec![u32::MAX; graph.len()];
    let mut is_seen = vec![false; graph.len()];
    // The arguments of modules that fall into groups, more than one and not each by itself.
    let mut grouped: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in (1..=root.node()).filter(|node| is_used[*node] && is_module[*node] && graph.kind(*node) == Kind::And) {
        let arguments = graph.arguments(node).len();
        if arguments > 2 {
            let group = groups(graph, node, is_module, &mut owner, &mut is_seen);
            let first = group.iter().enumerate().filter(|(at, group)| at == *group).count();
            if (2..arguments).contains(&first) {
                grouped.insert(node, group);
            }
        }
    }
    if grouped.is_empty() {
        return None;
    }
    let mut into = Graph::as_large_as(graph);
    let mut new = vec![Formula::TRUE; graph.len()];
    for node in 1..=root.node() {
        if !is_used[node] {
            continue;
        }
        let arguments: Vec<Formula> = graph.arguments(node).iter().map(|one| new[one.node()].flip(one.is_negated())).collect();
        new[node] = match graph.kind(node) {
            Kind::True => Formula::TRUE,
            Kind::Event(event) => into.event(event),
            Kind::AtLeast(count) => into.at_least(count as usize, &arguments),
            Kind::Xor => into.xor(&arguments),
            Kind::And => match grouped.get(&node) {
                None => into.and(&arguments),
                Some(group) => {
                    let mut members: Vec<Vec<Formula>> = vec![Vec::new(); arguments.len()];
                    for (argument, group) in arguments.iter().zip(group) {
                        members[*group].push(*argument);
                    }
                    let together: Vec<Formula> =
                        members.iter().filter(|members| !members.is_empty()).map(|members| into.and(members)).collect();
                    into.and(&together)
                }
            },
        };
    }
    let root = new[root.node()].flip(root.is_negated());
    Some((into, root))
}

/// Returns for each argument of a module's gate the first argument with which it is connected through shared leaves.
fn groups(graph: &Graph, module: usize, is_module: &[bool], owner: &mut [u32], is_seen: &mut [bool]) -> Vec<usize> {
    let arguments = graph.arguments(module);
    let mut first: Vec<usize> = (0..arguments.len()).collect();
    let find = |first: &mut Vec<usize>, of: usize| {
        let mut at = of;
        while first[at] != at {
            first[at] = first[first[at]];
            at = first[at];
        }
        at
    };
    let (gates, leaves) = inner_nodes(graph, module, is_module, is_seen);
    // Each node belongs to the argument that reaches it first; a second one joins the two.
    for (at, one) in arguments.iter().enumerate() {
        owner[one.node()] = number(at);
    }
    for gate in gates.iter().rev().filter(|gate| **gate != module) {
        let own = find(&mut first, owner[*gate] as usize);
        for one in graph.arguments(*gate) {
            match owner[one.node()] {
                u32::MAX => owner[one.node()] = number(own),
                other => {
                    let (a, b) = (find(&mut first, own), find(&mut first, other as usize));
                    first[a.max(b)] = a.min(b);
                }
            }
        }
    }
    for node in gates.iter().chain(&leaves) {
        owner[*node] = u32::MAX;
    }
    (0..arguments.len()).map(|at| find(&mut first, at)).collect()
}
