//! The validated model: what a team's files say together. The question answered here: *what is this system, and what are its alternatives?*
//!
//! Files are loaded and layered ([`Files`], workspace, parts, base, alternatives), then each alternative is lowered into a [`System`] of its own.

pub mod assumptions;
mod books;
mod calls;
mod changes;
mod distance;
mod layers;
mod limits;
mod load;
mod lower;
mod parts;
mod placement;
mod settings;
mod system;
#[cfg(test)]
pub(crate) mod testing;
mod variant;

pub use calls::{Call, CallTree, Fallback, Node, NodeId, NodeKind};
pub use distance::{DistanceClass, DistanceMix};
pub use limits::{MAX_CALLS_OF_ALL, MAX_DEPTH, MAX_ELEMENTS_OF_ALL, MAX_INSTANCES_OF_ALL, MAX_MODEL_BYTES, MAX_RUNS};
pub use load::{BASE_FILE, BASE_ID, FileError, Files, Layer, MAX_FILES, resolve};
pub use parts::{Between, Choice, PRICES, Part, Parts, Side};
pub use placement::{MAX_HOSTS, MAX_HOSTS_OF_SYSTEM, MAX_INSTANCES, MAX_INSTANCES_OF_SYSTEM, MAX_REPLICAS, MAX_SHARDS};
pub use settings::Setting;
pub use system::{
    Component, ComponentId, End, Entity, EntityId, Host, Instance, Journey, JourneyId, Link, LinkId, Location, LocationId, RangedKey,
    Shard, SharedFate, SharedFateId, System, Team, TeamId,
};

pub use variant::{MAX_VARIED_CALLS, MAX_VARIED_COMPONENTS, MAX_VARIED_INSTANCES, Without};

use std::collections::BTreeSet;

use self::layers::{Merged, too_many_bytes};
use self::limits::Limits;
use self::settings::Settings;
use crate::diagnostic::{self, Code, Diagnostic, MAX_DIAGNOSTICS};
use crate::source::{FileId, Sources, Span};
use crate::syntax::Document;
pub(crate) use crate::syntax::glob::matches;
use crate::syntax::keys::{Figure, Mark};

/// The most ranged keys without a known direction that one figure is evaluated for.
pub const MAX_UNMARKED_RANGES: usize = 6;

/// A model directory, read: the base, its alternatives, and all that is wrong with them.
#[derive(Debug)]
pub struct Model {
    /// The files.
    pub sources: Sources,
    /// The layers, by [`crate::syntax::value::LayerId`].
    pub layers: Vec<Layer>,
    /// The base.
    pub base: System,
    /// The alternatives, by id.
    pub alternatives: Vec<System>,
    /// The policies, the workspace's first.
    pub policies: Vec<Document>,
    /// All mistakes of all files, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

impl Model {
    /// Reads the model of a directory.
    pub fn read(files: &dyn Files) -> Self {
        Self::read_with(files, &[])
    }

