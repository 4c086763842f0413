//! Availability against fractions by hand, and against the sum over all states.

use super::super::draws::outcome;
use super::super::evaluation::Evaluation;
use super::super::events::{EffectId, events};
use super::super::expression::GateId;
use super::super::requirement::Fault;
use super::likelihood::{Asked, of_component, of_location, of_shared_fate};
use super::{Basic, Detail, JourneyAvailability, availability};
use crate::analysis::failure::Event;
use crate::model::System;
use crate::model::testing::system;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} instead of {expected}");
}

fn first(text: &str) -> (System, JourneyAvailability) {
    let system = system(text);
    let found = availability(&system, Detail::Explained).journeys.swap_remove(0).expect("a small model");
    (system, found)
}

fn sets(system: &System, found: &JourneyAvailability) -> Vec<String> {
    let sets = found.cut_sets.as_ref().expect("few cut sets");
    let mut all: Vec<String> =
        sets.top.iter().map(|set| set.events.iter().map(|event| event.id(system)).collect::<Vec<_>>().join("+")).collect();
    all.sort();
    all
}

/// Availabilities of 99 % and 99.9 %; zones that never fail unless a model says so.
const HEAD: &str = r#"
    [assumptions]
    "zone.availability" = "100%"
"#;

/// A service of 99 % with a hard database of 99 %: 199/10000.
#[test]
fn a_service_and_its_database() {
    let (system, found) = first(&format!(
        r#"
        components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", availability = "99%" }}, b = {{ kind = "database", availability = "99%" }} }}
        links = {{ "u -> a" = {{}}, "a -> b" = {{}} }}
        journeys = {{ j = {{ steps = ["u -> a", "a -> b"] }} }}
        {HEAD}"#
    ));
    near(found.unavailability, 199.0 / 10_000.0);
    assert_eq!(sets(&system, &found), ["a/1", "b/1"]);
    let one = found.importance[0];
    near(one.birnbaum, 99.0 / 100.0);
    near(one.fussell_vesely, 99.0 / 199.0);
    near(one.raw, 10_000.0 / 199.0);
    near(one.rrw, 199.0 / 100.0);
    // Restored in 30 minutes and in one hour: .99·.01/.5 + .99·.01/1 per hour.
    near(found.incidents_per_year, 8_760.0 * (0.99 * 0.01 / 0.5 + 0.99 * 0.01));
    near(found.mean_outage_minutes.expect("it fails"), 0.019_9 / (0.99 * 0.01 * 3.0) * 60.0);
}

/// Two of three replicas of 99 %, two of them in one zone of 99.9 %: 658642199/500000000000, and the zone is a single point.
#[test]
fn a_quorum_that_hides_a_zone() {
    let (system, found) = first(
        r#"
        locations = { z1 = { kind = "zone", availability = "99.9%" }, z2 = { kind = "zone", availability = "99.9%" } }
        components = { u = { kind = "client" }, db = { kind = "database", on = ["z1", "z2", "z1"], replicas = 3, needs = 2, availability = "99%", common-cause = false } }
        links = { "u -> db" = {} }
        journeys = { j = { steps = ["u -> db"] } }
        "#,
    );
    near(found.unavailability, 658_642_199.0 / 500_000_000_000.0);
    let found = sets(&system, &found);
    assert_eq!(found.len(), 6, "{found:?}");
    assert!(found.contains(&"z1".to_owned()), "{found:?}");
}

/// One of two with a common cause of a tenth: 1080919/10⁹; without it 1/10000; as a product of independent parts the same as with it.
#[test]
fn a_common_cause() {
    let (system, found) = first(
        r#"
        components = { u = { kind = "client" }, a = { kind = "service", replicas = 2, availability = "99%", common-cause = 0.1 } }
        links = { "u -> a" = {} }
        journeys = { j = { steps = ["u -> a"] } }
        "#,
    );
    near(found.unavailability, 1_080_919.0 / 1e9);
    near(found.without_common_cause, 1e-4);
    near(found.naive_unavailability.expect("it is explained"), 1_080_919.0 / 1e9);
    assert_eq!(sets(&system, &found), ["a/1+a/2", "a/common"]);
}

/// Two in parallel, 999 h up and 1 h down: .01752 incidents a year of half an hour.
#[test]
fn two_in_parallel() {
    let (_, found) = first(
        r#"
        components = { u = { kind = "client" }, a = { kind = "service", replicas = 2, mtbf = "999h", mttr = "1h", common-cause = false } }
        links = { "u -> a" = {} }
        journeys = { j = { steps = ["u -> a"] } }
        "#,
    );
    near(found.unavailability, 1e-6);
    near(found.incidents_per_year, 0.017_52);
    near(found.mean_outage_minutes.expect("it fails"), 30.0);
}

