//! The blast radius: *which journeys does a failing part stop, which does it only touch, and which single parts can stop a journey?*
//!
//! One event is down and all others are up. `lost(j)` is the share of a journey's requests that fail: a journey is **down** at 1, **partly down** between 0 and
//! 1, **degraded** at 0 with a soft step or fallback in use, and **one failure away** if a further single event would raise `lost(j)`.
//! `traffic_lost = Σ rate(j)·lost(j) ÷ Σ rate(j)`.
//!
//! Assumptions. Callers spread over the replicas that work, so a component answers while `needs` replicas of the shard are up, whichever replica a route
//! prefers: `zone-local` falls back to all replicas when none in the zone works. A single-leader component whose `failover` is not stated is taken to fail
//! over (see [`BlastRadius::assumed_failover`]); with `failover = false` its leader is needed by all calls that reach the leader.
//!
//! Semantics, "Placement", "Links", "Journeys", "Failure".

use std::collections::{BTreeMap, BTreeSet};

use super::carrying::{Raised, Shortfall, carrying, raised, shortfalls as shortfalls_of};
use super::evaluation::Evaluation;
use super::events::{EffectId, Event, can_fail, events, replicas};
use super::expression::{Outcome, any_of, whole};
use super::margin::{Exposure, Margin};
use super::partition::{Partitions, partitions};
use super::recovery::{Recoveries, Stores};
use super::requirement::{Fault, RequirementId};
use crate::model::{ComponentId, Host, Journey, JourneyId, LocationId, NodeKind, SharedFateId, System};
use crate::quantity::Probability;
use crate::syntax::keys::{component, location};
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};

/// What failures stop, for one system.
#[derive(Debug, Clone, PartialEq)]
pub struct BlastRadius {
    /// What the loss of each place, shared fate and component stops, sorted by id.
    pub domains: Vec<Domain>,
    /// What can stop each journey, in the order of the system's journeys.
    pub journeys: Vec<Exposed>,
    /// Whether all journeys weigh the same in `traffic_lost`, because a rate is missing.
    pub has_equal_weights: bool,
    /// Components that are called at their leader and of which the model does not say whether a follower takes over; assumed that one does.
    pub assumed_failover: Vec<ComponentId>,
    /// Components that need more replicas for their load than by their own words; these needs are counted everywhere.
    pub raised: Vec<Raised>,
    /// Losses after which something must start before the peak is carried again, by what is lost.
    pub shortfalls: Vec<Shortfall>,
    /// What a cut between two places stops.
    pub partitions: Partitions,
    partial_failure: Option<(String, String)>,
}

/// What can stop a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// The single events that cost it requests, sorted by id: its single points of failure, of the journey as it is online.
    pub single_points: Vec<SinglePoint>,
}

impl Exposed {
    /// Says whether, with everything up, one event would cost the journey requests.
    pub fn is_one_failure_away(&self) -> bool {
        !self.single_points.is_empty()
    }
}

/// A single event that costs a journey requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SinglePoint {
    /// The event.
    pub event: Event,
    /// The share of requests that fail.
    pub lost: Probability,
}

/// Something that can be lost as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DomainKind {
    /// A location with all that stands in it; of a location with a `count`, all its hosts.
    Location(LocationId),
    /// One of the hosts that a location with a `count` stands for.
    Host(Host),
    /// All replicas of all shards of a component.
    Component(ComponentId),
    /// A shared fate.
    SharedFate(SharedFateId),
}

impl DomainKind {
    /// Returns the id of what is lost.
    pub fn id(self, system: &System) -> String {
        match self {
            Self::Location(location) => system.location(location).id.clone(),
            Self::Host(host) => system.host_event(host),
            Self::Component(component) => system.component(component).id.clone(),
            Self::SharedFate(fate) => system.shared_fates[fate.index()].id.clone(),
        }
    }

    /// Returns the word for what is lost: the kind of a location or host, `component` or `shared-fate`.
    pub fn word(self, system: &System) -> &'static str {
        match self {
            Self::Location(location) | Self::Host(Host { location, .. }) => system.location(location).kind.word(),
            Self::Component(_) => "component",
            Self::SharedFate(_) => "shared-fate",
        }
    }
}

