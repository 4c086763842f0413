//! Shared fates, entities, the network, observations and assumptions.

use std::collections::{BTreeMap, BTreeSet};

use super::{Items, Lowering};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::assumptions::{self, Assumptions, Override};
use crate::model::distance::DistanceClass;
use crate::model::layers::Merged;
use crate::model::system::{Entity, LocationId, SharedFate, System};
use crate::quantity::parse_quantity;
use crate::syntax::keys::{Space, Table, entity, network, shared_fate};
use crate::syntax::value::{Copies, Facts, Value};

impl Lowering<'_> {
    pub(super) fn shared_fates(&mut self, items: Items) -> Vec<SharedFate> {
        let mut fates = Vec::new();
        for item in items.into_values() {
            self.references(Table::SharedFate, &item.facts);
            self.figures(&item.facts, shared_fate::AVAILABILITY.index, shared_fate::MTBF.index);
            let words = item.facts.words(shared_fate::OF);
            if item.facts.entry_of(shared_fate::OF).is_none() && !self.unread.contains(&item.id.text) {
                self.report(
                    Diagnostic::new(Code::MissingKey, item.id.span, format!("the shared fate `{}` does not say of what", item.id.text))
                        .help("add `of = [\"…\", \"…\"]`"),
                );
            }
            let components = self.resolve_components(words);
            let locations = words.iter().filter_map(|word| self.ids.locations.get(&word.text).copied()).collect();
            fates.push(SharedFate { components, locations, span: item.id.span, id: item.id.text, facts: item.facts });
        }
        fates
    }

    pub(super) fn entities(&mut self, items: Items) -> Vec<Entity> {
        let mut entities = Vec::new();
        for item in items.into_values() {
            self.references(Table::Entity, &item.facts);
            let copies = match item.facts.value(entity::COPIES) {
                Some(Value::Copies(Copies(copies))) => {
                    copies.iter().filter_map(|(word, _)| self.ids.components.get(&word.text).copied()).collect()
                }
                _ => Vec::new(),
            };
            entities.push(Entity {
                truth: self.resolve_component(&item.facts, entity::TRUTH),
                copies,
                writers: self.resolve_components(item.facts.words(entity::WRITERS)),
                span: item.id.span,
                id: item.id.text,
                facts: item.facts,
            });
        }
        entities
    }

    pub(super) fn network(&mut self, items: Items) -> (BTreeMap<DistanceClass, Facts>, BTreeMap<(LocationId, LocationId), Facts>) {
        let (mut classes, mut pairs) = (BTreeMap::new(), BTreeMap::new());
        for item in items.into_values() {
            self.figures(&item.facts, network::AVAILABILITY.index, network::MTBF.index);
            let key = &item.id.text;
            if let Some(class) = DistanceClass::from_word(key) {
                classes.insert(class, item.facts);
                continue;
            }
            if key == "cross-region" {
                for class in
                    [DistanceClass::CrossRegionNear, DistanceClass::CrossRegionContinental, DistanceClass::CrossRegionIntercontinental]
                {
                    classes.entry(class).or_insert_with(|| item.facts.clone());
                }
                continue;
            }
            let Some(ends) = &item.ends else {
                let names = DistanceClass::ALL.iter().map(|class| class.word());
                let help = self.limits.nearest(key, names).map_or_else(
                    || "write `\"eu <-> us\"` for two locations, or a distance class such as `cross-zone`".into(),
                    |near| format!("a distance class with a similar name exists: `{near}`"),
                );
                self.report(Diagnostic::new(Code::MalformedLink, item.id.span, format!("`{key}` names no two places")).help(help));
                continue;
            };
            for word in [&ends.from, &ends.to] {
                self.check_reference(Space::Location, word);
            }
            let ids = [&ends.from, &ends.to].map(|word| self.ids.locations.get(&word.text).copied());
            if let [Some(from), Some(to)] = ids {
                pairs.insert((from.min(to), from.max(to)), item.facts);
            }
        }
        (classes, pairs)
    }

    /// `[observed]` is fact about the base; an alternative keeps what speaks of elements that it still has.
    pub(super) fn observed(&mut self, items: Items, declared: &BTreeSet<String>, system: &mut System) {
        for (path, item) in items {
            let (is_known, code, what, id) = match path.split_once('.') {
                Some(("components", id)) => (system.find_component(id).is_some(), Code::UnknownComponent, "component", id.to_owned()),
                // A journey whose steps are wrong is declared all the same.
                Some(("journeys", id)) => (declared.contains(id), Code::UnknownJourney, "journey", id.to_owned()),
                _ => (true, Code::UnknownId, "", String::new()),
            };
            if is_known {
                system.observed.insert(path, item.facts);
            } else if system.is_base() && !self.unread.contains(&id) {
                self.report(
                    Diagnostic::new(code, item.id.span, format!("no {what} has the id `{id}`")).label("not declared in this model"),
                );
            }
        }
    }

    pub(super) fn assumptions(&mut self, merged: &Merged) -> Assumptions {
        let mut overridden = BTreeMap::new();
        for (name, form) in &merged.assumptions {
            let Some(constant) = assumptions::find(name) else {
                let help = self
                    .limits
                    .nearest(name, assumptions::CONSTANTS.iter().map(|constant| constant.name))
                    .map(|near| format!("a constant with a similar name exists: `{near}`"));
                self.report(
                    Diagnostic::new(Code::UnknownAssumption, form.key, format!("no constant has the name `{name}`"))
                        .help("`weighbridge explain assumptions` lists them")
                        .maybe_help(help),
                );
                continue;
            };
            match parse_quantity(&form.value.text, constant.dimension) {
                Ok(value) => {
                    overridden.insert(constant.name, Override { value, span: form.value.span });
                }
                Err(_) => self.report(
                    Diagnostic::new(Code::MalformedQuantity, form.value.span, format!("`{name}` is no quantity: `{}`", form.value.text))
                        .help(format!("write it like {}", constant.dimension.example())),
                ),
            }
        }
        if let Some(set) = &merged.assumption_set
            && set.text != assumptions::ASSUMPTION_SET
        {
            self.report(
                Diagnostic::new(Code::UnknownValue, set.span, format!("the set of assumptions `{}` is unknown", set.text))
                    .help(format!("this release has `{}`", assumptions::ASSUMPTION_SET)),
            );
        }
        Assumptions::new(overridden)
    }
}
