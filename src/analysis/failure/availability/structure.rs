//! When an instance, and what a call needs, is down: formulas over basic events. The same rules as those of `events`, stated upwards.

use std::collections::{BTreeMap, BTreeSet};

use super::super::events::{Event, can_fail, number, replicas, spare, stands_on};
use super::super::expression::Switch;
use super::super::network::{Connection, between, origin};
use super::super::requirement::{Among, DrawId, RequirementId, Requirements, Shards};
use super::likelihood::{self, Asked, Likelihood};
use crate::fault_tree::{Formula, Graph, Limits, Solved};
use crate::model::{ComponentId, Host, JourneyId, LinkId, LocationId, SharedFateId, System};
use crate::syntax::vocabulary::{ComponentKind, ReplicationStyle};

/// The most operations on the diagram of the first member of a group, to know how often it fails.
const MAX_OPERATIONS_OF_A_SWITCH: usize = 1 << 16;

/// The most hosts of one component that are told apart as origins of calls; of more, only their places are.
const MAX_ORIGINS: usize = 256;

/// What happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basic {
    /// A single event: an instance, a host, a location, a shared fate.
    Single(Event),
    /// What hits all replicas of a component at once.
    Common(ComponentId),
    /// A failed change of a component.
    Change(ComponentId),
    /// A failover of a shard.
    Failover(ComponentId, u32),
    /// A connection of the network.
    Network(Connection),
    /// The switch to another member of a group that is tried in order: the journey, and which of its switches.
    Switch(JourneyId, u32),
    /// No failure: which way requests go. Without frequency and importance, and in no cut set.
    Chance,
}

impl Basic {
    /// Returns the event's id.
    pub fn id(self, system: &System) -> String {
        match self {
            Self::Single(event) => event.id(system),
            Self::Common(component) => format!("{}/common", system.component(component).id),
            Self::Change(component) => format!("{}/change", system.component(component).id),
            Self::Failover(id, shard) => {
                let component = system.component(id);
                if component.is_sharded() {
                    format!("{}/{}/failover", component.id, component.shards[shard as usize].name)
                } else {
                    format!("{}/failover", component.id)
                }
            }
            Self::Network(connection) => connection.id(system),
            Self::Switch(journey, number) => format!("{}/switch/{number}", system.journeys[journey.index()].id),
            Self::Chance => String::new(),
        }
    }
}

/// What a formula is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Question {
    /// How probable it is: conditions and draws by their chances; what never happens is left out.
    #[default]
    Chance,
    /// What brings it about: what can stop a part of the requests counts as if it stopped all.
    Variants,
    /// How probable it is while something is down: what never happens by itself stays in it.
    Condition,
}

/// A shard as callers along a link find it: those of one origin, or of one of the caller's shards.
type Over = (Question, Option<usize>, LinkId, Option<u32>, (ComponentId, u32, Among));

/// A component that calls, or the shard of it.
pub(super) type Calling = (ComponentId, Option<u32>);

/// A host from which a component's requests come, with their share, and the formula that one does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    host: Option<Host>,
    share: f64,
    chosen: Formula,
}

/// All basic events of a system that a journey met, and the formulas over them.
#[derive(Debug)]
pub(super) struct Structure<'s> {
    pub(super) system: &'s System,
    pub(super) graph: Graph,
    pub(super) asked: Asked,
    /// Each basic event with how likely it is.
    pub(super) basics: Vec<(Basic, Likelihood)>,
    /// The probability of each.
    pub(super) probabilities: Vec<f64>,
    /// The same if no failure were common to several replicas: what an instance fails by itself then.
    pub(super) without_common: Vec<f64>,
    /// What is down, whatever its probability.
    pub(super) down: BTreeSet<Basic>,
    /// Whether anything was left out because it never happens by itself.
    pub(super) has_impossible: bool,
    /// The number of each basic event but chances.
    pub(super) numbers: BTreeMap<Basic, u32>,
    chances: BTreeMap<ComponentId, Formula>,
    places: BTreeMap<(Question, Host), Formula>,
    instances: BTreeMap<(Question, ComponentId, usize), Formula>,
    shards: BTreeMap<(Question, ComponentId, u32, Among), Formula>,
    /// The same as callers along a link find it.
    shards_over: BTreeMap<Over, Formula>,
    /// From where the requests of a component come, and which of them does.
    origins: BTreeMap<Calling, Vec<Origin>>,
    /// Asked for variants: from which of its origins a component calls. Of all others any may.
    pub(super) calling_from: BTreeMap<Calling, usize>,
    /// What the formulas that are made now are asked for.
    pub(super) question: Question,
    /// The sidecars of each component, and the shared fates of each component and location.
    sidecars: Vec<Vec<ComponentId>>,
    fates_of_component: Vec<Vec<SharedFateId>>,
    fates_of_location: Vec<Vec<SharedFateId>>,
}

