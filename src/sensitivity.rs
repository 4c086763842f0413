//! *What does a figure rest on, and what moves it most?* Every stated number and every assumed constant is moved alone, and the figure computed again.
//!
//! A ranged fact is moved to its ends; a count by one; the chance to be down, of an availability, and every other number by 10 % either way. An input is what moves
//! the figure. Inputs are searched for in halves: what moves nothing together is not looked at one by one.

use rust_decimal::Decimal;

use crate::analysis::latency::{Term, terms};
use crate::assessment::assess_to_ask;
use crate::assessment::{askable_figures, figures_of};
use crate::model::assumptions::{CONSTANTS, Constant, Override};
use crate::model::{Part, Parts, System};
use crate::quantity::{Dimension, Money, MoneyRate, Ranged, parse_quantity};
use crate::source::Span;
use crate::syntax::keys::{Figure, Row, Shape};
use crate::syntax::value::{CurrencyRates, Entry, Facts, ReplicaBound, ReplicaCount, ServiceTime, State, Value};

/// The most systems that are evaluated for one figure.
pub const MAX_EVALUATIONS: usize = 4_000;

/// What a figure rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// The figure's path.
    pub path: String,
    /// Its likely value.
    pub value: f64,
    /// The inputs, that which moves the figure most first.
    pub inputs: Vec<Input>,
    /// What it is put together from, call by call: of times.
    pub terms: Vec<Term>,
    /// Whether all inputs were looked for; false where [`MAX_EVALUATIONS`] ended the search.
    pub is_complete: bool,
}

/// One input of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The fact, such as `components.db.availability`, or the constant, such as `assumptions.internet`.
    pub path: String,
    /// Where it comes from.
    pub origin: Origin,
    /// How it was moved.
    pub moved: Moved,
    /// The figure with the input moved down, and up; none where the system then has no such figure.
    pub figures: [Option<f64>; 2],
}

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A fact of the model.
    Stated {
        /// The value's place.
        value: Span,
        /// The source of a measured value.
        source: Option<String>,
        /// Whether `[defaults]` states it.
        is_default: bool,
    },
    /// A constant that stands in for what nobody states.
    Assumed(&'static Constant),
}

/// How an input is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// To the ends of its stated range.
    Ends,
    /// By 10 % down and up.
    Tenth,
    /// Its complement by 10 %: the chance to be down, of an availability.
    DownTenth,
    /// By one.
    One,
}

impl Moved {
    /// Returns it in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ends => "ends of its range",
            Self::Tenth => "± 10 %",
            Self::DownTenth => "down ± 10 %",
            Self::One => "± 1",
        }
    }
}

impl Input {
    /// Returns how far the input moves the figure from a value, at most.
    pub fn swing(&self, value: f64) -> f64 {
        self.figures.iter().map(|figure| figure.map_or(f64::INFINITY, |figure| (figure - value).abs())).fold(0.0, f64::max)
    }
}

/// Finds what a figure rests on; nothing where the system has no such figure.
pub fn sensitivity(system: &System, path: &str) -> Option<Sensitivity> {
    let (kind, value) = *askable_figures(system, &assess_to_ask(system)).0.get(path)?;
    let parts = Parts::of(system);
    let candidates = candidates(&parts);
    let mut search = Search { parts: &parts, kind, path, value, evaluated: 0, found: Vec::new() };
    search.halve(&candidates);
    let Search { found, evaluated, .. } = search;
    let mut inputs: Vec<Input> = found;
    inputs.sort_by(|a, b| b.swing(value).total_cmp(&a.swing(value)).then_with(|| a.path.cmp(&b.path)));
    let terms = if kind == Figure::Latency { journey_of(system, path).map(|at| terms(system, at)) } else { None };
    Some(Sensitivity { path: path.to_owned(), value, inputs, terms: terms.unwrap_or_default(), is_complete: evaluated < MAX_EVALUATIONS })
}

/// Returns the journey of whose answer a path names a time.
fn journey_of(system: &System, path: &str) -> Option<usize> {
    let (id, _) = path.strip_prefix("journeys.")?.rsplit_once(".latency.")?;
    system.journeys.iter().position(|journey| journey.id == id)
}

/// What may be an input.
struct Candidate<'a> {
    path: String,
    target: Target<'a>,
    moved: Moved,
}

enum Target<'a> {
    /// A key of a part, with the keys of the tables around it.
    Fact { part: &'a str, keys: Vec<u16>, entry: &'a Entry },
    /// An override of a constant.
    Overridden { part: &'a str, stated: &'a Override },
    /// A constant.
    Constant(&'static Constant),
}

