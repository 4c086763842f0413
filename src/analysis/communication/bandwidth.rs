//! Bytes per second over all journeys, against what links, networks and hosts carry.
//!
//! The question: *does what the journeys send fit through the network?* Figures per second are sums over the journeys whose rate is stated, retries included
//! where a limit is judged, because failed calls fill the wire too; both directions of a link share its bandwidth.

use std::collections::BTreeMap;

use super::at_least_once::AtLeastOnce;
use super::figures::{Figures, Travel};
use super::{Attempted, JourneyCommunication, finite};
use crate::model::{ComponentId, DistanceClass, Host, LinkId, LocationId, System};
use crate::quantity::{Bandwidth, Rate};
use crate::syntax::keys::{journey, link, location, network};

/// What runs along a link per second, over all journeys with a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkLoad {
    /// The link.
    pub link: LinkId,
    /// At the mean rates.
    pub mean: Load,
    /// At the peak rates, where stated, all at once.
    pub peak: Load,
    /// Whether every journey that uses the link has a rate.
    pub is_complete: bool,
    /// What becomes of a call of it under failed attempts; none where none fail.
    pub tried: Option<AtLeastOnce>,
}

/// Calls and bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Calls, messages or copies.
    pub calls: Attempted<Rate>,
    /// Bytes of both directions.
    pub bytes: Attempted<Bandwidth>,
}

/// What carries bytes and has a stated bandwidth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// A link, by its own `bandwidth`.
    Link(LinkId),
    /// The part of a link in a distance class, by the class's `bandwidth` in `[network]`.
    Class(LinkId, DistanceClass),
    /// All that travels between two locations, by their `bandwidth` in `[network]`.
    Pair(LocationId, LocationId),
    /// What the busiest host of a location sends over the network, by the location's `bandwidth`.
    Location(LocationId),
}

/// How much of a bandwidth is used, retries included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandwidthUse {
    /// What carries.
    pub limit: Limit,
    /// The bytes per second at the mean rates.
    pub mean: Bandwidth,
    /// The bytes per second at the peak rates.
    pub peak: Bandwidth,
    /// What it carries at most.
    pub capacity: Bandwidth,
    /// `mean ÷ capacity`.
    pub utilization: f64,
    /// `peak ÷ capacity`.
    pub peak_utilization: f64,
}

/// Sums journeys per second, and compares the sums with every stated bandwidth.
pub(super) fn bandwidth(figures: &Figures<'_>, journeys: &[JourneyCommunication]) -> (Vec<LinkLoad>, Vec<BandwidthUse>) {
    let (links, copies) = sums(figures.system, journeys);
    let mut uses = Vec::new();
    of_links(figures, &links, &mut uses);
    of_pairs(figures, &links, &copies, &mut uses);
    of_locations(figures, &links, &copies, &mut uses);
    uses.sort_by_key(|one| one.limit);
    (links.iter().map(|(id, sum)| sum.load(*id, figures.link(*id).tried)).collect(), uses)
}

/// Bytes per second at the mean and the peak rates.
#[derive(Clone, Copy, Default)]
struct Flow {
    mean: f64,
    peak: f64,
}

impl Flow {
    fn add(&mut self, other: Self, part: f64) {
        self.mean = finite(self.mean + finite(other.mean * part));
        self.peak = finite(self.peak + finite(other.peak * part));
    }

    fn at(rates: (f64, f64), amount: f64) -> Self {
        Self { mean: finite(rates.0 * amount), peak: finite(rates.1 * amount) }
    }
}

#[derive(Default)]
struct LinkSums {
    calls: Attempted<Flow>,
    requests: Attempted<Flow>,
    responses: Attempted<Flow>,
    is_partial: bool,
}

impl LinkSums {
    /// Returns the bytes of both directions, retries included.
    fn bytes(&self) -> Flow {
        let mut sum = self.requests.with_retries;
        sum.add(self.responses.with_retries, 1.0);
        sum
    }

    fn load(&self, link: LinkId, tried: Option<AtLeastOnce>) -> LinkLoad {
        let load = |figure: fn(Flow) -> f64| {
            let rate = |flow: Flow| Rate::new(figure(flow));
            let bytes = |a: Flow, b: Flow| Bandwidth::new(finite(figure(a) + figure(b)));
            Load {
                calls: Attempted { first: rate(self.calls.first), with_retries: rate(self.calls.with_retries) },
                bytes: Attempted {
                    first: bytes(self.requests.first, self.responses.first),
                    with_retries: bytes(self.requests.with_retries, self.responses.with_retries),
                },
            }
        };
        LinkLoad { link, mean: load(|flow| flow.mean), peak: load(|flow| flow.peak), is_complete: !self.is_partial, tried }
    }
}

