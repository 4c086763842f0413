//! Counting equals a naive walk: random call trees over small systems, every call unrolled, every pair of instances looked at.
//!
//! The oracle shares nothing with the analysis but the model: it recurses, repeats a step as often as it says, and decides distance, route, copies and
//! attempts by its own few lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::{JourneyCommunication, communication};
use crate::model::testing::system;
use crate::model::{Call, CallTree, Component, Instance, LinkId, NodeId, NodeKind, System};
use crate::syntax::keys::{component, link, replication};
use crate::syntax::link_key::Arrow;
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, Effect, ReplicationAck, ReplicationMode, ReplicationStyle, Route};

/// What a part of a call tree sends and waits for.
#[derive(Debug, Clone, Default)]
struct Sum {
    messages: f64,
    bytes: f64,
    retried_messages: f64,
    retried_bytes: f64,
    crossings: BTreeMap<&'static str, f64>,
    class_bytes: BTreeMap<&'static str, f64>,
    visits: BTreeMap<String, f64>,
    team_crossings: f64,
    round_trips: f64,
    depth: u64,
    fan_out: u64,
}

impl Sum {
    /// Adds `other` a number of times: what is sent, not what is waited for.
    fn send(&mut self, other: &Self, often: f64) {
        self.messages += other.messages * often;
        self.bytes += other.bytes * often;
        self.retried_messages += other.retried_messages * often;
        self.retried_bytes += other.retried_bytes * often;
        self.team_crossings += other.team_crossings * often;
        for (class, messages) in &other.crossings {
            *self.crossings.entry(class).or_default() += messages * often;
        }
        for (class, bytes) in &other.class_bytes {
            *self.class_bytes.entry(class).or_default() += bytes * often;
        }
        for (component, visits) in &other.visits {
            *self.visits.entry(component.clone()).or_default() += visits * often;
        }
        self.fan_out = self.fan_out.max(other.fan_out);
    }

    fn one(&mut self, class: &'static str, messages: f64, bytes: f64) {
        self.messages += messages;
        self.bytes += bytes;
        self.retried_messages += messages;
        self.retried_bytes += bytes;
        *self.crossings.entry(class).or_default() += messages;
        *self.class_bytes.entry(class).or_default() += bytes;
    }
}

fn walk(system: &System, tree: &CallTree, id: NodeId) -> Sum {
    let node = tree.node(id);
    let parts: Vec<Sum> = node.children.iter().map(|child| walk(system, tree, *child)).collect();
    let mut sum = Sum::default();
    match &node.kind {
        NodeKind::Root | NodeKind::Sequence => {
            for part in &parts {
                sum.send(part, 1.0);
                sum.round_trips += part.round_trips;
                sum.depth = sum.depth.max(part.depth);
            }
        }
        NodeKind::Parallel { quorum } => {
            for part in &parts {
                sum.send(part, 1.0);
                sum.depth = sum.depth.max(part.depth);
            }
            sum.fan_out = sum.fan_out.max(parts.len() as u64);
            // The k-th smallest: take the smallest away k − 1 times.
            let mut waits: Vec<f64> = parts.iter().map(|part| part.round_trips).collect();
            for _ in 1..*quorum {
                let smallest = (0..waits.len()).min_by(|a, b| waits[*a].total_cmp(&waits[*b])).expect("a quorum is at most the members");
                waits.remove(smallest);
            }
            sum.round_trips = waits.into_iter().fold(f64::INFINITY, f64::min);
        }
        NodeKind::Choice { shares } => {
            for (part, share) in parts.iter().zip(shares) {
                sum.send(part, *share);
                sum.round_trips += share * part.round_trips;
                sum.depth = sum.depth.max(part.depth);
            }
        }
        NodeKind::FirstOf { .. } => sum = parts[0].clone(),
        NodeKind::Cached { hit } => {
            let NodeKind::Call(call) = &tree.node(node.children[0]).kind else { panic!("a cached step begins with its call") };
            sum = parts[0].clone();
            // Each lookup that happens may miss.
            for _ in 0..call.times {
                let miss = call.when.likely * (1.0 - hit.likely);
                sum.send(&parts[1], miss);
                sum.round_trips += miss * parts[1].round_trips;
            }
            sum.depth = sum.depth.max(parts[1].depth);
        }
        NodeKind::Call(call) => {
            let mut once = one_call(system, call);
            for part in &parts {
                once.send(part, 1.0);
                once.round_trips += part.round_trips;
                once.depth = once.depth.max(part.depth);
            }
            let is_use = is_use(system, call.link);
            let width = width(system, call.link);
            let attempts = attempts(system, call.link);
            for _ in 0..call.times {
                for _ in 0..width {
                    sum.send(&once, call.when.likely);
                }
            }
            sum.retried_messages *= attempts;
            sum.retried_bytes *= attempts;
            sum.fan_out = sum.fan_out.max(width as u64);
            if call.arrow == Arrow::Call {
                let waits = if is_use {
                    0.0
                } else if waits_for_copies(system, call) {
                    2.0
                } else {
                    1.0
                };
                for _ in 0..call.times {
                    sum.round_trips += call.when.likely * (waits + once.round_trips);
                }
                sum.depth = once.depth + u64::from(!is_use);
            } else {
                (sum.round_trips, sum.depth) = (0.0, 0);
            }
        }
    }
    sum
}

