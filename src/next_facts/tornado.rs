//! How far each fact alone moves a figure: the bars of a tornado diagram, the widest first. Nothing here draws.

use super::trial::{Bench, Ranged};
use super::{Doubt, MAX_TRIED_ELEMENTS, elements};
use crate::assessment::{Figures, figures_of};
use crate::model::{End, RangedKey};
use crate::parallel;
use crate::syntax::keys::{Figure, Mark};

/// The most bars of a figure.
pub const MAX_BARS: usize = 10;

/// The most facts that are tried for a figure, fewer where the design is large ([`MAX_TRIED_ELEMENTS`]); beyond that there are no bars, and no order among some of them is claimed.
const MAX_FACTS: usize = 200;

/// A figure, and how far single facts move it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// The design.
    pub design: String,
    /// The figure, by its path.
    pub figure: String,
    /// Its likely value.
    pub likely: f64,
    /// The widest bars, the widest first.
    pub bars: Vec<Bar>,
}

/// What one fact does to a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The fact's path.
    pub path: String,
    /// Its ends, for people.
    pub ends: (String, String),
    /// The figure with the fact at its low end.
    pub at_low: f64,
    /// The figure with the fact at its high end.
    pub at_high: f64,
}

impl Bar {
    /// Returns how wide the bar is.
    pub fn width(&self) -> f64 {
        (self.at_high - self.at_low).abs()
    }
}

/// The figures that a decision turns on, by the end of their paths.
const FIGURES: &[(Figure, &str)] =
    &[(Figure::Unavailability, ".failure.downtime_minutes_per_year"), (Figure::Latency, ".latency.p99_ms"), (Figure::Cost, "cost.monthly")];

/// Makes the tornadoes of the recommended design, or of the base.
pub(super) fn tornadoes(bench: &Bench<'_>, doubts: &[Doubt]) -> Vec<Tornado> {
    let Some(design) = bench.designs.get(bench.recommended().unwrap_or(0)) else { return Vec::new() };
    FIGURES.iter().filter_map(|(figure, path)| tornado(design, *figure, path, doubts)).collect()
}

fn tornado(design: &Ranged<'_>, figure: Figure, ending: &str, doubts: &[Doubt]) -> Option<Tornado> {
    let likely = figures_of(figure, &design.system().at(|_| End::Likely));
    // Of several journeys, the worst.
    let (path, value) = worst(&likely, ending)?;
    let of_key = |doubt: &Doubt| design.keys.iter().any(|key| key.path == doubt.path && key.mark(figure) != Mark::None);
    let moving: Vec<&Doubt> = doubts.iter().filter(|doubt| of_key(doubt)).collect();
    if moving.len() > MAX_FACTS.min(MAX_TRIED_ELEMENTS / (2 * elements(design.original)).max(1)) {
        return None;
    }
    let at = |doubt: &Doubt, end: End| {
        let chosen = design.system().at(|key: &RangedKey| if key.path == doubt.path { end } else { End::Likely });
        figures_of(figure, &chosen).0.get(&path).map(|(_, value)| *value)
    };
    let bar = |doubt: &&Doubt| {
        Some(Bar { path: doubt.path.clone(), ends: doubt.ends.clone(), at_low: at(doubt, End::Low)?, at_high: at(doubt, End::High)? })
    };
    let mut bars: Vec<Bar> = parallel::map(&moving, bar).into_iter().flatten().filter(|bar| bar.width() > 0.0).collect();
    bars.sort_by(|a, b| b.width().total_cmp(&a.width()).then_with(|| a.path.cmp(&b.path)));
    bars.truncate(MAX_BARS);
    (!bars.is_empty()).then(|| Tornado { design: design.original.id.clone(), figure: path, likely: value, bars })
}

fn worst(figures: &Figures, ending: &str) -> Option<(String, f64)> {
    let found = figures.0.iter().filter(|(path, _)| path.ends_with(ending)).map(|(path, (_, value))| (path.clone(), *value));
    found
        .fold(None, |worst: Option<(String, f64)>, next| if worst.as_ref().is_some_and(|one| one.1 >= next.1) { worst } else { Some(next) })
}
