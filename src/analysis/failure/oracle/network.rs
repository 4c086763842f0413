//! Connections that fail, against the sum over all states of events and connections.
//!
//! Semantics, "Links" (`[network]`), "Counting" (distance classes). A figure for two places is one connection that all calls between them share; one for a distance
//! class is a connection of each link. The brute force draws the instance that calls, asks which of the callee's instances it reaches, and counts these.

use super::super::{Detail, availability};
use super::states::{Event, compare, events, masks};
use super::{BUILDS, Build, COMPONENTS, Caller, Cut, Mode, Shape, Wires, ZONES, check_written, every_mode, play_cut, shapes};
use crate::model::System;

/// Which connections have figures, with how much of the time they are down and for how many hours.
struct Network {
    pair: Option<(f64, f64)>,
    /// By class: same-zone, cross-zone, internet.
    classes: [Option<(f64, f64)>; 3],
}

const CLASSES: [&str; 3] = ["same-zone", "cross-zone", "internet"];

const PAIR: Network = Network { pair: Some((0.15625, 3.0)), classes: [None; 3] };
const OF_LINKS: Network = Network { pair: None, classes: [Some((0.0625, 0.25)), Some((0.28125, 1.5)), None] };
const ALL: Network = Network { pair: Some((0.15625, 3.0)), classes: [Some((0.0625, 0.25)), Some((0.28125, 1.5)), Some((0.03125, 6.0))] };

impl Network {
    fn text(&self) -> String {
        let row = |name: &str, of: Option<(f64, f64)>| {
            of.map_or_else(String::new, |(down, hours)| format!("\"{name}\" = {{ availability = {}, mttr = \"{hours}h\" }}\n", 1.0 - down))
        };
        let classes: Vec<String> = CLASSES.iter().zip(self.classes).map(|(class, of)| row(class, of)).collect();
        format!("[network]\n{}{}", row(&format!("{} <-> {}", ZONES[0], ZONES[1]), self.pair), classes.concat())
    }

    /// Returns the figure of what lies between two zones, and the class of a link's own connection; none where all links share it.
    fn between(&self, from: Option<usize>, to: usize) -> Option<((f64, f64), Option<usize>)> {
        let of_class = |class: usize| self.classes[class].map(|figure| (figure, Some(class)));
        match from {
            None => of_class(2),
            Some(from) if from == to => of_class(0),
            Some(_) => self.pair.map(|figure| (figure, None)).or(of_class(1)),
        }
    }

    /// Returns the id of a connection: of a link's own with its class, where several classes have figures.
    fn id(&self, link: String, class: Option<usize>) -> String {
        match class {
            None => format!("{} <-> {}", ZONES[0], ZONES[1]),
            Some(class) if self.classes.iter().flatten().count() > 1 => format!("{link} ({})", CLASSES[class]),
            Some(_) => link,
        }
    }
}

/// Returns the id of the link on which one component calls another.
fn link(shape: &Shape, caller: Caller, callee: usize) -> String {
    let Some(caller) = caller else { return "u -> c0".to_owned() };
    let is_own = shape.parent[callee] == caller;
    if is_own && shape.mode[callee] != Mode::Message {
        return format!("c{caller} -> c{callee}");
    }
    // A link that is there for a fallback alone; of several the first by id. A message that does not arrive fails no request.
    match (1..shape.parent.len()).find(|at| shape.parent[*at] == caller && shape.mode[*at] == Mode::OrElse(callee)) {
        Some(for_whom) => format!("c{caller} -> c{callee} #instead-of-c{for_whom}"),
        None => format!("c{caller} ~> c{callee}"),
    }
}

/// Returns everyone who calls a component.
fn callers(shape: &Shape, callee: usize) -> Vec<Caller> {
    let count = shape.parent.len();
    let calls = |caller: &usize| {
        let is_fallback = (1..count).any(|at| shape.parent[at] == *caller && shape.mode[at] == Mode::OrElse(callee));
        callee > 0 && shape.parent[callee] == *caller || is_fallback
    };
    let client = (callee == 0).then_some(None);
    client.into_iter().chain((0..count).filter(calls).map(Some)).collect()
}

