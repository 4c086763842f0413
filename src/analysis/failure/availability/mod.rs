//! How much of the time each journey fails, how often, and what brings it about.
//!
//! The question: *how many nines does this topology really have, what stops it, and what should be mended first?* Each journey's expression becomes one formula
//! over independent basic events, which [`crate::fault_tree`] solves exactly: what is shared counts once.
//!
//! ```text
//! likelihood   how often each thing fails by itself, and for how long
//! structure    when an instance, and what a call needs, is down
//! journey      a journey's expression as one formula
//! condition    the same while something is down
//! planned      how long it is down on purpose
//! chance       how probably an objective is kept in a month, in a year
//! ```
//!
//! Assumed: events are independent of each other, restored one by one, and in their long-run state. Semantics, "Failure".

mod chance;
mod condition;
mod journey;
mod likelihood;
mod planned;
mod structure;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::blast_radius::DomainKind;
use super::carrying::{carrying, raised};
use super::events::{Event, can_fail};
use super::expression::Expression;
use super::requirement::Requirements;
use crate::analysis::communication::Assumed;
use crate::fault_tree::open_psa as format;
use crate::fault_tree::{CutSets, Formula, Interval, Limits, ORDER_WHERE_TOO_MANY, Solved, bounds, cut_sets_to_order};
use crate::model::{ComponentId, Host, System};
use crate::syntax::keys::shared_fate;

pub use chance::HOURS_PER_MONTH;
pub use planned::Planned;
pub use structure::Basic;

use condition::Conditions;
use journey::Draws;
use structure::Structure;

/// Hours of a year.
pub const HOURS_PER_YEAR: f64 = 8_760.0;

/// The most cut sets that are listed of a journey.
const MAX_LISTED: usize = 20;

/// The most operations on decision diagrams over all journeys, and the fewest that each journey has.
const MAX_OPERATIONS: usize = 1 << 19;
const MIN_OPERATIONS: usize = 1 << 14;

/// How many operations on states take the time of one on diagrams, about.
const STATES_PER_OPERATION: usize = 1 << 8;

/// How available each journey is.
#[derive(Debug, Clone, PartialEq)]
pub struct Availability {
    /// Per journey; none where the limits did not allow an exact answer.
    pub journeys: Vec<Option<JourneyAvailability>>,
    /// Per journey what is certain of it, where there is no exact answer.
    pub bounds: Vec<Option<Bounded>>,
    /// Per journey the share of its completions that fail in the long run; none without messages, or where the limits did not allow an exact answer.
    pub completions: Vec<Option<f64>>,
    /// Per journey how long it is down on purpose.
    pub planned: Vec<Planned>,
    /// What was assumed.
    pub assumed: Vec<Assumed>,
    /// Facts that were asked for, by path, and whether each is known.
    pub asked: BTreeMap<String, bool>,
    /// Figures that are missing: the fact by whose absence something is left out.
    pub missing: Vec<String>,
    /// The domains of which is known what their loss makes of each journey, with their number; none where nothing is explained.
    pub domains: BTreeMap<DomainKind, usize>,
}

impl Availability {
    /// Returns a journey's unavailability while a domain is down.
    pub fn while_down(&self, domain: DomainKind, journey: usize) -> Option<f64> {
        let at = self.domains.get(&domain)?;
        self.journeys[journey].as_ref()?.while_down.get(*at).copied().flatten()
    }
}

/// What is certain of a journey whose decision diagram exceeds the limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounded {
    /// Its unavailability is no less.
    pub low: f64,
    /// And no more.
    pub high: f64,
    /// The minimal cut sets up to an order; none where the limits did not allow even these, or nothing is explained.
    pub cut_sets: Option<JourneyCutSets>,
}

/// How available one journey is.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyAvailability {
    /// The share of requests that fail in the long run.
    pub unavailability: f64,
    /// How often a year it begins to fail.
    pub incidents_per_year: f64,
    /// How long a failure lasts on average, in minutes; none if it never fails.
    pub mean_outage_minutes: Option<f64>,
    /// The unavailability if the parts that it needs shared nothing; none where nobody asked, or where the limits did not allow it.
    pub naive_unavailability: Option<f64>,
    /// The unavailability if no failure hit several replicas at once.
    pub without_common_cause: f64,
    /// How much of the unavailability each cause brings: each cause's `Σ Birnbaum · q` ÷ that of all.
    pub causes: Causes,
    /// The minimal cut sets; none where the limits did not allow them.
    pub cut_sets: Option<JourneyCutSets>,
    /// What to mend first: every event that matters, by falling importance.
    pub importance: Vec<EventImportance>,
    /// The unavailability while each of [`Availability::domains`] is down; none where the limits did not allow it.
    while_down: Vec<Option<f64>>,
}