/// What the loss of one domain does. The lists of journeys are in the order of ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// The id of what is lost.
    pub id: String,
    /// What is lost.
    pub kind: DomainKind,
    /// How many hosts of a location are alike, this one included: the loss of each does the same. 1 for all else.
    pub alike: u32,
    /// Journeys of which every request fails.
    pub down: Vec<JourneyId>,
    /// Journeys of which some requests fail.
    pub partly_down: Vec<JourneyId>,
    /// Journeys that answer with a soft step or fallback in use, offline, or without their completion.
    pub degraded: Vec<JourneyId>,
    /// Journeys of which a further single event would make more requests fail; the journey as it is online.
    pub one_failure_away: Vec<JourneyId>,
    /// The share of requests that fail, of each journey that loses any.
    pub lost: Vec<(JourneyId, Probability)>,
    /// The share of all requests that fail.
    pub traffic_lost: f64,
    /// How soon journeys are back, and how much data is lost.
    pub recovery: Recoveries,
    /// The share of users who lose requests; exact where no user depends on two of the journeys, else an upper bound. None where a share is not stated.
    pub users_lost: Option<f64>,
}

impl BlastRadius {
    /// Returns a process that can fail while a journey goes on, and that journey: the witness of partial failure.
    ///
    /// A process whose failure stops another journey is preferred.
    pub fn partial_failure(&self) -> Option<(String, String)> {
        self.partial_failure.clone()
    }

    /// Returns the domain of an id.
    pub fn domain(&self, id: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.id == id)
    }
}

/// Computes what every single failure stops.
pub fn blast_radius(system: &System) -> BlastRadius {
    let raised = raised(system);
    let system = carrying(system, &raised);
    let system = system.as_ref();
    let mut evaluation = Evaluation::of(system);
    let singles: Vec<(Event, EffectId)> = events(system).into_iter().map(|event| (event, evaluation.effects.event(event))).collect();
    let rows: Vec<(DomainKind, EffectId)> = rows(system).into_iter().map(|kind| (kind, effect_of(&mut evaluation, kind))).collect();
    let consequences: Vec<Consequences> = evaluation.effects.ids().map(|effect| Consequences::of(&evaluation, effect)).collect();

    let exposed = exposed(system, &singles, &consequences);
    let exposure = exposed.iter().map(exposure).collect();
    let mut effects: Vec<EffectId> = singles.iter().map(|(_, effect)| *effect).collect();
    effects.sort_unstable();
    effects.dedup();
    let (faults, outcomes): (Vec<_>, Vec<_>) = consequences.into_iter().map(|one| (one.faults, one.outcomes)).unzip();
    let margin = Margin::of(&evaluation, &effects, &faults, exposure);

    let weighing = Weighing::of(system);
    let callers = Callers::of(system);
    let stores = Stores::of(system);
    let mut shortfalls = Vec::new();
    let mut domains: Vec<Domain> = Vec::with_capacity(rows.len());
    for (kind, effect) in rows {
        let outcome = |journey: usize| outcomes[effect.index()].get(&journey).copied().unwrap_or_default();
        let absent = callers.absent(&evaluation, effect);
        let away = margin.one_failure_away(effect, &faults[effect.index()], outcome);
        let impacts = Impacts { system, callers: &callers, absent: &absent, away: &away };
        let mut domain = impacts.domain(kind, &outcomes[effect.index()], &weighing);
        domain.recovery = stores.recoveries(&evaluation, &domain, effect);
        let missing = shortfalls_of(&evaluation, &raised, &domain, effect);
        if add_domain(&mut domains, domain) {
            shortfalls.extend(missing);
        }
    }
    shortfalls.sort_by(|a, b| a.domain.cmp(&b.domain).then(a.component.cmp(&b.component)));
    domains.sort_by(|a, b| a.id.cmp(&b.id));
    let partial_failure = partial_failure(system, &evaluation, &singles, &outcomes, &callers);
    BlastRadius {
        domains,
        journeys: exposed,
        has_equal_weights: weighing.is_equal,
        raised,
        shortfalls,
        partitions: partitions(system),
        assumed_failover: evaluation.requirements.assumed_failover.iter().copied().collect(),
        partial_failure,
    }
}