impl<'s> Structure<'s> {
    pub(super) fn of(system: &'s System) -> Self {
        let mut sidecars = vec![Vec::new(); system.components.len()];
        for id in system.component_ids() {
            let component = system.component(id);
            if let Some(of) = component.of.filter(|_| component.kind == ComponentKind::Sidecar) {
                sidecars[of.index()].push(id);
            }
        }
        let mut fates_of_component = vec![Vec::new(); system.components.len()];
        let mut fates_of_location = vec![Vec::new(); system.locations.len()];
        for id in system.shared_fate_ids() {
            let fate = &system.shared_fates[id.index()];
            for component in &fate.components {
                fates_of_component[system.carrier(*component).index()].push(id);
            }
            for location in &fate.locations {
                fates_of_location[location.index()].push(id);
            }
        }
        Self {
            system,
            graph: Graph::new(),
            asked: Asked::default(),
            basics: Vec::new(),
            probabilities: Vec::new(),
            without_common: Vec::new(),
            down: BTreeSet::new(),
            has_impossible: false,
            numbers: BTreeMap::new(),
            chances: BTreeMap::new(),
            places: BTreeMap::new(),
            instances: BTreeMap::new(),
            shards: BTreeMap::new(),
            shards_over: BTreeMap::new(),
            origins: BTreeMap::new(),
            calling_from: BTreeMap::new(),
            question: Question::default(),
            sidecars,
            fates_of_component,
            fates_of_location,
        }
    }

    /// Returns the formula of a basic event.
    fn basic(&mut self, basic: Basic, likelihood: Likelihood, without_common: f64) -> Formula {
        if self.down.contains(&basic) {
            return Formula::TRUE;
        }
        if likelihood.unavailability <= 0.0 && self.question != Question::Condition {
            self.has_impossible = true;
            return Formula::FALSE;
        }
        match self.numbers.get(&basic) {
            Some(known) => self.graph.event(*known),
            None => {
                self.numbers.insert(basic, number(self.basics.len()));
                self.add(basic, likelihood, without_common)
            }
        }
    }

    fn add(&mut self, basic: Basic, likelihood: Likelihood, without_common: f64) -> Formula {
        let formula = self.graph.event(number(self.basics.len()));
        self.basics.push((basic, likelihood));
        self.probabilities.push(likelihood.unavailability);
        self.without_common.push(without_common);
        formula
    }

    /// Returns the formula of something that is no failure, with its probability.
    pub(super) fn chance(&mut self, probability: f64) -> Formula {
        match probability {
            never if never <= 0.0 => Formula::FALSE,
            always if always >= 1.0 => Formula::TRUE,
            _ => self.add(Basic::Chance, Likelihood { unavailability: probability, hours: f64::INFINITY }, probability),
        }
    }

    /// A host is down if it is, or anything around it. Nesting has a limit, so this recursion has.
    fn place(&mut self, host: Host) -> Formula {
        if let Some(known) = self.places.get(&(self.question, host)) {
            return *known;
        }
        let location = self.system.location(host.location);
        let mut any = Vec::new();
        if let Some(parent) = location.parent {
            // What lies inside a location that stands for several hosts stands on the first of them.
            any.push(self.place(Host { location: parent, ordinal: 0 }));
        }
        if location.is_failure_domain() {
            let likelihood = likelihood::of_location(self.system, host.location, &mut self.asked);
            let event = if location.count > 1 { Event::Host(host) } else { Event::Location(host.location) };
            any.push(self.basic(Basic::Single(event), likelihood, likelihood.unavailability));
        }
        for fate in self.fates_of_location[host.location.index()].clone() {
            any.push(self.fate(fate));
        }
        let formula = self.graph.or(&any);
        self.places.insert((self.question, host), formula);
        formula
    }

    fn fate(&mut self, fate: SharedFateId) -> Formula {
        match likelihood::of_shared_fate(self.system, fate, &mut self.asked) {
            Some(likelihood) => self.basic(Basic::Single(Event::SharedFate(fate)), likelihood, likelihood.unavailability),
            None => self.basic(Basic::Single(Event::SharedFate(fate)), Likelihood::NEVER, 0.0),
        }
    }