type Copies = BTreeMap<ComponentId, Flow>;

fn sums(system: &System, journeys: &[JourneyCommunication]) -> (BTreeMap<LinkId, LinkSums>, Copies) {
    let (mut links, mut copies) = (BTreeMap::<LinkId, LinkSums>::new(), Copies::new());
    for (journey, counted) in system.journeys.iter().zip(journeys) {
        let rates = journey.rate().map(|rate| (rate.per_second(), journey.facts.get(journey::PEAK).stated().unwrap_or(rate).per_second()));
        for one in &counted.links {
            let sum = links.entry(one.link).or_default();
            let Some(rates) = rates else {
                sum.is_partial = true;
                continue;
            };
            let add = |flows: &mut Attempted<Flow>, amount: (f64, f64)| {
                flows.first.add(Flow::at(rates, amount.0), 1.0);
                flows.with_retries.add(Flow::at(rates, amount.1), 1.0);
            };
            add(&mut sum.calls, (one.calls.first, one.calls.with_retries));
            add(&mut sum.requests, (one.requests.first.bytes(), one.requests.with_retries.bytes()));
            add(&mut sum.responses, (one.responses.first.bytes(), one.responses.with_retries.bytes()));
        }
        for (one, rates) in counted.copies.iter().zip(std::iter::repeat(rates)) {
            if let Some(rates) = rates {
                copies.entry(one.component).or_default().add(Flow::at(rates, one.bytes.with_retries.bytes()), 1.0);
            }
        }
    }
    (links, copies)
}

fn used(limit: Limit, flow: Flow, capacity: Bandwidth) -> BandwidthUse {
    let share = |bytes: f64| if bytes == 0.0 { 0.0 } else { finite(bytes / capacity.bytes_per_second()) };
    BandwidthUse {
        limit,
        mean: Bandwidth::new(flow.mean),
        peak: Bandwidth::new(flow.peak),
        capacity,
        utilization: share(flow.mean),
        peak_utilization: share(flow.peak),
    }
}

/// A link's own bandwidth overrides that of the class; without it, each class that states one is compared with the link's part in it.
fn of_links(figures: &Figures<'_>, links: &BTreeMap<LinkId, LinkSums>, uses: &mut Vec<BandwidthUse>) {
    for (id, sum) in links {
        if let Some(capacity) = figures.system.link(*id).facts.get(link::BANDWIDTH).stated() {
            uses.push(used(Limit::Link(*id), sum.bytes(), capacity));
            continue;
        }
        let travel = &figures.link(*id).travel;
        for (class, _, sent) in &travel.classes {
            let stated = figures.system.network_classes.get(class).and_then(|facts| facts.get(network::BANDWIDTH).stated());
            if let Some(capacity) = stated {
                let mut flow = Flow::default();
                flow.add(sum.bytes(), part_of(*sent, travel));
                uses.push(used(Limit::Class(*id, *class), flow, capacity));
            }
        }
    }
}

/// Returns the part of a link's sent bytes that `sent` of each meant byte is.
fn part_of(sent: f64, travel: &Travel) -> f64 {
    if travel.sent > 0.0 { sent / travel.sent } else { 0.0 }
}

/// Two locations are one pipe: all that any link and any copy sends between them adds up.
fn of_pairs(figures: &Figures<'_>, links: &BTreeMap<LinkId, LinkSums>, copies: &Copies, uses: &mut Vec<BandwidthUse>) {
    let mut flows: BTreeMap<(LocationId, LocationId), Flow> = BTreeMap::new();
    let mut add = |travel: &Travel, flow: Flow| {
        for (pair, sent) in &travel.pairs {
            flows.entry(*pair).or_default().add(flow, part_of(*sent, travel));
        }
    };
    for (id, sum) in links {
        add(&figures.link(*id).travel, sum.bytes());
    }
    for (id, flow) in copies {
        if let Some(copies) = &figures.write(*id).copies {
            add(&copies.by_share, *flow);
        }
    }
    for (pair, facts) in &figures.system.network_pairs {
        if let Some(capacity) = facts.get(network::BANDWIDTH).stated() {
            uses.push(used(Limit::Pair(pair.0, pair.1), flows.get(pair).copied().unwrap_or_default(), capacity));
        }
    }
}