/// What the loss of some domains at once does. The lists of journeys are in the order of ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// Journeys that answer with a soft step or fallback in use, offline, or without their completion.
    pub degraded: Vec<JourneyId>,
    /// The share of requests that fail, of each journey that loses any.
    pub lost: Vec<(JourneyId, Probability)>,
    /// The share of all requests that fail.
    pub traffic_lost: f64,
    /// The share of users who lose requests, as in [`Domain::users_lost`].
    pub users_lost: Option<f64>,
}

/// Computes what the loss of some domains at once stops, with all else up.
pub fn loss(system: &System, down: &[DomainKind]) -> Loss {
    let system = carrying(system, &raised(system));
    let system = system.as_ref();
    let mut evaluation = Evaluation::of(system);
    let effects: Vec<EffectId> = down.iter().map(|kind| effect_of(&mut evaluation, *kind)).collect();
    let effect = evaluation.effects.together(&effects);
    let (degraded, lost) = outcome(&evaluation, &Callers::of(system), effect);
    let weighing = Weighing::of(system);
    let (traffic_lost, users_lost) = (weighing.traffic_lost(&lost), weighing.users_lost(&lost));
    Loss { degraded, lost, traffic_lost, users_lost }
}

/// Returns the share of all requests that fail while all replicas of a shard are down, by the shard's id, such as `db/A-K`: of components with at most `most` shards.
pub fn traffic_lost_by_shard(system: &System, most: usize) -> BTreeMap<String, f64> {
    let system = carrying(system, &raised(system));
    let system = system.as_ref();
    let mut evaluation = Evaluation::of(system);
    let (callers, weighing) = (Callers::of(system), Weighing::of(system));
    let mut found = BTreeMap::new();
    for id in system.component_ids() {
        let component = system.component(id);
        if !component.is_sharded() || !can_fail(component) || component.shards.len() > most {
            continue;
        }
        let each = replicas(component);
        for (at, shard) in component.shards.iter().enumerate() {
            let instances = at * each..((at + 1) * each).min(component.instances.len());
            let effects: Vec<EffectId> = instances.map(|instance| evaluation.effects.event(Event::Instance(id, instance))).collect();
            let effect = evaluation.effects.together(&effects);
            let (_, lost) = outcome(&evaluation, &callers, effect);
            found.insert(format!("{}/{}", component.id, shard.name), weighing.traffic_lost(&lost));
        }
    }
    found
}

/// Returns the journeys that an effect degrades, and the share of requests that fail of each that loses any.
fn outcome(evaluation: &Evaluation<'_>, callers: &Callers, effect: EffectId) -> (Vec<JourneyId>, Vec<(JourneyId, Probability)>) {
    let outcomes = Consequences::of(evaluation, effect).outcomes;
    let absent = callers.absent(evaluation, effect);
    let impacts = Impacts { system: evaluation.system, callers, absent: &absent, away: &[] };
    let (mut degraded, mut lost) = (Vec::new(), Vec::new());
    for (journey, outcome) in impacts.outcomes(&outcomes) {
        if outcome.lost > 0.0 {
            lost.push((journey, Probability::new(outcome.lost)));
        } else if outcome.is_degraded {
            degraded.push(journey);
        }
    }
    (degraded, lost)
}

/// Lists what can be lost, with its id, in the order of ids.
pub fn losable(system: &System) -> Vec<(String, DomainKind)> {
    let mut all: Vec<(String, DomainKind)> = rows(system).into_iter().map(|kind| (kind.id(system), kind)).collect();
    all.sort();
    all
}

/// What one effect does on its own.
struct Consequences {
    faults: Vec<(RequirementId, Fault)>,
    outcomes: BTreeMap<usize, Outcome>,
}

