//! Lays documents over each other: removal, merging by key, and at last the defaults.
//!
//! Semantics, "Ids, layers".

use std::collections::{BTreeMap, BTreeSet, btree_map};

use super::limits::Limits;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::keys::{Table, component, entity, shared_fate};
use crate::syntax::value::{Copies, Facts, State, Value, Word};
use crate::syntax::vocabulary::{ComponentKind, Vocabulary};
use crate::syntax::{AssumptionForm, Document, DocumentKind, Item, MAX_EXPANDED_BYTES, Unread, merge_same_layer};

/// All that the layers of one alternative say together.
#[derive(Debug, Clone, Default)]
pub(super) struct Merged {
    pub(super) singles: BTreeMap<Table, Facts>,
    pub(super) items: BTreeMap<Table, BTreeMap<String, Item>>,
    pub(super) assumptions: BTreeMap<String, AssumptionForm>,
    pub(super) assumption_set: Option<Word>,
    pub(super) unread: Unread,
    /// What a layer removes and none above it declares anew, by id, with the place that says so.
    pub(super) removed: BTreeMap<String, Span>,
    /// Whether all documents were read without an error.
    pub(super) is_whole: bool,
    pub(super) defaults: BTreeMap<String, Facts>,
}

impl Merged {
    /// Merges the documents of the base, lowest first. Defaults are not applied yet.
    pub(super) fn base(documents: Vec<Document>, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut merged = Self { is_whole: true, ..Self::default() };
        let mut parts: Option<Document> = None;
        for document in documents {
            if document.kind == DocumentKind::Part {
                match &mut parts {
                    None => parts = Some(document),
                    Some(parts) => join_part(parts, document, diagnostics),
                }
                continue;
            }
            if let Some(parts) = parts.take() {
                merged.lay(parts, limits, diagnostics);
            }
            merged.lay(document, limits, diagnostics);
        }
        merged
    }

    /// Lays an alternative over what it extends. Defaults are not applied yet.
    pub(super) fn alternative(&self, document: Document, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut merged = self.clone();
        merged.lay(document, limits, diagnostics);
        merged
    }
}

/// Joins a part to the parts before it: all parts are one layer, so the same key twice is a mistake.
fn join_part(parts: &mut Document, part: Document, diagnostics: &mut Vec<Diagnostic>) {
    parts.unread.extend(&part.unread);
    parts.is_whole &= part.is_whole;
    parts.assumption_set = part.assumption_set.or(parts.assumption_set.take());
    for (table, facts) in part.singles {
        match parts.singles.entry(table) {
            btree_map::Entry::Occupied(_) if table == Table::File => {}
            btree_map::Entry::Occupied(mut own) => merge_same_layer(own.get_mut(), facts, diagnostics),
            btree_map::Entry::Vacant(free) => {
                free.insert(facts);
            }
        }
    }
    for (name, facts) in part.defaults {
        match parts.defaults.entry(name) {
            btree_map::Entry::Occupied(mut own) => merge_same_layer(own.get_mut(), facts, diagnostics),
            btree_map::Entry::Vacant(free) => {
                free.insert(facts);
            }
        }
    }
    for (table, items) in part.items {
        let own = parts.items.entry(table).or_default();
        for (id, item) in items {
            match own.entry(id) {
                btree_map::Entry::Occupied(mut own) => merge_same_layer(&mut own.get_mut().facts, item.facts, diagnostics),
                btree_map::Entry::Vacant(free) => {
                    free.insert(item);
                }
            }
        }
    }
    for (name, form) in part.assumptions {
        match parts.assumptions.entry(name) {
            btree_map::Entry::Occupied(first) => diagnostics.push(
                Diagnostic::new(Code::DuplicateKey, form.key, format!("`{}` is set twice in one layer", first.key()))
                    .label("set again here")
                    .related(first.get().key, "first set here"),
            ),
            btree_map::Entry::Vacant(free) => {
                free.insert(form);
            }
        }
    }
}

impl Merged {
    /// Lays one more document over these. Defaults are not applied yet.
    pub(super) fn lay(&mut self, document: Document, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) {
        self.unread.extend(&document.unread);
        self.is_whole &= document.is_whole;
        self.remove(&document, limits, diagnostics);
        for (table, facts) in document.singles {
            overlay(&mut self.singles, table, facts);
        }
        for (name, facts) in document.defaults {
            overlay(&mut self.defaults, name, facts);
        }
        for (table, items) in document.items {
            self.removed.retain(|id, _| !items.contains_key(id));
            match self.items.entry(table) {
                btree_map::Entry::Vacant(free) => {
                    free.insert(items);
                }
                btree_map::Entry::Occupied(mut own) => {
                    items.into_iter().for_each(|(id, item)| overlay_item(own.get_mut(), id, item));
                }
            }
        }
        self.assumptions.extend(document.assumptions);
        self.assumption_set = document.assumption_set.or(self.assumption_set.take());
    }

