//! What a cut between two places stops: both are up, and neither reaches the other.
//!
//! The question: *which journeys lose requests while two zones, or two regions, do not reach each other, which go on with stale data, and which write on both sides
//! what does not fit together?* A journey is played from its root along its calls. A call
//! works from where its caller's instance is, if enough replicas of the callee are reachable from there; it is then answered by one of these, and goes on from
//! where that one is. So a request that enters on one side may need what is on the other.
//!
//! Each call loses none, some or all of the requests that make it: how many is not asked, because which caller's replica meets which callee's depends on routing.
//!
//! What goes on may pay with its data: a copy that is cut off from where writes go is stale, and a store that takes writes on both sides gets two truths: several leaders,
//! too small quorums, or a leader that keeps working while the other side elects one (`failover = "automatic"` without a majority or `fencing`).
//!
//! Assumed. What stands in neither place reaches both, and so do callers without a place. A follower takes over where the leader is out of reach, unless the model
//! says that nothing does: of a store with asynchronous copies then both sides may take writes. Semantics, "Links", "Journeys", "Failure".

use super::events::{can_fail, replicas, spare};
use super::expression::{softness, softness_of_cached};
use super::requirement::{Among, Requirement, Requirements, Shards};
use crate::analysis::communication::access;
use crate::model::{Call, CallTree, ComponentId, Journey, JourneyId, LocationId, NodeId, NodeKind, System};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Effect, Failover, LocationKind, ReplicationStyle, Route};

/// The most visits of calls over all cuts; a system with more places is examined for the first cuts by id.
const MAX_VISITS: usize = 1 << 21;

/// A cut between two places.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The two places, by id.
    pub between: [LocationId; 2],
    /// Journeys of which every request fails.
    pub down: Vec<JourneyId>,
    /// Journeys of which some requests fail.
    pub partly_down: Vec<JourneyId>,
    /// Journeys that go on and may read what the other side has changed since.
    pub stale: Vec<JourneyId>,
    /// Journeys that go on and may write on both sides what does not fit together.
    pub conflicting: Vec<JourneyId>,
}

impl Cut {
    /// Returns the cut's id: `eu <-> us`.
    pub fn id(&self, system: &System) -> String {
        let [a, b] = self.between.map(|location| system.location(location).id.as_str());
        format!("{a} <-> {b}")
    }

    /// Says whether a journey loses requests.
    pub fn costs(&self, journey: usize) -> bool {
        self.down.iter().chain(&self.partly_down).any(|id| id.index() == journey)
    }
}

/// The cuts of a system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Partitions {
    /// Every cut between two zones, or two regions, that both have instances; by ids.
    pub cuts: Vec<Cut>,
    /// How many more there are than could be examined.
    pub unexamined: usize,
}

/// How many of the requests that get somewhere fail there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loses {
    None,
    Some,
    All,
}

impl Loses {
    /// Anything that fails fails the whole.
    fn any(parts: impl Iterator<Item = Self>) -> Self {
        parts.fold(Self::None, |worst, part| if (worst as u8) < part as u8 { part } else { worst })
    }

    /// Each part takes a share of the requests.
    fn mixed(parts: impl Iterator<Item = Self>) -> Self {
        let mut parts = parts;
        let Some(first) = parts.next() else { return Self::None };
        parts.fold(first, |so_far, part| if so_far == part { part } else { Self::Some })
    }

    /// Fewer than `needed` parts that work fail the whole.
    fn fewer_than(needed: usize, parts: &[Self]) -> Self {
        let count = |loses: Self| parts.iter().filter(|part| **part == loses).count();
        if count(Self::None) >= needed {
            Self::None
        } else if count(Self::None) + count(Self::Some) < needed {
            Self::All
        } else {
            Self::Some
        }
    }
}

/// Where an instance is: on neither side, on the first, on the second.
type Side = usize;

/// All sides.
const SIDES: [Side; 3] = [0, 1, 2];

/// What is seen from each side.
type Seen = [Loses; 3];

