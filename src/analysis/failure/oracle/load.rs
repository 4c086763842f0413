//! Replicas that must carry the peak: availability and blast radius against the brute force with the needs that the load makes.
//!
//! Semantics, "Failure": peak demand = Σ journeys peak × visits, all at once; a replica carries concurrency ÷ service-time. The brute force adds up visits way by way
//! in which chance can fall out, while all calls answer.

use super::super::{Detail, availability, blast_radius};
use super::states::{compare, events, masks};
use super::{BUILDS, Build, Chance, Down, Group, Mode, Shape, check_written, every_mode, in_all_ways, play, shapes};
use crate::model::System;

/// Requests per second at the peak of two journeys that take the same way, and the seconds of work of each component for a visit, of which it does two at once.
const PEAKS: [f64; 2] = [2.0, 1.0];
const WORK: [f64; 4] = [0.7, 0.9, 1.25, 3.5];
const CONCURRENCY: f64 = 2.0;

fn text(shape: &Shape) -> String {
    let mut text = shape.text(true);
    for (at, seconds) in WORK.iter().enumerate() {
        let kind = format!("c{at} = {{ kind = \"service\"");
        text = text.replace(&kind, &format!("{kind}, service-time = \"{seconds}s\", concurrency = {CONCURRENCY}"));
    }
    let (rest, journey) = text.split_once("[journeys.j]\n").expect("one journey");
    let steps = journey.lines().find(|line| line.starts_with("steps")).expect("its steps");
    let of = |id: &str, peak: f64| format!("[journeys.{id}]\nrate = \"0.5/s\"\npeak = \"{peak}/s\"\n{steps}\n");
    format!("{rest}{}{}", of("j", PEAKS[0]), of("k", PEAKS[1]))
}

/// Adds what is visited below a component, in one way in which chance falls out.
fn visit(shape: &Shape, of: usize, chance: &mut Chance, visited: &mut Vec<usize>) {
    let children = shape.children(of);
    match shape.group[of] {
        _ if children.is_empty() => {}
        Group::Sequence | Group::Parallel | Group::AnyOneOf => children.into_iter().for_each(|child| call(shape, child, chance, visited)),
        Group::FirstOf => call(shape, children[0], chance, visited),
        Group::Choice => {
            let rest = 0.25 / (children.len() - 1) as f64;
            let shares: Vec<f64> = (0..children.len()).map(|at| if at == 0 { 0.75 } else { rest }).collect();
            call(shape, children[chance.pick(&shares)], chance, visited);
        }
        Group::Cached => {
            let before = visited.len();
            call(shape, children[0], chance, visited);
            // Without the call there is no miss.
            if visited.len() > before && chance.pick(&[0.9, 0.1]) == 1 {
                children[1..].iter().for_each(|child| call(shape, *child, chance, visited));
            }
        }
    }
}

fn call(shape: &Shape, callee: usize, chance: &mut Chance, visited: &mut Vec<usize>) {
    if shape.mode[callee] != Mode::Sometimes || chance.pick(&[0.5, 0.5]) == 0 {
        visited.push(callee);
        visit(shape, callee, chance, visited);
    }
}

/// Returns the needs that the load makes of each component's.
fn loaded(shape: &Shape, builds: &[Build]) -> Vec<Build> {
    let mut visits = vec![0.0; builds.len()];
    in_all_ways(|chance| {
        let mut visited = vec![0];
        visit(shape, 0, chance, &mut visited);
        for component in visited {
            visits[component] += chance.probability();
        }
    });
    let of = |(at, build): (usize, &Build)| {
        let replicas = if build.is_sharded { 1 } else { build.zones.len() };
        let demand = PEAKS.iter().sum::<f64>() * visits[at] * WORK[at] / CONCURRENCY;
        let carry = (1..replicas).find(|enough| *enough as f64 >= demand - 1e-9).unwrap_or(replicas);
        Build { needs: build.needs.max(u32::try_from(carry).expect("two replicas")), ..*build }
    };
    builds.iter().enumerate().map(of).collect()
}

fn check(shape: &Shape, builds: &[Build], system: &System) {
    let loaded = loaded(shape, builds);
    let context = || format!("{}\n{builds:?}\n{loaded:?}", text(shape));
    let raised: Vec<(String, u32, u32)> = blast_radius(system)
        .raised
        .iter()
        .map(|one| (system.component(one.component).id.clone(), one.needs, one.to_carry.min(one.replicas)))
        .collect();
    let expected: Vec<(String, u32, u32)> = (0..builds.len())
        .filter(|at| loaded[*at].needs > builds[*at].needs)
        .map(|at| (format!("c{at}"), builds[at].needs, loaded[at].needs))
        .collect();
    assert_eq!(raised, expected, "{}", context());
    super::compare(shape, &loaded, true, system);

    let (events, downs) = events(builds);
    let mut of_mask: Vec<Option<f64>> = vec![None; 256];
    let mut lost = |down: Down| *of_mask[down as usize].get_or_insert_with(|| play(shape, &loaded, true, down).0);
    let outcomes: Vec<f64> = masks(&downs).into_iter().map(&mut lost).collect();
    let availability = availability(system, Detail::Explained);
    for found in &availability.journeys {
        compare(system, found.as_ref().expect("a small model is exact"), &events, &outcomes, &context);
    }
}

/// Semantics, "Failure" (peak demand): all models of one to three components.
#[test]
fn loaded_models_of_up_to_three_components_equal_brute_force() {
    for count in 1..=2 {
        check_written(&shapes(count, &every_mode(count)), BUILDS, text, |_| true, check);
    }
    let builds = [BUILDS[0], BUILDS[2], BUILDS[3], BUILDS[5]];
    check_written(&shapes(3, &every_mode(3)), &builds, text, |_| true, check);
}

/// Semantics, "Failure" (peak demand): all models of four components.
#[test]
fn loaded_models_of_four_components_equal_brute_force() {
    let modes = |at: usize| vec![Mode::Required, Mode::Sometimes, Mode::OrElse(if at == 3 { 1 } else { 3 })];
    check_written(&shapes(4, &modes), &[BUILDS[1], BUILDS[2]], text, |_| true, check);
}
