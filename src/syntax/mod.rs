//! From TOML text to spanned facts. The question answered here: *what does this file say, and where?*
//!
//! One file at a time; what several files say together is the model's business.

mod document;
mod duplicates;
mod facts;
pub(crate) mod fields;
pub mod format;
pub(crate) mod glob;
pub mod keys;
pub mod link_key;
mod newer_toml;
mod read;
mod recovery;
mod sections;
mod shape;
mod steps;
mod toml_text;
pub mod value;
pub mod vocabulary;

pub use document::{AssumptionForm, Document, DocumentKind, Item, LinkEnds, Unread};
pub(crate) use facts::{accepts_false, is_optional, merge_same_layer, takes_measured, toml_string};
pub use read::{ITEM_TABLES, MAX_ELEMENTS, MAX_EXPANDED_BYTES, RESERVED_IDS, SINGLE_TABLES, read};
pub use recovery::MAX_SYNTAX_ERRORS;
pub use shape::MAX_COUNT;
pub use steps::{MAX_GROUPS, MAX_STEPS, MAX_TIMES};
pub(crate) use toml_text::type_name;
pub use toml_text::{MAX_FILE_BYTES, MAX_NESTING, MAX_STRING_BYTES, decode, decode_any};