impl Consequences {
    fn of(evaluation: &Evaluation<'_>, effect: EffectId) -> Self {
        let (faults, outcomes) = evaluation.consequences(effect);
        Self { faults, outcomes }
    }
}

/// Lists what can be lost: every location but namespaces, the hosts of those with a `count`, every shared fate, and every component but modules.
pub(super) fn rows(system: &System) -> Vec<DomainKind> {
    let mut rows = Vec::new();
    for id in system.location_ids().filter(|id| system.location(*id).is_failure_domain()) {
        rows.push(DomainKind::Location(id));
        let count = system.location(id).count;
        if count > 1 {
            rows.extend((0..count).map(|ordinal| DomainKind::Host(Host { location: id, ordinal })));
        }
    }
    rows.extend(system.shared_fate_ids().map(DomainKind::SharedFate));
    rows.extend(system.component_ids().filter(|id| system.component(*id).kind != ComponentKind::Module).map(DomainKind::Component));
    rows
}

fn effect_of(evaluation: &mut Evaluation<'_>, kind: DomainKind) -> EffectId {
    match kind {
        DomainKind::Location(location) => evaluation.effects.location(location),
        DomainKind::Host(host) => evaluation.effects.event(Event::Host(host)),
        DomainKind::Component(component) => evaluation.effects.component(component),
        DomainKind::SharedFate(fate) => evaluation.effects.event(Event::SharedFate(fate)),
    }
}

/// Adds a row; hosts of one location whose loss does the same are one row. Says whether it is a row of its own.
fn add_domain(domains: &mut Vec<Domain>, domain: Domain) -> bool {
    if let DomainKind::Host(host) = domain.kind {
        let siblings =
            domains.iter_mut().rev().take_while(|other| matches!(other.kind, DomainKind::Host(one) if one.location == host.location));
        for sibling in siblings {
            if sibling.is_alike(&domain) {
                sibling.alike += 1;
                return false;
            }
        }
    }
    domains.push(domain);
    true
}

impl Domain {
    fn is_alike(&self, other: &Self) -> bool {
        let of = |domain: &Self| Self { id: String::new(), kind: self.kind, alike: 1, ..domain.clone() };
        of(self) == of(other)
    }
}

fn exposed(system: &System, singles: &[(Event, EffectId)], consequences: &[Consequences]) -> Vec<Exposed> {
    let mut exposed = vec![Exposed { single_points: Vec::new() }; system.journeys.len()];
    for (event, effect) in singles {
        for (journey, outcome) in &consequences[effect.index()].outcomes {
            if outcome.lost > 0.0 {
                exposed[*journey].single_points.push(SinglePoint { event: *event, lost: Probability::new(outcome.lost) });
            }
        }
    }
    exposed
}

fn exposure(exposed: &Exposed) -> Exposure {
    let most = exposed.single_points.iter().map(|point| point.lost.value()).fold(0.0, f64::max);
    match most {
        most if most >= 1.0 => Exposure::Whole,
        most if most > 0.0 => Exposure::Part,
        _ => Exposure::None,
    }
}

/// What journeys weigh.
struct Weighing {
    rates: Vec<f64>,
    is_equal: bool,
    /// The share of all users who depend on each journey.
    users: Vec<Option<f64>>,
}

impl Weighing {
    fn of(system: &System) -> Self {
        let stated: Option<Vec<f64>> =
            system.journeys.iter().map(|journey| journey.rate().map(crate::quantity::Rate::per_second)).collect();
        let stated = stated.filter(|rates| rates.iter().sum::<f64>() > 0.0);
        let users = system
            .journeys
            .iter()
            .map(|journey| journey.share_of_users().map(Probability::value).or_else(|| users_in_places(system, journey)))
            .collect();
        match stated {
            Some(rates) => Self { rates, is_equal: false, users },
            None => Self { rates: vec![1.0; system.journeys.len()], is_equal: true, users },
        }
    }

