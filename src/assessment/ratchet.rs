//! *Did a change make an objective worse?* A system before the change, held against the objectives, assumptions and prices of today.
//!
//! What differs then is the design alone: an update of the tool, of a price book or of an assumption moves both sides, and fails no gate by itself. An objective that is
//! new, or stricter, is held against both sides as well.

use super::{Gate, GateState};
use crate::model::{Part, Parts, System};
use crate::syntax::keys::{Table, cost};
use crate::syntax::value::Facts;

/// How much worse, of the figure, is no rounding.
const ROUNDING: f64 = 1e-9;

/// Returns a system as it was, at the objectives, assumptions and prices of what it is now; nothing where they do not fit it.
pub fn at_common_inputs(before: &System, now: &System) -> Option<System> {
    let (mut parts, of_now) = (Parts::of(before), Parts::of(now));
    parts.parts.retain(|_, part| !matches!(part, Part::Assumption(..) | Part::Prices(_) | Part::Single(Table::Objectives, _)));
    let common =
        of_now.parts.iter().filter(|(_, part)| matches!(part, Part::Assumption(..) | Part::Prices(_) | Part::Single(Table::Objectives, _)));
    parts.parts.extend(common.map(|(path, part)| (path.clone(), part.clone())));
    for (path, part) in &mut parts.parts {
        let Some(of_now) = of_now.parts.get(path).and_then(Part::facts) else { continue };
        match part {
            Part::Element(Table::Journey, item) => take_objectives(&mut item.facts, of_now),
            Part::Single(Table::Cost, facts) => take(facts, of_now, |index| index == cost::BUDGET.index || index == cost::FX.index),
            _ => {}
        }
    }
    parts.together()
}

/// Replaces a journey's own objectives; their keys have the names of the system's.
fn take_objectives(facts: &mut Facts, of_now: &Facts) {
    let rows = facts.table.rows();
    let names = Table::Objectives.rows();
    take(facts, of_now, |index| names.iter().any(|row| row.name == rows[usize::from(index)].name));
}

fn take(facts: &mut Facts, of_now: &Facts, is_taken: impl Fn(u16) -> bool) {
    facts.retain(|index| !is_taken(index));
    for (index, entry) in of_now.entries().filter(|(index, _)| is_taken(*index)) {
        let _ = facts.insert(index, entry.clone());
    }
}

/// How a missed gate stands against what it was before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// It was reached, or there was no such design: the change misses it.
    New,
    /// It was missed, and is worse now.
    Worse,
    /// It was missed as much, or more.
    AsBefore,
}

/// Holds a missed gate against the gates before the change.
pub fn against(before: &[Gate], now: &Gate) -> Against {
    let Some(was) = before.iter().find(|gate| gate.id == now.id && gate.journey == now.journey) else { return Against::New };
    match (was.state, was.measured, now.measured) {
        (GateState::Pass | GateState::NotEvaluated, ..) => Against::New,
        (GateState::Fail, Some(was), Some(now)) if now > was + ROUNDING * was.abs() => Against::Worse,
        (GateState::Fail, ..) => Against::AsBefore,
    }
}

#[cfg(test)]
mod tests {
    use super::{Against, against, at_common_inputs};
    use crate::assessment::{GateState, assess_to_judge};
    use crate::model::testing::system;

    const MODEL: &str = "[objectives]\navailability = \"99.5%\"\n[components]\nu = { kind = \"client\" }\na = { kind = \"service\", availability = \"99%\" }\n[links]\n\"u -> a\" = {}\n[journeys]\nj = { rate = \"1/s\", steps = [\"u -> a\"] }\n";

    fn of(before: &str, now: &str) -> Against {
        let (before, now) = (system(before), system(now));
        let gates = assess_to_judge(&now).gates;
        let missed = gates.iter().find(|gate| gate.state == GateState::Fail).expect("a missed gate");
        against(&assess_to_judge(&at_common_inputs(&before, &now).expect("it fits")).gates, missed)
    }

    #[test]
    fn a_gate_fails_where_the_change_missed_it_or_made_it_worse() {
        assert_eq!(of(MODEL, MODEL), Against::AsBefore);
        assert_eq!(of(&MODEL.replace("99%", "99.9%"), MODEL), Against::New);
        assert_eq!(of(MODEL, &MODEL.replace("99%", "98%")), Against::Worse);
        assert_eq!(of(&MODEL.replace("99%", "98%"), MODEL), Against::AsBefore);
    }