/// Numbers the connections of a model, and says what crosses them.
fn connections(network: &Network, shape: &Shape, builds: &[Build]) -> (Vec<Event>, Wires) {
    let (mut found, mut wires): (Vec<Event>, Wires) = (Vec::new(), Wires::new());
    let mut ids: Vec<String> = Vec::new();
    for callee in 0..builds.len() {
        for caller in callers(shape, callee) {
            let from: Vec<Option<usize>> = caller.map_or(vec![None], |caller| builds[caller].zones.iter().copied().map(Some).collect());
            for from in from {
                for to in builds[callee].zones {
                    let Some(((probability, hours), class)) = network.between(from, *to) else { continue };
                    let id = network.id(link(shape, caller, callee), class);
                    let number = ids.iter().position(|known| *known == id).unwrap_or_else(|| {
                        ids.push(id.clone());
                        found.push(Event { id, probability, hours });
                        ids.len() - 1
                    });
                    wires.insert((caller, callee, from, *to), number);
                }
            }
        }
    }
    (found, wires)
}

fn check(network: &Network, shares_key: bool, shape: &Shape, builds: &[Build], system: &System) {
    let (mut all, downs) = events(builds);
    let (connections, wires) = connections(network, shape, builds);
    let context = || format!("{}{}\n{builds:?}", shape.text(shares_key), network.text());
    let mut lost = Vec::with_capacity(1 << (all.len() + connections.len()));
    for cut in 0..1_u32 << connections.len() {
        let cut = Some(Cut { wires: &wires, connections: cut });
        let mut of_mask: Vec<Option<f64>> = vec![None; 256];
        let mut play = |down: u8| *of_mask[down as usize].get_or_insert_with(|| play_cut(shape, builds, shares_key, down, cut).0);
        lost.extend(masks(&downs).into_iter().map(&mut play));
    }
    all.extend(connections);
    let availability = availability(system, Detail::Explained);
    let found = availability.journeys[0].as_ref().expect("a small model is exact");
    compare(system, found, &all, &lost, &context);
}

fn check_networks(networks: &[Network], count: usize, modes: &dyn Fn(usize) -> Vec<Mode>, builds: &[Build], shares_key: bool) {
    for network in networks {
        // What is down beside the connections is told elsewhere: with fewer events there are fewer states.
        let text = |shape: &Shape| shape.text(shares_key) + &network.text();
        check_written(
            &shapes(count, modes),
            builds,
            text,
            |_| true,
            |shape, builds, system| {
                check(network, shares_key, shape, builds, system);
            },
        );
    }
}

/// Semantics, "Links": all models of one and two components.
#[test]
fn connections_of_two_components_equal_the_sum_over_all_states() {
    assert_eq!(COMPONENTS.len(), 4);
    for count in 1..=2 {
        check_networks(&[PAIR, OF_LINKS, ALL], count, &every_mode(count), BUILDS, true);
    }
    check_networks(&[PAIR, ALL], 2, &every_mode(2), BUILDS, false);
}

/// Semantics, "Links": all models of three components in two zones, one of them perhaps in both.
#[test]
fn connections_of_three_components_equal_the_sum_over_all_states() {
    let builds = [BUILDS[0], BUILDS[1], BUILDS[2]];
    check_networks(&[PAIR, OF_LINKS], 3, &every_mode(3), &builds, true);
}

/// Semantics, "Links": all models of four components, each in one of two zones.
#[test]
fn connections_of_four_components_equal_the_sum_over_all_states() {
    let modes = |at: usize| vec![Mode::Required, Mode::Optional, Mode::OrElse(if at == 3 { 1 } else { 3 })];
    check_networks(&[PAIR, OF_LINKS], 4, &modes, &BUILDS[..2], true);
}