fn candidates(parts: &Parts) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    for (path, part) in &parts.parts {
        match part {
            Part::Single(_, facts) => of_facts(path, path, facts, &[], &mut found),
            Part::Element(_, item) => of_facts(path, path, &item.facts, &[], &mut found),
            Part::Assumption(_, stated) => {
                let moved = if stated.value.is_range() { Moved::Ends } else { moved_of_name(path) };
                found.push(Candidate { path: path.clone(), target: Target::Overridden { part: path, stated }, moved });
            }
            Part::Prices(_) => {}
        }
    }
    for constant in CONSTANTS {
        let path = format!("assumptions.{}", constant.name);
        if !parts.parts.contains_key(&path) {
            found.push(Candidate { moved: moved_of_name(&path), path, target: Target::Constant(constant) });
        }
    }
    found
}

fn moved_of_name(path: &str) -> Moved {
    if path.ends_with("availability") { Moved::DownTenth } else { Moved::Tenth }
}

fn of_facts<'a>(part: &'a str, path: &str, facts: &'a Facts, around: &[u16], found: &mut Vec<Candidate<'a>>) {
    for (index, entry) in facts.entries() {
        let row = &facts.table.rows()[index as usize];
        let path = format!("{path}.{}", row.name);
        let keys: Vec<u16> = around.iter().copied().chain([index]).collect();
        let State::Stated(value) = &entry.state else { continue };
        if let Value::Table(inner) = value {
            of_facts(part, &path, inner, &keys, found);
        } else if let Some(moved) = moves(row, value) {
            found.push(Candidate { path, target: Target::Fact { part, keys, entry }, moved });
        }
    }
}

/// Says how a value can be moved; nothing where it is no number.
fn moves(row: &Row, value: &Value) -> Option<Moved> {
    let of = |is_range: bool| Some(if is_range { Moved::Ends } else { Moved::Tenth });
    match value {
        Value::Count(_) | Value::Replicas(_) => Some(Moved::One),
        Value::Quantity(range) if range.is_range() => Some(Moved::Ends),
        Value::Quantity(_) if row.name == "availability" => Some(Moved::DownTenth),
        Value::Quantity(_) => Some(Moved::Tenth),
        Value::Money(range) => of(range.is_range()),
        Value::MoneyRate(range) => of(range.is_range()),
        Value::ServiceTime(ServiceTime::Mean(mean) | ServiceTime::Variation { mean, .. }) => of(mean.is_range()),
        Value::ServiceTime(ServiceTime::Percentiles { p50, p99 }) => of(p50.is_range() || p99.is_range()),
        Value::CurrencyRates(CurrencyRates(rates)) => of(rates.iter().any(|rate| rate.value.is_range())),
        _ => None,
    }
}

struct Search<'a> {
    parts: &'a Parts,
    kind: Figure,
    path: &'a str,
    value: f64,
    evaluated: usize,
    found: Vec<Input>,
}