    /// Carries out `remove`, before anything else of the layer.
    fn remove(&mut self, document: &Document, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) {
        let mut removed_components: BTreeMap<String, Span> = BTreeMap::new();
        for (table, words) in &document.removals {
            let items = self.items.entry(*table).or_default();
            for word in words {
                if items.remove(&word.text).is_some() {
                    self.removed.insert(word.text.clone(), word.span);
                    if *table == Table::Component {
                        removed_components.insert(word.text.clone(), word.span);
                    }
                } else if !self.unread.contains(&word.text) {
                    let help = limits
                        .nearest(&word.text, items.keys().map(String::as_str))
                        .map(|near| format!("the layers below declare `{near}`"));
                    diagnostics.push(
                        Diagnostic::new(Code::NothingToRemove, word.span, format!("there is no `{}` to remove", word.text))
                            .label("not declared in the layers below")
                            .maybe_help(help),
                    );
                }
            }
        }
        if removed_components.is_empty() {
            return;
        }
        let redeclared = document.items.get(&Table::Component);
        self.remove_what_stands_on(&removed_components, redeclared);
    }

    /// A removed component takes its links, its modules and its sidecars with it (those that this layer declares anew stay), and leaves every list.
    fn remove_what_stands_on(&mut self, removed: &BTreeMap<String, Span>, redeclared: Option<&BTreeMap<String, Item>>) {
        let mut gone: BTreeSet<String> = removed.keys().cloned().collect();
        let components = self.items.entry(Table::Component).or_default();
        let mut released = Vec::new();
        components.retain(|id, item| {
            let host = item.facts.text(component::OF).and_then(|host| removed.get(host));
            let stands_on = host.is_some();
            let stays = !stands_on || redeclared.is_some_and(|items| items.contains_key(id));
            if !stays {
                gone.insert(id.clone());
                self.removed.extend(host.map(|place| (id.clone(), *place)));
            } else if stands_on {
                released.push(id.clone());
            }
            stays
        });
        for id in released {
            if let Some(item) = components.get_mut(&id) {
                item.facts.retain(|index| index != component::OF.index);
            }
        }
        for item in components.values_mut() {
            retain_words(&mut item.facts, component::STARTUP_NEEDS.index, &gone);
            retain_words(&mut item.facts, component::LOCK_FOR.index, &gone);
        }
        if let Some(links) = self.items.get_mut(&Table::Link) {
            links.retain(|id, item| {
                let end = item.ends.as_ref().and_then(|ends| [&ends.from, &ends.to].into_iter().find(|end| gone.contains(&end.text)));
                if let Some(place) = end.and_then(|end| self.removed.get(&end.text).copied()) {
                    self.removed.insert(id.clone(), place);
                }
                end.is_none()
            });
        }
        if let Some(fates) = self.items.get_mut(&Table::SharedFate) {
            for item in fates.values_mut() {
                retain_words(&mut item.facts, shared_fate::OF.index, &gone);
            }
        }
        if let Some(entities) = self.items.get_mut(&Table::Entity) {
            for item in entities.values_mut() {
                retain_words(&mut item.facts, entity::WRITERS.index, &gone);
                retain_words(&mut item.facts, entity::COPIES.index, &gone);
            }
        }
    }

    /// Applies `[defaults]`, last and to the merged model: a key stated on an item in any layer beats a default of any layer.
    pub(super) fn apply_defaults(&mut self, limits: &mut Limits, diagnostics: &mut Vec<Diagnostic>) {
        let defaults = &self.defaults;
        let mut apply = |table: Table, pick: &dyn Fn(&Item) -> Option<&'static str>| {
            for item in self.items.get_mut(&table).into_iter().flat_map(BTreeMap::values_mut) {
                let Some(facts) = pick(item).and_then(|name| defaults.get(name)) else { continue };
                let bytes: usize = facts.entries().map(|(_, entry)| entry.value.range().len()).sum();
                if bytes > limits.bytes {
                    diagnostics.push(too_many_bytes(item.id.span));
                    return;
                }
                limits.bytes -= bytes;
                item.facts.underlay(facts);
            }
        };
        apply(Table::Component, &|item| item.facts.get(component::KIND).stated().map(ComponentKind::word));
        apply(Table::Link, &|item| item.ends.as_ref().map(|ends| ends.arrow.symbol()));
    }
}

/// Reports that layers and defaults repeat too much.
pub(super) fn too_many_bytes(place: Span) -> Diagnostic {
    let limit = MAX_EXPANDED_BYTES / 1_048_576;
    Diagnostic::new(
        Code::LimitExceeded,
        place,
        format!("the layers and defaults of all alternatives together repeat more than {limit} MiB"),
    )
}

fn overlay<K: Ord>(into: &mut BTreeMap<K, Facts>, key: K, facts: Facts) {
    match into.entry(key) {
        btree_map::Entry::Occupied(mut own) => own.get_mut().overlay(facts),
        btree_map::Entry::Vacant(free) => {
            free.insert(facts);
        }
    }
}

fn overlay_item(into: &mut BTreeMap<String, Item>, id: String, item: Item) {
    match into.entry(id) {
        btree_map::Entry::Occupied(mut own) => {
            let own = own.get_mut();
            own.facts.overlay(item.facts);
            // The place to blame is where the element was last spoken of.
            own.id = item.id;
            own.ends = item.ends;
        }
        btree_map::Entry::Vacant(free) => {
            free.insert(item);
        }
    }
}

/// Drops the removed ids from a list of ids.
fn retain_words(facts: &mut Facts, key: u16, gone: &BTreeSet<String>) {
    for (index, entry) in facts.entries_mut() {
        if index != key {
            continue;
        }
        match &mut entry.state {
            State::Stated(Value::Texts(words)) => words.retain(|word| !gone.contains(&word.text)),
            State::Stated(Value::Copies(Copies(copies))) => copies.retain(|(word, _)| !gone.contains(&word.text)),
            _ => {}
        }
    }
}
