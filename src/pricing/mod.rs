//! What things cost: price books, and the pricing of a quantity. The question: *what is the price of this, where does it come from, and what does so much of
//! it cost?*
//!
//! Nothing here knows of systems. A book is a TOML file whose every row has a source and a day; the books of the known providers are embedded, a team's own lie
//! over them. A key is found exactly or not at all: a price that is missing stays missing.
//!
//! ```text
//! unit        what one price buys
//! book        rows, meters, scales; books laid over each other
//! read        a book's file → rows, with every mistake at its place
//! stock       the prices of one system, read as they are asked for
//! quote       a quantity → the steps of its tiers → money
//! age         how old a price is on a day that somebody names
//! lint, diff  what looks wrong in a book; what differs between two
//! import      price lists of others (CSV) → a book
//! bill        a provider's bill (FOCUS CSV) → sums by category and tag
//! ```
//!
//! Semantics, "Cost".

mod age;
mod bill;
mod book;
mod diff;
mod import;
mod lint;
mod quote;
mod read;
mod rows;
mod stock;
mod unit;

#[cfg(test)]
mod tests;

pub use age::age;
pub use bill::{Billed, BilledCategory, MAX_BILL_BYTES, read_bill};
pub use book::{Catalogue, Confidence, Meters, Ownership, Price, Scale, Scaled, Scope, Step};
pub use diff::{Change, diff};
pub use import::{About, Imported, ListFormat, import};
pub use lint::{Finding, lint};
pub use quote::{Cost, CostStep, Options, Standby, cost, quantity};
pub use read::{Book, MAX_PRICES, MAX_TIERS, embedded, read};
pub use stock::Prices;
pub use unit::{Dimension, Unit, data_unit};

/// The hours of a month (semantics, "Units").
pub const HOURS_PER_MONTH: u64 = 730;

/// The seconds of a month of 730 hours.
pub const SECONDS_PER_MONTH: u64 = HOURS_PER_MONTH * 3_600;