/// The part of a component's instances that send something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Senders {
    All,
    /// The first replica of each shard.
    Leaders,
    Followers,
}

/// A machine: a shared one, or an instance's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Machine {
    Shared(Host),
    Own(ComponentId, u32),
}

/// What each host sends: requests of callers, replies of callees, copies of writes; what stays on one machine is left out.
///
/// Instances share by their shard's share of the load and equally within it (ideal balancing); the busiest host is shown.
fn of_locations(figures: &Figures<'_>, links: &BTreeMap<LinkId, LinkSums>, copies: &Copies, uses: &mut Vec<BandwidthUse>) {
    let system = figures.system;
    let limits: Vec<Option<(LocationId, Bandwidth)>> = system.location_ids().map(|at| limit_around(system, at)).collect();
    if limits.iter().all(Option::is_none) {
        return;
    }
    let mut machines: BTreeMap<(LocationId, Machine), Flow> = BTreeMap::new();
    for ((id, senders), flow) in sent(figures, links, copies) {
        let component = system.component(id);
        for (at, instance) in component.instances.iter().enumerate() {
            let Some((limit, host)) = instance.host.and_then(|host| Some((limits[host.location.index()]?.0, host))) else { continue };
            let among = match (senders, instance.replica) {
                (Senders::All, _) => instance.weight,
                (Senders::Leaders, 0) => 1.0,
                (Senders::Followers, 1..) => 1.0 / f64::from(component.replicas - 1),
                (Senders::Leaders, _) | (Senders::Followers, 0) => continue,
            };
            let number = u32::try_from(at).unwrap_or(u32::MAX);
            let machine = system.machine(host).map_or(Machine::Own(id, number), Machine::Shared);
            machines.entry((limit, machine)).or_default().add(flow, component.shards[instance.shard as usize].share * among);
        }
    }
    let mut busiest: BTreeMap<LocationId, Flow> = BTreeMap::new();
    for ((limit, _), flow) in machines {
        let most = busiest.entry(limit).or_default();
        (most.mean, most.peak) = (most.mean.max(flow.mean), most.peak.max(flow.peak));
    }
    for at in system.location_ids() {
        if let Some(capacity) = system.location(at).facts.get(location::BANDWIDTH).stated() {
            uses.push(used(Limit::Location(at), busiest.get(&at).copied().unwrap_or_default(), capacity));
        }
    }
}

/// Returns the innermost location around one that says what a host there can send.
fn limit_around(system: &System, at: LocationId) -> Option<(LocationId, Bandwidth)> {
    system.around(at).find_map(|around| Some((around, system.location(around).facts.get(location::BANDWIDTH).stated()?)))
}

fn sent(figures: &Figures<'_>, links: &BTreeMap<LinkId, LinkSums>, copies: &Copies) -> BTreeMap<(ComponentId, Senders), Flow> {
    let system = figures.system;
    let mut sent: BTreeMap<(ComponentId, Senders), Flow> = BTreeMap::new();
    let mut add = |component: ComponentId, senders: Senders, flow: Flow, part: f64| {
        sent.entry((component, senders)).or_default().add(flow, part);
    };
    for (id, sum) in links {
        let (link, part) = (system.link(*id), network_part(&figures.link(*id).travel));
        let repliers = if system.calls_leader(*id) { Senders::Leaders } else { Senders::All };
        add(system.carrier(link.from), Senders::All, sum.requests.with_retries, part);
        add(system.carrier(link.to), repliers, sum.responses.with_retries, part);
    }
    for (id, flow) in copies {
        let Some(copies) = &figures.write(*id).copies else { continue };
        let part = network_part(&copies.by_share);
        if copies.copying.style == crate::syntax::vocabulary::ReplicationStyle::SingleLeader {
            add(*id, Senders::Leaders, *flow, part / 2.0);
            add(*id, Senders::Followers, *flow, part / 2.0);
        } else {
            add(*id, Senders::All, *flow, part);
        }
    }
    sent
}

/// Returns the part of a link's sent bytes that crosses a network.
fn network_part(travel: &Travel) -> f64 {
    travel.classes.iter().filter(|(class, _, _)| class.crosses_network()).map(|(_, _, sent)| part_of(*sent, travel)).sum()
}