/// One call, without what runs below it.
fn one_call(system: &System, call: &Call) -> Sum {
    let mut sum = Sum::default();
    let (caller, callee) = (system.component(call.caller), system.component(call.callee));
    sum.visits.insert(callee.id.clone(), 1.0);
    if is_use(system, call.link) {
        return sum;
    }
    let is_call = call.arrow == Arrow::Call;
    let payload = call.payload.map_or_else(|| payload(system, call.link), |range| range.likely);
    let response = call.response.map_or_else(|| response(system, call.link), |range| range.likely);
    let messages = if is_call { 2.0 } else { 1.0 };
    for (class, share) in classes(system, call.link) {
        sum.one(class, messages * share, (payload + response) * share);
    }
    for sidecar in system.components.iter().filter(|one| one.kind == ComponentKind::Sidecar) {
        for end in [call.caller, call.callee] {
            if sidecar.of == Some(end) {
                sum.one("same-host", messages, payload + response);
                *sum.visits.entry(sidecar.id.clone()).or_default() += 1.0;
            }
        }
    }
    if let (Some(a), Some(b)) = (caller.owner, callee.owner) {
        sum.team_crossings = if a == b { 0.0 } else { 1.0 };
    }
    if writes(system, call) {
        copy(system, call, payload, &mut sum);
    }
    sum
}

fn copy(system: &System, call: &Call, payload: f64, sum: &mut Sum) {
    let callee = system.component(call.callee);
    if let Some(facts) = callee.facts.table(component::REPLICATION) {
        let n = callee.replicas as usize;
        let to_all = system.link(call.link).facts.get(link::ROUTE).stated() == Some(Route::All);
        for (index, shard) in callee.shards.iter().enumerate() {
            let share = if to_all { 1.0 / callee.shards.len() as f64 } else { shard.share };
            let copies = callee.shard_instances(index);
            let mut pairs: Vec<(usize, usize)> = Vec::new();
            match facts.get(replication::STYLE).stated() {
                Some(ReplicationStyle::SingleLeader) | None => pairs.extend((1..n).map(|to| (0, to))),
                Some(ReplicationStyle::MultiLeader) => {
                    pairs.extend((0..n).flat_map(|from| (0..n).filter(move |to| *to != from).map(move |to| (from, to))))
                }
                Some(ReplicationStyle::Leaderless) => pairs.extend((0..n).flat_map(|from| (0..n).map(move |to| (from, to)))),
            }
            let leaderless = facts.get(replication::STYLE).stated() == Some(ReplicationStyle::Leaderless);
            let messages = if leaderless { 2 * n } else { 2 * (n - 1) } as f64 * share;
            for (from, to) in &pairs {
                let class = if from == to { "same-host" } else { class_of(system, &copies[*from], &copies[*to]) };
                let part = messages / pairs.len() as f64;
                sum.one(class, part, part * payload);
            }
        }
    }
    for id in system.link_ids().filter(|id| system.link(*id).arrow == Arrow::Replication && system.link(*id).from == call.callee) {
        for (class, share) in classes(system, id) {
            sum.one(class, share, share * self::payload(system, id));
        }
    }
}

fn is_use(system: &System, id: LinkId) -> bool {
    let kind = |id| system.component(id).kind;
    kind(system.link(id).from) == ComponentKind::Actor && kind(system.link(id).to) == ComponentKind::Client
}

fn payload(system: &System, id: LinkId) -> f64 {
    match system.link(id).facts.get(link::PAYLOAD) {
        Fact::Stated(bytes) => bytes.bytes(),
        Fact::Absent => 0.0,
        Fact::Unknown => 1_500.0,
    }
}

fn response(system: &System, id: LinkId) -> f64 {
    match system.link(id).facts.get(link::RESPONSE) {
        Fact::Stated(bytes) => bytes.bytes(),
        Fact::Absent => 0.0,
        Fact::Unknown if system.link(id).arrow == Arrow::Call => 1_500.0,
        Fact::Unknown => 0.0,
    }
}

