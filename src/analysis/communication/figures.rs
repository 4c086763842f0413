//! What one call of a link, and one write into a component, sends: worked out once per system, before the journeys are walked.

use super::at_least_once::{AtLeastOnce, at_least_once};
use super::finite;
use super::replication::{self, Copying};
use crate::model::{Call, Component, ComponentId, DistanceClass, DistanceMix, Link, LinkId, LocationId, System};
use crate::syntax::keys::{link, network};
use crate::syntax::link_key::Arrow;
use crate::syntax::vocabulary::{ComponentKind, ReplicationMode, Route};

/// A count that a model can grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// The replicas of one shard.
    Replicas,
    /// The shards.
    Shards,
}

/// A count of one component that messages may grow with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Driver {
    /// The component.
    pub component: ComponentId,
    /// Which of its counts.
    pub dimension: Dimension,
}

impl Driver {
    /// Returns the count that the model states.
    pub fn count(self, system: &System) -> u64 {
        let component = system.component(self.component);
        match self.dimension {
            Dimension::Replicas => u64::from(component.replicas),
            Dimension::Shards => component.shards.len() as u64,
        }
    }
}

/// One driver's count multiplied, to see what grows with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    driver: Option<Driver>,
    factor: u64,
}

impl Scale {
    /// Everything as the model states it.
    pub(super) const STATED: Self = Self { driver: None, factor: 1 };

    pub(super) const fn of(driver: Driver, factor: u64) -> Self {
        Self { driver: Some(driver), factor }
    }

    /// Says whether this scale multiplies a driver's count.
    pub(super) fn moves(self, driver: Driver) -> bool {
        self.driver == Some(driver)
    }

    /// Returns a count at this scale.
    pub(super) fn count(self, driver: Driver, system: &System) -> u64 {
        driver.count(system).saturating_mul(if self.moves(driver) { self.factor } else { 1 })
    }
}

/// How far messages travel and what their bytes become on the way.
#[derive(Debug, Default)]
pub(super) struct Travel {
    /// By class: the share of messages, and the bytes sent for each byte meant.
    pub(super) classes: Vec<(DistanceClass, f64, f64)>,
    /// By two locations of `[network]`: the bytes sent between them for each byte meant.
    pub(super) pairs: Vec<((LocationId, LocationId), f64)>,
    /// The bytes sent for each byte meant: more than 1 where some are lost and sent again.
    pub(super) sent: f64,
    /// The share of messages that cross a network.
    pub(super) network_share: f64,
}

impl Travel {
    /// Joins the shares of a mix with the stated losses: the link's, else that of the two locations, else that of the class, else none.
    ///
    /// Lost bytes are sent again: bytes ÷ (1 − loss). Nothing is assumed to be lost: semantics, "Counting" names no default, and the packet losses in the
    /// table of constants delay answers rather than fill the wire.
    fn new(system: &System, mix: &DistanceMix, link_loss: Option<f64>) -> Self {
        let mut travel = Self::default();
        for (class, share) in &mix.shares {
            let class_loss = link_loss.unwrap_or_else(|| loss_of_class(system, *class));
            let (mut left, mut sent) = (*share, 0.0);
            for ((pair, _), part) in mix.pairs.iter().filter(|((_, at), _)| at == class) {
                let stated = system.network_pairs[pair].get(network::LOSS).stated().map(crate::quantity::Probability::value);
                let bytes = finite(part * sent_per_byte(link_loss.or(stated).unwrap_or(class_loss)));
                travel.pairs.push((*pair, bytes));
                left -= part;
                sent = finite(sent + bytes);
            }
            // What is left of a share whose parts were all taken out is rounding.
            if left > 1e-12 {
                sent = finite(sent + left * sent_per_byte(class_loss));
            }
            travel.classes.push((*class, *share, sent));
            travel.sent = finite(travel.sent + sent);
            if class.crosses_network() {
                travel.network_share += share;
            }
        }
        travel
    }
}

fn sent_per_byte(loss: f64) -> f64 {
    finite(1.0 / (1.0 - loss))
}

