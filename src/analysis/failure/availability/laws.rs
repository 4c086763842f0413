//! Laws that hold for every system: what never hurts, what never helps, what changes nothing.
//!
//! Semantics, "Failure". The systems are drawn; the laws need no figure of any of them.

use proptest::prelude::*;

use super::{Availability, Detail, JourneyAvailability, availability};
use crate::analysis::failure::losable;
use crate::model::System;
use crate::model::testing::system;

/// A system of services in two zones of a region that call each other as a tree.
#[derive(Debug, Clone)]
struct Drawn {
    services: Vec<Service>,
    /// How available each zone is.
    zones: [f64; 2],
}

#[derive(Debug, Clone)]
struct Service {
    parent: usize,
    first_zone: usize,
    replicas: usize,
    needs: usize,
    availability: f64,
    common_cause: f64,
    call: &'static str,
}

/// What ids are called, and in which order things are declared.
#[derive(Debug, Clone, Copy)]
struct Writing {
    prefix: &'static [&'static str],
    is_reversed: bool,
}

const PLAIN: Writing = Writing { prefix: &["a", "b", "c", "d", "e", "f"], is_reversed: false };
const REVERSED: Writing = Writing { is_reversed: true, ..PLAIN };
const RENAMED: Writing = Writing { prefix: &["t", "s", "zz", "h", "z", "g"], is_reversed: false };

fn drawn() -> impl Strategy<Value = Drawn> {
    let service = (
        any::<prop::sample::Index>(),
        0..2_usize,
        1..=3_usize,
        1..=3_usize,
        prop::sample::select(vec![0.5, 0.9, 0.97, 1.0]),
        prop::sample::select(vec![0.0, 0.1, 0.5]),
        prop::sample::select(vec!["", "", ", required = false", ", when = 0.5", ", fallback = true"]),
    );
    let zones = (prop::sample::select(vec![0.8, 0.95, 1.0]), prop::sample::select(vec![0.85, 0.99]));
    (prop::collection::vec(service, 1..=5), zones).prop_map(|(services, zones)| Drawn {
        services: services
            .into_iter()
            .enumerate()
            .map(|(at, (parent, first_zone, replicas, needs, availability, common_cause, call))| Service {
                parent: if at == 0 { 0 } else { parent.index(at) },
                first_zone,
                replicas,
                needs: needs.min(replicas),
                availability,
                common_cause,
                call: if at == 0 { "" } else { call },
            })
            .collect(),
        zones: [zones.0, zones.1],
    })
}

impl Drawn {
    fn text(&self, writing: Writing) -> String {
        let id = |at: usize| writing.prefix[at];
        let join = |mut lines: Vec<String>| {
            if writing.is_reversed {
                lines.reverse();
            }
            lines.join("\n")
        };
        let component = |(at, one): (usize, &Service)| {
            let zones = if one.first_zone == 0 { r#""z0", "z1""# } else { r#""z1", "z0""# };
            format!(
                r#"{} = {{ kind = "service", on = [{zones}], replicas = {}, needs = {}, availability = {}, common-cause = {} }}"#,
                id(at),
                one.replicas,
                one.needs,
                one.availability,
                one.common_cause
            )
        };
        let components: Vec<String> =
            self.services.iter().enumerate().map(component).chain(["user = { kind = \"client\" }".to_owned()]).collect();
        let calls = || self.services.iter().enumerate().skip(1);
        let links = calls().map(|(at, one)| format!("\"{} -> {}\" = {{}}", id(one.parent), id(at)));
        let links: Vec<String> = links.chain([format!("\"user -> {}\" = {{}}", id(0))]).collect();
        let steps: Vec<String> =
            calls().map(|(at, one)| format!(", {{ call = \"{} -> {}\"{} }}", id(one.parent), id(at), one.call)).collect();
        let zones = (0..2).map(|at| format!("z{at} = {{ kind = \"zone\", in = \"r\", availability = {} }}", self.zones[at]));
        let places: Vec<String> = zones.chain(["r = { kind = \"region\" }".to_owned()]).collect();
        format!(
            "[journeys]\nj = {{ steps = [\"user -> {}\"{}] }}\n[locations]\n{}\n[components]\n{}\n[links]\n{}\n",
            id(0),
            steps.concat(),
            join(places),
            join(components),
            join(links),
        )
    }

    fn assessed(&self, writing: Writing) -> (System, Availability) {
        let system = system(&self.text(writing));
        let found = availability(&system, Detail::Explained);
        (system, found)
    }

    fn unavailability(&self) -> f64 {
        of(&self.assessed(PLAIN).1).unavailability
    }
}

fn of(availability: &Availability) -> &JourneyAvailability {
    availability.journeys[0].as_ref().expect("a small system is exact")
}

/// Sums of the same parts in another order differ in the last digits.
const ROUNDING: f64 = 1e-12;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_order_of_declarations_changes_no_digit(drawn in drawn()) {
        let ((_, plain), (_, reversed)) = (drawn.assessed(PLAIN), drawn.assessed(REVERSED));
        prop_assert_eq!(plain, reversed);
    }

