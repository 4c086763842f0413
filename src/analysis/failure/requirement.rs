//! What a call needs of its callee: how many replicas of which shard.
//!
//! Semantics, "Links" (`route`, `=>`), "Failure" (needs, failover).

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::events::{EffectId, Effects, can_fail, number, replicas, spare};
use super::network;
use crate::analysis::communication::{Access, access};
use crate::model::{Call, ComponentId, LinkId, System};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ReplicationAck, ReplicationMode, ReplicationStyle, Route};

/// Names a [`Requirement`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RequirementId(u32);

impl RequirementId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a draw: which shard a request falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct DrawId(u32);

/// A condition on the replicas of one component without which a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Requirement {
    /// The component.
    pub(super) component: ComponentId,
    /// Which of its shards.
    pub(super) shards: Shards,
    /// Which of a shard's replicas count.
    pub(super) among: Among,
    /// The link on which the call comes, where it can cross a connection that fails by itself.
    pub(super) over: Option<LinkId>,
}

/// Which shards of a component a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shards {
    /// Every one; also the only one of a component that is not sharded.
    Every,
    /// Any one.
    Any,
    /// The one that is drawn.
    Drawn(DrawId),
}

/// Which replicas of a shard a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Among {
    /// That many of them.
    Replicas(u32),
    /// The first, because nothing takes over from it.
    Leader,
}

/// How much of a requirement fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// All of it.
    Whole,
    /// Requests that fall into some of the shards, sorted.
    Shards(DrawId, Vec<u32>),
}

/// All requirements of a system, each once, and the draws that they depend on.
#[derive(Debug, Default)]
pub(super) struct Requirements {
    all: Vec<Requirement>,
    ids: BTreeMap<Requirement, RequirementId>,
    /// The requirements on each component.
    of: Vec<Vec<RequirementId>>,
    draws: Vec<Vec<f64>>,
    draw_of: Vec<Option<DrawId>>,
    synchronous: BTreeMap<ComponentId, Vec<LinkId>>,
    /// The links whose calls can cross a connection that fails by itself.
    crossing: BTreeSet<LinkId>,
    /// Components whose followers are assumed to take over from their leader, because the model does not say whether they do.
    pub(super) assumed_failover: BTreeSet<ComponentId>,
}

impl Requirements {
    pub(super) fn of(system: &System) -> Self {
        let mut this = Self { of: vec![Vec::new(); system.components.len()], ..Self::default() };
        this.draw(system);
        let has_network = network::has_figures(system);
        for id in system.link_ids() {
            let link = system.link(id);
            if has_network && network::crosses(system, id) {
                this.crossing.insert(id);
            }
            if link.arrow == Arrow::Replication && link.facts.get(link::MODE).stated() == Some(ReplicationMode::Sync) {
                this.synchronous.entry(system.carrier(link.from)).or_default().push(id);
            }
        }
        this
    }

    /// Gives each sharded component its draw.
    ///
    /// Components with the same shard key and the same shard names share one draw per journey; different shard keys draw independently, and so does a
    /// component that does not state its key.
    fn draw(&mut self, system: &System) {
        let mut shared: BTreeMap<(&str, Vec<&str>), DrawId> = BTreeMap::new();
        for one in &system.components {
            self.draw_of.push(one.is_sharded().then(|| {
                let fresh = DrawId(number(self.draws.len()));
                let key = one.facts.text(component::SHARD_KEY);
                let draw = key.map_or(fresh, |key| {
                    *shared.entry((key, one.shards.iter().map(|shard| shard.name.as_str()).collect())).or_insert(fresh)
                });
                if draw == fresh {
                    self.draws.push(one.shards.iter().map(|shard| shard.share).collect());
                }
                draw
            }));
        }
    }

    /// Returns a requirement.
    pub(super) fn get(&self, id: RequirementId) -> &Requirement {
        &self.all[id.index()]
    }

