//! The validated model of one alternative: typed ids, arenas sorted by id, placement, and the graph.
//!
//! After lowering, references resolve, units are right and ranges are in order; no analysis checks them again.

use std::collections::BTreeMap;
use std::fmt::Display;

use petgraph::graph::{DiGraph, NodeIndex};

use super::assumptions::{Assumptions, Constant};
use super::calls::CallTree;
use super::distance::DistanceClass;
use crate::pricing::Prices;
use crate::quantity::{Duration, Probability, Ranged, Rate};
use crate::source::Span;
use crate::syntax::keys::{Figure, Mark, Row, Table, component, cost, file, journey, location, system, team};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::{Fact, Facts, ServiceTime, State, Value};
use crate::syntax::vocabulary::{Candidate, ComponentKind, LocationKind, ReplicationAck, ReplicationStyle, Status};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) u32);

        impl $name {
            /// Returns the index in the system's list; the lists are sorted by id, so the order of indices is the order of ids.
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// Makes the id of an index.
            pub(crate) fn at(index: usize) -> Self {
                Self(u32::try_from(index).expect("a model has fewer than 2^32 elements"))
            }
        }
    )*};
}

ids! {
    /// Names a component.
    ComponentId
    /// Names a link.
    LinkId
    /// Names a location.
    LocationId
    /// Names a team.
    TeamId
    /// Names a journey.
    JourneyId
    /// Names an entity.
    EntityId
    /// Names a shared fate.
    SharedFateId
}

/// One alternative, or the base.
#[derive(Debug, Clone)]
pub struct System {
    /// `system` for the base, else the alternative's file stem.
    pub id: String,
    /// The system's name, the same in all alternatives.
    pub system_name: String,
    /// The alternative's name; the base is called what the system is called.
    pub name: String,
    /// One sentence.
    pub summary: Option<String>,
    /// Where the decision stands.
    pub status: Fact<Status>,
    /// The candidate it is declared to stand for.
    pub candidate: Fact<Candidate>,
    /// The facts of `[system]`, `[alternative]`, `[objectives]`, `[cost]`.
    pub singles: BTreeMap<Table, Facts>,
    /// Teams, sorted by id.
    pub teams: Vec<Team>,
    /// Locations, sorted by id.
    pub locations: Vec<Location>,
    /// Components, sorted by id.
    pub components: Vec<Component>,
    /// Links, sorted by canonical key.
    pub links: Vec<Link>,
    /// Journeys, sorted by id.
    pub journeys: Vec<Journey>,
    /// Entities, sorted by id.
    pub entities: Vec<Entity>,
    /// Shared fates, sorted by id.
    pub shared_fates: Vec<SharedFate>,
    /// What `[network]` says of a distance class.
    pub network_classes: BTreeMap<DistanceClass, Facts>,
    /// What `[network]` says of two locations, the smaller id first.
    pub network_pairs: BTreeMap<(LocationId, LocationId), Facts>,
    /// What was measured, by `system`, `components.<id>`, `journeys.<id>`.
    pub observed: BTreeMap<String, Facts>,
    /// The constants.
    pub assumptions: Assumptions,
    /// The prices: the embedded books, with those of `[cost] books` laid over them.
    pub prices: Prices,
    /// Components joined by links, in the order of their ids.
    pub graph: DiGraph<ComponentId, LinkId>,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// The id.
    pub id: String,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// A location.
#[derive(Debug, Clone)]
pub struct Location {
    /// The id.
    pub id: String,
    /// What it is.
    pub kind: LocationKind,
    /// The location around it.
    pub parent: Option<LocationId>,
    /// How many hosts it stands for.
    pub count: u32,
    /// The provider, inherited from around.
    pub provider: Option<String>,
    /// The region's code, inherited from around.
    pub code: Option<String>,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// A component.
#[derive(Debug, Clone)]
pub struct Component {
    /// The id.
    pub id: String,
    /// What it is.
    pub kind: ComponentKind,
    /// The team that answers for it.
    pub owner: Option<TeamId>,
    /// The grouping in pictures.
    pub group: Option<LocationId>,
    /// The component beside which a sidecar runs, or inside which a module lives.
    pub of: Option<ComponentId>,
    /// The component that its instances stand on.
    pub hosted_on: Option<ComponentId>,
    /// Its shards; one without a name where it is not sharded.
    pub shards: Vec<Shard>,
    /// The replicas of one shard.
    pub replicas: u32,
    /// How many replicas of a shard must work (semantics, "Failure": needs).
    pub needs: u32,
    /// Every instance: shard by shard, replica by replica.
    pub instances: Vec<Instance>,
    /// Its share of the deploys that its `deploy` states: below 1 where modules of the base's unit have become components (semantics, "Failure": changes).
    pub changes: f64,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// A part of a component's data and load.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    /// The name; empty for the only shard of a component that is not sharded.
    pub name: String,
    /// The share of the load.
    pub share: f64,
}

/// One running copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Instance {
    /// The shard's index.
    pub shard: u32,
    /// The replica's number within the shard, from 0.
    pub replica: u32,
    /// The host that carries it; unknown without `on`.
    pub host: Option<Host>,
    /// The share of its shard's work that it does.
    pub weight: f64,
}

/// A host: one of the machines that a location stands for, or a machine of its own inside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host {
    /// The location.
    pub location: LocationId,
    /// The number among the location's `count` hosts, from 0.
    pub ordinal: u32,
}