fn writes(system: &System, call: &Call) -> bool {
    if !call.writes.is_empty() || !call.reads.is_empty() {
        return !call.writes.is_empty();
    }
    match system.link(call.link).facts.get(link::EFFECT) {
        Fact::Stated(effect) => effect != Effect::Read,
        Fact::Absent => false,
        Fact::Unknown => matches!(
            system.component(call.callee).kind,
            ComponentKind::Database | ComponentKind::Cache | ComponentKind::Queue | ComponentKind::Storage
        ),
    }
}

fn waits_for_copies(system: &System, call: &Call) -> bool {
    if !writes(system, call) {
        return false;
    }
    let callee = system.component(call.callee);
    let acknowledged = callee.facts.table(component::REPLICATION).is_some_and(|facts| {
        let ack = facts.get(replication::ACK).stated();
        matches!(ack, Some(ReplicationAck::Quorum | ReplicationAck::All)) && callee.replicas > 1
    });
    let synchronous = system.links.iter().any(|one| {
        one.from == call.callee && one.arrow == Arrow::Replication && one.facts.get(link::MODE).stated() == Some(ReplicationMode::Sync)
    });
    acknowledged || synchronous
}

fn leads(component: &Component) -> bool {
    component
        .facts
        .table(component::REPLICATION)
        .is_some_and(|facts| facts.get(replication::STYLE).stated() == Some(ReplicationStyle::SingleLeader))
}

fn width(system: &System, id: LinkId) -> usize {
    let callee = system.component(system.link(id).to);
    if system.link(id).facts.get(link::ROUTE).stated() != Some(Route::All) {
        1
    } else if callee.shards.len() > 1 {
        callee.shards.len()
    } else if leads(callee) {
        1
    } else {
        callee.replicas as usize
    }
}

fn attempts(system: &System, id: LinkId) -> f64 {
    let failed: f64 = classes(system, id)
        .iter()
        .map(|(class, share)| {
            share
                * match *class {
                    "same-host" | "in-process" => 0.0,
                    "internet" => 0.01,
                    _ => 0.001,
                }
        })
        .sum();
    let retries = system.link(id).facts.get(link::RETRIES).stated().unwrap_or(0);
    let (mut sum, mut power) = (0.0, 1.0);
    for _ in 0..=retries {
        sum += power;
        power *= failed;
    }
    sum
}

/// The places are `za`, `zb` (zones) and `na`, `nb` (one node in each).
fn class_of(system: &System, a: &Instance, b: &Instance) -> &'static str {
    let at = |instance: &Instance| instance.host.map(|host| system.location(host.location).id.as_str());
    match (at(a), at(b)) {
        (Some("na"), Some("na")) | (Some("nb"), Some("nb")) => "same-host",
        (Some(a), Some(b)) if a.as_bytes()[1] == b.as_bytes()[1] => "same-zone",
        (Some(_), Some(_)) => "cross-zone",
        _ => "unplaced",
    }
}

fn classes(system: &System, id: LinkId) -> Vec<(&'static str, f64)> {
    let link = system.link(id);
    let (from, to) = (system.component(link.from), system.component(link.to));
    if from.kind == ComponentKind::Client {
        return vec![("internet", 1.0)];
    }
    let route = link.facts.get(link::ROUTE).stated();
    let leader_only = leads(to) && route != Some(Route::Any);
    let by_share = to.shards.len() > 1 && route.is_none();
    let mut targets: Vec<(&Instance, f64)> = Vec::new();
    for (index, shard) in to.shards.iter().enumerate() {
        let pool = to.shard_instances(index);
        let pool = if leader_only { &pool[..1] } else { pool };
        let share = if by_share { shard.share } else { 1.0 / to.shards.len() as f64 };
        targets.extend(pool.iter().map(|instance| (instance, share / pool.len() as f64)));
    }
    let mut found = Vec::new();
    for caller in &from.instances {
        for (callee, share) in &targets {
            found.push((class_of(system, caller, callee), share / from.instances.len() as f64));
        }
    }
    found
}