    #[test]
    fn names_change_nothing(drawn in drawn()) {
        let ((_, plain), (_, renamed)) = (drawn.assessed(PLAIN), drawn.assessed(RENAMED));
        let (plain, renamed) = (of(&plain), of(&renamed));
        prop_assert!((plain.unavailability - renamed.unavailability).abs() <= ROUNDING);
        prop_assert!((plain.incidents_per_year - renamed.incidents_per_year).abs() <= 1e-9 * plain.incidents_per_year);
        let counts = |one: &JourneyAvailability| one.cut_sets.as_ref().map(|sets| (sets.count.clone(), sets.by_order.clone()));
        prop_assert_eq!(counts(plain), counts(renamed));
        prop_assert_eq!(plain.importance.len(), renamed.importance.len());
    }

    /// Where what is needed is stated, the others' places stay, no load is shared and no failover is stated.
    #[test]
    fn another_replica_never_hurts(drawn in drawn(), at in any::<prop::sample::Index>()) {
        let mut more = drawn.clone();
        more.services[at.index(drawn.services.len())].replicas += 1;
        prop_assert!(more.unavailability() <= drawn.unavailability() + ROUNDING);
    }

    #[test]
    fn a_further_need_never_helps(drawn in drawn(), at in any::<prop::sample::Index>()) {
        let mut more = drawn.clone();
        let one = &mut more.services[at.index(drawn.services.len())];
        one.needs = (one.needs + 1).min(one.replicas);
        prop_assert!(more.unavailability() >= drawn.unavailability() - ROUNDING);
    }

    #[test]
    fn a_hard_dependency_never_helps(drawn in drawn(), parent in any::<prop::sample::Index>()) {
        let mut more = drawn.clone();
        let parent = parent.index(drawn.services.len());
        more.services.push(Service { parent, first_zone: 0, replicas: 1, needs: 1, availability: 0.9, common_cause: 0.0, call: "" });
        prop_assert!(more.unavailability() >= drawn.unavailability() - ROUNDING);
        // Nor does one that can fail less hurt more.
        let mut better = more.clone();
        better.services.last_mut().expect("it was added").availability = 0.99;
        prop_assert!(better.unavailability() <= more.unavailability() + ROUNDING);
    }

    /// While something is down nothing gets better; and U is the mean of both cases: `q · P(fails | down) + (1 − q) · P(fails | up)`.
    #[test]
    fn a_loss_never_helps_and_the_mean_of_both_cases_is_the_whole(drawn in drawn()) {
        let (system, found) = drawn.assessed(PLAIN);
        let whole = of(&found).unavailability;
        for (id, domain) in losable(&system) {
            let down = found.while_down(domain, 0).expect("a small system");
            prop_assert!(down >= whole - ROUNDING, "{} while {} is down, {} always", down, id, whole);
            if let Some(zone) = id.strip_prefix('z').and_then(|zone| zone.parse::<usize>().ok()) {
                let mut up = drawn.clone();
                let q = 1.0 - std::mem::replace(&mut up.zones[zone], 1.0);
                let mean = q * down + (1.0 - q) * up.unavailability();
                prop_assert!((mean - whole).abs() <= ROUNDING, "{} instead of {}", mean, whole);
            }
        }
    }
}