    /// Returns the requirements on a component.
    pub(super) fn on(&self, component: ComponentId) -> &[RequirementId] {
        &self.of[component.index()]
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns the shares of a draw's shards.
    pub(super) fn shares(&self, draw: DrawId) -> &[f64] {
        &self.draws[draw.0 as usize]
    }

    /// Returns the draw of a sharded component.
    pub(super) fn draw_of(&self, component: ComponentId) -> Option<DrawId> {
        self.draw_of[component.index()]
    }

    /// Returns the draws on which a requirement depends: its own, and that of whoever calls over a connection that fails by itself.
    pub(super) fn draws_of(&self, system: &System, id: RequirementId) -> impl Iterator<Item = DrawId> {
        let Requirement { shards, over, .. } = *self.get(id);
        let own = if let Shards::Drawn(draw) = shards { Some(draw) } else { None };
        own.into_iter().chain(over.and_then(|link| self.draw_of(system.carrier(system.link(link).from))))
    }

    fn intern(&mut self, requirement: Requirement) -> RequirementId {
        let next = RequirementId(number(self.all.len()));
        let id = *self.ids.entry(requirement).or_insert(next);
        if id == next {
            self.all.push(requirement);
            self.of[requirement.component.index()].push(id);
        }
        id
    }

    /// Returns what the start of a journey requires: its root, unless that is an actor, client or external.
    pub(super) fn of_root(&mut self, system: &System, root: ComponentId) -> Option<RequirementId> {
        let carrier = system.carrier(root);
        let component = system.component(carrier);
        if component.is_caller() || component.instances.is_empty() {
            return None;
        }
        let shards = self.draw_of[carrier.index()].map_or(Shards::Every, Shards::Drawn);
        Some(self.intern(Requirement { component: carrier, shards, among: Among::Replicas(component.needs), over: None }))
    }

    /// Returns what a call or message requires: its callee, and what its callee writes to and waits for.
    pub(super) fn of_call(&mut self, system: &System, call: &Call) -> Vec<RequirementId> {
        let mut found = Vec::new();
        self.along(system, call.link, access(system, call) == Access::Reads, &mut found);
        if access(system, call).is_write() {
            let mut written = BTreeSet::from([system.carrier(call.callee)]);
            let mut open: Vec<ComponentId> = written.iter().copied().collect();
            // A copy is a write to its target, which may wait for targets of its own.
            while let Some(source) = open.pop() {
                for copy in self.synchronous.get(&source).cloned().unwrap_or_default() {
                    let target = system.carrier(system.link(copy).to);
                    if written.insert(target) {
                        self.along(system, copy, false, &mut found);
                        open.push(target);
                    }
                }
            }
        }
        found
    }

    /// Returns what a caller requires of the component that it falls back to.
    pub(super) fn of_fallback(&mut self, system: &System, call: &Call, other: ComponentId) -> Vec<RequirementId> {
        let mut found = Vec::new();
        let reads = access(system, call) == Access::Reads;
        match fallback_link(system, call, other) {
            Some(link) => self.along(system, link, reads, &mut found),
            // Without a link of its own it is called as its kind usually is.
            None => self.add(system, other, (Route::ShardKey, None, None), reads, &mut found),
        }
        found
    }

    fn along(&mut self, system: &System, id: LinkId, reads: bool, found: &mut Vec<RequirementId>) {
        let link = system.link(id);
        let (from, to) = (system.carrier(link.from), system.carrier(link.to));
        if from == to {
            // Modules of one process: whoever could call is up.
            return;
        }
        let route = match system.route(id) {
            // A module of a sharded process is in every shard, so the process's shard decides.
            Route::Any if link.facts.get(link::ROUTE).stated().is_none() => Route::ShardKey,
            route => route,
        };
        // Where it is only implied, both ends have the same draw if they have the same key, and independent ones if not.
        let is_stated = link.facts.get(link::ROUTE).stated() == Some(Route::SameShard);
        let same = is_stated && system.component(from).shards.len() == system.component(to).shards.len();
        let draw = if same { self.draw_of[from.index()] } else { None };
        let over = self.crossing.contains(&id).then_some(id);
        self.add(system, to, (route, draw, over), reads, found);
        if system.calls_leader(id) && replicas(system.component(to)) >= 2 {
            let facts = system.component(to).facts.table(component::REPLICATION);
            match facts.map_or(Fact::Unknown, |facts| facts.get(replication::FAILOVER)) {
                Fact::Stated(_) => {}
                Fact::Unknown => {
                    self.assumed_failover.insert(to);
                }
                Fact::Absent => {
                    // Stated that nothing takes over: without its leader a shard takes no such call.
                    let shards = found.last().map_or(Shards::Every, |last| self.get(*last).shards);
                    let leader = self.intern(Requirement { component: to, shards, among: Among::Leader, over });
                    found.push(leader);
                }
            }
        }
    }

    fn add(
        &mut self,
        system: &System,
        callee: ComponentId,
        (route, draw, over): (Route, Option<DrawId>, Option<LinkId>),
        reads: bool,
        found: &mut Vec<RequirementId>,
    ) {
        let callee = system.carrier(callee);
        let component = system.component(callee);
        if !can_fail(component) || component.instances.is_empty() {
            return;
        }
        let draw = draw.or(self.draw_of[callee.index()]);
        let shards = match (route, draw) {
            (Route::All, _) | (_, None) => Shards::Every,
            (Route::Any | Route::ZoneLocal, Some(_)) => Shards::Any,
            (Route::ShardKey | Route::SameShard | Route::Leader, Some(draw)) => Shards::Drawn(draw),
        };
        let needs = if route == Route::All && !component.is_sharded() { number(replicas(component)) } else { needs(component, reads) };
        found.push(self.intern(Requirement { component: callee, shards, among: Among::Replicas(needs), over }));
    }

    /// Returns how much of a requirement fails under an effect, if anything.
    pub(super) fn fault(&self, system: &System, effects: &Effects<'_>, id: RequirementId, down: &[EffectId]) -> Option<Fault> {
        let requirement = self.get(id);
        let range = effects.instances.range(requirement.component);
        let component = system.component(requirement.component);
        let each = number(replicas(component)).max(1);
        let hits = || down.iter().flat_map(|effect| effects.within(*effect, &range));
        if matches!(requirement.among, Among::Replicas(needs) if number(hits().count()) <= spare(component, needs)) {
            return None;
        }
        let mut hit: Vec<u32> = hits().map(|instance| instance - range.start).collect();
        if down.len() > 1 {
            hit.sort_unstable();
            hit.dedup();
        }
        let fails = |of_shard: &[u32]| match requirement.among {
            Among::Replicas(needs) => number(of_shard.len()) > spare(component, needs),
            Among::Leader => of_shard.first().is_some_and(|first| first % each == 0),
        };
        let failed: Vec<u32> =
            hit.chunk_by(|a, b| a / each == b / each).filter(|of_shard| fails(of_shard)).map(|of_shard| of_shard[0] / each).collect();
        if failed.is_empty() {
            return None;
        }
        match requirement.shards {
            Shards::Every => Some(Fault::Whole),
            Shards::Any => (failed.len() == component.shards.len()).then_some(Fault::Whole),
            Shards::Drawn(draw) => {
                let shares = self.shares(draw);
                let failed: Vec<u32> = failed.into_iter().filter(|shard| shares[*shard as usize] > 0.0).collect();
                match failed.len() {
                    0 => None,
                    count if count == shares.iter().filter(|share| **share > 0.0).count() => Some(Fault::Whole),
                    _ => Some(Fault::Shards(draw, failed)),
                }
            }
        }
    }
}

/// Returns the link along which the caller of a call asks another component in its callee's place.
pub(in crate::analysis) fn fallback_link(system: &System, call: &Call, other: ComponentId) -> Option<LinkId> {
    let between = system.graph.edges_connecting(NodeIndex::new(call.caller.index()), NodeIndex::new(other.index()));
    between.map(|edge| *edge.weight()).filter(|id| system.link(*id).arrow == Arrow::Call).min()
}

/// Semantics, "Failure": stated needs win; where all copies acknowledge, a step that only reads needs one.
pub(in crate::analysis) fn needs(component: &crate::model::Component, reads: bool) -> u32 {
    let stated = component.facts.get(component::NEEDS).stated().is_some();
    let all = component.facts.table(component::REPLICATION).is_some_and(|facts| {
        facts.get(replication::ACK).stated() == Some(ReplicationAck::All)
            && facts.get(replication::STYLE).stated() != Some(ReplicationStyle::Leaderless)
    });
    if reads && all && !stated { 1 } else { component.needs }
}
