//! *What are the figures at other inputs?*
//!
//! Ranges and comparisons evaluate a system at the ends of its ranged keys, and ask for many choices more than once: the base is compared with every
//! alternative, and one analysis gives the figures of several kinds. Each choice is evaluated once per analysis.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::figures::{Analysis, Figures};
use crate::model::{End, RangedKey, System};
use crate::parallel;
use crate::syntax::keys::Figure;

/// The most numbers that are kept of all evaluations of a system together: beyond it they are computed again.
const MAX_KEPT: usize = 300_000;

/// How many choices are best asked for at once: enough for all cores, and no more figures than there is memory for.
pub const BATCH: usize = 16;

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

    /// Returns the figures at each of some choices, which say an end for each of the ranged keys: those of the kind that is asked for, and of the others that its
    /// analysis gives as well. All of them are held at once: whoever has many choices asks for [`BATCH`] of them at a time.
    pub fn at_each(&self, figure: Figure, choices: &[Vec<End>]) -> Vec<Rc<Figures>> {
        let analysis = Analysis::of(figure);
        let key = |ends: &Vec<End>| (analysis, ends.clone());
        let missing: BTreeSet<&Vec<End>> = choices.iter().filter(|ends| !self.kept.borrow().contains_key(&key(ends))).collect();
        let missing: Vec<&Vec<End>> = missing.into_iter().collect();
        let system = self.system;
        let found = parallel::map(&missing, |ends| {
            // A system visits its ranged keys in one order.
            let next = RefCell::new(ends.iter());
            analysis.figures(&system.at(|_| next.borrow_mut().next().copied().unwrap_or(End::Likely)))
        });
        let new: BTreeMap<&Vec<End>, Rc<Figures>> = missing.into_iter().zip(found.into_iter().map(Rc::new)).collect();
        let of = |ends: &Vec<End>| new.get(ends).cloned().or_else(|| self.kept.borrow().get(&key(ends)).cloned());
        let all = choices.iter().filter_map(of).collect();
        let mut kept = self.kept.borrow_mut();
        let mut numbers: usize = kept.values().map(|figures| figures.0.len()).sum();
        for (ends, figures) in new {
            numbers += figures.0.len();
            if numbers <= MAX_KEPT {
                kept.insert(key(ends), figures);
            }
        }
        all
    }
}
