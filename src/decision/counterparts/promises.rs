//! What a design gives of what the answers promise: held against every design, so that one which breaks a promise is not recommended.

use super::today::{declared, parts, spans};
use super::{Computed, Design, Fits};
use crate::analysis::classification::listed;
use crate::analysis::failure::survives;
use crate::decision::joined;
use crate::model::{Component, ComponentId, System};
use crate::quantity;
use crate::source::Span;
use crate::syntax::keys::{backup, component, deploy, entity, replication};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{ComponentKind, DeployStrategy, ReadsFrom, ReplicationAck, Survive};

/// The answers to what it must outlive, smallest first.
pub(super) const SURVIVED: &[&str] = &["a-process", "a-host", "a-zone", "a-region"];

/// The largest kind of single failure that costs no declared journey traffic.
pub(super) fn survived(design: &Design<'_>) -> Option<Computed> {
    let Design { system, assessment } = design;
    let journeys: Vec<usize> = (0..system.journeys.len()).filter(|at| !system.journeys[*at].implied).collect();
    if journeys.is_empty() {
        return None;
    }
    let kinds = [Survive::Process, Survive::Node, Survive::Zone, Survive::Region];
    let mut kept = Vec::new();
    for (kind, id) in kinds.into_iter().zip(SURVIVED) {
        let stopped = journeys.iter().find_map(|at| Some((*at, survives(system, &assessment.blast_radius, *at, kind)?.worst?)));
        if let Some((at, event)) = stopped {
            let words = format!("`{event}` alone costs journey `{}` requests", system.journeys[at].id);
            return Some(Computed { words, fits: Fits::Options(kept), places: place_of(system, &event) });
        }
        kept.push(*id);
    }
    let words = "no single process, host, zone or region costs a journey requests".to_owned();
    Some(Computed { words, fits: Fits::Options(kept), places: Vec::new() })
}

/// The place of the component or location that an event names before its first `/`.
fn place_of(system: &System, event: &str) -> Vec<Span> {
    let id = event.split('/').next().unwrap_or(event);
    let component = system.find_component(id).map(|id| system.component(id).span);
    component.or_else(|| system.find_location(id).map(|id| system.location(id).span)).into_iter().collect()
}

/// The answers to how much fresh data may vanish, most first.
pub(super) const LOST: &[&str] = &["a-day", "minutes", "seconds", "none"];

/// How long a backup may lie back to lose "minutes": an hour.
const MINUTES: f64 = 3_600.0;

/// How long a backup may lie back to lose "a day".
const DAY: f64 = 86_400.0;

/// What the worst source of truth loses with its machine: nothing behind a majority, seconds behind a follower, what came after the last backup else.
pub(super) fn lost_data(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut worst: Option<(usize, ComponentId, String)> = None;
    for id in parts(system, |one| one.kind == ComponentKind::Database && !one.facts.get(component::SOURCE_OF_TRUTH).is_absent()) {
        let (kept, words) = kept_by(system.component(id))?;
        if worst.as_ref().is_none_or(|(found, ..)| kept < *found) {
            worst = Some((kept, id, words));
        }
    }
    let (kept, id, words) = worst?;
    let words = format!("`{}` {words}", system.component(id).id);
    Some(Computed { words, fits: Fits::Options(LOST[..kept].iter().rev().copied().collect()), places: spans(system, &[id]) })
}

/// How many of the answers a store keeps, and why; none where it does not say enough.
fn kept_by(store: &Component) -> Option<(usize, String)> {
    if store.replicas > 1
        && let Some(facts) = store.facts.table(component::REPLICATION)
    {
        match facts.get(replication::ACK) {
            Fact::Stated(ReplicationAck::Quorum | ReplicationAck::All) => {
                return Some((4, "acknowledges a write once other copies have it".into()));
            }
            Fact::Stated(ReplicationAck::One | ReplicationAck::Async) => {
                return Some((3, "acknowledges a write before other copies have it".into()));
            }
            Fact::Absent | Fact::Unknown => {}
        }
    }
    match store.facts.get(component::BACKUP) {
        Fact::Unknown => None,
        Fact::Absent => Some((0, "has no copy and no backup".into())),
        Fact::Stated(_) => {
            let every = store.facts.table(component::BACKUP)?.get(backup::EVERY).stated()?;
            let kept = if every.seconds() <= MINUTES { 2 } else { usize::from(every.seconds() <= DAY) };
            Some((kept, format!("has one copy and a backup every {}", quantity::duration(every))))
        }
    }
}

/// The answers to whether the rest must keep serving.
pub(super) const PARTS: &[&str] = &["all-or-nothing-is-fine", "nice", "must"];

