//! Formulas made simpler without changing what they say, so that good orders of their events are easier to find and more of them falls into modules.

use std::collections::BTreeMap;

use super::graph::{Formula, Graph, Kind};

/// The most members that are looked through to take shared ones out of one gate; a gate with more keeps the rest as it is.
const MAX_FACTORED_MEMBERS: usize = 1 << 22;

/// From this size of a graph on, a formula is first taken out of it, so that many small formulas of one large graph take no time for the rest.
const SMALL: usize = 1 << 12;

/// Rewriting stops when nothing changes, or after this many rounds.
const ROUNDS: usize = 8;

/// Returns a smaller formula that holds for the same events.
///
/// Constants, repeated arguments and equal formulas are settled by the graph itself. Here: nested gates of one kind become one; `x·(x + y)` becomes `x` and
/// `x·(x̄ + y)` becomes `x·y`; `x·y + x·z` becomes `x·(y + z)`; and arguments that stand nowhere else are put together.
pub(super) fn simplified(graph: &Graph, root: Formula) -> (Simplified<'_>, Formula) {
    let (mut simple, mut root) = if graph.len() > SMALL {
        let (own, root) = extracted(graph, root);
        (Simplified::Anew(own), root)
    } else {
        (Simplified::AsItWas(graph), root)
    };
    // A pass that would change nothing is left out: a look costs less than to build all anew.
    let mut uses = simple.graph().uses(root);
    if is_nested(simple.graph(), root, &uses) {
        (simple, root) = simple.rebuilt(root, &uses, flat);
        uses = simple.graph().uses(root);
    }
    for _ in 0..ROUNDS {
        let mut is_changed = false;
        if let Some((simpler, its_root)) = assumed(simple.graph(), root) {
            (simple, root) = (Simplified::Anew(simpler), its_root);
            uses = simple.graph().uses(root);
            is_changed = true;
        }
        let (nested, factorable) = (is_nested(simple.graph(), root, &uses), is_factorable(simple.graph(), root, &uses));
        if factorable {
            (simple, root) = simple.rebuilt(root, &uses, factored);
            uses = simple.graph().uses(root);
        }
        if nested || factorable {
            (simple, root) = simple.rebuilt(root, &uses, flat);
            uses = simple.graph().uses(root);
            is_changed = true;
        }
        if !is_changed {
            break;
        }
    }
    if is_groupable(simple.graph(), root, &uses) { simple.rebuilt(root, &uses, grouped) } else { (simple, root) }
}

/// A graph that was rewritten, or left as it was.
pub(super) enum Simplified<'g> {
    AsItWas(&'g Graph),
    Anew(Graph),
}

impl Simplified<'_> {
    pub(super) const fn graph(&self) -> &Graph {
        match self {
            Self::AsItWas(graph) => graph,
            Self::Anew(graph) => graph,
        }
    }

    fn rebuilt(&self, root: Formula, uses: &[u32], rule: Rule) -> (Self, Formula) {
        let (graph, root) = rebuilt(self.graph(), root, uses, rule);
        (Self::Anew(graph), root)
    }
}

