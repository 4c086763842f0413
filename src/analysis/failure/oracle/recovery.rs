//! Stores that fail over, are restored, and lose data: all small ones against what can have become of every acknowledged write, and against the sum over all states.
//!
//! Semantics, "Failure" (needs, failover, restore time), "Links" (`=>`, `replication`). The brute force tries every set of copies that may have had a write when it was
//! acknowledged: the write is lost where all of them are gone. What is left of it then lies behind the links over which copies are carried, or in a backup.

use super::super::{AtWorst, Detail, availability, blast_radius};
use super::states::{Event, compare};
use super::{OF_ZONES, ZONES};
use crate::model::testing::system;

/// How a store is replicated.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    None,
    Leader,
    Leaderless,
}

/// What takes over from a leader.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Failover {
    Unknown,
    Nothing,
    /// After 30 s.
    Automatic,
    /// After 30 s, in four of five cases; else as long as it takes to restore it.
    Mostly,
    /// After as long as it takes to restore it.
    Manual,
}

/// One store.
#[derive(Debug, Clone, Copy)]
struct Store {
    zones: &'static [usize],
    style: Style,
    ack: Option<&'static str>,
    failover: Failover,
    /// Seconds.
    lag: Option<f64>,
    backup: &'static str,
    forgets: bool,
    /// How its time to restore is stated, and what it comes to, in hours.
    restore: (&'static str, f64),
}

const ALONE: Store = Store {
    zones: &[0],
    style: Style::None,
    ack: None,
    failover: Failover::Unknown,
    lag: None,
    backup: "",
    forgets: false,
    restore: ("mttr = \"20min\"", 1.0 / 3.0),
};

const PLACES: [&[usize]; 7] = [&[0], &[1], &[0, 0], &[0, 1], &[1, 0], &[0, 0, 1], &[0, 1, 1]];
const BACKUPS: [&str; 4] = ["", "backup = false", "backup = true", "backup = { every = \"1h\" }"];
/// Detection, 15.2 h of waiting for a person who is there in business hours, repair; where nobody says who waits, nobody does.
const RESTORES: [(&str, f64); 3] = [
    ("mttr = \"20min\"", 1.0 / 3.0),
    ("detection = \"6min\", repair = \"12min\", owner = \"day\"", 15.5),
    ("detection = \"6min\", repair = \"12min\"", 0.3),
];

const OF_STORE: f64 = 0.25;
const OF_APP: f64 = 0.125;
const APP_HOURS: f64 = 0.5;
const COMMON: f64 = 0.25;
const ZONE_HOURS: [f64; 2] = [3.0, 5.0];
const FATE_HOURS: f64 = 7.0;

/// A link over which copies are carried: from and to which store, and how.
type Carry = (usize, usize, &'static str);

impl Store {
    fn text(&self, id: &str) -> String {
        let replication = match self.style {
            Style::None => String::new(),
            style => {
                let mut keys = vec![format!("style = \"{}\"", if style == Style::Leader { "single-leader" } else { "leaderless" })];
                keys.extend(self.ack.map(|ack| format!("ack = \"{ack}\"")));
                keys.extend(match self.failover {
                    Failover::Unknown => None,
                    Failover::Nothing => Some("failover = false".to_owned()),
                    Failover::Automatic => Some("failover = \"automatic\", failover-time = \"30s\"".to_owned()),
                    Failover::Mostly => Some("failover = \"automatic\", failover-time = \"30s\", failover-success = 0.8".to_owned()),
                    Failover::Manual => Some("failover = \"manual\"".to_owned()),
                });
                keys.extend(self.lag.map(|lag| format!("lag = \"{lag}s\"")));
                format!(", replication = {{ {} }}", keys.join(", "))
            }
        };
        let on: Vec<String> = self.zones.iter().map(|zone| format!("\"{}\"", ZONES[*zone])).collect();
        let backup = if self.backup.is_empty() { String::new() } else { format!(", {}", self.backup) };
        let durable = if self.forgets { ", durable = false" } else { "" };
        format!(
            "{id} = {{ kind = \"database\", on = [{}], replicas = {}, availability = {}, common-cause = {COMMON}, {}{replication}{backup}{durable} }}\n",
            on.join(", "),
            self.zones.len(),
            1.0 - OF_STORE,
            self.restore.0
        )
    }

    /// How many copies acknowledge a write; unknown where nobody says.
    fn holders(&self) -> Option<usize> {
        match (self.style, self.ack) {
            (Style::None, _) | (_, None) => None,
            (_, Some("all")) => Some(self.zones.len()),
            (_, Some("quorum")) => Some(self.zones.len() / 2 + 1),
            (_, Some(_)) => Some(1),
        }
    }

    /// Says whether it takes writes while some of its copies are down.
    fn works(&self, down: &[bool]) -> bool {
        let (all, up) = (down.len(), down.iter().filter(|down| !**down).count());
        let needs = match (self.style, self.ack) {
            (Style::Leader, Some("quorum")) | (Style::Leaderless, _) => all / 2 + 1,
            (Style::Leader, Some("all")) => all,
            _ => 1,
        };
        let is_led = self.style == Style::Leader && self.failover == Failover::Nothing && all > 1;
        up >= needs && !(is_led && down[0])
    }

    /// How long a failover takes, in hours, where one is stated.
    fn failover_hours(&self) -> Option<f64> {
        let restore = self.restore.1;
        match self.failover {
            _ if self.style != Style::Leader || self.zones.len() < 2 => None,
            Failover::Unknown | Failover::Nothing => None,
            Failover::Automatic => Some(30.0 / 3_600.0),
            Failover::Mostly => Some(30.0 / 3_600.0 + 0.2 * restore),
            Failover::Manual => Some(restore),
        }
    }

    /// What is lost of a store of which some copies are gone and others are left: the writes that only those had.
    fn lost_with(&self, gone: &[bool]) -> AtWorst {
        let all = gone.len();
        let can_be_lost = |sizes: &[usize]| {
            (1..1_usize << all).any(|holders| {
                let has = |at: usize| holders >> at & 1 == 1;
                let count = (0..all).filter(|at| has(*at)).count();
                // A leader has what it acknowledges.
                sizes.contains(&count) && (self.style != Style::Leader || has(0)) && (0..all).all(|at| !has(at) || gone[at])
            })
        };
        let sizes: Vec<usize> = self.holders().map_or((1..=all).collect(), |holders| vec![holders]);
        match (can_be_lost(&sizes), self.lag.filter(|_| self.style != Style::None)) {
            (false, _) => AtWorst::NONE,
            (true, Some(lag)) => seconds(lag),
            (true, None) => unknown(),
        }
    }
}

fn seconds(seconds: f64) -> AtWorst {
    AtWorst { known: crate::quantity::Duration::new(seconds), is_complete: true }
}

fn unknown() -> AtWorst {
    AtWorst { is_complete: false, ..AtWorst::NONE }
}

/// What is lost: of several that all happen the longest, unknown where one is.
fn worst(of: impl IntoIterator<Item = AtWorst>) -> AtWorst {
    let (mut known, mut is_complete) = (0.0, true);
    for one in of {
        known = f64::max(known, one.known.seconds());
        is_complete &= one.is_complete;
    }
    AtWorst { is_complete, ..seconds(known) }
}

/// A model: an application that writes to the first store, stores, and what carries copies between them.
#[derive(Debug)]
struct Model {
    stores: Vec<Store>,
    carries: Vec<Carry>,
}

const IDS: [&str; 3] = ["a", "b", "c"];

impl Model {
    fn text(&self) -> String {
        let stores: String = self.stores.iter().zip(IDS).map(|(store, id)| store.text(id)).collect();
        let carries: String =
            self.carries.iter().map(|(from, to, how)| format!("\"{} => {}\" = {{ {how} }}\n", IDS[*from], IDS[*to])).collect();
        let zone = |at: usize| {
            format!(
                "{} = {{ kind = \"zone\", in = \"r\", availability = {}, mttr = \"{}h\" }}\n",
                ZONES[at],
                1.0 - OF_ZONES[at],
                ZONE_HOURS[at]
            )
        };
        format!(
            "[teams]\nday = {{ oncall = \"business-hours\" }}\n[locations]\nr = {{ kind = \"region\", availability = 1, mttr = \"9h\" }}\n{}{}\
             [components]\nu = {{ kind = \"client\" }}\napp = {{ kind = \"service\", on = \"z1\", availability = {}, mttr = \"{APP_HOURS}h\" }}\n{stores}\
             [links]\n\"u -> app\" = {{}}\n\"app -> a\" = {{ effect = \"write\" }}\n{carries}\
             [shared-fate]\nfate = {{ of = \"z0\", mttr = \"{FATE_HOURS}h\" }}\n\
             [journeys.j]\nrate = \"1/s\"\nsteps = [\"u -> app\", \"app -> a\"]\n",
            zone(0),
            zone(1),
            1.0 - OF_APP
        )
    }

    /// The stores for which a write to the first one waits: itself, and what copies are carried to while writers wait.
    fn awaited(&self) -> Vec<usize> {
        let mut awaited = vec![0];
        let mut next = 0;
        while next < awaited.len() {
            let sync =
                self.carries.iter().filter(|(from, _, how)| *from == awaited[next] && how.contains("sync\"") && !how.contains("async"));
            let more: Vec<usize> = sync.map(|(_, to, _)| *to).filter(|to| !awaited.contains(to)).collect();
            awaited.extend(more);
            next += 1;
        }
        awaited
    }

    /// What is lost of a store of which nothing is left: what came after the last backup, or what is still on its way to a copy, whichever is less.
    fn nothing_left(&self, of: usize, gone: &[Vec<bool>]) -> AtWorst {
        let mut saved: Vec<AtWorst> = vec![match self.stores[of].backup {
            "backup = false" => seconds(f64::INFINITY),
            "backup = { every = \"1h\" }" => seconds(3_600.0),
            _ => unknown(),
        }];
        // Every way over which copies are carried to a store that is there, and how far what arrives at its end is behind.
        let mut ways: Vec<(Vec<usize>, f64, bool)> = vec![(vec![of], 0.0, true)];
        while let Some((way, behind, is_known)) = ways.pop() {
            let last = *way.last().expect("a way has a start");
            if last != of && gone[last].iter().any(|gone| !gone) {
                saved.push(if is_known { seconds(behind) } else { unknown() });
            }
            for (from, to, how) in &self.carries {
                if *from == last && !way.contains(to) {
                    let lag = match *how {
                        "mode = \"sync\"" => Some(0.0),
                        "mode = \"async\", lag = \"10s\"" => Some(10.0),
                        "mode = \"async\", lag = \"2h\"" => Some(7_200.0),
                        _ => None,
                    };
                    ways.push((way.iter().copied().chain([*to]).collect(), behind + lag.unwrap_or(0.0), is_known && lag.is_some()));
                }
            }
        }
        let known = saved.iter().filter(|one| one.is_complete).map(|one| one.known.seconds()).fold(f64::NAN, f64::min);
        if known.is_nan() { unknown() } else { seconds(known) }
    }
}

/// What is lost: its id, how long until it is restored, whether a place takes the data with it, and which components are down.
type Lost = (&'static str, f64, bool, fn(&str, usize) -> bool);

const LOST: [Lost; 8] = [
    ("r", 9.0, true, |_, _| true),
    ("z0", ZONE_HOURS[0], true, |_, zone| zone == 0),
    ("z1", ZONE_HOURS[1], true, |_, zone| zone == 1),
    ("fate", FATE_HOURS, true, |_, zone| zone == 0),
    ("app", APP_HOURS, false, |id, _| id == "app"),
    ("a", 0.0, false, |id, _| id == "a"),
    ("b", 0.0, false, |id, _| id == "b"),
    ("c", 0.0, false, |id, _| id == "c"),
];

fn check(model: &Model) {
    let system = system(&model.text());
    let radius = blast_radius(&system);
    for (id, hours, is_place, takes) in LOST.iter().filter(|(id, ..)| !IDS[model.stores.len()..].contains(id)) {
        let own = IDS.iter().position(|store| store == id).map(|at| model.stores[at].restore.1);
        let down: Vec<Vec<bool>> =
            model.stores.iter().zip(IDS).map(|(store, name)| store.zones.iter().map(|zone| takes(name, *zone)).collect()).collect();
        let gone: Vec<Vec<bool>> = model
            .stores
            .iter()
            .zip(&down)
            .map(|(store, down)| down.iter().map(|down| *down && (*is_place || store.forgets)).collect())
            .collect();
        let awaited = model.awaited();
        let works = !takes("app", 1) && awaited.iter().all(|at| model.stores[*at].works(&down[*at]));
        let mut back = vec![if works { AtWorst::NONE } else { seconds(own.unwrap_or(*hours) * 3_600.0) }];
        for at in &awaited {
            let starts = down[*at][0] && down[*at].iter().any(|down| !down);
            back.extend(model.stores[*at].failover_hours().filter(|_| starts).map(|hours| seconds(hours * 3_600.0)));
        }
        let data = |at: usize| match gone[at].iter().filter(|gone| **gone).count() {
            0 => AtWorst::NONE,
            all if all == gone[at].len() => model.nothing_left(at, &gone),
            _ => model.stores[at].lost_with(&gone[at]),
        };
        let recovery = &radius.domain(id).expect("a domain").recovery;
        let context = || format!("{id} of\n{}\n{recovery:?}", model.text());
        let near = |a: f64, b: f64| a == b || (a - b).abs() < 1e-6;
        let is_same = |a: AtWorst, b: AtWorst| a.is_complete == b.is_complete && near(a.known.seconds(), b.known.seconds());
        let (expected, found) = (worst(back), recovery.back_after());
        assert!(is_same(found, expected), "back after {found:?} instead of {expected:?}: {}", context());
        let journey = recovery.journeys.first().map_or(AtWorst::NONE, |one| one.data_lost);
        assert!(is_same(journey, data(0)), "the journey loses {journey:?} instead of {:?}: {}", data(0), context());
        // Of several stores the one that surely loses most is named.
        let most = (0..model.stores.len()).map(data).map(|one| one.known.seconds()).fold(0.0, f64::max);
        assert!(near(recovery.data_lost().known.seconds(), most), "{:?} instead of {most}: {}", recovery.data, context());
    }
    check_states(model, &system);
}

/// The bits of a store in a state: of its copies, of what these have in common, of its failover.
type Bits = (Vec<usize>, Option<usize>, Option<usize>);

/// The sum over all states: zones, the application, each copy, what copies have in common, failovers.
fn check_states(model: &Model, system: &crate::model::System) {
    let event = |id: String, probability: f64, hours: f64| Event { id, probability, hours };
    let mut events = vec![event("z0".into(), OF_ZONES[0], ZONE_HOURS[0]), event("z1".into(), OF_ZONES[1], ZONE_HOURS[1])];
    events.push(event("app/1".into(), OF_APP, APP_HOURS));
    let mut bits: Vec<Bits> = Vec::new();
    let awaited = model.awaited();
    for at in &awaited {
        let (store, id) = (&model.stores[*at], IDS[*at]);
        let copies = store.zones.len();
        let own = if copies > 1 { OF_STORE * (1.0 - COMMON) } else { OF_STORE };
        let of_copies = (0..copies).map(|copy| {
            events.push(event(format!("{id}/{}", copy + 1), own, store.restore.1));
            events.len() - 1
        });
        let of_copies: Vec<usize> = of_copies.collect();
        let common = (copies > 1).then(|| {
            events.push(event(format!("{id}/common"), OF_STORE * COMMON, store.restore.1));
            events.len() - 1
        });
        let failover = store.failover_hours().map(|hours| {
            let zone = store.zones[0];
            let is_apart = store.zones.iter().any(|other| *other != zone);
            let of_zone = if is_apart { OF_ZONES[zone] / ZONE_HOURS[zone] } else { 0.0 };
            let probability = (own / store.restore.1 + of_zone) * hours;
            events.push(event(format!("{id}/failover"), probability.min(1.0), hours));
            events.len() - 1
        });
        bits.push((of_copies, common, failover));
    }
    let lost: Vec<f64> = (0..1_usize << events.len())
        .map(|state| {
            let lasts = |at: usize| state >> at & 1 == 1;
            let of_store = |(at, (copies, common, failover)): (&usize, &Bits)| {
                let store = &model.stores[*at];
                let all = common.is_some_and(lasts);
                let down: Vec<bool> = copies.iter().zip(store.zones).map(|(copy, zone)| all || lasts(*copy) || lasts(*zone)).collect();
                store.works(&down) && !failover.is_some_and(lasts)
            };
            let works = !lasts(1) && !lasts(2) && awaited.iter().zip(&bits).all(of_store);
            f64::from(u8::from(!works))
        })
        .collect();
    let found = availability(system, Detail::Explained);
    let found = found.journeys[0].as_ref().expect("a small model is exact");
    compare(system, found, &events, &lost, &|| model.text());
}

/// All stores of one to three copies in two zones.
fn stores() -> Vec<Store> {
    let mut stores = Vec::new();
    for zones in PLACES {
        let copies = zones.len();
        for style in [Style::None, Style::Leader, Style::Leaderless] {
            let acks: &[Option<&'static str>] = match style {
                Style::None => &[None],
                _ if copies == 1 => continue,
                Style::Leader => &[None, Some("async"), Some("one"), Some("quorum"), Some("all")],
                Style::Leaderless => &[None, Some("one"), Some("quorum")],
            };
            let failovers: &[Failover] = match style {
                Style::Leader => &[Failover::Unknown, Failover::Nothing, Failover::Automatic, Failover::Mostly, Failover::Manual],
                Style::None | Style::Leaderless => &[Failover::Unknown],
            };
            let lags: &[Option<f64>] = if style == Style::None { &[None] } else { &[None, Some(5.0)] };
            for ack in acks {
                for failover in failovers {
                    for lag in lags {
                        stores.push(Store { zones, style, ack: *ack, failover: *failover, lag: *lag, ..ALONE });
                    }
                }
            }
        }
    }
    stores
}

/// Semantics, "Failure", "Links": every store, with every time to restore, backup and durability.
#[test]
fn one_store_is_back_and_loses_what_brute_force_says() {
    for store in stores() {
        for restore in RESTORES {
            let backup = if restore == RESTORES[0] { &BACKUPS[..] } else { &BACKUPS[..1] };
            for backup in backup {
                for forgets in [false, true] {
                    check(&Model { stores: vec![Store { restore, backup, forgets, ..store }], carries: Vec::new() });
                }
            }
        }
    }
}

/// Semantics, "Links" (`=>`): a store whose copies are carried to one or two others, perhaps by way of the other.
#[test]
fn stores_with_copies_elsewhere_lose_what_brute_force_says() {
    let hows = ["mode = \"sync\"", "mode = \"async\", lag = \"10s\"", "mode = \"async\", lag = \"2h\"", "mode = \"async\""];
    let firsts: Vec<Store> = stores()
        .into_iter()
        .filter(|store| store.zones.len() < 3 && !matches!(store.failover, Failover::Nothing | Failover::Manual))
        .filter(|store| store.style != Style::Leaderless && matches!(store.ack, None | Some("async" | "all")))
        .collect();
    let seconds = [[0].as_slice(), &[1]].map(|zones| Store { zones, ..ALONE });
    for first in firsts {
        for backup in [BACKUPS[0], BACKUPS[3]] {
            let first = Store { backup, ..first };
            for (second, how) in seconds.iter().flat_map(|second| hows.iter().map(move |how| (second, *how))) {
                check(&Model { stores: vec![first, *second], carries: vec![(0, 1, how)] });
            }
        }
    }
    for zones in [[0].as_slice(), &[0, 0]] {
        let first = Store { zones, backup: BACKUPS[3], ..ALONE };
        for (second, third) in seconds.iter().flat_map(|second| seconds.iter().map(move |third| (*second, *third))) {
            for (one, other) in hows.iter().flat_map(|one| hows.iter().map(move |other| (*one, *other))) {
                check(&Model { stores: vec![first, second, third], carries: vec![(0, 1, one), (0, 2, other)] });
                check(&Model { stores: vec![first, second, third], carries: vec![(0, 1, one), (1, 2, other)] });
            }
        }
    }
}
