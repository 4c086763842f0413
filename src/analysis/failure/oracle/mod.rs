//! The exhaustive oracle: every model of up to four components, with one replica or two, against a brute force that shares no code with the analysis.
//!
//! Semantics, "Failure" ("Blast radius"), "Links", "Journeys". The brute force knows nothing of gates, effects or incidence lists: it takes an event, writes
//! down which instances are up, and plays the journey call by call for every way in which its conditions, choices, cache hits and shards can fall out.
//!
//! ```text
//! states      availability: the sum over all states of the events
//! network     the same where connections fail, too
//! load        the same, and the blast radius, where replicas must carry the peak
//! completion  what follows the messages
//! recovery    failovers, when journeys are back, and what data is lost
//! ```

mod completion;
mod load;
mod network;
mod recovery;
mod states;

use std::cell::Cell;
use std::collections::BTreeMap;

use super::blast_radius;
use crate::model::testing::system;
use crate::model::{Host, Instance, Shard, System};

const COMPONENTS: [&str; 4] = ["c0", "c1", "c2", "c3"];
const ZONES: [&str; 2] = ["z0", "z1"];

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Required,
    Optional,
    /// Falls back to another component.
    OrElse(usize),
    /// Happens half of the time.
    Sometimes,
    Message,
}

/// How the calls of one component are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Group {
    Sequence,
    Parallel,
    AnyOneOf,
    FirstOf,
    /// The first with 3 in 4, the others share the rest.
    Choice,
    /// The first is a cache that hits 9 times in 10; the others run on a miss.
    Cached,
}

/// A journey: a tree of components, each called by an earlier one.
#[derive(Debug, Clone)]
struct Shape {
    parent: Vec<usize>,
    mode: Vec<Mode>,
    group: Vec<Group>,
}

/// Where the instances of a component are, and how many of them are needed.
#[derive(Debug, Clone, Copy)]
struct Build {
    zones: &'static [usize],
    needs: u32,
    is_sharded: bool,
}

const BUILDS: &[Build] = &[
    Build { zones: &[0], needs: 1, is_sharded: false },
    Build { zones: &[1], needs: 1, is_sharded: false },
    Build { zones: &[0, 1], needs: 1, is_sharded: false },
    Build { zones: &[0, 0], needs: 1, is_sharded: false },
    Build { zones: &[0, 1], needs: 2, is_sharded: false },
    Build { zones: &[0, 1], needs: 1, is_sharded: true },
];

/// How much of the time the region, the zones and an instance of each component are down: much, so that no mistake hides behind what is rare.
const OF_REGION: f64 = 0.0625;
const OF_ZONES: [f64; 2] = [0.125, 0.1875];
const OF_COMPONENTS: [f64; 4] = [0.25, 0.375, 0.3125, 0.4375];

/// The share of an instance's failures that hits its component as a whole; none where there would be too many states.
const fn common_cause(count: usize) -> f64 {
    if count < 4 { 0.25 } else { 0.0 }
}

/// The share of the first of two shards.
const FIRST_SHARD: f64 = 0.6;

impl Shape {
    fn children(&self, of: usize) -> Vec<usize> {
        (1..self.parent.len()).filter(|at| self.parent[*at] == of).collect()
    }

