//! What users get where they are, and what is left to them without the region that serves them.
//!
//! The question: *are those served well who are far away, and does another region take over when the nearest one is lost?* For each place of a client the system is
//! looked at as if all its users were there: the distances of its calls change, call by call where they are kept near (`route = "zone-local"`), the load stays. Then once more without their home region: its instances are gone, the
//! others carry all of the load, users stay where they are.
//!
//! The home of users is the region around them, where anything runs there; else the region with most replicas of what they call. Of a shard as many replicas stay as
//! of the one that lost most, and a copy that is lost is no longer waited for.
//!
//! Semantics, "Placement" (clients on several locations), "Counting" (distance), "Queueing" (surviving replicas).

use std::collections::BTreeMap;

use super::failure::{Detail, DomainKind, availability, loss, while_down};
use super::latency::{Depth, State, Times, latency};
use crate::model::{ComponentId, JourneyId, LocationId, NodeKind, System};
use crate::syntax::vocabulary::{ComponentKind, LocationKind};

/// The most places of users that are looked at, by the client's and the place's id.
pub const MAX_USER_LOCATIONS: usize = 12;

/// What the users of a client get in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct UserLocation {
    /// What they use.
    pub client: ComponentId,
    /// Where they are.
    pub location: LocationId,
    /// Their share of the client's users.
    pub share: f64,
    /// The region that serves them; none where no region is stated.
    pub home: Option<LocationId>,
    /// The journeys that the client starts.
    pub journeys: Vec<Served>,
}

/// A journey as users of one place see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    /// The journey.
    pub journey: JourneyId,
    /// Its times at the mean rates; none where a fact is missing, or a pool cannot keep up.
    pub times: Option<Times>,
    /// The share of requests that fail in the long run; none beyond the limits.
    pub unavailability: Option<f64>,
    /// The same without the home region; none where there is none.
    pub without_home: Option<WithoutHome>,
}

/// What is left of a journey without the region that serves its users.
#[derive(Debug, Clone, PartialEq)]
pub struct WithoutHome {
    /// The share of requests that fail at once, with all else up.
    pub lost: f64,
    /// The share that fails while it lasts, everything else failing as it does; none beyond the limits.
    pub unavailability: Option<f64>,
    /// The times of those that are answered; none where none is, where a part that it uses is gone, or where what is left cannot keep up.
    pub times: Option<Times>,
    /// The pool that cannot keep up, and how busy it would be.
    pub overloaded: Option<(ComponentId, f64)>,
}

/// Returns what users get in each of their places; nothing of clients without a place, or of a system that is too large to be varied.
pub fn user_locations(system: &System) -> Vec<UserLocation> {
    if !system.can_be_varied() {
        return Vec::new();
    }
    let mut started: BTreeMap<ComponentId, Vec<JourneyId>> = BTreeMap::new();
    for id in system.journey_ids() {
        for client in clients(system, id) {
            started.entry(client).or_default().push(id);
        }
    }
    let mut lost = BTreeMap::new();
    let places =
        started.iter().flat_map(|(client, journeys)| places(system, *client).into_iter().map(move |place| (*client, place, journeys)));
    places
        .take(MAX_USER_LOCATIONS)
        .map(|(client, (location, share), journeys)| {
            let home = home(system, client, location);
            let without = home.map(|home| (home, &*lost.entry(home).or_insert_with(|| Lost::of(system, home))));
            served(system, client, (location, share), without, journeys)
        })
        .collect()
}

/// What the loss of a region makes of the system, whoever asks.
struct Lost {
    left: crate::model::Without,
    /// By journey: the share of requests that fail at once.
    at_once: Vec<f64>,
    /// By journey: the share that fails while it lasts.
    meanwhile: Vec<Option<f64>>,
}

impl Lost {
    fn of(system: &System, home: LocationId) -> Self {
        let down = [DomainKind::Location(home)];
        let mut at_once = vec![0.0; system.journeys.len()];
        // Users of the lost region still ask: only what serves them is gone.
        for (journey, share) in loss(&system.with_users_anywhere(), &down).lost {
            at_once[journey.index()] = share.value();
        }
        let meanwhile = while_down(system, &down, Detail::Judged);
        let meanwhile = meanwhile.journeys.iter().map(|one| one.as_ref().map(|found| found.unavailability)).collect();
        Self { left: system.without(home), at_once, meanwhile }
    }
}