/// A zone that two services share counts once; a product of availabilities counts it twice.
#[test]
fn what_is_shared_counts_once() {
    let (_, found) = first(
        r#"
        locations = { z = { kind = "zone", availability = "99%" } }
        components = { u = { kind = "client" }, a = { kind = "service", on = "z", availability = "100%" }, b = { kind = "service", on = "z", availability = "100%" } }
        links = { "u -> a" = {}, "a -> b" = {} }
        journeys = { j = { steps = ["u -> a", "a -> b"] } }
        "#,
    );
    near(found.unavailability, 0.01);
    near(found.naive_unavailability.expect("it is explained"), 0.019_9);
    near(found.causes.places, 1.0);
}

/// Semantics, "Failure", changes: weekly, one in ten breaks something for an hour: .1/168 of the time; a broken change that hits a quarter stops a quarter.
#[test]
fn changes_are_failures() {
    let text = |exposed: &str| {
        format!(
            r#"
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", availability = "100%", deploy = {{ often = "4/month", failure = 0.1, restore = "1h"{exposed} }} }} }}
            links = {{ "u -> a" = {{}} }}
            journeys = {{ j = {{ steps = ["u -> a"] }} }}
            "#
        )
    };
    let per_hour = 4.0 / 730.0 * 0.1;
    let (system, found) = first(&text(""));
    near(found.unavailability, per_hour);
    near(found.incidents_per_year, per_hour * 8_760.0);
    near(found.causes.changes, 1.0);
    assert_eq!(sets(&system, &found), ["a/change"]);
    let (system, found) = first(&text(", exposed = 0.25"));
    near(found.unavailability, per_hour / 4.0);
    assert_eq!(sets(&system, &found), ["a/change"], "a chance is no event");
}

/// Semantics, "Failure", failover: a minute each time the leader (1 % of the time, an hour each) or its zone fails that not all replicas share.
#[test]
fn a_failover_takes_its_time() {
    let (system, found) = first(
        r#"
        locations = { r = { kind = "region", availability = "100%" }, z1 = { kind = "zone", in = "r", availability = "99.9%", mttr = "2h" }, z2 = { kind = "zone", in = "r", availability = "100%" } }
        components = { u = { kind = "client" }, db = { kind = "database", on = ["z1", "z2"], replicas = 2, availability = "99%", mttr = "1h", common-cause = false, replication = { style = "single-leader", failover = "automatic", failover-time = "1min" } } }
        links = { "u -> db" = { effect = "read" } }
        journeys = { j = { steps = ["u -> db"] } }
        "#,
    );
    let failover = (0.01 + 0.001 / 2.0) / 60.0;
    let both = (1.0 - 0.99 * 0.999) * 0.01;
    near(found.unavailability, 1.0 - (1.0 - failover) * (1.0 - both));
    assert!(sets(&system, &found).contains(&"db/failover".to_owned()));
}

/// Semantics, "Failure", restore time: detection, the wait of a team without an on-call rota, and repair: .1 + 15.2 + .7 = 16 h.
#[test]
fn restoring_waits_for_a_person() {
    let (_, found) = first(
        r#"
        teams = { t = { oncall = false } }
        components = { u = { kind = "client" }, a = { kind = "service", owner = "t", mtbf = "984h", detection = "6min", repair = "42min" } }
        links = { "u -> a" = {} }
        journeys = { j = { steps = ["u -> a"] } }
        "#,
    );
    near(found.unavailability, 16.0 / 1_000.0);
}

/// A shared fate without a figure is left out and listed.
#[test]
fn what_has_no_figure_is_missing() {
    let system = system(
        r#"
        components = { u = { kind = "client" }, a = { kind = "service", availability = "99%" } }
        links = { "u -> a" = {} }
        journeys = { j = { steps = ["u -> a"] } }
        [shared-fate]
        push = { of = ["a"] }
        "#,
    );
    let found = availability(&system, Detail::Explained);
    near(found.journeys[0].as_ref().expect("small").unavailability, 0.01);
    assert_eq!(found.missing, ["shared-fate.push.availability"]);
    assert_eq!(found.assumed.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["components.a.mttr"]);
}

// --- all states -----------------------------------------------------------------------------------------------------------------------