/// How much is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What gates and findings hold: how much of the time each journey fails.
    Judged,
    /// What has a range: what the parts would give that shared nothing, too.
    Figures,
    /// What explains it, too: cut sets, and the unavailability while each domain is down.
    Explained,
}

impl JourneyAvailability {
    /// Returns the minutes a year that the journey is down.
    pub fn downtime_minutes_per_year(&self) -> f64 {
        self.unavailability * HOURS_PER_YEAR * 60.0
    }
}

/// Shares of downtime by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Causes {
    /// Failed changes.
    pub changes: f64,
    /// Instances, common causes, failovers, shared fates.
    pub instances: f64,
    /// Locations and hosts.
    pub places: f64,
    /// Links and networks.
    pub network: f64,
}

/// The minimal cut sets of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyCutSets {
    /// How many there are, of any length, or of the orders that were looked for.
    pub count: String,
    /// The largest order that was looked for; none where all were.
    pub counted_to: Option<usize>,
    /// How many there are by order, those of none left out.
    pub by_order: Vec<(usize, String)>,
    /// The most probable ones, first the most probable.
    pub top: Vec<JourneyCutSet>,
}

/// A smallest set of events that together stop a journey, or a part of its requests.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyCutSet {
    /// The events.
    pub events: Vec<Basic>,
    /// The probability that all of them are down.
    pub probability: f64,
}

/// How much an event matters to a journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventImportance {
    /// The event.
    pub event: Basic,
    /// The share of time in which it is down.
    pub unavailability: f64,
    /// By how much the journey's unavailability rises while it is down.
    pub birnbaum: f64,
    /// The share of the journey's unavailability that goes away without it.
    pub fussell_vesely: f64,
    /// How many times more often the journey fails while it is down.
    pub raw: f64,
    /// How many times less often it would fail without it; infinite where nothing else stops it.
    pub rrw: f64,
}

/// Computes how available each journey is.
pub fn availability(system: &System, detail: Detail) -> Availability {
    while_down(system, &[], detail)
}

/// Computes how available each journey is while some domains are down, and everything else fails as it does.
pub fn while_down(system: &System, down: &[DomainKind], detail: Detail) -> Availability {
    let system = carrying(system, &raised(system));
    let system = system.as_ref();
    let mut requirements = Requirements::of(system);
    let expressions: Vec<Expression> = system.journeys.iter().map(|journey| Expression::of(system, journey, &mut requirements)).collect();
    let mut structure = Structure::of(system);
    structure.down = down.iter().flat_map(|domain| condition::events_of(system, *domain)).collect();
    let operations = (MAX_OPERATIONS / system.journeys.len().max(1)).max(MIN_OPERATIONS);
    let limits = Limits { diagram: operations, cut_sets: 4 * operations, largest_order: usize::MAX };
    let mut conditions = match detail {
        Detail::Judged | Detail::Figures => Conditions::default(),
        Detail::Explained => Conditions::of(system),
    };
    let (mut journeys, mut intervals) = (Vec::new(), Vec::new());
    for expression in &expressions {
        let found = of_journey(&mut structure, &requirements, expression, limits, detail, &mut conditions);
        intervals.push(match found {
            Some(_) => None,
            None => {
                let top = journey::with_chances(&mut structure, &requirements, expression, &mut Draws::new());
                let Interval { low, high } = bounds(&structure.graph, top, &structure.probabilities, STATES_PER_OPERATION * operations);
                let variants = match detail {
                    Detail::Judged | Detail::Figures => None,
                    Detail::Explained => journey::of_all_variants(&mut structure, &requirements, expression),
                };
                Some(Bounded { low, high, cut_sets: variants.and_then(|top| cut_sets(&structure, top, limits)) })
            }
        });
        journeys.push(found);
    }
    let mut completion = |journey| {
        let expression = Expression::of_completion(system, journey, &mut requirements)?;
        let top = journey::with_chances(&mut structure, &requirements, &expression, &mut Draws::new());
        Some(Solved::of(&structure.graph, top, limits).ok()?.probability(&structure.probabilities))
    };
    let completions = system.journeys.iter().map(&mut completion).collect();
    let asked = structure.asked;
    let planned = |(journey, expression)| planned::planned(system, journey, &requirements, expression);
    Availability {
        journeys,
        bounds: intervals,
        completions,
        planned: system.journeys.iter().zip(&expressions).map(planned).collect(),
        assumed: asked.assumed.into_values().collect(),
        asked: asked.facts,
        missing: asked.missing.into_keys().collect(),
        domains: conditions.numbered,
    }
}

