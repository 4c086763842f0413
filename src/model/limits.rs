//! What keeps time and memory bounded on any input: limits of one model, shared by its base and all alternatives.

use crate::diagnostic::nearest;
use crate::syntax::MAX_EXPANDED_BYTES;

/// The most bytes that the files of one model may have together.
pub const MAX_MODEL_BYTES: usize = 32 * 1024 * 1024;

/// The most elements that the base and all alternatives may have together.
pub const MAX_ELEMENTS_OF_ALL: usize = 500_000;

/// The most instances that the base and all alternatives may have together.
pub const MAX_INSTANCES_OF_ALL: u64 = 4_000_000;

/// The most calls that the journeys of the base and all alternatives may have together.
pub const MAX_CALLS_OF_ALL: usize = 1_000_000;

/// The most times that a call may run for one request, with all repetitions around it.
pub const MAX_RUNS: f64 = 1e12;

/// The most locations around a location, and the most components below a component.
pub const MAX_DEPTH: usize = 32;

/// The most ids that are compared with misspelt ones; behind that, a mistake has no suggestion.
const MAX_COMPARISONS: usize = 300_000;

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) elements: usize,
    pub(super) instances: u64,
    pub(super) calls: usize,
    comparisons: usize,
}

impl Limits {
    pub(super) const fn new() -> Self {
        Self {
            bytes: MAX_EXPANDED_BYTES,
            elements: MAX_ELEMENTS_OF_ALL,
            instances: MAX_INSTANCES_OF_ALL,
            calls: MAX_CALLS_OF_ALL,
            comparisons: MAX_COMPARISONS,
        }
    }

    /// Finds what a misspelt word most probably meant, as long as comparisons are left.
    pub(super) fn nearest<'a>(&mut self, word: &str, candidates: impl ExactSizeIterator<Item = &'a str>) -> Option<&'a str> {
        self.may_compare(candidates.len()).then(|| nearest(word, candidates)).flatten()
    }

    /// Counts comparisons; says whether they were left.
    pub(super) const fn may_compare(&mut self, count: usize) -> bool {
        let enough = count <= self.comparisons;
        self.comparisons = self.comparisons.saturating_sub(count);
        enough
    }
}
