//! *What does each design give of each force, as far as it is computed?* One row per force; a later analysis adds its figure to the row it speaks of.
//!
//! What a candidate gives in general stands in the questionnaire's matrices, which are judgement; here stands what this model gives, which is computed.

use std::collections::BTreeSet;

use super::counterparts::{Design, owners, plural, regions};
use crate::analysis::classification::listed;
use crate::analysis::failure::DomainKind;
use crate::model::{Component, Journey};
use crate::quantity::{self, Bytes, Duration, Probability, significant};
use crate::questionnaire::Questionnaire;
use crate::syntax::keys::{component, deploy};
use crate::syntax::vocabulary::ComponentKind;

/// The seconds of a month (semantics, "Units": 730 h).
const MONTH: f64 = 730.0 * 3_600.0;

/// What a design gives of one force.
pub struct Gives {
    /// The force's id in the program's questionnaire.
    pub force: &'static str,
    /// What the figure is.
    pub what: &'static str,
    /// Computes it, in words; none where the model does not say enough.
    pub compute: fn(&Design<'_>) -> Option<String>,
}

/// What is computed of each force.
pub const GIVES: &[Gives] = &[
    Gives { force: "reliability", what: "what the worst single failure below a region costs", compute: reliability },
    Gives { force: "reach", what: "regions that serve", compute: reach },
    Gives { force: "hotswap", what: "stops by deployments", compute: hotswap },
    Gives { force: "scale", what: "copies and shards of programs", compute: scale },
    Gives { force: "autonomy", what: "units that deploy alone, and calls between teams", compute: autonomy },
    Gives { force: "capability", what: "machines that share one task", compute: capability },
    Gives { force: "diversity", what: "kinds of machines and technologies", compute: diversity },
    Gives { force: "knowhow", what: "what must be run", compute: knowhow },
    Gives { force: "design", what: "lines between programs", compute: design_lines },
    Gives { force: "money", what: "the bill of a month", compute: money },
    Gives { force: "network", what: "network messages and bytes of the busiest journey", compute: network },
    Gives { force: "consistency", what: "stores written by one journey", compute: consistency },
    Gives { force: "ops", what: "deployments per month, and teams on call", compute: ops },
];

/// Computes every row for every design, in the order of the questionnaire's forces; a force without a row has none.
pub(super) fn given(questionnaire: &Questionnaire, designs: &[Design<'_>]) -> Vec<Vec<Option<String>>> {
    let row = |id: &str| GIVES.iter().find(|row| row.force == id);
    let of = |id: &str| designs.iter().map(|design| row(id).and_then(|row| (row.compute)(design))).collect();
    questionnaire.forces.iter().map(|force| of(&force.id)).collect()
}

fn programs<'a>(design: &Design<'a>) -> impl Iterator<Item = &'a Component> + use<'a> {
    design.system.components.iter().filter(|one| one.is_program())
}

fn reliability(design: &Design<'_>) -> Option<String> {
    use crate::syntax::vocabulary::LocationKind::{Cluster, Provider, Region};
    let Design { system, assessment } = design;
    let is_single = |kind: DomainKind| match kind {
        DomainKind::Component(id) => !system.component(id).is_caller() && system.component(id).instances.len() == 1,
        DomainKind::Location(id) => {
            // All hosts of a pool at once are no single failure.
            let place = system.location(id);
            place.count == 1 && place.is_failure_domain() && !matches!(place.kind, Provider | Region | Cluster)
        }
        DomainKind::Host(_) => true,
        DomainKind::SharedFate(_) => false,
    };
    let singles = assessment.blast_radius.domains.iter().filter(|domain| is_single(domain.kind));
    let worst = singles.fold(None::<(&str, f64)>, |worst, domain| match worst {
        Some((_, most)) if most >= domain.traffic_lost => worst,
        _ => Some((&domain.id, domain.traffic_lost)),
    });
    worst.map(|(id, lost)| {
        if lost == 0.0 {
            "no single part or place costs traffic".to_owned()
        } else {
            format!("`{id}` down costs {}", quantity::percent(Probability::new(lost)))
        }
    })
}

fn reach(design: &Design<'_>) -> Option<String> {
    let regions = regions(design.system);
    (!regions.is_empty()).then(|| format!("{}: {}", plural(regions.len(), "region"), listed(&regions, 4)))
}

/// `Σ often · share of the changes · stop` over the programs: the time per month in which a deployment stops something.
fn hotswap(design: &Design<'_>) -> Option<String> {
    let mut stopped = 0.0;
    let mut known = false;
    for one in programs(design) {
        let Some(facts) = one.facts.table(component::DEPLOY) else { continue };
        if let (Some(often), Some(stop)) = (facts.get(deploy::OFTEN).stated(), facts.get(deploy::STOP).stated()) {
            known = true;
            stopped += one.changes * often.per_second() * MONTH * stop.seconds();
        }
    }
    known.then(|| {
        if stopped == 0.0 { "no stop".to_owned() } else { format!("{} stopped per month", quantity::duration(Duration::new(stopped))) }
    })
}

fn scale(design: &Design<'_>) -> Option<String> {
    let copies: usize = programs(design).map(|one| one.instances.len()).sum();
    let shards = programs(design).map(|one| one.shards.len()).max()?;
    let split = if shards > 1 { format!(", load split {shards} ways") } else { String::new() };
    Some(format!("{}{split}", if copies == 1 { "1 copy".to_owned() } else { format!("{copies} copies") }))
}

fn autonomy(design: &Design<'_>) -> Option<String> {
    let units: BTreeSet<&str> = programs(design).map(|one| one.facts.text(component::UNIT).unwrap_or(&one.id)).collect();
    let counted = design.system.journeys.iter().zip(&design.assessment.communication.journeys).filter(|(one, _)| !one.implied);
    let crossings = counted.map(|(_, counted)| counted.team_crossings.per_request).reduce(f64::max);
    let crossings = match (owners(design.system).len(), crossings) {
        (0, _) | (_, None) => String::new(),
        (teams, Some(calls)) => format!(", {}, up to {} calls between them", plural(teams, "team"), significant(calls, 2)),
    };
    (!units.is_empty()).then(|| format!("{}{crossings}", plural(units.len(), "unit")))
}

fn capability(design: &Design<'_>) -> Option<String> {
    let jobs: usize = programs(design).filter(|one| one.kind == ComponentKind::Job).map(|one| one.instances.len()).max()?;
    Some(plural(jobs, "machine"))
}

fn diversity(design: &Design<'_>) -> Option<String> {
    let kinds: BTreeSet<(&str, &str)> = programs(design)
        .map(|one| {
            let machine = one.facts.text(component::MACHINE).unwrap_or("");
            (machine.split('.').next().unwrap_or(machine), one.facts.text(component::TECHNOLOGY).unwrap_or(""))
        })
        .filter(|(machine, technology)| !machine.is_empty() || !technology.is_empty())
        .collect();
    (!kinds.is_empty()).then(|| plural(kinds.len(), "kind"))
}

fn knowhow(design: &Design<'_>) -> Option<String> {
    let count = |is: fn(&Component) -> bool| design.system.components.iter().filter(|one| is(one)).count();
    let (programs, stores) = (count(Component::is_program), count(Component::is_store));
    (programs + stores > 0).then(|| format!("{} and {}", plural(programs, "program"), plural(stores, "store")))
}

fn design_lines(design: &Design<'_>) -> Option<String> {
    let system = design.system;
    let between =
        system.links.iter().filter(|one| system.component(one.from).is_program() && system.component(one.to).is_program()).count();
    (programs(design).count() > 0).then(|| if between == 0 { "none".to_owned() } else { plural(between, "link") })
}

fn money(design: &Design<'_>) -> Option<String> {
    let bill = &design.assessment.cost.as_ref()?.bill;
    let at_least = if bill.is_complete() { "" } else { "at least " };
    Some(format!("{at_least}{} {}", bill.monthly.likely.grouped_cents(), bill.currency.code()))
}

/// The declared journey with the highest rate, with its index; of equals the first.
fn busiest<'a>(design: &Design<'a>) -> Option<(&'a Journey, usize)> {
    let mut found: Option<(f64, &Journey, usize)> = None;
    for (at, one) in design.system.journeys.iter().enumerate().filter(|(_, one)| !one.implied) {
        let rate = one.rate().map_or(0.0, |rate| rate.per_second());
        if found.is_none_or(|(highest, ..)| rate > highest) {
            found = Some((rate, one, at));
        }
    }
    found.map(|(_, one, at)| (one, at))
}

