//! From the topology to what is paid for: machines, stores, transfer per edge, addresses, gateways, logs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::demand::{self, Demand, Instances};
use super::{Basis, Category, Subject, Unpriced};
use crate::analysis::communication::copies_distance;
use crate::model::{Component, ComponentId, DistanceClass, DistanceMix, Host, LinkId, LocationId, System};
use crate::pricing::{Dimension, HOURS_PER_MONTH, Price};
use crate::quantity::{Exact, Ranged};
use crate::syntax::keys::{Table, component, cost, location};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::{ComponentKind, Exposure, LocationKind};

/// So much of something, at a price.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) subject: Subject,
    pub(super) category: Category,
    pub(super) what: &'static str,
    pub(super) price: Arc<Price>,
    /// In units of the price, a month.
    pub(super) quantity: Ranged<Exact>,
    pub(super) basis: Basis,
}

/// What is paid for, and what would be if its price were known.
pub(super) struct Items<'s> {
    system: &'s System,
    demand: &'s Demand,
    pub(super) items: Vec<Item>,
    pub(super) unpriced: Vec<Unpriced>,
    /// Per component, how many instances run.
    pub(super) instances: Vec<Instances>,
    places: BTreeMap<LocationId, Option<Place>>,
}

/// How what runs is billed.
#[derive(Debug, Clone, Copy)]
struct Billed {
    /// Whether the provider runs it.
    is_managed: bool,
    /// Whether its operations are what is paid for: what it keeps is in their price.
    is_by_operation: bool,
}

impl Billed {
    /// Billed by what stands there.
    const fn managed(is_managed: bool) -> Self {
        Self { is_managed, is_by_operation: false }
    }
}

/// A provider's region.
type Place = (Arc<str>, Arc<str>);

/// How many instances are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// As many as the load needs.
    Running,
    /// As many as there may ever be.
    Most,
}

/// Lists what a system pays for.
pub(super) fn items<'s>(system: &'s System, demand: &'s Demand, scale: Scale) -> Items<'s> {
    let instances = system
        .component_ids()
        .map(|id| {
            let mut found = demand::instances(system, id, demand.visits[id.index()]);
            if scale == Scale::Most {
                found.running = Ranged::exactly(found.running.high);
            }
            found
        })
        .collect();
    let mut items = Items { system, demand, items: Vec::new(), unpriced: Vec::new(), instances, places: BTreeMap::new() };
    for id in system.location_ids() {
        items.location(id);
    }
    for id in system.component_ids() {
        items.component(id);
    }
    for id in system.link_ids() {
        items.link(id);
    }
    items
}