    /// Writes the model down; the components are placed by [`place`].
    fn text(&self, shares_key: bool) -> String {
        let count = self.parent.len();
        let zone = |at: usize| format!("{} = {{ kind = \"zone\", in = \"r\", availability = {} }}\n", ZONES[at], 1.0 - OF_ZONES[at]);
        let mut text = format!("[locations]\nr = {{ kind = \"region\", availability = {} }}\n{}{}", 1.0 - OF_REGION, zone(0), zone(1));
        text += "[components]\nu = { kind = \"client\" }\n";
        for (id, down) in COMPONENTS.iter().zip(OF_COMPONENTS).take(count) {
            let key = if shares_key { ", shard-key = \"k\"" } else { "" };
            text +=
                &format!("{id} = {{ kind = \"service\", availability = {}, common-cause = {}{key} }}\n", 1.0 - down, common_cause(count));
        }
        text += "[links]\n\"u -> c0\" = {}\n";
        for at in 1..count {
            let arrow = if self.mode[at] == Mode::Message { "~>" } else { "->" };
            text += &format!("\"c{} {arrow} c{at}\" = {{}}\n", self.parent[at]);
        }
        for at in 1..count {
            if let Mode::OrElse(other) = self.mode[at]
                && (self.parent[other] != self.parent[at] || self.mode[other] == Mode::Message)
            {
                text += &format!("\"c{} -> c{other} #instead-of-c{at}\" = {{}}\n", self.parent[at]);
            }
        }
        text += &format!("[shared-fate]\nfate = {{ of = \"c{}\" }}\n", count - 1);
        text + &format!("[journeys.j]\nrate = \"1/s\"\nsteps = [\"u -> c0\", {}]\n", self.steps(0))
    }

    fn steps(&self, of: usize) -> String {
        let children = self.children(of);
        let member = |child: &usize| {
            let below = self.steps(*child);
            format!("[{}{}]", self.call(*child, ""), if below.is_empty() { String::new() } else { format!(", {below}") })
        };
        let members: Vec<String> = children.iter().map(member).collect();
        match self.group[of] {
            _ if children.is_empty() => String::new(),
            Group::Sequence => {
                let flat: Vec<String> = members.iter().map(|member| member[1..member.len() - 1].to_owned()).collect();
                flat.join(", ")
            }
            Group::Parallel => format!("{{ parallel = [{}] }}", members.join(", ")),
            Group::AnyOneOf => format!("{{ parallel = [{}], quorum = 1 }}", members.join(", ")),
            Group::FirstOf => format!("{{ first-of = [{}] }}", members.join(", ")),
            Group::Choice => {
                let rest = 0.25 / (children.len() - 1) as f64;
                let branches: Vec<String> = members
                    .iter()
                    .enumerate()
                    .map(|(at, steps)| format!("{{ share = {}, steps = {steps} }}", if at == 0 { 0.75 } else { rest }))
                    .collect();
                format!("{{ choice = [{}] }}", branches.join(", "))
            }
            Group::Cached => {
                let otherwise: Vec<String> = members[1..].iter().map(|member| member[1..member.len() - 1].to_owned()).collect();
                let below = self.steps(children[0]);
                let call = self.call(children[0], &format!(", hit = 0.9, else = [{}]", otherwise.join(", ")));
                if below.is_empty() { call } else { format!("{call}, {below}") }
            }
        }
    }

    fn call(&self, at: usize, more: &str) -> String {
        let arrow = if self.mode[at] == Mode::Message { "~>" } else { "->" };
        let how = match self.mode[at] {
            Mode::Required | Mode::Message => String::new(),
            Mode::Optional => ", required = false".into(),
            Mode::OrElse(other) => format!(", fallback = \"c{other}\""),
            Mode::Sometimes => ", when = 0.5".into(),
        };
        format!("{{ call = \"c{} {arrow} c{at}\"{how}{more} }}", self.parent[at])
    }
}

/// Puts the components of a model in their places.
fn place(template: &System, builds: &[Build]) -> System {
    let mut system = template.clone();
    let zones: Vec<_> = ZONES.iter().map(|id| system.find_location(id).expect("the zones are declared")).collect();
    for (id, build) in COMPONENTS.iter().zip(builds) {
        let at = system.find_component(id).expect("the components are declared").index();
        let component = &mut system.components[at];
        let shard = |name: &str, share: f64| Shard { name: name.into(), share };
        component.shards =
            if build.is_sharded { vec![shard("A", FIRST_SHARD), shard("B", 1.0 - FIRST_SHARD)] } else { vec![shard("", 1.0)] };
        component.replicas = if build.is_sharded { 1 } else { u32::try_from(build.zones.len()).expect("two zones") };
        component.needs = build.needs;
        let instance = |(number, zone): (usize, &usize)| {
            let number = u32::try_from(number).expect("two instances");
            let (shard, replica) = if build.is_sharded { (number, 0) } else { (0, number) };
            Instance {
                shard,
                replica,
                host: Some(Host { location: zones[*zone], ordinal: 0 }),
                weight: 1.0 / f64::from(component.replicas),
            }
        };
        component.instances = build.zones.iter().enumerate().map(instance).collect();
    }
    system
}