pub(super) fn loss_of_class(system: &System, class: DistanceClass) -> f64 {
    system.network_classes.get(&class).and_then(|facts| facts.get(network::LOSS).stated()).map_or(0.0, crate::quantity::Probability::value)
}

/// What one call or message of a link sends.
#[derive(Debug)]
pub(super) struct LinkFigures {
    /// 2 for a call, 1 for a message or a copy, 0 for a person's use of a client.
    pub(super) messages: f64,
    /// The request or message, without overhead.
    pub(super) payload: f64,
    /// The reply, without overhead.
    pub(super) response: f64,
    /// What the protocol adds to each message.
    pub(super) overhead: f64,
    /// Where they travel.
    pub(super) travel: Travel,
    /// Whether a class was assumed for want of a zone.
    pub(super) assumed_cross_zone: bool,
    /// `E[attempts]`.
    pub(super) attempts: f64,
    /// What becomes of it under failed attempts; none where none fail.
    pub(super) tried: Option<AtLeastOnce>,
    /// The share of failed calls, where retries make it matter.
    pub(super) failed_calls: Option<Vec<DistanceClass>>,
    /// What a call to all goes to.
    pub(super) all: Option<Driver>,
    /// The sidecars that it passes.
    pub(super) sidecars: Vec<ComponentId>,
    /// Whether its ends have known and different owners.
    pub(super) between_teams: bool,
}

impl LinkFigures {
    /// Says whether it is a person's use of a client: no messages, bytes or latency.
    pub(super) fn is_use(&self) -> bool {
        self.messages == 0.0
    }

    /// Returns the bytes of a request and of its reply, overhead included; a message has no reply unless one is stated.
    pub(super) fn bytes(&self, call: Option<&Call>) -> (f64, f64) {
        if self.is_use() {
            return (0.0, 0.0);
        }
        let payload = self.payload_of(call);
        let response = call.and_then(|call| call.response).map_or(self.response, |range| range.likely);
        let reply_overhead = if self.messages > 1.0 { self.overhead } else { 0.0 };
        (finite(payload + self.overhead), finite(response + reply_overhead))
    }

    /// Returns the bytes of a request without overhead: the step's own, else the link's.
    pub(super) fn payload_of(&self, call: Option<&Call>) -> f64 {
        call.and_then(|call| call.payload).map_or(self.payload, |range| range.likely)
    }

    /// Returns how many calls one step makes at once: one per shard or replica for a route to all, else 1.
    pub(super) fn width(&self, system: &System, scale: Scale) -> u64 {
        self.all.map_or(1, |driver| scale.count(driver, system))
    }
}

/// What one write into a component sends.
#[derive(Debug, Default)]
pub(super) struct WriteFigures {
    /// Its own copies.
    pub(super) copies: Option<CopyFigures>,
    /// Its `=>` links.
    pub(super) links: Vec<LinkId>,
    /// Whether one of them waits for its target, and the largest share of such waits that cross a network.
    pub(super) waits_for_target: Option<f64>,
}

/// What the copies of one component exchange for a write.
#[derive(Debug)]
pub(super) struct CopyFigures {
    pub(super) copying: Copying,
    /// Shards weighed by their share of the load.
    pub(super) by_share: Travel,
    /// Shards weighed equally, where there are several: a call to all writes to each.
    pub(super) equally: Option<Travel>,
    pub(super) assumed_cross_zone: bool,
}

/// The figures of all links and components.
#[derive(Debug)]
pub(super) struct Figures<'s> {
    pub(super) system: &'s System,
    links: Vec<Option<LinkFigures>>,
    writes: Vec<WriteFigures>,
    /// Bytes sent over the loopback for each byte meant, in hops to a sidecar.
    pub(super) sent_to_sidecar: f64,
}

