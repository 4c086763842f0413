//! What can fail on its own, and which instances each failure takes down.
//!
//! Semantics, "Ids, layers" (event ids), "Placement", "Links" (sidecars, `hosted-on`) and "Failure" (shared fate). An instance is down if it fails itself, if
//! any location around its host fails, if a shared fate names it, if one of its sidecars is down, or if the component that it is hosted on is down. An event
//! takes down the smallest set of instances that satisfies this (the least fixpoint), so a circle of sidecars and hosts never fails by itself.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::model::{Component, ComponentId, Host, LocationId, SharedFateId, System};
use crate::syntax::keys::component;
use crate::syntax::value::Symbols;
use crate::syntax::vocabulary::{ComponentKind, LocationKind, NeededFor};

/// One thing that can fail on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// An instance of a component, by its index in [`Component::instances`].
    Instance(ComponentId, usize),
    /// One of the hosts that a location with a `count` stands for.
    Host(Host),
    /// A location, and with it all that stands in it.
    Location(LocationId),
    /// A shared fate.
    SharedFate(SharedFateId),
}

impl Event {
    /// Returns the event's id: `db/1`, in a shard `db/A-K/1`, a pool's host `pool/3`, or the id of a location or shared fate.
    pub fn id(self, system: &System) -> String {
        match self {
            Self::Instance(component, instance) => system.instance_event(component, instance),
            Self::Host(host) => system.host_event(host),
            Self::Location(location) => system.location(location).id.clone(),
            Self::SharedFate(fate) => system.shared_fates[fate.index()].id.clone(),
        }
    }

    /// Returns the kind of the location that fails, if the event is a location's or a host's.
    pub fn location_kind(self, system: &System) -> Option<LocationKind> {
        match self {
            Self::Host(host) => Some(system.location(host.location).kind),
            Self::Location(location) => Some(system.location(location).kind),
            Self::Instance(..) | Self::SharedFate(_) => None,
        }
    }

    /// Returns what events are sorted by: the id of their element, then their number in it. Ids are unique over all elements.
    fn order(self, system: &System) -> (&str, usize) {
        match self {
            Self::Instance(component, instance) => (&system.component(component).id, instance),
            Self::Host(host) => (&system.location(host.location).id, host.ordinal as usize),
            Self::Location(location) => (&system.location(location).id, 0),
            Self::SharedFate(fate) => (&system.shared_fates[fate.index()].id, 0),
        }
    }
}

/// Returns every single event of a system, sorted by id.
///
/// Actors and clients are callers and do not fail; a module has no failure of its own; a namespace only groups. A location with a `count` stands for several
/// hosts that fail one by one: the hosts are events, the location is not.
pub fn events(system: &System) -> Vec<Event> {
    let mut events = Vec::new();
    for id in system.component_ids() {
        let component = system.component(id);
        if can_fail(component) {
            events.extend((0..component.instances.len()).map(|instance| Event::Instance(id, instance)));
        }
    }
    for id in system.location_ids().filter(|id| system.location(*id).is_failure_domain()) {
        match system.location(id).count {
            0 | 1 => events.push(Event::Location(id)),
            count => events.extend((0..count).map(|ordinal| Event::Host(Host { location: id, ordinal }))),
        }
    }
    events.extend(system.shared_fate_ids().map(Event::SharedFate));
    events.sort_by(|a, b| a.order(system).cmp(&b.order(system)));
    events
}

/// Says whether a component is part of failure expressions: actors and clients are callers, and a module is a part of its carrier.
pub(super) const fn can_fail(component: &Component) -> bool {
    !matches!(component.kind, ComponentKind::Actor | ComponentKind::Client | ComponentKind::Module)
}

/// Returns the component without which no instance of a component is up. What others need only to start or to scale (`needed-for`) leaves what runs alone.
pub(super) fn stands_on(system: &System, component: &Component) -> Option<ComponentId> {
    let host = system.carrier(component.hosted_on?);
    let stated = system.component(host).facts.get(component::NEEDED_FOR).stated();
    stated.is_none_or(|Symbols(list)| list.contains(&NeededFor::Running)).then_some(host)
}

/// Instances by a number that is unique in the system: component by component, shard by shard, replica by replica.
#[derive(Debug)]
pub(super) struct Instances {
    /// The number of each component's first instance, and one more at the end.
    start: Vec<u32>,
    /// The component of each instance.
    component: Vec<ComponentId>,
}

impl Instances {
    fn of(system: &System) -> Self {
        let (mut start, mut component) = (vec![0], Vec::new());
        for id in system.component_ids() {
            component.resize(component.len() + system.component(id).instances.len(), id);
            start.push(number(component.len()));
        }
        Self { start, component }
    }

    /// Returns the numbers of a component's instances.
    pub(super) fn range(&self, component: ComponentId) -> Range<u32> {
        self.start[component.index()]..self.start[component.index() + 1]
    }

