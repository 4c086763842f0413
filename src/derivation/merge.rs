//! Several programs become one: each stays as a module of it, under its id, so that what changed can be followed call by call.

use super::draft::{Draft, Key, Origin};
use super::entry;
use super::steps::{self, CallStep, Step};
use crate::model::System;
use crate::syntax::vocabulary::ComponentKind;

/// The one program of a design.
pub(super) struct Program {
    /// Its id.
    pub(super) id: String,
    /// The program of the base whose places and figures it takes over; itself, where the base has one program.
    pub(super) like: String,
    /// Whether it was made of several.
    pub(super) is_merged: bool,
}

/// What a merged program takes over from the part that users reach.
const TAKEN_OVER: &[&str] = &[
    "owner",
    "in",
    "on",
    "replicas",
    "spread",
    "machine",
    "term",
    "concurrency",
    "exposed",
    "rate-limit",
    "session-state",
    "health-check",
    "drain",
    "deploy",
];

/// What a module keeps of the program that it was.
const KEPT: &[&str] = &["name", "owner", "summary", "importance"];

/// What a call keeps when it no longer leaves the process.
const KEPT_INSIDE: &[&str] = &["operation", "effect", "required", "label"];

/// Makes one program of all; with one there is nothing to do.
pub(super) fn into_one(draft: &mut Draft<'_>, programs: &[String]) -> Program {
    let like = entry(draft.base, programs);
    if let [one] = programs {
        return Program { id: one.clone(), like, is_merged: false };
    }
    let app = draft.free_id("app");
    let is_part = |id: &str| programs.iter().any(|one| one == id);
    for id in sidecars(draft.base, programs) {
        draft.remove(&id);
    }
    // Links before components: those of a component that is declared anew must be stated again.
    let links: Vec<(String, String, String)> =
        draft.links.iter().map(|(id, link)| (id.clone(), link.from.clone(), link.to.clone())).collect();
    for (id, from, to) in &links {
        match (is_part(from), is_part(to)) {
            (true, true) => {
                let mut keys: Vec<Key> = draft.link_keys(id).into_iter().filter(|key| KEPT_INSIDE.contains(&key.name.as_str())).collect();
                keys.insert(0, Key::word("protocol", "in-process"));
                keys.extend(["timeout", "retries"].map(|name| Key::new(name, "false")));
                if let Some(link) = draft.links.get_mut(id) {
                    (link.origin, link.keys) = (Origin::Again, keys);
                }
            }
            (false, true) if !is_store(draft.base, from) => draft.put_between(id, &app, inside()),
            _ => {}
        }
    }
    draft.declare(&app, ComponentKind::Service, Vec::new());
    draft.set(&app, Key::word("name", "Application"));
    let own = draft.own_keys(&like, TAKEN_OVER);
    own.into_iter().for_each(|key| draft.set(&app, key));
    draft.set(&app, Key::new("service-time", "\"0ms\"").because("its modules do the work"));
    for id in programs {
        let mut keys = vec![Key::word("of", &app)];
        keys.extend(draft.own_keys(id, KEPT));
        keys.extend(draft.stated(id, "service-time").map(|text| Key::new("service-time", text)));
        draft.declare(id, ComponentKind::Module, keys);
    }
    let names: Vec<String> = programs.iter().map(|id| format!("`{id}`")).collect();
    draft
        .notes
        .push(format!("One program of {}: each is a module of `{app}` now, and calls between them stay in the process.", names.join(", ")));
    draft
        .notes
        .push(format!("Machine, copies and concurrency are those of `{like}`, which users reach: one program for all needs others."));
    Program { id: app, like, is_merged: true }
}

fn inside() -> Vec<Key> {
    vec![Key::word("protocol", "in-process"), Key::new("timeout", "false"), Key::new("retries", "false")]
}

fn is_store(base: &System, id: &str) -> bool {
    base.find_component(id).is_some_and(|id| base.component(id).is_store())
}

/// Returns the sidecars of some components.
pub(super) fn sidecars(base: &System, of: &[String]) -> Vec<String> {
    let stands_beside = |one: &crate::model::Component| one.of.is_some_and(|host| of.contains(&base.component(host).id));
    base.components.iter().filter(|one| one.kind == ComponentKind::Sidecar && stands_beside(one)).map(|one| one.id.clone()).collect()
}

/// Takes a component out from between its callers and its callees: `a -> it`, `it -> b` become `a -> b` with the keys of the first. Journeys follow.
pub(super) fn bridge(draft: &mut Draft<'_>, between: &str) {
    let into: Vec<(String, String)> =
        draft.links.iter().filter(|(_, link)| link.to == between).map(|(id, link)| (id.clone(), link.from.clone())).collect();
    let out: Vec<String> = draft.links.values().filter(|link| link.from == between).map(|link| link.to.clone()).collect();
    for (id, from) in &into {
        for to in &out {
            let keys = draft.link_keys(id);
            draft.link(from, "->", to, keys);
        }
    }
    for journey in draft.journeys.values_mut() {
        let lifted = |call: CallStep| -> CallStep {
            if call.to != between {
                return call;
            }
            // What it called next is called instead; a request that it answered alone has no other end, and stays.
            match call.children.as_slice() {
                [Step::Call(inner)] if inner.from == between => CallStep {
                    link: format!("{} -> {}", call.from, inner.to),
                    from: call.from,
                    times: call.times * inner.times,
                    ..inner.clone()
                },
                _ => call,
            }
        };
        *journey = steps::rewrite(std::mem::take(journey), &mut |call| lifted(call));
    }
    draft.remove(between);
}