/// What becomes of a conjunction, given its arguments as they were.
type Rule = fn(&mut Graph, &Old<'_>, &[Formula]) -> Formula;

/// Says whether a conjunction stands in a conjunction, and only there.
fn is_nested(graph: &Graph, root: Formula, uses: &[u32]) -> bool {
    let is_inner = |one: &Formula| !one.is_negated() && uses[one.node()] == 1 && graph.kind(one.node()) == Kind::And;
    (1..=root.node()).any(|node| uses[node] > 0 && graph.kind(node) == Kind::And && graph.arguments(node).iter().any(is_inner))
}

/// Says whether disjunctions that stand only in one conjunction share an argument.
fn is_factorable(graph: &Graph, root: Formula, uses: &[u32]) -> bool {
    // In which conjunction an argument was met last.
    let mut met = vec![0; 2 * graph.len()];
    (1..=root.node()).any(|node| {
        let is_looked_at = uses[node] > 0 && graph.kind(node) == Kind::And;
        let is_inner = |one: &&Formula| one.is_negated() && uses[one.node()] == 1 && graph.kind(one.node()) == Kind::And;
        is_looked_at
            && graph.arguments(node).iter().filter(is_inner).any(|inner| {
                graph.arguments(inner.node()).iter().any(|member| {
                    let at = 2 * member.node() + usize::from(member.is_negated());
                    std::mem::replace(&mut met[at], node) == node
                })
            })
    })
}

/// Says whether several events that stand nowhere else are arguments of a conjunction beside others.
fn is_groupable(graph: &Graph, root: Formula, uses: &[u32]) -> bool {
    (1..=root.node()).any(|node| {
        let arguments = graph.arguments(node);
        let alone = || arguments.iter().filter(|one| is_alone(graph, uses, **one)).count();
        uses[node] > 0 && graph.kind(node) == Kind::And && (2..arguments.len()).contains(&alone())
    })
}

/// Copies a formula out of a graph, without a look at what else is in it.
fn extracted(graph: &Graph, root: Formula) -> (Graph, Formula) {
    let mut nodes = vec![root.node()];
    let mut new: BTreeMap<usize, Formula> = BTreeMap::from([(root.node(), Formula::TRUE)]);
    let mut next = 0;
    while next < nodes.len() {
        for one in graph.arguments(nodes[next]) {
            if new.insert(one.node(), Formula::TRUE).is_none() {
                nodes.push(one.node());
            }
        }
        next += 1;
    }
    nodes.sort_unstable();
    let mut into = Graph::new();
    for node in nodes {
        let arguments: Vec<Formula> = graph.arguments(node).iter().map(|one| new[&one.node()].flip(one.is_negated())).collect();
        let made = match graph.kind(node) {
            Kind::True => Formula::TRUE,
            Kind::Event(event) => into.event(event),
            Kind::And => into.and(&arguments),
            Kind::AtLeast(count) => into.at_least(count as usize, &arguments),
            Kind::Xor => into.xor(&arguments),
        };
        new.insert(node, made);
    }
    let made = new[&root.node()].flip(root.is_negated());
    (into, made)
}

/// Where a formula is being rebuilt.
struct Old<'a> {
    graph: &'a Graph,
    uses: &'a [u32],
    /// What has become of each node of the old graph.
    new: &'a [Formula],
}

impl Old<'_> {
    fn rebuilt(&self, formula: Formula) -> Formula {
        self.new[formula.node()].flip(formula.is_negated())
    }

    /// Says whether a formula stands only here, so that it may be taken apart.
    fn is_private(&self, formula: Formula) -> bool {
        self.uses[formula.node()] == 1
    }

    /// Says whether a formula is a conjunction that stands only here.
    fn is_private_and(&self, formula: Formula) -> bool {
        self.graph.kind(formula.node()) == Kind::And && self.is_private(formula)
    }
}

/// Rebuilds a formula from below, with a rule for conjunctions. A disjunction is a negated conjunction, so every rule holds for both.
fn rebuilt(graph: &Graph, root: Formula, uses: &[u32], rule: Rule) -> (Graph, Formula) {
    let mut new = vec![Formula::TRUE; graph.len()];
    let mut into = Graph::as_large_as(graph);
    let mut list = Vec::new();
    for node in 0..=root.node() {
        if uses[node] == 0 {
            continue;
        }
        let old = Old { graph, uses, new: &new };
        let arguments = graph.arguments(node);
        let made = match graph.kind(node) {
            Kind::True => Formula::TRUE,
            Kind::Event(event) => into.event(event),
            Kind::And => rule(&mut into, &old, arguments),
            kind @ (Kind::AtLeast(_) | Kind::Xor) => {
                list.clear();
                list.extend(arguments.iter().map(|one| old.rebuilt(*one)));
                match kind {
                    Kind::AtLeast(count) => into.at_least(count as usize, &list),
                    _ => into.xor(&list),
                }
            }
        };
        new[node] = made;
    }
    let root = new[root.node()].flip(root.is_negated());
    (into, root)
}