impl<'s> Figures<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        let mut used: Vec<bool> = system.links.iter().map(|link| link.arrow == Arrow::Replication).collect();
        for (_, call) in system.journeys.iter().flat_map(|journey| journey.calls.calls()) {
            used[call.link.index()] = true;
        }
        let constants = Constants::new(system);
        let mut sidecars: Vec<Vec<ComponentId>> = vec![Vec::new(); system.components.len()];
        for id in system.component_ids() {
            let component = system.component(id);
            if let (ComponentKind::Sidecar, Some(host)) = (component.kind, component.of) {
                sidecars[host.index()].push(id);
            }
        }
        let links = system.link_ids().map(|id| used[id.index()].then(|| link_figures(system, id, &constants, &sidecars))).collect();
        let mut figures =
            Self { system, links, writes: Vec::new(), sent_to_sidecar: sent_per_byte(loss_of_class(system, DistanceClass::SameHost)) };
        figures.writes =
            system.component_ids().map(|id| WriteFigures { copies: copy_figures(system, id), ..WriteFigures::default() }).collect();
        for id in system.link_ids().filter(|id| system.link(*id).arrow == Arrow::Replication) {
            let link = system.link(id);
            let network_share = figures.link(id).travel.network_share;
            let write = &mut figures.writes[link.from.index()];
            write.links.push(id);
            if link.facts.get(link::MODE).stated() == Some(ReplicationMode::Sync) {
                write.waits_for_target = Some(write.waits_for_target.unwrap_or(0.0).max(network_share));
            }
        }
        figures
    }

    /// Returns the figures of a link that a journey uses, or that copies.
    pub(super) fn link(&self, id: LinkId) -> &LinkFigures {
        self.links[id.index()].as_ref().expect("figures are made for every link of a step and every copying link")
    }

    /// Returns the used links with their figures.
    pub(super) fn links(&self) -> impl Iterator<Item = (LinkId, &LinkFigures)> {
        self.system.link_ids().zip(&self.links).filter_map(|(id, figures)| Some((id, figures.as_ref()?)))
    }

    /// Returns what a write into a component sends.
    pub(super) fn write(&self, id: ComponentId) -> &WriteFigures {
        &self.writes[id.index()]
    }

    /// Returns the messages that the copies of a component exchange for one write.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53; counts are expectations")]
    pub(super) fn copy_messages(&self, id: ComponentId, scale: Scale) -> f64 {
        let driver = Driver { component: id, dimension: Dimension::Replicas };
        self.write(id).copies.as_ref().map_or(0.0, |copies| copies.copying.messages(scale.count(driver, self.system)) as f64)
    }

    /// Returns the round trips of one call itself: its own, and one for which its copies or a synchronous target make a write wait.
    ///
    /// The copies and all targets are written at the same time, so the writer waits for the slowest: one round trip.
    pub(super) fn own_round_trips(&self, call: &Call) -> f64 {
        let link = self.link(call.link);
        if link.is_use() {
            return 0.0;
        }
        1.0 + self.wait_for_copies(call).map_or(0.0, |_| 1.0)
    }

    /// Returns the part of [`Self::own_round_trips`] that crosses a network.
    pub(super) fn own_network_round_trips(&self, call: &Call) -> f64 {
        let link = self.link(call.link);
        if link.is_use() {
            return 0.0;
        }
        link.travel.network_share + self.wait_for_copies(call).unwrap_or(0.0)
    }

    /// Returns the network share of the wait for copies, where there is one.
    fn wait_for_copies(&self, call: &Call) -> Option<f64> {
        if !replication::access(self.system, call).is_write() {
            return None;
        }
        let write = self.write(call.callee);
        let copies = write.copies.as_ref().filter(|copies| copies.copying.waits).map(|copies| copies.by_share.network_share);
        match (copies, write.waits_for_target) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}

/// The constants that links are given where they say nothing, read once.
struct Constants {
    payload: f64,
    response: f64,
    failed_call: Vec<f64>,
}

impl Constants {
    fn new(system: &System) -> Self {
        let value = |name| system.assumptions.value(name);
        let failed_call = DistanceClass::ALL.iter().map(|class| value(class.failed_call_assumption())).collect();
        Self { payload: value("payload"), response: value("response"), failed_call }
    }
}