/// Random choices, read from a list of bytes.
struct Dice<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Dice<'_> {
    fn below(&mut self, sides: usize) -> usize {
        let byte = self.bytes[self.at % self.bytes.len()];
        self.at += 1;
        byte as usize % sides
    }

    fn pick<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[self.below(words.len())]
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn model(dice: &mut Dice<'_>) -> String {
    let mut text = String::from(
        "[teams]\nt = {}\nu = {}\n[locations]\nr = { kind = \"region\" }\nza = { kind = \"zone\", in = \"r\" }\nzb = { kind = \"zone\", in = \"r\" }\n\
         na = { kind = \"node\", in = \"za\" }\nnb = { kind = \"node\", in = \"zb\" }\n\
         [entities]\nthing = {}\n[components]\nperson = { kind = \"actor\" }\nuser = { kind = \"client\" }\n",
    );
    for name in NAMES {
        let kind = dice.pick(&["service", "database", "queue"]);
        let on = dice.pick(&["[\"za\"]", "[\"za\", \"zb\"]", "[\"na\", \"nb\"]", "[\"na\", \"zb\", \"za\"]", "[\"na\"]"]);
        let replicas = 1 + dice.below(3);
        write!(text, "{name} = {{ kind = \"{kind}\", on = {on}, replicas = {replicas}").expect("a string takes text");
        text += dice.pick(&["", ", owner = \"t\"", ", owner = \"u\""]);
        text += dice.pick(&["", "", ", shards = { A = 0.25, B = 0.75 }"]);
        if kind != "service" {
            let style = dice.pick(&["single-leader", "multi-leader", "leaderless"]);
            let ack = dice.pick(&["one", "quorum", "all", "async"]);
            text += &dice.pick(&["", ", replication = { style = \"STYLE\", ack = \"ACK\" }"]).replace("STYLE", style).replace("ACK", ack);
        }
        text += " }\n";
    }
    text += dice.pick(&["", "side = { kind = \"sidecar\", of = \"a\" }\n"]);
    text += "[links]\n\"person -> user\" = {}\n";
    for from in std::iter::once("user").chain(NAMES) {
        for to in NAMES.iter().filter(|to| **to != from) {
            for arrow in if from == "user" { vec!["->"] } else { vec!["->", "~>"] } {
                write!(text, "\"{from} {arrow} {to}\" = {{ retries = {}", dice.below(3)).expect("a string takes text");
                text += dice.pick(&["", ", payload = \"100B\"", ", payload = false"]);
                text += dice.pick(&["", ", response = \"7KB\"", ", response = false"]).get(..).filter(|_| arrow == "->").unwrap_or("");
                text += dice.pick(&["", "", ", route = \"all\"", ", route = \"any\""]);
                text += dice.pick(&["", ", effect = \"read\"", ", effect = \"write\"", ", effect = \"irreversible\""]);
                text += " }\n";
            }
        }
    }
    text += dice.pick(&[
        "",
        "\"a => b\" = { payload = \"300B\" }\n",
        "\"a => b\" = { mode = \"sync\" }\n\"a => c\" = {}\n",
        "\"d => e\" = { mode = \"async\" }\n",
    ]);
    let mut reached = vec!["user"];
    let mut left = 8;
    text += "[journeys.j]\nsteps = [";
    text += dice.pick(&["", "\"person -> user\", "]);
    text += &steps(dice, &mut reached, &mut left, 3);
    text += "]\n";
    text
}

/// Writes steps whose callers were reached before.
fn steps(dice: &mut Dice<'_>, reached: &mut Vec<&'static str>, left: &mut usize, depth: usize) -> String {
    let mut text = String::new();
    let first = reached.len();
    for _ in 0..=dice.below(4) {
        if *left == 0 {
            break;
        }
        let caller = if reached.len() == first { reached[first - 1] } else { reached[first - 1 + dice.below(reached.len() - first + 1)] };
        text += &step(dice, caller, reached, left, depth);
        text += ", ";
    }
    if text.is_empty() {
        // A member needs a step.
        let caller = reached[first - 1];
        text += &call(dice, caller, reached, left, None);
    }
    text
}

fn step(dice: &mut Dice<'_>, caller: &'static str, reached: &mut Vec<&'static str>, left: &mut usize, depth: usize) -> String {
    let mut member = |dice: &mut Dice<'_>| {
        let mut inner = vec![caller];
        let text = steps(dice, &mut inner, left, depth - 1);
        reached.extend(inner.into_iter().skip(1));
        text
    };
    match if depth == 0 { 9 } else { dice.below(10) } {
        0 | 1 => {
            let members: Vec<String> = (0..=dice.below(3)).map(|_| format!("[{}]", member(dice))).collect();
            let quorum = 1 + dice.below(members.len());
            let quorum = if dice.below(2) == 0 { format!(", quorum = {quorum}") } else { String::new() };
            format!("{{ parallel = [{}]{quorum} }}", members.join(", "))
        }
        2 => {
            let (one, other) = (member(dice), member(dice));
            format!("{{ choice = [ {{ share = 0.75, steps = [{one}] }}, {{ share = 0.25, steps = [{other}] }} ] }}")
        }
        3 => {
            let (one, other) = (member(dice), member(dice));
            format!("{{ first-of = [[{one}], [{other}]] }}")
        }
        4 => {
            let otherwise = member(dice);
            call(dice, caller, reached, left, Some(&otherwise))
        }
        _ => call(dice, caller, reached, left, None),
    }
}

