//! The same system with one thing changed: the other side of a question that begins with "what if".
//!
//! Nothing is read or checked again; what the files could have said is put in the place of what they say.

use std::collections::BTreeSet;

use super::system::{Component, ComponentId, Host, Instance, Journey, LinkId, LocationId, System};
use crate::quantity::Probability;
use crate::syntax::keys::{component, journey, link, replication};
use crate::syntax::value::{State, Value};
use crate::syntax::vocabulary::{ComponentKind, ReplicationAck, ReplicationMode, ReplicationStyle, Route};

/// A month of 730 hours (semantics, "Units").
const SECONDS_OF_A_MONTH: f64 = 730.0 * 3_600.0;

/// The most calls of all journeys together, components and instances of a system that is computed again and again with one thing changed.
pub const MAX_VARIED_CALLS: usize = 300;
/// The most of its components.
pub const MAX_VARIED_COMPONENTS: usize = 200;
/// The most of its instances.
pub const MAX_VARIED_INSTANCES: usize = 5_000;

/// A system without a place.
#[derive(Debug, Clone)]
pub struct Without {
    /// What is left.
    pub system: System,
    /// Components of which a shard has fewer replicas left than it needs; they stand there as if nothing were lost.
    pub lost: Vec<ComponentId>,
}

impl System {
    /// Says whether it is small enough to be computed again and again with one thing changed.
    pub fn can_be_varied(&self) -> bool {
        let calls: usize = self.n_calls();
        let instances: usize = self.components.iter().map(|component| component.instances.len()).sum();
        calls <= MAX_VARIED_CALLS && self.components.len() <= MAX_VARIED_COMPONENTS && instances <= MAX_VARIED_INSTANCES
    }

    /// Returns the system with the mean and the peak rate of each journey multiplied.
    #[must_use]
    pub fn with_rates(&self, factor: impl Fn(&Journey) -> f64) -> Self {
        let mut changed = self.clone();
        for one in &mut changed.journeys {
            let factor = factor(one);
            one.facts.multiply(journey::RATE, factor);
            one.facts.multiply(journey::PEAK, factor);
        }
        changed
    }

    /// Returns the system after some months: rates grow by the share that their journeys state, stored data by what their components state.
    #[must_use]
    pub fn grown(&self, months: u32) -> Self {
        let growth = |journey: &Journey| journey.facts.get(journey::GROWTH).stated().map_or(0.0, Probability::value);
        let mut changed = self.with_rates(|journey| libm::pow(1.0 + growth(journey), f64::from(months)));
        for one in &mut changed.components {
            let (data, growth) = (one.facts.get(component::DATA).stated(), one.facts.get(component::GROWTH).stated());
            if let Some((data, growth)) = data.zip(growth).filter(|(data, _)| data.bytes() > 0.0) {
                let more = growth.bytes_per_second() * SECONDS_OF_A_MONTH * f64::from(months);
                one.facts.multiply(component::DATA, 1.0 + more / data.bytes());
            }
        }
        changed
    }

    /// Says whether anything grows by itself.
    pub fn grows(&self) -> bool {
        let is_more = |share: Probability| share.value() > 0.0;
        self.journeys.iter().any(|one| one.facts.get(journey::GROWTH).stated().is_some_and(is_more))
            || self.components.iter().any(|one| one.facts.get(component::GROWTH).stated().is_some_and(|rate| rate.bytes_per_second() > 0.0))
    }

    /// Returns the system as the users of a client see it who are in one of its places.
    #[must_use]
    pub fn with_users_in(&self, client: ComponentId, location: LocationId) -> Self {
        let mut changed = self.clone();
        let instances = &mut changed.components[client.index()].instances;
        instances.retain(|instance| instance.host.is_some_and(|host| host.location == location));
        for instance in instances {
            instance.weight = 1.0;
        }
        changed
    }

    /// Returns the system with those instances only that the calls of a client reach where they stay near (`route = "zone-local"`), call by call. Their number of replicas
    /// stays: all of them carry the load. It tells distances, not failures.
    #[must_use]
    pub fn with_calls_kept_near(&self, client: ComponentId) -> Self {
        let mut changed = self.clone();
        let mut reached = BTreeSet::from([client]);
        for call in self.journeys.iter().flat_map(|journey| journey.calls.calls()).map(|(_, call)| call) {
            let (caller, callee) = (self.carrier(call.caller), self.carrier(call.callee));
            if !reached.contains(&caller) || !reached.insert(callee) || self.route(call.link) != Route::ZoneLocal {
                continue;
            }
            let near = changed.near(&changed.component(caller).instances, &changed.component(callee).instances);
            changed.components[callee.index()].instances = near;
        }
        changed
    }