fn served(
    system: &System,
    client: ComponentId,
    (location, share): (LocationId, f64),
    without: Option<(LocationId, &Lost)>,
    journeys: &[JourneyId],
) -> UserLocation {
    let here = system.with_users_in(client, location);
    let seen = |here: &System| latency(&here.with_calls_kept_near(client), Depth::Figures);
    let times = seen(&here);
    let fails = availability(&here, Detail::Judged);
    let later = without.map(|(_, lost)| (lost, seen(&lost.left.system.with_users_in(client, location))));
    let journeys = journeys.iter().map(|id| {
        let at = id.index();
        let without_home = later.as_ref().map(|(lost, times)| {
            let is_gone = system.journeys[at].calls.calls().any(|(_, call)| lost.left.lost.contains(&system.carrier(call.callee)));
            let found = &times.journeys[at];
            let overloaded = match found.state {
                State::Overloaded { component, utilization } if !is_gone => Some((component, utilization)),
                _ => None,
            };
            WithoutHome {
                lost: lost.at_once[at],
                unavailability: lost.meanwhile[at],
                times: found.mean_load.clone().filter(|_| !is_gone),
                overloaded,
            }
        });
        Served {
            journey: *id,
            times: times.journeys[at].mean_load.clone(),
            unavailability: fails.journeys[at].as_ref().map(|found| found.unavailability),
            without_home,
        }
    });
    let journeys = journeys.collect();
    UserLocation { client, location, share, home: without.map(|(home, _)| home), journeys }
}