/// A link.
#[derive(Debug, Clone)]
pub struct Link {
    /// The canonical key, `a -> b` or `a -> b #name`.
    pub id: String,
    /// The left end.
    pub from: ComponentId,
    /// The right end.
    pub to: ComponentId,
    /// The arrow.
    pub arrow: Arrow,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// A journey.
#[derive(Debug, Clone)]
pub struct Journey {
    /// The id.
    pub id: String,
    /// Whether nobody declared it: every reachable call once.
    pub implied: bool,
    /// Its calls.
    pub calls: CallTree,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared; for an implied one, where its root is.
    pub span: Span,
}

/// Data that matters.
#[derive(Debug, Clone)]
pub struct Entity {
    /// The id.
    pub id: String,
    /// The component that holds the truth.
    pub truth: Option<ComponentId>,
    /// Components that hold a copy.
    pub copies: Vec<ComponentId>,
    /// Components that write it.
    pub writers: Vec<ComponentId>,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// A common cause that the graph does not show.
#[derive(Debug, Clone)]
pub struct SharedFate {
    /// The id.
    pub id: String,
    /// The components that it takes down.
    pub components: Vec<ComponentId>,
    /// The locations that it takes down.
    pub locations: Vec<LocationId>,
    /// All that is stated.
    pub facts: Facts,
    /// Where it is declared.
    pub span: Span,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The low end.
    Low,
    /// The likely value.
    Likely,
    /// The high end.
    High,
}

/// A ranged key of a system.
#[derive(Debug, Clone)]
pub struct RangedKey {
    /// Where it stands, such as `links.a -> b.payload`.
    pub path: String,
    /// The place of the value: two alternatives that share it share the input.
    pub span: Span,
    /// The ends of the range, as bits: what is compared, never calculated with.
    ends: [u64; 2],
    moves: Moves,
}

/// What says how figures move with a ranged key.
#[derive(Debug, Clone, Copy)]
enum Moves {
    /// The key table.
    Key(&'static Row),
    /// The share of hits of a cached step.
    Hit,
    /// A constant that the model overrides.
    Constant(&'static Constant),
}

impl RangedKey {
    /// Returns what makes two ranged keys the same input: one place in one file, and the same part of its value. A default or a link with several targets
    /// is one input of many elements, and alternatives share what a layer below states.
    pub fn identity(&self) -> (Span, &str) {
        (self.span, self.path.rsplit('.').next().unwrap_or(&self.path))
    }

    /// Returns the ends of the range as bits, to tell whether two keys state the same range.
    pub const fn ends(&self) -> [u64; 2] {
        self.ends
    }

    /// Returns how a figure moves with the key.
    pub fn mark(&self, figure: Figure) -> Mark {
        match (self.moves, figure) {
            (Moves::Key(row), _) => row.mark(figure),
            (Moves::Hit, Figure::TrafficLost) => Mark::Either,
            (Moves::Hit, Figure::Capacity) => Mark::Raises,
            // The more often a cache hits, the less runs behind it.
            (Moves::Hit, _) => Mark::Lowers,
            (Moves::Constant(constant), _) => constant.mark(figure),
        }
    }
}

impl System {
    /// Returns the facts of a table that exists once.
    pub fn single(&self, table: Table) -> Option<&Facts> {
        self.singles.get(&table)
    }

    /// Returns the component of an id.
    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[id.index()]
    }

    /// Returns the link of an id.
    pub fn link(&self, id: LinkId) -> &Link {
        &self.links[id.index()]
    }

    /// Returns the location of an id.
    pub fn location(&self, id: LocationId) -> &Location {
        &self.locations[id.index()]
    }

    /// Returns the team of an id.
    pub fn team(&self, id: TeamId) -> &Team {
        &self.teams[id.index()]
    }

    /// Returns all component ids in order.
    pub fn component_ids(&self) -> impl Iterator<Item = ComponentId> + use<> {
        (0..self.components.len()).map(ComponentId::at)
    }

    /// Returns all link ids in order.
    pub fn link_ids(&self) -> impl Iterator<Item = LinkId> + use<> {
        (0..self.links.len()).map(LinkId::at)
    }

    /// Returns all location ids in order.
    pub fn location_ids(&self) -> impl Iterator<Item = LocationId> + use<> {
        (0..self.locations.len()).map(LocationId::at)
    }

    /// Returns all shared fate ids in order.
    pub fn shared_fate_ids(&self) -> impl Iterator<Item = SharedFateId> + use<> {
        (0..self.shared_fates.len()).map(SharedFateId::at)
    }

    /// Returns all journey ids in order.
    pub fn journey_ids(&self) -> impl Iterator<Item = JourneyId> + use<> {
        (0..self.journeys.len()).map(JourneyId::at)
    }

    /// Finds a component by its id's text.
    pub fn find_component(&self, id: &str) -> Option<ComponentId> {
        self.components.binary_search_by(|component| component.id.as_str().cmp(id)).ok().map(ComponentId::at)
    }

    /// Finds a location by its id's text.
    pub fn find_location(&self, id: &str) -> Option<LocationId> {
        self.locations.binary_search_by(|location| location.id.as_str().cmp(id)).ok().map(LocationId::at)
    }

    /// Finds a link by its canonical key.
    pub fn find_link(&self, id: &str) -> Option<LinkId> {
        self.links.binary_search_by(|link| link.id.as_str().cmp(id)).ok().map(LinkId::at)
    }

    /// Finds a journey by its id's text.
    pub fn find_journey(&self, id: &str) -> Option<JourneyId> {
        self.journeys.binary_search_by(|journey| journey.id.as_str().cmp(id)).ok().map(JourneyId::at)
    }

    /// Returns the location and all locations around it, innermost first.
    pub fn around(&self, location: LocationId) -> impl Iterator<Item = LocationId> {
        std::iter::successors(Some(location), |at| self.location(*at).parent)
    }

    /// Returns the innermost location of one of some kinds, the location itself included.
    pub fn enclosing(&self, location: LocationId, kinds: &[LocationKind]) -> Option<LocationId> {
        self.around(location).find(|at| kinds.contains(&self.location(*at).kind))
    }

    /// Says whether a component calls another, or sends it messages.
    pub fn calls(&self, from: ComponentId, to: ComponentId) -> bool {
        let links = self.graph.edges_connecting(NodeIndex::new(from.index()), NodeIndex::new(to.index()));
        links.into_iter().any(|edge| self.link(*edge.weight()).arrow != Arrow::Replication)
    }

    /// Returns how many calls and groups all journeys have together: what limits on walks are held against.
    pub fn n_calls(&self) -> usize {
        self.journeys.iter().map(|journey| journey.calls.nodes.len()).sum()
    }

    /// Returns the limits of spending, where some are stated.
    pub fn limits_of_spending(&self) -> Option<&Facts> {
        self.single(Table::Cost)?.table(cost::BUDGET)
    }

    /// Says whether the base is meant.
    pub fn is_base(&self) -> bool {
        self.id == super::BASE_ID
    }

    /// Says whether gates apply: to the base, and to the accepted alternative.
    pub fn is_gated(&self) -> bool {
        self.is_base() || self.status == Fact::Stated(Status::Accepted)
    }

    /// Returns the id by which events name a host: the location's, or `pool/3` where the location stands for several.
    pub fn host_event(&self, host: Host) -> String {
        let location = self.location(host.location);
        if location.count > 1 { format!("{}/{}", location.id, host.ordinal + 1) } else { location.id.clone() }
    }

    /// Returns the id by which events name an instance: `db/1`, in a shard `db/A-K/1`.
    pub fn instance_event(&self, component: ComponentId, instance: usize) -> String {
        let component = self.component(component);
        let instance = component.instances[instance];
        let shard = &component.shards[instance.shard as usize];
        if component.is_sharded() {
            format!("{}/{}/{}", component.id, shard.name, instance.replica + 1)
        } else {
            format!("{}/{}", component.id, instance.replica + 1)
        }
    }

    /// Returns the system at chosen ends of its ranged keys.
    #[must_use]
    pub fn at(&self, choose: impl Fn(&RangedKey) -> End) -> Self {
        let mut chosen = self.clone();
        chosen.visit_ranges(&mut |key, range| {
            let value = match choose(&key) {
                End::Low => range.low,
                End::Likely => range.likely,
                End::High => range.high,
            };
            (range.low, range.likely, range.high) = (value, value, value);
        });
        chosen
    }

    /// Returns all ranged keys, in the order of tables and ids.
    pub fn ranged_keys(&self) -> Vec<RangedKey> {
        self.clone().collect_ranged_keys()
    }

    /// Returns all ranged keys; needs the system for itself, but leaves it as it is.
    pub(super) fn collect_ranged_keys(&mut self) -> Vec<RangedKey> {
        let mut keys = Vec::new();
        self.visit_ranges(&mut |key, _| keys.push(key));
        keys
    }

    /// Visits every value that is a range. Paths are written only for those.
    fn visit_ranges(&mut self, visit: &mut dyn FnMut(RangedKey, &mut Ranged<f64>)) {
        for (constant, stated) in self.assumptions.overrides_mut() {
            if stated.value.is_range() {
                let path = format!("assumptions.{}", constant.name);
                visit(
                    RangedKey { path, span: stated.span, ends: ends(&stated.value), moves: Moves::Constant(constant) },
                    &mut stated.value,
                );
            }
        }
        for (table, facts) in &mut self.singles {
            visit_facts(&table.path(), facts, visit);
        }
        for location in &mut self.locations {
            visit_facts(&format_args!("locations.{}", location.id), &mut location.facts, visit);
        }
        for component in &mut self.components {
            visit_facts(&format_args!("components.{}", component.id), &mut component.facts, visit);
        }
        for link in &mut self.links {
            visit_facts(&format_args!("links.{}", link.id), &mut link.facts, visit);
        }
        for entry in &mut self.journeys {
            let id = &entry.id;
            visit_facts(&format_args!("journeys.{id}"), &mut entry.facts, visit);
            let row = journey::STEPS.row();
            entry.calls.visit_ranges(&mut |step, key, span, range| {
                if range.is_range() {
                    let path = format!("journeys.{id}.steps[{step}].{key}");
                    let moves = if key == "hit" { Moves::Hit } else { Moves::Key(row) };
                    visit(RangedKey { path, span, ends: ends(range), moves }, range);
                }
            });
        }
        for entity in &mut self.entities {
            visit_facts(&format_args!("entities.{}", entity.id), &mut entity.facts, visit);
        }
        for fate in &mut self.shared_fates {
            visit_facts(&format_args!("shared-fate.{}", fate.id), &mut fate.facts, visit);
        }
        for (class, facts) in &mut self.network_classes {
            visit_facts(&format_args!("network.{}", class.word()), facts, visit);
        }
        let locations = &self.locations;
        for ((a, b), facts) in &mut self.network_pairs {
            visit_facts(&format_args!("network.{} <-> {}", locations[a.index()].id, locations[b.index()].id), facts, visit);
        }
        for (path, facts) in &mut self.observed {
            visit_facts(&format_args!("observed.{path}"), facts, visit);
        }
    }
}

const fn ends(range: &Ranged<f64>) -> [u64; 2] {
    [range.low.to_bits(), range.high.to_bits()]
}

fn visit_facts(path: &dyn Display, facts: &mut Facts, visit: &mut dyn FnMut(RangedKey, &mut Ranged<f64>)) {
    let table = facts.table;
    for (index, entry) in facts.entries_mut() {
        let row = &table.rows()[index as usize];
        let span = entry.value;
        let State::Stated(value) = &mut entry.state else { continue };
        let mut one = |part: &dyn Display, range: &mut Ranged<f64>| {
            if range.is_range() {
                visit(RangedKey { path: format!("{path}.{}{part}", row.name), span, ends: ends(range), moves: Moves::Key(row) }, range);
            }
        };
        match value {
            Value::Quantity(range) => one(&"", range),
            Value::Table(inner) => visit_facts(&format_args!("{path}.{}", row.name), inner, visit),
            Value::Copies(copies) => {
                for (word, lag) in &mut copies.0 {
                    if let Some(lag) = lag {
                        one(&format_args!(".{}", word.text), lag);
                    }
                }
            }
            Value::ServiceTime(time) => visit_service_time(time, &mut one),
            Value::Money(range) => visit_money(range, &mut |range| one(&"", range)),
            Value::MoneyRate(range) => visit_money(range, &mut |range| one(&"", range)),
            Value::CurrencyRates(rates) => {
                for rate in &mut rates.0 {
                    let currency = &rate.currency.text;
                    visit_money(&mut rate.value, &mut |range| one(&format_args!(".{currency}"), range));
                }
            }
            _ => {}
        }
    }
}

/// Visits a range of money by the places of its ends: no float takes the place of an amount.
fn visit_money<T: Copy + PartialEq>(range: &mut Ranged<T>, one: &mut dyn FnMut(&mut Ranged<f64>)) {
    if !range.is_range() {
        return;
    }
    let mut places = Ranged { low: -1.0, likely: 0.0, high: 1.0 };
    one(&mut places);
    if !places.is_range() {
        let chosen = if places.likely < 0.0 {
            range.low
        } else if places.likely > 0.0 {
            range.high
        } else {
            range.likely
        };
        *range = Ranged::exactly(chosen);
    }
}

fn visit_service_time(time: &mut ServiceTime, one: &mut dyn FnMut(&dyn Display, &mut Ranged<f64>)) {
    let mut duration = |part: &str, range: &mut Ranged<Duration>| {
        let mut seconds = range.map(Duration::seconds);
        one(&part, &mut seconds);
        *range = seconds.map(Duration::new);
    };
    match time {
        ServiceTime::Mean(mean) => duration("", mean),
        ServiceTime::Variation { mean, scv } => {
            duration("", mean);
            one(&".scv", scv);
        }
        ServiceTime::Percentiles { p50, p99 } => {
            duration(".p50", p50);
            duration(".p99", p99);
        }
    }
}

impl Team {
    /// Returns the name that readers see.
    pub fn display_name(&self) -> &str {
        self.facts.text(team::NAME).unwrap_or(&self.id)
    }
}

impl Location {
    /// Returns the name that readers see.
    pub fn display_name(&self) -> &str {
        self.facts.text(location::NAME).unwrap_or(&self.id)
    }

