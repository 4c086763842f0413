//! Which calls cross a connection that fails by itself.
//!
//! `[network]` gives connections a figure: `"eu <-> us"` one connection that all calls between the two places share, a distance class one for each link whose calls
//! are of that class. Between two places the innermost pair with a figure counts, else the class. What crosses no network crosses none of them.
//!
//! Semantics, "Links" (`[network]`), "Counting" (distance classes), "Ids, layers" (event ids).

use crate::model::{ComponentId, DistanceClass, Host, LinkId, LocationId, System};
use crate::syntax::keys::{link, network};
use crate::syntax::value::Facts;

/// A connection that fails by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Connection {
    /// Between two places, the smaller id first: all calls between them share it.
    Pair(LocationId, LocationId),
    /// Of a link, for its calls of a distance class.
    Link(LinkId, DistanceClass),
}

impl Connection {
    /// Returns the event's id: `eu <-> us`, or the link's key; where calls of several distance classes fail by themselves, with the class, because a link may cross more than one.
    pub fn id(self, system: &System) -> String {
        match self {
            Self::Pair(a, b) => {
                let (a, b) = (&system.location(a).id, &system.location(b).id);
                if a <= b { format!("{a} <-> {b}") } else { format!("{b} <-> {a}") }
            }
            Self::Link(link, class) => {
                let link = &system.link(link).id;
                let is_one = system.network_classes.values().filter(|facts| has_figure(facts)).count() < 2;
                if is_one { link.clone() } else { format!("{link} ({})", class.word()) }
            }
        }
    }

    /// Returns what `[network]` says of it, and the path of the facts.
    pub(super) fn facts(self, system: &System) -> Option<(&Facts, String)> {
        match self {
            Self::Pair(a, b) => Some((system.network_pairs.get(&(a, b))?, format!("network.{}", self.id(system)))),
            Self::Link(_, class) => Some((system.network_classes.get(&class)?, format!("network.{}", class.word()))),
        }
    }
}

/// Says whether `[network]` gives any connection a figure, so that the rest need not be asked.
pub(super) fn has_figures(system: &System) -> bool {
    system.network_pairs.values().chain(system.network_classes.values()).any(has_figure)
}

fn has_figure(facts: &Facts) -> bool {
    facts.get(network::AVAILABILITY).stated().is_some() || facts.get(network::MTBF).stated().is_some()
}

/// Returns the connection that a call along a link crosses between two hosts, if it fails by itself.
pub(super) fn between(system: &System, id: LinkId, from: Option<Host>, to: Option<Host>) -> Option<Connection> {
    let link = system.link(id);
    let (caller, callee) = (system.carrier(link.from), system.carrier(link.to));
    let is_inside = matches!(link.facts.text(link::PROTOCOL), Some("in-process" | "loopback" | "unix"));
    if is_inside || caller == callee || system.is_beside(link.from, link.to) {
        return None;
    }
    let is_outside = |id: ComponentId, host: Option<Host>| host.is_none() && system.component(id).is_caller();
    let class = match (from, to) {
        _ if is_outside(caller, from) || is_outside(callee, to) => DistanceClass::Internet,
        (Some(from), Some(to)) => {
            if system.machine(from).is_some() && system.machine(from) == system.machine(to) {
                return None;
            }
            let pair = system
                .around(from.location)
                .flat_map(|a| system.around(to.location).map(move |b| (a.min(b), a.max(b))))
                .find(|pair| system.network_pairs.get(pair).is_some_and(has_figure));
            if let Some((a, b)) = pair {
                return Some(Connection::Pair(a, b));
            }
            system.class_between(from.location, to.location).0
        }
        _ => DistanceClass::Unplaced,
    };
    system.network_classes.get(&class).is_some_and(has_figure).then_some(Connection::Link(id, class))
}

/// Says whether a call along a link can cross a connection that fails by itself.
pub(super) fn crosses(system: &System, id: LinkId) -> bool {
    let link = system.link(id);
    let places = |id: ComponentId| {
        let instances = system.component(system.carrier(id)).instances.iter();
        let mut hosts: Vec<Option<Host>> = instances.map(|instance| instance.host.map(|host| origin(system, host))).collect();
        hosts.sort_unstable();
        hosts.dedup();
        if hosts.is_empty() { vec![None] } else { hosts }
    };
    let to = places(link.to);
    places(link.from).into_iter().any(|from| to.iter().any(|to| between(system, id, from, *to).is_some()))
}

/// Returns what tells a host's calls from those of others: the host where others can share its machine, else its place.
pub(super) fn origin(system: &System, host: Host) -> Host {
    if system.machine(host).is_some() { host } else { Host { ordinal: 0, ..host } }
}