/// Returns how long it takes to restore a domain, in hours: its mean time to restore; of a component the longer of that and of the time to undo a failed change. None
/// where nobody says, and for what no person of the system restores.
pub(super) fn restore_hours(system: &System, domain: DomainKind) -> Option<f64> {
    let asked = &mut likelihood::Asked::default();
    match domain {
        DomainKind::Location(location) | DomainKind::Host(Host { location, .. }) => {
            Some(likelihood::of_location(system, location, asked).hours)
        }
        DomainKind::SharedFate(fate) => {
            let stated = || system.shared_fates[fate.index()].facts.get(shared_fate::MTTR).stated().map(|time| time.seconds() / 3_600.0);
            likelihood::of_shared_fate(system, fate, asked).map(|found| found.hours).or_else(stated)
        }
        DomainKind::Component(id) => can_fail(system.component(id)).then(|| {
            let change = likelihood::change(system, id).filter(|(change, _)| change.unavailability > 0.0);
            f64::max(likelihood::of_component(system, id, asked).hours, change.map_or(0.0, |(change, _)| change.hours))
        }),
    }
}

/// Returns how long a failover of a component takes, in hours, where who starts it is stated.
pub(super) fn failover_hours(system: &System, id: ComponentId) -> Option<f64> {
    let asked = &mut likelihood::Asked::default();
    let own = likelihood::of_component(system, id, asked);
    likelihood::failover_hours(system, id, own.hours, asked)
}

/// Returns how much of the time an instance of a component is down by itself, as stated or as assumed for its kind.
pub fn instance_unavailability(system: &System, id: ComponentId) -> f64 {
    if !can_fail(system.component(id)) {
        return 0.0;
    }
    likelihood::of_component(system, id, &mut likelihood::Asked::default()).unavailability
}

/// Says whether one event takes all replicas of a component down: it has only one, or its failures have a common cause, or its changes fail.
pub(super) fn falls_as_a_whole(system: &System, id: ComponentId) -> bool {
    let component = system.component(id);
    if !can_fail(component) {
        return false;
    }
    if likelihood::change(system, id).is_some_and(|(change, _)| change.unavailability > 0.0) {
        return true;
    }
    let asked = &mut likelihood::Asked::default();
    let is_one = component.instances.len() == 1;
    (is_one || likelihood::common_cause(system, id, asked) > 0.0) && likelihood::of_component(system, id, asked).unavailability > 0.0
}

/// Writes the failure of a journey as a fault tree in the Open-PSA model exchange format.
pub fn open_psa(system: &System, journey: usize) -> String {
    let system = carrying(system, &raised(system));
    let system = system.as_ref();
    let mut requirements = Requirements::of(system);
    let expressions: Vec<Expression> = system.journeys.iter().map(|journey| Expression::of(system, journey, &mut requirements)).collect();
    let mut structure = Structure::of(system);
    let top = journey::with_chances(&mut structure, &requirements, &expressions[journey], &mut Draws::new());
    let stated = |(basic, likelihood): &(Basic, likelihood::Likelihood)| format::Stated {
        id: if *basic == Basic::Chance { "chance".to_owned() } else { basic.id(system) },
        probability: likelihood.unavailability,
    };
    let events: Vec<format::Stated> = structure.basics.iter().map(stated).collect();
    let title = format!("{}, {}: journey {} fails", system.system_name, system.id, system.journeys[journey].id);
    format::write(&structure.graph, top, &events, &title)
}