/// Examines every cut.
pub(super) fn partitions(system: &System) -> Partitions {
    let all = cuts(system);
    let nodes = system.n_calls();
    let examined = all.len().min(MAX_VISITS / nodes.max(1));
    if examined == 0 {
        return Partitions { cuts: Vec::new(), unexamined: all.len() };
    }
    let mut requirements = Requirements::of(system);
    let cuts = all[..examined].iter().map(|between| {
        let mut cut = Cut { between: *between, down: Vec::new(), partly_down: Vec::new(), stale: Vec::new(), conflicting: Vec::new() };
        let mut play = Play { system, sides: sides(system, *between), requirements: &mut requirements };
        for (at, journey) in system.journeys.iter().enumerate() {
            match play.journey(journey) {
                Loses::None => {}
                Loses::Some => cut.partly_down.push(JourneyId::at(at)),
                Loses::All => {
                    cut.down.push(JourneyId::at(at));
                    continue;
                }
            }
            let divided = Divided { system, sides: &play.sides };
            if journey.calls.calls().any(|(_, call)| divided.reads_stale(call)) {
                cut.stale.push(JourneyId::at(at));
            }
            if journey.calls.calls().any(|(_, call)| divided.writes_apart(call)) {
                cut.conflicting.push(JourneyId::at(at));
            }
        }
        cut
    });
    Partitions { cuts: cuts.collect(), unexamined: all.len() - examined }
}

/// Lists the pairs of zones, and of regions, in which anything stands.
fn cuts(system: &System) -> Vec<[LocationId; 2]> {
    let mut is_used = vec![false; system.locations.len()];
    for component in system.components.iter().filter(|component| can_fail(component)) {
        for host in component.instances.iter().filter_map(|instance| instance.host) {
            system.around(host.location).for_each(|around| is_used[around.index()] = true);
        }
    }
    let of = |kinds: &[LocationKind]| -> Vec<LocationId> {
        system.location_ids().filter(|id| is_used[id.index()] && kinds.contains(&system.location(*id).kind)).collect()
    };
    let mut cuts = Vec::new();
    for places in [of(&[LocationKind::Zone, LocationKind::Datacenter]), of(&[LocationKind::Region])] {
        for (at, first) in places.iter().enumerate() {
            // A place inside another one is not cut off from it.
            let apart = |other: &LocationId| {
                !system.around(*other).any(|around| around == *first) && !system.around(*first).any(|around| around == *other)
            };
            cuts.extend(places[at + 1..].iter().filter(|other| apart(other)).map(|other| [*first, *other]));
        }
    }
    cuts
}

/// Returns the side of each instance of each component.
fn sides(system: &System, [a, b]: [LocationId; 2]) -> Vec<Vec<Side>> {
    let side = |location: LocationId| {
        let is_in = |place: LocationId| system.around(location).any(|around| around == place);
        if is_in(a) {
            1
        } else if is_in(b) {
            2
        } else {
            0
        }
    };
    let by_location: Vec<Side> = system.location_ids().map(side).collect();
    let of = |component: &crate::model::Component| {
        component.instances.iter().map(|instance| instance.host.map_or(0, |host| by_location[host.location.index()])).collect()
    };
    system.components.iter().map(of).collect()
}

/// One cut, over all journeys.
struct Play<'a> {
    system: &'a System,
    sides: Vec<Vec<Side>>,
    requirements: &'a mut Requirements,
}

const fn reaches(from: Side, to: Side) -> bool {
    from == to || from == 0 || to == 0
}

