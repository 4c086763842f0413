//! What follows the messages, against the sum over all states.
//!
//! Semantics, "Journeys": the completion fails if, for any `~>` step, the callee or anything required below it is down; the synchronous part and the sender are not
//! repeated. The brute force draws which calls happen while all answer, and plays each message that is sent on its own.

use std::collections::BTreeMap;

use super::super::{Detail, availability};
use super::states::{events, masks, sum, weights};
use super::{BUILDS, Build, Chance, Down, FIRST_SHARD, Group, Mode, Shape, bit, check_all, every_mode, in_all_ways, shapes};
use crate::model::System;

/// One way in which chance falls out: what is drawn once is drawn for all messages.
struct Play<'a> {
    shape: &'a Shape,
    builds: &'a [Build],
    shares_key: bool,
    down: Down,
    chance: &'a mut Chance,
    drawn: BTreeMap<(usize, &'static str), usize>,
}

impl Play<'_> {
    fn draw(&mut self, of: usize, what: &'static str, shares: &[f64]) -> usize {
        if let Some(known) = self.drawn.get(&(of, what)) {
            return *known;
        }
        let drawn = self.chance.pick(shares);
        self.drawn.insert((of, what), drawn);
        drawn
    }

    fn is_up(&mut self, component: usize) -> bool {
        let build = self.builds[component];
        if build.is_sharded {
            let key = if self.shares_key { 0 } else { component };
            let shard = self.draw(key, "shard", &[FIRST_SHARD, 1.0 - FIRST_SHARD]);
            return self.down & bit(component, shard) == 0;
        }
        (0..build.zones.len()).filter(|at| self.down & bit(component, *at) == 0).count() >= build.needs as usize
    }

    fn happens(&mut self, callee: usize) -> bool {
        self.shape.mode[callee] != Mode::Sometimes || self.draw(callee, "when", &[0.5, 0.5]) == 0
    }

    fn chosen(&mut self, of: usize, children: &[usize]) -> usize {
        let rest = 0.25 / (children.len() - 1) as f64;
        let shares: Vec<f64> = (0..children.len()).map(|at| if at == 0 { 0.75 } else { rest }).collect();
        children[self.draw(of, "choice", &shares)]
    }

    /// Returns the calls below a component that happen while all of them answer.
    fn happening(&mut self, of: usize) -> Vec<usize> {
        let children = self.shape.children(of);
        let happening = match self.shape.group[of] {
            _ if children.is_empty() => Vec::new(),
            Group::Sequence | Group::Parallel | Group::AnyOneOf => children,
            Group::FirstOf => vec![children[0]],
            Group::Choice => vec![self.chosen(of, &children)],
            Group::Cached if !self.happens(children[0]) => Vec::new(),
            Group::Cached if self.draw(of, "miss", &[0.9, 0.1]) == 1 => children,
            Group::Cached => vec![children[0]],
        };
        happening.into_iter().filter(|child| self.happens(*child)).collect()
    }

    /// Says whether any message fails that is sent below a component.
    fn fails_below(&mut self, of: usize) -> bool {
        let mut fails = false;
        for child in self.happening(of) {
            if self.shape.mode[child] == Mode::Message {
                fails |= !(self.is_up(child) && self.answers(child));
            }
            fails |= self.fails_below(child);
        }
        fails
    }

    /// Says whether what a component requires answers; a message is sent, and asked for on its own.
    fn answers(&mut self, of: usize) -> bool {
        let children = self.shape.children(of);
        match self.shape.group[of] {
            _ if children.is_empty() => true,
            Group::Sequence | Group::Parallel => children.into_iter().all(|child| self.call(child)),
            Group::AnyOneOf | Group::FirstOf => children.into_iter().any(|child| self.call(child)),
            Group::Choice => {
                let chosen = self.chosen(of, &children);
                self.call(chosen)
            }
            Group::Cached => {
                let first = children[0];
                if !self.happens(first) {
                    return true;
                }
                let cache = self.is_up(first) && self.answers(first);
                let is_miss = self.draw(of, "miss", &[0.9, 0.1]) == 1;
                let works = cache && !is_miss || children[1..].iter().all(|child| self.call(*child));
                self.bend(first, works)
            }
        }
    }

    fn call(&mut self, callee: usize) -> bool {
        if !self.happens(callee) {
            return true;
        }
        let works = self.is_up(callee) && self.answers(callee);
        self.bend(callee, works)
    }

    fn bend(&mut self, callee: usize, works: bool) -> bool {
        works
            || match self.shape.mode[callee] {
                Mode::Required | Mode::Sometimes => false,
                Mode::Optional | Mode::Message => true,
                Mode::OrElse(other) => self.is_up(other),
            }
    }
}

fn incomplete(shape: &Shape, builds: &[Build], shares_key: bool, down: Down) -> f64 {
    let mut lost = 0.0;
    in_all_ways(|chance| {
        let mut play = Play { shape, builds, shares_key, down, chance, drawn: BTreeMap::new() };
        if play.fails_below(0) {
            lost += chance.probability();
        }
    });
    lost
}

fn check(shape: &Shape, builds: &[Build], shares_key: bool, system: &System) {
    let found = availability(system, Detail::Figures).completions[0];
    if !shape.mode.contains(&Mode::Message) {
        return assert_eq!(found, None);
    }
    let (events, downs) = events(builds);
    let mut of_mask: Vec<Option<f64>> = vec![None; 256];
    let mut lost = |down: Down| *of_mask[down as usize].get_or_insert_with(|| incomplete(shape, builds, shares_key, down));
    let outcomes: Vec<f64> = masks(&downs).into_iter().map(&mut lost).collect();
    let expected = sum(&weights(&events), &outcomes);
    let found = found.expect("a small model");
    assert!((found - expected).abs() <= 1e-12, "{found} instead of {expected}\n{}\n{builds:?}", shape.text(shares_key));
}

/// Semantics, "Journeys": all models of two and three components.
#[test]
fn completions_of_up_to_three_components_equal_the_sum_over_all_states() {
    for count in 2..=3 {
        check_all(&shapes(count, &every_mode(count)), BUILDS, true, |_| true, check);
    }
    let is_drawn = |builds: &[Build]| builds.iter().filter(|build| build.is_sharded).count() >= 2;
    check_all(&shapes(3, &every_mode(3)), BUILDS, false, is_drawn, check);
}

/// Semantics, "Journeys": all models of four components.
#[test]
fn completions_of_four_components_equal_the_sum_over_all_states() {
    check_all(&shapes(4, &every_mode(4)), &[BUILDS[0]], false, |_| true, check);
    let modes = |at: usize| vec![Mode::Required, Mode::Message, Mode::OrElse(if at == 3 { 1 } else { 3 })];
    check_all(&shapes(4, &modes), &[BUILDS[1], BUILDS[2]], false, |_| true, check);
}