/// In what stands only inside a conjunction, the conjunction's other arguments hold: where one does not, the rest does not matter.
///
/// A gate stands only inside another one if every way to it leads through that one, its dominator. So `x·(x + y)` becomes `x`, `x·(x̄ + y)` becomes `x·y`,
/// however deep the second `x` lies.
fn assumed(graph: &Graph, root: Formula) -> Option<(Graph, Formula)> {
    let dominators = dominators(graph, root)?;
    // What lies directly inside each gate: the first, and for each the next.
    const NONE: usize = usize::MAX;
    let (mut first, mut next) = (vec![NONE; graph.len()], vec![NONE; graph.len()]);
    for (node, dominator) in dominators.iter().enumerate() {
        if let Some(dominator) = dominator.filter(|dominator| *dominator != node) {
            next[node] = std::mem::replace(&mut first[dominator], node);
        }
    }
    // What is known of each node on the way down: whether it holds.
    let mut known: Vec<Option<bool>> = vec![None; graph.len()];
    // Arguments that are known, by node and place.
    let mut replaced: Vec<(usize, usize, bool)> = Vec::new();
    let mut open = vec![(root.node(), false)];
    // What each open gate made known, and how much that is.
    let (mut given, mut counts): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    while let Some((node, is_left)) = open.pop() {
        if is_left {
            let count = counts.pop().unwrap_or(0);
            for one in given.drain(given.len() - count..) {
                known[one] = None;
            }
            continue;
        }
        let arguments = graph.arguments(node);
        let certain = arguments.iter().enumerate().filter_map(|(at, one)| Some((node, at, known[one.node()]? != one.is_negated())));
        replaced.extend(certain);
        let before = given.len();
        if graph.kind(node) == Kind::And {
            for one in arguments.iter().filter(|one| !one.is_constant()) {
                if known[one.node()].is_none() {
                    known[one.node()] = Some(!one.is_negated());
                    given.push(one.node());
                }
            }
        }
        counts.push(given.len() - before);
        open.push((node, true));
        let mut inner = first[node];
        while inner != NONE {
            open.push((inner, false));
            inner = next[inner];
        }
    }
    if replaced.is_empty() {
        return None;
    }
    replaced.sort_unstable();
    let mut replaced = replaced.into_iter().peekable();
    let mut new = vec![Formula::TRUE; graph.len()];
    let mut into = Graph::as_large_as(graph);
    let mut list = Vec::new();
    for node in 0..=root.node() {
        if dominators[node].is_none() {
            continue;
        }
        list.clear();
        list.extend(graph.arguments(node).iter().map(|one| new[one.node()].flip(one.is_negated())));
        while let Some((_, at, holds)) = replaced.next_if(|(of, ..)| *of == node) {
            list[at] = Formula::TRUE.flip(!holds);
        }
        new[node] = match graph.kind(node) {
            Kind::True => Formula::TRUE,
            Kind::Event(event) => into.event(event),
            Kind::And => into.and(&list),
            Kind::AtLeast(count) => into.at_least(count as usize, &list),
            Kind::Xor => into.xor(&list),
        };
    }
    let root = new[root.node()].flip(root.is_negated());
    Some((into, root))
}

/// Returns for each node of a formula the innermost gate through which every way to it leads; nothing for what is no part of the formula. None at all where nothing stands in
/// several places.
fn dominators(graph: &Graph, root: Formula) -> Option<Vec<Option<usize>>> {
    let mut dominators: Vec<Option<usize>> = vec![None; graph.len()];
    dominators[root.node()] = Some(root.node());
    let mut is_shared = false;
    // The top is a dominator of all, so giving up early is no mistake.
    let mut left = 64 * graph.len();
    for node in (0..=root.node()).rev() {
        if dominators[node].is_none() {
            continue;
        }
        for one in graph.arguments(node) {
            let common = match dominators[one.node()] {
                None => node,
                Some(known) => {
                    is_shared = true;
                    // Gates have larger numbers than what stands in them, and so have dominators.
                    let (mut a, mut b) = (node, known);
                    while a != b && left > 0 {
                        left -= 1;
                        let lower = a.min(b);
                        (a, b) = (a.max(b), dominators[lower].unwrap_or(root.node()));
                    }
                    if a == b { a } else { root.node() }
                }
            };
            dominators[one.node()] = Some(common);
        }
    }
    is_shared.then_some(dominators)
}

