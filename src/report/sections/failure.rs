//! What a failing place or part stops.

use super::{MAX_ROWS, Section};
use crate::analysis::classification::listed;
use crate::analysis::failure::{AtWorst, Domain, DomainKind, Recoveries};
use crate::assessment::{Assessed, Assessment};
use crate::model::{Journey, JourneyId};
use crate::quantity::{self, Probability, significant};
use crate::report::table::Table;
use crate::report::words::{marked, ranged, share};
use crate::syntax::keys::component;
use crate::syntax::vocabulary::ComponentKind;

pub(super) fn single_points(assessed: &Assessed<'_>) -> Section {
    let (system, blast_radius) = (assessed.system, &assessed.assessment.blast_radius);
    let mut table = Table::new("What alone costs a journey requests", &["journey", ">events", "which"]);
    for (journey, exposed) in system.journeys.iter().zip(&blast_radius.journeys) {
        let points: Vec<String> = exposed
            .single_points
            .iter()
            .take(MAX_ROWS)
            .map(|point| {
                let lost = point.lost.value();
                let part = if lost < 1.0 { format!(" ({} of requests)", share(lost)) } else { String::new() };
                format!("{}{part}", marked(&point.event.id(system)))
            })
            .collect();
        let more = exposed.single_points.len().saturating_sub(MAX_ROWS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let which = if points.is_empty() { "no single event".to_owned() } else { points.join(", ") + &more };
        table.row(vec![format!("`{}`", journey.id), exposed.single_points.len().to_string(), which]);
    }
    let offline = |journey: &Journey| system.component(journey.calls.root).facts.get(component::OFFLINE).is_known();
    if system.journeys.iter().any(offline) {
        table.note(
            "These are the journeys as they are online; a client that states `offline` is degraded, not down, in the table of places.",
        );
    }
    table.limit(MAX_ROWS, "journeys");
    Section::new("single-points", table)
}

pub(super) fn domains(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, .. }, ranges, .. } = assessed;
    let mut table = Table::new(
        "What each failing place or part stops",
        &["down", "kind", "journeys down", "partly down", "degraded", "one failure away", ">traffic lost", ">users lost"],
    );
    let names = |journeys: &[JourneyId]| {
        let ids: Vec<&str> = journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect();
        listed(&ids, 3)
    };
    let always: Vec<&str> = system
        .journeys
        .iter()
        .zip(&blast_radius.journeys)
        .filter(|(_, exposed)| exposed.is_one_failure_away())
        .map(|(journey, _)| journey.id.as_str())
        .collect();
    let mut order: Vec<_> = blast_radius.domains.iter().collect();
    // Worst first, then by id.
    order.sort_by(|a, b| b.traffic_lost.total_cmp(&a.traffic_lost).then_with(|| a.id.cmp(&b.id)));
    let mut harmless = Vec::new();
    for domain in order {
        let caller = match domain.kind {
            DomainKind::Component(id) => Some(system.component(id).kind).filter(|_| system.component(id).is_caller()),
            _ => None,
        };
        if caller == Some(ComponentKind::Actor) {
            // People do not fail.
            continue;
        }
        let path = format!("domains.{}", domain.id);
        let newly: Vec<JourneyId> =
            domain.one_failure_away.iter().copied().filter(|id| !blast_radius.journeys[id.index()].is_one_failure_away()).collect();
        if domain.lost.is_empty() && domain.degraded.is_empty() && newly.is_empty() && !ranges.contains_key(&format!("{path}.traffic_lost"))
        {
            harmless.push(domain.id.as_str());
            continue;
        }
        let alike = if domain.alike > 1 { format!(", each of {}", domain.alike) } else { String::new() };
        table.row(vec![
            format!("`{}`{alike}", domain.id),
            match domain.kind {
                DomainKind::Location(location) if system.location(location).count > 1 => {
                    format!("{}, all {} hosts", domain.kind.word(system), system.location(location).count)
                }
                _ if caller == Some(ComponentKind::Client) => "client, one user's".into(),
                _ => domain.kind.word(system).to_owned(),
            },
            names(&domain.down),
            names(&domain.partly_down),
            names(&domain.degraded),
            names(&newly),
            if caller == Some(ComponentKind::Client) {
                "that user's".into()
            } else {
                ranged(ranges, &format!("{path}.traffic_lost"), domain.traffic_lost, share)
            },
            domain
                .users_lost
                .filter(|_| caller != Some(ComponentKind::Client))
                .map_or_else(String::new, |users| ranged(ranges, &format!("{path}.users_lost"), users, share)),
        ]);
    }
    table.drop_empty_columns();
    if table.rows.is_empty() && harmless.is_empty() {
        return Section::new("domains", table);
    }
    if !harmless.is_empty() {
        table.note(format!("Stops and degrades nothing: {}.", listed(&harmless, 12)));
    }
    if !always.is_empty() {
        table.note(format!("One failure away with nothing down: {}; not repeated in the table.", listed(&always, 6)));
    }
    if blast_radius.has_equal_weights {
        table.note("A journey has no rate, so journeys count alike in the traffic lost.");
    }
    if blast_radius.domains.iter().any(|domain| domain.users_lost.is_none()) {
        table.note("Users lost are left out where a journey or place does not state its `share-of-users`.");
    }
    table.note("One event down, all else up. A component's row has all its replicas down at once.");
    table.limit(MAX_ROWS, "places and parts");
    Section::new("domains", table)
}