/// Whether a program can be down while a journey goes on: needs two programs, or two journeys.
pub(super) fn parts_fail_alone(design: &Design<'_>) -> Option<Computed> {
    let Design { system, assessment } = design;
    if declared(system).count() < 2 {
        return None;
    }
    let programs = parts(system, Component::is_program);
    let whole = programs.iter().copied().find(|id| {
        let domain = assessment.blast_radius.domain(&system.component(*id).id);
        domain.is_some_and(|domain| {
            declared(system).count() <= domain.down.iter().filter(|one| !system.journeys[one.index()].implied).count()
        })
    });
    match (whole, assessment.blast_radius.partial_failure()) {
        (Some(id), _) => Some(Computed {
            words: format!("without `{}` every journey stops", system.component(id).id),
            fits: Fits::Options(vec!["all-or-nothing-is-fine", "nice"]),
            places: spans(system, &[id]),
        }),
        (None, Some((part, journey))) => Some(Computed {
            words: format!("`{part}` can be down while journey `{journey}` goes on"),
            fits: Fits::Options(vec!["must", "nice", "all-or-nothing-is-fine"]),
            places: system.find_component(&part).map(|id| system.component(id).span).into_iter().collect(),
        }),
        (None, None) => None,
    }
}

/// The answers to whether it may stop for maintenance, longest stop first.
pub(super) const STOPS: &[&str] = &["nightly-window", "weekly-short-window", "never-stop", "many-times-a-day-never-stop"];

/// Whether a deployment stops a journey: a program without which one loses requests, and which a deployment stops, or which has one copy to replace.
pub(super) fn stops(design: &Design<'_>) -> Option<Computed> {
    let Design { system, assessment } = design;
    let matters = |id: &ComponentId| {
        let domain = assessment.blast_radius.domain(&system.component(*id).id);
        domain.is_some_and(|domain| !domain.down.is_empty() || !domain.partly_down.is_empty())
    };
    let mut is_known = true;
    let mut stopping = Vec::new();
    let needed: Vec<ComponentId> = parts(system, Component::is_program).into_iter().filter(matters).collect();
    for id in &needed {
        let one = system.component(*id);
        let facts = one.facts.table(component::DEPLOY);
        let stop = facts.map(|facts| facts.get(deploy::STOP));
        let strategy = facts.and_then(|facts| facts.get(deploy::STRATEGY).stated());
        match (stop.and_then(Fact::stated), strategy) {
            (Some(stop), _) if stop.seconds() > 0.0 => {
                stopping.push((*id, format!("each deployment of `{}` stops it for {}", one.id, quantity::duration(stop))))
            }
            (None, Some(DeployStrategy::Recreate)) => stopping.push((*id, format!("`{}` is stopped to be deployed", one.id))),
            (Some(_), _) | (None, Some(_)) => {}
            (None, None) if one.replicas == 1 => {
                stopping.push((*id, format!("`{}` has one copy, which cannot be replaced without a stop", one.id)))
            }
            (None, None) => is_known = false,
        }
    }
    let ids: Vec<ComponentId> = stopping.iter().map(|(id, _)| *id).collect();
    match stopping.first() {
        _ if needed.is_empty() => None,
        Some((_, words)) => Some(Computed {
            words: words.clone(),
            fits: Fits::Options(vec!["weekly-short-window", "nightly-window"]),
            places: spans(system, &ids),
        }),
        None if is_known => Some(Computed {
            words: "no deployment stops a journey".into(),
            fits: Fits::Options(STOPS.iter().rev().copied().collect()),
            places: spans(system, &needed),
        }),
        None => None,
    }
}

/// The answers to where old data may be seen, freshest first.
pub(super) const STALE: &[&str] = &["never", "seconds-somewhere", "minutes-most", "any"];

/// What serves old data: a follower that answers reads before it has every write, or a copy of an entity that lags.
pub(super) fn stale_reads(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut lagging = Vec::new();
    for id in parts(system, |one| one.replicas > 1) {
        let one = system.component(id);
        let reads = matches!(one.facts.get(component::READS_FROM), Fact::Stated(ReadsFrom::Any | ReadsFrom::Follower));
        let ack = one.facts.table(component::REPLICATION).map(|facts| facts.get(replication::ACK));
        if reads && matches!(ack, Some(Fact::Stated(ReplicationAck::One | ReplicationAck::Async))) {
            lagging.push((format!("followers of `{}` answer reads", one.id), one.span));
        }
    }
    for one in &system.entities {
        if let Some(copies) = one.facts.get(entity::COPIES).stated() {
            let late = copies.0.iter().filter(|(_, lag)| lag.is_none_or(|lag| lag.likely > 0.0));
            let words: Vec<&str> = late.map(|(word, _)| word.text.as_str()).collect();
            if !words.is_empty() {
                lagging.push((format!("`{}` is also in {}", one.id, listed(&words, 3)), one.span));
            }
        }
    }
    let words: Vec<&str> = lagging.iter().map(|(words, _)| words.as_str()).collect();
    (!words.is_empty()).then(|| Computed {
        words: format!("old data can be read: {}", joined(&words, 3)),
        fits: Fits::Options(vec!["seconds-somewhere", "minutes-most", "any"]),
        places: lagging.iter().map(|(_, span)| *span).collect(),
    })
}
