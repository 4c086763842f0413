//! The design while it is being changed: what it has, and what of that the base has not.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{self, Step};
use crate::model::{ComponentId, Model, System};
use crate::source::Sources;
use crate::syntax::keys::{entity, shared_fate};
use crate::syntax::toml_string;
use crate::syntax::value::{Entry, Facts, State, Value};
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};

/// A key with its value as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) text: String,
    /// Why it is so, where it is assumed: a comment behind it.
    pub(super) assumed: Option<String>,
}

impl Key {
    pub(super) fn new(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into(), assumed: None }
    }

    pub(super) fn word(name: &str, text: &str) -> Self {
        Self::new(name, toml_string(text))
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Self {
        self.assumed = Some(why.into());
        self
    }
}

/// Where an element of the draft comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The base has it; its keys here are laid over it.
    Base,
    /// The base has it not.
    New,
    /// The base has one of this id, which goes: nothing of it stays.
    Again,
}

/// A component.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) kind: ComponentKind,
    pub(super) origin: Origin,
    pub(super) keys: Vec<Key>,
}

/// A link.
#[derive(Debug, Clone)]
pub(super) struct LinkDraft {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) origin: Origin,
    /// All keys of a new link; of the base's, what is laid over it.
    pub(super) keys: Vec<Key>,
}

/// An entity or a shared fate: the keys that hold ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) truth: Option<String>,
    pub(super) ids: Vec<String>,
}

/// The design.
pub(super) struct Draft<'m> {
    pub(super) base: &'m System,
    sources: &'m Sources,
    /// Places that the base has not.
    pub(super) locations: BTreeMap<String, Vec<Key>>,
    pub(super) components: BTreeMap<String, Part>,
    pub(super) links: BTreeMap<String, LinkDraft>,
    /// The declared journeys.
    pub(super) journeys: BTreeMap<String, Vec<Step>>,
    pub(super) entities: BTreeMap<String, Listed>,
    pub(super) fates: BTreeMap<String, Listed>,
    /// Sentences for whoever goes on by hand.
    pub(super) notes: Vec<String>,
}

impl<'m> Draft<'m> {
    /// The base, unchanged.
    pub(super) fn of(model: &'m Model) -> Self {
        let base = &model.base;
        let component = |id: ComponentId| base.component(id).id.clone();
        let part = |kind| Part { kind, origin: Origin::Base, keys: Vec::new() };
        let link = |link: &crate::model::Link| LinkDraft {
            from: component(link.from),
            to: component(link.to),
            origin: Origin::Base,
            keys: Vec::new(),
        };
        let words = |words: &[crate::syntax::value::Word]| words.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        Self {
            base,
            sources: &model.sources,
            locations: BTreeMap::new(),
            components: base.components.iter().map(|one| (one.id.clone(), part(one.kind))).collect(),
            links: base.links.iter().map(|one| (one.id.clone(), link(one))).collect(),
            journeys: base.journeys.iter().filter(|one| !one.implied).map(|one| (one.id.clone(), steps::steps(base, one))).collect(),
            entities: base
                .entities
                .iter()
                .map(|one| {
                    let truth = one.facts.text(entity::TRUTH).map(str::to_owned);
                    (one.id.clone(), Listed { truth, ids: words(one.facts.words(entity::WRITERS)) })
                })
                .collect(),
            fates: base
                .shared_fates
                .iter()
                .map(|one| (one.id.clone(), Listed { truth: None, ids: words(one.facts.words(shared_fate::OF)) }))
                .collect(),
            notes: Vec::new(),
        }
    }

    /// Returns what the base states of one of its components, as its file has it.
    pub(super) fn stated(&self, component: &str, key: &str) -> Option<String> {
        let id = self.base.find_component(component)?;
        self.text_of(&self.base.component(id).facts, key, true)
    }

    /// Returns the keys that the base states of one of its components, of some names, its defaults left out: they apply again.
    pub(super) fn own_keys(&self, component: &str, names: &[&str]) -> Vec<Key> {
        let Some(id) = self.base.find_component(component) else { return Vec::new() };
        let facts = &self.base.component(id).facts;
        names.iter().filter_map(|name| Some(Key::new(name, self.text_of(facts, name, false)?))).collect()
    }

    /// Returns the keys of a link of the base, its defaults left out.
    pub(super) fn link_keys(&self, link: &str) -> Vec<Key> {
        let Some(id) = self.base.find_link(link) else { return Vec::new() };
        let facts = &self.base.link(id).facts;
        let own = facts.entries().filter(|(_, entry)| !entry.is_default);
        own.map(|(index, entry)| Key::new(facts.table.rows()[index as usize].name, self.text(entry))).collect()
    }

    fn text_of(&self, facts: &Facts, key: &str, with_defaults: bool) -> Option<String> {
        let entry = facts.entry(facts.table.find(key)?)?;
        (with_defaults || !entry.is_default).then(|| self.text(entry))
    }

