//! Where a component is drawn, and what places are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Component, ComponentId, LocationId, System};
use crate::syntax::vocabulary::{ComponentKind, LocationKind, Vocabulary as _};

/// The most places that are named one by one.
const MAX_NAMED_PLACES: usize = 3;

/// The places of a system's components.
pub(super) struct Places<'a> {
    system: &'a System,
    /// The location that each component is drawn in: its grouping, else the innermost location around all its instances.
    containers: Vec<Option<LocationId>>,
    /// The locations of each component's instances.
    hosts: Vec<Vec<LocationId>>,
    /// Names that more than one location has.
    shared_names: BTreeSet<&'a str>,
}

impl<'a> Places<'a> {
    /// Looks at all components once.
    pub(super) fn new(system: &'a System) -> Self {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for location in &system.locations {
            *times.entry(location.display_name()).or_default() += 1;
        }
        let hosts: Vec<Vec<LocationId>> = system.components.iter().map(hosts).collect();
        let containers =
            system.components.iter().zip(&hosts).map(|(component, hosts)| component.group.or_else(|| around_all(system, hosts))).collect();
        Self { system, containers, hosts, shared_names: times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect() }
    }

    /// Returns the location that a component is drawn in.
    pub(super) fn container(&self, component: ComponentId) -> Option<LocationId> {
        self.containers[self.system.carrier(component).index()]
    }

    /// Returns the innermost location around all instances of a component, whatever it is grouped in.
    pub(super) fn around(&self, component: ComponentId) -> Option<LocationId> {
        around_all(self.system, &self.hosts[self.system.carrier(component).index()])
    }

    /// Returns a name by which a reader can tell a location from the others.
    pub(super) fn name(&self, location: LocationId) -> &'a str {
        let location = self.system.location(location);
        let name = location.display_name();
        if self.shared_names.contains(name) { &location.id } else { name }
    }

    /// Says whether several locations have this one's name.
    pub(super) fn is_name_shared(&self, location: LocationId) -> bool {
        self.shared_names.contains(self.system.location(location).display_name())
    }

    /// Returns the title of a location's box: its name, or its kind and id where it has no name.
    pub(super) fn title(&self, location: LocationId) -> String {
        let location = self.system.location(location);
        let name = location.display_name();
        let kind = location.kind.word();
        let says_kind = name != location.id || name == kind;
        let mut title = if says_kind { name.to_owned() } else { format!("{kind} {name}") };
        if location.count > 1 {
            title.push_str(&format!(" x{}", location.count));
        }
        title
    }

    /// Returns where a component's instances are, unless its container says so already.
    pub(super) fn line(&self, component: ComponentId) -> Option<String> {
        let hosts = &self.hosts[component.index()];
        if self.system.component(component).kind == ComponentKind::Sidecar {
            // It is where its host is.
            return None;
        }
        match hosts.as_slice() {
            [] => None,
            // Its own box, or one around it, says so already.
            [only] if self.containers[component.index()].is_some_and(|container| self.system.around(container).any(|at| at == *only)) => {
                None
            }
            few if few.len() <= MAX_NAMED_PLACES => {
                Some(format!("on {}", few.iter().map(|host| self.name(*host)).collect::<Vec<_>>().join(", ")))
            }
            many => Some(format!("on {} places", many.len())),
        }
    }
}

fn hosts(component: &Component) -> Vec<LocationId> {
    if component.kind == ComponentKind::Module {
        return Vec::new();
    }
    component.instances.iter().filter_map(|instance| instance.host).map(|host| host.location).collect::<BTreeSet<_>>().into_iter().collect()
}

fn around_all(system: &System, hosts: &[LocationId]) -> Option<LocationId> {
    let mut hosts = hosts.iter();
    let mut path: Vec<LocationId> = system.around(*hosts.next()?).collect();
    for host in hosts {
        let other: BTreeSet<LocationId> = system.around(*host).collect();
        path.retain(|at| other.contains(at));
    }
    path.first().copied()
}

/// Returns the outline of a location's box.
pub(super) const fn shape(kind: LocationKind, is_in_cluster: bool) -> super::scene::Shape {
    use super::scene::Shape;
    match kind {
        LocationKind::Provider | LocationKind::Cluster | LocationKind::Edge => Shape::Cloud,
        LocationKind::Region | LocationKind::Zone | LocationKind::Datacenter => Shape::Rectangle,
        LocationKind::Rack | LocationKind::Node | LocationKind::Device => Shape::Node,
        // Inside a cluster a namespace is one of its resources; elsewhere it is only a box around what belongs together.
        LocationKind::Namespace if is_in_cluster => Shape::Frame,
        LocationKind::Namespace => Shape::Rectangle,
    }
}