impl Search<'_> {
    fn halve(&mut self, candidates: &[Candidate<'_>]) {
        if candidates.is_empty() || self.evaluated >= MAX_EVALUATIONS {
            return;
        }
        let figures = [self.figure(candidates, false), self.figure(candidates, true)];
        let is_still = |figure: &Option<f64>| figure.is_some_and(|figure| figure.total_cmp(&self.value).is_eq());
        if figures.iter().all(is_still) {
            return;
        }
        if let [one] = candidates {
            // Where neither system can be put together the input cannot be moved alone.
            if figures.iter().any(Option::is_some) {
                let origin = match &one.target {
                    Target::Fact { entry, .. } => Origin::Stated {
                        value: entry.value,
                        source: entry.provenance.as_ref().map(|provenance| provenance.source.clone()),
                        is_default: entry.is_default,
                    },
                    Target::Overridden { stated, .. } => Origin::Stated { value: stated.span, source: None, is_default: false },
                    Target::Constant(constant) => Origin::Assumed(constant),
                };
                self.found.push(Input { path: one.path.clone(), origin, moved: one.moved, figures });
            }
            return;
        }
        let (left, right) = candidates.split_at(candidates.len() / 2);
        self.halve(left);
        self.halve(right);
    }

    fn figure(&mut self, candidates: &[Candidate<'_>], is_up: bool) -> Option<f64> {
        self.evaluated += 1;
        let mut parts = self.parts.clone();
        for one in candidates {
            apply(&mut parts, one, is_up);
        }
        let system = parts.together()?;
        figures_of(self.kind, &system).0.get(self.path).map(|(_, value)| *value)
    }
}

fn apply(parts: &mut Parts, candidate: &Candidate<'_>, is_up: bool) {
    match &candidate.target {
        Target::Constant(constant) => {
            let Ok(value) = parse_quantity(constant.value, constant.dimension) else { return };
            let value = Ranged::exactly(moved(value, candidate.moved, is_share(constant.dimension), is_up));
            parts.parts.insert(candidate.path.clone(), Part::Assumption(constant.name, Override { value, span: Span::default() }));
        }
        Target::Overridden { part, .. } => {
            if let Some(Part::Assumption(name, stated)) = parts.parts.get_mut(*part) {
                let dimension = crate::model::assumptions::find(name).map_or(Dimension::Number, |constant| constant.dimension);
                stated.value = Ranged::exactly(moved(stated.value, candidate.moved, is_share(dimension), is_up));
            }
        }
        Target::Fact { part, keys, .. } => {
            let Some(mut facts) = parts.parts.get_mut(*part).and_then(Part::facts_mut) else { return };
            let Some((last, around)) = keys.split_last() else { return };
            for key in around {
                let inner = facts.entries_mut().find(|(index, _)| index == key);
                let Some((_, Entry { state: State::Stated(Value::Table(inner)), .. })) = inner else { return };
                facts = inner;
            }
            let row = &facts.table.rows()[usize::from(*last)];
            if let Some((_, Entry { state: State::Stated(value), .. })) = facts.entries_mut().find(|(index, _)| index == last) {
                move_value(value, row, candidate.moved, is_up);
            }
        }
    }
}

const fn is_share(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Share)
}

/// Moves a number.
fn moved(value: Ranged<f64>, how: Moved, is_share: bool, is_up: bool) -> f64 {
    let factor = if is_up { 1.1 } else { 0.9 };
    let moved = match how {
        Moved::Ends => {
            if is_up {
                value.high
            } else {
                value.low
            }
        }
        Moved::Tenth => value.likely * factor,
        // Up is more of what is looked at: of being down.
        Moved::DownTenth => 1.0 - (1.0 - value.likely) * factor,
        Moved::One => value.likely + if is_up { 1.0 } else { -1.0 },
    };
    if is_share { moved.clamp(0.0, 1.0) } else { moved }
}

fn move_value(value: &mut Value, row: &Row, how: Moved, is_up: bool) {
    let dimension = match row.shape {
        Shape::Quantity(dimension) | Shape::OrTrue(&Shape::Quantity(dimension)) => dimension,
        _ => Dimension::Number,
    };
    let amount = |amount: Ranged<Decimal>| match (how, is_up) {
        (Moved::Ends, true) => amount.high,
        (Moved::Ends, false) => amount.low,
        (_, true) => amount.likely * Decimal::new(11, 1),
        (_, false) => amount.likely * Decimal::new(9, 1),
    };
    match value {
        Value::Count(count) => *count = if is_up { count.saturating_add(1) } else { count.saturating_sub(1) },
        Value::Replicas(replicas) => *replicas = one_replica(*replicas, is_up),
        Value::Quantity(range) => *range = Ranged::exactly(moved(*range, how, is_share(dimension), is_up)),
        Value::Money(range) => {
            let likely = range.likely;
            *range = Ranged::exactly(Money { amount: amount(range.map(|money| money.amount)), ..likely });
        }
        Value::MoneyRate(range) => {
            let likely = range.likely;
            let money = Money { amount: amount(range.map(|rate| rate.money.amount)), ..likely.money };
            *range = Ranged::exactly(MoneyRate { money, ..likely });
        }
        Value::ServiceTime(time) => {
            let move_time = |range: &mut Ranged<crate::quantity::Duration>| {
                *range = Ranged::exactly(crate::quantity::Duration::new(moved(range.map(|time| time.seconds()), how, false, is_up)));
            };
            match time {
                ServiceTime::Mean(mean) | ServiceTime::Variation { mean, .. } => move_time(mean),
                ServiceTime::Percentiles { p50, p99 } => {
                    move_time(p50);
                    move_time(p99);
                }
            }
        }
        Value::CurrencyRates(CurrencyRates(rates)) => {
            for rate in rates {
                let likely = rate.value.likely;
                rate.value = Ranged::exactly(Money { amount: amount(rate.value.map(|money| money.amount)), ..likely });
            }
        }
        _ => {}
    }
}