impl Items<'_> {
    /// Returns where a host stands; `[cost]` says it where its locations do not.
    fn place(&mut self, host: Option<Host>) -> Option<Place> {
        let facts = self.system.single(Table::Cost);
        let default = |key| facts.and_then(|facts| facts.text(key));
        let Some(host) = host else {
            return Some((default(cost::PROVIDER)?.into(), default(cost::REGION)?.into()));
        };
        let location = self.system.location(host.location);
        self.places
            .entry(host.location)
            .or_insert_with(|| {
                let provider = location.provider.as_deref().or_else(|| default(cost::PROVIDER))?;
                let region = location.code.as_deref().or_else(|| default(cost::REGION))?;
                Some((provider.into(), region.into()))
            })
            .clone()
    }

    /// Returns the places of a component's instances, with how many are there.
    fn places_of(&mut self, id: ComponentId) -> Vec<(Option<Place>, u64)> {
        let mut counts: BTreeMap<Option<Place>, u64> = BTreeMap::new();
        for at in 0..self.system.component(id).instances.len() {
            let place = self.place(self.system.component(id).instances[at].host);
            *counts.entry(place).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// Returns the places of a component's instances, with the share of its work that is done there.
    fn shares_of(&mut self, id: ComponentId) -> Vec<(Option<Place>, f64)> {
        let system = self.system;
        let hosts: Vec<(Option<Host>, f64)> = demand::shares_by_place(system, id, |_, host| host);
        let mut shares: BTreeMap<Option<Place>, f64> = BTreeMap::new();
        for (host, share) in hosts {
            *shares.entry(self.place(host)).or_insert(0.0) += share;
        }
        shares.into_iter().collect()
    }

    fn add(&mut self, item: Item) {
        if !item.quantity.high.is_zero() {
            self.items.push(item);
        }
    }

    fn lacks(&mut self, subject: Subject, what: &'static str, needs: String) {
        let one = Unpriced { subject, what, needs };
        if self.unpriced.last() != Some(&one) {
            self.unpriced.push(one);
        }
    }

    /// A location's machine is billed `count` times, whatever stands on it.
    fn location(&mut self, id: LocationId) {
        let location = self.system.location(id);
        let Some(machine) = location.facts.text(location::MACHINE) else { return };
        let subject = Subject::Location(id);
        let Some((provider, region)) = self.place(Some(Host { location: id, ordinal: 0 })) else {
            return self.lacks(subject, "machine", format!("locations.{}.provider and the code of its region", location.id));
        };
        let (categories, category): (&[&str], _) = if location.kind == LocationKind::Cluster {
            (&["k8s", "vm"], Category::ControlPlane)
        } else {
            (&["vm", "bare-metal"], Category::Compute)
        };
        match self.find(&provider, &region, categories, machine) {
            Err(key) => self.lacks(subject, "machine", format!("a price for `{key}`")),
            Ok(price) => {
                let count = Exact::whole(u64::from(location.count));
                match standing(&price, count) {
                    Some(quantity) => {
                        self.add(Item {
                            subject,
                            category,
                            what: "machines",
                            price,
                            quantity: Ranged::exactly(quantity),
                            basis: Basis::Declared,
                        });
                    }
                    None => self.lacks(subject, "machine", format!("a price by the hour or the month, not per {}", price.unit.text)),
                }
            }
        }
    }

    fn find(&self, provider: &str, region: &str, categories: &[&str], sku: &str) -> Result<Arc<Price>, String> {
        let key = |category: &str| format!("{provider}/{region}/{category}/{sku}");
        categories.iter().find_map(|category| self.system.prices.find(&key(category))).ok_or_else(|| key(categories[0]))
    }

    fn component(&mut self, id: ComponentId) {
        let component = self.system.component(id);
        if component.is_caller()
            || component.instances.is_empty()
            || matches!(component.kind, ComponentKind::Sidecar | ComponentKind::Module)
        {
            return;
        }
        let billed = self.running(id, component);
        let is_managed = billed.is_managed;
        self.kept(id, component, billed);
        self.logs(id, component);
        self.addresses(id, component, is_managed);
        if !is_managed && self.demand.copies[id.index()] > 0.0 {
            self.replication(id);
        }
    }

    /// What runs: machines, classes, brokers, functions. Returns how it is billed.
    fn running(&mut self, id: ComponentId, component: &Component) -> Billed {
        let subject = Subject::Component(id);
        let path = |key: &str| format!("components.{}.{key}", component.id);
        if let Some(sku) = component.facts.text(component::SKU) {
            return match self.system.prices.find(sku) {
                Some(price) => self.run_part(id, component, price, component.instances.len() as u64),
                None => {
                    self.lacks(subject, "running", format!("a price for `{sku}`"));
                    Billed::managed(true)
                }
            };
        }
        let Some(machine) = component.facts.text(component::MACHINE) else {
            let is_carried = component.hosted_on.is_some() || component.instances.iter().all(|instance| self.stands_on_paid(instance.host));
            if component.kind == ComponentKind::Function {
                self.function(id, component);
            } else if !is_carried {
                self.lacks(subject, "running", path("machine"));
            }
            return Billed::managed(component.kind == ComponentKind::Function);
        };
        let sku = match component.facts.text(component::TERM) {
            Some(term) if term != "on-demand" => format!("{machine}@{term}"),
            _ => machine.to_owned(),
        };
        let database = component.facts.text(component::ENGINE).map(|engine| format!("db-{engine}"));
        let categories: &[&str] = match component.kind {
            ComponentKind::Database => match &database {
                Some(category) => &[category.as_str()],
                None => {
                    self.lacks(subject, "running", path("engine"));
                    return Billed::managed(true);
                }
            },
            ComponentKind::Cache => &["cache"],
            ComponentKind::Queue => &["broker", "queue"],
            ComponentKind::Proxy => &["vm", "lb", "bare-metal"],
            ComponentKind::Platform => &["k8s", "vm", "bare-metal"],
            ComponentKind::Storage => &["object-storage", "block-storage"],
            ComponentKind::Cdn => &["cdn"],
            _ => &["vm", "bare-metal"],
        };
        let mut billed = Billed::managed(false);
        for (place, count) in self.places_of(id) {
            let Some((provider, region)) = place else {
                self.lacks(subject, "running", format!("cost.provider and cost.region, or {} in a region", path("on")));
                continue;
            };
            match self.find(&provider, &region, categories, &sku) {
                Ok(price) => {
                    let part = self.run_part(id, component, price, count);
                    billed.is_managed |= part.is_managed;
                    billed.is_by_operation |= part.is_by_operation;
                }
                Err(key) => {
                    billed.is_managed |= categories[0] != "vm";
                    self.lacks(subject, "running", format!("a price for `{key}`"));
                }
            }
        }
        billed
    }

    fn stands_on_paid(&self, host: Option<Host>) -> bool {
        host.is_some_and(|host| {
            self.system.around(host.location).any(|at| self.system.location(at).facts.text(location::MACHINE).is_some())
        })
    }

    /// Adds a price for some of the instances; the unit of the price says what is counted. Returns how they are billed.
    fn run_part(&mut self, id: ComponentId, component: &Component, price: Arc<Price>, count: u64) -> Billed {
        let subject = Subject::Component(id);
        let group = price.parts()[2].to_owned();
        let billed = Billed {
            is_managed: !matches!(group.as_str(), "vm" | "bare-metal"),
            is_by_operation: price.unit.dimension == Dimension::Count,
        };
        let category = Category::of(component.kind, &group);
        let share = Exact::whole(count).over(Exact::whole(component.instances.len() as u64)).unwrap_or(Exact::ONE);
        let Instances { running, is_scaled, .. } = self.instances[id.index()];
        let basis = if is_scaled { Basis::Journey } else { Basis::Declared };
        let once = |quantity: Exact| Ranged::exactly(quantity * share);
        match price.unit.dimension {
            Dimension::Hours | Dimension::Months => {
                if group == "lb" {
                    // A provider's balancer is one thing, however many replicas stand for it.
                    if let Some(quantity) = standing(&price, Exact::ONE) {
                        self.add(Item {
                            subject,
                            category,
                            what: "balancer",
                            price: Arc::clone(&price),
                            quantity: Ranged::exactly(quantity),
                            basis,
                        });
                    }
                    self.balanced(id, &price);
                    return Billed::managed(true);
                }
                // The first of each shard does the work; the others are there so that one may fail, or for the load.
                let shards = Exact::whole(component.shards.len() as u64);
                let running = running.map(|instances| instances * share);
                let first = running.map(|instances| instances.min(shards * share));
                let further =
                    Ranged { low: running.low - first.low, likely: running.likely - first.likely, high: running.high - first.high };
                let parts = [(category, "instances", first), (Category::Copies, "further instances", further)];
                for (category, what, instances) in parts {
                    let quantity = instances.map(|count| standing(&price, count).unwrap_or(count));
                    self.add(Item { subject, category, what, price: Arc::clone(&price), quantity, basis });
                }
            }
            Dimension::Count => {
                let is_queue = component.kind == ComponentKind::Queue;
                let things = if is_queue {
                    demand::operations(self.system, id, self.demand)
                } else {
                    demand::per_month(self.demand.visits[id.index()].0)
                };
                let quantity = once(price.unit.units_of(things));
                self.add(Item { subject, category, what: "operations", price, quantity, basis: Basis::Journey });
            }
            Dimension::Data => {
                let bytes = demand::passing_bytes(self.system, id, self.demand);
                let quantity = once(price.unit.units_of_bytes(bytes).unwrap_or_default());
                self.add(Item { subject, category, what: "data", price, quantity, basis: Basis::Journey });
            }
            Dimension::DataMonths => {
                let kept = demand::stated_bytes(&component.facts, component::STORAGE)
                    .or_else(|| demand::stated_bytes(&component.facts, component::DATA));
                match kept {
                    None => self.lacks(subject, "storage", format!("components.{}.data", component.id)),
                    Some(bytes) => {
                        let shards = Exact::whole(component.shards.len() as u64);
                        let quantity = once(price.unit.units_of_bytes(bytes * shards).unwrap_or_default());
                        self.add(Item { subject, category: Category::Storage, what: "storage", price, quantity, basis: Basis::Declared });
                    }
                }
            }
            Dimension::Seconds => self.seconds(id, component, price, share),
        }
        billed
    }

    /// Functions that name no price of their own are billed by the provider's meters: requests, and memory × time.
    fn function(&mut self, id: ComponentId, component: &Component) {
        for (place, share) in self.shares_of(id) {
            let Some((provider, region)) = place else {
                self.lacks(Subject::Component(id), "running", "cost.provider and cost.region".to_owned());
                continue;
            };
            let meter = |name| self.system.prices.meter(&provider, &region, name);
            match (meter("function-requests"), meter("function-duration")) {
                (Some(requests), Some(duration)) => {
                    let visits = demand::share_per_month(self.demand.visits[id.index()].0, share);
                    let quantity = Ranged::exactly(requests.unit.units_of(visits));
                    let subject = Subject::Component(id);
                    self.add(Item {
                        subject,
                        category: Category::Functions,
                        what: "requests",
                        price: requests,
                        quantity,
                        basis: Basis::Journey,
                    });
                    self.seconds(id, component, duration, Exact::measured(share));
                }
                _ => {
                    let key = self.system.prices.meter_key(&provider, &region, "function-duration");
                    self.lacks(Subject::Component(id), "running", format!("a price for `{key}`"));
                }
            }
        }
    }

    /// Memory × time of a share of the visits: visits × service time × memory.
    fn seconds(&mut self, id: ComponentId, component: &Component, price: Arc<Price>, share: Exact) {
        let subject = Subject::Component(id);
        let gigabyte = price.unit.noun.starts_with('G') && !price.unit.noun.starts_with("GHz");
        let used = demand::byte_seconds(self.system, id, self.demand.visits[id.index()].0).filter(|_| gigabyte);
        match used {
            Some(byte_seconds) => {
                let quantity = byte_seconds.over(price.unit.bytes.unwrap_or(Exact::whole(1 << 30))).unwrap_or_default();
                self.add(Item {
                    subject,
                    category: Category::Functions,
                    what: "memory × time",
                    price,
                    quantity: Ranged::exactly(quantity * share),
                    basis: Basis::Journey,
                });
            }
            None => self.lacks(subject, "memory × time", format!("components.{0}.memory and components.{0}.service-time", component.id)),
        }
    }

    /// What a provider's balancer processes.
    fn balanced(&mut self, id: ComponentId, hour: &Price) {
        let [provider, region, ..] = hour.parts();
        let Some(price) = self.system.prices.meter(provider, region, "balancer-data") else {
            let key = self.system.prices.meter_key(provider, region, "balancer-data");
            return self.lacks(Subject::Component(id), "processed data", format!("a price for `{key}`"));
        };
        // A capacity unit is a gigabyte in an hour.
        let bytes = demand::passing_bytes(self.system, id, self.demand);
        let units = price.unit.units_of_bytes(bytes).or_else(|| bytes.over(Exact::whole(1 << 30))).unwrap_or_default();
        let subject = Subject::Component(id);
        self.add(Item {
            subject,
            category: Category::Entrance,
            what: "processed data",
            price,
            quantity: Ranged::exactly(units),
            basis: Basis::Journey,
        });
    }

    /// What is kept: storage × replicas × shards.
    fn kept(&mut self, id: ComponentId, component: &Component, Billed { is_managed, is_by_operation }: Billed) {
        let stated = demand::stated_bytes(&component.facts, component::STORAGE);
        let data = demand::stated_bytes(&component.facts, component::DATA);
        let (bytes, basis, meter) = match component.kind {
            ComponentKind::Database => (stated.or(data), Basis::Declared, if is_managed { "database-storage" } else { "block-storage" }),
            ComponentKind::Queue => {
                let meter = if is_managed { "broker-storage" } else { "block-storage" };
                match stated.or(data) {
                    Some(bytes) => (Some(bytes), Basis::Declared, meter),
                    None => (demand::retained_bytes(self.system, id, self.demand), Basis::Journey, meter),
                }
            }
            // Its own price counts what it keeps; a cache keeps in memory.
            ComponentKind::Storage | ComponentKind::Cdn | ComponentKind::Cache | ComponentKind::Function => return,
            _ => (stated, Basis::Declared, "block-storage"),
        };
        let Some(bytes) = bytes.filter(|_| !is_by_operation) else { return };
        for (place, count) in self.places_of(id) {
            self.meter(Subject::Component(id), place, meter, Category::Storage, "storage", bytes * Exact::whole(count), basis);
        }
    }

    fn logs(&mut self, id: ComponentId, component: &Component) {
        let Some(bytes) = demand::stated_bytes(&component.facts, component::LOGS_PER_REQUEST) else { return };
        let visits = self.demand.visits[id.index()].0;
        for (place, share) in self.shares_of(id) {
            let written = bytes * demand::share_per_month(visits, share);
            self.meter(Subject::Component(id), place, "logs", Category::Observability, "logs", written, Basis::Journey);
        }
    }

    /// A public address per instance that the internet reaches; a provider's balancer and stores bring their own.
    fn addresses(&mut self, id: ComponentId, component: &Component, is_managed: bool) {
        if is_managed || component.facts.get(component::EXPOSED).stated() != Some(Exposure::Public) {
            return;
        }
        for (place, count) in self.places_of(id) {
            let Some((provider, region)) = place else { continue };
            if let Some(price) = self.system.prices.meter(&provider, &region, "address") {
                // Each instance that runs has one, also those that come and go with the load.
                let Instances { running, is_scaled, .. } = self.instances[id.index()];
                let share = Exact::whole(count).over(Exact::whole(component.instances.len() as u64)).unwrap_or(Exact::ONE);
                let quantity = running.map(|instances| standing(&price, instances * share).unwrap_or_default());
                self.add(Item {
                    subject: Subject::Component(id),
                    category: Category::Entrance,
                    what: "public addresses",
                    price,
                    quantity,
                    basis: if is_scaled { Basis::Journey } else { Basis::Declared },
                });
            }
        }
    }

    /// Adds so many bytes at a provider's meter, or says that it has no price.
    #[expect(clippy::too_many_arguments, reason = "one line of a bill has as many parts")]
    fn meter(
        &mut self,
        subject: Subject,
        place: Option<Place>,
        name: &'static str,
        category: Category,
        what: &'static str,
        bytes: Exact,
        basis: Basis,
    ) {
        if bytes.is_zero() {
            return;
        }
        let Some((provider, region)) = place else {
            return self.lacks(subject, what, "cost.provider and cost.region".to_owned());
        };
        let price = self.system.prices.meter(&provider, &region, name);
        match price.and_then(|price| Some((price.unit.units_of_bytes(bytes)?, price))) {
            Some((quantity, price)) => self.add(Item { subject, category, what, price, quantity: Ranged::exactly(quantity), basis }),
            None => {
                let key = self.system.prices.meter_key(&provider, &region, name);
                self.lacks(subject, what, format!("a price for `{key}`"));
            }
        }
    }

    /// Transfer along a link, both directions, as it is billed.
    fn link(&mut self, id: LinkId) {
        let Some(used) = self.demand.links[id.index()] else { return };
        let link = self.system.link(id);
        let mix = self.system.distance_mix(id);
        if !mix.crosses_network() {
            return;
        }
        let (from, to) = (self.system.carrier(link.from), self.system.carrier(link.to));
        let (caller, callee) = (self.system.component(from), self.system.component(to));
        if caller.is_caller() && callee.is_caller() {
            return;
        }
        // What a managed store sends to its own copies is not billed.
        let is_own_copy = link.arrow == Arrow::Replication && from == to;
        if is_own_copy {
            return;
        }
        let subject = Subject::Link(id);
        let (near, far) = (self.shares_of(from), self.shares_of(to));
        self.moved(subject, &mix, (used.requests, &near), (used.responses, &far), (caller.is_caller(), callee.is_caller()));
        let is_private = caller.facts.get(component::EXPOSED).stated() != Some(Exposure::Public);
        let internet = mix.shares.get(&DistanceClass::Internet).copied().unwrap_or(0.0);
        if callee.is_caller() && !caller.is_caller() && internet > 0.0 && is_private {
            // Outbound calls of what has no public address pass a gateway, both directions.
            for (place, share) in &near {
                let bytes = demand::share_per_month(used.requests + used.responses, share * internet);
                self.gateway_data(subject, place.clone(), bytes);
            }
        }
    }

    fn gateway_data(&mut self, subject: Subject, place: Option<Place>, bytes: Exact) {
        self.meter(subject, place, "nat-data", Category::Entrance, "through a NAT gateway", bytes, Basis::Journey);
    }

    /// Adds what two ends send each other, by distance.
    fn moved(
        &mut self,
        subject: Subject,
        mix: &DistanceMix,
        there: (f64, &[(Option<Place>, f64)]),
        back: (f64, &[(Option<Place>, f64)]),
        outside: (bool, bool),
    ) {
        for (class, share) in &mix.shares {
            let internet = match class {
                DistanceClass::Internet => true,
                DistanceClass::CrossRegionNear | DistanceClass::CrossRegionContinental | DistanceClass::CrossRegionIntercontinental => {
                    let providers = |places: &[(Option<Place>, f64)]| -> Vec<Arc<str>> {
                        places.iter().filter_map(|(place, _)| place.as_ref().map(|(provider, _)| Arc::clone(provider))).collect()
                    };
                    let (a, b) = (providers(there.1), providers(back.1));
                    !a.iter().any(|provider| b.contains(provider))
                }
                DistanceClass::CrossZone => {
                    for (place, part) in if outside.0 { back.1 } else { there.1 } {
                        let ends = place.as_ref().map_or(1, |(provider, region)| self.system.prices.cross_zone_ends(provider, region));
                        let bytes = demand::share_per_month(there.0 + back.0, share * part) * Exact::whole(ends);
                        // Where no zone is stated, that it is another one is assumed.
                        let basis = if mix.assumed_cross_zone { Basis::Default } else { Basis::Journey };
                        self.meter(subject, place.clone(), "cross-zone", Category::Transfer, "between zones", bytes, basis);
                    }
                    continue;
                }
                DistanceClass::InProcess | DistanceClass::SameHost | DistanceClass::SameZone | DistanceClass::Unplaced => continue,
            };
            let (meter, what) = if internet { ("internet", "to the internet") } else { ("cross-region", "between regions") };
            for ((bytes, places), is_outside) in [(there, outside.0), (back, outside.1)] {
                // The sender pays, and nobody bills us for what others send.
                if !is_outside {
                    for (place, part) in places {
                        self.meter(
                            subject,
                            place.clone(),
                            meter,
                            Category::Transfer,
                            what,
                            demand::share_per_month(bytes, share * part),
                            Basis::Journey,
                        );
                    }
                }
            }
        }
    }

    /// What a store that we run sends to its copies.
    fn replication(&mut self, id: ComponentId) {
        let Some(mix) = copies_distance(self.system, id) else { return };
        let bytes = self.demand.copies[id.index()];
        let places = self.shares_of(id);
        self.moved(Subject::Component(id), &mix, (bytes, &places), (0.0, &places), (false, false));
    }

    /// Adds the gateways themselves: one per zone from which outbound calls leave, all month.
    pub(super) fn gateways(&mut self) {
        let mut zones: BTreeMap<Place, std::collections::BTreeSet<LocationId>> = BTreeMap::new();
        let system = self.system;
        for at in 0..self.items.len() {
            let Subject::Link(link) = self.items[at].subject else { continue };
            if self.items[at].what != "through a NAT gateway" {
                continue;
            }
            for instance in &system.component(system.carrier(system.link(link).from)).instances {
                let Some(host) = instance.host else { continue };
                if let Some(place) = self.place(Some(host)) {
                    let zone = system.enclosing(host.location, &[LocationKind::Zone, LocationKind::Datacenter]).unwrap_or(host.location);
                    zones.entry(place).or_default().insert(zone);
                }
            }
        }
        for ((provider, region), zones) in zones {
            for zone in zones {
                let Some(price) = self.system.prices.meter(&provider, &region, "nat-hour") else { continue };
                if let Some(quantity) = standing(&price, Exact::ONE) {
                    let subject = Subject::Location(zone);
                    self.add(Item {
                        subject,
                        category: Category::Entrance,
                        what: "NAT gateway",
                        price,
                        quantity: Ranged::exactly(quantity),
                        basis: Basis::Default,
                    });
                }
            }
        }
    }
}

/// Returns the units of things that stand there all month; nothing where the price counts neither hours nor months.
fn standing(price: &Price, count: Exact) -> Option<Exact> {
    match price.unit.dimension {
        Dimension::Hours => Some(count * Exact::whole(HOURS_PER_MONTH)),
        Dimension::Months => Some(count),
        Dimension::Seconds | Dimension::Data | Dimension::DataMonths | Dimension::Count => None,
    }
}