/// What a journey loses while some events last, by the rules of the blast radius.
fn lost(evaluation: &Evaluation<'_>, down: &[EffectId]) -> f64 {
    let mut faults: Vec<(GateId, Fault)> = Vec::new();
    for component in evaluation.system.component_ids() {
        for (requirement, fault) in evaluation.faults(component, down) {
            faults.extend(evaluation.gates(requirement, 0).iter().map(|(_, gate)| (*gate, fault.clone())));
        }
    }
    faults.sort_by_key(|(gate, _)| *gate);
    let faults: Vec<(GateId, &Fault)> = faults.iter().map(|(gate, fault)| (*gate, fault)).collect();
    outcome(&evaluation.expressions[0], &evaluation.requirements, &faults).lost
}

/// Compares a journey with the sum over all states of its events: U, Birnbaum importance, incidents, minimal cut sets.
fn check_all_states(text: &str) {
    let (system, found) = first(text);
    let mut evaluation = Evaluation::of(&system);
    let mut asked = Asked::default();
    let mut basics: Vec<(Event, EffectId, f64, f64)> = Vec::new();
    for event in events(&system) {
        let likelihood = match event {
            Event::Instance(id, _) => of_component(&system, id, &mut asked),
            Event::Host(host) => of_location(&system, host.location, &mut asked),
            Event::Location(id) => of_location(&system, id, &mut asked),
            Event::SharedFate(id) => of_shared_fate(&system, id, &mut asked).expect("a figure"),
        };
        if likelihood.unavailability > 0.0 {
            basics.push((event, evaluation.effects.event(event), likelihood.unavailability, likelihood.hours));
        }
    }
    assert!(basics.len() <= 14, "{} events", basics.len());
    let states = 1_usize << basics.len();
    let losses: Vec<f64> = (0..states)
        .map(|state| {
            let down: Vec<EffectId> = (0..basics.len()).filter(|at| state >> at & 1 == 1).map(|at| basics[at].1).collect();
            lost(&evaluation, &down)
        })
        .collect();
    let weight = |state: usize, without: Option<usize>| -> f64 {
        let factor = |at: usize| if state >> at & 1 == 1 { basics[at].2 } else { 1.0 - basics[at].2 };
        (0..basics.len()).filter(|at| Some(*at) != without).map(factor).product()
    };
    let expected: f64 = (0..states).map(|state| weight(state, None) * losses[state]).sum();
    assert!((found.unavailability - expected).abs() < 1e-12, "U {} instead of {expected} of\n{text}", found.unavailability);
    let mut incidents = 0.0;
    for (at, (event, _, q, hours)) in basics.iter().enumerate() {
        let bit = 1_usize << at;
        let rise: f64 =
            (0..states).filter(|state| state & bit == 0).map(|state| weight(state, Some(at)) * (losses[state | bit] - losses[state])).sum();
        incidents += rise * q / hours * 8_760.0;
        let known = found.importance.iter().find(|one| one.event == Basic::Single(*event)).map_or(0.0, |one| one.birnbaum);
        assert!((known - rise).abs() < 1e-12, "Birnbaum of {} is {known} instead of {rise} of\n{text}", event.id(&system));
    }
    assert!(
        (found.incidents_per_year - incidents).abs() < 1e-9 * incidents.max(1e-3),
        "{} instead of {incidents}",
        found.incidents_per_year
    );
    let costs = |state: usize| losses[state] > 0.0;
    let mut minimal: Vec<String> = (0..states)
        .filter(|state| costs(*state) && (0..basics.len()).all(|at| state >> at & 1 == 0 || !costs(state & !(1 << at))))
        .map(|state| {
            let mut ids: Vec<String> = (0..basics.len()).filter(|at| state >> at & 1 == 1).map(|at| basics[at].0.id(&system)).collect();
            ids.sort();
            ids.join("+")
        })
        .collect();
    minimal.sort();
    let counted = &found.cut_sets.as_ref().expect("few cut sets").count;
    assert_eq!(*counted, minimal.len().to_string(), "{minimal:?} of\n{text}");
    let listed = sets(&system, &found);
    assert!(listed.iter().all(|set| minimal.contains(set)), "{listed:?} are not all among {minimal:?} of\n{text}");
}

