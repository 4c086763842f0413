//! Availability against the sum over all states of its events.
//!
//! Semantics, "Failure". The models, and the play that says what a journey loses while some instances are down, share no code with the analysis. A state is the set
//! of events that last; it has the product of its events' probabilities.

use super::super::{Basic, Detail, JourneyAvailability, availability, losable};
use super::{
    BUILDS, Build, COMPONENTS, Down, Mode, OF_COMPONENTS, OF_REGION, OF_ZONES, Shape, check_all, common_cause, every_mode, losses, play,
    shapes,
};
use crate::model::System;

/// An event: its id, its probability, and how many hours it lasts.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) probability: f64,
    pub(super) hours: f64,
}

/// The assumed times to restore a service, a zone, a region.
const OF_SERVICE: f64 = 0.5;
const OF_ZONE: f64 = 2.0;
const OF_A_REGION: f64 = 4.0;

/// Returns all events of places and instances, and what each takes down.
pub(super) fn events(builds: &[Build]) -> (Vec<Event>, Vec<Down>) {
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
        events.push((Event { id, probability, hours }, down));
    }
    for (id, down) in rows.into_iter().filter(|(id, _)| COMPONENTS.contains(&id.as_str())) {
        let at = component(&id);
        if common > 0.0 && builds[at].zones.len() > 1 {
            let common = Event { id: format!("{id}/common"), probability: OF_COMPONENTS[at] * common, hours: OF_SERVICE };
            events.push((common, down));
        }
    }
    events.into_iter().unzip()
}

/// Returns what is down in every state: the events whose bits are set in its number last.
pub(super) fn masks(downs: &[Down]) -> Vec<Down> {
    let mut masks: Vec<Down> = vec![0];
    for down in downs {
        masks.extend_from_within(..);
        let half = masks.len() / 2;
        masks[half..].iter_mut().for_each(|mask| *mask |= down);
    }
    masks
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12
}

/// The probability of every state.
pub(super) fn weights(events: &[Event]) -> Vec<f64> {
    let mut weights = vec![1.0];
    for event in events {
        let above: Vec<f64> = weights.iter().map(|weight| weight * event.probability).collect();
        weights.iter_mut().for_each(|weight| *weight *= 1.0 - event.probability);
        weights.extend(above);
    }
    weights
}

/// The sum over all states of their probabilities and what each costs.
pub(super) fn sum(weights: &[f64], costs: &[f64]) -> f64 {
    weights.iter().zip(costs).map(|(weight, cost)| weight * cost).sum()
}

/// Compares a journey's figures with the sums over all states of its events; `lost` has what each state costs.
pub(super) fn compare(system: &System, found: &JourneyAvailability, events: &[Event], lost: &[f64], context: &dyn Fn() -> String) {
    let weights = weights(events);
    let expected = sum(&weights, lost);
    assert!(near(found.unavailability, expected), "U is {} instead of {expected}\n{}", found.unavailability, context());

    let mut per_hour = 0.0;
    for (at, event) in events.iter().enumerate() {
        // Of the states in which it lasts, and of the others: what they cost, were that certain.
        let (mut with, mut without) = (0.0, 0.0);
        for (state, (weight, lost)) in weights.iter().zip(lost).enumerate() {
            *(if state >> at & 1 == 1 { &mut with } else { &mut without }) += weight * lost;
        }
        (with, without) = (with / event.probability, without / (1.0 - event.probability));
        let birnbaum = with - without;
        per_hour += birnbaum * event.probability / event.hours;
        match found.importance.iter().find(|one| one.event.id(system) == event.id) {
            None => assert!(near(birnbaum, 0.0), "{} matters by {birnbaum}\n{}", event.id, context()),
            Some(known) => {
                let relative = |found: f64, expected: f64| (found - expected).abs() <= 1e-9 * expected.abs().max(1e-3);
                assert!(near(known.birnbaum, birnbaum), "Birnbaum of {} is {known:?}, not {birnbaum}\n{}", event.id, context());
                let ratios = [(known.fussell_vesely, (expected - without) / expected), (known.raw, with / expected)];
                assert!(ratios.iter().all(|(a, b)| relative(*a, *b)), "{}: {known:?}, not {ratios:?}\n{}", event.id, context());
                let is_only = without <= 1e-15 && known.rrw.is_infinite();
                assert!(is_only || relative(known.rrw, expected / without), "RRW of {}: {known:?}\n{}", event.id, context());
            }
        }
    }
    let incidents = per_hour * 8_760.0;
    assert!((found.incidents_per_year - incidents).abs() <= 1e-9 * incidents, "{} incidents\n{}", found.incidents_per_year, context());

    // Journeys of one shard fail alike in a state or do not, but a draw makes shares of them: what costs any request is a cut set.
    let costs = |state: usize| lost[state] > 1e-12;
    let is_minimal = |state: &usize| costs(*state) && (0..events.len()).all(|at| *state >> at & 1 == 0 || !costs(*state & !(1 << at)));
    let minimal: Vec<usize> = (0..lost.len()).filter(is_minimal).collect();
    let sets = found.cut_sets.as_ref().expect("few cut sets");
    assert_eq!(sets.count, minimal.len().to_string(), "minimal cut sets\n{}", context());
    for set in &sets.top {
        let number = |basic: &Basic| {
            let known = found.importance.iter().find(|one| one.event == *basic).expect("what stops it matters");
            let is_it = |event: &Event| event.id == basic.id(system) && near(event.probability, known.unavailability);
            events.iter().position(is_it).expect("an event of the model")
        };
        let numbers: Vec<usize> = set.events.iter().map(number).collect();
        let state = numbers.iter().fold(0, |state, at| state | 1 << at);
        let probability: f64 = numbers.iter().map(|at| events[*at].probability).product();
        assert!(minimal.contains(&state) && near(set.probability, probability), "cut set {set:?}\n{}", context());
    }
}

fn check(shape: &Shape, builds: &[Build], shares_key: bool, system: &System) {
    let (events, downs) = events(builds);
    let context = || format!("{}\n{builds:?}", shape.text(shares_key));
    let mut of_mask: Vec<Option<f64>> = vec![None; 256];
    let mut lost = |down: Down| *of_mask[down as usize].get_or_insert_with(|| play(shape, builds, shares_key, down).0);
    let masks = masks(&downs);
    let outcomes: Vec<f64> = masks.iter().map(|mask| lost(*mask)).collect();

    let availability = availability(system, Detail::Explained);
    let found = availability.journeys[0].as_ref().expect("a small model is exact");
    compare(system, found, &events, &outcomes, &context);

    // A domain's own event lasts; of a component all its instances, of which the common cause is no part.
    let (_, rows) = losses(builds);
    for (id, kind) in losable(system).into_iter().filter(|(id, _)| id != "u") {
        let down = rows.iter().find(|(other, _)| *other == id).map(|(_, down)| *down).expect("a row");
        let after: f64 = weights(&events).iter().zip(&masks).map(|(weight, mask)| weight * lost(*mask | down)).sum();
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