    /// Returns a value as it stands in its file; a table that stands under a header becomes one line.
    fn text(&self, entry: &Entry) -> String {
        match &entry.state {
            State::Stated(Value::Table(inner)) => {
                let keys: Vec<String> = inner
                    .entries()
                    .map(|(index, entry)| format!("{} = {}", inner.table.rows()[index as usize].name, self.text(entry)))
                    .collect();
                format!("{{ {} }}", keys.join(", "))
            }
            _ => self.sources.text(entry.value).to_owned(),
        }
    }

    /// Returns an id that nothing has: the wanted one, or with a number behind it.
    pub(super) fn free_id(&self, wanted: &str) -> String {
        let is_free = |id: &str| {
            !self.components.contains_key(id)
                && !self.locations.contains_key(id)
                && self.base.find_component(id).is_none()
                && self.base.find_location(id).is_none()
                && !self.fates.contains_key(id)
        };
        let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
        std::iter::once(wanted.to_owned()).chain(numbered).find(|id| is_free(id)).unwrap_or_else(|| wanted.to_owned())
    }

    /// Lays a key over a component, or states it of a new one.
    pub(super) fn set(&mut self, component: &str, key: Key) {
        if let Some(part) = self.components.get_mut(component) {
            part.keys.retain(|other| other.name != key.name);
            part.keys.push(key);
        }
    }

    /// Lays a key over a link.
    pub(super) fn set_link(&mut self, link: &str, key: Key) {
        if let Some(draft) = self.links.get_mut(link) {
            draft.keys.retain(|other| other.name != key.name);
            draft.keys.push(key);
        }
    }

    /// Declares a component that the base has not, or one of the base anew.
    pub(super) fn declare(&mut self, id: &str, kind: ComponentKind, mut keys: Vec<Key>) {
        let origin = if self.base.find_component(id).is_some() { Origin::Again } else { Origin::New };
        keys.insert(0, Key::word("kind", kind.word()));
        self.components.insert(id.to_owned(), Part { kind, origin, keys });
    }

    /// Takes a component away with its links; it leaves every list.
    pub(super) fn remove(&mut self, id: &str) {
        self.components.remove(id);
        self.links.retain(|_, link| link.from != id && link.to != id);
        self.forget(id);
    }

    /// Takes an id from every list.
    fn forget(&mut self, id: &str) {
        for listed in self.entities.values_mut().chain(self.fates.values_mut()) {
            listed.ids.retain(|other| other != id);
        }
    }

    /// Adds a link that the base has not; one that is there stays.
    pub(super) fn link(&mut self, from: &str, arrow: &str, to: &str, keys: Vec<Key>) -> String {
        let id = format!("{from} {arrow} {to}");
        self.links.entry(id.clone()).or_insert_with(|| LinkDraft { from: from.to_owned(), to: to.to_owned(), origin: Origin::New, keys });
        id
    }

    /// Puts a component between a link's ends: `a -> b` becomes `a -> between` with the link's own keys, and `between -> b` with the given ones. Journeys follow.
    pub(super) fn put_between(&mut self, link: &str, between: &str, keys: Vec<Key>) {
        let Some(old) = self.links.remove(link) else { return };
        let first = match old.origin {
            Origin::Base => self.link_keys(link),
            Origin::New | Origin::Again => old.keys,
        };
        let to_between = self.link(&old.from, "->", between, first);
        let from_between = self.link(between, "->", &old.to, keys);
        for journey in self.journeys.values_mut() {
            *journey = steps::rewrite(std::mem::take(journey), &mut |mut call| {
                if call.link != link {
                    return call;
                }
                let inner = steps::CallStep::plain(&from_between, between, &call.to, std::mem::take(&mut call.children));
                // What is read and written is the callee's business; how often it is called is the caller's.
                let inner = steps::CallStep { reads: std::mem::take(&mut call.reads), writes: std::mem::take(&mut call.writes), ..inner };
                steps::CallStep { link: to_between.clone(), to: between.to_owned(), children: vec![Step::Call(inner)], ..call }
            });
        }
    }

    /// Returns the links into a component.
    pub(super) fn links_to(&self, id: &str) -> Vec<String> {
        self.links.iter().filter(|(_, link)| link.to == id).map(|(key, _)| key.clone()).collect()
    }

    /// Returns the ids of components of some kinds.
    pub(super) fn of_kind(&self, kinds: &[ComponentKind]) -> Vec<String> {
        self.components.iter().filter(|(_, part)| kinds.contains(&part.kind)).map(|(id, _)| id.clone()).collect()
    }

    /// Returns the links that journeys use.
    pub(super) fn links_in_use(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.journeys.values().for_each(|journey| steps::links(journey, &mut found));
        found
    }
}
