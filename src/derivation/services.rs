//! The modules become services, each with data of its own: exactly the calls between them become links over the network.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::part_of;
use super::draft::{Draft, Key, Listed};
use super::places::hosts;
use super::steps::{self, CallStep, Step};
use super::{Titles, entry, is_id};
use crate::model::System;
use crate::quantity::{Duration, Ranged};
use crate::syntax::keys::component;
use crate::syntax::value::ServiceTime;
use crate::syntax::vocabulary::{ComponentKind, LocationKind};

/// What a service takes over from the program that it is cut from.
const TAKEN_OVER: &[&str] = &["on", "replicas", "spread", "machine", "term", "concurrency", "session-state", "health-check", "drain"];

/// What its database takes over from the one that held all data.
const OF_DATABASE: &[&str] = &[
    "engine",
    "owner",
    "on",
    "replicas",
    "spread",
    "machine",
    "term",
    "service-time",
    "concurrency",
    "durable",
    "source-of-truth",
    "isolation",
    "reads-from",
    "backup",
    "replication",
];

/// How long a caller waits for a part that was in its process, until somebody says otherwise.
const TIMEOUT: &str = "\"1s\"";

/// Splits the modules of the program that has them off, or the parts that are named.
pub(super) fn split(draft: &mut Draft<'_>, programs: &[String], parts: &[String]) -> Result<Titles, String> {
    let base = draft.base;
    let modules = modules(base);
    let program = match (modules.keys().next(), programs) {
        (Some(of), _) => of.clone(),
        (None, [one]) => one.clone(),
        (None, _) if parts.is_empty() => {
            return Err(format!("the base is that already: {} programs, and no module to split off; nothing would differ", programs.len()));
        }
        (None, _) => entry(base, programs),
    };
    let mut split: Vec<String> = modules.get(&program).cloned().unwrap_or_default();
    for part in parts.iter().filter(|part| !split.contains(part)).cloned().collect::<BTreeSet<_>>() {
        if !is_id(&part) {
            return Err(format!("`{part}` is no id: a letter, then small letters, digits and hyphens"));
        }
        if draft.components.contains_key(&part) || base.find_location(&part).is_some() {
            return Err(format!("`{part}` is in the base already, and is no module"));
        }
        new_part(draft, &program, &part);
        split.push(part);
    }
    if split.is_empty() {
        return Err(format!(
            "nothing says where `{program}` could be cut: name parts with `--parts orders,payments`, or state them as modules in the base, `orders = {{ kind = \"module\", of = \"{program}\" }}`"
        ));
    }
    let shares = 1 + split.len();
    let time = service_time(base, &program).map(|time| scaled(time, shares));
    let machines = machines(draft, &program, shares);
    for (at, module) in split.iter().enumerate() {
        promote(draft, &program, module, time.as_deref());
        if let Some(machine) = machines.as_ref().and_then(|machines| machines.get(at + 1)) {
            draft.set(module, Key::word("on", machine));
        }
    }
    if let Some(time) = &time {
        draft.set(&program, Key::new("service-time", time.clone()).because("what is left: an equal part"));
    }
    for link in between(draft, &program, &split) {
        draft.set_link(&link, Key::word("protocol", "http"));
        draft.set_link(&link, Key::new("timeout", TIMEOUT).because("it was a call inside the process"));
    }
    let store = main_store(draft, &program);
    if let Some(store) = &store {
        split_store(draft, &program, store, &split);
    }
    Ok(Titles { name: "Services", summary: format!("{} as services of their own, each with its data", joined(&split)) })
}