    /// An instance is down if it is, its place, a common cause, a shared fate, a sidecar, or what it is hosted on. What stands on what has a limited depth
    /// and no circle, so this recursion ends.
    fn instance(&mut self, id: ComponentId, at: usize) -> Formula {
        if let Some(known) = self.instances.get(&(self.question, id, at)) {
            return *known;
        }
        let component = self.system.component(id);
        let mut any = Vec::new();
        if let Some(host) = component.instances.get(at).and_then(|instance| instance.host) {
            any.push(self.place(host));
        }
        if can_fail(component) {
            let own = likelihood::of_component(self.system, id, &mut self.asked);
            let common = likelihood::common_cause(self.system, id, &mut self.asked);
            any.push(self.basic(Basic::Common(id), own.part(common), 0.0));
            any.push(self.basic(Basic::Single(Event::Instance(id, at)), own.part(1.0 - common), own.unavailability));
            if let Some((likelihood, exposed)) = likelihood::change(self.system, id) {
                let change = self.basic(Basic::Change(id), likelihood, likelihood.unavailability);
                let hit = self.exposed(id, exposed);
                any.push(self.graph.and(&[change, hit]));
            }
        }
        for fate in self.fates_of_component[id.index()].clone() {
            any.push(self.fate(fate));
        }
        for sidecar in self.sidecars[id.index()].clone() {
            if at < self.system.component(sidecar).instances.len() {
                any.push(self.instance(sidecar, at));
            }
        }
        if let Some(host) = stands_on(self.system, component) {
            let needs = self.system.component(host).needs;
            for shard in 0..self.system.component(host).shards.len() {
                any.push(self.shard(host, number(shard), Among::Replicas(needs)));
            }
        }
        let formula = self.graph.or(&any);
        self.instances.insert((self.question, id, at), formula);
        formula
    }

    /// The share of requests that a failed change of a component stops; all its instances have one draw.
    fn exposed(&mut self, id: ComponentId, share: f64) -> Formula {
        if self.question == Question::Variants {
            return if share > 0.0 { Formula::TRUE } else { Formula::FALSE };
        }
        if let Some(known) = self.chances.get(&id) {
            return *known;
        }
        let formula = self.chance(share);
        self.chances.insert(id, formula);
        formula
    }

    /// A shard is down if fewer of its replicas are up than are needed, or while it fails over.
    fn shard(&mut self, id: ComponentId, shard: u32, among: Among) -> Formula {
        if let Some(known) = self.shards.get(&(self.question, id, shard, among)) {
            return *known;
        }
        let component = self.system.component(id);
        let each = replicas(component);
        let first = shard as usize * each;
        let down = match among {
            Among::Leader => self.instance(id, first),
            Among::Replicas(needs) => {
                let instances: Vec<Formula> = (first..first + each).map(|at| self.instance(id, at)).collect();
                self.graph.at_least(spare(component, needs) as usize + 1, &instances)
            }
        };
        let failover = self.failover(id, shard);
        let formula = self.graph.or(&[down, failover]);
        self.shards.insert((self.question, id, shard, among), formula);
        formula
    }

    /// A shard as callers along a link find it, or those of one of the caller's shards: what they do not reach is down for them. Where a caller's replicas do not all cross
    /// the same connections, one of them is drawn by its share of the work, as if all of them were up.
    fn shard_over(&mut self, link: LinkId, of: Option<u32>, id: ComponentId, shard: u32, among: Among) -> Formula {
        let calling = (self.system.carrier(self.system.link(link).from), of);
        let from = self.calling_from.get(&calling).copied().filter(|_| self.question == Question::Variants);
        let key = (self.question, from, link, of, (id, shard, among));
        if let Some(known) = self.shards_over.get(&key) {
            return *known;
        }
        let each = replicas(self.system.component(id));
        let first = shard as usize * each;
        let origins = self.origins(calling);
        // Callers that cross the same connections find the same.
        let mut found: Vec<(Vec<Option<Connection>>, Vec<Origin>)> = Vec::new();
        for (at, origin) in origins.into_iter().enumerate() {
            if from.is_some_and(|from| from != at) {
                continue;
            }
            let crossed: Vec<Option<Connection>> = (first..first + each)
                .map(|at| between(self.system, link, origin.host, self.system.component(id).instances[at].host))
                .collect();
            match found.iter_mut().find(|(known, _)| *known == crossed) {
                Some((_, callers)) => callers.push(origin),
                None => found.push((crossed, vec![origin])),
            }
        }
        let is_alone = found.len() == 1;
        let mut any = vec![self.failover(id, shard)];
        for (crossed, callers) in found {
            let mut down: Vec<Formula> = Vec::with_capacity(each);
            for (at, connection) in (first..first + each).zip(crossed) {
                let instance = self.instance(id, at);
                let cut = connection.map_or(Formula::FALSE, |connection| self.connection(connection));
                down.push(self.graph.or(&[instance, cut]));
            }
            let fails = match among {
                Among::Leader => down.first().copied().unwrap_or(Formula::FALSE),
                Among::Replicas(needs) => self.graph.at_least(spare(self.system.component(id), needs) as usize + 1, &down),
            };
            let chosen = match self.question {
                _ if is_alone => Formula::TRUE,
                Question::Variants if callers.iter().any(|origin| origin.share > 0.0) => Formula::TRUE,
                Question::Variants => Formula::FALSE,
                Question::Chance | Question::Condition => {
                    let chosen: Vec<Formula> = callers.iter().map(|origin| origin.chosen).collect();
                    self.graph.or(&chosen)
                }
            };
            any.push(self.graph.and(&[chosen, fails]));
        }
        let formula = self.graph.or(&any);
        self.shards_over.insert(key, formula);
        formula
    }

