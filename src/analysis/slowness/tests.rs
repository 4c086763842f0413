//! Cases worked out by hand; links without a network, so that only work, timeouts and connections are left.

use super::{Slow, Slowness, slowness};
use crate::analysis::failure::blast_radius;
use crate::analysis::latency::{Depth, latency};
use crate::model::System;
use crate::model::testing::system;

const BARE: &str = "[assumptions]\nsame-host = \"0us\"\n[defaults.\"->\"]\nprotocol = \"unix\"\n";

/// Two journeys through one gateway, half of the traffic each; only `pay` goes on to the payments.
fn shop(gateway: &str, link: &str, step: &str) -> (System, Slowness) {
    let system = system(&format!(
        "{BARE}[components]\nuser = {{ kind = \"client\" }}\n\
         gate = {{ kind = \"service\", service-time = \"10ms\"{gateway} }}\n\
         pay = {{ kind = \"service\", service-time = \"10ms\", concurrency = 2 }}\n\
         [links]\n\"user -> gate\" = {{}}\n\"gate -> pay\" = {{{link}}}\n\
         [journeys.browse]\nrate = \"50/s\"\nsteps = [\"user -> gate\"]\n\
         [journeys.pay]\nrate = \"50/s\"\nsteps = [\"user -> gate\", {step}]\n"
    ));
    let found = slowness(&system, &latency(&system, Depth::Explained), &blast_radius(&system));
    (system, found)
}

fn of<'a>(system: &System, found: &'a Slowness, id: &str) -> &'a Slow {
    let component = system.find_component(id).expect("it is declared");
    found.components.iter().find(|one| one.component == component).expect("it is called")
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// Dead, `pay` costs its own journey. Hanging without a timeout it takes all 100 connections of the gateway: 50 a second are never let go, so after
/// (100 − .5 held today) ÷ 50 s nothing passes any more, and the other journey is out too.
#[test]
fn hanging_is_worse_than_dead_where_connections_run_out() {
    let (system, found) = shop(", connections = 100", "", "\"gate -> pay\"");
    let pay = of(&system, &found, "pay");
    near(pay.dead.value(), 0.5);
    near(pay.hanging.lost.value(), 1.0);
    assert!(pay.is_worse_than_dead());
    let [(full, after)] = pay.hanging.full.as_slice() else { panic!("{pay:?}") };
    assert_eq!(system.component(*full).id, "gate");
    // Browsing holds 50 · 10 ms today.
    near(after.seconds(), (100.0 - 0.5) / 50.0);
}

/// A timeout of 1 s lets each go: 50 · (10 ms + 1 s) + .5 of browsing = 51 are held, and 100 are enough; with 40 they are not.
#[test]
fn a_timeout_saves_the_callers_that_have_enough_connections() {
    let (system, found) = shop(", connections = 100", " timeout = \"1s\", retries = 0 ", "\"gate -> pay\"");
    let pay = of(&system, &found, "pay");
    near(pay.hanging.lost.value(), 0.5);
    assert!(pay.hanging.full.is_empty() && !pay.is_worse_than_dead());
    let (system, found) = shop(", connections = 40", " timeout = \"1s\", retries = 0 ", "\"gate -> pay\"");
    let pay = of(&system, &found, "pay");
    near(pay.hanging.lost.value(), 1.0);
    // 100 requests a second come before the first is let go.
    near(pay.hanging.full[0].1.seconds(), 0.4);
}

/// Two retries hold three times as long: 50 · 3.01 + .5 = 151 of 100.
#[test]
fn retries_hold_longer_and_a_breaker_not_at_all() {
    let (system, found) = shop(", connections = 100", " timeout = \"1s\", retries = 2 ", "\"gate -> pay\"");
    near(of(&system, &found, "pay").hanging.lost.value(), 1.0);
    let (system, found) = shop(", connections = 100", " timeout = \"1s\", retries = 2, circuit-breaker = true ", "\"gate -> pay\"");
    near(of(&system, &found, "pay").hanging.lost.value(), 0.5);
}