impl Play<'_> {
    fn journey(&mut self, journey: &Journey) -> Loses {
        let calls = &journey.calls;
        // What the caller of each node sees; children stand behind their parents.
        let mut seen: Vec<Seen> = vec![[Loses::None; 3]; calls.nodes.len()];
        for id in calls.ids().skip(1).collect::<Vec<_>>().into_iter().rev() {
            seen[id.index()] = SIDES.map(|side| self.node(journey, id, side, &seen));
        }
        let root = self.system.carrier(calls.root);
        let below = |side: Side| Loses::any(calls.node(CallTree::root_node()).children.iter().map(|child| seen[child.index()][side]));
        let own = self.requirements.of_root(self.system, root).map(|id| *self.requirements.get(id));
        let starts = self.present(root, 0);
        let from = |side: &Side| Loses::any([own.map_or(Loses::None, |own| self.required(own, *side)), below(*side)].into_iter());
        if starts.is_empty() { below(0) } else { Loses::mixed(starts.iter().map(from)) }
    }

    /// Returns the sides of a component's instances that are reached from one.
    fn present(&self, component: ComponentId, from: Side) -> Vec<Side> {
        let here = &self.sides[component.index()];
        SIDES.into_iter().filter(|side| reaches(from, *side) && here.contains(side)).collect()
    }

    /// What a node loses, as its caller on a side sees it.
    fn node(&mut self, journey: &Journey, id: NodeId, side: Side, seen: &[Seen]) -> Loses {
        let node = journey.calls.node(id);
        let members: Vec<Loses> = node.children.iter().map(|child| seen[child.index()][side]).collect();
        match &node.kind {
            NodeKind::Root | NodeKind::Sequence => Loses::any(members.into_iter()),
            NodeKind::Call(call) => {
                let lost = self.called(call, side, |at| Loses::any(node.children.iter().map(|child| seen[child.index()][at])));
                if journey.calls.is_in_cached(node) { lost } else { self.bent(call, lost, side, softness(self.system, call)) }
            }
            NodeKind::Parallel { quorum } => Loses::fewer_than(*quorum as usize, &members),
            NodeKind::Choice { shares } => {
                let chosen = members.iter().zip(shares).filter(|(_, share)| **share > 0.0).map(|(lost, _)| *lost);
                Loses::mixed(chosen)
            }
            NodeKind::FirstOf { .. } => Loses::fewer_than(1.min(members.len()), &members),
            NodeKind::Cached { hit } => {
                let (cache, otherwise) = (members.first().copied().unwrap_or(Loses::None), Loses::any(members.iter().skip(1).copied()));
                let runs = match (cache, hit.likely) {
                    (Loses::All, _) => Loses::All,
                    (_, hit) if hit <= 0.0 => Loses::All,
                    (Loses::None, hit) if hit >= 1.0 => Loses::None,
                    _ => Loses::Some,
                };
                let lost = match (runs, otherwise) {
                    (Loses::None, _) | (_, Loses::None) => Loses::None,
                    (Loses::All, lost) => lost,
                    (Loses::Some, _) => Loses::Some,
                };
                journey.calls.cached_call(node).map_or(lost, |call| self.bent(call, lost, side, softness_of_cached(call)))
            }
        }
    }

    /// What a call and all below it loses, before anything stands in for it.
    fn called(&mut self, call: &Call, from: Side, below: impl Fn(Side) -> Loses) -> Loses {
        let system = self.system;
        let (caller, callee) = (system.carrier(call.caller), system.carrier(call.callee));
        if caller == callee || self.sides[callee.index()].is_empty() {
            // Modules of one process; or something without instances.
            return below(from);
        }
        let required: Vec<Requirement> = self.requirements.of_call(system, call).into_iter().map(|id| *self.requirements.get(id)).collect();
        let (own, others): (Vec<Requirement>, Vec<Requirement>) = required.into_iter().partition(|one| one.component == callee);
        let reached = Loses::any(own.iter().map(|one| self.required(*one, from)));
        if reached == Loses::All {
            return Loses::All;
        }
        let answers = self.answering(call, callee, from);
        let beyond =
            Loses::mixed(answers.iter().map(|at| Loses::any(others.iter().map(|one| self.required(*one, *at)).chain([below(*at)]))));
        Loses::any([reached, beyond].into_iter())
    }

    /// Returns the sides from which a call may be answered.
    fn answering(&self, call: &Call, callee: ComponentId, from: Side) -> Vec<Side> {
        let sides = &self.sides[callee.index()];
        let reached = self.present(callee, from);
        if self.system.calls_leader(call.link) {
            // Of each shard the leader, or the first that is reached.
            let leaders = sides.chunks(replicas(self.system.component(callee)).max(1));
            let mut answers: Vec<Side> = leaders.filter_map(|shard| shard.iter().copied().find(|side| reaches(from, *side))).collect();
            answers.sort_unstable();
            answers.dedup();
            return answers;
        }
        let is_near = self.system.route(call.link) == Route::ZoneLocal && from != 0 && reached.contains(&from);
        if is_near { vec![from] } else { reached }
    }

    /// How many of the requests find a requirement violated that come from a side.
    fn required(&self, one: Requirement, from: Side) -> Loses {
        let component = self.system.component(one.component);
        let sides = &self.sides[one.component.index()];
        let works = |shard: &[Side]| match one.among {
            Among::Replicas(needs) => shard.iter().filter(|side| !reaches(from, **side)).count() <= spare(component, needs) as usize,
            Among::Leader => shard.first().is_some_and(|side| reaches(from, *side)),
        };
        let shards: Vec<bool> = sides.chunks(replicas(component).max(1)).map(works).collect();
        let working = shards.iter().filter(|works| **works).count();
        match one.shards {
            Shards::Every if working < shards.len() => Loses::All,
            Shards::Any if working == 0 => Loses::All,
            Shards::Drawn(_) if working == 0 => Loses::All,
            Shards::Drawn(_) if working < shards.len() => Loses::Some,
            Shards::Every | Shards::Any | Shards::Drawn(_) => Loses::None,
        }
    }

    /// What is lost of a call once its condition, and what stands in for it, have had their say.
    fn bent(&mut self, call: &Call, lost: Loses, side: Side, (is_soft, other): (bool, Option<ComponentId>)) -> Loses {
        if lost == Loses::None || call.when.likely <= 0.0 || call.arrow == Arrow::Message {
            return Loses::None;
        }
        if is_soft {
            return Loses::None;
        }
        let lost = match other {
            Some(other) => {
                let instead: Vec<Requirement> =
                    self.requirements.of_fallback(self.system, call, other).into_iter().map(|id| *self.requirements.get(id)).collect();
                Loses::fewer_than(1, &[lost, Loses::any(instead.into_iter().map(|one| self.required(one, side)))])
            }
            None => lost,
        };
        if call.when.likely < 1.0 && lost == Loses::All { Loses::Some } else { lost }
    }
}