    /// Returns the component of an instance.
    pub(super) fn component(&self, instance: u32) -> ComponentId {
        self.component[instance as usize]
    }

    /// Returns the component and the shard of an instance.
    fn shard(&self, system: &System, instance: u32) -> (ComponentId, usize) {
        let id = self.component(instance);
        let component = system.component(id);
        (id, component.instances[(instance - self.range(id).start) as usize].shard as usize)
    }
}

/// Names a set of instances that go down together; events with the same effect share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EffectId(u32);

impl EffectId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The sets of instances that events take down.
#[derive(Debug)]
pub(super) struct Effects<'s> {
    system: &'s System,
    pub(super) instances: Instances,
    sets: Vec<Rc<[u32]>>,
    by_set: HashMap<Rc<[u32]>, EffectId>,
    topology: Topology,
}

/// What carries what.
#[derive(Debug)]
struct Topology {
    /// For each location, its place in a walk that meets every location before what is inside it, and the end of what is inside it.
    nest: Vec<Range<u32>>,
    /// Instances with the place of their location in that walk and their host's number, sorted.
    placed: Vec<(u32, u32, u32)>,
    /// The component beside which a sidecar runs.
    beside: Vec<Option<ComponentId>>,
    /// What is hosted on each component.
    hosted: Vec<Vec<ComponentId>>,
    /// How many instances of each shard of a component that hosts others are down; all zero between two questions.
    lost: Vec<Vec<u32>>,
    /// Which instances are down; all false between two questions.
    down: Vec<bool>,
}

impl<'s> Effects<'s> {
    pub(super) fn of(system: &'s System) -> Self {
        let instances = Instances::of(system);
        let topology = Topology::of(system, &instances);
        Self { system, instances, sets: Vec::new(), by_set: HashMap::new(), topology }
    }

    /// Returns the instances that an effect takes down, sorted.
    pub(super) fn instances_of(&self, effect: EffectId) -> &[u32] {
        &self.sets[effect.index()]
    }

    /// Returns the instances of a range that an effect takes down.
    pub(super) fn within(&self, effect: EffectId, range: &Range<u32>) -> &[u32] {
        within(self.instances_of(effect), range)
    }

    /// Returns all known effects.
    pub(super) fn ids(&self) -> impl Iterator<Item = EffectId> + use<> {
        (0..number(self.sets.len())).map(EffectId)
    }

    /// Returns the effect of an event.
    pub(super) fn event(&mut self, event: Event) -> EffectId {
        let failed = match event {
            Event::Instance(component, instance) => vec![self.instances.range(component).start + number(instance)],
            Event::Host(host) => self.topology.on_host(self.system, host),
            Event::Location(location) => self.topology.inside(location),
            Event::SharedFate(fate) => self.named_by(fate),
        };
        self.closed(failed)
    }

    /// Returns the effect of losing all hosts of a location.
    pub(super) fn location(&mut self, location: LocationId) -> EffectId {
        let failed = self.topology.inside(location);
        self.closed(failed)
    }

    /// Returns the effect of losing all replicas of all shards of a component.
    pub(super) fn component(&mut self, component: ComponentId) -> EffectId {
        let failed = self.instances.range(component).collect();
        self.closed(failed)
    }

    /// Returns the effect of some effects at once: what stands on several replicas falls when enough of them are down.
    pub(super) fn together(&mut self, effects: &[EffectId]) -> EffectId {
        let failed = effects.iter().flat_map(|effect| self.instances_of(*effect)).copied().collect();
        self.closed(failed)
    }

    /// A shared fate takes down every replica of every shard of the components that it names, and all that stands in the locations.
    fn named_by(&self, fate: SharedFateId) -> Vec<u32> {
        let fate = &self.system.shared_fates[fate.index()];
        // A module has no failure of its own: what stops it stops the process around it.
        let components = fate.components.iter().flat_map(|component| self.instances.range(self.system.carrier(*component)));
        components.chain(fate.locations.iter().flat_map(|location| self.topology.inside(*location))).collect()
    }

    /// Adds what falls with the given instances, and names the whole set.
    fn closed(&mut self, failed: Vec<u32>) -> EffectId {
        let set: Rc<[u32]> = self.topology.close(self.system, &self.instances, failed).into();
        let next = EffectId(number(self.sets.len()));
        let effect = *self.by_set.entry(Rc::clone(&set)).or_insert(next);
        if effect == next {
            self.sets.push(set);
        }
        effect
    }
}