fn joined(ids: &[String]) -> String {
    match ids {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// Returns the modules of each program.
fn modules(base: &System) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in base.component_ids().filter(|id| base.component(*id).kind == ComponentKind::Module) {
        found.entry(base.component(base.carrier(id)).id.clone()).or_default().push(base.component(id).id.clone());
    }
    found
}

/// A part that the base does not state: every journey that reaches the program calls it once.
fn new_part(draft: &mut Draft<'_>, program: &str, part: &str) {
    draft.declare(part, ComponentKind::Service, Vec::new());
    let link = draft.link(program, "->", part, Vec::new());
    for journey in draft.journeys.values_mut() {
        let mut is_called = false;
        *journey = steps::rewrite(std::mem::take(journey), &mut |mut call| {
            if call.to == program && !is_called {
                is_called = true;
                call.children.push(Step::Call(CallStep::plain(&link, program, part, Vec::new())));
            }
            call
        });
    }
    draft.notes.push(format!("Assumed: every journey calls `{part}` once; take it out of those that do not."));
}

/// Makes a service of a module.
fn promote(draft: &mut Draft<'_>, program: &str, module: &str, time: Option<&str>) {
    draft.set(module, Key::word("kind", "service"));
    let owner = draft.stated(module, "owner").or_else(|| draft.stated(program, "owner"));
    if let Some(owner) = owner {
        draft.set(module, Key::new("owner", owner));
    }
    for key in draft.own_keys(program, TAKEN_OVER) {
        let key = if key.name == "machine" { key.because(format!("the one of `{program}`; a part may need less")) } else { key };
        draft.set(module, key);
    }
    let own = draft.stated(module, "service-time").filter(|text| text != "false");
    match (own, time) {
        (Some(own), _) => draft.set(module, Key::new("service-time", own)),
        (None, Some(time)) => {
            draft.set(module, Key::new("service-time", time).because(format!("an equal part of the work of `{program}`; measure it")))
        }
        (None, None) => {}
    }
}

/// Where the program stands on one machine: that one, and a machine for each service, or nothing would cross a network.
fn machines(draft: &mut Draft<'_>, program: &str, count: usize) -> Option<Vec<String>> {
    let base = draft.base;
    let on = base.component(base.find_component(program)?).facts.words(component::ON);
    let is_machine = |word: &crate::syntax::value::Word| {
        base.find_location(&word.text).is_some_and(|id| matches!(base.location(id).kind, LocationKind::Node | LocationKind::Device))
    };
    if let [one] = on
        && is_machine(one)
    {
        hosts(draft, program, count)
    } else {
        None
    }
}

/// Returns the links that were inside the process.
fn between(draft: &Draft<'_>, program: &str, split: &[String]) -> Vec<String> {
    let is_inside = |id: &String| id == program || split.contains(id);
    draft.links.iter().filter(|(_, link)| is_inside(&link.from) && is_inside(&link.to)).map(|(id, _)| id.clone()).collect()
}

/// Returns the database that the program uses, the first if there are several.
fn main_store(draft: &Draft<'_>, program: &str) -> Option<String> {
    let databases = draft.of_kind(&[ComponentKind::Database]);
    databases.into_iter().find(|store| draft.links.contains_key(&format!("{program} -> {store}")))
}

/// Gives each service a database like the one that held all data, with the steps and the entities that are its own.
fn split_store(draft: &mut Draft<'_>, program: &str, store: &str, split: &[String]) {
    let link = format!("{program} -> {store}");
    let own: BTreeMap<String, String> = split.iter().map(|module| (module.clone(), draft.free_id(&format!("{module}-db")))).collect();
    for (module, database) in &own {
        let keys = draft.own_keys(store, OF_DATABASE);
        draft.declare(database, ComponentKind::Database, keys);
        if let Some(place) = draft.components.get(module).and_then(|part| part.keys.iter().find(|key| key.name == "on").cloned()) {
            draft.set(database, place);
        }
        let keys = draft.link_keys(&link);
        draft.link(module, "->", database, keys);
    }
    let writer: BTreeMap<String, String> = draft
        .entities
        .iter()
        .filter(|(_, entity)| entity.truth.as_deref() == Some(store))
        .filter_map(
            |(id, entity)| if let [one] = entity.ids.as_slice() { own.contains_key(one).then(|| (id.clone(), one.clone())) } else { None },
        )
        .collect();
    for (entity, module) in &writer {
        if let Some(Listed { truth, .. }) = draft.entities.get_mut(entity) {
            *truth = own.get(module).cloned();
        }
    }
    let mut shared: Vec<String> = Vec::new();
    for (id, journey) in &mut draft.journeys {
        if move_steps(journey, &link, &writer, &own) {
            shared.push(id.clone());
        }
    }
    if !shared.is_empty() {
        let of: Vec<String> = shared.iter().map(|id| format!("`{id}`")).collect();
        draft.notes.push(format!(
            "Assumed: the calls to `{store}` in {} are divided equally; nothing says which part makes how many of them.",
            joined(&of)
        ));
    }
    let is_used = draft.journeys.is_empty() || draft.links_in_use().contains(&link);
    let goes = !is_used
        && draft.links.values().filter(|other| other.to == store).count() == 1
        && !draft.entities.values().any(|one| one.truth.as_deref() == Some(store));
    // All data is somewhere: in the parts, and in what is left, where something is.
    let parts = own.len() + usize::from(!goes);
    if let Some(part) = part_of(draft, store, "data", parts) {
        let data = || Key::new("data", format!("\"{part}GB\""));
        for database in own.values() {
            draft.set(database, data().because(format!("an equal part of the data of `{store}`")));
        }
        if !goes {
            draft.set(store, data().because("what is left: an equal part"));
        }
    }
    if goes {
        draft.remove(store);
    } else if !is_used {
        draft.links.remove(&link);
    }
}

/// Moves the steps to the store under the services whose data they touch: by entity where they say so, else equally to those that the journey calls. Says whether
/// something was divided.
fn move_steps(journey: &mut Vec<Step>, link: &str, writer: &BTreeMap<String, String>, own: &BTreeMap<String, String>) -> bool {
    let mut called: Vec<String> = own.keys().filter(|module| steps::find_mut(journey, module).is_some()).cloned().collect();
    // In the order of the journey, so that the first share is the first's.
    called.sort();
    if called.is_empty() {
        return false;
    }
    let owner = |entity: &String| writer.get(entity).filter(|module| called.contains(module));
    // What touches data that nobody splits off stays where it is.
    let moves = |call: &CallStep| call.link == link && call.reads.iter().chain(&call.writes).all(|entity| owner(entity).is_some());
    let mut taken = Vec::new();
    steps::take(journey, &moves, &mut taken);
    let mut is_divided = false;
    for call in taken {
        let touched: BTreeSet<String> = call.reads.iter().chain(&call.writes).filter_map(owner).cloned().collect();
        // One call that touches the data of several becomes one of each.
        let least = u64::from(!touched.is_empty());
        let owners: Vec<String> = if touched.is_empty() { called.clone() } else { touched.into_iter().collect() };
        is_divided |= owners.len() > 1;
        let (each, more) = (call.times / owners.len() as u64, call.times % owners.len() as u64);
        for (at, module) in owners.into_iter().enumerate() {
            // The first ones make what does not divide: there are no more calls than before.
            let times = (each + u64::from((at as u64) < more)).max(least);
            if times == 0 {
                continue;
            }
            let Some(place) = steps::find_mut(journey, &module) else { continue };
            let database = &own[&module];
            let of_module = |entity: &&String| writer.get(*entity).is_none_or(|one| *one == module);
            place.children.push(Step::Call(CallStep {
                link: format!("{module} -> {database}"),
                from: module.clone(),
                to: database.clone(),
                times,
                reads: call.reads.iter().filter(of_module).cloned().collect(),
                writes: call.writes.iter().filter(of_module).cloned().collect(),
                keys: call.keys.clone(),
                children: Vec::new(),
            }));
        }
    }
    is_divided
}

/// Returns the stated mean work of a program.
fn service_time(base: &System, program: &str) -> Option<Ranged<Duration>> {
    match base.component(base.find_component(program)?).facts.get(component::SERVICE_TIME).stated()? {
        ServiceTime::Mean(mean) | ServiceTime::Variation { mean, .. } => Some(mean),
        ServiceTime::Percentiles { .. } => None,
    }
}

fn scaled(time: Ranged<Duration>, parts: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a count of parts")]
    let ms = |time: Duration| super::plain(time.seconds() * 1e3 / parts as f64);
    if time.is_range() {
        format!("\"{}..{}..{}ms\"", ms(time.low), ms(time.likely), ms(time.high))
    } else {
        format!("\"{}ms\"", ms(time.likely))
    }
}