fn network(design: &Design<'_>) -> Option<String> {
    let (journey, at) = busiest(design)?;
    let counted = &design.assessment.communication.journeys[at];
    let bytes = quantity::bytes(Bytes::new(counted.network_bytes().bytes()));
    Some(format!("`{}`: {} messages, {bytes}", journey.id, significant(counted.network_messages(), 3)))
}

fn consistency(design: &Design<'_>) -> Option<String> {
    let system = design.system;
    let written = |journey: &Journey| {
        let stores: BTreeSet<_> =
            journey.calls.calls().flat_map(|(_, call)| &call.writes).filter_map(|id| system.entities[id.index()].truth).collect();
        stores.len()
    };
    let (most, journey) = system
        .journeys
        .iter()
        .filter(|one| !one.implied)
        .map(|one| (written(one), one))
        .fold(None::<(usize, &Journey)>, |most, next| if most.is_some_and(|(count, _)| count >= next.0) { most } else { Some(next) })?;
    (most > 0).then(|| format!("`{}` writes {}", journey.id, plural(most, "store")))
}

fn ops(design: &Design<'_>) -> Option<String> {
    // A part that was cut out of a unit has its share of the unit's deploys.
    let often = |one: &Component| Some(one.changes * one.facts.table(component::DEPLOY)?.get(deploy::OFTEN).stated()?.per_second());
    let deploys: Vec<f64> = programs(design).filter_map(often).map(|per_second| per_second * MONTH).collect();
    let teams = owners(design.system)
        .into_iter()
        .filter(|id| design.system.team(*id).facts.get(crate::syntax::keys::team::ONCALL).stated().is_some());
    let teams = teams.count();
    let rate = if deploys.is_empty() { None } else { Some(format!("{} deployments a month", significant(deploys.iter().sum(), 2))) };
    let rota = (teams > 0).then(|| format!("{} on call", plural(teams, "team")));
    match (rate, rota) {
        (Some(rate), Some(rota)) => Some(format!("{rate}, {rota}")),
        (rate, rota) => rate.or(rota),
    }
}
