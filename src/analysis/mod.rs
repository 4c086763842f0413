//! The analyses: each is one question, one pure function from a [`crate::model::System`], one result.

pub mod classification;
pub mod communication;
pub mod latency;
pub mod simulation;
pub mod capacity;
pub mod cost;
pub mod failure;
pub mod guarantee;
pub mod slowness;
pub mod user_location;
pub mod batch;
pub mod guarantee_price;
