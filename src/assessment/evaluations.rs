//! *What are the figures at other inputs?*
//!
//! Ranges and comparisons evaluate a system at the ends of its ranged keys, and ask for many choices more than once: the base is compared with every
//! alternative, and one analysis gives the figures of several kinds. Each choice is evaluated once per analysis.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::figures::{Analysis, Figures};
use crate::model::{End, RangedKey, System};
use crate::syntax::keys::Figure;

/// The most numbers that are kept of all evaluations of a system together: beyond it they are computed again.
const MAX_KEPT: usize = 300_000;

/// What was evaluated, by analysis and by the end that was chosen of each ranged key.
type Kept = BTreeMap<(Analysis, Vec<End>), Rc<Figures>>;

/// The evaluations of a system at choices of its ranged keys.
#[derive(Debug, Clone)]
pub struct Evaluations<'a> {
    system: &'a System,
    keys: Vec<RangedKey>,
    kept: RefCell<Kept>,
}

impl<'a> Evaluations<'a> {
    /// Evaluates nothing yet.
    pub fn new(system: &'a System) -> Self {
        Self { system, keys: system.ranged_keys(), kept: RefCell::default() }
    }

    /// Returns the system's ranged keys.
    pub fn keys(&self) -> &[RangedKey] {
        &self.keys
    }

    /// Returns the figures at a choice of the ranged keys: those of the kind that is asked for, and of the others that its analysis gives as well.
    pub fn at(&self, figure: Figure, choose: impl Fn(&RangedKey) -> End) -> Rc<Figures> {
        let ends: Vec<End> = self.keys.iter().map(choose).collect();
        let analysis = Analysis::of(figure);
        if let Some(found) = self.kept.borrow().get(&(analysis, ends.clone())) {
            return Rc::clone(found);
        }
        // A system visits its ranged keys in one order.
        let next = RefCell::new(ends.iter());
        let chosen = self.system.at(|_| next.borrow_mut().next().copied().unwrap_or(End::Likely));
        let found = Rc::new(analysis.figures(&chosen));
        let mut kept = self.kept.borrow_mut();
        if kept.values().map(|figures| figures.0.len()).sum::<usize>() + found.0.len() <= MAX_KEPT {
            kept.insert((analysis, ends), Rc::clone(&found));
        }
        found
    }
}