/// How soon journeys are back after a loss, and how much data is gone.
pub(super) fn recovery(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, .. }, .. } = assessed;
    let mut table = Table::new(
        "How soon journeys are back after a loss, and what data is gone",
        &["lost", ">back after", "journeys", ">data lost", "of"],
    );
    let long = |time: AtWorst, all: &str| match time {
        AtWorst { known, .. } if known.seconds().is_infinite() => all.to_owned(),
        AtWorst { known, is_complete: true } if known.seconds() > 0.0 => quantity::duration(known),
        AtWorst { is_complete: true, .. } => String::new(),
        AtWorst { known, .. } if known.seconds() > 0.0 => format!("≥ {}", quantity::duration(known)),
        AtWorst { .. } => "not known".to_owned(),
    };
    let mut order: Vec<&Domain> = blast_radius.domains.iter().filter(|domain| domain.recovery != Recoveries::default()).collect();
    order.retain(|domain| !matches!(domain.kind, DomainKind::Component(id) if system.component(id).is_caller()));
    let worst = |domain: &Domain| (domain.recovery.data_lost().known.seconds(), domain.recovery.back_after().known.seconds());
    order.sort_by(|a, b| {
        let (a_worst, b_worst) = (worst(a), worst(b));
        b_worst.0.total_cmp(&a_worst.0).then(b_worst.1.total_cmp(&a_worst.1)).then_with(|| a.id.cmp(&b.id))
    });
    let has_data = order.iter().any(|domain| domain.recovery.data.is_some());
    for domain in order {
        let alike = if domain.alike > 1 { format!(", each of {}", domain.alike) } else { String::new() };
        let gone: Vec<&str> = domain
            .recovery
            .journeys
            .iter()
            .filter(|one| one.back_after != AtWorst::NONE)
            .map(|one| system.journeys[one.journey.index()].id.as_str())
            .collect();
        table.row(vec![
            format!("`{}`{alike}", domain.id),
            long(domain.recovery.back_after(), ""),
            listed(&gone, 3),
            long(domain.recovery.data_lost(), "all of it"),
            domain.recovery.data.map_or_else(String::new, |(store, _)| format!("`{}`", system.component(store).id)),
        ]);
    }
    table.drop_empty_columns();
    if !table.rows.is_empty() {
        table.note("Back after = time to restore what is lost; where a follower takes over, the failover.");
    }
    if has_data {
        table.note("Data lost: acknowledged writes that no copy is left of: the followers' `lag`, or what came after the last backup (`backup.every`). A place takes its copies with it; a process only what is not `durable`.");
    }
    table.limit(MAX_ROWS, "losses");
    Section::new("recovery", table)
}

/// What the peak needs more of than the model says, and what must start after a loss.
pub(super) fn needs(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, .. }, .. } = assessed;
    let mut table = Table::new(
        "Replicas that are no spares at the peak",
        &["component", ">replicas", ">busy at the peak", ">needed otherwise", ">carry the peak"],
    );
    for one in &blast_radius.raised {
        table.row(vec![
            format!("`{}`", system.component(one.component).id),
            one.replicas.to_string(),
            format!("{} %", significant(one.utilization * 100.0, 3)),
            one.needs.to_string(),
            if one.to_carry > one.replicas { format!("{}, more than there are", one.to_carry) } else { one.to_carry.to_string() },
        ]);
    }
    if !table.rows.is_empty() {
        table.note("Needs = ⌈busy at the peak · replicas⌉ where that is more: fewer cannot carry the peak, and are counted as down. All figures of failure use these needs.");
    }
    table.limit(MAX_ROWS, "components");
    Section::new("needs", table)
}

