//! Components: replicas, shards, what they need, and where they run.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Items, Lowering, stated};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::limits::MAX_INSTANCES_OF_ALL;
use crate::model::placement::{MAX_INSTANCES, MAX_INSTANCES_OF_SYSTEM, MAX_REPLICAS, MAX_SHARDS, Placer, Round, place_shard};
use crate::model::system::{Component, ComponentId, Host, Instance, Location, LocationId, Shard};
use crate::quantity::Probability;
use crate::syntax::Item;
use crate::syntax::keys::{Table, component, location, replication};
use crate::syntax::value::{Entry, Facts, ShardPlan, State, Value, Word};
use crate::syntax::vocabulary::{ComponentKind, Failover, Vocabulary};

impl Lowering<'_> {
    pub(super) fn components(&mut self, items: Items, locations: &[Location]) -> Vec<Component> {
        let mut placer = Placer::new(locations);
        let mut components: Vec<Component> = Vec::with_capacity(items.len());
        let mut total = 0_u64;
        for item in items.into_values() {
            let component = self.component(item, &mut placer, &mut total);
            components.push(component);
        }
        self.break_host_cycles(&mut components);
        self.beside_their_hosts(&mut components, total);
        components
    }

    /// A sidecar has exactly its host's replicas, shards and places.
    fn beside_their_hosts(&mut self, components: &mut [Component], mut total: u64) {
        for at in 0..components.len() {
            let host = components[at].of.filter(|_| components[at].kind == ComponentKind::Sidecar).map(ComponentId::index);
            let Some(host) = host else { continue };
            let instances = components[host].instances.len() as u64;
            if !self.count_instances(&components[at], instances, &mut total) {
                continue;
            }
            let host = &components[host];
            let (shards, replicas, needs, instances) = (host.shards.clone(), host.replicas, host.needs, host.instances.clone());
            let sidecar = &mut components[at];
            (sidecar.shards, sidecar.replicas, sidecar.needs, sidecar.instances) = (shards, replicas, needs, instances);
        }
    }

    /// Counts a component's instances; reports a limit that they exceed.
    fn count_instances(&mut self, component: &Component, instances: u64, total: &mut u64) -> bool {
        let message = if instances > MAX_INSTANCES {
            format!("`{}` has {instances} instances, the limit of a component is {MAX_INSTANCES}", component.id)
        } else if *total + instances > MAX_INSTANCES_OF_SYSTEM {
            format!("the system has more than {MAX_INSTANCES_OF_SYSTEM} instances")
        } else if instances > self.limits.instances {
            format!("the base and its alternatives have more than {MAX_INSTANCES_OF_ALL} instances together")
        } else {
            *total += instances;
            self.limits.instances -= instances;
            return true;
        };
        let place = component.facts.entry_of(component::REPLICAS).map_or(component.span, |entry| entry.value);
        self.report(Diagnostic::new(Code::LimitExceeded, place, message));
        false
    }

    fn component(&mut self, item: Item, placer: &mut Placer<'_>, total: &mut u64) -> Component {
        let Item { id, mut facts, .. } = item;
        let kind = facts.get(component::KIND).or(ComponentKind::Service);
        let inside = matches!(kind, ComponentKind::Module | ComponentKind::Sidecar);
        if !inside && facts.value(component::OF).is_some() {
            // An alternative that makes a service of a module needs not say that it no longer lives inside another.
            facts.retain(|index| index != component::OF.index);
        }
        self.references(Table::Component, &facts);
        self.figures(&facts, component::AVAILABILITY.index, component::MTBF.index);
        self.contradictions_of(&facts, kind, &id);
        let shards = self.shards(&facts);
        let replicas = self.replicas(&facts);
        let needs = self.needs(&facts, replicas);
        let mut component = Component {
            kind,
            owner: facts.text(component::OWNER).and_then(|id| self.ids.teams.get(id).copied()),
            group: facts.text(component::IN).and_then(|id| self.ids.locations.get(id).copied()),
            of: self.resolve_component(&facts, component::OF),
            hosted_on: self.resolve_component(&facts, component::HOSTED_ON),
            shards,
            replicas,
            needs,
            instances: Vec::new(),
            changes: 1.0,
            span: id.span,
            id: id.text,
            facts,
        };
        let instances = component.shards.len() as u64 * u64::from(component.replicas);
        if !self.count_instances(&component, instances, total) {
            component.shards.truncate(1);
            (component.replicas, component.needs) = (1, 1);
        }
        if kind != ComponentKind::Module {
            component.instances = self.place(&component, placer);
        }
        self.check_machines(&component, placer.locations());
        component
    }

    fn contradictions_of(&mut self, facts: &Facts, kind: ComponentKind, id: &Word) {
        if matches!(kind, ComponentKind::Module | ComponentKind::Sidecar) {
            let what = if kind == ComponentKind::Module { "a module" } else { "a sidecar" };
            if facts.entry_of(component::OF).is_none() && !self.unread.contains(&id.text) {
                self.report(
                    Diagnostic::new(Code::MissingKey, id.span, format!("`{}` is {what}, but `of` does not say of what", id.text))
                        .help("add `of = \"…\"` with the id of its component"),
                );
            }
            let why = if kind == ComponentKind::Module {
                "a module has no placement of its own; it lives where its component lives"
            } else {
                "a sidecar has exactly the replicas, shards and places of its host"
            };
            let kind_entry = facts.entry_of(component::KIND);
            for key in
                [component::REPLICAS.index, component::SHARDS.index, component::ON.index, component::SPREAD.index, component::NEEDS.index]
            {
                if let (Some(entry), Some(kind_entry)) = (stated(facts, key), kind_entry) {
                    let name = Table::Component.rows()[key as usize].name;
                    self.contradiction(entry, kind_entry, &format!("{what} has no `{name}`"), why);
                }
            }
        }
        if let Some(replication) = facts.table(component::REPLICATION) {
            let failover = replication
                .entry_of(replication::FAILOVER)
                .filter(|_| replication.get(replication::FAILOVER).stated() == Some(Failover::Automatic));
            let replicas = facts.entry_of(component::REPLICAS);
            if let (Some(failover), Some(replicas)) = (failover, replicas)
                && facts.get(component::REPLICAS).stated().is_some_and(|count| count.usual == 1)
                && !failover.is_default
            {
                self.contradiction(
                    failover,
                    replicas,
                    "one replica cannot fail over to another",
                    "state two or more replicas, or leave `failover` out",
                );
            }
        }
    }

    /// A location's machine is billed there; what stands on it has none of its own.
    fn check_machines(&mut self, component: &Component, locations: &[Location]) {
        let Some(machine) = component.facts.entry_of(component::MACHINE).filter(|entry| matches!(entry.state, State::Stated(_))) else {
            return;
        };
        let mut seen = BTreeSet::new();
        for host in component.instances.iter().filter_map(|instance| instance.host) {
            if !seen.insert(host.location) {
                continue;
            }
            let location = &locations[host.location.index()];
            if let Some(other) = location.facts.entry_of(location::MACHINE).filter(|entry| matches!(entry.state, State::Stated(_))) {
                let message = format!("`{}` has a machine, and so has `{}`, on which it stands", component.id, location.id);
                self.contradiction(
                    machine,
                    other,
                    &message,
                    "state the machine at the location, where it is billed once for all that stands on it, or at the component",
                );
                return;
            }
        }
    }

    fn shards(&mut self, facts: &Facts) -> Vec<Shard> {
        let whole = || vec![Shard { name: String::new(), share: 1.0 }];
        let Some(entry) = facts.entry_of(component::SHARDS) else { return whole() };
        let State::Stated(Value::Shards(plan)) = &entry.state else { return whole() };
        match plan {
            ShardPlan::Count(count) if *count > MAX_SHARDS => {
                self.report(Diagnostic::new(Code::LimitExceeded, entry.value, format!("`shards` is 1 to {MAX_SHARDS}, not {count}")));
                whole()
            }
            ShardPlan::Count(count) => {
                // Leading zeros keep the order of names the order of numbers.
                let width = count.to_string().len();
                (1..=*count).map(|number| Shard { name: format!("{number:0width$}"), share: 1.0 / *count as f64 }).collect()
            }
            ShardPlan::Named(shards) if shards.len() as u64 > MAX_SHARDS => {
                self.report(Diagnostic::new(
                    Code::LimitExceeded,
                    entry.value,
                    format!("`shards` names {}, the limit is {MAX_SHARDS}", shards.len()),
                ));
                whole()
            }
            ShardPlan::Named(shards) => {
                shards.iter().map(|shard| Shard { name: shard.name.text.clone(), share: shard.share.value() }).collect()
            }
        }
    }

    fn replicas(&mut self, facts: &Facts) -> u32 {
        let Some(count) = facts.get(component::REPLICAS).stated() else { return 1 };
        if count.usual > MAX_REPLICAS {
            let place = facts.entry_of(component::REPLICAS).map(|entry| entry.value);
            if let Some(place) = place {
                self.report(Diagnostic::new(Code::LimitExceeded, place, format!("`replicas` is 1 to {MAX_REPLICAS}, not {}", count.usual)));
            }
            return 1;
        }
        u32::try_from(count.usual).unwrap_or(1)
    }

    /// Returns how many replicas must work; reports what is more than there are.
    fn needs(&mut self, facts: &Facts, replicas: u32) -> u32 {
        let n = u64::from(replicas);
        if let Some(replication) = facts.table(component::REPLICATION) {
            for key in [replication::READ_QUORUM, replication::WRITE_QUORUM] {
                let Some(entry) = replication.entry_of(key) else { continue };
                let State::Stated(Value::Count(count)) = entry.state else { continue };
                if count > n || count == 0 {
                    self.report(
                        Diagnostic::new(Code::QuorumExceedsReplicas, entry.value, format!("a quorum of {count} among {n} replicas"))
                            .help(format!("a quorum is 1 to {n}")),
                    );
                }
            }
        }
        if let Some(Entry { state: State::Stated(Value::Count(count)), value, .. }) = facts.entry_of(component::NEEDS)
            && *count > n
        {
            self.report(
                Diagnostic::new(Code::NeedsExceedsReplicas, *value, format!("`needs = {count}`, but there are {n} replicas"))
                    .help("state more replicas or fewer needs"),
            );
        }
        Component::needed(facts, replicas)
    }

    fn place(&mut self, component: &Component, placer: &mut Placer<'_>) -> Vec<Instance> {
        let on = self.resolve_locations(component.facts.words(component::ON));
        if matches!(component.kind, ComponentKind::Actor | ComponentKind::Client) && on.len() > 1 {
            return Self::place_client(&on, placer.locations());
        }
        let round = if on.is_empty() { None } else { self.round(&on, component, placer) };
        let plan = match component.facts.value(component::SHARDS) {
            Some(Value::Shards(ShardPlan::Named(shards))) if shards.len() == component.shards.len() => Some(shards),
            _ => None,
        };
        let mut instances = Vec::with_capacity(component.shards.len() * component.replicas as usize);
        for index in 0..component.shards.len() {
            let shard = u32::try_from(index).unwrap_or(0);
            let own =
                plan.and_then(|shards| shards[index].on.as_ref()).map(|words| self.resolve_locations(words)).filter(|on| !on.is_empty());
            match own {
                Some(on) => {
                    let round = self.round(&on, component, placer);
                    instances.extend(place_shard(round.as_deref(), shard, 0, component.replicas));
                }
                None => instances.extend(place_shard(round.as_deref(), shard, index, component.replicas)),
            }
        }
        instances
    }

    /// Expands a list of hosts, and checks that `spread` finds the domains that it asks for.
    fn round(&mut self, on: &[LocationId], component: &Component, placer: &mut Placer<'_>) -> Option<Rc<Round>> {
        let spread = component.facts.get(component::SPREAD).stated();
        let place = component.facts.entry_of(component::SPREAD).map_or(component.span, |entry| entry.value);
        let Some(round) = placer.round(on, spread) else {
            let message = format!("the components of the system go round more than {MAX_INSTANCES_OF_SYSTEM} places");
            self.report(Diagnostic::new(Code::LimitExceeded, place, message));
            return None;
        };
        if let Some(spread) = spread {
            let (kind, replicas) = (spread.word(), component.replicas);
            let message = match round.domains() {
                0 => format!("`spread = \"{kind}\"`, but no {kind} is reached by `on`"),
                1 if replicas >= 2 => format!("`spread = \"{kind}\"`, but `on` reaches one {kind} for {replicas} replicas"),
                _ => return Some(round),
            };
            self.report(
                Diagnostic::new(Code::SpreadExceedsDomains, place, message)
                    .help(format!("name two or more locations of kind {kind} in `on`, or leave `spread` out")),
            );
        }
        Some(round)
    }

    fn resolve_locations(&self, words: &[Word]) -> Vec<LocationId> {
        words.iter().filter_map(|word| self.ids.locations.get(&word.text).copied()).collect()
    }

    /// A client on several locations is split by their share of users.
    fn place_client(on: &[LocationId], locations: &[Location]) -> Vec<Instance> {
        let shares: Vec<Option<f64>> =
            on.iter().map(|at| locations[at.index()].facts.get(location::SHARE_OF_USERS).stated().map(Probability::value)).collect();
        let all_known = shares.iter().all(Option::is_some) && shares.iter().flatten().sum::<f64>() > 0.0;
        let total: f64 = if all_known { shares.iter().flatten().sum() } else { on.len() as f64 };
        on.iter()
            .zip(shares)
            .enumerate()
            .map(|(replica, (location, share))| Instance {
                shard: 0,
                replica: u32::try_from(replica).unwrap_or(0),
                host: Some(Host { location: *location, ordinal: 0 }),
                weight: if all_known { share.unwrap_or(0.0) / total } else { 1.0 / total },
            })
            .collect()
    }
}