    /// Returns the system whose users are in no place that is stated: what fails there leaves them where they are.
    #[must_use]
    pub fn with_users_anywhere(&self) -> Self {
        let mut changed = self.clone();
        for component in changed.components.iter_mut().filter(|one| matches!(one.kind, ComponentKind::Actor | ComponentKind::Client)) {
            for instance in &mut component.instances {
                instance.host = None;
            }
        }
        changed
    }

    /// Returns the system without the instances inside a location. Of each shard as many replicas stay as of the one that lost most; the first of them leads.
    pub fn without(&self, location: LocationId) -> Without {
        let mut system = self.clone();
        let mut lost = Vec::new();
        for id in self.component_ids().filter(|id| !self.component(*id).is_caller()) {
            let component = self.component(id);
            let is_left = |instance: &&Instance| instance.host.is_none_or(|host| self.around(host.location).all(|at| at != location));
            let left: Vec<Vec<Instance>> = (0..component.shards.len())
                .map(|shard| component.shard_instances(shard).iter().filter(is_left).copied().collect())
                .collect();
            let least = left.iter().map(Vec::len).min().unwrap_or(0);
            if component.instances.is_empty() || left.iter().map(Vec::len).sum::<usize>() == component.instances.len() {
                continue;
            }
            if least < component.needs.max(1) as usize {
                lost.push(id);
                continue;
            }
            let changed = &mut system.components[id.index()];
            changed.instances = left.into_iter().flat_map(|shard| numbered(shard.into_iter().take(least), least)).collect();
            changed.replicas = u32::try_from(least).unwrap_or(u32::MAX);
        }
        Without { system, lost }
    }

    /// Returns the system with another number of replicas of each shard of a component, on the same hosts; a pool of equal hosts grows with them. A component that
    /// needs all of its replicas needs all of the new ones.
    #[must_use]
    pub fn with_replicas(&self, id: ComponentId, replicas: u32) -> Self {
        let mut system = self.clone();
        let before = self.component(id);
        let pool = self.pool_of_hosts(before);
        if let Some(pool) = pool {
            let pool = &mut system.locations[pool.index()];
            pool.count = pool.count.max(replicas);
        }
        let count = pool.map_or(1, |pool| system.locations[pool.index()].count);
        let component = &mut system.components[id.index()];
        component.instances = (0..before.shards.len())
            .flat_map(|shard| {
                let own = before.shard_instances(shard);
                let host = |replica: u32| match pool {
                    Some(location) => Some(Host { location, ordinal: replica % count }),
                    None => own.get(replica as usize % own.len().max(1)).and_then(|instance| instance.host),
                };
                let shard = u32::try_from(shard).unwrap_or(0);
                let one = |replica| Instance { shard, replica, host: host(replica), weight: 1.0 };
                numbered((0..replicas).map(one), replicas as usize).collect::<Vec<_>>()
            })
            .collect();
        component.replicas = replicas;
        component.needs = if before.needs >= before.replicas { replicas } else { before.needs.min(replicas) };
        system
    }

    /// Returns the location whose equal hosts carry one replica each.
    fn pool_of_hosts(&self, component: &Component) -> Option<LocationId> {
        let first = component.instances.first()?.host?.location;
        let is_pool = self.location(first).count > 1 && component.shards.len() == 1;
        let is_spread = component
            .instances
            .iter()
            .enumerate()
            .all(|(at, instance)| instance.host.is_some_and(|host| host.location == first && host.ordinal as usize == at));
        (is_pool && is_spread).then_some(first)
    }

    /// Returns the system with the work of a component's visits multiplied.
    #[must_use]
    pub fn with_work(&self, id: ComponentId, factor: f64) -> Self {
        let mut system = self.clone();
        system.components[id.index()].facts.multiply(component::SERVICE_TIME, factor);
        system
    }

    /// Returns the system in which no call of a component is cut off.
    #[must_use]
    pub fn without_timeouts_of(&self, id: ComponentId) -> Self {
        let mut system = self.clone();
        for at in self.link_ids().filter(|at| self.carrier(self.link(*at).to) == id) {
            system.links[at.index()].facts.replace(link::TIMEOUT, State::Absent);
        }
        system
    }

    /// Returns the system in which writes to a component are acknowledged by other copies.
    #[must_use]
    pub fn with_acknowledgement(&self, id: ComponentId, ack: ReplicationAck) -> Self {
        let mut system = self.clone();
        let component = &mut system.components[id.index()];
        if let Some(facts) = component.facts.table_mut(component::REPLICATION) {
            facts.replace(replication::ACK, State::Stated(Value::Symbol(ack as u8)));
            if ack != ReplicationAck::Quorum {
                facts.replace(replication::WRITE_QUORUM, State::Unknown);
            }
        }
        component.needs = Component::needed(&component.facts, component.replicas);
        system
    }

