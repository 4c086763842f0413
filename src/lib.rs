//! weighbridge weighs an architecture before it goes on the road: *should this system be distributed, and how?*
//!
//! Data flows one way, and the modules are declared in the order in which it flows; a module uses only modules declared above it (a test keeps it so):
//!
//! ```text
//! files → syntax → model → analyses → diagram, assessment → decision → comparison → report → files
//! ```
//!
//! Only `cli` sees files, environment, clock, network and streams; all else is a function from values to values, the same on every machine.

pub mod parallel;
pub mod source;
pub mod diagnostic;
pub mod quantity;
pub mod syntax;
pub mod pricing;
pub mod model;
pub mod reference;
pub mod questionnaire;
pub mod fault_tree;
pub mod distribution;
pub mod queueing;
pub mod analysis;
pub mod derivation;
pub mod starter;
pub mod verdict;
pub mod survey;
pub mod hazard;
pub mod diagram;
pub mod assessment;
pub mod decision;
pub mod comparison;
pub mod attribution;
pub mod difference;
pub mod sensitivity;
pub mod what_if;
pub mod next_facts;
pub mod report;
pub mod cli;