/// A conjunction in a conjunction is one.
fn flat(into: &mut Graph, old: &Old<'_>, arguments: &[Formula]) -> Formula {
    let mut list = Vec::with_capacity(arguments.len());
    for one in arguments {
        let new = old.rebuilt(*one);
        let is_nested = !new.is_negated() && old.is_private(*one) && into.kind(new.node()) == Kind::And;
        if is_nested {
            list.extend_from_slice(into.arguments(new.node()));
        } else {
            list.push(new);
        }
    }
    into.and(&list)
}

/// What several disjunctions share is taken out of them: `(x + y)·(x + z) = x + y·z`.
fn factored(into: &mut Graph, old: &Old<'_>, arguments: &[Formula]) -> Formula {
    let mut list = Vec::with_capacity(arguments.len());
    let mut inner: Vec<Vec<Formula>> = Vec::new();
    for one in arguments {
        let new = old.rebuilt(*one);
        // What has become of it counts: something may have been taken out of it already.
        if one.is_negated() && old.is_private_and(*one) && new.is_negated() && into.kind(new.node()) == Kind::And {
            inner.push(into.arguments(new.node()).to_vec());
        } else {
            list.push(new);
        }
    }
    let mut looked_through = 0;
    while let Some(shared) = most_shared(&inner, &mut looked_through) {
        let (with, without): (Vec<Vec<Formula>>, Vec<Vec<Formula>>) =
            inner.into_iter().partition(|members| members.binary_search(&shared).is_ok());
        let common: Vec<Formula> =
            with[0].iter().copied().filter(|member| with.iter().all(|other| other.binary_search(member).is_ok())).collect();
        let rests: Vec<Formula> = with
            .iter()
            .map(|members| {
                let rest: Vec<Formula> = members.iter().copied().filter(|member| !common.contains(member)).collect();
                !into.and(&rest)
            })
            .collect();
        let mut merged = common;
        merged.push(!into.and(&rests));
        list.push(!into.and(&merged));
        inner = without;
    }
    for members in inner {
        list.push(!into.and(&members));
    }
    into.and(&list)
}

/// Returns the formula that stands in most of the lists, if it stands in more than one; the first among equals.
fn most_shared(lists: &[Vec<Formula>], looked_through: &mut usize) -> Option<Formula> {
    *looked_through += lists.iter().map(Vec::len).sum::<usize>();
    if lists.len() < 2 || *looked_through > MAX_FACTORED_MEMBERS {
        return None;
    }
    let mut all: Vec<Formula> = lists.iter().flatten().copied().collect();
    all.sort_unstable();
    let most = all.chunk_by(|a, b| a == b).max_by(|a, b| a.len().cmp(&b.len()).then(b[0].cmp(&a[0])))?;
    (most.len() > 1).then(|| most[0])
}

/// Arguments that stand nowhere else are one argument.
fn grouped(into: &mut Graph, old: &Old<'_>, arguments: &[Formula]) -> Formula {
    let (own, shared): (Vec<Formula>, Vec<Formula>) = arguments.iter().partition(|one| is_alone(old.graph, old.uses, **one));
    let mut list: Vec<Formula> = shared.iter().map(|one| old.rebuilt(*one)).collect();
    let own: Vec<Formula> = own.iter().map(|one| old.rebuilt(*one)).collect();
    if own.len() < 2 || list.is_empty() {
        list.extend(own);
    } else {
        list.push(into.and(&own));
    }
    into.and(&list)
}

fn is_alone(graph: &Graph, uses: &[u32], formula: Formula) -> bool {
    uses[formula.node()] == 1 && matches!(graph.kind(formula.node()), Kind::Event(_))
}