    /// Says whether what stands here shares one machine.
    pub const fn is_machine(&self) -> bool {
        matches!(self.kind, LocationKind::Node | LocationKind::Device)
    }

    /// Says whether it can fail: all but a namespace can.
    pub const fn is_failure_domain(&self) -> bool {
        !matches!(self.kind, LocationKind::Namespace)
    }
}

impl Component {
    /// Returns the name that readers see.
    pub fn display_name(&self) -> &str {
        self.facts.text(component::NAME).unwrap_or(&self.id)
    }

    /// Says whether data and load are split.
    pub fn is_sharded(&self) -> bool {
        self.shards.len() > 1 || !self.shards[0].name.is_empty()
    }

    /// Returns the instances of one shard.
    pub fn shard_instances(&self, shard: usize) -> &[Instance] {
        let per_shard = self.instances.len() / self.shards.len();
        &self.instances[shard * per_shard..(shard + 1) * per_shard]
    }

    /// Returns how many of some replicas must work.
    ///
    /// Semantics, "Failure": needs given wins; absent it follows from the replication; else 1.
    pub(super) fn needed(facts: &Facts, replicas: u32) -> u32 {
        use crate::syntax::keys::replication;
        let n = u64::from(replicas);
        let of_replication = |replication: &Facts| match (replication.get(replication::STYLE).stated(), replication.get(replication::ACK)) {
            (Some(ReplicationStyle::Leaderless), _) => {
                let quorum = |key| replication.get(key).or(0);
                let stated: u64 = quorum(replication::READ_QUORUM).max(quorum(replication::WRITE_QUORUM));
                if stated > 0 { stated.min(n) } else { n / 2 + 1 }
            }
            (_, Fact::Stated(ReplicationAck::Quorum)) => n / 2 + 1,
            (_, Fact::Stated(ReplicationAck::All)) => n,
            _ => 1,
        };
        let stated = facts.get(component::NEEDS).stated().map(|count| count.clamp(1, n.max(1)));
        let needs = stated.or_else(|| facts.table(component::REPLICATION).map(of_replication)).unwrap_or(1);
        u32::try_from(needs).unwrap_or(1)
    }

