//! `ask`, `answers` and `questionnaire` as a user meets them: piped lines, saving, locks, bad input. The full screen is run by `tests/run terminal`.

mod people;
mod place;
mod saving;
mod upkeep;
mod walking;
