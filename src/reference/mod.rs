//! What the language, its diagnostics and its assumptions mean, made from the tables that the reader itself uses. The question answered here: *what may I
//! write here, and what does it mean?*
//!
//! One description of each key serves the terminal ([`explain()`]), the pages under `docs/reference` and the JSON Schemas for editors, so they cannot differ.

mod explain;
mod pages;
mod schema;
mod words;

pub use explain::{explain, suggest};
pub use pages::{markdown_assumptions, markdown_diagnostics, markdown_keys};
pub use schema::{json_schema, policy_schema, workspace_schema};

#[cfg(test)]
mod tests;
