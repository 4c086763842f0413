//! *What differs between an alternative and the base, at common inputs, and is the sign sure?*
//!
//! Semantics, "Ranges and differences": two ranges are never subtracted. Both sides are evaluated at the same choices of the inputs that they share, and the
//! range of the difference is that of these evaluations. The sign is certain when all of them have it.

use std::collections::BTreeMap;

use crate::assessment::{Assessed, BATCH, Evaluations};
use crate::model::{End, MAX_UNMARKED_RANGES, RangedKey};
use crate::source::Span;
use crate::syntax::keys::{Figure, Mark};

/// The difference of one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// The figure, such as `journeys.order.communication.messages`.
    pub path: String,
    /// The base's likely value.
    pub from: f64,
    /// The alternative's likely value.
    pub to: f64,
    /// The smallest and largest difference over common inputs; none where there are too many ranges to evaluate.
    pub difference_range: Option<(f64, f64)>,
    /// Whether the difference has one sign at every evaluated input.
    pub sign_certain: bool,
    /// Whether the base's value, and whether the alternative's, is only a lower bound: a bill in which something has no price.
    pub at_least: [bool; 2],
}

/// An alternative against the base.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The alternative.
    pub id: String,
    /// What it is compared with.
    pub against: String,
    /// The figures that both have, in the order of their paths.
    pub deltas: Vec<Delta>,
}

/// What makes an input of one side that of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameInput {
    /// The place: both sides are alternatives of one model, and share what a layer below both states.
    Place,
    /// The path and the range: the sides are two models, in which the same statement may stand in different places.
    Path,
}

/// Compares an alternative with a base.
pub fn compare(base: &Assessed<'_>, alternative: &Assessed<'_>) -> Comparison {
    compare_by(SameInput::Place, base, alternative)
}

/// Compares two systems.
pub fn compare_by(same: SameInput, base: &Assessed<'_>, alternative: &Assessed<'_>) -> Comparison {
    let (from, to) = (&base.figures, &alternative.figures);
    let ranges = difference_ranges(same, [&base.evaluations, &alternative.evaluations]);
    let lacks_prices = |one: &Assessed<'_>| one.assessment.cost.as_ref().is_some_and(|cost| !cost.bill.is_complete());
    let without_prices = [lacks_prices(base), lacks_prices(alternative)];
    let mut deltas = Vec::new();
    for (path, (figure, to)) in &to.0 {
        let Some((_, from)) = from.0.get(path) else { continue };
        let likely = to - from;
        let (difference_range, sign_certain) = match ranges.get(figure) {
            // No ranged key moves this figure: the difference is exact.
            Some(Evaluated::Exact) => (Some((likely, likely)), true),
            Some(Evaluated::TooMany) | None => (None, false),
            Some(Evaluated::Ranges(ranges)) => {
                let (low, high) = ranges.get(path).copied().map_or((likely, likely), |(low, high)| (low.min(likely), high.max(likely)));
                (Some((low, high)), low == 0.0 && high == 0.0 || low > 0.0 || high < 0.0)
            }
        };
        let at_least = if matches!(figure, Figure::Cost | Figure::CostPerRequest) { without_prices } else { [false, false] };
        // What has no price moves its side up by any amount: only one end of the difference is known then, or none.
        let (difference_range, sign_certain) = match (at_least, difference_range) {
            ([false, false], known) => (known, sign_certain),
            ([false, true], Some((low, _))) => (None, low > 0.0),
            ([true, false], Some((_, high))) => (None, high < 0.0),
            _ => (None, false),
        };
        if from.total_cmp(to).is_eq() && *to == 0.0 && difference_range.is_none_or(|(low, high)| low == 0.0 && high == 0.0) {
            // A class that neither side uses.
            continue;
        }
        deltas.push(Delta { path: path.clone(), from: *from, to: *to, difference_range, sign_certain, at_least });
    }
    Comparison { id: alternative.system.id.clone(), against: base.system.id.clone(), deltas }
}

/// The ranges of the differences of one kind of figure.
enum Evaluated {
    /// No ranged key moves it.
    Exact,
    /// More keys than can be evaluated.
    TooMany,
    /// By path.
    Ranges(BTreeMap<String, (f64, f64)>),
}

/// A ranged input of one side or of both.
struct Input {
    identity: Identity,
    /// Whether the base, and whether the alternative, has it.
    sides: [bool; 2],
    /// The end at which the difference is smallest, where that is known.
    lowest_at: Option<End>,
}

/// An owned [`RangedKey::identity`].
type Identity = (Span, String);

/// The ranged keys of both sides, and which of them are one input.
struct Keys<'a> {
    sides: [&'a [RangedKey]; 2],
    /// What the base's keys are called on the other side, by path and range; none where places tell.
    translated: Option<BTreeMap<(String, [u64; 2]), Identity>>,
}

