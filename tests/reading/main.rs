//! The reading side: what the language says, every diagnostic, hostile input, and the models of the repository.

mod diagnostics;
mod hostile_input;
mod in_memory;
mod language;
mod models;
