//! The simulation against closed forms, and the formulas against the simulation.

use super::engine::{End, Engine, Span};
use super::program::Program;
use super::random::Random;
use super::{Settings, Simulation, simulate};
use crate::analysis::latency::{Depth, Flag, Latency, State, latency};
use crate::model::System;
use crate::model::testing::system;
use crate::quantity::Duration;

/// Every link is on one machine's loopback of no length: only work and queues are left.
const BARE: &str = "[assumptions]\nsame-host = \"0us\"\n[defaults.\"->\"]\nprotocol = \"unix\"\n[defaults.\"~>\"]\nprotocol = \"unix\"\n";

fn run_with(text: &str, settings: Settings) -> (System, Latency, Option<Simulation>) {
    let system = system(&format!("{BARE}{text}"));
    let computed = latency(&system, Depth::Judged);
    let found = simulate(&system, &computed, settings, &mut |_| true);
    (system, computed, found)
}

fn run(text: &str) -> (Latency, Simulation) {
    let (_, computed, found) = run_with(text, Settings { requests: 100_000, seed: 1 });
    (computed, found.expect("a journey has a rate"))
}

/// A chain of services, each called by the one before it.
fn chain(rate: u32, services: &[&str]) -> String {
    let mut text = "[components]\nuser = { kind = \"client\" }\n".to_owned();
    let mut links = "[links]\n".to_owned();
    let mut steps = Vec::new();
    let mut before = "user".to_owned();
    for (at, service) in services.iter().enumerate() {
        text.push_str(&format!("s{at} = {{ kind = \"service\", {service} }}\n"));
        links.push_str(&format!("\"{before} -> s{at}\" = {{}}\n"));
        steps.push(format!("\"{before} -> s{at}\""));
        before = format!("s{at}");
    }
    format!("{text}{links}[journeys.j]\nrate = \"{rate}/s\"\nsteps = [{}]\n", steps.join(", "))
}

/// Mean and percentiles of the simulation lie within their interval, or `tolerance`, of closed forms in milliseconds.
#[track_caller]
fn agrees(found: &Simulation, expected: &[(&str, f64)], tolerance: f64) {
    let response = found.journeys[0].as_ref().expect("it was simulated").response;
    for (name, expected) in expected {
        let estimate = match *name {
            "mean" => Some(response.mean),
            "p50" => response.p50,
            "p95" => response.p95,
            "p99" => response.p99,
            _ => response.p999,
        };
        let estimate = estimate.expect("there are enough requests");
        assert!(estimate.holds(Duration::new(expected * 1e-3), tolerance), "{name}: {estimate:?}, not {expected} ms to {tolerance}");
    }
}

/// M/M/1, M/D/1, M/M/4 and five M/M/1 in a row, as in the tests of the formulas; M/G/1 with Erlang work by Pollaczek and Khinchine: `10 + .7·10·1.25/.6`.
#[test]
fn closed_forms() {
    let (_, found) = run(&chain(80, &["concurrency = 1, service-time = \"10ms\""]));
    agrees(&found, &[("mean", 50.0), ("p50", 34.657), ("p95", 149.787), ("p99", 230.259)], 0.01);
    assert!((found.stations[0].utilization - 0.8).abs() < 0.01);
    let (_, found) = run(&chain(80, &["concurrency = 1, service-time = { mean = \"10ms\", scv = 0 }"]));
    agrees(&found, &[("mean", 30.0)], 0.005);
    let (_, found) = run(&chain(600, &["concurrency = 4, service-time = \"5.2ms\""]));
    agrees(&found, &[("mean", 8.5145), ("p99", 33.675)], 0.005);
    let (_, found) = run(&chain(100, &["concurrency = 1, service-time = \"5ms\""; 5]));
    agrees(&found, &[("mean", 50.0), ("p99", 116.046)], 0.005);
    let (_, found) = run(&chain(70, &["concurrency = 1, service-time = { mean = \"10ms\", scv = 0.25 }"]));
    agrees(&found, &[("mean", 24.583)], 0.005);
}