    fn traffic_lost(&self, lost: &[(JourneyId, Probability)]) -> f64 {
        let of = |(journey, lost): &(JourneyId, Probability)| self.rates[journey.index()] * lost.value();
        let all: f64 = self.rates.iter().sum();
        if lost.is_empty() { 0.0 } else { whole(lost.iter().map(of).sum::<f64>() / all) }
    }

    /// Adds up the users of the journeys, each at most once: without knowing who uses several, their sum is a bound.
    fn users_lost(&self, lost: &[(JourneyId, Probability)]) -> Option<f64> {
        if self.users.iter().all(Option::is_none) {
            return None;
        }
        let of = |(journey, lost): &(JourneyId, Probability)| self.users[journey.index()].map(|users| users * lost.value());
        lost.iter().map(of).sum::<Option<f64>>().map(|users| whole(users.min(1.0)))
    }
}

/// Returns the share of users in the places of a journey's first caller, where all of them state one.
fn users_in_places(system: &System, journey: &Journey) -> Option<f64> {
    let caller = system.component(journey.calls.root);
    let mut places: Vec<LocationId> = caller.instances.iter().filter_map(|instance| instance.host.map(|host| host.location)).collect();
    places.sort_unstable();
    places.dedup();
    if !caller.is_caller() || places.is_empty() {
        return None;
    }
    let shares = places.iter().map(|place| system.location(*place).facts.get(location::SHARE_OF_USERS).stated().map(Probability::value));
    shares.sum::<Option<f64>>().map(|users| users.min(1.0))
}

/// Who starts journeys: not part of their expressions, but a crashed app is down for its own user.
struct Callers {
    /// Journeys by the actors, clients and externals that start them.
    journeys: BTreeMap<ComponentId, Vec<usize>>,
    /// Journeys whose client goes on while the system is down.
    is_offline: Vec<bool>,
}

impl Callers {
    fn of(system: &System) -> Self {
        let mut this = Self { journeys: BTreeMap::new(), is_offline: vec![false; system.journeys.len()] };
        for (at, journey) in system.journeys.iter().enumerate() {
            for caller in starters(system, journey) {
                this.journeys.entry(caller).or_default().push(at);
                this.is_offline[at] |= system.component(caller).facts.get(component::OFFLINE).stated().is_some();
            }
        }
        this
    }

    /// Returns the share of each journey's requests whose caller is down.
    fn absent(&self, evaluation: &Evaluation<'_>, effect: EffectId) -> BTreeMap<usize, f64> {
        let mut absent = BTreeMap::new();
        for component in evaluation.touched(effect) {
            let Some(journeys) = self.journeys.get(&component) else { continue };
            let range = evaluation.effects.instances.range(component);
            let instances = &evaluation.system.component(component).instances;
            let down = evaluation.effects.within(effect, &range).iter().map(|instance| instances[(instance - range.start) as usize].weight);
            let share = whole(down.sum());
            for journey in journeys {
                let before = absent.entry(*journey).or_insert(0.0);
                *before = any_of([*before, share].into_iter());
            }
        }
        absent
    }
}

/// Returns the callers from whom a journey starts: its root, and the clients that an actor uses.
fn starters(system: &System, journey: &Journey) -> Vec<ComponentId> {
    let calls = &journey.calls;
    let root = system.carrier(calls.root);
    if !system.component(root).is_caller() {
        return Vec::new();
    }
    let mut starts = vec![false; calls.nodes.len()];
    let mut found = vec![root];
    for id in calls.ids() {
        let node = calls.node(id);
        let below = node.parent.is_none_or(|parent| starts[parent.index()]);
        starts[id.index()] = match &node.kind {
            NodeKind::Call(call) => {
                let is_start = below && matches!(system.component(call.callee).kind, ComponentKind::Actor | ComponentKind::Client);
                if is_start && !found.contains(&call.callee) {
                    found.push(call.callee);
                }
                is_start
            }
            _ => below,
        };
    }
    found
}

/// Puts together what the loss of a domain does.
struct Impacts<'a> {
    system: &'a System,
    callers: &'a Callers,
    absent: &'a BTreeMap<usize, f64>,
    away: &'a [usize],
}