fn link_figures(system: &System, id: LinkId, constants: &Constants, sidecars: &[Vec<ComponentId>]) -> LinkFigures {
    let link = system.link(id);
    let (from, to) = (system.component(link.from), system.component(link.to));
    let messages = match link.arrow {
        _ if from.kind == ComponentKind::Actor && to.kind == ComponentKind::Client => 0.0,
        Arrow::Call => 2.0,
        Arrow::Message | Arrow::Replication => 1.0,
    };
    let bytes = |key, assumed: f64| match link.facts.get(key) {
        crate::syntax::value::Fact::Stated(bytes) => crate::quantity::Bytes::bytes(bytes),
        crate::syntax::value::Fact::Absent => 0.0,
        crate::syntax::value::Fact::Unknown => assumed,
    };
    let mix = system.distance_mix(id);
    let retries = link.facts.get(link::RETRIES).or(0);
    let failed = mix.mean(|class| constants.failed_call[class as usize]);
    LinkFigures {
        messages,
        payload: bytes(link::PAYLOAD, constants.payload),
        response: bytes(link::RESPONSE, if link.arrow == Arrow::Call { constants.response } else { 0.0 }),
        overhead: bytes(link::OVERHEAD, 0.0),
        travel: Travel::new(system, &mix, link.facts.get(link::LOSS).stated().map(crate::quantity::Probability::value)),
        assumed_cross_zone: mix.assumed_cross_zone,
        attempts: expected_attempts(failed, retries),
        tried: (failed > 0.0 && messages > 0.0 && link.arrow != Arrow::Replication).then(|| at_least_once(failed, retries)),
        failed_calls: (retries > 0 && messages > 0.0).then(|| mix.shares.keys().copied().collect()),
        all: to_all(system, id, to),
        sidecars: passed_sidecars(system, link, sidecars),
        between_teams: messages > 0.0 && matches!((from.owner, to.owner), (Some(a), Some(b)) if a != b),
    }
}

/// Returns how many attempts a call takes on average.
///
/// `E[attempts] = (1 − p^(r+1)) / (1 − p)` for the share `p` of failed calls and `r` retries; `r + 1` at `p = 1`. Semantics, "Counting".
#[expect(clippy::cast_precision_loss, reason = "an expectation; exact below 2^53 retries")]
pub fn expected_attempts(failed_calls: f64, retries: u64) -> f64 {
    let most = retries as f64 + 1.0;
    if retries == 0 {
        1.0
    } else if failed_calls >= 1.0 {
        most
    } else {
        (1.0 - libm::pow(failed_calls, most)) / (1.0 - failed_calls)
    }
}

/// Returns what a call to all goes to: the shards; without shards the replicas; under one leader, which alone is called, nothing more than one.
///
/// Semantics, "Links": all = one parallel call per shard (per replica if unsharded); within a shard of a single-leader component the leader is called.
fn to_all(system: &System, id: LinkId, callee: &Component) -> Option<Driver> {
    let component = system.link(id).to;
    if system.route(id) != Route::All || system.link(id).arrow == Arrow::Replication {
        return None;
    }
    if callee.is_sharded() {
        return Some(Driver { component, dimension: Dimension::Shards });
    }
    (!system.calls_leader(id)).then_some(Driver { component, dimension: Dimension::Replicas })
}

/// Returns the sidecars of both ends; none for what stays inside a process, where nothing leaves it.
fn passed_sidecars(system: &System, link: &Link, sidecars: &[Vec<ComponentId>]) -> Vec<ComponentId> {
    let (from, to) = (system.carrier(link.from), system.carrier(link.to));
    if from == to || link.arrow == Arrow::Replication {
        return Vec::new();
    }
    sidecars[from.index()].iter().chain(&sidecars[to.index()]).copied().collect()
}

fn copy_figures(system: &System, id: ComponentId) -> Option<CopyFigures> {
    let component = system.component(id);
    let copying = Copying::of(component)?;
    let shares = replication::copies_mix(system, id, copying, |shard| component.shards[shard].share);
    let equally = component.is_sharded().then(|| {
        #[expect(clippy::cast_precision_loss, reason = "a component has at most 10,000 shards")]
        let equal = 1.0 / component.shards.len() as f64;
        Travel::new(system, &replication::copies_mix(system, id, copying, |_| equal), None)
    });
    Some(CopyFigures { copying, by_share: Travel::new(system, &shares, None), equally, assumed_cross_zone: shares.assumed_cross_zone })
}