/// Where there is no closed form: M/E4/16 at 600/s and 20 ms has a p99 of 51.82 ms, four M/M/4 in a row at 600/s and 5.2 ms a p50 of 34.07 ms and a p99 of
/// 79.48 ms, each link with half a millisecond of network. Both were found by simulations of other programs.
#[test]
fn worked_examples_without_a_closed_form() {
    let linked = |text: String| {
        let text = text.replace("= {}", "= { protocol = \"tcp\", round-trip = \"0.5ms\" }");
        format!("[assumptions]\n\"round-trip-tail.same-zone\" = 1\n\"round-trip-tail.internet\" = 1\n{text}")
    };
    let run = |text: String| {
        let system = system(&linked(text));
        let computed = latency(&system, Depth::Judged);
        let found = simulate(&system, &computed, Settings { requests: 400_000, seed: 1 }, &mut |_| true).expect("it has a rate");
        (computed.journeys[0].mean_load.clone().expect("it has times"), found)
    };
    let (computed, found) = run(chain(600, &["concurrency = 16, service-time = { mean = \"20ms\", scv = 0.25 }"]));
    agrees(&found, &[("p99", 51.82)], 0.003);
    assert!((computed.p99.seconds() * 1e3 / 51.82 - 1.0).abs() < 0.003, "{computed:?}");
    let (computed, found) = run(chain(600, &["concurrency = 4, service-time = \"5.2ms\""; 4]));
    agrees(&found, &[("p50", 34.07), ("p99", 79.48)], 0.011);
    assert!(
        (computed.p50.seconds() * 1e3 / 34.07 - 1.0).abs() < 0.011 && (computed.p99.seconds() * 1e3 / 79.48 - 1.0).abs() < 0.011,
        "{computed:?}"
    );
}

const SERVED: &str = "[components]\nuser = { kind = \"client\" }\nf = { kind = \"service\", service-time = \"0us\", concurrency = false }\n\
    a = { kind = \"service\", concurrency = 4, service-time = \"10ms\" }\nb = { kind = \"service\", concurrency = 4, service-time = \"10ms\" }\n\
    s = { kind = \"database\", shards = { big = 0.6, small = 0.4 }, concurrency = 2, service-time = \"5ms\" }\n\
    q = { kind = \"queue\", concurrency = 4, service-time = \"2ms\" }\n\
    [links]\n\"user -> f\" = {}\n\"f -> a\" = {}\n\"f -> b\" = {}\n\"f -> s\" = { effect = \"read\" }\n\"f ~> q\" = {}\n\"q ~> b\" = {}\n\
    \"f -> a #timed\" = { timeout = \"30ms\", retries = 2 }\n\"f -> a #hedged\" = { hedge-after = \"30ms\" }\n\"f -> s #all\" = { route = \"all\", effect = \"read\" }\n";

/// What is simulated, the steps behind `user -> f` at a rate, and how far the formula may be off: p50, p99.
const GRID: &[(&str, u32, &str, f64, f64)] = &[
    ("one after another", 240, "\"f -> a\", \"f -> b\"", 0.01, 0.01),
    // Who waits long once waits long again: the formula takes visits to be independent, and flags it.
    ("times", 60, "{ call = \"f -> a\", times = 4 }", 0.04, 0.14),
    ("when", 240, "\"f -> a\", { call = \"f -> b\", when = 0.3 }", 0.01, 0.01),
    (
        "choice",
        240,
        "{ choice = [ { share = 0.7, steps = [\"f -> a\"] }, { share = 0.3, steps = [\"f -> b\", \"f -> s\"] } ] }",
        0.01,
        0.01,
    ),
    ("cache", 240, "{ call = \"f -> s\", hit = 0.8, else = [\"f -> a\"] }", 0.01, 0.01),
    ("cache, when", 240, "{ call = \"f -> s\", when = 0.5, hit = 0.6, else = [\"f -> a\"] }", 0.01, 0.01),
    ("shards", 240, "\"f -> s\"", 0.01, 0.01),
    // Members of a fan-out come at the same time, and that makes their waits alike: the formula is an upper bound.
    ("parallel", 240, "{ parallel = [\"f -> a\", \"f -> b\"] }", 0.02, 0.02),
    ("all shards", 240, "\"f -> s #all\"", 0.05, 0.03),
    // An attempt that waits long is followed by one that waits long, but at 30 % busy few do; safe whatever is retried, so that no replication gets stuck.
    ("timeout and retries", 120, "\"f -> a #timed\"", 0.02, 0.04),
    ("hedge", 120, "\"f -> a #hedged\"", 0.02, 0.03),
];