// --- the brute force ------------------------------------------------------------------------------------------------------------------

/// Which instances are down: a bit for each of two instances of each of four components.
type Down = u8;

const fn bit(component: usize, instance: usize) -> Down {
    1 << (2 * component + instance)
}

/// The ways in which chance can fall out: asked in order, each answer is one of some with its probability.
#[derive(Default)]
struct Chance {
    script: Vec<usize>,
    asked: Vec<Vec<f64>>,
}

impl Chance {
    fn pick(&mut self, shares: &[f64]) -> usize {
        let at = self.asked.len();
        self.asked.push(shares.to_vec());
        self.script.get(at).copied().unwrap_or(0)
    }

    /// Returns how probable the answers so far are.
    fn probability(&self) -> f64 {
        let answers = self.script.iter().copied().chain(std::iter::repeat(0));
        answers.zip(&self.asked).map(|(answer, shares)| shares[answer]).product()
    }
}

/// From where a call comes: the client, or a component.
type Caller = Option<usize>;

/// A wire between two components, and the zones of its ends; the client is in none.
type Wire = (Caller, usize, Option<usize>, usize);

/// The connections that fail by themselves, by number: which of them a call crosses.
type Wires = BTreeMap<Wire, usize>;

/// What is cut: connections by bit.
#[derive(Clone, Copy)]
struct Cut<'a> {
    wires: &'a Wires,
    connections: u32,
}

struct Play<'a> {
    shape: &'a Shape,
    builds: &'a [Build],
    shares_key: bool,
    down: Down,
    cut: Option<Cut<'a>>,
    chance: Chance,
    drawn: Vec<Option<usize>>,
    /// The instance of each component from which its calls come.
    calling: Vec<Option<usize>>,
    is_degraded: bool,
}

