//! *What would the same system look like as another design?* A draft of an alternative, from the base and its modules.
//!
//! ```text
//! base ── draft ─┬─ merge      several programs become modules of one
//!                ├─ copies     several copies behind a proxy, stores that fail over; shards
//!                ├─ services   modules become services, each with data of its own
//!                └─ single     everything on one machine
//!                      └───── write: an alternative's file that says only what differs
//! ```
//!
//! A draft changes structure; the figures that it must state for that are marked as assumed where they stand. The file carries a fingerprint of its own text, so
//! that deriving again may replace what nobody has touched, and nothing else.

mod copies;
mod draft;
mod fingerprint;
mod merge;
mod places;
mod services;
mod single;
mod steps;
mod write;

pub(crate) use fingerprint::sha256;
pub use fingerprint::{Authorship, authorship};

use crate::analysis::classification::{Classification, Distributed, Style};
use crate::model::{Model, System};
use crate::syntax::RESERVED_IDS;
use crate::syntax::vocabulary::ComponentKind;
use draft::Draft;

/// The most parts that a design is derived with: more than anybody splits off at once.
pub const MAX_PARTS: usize = 64;

/// What a design is derived to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// One program in several copies.
    Replicated,
    /// One program and its data, split by a key.
    Sharded,
    /// The modules as services, each with data of its own.
    Services,
    /// One copy of one program with its data on one machine.
    Single,
}

impl Target {
    /// All targets, in the order of what they ask.
    pub const ALL: &'static [Self] = &[Self::Single, Self::Replicated, Self::Sharded, Self::Services];

    /// Returns the word of the command line, which names the file, too.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Replicated => "replicated",
            Self::Sharded => "sharded",
            Self::Services => "services",
            Self::Single => "single",
        }
    }

    /// Says whether a design is classified as this.
    pub fn is_met_by(self, found: &Classification) -> bool {
        let Some(style) = found.style.as_ref().map(|one| one.style) else { return false };
        match self {
            Self::Replicated => found.distributed == Distributed::Replicated && style == Style::ReplicatedMonolith,
            Self::Sharded => found.distributed == Distributed::Replicated && style == Style::ShardedMonolith,
            // Modules that call each other in a circle make a distributed monolith: that is what a split of them is.
            Self::Services => {
                let styles = [Style::CoarseServices, Style::Microservices, Style::EventDriven, Style::DistributedMonolith, Style::Hub];
                found.distributed == Distributed::Full && styles.contains(&style)
            }
            Self::Single => {
                matches!(found.distributed, Distributed::None | Distributed::Edge)
                    && matches!(style, Style::SingleProcess | Style::ClientServer | Style::Batch | Style::Functions)
            }
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is to be.
    pub target: Target,
    /// Parts to split off that the base does not state as modules, by id.
    pub parts: Vec<String>,
}

/// Drafts an alternative. The text is laid out, ends with a newline and carries its fingerprint.
///
/// # Errors
///
/// In words, with what to do, where the base has nothing to derive from or is the design already.
pub fn derive(model: &Model, wanted: &Wanted) -> Result<String, String> {
    let base = &model.base;
    let programs: Vec<String> = base.components.iter().filter(|one| one.is_program()).map(|one| one.id.clone()).collect();
    if programs.is_empty() {
        return Err("the base has no program: declare what runs, such as `app = { kind = \"service\" }`".to_owned());
    }
    if wanted.target != Target::Services && !wanted.parts.is_empty() {
        return Err(format!("`--parts` names what is split off; a design derived as {} splits nothing off", wanted.target.word()));
    }
    if wanted.parts.len() > MAX_PARTS {
        return Err(format!("{} parts are named; the limit is {MAX_PARTS}", wanted.parts.len()));
    }
    let mut draft = Draft::of(model);
    let titles = match wanted.target {
        Target::Services => services::split(&mut draft, &programs, &wanted.parts)?,
        Target::Replicated => {
            let program = merge::into_one(&mut draft, &programs);
            copies::replicate(&mut draft, &program)?
        }
        Target::Sharded => {
            let program = merge::into_one(&mut draft, &programs);
            copies::shard(&mut draft, &program)?
        }
        Target::Single => {
            let program = merge::into_one(&mut draft, &programs);
            single::gather(&mut draft, &program)?
        }
    };
    Ok(fingerprint::sealed(wanted, &write::write(&draft, &titles)))
}

/// What an alternative is called.
pub(crate) struct Titles {
    name: &'static str,
    summary: String,
}

/// Returns the program that users reach: the first that a caller or a proxy calls, by the order of the journeys, else the first.
fn entry(base: &System, programs: &[String]) -> String {
    let is_outside = |kind: ComponentKind| {
        matches!(kind, ComponentKind::Actor | ComponentKind::Client | ComponentKind::External | ComponentKind::Proxy | ComponentKind::Cdn)
    };
    let called = base.journeys.iter().flat_map(|journey| journey.calls.calls().map(|(_, call)| (call.caller, call.callee)));
    let linked = base.links.iter().map(|link| (link.from, link.to));
    let found = called.chain(linked).find(|(from, to)| is_outside(base.component(*from).kind) && base.component(*to).is_program());
    found.map_or_else(|| programs[0].clone(), |(_, to)| base.component(to).id.clone())
}

/// Writes a number as files have it: three significant digits, no commas.
pub(crate) fn plain(value: f64) -> String {
    crate::quantity::significant(value, 3).replace(',', "")
}

/// Says whether a text is an id of the language.
pub fn is_id(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    text.starts_with(|letter: char| letter.is_ascii_lowercase()) && text.chars().all(is_part) && !RESERVED_IDS.contains(&text)
}