impl Impacts<'_> {
    fn domain(&self, kind: DomainKind, outcomes: &BTreeMap<usize, Outcome>, weighing: &Weighing) -> Domain {
        let mut domain = Domain {
            id: kind.id(self.system),
            kind,
            alike: 1,
            down: Vec::new(),
            partly_down: Vec::new(),
            degraded: Vec::new(),
            one_failure_away: Vec::new(),
            lost: Vec::new(),
            traffic_lost: 0.0,
            recovery: Recoveries::default(),
            users_lost: None,
        };
        for (journey, outcome) in self.outcomes(outcomes) {
            match outcome {
                Outcome { lost, .. } if lost >= 1.0 => domain.down.push(journey),
                Outcome { lost, .. } if lost > 0.0 => domain.partly_down.push(journey),
                Outcome { is_degraded: true, .. } => domain.degraded.push(journey),
                Outcome { .. } => {}
            }
            if outcome.lost > 0.0 {
                domain.lost.push((journey, Probability::new(outcome.lost)));
            }
        }
        let is_gone = |at: &usize| self.absent.get(at).is_some_and(|absent| *absent >= 1.0);
        domain.one_failure_away = self.away.iter().filter(|at| !is_gone(at)).map(|at| JourneyId::at(*at)).collect();
        domain.traffic_lost = weighing.traffic_lost(&domain.lost);
        domain.users_lost = weighing.users_lost(&domain.lost);
        domain
    }

    /// Returns what happens to each journey that something touches, in the order of ids.
    fn outcomes(&self, outcomes: &BTreeMap<usize, Outcome>) -> Vec<(JourneyId, Outcome)> {
        let touched: BTreeSet<usize> = outcomes.keys().chain(self.absent.keys()).copied().collect();
        touched.into_iter().map(|at| (JourneyId::at(at), self.outcome(at, outcomes))).collect()
    }

    /// Semantics, "Journeys": `offline` turns down into degraded; of a client that is down itself, nothing goes on.
    fn outcome(&self, at: usize, outcomes: &BTreeMap<usize, Outcome>) -> Outcome {
        let online = outcomes.get(&at).copied().unwrap_or_default();
        let absent = self.absent.get(&at).copied().unwrap_or(0.0);
        let answered =
            if self.callers.is_offline[at] { Outcome { lost: 0.0, is_degraded: online.is_degraded || online.lost > 0.0 } } else { online };
        Outcome { lost: any_of([absent, answered.lost].into_iter()), ..answered }
    }
}

/// Finds a process that fails while a journey goes on: an instance of a component that a journey needs, or a client.
fn partial_failure(
    system: &System,
    evaluation: &Evaluation<'_>,
    singles: &[(Event, EffectId)],
    outcomes: &[BTreeMap<usize, Outcome>],
    callers: &Callers,
) -> Option<(String, String)> {
    let mut best: Option<(Event, usize)> = None;
    let clients = callers.journeys.keys().filter(|id| system.component(**id).kind == ComponentKind::Client);
    for client in clients {
        let stopped = &callers.journeys[client];
        if let Some(other) = (0..system.journeys.len()).find(|journey| !stopped.contains(journey)) {
            return Some((system.instance_event(*client, 0), system.journeys[other].id.clone()));
        }
    }
    for (event, effect) in singles {
        let Event::Instance(component, _) = *event else { continue };
        let is_process = can_fail(system.component(component)) && system.component(component).kind != ComponentKind::External;
        if !is_process || evaluation.requirements.on(component).is_empty() {
            continue;
        }
        let outcomes = &outcomes[effect.index()];
        let goes_on = (0..system.journeys.len()).find(|journey| outcomes.get(journey).is_none_or(|outcome| outcome.lost < 1.0));
        if let Some(journey) = goes_on {
            let stops_other = outcomes.values().any(|outcome| outcome.lost > 0.0);
            if stops_other || best.is_none() {
                best = Some((*event, journey));
            }
            if stops_other {
                break;
            }
        }
    }
    best.map(|(event, journey)| (event.id(system), system.journeys[journey].id.clone()))
}