/// 25 % busy: three times as slow it is 75 % busy and slower, ten times as slow it cannot keep up, and hangs.
#[test]
fn slower_is_slower_until_the_workers_are_full() {
    let (system, found) = shop("", "", "\"gate -> pay\"");
    let pay = of(&system, &found, "pay");
    let slower = pay.slower[0].as_ref().expect("its work is stated");
    near(slower.lost.value(), 0.0);
    // M/M/2 at 50/s: with 30 ms of work C(2, 1.5) = .642857, so 30 + .642857·30/(2·.25) = 68.5714 ms; with 10 ms C(2, .5) = .1, so 10 + .1·10/(2·.75) = 10.6667 ms.
    let (journey, now, before) = slower.slowest.expect("one is slower");
    assert_eq!(system.journeys[journey.index()].id, "pay");
    near(now.seconds(), 0.010 + 0.068_571_428_6);
    near(before.seconds(), 0.010 + 0.010_666_666_7);
    near(pay.slower[1].as_ref().expect("its work is stated").lost.value(), 0.5);
    // Nobody says how many connections the gateway has.
    assert_eq!(found.without_connections, [system.find_component("gate").expect("it is declared")]);
}

/// `required = false` does not help who waits for ever; with a timeout it does.
#[test]
fn a_soft_step_without_a_timeout_hangs_all_the_same() {
    let step = "{ call = \"gate -> pay\", required = false }";
    let (system, found) = shop("", "", step);
    near(of(&system, &found, "pay").dead.value(), 0.0);
    near(of(&system, &found, "pay").hanging.lost.value(), 0.5);
    let (system, found) = shop("", " timeout = \"1s\" ", step);
    near(of(&system, &found, "pay").hanging.lost.value(), 0.0);
}

/// Two of three answers are enough: one that hangs costs nothing, two cost everything.
#[test]
fn a_quorum_bears_one_that_hangs() {
    let fate = |hangs| super::walk::tests_only(hangs);
    near(fate(&[0.0, 0.0, 1.0]), 0.0);
    near(fate(&[0.0, 1.0, 1.0]), 1.0);
    near(fate(&[0.5, 0.5, 0.5]), 0.5);
}

/// What stands on the link counts as the failure analysis reads it: a link that is not required is soft; a step that insists on the call has no use for an answer without one.
#[test]
fn softness_is_that_of_failures() {
    let (system, found) = shop("", " timeout = \"1s\", required = false ", "\"gate -> pay\"");
    near(of(&system, &found, "pay").dead.value(), 0.0);
    near(of(&system, &found, "pay").hanging.lost.value(), 0.0);
    let (system, found) = shop("", " timeout = \"1s\", fallback = true ", "{ call = \"gate -> pay\", required = true }");
    near(of(&system, &found, "pay").dead.value(), 0.5);
    near(of(&system, &found, "pay").hanging.lost.value(), 0.5);
}

/// Another component answers in `pay`'s place, but it calls `pay` too and has ten connections: once it is full, it answers nobody.
#[test]
fn a_fallback_that_is_full_answers_nobody() {
    let lost = |other: &str| {
        let system = system(&format!(
            "{BARE}[components]\nuser = {{ kind = \"client\" }}\ngate = {{ kind = \"service\", service-time = \"10ms\" }}\n\
             pay = {{ kind = \"service\", service-time = \"10ms\" }}\nother = {{ kind = \"service\", service-time = \"10ms\", connections = 10 }}\n\
             [links]\n\"user -> gate\" = {{}}\n\"user -> other\" = {{}}\n\"gate -> pay\" = {{ timeout = \"1s\", fallback = \"other\" }}\n\
             \"gate -> other\" = {{}}\n\"other -> pay\" = {{ {other} }}\n\
             [journeys.a]\nrate = \"50/s\"\nsteps = [\"user -> gate\", \"gate -> pay\"]\n\
             [journeys.b]\nrate = \"50/s\"\nsteps = [\"user -> other\", \"other -> pay\"]\n"
        ));
        let found = slowness(&system, &latency(&system, Depth::Explained), &blast_radius(&system));
        of(&system, &found, "pay").hanging.lost.value()
    };
    near(lost(""), 1.0);
    // Let go after 10 ms, 50 requests a second hold one connection: only its own journey is lost.
    near(lost("timeout = \"10ms\""), 0.5);
}