impl Play<'_> {
    /// Returns the shard into which the request falls.
    fn shard(&mut self, component: usize) -> usize {
        let draw = if self.shares_key { 0 } else { component };
        if self.drawn[draw].is_none() {
            self.drawn[draw] = Some(self.chance.pick(&[FIRST_SHARD, 1.0 - FIRST_SHARD]));
        }
        self.drawn[draw].expect("just drawn")
    }

    /// Returns the zone from which a caller calls: that of the shard's instance, or of any replica, as if all were up.
    fn zone_of(&mut self, caller: Caller) -> Option<usize> {
        let caller = caller?;
        let build = self.builds[caller];
        let at = match self.calling[caller] {
            Some(known) => known,
            None if build.is_sharded => self.shard(caller),
            None => self.chance.pick(&vec![1.0 / build.zones.len() as f64; build.zones.len()]),
        };
        self.calling[caller] = Some(at);
        Some(build.zones[at])
    }

    fn is_up(&mut self, caller: Caller, component: usize) -> bool {
        let build = self.builds[component];
        let from = if self.cut.is_some() { self.zone_of(caller) } else { None };
        let (down, cut) = (self.down, self.cut);
        let is_reached = |at: usize| {
            let is_cut = |cut: Cut<'_>| {
                cut.wires.get(&(caller, component, from, build.zones[at])).is_some_and(|number| cut.connections >> number & 1 == 1)
            };
            down & bit(component, at) == 0 && !cut.is_some_and(is_cut)
        };
        if build.is_sharded {
            let shard = self.shard(component);
            return is_reached(shard);
        }
        (0..build.zones.len()).filter(|at| is_reached(*at)).count() >= build.needs as usize
    }

    /// Plays what a component calls, and says whether it can answer.
    fn below(&mut self, of: usize) -> bool {
        let children = self.shape.children(of);
        match self.shape.group[of] {
            Group::Sequence | Group::Parallel => {
                let mut works = true;
                for child in children {
                    works &= self.call(child);
                }
                works
            }
            Group::AnyOneOf => {
                let mut works = false;
                for child in children {
                    let before = self.is_degraded;
                    let answers = self.call(child);
                    // What a member tried in vain is no part of the answer.
                    self.is_degraded = if answers { self.is_degraded } else { before };
                    works |= answers;
                }
                works
            }
            Group::FirstOf => {
                for (at, child) in children.into_iter().enumerate() {
                    if self.call(child) {
                        return true;
                    }
                    self.is_degraded |= at == 0;
                }
                false
            }
            Group::Choice => {
                let rest = 0.25 / (children.len() - 1) as f64;
                let shares: Vec<f64> = (0..children.len()).map(|at| if at == 0 { 0.75 } else { rest }).collect();
                let chosen = self.chance.pick(&shares);
                self.call(children[chosen])
            }
            Group::Cached => {
                let first = children[0];
                if self.shape.mode[first] == Mode::Sometimes && self.chance.pick(&[0.5, 0.5]) == 1 {
                    return true;
                }
                let cache = self.is_up(Some(of), first) && self.below(first);
                self.is_degraded |= !cache;
                let is_miss = self.chance.pick(&[0.9, 0.1]) == 1;
                let mut works = true;
                if !cache || is_miss {
                    for child in &children[1..] {
                        works &= self.call(*child);
                    }
                }
                self.bend(of, first, works)
            }
        }
    }

    fn call(&mut self, callee: usize) -> bool {
        if self.shape.mode[callee] == Mode::Sometimes && self.chance.pick(&[0.5, 0.5]) == 1 {
            return true;
        }
        let caller = self.shape.parent[callee];
        let works = self.is_up(Some(caller), callee) && self.below(callee);
        self.bend(caller, callee, works)
    }

    /// What an answer, or its absence, means to the caller.
    fn bend(&mut self, caller: usize, callee: usize, works: bool) -> bool {
        match self.shape.mode[callee] {
            _ if works => true,
            Mode::Required | Mode::Sometimes => false,
            Mode::Optional | Mode::Message => {
                self.is_degraded = true;
                true
            }
            Mode::OrElse(other) => {
                self.is_degraded = true;
                self.is_up(Some(caller), other)
            }
        }
    }
}

/// Plays a journey in all ways: the share of requests that fail, and whether any is answered with something soft in use.
fn play(shape: &Shape, builds: &[Build], shares_key: bool, down: Down) -> (f64, bool) {
    play_cut(shape, builds, shares_key, down, None)
}

/// The same while connections are cut.
fn play_cut(shape: &Shape, builds: &[Build], shares_key: bool, down: Down, cut: Option<Cut<'_>>) -> (f64, bool) {
    let (mut lost, mut is_degraded) = (0.0, false);
    in_all_ways(|chance| {
        let mut play = Play {
            shape,
            builds,
            shares_key,
            down,
            cut,
            chance: std::mem::take(chance),
            drawn: vec![None; 4],
            calling: vec![None; 4],
            is_degraded: false,
        };
        let works = play.is_up(None, 0) && play.below(0);
        *chance = play.chance;
        let probability = chance.probability();
        if works {
            is_degraded |= play.is_degraded;
        } else {
            lost += probability;
        }
    });
    (lost, is_degraded)
}

/// Plays something for every way in which chance can fall out.
fn in_all_ways(mut play: impl FnMut(&mut Chance)) {
    let mut chance = Chance::default();
    loop {
        play(&mut chance);
        let Chance { script: mut picked, asked } = chance;
        picked.resize(asked.len(), 0);
        // The next script: the last answer that has another one after it.
        while picked.last().is_some_and(|last| last + 1 == asked[picked.len() - 1].len()) {
            picked.pop();
        }
        match picked.last_mut() {
            Some(last) => *last += 1,
            None => return,
        }
        chance = Chance { script: picked, asked: Vec::new() };
    }
}

/// The id of an event and what it takes down.
type Loss = (String, Down);

