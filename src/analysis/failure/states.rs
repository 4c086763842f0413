//! The exhaustive oracle of availability: every model of up to four components against the sum over all states of its events.
//!
//! Semantics, "Failure". The models, and the play that says what a journey loses while some instances are down, are those of the oracle of the blast radius; they
//! share no code with the analysis. A state is the set of events that last; it has the product of its events' probabilities.

use super::oracle::{
    BUILDS, Build, COMPONENTS, Down, Mode, OF_COMPONENTS, OF_REGION, OF_ZONES, Shape, check_all, common_cause, every_mode, losses, play,
    shapes,
};
use super::{Detail, availability, losable};
use crate::model::System;

/// An event: its id, the instances that it takes down, its probability, and how many hours it lasts.
struct Event {
    id: String,
    down: Down,
    probability: f64,
    hours: f64,
}

/// The assumed times to restore a service, a zone, a region.
const OF_SERVICE: f64 = 0.5;
const OF_ZONE: f64 = 2.0;
const OF_A_REGION: f64 = 4.0;

fn events(builds: &[Build]) -> Vec<Event> {
    let common = common_cause(builds.len());
    let component = |id: &str| COMPONENTS.iter().position(|known| id.split('/').next() == Some(*known)).expect("an instance's id");
    let (single, rows) = losses(builds);
    let mut events = Vec::new();
    for (id, down) in single {
        let (probability, hours) = match id.as_str() {
            // Without a figure it never happens by itself.
            "fate" => continue,
            "r" => (OF_REGION, OF_A_REGION),
            "z0" => (OF_ZONES[0], OF_ZONE),
            "z1" => (OF_ZONES[1], OF_ZONE),
            instance => {
                let at = component(instance);
                let own = if builds[at].zones.len() > 1 { 1.0 - common } else { 1.0 };
                (OF_COMPONENTS[at] * own, OF_SERVICE)
            }
        };
        events.push(Event { id, down, probability, hours });
    }
    for (id, down) in rows.into_iter().filter(|(id, _)| COMPONENTS.contains(&id.as_str())) {
        let at = component(&id);
        if common > 0.0 && builds[at].zones.len() > 1 {
            events.push(Event { id: format!("{id}/common"), down, probability: OF_COMPONENTS[at] * common, hours: OF_SERVICE });
        }
    }
    events
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12
}

/// The sum over all states of events with their probabilities.
fn sum(states: &[f64], outcomes: &[f64]) -> f64 {
    states.iter().zip(outcomes).map(|(probability, lost)| probability * lost).sum()
}

/// The probability of every state; `fixed` has the events that surely last, or surely do not.
fn weights(events: &[Event], fixed: &[(usize, bool)]) -> Vec<f64> {
    let mut weights = vec![1.0];
    for (at, event) in events.iter().enumerate() {
        let lasts = match fixed.iter().find(|(other, _)| *other == at) {
            Some((_, lasts)) => f64::from(u8::from(*lasts)),
            None => event.probability,
        };
        let above: Vec<f64> = weights.iter().map(|weight| weight * lasts).collect();
        weights.iter_mut().for_each(|weight| *weight *= 1.0 - lasts);
        weights.extend(above);
    }
    weights
}

fn check(shape: &Shape, builds: &[Build], shares_key: bool, system: &System) {
    let events = events(builds);
    let context = || format!("{}\n{builds:?}", shape.text(shares_key));
    let mut of_mask: Vec<Option<f64>> = vec![None; 256];
    let mut lost = |down: Down| *of_mask[down as usize].get_or_insert_with(|| play(shape, builds, shares_key, down).0);
    let mut masks: Vec<Down> = vec![0];
    for event in &events {
        masks.extend_from_within(..);
        let half = masks.len() / 2;
        masks[half..].iter_mut().for_each(|mask| *mask |= event.down);
    }
    let outcomes: Vec<f64> = masks.iter().map(|mask| lost(*mask)).collect();

    let availability = availability(system, Detail::Explained);
    let found = availability.journeys[0].as_ref().expect("a small model is exact");
    let expected = sum(&weights(&events, &[]), &outcomes);
    assert!(near(found.unavailability, expected), "U is {} instead of {expected}\n{}", found.unavailability, context());

    let mut per_hour = 0.0;
    for (at, event) in events.iter().enumerate() {
        let birnbaum = sum(&weights(&events, &[(at, true)]), &outcomes) - sum(&weights(&events, &[(at, false)]), &outcomes);
        per_hour += birnbaum * event.probability / event.hours;
        let known = found.importance.iter().find(|one| one.event.id(system) == event.id).map_or(0.0, |one| one.birnbaum);
        assert!(near(known, birnbaum), "Birnbaum of {} is {known} instead of {birnbaum}\n{}", event.id, context());
    }
    let incidents = per_hour * 8_760.0;
    assert!((found.incidents_per_year - incidents).abs() <= 1e-9 * incidents, "{} incidents\n{}", found.incidents_per_year, context());

    // Journeys of one shard fail alike in a state or do not, but a draw makes shares of them: what costs any request is a cut set.
    let costs = |state: usize| outcomes[state] > 1e-12;
    let is_minimal = |state: &usize| costs(*state) && (0..events.len()).all(|at| *state >> at & 1 == 0 || !costs(*state & !(1 << at)));
    let minimal = (0..outcomes.len()).filter(is_minimal).count();
    let sets = found.cut_sets.as_ref().expect("few cut sets");
    assert_eq!(sets.count, minimal.to_string(), "minimal cut sets\n{}", context());

    // A domain's own event lasts; of a component all its instances, of which the common cause is no part.
    let (_, rows) = losses(builds);
    for (id, kind) in losable(system).into_iter().filter(|(id, _)| id != "u") {
        let down = rows.iter().find(|(other, _)| *other == id).map(|(_, down)| *down).expect("a row");
        let after: f64 = weights(&events, &[]).iter().zip(&masks).map(|(weight, mask)| weight * lost(*mask | down)).sum();
        let known = availability.while_down(kind, 0).expect("a small model");
        assert!(near(known, after), "{known} instead of {after} while {id} is down\n{}", context());
    }
}

/// Semantics, "Failure": all models of one and two components, and those of three with one replica or two, over one zone or two, with shards.
#[test]
fn models_of_up_to_three_components_equal_the_sum_over_all_states() {
    for count in 1..=2 {
        check_all(&shapes(count, &every_mode(count)), BUILDS, true, |_| true, check);
    }
    let builds = [BUILDS[0], BUILDS[2], BUILDS[5]];
    check_all(&shapes(3, &every_mode(3)), &builds, false, |_| true, check);
}

/// Semantics, "Failure": all models of four components in one or two zones, with one replica or two.
#[test]
fn models_of_four_components_equal_the_sum_over_all_states() {
    let modes = |at: usize| vec![Mode::Required, Mode::Optional, Mode::OrElse(if at == 3 { 1 } else { 3 })];
    check_all(&shapes(4, &modes), &[BUILDS[0], BUILDS[2]], false, |_| true, check);
}
