//! The minimal cut sets up to an order, of a formula whose diagram may be too large; negations may occur.
//!
//! A set that does not suffice is extended. Whatever suffices and contains it must have one of the events by which the formula could leave its value: of a conjunction that
//! does not hold, those of one argument that does not; of one that holds, those of any argument. So no set is missed, and sets are met by rising order. Which single events
//! would complete a set is found for all events at once: in one pass from below, each node has the events that alone would change its value.
//!
//! What a minimal cut set is where negations occur: see `zdd`.

use std::collections::BTreeSet;

use super::bdd::Exceeded;
use super::graph::{Formula, Graph, Kind};
use super::rewrite::simplified;
use super::solutions::CutSet;

/// The minimal cut sets up to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetsToOrder {
    /// The sets, by order, then events; each in rising order of events.
    pub(super) sets: Vec<Vec<u32>>,
    /// How many there are of each order, from zero on.
    pub(super) by_order: Vec<usize>,
}

impl SetsToOrder {
    /// Lists the most probable ones, at most `most`: by falling probability, then order, then events.
    pub(super) fn most_probable(&self, probabilities: &[f64], largest: usize, most: usize) -> Vec<CutSet> {
        let of = |events: &Vec<u32>| CutSet {
            events: events.clone(),
            probability: events.iter().map(|event| probabilities[*event as usize]).product(),
        };
        let mut sets: Vec<CutSet> = self.sets.iter().filter(|set| set.len() <= largest).map(of).collect();
        sets.sort_by(|a, b| {
            b.probability.total_cmp(&a.probability).then(a.events.len().cmp(&b.events.len())).then_with(|| a.events.cmp(&b.events))
        });
        sets.truncate(most);
        sets
    }
}

/// Finds the minimal cut sets of an order up to `largest`.
///
/// # Errors
///
/// [`Exceeded`] if that takes more than so many operations.
pub(super) fn sets_to_order(graph: &Graph, root: Formula, largest: usize, operations: usize) -> Result<SetsToOrder, Exceeded> {
    let (simple, root) = simplified(graph, root);
    let graph = simple.graph();
    let mut state = State::new(graph, root, operations);
    let mut found: BTreeSet<Vec<u32>> = BTreeSet::new();
    let mut by_order = vec![0];
    // Sets of one order that do not suffice, and of which no part does.
    let mut open: BTreeSet<Vec<u32>> = BTreeSet::from([Vec::new()]);
    state.look(&[])?;
    if state.holds() {
        return Ok(SetsToOrder { sets: vec![Vec::new()], by_order: vec![1] });
    }
    for order in 1..=largest {
        let mut complete: BTreeSet<Vec<u32>> = BTreeSet::new();
        let mut longer: BTreeSet<Vec<u32>> = BTreeSet::new();
        for set in &open {
            state.look(set)?;
            for event in state.completing() {
                let more = with(set, *event);
                if !has_part(&found, &more) {
                    complete.insert(more);
                }
            }
            if order < largest {
                for event in state.reasons()? {
                    let more = with(set, event);
                    state.spend(more.len() << order)?;
                    if !has_part(&found, &more) {
                        longer.insert(more);
                    }
                }
            }
        }
        by_order.push(complete.len());
        longer.retain(|set| !complete.contains(set));
        found.extend(complete);
        open = longer;
    }
    while by_order.last() == Some(&0) {
        by_order.pop();
    }
    let mut sets: Vec<Vec<u32>> = found.into_iter().collect();
    sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    Ok(SetsToOrder { sets, by_order })
}

fn with(set: &[u32], event: u32) -> Vec<u32> {
    let at = set.partition_point(|known| *known < event);
    [&set[..at], &[event], &set[at..]].concat()
}

/// Says whether a smaller set suffices already: all of them are known.
fn has_part(found: &BTreeSet<Vec<u32>>, set: &[u32]) -> bool {
    let parts = 1_usize << set.len().min(usize::BITS as usize - 1);
    (1..parts - 1).any(|chosen| {
        let part: Vec<u32> = set.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, event)| *event).collect();
        found.contains(&part)
    })
}

/// A formula while some events have happened.
struct State<'a> {
    graph: &'a Graph,
    root: Formula,
    is_used: Vec<bool>,
    happened: BTreeSet<u32>,
    holds: Vec<bool>,
    /// For each node, the events that alone would change its value: a part of `all`, sorted.
    changing: Vec<(usize, usize)>,
    all: Vec<u32>,
    /// For each node, no fewer than the events by which it could leave its value.
    weight: Vec<usize>,
    scratch: Vec<(u32, bool)>,
    left: usize,
}

impl<'a> State<'a> {
    fn new(graph: &'a Graph, root: Formula, operations: usize) -> Self {
        let nodes = graph.len();
        Self {
            graph,
            root,
            is_used: graph.reachable(root),
            happened: BTreeSet::new(),
            holds: vec![false; nodes],
            changing: vec![(0, 0); nodes],
            all: Vec::new(),
            weight: vec![0; nodes],
            scratch: Vec::new(),
            left: operations,
        }
    }

    fn spend(&mut self, operations: usize) -> Result<(), Exceeded> {
        self.left = self.left.checked_sub(operations).ok_or(Exceeded)?;
        Ok(())
    }

    fn value(&self, formula: Formula) -> bool {
        self.holds[formula.node()] != formula.is_negated()
    }