    /// Reads the model of a directory with some facts changed, in the base and in every alternative that has their elements.
    pub fn read_with(files: &dyn Files, changed: &[Setting]) -> Self {
        let mut loaded = load::load(files);
        let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
        let mut settings = Settings::default();
        if !changed.is_empty() {
            let layer = loaded.top_layer();
            settings = Settings::read(changed, layer, &mut loaded.sources, &mut diagnostics);
        }
        let mut limits = Limits::new();
        let start = Span::new(loaded.main, 0..0);
        let base_weight: usize = loaded.base.iter().map(|document| loaded.sources.file(document.file).text.len()).sum();
        let mut merged = Merged::base(loaded.base, &mut limits, &mut diagnostics);
        // Only alternatives need the layers again.
        let mut of_base = if loaded.alternatives.is_empty() { std::mem::take(&mut merged) } else { merged.clone() };
        settings.lay(&mut of_base, &mut limits, &mut diagnostics);
        let base = lower(BASE_ID, of_base, start, &mut limits, &mut diagnostics);
        let found_in_base: BTreeSet<(Span, Code)> = diagnostics.iter().map(|one| (one.label.span, one.code)).collect();

        let mut alternatives = Vec::new();
        let mut below: Vec<Option<Layered>> = Vec::new();
        for one in loaded.alternatives {
            let file = one.document.file;
            let own_start = Span::new(file, 0..0);
            let (lower_layers, weight_below, found_below) = match one.parent.map(|parent| below[parent].as_ref()) {
                None => (&merged, base_weight, &found_in_base),
                Some(Some(parent)) => (&parent.merged, parent.weight, &parent.found),
                Some(None) => {
                    below.push(None);
                    continue;
                }
            };
            let weight = weight_below + loaded.sources.file(file).text.len();
            if weight > limits.bytes {
                diagnostics.push(too_many_bytes(own_start));
                below.push(None);
                continue;
            }
            limits.bytes -= weight;
            let mut found = Vec::new();
            let merged = lower_layers.alternative(one.document, &mut limits, &mut found);
            if let Some(id) = &one.id {
                let mut own = merged.clone();
                settings.lay(&mut own, &mut limits, &mut found);
                let mut alternative = lower(id, own, own_start, &mut limits, &mut found);
                changes::split(&base, &mut alternative);
                alternatives.push(alternative);
                name_alternative(&mut found, id, file);
            }
            found.retain(|one| !found_below.contains(&(one.label.span, one.code)));
            let found_here = found_below.iter().copied().chain(found.iter().map(|one| (one.label.span, one.code))).collect();
            diagnostics.append(&mut found);
            below.push(Some(Layered { merged, weight, found: found_here }));
        }
        alternatives.sort_by(|a, b| a.id.cmp(&b.id));
        settings.report_unknown(&base, &mut limits, &mut diagnostics);
        let mut base = base;
        books::stock(files, &loaded.paths, std::iter::once(&mut base).chain(&mut alternatives), &mut loaded.sources, &mut diagnostics);
        diagnostic::sort(&mut diagnostics);
        limit_diagnostics(&mut diagnostics, start);
        Self { sources: loaded.sources, layers: loaded.layers, base, alternatives, policies: loaded.policies, diagnostics }
    }

    /// Returns the base and the alternatives, in this order.
    pub fn systems(&self) -> impl Iterator<Item = &System> {
        std::iter::once(&self.base).chain(&self.alternatives)
    }

    /// Says whether any mistake refuses the model.
    pub fn has_errors(&self) -> bool {
        diagnostic::has_errors(&self.diagnostics)
    }
}

/// An alternative's layers, for those that extend it.
struct Layered {
    merged: Merged,
    /// The bytes of its own file and of all files below it.
    weight: usize,
    /// What was reported of it and of what lies below it: an alternative above reports none of that again.
    found: BTreeSet<(Span, Code)>,
}

fn lower(id: &str, mut merged: Merged, start: Span, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) -> System {
    merged.apply_defaults(limits, diagnostics);
    let blame = lower::blame(&merged.singles, start);
    let mut system = lower::lower(id, merged, blame, limits, diagnostics);
    note_too_many_ranges(&mut system, blame, diagnostics);
    system
}

/// Says of a mistake in another file that only this alternative makes it one.
fn name_alternative(found: &mut [Diagnostic], id: &str, own: FileId) {
    for one in found.iter_mut().filter(|one| one.label.span.file != own) {
        one.message = format!("{}, in the alternative `{id}`", one.message);
    }
}

/// Cuts a list that nobody reads to its end, errors last, and says so.
fn limit_diagnostics(diagnostics: &mut Vec<Diagnostic>, start: Span) {
    if diagnostics.len() > MAX_DIAGNOSTICS {
        diagnostics.sort_by_key(Diagnostic::severity);
        diagnostics.truncate(MAX_DIAGNOSTICS);
        let message = format!("only the first {MAX_DIAGNOSTICS} diagnostics are listed, errors before warnings and notes");
        diagnostics.push(Diagnostic::new(Code::UnlistedDiagnostics, start, message));
        diagnostic::sort(diagnostics);
    }
}

fn note_too_many_ranges(system: &mut System, blame: Span, diagnostics: &mut Vec<Diagnostic>) {
    let keys = system.collect_ranged_keys();
    for figure in Figure::ALL {
        let unmarked: BTreeSet<_> = keys.iter().filter(|key| key.mark(*figure) == Mark::Either).map(RangedKey::identity).collect();
        if unmarked.len() > MAX_UNMARKED_RANGES {
            let place = unmarked.last().map_or(blame, |(span, _)| *span);
            diagnostics.push(
                Diagnostic::new(
                    Code::TooManyRanges,
                    place,
                    format!("{} ranged keys move the same figure either way; the limit is {MAX_UNMARKED_RANGES}", unmarked.len()),
                )
                .help("state the least important ones exactly; their figure has no range until then"),
            );
        }
    }
}