/// What becomes of data while its copies do not reach each other.
struct Divided<'a> {
    system: &'a System,
    sides: &'a [Vec<Side>],
}

impl Divided<'_> {
    /// Returns from which of the two sides a component's requests come, or its instances are reached: what stands in neither reaches both.
    fn at(&self, id: ComponentId) -> [bool; 2] {
        let here = &self.sides[self.system.carrier(id).index()];
        [1, 2].map(|side| here.is_empty() || here.iter().any(|one| reaches(*one, side)))
    }

    /// Returns how many replicas of a shard are reached from each side.
    fn reached(shard: &[Side]) -> [usize; 2] {
        [1, 2].map(|side| shard.iter().filter(|one| reaches(**one, side)).count())
    }

    /// Says whether a call writes into a store that takes writes on both sides at once, and comes from both.
    fn writes_apart(&self, call: &Call) -> bool {
        access(self.system, call).is_write()
            && self.at(call.caller) == [true; 2]
            && self.takes_writes_on_both_sides(self.system.carrier(call.callee))
    }

    /// Several leaders take writes wherever they are; without a leader, where enough copies confirm; a lone leader's side goes on while the other side elects
    /// a new one, unless a majority is needed, the old leader is fenced off, or a person decides.
    fn takes_writes_on_both_sides(&self, id: ComponentId) -> bool {
        let component = self.system.component(id);
        let Some(facts) = component.facts.table(component::REPLICATION) else { return false };
        let writes = facts.get(replication::WRITE_QUORUM).stated().and_then(|quorum| u32::try_from(quorum).ok());
        let needed = writes.map_or(component.needs, |writes| writes.max(component.needs)).max(1) as usize;
        self.sides[id.index()].chunks(replicas(component).max(1)).any(|shard| {
            let is_split = shard.contains(&1) && shard.contains(&2);
            let [a, b] = Self::reached(shard);
            is_split
                && match facts.get(replication::STYLE) {
                    Fact::Stated(ReplicationStyle::MultiLeader) => true,
                    Fact::Stated(ReplicationStyle::Leaderless) => a >= needed && b >= needed,
                    Fact::Stated(ReplicationStyle::SingleLeader) => {
                        let elects = facts.get(replication::FAILOVER).stated() == Some(Failover::Automatic);
                        let is_fenced = facts.get(replication::FENCING).stated().is_some();
                        // A leader in neither place is reached by both.
                        let is_cut_off = shard.first().is_some_and(|leader| *leader != 0);
                        elects && !is_fenced && is_cut_off && a >= needed && b >= needed
                    }
                    Fact::Absent | Fact::Unknown => false,
                }
        })
    }

    /// Says whether a call reads a copy that does not hear of what the other side writes.
    fn reads_stale(&self, call: &Call) -> bool {
        let reads = !call.reads.is_empty() || self.system.link(call.link).facts.get(link::EFFECT).stated() == Some(Effect::Read);
        let store = self.system.carrier(call.callee);
        reads && (self.reads_a_cut_off_copy(call, store) || self.is_fed_from_the_other_side(call, store))
    }

    /// A copy among the component's own: a follower that is cut off from its leader; copies of which a read asks too few to meet every write.
    fn reads_a_cut_off_copy(&self, call: &Call, store: ComponentId) -> bool {
        let component = self.system.component(store);
        let Some(facts) = component.facts.table(component::REPLICATION) else { return false };
        let (from, each) = (self.at(call.caller), replicas(component).max(1));
        self.sides[store.index()].chunks(each).any(|shard| match facts.get(replication::STYLE) {
            Fact::Stated(ReplicationStyle::MultiLeader) => shard.contains(&1) && shard.contains(&2),
            Fact::Stated(ReplicationStyle::SingleLeader) if self.system.calls_leader(call.link) => false,
            Fact::Stated(ReplicationStyle::SingleLeader) => {
                let leader = shard.first().copied().unwrap_or(0);
                // A side whose callers reach followers there, but not the leader.
                [1, 2].into_iter().any(|side| from[side - 1] && !reaches(leader, side) && shard.contains(&side))
            }
            Fact::Stated(ReplicationStyle::Leaderless) => {
                let quorum = |key| facts.get(key).stated().and_then(|quorum| usize::try_from(quorum).ok());
                let (reads, writes) = (quorum(replication::READ_QUORUM), quorum(replication::WRITE_QUORUM));
                let is_split = shard.contains(&1) && shard.contains(&2);
                is_split && matches!((reads, writes), (Some(reads), Some(writes)) if reads + writes <= each)
            }
            Fact::Absent | Fact::Unknown => false,
        })
    }

    /// A component of its own that another one feeds, along `=>` or as a copy of an entity, and that does not hear from it on its side.
    fn is_fed_from_the_other_side(&self, call: &Call, store: ComponentId) -> bool {
        let by_link = self.system.links.iter().filter(|link| link.arrow == Arrow::Replication && self.system.carrier(link.to) == store);
        let by_entity = self.system.entities.iter().filter(|entity| {
            let is_read = call.reads.is_empty() || call.reads.iter().any(|id| self.system.entities[id.index()].id == entity.id);
            is_read && entity.copies.iter().any(|copy| self.system.carrier(*copy) == store)
        });
        let sources = by_link.map(|link| self.system.carrier(link.from)).chain(by_entity.filter_map(|entity| entity.truth));
        let (from, here) = (self.at(call.caller), &self.sides[store.index()]);
        sources.filter(|source| self.system.carrier(*source) != store).any(|source| {
            let source = self.at(source);
            [1, 2].into_iter().any(|side| from[side - 1] && here.contains(&side) && !source[side - 1])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, partitions};
    use crate::model::System;
    use crate::model::testing::system;

    /// Returns what each cut does: `a <-> b: j down, k partly`.
    fn told(system: &System) -> Vec<String> {
        let tell = |cut: &Cut| {
            let names = |ids: &[crate::model::JourneyId], word: &str| -> Vec<String> {
                ids.iter().map(|id| format!("{} {word}", system.journeys[id.index()].id)).collect()
            };
            let said = [names(&cut.down, "down"), names(&cut.partly_down, "partly")].concat().join(", ");
            format!("{}: {}", cut.id(system), if said.is_empty() { "nothing" } else { &said })
        };
        partitions(system).cuts.iter().map(tell).collect()
    }

    fn check(rest: &str, expected: &[&str]) {
        let places = r#"
            [locations]
            r = { kind = "region" }
            z1 = { kind = "zone", in = "r" }
            z2 = { kind = "zone", in = "r" }
            z3 = { kind = "zone", in = "r" }
        "#;
        let text = format!("{rest}\n{places}");
        assert_eq!(told(&system(&text)), expected, "{rest}");
    }

    const STEPS: &str = r#"
        links = { "u -> a" = {}, "a -> b" = {} }
        journeys = { j = { steps = ["u -> a", "a -> b"] } }
    "#;

    /// One zone calls the other: no request gets through. Users reach both.
    #[test]
    fn a_call_over_the_cut_fails() {
        let components =
            r#"components = { u = { kind = "client" }, a = { kind = "service", on = "z1" }, b = { kind = "service", on = "z2" } }"#;
        check(&format!("{components}\n{STEPS}"), &["z1 <-> z2: j down"]);
    }

    /// What has a copy on both sides goes on; requests of the side without a copy fail.
    #[test]
    fn copies_on_both_sides_go_on() {
        let of = |b: &str| {
            format!(
                r#"components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", on = ["z1", "z2"], replicas = 2 }}, b = {{ kind = "service", {b} }} }}
                {STEPS}"#
            )
        };
        check(&of(r#"on = ["z1", "z2"], replicas = 2"#), &["z1 <-> z2: nothing"]);
        check(&of(r#"on = "z1""#), &["z1 <-> z2: j partly"]);
        // A third zone reaches both.
        check(&of(r#"on = "z3""#), &["z1 <-> z2: nothing", "z1 <-> z3: j partly", "z2 <-> z3: j partly"]);
        // Both copies are needed, and neither side has both.
        check(&of(r#"on = ["z1", "z2"], replicas = 2, needs = 2"#), &["z1 <-> z2: j down"]);
    }

    /// A quorum of three in three zones: any side of a cut reaches two of them. In two zones the side of one has no majority.
    #[test]
    fn a_quorum_needs_a_majority_on_its_side() {
        let of = |on: &str| {
            format!(
                r#"components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", on = ["z1", "z2"], replicas = 2 }}, b = {{ kind = "database", on = {on}, replicas = 3, needs = 2 }} }}
                {STEPS}"#
            )
        };
        check(&of(r#"["z1", "z2", "z3"]"#), &["z1 <-> z2: nothing", "z1 <-> z3: nothing", "z2 <-> z3: nothing"]);
        check(&of(r#"["z1", "z2", "z1"]"#), &["z1 <-> z2: j partly"]);
    }

    /// Optional calls, messages and fallbacks on the own side keep a journey going; conditions lose a part.
    #[test]
    fn what_stands_in_for_a_call_helps() {
        let of = |steps: &str| {
            format!(
                r#"components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", on = "z1" }}, b = {{ kind = "service", on = "z2" }}, c = {{ kind = "service", on = "z1" }} }}
                links = {{ "u -> a" = {{}}, "a -> b" = {{}}, "a -> c" = {{}}, "a ~> b" = {{}} }}
                journeys = {{ j = {{ steps = ["u -> a", {steps}] }} }}"#
            )
        };
        check(&of(r#""a -> b""#), &["z1 <-> z2: j down"]);
        check(&of(r#""a ~> b""#), &["z1 <-> z2: nothing"]);
        check(&of(r#"{ call = "a -> b", required = false }"#), &["z1 <-> z2: nothing"]);
        check(&of(r#"{ call = "a -> b", fallback = "c" }"#), &["z1 <-> z2: nothing"]);
        check(&of(r#"{ first-of = ["a -> b", "a -> c"] }"#), &["z1 <-> z2: nothing"]);
        check(&of(r#"{ parallel = ["a -> b", "a -> c"], quorum = 1 }"#), &["z1 <-> z2: nothing"]);
        check(&of(r#"{ parallel = ["a -> b", "a -> c"] }"#), &["z1 <-> z2: j down"]);
        check(&of(r#"{ call = "a -> b", when = 0.1 }"#), &["z1 <-> z2: j partly"]);
        check(
            &of(r#"{ choice = [ { share = 0.9, steps = ["a -> c"] }, { share = 0.1, steps = ["a -> b"] } ] }"#),
            &["z1 <-> z2: j partly"],
        );
        check(&of(r#"{ call = "a -> c", hit = 0.9, else = ["a -> b"] }"#), &["z1 <-> z2: j partly"]);
        check(&of(r#"{ call = "a -> b", hit = 0.9, else = ["a -> c"] }"#), &["z1 <-> z2: nothing"]);
    }

    /// Regions are cut from each other as a whole, with the zones in them.
    #[test]
    fn regions_are_cut_with_what_is_in_them() {
        let text = format!(
            r#"
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", on = "e1" }}, b = {{ kind = "service", on = "w1" }} }}
            {STEPS}
            [locations]
            east = {{ kind = "region" }}
            west = {{ kind = "region" }}
            e1 = {{ kind = "zone", in = "east" }}
            w1 = {{ kind = "zone", in = "west" }}
            "#
        );
        assert_eq!(told(&system(&text)), ["e1 <-> w1: j down", "east <-> west: j down"]);
    }

    /// A leader on the other side is out of reach where nothing takes over from it.
    #[test]
    fn a_leader_without_failover_is_out_of_reach() {
        let of = |failover: &str| {
            format!(
                r#"components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", on = "z2" }}, b = {{ kind = "database", on = ["z1", "z2"], replicas = 2, needs = 1, replication = {{ style = "single-leader", failover = {failover} }} }} }}
                {STEPS}"#
            )
        };
        check(&of("false"), &["z1 <-> z2: j down"]);
        check(&of("\"automatic\""), &["z1 <-> z2: nothing"]);
    }

    /// Lists journeys of the first cut that read stale data, or write on both sides.
    fn divided(text: &str) -> (bool, bool) {
        let system = system(text);
        let cuts = partitions(&system).cuts;
        (cuts.iter().any(|cut| !cut.stale.is_empty()), cuts.iter().any(|cut| !cut.conflicting.is_empty()))
    }

    /// Two truths need both sides to take writes: never where a majority decides or an old leader is fenced off.
    #[test]
    fn writes_on_both_sides_need_a_store_that_takes_them() {
        let of = |replication: &str, more: &str| {
            divided(&format!(
                r#"
                [locations]
                r = {{ kind = "region" }}
                z1 = {{ kind = "zone", in = "r" }}
                z2 = {{ kind = "zone", in = "r" }}
                [components]
                u = {{ kind = "client" }}
                a = {{ kind = "service", on = ["z1", "z2"], replicas = 2 }}
                b = {{ kind = "database", on = ["z1", "z2"], replicas = 2, replication = {{ {replication} }}{more} }}
                [links]
                "u -> a" = {{}}
                "a -> b" = {{ effect = "write" }}
                [journeys.j]
                steps = ["u -> a", "a -> b"]
                "#
            ))
            .1
        };
        assert!(of(r#"style = "multi-leader""#, ""));
        assert!(of(r#"style = "single-leader", failover = "automatic""#, ""));
        assert!(!of(r#"style = "single-leader", failover = "automatic", fencing = true"#, ""));
        assert!(!of(r#"style = "single-leader", failover = "automatic", ack = "quorum""#, ""));
        assert!(!of(r#"style = "single-leader", failover = "manual""#, ""));
        assert!(!of(r#"style = "single-leader", failover = false"#, ""));
        assert!(of(r#"style = "leaderless", write-quorum = 1, read-quorum = 1"#, ", needs = 1"));
        assert!(!of(r#"style = "leaderless", write-quorum = 2, read-quorum = 1"#, ""));
    }

    /// Stale is a read of a follower that is cut off from its leader, or of a copy that another component feeds.
    #[test]
    fn reads_of_what_is_cut_off_are_stale() {
        let of = |b: &str, call: &str, more: &str| {
            divided(&format!(
                r#"
                [locations]
                r = {{ kind = "region" }}
                z1 = {{ kind = "zone", in = "r" }}
                z2 = {{ kind = "zone", in = "r" }}
                [components]
                u = {{ kind = "client" }}
                a = {{ kind = "service", on = ["z1", "z2"], replicas = 2 }}
                b = {{ kind = "database", {b} }}
                c = {{ kind = "cache", on = ["z1", "z2"], replicas = 2 }}
                [links]
                "u -> a" = {{}}
                "a -> b" = {{ effect = "read" }}
                "a -> c" = {{ effect = "read" }}
                {more}
                [journeys.j]
                steps = ["u -> a", "{call}"]
                "#
            ))
            .0
        };
        let pair = r#"on = ["z1", "z2"], replicas = 2, replication = { style = "single-leader", failover = "automatic" }"#;
        assert!(of(&format!(r#"{pair}, reads-from = "any""#), "a -> b", ""));
        assert!(!of(&format!(r#"{pair}, reads-from = "leader""#), "a -> b", ""));
        assert!(of(r#"on = "z1""#, "a -> c", r#""b => c" = { mode = "async" }"#));
        assert!(!of(r#"on = "z1""#, "a -> c", ""));
        // The source is on both sides.
        assert!(!of(pair, "a -> c", r#""b => c" = { mode = "async" }"#));
    }
}