    fn holds(&self) -> bool {
        self.value(self.root)
    }

    /// The events that alone would change the formula's value.
    fn completing(&self) -> &[u32] {
        self.changes(self.root)
    }

    fn changes(&self, formula: Formula) -> &[u32] {
        let (start, end) = self.changing[formula.node()];
        &self.all[start..end]
    }

    /// Evaluates all nodes while exactly these events have happened.
    fn look(&mut self, happened: &[u32]) -> Result<(), Exceeded> {
        self.happened = happened.iter().copied().collect();
        self.all.clear();
        let mut spent = 0;
        for node in 0..=self.root.node() {
            if !self.is_used[node] {
                continue;
            }
            let arguments = self.graph.arguments(node);
            let true_ones = arguments.iter().filter(|one| self.value(**one)).count();
            let false_ones = arguments.len() - true_ones;
            let start = self.all.len();
            let (holds, weight) = match self.graph.kind(node) {
                Kind::True => (true, 0),
                Kind::Event(event) => {
                    let holds = self.happened.contains(&event);
                    if !holds {
                        self.all.push(event);
                    }
                    (holds, usize::from(!holds))
                }
                Kind::And => (false_ones == 0, self.keeping(arguments, false_ones == 0, if false_ones == 0 { arguments.len() } else { 1 })),
                Kind::AtLeast(count) => {
                    let holds = true_ones >= count as usize;
                    let keep = if holds { count as usize } else { arguments.len() - count as usize + 1 };
                    (holds, self.keeping(arguments, holds, keep))
                }
                Kind::Xor => (true_ones % 2 == 1, arguments.iter().map(|one| self.weight[one.node()]).fold(0, usize::saturating_add)),
            };
            spent += 1 + arguments.len();
            // A conjunction that lacks an argument which no single event brings is not completed by any.
            let is_out_of_reach = match self.graph.kind(node) {
                Kind::And => !holds && arguments.iter().any(|one| !self.value(*one) && self.changes(*one).is_empty()),
                Kind::AtLeast(count) => {
                    let near = arguments.iter().filter(|one| !self.value(**one) && !self.changes(**one).is_empty()).count();
                    !holds && true_ones + near < count as usize
                }
                Kind::True | Kind::Event(_) | Kind::Xor => false,
            };
            if !arguments.is_empty() && !is_out_of_reach {
                let mut scratch = std::mem::take(&mut self.scratch);
                scratch.clear();
                for one in arguments {
                    let value = self.value(*one);
                    scratch.extend(self.changes(*one).iter().map(|event| (*event, value)));
                }
                spent += scratch.len();
                scratch.sort_unstable();
                for of_event in scratch.chunk_by(|a, b| a.0 == b.0) {
                    let lost = of_event.iter().filter(|(_, was_true)| *was_true).count();
                    let gained = of_event.len() - lost;
                    let then = true_ones + gained - lost;
                    let holds_then = match self.graph.kind(node) {
                        Kind::And => then == arguments.len(),
                        Kind::AtLeast(count) => then >= count as usize,
                        Kind::Xor => then % 2 == 1,
                        Kind::True | Kind::Event(_) => holds,
                    };
                    if holds_then != holds {
                        self.all.push(of_event[0].0);
                    }
                }
                self.scratch = scratch;
            }
            self.holds[node] = holds;
            self.weight[node] = weight;
            self.changing[node] = (start, self.all.len());
        }
        self.spend(spent)
    }

    /// The least weight of so many arguments of a value.
    fn keeping(&self, arguments: &[Formula], value: bool, count: usize) -> usize {
        self.lightest(arguments, value, count).into_iter().map(|one| self.weight[one.node()]).fold(0, usize::saturating_add)
    }

    /// Returns the lightest so many arguments of a value, which keep a gate at its own.
    fn lightest(&self, arguments: &[Formula], value: bool, count: usize) -> Vec<Formula> {
        let mut fitting: Vec<Formula> = arguments.iter().copied().filter(|one| self.value(*one) == value).collect();
        if count < fitting.len() {
            fitting.sort_by_key(|one| self.weight[one.node()]);
            fitting.truncate(count);
        }
        fitting
    }

    /// Returns events of which at least one must happen before the formula leaves its value, and that do not change it alone.
    fn reasons(&mut self) -> Result<Vec<u32>, Exceeded> {
        let mut is_seen = vec![false; self.root.node() + 1];
        let mut open = vec![self.root.node()];
        let mut events = Vec::new();
        let mut spent = is_seen.len();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut is_seen[node], true) {
                continue;
            }
            let (arguments, holds) = (self.graph.arguments(node), self.holds[node]);
            spent += arguments.len();
            let kept = match self.graph.kind(node) {
                Kind::True => Vec::new(),
                Kind::Event(event) => {
                    if !holds {
                        events.push(event);
                    }
                    Vec::new()
                }
                Kind::And if holds => arguments.to_vec(),
                Kind::And => self.lightest(arguments, false, 1),
                Kind::AtLeast(count) if holds => self.lightest(arguments, true, count as usize),
                Kind::AtLeast(count) => self.lightest(arguments, false, arguments.len() - count as usize + 1),
                Kind::Xor => arguments.to_vec(),
            };
            open.extend(kept.iter().map(|one| one.node()));
        }
        self.spend(spent)?;
        events.retain(|event| self.completing().binary_search(event).is_err());
        Ok(events)
    }
}