    /// Says whether it is a caller from outside: actor, client or external.
    pub const fn is_caller(&self) -> bool {
        matches!(self.kind, ComponentKind::Actor | ComponentKind::Client | ComponentKind::External)
    }

    /// Says whether it keeps data or messages.
    pub const fn is_store(&self) -> bool {
        matches!(self.kind, ComponentKind::Database | ComponentKind::Cache | ComponentKind::Queue | ComponentKind::Storage)
    }

    /// Says whether it is a program of the system (semantics, "Is it distributed").
    pub const fn is_program(&self) -> bool {
        matches!(self.kind, ComponentKind::Service | ComponentKind::Job | ComponentKind::Function)
    }

    /// Returns the style of its replication, where stated.
    pub fn replication_style(&self) -> Option<ReplicationStyle> {
        let replication = self.facts.table(component::REPLICATION)?;
        replication.get(crate::syntax::keys::replication::STYLE).stated()
    }
}

impl Journey {
    /// Returns the name that readers see.
    pub fn display_name(&self) -> &str {
        self.facts.text(journey::NAME).unwrap_or(&self.id)
    }

    /// Returns the mean rate, where stated.
    pub fn rate(&self) -> Option<Rate> {
        self.facts.get(journey::RATE).stated()
    }

    /// Returns the share of users who depend on it, where stated.
    pub fn share_of_users(&self) -> Option<Probability> {
        self.facts.get(journey::SHARE_OF_USERS).stated()
    }
}

/// Returns the name of the system that its facts state, or the given one.
pub(super) fn system_name(singles: &BTreeMap<Table, Facts>, otherwise: &str) -> String {
    singles.get(&Table::System).and_then(|facts| facts.text(system::NAME)).unwrap_or(otherwise).to_owned()
}

/// Returns the place of `schema`, to blame for what has no better place.
pub(super) fn schema_span(singles: &BTreeMap<Table, Facts>) -> Option<Span> {
    singles.get(&Table::File).and_then(|facts| facts.entry_of(file::SCHEMA)).map(|entry| entry.key)
}
