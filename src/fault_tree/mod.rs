//! Fault trees: the probability of a formula over independent events, exactly, and the smallest sets of events that make it hold.
//!
//! An engine that knows nothing of systems. The question: *how probable is it that this Boolean formula holds, which smallest sets of events make it hold, and
//! which event matters most?*
//!
//! ```text
//! graph      formulas, each once
//! rewrite    the same, simpler
//! modules    parts that share no event with the rest
//! order      in which order a part's events are asked
//! force      orders pulled together
//! bdd        decision diagrams while they are built
//! chance     a probability and its complement, both exact
//! diagram    the best diagram of a part, and sweeps over it
//! conditioned  parts that share few events, told apart by these
//! compiled   all parts together: probability, importance
//! count      numbers of sets, of any length
//! zdd        minimal solutions of a diagram
//! solutions  minimal cut sets: counted, and the most probable ones
//! analysis   all of it, asked once
//! to_order   minimal cut sets up to an order, where a diagram is too large
//! associated  what gates say of a part although they share leaves
//! bounds     an interval, where a diagram is too large
//! open_psa   fault trees from files
//! ```
//!
//! Exact for independent events. Nothing recurses, and every budget counts operations, never time: the same result on every machine.

mod analysis;
mod associated;
mod bdd;
mod bounds;
mod chance;
mod compiled;
mod conditioned;
mod count;
mod diagram;
mod force;
mod graph;
mod hash;
mod modules;
pub mod open_psa;
mod order;
mod rewrite;
mod solutions;
mod tail;
mod to_order;
mod zdd;

#[cfg(test)]
mod tests;

pub use analysis::{Analysis, BasicEvent, CutSets, Importance, Limits, ORDER_WHERE_TOO_MANY, Solved, analyse, cut_sets_to_order};
pub use bdd::Exceeded;
pub use bounds::{Interval, bounds};
pub use graph::{Formula, Graph};
pub use solutions::CutSet;
