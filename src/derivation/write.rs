//! An alternative's file that says only what differs from the base.

use std::collections::BTreeSet;

use super::Titles;
use super::draft::{Draft, Key, LinkDraft, Listed, Origin};
use super::steps;
use crate::syntax::format::format;
use crate::syntax::keys::{entity, shared_fate};
use crate::syntax::toml_string;

/// Writes the file without its first lines.
pub(super) fn write(draft: &Draft<'_>, titles: &Titles) -> String {
    let mut out = String::from("#\n# What is marked `assumed` was not stated anywhere: replace it by what you know.\n");
    for note in &draft.notes {
        out.push_str(&format!("# {note}\n"));
    }
    out.push_str("schema  = 1\nextends = \"../system.toml\"\n\n[alternative]\n");
    out.push_str(&format!("name = {}\nsummary = {}\nstatus = \"proposed\"\n", toml_string(titles.name), toml_string(&titles.summary)));
    if !draft.locations.is_empty() {
        out.push_str("\n[locations]\n");
        draft.locations.iter().for_each(|(id, keys)| out.push_str(&inline(id, keys)));
    }
    components(draft, &mut out);
    links(draft, &mut out);
    entities(draft, &mut out);
    journeys(draft, &mut out);
    fates(draft, &mut out);
    format(&out).unwrap_or(out)
}

/// `id = { key = value, … }`, with what is assumed behind it.
fn inline(id: &str, keys: &[Key]) -> String {
    let members: Vec<String> = keys.iter().map(|key| format!("{} = {}", key.name, key.text)).collect();
    let members = if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) };
    let assumed: Vec<String> = keys.iter().filter_map(|key| Some(format!("{}: {}", key.name, key.assumed.as_ref()?))).collect();
    let comment = if assumed.is_empty() { String::new() } else { format!("  # assumed {}", assumed.join("; ")) };
    format!("{id} = {members}{comment}\n")
}

fn removed(ids: &[String]) -> String {
    let words: Vec<String> = ids.iter().map(|id| toml_string(id)).collect();
    format!("remove = [{}]\n", words.join(", "))
}

/// Returns the components that the file takes away: those that are gone, and those that it declares anew.
fn gone(draft: &Draft<'_>) -> Vec<String> {
    let stays = |id: &str| draft.components.get(id).is_some_and(|part| part.origin == Origin::Base);
    draft.base.components.iter().map(|one| one.id.clone()).filter(|id| !stays(id)).collect()
}

fn components(draft: &Draft<'_>, out: &mut String) {
    let gone = gone(draft);
    if !gone.is_empty() {
        out.push_str("\n[components]\n");
        out.push_str(&removed(&gone));
    }
    for (id, part) in draft.components.iter().filter(|(_, part)| part.origin != Origin::Base || !part.keys.is_empty()) {
        out.push_str(&format!("\n[components.{id}]\n"));
        for key in &part.keys {
            let comment = key.assumed.as_ref().map(|why| format!("  # assumed: {why}")).unwrap_or_default();
            out.push_str(&format!("{} = {}{comment}\n", key.name, key.text));
        }
    }
}

fn links(draft: &Draft<'_>, out: &mut String) {
    let gone: BTreeSet<String> = gone(draft).into_iter().collect();
    let end = |id: crate::model::ComponentId| draft.base.component(id).id.as_str();
    let is_anew = |link: &LinkDraft| gone.contains(&link.from) || gone.contains(&link.to);
    let taken: Vec<String> = draft
        .base
        .links
        .iter()
        .filter(|link| !draft.links.contains_key(&link.id) && !gone.contains(end(link.from)) && !gone.contains(end(link.to)))
        .map(|link| link.id.clone())
        .collect();
    let mut lines = String::new();
    for (id, link) in &draft.links {
        let mut keys = match link.origin {
            Origin::Base if is_anew(link) => draft.link_keys(id),
            Origin::Base if link.keys.is_empty() => continue,
            Origin::Base | Origin::New | Origin::Again => Vec::new(),
        };
        keys.retain(|key| link.keys.iter().all(|over| over.name != key.name));
        keys.extend(link.keys.iter().cloned());
        lines.push_str(&inline(&toml_string(id), &keys));
    }
    if !taken.is_empty() || !lines.is_empty() {
        out.push_str("\n[links]\n");
        if !taken.is_empty() {
            out.push_str(&removed(&taken));
        }
        out.push_str(&lines);
    }
}

fn entities(draft: &Draft<'_>, out: &mut String) {
    let gone = gone(draft);
    let mut lines = String::new();
    for one in &draft.base.entities {
        let Some(now) = draft.entities.get(&one.id) else { continue };
        let words: Vec<String> = one.facts.words(entity::WRITERS).iter().map(|word| word.text.clone()).collect();
        let truth = one.facts.text(entity::TRUTH).map(str::to_owned);
        let mut keys = Vec::new();
        if now.truth != truth
            && let Some(truth) = &now.truth
        {
            keys.push(Key::word("truth", truth));
        }
        if (now.ids != words || now.ids.iter().any(|id| gone.contains(id))) && !now.ids.is_empty() {
            keys.push(Key::new("writers", super::places::listed(&now.ids)));
        }
        if !keys.is_empty() {
            lines.push_str(&inline(&one.id, &keys));
        }
    }
    if !lines.is_empty() {
        out.push_str(&format!("\n[entities]\n{lines}"));
    }
}

fn journeys(draft: &Draft<'_>, out: &mut String) {
    for journey in draft.base.journeys.iter().filter(|one| !one.implied) {
        let before = steps::lines(&steps::steps(draft.base, journey));
        let now = draft.journeys.get(&journey.id).map(|steps| steps::lines(steps)).unwrap_or_default();
        if before != now {
            out.push_str(&format!("\n[journeys.{}]\nsteps = [\n", journey.id));
            now.iter().for_each(|line| out.push_str(&format!("  {line},\n")));
            out.push_str("]\n");
        }
    }
}

fn fates(draft: &Draft<'_>, out: &mut String) {
    let gone_components = gone(draft);
    let (mut gone, mut lines) = (Vec::new(), String::new());
    for one in &draft.base.shared_fates {
        let words: Vec<String> = one.facts.words(shared_fate::OF).iter().map(|word| word.text.clone()).collect();
        let Some(Listed { ids, .. }) = draft.fates.get(&one.id) else { continue };
        if ids.is_empty() {
            gone.push(one.id.clone());
        } else if *ids != words || ids.iter().any(|id| gone_components.contains(id)) {
            lines.push_str(&inline(&one.id, &[Key::new("of", super::places::listed(ids))]));
        }
    }
    if !gone.is_empty() || !lines.is_empty() {
        out.push_str("\n[shared-fate]\n");
        if !gone.is_empty() {
            out.push_str(&removed(&gone));
        }
        out.push_str(&lines);
    }
}