/// Returns the clients that start a journey: its root, or those that a person uses first.
fn clients(system: &System, journey: JourneyId) -> Vec<ComponentId> {
    let tree = &system.journeys[journey.index()].calls;
    let is_client = |id: &ComponentId| system.component(*id).kind == ComponentKind::Client;
    if is_client(&tree.root) {
        return vec![tree.root];
    }
    let first = tree.node(crate::model::CallTree::root_node()).children.iter();
    let mut found: Vec<ComponentId> = first
        .filter_map(|id| match &tree.node(*id).kind {
            NodeKind::Call(call) => Some(call.callee).filter(is_client),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the places of a client's users, with their shares; a machine is no place where users differ.
fn places(system: &System, client: ComponentId) -> Vec<(LocationId, f64)> {
    let mut shares: BTreeMap<LocationId, f64> = BTreeMap::new();
    for instance in &system.component(client).instances {
        if let Some(host) = instance.host.filter(|host| !system.location(host.location).is_machine()) {
            *shares.entry(host.location).or_insert(0.0) += instance.weight;
        }
    }
    shares.into_iter().collect()
}

/// Returns the region that serves users.
fn home(system: &System, client: ComponentId, location: LocationId) -> Option<LocationId> {
    let region = |at: LocationId| system.enclosing(at, &[LocationKind::Region]);
    let regions = |id: ComponentId| system.component(id).instances.iter().filter_map(|instance| region(instance.host?.location));
    let runs_in =
        |wanted| system.component_ids().filter(|id| !system.component(*id).is_caller()).any(|id| regions(id).any(|at| at == wanted));
    if let Some(own) = region(location).filter(|own| runs_in(*own)) {
        return Some(own);
    }
    let mut replicas: BTreeMap<LocationId, usize> = BTreeMap::new();
    for link in system.links.iter().filter(|link| link.from == client) {
        for at in regions(link.to) {
            *replicas.entry(at).or_insert(0) += 1;
        }
    }
    replicas.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(region, _)| region)
}

#[cfg(test)]
mod tests {
    use super::{Served, UserLocation, user_locations};
    use crate::model::System;
    use crate::model::testing::system;

    /// Two regions on two continents, 80 % of the users in the first. `[network]` makes the round trips exact: 2 ms at home, 150 ms to the other.
    fn world(app: &str, more: &str) -> System {
        system(&format!(
            "[locations]\neu = {{ kind = \"region\", code = \"eu-1\", share-of-users = 0.8 }}\nus = {{ kind = \"region\", code = \"us-1\", share-of-users = 0.2 }}\n\
             [network]\n\"eu <-> us\" = {{ round-trip = \"150ms\" }}\ncross-zone = {{ round-trip = \"2ms\" }}\n\
             [components]\nuser = {{ kind = \"client\", on = [\"eu\", \"us\"] }}\n\
             app = {{ kind = \"service\", concurrency = 4, service-time = \"10ms\", mtbf = \"99h\", mttr = \"1h\", common-cause = 0, {app} }}\n\
             [links]\n\"user -> app\" = {{ protocol = \"tcp\", retries = 0 {more} }}\n\
             [journeys.j]\nrate = \"100/s\"\nsteps = [\"user -> app\"]\n"
        ))
    }

    fn only(place: &UserLocation) -> &Served {
        place.journeys.first().expect("the client starts one journey")
    }

    fn p50(served: &Served) -> f64 {
        served.times.as_ref().expect("all is stated").p50.seconds() * 1e3
    }

    #[test]
    fn users_far_from_the_only_region_wait_for_the_ocean_and_lose_all_with_it() {
        let system = world("on = \"eu\"", "");
        let found = user_locations(&system);
        let [eu, us] = found.as_slice() else { panic!("{found:?}") };
        assert!((eu.share - 0.8).abs() < 1e-12 && (us.share - 0.2).abs() < 1e-12);
        // 148 ms more of round trip at the median of a sum that varies little besides.
        let more = p50(only(us)) - p50(only(eu));
        assert!((140.0..156.0).contains(&more), "{more}");
        for place in [eu, us] {
            assert_eq!(place.home, system.find_location("eu"));
            let without = only(place).without_home.as_ref().expect("it has a home");
            assert_eq!((without.lost, without.times.is_none()), (1.0, true));
        }
    }

    #[test]
    fn a_second_region_serves_its_users_and_takes_over() {
        let system = world("on = [\"eu\", \"us\"], replicas = 2", ", route = \"zone-local\"");
        let found = user_locations(&system);
        let [eu, us] = found.as_slice() else { panic!("{found:?}") };
        assert!((p50(only(eu)) - p50(only(us))).abs() < 1e-9 && p50(only(eu)) < 30.0, "each is served at home");
        assert_eq!((eu.home, us.home), (system.find_location("eu"), system.find_location("us")));
        let without = only(us).without_home.as_ref().expect("it has a home");
        assert_eq!(without.lost, 0.0);
        let left = without.times.as_ref().expect("the other region carries it").p50.seconds() * 1e3;
        assert!(left > p50(only(us)) + 140.0, "{left}");
        // One replica of 1 % is left, in a region of its own failures.
        let meanwhile = without.unavailability.expect("small");
        assert!((0.01..0.011).contains(&meanwhile), "{meanwhile}");
    }

    /// The second of two calls in a row starts where the first one ended: no replica of the other region has a part in it.
    #[test]
    fn calls_stay_near_call_by_call() {
        let system = system(
            "[locations]\neu = { kind = \"region\", code = \"eu-1\" }\nus = { kind = \"region\", code = \"us-1\" }\n[network]\n\"eu <-> us\" = { round-trip = \"150ms\" }\ncross-zone = { round-trip = \"2ms\" }\n\
             [components]\nuser = { kind = \"client\", on = [\"eu\", \"us\"] }\nweb = { kind = \"service\", on = [\"eu\", \"us\"], replicas = 2, concurrency = 4, service-time = \"1ms\" }\n\
             app = { kind = \"service\", on = [\"eu\", \"us\"], replicas = 2, concurrency = 4, service-time = \"1ms\" }\n\
             [links]\n\"user -> web\" = { route = \"zone-local\", retries = 0 }\n\"web -> app\" = { route = \"zone-local\", retries = 0 }\n\
             [journeys.j]\nrate = \"1/s\"\nsteps = [\"user -> web\", \"web -> app\"]\n",
        );
        for place in user_locations(&system) {
            let p99 = only(&place).times.as_ref().expect("all is stated").p99.seconds();
            assert!(p99 < 0.04, "{p99}");
        }
    }

    #[test]
    fn what_is_left_may_not_keep_up() {
        // Two replicas of 4 workers of 10 ms carry 800/s, one 400/s.
        let system = world("on = [\"eu\", \"us\"], replicas = 2", "").with_rates(|_| 5.0);
        let found = user_locations(&system);
        let without = only(&found[0]).without_home.as_ref().expect("it has a home");
        let (_, busy) = without.overloaded.expect("500 of 400");
        assert!((busy - 1.25).abs() < 0.01 && without.times.is_none(), "{busy}");
    }

    #[test]
    fn users_without_a_place_are_not_told_apart() {
        assert!(
            user_locations(&system(
                "[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\" }\n[links]\n\"user -> app\" = {}\n"
            ))
            .is_empty()
        );
    }
}