/// What must start after a loss before the peak is carried again.
pub(super) fn shortfalls(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, .. }, .. } = assessed;
    let mut table = Table::new(
        "What must start after a loss before the peak is carried again",
        &["lost", "short of", ">left", ">carry the peak", "journeys", "started by"],
    );
    for one in &blast_radius.shortfalls {
        let ids: Vec<&str> = one.journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect();
        let starters: Vec<String> = one
            .starters
            .iter()
            .map(|(id, outlives)| format!("`{}`{}", system.component(*id).id, if *outlives { "" } else { " (lost too)" }))
            .collect();
        let by = if starters.is_empty() { "not stated".to_owned() } else { starters.join(", ") };
        table.row(vec![
            format!("`{}`", one.domain),
            format!("`{}`", system.component(one.component).id),
            one.left.to_string(),
            one.to_carry.to_string(),
            listed(&ids, 3),
            by,
        ]);
    }
    if !table.rows.is_empty() {
        table.note("A design that must start nothing to outlive a loss is statically stable. Started by: what others need for starting or scaling (`needed-for`).");
    }
    table.limit(MAX_ROWS, "losses");
    Section::new("static-stability", table)
}

/// What a cut between two places stops.
pub(super) fn partitions(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, .. }, .. } = assessed;
    let mut table = Table::new(
        "What a cut between two places stops",
        &["cut", "journeys down", "partly down", "may read stale data", "may write on both sides"],
    );
    let partitions = &blast_radius.partitions;
    let names = |journeys: &[JourneyId]| {
        let ids: Vec<&str> = journeys.iter().map(|id| system.journeys[id.index()].id.as_str()).collect();
        listed(&ids, 3)
    };
    let (costly, harmless): (Vec<_>, Vec<_>) = partitions
        .cuts
        .iter()
        .partition(|cut| [&cut.down, &cut.partly_down, &cut.stale, &cut.conflicting].iter().any(|list| !list.is_empty()));
    for cut in costly {
        table.row(vec![
            format!("`{}`", cut.id(system)),
            names(&cut.down),
            names(&cut.partly_down),
            names(&cut.stale),
            names(&cut.conflicting),
        ]);
    }
    table.drop_empty_columns();
    if !harmless.is_empty() {
        let ids: Vec<String> = harmless.iter().map(|cut| cut.id(system)).collect();
        table.note(format!("Costs no request and divides no data: {}.", listed(&ids.iter().map(String::as_str).collect::<Vec<_>>(), 6)));
    }
    if partitions.unexamined > 0 {
        table.note(format!("{} further cuts were not examined.", partitions.unexamined));
    }
    if !partitions.cuts.is_empty() {
        table.note("Both places are up and do not reach each other; what stands in neither reaches both, and so do callers without a place. A call works where enough replicas of the callee are reached.");
    }
    table.limit(MAX_ROWS, "cuts");
    Section::new("partitions", table)
}

/// The most rows of what is left; the worst are shown.
const MAX_LEFT: usize = 12;

/// A loss that makes a journey this many times less available, or less, is not worth a row.
const WORTH_A_ROW: f64 = 1.1;

pub(super) fn left(assessed: &Assessed<'_>) -> Section {
    let Assessed { system, assessment: Assessment { blast_radius, availability, .. }, .. } = assessed;
    let mut table = Table::new(
        "What is left of each journey while a place or part is down",
        &["down", "journey", ">always", ">meanwhile", ">times worse"],
    );
    let mut rows: Vec<(f64, f64, &Domain, usize)> = Vec::new();
    for domain in &blast_radius.domains {
        for (at, found) in availability.journeys.iter().enumerate() {
            let lost = domain.lost.iter().find(|(journey, _)| journey.index() == at).map_or(0.0, |(_, lost)| lost.value());
            let (Some(always), Some(meanwhile)) =
                (found.as_ref().map(|found| found.unavailability), availability.while_down(domain.kind, at))
            else {
                continue;
            };
            // What stops at once is in the table above.
            if lost < 1.0 && meanwhile > always * WORTH_A_ROW {
                rows.push((meanwhile, always, domain, at));
            }
        }
    }
    // Worst first, then by id; equal figures differ in the last digits.
    let shown = |value: f64| format!("{value:.9e}").parse::<f64>().unwrap_or(value);
    rows.sort_by(|a, b| shown(b.0).total_cmp(&shown(a.0)).then_with(|| a.2.id.cmp(&b.2.id)).then(a.3.cmp(&b.3)));
    let print = |unavailability: f64| quantity::availability(Probability::new(unavailability));
    for (meanwhile, always, domain, at) in rows {
        let alike = if domain.alike > 1 { format!(", each of {}", domain.alike) } else { String::new() };
        let times = if always > 0.0 { significant(meanwhile / always, 3) } else { String::new() };
        table.row(vec![format!("`{}`{alike}", domain.id), format!("`{}`", system.journeys[at].id), print(always), print(meanwhile), times]);
    }
    if !table.rows.is_empty() {
        table.note("Meanwhile = P(answered | it is down), everything else failing as it does: U + (1 - q) · Birnbaum of a single event. What stops at once is not repeated. `assess --down ID` says what would finish it off.");
    }
    table.limit(MAX_LEFT, "losses");
    Section::new("what-is-left", table)
}