    /// 110 % busy, then 500 %: neither has a time, and the second is worse.
    #[test]
    fn a_larger_overload_is_worse() {
        let at = |rate: u32| {
            format!(
                "[objectives]\nlatency-p99 = \"1s\"\n[components]\nu = {{ kind = \"client\" }}\na = {{ kind = \"service\", concurrency = 1, service-time = \"10ms\" }}\n[links]\n\"u -> a\" = {{}}\n[journeys]\nj = {{ rate = \"{rate}/s\", steps = [\"u -> a\"] }}\n"
            )
        };
        assert_eq!(of(&at(110), &at(500)), Against::Worse);
        assert_eq!(of(&at(500), &at(110)), Against::AsBefore);
        assert_eq!(of(&at(50), &at(110)), Against::New);
    }

    /// A second service on one node is a second event that stops the journey; behind a condition it stops half of the requests.
    #[test]
    fn one_more_event_that_stops_a_journey_is_worse() {
        let of_steps = |steps: &str| {
            format!(
                "[objectives]\nsurvive = \"process\"\n[components]\nu = {{ kind = \"client\" }}\na = {{ kind = \"service\" }}\nb = {{ kind = \"service\" }}\n[links]\n\"u -> a\" = {{}}\n\"a -> b\" = {{}}\n[journeys]\nj = {{ rate = \"1/s\", steps = [\"u -> a\"{steps}] }}\n"
            )
        };
        let (alone, sometimes, always) = (of_steps(""), of_steps(", { call = \"a -> b\", when = 0.5 }"), of_steps(", \"a -> b\""));
        let optional = of_steps(", { call = \"a -> b\", required = false }");
        for (before, now) in [(&alone, &sometimes), (&sometimes, &always), (&optional, &always)] {
            assert_eq!((of(before, now), of(now, before), of(now, now)), (Against::Worse, Against::AsBefore, Against::AsBefore));
        }
        assert_eq!(of(&alone, &optional), Against::AsBefore);
        let gate = |text: &str| assess_to_judge(&system(text)).gates.remove(0);
        assert_eq!((gate(&sometimes).measured, gate(&always).measured), (Some(1.5), Some(2.0)));
        assert_eq!(gate(&always).value.as_deref(), Some("`a/1` alone costs it traffic, and so does another one"));
    }

    /// Of three zones without a path between two of them, and between all.
    #[test]
    fn one_more_cut_that_stops_a_journey_is_worse() {
        let of_calls = |calls: &str, steps: &str| {
            format!(
                "[objectives]\nsurvive = \"partition\"\n[locations]\nz1 = {{ kind = \"zone\" }}\nz2 = {{ kind = \"zone\" }}\nz3 = {{ kind = \"zone\" }}\n[components]\nu = {{ kind = \"client\" }}\na = {{ kind = \"service\", on = \"z1\" }}\nb = {{ kind = \"service\", on = \"z2\" }}\nc = {{ kind = \"service\", on = \"z3\" }}\n[links]\n\"u -> a\" = {{}}\n{calls}[journeys]\nj = {{ rate = \"1/s\", steps = [\"u -> a\"{steps}] }}\n"
            )
        };
        let one = of_calls("\"a -> b, c\" = {}\n", ", \"a -> b\"");
        let two = of_calls("\"a -> b, c\" = {}\n", ", \"a -> b\", \"a -> c\"");
        assert_eq!((of(&one, &two), of(&two, &one), of(&two, &two)), (Against::Worse, Against::AsBefore, Against::AsBefore));
    }

    /// The design is the same: a stricter objective and a worse assumption are held against both sides.
    #[test]
    fn objectives_and_assumptions_fail_no_gate_alone() {
        let silent = MODEL.replace(", availability = \"99%\"", "").replace("99.5%", "99.8%");
        assert_eq!(of(&silent, &silent.replace("99.8%", "99.99%")), Against::AsBefore);
        let worse = format!("{silent}[assumptions]\n\"service.availability\" = \"99%\"\n");
        assert_eq!(of(&silent, &worse), Against::AsBefore);
    }
}
