//! What the model says about order, copies that are apart, trust, and traces.
//!
//! Each result speaks against one answer only, that there is nothing of the kind, or that all is well; what the model does not state is no evidence.

use super::today::{declared, parts, spans};
use super::{Computed, Design, Fits, plural};
use crate::analysis::classification::listed;
use crate::analysis::guarantee::Pacelc;
use crate::decision::joined;
use crate::model::{Component, ComponentId};
use crate::source::Span;
use crate::syntax::keys::{component, entity, link};
use crate::syntax::value::Fact;
use crate::syntax::vocabulary::{Conflict, Exposure, Ordering};

/// The answers to how faults are found.
pub(super) const TRACED: &[&str] = &["traces"];

/// Which programs of a journey state that they lose its trace.
pub(super) fn traces(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let visited = |id: ComponentId| {
        declared(system)
            .flat_map(|journey| journey.calls.calls())
            .any(|(_, call)| [call.caller, call.callee].map(|one| system.carrier(one)).contains(&id))
    };
    let losing: Vec<ComponentId> = parts(system, |one| one.is_program() && one.facts.get(component::TRACE).is_absent())
        .into_iter()
        .filter(|id| visited(*id))
        .collect();
    let names: Vec<&str> = losing.iter().map(|id| system.component(*id).id.as_str()).collect();
    (!names.is_empty()).then(|| Computed {
        words: format!(
            "{} of a journey pass{} no trace on: {}",
            plural(names.len(), "program"),
            if names.len() == 1 { "es" } else { "" },
            listed(&names, 3)
        ),
        fits: Fits::Options(vec!["searchable-logs", "logs-by-hand", "debugger-on-one-box"]),
        places: spans(system, &losing),
    })
}

/// The answers to whether anything relies on order.
pub(super) const ORDERED: &[&str] = &["no"];

/// What states an order: links that keep one, and data of several writers where the last change wins.
pub(super) fn ordered(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut is_across = false;
    for one in &system.links {
        let by = match one.facts.get(link::ORDERING) {
            Fact::Stated(Ordering::Key) => "in order per key",
            Fact::Stated(Ordering::Total) => {
                is_across = true;
                "all in order"
            }
            _ => continue,
        };
        found.push((format!("`{}` is wanted {by}", one.id), one.span));
    }
    for one in
        system.entities.iter().filter(|one| one.writers.len() > 1 && one.facts.get(entity::CONFLICT) == Fact::Stated(Conflict::LastWrite))
    {
        found.push((format!("of the changes of `{}` the last wins", one.id), one.span));
    }
    let words: Vec<&str> = found.iter().map(|(words, _)| words.as_str()).collect();
    let fitting =
        if is_across { ["across-records", "within-one-record", "legally"] } else { ["within-one-record", "across-records", "legally"] };
    (!words.is_empty()).then(|| Computed {
        words: joined(&words, 3),
        fits: Fits::Options(fitting.to_vec()),
        places: found.iter().map(|(_, place)| *place).collect(),
    })
}

/// The answers to what copies do that are cut off from each other.
pub(super) const CUT_OFF: &[&str] = &["refuse", "serve-old"];

/// What the stores with copies do while they are cut off, where the model says so of each of them.
pub(super) fn cut_off(design: &Design<'_>) -> Option<Computed> {
    let stores = &design.assessment.guarantees.stores;
    let classes: Vec<(&str, Pacelc)> = stores.iter().map(|one| Some((one.id.as_str(), one.class?))).collect::<Option<_>>()?;
    let refuses = |class: Pacelc| matches!(class, Pacelc::PcEc | Pacelc::PcEl);
    let fitting = match classes.iter().filter(|(_, class)| refuses(*class)).count() {
        _ if classes.is_empty() => return None,
        0 => vec!["serve-old", "per-operation", "never-thought"],
        all if all == classes.len() => vec!["refuse", "per-operation", "never-thought"],
        _ => vec!["per-operation", "never-thought"],
    };
    let words: Vec<String> = classes
        .iter()
        .map(|(id, class)| {
            format!("`{id}` {} while it is cut off ({})", if refuses(*class) { "refuses" } else { "may serve what is old" }, class.word())
        })
        .collect();
    let is_one = |one: &Component| classes.iter().any(|(id, _)| *id == one.id);
    Some(Computed { words: joined(&words, 3), fits: Fits::Options(fitting), places: spans(design.system, &parts(design.system, is_one)) })
}

/// The answers to along which line data could be split.
pub(super) const SPLIT: &[&str] = &["none"];

/// By what the system is split already.
pub(super) fn split(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let split: Vec<(ComponentId, &str)> =
        system.component_ids().filter_map(|id| Some((id, system.component(id).facts.text(component::SHARD_KEY)?))).collect();
    let (_, key) = split.first()?;
    let nearest = ["tenant", "country", "time"].into_iter().find(|line| key.contains(line)).unwrap_or("other");
    let mut fitting = vec![nearest];
    fitting.extend(["tenant", "country", "time", "other"].into_iter().filter(|line| *line != nearest));
    let words: Vec<String> = split.iter().map(|(id, key)| format!("`{}` is split by {key}", system.component(*id).id)).collect();
    let ids: Vec<ComponentId> = split.iter().map(|(id, _)| *id).collect();
    Some(Computed { words: joined(&words, 3), fits: Fits::Options(fitting), places: spans(system, &ids) })
}

/// The answers to whether machines or networks must be mistrusted.
pub(super) const TRUSTED: &[&str] = &["no"];

/// Which links are stated to lead to partners: their machines are not one's own.
pub(super) fn zones(design: &Design<'_>) -> Option<Computed> {
    let system = design.system;
    let partners: Vec<_> = system.links.iter().filter(|one| one.facts.get(link::TRUST) == Fact::Stated(Exposure::Partner)).collect();
    let ids: Vec<&str> = partners.iter().map(|one| one.id.as_str()).collect();
    (!ids.is_empty()).then(|| Computed {
        words: format!(
            "{} {} a partner at the other end: {}",
            plural(ids.len(), "link"),
            if ids.len() == 1 { "has" } else { "have" },
            listed(&ids, 3)
        ),
        fits: Fits::Options(vec!["outside-partners", "inside-too"]),
        places: partners.iter().map(|one| one.span).collect(),
    })
}