impl Topology {
    fn of(system: &System, instances: &Instances) -> Self {
        let nest = nest(system);
        let mut placed = Vec::new();
        let mut beside = Vec::with_capacity(system.components.len());
        let mut hosted = vec![Vec::new(); system.components.len()];
        for id in system.component_ids() {
            let component = system.component(id);
            for (number, instance) in instances.range(id).zip(&component.instances) {
                placed.extend(instance.host.map(|host| (nest[host.location.index()].start, host.ordinal, number)));
            }
            beside.push(component.of.filter(|_| component.kind == ComponentKind::Sidecar));
            if let Some(host) = stands_on(system, component) {
                hosted[host.index()].push(id);
            }
        }
        placed.sort_unstable();
        let lost = system
            .components
            .iter()
            .zip(&hosted)
            .map(|(component, hosted)| vec![0; if hosted.is_empty() { 0 } else { component.shards.len() }])
            .collect();
        Self { nest, placed, beside, hosted, lost, down: vec![false; instances.component.len()] }
    }

    fn inside(&self, location: LocationId) -> Vec<u32> {
        self.standing(self.nest[location.index()].clone()).iter().map(|(_, _, instance)| *instance).collect()
    }

    /// What lies inside a location that stands for several hosts, a namespace of a node say, stands on the first of them.
    fn on_host(&self, system: &System, host: Host) -> Vec<u32> {
        debug_assert!(system.location(host.location).count > 1, "the only host of a location is the location");
        let place = self.nest[host.location.index()].clone();
        let here = self.standing(place.start..place.start + 1);
        let from = here.partition_point(|(_, ordinal, _)| *ordinal < host.ordinal);
        let to = here.partition_point(|(_, ordinal, _)| *ordinal <= host.ordinal);
        let deeper = if host.ordinal == 0 { self.standing(place.start + 1..place.end) } else { &[] };
        here[from..to].iter().chain(deeper).map(|(_, _, instance)| *instance).collect()
    }

    fn standing(&self, places: Range<u32>) -> &[(u32, u32, u32)] {
        let from = self.placed.partition_point(|(place, ..)| *place < places.start);
        let to = self.placed.partition_point(|(place, ..)| *place < places.end);
        &self.placed[from..to]
    }

    /// Returns the given instances and all that falls with them, sorted.
    fn close(&mut self, system: &System, instances: &Instances, failed: Vec<u32>) -> Vec<u32> {
        let mut fallen = Vec::with_capacity(failed.len());
        let mut open = failed;
        while let Some(instance) = open.pop() {
            if std::mem::replace(&mut self.down[instance as usize], true) {
                continue;
            }
            fallen.push(instance);
            let (id, shard) = instances.shard(system, instance);
            if let Some(host) = self.beside[id.index()] {
                let same = instances.range(host).start + (instance - instances.range(id).start);
                open.extend(instances.range(host).contains(&same).then_some(same));
            }
            if !self.hosted[id.index()].is_empty() {
                let component = system.component(id);
                let lost = &mut self.lost[id.index()][shard];
                *lost += 1;
                if *lost == spare(component, component.needs) + 1 {
                    open.extend(self.hosted[id.index()].iter().flat_map(|hosted| instances.range(*hosted)));
                }
            }
        }
        fallen.sort_unstable();
        for instance in &fallen {
            self.down[*instance as usize] = false;
            let (id, shard) = instances.shard(system, *instance);
            if let Some(lost) = self.lost[id.index()].get_mut(shard) {
                *lost = 0;
            }
        }
        fallen
    }
}

/// Returns how many replicas of a shard may be down while `needs` are up.
pub(super) fn spare(component: &Component, needs: u32) -> u32 {
    number(replicas(component)).saturating_sub(needs.max(1))
}

/// Returns how many instances each shard has.
pub(super) fn replicas(component: &Component) -> usize {
    component.instances.len() / component.shards.len().max(1)
}

/// Returns the part of a sorted list that lies in a range.
pub(super) fn within<'a>(sorted: &'a [u32], range: &Range<u32>) -> &'a [u32] {
    let from = sorted.partition_point(|one| *one < range.start);
    let to = sorted.partition_point(|one| *one < range.end);
    &sorted[from..to]
}

/// Numbers the locations so that what is inside one follows it: inside is then a range. Nesting may be deep, so nothing here recurses.
fn nest(system: &System) -> Vec<Range<u32>> {
    let mut inside: Vec<Vec<LocationId>> = vec![Vec::new(); system.locations.len()];
    let mut open = Vec::new();
    for id in system.location_ids() {
        match system.location(id).parent {
            Some(parent) => inside[parent.index()].push(id),
            None => open.push(id),
        }
    }
    let mut nest = vec![0..0; system.locations.len()];
    let mut order = Vec::with_capacity(system.locations.len());
    while let Some(id) = open.pop() {
        let place = number(order.len());
        nest[id.index()] = place..place + 1;
        order.push(id);
        open.extend(&inside[id.index()]);
    }
    for id in order.iter().rev() {
        if let Some(parent) = system.location(*id).parent {
            let end = nest[id.index()].end;
            let parent = &mut nest[parent.index()];
            parent.end = parent.end.max(end);
        }
    }
    nest
}

/// Narrows an index; the model limits every list far below 2^32.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("the model limits elements, instances and steps below 2^32")
}