impl<'a> Keys<'a> {
    fn new(same: SameInput, sides: [&'a [RangedKey]; 2]) -> Self {
        let own = |key: &RangedKey| {
            let (span, part) = key.identity();
            ((key.path.clone(), key.ends()), (span, part.to_owned()))
        };
        let translated = (same == SameInput::Path).then(|| sides[1].iter().map(own).collect());
        Self { sides, translated }
    }

    fn identity(&self, side: usize, key: &RangedKey) -> Identity {
        let (span, part) = key.identity();
        match &self.translated {
            Some(translated) if side == 0 => {
                let found = translated.get(&(key.path.clone(), key.ends()));
                // A place of the one model is none of the other.
                found.cloned().unwrap_or_else(|| (span, format!("before {part}")))
            }
            _ => (span, part.to_owned()),
        }
    }
}

fn difference_ranges(same: SameInput, sides: [&Evaluations<'_>; 2]) -> BTreeMap<Figure, Evaluated> {
    let keys = Keys::new(same, sides.map(Evaluations::keys));
    Figure::ALL.iter().map(|figure| (*figure, difference_range(*figure, sides, &keys))).collect()
}

fn difference_range(figure: Figure, sides: [&Evaluations<'_>; 2], keys: &Keys<'_>) -> Evaluated {
    let inputs = inputs(figure, keys);
    if inputs.is_empty() {
        return Evaluated::Exact;
    }
    let open: Vec<&Identity> = inputs.iter().filter(|input| input.lowest_at.is_none()).map(|input| &input.identity).collect();
    if open.len() > MAX_UNMARKED_RANGES {
        return Evaluated::TooMany;
    }
    let mut ranges: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let is_directed = inputs.iter().any(|input| input.lowest_at.is_some());
    let choose = |side: usize, corner: usize, towards: End, key: &RangedKey| {
        let identity = keys.identity(side, key);
        let found = inputs.binary_search_by(|input| input.identity.cmp(&identity)).ok().map(|at| &inputs[at]);
        match found.filter(|input| input.sides[side]) {
            None => End::Likely,
            Some(Input { lowest_at: Some(end), .. }) if towards == End::Low => *end,
            Some(Input { lowest_at: Some(end), .. }) => opposite(*end),
            Some(Input { lowest_at: None, .. }) => {
                let at = open.binary_search(&&identity).unwrap_or(0);
                if corner >> at & 1 == 1 { End::High } else { End::Low }
            }
        }
    };
    let towards = if is_directed { &[End::Low, End::High][..] } else { &[End::Low] };
    let corners: Vec<(usize, End)> = (0..1_usize << open.len()).flat_map(|corner| towards.iter().map(move |end| (corner, *end))).collect();
    for corners in corners.chunks(BATCH) {
        let [from, to] = [0, 1].map(|side| {
            let at = |(corner, towards): &(usize, End)| keys.sides[side].iter().map(|key| choose(side, *corner, *towards, key)).collect();
            sides[side].at_each(figure, &corners.iter().map(at).collect::<Vec<Vec<End>>>())
        });
        for (from, to) in from.iter().zip(&to) {
            for (path, to) in to.of(figure) {
                let Some((_, from)) = from.0.get(path) else { continue };
                let difference = to - from;
                let range = ranges.entry(path.to_owned()).or_insert((difference, difference));
                *range = (range.0.min(difference), range.1.max(difference));
            }
        }
    }
    Evaluated::Ranges(ranges)
}

const fn opposite(end: End) -> End {
    match end {
        End::Low => End::High,
        End::Likely => End::Likely,
        End::High => End::Low,
    }
}

/// Returns the ranged keys that move a figure on either side, by identity. A key that both sides share moves the difference either way; a key of one side moves it as it
/// moves the figure of that side.
fn inputs(figure: Figure, keys: &Keys<'_>) -> Vec<Input> {
    let moves = |side: usize| {
        let mut moves: BTreeMap<Identity, Mark> = BTreeMap::new();
        for key in keys.sides[side].iter().filter(|key| key.mark(figure) != Mark::None) {
            // One input of several elements moves the figure as all of them do together.
            moves
                .entry(keys.identity(side, key))
                .and_modify(|mark| {
                    if *mark != key.mark(figure) {
                        *mark = Mark::Either
                    }
                })
                .or_insert_with(|| key.mark(figure));
        }
        moves
    };
    let (base, alternative) = (moves(0), moves(1));
    let mut inputs = Vec::new();
    for (identity, mark) in &base {
        let both = alternative.contains_key(identity);
        let lowest_at = match mark {
            _ if both => None,
            Mark::Raises => Some(End::High),
            Mark::Lowers => Some(End::Low),
            Mark::Either | Mark::None => None,
        };
        inputs.push(Input { identity: identity.clone(), sides: [true, both], lowest_at });
    }
    for (identity, mark) in alternative.iter().filter(|(identity, _)| !base.contains_key(*identity)) {
        let lowest_at = match mark {
            Mark::Raises => Some(End::Low),
            Mark::Lowers => Some(End::High),
            Mark::Either | Mark::None => None,
        };
        inputs.push(Input { identity: identity.clone(), sides: [false, true], lowest_at });
    }
    inputs.sort_unstable_by(|a, b| a.identity.cmp(&b.identity));
    inputs
}