/// One replica more or fewer, the bounds with it.
fn one_replica(count: ReplicaCount, is_up: bool) -> ReplicaCount {
    let usual = if is_up { count.usual.saturating_add(1) } else { count.usual.saturating_sub(1).max(1) };
    ReplicaCount {
        usual,
        min: count.min.map(|min| min.min(usual)),
        max: match count.max {
            ReplicaBound::At(max) => ReplicaBound::At(max.max(usual)),
            other => other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Moved, sensitivity};
    use crate::model::testing::system;

    const MODEL: &str = "[components]\nu = { kind = \"client\" }\na = { kind = \"service\", availability = \"99%\", mttr = \"1h\", on = [\"z\"] }\nidle = { kind = \"service\", availability = \"90%\", on = [\"z\"] }\n\
        [locations]\nz = { kind = \"zone\", availability = \"99.9%\", mttr = \"1h\" }\n[links]\n\"u -> a\" = { payload = \"1KB..3KB\", response = \"1KB\" }\n[journeys]\nj = { rate = \"1/s\", steps = [\"u -> a\"] }\n";

    /// A journey over one service in one zone: U = 1 − .99 · .999 = .01099. With the service down 10 % more it is 1 − .989 · .999 = .011989; with the zone
    /// down 10 % more, 1 − .99 · .9989 = .011089. So the service moves it by .000999, the zone by .000099, and nothing else does.
    #[test]
    fn inputs_are_what_moves_a_figure_the_strongest_first() {
        let system = system(MODEL);
        let found = sensitivity(&system, "journeys.j.failure.unavailability").expect("the figure");
        let paths: Vec<&str> = found.inputs.iter().map(|input| input.path.as_str()).collect();
        assert_eq!(paths, ["components.a.availability", "locations.z.availability"]);
        let close =
            |found: Option<f64>, expected: f64| assert!((found.expect("a figure") - expected).abs() < 1e-12, "{found:?} {expected}");
        close(found.inputs[0].figures[1], 0.011989);
        close(found.inputs[0].figures[0], 1.0 - 0.991 * 0.999);
        close(found.inputs[1].figures[1], 0.011089);
        assert_eq!(found.inputs[0].moved, Moved::DownTenth);
        assert!(found.is_complete);
    }

    /// The same journey begins to fail .999 · .01 + .99 · .001 = .01098 times an hour, each restored after an hour. A service that is restored in .9 h as often down makes it
    /// .999 · .01 ÷ .9 + .99 · .001.
    #[test]
    fn incidents_rest_on_the_time_to_restore_too() {
        let system = system(MODEL);
        let found = sensitivity(&system, "journeys.j.failure.incidents_per_year").expect("the figure");
        assert!((found.value - 8_760.0 * 0.01098).abs() < 1e-9, "{found:?}");
        let paths: Vec<&str> = found.inputs.iter().map(|input| input.path.as_str()).collect();
        assert_eq!(paths, ["components.a.mttr", "components.a.availability", "locations.z.mttr", "locations.z.availability"]);
        let sooner = found.inputs[0].figures[0].expect("a figure");
        assert!((sooner - 8_760.0 * (0.0111 + 0.00099)).abs() < 1e-9, "{sooner}");
        // .01099 of the time in .01098 failures an hour.
        let outage = sensitivity(&system, "journeys.j.failure.mean_outage_minutes").expect("the figure");
        assert!((outage.value - 60.0 * 0.01099 / 0.01098).abs() < 1e-9, "{outage:?}");
    }

    /// A request of 1 to 3 KB and a reply of 1 KB: a range is moved to its ends, an exact value by a tenth.
    #[test]
    fn a_ranged_input_is_moved_to_its_ends() {
        let system = system(MODEL);
        let found = sensitivity(&system, "journeys.j.communication.bytes").expect("the figure");
        let of = |path: &str| found.inputs.iter().find(|input| input.path == path).unwrap_or_else(|| panic!("{path}: {found:?}"));
        let payload = of("links.u -> a.payload");
        assert_eq!(payload.moved, Moved::Ends);
        let response = of("links.u -> a.response");
        let moved = |input: &super::Input| input.figures[1].expect("a figure") - input.figures[0].expect("a figure");
        assert!((moved(payload) - 2_000.0).abs() < 1e-9, "{payload:?}");
        assert!((moved(response) - 200.0).abs() < 1e-9, "{response:?}");
        assert_eq!(sensitivity(&system, "journeys.k.communication.bytes"), None);
    }
}