/// The validation grid: formula and simulation of the same model.
#[test]
fn formulas_hold_in_the_simulation() {
    let mut wrong = Vec::new();
    for (name, rate, steps, p50, p99) in GRID {
        let (computed, found) = run(&format!("{SERVED}[journeys.j]\nrate = \"{rate}/s\"\nsteps = [\"user -> f\", {steps}]\n"));
        let computed = computed.journeys[0].mean_load.as_ref().expect("it has times");
        let response = found.journeys[0].as_ref().expect("it was simulated").response;
        let pairs = [("p50", computed.p50, response.p50, p50), ("p99", computed.p99, response.p99, p99)];
        for (percentile, computed, estimate, tolerance) in pairs {
            let estimate = estimate.expect("there are enough requests");
            if !estimate.holds(computed, *tolerance) {
                let off = computed.seconds() / estimate.value.seconds() - 1.0;
                wrong.push(format!("{name}, {percentile}: computed {computed:?}, simulated {estimate:?}, {off:+.4}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Several workers with work that is not exponential: workers, utilization, squared variation of the work. The interpolation is within 1.5 %, of constant work within 3.5.
#[test]
fn interpolated_waits_hold_in_the_simulation() {
    let mut wrong = Vec::new();
    for (workers, busy, scv) in [(2, 0.7, 0.0), (4, 0.8, 0.25), (4, 0.8, 4.0), (16, 0.9, 0.25), (64, 0.95, 0.25)] {
        let rate = f64::from(workers) * busy / 0.01;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate below 10,000")]
        let text = chain(rate as u32, &[&format!("concurrency = {workers}, service-time = {{ mean = \"10ms\", scv = {scv} }}")]);
        let (computed, found) = run(&text);
        let computed = computed.journeys[0].mean_load.as_ref().expect("it has times");
        let response = found.journeys[0].as_ref().expect("it was simulated").response;
        for (name, computed, estimate) in
            [("mean", computed.mean, response.mean), ("p99", computed.p99, response.p99.expect("there are enough"))]
        {
            let off = computed.seconds() / estimate.value.seconds() - 1.0;
            if !estimate.holds(computed, if scv == 0.0 { 0.035 } else { 0.015 }) {
                wrong.push(format!("{workers} workers {busy} busy, scv {scv}, {name}: {computed:?}, {estimate:?}, {off:+.4}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A step at the same time whose members share a pool: workers, members, busy share, squared variation of the work, what follows the work, and how far the formula may be off at the mean and at p99.
///
/// Exact for exponential work with nothing behind it. Other work of several workers is interpolated.
const FAN_OUTS: &[(u32, u32, f64, f64, &str, f64, f64)] = &[
    (2, 2, 0.75, 1.0, "0us", 0.011, 0.011),
    (4, 4, 0.5, 1.0, "0us", 0.011, 0.011),
    (4, 4, 0.75, 1.0, "0us", 0.011, 0.011),
    (4, 10, 0.75, 1.0, "0us", 0.011, 0.011),
    (1, 3, 0.6, 1.0, "0us", 0.011, 0.011),
    (40, 10, 0.75, 1.0, "0us", 0.011, 0.011),
    (40, 4, 0.75, 1.0, "0us", 0.011, 0.011),
    (4, 4, 0.75, 1.0, "10ms", 0.011, 0.011),
    (4, 4, 0.75, 1.0, "50ms", 0.011, 0.011),
    (4, 10, 0.75, 1.0, "20ms", 0.03, 0.03),
    (1, 3, 0.6, 0.25, "0us", 0.011, 0.011),
    (4, 4, 0.75, 0.25, "0us", 0.02, 0.035),
    (4, 10, 0.3, 0.25, "0us", 0.02, 0.035),
    (4, 10, 0.75, 0.25, "0us", 0.025, 0.035),
    (4, 6, 0.5, 0.0, "0us", 0.02, 0.02),
    (4, 4, 0.75, 2.0, "0us", 0.03, 0.045),
    (16, 10, 0.75, 2.0, "0us", 0.03, 0.045),
];

/// Members that queue at the same workers wait for each other, and the formula knows it.
#[test]
fn fan_outs_into_one_pool_hold_in_the_simulation() {
    let mut wrong = Vec::new();
    for (workers, members, busy, scv, behind, mean, p99) in FAN_OUTS {
        let rate = f64::from(*workers) * busy / 0.01 / f64::from(*members);
        let member = vec!["[\"f -> a\", \"a -> b\"]"; *members as usize].join(", ");
        let (computed, found) = run(&format!(
            "[components]\nuser = {{ kind = \"client\" }}\nf = {{ kind = \"service\", concurrency = false, service-time = \"0us\" }}\n\
             a = {{ kind = \"service\", concurrency = {workers}, service-time = {{ mean = \"10ms\", scv = {scv} }} }}\n\
             b = {{ kind = \"service\", concurrency = false, service-time = \"{behind}\" }}\n[links]\n\"user -> f\" = {{}}\n\"f -> a\" = {{}}\n\"a -> b\" = {{}}\n\
             [journeys.j]\nrate = \"{rate}/s\"\nsteps = [\"user -> f\", {{ parallel = [{member}] }}]\n"
        ));
        assert!(!computed.journeys[0].flags.iter().any(|flag| matches!(flag, Flag::SharedQueue(_) | Flag::RepeatedVisits(_))));
        let computed = computed.journeys[0].mean_load.as_ref().expect("it has times");
        let response = found.journeys[0].as_ref().expect("it was simulated").response;
        let pairs = [("mean", computed.mean, response.mean, mean), ("p99", computed.p99, response.p99.expect("there are enough"), p99)];
        for (name, computed, estimate, tolerance) in pairs {
            if !estimate.holds(computed, *tolerance) {
                let off = computed.seconds() / estimate.value.seconds() - 1.0;
                wrong.push(format!(
                    "{members} into {workers}, {busy} busy, scv {scv}, {behind} behind, {name}: {computed:?}, {estimate:?}, {off:+.4}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who comes alone waits behind whole batches, whoever sends them: 60/s alone and batches of four at 60/s to four workers of 10 ms. By Little's law over all levels (summed one by one in the tests
/// of the queue) the mean wait of all is that of M^X/M/4; here the two kinds are told apart by the simulation. Messages in a row are a batch, too.
#[test]
fn who_comes_alone_waits_behind_batches() {
    let (computed, found) = run(
        "[components]\nuser = { kind = \"client\" }\nf = { kind = \"service\", concurrency = false, service-time = \"0us\" }\na = { kind = \"service\", concurrency = 4, service-time = \"10ms\" }\n\
         [links]\n\"user -> f\" = {}\n\"f -> a\" = {}\n\"f ~> a\" = {}\n[journeys.alone]\nrate = \"60/s\"\nsteps = [\"user -> f\", \"f -> a\"]\n\
         [journeys.messages]\nrate = \"60/s\"\nsteps = [\"user -> f\", { call = \"f ~> a\", times = 4 }]\n",
    );
    let alone = computed.journeys[0].mean_load.as_ref().expect("it has times");
    let simulated = found.journeys[0].as_ref().expect("it was simulated").response;
    assert!(
        simulated.mean.holds(alone.mean, 0.011) && simulated.p99.expect("there are enough").holds(alone.p99, 0.011),
        "{alone:?} {simulated:?}"
    );
    let messages = computed.journeys[1].completion.as_ref().expect("there are messages");
    let simulated = found.journeys[1].as_ref().expect("it was simulated").completion.expect("there are messages");
    assert!(
        simulated.mean.holds(messages.mean, 0.011) && simulated.p99.expect("there are enough").holds(messages.p99, 0.011),
        "{messages:?} {simulated:?}"
    );
}

/// A message leaves the response path; its completion is the formula's.
#[test]
fn completions() {
    let (computed, found) = run(&format!("{SERVED}[journeys.j]\nrate = \"200/s\"\nsteps = [\"user -> f\", \"f ~> q\", \"q ~> b\"]\n"));
    let computed = computed.journeys[0].completion.as_ref().expect("there are messages");
    let journey = found.journeys[0].as_ref().expect("it was simulated");
    assert!(journey.response.mean.value.seconds() < 1e-9);
    let completion = journey.completion.expect("there are messages");
    assert!(completion.mean.holds(computed.mean, 0.01) && completion.p99.expect("there are enough").holds(computed.p99, 0.01));
}

/// Work of modules is done by the component's workers: 10 ms and two calls of 5 ms inside, at 30/s: M/M/1-like with a mean of 20 ms of work.
#[test]
fn modules_work_inside_their_component() {
    let (computed, found) =
        run("[components]\nuser = { kind = \"client\" }\napp = { kind = \"service\", concurrency = 1, service-time = \"10ms\" }\n\
         m = { kind = \"module\", of = \"app\", service-time = \"5ms\" }\n[links]\n\"user -> app\" = {}\n\"app -> m\" = {}\n\
         [journeys.j]\nrate = \"30/s\"\nsteps = [\"user -> app\", { call = \"app -> m\", times = 2 }]\n");
    assert!((found.stations[0].utilization - 0.6).abs() < 0.01);
    // M/G/1 with the work of an exponential of 10 ms and two of 5 ms: E[S²] = 20² + 150 = 550, so 20 + 30·.55·10⁻³/(2·.4)·10³ = 40.625 ms.
    agrees(&found, &[("mean", 40.625)], 0.01);
    assert!(computed.journeys[0].mean_load.is_some());
}

/// `connections` are held until the answer: one connection at the front makes the two stations one server of 10 + 10 ms.
#[test]
fn connections_are_held_until_the_answer() {
    let open = chain(20, &["concurrency = 8, connections = 1, service-time = \"10ms\"", "concurrency = 8, service-time = \"10ms\""]);
    let (_, found) = run(&open);
    // M/E2/1 at 20/s and 20 ms: 20 + .4·20·1.5/(2·.6).
    agrees(&found, &[("mean", 30.0)], 0.01);
}

/// Three pools around each other, each of which alone would carry 400/s or more: 16 connections around 20 ms of own work, 9 around 10 ms, 4 workers of 10 ms.
const NESTED: [&str; 3] = [
    "concurrency = 16, connections = 16, service-time = \"20ms\"",
    "concurrency = 9, connections = 9, service-time = \"10ms\"",
    "concurrency = 4, connections = 4, service-time = \"10ms\"",
];

/// The reduction of nested pools to one station holds in the simulation: the times below its capacity, and the capacity itself.
#[test]
fn nested_pools_hold_in_the_simulation() {
    let (computed, found) = run(&chain(250, &NESTED));
    let times = computed.journeys[0].mean_load.as_ref().expect("it keeps up");
    let response = found.journeys[0].as_ref().expect("it was simulated").response;
    let p99 = response.p99.expect("there are enough requests");
    let off = |computed: Duration, simulated: Duration| computed.seconds() / simulated.seconds() - 1.0;
    assert!(
        off(times.mean, response.mean.value).abs() < 0.03,
        "{:+.4}: {times:?} {:?}",
        off(times.mean, response.mean.value),
        response.mean
    );
    assert!(off(times.p99, p99.value).abs() < 0.12, "{:+.4}: {times:?} {p99:?}", off(times.p99, p99.value));

    let used = computed.stations.iter().filter_map(|station| station.connections).fold(0.0, f64::max);
    let carried = 250.0 / used;
    assert!((300.0..400.0).contains(&carried), "{carried}: below what each pool carries alone");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate below 1,000")]
    let at = |share: f64| run_with(&chain((carried * share) as u32, &NESTED), Settings { requests: 100_000, seed: 1 });
    let (_, above, full) = at(1.06);
    assert!(above.journeys[0].mean_load.is_none(), "no times above its capacity");
    // Of 350 a second, 20 more than pass: after the 30 s of a replication some 600 wait for nearly 2 s. Below its capacity they wait for a fraction of that.
    let mean = |found: Option<Simulation>| {
        found.expect("it has a rate").journeys[0].as_ref().expect("it was simulated").response.mean.value.seconds()
    };
    let (full, below) = (mean(full), mean(at(0.9).2));
    assert!(full > 3.0 * below, "{full} and {below}: the simulation does not settle above that rate either");
}

#[test]
fn the_same_seed_gives_the_same_figures_and_another_one_others() {
    let text = chain(80, &["concurrency = 1, service-time = \"10ms\""]);
    let of = |seed| run_with(&text, Settings { requests: 5_000, seed }).2.expect("it has a rate");
    assert_eq!(of(7), of(7));
    assert_ne!(of(7).journeys, of(8).journeys);
}

const RETRIED: &str = "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", concurrency = false, service-time = \"0us\" }\n\
    b = { kind = \"service\", concurrency = 10, service-time = \"10ms\" }\n[journeys.j]\nrate = \"700/s\"\nsteps = [\"user -> a\", \"a -> b\"]\n";

/// Ten workers of 10 ms, 70 % busy, four attempts of 100 ms: 2,800 visits per second while all time out, of 1,000 that are carried. Once full, it stays so;
/// with a budget of a tenth, or a breaker, it recovers.
#[test]
fn a_retry_storm_outlives_its_cause_unless_a_budget_or_a_breaker_ends_it() {
    let storms = |guard: &str| {
        let text = format!("{RETRIED}[links]\n\"user -> a\" = {{}}\n\"a -> b\" = {{ timeout = \"100ms\", retries = 3{guard} }}\n");
        let (_, computed, found) = run_with(&text, Settings { requests: 20_000, seed: 1 });
        (computed, found.expect("it has a rate"))
    };
    let (computed, found) = storms("");
    assert!(matches!(computed.journeys[0].state, State::Vulnerable { .. }));
    assert_eq!(found.unsteady, 0, "nothing pushed it");
    let storm = &found.storms[0];
    assert_eq!((storm.lasting(), storm.recovered.len()), (5, 5), "{storm:?}");
    assert!((storm.expected.seconds() - 7.0 / 3.0).abs() < 0.05, "{storm:?}");
    // What is not vulnerable by the formula is not pushed.
    let (computed, found) = storms(", retry-budget = 0.1");
    assert_eq!(computed.journeys[0].state, State::Safe);
    assert_eq!(found.storms, []);
}

/// Who timed out in a queue and comes back finds it as long as before, and so do the retries of all others: four workers of 5.2 ms and a timeout of 30 ms. Where they are 70 % busy the formula, to which
/// every attempt is another draw, is far too fast, and says so; where they are 30 % busy it holds, and says nothing.
#[test]
fn retries_that_meet_the_same_queue_again_are_flagged() {
    let times = |rate: &str, step: &str| {
        let (computed, found) = run(&format!(
            "[components]\nuser = {{ kind = \"client\" }}\na = {{ kind = \"service\", concurrency = false, service-time = \"0us\" }}\n\
             b = {{ kind = \"service\", concurrency = 4, service-time = \"5.2ms\" }}\n[links]\n\"user -> a\" = {{}}\n\
             \"a -> b\" = {{ timeout = \"30ms\", retries = 3, retry-budget = 0.1 }}\n[journeys.j]\nrate = \"{rate}\"\nsteps = [\"user -> a\", {step}]\n"
        ));
        let journey = &computed.journeys[0];
        assert_eq!(journey.state, State::Safe);
        let p99 = found.journeys[0].as_ref().and_then(|found| found.response.p99).expect("there are enough");
        let ratio = journey.mean_load.as_ref().expect("it has times").p99.seconds() / p99.value.seconds();
        (journey.flags.iter().any(|flag| matches!(flag, Flag::RetriedWaits(_))), ratio, journey.given_up, p99)
    };
    let (is_flagged, ratio, given_up, _) = times("538/s", "\"a -> b\"");
    assert!(is_flagged && ratio < 0.7, "{ratio}");
    let (_, given_up) = given_up.expect("some give up");
    assert!(given_up.share < 1e-6 && given_up.if_alike > 5e-3, "{given_up:?}");
    let (is_flagged, ratio, ..) = times("100/s", "{ parallel = [\"a -> b\", \"a -> b\", \"a -> b\", \"a -> b\"] }");
    assert!(is_flagged, "{ratio}");
    let (is_flagged, ratio, _, p99) = times("230/s", "\"a -> b\"");
    assert!(!is_flagged && (ratio - 1.0).abs() < 0.03, "{ratio} {p99:?}");
}

/// Pushed although they are safe, a pool behind a budget and one behind a breaker recover, and one without queues at once.
#[test]
fn guarded_pools_recover() {
    for guard in ["retry-budget = 0.1", "circuit-breaker = true"] {
        let text = format!("{BARE}{RETRIED}[links]\n\"user -> a\" = {{}}\n\"a -> b\" = {{ timeout = \"100ms\", retries = 3, {guard} }}\n");
        let system = system(&text);
        let storm = super::storm::pushed_anyway(&system, "b", 0.7);
        assert_eq!((storm.lasting(), storm.recovered.len()), (0, 5), "{guard}: {storm:?}");
    }
}

/// Two connections, each held while its request waits for another one of the same: half of the connections are free on average, and yet there is a moment in which two requests hold both and
/// wait for a third. From then on nothing moves. So it is not safe, however idle; the same calls one after the other are, and stay steady.
#[test]
fn what_waits_for_itself_stands_still() {
    let run = |steps: &str| {
        let text = format!(
            "[components]\nu = {{ kind = \"client\" }}\na = {{ kind = \"service\", service-time = \"10ms\", concurrency = 2, connections = 2 }}\n\
             b = {{ kind = \"service\", service-time = \"10ms\", concurrency = 9 }}\n\
             [links]\n\"u -> a\" = {{}}\n\"u -> b\" = {{}}\n\"a -> b\" = {{}}\n\"b -> a\" = {{}}\n[journeys.j]\nrate = \"20/s\"\nsteps = [{steps}]\n"
        );
        let (system, computed, found) = run_with(&text, Settings { requests: 20_000, seed: 1 });
        (system, computed.journeys[0].state, found.expect("it has a rate"))
    };
    let (system, state, found) = run("\"u -> a\", \"a -> b\", \"b -> a\"");
    let a = system.find_component("a").expect("it is declared");
    assert_eq!((state, state.word()), (State::WaitsForItself { component: a }, "vulnerable"));
    assert_eq!(found.unsteady, found.replications, "it stood still in every replication");
    let (_, state, found) = run("\"u -> a\", \"u -> b\", \"u -> a\"");
    assert_eq!((state, found.unsteady), (State::Safe, 0));
}

/// More than a pool carries: no steady state, and no more than a bounded number of requests.
#[test]
fn overload_is_said() {
    let (_, found) = run(&chain(1_500, &["concurrency = 10, service-time = \"10ms\""]));
    assert_eq!(found.unsteady, found.replications);
}

#[test]
fn nothing_comes_without_a_rate() {
    let text = chain(80, &["concurrency = 1, service-time = \"10ms\""]).replace("rate = \"80/s\"\n", "");
    assert_eq!(run_with(&text, Settings::default()).2, None);
}

/// Somebody who stops it gets what there is.
#[test]
fn a_stopped_run_keeps_what_it_found() {
    let text = chain(80, &["concurrency = 1, service-time = \"10ms\""]);
    let system = system(&format!("{BARE}{text}"));
    let computed = latency(&system, Depth::Judged);
    let settings = Settings { requests: 5_000, seed: 1 };
    let found = simulate(&system, &computed, settings, &mut |progress| progress.done < 3).expect("it has a rate");
    assert!(found.is_stopped && found.replications == 3 && found.journeys[0].is_some());
}

/// A million calls in a row, to 10,000 shards, without work, with a million retries: it ends at a limit, and says so.
#[test]
fn absurd_inputs_are_bounded() {
    let text = "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", concurrency = 1000000, replicas = 10000, service-time = \"1000h\" }\n\
         s = { kind = \"database\", shards = 10000, service-time = \"0us\", concurrency = 1 }\n\
         [links]\n\"user -> a\" = { timeout = \"1us\", retries = 1000000 }\n\"a -> s\" = { route = \"all\" }\n\
         [journeys.j]\nrate = \"1/month\"\nsteps = [{ call = \"user -> a\", times = 1000000 }, { call = \"a -> s\", times = 1000000 }]\n";
    // Ten requests in each replication; the first of them is more than it may do.
    let (_, _, found) = run_with(text, Settings { requests: 100, seed: 1 });
    let found = found.expect("it has a rate");
    assert_eq!(found.unsteady + found.cut_off, found.replications, "{} and {}", found.unsteady, found.cut_off);
}

/// A member that does not happen answers at once, and one answer is enough: the request is answered before the other member has started, and is not forgotten.
#[test]
fn a_fan_out_may_be_answered_before_all_its_members_have_started() {
    let text = "[components]\nu = { kind = \"client\" }\na = { kind = \"service\", concurrency = 50, service-time = { mean = \"20ms\", scv = 0 } }\n\
         b = { kind = \"service\", concurrency = 50, service-time = { mean = \"10ms\", scv = 0 } }\n[links]\n\"u -> a\" = {}\n\"u -> b\" = {}\n\
         [journeys.j]\nrate = \"100/s\"\nsteps = [{ parallel = [{ call = \"u -> a\", when = 0.5 }, \"u -> b\"], quorum = 1 }]\n";
    let (_, found) = run(text);
    // Answered at once, or after the 10 ms of `b`: half each.
    agrees(&found, &[("mean", 5.0)], 0.02);
    // All requests are worked on by `b`: 100/s of 10 ms are one of 50 workers.
    let busy = found.stations.iter().map(|station| station.utilization).fold(0.0, f64::max);
    assert!((busy - 0.02).abs() < 0.001, "{busy}");
}

/// Calls that take no time are no events: a million times a million of them end at a limit.
#[test]
fn work_without_time_is_bounded() {
    let text = "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", concurrency = false, service-time = \"0us\" }\n\
         b = { kind = \"service\", concurrency = false, service-time = \"0us\" }\n[links]\n\"user -> a\" = {}\n\"a -> b\" = {}\n\
         [journeys.j]\nrate = \"1/s\"\nsteps = [{ call = \"user -> a\", times = 1000000 }, { call = \"a -> b\", times = 1000000 }]\n";
    let system = system(&format!("{BARE}{text}"));
    let program = Program::new(&system, &super::program::mean_rates(&system));
    let span = Span { warm_up: 0.0, end: 100.0, max_events: 10_000, stall: None };
    let found = Engine::new(&program, span, Random::stream(1, 0)).run(&mut || true);
    assert_eq!(found.end, End::Events);
}

/// A breaker that is open refuses a million calls in a row, one after another.
#[test]
fn an_open_breaker_refuses_a_million_calls() {
    let text = "[components]\nuser = { kind = \"client\" }\na = { kind = \"service\", concurrency = 1, service-time = { mean = \"1s\", scv = 0 } }\n\
         [links]\n\"user -> a\" = { timeout = \"1ms\", circuit-breaker = true }\n\
         [journeys.j]\nrate = \"1/s\"\nsteps = [{ call = \"user -> a\", times = 1000000 }]\n";
    let (_, _, found) = run_with(text, Settings { requests: 10, seed: 1 });
    let journey = found.expect("it has a rate").journeys.swap_remove(0).expect("it was simulated");
    assert_eq!(journey.given_up.value(), 1.0);
}

/// What follows a miss is a part of the cached step: of requests, half ask the cache three times, and each time 40 % go on to the constant 10 ms of `db`: .5·3·.4·10 = 6 ms.
/// In the process, a worker does the same work: with the 1 ms of its own 7 ms.
#[test]
fn a_cached_step_is_repeated_and_left_out_with_what_follows_its_misses() {
    let step = |kind: &str, from: &str| {
        format!(
            "[components]\nuser = {{ kind = \"client\" }}\n\
             app = {{ kind = \"service\", concurrency = false, service-time = {{ mean = \"1ms\", scv = 0 }} }}\n\
             cache = {{ {kind}, concurrency = false, service-time = \"0us\" }}\n\
             db = {{ {kind}, concurrency = false, service-time = {{ mean = \"10ms\", scv = 0 }} }}\n\
             [links]\n\"user -> app\" = {{}}\n\"app -> cache\" = {{}}\n\"app -> db\" = {{}}\n\"user -> cache\" = {{}}\n\"user -> db\" = {{}}\n[journeys.j]\nrate = \"100/s\"\n\
             steps = [\"user -> app\", {{ call = \"{from} -> cache\", when = 0.5, times = 3, hit = 0.6, else = [\"{from} -> db\"] }}]\n"
        )
    };
    for text in [step("kind = \"service\"", "app"), step("kind = \"service\"", "user"), step("kind = \"module\", of = \"app\"", "app")] {
        let (computed, found) = run(&text);
        agrees(&found, &[("mean", 7.0)], 0.02);
        let computed = computed.journeys[0].mean_load.as_ref().expect("it has times").mean.seconds();
        assert!((computed / 0.007 - 1.0).abs() < 1e-6, "{computed}");
    }
}
