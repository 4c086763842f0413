//! The analyses: each is one question, one pure function from a [`crate::model::System`], one result.

pub mod classification;
pub mod communication;
pub mod cost;
pub mod failure;