    fn connection(&mut self, connection: Connection) -> Formula {
        let likelihood = likelihood::of_connection(self.system, connection, &mut self.asked);
        self.basic(Basic::Network(connection), likelihood, likelihood.unavailability)
    }

    /// From which hosts a component's requests come, or those of one of its shards, with the share of each and the formula that it is that one.
    pub(super) fn origins(&mut self, calling: Calling) -> Vec<Origin> {
        if let Some(known) = self.origins.get(&calling) {
            return known.clone();
        }
        let (id, shard) = calling;
        let component = self.system.component(id);
        let mut by_host: BTreeMap<Option<Host>, f64> = BTreeMap::new();
        for instance in component.instances.iter().filter(|instance| shard.is_none_or(|shard| instance.shard == shard)) {
            // Machines of their own in one place are the same distance from all others.
            let host = instance.host.map(|host| origin(self.system, host));
            *by_host.entry(host).or_insert(0.0) += instance.weight * component.shards[instance.shard as usize].share;
        }
        if by_host.len() > MAX_ORIGINS {
            for (host, weight) in std::mem::take(&mut by_host) {
                *by_host.entry(host.map(|host| Host { ordinal: 0, ..host })).or_insert(0.0) += weight;
            }
        }
        let all: f64 = by_host.values().sum();
        let shares: Vec<f64> = by_host.values().map(|weight| if all > 0.0 { weight / all } else { 0.0 }).collect();
        let chosen = super::journey::one_of(self, &shares);
        let mut origins: Vec<Origin> =
            by_host.into_keys().zip(shares).zip(chosen).map(|((host, share), chosen)| Origin { host, share, chosen }).collect();
        if origins.is_empty() {
            origins.push(Origin { host: None, share: 1.0, chosen: Formula::TRUE });
        }
        self.origins.insert(calling, origins.clone());
        origins
    }

    /// Semantics, "Failure": a single-leader component with two replicas or more and a stated failover is down while a new leader takes over, as often as
    /// its leader, or a place around the leader that is not around every replica, fails.
    fn failover(&mut self, id: ComponentId, shard: u32) -> Formula {
        let component = self.system.component(id);
        let each = replicas(component);
        if each < 2 || component.replication_style() != Some(ReplicationStyle::SingleLeader) {
            return Formula::FALSE;
        }
        let own = likelihood::of_component(self.system, id, &mut self.asked);
        let Some(hours) = likelihood::failover_hours(self.system, id, own.hours, &mut self.asked) else { return Formula::FALSE };
        let common = likelihood::common_cause(self.system, id, &mut self.asked);
        let per_hour = |likelihood: Likelihood| if likelihood.hours > 0.0 { likelihood.unavailability / likelihood.hours } else { 0.0 };
        let mut frequency = per_hour(own.part(1.0 - common));
        let first = shard as usize * each;
        let around = |at: usize| self.around(component.instances[at].host);
        let leader = around(first);
        for place in leader.into_iter().filter(|place| (first + 1..first + each).any(|at| !around(at).contains(place))).collect::<Vec<_>>()
        {
            if self.system.location(place.location).is_failure_domain() {
                frequency += per_hour(likelihood::of_location(self.system, place.location, &mut self.asked));
            }
        }
        let likelihood = likelihood::failover(frequency, hours);
        self.basic(Basic::Failover(id, shard), likelihood, likelihood.unavailability)
    }