/// Names every single event, and every component, with the instances that it takes down.
fn losses(builds: &[Build]) -> (Vec<Loss>, Vec<Loss>) {
    let all = |of: &dyn Fn(usize, usize) -> bool| -> Down {
        let instances = builds
            .iter()
            .enumerate()
            .flat_map(|(component, build)| build.zones.iter().enumerate().map(move |(at, zone)| (component, at, *zone)));
        instances.filter(|(component, _, zone)| of(*component, *zone)).fold(0, |down, (component, at, _)| down | bit(component, at))
    };
    let mut single = vec![
        ("r".to_owned(), all(&|_, _| true)),
        ("z0".to_owned(), all(&|_, zone| zone == 0)),
        ("z1".to_owned(), all(&|_, zone| zone == 1)),
        ("fate".to_owned(), all(&|component, _| component + 1 == builds.len())),
    ];
    let mut rows = single.clone();
    for (component, build) in builds.iter().enumerate() {
        let id = COMPONENTS[component];
        rows.push((id.to_owned(), all(&|of, _| of == component)));
        for at in 0..build.zones.len() {
            let id = if build.is_sharded { format!("{id}/{}/1", ["A", "B"][at]) } else { format!("{id}/{}", at + 1) };
            single.push((id, bit(component, at)));
        }
    }
    (single, rows)
}

fn compare(shape: &Shape, builds: &[Build], shares_key: bool, system: &System) {
    let radius = blast_radius(system);
    let (single, rows) = losses(builds);
    let context = || format!("{}\n{builds:?}", shape.text(shares_key));
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let known: Cell<[Option<(f64, bool)>; 256]> = Cell::new([None; 256]);
    let play = |down: Down| {
        let mut all = known.get();
        let outcome = *all[down as usize].get_or_insert_with(|| play(shape, builds, shares_key, down));
        known.set(all);
        outcome
    };
    let alone: Vec<f64> = single.iter().map(|(_, down)| play(*down).0).collect();

    let mut expected: Vec<(&str, f64)> =
        single.iter().zip(&alone).filter(|(_, lost)| **lost > 1e-12).map(|((id, _), lost)| (id.as_str(), *lost)).collect();
    expected.sort_by_key(|(id, _)| *id);
    let mut found: Vec<(String, f64)> =
        radius.journeys[0].single_points.iter().map(|point| (point.event.id(system), point.lost.value())).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let is_same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| a.0 == b.0 && near(a.1, b.1));
    assert!(is_same, "single points: found {found:?}, expected {expected:?}\n{}", context());

    for (id, down) in &rows {
        let domain = radius.domain(id).expect("every place, fate and component is a domain");
        let (lost, is_degraded) = play(*down);
        let rises = |second: Down| play(down | second).0 > lost + 1e-9;
        let state = |list: &[crate::model::JourneyId]| !list.is_empty();
        let found = (state(&domain.down), state(&domain.partly_down), state(&domain.degraded), state(&domain.one_failure_away));
        let is_down = near(lost, 1.0);
        let expected = (is_down, lost > 1e-12 && !is_down, lost <= 1e-12 && is_degraded, single.iter().any(|(_, second)| rises(*second)));
        assert_eq!(found, expected, "`{id}` (down, partly down, degraded, one failure away)\n{}", context());
        assert!(near(domain.traffic_lost, lost), "`{id}` loses {} instead of {lost}\n{}", domain.traffic_lost, context());
    }
    let caller = radius.domain("u").expect("the client is a domain");
    assert!(near(caller.traffic_lost, 1.0) && caller.one_failure_away.is_empty());
}

// --- all models -----------------------------------------------------------------------------------------------------------------------

/// Lists all lists that take one of the given items at each place.
fn product<T: Clone>(places: &[Vec<T>]) -> Vec<Vec<T>> {
    places.iter().fold(vec![Vec::new()], |lists, items| {
        lists.iter().flat_map(|list: &Vec<T>| items.iter().map(move |item| list.iter().cloned().chain([item.clone()]).collect())).collect()
    })
}