fn of_journey(
    structure: &mut Structure<'_>,
    requirements: &Requirements,
    expression: &Expression,
    limits: Limits,
    detail: Detail,
    conditions: &mut Conditions,
) -> Option<JourneyAvailability> {
    let top = journey::with_chances(structure, requirements, expression, &mut Draws::new());
    let solved = Solved::of(&structure.graph, top, limits).ok()?;
    let variants = match detail {
        Detail::Judged | Detail::Figures => None,
        Detail::Explained => journey::of_all_variants(structure, requirements, expression),
    };
    let naive = match detail {
        Detail::Judged => None,
        Detail::Figures | Detail::Explained => naive(structure, requirements, expression, limits),
    };
    let (unavailability, importances) = solved.importances(&structure.probabilities);

    let while_down = conditions.of_journey(structure, requirements, expression, limits, (&solved, unavailability, &importances));
    let mut causes = Causes::default();
    let (mut frequency, mut all) = (0.0, 0.0);
    let mut importance = Vec::with_capacity(importances.len());
    for one in importances {
        let (basic, likelihood) = structure.basics[one.event as usize];
        let brings = one.birnbaum * likelihood.unavailability;
        *match basic {
            Basic::Chance => continue,
            Basic::Change(_) => &mut causes.changes,
            Basic::Network(_) => &mut causes.network,
            Basic::Single(Event::Host(_) | Event::Location(_)) => &mut causes.places,
            Basic::Single(Event::Instance(..) | Event::SharedFate(_)) | Basic::Common(_) | Basic::Failover(..) | Basic::Switch(..) => {
                &mut causes.instances
            }
        } += brings;
        all += brings;
        // λ·(1 − q) = q ÷ MTTR.
        if likelihood.hours > 0.0 {
            frequency += brings / likelihood.hours;
        }
        importance.push(EventImportance {
            event: basic,
            unavailability: likelihood.unavailability,
            birnbaum: one.birnbaum,
            fussell_vesely: one.fussell_vesely,
            raw: one.raw,
            rrw: one.rrw,
        });
    }
    if all > 0.0 {
        let Causes { changes, instances, places, network } = causes;
        causes = Causes { changes: changes / all, instances: instances / all, places: places / all, network: network / all };
    }
    // Equal events have equal importances but for the last bits; events are numbered in the order of the model, which is no order of ids.
    let shown = |value: f64| format!("{value:.9e}").parse::<f64>().unwrap_or(value);
    let system = structure.system;
    importance.sort_by_cached_key(|one| (std::cmp::Reverse(Ordered(shown(one.fussell_vesely))), one.event.id(system)));
    let cut_sets = variants.and_then(|top| cut_sets(structure, top, limits));
    let without_common_cause = solved.probability(&structure.without_common);
    Some(JourneyAvailability {
        unavailability,
        incidents_per_year: frequency * HOURS_PER_YEAR,
        mean_outage_minutes: (frequency > 0.0).then(|| unavailability / frequency * 60.0),
        naive_unavailability: naive,
        without_common_cause,
        causes,
        cut_sets,
        importance,
        while_down,
    })
}

/// A number with the order of all numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The unavailability as a product of availabilities says it: every required component fails by itself, with all that it stands on, and shares nothing.
fn naive(structure: &mut Structure<'_>, requirements: &Requirements, expression: &Expression, limits: Limits) -> Option<f64> {
    let mut fails: BTreeMap<_, Formula> = BTreeMap::new();
    let mut probabilities: BTreeMap<_, f64> = BTreeMap::new();
    for (requirement, gate) in &expression.leaves {
        if !expression.standings[*gate as usize].is_hard || probabilities.contains_key(requirement) {
            continue;
        }
        let mut draws = Draws::new();
        let formula = structure.requirement(requirements, *requirement, &mut |structure, draw, shard| {
            draws.entry(draw).or_insert_with(|| journey::one_of(structure, requirements.shares(draw)))[shard]
        });
        let solved = Solved::of(&structure.graph, formula, limits).ok()?;
        probabilities.insert(*requirement, solved.probability(&structure.probabilities));
    }
    for (requirement, probability) in probabilities {
        let chance = structure.chance(probability);
        fails.insert(requirement, chance);
    }
    let top = journey::of_independent(structure, expression, &fails);
    let solved = Solved::of(&structure.graph, top, limits).ok()?;
    Some(solved.probability(&structure.probabilities))
}

fn cut_sets(structure: &Structure<'_>, top: Formula, limits: Limits) -> Option<JourneyCutSets> {
    let all = Solved::of(&structure.graph, top, limits).and_then(|solved| solved.cut_sets()).ok();
    let to_order = || cut_sets_to_order(&structure.graph, top, ORDER_WHERE_TOO_MANY, limits.cut_sets).ok();
    let found: CutSets = all.filter(|found| found.counted_to == usize::MAX).or_else(to_order)?;
    let by_order = found.by_order.iter().map(ToString::to_string).enumerate().filter(|(_, count)| count != "0").collect();
    let basic = |event: &u32| structure.basics[*event as usize].0;
    let mut top: Vec<JourneyCutSet> = found
        .most_probable(&structure.probabilities, usize::MAX, MAX_LISTED)
        .into_iter()
        .map(|set| JourneyCutSet { events: set.events.iter().map(basic).collect(), probability: set.probability })
        .collect();
    for set in &mut top {
        set.events.sort_by_cached_key(|event| event.id(structure.system));
    }
    let counted_to = (found.counted_to != usize::MAX).then_some(found.counted_to);
    Some(JourneyCutSets { count: found.count().to_string(), counted_to, by_order, top })
}