fn call(dice: &mut Dice<'_>, caller: &'static str, reached: &mut Vec<&'static str>, left: &mut usize, otherwise: Option<&str>) -> String {
    *left = left.saturating_sub(1);
    let others: Vec<&'static str> = NAMES.into_iter().filter(|name| *name != caller).collect();
    let callee = others[dice.below(others.len())];
    let arrow = if caller == "user" || otherwise.is_some() { "->" } else { dice.pick(&["->", "->", "->", "~>"]) };
    reached.push(callee);
    let mut text = format!("{{ call = \"{caller} {arrow} {callee}\"");
    text += dice.pick(&["", "", ", times = 2", ", times = 3"]);
    text += dice.pick(&["", "", ", when = 0.5"]);
    text += dice.pick(&["", "", ", payload = \"11B\""]);
    text += dice.pick(&["", "", ", writes = \"thing\"", ", reads = \"thing\""]);
    if let Some(otherwise) = otherwise {
        write!(text, ", hit = 0.75, else = [{otherwise}]").expect("a string takes text");
    }
    text + " }"
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

fn same_classes(counted: impl Iterator<Item = (&'static str, f64)>, walked: &BTreeMap<&'static str, f64>) -> bool {
    let counted: BTreeMap<&str, f64> = counted.collect();
    let all = counted.keys().chain(walked.keys());
    all.into_iter().all(|class| close(counted.get(class).copied().unwrap_or(0.0), walked.get(class).copied().unwrap_or(0.0)))
}

fn check(system: &System, counted: &JourneyCommunication, walked: &Sum) -> Result<(), proptest::test_runner::TestCaseError> {
    prop_assert!(close(counted.messages.first, walked.messages), "messages {} {}", counted.messages.first, walked.messages);
    prop_assert!(
        close(counted.messages.with_retries, walked.retried_messages),
        "retried {} {}",
        counted.messages.with_retries,
        walked.retried_messages
    );
    prop_assert!(close(counted.bytes.first.bytes(), walked.bytes), "bytes {} {}", counted.bytes.first.bytes(), walked.bytes);
    prop_assert!(close(counted.bytes.with_retries.bytes(), walked.retried_bytes));
    prop_assert!(
        same_classes(counted.crossings.iter().map(|(class, messages)| (class.word(), *messages)), &walked.crossings),
        "{:?} {:?}",
        counted.crossings,
        walked.crossings
    );
    prop_assert!(same_classes(counted.bytes_by_class.iter().map(|(class, bytes)| (class.word(), bytes.bytes())), &walked.class_bytes));
    prop_assert!(close(counted.team_crossings.per_request, walked.team_crossings));
    prop_assert!(close(counted.serial_round_trips, walked.round_trips), "T {} {}", counted.serial_round_trips, walked.round_trips);
    prop_assert_eq!(counted.depth, walked.depth);
    prop_assert_eq!(counted.fan_out, walked.fan_out.max(1));
    for visits in &counted.visits {
        let component = system.component(visits.component);
        let root = if visits.component == system.journeys[0].calls.root { 1.0 } else { 0.0 };
        let expected = walked.visits.get(&component.id).copied().unwrap_or(0.0) + root;
        prop_assert!(close(visits.visits.first, expected), "visits of {}: {} {expected}", component.id, visits.visits.first);
    }
    if let Some((_, messages)) = counted.growth.samples.first() {
        prop_assert!(close(*messages, walked.messages), "growth starts at {messages}, not at {}", walked.messages);
    }
    let crossings: f64 = counted.crossings.values().sum();
    prop_assert!(close(crossings, counted.messages.first));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Semantics, "Counting", "Journeys", "Links".
    #[test]
    fn counting_equals_a_naive_walk(bytes in proptest::collection::vec(any::<u8>(), 64..400)) {
        let text = model(&mut Dice { bytes: &bytes, at: 0 });
        let system = system(&text);
        let tree = &system.journeys[0].calls;
        let walked = walk(&system, tree, CallTree::root_node());
        let counted = communication(&system);
        check(&system, &counted.journeys[0], &walked)?;
    }
}
