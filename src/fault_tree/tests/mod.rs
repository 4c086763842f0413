//! The engine against hand calculation, all states, another engine, and its laws.

mod examples;
mod files;
mod oracle;
mod random;