    /// A journey fails while it switches from the first member of a group to the next, as often as the first begins to fail.
    pub(super) fn switch(&mut self, switch: Switch, first: Formula) -> Formula {
        let basic = Basic::Switch(switch.journey, switch.number);
        if let Some(known) = self.numbers.get(&basic) {
            return self.graph.event(*known);
        }
        if self.question != Question::Chance {
            return Formula::FALSE;
        }
        let likelihood = likelihood::failover(self.frequency(first), switch.hours);
        self.basic(basic, likelihood, likelihood.unavailability)
    }

    /// How often per hour a formula begins to hold: `Σ Birnbaum · q ÷ MTTR`; where its diagram is too large, the bound with every Birnbaum importance 1.
    fn frequency(&self, formula: Formula) -> f64 {
        let per_hour = |event: u32| {
            let (_, Likelihood { unavailability, hours }) = self.basics[event as usize];
            if hours > 0.0 { unavailability / hours } else { 0.0 }
        };
        let limits = Limits { diagram: MAX_OPERATIONS_OF_A_SWITCH, cut_sets: 0, largest_order: 0 };
        match Solved::of(&self.graph, formula, limits) {
            Ok(solved) => solved.importances(&self.probabilities).1.iter().map(|one| one.birnbaum * per_hour(one.event)).sum(),
            Err(_) => (0..number(self.basics.len())).map(per_hour).sum(),
        }
    }

    /// Returns a host and all places around it.
    fn around(&self, host: Option<Host>) -> Vec<Host> {
        // Only a location that stands for several hosts has several that fail one by one.
        let one = |host: Host| if self.system.location(host.location).count > 1 { host } else { Host { ordinal: 0, ..host } };
        let parent = |host: &Host| self.system.location(host.location).parent.map(|location: LocationId| Host { location, ordinal: 0 });
        std::iter::successors(host.map(one), parent).collect()
    }

    /// A requirement fails with its shards; of a draw, with the shard that is drawn.
    pub(super) fn requirement(
        &mut self,
        requirements: &Requirements,
        id: RequirementId,
        drawn: &mut dyn FnMut(&mut Self, DrawId, usize) -> Formula,
    ) -> Formula {
        let requirement = *requirements.get(id);
        let shards = self.system.component(requirement.component).shards.len();
        let of = |this: &mut Self, drawn: &mut dyn FnMut(&mut Self, DrawId, usize) -> Formula, shard: usize| {
            let Some(link) = requirement.over else { return this.shard(requirement.component, number(shard), requirement.among) };
            let caller = this.system.carrier(this.system.link(link).from);
            let over = |this: &mut Self, of| this.shard_over(link, of, requirement.component, number(shard), requirement.among);
            match requirements.draw_of(caller) {
                None => over(this, None),
                // Whoever calls is in the shard that is drawn, and so is what is called with the same draw.
                Some(draw) if requirement.shards == Shards::Drawn(draw) => over(this, Some(number(shard))),
                Some(draw) => {
                    let callers: Vec<usize> =
                        (0..requirements.shares(draw).len()).filter(|one| requirements.shares(draw)[*one] > 0.0).collect();
                    let found: Vec<Formula> = callers.iter().map(|one| over(this, Some(number(*one)))).collect();
                    if found.windows(2).all(|pair| pair[0] == pair[1]) {
                        return found.first().copied().unwrap_or(Formula::FALSE);
                    }
                    let mut any = Vec::with_capacity(found.len());
                    for (one, fails) in callers.into_iter().zip(found) {
                        let chosen = drawn(this, draw, one);
                        any.push(this.graph.and(&[chosen, fails]));
                    }
                    this.graph.or(&any)
                }
            }
        };
        match requirement.shards {
            Shards::Every => {
                let all: Vec<Formula> = (0..shards).map(|shard| of(self, drawn, shard)).collect();
                self.graph.or(&all)
            }
            Shards::Any => {
                let all: Vec<Formula> = (0..shards).map(|shard| of(self, drawn, shard)).collect();
                self.graph.and(&all)
            }
            Shards::Drawn(draw) => {
                let mut any = Vec::with_capacity(shards);
                for shard in 0..shards {
                    let (chosen, down) = (drawn(self, draw, shard), of(self, drawn, shard));
                    any.push(self.graph.and(&[chosen, down]));
                }
                self.graph.or(&any)
            }
        }
    }
}