    /// Returns the system in which one copy of a leaderless component answers.
    #[must_use]
    pub fn with_one_copy(&self, id: ComponentId) -> Self {
        let mut system = self.clone();
        let component = &mut system.components[id.index()];
        if let Some(facts) = component.facts.table_mut(component::REPLICATION) {
            facts.replace(replication::ACK, State::Stated(Value::Symbol(ReplicationAck::One as u8)));
            for quorum in [replication::READ_QUORUM, replication::WRITE_QUORUM] {
                facts.replace(quorum, State::Stated(Value::Count(1)));
            }
            // Without a stated quorum a majority is one.
            if facts.get(replication::READ_QUORUM).stated().is_none() && facts.get(replication::WRITE_QUORUM).stated().is_none() {
                facts.replace(replication::STYLE, State::Stated(Value::Symbol(ReplicationStyle::SingleLeader as u8)));
            }
        }
        component.needs = Component::needed(&component.facts, component.replicas);
        system
    }

    /// Returns the system in which a writer does not wait for the copy along a link.
    #[must_use]
    pub fn with_late_copy(&self, id: LinkId) -> Self {
        let mut system = self.clone();
        system.links[id.index()].facts.replace(link::MODE, State::Stated(Value::Symbol(ReplicationMode::Async as u8)));
        system
    }

    /// Returns the system in which nothing that travels is encrypted.
    #[must_use]
    pub fn in_plain_text(&self) -> Self {
        let mut system = self.clone();
        for link in &mut system.links {
            link.facts.replace(link::ENCRYPTED, State::Absent);
        }
        system
    }
}

/// Numbers the replicas of a shard anew; each does an equal part of its work.
fn numbered(instances: impl Iterator<Item = Instance>, all: usize) -> impl Iterator<Item = Instance> {
    instances.zip(0..).map(move |(instance, replica)| Instance { replica, weight: 1.0 / all.max(1) as f64, ..instance })
}

#[cfg(test)]
mod tests {
    use crate::model::testing::system;
    use crate::syntax::vocabulary::ReplicationAck;

    const TEXT: &str = "[locations]\neu = { kind = \"region\" }\nus = { kind = \"region\" }\npool = { kind = \"node\", in = \"eu\", count = 4 }\n\
        [components]\nuser = { kind = \"client\", on = [\"eu\", \"us\"] }\napp = { kind = \"service\", on = [\"eu\", \"us\"], replicas = 3 }\n\
        db = { kind = \"database\", on = [\"eu\", \"us\"], replicas = 3, replication = { style = \"single-leader\", ack = \"quorum\" } }\n\
        job = { kind = \"job\", on = \"pool\", replicas = 4, needs = 4 }\n\
        [links]\n\"user -> app\" = {}\n\"app -> db\" = {}\n\"app -> job\" = {}\n[journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> app\", \"app -> db\"]\n";

    #[test]
    fn without_a_place_survivors_are_numbered_anew_and_what_needs_more_is_lost() {
        let system = system(TEXT);
        let eu = system.find_location("eu").expect("declared");
        let left = system.without(eu);
        let of = |id: &str| left.system.component(left.system.find_component(id).expect("declared"));
        // Of three on eu, us, eu the second one is left; of a majority of two, one is too few.
        assert_eq!((of("app").replicas, of("app").instances.len(), of("app").instances[0].replica), (1, 1, 0));
        let lost: Vec<&str> = left.lost.iter().map(|id| system.component(*id).id.as_str()).collect();
        assert_eq!(lost, ["db", "job"]);
        assert_eq!(of("user").instances.len(), 2, "users stay where they are");
    }

    #[test]
    fn more_replicas_take_more_hosts_of_a_pool() {
        let system = system(TEXT);
        let job = system.find_component("job").expect("declared");
        let wider = system.with_replicas(job, 9);
        let hosts: std::collections::BTreeSet<_> = wider.component(job).instances.iter().map(|instance| instance.host).collect();
        assert_eq!((hosts.len(), wider.component(job).needs), (9, 9));
    }

    #[test]
    fn a_weaker_acknowledgement_needs_fewer_replicas() {
        let system = system(TEXT);
        let db = system.find_component("db").expect("declared");
        assert_eq!(system.component(db).needs, 2);
        assert_eq!(system.with_acknowledgement(db, ReplicationAck::Async).component(db).needs, 1);
        assert_eq!(system.with_acknowledgement(db, ReplicationAck::All).component(db).needs, 3);
    }
}