/// Semantics, "Failure": every form of a step, over replicas, shards, zones, sidecars, hosts and shared fates, equals the sum over all states.
#[test]
fn every_form_of_a_journey_equals_the_sum_over_all_states() {
    let parts = [
        r#"a = { kind = "service", on = ["z1", "z2"], replicas = 2, availability = "97%", common-cause = false }
           b = { kind = "service", on = "z1", availability = "95%" }
           c = { kind = "service", on = "z2", availability = "93%" }"#,
        r#"a = { kind = "service", on = ["z1", "z2"], replicas = 2, needs = 2, availability = "97%", common-cause = false }
           b = { kind = "database", on = ["z1", "z2"], shards = { A = 0.75, B = 0.25 }, shard-key = "k", availability = "95%", common-cause = false }
           c = { kind = "database", on = ["z2", "z1"], shards = { A = 0.75, B = 0.25 }, shard-key = "k", availability = "93%", common-cause = false }"#,
        r#"a = { kind = "service", on = "z1", availability = "97%", hosted-on = "p" }
           b = { kind = "database", on = ["z1", "z2"], shards = { A = 0.75, B = 0.25 }, shard-key = "k", availability = "95%", common-cause = false }
           c = { kind = "database", on = ["z2", "z1"], shards = { A = 0.5, B = 0.5 }, shard-key = "l", availability = "93%", common-cause = false }
           p = { kind = "platform", on = "z2", availability = "98%" }
           s = { kind = "sidecar", of = "a", availability = "96%" }"#,
    ];
    let steps = [
        r#""a -> b", "a -> c""#,
        r#"{ call = "a -> b", required = false }, "a -> c""#,
        r#"{ call = "a -> b", fallback = "c" }"#,
        r#"{ call = "a -> b", when = 0.3 }, { call = "a -> c", when = 0.6 }"#,
        r#"{ choice = [ { share = 0.9, steps = ["a -> b"] }, { share = 0.1, steps = ["a -> c"] } ] }"#,
        r#"{ parallel = ["a -> b", "a -> c"], quorum = 1 }"#,
        r#"{ first-of = ["a -> b", "a -> c"] }"#,
        r#"{ call = "a -> b", hit = 0.9, else = ["a -> c"] }"#,
        r#"{ choice = [ { share = 0.5, steps = [{ first-of = ["a -> b", "a -> c"] }] }, { share = 0.5, steps = [{ call = "a -> c", when = 0.5 }] } ] }"#,
    ];
    for parts in parts {
        for steps in steps {
            let links = if parts.contains("shards") { r#"{ route = "shard-key" }"# } else { "{}" };
            check_all_states(&format!(
                r#"
                journeys = {{ j = {{ steps = ["u -> a", {steps}] }} }}
                locations = {{ r = {{ kind = "region", availability = "99%" }}, z1 = {{ kind = "zone", in = "r", availability = "96%" }}, z2 = {{ kind = "zone", in = "r", availability = "98%" }} }}
                links = {{ "u -> a" = {{}}, "a -> b" = {links}, "a -> c" = {links} }}
                shared-fate = {{ push = {{ of = ["b"], availability = "99%", mttr = "3h" }} }}
                [components]
                u = {{ kind = "client" }}
                {parts}
                "#
            ));
        }
    }
}

/// A new hard dependency never helps, and another replica never hurts where what is needed and the others' places are fixed.
#[test]
fn dependencies_cost_and_replicas_help() {
    let text = |replicas: usize, dependencies: usize| {
        let services: Vec<String> =
            (0..dependencies).map(|at| format!("s{at} = {{ kind = \"service\", on = \"z{}\", availability = \"99%\" }}", at % 2)).collect();
        let links: Vec<String> = (0..dependencies).map(|at| format!("\"a -> s{at}\" = {{}}")).collect();
        let steps: Vec<String> = (0..dependencies).map(|at| format!("\"a -> s{at}\"")).collect();
        format!(
            r#"
            journeys = {{ j = {{ steps = [{}] }} }}
            locations = {{ z0 = {{ kind = "zone" }}, z1 = {{ kind = "zone" }} }}
            [components]
            u = {{ kind = "client" }}
            a = {{ kind = "service", on = ["z0", "z1"], replicas = {replicas}, needs = 1, availability = "99%" }}
            {}
            [links]
            "u -> a" = {{}}
            {}
            "#,
            std::iter::once("\"u -> a\"".to_owned()).chain(steps).collect::<Vec<_>>().join(", "),
            services.join("\n"),
            links.join("\n"),
        )
    };
    let unavailability = |replicas: usize, dependencies: usize| first(&text(replicas, dependencies)).1.unavailability;
    for dependencies in 0..4 {
        for replicas in 2..6 {
            let here = unavailability(replicas, dependencies);
            assert!(unavailability(replicas + 1, dependencies) <= here, "{replicas} replicas");
            assert!(unavailability(replicas, dependencies + 1) >= here, "{dependencies} dependencies");
        }
    }
}

// --- changes --------------------------------------------------------------------------------------------------------------------------

/// Returns the probability of each `…/change` event of a system's journeys, by its id.
fn changes(system: &System) -> std::collections::BTreeMap<String, f64> {
    let availability = availability(system, Detail::Explained);
    let all = availability.journeys.iter().flat_map(|journey| &journey.as_ref().expect("a small model").importance);
    all.filter(|one| matches!(one.event, Basic::Change(_))).map(|one| (one.event.id(system), one.unavailability)).collect()
}

/// Semantics, "Failure", changes: a split neither invents nor loses failures, whichever modules go and whatever shares are stated.
#[test]
fn a_split_neither_invents_nor_loses_changes() {
    let base = |shares: [&str; 3]| {
        let module = |id: &str, share: &str| format!("{id} = {{ kind = \"module\", of = \"app\"{share} }}\n");
        let modules: String = ["a", "b", "c"].iter().zip(shares).map(|(id, share)| module(id, share)).collect();
        format!(
            r#"schema = 1
            journeys = {{ j = {{ steps = ["u -> app"] }} }}
            links = {{ "u -> app" = {{}} }}
            [components]
            u = {{ kind = "client" }}
            app = {{ kind = "service", deploy = {{ often = "20/month", failure = 0.1, restore = "1h" }} }}
            {modules}"#
        )
    };
    let cut = |moved: &[&str], removes_app: bool| {
        let first = if removes_app { moved[0] } else { "app" };
        let components: String = moved.iter().map(|id| format!("{id} = {{ kind = \"service\" }}\n")).collect();
        let others: Vec<&&str> = moved.iter().filter(|id| **id != first).collect();
        let links: String = others.iter().map(|id| format!("\"{first} -> {id}\" = {{}}\n")).collect();
        let steps: String = others.iter().map(|id| format!(", \"{first} -> {id}\"")).collect();
        let removes = if removes_app { "remove = [\"app\"]\n" } else { "" };
        format!(
            "schema = 1\nextends = \"../system.toml\"\n[components]\n{removes}{components}[links]\n\"u -> {first}\" = {{}}\n{links}[journeys]\nj = {{ steps = [\"u -> {first}\"{steps}] }}\n"
        )
    };
    // 20 a month · 10 % · 1 h.
    let whole = 20.0 / 730.0 * 0.1;
    for shares in [["", "", ""], [", changes = 0.5", "", ""], [", changes = 0.4", ", changes = 0.35", ", changes = 0.25"]] {
        let base = base(shares);
        for (moved, removes_app) in [(&["a"][..], false), (&["a", "c"][..], false), (&["a", "b", "c"][..], true)] {
            let model = crate::model::testing::model(&[("system.toml", &base), ("alternatives/cut.toml", &cut(moved, removes_app))]);
            assert!(!model.has_errors(), "{:?}", model.diagnostics);
            assert_eq!(changes(&model.base).len(), 1);
            near(changes(&model.base)["app/change"], whole);
            let found = changes(&model.alternatives[0]);
            assert_eq!(found.len(), moved.len() + usize::from(!removes_app), "{found:?}");
            near(found.values().sum(), whole);
            let of_a =
                if shares[0].is_empty() { 1.0 / 3.0 } else { shares[0].trim_start_matches(", changes = ").parse().expect("a share") };
            near(found["a/change"], whole * of_a);
        }
    }
}

/// What an alternative states of its deploys wins: nothing is taken over, and the unit's own statement is what is left of it.
#[test]
fn deploys_that_an_alternative_states_are_its_own() {
    let base = r#"schema = 1
        journeys = { j = { steps = ["u -> app"] } }
        links = { "u -> app" = {} }
        [components]
        u = { kind = "client" }
        app = { kind = "service", deploy = { often = "20/month", failure = 0.1, restore = "1h" } }
        a = { kind = "module", of = "app", changes = 0.5 }"#;
    let cut = r#"schema = 1
        extends = "../system.toml"
        [components]
        a = { kind = "service", deploy = { often = "73/month", failure = 0.1, restore = "1h" } }
        app = { deploy = { often = "7.3/month" } }
        [links]
        "app -> a" = {}
        [journeys]
        j = { steps = ["u -> app", "app -> a"] }"#;
    let model = crate::model::testing::model(&[("system.toml", base), ("alternatives/cut.toml", cut)]);
    assert!(!model.has_errors(), "{:?}", model.diagnostics);
    let found = changes(&model.alternatives[0]);
    near(found["a/change"], 0.01);
    near(found["app/change"], 0.001);
}

/// Semantics, "Failure": 4 deploys a month of 2 minutes are 96 minutes a year, and a window of an hour a month 720 more; zero is known only where a unit rolls, is
/// checked and drains; what stops only a fifth of the requests counts so.
#[test]
fn planned_downtime_stands_beside() {
    let planned = |a: &str, b: &str, journey: &str| {
        let system = system(&format!(
            r#"
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service"{a} }}, b = {{ kind = "service"{b} }} }}
            links = {{ "u -> a" = {{}}, "a -> b" = {{}} }}
            journeys = {{ j = {{ steps = ["u -> a", {{ call = "a -> b", when = 0.2 }}]{journey} }} }}
            "#
        ));
        availability(&system, Detail::Figures).planned.swap_remove(0)
    };
    let stops = ", deploy = { strategy = \"recreate\", often = \"4/month\", stop = \"2min\" }";
    let rolls = ", health-check = true, drain = true, deploy = { strategy = \"rolling\", often = \"4/month\", stop = \"0s\" }";
    near(planned(stops, rolls, "").minutes_per_year().expect("all is known"), 96.0);
    near(planned(rolls, stops, "").minutes_per_year().expect("all is known"), 96.0 / 5.0);
    near(planned(stops, rolls, ", window = \"1h\"").minutes_per_year().expect("all is known"), 96.0 + 720.0);
    assert_eq!(planned(rolls, rolls, "").minutes_per_year(), Some(0.0));
    let unchecked = planned(stops, &rolls.replace(", drain = true", ""), "");
    assert_eq!((unchecked.minutes_per_year(), unchecked.unknown.len()), (None, 1));
    near(unchecked.known_minutes_per_year, 96.0);
    assert_eq!(planned(rolls, rolls, ", window = true").minutes_per_year(), None);
}

/// Semantics, "Journeys": `first-of` fails when all members are down, plus the switch. `x` fails .01 of the time for an hour each, so a switch of 36 s is under way
/// .01 · .01 of the time; both are down .01 · .02. A group without a switch has no such event.
#[test]
fn a_switch_takes_its_time() {
    let text = |switch: &str| {
        format!(
            r#"
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", availability = "100%" }}, x = {{ kind = "service", availability = "99%", mttr = "1h" }}, y = {{ kind = "service", availability = "98%", mttr = "1h" }} }}
            links = {{ "u -> a" = {{}}, "a -> x" = {{}}, "a -> y" = {{}} }}
            journeys = {{ j = {{ steps = ["u -> a", {{ first-of = ["a -> x", "a -> y"]{switch} }}] }} }}
            "#
        )
    };
    let (system, found) = first(&text(", switch = \"36s\""));
    near(found.unavailability, 1.0 - (1.0 - 0.01 * 0.01) * (1.0 - 0.01 * 0.02));
    assert_eq!(sets(&system, &found), ["j/switch/1", "x/1+y/1"]);
    // Both down, as often as either of them completes it; and the switch, as often as `x` fails.
    let both = (0.02 * 0.01 + 0.01 * 0.02) * (1.0 - 0.01 * 0.01);
    let switching = 0.01 * (1.0 - 0.01 * 0.02);
    near(found.incidents_per_year, 8_760.0 * (both + switching));
    let (_, without) = first(&text(""));
    near(without.unavailability, 0.01 * 0.02);
}

/// A connection of 90 % that every call crosses: the call fails with it. U = 1 − .9·.99 of a callee of 99 %; the network's share is that of Σ Birnbaum · q.
#[test]
fn a_connection_between_two_places_fails_what_crosses_it() {
    let text = format!(
        r#"
        locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
        [components]
        u = {{ kind = "client" }}
        a = {{ kind = "service", on = "z1", availability = "100%" }}
        b = {{ kind = "service", on = "z2", availability = "99%" }}
        [links]
        "u -> a" = {{}}
        "a -> b" = {{}}
        [network]
        "z1 <-> z2" = {{ availability = "90%", mttr = "30min" }}
        [journeys.j]
        steps = ["u -> a", "a -> b"]
        {HEAD}"#
    );
    let (system, found) = first(&text);
    near(found.unavailability, 1.0 - 0.9 * 0.99);
    assert_eq!(sets(&system, &found), ["b/1", "z1 <-> z2"]);
    near(found.causes.network, 0.1 * 0.99 / (0.1 * 0.99 + 0.01 * 0.9));
    // Both are restored in 30 minutes.
    near(found.incidents_per_year, 8_760.0 * (0.1 * 0.99 + 0.01 * 0.9) / 0.5);
    // By its mean up time: 9 h up, 1 h down.
    let by_times = text.replace(r#"availability = "90%", mttr = "30min""#, r#"mtbf = "9h", mttr = "1h""#);
    near(first(&by_times).1.unavailability, 1.0 - 0.9 * 0.99);
    // A pair without a figure, a figure of loss alone, and a call inside a zone change nothing.
    let without = text.replace(r#"availability = "90%", mttr = "30min""#, r#"round-trip = "5ms""#);
    near(first(&without).1.unavailability, 0.01);
    near(first(&text.replace("on = \"z2\"", "on = \"z1\"")).1.unavailability, 0.01);
    // An optional call does without it.
    let optional = text.replace(r#""a -> b"]"#, r#"{ call = "a -> b", required = false }]"#);
    assert_eq!(first(&optional).1.unavailability, 0.0);
}

/// Two callers in two zones, the callee in one: half of the requests cross. A copy of the callee on both sides keeps them all.
#[test]
fn who_calls_from_the_same_side_does_not_cross() {
    let of = |b: &str| {
        first(&format!(
            r#"
            locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
            [components]
            u = {{ kind = "client" }}
            a = {{ kind = "service", on = ["z1", "z2"], replicas = 2, availability = "100%" }}
            b = {{ kind = "service", {b}, availability = "100%" }}
            [links]
            "u -> a" = {{}}
            "a -> b" = {{}}
            [network]
            "z1 <-> z2" = {{ availability = "80%" }}
            [journeys.j]
            steps = ["u -> a", "a -> b"]
            {HEAD}"#
        ))
    };
    near(of(r#"on = "z1""#).1.unavailability, 0.5 * 0.2);
    assert_eq!(of(r#"on = ["z1", "z2"], replicas = 2"#).1.unavailability, 0.0);
    // Both copies are needed: wherever the caller is, one of them is across.
    let (system, found) = of(r#"on = ["z1", "z2"], replicas = 2, needs = 2"#);
    near(found.unavailability, 0.2);
    assert_eq!(sets(&system, &found), ["z1 <-> z2"]);
}

/// One copy is beside the caller, the other across, both are needed, and each way works nine times in ten: 1 − .9². The two ways of the link are two events.
#[test]
fn a_link_that_crosses_two_classes_has_two_connections() {
    let (system, found) = first(&format!(
        r#"
        locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
        [components]
        u = {{ kind = "client" }}
        a = {{ kind = "service", on = ["z1", "z2"], replicas = 2, availability = "100%" }}
        b = {{ kind = "service", on = ["z1", "z2"], replicas = 2, needs = 2, availability = "100%" }}
        [links]
        "u -> a" = {{}}
        "a -> b" = {{}}
        [network]
        same-zone = {{ availability = "90%" }}
        cross-zone = {{ availability = "90%" }}
        [journeys.j]
        steps = ["u -> a", "a -> b"]
        {HEAD}"#
    ));
    near(found.unavailability, 0.19);
    assert_eq!(sets(&system, &found), ["a -> b (cross-zone)", "a -> b (same-zone)"]);
}

/// A class has a connection for each of its links; a pair of places one for all calls between them. 1 − .9² against 1 − .9 for two calls.
#[test]
fn a_class_has_a_connection_for_each_link() {
    let of = |network: &str| {
        first(&format!(
            r#"
            locations = {{ z1 = {{ kind = "zone" }}, z2 = {{ kind = "zone" }} }}
            [components]
            u = {{ kind = "client" }}
            a = {{ kind = "service", on = "z1", availability = "100%" }}
            b = {{ kind = "service", on = "z2", availability = "100%" }}
            c = {{ kind = "service", on = "z2", availability = "100%" }}
            [links]
            "u -> a" = {{}}
            "a -> b" = {{}}
            "a -> c" = {{}}
            [network]
            {network}
            [journeys.j]
            steps = ["u -> a", "a -> b", "a -> c"]
            {HEAD}
            "region.availability" = "100%""#
        ))
    };
    let (system, found) = of(r#"cross-zone = { availability = "90%" }"#);
    near(found.unavailability, 1.0 - 0.9 * 0.9);
    assert_eq!(sets(&system, &found), ["a -> b", "a -> c"]);
    let (system, found) = of(r#""z1 <-> z2" = { availability = "90%" }"#);
    near(found.unavailability, 0.1);
    assert_eq!(sets(&system, &found), ["z1 <-> z2"]);
    // The pair's figure stands for its class.
    near(of("cross-zone = { availability = \"50%\" }\n\"z1 <-> z2\" = { availability = \"90%\" }").1.unavailability, 0.1);
    // From users to the system.
    near(of(r#"internet = { availability = "70%" }"#).1.unavailability, 0.3);
}

/// Semantics, "Failure": three replicas of which the peak needs all are 3-of-3, whatever else would be needed: U = 1 − .9³ instead of .1³.
#[test]
fn replicas_that_carry_the_peak_are_no_spares() {
    let of = |peak: &str| {
        let system = system(&format!(
            r#"
            components = {{ u = {{ kind = "client" }}, a = {{ kind = "service", replicas = 3, availability = "90%", common-cause = 0, service-time = "100ms", concurrency = 1 }} }}
            links = {{ "u -> a" = {{}} }}
            [journeys.j]
            rate = "1/s"
            peak = "{peak}"
            steps = ["u -> a"]
            [assumptions]
            "failed-call.internet" = "0%"
            "#
        ));
        availability(&system, Detail::Explained).journeys.swap_remove(0).expect("a small model").unavailability
    };
    // One replica carries 10 a second.
    near(of("9/s"), 0.001);
    near(of("10/s"), 0.001);
    near(of("11/s"), 1.0 - 0.9 * 0.9 * 0.9 - 3.0 * 0.81 * 0.1);
    near(of("21/s"), 1.0 - 0.9 * 0.9 * 0.9);
    // More than all of them carry: still all of them.
    near(of("99/s"), 1.0 - 0.9 * 0.9 * 0.9);
}

/// Semantics, "Journeys": the completion fails with the callee of a message or what it requires; the sender and the answer's part are not repeated.
#[test]
fn a_completion_has_an_unavailability_of_its_own() {
    let of = |steps: &str| {
        let system = system(&format!(
            r#"
            [components]
            u = {{ kind = "client" }}
            a = {{ kind = "service", availability = "90%" }}
            q = {{ kind = "queue", availability = "98%" }}
            w = {{ kind = "job", availability = "95%" }}
            d = {{ kind = "database", availability = "99%" }}
            [links]
            "u -> a" = {{}}
            "a ~> q" = {{}}
            "q ~> w" = {{}}
            "w -> d" = {{}}
            "a -> d" = {{}}
            [journeys.j]
            steps = [{steps}]
            "#
        ));
        let found = availability(&system, Detail::Figures);
        (found.journeys[0].as_ref().expect("a small model").unavailability, found.completions[0])
    };
    let (answer, completion) = of(r#""u -> a", "a ~> q", "q ~> w", "w -> d""#);
    near(answer, 0.1);
    near(completion.expect("it has messages"), 1.0 - 0.98 * 0.95 * 0.99);
    let (_, completion) = of(r#""u -> a", "a -> d", { call = "a ~> q", when = 0.5 }, "q ~> w""#);
    near(completion.expect("it has messages"), 0.5 * (1.0 - 0.98 * 0.95));
    let (_, completion) = of(r#""u -> a", "a ~> q", "q ~> w", { call = "w -> d", required = false }"#);
    near(completion.expect("it has messages"), 1.0 - 0.98 * 0.95);
    assert_eq!(of(r#""u -> a", "a -> d""#).1, None);
}

/// An optional cache does not make the database behind it optional: a miss with the database down has no answer. What the step says is of all of it.
/// Runs of the database: 1 − .99·.9 = .109; U = 1 − .999·(1 − .109·.1) = .0118891.
#[test]
fn an_optional_link_to_a_cache_leaves_what_follows_a_miss_required() {
    let of = |link: &str, step: &str| {
        first(&format!(
            "[components]\nu = {{ kind = \"actor\" }}\napp = {{ kind = \"service\", availability = \"99.9%\" }}\n\
             cache = {{ kind = \"cache\", availability = \"99%\" }}\ndb = {{ kind = \"database\", availability = \"90%\" }}\n\
             [links]\n\"u -> app\" = {{}}\n\"app -> cache\" = {{ {link} }}\n\"app -> db\" = {{}}\n\
             [journeys]\nj = {{ rate = \"1/s\", steps = [\"u -> app\", {{ call = \"app -> cache\", hit = 0.9{step}, else = [\"app -> db\"] }}] }}\n"
        ))
        .1
        .unavailability
    };
    for link in ["", "required = false", "fallback = true"] {
        near(of(link, ""), 0.011_889_1);
    }
    near(of("", ", required = false"), 0.001);
    near(of("", ", fallback = true"), 0.001);
}