/// Lists all journeys over some components: every tree, every way to call, every way to put calls together.
fn shapes(count: usize, modes: &dyn Fn(usize) -> Vec<Mode>) -> Vec<Shape> {
    let parents: Vec<Vec<usize>> = std::iter::once(vec![0]).chain((1..count).map(|at| (0..at).collect())).collect();
    let ways: Vec<Vec<Mode>> = std::iter::once(vec![Mode::Required]).chain((1..count).map(modes)).collect();
    let mut shapes = Vec::new();
    for parent in product(&parents) {
        let calls = |of: usize| (1..count).filter(|at| parent[*at] == of).count();
        let groups: Vec<Vec<Group>> = (0..count)
            .map(|of| match calls(of) {
                0 | 1 => vec![Group::Sequence],
                _ => vec![Group::Sequence, Group::Parallel, Group::AnyOneOf, Group::FirstOf, Group::Choice, Group::Cached],
            })
            .collect();
        for mode in product(&ways) {
            for group in product(&groups) {
                // A message is no member of a group of answers.
                let is_odd = (1..count).any(|at| group[parent[at]] != Group::Sequence && mode[at] == Mode::Message);
                // What calls a component cannot answer in its place.
                let is_own = (1..count).any(|at| mode[at] == Mode::OrElse(parent[at]));
                if !is_odd && !is_own {
                    shapes.push(Shape { parent: parent.clone(), mode: mode.clone(), group });
                }
            }
        }
    }
    shapes
}

/// Checks all journeys with all choices of builds that are wanted.
fn check_all(
    shapes: &[Shape],
    builds: &[Build],
    shares_key: bool,
    is_wanted: impl Fn(&[Build]) -> bool,
    check: impl Fn(&Shape, &[Build], bool, &System),
) {
    let text = |shape: &Shape| shape.text(shares_key);
    check_written(shapes, builds, text, is_wanted, |shape, builds, system| check(shape, builds, shares_key, system));
}

/// The same for models that say more.
fn check_written(
    shapes: &[Shape],
    builds: &[Build],
    text: impl Fn(&Shape) -> String,
    is_wanted: impl Fn(&[Build]) -> bool,
    check: impl Fn(&Shape, &[Build], &System),
) {
    for shape in shapes {
        let template = system(&text(shape));
        for builds in product(&vec![builds.to_vec(); shape.parent.len()]).iter().filter(|builds| is_wanted(builds)) {
            let system = place(&template, builds);
            check(shape, builds, &system);
        }
    }
}

fn every_mode(count: usize) -> impl Fn(usize) -> Vec<Mode> {
    move |at| {
        let others = (1..count).filter(|other| *other != at).map(Mode::OrElse);
        [Mode::Required, Mode::Optional, Mode::Sometimes, Mode::Message].into_iter().chain(others).collect()
    }
}

/// Semantics, "Failure": all models of one to three components.
#[test]
fn models_of_up_to_three_components_equal_brute_force() {
    for count in 1..=3 {
        check_all(&shapes(count, &every_mode(count)), BUILDS, true, |_| true, compare);
    }
}

/// Semantics, "Links": different shard keys draw independently.
#[test]
fn models_with_several_draws_equal_brute_force() {
    for count in 2..=3 {
        check_all(
            &shapes(count, &every_mode(count)),
            BUILDS,
            false,
            |builds| builds.iter().filter(|build| build.is_sharded).count() >= 2,
            compare,
        );
    }
}

/// Semantics, "Failure": all models of four components in one or two zones, with one replica or two.
#[test]
fn models_of_four_components_equal_brute_force() {
    let modes = |at: usize| vec![Mode::Required, Mode::Optional, Mode::OrElse(if at == 3 { 1 } else { 3 })];
    // The zones are alike: the first component that stands in one of them may as well stand in the first.
    let is_first = |builds: &[Build]| builds.iter().find(|build| build.zones.len() == 1).is_none_or(|build| build.zones[0] == 0);
    check_all(&shapes(4, &modes), &BUILDS[..3], false, is_first, compare);
}
