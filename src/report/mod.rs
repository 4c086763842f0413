//! From results to finished strings, and from these to the terminal, Markdown and JSON. Nothing here prints to a stream.
//!
//! [`view::View`] holds finished strings only: every rounding happens on the way into it, none in a renderer or a template.

pub mod brief;
pub mod call_tree;
pub mod charts;
pub mod attribution;
pub mod csv;
pub mod difference;
mod figures;
pub mod fault_tree;
pub mod costs;
pub mod html;
pub mod human;
pub mod machine;
pub mod markdown;
pub mod prices;
pub mod show;
mod pictures;
mod protocols;
pub mod profile;
pub mod record;
pub mod screen;
mod sections;
mod table;
pub mod text;
pub mod verdict;
pub mod view;
pub mod what_if;
pub mod why;
mod words;

pub use pictures::traffic_lost;
pub use protocols::protocols;
pub use sections::Section;
pub use table::{Align, Column, Table};
pub use words::shell;

/// The JSON Schema of the machine contract.
pub const RESULT_SCHEMA: &str = include_str!("../../docs/schema/result.schema.json");
