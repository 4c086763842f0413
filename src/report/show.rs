//! `show`: the merged model of each alternative, with the place that each fact came from, and its call trees. The output is TOML with comments.

use super::call_tree::call_tree;
use crate::model::{Model, System};
use crate::source::{Sources, Span};
use crate::syntax::value::{Entry, Facts, State, Value};

/// Writes the merged model of one alternative.
pub fn show(model: &Model, system: &System) -> String {
    let mut out = format!("# {}: all layers merged; behind each fact stands the place that states it\n", system.id);
    let sources = &model.sources;
    for (table, facts) in &system.singles {
        if *table != crate::syntax::keys::Table::File {
            section(&mut out, sources, table.path(), facts);
        }
    }
    let mut overrides = system.assumptions.overrides().peekable();
    if overrides.peek().is_some() {
        out.push_str("\n[assumptions]\n");
    }
    for (name, stated) in overrides {
        stated_at(&mut out, sources, name, stated.span, "");
    }
    for team in &system.teams {
        section(&mut out, sources, &format!("teams.{}", team.id), &team.facts);
    }
    for location in &system.locations {
        section(&mut out, sources, &format!("locations.{}", location.id), &location.facts);
    }
    for id in system.component_ids() {
        let component = system.component(id);
        section(&mut out, sources, &format!("components.{}", component.id), &component.facts);
        let places: Vec<String> = component
            .instances
            .iter()
            .enumerate()
            .take(12)
            .map(|(at, instance)| match instance.host {
                Some(host) => format!("{} on {}", system.instance_event(id, at), system.host_event(host)),
                None if component.is_caller() => format!("{} on a device of its own", system.instance_event(id, at)),
                None => format!("{} in an unknown place", system.instance_event(id, at)),
            })
            .collect();
        if !places.is_empty() {
            let more = component.instances.len().saturating_sub(12);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            // A shard's name is free text; a comment is one line.
            out.push_str(&format!("# placed: {}{more}\n", places.join(", ").replace(['\n', '\r'], " ")));
        }
    }
    for link in &system.links {
        section(&mut out, sources, &format!("links.\"{}\"", link.id), &link.facts);
    }
    for journey in &system.journeys {
        section(&mut out, sources, &format!("journeys.{}", journey.id), &journey.facts);
        if journey.implied {
            out.push_str("# implied: no journey is declared, so every reachable call is taken once\n");
        }
        for line in call_tree(system, journey) {
            out.push_str(&format!("#   {line}\n"));
        }
    }
    for entity in &system.entities {
        section(&mut out, sources, &format!("entities.{}", entity.id), &entity.facts);
    }
    for fate in &system.shared_fates {
        section(&mut out, sources, &format!("shared-fate.{}", fate.id), &fate.facts);
    }
    for (class, facts) in &system.network_classes {
        section(&mut out, sources, &format!("network.{}", class.word()), facts);
    }
    for ((a, b), facts) in &system.network_pairs {
        section(&mut out, sources, &format!("network.\"{} <-> {}\"", system.location(*a).id, system.location(*b).id), facts);
    }
    for (path, facts) in &system.observed {
        section(&mut out, sources, &format!("observed.{path}"), facts);
    }
    out
}

fn section(out: &mut String, sources: &Sources, path: &str, facts: &Facts) {
    out.push_str(&format!("\n[{path}]\n"));
    for (index, entry) in facts.entries() {
        fact(out, sources, facts.table.rows()[index as usize].name, entry);
    }
}

fn fact(out: &mut String, sources: &Sources, name: &str, entry: &Entry) {
    if let State::Stated(Value::Table(inner)) = &entry.state {
        for (index, entry) in inner.entries() {
            fact(out, sources, &format!("{name}.{}", inner.table.rows()[index as usize].name), entry);
        }
        return;
    }
    stated_at(out, sources, name, entry.value, if entry.is_default { ", a default" } else { "" });
}

/// Writes a fact as it stands in its file, with its place behind it.
fn stated_at(out: &mut String, sources: &Sources, name: &str, span: Span, how: &str) {
    let origin = format!("{}:{}{how}", sources.file(span.file).path, sources.start(span).line);
    let text = sources.text(span);
    if text.contains('\n') {
        out.push_str(&format!("# {origin}\n{name} = {text}\n"));
    } else {
        let line = format!("{name} = {text}");
        out.push_str(&format!("{line:<60} # {origin}\n"));
    }
}
