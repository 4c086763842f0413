//! Where replicas and shards run.
//!
//! Semantics, "Placement".

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::system::{Host, Instance, Location, LocationId};
use crate::syntax::vocabulary::{LocationKind, Spread};

/// The most replicas of one shard.
pub const MAX_REPLICAS: u64 = 10_000;

/// The most shards of one component.
pub const MAX_SHARDS: u64 = 10_000;

/// The most instances of one component, all shards counted.
pub const MAX_INSTANCES: u64 = 100_000;

/// The most instances of one system.
pub const MAX_INSTANCES_OF_SYSTEM: u64 = 1_000_000;

/// The most hosts that one location may stand for.
pub const MAX_HOSTS: u64 = 10_000;

/// The most hosts that all locations of one system may stand for together.
pub const MAX_HOSTS_OF_SYSTEM: u64 = 100_000;

/// Turns lists of hosts into rounds; a list that several components share is turned once.
pub(super) struct Placer<'a> {
    locations: &'a [Location],
    children: BTreeMap<LocationId, Vec<LocationId>>,
    rounds: BTreeMap<(Vec<LocationId>, Option<Spread>), Rc<Round>>,
    inside: BTreeMap<(LocationId, Spread), Rc<[LocationId]>>,
    /// How many places all rounds together go round.
    places: u64,
}

/// The hosts of one shard or component, in the order in which replicas go round them.
#[derive(Debug)]
pub(super) struct Round {
    groups: Vec<Group>,
    /// The number of domains in the groups up to each one.
    ends: Vec<u64>,
}

/// Domains that lie side by side in a round. Hosts are not written out: a location may stand for thousands.
#[derive(Debug)]
struct Group {
    location: LocationId,
    /// How many domains: as many as the location stands for, where its hosts are domains themselves; else one.
    domains: u32,
    /// The hosts of the first domain, as locations and how many each stands for.
    first: Vec<(LocationId, u32)>,
}

impl Group {
    /// Returns a host of one of the domains: the `lap`-th that a replica finds there.
    fn host(&self, domain: u64, lap: u64) -> Host {
        if domain > 0 {
            return Host { location: self.location, ordinal: u32::try_from(domain).unwrap_or(0) };
        }
        let mut left = lap % self.first.iter().map(|(_, count)| u64::from(*count)).sum::<u64>().max(1);
        for (location, count) in &self.first {
            if left < u64::from(*count) {
                return Host { location: *location, ordinal: u32::try_from(left).unwrap_or(0) };
            }
            left -= u64::from(*count);
        }
        Host { location: self.location, ordinal: 0 }
    }
}

impl Round {
    fn new(groups: Vec<Group>) -> Self {
        let ends = groups.iter().scan(0, |sum, group| {
            *sum += u64::from(group.domains);
            Some(*sum)
        });
        Self { ends: ends.collect(), groups }
    }

    /// Returns how many domains replicas go round.
    pub(super) fn domains(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Returns the host of the replica at a step of the round: round the domains, then round the hosts in each.
    fn host(&self, step: u64) -> Option<Host> {
        let domains = self.domains();
        let domain = step.checked_rem(domains)?;
        let group = self.ends.partition_point(|end| *end <= domain);
        let start = if group == 0 { 0 } else { self.ends[group - 1] };
        Some(self.groups[group].host(domain - start, step / domains))
    }
}

impl<'a> Placer<'a> {
    pub(super) fn new(locations: &'a [Location]) -> Self {
        let mut children: BTreeMap<LocationId, Vec<LocationId>> = BTreeMap::new();
        for (at, location) in locations.iter().enumerate() {
            if let Some(parent) = location.parent {
                children.entry(parent).or_default().push(LocationId::at(at));
            }
        }
        Self { locations, children, rounds: BTreeMap::new(), inside: BTreeMap::new(), places: 0 }
    }

    pub(super) const fn locations(&self) -> &'a [Location] {
        self.locations
    }

    /// Expands `on` to the round of its hosts; nothing where all rounds together would go round too many places.
    pub(super) fn round(&mut self, on: &[LocationId], spread: Option<Spread>) -> Option<Rc<Round>> {
        let key = (on.to_vec(), spread);
        if let Some(round) = self.rounds.get(&key) {
            return Some(Rc::clone(round));
        }
        if self.places > MAX_INSTANCES_OF_SYSTEM {
            return None;
        }
        let groups = match spread {
            None => on.iter().map(|location| self.each(*location)).collect(),
            Some(spread) => self.spread(on, spread),
        };
        self.places += groups.len() as u64;
        let round = Rc::new(Round::new(groups));
        self.rounds.insert(key, Rc::clone(&round));
        Some(round)
    }

    /// The hosts that a location stands for, each a domain of its own.
    fn each(&self, location: LocationId) -> Group {
        Group { location, domains: self.locations[location.index()].count, first: vec![(location, 1)] }
    }

    fn spread(&mut self, on: &[LocationId], spread: Spread) -> Vec<Group> {
        let mut entries = Vec::new();
        for location in on {
            if self.enclosing(*location, spread).is_some() {
                entries.push(*location);
            } else {
                entries.extend(self.inside(*location, spread).iter().copied());
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut seen: BTreeMap<LocationId, usize> = BTreeMap::new();
        for entry in entries {
            let Some(domain) = self.enclosing(entry, spread) else { continue };
            let at = *seen.entry(domain).or_insert_with(|| {
                groups.push(Group { location: domain, domains: 1, first: Vec::new() });
                groups.len() - 1
            });
            if entry == domain {
                // A location that stands for several machines is as many domains of that kind.
                groups[at].domains = self.locations[domain.index()].count;
                groups[at].first.push((entry, 1));
            } else {
                groups[at].first.push((entry, self.locations[entry.index()].count));
            }
        }
        groups
    }

    /// Returns the innermost domain of the kind around a location, itself included.
    fn enclosing(&self, location: LocationId, spread: Spread) -> Option<LocationId> {
        std::iter::successors(Some(location), |at| self.locations[at.index()].parent).find(|at| self.is_domain(*at, spread))
    }

    fn is_domain(&self, location: LocationId, spread: Spread) -> bool {
        let kinds: &[LocationKind] = match spread {
            Spread::Node => &[LocationKind::Node],
            Spread::Zone => &[LocationKind::Zone, LocationKind::Datacenter],
            Spread::Region => &[LocationKind::Region],
        };
        kinds.contains(&self.locations[location.index()].kind)
    }

    /// Returns the domains of the kind inside a location, by id.
    fn inside(&mut self, location: LocationId, spread: Spread) -> Rc<[LocationId]> {
        if let Some(found) = self.inside.get(&(location, spread)) {
            return Rc::clone(found);
        }
        let mut found = BTreeSet::new();
        let mut open = vec![location];
        while let Some(at) = open.pop() {
            for child in self.children.get(&at).into_iter().flatten() {
                if self.is_domain(*child, spread) {
                    found.insert(*child);
                }
                open.push(*child);
            }
        }
        let found: Rc<[LocationId]> = found.into_iter().collect();
        self.inside.insert((location, spread), Rc::clone(&found));
        found
    }
}

/// Places the replicas of one shard; shard number `start` begins that many hosts further on.
pub(super) fn place_shard(round: Option<&Round>, shard: u32, start: usize, replicas: u32) -> impl Iterator<Item = Instance> {
    (0..replicas).map(move |replica| Instance {
        shard,
        replica,
        host: round.and_then(|round| round.host(start as u64 + u64::from(replica))),
        weight: 1.0 / f64::from(replicas),
    })
}
